/*
 * Every schema step and every statement of the program, on SQLite and on a real PostgreSQL.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "body.sql.h"
#include "document.sql.h"
#include "link.sql.h"
#include "organization.sql.h"
#include "person.sql.h"
#include "postgres.h"
#include "scheme.sql.h"
#include "store/internal.h"

static const struct schema *const program_schemas[] = {&SCHEMA_body,
                                                       &SCHEMA_organization,
                                                       &SCHEMA_person,
                                                       &SCHEMA_document,
                                                       &SCHEMA_scheme,
                                                       &SCHEMA_link,
                                                       NULL};

/* The server and the store live as long as the program of tests. */
static struct both {
    struct arena arena;
    struct postgres postgres;
    PGconn *connection;
    char directory[64];
    struct store *store;
} both;

static void must(enum status status, const struct fault *fault)
{
    if (status != OK)
        print_error("%.*s\n", STR_ARG(fault->message));
    assert_int_equal(status, OK);
}

static enum status open_store(struct fault *fault)
{
    snprintf(both.directory, sizeof both.directory, "/tmp/duikou-both-XXXXXX");
    if (!mkdtemp(both.directory))
        return FAULT;
    struct store_options options = {.url = str_fmt(&both.arena, "sqlite:%s/a.db", both.directory),
                                    .schema = program_schemas,
                                    .create = true};
    return store_open(&both.arena, &options, &both.store, fault);
}

static int set_up(void **state)
{
    (void)state;
    struct fault fault = {0};
    both.arena = arena_open(MIB(64));
    enum status status = open_store(&fault);
    if (status == OK)
        status = postgres_start(&both.postgres, &both.arena, &fault);
    if (status != OK) {
        print_error("%.*s\n", STR_ARG(fault.message));
        return -1;
    }
    both.connection = PQconnectdb(both.postgres.address);
    return PQstatus(both.connection) == CONNECTION_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    PQfinish(both.connection);
    postgres_stop(&both.postgres);
    store_close(both.store);
    unlink(str_fmt(&both.arena, "%s/a.db", both.directory).ptr);
    rmdir(both.directory);
    arena_close(&both.arena);
    return 0;
}

static void every_schema_step_runs_on_postgresql(void **state)
{
    (void)state;
    struct fault fault = {0};
    must(postgres_migrate(both.connection, both.store->schemas, &both.arena, &fault), &fault);
}

static void every_statement_prepares_on_sqlite(void **state)
{
    (void)state;
    struct fault fault = {0};
    must(store_check(both.store, &both.arena, &fault), &fault);
}

static void every_statement_prepares_on_postgresql(void **state)
{
    (void)state;
    int wrong = 0;
    for (const struct schema *const *schema = both.store->schemas; *schema; schema++)
        for (const struct statement *const *each = (*schema)->statements; *each; each++) {
            struct fault fault = {0};
            if (postgres_prepare(both.connection, "", *each, &both.arena, NULL, &fault) == OK)
                continue;
            print_error("%.*s\n", STR_ARG(fault.message));
            wrong++;
        }
    assert_int_equal(wrong, 0);
}

/* The check itself can fail. */
static void a_wrong_statement_is_found(void **state)
{
    (void)state;
    static const struct {
        struct statement statement;
        enum status status;
    } wrong[] = {
        {{"untyped", "select sum(version) from body_version", "", RESULT_ONE}, INVALID},
        {{"shapeless", "select version from body_version", "", RESULT_RUN}, INVALID},
        {{"absent", "select version from body_versions", "", RESULT_MANY}, FAULT},
        {{"sqlite_only", "select total(version) from body_version", "", RESULT_MANY}, FAULT},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(
            postgres_prepare(both.connection, "", &wrong[i].statement, &both.arena, NULL, NULL),
            wrong[i].status);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_schema_step_runs_on_postgresql),
        cmocka_unit_test(every_statement_prepares_on_sqlite),
        cmocka_unit_test(every_statement_prepares_on_postgresql),
        cmocka_unit_test(a_wrong_statement_is_found),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
