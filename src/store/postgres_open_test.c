/*
 * Opening a PostgreSQL database: one sentence for whatever is wrong, and nothing lost by settings.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "store/example.sql.h"
#include "store/postgres_place.h"

static void refuses(struct place *place, const char *url, bool create, enum status status,
                    const char *words)
{
    struct store_options options = place_options(place);
    struct fault fault = {0};
    options.url = str_from(url);
    options.create = create;
    place_refuses(place, &options, status, words);
    assert_int_not_equal(store_open(&place->arena, &options, &place->store, &fault), OK);
    assert_false(str_has(fault.message, STR("geheim")));
}

static void what_is_missing_is_named_and_the_password_is_not(void **state)
{
    struct place *place = *state;
    const char *host = server.postgres.directory;
    struct arena *arena = &place->arena;
    refuses(place, str_fmt(arena, "postgresql://duikou:geheim@/absent?host=%s", host).ptr, true,
            NOT_FOUND, "没有找到数据库 postgresql://duikou@");
    refuses(place, str_fmt(arena, "postgresql://nobody:geheim@/duikou?host=%s", host).ptr, true,
            FAULT, "没有这个用户");
    refuses(place, "postgresql://duikou:geheim@/duikou?host=/nowhere", true, BUSY, "连不上数据库");
    refuses(place, "postgresql://duikou:geheim@127.0.0.1:1/duikou", true, BUSY,
            "连不上数据库 postgresql://duikou@127.0.0.1:1/duikou");
    refuses(place, "postgresql://duikou:geheim@/duikou?nothing=1", true, INVALID,
            "无法识别数据库地址");
    refuses(place, "mysql://duikou:geheim@host/duikou", true, INVALID, "无法识别数据库地址");
    refuses(place, place->url, false, NOT_FOUND, "还是空的");
}

static void the_database_of_another_program_is_refused_and_left_alone(void **state)
{
    struct place *place = *state;
    place_sql("create table theirs (a int)");
    refuses(place, place->url, true, INVALID, "不是 Duikou 的数据库");
    place_sql("create table schema_step (name text, program text)");
    refuses(place, place->url, true, INVALID, "不是 Duikou 的数据库");
    place_sql("drop table theirs; drop table schema_step");
    place_open(place);
}

static void a_database_from_a_later_program_is_refused(void **state)
{
    struct place *place = *state;
    place_open(place);
    place_close(place);
    place_sql("insert into schema_step values ('example-99', '9.0')");
    refuses(place, place->url, true, INVALID, "较新的程序（9.0 版");
}

static void only_missing_steps_are_applied(void **state)
{
    struct place *place = *state;
    place_open(place);
    place_close(place);
    place_sql("delete from schema_step where name = 'example-2';"
              "alter table example drop column note;"
              "insert into example (body_id, id, name) values (1, 1, 'kept')");
    place_open(place);
    assert_true(example_has(place->store, 1, 1));
}

static void a_user_without_the_right_to_create_is_told(void **state)
{
    struct place *place = *state;
    server_sql("do $$ begin create role guest login; exception when duplicate_object then end $$");
    struct str url = str_fmt(&place->arena,
                             "postgresql://guest@/duikou?host=%s"
                             "&options=-csearch_path%%3Dp%d",
                             server.postgres.directory, server.schemas);
    place_sql(str_fmt(&place->arena, "grant usage on schema p%d to guest", server.schemas).ptr);
    refuses(place, url.ptr, true, FAULT, "权限");
}

static void a_server_that_does_not_sync_is_refused(void **state)
{
    struct place *place = *state;
    server_sql("alter system set fsync = off");
    postgres_kill(&server.postgres);
    server_again();
    refuses(place, place->url, true, FAULT, "关闭了 fsync");
    server_sql("alter system reset fsync");
    postgres_kill(&server.postgres);
    server_again();
    place_open(place);
}

static const struct statement setting = {
    .name = "setting",
    .sql = "select current_setting('synchronous_commit')",
    .params = "",
    .shape = RESULT_ONE,
};

static enum status read_setting(struct tx *tx, void *context, struct fault *fault)
{
    (void)fault;
    struct rows rows;
    TRY(tx_run(tx, &setting, NO_ARGS, &rows));
    *(bool *)context = str_is(value_str(rows_at(&rows, 0, 0)), "on");
    return OK;
}

static void writes_are_durable_whatever_the_user_was_given(void **state)
{
    struct place *place = *state;
    bool is_on = false;
    server_sql("alter role duikou set synchronous_commit = off");
    place_open(place);
    assert_int_equal(
        store_write(place->store, &place->arena, 1, 0, NULL, read_setting, &is_on, NULL), OK);
    server_sql("alter role duikou reset synchronous_commit");
    assert_true(is_on);
}

int main(void)
{
#define TEST(name)                                                                                 \
    cmocka_unit_test_setup_teardown(name, postgres_place_setup, postgres_place_teardown)
    const struct CMUnitTest tests[] = {
        TEST(what_is_missing_is_named_and_the_password_is_not),
        TEST(the_database_of_another_program_is_refused_and_left_alone),
        TEST(a_database_from_a_later_program_is_refused),
        TEST(only_missing_steps_are_applied),
        TEST(a_user_without_the_right_to_create_is_told),
        TEST(a_server_that_does_not_sync_is_refused),
        TEST(writes_are_durable_whatever_the_user_was_given),
    };
    return cmocka_run_group_tests(tests, server_setup, server_teardown);
}
