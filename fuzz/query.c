/*
 * query - any bytes as a query. What is taken is clean text within its limits, and read again after
 * it was encoded it is the same.
 */
#include <stdint.h>
#include <stdlib.h>

#include "app/priv.h"
#include "base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void put_encoded(struct buf *buf, struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        buf_fmt(buf, "%%%02X", (unsigned char)text.ptr[i]);
}

static size_t check_text(struct str text)
{
    if (!utf8_is_valid(text) || (text.len && memchr(text.ptr, 0, text.len)))
        abort();
    return text.len;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    AUTOARENA arena = arena_open(MIB(64));
    AUTOBUF again = buf_open(MIB(4));
    struct params params, same;
    struct fault fault = {0};
    struct str text = {(const char *)bytes, len};
    if (params_parse(&arena, text, QUERY_PARAMS_MAX, QUERY_BYTES_MAX, &params, &fault) != OK) {
        if (fault.http != 400 || fault.message.len == 0)
            abort();
        return 0;
    }
    size_t total = 0;
    for (int i = 0; i < params.n; i++) {
        total += check_text(params.items[i].name) + check_text(params.items[i].value);
        put_encoded(&again, params.items[i].name);
        buf_char(&again, '=');
        put_encoded(&again, params.items[i].value);
        buf_char(&again, '&');
    }
    if (params.n > QUERY_PARAMS_MAX || total > QUERY_BYTES_MAX ||
        params_parse(&arena, buf_str(&again), QUERY_PARAMS_MAX, QUERY_BYTES_MAX, &same, NULL) !=
            OK ||
        same.n != params.n)
        abort();
    for (int i = 0; i < params.n; i++)
        if (!str_eq(params.items[i].name, same.items[i].name) ||
            !str_eq(params.items[i].value, same.items[i].value))
            abort();
    return 0;
}
