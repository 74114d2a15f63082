/*
 * load - a scheme into a database: what would be added, changed and ended, and then the same in one
 * transaction. Loading the same scheme twice changes nothing; what is gone from a changed scheme
 * ends on a date, history stays.
 *
 * How rows meet: the body by its id, the document and scheme by the scheme's id, organizations and
 * persons by name (parts by name under their owner), contents, forms, statements and duties by
 * their ids or else by clause and name, links by their two sides and kind. Organizations that
 * already have a record keep what was corrected by hand where the scheme says nothing.
 *
 * Source: design.md section 3; ZY22-0 (repeal), ZY22-A1 (facts of one day), NB17-4.
 */
#ifndef DOMAIN_SCHEME_LOAD_H
#define DOMAIN_SCHEME_LOAD_H

#include "base/id.h"
#include "engine/record/record.h"
#include "engine/scheme/scheme.h"

enum load_op { LOAD_SAME, LOAD_ADD, LOAD_CHANGE, LOAD_END, LOAD_OPS };

struct load_change {
    const char *label; /* of the field */
    struct str old_, new_;
};

struct load_item {
    enum load_op op;
    struct record *record; /* what will be written; for LOAD_END only the dates are given */
    struct str title;
    struct load_change *changes; /* LOAD_CHANGE */
    int changes_n, changes_room;
};

struct load_plan {
    int64_t body_id, document_id;
    bool first;              /* the scheme is new to this database */
    struct load_item *items; /* in the order they have to be written */
    int n, room;
    int counts[LOAD_OPS];
    int kept; /* curated rows that would have been replaced or ended but for `keep_curated` */
};

struct load_request {
    const struct scheme *scheme; /* with body.id and document.id */
    struct date on;              /* the day on which changes take effect; the first load starts
                                  * with the document instead */
    struct id_maker *ids;
    /* What a curated file said (its rows have codes) is kept where the scheme has only the
     * reader's text: summaries, codes, what the scheme does not tell, and rows that it lacks. */
    bool keep_curated;
};

/* Read-only. INVALID when the scheme lacks its body or id; otherwise what apply would do. */
CHECKED enum status load_plan_make(struct tx *tx, const struct load_request *request,
                                   struct load_plan *ret_plan, struct fault *fault);

/* Write a plan made in the same transaction. */
CHECKED enum status load_plan_apply(struct tx *tx, const struct load_plan *plan, struct instant now,
                                    struct fault *fault);

/* Plan and apply inside the commit queue; ret_plan tells what was done. */
CHECKED enum status load_scheme(struct store *store, struct arena *arena,
                                const struct load_request *request, const struct actor *actor,
                                struct load_plan *ret_plan, struct fault *fault);

#endif
