/*
 * app/spool - an export of any size: kept in memory while it is small, else in an unlinked file.
 */
#ifndef APP_SPOOL_H
#define APP_SPOOL_H

#include "app/app.h"

struct spool {
    const struct shape *shape;
    struct buf buf;
    int fd; /* -1 while everything is in `buf` */
    int64_t bytes;
};

/* A file that has no name: it is gone when it is closed. -1 when there is no room for one. */
int spool_file(void);

/* With the head of the table written. */
struct spool spool_open(const struct shape *shape);
/* A row_each; `context` is the spool. FAULT when the file cannot be written. */
enum status spool_csv_row(void *context, const struct value *cells, int n);
/* Hand what was written to the response. */
CHECKED enum status spool_finish(struct spool *spool, struct response *response);
void spool_close(struct spool *spool);

#endif
