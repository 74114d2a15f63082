#include "view/table_xlsx.h"

enum status refuse_damaged(struct book *book)
{
    if (book->is_bomb)
        return table_refuse(book->m, "表格解压后超过 %d MB，请删去图片和多余的工作表再导入。",
                            TABLE_UNPACKED_BYTES_MAX >> 20);
    return table_refuse(book->m,
                        "这个 .xlsx 文件不完整或已损坏，请在 WPS 或 Excel 中打开并另存后再导入。");
}

static int read_file(void *context, char *to, int len)
{
    struct part *part = context;
    zip_int64_t n = zip_fread(part->file, to, (zip_uint64_t)len);
    if (n < 0)
        return -1;
    part->book->unpacked_bytes += (size_t)n;
    part->book->is_bomb = part->book->unpacked_bytes > TABLE_UNPACKED_BYTES_MAX;
    return part->book->is_bomb ? -1 : (int)n;
}

/* The library would print to standard error. */
static void stay_silent(void *context, const xmlError *error)
{
    (void)context;
    (void)error;
}

enum status part_open(struct book *book, struct str name, struct part *ret_part)
{
    struct part *part = ret_part;
    *part = (struct part){.book = book};
    const char *path = str_c(book->m->arena, name);
    zip_int64_t index = name.len ? zip_name_locate(book->zip, path, ZIP_FL_NOCASE) : -1;
    if (index < 0)
        return NOT_FOUND;
    zip_stat_t stat;
    if (zip_stat_index(book->zip, (zip_uint64_t)index, 0, &stat) == 0 &&
        stat.encryption_method != ZIP_EM_NONE)
        return table_refuse(book->m, "这个表格有密码保护，请解除密码后再导入。");
    part->file = zip_fopen_index(book->zip, (zip_uint64_t)index, 0);
    if (!part->file)
        return refuse_damaged(book);
    part->xml = xmlReaderForIO(read_file, NULL, part, NULL, NULL, XML_PARSE_NONET);
    if (!part->xml)
        return refuse_damaged(book);
    xmlTextReaderSetStructuredErrorHandler(part->xml, (xmlStructuredErrorFunc)stay_silent, NULL);
    return OK;
}

void part_close(struct part *part)
{
    if (part->xml)
        xmlFreeTextReader(part->xml);
    if (part->file)
        zip_fclose(part->file);
    *part = (struct part){0};
}

static bool take_node(struct part *part)
{
    switch (xmlTextReaderNodeType(part->xml)) {
    case XML_READER_TYPE_ELEMENT:
        part->at = PART_START;
        part->is_empty = xmlTextReaderIsEmptyElement(part->xml) == 1;
        break;
    case XML_READER_TYPE_END_ELEMENT:
        part->at = PART_END;
        break;
    case XML_READER_TYPE_TEXT:
    case XML_READER_TYPE_CDATA:
    case XML_READER_TYPE_SIGNIFICANT_WHITESPACE:
        part->at = PART_TEXT;
        part->text = str_from((const char *)xmlTextReaderConstValue(part->xml));
        return true;
    default:
        return false;
    }
    part->name = str_from((const char *)xmlTextReaderConstLocalName(part->xml));
    return true;
}

enum status part_next(struct part *part)
{
    for (;;) {
        int read = xmlTextReaderRead(part->xml);
        if (read == 0)
            return NOT_FOUND;
        if (read < 0 || xmlTextReaderNodeType(part->xml) == XML_READER_TYPE_DOCUMENT_TYPE)
            return refuse_damaged(part->book);
        if (take_node(part))
            return OK;
    }
}

struct str part_attribute(struct part *part, const char *name)
{
    while (xmlTextReaderMoveToNextAttribute(part->xml) == 1)
        if (str_is(str_from((const char *)xmlTextReaderConstLocalName(part->xml)), name)) {
            struct str value = str_from((const char *)xmlTextReaderConstValue(part->xml));
            xmlTextReaderMoveToElement(part->xml);
            return value;
        }
    xmlTextReaderMoveToElement(part->xml);
    return STR("");
}
