/*
 * scan - taking signs off the front of a slice; shared by the parsers of this folder only.
 */
#ifndef TEXT_SCAN_H
#define TEXT_SCAN_H

#include "base/str.h"

/* The code point at the start, -1 at the end. */
int32_t scan_peek(struct str rest);

/* Value of a half- or full-width Arabic digit, -1 for anything else. */
int scan_digit(int32_t code);

/* White space other than a line end. */
void scan_spaces(struct str *rest);

/* Skip spaces, then the sign (or the first of the signs that stands there); untouched if none. */
bool scan_take(struct str *rest, const char *sign);
bool scan_take_any(struct str *rest, const char *const *signs, size_t n);

#endif
