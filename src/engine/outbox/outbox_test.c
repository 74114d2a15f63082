#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/scratch.h"
#include "engine/outbox/outbox.h"
#include "outbox.sql.h"
#include "store/trial.h"

struct scene {
    struct arena arena;
    char folder[64];
    struct str url;
    struct store *store, *second; /* the second: another node's, on PostgreSQL */
    struct clock clock;
    _Atomic int done; /* deliveries that ended well */
    int failing;      /* how many more fail */
    bool dies;        /* the node dies with its deed done and not told */
    struct str content;
    struct outbox *outbox, *other;
    struct outbox_channel channels[3];
};

static enum status deliver(struct delivery *delivery, struct fault *fault)
{
    struct scene *scene = delivery->context;
    if (scene->failing > 0) {
        scene->failing--;
        return refuse(delivery->arena, fault, BUSY, NULL, "对方没有应答。");
    }
    scene->done++;
    scene->content = str_copy(&scene->arena, delivery->content);
    return OK;
}

/* A deed in the database: done twice it leaves one row. */
static enum status put_deed(struct tx *tx, void *context, struct fault *fault)
{
    const struct delivery *delivery = context;
    (void)fault;
    struct outbox_entry deed = {2, delivery->id + 1000, "deed", STR("done")};
    return outbox_put(tx, &deed, (struct instant){delivery->now.us + 3600000000});
}

static enum status deliver_deed(struct delivery *delivery, struct fault *fault)
{
    struct scene *scene = delivery->context;
    TRY(store_write(delivery->store, delivery->arena, 2, 0, NULL, put_deed, delivery, fault));
    scene->done++;
    if (scene->dies)
        kill(getpid(), SIGKILL);
    return OK;
}

static struct store *open_store(struct scene *scene)
{
    static const struct schema *const schemas[] = {&SCHEMA_outbox, NULL};
    struct fault fault = {0};
    struct store_options options = {
        .url = scene->url, .schema = schemas, .create = true, .readers = 2};
    struct store *store;
    if (store_open(&scene->arena, &options, &store, &fault) != OK)
        fail_msg("%.*s", STR_ARG(fault.message));
    return store;
}

/* Its database is not yet opened. */
static struct scene *make_scene(void)
{
    struct arena arena = arena_open(MIB(64));
    struct scene *scene = arena_new(&arena, struct scene, 1);
    scene->arena = arena;
    scene->clock = (struct clock){.fixed = true, .fixed_us = 1000000000};
    scratch_make(scene->folder, sizeof scene->folder, "outbox");
    scene->url = trial_url(&scene->arena, scene->folder);
    scene->channels[0] = (struct outbox_channel){"test", "试用", deliver, scene, 60, 3};
    scene->channels[1] = (struct outbox_channel){"deed", "办事", deliver_deed, scene, 30, 3};
    return scene;
}

/* Two nodes: on SQLite they share a store, which one process has. */
static void start_scene(struct scene *scene)
{
    scene->store = open_store(scene);
    scene->second = trial_is_postgres() ? open_store(scene) : NULL;
    scene->outbox = outbox_new(scene->store, &scene->clock, scene->channels);
    scene->other =
        outbox_new(scene->second ? scene->second : scene->store, &scene->clock, scene->channels);
}

static struct scene *open_scene(void)
{
    struct scene *scene = make_scene();
    start_scene(scene);
    return scene;
}

static void close_scene(struct scene *scene)
{
    outbox_free(scene->outbox);
    outbox_free(scene->other);
    store_close(scene->second);
    store_close(scene->store);
    trial_drop(scene->url);
    scratch_remove(scene->folder);
    struct arena arena = scene->arena;
    arena_close(&arena);
}

struct putting {
    struct outbox_entry entry;
    struct instant now;
    bool refused;
};

static enum status put(struct tx *tx, void *context, struct fault *fault)
{
    struct putting *putting = context;
    TRY(outbox_put(tx, &putting->entry, putting->now));
    return putting->refused ? refuse(tx_arena(tx), fault, INVALID, NULL, "不行。") : OK;
}

static void add(struct scene *scene, int64_t id, const char *channel, bool refused)
{
    struct putting putting = {{1, id, channel, STR("kind 7")}, clock_now(&scene->clock), refused};
    assert_int_equal(store_write(scene->store, &scene->arena, 1, 0, NULL, put, &putting, NULL),
                     refused ? INVALID : OK);
}

static int run(struct scene *scene)
{
    int tried;
    assert_int_equal(outbox_run(scene->outbox, &tried, NULL), OK);
    return tried;
}

static void pass(struct scene *scene, int64_t seconds)
{
    scene->clock.fixed_us += seconds * 1000000;
}

static struct str state_of(struct scene *scene)
{
    struct tx *tx;
    struct rows rows;
    assert_int_equal(store_read(scene->store, &scene->arena, &tx), OK);
    assert_int_equal(tx_run(tx, &SQL_outbox_list, ARGS(value_int(1)), &rows), OK);
    struct str state = rows.n ? str_copy(&scene->arena, value_str(rows_at(&rows, 0, 2))) : STR("");
    store_read_end(tx);
    return state;
}

static void work_is_done_once_and_its_write_decides_whether_there_is_any(void **state)
{
    (void)state;
    struct scene *scene = open_scene();
    add(scene, 5, "test", true);
    assert_int_equal(run(scene), 0);
    add(scene, 5, "test", false);
    add(scene, 5, "test", false);
    assert_true(str_is(state_of(scene), "waiting"));
    assert_int_equal(run(scene), 1);
    assert_int_equal(scene->done, 1);
    assert_true(str_is(scene->content, "kind 7"));
    assert_true(str_is(state_of(scene), "done"));
    pass(scene, 100000);
    assert_int_equal(run(scene), 0);
    close_scene(scene);
}

static void a_failure_is_tried_again_later_and_given_up_in_the_end(void **state)
{
    (void)state;
    struct scene *scene = open_scene();
    scene->failing = 9;
    add(scene, 5, "test", false);
    assert_int_equal(run(scene), 1);
    assert_true(str_is(state_of(scene), "failed"));
    pass(scene, outbox_wait_sec(1) - 1);
    assert_int_equal(run(scene), 0);
    pass(scene, 1);
    assert_int_equal(run(scene), 1);
    pass(scene, outbox_wait_sec(2));
    assert_int_equal(run(scene), 1);
    assert_true(str_is(state_of(scene), "given-up"));
    pass(scene, 1000000);
    assert_int_equal(run(scene), 0);
    assert_int_equal(scene->done, 0);
    close_scene(scene);
}

static void the_wait_doubles_up_to_an_hour(void **state)
{
    (void)state;
    assert_int_equal(outbox_wait_sec(1), 30);
    assert_int_equal(outbox_wait_sec(2), 60);
    assert_int_equal(outbox_wait_sec(7), 1920);
    assert_int_equal(outbox_wait_sec(8), 3600);
    assert_int_equal(outbox_wait_sec(1000), 3600);
}

static enum status turn(struct tx *tx, void *context, struct fault *fault)
{
    const bool *again = context;
    return outbox_turn(tx, 1, 5, *again, (struct instant){2000000000}, fault);
}

static enum status turn_by_hand(struct scene *scene, bool again)
{
    return store_write(scene->store, &scene->arena, 1, 0, NULL, turn, &again, NULL);
}

static void it_can_be_tried_again_or_given_up_by_hand(void **state)
{
    (void)state;
    struct scene *scene = open_scene();
    scene->failing = 1;
    assert_int_equal(turn_by_hand(scene, true), CONFLICT);
    add(scene, 5, "test", false);
    assert_int_equal(turn_by_hand(scene, false), OK);
    pass(scene, 100000);
    assert_int_equal(run(scene), 0);
    assert_int_equal(turn_by_hand(scene, true), OK);
    assert_int_equal(run(scene), 1);
    assert_int_equal(turn_by_hand(scene, true), OK);
    assert_int_equal(run(scene), 1);
    assert_int_equal(scene->done, 1);
    assert_int_equal(turn_by_hand(scene, true), CONFLICT);
    close_scene(scene);
}

/* A node that died in the middle: its claim is there, its settling never comes. */
static enum status claim(struct tx *tx, void *context, struct fault *fault)
{
    (void)fault;
    const struct scene *scene = context;
    struct rows rows;
    TRY(tx_run(tx, &SQL_outbox_claim,
               ARGS(value_int(1), value_int(5), value_int(scene->clock.fixed_us),
                    value_int(scene->clock.fixed_us + 60000000), value_int(4711),
                    value_int(INT64_MAX)),
               &rows));
    assert_int_equal(rows.n, 1);
    return OK;
}

static enum status settle_late(struct tx *tx, void *context, struct fault *fault)
{
    (void)context;
    (void)fault;
    return tx_run(tx, &SQL_outbox_settle,
                  ARGS(value_int(1), value_int(5), value_int(4711), value_text(STR("failed")),
                       value_int(0), value_int(0), NULL_VALUE),
                  NULL);
}

static void what_a_dead_node_held_is_taken_up_after_its_lease(void **state)
{
    (void)state;
    struct scene *scene = open_scene();
    add(scene, 5, "test", false);
    assert_int_equal(store_write(scene->store, &scene->arena, 1, 0, NULL, claim, scene, NULL), OK);
    assert_int_equal(run(scene), 0);
    pass(scene, 59);
    assert_int_equal(run(scene), 0);
    pass(scene, 1);
    assert_int_equal(run(scene), 1);
    assert_int_equal(scene->done, 1);
    /* What comes late from the first changes nothing. */
    assert_int_equal(store_write(scene->store, &scene->arena, 1, 0, NULL, settle_late, NULL, NULL),
                     OK);
    assert_true(str_is(state_of(scene), "done"));
    close_scene(scene);
}

/* A clock that ran years ahead and was put right: nothing waits until it has caught up. */
static void a_clock_set_back_holds_no_work_up_and_lets_no_lease_be_taken_at_once(void **state)
{
    (void)state;
    struct scene *scene = open_scene();
    const int64_t year = 365 * 86400;
    scene->clock.fixed_us += 3 * year * 1000000;
    scene->failing = 1;
    add(scene, 5, "test", false);
    assert_int_equal(run(scene), 1); /* failed: due in half a minute of that clock */
    add(scene, 6, "test", false);
    pass(scene, -3 * year);
    assert_int_equal(run(scene), 2);
    assert_int_equal(scene->done, 2);
    close_scene(scene);
    /* By minutes: whoever works goes on alone, and his lease ends as it would have. */
    scene = open_scene();
    add(scene, 5, "test", false);
    assert_int_equal(store_write(scene->store, &scene->arena, 1, 0, NULL, claim, scene, NULL), OK);
    pass(scene, -300);
    assert_int_equal(run(scene), 0);
    pass(scene, 359);
    assert_int_equal(run(scene), 0);
    pass(scene, 1);
    assert_int_equal(run(scene), 1);
    assert_int_equal(scene->done, 1);
    close_scene(scene);
}

static void work_that_ends_its_node_each_time_is_given_up(void **state)
{
    (void)state;
    struct scene *scene = open_scene();
    add(scene, 5, "test", false);
    for (int i = 0; i < 3; i++, pass(scene, 60))
        assert_int_equal(store_write(scene->store, &scene->arena, 1, 0, NULL, claim, scene, NULL),
                         OK);
    assert_int_equal(run(scene), 1);
    assert_int_equal(scene->done, 0);
    assert_true(str_is(state_of(scene), "given-up"));
    close_scene(scene);
}

static void work_of_an_unknown_channel_is_given_up_and_kept(void **state)
{
    (void)state;
    struct scene *scene = open_scene();
    add(scene, 5, "from-the-future", false);
    assert_int_equal(run(scene), 1);
    assert_true(str_is(state_of(scene), "given-up"));
    close_scene(scene);
}

static void two_dispatchers_share_the_work_without_doing_it_twice(void **state)
{
    (void)state;
    struct scene *scene = open_scene();
    for (int64_t id = 1; id <= 15; id++)
        add(scene, id, "test", false);
    int tried, all = 0;
    do {
        assert_int_equal(outbox_run(scene->outbox, &tried, NULL), OK);
        all += tried;
        assert_int_equal(outbox_run(scene->other, &tried, NULL), OK);
        all += tried;
    } while (tried > 0);
    assert_int_equal(all, 15);
    assert_int_equal(scene->done, 15);
    close_scene(scene);
}

static int all_done(struct scene *scene, int64_t body_id, const char *state)
{
    struct tx *tx;
    struct rows rows;
    assert_int_equal(store_read(scene->store, &scene->arena, &tx), OK);
    assert_int_equal(tx_run(tx, &SQL_outbox_list_in,
                            ARGS(value_int(body_id), value_text(str_from(state))), &rows),
                     OK);
    int n = rows.n;
    store_read_end(tx);
    return n;
}

/* Until it finds nothing more to do; NULL: all went well. */
static void *work_off(void *context)
{
    int tried;
    do {
        if (outbox_run(context, &tried, NULL) != OK)
            return context;
    } while (tried > 0);
    return NULL;
}

static void two_nodes_at_the_same_time_do_each_work_once(void **state)
{
    (void)state;
    enum { WORKS = 60 };
    struct scene *scene = open_scene();
    for (int64_t id = 1; id <= WORKS; id++)
        add(scene, id, "deed", false);
    pthread_t thread;
    void *ended = NULL;
    assert_int_equal(pthread_create(&thread, NULL, work_off, scene->other), 0);
    assert_null(work_off(scene->outbox));
    pthread_join(thread, &ended);
    assert_null(ended);
    assert_int_equal(scene->done, WORKS);
    assert_int_equal(all_done(scene, 1, "done"), WORKS);
    assert_int_equal(all_done(scene, 2, "waiting"), WORKS);
    close_scene(scene);
}

/* The child is a node of its own: it does the deed and is killed before it can say so. */
static void a_node_killed_between_deed_and_mark_loses_nothing_and_leaves_one_deed(void **state)
{
    (void)state;
    struct scene *scene = make_scene();
    store_close(open_store(scene));
    pid_t child = fork();
    if (child == 0) {
        int tried;
        scene->store = open_store(scene);
        scene->dies = true;
        add(scene, 5, "deed", false);
        (void)!outbox_run(outbox_new(scene->store, &scene->clock, scene->channels), &tried, NULL);
        _exit(1);
    }
    int ended;
    waitpid(child, &ended, 0);
    assert_true(WIFSIGNALED(ended) && WTERMSIG(ended) == SIGKILL);
    start_scene(scene);
    assert_true(str_is(state_of(scene), "working"));
    assert_int_equal(all_done(scene, 2, "waiting"), 1);
    pass(scene, 30);
    assert_int_equal(run(scene), 1);
    assert_int_equal(scene->done, 1);
    assert_true(str_is(state_of(scene), "done"));
    assert_int_equal(all_done(scene, 2, "waiting"), 1);
    close_scene(scene);
}

static void what_is_done_is_kept_for_ninety_days(void **state)
{
    (void)state;
    struct scene *scene = open_scene();
    add(scene, 5, "test", false);
    assert_int_equal(run(scene), 1);
    pass(scene, (OUTBOX_KEPT_DAYS - 1) * 86400);
    add(scene, 6, "test", false);
    assert_int_equal(run(scene), 1);
    assert_int_equal(all_done(scene, 1, "done"), 2);
    pass(scene, 2 * 86400);
    add(scene, 7, "test", false);
    assert_int_equal(run(scene), 1);
    assert_int_equal(all_done(scene, 1, "done"), 2);
    close_scene(scene);
}

static void the_thread_starts_and_stops(void **state)
{
    (void)state;
    struct scene *scene = open_scene();
    assert_true(outbox_start(scene->outbox));
    assert_true(outbox_start(scene->other));
    add(scene, 5, "test", false);
    close_scene(scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(work_is_done_once_and_its_write_decides_whether_there_is_any),
        cmocka_unit_test(a_failure_is_tried_again_later_and_given_up_in_the_end),
        cmocka_unit_test(the_wait_doubles_up_to_an_hour),
        cmocka_unit_test(it_can_be_tried_again_or_given_up_by_hand),
        cmocka_unit_test(what_a_dead_node_held_is_taken_up_after_its_lease),
        cmocka_unit_test(a_clock_set_back_holds_no_work_up_and_lets_no_lease_be_taken_at_once),
        cmocka_unit_test(work_that_ends_its_node_each_time_is_given_up),
        cmocka_unit_test(work_of_an_unknown_channel_is_given_up_and_kept),
        cmocka_unit_test(two_dispatchers_share_the_work_without_doing_it_twice),
        cmocka_unit_test(two_nodes_at_the_same_time_do_each_work_once),
        cmocka_unit_test(a_node_killed_between_deed_and_mark_loses_nothing_and_leaves_one_deed),
        cmocka_unit_test(what_is_done_is_kept_for_ninety_days),
        cmocka_unit_test(the_thread_starts_and_stops),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
