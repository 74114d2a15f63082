/*
 * store - one database behind one interface: named statements, read snapshots, and a commit queue
 * in which waiting writes share one durable COMMIT. SQLite and PostgreSQL are inside; nothing above
 * store/ knows which it is. Rules and measurements: ground.md.
 *
 *   read     store_read -> tx over a consistent snapshot -> tx_run … -> store_read_end
 *   write    store_write(apply): runs `apply` inside the queue, in a savepoint of the shared
 *            transaction; returns after the COMMIT is on disk
 *
 * SQL is a closed list: statements come from .sql files (tools/sqlgen) or are assembled by
 * engine/record from constant fragments of field tables; user text is only ever bound.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "base/arena.h"
#include "base/date.h"
#include "base/status.h"
#include "base/value.h"

struct store;
struct tx;
struct rows;
struct actor; /* store/journal.h */

/* How many rows a statement may give: wrong cardinality is a FAULT (ONE) at the call. */
enum result_shape { RESULT_RUN, RESULT_ONE, RESULT_MAYBE, RESULT_MANY };

/*
 * One statement. `params` has one letter a parameter, $1 first: i integer (id, ref, int, flag,
 * instant), t text (text, date, json), b blob; the last may be l, a list of integers written
 * "in (:ids)" in the text: 0 to 512 values, given as the last arguments. Lives as long as the
 * program, or as the store for interned ones.
 */
struct statement {
    const char *name; /* organization_by_parent */
    const char *sql;
    const char *params;
    enum result_shape shape;
    const char *postgres; /* where PostgreSQL needs another text; NULL: the same */
};

/* A step of the schema: applied once, in the order of the modules, remembered by name. */
struct schema_step {
    const char *name;     /* organization-1 */
    const char *sql;      /* type words unexpanded (id ref int flag instant text date json blob) */
    const char *postgres; /* as above; written in PostgreSQL's own types */
};

/* What one module brings; NULL-terminated arrays made by tools/sqlgen from its .sql file. */
struct schema {
    const char *module;
    const struct schema_step *steps; /* ends with name == NULL */
    const struct statement *const *statements;
};

struct store_options {
    struct str url; /* sqlite:PATH (not :memory:) or postgresql://…, as libpq reads it */
    /* In order; NULL-terminated. The store's own come first by themselves. */
    const struct schema *const *schema;
    bool create; /* make the database when it is missing */
    bool read_only;
    /* An older database is saved before it is upgraded: here; empty = beside it when it is a file,
     * else in the current directory. */
    struct str backup_directory;
    bool unsaved;            /* upgrade without: it is a copy itself */
    const struct rows *only; /* make no other steps than these names; for copies of older ones */
    int readers;             /* read connections; 0 = number of CPUs + 1; at most 64 */
    int busy_ms; /* how long to wait for a lock of another process; 0 = the engine's own */
};

/*
 * Open, check that the database is ours, not newer than the program and writable, and bring its
 * schema up to date in one transaction.
 *
 * OK; NOT_FOUND missing and not `create`; INVALID not a Duikou database, newer than the program,
 * or an address that cannot be read; BUSY locked or disk full; FAULT read-only, no permission,
 * damaged. One sentence each, naming the database. What was made by a start that failed is removed.
 */
CHECKED enum status store_open(struct arena *arena, const struct store_options *options,
                               struct store **ret_store, struct fault *fault);
void store_close(struct store *store); /* waits for the queue */
/* The backup made before this start upgraded the schema; NULL when there was nothing to upgrade. */
const char *store_saved(const struct store *store);

/* Result of a statement, whole, in the tx's arena: value of row r, column c is
 * cells[r * columns_n + c]. */
struct rows {
    struct value *cells;
    const struct str *columns; /* names */
    int n, columns_n;
};
static inline struct value rows_at(const struct rows *rows, int row, int column)
{
    return rows->cells[row * rows->columns_n + column];
}
/* Column index by name; -1 when there is none. */
int rows_column(const struct rows *rows, const char *name);

/* A read snapshot, taken with the first statement; `arena` receives what is read. End the read on
 * every path. BUSY when no reader came free for 10 s: a thread never holds two. */
CHECKED enum status store_read(struct store *store, struct arena *arena, struct tx **ret_tx);
void store_read_end(struct tx *tx); /* NULL is allowed */

/* Run a statement with its values, `args_n` of them. FAULT when the database fails or the result
 * does not have the statement's shape (NOT_FOUND: RESULT_ONE without a row); CONFLICT when a
 * constraint refuses; BUSY when the disk is full, a lock is held or `statement` is NULL (what
 * store_intern had no room for); INVALID when a text holds a NUL. In a write, a statement that
 * failed ends the entry: later ones return the same status, and the entry is refused with it even
 * if apply returns OK. ret_rows may be NULL. */
CHECKED enum status tx_run(struct tx *tx, const struct statement *statement,
                           const struct value *args, int args_n, struct rows *ret_rows);
#define ARGS(...)                                                                                  \
    (const struct value[]){__VA_ARGS__},                                                           \
        (int)(sizeof((const struct value[]){__VA_ARGS__}) / sizeof(struct value))
#define NO_ARGS NULL, 0

/* Row by row, for exports: `each` gets a row whose values live until it returns; a status other
 * than OK stops and is returned. It runs no statement of the same tx. */
typedef enum status row_each(void *context, const struct value *cells, int n);
CHECKED enum status tx_each(struct tx *tx, const struct statement *statement,
                            const struct value *args, int args_n, row_each *each, void *context);

/* The last failure of a statement as a fault, for handlers that report it. Returns `status`. */
enum status tx_fault(const struct tx *tx, enum status status, struct fault *fault);

struct arena *tx_arena(struct tx *tx);
struct store *tx_store(const struct tx *tx);
/* Rows changed by the last RESULT_RUN statement. */
int64_t tx_changed(const struct tx *tx);
/* How many statements this tx has run so far: pages run a fixed number, which a test counts. */
int tx_statements(const struct tx *tx);

/*
 * The work of one write inside the queue: re-checks version and guard, then runs named statements
 * only. No file, network, clock or random. It may be run twice: it sets its outputs anew each
 * time. A status other than OK rolls this entry back and is returned to its caller; its
 * neighbours are not harmed.
 */
typedef enum status write_apply(struct tx *tx, void *context, struct fault *fault);

enum {
    WRITE_LONG = 1,    /* has a transaction to itself: load, merge, thousands of rows */
    WRITE_READING = 2, /* only tells the journal what was read: raises no version */
};

/*
 * Queue a write on a body and wait until it is durable.
 *
 *   body_id  whose version rises; 0 = the instance
 *   arena    scratch for what apply reads
 *   actor    whose act it is; NULL for what the journal does not keep (indexes, drafts)
 *
 * OK after the COMMIT; what apply returned; BUSY when the disk is full or the database refuses
 * (nothing was kept). May be called from any thread, not from within an apply or a read.
 */
CHECKED enum status store_write(struct store *store, struct arena *arena, int64_t body_id,
                                int flags, const struct actor *actor, write_apply *apply,
                                void *context, struct fault *fault);

/*
 * Somebody is preparing a write (1), and has queued it or given it up (-1). What waits then waits a
 * few milliseconds longer, so that more share one COMMIT; with nobody on the way nothing waits.
 */
void store_expect(struct store *store, int change);

/*
 * Number of durable writes of a body and of the instance since the database was made: the cache's
 * key. Writes of the instance count for every body: they change its own record, and a load does
 * not know its body before it has run. It is kept in the database, raised in the same COMMIT as
 * the writes it counts, so it is right for every process that has the database open, and never
 * runs ahead of or behind what can be read.
 *
 *   tx_version     in the snapshot of `tx`: what a page is stored under
 *   store_version  now: what a page is looked up under; body_id 0 = of the whole database (the sum
 *                  over bodies). -1 when the database cannot be read: use no cache.
 */
int64_t store_version(struct store *store, int64_t body_id);
CHECKED enum status tx_version(struct tx *tx, int64_t body_id, int64_t *ret_version);

/* What the commit queue, and reads, have done since the store was opened. */
struct store_stats {
    int64_t writes;  /* kept */
    int64_t commits; /* that kept them: fewer, when several waited */
    int64_t failed_commits;
    int64_t reruns;     /* entries run again alone after their transaction was lost */
    int64_t slowest_us; /* longest apply; the budget is 5,000 */
    int64_t statements; /* run by reads that have ended: pages run a fixed number */
};
struct store_stats store_stats(struct store *store);
/* Room on the disk that has the database's file; -1 when it is not on this machine. */
int64_t store_free_bytes(const struct store *store);

/*
 * Leave no byte in the database's files of what was deleted or overwritten: search indexes merged,
 * tables written anew, the log cut to nothing. Writes wait for as long as it takes (a minute for
 * some GB).
 *
 * OK; BUSY readers or another process were in the way: nothing is lost, run it again.
 */
CHECKED enum status store_scrub(struct store *store, struct arena *arena, struct fault *fault);

/* Prepare every statement of the schema without running it; INVALID names the first bad one. */
CHECKED enum status store_check(struct store *store, struct arena *arena, struct fault *fault);

/* A statement assembled from constant fragments, kept for the life of the store; the same text
 * gives the same pointer. At most 4,096; then NULL. Thread-safe. */
const struct statement *store_intern(struct store *store, const char *name, struct str sql,
                                     const char *params, enum result_shape shape);

/* The same kept under (owner, which), so that its text is assembled once; recall gives NULL until
 * then. Owners are constant tables. Thread-safe. */
const struct statement *store_recall(struct store *store, const void *owner, int which);
void store_remember(struct store *store, const void *owner, int which,
                    const struct statement *statement);

/* Columns of a table as the database has it, for the start-up check; empty when unknown. */
CHECKED enum status store_columns(struct store *store, struct arena *arena, const char *table,
                                  struct str **ret_names, int *ret_n);
/* Names of all indexes. */
CHECKED enum status store_indexes(struct store *store, struct arena *arena, struct str **ret_names,
                                  int *ret_n);

#endif
