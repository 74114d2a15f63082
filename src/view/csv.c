#include "view/format.h"

static void put_quoted(struct buf *buf, struct str text)
{
    while (text.len > 0) {
        ptrdiff_t quote = str_find(text, STR("\""));
        size_t len = quote < 0 ? text.len : (size_t)quote + 1;
        buf_put(buf, str_head(text, len));
        if (quote >= 0)
            buf_char(buf, '"');
        text = str_from_byte(text, len);
    }
}

static void put_cell(struct buf *buf, const struct column *column, struct value cell)
{
    char scratch[FORMAT_SCRATCH];
    AUTOBUF spare = buf_open(MIB(4));
    struct str text = format_flat(column, cell, FORMAT_DATA, scratch, &spare);
    buf_char(buf, '"');
    if (cell.kind != VALUE_INT && format_is_formula(text)) /* a number may start with a minus */
        buf_char(buf, '\'');
    put_quoted(buf, text);
    buf_char(buf, '"');
}

void view_put_csv_head(struct buf *buf, const struct shape *shape)
{
    bool first = true;
    BUF_LIT(buf, "\xEF\xBB\xBF");
    for (int i = 0; i < shape->n; i++) {
        if (!column_is_cell(&shape->columns[i]))
            continue;
        buf_put(buf, first ? STR("\"") : STR(",\""));
        put_quoted(buf, str_from(shape->columns[i].label));
        buf_char(buf, '"');
        first = false;
    }
    BUF_LIT(buf, "\r\n");
}

void view_put_csv_row(struct buf *buf, const struct shape *shape, const struct value *cells)
{
    bool first = true;
    for (int i = 0; i < shape->n; i++) {
        if (!column_is_cell(&shape->columns[i]))
            continue;
        if (!first)
            buf_char(buf, ',');
        put_cell(buf, &shape->columns[i], cells[i]);
        first = false;
    }
    BUF_LIT(buf, "\r\n");
}

void view_put_csv(struct buf *buf, const struct list *list)
{
    view_put_csv_head(buf, list->shape);
    for (int i = 0; i < list->n; i++)
        view_put_csv_row(buf, list->shape, list_row(list, i));
}
