#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "domain/roster/priv.h"

/* Lines written as texts, cells between bars; "·" before a line: text outside a table. */
static enum status read_lines(struct arena *arena, const char *const *texts,
                              struct roster *ret_roster, struct fault *fault)
{
    struct roster_line *lines = arena_new(arena, struct roster_line, 64);
    int n = 0;
    for (; texts[n]; n++) {
        struct str rest = str_from(texts[n]);
        struct str *cells = arena_new(arena, struct str, 32);
        lines[n] = (struct roster_line){.number = n + 1, .table = 1, .cells = cells};
        if (str_starts(rest, STR("·"))) {
            lines[n].table = 0;
            rest = str_from_byte(rest, strlen("·"));
        }
        while (rest.len > 0)
            cells[lines[n].n++] = str_trim(str_cut(&rest, STR("|")));
    }
    return roster_read(arena, lines, n, ret_roster, fault);
}

static struct roster read_fine(struct arena *arena, const char *const *texts)
{
    struct roster roster;
    struct fault fault = {0};
    if (read_lines(arena, texts, &roster, &fault) != OK)
        fail_msg("%.*s", STR_ARG(fault.message));
    roster_check(arena, &roster);
    return roster;
}

/* What was read, a line a person: line:unit/role/name/post/section/office/mobile!fault */
static void assert_read(const char *const *texts, const char *want)
{
    AUTOARENA arena = arena_open(MIB(16));
    struct roster roster = read_fine(&arena, texts);
    struct str text = {0};
    for (int i = 0; i < roster.n; i++) {
        const struct roster_entry *entry = &roster.entries[i];
        struct str shown = str_join(&arena, STR("/"), entry->values, ROSTER_CELLS);
        struct str reason = roster_reason(&arena, entry);
        text = str_fmt(&arena, "%.*s%d:%.*s%s%.*s\n", STR_ARG(text), entry->line, STR_ARG(shown),
                       reason.len ? "!" : "", STR_ARG(reason));
    }
    assert_string_equal(str_c(&arena, text), want);
}
#define LINES(...)                                                                                 \
    (const char *const[])                                                                          \
    {                                                                                              \
        __VA_ARGS__, NULL                                                                          \
    }

static void a_table_with_a_role_column_is_read_person_by_person(void **state)
{
    (void)state;
    assert_read(LINES("某市对口联系人员名单",
                      "序号|单位名称|身份|姓 名|职务|科室|办公电话|手机号码",
                      "1|市教育局|责任领导|张　三|副局长||0737-4222333|13800000001",
                      "2|市教育局|联系人|李四|科长|办公室|(0737)4222334|138 0000 0002",
                      "3|市气象局|联络员|王五|||6123|+86 13800000003"),
                "3:市教育局/责任领导/张三/副局长//0737-4222333/13800000001\n"
                "4:市教育局/联系人/李四/科长/办公室/0737-4222334/13800000002\n"
                "5:市气象局/联络员/王五///6123/13800000003\n");
}

static void several_persons_stand_in_one_row(void **state)
{
    (void)state;
    assert_read(LINES("单位|责任领导姓名|责任领导职务|责任领导手机|联系人姓名|联系人职务|"
                      "联系人办公电话|联系人手机",
                      "市教育局|张三|副局长|13800000001|李四|科长|4222334|13800000002",
                      "市气象局||||王五|||13800000003"),
                "2:市教育局/责任领导/张三/副局长///13800000001\n"
                "2:市教育局/联系人/李四/科长//4222334/13800000002\n"
                "3:市气象局/联系人/王五////13800000003\n");
}

static void a_field_belongs_to_the_role_on_its_left(void **state)
{
    (void)state;
    assert_read(LINES("部门（单位）|责任领导|职务|电话|联系人|职务|电话",
                      "市教育局|张三|副局长|13800000001|李四|科长|0737-4222334 13800000002"),
                "2:市教育局/责任领导/张三/副局长///13800000001\n"
                "2:市教育局/联系人/李四/科长//0737-4222334/13800000002\n");
    assert_read(LINES("单位|科室|联络员|联系电话", "市教育局|办公室|王五|13800000003"),
                "2:市教育局/联络员/王五//办公室//13800000003\n");
}

static void headings_of_two_rows_are_read_together(void **state)
{
    (void)state;
    assert_read(LINES("序号|单位|分管领导|||联系人1|||联系人2|",
                      "||姓名|职务|手机|姓名|职务|手机|姓名|手机",
                      "1|市教育局|张三|副局长|13800000001|李四|科长|13800000002|王五|13800000003"),
                "3:市教育局/分管领导/张三/副局长///13800000001\n"
                "3:市教育局/联系人/李四/科长///13800000002\n"
                "3:市教育局/联系人/王五////13800000003\n");
}

static void a_slip_names_its_unit_above_the_table(void **state)
{
    (void)state;
    assert_read(LINES("·对口联系人员回执", "·单位名称（盖章）：市教育局（盖章）",
                      "类别|姓名|职务|科室|办公电话|手机",
                      "责任领导|张三|副局长||0737-4222333|13800000001",
                      "联系人|李四|科长|办公室||13800000002", "联系人|||||",
                      "·填表人：王五　填表日期：2022年1月24日"),
                "4:市教育局/责任领导/张三/副局长//0737-4222333/13800000001\n"
                "5:市教育局/联系人/李四/科长/办公室//13800000002\n");
    assert_read(LINES("单位|市教育局", "类别|姓名|手机", "联系人|李四|13800000002"),
                "3:市教育局/联系人/李四////13800000002\n");
}

static void several_slips_stand_in_one_file(void **state)
{
    (void)state;
    assert_read(LINES("·单位名称：市教育局", "类别|姓名|手机", "联系人|李四|13800000002",
                      "·单位名称：市气象局", "类别|姓名|手机", "联系人|王五|13800000003"),
                "3:市教育局/联系人/李四////13800000002\n"
                "6:市气象局/联系人/王五////13800000003\n");
}

static void a_title_tells_the_role_where_no_column_does(void **state)
{
    (void)state;
    assert_read(LINES("对口联系单位联络员名单", "单位|姓名|手机", "市教育局|王五|13800000003"),
                "3:市教育局/联络员/王五////13800000003\n");
    assert_read(LINES("对口联系人员名单", "单位|姓名|手机", "市教育局|王五|13800000003"),
                "3:市教育局//王五////13800000003!没有写“身份”，请加一列“身份”，填责任领导、"
                "分管领导、联系人或联络员。\n");
}

static void a_merged_unit_holds_for_the_rows_below_it_once_a_role(void **state)
{
    (void)state;
    assert_read(LINES("单位|身份|姓名", "市教育局|责任领导|张三", "|联系人|李四", "|联系人|王五"),
                "2:市教育局/责任领导/张三////\n"
                "3:市教育局/联系人/李四////\n"
                "4:市教育局/联系人/王五////!没有写“单位”，而上面的“市教育局”已有联系人“李四”，"
                "请填写单位名称。\n");
}

static void a_bad_cell_is_told_at_that_cell(void **state)
{
    (void)state;
    static const struct {
        const char *row, *fault;
        enum roster_cell cell;
    } bad[] = {
        {"|联系人|张三|||", "没有写“单位”，请填写单位名称。", CELL_UNIT},
        {"市教育局|顾问|张三|||", "“身份”写作“顾问”，请改为责任领导", CELL_ROLE},
        {"市教育局|联系人||科长||", "没有写“姓名”，请填写姓名，或清空这一行。", CELL_NAME},
        {"市教育局|联系人|张三、李四|||", "“姓名”一格里写了几个人，请每人写一行。", CELL_NAME},
        {"市教育局|联系人|13800000001|||", "“姓名”里有数字", CELL_NAME},
        {"市教育局|联系人|张|||", "“姓名”只有一个字，请写全名。", CELL_NAME},
        {"市教育局|联系人|张三(科长)|||", "“姓名”里有姓名以外的符号", CELL_NAME},
        {"市教育局|联系人|张三||13800000001|", "像手机号码，请移到“手机”一列。", CELL_OFFICE_PHONE},
        {"市教育局|联系人|张三||7374222333|", "区号前的 0 可能被表格软件去掉了", CELL_OFFICE_PHONE},
        {"市教育局|联系人|张三||电话同上|", "请写成 0737-4222333 的样子。", CELL_OFFICE_PHONE},
        {"市教育局|联系人|张三||0737-4222333/4222334|", "填了几个号码", CELL_OFFICE_PHONE},
        {"市教育局|联系人|张三|||1380000001", "应为 11 位数字，“1380000001”有 10 位", CELL_MOBILE},
        {"市教育局|联系人|张三|||0737-4222333", "像固定电话，请移到“办公电话”一列。", CELL_MOBILE},
        {"市教育局|联系人|张三|||1.38E+10", "改成了“1.38E+10”，请把这一列设为文本", CELL_MOBILE},
        {"市教育局|联系人|张三|||12800000001", "不是手机号码，请核对。", CELL_MOBILE},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        AUTOARENA arena = arena_open(MIB(4));
        struct roster roster =
            read_fine(&arena, LINES("单位|身份|姓名|职务|办公电话|手机", bad[i].row,
                                    "市气象局|联系人|王五|||13800000003"));
        assert_int_equal(roster.n, 2);
        for (int cell = 0; cell < ROSTER_CELLS; cell++) {
            struct str fault = roster.entries[0].faults[cell];
            if (cell == (int)bad[i].cell && !str_has(fault, str_from(bad[i].fault)))
                fail_msg("%s: \"%.*s\"", bad[i].row, STR_ARG(fault));
            if (cell != (int)bad[i].cell && fault.len > 0)
                fail_msg("%s: also \"%.*s\"", bad[i].row, STR_ARG(fault));
        }
        assert_false(roster_entry_is_bad(&roster.entries[1]));
    }
}

static void numbers_are_stored_in_one_form(void **state)
{
    (void)state;
    static const char *const forms[][2] = {{"０７３７—４２２２３３３", "0737-4222333"},
                                           {"（0737）4222333", "0737-4222333"},
                                           {"07374222333", "0737-4222333"},
                                           {"0737 4222333", "0737-4222333"},
                                           {"01062221111", "010-62221111"},
                                           {"021-6222 1111转801", "021-62221111转801"},
                                           {"0737-4222333-801", "0737-4222333转801"},
                                           {"4222333", "4222333"},
                                           {"+86-0737-4222333", "0737-4222333"}};
    AUTOARENA arena = arena_open(MIB(1));
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        struct read_cell cell = roster_office_phone_read(&arena, str_from(forms[i][0]));
        if (!str_is(cell.value, forms[i][1]))
            fail_msg("%s: %.*s %.*s", forms[i][0], STR_ARG(cell.value), STR_ARG(cell.fault));
    }
}

static void names_of_other_scripts_are_names(void **state)
{
    (void)state;
    static const char *const forms[][2] = {{"阿布都•热合曼", "阿布都·热合曼"},
                                           {" 欧阳 修 ", "欧阳修"},
                                           {"Anna Smith", "Anna Smith"},
                                           {"王䶮", "王䶮"}};
    AUTOARENA arena = arena_open(MIB(1));
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        struct read_cell cell = roster_name_read(&arena, str_from(forms[i][0]));
        if (!str_is(cell.value, forms[i][1]))
            fail_msg("%s: %.*s %.*s", forms[i][0], STR_ARG(cell.value), STR_ARG(cell.fault));
    }
}

static void what_was_not_filled_in_is_blank_not_bad(void **state)
{
    (void)state;
    AUTOARENA arena = arena_open(MIB(4));
    struct roster roster = read_fine(
        &arena, LINES("单位|身份|姓名|民族|手机", "市教育局|联系人|||", "市气象局|联系人|无||",
                      "市水利局|联系人|王五|汉|暂无", "注：请于月底前填报。||||", "合计|||1|"));
    assert_int_equal(roster.n, 1);
    assert_int_equal(roster.blank, 2);
    assert_int_equal(roster.unread_n, 1);
    assert_true(str_is(roster.unread[0], "民族"));
    assert_false(roster_entry_is_bad(&roster.entries[0]));
}

static void a_file_without_headings_or_with_a_secrecy_mark_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *first, *second, *message;
    } refused[] = {
        {"市教育局|张三", "市气象局|李四", "没有找到表头"},
        {"单位|电话", "市气象局|4222333", "没有找到表头"},
        {"机密★10年", "单位|姓名", "第 1 行标有密级"},
        {"单位|姓名", "秘 密 ★|张三", "第 2 行标有密级"},
    };
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        AUTOARENA arena = arena_open(MIB(4));
        struct roster roster;
        struct fault fault = {0};
        assert_int_equal(
            read_lines(&arena, LINES(refused[i].first, refused[i].second), &roster, &fault),
            INVALID);
        if (!str_has(fault.message, str_from(refused[i].message)))
            fail_msg("%.*s", STR_ARG(fault.message));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_table_with_a_role_column_is_read_person_by_person),
        cmocka_unit_test(several_persons_stand_in_one_row),
        cmocka_unit_test(a_field_belongs_to_the_role_on_its_left),
        cmocka_unit_test(headings_of_two_rows_are_read_together),
        cmocka_unit_test(a_slip_names_its_unit_above_the_table),
        cmocka_unit_test(several_slips_stand_in_one_file),
        cmocka_unit_test(a_title_tells_the_role_where_no_column_does),
        cmocka_unit_test(a_merged_unit_holds_for_the_rows_below_it_once_a_role),
        cmocka_unit_test(a_bad_cell_is_told_at_that_cell),
        cmocka_unit_test(numbers_are_stored_in_one_form),
        cmocka_unit_test(names_of_other_scripts_are_names),
        cmocka_unit_test(what_was_not_filled_in_is_blank_not_bad),
        cmocka_unit_test(a_file_without_headings_or_with_a_secrecy_mark_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
