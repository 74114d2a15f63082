/*
 * text - every parser and every form of text.h over the same text, from each of its characters on.
 */
#include <assert.h>

#include "base/utf8.h"
#include "text/text.h"

static void parse_from(struct arena *arena, struct str s)
{
    struct str rest = s;
    struct date date;
    assert(text_numeral(&rest) >= -1 && rest.len <= s.len);
    rest = s;
    assert(!text_date(&rest, &date) || (date_is_valid(date) && rest.len < s.len));
    rest = s;
    struct str number = text_document_number(arena, &rest);
    if (number.len > 0) {
        struct str again = number;
        assert(rest.len < s.len);
        assert(str_eq(text_document_number(arena, &again), number) && again.len == 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    AUTOARENA arena = arena_open(MIB(256));
    struct str s = {(const char *)bytes, len < 2000 ? len : 2000};
    for (struct str rest = s; rest.len > 0; utf8_next(&rest))
        parse_from(&arena, rest);
    struct str folded = text_fold(&arena, s);
    assert(utf8_is_valid(folded));
    assert(utf8_is_valid(text_bigrams(&arena, s)));
    text_query_bigrams(&arena, s);
    text_initials(&arena, s);
    text_sort_key(&arena, s);
    text_unify(&arena, text_squeeze(&arena, text_trim(s)));
    return 0;
}
