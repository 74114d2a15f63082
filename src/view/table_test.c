#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "view/table_read.h"
#include "view/test_model.h"
#include "view/test_zip.h"
#include "view/zip_put.h"

/* Rows as "number|cell|cell", the head first, a line each. */
static void put_table(struct buf *buf, const struct table *table)
{
    for (int i = -1; i < table->n; i++) {
        const struct table_row *row = i < 0 ? &table->head : &table->rows[i];
        buf_fmt(buf, "%d", row->number);
        for (int k = 0; k < row->n; k++)
            buf_fmt(buf, "|%.*s", STR_ARG(row->cells[k]));
        buf_char(buf, '\n');
    }
}

static void assert_table(struct str bytes, const char *want)
{
    AUTOARENA arena = arena_open(MIB(1));
    AUTOTABLE table;
    struct fault fault = {0};
    if (table_read(&arena, bytes, &table, &fault) != OK)
        fail_msg("%.*s", STR_ARG(fault.message));
    AUTOBUF buf = buf_open(MIB(1));
    put_table(&buf, &table);
    assert_string_equal(str_c(&arena, buf_str(&buf)), want);
}

static void assert_refused(struct str bytes, const char *message)
{
    AUTOARENA arena = arena_open(MIB(1));
    AUTOTABLE table;
    struct fault fault = {0};
    assert_int_equal(table_read(&arena, bytes, &table, &fault), INVALID);
    if (!str_has(fault.message, str_from(message)))
        fail_msg("\"%.*s\" does not say \"%s\"", STR_ARG(fault.message), message);
}

/* --- CSV --- */

static void csv_is_read_in_its_separators_and_encodings(void **state)
{
    (void)state;
    const char *want = "1|单位|联系人\n2|水利局|张三\n";
    assert_table(STR("单位,联系人\r\n水利局,张三\r\n"), want);
    assert_table(STR("\xEF\xBB\xBF单位;联系人\n水利局;张三"), want);
    assert_table(STR("单位\t联系人\r水利局\t张三\r"), want);
    assert_table(STR("\xB5\xA5\xCE\xBB,\xC1\xAA\xCF\xB5\xC8\xCB\n\xCB\xAE\xC0\xFB\xBE\xD6,"
                     "\xD5\xC5\xC8\xFD\n"),
                 want);
    assert_table(STR("sep=;\n单位;联系,人\n"), "2|单位|联系,人\n");
}

static void csv_quotes_hold_separators_lines_and_quotes(void **state)
{
    (void)state;
    assert_table(STR("a,b\n\"x,\"\"y\"\"\",\"two\nlines\"\n\"\",z\n"),
                 "1|a|b\n2|x,\"y\"|two\nlines\n3||z\n");
    assert_table(STR("a,b\n5\" pipe,c"), "1|a|b\n2|5\" pipe|c\n");
    assert_refused(STR("a,b\nc,\"d\ne,f\n"), "第 2 行第 2 列的引号没有结束");
    assert_refused(STR("a,b\n\"c\"d,e\n"), "第 2 行第 1 列：右引号之后应是分隔符");
}

static void csv_rows_without_text_are_left_out_but_counted(void **state)
{
    (void)state;
    assert_table(STR("\n\na,b\n,,\n　 ,x,,\n"), "3|a|b\n5||x\n");
    assert_refused(STR(",,\n\n"), "表中没有内容");
    assert_refused(STR(""), "文件是空的");
}

static void what_is_no_table_is_refused_with_what_to_do(void **state)
{
    (void)state;
    assert_refused(STR("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), "请另存为不加密的 .xlsx");
    assert_refused(STR("\x7F"
                       "ELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0>\0\x01\0\0\0"),
                   "请另存为 .xlsx");
    assert_refused(STR("PK\x03\x04 not a zip"), "不完整或已损坏");
}

static void limits_are_refused_with_the_row(void **state)
{
    (void)state;
    AUTOBUF rows = buf_open(MIB(20)), columns = buf_open(MIB(1)), cells = buf_open(MIB(20));
    for (int i = 0; i < 100002; i++)
        BUF_LIT(&rows, "a\n");
    assert_refused(buf_str(&rows), "第 100002 行起超过 100000 行");
    BUF_LIT(&columns, "a\n");
    for (int i = 0; i < 256; i++)
        buf_char(&columns, ',');
    BUF_LIT(&columns, "x\n");
    assert_refused(buf_str(&columns), "第 2 行超过 256 列");
    for (int i = 0; i < 4000; i++)
        buf_put(&cells, (struct str){columns.ptr + 2, 255}), BUF_LIT(&cells, "x\n");
    assert_refused(buf_str(&cells), "单元格过多");
    AUTOBUF large = buf_open(MIB(17));
    buf_reserve(&large, MIB(16) + 1);
    memset(large.ptr, 'a', MIB(16) + 1);
    assert_refused((struct str){large.ptr, MIB(16) + 1}, "文件超过 16 MB");
}

/* --- XLSX --- */

#define RELS_HEAD                                                                                  \
    "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">"
#define TYPE "Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/"

static const char root_rels[] = RELS_HEAD
    "<Relationship Id=\"a\" " TYPE "officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>";
static const char book_rels[] =
    RELS_HEAD "<Relationship Id=\"r1\" " TYPE "worksheet\" Target=\"worksheets/sheet1.xml\"/>"
              "<Relationship Id=\"r2\" " TYPE "worksheet\" Target=\"/xl/worksheets/sheet2.xml\"/>"
              "<Relationship Id=\"r3\" " TYPE "sharedStrings\" Target=\"sharedStrings.xml\"/>"
              "<Relationship Id=\"r4\" " TYPE "styles\" Target=\"styles.xml\"/></Relationships>";
static const char styles[] =
    "<styleSheet><numFmts><numFmt numFmtId=\"164\" "
    "formatCode=\"yyyy&quot;年&quot;m&quot;月&quot;\"/>"
    "<numFmt numFmtId=\"165\" formatCode=\"[Red]0.00&quot;d&quot;\"/></numFmts><cellStyleXfs>"
    "<xf numFmtId=\"14\"/></cellStyleXfs><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/>"
    "<xf numFmtId=\"164\"/><xf numFmtId=\"165\"/><xf numFmtId=\"22\"/></cellXfs></styleSheet>";
static const char strings[] =
    "<sst><si><t>单位</t></si><si><r><t>水</t></r><r><t xml:space=\"preserve\">利 局</t></r>"
    "<rPh><t>shui</t></rPh></si><si><t>a_x000A_b_x0041_</t></si><si/></sst>";

static void put_book(struct buf *buf, const char *workbook, const char *sheet)
{
    const struct zip_member members[] = {
        {"_rels/.rels", str_from(root_rels)},
        {"xl/workbook.xml", str_from(workbook)},
        {"xl/_rels/workbook.xml.rels", str_from(book_rels)},
        {"xl/styles.xml", str_from(styles)},
        {"xl/sharedStrings.xml", str_from(strings)},
        {"xl/worksheets/sheet1.xml", STR("<worksheet><row><c><v>1</v></c></row></worksheet>")},
        {"xl/worksheets/sheet2.xml", str_from(sheet)},
    };
    assert_int_equal(zip_put(buf, members, sizeof members / sizeof *members), OK);
}

static const char book_1900[] =
    "<workbook xmlns:r=\"r\"><sheets><sheet name=\"a\" sheetId=\"1\" state=\"veryHidden\" "
    "r:id=\"r1\"/><sheet name=\"b\" sheetId=\"2\" r:id=\"r2\"/></sheets></workbook>";
static const char book_1904[] = "<workbook><workbookPr date1904=\"1\"/><sheets><sheet name=\"b\" "
                                "id=\"r2\"/></sheets></workbook>";

static void assert_sheet(const char *workbook, const char *rows, const char *want)
{
    AUTOBUF buf = buf_open(MIB(1)), sheet = buf_open(KIB(16));
    buf_fmt(&sheet, "<x:worksheet xmlns:x=\"m\"><x:sheetData>%s</x:sheetData></x:worksheet>%c",
            rows, '\0');
    put_book(&buf, workbook, sheet.ptr);
    assert_table(buf_str(&buf), want);
}

static void xlsx_cells_of_every_type_become_text(void **state)
{
    (void)state;
    assert_sheet(
        book_1900,
        "<row r=\"2\"><c r=\"A2\" t=\"s\"><v>0</v></c><c r=\"C2\" t=\"s\"><v>1</v></c>"
        "<c t=\"s\"><v>2</v></c></row>"
        "<row r=\"4\"><c t=\"inlineStr\"><is><t> 内联 </t></is></c><c t=\"str\"><f>A1</f>"
        "<v>算出</v></c><c t=\"b\"><v>1</v></c><c t=\"b\"><v>0</v></c><c t=\"e\"><v>#N/A</v>"
        "</c></row>"
        "<row><c><v>13800000000</v></c><c><v>1.38E10</v></c><c><v>0.1</v></c>"
        "<c><v>1.1000000000000001</v></c><c><v>-0</v></c><c s=\"3\"><v>2.5</v></c></row>",
        "2|单位||水利 局|a\nbA\n4|内联|算出|是|否|#N/A\n"
        "5|13800000000|13800000000|0.1|1.1|0|2.5\n");
}

static void xlsx_dates_follow_the_workbooks_calendar(void **state)
{
    (void)state;
    const char *row = "<row><c s=\"1\"><v>44585</v></c><c s=\"2\"><v>59</v></c><c s=\"2\"><v>61</v>"
                      "</c><c s=\"4\"><v>44585.4375</v></c><c s=\"4\"><v>0.75</v></c><c s=\"4\">"
                      "<v>44584.9999999</v></c><c s=\"1\"><v>-1</v></c><c s=\"1\"><v>3e9</v></c>"
                      "</row>";
    assert_sheet(book_1900, row,
                 "1|2022-01-24|1900-02-28|1900-03-01|2022-01-24 10:30|18:00|2022-01-24|-1|"
                 "3000000000\n");
    assert_sheet(book_1904, "<row><c s=\"1\"><v>43123</v></c><c s=\"1\"><v>0</v></c></row>",
                 "1|2022-01-24|1904-01-01\n");
}

static void xlsx_that_lies_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *sheet, *message;
    } cases[] = {
        {"<worksheet><row r=\"2\"/><row r=\"1\"><c><v>1</v></c></row></worksheet>", "已损坏"},
        {"<worksheet><row r=\"9999999\"><c><v>1</v></c></row></worksheet>", "已损坏"},
        {"<worksheet><row><c><v>1</v></c>", "已损坏"},
        {"<!DOCTYPE w [<!ENTITY a \"b\">]><worksheet><row><c t=\"str\"><v>&a;</v></c></row>"
         "</worksheet>",
         "已损坏"},
        {"<worksheet><row r=\"3\"><c r=\"ZZ3\"><v>1</v></c></row></worksheet>",
         "第 3 行超过 256 列"},
        {"<worksheet/>", "表中没有内容"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        AUTOBUF buf = buf_open(MIB(1));
        put_book(&buf, book_1900, cases[i].sheet);
        assert_refused(buf_str(&buf), cases[i].message);
    }
    AUTOBUF other = buf_open(MIB(1));
    assert_int_equal(zip_put(&other, &(struct zip_member){"a.txt", STR("a")}, 1), OK);
    assert_refused(buf_str(&other), "这不是 .xlsx 表格");
}

static void a_shared_string_out_of_range_is_an_empty_cell(void **state)
{
    (void)state;
    assert_sheet(book_1900,
                 "<row><c t=\"s\"><v>99</v></c><c t=\"s\"><v>-1</v></c><c t=\"s\"/><c><v>1</v></c>"
                 "</row>",
                 "1||||1\n");
}

static void a_bomb_is_refused_before_it_is_unpacked(void **state)
{
    (void)state;
    AUTOBUF blanks = buf_open(MIB(256)), buf = buf_open(MIB(4));
    BUF_LIT(&blanks, "<w>");
    for (int i = 0; i < 140; i++) {
        memset(buf_reserve(&blanks, MIB(1)), ' ', MIB(1));
        blanks.len += MIB(1);
        BUF_LIT(&blanks, "<x/>");
    }
    BUF_LIT(&blanks, "</w>");
    const struct zip_member members[] = {{"_rels/.rels", str_from(root_rels)},
                                         {"xl/workbook.xml", str_from(book_1900)},
                                         {"xl/_rels/workbook.xml.rels", str_from(book_rels)},
                                         {"xl/worksheets/sheet2.xml", buf_str(&blanks)}};
    assert_int_equal(zip_put(&buf, members, 4), OK);
    assert_refused(buf_str(&buf), "解压后超过 128 MB");
}

static void a_cut_package_is_refused_wherever_it_is_cut(void **state)
{
    (void)state;
    AUTOARENA arena = arena_open(MIB(4));
    AUTOBUF buf = buf_open(MIB(1));
    put_book(&buf, book_1900, "<worksheet><row><c><v>1</v></c></row></worksheet>");
    for (size_t len = 4; len < buf.len; len += 7) {
        AUTOTABLE table;
        char *part = arena_alloc(&arena, len); /* so that reading over its end is noticed */
        memcpy(part, buf.ptr, len);
        assert_int_equal(table_read(&arena, (struct str){part, len}, &table, NULL), INVALID);
    }
}

/* --- heads --- */

static void the_head_is_found_below_a_title(void **state)
{
    (void)state;
    AUTOARENA arena = arena_open(MIB(1));
    AUTOTABLE table;
    assert_int_equal(
        table_read(&arena, STR("联络员名册\n\n序号,单 位,联系人\n1,水利局,张三\n"), &table, NULL),
        OK);
    assert_int_equal(table_find(&table, "单位"), -1);
    assert_true(table_take_head(&table, "单位"));
    assert_int_equal(table.head.number, 3);
    assert_int_equal(table.n, 1);
    assert_int_equal(table_find(&table, "单位"), 1);
    assert_true(str_is(table_text(&table.rows[0], 1), "水利局"));
    assert_true(str_is(table_text(&table.rows[0], 9), ""));
    assert_true(str_is(table_text(&table.rows[0], table_find(&table, "电话")), ""));
    assert_false(table_take_head(&table, "电话"));
    assert_int_equal(table.n, 1);
}

/* --- what is written is read again --- */

static const char rows_as_data[] = "1|单位|类别|专门委员会|本年往来|概称|起|止|修改时间|别名\n"
                                   "2|市住建局\"A\"|党政部门|提案委员会|-3|是|2022-01-24||2022-01-"
                                   "24T10:00:00+08:00|人防办、住建局\n"
                                   "3|=1+1\n";
static const char rows_as_sheet[] =
    "1|单位|类别|专门委员会|本年往来|概称|起|止|修改时间|别名\n"
    "2|市住建局\"A\"|党政部门|提案委员会|-3|是|2022-01-24||2022-01-24 10:00|人防办、住建局\n"
    "3|=1+1\n";

static void csv_is_written_as_it_is_read(void **state)
{
    (void)state;
    AUTOARENA arena = arena_open(MIB(1));
    AUTOBUF buf = buf_open(MIB(1));
    view_put_csv(&buf, test_units(&arena));
    assert_true(str_starts(buf_str(&buf), STR("\xEF\xBB\xBF\"单位\",\"类别\",")));
    assert_true(str_has(buf_str(&buf), STR("\r\n\"市住建局\"\"A\"\"\",\"党政部门\"")));
    assert_true(
        str_ends(buf_str(&buf), STR("\r\n\"'=1+1\",\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"\"\r\n")));
    assert_table(buf_str(&buf), rows_as_data);
}

static void xlsx_is_written_as_it_is_read_and_the_same_twice(void **state)
{
    (void)state;
    AUTOARENA arena = arena_open(MIB(1));
    AUTOBUF buf = buf_open(MIB(1)), again = buf_open(MIB(1));
    const struct list *units = test_units(&arena);
    assert_int_equal(view_put_xlsx(&buf, "对口[联系]名录", units), OK);
    assert_int_equal(view_put_xlsx(&again, "对口[联系]名录", units), OK);
    assert_table(buf_str(&buf), rows_as_sheet);
    assert_true(str_eq(buf_str(&buf), buf_str(&again)));
}

static void a_sheet_has_a_frozen_head_a_filter_and_real_dates(void **state)
{
    (void)state;
    AUTOARENA arena = arena_open(MIB(1));
    AUTOBUF buf = buf_open(MIB(1));
    assert_int_equal(view_put_xlsx(&buf, "名录", test_units(&arena)), OK);
    struct str sheet = test_zip_member(&arena, &buf, "xl/worksheets/sheet1.xml");
    assert_true(str_has(sheet, STR("<pane ySplit=\"1\" topLeftCell=\"A2\"")));
    assert_true(str_has(sheet, STR("<autoFilter ref=\"A1:I3\"/>")));
    assert_true(str_has(sheet, STR("<c r=\"F2\" s=\"4\"><v>44585</v></c>")));
    assert_true(
        str_has(test_zip_member(&arena, &buf, "xl/styles.xml"), STR("formatCode=\"yyyy-mm-dd\"")));
    assert_true(
        str_has(test_zip_member(&arena, &buf, "xl/workbook.xml"), STR("<sheet name=\"名录\"")));
    assert_true(str_has(sheet, STR("<pageSetUpPr fitToPage=\"1\"/>")));
    assert_true(str_has(sheet, STR("paperSize=\"9\" fitToHeight=\"0\" orientation=\"landscape\"")));
    assert_true(str_has(test_zip_member(&arena, &buf, "xl/workbook.xml"),
                        STR("_xlnm.Print_Titles\" localSheetId=\"0\">'名录'!$1:$1")));
}

static void a_text_longer_than_a_cell_is_cut(void **state)
{
    (void)state;
    static const struct column columns[] = {{"a", "甲", COLUMN_TEXT}};
    static const struct shape shape = {"one", columns, 1};
    AUTOARENA arena = arena_open(MIB(1));
    struct list *list = list_new(&arena, &shape);
    char *text = arena_alloc(&arena, 40000);
    memset(text, 'a', 40000);
    list_add(&arena, list)[0] = value_text((struct str){text, 40000});
    AUTOBUF buf = buf_open(MIB(1));
    assert_int_equal(view_put_xlsx(&buf, "a", list), OK);
    AUTOTABLE table;
    assert_int_equal(table_read(&arena, buf_str(&buf), &table, NULL), OK);
    assert_int_equal(table_text(&table.rows[0], 0).len, 32767);
}

static void no_cell_starts_a_formula(void **state)
{
    (void)state;
    static const char *const texts[] = {"=1+1", "+86", "-1",  "@a",  "\tx", "\rx",
                                        "\nx",  "＝1", "＋1", "－1", "＠a"};
    static const struct column columns[] = {{"a", "甲", COLUMN_TEXT}};
    static const struct shape shape = {"one", columns, 1};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        AUTOBUF buf = buf_open(KIB(1));
        struct value cell = value_text(str_from(texts[i]));
        view_put_csv_row(&buf, &shape, &cell);
        assert_true(str_starts(buf_str(&buf), STR("\"'")));
    }
}

static void xlsx_keeps_long_digits_and_odd_characters(void **state)
{
    (void)state;
    static const struct column columns[] = {{"a", "甲", COLUMN_TEXT}, {"b", "乙", COLUMN_INT}};
    static const struct shape shape = {"two", columns, 2};
    AUTOARENA arena = arena_open(MIB(1));
    struct list *list = list_new(&arena, &shape);
    struct value *row = list_add(&arena, list);
    row[0] = value_text(STR("007370123456789012"));
    row[1] = value_int(INT64_MAX);
    row = list_add(&arena, list);
    row[0] = value_text(STR("a<&>\"'\x01\xEF\xBF\xBF𠮷\nb"));
    row[1] = value_int(999999999999999);
    AUTOBUF buf = buf_open(MIB(1));
    assert_int_equal(view_put_xlsx(&buf, "", list), OK);
    assert_table(buf_str(&buf), "1|甲|乙\n2|007370123456789012|9223372036854775807\n"
                                "3|a<&>\"'𠮷\nb|999999999999999\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(csv_is_read_in_its_separators_and_encodings),
        cmocka_unit_test(csv_quotes_hold_separators_lines_and_quotes),
        cmocka_unit_test(csv_rows_without_text_are_left_out_but_counted),
        cmocka_unit_test(what_is_no_table_is_refused_with_what_to_do),
        cmocka_unit_test(limits_are_refused_with_the_row),
        cmocka_unit_test(xlsx_cells_of_every_type_become_text),
        cmocka_unit_test(xlsx_dates_follow_the_workbooks_calendar),
        cmocka_unit_test(xlsx_that_lies_is_refused),
        cmocka_unit_test(a_shared_string_out_of_range_is_an_empty_cell),
        cmocka_unit_test(a_bomb_is_refused_before_it_is_unpacked),
        cmocka_unit_test(a_cut_package_is_refused_wherever_it_is_cut),
        cmocka_unit_test(the_head_is_found_below_a_title),
        cmocka_unit_test(csv_is_written_as_it_is_read),
        cmocka_unit_test(xlsx_is_written_as_it_is_read_and_the_same_twice),
        cmocka_unit_test(a_sheet_has_a_frozen_head_a_filter_and_real_dates),
        cmocka_unit_test(a_text_longer_than_a_cell_is_cut),
        cmocka_unit_test(no_cell_starts_a_formula),
        cmocka_unit_test(xlsx_keeps_long_digits_and_odd_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
