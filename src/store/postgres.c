/*
 * The PostgreSQL engine: prepared statements, transactions, what a lost COMMIT came to. Values go
 * and come in the binary form, so that a text may have any length and nothing is parsed twice.
 */
#include "store/postgres.h"

#include <endian.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/buf.h"
#include "store/internal.h"

enum {
    LANES = 4,
    ARGS_MAX = LIST_MAX + 64,
    SETTLE_MS = 8000, /* how long to ask what a lost COMMIT came to */
    SETTLE_STEP_MS = 50,
    /* Advisory locks, with the schema beside: shared by writes of bodies and taken alone by the
     * instance's; taken by an upgrade. */
    LOCK_GATE = 0x444b6f75,
    LOCK_MIGRATE,
    WRITERS_KEPT_DAYS = 7,
};

enum { OID_FLAG = 16, OID_BYTES = 17, OID_NAME = 19, OID_INT8 = 20, OID_INT4 = 23, OID_TEXT = 25 };

/* --- prepared statements --- */

static void slot_name(int slot, char ret_name[16])
{
    snprintf(ret_name, 16, "s%d", slot);
}

static enum status complain(struct postgres_connection *connection,
                            const struct statement *statement, const char *what)
{
    struct connection *base = &connection->base;
    snprintf(base->trouble, sizeof base->trouble, "语句 %s %s，请联系管理员。", statement->name,
             what);
    base->http = 0;
    return FAULT;
}

static enum status prepare(struct postgres_connection *connection,
                           const struct statement *statement, int slot)
{
    Oid types[ARGS_MAX];
    char name[16];
    int n = (int)strlen(statement->params);
    if (n > ARGS_MAX)
        return complain(connection, statement, "的参数过多");
    for (int i = 0; i < n; i++)
        types[i] = statement->params[i] == 'i'   ? OID_INT8
                   : statement->params[i] == 't' ? OID_TEXT
                                                 : OID_BYTES;
    slot_name(slot, name);
    PGresult *result =
        PQprepare(connection->link, name,
                  statement->postgres ? statement->postgres : statement->sql, n, types);
    enum status status = PQresultStatus(result) == PGRES_COMMAND_OK
                             ? OK
                             : postgres_trouble(connection, result, statement->name);
    PQclear(result);
    return status;
}

/* Make room on the server for another statement under the same name. */
static enum status give_up(struct postgres_connection *connection, int slot)
{
    char sql[32];
    if (!connection->prepared[slot])
        return OK;
    snprintf(sql, sizeof sql, "deallocate s%d", slot);
    TRY(postgres_exec(connection, sql, "deallocate"));
    connection->prepared[slot] = false;
    return OK;
}

static enum status prepared_slot(struct postgres_connection *connection,
                                 const struct statement *statement, int *ret_slot)
{
    int slot = lru_find(&connection->lru, statement);
    if (slot >= 0) {
        *ret_slot = slot;
        return OK;
    }
    slot = lru_take(&connection->lru, statement);
    enum status status = give_up(connection, slot);
    if (status == OK)
        status = prepare(connection, statement, slot);
    if (status == OK)
        connection->prepared[slot] = true;
    else if (connection->link) /* else the slots were all given up with it */
        lru_drop(&connection->lru, slot);
    *ret_slot = slot;
    return status;
}

/* --- running --- */

struct bound {
    const char *values[ARGS_MAX];
    int lengths[ARGS_MAX], formats[ARGS_MAX];
    uint64_t numbers[ARGS_MAX];
};

static void bind(const struct value *args, int n, struct bound *bound)
{
    for (int i = 0; i < n; i++) {
        struct str s = value_str(args[i]);
        bound->formats[i] = 1;
        bound->values[i] = args[i].kind == VALUE_NULL ? NULL : s.ptr ? s.ptr : "";
        bound->lengths[i] = (int)s.len;
        if (args[i].kind != VALUE_INT)
            continue;
        bound->numbers[i] = htobe64((uint64_t)args[i].i);
        bound->values[i] = (const char *)&bound->numbers[i];
        bound->lengths[i] = sizeof bound->numbers[i];
    }
}

static bool read_cell(const PGresult *result, int row, int column, struct value *ret_cell)
{
    const char *bytes = PQgetvalue(result, row, column);
    struct str s = {bytes, (size_t)PQgetlength(result, row, column)};
    uint64_t eight;
    uint32_t four;
    if (PQgetisnull(result, row, column)) {
        *ret_cell = NULL_VALUE;
        return true;
    }
    switch (PQftype(result, column)) {
    case OID_INT8:
        memcpy(&eight, bytes, sizeof eight);
        *ret_cell = value_int((int64_t)be64toh(eight));
        return true;
    case OID_INT4:
        memcpy(&four, bytes, sizeof four);
        *ret_cell = value_int((int32_t)be32toh(four));
        return true;
    case OID_FLAG:
        *ret_cell = value_int(bytes[0] != 0);
        return true;
    case OID_TEXT:
    case OID_NAME:
        *ret_cell = value_text(s);
        return true;
    case OID_BYTES:
        *ret_cell = value_blob(s);
        return true;
    default:
        return false;
    }
}

static enum status make_room(struct postgres_connection *connection, int columns)
{
    if (columns <= connection->room)
        return OK;
    free(connection->cells);
    free(connection->names);
    connection->cells = calloc((size_t)columns, sizeof *connection->cells);
    connection->names = calloc((size_t)columns, sizeof *connection->names);
    connection->room = connection->cells && connection->names ? columns : 0;
    return connection->room ? OK : postgres_say(connection, FAULT, NULL, "内存不足，请稍后再试。");
}

static enum status tell_columns(struct postgres_connection *connection, const PGresult *result,
                                struct sink *sink)
{
    int n = PQnfields(result);
    TRY(make_room(connection, n));
    for (int i = 0; i < n; i++)
        connection->names[i] = str_from(PQfname(result, i));
    return sink->columns(sink, connection->names, n);
}

static enum status tell_rows(struct postgres_connection *connection,
                             const struct statement *statement, const PGresult *result,
                             struct sink *sink)
{
    int n = PQnfields(result), rows = PQntuples(result);
    for (int row = 0; row < rows; row++) {
        for (int i = 0; i < n; i++)
            if (!read_cell(result, row, i, &connection->cells[i]))
                return complain(connection, statement, "有一列不是整数、文字或字节");
        TRY(sink->row(sink, connection->cells, n));
    }
    return OK;
}

/* Every result is taken, whatever became of an earlier one: the link is free for the next only
 * then. */
static enum status take_results(struct postgres_connection *connection,
                                const struct statement *statement, struct sink *sink)
{
    enum status status = OK;
    bool told = false;
    PGresult *result;
    while (connection->link && (result = PQgetResult(connection->link))) {
        ExecStatusType code = PQresultStatus(result);
        bool has_rows = code == PGRES_TUPLES_OK || code == PGRES_SINGLE_TUPLE;
        if (!has_rows && code != PGRES_COMMAND_OK)
            status = postgres_trouble(connection, result, statement->name);
        else if (status == OK && !told)
            status = tell_columns(connection, result, sink);
        told = true;
        if (status == OK && has_rows)
            status = tell_rows(connection, statement, result, sink);
        if (code == PGRES_COMMAND_OK || code == PGRES_TUPLES_OK)
            connection->base.changed = strtoll(PQcmdTuples(result), NULL, 10);
        PQclear(result);
    }
    return status;
}

static enum status run_once(struct postgres_connection *connection,
                            const struct statement *statement, const struct value *args, int n,
                            struct sink *sink)
{
    struct bound bound;
    char name[16];
    int slot;
    TRY(postgres_link(connection));
    TRY(prepared_slot(connection, statement, &slot));
    slot_name(slot, name);
    bind(args, n, &bound);
    if (PQsendQueryPrepared(connection->link, name, n, bound.values, bound.lengths, bound.formats,
                            1) != 1)
        return postgres_trouble(connection, NULL, statement->name);
    if (sink->streams)
        PQsetSingleRowMode(connection->link);
    return take_results(connection, statement, sink);
}

static bool postgres_is_inside(struct connection *base)
{
    const PGconn *link = postgres_of(base)->link;
    PGTransactionStatusType state = link ? PQtransactionStatus(link) : PQTRANS_UNKNOWN;
    return state == PQTRANS_INTRANS || state == PQTRANS_INERROR || state == PQTRANS_ACTIVE;
}

/* Outside a transaction, a link found dead is made anew and the statement run again. */
static enum status postgres_run(struct connection *base, const struct statement *statement,
                                const struct value *args, int n, struct sink *sink)
{
    struct postgres_connection *connection = postgres_of(base);
    bool inside = postgres_is_inside(base);
    base->trouble[0] = '\0';
    bool linked = connection->link != NULL;
    enum status status = run_once(connection, statement, args, n, sink);
    if (status == BUSY && !inside && linked && !connection->link)
        status = run_once(connection, statement, args, n, sink);
    return status;
}

static enum status postgres_prepare(struct connection *base, const struct statement *statement)
{
    int slot;
    TRY(postgres_link(postgres_of(base)));
    return prepared_slot(postgres_of(base), statement, &slot);
}

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

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* The link was lost between COMMIT and its answer: ask the server, as soon as it can be asked. */
static enum status settle(struct postgres_connection *connection)
{
    struct connection *base = &connection->base;
    for (int64_t until = now_ms() + SETTLE_MS; now_ms() < until;) {
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
    .prepare = postgres_prepare,
    .run = postgres_run,
    .script = postgres_script,
    .migrate_begin = postgres_migrate_begin,
    .migrate_end = postgres_migrate_end,
    .scrub = postgres_scrub,
    .load_begin = load_begin_sql,
    .load_end = load_end_sql,
    .backlog = postgres_backlog,
};
