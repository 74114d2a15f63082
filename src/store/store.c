#include "store/internal.h"

#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "journal.sql.h"
#include "search.sql.h"
#include "store.sql.h"
#include "writer.sql.h"

enum { READER_WAIT_SEC = 10, SCHEMAS_MAX = 128 };

static const struct engine *const engines[] = {&sqlite_engine, &postgres_engine};

/* The store's own, before those of the program. */
static const struct schema *const own_schemas[] = {&SCHEMA_store, &SCHEMA_search, &SCHEMA_journal,
                                                   &SCHEMA_writer};
enum { OWN_N = sizeof own_schemas / sizeof *own_schemas };

/* --- opening --- */

static const struct engine *engine_of(struct str url)
{
    for (size_t i = 0; i < sizeof engines / sizeof *engines; i++)
        for (int s = 0; s < 2 && engines[i]->schemes[s]; s++)
            if (str_starts(url, str_from(engines[i]->schemes[s])))
                return engines[i];
    return NULL;
}

/* An address with an @ may hold a password: it is not repeated. */
static enum status find_engine(struct database *database, struct str url, struct arena *arena,
                               struct fault *fault)
{
    database->engine = engine_of(url);
    if (database->engine && !memchr(url.ptr, '\0', url.len) &&
        database->engine->place(database, url))
        return OK;
    struct str shown = str_has(url, STR("@")) ? STR("…") : url;
    return refuse(arena, fault, INVALID, "db",
                  "无法识别数据库地址“%.*s”，请写成 sqlite:文件路径 或 "
                  "postgresql://用户@主机/数据库。",
                  STR_ARG(shown));
}

static int readers_wanted(const struct store_options *options)
{
    long cpus = sysconf(_SC_NPROCESSORS_ONLN);
    int wanted = options->readers > 0 ? options->readers : (int)cpus + 1;
    return wanted < 1 ? 1 : wanted > READERS_MAX ? READERS_MAX : wanted;
}

static enum status gather_schemas(struct store *store, const struct schema *const *schemas,
                                  struct arena *arena, struct fault *fault)
{
    int n = 0;
    while (schemas && schemas[n])
        n++;
    store->schemas = calloc((size_t)n + OWN_N + 1, sizeof *store->schemas);
    if (!store->schemas || n > SCHEMAS_MAX)
        return refuse(arena, fault, FAULT, NULL, "内存不足，无法打开数据库，请关闭其他程序。");
    for (int i = 0; i < OWN_N; i++)
        store->schemas[i] = own_schemas[i];
    for (int i = 0; i < n; i++)
        store->schemas[OWN_N + i] = schemas[i];
    return OK;
}

static enum status open_writers(struct store *store, struct arena *arena, struct fault *fault)
{
    if (store->database.read_only)
        return OK;
    TRY(tender_open(&store->tender, store, arena, fault));
    for (int i = 0; i < store->engine->lanes; i++) {
        store->lanes_n++;
        TRY(lane_open(&store->lanes[i], store, arena, fault));
    }
    return OK;
}

static enum status open_all(struct store *store, const struct store_options *options,
                            struct arena *arena, struct fault *fault)
{
    TRY(find_engine(&store->database, options->url, arena, fault));
    store->engine = store->database.engine;
    if (store->database.busy_ms <= 0)
        store->database.busy_ms = store->engine->busy_ms;
    TRY(gather_schemas(store, options->schema, arena, fault));
    TRY(store->engine->check(&store->database, arena, fault));
    TRY(migrate(store, arena, fault));
    return open_writers(store, arena, fault);
}

enum status store_open(struct arena *arena, const struct store_options *options,
                       struct store **ret_store, struct fault *fault)
{
    struct store *store = calloc(1, sizeof *store);
    if (!store)
        return refuse(arena, fault, FAULT, NULL, "内存不足，无法打开数据库，请关闭其他程序。");
    store->database = (struct database){
        .create = options->create, .read_only = options->read_only, .busy_ms = options->busy_ms};
    store->readers_max = readers_wanted(options);
    store->own_n = OWN_N;
    store->only = options->only;
    store->backup_directory = options->backup_directory;
    store->unsaved = options->unsaved;
    intern_init(&store->intern);
    pthread_mutex_init(&store->readers_lock, NULL);
    pthread_mutex_init(&store->version_lock, NULL);
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&store->reader_back, &monotonic);
    pthread_condattr_destroy(&monotonic);
    enum status status = open_all(store, options, arena, fault);
    if (status != OK) {
        struct database database = store->database;
        database.where = database.where ? str_c(arena, str_from(database.where)) : NULL;
        store_close(store);
        if (database.made)
            database.engine->unmake(&database);
        return status;
    }
    *ret_store = store;
    return OK;
}

void store_close(struct store *store)
{
    if (!store)
        return;
    for (int i = 0; i < store->lanes_n; i++)
        lane_close(&store->lanes[i]);
    if (store->tender.store)
        tender_close(&store->tender);
    for (int i = 0; i < store->idle_n; i++)
        store->engine->disconnect(store->idle[i]);
    if (store->version_reader)
        store->engine->disconnect(store->version_reader);
    intern_release(&store->intern);
    pthread_cond_destroy(&store->reader_back);
    pthread_mutex_destroy(&store->version_lock);
    pthread_mutex_destroy(&store->readers_lock);
    free(store->schemas);
    free(store->saved);
    free((char *)store->database.where);
    free((char *)store->database.address);
    free(store);
}

const char *store_saved(const struct store *store)
{
    return store->saved;
}

/* --- reading --- */

/* An idle reader; NULL with *ret_make when one more may be made; NULL when none came free. */
static struct connection *take_reader(struct store *store, bool *ret_make)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += READER_WAIT_SEC;
    struct connection *reader = NULL;
    pthread_mutex_lock(&store->readers_lock);
    int late = 0;
    while (store->idle_n == 0 && store->made_n == store->readers_max && late == 0)
        late = pthread_cond_timedwait(&store->reader_back, &store->readers_lock, &until);
    *ret_make = store->idle_n == 0 && store->made_n < store->readers_max;
    if (*ret_make)
        store->made_n++;
    else if (store->idle_n > 0)
        reader = store->idle[--store->idle_n];
    pthread_mutex_unlock(&store->readers_lock);
    return reader;
}

static void give_back(struct store *store, struct connection *reader)
{
    pthread_mutex_lock(&store->readers_lock);
    if (reader)
        store->idle[store->idle_n++] = reader;
    else
        store->made_n--;
    pthread_cond_signal(&store->reader_back);
    pthread_mutex_unlock(&store->readers_lock);
}

enum status store_read(struct store *store, struct arena *arena, struct tx **ret_tx)
{
    bool make;
    struct connection *reader = take_reader(store, &make);
    enum status status = reader || make ? OK : BUSY;
    if (make)
        status = store->engine->connect(&store->database, ACCESS_READ, arena, &reader, NULL);
    if (status == OK)
        status = store->engine->begin(reader);
    if (status != OK) {
        if (reader || make)
            give_back(store, reader);
        return status;
    }
    *ret_tx = arena_new(arena, struct tx, 1);
    **ret_tx =
        (struct tx){.store = store, .engine = store->engine, .connection = reader, .arena = arena};
    return OK;
}

void store_read_end(struct tx *tx)
{
    if (!tx)
        return;
    atomic_fetch_add(&tx->store->statements, tx->statements);
    tx->engine->rollback(tx->connection);
    give_back(tx->store, tx->connection);
}

/* --- versions --- */

static enum status take_version(void *context, const struct value *cells, int n)
{
    *(int64_t *)context = n == 1 ? value_i64(cells[0]) : -1;
    return OK;
}

/* Asked for at every request: nothing is allocated. A body without a row has seen no write. */
static int64_t read_version(struct store *store, int64_t body_id)
{
    struct tx tx = {.store = store, .engine = store->engine, .connection = store->version_reader};
    int64_t version = 0;
    enum status status =
        body_id != 0
            ? tx_each(&tx, &SQL_store_version, ARGS(value_int(body_id)), take_version, &version)
            : tx_each(&tx, &SQL_store_version_all, NO_ARGS, take_version, &version);
    return status == OK ? version : -1;
}

int64_t store_version(struct store *store, int64_t body_id)
{
    AUTOARENA arena = arena_open(KIB(16)); /* of a refusal to connect */
    int64_t version = -1;
    pthread_mutex_lock(&store->version_lock);
    if (store->version_reader || store->engine->connect(&store->database, ACCESS_READ, &arena,
                                                        &store->version_reader, NULL) == OK)
        version = read_version(store, body_id);
    pthread_mutex_unlock(&store->version_lock);
    return version;
}

/* --- about the store --- */

struct store_stats store_stats(struct store *store)
{
    struct store_stats sum = {.statements = atomic_load(&store->statements)};
    for (int i = 0; i < store->lanes_n; i++) {
        struct lane *lane = &store->lanes[i];
        pthread_mutex_lock(&lane->lock);
        sum.writes += lane->stats.writes;
        sum.commits += lane->stats.commits;
        sum.failed_commits += lane->stats.failed_commits;
        sum.reruns += lane->stats.reruns;
        if (lane->stats.slowest_us > sum.slowest_us)
            sum.slowest_us = lane->stats.slowest_us;
        pthread_mutex_unlock(&lane->lock);
    }
    return sum;
}

static enum status check_statement(struct tx *tx, const struct statement *statement,
                                   struct fault *fault)
{
    const struct statement *checked = statement;
    size_t n = strlen(statement->params);
    if (n > 0 && statement->params[n - 1] == 'l')
        checked = intern_list(&tx->store->intern, tx->engine->dialect, statement, 8);
    enum status status = checked ? tx->engine->prepare(tx->connection, checked) : FAULT;
    return status == OK ? OK : tx_fault(tx, INVALID, fault);
}

enum status store_scrub(struct store *store, struct arena *arena, struct fault *fault)
{
    struct connection *connection = NULL;
    TRY(store->engine->connect(&store->database, ACCESS_WRITE, arena, &connection, fault));
    enum status status = store->engine->scrub(connection);
    if (status != OK)
        connection_fault(connection, arena, status, fault);
    store->engine->disconnect(connection);
    return status;
}

enum status store_check(struct store *store, struct arena *arena, struct fault *fault)
{
    struct tx *tx;
    TRY(store_read(store, arena, &tx));
    enum status status = OK;
    for (const struct schema *const *schema = store->schemas; *schema && status == OK; schema++)
        for (const struct statement *const *each = (*schema)->statements; *each && status == OK;
             each++)
            status = check_statement(tx, *each, fault);
    store_read_end(tx);
    return status;
}

const struct statement *store_intern(struct store *store, const char *name, struct str sql,
                                     const char *params, enum result_shape shape)
{
    return intern_put(&store->intern, name, sql, params, shape);
}

const struct statement *store_recall(struct store *store, const void *owner, int which)
{
    return intern_recall(&store->intern, owner, which);
}

void store_remember(struct store *store, const void *owner, int which,
                    const struct statement *statement)
{
    intern_remember(&store->intern, owner, which, statement);
}

static enum status read_names(struct store *store, struct arena *arena,
                              const struct statement *statement, const struct value *args,
                              int args_n, struct str **ret_names, int *ret_n)
{
    struct tx *tx;
    struct rows rows;
    TRY(store_read(store, arena, &tx));
    enum status status = tx_run(tx, statement, args, args_n, &rows);
    store_read_end(tx);
    TRY(status);
    struct str *names = arena_new(arena, struct str, rows.n);
    for (int i = 0; i < rows.n; i++)
        names[i] = value_str(rows_at(&rows, i, 0));
    *ret_names = names;
    *ret_n = rows.n;
    return OK;
}

enum status store_columns(struct store *store, struct arena *arena, const char *table,
                          struct str **ret_names, int *ret_n)
{
    return read_names(store, arena, &SQL_store_columns, ARGS(value_text(str_from(table))),
                      ret_names, ret_n);
}

enum status store_indexes(struct store *store, struct arena *arena, struct str **ret_names,
                          int *ret_n)
{
    return read_names(store, arena, &SQL_store_indexes, NO_ARGS, ret_names, ret_n);
}
