/*
 * The commit queue under failures: what was acknowledged is what is there.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <sched.h>
#include <stdatomic.h>
#include <unistd.h>

#include "store/example.sql.h"
#include "store/fault_vfs.h"
#include "store/place.h"
#include "store/sqlite.h"
#include "store/trial.h"

enum { BATCH = 8, PLACES = BATCH };

/* --- a batch of known order --- */

/* A write that holds the queue until it is let go, so that others gather behind it. */
struct gate {
    atomic_bool entered, open;
};

static enum status hold(struct tx *tx, void *context, struct fault *fault)
{
    (void)tx;
    (void)fault;
    struct gate *gate = context;
    atomic_store(&gate->entered, true);
    while (!atomic_load(&gate->open))
        sched_yield();
    return OK;
}

struct writer {
    struct place *place;
    pthread_t thread;
    write_apply *apply;
    void *context;
    int64_t body_id;
    int flags;
    enum status status;
    struct fault fault;
    struct arena arena;
};

static void *write_one(void *context)
{
    struct writer *writer = context;
    struct actor actor = actor_named("测试", (struct instant){1});
    writer->status =
        store_write(writer->place->store, &writer->arena, writer->body_id, writer->flags, &actor,
                    writer->apply, writer->context, &writer->fault);
    return NULL;
}

static void start(struct writer *writer)
{
    writer->arena = arena_open(MIB(4));
    assert_int_equal(pthread_create(&writer->thread, NULL, write_one, writer), 0);
}

static int queued(struct store *store)
{
    int n = 0;
    struct lane *lane = lane_of(store, 1);
    pthread_mutex_lock(&lane->lock);
    for (struct write *entry = lane->first; entry; entry = entry->next)
        n++;
    pthread_mutex_unlock(&lane->lock);
    return n;
}

/* Run the writers as one batch, in their order. */
static void run_batch(struct place *place, struct writer *writers, int n)
{
    struct gate gate = {0};
    struct writer keeper = {.place = place, .apply = hold, .context = &gate, .body_id = 2};
    while (lane_of(place->store, keeper.body_id) != lane_of(place->store, 1))
        keeper.body_id++;
    start(&keeper);
    while (!atomic_load(&gate.entered))
        sched_yield();
    for (int i = 0; i < n; i++) {
        writers[i].place = place;
        start(&writers[i]);
        while (queued(place->store) < i + 1)
            sched_yield();
    }
    atomic_store(&gate.open, true);
    for (int i = 0; i < n; i++)
        assert_int_equal(pthread_join(writers[i].thread, NULL), 0);
    assert_int_equal(pthread_join(keeper.thread, NULL), 0);
    arena_close(&keeper.arena);
}

static void close_arenas(struct writer *writers, int n)
{
    for (int i = 0; i < n; i++)
        arena_close(&writers[i].arena);
}

/* --- an entry that goes wrong --- */

enum harm {
    HARM_NONE,
    HARM_REFUSE,       /* the rule refuses */
    HARM_REFUSE_AFTER, /* it refuses when it has already written */
    HARM_CONSTRAINT,
    HARM_FOREIGN_KEY,
    HARM_FULL,       /* the disk is full for this entry */
    HARM_FULL_LATER, /* the same with a statement of many rows, which keeps the transaction */
    HARM_INTERRUPT,
    HARM_INTERRUPT_ONCE,
    HARM_SWALLOW, /* a statement failed and the rule says OK all the same */
    HARMS_N
};

struct entry {
    enum harm harm;
    int64_t id;
    int runs;
};

static sqlite3 *db_of(struct tx *tx)
{
    return sqlite_of(tx->connection)->db;
}

static int always(void *context)
{
    (void)context;
    return 1;
}

static const struct statement fill = {
    .name = "fill",
    .sql = "insert into example (body_id, id, name, bytes) values (1, $1, $1 || ' fill', "
           "zeroblob(3000000))",
    .params = "i",
    .shape = RESULT_RUN,
};
static const struct statement fill_many = {
    .name = "fill_many",
    .sql = "with recursive n (i) as (select 1 union all select i + 1 from n where i < 60) "
           "insert into example (body_id, id, name, bytes) "
           "select 1, $1 + 1000 * i, $1 || ' ' || i, zeroblob(50000) from n",
    .params = "i",
    .shape = RESULT_RUN,
};

/* The same of PostgreSQL: what it says of a full disk, and a backend that ends in the middle. */
static const struct statement say_full = {
    .name = "say_full",
    .sql = "do $$ begin raise exception using errcode = '53100'; end $$",
    .params = "",
    .shape = RESULT_RUN,
};
static const struct statement end_backend = {
    .name = "end_backend",
    .sql = "select pg_terminate_backend(pg_backend_pid())",
    .params = "",
    .shape = RESULT_ONE,
};

static enum status add(struct tx *tx, int64_t id, int64_t parent)
{
    struct journal_change change = {
        .body_id = 1, .kind = "example", .id = id, .deed = "add", .new = STR("{}")};
    TRY(tx_journal(tx, &change));
    struct str name = str_fmt(tx_arena(tx), "entry %d", (int)id);
    return tx_run(tx, &SQL_example_add,
                  ARGS(value_int(1), value_int(id), value_text(name),
                       parent ? value_int(parent) : NULL_VALUE, NULL_VALUE),
                  NULL);
}

/* No page more than the file has: the next one asked for is "disk full". */
static enum status fill_up(struct tx *tx, const struct entry *entry)
{
    const struct statement *statement = entry->harm == HARM_FULL ? &fill : &fill_many;
    if (trial_is_postgres())
        return tx_run(tx, &say_full, NO_ARGS, NULL);
    sqlite3_exec(db_of(tx), "pragma max_page_count=1", NULL, NULL, NULL);
    enum status status = tx_run(tx, statement, ARGS(value_int(entry->id + 500)), NULL);
    sqlite3_exec(db_of(tx), "pragma max_page_count=1073741823", NULL, NULL, NULL);
    return status;
}

static enum status interrupted(struct tx *tx, const struct entry *entry)
{
    if (trial_is_postgres())
        return tx_run(tx, &end_backend, NO_ARGS, NULL);
    sqlite3_progress_handler(db_of(tx), 1, always, NULL);
    enum status status = add(tx, entry->id + 500, 0);
    sqlite3_progress_handler(db_of(tx), 0, NULL, NULL);
    return status;
}

static enum status apply(struct tx *tx, void *context, struct fault *fault)
{
    struct entry *entry = context;
    entry->runs++;
    if (entry->harm == HARM_REFUSE)
        return refuse(tx_arena(tx), fault, INVALID, "name", "名称不能为空，请填写。");
    TRY(add(tx, entry->id, 0));
    switch (entry->harm) {
    case HARM_REFUSE_AFTER:
        return refuse(tx_arena(tx), fault, INVALID, "name", "名称不能为空，请填写。");
    case HARM_CONSTRAINT:
        return add(tx, entry->id, 0);
    case HARM_FOREIGN_KEY:
        return add(tx, entry->id + 500, 999999);
    case HARM_FULL:
    case HARM_FULL_LATER:
        return fill_up(tx, entry);
    case HARM_INTERRUPT:
        return interrupted(tx, entry);
    case HARM_INTERRUPT_ONCE:
        return entry->runs == 1 ? interrupted(tx, entry) : OK;
    case HARM_SWALLOW:
        (void)!add(tx, entry->id, 0);
        (void)!add(tx, entry->id + 500, 0);
        return OK;
    default:
        return OK;
    }
}

static const enum status expected[HARMS_N] = {
    [HARM_NONE] = OK,
    [HARM_REFUSE] = INVALID,
    [HARM_REFUSE_AFTER] = INVALID,
    [HARM_CONSTRAINT] = CONFLICT,
    [HARM_FOREIGN_KEY] = CONFLICT,
    [HARM_FULL] = BUSY,
    [HARM_FULL_LATER] = BUSY,
    [HARM_INTERRUPT] = BUSY,
    [HARM_INTERRUPT_ONCE] = OK,
    [HARM_SWALLOW] = CONFLICT,
};

/* Entry i of a batch of BATCH, with a harm at one place. */
static void fill_batch(struct writer *writers, struct entry *entries, int64_t first, enum harm harm,
                       int place)
{
    for (int i = 0; i < BATCH; i++) {
        entries[i] = (struct entry){.id = first + i, .harm = i == place ? harm : HARM_NONE};
        writers[i] = (struct writer){.apply = apply, .context = &entries[i], .body_id = 1};
    }
}

/* What was acknowledged is there, and nothing else of this batch; the version counts it. */
static void check_batch(struct place *place, const struct writer *writers,
                        const struct entry *entries)
{
    for (int i = 0; i < BATCH; i++) {
        assert_int_equal(example_has(place->store, 1, entries[i].id), writers[i].status == OK);
        assert_false(example_has(place->store, 1, entries[i].id + 500));
        assert_int_equal(writers[i].fault.message.len > 0, writers[i].status != OK);
    }
}

/* Of body 1 alone: a body that nobody writes to has the instance's. */
static int64_t body_writes(struct store *store)
{
    return store_version(store, 1) - store_version(store, 99);
}

static int acknowledged(const struct writer *writers)
{
    int n = 0;
    for (int i = 0; i < BATCH; i++)
        n += writers[i].status == OK;
    return n;
}

static void an_entry_that_fails_at_any_place_harms_no_neighbour(void **state)
{
    struct place *place = *state;
    place_open(place);
    int64_t first = 1, kept = 0;
    for (int harm = HARM_NONE; harm < HARMS_N; harm++)
        for (int at = 0; at < PLACES; at++, first += 10000) {
            struct writer writers[BATCH];
            struct entry entries[BATCH];
            fill_batch(writers, entries, first, harm, at);
            run_batch(place, writers, BATCH);
            for (int i = 0; i < BATCH; i++)
                assert_int_equal(writers[i].status, i == at ? expected[harm] : OK);
            check_batch(place, writers, entries);
            kept += acknowledged(writers);
            close_arenas(writers, BATCH);
        }
    assert_int_equal(body_writes(place->store), kept);
    assert_int_equal(example_count(place->store), kept);
    assert_int_equal(place_journal(place->store, 1), kept);
    int lost = trial_is_postgres() ? 2 : 3; /* ways in which a transaction is lost */
    assert_true(store_stats(place->store).reruns >= lost * PLACES * BATCH);
}

static void a_full_disk_is_answered_as_such(void **state)
{
    struct place *place = *state;
    place_open(place);
    struct writer writers[BATCH];
    struct entry entries[BATCH];
    fill_batch(writers, entries, 1, HARM_FULL, 3);
    run_batch(place, writers, BATCH);
    assert_int_equal(writers[3].fault.http, 507);
    assert_true(str_has(writers[3].fault.message, STR("磁盘已满")));
    close_arenas(writers, BATCH);
}

/* The gate's own commit comes before the batch's: its writes go well. */
static int writes_of_a_batch(struct place *place, int operations)
{
    struct writer writers[BATCH];
    struct entry entries[BATCH];
    fill_batch(writers, entries, 900000, HARM_NONE, 0);
    fault_vfs_plan((struct fault_plan){.operations = operations, .suffix = "-wal"});
    run_batch(place, writers, BATCH);
    assert_int_equal(acknowledged(writers), BATCH);
    close_arenas(writers, BATCH);
    return fault_vfs_seen();
}

/* Fails the n-th write or sync of the log during a batch, for every n: the COMMIT fails. */
static void commits_failing_everywhere(struct place *place, int operations, int code)
{
    if (trial_is_postgres())
        return; /* its files are the server's */
    fault_vfs_install();
    place_open(place);
    int seen = writes_of_a_batch(place, operations), failed = 0;
    int64_t first = 1, kept = BATCH;
    assert_true(seen >= 2);
    for (int after = 0; after < seen; after++, first += 10000) {
        struct writer writers[BATCH];
        struct entry entries[BATCH];
        fill_batch(writers, entries, first, HARM_NONE, 0);
        fault_vfs_plan((struct fault_plan){operations, "-wal", after, 1, code});
        run_batch(place, writers, BATCH);
        fault_vfs_plan((struct fault_plan){0});
        check_batch(place, writers, entries);
        int n = acknowledged(writers);
        assert_true(n == 0 || n == BATCH);
        for (int i = 0; i < BATCH && n == 0; i++)
            assert_int_equal(writers[i].status, BUSY);
        failed += n == 0;
        kept += n;
        close_arenas(writers, BATCH);
    }
    assert_true(failed > 0);
    assert_int_equal(example_count(place->store), kept);
    place_close(place);
    fault_vfs_remove();
    place_open(place);
    assert_int_equal(example_count(place->store), kept);
    assert_int_equal(place_journal(place->store, 1), kept);
    assert_int_equal(body_writes(place->store), kept);
}

static void a_commit_failing_at_any_write_is_told_to_all_and_keeps_nothing(void **state)
{
    commits_failing_everywhere(*state, FAULT_WRITE, SQLITE_IOERR_WRITE);
}

static void a_commit_on_a_full_disk_is_told_to_all_and_keeps_nothing(void **state)
{
    commits_failing_everywhere(*state, FAULT_WRITE, SQLITE_FULL);
}

static void a_commit_that_cannot_be_made_durable_is_told_to_all(void **state)
{
    commits_failing_everywhere(*state, FAULT_SYNC, SQLITE_IOERR_FSYNC);
}

/* --- order and company --- */

static void writes_that_wait_share_one_commit(void **state)
{
    struct place *place = *state;
    place_open(place);
    struct writer writers[BATCH];
    struct entry entries[BATCH];
    fill_batch(writers, entries, 1, HARM_NONE, 0);
    run_batch(place, writers, BATCH);
    struct store_stats stats = store_stats(place->store);
    assert_int_equal(stats.writes, BATCH + 1);
    assert_int_equal(stats.commits, 2); /* the gate's and the batch's */
    close_arenas(writers, BATCH);
}

static void a_long_write_has_a_transaction_to_itself(void **state)
{
    struct place *place = *state;
    place_open(place);
    struct writer writers[BATCH];
    struct entry entries[BATCH];
    fill_batch(writers, entries, 1, HARM_NONE, 0);
    writers[3].flags = WRITE_LONG;
    run_batch(place, writers, BATCH);
    assert_int_equal(acknowledged(writers), BATCH);
    assert_int_equal(store_stats(place->store).commits, 4); /* gate, 0-2, 3, 4-7 */
    close_arenas(writers, BATCH);
}

/* Outputs are set anew by each run, and what a lost run took from the arena is given back. */
static void an_entry_run_twice_shows_its_last_run(void **state)
{
    struct place *place = *state;
    place_open(place);
    struct writer writers[BATCH];
    struct entry entries[BATCH];
    fill_batch(writers, entries, 1, HARM_INTERRUPT_ONCE, 5);
    run_batch(place, writers, BATCH);
    assert_int_equal(entries[0].runs, 2);
    assert_int_equal(entries[5].runs, 2);
    assert_int_equal(entries[7].runs, 1);
    assert_int_equal(writers[0].arena.used_bytes, writers[7].arena.used_bytes);
    assert_int_equal(acknowledged(writers), BATCH);
    close_arenas(writers, BATCH);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, place_setup, place_teardown)
    const struct CMUnitTest tests[] = {
        TEST(an_entry_that_fails_at_any_place_harms_no_neighbour),
        TEST(a_full_disk_is_answered_as_such),
        TEST(a_commit_failing_at_any_write_is_told_to_all_and_keeps_nothing),
        TEST(a_commit_on_a_full_disk_is_told_to_all_and_keeps_nothing),
        TEST(a_commit_that_cannot_be_made_durable_is_told_to_all),
        TEST(writes_that_wait_share_one_commit),
        TEST(a_long_write_has_a_transaction_to_itself),
        TEST(an_entry_run_twice_shows_its_last_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
