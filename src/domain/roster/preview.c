#include "domain/roster/priv.h"

#include "base/utf8.h"

/* An upload row by row: what it would do, or, after the import, what it did and what is left. */

enum { PREVIEW_PAGE = 200, SHORT_MAX = 13 /* characters that stay on one line */ };

#define COLUMNS_N(columns) (int)(sizeof(columns) / sizeof *(columns))

enum { VIEW_LABEL, VIEW_VALUE, VIEW_OLD, VIEW_CHANGED, VIEW_WRITTEN, VIEW_FAULT, VIEW_SHORT };
static const struct column cell_columns[] = {
    {"label", NULL, COLUMN_TEXT},
    {"value", NULL, COLUMN_TEXT},
    {"old", NULL, COLUMN_TEXT},
    {"changed", NULL, COLUMN_FLAG},
    {"written", NULL, COLUMN_TEXT},
    {"fault", NULL, COLUMN_TEXT},
    {"short", NULL, COLUMN_FLAG, .flags = COLUMN_PAGE_ONLY},
};
static const struct shape shape_cell = {"cell", cell_columns, COLUMNS_N(cell_columns)};

enum { ITEM_FILE, ITEM_LINE, ITEM_ACT, ITEM_CELLS, ITEM_REASON, ITEM_MARKS };
static const struct column item_columns[] = {
    {"file", "文件", COLUMN_TEXT},
    {"line", "行", COLUMN_INT},
    {"act", "结果", COLUMN_CHOICE, .choices = roster_acts},
    {"cells", NULL, COLUMN_LIST, .shape = &shape_cell},
    {"reason", "说明", COLUMN_TEXT},
    {"bad", NULL, COLUMN_FLAG, .flags = COLUMN_PAGE_ONLY},
    {"add", NULL, COLUMN_FLAG, .flags = COLUMN_PAGE_ONLY},
    {"change", NULL, COLUMN_FLAG, .flags = COLUMN_PAGE_ONLY},
    {"same", NULL, COLUMN_FLAG, .flags = COLUMN_PAGE_ONLY},
};
static const struct shape shape_item = {"item", item_columns, COLUMNS_N(item_columns)};

static const struct column end_columns[] = {
    {"unit", "单位", COLUMN_TEXT}, {"role", "身份", COLUMN_TEXT}, {"name", "姓名", COLUMN_TEXT}};
static const struct shape shape_end = {"end", end_columns, 3};

static const struct column problem_columns[] = {{"file", "文件", COLUMN_TEXT},
                                                {"message", "说明", COLUMN_TEXT}};
static const struct shape shape_problem = {"problem", problem_columns, 2};

static const struct column columns[] = {
    {"id", NULL, COLUMN_ID},
    {"name", "文件", COLUMN_TEXT},
    {"created", "上传时间", COLUMN_INSTANT},
    {"done", NULL, COLUMN_FLAG},
    {"total", "人数", COLUMN_INT},
    {"added", "新增", COLUMN_INT},
    {"changed", "变更", COLUMN_INT},
    {"same", "不变", COLUMN_INT},
    {"bad", "有误", COLUMN_INT},
    {"ended", "结束", COLUMN_INT},
    {"blank", "未填", COLUMN_INT},
    {"unread", "未识别的列", COLUMN_TEXT},
    {"seen", NULL, COLUMN_TEXT},
    {"items", NULL, COLUMN_LIST, .shape = &shape_item},
    {"ends", NULL, COLUMN_LIST, .shape = &shape_end},
    {"problems", NULL, COLUMN_LIST, .shape = &shape_problem},
    {"heads", NULL, COLUMN_LIST, .shape = &shape_cell, .flags = COLUMN_PAGE_ONLY},
    {"has_files", NULL, COLUMN_FLAG, .flags = COLUMN_PAGE_ONLY},
    {"problem", NULL, COLUMN_TEXT, .flags = COLUMN_PAGE_ONLY},
    {"writes", NULL, COLUMN_INT, .flags = COLUMN_PAGE_ONLY},
    {"apply_url", NULL, COLUMN_URL, .flags = COLUMN_PAGE_ONLY},
    {"discard_url", NULL, COLUMN_URL, .flags = COLUMN_PAGE_ONLY},
    {"faults_url", NULL, COLUMN_URL, .flags = COLUMN_PAGE_ONLY},
    {"roster_url", NULL, COLUMN_URL, .flags = COLUMN_PAGE_ONLY},
    {"next_url", NULL, COLUMN_URL, .flags = COLUMN_PAGE_ONLY},
    {"previous_url", NULL, COLUMN_URL, .flags = COLUMN_PAGE_ONLY},
};
const struct shape shape_roster_preview = {"roster_preview", columns, COLUMNS_N(columns)};

/* --- one row --- */

static const struct list *cells_list(struct arena *arena, const struct roster_entry *entry)
{
    struct list *list = list_new(arena, &shape_cell);
    for (int cell = 0; cell < ROSTER_CELLS; cell++) {
        struct value *row = list_add(arena, list);
        struct str value = entry->values[cell].len ? entry->values[cell] : entry->cells[cell];
        bool renamed =
            cell == CELL_UNIT && entry->unit_name.len > 0 && !str_eq(entry->unit_name, value);
        row[VIEW_LABEL] = value_text(str_from(roster_cells[cell].label));
        row[VIEW_VALUE] = value_text_or_null(renamed ? entry->unit_name : value);
        if (entry->changed[cell] && entry->act == ROSTER_CHANGE) {
            row[VIEW_VALUE] = value_text_or_null(entry->values[cell]);
            row[VIEW_OLD] = value_text_or_null(entry->old[cell]);
            row[VIEW_CHANGED] = value_int(1);
        }
        if (renamed)
            row[VIEW_WRITTEN] = value_text(value);
        row[VIEW_FAULT] = value_text_or_null(entry->faults[cell]);
        bool is_short = cell != CELL_UNIT && utf8_count(value) <= SHORT_MAX;
        row[VIEW_SHORT] = value_int(is_short && entry->faults[cell].len == 0);
    }
    return list;
}

static void add_item(struct call *call, struct list *items, const struct roster_draft *draft,
                     int index)
{
    const struct roster_entry *entry = &draft->roster.entries[index];
    struct value *row = list_add(call->arena, items);
    row[ITEM_FILE] = value_text_or_null(entry->file);
    row[ITEM_LINE] = value_int(entry->line);
    row[ITEM_ACT] = value_text(str_from(roster_acts[entry->act].word));
    row[ITEM_CELLS] = value_list(cells_list(call->arena, entry));
    row[ITEM_REASON] =
        value_text_or_null(draft->done ? draft->reasons[index] : roster_reason(call->arena, entry));
    for (int act = 0; act < ROSTER_ACTS; act++)
        row[ITEM_MARKS + act] = value_int((int)entry->act == act);
}

/* --- pages of rows --- */

struct window {
    int act;         /* -1 = all */
    int first, last; /* of those shown: [first, last) */
    int shown;       /* all that pass */
};

static struct str page_url(struct call *call, const struct roster_draft *draft, int act, int page)
{
    struct str id = id_format(call->arena, draft->id);
    struct str url = call_url(call, "roster/draft/%.*s", STR_ARG(id));
    const char *separator = "?";
    if (act >= 0) {
        url = str_fmt(call->arena, "%.*s?show=%s", STR_ARG(url), roster_acts[act].word);
        separator = "&";
    }
    return page > 1 ? str_fmt(call->arena, "%.*s%spage=%d", STR_ARG(url), separator, page) : url;
}

static enum status read_window(struct call *call, const struct roster_draft *draft, int *ret_page,
                               struct window *ret_window)
{
    struct str show = call_query(call, "show");
    struct window window = {.act = -1};
    int64_t page;
    for (int act = 0; act < ROSTER_ACTS; act++)
        if (str_is(show, roster_acts[act].word))
            window.act = act;
    for (int i = 0; i < draft->roster.n; i++)
        window.shown += window.act < 0 || (int)draft->roster.entries[i].act == window.act;
    int pages = (window.shown + PREVIEW_PAGE - 1) / PREVIEW_PAGE;
    TRY(call_query_int(call, "page", "页码", 1, pages > 0 ? pages : 1, 1, &page));
    window.first = ((int)page - 1) * PREVIEW_PAGE;
    window.last = window.first + PREVIEW_PAGE;
    *ret_page = (int)page;
    *ret_window = window;
    return OK;
}

static enum status put_items(struct call *call, const struct roster_draft *draft,
                             struct object *model, struct page *page)
{
    struct window window;
    int number, passed = 0;
    TRY(read_window(call, draft, &number, &window));
    struct list *items = list_new(call->arena, &shape_item);
    for (int i = 0; i < draft->roster.n; i++) {
        if (window.act >= 0 && (int)draft->roster.entries[i].act != window.act)
            continue;
        if (passed >= window.first && passed < window.last)
            add_item(call, items, draft, i);
        passed++;
    }
    object_set(model, "items", value_list(items));
    if (number > 1)
        object_set(model, "previous_url",
                   value_text(page_url(call, draft, window.act, number - 1)));
    if (window.last < window.shown)
        object_set(model, "next_url", value_text(page_url(call, draft, window.act, number + 1)));
    if (draft->done)
        return OK;
    page_tab(page, str_fmt(call->arena, "全部 %d", draft->roster.n), page_url(call, draft, -1, 1),
             window.act < 0);
    for (int act = 0; act < ROSTER_ACTS; act++) {
        int n = 0;
        for (int i = 0; i < draft->roster.n; i++)
            n += (int)draft->roster.entries[i].act == act;
        page_tab(page, str_fmt(call->arena, "%s %d", roster_acts[act].label, n),
                 page_url(call, draft, act, 1), window.act == act);
    }
    return OK;
}

/* --- the page --- */

static void put_heads(struct call *call, const struct roster_draft *draft, struct object *model)
{
    struct list *heads = list_new(call->arena, &shape_cell);
    bool files = false;
    for (int cell = 0; cell < ROSTER_CELLS; cell++)
        list_add(call->arena, heads)[VIEW_LABEL] = value_text(str_from(roster_cells[cell].label));
    for (int i = 0; i < draft->roster.n; i++)
        files = files || draft->roster.entries[i].file.len > 0;
    object_set(model, "heads", value_list(heads));
    object_set(model, "has_files", value_int(files));
}

static void put_facts(struct call *call, const struct roster_draft *draft, struct object *model)
{
    struct list *problems = list_new(call->arena, &shape_problem);
    for (int i = 0; i < draft->problems_n; i++) {
        struct value *row = list_add(call->arena, problems);
        row[0] = value_text(draft->problems[i].file);
        row[1] = value_text(draft->problems[i].message);
    }
    const struct roster *roster = &draft->roster;
    struct str id = id_format(call->arena, draft->id);
    object_set(model, "id", value_int(draft->id));
    object_set(model, "name", value_text(draft->name));
    object_set(model, "created", value_int(draft->created.us));
    object_set(model, "done", value_int(draft->done));
    object_set(model, "blank", value_int(roster->blank));
    object_set(
        model, "unread",
        value_text_or_null(str_join(call->arena, STR("、"), roster->unread, roster->unread_n)));
    object_set(model, "problems", value_list(problems));
    object_set(model, "roster_url", value_text(call_url(call, "roster")));
    object_set(model, "faults_url",
               value_text(call_url(call, "roster/draft/%.*s/faults", STR_ARG(id))));
    object_set(model, "apply_url",
               value_text(call_url(call, "roster/draft/%.*s/apply", STR_ARG(id))));
    object_set(model, "discard_url",
               value_text(call_url(call, "roster/draft/%.*s/discard", STR_ARG(id))));
}

static void put_counts(struct object *model, int total, const int *counts, int ended)
{
    object_set(model, "total", value_int(total));
    object_set(model, "added", value_int(counts[ROSTER_ADD]));
    object_set(model, "changed", value_int(counts[ROSTER_CHANGE]));
    object_set(model, "same", value_int(counts[ROSTER_SAME]));
    object_set(model, "bad", value_int(counts[ROSTER_BAD]));
    object_set(model, "ended", value_int(ended));
    object_set(model, "writes", value_int(counts[ROSTER_ADD] + counts[ROSTER_CHANGE] + ended));
}

static enum status put_plan(struct call *call, struct roster_draft *draft, struct object *model,
                            struct page *page)
{
    struct roster_plan plan;
    TRY(roster_plan_make(call->tx, &call->body, call->today, &draft->roster, &plan));
    put_counts(model, draft->roster.n, plan.counts, plan.ends_n);
    struct list *ends = list_new(call->arena, &shape_end);
    for (int i = 0; i < plan.ends_n; i++) {
        struct value *row = list_add(call->arena, ends);
        row[0] = value_text(plan.ends[i].unit);
        row[1] = value_text(str_from(designation_roles[plan.ends[i].role].label));
        row[2] = value_text(plan.ends[i].name);
    }
    object_set(model, "ends", value_list(ends));
    object_set(model, "seen",
               value_text(str_fmt(call->arena, "%016llx", (unsigned long long)plan.digest)));
    page->title = STR("核对名单");
    page->state =
        str_fmt(call->arena, "共读出 %d 人：新增 %d，变更 %d，不变 %d，有误 %d%s。",
                draft->roster.n, plan.counts[ROSTER_ADD], plan.counts[ROSTER_CHANGE],
                plan.counts[ROSTER_SAME], plan.counts[ROSTER_BAD],
                plan.ends_n ? str_fmt(call->arena, "；另有 %d 人不再担任", plan.ends_n).ptr : "");
    return OK;
}

static void put_result(struct call *call, const struct roster_draft *draft, struct object *model,
                       struct page *page)
{
    int bad = draft->roster.n;
    const int counts[ROSTER_ACTS] = {[ROSTER_BAD] = bad,
                                     [ROSTER_ADD] = draft->added,
                                     [ROSTER_CHANGE] = draft->changed,
                                     [ROSTER_SAME] = draft->same};
    put_counts(model, bad + draft->added + draft->changed + draft->same, counts, draft->ended);
    page->title = STR("导入结果");
    page->state =
        str_fmt(call->arena, "已导入：新增 %d，变更 %d，不变 %d，不再担任 %d。%s", draft->added,
                draft->changed, draft->same, draft->ended,
                bad ? str_fmt(call->arena, "有误的 %d 人没有导入。", bad).ptr : "没有有误的行。");
}

enum status roster_preview_page(struct call *call, struct page *page, struct roster_draft *draft)
{
    struct object *model = object_new(call->arena, &shape_roster_preview);
    put_facts(call, draft, model);
    put_heads(call, draft, model);
    page_crumb(page, STR("名单与回执"), call_url(call, "roster"));
    if (draft->done)
        put_result(call, draft, model, page);
    else
        TRY(put_plan(call, draft, model, page));
    TRY(put_items(call, draft, model, page));
    page_crumb(page, page->title, (struct str){0});
    if (call->fault.message.len > 0)
        object_set(model, "problem", value_text(call->fault.message));
    page->model = model;
    return OK;
}
