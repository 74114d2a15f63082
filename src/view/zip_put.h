/*
 * zip_put - a zip archive of small members, the same bytes for the same members. For the writers of
 * view/ and for downloads of several files at once.
 */
#ifndef VIEW_ZIP_PUT_H
#define VIEW_ZIP_PUT_H

#include "base/buf.h"
#include "base/status.h"

struct zip_member {
    const char *name;
    struct str bytes;
};

/* Members in this order, packed, all of 1980-01-01. FAULT when it cannot be made. */
CHECKED enum status zip_put(struct buf *buf, const struct zip_member *members, int n);

#endif
