#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "domain/roster/sample.h"
#include "domain/scheme/load.h"
#include "domain/simulate/simulate.h"

static struct str get(struct roster_sample *sample, const char *path, const char *query)
{
    struct request request = {.method = METHOD_GET,
                              .path = str_from(path),
                              .query = str_from(query),
                              .host = STR("localhost"),
                              .peer_loopback = true};
    struct response response;
    app_handle(sample->app, &request, &response);
    assert_int_equal(response.status, 200);
    struct str body = str_copy(&sample->arena, response.body);
    response_release(&response);
    return body;
}

static void assert_says(struct str body, const char *text)
{
    if (!str_has(body, str_from(text)))
        fail_msg("no “%s” in %.*s", text, STR_ARG(body));
}

/* Departments of a government linked with two parties, and a count that its list does not have. */
static const char scheme_text[] = "body: {id: qinghe, name: 清河市人民政府, "
                                  "classification: government}\n"
                                  "document:\n"
                                  "  id: qinghe-2026-1\n"
                                  "  number: 清府办函〔2026〕1号\n"
                                  "  title: 关于同民主党派对口联系的通知\n"
                                  "  date: 2026-01-20\n"
                                  "links:\n"
                                  "  - from: {name: 市教育局, class: department}\n"
                                  "    clause: 附件\n"
                                  "    declared_count: 3\n"
                                  "    to:\n"
                                  "      - {name: 民进清河市委会, class: party}\n"
                                  "      - {name: 民盟清河市委会, class: party}\n"
                                  "  - from: {name: 市水利局, class: department}\n"
                                  "    clause: 附件\n"
                                  "    to: [{name: 民进清河市委会, class: party}]\n"
                                  "  - from: {name: 市司法局, class: department}\n"
                                  "    clause: 附件\n"
                                  "    to: [{name: 民盟清河市委会, class: party}]\n";

static void load_text(struct roster_sample *sample, const char *text)
{
    struct scheme scheme;
    struct scheme_errors errors = {0};
    struct fault fault = {0};
    struct load_plan plan;
    if (scheme_parse_yaml(&sample->arena, str_from(text), &scheme, &errors) != OK)
        fail_msg("%d: %.*s", errors.items[0].line, STR_ARG(errors.items[0].message));
    struct load_request request = {
        .scheme = &scheme, .on = clock_today(&sample->clock), .ids = &sample->ids};
    struct actor actor = actor_named("测试", clock_now(&sample->clock));
    if (load_scheme(sample->store, &sample->arena, &request, &actor, &plan, &fault) != OK)
        fail_msg("%.*s", STR_ARG(fault.message));
}

static int open_government(void **state)
{
    struct roster_sample *sample = roster_sample_open(true);
    load_text(sample, scheme_text);
    *state = sample;
    return 0;
}

static int close_sample(void **state)
{
    roster_sample_close(*state);
    return 0;
}

static void a_printed_count_is_held_against_the_side_it_was_printed_for_alone(void **state)
{
    struct str sides = get(*state, "/qinghe/directory.json", "");
    assert_says(sides, "\"declared\":3,\"mismatch\":true");
    struct str units = get(*state, "/qinghe/directory/units.json", "");
    assert_says(units, "\"mismatch\":false");
    assert_false(str_has(units, STR("\"mismatch\":true")));
    assert_false(str_has(units, STR("\"declared\":3")));
}

static void a_matrix_lying_on_its_side_still_says_who_is_linked_by_whom(void **state)
{
    struct str page = get(*state, "/qinghe/directory/matrix", "");
    assert_says(page, "3 个部门和领导联系 2 个");
    assert_says(page, "按部门和领导");
}

static void a_day_before_the_first_document_is_said_to_have_no_links(void **state)
{
    struct str page = get(*state, "/qinghe/directory", "on=2020-01-01");
    assert_says(page, "2020年1月1日没有有效的联系关系。");
    assert_false(str_has(page, STR("名录里还没有联系关系")));
}

/* The body's record belongs to the instance, its pages to the body. */
static void a_body_that_is_renamed_is_renamed_on_its_kept_pages(void **state)
{
    struct roster_sample *sample = *state;
    assert_says(get(sample, "/qinghe/document", ""), "清河市人民政府");
    struct param form[] = {{STR("version"), STR("1")}, {STR("name"), STR("清河县人民政府")}};
    struct tx *tx;
    struct body_info body;
    assert_int_equal(store_read(sample->store, &sample->arena, &tx), OK);
    assert_int_equal(domain_find_body(tx, STR("qinghe"), &body), OK);
    store_read_end(tx);
    struct request request = {
        .method = METHOD_POST,
        .path = str_fmt(&sample->arena, "/body/%.*s", STR_ARG(id_format(&sample->arena, body.id))),
        .host = STR("localhost"),
        .peer_loopback = true,
        .form = form,
        .form_n = 2};
    struct response response;
    app_handle(sample->app, &request, &response);
    assert_int_equal(response.status, 303);
    response_release(&response);
    assert_says(get(sample, "/qinghe/document", ""), "清河县人民政府");
}

static bool go_on(void *context, int64_t done, int64_t organizations)
{
    (void)context;
    (void)done;
    (void)organizations;
    return true;
}

static int open_large(void **state)
{
    struct roster_sample *sample = roster_sample_open(true);
    struct simulate_options options = {
        .slug = STR("moni"), .organizations = 4000, .seed = 3, .progress = go_on};
    struct simulate_result result;
    struct fault fault = {0};
    if (simulate(sample->store, &sample->arena, &options, &result, &fault) != OK)
        fail_msg("%.*s", STR_ARG(fault.message));
    assert_true(result.links > 1000);
    *state = sample;
    return 0;
}

static void what_is_typed_is_looked_for_beyond_the_first_thousand_links(void **state)
{
    struct roster_sample *sample = *state;
    assert_says(get(sample, "/moni/directory", "q=zzzz"), "没有名称、简称或拼音首字母符合");
    struct str page = get(sample, "/moni/directory.json", "after=900000");
    ptrdiff_t at = str_find_last(page, STR("\"unit\":{"));
    assert_true(at >= 0);
    struct str rest = str_from_byte(page, (size_t)at);
    str_cut(&rest, STR("\"name\":\""));
    struct str name = str_cut(&rest, STR("\""));
    struct str found =
        get(sample, "/moni/directory.json", str_fmt(&sample->arena, "q=%.*s", STR_ARG(name)).ptr);
    assert_says(found, str_fmt(&sample->arena, "\"name\":\"%.*s\"", STR_ARG(name)).ptr);
}

static void a_page_and_a_day_stay_when_the_directory_is_turned_over(void **state)
{
    struct str page = get(*state, "/moni/directory", "on=2026-03-01");
    assert_says(page, "?on=2026-03-01&amp;after=");
}

int main(void)
{
#define IN_GOVERNMENT(test) cmocka_unit_test_setup_teardown(test, open_government, close_sample)
#define IN_LARGE(test)      cmocka_unit_test_setup_teardown(test, open_large, close_sample)
    const struct CMUnitTest tests[] = {
        IN_GOVERNMENT(a_printed_count_is_held_against_the_side_it_was_printed_for_alone),
        IN_GOVERNMENT(a_matrix_lying_on_its_side_still_says_who_is_linked_by_whom),
        IN_GOVERNMENT(a_day_before_the_first_document_is_said_to_have_no_links),
        IN_GOVERNMENT(a_body_that_is_renamed_is_renamed_on_its_kept_pages),
        IN_LARGE(what_is_typed_is_looked_for_beyond_the_first_thousand_links),
        IN_LARGE(a_page_and_a_day_stay_when_the_directory_is_turned_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
