#include "engine/reader/wire.h"

#include "base/utf8.h"
#include "engine/scheme/fields.h"

static const struct str head = STR_INIT("DKR1"), tail = STR_INIT("1RKD");
static const char *const formats[] = {"text", "docx", "pdf", "html"};
enum { FORMATS_N = sizeof formats / sizeof *formats };

/* Where the text of a cell is: in the cell itself, in the one to its left, in the one above. */
enum cell_text { TEXT_OWN, TEXT_LEFT, TEXT_ABOVE };

static void put_count(struct buf *buf, uint64_t value)
{
    for (; value >= 0x80; value >>= 7)
        buf_char(buf, (char)(value | 0x80));
    buf_char(buf, (char)value);
}

static void put_int(struct buf *buf, int64_t value)
{
    put_count(buf, (uint64_t)value << 1 ^ (uint64_t)(value >> 63));
}

static void put_text(struct buf *buf, struct str text)
{
    put_count(buf, text.len);
    buf_put(buf, text);
}

static void put_date(struct buf *buf, struct date date)
{
    put_int(buf, date.year);
    put_int(buf, date.month);
    put_int(buf, date.day);
}

static void put_record(struct buf *buf, const struct scheme_record *shape, const void *record);

static void put_field(struct buf *buf, const struct scheme_field *field, const void *record)
{
    const void *at = field_get(field, record);
    const struct str_list *list = at;
    switch (field->kind) {
    case FIELD_TEXT:
    case FIELD_VOCABULARY:
        put_text(buf, *(const struct str *)at);
        break;
    case FIELD_CODE:
        put_text(buf, str_from(*(const char *const *)at));
        break;
    case FIELD_FLAG:
        put_count(buf, *(const bool *)at);
        break;
    case FIELD_WORD:
    case FIELD_NUMBER:
        put_int(buf, *(const int *)at);
        break;
    case FIELD_DATE:
        put_date(buf, *(const struct date *)at);
        break;
    case FIELD_MONTH_DAY:
        put_int(buf, ((const struct month_day *)at)->month);
        put_int(buf, ((const struct month_day *)at)->day);
        break;
    case FIELD_TEXTS:
        put_count(buf, (uint64_t)list->n);
        for (int i = 0; i < list->n; i++)
            put_text(buf, list->items[i]);
        break;
    case FIELD_RECORD:
    case FIELD_PARTY:
        put_record(buf, field->record, at);
        break;
    case FIELD_RECORDS:
    case FIELD_PARTIES:
        put_count(buf, (uint64_t)field_count(field, record));
        for (int i = 0; i < field_count(field, record); i++)
            put_record(buf, field->record,
                       (const char *)field_items(field, record) + (size_t)i * field->record->size);
        break;
    }
}

static void put_record(struct buf *buf, const struct scheme_record *shape, const void *record)
{
    for (int i = 0; i < shape->fields_n; i++)
        put_field(buf, &shape->fields[i], record);
}

static bool is_same_slice(struct str a, struct str b)
{
    return a.ptr == b.ptr && a.len == b.len && a.len > 0;
}

/* Spanned cells share their text and so do they on the wire: a table of long spans stays small. */
static void put_cell(struct buf *buf, const struct source_line *line, int i,
                     const struct source_line *above)
{
    const struct source_cell *cell = &line->cells[i];
    enum cell_text where = TEXT_OWN;
    if (i > 0 && is_same_slice(cell->text, line->cells[i - 1].text))
        where = TEXT_LEFT;
    else if (above && i < above->cells_n && is_same_slice(cell->text, above->cells[i].text))
        where = TEXT_ABOVE;
    put_count(buf, (uint64_t)(where << 2 | cell->repeated << 1 | cell->header));
    if (where == TEXT_OWN)
        put_text(buf, cell->text);
}

static void put_source(struct buf *buf, const struct source *source)
{
    uint64_t format = 0;
    while (format + 1 < FORMATS_N && strcmp(formats[format], source->format) != 0)
        format++;
    put_count(buf, format);
    put_count(buf, (uint64_t)source->lines_n);
    for (int i = 0; i < source->lines_n; i++) {
        const struct source_line *line = &source->lines[i];
        put_int(buf, line->number);
        put_text(buf, line->text);
        put_int(buf, line->table);
        put_count(buf, line->page_start);
        put_count(buf, (uint64_t)line->cells_n);
        for (int k = 0; k < line->cells_n; k++)
            put_cell(buf, line, k, i > 0 ? line - 1 : NULL);
    }
}

void wire_put(struct buf *buf, const struct wire_result *result)
{
    buf_put(buf, head);
    put_count(buf, result->status);
    if (result->status == OK) {
        put_record(buf, &scheme_file_record, &result->scheme);
        put_count(buf, result->has_source);
        if (result->has_source)
            put_source(buf, &result->source);
    } else {
        put_int(buf, result->fault.http);
        put_text(buf, result->fault.field);
        put_text(buf, result->fault.message);
    }
    buf_put(buf, tail);
}

/* What is left to read; a first mistake makes it bad and every further reading give nothing. */
struct wire {
    struct arena *arena;
    struct str rest;
    size_t room; /* bytes that may still be taken from the arena */
    bool is_bad;
};

static uint64_t get_count(struct wire *wire)
{
    uint64_t value = 0;
    for (int shift = 0; shift < 64 && wire->rest.len > 0; shift += 7) {
        unsigned char byte = (unsigned char)wire->rest.ptr[0];
        wire->rest = str_from_byte(wire->rest, 1);
        value |= (uint64_t)(byte & 0x7F) << shift;
        if (byte < 0x80)
            return value;
    }
    wire->is_bad = true;
    return 0;
}

static int get_int(struct wire *wire)
{
    uint64_t raw = get_count(wire);
    int64_t value = (int64_t)(raw >> 1) ^ -(int64_t)(raw & 1);
    if (value < INT32_MIN || value > INT32_MAX)
        wire->is_bad = true;
    return wire->is_bad ? 0 : (int)value;
}

static int get_within(struct wire *wire, int least, int most)
{
    int value = get_int(wire);
    if (value < least || value > most)
        wire->is_bad = true;
    return wire->is_bad ? least : value;
}

static bool get_flag(struct wire *wire)
{
    uint64_t value = get_count(wire);
    if (value > 1)
        wire->is_bad = true;
    return value == 1;
}

static struct str get_text(struct wire *wire)
{
    uint64_t len = get_count(wire);
    struct str text = str_head(wire->rest, len);
    if (len > wire->rest.len || !utf8_is_valid(text))
        wire->is_bad = true;
    if (wire->is_bad)
        return STR("");
    wire->rest = str_from_byte(wire->rest, len);
    return text;
}

static struct date get_date(struct wire *wire)
{
    struct date date = {get_int(wire), get_int(wire), get_int(wire)};
    bool is_none = date.year == 0 && date.month == 0 && date.day == 0;
    if (!is_none && !date_is_valid(date))
        wire->is_bad = true;
    return wire->is_bad ? (struct date){0} : date;
}

/* Length of a list whose elements take a byte of the wire each at least, and room for it. */
static int get_list(struct wire *wire, size_t size, void **ret_items)
{
    uint64_t n = get_count(wire);
    size_t bytes;
    if (n > wire->rest.len || n > INT32_MAX || __builtin_mul_overflow(size, n, &bytes) ||
        bytes > wire->room)
        wire->is_bad = true;
    *ret_items = NULL;
    if (wire->is_bad || n == 0)
        return 0;
    wire->room -= bytes;
    *ret_items = arena_alloc(wire->arena, bytes);
    return (int)n;
}

static void get_record(struct wire *wire, const struct scheme_record *shape, void *record);

static void get_texts(struct wire *wire, struct str_list *ret_list)
{
    void *items;
    int n = get_list(wire, sizeof(struct str), &items);
    *ret_list = (struct str_list){items, n, n};
    for (int i = 0; i < n; i++)
        ret_list->items[i] = get_text(wire);
}

static void get_records(struct wire *wire, const struct scheme_field *field, void *record)
{
    void *items;
    int n = get_list(wire, field->record->size, &items);
    for (int i = 0; i < n && !wire->is_bad; i++)
        get_record(wire, field->record, (char *)items + (size_t)i * field->record->size);
    memcpy(field_at(field, record), &items, sizeof items);
    *(int *)((char *)record + field->offset_n) = n;
    *(int *)((char *)record + field->offset_room) = n;
}

static void get_field(struct wire *wire, const struct scheme_field *field, void *record)
{
    void *at = field_at(field, record);
    struct month_day *day = at;
    switch (field->kind) {
    case FIELD_TEXT:
    case FIELD_VOCABULARY:
        *(struct str *)at = get_text(wire);
        break;
    case FIELD_CODE:
        *(const char **)at = str_c(wire->arena, get_text(wire));
        break;
    case FIELD_FLAG:
        *(bool *)at = get_flag(wire);
        break;
    case FIELD_WORD:
        *(int *)at = get_within(wire, 0, *field->words_n - 1);
        break;
    case FIELD_NUMBER:
        *(int *)at = get_int(wire);
        break;
    case FIELD_DATE:
        *(struct date *)at = get_date(wire);
        break;
    case FIELD_MONTH_DAY:
        day->month = get_within(wire, 0, 12);
        day->day = get_within(wire, 0, 31);
        break;
    case FIELD_TEXTS:
        get_texts(wire, at);
        break;
    case FIELD_RECORD:
    case FIELD_PARTY:
        get_record(wire, field->record, at);
        break;
    case FIELD_RECORDS:
    case FIELD_PARTIES:
        get_records(wire, field, record);
        break;
    }
}

static void get_record(struct wire *wire, const struct scheme_record *shape, void *record)
{
    for (int i = 0; i < shape->fields_n && !wire->is_bad; i++)
        get_field(wire, &shape->fields[i], record);
}

static void get_cell(struct wire *wire, struct source_line *line, int i,
                     const struct source_line *above)
{
    uint64_t flags = get_count(wire);
    struct source_cell *cell = &line->cells[i];
    cell->header = flags & 1;
    cell->repeated = flags & 2;
    if (flags >> 2 == TEXT_OWN)
        cell->text = get_text(wire);
    else if (flags >> 2 == TEXT_LEFT && i > 0)
        cell->text = line->cells[i - 1].text;
    else if (flags >> 2 == TEXT_ABOVE && above && i < above->cells_n)
        cell->text = above->cells[i].text;
    else
        wire->is_bad = true;
}

static void get_source(struct wire *wire, struct source *ret_source)
{
    void *items;
    uint64_t format = get_count(wire);
    if (format >= FORMATS_N)
        wire->is_bad = true;
    int n = get_list(wire, sizeof(struct source_line), &items);
    struct source source = {formats[wire->is_bad ? 0 : format], items, n, n};
    for (int i = 0; i < n && !wire->is_bad; i++) {
        struct source_line *line = &source.lines[i];
        line->number = get_int(wire);
        line->text = get_text(wire);
        line->table = get_int(wire);
        line->page_start = get_flag(wire);
        line->cells_n = get_list(wire, sizeof(struct source_cell), &items);
        line->cells = items;
        for (int k = 0; k < line->cells_n && !wire->is_bad; k++)
            get_cell(wire, line, k, i > 0 ? line - 1 : NULL);
    }
    *ret_source = source;
}

bool wire_get(struct arena *arena, struct str bytes, struct wire_result *ret_result)
{
    if (bytes.len < head.len + tail.len || !str_starts(bytes, head) || !str_ends(bytes, tail))
        return false;
    struct wire wire = {.arena = arena, .room = (arena->cap_bytes - arena->used_bytes) / 2};
    wire.rest = (struct str){bytes.ptr + head.len, bytes.len - head.len - tail.len};
    struct wire_result result = {0};
    uint64_t status = get_count(&wire);
    result.status = status > FAULT ? FAULT : (enum status)status;
    if (status > FAULT)
        wire.is_bad = true;
    if (result.status == OK) {
        get_record(&wire, &scheme_file_record, &result.scheme);
        result.has_source = get_flag(&wire);
        if (result.has_source)
            get_source(&wire, &result.source);
    } else {
        result.fault = (struct fault){.status = result.status, .http = get_int(&wire)};
        result.fault.field = get_text(&wire);
        result.fault.message = get_text(&wire);
    }
    if (wire.is_bad || wire.rest.len > 0)
        return false;
    *ret_result = result;
    return true;
}
