#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "view/format.h"
#include "view/test_model.h"

static void assert_put(const struct buf *buf, const char *want)
{
    AUTOARENA arena = arena_open(MIB(1));
    assert_string_equal(str_c(&arena, buf_str(buf)), want);
}

static void a_list_keeps_its_rows_while_it_grows(void **state)
{
    (void)state;
    AUTOARENA arena = arena_open(MIB(4));
    struct list *list = list_new(&arena, &shape_ref);
    for (int i = 0; i < 1000; i++)
        list_add(&arena, list)[0] = value_int(i);
    assert_int_equal(list->n, 1000);
    for (int i = 0; i < 1000; i++) {
        assert_int_equal(list_row(list, i)[0].i, i);
        assert_int_equal(list_row(list, i)[1].kind, VALUE_NULL);
    }
}

static void a_value_of_each_kind_reads_as_its_style_asks(void **state)
{
    (void)state;
    static const struct {
        struct column column;
        struct value value;
        const char *page, *data, *prose, *word;
    } cases[] = {
        {{.kind = COLUMN_TEXT}, {VALUE_TEXT, .s = STR_INIT("中")}, "中", "中", "中", "中"},
        {{.kind = COLUMN_INT}, {VALUE_INT, .i = 0}, "0", "0", "0", "0"},
        {{.kind = COLUMN_INT},
         {VALUE_INT, .i = INT64_MIN},
         "-9223372036854775808",
         "-9223372036854775808",
         "-9223372036854775808",
         "-9223372036854775808"},
        {{.kind = COLUMN_FLAG}, {VALUE_INT, .i = 1}, "是", "是", "是", "true"},
        {{.kind = COLUMN_FLAG}, {VALUE_INT, .i = 0}, "否", "否", "否", "false"},
        {{.kind = COLUMN_DATE},
         {VALUE_TEXT, .s = STR_INIT("2022-01-04")},
         "2022-01-04",
         "2022-01-04",
         "2022年1月4日",
         "2022-01-04"},
        {{.kind = COLUMN_DATE}, {VALUE_TEXT, .s = STR_INIT("9999-12-31")}, "", "", "", ""},
        {{.kind = COLUMN_INSTANT},
         {VALUE_INT, .i = 1642989600000000},
         "2022-01-24 10:00",
         "2022-01-24T10:00:00+08:00",
         "2022年1月24日 10:00",
         "2022-01-24T10:00:00+08:00"},
        {{.kind = COLUMN_INSTANT},
         {VALUE_INT, .i = -1},
         "1970-01-01 07:59",
         "1970-01-01T07:59:59+08:00",
         "1970年1月1日 07:59",
         "1970-01-01T07:59:59+08:00"},
        {{.kind = COLUMN_ID},
         {VALUE_INT, .i = 33},
         "0000000000011",
         "0000000000011",
         "0000000000011",
         "0000000000011"},
        {{.kind = COLUMN_CHOICE, .choices = test_classes},
         {VALUE_TEXT, .s = STR_INIT("bank")},
         "金融机构",
         "金融机构",
         "金融机构",
         "bank"},
        {{.kind = COLUMN_CHOICE, .choices = test_classes},
         {VALUE_TEXT, .s = STR_INIT("unknown")},
         "unknown",
         "unknown",
         "unknown",
         "unknown"},
    };
    AUTOARENA arena = arena_open(MIB(1));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *want[] = {cases[i].page, cases[i].data, cases[i].prose, cases[i].word};
        for (int style = FORMAT_PAGE; style <= FORMAT_WORD; style++) {
            char scratch[FORMAT_SCRATCH];
            struct str got = format_cell(&cases[i].column, cases[i].value, style, scratch);
            assert_string_equal(str_c(&arena, got), want[style]);
        }
    }
}

static void json_writes_every_kind_and_leaves_out_what_only_a_page_needs(void **state)
{
    (void)state;
    AUTOARENA arena = arena_open(MIB(1));
    AUTOBUF buf = buf_open(MIB(1));
    view_put_json(&buf, test_units_page(&arena));
    assert_put(&buf,
               "{\"items\":[{\"id\":\"0000000000011\",\"name\":\"市住建局\\\"A\\\"\","
               "\"class\":\"bureau\",\"committee\":{\"id\":\"0000000000007\",\"name\":"
               "\"提案委员会\",\"url\":\"/yiyang/committee/7\"},\"exchanges\":-3,\"group\":true,"
               "\"start_date\":\"2022-01-24\",\"end_date\":null,"
               "\"changed\":\"2022-01-24T10:00:00+08:00\",\"aliases\":[{\"id\":null,\"name\":"
               "\"人防办\",\"url\":null},{\"id\":null,\"name\":\"住建局\",\"url\":null}]},"
               "{\"id\":null,\"name\":\"=1+1\",\"class\":null,\"committee\":null,\"exchanges\":"
               "null,\"group\":null,\"start_date\":null,\"end_date\":null,\"changed\":null,"
               "\"aliases\":null}],\"total\":2}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_list_keeps_its_rows_while_it_grows),
        cmocka_unit_test(a_value_of_each_kind_reads_as_its_style_asks),
        cmocka_unit_test(json_writes_every_kind_and_leaves_out_what_only_a_page_needs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
