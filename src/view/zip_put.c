#include "view/zip_put.h"

#include <zip.h>

enum { DOS_1980_01_01 = 0x21 };

static bool add_members(zip_t *zip, const struct zip_member *members, int n)
{
    for (int i = 0; i < n; i++) {
        struct str bytes = members[i].bytes;
        zip_source_t *source = zip_source_buffer(zip, bytes.ptr, bytes.len, 0);
        zip_int64_t index =
            source ? zip_file_add(zip, members[i].name, source, ZIP_FL_ENC_UTF_8) : -1;
        if (index < 0) {
            zip_source_free(source);
            return false;
        }
        if (zip_file_set_dostime(zip, (zip_uint64_t)index, 0, DOS_1980_01_01, 0) != 0)
            return false;
    }
    return true;
}

static enum status put_source(struct buf *buf, zip_source_t *source)
{
    zip_stat_t stat;
    if (zip_source_stat(source, &stat) != 0 || zip_source_open(source) != 0)
        return FAULT;
    char *to = buf_reserve(buf, stat.size);
    bool whole = to && zip_source_read(source, to, stat.size) == (zip_int64_t)stat.size;
    zip_source_close(source);
    if (!whole)
        return FAULT;
    buf->len += stat.size;
    return OK;
}

enum status zip_put(struct buf *buf, const struct zip_member *members, int n)
{
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t *source = zip_source_buffer_create(NULL, 0, 0, &error);
    if (!source)
        return FAULT;
    zip_source_keep(source); /* closing the archive lets go of it */
    zip_t *zip = zip_open_from_source(source, ZIP_CREATE | ZIP_TRUNCATE, &error);
    zip_error_fini(&error);
    if (!zip) {
        zip_source_free(source);
        zip_source_free(source);
        return FAULT;
    }
    enum status status = FAULT;
    if (!add_members(zip, members, n) || zip_close(zip) != 0)
        zip_discard(zip);
    else
        status = put_source(buf, source);
    zip_source_free(source);
    return status;
}
