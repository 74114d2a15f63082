#include <inttypes.h>
#include <jansson.h>

#include "app/priv.h"

/*
 * A JSON body as the names a form would have sent: {"name": "甲", "parts": [{"name": "柄"}]} gives
 * name=甲 and parts.0.name=柄. Words of a list share a name; an empty list is an empty value.
 */
enum { JSON_DEPTH_MAX = 6, JSON_NAME_MAX = 200 };

struct flatten {
    struct arena *arena;
    struct params *params;
    struct fault *fault;
    int depth, values;
};

static struct str json_text(struct arena *arena, const json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_STRING:
        return str_copy(arena, (struct str){json_string_value(value), json_string_length(value)});
    case JSON_INTEGER:
        return str_fmt(arena, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    case JSON_REAL:
        return str_fmt(arena, "%.17g", json_real_value(value));
    case JSON_TRUE:
        return STR("1");
    case JSON_FALSE:
        return STR("0");
    default:
        return STR("");
    }
}

static enum status add_json(struct flatten *flatten, struct str name, struct str value)
{
    struct params *params = flatten->params;
    if (name.len > JSON_NAME_MAX)
        return refuse_http(flatten->arena, flatten->fault, INVALID, 400,
                           "JSON 里有超过 %d 字节的名称，请改短后重新提交。", JSON_NAME_MAX);
    *arena_push(flatten->arena, params->items, params->n, params->room) =
        (struct param){name, value};
    return OK;
}

static enum status add_value(struct flatten *flatten, struct str name, json_t *value);

static enum status add_elements(struct flatten *flatten, struct str name, json_t *array)
{
    size_t i;
    json_t *item;
    if (json_array_size(array) == 0)
        return add_json(flatten, name, STR(""));
    json_array_foreach(array, i, item)
    {
        bool deeper = json_is_object(item) || json_is_array(item);
        TRY(add_value(flatten,
                      deeper ? str_fmt(flatten->arena, "%.*s.%zu", STR_ARG(name), i) : name, item));
    }
    return OK;
}

static enum status add_members(struct flatten *flatten, struct str name, json_t *object)
{
    const char *key;
    json_t *value;
    json_object_foreach(object, key, value)
    {
        struct str below = str_copy(flatten->arena, str_head(str_from(key), JSON_NAME_MAX + 1));
        if (name.len > 0)
            below = str_fmt(flatten->arena, "%.*s.%.*s", STR_ARG(name), STR_ARG(below));
        TRY(add_value(flatten, below, value));
    }
    return OK;
}

static enum status add_value(struct flatten *flatten, struct str name, json_t *value)
{
    if (flatten->values++ == FORM_PARAMS_MAX)
        return refuse_http(flatten->arena, flatten->fault, INVALID, 413,
                           "一次提交超过 %d 项内容，请分几次提交。", FORM_PARAMS_MAX);
    if (!json_is_object(value) && !json_is_array(value))
        return add_json(flatten, name, json_text(flatten->arena, value));
    if (++flatten->depth > JSON_DEPTH_MAX)
        return refuse_http(flatten->arena, flatten->fault, INVALID, 400,
                           "JSON 超过 %d 层，请改为较浅的结构后重新提交。", JSON_DEPTH_MAX);
    TRY(json_is_object(value) ? add_members(flatten, name, value)
                              : add_elements(flatten, name, value));
    flatten->depth--;
    return OK;
}

static enum status parse_json(struct arena *arena, struct str bytes, struct request *request,
                              struct fault *fault)
{
    json_error_t error;
    json_t *root =
        json_loadb(bytes.ptr ? bytes.ptr : "", bytes.len, JSON_REJECT_DUPLICATES, &error);
    if (!root)
        return refuse_http(arena, fault, INVALID, 400,
                           "JSON 第 %d 行第 %d 列有误，请改正后重新提交。", error.line,
                           error.column);
    struct params params = {0};
    enum status status = OK;
    if (json_is_object(root))
        status = add_value(&(struct flatten){arena, &params, fault, 0, 0}, STR(""), root);
    else
        status =
            refuse_http(arena, fault, INVALID, 400,
                        "提交的 JSON 应是一个对象，例如 {\"name\": \"甲\"}，请改正后重新提交。");
    json_decref(root);
    if (status != OK)
        return status;
    request->form = params.items;
    request->form_n = params.n;
    request->body = bytes;
    return OK;
}

static bool type_is(struct str content_type, const char *type)
{
    struct str bare = str_trim(str_cut(&content_type, STR(";")));
    return bare.len == strlen(type) && strncasecmp(bare.ptr, type, bare.len) == 0;
}

enum status app_parse_body(struct arena *arena, struct str bytes, struct request *request,
                           struct fault *fault)
{
    struct str type = request->content_type;
    if (type_is(type, "multipart/form-data"))
        return multipart_parse(arena, bytes, type, request, fault);
    if (type_is(type, "application/json"))
        return parse_json(arena, bytes, request, fault);
    if (type_is(type, "application/x-www-form-urlencoded")) {
        struct params params;
        TRY(params_parse(arena, bytes, FORM_PARAMS_MAX, BODY_MAX, &params, fault));
        request->form = params.items;
        request->form_n = params.n;
        return OK;
    }
    if (bytes.len == 0 && type.len == 0)
        return OK;
    return refuse_http(arena, fault, INVALID, 415,
                       "不能识别提交内容的格式，请用表单、文件表单或 JSON 提交。");
}
