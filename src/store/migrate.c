/*
 * Migrations: steps are remembered by name in schema_step; those missing are applied in the order
 * of the modules, all in one transaction, so that an old database either becomes a current one or
 * stays as it was.
 */
#include "store/internal.h"

#include "store.sql.h"

enum { STEP_CAP = 1 << 20 };

struct state {
    struct rows applied;
    int missing; /* steps of the program that the database has not */
};

static bool has_step(const struct rows *applied, const char *name)
{
    for (int i = 0; i < applied->n; i++)
        if (str_is(value_str(rows_at(applied, i, 0)), name))
            return true;
    return false;
}

static bool program_has_step(const struct store *store, struct str name)
{
    for (const struct schema *const *schema = store->schemas; *schema; schema++)
        for (const struct schema_step *step = (*schema)->steps; step->name; step++)
            if (str_is(name, step->name))
                return true;
    return false;
}

/* Of a copy of an older database nothing is made that the older one had not. */
static bool is_missing(const struct store *store, const struct rows *applied, const char *name)
{
    return !has_step(applied, name) && (!store->only || has_step(store->only, name));
}

/* What the database has. A database from a later program is refused: it may hold what this one
 * would harm. */
static enum status read_state(struct tx *tx, struct state *ret_state, struct fault *fault)
{
    const struct store *store = tx->store;
    struct rows columns;
    *ret_state = (struct state){0};
    enum status status =
        tx_run(tx, &SQL_store_columns, ARGS(value_text(STR("schema_step"))), &columns);
    if (status == OK && columns.n > 0)
        status = tx_run(tx, &SQL_store_steps, NO_ARGS, &ret_state->applied);
    if (status != OK)
        return tx_fault(tx, status, fault);
    for (int i = 0; i < ret_state->applied.n; i++) {
        struct str name = value_str(rows_at(&ret_state->applied, i, 0));
        struct str program = value_str(rows_at(&ret_state->applied, i, 1));
        if (!program_has_step(store, name))
            return refuse(tx->arena, fault, INVALID, NULL,
                          "数据库 %s 由较新的程序（%.*s 版，本程序为 " DUIKOU_VERSION
                          " 版）建立，请升级 duikou 后再用。",
                          store->database.where, STR_ARG(program));
    }
    for (const struct schema *const *schema = store->schemas; *schema; schema++)
        for (const struct schema_step *step = (*schema)->steps; step->name; step++)
            ret_state->missing += is_missing(store, &ret_state->applied, step->name);
    return OK;
}

static enum status apply_step(struct tx *tx, const struct schema_step *step)
{
    const struct engine *engine = tx->engine;
    AUTOBUF sql = buf_open(STEP_CAP);
    if (engine->dialect == SQL_POSTGRES && step->postgres)
        buf_put(&sql, str_from(step->postgres));
    else if (step->postgres)
        buf_put(&sql, str_from(step->sql)); /* written in SQLite's own words */
    else
        sql_expand(&sql, str_from(step->sql), engine->dialect);
    buf_char(&sql, '\0');
    if (sql.full)
        return FAULT;
    TRY(engine->script(tx->connection, sql.ptr));
    return tx_run(tx, &SQL_store_step_add,
                  ARGS(value_text(str_from(step->name)), value_text(STR(DUIKOU_VERSION))), NULL);
}

static enum status apply_missing(struct tx *tx, struct fault *fault)
{
    struct state state;
    enum status status = tx->engine->migrate_begin(tx->connection);
    if (status != OK)
        return tx_fault(tx, status, fault);
    TRY(read_state(tx, &state, fault)); /* another process may have been first */
    for (const struct schema *const *schema = tx->store->schemas; *schema; schema++)
        for (const struct schema_step *step = (*schema)->steps; step->name; step++)
            if (status == OK && is_missing(tx->store, &state.applied, step->name))
                status = apply_step(tx, step);
    if (status == OK)
        status = tx->engine->migrate_end(tx->connection);
    return status == OK ? OK : tx_fault(tx, status, fault);
}

static enum status upgrade(struct store *store, struct arena *arena, struct fault *fault)
{
    const struct engine *engine = store->engine;
    struct tx tx = {.store = store, .engine = engine, .arena = arena, .writing = true};
    TRY(engine->connect(&store->database, ACCESS_WRITE, arena, &tx.connection, fault));
    enum status status = apply_missing(&tx, fault);
    engine->rollback(tx.connection);
    engine->disconnect(tx.connection);
    return status;
}

enum status migrate(struct store *store, struct arena *arena, struct fault *fault)
{
    struct state state = {0};
    struct tx tx = {.store = store, .engine = store->engine, .arena = arena};
    TRY(store->engine->connect(&store->database, ACCESS_READ, arena, &tx.connection, fault));
    enum status status = read_state(&tx, &state, fault);
    store->engine->disconnect(tx.connection);
    TRY(status);
    if (state.missing == 0)
        return OK;
    if (store->database.read_only)
        return refuse(
            arena, fault, INVALID, NULL,
            "数据库 %s 由较旧的程序建立，请先启动一次 duikou serve 升级它（会先自动备份），"
            "备份文件请用 duikou restore 恢复到别处再用。",
            store->database.where);
    if (state.applied.n > 0 && !store->unsaved)
        TRY(save_before_upgrade(store, arena, &state.applied, fault));
    status = upgrade(store, arena, fault);
    if (status != OK)
        drop_saved(store);
    return status;
}
