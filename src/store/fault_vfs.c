#include "store/fault_vfs.h"

#include <fcntl.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What SQLite holds for an open file: ours, then the system's own right behind it. */
struct fault_file {
    sqlite3_file base;
    const char *name;
    sqlite3_file *real;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct fault_plan plan;
static int seen;
static sqlite3_vfs *real_vfs;
static sqlite3_vfs fault_vfs;

static int outcome(const struct fault_file *file, enum fault_operation operation)
{
    int code = SQLITE_OK;
    size_t n = file->name ? strlen(file->name) : 0;
    pthread_mutex_lock(&lock);
    size_t wanted = plan.suffix ? strlen(plan.suffix) : 0;
    bool matches = (plan.operations & (int)operation) != 0 && n >= wanted &&
                   (wanted == 0 || memcmp(file->name + n - wanted, plan.suffix, wanted) == 0);
    if (matches) {
        seen++;
        if (seen > plan.after && seen <= plan.after + plan.times)
            code = plan.code;
    }
    pthread_mutex_unlock(&lock);
    return code;
}

void fault_vfs_plan(struct fault_plan wanted)
{
    pthread_mutex_lock(&lock);
    plan = wanted;
    seen = 0;
    pthread_mutex_unlock(&lock);
}

int fault_vfs_seen(void)
{
    pthread_mutex_lock(&lock);
    int n = seen;
    pthread_mutex_unlock(&lock);
    return n;
}

static sqlite3_file *real_of(sqlite3_file *file)
{
    return ((struct fault_file *)file)->real;
}

#define PASS(method, parameters, ...)                                                              \
    static int pass_##method parameters                                                            \
    {                                                                                              \
        return real_of(file)->pMethods->method(real_of(file), ##__VA_ARGS__);                      \
    }
PASS(xRead, (sqlite3_file * file, void *to, int n, sqlite3_int64 at), to, n, at)
PASS(xFileSize, (sqlite3_file * file, sqlite3_int64 *size), size)
PASS(xLock, (sqlite3_file * file, int level), level)
PASS(xUnlock, (sqlite3_file * file, int level), level)
PASS(xCheckReservedLock, (sqlite3_file * file, int *held), held)
PASS(xFileControl, (sqlite3_file * file, int what, void *arg), what, arg)
PASS(xSectorSize, (sqlite3_file * file))
PASS(xDeviceCharacteristics, (sqlite3_file * file))
PASS(xShmMap, (sqlite3_file * file, int page, int size, int extend, void volatile **to), page, size,
     extend, to)
PASS(xShmLock, (sqlite3_file * file, int at, int n, int flags), at, n, flags)
PASS(xShmUnmap, (sqlite3_file * file, int remove), remove)
#undef PASS

/* --- power --- */

enum { SECTOR = 512, PATH_ROOM = 256, UNSYNCED_MAX = 1 << 16 };

/* One write, or a truncation (`n` is 0), that no sync has followed. */
struct unsynced {
    char path[PATH_ROOM];
    int64_t at, size_before; /* of the file */
    int n, n_before;
    char *bytes, *bytes_before;
};
static struct unsynced *unsynced;
static int unsynced_n, operations_left = -1; /* -1: the power stays */

static void forget(struct unsynced *row)
{
    free(row->bytes);
    free(row->bytes_before);
}

void fault_vfs_cut_after(int operations)
{
    pthread_mutex_lock(&lock);
    while (unsynced_n > 0)
        forget(&unsynced[--unsynced_n]);
    if (operations >= 0 && !unsynced)
        unsynced = calloc(UNSYNCED_MAX, sizeof *unsynced);
    operations_left = operations;
    pthread_mutex_unlock(&lock);
}

bool fault_vfs_is_out(void)
{
    pthread_mutex_lock(&lock);
    bool is_out = operations_left == 0;
    pthread_mutex_unlock(&lock);
    return is_out;
}

/* Under the lock: one more operation; false when the power is out. */
static bool has_power(void)
{
    if (operations_left > 0)
        operations_left--;
    return operations_left != 0;
}

/* Under the lock: what the file has where it is about to change. */
static void remember(struct fault_file *file, const void *bytes, int n, int64_t at)
{
    sqlite3_file *real = file->real;
    sqlite3_int64 size = 0;
    if (operations_left < 0 || !file->name || unsynced_n == UNSYNCED_MAX)
        return;
    real->pMethods->xFileSize(real, &size);
    int64_t end = n ? at + n : size; /* a truncation changes all behind it */
    struct unsynced *row = &unsynced[unsynced_n++];
    *row = (struct unsynced){.at = at, .size_before = size, .n = n};
    snprintf(row->path, sizeof row->path, "%s", file->name);
    row->n_before = (int)((end < size ? end : size) - at);
    if (row->n_before < 0)
        row->n_before = 0;
    row->bytes_before = malloc((size_t)row->n_before + 1);
    row->bytes = malloc((size_t)n + 1);
    if (n)
        memcpy(row->bytes, bytes, (size_t)n);
    if (row->n_before)
        real->pMethods->xRead(real, row->bytes_before, row->n_before, at);
}

static void synced(const struct fault_file *file)
{
    int kept = 0;
    for (int i = 0; i < unsynced_n; i++)
        if (file->name && strcmp(unsynced[i].path, file->name) == 0)
            forget(&unsynced[i]);
        else
            unsynced[kept++] = unsynced[i];
    unsynced_n = kept;
}

static void put_back(const struct unsynced *row)
{
    int fd = open(row->path, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return;
    (void)!pwrite(fd, row->bytes_before, (size_t)row->n_before, row->at);
    (void)!ftruncate(fd, row->size_before);
    close(fd);
}

static void put_again(const struct unsynced *row, uint64_t chance)
{
    enum { DROPPED, TORN, WHOLE, FATES_N };
    int fate = (int)(chance % FATES_N), n = row->n;
    int fd = fate == DROPPED ? -1 : open(row->path, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return;
    if (fate == TORN)
        n = (int)(chance / FATES_N % (uint64_t)(n / SECTOR + 1)) * SECTOR;
    if (row->n)
        (void)!pwrite(fd, row->bytes, (size_t)n, row->at);
    else
        (void)!ftruncate(fd, row->at);
    close(fd);
}

void fault_vfs_lose(uint64_t seed)
{
    pthread_mutex_lock(&lock);
    for (int i = unsynced_n; i-- > 0;)
        put_back(&unsynced[i]);
    for (int i = 0; i < unsynced_n; i++) {
        seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        put_again(&unsynced[i], seed >> 33);
    }
    pthread_mutex_unlock(&lock);
    fault_vfs_cut_after(-1);
    free(unsynced);
    unsynced = NULL;
}

/* --- what changes a file --- */

static int fault_write(sqlite3_file *file, const void *bytes, int n, sqlite3_int64 at)
{
    int code = outcome((struct fault_file *)file, FAULT_WRITE);
    if (code)
        return code;
    pthread_mutex_lock(&lock);
    if (has_power()) {
        remember((struct fault_file *)file, bytes, n, at);
        code = real_of(file)->pMethods->xWrite(real_of(file), bytes, n, at);
    } else {
        code = SQLITE_IOERR_WRITE;
    }
    pthread_mutex_unlock(&lock);
    return code;
}

static int fault_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    pthread_mutex_lock(&lock);
    int code = SQLITE_IOERR_TRUNCATE;
    if (has_power()) {
        remember((struct fault_file *)file, NULL, 0, size);
        code = real_of(file)->pMethods->xTruncate(real_of(file), size);
    }
    pthread_mutex_unlock(&lock);
    return code;
}

static int fault_sync(sqlite3_file *file, int flags)
{
    int code = outcome((struct fault_file *)file, FAULT_SYNC);
    if (code)
        return code;
    pthread_mutex_lock(&lock);
    if (has_power()) {
        code = real_of(file)->pMethods->xSync(real_of(file), flags);
        if (code == SQLITE_OK)
            synced((struct fault_file *)file);
    } else {
        code = SQLITE_IOERR_FSYNC;
    }
    pthread_mutex_unlock(&lock);
    return code;
}

static void pass_barrier(sqlite3_file *file)
{
    real_of(file)->pMethods->xShmBarrier(real_of(file));
}

static int pass_close(sqlite3_file *file)
{
    return real_of(file)->pMethods->xClose(real_of(file));
}

static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = pass_close,
    .xRead = pass_xRead,
    .xWrite = fault_write,
    .xTruncate = fault_truncate,
    .xSync = fault_sync,
    .xFileSize = pass_xFileSize,
    .xLock = pass_xLock,
    .xUnlock = pass_xUnlock,
    .xCheckReservedLock = pass_xCheckReservedLock,
    .xFileControl = pass_xFileControl,
    .xSectorSize = pass_xSectorSize,
    .xDeviceCharacteristics = pass_xDeviceCharacteristics,
    .xShmMap = pass_xShmMap,
    .xShmLock = pass_xShmLock,
    .xShmBarrier = pass_barrier,
    .xShmUnmap = pass_xShmUnmap,
};

static int fault_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags,
                      int *ret_flags)
{
    (void)vfs;
    struct fault_file *ours = (struct fault_file *)file;
    *ours = (struct fault_file){.name = name, .real = (sqlite3_file *)(ours + 1)};
    ours->real->pMethods = NULL;
    int code = real_vfs->xOpen(real_vfs, name, ours->real, flags, ret_flags);
    if (ours->real->pMethods)
        ours->base.pMethods = &methods;
    return code;
}

void fault_vfs_install(void)
{
    real_vfs = sqlite3_vfs_find(NULL);
    fault_vfs = *real_vfs;
    fault_vfs.zName = "fault";
    fault_vfs.szOsFile += (int)sizeof(struct fault_file);
    fault_vfs.xOpen = fault_open;
    fault_vfs_plan((struct fault_plan){0});
    sqlite3_vfs_register(&fault_vfs, 1);
}

void fault_vfs_remove(void)
{
    sqlite3_vfs_unregister(&fault_vfs);
    sqlite3_vfs_register(real_vfs, 1);
}
