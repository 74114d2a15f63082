/*
 * source_text - a text file. HTML found in a text (web copies are full of it) is read by markup.c.
 */
#include "engine/reader/markup.h"
#include "text/text.h"

static int count_lines(struct str text)
{
    int n = 1;
    for (size_t i = 0; i < text.len; i++)
        n += text.ptr[i] == '\n';
    return n;
}

void source_from_text(struct arena *arena, struct str text, struct source *ret_source)
{
    struct source source = {.format = "text"};
    if (str_starts(text, STR("\xEF\xBB\xBF")))
        text = str_from_byte(text, 3);
    if (markup_is_in(text)) {
        markup_read(arena, text, &source);
        *ret_source = source;
        return;
    }
    /* One vector of the right size: growing one of a million lines would take twice the memory. */
    int lines = count_lines(text);
    source.lines_room = lines < LIMIT_LINES ? lines : LIMIT_LINES;
    source.lines = arena_new(arena, struct source_line, source.lines_room);
    for (int number = 1; text.len > 0 && source.lines_n < LIMIT_LINES; number++)
        source_put_line(arena, &source, str_line(&text), number);
    *ret_source = source;
}
