#include "domain/adjustment/priv.h"

/* The page of an adjustment: what it will do, or what it did. */

#define COLUMNS_N(columns) (int)(sizeof(columns) / sizeof *(columns))

static const struct column line_columns[] = {
    {"op", "变动", COLUMN_CHOICE, .choices = effect_ops},
    {"kind", "种类", COLUMN_TEXT},
    {"title", "名称", COLUMN_TEXT},
    {"url", NULL, COLUMN_URL},
};
static const struct shape shape_line = {"line", line_columns, COLUMNS_N(line_columns)};

static const struct column columns[] = {
    {"id", NULL, COLUMN_ID},
    {"matter", "事项", COLUMN_TEXT},
    {"day", "日期", COLUMN_DATE},
    {"basis", "依据", COLUMN_TEXT},
    {"sources", "原单位", COLUMN_TEXT},
    {"targets", "新单位", COLUMN_TEXT},
    {"moves", "调整后的分工", COLUMN_TEXT},
    {"term", "新一届", COLUMN_TEXT},
    {"note", "说明", COLUMN_TEXT},
    {"state", NULL, COLUMN_TEXT},
    {"version", NULL, COLUMN_INT},
    {"planned", NULL, COLUMN_FLAG},
    {"problem", NULL, COLUMN_TEXT},
    {"lines", "变动", COLUMN_LIST, .shape = &shape_line},
    {"json_url", NULL, COLUMN_URL, .flags = COLUMN_PAGE_ONLY},
    {"has_steps", NULL, COLUMN_FLAG, .flags = COLUMN_PAGE_ONLY},
    {"has_story", NULL, COLUMN_FLAG, .flags = COLUMN_PAGE_ONLY},
    {"steps", NULL, COLUMN_LIST, .shape = &shape_record_step},
    {"story", NULL, COLUMN_LIST, .shape = &shape_record_story},
};
static const struct shape shape_adjustment = {"adjustment", columns, COLUMNS_N(columns)};

/* 市农业局、市畜牧局; of two columns 赵一鸣：民建 */
static struct value names_of(struct arena *arena, const struct record *record, const char *key,
                             int cells_n)
{
    const struct record_rows *rows = &record->rows[kind_field(&kind_adjustment, key)];
    struct str text = {0};
    for (int i = 0; i < rows->n; i++) {
        const struct value *cells = rows->cells + i * cells_n;
        struct str one = value_str(cells[0]);
        if (cells_n > 1)
            one = str_fmt(arena, "%.*s：%.*s", STR_ARG(one), STR_ARG(value_str(cells[1])));
        text = str_fmt(arena, "%.*s%s%.*s", STR_ARG(text), text.len ? "、" : "", STR_ARG(one));
    }
    return value_text_or_null(text);
}

static struct value matter_label(const struct record *record)
{
    const struct field *field = &kind_adjustment.fields[kind_field(&kind_adjustment, "matter")];
    for (const struct choice *choice = field->choices; choice->word; choice++)
        if (str_is(value_str(record_value(record, "matter")), choice->word))
            return value_text(str_from(choice->label));
    return NULL_VALUE;
}

static void put_facts(struct call *call, struct object *model, const struct record *record)
{
    static const char *const plain[] = {"day", "basis", "term", "note", "state"};
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        object_set(model, plain[i], record_value(record, plain[i]));
    object_set(model, "id", value_int(record->id));
    object_set(model, "version", value_int(record->version));
    object_set(model, "matter", matter_label(record));
    object_set(model, "sources", names_of(call->arena, record, "sources", 1));
    object_set(model, "targets", names_of(call->arena, record, "targets", 1));
    object_set(model, "moves", names_of(call->arena, record, "moves", 2));
}

static void add_line(struct call *call, struct list *lines, struct str op, const struct kind *kind,
                     struct str title, int64_t id)
{
    struct value *row = list_add(call->arena, lines);
    row[0] = value_text(op);
    row[1] = value_text(str_from(kind ? kind->label : ""));
    row[2] = value_text(title);
    row[3] = kind && id ? value_text(record_url(call, kind, id)) : NULL_VALUE;
}

/* What would follow; a plan that no longer fits says why. */
static enum status put_planned(struct call *call, struct object *model, struct list *lines,
                               const struct record *record)
{
    struct effects effects;
    struct fault fault = {0};
    enum status status = effects_plan(call->tx, record, &effects, &fault);
    object_set(model, "planned", value_int(1));
    if (status == INVALID || status == CONFLICT)
        object_set(model, "problem", value_text(fault.message));
    else if (status != OK)
        return status;
    for (int i = 0; status == OK && i < effects.n; i++) {
        const struct effect *effect = &effects.items[i];
        add_line(call, lines, str_from(effect_ops[effect->op].word), effect->kind, effect->title,
                 effect->op == EFFECT_ADD ? 0 : effect->old->id);
    }
    return OK;
}

static void put_done(struct call *call, struct list *lines, const struct record *record)
{
    const struct record_rows *rows = &record->rows[kind_field(&kind_adjustment, "effects")];
    for (int i = 0; i < rows->n; i++) {
        const struct value *cells = rows->cells + i * E_CELLS;
        int64_t id;
        if (!id_parse(value_str(cells[E_RECORD]), &id))
            id = 0;
        add_line(call, lines, value_str(cells[E_OP]), effect_kind(value_str(cells[E_KIND])),
                 value_str(cells[E_TITLE]), id);
    }
}

struct str adjustment_title(struct arena *arena, const struct record *record)
{
    struct str matter = value_str(matter_label(record)),
               term = value_str(record_value(record, "term"));
    struct str from = value_str(names_of(arena, record, "sources", 1));
    struct str to = value_str(names_of(arena, record, "targets", 1));
    if (from.len > 0 && to.len > 0)
        return str_fmt(arena, "%.*s：%.*s → %.*s", STR_ARG(matter), STR_ARG(from), STR_ARG(to));
    if (term.len > 0)
        return str_fmt(arena, "%.*s：%.*s", STR_ARG(matter), STR_ARG(term));
    return str_fmt(arena, "%.*s：%.*s", STR_ARG(matter),
                   STR_ARG(value_str(record_value(record, "basis"))));
}

static enum status show(struct call *call, struct page *page)
{
    int64_t id;
    struct record *record;
    TRY(call_path_id(call, 1, &id));
    enum status status = record_get(call->tx, &kind_adjustment, call->body.id, id, &record);
    if (status == NOT_FOUND || (status == OK && !record_may_see(call, &kind_adjustment, id)))
        return call_refuse(call, NOT_FOUND, NULL, "没有这件调整，可能地址有误或已被移除。");
    TRY(status);
    struct object *model = object_new(call->arena, &shape_adjustment);
    struct list *lines = list_new(call->arena, &shape_line);
    struct str url = record_url(call, &kind_adjustment, id);
    struct str state = value_str(record_value(record, "state"));
    put_facts(call, model, record);
    if (str_is(state, "draft"))
        TRY(put_planned(call, model, lines, record));
    else
        put_done(call, lines, record);
    object_set(model, "lines", value_list(lines));
    object_set(model, "json_url", value_text(str_fmt(call->arena, "%.*s.json", STR_ARG(url))));
    TRY(flow_show(call, page, record, model));
    page->model = model;
    page->record = record_data(call, call->route->data, record);
    page->title = adjustment_title(call->arena, record);
    page->state =
        str_fmt(call->arena, "%s，%s %d 项变动。", flow_label(kind_adjustment.flow, state),
                str_is(state, "draft") ? "办理后将有" : "共", lines->n);
    page_crumb(page, str_from(kind_adjustment.label), call_url(call, "adjustment"));
    if (str_is(state, "draft") && call_may(call, RIGHT_REORGANIZE))
        page_action(page, STR("修改"), str_fmt(call->arena, "%.*s/edit", STR_ARG(url)), false);
    record_journal_action(call, page, &kind_adjustment, id);
    return OK;
}

static const struct route routes[] = {
    {.method = METHOD_GET,
     .path = "/{body}/adjustment/{id}",
     .run = show,
     .need = RIGHT_READ,
     .forms = FORM_HTML | FORM_JSON,
     .help = "调整：将有或已有的变动",
     .template = "adjustment/show",
     .shape = &shape_adjustment},
};

void adjustment_routes(struct record_engine *engine)
{
    record_engine_add_routes(engine, routes, COLUMNS_N(routes));
}
