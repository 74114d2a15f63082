#include <math.h>
#include <stdlib.h>

#include <cairo.h>

#include "engine/reader/pdf.h"

/* All lengths here are pixels of the drawn page until pdf_page_grids turns them into points. */
enum {
    DRAWN_MAX = 1700,   /* the longer side; an A4 page at 1.5 pixels a point has 1263 */
    ACROSS_MIN = 30,    /* a horizontal rule, 20 pt */
    DOWN_MIN = 15,      /* a vertical one, 10 pt */
    THICK_MAX = 7,      /* more is no rule but a picture or a bar */
    CROSSED_MIN = 3,    /* rules that no stroke of a letter crosses */
    NEAR = 4,           /* what lies so near is at the same place */
    RULES_MAX = 2000,   /* of a page, each way */
    FIELDS_MAX = 20000, /* of a table */
    DARK = 215,         /* a grey thin rule is lighter than black */
};
static const double PIXELS_A_POINT = 1.5;

/* A rule: where it lies, from where to where it goes. Horizontal ones have at = y. */
struct rule {
    double at, from, to;
    int table; /* the first rule of the table it belongs to; see join */
};
struct rules {
    struct rule *items;
    int n, room;
};

struct picture {
    const unsigned char *pixels;
    int width, height, stride;
};

static bool is_dark(const struct picture *picture, int x, int y)
{
    uint32_t pixel;
    memcpy(&pixel, picture->pixels + (size_t)y * (size_t)picture->stride + (size_t)x * 4, 4);
    return (pixel & 0xFF) < DARK && (pixel >> 8 & 0xFF) < DARK && (pixel >> 16 & 0xFF) < DARK;
}

/* Runs of dark pixels found in one row or column, which the next may go on with. */
struct run {
    int from, to, first, last; /* extent along it; rows it was seen in */
};
struct scan {
    struct run open[RULES_MAX];
    int open_n;
};

static void close_runs(struct arena *arena, struct scan *scan, int row, struct rules *rules)
{
    int kept = 0;
    for (int i = 0; i < scan->open_n; i++) {
        const struct run *run = &scan->open[i];
        if (run->last >= row - 1) {
            scan->open[kept++] = *run;
        } else if (run->last - run->first < THICK_MAX && rules->n < RULES_MAX) {
            *arena_push(arena, rules->items, rules->n, rules->room) =
                (struct rule){(run->first + run->last + 1) / 2.0, run->from, run->to, 0};
        }
    }
    scan->open_n = kept;
}

static void add_run(struct scan *scan, int from, int to, int row)
{
    for (int i = 0; i < scan->open_n; i++) {
        struct run *run = &scan->open[i];
        bool overlaps = from <= run->to && to >= run->from;
        if (overlaps && run->last >= row - 1) {
            run->from = from < run->from ? from : run->from;
            run->to = to > run->to ? to : run->to;
            run->last = row;
            return;
        }
    }
    if (scan->open_n < RULES_MAX)
        scan->open[scan->open_n++] = (struct run){from, to, row, row};
}

static struct rules find_rules(struct arena *arena, const struct picture *picture, bool across)
{
    struct rules rules = {0};
    struct scan *scan = arena_new(arena, struct scan, 1);
    int rows = across ? picture->height : picture->width;
    int length = across ? picture->width : picture->height;
    int least = across ? ACROSS_MIN : DOWN_MIN;
    for (int row = 0; row < rows; row++) {
        close_runs(arena, scan, row, &rules);
        for (int at = 0, from = 0; at <= length; at++) {
            bool dark =
                at < length && (across ? is_dark(picture, at, row) : is_dark(picture, row, at));
            if (dark)
                continue;
            if (at - from >= least)
                add_run(scan, from, at, row);
            from = at + 1;
        }
    }
    close_runs(arena, scan, rows + 2, &rules);
    return rules;
}

static bool cross(const struct rule *across, const struct rule *down)
{
    return down->at >= across->from - NEAR && down->at <= across->to + NEAR &&
           across->at >= down->from - NEAR && across->at <= down->to + NEAR;
}

/* Strokes of letters are vertical lines too, but they end in no rule. */
static void drop_strokes(const struct rules *across, struct rules *down)
{
    int kept = 0;
    for (int i = 0; i < down->n; i++) {
        const struct rule *rule = &down->items[i];
        bool begins = false, ends = false;
        int crossed = 0;
        for (int k = 0; k < across->n; k++) {
            const struct rule *other = &across->items[k];
            if (!cross(other, rule))
                continue;
            crossed++;
            begins = begins || fabs(other->at - rule->from) <= NEAR;
            ends = ends || fabs(other->at - rule->to) <= NEAR;
        }
        /* a cell that the page cuts has no rule below it */
        if ((begins && ends) || crossed >= CROSSED_MIN)
            down->items[kept++] = *rule;
    }
    down->n = kept;
}

/* Rules that touch are of one table: each gets the number of the topmost horizontal one. */
static void join(struct rules *across, struct rules *down)
{
    for (int i = 0; i < across->n; i++)
        across->items[i].table = i;
    for (int i = 0; i < down->n; i++)
        down->items[i].table = -1;
    for (bool changed = true; changed;) {
        changed = false;
        for (int i = 0; i < across->n; i++)
            for (int k = 0; k < down->n; k++) {
                int *a = &across->items[i].table, *b = &down->items[k].table;
                if (*a == *b || !cross(&across->items[i], &down->items[k]))
                    continue;
                *a = *b = *b >= 0 && *b < *a ? *b : *a;
                changed = true;
            }
    }
}

static int by_value(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

/* Sorted, what is near to another left out; the new number. */
static int distinct(double *values, int n)
{
    int kept = 0;
    qsort(values, (size_t)n, sizeof *values, by_value);
    for (int i = 0; i < n; i++)
        if (kept == 0 || values[i] - values[kept - 1] > NEAR)
            values[kept++] = values[i];
    return kept;
}

static bool is_ruled(const struct rules *rules, int table, double at, double through)
{
    for (int i = 0; i < rules->n; i++) {
        const struct rule *rule = &rules->items[i];
        if (rule->table == table && fabs(rule->at - at) <= NEAR && rule->from <= through &&
            rule->to >= through)
            return true;
    }
    return false;
}

/* Fields without a rule between them are one cell, a rectangle from its top left field. */
static void find_cells(struct pdf_grid *grid, const struct rules *across, const struct rules *down,
                       int table)
{
    int columns = grid->xs_n - 1, rows = grid->ys_n - 1;
    for (int i = 0; i < rows * columns; i++)
        grid->owners[i] = -1;
    for (int field = 0; field < rows * columns; field++) {
        int row = field / columns, column = field % columns, last = column, bottom = row;
        if (grid->owners[field] >= 0)
            continue;
        double y = (grid->ys[row] + grid->ys[row + 1]) / 2;
        while (last + 1 < columns && grid->owners[row * columns + last + 1] < 0 &&
               !is_ruled(down, table, grid->xs[last + 1], y))
            last++;
        double x = (grid->xs[column] + grid->xs[column + 1]) / 2;
        while (bottom + 1 < rows && grid->owners[(bottom + 1) * columns + column] < 0 &&
               !is_ruled(across, table, grid->ys[bottom + 1], x))
            bottom++;
        for (int r = row; r <= bottom; r++)
            for (int c = column; c <= last; c++)
                if (grid->owners[r * columns + c] < 0)
                    grid->owners[r * columns + c] = field;
    }
}

static bool make_grid(struct arena *arena, const struct rules *across, const struct rules *down,
                      int table, struct pdf_grid *ret_grid)
{
    int room = across->n * 2 + down->n;
    struct pdf_grid grid = {.xs = arena_new(arena, double, room),
                            .ys = arena_new(arena, double, room)};
    for (int i = 0; i < across->n; i++)
        if (across->items[i].table == table) {
            grid.ys[grid.ys_n++] = across->items[i].at;
            grid.xs[grid.xs_n++] = across->items[i].from;
            grid.xs[grid.xs_n++] = across->items[i].to;
        }
    for (int i = 0; i < down->n; i++)
        if (down->items[i].table == table)
            grid.xs[grid.xs_n++] = down->items[i].at;
    grid.xs_n = distinct(grid.xs, grid.xs_n);
    grid.ys_n = distinct(grid.ys, grid.ys_n);
    if (grid.xs_n < 3 || grid.ys_n < 2 || (grid.xs_n - 1) * (grid.ys_n - 1) > FIELDS_MAX)
        return false;
    grid.owners = arena_new(arena, int, (grid.xs_n - 1) * (grid.ys_n - 1));
    find_cells(&grid, across, down, table);
    grid.box =
        (struct pdf_box){grid.xs[0], grid.ys[0], grid.xs[grid.xs_n - 1], grid.ys[grid.ys_n - 1]};
    *ret_grid = grid;
    return true;
}

static void scale(struct pdf_grid *grid, double factor)
{
    for (int i = 0; i < grid->xs_n; i++)
        grid->xs[i] *= factor;
    for (int i = 0; i < grid->ys_n; i++)
        grid->ys[i] *= factor;
    struct pdf_box *box = &grid->box;
    *box = (struct pdf_box){box->x1 * factor, box->y1 * factor, box->x2 * factor, box->y2 * factor};
}

static cairo_surface_t *draw(PopplerPage *page, double *ret_scale)
{
    double width, height;
    poppler_page_get_size(page, &width, &height);
    if (!(width >= 1 && height >= 1 && width < 1e6 && height < 1e6))
        return NULL;
    *ret_scale = fmin(PIXELS_A_POINT, DRAWN_MAX / fmax(width, height));
    cairo_surface_t *surface = cairo_image_surface_create(
        CAIRO_FORMAT_RGB24, (int)(width * *ret_scale) + 1, (int)(height * *ret_scale) + 1);
    cairo_t *cairo = cairo_create(surface);
    cairo_set_source_rgb(cairo, 1, 1, 1);
    cairo_paint(cairo);
    cairo_scale(cairo, *ret_scale, *ret_scale);
    poppler_page_render(page, cairo);
    cairo_destroy(cairo);
    cairo_surface_flush(surface);
    return surface;
}

struct pdf_grids pdf_page_grids(struct arena *arena, PopplerPage *page)
{
    struct pdf_grids grids = {0};
    double factor = 1;
    cairo_surface_t *surface = draw(page, &factor);
    struct picture picture = {.pixels = surface ? cairo_image_surface_get_data(surface) : NULL};
    if (picture.pixels) {
        picture.width = cairo_image_surface_get_width(surface);
        picture.height = cairo_image_surface_get_height(surface);
        picture.stride = cairo_image_surface_get_stride(surface);
        struct rules across = find_rules(arena, &picture, true);
        struct rules down = find_rules(arena, &picture, false);
        drop_strokes(&across, &down);
        join(&across, &down);
        for (int i = 0; i < across.n; i++) {
            struct pdf_grid grid;
            if (across.items[i].table != i || !make_grid(arena, &across, &down, i, &grid))
                continue;
            scale(&grid, 1 / factor);
            *arena_push(arena, grids.items, grids.n, grids.room) = grid;
        }
    }
    if (surface)
        cairo_surface_destroy(surface);
    return grids;
}
