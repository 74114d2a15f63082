/* 核对与存证: whether the journal is whole, signed checkpoints, evidence packs - for who may read
 * it in the browser. */
#include <errno.h>
#include <unistd.h>

#include "app/spool.h"
#include "audit.sql.h"
#include "engine/audit/pages.h"

enum { CHECKPOINT_CAP = 1 << 20, PACK_CAP = 128 << 20 };

struct check_pages {
    const struct kind *const *kinds;
    struct audit_desk *desk;
};

static const struct check_pages *pages_of(const struct call *call)
{
    return call->route->data;
}

static const char no_key[] =
    "还没有配置签名密钥，请管理员在设置文件 duikou.conf 里写上 key-dir 并重新启动服务。";

/* --- the page --- */

static const struct choice check_states[] = {{"running", "正在核对"},
                                             {"whole", "链完整"},
                                             {"broken", "核对不通过"},
                                             {"stopped", "没有核对完"},
                                             {NULL, NULL}};
#define PAGE_ONLY .flags = COLUMN_PAGE_ONLY
static const struct column check_columns[] = {
    {.key = "begun", .label = "开始", .kind = COLUMN_INSTANT},
    {.key = "ended", .label = "结束", .kind = COLUMN_INSTANT},
    {.key = "by", .label = "核对人", .kind = COLUMN_TEXT},
    {.key = "state", .label = "结果", .kind = COLUMN_CHOICE, .choices = check_states},
    {.key = "total", .label = "日志", .kind = COLUMN_INT},
    {.key = "entries", .label = "已核对", .kind = COLUMN_INT},
    {.key = "chains", .label = "链", .kind = COLUMN_INT},
    {.key = "records", .label = "记录", .kind = COLUMN_INT},
    {.key = "purged", .label = "已清除", .kind = COLUMN_INT},
    {.key = "unjournaled", .label = "早于日志", .kind = COLUMN_INT},
    {.key = "problem", .label = "说明", .kind = COLUMN_TEXT},
    {.key = "is_whole", .kind = COLUMN_FLAG, PAGE_ONLY},
    {.key = "is_broken", .kind = COLUMN_FLAG, PAGE_ONLY},
    {.key = "is_running", .kind = COLUMN_FLAG, PAGE_ONLY},
    {.key = "has_purged", .kind = COLUMN_FLAG, PAGE_ONLY},
    {.key = "has_unjournaled", .kind = COLUMN_FLAG, PAGE_ONLY},
};
static const struct shape shape_check = {"checks", check_columns,
                                         sizeof check_columns / sizeof *check_columns};
static const struct column point_columns[] = {
    {.key = "id", .kind = COLUMN_ID},
    {.key = "made", .label = "生成", .kind = COLUMN_INSTANT},
    {.key = "by", .label = "生成人", .kind = COLUMN_TEXT},
    {.key = "entries", .label = "日志", .kind = COLUMN_INT},
    {.key = "url", .kind = COLUMN_URL},
};
static const struct shape shape_point = {"checkpoints", point_columns, 5};
static const struct column page_columns[] = {
    {.key = "checks", .kind = COLUMN_LIST, .shape = &shape_check},
    {.key = "checkpoints", .kind = COLUMN_LIST, .shape = &shape_point},
    {.key = "fingerprint", .label = "密钥指纹", .kind = COLUMN_TEXT},
    {.key = "is_running", .kind = COLUMN_FLAG},
    {.key = "no_key", .kind = COLUMN_TEXT, PAGE_ONLY},
    {.key = "self_url", .kind = COLUMN_URL, PAGE_ONLY},
    {.key = "check_url", .kind = COLUMN_URL, PAGE_ONLY},
    {.key = "checkpoint_url", .kind = COLUMN_URL, PAGE_ONLY},
    {.key = "of_body", .kind = COLUMN_FLAG, PAGE_ONLY},
};
static const struct shape shape_page = {"journal_check", page_columns,
                                        sizeof page_columns / sizeof *page_columns};

/* Nobody tells any more how far it is: its node is gone. */
static bool is_silent(const struct call *call, const struct rows *rows, int i)
{
    int64_t seen = value_i64(rows_at(rows, i, 2));
    return str_is(value_str(rows_at(rows, i, 3)), "running") &&
           (call->now.us - seen > CHECK_SILENT_SEC * INT64_C(1000000) || seen > call->now.us);
}

static bool put_check(struct call *call, struct list *list, const struct rows *rows, int i)
{
    struct object row = {list->shape, list_add(call->arena, list)};
    bool silent = is_silent(call, rows, i);
    struct str state = silent ? STR("stopped") : value_str(rows_at(rows, i, 3));
    bool running = str_is(state, "running");
    object_set(&row, "begun", rows_at(rows, i, 1));
    if (!running)
        object_set(&row, "ended", rows_at(rows, i, 2));
    object_set(&row, "by", rows_at(rows, i, 4));
    object_set(&row, "state", value_text(state));
    static const char *const figures[] = {"total",   "entries", "chains",
                                          "records", "purged",  "unjournaled"};
    for (int k = 0; k < 6; k++)
        object_set(&row, figures[k], rows_at(rows, i, 5 + k));
    object_set(&row, "problem",
               silent ? value_text(STR("服务中途停止，没有核对完，请重新核对。"))
                      : rows_at(rows, i, 11));
    object_set(&row, "is_whole", value_int(str_is(state, "whole")));
    object_set(&row, "is_broken", value_int(str_is(state, "broken")));
    object_set(&row, "is_running", value_int(running));
    object_set(&row, "has_purged", value_int(value_i64(rows_at(rows, i, 9)) > 0));
    object_set(&row, "has_unjournaled", value_int(value_i64(rows_at(rows, i, 10)) > 0));
    return running;
}

static enum status put_checks(struct call *call, struct object *model)
{
    struct rows rows;
    bool running = false;
    struct list *list = list_new(call->arena, &shape_check);
    TRY(tx_run(call->tx, &SQL_check_list, ARGS(value_int(call->body.id)), &rows));
    for (int i = 0; i < rows.n; i++)
        running = put_check(call, list, &rows, i) || running;
    object_set(model, "checks", value_list(list));
    object_set(model, "is_running", value_int(running));
    return OK;
}

static enum status put_points(struct call *call, struct object *model)
{
    struct rows rows;
    struct list *list = list_new(call->arena, &shape_point);
    TRY(tx_run(call->tx, &SQL_checkpoint_list, ARGS(value_int(call->body.id)), &rows));
    for (int i = 0; i < rows.n; i++) {
        struct object row = {list->shape, list_add(call->arena, list)};
        struct str id = id_format(call->arena, value_i64(rows_at(&rows, i, 0)));
        object_set(&row, "id", rows_at(&rows, i, 0));
        object_set(&row, "made", rows_at(&rows, i, 1));
        object_set(&row, "by", rows_at(&rows, i, 2));
        object_set(&row, "entries", rows_at(&rows, i, 3));
        object_set(&row, "url", value_text(call_url(call, "journal/checkpoint/%.*s", STR_ARG(id))));
    }
    object_set(model, "checkpoints", value_list(list));
    return OK;
}

static enum status show(struct call *call, struct page *page)
{
    const struct key *key = audit_desk_key(pages_of(call)->desk);
    struct object *model = object_new(call->arena, &shape_page);
    TRY(journal_admit(call));
    TRY(put_checks(call, model));
    TRY(put_points(call, model));
    if (key) {
        AUTOBUF digits = buf_open(SM3_HEX + 1);
        struct sm3 fingerprint = key_fingerprint(key_public(key));
        hex_put(&digits, sm3_str(&fingerprint));
        object_set(model, "fingerprint", value_text(str_copy(call->arena, buf_str(&digits))));
        object_set(model, "checkpoint_url", value_text(call_url(call, "journal/checkpoint")));
    } else {
        object_set(model, "no_key", value_text(str_from(no_key)));
    }
    object_set(model, "self_url", value_text(call_url(call, "journal/check")));
    object_set(model, "check_url", value_text(call_url(call, "journal/check")));
    object_set(model, "of_body", value_int(call->body.id != 0));
    page->model = model;
    page->title = STR("核对与存证");
    page->state = STR("操作日志是否完整，随时可以核对；存证点和证据包可以下载，脱机核对。");
    journal_tabs(call, page, NULL);
    return OK;
}

/* --- a check --- */

struct beginning {
    int64_t body_id, id, total;
    struct str name;
    struct instant now;
};

static enum status add_check(struct tx *tx, void *context, struct fault *fault)
{
    const struct beginning *beginning = context;
    const int64_t kept_us = CHECKS_KEPT_DAYS * INT64_C(86400000000);
    (void)fault;
    TRY(tx_run(tx, &SQL_check_drop_old,
               ARGS(value_int(beginning->body_id), value_int(beginning->now.us - kept_us)), NULL));
    return tx_run(tx, &SQL_check_begin,
                  ARGS(value_int(beginning->body_id), value_int(beginning->id),
                       value_int(beginning->now.us), value_text(beginning->name),
                       value_int(beginning->total)),
                  NULL);
}

static int64_t scope_of(const struct call *call)
{
    return call->body.id ? call->body.id : AUDIT_ALL;
}

static enum status count_entries(struct call *call, int64_t *ret_n)
{
    struct rows rows;
    TRY(tx_run(call->tx, &SQL_audit_lengths, ARGS(value_int(scope_of(call))), &rows));
    *ret_n = value_i64(rows.cells[0]);
    return OK;
}

static enum status begin(struct call *call, struct page *page)
{
    struct audit_desk *desk = pages_of(call)->desk;
    struct beginning beginning = {.body_id = call->body.id,
                                  .id = call_new_id(call),
                                  .name = call_actor(call).name,
                                  .now = call->now};
    TRY(journal_admit(call));
    TRY(count_entries(call, &beginning.total));
    if (!desk || audit_desk_take(desk) != OK)
        return call_refuse(call, CONFLICT, NULL, "正在核对操作日志，请等它结束后再核对。");
    enum status status = call_write(call, WRITE_READING, add_check, &beginning);
    if (status != OK) {
        audit_desk_leave(desk);
        return status;
    }
    if (audit_desk_begin(desk, call->body.id, beginning.id) != OK)
        return call_refuse(call, BUSY, NULL, "系统不允许再开线程，没有核对，请稍后再试。");
    page->redirect = call_url(call, "journal/check");
    return OK;
}

/* --- checkpoints --- */

struct point {
    int64_t body_id, id, entries;
    struct str name, content;
    struct instant now;
};

static enum status add_point(struct tx *tx, void *context, struct fault *fault)
{
    const struct point *point = context;
    struct journal_change change = {.body_id = point->body_id,
                                    .chain = CHAIN_CHANGES,
                                    .kind = "journal_checkpoint",
                                    .id = point->id,
                                    .deed = "add"};
    (void)fault;
    TRY(tx_run(tx, &SQL_checkpoint_add,
               ARGS(value_int(point->body_id), value_int(point->id), value_int(point->now.us),
                    value_text(point->name), value_int(point->entries), value_text(point->content)),
               NULL));
    return tx_journal(tx, &change);
}

static enum status make_point(struct call *call, struct page *page)
{
    const struct key *key = audit_desk_key(pages_of(call)->desk);
    AUTOBUF content = buf_open(CHECKPOINT_CAP);
    struct point point = {.body_id = call->body.id,
                          .id = call_new_id(call),
                          .name = call_actor(call).name,
                          .now = call->now};
    TRY(journal_admit(call));
    if (!key)
        return call_refuse(call, CONFLICT, NULL, "%s", no_key);
    TRY(count_entries(call, &point.entries));
    TRY(audit_checkpoint(call->tx, scope_of(call), key, call->now, &content));
    if (content.full)
        return call_refuse(call, INVALID, NULL,
                           "组织太多，请在服务器上用 duikou audit checkpoint 生成。");
    point.content = buf_str(&content);
    TRY(call_write(call, WRITE_READING, add_point, &point));
    page->redirect = call_url(call, "journal/check");
    return OK;
}

/* 2026-11-21T10:00:00 as a name of a file: 20261121-100000 */
static struct str stamp(struct call *call, struct instant made)
{
    struct str text = instant_format(call->arena, made, ZONE_CHINA_MIN);
    char digits[16];
    int n = 0;
    for (size_t i = 0; i < text.len && n < 15; i++) {
        if (text.ptr[i] == 'T')
            digits[n++] = '-';
        else if (text.ptr[i] >= '0' && text.ptr[i] <= '9')
            digits[n++] = text.ptr[i];
    }
    return str_copy(call->arena, (struct str){digits, (size_t)n});
}

static enum status give_point(struct call *call, struct page *page)
{
    struct rows rows;
    int64_t id;
    TRY(journal_admit(call));
    TRY(call_path_id(call, call->body.id ? 1 : 0, &id));
    TRY(tx_run(call->tx, &SQL_checkpoint_text, ARGS(value_int(call->body.id), value_int(id)),
               &rows));
    if (rows.n == 0)
        return call_refuse(call, NOT_FOUND, NULL, "没有这个存证点，请从“核对与存证”里下载。");
    call_gives_out(call, "journal_checkpoint", id, "checkpoint");
    page->file = str_copy(call->arena, value_str(rows.cells[1]));
    page->mime = STR("text/plain; charset=utf-8");
    struct str at = stamp(call, (struct instant){value_i64(rows.cells[0])});
    page->filename = str_fmt(call->arena, "存证点-%.*s", STR_ARG(at));
    return OK;
}

/* --- packs --- */

/* All that the record ever said: who may read it now in the whole body, its private fields too. */
static bool may_have_contents(const struct call *call, const struct kind *kind)
{
    if (!call_may(call, RIGHT_READ) || !viewer_sees_body(&call->viewer, call->body.id))
        return false;
    for (const struct field *field = kind->fields; field->key; field++) {
        if (field_is_masked(field, &call->viewer, NULL))
            return false;
        for (int i = 0; field->kind == FIELD_ROWS && field->rows->fields[i].key; i++)
            if (field_is_masked(&field->rows->fields[i], &call->viewer, NULL))
                return false;
    }
    return true;
}

/* The answer's from here on; an unlinked file, as exports are. */
static enum status put_file(struct call *call, struct page *page, struct str bytes)
{
    page->fd = spool_file();
    page->fd_bytes = (int64_t)bytes.len;
    while (page->fd >= 0 && bytes.len > 0) {
        ssize_t n = write(page->fd, bytes.ptr, bytes.len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        bytes = str_from_byte(bytes, (size_t)n);
    }
    page->has_fd = page->fd >= 0 && bytes.len == 0;
    if (page->has_fd)
        return OK;
    if (page->fd >= 0)
        close(page->fd);
    return call_refuse(call, BUSY, NULL, "服务器的临时目录写不进去，没有生成，请联系管理员。");
}

static enum status give_pack(struct call *call, struct page *page)
{
    const struct check_pages *pages = pages_of(call);
    const struct key *key = audit_desk_key(pages->desk);
    struct asked asked = {.body_id = call->body.id};
    AUTOBUF pack = buf_open(PACK_CAP);
    TRY(journal_read_record(call, pages->kinds, &asked));
    if (!key)
        return call_refuse(call, CONFLICT, NULL, "%s", no_key);
    const struct audit_record record = {asked.kind, call->body.id, asked.id,
                                        may_have_contents(call, asked.kind)};
    TRY(audit_export(call->tx, &record, key, call->now, &pack, &call->fault));
    call_gives_out(call, asked.kind->name, asked.id, "evidence");
    page->filename = str_fmt(call->arena, "证据包-%s-%.*s.duikou", asked.kind->name,
                             STR_ARG(id_format(call->arena, asked.id)));
    return put_file(call, page, buf_str(&pack));
}

/* --- routes --- */

static const struct route all[] = {
    {METHOD_GET, "/{body}/journal/check", show, RIGHT_JOURNAL, FORM_HTML | FORM_JSON, 0,
     "操作日志的核对结果和存证点", "audit/check", &shape_page, NULL},
    {METHOD_POST, "/{body}/journal/check", begin, RIGHT_JOURNAL, FORM_HTML | FORM_JSON, 0,
     "核对本级组织的操作日志是否完整", NULL, NULL, NULL},
    {METHOD_POST, "/{body}/journal/checkpoint", make_point, RIGHT_JOURNAL, FORM_HTML | FORM_JSON, 0,
     "生成本级组织的存证点", NULL, NULL, NULL},
    {METHOD_GET, "/{body}/journal/checkpoint/{id}", give_point, RIGHT_JOURNAL, FORM_FILE, 0,
     "下载存证点", NULL, NULL, NULL},
    {METHOD_GET, "/{body}/journal/{kind}/{id}/pack", give_pack, RIGHT_JOURNAL, FORM_FILE, 0,
     "下载一条记录的证据包", NULL, NULL, NULL},
    {METHOD_GET, "/journal/check", show, RIGHT_JOURNAL, FORM_HTML | FORM_JSON, ROUTE_INSTANCE,
     "全部操作日志的核对结果和存证点", "audit/check", &shape_page, NULL},
    {METHOD_POST, "/journal/check", begin, RIGHT_JOURNAL, FORM_HTML | FORM_JSON, ROUTE_INSTANCE,
     "核对全部操作日志是否完整", NULL, NULL, NULL},
    {METHOD_POST, "/journal/checkpoint", make_point, RIGHT_JOURNAL, FORM_HTML | FORM_JSON,
     ROUTE_INSTANCE, "生成全部各链的存证点", NULL, NULL, NULL},
    {METHOD_GET, "/journal/checkpoint/{id}", give_point, RIGHT_JOURNAL, FORM_FILE, ROUTE_INSTANCE,
     "下载全部各链的存证点", NULL, NULL, NULL},
};
enum { ROUTES_N = sizeof all / sizeof *all };

void journal_check_routes(struct record_engine *engine, struct audit_desk *desk)
{
    struct arena *arena = record_engine_arena(engine);
    struct check_pages *pages = arena_new(arena, struct check_pages, 1);
    struct route *routes = arena_new(arena, struct route, ROUTES_N);
    *pages = (struct check_pages){record_engine_kinds(engine), desk};
    for (int i = 0; i < ROUTES_N; i++) {
        routes[i] = all[i];
        routes[i].data = pages;
    }
    app_add_routes(record_engine_app(engine), routes, ROUTES_N);
}
