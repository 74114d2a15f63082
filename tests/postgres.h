/*
 * postgres - a PostgreSQL server of the test's own: made in a directory under /tmp, reached by a
 * socket there and nowhere else, gone with the test. It runs as the user postgres when the test
 * runs as root, because the server refuses root.
 */
#ifndef TESTS_POSTGRES_H
#define TESTS_POSTGRES_H

#include <libpq-fe.h>
#include <sys/types.h>

#include "base/arena.h"
#include "store/store.h"

struct postgres {
    char directory[64];
    char address[160]; /* for PQconnectdb: database duikou, in UTF-8, ordered by bytes */
    pid_t server;
};

/* Start an empty server. INVALID when PostgreSQL is not installed; FAULT with its log. */
CHECKED enum status postgres_start(struct postgres *postgres, struct arena *arena,
                                   struct fault *fault);
/* Stop it and remove its directory; nothing when it was not started. */
void postgres_stop(struct postgres *postgres);

/* One or more statements without results; FAULT with the server's words. */
CHECKED enum status postgres_script(PGconn *connection, const char *sql, struct arena *arena,
                                    struct fault *fault);

/* Every step of the schemas, in order, in one transaction. */
CHECKED enum status postgres_migrate(PGconn *connection, const struct schema *const *schemas,
                                     struct arena *arena, struct fault *fault);

/*
 * Prepare a statement with its parameter types, a list written out for 8, and hold it against its
 * shape: it gives columns unless it is RESULT_RUN, and each is an integer, text, bytes or a flag.
 *
 *   name       under which it stays prepared; "" = not beyond the next one
 *   ret_columns  how many columns it gives; may be NULL
 */
CHECKED enum status postgres_prepare(PGconn *connection, const char *name,
                                     const struct statement *statement, struct arena *arena,
                                     int *ret_columns, struct fault *fault);

/* Run a statement with values (integers, texts, nulls); what it gives, to be cleared. */
CHECKED enum status postgres_run(PGconn *connection, const struct statement *statement,
                                 const struct value *args, int args_n, struct arena *arena,
                                 PGresult **ret_result, struct fault *fault);

#endif
