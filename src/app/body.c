#include <inttypes.h>
#include <jansson.h>

#include "app/priv.h"

/* One scalar of a JSON body as the text a form would have sent; false for what a form cannot. */
static bool json_text(struct arena *arena, const json_t *value, struct str *ret_text)
{
    switch (json_typeof(value)) {
    case JSON_STRING:
        *ret_text =
            str_copy(arena, (struct str){json_string_value(value), json_string_length(value)});
        return true;
    case JSON_INTEGER:
        *ret_text = str_fmt(arena, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
        return true;
    case JSON_TRUE:
        *ret_text = STR("1");
        return true;
    case JSON_FALSE:
        *ret_text = STR("0");
        return true;
    case JSON_NULL:
        *ret_text = STR("");
        return true;
    default:
        return false;
    }
}

static enum status add_json(struct arena *arena, struct str name, const json_t *value,
                            struct params *params, struct fault *fault)
{
    struct param param = {.name = name};
    if (params->n == FORM_PARAMS_MAX)
        return refuse_http(arena, fault, INVALID, 413, "一次提交超过 %d 项内容，请分几次提交。",
                           FORM_PARAMS_MAX);
    if (!json_text(arena, value, &param.value))
        return OK; /* deeper values are the action's to read from request->body */
    *arena_push(arena, params->items, params->n, params->room) = param;
    return OK;
}

static enum status add_members(struct arena *arena, json_t *object, struct params *params,
                               struct fault *fault)
{
    const char *key;
    json_t *value, *item;
    size_t i;
    json_object_foreach(object, key, value)
    {
        struct str name = str_copy(arena, str_from(key));
        if (!json_is_array(value)) {
            TRY(add_json(arena, name, value, params, fault));
            continue;
        }
        json_array_foreach(value, i, item) TRY(add_json(arena, name, item, params, fault));
    }
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
        status = add_members(arena, root, &params, fault);
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
