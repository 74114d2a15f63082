#include "domain/file/priv.h"

#include <magic.h>

#include "base/utf8.h"
#include "engine/reader/child.h"
#include "engine/reader/reader.h"

/*
 * What a file is, told by its content in a child: libmagic's word, then what tells its zip and
 * compound kinds apart; its text, held against the rule on secrecy marks. The child writes
 * good, sentence, type, internal (each ended by U+001F), then the text.
 */

#define FIELD_END STR("\x1F")

enum { LOOK_BYTES_MAX = BODY_UPLOAD_MAX, OUTPUT_MAX = FILE_TEXT_MAX + (64 << 10) };

/* libmagic's words; a mime that stands here without a type is refused with the sentence. */
static const struct {
    const char *mime, *type, *message;
} mimes[] = {
    {"application/pdf", "pdf", NULL},
    {"image/jpeg", "jpg", NULL},
    {"image/png", "png", NULL},
    {"image/tiff", "tif", NULL},
    {"application/msword", "doc", NULL},
    {"application/vnd.ms-excel", "xls", NULL},
    {"application/vnd.ms-powerpoint", "ppt", NULL},
    {"application/encrypted", NULL, "这个文件有密码保护，无法检查，请解除密码后再上传。"},
    {"application/x-rar", NULL, "压缩包不能作为附件，请解压后上传其中的文件。"},
    {"application/x-7z-compressed", NULL, "压缩包不能作为附件，请解压后上传其中的文件。"},
    {"application/gzip", NULL, "压缩包不能作为附件，请解压后上传其中的文件。"},
    {"application/x-tar", NULL, "压缩包不能作为附件，请解压后上传其中的文件。"},
    {"text/html", NULL, "网页不能作为附件，请另存为 .pdf 或 .docx 后再上传。"},
    {"image/svg+xml", NULL, "SVG 图形不能作为附件，请另存为 .png 后再上传。"},
    {"application/x-executable", NULL, "程序文件不能作为附件，请上传文档、表格、图片或 PDF。"},
    {"application/x-pie-executable", NULL, "程序文件不能作为附件，请上传文档、表格、图片或 PDF。"},
    {"application/x-dosexec", NULL, "程序文件不能作为附件，请上传文档、表格、图片或 PDF。"},
};

/* Compound files by the name of a stream, in UTF-16. */
#define W(a) a "\0"
static const struct {
    struct str stream;
    const char *type, *message;
} streams[] = {
    {STR_INIT(W("E") W("n") W("c") W("r") W("y") W("p") W("t") W("e") W("d") W("P")), NULL,
     "这个文件有密码保护，无法检查，请解除密码后再上传。"},
    {STR_INIT(W("_") W("V") W("B") W("A") W("_") W("P")), NULL,
     "这个文件带有宏，请另存为不带宏的文件后再上传。"},
    {STR_INIT(W("W") W("o") W("r") W("d") W("D") W("o") W("c")), "doc", NULL},
    {STR_INIT(W("W") W("p") W("s")), "doc", NULL},
    {STR_INIT(W("W") W("o") W("r") W("k") W("b") W("o") W("o") W("k")), "xls", NULL},
    {STR_INIT(W("E") W("T") W("W") W("o") W("r") W("k")), "xls", NULL},
    {STR_INIT(W("P") W("o") W("w") W("e") W("r") W("P") W("o") W("i") W("n") W("t")), "ppt", NULL},
};

static enum status refuse_kind(struct arena *arena, const char *message, struct fault *fault)
{
    return refuse(arena, fault, INVALID, "file", "%s",
                  message ? message
                          : "这种文件不能作为附件，请上传 PDF、Word、Excel、演示文稿、OFD、"
                            "纯文本或图片。");
}

static enum status magic_word(struct arena *arena, struct str bytes, struct str *ret_mime,
                              struct fault *fault)
{
    magic_t magic = magic_open(MAGIC_MIME_TYPE | MAGIC_NO_CHECK_COMPRESS);
    const char *mime = NULL;
    if (magic && magic_load(magic, NULL) == 0)
        mime = magic_buffer(magic, bytes.ptr, bytes.len);
    struct str copy = str_copy(arena, str_from(mime));
    if (magic)
        magic_close(magic);
    if (copy.len == 0)
        return refuse(arena, fault, INVALID, "file",
                      "系统暂时无法辨认文件类型，请管理员检查 libmagic 是否装好。");
    *ret_mime = copy;
    return OK;
}

static enum status compound_type(struct arena *arena, struct str bytes, const char **ret_type,
                                 struct fault *fault)
{
    for (size_t i = 0; i < sizeof streams / sizeof *streams; i++)
        if (str_has(bytes, streams[i].stream)) {
            *ret_type = streams[i].type;
            return streams[i].type ? OK : refuse_kind(arena, streams[i].message, fault);
        }
    return refuse_kind(arena, NULL, fault);
}

static enum status type_of(struct arena *arena, struct str bytes, const char **ret_type,
                           struct fault *fault)
{
    struct str mime;
    if (str_starts(bytes, STR("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")))
        return compound_type(arena, bytes, ret_type, fault);
    if (str_starts(bytes, STR("PK\3\4")))
        return packed_type(arena, bytes, ret_type, fault);
    TRY(magic_word(arena, bytes, &mime, fault));
    for (size_t i = 0; i < sizeof mimes / sizeof *mimes; i++)
        if (str_is(mime, mimes[i].mime)) {
            *ret_type = mimes[i].type;
            return mimes[i].type ? OK : refuse_kind(arena, mimes[i].message, fault);
        }
    bool is_text = str_starts(mime, STR("text/")) || str_is(mime, "application/csv") ||
                   str_is(mime, "application/json");
    *ret_type = "txt";
    return is_text ? OK : refuse_kind(arena, NULL, fault);
}

/* --- its text --- */

/* A scan is a PDF without a text: nobody but a person can see what is in it. One that is locked
 * could be seen through by nobody. */
static bool may_be_unread(const struct file_type *type, struct str bytes)
{
    return str_is(STR("docx"), type->word) ||
           (str_is(STR("pdf"), type->word) && !str_has(bytes, STR("/Encrypt")));
}

static enum status lines_of(struct arena *arena, struct str bytes, const struct file_type *type,
                            struct source *ret_source, struct fault *fault)
{
    struct source source = {0}, more = {0};
    struct str packed = {0};
    if (str_is(STR("docx"), type->word) || str_is(STR("xlsx"), type->word) ||
        str_is(STR("pptx"), type->word))
        TRY(packed_text(arena, bytes, &packed, fault));
    if (packed.len > 0)
        source_from_text(arena, packed, &more);
    if (str_is(STR("xlsx"), type->word) || str_is(STR("pptx"), type->word)) {
        *ret_source = more;
        return OK;
    }
    enum status status = source_read(arena, bytes, &source, fault);
    if (status != OK && !may_be_unread(type, bytes))
        return status;
    *ret_source = source.lines_n > 0 ? source : more;
    bool internal = false;
    return more.lines_n > 0 ? reader_marks(arena, &more, &internal, fault) : OK;
}

static void put_lines(struct buf *buf, const struct source *source)
{
    for (int i = 0; i < source->lines_n && buf->len < FILE_TEXT_MAX - KIB(64); i++) {
        buf_put(buf, str_head(source->lines[i].text, KIB(32)));
        BUF_LIT(buf, "\n");
    }
}

struct child_answer {
    const char *type;
    bool is_internal;
    struct source source;
};

static enum status look(struct arena *arena, struct str bytes, struct child_answer *answer,
                        struct fault *fault)
{
    if (bytes.len == 0)
        return refuse(arena, fault, INVALID, "file", "文件是空的，请检查后重新上传。");
    TRY(type_of(arena, bytes, &answer->type, fault));
    const struct file_type *type = file_type_by_word(str_from(answer->type));
    if (!type->has_text)
        return OK;
    TRY(lines_of(arena, bytes, type, &answer->source, fault));
    return answer->source.lines_n > 0
               ? reader_marks(arena, &answer->source, &answer->is_internal, fault)
               : OK;
}

static void put_field(struct buf *buf, struct str text)
{
    buf_put(buf, text);
    buf_put(buf, FIELD_END);
}

static void work(struct arena *arena, struct str input, const void *context, struct buf *output)
{
    struct child_answer answer = {0};
    struct fault fault = {0};
    bool good = look(arena, input, &answer, &fault) == OK;
    put_field(output, good ? STR("1") : STR("0"));
    put_field(output, fault.message);
    put_field(output, str_from(good ? answer.type : ""));
    put_field(output, answer.is_internal ? STR("1") : STR("0"));
    if (good && *(const bool *)context)
        put_lines(output, &answer.source);
}

int file_child_main(bool wants_text)
{
    return child_main(work, &wants_text, LOOK_BYTES_MAX, OUTPUT_MAX);
}

/* --- in the parent, which trusts nothing of it --- */

/* A name may tell what the content cannot: a scan called 机密★. */
static enum status check_name(struct arena *arena, struct str name, struct fault *fault)
{
    struct source source = {0};
    bool internal;
    source_from_text(arena, file_bare_name(name), &source);
    if (source.lines_n == 0 || reader_marks(arena, &source, &internal, NULL) == OK)
        return OK;
    return refuse(arena, fault, INVALID, "file",
                  "文件名带有国家秘密标志，本系统为非涉密系统，不能上传，请将文件移出并按保密规定"
                  "处理。");
}

enum status file_look(struct arena *arena, struct str name, struct str bytes, bool wants_text,
                      struct file_look *ret_look, struct fault *fault)
{
    const struct child_job job = {.program = "/proc/self/exe",
                                  .command = "file-child",
                                  .argument = wants_text ? "text" : NULL,
                                  .output_max = OUTPUT_MAX,
                                  .advice = "请打开文件检查，另存后再上传。"};
    struct str output;
    TRY(check_name(arena, name, fault));
    TRY(child_run(arena, &job, bytes, &output, fault));
    struct str good = str_cut(&output, FIELD_END), message = str_cut(&output, FIELD_END),
               type = str_cut(&output, FIELD_END), internal = str_cut(&output, FIELD_END);
    if (!utf8_is_valid(message) || !utf8_is_valid(output))
        return child_refuse(arena, &job, fault);
    if (!str_is(good, "1"))
        return message.len ? refuse(arena, fault, INVALID, "file", "%.*s", STR_ARG(message))
                           : child_refuse(arena, &job, fault);
    *ret_look = (struct file_look){
        .type = file_type_by_word(type), .is_internal = str_is(internal, "1"), .text = output};
    return ret_look->type ? OK : child_refuse(arena, &job, fault);
}
