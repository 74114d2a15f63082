/*
 * Statements run inside a read snapshot or a write: lists written out, rows gathered, shapes held.
 */
#include "store/internal.h"

#include <stdio.h>

#include "base/utf8.h"
#include "store.sql.h"

enum status connection_fault(const struct connection *connection, struct arena *arena,
                             enum status status, struct fault *fault)
{
    if (!fault)
        return status;
    const char *text = connection->trouble[0] ? connection->trouble : status_text(status);
    refuse(arena, fault, status, NULL, "%s", text);
    fault->http = connection->http;
    return status;
}

/* The sizes a list is padded to, so that few texts are prepared. */
static int padded_size(int n)
{
    static const int sizes[] = {1, 8, 64, LIST_MAX};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        if (n <= sizes[i])
            return sizes[i];
    return -1;
}

static bool fits(char letter, enum value_kind kind)
{
    return kind == VALUE_NULL || (letter == 'i' && kind == VALUE_INT) ||
           (letter == 't' && kind == VALUE_TEXT) || (letter == 'b' && kind == VALUE_BLOB);
}

/* What either engine would refuse or, worse, take as something else. */
static enum status check_args(struct tx *tx, const struct statement *statement,
                              const struct value *args, int args_n)
{
    struct connection *connection = tx->connection;
    int wanted = (int)strlen(statement->params);
    connection->http = 0;
    if (args_n != wanted) {
        snprintf(connection->trouble, sizeof connection->trouble,
                 "语句 %s 要 %d 个值，得到 %d 个，请联系管理员。", statement->name, wanted, args_n);
        return FAULT;
    }
    for (int i = 0; i < args_n; i++) {
        struct str s = value_str(args[i]);
        if (!fits(statement->params[i], args[i].kind)) {
            snprintf(connection->trouble, sizeof connection->trouble,
                     "语句 %s 的第 %d 个值类型不符，请联系管理员。", statement->name, i + 1);
            return FAULT;
        }
        if (args[i].kind == VALUE_TEXT && s.len > 0 &&
            (memchr(s.ptr, '\0', s.len) || !utf8_is_valid(s))) {
            snprintf(connection->trouble, sizeof connection->trouble,
                     "文字中有不能保存的字符，请删去后再试。");
            return INVALID;
        }
    }
    return OK;
}

static enum status run_one(struct tx *tx, const struct statement *statement,
                           const struct value *args, int args_n, struct sink *sink)
{
    TRY(check_args(tx, statement, args, args_n));
    return tx->engine->run(tx->connection, statement, args, args_n, sink);
}

static enum status trouble(struct tx *tx, const struct statement *statement, const char *what)
{
    snprintf(tx->connection->trouble, sizeof tx->connection->trouble, "语句 %s %s，请联系管理员。",
             statement->name, what);
    tx->connection->http = 0;
    return FAULT;
}

/* An empty list is one NULL, which equals nothing; a short one repeats its last value. */
static enum status run_list(struct tx *tx, const struct statement *statement,
                            const struct value *args, int args_n, struct sink *sink)
{
    int fixed = (int)strlen(statement->params) - 1;
    int size = padded_size(args_n - fixed);
    if (args_n < fixed || size < 0)
        return trouble(tx, statement, "的列表过长或缺少参数");
    const struct statement *variant =
        intern_list(&tx->store->intern, tx->engine->dialect, statement, size);
    if (!variant)
        return trouble(tx, statement, "无法展开列表");
    struct value padded[LIST_MAX + 64];
    if (fixed + size > (int)(sizeof padded / sizeof *padded))
        return trouble(tx, statement, "的参数过多");
    for (int i = 0; i < fixed + size; i++)
        padded[i] = i < args_n ? args[i] : args_n > fixed ? args[args_n - 1] : NULL_VALUE;
    return run_one(tx, variant, padded, fixed + size, sink);
}

static enum status run(struct tx *tx, const struct statement *statement, const struct value *args,
                       int args_n, struct sink *sink)
{
    if (tx->broken != OK)
        return tx->broken;
    if (tx->passing)
        return trouble(tx, statement, "不能在另一条进行时开始");
    size_t params_n = strlen(statement->params);
    bool has_list = params_n > 0 && statement->params[params_n - 1] == 'l';
    tx->statements++;
    return has_list ? run_list(tx, statement, args, args_n, sink)
                    : run_one(tx, statement, args, args_n, sink);
}

/* PostgreSQL takes no more statements once one has failed; SQLite is held to the same. */
static enum status broken_by(struct tx *tx, enum status status)
{
    if (tx->writing && status != OK)
        tx->broken = status;
    return status;
}

/* What store_intern had no more room for. */
static enum status no_statement(struct tx *tx)
{
    snprintf(tx->connection->trouble, sizeof tx->connection->trouble,
             "语句种类过多，请重新启动程序后再试。");
    tx->connection->http = 0;
    return broken_by(tx, BUSY);
}

/* --- whole results --- */

struct gather {
    struct sink sink;
    struct arena *arena;
    struct rows rows;
    int cells_n, room, rows_max;
};

static enum status gather_columns(struct sink *sink, const struct str *names, int n)
{
    struct gather *gather = (struct gather *)sink;
    struct str *columns = arena_new(gather->arena, struct str, n);
    for (int i = 0; i < n; i++)
        columns[i] = str_copy(gather->arena, names[i]);
    gather->rows.columns = columns;
    gather->rows.columns_n = n;
    return OK;
}

static enum status gather_row(struct sink *sink, const struct value *cells, int n)
{
    struct gather *gather = (struct gather *)sink;
    if (++gather->rows.n > gather->rows_max)
        return FAULT;
    for (int i = 0; i < n; i++) {
        struct value cell = cells[i];
        if (cell.kind == VALUE_TEXT || cell.kind == VALUE_BLOB)
            cell.s = str_copy(gather->arena, cell.s);
        *arena_push(gather->arena, gather->rows.cells, gather->cells_n, gather->room) = cell;
    }
    return OK;
}

enum status tx_run(struct tx *tx, const struct statement *statement, const struct value *args,
                   int args_n, struct rows *ret_rows)
{
    static const int rows_max[] = {
        [RESULT_RUN] = 0, [RESULT_ONE] = 1, [RESULT_MAYBE] = 1, [RESULT_MANY] = INT32_MAX};
    if (!statement)
        return no_statement(tx);
    struct gather gather = {.sink = {.columns = gather_columns, .row = gather_row},
                            .arena = tx->arena,
                            .rows_max = rows_max[statement->shape]};
    enum status status = run(tx, statement, args, args_n, &gather.sink);
    if (gather.rows.n > gather.rows_max)
        status = trouble(tx, statement, "得到的行数过多");
    TRY(broken_by(tx, status));
    tx->changed = statement->shape == RESULT_RUN ? tx->connection->changed : 0;
    if (statement->shape == RESULT_ONE && gather.rows.n == 0)
        return NOT_FOUND;
    if (ret_rows)
        *ret_rows = gather.rows;
    return OK;
}

int rows_column(const struct rows *rows, const char *name)
{
    for (int i = 0; i < rows->columns_n; i++)
        if (str_is(rows->columns[i], name))
            return i;
    return -1;
}

/* --- row by row --- */

struct pass_on {
    struct sink sink;
    struct tx *tx;
    row_each *each;
    void *context;
    enum status stopped;
};

static enum status pass_columns(struct sink *sink, const struct str *names, int n)
{
    (void)sink;
    (void)names;
    (void)n;
    return OK;
}

static enum status pass_row(struct sink *sink, const struct value *cells, int n)
{
    struct pass_on *pass = (struct pass_on *)sink;
    pass->tx->passing = true;
    pass->stopped = pass->each(pass->context, cells, n);
    pass->tx->passing = false;
    return pass->stopped;
}

enum status tx_each(struct tx *tx, const struct statement *statement, const struct value *args,
                    int args_n, row_each *each, void *context)
{
    if (!statement)
        return no_statement(tx);
    struct pass_on pass = {
        .sink = {pass_columns, pass_row, true}, .tx = tx, .each = each, .context = context};
    enum status status = run(tx, statement, args, args_n, &pass.sink);
    return pass.stopped != OK ? status : broken_by(tx, status);
}

/* --- about the transaction --- */

enum status tx_version(struct tx *tx, int64_t body_id, int64_t *ret_version)
{
    struct rows rows;
    TRY(tx_run(tx, &SQL_store_version, ARGS(value_int(body_id)), &rows));
    *ret_version = rows.n ? value_i64(rows_at(&rows, 0, 0)) : 0;
    return OK;
}

enum status tx_fault(const struct tx *tx, enum status status, struct fault *fault)
{
    return connection_fault(tx->connection, tx->arena, status, fault);
}

struct arena *tx_arena(struct tx *tx)
{
    return tx->arena;
}

struct store *tx_store(const struct tx *tx)
{
    return tx->store;
}

const struct actor *tx_actor(const struct tx *tx)
{
    return tx->actor;
}

int64_t tx_changed(const struct tx *tx)
{
    return tx->changed;
}

int tx_statements(const struct tx *tx)
{
    return tx->statements;
}
