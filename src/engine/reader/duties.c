/*
 * duties - the sentences of the body, and what each of them makes a duty. Tasks that stand in
 * columns or behind labels are read by plans.c.
 */
#include "engine/reader/duties.h"

enum {
    SENTENCE_WHOLE = 120, /* bytes; of a longer one only what asks is kept */
    EXCERPT_LEAST = 30,
    HEADING_BYTES = 36,
    DUTIES_MAX = 60000,
    CLAUSES_MAX = 64,
};

struct duty_walk {
    struct reading *reading;
    struct subject last; /* of the clause before */
    bool has_last;
    struct subject owner; /* 部门履行下列职责：, of the items below */
    enum head_level owner_level;
    struct tokens tokens; /* its room is used again */
    struct plan_item plan;
};

/* The words of the duty: the clause, or of a long one the segments that ask. */
static struct str excerpt_of(const struct clause *clause, const struct demand *demand)
{
    if (clause->at.text.len <= SENTENCE_WHOLE)
        return clause->at.text;
    const struct tokens *tokens = &clause->tokens;
    const struct token *main = &tokens->items[demand->main];
    int first = main->segment, last = first;
    size_t from = segment_start(clause, first), to = segment_end(clause, first);
    bool timed = demand->shape == SHAPE_DEADLINE || demand->shape == SHAPE_RESPONSE;
    bool act = demand->shape == SHAPE_STANDING || main->kind == LEX_ASK ||
               deed_between(tokens, timed ? main->to : from, to);
    if (!act && last + 1 < tokens->segments)
        to = segment_end(clause, ++last);
    /* A few words say nothing by themselves. */
    while (to - from < EXCERPT_LEAST && first > 0)
        from = segment_start(clause, --first);
    return str_slice(clause->at.text, from, to);
}

/* 报办公室（联系人：…，电话…）: persons and telephones are nobody's duty. */
static struct str excerpt(const struct clause *clause, const struct demand *demand)
{
    static const struct str contacts[] = {STR_INIT("（联系人"), STR_INIT("（电话"),
                                          STR_INIT("（联系电话")};
    struct str text = excerpt_of(clause, demand);
    for (size_t i = 0; i < sizeof contacts / sizeof *contacts; i++) {
        ptrdiff_t at = str_find(text, contacts[i]);
        text = at > 0 ? str_head(text, (size_t)at) : text;
    }
    return text;
}

/* 会议由市长或常务副市长主持 */
static void read_chair(const struct clause *clause, struct scheme_duty *duty)
{
    struct arena *arena = clause->reading->arena;
    struct str key = clause->at.key;
    ptrdiff_t end = str_find(key, STR("主持"));
    ptrdiff_t from = end > 0 ? str_find_last(str_head(key, (size_t)end), STR("由")) : -1;
    if (from < 0 || end - from > LIMIT_NAME)
        return;
    static const word_list manners = {
        STR_INIT("轮流"), STR_INIT("共同"), STR_INIT("分别"), {NULL, 0}};
    struct str posts_text = str_slice(clause->at.text, (size_t)from + 3, (size_t)end);
    posts_text.len -= word_end(manners, posts_text);
    duty->where = str_slice(clause->at.text, (size_t)from, (size_t)end + 6);
    while (posts_text.len > 0) {
        struct str part = str_cut(&posts_text, STR("或"));
        if (str_starts(posts_text, STR("者")))
            posts_text = str_from_byte(posts_text, STR("者").len);
        while (part.len > 0)
            *arena_push(arena, duty->chair.items, duty->chair.n, duty->chair.room) =
                str_cut(&part, STR("、"));
    }
}

/* （三）年底作总结。…: bytes of the few words that head the item and ask for nothing. */
static size_t run_in_heading(const struct para *para)
{
    static const word_list asking = {STR_INIT("应"),   STR_INIT("须"), STR_INIT("每"),
                                     STR_INIT("次"),   STR_INIT("名"), STR_INIT("要"),
                                     STR_INIT("至少"), STR_INIT("日"), {NULL, 0}};
    struct str heading = para_heading(para);
    struct str rest = str_slice(para->at.key, para->body + heading.len, para->at.key.len);
    bool heads = para->level != HEAD_NONE && str_starts(rest, STR("。")) &&
                 rest.len > STR("。").len && heading.len <= HEADING_BYTES;
    return heads && !word_in(asking, heading) && !str_has(heading, STR("，")) ? heading.len : 0;
}

/* 召开协商会。由双方共同召开，每半年一次: the deed stands in the heading. */
static const struct token *deed_of_heading(const struct clause *clause)
{
    size_t len = run_in_heading(clause->para);
    struct tokens tokens = {0};
    if (len == 0)
        return NULL;
    struct str heading =
        str_slice(clause->para->at.key, clause->para->body, clause->para->body + len);
    lex(clause->reading->arena, clause->reading->words, heading, &tokens);
    return deed_between(&tokens, 0, heading.len);
}

static struct str deed_word(const struct clause *clause, const struct demand *demand)
{
    if (demand->deed)
        return str_from(demand->deed);
    const struct tokens *tokens = &clause->tokens;
    const struct token *deed = deed_between(tokens, demand->deed_from, demand->deed_to);
    if (!deed)
        deed = deed_between(tokens, 0, clause->at.key.len);
    if (!deed)
        deed = deed_of_heading(clause);
    return deed && deed->deed ? str_from(deed->deed) : STR("other");
}

static int clause_line(const struct clause *clause, size_t offset)
{
    return para_line(clause->para,
                     (size_t)(clause->at.text.ptr - clause->para->at.text.ptr) + offset);
}

/* What whoever is named is called: 责任领导, 联络员. */
static struct str label_of(const struct clause *clause, const struct demand *demand,
                           struct str deed)
{
    const struct tokens *tokens = &clause->tokens;
    for (int i = 0; str_starts(deed, STR("designate-")) && i < tokens->n; i++) {
        const struct token *token = &tokens->items[i];
        if (token->kind == LEX_POST && token->deed && str_is(deed, token->deed) &&
            token->from >= demand->deed_from && token->to <= demand->deed_to)
            return str_slice(clause->at.text, token->from, token->to);
    }
    return STR("");
}

void duty_put(const struct clause *clause, const struct demand *demand)
{
    struct reading *reading = clause->reading;
    struct scheme *out = reading->out;
    if (out->duties_n >= DUTIES_MAX)
        return;
    struct subject subject = subject_of(clause, demand->main);
    const struct token *main = &clause->tokens.items[demand->main];
    struct scheme_duty duty = {
        .clause = clause->para->clause,
        .text = excerpt(clause, demand),
        .who_text = subject.text,
        .who = subject.actor,
        .attended_by = subject.attended_by,
        .deed = deed_word(clause, demand),
        .shape = demand->shape,
        .strength = strength_of(clause, demand->main),
        .min = demand->min,
        .max = demand->max,
        .min_implicit = demand->min_implicit,
        .per = demand->per,
        .by = demand->when.by,
        .opens = demand->when.opens,
        .by_date = demand->when.by_date,
        .days = demand->limit.days > 0 ? demand->limit.days : -1,
        .day_kind = demand->limit.days > 0 ? demand->limit.kind : DAYS_NONE,
        .days_before = demand->limit.before,
        .line = clause_line(clause, main->from),
    };
    duty.label = label_of(clause, demand, duty.deed);
    if (demand->limit.converted)
        duty.where = str_slice(clause->at.text, main->from, main->to);
    else
        read_chair(clause, &duty);
    *arena_push(reading->arena, out->duties, out->duties_n, out->duties_room) = duty;
}

static bool clause_open(struct duty_walk *walk, const struct para *para, struct para_text at,
                        struct clause *ret_clause)
{
    struct reading *reading = walk->reading;
    if (at.key.len == 0 || at.key.len > LIMIT_SENTENCE)
        return false;
    lex(reading->arena, reading->words, at.key, &walk->tokens);
    *ret_clause = (struct clause){.reading = reading,
                                  .para = para,
                                  .at = at,
                                  .tokens = walk->tokens,
                                  .before = walk->has_last ? &walk->last : NULL};
    return true;
}

static int read_clause(struct duty_walk *walk, const struct para *para, struct para_text at)
{
    struct clause clause;
    if (!clause_open(walk, para, at, &clause))
        return 0;
    struct demand items[DEMANDS_MAX];
    struct demands demands = {.items = items, .room = DEMANDS_MAX};
    demands_read(&clause, &demands);
    for (int i = 0; i < demands.n; i++)
        duty_put(&clause, &demands.items[i]);
    struct subject subject = {.actor = ACTOR_UNSTATED};
    if (demands.n > 0)
        subject = subject_of(&clause, demands.items[demands.n - 1].main);
    if (subject.actor != ACTOR_UNSTATED || subject_leading(&clause, &subject)) {
        walk->last = subject;
        walk->has_last = true;
    }
    return demands.n;
}

static bool read_ask(struct duty_walk *walk, const struct para *para, struct para_text at)
{
    struct clause clause;
    struct demand demand;
    if (!clause_open(walk, para, at, &clause) || !ask_read(&clause, &demand))
        return false;
    duty_put(&clause, &demand);
    return true;
}

/* One sentence: its clauses ask with numbers; those that do not, for one act in all. */
static void read_sentence(struct duty_walk *walk, const struct para *para, size_t from, size_t to)
{
    static const struct str separator = STR_INIT("；"), quotation = STR_INIT("：“");
    struct para_text pieces[CLAUSES_MAX];
    int n = 0;
    bool may_ask = para->section != SECTION_CONTENT;
    while (from < to && n < CLAUSES_MAX) {
        ptrdiff_t stop = str_find(str_slice(para->at.key, from, to), separator);
        size_t end = stop < 0 ? to : from + (size_t)stop;
        /* 增加一款：“各部门应当…: what is to be done stands in the quotation */
        ptrdiff_t quote = str_find(str_slice(para->at.key, from, end), quotation);
        if (quote >= 0)
            from += (size_t)quote + quotation.len;
        pieces[n++] = text_cut(para->at, from, end);
        from = end + separator.len;
    }
    bool asked = !may_ask;
    for (int i = 0; i < n; i++) {
        struct duty_walk before = *walk;
        if (read_clause(walk, para, pieces[i]) > 0 || asked)
            continue;
        before.tokens = walk->tokens;
        asked = read_ask(&before, para, pieces[i]);
        walk->tokens = before.tokens;
    }
}

/* 为…，根据…，制定本办法。: bytes of the sentence that states reasons. */
static size_t preamble(const struct para *para)
{
    static const word_list openings = {STR_INIT("为深入"), STR_INIT("为进一步"), STR_INIT("为了"),
                                       STR_INIT("为贯彻"), STR_INIT("为切实"),   STR_INIT("为更好"),
                                       STR_INIT("为充分"), STR_INIT("为规范"),   STR_INIT("为加强"),
                                       STR_INIT("为全面"), STR_INIT("为认真"),   {NULL, 0}};
    struct str body = str_from_byte(para->at.key, para->body);
    ptrdiff_t stop = str_find(body, STR("。"));
    if (!word_starts(openings, body))
        return 0;
    return stop < 0 ? body.len : (size_t)stop + STR("。").len;
}

static void read_para(struct duty_walk *walk, const struct para *para)
{
    struct str key = para->at.key;
    size_t heading = run_in_heading(para);
    size_t from = para->body + (heading > 0 ? heading : preamble(para));
    if (para->level != HEAD_NONE && para->level <= walk->owner_level)
        walk->owner_level = HEAD_NONE;
    walk->has_last = walk->has_last && para->level == HEAD_NONE;
    if (para->level > walk->owner_level && walk->owner_level != HEAD_NONE) {
        walk->last = walk->owner;
        walk->has_last = true;
    }
    for (size_t at = from; at <= key.len;) {
        struct str rest = str_from_byte(key, at);
        size_t stop = rest.len > 0 ? set_start(walk->reading->words, SET_CLAUSE_STOPS, rest) : 1;
        bool ends = stop > 0 && !str_starts(rest, STR("；"));
        if (ends && at > from)
            read_sentence(walk, para, from, at);
        if (ends)
            from = at + stop;
        at += rest.len == 0 ? 1 : char_len(rest);
    }
    walk->has_last = walk->has_last && !para->related;
    if (para->level != HEAD_NONE && str_ends(key, STR("：")) && walk->has_last) {
        walk->owner = walk->last;
        walk->owner_level = para->level;
    }
}

/* A list of names; unless a sentence goes with it. */
static bool asks_nothing(const struct para *para)
{
    return para->linked && !str_has(para->at.key, STR("每")) && !str_has(para->at.key, STR("应")) &&
           !str_has(para->at.key, STR("前"));
}

void duties_read(struct reading *reading)
{
    struct duty_walk walk = {.reading = reading, .plan = {.duty = -1}};
    for (int i = 0; i < reading->paras_n; i++) {
        const struct para *para = &reading->paras[i];
        if (para->zone == ZONE_BODY && para->kind == PARA_ROW)
            i = tasks_read(reading, i) - 1;
        if (para->zone != ZONE_BODY || para->kind != PARA_TEXT || asks_nothing(para) ||
            plan_line(reading, para, &walk.plan))
            continue;
        if (para->section != SECTION_AIM && !is_metadata_line(para->at.key))
            read_para(&walk, para);
    }
}
