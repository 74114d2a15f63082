/*
 * table_read - a table that somebody filled in: .xlsx or .csv, told apart by content, as rows of
 * texts with the row numbers that the spreadsheet shows.
 *
 * CSV: UTF-8 with or without BOM, UTF-16, GB18030; comma, semicolon or TAB, whichever the first row
 * has most of (or "sep=;" says); quotes as RFC 4180; an apostrophe that a CSV writer put before a
 * formula sign is taken away. XLSX: the first visible sheet; shared and inline strings; results of
 * formulas; dates of the 1900 and 1904 systems as 2022-01-24 or 2022-01-24 10:00; numbers
 * without exponent where they are whole; of merged cells the first has the text. Cells are trimmed;
 * rows without text are left out. Widths, colours and other sheets are ignored.
 *
 * Limits: 16 MB, 100,000 rows, 256 columns, a million cells, 32 MB of text, 128 MB unpacked.
 */
#ifndef VIEW_TABLE_READ_H
#define VIEW_TABLE_READ_H

#include "base/arena.h"
#include "base/status.h"

struct table_row {
    int number; /* from 1 */
    const struct str *cells;
    int n; /* up to the last cell with text */
};

struct table {
    struct arena arena; /* of everything below */
    struct table_row head;
    const struct table_row *rows; /* without the head and what stands above it */
    int n;
};

/*
 * The first row with text is the head. INVALID: a sentence that names the row where there is one.
 * The table is released with table_close, after a refusal too; `arena` holds the fault.
 */
CHECKED enum status table_read(struct arena *arena, struct str bytes, struct table *ret_table,
                               struct fault *fault);
void table_close(struct table *table);
#define AUTOTABLE __attribute__((cleanup(table_close))) struct table

/* Make the first of the upper ten rows that has a cell of this label the head: rosters have a title
 * above it. False, and nothing changed, when there is none. Spaces and widths do not count. */
bool table_take_head(struct table *table, const char *label);

/* The column under this label, -1 when there is none. */
int table_find(const struct table *table, const char *label);

/* Empty where the row is shorter, or for column -1. */
struct str table_text(const struct table_row *row, int column);

#endif
