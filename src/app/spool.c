#include "app/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

enum { SPOOL_MEMORY = 1 << 20, SPOOL_BUF_MAX = 8 << 20 };

struct spool spool_open(const struct shape *shape)
{
    struct spool spool = {.shape = shape, .buf = buf_open(SPOOL_BUF_MAX), .fd = -1};
    view_put_csv_head(&spool.buf, shape);
    return spool;
}

int spool_file(void)
{
    const char *folder = getenv("TMPDIR");
    int fd = open(folder ? folder : "/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd >= 0)
        return fd;
    char name[] = "/tmp/duikou-export-XXXXXX";
    fd = mkostemp(name, O_CLOEXEC);
    if (fd >= 0)
        unlink(name);
    return fd;
}

static enum status flush(struct spool *spool)
{
    if (spool->fd < 0 && (spool->fd = spool_file()) < 0)
        return FAULT;
    struct str rest = buf_str(&spool->buf);
    while (rest.len) {
        ssize_t written = write(spool->fd, rest.ptr, rest.len);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return FAULT;
        rest = str_from_byte(rest, (size_t)written);
        spool->bytes += written;
    }
    buf_clear(&spool->buf);
    return OK;
}

enum status spool_csv_row(void *context, const struct value *cells, int n)
{
    (void)n;
    struct spool *spool = context;
    view_put_csv_row(&spool->buf, spool->shape, cells);
    if (spool->buf.full)
        return FAULT;
    return spool->buf.len < SPOOL_MEMORY ? OK : flush(spool);
}

enum status spool_finish(struct spool *spool, struct response *response)
{
    if (spool->fd < 0) {
        buf_put(&response->owned, buf_str(&spool->buf));
        return OK;
    }
    TRY(flush(spool));
    response->spooled = true;
    response->spool_fd = spool->fd;
    response->spool_bytes = spool->bytes;
    spool->fd = -1;
    return OK;
}

void spool_close(struct spool *spool)
{
    if (spool->fd >= 0)
        close(spool->fd);
    buf_close(&spool->buf);
}
