/*
 * table_xlsx - an .xlsx package being read part by part, as a stream. Private to view/.
 */
#ifndef VIEW_TABLE_XLSX_H
#define VIEW_TABLE_XLSX_H

#include <libxml/xmlreader.h>
#include <zip.h>

#include "base/buf.h"
#include "view/table_priv.h"

struct book {
    struct table_maker *m;
    zip_t *zip;
    size_t unpacked_bytes;
    bool is_bomb;                               /* more was unpacked than is allowed */
    bool date_1904;                             /* day 0 is 1904-01-01 */
    struct str workbook, sheet, shared, styles; /* names of parts; empty: there is none */
    struct str *strings;
    int strings_n, strings_room;
    bool *date_looks; /* by cell style: a date or a time of day */
    int date_looks_n, date_looks_room;
};

/* What a part's reader is at. Names and values are good until the next step. */
struct part {
    struct book *book;
    zip_file_t *file;
    xmlTextReaderPtr xml;
    enum { PART_START, PART_END, PART_TEXT } at;
    bool is_empty;   /* START without an END: <x/> */
    struct str name; /* START, END: without prefix */
    struct str text; /* TEXT */
};

/* NOT_FOUND without a fault when the package has no such part. */
CHECKED enum status part_open(struct book *book, struct str name, struct part *ret_part);
/* The next step; NOT_FOUND at the end, INVALID when the part is damaged or too large. */
CHECKED enum status part_next(struct part *part);
/* An attribute of START by its name without prefix; empty when there is none. */
struct str part_attribute(struct part *part, const char *name);
void part_close(struct part *part);
#define AUTOPART __attribute__((cleanup(part_close))) struct part

enum status refuse_damaged(struct book *book);

/* The sheet's rows into the table. */
CHECKED enum status sheet_read(struct book *book);

/* Text of a string cell as it was before "_x000D_" was written for what XML cannot hold. */
struct str string_unescaped(struct arena *arena, struct str text);

#endif
