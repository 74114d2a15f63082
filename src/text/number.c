#include "base/utf8.h"
#include "text/scan.h"
#include "text/text.h"

enum { AGENCY_MAX = 14, SERIAL_MAX = 99999, YEAR_MIN = 1900, YEAR_MAX = 2999 };

static const char *const openings[] = {"〔", "［", "【", "（", "〈", "《", "『", "「",
                                       "﹝", "｛", "〖", "[",  "(",  "{",  "<",  "＜"};
static const char *const closings[] = {"〕", "］", "】", "）", "〉", "》", "』", "」",
                                       "﹞", "｝", "〗", "]",  ")",  "}",  ">",  "＞"};
#define LEN(table) (sizeof(table) / sizeof *(table))

/* Arabic digits with spaces strayed in, or a Chinese numeral; -1 = none. */
static int64_t number(struct str *rest)
{
    int64_t value = -1;
    for (struct str at = *rest;; *rest = at) {
        scan_spaces(&at);
        int digit = scan_digit(utf8_next(&at));
        if (digit < 0)
            break;
        value = (value < 0 ? 0 : value) * 10 + digit;
        if (value > SERIAL_MAX)
            return -1;
    }
    if (value >= 0)
        return value;
    scan_spaces(rest);
    return text_numeral(rest);
}

struct str text_document_number(struct arena *arena, struct str *rest)
{
    struct str at = *rest, next = at;
    int han = 0;
    for (; han <= AGENCY_MAX; at = next) {
        int32_t code = utf8_next(&next);
        if (text_is_han(code))
            han++;
        else if (!text_is_space(code) || code == '\n' || han == 0)
            break;
    }
    struct str agency = {rest->ptr, rest->len - at.len};
    if (han == 0 || han > AGENCY_MAX || !scan_take_any(&at, openings, LEN(openings)))
        return STR("");
    int64_t year = number(&at);
    scan_take(&at, "年");
    if (year < YEAR_MIN || year > YEAR_MAX || !scan_take_any(&at, closings, LEN(closings)))
        return STR("");
    scan_take(&at, "第");
    int64_t serial = number(&at);
    if (serial < 1 || serial > SERIAL_MAX || !scan_take(&at, "号"))
        return STR("");
    *rest = at;
    return str_fmt(arena, "%.*s〔%d〕%d号", STR_ARG(text_squeeze(arena, agency)), (int)year,
                   (int)serial);
}
