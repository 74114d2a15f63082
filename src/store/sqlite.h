/*
 * sqlite - the parts of the SQLite engine that its files and its tests share. Private to store/.
 */
#ifndef STORE_SQLITE_H
#define STORE_SQLITE_H

#include <sqlite3.h>

#include "store/engine.h"
#include "store/lru.h"

/* "DKou": what tells our files from others (PRAGMA application_id). */
enum { DUIKOU_APPLICATION_ID = 0x444b6f75 };

enum sqlite_control {
    CONTROL_BEGIN,
    CONTROL_COMMIT,
    CONTROL_ROLLBACK,
    CONTROL_SAVEPOINT,
    CONTROL_RELEASE,
    CONTROL_ROLLBACK_TO,
    CONTROLS_N
};

struct sqlite_prepared {
    sqlite3_stmt *stmt;
    int *positions; /* of $1, $2 … as SQLite numbers them: by first use */
    int params_n, columns_n;
    struct value *cells; /* of the row being read */
    struct str *names;
};

struct sqlite_connection {
    struct connection base; /* first: the engine interface hands this out */
    sqlite3 *db;
    enum access access;
    sqlite3_stmt *controls[CONTROLS_N];
    struct lru lru;
    struct sqlite_prepared prepared[LRU_SLOTS];
    int64_t log_pages; /* in the WAL after the last commit */
};

static inline struct sqlite_connection *sqlite_of(struct connection *connection)
{
    return (struct sqlite_connection *)connection;
}

/* --- sqlite_trouble.c --- */

/* Turn a result code into a status, and say it in connection->trouble. */
enum status sqlite_trouble(struct sqlite_connection *connection, int code, const char *what);

/* A sentence of our own, said there. */
enum status sqlite_complain(struct sqlite_connection *connection, enum status status,
                            const char *format, ...) __attribute__((format(printf, 3, 4)));

/* The same of a code met while opening, as a fault. */
enum status sqlite_refuse(const struct database *database, int code, struct arena *arena,
                          struct fault *fault);

/* --- sqlite_run.c --- */

void sqlite_drop_statements(struct sqlite_connection *connection);
enum status sqlite_run(struct connection *base, const struct statement *statement,
                       const struct value *args, int args_n, struct sink *sink);
enum status sqlite_prepare(struct connection *base, const struct statement *statement);

/* --- sqlite_open.c --- */

bool sqlite_place(struct database *database, struct str url);
enum status sqlite_check(struct database *database, struct arena *arena, struct fault *fault);
void sqlite_unmake(struct database *database);
enum status sqlite_connect(const struct database *database, enum access access, struct arena *arena,
                           struct connection **ret_connection, struct fault *fault);
void sqlite_disconnect(struct connection *connection);

/* --- sqlite_save.c --- */

/* All pages as `from` sees them into another file, which is then sealed: one file,
 * durable and looked through; the same of the file of a database that is not open. */
struct copy_watch;
enum status sqlite_save(sqlite3 *from, const struct database *database, const char *path,
                        const struct copy_watch *watch, struct arena *arena, struct fault *fault);
enum status sqlite_seal(const char *path, struct arena *arena, struct fault *fault);
enum status sqlite_save_file(const struct database *database, const char *path,
                             const struct copy_watch *watch, struct arena *arena,
                             struct fault *fault);

#endif
