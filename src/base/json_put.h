/*
 * json_put - writing JSON (RFC 8259) piece by piece into a buffer.
 *
 * The writer puts commas and colons; the caller opens, closes and names. Text that is not UTF-8 is
 * mended: every malformed byte becomes U+FFFD. Nothing is escaped but what the grammar demands
 * (quote, backslash, U+0000..U+001F), DEL, and U+2028 and U+2029, which older JavaScript takes for
 * line ends. Output is one line, or one value a line for files that people read too.
 *
 *     struct json json = json_open(&buf);
 *     json_begin(&json, '{');
 *     json_key(&json, "title"), json_str(&json, title);
 *     json_end(&json, '}');
 */
#ifndef BASE_JSON_PUT_H
#define BASE_JSON_PUT_H

#include "base/buf.h"

struct json {
    struct buf *buf; /* borrowed */
    bool comma;      /* the next value is not the first of its list */
    bool keyed;      /* the next value stands behind its key */
    int indent;      /* spaces a level; 0 = all on one line */
    int depth;
};

static inline struct json json_open(struct buf *buf)
{
    return (struct json){.buf = buf};
}
static inline struct json json_open_indented(struct buf *buf, int indent)
{
    return (struct json){.buf = buf, .indent = indent};
}

/* '{' or '[', and '}' or ']'. */
void json_begin(struct json *json, char bracket);
void json_end(struct json *json, char bracket);

void json_key(struct json *json, const char *key);
void json_key_str(struct json *json, struct str key);

void json_str(struct json *json, struct str value);
void json_int(struct json *json, int64_t value);
void json_bool(struct json *json, bool value);
void json_null(struct json *json);

/* One quoted string, without any comma: what the above are made of. */
void json_put_str(struct buf *buf, struct str value);

#endif
