#include "postgres.h"

#include "base/buf.h"
#include "store/sqltext.h"

/* --- statements --- */

static enum status settle(PGresult *result, PGconn *connection, const char *what,
                          struct arena *arena, struct fault *fault)
{
    ExecStatusType code = PQresultStatus(result);
    PQclear(result);
    if (code == PGRES_COMMAND_OK || code == PGRES_TUPLES_OK)
        return OK;
    return refuse(arena, fault, FAULT, NULL, "%s: %s", what, PQerrorMessage(connection));
}

enum status postgres_script(PGconn *connection, const char *sql, struct arena *arena,
                            struct fault *fault)
{
    return settle(PQexec(connection, sql), connection, sql, arena, fault);
}

enum status postgres_migrate(PGconn *connection, const struct schema *const *schemas,
                             struct arena *arena, struct fault *fault)
{
    TRY(postgres_script(connection, "begin", arena, fault));
    for (; *schemas; schemas++)
        for (const struct schema_step *step = (*schemas)->steps; step->name; step++) {
            AUTOBUF sql = buf_open(MIB(1));
            if (step->postgres)
                buf_put(&sql, str_from(step->postgres));
            else
                sql_expand(&sql, str_from(step->sql), SQL_POSTGRES);
            buf_char(&sql, '\0');
            TRY(settle(PQexec(connection, sql.ptr), connection, step->name, arena, fault));
        }
    return postgres_script(connection, "commit", arena, fault);
}

enum { OID_FLAG = 16, OID_BYTES = 17, OID_INT8 = 20, OID_INT4 = 23, OID_TEXT = 25 };

static bool is_column_type(Oid type)
{
    return type == OID_FLAG || type == OID_BYTES || type == OID_INT8 || type == OID_INT4 ||
           type == OID_TEXT;
}

static enum status check_columns(const PGresult *description, const struct statement *statement,
                                 struct arena *arena, struct fault *fault)
{
    int n = PQnfields(description);
    if ((n == 0) != (statement->shape == RESULT_RUN))
        return refuse(arena, fault, INVALID, NULL, "%s gives %d columns, against its shape",
                      statement->name, n);
    for (int i = 0; i < n; i++)
        if (!is_column_type(PQftype(description, i)))
            return refuse(arena, fault, INVALID, NULL,
                          "%s: column %s has PostgreSQL's type %u, cast it to bigint or text",
                          statement->name, PQfname(description, i), PQftype(description, i));
    return OK;
}

/* Parameter types as PQprepare takes them; a list counts for 8. */
static int parameter_types(const struct statement *statement, Oid types[128])
{
    enum { LIST_N = 8 };
    int n = 0;
    for (const char *letter = statement->params; *letter && n < 120; letter++) {
        if (*letter == 'l')
            for (int i = 0; i < LIST_N; i++)
                types[n++] = OID_INT8;
        else
            types[n++] = *letter == 'i' ? OID_INT8 : *letter == 't' ? OID_TEXT : OID_BYTES;
    }
    return n;
}

enum status postgres_prepare(PGconn *connection, const char *name,
                             const struct statement *statement, struct arena *arena,
                             int *ret_columns, struct fault *fault)
{
    Oid types[128];
    AUTOBUF sql = buf_open(MIB(1));
    int n = parameter_types(statement, types), fixed = (int)strlen(statement->params);
    sql_expand_list(&sql, str_from(statement->postgres ? statement->postgres : statement->sql),
                    fixed, 8);
    buf_char(&sql, '\0');
    TRY(settle(PQprepare(connection, name, sql.ptr, n, types), connection, statement->name, arena,
               fault));
    PGresult *description = PQdescribePrepared(connection, name);
    enum status status = check_columns(description, statement, arena, fault);
    if (ret_columns)
        *ret_columns = PQnfields(description);
    PQclear(description);
    return status;
}

enum status postgres_run(PGconn *connection, const struct statement *statement,
                         const struct value *args, int args_n, struct arena *arena,
                         PGresult **ret_result, struct fault *fault)
{
    const char *values[128] = {0};
    for (int i = 0; i < args_n; i++)
        values[i] = args[i].kind == VALUE_INT    ? str_fmt(arena, "%lld", (long long)args[i].i).ptr
                    : args[i].kind == VALUE_TEXT ? str_c(arena, args[i].s)
                                                 : NULL;
    TRY(postgres_prepare(connection, "", statement, arena, NULL, fault));
    PGresult *result = PQexecPrepared(connection, "", args_n, values, NULL, NULL, 0);
    ExecStatusType code = PQresultStatus(result);
    if (code != PGRES_COMMAND_OK && code != PGRES_TUPLES_OK)
        return settle(result, connection, statement->name, arena, fault);
    *ret_result = result;
    return OK;
}
