#include "engine/record/priv.h"

/* Forms of any kind: shown empty, with a record, or again with what was typed and what is wrong. */

enum { SPARE_ROWS = 3 };

struct str form_value(struct arena *arena, const struct field *field, struct value value,
                      struct value label)
{
    if (value.kind == VALUE_NULL)
        return STR("");
    if (field->kind == FIELD_REFERENCE)
        return value_str(label);
    if (value.kind == VALUE_INT)
        return str_fmt(arena, "%lld", (long long)value.i);
    return value.s;
}

static struct str fault_of(const struct form *form, const char *key)
{
    for (int i = 0; form->faults && i < form->faults->n; i++)
        if (strcmp(form->faults->items[i].key, key) == 0)
            return form->faults->items[i].message;
    return STR("");
}

static struct str had(const struct form *form, const struct field *field, int index)
{
    return form_value(form->call->arena, field, form->record->values[index],
                      form->record->labels[index]);
}

/* What a link that leads to the form knows; what it refers to by its name. */
static struct str linked(const struct form *form, const struct field *field)
{
    struct call *call = form->call;
    struct str text = call_query(call, field->key);
    struct record *record;
    int64_t id;
    if (field->kind != FIELD_REFERENCE || !id_parse(text, &id) ||
        record_get(call->tx, field->to, field->to->instance ? 0 : call->body.id, id, &record) !=
            OK ||
        (!field->to->instance && !record_may_see(call, field->to, id)))
        return text;
    return record_title(call->arena, record);
}

static struct str shown(const struct form *form, const struct field *field, int index)
{
    if (form->typed && (!form->record || call_has_form(form->call, field->key)))
        return form_typed(form->call, field);
    struct str value = form->record ? had(form, field, index) : linked(form, field);
    if (value.len == 0 && field->today && (!form->record || form->mark))
        return date_format(form->call->arena, form->call->today);
    return value;
}

static struct str shown_cell(const struct form *form, const struct field *field, int index, int row,
                             int column)
{
    const struct field *of = &field->rows->fields[column];
    if (form->typed) {
        struct str name = str_fmt(form->call->arena, "%s.%d.%s", field->key, row, of->key);
        return call_form(form->call, name.ptr);
    }
    int columns = row_table_fields_n(field->rows);
    if (!form->record || row >= form->record->rows[index].n)
        return STR("");
    return form_value(form->call->arena, of,
                      form->record->rows[index].cells[row * columns + column], NULL_VALUE);
}

/* A browser sends line ends as CR LF. */
static struct str without_returns(struct call *call, struct str text)
{
    return str_replace(call->arena, str_trim(text), STR("\r\n"), STR("\n"));
}

static int rows_shown(const struct form *form, const struct field *field, int index)
{
    int n = form->record ? form->record->rows[index].n : 0;
    if (!form->typed)
        return n + SPARE_ROWS;
    for (n = 0; n < 200; n++) {
        struct str name =
            str_fmt(form->call->arena, "%s.%d.%s", field->key, n, field->rows->fields[0].key);
        if (!call_has_form(form->call, name.ptr))
            break;
    }
    return n;
}

static void add_rows(const struct form *form, struct object *to, const struct field *field,
                     int index)
{
    struct arena *arena = form->call->arena;
    const struct shape *shape_row = child_shape(to->shape, "rows");
    struct list *heads = list_new(arena, child_shape(to->shape, "heads"));
    struct list *rows = list_new(arena, shape_row);
    int columns = row_table_fields_n(field->rows), n = rows_shown(form, field, index);
    for (int c = 0; c < columns; c++)
        *list_add(arena, heads) = value_text(str_from(field->rows->fields[c].label));
    for (int r = 0; r < n; r++) {
        struct list *inputs = list_new(arena, child_shape(shape_row, "inputs"));
        for (int c = 0; c < columns; c++) {
            struct str name = str_fmt(arena, "%s.%d.%s", field->key, r, field->rows->fields[c].key);
            struct value *input = list_add(arena, inputs);
            input[0] = value_text(name);
            input[1] = value_text(str_fmt(arena, "%s第%d行", field->rows->fields[c].label, r + 1));
            input[2] = value_text(shown_cell(form, field, index, r, c));
            input[3] = value_text(fault_of(form, name.ptr));
            if (field->rows->fields[c].to)
                input[6] = value_text(list_url(form->call, field->rows->fields[c].to, "/pick"));
            input[4] = value_int(field->rows->fields[c].kind == FIELD_CHOICE);
            if (field->rows->fields[c].kind == FIELD_CHOICE)
                input[5] = value_list(
                    choices_list(arena, child_shape(child_shape(shape_row, "inputs"), "choices"),
                                 field->rows->fields[c].choices, value_str(input[2])));
        }
        *list_add(arena, rows) = value_list(inputs);
    }
    object_set(to, "heads", value_list(heads));
    object_set(to, "rows", value_list(rows));
}

/* --- what the record has now, beside what was typed --- */

static struct str worded(const struct field *field, struct str value)
{
    if (field->kind == FIELD_FLAG)
        return str_is(value, "1") ? STR("是") : STR("否");
    for (int i = 0; field->kind == FIELD_CHOICE && field->choices[i].word; i++)
        if (str_is(value, field->choices[i].word))
            return str_from(field->choices[i].label);
    return value.len ? value : STR("（空）");
}

/* Rows one behind the other, cells with blanks between; rows without a cell are none. */
static struct str rows_text(const struct form *form, const struct field *field, int index, int n)
{
    struct arena *arena = form->call->arena;
    struct str text = {0};
    for (int r = 0; r < n; r++) {
        struct str row = {0};
        for (int c = 0; c < row_table_fields_n(field->rows); c++) {
            struct str cell = str_trim(shown_cell(form, field, index, r, c));
            if (cell.len > 0)
                row = str_fmt(arena, "%.*s%s%.*s", STR_ARG(row), row.len ? " " : "",
                              STR_ARG(worded(&field->rows->fields[c], cell)));
        }
        if (row.len > 0)
            text = str_fmt(arena, "%.*s%s%.*s", STR_ARG(text), text.len ? "；" : "", STR_ARG(row));
    }
    return text;
}

/* Null where both are the same. */
static struct value rows_now(const struct form *form, const struct field *field, int index)
{
    struct form stored = *form;
    bool filled, sent = row_is_sent(form->call, field, 0, &filled);
    stored.typed = false;
    struct str typed = rows_text(form, field, index, rows_shown(form, field, index));
    struct str now = rows_text(&stored, field, index, form->record->rows[index].n);
    if (!sent || str_eq(typed, now))
        return NULL_VALUE;
    return value_text(now.len ? now : STR("（空）"));
}

static struct value now_value(const struct form *form, const struct field *field, int index)
{
    if (!form->moved)
        return NULL_VALUE;
    if (field->kind == FIELD_ROWS)
        return rows_now(form, field, index);
    struct str typed = worded(field, without_returns(form->call, shown(form, field, index)));
    struct str now = worded(field, without_returns(form->call, had(form, field, index)));
    return str_eq(typed, now) ? NULL_VALUE : value_text(now);
}

/* An object over one row of a list, so that its columns can be set by key. */
static struct object row_object(struct arena *arena, struct list *list)
{
    return (struct object){list->shape, list_add(arena, list)};
}

static void set_flag(struct object *object, const char *key, bool flag)
{
    object_set(object, key, value_int(flag));
}

static const struct choice *choices_of(const struct form *form, const struct field *field)
{
    const struct kind *kind = form->pages->kind;
    const struct choice *choices = kind->choices ? kind->choices(form->call, field) : NULL;
    return choices ? choices : field->choices;
}

static void add_field(const struct form *form, struct list *fields, const struct field *field,
                      int index)
{
    struct call *call = form->call;
    struct object to = row_object(call->arena, fields);
    struct str value = field->kind == FIELD_ROWS ? STR("") : shown(form, field, index);
    bool sent_back = form->typed && !form->moved;
    if (field->private && form->record && value.len > 0 && !sent_back)
        call_reads(call, form->pages->kind->name, form->record->id, field->key);
    struct str key = str_from(field->key);
    object_set(&to, "key", value_text(key));
    object_set(
        &to, "mark",
        value_text(form->mark ? str_fmt(call->arena, "%s-%s", form->mark, field->key) : key));
    object_set(&to, "label", value_text(str_from(field->label)));
    object_set(&to, "help", value_text(str_from(field->help)));
    object_set(&to, "value", value_text(value));
    object_set(&to, "error", value_text(fault_of(form, field->key)));
    object_set(&to, "now", now_value(form, field, index));
    set_flag(&to, "required", field->required);
    set_flag(&to, "is_line", field->kind == FIELD_TEXT || field->kind == FIELD_REFERENCE);
    set_flag(&to, "is_long", field->kind == FIELD_LONG_TEXT);
    set_flag(&to, "is_number", field->kind == FIELD_INT);
    set_flag(&to, "is_date", field->kind == FIELD_DATE);
    set_flag(&to, "is_flag", field->kind == FIELD_FLAG);
    set_flag(&to, "is_choice", field->kind == FIELD_CHOICE);
    set_flag(&to, "is_rows", field->kind == FIELD_ROWS);
    if (field->kind == FIELD_FLAG)
        object_set(&to, "value", value_text(str_is(value, "1") ? STR("1") : STR("")));
    if (field->kind == FIELD_REFERENCE)
        object_set(&to, "pick_url", value_text(list_url(call, field->to, "/pick")));
    if (field->kind == FIELD_TEXT)
        object_set(&to, "max", value_int(field->max ? field->max : 200));
    if (field->kind == FIELD_CHOICE)
        object_set(&to, "choices",
                   value_list(choices_list(call->arena, child_shape(to.shape, "choices"),
                                           choices_of(form, field), value)));
    if (field->kind == FIELD_ROWS)
        add_rows(form, &to, field, index);
}

/* Position and dates, which every ordered or dated kind has. */
static void add_common(const struct form *form, struct list *fields)
{
    static const struct field position = {
        .key = "position",
        .label = "排列顺序",
        .kind = FIELD_INT,
        .help = "数小的在前；要排在两条之间，填两条之间的数。留空则排在最后。"};
    static const struct field begins = {.key = "start_date",
                                        .label = "开始日期",
                                        .kind = FIELD_DATE,
                                        .today = true,
                                        .help = "从这一天起有效。"};
    static const struct field dates[] = {
        {.key = "start_date", .label = "开始日期", .kind = FIELD_DATE, .help = "从这一天起有效。"},
        {.key = "end_date",
         .label = "结束日期",
         .kind = FIELD_DATE,
         .help = "从这一天起不再有效；仍有效的留空。"}};
    const struct kind *kind = form->pages->kind;
    const struct record *record = form->record;
    struct record stand_in = {0};
    struct value value = NULL_VALUE, label = NULL_VALUE;
    struct form one = *form;
    stand_in.values = &value;
    stand_in.labels = &label;
    one.record = record ? &stand_in : NULL;
    if (kind->ordered && (record || !kind->flow)) {
        value = record ? value_int(record->position) : NULL_VALUE;
        add_field(&one, fields, &position, 0);
    }
    if (!record && kind->starts_today) {
        add_field(&one, fields, &begins, 0);
        return;
    }
    bool by_step = record && kind->dates_by_step;
    for (int i = 0; kind->dated && !by_step && i < 2; i++) {
        struct str date = record ? (i ? record->end_date : record->start_date) : STR("");
        bool unset = str_is(date, "9999-12-31") || str_is(date, "0001-01-01");
        value = value_text(unset ? STR("") : date);
        add_field(&one, fields, &dates[i], 0);
    }
}

static void add_fields(const struct form *form, struct list *fields, const struct kind *kind,
                       bool changing)
{
    for (int i = 0; kind->fields[i].key; i++) {
        const struct field *field = &kind->fields[i];
        if (field->kind != FIELD_KEY && !field->hidden && !field->state && !field->by_step &&
            !(field->fixed && changing))
            add_field(form, fields, field, i);
    }
}

const struct list *record_inputs(struct call *call, const struct kind *kind, const char *mark,
                                 const struct record *record, bool typed,
                                 const struct field_faults *faults)
{
    struct kind_pages pages = {.kind = kind};
    struct form form = {.call = call,
                        .pages = &pages,
                        .record = record,
                        .typed = typed,
                        .faults = faults,
                        .mark = mark};
    struct list *fields = list_new(call->arena, &shape_form_field);
    add_fields(&form, fields, kind, false);
    return fields;
}

/* What the engine above adds to the making of a record; NULL = nothing. */
const struct record_hooks *hooks_of(const struct call *call)
{
    const struct kind_pages *pages = pages_of(call);
    return pages->kind->flow ? pages->engine->hooks : NULL;
}

struct object *record_behalf(struct call *call, const struct kind *asked, const char *mark,
                             struct str party, bool typed, const struct field_faults *faults)
{
    struct object *object = object_new(call->arena, &shape_record_behalf);
    bool open = false;
    for (const struct field *field = asked->fields; field->key; field++)
        open = open || (typed && call_form(call, field->key).len > 0);
    object_set(object, "open", value_int(open));
    object_set(object, "party", value_text_or_null(party));
    object_set(object, "today", value_text(date_format(call->arena, call->today)));
    object_set(object, "fields", value_list(record_inputs(call, asked, mark, NULL, typed, faults)));
    return object;
}

/* The first fault of something that the form does not show: a state, days that steps set. */
static struct str unshown_fault(const struct field_faults *faults, const struct list *fields)
{
    int key_at = shape_index(&shape_form_field, STR("key"));
    for (int i = 0; i < faults->n; i++) {
        struct str rest = str_from(faults->items[i].key), key = str_cut(&rest, STR("."));
        bool shown = str_starts(key, STR("behalf_"));
        for (int f = 0; f < fields->n; f++)
            shown = shown || str_eq(value_str(list_row(fields, f)[key_at]), key);
        if (!shown)
            return faults->items[i].message;
    }
    return (struct str){0};
}

static struct object *form_model(const struct form *form, int64_t id, int64_t version)
{
    struct call *call = form->call;
    const struct kind *kind = form->pages->kind;
    struct list *fields = list_new(call->arena, child_shape(&shape_form, "fields"));
    add_fields(form, fields, kind, version > 0);
    add_common(form, fields);
    const struct record_hooks *hooks = version > 0 ? NULL : hooks_of(call);
    struct object *model = object_new(call->arena, &shape_form);
    struct str back = version > 0 ? record_url(call, kind, id) : list_url(call, kind, "");
    object_set(model, "action",
               value_text(version > 0 ? record_url(call, kind, id) : list_url(call, kind, "")));
    object_set(model, "cancel_url", value_text(back));
    object_set(model, "id", value_int(id));
    object_set(model, "version", value_int(version));
    /* What is said at a field is not said twice. */
    if (!form->faults || form->faults->n == 0)
        object_set(model, "problem", value_text(call->fault.message));
    else
        object_set(model, "problem", value_text_or_null(unshown_fault(form->faults, fields)));
    object_set(model, "faults", value_int(form->faults ? form->faults->n : 0));
    object_set(model, "fields", value_list(fields));
    const char *submit = hooks && hooks->submit ? hooks->submit(call, kind) : NULL;
    object_set(model, "submit", value_text(str_from(submit ? submit : "保存")));
    if (hooks && call_may(call, RIGHT_ON_BEHALF))
        object_set(model, "behalf",
                   value_object(record_behalf(call, hooks->asked, "for", (struct str){0},
                                              form->typed, form->faults)));
    return model;
}

void form_page(const struct form *form, struct page *page, int64_t id, int64_t version)
{
    struct call *call = form->call;
    const struct kind *kind = form->pages->kind;
    page_crumb(page, str_from(kind->label), list_url(call, kind, ""));
    page->title = str_fmt(call->arena, "%s%s", version > 0 ? "修改" : "登记", kind->label);
    if (version > 0) {
        struct str name = record_title(call->arena, form->record);
        page->title = str_fmt(call->arena, "%.*s：%.*s", STR_ARG(page->title), STR_ARG(name));
        page_crumb(page, name, record_url(call, kind, id));
    }
    page->model = form_model(form, id, version);
    if (form->faults && form->faults->n > 0)
        page->state = str_fmt(call->arena, "有 %d 处需要改正，所填内容都还在。", form->faults->n);
}

enum status record_new_page(struct call *call, struct page *page)
{
    struct form form = {.call = call, .pages = pages_of(call)};
    form_page(&form, page, call_new_id(call), 0);
    return OK;
}

enum status form_load(struct call *call, struct record **ret_record)
{
    const struct kind *kind = pages_of(call)->kind;
    int64_t id;
    TRY(call_path_id(call, kind->instance ? 0 : 1, &id));
    if (record_get(call->tx, kind, kind->instance ? 0 : call->body.id, id, ret_record) != OK)
        return call_refuse(call, NOT_FOUND, NULL, "没有这条%s，可能地址有误或已被移除。",
                           kind->label);
    return OK;
}

enum status record_edit_page(struct call *call, struct page *page)
{
    struct form form = {.call = call, .pages = pages_of(call)};
    struct record *record;
    TRY(form_load(call, &record));
    form.record = record;
    form_page(&form, page, record->id, record->version);
    return OK;
}
