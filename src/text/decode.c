#include <unicode/ucnv.h>
#include <unicode/ustring.h>

#include "base/utf8.h"
#include "text/text.h"

static enum status refuse_binary(struct arena *arena, struct fault *fault)
{
    return refuse(arena, fault, INVALID, "file",
                  "这个文件不是文本（含有二进制内容），请上传 .txt、.docx、.pdf 或 .html 文件。");
}

static enum status refuse_encoding(struct arena *arena, struct fault *fault)
{
    return refuse(arena, fault, INVALID, "file",
                  "无法识别文件的文字编码（不是 UTF-8、UTF-16 或 GB18030），"
                  "请用 WPS 或记事本另存为 UTF-8 编码的文本后再上传。");
}

static enum status refuse_broken(struct arena *arena, struct fault *fault, struct str before)
{
    int line = 1;
    for (size_t i = 0; i < before.len; i++)
        line += before.ptr[i] == '\n';
    return refuse(arena, fault, INVALID, "file",
                  "文件第%d行有损坏的文字，无法按 UTF-8 读取，请修正或重新另存后再上传。", line);
}

/* Where valid UTF-8 ends. */
static size_t utf8_valid_bytes(struct str s)
{
    struct str rest = s;
    while (rest.len > 0) {
        struct str at = rest;
        int32_t code = utf8_next(&at);
        if (code == 0xFFFD && rest.len - at.len == 1)
            break;
        rest = at;
    }
    return s.len - rest.len;
}

/* A lead byte whose sequence the end of the bytes cut off. */
static bool is_cut_character(struct str tail)
{
    if (tail.len == 0 || tail.len > 3)
        return false;
    unsigned char lead = (unsigned char)tail.ptr[0];
    size_t len = lead >= 0xF0 && lead <= 0xF4 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || lead > 0xF4 || tail.len >= len)
        return false;
    for (size_t i = 1; i < tail.len; i++)
        if (((unsigned char)tail.ptr[i] & 0xC0) != 0x80)
            return false;
    return true;
}

/* Share of what is not ASCII that reads as UTF-8, in percent: tells a damaged UTF-8 file from one
 * in another encoding. */
static int utf8_percent(struct str s)
{
    size_t good = 0, bad = 0;
    while (s.len > 0) {
        size_t before = s.len;
        int32_t code = utf8_next(&s);
        size_t taken = before - s.len;
        if (code >= 0x80 && taken > 1)
            good += taken;
        else if (code == 0xFFFD)
            bad++;
    }
    return good + bad > 0 ? (int)(good * 100 / (good + bad)) : 100;
}

static bool convert(struct arena *arena, const char *encoding, struct str bytes,
                    struct str *ret_text)
{
    UErrorCode error = U_ZERO_ERROR;
    UConverter *from = ucnv_open(encoding, &error);
    if (U_FAILURE(error))
        return false;
    ucnv_setToUCallBack(from, UCNV_TO_U_CALLBACK_STOP, NULL, NULL, NULL, &error);
    int32_t room = (int32_t)bytes.len + 2, len = 0;
    UChar *wide = arena_new(arena, UChar, room);
    int32_t wide_n = ucnv_toUChars(from, wide, room, bytes.ptr, (int32_t)bytes.len, &error);
    ucnv_close(from);
    if (U_FAILURE(error))
        return false;
    char *text = arena_new(arena, char, (size_t)wide_n * 3 + 1);
    u_strToUTF8(text, wide_n * 3 + 1, &len, wide, wide_n, &error);
    *ret_text = (struct str){text, (size_t)len};
    return U_SUCCESS(error);
}

/* Nearly all of it what Chinese text is made of: ASCII without controls, Chinese signs, common Han
 * characters and full-width forms. Bytes read in the wrong encoding are anything but. */
static bool looks_chinese(struct str text)
{
    int good = 0, all = 0;
    while (text.len > 0) {
        int32_t code = utf8_next(&text);
        bool ascii = (code >= 0x20 && code < 0x7F) || (code >= '\t' && code <= '\r');
        bool sign = (code >= 0x2010 && code <= 0x2642) || (code >= 0x3000 && code <= 0x303F) ||
                    (code >= 0xFF00 && code <= 0xFFEF) || code == 0xA0 || code == 0xB7;
        good += ascii || sign || (code >= 0x4E00 && code <= 0x9FA5);
        all++;
    }
    return all > 0 && good >= all - all / 20;
}

/*
 * GB 2312's common characters and signs (lead B0–D7 or A1–A9, trail from A1): in Chinese text of
 * any kind they are nine of ten. Of Big5 or Latin bytes misread as GB18030 under half are.
 */
static bool is_common_gb(struct str bytes)
{
    size_t common = 0, all = 0;
    for (size_t i = 0; i + 1 < bytes.len; i++) {
        unsigned char lead = (unsigned char)bytes.ptr[i], trail = (unsigned char)bytes.ptr[i + 1];
        if (lead < 0x80)
            continue;
        bool is_common = (lead >= 0xB0 && lead <= 0xD7) || (lead >= 0xA1 && lead <= 0xA9);
        common += is_common && trail >= 0xA1;
        all++;
        i++;
    }
    return all == 0 || common * 10 >= all * 7;
}

static enum status decode_utf8(struct arena *arena, struct str bytes, struct str *ret_text,
                               struct fault *fault)
{
    size_t valid = utf8_valid_bytes(bytes);
    if (valid < bytes.len && !is_cut_character(str_from_byte(bytes, valid)))
        return refuse_broken(arena, fault, str_head(bytes, valid));
    *ret_text = str_head(bytes, valid);
    return OK;
}

static enum status decode_utf16(struct arena *arena, const char *encoding, struct str bytes,
                                struct str *ret_text, struct fault *fault)
{
    bytes.len &= ~(size_t)1;
    return convert(arena, encoding, bytes, ret_text) ? OK : refuse_encoding(arena, fault);
}

/* ASCII with NULs in it makes Chinese characters by twos; real ones have other bytes as well. */
static bool is_ascii(struct str bytes)
{
    for (size_t i = 0; i < bytes.len; i++)
        if ((unsigned char)bytes.ptr[i] >= 0x80)
            return false;
    return true;
}

/* Bytes with NULs: UTF-16 without a mark when one of its orders makes sense. */
static enum status decode_wide(struct arena *arena, struct str bytes, struct str *ret_text,
                               struct fault *fault)
{
    static const char *const orders[] = {"UTF-16LE", "UTF-16BE"};
    struct str even = str_head(bytes, bytes.len & ~(size_t)1);
    for (int i = 0; i < 2 && !is_ascii(even); i++)
        if (convert(arena, orders[i], even, ret_text) && looks_chinese(*ret_text))
            return OK;
    return refuse_binary(arena, fault);
}

static enum status decode_gb18030(struct arena *arena, struct str bytes, struct str *ret_text,
                                  struct fault *fault)
{
    if (!is_common_gb(bytes))
        return refuse_encoding(arena, fault);
    if (convert(arena, "gb18030", bytes, ret_text))
        return OK;
    /* The last character may have been cut off. */
    for (size_t cut = 1; cut <= 3 && cut < bytes.len; cut++)
        if ((unsigned char)bytes.ptr[bytes.len - cut] >= 0x81 &&
            convert(arena, "gb18030", str_head(bytes, bytes.len - cut), ret_text))
            return OK;
    return refuse_encoding(arena, fault);
}

static enum status decode_any(struct arena *arena, struct str bytes, struct str *ret_text,
                              struct fault *fault)
{
    if (str_starts(bytes, STR("\xEF\xBB\xBF")))
        return decode_utf8(arena, str_from_byte(bytes, 3), ret_text, fault);
    if (str_starts(bytes, STR("\xFF\xFE")))
        return decode_utf16(arena, "UTF-16LE", str_from_byte(bytes, 2), ret_text, fault);
    if (str_starts(bytes, STR("\xFE\xFF")))
        return decode_utf16(arena, "UTF-16BE", str_from_byte(bytes, 2), ret_text, fault);
    if (str_starts(bytes, STR("\x84\x31\x95\x33")))
        return decode_gb18030(arena, str_from_byte(bytes, 4), ret_text, fault);
    if (bytes.len > 0 && memchr(bytes.ptr, 0, bytes.len))
        return decode_wide(arena, bytes, ret_text, fault);
    size_t valid = utf8_valid_bytes(bytes);
    bool is_whole =
        valid == bytes.len || (valid > 0 && is_cut_character(str_from_byte(bytes, valid)));
    if (is_whole || utf8_percent(bytes) >= 90)
        return decode_utf8(arena, bytes, ret_text, fault);
    return decode_gb18030(arena, bytes, ret_text, fault);
}

static bool is_control(unsigned char c)
{
    return (c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7F;
}

/* CR alone becomes LF, other controls go; *ret_dropped counts them. */
static struct str without_controls(struct arena *arena, struct str text, size_t *ret_dropped)
{
    size_t odd = 0, len = 0;
    for (size_t i = 0; i < text.len; i++) {
        bool lone = text.ptr[i] == '\r' && (i + 1 == text.len || text.ptr[i + 1] != '\n');
        odd += lone || is_control((unsigned char)text.ptr[i]);
    }
    *ret_dropped = 0;
    if (odd == 0)
        return text;
    char *kept = arena_alloc(arena, text.len + 1);
    for (size_t i = 0; i < text.len; i++) {
        bool lone = text.ptr[i] == '\r' && (i + 1 == text.len || text.ptr[i + 1] != '\n');
        if (is_control((unsigned char)text.ptr[i]))
            ++*ret_dropped;
        else
            kept[len++] = lone ? '\n' : text.ptr[i];
    }
    return (struct str){kept, len};
}

enum status text_decode(struct arena *arena, struct str bytes, struct str *ret_text,
                        struct fault *fault)
{
    struct str text;
    size_t dropped;
    TRY(decode_any(arena, bytes, &text, fault));
    text = without_controls(arena, text, &dropped);
    /* A stray form feed or ^Z is met in texts, one in a hundred characters is not. */
    if (dropped > 2 && dropped > text.len / 100)
        return refuse_binary(arena, fault);
    *ret_text = text_unify(arena, text);
    return OK;
}
