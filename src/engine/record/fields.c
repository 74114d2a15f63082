#include "engine/record/priv.h"

#include <assert.h>

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
