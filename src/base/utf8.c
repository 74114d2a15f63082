#include "base/utf8.h"

/* Length of the well-formed sequence at p, 0 when malformed. */
static int sequence_len(const unsigned char *p, size_t left, int32_t *ret_code)
{
    if (p[0] < 0x80) {
        *ret_code = p[0];
        return 1;
    }
    int len = p[0] >= 0xF0 ? 4 : p[0] >= 0xE0 ? 3 : 2;
    if (p[0] < 0xC2 || p[0] > 0xF4 || (size_t)len > left)
        return 0;
    int32_t code = p[0] & (0x7F >> len);
    for (int i = 1; i < len; i++) {
        if ((p[i] & 0xC0) != 0x80)
            return 0;
        code = code << 6 | (p[i] & 0x3F);
    }
    static const int32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (code < least[len] || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
        return 0;
    *ret_code = code;
    return len;
}

bool utf8_is_valid(struct str s)
{
    const unsigned char *p = (const unsigned char *)s.ptr;
    int32_t code;
    for (size_t i = 0; i < s.len;) {
        int len = sequence_len(p + i, s.len - i, &code);
        if (len == 0)
            return false;
        i += (size_t)len;
    }
    return true;
}

int32_t utf8_next(struct str *rest)
{
    if (rest->len == 0)
        return -1;
    int32_t code;
    int len = sequence_len((const unsigned char *)rest->ptr, rest->len, &code);
    if (len == 0) {
        code = 0xFFFD;
        len = 1;
    }
    *rest = str_from_byte(*rest, (size_t)len);
    return code;
}

int utf8_put(char to[4], int32_t code)
{
    if (code < 0x80) {
        to[0] = (char)code;
        return 1;
    }
    int len = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    for (int i = len - 1; i > 0; i--, code >>= 6)
        to[i] = (char)(0x80 | (code & 0x3F));
    to[0] = (char)((0xF00 >> len) | code);
    return len;
}

int utf8_count(struct str s)
{
    int n = 0;
    for (size_t i = 0; i < s.len; i++)
        n += (s.ptr[i] & 0xC0) != 0x80;
    return n;
}

struct str utf8_head(struct str s, int n)
{
    size_t at = 0;
    for (; at < s.len; at++)
        if ((s.ptr[at] & 0xC0) != 0x80 && n-- == 0)
            break;
    return str_head(s, at);
}
