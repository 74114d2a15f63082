/*
 * The store in company: many threads, several processes on one file, a process killed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/example.sql.h"
#include "store/place.h"
#include "store/sqlite.h"
#include "store/trial.h"

enum { THREADS = 16, WRITES_EACH = 25 };

/* --- threads --- */

struct worker {
    struct place *place;
    pthread_t thread;
    int64_t first;
    int refused;
    int acks; /* a pipe that ids are written to once acknowledged; -1 = none */
};

static void *write_many(void *context)
{
    struct worker *worker = context;
    AUTOARENA arena = arena_open(MIB(1));
    for (int64_t id = worker->first; id < worker->first + WRITES_EACH; id++) {
        arena_reset(&arena);
        struct str name = str_fmt(&arena, "n%d", (int)id);
        if (example_add(worker->place->store, &arena, 1 + id % 3, id, name.ptr) != OK)
            worker->refused++;
        else if (worker->acks >= 0 && write(worker->acks, &id, sizeof id) != sizeof id)
            break;
    }
    return NULL;
}

static void start_workers(struct place *place, struct worker *workers, int n, int64_t first,
                          int acks)
{
    for (int i = 0; i < n; i++) {
        workers[i] = (struct worker){
            .place = place, .first = first + (int64_t)i * WRITES_EACH, .acks = acks};
        assert_int_equal(pthread_create(&workers[i].thread, NULL, write_many, &workers[i]), 0);
    }
}

static int join_workers(struct worker *workers, int n)
{
    int refused = 0;
    for (int i = 0; i < n; i++) {
        assert_int_equal(pthread_join(workers[i].thread, NULL), 0);
        refused += workers[i].refused;
    }
    return refused;
}

static void sixteen_threads_need_fewer_commits_than_writes(void **state)
{
    struct place *place = *state;
    struct worker workers[THREADS];
    place_open(place);
    start_workers(place, workers, THREADS, 1, -1);
    assert_int_equal(join_workers(workers, THREADS), 0);
    struct store_stats stats = store_stats(place->store);
    assert_int_equal(stats.writes, THREADS * WRITES_EACH);
    assert_true(stats.commits < stats.writes);
    assert_int_equal(example_count(place->store), THREADS * WRITES_EACH);
    assert_int_equal(store_version(place->store, 0), THREADS * WRITES_EACH);
}

/* In every snapshot the version of the database counts the rows that are there. */
static void versions_and_rows_agree_in_every_snapshot(void **state)
{
    struct place *place = *state;
    struct worker workers[4];
    place_open(place);
    start_workers(place, workers, 4, 1, -1);
    int64_t seen = 0;
    while (seen < 4 * WRITES_EACH) {
        AUTOARENA arena = arena_open(MIB(1));
        struct tx *tx;
        struct rows rows;
        int64_t versions = 0, version = 0;
        assert_int_equal(store_read(place->store, &arena, &tx), OK);
        for (int body = 1; body <= 3; body++, versions += version)
            assert_int_equal(tx_version(tx, body, &version), OK);
        assert_int_equal(tx_run(tx, &SQL_example_count, NO_ARGS, &rows), OK);
        int64_t count = value_i64(rows_at(&rows, 0, 0));
        store_read_end(tx);
        assert_int_equal(versions, count);
        assert_true(count >= seen);
        seen = count;
    }
    assert_int_equal(join_workers(workers, 4), 0);
}

static void readers_beyond_the_connections_wait_their_turn(void **state)
{
    struct place *place = *state;
    struct store_options options = place_options(place);
    struct worker workers[THREADS];
    options.readers = 1;
    assert_int_equal(store_open(&place->arena, &options, &place->store, NULL), OK);
    start_workers(place, workers, THREADS, 1, -1);
    for (int i = 0; i < 50; i++)
        assert_true(example_count(place->store) <= THREADS * WRITES_EACH);
    assert_int_equal(join_workers(workers, THREADS), 0);
    assert_int_equal(place->store->made_n, 1);
}

/* --- processes --- */

/* A process of its own that writes with four threads; its acknowledgements go to the pipe. */
static pid_t start_process(struct place *place, int64_t first, int acks)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child != 0)
        return child;
    struct worker workers[4];
    place_open(place);
    start_workers(place, workers, 4, first, acks);
    int refused = join_workers(workers, 4);
    place_close(place);
    _exit(refused == 0 ? 0 : 1);
}

static void two_processes_write_one_file(void **state)
{
    struct place *place = *state;
    place->busy_ms = 60000;
    place_open(place);
    place_close(place);
    pid_t children[2] = {start_process(place, 1, -1), start_process(place, 1001, -1)};
    for (int i = 0; i < 2; i++) {
        int result = -1;
        assert_int_equal(waitpid(children[i], &result, 0), children[i]);
        assert_true(WIFEXITED(result) && WEXITSTATUS(result) == 0);
    }
    place_open(place);
    assert_int_equal(example_count(place->store), 2 * 4 * WRITES_EACH);
    assert_int_equal(store_version(place->store, 0), 2 * 4 * WRITES_EACH);
}

static void what_a_killed_process_acknowledged_is_there(void **state)
{
    struct place *place = *state;
    for (int round = 0; round < 3; round++) {
        int64_t first = 1 + round * 1000, ids[4 * WRITES_EACH];
        int acks[2], n = 0;
        assert_int_equal(pipe(acks), 0);
        pid_t child = start_process(place, first, acks[1]);
        assert_int_equal(close(acks[1]), 0);
        while (n < 20 + round && read(acks[0], &ids[n], sizeof *ids) == sizeof *ids)
            n++;
        assert_int_equal(kill(child, SIGKILL), 0);
        assert_int_equal(waitpid(child, NULL, 0), child);
        while (read(acks[0], &ids[n], sizeof *ids) == sizeof *ids)
            n++; /* acknowledged before it died */
        assert_int_equal(close(acks[0]), 0);
        assert_true(n >= 20);
        place_open(place);
        for (int i = 0; i < n; i++)
            assert_true(example_has(place->store, 1 + ids[i] % 3, ids[i]));
        assert_int_equal(store_version(place->store, 0), example_count(place->store));
        place_close(place);
    }
}

static void a_lock_that_is_not_let_go_is_answered_busy_and_passes(void **state)
{
    struct place *place = *state;
    struct fault fault = {0};
    struct example_row row = {1, 1, "a"};
    sqlite3 *db;
    if (trial_is_postgres())
        return; /* postgres_test.c has its own */
    place_open(place);
    assert_int_equal(sqlite3_open(place->path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "begin immediate", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(
        store_write(place->store, &place->arena, 1, 0, NULL, example_apply, &row, &fault), BUSY);
    assert_true(str_has(fault.message, STR("正被其他程序占用")));
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    assert_int_equal(example_count(place->store), 0);
    assert_int_equal(
        store_write(place->store, &place->arena, 1, 0, NULL, example_apply, &row, &fault), OK);
    assert_int_equal(store_version(place->store, 1), 1);
}

/* --- checkpoints --- */

static struct engine counting_engine;
static atomic_int checkpoints;

static void count_checkpoint(struct connection *connection, int64_t backlog)
{
    assert_true(backlog >= 1000);
    atomic_fetch_add(&checkpoints, 1);
    sqlite_engine.checkpoint(connection, backlog);
}

static const struct statement add_page = {
    .name = "add_page",
    .sql = "insert into example (body_id, id, name, bytes) "
           "values (1, $1, cast($1 as text), zeroblob(1000000))",
    .params = "i",
    .shape = RESULT_RUN,
};

static enum status add_pages(struct tx *tx, void *context, struct fault *fault)
{
    (void)fault;
    return tx_run(tx, &add_page, ARGS(value_int(*(int64_t *)context)), NULL);
}

/* 1 MB a write: some 245 pages of log. */
static void the_log_is_moved_when_it_has_grown(void **state)
{
    struct place *place = *state;
    if (trial_is_postgres())
        return; /* PostgreSQL keeps its log itself */
    place_open(place);
    counting_engine = sqlite_engine;
    counting_engine.checkpoint = count_checkpoint;
    place->store->engine = &counting_engine;
    atomic_store(&checkpoints, 0);
    int64_t id = 1;
    for (; id <= 3; id++)
        assert_int_equal(store_write(place->store, &place->arena, 1, 0, NULL, add_pages, &id, NULL),
                         OK);
    assert_int_equal(atomic_load(&checkpoints), 0);
    for (; id <= 8; id++)
        assert_int_equal(store_write(place->store, &place->arena, 1, 0, NULL, add_pages, &id, NULL),
                         OK);
    place_close(place); /* ends what was asked for */
    assert_true(atomic_load(&checkpoints) >= 1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, place_setup, place_teardown)
    const struct CMUnitTest tests[] = {
        TEST(sixteen_threads_need_fewer_commits_than_writes),
        TEST(versions_and_rows_agree_in_every_snapshot),
        TEST(readers_beyond_the_connections_wait_their_turn),
        TEST(two_processes_write_one_file),
        TEST(a_lock_that_is_not_let_go_is_answered_busy_and_passes),
        TEST(what_a_killed_process_acknowledged_is_there),
        TEST(the_log_is_moved_when_it_has_grown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
