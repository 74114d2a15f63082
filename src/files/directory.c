/* Files in a directory: BODY/DI/DIGEST, and .new for what is being written. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "files/priv.h"

#define PARTIAL ".new"

struct directory {
    struct file_store store; /* first: the store is this */
    struct str path;
    _Atomic unsigned made;
};

static enum status trouble(struct arena *arena, const struct file_store *store, int number,
                           struct fault *fault)
{
    const struct directory *directory = (const struct directory *)store;
    static const struct {
        int number;
        enum status status;
        const char *text;
    } rows[] = {{ENOSPC, BUSY, "磁盘已满"},      {EDQUOT, BUSY, "磁盘限额已用完"},
                {EACCES, FAULT, "没有权限"},     {EPERM, FAULT, "没有权限"},
                {EROFS, FAULT, "磁盘只读"},      {EIO, FAULT, "磁盘读写出错"},
                {EMFILE, BUSY, "打开的文件过多"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].number == number)
            return refuse(arena, fault, rows[i].status, NULL,
                          "附件存放目录 %.*s %s，请管理员处理后再试。", STR_ARG(directory->path),
                          rows[i].text);
    return refuse(arena, fault, FAULT, NULL, "附件存放目录 %.*s 不能使用，请管理员检查。",
                  STR_ARG(directory->path));
}

static const char *path_of(struct arena *arena, const struct file_store *store, const char *key)
{
    const struct directory *directory = (const struct directory *)store;
    return str_fmt(arena, "%.*s/%s", STR_ARG(directory->path), key).ptr;
}

static bool flush_folder(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool done = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    return done;
}

/* Make the folders above a path; each new name is flushed. */
static bool make_folders(struct arena *arena, const char *path)
{
    struct str whole = str_from(path);
    for (size_t at = 1; at < whole.len; at++) {
        struct str folder = str_head(whole, at);
        if (whole.ptr[at] != '/')
            continue;
        if (mkdir(str_c(arena, folder), 0700) != 0) {
            if (errno != EEXIST)
                return false;
            continue;
        }
        ptrdiff_t up = str_find_last(folder, STR("/"));
        struct str above = up < 0 ? STR(".") : str_head(folder, up == 0 ? 1 : (size_t)up);
        if (!flush_folder(str_c(arena, above)))
            return false;
    }
    return true;
}

static bool write_all(int fd, struct str bytes)
{
    while (bytes.len > 0) {
        ssize_t n = write(fd, bytes.ptr, bytes.len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        bytes = str_from_byte(bytes, (size_t)n);
    }
    return true;
}

/* The same bytes again: the check for orphans must see that they are wanted now. */
static bool is_there(const char *path, struct str bytes)
{
    struct stat info;
    return stat(path, &info) == 0 && info.st_size == (off_t)bytes.len &&
           utimensat(AT_FDCWD, path, NULL, 0) == 0;
}

static enum status put(struct file_store *store, struct arena *arena, const char *key,
                       struct str bytes, struct fault *fault)
{
    struct directory *directory = (struct directory *)store;
    const char *path = path_of(arena, store, key);
    if (is_there(path, bytes))
        return OK;
    const char *partial = path_of(arena, store,
                                  str_fmt(arena, PARTIAL "/%lld-%ld-%u", (long long)time(NULL),
                                          (long)getpid(), atomic_fetch_add(&directory->made, 1))
                                      .ptr);
    if (!make_folders(arena, partial) || !make_folders(arena, path))
        return trouble(arena, store, errno, fault);
    int fd = open(partial, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return trouble(arena, store, errno, fault);
    bool written = write_all(fd, bytes) && fsync(fd) == 0;
    int number = errno;
    written = close(fd) == 0 && written;
    if (!written || rename(partial, path) != 0) {
        number = written ? errno : number;
        unlink(partial);
        return trouble(arena, store, number, fault);
    }
    struct str folder = str_head(str_from(path), (size_t)str_find_last(str_from(path), STR("/")));
    return flush_folder(str_c(arena, folder)) ? OK : trouble(arena, store, errno, fault);
}

static enum status fetch(struct file_store *store, struct arena *arena, const char *key,
                         int *ret_fd, int64_t *ret_bytes, struct fault *fault)
{
    struct stat info;
    int fd = open(path_of(arena, store, key), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0 && errno == ENOENT)
        return refuse(arena, fault, NOT_FOUND, NULL,
                      "附件的内容不在存放目录里，请管理员运行 duikou files check 查明。");
    if (fd < 0)
        return trouble(arena, store, errno, fault);
    if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) {
        close(fd);
        return trouble(arena, store, EIO, fault);
    }
    *ret_fd = fd;
    *ret_bytes = info.st_size;
    return OK;
}

static enum status remove_key(struct file_store *store, struct arena *arena, const char *key,
                              struct fault *fault)
{
    const char *path = path_of(arena, store, key);
    if (unlink(path) != 0)
        return errno == ENOENT || errno == ENOTDIR ? OK : trouble(arena, store, errno, fault);
    struct str folder = str_head(str_from(path), (size_t)str_find_last(str_from(path), STR("/")));
    return flush_folder(str_c(arena, folder)) ? OK : trouble(arena, store, errno, fault);
}

/* --- everything that lies there --- */

struct walk {
    const struct file_store *store;
    struct arena *arena;
    file_each *each;
    void *context;
    struct fault *fault;
};

static enum status tell(const struct walk *walk, struct str key)
{
    struct stat info;
    struct file_found found = {.where = key};
    if (lstat(path_of(walk->arena, walk->store, str_c(walk->arena, key)), &info) != 0)
        return OK; /* gone meanwhile */
    found.is_partial = str_starts(key, STR(PARTIAL "/"));
    if (found.is_partial)
        found.name = str_from_byte(key, sizeof PARTIAL);
    else if (!file_key_read(key, &found))
        return OK; /* not ours: never touched */
    found.bytes = info.st_size;
    found.age_sec = time(NULL) - info.st_mtime;
    return walk->each(walk->context, &found);
}

static enum status walk_folder(const struct walk *walk, struct str key, int depth)
{
    DIR *folder = opendir(path_of(walk->arena, walk->store, str_c(walk->arena, key)));
    if (!folder)
        return errno == ENOENT || errno == ENOTDIR
                   ? OK
                   : trouble(walk->arena, walk->store, errno, walk->fault);
    enum status status = OK;
    struct dirent *entry;
    while (status == OK && (entry = readdir(folder))) {
        bool is_partial = strcmp(entry->d_name, PARTIAL) == 0;
        if (entry->d_name[0] == '.' && !(depth == 0 && is_partial))
            continue;
        struct arena_mark mark = arena_mark(walk->arena);
        struct str below =
            str_fmt(walk->arena, "%.*s%s%s", STR_ARG(key), depth ? "/" : "", entry->d_name);
        bool is_leaf = depth == (str_is(key, PARTIAL) ? 1 : 2);
        status = is_leaf ? tell(walk, below) : walk_folder(walk, below, depth + 1);
        arena_rewind(walk->arena, mark);
    }
    closedir(folder);
    return status;
}

static enum status each(struct file_store *store, struct arena *arena, file_each *tell_each,
                        void *context, struct fault *fault)
{
    struct walk walk = {store, arena, tell_each, context, fault};
    return walk_folder(&walk, STR(""), 0);
}

static void close_directory(struct file_store *store)
{
    (void)store;
}

static const struct file_place place = {
    .close = close_directory, .put = put, .fetch = fetch, .remove = remove_key, .each = each};

enum status directory_open(struct arena *arena, const struct file_store_options *options,
                           struct file_store **ret_store, struct fault *fault)
{
    struct str path = options->where;
    while (path.len > 1 && path.ptr[path.len - 1] == '/')
        path.len--;
    if (path.len == 0)
        return refuse(arena, fault, INVALID, NULL,
                      "--files 应为存放附件的目录，或 s3:// 开头的地址，现在是空的。");
    struct arena own = arena_open(KIB(16));
    struct directory *directory = arena_new(&own, struct directory, 1);
    directory->path = str_copy(&own, path);
    directory->store = (struct file_store){.place = &place, .arena = own};
    *ret_store = &directory->store;
    return OK;
}
