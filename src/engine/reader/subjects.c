/*
 * subjects - who is to act, and how strongly it is put.
 *
 * The subject is the first actor of the segment that the demand stands in, ahead of its verb; else
 * that of the segment before, unless it begins with a preposition; else the one of the clause
 * before. A name behind the verb is a recipient and never taken.
 */
#include "engine/reader/duties.h"

enum { SEGMENTS_BACK = 6, GAP_MAX = 30 };

int token_before(const struct tokens *tokens, int at, enum lexeme_kind kind, int segments)
{
    for (int i = at - 1; i >= 0; i--) {
        if (tokens->items[at].segment - tokens->items[i].segment > segments)
            return -1;
        if (tokens->items[i].kind == kind)
            return i;
    }
    return -1;
}

int token_after(const struct tokens *tokens, int at, enum lexeme_kind kind, int segments)
{
    for (int i = at + 1; i < tokens->n; i++) {
        if (tokens->items[i].segment - tokens->items[at].segment > segments)
            return -1;
        if (tokens->items[i].kind == kind)
            return i;
    }
    return -1;
}

size_t segment_start(const struct clause *clause, int segment)
{
    return clause->tokens.starts[segment];
}

size_t segment_end(const struct clause *clause, int segment)
{
    return clause->tokens.starts[segment + 1] - STR("，").len;
}

const struct token *deed_between(const struct tokens *tokens, size_t from, size_t to)
{
    const struct token *best = NULL;
    for (int i = 0; i < tokens->n; i++) {
        const struct token *token = &tokens->items[i];
        bool deed = token->kind == LEX_DEED || token->kind == LEX_ASK || token->kind == LEX_REVIEW;
        if (deed && token->from >= from && token->to <= to && (!best || token->value < best->value))
            best = token;
    }
    return best;
}

/* Where the subject part of a segment ends: at its verb, modal or time. */
static size_t subject_limit(const struct clause *clause, int segment)
{
    for (int i = 0; i < clause->tokens.n; i++) {
        const struct token *token = &clause->tokens.items[i];
        bool stops = token->kind == LEX_MODAL || token->kind == LEX_PERIOD ||
                     token->kind == LEX_TIME || token->kind == LEX_LIMIT ||
                     token->kind == LEX_QUANTITY || token->kind == LEX_DESIGNATE ||
                     token->kind == LEX_EACH_TIME || token->kind == LEX_AT_LEAST;
        if (token->segment == segment && stops)
            return token->from;
    }
    return segment_end(clause, segment);
}

/* 各, 有关, （ … between the words of one subject. */
static bool is_subject_gap(struct str key)
{
    static const word_list gaps = {
        STR_INIT("各"),   STR_INIT("有关"), STR_INIT("相关"), STR_INIT("的"),   STR_INIT("所属"),
        STR_INIT("其"),   STR_INIT("（"),   STR_INIT("）"),   STR_INIT("工作"), STR_INIT("市"),
        STR_INIT("县"),   STR_INIT("区"),   STR_INIT("、"),   STR_INIT("和"),   STR_INIT("及"),
        STR_INIT("与"),   STR_INIT("对口"), STR_INIT("联系"), STR_INIT("党政"), STR_INIT("人民"),
        STR_INIT("每个"), STR_INIT("盟"),   STR_INIT("旗"),   STR_INIT("州"),   {NULL, 0}};
    while (key.len > 0) {
        size_t len = word_start(gaps, key);
        if (len == 0)
            return false;
        key = str_from_byte(key, len);
    }
    return true;
}

/* 、区检察院办公室 */
static bool is_next_name(const struct clause *clause, size_t from, size_t to)
{
    static const word_list joints = {STR_INIT("、"), STR_INIT("和"), STR_INIT("与"), {NULL, 0}};
    struct str key = str_slice(clause->at.key, from, to);
    size_t joint = word_start(joints, key);
    return joint > 0 && is_unit_name(clause->reading->words, str_from_byte(key, joint));
}

static bool is_joined(struct str gap)
{
    return str_has(gap, STR("、")) || str_has(gap, STR("和")) || str_has(gap, STR("及")) ||
           str_has(gap, STR("与"));
}

static enum duty_actor both(enum duty_actor a, enum duty_actor b)
{
    bool pair =
        (a == ACTOR_COMMITTEE && b == ACTOR_UNIT) || (a == ACTOR_UNIT && b == ACTOR_COMMITTEE);
    return pair ? ACTOR_LINK : a;
}

/* From token `first` on, the whole subject: 县政府及其所属工作部门, 各部门主要负责人. */
static struct subject extend(const struct clause *clause, int first, size_t start, size_t limit)
{
    const struct tokens *tokens = &clause->tokens;
    struct subject subject = {.actor = (enum duty_actor)tokens->items[first].value, .from = start};
    size_t to = tokens->items[first].to;
    for (int i = first + 1; i < tokens->n && tokens->items[i].to <= limit; i++) {
        const struct token *token = &tokens->items[i];
        struct str gap = str_slice(clause->at.key, to, token->from);
        if (token->kind == LEX_HEAD && gap.len == 0) {
            subject.attended_by =
                subject.actor == ACTOR_COMMITTEE ? ATTENDED_HEAD : (enum attendance)token->value;
            to = token->to;
            break;
        }
        if (token->kind == LEX_POST && gap.len == 0 && subject.actor == ACTOR_COMMITTEE) {
            subject.attended_by = ATTENDED_HEAD;
            to = token->to;
            break;
        }
        if (token->kind != LEX_ACTOR || gap.len > GAP_MAX ||
            !(is_subject_gap(gap) || is_next_name(clause, to, token->to)))
            continue;
        enum duty_actor actor = (enum duty_actor)token->value;
        bool own = gap.len == 0 && subject.actor == ACTOR_PARTY; /* 民主党派市委 */
        subject.actor = is_joined(gap) ? both(subject.actor, actor) : own ? ACTOR_PARTY : actor;
        to = token->to;
    }
    static const word_list closing = {STR_INIT("）"), {NULL, 0}};
    subject.to = to + word_start(closing, str_from_byte(clause->at.key, to));
    subject.text = str_slice(clause->at.text, subject.from, subject.to);
    return subject;
}

/* 编发《专委会工作动态》, “协商进部门”活动 */
static bool is_quoted(const struct clause *clause, const struct token *token)
{
    struct str before = str_head(clause->at.key, token->from);
    return str_find_last(before, STR("《")) > str_find_last(before, STR("》")) ||
           str_find_last(before, STR("“")) > str_find_last(before, STR("”"));
}

/* 县财政局应, 市中院于: a name of its own. */
static bool named_subject(const struct clause *clause, size_t from, size_t limit,
                          struct subject *ret_subject)
{
    static const word_list joints = {STR_INIT("于"), STR_INIT("在"), {NULL, 0}};
    static const word_list places = {STR_INIT("市"), STR_INIT("县"), STR_INIT("区"), STR_INIT("州"),
                                     STR_INIT("省"), STR_INIT("盟"), STR_INIT("旗"), {NULL, 0}};
    struct str name = str_slice(clause->at.key, from, limit);
    name.len -= word_end(joints, name);
    limit = from + name.len;
    enum party_class class = party_class_of(clause->reading->words, name);
    bool own = class == PARTY_UNIT && word_starts(places, name); /* 市中院 */
    if (!is_unit_name(clause->reading->words, name) ||
        (class != PARTY_DEPARTMENT && class != PARTY_ENTERPRISE && !own))
        return false;
    *ret_subject = (struct subject){.actor = ACTOR_UNIT,
                                    .text = str_slice(clause->at.text, from, limit),
                                    .from = from,
                                    .to = limit};
    return true;
}

static bool subject_in(const struct clause *clause, int segment, struct subject *ret_subject)
{
    static const word_list prepositions = {
        STR_INIT("对于"), STR_INIT("在"), STR_INIT("从"),   STR_INIT("根据"), STR_INIT("按照"),
        STR_INIT("围绕"), STR_INIT("为"), STR_INIT("经"),   STR_INIT("如"),   STR_INIT("凡"),
        STR_INIT("除"),   STR_INIT("将"), STR_INIT("把"),   STR_INIT("向"),   STR_INIT("于"),
        STR_INIT("通过"), STR_INIT("以"), STR_INIT("并将"), STR_INIT("并向"), STR_INIT("作为"),
        STR_INIT("需"),   {NULL, 0}};
    /* Ahead of the first actor these make it an object. */
    static const word_list verbs = {
        STR_INIT("完善"), STR_INIT("建立"), STR_INIT("开展"), STR_INIT("加强"), STR_INIT("做好"),
        STR_INIT("推进"), STR_INIT("通过"), STR_INIT("负责"), STR_INIT("协助"), STR_INIT("将"),
        STR_INIT("把"),   STR_INIT("向"),   STR_INIT("按照"), STR_INIT("坚持"), STR_INIT("提交"),
        STR_INIT("报"),   STR_INIT("送"),   STR_INIT("邀请"), STR_INIT("听取"), STR_INIT("召开"),
        STR_INIT("走访"), STR_INIT("经"),   STR_INIT("发挥"), STR_INIT("征求"), STR_INIT("会同"),
        STR_INIT("印发"), STR_INIT("由"),   {NULL, 0}};
    size_t start = segment_start(clause, segment), limit = subject_limit(clause, segment);
    struct str key = str_slice(clause->at.key, start, limit);
    if (word_starts(prepositions, key) ||
        (str_starts(key, STR("对")) && !str_starts(key, STR("对口"))))
        return false;
    static const word_list ordinals = {STR_INIT("一是"), STR_INIT("二是"), STR_INIT("三是"),
                                       STR_INIT("四是"), STR_INIT("五是"), STR_INIT("六是"),
                                       {NULL, 0}};
    ptrdiff_t agent = str_find(key, STR("由"));
    size_t from = start + (agent >= 0 ? (size_t)agent + 3 : word_start(ordinals, key));
    for (int i = 0; i < clause->tokens.n; i++) {
        const struct token *token = &clause->tokens.items[i];
        bool convener = token->kind == LEX_POST && str_has(str_from(token->deed), STR("convener"));
        if ((token->kind == LEX_ACTOR || convener) && token->from >= from && token->to <= limit &&
            !is_quoted(clause, token)) {
            if (word_in(verbs, str_slice(clause->at.key, from, token->from)))
                return false;
            if (str_starts(key, STR("请")) && from == start)
                from += STR("请").len;
            *ret_subject = extend(clause, i, from, limit);
            if (convener)
                ret_subject->actor = ACTOR_SECTOR;
            return true;
        }
    }
    return named_subject(clause, from, limit, ret_subject);
}

struct subject subject_of(const struct clause *clause, int main)
{
    struct subject subject = {.actor = ACTOR_UNSTATED};
    int segment = clause->tokens.items[main].segment;
    if (subject_in(clause, segment, &subject))
        return subject;
    enum lexeme_kind kind = clause->tokens.items[main].kind;
    bool timed = kind == LEX_TIME || kind == LEX_LIMIT || kind == LEX_PERIOD;
    bool alone = timed && !deed_between(&clause->tokens, clause->tokens.items[main].to,
                                        segment_end(clause, segment));
    if (alone && segment + 1 < clause->tokens.segments && subject_in(clause, segment + 1, &subject))
        return subject;
    for (int back = 1; back <= SEGMENTS_BACK && back <= segment; back++)
        if (subject_in(clause, segment - back, &subject))
            return subject;
    /* 每年选择2个题目，由专门委员会…: the agent follows */
    if (kind != LEX_LIMIT && segment + 1 < clause->tokens.segments &&
        str_starts(str_from_byte(clause->at.key, segment_start(clause, segment + 1)), STR("由")) &&
        !str_has(str_from_byte(clause->at.key, segment_start(clause, segment + 1)), STR("主持")) &&
        subject_in(clause, segment + 1, &subject))
        return subject;
    if (clause->before && clause->before->actor != ACTOR_UNSTATED) {
        subject = *clause->before;
        subject.from = subject.to = 0;
    }
    return subject;
}

bool subject_leading(const struct clause *clause, struct subject *ret_subject)
{
    for (int segment = 0; segment < clause->tokens.segments && segment < SEGMENTS_BACK; segment++)
        if (subject_in(clause, segment, ret_subject))
            return true;
    return false;
}

/* 可聘请监督员，每年组织一次评议: the leave is for an act of its own, and the number for another;
 * 每届调整一次，届中可作调整 likewise. */
static bool is_spent(const struct clause *clause, const struct token *modal, const struct token *at)
{
    const struct tokens *tokens = &clause->tokens;
    if (modal->value != STRENGTH_MAY || modal->segment == at->segment)
        return false;
    if (modal->from > at->from)
        return at->kind == LEX_QUANTITY;
    bool act = false, own = false;
    for (int i = 0; i < tokens->n; i++) {
        const struct token *token = &tokens->items[i];
        bool verb = token->kind == LEX_DEED || token->kind == LEX_ASK ||
                    token->kind == LEX_REVIEW || token->kind == LEX_DESIGNATE;
        act = act || (verb && token->segment == modal->segment && token->from >= modal->to);
        own = own || ((token->kind == LEX_PERIOD || token->kind == LEX_AT_LEAST) &&
                      token->segment == at->segment);
    }
    return act && own &&
           deed_between(tokens, segment_start(clause, at->segment),
                        segment_end(clause, at->segment));
}

enum strength strength_of(const struct clause *clause, int main)
{
    const struct tokens *tokens = &clause->tokens;
    const struct token *at = &tokens->items[main];
    enum strength strength = STRENGTH_MUST;
    bool found = false;
    /* A number stands behind its verb, a date ahead of it. */
    size_t from = at->kind == LEX_QUANTITY ? segment_start(clause, at->segment) : at->to;
    bool said = deed_between(tokens, from, segment_end(clause, at->segment));
    for (int i = 0; i < tokens->n; i++) {
        const struct token *token = &tokens->items[i];
        bool near = token->segment == at->segment ||
                    (token->from < at->from && at->segment - token->segment <= 2) ||
                    (token->segment == at->segment + 1 && !said);
        if (token->kind != LEX_MODAL || !near || (found && token->from > at->from) ||
            is_spent(clause, token, at))
            continue;
        strength = (enum strength)token->value;
        found = true;
    }
    return strength;
}
