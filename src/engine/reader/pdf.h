/*
 * pdf - a page of a PDF as geometry: its glyphs put into lines, its ruled tables found.
 *
 * Private to engine/reader, used by input_pdf.c alone. Lengths are points (1/72 inch), the origin
 * is the top left corner of the page.
 */
#ifndef ENGINE_READER_PDF_H
#define ENGINE_READER_PDF_H

#include <poppler.h>

#include "base/arena.h"
#include "base/str.h"

struct pdf_box {
    double x1, y1, x2, y2;
};

/* One character as printed; white space is none, it is told by the gaps. */
struct pdf_glyph {
    struct pdf_box box;
    struct str text;
    bool after_space; /* the PDF has a space of its own before it */
};
struct pdf_glyphs {
    struct pdf_glyph *items;
    int n, room;
};

/* Glyphs side by side. */
struct pdf_line {
    struct pdf_box box;
    struct str text; /* wide gaps are tabs, narrower ones spaces */
    bool has_tab;
    bool has_gap; /* a space or a tab somewhere */
    int first, n; /* its glyphs */
};
struct pdf_lines {
    struct pdf_line *items;
    int n, room;
};

/* The glyphs of a page; in the arena. */
struct pdf_glyphs pdf_page_glyphs(struct arena *arena, PopplerPage *page);

/* Lines from top to bottom. Sorts the glyphs. */
struct pdf_lines pdf_lines(struct arena *arena, struct pdf_glyphs *glyphs);

/* Two columns of prose: lines from .. to - 1 have nothing at x; to 0 = there are none. */
struct pdf_columns {
    int from, to;
    double x;
};
struct pdf_columns pdf_find_columns(const struct pdf_glyphs *glyphs, const struct pdf_lines *lines);

/*
 * A ruled table: the positions of its rules, and for each field between two neighbours of both, the
 * field of the top left corner of the cell that it belongs to.
 */
struct pdf_grid {
    double *xs, *ys;
    int xs_n, ys_n; /* columns and rows are one fewer */
    int *owners;    /* row * columns + column */
    struct pdf_box box;
};
struct pdf_grids {
    struct pdf_grid *items;
    int n, room;
};

/* Draws the page and looks for rules that make a table; from top to bottom. */
struct pdf_grids pdf_page_grids(struct arena *arena, PopplerPage *page);

#endif
