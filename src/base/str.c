#include "base/str.h"

#include <stdio.h>

#include "base/arena.h"

int str_cmp(struct str a, struct str b)
{
    size_t shorter = a.len < b.len ? a.len : b.len;
    int order = shorter ? memcmp(a.ptr, b.ptr, shorter) : 0;
    if (order != 0)
        return order;
    return (a.len > b.len) - (a.len < b.len);
}

enum { SHORT_BYTES = 256 };

/* In a short text the setting up of memmem costs more than the search. The last byte tells most
 * Chinese characters apart, the first does not. */
static ptrdiff_t find_short(struct str s, struct str needle)
{
    size_t last = needle.len - 1;
    const char *at = s.ptr + last, *end = s.ptr + s.len;
    while ((at = memchr(at, needle.ptr[last], (size_t)(end - at)))) {
        if (memcmp(at - last, needle.ptr, last) == 0)
            return at - last - s.ptr;
        at++;
    }
    return -1;
}

ptrdiff_t str_find(struct str s, struct str needle)
{
    if (needle.len == 0)
        return 0;
    if (s.len < needle.len)
        return -1;
    if (s.len <= SHORT_BYTES)
        return find_short(s, needle);
    const char *at = memmem(s.ptr, s.len, needle.ptr, needle.len);
    return at ? at - s.ptr : -1;
}

ptrdiff_t str_find_last(struct str s, struct str needle)
{
    if (needle.len == 0)
        return (ptrdiff_t)s.len;
    if (needle.len > s.len)
        return -1;
    size_t last = needle.len - 1;
    const char *at = s.ptr + s.len;
    while ((at = memrchr(s.ptr + last, needle.ptr[last], (size_t)(at - s.ptr) - last)))
        if (memcmp(at - last, needle.ptr, last) == 0)
            return at - last - s.ptr;
    return -1;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

struct str str_trim(struct str s)
{
    while (s.len > 0 && is_space(s.ptr[0])) {
        s.ptr++;
        s.len--;
    }
    while (s.len > 0 && is_space(s.ptr[s.len - 1]))
        s.len--;
    return s;
}

struct str str_cut(struct str *rest, struct str separator)
{
    ptrdiff_t at = str_find(*rest, separator);
    struct str head = *rest;
    if (at < 0 || separator.len == 0) {
        *rest = (struct str){rest->ptr ? rest->ptr + rest->len : NULL, 0};
        return head;
    }
    head.len = (size_t)at;
    *rest = str_from_byte(*rest, (size_t)at + separator.len);
    return head;
}

struct str str_line(struct str *rest)
{
    struct str line = str_cut(rest, STR("\n"));
    if (line.len > 0 && line.ptr[line.len - 1] == '\r')
        line.len--;
    return line;
}

bool str_to_int(struct str s, int64_t *ret_value)
{
    bool negative = s.len > 0 && s.ptr[0] == '-';
    if (negative)
        s = str_from_byte(s, 1);
    if (s.len == 0)
        return false;
    int64_t value = 0;
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] < '0' || s.ptr[i] > '9')
            return false;
        int digit = s.ptr[i] - '0';
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, negative ? -digit : digit, &value))
            return false;
    }
    *ret_value = value;
    return true;
}

struct str str_copy(struct arena *arena, struct str s)
{
    char *copy = arena_alloc(arena, s.len + 1);
    if (s.len > 0)
        memcpy(copy, s.ptr, s.len);
    return (struct str){copy, s.len};
}

const char *str_c(struct arena *arena, struct str s)
{
    return str_copy(arena, s).ptr;
}

struct str str_vfmt(struct arena *arena, const char *format, va_list args)
{
    char small[256]; /* most texts fit: formatted once instead of measured first */
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(small, sizeof small, format, again);
    va_end(again);
    if (len <= 0)
        return (struct str){"", 0};
    char *text = arena_alloc(arena, (size_t)len + 1);
    if ((size_t)len < sizeof small)
        memcpy(text, small, (size_t)len + 1);
    else
        vsnprintf(text, (size_t)len + 1, format, args);
    return (struct str){text, (size_t)len};
}

struct str str_fmt(struct arena *arena, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    struct str text = str_vfmt(arena, format, args);
    va_end(args);
    return text;
}

struct str str_join(struct arena *arena, struct str separator, const struct str *parts, int n)
{
    size_t len = n > 1 ? separator.len * (size_t)(n - 1) : 0;
    for (int i = 0; i < n; i++)
        len += parts[i].len;
    char *text = arena_alloc(arena, len + 1), *to = text;
    for (int i = 0; i < n; i++) {
        if (i > 0 && separator.len > 0)
            to = mempcpy(to, separator.ptr, separator.len);
        if (parts[i].len > 0)
            to = mempcpy(to, parts[i].ptr, parts[i].len);
    }
    return (struct str){text, len};
}

struct str str_replace(struct arena *arena, struct str s, struct str from, struct str to)
{
    int hits = 0;
    for (struct str rest = s; str_find(rest, from) >= 0; hits++)
        str_cut(&rest, from);
    if (hits == 0 || from.len == 0)
        return s;
    size_t len = s.len + (size_t)hits * to.len - (size_t)hits * from.len;
    char *text = arena_alloc(arena, len + 1), *end = text;
    for (struct str rest = s; hits >= 0; hits--) {
        struct str piece = str_cut(&rest, from);
        if (piece.len > 0)
            end = mempcpy(end, piece.ptr, piece.len);
        if (hits > 0 && to.len > 0)
            end = mempcpy(end, to.ptr, to.len);
    }
    return (struct str){text, len};
}

uint64_t str_hash(struct str s)
{
    uint64_t hash = 14695981039346656037u;
    for (size_t i = 0; i < s.len; i++)
        hash = (hash ^ (unsigned char)s.ptr[i]) * 1099511628211u;
    return hash;
}
