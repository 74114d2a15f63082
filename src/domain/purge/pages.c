#include "domain/purge/priv.h"

#include "engine/flow/flow.h"
#include "purge.sql.h"

/* 误传处置: what is to be settled and what was; one record's words, to be chosen from. */

/* --- the list --- */

static const struct column entry_columns[] = {
    {"what", "对象", COLUMN_TEXT},         {"url", NULL, COLUMN_URL},
    {"fields", "清除的内容", COLUMN_TEXT}, {"reason", "原因", COLUMN_TEXT},
    {"on", "日期", COLUMN_TEXT},           {"by", "办理", COLUMN_TEXT},
};
static const struct shape shape_entry = {"disposal", entry_columns, 6};
enum { ENTRY_WHAT, ENTRY_URL, ENTRY_FIELDS, ENTRY_REASON, ENTRY_ON, ENTRY_BY };
static const struct column list_columns[] = {
    {"frozen", NULL, COLUMN_LIST, .shape = &shape_entry},
    {"files", NULL, COLUMN_LIST, .shape = &shape_entry},
    {"records", NULL, COLUMN_LIST, .shape = &shape_entry},
};
static const struct shape shape_list = {"purge", list_columns, 3};

static enum status put_files(struct call *call, const char *standing, struct list *list)
{
    struct rows rows;
    TRY(tx_run(call->tx, &SQL_purge_files,
               ARGS(value_int(call->body.id), value_text(str_from(standing))), &rows));
    for (int i = 0; i < rows.n; i++) {
        struct value *row = list_add(call->arena, list);
        struct str id = id_format(call->arena, value_i64(rows_at(&rows, i, 0)));
        struct instant at = {value_i64(rows_at(&rows, i, 3))};
        struct date on = instant_date(at, ZONE_CHINA_MIN);
        row[ENTRY_WHAT] = rows_at(&rows, i, 1);
        row[ENTRY_URL] = value_text(call_url(call, "file/%.*s", STR_ARG(id)));
        row[ENTRY_REASON] = rows_at(&rows, i, 2);
        row[ENTRY_ON] = value_text(date_format(call->arena, on));
    }
    return OK;
}

static enum status put_records(struct call *call, struct list *list)
{
    struct rows rows;
    TRY(tx_run(call->tx, &SQL_purge_done, ARGS(value_int(call->body.id)), &rows));
    for (int i = 0; i < rows.n; i++) {
        struct value *row = list_add(call->arena, list);
        row[ENTRY_WHAT] = rows_at(&rows, i, 1);
        row[ENTRY_URL] =
            value_text(call_url(call, "%.*s/%.*s", STR_ARG(value_str(rows_at(&rows, i, 2))),
                                STR_ARG(value_str(rows_at(&rows, i, 3)))));
        row[ENTRY_FIELDS] = rows_at(&rows, i, 4);
        row[ENTRY_REASON] = rows_at(&rows, i, 5);
        row[ENTRY_ON] = rows_at(&rows, i, 6);
        row[ENTRY_BY] = rows_at(&rows, i, 7);
    }
    return OK;
}

static enum status show_list(struct call *call, struct page *page)
{
    struct list *frozen = list_new(call->arena, &shape_entry);
    struct list *files = list_new(call->arena, &shape_entry);
    struct list *records = list_new(call->arena, &shape_entry);
    struct object *model = object_new(call->arena, &shape_list);
    TRY(put_files(call, "frozen", frozen));
    TRY(put_files(call, "purged", files));
    TRY(put_records(call, records));
    object_set(model, "frozen", value_list(frozen));
    object_set(model, "files", value_list(files));
    object_set(model, "records", value_list(records));
    page->model = model;
    page->title = STR("误传处置");
    page->state = frozen->n > 0 ? str_fmt(call->arena, "%d 个附件已冻结，等待核实。", frozen->n)
                                : STR("没有等待核实的附件。");
    return OK;
}

/* --- one record --- */

static const struct column field_columns[] = {
    {"name", NULL, COLUMN_TEXT}, {"label", "内容", COLUMN_TEXT}, {"value", "现为", COLUMN_TEXT}};
static const struct shape shape_field = {"field", field_columns, 3};
static const struct column near_columns[] = {
    {"kind", "种类", COLUMN_TEXT}, {"name", "名称", COLUMN_TEXT}, {"url", NULL, COLUMN_URL}};
static const struct shape shape_near = {"near", near_columns, 3};
static const struct column one_columns[] = {
    {"fields", NULL, COLUMN_LIST, .shape = &shape_field},
    {"near", NULL, COLUMN_LIST, .shape = &shape_near},
    {"has_near", NULL, COLUMN_FLAG, .flags = COLUMN_PAGE_ONLY},
    {"action", NULL, COLUMN_URL, .flags = COLUMN_PAGE_ONLY},
    {"back_url", NULL, COLUMN_URL, .flags = COLUMN_PAGE_ONLY},
};
static const struct shape shape_one = {"purge", one_columns, 5};

static const struct kind *find_kind(struct call *call)
{
    const struct record_engine *engine = call->route->data;
    struct str name = call->path_params[1];
    for (const struct kind *const *kind = record_engine_kinds(engine); *kind; kind++)
        if (str_is(name, (*kind)->name) && !(*kind)->instance && *kind != &kind_disposal &&
            *kind != &kind_step && !str_is(name, "file"))
            return *kind;
    return NULL;
}

static enum status no_record(struct call *call)
{
    return call_refuse(call, NOT_FOUND, NULL, "没有这条记录，可能地址有误或已被移除。");
}

/* `*ret_record` NULL: it is gone, and only its past can be purged. */
static enum status get(struct call *call, const struct kind **ret_kind, int64_t *ret_id,
                       struct record **ret_record)
{
    struct rows rows;
    TRY(call_path_id(call, 2, ret_id));
    *ret_kind = find_kind(call);
    *ret_record = NULL;
    if (!*ret_kind)
        return no_record(call);
    enum status status = record_get(call->tx, *ret_kind, call->body.id, *ret_id, ret_record);
    if (status == OK)
        return record_may_see(call, *ret_kind, *ret_id) ? OK : no_record(call);
    if (status != NOT_FOUND)
        return status;
    TRY(tx_run(
        call->tx, &SQL_purge_past,
        ARGS(value_int(call->body.id), value_int(*ret_id), value_text(str_from((*ret_kind)->name))),
        &rows));
    return rows.n > 0 ? OK : no_record(call);
}

static bool says(const struct record *record, int field)
{
    if (record->kind->fields[field].kind == FIELD_ROWS)
        return record->rows[field].n > 0;
    return record->values[field].kind == VALUE_TEXT && value_str(record->values[field]).len > 0;
}

static struct str shown(struct call *call, const struct record *record, int index)
{
    const struct field *field = &record->kind->fields[index];
    if (field->kind == FIELD_ROWS)
        return str_fmt(call->arena, "%d 项", record->rows[index].n);
    return field->private ? STR("已填写") : value_str(record->values[index]);
}

/* --- what may say the same: the person somebody named is, and where that person stands --- */

static void add_near(struct call *call, struct list *near, const struct kind *kind, int64_t id,
                     struct str name)
{
    struct value *row = list_add(call->arena, near);
    struct str text = id_format(call->arena, id);
    row[0] = value_text(str_from(kind->label));
    row[1] = value_text(name);
    row[2] = value_text(call_url(call, "purge/%s/%.*s", kind->name, STR_ARG(text)));
}

static enum status put_pointing(struct call *call, const struct kind *kind, int field, int64_t id,
                                struct list *near)
{
    enum { NEAR_MAX = 50 };
    struct list_query query = {.kind = kind,
                               .body_id = call->body.id,
                               .viewer = &call->viewer,
                               .filters = {field},
                               .filter_values = {value_int(id)},
                               .filters_n = 1,
                               .sort = -1,
                               .limit = NEAR_MAX};
    struct list_result result;
    TRY(record_list(call->tx, &query, &result, &call->fault));
    for (int i = 0; i < result.n; i++)
        add_near(call, near, kind, result.records[i]->id,
                 record_title(call->arena, result.records[i]));
    return OK;
}

/* Units and documents have many that point to them, and say nothing of a person. */
static enum status put_near(struct call *call, const struct record *record, struct list *near)
{
    const struct record_engine *engine = call->route->data;
    const struct kind *kind = record->kind;
    for (int i = 0; kind->fields[i].key; i++)
        if (kind->fields[i].kind == FIELD_REFERENCE && !kind->fields[i].to->own_page &&
            record->values[i].kind == VALUE_INT)
            add_near(call, near, kind->fields[i].to, value_i64(record->values[i]),
                     value_str(record->labels[i]));
    for (const struct kind *const *other = record_engine_kinds(engine); *other && !kind->own_page;
         other++)
        for (int i = 0; (*other)->fields[i].key; i++)
            if ((*other)->fields[i].to == kind && (*other)->fields[i].filter)
                TRY(put_pointing(call, *other, i, record->id, near));
    return OK;
}

static enum status show_one(struct call *call, struct page *page)
{
    const struct kind *kind;
    struct record *record;
    int64_t id;
    TRY(get(call, &kind, &id, &record));
    struct list *fields = list_new(call->arena, &shape_field);
    for (int i = 0; record && kind->fields[i].key; i++) {
        if (!purge_can_blank(&kind->fields[i]) || kind->fields[i].state || !says(record, i))
            continue;
        struct value *row = list_add(call->arena, fields);
        row[0] = value_text(str_fmt(call->arena, "f.%s", kind->fields[i].key));
        row[1] = value_text(str_from(kind->fields[i].label));
        row[2] = value_text(shown(call, record, i));
    }
    struct list *near = list_new(call->arena, &shape_near);
    if (record)
        TRY(put_near(call, record, near));
    struct object *model = object_new(call->arena, &shape_one);
    object_set(model, "near", value_list(near));
    object_set(model, "has_near", value_int(near->n > 0));
    struct str url = record_url(call, kind, id);
    object_set(model, "fields", value_list(fields));
    object_set(model, "action", value_text(call->request->path));
    object_set(model, "back_url", value_text(url));
    page->model = model;
    page->table = "fields";
    page->title = STR("清除内容");
    page->state = STR("误传的、不应记载的，或本人要求删除的内容，清除后不能恢复。");
    page_crumb(page, str_from(kind->label), call_url(call, "%s", kind->name));
    page_crumb(page, record ? record_title(call->arena, record) : STR("已移除的记录"), url);
    return OK;
}

static enum status choose(struct call *call, const struct record *record, struct purging *purging)
{
    for (int i = 0; record && purging->kind->fields[i].key; i++) {
        const struct field *field = &purging->kind->fields[i];
        struct str name = str_fmt(call->arena, "f.%s", field->key);
        if (!str_is(call_form(call, name.ptr), "1") || !says(record, i))
            continue;
        if (!purge_can_blank(field) || field->state)
            return call_refuse(call, INVALID, field->key, "“%s”不是文字，不能清除，请改用修改。",
                               field->label);
        purging->chosen[i] = true;
        purging->fields = str_fmt(call->arena, "%.*s%s%s", STR_ARG(purging->fields),
                                  purging->fields.len ? "、" : "", field->label);
    }
    return OK;
}

static enum status purge(struct call *call, struct page *page)
{
    struct purging purging = {.body_id = call->body.id, .now = call->now};
    struct record *record;
    TRY(get(call, &purging.kind, &purging.id, &record));
    TRY(choose(call, record, &purging));
    purging.reason = str_trim(call_form(call, "reason"));
    if (purging.reason.len == 0)
        return call_refuse(call, INVALID, "reason", "请写明清除的原因，不要写内容本身。");
    TRY(field_check(call, &kind_disposal, "reason", "reason", purging.reason));
    if (!str_is(call_form(call, "confirmed"), "1"))
        return call_refuse(call, INVALID, "confirmed", "请先勾选“已核实，应当清除”，再办理。");
    purging.by_name = call_actor(call).name;
    purging.on_date = date_format(call->arena, call->today);
    purging.disposal_id = call_new_id(call);
    purging.job_id = call_new_id(call);
    TRY(call_write(call, 0, purge_apply, &purging));
    page->redirect = call_url(call, "purge");
    return OK;
}

static const struct query_name asked[] = {
    {"f", "要清除的字段，值为 1，例如 {\"note\": 1}；不写为只清除以往的内容"},
    {"reason", "清除的原因"},
    {"confirmed", "已核实的填 1"},
    {0}};
static const struct route rows[] = {
    {METHOD_GET, "/{body}/purge", show_list, RIGHT_PURGE, FORM_HTML | FORM_JSON, 0,
     "误传处置：待核实的和已清除的", "purge/list", &shape_list, NULL},
    {METHOD_GET, "/{body}/purge/{kind}/{id}", show_one, RIGHT_PURGE, FORM_HTML | FORM_JSON, 0,
     "一条记录里可以清除的内容", "purge/record", &shape_one, NULL},
    {METHOD_POST, "/{body}/purge/{kind}/{id}", purge, RIGHT_PURGE, FORM_HTML | FORM_JSON, 0,
     "清除一条记录的内容和它在日志、检索里的痕迹", NULL, NULL, NULL, asked},
};
enum { ROWS_N = sizeof rows / sizeof *rows };

void purge_routes(struct app *app, struct record_engine *engine)
{
    struct route *routes = arena_new(record_engine_arena(engine), struct route, ROWS_N);
    for (int i = 0; i < ROWS_N; i++) {
        routes[i] = rows[i];
        routes[i].data = engine;
    }
    app_add_routes(app, routes, ROWS_N);
}
