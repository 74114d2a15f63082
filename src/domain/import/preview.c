#include "domain/import/priv.h"

#include "domain/domain.h"

#include "domain/scheme/load.h"

/* 导入: what the database would gain, change and end; then the same in one transaction. */

#define COLUMNS_N(columns) (int)(sizeof(columns) / sizeof *(columns))
enum { ITEMS_SHOWN = 2000 };

static const struct column change_columns[] = {
    {"label", NULL, COLUMN_TEXT},
    {"old", NULL, COLUMN_TEXT},
    {"new", NULL, COLUMN_TEXT},
};
static const struct shape shape_change = {"change", change_columns, COLUMNS_N(change_columns)};
static const struct column item_columns[] = {
    {"op", NULL, COLUMN_TEXT},
    {"kind", NULL, COLUMN_TEXT},
    {"title", NULL, COLUMN_TEXT},
    {"changes", NULL, COLUMN_LIST, .shape = &shape_change},
};
static const struct shape shape_plan_item = {"item", item_columns, COLUMNS_N(item_columns)};
static const struct column columns[] = {
    {"added", NULL, COLUMN_INT},
    {"changed", NULL, COLUMN_INT},
    {"ended", NULL, COLUMN_INT},
    {"same", NULL, COLUMN_INT},
    {"nothing", NULL, COLUMN_FLAG},
    {"first", NULL, COLUMN_FLAG},
    {"held", NULL, COLUMN_INT},
    {"on", NULL, COLUMN_TEXT},
    {"body_name", NULL, COLUMN_TEXT},
    {"problem", NULL, COLUMN_TEXT},
    {"action", NULL, COLUMN_URL},
    {"back_url", NULL, COLUMN_URL},
    {"items", NULL, COLUMN_LIST, .shape = &shape_plan_item},
    {"cut", NULL, COLUMN_FLAG},
    {"version", NULL, COLUMN_INT},
    {"kept", NULL, COLUMN_INT},
    {"replace", NULL, COLUMN_FLAG},
    {"replace_url", NULL, COLUMN_URL, .flags = COLUMN_PAGE_ONLY},
    {"keep_url", NULL, COLUMN_URL, .flags = COLUMN_PAGE_ONLY},
};
const struct shape shape_preview = {"preview", columns, COLUMNS_N(columns)};

static const char *const op_labels[] = {
    [LOAD_ADD] = "新增", [LOAD_CHANGE] = "变更", [LOAD_END] = "结束"};

static void add_item(struct call *call, struct list *items, const struct load_item *item)
{
    struct list *changes = list_new(call->arena, &shape_change);
    for (int i = 0; i < item->changes_n; i++) {
        struct value *row = list_add(call->arena, changes);
        row[0] = value_text(str_from(item->changes[i].label));
        row[1] = value_text_or_null(item->changes[i].old_);
        row[2] = value_text_or_null(item->changes[i].new_);
    }
    struct value *row = list_add(call->arena, items);
    row[0] = value_text(str_from(op_labels[item->op]));
    row[1] = value_text(str_from(item->record->kind->label));
    row[2] = value_text(item->title);
    row[3] = value_list(changes);
}

static int held_names(const struct scheme *scheme)
{
    int n = 0;
    for (int i = 0; i < scheme->links_n; i++) {
        n += scheme->links[i].from.held;
        for (int k = 0; k < scheme->links[i].to_n; k++)
            n += scheme->links[i].to[k].held;
    }
    return n;
}

/* Somebody chose to have what was read instead of the summaries there are. */
static bool is_replacing(const struct call *call)
{
    bool posted = call->route->method == METHOD_POST;
    return str_is(posted ? call_form(call, "replace") : call_query(call, "replace"), "1");
}

static void put_kept(struct call *call, struct object *model, const struct draft *draft,
                     const struct load_plan *plan, struct date on)
{
    struct str day = date_format(call->arena, on);
    struct str url = import_url(call, draft->id, "/preview");
    object_set(model, "kept", value_int(plan ? plan->kept : 0));
    object_set(model, "replace", value_int(is_replacing(call)));
    object_set(model, "keep_url",
               value_text(str_fmt(call->arena, "%.*s?on=%.*s", STR_ARG(url), STR_ARG(day))));
    object_set(
        model, "replace_url",
        value_text(str_fmt(call->arena, "%.*s?on=%.*s&replace=1", STR_ARG(url), STR_ARG(day))));
}

/* A document goes to the body that issued it: that is the one whose clerk imports it. */
static enum status may_load(struct call *call, struct str slug)
{
    struct body_info body = {0};
    enum status status = slug.len ? domain_find_body(call->tx, slug, &body) : NOT_FOUND;
    bool may = status == OK
                   ? rights_may(&call->viewer, RIGHT_IMPORT, &(struct target){.body = body.id})
                   : call->viewer.seat.body == 0;
    if (may)
        return OK;
    return call_refuse(call, DENIED, NULL,
                       "这份文件属于另一个政协组织或政府，请由那里的文书导入。");
}

static enum status read_request(struct call *call, const struct draft *draft, struct str on_text,
                                struct load_request *ret_request)
{
    struct date on = call->today;
    if (on_text.len > 0 && !date_parse(on_text, &on))
        return call_refuse(call, INVALID, "on", "生效日期应填实际存在的日期，例如 2022-01-24。");
    TRY(may_load(call, draft->scheme.body.id));
    *ret_request =
        (struct load_request){.scheme = &draft->scheme, .on = on, .ids = app_ids(call->app)};
    ret_request->keep_curated = !is_replacing(call);
    return OK;
}

static enum status preview_page(struct call *call, struct page *page, const struct draft *draft,
                                const struct load_plan *plan, struct date on)
{
    struct object *model = object_new(call->arena, &shape_preview);
    struct list *items = list_new(call->arena, &shape_plan_item);
    for (int i = 0; plan && i < plan->n && items->n < ITEMS_SHOWN; i++)
        if (plan->items[i].op != LOAD_SAME)
            add_item(call, items, &plan->items[i]);
    object_set(model, "items", value_list(items));
    object_set(model, "cut", value_int(items->n == ITEMS_SHOWN));
    if (plan) {
        object_set(model, "added", value_int(plan->counts[LOAD_ADD]));
        object_set(model, "changed", value_int(plan->counts[LOAD_CHANGE]));
        object_set(model, "ended", value_int(plan->counts[LOAD_END]));
        object_set(model, "same", value_int(plan->counts[LOAD_SAME]));
        object_set(model, "first", value_int(plan->first));
        object_set(model, "nothing", value_int(items->n == 0));
        page->state =
            str_fmt(call->arena, "将新增 %d、变更 %d、结束 %d，%d 条不变。", plan->counts[LOAD_ADD],
                    plan->counts[LOAD_CHANGE], plan->counts[LOAD_END], plan->counts[LOAD_SAME]);
    }
    put_kept(call, model, draft, plan, on);
    object_set(model, "version", value_int(draft->version));
    object_set(model, "held", value_int(held_names(&draft->scheme)));
    object_set(model, "on", value_text(date_format(call->arena, on)));
    object_set(model, "body_name", value_text(draft->scheme.body.name));
    object_set(model, "problem", value_text_or_null(call->fault.message));
    object_set(model, "action", value_text(import_url(call, draft->id, "/apply")));
    object_set(model, "back_url", value_text(import_url(call, draft->id, "")));
    page->model = model;
    page->title = str_fmt(call->arena, "导入 %.*s", STR_ARG(draft_title(call->arena, draft)));
    page_crumb(page, STR("导入文件"), import_home(call));
    page_crumb(page, STR("核对"), import_url(call, draft->id, ""));
    return OK;
}

/* What is missing is said on this page, with the way back to where it is filled in. */
static enum status again(struct call *call, struct page *page, const struct draft *draft,
                         enum status status)
{
    page->status = status_http(status);
    return preview_page(call, page, draft, NULL, call->today);
}

enum status import_preview(struct call *call, struct page *page)
{
    struct draft draft;
    struct load_request request;
    struct load_plan plan;
    TRY(draft_get(call, &draft));
    TRY(read_request(call, &draft, str_trim(call_query(call, "on")), &request));
    enum status status = load_plan_make(call->tx, &request, &plan, &call->fault);
    if (status == INVALID)
        return again(call, page, &draft, status);
    TRY(status);
    return preview_page(call, page, &draft, &plan, request.on);
}

struct apply_work {
    const struct load_request *request;
    struct instant now;
    struct load_plan plan;
};

static enum status apply(struct tx *tx, void *context, struct fault *fault)
{
    struct apply_work *work = context;
    TRY(load_plan_make(tx, work->request, &work->plan, fault));
    return load_plan_apply(tx, &work->plan, work->now, fault);
}

enum status import_apply(struct call *call, struct page *page)
{
    struct draft draft;
    struct load_request request;
    TRY(draft_get(call, &draft));
    enum status status = read_request(call, &draft, str_trim(call_form(call, "on")), &request);
    if (status != OK)
        return again(call, page, &draft, status);
    int64_t seen;
    if (!str_to_int(call_form(call, "version"), &seen) || seen != draft.version)
        return again(call, page, &draft,
                     call_refuse(call, CONFLICT, NULL,
                                 "这份草稿在您核对期间已有改动，没有导入，请核对后重新点“导入”。"));
    struct apply_work work = {.request = &request, .now = call->now};
    status = call_write(call, WRITE_LONG, apply, &work);
    if (status == INVALID || status == CONFLICT)
        return again(call, page, &draft, status);
    TRY(status);
    TRY(draft_drop(call, &draft));
    page->redirect = str_fmt(call->arena, "/%.*s/document/%.*s", STR_ARG(draft.scheme.body.id),
                             STR_ARG(id_format(call->arena, work.plan.document_id)));
    return OK;
}
