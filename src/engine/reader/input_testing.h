/*
 * input_testing - what the tests of the input formats share: a source printed for comparing.
 */
#ifndef ENGINE_READER_INPUT_TESTING_H
#define ENGINE_READER_INPUT_TESTING_H

#include "engine/reader/input.h"

/* A line each: its text; of a row, its table's number and its cells, as in "1|甲|乙#|丙*", where #
 * marks a header cell and * a repeated one, and a line end in a cell is "/"; a line that begins a
 * page has "^" before it. */
static inline struct str printed(struct arena *arena, const struct source *source)
{
    struct str all = STR("");
    for (int i = 0; i < source->lines_n; i++) {
        const struct source_line *line = &source->lines[i];
        struct str text = line->cells_n > 0 ? str_fmt(arena, "%d", line->table) : line->text;
        for (int k = 0; k < line->cells_n; k++) {
            const struct source_cell *cell = &line->cells[k];
            text = str_fmt(arena, "%.*s|%.*s%s%s", STR_ARG(text), STR_ARG(cell->text),
                           cell->header ? "#" : "", cell->repeated ? "*" : "");
        }
        text = str_replace(arena, text, STR("\n"), STR("/"));
        all = str_fmt(arena, "%.*s%s%.*s\n", STR_ARG(all), line->page_start ? "^" : "",
                      STR_ARG(text));
    }
    return all;
}

#define assert_printed(arena, source, want)                                                        \
    do {                                                                                           \
        struct str got_ = printed((arena), (source));                                              \
        if (!str_is(got_, (want)))                                                                 \
            fail_msg("got\n%.*swant\n%s", STR_ARG(got_), (want));                                  \
    } while (0)

#endif
