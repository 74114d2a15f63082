/*
 * The power fails at a random moment of a crowd's writes: whatever was acknowledged is there, the
 * database is whole, the journal has one entry for each row. DUIKOU_MOMENTS says how many moments,
 * DUIKOU_SEED which.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "store/example.sql.h"
#include "store/fault_vfs.h"
#include "store/journal.h"
#include "store/place.h"

enum { WRITERS = 8, WRITES_MAX = 4000, ROW_BYTES = 12000, MOMENTS = 20, OPERATIONS_MAX = 1500 };

struct writer {
    struct place *place;
    pthread_t thread;
    int64_t first;
    int acknowledged; /* first, first + 1, … so many */
};

struct row {
    int64_t id;
    struct str bytes;
};

static enum status add_row(struct tx *tx, void *context, struct fault *fault)
{
    (void)fault;
    const struct row *row = context;
    struct str name = str_fmt(tx_arena(tx), "row %lld", (long long)row->id);
    struct journal_change change = {
        .body_id = 1,
        .kind = "example",
        .id = row->id,
        .deed = "add",
        .new = str_fmt(tx_arena(tx), "{\"name\":\"%.*s\"}", STR_ARG(name))};
    TRY(tx_journal(tx, &change));
    return tx_run(tx, &SQL_example_add,
                  ARGS(value_int(1), value_int(row->id), value_text(name), NULL_VALUE,
                       value_blob(row->bytes)),
                  NULL);
}

static void *write_until_dark(void *context)
{
    struct writer *writer = context;
    static const char bytes[ROW_BYTES];
    AUTOARENA arena = arena_open(MIB(4));
    struct actor actor = actor_named("命令行", (struct instant){1});
    for (int i = 0; i < WRITES_MAX && !fault_vfs_is_out(); i++) {
        arena_reset(&arena);
        struct row row = {writer->first + i, {bytes, ROW_BYTES}};
        struct fault fault = {0};
        if (store_write(writer->place->store, &arena, 1, 0, &actor, add_row, &row, &fault) != OK)
            break;
        writer->acknowledged++;
    }
    return NULL;
}

static void write_in_a_crowd(struct place *place, struct writer *writers, int64_t first)
{
    for (int i = 0; i < WRITERS; i++) {
        writers[i] = (struct writer){.place = place, .first = first + (int64_t)i * WRITES_MAX};
        assert_int_equal(pthread_create(&writers[i].thread, NULL, write_until_dark, &writers[i]),
                         0);
    }
    for (int i = 0; i < WRITERS; i++)
        pthread_join(writers[i].thread, NULL);
}

/* Of the file as SQLite itself reads it. */
static void check_whole(const struct place *place)
{
    sqlite3 *db;
    sqlite3_stmt *stmt;
    assert_int_equal(sqlite3_open(place->path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, "pragma integrity_check", -1, &stmt, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
    assert_string_equal((const char *)sqlite3_column_text(stmt, 0), "ok");
    sqlite3_finalize(stmt);
    sqlite3_close(db);
}

static void check_kept(struct place *place, const struct writer *writers)
{
    for (int i = 0; i < WRITERS; i++)
        for (int k = 0; k < writers[i].acknowledged; k++)
            assert_true(example_has(place->store, 1, writers[i].first + k));
    assert_int_equal(place_journal(place->store, 1), example_count(place->store));
}

static uint64_t number_from(const char *name, uint64_t missing)
{
    int64_t number;
    const char *text = getenv(name);
    return text && str_to_int(str_from(text), &number) ? (uint64_t)number : missing;
}

static void lose_power(struct place *place, uint64_t seed, int64_t first, int *acknowledged)
{
    struct writer writers[WRITERS];
    char shared[128];
    fault_vfs_install();
    place_open(place);
    fault_vfs_cut_after(2 + (int)(seed % OPERATIONS_MAX));
    write_in_a_crowd(place, writers, first);
    assert_true(fault_vfs_is_out());
    place_close(place);
    fault_vfs_lose(seed);
    fault_vfs_remove();
    snprintf(shared, sizeof shared, "%s-shm", place->path);
    unlink(shared);
    place_open(place);
    check_kept(place, writers);
    place_close(place);
    check_whole(place);
    for (int i = 0; i < WRITERS; i++)
        *acknowledged += writers[i].acknowledged;
}

static void whatever_moment_the_power_fails_nothing_acknowledged_is_lost(void **state)
{
    struct place *place = *state;
    uint64_t moments = number_from("DUIKOU_MOMENTS", MOMENTS), seed = number_from("DUIKOU_SEED", 7);
    int acknowledged = 0;
    snprintf(place->url, sizeof place->url, "sqlite:%s", place->path);
    for (uint64_t i = 0; i < moments; i++) {
        seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        lose_power(place, seed >> 33, 1 + (int64_t)i * WRITERS * WRITES_MAX, &acknowledged);
    }
    assert_true(acknowledged > 0);
    print_message("# %d moments, %d acknowledged writes, none lost\n", (int)moments, acknowledged);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, place_setup, place_teardown)
    const struct CMUnitTest tests[] = {
        TEST(whatever_moment_the_power_fails_nothing_acknowledged_is_lost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
