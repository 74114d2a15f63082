#include <math.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "engine/reader/input.h"
#include "engine/reader/pdf.h"
#include "text/text.h"

enum {
    CELL_MAX_BYTES = 1 << 20,
    PAGE_NUMBER_MAX = 12, /* characters of "— 12 —" */
    ALIKE_PT = 4,         /* columns of one table on two pages differ by no more */
    UNREADABLE_PERCENT = 30,
    TAIL_BYTES = 64 << 10,
};

/* In widths of a character: how far a line that goes on in the next may stay from the edge. */
static const double FULL_LINE = 2.5;

struct pdf {
    struct arena *arena;
    struct lines lines;
    struct table table; /* the last one, which the next page may go on with */
    struct pdf_grid grid;
    struct str *header; /* texts of its first row */
    bool table_goes_on; /* nothing but page numbers came after it */
    size_t characters, unreadable;
};

/* "3", "- 3 -", "— 3 —", "第3页": does not end a table. */
static bool is_page_number(struct str text)
{
    if (utf8_count(text) > PAGE_NUMBER_MAX)
        return false;
    while (text.len > 0) {
        int32_t code = utf8_next(&text);
        bool digit = (code >= '0' && code <= '9') || (code >= 0xFF10 && code <= 0xFF19);
        bool dash = code == '-' || (code >= 0x2010 && code <= 0x2015) || code == 0xB7;
        bool word = code == 0x7B2C || code == 0x9875 || code == 0x5171 || code == '/';
        if (!digit && !dash && !word && !text_is_space(code))
            return false;
    }
    return true;
}

static bool is_inside(const struct pdf_box *box, const struct pdf_glyph *glyph)
{
    double x = (glyph->box.x1 + glyph->box.x2) / 2, y = (glyph->box.y1 + glyph->box.y2) / 2;
    return x >= box->x1 && x < box->x2 && y >= box->y1 && y < box->y2;
}

/* Takes the glyphs inside the box out of `from`. */
static struct pdf_glyphs take_inside(struct arena *arena, struct pdf_glyphs *from,
                                     const struct pdf_box *box)
{
    struct pdf_glyphs inside = {0};
    int kept = 0;
    for (int i = 0; i < from->n; i++) {
        if (is_inside(box, &from->items[i]))
            *arena_push(arena, inside.items, inside.n, inside.room) = from->items[i];
        else
            from->items[kept++] = from->items[i];
    }
    from->n = kept;
    return inside;
}

/* A line that fills the cell goes on in the next; any other ends there. */
static struct str cell_text(struct arena *arena, struct pdf_glyphs *glyphs, double right)
{
    AUTOBUF text = buf_open(CELL_MAX_BYTES);
    struct pdf_lines lines = pdf_lines(arena, glyphs);
    for (int i = 0; i < lines.n; i++) {
        const struct pdf_line *line = &lines.items[i];
        buf_put(&text, line->text);
        double left_over = right - line->box.x2, height = line->box.y2 - line->box.y1;
        if (i + 1 < lines.n && left_over > height * 1.6)
            buf_char(&text, '\n');
    }
    return str_copy(arena, buf_str(&text));
}

/* How many columns and rows the cell of a field spans. */
static void spans(const struct pdf_grid *grid, int field, int *ret_columns, int *ret_rows)
{
    int columns = grid->xs_n - 1, rows = grid->ys_n - 1;
    int column = field % columns, row = field / columns, right = column, bottom = row;
    while (right + 1 < columns && grid->owners[row * columns + right + 1] == field)
        right++;
    while (bottom + 1 < rows && grid->owners[(bottom + 1) * columns + column] == field)
        bottom++;
    *ret_columns = right - column + 1;
    *ret_rows = bottom - row + 1;
}

static bool is_same_table(const struct pdf_grid *left, const struct pdf_grid *right)
{
    if (left->xs_n != right->xs_n)
        return false;
    for (int i = 0; i < left->xs_n; i++)
        if (fabs(left->xs[i] - right->xs[i]) > ALIKE_PT)
            return false;
    return true;
}

static struct str *grid_texts(struct arena *arena, const struct pdf_grid *grid,
                              struct pdf_glyphs *glyphs)
{
    int columns = grid->xs_n - 1, fields = columns * (grid->ys_n - 1), wide, high;
    struct str *texts = arena_new(arena, struct str, fields);
    for (int field = 0; field < fields; field++) {
        if (grid->owners[field] != field)
            continue;
        spans(grid, field, &wide, &high);
        int row = field / columns, column = field % columns;
        struct pdf_box box = {grid->xs[column], grid->ys[row], grid->xs[column + wide],
                              grid->ys[row + high]};
        struct pdf_glyphs inside = take_inside(arena, glyphs, &box);
        texts[field] = cell_text(arena, &inside, box.x2);
    }
    return texts;
}

/* Whether the first row is that of the table's first page, printed again. */
static bool has_header_again(const struct pdf *pdf, const struct str *texts)
{
    for (int i = 0; i < pdf->grid.xs_n - 1; i++)
        if (!str_eq(pdf->header[i], texts[i]))
            return false;
    return true;
}

static void put_grid(struct pdf *pdf, const struct pdf_grid *grid, struct pdf_glyphs *glyphs)
{
    int columns = grid->xs_n - 1, rows = grid->ys_n - 1, wide, high;
    struct str *texts = grid_texts(pdf->arena, grid, glyphs);
    bool goes_on = pdf->table_goes_on && is_same_table(&pdf->grid, grid);
    if (!goes_on) {
        pdf->table = table_begin(&pdf->lines);
        pdf->header = texts;
    }
    int first = goes_on && has_header_again(pdf, texts) ? columns : 0;
    for (int field = first; field < rows * columns; field++) {
        if (grid->owners[field] == field) {
            spans(grid, field, &wide, &high);
            /* A cell that the page broke has its text on the page before. */
            if (goes_on && field == first && texts[field].len == 0)
                table_cell_as_above(&pdf->table, wide, high);
            else
                table_cell(&pdf->table, texts[field], false, wide, high);
        }
        if (field % columns == columns - 1)
            table_row_end(&pdf->table);
    }
    pdf->grid = *grid;
    pdf->table_goes_on = true;
}

static void count_characters(struct pdf *pdf, const struct pdf_glyphs *glyphs)
{
    for (int i = 0; i < glyphs->n; i++) {
        struct str text = glyphs->items[i].text;
        int32_t code = utf8_next(&text);
        pdf->unreadable +=
            (code >= 0xE000 && code <= 0xF8FF) || code == 0xFFFD || code < 0x20 || code >= 0xF0000;
    }
    pdf->characters += (size_t)glyphs->n;
}

/* Only a page on which something stands side by side can have a table worth drawing it for. */
static bool may_have_table(const struct pdf_lines *lines)
{
    for (int i = 0; i < lines->n; i++)
        if (lines->items[i].has_tab)
            return true;
    return false;
}

static void put_line(struct pdf *pdf, const struct pdf_line *line)
{
    lines_put(&pdf->lines, line->text, false);
    pdf->table_goes_on = pdf->table_goes_on && is_page_number(line->text);
}

/* The width of a Chinese character. */
static double em_of(const struct pdf_glyphs *glyphs, const struct pdf_line *line)
{
    double em = 1;
    for (int i = line->first; i < line->first + line->n; i++)
        em = fmax(em, glyphs->items[i].box.x2 - glyphs->items[i].box.x1);
    return em;
}

static struct pdf_box column_box(const struct pdf_lines *lines)
{
    struct pdf_box box = {INFINITY, 0, 0, 0};
    for (int i = 0; i < lines->n; i++) {
        box.x1 = fmin(box.x1, lines->items[i].box.x1);
        box.x2 = fmax(box.x2, lines->items[i].box.x2);
    }
    return box;
}

/* A line that fills its column goes on in the next one, unless that is indented; so does the last
 * line of the left column in the first of the right. */
static void put_sides(struct pdf *pdf, struct pdf_glyphs *sides)
{
    static const struct str stops[] = {STR_INIT("。"), STR_INIT("；"), STR_INIT("：")};
    AUTOBUF text = buf_open(CELL_MAX_BYTES);
    struct pdf_lines lines[] = {pdf_lines(pdf->arena, &sides[0]), pdf_lines(pdf->arena, &sides[1])};
    struct pdf_box boxes[] = {column_box(&lines[0]), column_box(&lines[1])};
    for (int side = 0; side < 2; side++)
        for (int i = 0; i < lines[side].n; i++) {
            const struct pdf_line *line = &lines[side].items[i];
            double em = em_of(&sides[side], line);
            int other = i + 1 < lines[side].n ? side : side + 1;
            const struct pdf_line *next = other == side                 ? line + 1
                                          : other < 2 && lines[1].n > 0 ? lines[1].items
                                                                        : NULL;
            bool goes_on = next && boxes[side].x2 - line->box.x2 <= em * FULL_LINE &&
                           next->box.x1 - boxes[other].x1 < em;
            for (size_t k = 0; k < sizeof stops / sizeof *stops; k++)
                goes_on = goes_on && !str_ends(line->text, stops[k]);
            buf_put(&text, line->text);
            if (goes_on)
                continue;
            lines_put(&pdf->lines, str_copy(pdf->arena, buf_str(&text)), false);
            buf_clear(&text);
        }
}

/* What stands above, the left column, the right one, what stands below. */
static void put_columns(struct pdf *pdf, const struct pdf_glyphs *glyphs,
                        const struct pdf_lines *lines, const struct pdf_columns *columns)
{
    struct pdf_glyphs sides[2] = {0};
    for (int i = 0; i < columns->from; i++)
        put_line(pdf, &lines->items[i]);
    for (int i = columns->from; i < columns->to; i++) {
        const struct pdf_line *line = &lines->items[i];
        for (int k = line->first; k < line->first + line->n; k++) {
            struct pdf_glyphs *side = &sides[glyphs->items[k].box.x1 > columns->x];
            *arena_push(pdf->arena, side->items, side->n, side->room) = glyphs->items[k];
        }
    }
    put_sides(pdf, sides);
    for (int i = columns->to; i < lines->n; i++)
        put_line(pdf, &lines->items[i]);
    pdf->table_goes_on = false;
}

static void read_page(struct pdf *pdf, PopplerPage *page)
{
    struct arena *arena = pdf->arena;
    struct pdf_glyphs glyphs = pdf_page_glyphs(arena, page);
    count_characters(pdf, &glyphs);
    struct pdf_lines lines = pdf_lines(arena, &glyphs);
    struct pdf_grids grids = {0};
    if (may_have_table(&lines))
        grids = pdf_page_grids(arena, page);
    pdf->lines.page_start = true;
    struct pdf_columns columns = {0};
    if (grids.n == 0)
        columns = pdf_find_columns(&glyphs, &lines);
    if (columns.to > 0) {
        put_columns(pdf, &glyphs, &lines, &columns);
        return;
    }
    if (grids.n == 0) {
        for (int i = 0; i < lines.n; i++)
            put_line(pdf, &lines.items[i]);
        return;
    }
    struct pdf_glyphs *inside = arena_new(arena, struct pdf_glyphs, grids.n);
    for (int i = 0; i < grids.n; i++)
        inside[i] = take_inside(arena, &glyphs, &grids.items[i].box);
    lines = pdf_lines(arena, &glyphs);
    int next = 0;
    for (int i = 0; i <= lines.n; i++) {
        while (next < grids.n &&
               (i == lines.n || grids.items[next].box.y1 < lines.items[i].box.y1)) {
            put_grid(pdf, &grids.items[next], &inside[next]);
            next++;
        }
        if (i < lines.n)
            put_line(pdf, &lines.items[i]);
    }
}

static enum status refuse_damaged(struct arena *arena, struct fault *fault)
{
    return refuse(arena, fault, INVALID, "file",
                  "这个 PDF 不完整或已损坏，请重新导出或重新下载后再上传。");
}

static enum status open_document(struct arena *arena, struct str bytes,
                                 PopplerDocument **ret_document, struct fault *fault)
{
    /* Poppler makes what it can of a file that was cut off; half a document must not pass. */
    struct str tail = str_from_byte(bytes, bytes.len > TAIL_BYTES ? bytes.len - TAIL_BYTES : 0);
    if (!str_has(tail, STR("%%EOF")))
        return refuse_damaged(arena, fault);
    GError *error = NULL;
    GBytes *shared = g_bytes_new_static(bytes.ptr, bytes.len);
    *ret_document = poppler_document_new_from_bytes(shared, NULL, &error);
    g_bytes_unref(shared);
    bool is_encrypted = g_error_matches(error, POPPLER_ERROR, POPPLER_ERROR_ENCRYPTED);
    g_clear_error(&error);
    if (is_encrypted)
        return refuse(arena, fault, INVALID, "file",
                      "这个 PDF 有密码保护，不能读取，请解除密码后再上传。");
    return *ret_document ? OK : refuse_damaged(arena, fault);
}

static enum status check_text(const struct pdf *pdf, struct fault *fault)
{
    if (pdf->characters == 0)
        return refuse(
            pdf->arena, fault, INVALID, "file",
            "这个 PDF 是扫描件，没有文字，请上传 Word 原件，或用文字识别软件处理后再上传。");
    if (pdf->unreadable * 100 > pdf->characters * UNREADABLE_PERCENT)
        return refuse(pdf->arena, fault, INVALID, "file",
                      "这个 PDF 的字体没有文字编码，读不出文字，请上传 Word 原件（.docx）。");
    return lines_check(&pdf->lines, fault);
}

enum status source_from_pdf(struct arena *arena, struct str bytes, struct source *ret_source,
                            struct fault *fault)
{
    PopplerDocument *document = NULL;
    TRY(open_document(arena, bytes, &document, fault));
    struct pdf pdf = {.arena = arena, .lines = lines_begin(arena, "pdf", ret_source)};
    int pages = poppler_document_get_n_pages(document);
    for (int i = 0; i < pages && pages <= INPUT_PDF_PAGES_MAX && !pdf.lines.is_full; i++) {
        PopplerPage *page = poppler_document_get_page(document, i);
        if (page) {
            read_page(&pdf, page);
            g_object_unref(page);
        }
    }
    g_object_unref(document);
    if (pages < 1)
        return refuse_damaged(arena, fault);
    if (pages > INPUT_PDF_PAGES_MAX)
        return refuse(arena, fault, INVALID, "file",
                      "这个 PDF 有%d页，超过%d页的上限，请只保留对口联系文件本身后再上传。", pages,
                      INPUT_PDF_PAGES_MAX);
    return check_text(&pdf, fault);
}
