/*
 * scratch - for tests: a directory of the test's own, and what must succeed.
 */
#ifndef BASE_SCRATCH_H
#define BASE_SCRATCH_H

#include <stddef.h>

#include "base/status.h"

/* A new empty directory /tmp/duikou-WORD-XXXXXX, its path written into `ret_path`. Fails the test
 * when it cannot be made. */
void scratch_make(char *ret_path, size_t size, const char *word);
/* The directory with all that is in it; what is gone already is no fault. */
void scratch_remove(const char *path);

/*
 * Ends a test that cannot be made here (no PostgreSQL asked for, no systemd, no name spaces) with a
 * line that says so. cmocka's own skip() says "not ok … # SKIP" in TAP, which counts as failed.
 */
#define LEAVE_TEST(why)                                                                            \
    do {                                                                                           \
        print_message("# left out: %s\n", why);                                                    \
        return;                                                                                    \
    } while (0)

/* Fails the test with the fault's sentence when the status is not OK. */
void must(enum status status, const struct fault *fault);

#endif
