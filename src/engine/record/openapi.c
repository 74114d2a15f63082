#include "engine/record/openapi.h"

#include <stdio.h>

/*
 * The OpenAPI 3.1 description, printed from the route table and the field tables: it cannot
 * disagree with what is served. Routes that give pages alone (forms, sign-in, accounts) are not in
 * it.
 */

enum { OPENAPI_MAX_BYTES = 8 << 20 };

static bool is_told(const struct route *route)
{
    return route->forms & ~FORM_HTML;
}

/* --- whose a route is --- */

/* The kind below whose address a route lies, and what follows: "", "/{id}", "/{id}/change". */
static const struct kind_pages *pages_at(const struct record_engine *engine,
                                         const struct route *route, const char **ret_rest)
{
    for (int i = 0; i < engine->kinds_n; i++) {
        const struct kind *kind = engine->pages[i].kind;
        char path[NAME_ROOM];
        int len = snprintf(path, sizeof path, "%s/%s", kind->instance ? "" : "/{body}", kind->name);
        const char *rest = route->path + len;
        if (strncmp(route->path, path, (size_t)len) == 0 && (*rest == '\0' || *rest == '/')) {
            *ret_rest = rest;
            return &engine->pages[i];
        }
    }
    return NULL;
}

struct origin {
    const struct kind_pages *pages; /* NULL: of a module */
    bool list, one, makes, changes;
    const struct kind *step; /* what a step asks */
};

static struct origin origin_of(const struct writer *to, const struct route *route)
{
    const char *rest = "";
    struct origin origin = {.pages = pages_at(to->engine, route, &rest)};
    const struct record_hooks *hooks = to->engine->hooks;
    bool post = route->method == METHOD_POST;
    if (!origin.pages)
        return origin;
    origin.list = !post && route->run == record_list_page;
    origin.one = !post && strcmp(rest, "/{id}") == 0;
    origin.makes = post && route->run == record_make;
    origin.changes = post && route->run == record_save;
    if (post && hooks && hooks->asks)
        origin.step = hooks->asks(to->arena, route);
    return origin;
}

static bool is_write_of_kind(const struct origin *origin)
{
    return origin->makes || origin->changes || origin->step;
}

/* --- parameters --- */

void openapi_parameter(struct json *json, struct str name, const char *in, const char *help)
{
    json_begin(json, '{');
    json_key(json, "name");
    json_str(json, name);
    openapi_pair(json, "in", in);
    openapi_pair(json, "description", help);
    json_key(json, "required");
    json_bool(json, strcmp(in, "path") == 0);
    openapi_object(json, "schema");
}

void openapi_parameter_end(struct json *json)
{
    json_end(json, '}');
    json_end(json, '}');
}

static void put_path_parameters(struct json *json, const char *path)
{
    static const char *const words[][2] = {{"body", "本级组织的地址名"},
                                           {"kind", "记录的种类，例如 organization"},
                                           {"action", "办理什么，例如 remove"},
                                           {"id", "编号，13 位"},
                                           {"seat", "身份的编号"}};
    for (struct str rest = str_from(path); str_has(rest, STR("{"));) {
        str_cut(&rest, STR("{"));
        struct str name = str_cut(&rest, STR("}"));
        for (size_t i = 0; i < sizeof words / sizeof *words; i++)
            if (str_is(name, words[i][0]))
                openapi_parameter(json, name, "path", words[i][1]);
        openapi_pair(json, "type", "string");
        openapi_parameter_end(json);
    }
}

static void put_sorts(struct json *json, const struct kind *kind)
{
    openapi_pair(json, "type", "string");
    json_key(json, "enum");
    json_begin(json, '[');
    for (const struct field *field = kind->fields; field->key; field++) {
        char text[NAME_ROOM];
        if (!field->sort)
            continue;
        snprintf(text, sizeof text, "-%s", field->key);
        json_str(json, str_from(field->key));
        json_str(json, str_from(text));
    }
    json_str(json, STR(""));
    json_end(json, ']');
}

static void put_filter(struct json *json, const struct field *field)
{
    if (field->kind == FIELD_CHOICE) {
        openapi_choices(json, field->choices, false);
        return;
    }
    if (field->kind == FIELD_FLAG) {
        static const struct choice flags[] = {{"1", "是"}, {"0", "否"}, {NULL, NULL}};
        openapi_choices(json, flags, false);
        return;
    }
    openapi_pair(json, "type", field->kind == FIELD_INT ? "integer" : "string");
    if (field->kind == FIELD_DATE)
        openapi_pair(json, "format", "date");
}

static void put_query_schema(struct json *json, const struct kind *kind, const char *name)
{
    int field = kind ? kind_field(kind, name) : -1;
    if (field >= 0 && kind->fields[field].filter) {
        put_filter(json, &kind->fields[field]);
    } else if (kind && strcmp(name, "sort") == 0) {
        put_sorts(json, kind);
    } else if (kind && strcmp(name, "limit") == 0) {
        openapi_pair(json, "type", "integer");
        json_key(json, "minimum");
        json_int(json, 1);
        json_key(json, "maximum");
        json_int(json, RECORD_PAGE_MAX);
        json_key(json, "default");
        json_int(json, RECORD_PAGE);
    } else {
        openapi_pair(json, "type", "string");
    }
}

static void put_parameters(struct writer *to, const struct route *route,
                           const struct origin *origin)
{
    struct json *json = &to->json;
    json_key(json, "parameters");
    json_begin(json, '[');
    put_path_parameters(json, route->path);
    const struct kind *listed = origin->list ? origin->pages->kind : NULL;
    bool get = route->method == METHOD_GET;
    for (const struct query_name *asked = route->query; get && asked && asked->name; asked++) {
        if (!asked->help)
            continue;
        openapi_parameter(json, str_from(asked->name), "query", asked->help);
        put_query_schema(json, listed, asked->name);
        openapi_parameter_end(json);
    }
    if (is_write_of_kind(origin))
        openapi_ref(json, "parameters", "idempotency_key");
    if (route->flags & ROUTE_CACHED)
        openapi_ref(json, "parameters", "if_none_match");
    json_end(json, ']');
}

/* --- bodies of writes --- */

void openapi_content(struct json *json, const char *type)
{
    openapi_object(json, type);
    json_key(json, "schema");
}

static void put_kind_body(struct writer *to, const struct origin *origin)
{
    struct json *json = &to->json;
    static const char *const types[] = {"application/json", "application/x-www-form-urlencoded"};
    char name[NAME_ROOM];
    snprintf(name, sizeof name, "%s_%s", origin->pages->kind->name,
             origin->makes ? "new" : "change");
    for (int i = 0; i < 2; i++) {
        openapi_content(json, types[i]);
        if (origin->step)
            openapi_asked(json, origin->step, to->engine->hooks->asked, NULL, ASKING_STEP);
        else
            openapi_ref(json, "schemas", name);
        json_end(json, '}');
    }
}

static void put_named_member(struct json *json, const struct query_name *asked)
{
    openapi_object(json, asked->name);
    openapi_pair(json, "description", asked->help);
    json_end(json, '}');
}

/* What a module's write reads: its names, and the files of an upload. */
static void put_named_body(struct json *json, const struct route *route)
{
    bool upload = route->flags & ROUTE_UPLOAD;
    openapi_content(json, upload ? "multipart/form-data" : "application/json");
    json_begin(json, '{');
    openapi_pair(json, "type", "object");
    openapi_object(json, "properties");
    if (upload) {
        openapi_object(json, "file");
        openapi_pair(json, "type", "string");
        openapi_pair(json, "contentMediaType", "application/octet-stream");
        openapi_pair(json, "description", "文件；附件可以一次几个，同用这个名称");
        json_end(json, '}');
    }
    for (const struct query_name *asked = route->query; asked && asked->name; asked++)
        put_named_member(json, asked);
    json_end(json, '}');
    json_end(json, '}');
    json_end(json, '}');
}

static void put_body(struct writer *to, const struct route *route, const struct origin *origin)
{
    struct json *json = &to->json;
    if (!is_write_of_kind(origin) && !route->query && !(route->flags & ROUTE_UPLOAD))
        return;
    openapi_object(json, "requestBody");
    json_key(json, "required");
    json_bool(json, is_write_of_kind(origin) || (route->flags & ROUTE_UPLOAD));
    openapi_object(json, "content");
    if (is_write_of_kind(origin))
        put_kind_body(to, origin);
    else
        put_named_body(json, route);
    json_end(json, '}');
    json_end(json, '}');
}

/* --- answers --- */

static void put_page_schema(struct writer *to, const struct route *route,
                            const struct origin *origin)
{
    struct json *json = &to->json;
    const struct kind_pages *pages = origin->pages;
    const struct shape *shape = route->method == METHOD_GET ? route->shape : route->answer;
    json_begin(json, '{');
    if (origin->one && pages && !pages->kind->by_program)
        shape = shape_joined(to->arena, pages->data, shape);
    openapi_members(json, to->engine, shape, shape->n);
    json_end(json, '}');
}

static void put_schema(struct writer *to, const struct route *route, const struct origin *origin)
{
    if (is_write_of_kind(origin))
        openapi_ref(&to->json, "schemas", origin->pages->kind->name);
    else if (route->method == METHOD_GET ? route->shape : route->answer)
        put_page_schema(to, route, origin);
    else
        openapi_ref(&to->json, "schemas", "done");
}

static void put_file_types(struct writer *to, const struct route *route)
{
    struct json *json = &to->json;
    static const struct {
        int form;
        const char *mime;
    } types[] = {{FORM_CSV, "text/csv"},
                 {FORM_XLSX, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
                 {FORM_FILE, "*/*"},
                 {FORM_HTML, "text/html"}};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (!(route->forms & types[i].form))
            continue;
        openapi_object(json, types[i].mime);
        json_end(json, '}');
    }
}

static void put_done(struct writer *to, const struct route *route, const struct origin *origin,
                     const char *code, const char *words)
{
    struct json *json = &to->json;
    openapi_object(json, code);
    openapi_pair(json, "description", words);
    if (route->flags & ROUTE_CACHED || route->method == METHOD_POST) {
        bool post = route->method == METHOD_POST;
        openapi_object(json, "headers");
        json_key(json, post ? "Location" : "ETag");
        openapi_ref(json, "headers", post ? "location" : "etag");
        json_end(json, '}');
    }
    openapi_object(json, "content");
    if (route->forms & FORM_JSON) {
        openapi_content(json, "application/json");
        put_schema(to, route, origin);
        json_end(json, '}');
    }
    put_file_types(to, route);
    json_end(json, '}');
    json_end(json, '}');
}

static void put_answers(struct writer *to, const struct route *route, const struct origin *origin)
{
    struct json *json = &to->json;
    bool post = route->method == METHOD_POST;
    openapi_object(json, "responses");
    put_done(to, route, origin, "200",
             origin->makes ? "同一编号或同一 Idempotency-Key 的记录已经登记过，这是那一条"
                           : "完成");
    if (origin->makes)
        put_done(to, route, origin, "201", "已登记");
    if (route->flags & ROUTE_CACHED) {
        openapi_object(json, "304");
        openapi_pair(json, "description", "与 If-None-Match 所写的相同，没有内容");
        json_end(json, '}');
    }
    for (int i = 0; i < OPENAPI_REFUSALS; i++) {
        if (openapi_refusals[i].writes && !post)
            continue;
        json_key(json, openapi_refusals[i].code);
        openapi_ref(json, "responses", openapi_refusals[i].name);
    }
    json_end(json, '}');
}

/* --- operations --- */

/* get_organization, get_organization_id, post_designation_id_register; what has no body in its
 * address begins with "all". */
static struct str operation_id(const struct writer *to, const struct route *route)
{
    AUTOBUF buf = buf_open(KIB(1));
    struct str rest = str_from(route->path);
    bool instance = !str_starts(rest, STR("/{body}"));
    buf_put(&buf, route->method == METHOD_GET ? STR("get") : STR("post"));
    if (instance)
        buf_put(&buf, STR("_all"));
    else
        rest = str_from_byte(rest, strlen("/{body}"));
    for (size_t i = 0; i < rest.len; i++) {
        char c = rest.ptr[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (plain || c == '/' || c == '-' || c == '.')
            buf_char(&buf, plain ? c : '_');
    }
    return str_copy(to->arena, buf_str(&buf));
}

static void put_security(struct json *json, const struct route *route)
{
    char text[NAME_ROOM];
    if (route->need == RIGHT_PUBLIC) {
        json_key(json, "security");
        json_begin(json, '[');
        json_end(json, ']');
        return;
    }
    snprintf(text, sizeof text, "需要“%s”的权限（%s）。", right_label(route->need),
             right_word(route->need));
    openapi_pair(json, "description", text);
    openapi_pair(json, "x-right", right_word(route->need));
}

static void put_operation(struct writer *to, const struct route *route)
{
    struct json *json = &to->json;
    struct origin origin = origin_of(to, route);
    openapi_object(json, route->method == METHOD_GET ? "get" : "post");
    openapi_pair(json, "summary", route->help);
    json_key(json, "operationId");
    json_str(json, operation_id(to, route));
    if (origin.pages) {
        json_key(json, "tags");
        json_begin(json, '[');
        json_str(json, str_from(origin.pages->kind->label));
        json_end(json, ']');
    }
    put_security(json, route);
    put_parameters(to, route, &origin);
    if (route->method == METHOD_POST)
        put_body(to, route, &origin);
    put_answers(to, route, &origin);
    json_end(json, '}');
}

/* Paths are grouped by first appearance; routes of one path need not stand together. */
static void put_paths(struct writer *to)
{
    int n;
    const struct app *app = to->engine->app;
    app_route_at(app, 0, &n);
    for (int i = 0; i < n; i++) {
        const struct route *route = app_route_at(app, i, &n);
        bool seen = !is_told(route);
        for (int j = 0; j < i && !seen; j++) {
            const struct route *before = app_route_at(app, j, &n);
            seen = is_told(before) && strcmp(before->path, route->path) == 0;
        }
        if (seen)
            continue;
        openapi_object(&to->json, route->path);
        for (int j = i; j < n; j++) {
            const struct route *same = app_route_at(app, j, &n);
            if (is_told(same) && strcmp(same->path, route->path) == 0)
                put_operation(to, same);
        }
        json_end(&to->json, '}');
    }
}

enum status record_openapi(struct call *call, struct page *page)
{
    AUTOBUF buf = buf_open(OPENAPI_MAX_BYTES);
    struct writer to = {json_open(&buf), call->arena, call->route->data};
    json_begin(&to.json, '{');
    openapi_info(&to);
    openapi_object(&to.json, "paths");
    put_paths(&to);
    json_end(&to.json, '}');
    openapi_components(&to);
    json_end(&to.json, '}');
    if (buf.full)
        return call_refuse(call, FAULT, NULL, "接口说明过长，无法生成。");
    page->file = str_copy(call->arena, buf_str(&buf));
    page->mime = STR("application/json; charset=utf-8");
    return OK;
}
