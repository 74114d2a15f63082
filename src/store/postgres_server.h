/*
 * postgres_server - for tests: a PostgreSQL server of the test's own, made in a directory of its
 * own (in memory where that can be had), reached by a socket there and nowhere else, gone with the
 * test. It syncs, as the store demands. It runs as the user postgres when the test runs as root,
 * because the server refuses root. Its database does not order by bytes unless a column says so.
 */
#ifndef STORE_POSTGRES_SERVER_H
#define STORE_POSTGRES_SERVER_H

#include <sys/types.h>

#include "base/arena.h"
#include "base/status.h"

struct postgres {
    char directory[64];
    char address[160]; /* for PQconnectdb: database duikou, in UTF-8 */
    char url[160];     /* the same for --db */
    pid_t server;      /* 0 = not running */
    pid_t keeper;      /* removes the directory when the test has ended */
    int alive;         /* an end of a pipe, open while the test lives */
};

/* Start an empty server. INVALID when PostgreSQL is not installed; FAULT with its log. */
CHECKED enum status postgres_start(struct postgres *postgres, struct arena *arena,
                                   struct fault *fault);
/* Stop it and remove its directory; nothing when it was not started. */
void postgres_stop(struct postgres *postgres);

/* End all its processes at once, as a crash does; start it over what it had made durable. */
void postgres_kill(struct postgres *postgres);
CHECKED enum status postgres_again(struct postgres *postgres, struct arena *arena,
                                   struct fault *fault);

#endif
