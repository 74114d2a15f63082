#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include <ftw.h>
#include <unistd.h>

#include "engine/outbox/outbox.h"
#include "outbox.sql.h"
#include "store/trial.h"

struct scene {
    struct arena arena;
    char folder[64];
    struct str url;
    struct store *store;
    struct clock clock;
    struct outbox *outbox;
};

static enum status refuse_it(struct delivery *delivery, struct fault *fault)
{
    return refuse(delivery->arena, fault, BUSY, NULL, "对方没有应答。");
}

static const struct outbox_channel channels[] = {
    {"letter", "信", refuse_it}, {"call", "电话", refuse_it}, {0}};

static void open_scene(struct scene *scene)
{
    static const struct schema *const schemas[] = {&SCHEMA_outbox, NULL};
    *scene = (struct scene){.arena = arena_open(MIB(16)),
                            .clock = {.fixed = true, .fixed_us = 1000000000}};
    snprintf(scene->folder, sizeof scene->folder, "/tmp/duikou-meter-XXXXXX");
    assert_non_null(mkdtemp(scene->folder));
    scene->url = trial_url(&scene->arena, scene->folder);
    struct store_options options = {
        .url = scene->url, .schema = schemas, .create = true, .readers = 1};
    assert_int_equal(store_open(&scene->arena, &options, &scene->store, NULL), OK);
    scene->outbox = outbox_new(scene->store, &scene->clock, channels);
}

static int remove_one(const char *path, const struct stat *info, int type, struct FTW *walk)
{
    (void)info;
    (void)type;
    (void)walk;
    return remove(path);
}

static void close_scene(struct scene *scene)
{
    outbox_free(scene->outbox);
    store_close(scene->store);
    trial_drop(scene->url);
    nftw(scene->folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    arena_close(&scene->arena);
}

struct putting {
    struct scene *scene;
    struct outbox_entry entry;
};

static enum status put(struct tx *tx, void *context, struct fault *fault)
{
    const struct putting *putting = context;
    (void)fault;
    return outbox_put(tx, &putting->entry, clock_now(&putting->scene->clock));
}

static void add(struct scene *scene, int64_t id, const char *channel)
{
    struct putting putting = {scene, {1, id, channel, STR("kind 7")}};
    assert_int_equal(store_write(scene->store, &scene->arena, 1, 0, NULL, put, &putting, NULL), OK);
}

/* A node that works on it. */
static enum status claim(struct tx *tx, void *context, struct fault *fault)
{
    const struct scene *scene = context;
    struct rows rows;
    (void)fault;
    return tx_run(tx, &SQL_outbox_claim,
                  ARGS(value_int(1), value_int(5), value_int(scene->clock.fixed_us),
                       value_int(scene->clock.fixed_us + 60000000), value_int(4711),
                       value_int(INT64_MAX)),
                  &rows);
}

static bool has_figure(struct scene *scene, const char *line)
{
    AUTOBUF text = buf_open(1 << 16);
    struct tx *tx;
    assert_int_equal(store_read(scene->store, &scene->arena, &tx), OK);
    outbox_meter(scene->outbox, tx, &text);
    store_read_end(tx);
    return str_has(buf_str(&text), str_fmt(&scene->arena, "duikou_outbox_%s\n", line));
}

static void run(struct scene *scene, int expected)
{
    int tried;
    assert_int_equal(outbox_run(scene->outbox, &tried, NULL), OK);
    assert_int_equal(tried, expected);
}

static void an_empty_outbox_has_a_nought_for_each_channel(void **state)
{
    (void)state;
    struct scene scene;
    open_scene(&scene);
    assert_true(has_figure(&scene, "jobs{channel=\"letter\",state=\"waiting\"} 0"));
    assert_true(has_figure(&scene, "jobs{channel=\"call\",state=\"given-up\"} 0"));
    assert_true(has_figure(&scene, "oldest_seconds{channel=\"letter\"} 0"));
    close_scene(&scene);
}

static void figures_tell_by_channel_what_waits_is_leased_and_failed_and_how_old_it_is(void **state)
{
    (void)state;
    struct scene scene;
    open_scene(&scene);
    add(&scene, 5, "letter");
    assert_int_equal(store_write(scene.store, &scene.arena, 1, 0, NULL, claim, &scene, NULL), OK);
    scene.clock.fixed_us += 10000000;
    add(&scene, 6, "letter");
    add(&scene, 7, "call");
    scene.clock.fixed_us += 7000000;
    assert_true(has_figure(&scene, "jobs{channel=\"letter\",state=\"working\"} 1"));
    assert_true(has_figure(&scene, "jobs{channel=\"letter\",state=\"waiting\"} 1"));
    assert_true(has_figure(&scene, "jobs{channel=\"call\",state=\"waiting\"} 1"));
    assert_true(has_figure(&scene, "oldest_seconds{channel=\"letter\"} 17"));
    assert_true(has_figure(&scene, "oldest_seconds{channel=\"call\"} 7"));
    run(&scene, 2);
    assert_true(has_figure(&scene, "jobs{channel=\"letter\",state=\"failed\"} 1"));
    assert_true(has_figure(&scene, "jobs{channel=\"letter\",state=\"waiting\"} 0"));
    close_scene(&scene);
}

static void what_was_given_up_is_counted_and_ages_no_more(void **state)
{
    (void)state;
    struct scene scene;
    open_scene(&scene);
    add(&scene, 8, "from-the-future");
    run(&scene, 1);
    scene.clock.fixed_us += 10000000;
    assert_true(has_figure(&scene, "jobs{channel=\"unknown\",state=\"given-up\"} 1"));
    assert_true(has_figure(&scene, "oldest_seconds{channel=\"unknown\"} 0"));
    close_scene(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_outbox_has_a_nought_for_each_channel),
        cmocka_unit_test(figures_tell_by_channel_what_waits_is_leased_and_failed_and_how_old_it_is),
        cmocka_unit_test(what_was_given_up_is_counted_and_ages_no_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
