/*
 * Opening a PostgreSQL database: its address, is it there, is it ours, does it keep what it says.
 */
#include "store/postgres.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

#include "base/buf.h"

enum { DIAL_MS = 5000, ADDRESS_MAX = 4096, VERSION_LEAST = 120000 };

/* --- address --- */

static const char *option(const PQconninfoOption *options, const char *name)
{
    for (; options->keyword; options++)
        if (strcmp(options->keyword, name) == 0)
            return options->val && options->val[0] ? options->val : NULL;
    return NULL;
}

/* The address as it may be shown: no password, no settings. */
static char *name_of(const PQconninfoOption *options)
{
    const char *user = option(options, "user"), *host = option(options, "host"),
               *port = option(options, "port"), *name = option(options, "dbname");
    AUTOBUF text = buf_open(ADDRESS_MAX);
    buf_fmt(&text, "postgresql://%s%s%s%s%s/%s", user ? user : "", user ? "@" : "",
            host ? host : "", port ? ":" : "", port ? port : "",
            name   ? name
            : user ? user
                   : "");
    return text.full ? NULL : strndup(text.ptr, text.len);
}

/* libpq's own words about an address that it cannot read may repeat the password. */
bool postgres_place(struct database *database, struct str url)
{
    char *words = NULL, *address = strndup(url.ptr, url.len);
    PQconninfoOption *options =
        address && url.len < ADDRESS_MAX ? PQconninfoParse(address, &words) : NULL;
    PQfreemem(words);
    database->where = options ? name_of(options) : NULL;
    database->address = address;
    PQconninfoFree(options);
    return database->where != NULL;
}

/* --- linking --- */

int64_t postgres_now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void say_nothing(void *context, const char *words)
{
    (void)context;
    (void)words;
}

/* The server's words come with its codes, which are the same in every language. */
static bool dial(PGconn *link)
{
    int64_t until = postgres_now_ms() + DIAL_MS;
    PQsetErrorVerbosity(link, PQERRORS_VERBOSE);
    PQsetNoticeProcessor(link, say_nothing, NULL); /* warnings would go to standard error */
    PostgresPollingStatusType state = PGRES_POLLING_WRITING;
    while (PQstatus(link) != CONNECTION_BAD && state != PGRES_POLLING_OK &&
           state != PGRES_POLLING_FAILED) {
        struct pollfd file = {.fd = PQsocket(link),
                              .events = state == PGRES_POLLING_READING ? POLLIN : POLLOUT};
        int64_t left = until - postgres_now_ms();
        if (left <= 0 || poll(&file, 1, (int)left) == 0)
            return false;
        state = PQconnectPoll(link);
    }
    PQsetErrorVerbosity(link, PQERRORS_DEFAULT);
    return PQstatus(link) == CONNECTION_OK;
}

/* Afterwards the session is as the store takes it to be; the row tells what the server keeps. */
static const char set_up_sql[] =
    "set client_min_messages = warning; set timezone = 'UTC'; set jit = off;"
    "set lock_timeout = %d; set statement_timeout = 0;"
    "set idle_in_transaction_session_timeout = 0; set default_transaction_read_only = %s;"
    "set default_transaction_isolation = 'read committed';"
    "select set_config('synchronous_commit', 'on', false)"
    " where current_setting('synchronous_commit') in ('off', 'local');"
    "select current_setting('fsync'), current_setting('synchronous_commit'),"
    " current_setting('server_encoding'), current_setting('server_version_num'),"
    " pg_is_in_recovery(),"
    " coalesce((select cast(oid as bigint) from pg_namespace where nspname = current_schema()), 0)";

static enum status check_session(struct postgres_connection *connection, const PGresult *row)
{
    struct postgres_connection *c = connection;
    if (strtoll(PQgetvalue(row, 0, 3), NULL, 10) < VERSION_LEAST)
        return postgres_say(c, INVALID, "数据库 ", " 的 PostgreSQL 版本过低，请升级到 12 或更高。");
    if (strcmp(PQgetvalue(row, 0, 2), "UTF8") != 0)
        return postgres_say(c, INVALID, "数据库 ",
                            " 的编码不是 UTF8，请用 createdb -E UTF8 -T template0 另建一个。");
    if (strcmp(PQgetvalue(row, 0, 0), "on") != 0)
        return postgres_say(c, FAULT, "数据库 ",
                            " 关闭了 fsync，断电会丢失已保存的内容，请在服务器上打开后再用。");
    if (strcmp(PQgetvalue(row, 0, 1), "off") == 0)
        return postgres_say(c, FAULT, "数据库 ",
                            " 关闭了 synchronous_commit，断电会丢失已保存的内容，请打开后再用。");
    if (c->access == ACCESS_WRITE && PQgetvalue(row, 0, 4)[0] == 't')
        return postgres_say(c, FAULT, "数据库 ", " 是只读的备用服务器，请改用主服务器的地址。");
    return OK;
}

static enum status set_up(struct postgres_connection *connection)
{
    char sql[1024];
    snprintf(sql, sizeof sql, set_up_sql, connection->base.database->busy_ms,
             connection->access == ACCESS_READ ? "on" : "off");
    PGresult *row = PQexec(connection->link, sql);
    enum status status = PQresultStatus(row) == PGRES_TUPLES_OK
                             ? check_session(connection, row)
                             : postgres_trouble(connection, row, "connect");
    if (status == OK)
        connection->schema = (int32_t)strtoll(PQgetvalue(row, 0, 5), NULL, 10);
    PQclear(row);
    return status;
}

enum status postgres_link(struct postgres_connection *connection)
{
    if (connection->link && PQstatus(connection->link) == CONNECTION_OK)
        return OK;
    postgres_unlink(connection);
    /* What stands before the address gives way to it, what stands behind does not. */
    const char *const keys[] = {"keepalives_idle", "tcp_user_timeout", "fallback_application_name",
                                "dbname",          "client_encoding",  NULL};
    const char *const values[] = {"30",   "30000", "duikou", connection->base.database->address,
                                  "UTF8", NULL};
    connection->link = PQconnectStartParams(keys, values, 1);
    enum status status = OK;
    if (!connection->link)
        return postgres_say(connection, FAULT, NULL, "内存不足，请稍后再试。");
    if (!dial(connection->link))
        status = postgres_refused(connection, PQerrorMessage(connection->link));
    else
        status = set_up(connection);
    if (status != OK)
        postgres_unlink(connection);
    return status;
}

enum status postgres_connect(const struct database *database, enum access access,
                             struct arena *arena, struct connection **ret_connection,
                             struct fault *fault)
{
    struct postgres_connection *connection = calloc(1, sizeof *connection);
    if (!connection)
        return refuse(arena, fault, FAULT, NULL, "内存不足，无法打开数据库 %s，请关闭其他程序。",
                      database->where);
    connection->base.database = database;
    connection->access = access;
    if (getrandom(&connection->writer, sizeof connection->writer, 0) < 0)
        connection->writer = (int64_t)(uintptr_t)connection ^ postgres_now_ms();
    connection->writer = (int64_t)((uint64_t)connection->writer >> 2);
    lru_init(&connection->lru);
    *ret_connection = &connection->base;
    return OK;
}

/* The row of this writer is of no use to anybody else, and its loss is none. */
static void forget_writer(struct postgres_connection *connection)
{
    char sql[128];
    if (connection->mark == 0 || !connection->link ||
        PQtransactionStatus(connection->link) != PQTRANS_IDLE)
        return;
    snprintf(sql, sizeof sql,
             "set synchronous_commit = off; delete from store_writer where id = %lld",
             (long long)connection->writer);
    PQclear(PQexec(connection->link, sql));
}

void postgres_disconnect(struct connection *base)
{
    if (!base)
        return;
    struct postgres_connection *connection = postgres_of(base);
    forget_writer(connection);
    PQfinish(connection->link);
    free(connection->cells);
    free(connection->names);
    free(connection);
}

/* --- is it ours --- */

/* The mark that the migration sets; how many tables there are beside. */
static const char ours_sql[] =
    "select (select count(*) from pg_class c where c.relnamespace = s.oid"
    "  and c.relkind in ('r', 'p', 'v', 'm', 'f')),"
    " coalesce(obj_description(to_regclass('schema_step'), 'pg_class'), '') = 'Duikou'"
    " from pg_namespace s where s.nspname = current_schema()";

static enum status judge(struct postgres_connection *connection, const PGresult *row)
{
    const struct database *database = connection->base.database;
    if (PQntuples(row) == 0)
        return postgres_say(connection, INVALID, "数据库 ",
                            " 中没有可用的模式，请建立模式，或检查地址中的 search_path。");
    if (PQgetvalue(row, 0, 1)[0] == 't')
        return OK;
    if (strcmp(PQgetvalue(row, 0, 0), "0") != 0)
        return postgres_say(connection, INVALID, "", " 不是 Duikou 的数据库，请检查 --db 的地址。");
    if (!database->create || database->read_only)
        return postgres_say(connection, NOT_FOUND, "数据库 ",
                            " 还是空的，请检查 --db 的地址，或先用 duikou load 建立。");
    return OK;
}

enum status postgres_check(struct database *database, struct arena *arena, struct fault *fault)
{
    struct connection *base;
    TRY(postgres_connect(database, database->read_only ? ACCESS_READ : ACCESS_WRITE, arena, &base,
                         fault));
    struct postgres_connection *connection = postgres_of(base);
    enum status status = postgres_link(connection);
    if (status == OK) {
        PGresult *row = PQexec(connection->link, ours_sql);
        status = PQresultStatus(row) == PGRES_TUPLES_OK
                     ? judge(connection, row)
                     : postgres_trouble(connection, row, "check");
        PQclear(row);
    }
    if (status != OK)
        refuse(arena, fault, status, NULL, "%s", base->trouble);
    postgres_disconnect(base);
    return status;
}

/* What a start that failed made was one transaction. */
void postgres_unmake(struct database *database)
{
    database->made = false;
}
