/*
 * priv - what the files of the roster share.
 */
#ifndef DOMAIN_ROSTER_PRIV_H
#define DOMAIN_ROSTER_PRIV_H

#include "domain/roster/roster.h"

/* --- heads.c: what a heading says --- */

enum {
    HEAD_UNKNOWN = -1,
    HEAD_IGNORED = -2,         /* 序号, 备注: known, and nothing to be kept */
    HEAD_PHONE = ROSTER_CELLS, /* 电话: office or mobile, by how the number looks */
};
struct heading {
    int cell;    /* enum roster_cell, or one of the above */
    int role;    /* the heading names a role: 责任领导姓名; -1 = it does not */
    int ordinal; /* 联系人2 → 2; 0 = not numbered */
    bool bare;   /* a role alone: 责任领导 */
};
struct heading roster_heading_read(struct arena *arena, struct str text);

/* The role a text is, as in a cell of the column 身份; -1. */
int roster_heading_role(struct arena *arena, struct str text);
/* The one role that a title speaks of (…联络员名单); -1 when none or several. */
int roster_title_role_read(struct arena *arena, struct str text);

/* --- layout.c: which column says what of whom --- */

enum { COLUMNS_MAX = 256, GROUPS_MAX = 24 };

/* Columns that speak of one person: 责任领导姓名, 职务, 手机. */
struct group {
    int role, ordinal; /* role -1: told by the row or the title */
    bool has[HEAD_PHONE + 1];
};
struct layout {
    struct {
        int cell, group; /* HEAD_UNKNOWN: not read; group -1: of the whole row (单位, 身份) */
    } columns[COLUMNS_MAX];
    int columns_n;
    struct group groups[GROUPS_MAX];
    int groups_n;
    bool has_unit, has_role;
    int rows; /* that the heading takes: 1 or 2 */
};

/*
 * The layout that a line (and the one below it) tells as headings; false when it is none.
 *
 *   below     the next line; NULL at the end
 *   has_unit  the unit is known already, from a line above the table
 *   roster    its `unread` gets the headings that say nothing to us
 */
bool roster_layout_read(struct arena *arena, const struct roster_line *line,
                        const struct roster_line *below, bool has_unit, struct layout *ret_layout,
                        struct roster *roster);

/* --- cells.c: one value --- */

/* In the form it is stored in, or the sentence of what is wrong with it. */
struct read_cell {
    struct str value, fault;
};
struct read_cell roster_name_read(struct arena *arena, struct str text);
struct read_cell roster_mobile_read(struct arena *arena, struct str text);
struct read_cell roster_office_phone_read(struct arena *arena, struct str text);
/* Whether a number looks like a mobile one. */
bool roster_is_mobile(struct arena *arena, struct str text);
/* 无, 暂缺, 待定, /: nothing was filled in. */
bool roster_is_nothing(struct arena *arena, struct str text);

/* --- units.c: names to organizations of a body --- */

struct unit {
    int64_t id; /* 0 = not found */
    struct str name;
    struct str fault; /* one sentence, with what it could be */
};
struct units; /* what was found so far */
struct units *roster_units_open(struct tx *tx, const struct body_info *body, struct date today);
CHECKED enum status roster_units_find(struct units *units, struct str name, struct unit *ret_unit);

/* --- draft.c: uploads between preview and import --- */

enum { DRAFT_DAYS = 7, DRAFT_BYTES_MAX = 16 << 20 };

/* A file of an upload that could not be read at all. */
struct roster_problem {
    struct str file, message;
};
struct roster_draft {
    int64_t id;
    struct str name; /* of the upload, only shown */
    struct instant created;
    struct roster roster;
    struct roster_problem *problems;
    int problems_n, problems_room;
    /* after the import: what it did; `roster` is what could not be imported */
    bool done;
    int added, changed, same, ended;
    struct str *reasons; /* by entry */
};

/* What is kept of it, as JSON. INVALID when that is over DRAFT_BYTES_MAX. */
CHECKED enum status roster_draft_format(struct arena *arena, const struct roster_draft *draft,
                                        struct str *ret_json);
/* False: not written by roster_draft_format. */
bool roster_draft_parse(struct arena *arena, struct str json, struct roster_draft *draft);

/* NOT_FOUND with its sentence: given up, expired, never there. */
CHECKED enum status roster_draft_get(struct call *call, int64_t id, struct roster_draft *ret_draft);
CHECKED enum status roster_draft_add(struct call *call, struct roster_draft *draft);
CHECKED enum status roster_draft_drop(struct call *call, int64_t id);

/* Carry out a draft in one write, if its plan still has the digest that was confirmed; else
 * `*ret_moved_on` and nothing is written. */
CHECKED enum status roster_draft_apply(struct call *call, struct roster_draft *draft, uint64_t seen,
                                       bool *ret_moved_on);

/* --- preview.c: a draft as a page --- */

extern const struct shape shape_roster_preview;
CHECKED enum status roster_preview_page(struct call *call, struct page *page,
                                        struct roster_draft *draft);

#endif
