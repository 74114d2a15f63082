#include "view/format.h"

#include <stdio.h>

#include "base/id.h"

enum { SECOND_US = 1000000 };

bool format_is_null(const struct column *column, struct value value)
{
    return value.kind == VALUE_NULL || (column->kind == COLUMN_DATE && value.kind == VALUE_TEXT &&
                                        str_eq(value.s, STR("9999-12-31")));
}

static struct str scratch_str(const char *scratch, int len)
{
    return (struct str){scratch, (size_t)(len < FORMAT_SCRATCH ? len : FORMAT_SCRATCH - 1)};
}

static struct str format_date(struct value value, enum format_style style, char *scratch)
{
    struct date date;
    if (style != FORMAT_PROSE || !date_parse(value_str(value), &date))
        return value_str(value);
    return scratch_str(scratch, snprintf(scratch, FORMAT_SCRATCH, "%d年%d月%d日", date.year,
                                         date.month, date.day));
}

struct date format_local(int64_t us, int *ret_second)
{
    struct date date = instant_date((struct instant){us}, ZONE_CHINA_MIN);
    int64_t local_sec = us / SECOND_US - (us % SECOND_US < 0) + ZONE_CHINA_MIN * 60;
    *ret_second = (int)(local_sec - date_to_days(date) * 86400);
    return date;
}

static struct str format_instant(int64_t us, enum format_style style, char *scratch)
{
    int second;
    struct date date = format_local(us, &second);
    int hour = second / 3600, minute = second / 60 % 60;
    int len;
    if (style == FORMAT_PAGE)
        len = snprintf(scratch, FORMAT_SCRATCH, "%04d-%02d-%02d %02d:%02d", date.year, date.month,
                       date.day, hour, minute);
    else if (style == FORMAT_PROSE)
        len = snprintf(scratch, FORMAT_SCRATCH, "%d年%d月%d日 %02d:%02d", date.year, date.month,
                       date.day, hour, minute);
    else
        len = snprintf(scratch, FORMAT_SCRATCH, "%04d-%02d-%02dT%02d:%02d:%02d+08:00", date.year,
                       date.month, date.day, hour, minute, second % 60);
    return scratch_str(scratch, len);
}

static struct str format_int(int64_t value, char *scratch)
{
    char *at = scratch + FORMAT_SCRATCH;
    uint64_t rest = value < 0 ? -(uint64_t)value : (uint64_t)value;
    do {
        *--at = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest);
    if (value < 0)
        *--at = '-';
    return (struct str){at, (size_t)(scratch + FORMAT_SCRATCH - at)};
}

static struct str format_choice(const struct column *column, struct str word,
                                enum format_style style)
{
    if (style == FORMAT_WORD || !column->choices)
        return word;
    for (const struct choice *choice = column->choices; choice->word; choice++)
        if (str_is(word, choice->word))
            return str_from(choice->label);
    return word;
}

static struct str format_flag(int64_t flag, enum format_style style)
{
    if (style == FORMAT_WORD)
        return flag ? STR("true") : STR("false");
    return flag ? STR("是") : STR("否");
}

struct str format_cell(const struct column *column, struct value value, enum format_style style,
                       char scratch[FORMAT_SCRATCH])
{
    if (format_is_null(column, value))
        return STR("");
    if (value.kind == VALUE_TEXT) {
        if (column->kind == COLUMN_CHOICE)
            return format_choice(column, value.s, style);
        return column->kind == COLUMN_DATE ? format_date(value, style, scratch) : value.s;
    }
    if (value.kind != VALUE_INT)
        return STR("");
    switch (column->kind) {
    case COLUMN_FLAG:
        return format_flag(value.i, style);
    case COLUMN_INSTANT:
        return format_instant(value.i, style, scratch);
    case COLUMN_ID:
        id_format_to(value.i, scratch);
        return (struct str){scratch, ID_TEXT_LEN};
    default:
        return format_int(value.i, scratch);
    }
}

int format_name_index(const struct shape *shape)
{
    static const char *const names[] = {"name", "title"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        int index = shape_index(shape, str_from(names[i]));
        if (index >= 0)
            return index;
    }
    for (int i = 0; i < shape->n; i++)
        if (shape->columns[i].label)
            return i;
    return -1;
}

static struct str row_name(const struct shape *shape, const struct value *values,
                           enum format_style style, char *scratch)
{
    int index = format_name_index(shape);
    if (index < 0)
        return STR("");
    return format_cell(&shape->columns[index], values[index], style, scratch);
}

struct str format_flat(const struct column *column, struct value value, enum format_style style,
                       char scratch[FORMAT_SCRATCH], struct buf *spare)
{
    if (value.kind == VALUE_OBJECT)
        return row_name(value.object->shape, value.object->values, style, scratch);
    if (value.kind != VALUE_LIST)
        return format_cell(column, value, style, scratch);
    buf_clear(spare);
    const struct list *list = value.list;
    for (int i = 0; i < list->n; i++) {
        if (i > 0)
            BUF_LIT(spare, "、");
        buf_put(spare, row_name(list->shape, list_row(list, i), style, scratch));
    }
    return buf_str(spare);
}

bool format_is_formula(struct str text)
{
    static const struct str wide[] = {STR_INIT("＝"), STR_INIT("＋"), STR_INIT("－"),
                                      STR_INIT("＠")};
    if (text.len > 0 && memchr("=+-@\t\r\n", text.ptr[0], 7))
        return true;
    for (size_t i = 0; i < sizeof wide / sizeof *wide; i++)
        if (str_starts(text, wide[i]))
            return true;
    return false;
}
