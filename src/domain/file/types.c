#include "domain/file/priv.h"

#include <string.h>

const struct file_type file_types[] = {
    {"pdf", "PDF", "application/pdf", ".pdf", true},
    {"docx", "Word 文档", "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
     ".docx", true},
    {"xlsx", "Excel 表格", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
     ".xlsx", true},
    {"pptx", "演示文稿",
     "application/vnd.openxmlformats-officedocument.presentationml.presentation", ".pptx", true},
    {"ofd", "OFD 版式文件", "application/ofd", ".ofd", false},
    {"doc", "旧版 Word 或 WPS 文档", "application/msword", ".doc", false},
    {"xls", "旧版 Excel 或 WPS 表格", "application/vnd.ms-excel", ".xls", false},
    {"ppt", "旧版演示文稿", "application/vnd.ms-powerpoint", ".ppt", false},
    {"txt", "纯文本", "text/plain", ".txt", true},
    {"jpg", "照片", "image/jpeg", ".jpg", false},
    {"png", "图片", "image/png", ".png", false},
    {"tif", "扫描图片", "image/tiff", ".tif", false},
    {0}};

/* For the chooser: what the content may turn out to be. Pictures by their type, so that a telephone
 * offers its camera; the old formats of WPS under their own names. */
struct str file_accept(struct arena *arena)
{
    struct str accept = STR(".wps,.et,.dps");
    for (const struct file_type *type = file_types; type->word; type++)
        accept = str_fmt(arena, "%.*s,%s", STR_ARG(accept),
                         strncmp(type->mime, "image/", 6) == 0 ? type->mime : type->suffix);
    return accept;
}

const struct file_type *file_type_by_word(struct str word)
{
    for (const struct file_type *type = file_types; type->word; type++)
        if (str_is(word, type->word))
            return type;
    return NULL;
}

struct str file_size_words(struct arena *arena, int64_t bytes)
{
    static const char *const units[] = {"字节", "KB", "MB", "GB", "TB"};
    int unit = 0;
    int64_t tenths = bytes * 10;
    while (tenths >= 10240 && unit < 4) {
        tenths = (tenths + 512) / 1024;
        unit++;
    }
    if (unit == 0)
        return str_fmt(arena, "%lld 字节", (long long)bytes);
    return str_fmt(arena, "%lld.%lld %s", (long long)(tenths / 10), (long long)(tenths % 10),
                   units[unit]);
}

/* A name is shown, never used as a path: the last part of one, without control characters. */
struct str file_shown_name(struct arena *arena, struct str name)
{
    for (size_t i = name.len; i > 0; i--)
        if (name.ptr[i - 1] == '/' || name.ptr[i - 1] == '\\') {
            name = str_from_byte(name, i);
            break;
        }
    char *text = arena_alloc(arena, name.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < name.len; i++)
        if ((unsigned char)name.ptr[i] >= ' ' && name.ptr[i] != '\x7F')
            text[len++] = name.ptr[i];
    struct str shown = str_trim((struct str){text, len});
    return shown.len ? shown : STR("未命名文件");
}

struct str file_bare_name(struct str name)
{
    ptrdiff_t dot = str_find_last(name, STR("."));
    return dot > 0 && name.len - (size_t)dot <= 6 ? str_head(name, (size_t)dot) : name;
}
