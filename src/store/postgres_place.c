#include "store/postgres_place.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/scratch.h"

struct server server;

int server_setup(void **state)
{
    (void)state;
    struct fault fault = {0};
    server.arena = arena_open(MIB(4));
    if (postgres_start(&server.postgres, &server.arena, &fault) == OK)
        return 0;
    print_error("%.*s\n", STR_ARG(fault.message));
    return -1;
}

int server_teardown(void **state)
{
    (void)state;
    postgres_stop(&server.postgres);
    arena_close(&server.arena);
    return 0;
}

void server_sql(const char *text)
{
    PGconn *connection = PQconnectdb(server.postgres.address);
    PGresult *result = PQexec(connection, text);
    ExecStatusType code = PQresultStatus(result);
    if (code != PGRES_COMMAND_OK && code != PGRES_TUPLES_OK)
        print_error("%s: %s\n", text, PQerrorMessage(connection));
    assert_true(code == PGRES_COMMAND_OK || code == PGRES_TUPLES_OK);
    PQclear(result);
    PQfinish(connection);
}

/* A schema of its own on this server, whatever engine the run is for. */
int postgres_place_setup(void **state)
{
    static char text[64];
    struct place *place = calloc(1, sizeof *place);
    place->arena = arena_open(MIB(64));
    scratch_make(place->directory, sizeof place->directory, "place");
    snprintf(text, sizeof text, "create schema p%d", ++server.schemas);
    server_sql(text);
    snprintf(place->url, sizeof place->url, "%s&options=-csearch_path%%3Dp%d", server.postgres.url,
             server.schemas);
    *state = place;
    return 0;
}

int postgres_place_teardown(void **state)
{
    struct place *place = *state;
    store_close(place->store);
    place_remove_directory(place);
    arena_close(&place->arena);
    free(place);
    return 0;
}

/* In the schema of the place. */
void place_sql(const char *text)
{
    AUTOARENA arena = arena_open(KIB(64));
    server_sql(str_fmt(&arena, "set search_path = p%d; %s", server.schemas, text).ptr);
}

void server_again(void)
{
    struct fault fault = {0};
    enum status status = postgres_again(&server.postgres, &server.arena, &fault);
    if (status != OK)
        print_error("%.*s\n", STR_ARG(fault.message));
    assert_int_equal(status, OK);
}
