/*
 * Copies of a SQLite database by its pages.
 */
#include "store/copy.h"
#include "store/sqlite.h"

enum { STEP_PAGES = 1024 };

static enum status copy_pages(sqlite3 *from, sqlite3 *to, const struct copy_watch *watch,
                              int *ret_code)
{
    sqlite3_backup *backup = sqlite3_backup_init(to, "main", from, "main");
    if (!backup) {
        *ret_code = sqlite3_errcode(to);
        return FAULT;
    }
    int code = SQLITE_OK;
    while (code == SQLITE_OK) {
        code = sqlite3_backup_step(backup, STEP_PAGES);
        if (watch)
            watch->tell(watch->context, "",
                        sqlite3_backup_pagecount(backup) - sqlite3_backup_remaining(backup));
    }
    sqlite3_backup_finish(backup);
    *ret_code = code == SQLITE_DONE ? SQLITE_OK : code;
    return code == SQLITE_DONE ? OK : FAULT;
}

static int say_whole(void *context, int n, char **values, char **names)
{
    (void)names;
    *(bool *)context = n == 1 && values[0] && strcmp(values[0], "ok") == 0;
    return 0;
}

/* One file without a log beside it, looked through once. */
static int finish(sqlite3 *to, bool *ret_whole)
{
    int code =
        sqlite3_exec(to, "pragma synchronous=full; pragma journal_mode=delete", NULL, NULL, NULL);
    return code == SQLITE_OK ? sqlite3_exec(to, "pragma quick_check(1)", say_whole, ret_whole, NULL)
                             : code;
}

static enum status judge(const struct database *target, int code, bool is_whole,
                         struct arena *arena, struct fault *fault)
{
    if (code != SQLITE_OK)
        return sqlite_refuse(target, code, arena, fault);
    return is_whole ? OK
                    : refuse(arena, fault, FAULT, NULL,
                             "副本 %s 没有通过检查，备份未完成，请检查磁盘。", target->where);
}

enum status sqlite_save(sqlite3 *from, const struct database *database, const char *path,
                        const struct copy_watch *watch, struct arena *arena, struct fault *fault)
{
    sqlite3 *to = NULL;
    bool is_whole = false;
    struct database target = *database;
    target.where = path;
    int code = sqlite3_open_v2(path, &to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL);
    if (code == SQLITE_OK)
        sqlite3_busy_timeout(to, database->busy_ms);
    if (code == SQLITE_OK && copy_pages(from, to, watch, &code) == OK)
        code = finish(to, &is_whole);
    sqlite3_close(to);
    return judge(&target, code, is_whole, arena, fault);
}

enum status sqlite_seal(const char *path, struct arena *arena, struct fault *fault)
{
    sqlite3 *db = NULL;
    bool is_whole = false;
    struct database database = {.where = path};
    int code = sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL);
    if (code == SQLITE_OK)
        code = finish(db, &is_whole);
    sqlite3_close(db);
    return judge(&database, code, is_whole, arena, fault);
}

enum status sqlite_save_file(const struct database *database, const char *path,
                             const struct copy_watch *watch, struct arena *arena,
                             struct fault *fault)
{
    sqlite3 *from = NULL;
    int code = sqlite3_open_v2(database->where, &from, SQLITE_OPEN_READONLY, NULL);
    enum status status = code == SQLITE_OK ? sqlite_save(from, database, path, watch, arena, fault)
                                           : sqlite_refuse(database, code, arena, fault);
    sqlite3_close(from);
    return status;
}
