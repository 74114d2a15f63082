/*
 * zones - where the document begins, and what in the file is not the document.
 *
 * Web pages leave their menus around it, printing shops their orders behind it. Such lines are
 * left out before anything else is read, and one warning tells where; it never repeats them.
 */
#include "engine/reader/priv.h"
#include "text/text.h"

enum {
    CHROME_BYTES_MAX = 240,
    PROSE_BYTES = 120,
    MOBILE_DIGITS = 11,
    MENU_ITEM_BYTES = 18,
    MENU_ITEMS = 3,
    LIST_LEAST = 3
};

/* 首页|政协概况|委员风采 */
static bool is_menu(struct str key)
{
    int items = 0;
    while (key.len > 0) {
        if (str_cut(&key, STR("|")).len > MENU_ITEM_BYTES)
            return false;
        items++;
    }
    return items >= MENU_ITEMS;
}

static bool is_chrome(const struct reading *reading, const struct para *para, bool at_edge)
{
    struct str key = para->at.key;
    if (para->kind != PARA_TEXT || key.len > CHROME_BYTES_MAX)
        return false;
    if (word_is(chrome_lines, key) || set_in(reading->words, SET_CHROME_WORDS, key))
        return true;
    return at_edge && (word_starts(chrome_openings, key) || is_menu(key));
}

static bool is_prose(const struct para *para)
{
    return para->kind == PARA_TEXT && str_has(para->at.key, STR("。"));
}

/* A mobile telephone number: never part of an official document's text. */
static bool has_mobile(struct str key)
{
    int run = 0;
    for (size_t i = 0; i <= key.len; i++) {
        bool digit = i < key.len && key.ptr[i] >= '0' && key.ptr[i] <= '9';
        if (!digit && run == MOBILE_DIGITS && key.ptr[i - MOBILE_DIGITS] == '1')
            return true;
        run = digit ? run + 1 : 0;
    }
    return false;
}

static bool is_order_line(const struct reading *reading, struct str key)
{
    return key.len <= CHROME_BYTES_MAX && set_in(reading->words, SET_ORDER_WORDS, key);
}

/* Lines next to an order that belong to it: labels, numbers, deliveries; not the document's own. */
static bool belongs_to_order(const struct para *para, bool behind)
{
    struct str key = para->at.key;
    if (para->kind != PARA_TEXT || para->level != HEAD_NONE || key.len > CHROME_BYTES_MAX ||
        is_metadata_line(key) || word_starts(line_openings, key))
        return false;
    if (word_starts(order_labels, key) || has_mobile(key) || str_has(key, STR("★")))
        return true;
    return behind && !is_prose(para) && !str_has(key, STR("《"));
}

static int drop(struct reading *reading, int from, int to)
{
    for (int i = from; i <= to; i++)
        reading->paras[i].zone = ZONE_DROPPED;
    return to;
}

static void warn_dropped(struct reading *reading, int from, int to)
{
    int first = reading->paras[from].line, last = reading->paras[to].line;
    scheme_warn(reading->arena, reading->out, first, "dropped-matter", STR(""),
                "第%d行至第%d行不是文件内容（网页栏目、印刷要求等），已略去，请核对。", first,
                last);
    reading->out->warnings[reading->out->warnings_n - 1].last_line = last;
}

static void drop_orders(struct reading *reading)
{
    for (int i = 0; i < reading->paras_n; i++) {
        struct para *para = &reading->paras[i];
        if (para->kind != PARA_TEXT || !is_order_line(reading, para->at.key) || is_prose(para) ||
            para->zone == ZONE_DROPPED)
            continue;
        int from = i, to = i;
        while (from > 0 && reading->paras[from - 1].zone != ZONE_DROPPED &&
               belongs_to_order(&reading->paras[from - 1], false))
            from--;
        while (to + 1 < reading->paras_n && (belongs_to_order(&reading->paras[to + 1], true) ||
                                             is_order_line(reading, reading->paras[to + 1].at.key)))
            to++;
        i = drop(reading, from, to);
        warn_dropped(reading, from, to);
    }
}

/* Behind the imprint or the last date: telephone lines and menus of the page. */
static void drop_tail(struct reading *reading)
{
    int from = reading->paras_n;
    while (from > 0) {
        const struct para *para = &reading->paras[from - 1];
        bool foreign = para->zone == ZONE_DROPPED || is_chrome(reading, para, true) ||
                       (para->kind == PARA_TEXT && para->level == HEAD_NONE && !is_prose(para) &&
                        has_mobile(para->at.key));
        if (!foreign)
            break;
        from--;
    }
    int first = from;
    while (first < reading->paras_n && reading->paras[first].zone == ZONE_DROPPED)
        first++;
    if (first < reading->paras_n)
        warn_dropped(reading, first, drop(reading, first, reading->paras_n - 1));
}

static bool is_portal_row(const struct para *para)
{
    static const word_list labels = {
        STR_INIT("索引号"),   STR_INIT("发文字号"), STR_INIT("文号"),     STR_INIT("成文日期"),
        STR_INIT("发布日期"), STR_INIT("发文机关"), STR_INIT("发布机构"), STR_INIT("主题分类"),
        STR_INIT("标题"),     STR_INIT("有效性"),   STR_INIT("名称"),     {NULL, 0}};
    for (int i = 0; i < para->cells_n; i++)
        if (word_starts(labels, para->cells[i].at.key))
            return true;
    return false;
}

/* 首页 | 政务公开 | 互动交流: a menu set as a table of one row. */
static bool is_menu_row(const struct reading *reading, int at)
{
    const struct para *row = &reading->paras[at];
    bool alone = (at == 0 || row[-1].kind != PARA_ROW) &&
                 (at + 1 >= reading->paras_n || row[1].kind != PARA_ROW);
    if (row->kind != PARA_ROW || !alone || row->cells_n < 3)
        return false;
    for (int i = 0; i < row->cells_n; i++)
        if (row->cells[i].at.key.len > MENU_ITEM_BYTES ||
            set_ends(reading->words, SET_UNIT_SUFFIXES, row->cells[i].at.key))
            return false;
    return true;
}

/* 甲局 乙局 丙局; organs side by side are a letterhead. */
static bool is_gap_list(const struct reading *reading, struct str raw)
{
    int names = 0, organs = 0;
    while (raw.len > 0) {
        struct str name = str_cut(&raw, STR(" "));
        if (name.len == 0)
            continue;
        struct str key = name.len <= LIMIT_NAME ? normal_line(reading, name).key : STR("");
        if (!is_unit_name(reading->words, key))
            return false;
        names++;
        organs += is_organ_name(key);
    }
    return names >= LIST_LEAST && organs < names;
}

/* 甲局、乙局、丙局: names and nothing else, of nobody addressed. */
static bool is_list(const struct reading *reading, int at)
{
    struct str key = at < reading->paras_n ? reading->paras[at].at.key : STR("");
    int names = 0;
    if (str_has(key, STR("各")) || str_has(key, STR("：")))
        return false;
    if (!str_has(key, STR("、")) && at < reading->paras_n)
        return is_gap_list(reading, reading->paras[at].raw);
    while (key.len > 0) {
        struct str name = str_cut(&key, STR("、"));
        if (name.len > LIMIT_NAME || !is_unit_name(reading->words, name))
            return false;
        names++;
    }
    return names >= LIST_LEAST;
}

static bool ends_head(const struct reading *reading, int at)
{
    const struct para *para = &reading->paras[at];
    struct str key = para->at.key;
    if (para->kind == PARA_ROW)
        return !is_portal_row(para);
    /* 现将对口联系关系明确如下（排名不分先后）： */
    bool opens =
        str_ends(key, STR("：")) && (str_has(key, STR("如下")) || str_has(key, STR("现将")));
    return para->level != HEAD_NONE || is_prose(para) || opens || key.len > 3 * PROSE_BYTES ||
           is_list(reading, at) || (is_list(reading, at + 1) && !word_ends(title_kinds, key));
}

static void mark_head(struct reading *reading)
{
    int dropped = 0, first = -1;
    for (int i = 0; i < reading->paras_n; i++) {
        struct para *para = &reading->paras[i];
        if (is_chrome(reading, para, true) || is_menu_row(reading, i)) {
            first = first < 0 ? i : first;
            dropped = i;
            para->zone = ZONE_DROPPED;
            continue;
        }
        if (ends_head(reading, i))
            break;
        para->zone = ZONE_HEAD;
    }
    if (first >= 0)
        warn_dropped(reading, first, dropped);
}

static void drop_menus(struct reading *reading)
{
    for (int i = 0; i < reading->paras_n; i++)
        if (reading->paras[i].zone == ZONE_BODY && is_chrome(reading, &reading->paras[i], false)) {
            reading->paras[i].zone = ZONE_DROPPED;
            warn_dropped(reading, i, i);
        }
}

/* 绝密, 机密, 秘密★5年 stand alone on a line of the head, or begin it before a number. */
static bool is_secrecy_mark(struct str key)
{
    static const word_list marks = {
        STR_INIT("绝密"), STR_INIT("机密"), STR_INIT("秘密"), {NULL, 0}};
    static const word_list signs = {STR_INIT("★"), STR_INIT("☆"), STR_INIT("*"), {NULL, 0}};
    struct str label = STR("密级：");
    key = str_from_byte(key, str_starts(key, label) ? label.len : 0);
    size_t len = word_start(marks, key);
    struct str rest = str_from_byte(key, len);
    if (len == 0)
        return false;
    return rest.len == 0 || word_starts(signs, rest);
}

/* Anywhere, a mark with its star is a mark: 秘密★1年. */
static bool has_starred_mark(struct str key)
{
    static const word_list kinds = {STR_INIT("绝"), STR_INIT("机"), STR_INIT("秘"), {NULL, 0}};
    static const struct str mark = STR_INIT("密★");
    for (size_t at = 0; at < key.len;) {
        ptrdiff_t found = str_find(str_from_byte(key, at), mark);
        if (found < 0)
            return false;
        at += (size_t)found;
        if (word_ends(kinds, str_head(key, at)))
            return true;
        at += mark.len;
    }
    return false;
}

static struct str para_any_key(const struct para *para, int i)
{
    return para->kind == PARA_ROW ? para->cells[i].at.key : para->at.key;
}

static enum status refuse_secret(struct reading *reading, struct fault *fault)
{
    for (int i = 0; i < reading->paras_n; i++) {
        const struct para *para = &reading->paras[i];
        int n = para->kind == PARA_ROW ? para->cells_n : 1;
        for (int c = 0; c < n; c++) {
            struct str key = para_any_key(para, c);
            if (has_starred_mark(key) || (para->zone == ZONE_HEAD && is_secrecy_mark(key)))
                return refuse(reading->arena, fault, INVALID, "",
                              "第%d行带有国家秘密标志，本系统为非涉密系统，不能读取，"
                              "请将文件移出并按保密规定处理。",
                              para->line);
        }
    }
    return OK;
}

static void warn_internal(struct reading *reading)
{
    static const word_list marks = {STR_INIT("内部资料"), STR_INIT("内部文件"),
                                    STR_INIT("不予公开"), STR_INIT("注意保存"),
                                    STR_INIT("工作秘密"), {NULL, 0}};
    for (int i = 0; i < reading->paras_n; i++) {
        const struct para *para = &reading->paras[i];
        if (para->kind != PARA_TEXT || para->at.key.len > CHROME_BYTES_MAX ||
            !word_in(marks, para->at.key) || is_prose(para))
            continue;
        scheme_warn(reading->arena, reading->out, para->line, "internal", STR(""),
                    "第%d行标有“内部”字样，请确认可以录入本系统后再导入。", para->line);
        return;
    }
}

enum status zones_read(struct reading *reading, struct fault *fault)
{
    drop_orders(reading);
    mark_head(reading);
    TRY(refuse_secret(reading, fault));
    warn_internal(reading);
    drop_menus(reading);
    drop_tail(reading);
    reading->last_para = reading->paras_n - 1;
    while (reading->last_para >= 0 && reading->paras[reading->last_para].zone == ZONE_DROPPED)
        reading->last_para--;
    return OK;
}

bool is_last_text(const struct reading *reading, const struct para *para, struct str text)
{
    if (reading->last_para < 0 || para != &reading->paras[reading->last_para] || text.len == 0)
        return false;
    struct str whole = para->at.text;
    for (int i = 0; i < para->cells_n; i++)
        if (para->cells[i].at.text.len > 0)
            whole = para->cells[i].at.text;
    return text.ptr + text.len == whole.ptr + whole.len && !ends_terminal(text);
}
