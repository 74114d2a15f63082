#include <stdio.h>
#include <stdlib.h>

#include "engine/scheme/fields.h"

int field_count(const struct scheme_field *field, const void *record)
{
    return *(const int *)((const char *)record + field->offset_n);
}

const void *field_items(const struct scheme_field *field, const void *record)
{
    /* The member is a pointer to one of several types; all of them look alike here. */
    const void *items;
    memcpy(&items, field_get(field, record), sizeof items);
    return items;
}

bool field_is_empty(const struct scheme_field *field, const void *record)
{
    const void *at = field_get(field, record);
    switch (field->kind) {
    case FIELD_TEXT:
    case FIELD_VOCABULARY:
        return ((const struct str *)at)->len == 0;
    case FIELD_CODE:
        return !*(const char *const *)at;
    case FIELD_FLAG:
        return !*(const bool *)at;
    case FIELD_WORD:
        return *(const int *)at == 0;
    case FIELD_NUMBER:
        return *(const int *)at == field->none;
    case FIELD_DATE:
        return !date_is_set(*(const struct date *)at);
    case FIELD_MONTH_DAY:
        return ((const struct month_day *)at)->month == 0;
    case FIELD_TEXTS:
        return ((const struct str_list *)at)->n == 0;
    case FIELD_RECORD:
    case FIELD_PARTY:
        return record_is_empty(field->record, at);
    case FIELD_RECORDS:
    case FIELD_PARTIES:
        return field_count(field, record) == 0;
    }
    return true;
}

bool record_is_empty(const struct scheme_record *shape, const void *record)
{
    for (int i = 0; i < shape->fields_n; i++)
        if (!field_is_empty(&shape->fields[i], record))
            return false;
    return true;
}

void record_clear(const struct scheme_record *shape, void *record)
{
    for (int i = 0; i < shape->fields_n; i++) {
        const struct scheme_field *field = &shape->fields[i];
        if (field->kind == FIELD_NUMBER)
            *(int *)field_at(field, record) = field->none;
        else if (field->kind == FIELD_RECORD || field->kind == FIELD_PARTY)
            record_clear(field->record, field_at(field, record));
    }
}

static bool texts_equal(const struct str_list *a, const struct str_list *b)
{
    if (a->n != b->n)
        return false;
    for (int i = 0; i < a->n; i++)
        if (!str_eq(a->items[i], b->items[i]))
            return false;
    return true;
}

static bool records_equal(const struct scheme_field *field, const void *a, const void *b)
{
    int n = field_count(field, a);
    const char *of_a = field_items(field, a), *of_b = field_items(field, b);
    if (n != field_count(field, b))
        return false;
    for (int i = 0; i < n; i++) {
        size_t at = (size_t)i * field->record->size;
        if (!record_is_equal(field->record, of_a + at, of_b + at))
            return false;
    }
    return true;
}

bool field_is_equal(const struct scheme_field *field, const void *a, const void *b)
{
    const void *of_a = field_get(field, a), *of_b = field_get(field, b);
    switch (field->kind) {
    case FIELD_TEXT:
    case FIELD_VOCABULARY:
        return str_eq(*(const struct str *)of_a, *(const struct str *)of_b);
    case FIELD_CODE:
        return str_eq(str_from(*(const char *const *)of_a), str_from(*(const char *const *)of_b));
    case FIELD_FLAG:
        return *(const bool *)of_a == *(const bool *)of_b;
    case FIELD_WORD:
    case FIELD_NUMBER:
        return *(const int *)of_a == *(const int *)of_b;
    case FIELD_DATE:
        return date_cmp(*(const struct date *)of_a, *(const struct date *)of_b) == 0;
    case FIELD_MONTH_DAY: {
        const struct month_day *day = of_a, *other = of_b;
        return day->month == other->month && day->day == other->day;
    }
    case FIELD_TEXTS:
        return texts_equal(of_a, of_b);
    case FIELD_RECORD:
    case FIELD_PARTY:
        return record_is_equal(field->record, of_a, of_b);
    case FIELD_RECORDS:
    case FIELD_PARTIES:
        return records_equal(field, a, b);
    }
    return true;
}

bool record_is_equal(const struct scheme_record *shape, const void *a, const void *b)
{
    for (int i = 0; i < shape->fields_n; i++)
        if (!field_is_equal(&shape->fields[i], a, b))
            return false;
    return true;
}

const struct scheme_field *record_field(const struct scheme_record *shape, struct str key)
{
    for (int i = 0; i < shape->fields_n; i++)
        if (str_is(key, shape->fields[i].key))
            return &shape->fields[i];
    return NULL;
}

struct str date_text(char to[DATE_TEXT_MAX], struct date date)
{
    int len = snprintf(to, DATE_TEXT_MAX, "%04d-%02d-%02d", date.year, date.month, date.day);
    return (struct str){to, (size_t)len};
}

struct str month_day_text(char to[DATE_TEXT_MAX], struct month_day day)
{
    int len = snprintf(to, DATE_TEXT_MAX, "%02d-%02d", day.month, day.day);
    return (struct str){to, (size_t)len};
}

static int class_of_cmp(const void *a, const void *b)
{
    const struct party_class_of *left = a, *right = b;
    return str_cmp(left->name, right->name);
}

struct party_classes party_classes_of(struct arena *arena, const struct scheme *scheme)
{
    struct party_classes classes = {.n = scheme->organizations_n};
    classes.items = arena_new(arena, struct party_class_of, classes.n);
    for (int i = 0; i < classes.n; i++)
        classes.items[i] = (struct party_class_of){scheme->organizations[i].party.name,
                                                   scheme->organizations[i].party.class};
    if (classes.n > 0)
        qsort(classes.items, (size_t)classes.n, sizeof *classes.items, class_of_cmp);
    return classes;
}

enum party_class party_class_default(struct party_classes classes, struct str name, bool is_from)
{
    struct party_class_of wanted = {.name = name};
    const struct party_class_of *found =
        classes.n > 0
            ? bsearch(&wanted, classes.items, (size_t)classes.n, sizeof wanted, class_of_cmp)
            : NULL;
    if (found)
        return found->class;
    return is_from ? PARTY_COMMITTEE : PARTY_DEPARTMENT;
}
