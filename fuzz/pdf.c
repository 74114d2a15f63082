/*
 * pdf - what a page of a PDF draws: lines of glyphs and rules anywhere.
 */
#include <assert.h>

#include "base/utf8.h"
#include "engine/reader/input.h"

static const char before[] =
    "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    "2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 400]/Contents 4 0 R/Resources<<"
    "/Font<</F1 5 0 R>>>>>>endobj\n"
    "5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\n";

/* Fontconfig keeps a pattern of its default configuration and never lets it go. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libfontconfig\n";
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    AUTOARENA arena = arena_open(MIB(512));
    struct source source;
    struct str made = str_fmt(&arena,
                              "%s4 0 obj<</Length %zu>>stream\n%.*s\nendstream endobj\n"
                              "trailer<</Root 1 0 R>>\n%%%%EOF\n",
                              before, len, (int)len, (const char *)bytes);
    if (source_from_pdf(&arena, made, &source, NULL) != OK)
        return 0;
    for (int i = 0; i < source.lines_n; i++)
        assert(utf8_is_valid(source.lines[i].text));
    return 0;
}
