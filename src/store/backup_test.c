/*
 * Backups, restored ones, copies: from the engine of the run into a SQLite file and back, and into
 * the engine of the run.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/scratch.h"
#include "store/backup.h"
#include "store/example.sql.h"
#include "store/fault_vfs.h"
#include "store/place.h"
#include "store/search.h"
#include "store/sqlite.h"
#include "store/trial.h"

static const char *path_in(struct place *place, const char *name)
{
    return str_fmt(&place->arena, "%s/%s", place->directory, name).ptr;
}

/* Rows with every kind of value; the parent stands behind its child. */
static enum status fill(struct tx *tx, void *context, struct fault *fault)
{
    (void)context;
    (void)fault;
    for (int i = 1000; i > 0; i--) {
        struct str name = str_fmt(tx_arena(tx), "名称 %d", i);
        TRY(tx_run(tx, &SQL_example_add,
                   ARGS(value_int(1), value_int(i), value_text(name),
                        i < 1000 ? value_int(i + 1) : NULL_VALUE,
                        i % 3 ? value_blob(STR("a\0b")) : NULL_VALUE),
                   NULL));
    }
    struct search_row row = {.body_id = 1,
                             .id = 7,
                             .kind = STR("organization"),
                             .date = {2022, 1, 1},
                             .title = STR("市教育局"),
                             .text = STR("市教育局"),
                             .tokens = STR("市教 教育 育局"),
                             .audience = STR("all")};
    return search_put(tx, &row);
}

static void make_rows(struct place *place)
{
    place_open(place);
    assert_int_equal(store_write(place->store, &place->arena, 1, 0, NULL, fill, NULL, NULL), OK);
}

static enum status put_another(struct tx *tx, void *context, struct fault *fault)
{
    (void)context;
    (void)fault;
    struct search_row row = {.body_id = 1,
                             .id = 8,
                             .kind = STR("organization"),
                             .date = {2022, 1, 1},
                             .title = STR("县教育局"),
                             .text = STR("县教育局"),
                             .tokens = STR("县教 教育 育局"),
                             .audience = STR("all")};
    return search_put(tx, &row);
}

static int found(struct store *store, struct arena *arena)
{
    struct tx *tx;
    struct search_result result;
    struct search_query query = {
        .body_id = 1, .tokens = STR("教育"), .audience = STR("all"), .limit = 50};
    assert_int_equal(store_read(store, arena, &tx), OK);
    assert_int_equal(search_find(tx, &query, &result), OK);
    store_read_end(tx);
    return result.n;
}

/* What fill made is there, is found, and can be gone on with. */
static void check_rows(struct store *store, struct arena *arena)
{
    struct tx *tx;
    struct rows rows;
    assert_int_equal(example_count(store), 1000);
    assert_int_equal(store_read(store, arena, &tx), OK);
    assert_int_equal(tx_run(tx, &SQL_example_get, ARGS(value_int(1), value_int(7)), &rows), OK);
    assert_true(str_is(rows_at(&rows, 0, 1).s, "名称 7"));
    assert_int_equal(rows_at(&rows, 0, 2).i, 8);
    assert_true(str_eq(rows_at(&rows, 0, 3).s, STR("a\0b")));
    store_read_end(tx);
    assert_int_equal(store_version(store, 1), 1);
    assert_int_equal(found(store, arena), 1);
    assert_int_equal(store_write(store, arena, 1, 0, NULL, put_another, NULL, NULL), OK);
    assert_int_equal(found(store, arena), 2);
    assert_int_equal(example_add(store, arena, 1, 5000, "名称 7"), CONFLICT);
    struct example_row orphan = {1, 6000, "orphan"};
    assert_int_equal(example_add(store, arena, orphan.body_id, orphan.id, orphan.name), OK);
}

static struct store *open_at(struct place *place, struct str url, bool create)
{
    struct store *store;
    struct fault fault = {0};
    struct store_options options = place_options(place);
    options.url = url;
    options.create = create;
    must(store_open(&place->arena, &options, &store, &fault), &fault);
    return store;
}

static struct str sqlite_at(struct place *place, const char *name)
{
    return str_fmt(&place->arena, "sqlite:%s/%s", place->directory, name);
}

static void a_backup_is_a_database_with_everything(void **state)
{
    struct place *place = *state;
    struct fault fault = {0};
    make_rows(place);
    must(store_backup(place->store, &place->arena, path_in(place, "a.bak"), NULL, &fault), &fault);
    assert_int_not_equal(access(path_in(place, "a.bak.part"), F_OK), 0);
    assert_int_not_equal(access(path_in(place, "a.bak-wal"), F_OK), 0);
    struct store *store = open_at(place, sqlite_at(place, "a.bak"), false);
    check_rows(store, &place->arena);
    store_close(store);
}

static void a_file_that_is_there_is_never_written_over(void **state)
{
    struct place *place = *state;
    struct fault fault = {0};
    struct stat info;
    make_rows(place);
    FILE *file = fopen(path_in(place, "a.bak"), "w");
    assert_int_equal(fclose(file), 0);
    assert_int_equal(
        store_backup(place->store, &place->arena, path_in(place, "a.bak"), NULL, &fault), CONFLICT);
    assert_true(str_has(fault.message, STR("已经存在")));
    assert_int_equal(stat(path_in(place, "a.bak"), &info), 0);
    assert_int_equal(info.st_size, 0);
    assert_int_equal(
        store_backup(place->store, &place->arena, path_in(place, "no/a.bak"), NULL, &fault), FAULT);
    assert_true(str_has(fault.message, STR("目录不存在")));
}

/* Two rows in one write: no copy has one of them alone. */
static enum status add_pair(struct tx *tx, void *context, struct fault *fault)
{
    int64_t n = *(int64_t *)context;
    for (int64_t id = 2 * n; id < 2 * n + 2; id++) {
        struct str name = str_fmt(tx_arena(tx), "n%d", (int)id);
        struct example_row row = {1, id, name.ptr};
        TRY(example_apply(tx, &row, fault));
    }
    return OK;
}

struct pairs {
    struct place *place;
    atomic_bool stop;
    atomic_int made;
};

static void *write_pairs(void *context)
{
    struct pairs *pairs = context;
    AUTOARENA arena = arena_open(MIB(1));
    for (int64_t n = 1; !atomic_load(&pairs->stop); n++) {
        arena_reset(&arena);
        if (store_write(pairs->place->store, &arena, 1, 0, NULL, add_pair, &n, NULL) != OK)
            break;
        atomic_fetch_add(&pairs->made, 1);
    }
    return NULL;
}

static void a_backup_under_writes_is_of_one_moment(void **state)
{
    struct place *place = *state;
    struct fault fault = {0};
    struct pairs pairs = {.place = place};
    pthread_t thread;
    place_open(place);
    assert_int_equal(pthread_create(&thread, NULL, write_pairs, &pairs), 0);
    for (int i = 0; i < 3; i++) {
        int before = atomic_load(&pairs.made);
        while (atomic_load(&pairs.made) < before + 5)
            sched_yield();
        const char *name = str_fmt(&place->arena, "%d.bak", i).ptr;
        must(store_backup(place->store, &place->arena, path_in(place, name), NULL, &fault), &fault);
        struct store *store = open_at(place, sqlite_at(place, name), false);
        assert_true(example_count(store) >= 2 * (before + 5));
        assert_int_equal(example_count(store), 2 * store_version(store, 1));
        store_close(store);
    }
    atomic_store(&pairs.stop, true);
    assert_int_equal(pthread_join(thread, NULL), 0);
}

static void a_backup_is_restored_where_nothing_is_and_nowhere_else(void **state)
{
    struct place *place = *state;
    struct fault fault = {0};
    struct arena *arena = &place->arena;
    struct store_options options = place_options(place);
    const char *backup = path_in(place, "a.bak");
    make_rows(place);
    must(store_backup(place->store, arena, backup, NULL, &fault), &fault);
    struct stat before, after;
    assert_int_equal(stat(backup, &before), 0);
    assert_int_equal(store_restore(arena, &options, backup, NULL, &fault), CONFLICT);
    options.url =
        trial_is_postgres() ? trial_url(arena, place->directory) : sqlite_at(place, "restored.db");
    must(store_restore(arena, &options, backup, NULL, &fault), &fault);
    struct store *store = open_at(place, options.url, false);
    check_rows(store, arena);
    store_close(store);
    trial_drop(options.url);
    assert_int_equal(stat(backup, &after), 0);
    assert_memory_equal(&before.st_mtim, &after.st_mtim, sizeof before.st_mtim);
    assert_int_not_equal(access(path_in(place, "a.bak-wal"), F_OK), 0);
    assert_int_equal(store_restore(arena, &options, path_in(place, "none"), NULL, &fault),
                     NOT_FOUND);
}

static void refuses_to_restore(struct place *place, const char *from, const char *to,
                               const char *sentence)
{
    struct store_options options = place_options(place);
    struct fault fault = {0};
    options.url = sqlite_at(place, to);
    assert_int_not_equal(store_restore(&place->arena, &options, path_in(place, from), NULL, &fault),
                         OK);
    struct str wanted =
        str_replace(&place->arena, str_from(sentence), STR("%s"), str_from(path_in(place, from)));
    if (!str_has(fault.message, wanted) || str_has(fault.message, STR(".part")))
        fail_msg("%.*s", STR_ARG(fault.message));
}

static void what_is_wrong_with_a_backup_is_told_of_the_backup(void **state)
{
    struct place *place = *state;
    struct fault fault = {0};
    sqlite3 *db;
    make_rows(place);
    must(store_backup(place->store, &place->arena, path_in(place, "a.bak"), NULL, &fault), &fault);
    refuses_to_restore(place, "a.bak", "a.bak", "已经存在，不会覆盖，请先停止服务");
    assert_int_equal(sqlite3_open(path_in(place, "a.bak"), &db), SQLITE_OK);
    assert_int_equal(
        sqlite3_exec(db, "insert into schema_step values ('later-1', '9.9')", NULL, NULL, NULL),
        SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    refuses_to_restore(place, "a.bak", "new.db", "备份 %s 由较新的程序");
    assert_int_equal(truncate(path_in(place, "a.bak"), 40000), 0);
    refuses_to_restore(place, "a.bak", "new.db", "备份 %s 不完整或已损坏，请换一份备份。");
    assert_int_not_equal(access(path_in(place, "new.db"), F_OK), 0);
}

static void a_copy_goes_into_an_empty_database_alone(void **state)
{
    struct place *place = *state;
    struct fault fault = {0};
    struct copy_result result;
    make_rows(place);
    struct store *to = open_at(place, sqlite_at(place, "to.db"), true);
    must(store_copy(place->store, to, &place->arena, NULL, &result, &fault), &fault);
    assert_true(result.rows >= 1003);
    assert_int_equal(store_copy(place->store, to, &place->arena, NULL, &result, &fault), CONFLICT);
    assert_true(str_has(fault.message, STR("已有内容")));
    /* And back into the engine of the run. */
    struct str url = trial_is_postgres() ? trial_url(&place->arena, place->directory)
                                         : sqlite_at(place, "back.db");
    struct store *back = open_at(place, url, true);
    must(store_copy(to, back, &place->arena, NULL, &result, &fault), &fault);
    check_rows(to, &place->arena);
    check_rows(back, &place->arena);
    store_close(to);
    store_close(back);
    trial_drop(url);
}

/* Tells when a table begins: here the disk fills up. */
static void fill_disk(void *context, const char *table, int64_t rows)
{
    (void)context;
    (void)rows;
    if (strcmp(table, "example") == 0)
        fault_vfs_plan((struct fault_plan){FAULT_WRITE, "-wal", 0, 100000, SQLITE_FULL});
}

static void a_copy_that_fails_leaves_the_target_empty(void **state)
{
    struct place *place = *state;
    struct fault fault = {0};
    struct copy_result result;
    struct copy_watch watch = {.tell = fill_disk};
    make_rows(place);
    fault_vfs_install();
    struct store *to = open_at(place, sqlite_at(place, "to.db"), true);
    assert_int_equal(store_copy(place->store, to, &place->arena, &watch, &result, &fault), BUSY);
    fault_vfs_plan((struct fault_plan){0});
    assert_true(str_has(fault.message, STR("磁盘已满")));
    assert_int_equal(example_count(to), 0);
    must(store_copy(place->store, to, &place->arena, NULL, &result, &fault), &fault);
    assert_int_equal(example_count(to), 1000);
    store_close(to);
    fault_vfs_remove();
}

/* Else the first reading of all takes as long as the square of what there is. */
static void what_was_copied_into_a_server_is_counted_by_it(void **state)
{
    static const struct statement counted = {
        "counted",
        "select cast(reltuples as bigint) as n from pg_class where relname = 'example' and "
        "relnamespace = (select oid from pg_namespace where nspname = current_schema())",
        "", RESULT_ONE, NULL};
    struct place *place = *state;
    struct fault fault = {0};
    struct copy_result result;
    struct rows rows;
    struct tx *tx;
    if (!trial_is_postgres())
        return;
    make_rows(place);
    struct str url = trial_url(&place->arena, place->directory);
    struct store *to = open_at(place, url, true);
    must(store_copy(place->store, to, &place->arena, NULL, &result, &fault), &fault);
    assert_int_equal(store_read(to, &place->arena, &tx), OK);
    assert_int_equal(tx_run(tx, &counted, NO_ARGS, &rows), OK);
    assert_int_equal(value_i64(rows_at(&rows, 0, 0)), 1000);
    store_read_end(tx);
    store_close(to);
    trial_drop(url);
}

/* --- before an upgrade --- */

static enum status age(struct tx *tx, void *context, struct fault *fault)
{
    (void)context;
    (void)fault;
    static const struct statement forget = {
        "forget", "delete from schema_step where name = 'example-2'", "", RESULT_RUN, NULL};
    static const struct statement drop = {"drop", "alter table example drop column note", "",
                                          RESULT_RUN, NULL};
    TRY(tx_run(tx, &forget, NO_ARGS, NULL));
    return tx_run(tx, &drop, NO_ARGS, NULL);
}

static void make_older(struct place *place)
{
    make_rows(place);
    assert_int_equal(store_write(place->store, &place->arena, 0, 0, NULL, age, NULL, NULL), OK);
    place_close(place);
}

static void an_older_database_is_saved_as_it_was_before_it_is_upgraded(void **state)
{
    struct place *place = *state;
    sqlite3 *db;
    make_older(place);
    place_open(place);
    const char *saved = store_saved(place->store);
    assert_non_null(saved);
    assert_true(str_starts(str_from(saved), str_from(place->directory)));
    assert_int_equal(sqlite3_open(saved, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "select name from example", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "select note from example", NULL, NULL, NULL), SQLITE_ERROR);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    struct store *old = open_at(place, str_fmt(&place->arena, "sqlite:%s", saved), false);
    assert_int_equal(example_count(old), 1000);
    store_close(old);
    place_close(place);
    place_open(place);
    assert_null(store_saved(place->store));
}

static void without_a_backup_nothing_is_upgraded(void **state)
{
    struct place *place = *state;
    struct store_options options = place_options(place);
    make_older(place);
    options.backup_directory = str_from(path_in(place, "absent"));
    place_refuses(place, &options, FAULT, "升级前的备份没有写成");
    place_open(place);
    assert_non_null(store_saved(place->store)); /* it was still the older one */
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, place_setup, place_teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_backup_is_a_database_with_everything),
        TEST(a_file_that_is_there_is_never_written_over),
        TEST(a_backup_under_writes_is_of_one_moment),
        TEST(a_backup_is_restored_where_nothing_is_and_nowhere_else),
        TEST(a_copy_goes_into_an_empty_database_alone),
        TEST(a_copy_that_fails_leaves_the_target_empty),
        TEST(what_was_copied_into_a_server_is_counted_by_it),
        TEST(what_is_wrong_with_a_backup_is_told_of_the_backup),
        TEST(an_older_database_is_saved_as_it_was_before_it_is_upgraded),
        TEST(without_a_backup_nothing_is_upgraded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
