#include "base/buf.h"
#include "base/utf8.h"
#include "engine/reader/docx.h"

enum { BASED_ON_MAX = 20, COUNT_MAX = 9999 };

struct level {
    int start;
    const struct format *format;
    struct str text, style; /* "%1、"; the style that stands for this level */
    bool is_legal;          /* every number in it in Arabic digits */
};
struct list {
    struct str id, style_link; /* style_link: the style in whose list this one is told */
    struct level levels[DOCX_LEVELS];
    int counts[DOCX_LEVELS];
};
struct number {
    int id, list;
    int starts[DOCX_LEVELS]; /* of w:startOverride, DOCX_NO_NUMBER = none */
    bool is_used;
};
struct style {
    struct str id, based_on;
    int number, level;
};
struct numbering {
    struct arena *arena;
    struct list *lists;
    int lists_n, lists_room;
    struct number *numbers;
    int numbers_n, numbers_room;
    struct style *styles;
    int styles_n, styles_room;
};

static struct str put_decimal(struct arena *arena, int n)
{
    return str_fmt(arena, "%d", n);
}

static struct str put_zero(struct arena *arena, int n)
{
    return str_fmt(arena, "%02d", n);
}

/* 一百零五; 十五, not 一十五. */
static struct str han_number(struct arena *arena, int n, const char *const digits[10],
                             const char *const units[4])
{
    AUTOBUF buf = buf_open(KIB(1));
    bool zero = false;
    for (int place = 1000, i = 3; i >= 0; place /= 10, i--) {
        int digit = n / place % 10;
        if (digit == 0) {
            zero = buf.len > 0;
            continue;
        }
        if (zero)
            buf_put(&buf, str_from(digits[0]));
        zero = false;
        if (!(digit == 1 && i == 1 && buf.len == 0))
            buf_put(&buf, str_from(digits[digit]));
        buf_put(&buf, str_from(units[i]));
    }
    return str_copy(arena, buf_str(&buf));
}

static struct str put_chinese(struct arena *arena, int n)
{
    static const char *const digits[] = {"零", "一", "二", "三", "四",
                                         "五", "六", "七", "八", "九"};
    static const char *const units[] = {"", "十", "百", "千"};
    return han_number(arena, n, digits, units);
}

static struct str put_chinese_formal(struct arena *arena, int n)
{
    static const char *const digits[] = {"零", "壹", "贰", "叁", "肆",
                                         "伍", "陆", "柒", "捌", "玖"};
    static const char *const units[] = {"", "拾", "佰", "仟"};
    return han_number(arena, n, digits, units);
}

static struct str put_digits(struct arena *arena, int n, const char *const digits[10])
{
    char decimal[12];
    struct str all = str_fmt(arena, "%d", n);
    AUTOBUF buf = buf_open(KIB(1));
    memcpy(decimal, all.ptr, all.len);
    for (size_t i = 0; i < all.len; i++)
        buf_put(&buf, str_from(digits[decimal[i] - '0']));
    return str_copy(arena, buf_str(&buf));
}

static struct str put_chinese_digits(struct arena *arena, int n)
{
    static const char *const digits[] = {"〇", "一", "二", "三", "四",
                                         "五", "六", "七", "八", "九"};
    return put_digits(arena, n, digits);
}

static struct str put_full_width(struct arena *arena, int n)
{
    static const char *const digits[] = {"０", "１", "２", "３", "４",
                                         "５", "６", "７", "８", "９"};
    return put_digits(arena, n, digits);
}

static struct str put_code(struct arena *arena, int32_t first, int n, int most)
{
    char text[4];
    if (n < 1 || n > most)
        return put_decimal(arena, n);
    return str_copy(arena, (struct str){text, (size_t)utf8_put(text, first + n - 1)});
}

static struct str put_circled(struct arena *arena, int n)
{
    return put_code(arena, 0x2460, n, 20);
}

static struct str put_bracketed(struct arena *arena, int n)
{
    return put_code(arena, 0x2474, n, 20);
}

static struct str put_stopped(struct arena *arena, int n)
{
    return put_code(arena, 0x2488, n, 20);
}

static struct str put_lower(struct arena *arena, int n)
{
    return put_code(arena, 'a' + (n - 1) % 26, 1, 1);
}

static struct str put_upper(struct arena *arena, int n)
{
    return put_code(arena, 'A' + (n - 1) % 26, 1, 1);
}

static struct str put_stem(struct arena *arena, int n)
{
    static const char *const stems[] = {"甲", "乙", "丙", "丁", "戊", "己", "庚", "辛", "壬", "癸"};
    return str_from(n >= 1 && n <= 10 ? stems[n - 1] : put_decimal(arena, n).ptr);
}

static struct str put_roman(struct arena *arena, int n, const char *const letters[13])
{
    static const int values[] = {1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1};
    AUTOBUF buf = buf_open(KIB(1));
    for (int i = 0; i < 13; i++)
        for (; n >= values[i]; n -= values[i])
            buf_put(&buf, str_from(letters[i]));
    return str_copy(arena, buf_str(&buf));
}

static struct str put_roman_lower(struct arena *arena, int n)
{
    static const char *const letters[] = {"m",  "cm", "d",  "cd", "c",  "xc", "l",
                                          "xl", "x",  "ix", "v",  "iv", "i"};
    return put_roman(arena, n, letters);
}

static struct str put_roman_upper(struct arena *arena, int n)
{
    static const char *const letters[] = {"M",  "CM", "D",  "CD", "C",  "XC", "L",
                                          "XL", "X",  "IX", "V",  "IV", "I"};
    return put_roman(arena, n, letters);
}

static struct str put_nothing(struct arena *arena, int n)
{
    (void)arena;
    (void)n;
    return STR("");
}

/* ECMA-376 part 1, 17.18.59; what is not listed here prints as decimal. */
static const struct format {
    const char *name;
    struct str (*put)(struct arena *arena, int n);
} formats[] = {
    {"decimal", put_decimal},
    {"bullet", NULL},
    {"none", put_nothing},
    {"decimalZero", put_zero},
    {"chineseCounting", put_chinese},
    {"chineseCountingThousand", put_chinese},
    {"japaneseCounting", put_chinese},
    {"taiwaneseCounting", put_chinese},
    {"taiwaneseCountingThousand", put_chinese},
    {"chineseLegalSimplified", put_chinese_formal},
    {"ideographLegalTraditional", put_chinese_formal},
    {"ideographDigital", put_chinese_digits},
    {"japaneseDigitalTenThousand", put_chinese_digits},
    {"taiwaneseDigital", put_chinese_digits},
    {"decimalFullWidth", put_full_width},
    {"decimalFullWidth2", put_full_width},
    {"decimalEnclosedCircle", put_circled},
    {"decimalEnclosedCircleChinese", put_circled},
    {"decimalEnclosedParen", put_bracketed},
    {"decimalEnclosedFullstop", put_stopped},
    {"lowerLetter", put_lower},
    {"upperLetter", put_upper},
    {"lowerRoman", put_roman_lower},
    {"upperRoman", put_roman_upper},
    {"ideographTraditional", put_stem},
};

static const struct format *format_find(struct str name)
{
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        if (str_is(name, formats[i].name))
            return &formats[i];
    return &formats[0];
}

static struct str value_of(const xmlNode *node, const char *child)
{
    return xml_attribute(xml_child(node, child), "val");
}

static int number_of(struct str text, int unset)
{
    int64_t value;
    return str_to_int(text, &value) && value >= 0 && value <= 1 << 30 ? (int)value : unset;
}

static void read_level(struct arena *arena, const xmlNode *node, struct level *level)
{
    level->start = number_of(value_of(node, "start"), 0);
    level->format = format_find(value_of(node, "numFmt"));
    level->text = str_copy(arena, value_of(node, "lvlText"));
    level->style = str_copy(arena, value_of(node, "pStyle"));
    const xmlNode *legal = xml_child(node, "isLgl");
    struct str off = xml_attribute(legal, "val");
    level->is_legal = legal && !str_is(off, "0") && !str_is(off, "false");
}

static void read_lists(struct numbering *numbering, const xmlNode *root)
{
    for (const xmlNode *at = xml_child(root, "abstractNum"); at; at = xml_next(at, "abstractNum")) {
        struct list *list = arena_push(numbering->arena, numbering->lists, numbering->lists_n,
                                       numbering->lists_room);
        list->id = str_copy(numbering->arena, xml_attribute(at, "abstractNumId"));
        list->style_link = str_copy(numbering->arena, value_of(at, "numStyleLink"));
        for (int i = 0; i < DOCX_LEVELS; i++)
            list->levels[i] = (struct level){.start = 1, .format = &formats[0]};
        for (const xmlNode *lvl = xml_child(at, "lvl"); lvl; lvl = xml_next(lvl, "lvl")) {
            int i = number_of(xml_attribute(lvl, "ilvl"), 0);
            if (i < DOCX_LEVELS)
                read_level(numbering->arena, lvl, &list->levels[i]);
        }
    }
}

static int list_find(const struct numbering *numbering, struct str id)
{
    for (int i = 0; i < numbering->lists_n; i++)
        if (str_eq(numbering->lists[i].id, id))
            return i;
    return -1;
}

/* A level told anew for one number: the number then has a list of its own. */
static int list_overridden(struct numbering *numbering, int list, int i, const xmlNode *lvl)
{
    struct list copy = numbering->lists[list];
    copy.id = STR("");
    read_level(numbering->arena, lvl, &copy.levels[i]);
    *arena_push(numbering->arena, numbering->lists, numbering->lists_n, numbering->lists_room) =
        copy;
    return numbering->lists_n - 1;
}

static void read_numbers(struct numbering *numbering, const xmlNode *root)
{
    for (const xmlNode *at = xml_child(root, "num"); at; at = xml_next(at, "num")) {
        struct number number = {.id = number_of(xml_attribute(at, "numId"), 0),
                                .list = list_find(numbering, value_of(at, "abstractNumId"))};
        for (int i = 0; i < DOCX_LEVELS; i++)
            number.starts[i] = DOCX_NO_NUMBER;
        for (const xmlNode *to = xml_child(at, "lvlOverride"); to;
             to = xml_next(to, "lvlOverride")) {
            int i = number_of(xml_attribute(to, "ilvl"), 0);
            if (i >= DOCX_LEVELS || number.list < 0)
                continue;
            number.starts[i] = number_of(value_of(to, "startOverride"), DOCX_NO_NUMBER);
            if (xml_child(to, "lvl"))
                number.list = list_overridden(numbering, number.list, i, xml_child(to, "lvl"));
        }
        *arena_push(numbering->arena, numbering->numbers, numbering->numbers_n,
                    numbering->numbers_room) = number;
    }
}

static void read_styles(struct numbering *numbering, const xmlNode *root)
{
    for (const xmlNode *at = xml_child(root, "style"); at; at = xml_next(at, "style")) {
        const xmlNode *of_list = xml_child(xml_child(at, "pPr"), "numPr");
        struct style *style = arena_push(numbering->arena, numbering->styles, numbering->styles_n,
                                         numbering->styles_room);
        style->id = str_copy(numbering->arena, xml_attribute(at, "styleId"));
        style->based_on = str_copy(numbering->arena, value_of(at, "basedOn"));
        style->number = number_of(value_of(of_list, "numId"), DOCX_NO_NUMBER);
        style->level = number_of(value_of(of_list, "ilvl"), DOCX_NO_NUMBER);
    }
}

struct numbering *numbering_read(struct arena *arena, struct str numbering_xml,
                                 struct str styles_xml)
{
    struct numbering *numbering = arena_new(arena, struct numbering, 1);
    numbering->arena = arena;
    xmlDoc *doc = numbering_xml.len > 0 ? package_xml(numbering_xml) : NULL;
    if (doc) {
        read_lists(numbering, xmlDocGetRootElement(doc));
        read_numbers(numbering, xmlDocGetRootElement(doc));
    }
    xmlFreeDoc(doc);
    doc = styles_xml.len > 0 ? package_xml(styles_xml) : NULL;
    if (doc)
        read_styles(numbering, xmlDocGetRootElement(doc));
    xmlFreeDoc(doc);
    return numbering;
}

static const struct style *style_find(const struct numbering *numbering, struct str id)
{
    for (int i = 0; i < numbering->styles_n && id.len > 0; i++)
        if (str_eq(numbering->styles[i].id, id))
            return &numbering->styles[i];
    return NULL;
}

static struct number *number_find(const struct numbering *numbering, int id)
{
    for (int i = 0; i < numbering->numbers_n; i++)
        if (numbering->numbers[i].id == id && numbering->numbers[i].list >= 0)
            return &numbering->numbers[i];
    return NULL;
}

/* What the style, or one it rests on, says of lists. The level is the one that names the style,
 * else the one it gives. */
static void from_style(const struct numbering *numbering, struct str id, int *number, int *level)
{
    const struct style *style = style_find(numbering, id);
    for (int i = 0; i < BASED_ON_MAX && style;
         i++, style = style_find(numbering, style->based_on)) {
        if (style->number == DOCX_NO_NUMBER)
            continue;
        *number = style->number;
        const struct number *of = number_find(numbering, style->number);
        for (int k = 0; of && k < DOCX_LEVELS && *level == DOCX_NO_NUMBER; k++)
            if (str_eq(numbering->lists[of->list].levels[k].style, style->id))
                *level = k;
        if (*level == DOCX_NO_NUMBER)
            *level = style->level;
        return;
    }
}

/* A list that is told in a style's list. */
static struct list *list_of(struct numbering *numbering, const struct number *number)
{
    struct list *list = &numbering->lists[number->list];
    const struct style *style = style_find(numbering, list->style_link);
    const struct number *linked = style ? number_find(numbering, style->number) : NULL;
    return linked ? &numbering->lists[linked->list] : list;
}

static void count(struct list *list, struct number *number, int level)
{
    for (int i = 0; i < DOCX_LEVELS && !number->is_used; i++)
        if (number->starts[i] != DOCX_NO_NUMBER)
            list->counts[i] = 0, list->levels[i].start = number->starts[i];
    number->is_used = true;
    for (int i = 0; i < level; i++)
        if (list->counts[i] == 0)
            list->counts[i] = list->levels[i].start + 1;
    /* The count is kept one up, so that 0 means not begun and a list may start at 0. */
    int *at = &list->counts[level];
    *at = *at == 0 ? list->levels[level].start + 1 : *at + 1;
    for (int i = level + 1; i < DOCX_LEVELS; i++)
        list->counts[i] = 0;
}

/* "第%1章" with the counts put in. */
static struct str written(struct arena *arena, const struct list *list, int level)
{
    const struct level *of = &list->levels[level];
    if (!of->format->put)
        return STR("");
    AUTOBUF buf = buf_open(KIB(4));
    for (struct str rest = of->text; rest.len > 0;) {
        int i = rest.len > 1 && rest.ptr[0] == '%' ? rest.ptr[1] - '1' : -1;
        if (i < 0 || i >= DOCX_LEVELS) {
            buf_char(&buf, rest.ptr[0]);
            rest = str_from_byte(rest, 1);
            continue;
        }
        const struct format *format = of->is_legal ? &formats[0] : list->levels[i].format;
        int n = list->counts[i] - 1;
        if (format->put && n >= 0)
            buf_put(&buf, n > COUNT_MAX ? put_decimal(arena, n) : format->put(arena, n));
        rest = str_from_byte(rest, 2);
    }
    return str_copy(arena, buf_str(&buf));
}

struct str numbering_next(struct numbering *numbering, struct str style, int number, int level)
{
    if (number == DOCX_NO_NUMBER)
        from_style(numbering, style, &number, &level);
    struct number *of = number > 0 ? number_find(numbering, number) : NULL;
    if (!of)
        return STR("");
    if (level < 0 || level >= DOCX_LEVELS)
        level = 0;
    struct list *list = list_of(numbering, of);
    count(list, of, level);
    return written(numbering->arena, list, level);
}
