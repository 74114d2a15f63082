/*
 * docx_write - a simple .docx in the page layout of official documents (GB/T 9704-2012): A4, top
 * 37, left 28, right 26, bottom 35 mm, 22 lines a page, body in size 3 仿宋.
 *
 *     struct docx docx = docx_open();
 *     docx_paragraph(&docx, DOCX_TITLE, STR("回执"));
 *     docx_table(&docx, widths_mm, 3), docx_row(&docx, DOCX_HEAD, cells), docx_table_end(&docx);
 *     TRY(docx_close(&docx, &buf));
 *
 * The same calls give the same bytes. Fonts are named, not carried: where 方正小标宋简体 or 仿宋
 * are not installed, the named fallbacks are taken.
 */
#ifndef VIEW_DOCX_WRITE_H
#define VIEW_DOCX_WRITE_H

#include "base/buf.h"
#include "base/status.h"

enum docx_style {
    DOCX_TITLE,   /* 2号 小标宋, centred */
    DOCX_HEADING, /* 3号 黑体, indent of two characters */
    DOCX_BODY,    /* 3号 仿宋, indent of two characters */
    DOCX_PLAIN,   /* 3号 仿宋, no indent */
    DOCX_RIGHT,   /* 3号 仿宋, to the right: names, dates */
    DOCX_NOTE,    /* 4号 仿宋, no indent */
    DOCX_HEAD,    /* cell: 4号 黑体, centred, grey */
    DOCX_LABEL,   /* cell: 4号 黑体, centred */
    DOCX_CELL,    /* cell: 4号 仿宋 */
};

enum { DOCX_COLUMNS_MAX = 16, DOCX_WIDTH_MM = 156 };

struct docx {
    struct buf body;
    int widths[DOCX_COLUMNS_MAX]; /* of the open table, in twentieths of a point */
    int columns_n;
};

struct docx docx_open(void);

/* LF in the text is a line break. */
void docx_paragraph(struct docx *docx, enum docx_style style, struct str text);

/* A table with thin borders; at most DOCX_COLUMNS_MAX columns, together DOCX_WIDTH_MM at most.
 * Rows are at least 10 mm high, for filling in by hand. */
void docx_table(struct docx *docx, const int *widths_mm, int n);
void docx_row(struct docx *docx, enum docx_style style, const struct str *cells);
/* The first cell a label, the others to be filled in. */
void docx_labelled_row(struct docx *docx, const struct str *cells);
void docx_table_end(struct docx *docx);
void docx_page_break(struct docx *docx);

/* Write the file and release; `buf` NULL: only release. FAULT when it cannot be made. */
CHECKED enum status docx_close(struct docx *docx, struct buf *buf);

#endif
