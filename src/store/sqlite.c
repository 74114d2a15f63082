/*
 * The SQLite engine: prepared statements, transactions, checkpoints. One file in WAL mode; one
 * writing connection, several that can only read.
 */
#include "store/sqlite.h"

#include <stdio.h>
#include <stdlib.h>

/* A WAL larger than this is cut back even if readers must be waited for. */
enum { LOG_LARGE_PAGES = 16 << 10 };

static enum status complain(struct sqlite_connection *connection, enum status status,
                            const char *format, ...) __attribute__((format(printf, 3, 4)));
static enum status complain(struct sqlite_connection *connection, enum status status,
                            const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(connection->base.trouble, sizeof connection->base.trouble, format, args);
    va_end(args);
    connection->base.http = 0;
    return status;
}

/* --- prepared statements --- */

static void drop_prepared(struct sqlite_prepared *prepared)
{
    sqlite3_finalize(prepared->stmt);
    free(prepared->positions);
    free(prepared->cells);
    free(prepared->names);
    *prepared = (struct sqlite_prepared){0};
}

void sqlite_drop_statements(struct sqlite_connection *connection)
{
    for (int i = 0; i < LRU_SLOTS; i++)
        drop_prepared(&connection->prepared[i]);
    for (int i = 0; i < CONTROLS_N; i++) {
        sqlite3_finalize(connection->controls[i]);
        connection->controls[i] = NULL;
    }
    lru_init(&connection->lru);
}

/* SQLite numbers parameters by first use, so each is looked up by its name. */
static bool find_positions(struct sqlite_prepared *prepared)
{
    for (int i = 0; i < prepared->params_n; i++) {
        char name[16];
        snprintf(name, sizeof name, "$%d", i + 1);
        prepared->positions[i] = sqlite3_bind_parameter_index(prepared->stmt, name);
        if (prepared->positions[i] == 0)
            return false;
    }
    return sqlite3_bind_parameter_count(prepared->stmt) == prepared->params_n;
}

static enum status prepare(struct sqlite_connection *connection, const struct statement *statement,
                           struct sqlite_prepared *prepared)
{
    const char *tail = NULL;
    int code = sqlite3_prepare_v3(connection->db, statement->sql, -1, SQLITE_PREPARE_PERSISTENT,
                                  &prepared->stmt, &tail);
    if (code != SQLITE_OK)
        return sqlite_trouble(connection, code, statement->name);
    if (!prepared->stmt || str_trim(str_from(tail)).len > 0)
        return complain(connection, FAULT, "语句 %s 不是单独一条，请联系管理员。", statement->name);
    prepared->params_n = (int)strlen(statement->params);
    prepared->columns_n = sqlite3_column_count(prepared->stmt);
    prepared->positions = calloc((size_t)prepared->params_n + 1, sizeof *prepared->positions);
    prepared->cells = calloc((size_t)prepared->columns_n + 1, sizeof *prepared->cells);
    prepared->names = calloc((size_t)prepared->columns_n + 1, sizeof *prepared->names);
    if (!prepared->positions || !prepared->cells || !prepared->names)
        return complain(connection, FAULT, "内存不足，请稍后再试。");
    if (!find_positions(prepared))
        return complain(connection, FAULT, "语句 %s 的参数与声明不符，请联系管理员。",
                        statement->name);
    return OK;
}

static enum status prepared_slot(struct sqlite_connection *connection,
                                 const struct statement *statement, int *ret_slot)
{
    int slot = lru_find(&connection->lru, statement);
    if (slot < 0) {
        slot = lru_take(&connection->lru, statement);
        if (slot < 0)
            return complain(connection, FAULT, "同时进行的查询过多，请稍后再试。");
        drop_prepared(&connection->prepared[slot]);
        enum status status = prepare(connection, statement, &connection->prepared[slot]);
        if (status != OK) {
            drop_prepared(&connection->prepared[slot]);
            lru_drop(&connection->lru, slot);
            return status;
        }
    }
    if (connection->lru.slots[slot].used)
        return complain(connection, FAULT, "语句 %s 正在进行，不能再次开始，请联系管理员。",
                        statement->name);
    *ret_slot = slot;
    return OK;
}

/* --- running --- */

static int bind_one(sqlite3_stmt *stmt, int position, struct value value)
{
    const char *bytes = value_str(value).ptr ? value_str(value).ptr : "";
    if (value.kind == VALUE_INT)
        return sqlite3_bind_int64(stmt, position, value.i);
    if (value.kind == VALUE_TEXT)
        return sqlite3_bind_text64(stmt, position, bytes, value.s.len, SQLITE_STATIC, SQLITE_UTF8);
    if (value.kind == VALUE_BLOB)
        return sqlite3_bind_blob64(stmt, position, bytes, value.s.len, SQLITE_STATIC);
    return sqlite3_bind_null(stmt, position);
}

static enum status bind(struct sqlite_connection *connection, const struct statement *statement,
                        const struct sqlite_prepared *prepared, const struct value *args,
                        int args_n)
{
    for (int i = 0; i < args_n; i++) {
        int code = bind_one(prepared->stmt, prepared->positions[i], args[i]);
        if (code != SQLITE_OK)
            return sqlite_trouble(connection, code, statement->name);
    }
    return OK;
}

/* The column names live until the statement is next prepared, so they are asked for each time. */
static enum status tell_columns(const struct sqlite_prepared *prepared, struct sink *sink)
{
    for (int i = 0; i < prepared->columns_n; i++)
        prepared->names[i] = str_from(sqlite3_column_name(prepared->stmt, i));
    return sink->columns(sink, prepared->names, prepared->columns_n);
}

static struct str column_bytes(sqlite3_stmt *stmt, int column, const void *bytes)
{
    return (struct str){bytes, (size_t)sqlite3_column_bytes(stmt, column)};
}

static enum status read_cell(sqlite3_stmt *stmt, int column, struct value *ret_cell)
{
    switch (sqlite3_column_type(stmt, column)) {
    case SQLITE_NULL:
        *ret_cell = NULL_VALUE;
        return OK;
    case SQLITE_INTEGER:
        *ret_cell = value_int(sqlite3_column_int64(stmt, column));
        return OK;
    case SQLITE_TEXT:
        *ret_cell = value_text(column_bytes(stmt, column, sqlite3_column_text(stmt, column)));
        return OK;
    case SQLITE_BLOB:
        *ret_cell = value_blob(column_bytes(stmt, column, sqlite3_column_blob(stmt, column)));
        return OK;
    default:
        return FAULT;
    }
}

static enum status tell_row(struct sqlite_connection *connection, const struct statement *statement,
                            const struct sqlite_prepared *prepared, struct sink *sink)
{
    for (int i = 0; i < prepared->columns_n; i++)
        if (read_cell(prepared->stmt, i, &prepared->cells[i]) != OK)
            return complain(connection, FAULT, "语句 %s 的第 %d 列是小数，请联系管理员。",
                            statement->name, i + 1);
    return sink->row(sink, prepared->cells, prepared->columns_n);
}

static enum status step_all(struct sqlite_connection *connection, const struct statement *statement,
                            const struct sqlite_prepared *prepared, struct sink *sink)
{
    bool told = false;
    for (;;) {
        int code = sqlite3_step(prepared->stmt);
        if (code != SQLITE_ROW && code != SQLITE_DONE)
            return sqlite_trouble(connection, code, statement->name);
        if (!told)
            TRY(tell_columns(prepared, sink));
        told = true;
        if (code == SQLITE_DONE)
            return OK;
        TRY(tell_row(connection, statement, prepared, sink));
    }
}

static enum status sqlite_run(struct connection *base, const struct statement *statement,
                              const struct value *args, int args_n, struct sink *sink)
{
    struct sqlite_connection *connection = sqlite_of(base);
    int slot = -1;
    base->trouble[0] = '\0';
    TRY(prepared_slot(connection, statement, &slot));
    const struct sqlite_prepared *prepared = &connection->prepared[slot];
    TRY(bind(connection, statement, prepared, args, args_n));
    connection->lru.slots[slot].used = true;
    enum status status = step_all(connection, statement, prepared, sink);
    connection->lru.slots[slot].used = false;
    base->changed = sqlite3_changes64(connection->db);
    sqlite3_reset(prepared->stmt);
    return status;
}

static enum status sqlite_prepare(struct connection *base, const struct statement *statement)
{
    int slot = -1;
    return prepared_slot(sqlite_of(base), statement, &slot);
}

static enum status sqlite_script(struct connection *base, const char *sql)
{
    struct sqlite_connection *connection = sqlite_of(base);
    int code = sqlite3_exec(connection->db, sql, NULL, NULL, NULL);
    return code == SQLITE_OK ? OK : sqlite_trouble(connection, code, "schema");
}

/* --- transactions --- */

static enum status control(struct connection *base, enum sqlite_control which)
{
    static const char *const texts[CONTROLS_N] = {
        [CONTROL_BEGIN] = "begin",           [CONTROL_COMMIT] = "commit",
        [CONTROL_ROLLBACK] = "rollback",     [CONTROL_SAVEPOINT] = "savepoint entry",
        [CONTROL_RELEASE] = "release entry", [CONTROL_ROLLBACK_TO] = "rollback to entry",
    };
    struct sqlite_connection *connection = sqlite_of(base);
    bool immediate = which == CONTROL_BEGIN && connection->access == ACCESS_WRITE;
    sqlite3_stmt **stmt = &connection->controls[which];
    int code = SQLITE_OK;
    if (!*stmt)
        code = sqlite3_prepare_v3(connection->db, immediate ? "begin immediate" : texts[which], -1,
                                  SQLITE_PREPARE_PERSISTENT, stmt, NULL);
    if (code == SQLITE_OK) {
        sqlite3_step(*stmt);
        code = sqlite3_reset(*stmt);
    }
    return code == SQLITE_OK ? OK : sqlite_trouble(connection, code, texts[which]);
}

static bool sqlite_is_inside(struct connection *base)
{
    return !sqlite3_get_autocommit(sqlite_of(base)->db);
}

static enum status sqlite_begin(struct connection *base)
{
    return control(base, CONTROL_BEGIN);
}

static enum status sqlite_commit(struct connection *base)
{
    return control(base, CONTROL_COMMIT);
}

/* A rollback that fails leaves nothing to do but to close; SQLite then rolls back by itself. */
static void sqlite_rollback(struct connection *base)
{
    if (sqlite_is_inside(base))
        (void)control(base, CONTROL_ROLLBACK);
}

static enum status sqlite_savepoint(struct connection *base)
{
    return control(base, CONTROL_SAVEPOINT);
}

static enum status sqlite_release(struct connection *base)
{
    return control(base, CONTROL_RELEASE);
}

static enum status sqlite_undo(struct connection *base)
{
    TRY(control(base, CONTROL_ROLLBACK_TO));
    return control(base, CONTROL_RELEASE);
}

/* --- migrations --- */

/* A step may rebuild a table that others refer to: keys are checked when all steps are done. */
static enum status sqlite_migrate_begin(struct connection *base)
{
    TRY(sqlite_script(base, "pragma foreign_keys=off"));
    return sqlite_begin(base);
}

static int refuse_row(void *context, int n, char **values, char **names)
{
    (void)n;
    (void)values;
    (void)names;
    *(bool *)context = true;
    return 0;
}

static enum status sqlite_migrate_end(struct connection *base)
{
    struct sqlite_connection *connection = sqlite_of(base);
    bool broken = false;
    char mark[64];
    snprintf(mark, sizeof mark, "pragma application_id=%d", DUIKOU_APPLICATION_ID);
    TRY(sqlite_script(base, mark));
    int code = sqlite3_exec(connection->db, "pragma foreign_key_check", refuse_row, &broken, NULL);
    if (code != SQLITE_OK)
        return sqlite_trouble(connection, code, "foreign_key_check");
    if (broken)
        return complain(connection, FAULT,
                        "数据库 %s 中有失去对应的引用，升级未进行，请用备份恢复。",
                        base->database->where);
    TRY(sqlite_commit(base));
    return sqlite_script(base, "pragma foreign_keys=on");
}

/* --- checkpoints --- */

static int64_t sqlite_backlog(const struct connection *base)
{
    return ((const struct sqlite_connection *)base)->log_pages;
}

/* Passive ones wait for nobody; only a WAL that keeps growing, or takes what little room there is,
 * is worth holding writers up for. */
static void sqlite_checkpoint(struct connection *base, int64_t backlog)
{
    int64_t free_bytes = database_free_bytes(base->database);
    bool cut = backlog > LOG_LARGE_PAGES || (free_bytes >= 0 && free_bytes < ROOM_LOW_BYTES);
    int mode = cut ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE;
    sqlite3_wal_checkpoint_v2(sqlite_of(base)->db, "main", mode, NULL, NULL);
}

/* Deleted words stay in FTS5 until its parts are merged, deleted bytes in pages until the tables
 * are written anew, and both in the log until it is cut. */
static enum status sqlite_scrub(struct connection *base)
{
    struct sqlite_connection *connection = sqlite_of(base);
    TRY(sqlite_script(base, "insert into search_row (search_row) values ('optimize')"));
    TRY(sqlite_script(base, "vacuum"));
    int code =
        sqlite3_wal_checkpoint_v2(connection->db, "main", SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    return code == SQLITE_OK ? OK : sqlite_trouble(connection, code, "scrub");
}

const struct engine sqlite_engine = {
    .schemes = {"sqlite:"},
    .dialect = SQL_SQLITE,
    .lanes = 1,
    .busy_ms = 5000,
    .place = sqlite_place,
    .check = sqlite_check,
    .unmake = sqlite_unmake,
    .connect = sqlite_connect,
    .disconnect = sqlite_disconnect,
    .begin = sqlite_begin,
    .commit = sqlite_commit,
    .rollback = sqlite_rollback,
    .is_inside = sqlite_is_inside,
    .savepoint = sqlite_savepoint,
    .release = sqlite_release,
    .undo = sqlite_undo,
    .prepare = sqlite_prepare,
    .run = sqlite_run,
    .script = sqlite_script,
    .migrate_begin = sqlite_migrate_begin,
    .migrate_end = sqlite_migrate_end,
    .scrub = sqlite_scrub,
    .backlog = sqlite_backlog,
    .checkpoint = sqlite_checkpoint,
};
