#include "base/json_put.h"

#include "base/utf8.h"

enum { REPLACEMENT = 0xFFFD, LINE_SEPARATOR = 0x2028, PARAGRAPH_SEPARATOR = 0x2029 };

static void put_escape(struct buf *buf, int32_t code)
{
    switch (code) {
    case '"':
        BUF_LIT(buf, "\\\"");
        break;
    case '\\':
        BUF_LIT(buf, "\\\\");
        break;
    case '\n':
        BUF_LIT(buf, "\\n");
        break;
    case '\r':
        BUF_LIT(buf, "\\r");
        break;
    case '\t':
        BUF_LIT(buf, "\\t");
        break;
    default:
        buf_fmt(buf, "\\u%04x", (unsigned)code);
    }
}

static bool must_escape(int32_t code)
{
    return code < 0x20 || code == '"' || code == '\\' || code == 0x7F || code == LINE_SEPARATOR ||
           code == PARAGRAPH_SEPARATOR;
}

/* Bytes ahead that stand for themselves: printable ASCII, and the characters from U+3000 to
 * U+CFFF. */
static size_t plain_run(struct str s)
{
    const unsigned char *at = (const unsigned char *)s.ptr;
    size_t n = 0;
    while (n < s.len) {
        if (at[n] >= 0x20 && at[n] < 0x7F && at[n] != '"' && at[n] != '\\')
            n++;
        else if (at[n] >= 0xE3 && at[n] <= 0xEC && n + 3 <= s.len && (at[n + 1] & 0xC0) == 0x80 &&
                 (at[n + 2] & 0xC0) == 0x80)
            n += 3;
        else
            break;
    }
    return n;
}

void json_put_str(struct buf *buf, struct str value)
{
    size_t plain = plain_run(value);
    char *to = plain == value.len ? buf_reserve(buf, plain + 2) : NULL;
    if (to) {
        to[0] = to[plain + 1] = '"';
        if (plain > 0)
            memcpy(to + 1, value.ptr, plain);
        buf->len += plain + 2;
        return;
    }
    buf_char(buf, '"');
    struct str rest = value;
    const char *run = value.ptr; /* what has been read and can be copied as it is */
    while ((rest = str_from_byte(rest, plain_run(rest))).len > 0) {
        const char *at = rest.ptr;
        int32_t code = utf8_next(&rest);
        bool malformed = code == REPLACEMENT && rest.ptr - at == 1;
        if (!malformed && !must_escape(code))
            continue;
        buf_put(buf, (struct str){run, (size_t)(at - run)});
        if (malformed)
            BUF_LIT(buf, "\xEF\xBF\xBD");
        else
            put_escape(buf, code);
        run = rest.ptr;
    }
    if (value.len > 0)
        buf_put(buf, (struct str){run, (size_t)(value.ptr + value.len - run)});
    buf_char(buf, '"');
}

static void put_break(struct json *json)
{
    if (json->indent > 0)
        buf_fmt(json->buf, "\n%*s", json->indent * json->depth, "");
}

static void put_comma(struct json *json)
{
    if (json->comma)
        buf_char(json->buf, ',');
    if (!json->keyed && json->depth > 0)
        put_break(json);
    json->comma = true;
    json->keyed = false;
}

void json_begin(struct json *json, char bracket)
{
    put_comma(json);
    buf_char(json->buf, bracket);
    json->comma = false;
    json->depth++;
}

void json_end(struct json *json, char bracket)
{
    json->depth--;
    if (json->comma)
        put_break(json);
    buf_char(json->buf, bracket);
    json->comma = true;
}

void json_key_str(struct json *json, struct str key)
{
    put_comma(json);
    json_put_str(json->buf, key);
    buf_put(json->buf, json->indent > 0 ? STR(": ") : STR(":"));
    json->comma = false;
    json->keyed = true;
}

void json_key(struct json *json, const char *key)
{
    json_key_str(json, str_from(key));
}

void json_str(struct json *json, struct str value)
{
    put_comma(json);
    json_put_str(json->buf, value);
}

void json_int(struct json *json, int64_t value)
{
    put_comma(json);
    buf_int(json->buf, value);
}

void json_bool(struct json *json, bool value)
{
    put_comma(json);
    buf_put(json->buf, value ? STR("true") : STR("false"));
}

void json_null(struct json *json)
{
    put_comma(json);
    BUF_LIT(json->buf, "null");
}
