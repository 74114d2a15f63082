#include "store/trial.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdatomic.h>
#include <stdint.h>
#include <cmocka.h>
#include <libpq-fe.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "store/postgres_server.h"

static struct trials {
    struct arena arena;
    struct postgres own; /* when no server was given */
    const char *url;     /* of the server's database */
    pid_t owner;
    atomic_int made;
} trials;
static pthread_once_t started = PTHREAD_ONCE_INIT;

bool trial_is_postgres(void)
{
    const char *engine = getenv("DUIKOU_TEST_ENGINE");
    return engine && str_is(STR("postgres"), engine);
}

/* A process that a test forked has no server to stop. */
static void stop(void)
{
    if (getpid() != trials.owner)
        return;
    postgres_stop(&trials.own);
    arena_close(&trials.arena);
}

static void start(void)
{
    struct fault fault = {0};
    trials.arena = arena_open(MIB(1));
    trials.owner = getpid();
    trials.url = getenv("DUIKOU_TEST_POSTGRES");
    if (trials.url && trials.url[0])
        return;
    atexit(stop);
    if (postgres_start(&trials.own, &trials.arena, &fault) != OK)
        fail_msg("%.*s", STR_ARG(fault.message));
    trials.url = trials.own.url;
}

static void run(const char *sql)
{
    PGconn *connection = PQconnectdb(trials.url);
    PGresult *result = PQexec(connection, sql);
    if (PQresultStatus(result) != PGRES_COMMAND_OK)
        print_error("%s: %s\n", sql, PQerrorMessage(connection));
    assert_int_equal(PQresultStatus(result), PGRES_COMMAND_OK);
    PQclear(result);
    PQfinish(connection);
}

static const char schema_mark[] = "&options=-csearch_path%3D";

struct str trial_url(struct arena *arena, const char *directory)
{
    if (!trial_is_postgres())
        return str_fmt(arena, "sqlite:%s/a.db", directory);
    pthread_once(&started, start);
    struct str schema =
        str_fmt(arena, "t%d_%d", (int)getpid(), atomic_fetch_add(&trials.made, 1) + 1);
    run(str_fmt(arena, "create schema %s", schema.ptr).ptr);
    return str_fmt(arena, "%s%s%s", trials.url, schema_mark, schema.ptr);
}

/* The text as PostgreSQL writes bytes. */
static const char *hex_of(struct arena *arena, const char *text)
{
    struct str hex = {0};
    for (; *text; text++)
        hex = str_fmt(arena, "%.*s%02x", STR_ARG(hex), (unsigned char)*text);
    return hex.ptr;
}

static bool table_has(PGconn *connection, struct arena *arena, const char *table,
                      const char *const *wanted)
{
    struct str sql = str_fmt(arena,
                             "select 1 from %s t where strpos(t::text, $1) > 0 "
                             "or strpos(t::text, $2) > 0 limit 1",
                             table);
    PGresult *result = PQexecParams(connection, sql.ptr, 2, NULL, wanted, NULL, NULL, 0);
    if (PQresultStatus(result) != PGRES_TUPLES_OK)
        print_error("%s: %s\n", sql.ptr, PQerrorMessage(connection));
    assert_int_equal(PQresultStatus(result), PGRES_TUPLES_OK);
    bool has = PQntuples(result) > 0;
    PQclear(result);
    return has;
}

bool trial_has(struct str url, const char *text)
{
    AUTOARENA arena = arena_open(MIB(1));
    PGconn *connection = PQconnectdb(str_c(&arena, url));
    PGresult *tables = PQexec(connection, "select quote_ident(tablename) from pg_tables "
                                          "where schemaname = current_schema()");
    assert_int_equal(PQresultStatus(tables), PGRES_TUPLES_OK);
    assert_true(PQntuples(tables) > 0);
    const char *const wanted[] = {text, hex_of(&arena, text)};
    bool has = false;
    for (int i = 0; i < PQntuples(tables); i++)
        has = has || table_has(connection, &arena, PQgetvalue(tables, i, 0), wanted);
    PQclear(tables);
    PQfinish(connection);
    return has;
}

void trial_drop(struct str url)
{
    AUTOARENA arena = arena_open(KIB(64));
    ptrdiff_t at = str_find(url, str_from(schema_mark));
    if (at < 0)
        return;
    struct str schema = str_from_byte(url, (size_t)at + sizeof schema_mark - 1);
    run(str_fmt(&arena, "set client_min_messages = warning; drop schema %.*s cascade",
                STR_ARG(schema))
            .ptr);
}
