#include <sys/statvfs.h>

#include "store/internal.h"

/* An address of PostgreSQL is no path. */
int64_t database_free_bytes(const struct database *database)
{
    struct statvfs disk;
    if (statvfs(database->where, &disk) != 0)
        return -1;
    return (int64_t)disk.f_bavail * (int64_t)disk.f_frsize;
}

int64_t store_free_bytes(const struct store *store)
{
    return database_free_bytes(&store->database);
}
