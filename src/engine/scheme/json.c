#include <stdio.h>

#include "base/json_put.h"
#include "engine/scheme/fields.h"

static void put_record(struct json *json, const struct scheme_record *shape, const void *record);

static void put_text_or_null(struct json *json, struct str text)
{
    if (text.len > 0)
        json_str(json, text);
    else
        json_null(json);
}

static void put_date(struct json *json, struct date date)
{
    char text[DATE_TEXT_MAX];
    json_str(json, date_text(text, date));
}

/* A deadline in one printed year stands where one of every year would. */
static void put_month_day(struct json *json, const struct scheme_field *field, const void *record)
{
    const struct month_day *day = field_get(field, record);
    char text[DATE_TEXT_MAX];
    struct date date = {0};
    if (field->offset_date > 0)
        date = *(const struct date *)((const char *)record + field->offset_date);
    if (day->month > 0)
        json_str(json, month_day_text(text, *day));
    else if (date_is_set(date))
        put_date(json, date);
    else
        json_null(json);
}

static void put_texts(struct json *json, const struct str_list *list)
{
    json_begin(json, '[');
    for (int i = 0; i < list->n; i++)
        json_str(json, list->items[i]);
    json_end(json, ']');
}

static void put_records(struct json *json, const struct scheme_field *field, const void *record)
{
    const char *items = field_items(field, record);
    json_begin(json, '[');
    for (int i = 0, n = field_count(field, record); i < n; i++)
        put_record(json, field->record, items + (size_t)i * field->record->size);
    json_end(json, ']');
}

/* A party in place is its name under the key, and all of it under key_party. */
static void put_party(struct json *json, const struct scheme_field *field, const void *record)
{
    char key[64];
    const struct scheme_party *party = field_get(field, record);
    json_str(json, party->name);
    snprintf(key, sizeof key, "%s_party", field->key);
    json_key(json, key);
    put_record(json, field->record, party);
}

static void put_plain(struct json *json, const struct scheme_field *field, const void *record)
{
    const void *at = field_get(field, record);
    switch (field->kind) {
    case FIELD_FLAG:
        json_bool(json, *(const bool *)at);
        break;
    case FIELD_TEXT:
    case FIELD_VOCABULARY:
        put_text_or_null(json, *(const struct str *)at);
        break;
    case FIELD_CODE:
        put_text_or_null(json, str_from(*(const char *const *)at));
        break;
    case FIELD_WORD:
        put_text_or_null(json, str_from(field->words[*(const int *)at].word));
        break;
    case FIELD_NUMBER:
        json_int(json, *(const int *)at);
        break;
    default:
        put_date(json, *(const struct date *)at);
    }
}

static void put_field(struct json *json, const struct scheme_field *field, const void *record)
{
    json_key(json, field->key);
    switch (field->kind) {
    case FIELD_TEXTS:
        put_texts(json, field_get(field, record));
        break;
    case FIELD_MONTH_DAY:
        put_month_day(json, field, record);
        break;
    case FIELD_RECORD:
        if (!(field->rules & RULE_REQUIRED) && field_is_empty(field, record))
            json_null(json);
        else
            put_record(json, field->record, field_get(field, record));
        break;
    case FIELD_RECORDS:
    case FIELD_PARTIES:
        put_records(json, field, record);
        break;
    case FIELD_PARTY:
        put_party(json, field, record);
        break;
    case FIELD_NUMBER:
    case FIELD_DATE:
        if (field_is_empty(field, record)) {
            json_null(json);
            break;
        }
        /* fallthrough */
    default:
        put_plain(json, field, record);
    }
}

static void put_record(struct json *json, const struct scheme_record *shape, const void *record)
{
    json_begin(json, '{');
    for (int i = 0; i < shape->fields_n; i++)
        put_field(json, &shape->fields[i], record);
    json_end(json, '}');
}

void scheme_put_json(struct buf *buf, const struct scheme *scheme)
{
    struct json json = json_open(buf);
    put_record(&json, &scheme_file_record, scheme);
}
