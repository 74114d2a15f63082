#include <stdio.h>

#include "base/json_put.h"
#include "engine/scheme/fields.h"

/* In the order in which they stand under $defs. */
static const struct scheme_record *const definitions[] = {
    &scheme_body_record, &scheme_document_record, &scheme_organization_record, &scheme_party_record,
    &scheme_link_record, &scheme_item_record,     &scheme_duty_record,
};

static void put_pair(struct json *json, const char *key, const char *value)
{
    json_key(json, key);
    json_str(json, str_from(value));
}

static void put_record(struct json *json, const struct scheme_record *shape);

static bool is_defined(const struct scheme_record *shape)
{
    for (size_t i = 0; i < sizeof definitions / sizeof *definitions; i++)
        if (definitions[i] == shape)
            return true;
    return false;
}

/* A record by reference when it has a definition, else in place. */
static void put_record_use(struct json *json, const struct scheme_record *shape)
{
    if (!is_defined(shape)) {
        put_record(json, shape);
        return;
    }
    char reference[64];
    snprintf(reference, sizeof reference, "#/$defs/%s", shape->name);
    put_pair(json, "$ref", reference);
}

static void put_text_type(struct json *json, const struct scheme_field *field)
{
    put_pair(json, "type", "string");
    if (field->rules & RULE_SLUG || field->kind == FIELD_CODE) {
        put_pair(json, "pattern", "^[a-z0-9-]{1,40}$");
        return;
    }
    json_key(json, "minLength"), json_int(json, 1);
    json_key(json, "maxLength");
    json_int(json, field->rules & RULE_LONG ? FIELD_LONG_MAX : FIELD_SHORT_MAX);
}

static void put_words(struct json *json, const struct scheme_field *field)
{
    put_pair(json, "type", "string");
    json_key(json, "enum"), json_begin(json, '[');
    for (int i = 0; i < *field->words_n; i++)
        if (*field->words[i].word)
            json_str(json, str_from(field->words[i].word));
    json_end(json, ']');
}

/* "约束力：must 应、may 可": what the words mean, for an editor to show. */
static void put_description(struct json *json, const struct scheme_field *field)
{
    AUTOBUF text = buf_open(KIB(16));
    buf_put(&text, str_from(field->label));
    for (int i = 0, n = 0; field->words && i < *field->words_n; i++)
        if (*field->words[i].word)
            buf_fmt(&text, "%s%s %s", n++ > 0 ? "、" : "：", field->words[i].word,
                    field->words[i].label);
    json_key(json, "description"), json_str(json, buf_str(&text));
}

static void put_list_of(struct json *json, const struct scheme_field *field)
{
    put_pair(json, "type", "array");
    if (field->kind == FIELD_PARTIES)
        json_key(json, "minItems"), json_int(json, 1);
    json_key(json, "items"), json_begin(json, '{');
    if (field->kind == FIELD_TEXTS)
        put_text_type(json, field);
    else if (field->kind == FIELD_RECORDS)
        put_record_use(json, field->record);
    else
        put_pair(json, "$ref", "#/$defs/party_or_name");
    json_end(json, '}');
}

static void put_type(struct json *json, const struct scheme_field *field)
{
    switch (field->kind) {
    case FIELD_TEXT:
    case FIELD_CODE:
        put_text_type(json, field);
        break;
    case FIELD_VOCABULARY:
    case FIELD_WORD:
        put_words(json, field);
        break;
    case FIELD_FLAG:
        put_pair(json, "type", "boolean");
        break;
    case FIELD_NUMBER:
        put_pair(json, "type", "integer");
        json_key(json, "minimum"), json_int(json, field->least);
        json_key(json, "maximum"), json_int(json, field->most);
        break;
    case FIELD_DATE:
        put_pair(json, "type", "string");
        put_pair(json, "pattern", "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$");
        break;
    case FIELD_MONTH_DAY:
        put_pair(json, "type", "string");
        put_pair(json, "pattern", "^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$");
        break;
    case FIELD_RECORD:
        put_record_use(json, field->record);
        break;
    case FIELD_PARTY:
        put_pair(json, "$ref", "#/$defs/party_or_name");
        break;
    case FIELD_TEXTS:
    case FIELD_RECORDS:
    case FIELD_PARTIES:
        put_list_of(json, field);
    }
}

static bool has_required(const struct scheme_record *shape)
{
    for (int i = 0; i < shape->fields_n; i++)
        if (shape->fields[i].rules & RULE_REQUIRED)
            return true;
    return false;
}

static void put_record(struct json *json, const struct scheme_record *shape)
{
    put_pair(json, "type", "object");
    json_key(json, "properties"), json_begin(json, '{');
    for (int i = 0; i < shape->fields_n; i++) {
        json_key(json, shape->fields[i].key), json_begin(json, '{');
        put_description(json, &shape->fields[i]);
        put_type(json, &shape->fields[i]);
        json_end(json, '}');
    }
    json_end(json, '}');
    if (has_required(shape)) {
        json_key(json, "required"), json_begin(json, '[');
        for (int i = 0; i < shape->fields_n; i++)
            if (shape->fields[i].rules & RULE_REQUIRED)
                json_str(json, str_from(shape->fields[i].key));
        json_end(json, ']');
    }
    json_key(json, "additionalProperties"), json_bool(json, false);
}

static void put_party_or_name(struct json *json)
{
    json_key(json, "party_or_name"), json_begin(json, '{');
    put_pair(json, "description", "单位名称，或写明情况的一组键");
    json_key(json, "anyOf"), json_begin(json, '[');
    json_begin(json, '{');
    put_text_type(json, record_field(&scheme_party_record, STR("name")));
    json_end(json, '}');
    json_begin(json, '{');
    put_pair(json, "$ref", "#/$defs/party");
    json_end(json, '}');
    json_end(json, ']');
    json_end(json, '}');
}

void scheme_put_schema(struct buf *buf)
{
    struct json json = json_open_indented(buf, 2);
    json_begin(&json, '{');
    put_pair(&json, "$schema", "https://json-schema.org/draft/2020-12/schema");
    put_pair(&json, "title", "对口联系方案");
    put_pair(&json, "description",
             "由对口联系制度文件整理出的方案：单位、对口联系、内容、形式和工作要求，各注明条款");
    put_record(&json, &scheme_file_record);
    json_key(&json, "$defs"), json_begin(&json, '{');
    for (size_t i = 0; i < sizeof definitions / sizeof *definitions; i++) {
        json_key(&json, definitions[i]->name), json_begin(&json, '{');
        put_record(&json, definitions[i]);
        json_end(&json, '}');
    }
    put_party_or_name(&json);
    json_end(&json, '}');
    json_end(&json, '}');
    buf_char(buf, '\n');
}
