/*
 * postgres - statements of the program on a PostgreSQL server of the test's own, by libpq alone:
 * what the server itself says of them.
 */
#ifndef TESTS_POSTGRES_H
#define TESTS_POSTGRES_H

#include <libpq-fe.h>

#include "base/arena.h"
#include "store/postgres_server.h"
#include "store/store.h"

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
