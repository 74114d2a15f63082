#include "view/xml_put.h"

#include "base/utf8.h"

static struct str reference(int32_t code)
{
    switch (code) {
    case '<':
        return STR("&lt;");
    case '>':
        return STR("&gt;");
    case '&':
        return STR("&amp;");
    case '"':
        return STR("&quot;");
    default:
        return STR("");
    }
}

static bool is_xml_char(int32_t code)
{
    return code >= 0x20 ? code != 0xFFFE && code != 0xFFFF
                        : code == '\t' || code == '\n' || code == '\r';
}

static void put(struct buf *buf, struct str text, bool escapes)
{
    int32_t code;
    char bytes[4];
    while ((code = utf8_next(&text)) >= 0) {
        struct str instead = escapes ? reference(code) : STR("");
        if (instead.len)
            buf_put(buf, instead);
        else if (is_xml_char(code))
            buf_put(buf, (struct str){bytes, (size_t)utf8_put(bytes, code)});
    }
}

void xml_put_clean(struct buf *buf, struct str text)
{
    put(buf, text, false);
}

void xml_put(struct buf *buf, struct str text)
{
    put(buf, text, true);
}
