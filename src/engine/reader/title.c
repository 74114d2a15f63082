/*
 * title - the document's title, often over several lines, and that of the measure it carries.
 */
#include "engine/reader/priv.h"

enum {
    TITLE_LINES_MAX = 5,
    TITLE_BYTES_MIN = 12,
    STUB_BYTES = 18,
    HALF_BYTES_MIN = 30,
    YEAR_BYTES = 22
};

static struct str without_tail(struct str key)
{
    for (size_t len; (len = word_end(title_tails, key)) > 0;)
        key = str_head(key, key.len - len);
    /* （2022年） */
    ptrdiff_t open =
        str_ends(key, STR("年）")) || str_ends(key, STR("年度）")) || str_ends(key, STR("年版）"))
            ? str_find_last(key, STR("（"))
            : -1;
    return open > 0 && key.len - (size_t)open <= YEAR_BYTES ? str_head(key, (size_t)open) : key;
}

static bool may_be_title(const struct para *para)
{
    struct str key = para->at.key;
    return para->kind == PARA_TEXT && para->zone == ZONE_HEAD && key.len > 0 &&
           key.len <= LIMIT_TITLE && !str_has(key, STR("。")) && !str_ends(key, STR("：")) &&
           !is_metadata_line(key) && !str_ends(key, STR("文件")) &&
           !(str_starts(key, STR("（")) && str_ends(key, STR("）")));
}

static bool ends_title(struct str key)
{
    return word_ends(title_kinds, without_tail(key));
}

static bool is_issuer_line(const struct reading *reading, const struct para *para)
{
    return may_be_title(para) && is_signing_name(reading, para->at.key);
}

/* 某市政协专门委员会与政府有关部门, with the rest of the title on the very next line. */
static bool is_first_half(const struct reading *reading, int at)
{
    static const word_list subjects = {STR_INIT("委员会"), STR_INIT("专委会"), STR_INIT("部门"),
                                       STR_INIT("单位"),   STR_INIT("党派"),   STR_INIT("政协"),
                                       STR_INIT("界别"),   STR_INIT("委员"),   {NULL, 0}};
    if (at < 0 || reading->paras[at + 1].blank_before || !may_be_title(&reading->paras[at]))
        return false;
    struct str key = reading->paras[at].at.key;
    return key.len >= HALF_BYTES_MIN && word_in(subjects, key) && !ends_title(key);
}

/* The first line of the title that ends in paragraph `last`. */
static int first_line(const struct reading *reading, int last)
{
    static const struct str about = STR_INIT("关于");
    int first = last;
    for (int i = last; i >= 0 && i > last - TITLE_LINES_MAX; i--) {
        if (!may_be_title(&reading->paras[i]))
            break;
        if (str_has(reading->paras[i].at.key, about)) {
            first = i;
            break;
        }
    }
    const struct str key = reading->paras[first].at.key;
    bool broken = key.len < STUB_BYTES || is_first_half(reading, last - 1);
    if (first == last && !str_has(key, about) && broken && first > 0 &&
        may_be_title(&reading->paras[first - 1]) &&
        !is_organ_name(reading->paras[first - 1].at.key))
        first--;
    /* One issuer straight above belongs to the title; several are a block of their own. */
    static const word_list openings = {
        STR_INIT("关于"), STR_INIT("印发《"), STR_INIT("转发《"), STR_INIT("批转《"), {NULL, 0}};
    bool issuer = word_starts(openings, reading->paras[first].at.key) && first > 0 &&
                  is_issuer_line(reading, &reading->paras[first - 1]) &&
                  !reading->paras[first].blank_before;
    bool several = issuer && first > 1 && is_issuer_line(reading, &reading->paras[first - 2]) &&
                   !reading->paras[first - 1].blank_before;
    return issuer && !several ? first - 1 : first;
}

static struct str joined(struct reading *reading, int first, int last)
{
    struct str parts[TITLE_LINES_MAX + 2];
    int n = 0;
    for (int i = first; i <= last; i++)
        parts[n++] = reading->paras[i].at.text;
    return n == 1 ? parts[0] : str_join(reading->arena, STR(""), parts, n);
}

/* 关于印发《X》的通知 carries X. */
static struct str inner_title(struct str title)
{
    static const word_list verbs = {
        STR_INIT("印发"), STR_INIT("转发"), STR_INIT("批转"), STR_INIT("下发"), {NULL, 0}};
    ptrdiff_t open = str_find(title, STR("《"));
    ptrdiff_t close = str_find_last(title, STR("》"));
    if (open < 0 || close < open || !word_in(verbs, str_head(title, (size_t)open)))
        return STR("");
    return str_slice(title, (size_t)open + 3, (size_t)close);
}

/* 特制定2017年度协商工作计划。 is as good as a title where there is none. */
static struct str title_in_text(const struct para *para)
{
    static const word_list verbs = {STR_INIT("特制定"), STR_INIT("特制订"), {NULL, 0}};
    static const word_list own = {STR_INIT("本"), STR_INIT("如下"), STR_INIT("以下"), {NULL, 0}};
    for (const struct str *verb = verbs; verb->len > 0; verb++) {
        ptrdiff_t at = str_find(para->at.key, *verb);
        struct str rest =
            str_from_byte(para->at.key, at < 0 ? para->at.key.len : (size_t)at + verb->len);
        ptrdiff_t stop = str_find(str_head(rest, LIMIT_TITLE), STR("。"));
        if (stop <= 0 || word_starts(own, rest))
            continue;
        struct str key = str_head(rest, (size_t)stop);
        struct str text = str_slice(para->at.text, (size_t)(key.ptr - para->at.key.ptr),
                                    (size_t)(key.ptr - para->at.key.ptr) + key.len);
        if (ends_title(key) && key.len >= TITLE_BYTES_MIN && !str_has(key, STR("，")))
            return text;
    }
    return STR("");
}

static bool set_title(struct reading *reading, struct str title, int line)
{
    struct scheme_document *document = &reading->out->document;
    document->title = title;
    document->line = line;
    document->inner_title = inner_title(title);
    struct str key = normal_key(reading, title);
    document->trial = str_has(key, STR("试行")) || str_has(key, STR("暂行"));
    return title.len > 0;
}

/* （试行）on a line of its own. */
static void add_tail(struct reading *reading, int last, struct str *title)
{
    const struct para *next = last + 1 < reading->paras_n ? &reading->paras[last + 1] : NULL;
    if (!next || next->zone != ZONE_HEAD || !word_is(title_tails, next->at.key) ||
        !str_starts(next->at.key, STR("（")))
        return;
    struct str parts[] = {*title, next->at.text};
    *title = str_join(reading->arena, STR(""), parts, 2);
}

static bool title_in_head(struct reading *reading)
{
    static const word_list letterhead_kinds = {STR_INIT("会议纪要"),
                                               STR_INIT("主席会议纪要"),
                                               STR_INIT("专题会议纪要"),
                                               STR_INIT("工作简报"),
                                               {NULL, 0}};
    int head = -1;
    for (int i = 0; i < reading->paras_n; i++) {
        const struct para *para = &reading->paras[i];
        if (para->zone == ZONE_BODY)
            break;
        if (!may_be_title(para) || !ends_title(para->at.key))
            continue;
        int first = first_line(reading, i);
        struct str title = joined(reading, first, i);
        /* 会议纪要, as a letterhead: the title proper follows */
        if (word_is(letterhead_kinds, normal_key(reading, title))) {
            head = head < 0 ? first : head;
        } else if (title.len >= TITLE_BYTES_MIN) {
            add_tail(reading, i, &title);
            return set_title(reading, title, reading->paras[first].line);
        }
    }
    return head >= 0 && set_title(reading, reading->paras[head].at.text, reading->paras[head].line);
}

void title_read(struct reading *reading)
{
    if (title_in_head(reading))
        return;
    for (int i = 0; i < reading->paras_n && reading->paras[i].level == HEAD_NONE; i++) {
        struct str title = title_in_text(&reading->paras[i]);
        if (title.len > 0 && set_title(reading, title, reading->paras[i].line))
            return;
    }
    scheme_warn(reading->arena, reading->out, 1, "no-title", STR(""),
                "没有读出文件标题，请对照原文补填。");
}
