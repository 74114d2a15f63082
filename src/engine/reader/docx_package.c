#include <zip.h>

#include <libxml/parser.h>

#include "engine/reader/docx.h"
#include "engine/reader/input.h"

static enum status refuse_damaged(struct arena *arena, struct fault *fault)
{
    return refuse(arena, fault, INVALID, "file",
                  "这个 .docx 文件不完整或已损坏，请在 WPS 或 Word 中打开并重新保存后再上传。");
}

static enum status refuse_bomb(struct arena *arena, struct fault *fault)
{
    return refuse(
        arena, fault, INVALID, "file",
        "这个 .docx 文件解压后过大，不能读取，请去掉其中的图片和附件，只保留文字后再上传。");
}

/* Other documents that are zip archives too, known by a member. */
static const struct {
    const char *member, *message;
} other_kinds[] = {
    {"OFD.xml", "这是 .ofd 版式文件，不能直接读取，请用 OFD 阅读器转换为 .docx 或带文字的 .pdf "
                "后再上传。"},
    {"xl/workbook.xml", "这是 .xlsx 表格，不是公文，请将内容复制到文档中并保存为 .docx 后再上传。"},
    {"ppt/presentation.xml", "这是 .pptx 演示文稿，不是公文，请另存为 .pdf 后再上传。"},
    {"content.xml",
     "这是 .odt 文件，不能直接读取，请用 WPS、Word 或 LibreOffice 另存为 .docx 后再上传。"},
};

/* "/word/x.xml" and "x.xml" beside "word/document.xml" are both "word/x.xml". */
static struct str part_name(struct arena *arena, struct str beside, struct str target)
{
    if (str_starts(target, STR("/")))
        return str_copy(arena, str_from_byte(target, 1));
    ptrdiff_t slash = str_find_last(beside, STR("/"));
    struct str folder = str_head(beside, (size_t)(slash + 1));
    return str_fmt(arena, "%.*s%.*s", STR_ARG(folder), STR_ARG(target));
}

/* The part that `rels` relates under a type ending in `kind`; empty when none. */
static struct str related(struct package *package, const xmlDoc *rels, struct str beside,
                          const char *kind)
{
    const xmlNode *root = rels ? xmlDocGetRootElement((xmlDoc *)rels) : NULL;
    for (const xmlNode *at = root ? xml_child(root, "Relationship") : NULL; at;
         at = xml_next(at, "Relationship"))
        if (str_ends(xml_attribute(at, "Type"), str_from(kind)) &&
            !str_is(xml_attribute(at, "TargetMode"), "External"))
            return part_name(package->arena, beside, xml_attribute(at, "Target"));
    return STR("");
}

static bool has_part(const struct package *package, struct str name)
{
    return name.len > 0 && zip_name_locate(package->zip, str_c(package->arena, name), 0) >= 0;
}

static xmlDoc *part_xml(struct package *package, struct str name)
{
    struct str bytes;
    if (!has_part(package, name) || package_part(package, name, &bytes, NULL) != OK)
        return NULL;
    return package_xml(bytes);
}

static enum status find_parts(struct package *package, struct fault *fault)
{
    xmlDoc *rels = part_xml(package, STR("_rels/.rels"));
    package->main = related(package, rels, STR(""), "/officeDocument");
    xmlFreeDoc(rels);
    if (!has_part(package, package->main))
        package->main = STR("word/document.xml");
    if (!has_part(package, package->main))
        return refuse(package->arena, fault, INVALID, "file",
                      "这是一个压缩包，不是 .docx 文档，请解压后上传其中的文件。");
    ptrdiff_t slash = str_find_last(package->main, STR("/"));
    struct str folder = str_head(package->main, (size_t)(slash + 1));
    struct str name = str_from_byte(package->main, (size_t)(slash + 1));
    rels = part_xml(package,
                    str_fmt(package->arena, "%.*s_rels/%.*s.rels", STR_ARG(folder), STR_ARG(name)));
    package->styles = related(package, rels, package->main, "/styles");
    package->numbering = related(package, rels, package->main, "/numbering");
    xmlFreeDoc(rels);
    return OK;
}

static enum status check_entries(struct package *package, struct fault *fault)
{
    zip_int64_t n = zip_get_num_entries(package->zip, 0);
    if (n > INPUT_ZIP_ENTRIES_MAX)
        return refuse_bomb(package->arena, fault);
    zip_uint64_t total = 0;
    for (zip_int64_t i = 0; i < n; i++) {
        zip_stat_t stat;
        if (zip_stat_index(package->zip, (zip_uint64_t)i, 0, &stat) != 0)
            return refuse_damaged(package->arena, fault);
        if (__builtin_add_overflow(total, stat.size, &total) || total > INPUT_ZIP_MAX_BYTES)
            return refuse_bomb(package->arena, fault);
    }
    for (size_t i = 0; i < sizeof other_kinds / sizeof *other_kinds; i++)
        if (zip_name_locate(package->zip, other_kinds[i].member, 0) >= 0)
            return refuse(package->arena, fault, INVALID, "file", "%s", other_kinds[i].message);
    return OK;
}

enum status package_open(struct arena *arena, struct str bytes, struct package *ret_package,
                         struct fault *fault)
{
    zip_error_t error;
    zip_error_init(&error);
    struct package package = {.arena = arena};
    zip_source_t *source = zip_source_buffer_create(bytes.ptr, bytes.len, 0, &error);
    if (source)
        package.zip = zip_open_from_source(source, ZIP_RDONLY, &error);
    zip_error_fini(&error);
    if (!package.zip) {
        zip_source_free(source);
        return refuse_damaged(arena, fault);
    }
    enum status status = check_entries(&package, fault);
    if (status == OK)
        status = find_parts(&package, fault);
    if (status != OK) {
        package_close(&package);
        return status;
    }
    *ret_package = package;
    return OK;
}

void package_close(struct package *package)
{
    zip_discard(package->zip);
    package->zip = NULL;
}

static bool is_bomb(const zip_stat_t *stat)
{
    return stat->size > INPUT_PART_MAX_BYTES ||
           (stat->size > MIB(1) && stat->size / INPUT_ZIP_RATIO_MAX > stat->comp_size);
}

enum status package_part(struct package *package, struct str name, struct str *ret_bytes,
                         struct fault *fault)
{
    struct arena *arena = package->arena;
    zip_stat_t stat;
    if (zip_stat(package->zip, str_c(arena, name), 0, &stat) != 0)
        return refuse_damaged(arena, fault);
    if (is_bomb(&stat))
        return refuse_bomb(arena, fault);
    if (stat.encryption_method != ZIP_EM_NONE)
        return refuse(arena, fault, INVALID, "file",
                      "这个文件有密码保护，不能读取，请解除密码后再上传。");
    zip_file_t *file = zip_fopen_index(package->zip, stat.index, 0);
    if (!file)
        return refuse_damaged(arena, fault);
    char *bytes = arena_alloc(arena, stat.size + 1);
    zip_uint64_t len = 0;
    for (zip_int64_t n; len <= stat.size; len += (zip_uint64_t)n) {
        n = zip_fread(file, bytes + len, stat.size + 1 - len);
        if (n < 0)
            len = stat.size + 1;
        if (n <= 0)
            break;
    }
    zip_fclose(file);
    if (len != stat.size)
        return refuse_damaged(arena, fault);
    *ret_bytes = (struct str){bytes, len};
    return OK;
}

xmlDoc *package_xml(struct str bytes)
{
    xmlDoc *doc = xmlReadMemory(bytes.ptr, (int)bytes.len, NULL, NULL, DOCX_XML_OPTIONS);
    if (doc && doc->intSubset) {
        xmlFreeDoc(doc);
        return NULL;
    }
    return doc;
}

static const xmlNode *first_named(const xmlNode *at, const char *name)
{
    while (at && (at->type != XML_ELEMENT_NODE || strcmp((const char *)at->name, name) != 0))
        at = at->next;
    return at;
}

const xmlNode *xml_child(const xmlNode *node, const char *name)
{
    return node ? first_named(node->children, name) : NULL;
}

const xmlNode *xml_next(const xmlNode *node, const char *name)
{
    return first_named(node->next, name);
}

struct str xml_attribute(const xmlNode *node, const char *name)
{
    for (const xmlAttr *at = node ? node->properties : NULL; at; at = at->next)
        if (strcmp((const char *)at->name, name) == 0 && at->children &&
            at->children->type == XML_TEXT_NODE)
            return str_from((const char *)at->children->content);
    return STR("");
}
