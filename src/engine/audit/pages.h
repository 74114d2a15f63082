/*
 * pages - what the files behind the pages of the journal share.
 */
#ifndef ENGINE_AUDIT_PAGES_H
#define ENGINE_AUDIT_PAGES_H

#include "engine/audit/audit.h"
#include "proof/canon.h"

/* What is being read: one chain of one body, or one record's entries in it. */
struct ledger {
    const char *word, *label; /* behind ?chain=, on the tab */
    const char *state, *empty;
    int64_t body; /* LEDGER_HERE: the address' own */
    int64_t chain;
    int deeds, deeds_n; /* those that come up in it, of journal_deeds */
};
enum { LEDGER_HERE = -1 };

struct asked {
    const struct ledger *ledger;
    int64_t body_id, before;
    const struct kind *kind; /* of one record; NULL = of the whole chain */
    int64_t id;
    struct str who, what, deed; /* what: the name of a kind; empty = any */
    int64_t from, until;        /* instants */
};

/* Names of records that stand on one page, each asked once. Beyond NAMES_MAX, and where it is gone,
 * the number stands. */
enum { NAMES_MAX = 256 };
struct journal_name {
    const struct kind *kind;
    int64_t id;
    struct str text;
};
struct showing {
    struct call *call;
    const struct kind *const *kinds;
    const struct asked *asked;
    bool contents; /* what the records say, not only what was done with them */
    struct journal_name *names;
    int names_n;
    const struct rows *steps; /* that were taken with one record; NULL = none */
};

/* --- pages.c --- */

/* The kind and the record that the address names, when it may be known that they are there. */
CHECKED enum status journal_read_record(struct call *call, const struct kind *const *kinds,
                                        struct asked *asked);
/* DENIED on a page of the instance, to who reads his own body's alone. */
CHECKED enum status journal_admit(struct call *call);
/* The ways between the pages of a journal; `on` NULL: on that of checks. */
void journal_tabs(struct call *call, struct page *page, const struct ledger *on);

/* --- checks.c --- */

void journal_check_routes(struct record_engine *engine, struct audit_desk *desk);

/* --- desk.c --- */

const struct key *audit_desk_key(const struct audit_desk *desk); /* NULL: none was given */
/* Take the place of the one check at a time: BUSY while there is one. Then begin or leave it. */
CHECKED enum status audit_desk_take(struct audit_desk *desk);
void audit_desk_leave(struct audit_desk *desk);
/* Check a body (0: everything) and write how it goes into the row `id` of journal_check. FAULT: no
 * thread could be had. */
CHECKED enum status audit_desk_begin(struct audit_desk *desk, int64_t body_id, int64_t id);
enum { CHECK_SECONDS_MAX = 600, CHECK_SILENT_SEC = 60, CHECKS_KEPT_DAYS = 400 };

/* --- rows.c --- */

extern const struct shape shape_journal_row;
extern const struct choice journal_deeds[], journal_other_kinds[];
enum { DEEDS_ACCOUNTS = 0, DEEDS_CHANGES = 11, DEEDS_READINGS = 15 }; /* where they begin */
enum { JOURNAL_ACCOUNT_KINDS = 5 }; /* the first of journal_other_kinds */
/* One page of entries as rows of the list, `limit` of them at most. */
CHECKED enum status journal_read(struct call *call, const struct asked *asked, int limit,
                                 struct rows *ret_rows);
CHECKED enum status journal_fill(struct showing *showing, const struct rows *rows, int n,
                                 row_each *each, void *context);

/* --- words.c --- */

/* The kind of this name; NULL: none of ours (accounts, pages). */
const struct kind *journal_kind(const struct kind *const *kinds, struct str name);
/* The label of a word, the word itself where it has none. */
struct str journal_label(struct arena *arena, const struct choice *choices, struct str word);
/* What a record is called now; its number when it is gone. */
struct str journal_title(struct showing *showing, const struct kind *kind, int64_t id);

/* What an entry changed, a row a field: label, old, new; masked where it may not be seen. */
extern const struct shape shape_journal_change;
struct list *journal_changes(struct showing *showing, const struct kind *kind, int64_t id,
                             struct str before, struct str after);
/* The same on one line, for tables. */
struct str journal_line(struct arena *arena, const struct list *changes);
/* 电话；3 条：甲、乙、丙 - what was read or taken out; `id`: of one record, which is not named. */
struct str journal_reading(struct showing *showing, const struct kind *kind, int64_t id,
                           struct str told);
/* 市教育局，来函，说明 - for whom a step was taken; empty: for nobody else. */
struct str journal_behalf(const struct showing *showing, struct str party, struct str means,
                          struct str remark);

#endif
