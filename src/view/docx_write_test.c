#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <libxml/parser.h>

#include "view/docx_write.h"
#include "view/test_zip.h"

static void put_slip(struct buf *buf)
{
    static const int widths[] = {36, 60, 60};
    const struct str head[] = {STR("单位"), STR("责任领导"), STR("联系人")};
    const struct str name[] = {STR("姓名"), STR(""), STR("<&>")};
    struct docx docx = docx_open();
    docx_paragraph(&docx, DOCX_TITLE, STR("对口联系\n回执"));
    docx_table(&docx, widths, 3);
    docx_row(&docx, DOCX_HEAD, head);
    docx_labelled_row(&docx, name);
    docx_table_end(&docx);
    docx_paragraph(&docx, DOCX_NOTE, STR("请填写后寄回。"));
    assert_int_equal(docx_close(&docx, buf), OK);
}

static xmlDoc *open_part(const struct buf *buf, const char *name)
{
    AUTOARENA arena = arena_open(MIB(1));
    struct str bytes = test_zip_member(&arena, buf, name);
    xmlDoc *doc = xmlReadMemory(bytes.ptr, (int)bytes.len, NULL, NULL, XML_PARSE_NONET);
    assert_non_null(doc);
    return doc;
}

/* Texts of elements "t" of a tree, a space after each; "/" for a line break, "|" after a cell. */
static void put_texts(struct buf *buf, const xmlNode *node)
{
    for (; node; node = node->next) {
        if (node->type == XML_TEXT_NODE)
            buf_put(buf, str_from((const char *)node->content));
        if (node->type == XML_ELEMENT_NODE && strcmp((const char *)node->name, "br") == 0)
            buf_char(buf, '/');
        put_texts(buf, node->children);
        if (node->type == XML_ELEMENT_NODE && strcmp((const char *)node->name, "tc") == 0)
            buf_char(buf, '|');
    }
}

static int count_elements(const xmlNode *node, const char *name)
{
    int n = 0;
    for (; node; node = node->next)
        n += (node->type == XML_ELEMENT_NODE && strcmp((const char *)node->name, name) == 0) +
             count_elements(node->children, name);
    return n;
}

static void a_slip_holds_what_was_put(void **state)
{
    (void)state;
    AUTOARENA arena = arena_open(KIB(64));
    AUTOBUF buf = buf_open(MIB(1)), texts = buf_open(KIB(4));
    put_slip(&buf);
    xmlDoc *doc = open_part(&buf, "word/document.xml");
    const xmlNode *root = xmlDocGetRootElement(doc);
    put_texts(&texts, root);
    assert_string_equal(str_c(&arena, buf_str(&texts)),
                        "对口联系/回执单位|责任领导|联系人|姓名||<&>|请填写后寄回。");
    assert_int_equal(count_elements(root, "tbl"), 1);
    assert_int_equal(count_elements(root, "tr"), 2);
    assert_int_equal(count_elements(root, "gridCol"), 3);
    xmlFreeDoc(doc);
}

static const xmlNode *find_element(const xmlNode *node, const char *name)
{
    for (; node; node = node->next) {
        if (node->type == XML_ELEMENT_NODE && strcmp((const char *)node->name, name) == 0)
            return node;
        const xmlNode *below = find_element(node->children, name);
        if (below)
            return below;
    }
    return NULL;
}

static void assert_millimetres(const xmlNode *node, const char *name, double want)
{
    xmlChar *value = xmlGetProp(node, (const xmlChar *)name);
    double got = strtod((const char *)value, NULL) / 1440 * 25.4;
    xmlFree(value);
    assert_true(got > want - 0.1 && got < want + 0.1);
}

static void the_page_is_a4_with_the_margins_of_official_documents(void **state)
{
    (void)state;
    AUTOBUF buf = buf_open(MIB(1));
    put_slip(&buf);
    xmlDoc *doc = open_part(&buf, "word/document.xml");
    const xmlNode *size = find_element(xmlDocGetRootElement(doc), "pgSz");
    const xmlNode *margins = find_element(xmlDocGetRootElement(doc), "pgMar");
    assert_millimetres(size, "w", 210);
    assert_millimetres(size, "h", 297);
    assert_millimetres(margins, "top", 37);
    assert_millimetres(margins, "left", 28);
    assert_millimetres(margins, "right", 26);
    assert_millimetres(margins, "bottom", 35);
    xmlFreeDoc(doc);
}

static void every_style_that_is_used_is_told(void **state)
{
    (void)state;
    AUTOBUF buf = buf_open(MIB(1));
    put_slip(&buf);
    xmlDoc *doc = open_part(&buf, "word/styles.xml");
    assert_int_equal(count_elements(xmlDocGetRootElement(doc), "style"), DOCX_CELL + 1);
    xmlFreeDoc(doc);
    doc = open_part(&buf, "word/fontTable.xml");
    assert_int_equal(count_elements(xmlDocGetRootElement(doc), "altName"), 3);
    xmlFreeDoc(doc);
}

static void the_same_slip_has_the_same_bytes(void **state)
{
    (void)state;
    AUTOBUF buf = buf_open(MIB(1)), again = buf_open(MIB(1));
    put_slip(&buf);
    put_slip(&again);
    assert_true(str_eq(buf_str(&buf), buf_str(&again)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_slip_holds_what_was_put),
        cmocka_unit_test(the_page_is_a4_with_the_margins_of_official_documents),
        cmocka_unit_test(every_style_that_is_used_is_told),
        cmocka_unit_test(the_same_slip_has_the_same_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
