/*
 * engine - what a database engine gives the store. Private to store/.
 *
 * A connection is used by one thread at a time. It keeps its statements prepared (LRU) and the
 * sentence of its last failure. Every function that can fail returns
 *
 *   OK; CONFLICT a constraint refused; BUSY locked, disk full, interrupted; FAULT anything else.
 *
 * After any of them the transaction may be gone: ask `is_inside`. SQLITE_FULL and SQLITE_INTERRUPT
 * end the whole transaction, and a savepoint made then would silently begin one of its own.
 */
#ifndef STORE_ENGINE_H
#define STORE_ENGINE_H

#include "store/sqltext.h"
#include "store/store.h"

/* One database as it was named at the start; lives as long as the store. */
struct database {
    const struct engine *engine;
    const char *where;   /* path or address, without what is secret; for sentences */
    const char *address; /* as the engine opens it */
    bool create, read_only;
    int busy_ms; /* how long to wait for a lock of another process */
    bool made;   /* this start made the file: removed again when it fails */
};

enum access {
    ACCESS_READ,  /* can never change anything */
    ACCESS_WRITE, /* the commit queue's and the migration's */
    ACCESS_TEND,  /* checkpoints */
};

enum { TROUBLE_BYTES = 512 };

/* What the engines' own connections begin with. */
struct connection {
    const struct database *database;
    int64_t changed;             /* rows, by the last statement */
    int http;                    /* of the last failure; 0 = its status's own */
    bool again;                  /* what failed last may go well when all of it is run again */
    char trouble[TROUBLE_BYTES]; /* its sentence */
};

/* Receives the result of a statement. Both are called with borrowed values; a status other than OK
 * stops the statement and is returned by run. `columns` is called once, even without rows. */
struct sink {
    enum status (*columns)(struct sink *sink, const struct str *names, int n);
    enum status (*row)(struct sink *sink, const struct value *cells, int n);
    bool streams; /* takes more rows than memory should hold: they are passed on as they come */
};

struct engine {
    const char *schemes[2];  /* what the address begins with: "sqlite:" */
    enum sql_engine dialect; /* of schema steps and statements */
    int lanes;               /* writers that may commit at the same time */
    int busy_ms;             /* how long to wait for a lock, unless the options say */

    /* Fill where and address, from malloc; false when the address cannot be read. */
    bool (*place)(struct database *database, struct str url);
    /* Whether the database is there and ours; made when missing and database->create. */
    enum status (*check)(struct database *database, struct arena *arena, struct fault *fault);
    /* Remove what check made; nothing is connected. */
    void (*unmake)(struct database *database);

    enum status (*connect)(const struct database *database, enum access access, struct arena *arena,
                           struct connection **ret_connection, struct fault *fault);
    void (*disconnect)(struct connection *connection); /* NULL is allowed */

    enum status (*begin)(struct connection *connection); /* ACCESS_WRITE: takes the write lock */
    /* Right after begin: nobody else writes to these bodies, ascending and each once, until the
     * end. 0, the instance, stands for all of them. NULL: whoever has begun is alone. */
    enum status (*hold)(struct connection *connection, const int64_t *bodies, int n);
    enum status (*commit)(struct connection *connection);
    void (*rollback)(struct connection *connection); /* nothing when there is no transaction */
    bool (*is_inside)(struct connection *connection);
    enum status (*savepoint)(struct connection *connection);
    enum status (*release)(struct connection *connection); /* keep what came since the savepoint */
    enum status (*undo)(struct connection *connection);    /* drop it, and the savepoint */

    /* Prepare without running: is the statement right? */
    enum status (*prepare)(struct connection *connection, const struct statement *statement);
    /* `args` are in the order of $1…; no lists. They fit the statement's letters. */
    enum status (*run)(struct connection *connection, const struct statement *statement,
                       const struct value *args, int args_n, struct sink *sink);
    /* Several statements without values: a schema step. */
    enum status (*script)(struct connection *connection, const char *sql);
    /* Around the steps of one migration; the second checks what the engine could not at once. */
    enum status (*migrate_begin)(struct connection *connection);
    enum status (*migrate_end)(struct connection *connection);

    /* Statements around the filling of an empty database in any order of tables, inside a
     * migration; the second checks what could not be at once. NULL: nothing is needed. */
    const char *load_begin, *load_end;

    /* Pages of log not yet in the main file, as of this writer's last commit. */
    int64_t (*backlog)(const struct connection *connection);
    /* store_scrub; ACCESS_WRITE, outside a transaction. */
    enum status (*scrub)(struct connection *connection);
    /* Move the log into the main file; ACCESS_TEND. NULL: the engine does so by itself. */
    void (*checkpoint)(struct connection *connection, int64_t backlog);
};

/* Room on the disk that has its file; -1 when it has none on this machine. Below ROOM_LOW_BYTES the
 * log is kept short. */
enum { ROOM_LOW_BYTES = 128 << 20 };
int64_t database_free_bytes(const struct database *database);

extern const struct engine sqlite_engine, postgres_engine;

#endif
