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

#include "base/scratch.h"
#include "domain/domain.h"
#include "postgres.h"
#include "search.sql.h"
#include "store/internal.h"
#include "store/search.h"

/* The server and the store live as long as the program of tests. */
static struct both {
    struct arena arena;
    struct postgres postgres;
    PGconn *connection;
    char directory[64];
    struct store *store;
} both;

static enum status open_store(struct fault *fault)
{
    scratch_make(both.directory, sizeof both.directory, "both");
    struct store_options options = {.url = str_fmt(&both.arena, "sqlite:%s/a.db", both.directory),
                                    .schema = domain_schemas(),
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
    scratch_remove(both.directory);
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

/* The lists that the record engine makes of field tables: each marked filter and sort. */
static void every_list_of_every_kind_prepares_on_postgresql(void **state)
{
    (void)state;
    struct list_plan *plans;
    int n = record_list_plans(both.store, &both.arena, domain_kinds(), &plans), wrong = 0;
    assert_true(n > 0);
    for (int i = 0; i < n; i++) {
        struct fault fault = {0};
        if (postgres_prepare(both.connection, "", plans[i].statement, &both.arena, NULL, &fault) ==
            OK)
            continue;
        print_error("%s: %.*s\n", plans[i].kind->name, STR_ARG(fault.message));
        wrong++;
    }
    assert_int_equal(wrong, 0);
}

/* Every kind's columns: the same names in the same order on both. */
static void tables_have_the_same_columns_on_both(void **state)
{
    (void)state;
    for (const struct kind *const *kind = domain_kinds(); *kind; kind++) {
        struct str *names;
        int n;
        assert_int_equal(store_columns(both.store, &both.arena, (*kind)->name, &names, &n), OK);
        assert_true(n > 0);
        struct str sql = str_fmt(&both.arena, "select * from %s limit 0", (*kind)->name);
        PGresult *result = PQexec(both.connection, sql.ptr);
        assert_int_equal(PQnfields(result), n);
        for (int i = 0; i < n; i++)
            assert_true(str_is(names[i], PQfname(result, i)));
        PQclear(result);
    }
}

/* --- search --- */

static enum status put_rows(struct tx *tx, void *context, struct fault *fault)
{
    (void)context;
    (void)fault;
    static const char *const texts[] = {"市教 教育 育局", "县教 教育 育局", "教育 育学 学会 2022",
                                        "市统 统计 计局", "教育",           "gb18030 教育"};
    for (int i = 0; i < 24; i++) {
        struct str tokens = str_from(texts[i % 6]);
        struct search_row row = {.body_id = 1 + i % 2,
                                 .id = 100 + i,
                                 .kind = i % 3 ? STR("organization") : STR("document"),
                                 .date = {2020 + i % 4, 1 + i % 12, 5},
                                 .title = tokens,
                                 .text = tokens,
                                 .tokens = tokens,
                                 .audience = i % 5 ? STR("all o1") : STR("office")};
        TRY(search_put(tx, &row));
    }
    return OK;
}

static const struct statement all_rows = {
    .name = "all_rows",
    .sql = "select rowid, body_id, id, part, kind, date, title, text, tokens, audience "
           "from search_row order by rowid",
    .params = "",
    .shape = RESULT_MANY,
};

/* The rows as they stand in SQLite, put into PostgreSQL. */
static void copy_rows(struct tx *tx)
{
    struct fault fault = {0};
    struct rows rows;
    PGresult *result;
    assert_int_equal(tx_run(tx, &all_rows, NO_ARGS, &rows), OK);
    assert_int_equal(rows.n, 24);
    for (int i = 0; i < rows.n; i++) {
        must(postgres_run(both.connection, &SQL_search_row_add, &rows.cells[i * rows.columns_n],
                          rows.columns_n, &both.arena, &result, &fault),
             &fault);
        PQclear(result);
    }
}

static struct str found_by_postgresql(const struct value *args)
{
    struct fault fault = {0};
    PGresult *result = NULL;
    struct str found = STR("");
    must(postgres_run(both.connection, &SQL_search_candidates, args, 5, &both.arena, &result,
                      &fault),
         &fault);
    for (int i = 0; i < PQntuples(result); i++)
        found = str_fmt(&both.arena, "%.*s %s", STR_ARG(found), PQgetvalue(result, i, 1));
    PQclear(result);
    return found;
}

static struct str found_by_sqlite(struct tx *tx, const struct value *args)
{
    struct rows rows;
    struct str found = STR("");
    assert_int_equal(tx_run(tx, &SQL_search_candidates, args, 5, &rows), OK);
    for (int i = 0; i < rows.n; i++)
        found = str_fmt(&both.arena, "%.*s %lld", STR_ARG(found),
                        (long long)value_i64(rows_at(&rows, i, 1)));
    return found;
}

static void both_find_the_same_in_the_same_order(void **state)
{
    (void)state;
    static const struct {
        const char *sqlite, *postgres, *sqlite_audience, *postgres_audience;
        int least;
    } queries[] = {
        {"\"教育\"", "教育", "\"1_all\" OR \"1_o1\"", "1_all 1_o1", 5},
        {"\"教育\" AND \"育局\"", "教育 育局", "\"1_all\"", "1_all", 2},
        {"\"gb18030\"", "gb18030", "\"2_all\"", "2_all", 2},
        {"\"kind_document\"", "kind_document", "\"1_office\" OR \"1_all\"", "1_office 1_all", 4},
        {"\"教育\"", "教育", "\"1_p7\"", "1_p7", 0},
    };
    struct tx *tx;
    assert_int_equal(store_write(both.store, &both.arena, 1, 0, NULL, put_rows, NULL, NULL), OK);
    assert_int_equal(store_read(both.store, &both.arena, &tx), OK);
    copy_rows(tx);
    for (size_t i = 0; i < sizeof queries / sizeof *queries; i++) {
        struct value args[] = {value_text(str_from(queries[i].sqlite)),
                               value_text(str_from(queries[i].sqlite_audience)),
                               value_int(queries[i].sqlite_audience[1] - '0'), value_int(INT64_MAX),
                               value_int(50)};
        struct str sqlite = found_by_sqlite(tx, args);
        args[0] = value_text(str_from(queries[i].postgres));
        args[1] = value_text(str_from(queries[i].postgres_audience));
        struct str postgres = found_by_postgresql(args);
        assert_true(str_eq(sqlite, postgres));
        assert_true(sqlite.len >= (size_t)queries[i].least * 4);
    }
    store_read_end(tx);
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
        cmocka_unit_test(both_find_the_same_in_the_same_order),
        cmocka_unit_test(every_list_of_every_kind_prepares_on_postgresql),
        cmocka_unit_test(tables_have_the_same_columns_on_both),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
