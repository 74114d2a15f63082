/*
 * docx - a .docx; one that begins with PK is taken as the package, any other input is put into one:
 * the text, the lists and the styles, each behind a line of "----".
 */
#include <assert.h>

#include "base/utf8.h"
#include "engine/reader/docx_testing.h"
#include "engine/reader/input.h"

static struct str packed(struct arena *arena, struct str input)
{
    struct str separator = STR("\n----\n");
    const char *document = str_c(arena, str_cut(&input, separator));
    const char *numbering = str_c(arena, str_cut(&input, separator));
    return docx_made(arena, document, numbering, str_c(arena, input));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    AUTOARENA arena = arena_open(MIB(512));
    struct source source;
    struct fault fault = {0};
    struct str input = {(const char *)bytes, len};
    if (!str_starts(input, STR("PK")))
        input = packed(&arena, input);
    enum status status = source_from_docx(&arena, input, &source, &fault);
    assert(status == OK || (status == INVALID && fault.message.len > 0));
    for (int i = 0; status == OK && i < source.lines_n; i++)
        assert(utf8_is_valid(source.lines[i].text));
    return 0;
}
