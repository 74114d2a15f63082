/*
 * buf - text that grows while it is written, up to a cap it was made with.
 *
 * Over the cap nothing more is written and `full` is set: the writer may go on and ask once at the
 * end. The bytes live in the heap and are the buffer's own until buf_take.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/str.h"

struct buf {
    char *ptr;
    size_t len, room, cap;
    bool full;
};

struct buf buf_open(size_t cap_bytes);
void buf_close(struct buf *buf);
void buf_clear(struct buf *buf);

void buf_put(struct buf *buf, struct str s);
void buf_char(struct buf *buf, char c);
void buf_fmt(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));
void buf_int(struct buf *buf, int64_t value);
#define BUF_LIT(buf, literal) buf_put((buf), STR(literal))

/* Room for `bytes` more, to be filled by the caller, who then adds to buf->len; NULL when over the
 * cap. */
char *buf_reserve(struct buf *buf, size_t bytes);

/* What was written; borrows the buffer's bytes. */
static inline struct str buf_str(const struct buf *buf)
{
    return (struct str){buf->ptr, buf->len};
}

#define AUTOBUF __attribute__((cleanup(buf_close))) struct buf

#endif
