/*
 * format - the one place where a cell of a column becomes text, unescaped. Private to view/.
 */
#ifndef VIEW_FORMAT_H
#define VIEW_FORMAT_H

#include "base/date.h"
#include "view/view.h"

enum format_style {
    FORMAT_PAGE,  /* 是, a choice's label, 2022-01-24 10:00 */
    FORMAT_DATA,  /* 是, a choice's label, 2022-01-24T10:00:00+08:00: cells of CSV */
    FORMAT_PROSE, /* 2022年1月24日, 2022年1月24日 10:00 */
    FORMAT_WORD,  /* true, a choice's word, …T…+08:00: what programs compare */
};

enum { FORMAT_SCRATCH = 64 };

/* Null, or a date's open end. */
bool format_is_null(const struct column *column, struct value value);

/*
 * The text of a cell: empty for null. It borrows the value or `scratch`. OBJECT and LIST have no
 * text of their own: see format_name.
 */
struct str format_cell(const struct column *column, struct value value, enum format_style style,
                       char scratch[FORMAT_SCRATCH]);

/* An instant's date and second of the day in China's zone. */
struct date format_local(int64_t us, int *ret_second);

/* The column that names an object of this shape: "name", else "title", else the first heading;
 * -1 when it has none. */
int format_name_index(const struct shape *shape);

/* A cell as one line of text: objects by their name, lists by their names joined with 、, which
 * are put into `spare`. It borrows the value, `scratch` or `spare`. */
struct str format_flat(const struct column *column, struct value value, enum format_style style,
                       char scratch[FORMAT_SCRATCH], struct buf *spare);

/*
 * What a spreadsheet takes for a formula when a text starts with it: = + - @, their full-width
 * forms, TAB, CR and LF.
 */
bool format_is_formula(struct str text);

/* Whether a column is part of JSON; of CSV and XLSX. */
static inline bool column_is_data(const struct column *column)
{
    return !(column->flags & COLUMN_PAGE_ONLY);
}
static inline bool column_is_cell(const struct column *column)
{
    return column->label && column_is_data(column);
}

#endif
