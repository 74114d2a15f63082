/*
 * metadata - number, issuers, dates, addressees and bases, as far as they are printed.
 *
 * The own number stands alone on its line; one inside a sentence is cited. A date belongs to the
 * document when it stands alone (signed) or before 印发 (printed); the date of the meeting that
 * passed it and that of the web page are other dates.
 */
#include "engine/reader/priv.h"
#include "text/text.h"

enum {
    SIGNERS_MAX = 8,
    LINE_BYTES_MAX = 300,
    DATE_BYTES_MAX = 66,
    PLACE_BYTES = 6,
    SIGNER_BYTES_MIN = 15,
    SIGNERS_LEAST_LIST = 5
};

static struct str without_brackets(struct str key)
{
    static const word_list labels = {STR_INIT("发文字号："), STR_INIT("文号："),
                                     STR_INIT("文件编号："), STR_INIT("成文日期："),
                                     STR_INIT("编号："),     {NULL, 0}};
    key = str_from_byte(key, word_start(labels, key));
    if (str_starts(key, STR("（")) && str_ends(key, STR("）")) && key.len >= 6)
        key = str_slice(key, 3, key.len - 3);
    return key;
}

bool date_alone(struct str key, struct date *ret_date)
{
    struct str rest = without_brackets(key);
    return rest.len <= DATE_BYTES_MAX && text_date(&rest, ret_date) && rest.len == 0;
}

struct str number_alone(struct arena *arena, struct str key, struct date *ret_date)
{
    struct str rest = without_brackets(key);
    if (rest.len > LINE_BYTES_MAX || !(str_has(rest, STR("号"))))
        return STR("");
    ptrdiff_t letterhead = str_find(rest, STR("文件"));
    if (letterhead > 0 && is_organ_name(str_head(rest, (size_t)letterhead)))
        rest = str_from_byte(rest, (size_t)letterhead + 6);
    struct str number = text_document_number(arena, &rest);
    struct date date = {0};
    if (str_starts(rest, STR("，")))
        rest = str_from_byte(rest, 3);
    if (number.len > 0 && rest.len > 0 && !text_date(&rest, &date) &&
        !str_starts(rest, STR("签发人")))
        return STR("");
    if (date_is_set(date) && str_is(rest, "印发"))
        return number;
    if (date_is_set(date) && rest.len > 0)
        return STR("");
    if (ret_date)
        *ret_date = date;
    return number;
}

bool is_organ_name(struct str key)
{
    return key.len >= 9 && key.len <= LIMIT_NAME && word_ends(organ_suffixes, key) &&
           !str_has(key, STR("，")) && !str_has(key, STR("关于")) && !str_has(key, STR("。")) &&
           !str_has(key, STR("：")) && !str_has(key, STR("《")) && !str_has(key, STR("联系")) &&
           head_read(key).level == HEAD_NONE;
}

bool is_signing_name(const struct reading *reading, struct str key)
{
    return is_organ_name(key) ||
           (key.len >= SIGNER_BYTES_MIN && !word_in(list_edges, key) &&
            !str_has(key, STR("联系")) && !str_has(key, STR("关于")) && !str_has(key, STR("（")) &&
            !str_has(key, STR("各")) && head_read(key).level == HEAD_NONE &&
            is_unit_name(reading->words, key) && !is_group_name(reading->words, key));
}

static bool is_imprint(struct str key)
{
    return key.len <= LINE_BYTES_MAX && str_ends(key, STR("印发")) && str_has(key, STR("日"));
}

/* 某发〔2022〕2号, by its looks. */
static bool is_number_shaped(struct str key)
{
    static const word_list years = {STR_INIT("〔20"), STR_INIT("[20"),  STR_INIT("（20"),
                                    STR_INIT("【20"), STR_INIT("〔19"), STR_INIT("[19"),
                                    {NULL, 0}};
    return (str_ends(key, STR("号")) || str_ends(key, STR("号）"))) && word_in(years, key) &&
           !str_has(key, STR("《")) && key.len <= LIMIT_NAME;
}

bool is_metadata_line(struct str key)
{
    static const word_list openings = {STR_INIT("抄送"),   STR_INIT("抄报"),   STR_INIT("（经"),
                                       STR_INIT("（此件"), STR_INIT("主题词"), {NULL, 0}};
    struct date date;
    if (key.len > LINE_BYTES_MAX || key.len == 0)
        return false;
    return date_alone(key, &date) || is_imprint(key) || word_starts(openings, key) ||
           is_number_shaped(key);
}

static void set_number(struct reading *reading, struct str number, struct date date)
{
    struct scheme_document *document = &reading->out->document;
    if (document->number.len == 0)
        document->number = number;
    if (!date_is_set(document->signed_))
        document->signed_ = date;
}

/* In the head first; else, as web pages have it, on a line of its own at the end. */
static void read_number(struct reading *reading)
{
    for (int pass = 0; pass < 2 && reading->out->document.number.len == 0; pass++)
        for (int i = 0; i < reading->paras_n && reading->out->document.number.len == 0; i++) {
            const struct para *para = &reading->paras[i];
            struct date date = {0};
            if (para->kind != PARA_TEXT || para->zone != (pass == 0 ? ZONE_HEAD : ZONE_BODY))
                continue;
            struct str number = number_alone(reading->arena, para->at.text, &date);
            if (number.len > 0)
                set_number(reading, number, date);
        }
}

/* 索引号：…　发文字号：某政办发〔2021〕16号　成文日期：…: particulars on one line. */
static void read_particulars(struct reading *reading)
{
    static const word_list labels = {STR_INIT("发文字号："), STR_INIT("文号："), {NULL, 0}};
    for (int i = 0; i < reading->paras_n && reading->out->document.number.len == 0; i++) {
        const struct para *para = &reading->paras[i];
        for (const struct str *label = labels; label->len > 0 && para->zone != ZONE_BODY; label++) {
            ptrdiff_t at = str_find(para->at.key, *label);
            struct str rest = str_from_byte(para->at.text, at < 0 ? 0 : (size_t)at + label->len);
            struct str number = at < 0 ? STR("") : text_document_number(reading->arena, &rest);
            if (number.len > 0)
                set_number(reading, number, (struct date){0});
        }
    }
}

/* The table of particulars that government portals put above a document. */
static void read_portal_row(struct reading *reading, const struct para *para)
{
    for (int i = 0; i + 1 < para->cells_n; i++) {
        struct str label = para->cells[i].at.key, value = para->cells[i + 1].at.text, rest = value;
        struct date date = {0};
        if (str_starts(label, STR("发文字号")) || str_starts(label, STR("文号")))
            set_number(reading, number_alone(reading->arena, value, NULL), date);
        else if (str_starts(label, STR("成文日期")) && text_date(&rest, &date))
            set_number(reading, STR(""), date);
    }
}

static void add_text(struct reading *reading, struct str_list *list, struct str text)
{
    for (int i = 0; i < list->n; i++)
        if (str_eq(list->items[i], text))
            return;
    if (text.len > 0)
        *arena_push(reading->arena, list->items, list->n, list->room) = text;
}

/* The place that an organ's name opens with, two characters of it. */
static struct str place_of(struct str key)
{
    static const word_list kinds = {STR_INIT("中共"), STR_INIT("政协"), {NULL, 0}};
    return str_head(str_from_byte(key, word_start(kinds, key)), PLACE_BYTES);
}

/* Where a second organ of the same place begins: 某市委办公室某市人民政府办公室; 0 = one organ. */
static size_t second_organ(const struct reading *reading, struct str key)
{
    static const word_list openings = {STR_INIT("中共"), STR_INIT("政协"), {NULL, 0}};
    static const word_list levels = {STR_INIT("省"), STR_INIT("市"), STR_INIT("县"), STR_INIT("区"),
                                     STR_INIT("州"), STR_INIT("盟"), STR_INIT("旗"), {NULL, 0}};
    size_t level = word_start(levels, key); /* 省委统战部 省政府办公厅 */
    struct str place = level > 0 ? str_head(key, level) : place_of(key);
    for (size_t at = char_len(key); at < key.len; at += char_len(str_from_byte(key, at))) {
        struct str left = str_head(key, at), right = str_from_byte(key, at);
        bool opens = str_starts(right, place) ||
                     (word_starts(openings, right) && str_eq(place_of(right), place));
        if (opens && is_signing_name(reading, left) && is_signing_name(reading, right))
            return at;
    }
    return 0;
}

/* 甲委员会办公室、乙政府办公室; with a gap between them, which is lost by now, or a 、. */
static void add_organs(struct reading *reading, struct str text)
{
    for (struct str rest = text; rest.len > 0;) {
        struct str organ = str_cut(&rest, STR("、"));
        for (int n = 0; is_signing_name(reading, normal_key(reading, organ)) && n < SIGNERS_MAX;
             n++) {
            size_t second = second_organ(reading, normal_key(reading, organ));
            struct str first = second > 0 ? str_head(organ, second) : organ;
            add_text(reading, &reading->out->document.issuers, first);
            organ = str_from_byte(organ, first.len);
        }
    }
}

/* Where the organs begin that stand one below the other above a date; `any`: units as well. */
static int first_signer(const struct reading *reading, int date_at, bool any)
{
    int first = date_at;
    while (first > 0 && first > date_at - SIGNERS_MAX) {
        const struct para *para = &reading->paras[first - 1];
        bool organ = para->kind == PARA_TEXT &&
                     (any ? is_signing_name(reading, para->at.key) : is_organ_name(para->at.key));
        if (!organ && para->zone != ZONE_DROPPED)
            break;
        first--;
    }
    return first;
}

/* Above a date that stands alone: the organs that sign. */
static void read_signers(struct reading *reading, int date_at)
{
    int first = first_signer(reading, date_at, true);
    if (date_at - first >= SIGNERS_LEAST_LIST) /* a list of units, a name a line */
        first = first_signer(reading, date_at, false);
    /* 中国人民政治协商会议 | 某市委员会, as a seal's width breaks it */
    struct str whole = first > 0 ? reading->paras[first - 1].at.text : STR("");
    if (first < date_at && str_is(whole, "中国人民政治协商会议")) {
        struct str parts[] = {whole, reading->paras[first].at.text};
        add_organs(reading, str_join(reading->arena, STR(""), parts, 2));
        first++;
    }
    for (int i = first; i < date_at; i++)
        if (reading->paras[i].zone != ZONE_DROPPED)
            add_organs(reading, reading->paras[i].at.text);
}

/* 政协某市委员会 2022年1月24日 on one line; with 印发 behind it is the imprint. */
static bool read_organ_date(struct reading *reading, const struct para *para)
{
    struct scheme_document *document = &reading->out->document;
    struct str key = para->at.key;
    bool imprint = is_imprint(key);
    if (key.len > LINE_BYTES_MAX || !str_has(key, STR("年")) || str_has(key, STR("。")))
        return false;
    for (size_t at = 0; at < key.len; at += char_len(str_from_byte(key, at))) {
        struct str rest = str_from_byte(key, at);
        struct date date;
        if (!text_date(&rest, &date))
            continue;
        struct str organ = str_head(key, at);
        bool named = organ.len == 0 || is_signing_name(reading, organ);
        if (imprint && str_is(rest, "印发") && !date_is_set(document->printed)) {
            document->printed = date;
            reading->printer = str_head(para->at.text, at);
        } else if (!imprint && rest.len == 0 && organ.len > 0 && named &&
                   !date_is_set(document->signed_)) {
            document->signed_ = date;
            add_organs(reading, str_head(para->at.text, at));
        }
        return true;
    }
    return false;
}

/* （1998年10月20日…通过，2009年6月15日…修订） below the title, of a text without a signature: the
 * meeting's day is the document's, the last one where it was revised. */
static struct date date_of_passing(const struct reading *reading)
{
    static const word_list words = {STR_INIT("通过"), STR_INIT("修订"), STR_INIT("修正"),
                                    STR_INIT("审议"), STR_INIT("审定"), {NULL, 0}};
    struct date last = {0};
    for (int i = 0; i < reading->paras_n && reading->paras[i].zone != ZONE_BODY; i++) {
        struct str key = reading->paras[i].at.key;
        if (reading->paras[i].zone == ZONE_DROPPED || !str_starts(key, STR("（")) ||
            !str_ends(key, STR("）")) || !word_in(words, key) || key.len > LIMIT_TITLE)
            continue;
        for (size_t at = 0; at < key.len; at += char_len(str_from_byte(key, at))) {
            struct str rest = str_from_byte(key, at);
            struct date date;
            bool digit = at > 0 && key.ptr[at - 1] >= '0' && key.ptr[at - 1] <= '9';
            if (!digit && is_numeral_start(rest) && text_date(&rest, &date))
                last = date;
        }
    }
    return last;
}

/* 2023年4月11日上午，…召开会议: minutes without a signature bear the day of their meeting. */
static struct date date_of_minutes(const struct reading *reading)
{
    struct date date = {0};
    if (!str_has(reading->out->document.title, STR("纪要")))
        return date;
    for (int i = 0; i < reading->paras_n; i++) {
        struct str rest = reading->paras[i].at.key;
        if (reading->paras[i].zone == ZONE_BODY && is_numeral_start(rest) &&
            text_date(&rest, &date))
            break;
    }
    return date;
}

static void read_dates(struct reading *reading)
{
    struct scheme_document *document = &reading->out->document;
    for (int i = 0; i < reading->paras_n; i++) {
        const struct para *para = &reading->paras[i];
        struct date date;
        if (para->zone == ZONE_DROPPED)
            continue;
        if (para->kind == PARA_ROW) {
            if (para->zone == ZONE_HEAD)
                read_portal_row(reading, para);
        } else if (date_alone(para->at.text, &date)) {
            if (!date_is_set(document->signed_) || document->issuers.n == 0)
                read_signers(reading, i);
            if (!date_is_set(document->signed_))
                document->signed_ = date;
        } else {
            read_organ_date(reading, para);
        }
    }
    document->date = date_is_set(document->signed_) ? document->signed_ : document->printed;
    if (!date_is_set(document->date))
        document->date = document->signed_ = date_of_passing(reading);
    if (!date_is_set(document->date))
        document->date = document->signed_ = date_of_minutes(reading);
    if (!date_is_set(document->date))
        scheme_warn(reading->arena, reading->out, 0, "no-date", STR(""),
                    "没有读出成文日期或印发日期，请对照原文补填。");
}

/* No signature: the organ that opens the title, the letterhead, last the one that prints. */
static void read_issuers(struct reading *reading)
{
    struct scheme_document *document = &reading->out->document;
    ptrdiff_t about = str_find(document->title, STR("关于"));
    if (document->issuers.n == 0 && about > 0)
        add_organs(reading, str_head(document->title, (size_t)about));
    for (int i = 0; i < reading->paras_n && reading->paras[i].zone != ZONE_BODY; i++) {
        const struct para *para = &reading->paras[i];
        struct str text = para->at.text, letterhead = STR("文件");
        if (str_ends(text, letterhead))
            text.len -= letterhead.len;
        if (document->issuers.n == 0 && para->kind == PARA_TEXT && para->zone == ZONE_HEAD)
            add_organs(reading, text);
    }
    if (document->issuers.n == 0)
        add_organs(reading, reading->printer);
}

static void read_addressees(struct reading *reading)
{
    struct scheme_document *document = &reading->out->document;
    for (int i = 0; i < reading->paras_n; i++) {
        const struct para *para = &reading->paras[i];
        if (para->zone == ZONE_BODY)
            return;
        struct str text = para->at.text, colon = STR("：");
        if (para->kind != PARA_TEXT || para->zone != ZONE_HEAD || !str_ends(text, colon) ||
            !(str_has(para->at.key, STR("各")) || str_has(para->at.key, STR("有关"))))
            continue;
        text.len -= colon.len;
        struct str separator = str_has(text, STR("，")) ? STR("，") : STR("、");
        while (text.len > 0) {
            struct str whole = text, name = str_cut(&text, separator);
            /* 各县（市、区）公安局 */
            while (text.len > 0 && str_find_last(name, STR("（")) > str_find_last(name, STR("）")))
                name = str_head(whole, name.len + separator.len + str_cut(&text, separator).len);
            add_text(reading, &document->addressees, name);
        }
        return;
    }
}

void metadata_read(struct reading *reading)
{
    title_read(reading);
    read_number(reading);
    read_particulars(reading);
    read_dates(reading);
    read_issuers(reading);
    read_addressees(reading);
    provisions_read(reading);
    if (reading->out->document.inner_title.len > 0)
        reading->out->document.notice_number = reading->out->document.number;
}
