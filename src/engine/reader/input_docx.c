#include <libxml/xmlreader.h>

#include "base/buf.h"
#include "engine/reader/docx.h"
#include "engine/reader/input.h"

enum {
    PARAGRAPHS_MAX = 16, /* one within the other: text boxes in text boxes */
    TEXT_MAX_BYTES = 64 << 20,
};

/* A paragraph being read. One in a text box stands inside another. */
struct paragraph {
    struct buf text;
    struct str style;
    int number, level; /* w:numId and w:ilvl of its own */
    bool in_properties, in_run, in_text, is_hidden;
    bool mark_deleted;      /* a tracked change joins it to the next one */
    bool page_break_behind; /* its section ends with it */
};

struct docx {
    struct arena *arena;
    struct lines lines;
    struct numbering *numbering;
    xmlTextReaderPtr reader;
    struct paragraph paragraphs[PARAGRAPHS_MAX];
    int paragraphs_n;
    int skip_depth; /* the subtree of the element at this depth is left out; -1 = none is */

    struct table table;
    int tables_n; /* depth; only the outermost makes rows */
    struct buf cell;
    int columns;
    bool as_above, header, row_deleted;
    bool malformed;
};

static struct paragraph *current(struct docx *docx)
{
    return docx->paragraphs_n > 0 ? &docx->paragraphs[docx->paragraphs_n - 1] : NULL;
}

/* Attribute of the element being read, whatever its prefix; in the arena. */
static struct str attribute(struct docx *docx, const char *name)
{
    struct str value = STR("");
    while (xmlTextReaderMoveToNextAttribute(docx->reader) == 1) {
        const char *text = (const char *)xmlTextReaderConstValue(docx->reader);
        if (strcmp((const char *)xmlTextReaderConstLocalName(docx->reader), name) == 0 && text)
            value = str_copy(docx->arena, str_from(text));
    }
    xmlTextReaderMoveToElement(docx->reader);
    return value;
}

static int number_attribute(struct docx *docx, int unset)
{
    int64_t value;
    return str_to_int(attribute(docx, "val"), &value) && value >= 0 && value <= 1 << 30 ? (int)value
                                                                                        : unset;
}

/* <w:vanish/> is on, <w:vanish w:val="0"/> is off. */
static bool is_on(struct docx *docx)
{
    struct str value = attribute(docx, "val");
    return !str_is(value, "0") && !str_is(value, "false") && !str_is(value, "off");
}

static void skip(struct docx *docx)
{
    if (!xmlTextReaderIsEmptyElement(docx->reader))
        docx->skip_depth = xmlTextReaderDepth(docx->reader);
}

static void put(struct docx *docx, struct str text)
{
    struct paragraph *at = current(docx);
    if (at && at->in_run && !at->is_hidden)
        buf_put(&at->text, text);
}

static void put_tab(struct docx *docx)
{
    put(docx, STR("\t"));
}

static void put_line_end(struct docx *docx)
{
    put(docx, STR("\n"));
}

static void put_hyphen(struct docx *docx)
{
    put(docx, STR("-"));
}

/* Where a page ends within a paragraph, what was read so far is a line. */
static void put_break(struct docx *docx)
{
    struct paragraph *at = current(docx);
    bool is_page = str_is(attribute(docx, "type"), "page");
    if (!is_page || docx->tables_n > 0 || !at || !at->in_run) {
        put_line_end(docx);
        return;
    }
    if (at->text.len > 0)
        lines_put(&docx->lines, str_copy(docx->arena, buf_str(&at->text)), true);
    buf_clear(&at->text);
    docx->lines.page_start = true;
}

static void begin_page(struct docx *docx)
{
    struct paragraph *at = current(docx);
    if (docx->tables_n == 0 && at && at->text.len == 0 && is_on(docx))
        docx->lines.page_start = true;
}

static void begin_paragraph(struct docx *docx)
{
    if (docx->paragraphs_n == PARAGRAPHS_MAX) {
        skip(docx);
        return;
    }
    /* A paragraph whose mark was deleted waits on top of the stack for the next. */
    struct paragraph *at = current(docx);
    if (!at || !at->mark_deleted || at->in_run) {
        at = &docx->paragraphs[docx->paragraphs_n++];
        *at = (struct paragraph){.text = buf_open(TEXT_MAX_BYTES)};
    }
    at->mark_deleted = at->in_properties = at->is_hidden = at->page_break_behind = false;
    at->style = STR("");
    at->number = at->level = DOCX_NO_NUMBER;
}

static void emit(struct docx *docx, struct paragraph *at)
{
    struct str number = numbering_next(docx->numbering, at->style, at->number, at->level);
    struct str text =
        str_fmt(docx->arena, "%.*s%.*s", STR_ARG(number), STR_ARG(buf_str(&at->text)));
    if (docx->tables_n == 0) {
        lines_put(&docx->lines, text, true);
    } else if (text.len > 0) {
        if (docx->cell.len > 0)
            buf_char(&docx->cell, '\n');
        buf_put(&docx->cell, text);
    }
    docx->lines.page_start = docx->lines.page_start || at->page_break_behind;
}

static void close_paragraph(struct docx *docx)
{
    struct paragraph *at = current(docx);
    emit(docx, at);
    buf_close(&at->text);
    docx->paragraphs_n--;
}

static void end_paragraph(struct docx *docx)
{
    struct paragraph *at = current(docx);
    if (at && !at->mark_deleted)
        close_paragraph(docx);
}

/* A paragraph whose mark was deleted and that no other follows. */
static void close_waiting(struct docx *docx)
{
    struct paragraph *at = current(docx);
    if (at && at->mark_deleted && !at->in_run)
        close_paragraph(docx);
}

static void begin_properties(struct docx *docx)
{
    if (current(docx))
        current(docx)->in_properties = true;
}

static void end_properties(struct docx *docx)
{
    if (current(docx))
        current(docx)->in_properties = false;
}

static void begin_run(struct docx *docx)
{
    struct paragraph *at = current(docx);
    if (at) {
        at->in_run = true;
        at->is_hidden = false;
    }
}

static void end_run(struct docx *docx)
{
    if (current(docx))
        current(docx)->in_run = current(docx)->is_hidden = false;
}

static void begin_text(struct docx *docx)
{
    if (current(docx))
        current(docx)->in_text = true;
}

static void end_text(struct docx *docx)
{
    if (current(docx))
        current(docx)->in_text = false;
}

static void hide(struct docx *docx)
{
    struct paragraph *at = current(docx);
    if (at && at->in_run)
        at->is_hidden = is_on(docx);
}

/* Deleted text is left out; as a property of the paragraph's mark it joins two paragraphs, as one
 * of a row it takes the row away. */
static void begin_deleted(struct docx *docx)
{
    struct paragraph *at = current(docx);
    if (at && at->in_properties)
        at->mark_deleted = true;
    else if (!at && docx->tables_n == 1)
        docx->row_deleted = true;
    skip(docx);
}

static void set_style(struct docx *docx)
{
    if (current(docx))
        current(docx)->style = attribute(docx, "val");
}

static void set_number(struct docx *docx)
{
    if (current(docx))
        current(docx)->number = number_attribute(docx, DOCX_NO_NUMBER);
}

static void set_level(struct docx *docx)
{
    if (current(docx))
        current(docx)->level = number_attribute(docx, DOCX_NO_NUMBER);
}

static void begin_section(struct docx *docx)
{
    struct paragraph *at = current(docx);
    if (at && at->in_properties)
        at->page_break_behind = true;
}

static void set_section_type(struct docx *docx)
{
    struct paragraph *at = current(docx);
    if (at && at->in_properties && str_is(attribute(docx, "val"), "continuous"))
        at->page_break_behind = false;
}

static void begin_table(struct docx *docx)
{
    close_waiting(docx);
    if (docx->tables_n++ == 0) {
        docx->table = table_begin(&docx->lines);
        buf_clear(&docx->cell);
    }
}

static void end_table(struct docx *docx)
{
    if (docx->tables_n > 0)
        docx->tables_n--;
}

static void begin_row(struct docx *docx)
{
    if (docx->tables_n == 1)
        docx->header = docx->row_deleted = false;
}

static void end_row(struct docx *docx)
{
    if (docx->tables_n != 1)
        return;
    if (docx->row_deleted)
        docx->table.cells_n = 0;
    else
        table_row_end(&docx->table);
}

static void begin_cell(struct docx *docx)
{
    if (docx->tables_n != 1)
        return;
    buf_clear(&docx->cell);
    docx->columns = 1;
    docx->as_above = false;
}

static void end_cell(struct docx *docx)
{
    if (docx->tables_n != 1 || docx->row_deleted)
        return;
    close_waiting(docx);
    if (docx->as_above)
        table_cell_as_above(&docx->table, docx->columns, 1);
    else
        table_cell(&docx->table, str_copy(docx->arena, buf_str(&docx->cell)), docx->header,
                   docx->columns, 1);
}

static void set_columns(struct docx *docx)
{
    int columns = number_attribute(docx, 1);
    if (docx->tables_n == 1)
        docx->columns = columns < 1 ? 1 : columns;
}

static void set_columns_before(struct docx *docx)
{
    int columns = number_attribute(docx, 0);
    if (docx->tables_n == 1 && columns > 0)
        table_cell(&docx->table, STR(""), false, columns, 1);
}

static void set_merged(struct docx *docx)
{
    if (docx->tables_n == 1)
        docx->as_above = !str_is(attribute(docx, "val"), "restart");
}

static void set_header(struct docx *docx)
{
    if (docx->tables_n == 1)
        docx->header = is_on(docx);
}

static const struct element {
    const char *name;
    void (*begin)(struct docx *docx);
    void (*end)(struct docx *docx);
} elements[] = {
    {"p", begin_paragraph, end_paragraph},
    {"r", begin_run, end_run},
    {"t", begin_text, end_text},
    {"pPr", begin_properties, end_properties},
    {"tab", put_tab, NULL},
    {"ptab", put_tab, NULL},
    {"br", put_break, NULL},
    {"cr", put_line_end, NULL},
    {"noBreakHyphen", put_hyphen, NULL},
    {"vanish", hide, NULL},
    {"pStyle", set_style, NULL},
    {"numId", set_number, NULL},
    {"ilvl", set_level, NULL},
    {"pageBreakBefore", begin_page, NULL},
    {"lastRenderedPageBreak", begin_page, NULL},
    {"sectPr", begin_section, NULL},
    {"type", set_section_type, NULL},
    {"txbxContent", NULL, close_waiting},
    {"tbl", begin_table, end_table},
    {"tr", begin_row, end_row},
    {"tc", begin_cell, end_cell},
    {"gridSpan", set_columns, NULL},
    {"gridBefore", set_columns_before, NULL},
    {"vMerge", set_merged, NULL},
    {"tblHeader", set_header, NULL},
    /* Tracked changes as they will be when accepted; what stands twice or is not printed. */
    {"del", begin_deleted, NULL},
    {"moveFrom", begin_deleted, NULL},
    {"tabs", skip, NULL},
    {"rt", skip, NULL},
    {"pPrChange", skip, NULL},
    {"rPrChange", skip, NULL},
    {"tblPrChange", skip, NULL},
    {"trPrChange", skip, NULL},
    {"tcPrChange", skip, NULL},
    {"sectPrChange", skip, NULL},
    {"numberingChange", skip, NULL},
};

static const struct element *element_of(struct docx *docx)
{
    static const char *const namespaces[] = {
        "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        "http://purl.oclc.org/ooxml/wordprocessingml/main"};
    const char *uri = (const char *)xmlTextReaderConstNamespaceUri(docx->reader);
    const char *name = (const char *)xmlTextReaderConstLocalName(docx->reader);
    if (!uri || (strcmp(uri, namespaces[0]) != 0 && strcmp(uri, namespaces[1]) != 0))
        return NULL;
    for (size_t i = 0; i < sizeof elements / sizeof *elements; i++)
        if (strcmp(name, elements[i].name) == 0)
            return &elements[i];
    return NULL;
}

static void begin_element(struct docx *docx)
{
    /* mc:Fallback repeats for older programs what mc:Choice has said. */
    if (strcmp((const char *)xmlTextReaderConstLocalName(docx->reader), "Fallback") == 0) {
        skip(docx);
        return;
    }
    bool is_empty = xmlTextReaderIsEmptyElement(docx->reader) == 1;
    const struct element *element = element_of(docx);
    if (!element)
        return;
    if (element->begin)
        element->begin(docx);
    if (is_empty && element->end)
        element->end(docx);
}

static void read_node(struct docx *docx)
{
    int depth = xmlTextReaderDepth(docx->reader);
    int type = xmlTextReaderNodeType(docx->reader);
    if (docx->skip_depth >= 0) {
        if (depth <= docx->skip_depth)
            docx->skip_depth = -1;
        return;
    }
    if (type == XML_READER_TYPE_ELEMENT) {
        begin_element(docx);
    } else if (type == XML_READER_TYPE_END_ELEMENT) {
        const struct element *element = element_of(docx);
        if (element && element->end)
            element->end(docx);
    } else if (type == XML_READER_TYPE_DOCUMENT_TYPE) {
        docx->malformed = true;
    } else if (type == XML_READER_TYPE_TEXT || type == XML_READER_TYPE_CDATA ||
               type == XML_READER_TYPE_SIGNIFICANT_WHITESPACE) {
        if (current(docx) && current(docx)->in_text)
            put(docx, str_from((const char *)xmlTextReaderConstValue(docx->reader)));
    }
}

static enum status read_body(struct docx *docx, struct str xml, struct fault *fault)
{
    docx->reader = xmlReaderForMemory(xml.ptr, (int)xml.len, NULL, NULL, DOCX_XML_OPTIONS);
    int more = docx->reader ? 1 : -1;
    docx->cell = buf_open(TEXT_MAX_BYTES);
    while (more == 1 && !docx->malformed && !docx->lines.is_full) {
        more = xmlTextReaderRead(docx->reader);
        if (more == 1)
            read_node(docx);
    }
    if (more == 0)
        close_waiting(docx);
    while (docx->paragraphs_n > 0)
        buf_close(&docx->paragraphs[--docx->paragraphs_n].text);
    buf_close(&docx->cell);
    xmlFreeTextReader(docx->reader);
    if (more < 0 || docx->malformed)
        return refuse(docx->arena, fault, INVALID, "file",
                      "这个 .docx 文件的正文已损坏，请在 WPS 或 Word 中打开并重新保存后再上传。");
    return lines_check(&docx->lines, fault);
}

enum status source_from_docx(struct arena *arena, struct str bytes, struct source *ret_source,
                             struct fault *fault)
{
    struct package package;
    TRY(package_open(arena, bytes, &package, fault));
    struct docx docx = {
        .arena = arena, .lines = lines_begin(arena, "docx", ret_source), .skip_depth = -1};
    struct str main = STR(""), styles = STR(""), numbering = STR("");
    enum status status = package_part(&package, package.main, &main, fault);
    /* Without its styles or lists a document still has its text. */
    if (package.styles.len > 0 && package_part(&package, package.styles, &styles, NULL) != OK)
        styles = STR("");
    if (package.numbering.len > 0 &&
        package_part(&package, package.numbering, &numbering, NULL) != OK)
        numbering = STR("");
    package_close(&package);
    TRY(status);
    docx.numbering = numbering_read(arena, numbering, styles);
    return read_body(&docx, main, fault);
}
