/*
 * What SQLite says went wrong, as a status and a sentence.
 */
#include "store/sqlite.h"

#include <stdarg.h>
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

static const struct {
    int code; /* primary result code */
    enum status status;
    int http;
    const char *before, *after; /* the name of the database */
} troubles[] = {
    {SQLITE_FULL, BUSY, 507, "磁盘已满，数据库 ", " 未作改动，请腾出空间后再试。"},
    {SQLITE_BUSY, BUSY, 0, "数据库 ", " 正被其他程序占用，请稍后再试。"},
    {SQLITE_LOCKED, BUSY, 0, "数据库 ", " 正被其他程序占用，请稍后再试。"},
    {SQLITE_INTERRUPT, BUSY, 0, "数据库 ", " 的操作被中断，未作改动，请再试一次。"},
    {SQLITE_READONLY, FAULT, 0, "数据库 ", " 是只读的，请检查文件和所在目录的写入权限。"},
    {SQLITE_PERM, FAULT, 0, "没有权限打开数据库 ", "，请检查文件和所在目录的权限。"},
    {SQLITE_AUTH, FAULT, 0, "没有权限打开数据库 ", "，请检查文件和所在目录的权限。"},
    {SQLITE_CANTOPEN, FAULT, 0, "无法打开数据库 ", "，请检查文件和所在目录的权限。"},
    {SQLITE_NOTADB, INVALID, 0, "", " 不是 Duikou 的数据库，请检查 --db 的路径。"},
    {SQLITE_CORRUPT, FAULT, 0, "数据库 ", " 已损坏，请用备份恢复。"},
    {SQLITE_IOERR, FAULT, 0, "读写数据库 ", " 时磁盘出错，请检查磁盘后再试。"},
};

static int trouble_of(int code)
{
    for (size_t i = 0; i < sizeof troubles / sizeof *troubles; i++)
        if (troubles[i].code == (code & 0xff))
            return (int)i;
    return -1;
}

enum status sqlite_trouble(struct sqlite_connection *connection, int code, const char *what)
{
    struct connection *base = &connection->base;
    int row = trouble_of(code);
    base->http = 0;
    if ((code & 0xff) == SQLITE_CONSTRAINT) {
        snprintf(base->trouble, sizeof base->trouble, "与已有的内容冲突（%s：%s），请核对后再试。",
                 what, sqlite3_errmsg(connection->db));
        return CONFLICT;
    }
    if (row < 0) {
        snprintf(base->trouble, sizeof base->trouble,
                 "数据库操作 %s 没有成功（%s），请联系管理员。", what,
                 sqlite3_errmsg(connection->db));
        return FAULT;
    }
    base->http = troubles[row].http;
    snprintf(base->trouble, sizeof base->trouble, "%s%s%s", troubles[row].before,
             base->database->where, troubles[row].after);
    return troubles[row].status;
}

enum status sqlite_refuse(const struct database *database, int code, struct arena *arena,
                          struct fault *fault)
{
    int row = trouble_of(code), primary = code & 0xff;
    /* SQLite says no more than that it could not be opened. */
    if ((primary == SQLITE_CANTOPEN || primary == SQLITE_READONLY) &&
        access(database->where, W_OK) != 0 && errno == EROFS)
        return refuse(arena, fault, FAULT, NULL,
                      "数据库 %s 所在的磁盘是只读的，请改为可写，或复制到别处再用。",
                      database->where);
    if (row < 0)
        return refuse(arena, fault, FAULT, NULL, "无法打开数据库 %s（%s），请检查 --db 的路径。",
                      database->where, sqlite3_errstr(code));
    return refuse(arena, fault, troubles[row].status, NULL, "%s%s%s", troubles[row].before,
                  database->where, troubles[row].after);
}

enum status sqlite_complain(struct sqlite_connection *connection, enum status status,
                            const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(connection->base.trouble, sizeof connection->base.trouble, format, args);
    va_end(args);
    connection->base.http = 0;
    return status;
}
