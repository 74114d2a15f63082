#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "store/sqltext.h"

static void expands(const char *sql, enum sql_engine engine, const char *wanted)
{
    AUTOBUF out = buf_open(4096);
    sql_expand(&out, str_from(sql), engine);
    if (!str_is(buf_str(&out), wanted))
        print_error("got:  %.*s\nwant: %s\n", STR_ARG(buf_str(&out)), wanted);
    assert_true(str_is(buf_str(&out), wanted));
}

static void type_words_are_expanded_where_a_type_stands(void **state)
{
    (void)state;
    static const char table[] =
        "create table date (id id not null, date date, text text default 'id', b blob,\n"
        "  n int check (n in (1, 2)), primary key (id), foreign key (id) references text (id))";
    expands(table, SQL_SQLITE,
            "create table date (id integer not null, date text, text text default 'id', b blob,\n"
            "  n integer check (n in (1, 2)), primary key (id), foreign key (id) references text "
            "(id)) strict, without rowid");
    expands(table, SQL_POSTGRES,
            "create table date (id bigint not null, date text collate \"C\", "
            "text text collate \"C\" default 'id', b bytea,\n"
            "  n bigint check (n in (1, 2)), primary key (id), foreign key (id) references text "
            "(id))");
}

static void new_columns_are_expanded_and_other_statements_left_alone(void **state)
{
    (void)state;
    expands("alter table t add column text text; alter table t add id id; "
            "alter table t rename column id to date; create index date on text (id, date); "
            "insert into t (id) select id from text",
            SQL_POSTGRES,
            "alter table t add column text text collate \"C\"; alter table t add id bigint; "
            "alter table t rename column id to date; create index date on text (id, date); "
            "insert into t (id) select id from text");
}

static void several_tables_and_comments_are_kept(void **state)
{
    (void)state;
    expands("create table if not exists a (id id); -- id id\ncreate table b (id /* id */ id);",
            SQL_SQLITE,
            "create table if not exists a (id integer) strict; -- id id\n"
            "create table b (id /* id */ integer) strict;");
}

static void a_list_is_written_out_everywhere_but_in_strings(void **state)
{
    (void)state;
    AUTOBUF out = buf_open(4096);
    sql_expand_list(&out, STR("a = $1 and b in (:ids) and c = ':ids' or d in ( :ids )"), 2, 3);
    assert_true(str_is(buf_str(&out),
                       "a = $1 and b in ($2, $3, $4) and c = ':ids' or d in ( $2, $3, $4 )"));
}

static void tokens_have_kinds_and_lines(void **state)
{
    (void)state;
    static const struct {
        enum sql_kind kind;
        const char *text;
        int line;
    } wanted[] = {
        {SQL_WORD, "select", 1},   {SQL_STRING, "'it''s'", 1}, {SQL_SIGN, "::", 2},
        {SQL_PARAMETER, "$12", 2}, {SQL_LIST, ":ids", 2},      {SQL_NUMBER, "1.5", 3},
        {SQL_QUOTED, "\"a\"", 3},  {SQL_SIGN, "->>", 3},       {SQL_SIGN, "=", 3},
        {SQL_STRING, "'open", 3},  {SQL_END, "", 3},
    };
    struct sql_cursor cursor =
        sql_cursor_open(STR("select 'it''s' -- ' \n :: $12 :ids\n1.5 \"a\"->>/* ' */='open"));
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        struct sql_token token = sql_next(&cursor);
        assert_int_equal(token.kind, wanted[i].kind);
        assert_true(str_is(token.text, wanted[i].text));
        assert_int_equal(token.line, wanted[i].line);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(type_words_are_expanded_where_a_type_stands),
        cmocka_unit_test(new_columns_are_expanded_and_other_statements_left_alone),
        cmocka_unit_test(several_tables_and_comments_are_kept),
        cmocka_unit_test(a_list_is_written_out_everywhere_but_in_strings),
        cmocka_unit_test(tokens_have_kinds_and_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
