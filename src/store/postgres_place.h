/*
 * postgres_place - for the tests of the PostgreSQL engine: a server of the test's own, whatever
 * engine the run is for, and a place in a schema of its own on it.
 */
#ifndef STORE_POSTGRES_PLACE_H
#define STORE_POSTGRES_PLACE_H

#include "store/place.h"
#include "store/postgres_server.h"

extern struct server {
    struct arena arena;
    struct postgres postgres;
    int schemas; /* made so far; the last one, p1, p2 …, is the place's */
} server;

/* cmocka's setup and teardown of the whole group. */
int server_setup(void **state);
int server_teardown(void **state);
/* Of each test; *state is a struct place without a directory. */
int postgres_place_setup(void **state);
int postgres_place_teardown(void **state);

/* The server again after postgres_kill; fails the test when it does not come. */
void server_again(void);
/* Statements beside the store: anywhere, in the schema of the place. */
void server_sql(const char *text);
void place_sql(const char *text);

#endif
