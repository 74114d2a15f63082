/*
 * text - Chinese text: what is alike under different spellings, and what a number or date says.
 *
 * Everything takes UTF-8 and returns slices of the arena it is given (or of its input where
 * nothing had to change). Safe from several threads. Malformed UTF-8 does no harm: its bytes are
 * read as U+FFFD. Sources: conventions.md 3.5; ground.md, "Names, ids, time", "Search".
 */
#ifndef TEXT_TEXT_H
#define TEXT_TEXT_H

#include "base/arena.h"
#include "base/date.h"
#include "base/status.h"

/*
 * Bytes of an unknown encoding to UTF-8: a byte order mark decides; else UTF-8, else UTF-16 without
 * a mark, else GB18030. The mark is dropped; a line end written as CR alone becomes LF; other
 * control characters are dropped; Kangxi radicals become characters (text_unify); half a character
 * at the very end (a file cut off) is dropped. Lines keep their numbers.
 *
 * OK, also for nothing at all; INVALID, one sentence: binary, or an encoding that is none of these
 * (Big5, Latin-1), or bytes that are broken somewhere, with the line.
 */
CHECKED enum status text_decode(struct arena *arena, struct str bytes, struct str *ret_text,
                                struct fault *fault);

/* Kangxi and CJK radicals and compatibility ideographs, which PDFs are full of, become the
 * characters they look like; all else stays. */
struct str text_unify(struct arena *arena, struct str s);

/* White space of every kind (ASCII, U+3000, U+00A0, zero-width, U+FEFF). */
bool text_is_space(int32_t code);
/* A Han character, 〇 among them. */
bool text_is_han(int32_t code);

/* White space of every kind removed, at both ends or everywhere. */
struct str text_trim(struct str s);
struct str text_squeeze(struct arena *arena, struct str s);

/*
 * The form under which names are compared, never shown: NFKC with case folded (full-width ASCII
 * and digits to half-width), white space removed, brackets other than 《》 as ( ), dashes as -,
 * middle dots as ·, quotation marks as ".
 */
struct str text_fold(struct arena *arena, struct str s);

/*
 * Numeral at the start of *rest: its value, and *rest moved behind it; -1 and *rest untouched when
 * there is none or it passes 10^15.
 *
 * Arabic, half- or full-width, also before 万 and 亿 (3万). Chinese, common or formal: 一, 十二,
 * 廿, 两, 贰, 一百零五. Digit by digit (二〇二二) only when three or more stand together or a zero
 * is among them: of 两三次 the 两 alone is read, so that the caller sees the second.
 */
int64_t text_numeral(struct str *rest);

/* 1 … 99 in Chinese: 七, 十二, 二十; digits for other numbers. */
struct str text_numeral_format(struct arena *arena, int number);

/*
 * 2022年1月24日, 二〇二二年一月二十四日, 2022-01-24, 2022.1.24, 2022/1/24 at the start of *rest,
 * half- or full-width, with spaces strayed in before 日; 号 and 元月 are understood. *rest is moved
 * behind it. A date that does not exist is refused, *rest untouched.
 */
bool text_date(struct str *rest, struct date *ret_date);

/*
 * 益协发〔2022〕2号 in any of the ways it is written ([2022], （2022）, 【２０２２】, 第2 号), at
 * the start of *rest: the canonical form, *rest moved behind it. Empty, *rest untouched, when there
 * is none. The agency's code is all that stands before the bracket, 1 to 14 Han characters: the
 * caller knows where it begins.
 */
struct str text_document_number(struct arena *arena, struct str *rest);

/*
 * Tokens for the search index, separated by one space: of folded text, Han characters in pairs,
 * words and numbers whole. White space between Han characters is not seen, a line end is. Each run
 * of Han characters also gives its first and its last alone, so that 2022年 is found in 2022年度.
 */
struct str text_bigrams(struct arena *arena, struct str s);
/* The tokens all of which must stand in the index for `s` to be a part of the text: a Han character
 * alone only where `s` shows its neighbour to be none, or `s` is nothing else. */
struct str text_query_bigrams(struct arena *arena, struct str s);

/* Pinyin initials in every reading of a polyphonic character: 市教育局 → "sjyj"; several are
 * separated by spaces, the usual one first, at most 8. Letters and digits stand for themselves,
 * all else is left out. Where a word settles the reading (银行, 重庆, 会计) it alone is given. */
struct str text_initials(struct arena *arena, struct str s);

/* Sort key by pinyin (ICU, zh-u-co-pinyin-kn), lower-case hex, compared as bytes; 第2组 before
 * 第10组. */
struct str text_sort_key(struct arena *arena, struct str s);

#endif
