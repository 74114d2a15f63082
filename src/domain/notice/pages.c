#include "domain/notice/notice.h"

#include "notice.sql.h"
#include "outbox.sql.h"

/* 通知, its count for the top bar, and the outbox. */

struct notice_data {
    struct record_engine *engine;
    struct outbox *outbox;
};

static const struct column notice_columns[] = {
    {"id", NULL, COLUMN_ID},     {"text", "事项", COLUMN_TEXT},  {"kind", "种类", COLUMN_TEXT},
    {"to", "发给", COLUMN_TEXT}, {"at", "时间", COLUMN_INSTANT}, {"is_read", "已读", COLUMN_FLAG},
    {"url", NULL, COLUMN_URL},
};
static const struct shape shape_notice = {"notice", notice_columns, 7};
enum { NOTICE_ID, NOTICE_TEXT, NOTICE_KIND, NOTICE_TO, NOTICE_AT, NOTICE_READ, NOTICE_URL };
static const struct column columns[] = {
    {"items", NULL, COLUMN_LIST, .shape = &shape_notice},
    {"unread", NULL, COLUMN_INT},
    {"read_url", NULL, COLUMN_URL, .flags = COLUMN_PAGE_ONLY},
};
static const struct shape shape_notices = {"notices", columns, 3};
static const struct column count_columns[] = {{"unread", NULL, COLUMN_INT}};
static const struct shape shape_count = {"count", count_columns, 1};

enum { MINE_MAX = 512 };

/* The office's and those of one's organization; without accounts this machine's clerk sees all. */
static enum status load(struct call *call, struct rows *ret_rows)
{
    const struct viewer *viewer = &call->viewer;
    struct value args[2 + MINE_MAX] = {value_int(call->body.id), value_int(viewer->account)};
    int n = 2;
    if (viewer->local)
        return tx_run(call->tx, &SQL_notice_all, args, n, ret_rows);
    if (call_may(call, RIGHT_EDIT))
        args[n++] = value_int(0);
    for (int i = 0; i < viewer->own_n && n < 2 + MINE_MAX; i++)
        args[n++] = value_int(viewer->own[i]);
    return tx_run(call->tx, &SQL_notice_for, args, n, ret_rows);
}

static int unread_of(const struct rows *rows)
{
    int n = 0;
    for (int i = 0; i < rows->n; i++)
        n += value_i64(rows_at(rows, i, 7)) == 0;
    return n;
}

static const struct kind *kind_named(const struct record_engine *engine, struct str name)
{
    for (const struct kind *const *kind = record_engine_kinds(engine); *kind; kind++)
        if (str_is(name, (*kind)->name))
            return *kind;
    return NULL;
}

static void add_notice(struct call *call, struct list *list, const struct rows *rows, int i)
{
    const struct notice_data *data = call->route->data;
    const struct kind *kind = kind_named(data->engine, value_str(rows_at(rows, i, 4)));
    struct value *row = list_add(call->arena, list);
    int64_t id;
    row[NOTICE_ID] = rows_at(rows, i, 0);
    row[NOTICE_TEXT] = rows_at(rows, i, 3);
    row[NOTICE_KIND] = value_text(str_from(kind ? kind->label : ""));
    row[NOTICE_TO] =
        value_i64(rows_at(rows, i, 1)) == 0 ? value_text(STR("办公室")) : rows_at(rows, i, 2);
    row[NOTICE_AT] = rows_at(rows, i, 6);
    row[NOTICE_READ] = rows_at(rows, i, 7);
    if (kind && id_parse(value_str(rows_at(rows, i, 5)), &id))
        row[NOTICE_URL] = value_text(record_url(call, kind, id));
}

static enum status show(struct call *call, struct page *page)
{
    struct rows rows;
    TRY(load(call, &rows));
    struct list *items = list_new(call->arena, &shape_notice);
    for (int i = 0; i < rows.n; i++)
        add_notice(call, items, &rows, i);
    struct object *model = object_new(call->arena, &shape_notices);
    int unread = unread_of(&rows);
    object_set(model, "items", value_list(items));
    object_set(model, "unread", value_int(unread));
    object_set(model, "read_url", value_text(call_url(call, "notice/read")));
    page->model = model;
    page->table = "items";
    page->title = STR("通知");
    page->state =
        unread > 0 ? str_fmt(call->arena, "%d 条未读。", unread) : STR("没有未读的通知。");
    if (call_may(call, RIGHT_EDIT))
        page_action(page, STR("发送情况"), call_url(call, "outbox"), false);
    return OK;
}

static enum status count(struct call *call, struct page *page)
{
    struct rows rows;
    TRY(load(call, &rows));
    struct object *model = object_new(call->arena, &shape_count);
    object_set(model, "unread", value_int(unread_of(&rows)));
    page->model = model;
    page->title = STR("未读通知");
    return OK;
}

struct marking {
    struct rows rows;
    int64_t body_id, account;
    struct instant now;
};

static enum status mark(struct tx *tx, void *context, struct fault *fault)
{
    (void)fault;
    const struct marking *marking = context;
    for (int i = 0; i < marking->rows.n; i++)
        if (value_i64(rows_at(&marking->rows, i, 7)) == 0)
            TRY(tx_run(tx, &SQL_notice_mark,
                       ARGS(value_int(marking->body_id), rows_at(&marking->rows, i, 0),
                            value_int(marking->account), value_int(marking->now.us)),
                       NULL));
    return OK;
}

static enum status mark_read(struct call *call, struct page *page)
{
    struct marking marking = {
        .body_id = call->body.id, .account = call->viewer.account, .now = call->now};
    TRY(load(call, &marking.rows));
    TRY(call_write(call, WRITE_READING, mark, &marking));
    page->redirect = call_url(call, "notice");
    return OK;
}

/* --- the outbox --- */

static const struct choice states[] = {{"waiting", "待办"},    {"working", "处理中"},
                                       {"done", "已办"},       {"failed", "失败"},
                                       {"given-up", "已放弃"}, {NULL, NULL}};
static const struct column entry_columns[] = {
    {"id", NULL, COLUMN_ID},
    {"channel", "事项", COLUMN_TEXT},
    {"state", "状态", COLUMN_CHOICE, .choices = states},
    {"tries", "次数", COLUMN_INT},
    {"created", "产生", COLUMN_INSTANT},
    {"modified", "最近处理", COLUMN_INSTANT},
    {"next", "下次办理", COLUMN_INSTANT},
    {"problem", "说明", COLUMN_TEXT},
    {"is_waiting", NULL, COLUMN_FLAG, .flags = COLUMN_PAGE_ONLY},
    {"is_working", NULL, COLUMN_FLAG, .flags = COLUMN_PAGE_ONLY},
    {"is_done", NULL, COLUMN_FLAG, .flags = COLUMN_PAGE_ONLY},
    {"is_failed", NULL, COLUMN_FLAG, .flags = COLUMN_PAGE_ONLY},
    {"is_given_up", NULL, COLUMN_FLAG, .flags = COLUMN_PAGE_ONLY},
    {"again_url", NULL, COLUMN_URL, .flags = COLUMN_PAGE_ONLY},
    {"give_up_url", NULL, COLUMN_URL, .flags = COLUMN_PAGE_ONLY},
};
static const struct shape shape_entry = {"entry", entry_columns,
                                         sizeof entry_columns / sizeof *entry_columns};
static const struct column outbox_columns[] = {
    {"items", NULL, COLUMN_LIST, .shape = &shape_entry},
};
static const struct shape shape_outbox = {"outbox", outbox_columns, 1};

static void add_entry(struct call *call, struct list *list, const struct rows *rows, int i)
{
    const struct notice_data *data = call->route->data;
    struct object row = {list->shape, list_add(call->arena, list)};
    struct str name = value_str(rows_at(rows, i, 1)), state = value_str(rows_at(rows, i, 2));
    const struct outbox_channel *channel = outbox_channel_named(data->outbox, name);
    struct str id = id_format(call->arena, value_i64(rows_at(rows, i, 0)));
    object_set(&row, "id", rows_at(rows, i, 0));
    object_set(&row, "channel", value_text(channel ? str_from(channel->label) : name));
    object_set(&row, "state", value_text(state));
    object_set(&row, "tries", rows_at(rows, i, 3));
    object_set(&row, "created", rows_at(rows, i, 4));
    object_set(&row, "modified", rows_at(rows, i, 5));
    object_set(&row, "problem", rows_at(rows, i, 7));
    if (str_is(state, "failed"))
        object_set(&row, "next", rows_at(rows, i, 6));
    object_set(&row, "is_waiting", value_int(str_is(state, "waiting")));
    object_set(&row, "is_working", value_int(str_is(state, "working")));
    object_set(&row, "is_done", value_int(str_is(state, "done")));
    object_set(&row, "is_failed", value_int(str_is(state, "failed")));
    object_set(&row, "is_given_up", value_int(str_is(state, "given-up")));
    if (!str_is(state, "done"))
        object_set(&row, "again_url", value_text(call_url(call, "outbox/%.*s/again", STR_ARG(id))));
    if (!str_is(state, "done") && !str_is(state, "given-up"))
        object_set(&row, "give_up_url",
                   value_text(call_url(call, "outbox/%.*s/give-up", STR_ARG(id))));
}

/* ?state= of the words above; anything else is told. */
static enum status load_entries(struct call *call, struct str in, struct rows *ret_rows)
{
    if (in.len == 0)
        return tx_run(call->tx, &SQL_outbox_list, ARGS(value_int(call->body.id)), ret_rows);
    for (const struct choice *choice = states; choice->word; choice++)
        if (str_is(in, choice->word))
            return tx_run(call->tx, &SQL_outbox_list_in,
                          ARGS(value_int(call->body.id), value_text(in)), ret_rows);
    return call_refuse(call, INVALID, "state", "没有“%.*s”这种状态，请从页上的几种里选择。",
                       STR_ARG(in));
}

static enum status show_outbox(struct call *call, struct page *page)
{
    struct rows rows;
    struct str in = call_query(call, "state");
    TRY(load_entries(call, in, &rows));
    struct list *items = list_new(call->arena, &shape_entry);
    for (int i = 0; i < rows.n; i++)
        add_entry(call, items, &rows, i);
    struct object *model = object_new(call->arena, &shape_outbox);
    object_set(model, "items", value_list(items));
    page->model = model;
    page->table = "items";
    page->title = STR("发送情况");
    page->state = STR("保存之后由系统接着办的事：通知、附件检索、清除。失败的会自动重试。");
    page_crumb(page, STR("通知"), call_url(call, "notice"));
    page_tab(page, STR("全部"), call_url(call, "outbox"), in.len == 0);
    for (const struct choice *choice = states; choice->word; choice++)
        page_tab(page, str_from(choice->label), call_url(call, "outbox?state=%s", choice->word),
                 str_is(in, choice->word));
    return OK;
}

struct turning {
    int64_t body_id, id;
    bool again;
    struct instant now;
};

static enum status apply_turn(struct tx *tx, void *context, struct fault *fault)
{
    const struct turning *turning = context;
    return outbox_turn(tx, turning->body_id, turning->id, turning->again, turning->now, fault);
}

static enum status turn(struct call *call, struct page *page, bool again)
{
    struct turning turning = {.body_id = call->body.id, .again = again, .now = call->now};
    TRY(call_path_id(call, 1, &turning.id));
    TRY(call_write(call, WRITE_READING, apply_turn, &turning));
    page->redirect = call_url(call, "outbox");
    return OK;
}

static enum status try_again(struct call *call, struct page *page)
{
    return turn(call, page, true);
}

static enum status give_up(struct call *call, struct page *page)
{
    return turn(call, page, false);
}

static const struct query_name asked_of_outbox[] = {{"state", "只列这种状态的"}, {0}};
static const struct route rows[] = {
    {METHOD_GET, "/{body}/notice", show, RIGHT_READ, FORM_HTML | FORM_JSON, 0, "通知",
     "notice/list", &shape_notices, NULL},
    {METHOD_GET, "/{body}/notice/count", count, RIGHT_READ, FORM_HTML | FORM_JSON, 0,
     "未读通知的条数", "notice/count", &shape_count, NULL},
    {METHOD_POST, "/{body}/notice/read", mark_read, RIGHT_READ, FORM_HTML | FORM_JSON, 0,
     "把通知标为已读", NULL, NULL, NULL},
    {METHOD_GET, "/{body}/outbox", show_outbox, RIGHT_EDIT, FORM_HTML | FORM_JSON, 0,
     "系统接着办的事及其状态", "notice/outbox", &shape_outbox, NULL, asked_of_outbox},
    {METHOD_POST, "/{body}/outbox/{id}/again", try_again, RIGHT_EDIT, FORM_HTML | FORM_JSON, 0,
     "再办一次", NULL, NULL, NULL},
    {METHOD_POST, "/{body}/outbox/{id}/give-up", give_up, RIGHT_EDIT, FORM_HTML | FORM_JSON, 0,
     "不再办", NULL, NULL, NULL},
};
enum { ROWS_N = sizeof rows / sizeof *rows };

void notice_routes(struct app *app, struct record_engine *engine, struct outbox *outbox)
{
    struct arena *arena = record_engine_arena(engine);
    struct notice_data *data = arena_new(arena, struct notice_data, 1);
    struct route *routes = arena_new(arena, struct route, ROWS_N);
    *data = (struct notice_data){engine, outbox};
    for (int i = 0; i < ROWS_N; i++) {
        routes[i] = rows[i];
        routes[i].data = data;
    }
    app_add_routes(app, routes, ROWS_N);
}
