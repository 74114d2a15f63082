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

static const struct column one_columns[] = {
    {"field", NULL, COLUMN_TEXT, .help = "填写项的名称，下级用点隔开，如 names.0.name"},
    {"pointer", NULL, COLUMN_TEXT, .help = "所提交 JSON 中的位置（RFC 6901），如 #/names/0/name"},
    {"detail", NULL, COLUMN_TEXT, .help = "错在哪里、怎样改正"},
};
static const struct shape shape_one = {"error", one_columns, 3};
static const struct column problem_columns[] = {
    {"type", NULL, COLUMN_TEXT, .help = "问题类别的地址；about:blank 表示由 status 说明"},
    {"title", NULL, COLUMN_TEXT, .help = "问题类别"},
    {"status", NULL, COLUMN_INT, .help = "HTTP 状态码"},
    {"detail", NULL, COLUMN_TEXT, .help = "一句话：什么不对、在哪里、怎样办"},
    {"advice", NULL, COLUMN_TEXT, .help = "接着怎样办"},
    {"request", NULL, COLUMN_TEXT, .help = "请求编号，可据此在服务器日志中查找"},
    {"field", NULL, COLUMN_TEXT, .help = "第一处有误的填写项或参数"},
    {"errors", NULL, COLUMN_LIST, .shape = &shape_one, .help = "每一处有误的填写项"},
    {"current", NULL, COLUMN_OBJECT,
     .help = "冲突时，记录现在的内容；几个文件未全部上传时，各自的结果"},
};
enum { PROBLEM_COLUMNS_N = sizeof problem_columns / sizeof *problem_columns };
const struct shape shape_refusal = {"problem", problem_columns, PROBLEM_COLUMNS_N};

/* names.0.name is #/names/0/name: what a form joins with dots, JSON nests. */
static struct str pointer_of(struct arena *arena, struct str field)
{
    AUTOBUF buf = buf_open(KIB(4));
    BUF_LIT(&buf, "#");
    while (field.len > 0) {
        buf_char(&buf, '/');
        buf_put(&buf, str_cut(&field, STR(".")));
    }
    return str_copy(arena, buf_str(&buf));
}

void call_error(struct call *call, struct str field, struct str sentence)
{
    if (!call->errors)
        call->errors = list_new(call->arena, &shape_one);
    struct value *row = list_add(call->arena, call->errors);
    row[0] = value_text(field);
    row[1] = value_text(pointer_of(call->arena, field));
    row[2] = value_text(sentence);
}

static int kind_of(int code)
{
    for (int i = 0; i < KINDS_N; i++)
        if (kinds[i].code == code)
            return i;
    return code < 500 ? 0 : KINDS_N - 2;
}

/* Only what there is to say: the columns whose value is not null. */
static const struct object *told(struct arena *arena, const struct object *all)
{
    struct column *columns = arena_new(arena, struct column, all->shape->n);
    struct shape *shape = arena_new(arena, struct shape, 1);
    *shape = (struct shape){all->shape->name, columns, 0};
    struct object *object = arena_new(arena, struct object, 1);
    *object = (struct object){shape, arena_new(arena, struct value, all->shape->n)};
    for (int i = 0; i < all->shape->n; i++) {
        if (i >= PROBLEM_COLUMNS_ALWAYS && all->values[i].kind == VALUE_NULL)
            continue;
        columns[shape->n] = all->shape->columns[i];
        object->values[shape->n++] = all->values[i];
    }
    return object;
}

static const struct object *error_model(struct call *call, const struct fault *fault, int code)
{
    int kind = kind_of(code);
    struct str message = fault->message;
    if (message.len == 0)
        message = str_fmt(call->arena, "%s。", status_text(fault->status));
    struct object *model = object_new(call->arena, &shape_refusal);
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
    object_set(model, "errors", value_list(call->errors));
    object_set(model, "current", value_object(call->current));
    return model;
}

static void put_page(struct call *call, const struct object *model, int code, struct buf *to)
{
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
        view_put_json(&response->owned, told(call->arena, model));
    else
        put_page(call, model, code, &response->owned);
    response->status = code;
    response->content_type = json ? "application/problem+json" : "text/html; charset=utf-8";
    response->body = buf_str(&response->owned);
    response->allow = response_keep(response, allow);
    response->disposition = response->etag = response->location = (struct str){0};
    response->no_store = true;
}
