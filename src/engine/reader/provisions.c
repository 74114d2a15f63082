/*
 * provisions - what a document says about itself: who passed it, what it rests on, from when and
 * to when it holds, what it repeals, who interprets it.
 */
#include "engine/reader/lexicon.h"
#include "text/text.h"

enum {
    DECISION_BACK = 180,
    TITLE_BACK = 300,
    BASES_MAX = 60,
    REPEALS_MAX = 20,
    BASES_PARAS = 12,
    TERM_MAX = 60
};

/* Where the next of the words stands from `from` on, or -1. */
static ptrdiff_t find_word(struct str key, size_t from, const word_list words, size_t *ret_len)
{
    ptrdiff_t best = -1;
    for (const struct str *word = words; word->len > 0; word++) {
        ptrdiff_t at = str_find(str_from_byte(key, from), *word);
        if (at >= 0 && (best < 0 || at < best)) {
            best = at;
            *ret_len = word->len;
        }
    }
    return best < 0 ? -1 : best + (ptrdiff_t)from;
}

/* The numeral that ends where `end` is: 十九 in 四届十九次. */
static int number_before(struct str key, size_t end, size_t *ret_from)
{
    for (size_t from = end > 30 ? end - 30 : 0; from < end; from++) {
        struct str at = str_slice(key, from, end);
        if (((unsigned char)at.ptr[0] & 0xC0) == 0x80)
            continue;
        struct str rest = at;
        int64_t number = text_numeral(&rest);
        if (number > 0 && number < 1000 && rest.len == 0) {
            *ret_from = from;
            return (int)number;
        }
    }
    return 0;
}

/* 七届二次主席会议, 第六届委员会常务委员会第二十八次会议: numbers out, what is left is the name. */
static struct str meeting_name(struct reading *reading, struct para_text at, size_t term_end,
                               size_t session_from, size_t session_end)
{
    static const word_list openings = {
        STR_INIT("委员会"), STR_INIT("政协"), STR_INIT("市委"), STR_INIT("市政协"), {NULL, 0}};
    struct para_text name = text_cut(at, term_end, session_from);
    if (str_ends(name.key, STR("第")))
        name = text_cut(name, 0, name.key.len - 3);
    size_t skip = str_starts(name.key, STR("委员会")) && name.key.len > 9
                      ? word_start(openings, name.key)
                      : 0;
    name = text_cut(name, skip, name.key.len);
    if (str_is(name.key, "委员会"))
        name = text_cut(name, 0, 0);
    struct str parts[] = {name.text, str_slice(at.text, session_end, at.text.len)};
    return str_join(reading->arena, STR(""), parts, 2);
}

/* `end` is behind 会议. */
static bool read_meeting(struct reading *reading, struct para_text at, size_t end, int line)
{
    struct scheme_decision *decision = &reading->out->document.decision;
    size_t from = end > DECISION_BACK ? end - DECISION_BACK : 0;
    while (from < end && ((unsigned char)at.key.ptr[from] & 0xC0) == 0x80)
        from++;
    struct para_text span = text_cut(at, from, end);
    static const word_list stops = {STR_INIT("。"), STR_INIT("；"), STR_INIT("》"), {NULL, 0}};
    size_t len;
    for (ptrdiff_t stop; (stop = find_word(span.key, 0, stops, &len)) >= 0;)
        span = text_cut(span, (size_t)stop + len, span.key.len);
    ptrdiff_t term = str_find(span.key, STR("届")), session = str_find_last(span.key, STR("次"));
    size_t term_from = 0, session_from = 0, term_end = 0;
    if (session < 0)
        return false;
    decision->session = number_before(span.key, (size_t)session, &session_from);
    if (decision->session == 0)
        return false;
    if (term >= 0 && term < session) {
        decision->term = number_before(span.key, (size_t)term, &term_from);
        term_end = (size_t)term + 3;
    } else {
        term_end = session_from;
    }
    decision->meeting = meeting_name(reading, span, term_end, session_from, (size_t)session + 3);
    for (size_t i = 0; i < span.key.len; i += char_len(str_from_byte(span.key, i))) {
        struct str rest = str_from_byte(span.key, i);
        if (is_numeral_start(rest) && text_date(&rest, &decision->date))
            break;
    }
    decision->line = line;
    return true;
}

/* 经市委、市人民政府同意: no meeting, but who agreed. */
static bool read_consent(struct reading *reading, struct para_text at, size_t consent, int line)
{
    static const word_list openings = {STR_INIT("经"), STR_INIT("报"), {NULL, 0}};
    size_t from = consent > LIMIT_NAME ? consent - LIMIT_NAME : 0, len;
    ptrdiff_t open = -1;
    for (ptrdiff_t next = (ptrdiff_t)from - 1;
         (next = find_word(at.key, (size_t)(next + 1), openings, &len)) >= 0 &&
         (size_t)next < consent;)
        open = next;
    if (open < 0)
        return false;
    struct para_text who = text_cut(at, (size_t)open + 3, consent);
    static const word_list ends = {STR_INIT("研究"), STR_INIT("协商"), STR_INIT("讨论"), {NULL, 0}};
    who = text_cut(who, 0, who.key.len - word_end(ends, who.key));
    struct str last = who.key;
    ptrdiff_t comma = str_find_last(last, STR("、"));
    last = str_from_byte(last, comma < 0 ? 0 : (size_t)comma + 3);
    if (who.key.len < 6 || str_has(who.key, STR("，")) || !word_ends(organ_suffixes, last))
        return false;
    reading->out->document.decision = (struct scheme_decision){.meeting = who.text, .line = line};
    return true;
}

static bool read_decision(struct reading *reading, const struct para *para)
{
    static const word_list words = {
        STR_INIT("通过"), STR_INIT("同意"), STR_INIT("研究决定"), STR_INIT("审定"), {NULL, 0}};
    static const word_list links = {STR_INIT("审议"), STR_INIT("协商"), STR_INIT("讨论"),
                                    STR_INIT("研究"), STR_INIT("审定"), STR_INIT("表决"),
                                    STR_INIT("已"),   {NULL, 0}};
    struct para_text at = para->at;
    size_t len;
    for (ptrdiff_t found = -1;
         (found = find_word(at.key, (size_t)(found + 1), words, &len)) >= 0;) {
        size_t end = (size_t)found;
        for (size_t link; (link = word_end(links, str_head(at.key, end))) > 0;)
            end -= link;
        int line = para_line(para, (size_t)found);
        if (str_ends(str_head(at.key, end), STR("会议")) && read_meeting(reading, at, end, line))
            return true;
        if (str_starts(str_from_byte(at.key, (size_t)found), STR("同意")) &&
            read_consent(reading, at, end, line))
            return true;
    }
    return false;
}

/* 《…》（某发〔2016〕10号) at the start of the slice: title and number as one text. */
static size_t read_citation(struct str key, size_t open, struct str *ret_number_part)
{
    struct str rest = str_head(str_from_byte(key, open), LIMIT_TITLE);
    int depth = 0;
    size_t end = 0;
    for (size_t i = 0; i + 3 <= rest.len && end == 0; i++) {
        struct str sign = str_slice(rest, i, i + 3);
        depth += str_is(sign, "《");
        if (str_is(sign, "》") && --depth == 0)
            end = i + 3;
    }
    *ret_number_part = STR("");
    struct str behind = str_from_byte(rest, end);
    ptrdiff_t close = str_find(str_head(behind, LIMIT_NAME), STR("）"));
    if (end > 0 && str_starts(behind, STR("（")) && close > 0 &&
        str_has(str_head(behind, (size_t)close), STR("号")))
        *ret_number_part = str_slice(behind, 3, (size_t)close);
    return end == 0 ? 0 : end + (ret_number_part->len > 0 ? ret_number_part->len + 6 : 0);
}

/* Within the preamble: what stands behind 根据, 按照, 贯彻 … */
static void read_bases(struct reading *reading, const struct para *para)
{
    static const word_list openings = {STR_INIT("根据"), STR_INIT("按照"), STR_INIT("依据"),
                                       STR_INIT("依照"), STR_INIT("遵照"), STR_INIT("参照"),
                                       STR_INIT("贯彻"), STR_INIT("落实"), {NULL, 0}};
    struct str_list *bases = &reading->out->document.bases;
    struct str key = para->at.key, number;
    size_t len = 0;
    ptrdiff_t from = find_word(key, 0, openings, &len);
    if (from < 0)
        return;
    for (size_t at = (size_t)from; bases->n < BASES_MAX;) {
        ptrdiff_t open = str_find(str_from_byte(key, at), STR("《"));
        if (open < 0)
            return;
        at += (size_t)open;
        size_t taken = read_citation(key, at, &number);
        if (taken == 0)
            return;
        *arena_push(reading->arena, bases->items, bases->n, bases->room) =
            str_slice(para->at.text, at, at + taken);
        at += taken;
    }
}

static struct str citation_label(struct reading *reading, const struct para *para, size_t open,
                                 size_t taken, struct str number)
{
    struct str text = number, canonical = text_document_number(reading->arena, &text);
    return canonical.len > 0 ? canonical : str_slice(para->at.text, open, open + taken);
}

static void add_repeal(struct reading *reading, struct str what)
{
    struct str_list *repeals = &reading->out->document.repeals;
    if (repeals->n < REPEALS_MAX)
        *arena_push(reading->arena, repeals->items, repeals->n, repeals->room) = what;
}

/* 原某办〔2012〕15号文件停止执行: numbers without a title before them. */
static void repeals_by_number(struct reading *reading, const struct para *para, size_t from,
                              size_t to)
{
    static const word_list openings = {STR_INIT("原"),   STR_INIT("。"), STR_INIT("，"),
                                       STR_INIT("、"),   STR_INIT("；"), STR_INIT("和"),
                                       STR_INIT("及"),   STR_INIT("与"), STR_INIT("（"),
                                       STR_INIT("文件"), {NULL, 0}};
    for (size_t at = from; at < to;) {
        struct str rest = str_slice(para->at.text, at, to);
        struct str after = rest, number = STR("");
        if (at == from || word_ends(openings, str_head(para->at.key, at)))
            number = text_document_number(reading->arena, &after);
        bool whole = number.len > 0 && !word_start(openings, number);
        if (whole)
            add_repeal(reading, number);
        at += whole ? rest.len - after.len : char_len(rest);
    }
}

/* What the sentence with 废止 names: numbers, titles where there is none. */
static void read_repeals(struct reading *reading, const struct para *para)
{
    static const word_list words = {
        STR_INIT("废止"), STR_INIT("停止执行"), STR_INIT("不再执行"), {NULL, 0}};
    struct str_list *repeals = &reading->out->document.repeals;
    size_t len;
    struct str key = para->at.key;
    ptrdiff_t found = find_word(key, 0, words, &len);
    if (found < 0 || repeals->n > 0)
        return;
    size_t from = (size_t)found > 2 * TITLE_BACK ? (size_t)found - 2 * TITLE_BACK : 0;
    ptrdiff_t stop = str_find_last(str_slice(key, from, (size_t)found), STR("。"));
    from += stop < 0 ? 0 : (size_t)stop + 3;
    if (!str_has(str_slice(key, from, (size_t)found), STR("《")))
        repeals_by_number(reading, para, from, (size_t)found);
    while (repeals->n < REPEALS_MAX) {
        ptrdiff_t open = str_find(str_slice(key, from, (size_t)found), STR("《"));
        struct str number;
        if (open < 0)
            return;
        from += (size_t)open;
        size_t taken = read_citation(key, from, &number);
        if (taken == 0)
            return;
        add_repeal(reading, citation_label(reading, para, from, taken, number));
        from += taken;
    }
}

/* 自印发之日起施行, 自2023年1月1日起施行, 有效期至2025年12月31日 */
static void read_effect(struct reading *reading, const struct para *para)
{
    static const word_list words = {STR_INIT("施行"), STR_INIT("实施"), STR_INIT("执行"),
                                    STR_INIT("生效"), STR_INIT("试行"), {NULL, 0}};
    struct scheme_document *document = &reading->out->document;
    struct str key = para->at.key;
    size_t len;
    for (size_t at = 0; !document->effective_on_issue && !date_is_set(document->effective);) {
        ptrdiff_t found = str_find(str_from_byte(key, at), STR("自"));
        if (found < 0)
            break;
        at += (size_t)found + 3;
        struct str span = str_head(str_from_byte(key, at), LIMIT_NAME);
        ptrdiff_t end = find_word(span, 0, words, &len);
        span = str_head(span, end < 0 ? 0 : (size_t)end);
        struct str rest = span;
        struct date date;
        if (text_date(&rest, &date) && str_starts(rest, STR("起")))
            document->effective = date;
        document->effective_on_issue =
            str_ends(span, STR("之日起")) || str_ends(span, STR("之日起正式"));
    }
    ptrdiff_t until = str_find(para->at.key, STR("有效期至"));
    struct str rest =
        str_from_byte(para->at.key, until < 0 ? para->at.key.len : (size_t)until + 12);
    if (until >= 0)
        (void)text_date(&rest, &document->ends);
}

/* 试行期两年, 有效期为5年, 自…起试行一年: months; 0 = none. */
static int months_of_force(struct str key)
{
    static const word_list words = {STR_INIT("试行期"), STR_INIT("暂行期"), STR_INIT("有效期"),
                                    STR_INIT("试行"),   STR_INIT("暂行"),   {NULL, 0}};
    static const word_list joints = {STR_INIT("限"), STR_INIT("为"), STR_INIT("暂定"), {NULL, 0}};
    size_t len;
    for (ptrdiff_t at = -1; (at = find_word(key, (size_t)(at + 1), words, &len)) >= 0;) {
        struct str rest = str_from_byte(key, (size_t)at);
        rest = str_from_byte(rest, word_start(words, rest));
        for (size_t joint; (joint = word_start(joints, rest)) > 0;)
            rest = str_from_byte(rest, joint);
        int64_t number = text_numeral(&rest);
        if (number <= 0 || number > TERM_MAX)
            continue;
        if (str_starts(rest, STR("年")))
            return (int)number * 12;
        if (str_starts(rest, STR("个月")))
            return (int)number;
    }
    return 0;
}

/* The last day of so many months from the first. */
static struct date last_day(struct date first, int months)
{
    struct date end = date_add_months(first, months);
    return end.day == first.day ? date_add_days(end, -1) : end;
}

static void read_interpreter(struct reading *reading, const struct para *para)
{
    static const word_list words = {STR_INIT("负责解释"), STR_INIT("解释"), {NULL, 0}};
    struct str key = para->at.key;
    size_t len;
    ptrdiff_t end = find_word(key, 0, words, &len);
    if (end < 0 || reading->out->document.interpreter.len > 0)
        return;
    ptrdiff_t from = str_find_last(str_head(key, (size_t)end), STR("由"));
    if (from < 0 || end - from > LIMIT_NAME || end - from < 12)
        return;
    struct str who = str_slice(key, (size_t)from + 3, (size_t)end);
    if (word_ends(organ_suffixes, who) || is_unit_name(reading->words, who))
        reading->out->document.interpreter =
            str_slice(para->at.text, (size_t)from + 3, (size_t)end);
}

/* A longer paragraph is looked at no further than this. */
static struct para opening_of(const struct para *para)
{
    struct para opening = *para;
    size_t end = para->at.key.len;
    if (end > LIMIT_PARAGRAPH) {
        end = LIMIT_PARAGRAPH;
        while (end > 0 && ((unsigned char)para->at.key.ptr[end] & 0xC0) == 0x80)
            end--;
    }
    opening.at = text_cut(para->at, 0, end);
    return opening;
}

void provisions_read(struct reading *reading)
{
    bool decided = false;
    int prose = 0, months = 0;
    for (int i = 0; i < reading->paras_n; i++) {
        struct para para = opening_of(&reading->paras[i]);
        if (para.kind != PARA_TEXT || para.zone == ZONE_DROPPED)
            continue;
        decided = decided || read_decision(reading, &para);
        bool preamble = para.level == HEAD_NONE || para.level == HEAD_ARTICLE;
        if (para.zone == ZONE_BODY && preamble && prose++ < BASES_PARAS)
            read_bases(reading, &para);
        if (!str_has(para.at.key, STR("本"))) /* of itself, not of another */
            continue;
        read_effect(reading, &para);
        months = months > 0 || para.zone != ZONE_BODY ? months : months_of_force(para.at.key);
        read_repeals(reading, &para);
        read_interpreter(reading, &para);
    }
    struct scheme_document *document = &reading->out->document;
    if (document->effective_on_issue && !date_is_set(document->effective))
        document->effective = date_is_set(document->printed) ? document->printed : document->date;
    struct date first = date_is_set(document->effective) ? document->effective : document->date;
    if (months > 0 && date_is_set(first) && !date_is_set(document->ends))
        document->ends = last_day(first, months);
}
