#include "store/copy.h"

#include "base/buf.h"
#include "search.sql.h"
#include "store/internal.h"

enum { TELL_ROWS = 20000, SQL_CAP = 256 << 10, VALUES_MAX = 400, SEARCH_NUMBERS = 512 };

/* Names and, of columns, the letter of a parameter. */
static const struct statement list_tables = {
    "copy_tables",
    "select name from sqlite_schema where type = 'table' and name not like 'sqlite%' "
    "and name not like 'search_row_%' order by name",
    "", RESULT_MANY,
    "select cast(relname as text) from pg_class where relkind = 'r' "
    "and relnamespace = (select oid from pg_namespace where nspname = current_schema()) "
    "order by cast(relname as text) collate \"C\""};
static const struct statement list_columns = {
    "copy_columns",
    "select name, case lower(type) when 'integer' then 'i' when 'blob' then 'b' else 't' end "
    "from pragma_table_info($1) order by cid",
    "t", RESULT_MANY,
    "select cast(attname as text), case atttypid when 20 then 'i' when 17 then 'b' else 't' end "
    "from pg_attribute where attrelid = to_regclass($1) and attnum > 0 and not attisdropped "
    "order by attnum"};
static const struct statement forget_versions = {"copy_versions", "delete from body_version", "",
                                                 RESULT_RUN, NULL};

/* Tables that are not copied row by row, or whose rows say nothing about a database in use. */
static const struct {
    const char *name;
    bool is_copied, is_content;
} special[] = {{"schema_step", false, false},
               {"store_writer", false, false},
               {"search_counter", false, false},
               {"search_row", false, true},
               {"body_version", true, false}};

static bool is_copied(struct str table)
{
    for (size_t i = 0; i < sizeof special / sizeof *special; i++)
        if (str_is(table, special[i].name))
            return special[i].is_copied;
    return true;
}

static bool is_content(struct str table)
{
    for (size_t i = 0; i < sizeof special / sizeof *special; i++)
        if (str_is(table, special[i].name))
            return special[i].is_content;
    return true;
}

struct copying {
    struct tx *from, *to;
    struct arena *arena; /* of the whole */
    const struct copy_watch *watch;
    struct fault *fault;
    struct copy_result result;
    const char *table;
    const struct statement *many, *one;
    int columns, room, n; /* rows that `many` takes; rows gathered */
    struct value *cells;
    struct arena gathered;
    int64_t rows, search_number;
};

static enum status failed(struct copying *copying, struct tx *tx, enum status status)
{
    return status == OK || !copying->fault || copying->fault->message.len > 0
               ? status
               : connection_fault(tx->connection, copying->arena, status, copying->fault);
}

static void tell(const struct copying *copying)
{
    if (copying->watch)
        copying->watch->tell(copying->watch->context, copying->table, copying->rows);
}

/* --- one table --- */

static const struct statement *assemble(struct copying *copying, const struct rows *columns,
                                        int rows)
{
    AUTOBUF sql = buf_open(SQL_CAP), params = buf_open(KIB(4));
    buf_fmt(&sql, "insert into %s (", copying->table);
    for (int i = 0; i < columns->n; i++)
        buf_fmt(&sql, "%s%.*s", i > 0 ? ", " : "", STR_ARG(value_str(rows_at(columns, i, 0))));
    BUF_LIT(&sql, ") values ");
    for (int row = 0; row < rows; row++) {
        buf_fmt(&sql, "%s(", row > 0 ? ", " : "");
        for (int i = 0; i < columns->n; i++) {
            buf_fmt(&sql, "%s$%d", i > 0 ? ", " : "", row * columns->n + i + 1);
            buf_put(&params, value_str(rows_at(columns, i, 1)));
        }
        buf_char(&sql, ')');
    }
    buf_char(&params, '\0');
    return sql.full || params.full
               ? NULL
               : store_intern(copying->to->store, "copy_in", buf_str(&sql), params.ptr, RESULT_RUN);
}

static const struct statement *select_all(struct copying *copying, const struct rows *columns)
{
    AUTOBUF sql = buf_open(SQL_CAP);
    BUF_LIT(&sql, "select ");
    for (int i = 0; i < columns->n; i++)
        buf_fmt(&sql, "%s%.*s", i > 0 ? ", " : "", STR_ARG(value_str(rows_at(columns, i, 0))));
    buf_fmt(&sql, " from %s", copying->table);
    return store_intern(copying->from->store, "copy_out", buf_str(&sql), "", RESULT_MANY);
}

static enum status put_gathered(struct copying *copying)
{
    enum status status = OK;
    if (copying->n == copying->room)
        status =
            tx_run(copying->to, copying->many, copying->cells, copying->n * copying->columns, NULL);
    for (int i = 0; copying->n < copying->room && i < copying->n && status == OK; i++)
        status = tx_run(copying->to, copying->one, copying->cells + i * copying->columns,
                        copying->columns, NULL);
    copying->n = 0;
    arena_reset(&copying->gathered);
    arena_reset(copying->to->arena);
    return failed(copying, copying->to, status);
}

static void count_row(struct copying *copying)
{
    if (copying->rows++ % TELL_ROWS == 0)
        tell(copying);
}

static enum status gather(void *context, const struct value *cells, int n)
{
    struct copying *copying = context;
    struct value *to = copying->cells + copying->n * n;
    for (int i = 0; i < n; i++) {
        to[i] = cells[i];
        if (cells[i].kind == VALUE_TEXT || cells[i].kind == VALUE_BLOB)
            to[i].s = str_copy(&copying->gathered, cells[i].s);
    }
    count_row(copying);
    return ++copying->n == copying->room ? put_gathered(copying) : OK;
}

static enum status count_rows(struct copying *copying, struct tx *tx, const char *table,
                              int64_t *ret_count)
{
    struct rows rows;
    struct str sql = str_fmt(copying->arena, "select count(*) from %s", table);
    const struct statement *count = store_intern(tx->store, "copy_count", sql, "", RESULT_ONE);
    TRY(failed(copying, tx, tx_run(tx, count, NO_ARGS, &rows)));
    *ret_count = value_i64(rows_at(&rows, 0, 0));
    return OK;
}

/* What the target has now, against what was read. */
static enum status compare(struct copying *copying)
{
    int64_t count;
    TRY(count_rows(copying, copying->to, copying->table, &count));
    if (count != copying->rows)
        return refuse(copying->arena, copying->fault, FAULT, NULL,
                      "数据表 %s 读出 %lld 行、写入 %lld 行，未复制，请联系管理员。",
                      copying->table, (long long)copying->rows, (long long)count);
    copying->result.rows += count;
    copying->result.tables += count > 0;
    return OK;
}

static enum status begin_table(struct copying *copying, struct str table, struct rows *ret_columns)
{
    struct rows there;
    struct value name = value_text(table);
    copying->table = str_c(copying->arena, table);
    copying->rows = 0;
    copying->n = 0;
    TRY(failed(copying, copying->from,
               tx_run(copying->from, &list_columns, &name, 1, ret_columns)));
    TRY(failed(copying, copying->to, tx_run(copying->to, &list_columns, &name, 1, &there)));
    for (int i = 0; i < ret_columns->n * 2; i++)
        if (there.n != ret_columns->n || !value_eq(there.cells[i], ret_columns->cells[i]))
            return refuse(copying->arena, copying->fault, FAULT, NULL,
                          "数据表 %s 在两个数据库中不一致，未复制，请先用同一版本的程序打开两者。",
                          copying->table);
    return OK;
}

static enum status copy_table(struct copying *copying, struct str table)
{
    struct rows columns;
    TRY(begin_table(copying, table, &columns));
    copying->columns = columns.n;
    copying->room = VALUES_MAX / columns.n > 0 ? VALUES_MAX / columns.n : 1;
    copying->many = assemble(copying, &columns, copying->room);
    copying->one = assemble(copying, &columns, 1);
    copying->cells = arena_new(copying->arena, struct value, copying->room * columns.n);
    tell(copying);
    TRY(failed(copying, copying->from,
               tx_each(copying->from, select_all(copying, &columns), NO_ARGS, gather, copying)));
    if (copying->n > 0)
        TRY(put_gathered(copying));
    return compare(copying);
}

/* --- search --- */

static enum status put_search_row(void *context, const struct value *cells, int n)
{
    struct copying *copying = context;
    int64_t number = value_i64(cells[0]) & SEARCH_NUMBER_MASK;
    copying->search_number = number > copying->search_number ? number : copying->search_number;
    count_row(copying);
    enum status status = tx_run(copying->to, &SQL_search_row_add, cells, n, NULL);
    arena_reset(copying->to->arena);
    return failed(copying, copying->to, status);
}

static enum status copy_search(struct copying *copying)
{
    struct rows rows;
    copying->table = "search_row";
    copying->rows = 0;
    tell(copying);
    TRY(failed(copying, copying->from,
               tx_each(copying->from, &SQL_search_rows, NO_ARGS, put_search_row, copying)));
    TRY(failed(copying, copying->to,
               tx_run(copying->to, &SQL_search_counter_set,
                      ARGS(value_int(copying->search_number + SEARCH_NUMBERS)), &rows)));
    return compare(copying);
}

/* --- all --- */

static enum status check_is_empty(struct copying *copying, const struct rows *tables)
{
    for (int i = 0; i < tables->n; i++) {
        int64_t count = 0;
        struct str table = value_str(rows_at(tables, i, 0));
        if (!is_content(table))
            continue;
        TRY(count_rows(copying, copying->to, str_c(copying->arena, table), &count));
        if (count > 0)
            return refuse(copying->arena, copying->fault, CONFLICT, NULL,
                          "数据库 %s 中已有内容，未复制，请换一个空的数据库。",
                          copying->to->store->database.where);
    }
    return failed(copying, copying->to, tx_run(copying->to, &forget_versions, NO_ARGS, NULL));
}

static enum status copy_all(struct copying *copying)
{
    struct rows tables;
    const struct engine *engine = copying->to->engine;
    struct connection *to = copying->to->connection;
    TRY(failed(copying, copying->from, tx_run(copying->from, &list_tables, NO_ARGS, &tables)));
    TRY(check_is_empty(copying, &tables));
    if (engine->load_begin)
        TRY(failed(copying, copying->to, engine->script(to, engine->load_begin)));
    for (int i = 0; i < tables.n; i++)
        if (is_copied(value_str(rows_at(&tables, i, 0))))
            TRY(copy_table(copying, value_str(rows_at(&tables, i, 0))));
    TRY(copy_search(copying));
    if (engine->load_end)
        TRY(failed(copying, copying->to, engine->script(to, engine->load_end)));
    return OK;
}

static enum status copy_in(struct copying *copying)
{
    const struct engine *engine = copying->to->engine;
    struct connection *to = copying->to->connection;
    TRY(failed(copying, copying->to, engine->migrate_begin(to)));
    enum status status = copy_all(copying);
    if (status == OK)
        status = failed(copying, copying->to, engine->migrate_end(to));
    engine->rollback(to);
    return status;
}

enum status store_copy(struct store *from, struct store *to, struct arena *arena,
                       const struct copy_watch *watch, struct copy_result *ret_result,
                       struct fault *fault)
{
    AUTOARENA scratch = arena_open(MIB(64));
    AUTOARENA gathered = arena_open(MIB(512));
    struct tx *reading,
        writing = {.store = to, .engine = to->engine, .arena = &scratch, .writing = true};
    struct copying copying = {
        .to = &writing, .arena = arena, .watch = watch, .fault = fault, .gathered = gathered};
    enum status status = store_read(from, arena, &reading);
    if (status != OK)
        return refuse(arena, fault, status, NULL, "%s", status_text(status));
    copying.from = reading;
    status = to->engine->connect(&to->database, ACCESS_WRITE, arena, &writing.connection, fault);
    if (status == OK)
        status = copy_in(&copying);
    to->engine->disconnect(writing.connection);
    store_read_end(reading);
    gathered = copying.gathered;
    if (status == OK)
        *ret_result = copying.result;
    return status;
}
