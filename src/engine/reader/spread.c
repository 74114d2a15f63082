/*
 * spread - how what is asked lies in the year: once or every year, at each of two times, in halves.
 */
#include "engine/reader/scan.h"

/* A date without a year is one of each year, unless it is 今年's, that of a list of names to be
 * handed in once, or in the minutes of one meeting. */
bool falls_once(const struct scan *scan, int i, bool yearly)
{
    static const word_list rosters = {
        STR_INIT("名单"), STR_INIT("登记表"), STR_INIT("回执"), {NULL, 0}};
    struct str title = scan->clause->reading->out->document.title;
    const struct when *when = &token_at(scan, i)->when;
    if (date_is_set(when->by_date) || when->once)
        return true;
    return !yearly && (str_ends(title, STR("纪要")) || word_in(rosters, segment_key(scan, i)));
}

/* 每年初、年中分别提供一次资料: once at each of the two. */
bool is_twice(const struct scan *scan, int i)
{
    static const word_list halves = {STR_INIT("年初、年中"),     STR_INIT("年初和年中"),
                                     STR_INIT("年中、年底"),     STR_INIT("年中和年底"),
                                     STR_INIT("年中、年末"),     STR_INIT("年中和年末"),
                                     STR_INIT("上半年、下半年"), STR_INIT("上半年和下半年"),
                                     STR_INIT("上、下半年"),     {NULL, 0}};
    struct str key = segment_key(scan, i);
    bool each = str_has(key, STR("分别")) || str_has(key, STR("各"));
    return each && scan->period >= 0 && token_at(scan, scan->period)->value == PER_YEAR &&
           word_in(halves, key);
}

/* 每年不少于两次，上半年、下半年各一次: how the two are spread. */
bool tells_halves(const struct scan *scan, int i)
{
    if (!same_segment(scan, scan->period, i) || scan->out->n == 0)
        return false;
    const struct token *period = token_at(scan, scan->period);
    const struct demand *last = &scan->out->items[scan->out->n - 1];
    return period->value == PER_HALF_YEAR && last->per == PER_YEAR && last->min == 2 &&
           str_starts(str_from_byte(scan->clause->at.key, period->from), STR("上"));
}

/* 6月、12月各一次, 每年3月和9月各通报2次: as many times at each of the two, every year. */
bool each_of_times(struct scan *scan, int first)
{
    const struct tokens *tokens = &scan->clause->tokens;
    int last = first, number = -1;
    for (int k = first + 1; k < tokens->n && same_segment(scan, first, k); k++) {
        if (tokens->items[k].kind == LEX_TIME && tokens->items[k].from == tokens->items[k - 1].to)
            last = k;
        else if (tokens->items[k].kind == LEX_QUANTITY && number < 0)
            number = k;
    }
    static const word_list each = {
        STR_INIT("各"), STR_INIT("分别"), STR_INIT("均"), STR_INIT("都"), {NULL, 0}};
    struct str rest = str_from_byte(scan->clause->at.key, token_at(scan, last)->to);
    if (last == first || number < 0 || number < last || !word_starts(each, rest) ||
        token_at(scan, number)->quantity.measure > MEASURE_PAPER)
        return false;
    bool yearly = same_segment(scan, scan->period, first);
    for (int k = first; k <= last; k++) {
        const struct when *when = &token_at(scan, k)->when;
        if (token_at(scan, k)->kind != LEX_TIME || when->by.month == 0)
            continue;
        struct demand demand = {.shape = SHAPE_COUNT,
                                .per = falls_once(scan, first, yearly) ? PER_ONCE : PER_YEAR,
                                .when = *when,
                                .main = number,
                                .deed_from = scan->deed_from,
                                .deed_to = item_end(scan, number)};
        scan_bounds(scan, &token_at(scan, number)->quantity, &demand);
        demand.max = demand.min == demand.max ? -1 : demand.max;
        scan_add(scan, demand);
    }
    scan->period_used = true;
    scan->done = number;
    return true;
}
