#include "engine/record/priv.h"

#include <assert.h>

#include "base/utf8.h"

/* What a field table says: columns, letters, titles, order. */

const char *field_column(const struct field *field)
{
    return field->column ? field->column : field->key;
}

bool field_is_stored(const struct field *field)
{
    return field->kind != FIELD_ROWS;
}

char field_letter(const struct field *field)
{
    switch (field->kind) {
    case FIELD_INT:
    case FIELD_FLAG:
    case FIELD_REFERENCE:
        return 'i';
    default:
        return 't';
    }
}

int row_table_fields_n(const struct row_table *rows)
{
    int n = 0;
    while (rows->fields[n].key)
        n++;
    return n;
}

int kind_fields_n(const struct kind *kind)
{
    int n = 0;
    while (kind->fields[n].key)
        n++;
    return n;
}

int kind_field(const struct kind *kind, const char *key)
{
    for (int i = 0; kind->fields[i].key; i++)
        if (strcmp(kind->fields[i].key, key) == 0)
            return i;
    return -1;
}

const char *kind_title_label(const struct kind *kind)
{
    const struct field *title = kind_title_field(kind);
    return title ? title->label : kind->title_label;
}

const struct field *kind_name_field(const struct kind *kind)
{
    int index = kind_field(kind, kind->title ? kind->title : "name");
    assert(index >= 0);
    return &kind->fields[index];
}

const struct field *kind_title_field(const struct kind *kind)
{
    return kind->titles ? NULL : kind_name_field(kind);
}

const char *sort_column(const struct kind *kind, int sort)
{
    if (sort < 0)
        return kind->ordered ? "position" : "id";
    const struct field *field = &kind->fields[sort];
    return field->sort_column ? field->sort_column : field_column(field);
}

int field_max(const struct field *field)
{
    return field->max ? field->max : field->kind == FIELD_TEXT ? TEXT_MAX : LONG_TEXT_MAX;
}

static enum status check_length(struct arena *arena, const struct record *record,
                                const struct field *field, struct value value, struct fault *fault)
{
    bool is_text = field->kind == FIELD_TEXT || field->kind == FIELD_LONG_TEXT;
    int count = is_text ? utf8_count(value_str(value)) : 0;
    if (!is_text || count <= field_max(field))
        return OK;
    return refuse(arena, fault, INVALID, field->key,
                  "%s的“%s”最多 %d 个字，“%.*s……”有 %d 个，请缩短后再办理。", record->kind->label,
                  field->label, field_max(field), STR_ARG(utf8_head(value_str(value), 20)), count);
}

enum status record_check_lengths(struct arena *arena, const struct record *record, bool given_alone,
                                 struct fault *fault)
{
    const struct kind *kind = record->kind;
    for (int i = 0; kind->fields[i].key && !kind->by_program; i++) {
        const struct field *field = &kind->fields[i];
        if (given_alone && !record->given[i])
            continue;
        if (field->kind != FIELD_ROWS) {
            TRY(check_length(arena, record, field, record->values[i], fault));
            continue;
        }
        int columns = row_table_fields_n(field->rows);
        for (int cell = 0; cell < record->rows[i].n * columns; cell++)
            TRY(check_length(arena, record, &field->rows->fields[cell % columns],
                             record->rows[i].cells[cell], fault));
    }
    return OK;
}

/* --- the same or not --- */

static bool same_cell(struct value left, struct value right)
{
    if (left.kind == VALUE_INT || right.kind == VALUE_INT)
        return left.kind == right.kind && left.i == right.i;
    return str_eq(value_str(left), value_str(right));
}

static bool same_rows(const struct row_table *table, const struct record_rows *left,
                      const struct record_rows *right)
{
    int columns = 0;
    while (table->fields[columns].key)
        columns++;
    if (left->n != right->n)
        return false;
    for (int i = 0; i < left->n * columns; i++)
        if (!same_cell(left->cells[i], right->cells[i]))
            return false;
    return true;
}

bool record_field_same(const struct record *left, const struct record *right, int index)
{
    const struct field *field = &left->kind->fields[index];
    if (field->kind == FIELD_ROWS)
        return same_rows(field->rows, &left->rows[index], &right->rows[index]);
    return same_cell(left->values[index], right->values[index]);
}
