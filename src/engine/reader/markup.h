/*
 * markup - HTML inside a text file: paragraphs and tables, with the lines they stand on.
 *
 * Private to the reader. Not a browser: tags it does not know are left out and their text kept,
 * anything that is no tag is text. Whole .html files go through libxml2 (input_html.c).
 */
#ifndef ENGINE_READER_MARKUP_H
#define ENGINE_READER_MARKUP_H

#include "engine/reader/priv.h"

/* Are there tags of paragraphs, breaks or tables? */
bool markup_is_in(struct str text);
void markup_read(struct arena *arena, struct str text, struct source *source);

/* source_lines.c: a line as it stands (rows are told by its marks), a text, a row. */
void source_put_line(struct arena *arena, struct source *source, struct str line, int number);
void source_put_text(struct arena *arena, struct source *source, struct str text, int number);
void source_put_row(struct arena *arena, struct source *source, struct str text,
                    struct source_cell *cells, int cells_n, int number);

#endif
