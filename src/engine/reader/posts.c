/*
 * posts - numbers of people: posts to be named, and contacts that each member keeps.
 */
#include "engine/reader/scan.h"

struct demand *scan_add(struct scan *scan, struct demand demand)
{
    if (scan->out->n >= DEMANDS_MAX)
        return NULL;
    struct demand *to =
        arena_push(scan->clause->reading->arena, scan->out->items, scan->out->n, scan->out->room);
    *to = demand;
    return to;
}

const struct token *token_at(const struct scan *scan, int i)
{
    return &scan->clause->tokens.items[i];
}

bool same_segment(const struct scan *scan, int a, int b)
{
    return a >= 0 && b >= 0 && token_at(scan, a)->segment == token_at(scan, b)->segment;
}

struct str segment_key(const struct scan *scan, int i)
{
    int segment = token_at(scan, i)->segment;
    return str_slice(scan->clause->at.key, segment_start(scan->clause, segment),
                     segment_end(scan->clause, segment));
}

/* 至少 2次, 不超过2个, 1—2次, 3次以上; a bare number is both bounds. */
void scan_bounds(const struct scan *scan, const struct quantity *quantity, struct demand *demand)
{
    bool least = scan->least >= 0 && scan->least > scan->most;
    bool most = scan->most >= 0 && !least;
    demand->min = most || quantity->below ? -1 : quantity->min;
    demand->max = least || quantity->above ? (quantity->range ? quantity->max : -1) : quantity->max;
}

static int post_of_number(const struct scan *scan, int i)
{
    const struct tokens *tokens = &scan->clause->tokens;
    for (int k = i + 1; k < tokens->n && tokens->items[k].segment == tokens->items[i].segment;
         k++) {
        /* 副召集人2名、联络员1名: what follows the mark has a number of its own */
        bool next =
            tokens->items[k].kind == LEX_LIST && tokens->items[k].from == tokens->items[i].to;
        if (tokens->items[k].kind == LEX_QUANTITY || next)
            break;
        if (tokens->items[k].kind == LEX_POST)
            return k;
    }
    /* 配备联络员1名, 聘请特约人员一般不少于2名 */
    int k = i - 1;
    while (k >= 0 && (tokens->items[k].kind == LEX_AT_LEAST || tokens->items[k].kind == LEX_MODAL))
        k--;
    bool next = k >= 0 && tokens->items[k].kind == LEX_POST &&
                tokens->items[k].segment == tokens->items[i].segment &&
                tokens->items[k].to == tokens->items[k + 1].from;
    return next ? k : -1;
}

static int verb_of_number(const struct scan *scan, int i)
{
    int verb = token_before(&scan->clause->tokens, i, LEX_DESIGNATE, 0);
    bool begins =
        token_at(scan, i)->from == segment_start(scan->clause, token_at(scan, i)->segment);
    if (verb < 0 && begins)
        verb = token_before(&scan->clause->tokens, i, LEX_DESIGNATE, 1);
    static const word_list openings = {STR_INIT("有"), STR_INIT("由"), {NULL, 0}};
    struct str before = str_head(scan->clause->at.key, token_at(scan, i)->from);
    return verb < 0 && word_ends(openings, before) ? i : verb;
}

static void add_post(struct scan *scan, int i, int post)
{
    const struct quantity *quantity = &token_at(scan, i)->quantity;
    struct demand demand = {.shape = SHAPE_STANDING,
                            .per = PER_STANDING,
                            .main = i,
                            .deed = token_at(scan, post)->deed};
    scan_bounds(scan, quantity, &demand);
    if (scan->ahead >= 0)
        demand.limit = token_at(scan, scan->ahead)->limit;
    scan_add(scan, demand);
}

bool designation(struct scan *scan, int i)
{
    const struct token *token = token_at(scan, i);
    if (token->quantity.measure != MEASURE_PEOPLE && token->quantity.measure != MEASURE_THING)
        return false;
    int verb = verb_of_number(scan, i), post = post_of_number(scan, i);
    if (verb < 0)
        return false;
    /* 确定分管领导、责任科室、联络员各1名: one for each */
    if (i > 0 && token_at(scan, i - 1)->kind == LEX_EACH &&
        token_at(scan, i - 1)->to == token->from) {
        for (int k = verb + 1; k < i; k++)
            if (token_at(scan, k)->kind == LEX_POST)
                add_post(scan, i, k);
        return true;
    }
    if (post < 0)
        return false;
    add_post(scan, i, post);
    return true;
}

/* 每名委员重点联系3-5名界别群众 */
bool contacts(struct scan *scan, int i)
{
    static const word_list each = {STR_INIT("每名"), STR_INIT("每位"), STR_INIT("每个"),
                                   STR_INIT("各"),   STR_INIT("每人"), {NULL, 0}};
    static const word_list verbs = {
        STR_INIT("联系"), STR_INIT("结对"), STR_INIT("帮扶"), {NULL, 0}};
    const struct token *token = token_at(scan, i);
    struct str before =
        str_head(segment_key(scan, i), token->from - segment_start(scan->clause, token->segment));
    bool measure =
        token->quantity.measure == MEASURE_PEOPLE || token->quantity.measure == MEASURE_THING;
    if (!measure || scan->period >= 0 || !word_in(each, before) || !word_in(verbs, before))
        return false;
    struct demand demand = {
        .shape = SHAPE_STANDING, .per = PER_STANDING, .main = i, .deed = "key-contact"};
    scan_bounds(scan, &token->quantity, &demand);
    return scan_add(scan, demand) != NULL;
}

/* 印发之日起15日内确定1名分管领导: the limit is that of the posts behind it. */
bool names_posts_behind(const struct scan *scan, int i)
{
    const struct tokens *tokens = &scan->clause->tokens;
    int verb = token_after(tokens, i, LEX_DESIGNATE, 1);
    int number = verb >= 0 ? token_after(tokens, verb, LEX_QUANTITY, 0) : -1;
    return number >= 0 &&
           !deed_between(tokens, token_at(scan, i)->to, token_at(scan, verb)->from) &&
           post_of_number(scan, number) >= 0;
}
