#include "view/table_xlsx.h"

enum {
    ENTRIES_MAX = 2000,
    STRINGS_MAX = 1000000,
    LOOKS_MAX = 65536,
    STRING_BYTES_MAX = 1 << 20,
    RELS_MAX = 10000
};

/* --- the parts: workbook, first sheet, strings, styles --- */

/* "/xl/x.xml", and "x.xml" beside "xl/workbook.xml", are both "xl/x.xml". */
static struct str part_beside(struct book *book, struct str beside, struct str target)
{
    if (str_starts(target, STR("/")))
        return str_copy(book->m->arena, str_from_byte(target, 1));
    struct str folder = str_head(beside, (size_t)(str_find_last(beside, STR("/")) + 1));
    return str_fmt(book->m->arena, "%.*s%.*s", STR_ARG(folder), STR_ARG(target));
}

static struct str rels_of(struct book *book, struct str part)
{
    size_t slash = (size_t)(str_find_last(part, STR("/")) + 1);
    struct str name = str_from_byte(part, slash);
    return str_fmt(book->m->arena, "%.*s_rels/%.*s.rels", (int)slash, part.ptr ? part.ptr : "",
                   STR_ARG(name));
}

/* Each relationship of a part; `take` gets its type's end, its id and its part. */
static enum status read_rels(struct book *book, struct str of,
                             void (*take)(struct book *, struct str type, struct str id,
                                          struct str part, void *context),
                             void *context)
{
    AUTOPART part;
    enum status status = part_open(book, rels_of(book, of), &part);
    int n = 0;
    while (status == OK && (status = part_next(&part)) == OK) {
        if (part.at != PART_START || !str_is(part.name, "Relationship"))
            continue;
        if (++n > RELS_MAX)
            return refuse_damaged(book);
        struct str type = part_attribute(&part, "Type"), id;
        type = str_copy(book->m->arena,
                        str_from_byte(type, (size_t)(str_find_last(type, STR("/")) + 1)));
        id = str_copy(book->m->arena, part_attribute(&part, "Id"));
        take(book, type, id, part_beside(book, of, part_attribute(&part, "Target")), context);
    }
    return status == NOT_FOUND ? OK : status;
}

static void take_workbook(struct book *book, struct str type, struct str id, struct str part,
                          void *context)
{
    (void)id;
    (void)context;
    if (str_is(type, "officeDocument"))
        book->workbook = part;
}

static void take_part(struct book *book, struct str type, struct str id, struct str part,
                      void *context)
{
    const struct str *sheet_id = context;
    if (str_is(type, "sharedStrings"))
        book->shared = part;
    else if (str_is(type, "styles"))
        book->styles = part;
    else if (str_is(type, "worksheet") && str_eq(id, *sheet_id))
        book->sheet = part;
}

static bool is_true(struct str value)
{
    return str_is(value, "1") || str_is(value, "true");
}

/* The relationship id of the first sheet that is not hidden. */
static enum status read_workbook(struct book *book, struct str *ret_sheet_id)
{
    AUTOPART part;
    enum status status = part_open(book, book->workbook, &part);
    *ret_sheet_id = STR("");
    if (status == NOT_FOUND)
        return table_refuse(book->m,
                            "这不是 .xlsx 表格，请在 WPS 或 Excel 中另存为 .xlsx 再导入。");
    while (status == OK && (status = part_next(&part)) == OK) {
        if (part.at != PART_START)
            continue;
        if (str_is(part.name, "workbookPr"))
            book->date_1904 = is_true(part_attribute(&part, "date1904"));
        bool is_shown =
            str_is(part.name, "sheet") && !str_ends(part_attribute(&part, "state"), STR("idden"));
        if (is_shown && ret_sheet_id->len == 0)
            *ret_sheet_id = str_copy(book->m->arena, part_attribute(&part, "id"));
    }
    return status == NOT_FOUND ? OK : status;
}

/* --- styles: which of them show a date --- */

/* Whether a number format shows a date or a time: y, d, h, m, s outside of quotes and brackets. */
static bool is_date_code(struct str code)
{
    for (size_t i = 0; i < code.len; i++) {
        char c = code.ptr[i];
        if (c == '\\' || c == '_' || c == '*') {
            i++;
        } else if (c == '"' || c == '[') {
            char end = c == '"' ? '"' : ']';
            while (++i < code.len && code.ptr[i] != end)
                continue;
        } else if (memchr("yYdDhHmMsS", c, 10)) {
            return true;
        }
    }
    return false;
}

static bool is_date_id(int64_t id)
{
    return (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 45 && id <= 47) ||
           (id >= 50 && id <= 58);
}

struct styles {
    int64_t *date_ids; /* formats of the file itself that show dates */
    int n, room;
    bool in_cells;
};

static bool shows_date(const struct styles *styles, int64_t id)
{
    for (int i = 0; i < styles->n; i++)
        if (styles->date_ids[i] == id)
            return true;
    return is_date_id(id);
}

static void take_style(struct book *book, struct part *part, struct styles *styles)
{
    int64_t id = 0;
    bool is_format = str_is(part->name, "numFmt"), is_cell = str_is(part->name, "xf");
    if (str_is(part->name, "cellXfs"))
        styles->in_cells = part->at == PART_START;
    if (part->at != PART_START || (!is_format && !is_cell) ||
        !str_to_int(part_attribute(part, "numFmtId"), &id))
        id = -1;
    if (is_format && id >= 0 && styles->n < LOOKS_MAX &&
        is_date_code(part_attribute(part, "formatCode")))
        *arena_push(book->m->arena, styles->date_ids, styles->n, styles->room) = id;
    if (is_cell && styles->in_cells && part->at == PART_START && book->date_looks_n < LOOKS_MAX)
        *arena_push(book->m->arena, book->date_looks, book->date_looks_n, book->date_looks_room) =
            shows_date(styles, id);
}

static enum status read_styles(struct book *book)
{
    AUTOPART part;
    struct styles styles = {0};
    enum status status = part_open(book, book->styles, &part);
    while (status == OK && (status = part_next(&part)) == OK)
        if (part.at != PART_TEXT)
            take_style(book, &part, &styles);
    return status == NOT_FOUND ? OK : status;
}

/* --- shared strings --- */

static int hex_digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
                                  : -1;
}

/* "_x000D_" at the start: the character below U+0080 that it stands for, else -1. */
static int escaped_char(struct str text)
{
    if (text.len < 7 || !str_starts(text, STR("_x00")) || text.ptr[6] != '_')
        return -1;
    int high = hex_digit(text.ptr[4]), low = hex_digit(text.ptr[5]);
    return high >= 0 && high < 8 && low >= 0 ? high * 16 + low : -1;
}

struct str string_unescaped(struct arena *arena, struct str text)
{
    if (!str_has(text, STR("_x00")))
        return text;
    char *to = arena_alloc(arena, text.len + 1);
    size_t len = 0;
    while (text.len > 0) {
        int code = escaped_char(text);
        to[len++] = (char)(code >= 0 ? code : text.ptr[0]);
        text = str_from_byte(text, code >= 0 ? 7 : 1);
    }
    return (struct str){to, len};
}

struct string_reader {
    struct buf text;
    bool in_text, in_phonetic; /* how a word is read aloud, beside it */
};

static enum status take_string_step(struct book *book, const struct part *part,
                                    struct string_reader *reader)
{
    if (part->at == PART_TEXT) {
        if (reader->in_text && !reader->in_phonetic)
            buf_put(&reader->text, part->text);
        return OK;
    }
    bool starts = part->at == PART_START && !part->is_empty;
    if (str_is(part->name, "t"))
        reader->in_text = starts;
    else if (str_is(part->name, "rPh"))
        reader->in_phonetic = starts;
    else if (str_is(part->name, "si") && !starts) {
        if (reader->text.full || book->strings_n == STRINGS_MAX)
            return table_refuse(book->m, "表中文字过多，请分成几个文件导入。");
        struct str text = string_unescaped(book->m->arena, buf_str(&reader->text));
        TRY(table_keep_text(book->m, text, &text));
        *arena_push(book->m->arena, book->strings, book->strings_n, book->strings_room) = text;
        buf_clear(&reader->text);
    }
    return OK;
}

static enum status read_strings(struct book *book)
{
    AUTOPART part;
    struct string_reader reader = {.text = buf_open(STRING_BYTES_MAX)};
    enum status status = part_open(book, book->shared, &part);
    while (status == OK && (status = part_next(&part)) == OK)
        status = take_string_step(book, &part, &reader);
    buf_close(&reader.text);
    return status == NOT_FOUND ? OK : status;
}

/* --- the package --- */

static enum status read_book(struct book *book)
{
    struct str sheet_id;
    if (zip_get_num_entries(book->zip, 0) > ENTRIES_MAX)
        return refuse_damaged(book);
    TRY(read_rels(book, STR(""), take_workbook, NULL));
    if (str_ends(book->workbook, STR(".bin")))
        return table_refuse(book->m, "这是 .xlsb 表格，请另存为 .xlsx 再导入。");
    TRY(read_workbook(book, &sheet_id));
    TRY(read_rels(book, book->workbook, take_part, &sheet_id));
    if (book->sheet.len == 0)
        return table_refuse(book->m, "表格里没有可读的工作表，请检查后再导入。");
    TRY(read_styles(book));
    TRY(read_strings(book));
    return sheet_read(book);
}

enum status table_read_xlsx(struct table_maker *m, struct str bytes)
{
    struct book book = {.m = m};
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t *source = zip_source_buffer_create(bytes.ptr, bytes.len, 0, &error);
    if (source)
        book.zip = zip_open_from_source(source, ZIP_RDONLY, &error);
    zip_error_fini(&error);
    if (!book.zip) {
        zip_source_free(source);
        return refuse_damaged(&book);
    }
    enum status status = read_book(&book);
    zip_discard(book.zip);
    return status;
}
