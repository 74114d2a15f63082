#include "base/utf8.h"
#include "engine/scheme/fields.h"

struct writer {
    struct buf *buf;
    struct party_classes classes;
    int indent;
    bool at_item; /* "- " has been written and its first key goes on the same line */
};

/* A list of short texts stays on one line up to this many characters. */
enum { FLOW_LIST_MAX = 48 };

static void put_record(struct writer *writer, const struct scheme_record *shape, const void *record,
                       const void *defaults);

static void start_line(struct writer *writer)
{
    if (!writer->at_item)
        buf_fmt(writer->buf, "%*s", writer->indent, "");
    writer->at_item = false;
}

static void start_item(struct writer *writer)
{
    start_line(writer);
    BUF_LIT(writer->buf, "- ");
}

static bool is_word_char(int32_t code)
{
    return (code >= 'a' && code <= 'z') || (code >= 'A' && code <= 'Z') ||
           (code >= '0' && code <= '9') || code == '_' || (code >= 0xA1 && code <= 0xD7FF) ||
           (code >= 0xE000 && code < 0xFEFF) || (code > 0xFEFF && code < 0xFFFD) || code >= 0x10000;
}

/* What some reader of YAML might take for a number, a date, a time, nothing, yes or no. */
static bool looks_like_a_value(struct str text)
{
    static const char *const values[] = {"null", "true", "false", "yes", "no",
                                         "on",   "off",  "y",     "n"};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        if (text.len == strlen(values[i]) && strncasecmp(text.ptr, values[i], text.len) == 0)
            return true;
    for (size_t i = 0; i < text.len; i++)
        if (!strchr("0123456789abcdefABCDEFxXoO_.-+/", text.ptr[i]) || text.ptr[i] == '\0')
            return false;
    return text.len > 0 && (text.ptr[0] < 'a' || text.ptr[0] > 'z');
}

/* Can stand without quotes wherever a text can. */
static bool is_plain(struct str text)
{
    if (text.len == 0 || text.ptr[text.len - 1] == ' ' || looks_like_a_value(text))
        return false;
    bool first = true;
    for (struct str rest = text; rest.len > 0; first = false) {
        int32_t code = utf8_next(&rest);
        bool inside = code == ' ' || code == '-' || code == '.' || code == '/' || code == '(' ||
                      code == ')' || code == '+';
        if (!is_word_char(code) && (first || !inside))
            return false;
        if (code == 0x2028 || code == 0x2029)
            return false;
    }
    return true;
}

static void put_quoted(struct buf *buf, struct str text)
{
    buf_char(buf, '"');
    for (struct str rest = text; rest.len > 0;) {
        const char *at = rest.ptr;
        int32_t code = utf8_next(&rest);
        if (code == '"' || code == '\\')
            buf_fmt(buf, "\\%c", (char)code);
        else if (code == '\n')
            BUF_LIT(buf, "\\n");
        else if (code < 0x20 || (code >= 0x7F && code <= 0xA0))
            buf_fmt(buf, "\\x%02x", (unsigned)code);
        else if (code == 0x2028 || code == 0x2029 || code == 0xFEFF || code >= 0xFFFD)
            buf_fmt(buf, code > 0xFFFF ? "\\U%08x" : "\\u%04x", (unsigned)code);
        else
            buf_put(buf, (struct str){at, (size_t)(rest.ptr - at)});
    }
    buf_char(buf, '"');
}

static void put_text(struct buf *buf, struct str text)
{
    if (is_plain(text))
        buf_put(buf, text);
    else
        put_quoted(buf, text);
}

static void put_key(struct writer *writer, const struct scheme_field *field)
{
    start_line(writer);
    buf_fmt(writer->buf, "%s:", field->key);
}

static void put_texts(struct writer *writer, const struct str_list *list)
{
    int characters = 0;
    for (int i = 0; i < list->n; i++)
        characters += utf8_count(list->items[i]) + 2;
    if (characters <= FLOW_LIST_MAX) {
        BUF_LIT(writer->buf, " [");
        for (int i = 0; i < list->n; i++) {
            buf_put(writer->buf, i > 0 ? STR(", ") : STR(""));
            put_text(writer->buf, list->items[i]);
        }
        BUF_LIT(writer->buf, "]\n");
        return;
    }
    buf_char(writer->buf, '\n');
    writer->indent += 2;
    for (int i = 0; i < list->n; i++) {
        start_item(writer);
        put_text(writer->buf, list->items[i]);
        buf_char(writer->buf, '\n');
    }
    writer->indent -= 2;
}

/* A party with nothing to tell but its name is its name. */
static bool is_name_alone(const struct scheme_party *party, const struct scheme_party *defaults)
{
    struct scheme_party bare = *defaults;
    bare.name = party->name;
    return record_is_equal(&scheme_party_record, party, &bare);
}

static struct scheme_party party_defaults(const struct writer *writer,
                                          const struct scheme_link *link,
                                          const struct scheme_party *party, bool is_from)
{
    return (struct scheme_party){
        .class = party_class_default(writer->classes, party->name, is_from), .line = link->line};
}

static void put_from(struct writer *writer, const struct scheme_field *field,
                     const struct scheme_link *link)
{
    struct scheme_party defaults = party_defaults(writer, link, &link->from, true);
    put_key(writer, field);
    if (is_name_alone(&link->from, &defaults)) {
        buf_char(writer->buf, ' ');
        put_text(writer->buf, link->from.name);
        buf_char(writer->buf, '\n');
        return;
    }
    buf_char(writer->buf, '\n');
    writer->indent += 2;
    put_record(writer, field->record, &link->from, &defaults);
    writer->indent -= 2;
}

static void put_to(struct writer *writer, const struct scheme_field *field,
                   const struct scheme_link *link)
{
    put_key(writer, field);
    buf_char(writer->buf, '\n');
    writer->indent += 2;
    for (int i = 0; i < link->to_n; i++) {
        struct scheme_party defaults = party_defaults(writer, link, &link->to[i], false);
        start_item(writer);
        if (is_name_alone(&link->to[i], &defaults)) {
            put_text(writer->buf, link->to[i].name);
            buf_char(writer->buf, '\n');
            continue;
        }
        writer->at_item = true;
        writer->indent += 2;
        put_record(writer, field->record, &link->to[i], &defaults);
        writer->indent -= 2;
    }
    writer->indent -= 2;
}

static void put_records(struct writer *writer, const struct scheme_field *field, const void *record)
{
    const char *items = field_items(field, record);
    union scheme_any defaults = {0};
    record_clear(field->record, &defaults);
    put_key(writer, field);
    buf_char(writer->buf, '\n');
    writer->indent += 2;
    for (int i = 0, n = field_count(field, record); i < n; i++) {
        if (i > 0 && (field->rules & RULE_SPACED))
            buf_char(writer->buf, '\n');
        start_item(writer);
        writer->at_item = true;
        writer->indent += 2;
        put_record(writer, field->record, items + (size_t)i * field->record->size, &defaults);
        writer->indent -= 2;
    }
    writer->indent -= 2;
}

static void put_group(struct writer *writer, const struct scheme_field *field, const void *record)
{
    union scheme_any defaults = {0};
    record_clear(field->record, &defaults);
    put_key(writer, field);
    buf_char(writer->buf, '\n');
    writer->indent += 2;
    put_record(writer, field->record, field_get(field, record), &defaults);
    writer->indent -= 2;
}

/* The fields that fit on the line of their key. */
static void put_value(struct writer *writer, const struct scheme_field *field, const void *record)
{
    char text[DATE_TEXT_MAX];
    const void *at = field_get(field, record);
    put_key(writer, field);
    buf_char(writer->buf, ' ');
    switch (field->kind) {
    case FIELD_FLAG:
        buf_put(writer->buf, *(const bool *)at ? STR("true") : STR("false"));
        break;
    case FIELD_WORD:
        put_text(writer->buf, str_from(field->words[*(const int *)at].word));
        break;
    case FIELD_CODE:
        put_text(writer->buf, str_from(*(const char *const *)at));
        break;
    case FIELD_NUMBER:
        buf_int(writer->buf, *(const int *)at);
        break;
    case FIELD_DATE:
        buf_put(writer->buf, date_text(text, *(const struct date *)at));
        break;
    case FIELD_MONTH_DAY:
        buf_put(writer->buf, month_day_text(text, *(const struct month_day *)at));
        break;
    default:
        put_text(writer->buf, *(const struct str *)at);
    }
    buf_char(writer->buf, '\n');
}

static void put_field(struct writer *writer, const struct scheme_field *field, const void *record)
{
    switch (field->kind) {
    case FIELD_TEXTS:
        put_key(writer, field);
        put_texts(writer, field_get(field, record));
        break;
    case FIELD_RECORD:
        put_group(writer, field, record);
        break;
    case FIELD_RECORDS:
        put_records(writer, field, record);
        break;
    case FIELD_PARTY:
        put_from(writer, field, record);
        break;
    case FIELD_PARTIES:
        put_to(writer, field, record);
        break;
    default:
        put_value(writer, field, record);
    }
}

/* What is the same as in `defaults` goes without saying. */
static bool is_written(const struct scheme_field *field, const void *record, const void *defaults)
{
    bool said = field->kind == FIELD_WORD && (field->rules & (RULE_REQUIRED | RULE_ALWAYS));
    return said || !field_is_equal(field, record, defaults);
}

static void put_record(struct writer *writer, const struct scheme_record *shape, const void *record,
                       const void *defaults)
{
    bool any = false;
    for (int i = 0; i < shape->fields_n; i++)
        if (is_written(&shape->fields[i], record, defaults)) {
            put_field(writer, &shape->fields[i], record);
            any = true;
        }
    if (any)
        return;
    start_line(writer);
    BUF_LIT(writer->buf, "{}\n");
}

void scheme_put_yaml(struct buf *buf, const struct scheme *scheme)
{
    enum { CLASSES_MAX = 64 };
    AUTOARENA arena = arena_open(MIB(CLASSES_MAX));
    struct writer writer = {.buf = buf, .classes = party_classes_of(&arena, scheme)};
    struct scheme defaults = {0};
    record_clear(&scheme_file_record, &defaults);
    for (int i = 0; i < scheme_file_record.fields_n; i++) {
        const struct scheme_field *field = &scheme_file_record.fields[i];
        if (!(field->rules & RULE_REQUIRED) && !is_written(field, scheme, &defaults))
            continue;
        buf_fmt(buf, "%s# %s\n", i > 0 ? "\n" : "", field->label);
        put_field(&writer, field, scheme);
    }
}
