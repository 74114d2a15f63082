#include "store/fault_vfs.h"

#include <pthread.h>
#include <sqlite3.h>
#include <string.h>

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
PASS(xTruncate, (sqlite3_file * file, sqlite3_int64 size), size)
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

static int fault_write(sqlite3_file *file, const void *bytes, int n, sqlite3_int64 at)
{
    int code = outcome((struct fault_file *)file, FAULT_WRITE);
    return code ? code : real_of(file)->pMethods->xWrite(real_of(file), bytes, n, at);
}

static int fault_sync(sqlite3_file *file, int flags)
{
    int code = outcome((struct fault_file *)file, FAULT_SYNC);
    return code ? code : real_of(file)->pMethods->xSync(real_of(file), flags);
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
    .xTruncate = pass_xTruncate,
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
