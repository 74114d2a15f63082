#include "view/table_read.h"

#include <limits.h>

#include "text/text.h"
#include "view/table_priv.h"

/* What the limits add up to, growing vectors included. */
#define ARENA_CAP_BYTES MIB(320)

enum { HEAD_ROWS_MAX = 10 };

void table_begin_row(struct table_maker *m, int number)
{
    m->row_start = m->cells_n;
    m->row_number = number;
}

enum status table_put_cell(struct table_maker *m, int column, struct str text)
{
    text = text_trim(text);
    if (text.len == 0)
        return OK;
    if (column >= TABLE_COLUMNS_MAX)
        return table_refuse(m, "第 %d 行超过 %d 列，请删去右边多余的列再导入。", m->row_number,
                            TABLE_COLUMNS_MAX);
    while (m->cells_n - m->row_start <= column) {
        if (m->cells_n == TABLE_CELLS_MAX)
            return table_refuse(m, "第 %d 行起单元格过多（最多 %d 个），请分成几个文件导入。",
                                m->row_number, TABLE_CELLS_MAX);
        *arena_push(m->arena, m->cells, m->cells_n, m->cells_room) = STR("");
    }
    m->cells[m->row_start + column] = text;
    return OK;
}

enum status table_end_row(struct table_maker *m)
{
    int n = m->cells_n - m->row_start;
    if (n == 0)
        return OK;
    if (m->n > TABLE_ROWS_MAX)
        return table_refuse(m, "第 %d 行起超过 %d 行，请分成几个文件导入。", m->row_number,
                            TABLE_ROWS_MAX);
    *arena_push(m->arena, m->rows, m->n, m->room) = (struct table_row){m->row_number, NULL, n};
    return OK;
}

enum status table_keep_text(struct table_maker *m, struct str text, struct str *ret_text)
{
    m->text_bytes += text.len;
    if (m->text_bytes > TABLE_TEXT_BYTES_MAX)
        return table_refuse(m, "表中文字过多（最多 %d MB），请分成几个文件导入。",
                            TABLE_TEXT_BYTES_MAX >> 20);
    *ret_text = str_copy(m->arena, text);
    return OK;
}

static enum status read_bytes(struct table_maker *m, struct str bytes)
{
    if (bytes.len == 0)
        return table_refuse(m, "文件是空的，请选择填好的表格。");
    if (bytes.len > TABLE_BYTES_MAX)
        return table_refuse(m, "文件超过 %d MB，请分成几个文件导入。", TABLE_BYTES_MAX >> 20);
    if (str_starts(bytes, STR("PK\x03\x04")))
        return table_read_xlsx(m, bytes);
    if (str_starts(bytes, STR("\xD0\xCF\x11\xE0")))
        return table_refuse(m,
                            "这是旧格式（.xls、.et）或加密的表格，请另存为不加密的 .xlsx 再导入。");
    return table_read_csv(m, bytes);
}

enum status table_read(struct arena *arena, struct str bytes, struct table *ret_table,
                       struct fault *fault)
{
    *ret_table = (struct table){.arena = arena_open(ARENA_CAP_BYTES)};
    struct table_maker m = {.arena = &ret_table->arena, .fault_arena = arena, .fault = fault};
    TRY(read_bytes(&m, bytes));
    if (m.n == 0)
        return table_refuse(&m, "表中没有内容，请填好后再导入。");
    const struct str *cells = m.cells;
    for (int i = 0; i < m.n; cells += m.rows[i++].n)
        m.rows[i].cells = cells;
    ret_table->head = m.rows[0];
    ret_table->rows = m.rows + 1;
    ret_table->n = m.n - 1;
    return OK;
}

void table_close(struct table *table)
{
    arena_close(&table->arena);
}

static int find_in(const struct table_row *row, const char *label)
{
    AUTOARENA arena = arena_open(MIB(4));
    struct str want = text_fold(&arena, str_from(label));
    for (int i = 0; i < row->n; i++) {
        struct str cell = row->cells[i];
        if (cell.len <= KIB(4) && str_eq(text_fold(&arena, cell), want))
            return i;
    }
    return -1;
}

bool table_take_head(struct table *table, const char *label)
{
    if (find_in(&table->head, label) >= 0)
        return true;
    for (int i = 0; i < table->n && i < HEAD_ROWS_MAX - 1; i++)
        if (find_in(&table->rows[i], label) >= 0) {
            table->head = table->rows[i];
            table->rows += i + 1;
            table->n -= i + 1;
            return true;
        }
    return false;
}

int table_find(const struct table *table, const char *label)
{
    return find_in(&table->head, label);
}

struct str table_text(const struct table_row *row, int column)
{
    return column >= 0 && column < row->n ? row->cells[column] : STR("");
}
