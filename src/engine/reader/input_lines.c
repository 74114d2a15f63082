#include "engine/reader/input.h"
#include "text/text.h"

struct lines lines_begin(struct arena *arena, const char *format, struct source *source)
{
    *source = (struct source){.format = format};
    return (struct lines){.arena = arena, .source = source};
}

/* A blank line does not begin a page: the next one that has text does. */
static struct source_line *add_line(struct lines *lines, struct str text)
{
    bool is_blank = text.len == 0;
    struct source *source = lines->source;
    struct source_line *line =
        arena_push(lines->arena, source->lines, source->lines_n, source->lines_room);
    *line = (struct source_line){
        .number = source->lines_n, .text = text, .page_start = lines->page_start && !is_blank};
    lines->page_start = lines->page_start && is_blank;
    return line;
}

void lines_put(struct lines *lines, struct str text, bool keep_blank)
{
    do {
        struct str piece = text_trim(str_line(&text));
        if (piece.len > 0 || keep_blank)
            add_line(lines, piece);
    } while (text.len > 0);
}

enum status lines_check(const struct lines *lines, struct fault *fault)
{
    if (!lines->is_full)
        return OK;
    return refuse(lines->arena, fault, INVALID, "file",
                  "文件中的表格超过%d个单元格，不能读取，请只保留对口联系文件本身后再上传。",
                  INPUT_CELLS_MAX);
}

struct table table_begin(struct lines *lines)
{
    return (struct table){
        .lines = lines,
        .columns = arena_new(lines->arena, struct table_column, INPUT_COLUMNS_MAX),
    };
}

static bool has_room(struct table *table)
{
    struct lines *lines = table->lines;
    if (lines->cells >= INPUT_CELLS_MAX)
        lines->is_full = true;
    return table->cells_n < INPUT_COLUMNS_MAX && !lines->is_full;
}

static void add_cell(struct table *table, struct source_cell cell)
{
    if (!has_room(table))
        return;
    if (!table->cells)
        table->cells = arena_new(table->lines->arena, struct source_cell, INPUT_COLUMNS_MAX);
    table->cells[table->cells_n++] = cell;
    table->lines->cells++;
}

static struct source_cell again(struct source_cell cell)
{
    cell.repeated = true;
    return cell;
}

static void fill_spanned(struct table *table)
{
    while (table->cells_n < INPUT_COLUMNS_MAX && table->columns[table->cells_n].rows_left > 0 &&
           has_room(table)) {
        struct table_column *column = &table->columns[table->cells_n];
        column->rows_left--;
        add_cell(table, again(column->cell));
    }
}

static void put_cell(struct table *table, struct source_cell cell, int columns, int rows)
{
    for (int i = 0; i < columns && has_room(table); i++) {
        struct table_column *column = &table->columns[table->cells_n];
        *column = (struct table_column){cell, rows - 1};
        add_cell(table, i == 0 ? cell : again(cell));
    }
}

void table_cell(struct table *table, struct str text, bool header, int columns, int rows)
{
    fill_spanned(table);
    put_cell(table, (struct source_cell){.text = text_trim(text), .header = header}, columns, rows);
}

void table_cell_as_above(struct table *table, int columns, int rows)
{
    fill_spanned(table);
    if (table->cells_n < INPUT_COLUMNS_MAX)
        put_cell(table, again(table->columns[table->cells_n].cell), columns, rows);
}

static bool is_blank_row(const struct table *table)
{
    for (int i = 0; i < table->cells_n; i++)
        if (table->cells[i].text.len > 0 && !table->cells[i].repeated)
            return false;
    return true;
}

/* Cells side by side, tabs between; a line end in a cell is a space, a repeated cell empty. */
static struct str row_text(struct arena *arena, const struct source_cell *cells, int n)
{
    size_t len = 0;
    for (int i = 0; i < n; i++)
        len += cells[i].text.len + 1;
    char *text = arena_alloc(arena, len + 1), *to = text;
    for (int i = 0; i < n; i++) {
        if (i > 0)
            *to++ = '\t';
        if (cells[i].repeated || cells[i].text.len == 0)
            continue;
        for (size_t k = 0; k < cells[i].text.len; k++) {
            char c = cells[i].text.ptr[k];
            *to++ = c == '\n' || c == '\r' || c == '\t' ? ' ' : c;
        }
    }
    return (struct str){text, (size_t)(to - text)};
}

void table_row_end(struct table *table)
{
    struct lines *lines = table->lines;
    fill_spanned(table);
    int n = table->cells_n;
    if (n == 1 && !table->cells[0].repeated) {
        lines_put(lines, table->cells[0].text, false);
    } else if (n > 1 && !is_blank_row(table)) {
        if (table->number == 0)
            table->number = ++lines->tables;
        struct source_line *line = add_line(lines, row_text(lines->arena, table->cells, n));
        line->cells = arena_new(lines->arena, struct source_cell, n);
        memcpy(line->cells, table->cells, (size_t)n * sizeof *line->cells);
        line->cells_n = n;
        line->table = table->number;
    }
    table->cells_n = 0;
}
