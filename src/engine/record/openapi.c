#include "engine/record/priv.h"

#include <stdio.h>

#include "base/json_put.h"

/*
 * The OpenAPI 3.1 description, printed from the route table and the field tables: it cannot
 * disagree with what is served. Shapes become component schemas by name.
 */

enum { OPENAPI_MAX_BYTES = 4 << 20 };

static void put_pair(struct json *json, const char *key, const char *value)
{
    json_key(json, key);
    json_str(json, str_from(value));
}

static void put_ref(struct json *json, const char *schema)
{
    json_begin(json, '{');
    json_key(json, "$ref");
    char text[120];
    snprintf(text, sizeof text, "#/components/schemas/%s", schema);
    json_str(json, str_from(text));
    json_end(json, '}');
}

static void put_type(struct json *json, const char *type, const char *format)
{
    json_key(json, "type");
    json_begin(json, '[');
    json_str(json, str_from(type));
    json_str(json, STR("null"));
    json_end(json, ']');
    if (format)
        put_pair(json, "format", format);
}

static void put_object(struct json *json, const struct shape *shape);

static void put_column(struct json *json, const struct column *column)
{
    static const struct {
        const char *type, *format;
    } types[] = {
        [COLUMN_TEXT] = {"string", NULL},           [COLUMN_INT] = {"integer", "int64"},
        [COLUMN_FLAG] = {"boolean", NULL},          [COLUMN_DATE] = {"string", "date"},
        [COLUMN_INSTANT] = {"string", "date-time"}, [COLUMN_ID] = {"string", NULL},
        [COLUMN_CHOICE] = {"string", NULL},         [COLUMN_URL] = {"string", "uri-reference"},
    };
    json_begin(json, '{');
    if (column->label)
        put_pair(json, "description", column->label);
    if (column->flags & COLUMN_PRIVATE)
        put_pair(json, "$comment", "仅限经办人员查看，其他人得到 null");
    if (column->kind == COLUMN_LIST) {
        put_pair(json, "type", "array");
        json_key(json, "items");
        put_object(json, column->shape);
    } else if (column->kind == COLUMN_OBJECT) {
        json_key(json, "oneOf");
        json_begin(json, '[');
        put_object(json, column->shape);
        json_begin(json, '{');
        put_pair(json, "type", "null");
        json_end(json, '}');
        json_end(json, ']');
    } else {
        put_type(json, types[column->kind].type, types[column->kind].format);
    }
    if (column->kind == COLUMN_CHOICE && column->choices) {
        json_key(json, "enum");
        json_begin(json, '[');
        for (const struct choice *choice = column->choices; choice->word; choice++)
            json_str(json, str_from(choice->word));
        json_null(json);
        json_end(json, ']');
    }
    json_end(json, '}');
}

static void put_object(struct json *json, const struct shape *shape)
{
    json_begin(json, '{');
    put_pair(json, "type", "object");
    json_key(json, "properties");
    json_begin(json, '{');
    for (int i = 0; i < shape->n; i++) {
        if (shape->columns[i].flags & COLUMN_PAGE_ONLY)
            continue;
        json_key(json, shape->columns[i].key);
        put_column(json, &shape->columns[i]);
    }
    json_end(json, '}');
    json_end(json, '}');
}

static void put_parameter(struct json *json, struct str name, const char *in, const char *help,
                          bool required)
{
    json_begin(json, '{');
    json_key(json, "name");
    json_str(json, name);
    put_pair(json, "in", in);
    if (help)
        put_pair(json, "description", help);
    json_key(json, "required");
    json_bool(json, required);
    json_key(json, "schema");
    json_begin(json, '{');
    put_pair(json, "type", "string");
    json_end(json, '}');
    json_end(json, '}');
}

static void put_path_parameters(struct json *json, const char *path)
{
    struct str rest = str_from(path);
    while (str_has(rest, STR("{"))) {
        str_cut(&rest, STR("{"));
        struct str name = str_cut(&rest, STR("}"));
        put_parameter(json, name, "path",
                      str_is(name, "body") ? "本级组织的地址名" : "记录编号，13 位", true);
    }
}

static void put_list_parameters(struct json *json, const struct kind *kind)
{
    for (const struct field *field = kind->fields; field->key; field++)
        if (field->filter)
            put_parameter(json, str_from(field->key), "query", field->label, false);
    if (kind->dated)
        put_parameter(json, STR("on"), "query", "截至日期，all 为不限", false);
    static const char *const common[][2] = {{"sort", "排序字段，前加 - 为倒序"},
                                            {"limit", "每页条数，1 至 200"},
                                            {"after", "后一页的游标"},
                                            {"before", "前一页的游标"}};
    for (int i = 0; i < 4; i++)
        put_parameter(json, str_from(common[i][0]), "query", common[i][1], false);
}

static const char *field_type(const struct field *field)
{
    switch (field->kind) {
    case FIELD_INT:
        return "integer";
    case FIELD_FLAG:
        return "boolean";
    case FIELD_ROWS:
        return "array";
    default:
        return "string";
    }
}

static void put_property(struct json *json, const char *key, const char *type, const char *label)
{
    json_key(json, key);
    json_begin(json, '{');
    put_pair(json, "type", type);
    put_pair(json, "description", label);
    json_end(json, '}');
}

static void put_words(struct json *json, const struct choice *choices, bool optional)
{
    json_key(json, "enum");
    json_begin(json, '[');
    for (; choices->word; choices++)
        json_str(json, str_from(choices->word));
    if (optional)
        json_str(json, STR(""));
    json_end(json, ']');
}

static void put_required(struct json *json, const struct field *fields, bool making)
{
    json_key(json, "required");
    json_begin(json, '[');
    if (!making)
        json_str(json, STR("version"));
    for (const struct field *field = fields; making && field->key; field++)
        if (field->required && field->kind != FIELD_KEY && !field->hidden && !field->by_step)
            json_str(json, str_from(field->key));
    json_end(json, ']');
}

static void put_entered(struct json *json, const struct field *fields);

static void put_field(struct json *json, const struct field *field)
{
    json_key(json, field->key);
    json_begin(json, '{');
    put_pair(json, "type", field_type(field));
    put_pair(json, "description", field->label);
    if (field->kind == FIELD_CHOICE)
        put_words(json, field->choices, !field->required);
    if (field->kind == FIELD_DATE && field->required)
        put_pair(json, "format", "date");
    if (field->kind == FIELD_ROWS) {
        json_key(json, "items");
        json_begin(json, '{');
        put_pair(json, "type", "object");
        put_entered(json, field->rows->fields);
        json_end(json, '}');
        put_required(json, field->rows->fields, true);
        json_end(json, '}');
    }
    json_end(json, '}');
}

/* Properties of what can be entered; the caller closes them. */
static void put_entered(struct json *json, const struct field *fields)
{
    json_key(json, "properties");
    json_begin(json, '{');
    for (const struct field *field = fields; field->key; field++)
        if (field->kind != FIELD_KEY && !field->hidden && !field->by_step)
            put_field(json, field);
}

/* What every record takes beside its fields. */
static void put_common(struct json *json, const struct kind *kind, bool making)
{
    if (making)
        put_property(json, "id", "string", "新记录的编号，重复提交同一编号只登记一次");
    else
        put_property(json, "version", "integer", "所见的版本号");
    if (kind->ordered)
        put_property(json, "position", "integer", "排列顺序");
    if (kind->dated) {
        put_property(json, "start_date", "string", "开始日期");
        put_property(json, "end_date", "string", "结束日期");
    }
}

static void put_body(struct json *json, const struct kind *kind, bool making)
{
    json_key(json, "requestBody");
    json_begin(json, '{');
    json_key(json, "content");
    json_begin(json, '{');
    static const char *const types[] = {"application/json", "application/x-www-form-urlencoded"};
    for (int i = 0; i < 2; i++) {
        json_key(json, types[i]);
        json_begin(json, '{');
        json_key(json, "schema");
        json_begin(json, '{');
        put_pair(json, "type", "object");
        put_entered(json, kind->fields);
        put_common(json, kind, making);
        json_end(json, '}');
        put_required(json, kind->fields, making);
        json_end(json, '}');
        json_end(json, '}');
    }
    json_end(json, '}');
    json_end(json, '}');
}

static void put_upload(struct json *json)
{
    json_key(json, "requestBody");
    json_begin(json, '{');
    json_key(json, "content");
    json_begin(json, '{');
    json_key(json, "multipart/form-data");
    json_begin(json, '{');
    json_key(json, "schema");
    json_begin(json, '{');
    put_pair(json, "type", "object");
    json_key(json, "properties");
    json_begin(json, '{');
    json_key(json, "file");
    json_begin(json, '{');
    put_pair(json, "type", "string");
    put_pair(json, "contentMediaType", "application/octet-stream");
    json_end(json, '}');
    json_end(json, '}');
    json_end(json, '}');
    json_end(json, '}');
    json_end(json, '}');
    json_end(json, '}');
}

static void put_answers(struct json *json, const struct route *route, const struct shape *shape)
{
    static const struct {
        int form;
        const char *mime;
    } types[] = {{FORM_JSON, "application/json"},
                 {FORM_HTML, "text/html"},
                 {FORM_CSV, "text/csv"},
                 {FORM_XLSX, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}};
    json_key(json, "responses");
    json_begin(json, '{');
    json_key(json, "200");
    json_begin(json, '{');
    put_pair(json, "description", "完成");
    json_key(json, "content");
    json_begin(json, '{');
    for (int i = 0; i < 4; i++) {
        if (!(route->forms & types[i].form))
            continue;
        json_key(json, types[i].mime);
        json_begin(json, '{');
        if (types[i].form == FORM_JSON && shape) {
            json_key(json, "schema");
            put_object(json, shape);
        }
        json_end(json, '}');
    }
    json_end(json, '}');
    json_end(json, '}');
    json_key(json, "default");
    json_begin(json, '{');
    put_pair(json, "description", "问题说明（RFC 9457）");
    json_key(json, "content");
    json_begin(json, '{');
    json_key(json, "application/problem+json");
    json_begin(json, '{');
    json_key(json, "schema");
    put_ref(json, "problem");
    json_end(json, '}');
    json_end(json, '}');
    json_end(json, '}');
    json_end(json, '}');
}

/* The kind whose table a route of the engine serves; NULL for routes of modules. */
static const struct kind *kind_of(const struct record_engine *engine, const struct route *route)
{
    for (int i = 0; i < engine->kinds_n; i++)
        if (route->data == &engine->pages[i])
            return engine->pages[i].kind;
    return NULL;
}

static void put_operation(struct json *json, const struct record_engine *engine,
                          const struct route *route)
{
    const struct kind *kind = kind_of(engine, route);
    json_key(json, route->method == METHOD_GET ? "get" : "post");
    json_begin(json, '{');
    put_pair(json, "summary", route->help);
    if (route->need != RIGHT_PUBLIC)
        put_pair(json, "x-right", right_word(route->need));
    json_key(json, "parameters");
    json_begin(json, '[');
    put_path_parameters(json, route->path);
    if (kind && route->run == record_list_page)
        put_list_parameters(json, kind);
    if (kind && route->run == record_pick)
        put_parameter(json, STR("q"), "query", "所输文字", false);
    for (const struct query_name *asked = route->query; asked && asked->name; asked++)
        put_parameter(json, str_from(asked->name), "query", asked->help, false);
    json_end(json, ']');
    if (kind && route->method == METHOD_POST)
        put_body(json, kind, str_ends(str_from(route->path), str_from(kind->name)));
    else if (route->flags & ROUTE_UPLOAD)
        put_upload(json);
    const struct kind_pages *pages = route->data;
    put_answers(json, route,
                route->method == METHOD_GET ? route->shape
                : kind                      ? pages->detail
                                            : NULL);
    json_end(json, '}');
}

static void put_problem(struct json *json)
{
    static const char *const keys[][2] = {
        {"type", "string"},  {"title", "string"},   {"status", "integer"}, {"detail", "string"},
        {"field", "string"}, {"request", "string"}, {"advice", "string"}};
    json_begin(json, '{');
    put_pair(json, "type", "object");
    json_key(json, "properties");
    json_begin(json, '{');
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        json_key(json, keys[i][0]);
        json_begin(json, '{');
        put_pair(json, "type", keys[i][1]);
        json_end(json, '}');
    }
    json_end(json, '}');
    json_end(json, '}');
}

/* Paths are grouped by first appearance; routes of one path need not stand together. */
static void put_paths(struct json *json, const struct record_engine *engine)
{
    int n;
    const struct route *first;
    app_route_at(engine->app, 0, &n);
    for (int i = 0; i < n; i++) {
        const struct route *route = app_route_at(engine->app, i, &n);
        bool seen = false;
        for (int j = 0; j < i && !seen; j++) {
            first = app_route_at(engine->app, j, &n);
            seen = strcmp(first->path, route->path) == 0;
        }
        if (seen)
            continue;
        json_key(json, route->path);
        json_begin(json, '{');
        for (int j = i; j < n; j++) {
            const struct route *same = app_route_at(engine->app, j, &n);
            if (strcmp(same->path, route->path) == 0)
                put_operation(json, engine, same);
        }
        json_end(json, '}');
    }
}

enum status record_openapi(struct call *call, struct page *page)
{
    const struct record_engine *engine = call->route->data;
    AUTOBUF buf = buf_open(OPENAPI_MAX_BYTES);
    struct json json = json_open(&buf);
    json_begin(&json, '{');
    put_pair(&json, "openapi", "3.1.0");
    json_key(&json, "info");
    json_begin(&json, '{');
    put_pair(&json, "title", "对口");
    put_pair(&json, "version", DUIKOU_VERSION);
    put_pair(&json, "description",
             "对口联系协商制度的名录、要求与全年工作。地址末尾加 .json、.csv、.xlsx 取相应格式。");
    json_end(&json, '}');
    json_key(&json, "paths");
    json_begin(&json, '{');
    put_paths(&json, engine);
    json_end(&json, '}');
    json_key(&json, "components");
    json_begin(&json, '{');
    json_key(&json, "schemas");
    json_begin(&json, '{');
    json_key(&json, "problem");
    put_problem(&json);
    json_end(&json, '}');
    json_end(&json, '}');
    json_end(&json, '}');
    if (buf.full)
        return call_refuse(call, FAULT, NULL, "接口说明过长，无法生成。");
    page->file = str_copy(call->arena, buf_str(&buf));
    page->mime = STR("application/json; charset=utf-8");
    return OK;
}
