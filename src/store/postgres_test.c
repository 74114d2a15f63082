/*
 * The PostgreSQL engine where it differs: a server that goes away, a COMMIT whose answer is lost,
 * several stores on one database.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <libpq-fe.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>

#include "store/example.sql.h"
#include "store/postgres_place.h"
#include "store/proxy.h"

/* --- several at once --- */

struct node {
    struct place place;
    pthread_t thread;
    enum status status;
};

static void *open_node(void *context)
{
    struct node *node = context;
    struct store_options options = place_options(&node->place);
    node->status = store_open(&node->place.arena, &options, &node->place.store, NULL);
    return NULL;
}

enum { NODES = 4 };

static void open_nodes(struct place *place, struct node *nodes)
{
    for (int i = 0; i < NODES; i++) {
        nodes[i].place = *place;
        nodes[i].place.arena = arena_open(MIB(16));
        assert_int_equal(pthread_create(&nodes[i].thread, NULL, open_node, &nodes[i]), 0);
    }
    for (int i = 0; i < NODES; i++) {
        assert_int_equal(pthread_join(nodes[i].thread, NULL), 0);
        assert_int_equal(nodes[i].status, OK);
    }
}

static void close_nodes(struct node *nodes)
{
    for (int i = 0; i < NODES; i++) {
        place_close(&nodes[i].place);
        arena_close(&nodes[i].place.arena);
    }
}

static void nodes_that_start_together_migrate_once(void **state)
{
    struct node nodes[NODES];
    open_nodes(*state, nodes);
    assert_int_equal(example_count(nodes[0].place.store), 0);
    close_nodes(nodes);
}

/* The next number of a body: right only if nobody else writes to it meanwhile. */
static enum status add_next(struct tx *tx, void *context, struct fault *fault)
{
    struct rows rows;
    int64_t body_id = *(int64_t *)context;
    TRY(tx_run(tx, &SQL_example_of_body, ARGS(value_int(body_id)), &rows));
    struct str name = str_fmt(tx_arena(tx), "n%d", rows.n + 1);
    struct example_row row = {body_id, rows.n + 1, name.ptr};
    return example_apply(tx, &row, fault);
}

enum { NEXT_EACH = 20 };

static void *add_many(void *context)
{
    struct node *node = context;
    AUTOARENA arena = arena_open(MIB(4));
    for (int i = 0; i < NEXT_EACH && node->status == OK; i++) {
        int64_t body_id = i % 4 ? 1 : 2; /* and the instance writes to the same body */
        arena_reset(&arena);
        node->status = store_write(node->place.store, &arena, i % 7 ? body_id : 0, 0, NULL,
                                   add_next, &body_id, NULL);
    }
    return NULL;
}

static void nodes_writing_to_one_body_take_turns(void **state)
{
    struct node nodes[NODES];
    open_nodes(*state, nodes);
    for (int i = 0; i < NODES; i++)
        assert_int_equal(pthread_create(&nodes[i].thread, NULL, add_many, &nodes[i]), 0);
    for (int i = 0; i < NODES; i++) {
        assert_int_equal(pthread_join(nodes[i].thread, NULL), 0);
        assert_int_equal(nodes[i].status, OK);
    }
    assert_int_equal(example_count(nodes[0].place.store), NODES * NEXT_EACH);
    assert_int_equal(store_version(nodes[1].place.store, 0), NODES * NEXT_EACH);
    close_nodes(nodes);
}

/* --- conflicts --- */

static const struct statement say_serialization = {
    .name = "say_serialization",
    .sql = "do $$ begin raise exception using errcode = '40001'; end $$",
    .params = "",
    .shape = RESULT_RUN,
};

struct conflict {
    int times, runs;
};

static enum status add_in_conflict(struct tx *tx, void *context, struct fault *fault)
{
    struct conflict *conflict = context;
    struct example_row row = {1, 1, "a"};
    TRY(example_apply(tx, &row, fault));
    return conflict->runs++ < conflict->times ? tx_run(tx, &say_serialization, NO_ARGS, NULL) : OK;
}

static void a_serialization_failure_reaches_nobody_unless_it_stays(void **state)
{
    struct place *place = *state;
    struct conflict two = {.times = 2}, always = {.times = 1000};
    struct fault fault = {0};
    place_open(place);
    assert_int_equal(
        store_write(place->store, &place->arena, 1, 0, NULL, add_in_conflict, &always, &fault),
        BUSY);
    assert_true(str_has(fault.message, STR("与其他操作冲突")));
    assert_int_equal(example_count(place->store), 0);
    assert_int_equal(
        store_write(place->store, &place->arena, 1, 0, NULL, add_in_conflict, &two, NULL), OK);
    assert_int_equal(two.runs, 3);
    assert_int_equal(store_version(place->store, 1), 1);
}

struct renaming {
    struct place *place;
    enum status status;
};

static enum status rename_one(struct tx *tx, void *context, struct fault *fault)
{
    (void)fault;
    (void)context;
    return tx_run(tx, &SQL_example_rename, ARGS(value_int(1), value_text(STR("new")), value_int(1)),
                  NULL);
}

static void *rename_in_thread(void *context)
{
    struct renaming *renaming = context;
    AUTOARENA arena = arena_open(MIB(1));
    renaming->status =
        store_write(renaming->place->store, &arena, 1, 0, NULL, rename_one, NULL, NULL);
    return NULL;
}

static bool somebody_waits(PGconn *connection)
{
    PGresult *result =
        PQexec(connection, "select count(*) from pg_stat_activity where wait_event_type = 'Lock'");
    bool waits = strcmp(PQgetvalue(result, 0, 0), "0") != 0;
    PQclear(result);
    return waits;
}

static void exec(PGconn *connection, const char *text)
{
    PGresult *result = PQexec(connection, text);
    ExecStatusType code = PQresultStatus(result);
    assert_true(code == PGRES_COMMAND_OK || code == PGRES_TUPLES_OK);
    PQclear(result);
}

/* Another program takes the same two rows the other way round. */
static void a_deadlock_is_run_again(void **state)
{
    struct place *place = *state;
    struct renaming renaming = {.place = place};
    AUTOARENA arena = arena_open(KIB(64));
    pthread_t thread;
    server_sql("alter role duikou set deadlock_timeout = '20ms'");
    place_open(place);
    assert_int_equal(example_add(place->store, &place->arena, 1, 1, "old"), OK);
    PGconn *other = PQconnectdb(server.postgres.address),
           *watch = PQconnectdb(server.postgres.address);
    exec(other,
         str_fmt(&arena, "set deadlock_timeout = '1min'; set search_path = p%d", server.schemas)
             .ptr);
    exec(other, "begin; update example set note = 'x'");
    assert_int_equal(pthread_create(&thread, NULL, rename_in_thread, &renaming), 0);
    while (!somebody_waits(watch))
        sched_yield();
    exec(other, "update body_version set version = version where id = 1; commit");
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(renaming.status, OK);
    PQfinish(other);
    PQfinish(watch);
    server_sql("alter role duikou reset deadlock_timeout");
}

/* --- a server that goes away --- */

static void a_server_that_comes_back_is_found_without_a_hand(void **state)
{
    struct place *place = *state;
    struct fault fault = {0};
    struct example_row row = {1, 2, "b"};
    struct tx *tx;
    place_open(place);
    assert_int_equal(example_add(place->store, &place->arena, 1, 1, "a"), OK);
    assert_int_equal(store_version(place->store, 1), 1);
    postgres_kill(&server.postgres);
    assert_int_equal(
        store_write(place->store, &place->arena, 1, 0, NULL, example_apply, &row, &fault), BUSY);
    assert_true(str_has(fault.message, STR("连不上数据库")));
    assert_int_equal(store_read(place->store, &place->arena, &tx), BUSY);
    assert_int_equal(store_version(place->store, 1), -1);
    server_again();
    assert_true(example_has(place->store, 1, 1));
    assert_int_equal(store_version(place->store, 1), 1);
    assert_int_equal(example_add(place->store, &place->arena, 1, 2, "b"), OK);
    assert_true(example_has(place->store, 1, 2));
}

/* All connections at once, with nobody having noticed. */
static void connections_cut_while_idle_are_made_anew_unseen(void **state)
{
    struct place *place = *state;
    place_open(place);
    assert_int_equal(example_add(place->store, &place->arena, 1, 1, "a"), OK);
    assert_int_equal(example_count(place->store), 1);
    assert_int_equal(store_version(place->store, 1), 1);
    server_sql("select count(pg_terminate_backend(pid)) from pg_stat_activity "
               "where application_name = 'duikou'");
    assert_int_equal(store_version(place->store, 1), 1);
    assert_int_equal(example_count(place->store), 1);
    assert_int_equal(example_add(place->store, &place->arena, 1, 2, "b"), OK);
}

enum { LOADERS = 8, LOAD_IDS = 4000 };

struct load {
    struct place *place;
    atomic_bool stop;
    atomic_int next, acknowledged;
    struct {
        enum status status;
        bool unknown;
    } ends[LOAD_IDS];
};

static void *write_load(void *context)
{
    struct load *load = context;
    AUTOARENA arena = arena_open(MIB(1));
    while (!atomic_load(&load->stop)) {
        int id = atomic_fetch_add(&load->next, 1);
        if (id >= LOAD_IDS)
            break;
        arena_reset(&arena);
        struct str name = str_fmt(&arena, "n%d", id);
        struct example_row row = {1 + id % 3, id, name.ptr};
        struct fault fault = {0};
        load->ends[id].status = store_write(load->place->store, &arena, row.body_id, 0, NULL,
                                            example_apply, &row, &fault);
        load->ends[id].unknown = str_has(fault.message, STR("尚不能确定"));
        if (load->ends[id].status == OK)
            atomic_fetch_add(&load->acknowledged, 1);
    }
    return NULL;
}

/* What was acknowledged is there; what was refused is not, unless it was told to be unknown. */
static void check_load(struct place *place, const struct load *load, int n)
{
    int64_t kept = 0;
    for (int id = 0; id < n; id++) {
        bool is_there = example_has(place->store, 1 + id % 3, id);
        assert_true(load->ends[id].status == OK || load->ends[id].status == BUSY);
        if (!load->ends[id].unknown)
            assert_int_equal(is_there, load->ends[id].status == OK);
        kept += is_there;
    }
    assert_int_equal(store_version(place->store, 0), kept);
}

static void a_server_killed_under_load_loses_nothing_acknowledged(void **state)
{
    static struct load load;
    struct place *place = *state;
    pthread_t threads[LOADERS];
    load = (struct load){.place = place};
    place_open(place);
    for (int i = 0; i < LOADERS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, write_load, &load), 0);
    for (int round = 1; round <= 3; round++) {
        int before = atomic_load(&load.acknowledged);
        while (atomic_load(&load.acknowledged) < before + 40 && atomic_load(&load.next) < LOAD_IDS)
            sched_yield();
        postgres_kill(&server.postgres);
        server_again();
    }
    atomic_store(&load.stop, true);
    for (int i = 0; i < LOADERS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    int n = atomic_load(&load.next);
    assert_true(atomic_load(&load.acknowledged) >= 40);
    check_load(place, &load, n < LOAD_IDS ? n : LOAD_IDS);
    assert_int_equal(example_add(place->store, &place->arena, 9, 1, "after"), OK);
}

/* --- a COMMIT whose answer is lost --- */

static void a_lost_commit_is_settled_by_what_the_server_kept(void **state)
{
    static const enum proxy_loss losses[] = {PROXY_ANSWER, PROXY_COMMIT, PROXY_LATE};
    struct place *place = *state;
    struct proxy proxy;
    assert_int_equal(proxy_start(&proxy, server.postgres.directory), 0);
    snprintf(place->url, sizeof place->url,
             "postgresql://duikou@/duikou?host=%s&options=-csearch_path%%3Dp%d", proxy.directory,
             server.schemas);
    place_open(place);
    for (int i = 0; i < 9; i++) {
        int64_t id = i + 1;
        struct str name = str_fmt(&place->arena, "n%d", i);
        atomic_store(&proxy.loss, losses[i % 3]);
        assert_int_equal(example_add(place->store, &place->arena, 1, id, name.ptr), OK);
        assert_int_equal(atomic_load(&proxy.lost), i + 1);
        assert_true(example_has(place->store, 1, id));
        assert_int_equal(store_version(place->store, 1), id);
    }
    place_close(place);
    proxy_stop(&proxy);
}

int main(void)
{
#define TEST(name)                                                                                 \
    cmocka_unit_test_setup_teardown(name, postgres_place_setup, postgres_place_teardown)
    const struct CMUnitTest tests[] = {
        TEST(nodes_that_start_together_migrate_once),
        TEST(nodes_writing_to_one_body_take_turns),
        TEST(a_serialization_failure_reaches_nobody_unless_it_stays),
        TEST(a_deadlock_is_run_again),
        TEST(a_server_that_comes_back_is_found_without_a_hand),
        TEST(connections_cut_while_idle_are_made_anew_unseen),
        TEST(a_server_killed_under_load_loses_nothing_acknowledged),
        TEST(a_lost_commit_is_settled_by_what_the_server_kept),
    };
    return cmocka_run_group_tests(tests, server_setup, server_teardown);
}
