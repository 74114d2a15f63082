#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/date.h"
#include "view/table_xlsx.h"

enum { ROW_NUMBER_MAX = 1048576, CELL_BYTES_MAX = 1 << 20, DAY_SEC = 86400, LAST_SERIAL = 2958465 };

enum cell_type { CELL_NUMBER, CELL_SHARED, CELL_STRING, CELL_FLAG, CELL_OTHER };

struct sheet {
    struct book *book;
    struct buf text; /* of the cell's value */
    struct buf spare;
    int64_t row;
    int column;
    enum cell_type type;
    int64_t look;
    bool in_row, in_value, in_phonetic;
};

/* --- what a cell says --- */

static struct str put_time_of_day(struct buf *buf, int second)
{
    buf_fmt(buf, "%02d:%02d", second / 3600, second / 60 % 60);
    if (second % 60)
        buf_fmt(buf, ":%02d", second % 60);
    return buf_str(buf);
}

/* A day number with a part of the day. Day 60 of the 1900 system is a 29 February that never
 * was, so the days before it lie one later. */
static struct str put_serial(struct sheet *sheet, double serial)
{
    int64_t day = (int64_t)floor(serial);
    int second = (int)lround((serial - (double)day) * DAY_SEC);
    if (second == DAY_SEC)
        day++, second = 0;
    if (day == 0 && !sheet->book->date_1904)
        return put_time_of_day(&sheet->spare, second);
    struct date first = sheet->book->date_1904 ? (struct date){1904, 1, 1}
                        : day < 60             ? (struct date){1899, 12, 31}
                                               : (struct date){1899, 12, 30};
    struct date date = date_add_days(first, day);
    buf_fmt(&sheet->spare, "%04d-%02d-%02d", date.year, date.month, date.day);
    if (second == 0)
        return buf_str(&sheet->spare);
    buf_char(&sheet->spare, ' ');
    return put_time_of_day(&sheet->spare, second);
}

static struct str number_text(struct sheet *sheet)
{
    const struct book *book = sheet->book;
    struct str text = buf_str(&sheet->text);
    char *end;
    buf_char(&sheet->text, '\0');
    double number = text.len ? strtod(sheet->text.ptr, &end) : NAN;
    if (!isfinite(number) || *end)
        return text;
    bool is_date =
        sheet->look >= 0 && sheet->look < book->date_looks_n && book->date_looks[sheet->look];
    if (is_date && number >= 0 && number <= LAST_SERIAL)
        return put_serial(sheet, number);
    if (number == 0)
        return STR("0");
    if (number == floor(number) && fabs(number) < 1e18)
        buf_fmt(&sheet->spare, "%.0f", number);
    else
        buf_fmt(&sheet->spare, "%.15g", number);
    return buf_str(&sheet->spare);
}

static struct str shared_text(const struct sheet *sheet)
{
    int64_t index;
    if (!str_to_int(str_trim(buf_str(&sheet->text)), &index) || index < 0 ||
        index >= sheet->book->strings_n)
        return STR("");
    return sheet->book->strings[index];
}

static enum status end_cell(struct sheet *sheet)
{
    struct table_maker *m = sheet->book->m;
    struct str text = buf_str(&sheet->text);
    if (sheet->text.full)
        return table_refuse(m, "第 %d 行有单元格文字过长，请删减后再导入。", (int)sheet->row);
    buf_clear(&sheet->spare);
    if (sheet->type == CELL_SHARED)
        return table_put_cell(m, sheet->column, shared_text(sheet));
    if (sheet->type == CELL_NUMBER)
        text = number_text(sheet);
    else if (sheet->type == CELL_FLAG)
        text = str_is(str_trim(text), "1") ? STR("是") : STR("否");
    else if (sheet->type == CELL_STRING)
        text = string_unescaped(m->arena, text);
    if (text.len == 0)
        return OK;
    TRY(table_keep_text(m, text, &text));
    return table_put_cell(m, sheet->column, text);
}

/* --- where a cell stands --- */

/* "AB12" → 27; the column after the last one when it is not said. */
static int column_of(struct str reference, int next)
{
    int column = 0;
    for (size_t i = 0; i < reference.len && i < 3; i++) {
        char c = reference.ptr[i];
        if (c < 'A' || c > 'Z')
            break;
        column = column * 26 + (c - 'A' + 1);
    }
    return column > 0 ? column - 1 : next;
}

static enum cell_type type_of(struct str type)
{
    static const struct {
        const char *word;
        enum cell_type type;
    } types[] = {{"", CELL_NUMBER},          {"n", CELL_NUMBER},   {"s", CELL_SHARED},
                 {"inlineStr", CELL_STRING}, {"str", CELL_STRING}, {"b", CELL_FLAG}};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (str_is(type, types[i].word))
            return types[i].type;
    return CELL_OTHER;
}

static void begin_cell(struct sheet *sheet, struct part *part)
{
    sheet->column = column_of(part_attribute(part, "r"), sheet->column + 1);
    sheet->type = type_of(part_attribute(part, "t"));
    if (!str_to_int(part_attribute(part, "s"), &sheet->look))
        sheet->look = -1;
    buf_clear(&sheet->text);
}

static enum status begin_row(struct sheet *sheet, struct part *part)
{
    int64_t number;
    struct str said = part_attribute(part, "r");
    if (said.len == 0)
        number = sheet->row + 1;
    else if (!str_to_int(said, &number))
        return refuse_damaged(sheet->book);
    if (number <= sheet->row || number > ROW_NUMBER_MAX || sheet->in_row)
        return refuse_damaged(sheet->book);
    sheet->row = number;
    sheet->column = -1;
    sheet->in_row = !part->is_empty;
    table_begin_row(sheet->book->m, (int)number);
    return OK;
}

static enum status take_start(struct sheet *sheet, struct part *part)
{
    if (str_is(part->name, "row"))
        return begin_row(sheet, part);
    if (str_is(part->name, "c"))
        begin_cell(sheet, part);
    else if (str_is(part->name, "v") || str_is(part->name, "t"))
        sheet->in_value = !part->is_empty;
    else if (str_is(part->name, "rPh"))
        sheet->in_phonetic = !part->is_empty;
    return OK;
}

static enum status take_end(struct sheet *sheet, const struct part *part)
{
    if (str_is(part->name, "row")) {
        sheet->in_row = false;
        return table_end_row(sheet->book->m);
    }
    if (str_is(part->name, "c") && sheet->in_row)
        return end_cell(sheet);
    if (str_is(part->name, "v") || str_is(part->name, "t"))
        sheet->in_value = false;
    else if (str_is(part->name, "rPh"))
        sheet->in_phonetic = false;
    return OK;
}

static enum status take_step(struct sheet *sheet, struct part *part)
{
    switch (part->at) {
    case PART_START:
        return take_start(sheet, part);
    case PART_END:
        return take_end(sheet, part);
    case PART_TEXT:
        if (sheet->in_row && sheet->in_value && !sheet->in_phonetic)
            buf_put(&sheet->text, part->text);
    }
    return OK;
}

enum status sheet_read(struct book *book)
{
    AUTOPART part;
    struct sheet sheet = {
        .book = book, .text = buf_open(CELL_BYTES_MAX), .spare = buf_open(KIB(1))};
    enum status status = part_open(book, book->sheet, &part);
    if (status == NOT_FOUND)
        status = refuse_damaged(book);
    while (status == OK && (status = part_next(&part)) == OK)
        status = take_step(&sheet, &part);
    buf_close(&sheet.text);
    buf_close(&sheet.spare);
    return status == NOT_FOUND ? OK : status;
}
