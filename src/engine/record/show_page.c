#include "engine/record/priv.h"

/* One record with its owned rows and what refers to it; names for pickers. */

static struct str cell_text(struct arena *arena, const struct field *field, struct value value)
{
    if (field->kind == FIELD_CHOICE)
        for (const struct choice *choice = field->choices; choice->word; choice++)
            if (str_is(value_str(value), choice->word))
                return str_from(choice->label);
    if (field->kind == FIELD_FLAG)
        return value_i64(value) ? STR("是") : STR("否");
    return form_value(arena, field, value, NULL_VALUE);
}

/* Owned rows as tables of text, for the generic page. */
static void add_row_table(struct call *call, struct list *tables, const struct field *field,
                          const struct record_rows *rows)
{
    struct arena *arena = call->arena;
    const struct shape *shape_row = child_shape(tables->shape, "rows");
    struct list *heads = list_new(arena, child_shape(tables->shape, "heads"));
    struct list *body = list_new(arena, shape_row);
    int columns = row_table_fields_n(field->rows);
    for (int c = 0; c < columns; c++)
        *list_add(arena, heads) = value_text(str_from(field->rows->fields[c].label));
    for (int r = 0; r < rows->n; r++) {
        struct list *cells = list_new(arena, child_shape(shape_row, "cells"));
        for (int c = 0; c < columns; c++)
            *list_add(arena, cells) =
                value_text(cell_text(arena, &field->rows->fields[c], rows->cells[r * columns + c]));
        *list_add(arena, body) = value_list(cells);
    }
    struct value *row = list_add(arena, tables);
    row[0] = value_text(str_from(field->label));
    row[1] = value_list(heads);
    row[2] = value_list(body);
}

enum { RELATED_SHOWN = 8 };

/* By which field it refers is told where it could be one of several. */
static struct str related_label(struct arena *arena, const struct kind *kind, int field)
{
    int n = 0;
    for (const struct field *other = kind->fields; other->key; other++)
        n += other->kind == FIELD_REFERENCE && other->filter && other->to == kind->fields[field].to;
    return n > 1 ? str_fmt(arena, "%s（%s）", kind->label, kind->fields[field].label)
                 : str_from(kind->label);
}

/* Its name, what tells it apart from others of the same name, and the day on which it ended. */
static void add_related_item(struct call *call, struct list *items, const struct record *record)
{
    const struct kind *kind = record->kind;
    struct value *row = list_add(call->arena, items);
    row[0] = value_text(record_title(call->arena, record));
    row[1] = value_text(record_url(call, kind, record->id));
    for (int i = 0; kind->fields[i].key && row[2].kind == VALUE_NULL; i++) {
        const struct field *field = &kind->fields[i];
        if (field->kind == FIELD_CHOICE && field->required && !field->state)
            row[2] = value_text(cell_text(call->arena, field, record->values[i]));
    }
    if (kind->dated && record->end_date.len > 0 &&
        str_cmp(record->end_date, date_format(call->arena, call->today)) <= 0)
        row[3] = value_text(record->end_date);
}

static enum status add_related(struct call *call, struct list *related, const struct kind *kind,
                               int field, int64_t id)
{
    struct list_query query = {.kind = kind,
                               .body_id = call->body.id,
                               .viewer = &call->viewer,
                               .filters = {field},
                               .filter_values = {value_int(id)},
                               .filters_n = 1,
                               .sort = -1,
                               .limit = RELATED_SHOWN};
    struct list_result result;
    TRY(record_list(call->tx, &query, &result, &call->fault));
    if (result.n == 0)
        return OK;
    struct list *items = list_new(call->arena, child_shape(related->shape, "items"));
    for (int i = 0; i < result.n; i++)
        add_related_item(call, items, result.records[i]);
    struct value *row = list_add(call->arena, related);
    char text[ID_TEXT_LEN];
    id_format_to(id, text);
    row[0] = value_text(related_label(call->arena, kind, field));
    row[1] = value_text(call_url(call, "%s?%s=%.*s%s", kind->name, kind->fields[field].key,
                                 ID_TEXT_LEN, text, kind->dated ? "&on=all" : ""));
    row[2] = value_int(result.total);
    row[3] = value_int(result.n < result.total || result.more);
    row[4] = value_list(items);
    return OK;
}

/* What refers to this record: two statements for each marked reference of another kind. */
static enum status load_related(struct call *call, const struct kind_pages *pages, int64_t id,
                                struct list *related)
{
    if (pages->kind->instance)
        return OK;
    for (const struct kind *const *kind = pages->engine->kinds; *kind; kind++)
        for (int i = 0; (*kind)->fields[i].key; i++) {
            const struct field *field = &(*kind)->fields[i];
            if (field->kind == FIELD_REFERENCE && field->to == pages->kind && field->filter)
                TRY(add_related(call, related, *kind, i, id));
        }
    return OK;
}

void record_journal_action(struct call *call, struct page *page, const struct kind *kind,
                           int64_t id)
{
    char text[ID_TEXT_LEN];
    id_format_to(id, text);
    if (call_may(call, RIGHT_JOURNAL) && !kind->instance)
        page_action(page, STR("操作日志"),
                    call_url(call, "journal/%s/%.*s", kind->name, ID_TEXT_LEN, text), false);
    else
        record_purge_action(call, page, kind, id);
}

void record_purge_action(struct call *call, struct page *page, const struct kind *kind, int64_t id)
{
    char text[ID_TEXT_LEN];
    id_format_to(id, text);
    if (call_may(call, RIGHT_PURGE) && !kind->instance && !kind->by_program)
        page_action(page, STR("清除内容"),
                    call_url(call, "purge/%s/%.*s", kind->name, ID_TEXT_LEN, text), false);
}

enum status record_show_page(struct call *call, struct page *page)
{
    const struct kind_pages *pages = pages_of(call);
    const struct kind *kind = pages->kind;
    int64_t id;
    TRY(call_path_id(call, kind->instance ? 0 : 1, &id));
    struct record *record;
    enum status status =
        record_get(call->tx, kind, kind->instance ? 0 : call->body.id, id, &record);
    if (status == NOT_FOUND || (status == OK && !record_may_see(call, kind, id)))
        return call_refuse(call, NOT_FOUND, NULL, "没有这条%s，可能地址有误或已被移除。",
                           kind->label);
    TRY(status);
    struct object *model = object_new(call->arena, pages->detail);
    item_fill(call, pages, record, pages->detail, model->values);
    struct list *tables = list_new(call->arena, child_shape(pages->detail, "row_tables"));
    for (int i = 0; kind->fields[i].key; i++)
        if (kind->fields[i].kind == FIELD_ROWS && record->rows[i].n > 0)
            add_row_table(call, tables, &kind->fields[i], &record->rows[i]);
    struct list *related = list_new(call->arena, child_shape(pages->detail, "related"));
    TRY(load_related(call, pages, id, related));
    object_set(model, "row_tables", value_list(tables));
    object_set(model, "related", value_list(related));
    struct str url = record_url(call, kind, id);
    object_set(model, "json_url", value_text(str_fmt(call->arena, "%.*s.json", STR_ARG(url))));
    page->model = model;
    page->title = record_title(call->arena, record);
    page->state = str_from(kind->help ? kind->help : "");
    page_crumb(page, str_from(kind->label), list_url(call, kind, ""));
    if (call_may(call, RIGHT_EDIT) && !kind->by_program && !kind->steps_alone)
        page_action(page, STR("修改"), str_fmt(call->arena, "%.*s/edit", STR_ARG(url)), false);
    record_journal_action(call, page, kind, id);
    if (kind->flow && pages->engine->hooks)
        TRY(pages->engine->hooks->show(call, page, record, model));
    if (pages->engine->hooks && pages->engine->hooks->attach)
        TRY(pages->engine->hooks->attach(call, kind, id, model));
    return OK;
}

/* --- names for pickers --- */

/* By the first characters of the title, as the table has it; what holds today. */
static enum status pick_by_title(struct call *call, const struct kind *kind, struct str typed,
                                 struct named **ret_named, int *ret_n)
{
    struct rows rows;
    struct value day = value_text(date_format(call->arena, call->today));
    struct value args[] = {value_int(kind->instance ? 0 : call->body.id), value_text(typed),
                           value_text(str_fmt(call->arena, "%.*s\xF4\x8F\xBF\xBF", STR_ARG(typed))),
                           day, day};
    TRY(tx_run(call->tx, sql_pick(call->tx, kind), args, kind->dated ? 5 : 3, &rows));
    *ret_named = arena_new(call->arena, struct named, rows.n);
    for (*ret_n = 0; *ret_n < rows.n; (*ret_n)++)
        (*ret_named)[*ret_n] = (struct named){value_i64(rows_at(&rows, *ret_n, 0)),
                                              value_str(rows_at(&rows, *ret_n, 1))};
    return OK;
}

enum status record_pick(struct call *call, struct page *page)
{
    const struct kind *kind = pages_of(call)->kind;
    /* ?q=…, or the input's own name as a form sends it */
    struct str typed = call->query_n > 0 ? str_trim(call->query[0].value) : STR("");
    struct list *items = list_new(call->arena, &shape_ref);
    struct named *named = NULL;
    int n = 0;
    if (typed.len > 0 && kind->pick)
        TRY(kind->pick(call->tx, call->body.id, typed, call->today, &named, &n));
    else if (typed.len > 0 && !kind->titles)
        TRY(pick_by_title(call, kind, typed, &named, &n));
    for (int i = 0; i < n; i++) {
        if (!kind->instance && !record_may_see(call, kind, named[i].id))
            continue;
        struct value *row = list_add(call->arena, items);
        row[0] = value_int(named[i].id);
        row[1] = value_text(named[i].name);
        row[2] = value_text(record_url(call, kind, named[i].id));
    }
    struct object *model = object_new(call->arena, call->route->shape);
    object_set(model, "items", value_list(items));
    page->model = model;
    page->title = str_from(kind->label);
    return OK;
}
