#include <assert.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

#include "base/utf8.h"
#include "text/text.h"

bool text_is_space(int32_t code)
{
    if (code <= 0x20)
        return code == ' ' || (code >= '\t' && code <= '\r');
    if (code < 0xA0)
        return code == 0x85;
    return code == 0xA0 || code == 0xAD || code == 0x1680 || (code >= 0x2000 && code <= 0x200F) ||
           (code >= 0x2028 && code <= 0x202F) || (code >= 0x205F && code <= 0x2064) ||
           code == 0x3000 || code == 0xFEFF;
}

bool text_is_han(int32_t code)
{
    return (code >= 0x4E00 && code <= 0x9FFF) || (code >= 0x3400 && code <= 0x4DBF) ||
           code == 0x3007 || (code >= 0xF900 && code <= 0xFAFF) ||
           (code >= 0x20000 && code <= 0x323AF);
}

struct str text_trim(struct str s)
{
    for (struct str at = s; text_is_space(utf8_next(&at)); s = at)
        ;
    while (s.len > 0) {
        size_t start = s.len - 1;
        while (start > 0 && ((unsigned char)s.ptr[start] & 0xC0) == 0x80)
            start--;
        struct str last = str_from_byte(s, start);
        if (!text_is_space(utf8_next(&last)))
            break;
        s.len = start;
    }
    return s;
}

struct str text_squeeze(struct arena *arena, struct str s)
{
    char *text = NULL;
    size_t len = 0;
    for (struct str rest = s; rest.len > 0;) {
        const char *start = rest.ptr;
        bool space = text_is_space(utf8_next(&rest));
        size_t taken = (size_t)(rest.ptr - start);
        if (space && !text) {
            text = arena_alloc(arena, s.len + 1);
            len = (size_t)(start - s.ptr);
            memcpy(text, s.ptr, len);
        } else if (!space && text) {
            memcpy(text + len, start, taken);
            len += taken;
        }
    }
    return text ? (struct str){text, len} : s;
}

/* Radicals that have no decomposition of their own but are typed for the character. */
static int32_t radical_to_character(int32_t code)
{
    static const struct {
        int32_t radical, character;
    } table[] = {{0x2EA0, 0x6C11}, {0x2EA9, 0x738B}, {0x2EC4, 0x897F}, {0x2EC5, 0x89C1},
                 {0x2EC6, 0x89D2}, {0x2ECB, 0x8F66}, {0x2ED3, 0x957F}, {0x2ED4, 0x957F},
                 {0x2ED8, 0x9752}, {0x2EDB, 0x98CE}, {0x2EE2, 0x9A6C}, {0x2EE5, 0x9C7C},
                 {0x2EE6, 0x9E1F}, {0x2EE9, 0x9EC4}, {0x2EEC, 0x9F50}, {0x2EEE, 0x9F7F},
                 {0x2EF0, 0x9F99}, {0x2EC9, 0x8D1D}, {0x2EDA, 0x9875}, {0x2ED9, 0x97E6},
                 {0x2E81, 0x5382}, {0x2E92, 0x5DF3}, {0x2E97, 0x5FC3}, {0x2EB8, 0x7F8A}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (table[i].radical == code)
            return table[i].character;
    return code;
}

static bool is_lookalike(int32_t code)
{
    return (code >= 0x2E80 && code <= 0x2FD5) || (code >= 0xF900 && code <= 0xFAFF);
}

static int32_t unified(int32_t code)
{
    UErrorCode error = U_ZERO_ERROR;
    const UNormalizer2 *nfkc = unorm2_getNFKCInstance(&error);
    UChar one[2], made[8];
    int32_t one_n = 0, at = 0;
    U16_APPEND_UNSAFE(one, one_n, code);
    int32_t n = U_SUCCESS(error) ? unorm2_normalize(nfkc, one, one_n, made, 8, &error) : 0;
    if (U_FAILURE(error) || n == 0)
        return code;
    UChar32 to;
    U16_NEXT(made, at, n, to);
    return at == n && to != code ? to : radical_to_character(code);
}

struct str text_unify(struct arena *arena, struct str s)
{
    char *text = NULL;
    size_t len = 0;
    for (struct str rest = s; rest.len > 0;) {
        unsigned char lead = (unsigned char)rest.ptr[0];
        const char *start = rest.ptr;
        int32_t code = 0;
        if (lead == 0xE2 || lead == 0xEF)
            code = utf8_next(&rest);
        else
            rest = str_from_byte(rest, 1);
        if (is_lookalike(code) && !text) {
            text = arena_alloc(arena, s.len * 4 / 3 + 4);
            len = (size_t)(start - s.ptr);
            if (len > 0)
                memcpy(text, s.ptr, len);
        }
        if (is_lookalike(code)) {
            len += (size_t)utf8_put(text + len, unified(code));
        } else if (text) {
            memcpy(text + len, start, (size_t)(rest.ptr - start));
            len += (size_t)(rest.ptr - start);
        }
    }
    return text ? (struct str){text, len} : s;
}

/* What NFKC leaves apart but a reader takes for the same. */
static int32_t fold_sign(int32_t code)
{
    static const struct {
        int32_t first, last;
        char to;
    } table[] = {
        {0x3014, 0x3014, '('}, {0x3015, 0x3015, ')'}, {0x3010, 0x3010, '('}, {0x3011, 0x3011, ')'},
        {0x3016, 0x3016, '('}, {0x3017, 0x3017, ')'}, {0x300C, 0x300C, '('}, {0x300D, 0x300D, ')'},
        {0x300E, 0x300E, '('}, {0x300F, 0x300F, ')'}, {'[', '[', '('},       {']', ']', ')'},
        {'{', '{', '('},       {'}', '}', ')'},       {0x2010, 0x2015, '-'}, {0x2212, 0x2212, '-'},
        {0x301C, 0x301C, '~'}, {0x2018, 0x201F, '"'}, {0x301D, 0x301F, '"'},
    };
    static const int32_t dots[] = {0xB7, 0x2022, 0x2027, 0x22C5, 0x30FB, 0x2219};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (code >= table[i].first && code <= table[i].last)
            return table[i].to;
    for (size_t i = 0; i < sizeof dots / sizeof *dots; i++)
        if (code == dots[i])
            return 0xB7;
    if (code == 0x3008 || code == 0x3009)
        return code + 2;
    return code;
}

/* Han characters and ASCII without capitals, which NFKC with case folding leaves alone. */
static bool is_plain(struct str s)
{
    for (struct str rest = s; rest.len > 0;) {
        int32_t code = utf8_next(&rest);
        bool ascii = code < 0x80 && !(code >= 'A' && code <= 'Z');
        if (!ascii && !(code >= 0x4E00 && code <= 0x9FFF) && code != 0x3001 && code != 0x3002)
            return false;
    }
    return true;
}

static struct str normalized(struct arena *arena, struct str s)
{
    UErrorCode error = U_ZERO_ERROR;
    const UNormalizer2 *nfkc = unorm2_getNFKCCasefoldInstance(&error);
    int32_t from_room = (int32_t)s.len + 1, from_n = 0, to_n = 0, len = 0;
    UChar *from = arena_new(arena, UChar, from_room);
    u_strFromUTF8WithSub(from, from_room, &from_n, s.ptr, (int32_t)s.len, 0xFFFD, NULL, &error);
    /* One character becomes 18 at most (U+FDFA), so a second try is the rare case. */
    int32_t room = from_n + from_n / 2 + 32;
    UChar *to = arena_new(arena, UChar, room);
    to_n = unorm2_normalize(nfkc, from, from_n, to, room, &error);
    if (error == U_BUFFER_OVERFLOW_ERROR) {
        error = U_ZERO_ERROR;
        to = arena_new(arena, UChar, to_n + 1);
        to_n = unorm2_normalize(nfkc, from, from_n, to, to_n + 1, &error);
    }
    char *text = arena_new(arena, char, (size_t)to_n * 3 + 1);
    u_strToUTF8WithSub(text, to_n * 3 + 1, &len, to, to_n, 0xFFFD, NULL, &error);
    assert(U_SUCCESS(error));
    return (struct str){text, (size_t)len};
}

struct str text_fold(struct arena *arena, struct str s)
{
    if (!is_plain(s))
        s = normalized(arena, text_unify(arena, s));
    char *text = arena_new(arena, char, s.len + s.len / 2 + 4);
    size_t len = 0;
    for (struct str rest = s; rest.len > 0;) {
        int32_t code = utf8_next(&rest);
        if (!text_is_space(code))
            len += (size_t)utf8_put(text + len, code < 0x4E00 ? fold_sign(code) : code);
    }
    return (struct str){text, len};
}
