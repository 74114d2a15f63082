#include "base/utf8.h"
#include "engine/reader/priv.h"
#include "text/text.h"

enum { BMP_BITS = 0x10000, HAN_SAMPLE = 0x4E00 };

/* A bit for each traditional character, so that the others cost one look. */
struct fold_index {
    uint32_t bits[BMP_BITS / 32];
};

static int32_t code_of(const char *at)
{
    return (at[0] & 0xF) << 12 | (at[1] & 0x3F) << 6 | (at[2] & 0x3F);
}

const struct fold_index *fold_index_make(struct arena *arena)
{
    struct fold_index *index = arena_new(arena, struct fold_index, 1);
    for (int i = 0; i < fold_pairs_n; i++) {
        int32_t code = code_of(fold_pairs[i]);
        index->bits[code / 32] |= 1u << (code % 32);
    }
    return index;
}

/* The pairs are in the order of their first characters. */
static const char *fold_find(const char *at)
{
    int low = 0, high = fold_pairs_n;
    while (low < high) {
        int middle = (low + high) / 2;
        const char *pair = fold_pairs[middle];
        int order = memcmp(at, pair, 3);
        if (order == 0)
            return pair + 3;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

struct str normal_key(const struct reading *reading, struct str text)
{
    char *key = NULL;
    for (size_t i = 0; i + 3 <= text.len;) {
        unsigned char lead = (unsigned char)text.ptr[i];
        if ((lead & 0xF0) != 0xE0) {
            i++;
            continue;
        }
        int32_t code = code_of(text.ptr + i);
        bool marked = code < BMP_BITS && reading->folds->bits[code / 32] >> (code % 32) & 1;
        const char *to = marked ? fold_find(text.ptr + i) : NULL;
        if (to && !key) {
            key = arena_alloc(reading->arena, text.len + 1);
            memcpy(key, text.ptr, text.len);
        }
        if (to)
            memcpy(key + i, to, 3);
        i += 3;
    }
    return key ? (struct str){key, text.len} : text;
}

/* Signs of one meaning, written as the one the rules know. */
static const struct {
    int32_t from, to;
} signs[] = {
    {0xFF0E, '.'},    {0xFF0D, '-'},    {0x2010, '-'},    {0x2011, '-'},    {0x2212, '-'},
    {0x2013, 0x2014}, {0x2015, 0x2014}, {0x2500, 0x2014}, {0x2501, 0x2014}, {0xFE63, '-'},
    {0xFF5E, '~'},    {0x301C, '~'},    {0xFF61, 0x3002}, {0xFF64, 0x3001}, {0xFE51, 0x3001},
    {0xFE50, 0xFF0C}, {0xFE54, 0xFF1B}, {0xFE55, 0xFF1A}, {0xFF3B, '['},    {0xFF3D, ']'},
    {0xFE59, 0xFF08}, {0xFE5A, 0xFF09}, {0xFE5D, 0x3014}, {0xFE5E, 0x3015}, {0xFF0F, '/'},
    {0xFF05, '%'},    {0xFF1D, '='},    {0xFF0B, '+'},    {0x2236, 0xFF1A}, {0xFE30, 0xFF1A},
};
/* Half-width marks that are full-width in Chinese text. */
static const struct {
    char from;
    int32_t to;
} marks[] = {{',', 0xFF0C}, {';', 0xFF1B}, {':', 0xFF1A}, {'(', 0xFF08},
             {')', 0xFF09}, {'?', 0xFF1F}, {'!', 0xFF01}};

static bool is_alnum(int32_t code)
{
    return (code >= '0' && code <= '9') || (code >= 'a' && code <= 'z') ||
           (code >= 'A' && code <= 'Z');
}

static int32_t unify_sign(int32_t code)
{
    if (code >= 0xFF10 && code <= 0xFF5A && is_alnum(code - 0xFEE0))
        return code - 0xFEE0;
    if (text_is_han(code))
        return code;
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (signs[i].from == code)
            return signs[i].to;
    return code;
}

/* A half-width mark belongs to Chinese unless letters or digits stand on both sides of it. */
static int32_t widen_mark(int32_t before, int32_t code, struct str rest)
{
    int32_t after = utf8_next(&rest);
    if (is_alnum(before) && is_alnum(after))
        return code;
    if (code == '.')
        return text_is_han(before) && (after < 0 || text_is_han(after)) ? 0x3002 : code;
    if (code == ':' && after == '/')
        return code;
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (marks[i].from == code)
            return marks[i].to;
    return code;
}

/* Heading and quotation signs of Markdown, bullets. */
static struct str without_bullet(struct str s)
{
    static const char *const bullets[] = {"#", ">", "•", "●", "◆", "■", "▲", "※", "◇", "○ "};
    s = text_trim(s);
    for (size_t i = 0; i < sizeof bullets / sizeof *bullets; i++)
        while (str_starts(s, str_from(bullets[i]))) {
            s = text_trim(str_from_byte(s, strlen(bullets[i])));
            i = 0;
        }
    if (str_starts(s, STR("- ")) || str_starts(s, STR("* ")) || str_starts(s, STR("+ ")))
        s = text_trim(str_from_byte(s, 2));
    return s;
}

static bool is_dropped(int32_t code, struct str rest)
{
    return code < 0x20 || code == 0x7F || code == 0xFFFD || (code >= 0xE000 && code <= 0xF8FF) ||
           code == 0xFFFC || (code == '*' && str_starts(rest, STR("*")));
}

struct mending {
    char *to;
    size_t len;
    int32_t before;
    bool gap;
};

static void mend_char(struct mending *mending, int32_t code, struct str rest)
{
    code = unify_sign(code);
    if (code < 0x80 && !is_alnum(code))
        code = widen_mark(mending->before, code, rest);
    if (mending->gap && is_alnum(mending->before) && is_alnum(code))
        mending->to[mending->len++] = ' ';
    mending->gap = false;
    mending->len += (size_t)utf8_put(mending->to + mending->len, code);
    mending->before = code;
}

/* A character that nothing has to change: Chinese (U+4000 to U+9FFF) or a mark of Chinese text. */
static bool is_plain(const char *at)
{
    unsigned char lead = (unsigned char)at[0];
    if (lead >= 0xE4 && lead <= 0xE9)
        return (at[1] & 0xC0) == 0x80 && (at[2] & 0xC0) == 0x80;
    return memcmp(at, "、", 3) == 0 || memcmp(at, "，", 3) == 0 || memcmp(at, "。", 3) == 0;
}

static size_t plain_run(struct str s)
{
    size_t n = 0;
    while (n + 3 <= s.len && is_plain(s.ptr + n))
        n += 3;
    return n;
}

struct para_text normal_line(const struct reading *reading, struct str raw)
{
    struct str s = without_bullet(reading->unified ? raw : text_unify(reading->arena, raw));
    struct mending mending = {.before = -1};
    /* A widened mark takes three bytes for one. */
    size_t widened = 0;
    for (size_t i = 0; i < s.len; i++)
        widened += (unsigned char)s.ptr[i] < 0x80;
    mending.to = arena_alloc(reading->arena, s.len + 2 * widened + 1);
    for (struct str rest = s; rest.len > 0;) {
        size_t plain = plain_run(rest);
        if (plain > 0) {
            memcpy(mending.to + mending.len, rest.ptr, plain);
            mending.len += plain;
            mending.before = HAN_SAMPLE;
            mending.gap = false;
            rest = str_from_byte(rest, plain);
            continue;
        }
        int32_t code = utf8_next(&rest);
        if (text_is_space(code)) {
            mending.gap = true;
        } else if (is_dropped(code, rest)) {
            if (code == '*')
                rest = str_from_byte(rest, 1);
        } else {
            mend_char(&mending, code, rest);
        }
    }
    struct str text = {mending.to, mending.len};
    return (struct para_text){text, normal_key(reading, text)};
}
