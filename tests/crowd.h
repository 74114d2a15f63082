/*
 * crowd - a simulated body of thousands of units in SQLite and the same rows in a PostgreSQL of the
 * test's own, and what either engine plans to do for a statement.
 */
#ifndef TESTS_CROWD_H
#define TESTS_CROWD_H

#include "postgres.h"
#include "store/internal.h"

struct crowd {
    struct arena arena;
    struct postgres postgres;
    PGconn *connection;
    char directory[64];
    struct store *store;
};

enum { CROWD_UNITS = 5000 };

/* Both databases, with the indexes of all kinds; PostgreSQL's tables are brought to at least
 * CROWD_UNITS rows each where SQLite's has one, and analyzed. */
CHECKED enum status crowd_open(struct crowd *crowd, struct fault *fault);
void crowd_close(struct crowd *crowd);

/* The steps of a plan, one line each, trimmed; in the crowd's arena. */
struct steps {
    struct str *lines;
    int n, room;
};
CHECKED enum status crowd_explain_sqlite(struct crowd *crowd, const struct statement *statement,
                                         struct steps *ret_steps, struct fault *fault);
/* As a plan for any values: what a statement kept prepared comes to. */
CHECKED enum status crowd_explain_postgres(struct crowd *crowd, const struct statement *statement,
                                           struct steps *ret_steps, struct fault *fault);

#endif
