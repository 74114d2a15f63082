/*
 * Statements on SQLite: prepared once a connection, run, their rows told.
 */
#include "store/sqlite.h"

#include <stdio.h>
#include <stdlib.h>

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
        return sqlite_complain(connection, FAULT, "语句 %s 不是单独一条，请联系管理员。",
                               statement->name);
    prepared->params_n = (int)strlen(statement->params);
    prepared->columns_n = sqlite3_column_count(prepared->stmt);
    prepared->positions = calloc((size_t)prepared->params_n + 1, sizeof *prepared->positions);
    prepared->cells = calloc((size_t)prepared->columns_n + 1, sizeof *prepared->cells);
    prepared->names = calloc((size_t)prepared->columns_n + 1, sizeof *prepared->names);
    if (!prepared->positions || !prepared->cells || !prepared->names)
        return sqlite_complain(connection, FAULT, "内存不足，请稍后再试。");
    if (!find_positions(prepared))
        return sqlite_complain(connection, FAULT, "语句 %s 的参数与声明不符，请联系管理员。",
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
            return sqlite_complain(connection, FAULT, "同时进行的查询过多，请稍后再试。");
        drop_prepared(&connection->prepared[slot]);
        enum status status = prepare(connection, statement, &connection->prepared[slot]);
        if (status != OK) {
            drop_prepared(&connection->prepared[slot]);
            lru_drop(&connection->lru, slot);
            return status;
        }
    }
    if (connection->lru.slots[slot].used)
        return sqlite_complain(connection, FAULT, "语句 %s 正在进行，不能再次开始，请联系管理员。",
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
            return sqlite_complain(connection, FAULT, "语句 %s 的第 %d 列是小数，请联系管理员。",
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

enum status sqlite_run(struct connection *base, const struct statement *statement,
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

enum status sqlite_prepare(struct connection *base, const struct statement *statement)
{
    int slot = -1;
    return prepared_slot(sqlite_of(base), statement, &slot);
}
