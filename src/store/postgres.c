/*
 * The PostgreSQL engine: transactions, what a lost COMMIT came to, migrations.
 */
#include "store/postgres.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/buf.h"
#include "store/internal.h"

enum {
    LANES = 4,
    SETTLE_MS = 8000, /* how long to ask what a lost COMMIT came to */
    SETTLE_STEP_MS = 50,
    /* Advisory locks, with the schema beside: shared by writes of bodies and taken alone by the
     * instance's; taken by an upgrade. */
    LOCK_GATE = 0x444b6f75,
    LOCK_MIGRATE,
    WRITERS_KEPT_DAYS = 7,
};

static enum status postgres_script(struct connection *base, const char *sql)
{
    TRY(postgres_link(postgres_of(base)));
    return postgres_exec(postgres_of(base), sql, "schema");
}

/* --- transactions --- */

/* A link that was idle may have died unnoticed. */
static enum status postgres_begin(struct connection *base)
{
    struct postgres_connection *connection = postgres_of(base);
    const char *sql = connection->access == ACCESS_READ
                          ? "begin isolation level repeatable read read only"
                          : "begin isolation level read committed";
    bool linked = connection->link != NULL;
    base->trouble[0] = '\0';
    base->again = false;
    TRY(postgres_link(connection));
    enum status status = postgres_exec(connection, sql, "begin");
    if (status == BUSY && linked && !connection->link) {
        TRY(postgres_link(connection));
        status = postgres_exec(connection, sql, "begin");
    }
    return status;
}

/* The mark first, then the gate, then the bodies in the order of their ids: nobody who waits here
 * holds what another waits for. */
static enum status postgres_hold(struct connection *base, const int64_t *bodies, int n)
{
    struct postgres_connection *connection = postgres_of(base);
    AUTOBUF sql = buf_open(KIB(16));
    bool alone = n > 0 && bodies[0] == 0;
    buf_fmt(&sql,
            "insert into store_writer (id, mark, day) values (%" PRId64 ", %" PRId64
            ", current_date - date '2000-01-01') on conflict (id) do update set mark = "
            "excluded.mark, day = excluded.day;",
            connection->writer, ++connection->mark);
    if (connection->mark == 1)
        buf_fmt(&sql,
                "delete from store_writer where id in (select id from store_writer where day < "
                "current_date - date '2000-01-01' - %d for update skip locked);",
                WRITERS_KEPT_DAYS);
    buf_fmt(&sql, "select pg_advisory_xact_lock%s(%d, %d);", alone ? "" : "_shared", LOCK_GATE,
            connection->schema);
    if (!alone) {
        BUF_LIT(&sql, "insert into body_version (id, version) values ");
        for (int i = 0; i < n; i++)
            buf_fmt(&sql, "%s(%" PRId64 ", 0)", i > 0 ? ", " : "", bodies[i]);
        BUF_LIT(&sql, " on conflict do nothing; select id from body_version where id in (");
        for (int i = 0; i < n; i++)
            buf_fmt(&sql, "%s%" PRId64, i > 0 ? ", " : "", bodies[i]);
        BUF_LIT(&sql, ") order by id for update");
    }
    buf_char(&sql, '\0');
    return sql.full ? FAULT : postgres_exec(connection, sql.ptr, "hold");
}

/* The row is locked by the transaction that wrote the mark until it has ended, so this waits for
 * it; a row that is not there was never committed. */
static enum status read_mark(struct postgres_connection *connection, int64_t *ret_mark)
{
    char sql[256];
    snprintf(sql, sizeof sql,
             "insert into store_writer (id, mark, day) values (%" PRId64 ", 0, 0) "
             "on conflict (id) do update set mark = store_writer.mark returning mark",
             connection->writer);
    TRY(postgres_link(connection));
    PGresult *row = PQexec(connection->link, sql);
    enum status status =
        PQresultStatus(row) == PGRES_TUPLES_OK ? OK : postgres_trouble(connection, row, "settle");
    if (status == OK)
        *ret_mark = strtoll(PQgetvalue(row, 0, 0), NULL, 10);
    PQclear(row);
    return status;
}

/* The link was lost between COMMIT and its answer: ask the server, as soon as it can be asked. */
static enum status settle(struct postgres_connection *connection)
{
    struct connection *base = &connection->base;
    for (int64_t until = postgres_now_ms() + SETTLE_MS; postgres_now_ms() < until;) {
        int64_t mark = -1;
        enum status status = read_mark(connection, &mark);
        if (status == OK && mark == connection->mark)
            return OK;
        if (status == OK) {
            base->again = true;
            return postgres_say(connection, BUSY, "与数据库 ",
                                " 的连接中断，未作改动，请再试一次。");
        }
        nanosleep(&(struct timespec){.tv_nsec = SETTLE_STEP_MS * 1000000L}, NULL);
    }
    base->again = false;
    return postgres_say(connection, BUSY, "与数据库 ",
                        " 的连接在保存时中断，尚不能确定是否已保存，请稍后先核对再重试。");
}

/* A transaction in which something failed is rolled back by COMMIT, without an error. */
static enum status postgres_commit(struct connection *base)
{
    struct postgres_connection *connection = postgres_of(base);
    base->trouble[0] = '\0';
    base->again = false;
    PGresult *result = PQexec(connection->link, "commit");
    bool kept =
        PQresultStatus(result) == PGRES_COMMAND_OK && strcmp(PQcmdStatus(result), "COMMIT") == 0;
    enum status status = kept ? OK : postgres_trouble(connection, result, "commit");
    PQclear(result);
    if (status != OK && !connection->link && connection->access == ACCESS_WRITE)
        return settle(connection);
    return status;
}

static void postgres_rollback(struct connection *base)
{
    struct postgres_connection *connection = postgres_of(base);
    if (!postgres_is_inside(base))
        return;
    PGresult *result = PQexec(connection->link, "rollback");
    if (PQresultStatus(result) != PGRES_COMMAND_OK)
        postgres_unlink(connection);
    PQclear(result);
}

static enum status postgres_savepoint(struct connection *base)
{
    return postgres_exec(postgres_of(base), "savepoint entry", "savepoint");
}

static enum status postgres_release(struct connection *base)
{
    return postgres_exec(postgres_of(base), "release savepoint entry", "release");
}

static enum status postgres_undo(struct connection *base)
{
    return postgres_exec(postgres_of(base), "rollback to savepoint entry; release savepoint entry",
                         "undo");
}

/* --- migrations --- */

/* One node at a time; the others wait for as long as an upgrade may take. */
static enum status postgres_migrate_begin(struct connection *base)
{
    char sql[128];
    TRY(postgres_begin(base));
    snprintf(sql, sizeof sql,
             "set local lock_timeout = '10min'; select pg_advisory_xact_lock(%d, %d)", LOCK_MIGRATE,
             postgres_of(base)->schema);
    return postgres_exec(postgres_of(base), sql, "migrate");
}

static enum status postgres_migrate_end(struct connection *base)
{
    TRY(postgres_script(base, "comment on table schema_step is 'Duikou'"));
    return postgres_exec(postgres_of(base), "commit", "migrate");
}

static enum status postgres_scrub(struct connection *base)
{
    struct postgres_connection *connection = postgres_of(base);
    TRY(postgres_link(connection));
    PGresult *tables = PQexec(connection->link, "select format('vacuum full %I', relname) from "
                                                "pg_class where relkind = 'r' and "
                                                "relnamespace = current_schema()::regnamespace");
    enum status status = PQresultStatus(tables) == PGRES_TUPLES_OK
                             ? OK
                             : postgres_trouble(connection, tables, "scrub");
    for (int i = 0; status == OK && i < PQntuples(tables); i++)
        status = postgres_exec(connection, PQgetvalue(tables, i, 0), "scrub");
    PQclear(tables);
    return status;
}

/* Foreign keys are checked row by row unless they are not there. What was put in is counted at
 * once: until it is, the server takes each table for a small one, and reading a journal of 50,000
 * entries back takes minutes. */
static const char load_begin_sql[] =
    "create temporary table load_key on commit drop as select cast(conrelid as regclass) as owner,"
    " conname as name, pg_get_constraintdef(oid) as definition from pg_constraint where contype = "
    "'f'"
    " and connamespace = (select oid from pg_namespace where nspname = current_schema());"
    "do $$ declare k record; begin for k in select * from load_key loop"
    " execute format('alter table %s drop constraint %I', k.owner, k.name); end loop; end $$";
static const char load_end_sql[] =
    "do $$ declare k record; begin for k in select * from load_key loop"
    " execute format('alter table %s add constraint %I %s', k.owner, k.name, k.definition);"
    " end loop; for k in select tablename as name from pg_tables where schemaname ="
    " current_schema() loop execute format('analyze %I', k.name); end loop; end $$";

static int64_t postgres_backlog(const struct connection *base)
{
    (void)base;
    return 0;
}

const struct engine postgres_engine = {
    .schemes = {"postgresql://", "postgres://"},
    .dialect = SQL_POSTGRES,
    .lanes = LANES,
    .busy_ms = 60000, /* the other lanes wait for a load as well */
    .place = postgres_place,
    .check = postgres_check,
    .unmake = postgres_unmake,
    .connect = postgres_connect,
    .disconnect = postgres_disconnect,
    .begin = postgres_begin,
    .hold = postgres_hold,
    .commit = postgres_commit,
    .rollback = postgres_rollback,
    .is_inside = postgres_is_inside,
    .savepoint = postgres_savepoint,
    .release = postgres_release,
    .undo = postgres_undo,
    .prepare = postgres_prepare_statement,
    .run = postgres_run_statement,
    .script = postgres_script,
    .migrate_begin = postgres_migrate_begin,
    .migrate_end = postgres_migrate_end,
    .scrub = postgres_scrub,
    .load_begin = load_begin_sql,
    .load_end = load_end_sql,
    .backlog = postgres_backlog,
};
