#include "text/text.h"
#include "view/format.h"
#include "view/table_priv.h"

struct csv {
    struct table_maker *m;
    struct str rest;
    char separator;
    int row;
};

/* "sep=;" in the first line, as some spreadsheets write it. */
static bool take_separator_line(struct csv *csv)
{
    struct str rest = csv->rest;
    struct str line = str_line(&rest);
    if (line.len != 5 || !str_starts(line, STR("sep=")) || !memchr(",;\t", line.ptr[4], 3))
        return false;
    csv->separator = line.ptr[4];
    csv->rest = rest;
    csv->row = 1;
    return true;
}

static void guess_separator(struct csv *csv)
{
    static const char candidates[] = {',', ';', '\t'};
    int counts[sizeof candidates] = {0}, best = 0;
    bool quoted = false;
    for (size_t i = 0; i < csv->rest.len; i++) {
        char c = csv->rest.ptr[i];
        quoted ^= c == '"';
        if (!quoted && (c == '\n' || c == '\r'))
            break;
        for (size_t k = 0; k < sizeof candidates && !quoted; k++)
            counts[k] += c == candidates[k];
    }
    for (int k = 1; k < (int)sizeof candidates; k++)
        if (counts[k] > counts[best])
            best = k;
    csv->separator = candidates[best];
}

static bool ends_cell(const struct csv *csv, char c)
{
    return c == csv->separator || c == '\n' || c == '\r';
}

/* The text between quotes; "" stands for one quote. */
static enum status take_quoted(struct csv *csv, int column, struct str *ret_cell)
{
    struct str rest = str_from_byte(csv->rest, 1);
    size_t len = 0;
    bool doubled = false;
    for (;; len++) {
        if (len >= rest.len)
            return table_refuse(csv->m, "第 %d 行第 %d 列的引号没有结束，请补上右引号。", csv->row,
                                column + 1);
        if (rest.ptr[len] != '"')
            continue;
        if (len + 1 == rest.len || rest.ptr[len + 1] != '"')
            break;
        doubled = true;
        len++;
    }
    csv->rest = str_from_byte(rest, len + 1);
    if (csv->rest.len > 0 && !ends_cell(csv, csv->rest.ptr[0]))
        return table_refuse(csv->m, "第 %d 行第 %d 列：右引号之后应是分隔符，引号本身请写成两个。",
                            csv->row, column + 1);
    *ret_cell = str_head(rest, len);
    if (doubled)
        *ret_cell = str_replace(csv->m->arena, *ret_cell, STR("\"\""), STR("\""));
    return OK;
}

static enum status take_cell(struct csv *csv, int column, struct str *ret_cell)
{
    if (csv->rest.len > 0 && csv->rest.ptr[0] == '"')
        return take_quoted(csv, column, ret_cell);
    size_t len = 0;
    while (len < csv->rest.len && !ends_cell(csv, csv->rest.ptr[len]))
        len++;
    *ret_cell = str_head(csv->rest, len);
    csv->rest = str_from_byte(csv->rest, len);
    return OK;
}

static struct str without_guard(struct str cell)
{
    struct str rest = str_from_byte(cell, 1);
    return str_starts(cell, STR("'")) && format_is_formula(rest) ? rest : cell;
}

static enum status take_row(struct csv *csv)
{
    table_begin_row(csv->m, ++csv->row);
    for (int column = 0;; column++) {
        struct str cell;
        TRY(take_cell(csv, column, &cell));
        TRY(table_put_cell(csv->m, column, without_guard(cell)));
        if (csv->rest.len == 0 || csv->rest.ptr[0] != csv->separator)
            break;
        csv->rest = str_from_byte(csv->rest, 1);
    }
    if (str_starts(csv->rest, STR("\r\n")))
        csv->rest = str_from_byte(csv->rest, 2);
    else
        csv->rest = str_from_byte(csv->rest, 1);
    return table_end_row(csv->m);
}

enum status table_read_csv(struct table_maker *m, struct str bytes)
{
    struct csv csv = {.m = m};
    struct fault fault = {0};
    if (text_decode(m->arena, bytes, &csv.rest, &fault) != OK)
        return table_refuse(m, "表格的文字无法读取（编码不是 UTF-8 或 "
                               "GB18030，或者文件已损坏），请另存为 .xlsx 再导入。");
    if (!take_separator_line(&csv))
        guess_separator(&csv);
    while (csv.rest.len > 0)
        TRY(take_row(&csv));
    return OK;
}
