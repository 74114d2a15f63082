#include "base/utf8.h"
#include "text/scan.h"
#include "text/text.h"

enum { YEAR_MIN = 1000 };

/* Up to `most` Arabic digits; `loose` lets spaces stand between them (2 4日). -1 = none or more. */
static int arabic(struct str *rest, int most, bool loose)
{
    int value = 0, n = 0;
    for (struct str at = *rest;; n++) {
        if (loose)
            scan_spaces(&at);
        int digit = scan_digit(scan_peek(at));
        if (digit < 0)
            break;
        if (n == most)
            return -1;
        value = value * 10 + digit;
        utf8_next(&at);
        *rest = at;
    }
    return n > 0 ? value : -1;
}

/* 二〇二二, 二O二二, 二0二二: four digits however the zero was typed. */
static int chinese_year(struct str *rest)
{
    static const char *const digits[] = {"〇", "一", "二", "三", "四",
                                         "五", "六", "七", "八", "九"};
    static const char *const zeros[] = {"○", "◯", "零", "O", "o", "Ｏ", "ｏ", "О", "0", "０"};
    struct str at = *rest;
    int year = 0;
    for (int n = 0; n < 4; n++) {
        int digit = 0;
        while (digit < 10 && !scan_take(&at, digits[digit]))
            digit++;
        if (digit == 10 && !scan_take_any(&at, zeros, sizeof zeros / sizeof *zeros))
            return -1;
        year = year * 10 + digit % 10;
    }
    *rest = at;
    return year;
}

static int month_or_day(struct str *rest)
{
    scan_spaces(rest);
    if (scan_digit(scan_peek(*rest)) >= 0)
        return arabic(rest, 2, true);
    int64_t value = text_numeral(rest);
    return value > 31 ? -1 : (int)value;
}

static bool written_date(struct str *rest, struct date *ret_date)
{
    struct str at = *rest;
    struct date date = {.year = arabic(&at, 4, true)};
    if (date.year < 0)
        date.year = chinese_year(&at);
    if (date.year < YEAR_MIN || !scan_take(&at, "年"))
        return false;
    date.month = scan_take(&at, "元") ? 1 : month_or_day(&at);
    if (!scan_take(&at, "月"))
        return false;
    date.day = month_or_day(&at);
    if (!(scan_take(&at, "日") || scan_take(&at, "号")) || !date_is_valid(date))
        return false;
    *rest = at;
    *ret_date = date;
    return true;
}

static struct str separator_at(struct str rest)
{
    static const char *const separators[] = {"-", ".", "/", "－", "．", "／"};
    for (size_t i = 0; i < sizeof separators / sizeof *separators; i++)
        if (str_starts(rest, str_from(separators[i])))
            return str_from(separators[i]);
    return STR("");
}

/* One and the same separator twice, and no further number behind (2022.1.24.3 is no date). */
static bool numeric_date(struct str *rest, struct date *ret_date)
{
    struct str at = *rest;
    struct date date = {.year = arabic(&at, 4, false)};
    struct str separator = separator_at(at);
    if (date.year < YEAR_MIN || separator.len == 0)
        return false;
    at = str_from_byte(at, separator.len);
    date.month = arabic(&at, 2, false);
    if (!str_starts(at, separator))
        return false;
    at = str_from_byte(at, separator.len);
    date.day = arabic(&at, 2, false);
    bool goes_on =
        str_starts(at, separator) && scan_digit(scan_peek(str_from_byte(at, separator.len))) >= 0;
    if (goes_on || !date_is_valid(date))
        return false;
    *rest = at;
    *ret_date = date;
    return true;
}

bool text_date(struct str *rest, struct date *ret_date)
{
    return written_date(rest, ret_date) || numeric_date(rest, ret_date);
}
