/*
 * reader - an official document becomes a scheme draft.
 *
 * Three steps, each of its own file set: bytes to lines (input_*.c: the content decides the
 * format, not the name), lines to a clean document (page furniture, broken names and trailing
 * matter mended or dropped), clean document to a scheme (metadata, links, contents, forms,
 * duties). The reader is deterministic, says what it could not read, never invents a link, never
 * guesses the end of a cut-off text, keeps 分管 apart from 联系, and treats attendance thresholds,
 * percentages and counts of measures as what they are: not duties.
 *
 * Sources: design.md sections 2, 3, 7; clauses.md.
 */
#ifndef ENGINE_READER_READER_H
#define ENGINE_READER_READER_H

#include "engine/scheme/scheme.h"

enum { READER_INPUT_MAX_BYTES = 16 << 20 };

/*
 * One line of the source. A table row is one line whose cells are given; cells spanned by rowspan
 * or colspan are repeated in `cells` with `repeated` set. Line numbers are those of the text file,
 * or count the lines and rows of a .docx, .pdf or .html from 1: what the wizard shows.
 */
struct source_cell {
    struct str text; /* a line end inside the cell is an LF */
    bool repeated;   /* shown once in print; stands here because of a span */
    bool header;     /* <th>, or a header row of the format */
};
struct source_line {
    int number;
    struct str text; /* of a row: its cells, repeated ones empty, joined by tabs */
    struct source_cell *cells;
    int cells_n;     /* 0 = not a row */
    int table;       /* rows of one table share a number from 1; 0 = not in a table */
    bool page_start; /* first line of a page, where the format tells */
};
struct source {
    const char *format; /* text, docx, pdf, html */
    struct source_line *lines;
    int lines_n, lines_room;
    int tables_n;  /* tables so far: the number of the last */
    int drawn_row; /* while a text is read: which line is the row behind the last drawn rule */
};

/*
 * Bytes of a file to lines of UTF-8. Not trusted: see reader_child.
 *
 * OK; INVALID with one sentence: empty, too large, binary, wrong encoding, truncated or bombed
 * .docx, encrypted or scanned PDF (says that it has no text), .doc/.wps/.ofd (says how to convert).
 */
CHECKED enum status source_read(struct arena *arena, struct str bytes, struct source *ret_source,
                                struct fault *fault);

/* The lines of one UTF-8 text, already known to be text: what tests and fuzzers feed. */
void source_from_text(struct arena *arena, struct str text, struct source *ret_source);

/*
 * The lines of a page or a piece of HTML in UTF-8: a line for each block or <br>, numbers of
 * ordered lists printed, script, style, nav, footer and hidden matter left out. A table used for
 * layout (one with a table inside, or a row of a single cell) is lines, not rows.
 *
 * OK, also when there is nothing in it; INVALID when its tables have over 500,000 cells or it is
 * nested over 256 deep.
 */
enum status source_from_html(struct arena *arena, struct str utf8_html, struct source *ret_source);

/*
 * Lines to a scheme draft. INVALID when the text bears a secrecy mark (绝密, 机密, 秘密★): such
 * matter may not enter, nothing of it is returned. 内部资料 is a warning (code "internal").
 */
CHECKED enum status reader_analyse(struct arena *arena, const struct source *source,
                                   struct scheme *ret_scheme, struct fault *fault);

/*
 * The same rule for what is no scheme: an attachment. INVALID as above; `ret_internal`: a line says
 * 内部资料 or the like, which a person has to confirm.
 */
CHECKED enum status reader_marks(struct arena *arena, const struct source *source,
                                 bool *ret_internal, struct fault *fault);

/*
 * source_read and reader_analyse in a child process with memory, CPU and file limits and no
 * network (ground.md, "Untrusted documents"). The child is this program executed again as
 * `duikou read-child`; it gets the bytes on its standard input and writes a result (wire.h).
 *
 *   program    the file to execute; NULL = this very program
 *   ret_lines  the source's lines for the wizard; NULL when not wanted
 *
 * OK; INVALID as the two would, or the child died or took over 30 seconds: one sentence; BUSY when
 * no process could be started. Safe from several threads. The arena needs room for twice the
 * result: 32 MB for an ordinary document.
 */
CHECKED enum status reader_child(struct arena *arena, const char *program, struct str bytes,
                                 struct scheme *ret_scheme, struct source *ret_lines,
                                 struct fault *fault);

/* What `duikou read-child [lines]` runs: standard input to standard output; the exit code, with
 * which the caller has to leave at once. Confines the process for good: call it nowhere else. */
int reader_child_main(bool wants_lines);

#endif
