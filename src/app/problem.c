/* Refusals and faults as answers: RFC 9457 objects, or a page with the sentence and what to do. */
#include "app/priv.h"
#include "base/log.h"

static const struct {
    int code;
    const char *title, *advice;
} kinds[] = {
    {400, "请求有误", "如果是从链接来到这里的，请把该链接告知系统管理员。"},
    {401, "需要登录", "请登录后再办理。"},
    {403, "不能进行此操作", "如确需办理，请与本单位的系统管理员联系。"},
    {404, "没有找到", "也可以从栏目中进入，或返回上一页重新选择。"},
    {405, "不支持的操作", "请从页面上的按钮进行操作。"},
    {406, "没有这种格式", "请换用所列的格式，或直接打开页面查看。"},
    {409, "内容已有变化", "请重新打开页面，看过最新内容后再改。"},
    {413, "提交的内容过大", "请减小文件，或分几次提交。"},
    {415, "不能识别的格式", "请换用所列的格式后再提交。"},
    {422, "填写有误", "请返回上一页，按提示改正后重新提交。"},
    {507, "磁盘已满", "请在服务器上腾出磁盘空间，再提交一次。"},
    {500, "系统出现故障", "请稍后再试；仍不能恢复时，请把请求编号告知系统管理员。"},
    {503, "暂时繁忙", "请稍候片刻，再刷新本页。"},
};
enum { KINDS_N = sizeof kinds / sizeof *kinds };

static const struct column error_columns[] = {
    {"type", NULL, COLUMN_TEXT},   {"title", NULL, COLUMN_TEXT},  {"status", NULL, COLUMN_INT},
    {"detail", NULL, COLUMN_TEXT}, {"advice", NULL, COLUMN_TEXT}, {"request", NULL, COLUMN_TEXT},
    {"field", NULL, COLUMN_TEXT},
};
enum { ERROR_COLUMNS_N = sizeof error_columns / sizeof *error_columns };
const struct shape shape_error = {"problem", error_columns, ERROR_COLUMNS_N};
/* Without `field`, which is left out when the whole is refused. */
static const struct shape shape_error_whole = {"problem", error_columns, ERROR_COLUMNS_N - 1};

static int kind_of(int code)
{
    for (int i = 0; i < KINDS_N; i++)
        if (kinds[i].code == code)
            return i;
    return code < 500 ? 0 : KINDS_N - 2;
}

/* A refused change also says what the record is now. */
static const struct shape *error_shape(struct call *call, const struct fault *fault)
{
    const struct shape *shape = fault->field.len ? &shape_error : &shape_error_whole;
    if (!call->current)
        return shape;
    struct column *columns = arena_new(call->arena, struct column, shape->n + 1);
    memcpy(columns, shape->columns, (size_t)shape->n * sizeof *columns);
    columns[shape->n] =
        (struct column){"current", NULL, COLUMN_OBJECT, .shape = call->current->shape};
    struct shape *with = arena_new(call->arena, struct shape, 1);
    *with = (struct shape){shape->name, columns, shape->n + 1};
    return with;
}

static const struct object *error_model(struct call *call, const struct fault *fault, int code)
{
    int kind = kind_of(code);
    struct str message = fault->message;
    if (message.len == 0)
        message = str_fmt(call->arena, "%s。", status_text(fault->status));
    struct object *model = object_new(call->arena, error_shape(call, fault));
    object_set(model, "type", value_text(STR("about:blank")));
    object_set(model, "title", value_text(str_from(kinds[kind].title)));
    object_set(model, "status", value_int(code));
    object_set(model, "detail", value_text(message));
    const char *advice =
        call->kept && code == 503 ? "请从栏目中进入，查看已保存的内容。" : kinds[kind].advice;
    object_set(model, "advice", value_text(str_from(advice)));
    object_set(model, "request", value_text(str_copy(call->arena, str_from(call->request->id))));
    if (fault->field.len)
        object_set(model, "field", value_text(fault->field));
    if (call->current)
        object_set(model, "current", value_object(call->current));
    return model;
}

static void put_page(struct call *call, const struct object *data, int code, struct buf *to)
{
    struct object *model = object_new(call->arena, &shape_error);
    for (int i = 0; i < shape_error.n; i++)
        if (shape_index(data->shape, str_from(shape_error.columns[i].key)) >= 0)
            model->values[i] = object_get(data, shape_error.columns[i].key);
    AUTOBUF content = buf_open(MIB(1));
    template_render(&content, call->app->error, model, NULL);
    if (call->request->htmx) {
        buf_put(to, buf_str(&content));
        return;
    }
    struct page page = {.title = str_from(kinds[kind_of(code)].title)};
    put_framed(call, &page, &content, to);
}

void problem(struct call *call, bool json, const struct fault *fault, struct str allow,
             struct response *response)
{
    int code = fault->http ? fault->http : status_http(fault->status);
    const struct object *model = error_model(call, fault, code);
    if (fault->status == FAULT)
        log_line(LOG_ERROR, call->request->id, "%s: %.*s", call->route ? call->route->path : "-",
                 STR_ARG(fault->message));
    buf_clear(&response->owned);
    if (json)
        view_put_json(&response->owned, model);
    else
        put_page(call, model, code, &response->owned);
    response->status = code;
    response->content_type = json ? "application/problem+json" : "text/html; charset=utf-8";
    response->body = buf_str(&response->owned);
    response->allow = response_keep(response, allow);
    response->disposition = response->etag = response->location = (struct str){0};
    response->no_store = true;
}
