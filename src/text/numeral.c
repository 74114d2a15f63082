#include "base/utf8.h"
#include "text/scan.h"
#include "text/text.h"

enum { DIGITS_MIN = 3, NO_NUMERAL = -1, TOO_LARGE = -2 };
static const int64_t NUMERAL_MAX = 1000000000000000;

struct sign {
    int32_t code;
    int64_t value;
};

static const struct sign digits[] = {
    {0x3007, 0}, {0x96F6, 0}, {0x25CB, 0}, {0x25EF, 0},              /* 〇 零 ○ ◯ */
    {0x4E00, 1}, {0x4E8C, 2}, {0x4E24, 2}, {0x4E09, 3}, {0x56DB, 4}, /* 一二两三四 */
    {0x4E94, 5}, {0x516D, 6}, {0x4E03, 7}, {0x516B, 8}, {0x4E5D, 9}, /* 五六七八九 */
    {0x58F9, 1}, {0x8D30, 2}, {0x53C1, 3}, {0x8086, 4}, {0x4F0D, 5}, /* 壹贰叁肆伍 */
    {0x9646, 6}, {0x67D2, 7}, {0x634C, 8}, {0x7396, 9},              /* 陆柒捌玖 */
    {-1, -1},
};
static const struct sign tens[] = {{0x5EFF, 20}, {0x5345, 30}, {0x534C, 40}, {-1, -1}}; /* 廿卅卌 */
static const struct sign units[] = {
    {0x5341, 10},        {0x62FE, 10},    {0x767E, 100}, {0x4F70, 100}, /* 十拾百佰 */
    {0x5343, 1000},      {0x4EDF, 1000},                                /* 千仟 */
    {0x4E07, 10000},     {0x842C, 10000},                               /* 万萬 */
    {0x4EBF, 100000000}, {-1, -1},                                      /* 亿 */
};

static int64_t sign_value(const struct sign *table, int32_t code)
{
    while (table->code >= 0 && table->code != code)
        table++;
    return table->value;
}

static int64_t arabic(struct str *rest)
{
    struct str at = *rest;
    int64_t value = 0;
    for (int digit; (digit = scan_digit(scan_peek(at))) >= 0; utf8_next(&at)) {
        value = value * 10 + digit;
        if (value > NUMERAL_MAX)
            return -1;
    }
    int64_t unit = sign_value(units, scan_peek(at));
    if (unit >= 10000) {
        utf8_next(&at);
        if (value > NUMERAL_MAX / unit)
            return -1;
        value *= unit;
    }
    *rest = at;
    return value;
}

/* 二〇二二: a run of digits without units, long enough or with a zero in it. */
static int64_t digit_by_digit(struct str *rest)
{
    struct str at = *rest;
    int64_t value = 0;
    int n = 0;
    bool has_zero = false;
    for (int64_t digit; (digit = sign_value(digits, scan_peek(at))) >= 0; n++) {
        has_zero = has_zero || digit == 0;
        value = value * 10 + digit;
        if (value > NUMERAL_MAX)
            return TOO_LARGE;
        utf8_next(&at);
    }
    bool has_unit = sign_value(units, scan_peek(at)) >= 0;
    if (n == 0 || has_unit || (n > 1 && n < DIGITS_MIN && !has_zero))
        return NO_NUMERAL;
    *rest = at;
    return value;
}

/* 三千零五十六万: the section gathers up to 9,999 before 万 or 亿, the digit waits for its unit. */
struct sum {
    int64_t total, section, digit; /* digit: 0 = none */
    int64_t unit, large;           /* the last unit read; the last of 万 and 亿 */
    bool zero;                     /* 零 stood behind the last unit */
};

static bool add_large_unit(struct sum *sum, int64_t unit)
{
    int64_t part = sum->section + sum->digit;
    if (part + sum->total == 0 || unit == sum->large)
        return false;
    sum->total = unit > sum->large ? (sum->total + part) * unit : sum->total + part * unit;
    *sum = (struct sum){.total = sum->total, .unit = unit, .large = unit};
    return sum->total <= NUMERAL_MAX;
}

static bool add_sign(struct sum *sum, int32_t code)
{
    int64_t digit = sign_value(digits, code), ten = sign_value(tens, code);
    int64_t unit = sign_value(units, code);
    if (unit >= 10000)
        return add_large_unit(sum, unit);
    if (digit >= 0) {
        if (sum->digit > 0 || (digit == 0 && (sum->unit == 0 || sum->zero)))
            return false;
        sum->digit = digit;
        sum->zero = sum->zero || digit == 0;
        return true;
    }
    bool falls = sum->unit == 0 || sum->unit > unit;
    if (ten > 0 && sum->digit == 0 && (sum->unit == 0 || sum->unit > 10)) {
        sum->section += ten;
        unit = 10;
    } else if (unit > 0 && falls && (sum->digit > 0 || unit == 10)) {
        sum->section += (sum->digit > 0 ? sum->digit : 1) * unit;
    } else {
        return false;
    }
    sum->digit = 0;
    sum->unit = unit;
    sum->zero = false;
    return true;
}

static int64_t with_units(struct str *rest)
{
    struct str at = *rest;
    struct sum sum = {0};
    while (add_sign(&sum, scan_peek(at)))
        utf8_next(&at);
    /* A last digit straight behind 百 or more counts the unit below: 一百二 is 120. */
    bool colloquial = sum.unit >= 100 && !sum.zero;
    int64_t value = sum.total + sum.section + sum.digit * (colloquial ? sum.unit / 10 : 1);
    if (value == 0 || value > NUMERAL_MAX)
        return -1;
    *rest = at;
    return value;
}

int64_t text_numeral(struct str *rest)
{
    if (scan_digit(scan_peek(*rest)) >= 0)
        return arabic(rest);
    int64_t value = digit_by_digit(rest);
    if (value == NO_NUMERAL)
        value = with_units(rest);
    return value < 0 ? -1 : value;
}

struct str text_numeral_format(struct arena *arena, int number)
{
    static const char *const figures[] = {"", "一", "二", "三", "四", "五", "六", "七", "八", "九"};
    if (number < 1 || number > 99)
        return str_fmt(arena, "%d", number);
    int ten = number / 10;
    return str_fmt(arena, "%s%s%s", ten > 1 ? figures[ten] : "", ten > 0 ? "十" : "",
                   figures[number % 10]);
}
