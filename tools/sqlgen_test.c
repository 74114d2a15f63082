/*
 * sqlgen on right and wrong files: each rule names file, line and what to do.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/str.h"

struct place {
    struct arena arena;
    char directory[64];
};

static int setup(void **state)
{
    struct place *place = calloc(1, sizeof *place);
    place->arena = arena_open(MIB(8));
    snprintf(place->directory, sizeof place->directory, "/tmp/duikou-sqlgen-XXXXXX");
    *state = place;
    return mkdtemp(place->directory) ? 0 : -1;
}

static const char *path_of(struct place *place, const char *name)
{
    return str_fmt(&place->arena, "%s/%s", place->directory, name).ptr;
}

static int teardown(void **state)
{
    static const char *const names[] = {"a.sql", "a.c", "a.h", "errors"};
    struct place *place = *state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        unlink(path_of(place, names[i]));
    rmdir(place->directory);
    arena_close(&place->arena);
    free(place);
    return 0;
}

static struct str read_all(struct place *place, const char *name)
{
    enum { ROOM = 64 << 10 };
    FILE *file = fopen(path_of(place, name), "r");
    assert_non_null(file);
    char *bytes = arena_new(&place->arena, char, ROOM);
    struct str text = {bytes, fread(bytes, 1, ROOM, file)};
    fclose(file);
    return text;
}

/* Runs sqlgen over the text; its exit code. */
static int generate(struct place *place, const char *sql)
{
    FILE *file = fopen(path_of(place, "a.sql"), "w");
    assert_non_null(file);
    fputs(sql, file);
    fclose(file);
    pid_t child = fork();
    if (child == 0) {
        if (!freopen(path_of(place, "errors"), "w", stderr))
            _exit(9);
        execl(getenv("DUIKOU_SQLGEN"), "sqlgen", path_of(place, "a.sql"), path_of(place, "a.c"),
              path_of(place, "a.h"), NULL);
        _exit(9);
    }
    int result = -1;
    assert_int_equal(waitpid(child, &result, 0), child);
    return WIFEXITED(result) ? WEXITSTATUS(result) : -1;
}

#define TABLE "-- schema a-1\ncreate table t (body_id id not null, id id not null, n int, "
#define KEY   "primary key (body_id, id));\n"
#define GOOD  TABLE "name text, " KEY "-- derived t\n"

static void a_right_file_becomes_statements_and_steps(void **state)
{
    struct place *place = *state;
    int code = generate(place, GOOD "-- schema a-2\nalter table t add column more text;\n"
                                    "-- :one_of  :maybe  ($1 id body_id,\n"
                                    "--     $2 text name)  of that name\n"
                                    "select id, 'a\"b\\' from t -- here\n"
                                    "where body_id = $1 and name = $2;\n"
                                    "-- :some  :many  ($1 id body_id, :ids)  some\n"
                                    "select id from t where body_id = $1 and id in (:ids);\n");
    assert_int_equal(read_all(place, "errors").len, 0);
    assert_int_equal(code, 0);
    struct str c = read_all(place, "a.c"), h = read_all(place, "a.h");
    assert_true(str_has(h, STR("extern const struct statement SQL_one_of;")));
    assert_true(str_has(h, STR("extern const struct schema SCHEMA_a;")));
    assert_true(str_has(c, STR(".params = \"it\"")));
    assert_true(str_has(c, STR(".params = \"il\"")));
    assert_true(str_has(c, STR("select id, 'a\\\"b\\\\' from t")));
    assert_true(str_has(c, STR(".name = \"a-2\"")));
}

static void a_statement_may_be_written_for_each_engine_with_the_reason(void **state)
{
    struct place *place = *state;
    assert_int_equal(generate(place, "-- :x :one :sqlite  x\n-- because\nselect a->>'b';\n"
                                     "-- :x :one :postgres  x\n-- because\nselect a::text;\n"),
                     0);
    struct str c = read_all(place, "a.c");
    assert_true(str_has(c, STR("    .sql =\n        \"select a->>'b'\"")));
    assert_true(str_has(c, STR("    .postgres =\n        \"select a::text\"")));
}

struct wrong {
    const char *sql, *sentence;
};

static void refuse_all(struct place *place, const struct wrong *wrong, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        int code = generate(place, wrong[i].sql);
        struct str errors = read_all(place, "errors");
        struct str where = str_fmt(&place->arena, "/a.sql:%s", wrong[i].sentence);
        if (code != 1 || !str_has(errors, where))
            print_error("%s\n-> %d %.*s", wrong[i].sql, code, STR_ARG(errors));
        assert_int_equal(code, 1);
        assert_true(str_has(errors, where));
    }
}
#define REFUSE(wrong) refuse_all(*state, wrong, sizeof(wrong) / sizeof *(wrong))

#define MANY "-- :x  :many  x\nselect "

static void what_the_engines_read_differently_is_refused(void **state)
{
    static const struct wrong wrong[] = {
        {MANY "x::bigint", "2: :: is refused"},
        {MANY "cast(x as int)", "2: a cast is to text or to bigint only"},
        {MANY "cast(x as varchar(3))", "2: a cast is to text or to bigint only"},
        {MANY "x where\nname LIKE 'a'", "3: LIKE is not for both engines"},
        {MANY "x where x glob 'a'", "2: glob is not for both engines"},
        {MANY "min(a, b)", "2: min with two arguments"},
        {MANY "max(coalesce(a, b), b)", "2: max with two arguments"},
        {MANY "json_extract(a, '$.b')", "2: json_extract is not for both engines"},
        {MANY "jsonb_path(a)", "2: jsonb_path is not for both engines"},
        {MANY "a->>'b'", "2: ->> is refused"},
        {MANY "array[1]", "2: array is not for both engines"},
        {MANY "\"x\"", "2: \"x\" is in double quotes"},
        {MANY "x where a = ?", "2: ? is refused, write $1"},
        {MANY "now()", "2: now is not for both engines, pass the time"},
        {MANY "current_date", "2: current_date is not for both engines"},
        {MANY "random()", "2: random is not for both engines"},
    };
    REFUSE(wrong);
}

static void what_only_looks_like_it_is_let_through(void **state)
{
    struct place *place = *state;
    assert_int_equal(generate(place, MANY "min(coalesce(a, b)), max(a), 'like ? ::', a.replace, "
                                          "cast(a as text), cast(b + 1 as bigint) from a "
                                          "-- \"like\"\nwhere a <> 'it''s'"),
                     0);
}

static void a_part_stands_in_every_statement_that_names_it(void **state)
{
    struct place *place = *state;
    int code = generate(place, GOOD "-- part who\nselect n\nfrom t\n"
                                    "-- :x  :many  ($1 id b)  x\n@who\nwhere body_id = $1;\n"
                                    "-- :y  :many  y\n  @who\norder by n;\n");
    assert_int_equal(read_all(place, "errors").len, 0);
    assert_int_equal(code, 0);
    struct str c = read_all(place, "a.c");
    assert_true(str_has(c, STR("\"select n from t\\n\"\n        \"where body_id = $1\"")));
    assert_true(str_has(c, STR("\"select n from t\\n\"\n        \"order by n\"")));
    assert_false(str_has(c, STR("who")));
}

static void a_part_that_is_wrong_or_not_used_is_refused(void **state)
{
    static const struct wrong wrong[] = {
        {MANY "1\n@who", "1: there is no part \"who\""},
        {"-- part who\nselect 1\n-- :x :many x\nselect 2", "1: no statement has this part"},
        {"-- part who\nselect 1 -- one\n-- :x :many x\n@who", "1: a part has no comments"},
        {"-- part Who\nselect 1\n-- :x :many x\nselect 2", "1: a part has a name"},
        {"-- part who\nnow()\n-- :x :many x\nselect\n@who", "5: now is not for both engines"},
    };
    REFUSE(wrong);
}

static void a_bare_column_after_do_update_set_is_refused(void **state)
{
    static const struct wrong wrong[] = {
        {GOOD "-- :x :run ($1 id b) x\ninsert into t (body_id, id) values ($1, 1)\n"
              "on conflict (body_id, id) do update\nset n = n + 1",
         "7: n after \"do update set\" needs its table"},
        {GOOD "-- :x :run ($1 id b) x\ninsert into t (body_id, id) values ($1, 1)\n"
              "on conflict (body_id, id) do update set n = excluded.n where name = 'a'",
         "6: name after \"do update set\" needs its table"},
    };
    struct place *place = *state;
    REFUSE(wrong);
    assert_int_equal(
        generate(place, GOOD "-- :x :run ($1 id b) x\n"
                             "insert into t (body_id, id) values ($1, 1) on conflict (body_id, id) "
                             "do update set n = t.n + coalesce((select n from t), 1), "
                             "name = case when excluded.n is null then 'a' else t.name end "
                             "where t.n is not null"),
        0);
}

static void tables_have_our_types_and_our_key(void **state)
{
    static const struct wrong wrong[] = {
        {TABLE "\"from\" date, " KEY, "2: \"from\" is in double quotes"},
        {TABLE "from date, " KEY, "2: from is a reserved word"},
        {TABLE "\norder int, " KEY, "3: order is a reserved word"},
        {TABLE "user text, " KEY, "2: user is a reserved word"},
        {TABLE "x real, " KEY, "2: column x has the type real"},
        {TABLE "x integer, " KEY, "2: column x has the type integer"},
        {TABLE "x, " KEY, "2: column x has the type ,"},
        {TABLE "primary key (id, body_id));", "2: the key of table t is not"},
        {"-- schema a-1\ncreate table t (id id not null primary key);",
         "2: table t has no body_id id and id id"},
        {GOOD "-- schema a-2\nalter table t add column to date;", "5: to is a reserved word"},
        {"-- owned t\n-- schema a-1\ncreate table t (body_id id, owner id, primary key (owner));",
         "3: owned table t has not"},
        {TABLE "foreign key (n) references t (id) deferrable, " KEY,
         "2: deferrable is not for both engines"},
    };
    struct place *place = *state;
    REFUSE(wrong);
    assert_int_equal(generate(place, "-- instance t  has no body\n-- schema a-1\n"
                                     "create table t (id id not null primary key);"),
                     0);
}

static void parameters_are_declared_and_used(void **state)
{
    static const struct wrong wrong[] = {
        {"-- :x :many ($1 id a) x\nselect $2", "2: $2 has no type, declare it in the header"},
        {"-- :x :many ($1 id a) x\nselect 1", "1: $1 is declared and not used"},
        {"-- :x :many ($1 real a) x\nselect $1", "1: $1 has no type"},
        {"-- :x :many ($2 id a) x\nselect $2", "1: the parameter here is $2"},
        {"-- :x :many ($1 id a x\nselect $1", "1: the bracket of the parameters is not closed"},
        {"-- :x :many (:ids, $1 id a) x\nselect $1 where 1 in (:ids)",
         "1: a list is the last parameter"},
        {"-- :x :many x\nselect 1 where 1 in (:ids)", "2: the list :ids is not declared"},
    };
    REFUSE(wrong);
}

static void only_derived_tables_are_written(void **state)
{
    static const struct wrong wrong[] = {
        {TABLE KEY "-- :x :run x\ninsert into t (body_id, id) values (1, 1)",
         "4: t is written by the record engine only"},
        {TABLE KEY "-- :x :run x\nupdate t set n = 1", "4: t is written by"},
        {TABLE KEY "-- :x :run x\nwith a as (select 1)\ndelete from t", "5: t is written by"},
    };
    REFUSE(wrong);
}

static void headers_are_whole(void **state)
{
    static const struct wrong wrong[] = {
        {"select 1;", "1: SQL before the first"},
        {"-- :x :some x\nselect 1", "1: the shape is one of"},
        {"-- :x :one\nselect 1", "1: the header ends with a help text"},
        {"-- :X :one x\nselect 1", "1: \"X\" is not a name"},
        {"-- :x :one x\nselect 1;\n-- :x :one x\nselect 2", "3: x is there more than once"},
        {"-- :x :one x\nselect 1;\nselect 2", "2: a second statement begins here"},
        {"-- :x :one x\n", "1: x has no SQL"},
        {"-- :x :run x\nselect 1", "1: a statement that gives rows"},
        {GOOD "-- :x :one x\ndelete from t", "4: a write without returning is :run"},
        {"-- :x :one :sqlite x\n-- why\nselect 1", "1: x is missing for the other engine"},
        {"-- :x :one :sqlite x\nselect 1;\n-- :x :one :postgres x\n-- why\nselect 1",
         "1: a block for one engine says why"},
        {"-- schema A\n", "1: \"A\" is not the name of a step"},
        {"-- schema a-1\n-- schema a-1\n", "2: a-1 is there more than once"},
    };
    REFUSE(wrong);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_right_file_becomes_statements_and_steps),
        TEST(a_statement_may_be_written_for_each_engine_with_the_reason),
        TEST(what_the_engines_read_differently_is_refused),
        TEST(what_only_looks_like_it_is_let_through),
        TEST(a_part_stands_in_every_statement_that_names_it),
        TEST(a_part_that_is_wrong_or_not_used_is_refused),
        TEST(a_bare_column_after_do_update_set_is_refused),
        TEST(tables_have_our_types_and_our_key),
        TEST(parameters_are_declared_and_used),
        TEST(only_derived_tables_are_written),
        TEST(headers_are_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
