/*
 * What PostgreSQL says, as a status and one sentence. The server's own words are kept out of it
 * wherever a code says the same: they are in the server's language and may name an address.
 */
#include "store/postgres.h"

#include <stdio.h>

/* The longest codes first: a class stands below its members. */
static const struct trouble {
    const char *code; /* SQLSTATE, or what it begins with */
    enum status status;
    int http;
    bool again, lost;           /* again: may go well when run anew; lost: the link is of no use */
    const char *before, *after; /* the name of the database */
} troubles[] = {
    {"40001", BUSY, 0, true, false, "数据库 ", " 上的操作与其他操作冲突，请再试一次。"},
    {"40P01", BUSY, 0, true, false, "数据库 ", " 上的操作与其他操作冲突，请再试一次。"},
    {"57P01", BUSY, 0, true, true, "数据库 ", " 正在重新启动，未作改动，请稍后再试。"},
    {"57P02", BUSY, 0, true, true, "数据库 ", " 正在重新启动，未作改动，请稍后再试。"},
    {"57P03", BUSY, 0, true, true, "数据库 ", " 正在启动，请稍后再试。"},
    {"57P05", BUSY, 0, true, true, "数据库 ", " 的连接因闲置被断开，未作改动，请再试一次。"},
    {"53100", BUSY, 507, false, false, "磁盘已满，数据库 ", " 未作改动，请腾出空间后再试。"},
    {"53300", BUSY, 0, false, true, "数据库 ",
     " 的连接数已用完，请稍后再试，或调大 max_connections。"},
    {"55P03", BUSY, 0, false, false, "数据库 ", " 正被其他程序占用，请稍后再试。"},
    {"57014", BUSY, 0, false, false, "数据库 ", " 的操作被中断，未作改动，请再试一次。"},
    {"25006", FAULT, 0, false, false, "数据库 ", " 是只读的，请改用可以写入的服务器。"},
    {"3D000", NOT_FOUND, 0, false, true, "没有找到数据库 ",
     "，请先用 createdb 建立（编码 UTF8），或检查 --db 的地址。"},
    {"28P01", FAULT, 0, false, true, "数据库 ",
     " 不接受这个用户名或密码，请检查 --db 的地址，或 PGPASSWORD、.pgpass。"},
    {"28", FAULT, 0, false, true, "数据库 ",
     " 没有这个用户或不允许它从这里连接，请检查 --db 的地址和服务器的 pg_hba.conf。"},
    {"42501", FAULT, 0, false, false, "数据库 ",
     " 没有给这个用户所需的权限，请用 GRANT 授权后再试。"},
    {"22021", INVALID, 0, false, false, NULL, "文字中有不能保存的字符，请删去后再试。"},
    {"54000", INVALID, 0, false, false, NULL, "文字过长，不能保存，请缩短后再试。"},
    {"XX001", FAULT, 0, false, false, "数据库 ", " 已损坏，请用备份恢复。"},
    {"XX002", FAULT, 0, false, false, "数据库 ", " 已损坏，请用备份恢复。"},
    {"53", BUSY, 0, false, false, "数据库 ", " 所在的服务器资源不足，未作改动，请稍后再试。"},
    {"58", FAULT, 0, false, false, "读写数据库 ", " 时磁盘出错，请检查服务器的磁盘后再试。"},
    {"08", BUSY, 0, true, true, "与数据库 ", " 的连接中断，请稍后再试。"},
};
enum { TROUBLES_N = sizeof troubles / sizeof *troubles };

static const struct trouble *trouble_of(const char *code)
{
    for (int i = 0; i < TROUBLES_N; i++)
        if (strncmp(code, troubles[i].code, strlen(troubles[i].code)) == 0)
            return &troubles[i];
    return NULL;
}

enum status postgres_say(struct postgres_connection *connection, enum status status,
                         const char *before, const char *after)
{
    struct connection *base = &connection->base;
    snprintf(base->trouble, sizeof base->trouble, "%s%s%s", before ? before : "",
             before ? base->database->where : "", after);
    base->http = 0;
    return status;
}

static enum status say(struct postgres_connection *connection, const struct trouble *trouble)
{
    postgres_say(connection, trouble->status, trouble->before, trouble->after);
    connection->base.http = trouble->http;
    connection->base.again = trouble->again;
    return trouble->status;
}

static enum status say_lost(struct postgres_connection *connection)
{
    postgres_unlink(connection);
    return say(connection, trouble_of("08"));
}

void postgres_unlink(struct postgres_connection *connection)
{
    PQfinish(connection->link);
    connection->link = NULL;
    memset(connection->prepared, 0, sizeof connection->prepared);
    lru_init(&connection->lru);
}

enum status postgres_trouble(struct postgres_connection *connection, const PGresult *result,
                             const char *what)
{
    struct connection *base = &connection->base;
    const char *code = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
    const char *words = result ? PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : NULL;
    base->http = 0;
    base->again = false;
    if (!connection->link || !code) /* what has no code comes from this side of the link */
        return say_lost(connection);
    const struct trouble *trouble = trouble_of(code);
    if (strncmp(code, "23", 2) == 0) {
        snprintf(base->trouble, sizeof base->trouble, "与已有的内容冲突（%s：%s），请核对后再试。",
                 what, words);
        return CONFLICT;
    }
    if (!trouble) {
        snprintf(base->trouble, sizeof base->trouble,
                 "数据库操作 %s 没有成功（%s %s），请联系管理员。", what, code, words ? words : "");
        return FAULT;
    }
    if (trouble->lost)
        postgres_unlink(connection);
    else if (trouble->again)
        PQclear(PQexec(connection->link, "rollback"));
    return say(connection, trouble);
}

/* The words have the code in them, as in "FATAL:  3D000". Several hosts give several; the last
 * that is known is told. */
enum status postgres_refused(struct postgres_connection *connection, const char *words)
{
    const struct trouble *found = NULL;
    for (const char *at = strstr(words, ":  "); at; at = strstr(at + 1, ":  ")) {
        const struct trouble *trouble = trouble_of(at + 3);
        found = trouble ? trouble : found;
    }
    if (found)
        return say(connection, found);
    connection->base.again = true;
    return postgres_say(connection, BUSY, "连不上数据库 ",
                        "，请检查服务器是否已启动、--db 的地址是否正确。");
}

enum status postgres_exec(struct postgres_connection *connection, const char *sql, const char *what)
{
    PGresult *result = PQexec(connection->link, sql);
    ExecStatusType code = PQresultStatus(result);
    enum status status = code == PGRES_COMMAND_OK || code == PGRES_TUPLES_OK
                             ? OK
                             : postgres_trouble(connection, result, what);
    PQclear(result);
    return status;
}
