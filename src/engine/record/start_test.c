#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>
#include <jansson.h>

#include "engine/record/sample.h"

/* What the start makes of the tables of kinds: refusals, and the description of the interface. */

static const struct field name_only[] = {
    {.key = "name", .label = "名称", .kind = FIELD_TEXT, .required = true}, {0}};

static void assert_start(const struct kind *kind, enum status wanted, const char *sentence)
{
    const struct kind *const kinds[] = {kind, NULL};
    struct sample *sample = sample_open_store();
    struct str text;
    assert_int_equal(sample_start(sample, kinds, &text), wanted);
    if (wanted != OK && !str_is(text, sentence))
        fail_msg("%.*s", STR_ARG(text));
    sample_close(sample);
}

static void a_table_that_has_what_its_kind_tells_is_served(void **state)
{
    (void)state;
    assert_start(&(struct kind){.name = "maker", .label = "厂家", .fields = name_only}, OK, NULL);
}

static void a_missing_table_stops_the_start(void **state)
{
    (void)state;
    assert_start(&(struct kind){.name = "nothing", .label = "无", .fields = name_only}, FAULT,
                 "数据表 nothing 缺少 body_id 列，程序与数据库不一致。");
}

static void a_missing_column_stops_the_start(void **state)
{
    (void)state;
    static const struct field colour[] = {
        {.key = "name", .label = "名称", .kind = FIELD_TEXT, .required = true},
        {.key = "colour", .label = "颜色", .kind = FIELD_TEXT},
        {0}};
    static const struct field by_key[] = {{.key = "name",
                                           .label = "名称",
                                           .kind = FIELD_TEXT,
                                           .required = true,
                                           .sort = true,
                                           .sort_column = "name_key"},
                                          {0}};
    assert_start(&(struct kind){.name = "maker", .label = "厂家", .fields = colour}, FAULT,
                 "数据表 maker 缺少 colour 列，程序与数据库不一致。");
    assert_start(&(struct kind){.name = "maker", .label = "厂家", .fields = by_key}, FAULT,
                 "数据表 maker 缺少 name_key 列，程序与数据库不一致。");
    assert_start(
        &(struct kind){.name = "maker", .label = "厂家", .fields = name_only, .ordered = true},
        FAULT, "数据表 maker 缺少 position 列，程序与数据库不一致。");
    assert_start(
        &(struct kind){.name = "maker", .label = "厂家", .fields = name_only, .dated = true}, FAULT,
        "数据表 maker 缺少 start_date 列，程序与数据库不一致。");
}

static void a_missing_column_of_owned_rows_stops_the_start(void **state)
{
    (void)state;
    static const struct field row_fields[] = {{.key = "name", .label = "部件", .kind = FIELD_TEXT},
                                              {.key = "weight", .label = "重量", .kind = FIELD_INT},
                                              {0}};
    static const struct row_table rows = {"tool_part", row_fields};
    static const struct field fields[] = {
        {.key = "name", .label = "名称", .kind = FIELD_TEXT, .required = true},
        {.key = "parts", .label = "部件", .kind = FIELD_ROWS, .rows = &rows},
        {0}};
    assert_start(&(struct kind){.name = "maker", .label = "厂家", .fields = fields}, FAULT,
                 "数据表 tool_part 缺少 weight 列，程序与数据库不一致。");
}

static void a_private_field_that_a_list_would_tell_stops_the_start(void **state)
{
    (void)state;
    static const struct field base = {
        .key = "name", .label = "名称", .kind = FIELD_TEXT, .private = true};
    static const char told[] =
        "maker 的字段 name 只供经办人员查看，不能用于筛选、排序、检索、名称或明细表。";
    struct field fields[] = {base, {0}};
    struct kind kind = {.name = "maker", .label = "厂家", .fields = fields};
    assert_start(&kind, FAULT, told); /* it names the record */
    struct field two[] = {name_only[0], base, {0}};
    two[1].key = "modified";
    kind.fields = two;
    assert_start(&kind, OK, NULL);
    for (int i = 0; i < 3; i++) {
        two[1].filter = i == 0;
        two[1].sort = i == 1;
        two[1].searched = i == 2;
        assert_start(&kind, FAULT,
                     "maker 的字段 modified "
                     "只供经办人员查看，不能用于筛选、排序、检索、名称或明细表。");
    }
}

/* --- /openapi.json --- */

static json_t *description(struct sample *sample)
{
    int status;
    struct str body = sample_get_remote(sample, "/openapi.json", &status);
    assert_int_equal(status, 200);
    json_error_t error;
    json_t *root = json_loadb(body.ptr, body.len, JSON_REJECT_DUPLICATES, &error);
    if (!root)
        fail_msg("%s at byte %d", error.text, error.position);
    return root;
}

static json_t *operation(json_t *root, const struct route *route)
{
    json_t *path = json_object_get(json_object_get(root, "paths"), route->path);
    return json_object_get(path, route->method == METHOD_GET ? "get" : "post");
}

static bool has_parameter(json_t *operation, struct str name, const char *in)
{
    size_t i;
    json_t *parameter;
    json_array_foreach(json_object_get(operation, "parameters"), i, parameter)
    {
        const char *of = json_string_value(json_object_get(parameter, "name"));
        const char *where = json_string_value(json_object_get(parameter, "in"));
        if (of && str_is(name, of) && strcmp(where, in) == 0)
            return true;
    }
    return false;
}

static void every_route_is_described_with_its_path_parameters(void **state)
{
    (void)state;
    struct sample *sample = sample_open();
    json_t *root = description(sample);
    assert_string_equal(json_string_value(json_object_get(root, "openapi")), "3.1.0");
    int n;
    app_route_at(sample->app, 0, &n);
    assert_true(n > 20);
    for (int i = 0; i < n; i++) {
        const struct route *route = app_route_at(sample->app, i, &n);
        json_t *of = operation(root, route);
        if (route->forms == FORM_HTML) {
            assert_null(of);
            continue;
        }
        if (!of)
            fail_msg("%s is not described", route->path);
        assert_true(json_string_length(json_object_get(of, "summary")) > 0);
        assert_non_null(json_object_get(json_object_get(of, "responses"), "200"));
        struct str rest = str_from(route->path);
        while (str_has(rest, STR("{"))) {
            str_cut(&rest, STR("{"));
            assert_true(has_parameter(of, str_cut(&rest, STR("}")), "path"));
        }
    }
    json_decref(root);
    sample_close(sample);
}

/* A component where one is referred to. */
static json_t *resolved(json_t *root, json_t *node)
{
    const char *ref = json_string_value(json_object_get(node, "$ref"));
    const char *name = ref ? strrchr(ref, '/') : NULL;
    json_t *schemas = json_object_get(json_object_get(root, "components"), "schemas");
    return name ? json_object_get(schemas, name + 1) : node;
}

static json_t *schema_of(json_t *root, const char *path, const char *method)
{
    json_t *of = json_object_get(json_object_get(json_object_get(root, "paths"), path), method);
    json_t *answer = json_object_get(json_object_get(of, "responses"), "200");
    json_t *content = json_object_get(json_object_get(answer, "content"), "application/json");
    return json_object_get(json_object_get(content, "schema"), "properties");
}

/* What a list gives is what is described, key for key. */
static void what_is_served_is_what_is_described(void **state)
{
    (void)state;
    struct sample *sample = sample_open();
    struct record *tool = sample_tool(sample, "锤");
    sample_add(sample, tool);
    json_t *root = description(sample), *described = schema_of(root, "/{body}/tool", "get");
    json_t *items = resolved(root, json_object_get(json_object_get(described, "items"), "items"));
    json_t *of_item = json_object_get(items, "properties");
    int status;
    struct str body = sample_get(sample, "/alpha/tool.json", &status);
    json_t *list = json_loadb(body.ptr, body.len, 0, NULL);
    json_t *item = json_array_get(json_object_get(list, "items"), 0), *value;
    const char *key;
    assert_non_null(item);
    json_object_foreach(list, key, value) assert_non_null(json_object_get(described, key));
    json_object_foreach(item, key, value) assert_non_null(json_object_get(of_item, key));
    assert_int_equal(json_object_size(list), json_object_size(described));
    assert_int_equal(json_object_size(item), json_object_size(of_item));
    assert_null(json_object_get(of_item, "sort_key"));
    assert_non_null(json_object_get(json_object_get(of_item, "keeper_phone"), "$comment"));
    json_decref(list);
    json_decref(root);
    sample_close(sample);
}

static void filters_of_lists_and_bodies_of_posts_are_described(void **state)
{
    (void)state;
    struct sample *sample = sample_open();
    json_t *root = description(sample), *paths = json_object_get(root, "paths");
    json_t *tools = json_object_get(paths, "/{body}/tool");
    json_t *list = json_object_get(tools, "get"), *make = json_object_get(tools, "post");
    static const char *const wanted[] = {"amount", "loud", "shed", "sort", "limit", "after"};
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        assert_true(has_parameter(list, str_from(wanted[i]), "query"));
    assert_false(has_parameter(list, STR("note"), "query"));
    assert_false(has_parameter(list, STR("on"), "query"));
    json_t *sheds = json_object_get(json_object_get(paths, "/{body}/shed"), "get");
    assert_true(has_parameter(sheds, STR("on"), "query"));
    json_t *search = json_object_get(json_object_get(paths, "/{body}/search"), "get");
    assert_true(has_parameter(search, STR("q"), "query"));
    json_t *content = json_object_get(json_object_get(make, "requestBody"), "content");
    json_t *asked = json_object_get(json_object_get(content, "application/json"), "schema");
    json_t *body = json_object_get(resolved(root, asked), "properties");
    static const char *const taken[] = {"name", "amount", "parts", "id"};
    for (size_t i = 0; i < sizeof taken / sizeof *taken; i++)
        if (!json_object_get(body, taken[i]))
            fail_msg("%s is not described", taken[i]);
    assert_null(json_object_get(body, "sort_key"));
    assert_null(json_object_get(body, "line"));
    assert_null(json_object_get(body, "version"));
    assert_true(str_has(sample_get(sample, "/openapi.json", &(int){0}),
                        STR("\"required\":[\"name\",\"code\",\"class\"]")));
    json_decref(root);
    sample_close(sample);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_table_that_has_what_its_kind_tells_is_served),
        cmocka_unit_test(a_missing_table_stops_the_start),
        cmocka_unit_test(a_missing_column_stops_the_start),
        cmocka_unit_test(a_missing_column_of_owned_rows_stops_the_start),
        cmocka_unit_test(a_private_field_that_a_list_would_tell_stops_the_start),
        cmocka_unit_test(every_route_is_described_with_its_path_parameters),
        cmocka_unit_test(what_is_served_is_what_is_described),
        cmocka_unit_test(filters_of_lists_and_bodies_of_posts_are_described),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
