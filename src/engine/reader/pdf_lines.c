#include <math.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "engine/reader/pdf.h"
#include "text/text.h"

enum { LINE_MAX_BYTES = 1 << 20 };

/* In heights of a line: how far centres may differ. */
static const double SAME_LINE = 0.4;
/* In widths of a Chinese character: from where a gap is a space, with and without a space in the
 * PDF, or a tab. */
static const double SPACE_PRINTED = 0.05, SPACE_LATIN = 0.2, SPACE_HAN = 0.4, TAB_GAP = 2.2;

struct pdf_glyphs pdf_page_glyphs(struct arena *arena, PopplerPage *page)
{
    struct pdf_glyphs glyphs = {0};
    PopplerRectangle *boxes = NULL;
    guint boxes_n = 0;
    char *text = poppler_page_get_text(page);
    if (text && poppler_page_get_text_layout(page, &boxes, &boxes_n)) {
        struct str rest = str_copy(arena, str_from(text));
        bool after_space = false;
        for (guint i = 0; i < boxes_n && rest.len > 0; i++) {
            const char *start = rest.ptr;
            int32_t code = utf8_next(&rest);
            const PopplerRectangle *box = &boxes[i];
            bool sane =
                isfinite(box->x1) && isfinite(box->x2) && isfinite(box->y1) && isfinite(box->y2);
            if (!sane || text_is_space(code) || code < 0x20) {
                after_space = true;
                continue;
            }
            *arena_push(arena, glyphs.items, glyphs.n, glyphs.room) =
                (struct pdf_glyph){{box->x1, box->y1, box->x2, box->y2},
                                   {start, (size_t)(rest.ptr - start)},
                                   after_space};
            after_space = false;
        }
    }
    g_free(boxes);
    g_free(text);
    return glyphs;
}

static double centre(const struct pdf_glyph *glyph)
{
    return (glyph->box.y1 + glyph->box.y2) / 2;
}

static int by_centre(const void *left, const void *right)
{
    double a = centre(left), b = centre(right);
    return (a > b) - (a < b);
}

static int by_x(const void *left, const void *right)
{
    double a = ((const struct pdf_glyph *)left)->box.x1;
    double b = ((const struct pdf_glyph *)right)->box.x1;
    return (a > b) - (a < b);
}

static bool is_latin(struct str text)
{
    int32_t code = utf8_next(&text);
    return code < 0x2E80;
}

/* The width of a Chinese character in this line: of the widest if there is one. */
static double em_of(const struct pdf_glyph *glyphs, int n)
{
    double widest = 1, height = 1;
    bool latin = true;
    for (int i = 0; i < n; i++) {
        latin = latin && is_latin(glyphs[i].text);
        widest = fmax(widest, glyphs[i].box.x2 - glyphs[i].box.x1);
        height = fmax(height, glyphs[i].box.y2 - glyphs[i].box.y1);
    }
    return latin ? height : fmin(widest, height);
}

/* What stands between two glyphs: nothing, a space or a tab. */
static char gap_between(const struct pdf_glyph *left, const struct pdf_glyph *right, double gap,
                        double em)
{
    bool latin = is_latin(left->text) && is_latin(right->text);
    if (gap > TAB_GAP * em)
        return '\t';
    if (gap > (latin ? SPACE_LATIN : SPACE_HAN) * em)
        return ' ';
    return latin && right->after_space && gap > SPACE_PRINTED * em ? ' ' : 0;
}

static struct pdf_line line_of(struct arena *arena, struct pdf_glyph *glyphs, int n)
{
    AUTOBUF text = buf_open(LINE_MAX_BYTES);
    qsort(glyphs, (size_t)n, sizeof *glyphs, by_x);
    struct pdf_line line = {.box = glyphs[0].box};
    double em = em_of(glyphs, n);
    for (int i = 0; i < n; i++) {
        const struct pdf_box *box = &glyphs[i].box;
        char gap = i > 0 ? gap_between(&glyphs[i - 1], &glyphs[i], box->x1 - line.box.x2, em) : 0;
        if (gap)
            buf_char(&text, gap);
        line.has_tab = line.has_tab || gap == '\t';
        line.has_gap = line.has_gap || gap;
        buf_put(&text, glyphs[i].text);
        line.box = (struct pdf_box){line.box.x1, fmin(line.box.y1, box->y1),
                                    fmax(line.box.x2, box->x2), fmax(line.box.y2, box->y2)};
    }
    line.text = text_unify(arena, str_copy(arena, buf_str(&text)));
    return line;
}

struct pdf_lines pdf_lines(struct arena *arena, struct pdf_glyphs *glyphs)
{
    struct pdf_lines lines = {0};
    if (glyphs->n > 0)
        qsort(glyphs->items, (size_t)glyphs->n, sizeof *glyphs->items, by_centre);
    for (int start = 0, end; start < glyphs->n; start = end) {
        const struct pdf_glyph *first = &glyphs->items[start];
        double height = first->box.y2 - first->box.y1, middle = centre(first);
        for (end = start + 1; end < glyphs->n; end++) {
            const struct pdf_glyph *next = &glyphs->items[end];
            double next_height = next->box.y2 - next->box.y1;
            if (centre(next) - middle > SAME_LINE * fmax(height, next_height))
                break;
            height = fmax(height, next_height);
            middle += (centre(next) - middle) / (end - start + 1);
        }
        struct pdf_line line = line_of(arena, &glyphs->items[start], end - start);
        line.first = start;
        line.n = end - start;
        *arena_push(arena, lines.items, lines.n, lines.room) = line;
    }
    return lines;
}
