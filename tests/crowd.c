#include "crowd.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/scratch.h"
#include "domain/domain.h"
#include "domain/simulate/simulate.h"
#include "proof/sm3.h"
#include "search.sql.h"

/* --- the rows --- */

static bool go_on(void *context, int64_t done, int64_t organizations)
{
    (void)context;
    (void)done;
    (void)organizations;
    return true;
}

static enum status fill_sqlite(struct crowd *crowd, struct fault *fault)
{
    scratch_make(crowd->directory, sizeof crowd->directory, "crowd");
    struct store_options options = {.url =
                                        str_fmt(&crowd->arena, "sqlite:%s/a.db", crowd->directory),
                                    .schema = domain_schemas(),
                                    .create = true,
                                    .readers = 2};
    struct simulate_options simulated = {
        .slug = STR("moni"), .organizations = CROWD_UNITS, .seed = 1, .progress = go_on};
    struct simulate_result result;
    TRY(store_open(&crowd->arena, &options, &crowd->store, fault));
    TRY(record_indexes(crowd->store, domain_kinds(), &crowd->arena, fault));
    return simulate(crowd->store, &crowd->arena, &simulated, &result, fault);
}

struct copying {
    PGconn *connection;
    struct buf line;
};

static void put_cell(struct buf *line, struct value cell)
{
    if (cell.kind == VALUE_NULL)
        BUF_LIT(line, "\\N");
    else if (cell.kind == VALUE_INT)
        buf_int(line, cell.i);
    if (cell.kind == VALUE_BLOB) {
        BUF_LIT(line, "\\\\x");
        hex_put(line, cell.s);
        return;
    }
    for (size_t i = 0; i < value_str(cell).len; i++) {
        char c = cell.s.ptr[i];
        if (c == '\\' || c == '\t' || c == '\n' || c == '\r')
            buf_fmt(line, "\\x%02x", c);
        else
            buf_char(line, c);
    }
}

static enum status copy_row(void *context, const struct value *cells, int n)
{
    struct copying *copying = context;
    buf_clear(&copying->line);
    for (int i = 0; i < n; i++) {
        if (i > 0)
            buf_char(&copying->line, '\t');
        put_cell(&copying->line, cells[i]);
    }
    buf_char(&copying->line, '\n');
    bool sent = PQputCopyData(copying->connection, copying->line.ptr, (int)copying->line.len) == 1;
    return sent ? OK : FAULT;
}

static enum status run_sql(struct crowd *crowd, struct str sql, struct fault *fault)
{
    return postgres_script(crowd->connection, str_c(&crowd->arena, sql), &crowd->arena, fault);
}

static enum status copy_table(struct crowd *crowd, struct tx *tx, struct str table,
                              struct fault *fault)
{
    struct str select = str_fmt(&crowd->arena, "select * from %.*s", STR_ARG(table));
    const struct statement *all = store_intern(crowd->store, "copy", select, "", RESULT_MANY);
    struct copying copying = {crowd->connection, buf_open(MIB(1))};
    PGresult *begun = PQexec(crowd->connection,
                             str_fmt(&crowd->arena, "copy %.*s from stdin", STR_ARG(table)).ptr);
    enum status status = PQresultStatus(begun) == PGRES_COPY_IN ? OK : FAULT;
    PQclear(begun);
    if (status == OK)
        status = tx_each(tx, all, NO_ARGS, copy_row, &copying);
    if (status == OK)
        PQputCopyEnd(crowd->connection, NULL);
    PGresult *ended = PQgetResult(crowd->connection);
    if (status == OK && PQresultStatus(ended) != PGRES_COMMAND_OK)
        status = FAULT;
    PQclear(ended);
    PQclear(PQgetResult(crowd->connection));
    buf_close(&copying.line);
    if (status == OK)
        return OK;
    return refuse(&crowd->arena, fault, FAULT, NULL, "%.*s: %s", STR_ARG(table),
                  PQerrorMessage(crowd->connection));
}

/* Search rows stand in another form: tokens as arrays. */
static enum status copy_search(struct crowd *crowd, struct tx *tx, struct fault *fault)
{
    static const struct statement all = {
        "search_rows",
        "select rowid, body_id, id, part, kind, date, title, text, tokens, audience "
        "from search_row",
        "", RESULT_MANY, NULL};
    struct rows rows;
    TRY(tx_run(tx, &all, NO_ARGS, &rows));
    for (int i = 0; i < rows.n; i++) {
        PGresult *result;
        TRY(postgres_run(crowd->connection, &SQL_search_row_add, &rows.cells[i * rows.columns_n],
                         rows.columns_n, &crowd->arena, &result, fault));
        PQclear(result);
    }
    return OK;
}

/* What makes the rows of a table differ: ids and places each their own, words of few kinds. */
static const struct {
    const char *column, *with;
} differing[] = {
    {"id", " + g.n"},
    {"owner", " + g.n"},
    {"position", " + g.n"},
    {"organization", " + g.n"},
    {"parent", " + g.n"},
    {"person", " + g.n"},
    {"chain", " + g.n"},
    {"document", " + g.n / 9"},
    {"scheme", " + g.n / 9"},
    {"slug", " || g.n"},
    {"search_key", " || g.n"},
    {"name", " || g.n"},
    {"classification", " || (g.n % 9)"},
    {"kind", " || (g.n % 9)"},
    {"who", " || (g.n % 9)"},
    {"role", " || (g.n % 9)"},
    {"strength", " || (g.n % 9)"},
    {"state", " || (g.n % 9)"},
};

enum { OID_BYTES = 17, OID_TEXT = 25 };

static const char *difference(struct str column)
{
    for (size_t i = 0; i < sizeof differing / sizeof *differing; i++)
        if (str_is(column, differing[i].column))
            return differing[i].with;
    return "";
}

/* The first row of a table again and again, or rows of numbers and letters where it has none: small
 * tables are read whole by any engine and would say nothing. */
static struct str multiply_sql(struct crowd *crowd, const PGresult *like, struct str table)
{
    AUTOBUF sql = buf_open(KIB(64));
    bool has_rows = PQntuples(like) > 0;
    buf_fmt(&sql, "insert into %.*s select ", STR_ARG(table));
    for (int i = 0; i < PQnfields(like); i++) {
        struct str column = str_from(PQfname(like, i));
        buf_fmt(&sql, "%s", i > 0 ? ", " : "");
        if (has_rows)
            buf_fmt(&sql, "t.%.*s%s", STR_ARG(column), difference(column));
        else
            buf_fmt(&sql, "%s",
                    PQftype(like, i) == OID_TEXT    ? "'a' || g.n"
                    : PQftype(like, i) == OID_BYTES ? "cast('a' || g.n as bytea)"
                                                    : "g.n");
    }
    buf_fmt(&sql, " from generate_series(1, %d) g(n)", CROWD_UNITS);
    if (has_rows)
        buf_fmt(&sql,
                ", (select * from %.*s limit 1) t where (select count(*) from %.*s) < %d "
                "on conflict do nothing",
                STR_ARG(table), STR_ARG(table), CROWD_UNITS);
    return str_copy(&crowd->arena, buf_str(&sql));
}

static enum status multiply(struct crowd *crowd, struct str table, struct fault *fault)
{
    PGresult *like =
        PQexec(crowd->connection,
               str_fmt(&crowd->arena, "select * from %.*s limit 1", STR_ARG(table)).ptr);
    struct str sql = multiply_sql(crowd, like, table);
    PQclear(like);
    return run_sql(crowd, sql, fault);
}

static enum status list_tables(struct crowd *crowd, struct tx *tx, struct rows *ret_rows)
{
    static const struct statement tables = {"tables",
                                            "select name from sqlite_schema where type = 'table' "
                                            "and name not like 'search_row%' "
                                            "and name not like 'sqlite%' "
                                            "and name <> 'search_counter'",
                                            "", RESULT_MANY, NULL};
    (void)crowd;
    return tx_run(tx, &tables, NO_ARGS, ret_rows);
}

static enum status copy_all(struct crowd *crowd, struct tx *tx, struct fault *fault)
{
    struct rows tables;
    TRY(list_tables(crowd, tx, &tables));
    for (int i = 0; i < tables.n; i++)
        TRY(copy_table(crowd, tx, value_str(tables.cells[i]), fault));
    TRY(copy_search(crowd, tx, fault));
    for (int i = 0; i < tables.n; i++)
        TRY(multiply(crowd, value_str(tables.cells[i]), fault));
    return OK;
}

static enum status fill_postgres(struct crowd *crowd, struct fault *fault)
{
    struct kind_index *indexes;
    struct tx *tx;
    int n = record_index_list(&crowd->arena, domain_kinds(), &indexes);
    TRY(postgres_migrate(crowd->connection, crowd->store->schemas, &crowd->arena, fault));
    for (int i = 0; i < n; i++)
        TRY(run_sql(crowd, indexes[i].sql, fault));
    /* Rows come in any order: foreign keys are not looked at. */
    TRY(run_sql(crowd, STR("set session_replication_role = replica"), fault));
    TRY(store_read(crowd->store, &crowd->arena, &tx));
    enum status status = copy_all(crowd, tx, fault);
    store_read_end(tx);
    TRY(status);
    TRY(run_sql(crowd, STR("vacuum analyze"), fault));
    return run_sql(
        crowd, STR("set plan_cache_mode = force_generic_plan; set random_page_cost = 1.1"), fault);
}

enum status crowd_open(struct crowd *crowd, struct fault *fault)
{
    *crowd = (struct crowd){.arena = arena_open(MIB(256))};
    TRY(fill_sqlite(crowd, fault));
    TRY(postgres_start(&crowd->postgres, &crowd->arena, fault));
    crowd->connection = PQconnectdb(crowd->postgres.address);
    if (PQstatus(crowd->connection) != CONNECTION_OK)
        return refuse(&crowd->arena, fault, FAULT, NULL, "%s", PQerrorMessage(crowd->connection));
    return fill_postgres(crowd, fault);
}

void crowd_close(struct crowd *crowd)
{
    PQfinish(crowd->connection);
    postgres_stop(&crowd->postgres);
    store_close(crowd->store);
    scratch_remove(crowd->directory);
    arena_close(&crowd->arena);
}

/* --- plans --- */

static void add_step(struct crowd *crowd, struct steps *steps, struct str line)
{
    *arena_push(&crowd->arena, steps->lines, steps->n, steps->room) =
        str_copy(&crowd->arena, str_trim(line));
}

enum { ARGS_MAX = 64 };

enum status crowd_explain_sqlite(struct crowd *crowd, const struct statement *statement,
                                 struct steps *ret_steps, struct fault *fault)
{
    struct value args[ARGS_MAX];
    int n = 0;
    for (const char *letter = statement->params; *letter && n < ARGS_MAX; letter++)
        args[n++] = *letter == 't'   ? value_text(STR("1"))
                    : *letter == 'b' ? value_blob(STR("1"))
                                     : value_int(1);
    struct str sql = str_fmt(&crowd->arena, "explain query plan %s", statement->sql);
    const struct statement *explain =
        store_intern(crowd->store, "explain", sql, statement->params, RESULT_MANY);
    struct tx *tx;
    struct rows rows;
    *ret_steps = (struct steps){0};
    TRY(store_read(crowd->store, &crowd->arena, &tx));
    enum status status = tx_run(tx, explain, args, n, &rows);
    if (status != OK)
        tx_fault(tx, status, fault);
    store_read_end(tx);
    TRY(status);
    for (int i = 0; i < rows.n; i++)
        add_step(crowd, ret_steps, value_str(rows_at(&rows, i, rows.columns_n - 1)));
    return OK;
}

/* PostgreSQL reads '1' as whatever the parameter's type is. */
static struct str execute_sql(struct crowd *crowd, const struct statement *statement)
{
    int n = 0;
    for (const char *letter = statement->params; *letter; letter++)
        n += *letter == 'l' ? 8 : 1;
    struct str *ones = arena_new(&crowd->arena, struct str, n);
    for (int i = 0; i < n; i++)
        ones[i] = STR("'1'");
    struct str args = str_join(&crowd->arena, STR(", "), ones, n);
    return str_fmt(&crowd->arena, "explain (costs off) execute p%s%.*s%s", n ? " (" : "",
                   STR_ARG(args), n ? ")" : "");
}

enum status crowd_explain_postgres(struct crowd *crowd, const struct statement *statement,
                                   struct steps *ret_steps, struct fault *fault)
{
    *ret_steps = (struct steps){0};
    TRY(postgres_prepare(crowd->connection, "p", statement, &crowd->arena, NULL, fault));
    PGresult *result = PQexec(crowd->connection, execute_sql(crowd, statement).ptr);
    enum status status = PQresultStatus(result) == PGRES_TUPLES_OK ? OK : FAULT;
    for (int i = 0; i < PQntuples(result); i++)
        add_step(crowd, ret_steps, str_from(PQgetvalue(result, i, 0)));
    PQclear(result);
    if (status != OK)
        return refuse(&crowd->arena, fault, FAULT, NULL, "%s: %s", statement->name,
                      PQerrorMessage(crowd->connection));
    return run_sql(crowd, STR("deallocate p"), fault);
}
