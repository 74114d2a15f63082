/*
 * The commit queue. Each lane has a writing connection and one thread, which takes what waits, up
 * to BATCH_MAX writes, runs each in a savepoint and ends with one COMMIT:
 *
 *   begin; { savepoint; apply; release | rollback to } …; versions; commit; answer all
 *
 * A refused entry leaves its neighbours whole. SQLITE_FULL, SQLITE_INTERRUPT, a deadlock and a lost
 * connection end the whole transaction: then nothing was kept. What another transaction or a server
 * that went away made impossible is run again as it was; then every entry is run again alone. When
 * the COMMIT fails, all of the batch get BUSY. Nobody is answered before the COMMIT: a refusal may
 * rest on what a neighbour did.
 */
#include "store/internal.h"

#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

#include "store.sql.h"

enum { RERUNS = 3, GATHER_US = 4000 };

static int64_t now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static enum status apply_entry(struct lane *lane, struct write *entry)
{
    struct tx tx = {.store = lane->store,
                    .engine = lane->store->engine,
                    .connection = lane->connection,
                    .arena = entry->arena,
                    .actor = entry->actor,
                    .journal = entry->actor ? &lane->journal : NULL,
                    .writing = true};
    arena_rewind(entry->arena, entry->mark);
    *entry->fault = (struct fault){0};
    int64_t started = now_us();
    enum status status = entry->apply(&tx, entry->context, entry->fault);
    int64_t taken = now_us() - started;
    if (taken > lane->counted.slowest_us)
        lane->counted.slowest_us = taken;
    if (tx.broken != OK)
        status = tx.broken;
    if (status != OK && entry->fault->message.len == 0)
        connection_fault(lane->connection, entry->arena, status, entry->fault);
    entry->fault->status = status;
    return status;
}

/* Afterwards either the transaction is there without a trace of a refused entry, or it is gone. */
static void run_entry(struct lane *lane, struct write *entry)
{
    const struct engine *engine = lane->store->engine;
    struct connection *connection = lane->connection;
    connection->trouble[0] = '\0';
    journal_entry(&lane->journal, entry);
    enum status status = engine->savepoint(connection);
    if (status == OK)
        status = apply_entry(lane, entry);
    else
        connection_fault(connection, entry->arena, status, entry->fault);
    entry->status = status;
    if (status != OK) {
        journal_undo(&lane->journal);
        if (engine->is_inside(connection) && engine->undo(connection) != OK)
            engine->rollback(connection);
        return;
    }
    if (!engine->is_inside(connection)) {
        entry->status = refuse(entry->arena, entry->fault, BUSY, NULL, "%s", status_text(BUSY));
    } else if ((status = engine->release(connection)) != OK) {
        entry->status = connection_fault(connection, entry->arena, status, entry->fault);
        journal_undo(&lane->journal);
        engine->rollback(connection);
    }
}

static void answer_all(struct write **batch, int n, const struct connection *connection,
                       enum status status)
{
    for (int i = 0; i < n; i++)
        batch[i]->status = connection_fault(connection, batch[i]->arena, status, batch[i]->fault);
}

/* A write that was kept and changed what can be read. */
static bool is_counted(const struct write *entry)
{
    return entry->status == OK && !(entry->flags & WRITE_READING);
}

/* How many kept writes of the body of entry i, itself one of them; 0 when an earlier entry has
 * counted them. */
static int writes_of(struct write **batch, int n, int i)
{
    int writes = 0;
    for (int j = 0; j < n && is_counted(batch[i]); j++) {
        if (!is_counted(batch[j]) || batch[j]->body_id != batch[i]->body_id)
            continue;
        if (j < i)
            return 0;
        writes++;
    }
    return writes;
}

/* One row a body, however many writes it saw, and one a chain. */
static enum status end_batch(struct lane *lane, struct write **batch, int n)
{
    AUTOARENA arena = arena_open(KIB(64));
    struct tx tx = {.store = lane->store,
                    .engine = lane->store->engine,
                    .connection = lane->connection,
                    .arena = &arena,
                    .writing = true};
    for (int i = 0; i < n; i++) {
        int writes = writes_of(batch, n, i);
        if (writes > 0)
            TRY(tx_run(&tx, &SQL_store_version_raise,
                       ARGS(value_int(batch[i]->body_id), value_int(writes)), NULL));
    }
    return journal_end(&tx, &lane->journal);
}

static int kept(struct write **batch, int n)
{
    int kept_n = 0;
    for (int i = 0; i < n; i++)
        kept_n += batch[i]->status == OK;
    return kept_n;
}

/* The bodies of a batch, ascending, each once. */
static enum status hold_bodies(struct lane *lane, struct write **batch, int n)
{
    int64_t bodies[BATCH_MAX];
    int bodies_n = 0;
    for (int i = 0; i < n; i++) {
        int at = 0;
        while (at < bodies_n && bodies[at] < batch[i]->body_id)
            at++;
        if (at < bodies_n && bodies[at] == batch[i]->body_id)
            continue;
        memmove(&bodies[at + 1], &bodies[at], (size_t)(bodies_n - at) * sizeof *bodies);
        bodies[at] = batch[i]->body_id;
        bodies_n++;
    }
    return lane->store->engine->hold(lane->connection, bodies, bodies_n);
}

enum outcome { SETTLED, LOST };

/* LOST: the transaction ended under the batch, nothing was kept. */
static enum outcome run_batch(struct lane *lane, struct write **batch, int n)
{
    const struct engine *engine = lane->store->engine;
    struct connection *connection = lane->connection;
    enum status status = engine->begin(connection);
    if (status != OK) {
        answer_all(batch, n, connection, status == FAULT ? BUSY : status);
        return SETTLED;
    }
    if (engine->hold && (status = hold_bodies(lane, batch, n)) != OK) {
        answer_all(batch, n, connection, status == FAULT ? BUSY : status);
        engine->rollback(connection);
        return connection->again ? LOST : SETTLED;
    }
    journal_begin(&lane->journal);
    for (int i = 0; i < n; i++) {
        run_entry(lane, batch[i]);
        if (!engine->is_inside(connection))
            return LOST;
    }
    if (kept(batch, n) == 0) {
        engine->rollback(connection);
        return SETTLED;
    }
    status = end_batch(lane, batch, n);
    if (status != OK && !engine->is_inside(connection))
        return LOST;
    if (status == OK)
        status = engine->commit(connection);
    if (status != OK) {
        answer_all(batch, n, connection, BUSY);
        engine->rollback(connection);
        lane->counted.failed_commits++;
        return connection->again ? LOST : SETTLED;
    }
    lane->counted.commits++;
    lane->counted.writes += kept(batch, n);
    return SETTLED;
}

static void run_all(struct lane *lane, struct write **batch, int n)
{
    enum outcome outcome = run_batch(lane, batch, n);
    for (int i = 0; i < RERUNS && outcome == LOST && lane->connection->again; i++) {
        lane->counted.reruns += n;
        outcome = run_batch(lane, batch, n);
    }
    if (outcome == SETTLED)
        return;
    for (int i = 0; i < n; i++) {
        lane->counted.reruns++;
        if (run_batch(lane, &batch[i], 1) == LOST && batch[i]->status == OK)
            answer_all(&batch[i], 1, lane->connection, BUSY);
    }
}

/* Takes from the head of the queue; a LONG write goes alone. */
static int take_batch(struct lane *lane, struct write **batch)
{
    int n = 0;
    while (lane->first && n < BATCH_MAX) {
        struct write *entry = lane->first;
        bool is_long = (entry->flags & WRITE_LONG) != 0;
        if (is_long && n > 0)
            break;
        lane->first = entry->next;
        if (!lane->first)
            lane->last = NULL;
        batch[n++] = entry;
        if (is_long)
            break;
    }
    lane->queued -= n;
    return n;
}

void store_expect(struct store *store, int change)
{
    atomic_fetch_add(&store->expected, change);
}

/* Whether the batch is as large as it will soon be: as many wait as came of late, and, where one
 * lane does all, none is being prepared. */
static bool is_gathered(const struct lane *lane)
{
    if (lane->closing || lane->queued >= BATCH_MAX)
        return true;
    return lane->queued >= lane->company &&
           (lane->store->lanes_n > 1 || atomic_load(&lane->store->expected) <= 0);
}

/* Each COMMIT costs the disk the same: those that are on their way, and those who were answered
 * last and may come again at once, are waited for, a moment. */
static void gather(struct lane *lane)
{
    if (is_gathered(lane))
        return;
    int64_t until = now_us() + GATHER_US;
    const struct timespec at = {.tv_sec = until / 1000000, .tv_nsec = until % 1000000 * 1000};
    lane->gathering = true;
    while (!is_gathered(lane) &&
           pthread_cond_clockwait(&lane->work, &lane->lock, CLOCK_MONOTONIC, &at) == 0)
        ;
    lane->gathering = false;
}

/* Company that stayed away is soon forgotten: who writes alone waits for nobody. */
static void note_company(struct lane *lane, int n)
{
    lane->company = n > lane->company / 2 ? n : lane->company / 2;
}

static void *work(void *context)
{
    struct lane *lane = context;
    struct write *batch[BATCH_MAX];
    pthread_mutex_lock(&lane->lock);
    for (;;) {
        while (!lane->first && !lane->closing)
            pthread_cond_wait(&lane->work, &lane->lock);
        gather(lane);
        int n = take_batch(lane, batch);
        if (n == 0)
            break;
        note_company(lane, n);
        pthread_mutex_unlock(&lane->lock);
        run_all(lane, batch, n);
        int64_t backlog = lane->store->engine->backlog(lane->connection);
        pthread_mutex_lock(&lane->lock);
        lane->stats = lane->counted;
        for (int i = 0; i < n; i++) {
            batch[i]->done = true;
            pthread_cond_signal(&batch[i]->answered);
        }
        pthread_mutex_unlock(&lane->lock);
        tender_notice(&lane->store->tender, backlog);
        pthread_mutex_lock(&lane->lock);
    }
    pthread_mutex_unlock(&lane->lock);
    return NULL;
}

enum status lane_open(struct lane *lane, struct store *store, struct arena *arena,
                      struct fault *fault)
{
    *lane = (struct lane){.store = store};
    pthread_mutex_init(&lane->lock, NULL);
    pthread_cond_init(&lane->work, NULL);
    TRY(store->engine->connect(&store->database, ACCESS_WRITE, arena, &lane->connection, fault));
    lane->started = pthread_create(&lane->thread, NULL, work, lane) == 0;
    if (!lane->started)
        return refuse(arena, fault, FAULT, NULL, "系统不允许再开线程，请关闭其他程序后再试。");
    return OK;
}

void lane_close(struct lane *lane)
{
    if (lane->started) {
        pthread_mutex_lock(&lane->lock);
        lane->closing = true;
        pthread_cond_signal(&lane->work);
        pthread_mutex_unlock(&lane->lock);
        pthread_join(lane->thread, NULL);
    }
    lane->store->engine->disconnect(lane->connection);
    pthread_cond_destroy(&lane->work);
    pthread_mutex_destroy(&lane->lock);
}

struct lane *lane_of(struct store *store, int64_t body_id)
{
    uint64_t hash = (uint64_t)body_id * UINT64_C(0x9e3779b97f4a7c15);
    return &store->lanes[(hash >> 32) % (uint64_t)store->lanes_n];
}

static void enqueue_and_wait(struct lane *lane, struct write *entry)
{
    pthread_mutex_lock(&lane->lock);
    if (lane->last)
        lane->last->next = entry;
    else
        lane->first = entry;
    lane->last = entry;
    lane->queued++;
    if (!lane->gathering || is_gathered(lane))
        pthread_cond_signal(&lane->work);
    while (!entry->done)
        pthread_cond_wait(&entry->answered, &lane->lock);
    pthread_mutex_unlock(&lane->lock);
}

enum status store_write(struct store *store, struct arena *arena, int64_t body_id, int flags,
                        const struct actor *actor, write_apply *apply, void *context,
                        struct fault *fault)
{
    struct fault unheard;
    if (store->database.read_only)
        return refuse(arena, fault, DENIED, NULL, "数据库 %s 以只读方式打开，不能修改。",
                      store->database.where);
    struct write entry = {.body_id = body_id,
                          .flags = flags,
                          .actor = actor,
                          .apply = apply,
                          .context = context,
                          .arena = arena,
                          .mark = arena_mark(arena),
                          .fault = fault ? fault : &unheard};
    if (actor && getrandom(entry.seed, sizeof entry.seed, 0) != sizeof entry.seed)
        return refuse(arena, fault, BUSY, NULL, "系统没有给出随机数，请稍后再试。");
    pthread_cond_init(&entry.answered, NULL);
    enqueue_and_wait(lane_of(store, body_id), &entry);
    pthread_cond_destroy(&entry.answered);
    return entry.status;
}
