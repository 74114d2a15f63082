/*
 * utf8 - walking and checking UTF-8 (RFC 3629).
 */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include "base/str.h"

/* Well-formed: no overlong forms, no surrogates, nothing above U+10FFFF. */
bool utf8_is_valid(struct str s);

/* The code point at *rest's start, which is moved behind it; -1 at the end. A malformed byte is
 * read as U+FFFD and skipped alone. */
int32_t utf8_next(struct str *rest);

/* Bytes written (1..4). */
int utf8_put(char to[4], int32_t code);

/* Number of code points. */
int utf8_count(struct str s);

/* The first `n` code points. */
struct str utf8_head(struct str s, int n);

#endif
