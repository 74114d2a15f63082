/*
 * roster - the people whom units name for liaison (责任领导, 分管领导, 联系人, 联络员), as they
 * come back on spreadsheets and reply slips, and their way into designations.
 *
 *   lines of a file -> entries, one a person -> checked -> held against the database -> written
 *
 * Holds:   a bad entry never stops a good one; every bad one says at its cell what is wrong and
 * what to do. A blank cell changes nothing. Importing the same file twice changes nothing. Whoever
 * a good row replaces ends today; the record stays as history. A person is found by name within the
 * unit, never by name alone (features A9). Source:  YY22-5.2, NB17-5.2, ZY22-3.1a, OR20-16b;
 * features A2, A8.
 */
#ifndef DOMAIN_ROSTER_ROSTER_H
#define DOMAIN_ROSTER_ROSTER_H

#include "domain/designation/designation.h"

enum { ROSTER_ENTRIES_MAX = 10000 };

enum roster_cell {
    CELL_UNIT,
    CELL_ROLE,
    CELL_NAME,
    CELL_POST,
    CELL_SECTION,
    CELL_OFFICE_PHONE,
    CELL_MOBILE,
    ROSTER_CELLS,
};
extern const struct choice roster_cells[]; /* by cell: key, label; ends NULL */

/* One line of a file: a row of a table, or a line of text as a row of one cell. */
struct roster_line {
    int number; /* as the spreadsheet shows it */
    int table;  /* rows of one table share a number from 1; 0 = text outside tables */
    const struct str *cells;
    int n;
};

enum roster_act { ROSTER_BAD, ROSTER_ADD, ROSTER_CHANGE, ROSTER_SAME, ROSTER_ACTS };
extern const struct choice roster_acts[]; /* by act: word, label; ends NULL */

/* One person on one line of a file. */
struct roster_entry {
    struct str file; /* name of the file it came from; empty when there is but one */
    int line;
    struct str cells[ROSTER_CELLS]; /* as written */
    bool unit_from_above;           /* the unit's cell was empty: merged with the one above it */

    /* roster_check, which roster_plan_make does first: */
    int role;                        /* enum designation_role; -1 = not told */
    struct str values[ROSTER_CELLS]; /* in the form they are stored in; empty = nothing said */
    struct str faults[ROSTER_CELLS]; /* one sentence each; empty = fine */

    /* roster_plan_make: */
    enum roster_act act;
    int64_t unit_id;      /* 0 = not found */
    struct str unit_name; /* as the directory has it */
    int64_t person;       /* who this is; 0 = a person new to the unit */
    int64_t same_as; /* person 0: 1 + index of the entry that makes this person; 0 = this one */
    int64_t held, held_version; /* designation that is changed or replaced; 0 = none */
    bool replaces;              /* another person held it */
    struct str held_start;
    bool changed[ROSTER_CELLS];   /* ROSTER_CHANGE: which values differ, */
    struct str old[ROSTER_CELLS]; /* and what they were */
};

struct roster {
    struct roster_entry *entries; /* in the order of the file */
    int n, room;
    int blank; /* lines with a unit on which nothing was filled in */
    /* Headings that say nothing to us; their columns were left out. */
    struct str *unread;
    int unread_n, unread_room;
};

/* Who of a unit is no longer named, though others are in the same role. */
struct roster_end {
    int64_t designation, version, unit_id;
    int role;
    struct str start_date, unit, name;
};

struct roster_plan {
    struct roster *roster;
    struct roster_end *ends;
    int ends_n, ends_room;
    int counts[ROSTER_ACTS];
    uint64_t digest; /* of all that would be written: what a person confirmed */
};

/* --- read.c: lines to entries --- */

/*
 * Lines of a file to entries. Headings are found wherever they stand, in one row or two, in any of
 * the ways they are worded; several persons may stand in one row (责任领导姓名 … 联系人姓名 …).
 * INVALID: no heading row, more than ROSTER_ENTRIES_MAX people, a secrecy mark.
 */
CHECKED enum status roster_read(struct arena *arena, const struct roster_line *lines, int n,
                                struct roster *ret_roster, struct fault *fault);

/* --- check.c: each entry for itself --- */

void roster_check(struct arena *arena, struct roster *roster);
bool roster_entry_is_bad(const struct roster_entry *entry);
/* All its faults in one text. */
struct str roster_reason(struct arena *arena, const struct roster_entry *entry);

/* --- plan.c, apply.c: against the database --- */

/* Check a roster and tell what it would do to a body on a day. Read-only; fills the entries. */
CHECKED enum status roster_plan_make(struct tx *tx, const struct body_info *body, struct date today,
                                     struct roster *roster, struct roster_plan *ret_plan);

enum { ROSTER_ENDS_MAX = 4096 };

/* The ids that writing a roster of `n` entries may need, made before the write is queued. */
const int64_t *roster_ids(struct arena *arena, struct id_maker *maker, int n);

/* Write a plan made in the same transaction. */
CHECKED enum status roster_plan_apply(struct tx *tx, const struct roster_plan *plan,
                                      int64_t body_id, struct instant now, const int64_t *ids,
                                      struct fault *fault);

/* --- asked.c: the units that are asked --- */

/* A linked unit; bracketed sub-units and group entries are never asked. */
struct roster_unit {
    int64_t id, position;
    struct str name;
    int named[NAMED_ROLES]; /* people on that day */
};

enum { ROSTER_UNITS_PAGE = 200, ROSTER_UNITS_MAX = 2000, ROSTER_TOTAL_MAX = 1000 };

struct roster_units_after {
    int64_t position, id; /* of the last unit of the page before; INT64_MIN, 0 = from the start */
    bool missing;         /* only those that have named nobody */
};

/* The next ROSTER_UNITS_PAGE in printed order; fewer at the end. */
CHECKED enum status roster_units_read(struct tx *tx, int64_t body_id, struct date day,
                                      const struct designation_asked *asked,
                                      const struct roster_units_after *after,
                                      struct roster_unit **ret_units, int *ret_n);
/* All; INVALID with its sentence when they are more than ROSTER_UNITS_MAX, NOT_FOUND when there is
 * none. */
CHECKED enum status roster_units_all(struct tx *tx, int64_t body_id, struct date day,
                                     const struct designation_asked *asked,
                                     struct roster_unit **ret_units, int *ret_n,
                                     struct fault *fault);
/* Exact up to ROSTER_TOTAL_MAX. */
CHECKED enum status roster_totals_read(struct tx *tx, int64_t body_id, struct date day,
                                       const struct designation_asked *asked, int *ret_units,
                                       int *ret_named);

/* --- file.c, slip.c: files in and out --- */

/*
 * Bytes of an uploaded .xlsx, .csv or .docx, told apart by content, read in a child (child.h).
 *
 *   program  the file to execute as the child; NULL = this very program
 *
 * INVALID with one sentence; BUSY when no process could be started.
 */
CHECKED enum status roster_file_read(struct arena *arena, const char *program, struct str bytes,
                                     struct roster *ret_roster, struct fault *fault);
/* What `duikou roster-child` runs; as reader_child_main. */
int roster_child_main(void);

/* A blank reply slip for one unit, .docx. */
CHECKED enum status roster_slip_put(struct buf *buf, const struct body_info *body,
                                    const struct designation_asked *asked, struct str unit);
/* One for each unit, .zip. */
CHECKED enum status roster_slips_put(struct arena *arena, struct buf *buf,
                                     const struct body_info *body,
                                     const struct designation_asked *asked,
                                     const struct roster_unit *units, int n);
/* A blank roster with a row for each unit and role asked, .xlsx. */
CHECKED enum status roster_blank_put(struct arena *arena, struct buf *buf,
                                     const struct designation_asked *asked,
                                     const struct roster_unit *units, int n);

/* --- pages.c --- */

void roster_routes(struct app *app);
/* Drop every draft of a body: something was purged, which they may hold too. */
CHECKED enum status roster_forget(struct tx *tx, int64_t body_id);
/* Forget uploads that nobody confirmed in time: at the start, and with every upload. */
CHECKED enum status roster_purge(struct store *store, struct arena *arena, struct instant now,
                                 struct fault *fault);

#endif
