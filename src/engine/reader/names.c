/*
 * names - the grammar of a list of names: 甲局、乙局（丙办），丁委等单位（4个）.
 *
 * A list is cut at separators outside brackets, a joint (和, 及) separates only between two whole
 * names, brackets behind a name hold its second name, its sub-units or a count. A name stays as it
 * is printed.
 */
#include "base/utf8.h"
#include "engine/reader/priv.h"
#include "text/text.h"

enum { NAME_BYTES_MIN = 6, JOINT_LEFT_MIN = 9, PART_SHORT_BYTES = 15, ITEM_MAX = 3 * LIMIT_NAME };

struct para_text text_cut(struct para_text at, size_t from, size_t to)
{
    return (struct para_text){str_slice(at.text, from, to), str_slice(at.key, from, to)};
}

static struct para_text without_edges(const struct word_index *words, struct para_text at)
{
    size_t len;
    while ((len = set_start(words, SET_LIST_EDGES, at.key)) > 0)
        at = text_cut(at, len, at.key.len);
    while ((len = set_end(words, SET_LIST_EDGES, at.key)) > 0)
        at = text_cut(at, 0, at.key.len - len);
    return at;
}

/* （10个）, （共5家）, （7人）, (=4个): the count, 0 when it cannot be one, -1 when it is none. */
static int count_read(const struct word_index *words, struct str key)
{
    static const word_list openings = {STR_INIT("共计"), STR_INIT("共"),   STR_INIT("计"),
                                       STR_INIT("="),    STR_INIT("合计"), {NULL, 0}};
    static const word_list measures = {STR_INIT("个"), STR_INIT("家"), STR_INIT("人"),
                                       STR_INIT("名"), STR_INIT("户"), {NULL, 0}};
    struct str at = str_from_byte(key, word_start(openings, key));
    int64_t number = text_numeral(&at);
    size_t measure = word_start(measures, at);
    at = str_from_byte(at, measure);
    if (number < 0 || number > 9999 || measure == 0 || !is_generic(words, at))
        return -1;
    return (int)number;
}

/* The last bracket of a text that ends with one: offset of its opening, or -1. */
static ptrdiff_t last_bracket(struct str key)
{
    static const struct str open = STR_INIT("（"), close = STR_INIT("）");
    int depth = 0;
    if (!str_ends(key, close))
        return -1;
    size_t stop = key.len > LIMIT_BRACKET ? key.len - LIMIT_BRACKET : 0;
    for (size_t at = key.len; at >= stop + 3; at--) {
        struct str sign = str_slice(key, at - 3, at);
        if (str_eq(sign, close))
            depth++;
        else if (str_eq(sign, open) && --depth == 0)
            return (ptrdiff_t)(at - 3);
    }
    return -1;
}

/* 提案委员会（12个）: the count behind a head, taken off it; -1 when there is none. */
int count_of_head(const struct word_index *words, struct para_text *at)
{
    ptrdiff_t open = last_bracket(at->key);
    int count =
        open > 0 ? count_read(words, str_slice(at->key, (size_t)open + 3, at->key.len - 3)) : -1;
    if (count > 0)
        *at = text_cut(*at, 0, (size_t)open);
    return count > 0 ? count : -1;
}

static bool is_name_text(const struct word_index *words, struct str key)
{
    return key.len >= NAME_BYTES_MIN && key.len <= LIMIT_NAME &&
           (!set_in(words, SET_NOT_NAMES, key) || word_in(name_exceptions, key));
}

static bool has_unit_end(const struct word_index *words, struct str key)
{
    return set_ends(words, SET_UNIT_SUFFIXES, key) || set_ends(words, SET_SECTOR_SUFFIXES, key) ||
           is_political_party(words, key);
}

/* A name that could stand in prose: whole, with the end of a unit, of somebody in particular. */
bool is_unit_name(const struct word_index *words, struct str key)
{
    return has_unit_end(words, key) && is_name_text(words, key) && !is_generic(words, key);
}

/* Where the next separator outside brackets stands; key.len when there is none. */
static size_t next_separator(const struct word_index *words, struct str key, size_t from,
                             enum word_set marks, size_t *ret_len)
{
    int depth = 0;
    size_t opened = 0;
    for (size_t at = from; at < key.len;) {
        struct str rest = str_from_byte(key, at);
        if (str_starts(rest, STR("（"))) {
            opened = depth++ == 0 ? at : opened;
        } else if (str_starts(rest, STR("）"))) {
            depth -= depth > 0;
        } else if (depth == 0 || at - opened > LIMIT_BRACKET) {
            *ret_len = set_start(words, marks, rest);
            if (*ret_len > 0)
                return at;
        }
        at += char_len(rest);
    }
    *ret_len = 0;
    return key.len;
}

/* 社科、医药界别小组，经济、科技界别小组: here 、 stands inside the names. */
static bool names_hold_lists(const struct word_index *words, struct str key)
{
    size_t len;
    if (!str_has(key, STR("、")) || !str_has(key, STR("界别")))
        return false;
    bool fragment = false;
    for (size_t from = 0, to; from < key.len; from = to + len) {
        to = next_separator(words, key, from, SET_STRONG_MARKS, &len);
        struct str item = str_slice(key, from, to);
        if (item.len > 0 && !word_ends(sector_suffixes, item))
            return false;
        for (size_t a = 0, b, n; a < item.len && !fragment; a = b + n) {
            b = next_separator(words, item, a, SET_LIST_MARKS, &n);
            fragment = !word_ends(sector_suffixes, str_slice(item, a, b));
        }
        if (len == 0)
            break;
    }
    return fragment;
}

/* Brackets hold parts when each of their items can be a name; notes (牵头, 驻地) do not. */
static bool is_part(const struct word_index *words, struct str key)
{
    if (key.len < NAME_BYTES_MIN || key.len > LIMIT_NAME || (set_in(words, SET_NOT_NAMES, key)) ||
        is_generic(words, key))
        return false;
    return has_unit_end(words, key) || key.len <= PART_SHORT_BYTES;
}

static const word_list part_openings = {STR_INIT("原"),     STR_INIT("含"),   STR_INIT("包括"),
                                        STR_INIT("加挂"),   STR_INIT("挂"),   STR_INIT("即"),
                                        STR_INIT("简称"),   STR_INIT("下设"), STR_INIT("包含"),
                                        STR_INIT("及所属"), {NULL, 0}};
static const word_list part_ends = {STR_INIT("等单位"), STR_INIT("等部门"), STR_INIT("等"),
                                    STR_INIT("牌子"),   STR_INIT("。"),     STR_INIT("，"),
                                    STR_INIT("、"),     STR_INIT("；"),     {NULL, 0}};

static bool parts_read(struct reading *reading, struct para_text inner, struct scheme_party *party)
{
    struct str_list parts = {0};
    bool all_units = true;
    size_t len;
    inner = strip_words(inner, part_openings, part_ends);
    for (size_t from = 0, to; from < inner.key.len; from = to + len) {
        to = next_separator(reading->words, inner.key, from, SET_LIST_MARKS, &len);
        struct para_text item = strip_words(text_cut(inner, from, to), part_openings, part_ends);
        if (!is_part(reading->words, item.key))
            return false;
        all_units = all_units && has_unit_end(reading->words, item.key);
        *arena_push(reading->arena, parts.items, parts.n, parts.room) = item.text;
        if (len == 0)
            break;
    }
    if (parts.n == 0 || (parts.n == 1 && !all_units))
        return false;
    party->parts = parts;
    return true;
}

/* A single bracketed office of the same rank is the unit's second name; the rest are sub-units. */
static bool is_second_name(struct str key)
{
    static const word_list sub_units = {
        STR_INIT("分局"), STR_INIT("大队"), STR_INIT("支队"), STR_INIT("中心"), STR_INIT("所"),
        STR_INIT("站"),   STR_INIT("校"),   STR_INIT("科"),   STR_INIT("股"),   STR_INIT("公司"),
        STR_INIT("院"),   STR_INIT("处"),   {NULL, 0}};
    return word_ends(department_suffixes, key) && !word_ends(sub_units, key);
}

/* Behind a name: its brackets, whatever they mean. What is left is the name. */
static struct para_text brackets_read(struct reading *reading, struct para_text item,
                                      struct scheme_party *party, int *ret_count)
{
    for (ptrdiff_t open; (open = last_bracket(item.key)) >= 0;) {
        struct para_text inner = text_cut(item, (size_t)open + 3, item.key.len - 3);
        int count = count_read(reading->words, inner.key);
        if (count >= 0)
            *ret_count = count;
        else if (str_is(inner.key, "市") || str_is(inner.key, "县") || str_is(inner.key, "区"))
            break; /* 各区县（市） */
        else if (party->parts.n == 0)
            parts_read(reading, inner, party);
        item = without_edges(reading->words, text_cut(item, 0, (size_t)open));
    }
    party->parts_are_aliases =
        party->parts.n == 1 && is_second_name(normal_key(reading, party->parts.items[0]));
    return item;
}

/* 1. 市发改委, （2）市财政局, ①市审计局 */
static struct para_text without_number(struct para_text item)
{
    struct head head = head_read(item.key);
    if (head.level == HEAD_ARABIC || head.level == HEAD_SUB || head.level == HEAD_PAREN)
        item = text_cut(item, head.len, item.key.len);
    return item;
}

struct list_reader {
    struct reading *reading;
    const struct para *para;
    enum list_trust trust;
    struct name_list *list;
    int doubtful; /* items without the end of a unit */
    bool failed;  /* strict: an item that is no name */
};

static int line_of(const struct para *para, struct str text)
{
    ptrdiff_t offset = text.ptr - para->at.text.ptr;
    bool inside = para->marks_n > 0 && text.ptr >= para->at.text.ptr &&
                  text.ptr < para->at.text.ptr + para->at.text.len;
    return para_line(para, inside ? (size_t)offset : 0);
}

static void add_party(struct list_reader *reader, struct para_text name, struct scheme_party party)
{
    struct reading *reading = reader->reading;
    if (++reading->names_n > LIMIT_NAMES)
        return;
    party.name = name.text;
    party.line = line_of(reader->para, name.text);
    party.class = party_class_of(reader->reading->words, name.key);
    party.held = is_misprint(reading->arena, name.key, &party.hint);
    struct name_list *list = reader->list;
    *arena_push(reading->arena, list->items, list->n, list->room) = party;
}

static void read_item(struct list_reader *reader, struct para_text item);

/* What 等 sums a list up as: 学校, 金融机构, 驻县企业. */
static bool is_kind_of_unit(const struct word_index *words, struct str key)
{
    static const word_list kinds = {
        STR_INIT("学校"),     STR_INIT("院校"), STR_INIT("高校"),     STR_INIT("中学"),
        STR_INIT("小学"),     STR_INIT("医院"), STR_INIT("银行"),     STR_INIT("金融机构"),
        STR_INIT("企业"),     STR_INIT("公司"), STR_INIT("媒体"),     STR_INIT("部门单位"),
        STR_INIT("党派"),     STR_INIT("团体"), STR_INIT("社会组织"), STR_INIT("事业单位"),
        STR_INIT("医疗机构"), {NULL, 0}};
    size_t len = word_end(kinds, key);
    return len > 0 && is_generic(words, str_head(key, key.len - len));
}

/* 南部二中等各中小学校: a name and a group. 等单位, 等10个部门: the end of the list. */
static bool split_etc(struct list_reader *reader, struct para_text *item)
{
    /* 高等专科学校, 中等职业学校 */
    static const word_list grades = {
        STR_INIT("高等"), STR_INIT("中等"), STR_INIT("初等"), {NULL, 0}};
    static const word_list schools = {STR_INIT("专"),   STR_INIT("职业"), STR_INIT("师范"),
                                      STR_INIT("院校"), STR_INIT("学校"), STR_INIT("教育"),
                                      {NULL, 0}};
    static const struct str etc = STR_INIT("等");
    ptrdiff_t at = str_find_last(item->key, etc);
    if (at <= 0 || item->key.len > ITEM_MAX)
        return false;
    struct para_text tail = text_cut(*item, (size_t)at + etc.len, item->key.len);
    if (word_ends(grades, str_head(item->key, (size_t)at + etc.len)) &&
        word_starts(schools, tail.key))
        return false;
    int count = count_read(reader->reading->words, tail.key);
    if (count > 0)
        reader->list->declared = count;
    bool group = word_starts(group_openings, tail.key) && word_ends(weak_suffixes, tail.key) &&
                 !is_generic(reader->reading->words, tail.key);
    if (!group && count < 0 && !is_generic(reader->reading->words, tail.key) &&
        !is_kind_of_unit(reader->reading->words, tail.key))
        return false;
    *item = text_cut(*item, 0, (size_t)at);
    if (!group)
        return false;
    read_item(reader, *item);
    read_item(reader, tail);
    return true;
}

/* 县妇幼保健院及南部中学: two names; 住房和城乡建设局: one. */
static bool split_joint(struct list_reader *reader, struct para_text item)
{
    if (item.key.len > ITEM_MAX)
        return false;
    size_t len;
    for (size_t at = next_separator(reader->reading->words, item.key, 0, SET_NAME_JOINTS, &len);
         len > 0;
         at = next_separator(reader->reading->words, item.key, at + len, SET_NAME_JOINTS, &len)) {
        struct para_text left = text_cut(item, 0, at);
        struct para_text right = text_cut(item, at + len, item.key.len);
        struct str name = left.key;
        ptrdiff_t open = last_bracket(name);
        name = open > 0 ? str_head(name, (size_t)open) : name;
        struct str other = right.key;
        ptrdiff_t bracket = str_find(other, STR("（"));
        other = bracket > 0 ? str_head(other, (size_t)bracket) : other;
        /* 区政协经科与人资环委 is one committee */
        if (is_committee_name(item.key) && !word_ends(committee_suffixes, name) &&
            !str_ends(name, STR("室")))
            continue;
        bool whole = name.len >= JOINT_LEFT_MIN && has_unit_end(reader->reading->words, name) &&
                     !str_ends(name, STR("社会"));
        if (whole && other.len >= NAME_BYTES_MIN &&
            (has_unit_end(reader->reading->words, other) || word_starts(group_openings, other) ||
             word_ends(weak_suffixes, other) || str_has(other, name_joints[1]))) {
            read_item(reader, left);
            read_item(reader, right);
            return true;
        }
    }
    return false;
}

static bool fail(struct list_reader *reader, struct para_text item)
{
    reader->failed = true;
    if (reader->list->unread.len == 0)
        reader->list->unread = item.text;
    return false;
}

/* A name without its brackets, as far as the list trusts it. */
static void put_item(struct list_reader *reader, struct para_text item, struct scheme_party party)
{
    struct person person;
    if (reader->trust == TRUST_PERSONS &&
        person_read(reader->reading->words, item, true, &person)) {
        party = (struct scheme_party){.post = person.post};
        add_party(reader, person.name, party);
        reader->list->items[reader->list->n - 1].class = PARTY_PERSON;
        return;
    }
    if (reader->trust == TRUST_SECTORS && is_name_text(reader->reading->words, item.key)) {
        add_party(reader, item, party);
        reader->list->items[reader->list->n - 1].class = PARTY_SECTOR;
        return;
    }
    bool unit = is_unit_name(reader->reading->words, item.key);
    party.is_group = (unit || is_name_text(reader->reading->words, item.key)) &&
                     is_group_name(reader->reading->words, item.key);
    if (unit || (party.is_group && reader->trust != TRUST_PROSE)) {
        add_party(reader, item, party);
    } else if (reader->trust == TRUST_LIST && is_name_text(reader->reading->words, item.key)) {
        reader->doubtful++;
        add_party(reader, item, party);
    } else {
        fail(reader, item);
    }
}

static void read_item(struct list_reader *reader, struct para_text item)
{
    static const word_list openings = {STR_INIT("以及"), STR_INIT("及"),   STR_INIT("和"),
                                       STR_INIT("还有"), STR_INIT("包括"), {NULL, 0}};
    item = without_number(without_edges(reader->reading->words, item));
    if (item.key.len == 0)
        return;
    static const word_list sums = {STR_INIT("共"), STR_INIT("合计"), STR_INIT("计"), {NULL, 0}};
    int sum = reader->list->n > 0 && word_starts(sums, item.key)
                  ? count_read(reader->reading->words, item.key)
                  : -1;
    if (sum > 0) { /* …，共9个单位 */
        reader->list->declared = sum;
        return;
    }
    size_t joint = word_start(openings, item.key);
    if (joint > 0 && item.key.len - joint >= NAME_BYTES_MIN && !str_starts(item.key, STR("和平")))
        item = text_cut(item, joint, item.key.len);
    ptrdiff_t colon = str_find(item.key, STR("："));
    if (colon > 0 && is_generic(reader->reading->words, str_head(item.key, (size_t)colon)))
        item = text_cut(item, (size_t)colon + 3, item.key.len);
    if (split_etc(reader, &item) || split_joint(reader, item))
        return;
    struct scheme_party party = {0};
    int count = -1;
    item = brackets_read(reader->reading, item, &party, &count);
    if (count >= 0)
        reader->list->declared = count;
    struct para_text rest = item;
    if (split_etc(reader, &rest))
        return;
    item = without_edges(reader->reading->words, rest);
    if (item.key.len > 0)
        put_item(reader, item, party);
}

/* Names printed with nothing but gaps between them. */
static struct para_text gaps_to_separators(struct reading *reading, struct para_text at,
                                           struct str raw, enum list_trust trust)
{
    size_t len;
    if (raw.len == 0 ||
        next_separator(reading->words, at.key, 0, SET_LIST_MARKS, &len) < at.key.len)
        return at;
    struct str out = STR("");
    int n = 0;
    for (struct str rest = raw; rest.len > 0; n++) {
        struct str word = rest;
        size_t end = 0;
        while (end < rest.len) {
            struct str next = str_from_byte(rest, end);
            if (text_is_space(utf8_next(&next)))
                break;
            end = rest.len - next.len;
        }
        word = str_head(rest, end);
        struct str key = normal_line(reading, word).key;
        ptrdiff_t open = str_ends(key, STR("）")) ? str_find(key, STR("（")) : -1;
        if (open > 0) /* 旗农牧局（旗扶贫办） */
            key = str_head(key, (size_t)open);
        bool name =
            trust == TRUST_SECTORS ? key.len >= NAME_BYTES_MIN : is_unit_name(reading->words, key);
        if (!name || n >= LIMIT_CELLS)
            return at;
        struct str parts[] = {out, word};
        out = n == 0 ? word : str_join(reading->arena, STR("、"), parts, 2);
        rest = text_trim(str_from_byte(rest, end));
    }
    return n > 1 ? normal_line(reading, out) : at;
}

/* At most so many names stand between 、. */
static int count_items(struct str key)
{
    int n = 1;
    for (size_t i = 0; i + 2 < key.len; i++)
        n += key.ptr[i + 2] == '\x81' && key.ptr[i] == '\xE3' && key.ptr[i + 1] == '\x80';
    return n;
}

bool names_read(struct reading *reading, const struct para *para, struct para_text at,
                struct str raw, enum list_trust trust, struct name_list *ret_list)
{
    struct name_list list = {.declared = -1};
    struct list_reader reader = {reading, para, trust, &list, 0, false};
    struct arena_mark mark = arena_mark(reading->arena);
    size_t len;
    at = gaps_to_separators(reading, at, raw, trust);
    list.room = count_items(at.key);
    list.items = arena_new(reading->arena, struct scheme_party, list.room);
    enum word_set separators =
        names_hold_lists(reading->words, at.key) ? SET_STRONG_MARKS : SET_LIST_MARKS;
    for (size_t from = 0, to; from < at.key.len; from = to + len) {
        to = next_separator(reading->words, at.key, from, separators, &len);
        struct para_text item = text_cut(at, from, to);
        bool last = len == 0;
        if (last && trust == TRUST_LIST && list.n > 0 && is_last_text(reading, para, item.text) &&
            !is_unit_name(reading->words, item.key) && !is_group_name(reading->words, item.key) &&
            !str_has(item.key, STR("等")) && !str_ends(item.key, STR("）"))) {
            list.cut = item.text;
            break;
        }
        read_item(&reader, item);
        if (trust == TRUST_PROSE && reader.failed)
            break;
        if (last)
            break;
    }
    *ret_list = list;
    if (list.n > 0 && !(trust == TRUST_PERSONS && reader.failed) &&
        (trust != TRUST_LIST || reader.doubtful * 2 <= list.n))
        return true;
    arena_rewind(reading->arena, mark);
    ret_list->items = NULL;
    ret_list->n = ret_list->room = 0;
    return false;
}
