#include "domain/scheme/load_priv.h"

/* The wanted against what there is, field by field. */

static struct str cell_text(struct load *load, const struct field *field, struct value value)
{
    if (value.kind == VALUE_NULL)
        return STR("");
    if (field->kind == FIELD_CHOICE)
        for (const struct choice *choice = field->choices; choice->word; choice++)
            if (str_is(value_str(value), choice->word))
                return str_from(choice->label);
    if (field->kind == FIELD_FLAG)
        return value.i ? STR("是") : STR("否");
    if (value.kind == VALUE_INT)
        return str_fmt(load->arena, "%lld", (long long)value.i);
    return value.s;
}

static struct str rows_text(struct load *load, const struct field *field,
                            const struct record_rows *rows)
{
    struct str text = {0};
    int columns = 0;
    while (field->rows->fields[columns].key)
        columns++;
    for (int i = 0; i < rows->n * columns; i++) {
        struct str cell = cell_text(load, &field->rows->fields[i % columns], rows->cells[i]);
        if (cell.len > 0)
            text = str_fmt(load->arena, "%.*s%s%.*s", STR_ARG(text),
                           text.len == 0      ? ""
                           : i % columns == 0 ? "；"
                                              : " ",
                           STR_ARG(cell));
    }
    return text;
}

static bool is_empty(struct value value)
{
    return value.kind == VALUE_NULL || (value.kind == VALUE_TEXT && value.s.len == 0);
}

/* An absent flag is stored as 0, an absent text as null or empty. */
bool same_value(const struct field *field, struct value a, struct value b)
{
    if (field->kind == FIELD_FLAG)
        return value_i64(a) == value_i64(b);
    return (is_empty(a) && is_empty(b)) || value_eq(a, b);
}

static bool same_rows(struct load *load, const struct field *field, const struct record_rows *a,
                      const struct record_rows *b)
{
    return a->n == b->n && str_eq(rows_text(load, field, a), rows_text(load, field, b));
}

static void note_change(struct load *load, struct load_item *item, const char *label,
                        struct str old, struct str new_)
{
    *arena_push(load->arena, item->changes, item->changes_n, item->changes_room) =
        (struct load_change){label, old, new_};
}

/* Keep `given` only where the wanted value differs from the old one. */
static void compare(struct load *load, struct load_item *item, const struct record *old)
{
    struct record *want = item->record;
    for (int i = 0; want->kind->fields[i].key; i++) {
        const struct field *field = &want->kind->fields[i];
        if (!want->given[i])
            continue;
        if (field->kind == FIELD_ROWS) {
            want->given[i] = !same_rows(load, field, &old->rows[i], &want->rows[i]);
            if (want->given[i])
                note_change(load, item, field->label, rows_text(load, field, &old->rows[i]),
                            rows_text(load, field, &want->rows[i]));
            continue;
        }
        want->given[i] = !same_value(field, old->values[i], want->values[i]);
        if (want->given[i] && field->kind != FIELD_REFERENCE && !field->hidden)
            note_change(load, item, field->label, cell_text(load, field, old->values[i]),
                        cell_text(load, field, want->values[i]));
        else if (want->given[i] && !field->hidden)
            note_change(load, item, field->label, value_str(old->labels[i]), STR("（已更换）"));
    }
    want->position_given = want->position != 0 && want->position != old->position;
    if (want->position_given)
        note_change(load, item, "排列顺序", str_fmt(load->arena, "%lld", (long long)old->position),
                    str_fmt(load->arena, "%lld", (long long)want->position));
}

static bool has_changes(const struct record *record)
{
    for (int i = 0; record->kind->fields[i].key; i++)
        if (record->given[i])
            return true;
    return record->position_given || record->dates_given;
}

/* Put one wanted record into the plan; `old_id` 0 = new. Returns its id. */
enum status want(struct load *load, struct record *record, int64_t old_id, int64_t *ret_id)
{
    struct load_item *item =
        arena_push(load->arena, load->plan->items, load->plan->n, load->plan->room);
    int index = load->plan->n - 1;
    *item = (struct load_item){.op = LOAD_ADD, .record = record};
    record->body_id = record->kind->instance ? 0 : load->body_id;
    if (old_id != 0) {
        struct record *old;
        record->id = old_id;
        TRY(record_get(load->tx, record->kind, record->body_id, old_id, &old));
        item = &load->plan->items[index];
        compare(load, item, old);
        item->op = has_changes(record) ? LOAD_CHANGE : LOAD_SAME;
        item->title = record_title(load->arena, old);
    } else {
        record->id = id_next(load->request->ids);
        if (record->kind->dated && record->start_date.len == 0) {
            record->start_date = load->start;
            if (record->end_date.len == 0)
                record->end_date = load->end;
        }
        item->title = record_title(load->arena, record);
    }
    load->plan->counts[item->op]++;
    *ret_id = record->id;
    return OK;
}

void set_text(struct record *record, const char *key, struct str text)
{
    record_set(record, key, value_text_or_null(text));
}

void set_number(struct record *record, const char *key, int number, int none)
{
    record_set(record, key, number == none ? NULL_VALUE : value_int(number));
}

void set_names(struct load *load, struct record *record, const char *key,
               const struct str_list *names)
{
    struct value *cells = arena_new(load->arena, struct value, names->n);
    for (int i = 0; i < names->n; i++)
        cells[i] = value_text(names->items[i]);
    record_set_rows(record, key, cells, names->n);
}

void keep_unsaid(struct record *record, const char *const *keys)
{
    for (; *keys; keys++) {
        int i = kind_field(record->kind, *keys);
        bool rows = record->kind->fields[i].kind == FIELD_ROWS;
        if (rows ? record->rows[i].n == 0 : is_empty(record->values[i]))
            record->given[i] = false;
    }
}

void want_end(struct load *load, const struct record *old)
{
    struct record *record = record_new(load->arena, old->kind);
    record->id = old->id;
    record->body_id = old->body_id;
    record->start_date = old->start_date;
    record->end_date = str_cmp(old->start_date, load->start) > 0 ? old->start_date : load->start;
    record->dates_given = true;
    *arena_push(load->arena, load->plan->items, load->plan->n, load->plan->room) =
        (struct load_item){
            .op = LOAD_END, .record = record, .title = record_title(load->arena, old)};
    load->plan->counts[LOAD_END]++;
}
