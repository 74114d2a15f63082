/*
 * html - a page of HTML, whatever it holds, becomes lines of UTF-8.
 */
#include <assert.h>

#include "base/utf8.h"
#include "engine/reader/input.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    AUTOARENA arena = arena_open(MIB(512));
    struct source source;
    struct str html = {(const char *)bytes, len};
    input_is_html(html);
    assert(input_html_charset(html).len <= len);
    /* Bytes that are no UTF-8 never come here, but must do no harm. */
    bool is_text = utf8_is_valid(html);
    if (source_from_html(&arena, html, &source) != OK || !is_text)
        return 0;
    for (int i = 0; i < source.lines_n; i++) {
        const struct source_line *line = &source.lines[i];
        assert(line->number == i + 1 && utf8_is_valid(line->text));
        for (int k = 0; k < line->cells_n; k++)
            assert(utf8_is_valid(line->cells[k].text));
    }
    return 0;
}
