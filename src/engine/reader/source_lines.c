/*
 * source_lines - lines of text put into a source, as text or as rows of a table.
 *
 * Tabs inside a line make it a row of a table, as do the bars of a Markdown table; blank lines are
 * left out, the numbers of the others tell where they were.
 */
#include "engine/reader/markup.h"
#include "text/text.h"

enum {
    ROW_GAP = 8,      /* lines that may stand between rows of one table */
    DRAWN_LINES = 24, /* of one row of a drawn table */
};

static struct source_line *add_line(struct arena *arena, struct source *source)
{
    return arena_push(arena, source->lines, source->lines_n, source->lines_room);
}

void source_put_text(struct arena *arena, struct source *source, struct str text, int number)
{
    if (text_trim(text).len > 0 && source->lines_n < LIMIT_LINES)
        *add_line(arena, source) = (struct source_line){.number = number, .text = text};
}

void source_put_row(struct arena *arena, struct source *source, struct str text,
                    struct source_cell *cells, int cells_n, int number)
{
    if (source->lines_n >= LIMIT_LINES)
        return;
    const struct source_line *last =
        source->lines_n > 0 ? &source->lines[source->lines_n - 1] : NULL;
    bool goes_on = last && last->cells_n > 0 && number - last->number <= ROW_GAP;
    int table = last ? source->tables_n : 0;
    if (!goes_on)
        table = ++source->tables_n;
    *add_line(arena, source) = (struct source_line){
        .number = number, .text = text, .cells = cells, .cells_n = cells_n, .table = table};
}

static int count(struct str s, char c)
{
    int n = 0;
    for (size_t i = 0; i < s.len; i++)
        n += s.ptr[i] == c;
    return n;
}

/* |甲|乙| of Markdown, with the outer bars off; its rule |---|---| is no row. */
static bool is_bar_row(struct str *line)
{
    struct str s = text_trim(*line);
    if (s.len < 3 || s.ptr[0] != '|' || s.ptr[s.len - 1] != '|')
        return false;
    *line = str_slice(s, 1, s.len - 1);
    return true;
}

static bool is_rule(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!strchr("|-: ", s.ptr[i]))
            return false;
    return s.len > 0;
}

/* │甲│乙│: a row drawn with lines, with bars in their place. */
static bool is_drawn_row(struct arena *arena, struct str line, struct str *ret_line)
{
    static const struct str bars[] = {STR_INIT("│"), STR_INIT("┃"), STR_INIT("║"), STR_INIT("｜")};
    struct str s = text_trim(line);
    bool drawn = false;
    for (size_t i = 0; i < sizeof bars / sizeof *bars && !drawn; i++)
        drawn = str_starts(s, bars[i]) && str_ends(s, bars[i]) && s.len > 2 * bars[i].len;
    if (!drawn)
        return false;
    char *to = arena_alloc(arena, s.len + 1);
    size_t len = 0;
    for (size_t at = 0; at < s.len;) {
        struct str rest = str_from_byte(s, at);
        size_t bar = 0;
        for (size_t i = 0; i < sizeof bars / sizeof *bars && bar == 0; i++)
            bar = str_starts(rest, bars[i]) ? bars[i].len : 0;
        to[len++] = bar > 0 ? '|' : s.ptr[at];
        at += bar > 0 ? bar : 1;
    }
    *ret_line = (struct str){to, len};
    return is_bar_row(ret_line);
}

/* ├────┼────┤ */
static bool is_drawn_rule(struct str line)
{
    struct str s = text_trim(line);
    size_t n = s.len;
    /* U+2500 to U+257F, and spaces */
    for (; s.len >= 3 && s.ptr[0] == '\xE2' && (s.ptr[1] == '\x94' || s.ptr[1] == '\x95');)
        s = text_trim(str_from_byte(s, 3));
    return n >= 9 && s.len == 0;
}

/* Between two rules the lines of a drawn table are one row: what goes on below is added to it. */
static bool goes_on_drawn(struct arena *arena, struct source *source, struct str line, int number)
{
    struct source_line *last = source->lines_n > 0 ? &source->lines[source->lines_n - 1] : NULL;
    int n = count(line, '|') + 1;
    if (!last || last->cells_n != n || source->drawn_row != source->lines_n || n > LIMIT_CELLS)
        return false;
    struct str rest = line, first = text_trim(str_cut(&rest, STR("|")));
    bool whole = word_ends(unit_suffixes, last->cells[n - 1].text);
    if (number - last->number > DRAWN_LINES || (first.len > 0 && whole))
        return false;
    for (int i = 0; i < n; i++) {
        struct str *cell = &last->cells[i].text, more = text_trim(str_cut(&line, STR("|")));
        struct str parts[] = {*cell, more};
        if (more.len > 0 && cell->len < LIMIT_BRACKET)
            *cell = str_join(arena, STR(""), parts, 2);
    }
    return true;
}

static void put_cells(struct arena *arena, struct source *source, struct str line, char separator,
                      int number)
{
    int n = count(line, separator) + 1;
    n = n < LIMIT_CELLS ? n : LIMIT_CELLS;
    struct source_cell *cells = arena_new(arena, struct source_cell, n);
    struct str rest = line;
    for (int i = 0; i < n; i++) {
        const char *at = rest.len > 0 ? memchr(rest.ptr, separator, rest.len) : NULL;
        size_t len = at && i < n - 1 ? (size_t)(at - rest.ptr) : rest.len;
        cells[i].text = text_trim(str_head(rest, len));
        rest = str_from_byte(rest, len + 1);
    }
    source_put_row(arena, source, line, cells, n, number);
}

static bool near_row(const struct source *source, int number)
{
    const struct source_line *last =
        source->lines_n > 0 ? &source->lines[source->lines_n - 1] : NULL;
    return last && last->cells_n > 0 && number - last->number <= ROW_GAP;
}

/* Tabs ahead of a line indent it, unless a row stands above. */
static bool is_tab_row(const struct source *source, struct str line, int number)
{
    struct str body = line;
    while (body.len > 0 && (body.ptr[0] == '\t' || body.ptr[0] == ' '))
        body = str_from_byte(body, 1);
    while (body.len > 0 && strchr("\t\r ", body.ptr[body.len - 1]))
        body.len--;
    if (body.len == 0)
        return false;
    if (memchr(body.ptr, '\t', body.len))
        return true;
    return near_row(source, number) && memchr(line.ptr, '\t', line.len);
}

void source_put_line(struct arena *arena, struct source *source, struct str line, int number)
{
    struct str row = line;
    if (is_drawn_rule(line)) {
        source->drawn_row = source->lines_n + 1; /* the next row begins behind a rule */
    } else if (is_drawn_row(arena, line, &row)) {
        if (!goes_on_drawn(arena, source, row, number))
            put_cells(arena, source, row, '|', number);
    } else if (is_bar_row(&row)) {
        if (!is_rule(row))
            put_cells(arena, source, row, '|', number);
    } else if (is_tab_row(source, line, number)) {
        put_cells(arena, source, line, '\t', number);
    } else {
        source_put_text(arena, source, line, number);
    }
}
