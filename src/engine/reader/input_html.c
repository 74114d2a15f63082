#include <libxml/HTMLparser.h>
#include <strings.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "engine/reader/input.h"
#include "text/text.h"

enum { SNIFF_BYTES = 2048, TEXT_MAX_BYTES = 64 << 20, SPAN_ROWS_MAX = 10000, ITEMS_MAX = 100000 };

enum element_kind {
    ELEMENT_INLINE,
    ELEMENT_BLOCK,
    ELEMENT_BREAK,
    ELEMENT_ITEM,
    ELEMENT_TABLE,
    ELEMENT_DROPPED,
    ELEMENT_PRE,
};

static const struct {
    const char *name;
    enum element_kind kind;
} elements[] = {
    {"address", ELEMENT_BLOCK},    {"article", ELEMENT_BLOCK},    {"aside", ELEMENT_DROPPED},
    {"blockquote", ELEMENT_BLOCK}, {"body", ELEMENT_BLOCK},       {"br", ELEMENT_BREAK},
    {"button", ELEMENT_DROPPED},   {"caption", ELEMENT_BLOCK},    {"center", ELEMENT_BLOCK},
    {"dd", ELEMENT_BLOCK},         {"div", ELEMENT_BLOCK},        {"dl", ELEMENT_BLOCK},
    {"dt", ELEMENT_BLOCK},         {"fieldset", ELEMENT_BLOCK},   {"figure", ELEMENT_BLOCK},
    {"footer", ELEMENT_DROPPED},   {"form", ELEMENT_BLOCK},       {"h1", ELEMENT_BLOCK},
    {"h2", ELEMENT_BLOCK},         {"h3", ELEMENT_BLOCK},         {"h4", ELEMENT_BLOCK},
    {"h5", ELEMENT_BLOCK},         {"h6", ELEMENT_BLOCK},         {"head", ELEMENT_DROPPED},
    {"header", ELEMENT_BLOCK},     {"hr", ELEMENT_BREAK},         {"iframe", ELEMENT_DROPPED},
    {"li", ELEMENT_ITEM},          {"main", ELEMENT_BLOCK},       {"nav", ELEMENT_DROPPED},
    {"noscript", ELEMENT_DROPPED}, {"object", ELEMENT_DROPPED},   {"ol", ELEMENT_BLOCK},
    {"p", ELEMENT_BLOCK},          {"pre", ELEMENT_PRE},          {"script", ELEMENT_DROPPED},
    {"section", ELEMENT_BLOCK},    {"select", ELEMENT_DROPPED},   {"style", ELEMENT_DROPPED},
    {"svg", ELEMENT_DROPPED},      {"table", ELEMENT_TABLE},      {"tbody", ELEMENT_BLOCK},
    {"td", ELEMENT_BLOCK},         {"template", ELEMENT_DROPPED}, {"textarea", ELEMENT_DROPPED},
    {"tfoot", ELEMENT_BLOCK},      {"th", ELEMENT_BLOCK},         {"thead", ELEMENT_BLOCK},
    {"title", ELEMENT_DROPPED},    {"tr", ELEMENT_BLOCK},         {"ul", ELEMENT_BLOCK},
};

static bool is_named(const xmlNode *node, const char *name)
{
    return node->type == XML_ELEMENT_NODE && strcasecmp((const char *)node->name, name) == 0;
}

static enum element_kind kind_of(const xmlNode *node)
{
    for (size_t i = 0; i < sizeof elements / sizeof *elements; i++)
        if (is_named(node, elements[i].name))
            return elements[i].kind;
    return ELEMENT_INLINE;
}

/*
 * Text of a block grows in `text` with an LF for each line end; at the end of a block outside
 * tables it becomes lines. White space collapses as in a browser, but a line end of the source
 * between two Chinese characters is nothing.
 */
struct walk {
    struct lines *lines;
    struct buf *text;
    bool in_cell, in_pre;
    bool space, line_space; /* white space waits to be written; it held a line end */
};

static void flush(struct walk *walk)
{
    walk->space = walk->line_space = false;
    if (walk->in_cell || walk->text->len == 0)
        return;
    lines_put(walk->lines, str_copy(walk->lines->arena, buf_str(walk->text)), false);
    buf_clear(walk->text);
}

static void end_line(struct walk *walk)
{
    walk->space = walk->line_space = false;
    if (walk->text->len > 0 && walk->text->ptr[walk->text->len - 1] != '\n')
        buf_char(walk->text, '\n');
}

static void put_space(struct walk *walk, struct str next)
{
    struct buf *text = walk->text;
    bool at_start = text->len == 0 || text->ptr[text->len - 1] == '\n';
    bool chinese = text->len > 0 && (unsigned char)text->ptr[text->len - 1] >= 0x80 &&
                   (unsigned char)next.ptr[0] >= 0x80;
    if (walk->space && !at_start && !(walk->line_space && chinese))
        buf_char(text, ' ');
    walk->space = walk->line_space = false;
}

static void put_text(struct walk *walk, struct str s)
{
    while (s.len > 0) {
        char c = s.ptr[0];
        if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f') {
            walk->space = true;
            walk->line_space = walk->line_space || c == '\n' || c == '\r';
            if (walk->in_pre)
                buf_char(walk->text, c == '\r' ? ' ' : c);
            s = str_from_byte(s, 1);
            continue;
        }
        size_t n = 0;
        while (n < s.len && (unsigned char)s.ptr[n] > ' ')
            n++;
        if (n == 0)
            n = 1; /* another control character: kept, and of no matter */
        if (!walk->in_pre)
            put_space(walk, s);
        buf_put(walk->text, str_head(s, n));
        s = str_from_byte(s, n);
    }
}

static struct str attribute(const xmlNode *node, const char *name)
{
    for (const xmlAttr *at = node->properties; at; at = at->next)
        if (strcasecmp((const char *)at->name, name) == 0 && at->children &&
            at->children->type == XML_TEXT_NODE && at->children->content)
            return str_from((const char *)at->children->content);
    return STR("");
}

static int number_attribute(const xmlNode *node, const char *name, int least, int most, int unset)
{
    struct str value = str_trim(attribute(node, name));
    int64_t number;
    if (!str_to_int(value, &number))
        return unset;
    return number < least ? least : number > most ? most : (int)number;
}

static bool is_hidden(const xmlNode *node)
{
    struct str style = attribute(node, "style");
    for (const xmlAttr *at = node->properties; at; at = at->next)
        if (strcasecmp((const char *)at->name, "hidden") == 0)
            return true;
    return str_has(style, STR("display:none")) || str_has(style, STR("display: none"));
}

/* The number a browser shows before an item of an ordered list. The list's node keeps the count in
 * the member that libxml2 leaves to its users. */
static void put_item_number(struct walk *walk, const xmlNode *item)
{
    xmlNode *list = item->parent;
    if (!list || !is_named(list, "ol"))
        return;
    if (!list->_private)
        list->_private = (void *)(intptr_t)number_attribute(list, "start", 1, ITEMS_MAX, 1);
    int number = (int)(intptr_t)list->_private;
    number = number_attribute(item, "value", 1, ITEMS_MAX, number);
    list->_private = (void *)(intptr_t)(number < ITEMS_MAX ? number + 1 : number);
    buf_fmt(walk->text, "%d.", number);
}

static void walk_children(struct walk *walk, const xmlNode *node);

/* A table for the look of the page: one with a table inside, or without cells side by side. */
static bool is_layout(const xmlNode *table)
{
    const xmlNode *at = table->children;
    while (at && at != table) {
        if (is_named(at, "table"))
            return true;
        if (at->children && at->type == XML_ELEMENT_NODE) {
            at = at->children;
            continue;
        }
        while (at != table && !at->next)
            at = at->parent;
        if (at != table)
            at = at->next;
    }
    return false;
}

static void walk_row(struct walk *walk, struct table *table, const xmlNode *row, bool in_head)
{
    for (const xmlNode *cell = row->children; cell; cell = cell->next) {
        bool is_header = is_named(cell, "th");
        if ((!is_header && !is_named(cell, "td")) || is_hidden(cell))
            continue;
        buf_clear(walk->text);
        walk->in_cell = true;
        walk_children(walk, cell);
        walk->in_cell = false;
        walk->space = walk->line_space = false;
        int columns = number_attribute(cell, "colspan", 1, INPUT_COLUMNS_MAX, 1);
        int rows = number_attribute(cell, "rowspan", 0, SPAN_ROWS_MAX, 1);
        if (rows == 0)
            rows = SPAN_ROWS_MAX; /* to the end of the table */
        table_cell(table, str_copy(walk->lines->arena, buf_str(walk->text)), is_header || in_head,
                   columns, rows);
        buf_clear(walk->text);
    }
    table_row_end(table);
}

static void walk_node(struct walk *walk, const xmlNode *node);

/* What stands in a table outside its cells is text before or between its rows. */
static void walk_table(struct walk *walk, struct table *table, const xmlNode *part, bool in_head)
{
    for (const xmlNode *at = part->children; at && !walk->lines->is_full; at = at->next) {
        if (is_named(at, "td") || is_named(at, "th")) {
            walk_row(walk, table, part, in_head);
            return;
        }
        if (is_named(at, "tr"))
            walk_row(walk, table, at, in_head);
        else if (is_named(at, "thead") || is_named(at, "tbody") || is_named(at, "tfoot"))
            walk_table(walk, table, at, is_named(at, "thead"));
        else
            walk_node(walk, at);
        flush(walk);
    }
}

static void walk_element(struct walk *walk, const xmlNode *node)
{
    enum element_kind kind = kind_of(node);
    bool was_pre = walk->in_pre;
    if (kind == ELEMENT_DROPPED || is_hidden(node))
        return;
    if (kind == ELEMENT_INLINE) {
        walk_children(walk, node);
        return;
    }
    end_line(walk);
    if (kind == ELEMENT_BREAK)
        return;
    flush(walk);
    if (kind == ELEMENT_ITEM)
        put_item_number(walk, node);
    walk->in_pre = walk->in_pre || kind == ELEMENT_PRE;
    if (kind == ELEMENT_TABLE && !walk->in_cell && !is_layout(node)) {
        struct table table = table_begin(walk->lines);
        walk_table(walk, &table, node, false);
    } else {
        walk_children(walk, node);
    }
    walk->in_pre = was_pre;
    end_line(walk);
    flush(walk);
}

static void walk_node(struct walk *walk, const xmlNode *node)
{
    if (node->type == XML_ELEMENT_NODE)
        walk_element(walk, node);
    else if (node->type == XML_TEXT_NODE && node->content)
        put_text(walk, str_from((const char *)node->content));
}

static void walk_children(struct walk *walk, const xmlNode *node)
{
    for (const xmlNode *at = node->children; at && !walk->lines->is_full; at = at->next)
        walk_node(walk, at);
}

/* NULL when the parser had to give up: nested too deep, out of memory. It forgives all else. */
static xmlDoc *parsed(struct str html)
{
    htmlParserCtxt *parser = htmlNewParserCtxt();
    if (!parser)
        return NULL;
    xmlDoc *document = htmlCtxtReadMemory(parser, html.ptr, (int)html.len, NULL, "UTF-8",
                                          HTML_PARSE_RECOVER | HTML_PARSE_NOERROR |
                                              HTML_PARSE_NOWARNING | HTML_PARSE_NONET);
    bool gave_up = parser->disableSAX != 0 || parser->errNo == XML_ERR_NO_MEMORY;
    htmlFreeParserCtxt(parser);
    if (!gave_up)
        return document;
    xmlFreeDoc(document);
    return NULL;
}

enum status source_from_html(struct arena *arena, struct str utf8_html, struct source *ret_source)
{
    struct lines lines = lines_begin(arena, "html", ret_source);
    if (text_trim(utf8_html).len == 0)
        return OK;
    xmlDoc *document = parsed(utf8_html);
    if (!document)
        return INVALID;
    AUTOBUF text = buf_open(TEXT_MAX_BYTES);
    struct walk walk = {.lines = &lines, .text = &text};
    walk_children(&walk, (const xmlNode *)document);
    flush(&walk);
    xmlFreeDoc(document);
    return lines.is_full ? INVALID : OK;
}

bool input_is_html(struct str text)
{
    static const char *const starts[] = {
        "<!doctype html", "<html",   "<head", "<body", "<meta", "<title", "<div",
        "<style",         "<script", "<p>",   "<p ",   "<h1",   "<span",  "<link"};
    struct str head = text_trim(str_head(text, SNIFF_BYTES));
    while (str_starts(head, STR("<!--")) || str_starts(head, STR("<?xml"))) {
        str_cut(&head, STR(">"));
        head = text_trim(head);
    }
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
        size_t len = strlen(starts[i]);
        if (head.len >= len && strncasecmp(head.ptr, starts[i], len) == 0)
            return true;
    }
    return false;
}

struct str input_html_charset(struct str bytes)
{
    struct str head = str_head(bytes, SNIFF_BYTES);
    for (size_t i = 0; i + 8 < head.len; i++) {
        if (strncasecmp(head.ptr + i, "charset=", 8) != 0)
            continue;
        struct str name = str_from_byte(head, i + 8);
        while (name.len > 0 && (name.ptr[0] == '"' || name.ptr[0] == '\'' || name.ptr[0] == ' '))
            name = str_from_byte(name, 1);
        size_t len = 0;
        while (len < name.len && (name.ptr[len] == '-' || name.ptr[len] == '_' ||
                                  (name.ptr[len] >= '0' && name.ptr[len] <= '9') ||
                                  ((name.ptr[len] | 32) >= 'a' && (name.ptr[len] | 32) <= 'z')))
            len++;
        return str_head(name, len);
    }
    return STR("");
}
