#include <math.h>

#include "engine/reader/pdf.h"

enum {
    LINES_LEAST = 6, /* of a page part set in two columns */
    FULL_PERCENT = 60,
    STEP_PT = 2,
};
/* In heights of a line: how wide the gap between columns is at least, and how far a full line of
 * the left one may stay away from it. */
static const double GUTTER = 0.9, RAGGED = 1.6;
/* Where the gap may stand, in widths of the text; columns are of one width. */
static const double MIDDLE_FROM = 0.4, MIDDLE_TO = 0.6;

static bool is_clear(const struct pdf_glyphs *glyphs, const struct pdf_line *line, double from,
                     double to)
{
    if (line->box.x2 <= from || line->box.x1 >= to)
        return true;
    for (int i = line->first; i < line->first + line->n; i++)
        if (glyphs->items[i].box.x1 < to && glyphs->items[i].box.x2 > from)
            return false;
    return true;
}

/* The longest run of lines with nothing at the gap. */
static void longest_run(const struct pdf_glyphs *glyphs, const struct pdf_lines *lines, double from,
                        double to, struct pdf_columns *best)
{
    for (int i = 0, start = 0; i <= lines->n; i++) {
        if (i < lines->n && is_clear(glyphs, &lines->items[i], from, to))
            continue;
        if (i - start > best->to - best->from)
            *best = (struct pdf_columns){.from = start, .to = i, .x = (from + to) / 2};
        start = i + 1;
    }
}

static double height_of(const struct pdf_line *line)
{
    return line->box.y2 - line->box.y1;
}

/* The right end of what stands left of the gap; -1 = nothing does. */
static double left_end(const struct pdf_glyphs *glyphs, const struct pdf_line *line, double x)
{
    double end = -1;
    for (int i = line->first; i < line->first + line->n; i++)
        if (glyphs->items[i].box.x2 <= x)
            end = fmax(end, glyphs->items[i].box.x2);
    return end;
}

/* Prose fills its lines and stands on both sides; a table of short names does neither. */
static bool is_prose(const struct pdf_glyphs *glyphs, const struct pdf_lines *lines,
                     const struct pdf_columns *columns)
{
    double edge = -1;
    int both = 0, full = 0, left = 0;
    for (int i = columns->from; i < columns->to; i++)
        edge = fmax(edge, left_end(glyphs, &lines->items[i], columns->x));
    for (int i = columns->from; i < columns->to; i++) {
        const struct pdf_line *line = &lines->items[i];
        double end = left_end(glyphs, line, columns->x);
        left += end >= 0;
        both += end >= 0 && line->box.x2 > columns->x;
        full += end >= 0 && edge - end <= RAGGED * height_of(line);
    }
    int n = columns->to - columns->from;
    return both * 100 >= n * FULL_PERCENT && full * 100 >= left * FULL_PERCENT;
}

struct pdf_columns pdf_find_columns(const struct pdf_glyphs *glyphs, const struct pdf_lines *lines)
{
    struct pdf_columns best = {0}, none = {0};
    double x1 = INFINITY, x2 = -INFINITY, height = 0;
    int gaps = 0;
    for (int i = 0; i < lines->n; i++) {
        x1 = fmin(x1, lines->items[i].box.x1);
        x2 = fmax(x2, lines->items[i].box.x2);
        height = fmax(height, lines->items[i].text.len > 30 ? height_of(&lines->items[i]) : 0);
        gaps += lines->items[i].has_gap;
    }
    if (gaps < LINES_LEAST || !(x2 - x1 > 0 && x2 - x1 < 1e5))
        return none;
    double first = x1 + (x2 - x1) * MIDDLE_FROM;
    int steps = (int)((x2 - x1) * (MIDDLE_TO - MIDDLE_FROM) / STEP_PT);
    for (int i = 0; i <= steps; i++) {
        double x = first + i * STEP_PT;
        longest_run(glyphs, lines, x - height * GUTTER / 2, x + height * GUTTER / 2, &best);
    }
    return best.to - best.from >= LINES_LEAST && is_prose(glyphs, lines, &best) ? best : none;
}
