#include "engine/record/priv.h"

#include <assert.h>

#include "engine/record/step.h"

struct record *record_new(struct arena *arena, const struct kind *kind)
{
    int n = kind_fields_n(kind);
    struct record *record = arena_new(arena, struct record, 1);
    record->kind = kind;
    record->values = arena_new(arena, struct value, n);
    record->rows = arena_new(arena, struct record_rows, n);
    record->labels = arena_new(arena, struct value, n);
    record->given = arena_new(arena, bool, n);
    return record;
}

struct record *record_copy(struct arena *arena, const struct record *record)
{
    size_t n = (size_t)kind_fields_n(record->kind);
    struct record *copy = record_new(arena, record->kind), arrays = *copy;
    *copy = *record;
    copy->values = arrays.values;
    copy->rows = arrays.rows;
    copy->labels = arrays.labels;
    copy->given = arrays.given;
    memcpy(copy->values, record->values, n * sizeof *copy->values);
    memcpy(copy->rows, record->rows, n * sizeof *copy->rows);
    memcpy(copy->labels, record->labels, n * sizeof *copy->labels);
    memcpy(copy->given, record->given, n * sizeof *copy->given);
    return copy;
}

void record_set(struct record *record, const char *key, struct value value)
{
    int index = kind_field(record->kind, key);
    assert(index >= 0);
    record->values[index] = value;
    record->given[index] = true;
}

void record_set_rows(struct record *record, const char *key, struct value *cells, int n)
{
    int index = kind_field(record->kind, key);
    assert(index >= 0 && record->kind->fields[index].kind == FIELD_ROWS);
    record->rows[index] = (struct record_rows){cells, n};
    record->given[index] = true;
}

struct value record_value(const struct record *record, const char *key)
{
    int index = kind_field(record->kind, key);
    assert(index >= 0);
    return record->values[index];
}

struct str record_title(struct arena *arena, const struct record *record)
{
    const struct kind *kind = record->kind;
    const struct field *title = kind_title_field(kind);
    struct str text = {0};
    if (title)
        text = value_str(record->values[title - kind->fields]);
    for (int i = 0; !title && kind->titles[i]; i++) {
        int index = kind_field(kind, kind->titles[i]);
        struct str part = kind->fields[index].kind == FIELD_REFERENCE
                              ? value_str(record->labels[index])
                              : value_str(record->values[index]);
        if (part.len > 0 && text.len > 0)
            text = str_fmt(arena, "%.*s—%.*s", STR_ARG(text), STR_ARG(part));
        else if (part.len > 0)
            text = part;
    }
    return text.len ? text : STR("（未命名）");
}

struct record *record_from_row(struct arena *arena, const struct kind *kind, int64_t body_id,
                               const struct value *cells)
{
    struct record *record = record_new(arena, kind);
    record->body_id = body_id;
    record->id = value_i64(cells[ROW_ID]);
    record->version = value_i64(cells[ROW_VERSION]);
    int at = ROW_FIELDS;
    for (int i = 0; kind->fields[i].key; i++)
        if (field_is_stored(&kind->fields[i]))
            record->values[i] = cells[at++];
    if (kind->ordered)
        record->position = value_i64(cells[at++]);
    if (kind->dated) {
        record->start_date = value_str(cells[at++]);
        record->end_date = value_str(cells[at++]);
    }
    for (int i = 0; kind->fields[i].key; i++)
        if (kind->fields[i].kind == FIELD_REFERENCE)
            record->labels[i] = cells[at++];
    return record;
}

enum status record_load_rows(struct tx *tx, struct record *record)
{
    for (int i = 0; record->kind->fields[i].key; i++) {
        const struct field *field = &record->kind->fields[i];
        if (field->kind != FIELD_ROWS)
            continue;
        struct rows rows;
        TRY(tx_run(tx, sql_rows(tx, field->rows),
                   ARGS(value_int(record->body_id), value_int(record->id)), &rows));
        record->rows[i] = (struct record_rows){rows.cells, rows.n};
    }
    return OK;
}

enum status record_get(struct tx *tx, const struct kind *kind, int64_t body_id, int64_t id,
                       struct record **ret_record)
{
    struct rows rows;
    TRY(tx_run(tx, sql_get(tx, kind), ARGS(value_int(body_id), value_int(id)), &rows));
    if (rows.n == 0)
        return NOT_FOUND;
    struct record *record = record_from_row(tx_arena(tx), kind, body_id, rows.cells);
    TRY(record_load_rows(tx, record));
    *ret_record = record;
    return OK;
}

enum status record_by_title(struct tx *tx, const struct kind *kind, int64_t body_id,
                            struct str name, struct date on, struct named **ret_found, int *ret_n)
{
    *ret_n = 0;
    if (kind->titles)
        return OK;
    struct value day = value_text(date_format(tx_arena(tx), on));
    struct value args[] = {value_int(kind->instance ? 0 : body_id), value_text(name), day, day};
    struct rows rows;
    TRY(tx_run(tx, sql_by_title(tx, kind), args, kind->dated ? 4 : 2, &rows));
    *ret_found = arena_new(tx_arena(tx), struct named, rows.n);
    for (int i = 0; i < rows.n; i++)
        (*ret_found)[i] =
            (struct named){value_i64(rows_at(&rows, i, 0)), value_str(rows_at(&rows, i, 1))};
    *ret_n = rows.n;
    return OK;
}

/* --- writing --- */

struct value stored_value(const struct field *field, struct value value)
{
    bool text = field_letter(field) == 't';
    if (value.kind == VALUE_NULL && (field->sort || field->required || field->kind == FIELD_KEY))
        return text ? value_text(STR("")) : value_int(0);
    if (value.kind == VALUE_NULL && field->kind == FIELD_FLAG)
        return value_int(0);
    return value;
}

static struct str or_default(struct str date, const char *missing)
{
    return date.len ? date : str_from(missing);
}

static enum status write_rows(struct tx *tx, const struct record *record, bool clear)
{
    for (int i = 0; record->kind->fields[i].key; i++) {
        const struct field *field = &record->kind->fields[i];
        if (field->kind != FIELD_ROWS || !record->given[i])
            continue;
        if (clear)
            TRY(tx_run(tx, sql_rows_clear(tx, field->rows),
                       ARGS(value_int(record->body_id), value_int(record->id)), NULL));
        int columns = row_table_fields_n(field->rows);
        for (int r = 0; r < record->rows[i].n; r++) {
            struct value args[3 + KIND_FIELDS_MAX] = {value_int(record->body_id),
                                                      value_int(record->id), value_int(r + 1)};
            for (int c = 0; c < columns; c++)
                args[3 + c] =
                    stored_value(&field->rows->fields[c], record->rows[i].cells[r * columns + c]);
            TRY(tx_run(tx, sql_rows_insert(tx, field->rows), args, 3 + columns, NULL));
        }
    }
    return OK;
}

static enum status next_position(struct tx *tx, struct record *record)
{
    struct rows rows;
    TRY(tx_run(tx, sql_last_position(tx, record->kind), ARGS(value_int(record->body_id)), &rows));
    record->position = rows.n ? value_i64(rows.cells[0]) + 1 : 1;
    return OK;
}

int kind_state(const struct kind *kind)
{
    for (int i = 0; kind->fields[i].key; i++)
        if (kind->fields[i].state)
            return i;
    return -1;
}

/* A state comes with a step, or not at all. */
static enum status take_state(struct tx *tx, struct record *record, struct str state,
                              struct fault *fault)
{
    int index = kind_state(record->kind);
    if (index < 0)
        return OK;
    if (record->given[index])
        return refuse(tx_arena(tx), fault, INVALID, record->kind->fields[index].key,
                      "“%s”只随办理步骤改变，不能直接填写，请在记录页选择相应的操作。",
                      record->kind->fields[index].label);
    if (state.len > 0) {
        record->values[index] = value_text(state);
        record->given[index] = true;
    }
    return OK;
}

enum status record_add(struct tx *tx, struct record *record, struct instant now,
                       struct fault *fault)
{
    const struct kind *kind = record->kind;
    int state = kind_state(kind);
    if (state >= 0)
        return refuse(tx_arena(tx), fault, INVALID, kind->fields[state].key,
                      "%s应通过办理步骤登记，不能直接写入。", kind->label);
    return record_add_in(tx, record, (struct str){0}, now, fault);
}

enum status record_add_in(struct tx *tx, struct record *record, struct str state,
                          struct instant now, struct fault *fault)
{
    const struct kind *kind = record->kind;
    TRY(take_state(tx, record, state, fault));
    if (kind->derive)
        kind->derive(tx_arena(tx), record->values);
    TRY(record_check_lengths(tx_arena(tx), record, false, fault));
    if (kind->check)
        TRY(kind->check(tx, record->body_id, record->id, record->values, fault));
    if (kind->ordered && record->position == 0)
        TRY(next_position(tx, record));

    struct value args[8 + KIND_FIELDS_MAX] = {value_int(record->body_id), value_int(now.us),
                                              value_int(record->id), value_int(1)};
    int n = 4;
    for (int i = 0; kind->fields[i].key; i++)
        if (field_is_stored(&kind->fields[i]))
            args[n++] = stored_value(&kind->fields[i], record->values[i]);
    if (kind->ordered)
        args[n++] = value_int(record->position);
    if (kind->dated) {
        args[n++] = value_text(or_default(record->start_date, "0001-01-01"));
        args[n++] = value_text(or_default(record->end_date, "9999-12-31"));
    }
    enum status status = tx_run(tx, sql_insert(tx, kind), args, n, NULL);
    if (status == CONFLICT)
        return refuse(tx_arena(tx), fault, CONFLICT, NULL, "%s“%.*s”已经存在，请勿重复登记。",
                      kind->label, STR_ARG(record_title(tx_arena(tx), record)));
    TRY(status);
    record->version = 1;
    TRY(write_rows(tx, record, false));
    TRY(record_journal(tx, record, NULL, fault));
    if (kind->index)
        TRY(kind->index(tx, record));
    return record_search_put(tx, record);
}

/* What is not given keeps the old value, so that checks and derived fields see the whole. */
static void take_missing(struct record *record, const struct record *old)
{
    for (int i = 0; record->kind->fields[i].key; i++) {
        if (record->given[i])
            continue;
        record->values[i] = old->values[i];
        record->rows[i] = old->rows[i];
    }
    if (!record->position_given)
        record->position = old->position;
    if (!record->dates_given) {
        record->start_date = old->start_date;
        record->end_date = old->end_date;
    }
}

enum status record_change(struct tx *tx, struct record *record, struct instant now,
                          struct fault *fault)
{
    return record_change_to(tx, record, (struct str){0}, now, fault);
}

enum status record_change_to(struct tx *tx, struct record *record, struct str state,
                             struct instant now, struct fault *fault)
{
    const struct kind *kind = record->kind;
    struct record *old;
    TRY(take_state(tx, record, state, fault));
    TRY(record_get(tx, kind, record->body_id, record->id, &old));
    if (record->version != 0 && record->version != old->version)
        return refuse(tx_arena(tx), fault, CONFLICT, NULL,
                      "“%.*s”在您填写期间已被他人修改，请对照现在的内容再改一次。",
                      STR_ARG(record_title(tx_arena(tx), old)));
    take_missing(record, old);
    if (kind->keep)
        kind->keep(tx_arena(tx), old, record);
    if (kind->derive) {
        kind->derive(tx_arena(tx), record->values);
        for (int i = 0; kind->fields[i].key; i++)
            if (kind->fields[i].kind == FIELD_KEY)
                record->given[i] = true;
    }
    TRY(record_check_lengths(tx_arena(tx), record, true, fault));
    if (kind->check)
        TRY(kind->check(tx, record->body_id, record->id, record->values, fault));

    struct value args[8 + KIND_FIELDS_MAX] = {value_int(now.us)};
    int n = 1;
    for (int i = 0; kind->fields[i].key; i++)
        if (field_is_stored(&kind->fields[i]) && record->given[i])
            args[n++] = stored_value(&kind->fields[i], record->values[i]);
    if (record->position_given)
        args[n++] = value_int(record->position);
    if (record->dates_given) {
        args[n++] = value_text(or_default(record->start_date, "0001-01-01"));
        args[n++] = value_text(or_default(record->end_date, "9999-12-31"));
    }
    args[n++] = value_int(record->body_id);
    args[n++] = value_int(record->id);
    enum status status = tx_run(tx, sql_update(tx, record), args, n, NULL);
    if (status == CONFLICT)
        return refuse(tx_arena(tx), fault, CONFLICT, NULL, "已有同名的%s“%.*s”，请换一个名称。",
                      kind->label, STR_ARG(record_title(tx_arena(tx), record)));
    TRY(status);
    record->version = old->version + 1;
    TRY(write_rows(tx, record, true));
    TRY(record_journal(tx, record, old, fault));
    if (kind->index)
        TRY(kind->index(tx, record));
    return record_search_put(tx, record);
}
