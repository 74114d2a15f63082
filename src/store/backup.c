#include "store/backup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "store/internal.h"
#include "store/sqlite.h"

static const char part_suffix[] = ".part";

static enum status refuse_file(struct arena *arena, struct fault *fault, const char *path)
{
    const char *why = errno == ENOENT || errno == ENOTDIR                   ? "目录不存在"
                      : errno == EACCES || errno == EPERM || errno == EROFS ? "没有写入权限"
                      : errno == ENOSPC || errno == EDQUOT                  ? "磁盘已满"
                                                                            : "系统不允许";
    bool is_full = errno == ENOSPC || errno == EDQUOT;
    enum status status = refuse(arena, fault, is_full ? BUSY : FAULT, NULL,
                                "写不进备份文件 %s（%s），请检查所在的目录。", path, why);
    if (fault && is_full)
        fault->http = 507;
    return status;
}

/* What is written before it has its name; nobody else's. */
static enum status make_part(struct arena *arena, const char *path, const char **ret_part,
                             struct fault *fault)
{
    const char *part = str_fmt(arena, "%s%s", path, part_suffix).ptr;
    static const char *const suffixes[] = {"", "-wal", "-journal"};
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++)
        if (access(str_fmt(arena, "%s%s", path, suffixes[i]).ptr, F_OK) == 0)
            return refuse(arena, fault, CONFLICT, NULL, "文件 %s%s 已经存在，请换一个名称。", path,
                          suffixes[i]);
    int file = open(part, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0 && errno == EEXIST)
        return refuse(arena, fault, CONFLICT, NULL,
                      "文件 %s 已经存在，如果没有其他备份正在进行，请删去后再试。", part);
    if (file < 0)
        return refuse_file(arena, fault, path);
    close(file);
    *ret_part = part;
    return OK;
}

/* One sentence put into other words: people know a backup by its own name and as a backup. */
struct rewording {
    const char *from, *to; /* with one %s */
};

static void reword(struct arena *arena, const struct rewording *words, int n, const char *from,
                   const char *to, struct fault *fault)
{
    for (int i = 0; fault && i < n; i++) {
        struct str old = str_replace(arena, str_from(words[i].from), STR("%s"), str_from(from));
        struct str new = str_replace(arena, str_from(words[i].to), STR("%s"), str_from(to));
        fault->message = str_replace(arena, fault->message, old, new);
    }
}

static void drop_part(const char *part)
{
    static const char *const suffixes[] = {"", "-wal", "-shm", "-journal"};
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
        char path[4096];
        int n = snprintf(path, sizeof path, "%s%s", part, suffixes[i]);
        if (n > 0 && n < (int)sizeof path)
            unlink(path);
    }
}

static bool sync_path(const char *path)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    bool is_synced = file >= 0 && fsync(file) == 0;
    if (file >= 0)
        close(file);
    return is_synced;
}

/* Bytes first, then the name, then the directory. A name that came up meanwhile is not taken. */
static enum status give_name(struct arena *arena, const char *part, const char *path,
                             struct fault *fault)
{
    struct str whole = str_from(path);
    ptrdiff_t slash = str_find_last(whole, STR("/"));
    const char *directory = slash < 0    ? "."
                            : slash == 0 ? "/"
                                         : str_c(arena, (struct str){path, (size_t)slash});
    if (!sync_path(part) || link(part, path) != 0 || !sync_path(directory))
        return errno == EEXIST
                   ? refuse(arena, fault, CONFLICT, NULL, "文件 %s 已经存在，请换一个名称。", path)
                   : refuse_file(arena, fault, path);
    return OK;
}

/* --- writing --- */

/* From a snapshot held open: without it the copy begins anew with every write. */
static enum status save_pages(struct store *store, struct arena *arena, const char *part,
                              const struct copy_watch *watch, struct fault *fault)
{
    struct tx *tx;
    int64_t version;
    enum status status = store_read(store, arena, &tx);
    if (status != OK)
        return refuse(arena, fault, status, NULL, "%s", status_text(status));
    status = tx_version(tx, 0, &version); /* the snapshot is taken with the first statement */
    status = status == OK ? sqlite_save(sqlite_of(tx->connection)->db, &store->database, part,
                                        watch, arena, fault)
                          : tx_fault(tx, status, fault);
    store_read_end(tx);
    return status;
}

/* `only`: the steps that the database has, when it is an older one. */
static enum status save_rows(struct store *store, struct arena *arena, const char *part,
                             const struct rows *only, const struct copy_watch *watch,
                             struct fault *fault)
{
    struct store *to;
    struct copy_result result;
    unlink(part); /* the store makes it */
    struct store_options options = {.url = str_fmt(arena, "sqlite:%s", part),
                                    .schema = store->schemas + store->own_n,
                                    .create = true,
                                    .readers = 1,
                                    .only = only};
    TRY(store_open(arena, &options, &to, fault));
    enum status status = store_copy(store, to, arena, watch, &result, fault);
    store_close(to);
    return status == OK ? sqlite_seal(part, arena, fault) : status;
}

static enum status write_backup(struct store *store, struct arena *arena, const char *path,
                                const struct rows *only, const struct copy_watch *watch,
                                struct fault *fault)
{
    const char *part;
    TRY(make_part(arena, path, &part, fault));
    enum status status = store->engine == &sqlite_engine
                             ? save_pages(store, arena, part, watch, fault)
                             : save_rows(store, arena, part, only, watch, fault);
    if (status == OK)
        status = give_name(arena, part, path, fault);
    drop_part(part);
    static const struct rewording words[] = {{"数据库 %s 未作改动", "备份 %s 没有写成"},
                                             {"数据库 %s", "备份 %s"}};
    if (status != OK)
        reword(arena, words, sizeof words / sizeof *words, part, path, fault);
    return status;
}

enum status store_backup(struct store *store, struct arena *arena, const char *path,
                         const struct copy_watch *watch, struct fault *fault)
{
    return write_backup(store, arena, path, NULL, watch, fault);
}

/* --- before an upgrade --- */

/* Beside a database that is a file; else where the program runs. */
static struct str name_before(struct store *store, struct arena *arena)
{
    struct timespec now;
    struct tm day;
    char stamp[32];
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &day);
    strftime(stamp, sizeof stamp, "%Y%m%dT%H%M%SZ", &day);
    struct str where = str_from(store->database.where), directory = store->backup_directory;
    ptrdiff_t slash = str_find_last(where, STR("/"));
    struct str name = slash < 0 ? where : str_from_byte(where, (size_t)slash + 1);
    if (directory.len == 0)
        directory = store->engine != &sqlite_engine || slash < 0 ? STR(".")
                    : slash == 0                                 ? STR("")
                                                                 : str_head(where, (size_t)slash);
    return str_fmt(arena, "%.*s/%.*s.before-" DUIKOU_VERSION "-%s-%d", STR_ARG(directory),
                   STR_ARG(name), stamp, (int)getpid());
}

enum status save_before_upgrade(struct store *store, struct arena *arena,
                                const struct rows *applied, struct fault *fault)
{
    struct str path = name_before(store, arena);
    enum status status = write_backup(store, arena, path.ptr, applied, NULL, fault);
    if (status != OK)
        return refuse(arena, fault, status, NULL,
                      "数据库 %s 需要升级，但升级前的备份没有写成，数据库未作改动：%.*s",
                      store->database.where, STR_ARG(fault ? fault->message : STR("")));
    store->saved = strndup(path.ptr, path.len);
    return OK;
}

void drop_saved(struct store *store)
{
    if (store->saved)
        unlink(store->saved);
    free(store->saved);
    store->saved = NULL;
}

/* --- back --- */

static enum status restore_file(struct arena *arena, const struct store_options *options,
                                const char *part, const char *path, struct fault *fault)
{
    struct store_options opening = *options;
    struct store *store;
    opening.url = str_fmt(arena, "sqlite:%s", part);
    opening.create = false;
    opening.backup_directory = (struct str){0};
    opening.unsaved = true; /* the backup itself is there */
    TRY(store_open(arena, &opening, &store, fault));
    store_close(store);
    return give_name(arena, part, path, fault);
}

static enum status restore_rows(struct arena *arena, const struct store_options *options,
                                const char *part, const struct copy_watch *watch,
                                struct fault *fault)
{
    struct store_options opening = *options;
    struct store *from, *to;
    struct copy_result result;
    opening.url = str_fmt(arena, "sqlite:%s", part);
    opening.create = false;
    opening.unsaved = true;
    TRY(store_open(arena, &opening, &from, fault));
    opening = *options;
    opening.create = true;
    enum status status = store_open(arena, &opening, &to, fault);
    if (status == OK) {
        status = store_copy(from, to, arena, watch, &result, fault);
        store_close(to);
    }
    store_close(from);
    return status;
}

/* What is wrong with the backup is told of the backup, what is wrong with the place of it. */
static void reword_restore(struct arena *arena, const char *path, const char *target,
                           struct fault *fault)
{
    static const struct rewording of_target[] = {
        {"数据库 %s.part 未作改动", "数据库 %s 没有恢复"},
        {"已经存在，请换一个名称",
         "已经存在，不会覆盖，请先停止服务，把数据库文件连同 -wal、-shm 移到别处"},
        {"写不进备份文件 %s", "写不进 %s"}};
    static const struct rewording of_part[] = {
        {"副本 %s.part 没有通过检查，备份未完成，请检查磁盘",
         "备份 %s 不完整或已损坏，请换一份备份"},
        {"数据库 %s.part 已损坏，请用备份恢复", "备份 %s 不完整或已损坏，请换一份备份"},
        {"数据库 %s.part", "备份 %s"}};
    static const struct rewording of_backup[] = {
        {"数据库 %s 已损坏，请用备份恢复", "备份 %s 不完整或已损坏，请换一份备份"},
        {"数据库 %s", "备份 %s"}};
    reword(arena, of_target, sizeof of_target / sizeof *of_target, target, target, fault);
    reword(arena, of_part, sizeof of_part / sizeof *of_part, target, path, fault);
    reword(arena, of_backup, sizeof of_backup / sizeof *of_backup, path, path, fault);
}

static enum status restore(struct arena *arena, const struct store_options *options,
                           const char *path, const char *target, bool is_file,
                           const struct copy_watch *watch, struct fault *fault)
{
    struct database file = {.engine = &sqlite_engine, .where = path, .read_only = true};
    const char *part;
    if (access(path, F_OK) != 0)
        return refuse(arena, fault, NOT_FOUND, NULL, "没有找到备份文件 %s，请检查路径。", path);
    enum status status = sqlite_check(&file, arena, fault);
    if (status == INVALID)
        return refuse(arena, fault, INVALID, NULL, "%s 不是 Duikou 的备份，请检查路径。", path);
    TRY(status);
    TRY(make_part(arena, target, &part, fault));
    status = sqlite_save_file(&file, part, watch, arena, fault);
    if (status == OK)
        status = is_file ? restore_file(arena, options, part, target, fault)
                         : restore_rows(arena, options, part, watch, fault);
    drop_part(part);
    return status;
}

enum status store_restore(struct arena *arena, const struct store_options *options,
                          const char *path, const struct copy_watch *watch, struct fault *fault)
{
    struct str to = options->url;
    bool is_file = str_starts(to, STR("sqlite:"));
    if (is_file)
        str_cut(&to, STR(":"));
    else
        to = str_fmt(arena, "%s/duikou-restore-%d", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp",
                     (int)getpid());
    const char *target = str_c(arena, to);
    enum status status = restore(arena, options, path, target, is_file, watch, fault);
    if (status != OK)
        reword_restore(arena, path, target, fault);
    return status;
}
