/*
 * pinyin - writes the table of pinyin initials that text/pinyin.c indexes with.
 *
 * ICU's Han-Latin transform is right but slow (and not safe from several threads), so it is asked
 * once, during the build, for the usual reading of every character of the two BMP blocks.
 */
#include <stdio.h>
#include <unicode/utrans.h>

enum { FIRST = 0x3400, LAST = 0x9FFF, ROW = 64 };

static char initial_of(const UTransliterator *transform, UChar32 code)
{
    UChar text[64] = {(UChar)code};
    int32_t len = 1, limit = 1;
    UErrorCode error = U_ZERO_ERROR;
    utrans_transUChars(transform, text, &len, 64, 0, &limit, &error);
    if (U_FAILURE(error) || len < 1 || text[0] < 'a' || text[0] > 'z')
        return ' ';
    return (char)text[0];
}

int main(int argc, char **argv)
{
    FILE *out = argc == 2 ? fopen(argv[1], "w") : NULL;
    UErrorCode error = U_ZERO_ERROR;
    static const UChar id[] = u"Han-Latin; NFD; Latin-ASCII; Lower";
    UTransliterator *transform = utrans_openU(id, -1, UTRANS_FORWARD, NULL, 0, NULL, &error);
    if (!out || U_FAILURE(error))
        return 1;
    fprintf(out,
            "/* Made by tools/pinyin.c from ICU's Han-Latin; do not edit. */\n"
            "enum { PINYIN_FIRST = 0x%X, PINYIN_LAST = 0x%X, PINYIN_ROW = %d };\n"
            "static const char pinyin_usual[][PINYIN_ROW] = {",
            FIRST, LAST, ROW);
    for (UChar32 code = FIRST; code <= LAST; code++) {
        if ((code - FIRST) % ROW == 0)
            fprintf(out, "%s\n    \"", code == FIRST ? "" : "\",");
        fputc(initial_of(transform, code), out);
    }
    fputs("\"};\n", out);
    utrans_close(transform);
    return fclose(out) == 0 ? 0 : 1;
}
