/*
 * Statements on PostgreSQL: prepared once a connection, run, their rows told. Values go and come in
 * the binary form, so that a text may have any length and nothing is parsed twice.
 */
#include "store/postgres.h"

#include <endian.h>
#include <stdio.h>
#include <stdlib.h>

#include "store/internal.h"

enum { ARGS_MAX = LIST_MAX + 64 };
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

bool postgres_is_inside(struct connection *base)
{
    const PGconn *link = postgres_of(base)->link;
    PGTransactionStatusType state = link ? PQtransactionStatus(link) : PQTRANS_UNKNOWN;
    return state == PQTRANS_INTRANS || state == PQTRANS_INERROR || state == PQTRANS_ACTIVE;
}

/* Outside a transaction, a link found dead is made anew and the statement run again. */
enum status postgres_run_statement(struct connection *base, const struct statement *statement,
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

enum status postgres_prepare_statement(struct connection *base, const struct statement *statement)
{
    int slot;
    TRY(postgres_link(postgres_of(base)));
    return prepared_slot(postgres_of(base), statement, &slot);
}
