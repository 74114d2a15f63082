/*
 * Opening a SQLite database: is it there, is it ours, and how are its connections set.
 */
#include "store/sqlite.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    WRITER_CACHE_KIB = 16 << 10,
    READER_CACHE_KIB = 4 << 10,
    LOG_KEPT_BYTES = 64 << 20, /* a WAL that grew larger is cut back to this when it is reset */
    TEND_BUSY_MS = 200,        /* a checkpoint waits no longer for readers; it comes back */
};

bool sqlite_place(struct database *database, struct str url)
{
    str_cut(&url, STR(":"));
    if (url.len == 0 || str_is(url, ":memory:"))
        return false;
    database->where = strndup(url.ptr, url.len);
    return database->where != NULL;
}

static enum status make_file(struct database *database, struct arena *arena, struct fault *fault)
{
    int file = open(database->where, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file >= 0) {
        close(file);
        database->made = true;
        return OK;
    }
    if (errno == EEXIST)
        return OK;
    const char *why = errno == ENOENT || errno == ENOTDIR                   ? "目录不存在"
                      : errno == EACCES || errno == EPERM || errno == EROFS ? "没有写入权限"
                      : errno == ENOSPC || errno == EDQUOT                  ? "磁盘已满"
                                                                            : "系统不允许";
    return refuse(arena, fault, FAULT, NULL, "无法建立数据库 %s（%s），请检查所在的目录。",
                  database->where, why);
}

static int one_number(sqlite3 *db, const char *sql, int64_t *ret_number)
{
    sqlite3_stmt *stmt = NULL;
    int code = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL);
    if (code == SQLITE_OK && (code = sqlite3_step(stmt)) == SQLITE_ROW) {
        *ret_number = sqlite3_column_int64(stmt, 0);
        code = SQLITE_OK;
    }
    sqlite3_finalize(stmt);
    return code;
}

static int open_flags(const struct database *database)
{
    return SQLITE_OPEN_NOMUTEX |
           (database->read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE);
}

/* Nothing is written here: a file that is not ours stays as it is, to the byte. */
static enum status check_is_ours(struct database *database, struct arena *arena,
                                 struct fault *fault)
{
    sqlite3 *db = NULL;
    int64_t application = 0, tables = 0;
    int code = sqlite3_open_v2(database->where, &db, open_flags(database), NULL);
    if (code == SQLITE_OK)
        code = sqlite3_busy_timeout(db, database->busy_ms);
    if (code == SQLITE_OK)
        code = one_number(db, "pragma application_id", &application);
    if (code == SQLITE_OK)
        code = one_number(db, "select count(*) from sqlite_schema", &tables);
    sqlite3_close(db);
    if (code != SQLITE_OK)
        return sqlite_refuse(database, code, arena, fault);
    bool is_empty = application == 0 && tables == 0 && database->create;
    if (!is_empty && application != DUIKOU_APPLICATION_ID)
        return sqlite_refuse(database, SQLITE_NOTADB, arena, fault);
    return OK;
}

enum status sqlite_check(struct database *database, struct arena *arena, struct fault *fault)
{
    struct stat info;
    if (stat(database->where, &info) != 0) {
        if (errno != ENOENT && errno != ENOTDIR)
            return sqlite_refuse(database, SQLITE_PERM, arena, fault);
        if (!database->create || database->read_only)
            return refuse(arena, fault, NOT_FOUND, NULL,
                          "没有找到数据库 %s，请检查 --db 的路径，或先用 duikou load 建立。",
                          database->where);
        TRY(make_file(database, arena, fault));
    } else if (S_ISDIR(info.st_mode)) {
        return refuse(arena, fault, INVALID, NULL,
                      "%s 是一个目录，请在 --db 中写数据库文件的路径。", database->where);
    }
    return check_is_ours(database, arena, fault);
}

void sqlite_unmake(struct database *database)
{
    static const char *const suffixes[] = {"", "-wal", "-shm", "-journal"};
    for (size_t i = 0; database->made && i < sizeof suffixes / sizeof *suffixes; i++) {
        char path[4096];
        int n = snprintf(path, sizeof path, "%s%s", database->where, suffixes[i]);
        if (n > 0 && n < (int)sizeof path)
            unlink(path);
    }
    database->made = false;
}

static int exec(sqlite3 *db, const char *format, ...) __attribute__((format(printf, 2, 3)));
static int exec(sqlite3 *db, const char *format, ...)
{
    char sql[256];
    va_list args;
    va_start(args, format);
    vsnprintf(sql, sizeof sql, format, args);
    va_end(args);
    return sqlite3_exec(db, sql, NULL, NULL, NULL);
}

static int remember_log(void *context, sqlite3 *db, const char *name, int pages)
{
    (void)db;
    (void)name;
    ((struct sqlite_connection *)context)->log_pages = pages;
    return SQLITE_OK;
}

/* Some file systems cannot share memory and refuse the WAL; readers and writers would then wait
 * for each other, so such a place is refused. */
static int begin_log(sqlite3 *db)
{
    sqlite3_stmt *stmt = NULL;
    int code = sqlite3_prepare_v2(db, "pragma journal_mode=wal", -1, &stmt, NULL);
    if (code == SQLITE_OK && (code = sqlite3_step(stmt)) == SQLITE_ROW)
        code = strcmp((const char *)sqlite3_column_text(stmt, 0), "wal") == 0 ? SQLITE_OK
                                                                              : SQLITE_CANTOPEN;
    sqlite3_finalize(stmt);
    return code;
}

/* Settings for the life of a connection. Without mmap: it saves a sixth of a random read, but turns
 * a disk error into a signal that would end the program. */
static int set_up(struct sqlite_connection *connection)
{
    sqlite3 *db = connection->db;
    const struct database *database = connection->base.database;
    enum access access = connection->access;
    int code = sqlite3_extended_result_codes(db, 1);
    sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_busy_timeout(db, access == ACCESS_TEND ? TEND_BUSY_MS : database->busy_ms);
    if (access == ACCESS_WRITE && sqlite3_db_readonly(db, "main") == 1)
        return SQLITE_READONLY;
    if (code == SQLITE_OK && access == ACCESS_WRITE)
        code = begin_log(db);
    if (code == SQLITE_OK && access == ACCESS_WRITE)
        code = exec(db, "pragma foreign_keys=on; pragma journal_size_limit=%d", LOG_KEPT_BYTES);
    if (code == SQLITE_OK)
        code = exec(db,
                    "pragma synchronous=full; pragma wal_autocheckpoint=0; "
                    "pragma cache_size=-%d; pragma query_only=%d",
                    access == ACCESS_WRITE ? WRITER_CACHE_KIB : READER_CACHE_KIB,
                    access == ACCESS_READ);
    if (code == SQLITE_OK && access == ACCESS_WRITE)
        sqlite3_wal_hook(db, remember_log, connection);
    return code;
}

enum status sqlite_connect(const struct database *database, enum access access, struct arena *arena,
                           struct connection **ret_connection, struct fault *fault)
{
    struct sqlite_connection *connection = calloc(1, sizeof *connection);
    if (!connection)
        return refuse(arena, fault, FAULT, NULL, "内存不足，无法打开数据库 %s，请关闭其他程序。",
                      database->where);
    connection->base.database = database;
    connection->access = access;
    lru_init(&connection->lru);
    int code = sqlite3_open_v2(database->where, &connection->db, open_flags(database), NULL);
    if (code == SQLITE_OK)
        code = set_up(connection);
    if (code != SQLITE_OK) {
        sqlite_disconnect(&connection->base);
        return sqlite_refuse(database, code, arena, fault);
    }
    *ret_connection = &connection->base;
    return OK;
}

void sqlite_disconnect(struct connection *base)
{
    if (!base)
        return;
    struct sqlite_connection *connection = sqlite_of(base);
    sqlite_drop_statements(connection);
    sqlite3_close(connection->db);
    free(connection);
}
