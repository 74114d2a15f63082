/*
 * text - Chinese text: what is alike under different spellings, and what a number or date says.
 *
 * Everything takes UTF-8 and returns slices of the arena it is given (or of its input where
 * nothing had to change). Sources: conventions.md 3.5; ground.md, "Names, ids, time", "Search".
 */
#ifndef TEXT_TEXT_H
#define TEXT_TEXT_H

#include "base/arena.h"
#include "base/date.h"
#include "base/status.h"

/* Bytes of an unknown encoding to UTF-8: BOMs, UTF-16, UTF-8, else GB18030. INVALID when it is
 * none of them or is binary. */
CHECKED enum status text_decode(struct arena *arena, struct str bytes, struct str *ret_text,
                                struct fault *fault);

/* Spaces of every kind (ASCII, U+3000, U+00A0, zero-width) removed, at both ends or everywhere. */
struct str text_trim(struct str s);
struct str text_squeeze(struct arena *arena, struct str s);

/* Full-width ASCII and digits to half-width, spaces squeezed, brackets unified, letters lower:
 * the form under which names are compared. Never shown. */
struct str text_fold(struct arena *arena, struct str s);

/* Chinese or Arabic, half- or full-width numeral at the start of *rest (一, 十二, 廿, 两, 12, １２):
 * its value, and *rest moved behind it; -1 and *rest untouched when there is none. */
int64_t text_numeral(struct str *rest);

/* 2022年1月24日, 二〇二二年一月二十四日, 2022-01-24, 2022.1.24 at the start of *rest. A date that
 * does not exist is refused. */
bool text_date(struct str *rest, struct date *ret_date);

/* 益协发〔2022〕2号 in any of the ways it is written ([2022], （2022）, 【２０２２】, 第2 号), at the
 * start of *rest: the canonical form. Empty when there is none. */
struct str text_document_number(struct arena *arena, struct str *rest);

/* Bigrams for the index: space-separated tokens of folded text, CJK in pairs, words whole. */
struct str text_bigrams(struct arena *arena, struct str s);

/* Pinyin initials in every reading of a polyphonic character: 市教育局 → "sjyj"; several are
 * separated by spaces, at most 8. Letters and digits stand for themselves. */
struct str text_initials(struct arena *arena, struct str s);

/* Sort key by pinyin (ICU, zh-u-co-pinyin), hex, compared as bytes. */
struct str text_sort_key(struct arena *arena, struct str s);

#endif
