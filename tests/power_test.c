/*
 * The power fails at a random moment of a crowd's steps: each that was acknowledged has its record,
 * its row of the story, its journal entries and its work in the outbox, exactly once; what was not
 * is there whole or not at all. DUIKOU_MOMENTS says how many moments, DUIKOU_SEED which.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include <pthread.h>
#include <unistd.h>

#include "domain/file/file.h"
#include "engine/audit/audit.h"
#include "store/fault_vfs.h"
#include "tests/program_sample.h"

enum { WRITERS = 4, STEPS_MAX = 400, MOMENTS = 6, OPERATIONS_MAX = 600 };
static const struct date today = {2026, 3, 2};

struct writer {
    struct program_sample mine; /* the same program, an arena of its own */
    pthread_t thread;
    int moment, number;
    int acknowledged; /* the first so many */
};

static const char *name_of(struct arena *arena, const struct writer *writer, int i)
{
    return str_fmt(arena, "试办%d之%d之%d", writer->moment, writer->number, i).ptr;
}

static void *ask_until_dark(void *context)
{
    struct writer *writer = context;
    for (int i = 0; i < STEPS_MAX && !fault_vfs_is_out(); i++) {
        struct str form =
            str_fmt(&writer->mine.arena, "organization=市水利局&sort=alias&wanted=%s&reason=试办",
                    name_of(&writer->mine.arena, writer, i));
        if (sample_post(&writer->mine, "/linjiang/correction", form).status != 303)
            break;
        writer->acknowledged++;
    }
    return NULL;
}

/* Notices are told meanwhile. */
static void write_in_a_crowd(struct program_sample *sample, struct writer *writers, int moment)
{
    int tried;
    for (int i = 0; i < WRITERS; i++) {
        writers[i] = (struct writer){.mine = *sample, .moment = moment, .number = i};
        writers[i].mine.arena = arena_open(MIB(64));
        assert_int_equal(pthread_create(&writers[i].thread, NULL, ask_until_dark, &writers[i]), 0);
    }
    while (!fault_vfs_is_out())
        (void)!outbox_run(sample->program.outbox, &tried, NULL);
    for (int i = 0; i < WRITERS; i++)
        pthread_join(writers[i].thread, NULL);
}

static void open_again(struct program_sample *sample)
{
    struct fault fault = {0};
    struct program_options options = {.db = sample->url,
                                      .files =
                                          str_fmt(&sample->arena, "%s/a.files", sample->directory),
                                      .key = str_fmt(&sample->arena, "%s/a.key", sample->directory),
                                      .now = today,
                                      .no_cache = true,
                                      .node = 1,
                                      .weak = true,
                                      .readers = 2};
    if (program_open(&sample->arena, &options, &sample->program, &fault) != OK)
        fail_msg("%.*s", STR_ARG(fault.message));
}

static int64_t number_of(struct tx *tx, const char *sql, const char *name)
{
    struct rows rows;
    const struct statement *statement =
        store_intern(tx_store(tx), "power", str_from(sql), name ? "t" : "", RESULT_ONE);
    struct value value = value_text(str_from(name));
    assert_int_equal(tx_run(tx, statement, &value, name ? 1 : 0, &rows), OK);
    return value_i64(rows.cells[0]);
}

/* One of each, or the product is another number. */
static const char whole[] =
    "select count(*) from correction c "
    "join step s on s.body_id = c.body_id and s.title = '市水利局—' || c.wanted "
    "join journal j on j.body_id = c.body_id and j.chain = 0 and j.kind = 'correction' "
    "and j.record = c.id "
    "join journal t on t.body_id = c.body_id and t.chain = 0 and t.kind = 'step' "
    "and t.record = s.id "
    "join outbox o on o.body_id = c.body_id and o.channel = 'notice' and o.id = s.id "
    "where c.wanted = $1";
static const char *const totals[] = {
    "select count(*) from correction", "select count(*) from step where of_kind = 'correction'",
    "select count(*) from outbox where channel = 'notice'",
    "select count(*) from journal where chain = 0 and kind = 'correction'",
    "select count(*) from journal where chain = 0 and kind = 'step'"};

static void check_kept(struct program_sample *sample, const struct writer *writers)
{
    AUTOARENA arena = arena_open(MIB(64));
    struct audit_result result;
    struct tx *tx;
    assert_int_equal(store_read(sample->program.store, &arena, &tx), OK);
    for (int i = 0; i < WRITERS; i++)
        for (int k = 0; k < writers[i].acknowledged; k++)
            assert_int_equal(number_of(tx, whole, name_of(&arena, &writers[i], k)), 1);
    int64_t n = number_of(tx, totals[0], NULL);
    for (size_t i = 1; i < sizeof totals / sizeof *totals; i++)
        assert_int_equal(number_of(tx, totals[i], NULL), n);
    assert_int_equal(audit_verify(tx, domain_kinds(), NULL, &result), OK);
    if (result.sentence.len > 0)
        fail_msg("%.*s", STR_ARG(result.sentence));
    store_read_end(tx);
}

static int lose_power(struct program_sample *sample, uint64_t seed, int moment)
{
    struct writer writers[WRITERS];
    int acknowledged = 0;
    fault_vfs_install();
    open_again(sample);
    fault_vfs_cut_after(2 + (int)(seed % OPERATIONS_MAX));
    write_in_a_crowd(sample, writers, moment);
    program_close(&sample->program);
    fault_vfs_lose(seed);
    fault_vfs_remove();
    unlink(str_fmt(&sample->arena, "%s/a.db-shm", sample->directory).ptr);
    open_again(sample);
    check_kept(sample, writers);
    program_close(&sample->program);
    for (int i = 0; i < WRITERS; i++) {
        acknowledged += writers[i].acknowledged;
        arena_close(&writers[i].mine.arena);
    }
    return acknowledged;
}

static uint64_t number_from(const char *name, uint64_t missing)
{
    int64_t number;
    const char *text = getenv(name);
    return text && str_to_int(str_from(text), &number) ? (uint64_t)number : missing;
}

static void whatever_moment_the_power_fails_every_acknowledged_step_is_whole(void **state)
{
    (void)state;
    uint64_t moments = number_from("DUIKOU_MOMENTS", MOMENTS), seed = number_from("DUIKOU_SEED", 7);
    int acknowledged = 0;
    struct program_sample *sample = program_sample_open(today);
    sample_load(sample, sample_file(sample, "tests/data/load/linjiang-2026-3.yaml"),
                (struct date){0});
    program_close(&sample->program);
    for (uint64_t i = 0; i < moments; i++) {
        seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        acknowledged += lose_power(sample, seed >> 33, (int)i);
    }
    open_again(sample);
    program_sample_close(sample);
    assert_true(acknowledged > 0);
    print_message("# %d moments, %d acknowledged steps, none lost\n", (int)moments, acknowledged);
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "file-child") == 0) /* the program that looks is this one */
        return file_child_main(argc > 2 && strcmp(argv[2], "text") == 0);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whatever_moment_the_power_fails_every_acknowledged_step_is_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
