/*
 * internal - the store from the inside. Private to store/ and its tests.
 */
#ifndef STORE_INTERNAL_H
#define STORE_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>

#include "proof/entry.h"
#include "store/engine.h"
#include "store/journal.h"

enum { BATCH_MAX = 64, INTERNED_MAX = 8192, LIST_MAX = 512 };

struct tx {
    struct store *store;
    const struct engine *engine;
    struct connection *connection;
    struct arena *arena;
    const struct actor *actor;
    struct journal *journal; /* of a write that has an actor */
    int statements;
    int64_t changed;
    bool writing;
    bool passing;        /* rows are being passed on: PostgreSQL takes no other statement */
    enum status broken;  /* of the first statement that failed in a write; OK = none */
    int64_t search_next; /* numbers of search rows this write has taken and not yet given out */
    int search_left;
};

/* --- interned statements (intern.c) --- */

struct interned {
    struct statement statement; /* first: pointers to it are handed out */
    struct interned *next;
};
/* A statement kept under (origin, which): a list statement written out for one size, or one that an
 * owner assembled. */
struct variant {
    const void *origin;
    const struct statement *statement;
    int which;
    struct variant *next;
};
struct intern {
    pthread_mutex_t lock;
    struct interned *buckets[1024];
    struct variant *variants[256];
    int n;
};
void intern_init(struct intern *intern);
void intern_release(struct intern *intern);
const struct statement *intern_put(struct intern *intern, const char *name, struct str sql,
                                   const char *params, enum result_shape shape);
/* `statement`, whose parameters end with a list, for `size` values of it. */
const struct statement *intern_list(struct intern *intern, enum sql_engine dialect,
                                    const struct statement *statement, int size);
const struct statement *intern_recall(struct intern *intern, const void *owner, int which);
void intern_remember(struct intern *intern, const void *owner, int which,
                     const struct statement *statement);

/* --- writing (commit.c) --- */

enum { SEED_BYTES = 32 };

struct write {
    unsigned char seed[SEED_BYTES]; /* of the salts */
    int64_t body_id;
    int flags;
    const struct actor *actor;
    write_apply *apply;
    void *context;
    struct arena *arena;
    struct arena_mark mark;
    struct fault *fault;
    enum status status;
    bool done;
    pthread_cond_t answered;
    struct write *next;
};

/* The chains that a batch has added to: where each ends, and where it ended before the entry. */
struct journal_head {
    int64_t body_id, chain;
    int64_t length, length_before;
    struct sm3 hash, hash_before;
};
enum { HEADS_MAX = 256 };
struct journal {
    struct journal_head heads[HEADS_MAX];
    int heads_n, heads_before;
    const unsigned char *seed; /* of the entry */
    uint32_t salts_n;          /* made of it */
};
void journal_begin(struct journal *journal); /* a batch */
/* An entry: afterwards journal_undo takes back what it added. */
void journal_entry(struct journal *journal, const struct write *entry);
void journal_undo(struct journal *journal);
/* The heads of the batch, one statement each. */
CHECKED enum status journal_end(struct tx *tx, const struct journal *journal);

/* One writing connection and its thread. */
struct lane {
    struct store *store;
    struct connection *connection;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t work;
    struct write *first, *last;
    int queued;
    int company;    /* how many writes came together of late */
    bool gathering; /* waits for more: woken when all are there */
    struct journal journal;
    bool started, closing;
    struct store_stats counted; /* by the thread alone */
    struct store_stats stats;   /* the same, under the lock, as of the last batch */
};
CHECKED enum status lane_open(struct lane *lane, struct store *store, struct arena *arena,
                              struct fault *fault);
void lane_close(struct lane *lane);
/* The one in which all writes of a body wait. */
struct lane *lane_of(struct store *store, int64_t body_id);

/* --- checkpoints (tend.c) --- */

struct tender {
    struct store *store;
    struct connection *connection;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t work;
    int64_t backlog, done; /* pages; done: when last tended */
    bool started, closing;
};
CHECKED enum status tender_open(struct tender *tender, struct store *store, struct arena *arena,
                                struct fault *fault);
void tender_close(struct tender *tender);
/* After a batch, kept or refused. */
void tender_notice(struct tender *tender, int64_t backlog);

/* --- migrations (migrate.c) --- */

/* A backup of a database that is about to be upgraded, with the steps it has; its path is then
 * store->saved (backup.c). */
CHECKED enum status save_before_upgrade(struct store *store, struct arena *arena,
                                        const struct rows *applied, struct fault *fault);
/* The database stayed as it was: the backup is of no use. */
void drop_saved(struct store *store);

/* Bring the schema up to date, or refuse. */
CHECKED enum status migrate(struct store *store, struct arena *arena, struct fault *fault);

/* --- search (search.c) --- */

/* A position is the days of its date, and below them a number given out once. */
enum { SEARCH_NUMBER_BITS = 41 };
#define SEARCH_NUMBER_MASK ((INT64_C(1) << SEARCH_NUMBER_BITS) - 1)

/* --- the store --- */

enum { READERS_MAX = 64, LANES_MAX = 16 };

struct store {
    struct database database;
    const struct engine *engine;
    const struct schema **schemas; /* the store's own first; NULL-terminated */
    int own_n;                     /* how many are the store's own */
    const struct rows *only;       /* steps that may be made; NULL: all */
    struct str backup_directory;   /* as in the options, while opening */
    bool unsaved;
    char *saved; /* backup made before an upgrade; NULL = none */

    pthread_mutex_t readers_lock;
    pthread_cond_t reader_back;
    struct connection *idle[READERS_MAX]; /* the one used last is taken first: it is warm */
    int idle_n, made_n, readers_max;

    pthread_mutex_t version_lock;
    struct connection *version_reader;

    _Atomic int expected;       /* writes being prepared */
    _Atomic int64_t statements; /* of reads that have ended */
    struct intern intern;
    struct lane lanes[LANES_MAX];
    int lanes_n;
    struct tender tender;
};

/* Fill a fault from the last failure of a connection; it lives in the arena. */
enum status connection_fault(const struct connection *connection, struct arena *arena,
                             enum status status, struct fault *fault);

#endif
