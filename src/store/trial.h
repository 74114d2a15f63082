/*
 * trial - for tests: a database of the test's own, on the engine that the run asks for.
 *
 *   DUIKOU_TEST_ENGINE=postgres   on PostgreSQL; anything else: on SQLite
 *   DUIKOU_TEST_POSTGRES=URL      a server to use; without it the first trial starts one, which
 *                                 ends with the program of tests
 */
#ifndef STORE_TRIAL_H
#define STORE_TRIAL_H

#include "base/arena.h"
#include "base/str.h"

bool trial_is_postgres(void);

/* The address of a new empty database: a file a.db of the directory, or a schema of the server's
 * database. The text lives in the arena. Fails the test when it cannot be had. */
struct str trial_url(struct arena *arena, const char *directory);

/* Whether any value of any table of a PostgreSQL trial has the text, be it text or bytes. Rows that
 * have gone are not looked at: the server's files are its own. */
bool trial_has(struct str url, const char *text);

/* Drop what trial_url made, when it is not in the directory. */
void trial_drop(struct str url);

#endif
