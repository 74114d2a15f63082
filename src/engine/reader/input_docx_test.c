#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/buf.h"
#include "engine/reader/docx_testing.h"
#include "engine/reader/input.h"
#include "engine/reader/input_testing.h"

/* A paragraph with one run. */
#define P(text) "<w:p><w:r><w:t>" text "</w:t></w:r></w:p>"
#define LIST(id, lvl)                                                                              \
    "<w:pPr><w:numPr><w:ilvl w:val='" lvl "'/><w:numId w:val='" id "'/></w:numPr></w:pPr>"
#define ITEM(id, lvl, text)  "<w:p>" LIST(id, lvl) "<w:r><w:t>" text "</w:t></w:r></w:p>"
#define TC(properties, text) "<w:tc><w:tcPr>" properties "</w:tcPr>" P(text) "</w:tc>"
#define LEVEL(i, format, text)                                                                     \
    "<w:lvl w:ilvl='" i "'><w:start w:val='1'/><w:numFmt w:val='" format "'/>"                     \
    "<w:lvlText w:val='" text "'/></w:lvl>"

static void assert_docx(const char *body, const char *numbering, const char *styles,
                        const char *want)
{
    AUTOARENA arena = arena_open(MIB(64));
    struct source source;
    struct fault fault = {0};
    struct str bytes = docx_made(&arena, body, numbering, styles);
    if (source_from_docx(&arena, bytes, &source, &fault) != OK)
        fail_msg("%.*s", STR_ARG(fault.message));
    assert_string_equal(source.format, "docx");
    assert_printed(&arena, &source, want);
}

static void assert_refused(struct str bytes, const char *words)
{
    AUTOARENA arena = arena_open(MIB(256));
    struct source source;
    struct fault fault = {0};
    assert_int_equal(source_from_docx(&arena, bytes, &source, &fault), INVALID);
    if (!str_has(fault.message, str_from(words)))
        fail_msg("%.*s does not say %s", STR_ARG(fault.message), words);
}

static void paragraphs_are_lines_and_blank_ones_stay(void **state)
{
    (void)state;
    assert_docx(P("云河市") "<w:p/>" P("一") "<w:sectPr><w:type w:val='nextPage'/></w:sectPr>",
                NULL, NULL, "云河市\n\n一\n");
    assert_docx("<w:p><w:r><w:t>甲</w:t><w:tab/><w:t>乙</w:t><w:br/><w:t xml:space='preserve'> 丙"
                "</w:t></w:r><w:hyperlink><w:r><w:t>丁&amp;</w:t></w:r></w:hyperlink></w:p>",
                NULL, NULL, "甲\t乙\n丙丁&\n");
}

static void tab_stops_and_field_codes_are_no_text(void **state)
{
    (void)state;
    assert_docx("<w:p><w:pPr><w:tabs><w:tab w:val='left'/></w:tabs></w:pPr><w:r><w:instrText>PAGE"
                "</w:instrText></w:r><w:r><w:t>一</w:t></w:r></w:p>",
                NULL, NULL, "一\n");
    assert_docx("<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>藏</w:t></w:r><w:r><w:rPr>"
                "<w:vanish w:val='0'/></w:rPr><w:t>见</w:t></w:r></w:p>",
                NULL, NULL, "见\n");
}

static void tracked_changes_are_read_as_accepted(void **state)
{
    (void)state;
    assert_docx(
        "<w:p><w:r><w:t>每年</w:t></w:r><w:del><w:r><w:delText>一</w:delText><w:t>一</w:t>"
        "</w:r></w:del><w:ins><w:r><w:t>两</w:t></w:r></w:ins><w:moveFrom><w:r><w:t>移</w:t>"
        "</w:r></w:moveFrom><w:r><w:t>次</w:t></w:r></w:p>",
        NULL, NULL, "每年两次\n");
    assert_docx("<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr><w:r><w:t>前</w:t></w:r></w:p>" P("后")
                    P("尾"),
                NULL, NULL, "前后\n尾\n");
    assert_docx("<w:tbl><w:tr>" TC("", "甲")
                    TC("", "乙") "</w:tr><w:tr><w:trPr><w:del/></w:trPr>" TC("", "丙")
                        TC("", "丁") "</w:tr></w:tbl>",
                NULL, NULL, "1|甲|乙\n");
}

static void page_breaks_mark_the_next_line(void **state)
{
    (void)state;
    assert_docx(P("一") "<w:p><w:r><w:t>二</w:t><w:br w:type='page'/><w:t>三</w:t></w:r></w:p>"
                        "<w:p><w:pPr><w:pageBreakBefore/></w:pPr><w:r><w:t>四</w:t></w:r></w:p>"
                        "<w:p><w:r><w:lastRenderedPageBreak/><w:t>五</w:t></w:r></w:p>"
                        "<w:p><w:pPr><w:sectPr/></w:pPr><w:r><w:t>六</w:t></w:r></w:p>" P("七"),
                NULL, NULL, "一\n二\n^三\n^四\n^五\n六\n^七\n");
}

static void text_boxes_are_read_once(void **state)
{
    (void)state;
    assert_docx(
        "<w:p><w:r><w:t>外</w:t></w:r><w:r><mc:AlternateContent xmlns:mc='urn:mc'><mc:Choice>"
        "<w:txbxContent>" P("框") "</w:txbxContent></mc:Choice><mc:Fallback>"
                                  "<w:txbxContent>" P(
                                      "框") "</w:txbxContent></mc:Fallback></mc:AlternateContent>"
                                            "<w:t>后</w:t></w:r></w:p>",
        NULL, NULL, "框\n外后\n");
}

static void spanned_cells_are_repeated(void **state)
{
    (void)state;
    assert_docx(
        "<w:tbl><w:tr><w:trPr><w:tblHeader/></w:trPr>" TC("", "专委会") TC(
            "<w:gridSpan w:val='2'/>",
            "单位") "</w:tr>"
                    "<w:tr>" TC("<w:vMerge w:val='restart'/>", "提案委") TC("", "甲") TC(
                        "", "乙") "</w:tr>"
                                  "<w:tr>" TC("<w:vMerge/>", "") TC("", "丙") "<w:tc>" P("丁")
                                      P("戊") "</w:tc></w:tr>"
                                              "<w:tr><w:trPr><w:gridBefore w:val='1'/></w:trPr>" TC(
                                                  "", "己") TC("", "庚") "</w:tr></w:tbl>" P("后"),
        NULL, NULL, "1|专委会#|单位#|单位#*\n1|提案委|甲|乙\n1|提案委*|丙|丁/戊\n1||己|庚\n后\n");
}

static void a_table_of_one_column_is_lines_and_one_inside_a_cell_is_its_text(void **state)
{
    (void)state;
    assert_docx("<w:tbl><w:tr><w:tc>" P("一") P("二") "</w:tc></w:tr></w:tbl>", NULL, NULL,
                "一\n二\n");
    assert_docx("<w:tbl><w:tr>" TC("", "甲") "<w:tc><w:tbl><w:tr>" TC("", "乙")
                    TC("", "丙") "</w:tr></w:tbl>" P("丁") "</w:tc></w:tr></w:tbl>",
                NULL, NULL, "1|甲|乙/丙/丁\n");
}

static void list_numbers_are_computed(void **state)
{
    (void)state;
    const char *lists = "<w:abstractNum w:abstractNumId='5'>" LEVEL(
        "0", "chineseCountingThousand", "%1、") LEVEL("1", "chineseCounting", "（%2）")
        LEVEL("2", "decimal", "%3.") "</w:abstractNum><w:abstractNum w:abstractNumId='6'>" LEVEL(
            "0", "bullet",
            "●") "</w:abstractNum><w:num w:numId='1'><w:abstractNumId w:val='5'/></w:num>"
                 "<w:num w:numId='2'><w:abstractNumId w:val='6'/></w:num>"
                 "<w:num w:numId='3'><w:abstractNumId w:val='5'/><w:lvlOverride w:ilvl='0'>"
                 "<w:startOverride w:val='12'/></w:lvlOverride></w:num>";
    assert_docx(
        ITEM("1", "0", "总则") ITEM("1", "1", "甲") ITEM("1", "1", "乙") ITEM("1", "2", "子")
            ITEM("1", "0", "分则") ITEM("1", "1", "丙") ITEM("2", "0", "点") ITEM("0", "0", "无")
                ITEM("3", "0", "续") ITEM("9", "0", "无此表"),
        lists, NULL,
        "一、总则\n（一）甲\n（二）乙\n1.子\n二、分则\n（一）丙\n点\n无\n十二、续\n无此表\n");
}

static void list_numbers_come_from_styles_too(void **state)
{
    (void)state;
    const char *lists = "<w:abstractNum w:abstractNumId='0'>" LEVEL(
        "0", "decimal", "第%1条 ") "<w:lvl w:ilvl='1'><w:start w:val='3'/><w:numFmt "
                                   "w:val='upperLetter'/><w:pStyle w:val='b'/>"
                                   "<w:lvlText w:val='%1.%2)'/></w:lvl></w:abstractNum>"
                                   "<w:num w:numId='7'><w:abstractNumId w:val='0'/></w:num>";
    const char *styles =
        "<w:style w:styleId='a'><w:pPr><w:numPr><w:numId w:val='7'/></w:numPr></w:pPr></w:style>"
        "<w:style w:styleId='b'><w:basedOn w:val='a'/><w:pPr><w:numPr><w:numId "
        "w:val='7'/></w:numPr>"
        "</w:pPr></w:style><w:style w:styleId='c'><w:basedOn w:val='a'/></w:style>";
#define STYLED(style, text)                                                                        \
    "<w:p><w:pPr><w:pStyle w:val='" style "'/></w:pPr><w:r><w:t>" text "</w:t></w:r></w:p>"
    assert_docx(STYLED("a", "甲") STYLED("b", "乙") STYLED("c", "丙") STYLED("x", "丁"), lists,
                styles, "第1条 甲\n1.C)乙\n第2条 丙\n丁\n");
}

static void every_number_format_counts(void **state)
{
    (void)state;
    static const struct {
        const char *format, *start, *want;
    } cases[] = {
        {"chineseCounting", "10", "十"},
        {"chineseCounting", "20", "二十"},
        {"chineseCounting", "21", "二十一"},
        {"chineseCountingThousand", "105", "一百零五"},
        {"chineseCountingThousand", "110", "一百一十"},
        {"chineseCountingThousand", "1010", "一千零一十"},
        {"chineseLegalSimplified", "12", "拾贰"},
        {"ideographDigital", "10", "一〇"},
        {"decimalFullWidth", "12", "１２"},
        {"decimalZero", "3", "03"},
        {"decimalEnclosedCircle", "3", "③"},
        {"decimalEnclosedCircle", "30", "30"},
        {"decimalEnclosedParen", "2", "⑵"},
        {"decimalEnclosedFullstop", "2", "⒉"},
        {"lowerLetter", "3", "c"},
        {"upperRoman", "14", "XIV"},
        {"lowerRoman", "4", "iv"},
        {"ideographTraditional", "2", "乙"},
        {"none", "2", ""},
        {"unheardOf", "2", "2"},
        {"chineseCounting", "12345", "12345"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        AUTOARENA arena = arena_open(MIB(1));
        struct str lists = str_fmt(&arena,
                                   "<w:abstractNum w:abstractNumId='0'><w:lvl w:ilvl='0'>"
                                   "<w:start w:val='%s'/><w:numFmt w:val='%s'/><w:lvlText "
                                   "w:val='%%1|'/></w:lvl></w:abstractNum><w:num w:numId='1'>"
                                   "<w:abstractNumId w:val='0'/></w:num>",
                                   cases[i].start, cases[i].format);
        assert_docx(ITEM("1", "0", "x"), lists.ptr, NULL,
                    str_fmt(&arena, "%s|x\n", cases[i].want).ptr);
    }
}

static void a_truncated_or_broken_docx_is_refused(void **state)
{
    (void)state;
    AUTOARENA arena = arena_open(MIB(64));
    struct str whole = docx_made(&arena, P("一"), NULL, NULL);
    for (size_t len = 4; len < whole.len; len += 97)
        assert_refused(str_head(whole, len), "不完整");
    assert_refused(docx_made(&arena, "<w:p><w:r>", NULL, NULL), "已损坏");
    struct docx_part doctype = {"word/document.xml",
                                STR("<!DOCTYPE w [<!ENTITY a 'b'>]><w:document " DOCX_W ">"
                                    "<w:body><w:p><w:r><w:t>&a;</w:t></w:r></w:p></w:body>"
                                    "</w:document>")};
    assert_refused(zip_made(&arena, &doctype, 1), "已损坏");
}

static void other_archives_are_refused_by_name(void **state)
{
    (void)state;
    AUTOARENA arena = arena_open(MIB(1));
    static const char *const cases[][2] = {{"OFD.xml", ".ofd"},
                                           {"xl/workbook.xml", ".xlsx"},
                                           {"ppt/presentation.xml", ".pptx"},
                                           {"content.xml", ".odt"},
                                           {"readme.txt", "压缩包"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct docx_part part = {cases[i][0], STR("<a/>")};
        assert_refused(zip_made(&arena, &part, 1), cases[i][1]);
    }
}

static void bombs_are_refused_before_they_are_unpacked(void **state)
{
    (void)state;
    AUTOARENA arena = arena_open(MIB(64));
    /* 20 MiB of one letter pack into 20 KiB. */
    struct docx_part part = {"word/document.xml", {arena_new(&arena, char, MIB(20)), MIB(20)}};
    struct str bomb = zip_made(&arena, &part, 1);
    assert_true(bomb.len < KIB(64));
    assert_refused(bomb, "过大");
    struct docx_part many[INPUT_ZIP_ENTRIES_MAX + 1];
    for (int i = 0; i <= INPUT_ZIP_ENTRIES_MAX; i++)
        many[i] = (struct docx_part){str_fmt(&arena, "word/%d.xml", i).ptr, STR("")};
    assert_refused(zip_made(&arena, many, INPUT_ZIP_ENTRIES_MAX + 1), "过大");
}

static void depth_without_end_is_refused(void **state)
{
    (void)state;
    AUTOARENA arena = arena_open(MIB(16));
    AUTOBUF body = buf_open(MIB(2));
    for (int i = 0; i < 20000; i++)
        BUF_LIT(&body, "<w:p><w:r><w:txbxContent>");
    buf_char(&body, 0);
    assert_refused(docx_made(&arena, body.ptr, NULL, NULL), "已损坏");
    buf_clear(&body);
    for (int i = 0; i < 30; i++)
        BUF_LIT(&body, "<w:p><w:r><w:t>x</w:t><w:txbxContent><w:tbl><w:tr><w:tc>");
    for (int i = 0; i < 30; i++)
        BUF_LIT(&body, "</w:tc></w:tr></w:tbl></w:txbxContent></w:r></w:p>");
    buf_char(&body, 0);
    struct source source;
    struct str bytes = docx_made(&arena, body.ptr, NULL, NULL);
    assert_int_equal(source_from_docx(&arena, bytes, &source, NULL), OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paragraphs_are_lines_and_blank_ones_stay),
        cmocka_unit_test(tab_stops_and_field_codes_are_no_text),
        cmocka_unit_test(tracked_changes_are_read_as_accepted),
        cmocka_unit_test(page_breaks_mark_the_next_line),
        cmocka_unit_test(text_boxes_are_read_once),
        cmocka_unit_test(spanned_cells_are_repeated),
        cmocka_unit_test(a_table_of_one_column_is_lines_and_one_inside_a_cell_is_its_text),
        cmocka_unit_test(list_numbers_are_computed),
        cmocka_unit_test(list_numbers_come_from_styles_too),
        cmocka_unit_test(every_number_format_counts),
        cmocka_unit_test(a_truncated_or_broken_docx_is_refused),
        cmocka_unit_test(other_archives_are_refused_by_name),
        cmocka_unit_test(bombs_are_refused_before_they_are_unpacked),
        cmocka_unit_test(depth_without_end_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
