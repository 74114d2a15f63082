/*
 * links - who is linked with whom, as lists behind a head and as sentences say it.
 *
 *   X对口联系单位：甲、乙   负责与X对口联系的部门：甲、乙   X——甲、乙   X（甲、乙）
 *   X对口联系甲、乙          由X负责联系甲                    甲由X联系
 *
 * A link needs both: a word that says so (in the head, the sentence, or the document's title for
 * the plain X：甲、乙), and names on both sides. What is not understood makes no link.
 */
#include "engine/reader/priv.h"
#include "text/text.h"

enum { LINKS_LOOK_BACK = 64 };

static const word_list relations = {STR_INIT("对口联系"),
                                    STR_INIT("对口协商"),
                                    STR_INIT("负责联系"),
                                    STR_INIT("工作联系"),
                                    STR_INIT("联系"),
                                    STR_INIT("对口"),
                                    {NULL, 0}};

/* The committee's side stands first, whichever way the line is printed. */
static bool is_counterpart(const struct reading *reading, const struct scheme_party *party)
{
    struct str key = normal_key(reading, party->name);
    return is_committee_name(key) || party->class == PARTY_COMMITTEE;
}

static struct scheme_link *find_link(struct reading *reading, enum link_kind kind, struct str from,
                                     struct str clause)
{
    struct scheme *out = reading->out;
    int stop = out->links_n > LINKS_LOOK_BACK ? out->links_n - LINKS_LOOK_BACK : 0;
    for (int i = out->links_n; i-- > stop;)
        if (out->links[i].kind == kind && str_eq(out->links[i].from.name, from) &&
            str_eq(out->links[i].clause, clause))
            return &out->links[i];
    return NULL;
}

static struct scheme_link *add_link(struct reading *reading, const struct para *para,
                                    enum link_kind kind, const struct scheme_party *from)
{
    struct scheme *out = reading->out;
    struct scheme_link *link = find_link(reading, kind, from->name, para->clause);
    if (link)
        return link;
    link = arena_push(reading->arena, out->links, out->links_n, out->links_room);
    *link = (struct scheme_link){.kind = kind,
                                 .from = *from,
                                 .clause = para->clause,
                                 .declared_count = -1,
                                 .line = from->line};
    return link;
}

/* The first list of a link becomes its own; later ones are added to it. */
static void add_names(struct reading *reading, struct scheme_link *link,
                      const struct name_list *names, bool owned)
{
    if (link->to_n == 0 && owned) {
        link->to = names->items;
        link->to_n = names->n;
        link->to_room = names->room;
        return;
    }
    for (int i = 0; i < names->n; i++)
        *arena_push(reading->arena, link->to, link->to_n, link->to_room) = names->items[i];
}

void link_names(struct reading *reading, const struct para *para, enum link_kind kind,
                const struct name_list *from, const struct name_list *to)
{
    /* 甲局、乙局由提案委员会联系, or 甲局：提案委员会 in a list of units */
    bool turned = to->n == 1 && from->n > 0 && is_counterpart(reading, &to->items[0]) &&
                  !is_counterpart(reading, &from->items[0]) &&
                  from->items[0].class != PARTY_PERSON && from->items[0].class != PARTY_PARTY;
    const struct name_list *heads = turned ? to : from, *units = turned ? from : to;
    for (int i = 0; i < heads->n; i++) {
        struct scheme_link *link = add_link(reading, para, kind, &heads->items[i]);
        add_names(reading, link, units, heads->n == 1);
        if (units->declared >= 0)
            link->declared_count = units->declared;
    }
}

void warn_list(struct reading *reading, const struct para *para, const struct name_list *list)
{
    int line = para_line(para, para->at.key.len);
    reading->cut_told = reading->cut_told || list->cut.len > 0;
    if (list->cut.len > 0)
        scheme_warn(reading->arena, reading->out, line, "cut-off", list->cut,
                    "第%d行的名单在“%.*s”处中断，未完的名称没有录入，请对照原文补齐。", line,
                    STR_ARG(list->cut));
    if (list->unread.len > 0)
        scheme_warn(reading->arena, reading->out, line, "unread-name", STR(""),
                    "第%d行的名单中有一项不像单位名称，没有录入，请对照原文核对。", line);
}

/* ---- heads */

enum head_kind { LIST_NONE, LIST_OF, LIST_LABEL };

struct list_head {
    enum head_kind kind;
    enum link_kind link;
    struct name_list from;
    int declared; /* （12个） behind the name, -1 = none */
    bool leader;  /* a label whose list is of leaders */
};

static enum link_kind kind_of_label(struct str key)
{
    static const word_list charge = {STR_INIT("分管"), STR_INIT("主管"), {NULL, 0}};
    if (str_has(key, STR("界别")) && !str_has(key, STR("单位")) && !str_has(key, STR("部门")))
        return LINK_SECTOR;
    return word_in(charge, key) ? LINK_CHARGE : LINK_FIXED;
}

static bool is_leader_label(struct str key)
{
    static const word_list leaders = {STR_INIT("领导"), STR_INIT("主席"), STR_INIT("市长"),
                                      STR_INIT("县长"), STR_INIT("区长"), {NULL, 0}};
    return word_in(leaders, key);
}

/* X and a relation word in the head: 负责与X对口联系的部门和单位, X联系单位, 对口联系X的单位. */
static bool relation_head(struct reading *reading, const struct para *para, struct para_text head,
                          struct list_head *ret)
{
    for (const struct str *word = relations; word->len > 0; word++) {
        ptrdiff_t at = str_find_last(head.key, *word);
        if (at < 0)
            continue;
        struct para_text left = text_cut(head, 0, (size_t)at);
        struct para_text right = text_cut(head, (size_t)at + word->len, head.key.len);
        if (is_glue(right.key) && entities_read(reading, para, left, &ret->from))
            return true;
        right = strip_words(right, NULL, glue_words);
        if (is_glue(left.key) && entities_read(reading, para, right, &ret->from))
            return true;
    }
    return false;
}

/* 周某某：, who was 主席周某某 in a link before. */
static bool known_person(struct reading *reading, struct str key, struct name_list *ret_list)
{
    const struct scheme *out = reading->out;
    int stop = out->links_n > LINKS_LOOK_BACK ? out->links_n - LINKS_LOOK_BACK : 0;
    for (int i = out->links_n; i-- > stop;) {
        const struct scheme_party *from = &out->links[i].from;
        if (from->class != PARTY_PERSON || !str_eq(normal_key(reading, from->name), key))
            continue;
        *ret_list = (struct name_list){.declared = -1};
        *arena_push(reading->arena, ret_list->items, ret_list->n, ret_list->room) = *from;
        return true;
    }
    return false;
}

/* `at` is behind its number and ahead of its colon. */
static struct list_head head_of_list(struct reading *reading, const struct para *para,
                                     struct para_text at)
{
    struct list_head head = {.kind = LIST_NONE, .link = LINK_FIXED};
    head.declared = count_of_head(reading->words, &at);
    bool relation = word_in(relations, at.key);
    if (at.key.len < 6 || at.key.len > LIMIT_HEAD || str_has(at.key, STR("。")))
        return head;
    head.link = kind_of_label(at.key);
    if ((relation && is_glue(at.key)) || str_is(at.key, "界别")) {
        head.kind = LIST_LABEL;
    } else if (relation && is_leader_label(at.key) && at.key.len < 36) {
        head.kind = LIST_LABEL;
        head.leader = true;
    } else if (relation && relation_head(reading, para, at, &head)) {
        head.kind = LIST_OF;
    } else {
        struct person person;
        struct para_text name = name_of_head(at);
        if (known_person(reading, name.key, &head.from)) {
            head.kind = LIST_OF;
            return head;
        }
        /* 法制委员会（法制工作委员会）： */
        ptrdiff_t bracket = str_ends(name.key, STR("）")) ? str_find(name.key, STR("（")) : -1;
        struct str bare = str_head(name.key, bracket > 0 ? (size_t)bracket : name.key.len);
        bool named = is_head_party(reading->words, bare) ||
                     (str_is(name.key, "办公室") && para->level != HEAD_NONE) ||
                     (person_read(reading->words, name, false, &person) && reading->about_links);
        if (named && reading->about_links && entities_read(reading, para, at, &head.from)) {
            head.link = LINK_FIXED;
            head.kind = LIST_OF;
        }
    }
    return head;
}

/* ---- the walk over the paragraphs */

struct walk {
    struct reading *reading;
    struct name_list open; /* X of a head whose list is to follow */
    enum link_kind kind;
    enum head_level level; /* of that head */
    struct str open_clause;
    struct name_list entity; /* X of a heading, for labels below it */
    enum head_level entity_level;
    struct name_list lead; /* 责任部门 of the item */
};

static struct para_text body_of(const struct para *para)
{
    return text_cut(para->at, para->body, para->at.key.len);
}

static bool are_sectors(struct reading *reading, const struct name_list *list)
{
    static const word_list ends = {STR_INIT("界"), STR_INIT("界别"), {NULL, 0}};
    for (int i = 0; i < list->n; i++)
        if (!word_ends(ends, normal_key(reading, list->items[i].name)))
            return false;
    return list->n > 0;
}

static bool link_list(struct walk *walk, const struct para *para, const struct list_head *head,
                      struct para_text at, struct str raw)
{
    const struct name_list *from = &head->from;
    struct name_list list;
    if (at.key.len == 0 || from->n == 0)
        return false;
    enum list_trust trust = head->link == LINK_SECTOR ? TRUST_SECTORS : TRUST_LIST;
    if (!names_read(walk->reading, para, at, raw, trust, &list))
        return false;
    if (list.declared < 0)
        list.declared = head->declared;
    enum link_kind kind = are_sectors(walk->reading, &list) ? LINK_SECTOR : head->link;
    link_names(walk->reading, para, kind, from, &list);
    warn_list(walk->reading, para, &list);
    return true;
}

/* Only names: a list that goes on under its head. */
static bool is_list_text(struct walk *walk, const struct para *para, struct name_list *ret_list)
{
    struct para_text at = body_of(para);
    if (!names_read(walk->reading, para, at, para->raw, TRUST_LIST, ret_list) ||
        ret_list->unread.len > 0)
        return false;
    if (ret_list->n > 1)
        return true;
    struct str key = normal_key(walk->reading, ret_list->items[0].name);
    return is_unit_name(walk->reading->words, key) || is_group_name(walk->reading->words, key);
}

/* 经济委员会——甲局、乙局: the next list, with its head in front. */
static bool has_own_head(const struct walk *walk, const struct para *para)
{
    struct para_text at = body_of(para);
    ptrdiff_t dash = str_find(str_head(at.key, LIMIT_HEAD), STR("——"));
    return dash > 0 &&
           is_head_party(walk->reading->words, name_of_head(text_cut(at, 0, (size_t)dash)).key);
}

/* A list below `X对口联系单位：`, in one paragraph or a name a line. */
static bool continue_list(struct walk *walk, const struct para *para)
{
    struct name_list list;
    if (walk->open.n == 0)
        return false;
    bool ends = para->level != HEAD_NONE && walk->level != HEAD_NONE && para->level <= walk->level;
    /* a committee alone on its line, in a list of one: the next heading */
    struct para_text alone = body_of(para);
    bool counted = count_of_head(walk->reading->words, &alone) > 0 &&
                   is_head_party(walk->reading->words, alone.key);
    bool heading = counted || is_section_name(alone.key) ||
                   (is_committee_name(alone.key) &&
                    is_committee_name(normal_key(walk->reading, walk->open.items[0].name)));
    if (ends || heading || str_has(para->at.key, STR("：")) || has_own_head(walk, para) ||
        !is_list_text(walk, para, &list)) {
        walk->open.n = 0;
        return false;
    }
    if (list.declared < 0)
        list.declared = walk->open.declared;
    struct para under = *para;
    under.clause = walk->open_clause;
    link_names(walk->reading, &under, walk->kind, &walk->open, &list);
    warn_list(walk->reading, para, &list);
    return true;
}

static void open_list(struct walk *walk, const struct para *para, const struct name_list *from,
                      enum link_kind kind)
{
    walk->open = *from;
    walk->kind = kind;
    walk->level = para->level;
    walk->open_clause = para->clause;
}

/* 联系单位：甲、乙 under the heading 提案委员会; 分管领导：某某 turned round. */
static bool label_line(struct walk *walk, const struct para *para, struct list_head *head,
                       struct para_text list, struct str raw)
{
    if (walk->entity.n == 0)
        return false;
    head->from = walk->entity;
    if (!head->leader && list.key.len > 0)
        return link_list(walk, para, head, list, raw);
    if (!head->leader) {
        open_list(walk, para, &walk->entity, head->link);
        return true;
    }
    struct name_list leaders;
    if (!names_read(walk->reading, para, list, raw, TRUST_PERSONS, &leaders))
        return false;
    link_names(walk->reading, para, head->link, &leaders, &walk->entity);
    return true;
}

/* What stands before and behind the first colon, dash, or opening of a bracket at the end. */
static bool split_head(const struct para *para, struct para_text *ret_head,
                       struct para_text *ret_list)
{
    static const word_list signs = {
        STR_INIT("："), STR_INIT("——"), STR_INIT("—"), STR_INIT("-"), {NULL, 0}};
    struct para_text at = body_of(para);
    for (size_t i = 0; i < at.key.len && i <= LIMIT_HEAD; i += char_len(str_from_byte(at.key, i))) {
        size_t len = word_start(signs, str_from_byte(at.key, i));
        if (len == 0)
            continue;
        *ret_head = text_cut(at, 0, i);
        *ret_list = text_cut(at, i + len, at.key.len);
        return true;
    }
    return false;
}

/* 提案委员会（市委办、市政府办）: the brackets are the list. */
static bool bracket_list(struct walk *walk, const struct para *para)
{
    struct para_text at = body_of(para);
    struct str key = at.key;
    static const word_list ends = {STR_INIT("。"), STR_INIT("；"), {NULL, 0}};
    size_t end = key.len - word_end(ends, key);
    ptrdiff_t open = str_find(str_head(key, LIMIT_HEAD), STR("（"));
    if (open <= 0 || !str_ends(str_head(key, end), STR("）")) ||
        !is_head_party(walk->reading->words, str_head(key, (size_t)open)))
        return false;
    struct para_text head = text_cut(at, 0, (size_t)open);
    struct para_text list = text_cut(at, (size_t)open + 3, end - 3);
    ptrdiff_t colon = str_find(str_head(list.key, LIMIT_HEAD), STR("："));
    if (colon > 0 && is_glue(str_head(list.key, (size_t)colon)))
        list = text_cut(list, (size_t)colon + 3, list.key.len);
    struct name_list from, names;
    if (!entities_read(walk->reading, para, head, &from) ||
        !names_read(walk->reading, para, list, STR(""), TRUST_PROSE, &names) ||
        names.unread.len > 0 || (names.n < 2 && colon <= 0))
        return false;
    link_names(walk->reading, para, LINK_FIXED, &from, &names);
    return true;
}

/* A heading that is nothing but a name: what follows speaks of it. */
static bool entity_heading(struct walk *walk, const struct para *para)
{
    static const word_list ends = {STR_INIT("："), STR_INIT("。"), {NULL, 0}};
    struct para_text at = body_of(para);
    at = text_cut(at, 0, at.key.len - word_end(ends, at.key));
    int declared = count_of_head(walk->reading->words, &at);
    if (at.key.len < 6 || at.key.len > LIMIT_NAME)
        return false;
    ptrdiff_t bracket = str_find(at.key, STR("（"));
    struct str bare = bracket > 0 ? str_head(at.key, (size_t)bracket) : at.key;
    struct name_list list;
    bool office = str_is(bare, "办公室") && (para->level != HEAD_NONE || declared > 0);
    if (!(office || is_head_party(walk->reading->words, bare)) ||
        !entities_read(walk->reading, para, at, &list) || list.n != 1)
        return false;
    list.declared = declared >= 0 ? declared : list.declared;
    walk->entity = list;
    walk->entity_level = para->level;
    walk->lead.n = 0;
    if (walk->reading->about_links)
        open_list(walk, para, &list, LINK_FIXED);
    return true;
}

/* 提案委员会    市委办、市政府办: a table of two columns without its tabs. */
static bool gap_list(struct walk *walk, const struct para *para)
{
    struct str raw = para->raw, wide = STR("  "), ideographic = STR("　");
    ptrdiff_t gap = str_find(raw, wide), other = str_find(raw, ideographic);
    if (other >= 0 && (gap < 0 || other < gap))
        gap = other;
    if (gap <= 0 || gap > LIMIT_NAME || !walk->reading->about_links)
        return false;
    struct para_text head = normal_line(walk->reading, str_head(raw, (size_t)gap));
    size_t body = head_read(head.key).len;
    head = text_cut(head, body, head.key.len);
    struct str rest = text_trim(str_from_byte(raw, (size_t)gap));
    /* 政协某委员会    某人民政府 are signatures */
    static const word_list organs = {
        STR_INIT("政协"), STR_INIT("中共"), STR_INIT("中国人民政治"), {NULL, 0}};
    bool signed_by = is_own_office(head.key) ||
                     (word_starts(organs, head.key) && !str_has(para->at.key, STR("、")));
    struct name_list from, list;
    if (signed_by || !is_head_party(walk->reading->words, head.key) ||
        !entities_read(walk->reading, para, head, &from) ||
        !names_read(walk->reading, para, normal_line(walk->reading, rest), rest, TRUST_PROSE,
                    &list) ||
        list.unread.len > 0)
        return false;
    link_names(walk->reading, para, LINK_FIXED, &from, &list);
    return true;
}

static bool read_head(struct walk *walk, const struct para *para)
{
    static const word_list verbs = {
        STR_INIT("负责联系"), STR_INIT("对口联系"), STR_INIT("联系"), {NULL, 0}};
    struct para_text at, list;
    if (!split_head(para, &at, &list))
        return false;
    struct list_head head = head_of_list(walk->reading, para, at);
    struct str raw = STR("");
    ptrdiff_t colon = str_find(para->raw, STR("："));
    if (colon > 0)
        raw = text_trim(str_from_byte(para->raw, (size_t)colon + 3));
    if (head.kind == LIST_LABEL)
        return label_line(walk, para, &head, list, raw);
    if (head.kind == LIST_NONE)
        return unit_with_parties(walk->reading, para, at, list);
    /* 市委书记某某：联系民革市委会、市工商联 */
    list = strip_words(list, verbs, NULL);
    walk->entity = head.from;
    walk->entity_level = para->level;
    if (list.key.len == 0) {
        open_list(walk, para, &head.from, head.link);
        return true;
    }
    if (link_list(walk, para, &head, list, raw)) {
        open_list(walk, para, &head.from, head.link);
        return true;
    }
    return false;
}

/* True when the paragraph was a list, or its head. */
static bool read_para(struct walk *walk, const struct para *para)
{
    if (para->level != HEAD_NONE && para->level <= walk->entity_level)
        walk->entity.n = 0;
    if (para->level != HEAD_NONE)
        walk->lead.n = 0;
    if (continue_list(walk, para) || read_head(walk, para) || bracket_list(walk, para) ||
        entity_heading(walk, para) || gap_list(walk, para) || run_in_list(walk->reading, para))
        return true;
    participants_read(walk->reading, para, &walk->lead);
    relations_read(walk->reading, para);
    return false;
}

void links_read(struct reading *reading)
{
    struct walk walk = {.reading = reading};
    for (int i = 0; i < reading->paras_n; i++) {
        struct para *para = &reading->paras[i];
        if (para->zone != ZONE_BODY)
            continue;
        if (para->kind == PARA_ROW) {
            i = table_take(reading, i) - 1;
            walk.open.n = 0;
            continue;
        }
        int before = reading->out->links_n;
        para->linked = read_para(&walk, para);
        para->related = reading->out->links_n > before;
    }
}
