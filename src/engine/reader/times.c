/*
 * times - what a sentence says about when: a day or stretch of the year, or a number of days.
 *
 * A stretch has its conventional bounds (conventions.md 3.5): 上旬 1–10, 中旬 11–20, 下旬 to the
 * end, 底 and 末 the last day, a quarter its three months. 年初 has none: it is the body's to say.
 */
#include "engine/reader/lexicon.h"
#include "text/text.h"

enum { FEBRUARY_END = 29, DAYS_MAX = 3660, YEAR_LEAST = 1950, YEAR_MOST = 2100 };

/* A stretch of days within a year, whole. */
struct stretch {
    int from_month, from_day, to_month, to_day;
    bool none; /* a time without days: 年初 */
};

static int month_end(int month)
{
    return month == 2 ? FEBRUARY_END : days_in_month(2023, month);
}

static bool take(struct str *rest, struct str word)
{
    if (!str_starts(*rest, word))
        return false;
    *rest = str_from_byte(*rest, word.len);
    return true;
}

static bool take_any(struct str *rest, const word_list words)
{
    size_t len = word_start(words, *rest);
    *rest = str_from_byte(*rest, len);
    return len > 0;
}

bool is_numeral_start(struct str rest)
{
    static const word_list numerals = {
        STR_INIT("一"), STR_INIT("二"), STR_INIT("两"), STR_INIT("三"), STR_INIT("四"),
        STR_INIT("五"), STR_INIT("六"), STR_INIT("七"), STR_INIT("八"), STR_INIT("九"),
        STR_INIT("十"), STR_INIT("廿"), STR_INIT("卅"), STR_INIT("百"), {NULL, 0}};
    if (rest.len > 0 && rest.ptr[0] >= '0' && rest.ptr[0] <= '9')
        return true;
    return rest.len >= 3 && (rest.ptr[0] & 0x80) && word_starts(numerals, rest);
}

/* 9月, 9月份, 9月中旬, 9月底, 9月15日. */
static bool read_month(struct str *rest, struct stretch *ret)
{
    static const word_list ends = {STR_INIT("月底"), STR_INIT("底"), STR_INIT("末"), {NULL, 0}};
    struct str at = *rest;
    int64_t month = is_numeral_start(at) ? text_numeral(&at) : -1;
    if (month < 1 || month > 12 || !take(&at, STR("月")))
        return false;
    take(&at, STR("份"));
    int m = (int)month, end = month_end(m);
    struct stretch stretch = {m, 1, m, end, false};
    struct str day_at = at;
    int64_t day = is_numeral_start(day_at) ? text_numeral(&day_at) : -1;
    if (day >= 1 && day <= end && (take(&day_at, STR("日")) || take(&day_at, STR("号")))) {
        stretch.from_day = stretch.to_day = (int)day;
        at = day_at;
    } else if (take(&at, STR("上旬"))) {
        stretch.to_day = 10;
    } else if (take(&at, STR("中旬"))) {
        stretch.from_day = 11;
        stretch.to_day = 20;
    } else if (take(&at, STR("下旬"))) {
        stretch.from_day = 21;
    } else if (take_any(&at, ends)) {
        stretch.from_day = end;
    } else if (take(&at, STR("初"))) {
        stretch.none = true;
    }
    *rest = at;
    *ret = stretch;
    return true;
}

static bool read_quarter(struct str *rest, struct stretch *ret)
{
    struct str at = *rest;
    take(&at, STR("第"));
    int64_t quarter = is_numeral_start(at) ? text_numeral(&at) : -1;
    if (quarter < 1 || quarter > 4 || !take(&at, STR("季度")))
        return false;
    int first = (int)quarter * 3 - 2;
    *ret = (struct stretch){first, 1, first + 2, month_end(first + 2), false};
    if (take(&at, STR("末")) || take(&at, STR("底")))
        ret->from_month = ret->to_month, ret->from_day = ret->to_day;
    *rest = at;
    return true;
}

static bool read_part_of_year(struct str *rest, struct stretch *ret)
{
    static const struct {
        struct str word;
        struct stretch stretch;
    } parts[] = {
        {STR_INIT("上半年"), {1, 1, 6, 30, false}},  {STR_INIT("下半年"), {7, 1, 12, 31, false}},
        {STR_INIT("年底"), {12, 31, 12, 31, false}}, {STR_INIT("年末"), {12, 31, 12, 31, false}},
        {STR_INIT("年终"), {12, 31, 12, 31, false}}, {STR_INIT("岁末"), {12, 31, 12, 31, false}},
        {STR_INIT("年初"), {0, 0, 0, 0, true}},
    };
    /* 上半年工作总结: which, not when */
    static const word_list nouns = {STR_INIT("工作"), STR_INIT("总结"), STR_INIT("情况"),
                                    STR_INIT("重点"), STR_INIT("计划"), STR_INIT("的工作"),
                                    {NULL, 0}};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (str_starts(*rest, parts[i].word) && parts[i].stretch.from_day == 1 &&
            word_starts(nouns, str_from_byte(*rest, parts[i].word.len)))
            return false;
        else if (take(rest, parts[i].word)) {
            *ret = parts[i].stretch;
            return true;
        }
    return false;
}

/* 次年, 当年 (an offset), 今年 (this once) or 2017年 (a year); false leaves *rest. */
static bool read_year(struct str *rest, int *ret_offset, int *ret_year, bool *ret_once)
{
    static const word_list following = {STR_INIT("次年"), STR_INIT("翌年"),   STR_INIT("下一年"),
                                        STR_INIT("下年"), STR_INIT("第二年"), {NULL, 0}};
    static const word_list current = {
        STR_INIT("当年"), STR_INIT("本年"), STR_INIT("同年"), STR_INIT("该年"), {NULL, 0}};
    struct str at = *rest;
    int64_t year = at.len > 4 && is_numeral_start(at) ? text_numeral(&at) : -1;
    *ret_offset = *ret_year = 0;
    *ret_once = take(rest, STR("今年"));
    if (*ret_once)
        return true;
    if (year >= YEAR_LEAST && year <= YEAR_MOST && str_starts(at, STR("年"))) {
        /* 2017年底: the 年 belongs to both */
        static const word_list ends = {
            STR_INIT("年底"), STR_INIT("年末"), STR_INIT("年终"), STR_INIT("年初"), {NULL, 0}};
        if (!word_starts(ends, at))
            take(&at, STR("年"));
        *ret_year = (int)year;
        *rest = at;
        return true;
    }
    if (take_any(rest, following)) {
        *ret_offset = 1;
        return true;
    }
    return take_any(rest, current);
}

static bool read_stretch(struct str *rest, struct stretch *ret)
{
    return read_month(rest, ret) || read_quarter(rest, ret) || read_part_of_year(rest, ret);
}

enum bound { BOUND_WITHIN, BOUND_BY, BOUND_OPENS };

static enum bound read_bound(struct str *rest, bool at_end)
{
    static const word_list before = {STR_INIT("以前"), STR_INIT("之前"),   STR_INIT("底前"),
                                     STR_INIT("前"),   STR_INIT("下班前"), STR_INIT("中午前"),
                                     {NULL, 0}};
    static const word_list from = {STR_INIT("开始"), STR_INIT("起始"), STR_INIT("起"), {NULL, 0}};
    static const word_list within = {
        STR_INIT("之内"), STR_INIT("以内"), STR_INIT("期间"), STR_INIT("内"), {NULL, 0}};
    if (take_any(rest, before))
        return BOUND_BY;
    if (take_any(rest, from))
        return BOUND_OPENS;
    take_any(rest, within);
    return at_end ? BOUND_BY : BOUND_WITHIN;
}

static bool may_start(struct str rest)
{
    static const word_list openings = {STR_INIT("次年"),   STR_INIT("翌年"),   STR_INIT("下一年"),
                                       STR_INIT("下年"),   STR_INIT("第"),     STR_INIT("当年"),
                                       STR_INIT("本年"),   STR_INIT("同年"),   STR_INIT("该年"),
                                       STR_INIT("上半年"), STR_INIT("下半年"), STR_INIT("年底"),
                                       STR_INIT("年末"),   STR_INIT("年终"),   STR_INIT("年初"),
                                       STR_INIT("岁末"),   STR_INIT("今年"),   {NULL, 0}};
    return is_numeral_start(rest) || word_starts(openings, rest);
}

/* 9月至10月, 9月15日—10月15日. */
static void read_range(struct str *rest, struct stretch *stretch)
{
    static const word_list dashes = {STR_INIT("至"), STR_INIT("到"), STR_INIT("——"), STR_INIT("—"),
                                     STR_INIT("-"),  STR_INIT("~"),  {NULL, 0}};
    struct str at = *rest;
    struct stretch to;
    int offset, year;
    bool once;
    if (!take_any(&at, dashes))
        return;
    read_year(&at, &offset, &year, &once);
    if (!read_stretch(&at, &to) || to.none)
        return;
    stretch->to_month = to.to_month;
    stretch->to_day = to.to_day;
    *rest = at;
}

/* 7月20日（星期三）下班前 */
static void take_weekday(struct str *rest)
{
    static const word_list openings = {STR_INIT("（星期"), STR_INIT("（周"), {NULL, 0}};
    struct str close = STR("）");
    ptrdiff_t end = word_starts(openings, *rest) ? str_find(str_head(*rest, 18), close) : -1;
    if (end > 0)
        *rest = str_from_byte(*rest, (size_t)end + close.len);
}

size_t time_read(struct str rest, struct str before, struct when *ret_when)
{
    struct str at = rest;
    struct stretch stretch;
    static const word_list hours = {STR_INIT("上午"), STR_INIT("下午"), STR_INIT("晚"), {NULL, 0}};
    int offset = 0, year = 0;
    bool once;
    if (!may_start(rest) || str_ends(before, STR("第")))
        return 0;
    read_year(&at, &offset, &year, &once);
    if (!read_stretch(&at, &stretch))
        return 0;
    bool point = stretch.from_month == stretch.to_month && stretch.from_day == stretch.to_day;
    read_range(&at, &stretch);
    take_weekday(&at);
    size_t behind = at.len;
    enum bound bound = read_bound(&at, point);
    struct when when = {.bounded = bound == BOUND_BY && at.len < behind,
                        .once = once,
                        .told = point && word_starts(hours, at)};
    if (!stretch.none && bound != BOUND_OPENS) {
        if (year > 0)
            when.by_date = (struct date){year, stretch.to_month,
                                         stretch.to_day < days_in_month(year, stretch.to_month)
                                             ? stretch.to_day
                                             : days_in_month(year, stretch.to_month)};
        else
            when.by = (struct month_day){stretch.to_month, stretch.to_day, offset};
    }
    bool opens = bound == BOUND_OPENS ? year == 0 : bound == BOUND_WITHIN && !point;
    if (!stretch.none && opens)
        when.opens = (struct month_day){stretch.from_month, stretch.from_day, offset};
    *ret_when = when;
    return rest.len - at.len;
}

/* What a number of days is counted in. */
static const struct unit_of_days {
    struct str word;
    enum day_kind kind;
    int days, hours; /* of one; hours 0 = days */
} units_of_days[] = {
    {STR_INIT("个工作日"), DAYS_WORKING, 1, 0},  {STR_INIT("工作日"), DAYS_WORKING, 1, 0},
    {STR_INIT("个自然日"), DAYS_CALENDAR, 1, 0}, {STR_INIT("日"), DAYS_CALENDAR, 1, 0},
    {STR_INIT("天"), DAYS_CALENDAR, 1, 0},       {STR_INIT("周"), DAYS_CALENDAR, 7, 0},
    {STR_INIT("个星期"), DAYS_CALENDAR, 7, 0},   {STR_INIT("星期"), DAYS_CALENDAR, 7, 0},
    {STR_INIT("个月"), DAYS_CALENDAR, 30, 0},    {STR_INIT("个小时"), DAYS_CALENDAR, 1, 24},
    {STR_INIT("小时"), DAYS_CALENDAR, 1, 24},
};

/* What a number of days counts back from. */
static const word_list ahead = {STR_INIT("提前"),
                                STR_INIT("提前至少"),
                                STR_INIT("至少提前"),
                                STR_INIT("提前不少于"),
                                STR_INIT("召开前"),
                                STR_INIT("举行前"),
                                STR_INIT("开始前"),
                                STR_INIT("会前"),
                                STR_INIT("会议前"),
                                STR_INIT("活动前"),
                                STR_INIT("出台前"),
                                STR_INIT("开展前"),
                                STR_INIT("印发前"),
                                STR_INIT("实施前"),
                                STR_INIT("走访前"),
                                STR_INIT("视察前"),
                                STR_INIT("调研前"),
                                STR_INIT("考察前"),
                                STR_INIT("检查前"),
                                STR_INIT("协商前"),
                                STR_INIT("监督前"),
                                STR_INIT("座谈前"),
                                {NULL, 0}};

size_t limit_read(struct str rest, struct str before, struct limit *ret_limit)
{
    static const word_list at_least = {
        STR_INIT("不少于"), STR_INIT("不得少于"), STR_INIT("不低于"), STR_INIT("不短于"),
        STR_INIT("至少"),   STR_INIT("留出"),     STR_INIT("预留"),   {NULL, 0}};
    static const word_list within = {STR_INIT("之内"), STR_INIT("以内"), STR_INIT("内"), {NULL, 0}};
    static const word_list earlier = {
        STR_INIT("之前"), STR_INIT("以前"), STR_INIT("前"), {NULL, 0}};
    struct str at = rest;
    int64_t number = text_numeral(&at);
    const struct unit_of_days *unit = NULL;
    for (size_t i = 0; i < sizeof units_of_days / sizeof *units_of_days && !unit; i++)
        if (take(&at, units_of_days[i].word))
            unit = &units_of_days[i];
    if (!unit || number < 1 || number > DAYS_MAX)
        return 0;
    /* 决策前15日 */
    static const struct str sign = STR_INIT("前");
    static const word_list others = {STR_INIT("目前"), STR_INIT("当前"), STR_INIT("日前"),
                                     STR_INIT("月前"), STR_INIT("底前"), STR_INIT("年前"),
                                     STR_INIT("空前"), STR_INIT("从前"), {NULL, 0}};
    bool is_before =
        word_ends(ahead, before) || (str_ends(before, sign) && !word_ends(others, before));
    bool is_within = take_any(&at, within);
    bool bare = false;
    if (!is_before && !is_within) {
        /* 征求意见时间不少于5个工作日: so long before it ends */
        bare = !take_any(&at, earlier);
        if (bare && (unit->days > 1 || unit->hours > 0 || !word_ends(at_least, before)))
            return 0;
        is_before = true;
    }
    int days =
        unit->hours ? (int)(number + unit->hours - 1) / unit->hours : (int)number * unit->days;
    *ret_limit = (struct limit){.days = days > DAYS_MAX ? DAYS_MAX : days,
                                .kind = unit->kind,
                                .before = is_before,
                                .bare = bare,
                                .converted = unit->hours > 0 || unit->days > 1};
    return rest.len - at.len;
}
