#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "engine/reader/input.h"
#include "engine/reader/input_testing.h"

/* Fontconfig keeps a pattern of its default configuration and never lets it go. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libfontconfig\n";
}

#define CATALOG                                                                                    \
    "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"                                       \
    "2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
#define PAGE                                                                                       \
    "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 400]/Contents 4 0 R/Resources<<"            \
    "/Font<</F1 6 0 R>>/XObject<</I 5 0 R>>>>>>endobj\n"                                           \
    "5 0 obj<</Type/XObject/Subtype/Image/Width 2/Height 2/BitsPerComponent 8/ColorSpace"          \
    "/DeviceGray/Length 4>>stream\nABCD\nendstream endobj\n"                                       \
    "6 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\n"
#define END "trailer<</Root 1 0 R>>\n%%EOF\n"

/* One page that draws these operators. */
static struct str pdf_made(struct arena *arena, const char *content)
{
    return str_fmt(arena, "%s%s4 0 obj<</Length %zu>>stream\n%s\nendstream endobj\n%s", CATALOG,
                   PAGE, strlen(content), content, END);
}

static struct str file_of(struct arena *arena, const char *name)
{
    struct str path = str_fmt(arena, "%s/tests/data/documents/%s", getenv("DUIKOU_SOURCE"), name);
    FILE *file = fopen(path.ptr, "rb");
    assert_non_null(file);
    char *bytes = arena_alloc(arena, MIB(1));
    size_t len = fread(bytes, 1, MIB(1), file);
    fclose(file);
    return (struct str){bytes, len};
}

static void assert_pdf(struct str bytes, const char *want)
{
    AUTOARENA arena = arena_open(MIB(64));
    struct source source;
    struct fault fault = {0};
    if (source_from_pdf(&arena, bytes, &source, &fault) != OK)
        fail_msg("%.*s", STR_ARG(fault.message));
    assert_string_equal(source.format, "pdf");
    assert_printed(&arena, &source, want);
}

static void assert_refused(struct str bytes, const char *words)
{
    AUTOARENA arena = arena_open(MIB(64));
    struct source source;
    struct fault fault = {0};
    assert_int_equal(source_from_pdf(&arena, bytes, &source, &fault), INVALID);
    if (!str_has(fault.message, str_from(words)))
        fail_msg("%.*s does not say %s", STR_ARG(fault.message), words);
}

static void glyphs_side_by_side_are_a_line(void **state)
{
    (void)state;
    AUTOARENA arena = arena_open(MIB(1));
    /* Drawn from the bottom up and out of order; the lines come out as they stand on the page. */
    assert_pdf(pdf_made(&arena,
                        "BT /F1 14 Tf 50 100 Td (Low) Tj ET BT /F1 14 Tf 150 300 Td (right) Tj "
                        "ET BT /F1 14 Tf 50 300 Td (Left of) Tj ET"),
               "^Left of\tright\nLow\n");
}

static void rules_make_a_table(void **state)
{
    (void)state;
    AUTOARENA arena = arena_open(MIB(1));
    /* Three columns of 100 points; the first cell spans two rows, the last row two columns. */
#define CELL(x, y, text) "BT /F1 12 Tf " x " " y " Td (" text ") Tj ET "
    assert_pdf(pdf_made(&arena,
                        "50 350 m 350 350 l S 150 310 m 350 310 l S 50 270 m 350 270 l S "
                        "50 230 m 350 230 l S 50 230 m 50 350 l S 350 230 m 350 350 l S "
                        "150 230 m 150 350 l S 250 270 m 250 350 l S " CELL("60", "370", "Above")
                            CELL("60", "306", "Both") CELL("160", "330", "A")
                                CELL("260", "330", "B") CELL("160", "290", "C")
                                    CELL("260", "290", "D") CELL("60", "250", "E")
                                        CELL("160", "250", "F") CELL("60", "200", "Below")),
               "^Above\n1|Both|A|B\n1|Both*|C|D\n1|E|F|F*\nBelow\n");
}

static void a_page_turned_on_its_side_is_read_as_it_is_shown(void **state)
{
    (void)state;
    AUTOARENA arena = arena_open(MIB(1));
    struct str made =
        pdf_made(&arena, "0 1 -1 0 600 0 cm 50 350 m 250 350 l S 50 310 m 250 310 l S "
                         "50 310 m 50 350 l S 250 310 m 250 350 l S 150 310 m 150 350 l S " CELL(
                             "60", "330", "A") CELL("160", "330", "B") CELL("60", "370", "Above"));
    made = str_replace(&arena, made, STR("/Type/Page/Parent"), STR("/Type/Page/Rotate 90/Parent"));
    assert_pdf(made, "^Above\n1|A|B\n");
}

static void rules_that_only_underline_make_none(void **state)
{
    (void)state;
    AUTOARENA arena = arena_open(MIB(1));
    assert_pdf(pdf_made(&arena,
                        "50 340 m 500 340 l S 50 280 m 500 280 l S BT /F1 14 Tf 50 345 Td (A) Tj "
                        "200 0 Td (B) Tj ET"),
               "^A\tB\n");
}

static void two_columns_of_prose_are_read_one_after_the_other(void **state)
{
    (void)state;
    AUTOARENA arena = arena_open(MIB(1));
    struct str drawn =
        STR("BT /F1 14 Tf 50 370 Td (Head over all of the page, from left to right of "
            "it) Tj ET");
    for (int i = 0; i < 7; i++) {
        const char *end = i == 6 ? "" : "goes to the end of it,";
        drawn = str_fmt(&arena,
                        "%.*s BT /F1 14 Tf 50 %d Td (left column, line %d %s) Tj ET "
                        "BT /F1 14 Tf 320 %d Td (right column, line %d %s) Tj ET",
                        STR_ARG(drawn), 340 - 20 * i, i, end, 340 - 20 * i, i, end);
    }
    struct source source;
    struct fault fault = {0};
    assert_int_equal(
        source_from_pdf(&arena, pdf_made(&arena, str_c(&arena, drawn)), &source, &fault), OK);
    assert_true(source.lines_n >= 3);
    struct str all = printed(&arena, &source);
    ptrdiff_t last_left = str_find(all, STR("left column, line 6"));
    assert_true(last_left > 0 && last_left < str_find(all, STR("right column, line 0")));
}

static void a_table_goes_on_over_the_page(void **state)
{
    (void)state;
    AUTOARENA arena = arena_open(MIB(2));
    struct source source;
    assert_int_equal(source_from_pdf(&arena, file_of(&arena, "table.pdf"), &source, NULL), OK);
    struct str got = printed(&arena, &source);
    assert_true(
        str_has(got, STR("1|专门委员会|对口联系单位|联络员\n"
                         "1|提案和联络委员会|市政府办公室、市信访局、市档案馆、市地方志编纂中心、"
                         "市机关事务服务中心|1名\n"
                         "1|提案和联络委员会*|市委统战部|1名\n"
                         "1|提案和联络委员会*|市侨联（待定）|市侨联（待定）*\n"
                         "1|社会法制委员会|市公安局、市司法局、市中级人民法院、市人民检察院|2名\n"
                         "1|农业农村委员会|市农业农村局|1名\n"
                         "1|农业农村委员会*|市水利局/市林业局|2名\n"
                         "^1|农业农村委员会*|市气象局/市粮食和物资储备局|2名\n"
                         "1|农业农村委员会*|市供销社|1名\n"
                         "1|经济科技委员会|市发改委/市财政局/市统计局|3名\n"
                         "二、联络员如有变动，应在十日内告知。ABC Group\n2023年。\n")));
    assert_true(str_starts(got, STR("^云河市政协专门委员会与部门\n对口联系安排表\n")));
}

static void encrypted_scanned_and_cut_off_pdfs_say_what_they_are(void **state)
{
    (void)state;
    AUTOARENA arena = arena_open(MIB(8));
    assert_refused(file_of(&arena, "encrypted.pdf"), "密码");
    assert_refused(pdf_made(&arena, "300 0 0 200 0 0 cm /I Do"), "扫描件");
    struct str whole = file_of(&arena, "table.pdf");
    for (size_t len = 100; len < whole.len; len += whole.len / 7)
        assert_refused(str_head(whole, len), "不完整");
    assert_refused(STR("%PDF-1.7\nnothing\n%%EOF"), "不完整");
    /* A lock on printing or copying keeps nobody from reading. */
    assert_pdf(file_of(&arena, "locked.pdf"), "^Yunhe 2023\n");
}

static void a_font_without_an_encoding_is_no_text(void **state)
{
    (void)state;
    AUTOARENA arena = arena_open(MIB(1));
    struct str made = pdf_made(&arena, "BT /F1 14 Tf 50 300 Td (abcdef) Tj ET");
    made = str_replace(&arena, made, STR("/BaseFont/Helvetica"),
                       STR("/BaseFont/Helvetica/ToUnicode 7 0 R"));
    made = str_replace(
        &arena, made, STR("trailer"),
        STR("7 0 obj<</Length 177>>stream\n/CIDInit /ProcSet findresource begin begincmap "
            "1 begincodespacerange <00> <ff> endcodespacerange 1 beginbfrange <61> <66> "
            "<e001> endbfrange endcmap end                          \nendstream endobj\n"
            "trailer"));
    assert_refused(made, "编码");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(glyphs_side_by_side_are_a_line),
        cmocka_unit_test(rules_make_a_table),
        cmocka_unit_test(a_page_turned_on_its_side_is_read_as_it_is_shown),
        cmocka_unit_test(rules_that_only_underline_make_none),
        cmocka_unit_test(two_columns_of_prose_are_read_one_after_the_other),
        cmocka_unit_test(a_table_goes_on_over_the_page),
        cmocka_unit_test(encrypted_scanned_and_cut_off_pdfs_say_what_they_are),
        cmocka_unit_test(a_font_without_an_encoding_is_no_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
