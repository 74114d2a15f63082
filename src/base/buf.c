#include "base/buf.h"

#include <stdio.h>
#include <stdlib.h>

struct buf buf_open(size_t cap_bytes)
{
    return (struct buf){.cap = cap_bytes};
}

void buf_close(struct buf *buf)
{
    free(buf->ptr);
    *buf = (struct buf){.cap = buf->cap};
}

void buf_clear(struct buf *buf)
{
    buf->len = 0;
    buf->full = false;
}

char *buf_reserve(struct buf *buf, size_t bytes)
{
    if (buf->full || bytes > buf->cap - buf->len) {
        buf->full = true;
        return NULL;
    }
    if (buf->room - buf->len < bytes) {
        size_t room = buf->room ? buf->room * 2 : 1024;
        while (room < buf->len + bytes)
            room *= 2;
        char *larger = realloc(buf->ptr, room);
        if (!larger) {
            fputs("duikou: out of memory\n", stderr);
            abort();
        }
        buf->ptr = larger;
        buf->room = room;
    }
    return buf->ptr + buf->len;
}

void buf_put(struct buf *buf, struct str s)
{
    if (s.len == 0)
        return;
    char *to = buf_reserve(buf, s.len);
    if (!to)
        return;
    memcpy(to, s.ptr, s.len);
    buf->len += s.len;
}

void buf_char(struct buf *buf, char c)
{
    buf_put(buf, (struct str){&c, 1});
}

void buf_fmt(struct buf *buf, const char *format, ...)
{
    char small[256]; /* most texts fit: formatted once instead of measured first */
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int len = vsnprintf(small, sizeof small, format, again);
    va_end(again);
    if (len > 0 && (size_t)len < sizeof small) {
        buf_put(buf, (struct str){small, (size_t)len});
    } else {
        char *to = len > 0 ? buf_reserve(buf, (size_t)len + 1) : NULL;
        if (to) {
            vsnprintf(to, (size_t)len + 1, format, args);
            buf->len += (size_t)len;
        }
    }
    va_end(args);
}

void buf_int(struct buf *buf, int64_t value)
{
    char digits[24];
    int len = snprintf(digits, sizeof digits, "%lld", (long long)value);
    buf_put(buf, (struct str){digits, (size_t)len});
}
