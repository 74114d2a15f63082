/*
 * structure - the numbering of a document: which clause a paragraph stands in.
 *
 * 第一章, 一、, 第一条, （一）, 1., （1）. A clause is told as it is cited: 三（六）, 第五条（二）,
 * and 7 where the Arabic numbers run straight through the whole document.
 */
#include "engine/reader/priv.h"
#include "text/text.h"

enum { HEADING_BYTES_MAX = 150, NUMBER_MAX = 400, DECIMAL_MAX = 40 };

static bool take(struct str *rest, struct str word)
{
    if (!str_starts(*rest, word))
        return false;
    *rest = str_from_byte(*rest, word.len);
    return true;
}

static bool is_digit(struct str s)
{
    return s.len > 0 && s.ptr[0] >= '0' && s.ptr[0] <= '9';
}

static bool take_number(struct str *rest, int *ret_number)
{
    struct str at = *rest;
    int64_t number = is_numeral_start(at) ? text_numeral(&at) : -1;
    if (number < 1 || number > NUMBER_MAX)
        return false;
    *rest = at;
    *ret_number = (int)number;
    return true;
}

/* ①…⑳ ⑴…⒇ ㈠…㈩ are three bytes each, in order. */
static bool take_sign(struct str *rest, const char *first, int n, int *ret_number)
{
    if (rest->len < 3)
        return false;
    int order = (unsigned char)rest->ptr[2] - (unsigned char)first[2];
    if (memcmp(rest->ptr, first, 2) != 0 || order < 0 || order >= n)
        return false;
    *ret_number = order + 1;
    *rest = str_from_byte(*rest, 3);
    return true;
}

static enum head_level read_ordinal(struct str *rest, int *ret_number)
{
    static const struct {
        struct str word;
        enum head_level level;
    } units[] = {{STR_INIT("章"), HEAD_CHAPTER},
                 {STR_INIT("节"), HEAD_CHAPTER},
                 {STR_INIT("编"), HEAD_CHAPTER},
                 {STR_INIT("部分"), HEAD_CHAPTER},
                 {STR_INIT("条"), HEAD_ARTICLE}};
    if (!take(rest, STR("第")) || !take_number(rest, ret_number))
        return HEAD_NONE;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (take(rest, units[i].word))
            return units[i].level;
    return HEAD_NONE;
}

static enum head_level read_parenthesis(struct str *rest, int *ret_number)
{
    if (take_sign(rest, "㈠", 10, ret_number))
        return HEAD_PAREN;
    if (take_sign(rest, "①", 20, ret_number) || take_sign(rest, "⑴", 12, ret_number))
        return HEAD_SUB;
    if (!take(rest, STR("（")))
        return HEAD_NONE;
    enum head_level level = is_digit(*rest) ? HEAD_SUB : HEAD_PAREN;
    if (!take_number(rest, ret_number) || !take(rest, STR("）")))
        return HEAD_NONE;
    take(rest, STR("、"));
    return level;
}

/* 2．3月底前, 6．2024年12月: the number of a clause that opens with a date. */
static bool opens_with_date(struct str rest)
{
    while (is_digit(rest))
        rest = str_from_byte(rest, 1);
    return str_starts(rest, STR("年")) || str_starts(rest, STR("月"));
}

static enum head_level read_plain(struct str *rest, int *ret_number)
{
    bool arabic = is_digit(*rest);
    if (!take_number(rest, ret_number))
        return HEAD_NONE;
    if (arabic && take(rest, STR("）")))
        return HEAD_SUB;
    if (!take(rest, STR("、")) && !take(rest, STR(".")) && !take(rest, STR("。")))
        return HEAD_NONE;
    return is_digit(*rest) && !opens_with_date(*rest) ? HEAD_NONE : arabic ? HEAD_ARABIC : HEAD_TOP;
}

/* 3.1 and 3.1.2 ahead of words, as standards number their clauses; 1.5万元 and 3.5个 are amounts.
 */
static size_t decimal_head(struct str key, int *ret_number)
{
    static const word_list amounts = {
        STR_INIT("万"), STR_INIT("亿"), STR_INIT("个"),   STR_INIT("倍"), STR_INIT("元"),
        STR_INIT("%"),  STR_INIT("米"), STR_INIT("平方"), STR_INIT("人"), STR_INIT("公"),
        STR_INIT("千"), STR_INIT("百"), STR_INIT("年"),   STR_INIT("月"), STR_INIT("日"),
        STR_INIT("级"), STR_INIT("吨"), STR_INIT("小时"), {NULL, 0}};
    struct str rest = key;
    int parts = 0;
    for (;; parts++) {
        if (!is_digit(rest) || !take_number(&rest, ret_number) || *ret_number > DECIMAL_MAX)
            return 0;
        if (!take(&rest, STR(".")) || !is_digit(rest))
            break;
    }
    bool words = rest.len >= 3 && (rest.ptr[0] & 0x80) && !word_starts(amounts, rest);
    return parts > 0 && words ? key.len - rest.len : 0;
}

struct head head_read(struct str key)
{
    struct str rest = key;
    struct head head = {0};
    if (key.len < 3)
        return head;
    head.len = is_digit(rest) ? decimal_head(key, &head.number) : 0;
    if (head.len > 0) {
        head.level = HEAD_DECIMAL;
        return head;
    }
    if (str_starts(rest, STR("第")))
        head.level = read_ordinal(&rest, &head.number);
    else if (is_digit(rest))
        head.level = read_plain(&rest, &head.number);
    else if ((unsigned char)rest.ptr[0] >= 0xE2) {
        head.level = read_parenthesis(&rest, &head.number);
        if (head.level == HEAD_NONE) {
            rest = key;
            head.level = read_plain(&rest, &head.number);
        }
    }
    head.len = head.level == HEAD_NONE ? 0 : key.len - rest.len;
    return head;
}

/* ---- labels */

struct numbering {
    int at[HEAD_LEVELS]; /* number last seen at each level; 0 = none */
    bool straight;       /* Arabic numbers are not begun anew */
    struct str annex;    /* 附件2; empty in the body */
    struct str decimal;  /* 3.1, as printed */
};

static struct str chinese_number(struct arena *arena, int number)
{
    static const char *const digits[] = {"", "一", "二", "三", "四", "五", "六", "七", "八", "九"};
    if (number >= 100)
        return str_fmt(arena, "%d", number);
    const char *tens = number >= 20 ? digits[number / 10] : "";
    return str_fmt(arena, "%s%s%s", tens, number >= 10 ? "十" : "", digits[number % 10]);
}

static struct str label(struct arena *arena, const struct numbering *numbering)
{
    const int *at = numbering->at;
    struct str text = numbering->annex;
    if (numbering->decimal.len > 0)
        return str_fmt(arena, "%.*s%.*s", STR_ARG(text), STR_ARG(numbering->decimal));
    if (at[HEAD_ARTICLE] > 0)
        text = str_fmt(arena, "%.*s第%.*s条", STR_ARG(text),
                       STR_ARG(chinese_number(arena, at[HEAD_ARTICLE])));
    else if (at[HEAD_TOP] > 0 && !(numbering->straight && at[HEAD_ARABIC] > 0))
        text =
            str_fmt(arena, "%.*s%.*s", STR_ARG(text), STR_ARG(chinese_number(arena, at[HEAD_TOP])));
    if (at[HEAD_PAREN] > 0)
        text = str_fmt(arena, "%.*s（%.*s）", STR_ARG(text),
                       STR_ARG(chinese_number(arena, at[HEAD_PAREN])));
    if (at[HEAD_ARABIC] > 0 && at[HEAD_PAREN] == 0 && at[HEAD_TOP] > 0 && !numbering->straight)
        text = str_fmt(arena, "%.*s、%d", STR_ARG(text), at[HEAD_ARABIC]);
    else if (at[HEAD_ARABIC] > 0)
        text = str_fmt(arena, "%.*s%d", STR_ARG(text), at[HEAD_ARABIC]);
    if (at[HEAD_SUB] > 0)
        text = str_fmt(arena, "%.*s（%d）", STR_ARG(text), at[HEAD_SUB]);
    return text;
}

/* Do Arabic numbers go on across 一、 二、? */
static bool runs_straight(const struct reading *reading)
{
    int last = 0, tops = 0, continued = 0;
    for (int i = 0; i < reading->paras_n; i++) {
        struct head head = head_read(reading->paras[i].at.key);
        if (reading->paras[i].kind != PARA_TEXT || reading->paras[i].misnumbered)
            continue;
        if (head.level == HEAD_TOP || head.level == HEAD_CHAPTER)
            tops++;
        if (head.level != HEAD_ARABIC)
            continue;
        if (tops > 1 && head.number == 1)
            return false;
        if (tops > 1 && head.number == last + 1)
            continued++;
        last = head.number;
    }
    return continued > 0;
}

static bool is_annex_head(struct str key, struct str *ret_label)
{
    struct str rest = key;
    int number = 0;
    if (!take(&rest, STR("附件")) && !take(&rest, STR("附表")))
        return false;
    take_number(&rest, &number);
    take(&rest, STR("："));
    take(&rest, STR("."));
    if (rest.len > 0)
        return false;
    *ret_label = str_head(key, key.len - (str_ends(key, STR("：")) ? 3 : 0));
    return true;
}

static enum section section_of(struct str heading)
{
    static const struct {
        struct str word;
        enum section section;
    } words[] = {
        {STR_INIT("意义"), SECTION_AIM},     {STR_INIT("原则"), SECTION_AIM},
        {STR_INIT("指导思想"), SECTION_AIM}, {STR_INIT("总体要求"), SECTION_AIM},
        {STR_INIT("目的"), SECTION_AIM},     {STR_INIT("认识"), SECTION_AIM},
        {STR_INIT("目标"), SECTION_AIM},     {STR_INIT("形式"), SECTION_FORM},
        {STR_INIT("方式"), SECTION_FORM},    {STR_INIT("渠道"), SECTION_FORM},
        {STR_INIT("途径"), SECTION_FORM},    {STR_INIT("方法"), SECTION_FORM},
        {STR_INIT("内容"), SECTION_CONTENT}, {STR_INIT("事项"), SECTION_CONTENT},
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_has(heading, words[i].word))
            return words[i].section;
    return SECTION_NONE;
}

/* The heading of a paragraph: all of it, or what stands before its first full stop. */
struct str para_heading(const struct para *para)
{
    struct str rest = str_slice(para->at.key, para->body, para->at.key.len);
    static const word_list ends = {STR_INIT("。"), STR_INIT("："), {NULL, 0}};
    for (size_t at = 0; at < rest.len && at <= HEADING_BYTES_MAX; at++)
        if (word_starts(ends, str_from_byte(rest, at)))
            return str_head(rest, at);
    return rest.len <= HEADING_BYTES_MAX ? rest : STR("");
}

/* 注：1.…: a note with its numbers. */
static size_t note_len(struct str key)
{
    static const word_list notes = {
        STR_INIT("注："), STR_INIT("备注："), STR_INIT("说明："), {NULL, 0}};
    size_t len = word_start(notes, key);
    return len > 0 ? len + head_read(str_from_byte(key, len)).len : 0;
}

static void number_para(struct para *para, struct numbering *numbering)
{
    struct head head = head_read(para->at.key);
    struct str annex;
    if (is_annex_head(para->at.key, &annex)) {
        *numbering = (struct numbering){.straight = numbering->straight, .annex = annex};
        return;
    }
    para->level = head.level;
    para->number = head.number;
    para->body = head.len;
    numbering->decimal = STR("");
    if (head.level == HEAD_DECIMAL)
        numbering->decimal = str_head(para->at.text, head.len);
    if (head.level == HEAD_NONE) {
        para->body = note_len(para->at.key);
        return;
    }
    numbering->at[head.level] = head.number;
    for (int level = (int)head.level + 1; level < HEAD_LEVELS; level++)
        if (!(numbering->straight && level == HEAD_ARABIC) && level != HEAD_ARTICLE)
            numbering->at[level] = 0;
    if (numbering->straight && head.level < HEAD_ARABIC)
        numbering->at[HEAD_ARABIC] = 0;
}

/* The first top heading printed 1、 when the next one is 二、. */
static void mend_first_heading(struct reading *reading)
{
    struct para *first = NULL;
    for (int i = 0; i < reading->paras_n; i++) {
        struct para *para = &reading->paras[i];
        struct head head = head_read(para->at.key);
        if (head.level == HEAD_ARABIC && head.number == 1 && !first)
            first = para;
        if (head.level != HEAD_TOP)
            continue;
        if (head.number == 2 && first)
            first->misnumbered = true;
        return;
    }
}

void structure_read(struct reading *reading)
{
    mend_first_heading(reading);
    struct numbering numbering = {.straight = runs_straight(reading)};
    enum section section = SECTION_NONE;
    enum head_level owner = HEAD_NONE;
    struct str clause = STR("");
    for (int i = 0; i < reading->paras_n; i++) {
        struct para *para = &reading->paras[i];
        if (para->kind == PARA_TEXT) {
            number_para(para, &numbering);
            if (para->misnumbered) {
                para->level = HEAD_TOP;
                numbering.at[HEAD_ARABIC] = 0;
                numbering.at[HEAD_TOP] = 1;
            }
        }
        if (para->level != HEAD_NONE || (numbering.annex.len > 0 && para->kind == PARA_TEXT))
            clause = label(reading->arena, &numbering);
        /* A heading rules until the next of its own or a higher level. */
        if (para->level != HEAD_NONE && (owner == HEAD_NONE || para->level <= owner)) {
            struct str heading = para_heading(para);
            bool rules = heading.len > 0 && !str_has(heading, STR("，"));
            section = rules ? section_of(heading) : SECTION_NONE;
            owner = para->level;
        }
        para->section = section;
        para->clause = clause;
    }
}
