/*
 * priv - a draft of the wizard and its steps.
 */
#ifndef DOMAIN_IMPORT_PRIV_H
#define DOMAIN_IMPORT_PRIV_H

#include "domain/import/import.h"
#include "engine/reader/reader.h"
#include "engine/record/record.h"

struct draft {
    int64_t body_id, id, version;
    struct str filename;
    bool can_undo;
    struct scheme scheme;
    struct source source;
};

/* The draft a call is about. NOT_FOUND when there is none; CONFLICT when an older program saved
 * it. Its texts live in the call's arena. */
CHECKED enum status draft_get(struct call *call, struct draft *ret_draft);
CHECKED enum status draft_add(struct call *call, const struct draft *draft);
/* Save a correction; CONFLICT when the draft changed since it was read. */
CHECKED enum status draft_save(struct call *call, const struct draft *draft);
CHECKED enum status draft_undo(struct call *call, const struct draft *draft);
CHECKED enum status draft_drop(struct call *call, const struct draft *draft);

/* /yiyang/import/ID…, or /import/ID… where no body was chosen. */
struct str import_url(struct call *call, int64_t id, const char *rest);
struct str import_home(struct call *call);

/* Number and title, else the file's name. */
struct str draft_title(struct arena *arena, const struct draft *draft);

/* --- review.c: 核对 --- */

extern const struct shape shape_review;
/* `problem` names the form that was refused ("link-3"), whose typed values are shown again. */
CHECKED enum status review_page(struct call *call, struct page *page, const struct draft *draft,
                                const char *problem);
CHECKED enum status import_review(struct call *call, struct page *page);

/* The lists of a draft that are corrected row by row. */
enum list_of { OF_NONE, OF_LINKS, OF_CONTENTS, OF_FORMS, OF_DUTIES, OF_WARNINGS };
/* What a row says, in 16 letters: a form carries it, so that its row is found again after others
 * were taken out before it. Of no list and of warnings: empty. */
struct str row_digest(struct arena *arena, const struct scheme *scheme, enum list_of list, int at);

/* A unit's line in the text area: 市住建局（人防办）; group entries carry a mark. */
struct str unit_line(struct arena *arena, const struct scheme_party *party);
#define GROUP_MARK "【集合】"

/* --- typed.c --- */

/* What was typed into a field of one line; the filled lines of an area. */
struct str form_text(struct call *call, const char *name);
struct str_list form_lines(struct call *call, const char *name);

/* --- correct.c --- */

CHECKED enum status import_correct(struct call *call, struct page *page);
/* The units of a link, in correct_units.c: as typed, or refused at "units". */
CHECKED enum status correct_units(struct call *call, struct scheme_link *link);
/* One correction of a duty, in correct_duty.c. */
CHECKED enum status correct_duty(struct call *call, struct scheme_duty *duty);

/* --- preview.c: 导入 --- */

extern const struct shape shape_preview;
CHECKED enum status import_preview(struct call *call, struct page *page);
CHECKED enum status import_apply(struct call *call, struct page *page);

#endif
