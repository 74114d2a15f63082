/*
 * input - the formats a document comes in, each turned into the lines of a struct source.
 *
 * Private to engine/reader; source_read (reader.h) chooses among them by content. What all of them
 * share is here: a writer that numbers lines as they come, and a table writer that repeats spanned
 * cells. None of them follows a link, loads an entity or reads another file.
 */
#ifndef ENGINE_READER_INPUT_H
#define ENGINE_READER_INPUT_H

#include "engine/reader/reader.h"

enum {
    INPUT_COLUMNS_MAX = 128,    /* of one table; more are cut off */
    INPUT_CELLS_MAX = 500000,   /* of one document, repeated ones counted */
    INPUT_PDF_PAGES_MAX = 2000, /* of one document */
    INPUT_ZIP_ENTRIES_MAX = 4096,
    INPUT_ZIP_MAX_BYTES = 512 << 20, /* of all parts of a .docx, unpacked */
    INPUT_PART_MAX_BYTES = 64 << 20, /* of one part of a .docx, unpacked */
    INPUT_ZIP_RATIO_MAX = 200,       /* of a part over 1 MiB, unpacked to packed */
};

/* Appends lines to a source. Lines count from 1. */
struct lines {
    struct arena *arena;
    struct source *source;
    bool page_start; /* the next line begins a page */
    int tables, cells;
    bool is_full; /* over INPUT_CELLS_MAX: what came later was left out */
};

struct lines lines_begin(struct arena *arena, const char *format, struct source *source);

/* One line for each LF-separated piece of `text`; white space at their ends is removed. Blank
 * pieces are kept only when `keep_blank`. Borrows `text`. */
void lines_put(struct lines *lines, struct str text, bool keep_blank);

/* What is refused when is_full. */
CHECKED enum status lines_check(const struct lines *lines, struct fault *fault);

/* A table being read row by row. */
struct table_column {
    struct source_cell cell; /* the last one put in this column */
    int rows_left;           /* rows further down that repeat it */
};
struct table {
    struct lines *lines;
    struct table_column *columns;
    struct source_cell *cells; /* of the row being read */
    int cells_n, number;       /* number: 0 until its first row of several cells */
};

struct table table_begin(struct lines *lines);

/* The next cell of the row. Spans are 1 or more; columns still spanned from above are filled in
 * first. Line ends in the text stay. Borrows `text`. */
void table_cell(struct table *table, struct str text, bool header, int columns, int rows);
/* The next cell repeats the one above it (w:vMerge, a cell broken by a page). */
void table_cell_as_above(struct table *table, int columns, int rows);
/* A row of one cell is no row but lines; an empty row is left out. */
void table_row_end(struct table *table);

/* INVALID when there is nothing or over READER_INPUT_MAX_BYTES. */
CHECKED enum status input_check_size(struct arena *arena, size_t bytes, struct fault *fault);

/* Text that is HTML as a whole, not text in which a tag occurs. */
bool input_is_html(struct str text);
/* The character set that the head of an HTML page names, empty when none. Borrows `bytes`. */
struct str input_html_charset(struct str bytes);

CHECKED enum status source_from_docx(struct arena *arena, struct str bytes,
                                     struct source *ret_source, struct fault *fault);
CHECKED enum status source_from_pdf(struct arena *arena, struct str bytes,
                                    struct source *ret_source, struct fault *fault);

#endif
