#include "view/docx_write.h"

#include <assert.h>

#include "base/arena.h"
#include "view/xml_put.h"
#include "view/zip_put.h"

#define XML_HEAD     "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
#define SCHEMAS      "http://schemas.openxmlformats.org/"
#define WORD         SCHEMAS "wordprocessingml/2006/main"
#define RELATIONS    SCHEMAS "officeDocument/2006/relationships/"
#define CONTENT_TYPE "application/vnd.openxmlformats-officedocument.wordprocessingml."

/* The names fonts go by on Windows, in WPS, on macOS and on Linux, best first. */
#define FONT_TITLE "方正小标宋简体"
#define FONT_BODY  "仿宋"
#define FONT_HEAD  "黑体"

enum { LINE_TWIPS = 580, ROW_TWIPS = 567, SIZE_2 = 44, SIZE_3 = 32, SIZE_4 = 28 };

static const struct {
    const char *id, *font, *align, *rest; /* rest: further paragraph properties */
    int half_points;
    bool shaded;
} styles[] = {
    [DOCX_TITLE] = {"title", FONT_TITLE, "center", "<w:spacing w:after=\"290\"/>", SIZE_2},
    [DOCX_HEADING] = {"heading", FONT_HEAD, "both", "<w:ind w:firstLineChars=\"200\"/>", SIZE_3},
    [DOCX_BODY] = {"body", FONT_BODY, "both", "<w:ind w:firstLineChars=\"200\"/>", SIZE_3},
    [DOCX_PLAIN] = {"plain", FONT_BODY, "both", "", SIZE_3},
    [DOCX_RIGHT] = {"right", FONT_BODY, "right", "", SIZE_3},
    [DOCX_NOTE] = {"note", FONT_BODY, "both", "", SIZE_4},
    [DOCX_HEAD] = {"head", FONT_HEAD, "center", "", SIZE_4, true},
    [DOCX_LABEL] = {"label", FONT_HEAD, "center", "", SIZE_4},
    [DOCX_CELL] = {"cell", FONT_BODY, "left", "", SIZE_4},
};
enum { STYLES_N = sizeof styles / sizeof *styles };

static int twips(int mm)
{
    return (mm * 14400 + 127) / 254;
}

struct docx docx_open(void)
{
    struct docx docx = {.body = buf_open(MIB(16))};
    BUF_LIT(&docx.body, XML_HEAD "<w:document xmlns:w=\"" WORD "\"><w:body>");
    return docx;
}

void docx_paragraph(struct docx *docx, enum docx_style style, struct str text)
{
    struct buf *b = &docx->body;
    buf_fmt(b, "<w:p><w:pPr><w:pStyle w:val=\"%s\"/></w:pPr>", styles[style].id);
    for (bool first = true; text.len > 0; first = false) {
        buf_put(b, first ? STR("<w:r><w:t xml:space=\"preserve\">")
                         : STR("<w:r><w:br/><w:t xml:space=\"preserve\">"));
        xml_put(b, str_line(&text));
        BUF_LIT(b, "</w:t></w:r>");
    }
    BUF_LIT(b, "</w:p>");
}

void docx_page_break(struct docx *docx)
{
    BUF_LIT(&docx->body, "<w:p><w:r><w:br w:type=\"page\"/></w:r></w:p>");
}

void docx_table(struct docx *docx, const int *widths_mm, int n)
{
    static const char *const sides[] = {"top", "left", "bottom", "right", "insideH", "insideV"};
    struct buf *b = &docx->body;
    assert(n > 0 && n <= DOCX_COLUMNS_MAX);
    docx->columns_n = n;
    int width = 0;
    for (int i = 0; i < n; i++)
        width += docx->widths[i] = twips(widths_mm[i]);
    buf_fmt(b,
            "<w:tbl><w:tblPr><w:tblW w:w=\"%d\" w:type=\"dxa\"/><w:jc w:val=\"center\"/>"
            "<w:tblBorders>",
            width);
    for (size_t i = 0; i < sizeof sides / sizeof *sides; i++)
        buf_fmt(b, "<w:%s w:val=\"single\" w:sz=\"4\" w:space=\"0\" w:color=\"000000\"/>",
                sides[i]);
    BUF_LIT(b, "</w:tblBorders><w:tblLayout w:type=\"fixed\"/></w:tblPr><w:tblGrid>");
    for (int i = 0; i < n; i++)
        buf_fmt(b, "<w:gridCol w:w=\"%d\"/>", docx->widths[i]);
    BUF_LIT(b, "</w:tblGrid>");
}

static void put_cell(struct docx *docx, int column, enum docx_style style, struct str text)
{
    struct buf *b = &docx->body;
    buf_fmt(
        b,
        "<w:tc><w:tcPr><w:tcW w:w=\"%d\" w:type=\"dxa\"/>%s<w:vAlign w:val=\"center\"/></w:tcPr>",
        docx->widths[column],
        styles[style].shaded ? "<w:shd w:val=\"clear\" w:color=\"auto\" w:fill=\"EDEFF2\"/>" : "");
    docx_paragraph(docx, style, text);
    BUF_LIT(b, "</w:tc>");
}

static void put_row(struct docx *docx, enum docx_style first, enum docx_style others,
                    const struct str *cells)
{
    struct buf *b = &docx->body;
    buf_fmt(b,
            "<w:tr><w:trPr><w:cantSplit/><w:trHeight w:val=\"%d\" w:hRule=\"atLeast\"/>%s</w:trPr>",
            ROW_TWIPS, first == DOCX_HEAD ? "<w:tblHeader/>" : "");
    for (int i = 0; i < docx->columns_n; i++)
        put_cell(docx, i, i == 0 ? first : others, cells[i]);
    BUF_LIT(b, "</w:tr>");
}

void docx_row(struct docx *docx, enum docx_style style, const struct str *cells)
{
    put_row(docx, style, style, cells);
}

void docx_labelled_row(struct docx *docx, const struct str *cells)
{
    put_row(docx, DOCX_LABEL, DOCX_CELL, cells);
}

void docx_table_end(struct docx *docx)
{
    BUF_LIT(&docx->body, "</w:tbl>");
}

/* --- the parts that are always the same --- */

static void put_styles(struct buf *b)
{
    buf_fmt(b,
            XML_HEAD "<w:styles xmlns:w=\"" WORD "\"><w:docDefaults><w:rPrDefault><w:rPr>"
                     "<w:rFonts w:ascii=\"" FONT_BODY "\" w:hAnsi=\"" FONT_BODY
                     "\" w:eastAsia=\"" FONT_BODY "\"/><w:sz w:val=\"%d\"/>"
                     "<w:lang w:val=\"zh-CN\" w:eastAsia=\"zh-CN\"/></w:rPr></w:rPrDefault>"
                     "</w:docDefaults>",
            SIZE_3);
    for (int i = 0; i < STYLES_N; i++)
        buf_fmt(b,
                "<w:style w:type=\"paragraph\" w:styleId=\"%s\"%s><w:name w:val=\"%s\"/><w:pPr>"
                "%s<w:jc w:val=\"%s\"/></w:pPr><w:rPr><w:rFonts w:ascii=\"%s\" w:hAnsi=\"%s\" "
                "w:eastAsia=\"%s\"/><w:sz w:val=\"%d\"/><w:szCs w:val=\"%d\"/></w:rPr></w:style>",
                styles[i].id, i == DOCX_BODY ? " w:default=\"1\"" : "", styles[i].id,
                styles[i].rest, styles[i].align, styles[i].font, styles[i].font, styles[i].font,
                styles[i].half_points, styles[i].half_points);
    BUF_LIT(b, "</w:styles>");
}

static void put_fonts(struct buf *b)
{
    static const struct {
        const char *name, *others, *family;
    } fonts[] = {
        {FONT_TITLE, "方正小标宋_GBK,小标宋,宋体,SimSun,Songti SC,Noto Serif CJK SC", "roman"},
        {FONT_BODY, "仿宋_GB2312,FangSong,STFangsong,Noto Serif CJK SC", "modern"},
        {FONT_HEAD, "SimHei,STHeiti,Heiti SC,Noto Sans CJK SC", "modern"},
    };
    BUF_LIT(b, XML_HEAD "<w:fonts xmlns:w=\"" WORD "\">");
    for (size_t i = 0; i < sizeof fonts / sizeof *fonts; i++)
        buf_fmt(b,
                "<w:font w:name=\"%s\"><w:altName w:val=\"%s\"/><w:charset w:val=\"86\"/>"
                "<w:family w:val=\"%s\"/></w:font>",
                fonts[i].name, fonts[i].others, fonts[i].family);
    BUF_LIT(b, "</w:fonts>");
}

static const char content_types[] = XML_HEAD
    "<Types xmlns=\"" SCHEMAS "package/2006/content-types\">"
    "<Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package."
    "relationships+xml\"/><Default Extension=\"xml\" ContentType=\"application/xml\"/>"
    "<Override PartName=\"/word/document.xml\" ContentType=\"" CONTENT_TYPE "document.main+xml\"/>"
    "<Override PartName=\"/word/styles.xml\" ContentType=\"" CONTENT_TYPE "styles+xml\"/>"
    "<Override PartName=\"/word/fontTable.xml\" ContentType=\"" CONTENT_TYPE "fontTable+xml\"/>"
    "</Types>";

static const char package_relations[] = XML_HEAD
    "<Relationships xmlns=\"" SCHEMAS "package/2006/relationships\"><Relationship Id=\"rId1\" "
    "Type=\"" RELATIONS "officeDocument\" Target=\"word/document.xml\"/></Relationships>";

static const char document_relations[] = XML_HEAD
    "<Relationships xmlns=\"" SCHEMAS "package/2006/relationships\"><Relationship Id=\"rId1\" "
    "Type=\"" RELATIONS
    "styles\" Target=\"styles.xml\"/><Relationship Id=\"rId2\" Type=\"" RELATIONS
    "fontTable\" Target=\"fontTable.xml\"/></Relationships>";

enum status docx_close(struct docx *docx, struct buf *buf)
{
    struct buf *b = &docx->body;
    buf_fmt(b,
            "<w:sectPr><w:pgSz w:w=\"%d\" w:h=\"%d\"/><w:pgMar w:top=\"%d\" w:right=\"%d\" "
            "w:bottom=\"%d\" w:left=\"%d\" w:header=\"851\" w:footer=\"992\" w:gutter=\"0\"/>"
            "<w:docGrid w:type=\"lines\" w:linePitch=\"%d\"/></w:sectPr></w:body></w:document>",
            twips(210), twips(297), twips(37), twips(26), twips(35), twips(28), LINE_TWIPS);
    AUTOBUF look = buf_open(KIB(64)), fonts = buf_open(KIB(16));
    put_styles(&look);
    put_fonts(&fonts);
    const struct zip_member members[] = {
        {"[Content_Types].xml", str_from(content_types)},
        {"_rels/.rels", str_from(package_relations)},
        {"word/document.xml", buf_str(b)},
        {"word/styles.xml", buf_str(&look)},
        {"word/fontTable.xml", buf_str(&fonts)},
        {"word/_rels/document.xml.rels", str_from(document_relations)},
    };
    enum status status = b->full ? FAULT : OK;
    if (status == OK && buf)
        status = zip_put(buf, members, sizeof members / sizeof *members);
    buf_close(b);
    return status;
}
