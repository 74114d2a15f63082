#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include <jansson.h>

#include "engine/record/sample.h"
#include "tests/transcript.h"
#include "view/table_read.h"

static void run_file(const char *name)
{
    struct sample *sample = sample_open();
    char path[512];
    int run;
    snprintf(path, sizeof path, "%s/src/engine/record/%s", getenv("DUIKOU_SOURCE"), name);
    assert_int_equal(transcript_run(sample->app, path, &run), 0);
    assert_true(run > 0);
    sample_close(sample);
}

static void every_refusal_of_a_field_is_one_sentence_beside_what_was_typed(void **state)
{
    (void)state;
    run_file("refusals.http");
}

static void a_double_submit_is_the_same_record_and_a_stale_change_is_refused(void **state)
{
    (void)state;
    run_file("writes.http");
}

/* The clock stands, as after it was set back: the program draws an id that somebody has. */
static void an_id_that_is_taken_is_not_taken_for_a_double_submit(void **state)
{
    (void)state;
    struct sample *sample = sample_open();
    sample->clock.step_us = 0;
    sample->ids.node = 0; /* the application's */
    sample_add(sample, sample_tool(sample, "锤子"));
    struct param form[] = {
        {STR("name"), STR("电钻")}, {STR("code"), STR("c-9")}, {STR("class"), STR("power")}};
    struct request request = {.method = METHOD_POST,
                              .path = STR("/alpha/tool"),
                              .host = STR("127.0.0.1"),
                              .origin = STR("http://127.0.0.1"),
                              .accept = STR("application/json"),
                              .form = form,
                              .form_n = 3,
                              .peer_loopback = true};
    struct response response;
    app_handle(sample->app, &request, &response);
    assert_int_equal(response.status, 201);
    assert_true(str_has(response.body, STR("电钻")));
    response_release(&response);
    int status;
    struct str list = sample_get(sample, "/alpha/tool.json", &status);
    assert_true(str_has(list, STR("\"total\":2")));
    sample_close(sample);
}

static void lists_are_filtered_sorted_paged_and_dated(void **state)
{
    (void)state;
    run_file("lists.http");
}

static void NB17_5_2_private_fields_are_masked_in_every_representation(void **state)
{
    (void)state;
    run_file("private.http");
}

static void search_rows_are_written_and_replaced_with_their_record(void **state)
{
    (void)state;
    run_file("search.http");
}

/* --- one model, four representations --- */

enum { TOOLS = 130, SHEDS = 3 };

static void fill(struct sample *sample)
{
    static const char *const names[] = {"=1+1", "锤", "电钻", "“引号”,\"", "锯\t", "012", "锹"};
    struct record *sheds[SHEDS], *tools[TOOLS];
    for (int i = 0; i < SHEDS; i++)
        sheds[i] = sample_shed(sample, i ? "东库" : "@西库");
    sample_add_all(sample, sheds, SHEDS);
    for (int i = 0; i < TOOLS; i++) {
        struct record *tool = tools[i] = sample_tool(sample, names[i % 7]);
        record_set(tool, "amount", value_int(i % 5));
        record_set(tool, "loud", value_int(i % 2));
        if (i % 3)
            record_set(tool, "shed", value_int(sheds[i / 3 % SHEDS]->id));
        if (i % 4)
            record_set(tool, "bought", value_text(STR("2024-02-29")));
    }
    sample_add_all(sample, tools, TOOLS);
}

static json_t *json_of(struct sample *sample, const char *target)
{
    int status;
    struct str body = sample_get(sample, target, &status);
    assert_int_equal(status, 200);
    json_t *root = json_loadb(body.ptr, body.len, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(root);
    return root;
}

static struct str text_at(json_t *item, const char *key)
{
    return str_from(json_string_value(json_object_get(item, key)));
}

static void assert_cell(const struct table *table, int row, const char *label, struct str wanted)
{
    int column = table_find(table, label);
    assert_true(column >= 0);
    struct str got = table_text(&table->rows[row], column);
    if (!str_eq(got, str_trim(wanted)))
        fail_msg("row %d, %s: %.*s, not %.*s", row, label, STR_ARG(got), STR_ARG(wanted));
}

/* Cells of a sheet against the objects of the JSON of the same address. */
static void assert_same_rows(struct sample *sample, const char *query, const char *suffix,
                             json_t *items)
{
    int status;
    struct fault fault = {0};
    AUTOTABLE table;
    struct str target = str_fmt(&sample->arena, "/alpha/tool%s?%s", suffix, query);
    struct str bytes = sample_get(sample, target.ptr, &status);
    assert_int_equal(status, 200);
    if (table_read(&sample->arena, bytes, &table, &fault) != OK)
        fail_msg("%.*s", STR_ARG(fault.message));
    assert_int_equal(table.n, json_array_size(items));
    for (int i = 0; i < table.n; i++) {
        json_t *item = json_array_get(items, (size_t)i);
        json_t *shed = json_object_get(item, "shed");
        assert_cell(&table, i, "编码", text_at(item, "code"));
        assert_cell(&table, i, "名称", text_at(item, "name"));
        assert_cell(&table, i, "库房", text_at(shed, "name"));
        assert_cell(&table, i, "购置日期", text_at(item, "bought"));
        assert_cell(&table, i, "种类", STR("手工工具"));
        assert_cell(&table, i, "数量",
                    str_fmt(&sample->arena, "%d",
                            (int)json_integer_value(json_object_get(item, "amount"))));
        assert_cell(&table, i, "噪声大",
                    json_is_true(json_object_get(item, "loud")) ? STR("是") : STR("否"));
    }
}

/* The page shows the same records in the same order. */
static void assert_same_order(struct sample *sample, const char *query, json_t *items)
{
    int status;
    struct str target = str_fmt(&sample->arena, "/alpha/tool?%s", query);
    struct str rest = sample_get(sample, target.ptr, &status);
    assert_int_equal(status, 200);
    struct str start = STR("<td data-label=\"编码\"><span class=\"cell\">");
    for (size_t i = 0; i < json_array_size(items); i++) {
        str_cut(&rest, start);
        struct str code = str_cut(&rest, STR("</span></td>"));
        assert_true(str_eq(code, text_at(json_array_get(items, i), "code")));
    }
    assert_false(str_has(rest, start));
}

static void pages_json_csv_and_xlsx_have_the_same_rows(void **state)
{
    (void)state;
    static const char *const queries[] = {"limit=50", "limit=7&sort=-name", "limit=200&loud=1",
                                          "limit=200&sort=amount&amount=3", "limit=9&amount=77"};
    struct sample *sample = sample_open();
    fill(sample);
    for (size_t i = 0; i < sizeof queries / sizeof *queries; i++) {
        struct str target = str_fmt(&sample->arena, "/alpha/tool.json?%s", queries[i]);
        json_t *root = json_of(sample, target.ptr), *items = json_object_get(root, "items");
        assert_same_order(sample, queries[i], items);
        if (json_array_size(items) > 0) {
            assert_same_rows(sample, queries[i], ".csv", items);
            assert_same_rows(sample, queries[i], ".xlsx", items);
        }
        json_decref(root);
    }
    sample_close(sample);
}

/* A page shows 50; what somebody takes home is the whole of what was asked for. */
static void a_download_has_every_row_that_the_filters_leave(void **state)
{
    (void)state;
    static const char *const queries[] = {"", "sort=name", "loud=1&sort=-amount"};
    struct sample *sample = sample_open();
    fill(sample);
    for (size_t i = 0; i < sizeof queries / sizeof *queries; i++) {
        struct str target = str_fmt(&sample->arena, "/alpha/tool.json?limit=200&%s", queries[i]);
        json_t *root = json_of(sample, target.ptr), *items = json_object_get(root, "items");
        assert_true(json_array_size(items) > 50);
        assert_same_rows(sample, queries[i], ".csv", items);
        assert_same_rows(sample, queries[i], ".xlsx", items);
        json_decref(root);
    }
    sample_close(sample);
}

static void a_csv_cell_is_no_formula(void **state)
{
    (void)state;
    struct sample *sample = sample_open();
    fill(sample);
    int status;
    struct str csv = sample_get(sample, "/alpha/tool.csv", &status);
    assert_true(str_starts(csv, STR("\xEF\xBB\xBF")));
    assert_true(str_has(csv, STR("\"'=1+1\"")));
    assert_true(str_has(csv, STR("\"'@西库\"")));
    assert_true(str_has(csv, STR("\"“引号”,\"\"\"")));
    assert_true(str_ends(csv, STR("\r\n")));
    sample_close(sample);
}

static void a_page_runs_as_many_statements_for_fifty_records_as_for_one(void **state)
{
    (void)state;
    struct sample *sample = sample_open();
    fill(sample);
    int counts[2];
    for (int i = 0; i < 2; i++) {
        static const struct viewer viewer = {.local = true, .seat = {.role = ROLE_OFFICE_CLERK}};
        struct list_query query = {.kind = &kind_tool,
                                   .body_id = BODY_ALPHA,
                                   .viewer = &viewer,
                                   .sort = -1,
                                   .limit = i ? 50 : 1};
        struct list_result result;
        struct tx *tx;
        assert_int_equal(store_read(sample->store, &sample->arena, &tx), OK);
        assert_int_equal(record_list(tx, &query, &result, NULL), OK);
        assert_int_equal(result.n, i ? 50 : 1);
        counts[i] = tx_statements(tx);
        store_read_end(tx);
    }
    assert_int_equal(counts[0], counts[1]);
    assert_int_equal(counts[0], 2);
    sample_close(sample);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_refusal_of_a_field_is_one_sentence_beside_what_was_typed),
        cmocka_unit_test(a_double_submit_is_the_same_record_and_a_stale_change_is_refused),
        cmocka_unit_test(an_id_that_is_taken_is_not_taken_for_a_double_submit),
        cmocka_unit_test(lists_are_filtered_sorted_paged_and_dated),
        cmocka_unit_test(NB17_5_2_private_fields_are_masked_in_every_representation),
        cmocka_unit_test(search_rows_are_written_and_replaced_with_their_record),
        cmocka_unit_test(pages_json_csv_and_xlsx_have_the_same_rows),
        cmocka_unit_test(a_download_has_every_row_that_the_filters_leave),
        cmocka_unit_test(a_csv_cell_is_no_formula),
        cmocka_unit_test(a_page_runs_as_many_statements_for_fifty_records_as_for_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
