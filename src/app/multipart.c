#include "app/priv.h"
#include "base/utf8.h"

#define BROKEN(arena, fault)                                                                       \
    refuse_http((arena), (fault), INVALID, 400, "提交的内容不完整或格式有误，请重新提交。")

/* The value of a parameter of a header: token or quoted string; false when absent. `name` is
 * lower case. */
static bool head_param(struct arena *arena, struct str head, const char *name,
                       struct str *ret_value)
{
    size_t name_len = strlen(name), i = 0;
    while (i < head.len && head.ptr[i] != ';')
        i++;
    while (i < head.len) {
        while (i < head.len && (head.ptr[i] == ';' || head.ptr[i] == ' ' || head.ptr[i] == '\t'))
            i++;
        size_t start = i;
        while (i < head.len && head.ptr[i] != '=' && head.ptr[i] != ';')
            i++;
        bool wanted = i - start == name_len && strncasecmp(head.ptr + start, name, name_len) == 0;
        if (i == head.len || head.ptr[i] == ';')
            continue;
        bool quoted = ++i < head.len && head.ptr[i] == '"';
        char *to = arena_alloc(arena, head.len - i + 1);
        size_t len = 0;
        for (i += quoted; i < head.len; i++) {
            if (quoted ? head.ptr[i] == '"' : head.ptr[i] == ';')
                break;
            if (quoted && head.ptr[i] == '\\' && i + 1 < head.len &&
                (head.ptr[i + 1] == '"' || head.ptr[i + 1] == '\\'))
                i++;
            to[len++] = head.ptr[i];
        }
        if (wanted) {
            *ret_value = quoted ? (struct str){to, len} : str_trim((struct str){to, len});
            return true;
        }
        while (i < head.len && head.ptr[i] != ';')
            i++;
    }
    return false;
}

static bool is_text(struct str s)
{
    return (s.len == 0 || !memchr(s.ptr, 0, s.len)) && utf8_is_valid(s);
}

struct part {
    struct str name, filename, bytes;
    bool is_file;
};

/* The heads of a part up to the empty line; *rest moves behind it. */
static bool read_heads(struct arena *arena, struct str *rest, struct part *part)
{
    ptrdiff_t end = str_find(str_head(*rest, PART_HEADS_MAX), STR("\r\n\r\n"));
    if (end < 0)
        return false;
    struct str heads = str_head(*rest, (size_t)end);
    *rest = str_from_byte(*rest, (size_t)end + 4);
    bool named = false;
    while (heads.len) {
        struct str head = str_line(&heads);
        struct str value = head, name = str_cut(&value, STR(":"));
        if (name.len != 19 || strncasecmp(name.ptr, "content-disposition", 19) != 0)
            continue;
        value = str_trim(value);
        if (value.len < 9 || strncasecmp(value.ptr, "form-data", 9) != 0)
            return false;
        named = head_param(arena, value, "name", &part->name);
        part->is_file = head_param(arena, value, "filename", &part->filename);
    }
    return named && is_text(part->name) && is_text(part->filename);
}

/* Parts while they are collected. */
struct parts {
    struct params form;
    struct upload *uploads;
    int uploads_n, uploads_room;
};

static enum status keep_part(struct arena *arena, struct parts *parts, const struct part *part,
                             struct fault *fault)
{
    if (parts->form.n + parts->uploads_n == PARTS_MAX)
        return refuse_http(arena, fault, INVALID, 413, "一次提交超过 %d 项内容，请分几次提交。",
                           PARTS_MAX);
    if (part->is_file) {
        if (part->filename.len || part->bytes.len)
            *arena_push(arena, parts->uploads, parts->uploads_n, parts->uploads_room) =
                (struct upload){part->name, part->filename, part->bytes};
        return OK;
    }
    if (!is_text(part->bytes))
        return refuse_http(arena, fault, INVALID, 400,
                           "参数不是有效的 UTF-8 文字，请用 UTF-8 编码后再试。");
    *arena_push(arena, parts->form.items, parts->form.n, parts->form.room) =
        (struct param){part->name, part->bytes};
    return OK;
}

static bool skip_line_end(struct str *rest)
{
    while (rest->len && (rest->ptr[0] == ' ' || rest->ptr[0] == '\t'))
        *rest = str_from_byte(*rest, 1);
    if (!str_starts(*rest, STR("\r\n")))
        return false;
    *rest = str_from_byte(*rest, 2);
    return true;
}

static enum status read_parts(struct arena *arena, struct str rest, struct str delimiter,
                              struct parts *parts, struct fault *fault)
{
    if (!str_starts(rest, str_from_byte(delimiter, 2)))
        return BROKEN(arena, fault);
    rest = str_from_byte(rest, delimiter.len - 2);
    while (!str_starts(rest, STR("--"))) {
        struct part part = {0};
        if (!skip_line_end(&rest) || !read_heads(arena, &rest, &part))
            return BROKEN(arena, fault);
        void *end = memmem(rest.ptr, rest.len, delimiter.ptr, delimiter.len);
        if (!end)
            return BROKEN(arena, fault);
        part.bytes = str_head(rest, (size_t)((char *)end - rest.ptr));
        rest = str_from_byte(rest, part.bytes.len + delimiter.len);
        TRY(keep_part(arena, parts, &part, fault));
    }
    return OK;
}

enum status multipart_parse(struct arena *arena, struct str bytes, struct str content_type,
                            struct request *request, struct fault *fault)
{
    struct str boundary;
    if (!head_param(arena, content_type, "boundary", &boundary) || boundary.len == 0 ||
        boundary.len > 70)
        return BROKEN(arena, fault);
    struct str delimiter = str_fmt(arena, "\r\n--%.*s", STR_ARG(boundary));
    if (delimiter.len != boundary.len + 4)
        return BROKEN(arena, fault);
    struct parts parts = {0};
    TRY(read_parts(arena, bytes, delimiter, &parts, fault));
    request->form = parts.form.items;
    request->form_n = parts.form.n;
    request->uploads = parts.uploads;
    request->uploads_n = parts.uploads_n;
    return OK;
}
