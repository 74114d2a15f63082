/*
 * checks - what the reader has read, held against itself: printed counts, names that stand twice,
 * names that look misprinted, a text that stops in the middle.
 */
#include "engine/reader/priv.h"

enum { NAMES_COMPARED = 400, WARNINGS_MAX = 2000 };

static void check_count(struct reading *reading, const struct scheme_link *link)
{
    int parts = 0;
    for (int i = 0; i < link->to_n; i++)
        parts += link->to[i].parts.n;
    bool same = link->declared_count == link->to_n || link->declared_count == link->to_n + parts;
    if (link->declared_count < 0 || same)
        return;
    scheme_warn(reading->arena, reading->out, link->line, "count-mismatch", link->from.name,
                "第%d行“%.*s”印的是%d个单位，读出%d个，请对照原文核对。", link->line,
                STR_ARG(link->from.name), link->declared_count, link->to_n);
}

static void check_duplicates(struct reading *reading, const struct scheme_link *link)
{
    int n = link->to_n < NAMES_COMPARED ? link->to_n : NAMES_COMPARED;
    for (int i = 1; i < n; i++)
        for (int k = 0; k < i; k++)
            if (str_eq(link->to[i].name, link->to[k].name)) {
                scheme_warn(reading->arena, reading->out, link->to[i].line, "duplicate-name",
                            link->to[i].name, "第%d行“%.*s”的名单中“%.*s”出现两次，请核对。",
                            link->to[i].line, STR_ARG(link->from.name), STR_ARG(link->to[i].name));
                break;
            }
}

static void check_misprint(struct reading *reading, const struct scheme_party *party)
{
    if (party->held)
        scheme_warn(reading->arena, reading->out, party->line, "suspected-misprint", party->name,
                    "第%d行“%.*s”疑似误印，可能应为“%.*s”，请人工确认后再导入。", party->line,
                    STR_ARG(party->name), STR_ARG(party->hint));
}

/* The last paragraph stops without an end, and is neither a name, a date nor a table. */
static void check_end(struct reading *reading)
{
    if (reading->last_para < 0)
        return;
    const struct para *para = &reading->paras[reading->last_para];
    struct str key = para->at.key;
    if (para->kind != PARA_TEXT || ends_terminal(key) || is_metadata_line(key) ||
        is_organ_name(key) || is_unit_name(reading->words, key) || str_ends(key, STR("）")) ||
        para->zone == ZONE_HEAD || para->linked)
        return;
    static const word_list closing = {STR_INIT("记录："), STR_INIT("列席："), STR_INIT("出席："),
                                      STR_INIT("参加："), STR_INIT("校对："), STR_INIT("分送："),
                                      STR_INIT("发："),   STR_INIT("送："),   {NULL, 0}};
    if (word_starts(closing, key))
        return;
    bool prose = str_has(key, STR("，")) || str_has(key, STR("。")) || para->level != HEAD_NONE ||
                 str_has(key, STR("、"));
    if (prose && !reading->cut_told)
        scheme_warn(reading->arena, reading->out, para_line(para, key.len), "cut-off", STR(""),
                    "文件在第%d行中断，其后的内容没有读到，请补齐全文再读。",
                    para_line(para, key.len));
}

/* A notice of something else, or an arrangement in words that are not known. A document on sectors
 * need not name who is linked. */
static void check_links(struct reading *reading)
{
    bool sectors = str_has(normal_key(reading, reading->out->document.title), STR("界别"));
    if (reading->out->links_n == 0 && !sectors)
        scheme_warn(reading->arena, reading->out, 0, "no-links", STR(""),
                    "没有读出对口联系安排，请核对是否为对口联系文件，确有安排的请人工补录。");
}

void checks_run(struct reading *reading)
{
    const struct scheme *out = reading->out;
    for (int i = 0; i < out->links_n && out->warnings_n < WARNINGS_MAX; i++) {
        const struct scheme_link *link = &out->links[i];
        check_count(reading, link);
        check_duplicates(reading, link);
        check_misprint(reading, &link->from);
        for (int k = 0; k < link->to_n; k++)
            check_misprint(reading, &link->to[k]);
    }
    check_links(reading);
    check_end(reading);
}
