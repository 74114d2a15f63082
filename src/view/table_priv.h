/*
 * table_priv - what the readers of CSV and XLSX share: rows made cell by cell, within the limits.
 * Private to view/.
 */
#ifndef VIEW_TABLE_PRIV_H
#define VIEW_TABLE_PRIV_H

#include "view/table_read.h"

enum {
    TABLE_BYTES_MAX = 16 << 20,
    TABLE_ROWS_MAX = 100000,
    TABLE_COLUMNS_MAX = 256,
    TABLE_CELLS_MAX = 1000000,
    TABLE_TEXT_BYTES_MAX = 32 << 20,
    TABLE_UNPACKED_BYTES_MAX = 128 << 20,
};

struct table_maker {
    struct arena *arena;       /* of the table */
    struct arena *fault_arena; /* of the fault */
    struct fault *fault;
    struct table_row *rows;
    int n, room;
    struct str *cells; /* of all rows; a row's are pointed to at the end */
    int cells_n, cells_room;
    int row_start, row_number; /* of the row being made */
    size_t text_bytes;         /* copied into the arena */
};

/* Rows come in rising order; cells from 0, in any order, empty ones may be left out. */
void table_begin_row(struct table_maker *m, int number);
CHECKED enum status table_put_cell(struct table_maker *m, int column, struct str text);
CHECKED enum status table_end_row(struct table_maker *m);
/* The text in the table's arena, counted. */
CHECKED enum status table_keep_text(struct table_maker *m, struct str text, struct str *ret_text);

#define table_refuse(m, ...) refuse((m)->fault_arena, (m)->fault, INVALID, "", __VA_ARGS__)

CHECKED enum status table_read_csv(struct table_maker *m, struct str bytes);
CHECKED enum status table_read_xlsx(struct table_maker *m, struct str bytes);

#endif
