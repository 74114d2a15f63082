#include "engine/reader/lexicon.h"
#include "text/text.h"

enum { QUANTITY_MAX = 9999 };

static const struct {
    struct str word;
    enum measure measure;
} measures[] = {
    {STR_INIT("场次"), MEASURE_TIMES},  {STR_INIT("次"), MEASURE_TIMES},
    {STR_INIT("场"), MEASURE_TIMES},    {STR_INIT("回"), MEASURE_TIMES},
    {STR_INIT("遍"), MEASURE_TIMES},    {STR_INIT("轮"), MEASURE_TIMES},
    {STR_INIT("期"), MEASURE_TIMES},    {STR_INIT("件"), MEASURE_PAPER},
    {STR_INIT("条"), MEASURE_PAPER},    {STR_INIT("篇"), MEASURE_PAPER},
    {STR_INIT("份"), MEASURE_PAPER},    {STR_INIT("个"), MEASURE_THING},
    {STR_INIT("项"), MEASURE_THING},    {STR_INIT("批"), MEASURE_THING},
    {STR_INIT("名"), MEASURE_PEOPLE},   {STR_INIT("位"), MEASURE_PEOPLE},
    {STR_INIT("家"), MEASURE_PEOPLE},   {STR_INIT("户"), MEASURE_PEOPLE},
    {STR_INIT("人次"), MEASURE_PEOPLE}, {STR_INIT("人"), MEASURE_PEOPLE},
};

/* These begin with a measure and are none. */
static const word_list undone = {STR_INIT("次性"),
                                 STR_INIT("个月"),
                                 STR_INIT("个季度"),
                                 STR_INIT("个工作日"),
                                 STR_INIT("个小时"),
                                 STR_INIT("个星期"),
                                 STR_INIT("个百分点"),
                                 STR_INIT("个方面"),
                                 STR_INIT("个层面"),
                                 STR_INIT("人民"),
                                 STR_INIT("人大"),
                                 STR_INIT("个年度"),
                                 STR_INIT("条龙"),
                                 STR_INIT("条线"),
                                 STR_INIT("期间"),
                                 STR_INIT("场所"),
                                 STR_INIT("家人"),
                                 STR_INIT("个自然日"),
                                 {NULL, 0}};

static const word_list dashes = {STR_INIT("——"), STR_INIT("—"),  STR_INIT("-"), STR_INIT("~"),
                                 STR_INIT("至"), STR_INIT("到"), {NULL, 0}};

/* 一两次, 三五个: two digits side by side. */
static int64_t second_number(struct str *at, int64_t first)
{
    struct str rest = *at;
    size_t dash = word_start(dashes, rest);
    bool digits = rest.len > 0 && rest.ptr[0] >= '0' && rest.ptr[0] <= '9';
    if (dash == 0 && digits)
        return -1;
    rest = str_from_byte(rest, dash);
    int64_t second = is_numeral_start(rest) ? text_numeral(&rest) : -1;
    if (second <= first || second > QUANTITY_MAX || (dash == 0 && second > 9))
        return -1;
    *at = rest;
    return second;
}

static bool read_measure(struct str *at, enum measure *ret_measure)
{
    if (word_starts(undone, *at))
        return false;
    for (size_t i = 0; i < sizeof measures / sizeof *measures; i++)
        if (str_starts(*at, measures[i].word)) {
            *at = str_from_byte(*at, measures[i].word.len);
            *ret_measure = measures[i].measure;
            return true;
        }
    return false;
}

size_t quantity_read(struct str rest, struct str before, struct quantity *ret_quantity)
{
    static const word_list joined = {
        STR_INIT("第"), STR_INIT("统"),   STR_INIT("唯"),   STR_INIT("十"), STR_INIT("百"),
        STR_INIT("千"), STR_INIT("万"),   STR_INIT("分之"), STR_INIT("."),  STR_INIT("〔"),
        STR_INIT("其"), STR_INIT("一式"), {NULL, 0}};
    static const word_list about = {STR_INIT("左右"), STR_INIT("上下"), {NULL, 0}};
    static const word_list above = {STR_INIT("及以上"), STR_INIT("以上"), {NULL, 0}};
    static const word_list below = {
        STR_INIT("以内"), STR_INIT("以下"), STR_INIT("之内"), {NULL, 0}};
    struct str at = rest;
    struct quantity quantity = {0};
    if (word_ends(joined, before))
        return 0;
    int64_t number = text_numeral(&at);
    if (number < 1 || number > QUANTITY_MAX)
        return 0;
    int64_t most = second_number(&at, number);
    /* 1次至2次 */
    struct str again = at;
    if (most < 0 && read_measure(&again, &quantity.measure) && word_starts(dashes, again)) {
        int64_t second = second_number(&again, number);
        struct str check = again;
        if (second > 0 && read_measure(&check, &quantity.measure)) {
            most = second;
            at = again;
        }
    }
    if (!read_measure(&at, &quantity.measure))
        return 0;
    quantity.min = (int)number;
    quantity.max = (int)(most > 0 ? most : number);
    quantity.range = most > 0;
    quantity.above = word_starts(above, at);
    quantity.below = word_starts(below, at);
    quantity.about = word_starts(about, at);
    at = str_from_byte(at, word_start(above, at) + word_start(below, at));
    *ret_quantity = quantity;
    return rest.len - at.len;
}
