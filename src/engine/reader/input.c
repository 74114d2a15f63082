#include "engine/reader/input.h"

#include <unicode/ucnv.h>

#include "base/utf8.h"
#include "text/text.h"

/* Files that are not read, known by how they begin; each is told apart by one sentence that says
 * what to do. */
#define PICTURE "这是图片，没有可读取的文字，请上传文件的文字版（.docx、.txt 或带文字的 .pdf）。"
#define ARCHIVE "这是压缩包，请解压后上传其中的文件。"
#define PROGRAM "这是程序文件，不是公文，请上传 .docx、.pdf、.html 或 .txt 文件。"
static const struct {
    struct str magic;
    const char *message;
} refused[] = {
    {STR_INIT("{\\rtf"), "这是 .rtf 文件，不能直接读取，请用 WPS 或 Word 另存为 .docx 后再上传。"},
    {STR_INIT("MIME-Version:"), "这是 .mht 网页归档，不能直接读取，请用 WPS 或 Word 另存为 .docx "
                                "后再上传。"},
    {STR_INIT("%!PS"), "这是 PostScript 文件，不能直接读取，请转换为带文字的 .pdf 后再上传。"},
    {STR_INIT("AT&TFORM"), PICTURE},
    {STR_INIT("\x89PNG"), PICTURE},
    {STR_INIT("\xFF\xD8\xFF"), PICTURE},
    {STR_INIT("GIF8"), PICTURE},
    {STR_INIT("II*\0"), PICTURE},
    {STR_INIT("MM\0*"), PICTURE},
    {STR_INIT("RIFF"), PICTURE},
    {STR_INIT("Rar!"), ARCHIVE},
    {STR_INIT("7z\xBC\xAF"), ARCHIVE},
    {STR_INIT("\x1F\x8B"), ARCHIVE},
    {STR_INIT("BZh"), ARCHIVE},
    {STR_INIT("\xFD"
              "7zXZ"),
     ARCHIVE},
    {STR_INIT("\x7F"
              "ELF"),
     PROGRAM},
    {STR_INIT("MZ"), PROGRAM},
    {STR_INIT("SQLite format 3"),
     "这是数据库文件，不是公文，请上传 .docx、.pdf、.html 或 .txt 文件。"},
};

static const struct str ole_magic = STR_INIT("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1");

/* Compound files, told apart by the name of a stream (UTF-16). */
#define W(a) a "\0"
static const struct {
    struct str stream;
    const char *message;
} ole_kinds[] = {
    {STR_INIT(W("E") W("n") W("c") W("r") W("y") W("p") W("t") W("e") W("d") W("P")),
     "这个文件有密码保护，不能读取，请解除密码并另存为 .docx 后再上传。"},
    {STR_INIT(W("W") W("o") W("r") W("d") W("D") W("o") W("c")),
     "这是旧版的 .doc（或 .wps）文件，不能直接读取，请用 WPS 或 Word 另存为 .docx 后再上传。"},
    {STR_INIT(W("W") W("p") W("s")),
     "这是 .wps 文件，不能直接读取，请用 WPS 另存为 .docx 后再上传。"},
    {STR_INIT(W("W") W("o") W("r") W("k") W("b") W("o") W("o") W("k")),
     "这是 .xls 表格，不是公文，请将内容复制到文档中并保存为 .docx 后再上传。"},
    {STR_INIT(W("P") W("o") W("w") W("e") W("r") W("P") W("o") W("i") W("n") W("t")),
     "这是 .ppt 演示文稿，不是公文，请另存为 .pdf 后再上传。"},
};

static enum status refuse_ole(struct arena *arena, struct str bytes, struct fault *fault)
{
    for (size_t i = 0; i < sizeof ole_kinds / sizeof *ole_kinds; i++)
        if (str_has(bytes, ole_kinds[i].stream))
            return refuse(arena, fault, INVALID, "file", "%s", ole_kinds[i].message);
    return refuse(arena, fault, INVALID, "file",
                  "这是旧版办公软件（.doc、.wps 等）的文件，不能直接读取，"
                  "请用 WPS 或 Word 另存为 .docx 后再上传。");
}

/* The page's own word for its encoding, believed only when the bytes are not plain UTF-8. */
static bool decode_as(struct arena *arena, struct str charset, struct str bytes,
                      struct str *ret_text)
{
    /* A page that says GB 2312 holds what GBK added to it: 〇, 镕. */
    bool chinese =
        charset.len > 2 && (charset.ptr[0] | 0x20) == 'g' && (charset.ptr[1] | 0x20) == 'b';
    UErrorCode error = U_ZERO_ERROR;
    UConverter *from = ucnv_open(chinese ? "gb18030" : str_c(arena, charset), &error);
    UConverter *to = ucnv_open("UTF-8", &error);
    bool done = false;
    if (U_SUCCESS(error)) {
        size_t room = bytes.len * 3 + 16;
        char *text = arena_alloc(arena, room), *end = text;
        const char *at = bytes.ptr;
        ucnv_convertEx(to, from, &end, text + room, &at, bytes.ptr + bytes.len, NULL, NULL, NULL,
                       NULL, true, true, &error);
        *ret_text = (struct str){text, (size_t)(end - text)};
        done = U_SUCCESS(error);
    }
    ucnv_close(from);
    ucnv_close(to);
    return done;
}

static enum status read_html(struct arena *arena, struct str text, struct source *ret_source,
                             struct fault *fault)
{
    if (source_from_html(arena, text_unify(arena, text), ret_source) != OK)
        return refuse(arena, fault, INVALID, "file",
                      "网页的结构过于庞大或嵌套过深，不能读取，请在浏览器中打开后复制文字，"
                      "另存为 .txt 再上传。");
    return OK;
}

static bool has_text(const struct source *source)
{
    for (int i = 0; i < source->lines_n; i++)
        if (text_trim(source->lines[i].text).len > 0)
            return true;
    return false;
}

static enum status read_text(struct arena *arena, struct str bytes, struct source *ret_source,
                             struct fault *fault)
{
    struct str text, charset = input_html_charset(bytes);
    if (charset.len > 0 && input_is_html(bytes) && !utf8_is_valid(bytes) &&
        !memchr(bytes.ptr, 0, bytes.len) && decode_as(arena, charset, bytes, &text))
        return read_html(arena, text, ret_source, fault);
    TRY(text_decode(arena, bytes, &text, fault));
    if (str_has(str_head(text, KIB(2)), STR("progid=\"Word.Document\"")))
        return refuse(arena, fault, INVALID, "file",
                      "这是 Word 2003 的 XML 文件，不能直接读取，请另存为 .docx 后再上传。");
    if (input_is_html(text))
        return read_html(arena, text, ret_source, fault);
    source_from_text(arena, text, ret_source);
    return OK;
}

static enum status read_any(struct arena *arena, struct str bytes, struct source *ret_source,
                            struct fault *fault)
{
    if (str_starts(bytes, STR("PK\3\4")) || str_starts(bytes, STR("PK\5\6")))
        return source_from_docx(arena, bytes, ret_source, fault);
    /* A PDF may have up to a kilobyte of something else before it. */
    if (str_has(str_head(bytes, KIB(1)), STR("%PDF-")))
        return source_from_pdf(arena, bytes, ret_source, fault);
    if (str_starts(bytes, ole_magic))
        return refuse_ole(arena, bytes, fault);
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        if (str_starts(bytes, refused[i].magic))
            return refuse(arena, fault, INVALID, "file", "%s", refused[i].message);
    return read_text(arena, bytes, ret_source, fault);
}

enum status input_check_size(struct arena *arena, size_t bytes, struct fault *fault)
{
    if (bytes == 0)
        return refuse(arena, fault, INVALID, "file", "文件是空的，请检查后重新上传。");
    if (bytes > READER_INPUT_MAX_BYTES)
        return refuse(arena, fault, INVALID, "file",
                      "文件有%zuMB，超过%dMB的上限，请只保留对口联系文件本身后再上传。",
                      (bytes + MIB(1) - 1) >> 20, READER_INPUT_MAX_BYTES >> 20);
    return OK;
}

enum status source_read(struct arena *arena, struct str bytes, struct source *ret_source,
                        struct fault *fault)
{
    struct source source = {0};
    TRY(input_check_size(arena, bytes.len, fault));
    TRY(read_any(arena, bytes, &source, fault));
    if (!has_text(&source))
        return refuse(arena, fault, INVALID, "file", "文件中没有文字，请检查后重新上传。");
    *ret_source = source;
    return OK;
}
