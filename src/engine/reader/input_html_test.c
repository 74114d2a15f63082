#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/buf.h"
#include "engine/reader/input.h"
#include "engine/reader/input_testing.h"

static void assert_html(const char *html, const char *want)
{
    AUTOARENA arena = arena_open(MIB(8));
    struct source source;
    assert_int_equal(source_from_html(&arena, str_from(html), &source), OK);
    assert_string_equal(source.format, "html");
    assert_printed(&arena, &source, want);
}

static void blocks_and_breaks_are_lines(void **state)
{
    (void)state;
    assert_html("<h1>云河市政协\n  对口联系办法</h1><div>一、总则<p>第一段</p>甲<br>乙</div>尾",
                "云河市政协对口联系办法\n一、总则\n第一段\n甲\n乙\n尾\n");
    assert_html("<p>a  b\n c</p><p></p><pre>一\n二</pre>", "a b c\n一\n二\n");
}

static void scripts_styles_and_navigation_are_no_text(void **state)
{
    (void)state;
    assert_html("<html><head><title>题</title><style>p{}</style></head><body><nav>首页</nav>"
                "<script>var a='<p>x</p>';</script><p style='display:none'>藏</p><p hidden>藏</p>"
                "<p>正文</p><footer>版权</footer><!-- 注 --></body></html>",
                "正文\n");
}

static void entities_are_characters(void **state)
{
    (void)state;
    assert_html("<p>&nbsp;&ldquo;两新&rdquo;&lt;a&gt; &#x4E91;&#27827;&mdash;</p>",
                "“两新”<a> 云河—\n");
}

static void numbers_of_ordered_lists_are_printed(void **state)
{
    (void)state;
    assert_html("<ol><li>甲<li>乙<ul><li>丙</ul><li value=7>丁<li>戊</ol><ol start=3><li>己</ol>",
                "1.甲\n2.乙\n丙\n7.丁\n8.戊\n3.己\n");
}

static void spanned_cells_are_repeated(void **state)
{
    (void)state;
    assert_html("<table><thead><tr><td>专委会<td colspan=2>单位</thead>"
                "<tr><td rowspan=2>提案委<td>甲<br>乙<td>丙<tr><td>丁<td>戊</table>后",
                "1|专委会#|单位#|单位#*\n1|提案委|甲/乙|丙\n1|提案委*|丁|戊\n后\n");
    AUTOARENA arena = arena_open(MIB(8));
    struct source source;
    struct str html =
        STR("<table><tr><th>一<th>二<th rowspan=0>三<tr><td colspan=2>四<br>五</table>");
    assert_int_equal(source_from_html(&arena, html, &source), OK);
    assert_true(str_is(source.lines[1].text, "四 五\t\t"));
    assert_int_equal(source.lines[1].number, 2);
    assert_true(source.lines[1].cells[2].repeated);
}

static void a_table_for_layout_is_lines(void **state)
{
    (void)state;
    assert_html("<table><tr><td>栏<td><table><tr><td>甲<td>乙</table></table>"
                "<table><tr><td><p>一</p><p>二</p></table>",
                "栏\n1|甲|乙\n一\n二\n");
    assert_html("<table>前<tr><td>甲<td>乙<tr></table><table><td>丙<td>丁</table>",
                "前\n1|甲|乙\n2|丙|丁\n");
}

static void a_table_without_end_is_refused(void **state)
{
    (void)state;
    AUTOARENA arena = arena_open(MIB(256));
    AUTOBUF html = buf_open(MIB(1));
    BUF_LIT(&html, "<table>");
    for (int i = 0; i < 5000; i++)
        BUF_LIT(&html, "<tr><td>甲<td colspan=99999>乙");
    struct source source;
    assert_int_equal(source_from_html(&arena, buf_str(&html), &source), INVALID);
}

static void depth_without_end_is_refused(void **state)
{
    (void)state;
    AUTOARENA arena = arena_open(MIB(64));
    AUTOBUF html = buf_open(MIB(4));
    for (int i = 0; i < 100000; i++)
        BUF_LIT(&html, "<div><table><tr><td>x");
    struct source source;
    assert_int_equal(source_from_html(&arena, buf_str(&html), &source), INVALID);
}

static void a_page_is_known_by_how_it_begins(void **state)
{
    (void)state;
    assert_true(input_is_html(STR("\n <!DOCTYPE HTML><html>")));
    assert_true(input_is_html(STR("<?xml version=\"1.0\"?><!-- x --><html xmlns=\"\">")));
    assert_true(input_is_html(STR("<p>一")));
    assert_false(input_is_html(STR("一<p>")));
    assert_false(input_is_html(STR("<table><tr>"))); /* text with a table in it: source_text.c */
    assert_false(input_is_html(STR("")));
    assert_true(
        str_is(input_html_charset(STR("<meta content=\"text/html; charset=gb2312\">")), "gb2312"));
    assert_true(str_is(input_html_charset(STR("<meta charset='GBK'>")), "GBK"));
    assert_int_equal(input_html_charset(STR("<meta charset=")).len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_and_breaks_are_lines),
        cmocka_unit_test(scripts_styles_and_navigation_are_no_text),
        cmocka_unit_test(entities_are_characters),
        cmocka_unit_test(numbers_of_ordered_lists_are_printed),
        cmocka_unit_test(spanned_cells_are_repeated),
        cmocka_unit_test(a_table_for_layout_is_lines),
        cmocka_unit_test(a_table_without_end_is_refused),
        cmocka_unit_test(depth_without_end_is_refused),
        cmocka_unit_test(a_page_is_known_by_how_it_begins),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
