/*
 * str - a slice of UTF-8 text: pointer and length, borrowed unless said otherwise.
 *
 * The empty slice may have a NULL pointer. Slices are not NUL-terminated, except those made by
 * str_copy, str_fmt and str_join, which put a NUL behind the last byte for the sake of libraries.
 */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct arena;

struct str {
    const char *ptr;
    size_t len;
};

#define STR(literal) ((struct str){"" literal, sizeof(literal) - 1})
#define STR_INIT(literal)                                                                          \
    {                                                                                              \
        "" literal, sizeof(literal) - 1                                                            \
    }
/* For printf: "%.*s", STR_ARG(s) */
#define STR_ARG(s) (int)(s).len, (s).ptr ? (s).ptr : ""

static inline struct str str_from(const char *text)
{
    return (struct str){text, text ? strlen(text) : 0};
}

static inline bool str_eq(struct str a, struct str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static inline bool str_is(struct str s, const char *text)
{
    return str_eq(s, str_from(text));
}

static inline bool str_starts(struct str s, struct str prefix)
{
    return s.len >= prefix.len && (prefix.len == 0 || memcmp(s.ptr, prefix.ptr, prefix.len) == 0);
}

static inline bool str_ends(struct str s, struct str suffix)
{
    return s.len >= suffix.len &&
           (suffix.len == 0 || memcmp(s.ptr + s.len - suffix.len, suffix.ptr, suffix.len) == 0);
}

/* From byte `start` to the end; clamped. */
static inline struct str str_from_byte(struct str s, size_t start)
{
    if (start > s.len)
        start = s.len;
    return (struct str){s.ptr ? s.ptr + start : s.ptr, s.len - start};
}

/* At most the first `len` bytes. */
static inline struct str str_head(struct str s, size_t len)
{
    return (struct str){s.ptr, len < s.len ? len : s.len};
}

/* Byte order, shorter first: the order of keys in tables and indexes. */
int str_cmp(struct str a, struct str b);

/* Byte offset of the first (last) occurrence, or -1. An empty needle is found at 0 (at the end). */
ptrdiff_t str_find(struct str s, struct str needle);
ptrdiff_t str_find_last(struct str s, struct str needle);
static inline bool str_has(struct str s, struct str needle)
{
    return str_find(s, needle) >= 0;
}

/* Without ASCII white space at both ends (Chinese spaces are text/'s matter). */
struct str str_trim(struct str s);

/* Cut *rest at the first `separator`: returns what stood before it and moves *rest behind it.
 * Without one the whole is returned and *rest becomes empty. */
struct str str_cut(struct str *rest, struct str separator);

/* The next line of *rest without its LF or CRLF. */
struct str str_line(struct str *rest);

/* Decimal integer, the whole slice; false on anything else or out of range. */
bool str_to_int(struct str s, int64_t *ret_value);

/* Copies into the arena, NUL behind. */
struct str str_copy(struct arena *arena, struct str s);
const char *str_c(struct arena *arena, struct str s);
struct str str_fmt(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
struct str str_vfmt(struct arena *arena, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));
struct str str_join(struct arena *arena, struct str separator, const struct str *parts, int n);
/* Every occurrence of `from` (not empty) replaced by `to`; `s` itself when there is none. */
struct str str_replace(struct arena *arena, struct str s, struct str from, struct str to);

/* 64-bit FNV-1a; for tables in memory, never for security. */
uint64_t str_hash(struct str s);

#endif
