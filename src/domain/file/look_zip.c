#include "domain/file/priv.h"

#include <zip.h>

/* Office documents that are zip archives: which, and the text of their parts, for secrecy marks in
 * headers, sheets and slides. Runs in the child. */

enum { ENTRIES_MAX = 4096, PART_BYTES_MAX = 32 << 20, TEXT_BYTES_MAX = 8 << 20 };

static zip_t *open_zip(struct str bytes)
{
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t *source = zip_source_buffer_create(bytes.ptr, bytes.len, 0, &error);
    zip_t *zip = source ? zip_open_from_source(source, ZIP_RDONLY, &error) : NULL;
    if (source && !zip)
        zip_source_free(source);
    zip_error_fini(&error);
    return zip;
}

static const struct {
    const char *member, *type, *message;
} members[] = {
    {"word/vbaProject.bin", NULL, "这个文件带有宏，请另存为不带宏的 .docx 后再上传。"},
    {"xl/vbaProject.bin", NULL, "这个文件带有宏，请另存为不带宏的 .xlsx 后再上传。"},
    {"ppt/vbaProject.bin", NULL, "这个文件带有宏，请另存为不带宏的 .pptx 后再上传。"},
    {"word/document.xml", "docx", NULL},
    {"xl/workbook.xml", "xlsx", NULL},
    {"ppt/presentation.xml", "pptx", NULL},
    {"OFD.xml", "ofd", NULL},
};

enum status packed_type(struct arena *arena, struct str bytes, const char **ret_type,
                        struct fault *fault)
{
    zip_t *zip = open_zip(bytes);
    if (!zip || zip_get_num_entries(zip, 0) > ENTRIES_MAX) {
        if (zip)
            zip_discard(zip);
        return refuse(arena, fault, INVALID, "file",
                      "这个文件不完整或已损坏，请打开检查并重新保存后再上传。");
    }
    size_t i = 0;
    while (i < sizeof members / sizeof *members && zip_name_locate(zip, members[i].member, 0) < 0)
        i++;
    zip_discard(zip);
    if (i == sizeof members / sizeof *members)
        return refuse(arena, fault, INVALID, "file",
                      "压缩包不能作为附件，请解压后上传其中的文件。");
    *ret_type = members[i].type;
    return members[i].type ? OK : refuse(arena, fault, INVALID, "file", "%s", members[i].message);
}

static bool has_text(const char *name)
{
    /* The body too: what the reader cannot follow is looked at all the same. */
    static const char *const starts[] = {"word/document",    "word/footnotes",
                                         "word/endnotes",    "word/comments",
                                         "word/header",      "word/footer",
                                         "xl/sharedStrings", "xl/worksheets/sheet",
                                         "ppt/slides/slide", "ppt/notesSlides/notesSlide"};
    struct str part = str_from(name);
    if (!str_ends(part, STR(".xml")))
        return false;
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
        if (str_starts(part, str_from(starts[i])))
            return true;
    return false;
}

static void put_entity(struct buf *to, struct str entity)
{
    static const struct {
        const char *name, *text;
    } known[] = {{"amp", "&"}, {"lt", "<"}, {"gt", ">"}, {"quot", "\""}, {"apos", "'"}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (str_is(entity, known[i].name))
            buf_put(to, str_from(known[i].text));
}

/* A paragraph, a cell or a string is a line; runs within it belong together. */
static bool ends_line(struct str tag)
{
    static const char *const ends[] = {"/w:p", "/a:p", "/si", "/c", "/row", "/is"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (str_is(tag, ends[i]))
            return true;
    return false;
}

static void put_text(struct buf *to, struct str xml)
{
    while (xml.len > 0) {
        struct str text = str_cut(&xml, STR("<"));
        while (text.len > 0) {
            struct str plain = str_cut(&text, STR("&"));
            buf_put(to, plain);
            if (text.len > 0)
                put_entity(to, str_cut(&text, STR(";")));
        }
        if (ends_line(str_cut(&xml, STR(">"))))
            BUF_LIT(to, "\n");
    }
}

static bool put_part(struct arena *arena, zip_t *zip, zip_uint64_t index, struct buf *to)
{
    zip_stat_t stat;
    if (zip_stat_index(zip, index, 0, &stat) != 0 || !has_text(stat.name))
        return true;
    if (stat.size > PART_BYTES_MAX)
        return false;
    zip_file_t *file = zip_fopen_index(zip, index, 0);
    struct arena_mark mark = arena_mark(arena);
    char *bytes = arena_alloc(arena, stat.size + 1);
    zip_int64_t got = file ? zip_fread(file, bytes, stat.size) : -1;
    if (file)
        zip_fclose(file);
    if (got > 0)
        put_text(to, (struct str){bytes, (size_t)got});
    arena_rewind(arena, mark);
    return got >= 0;
}

enum status packed_text(struct arena *arena, struct str bytes, struct str *ret_text,
                        struct fault *fault)
{
    zip_t *zip = open_zip(bytes);
    AUTOBUF text = buf_open(TEXT_BYTES_MAX);
    bool good = zip;
    zip_int64_t n = zip ? zip_get_num_entries(zip, 0) : 0;
    for (zip_int64_t i = 0; i < n && i < ENTRIES_MAX && good; i++)
        good = put_part(arena, zip, (zip_uint64_t)i, &text);
    if (zip)
        zip_discard(zip);
    if (!good || text.full)
        return refuse(arena, fault, INVALID, "file",
                      "这个文件解压后过大或已损坏，无法检查，请缩小内容并重新保存后再上传。");
    *ret_text = str_copy(arena, buf_str(&text));
    return OK;
}
