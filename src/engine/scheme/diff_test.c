#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "engine/scheme/scheme_diff.h"

static struct scheme parsed(struct arena *arena, const char *text)
{
    struct scheme scheme;
    struct scheme_errors errors = {0};
    enum status status = scheme_parse_yaml(arena, str_from(text), &scheme, &errors);
    for (int i = 0; i < errors.n; i++)
        print_error("%d:%d %.*s\n", errors.items[i].line, errors.items[i].column,
                    STR_ARG(errors.items[i].message));
    assert_int_equal(status, OK);
    return scheme;
}

static void assert_diff(const char *before, const char *after, const char *expected)
{
    AUTOARENA arena = arena_open(MIB(16));
    AUTOBUF buf = buf_open(MIB(1));
    struct scheme old_scheme = parsed(&arena, before), new_scheme = parsed(&arena, after);
    struct scheme_diff diff;
    scheme_diff(&arena, &old_scheme, &new_scheme, &diff);
    scheme_diff_put_text(&buf, &diff);
    buf_char(&buf, '\0');
    assert_string_equal(buf.ptr, expected);
}

static const char first[] = "document: {title: 某办法, number: 某发〔2020〕1号}\n"
                            "organizations:\n"
                            "  - {name: 甲局, class: department}\n"
                            "links:\n"
                            "  - {from: 提案委员会, clause: 四（一）, to: [甲局, 乙局, 丙局]}\n"
                            "contents:\n"
                            "  - {id: A-1, clause: 二（一）, name: 规划}\n"
                            "duties:\n"
                            "  - {id: A-2, clause: 三, summary: 每年开会, who: committee,\n"
                            "     deed: liaison-meeting, min: 1, by: 03-31}\n"
                            "  - {id: A-3, clause: 四, summary: 报计划, who: unit, deed: plan}\n";

static void a_scheme_is_not_different_from_itself(void **state)
{
    (void)state;
    assert_diff(first, first, "");
}

static void lines_and_warnings_are_no_difference(void **state)
{
    (void)state;
    assert_diff("document: {title: 甲, line: 3}\nlinks: [{from: 甲委, to: [乙局], line: 4}]\n",
                "document: {title: 甲, line: 5}\n"
                "links: [{from: 甲委, to: [{name: 乙局, line: 9}], line: 8}]\n"
                "warnings: [{line: 1, code: cut-off, message: 文字不全}]\n",
                "");
}

static void what_began_changed_and_ended_is_told_field_by_field(void **state)
{
    (void)state;
    assert_diff(first,
                "document: {title: 某办法（修订）, number: 某发〔2020〕1号, trial: true}\n"
                "organizations:\n"
                "  - {name: 甲局, class: department, aliases: [甲一局, 甲二局]}\n"
                "links:\n"
                "  - from: 提案委员会\n"
                "    clause: 五\n"
                "    to: [{name: 丙局, parts: [丙办]}, 丁局, 甲局]\n"
                "contents:\n"
                "  - {id: A-1, clause: 二（一）, name: 规划}\n"
                "  - {id: A-5, clause: 二（二）, name: 民生}\n"
                "duties:\n"
                "  - {id: A-2, clause: 三, summary: 每年开会, who: unstated,\n"
                "     deed: liaison-meeting, min: 2, where: {chair: [市长, 副市长]}}\n",
                "~ 变更 制度文件\n"
                "    标题：某办法 → 某办法（修订）\n"
                "    试行：否 → 是\n"
                "~ 变更 单位情况：甲局\n"
                "    别名：（无） → 甲一局、甲二局\n"
                "~ 变更 对口联系：提案委员会\n"
                "    依据条款：四（一） → 五\n"
                "~ 变更 对口联系：提案委员会\n"
                "    排列顺序：甲局、丙局 → 丙局、甲局\n"
                "~ 变更 对口联系：提案委员会—丙局\n"
                "    括注的第二名称或内设、下属单位：（无） → 丙办\n"
                "+ 新增 对口联系：提案委员会—丁局\n"
                "- 终止 对口联系：提案委员会—乙局\n"
                "+ 新增 联系内容：A-5 民生\n"
                "~ 变更 工作要求：A-2 每年开会\n"
                "    由谁承担：专门委员会 → 文件未写明\n"
                "    至少：1 → 2\n"
                "    每年的截止日：03-31 → （无）\n"
                "    条件·由谁主持（其中之一）：（无） → 市长、副市长\n"
                "- 终止 工作要求：A-3 报计划\n");
}

static void another_order_is_told_once_a_list(void **state)
{
    (void)state;
    assert_diff("document: {}\n"
                "links: [{from: 甲委, to: [乙局, 丙局, 戊局]}, {from: 丁委, to: [乙局]}]\n"
                "contents: [{id: A-1, name: 甲}, {id: A-2, name: 乙}]\n",
                "document: {}\n"
                "links: [{from: 丁委, to: [乙局]}, {from: 甲委, to: [己局, 戊局, 丙局, 乙局]}]\n"
                "contents: [{id: A-3, name: 丙}, {id: A-1, name: 甲}, {id: A-2, name: 乙}]\n",
                "~ 变更 对口联系\n"
                "    排列顺序：甲委、丁委 → 丁委、甲委\n"
                "~ 变更 对口联系：甲委\n"
                "    排列顺序：丙局、戊局 → 戊局、丙局\n"
                "+ 新增 对口联系：甲委—己局\n"
                "+ 新增 联系内容：A-3 丙\n");
}

static void without_ids_clause_and_deed_find_the_duty(void **state)
{
    (void)state;
    assert_diff("document: {}\n"
                "duties:\n"
                "  - {clause: 五（二）, text: 甲, who: unit, deed: designate-contact, min: 1}\n"
                "  - {clause: 五（二）, text: 甲, who: unit, deed: designate-leader, min: 1}\n",
                "document: {}\n"
                "duties:\n"
                "  - {clause: 五（二）, text: 甲, who: unit, deed: designate-contact, min: 2}\n"
                "  - {id: A-1, clause: 五（二）, text: 甲, who: unit, deed: designate-leader,\n"
                "     min: 1}\n",
                "~ 变更 工作要求：五（二） 甲\n"
                "    至少：1 → 2\n"
                "~ 变更 工作要求：A-1 甲\n"
                "    编号：（无） → A-1\n");
}

static void two_different_ids_are_two_duties_even_in_one_clause(void **state)
{
    (void)state;
    assert_diff("document: {}\n"
                "duties: [{id: A-1, clause: 五, summary: 甲, who: unit, deed: reply}]\n",
                "document: {}\n"
                "duties: [{id: A-2, clause: 五, summary: 乙, who: unit, deed: reply}]\n",
                "+ 新增 工作要求：A-2 乙\n"
                "- 终止 工作要求：A-1 甲\n");
}

static void a_name_printed_twice_is_matched_in_order(void **state)
{
    (void)state;
    assert_diff("document: {}\nlinks: [{from: 甲委, to: [乙组, {name: 乙组, held: true}]}]\n",
                "document: {}\nlinks: [{from: 甲委, to: [乙组]}]\n",
                "- 终止 对口联系：甲委—乙组\n");
}

static void a_link_of_another_kind_is_another_link(void **state)
{
    (void)state;
    assert_diff("document: {}\nlinks: [{from: 甲委, to: [乙局]}]\n",
                "document: {}\nlinks: [{from: 甲委, to: [乙局], kind: working}]\n",
                "+ 新增 对口联系：甲委—乙局\n"
                "- 终止 对口联系：甲委—乙局\n");
}

static void changes_say_where_both_records_stand(void **state)
{
    (void)state;
    AUTOARENA arena = arena_open(MIB(16));
    struct scheme before = parsed(&arena, "document: {}\n"
                                          "links:\n"
                                          "  - {from: 甲委, to: [乙局]}\n"
                                          "  - {from: 丙委, to: [丁局, {name: 戊局}]}\n");
    struct scheme after = parsed(&arena, "document: {}\n"
                                         "links:\n"
                                         "  - {from: 丙委, to: [{name: 戊局, group: true}]}\n");
    struct scheme_diff diff;
    scheme_diff(&arena, &before, &after, &diff);
    assert_int_equal(diff.n, 3);
    assert_int_equal(diff.items[0].kind, CHANGE_CHANGED);
    assert_string_equal(diff.items[0].section, "links");
    assert_int_equal(diff.items[0].before, 1);
    assert_int_equal(diff.items[0].before_to, 1);
    assert_int_equal(diff.items[0].after, 0);
    assert_int_equal(diff.items[0].after_to, 0);
    assert_true(str_is(diff.items[0].fields[0].key, "group"));
    assert_int_equal(diff.items[1].kind, CHANGE_ENDED);
    assert_int_equal(diff.items[1].before, 0);
    assert_int_equal(diff.items[1].after, -1);
    assert_int_equal(diff.items[2].before_to, 0);
}

static void all_of_a_scheme_is_new_to_an_empty_one(void **state)
{
    (void)state;
    AUTOARENA arena = arena_open(MIB(16));
    struct scheme before = {0}, after = parsed(&arena, first);
    struct scheme_diff diff;
    scheme_diff(&arena, &before, &after, &diff);
    int added = 0;
    for (int i = 0; i < diff.n; i++)
        added += diff.items[i].kind == CHANGE_ADDED;
    assert_int_equal(added, 1 + 3 + 1 + 2);
    assert_int_equal(diff.n, added + 1);
    assert_string_equal(diff.items[0].section, "document");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_scheme_is_not_different_from_itself),
        cmocka_unit_test(lines_and_warnings_are_no_difference),
        cmocka_unit_test(what_began_changed_and_ended_is_told_field_by_field),
        cmocka_unit_test(another_order_is_told_once_a_list),
        cmocka_unit_test(without_ids_clause_and_deed_find_the_duty),
        cmocka_unit_test(two_different_ids_are_two_duties_even_in_one_clause),
        cmocka_unit_test(a_name_printed_twice_is_matched_in_order),
        cmocka_unit_test(a_link_of_another_kind_is_another_link),
        cmocka_unit_test(changes_say_where_both_records_stand),
        cmocka_unit_test(all_of_a_scheme_is_new_to_an_empty_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
