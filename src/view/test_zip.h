/*
 * test_zip - one member of an archive in memory, for the tests of what writes archives.
 */
#ifndef VIEW_TEST_ZIP_H
#define VIEW_TEST_ZIP_H

#include <zip.h>

#include "base/arena.h"
#include "base/buf.h"

/* Empty when there is no such member. */
static inline struct str test_zip_member(struct arena *arena, const struct buf *buf,
                                         const char *name)
{
    zip_error_t error;
    struct str bytes = {0};
    zip_source_t *source = zip_source_buffer_create(buf->ptr, buf->len, 0, &error);
    zip_t *zip = zip_open_from_source(source, ZIP_RDONLY, &error);
    zip_stat_t stat;
    if (zip && zip_stat(zip, name, 0, &stat) == 0) {
        char *to = arena_alloc(arena, stat.size + 1);
        zip_file_t *file = zip_fopen(zip, name, 0);
        if (file && zip_fread(file, to, stat.size) == (zip_int64_t)stat.size)
            bytes = (struct str){to, stat.size};
        if (file)
            zip_fclose(file);
    }
    if (zip)
        zip_discard(zip);
    return bytes;
}

#endif
