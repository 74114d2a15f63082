/*
 * demands - counts, dates and limits that a clause sets.
 *
 * A number is a demand only with what makes it one: a period (每年 … 2次), a post to be named
 * (确定1名联络员), 每次 (每次不超过2个), 每名委员 (联系3-5名). A date needs a verb behind it.
 * Numbers of measures, percentages and thresholds of attendance make none.
 */
#include "engine/reader/scan.h"

/* The end of what belongs to a number: the next separator, or the segment's end. */
size_t item_end(const struct scan *scan, int i)
{
    const struct tokens *tokens = &scan->clause->tokens;
    for (int k = i + 1; k < tokens->n; k++) {
        const struct token *token = &tokens->items[k];
        if (token->segment != tokens->items[i].segment || token->kind == LEX_LIST ||
            token->kind == LEX_COMMA)
            return token->from;
    }
    return scan->clause->at.key.len;
}

/* ---- 每年至少2次 */

/* 每年3月底前，各专委会与部门商定议题1-3个: the segment before holds the time and no deed. */
static bool period_in_front(const struct scan *scan, int i)
{
    int segment = token_at(scan, i)->segment - 1;
    if (scan->period < 0 || scan->when < 0 || token_at(scan, scan->period)->segment != segment)
        return false;
    return !deed_between(&scan->clause->tokens, segment_start(scan->clause, segment),
                         segment_end(scan->clause, segment));
}

static bool counts_something(const struct scan *scan, int i)
{
    static const word_list people_verbs = {STR_INIT("走访"), STR_INIT("联系"), STR_INIT("接待"),
                                           STR_INIT("慰问"), STR_INIT("服务"), STR_INIT("看望"),
                                           STR_INIT("培训"), STR_INIT("评选"), {NULL, 0}};
    static const word_list thresholds = {STR_INIT("参加"), STR_INIT("出席"), STR_INIT("到会"),
                                         STR_INIT("参会"), STR_INIT("参与"), {NULL, 0}};
    const struct token *token = token_at(scan, i);
    struct str key = segment_key(scan, i);
    switch (token->quantity.measure) {
    case MEASURE_TIMES:
    case MEASURE_PAPER:
        return true;
    case MEASURE_THING:
        return (same_segment(scan, scan->period, i) || period_in_front(scan, i)) &&
               deed_between(&scan->clause->tokens, segment_start(scan->clause, token->segment),
                            segment_end(scan->clause, token->segment));
    default:
        return same_segment(scan, scan->period, i) && word_in(people_verbs, key) &&
               !word_starts(thresholds, key);
    }
}

static void warn_period(struct scan *scan)
{
    struct reading *reading = scan->clause->reading;
    const struct token *token = token_at(scan, scan->period);
    struct str word = str_slice(scan->clause->at.text, token->from, token->to);
    int line = para_line(scan->clause->para, (size_t)(word.ptr - scan->clause->para->at.text.ptr));
    scheme_warn(reading->arena, reading->out, line, "unsupported-period", STR(""),
                "第%d行的周期“%.*s”没有对应的设置，该项要求没有录入，请人工处理。", line,
                STR_ARG(word));
}

static void attach_when(struct scan *scan, struct demand *demand)
{
    if (scan->when < 0)
        return;
    size_t time_end = token_at(scan, scan->when)->to;
    const struct token *main = token_at(scan, demand->main);
    bool own = token_at(scan, scan->when)->segment == main->segment ||
               !deed_between(&scan->clause->tokens, time_end,
                             segment_end(scan->clause, token_at(scan, scan->when)->segment));
    if (!own)
        return;
    demand->when = token_at(scan, scan->when)->when;
    scan->when = -1;
}

/* 无故3次以上不参加的: what follows from it is told, not asked. */
static bool tells_neglect(const struct scan *scan, int i)
{
    static const word_list words = {STR_INIT("无故"),   STR_INIT("缺席"),   STR_INIT("不参加"),
                                    STR_INIT("未参加"), STR_INIT("不履行"), STR_INIT("请假"),
                                    {NULL, 0}};
    return word_in(words, segment_key(scan, i));
}

static void count(struct scan *scan, int i)
{
    const struct token *token = token_at(scan, i);
    if (tells_neglect(scan, i))
        return;
    struct demand demand = {.shape = SHAPE_COUNT, .main = i};
    /* 每季度末月25日前编印1期: the day and the number ask for one thing */
    if (same_segment(scan, scan->by_day, i) && scan->out->n > 0) {
        struct demand *same = &scan->out->items[scan->out->n - 1];
        scan_bounds(scan, &token->quantity, same);
        same->max = same->min == same->max ? -1 : same->max;
        same->min_implicit = false;
        return;
    }
    if (tells_halves(scan, i))
        return;
    demand.deed_from = scan->deed_from;
    demand.deed_to = item_end(scan, i);
    scan_bounds(scan, &token->quantity, &demand);
    bool bare = scan->least < 0 && scan->most < 0 && !token->quantity.range;
    if (same_segment(scan, scan->each, i)) {
        if (token->quantity.about) /* 每次15人左右: nothing to be counted against */
            return;
        demand.per = PER_MEETING;
    } else if (scan->period >= 0 && counts_something(scan, i)) {
        scan->period_used = true;
        if (token_at(scan, scan->period)->value < 0) {
            if (strength_of(scan->clause, i) != STRENGTH_MAY)
                warn_period(scan);
            return;
        }
        demand.per = (enum period)token_at(scan, scan->period)->value;
        /* 每年一次 is met by a second as well */
        if (bare && demand.min == demand.max)
            demand.max = -1;
        demand.min *= demand.min > 0 && is_twice(scan, i) ? 2 : 1;
    } else {
        return;
    }
    attach_when(scan, &demand);
    scan_add(scan, demand);
    scan->deed_from = demand.deed_to;
}

/* ---- dates */

static bool acts_behind(const struct scan *scan, int i)
{
    const struct tokens *tokens = &scan->clause->tokens;
    static const word_list ends = {
        STR_INIT("完成"), STR_INIT("办结"), STR_INIT("落实到位"), {NULL, 0}};
    int last = token_at(scan, i)->segment + 2;
    bool done = word_starts(ends, str_from_byte(scan->clause->at.key, token_at(scan, i)->to));
    for (int k = 0; k < tokens->n; k++) {
        enum lexeme_kind kind = tokens->items[k].kind;
        bool act =
            kind == LEX_DEED || kind == LEX_ASK || kind == LEX_REVIEW || kind == LEX_DESIGNATE;
        if (act && k > i && tokens->items[k].segment <= last)
            return true;
        /* 年度工作总结于12月底前报送: what is due may stand ahead of its date */
        if (act && k < i && tokens->items[k].segment == tokens->items[i].segment)
            return true;
        /* 召开一次座谈会，由提案委员会牵头，8月底前完成 */
        if (act && k < i && done)
            return true;
    }
    return false;
}

/* 每年召开一次座谈会，一般安排在一季度: the time of what was just asked. */
static bool places_last(struct scan *scan, int i)
{
    static const word_list words = {STR_INIT("安排在"), STR_INIT("安排于"), STR_INIT("定在"),
                                    STR_INIT("定于"),   STR_INIT("放在"),   {NULL, 0}};
    struct demand *last = scan->out->n > 0 ? &scan->out->items[scan->out->n - 1] : NULL;
    if (!last || last->shape != SHAPE_COUNT || last->per != PER_YEAR || last->when.by.month > 0 ||
        !word_ends(words, str_head(scan->clause->at.key, token_at(scan, i)->from)))
        return false;
    last->when = token_at(scan, i)->when;
    return true;
}

static void flush_when(struct scan *scan, int until)
{
    int i = scan->when;
    if (i < 0)
        return;
    scan->when = -1;
    const struct token *token = token_at(scan, i);
    const struct when *when = &token->when;
    bool yearly = scan->period >= 0 && token_at(scan, scan->period)->value == PER_YEAR;
    bool asked = token_before(&scan->clause->tokens, i, LEX_MODAL, 3) >= 0 ||
                 token_after(&scan->clause->tokens, i, LEX_MODAL, 1) >= 0;
    bool window = when->opens.month > 0 && when->by.month > 0;
    bool untold = scan->period >= 0 && token_at(scan, scan->period)->value < 0; /* 每两年 */
    if (untold || places_last(scan, i))
        return;
    if (!acts_behind(scan, i) || (when->told && !asked && !yearly) ||
        (date_is_set(when->by_date) && !when->bounded) ||
        (!yearly && !asked &&
         (window ||
          (when->by.month == 0 && when->opens.month == 0 && !date_is_set(when->by_date)))))
        return;
    size_t to = until >= 0 ? token_at(scan, until)->from : scan->clause->at.key.len;
    struct demand demand = {.shape = SHAPE_DEADLINE,
                            .min = 1,
                            .max = -1,
                            .min_implicit = true,
                            .per = falls_once(scan, i, yearly) ? PER_ONCE : PER_YEAR,
                            .when = *when,
                            .main = i,
                            .deed_from = token->to,
                            .deed_to = to};
    if (!deed_between(&scan->clause->tokens, demand.deed_from, to))
        demand.deed_from = scan->deed_from;
    scan->period_used = true;
    scan_add(scan, demand);
    scan->deed_from = to;
}

/* ---- N days */

static bool limits_designation(const struct scan *scan, int i)
{
    static const word_list rosters = {
        STR_INIT("名单"), STR_INIT("报"), STR_INIT("备案"), {NULL, 0}};
    /* 人员变动的，在10日内重新报送: another event */
    static const word_list changes = {STR_INIT("变动"),   STR_INIT("调整的"), STR_INIT("变更的"),
                                      STR_INIT("变化的"), STR_INIT("重新"),   {NULL, 0}};
    int segment = token_at(scan, i)->segment;
    struct str before =
        str_slice(scan->clause->at.key, segment_start(scan->clause, segment > 0 ? segment - 1 : 0),
                  segment_end(scan->clause, segment));
    if (word_in(changes, before))
        return false;
    bool named = false;
    for (int k = 0; k < scan->out->n; k++)
        named = named || scan->out->items[k].shape == SHAPE_STANDING;
    return named && word_in(rosters, segment_key(scan, i));
}

/* Does a length of time tell how early something has to be sent or told? */
static bool is_lead_time(const struct scan *scan)
{
    static const word_list words = {
        STR_INIT("征求"), STR_INIT("征询"), STR_INIT("提前"), STR_INIT("听取意见"),
        STR_INIT("预留"), STR_INIT("留出"), {NULL, 0}};
    return word_in(words, scan->clause->at.key);
}

/* 每月5日前, 每季度第一个月15日前: a day of each month or quarter. */
static bool day_of_month(struct scan *scan, int i)
{
    static const word_list months = {STR_INIT("第一个月"),   STR_INIT("首月"), STR_INIT("首个月"),
                                     STR_INIT("第二个月"),   STR_INIT("末月"), STR_INIT("第三个月"),
                                     STR_INIT("最后一个月"), {NULL, 0}};
    const struct token *token = token_at(scan, i);
    if (scan->period < 0 || !token->limit.before || token->limit.bare)
        return false;
    const struct token *period = token_at(scan, scan->period);
    struct str gap = str_slice(scan->clause->at.key, period->to, token->from);
    bool month = period->value == PER_MONTH && gap.len == 0;
    bool quarter = period->value == PER_QUARTER || period->value == PER_HALF_YEAR;
    if (!month && !(quarter && word_is(months, gap)))
        return false;
    scan->period_used = true;
    scan->by_day = i;
    scan_add(scan, (struct demand){.shape = SHAPE_COUNT,
                                   .min = 1,
                                   .max = -1,
                                   .min_implicit = true,
                                   .per = (enum period)period->value,
                                   .main = i,
                                   .deed_from = token->to,
                                   .deed_to = scan->clause->at.key.len});
    return true;
}

static void limit(struct scan *scan, int i)
{
    const struct token *token = token_at(scan, i);
    if (day_of_month(scan, i) || (token->limit.bare && !is_lead_time(scan)))
        return;
    if (names_posts_behind(scan, i)) {
        scan->ahead = i;
        return;
    }
    if (limits_designation(scan, i)) {
        for (int k = 0; k < scan->out->n; k++)
            if (scan->out->items[k].shape == SHAPE_STANDING)
                scan->out->items[k].limit = token->limit;
        return;
    }
    const struct tokens *tokens = &scan->clause->tokens;
    bool asked =
        token_before(tokens, i, LEX_MODAL, 3) >= 0 || token_after(tokens, i, LEX_MODAL, 2) >= 0;
    if (!asked && !acts_behind(scan, i))
        return;
    struct demand demand = {.shape = SHAPE_RESPONSE,
                            .min = -1,
                            .max = -1,
                            .per = PER_EVENT,
                            .limit = token->limit,
                            .main = i,
                            .deed_from = token->to,
                            .deed_to = scan->clause->at.key.len};
    scan_add(scan, demand);
    scan->period_used = true;
}

/* 将“每年一次”修改为“每半年一次”: words of another document, which ask for nothing here. */
static bool tells_wording(const struct clause *clause)
{
    static const word_list changes = {STR_INIT("”修改为“"),
                                      STR_INIT("”改为“"),
                                      STR_INIT("”修改为："),
                                      STR_INIT("”调整为“"),
                                      {NULL, 0}};
    return word_in(changes, clause->at.key);
}

/* ---- 每年 without a number */

static bool is_each_period(const struct scan *scan)
{
    const struct token *token = token_at(scan, scan->period);
    struct str rest = str_from_byte(scan->clause->at.key, token->to);
    bool all = str_has(segment_key(scan, scan->period), STR("全覆盖")); /* 届内走访全覆盖 */
    return token->value >= 0 &&
           (all || str_starts(str_from_byte(scan->clause->at.key, token->from), STR("每"))) &&
           !str_starts(rest, STR("的")) && !str_starts(rest, STR("度的"));
}

static void implicit_count(struct scan *scan, int until)
{
    if (scan->period < 0 || scan->period_used || !is_each_period(scan))
        return;
    const struct token *period = token_at(scan, scan->period);
    int last = period->segment + 2;
    size_t to = segment_end(scan->clause, last < scan->clause->tokens.segments
                                              ? last
                                              : scan->clause->tokens.segments - 1);
    if (until >= 0 && to > token_at(scan, until)->from)
        to = token_at(scan, until)->from;
    if (!deed_between(&scan->clause->tokens, period->to, to) ||
        strength_of(scan->clause, scan->period) == STRENGTH_MAY)
        return;
    scan_add(scan, (struct demand){.shape = SHAPE_COUNT,
                                   .min = 1,
                                   .max = -1,
                                   .min_implicit = true,
                                   .per = (enum period)period->value,
                                   .main = scan->period,
                                   .deed_from = period->to,
                                   .deed_to = to});
}

/* 开展年度优秀界别评选活动 */
static void yearly_review(struct scan *scan)
{
    static const word_list verbs = {STR_INIT("开展"), STR_INIT("组织"),   STR_INIT("进行"),
                                    STR_INIT("实行"), STR_INIT("要开展"), {NULL, 0}};
    const struct tokens *tokens = &scan->clause->tokens;
    for (int i = 0; i < tokens->n && scan->out->n == 0; i++) {
        int year =
            tokens->items[i].kind == LEX_REVIEW ? token_before(tokens, i, LEX_YEARLY, 0) : -1;
        struct str key = year >= 0 ? segment_key(scan, i) : STR("");
        if (year < 0 || !word_starts(verbs, key) || str_has(key, STR("作为")))
            continue;
        scan_add(scan, (struct demand){.shape = SHAPE_COUNT,
                                       .min = 1,
                                       .max = -1,
                                       .min_implicit = true,
                                       .per = PER_YEAR,
                                       .main = i,
                                       .deed = tokens->items[i].deed});
    }
}

static void scan_token(struct scan *scan, int i)
{
    switch (token_at(scan, i)->kind) {
    case LEX_COMMA:
        scan->least = scan->most = scan->each = -1;
        break;
    case LEX_PERIOD:
        flush_when(scan, i);
        implicit_count(scan, i);
        scan->period = i;
        scan->period_used = false;
        break;
    case LEX_EACH_TIME:
        scan->each = i;
        break;
    case LEX_AT_LEAST:
        scan->least = i;
        break;
    case LEX_AT_MOST:
        scan->most = i;
        break;
    case LEX_TIME:
        flush_when(scan, i);
        if (!each_of_times(scan, i))
            scan->when = i;
        break;
    case LEX_LIMIT:
        limit(scan, i);
        break;
    case LEX_QUANTITY:
        if (!designation(scan, i) && !contacts(scan, i))
            count(scan, i);
        break;
    default:
        break;
    }
}

void demands_read(struct clause *clause, struct demands *ret_demands)
{
    struct scan scan = {.clause = clause,
                        .out = ret_demands,
                        .period = -1,
                        .each = -1,
                        .least = -1,
                        .most = -1,
                        .when = -1,
                        .by_day = -1,
                        .done = -1,
                        .ahead = -1};
    if (tells_wording(clause))
        return;
    for (int i = 0; i < clause->tokens.n; i++)
        if (clause->tokens.items[i].kind == LEX_FACT)
            return;
    for (int i = 0; i < clause->tokens.n; i++)
        if (i > scan.done)
            scan_token(&scan, i);
    flush_when(&scan, -1);
    implicit_count(&scan, -1);
    yearly_review(&scan);
}
