#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "view/template.h"
#include "view/test_model.h"

/* A set of "main" and, where given, "part". */
struct fixture {
    struct arena arena;
    struct template_set *set;
    struct fault fault;
};

static struct fixture open_fixture(const char *text, const char *part)
{
    struct fixture f = {.arena = arena_open(MIB(16)), .set = template_set_new(true)};
    struct template_file files[] = {{"main", str_from(text)}, {"part", str_from(part)}};
    for (int i = 0; i < (part ? 2 : 1); i++)
        template_set_add(f.set, &files[i]);
    return f;
}

static void close_fixture(struct fixture *f)
{
    template_set_free(f->set);
    arena_close(&f->arena);
}

static void assert_page(const char *text, const char *part, const char *want)
{
    struct fixture f = open_fixture(text, part);
    const struct template *template;
    if (template_compile(f.set, &f.arena, "main", &test_page, &template, &f.fault) != OK)
        fail_msg("%s: %.*s", text, STR_ARG(f.fault.message));
    AUTOBUF buf = buf_open(MIB(1)), content = buf_open(KIB(1));
    BUF_LIT(&content, "<b>made</b>");
    template_render(&buf, template, test_units_page(&f.arena), &content);
    assert_string_equal(str_c(&f.arena, buf_str(&buf)), want);
    close_fixture(&f);
}

static void assert_refused(const char *text, const char *part, const char *message)
{
    struct fixture f = open_fixture(text, part);
    const struct template *template;
    if (template_compile(f.set, &f.arena, "main", &test_page, &template, &f.fault) != INVALID)
        fail_msg("not refused: %s", text);
    if (!str_has(f.fault.message, str_from(message)))
        fail_msg("%s: \"%.*s\" does not say \"%s\"", text, STR_ARG(f.fault.message), message);
    close_fixture(&f);
}

static void raw_forms_and_other_delimiters_are_refused(void **state)
{
    (void)state;
    assert_refused("<p>\n{{{title}}}</p>", NULL, "main.html:2：不能写入未转义的内容");
    assert_refused("{{& title}}", NULL, "main.html:1：不能写入未转义的内容");
    assert_refused("{{=<% %>=}}", NULL, "不能更换分隔符");
}

static void an_unknown_name_stops_the_start_with_file_and_line(void **state)
{
    (void)state;
    assert_refused("a\n\n{{titel}}", NULL, "main.html:3：模型 units 和外层都没有“titel”");
    assert_refused("{{#items}}\n{{committee.nam}}{{/items}}", NULL, "main.html:2");
    assert_refused("{{#nowhere}}{{/nowhere}}", NULL, "nowhere");
    assert_refused("{{^nowhere}}{{/nowhere}}", NULL, "nowhere");
    assert_refused("x\n{{>part}}", "\n\n{{titel}}", "part.html:3");
    assert_refused("x\n{{>nopart}}", NULL, "main.html:2：没有“nopart”这个模板");
    assert_refused("{{title.prose}}", NULL, "title.prose");
    assert_refused("{{items}}", NULL, "不是一个值");
    assert_refused("{{#items}}{{committee}}{{/items}}", NULL, "不是一个值");
    assert_refused("{{.}}", NULL, "“.”");
    assert_refused("{{#items.@columns}}{{value}}{{/items.@columns}}", NULL, "value");
}

static void what_is_not_well_formed_is_refused_with_its_line(void **state)
{
    (void)state;
    assert_refused("\n{{title", NULL, "main.html:2：“{{”没有对应的“}}”");
    assert_refused("{{#items}}\n", NULL, "没有对应的结束标记");
    assert_refused("{{/items}}\n", NULL, "没有对应的开始标记");
    assert_refused("{{#items}}\n{{#title}}\n{{/items}}{{/title}}", NULL, "main.html:3");
    assert_refused("{{ti tle}}", NULL, "不是名称");
    assert_refused("{{}}", NULL, "不是名称");
    assert_refused("<p", NULL, "标签没有写完");
    assert_refused("<p class=\"", NULL, "标签没有写完");
    assert_refused("{{#title}}{{>main}}{{/title}}", NULL, "嵌套过深");
    assert_refused("{{>part}}", "\n{{^title}}{{>main}}{{/title}}", "part.html:2：“main”把自己");
    assert_refused("{{#items}}{{>part}}{{/items}}", "{{#items}}{{>part}}{{/items}}",
                   "part.html:1：“part”把自己");
}

static void a_missing_template_is_not_found(void **state)
{
    (void)state;
    struct fixture f = open_fixture("", NULL);
    const struct template *template;
    assert_int_equal(template_compile(f.set, &f.arena, "nowhere", &test_page, &template, &f.fault),
                     NOT_FOUND);
    close_fixture(&f);
}

static void a_file_added_later_takes_the_place_of_the_first(void **state)
{
    (void)state;
    struct fixture f = open_fixture("old", NULL);
    template_set_add(f.set, &(struct template_file){"main", STR_INIT("new")});
    const struct template *template, *again;
    assert_int_equal(template_compile(f.set, &f.arena, "main", &test_page, &template, NULL), OK);
    assert_int_equal(template_compile(f.set, &f.arena, "main", &test_page, &again, NULL), OK);
    assert_ptr_equal(template, again);
    AUTOBUF buf = buf_open(KIB(1));
    template_render(&buf, template, test_units_page(&f.arena), NULL);
    assert_true(str_is(buf_str(&buf), "new"));
    close_fixture(&f);
}

static void values_are_escaped_for_text_and_attributes(void **state)
{
    (void)state;
    assert_page("<h1 title=\"{{title}}\">{{title}}</h1>", NULL,
                "<h1 title=\"单位&lt;名录&gt;\">单位&lt;名录&gt;</h1>");
    assert_page("{{#items}}<td title=\"{{name}}\">{{/items}}", NULL,
                "<td title=\"市住建局&quot;A&quot;\"><td title=\"=1+1\">");
}

static void a_null_is_a_dash_in_text_and_nothing_in_a_field(void **state)
{
    (void)state;
    assert_page("{{#items}}<td>{{end_date}}<input value=\"{{end_date}}\"><textarea>{{class}}"
                "</textarea>{{/items}}",
                NULL,
                "<td>—<input value=\"\"><textarea>党政部门</textarea>"
                "<td>—<input value=\"\"><textarea></textarea>");
}

static void of_a_masked_value_a_page_says_who_may_see_it(void **state)
{
    (void)state;
    struct fixture f =
        open_fixture("<p title=\"{{title}}\">{{title}}{{#title}}!{{/title}}</p>", NULL);
    const struct template *template;
    assert_int_equal(template_compile(f.set, &f.arena, "main", &test_page, &template, NULL), OK);
    struct object *page = test_units_page(&f.arena);
    object_set(page, "title", MASKED_VALUE);
    AUTOBUF buf = buf_open(KIB(1)), json = buf_open(KIB(16));
    template_render(&buf, template, page, NULL);
    assert_string_equal(str_c(&f.arena, buf_str(&buf)), "<p title=\"\">—（仅限经办人员查看）</p>");
    object_set(page, "total", MASKED_VALUE);
    view_put_json(&json, page);
    assert_true(str_has(buf_str(&json), STR("\"total\":null")));
    close_fixture(&f);
}

static void a_value_reads_as_its_column_says(void **state)
{
    (void)state;
    assert_page(
        "{{#items}}{{start_date}} {{start_date.prose}} {{class}} {{class.word}} {{group}} "
        "{{group.word}} {{changed}} {{changed.prose}} {{id}} {{exchanges}}|{{/items}}{{total}}",
        NULL,
        "2022-01-24 2022年1月24日 党政部门 bureau 是 true 2022-01-24 10:00 "
        "2022年1月24日 10:00 0000000000011 -3|— — — — — — — — — —|2");
}

struct url_case {
    const char *url, *whole, *path, *query;
};

static void urls_of_other_schemes_become_harmless(void **state)
{
    (void)state;
    static const struct url_case cases[] = {
        {"/a/b?c=1&d=2#e", "/a/b?c=1&amp;d=2#e", "/a/b%3Fc%3D1%26d%3D2%23e",
         "%2Fa%2Fb%3Fc%3D1%26d%3D2%23e"},
        {"https://example.com/", "https://example.com/", "https%3A//example.com/",
         "https%3A%2F%2Fexample.com%2F"},
        {"mailto:a@b.cn", "mailto:a@b.cn", "mailto%3Aa@b.cn", "mailto%3Aa%40b.cn"},
        {"tel:+86 737", "tel:+86%20737", "tel%3A+86%20737", "tel%3A%2B86%20737"},
        {"javascript:alert(1)", "#", "javascript%3Aalert(1)", "javascript%3Aalert%281%29"},
        {" javascript:alert(1)", "#", "%20javascript%3Aalert(1)", "%20javascript%3Aalert%281%29"},
        {"JAVASCRIPT:1", "#", "JAVASCRIPT%3A1", "JAVASCRIPT%3A1"},
        {"data:text/html,x", "#", "data%3Atext/html,x", "data%3Atext%2Fhtml%2Cx"},
        {"unit/1", "#", "unit/1", "unit%2F1"},
        {"", "#", "", ""},
        {"/\"'><\x01局", "/%22&#39;%3E%3C%01%E5%B1%80", "/%22%27%3E%3C%01%E5%B1%80",
         "%2F%22%27%3E%3C%01%E5%B1%80"},
    };
    AUTOARENA arena = arena_open(MIB(4));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct template_set *set = template_set_new(true);
        template_set_add(set, &(struct template_file){
                                  "main", STR_INIT("<a href=\"{{title}}\" hx-get=\"/x/{{title}}\" "
                                                   "action=\"?q={{title}}\">")});
        const struct template *template;
        assert_int_equal(template_compile(set, &arena, "main", &test_page, &template, NULL), OK);
        struct object *page = object_new(&arena, &test_page);
        page->values[0] = value_text(str_from(cases[i].url));
        AUTOBUF buf = buf_open(KIB(4));
        template_render(&buf, template, page, NULL);
        assert_string_equal(str_c(&arena, buf_str(&buf)),
                            str_fmt(&arena, "<a href=\"%s\" hx-get=\"/x/%s\" action=\"?q=%s\">",
                                    cases[i].whole, cases[i].path, cases[i].query)
                                .ptr);
        template_set_free(set);
    }
}

static void a_value_cannot_complete_a_scheme(void **state)
{
    (void)state;
    AUTOARENA arena = arena_open(MIB(1));
    struct template_set *set = template_set_new(true);
    template_set_add(set, &(struct template_file){"main", STR_INIT("<a href=\"java{{title}}\">")});
    const struct template *template;
    assert_int_equal(template_compile(set, &arena, "main", &test_page, &template, NULL), OK);
    struct object *page = object_new(&arena, &test_page);
    page->values[0] = value_text(STR("script:alert(1)"));
    AUTOBUF buf = buf_open(KIB(1));
    template_render(&buf, template, page, NULL);
    assert_true(str_is(buf_str(&buf), "<a href=\"javascript%3Aalert(1)\">"));
    template_set_free(set);
}

static void an_url_of_ours_stays_whole_behind_a_prefix(void **state)
{
    (void)state;
    assert_page("{{#items}}{{#url}}<a href=\"/b{{url}}\">{{/url}}{{/items}}", NULL,
                "<a href=\"/b/yiyang/unit/33?a=1&amp;b=2\">");
}

static void a_value_stands_only_where_it_can_be_escaped(void **state)
{
    (void)state;
    assert_refused("<p class={{title}}>", NULL, "属性值要用双引号");
    assert_refused("<p class=a{{title}}>", NULL, "属性值要用双引号");
    assert_refused("<p class='{{title}}'>", NULL, "属性值要用双引号");
    assert_refused("<p {{title}}>", NULL, "值只能写在正文或双引号的属性值里");
    assert_refused("<p x{{title}}=\"\">", NULL, "值只能写在正文或双引号的属性值里");
    assert_refused("<{{title}}>", NULL, "值只能写在正文或双引号的属性值里");
    assert_refused("<!-- {{title}} -->", NULL, "值只能写在正文或双引号的属性值里");
    assert_refused("<script src=\"/a.js\">{{title}}</script>", NULL, "脚本里不能使用模板标记");
    assert_refused("<script src=\"/a.js\">{{#title}}{{/title}}</script>", NULL,
                   "脚本里不能使用模板标记");
    assert_refused("<style>{{title}}</style>", NULL, "不能写 <style>");
    assert_refused("<a hx-vals=\"{{title}}\">", NULL, "当作代码");
    assert_refused("<a data-hx-trigger=\"{{title}}\">", NULL, "当作代码");
    assert_page("<a data-hx-get=\"{{title}}\">", NULL, "<a data-hx-get=\"#\">");
    assert_refused("<p class=\"{{@content}}\">", NULL, "{{@content}} 只能写在正文里");
    assert_refused("<p class=\"{{@inset}}\">", NULL, "{{@inset}} 只能写在正文里");
}

static void what_the_content_policy_would_block_is_refused(void **state)
{
    (void)state;
    assert_refused("<p>\n<b style=\"color:red\">", NULL, "main.html:2：内容安全策略");
    assert_refused("<b onclick=\"x()\">", NULL, "内容安全策略");
    assert_refused("<b hx-on:click=\"x()\">", NULL, "内容安全策略");
    assert_refused("<script>x()</script>", NULL, "不能在页面里写脚本");
    assert_refused("<a href=\"JavaScript:x()\">", NULL, "不允许 javascript:");
}

static void a_section_begins_and_ends_at_the_same_place(void **state)
{
    (void)state;
    assert_refused("<p{{#title}} class=\"{{/title}}x\">", NULL, "不在同一层标签或属性里");
    assert_refused("{{#title}}<p {{/title}}>", NULL, "不在同一层标签或属性里");
    assert_refused("<p>{{>part}}</p>", "<b ", "不在同一层标签或属性里");
    assert_refused("<p{{#title}}class=\"x\"{{/title}}>", NULL, "属性之前要有空格");
    assert_page("<option{{#title}} selected{{/title}}{{^title}} hidden{{/title}}>", NULL,
                "<option selected>");
    assert_page("<p {{#title}}class=\"x\" {{/title}}id=\"y\">", NULL, "<p class=\"x\" id=\"y\">");
    assert_page("<p class=\"a{{#title}} b{{/title}} c\">", NULL, "<p class=\"a b c\">");
    assert_refused("<a href=\"{{#total}}/x{{/total}}{{title}}\">", NULL, "地址的开头不确定");
    assert_page("<a href=\"/x{{#total}}?page={{total}}{{/total}}\">", NULL,
                "<a href=\"/x?page=2\">");
}

static void names_are_looked_up_outward_through_the_sections(void **state)
{
    (void)state;
    assert_page("{{#items}}{{#committee}}{{name}}/{{total}}/{{exchanges}} {{/committee}}{{/items}}",
                NULL, "提案委员会/2/-3 ");
    assert_page("{{#items}}{{^committee}}{{name}}{{/committee}}{{/items}}", NULL, "=1+1");
    assert_page("{{#items}}{{committee.name}};{{/items}}", NULL, "提案委员会;—;");
    assert_page("{{#title}}{{.}}{{/title}}", NULL, "单位&lt;名录&gt;");
}

static void content_made_elsewhere_stands_in_a_layout(void **state)
{
    (void)state;
    assert_page("<main>{{@content}}</main>", NULL, "<main><b>made</b></main>");
}

static void columns_make_a_generic_table(void **state)
{
    (void)state;
    assert_page("<tr>{{#items.@columns}}<th{{#is_number}} class=\"num\"{{/is_number}} "
                "data-key=\"{{key}}\">{{label}}</th>{{/items.@columns}}",
                NULL,
                "<tr><th data-key=\"name\">单位</th><th data-key=\"class\">类别</th>"
                "<th data-key=\"committee\">专门委员会</th>"
                "<th class=\"num\" data-key=\"exchanges\">本年往来</th>"
                "<th data-key=\"group\">概称</th><th data-key=\"start_date\">起</th>"
                "<th data-key=\"aliases\">别名</th>");
    assert_page("{{#items}}<tr>{{#@columns}}<td>{{#url}}<a href=\"{{url}}\">{{/url}}{{value}}"
                "{{#url}}</a>{{/url}}</td>{{/@columns}}{{/items}}",
                NULL,
                "<tr><td><a href=\"/yiyang/unit/33?a=1&amp;b=2\">市住建局&quot;A&quot;</a></td>"
                "<td>党政部门</td><td><a href=\"/yiyang/committee/7\">提案委员会</a></td>"
                "<td>-3</td><td>是</td><td>2022-01-24</td><td>人防办、住建局</td>"
                "<tr><td>=1+1</td><td>—</td><td>—</td><td>—</td><td>—</td><td>—</td><td>—</td>");
}

static void columns_of_one_record_include_the_wide_ones(void **state)
{
    (void)state;
    static const struct column columns[] = {{"unit", NULL, COLUMN_OBJECT, .shape = &test_unit},
                                            {"note", "注", COLUMN_TEXT}};
    static const struct shape record = {"record", columns, 2};
    AUTOARENA arena = arena_open(MIB(4));
    struct template_set *set = template_set_new(true);
    template_set_add(set,
                     &(struct template_file){
                         "main", STR_INIT("{{#unit.@columns}}{{label}}={{value}};"
                                          "{{#rows}}[{{name}}]{{/rows}}{{/unit.@columns}}"
                                          "{{#unit}}{{#@columns}}{{kind}} {{/@columns}}{{/unit}}"
                                          "{{#@columns}}{{label}}{{/@columns}}")});
    const struct template *template;
    struct fault fault = {0};
    assert_int_equal(template_compile(set, &arena, "main", &record, &template, &fault), OK);
    struct object *model = object_new(&arena, &record), *unit = object_new(&arena, &test_unit);
    memcpy(unit->values, list_row(test_units(&arena), 0), sizeof *unit->values * 11);
    object_set(model, "unit", value_object(unit));
    AUTOBUF buf = buf_open(KIB(4));
    template_render(&buf, template, model, NULL);
    assert_string_equal(str_c(&arena, buf_str(&buf)),
                        "单位=市住建局&quot;A&quot;;类别=党政部门;专门委员会=提案委员会;"
                        "本年往来=-3;概称=是;起=2022-01-24;止=—;修改时间=2022-01-24 10:00;"
                        "别名=人防办、住建局;[人防办][住建局]"
                        "text choice object number flag date date instant list 注");
    template_set_free(set);
}

static const struct shape organ;
static const struct column organ_columns[] = {{"name", "名称", COLUMN_TEXT},
                                              {"parts", "内设", COLUMN_LIST, .shape = &organ}};
static const struct shape organ = {"organ", organ_columns, 2};
static const struct column organ_page_columns[] = {{"year", NULL, COLUMN_INT},
                                                   {"organ", NULL, COLUMN_OBJECT, .shape = &organ}};
static const struct shape organ_page = {"organs", organ_page_columns, 2};

static struct value organ_tree(struct arena *arena, int depth)
{
    struct object *tree = object_new(arena, &organ);
    tree->values[0] = value_int(depth);
    for (int level = 1; level < depth; level++) {
        struct object *above = object_new(arena, &organ);
        struct list *one = list_new(arena, &organ);
        memcpy(list_add(arena, one), tree->values, sizeof *tree->values * 2);
        above->values[0] = value_int(depth - level);
        above->values[1] = value_list(one);
        tree = above;
    }
    return value_object(tree);
}

static void assert_tree(int depth, const char *want_end)
{
    AUTOARENA arena = arena_open(MIB(16));
    struct template_set *set = template_set_new(true);
    struct template_file files[] = {
        {"main", STR_INIT("{{#organ}}\n{{>organ}}\n{{/organ}}")},
        {"organ", STR_INIT("{{name}}.{{year}}\n{{#parts}}\n  {{>organ}}\n{{/parts}}")}};
    for (int i = 0; i < 2; i++)
        template_set_add(set, &files[i]);
    const struct template *template;
    struct fault fault = {0};
    if (template_compile(set, &arena, "main", &organ_page, &template, &fault) != OK)
        fail_msg("%.*s", STR_ARG(fault.message));
    struct object *page = object_new(&arena, &organ_page);
    page->values[0] = value_int(7);
    page->values[1] = organ_tree(&arena, depth);
    AUTOBUF buf = buf_open(MIB(1));
    template_render(&buf, template, page, NULL);
    struct str got = str_trim(buf_str(&buf));
    if (!str_ends(got, str_from(want_end)))
        fail_msg("\"%.*s\" does not end with \"%s\"", STR_ARG(got), want_end);
    template_set_free(set);
}

static void a_tree_sees_what_stands_around_it_and_ends_at_a_depth(void **state)
{
    (void)state;
    assert_tree(3, "1.7\n2.7\n3.7");
    assert_tree(1000, "\n65.7");
}

static void a_template_too_large_when_unfolded_is_refused(void **state)
{
    (void)state;
    assert_refused("{{#items}}{{#@columns}}{{#@columns}}{{#@columns}}{{#@columns}}{{#@columns}}"
                   "{{#@columns}}{{#@columns}}{{label}}{{/@columns}}{{/@columns}}{{/@columns}}"
                   "{{/@columns}}{{/@columns}}"
                   "{{/@columns}}{{/@columns}}{{/items}}",
                   NULL, "展开后过大");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(raw_forms_and_other_delimiters_are_refused),
        cmocka_unit_test(an_unknown_name_stops_the_start_with_file_and_line),
        cmocka_unit_test(what_is_not_well_formed_is_refused_with_its_line),
        cmocka_unit_test(a_missing_template_is_not_found),
        cmocka_unit_test(a_file_added_later_takes_the_place_of_the_first),
        cmocka_unit_test(values_are_escaped_for_text_and_attributes),
        cmocka_unit_test(a_null_is_a_dash_in_text_and_nothing_in_a_field),
        cmocka_unit_test(of_a_masked_value_a_page_says_who_may_see_it),
        cmocka_unit_test(a_value_reads_as_its_column_says),
        cmocka_unit_test(urls_of_other_schemes_become_harmless),
        cmocka_unit_test(a_value_cannot_complete_a_scheme),
        cmocka_unit_test(an_url_of_ours_stays_whole_behind_a_prefix),
        cmocka_unit_test(a_value_stands_only_where_it_can_be_escaped),
        cmocka_unit_test(what_the_content_policy_would_block_is_refused),
        cmocka_unit_test(a_section_begins_and_ends_at_the_same_place),
        cmocka_unit_test(names_are_looked_up_outward_through_the_sections),
        cmocka_unit_test(content_made_elsewhere_stands_in_a_layout),
        cmocka_unit_test(columns_make_a_generic_table),
        cmocka_unit_test(columns_of_one_record_include_the_wide_ones),
        cmocka_unit_test(a_tree_sees_what_stands_around_it_and_ends_at_a_depth),
        cmocka_unit_test(a_template_too_large_when_unfolded_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
