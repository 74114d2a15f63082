#include "view/template_priv.h"

#include <strings.h>

enum { HTML = 1, WHOLE = 2, PATH = 4, QUERY = 8 };

/*
 * What stands as it is (RFC 3986): QUERY the unreserved characters; PATH these and what a path may
 * hold, but for & ' = and the colon, which could end a scheme; WHOLE everything a URL may hold and
 * the percent sign. HTML: what must become a reference.
 */
static const uint8_t classes[256] = {
    0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  /* controls */
    0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  /* controls */
    0,  6,  1,  2,  6,  2,  3,  3,  6,  6,  6,  6,  6,  14, 14, 6,  /* SP ! " # $ % & ' ( … / */
    14, 14, 14, 14, 14, 14, 14, 14, 14, 14, 2,  6,  1,  2,  1,  2,  /* 0 … 9 : ; < = > ? */
    6,  14, 14, 14, 14, 14, 14, 14, 14, 14, 14, 14, 14, 14, 14, 14, /* @ A … O */
    14, 14, 14, 14, 14, 14, 14, 14, 14, 14, 14, 2,  0,  2,  0,  14, /* P … Z [ \ ] ^ _ */
    0,  14, 14, 14, 14, 14, 14, 14, 14, 14, 14, 14, 14, 14, 14, 14, /* ` a … o */
    14, 14, 14, 14, 14, 14, 14, 14, 14, 14, 14, 0,  0,  0,  14, 0,  /* p … z { | } ~ DEL */
};

static struct str reference(char c)
{
    switch (c) {
    case '&':
        return STR("&amp;");
    case '<':
        return STR("&lt;");
    case '>':
        return STR("&gt;");
    case '"':
        return STR("&quot;");
    default:
        return STR("&#39;");
    }
}

static void put_text(struct buf *buf, struct str text)
{
    size_t start = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (!(classes[(unsigned char)text.ptr[i]] & HTML))
            continue;
        buf_put(buf, (struct str){text.ptr + start, i - start});
        buf_put(buf, reference(text.ptr[i]));
        start = i + 1;
    }
    buf_put(buf, str_from_byte(text, start));
}

static void put_percent(struct buf *buf, unsigned char c)
{
    static const char digits[] = "0123456789ABCDEF";
    const char code[] = {'%', digits[c >> 4], digits[c & 15]};
    buf_put(buf, (struct str){code, sizeof code});
}

static void put_url(struct buf *buf, struct str url, int kept, bool keeps_colon)
{
    size_t start = 0;
    for (size_t i = 0; i < url.len; i++) {
        unsigned char c = (unsigned char)url.ptr[i];
        bool stays = (classes[c] & kept) && (c != ':' || keeps_colon);
        if (stays && !(classes[c] & HTML))
            continue;
        buf_put(buf, (struct str){url.ptr + start, i - start});
        if (stays)
            buf_put(buf, reference((char)c));
        else
            put_percent(buf, c);
        start = i + 1;
    }
    buf_put(buf, str_from_byte(url, start));
}

static bool is_allowed_url(struct str url)
{
    static const struct str schemes[] = {STR_INIT("https:"), STR_INIT("http:"), STR_INIT("mailto:"),
                                         STR_INIT("tel:")};
    if (url.len > 0 && memchr("/#?", url.ptr[0], 3))
        return true;
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
        if (url.len > schemes[i].len && strncasecmp(url.ptr, schemes[i].ptr, schemes[i].len) == 0)
            return true;
    return false;
}

void escape_put(struct buf *buf, enum escape escape, struct str text)
{
    switch (escape) {
    case ESCAPE_TEXT:
        put_text(buf, text);
        break;
    case ESCAPE_URL:
        put_url(buf, is_allowed_url(text) ? text : STR("#"), WHOLE, true);
        break;
    case ESCAPE_URL_REST:
        put_url(buf, text, WHOLE, false);
        break;
    case ESCAPE_URL_PATH:
        put_url(buf, text, PATH, false);
        break;
    case ESCAPE_URL_QUERY:
        put_url(buf, text, QUERY, false);
        break;
    }
}
