/*
 * pairs - links told by pairs: 提案委员会与民革市委，经济委员会与民建市委、市工商联.
 *
 * A clause, or what follows its colon, that is nothing but pairs: in each a joint stands between
 * two sides, one of them of committees or parties and the other of something else. A piece without
 * a joint goes on with the side that is open. What does not fit makes no link at all.
 */
#include "engine/reader/priv.h"

enum { PAIRS_MAX = 64, SIDE_NONE = 0, SIDE_OTHER, SIDE_COMMITTEES, SIDE_PARTIES };

struct pair {
    struct para_text left, right;
};

struct pair_list {
    struct pair items[PAIRS_MAX];
    int n;
};

static const word_list joints = {STR_INIT("与"), STR_INIT("同"), {NULL, 0}};

static bool is_side(const struct reading *reading, struct str key)
{
    return is_committee_name(key) || is_unit_name(reading->words, key) || is_own_office(key);
}

/* Where the joint of a piece stands: its left is a whole name; 0 = none. */
static size_t joint_in(const struct reading *reading, struct str key, size_t *ret_len)
{
    for (size_t at = 6; at < key.len && at <= LIMIT_HEAD; at += char_len(str_from_byte(key, at))) {
        *ret_len = word_start(joints, str_from_byte(key, at));
        if (*ret_len > 0 && at + *ret_len < key.len && is_side(reading, str_head(key, at)))
            return at;
    }
    return 0;
}

/* 、 and ， outside brackets; key.len = none. */
static size_t piece_end(struct str key, size_t from)
{
    int depth = 0;
    for (size_t at = from; at < key.len; at += char_len(str_from_byte(key, at))) {
        struct str rest = str_from_byte(key, at);
        depth += str_starts(rest, STR("（")) ? 1 : str_starts(rest, STR("）")) ? -1 : 0;
        if (depth <= 0 && (str_starts(rest, STR("、")) || str_starts(rest, STR("，"))))
            return at;
    }
    return key.len;
}

/* The pairs of a text in the order of their joints; a new one begins with the piece that holds its
 * joint, or behind the comma before it. */
static bool split_pairs(const struct reading *reading, struct para_text at, struct pair_list *ret)
{
    size_t left = 0, right = 0, comma = 0;
    ret->n = 0;
    for (size_t from = 0, to; from < at.key.len; from = to + STR("、").len) {
        size_t len;
        to = piece_end(at.key, from);
        size_t joint = joint_in(reading, str_slice(at.key, from, to), &len);
        if (joint > 0) {
            size_t begins = comma > right ? comma : from;
            if (ret->n >= PAIRS_MAX)
                return false;
            if (ret->n > 0) {
                ret->items[ret->n - 1].right = text_cut(at, right, begins);
                left = begins;
            }
            ret->items[ret->n++].left = text_cut(at, left, from + joint);
            right = from + joint + len;
        }
        if (str_starts(str_from_byte(at.key, to), STR("，")))
            comma = to + STR("，").len;
    }
    if (ret->n > 0)
        ret->items[ret->n - 1].right = text_cut(at, right, at.key.len);
    return ret->n > 0;
}

static int side_kind(struct reading *reading, const struct name_list *list)
{
    bool committees = true, parties = true;
    for (int i = 0; i < list->n; i++) {
        struct str key = normal_key(reading, list->items[i].name);
        committees = committees && (is_committee_name(key) || is_own_office(key));
        parties = parties &&
                  (is_political_party(reading->words, key) || word_ends(federation_names, key));
    }
    return list->n == 0 ? SIDE_NONE
           : committees ? SIDE_COMMITTEES
           : parties    ? SIDE_PARTIES
                        : SIDE_OTHER;
}

static bool pair_read(struct reading *reading, const struct para *para, const struct pair *pair,
                      struct name_list *ret_from, struct name_list *ret_to)
{
    static const word_list edges = {STR_INIT("，"), STR_INIT("、"), STR_INIT("；"), {NULL, 0}};
    if (!entities_read(reading, para, strip_words(pair->left, edges, edges), ret_from) ||
        !names_read(reading, para, strip_words(pair->right, edges, edges), STR(""), TRUST_PROSE,
                    ret_to) ||
        ret_to->unread.len > 0)
        return false;
    int from = side_kind(reading, ret_from), to = side_kind(reading, ret_to);
    for (int i = 0; from == SIDE_COMMITTEES && i < ret_from->n; i++)
        ret_from->items[i].class = PARTY_COMMITTEE;
    return from != to && (from > SIDE_OTHER || to > SIDE_OTHER);
}

/* …的对口联系关系继续保持, …建立对口联系机制: bytes of it at the end of the text. */
static size_t relation_tail(struct str key)
{
    static const word_list words = {
        STR_INIT("建立"), STR_INIT("结成"), STR_INIT("保持"), STR_INIT("继续"), STR_INIT("不变"),
        STR_INIT("关系"), STR_INIT("机制"), STR_INIT("制度"), STR_INIT("对口"), STR_INIT("结对"),
        STR_INIT("联系"), STR_INIT("联络"), STR_INIT("协商"), STR_INIT("固定"), STR_INIT("相对"),
        STR_INIT("相互"), STR_INIT("分别"), STR_INIT("互相"), STR_INIT("的"),   STR_INIT("实行"),
        STR_INIT("作为"), STR_INIT("共建"), {NULL, 0}};
    size_t len = 0;
    for (size_t word; (word = word_end(words, str_head(key, key.len - len))) > 0;)
        len += word;
    return str_has(str_from_byte(key, key.len - len), STR("联系")) ||
                   str_has(str_from_byte(key, key.len - len), STR("结对"))
               ? len
               : 0;
}

/* What may hold pairs: behind the last colon, without what says that they are linked. */
static struct para_text pairs_text(struct para_text at)
{
    static const word_list openings = {STR_INIT("其中，"), STR_INIT("其中"),   STR_INIT("即"),
                                       STR_INIT("分别是"), STR_INIT("分别为"), STR_INIT("—"),
                                       STR_INIT("-"),      STR_INIT("“"),      {NULL, 0}};
    static const word_list ends = {
        STR_INIT("。"), STR_INIT("；"), STR_INIT("，"), STR_INIT("”"), {NULL, 0}};
    ptrdiff_t colon = str_find_last(at.key, STR("："));
    if (colon >= 0)
        at = text_cut(at, (size_t)colon + STR("：").len, at.key.len);
    at = strip_words(at, openings, ends);
    return text_cut(at, 0, at.key.len - relation_tail(at.key));
}

bool pairs_read(struct reading *reading, const struct para *para, struct para_text at)
{
    struct pair_list pairs;
    at = pairs_text(at);
    if (!word_in(joints, at.key) || !split_pairs(reading, at, &pairs))
        return false;
    struct name_list *sides = arena_new(reading->arena, struct name_list, pairs.n * 2);
    for (int i = 0; i < pairs.n; i++)
        if (!pair_read(reading, para, &pairs.items[i], &sides[2 * i], &sides[2 * i + 1]))
            return false;
    for (int i = 0; i < pairs.n; i++)
        link_names(reading, para, LINK_FIXED, &sides[2 * i], &sides[2 * i + 1]);
    return true;
}

/* 市财政局、市统计局作为民革市委、市工商联的共同联系单位 */
bool common_units(struct reading *reading, const struct para *para, struct para_text at)
{
    static const struct str as = STR_INIT("作为");
    static const word_list ends = {STR_INIT("。"), STR_INIT("；"), STR_INIT("，"), {NULL, 0}};
    at = strip_words(at, NULL, ends);
    ptrdiff_t found = str_find(at.key, as);
    ptrdiff_t of = found > 0 ? str_find_last(at.key, STR("的")) : -1;
    struct name_list units, others;
    if (of < found || !is_glue(str_from_byte(at.key, (size_t)of + STR("的").len)))
        return false;
    struct para_text left = text_cut(at, 0, (size_t)found);
    struct para_text right = text_cut(at, (size_t)found + as.len, (size_t)of);
    if (!entities_read(reading, para, left, &units) ||
        !names_read(reading, para, right, STR(""), TRUST_LIST, &others))
        return false;
    link_names(reading, para, LINK_FIXED, &units, &others);
    return true;
}
