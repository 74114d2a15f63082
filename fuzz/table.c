/*
 * table - any bytes as a table. Behind "S", "T" or "B" they are the sheet, the shared strings or
 * the workbook of an .xlsx that is otherwise in order, so that the fuzzer need not make zips.
 */
#include <stdint.h>
#include <stdlib.h>

#include "base/buf.h"
#include "view/table_read.h"
#include "view/zip_put.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

#define RELS "<Relationships>"
#define TYPE " Type=\"x/"

static void put_book(struct buf *buf, char which, struct str bytes)
{
    struct zip_member members[] = {
        {"_rels/.rels", STR(RELS "<Relationship Id=\"a\"" TYPE
                                 "officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>")},
        {"xl/workbook.xml", STR("<workbook><sheets><sheet id=\"r1\"/></sheets></workbook>")},
        {"xl/_rels/workbook.xml.rels",
         STR(RELS "<Relationship Id=\"r1\"" TYPE "worksheet\" Target=\"s.xml\"/>"
                  "<Relationship Id=\"r2\"" TYPE "sharedStrings\" Target=\"t.xml\"/>"
                  "<Relationship Id=\"r3\"" TYPE "styles\" Target=\"/xl/y.xml\"/>"
                  "</Relationships>")},
        {"xl/s.xml", STR("<worksheet><row r=\"2\"><c r=\"B2\" t=\"s\"><v>0</v></c></row>"
                         "</worksheet>")},
        {"xl/t.xml", STR("<sst><si><t>a</t></si></sst>")},
        {"xl/y.xml", STR("<styleSheet><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/>"
                         "<xf numFmtId=\"22\"/></cellXfs></styleSheet>")},
    };
    members[which == 'S' ? 3 : which == 'T' ? 4 : 1].bytes = bytes;
    if (zip_put(buf, members, sizeof members / sizeof *members) != OK)
        abort();
}

static void check_row(const struct table_row *row, int above)
{
    if (row->number <= above || row->n < 1 || row->cells[row->n - 1].len == 0)
        abort();
    unsigned char sum = 0;
    for (int i = 0; i < row->n; i++)
        for (size_t k = 0; k < row->cells[i].len; k++)
            sum ^= (unsigned char)row->cells[i].ptr[k];
    volatile unsigned char read = sum;
    (void)read;
}

static void read_table(struct str bytes)
{
    struct arena arena = arena_open(MIB(4));
    AUTOTABLE table;
    struct fault fault = {0};
    enum status status = table_read(&arena, bytes, &table, &fault);
    if (status == OK) {
        check_row(&table.head, 0);
        for (int i = 0; i < table.n; i++)
            check_row(&table.rows[i], i ? table.rows[i - 1].number : table.head.number);
        table_take_head(&table, "单位");
    } else if (status != INVALID || fault.message.len == 0) {
        abort();
    }
    arena_close(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct str text = {(const char *)bytes, len};
    if (len == 0 || !memchr("STB", bytes[0], 3)) {
        read_table(text);
        return 0;
    }
    AUTOBUF buf = buf_open(MIB(4));
    put_book(&buf, (char)bytes[0], str_from_byte(text, 1));
    read_table(buf_str(&buf));
    return 0;
}
