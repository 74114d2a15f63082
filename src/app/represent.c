#include "app/priv.h"

#include "base/log.h"
#include "app/spool.h"

enum { ANSWER_BYTES_MAX = 32 << 20 };

struct str response_keep(struct response *response, struct str text)
{
    return text.len ? str_copy(&response->heads, text) : (struct str){0};
}

static struct str page_name(const struct page *page)
{
    return page->filename.len ? page->filename : page->title;
}

static void put_encoded(struct buf *buf, struct str text)
{
    static const char plain[] = "-._~";
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                        (c >= '0' && c <= '9') || (c && strchr(plain, c));
        if (is_plain)
            buf_char(buf, (char)c);
        else
            buf_fmt(buf, "%%%02X", c);
    }
}

/* RFC 6266: an ASCII name for old clients, the real one in UTF-8 beside it. */
static void set_disposition(struct response *response, struct str name, const char *suffix)
{
    AUTOBUF head = buf_open(KIB(8));
    buf_fmt(&head, "attachment; filename=\"duikou%s\"; filename*=UTF-8''", suffix);
    put_encoded(&head, str_head(name, 600));
    put_encoded(&head, str_from(suffix));
    response->disposition = response_keep(response, buf_str(&head));
}

static const char *file_suffix(struct str mime)
{
    static const struct {
        const char *mime, *suffix;
    } known[] = {
        {"application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".docx"},
        {"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx"},
        {"application/vnd.openxmlformats-officedocument.presentationml.presentation", ".pptx"},
        {"application/msword", ".doc"},
        {"application/vnd.ms-excel", ".xls"},
        {"application/vnd.ms-powerpoint", ".ppt"},
        {"application/ofd", ".ofd"},
        {"application/pdf", ".pdf"},
        {"image/jpeg", ".jpg"},
        {"image/png", ".png"},
        {"image/tiff", ".tif"},
        {"application/yaml", ".yaml"},
        {"application/json", ".json"},
        {"application/zip", ".zip"},
        {"text/csv", ".csv"},
        {"text/plain", ".txt"},
        {"text/calendar", ".ics"},
        {"text/vcard", ".vcf"},
    };
    struct str bare = str_trim(str_cut(&mime, STR(";")));
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (str_is(bare, known[i].mime))
            return known[i].suffix;
    return "";
}

static enum status put_file(struct page *page, struct response *response)
{
    buf_put(&response->owned, page->file);
    if (page->has_fd) {
        response->spooled = response->untrusted = response->no_store = true;
        response->spool_fd = page->fd;
        response->spool_bytes = page->fd_bytes;
    }
    struct str mime = page->mime.len ? page->mime : STR("application/octet-stream");
    response->content_type = response_keep(response, mime).ptr;
    if (page_name(page).len)
        set_disposition(response, page_name(page), file_suffix(mime));
    return OK;
}

void put_framed(struct call *call, const struct page *page, const struct buf *content,
                struct buf *to)
{
    struct str inset = call->shared ? (struct str){0} : frame_inset(call);
    template_render_layout(to, call->app->layout, frame_model(call, page), content, inset,
                           &call->inset_at);
}

static enum status put_html(struct call *call, int route_index, struct page *page,
                            struct response *response)
{
    const struct template *template =
        page->template ? page->template : call->app->templates[route_index];
    if (!template || !page->model)
        return call_refuse(call, FAULT, NULL, "本页没有可以显示的内容，请返回上一页。");
    if (call->request->htmx) {
        template_render(&response->owned, template, page->model, NULL);
        return OK;
    }
    AUTOBUF content = buf_open(ANSWER_BYTES_MAX);
    template_render(&content, template, page->model, NULL);
    put_framed(call, page, &content, &response->owned);
    response->owned.full |= content.full;
    return OK;
}

static const struct list *page_table(struct call *call, const struct page *page)
{
    struct value value = NULL_VALUE;
    if (page->model && page->table)
        value = object_get(page->model, page->table);
    if (value.kind != VALUE_LIST)
        call_refuse(call, FAULT, NULL, "本页没有可以导出的表，请返回上一页。");
    return value.kind == VALUE_LIST ? value.list : NULL;
}

static enum status xlsx_row(void *context, const struct value *cells, int n)
{
    (void)n;
    return view_xlsx_row(context, cells);
}

/* An open workbook is closed on every path: closing gives its memory and file back. */
static enum status put_xlsx_rows(struct call *call, struct page *page, const struct shape *shape,
                                 struct buf *to)
{
    struct xlsx *xlsx;
    TRY(view_xlsx_open(call->arena, str_c(call->arena, page->title), shape, &xlsx));
    enum status status = page->each(call, page, xlsx_row, xlsx);
    enum status closed = view_xlsx_close(xlsx, status == OK ? to : NULL);
    return status != OK ? status : closed;
}

static enum status put_xlsx(struct call *call, struct page *page, struct response *response)
{
    const struct list *list = page_table(call, page);
    if (!list)
        return FAULT;
    set_disposition(response, page_name(page), ".xlsx");
    enum status status =
        page->each ? put_xlsx_rows(call, page, list->shape, &response->owned)
                   : view_put_xlsx(&response->owned, str_c(call->arena, page->title), list);
    if (status == INVALID && call->fault.message.len == 0)
        return call_refuse(call, INVALID, NULL,
                           "本表的行数超过一张工作表的限度，请先筛选，或改用 .csv 导出。");
    if (status == FAULT && call->fault.message.len == 0)
        return call_refuse(call, FAULT, NULL, "制作表格文件时出错，请检查服务器磁盘空间后再试。");
    return status;
}

static enum status put_csv(struct call *call, struct page *page, struct response *response)
{
    const struct list *list = page_table(call, page);
    if (!list)
        return FAULT;
    set_disposition(response, page_name(page), ".csv");
    if (!page->each) {
        view_put_csv(&response->owned, list);
        return OK;
    }
    struct spool spool = spool_open(list->shape);
    enum status status = page->each(call, page, spool_csv_row, &spool);
    if (status == OK)
        status = spool_finish(&spool, response);
    if (status == FAULT && call->fault.message.len == 0)
        call_refuse(call, FAULT, NULL, "导出时写临时文件失败，请检查服务器磁盘空间后再试。");
    spool_close(&spool);
    return status;
}

static const struct column done_columns[] = {
    {"url", NULL, COLUMN_URL, .help = "接着可以看的地址"},
};
const struct shape shape_done = {"done", done_columns, 1};

static const struct object *redirected(struct call *call, const struct page *page)
{
    struct object *object = object_new(call->arena, &shape_done);
    object_set(object, "url", value_text(page->redirect));
    return object;
}

/* After a POST: a browser goes on to the next page, a program gets what was made. */
static enum status put_redirect(struct call *call, int form, struct page *page,
                                struct response *response)
{
    response->location = response_keep(response, page->redirect);
    bool post = call->request->method == METHOD_POST;
    if (form != FORM_JSON) {
        response->status = post ? 303 : 302;
        return OK;
    }
    if (page->answer.len)
        buf_put(&response->owned, page->answer);
    else if (page->model)
        view_put_json(&response->owned, page->model);
    else
        view_put_json(&response->owned, redirected(call, page));
    return OK;
}

enum status represent(struct call *call, int form, int route_index, struct page *page,
                      struct response *response)
{
    response->status = page->status ? page->status : 200;
    response->owned = buf_open(ANSWER_BYTES_MAX);
    for (int i = 0; i < FORM_KINDS_N; i++)
        if (form_kinds[i].form == form)
            response->content_type = form_kinds[i].content_type;
    enum status status = OK;
    response->set_cookie = response_keep(response, page->set_cookie);
    response->no_store = page->secret || page->set_cookie.len;
    response->clears = page->clears;
    if (page->redirect.len)
        status = put_redirect(call, form, page, response);
    else if (page->file.ptr || page->has_fd)
        status = put_file(page, response);
    else if (form == FORM_HTML)
        status = put_html(call, route_index, page, response);
    else if (form == FORM_CSV)
        status = put_csv(call, page, response);
    else if (form == FORM_XLSX)
        status = put_xlsx(call, page, response);
    else if (response->status >= 400)
        return call->fault.status != OK ? call->fault.status : INVALID;
    else if (page->model && page->record)
        view_put_json(&response->owned, object_joined(call->arena, page->record, page->model));
    else if (page->model)
        view_put_json(&response->owned, page->model);
    else
        status = call_refuse(call, FAULT, NULL, "本页没有可以显示的内容，请返回上一页。");
    if (status == OK && response->owned.full)
        status = call_refuse(call, INVALID, NULL, "内容超过 %d MB，请先筛选，或改用 .csv 导出。",
                             ANSWER_BYTES_MAX >> 20);
    response->body = buf_str(&response->owned);
    return status;
}
