#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "store/example.sql.h"
#include "store/lru.h"
#include "store/place.h"

enum { LRU_SLOTS_AND_MORE = LRU_SLOTS + 57 };

static void a_row_written_is_read_back_with_every_kind_of_value(void **state)
{
    struct place *place = *state;
    place_open(place);
    struct tx *tx;
    struct rows rows;
    assert_int_equal(example_add(place->store, &place->arena, 1, 7, "市教育局"), OK);
    assert_int_equal(store_read(place->store, &place->arena, &tx), OK);
    assert_int_equal(tx_run(tx, &SQL_example_get, ARGS(value_int(1), value_int(7)), &rows), OK);
    assert_int_equal(rows.n, 1);
    assert_int_equal(rows_at(&rows, 0, rows_column(&rows, "id")).i, 7);
    assert_true(str_is(rows_at(&rows, 0, rows_column(&rows, "name")).s, "市教育局"));
    assert_int_equal(rows_at(&rows, 0, rows_column(&rows, "parent")).kind, VALUE_NULL);
    assert_int_equal(rows_column(&rows, "absent"), -1);
    assert_int_equal(tx_statements(tx), 1);
    store_read_end(tx);
}

struct bytes {
    struct value name, bytes;
};

static enum status add_bytes(struct tx *tx, void *context, struct fault *fault)
{
    (void)fault;
    const struct bytes *bytes = context;
    return tx_run(tx, &SQL_example_add,
                  ARGS(value_int(1), value_int(1), bytes->name, NULL_VALUE, bytes->bytes), NULL);
}

static void bytes_keep_their_zeros_and_empty_is_not_null(void **state)
{
    struct place *place = *state;
    place_open(place);
    struct tx *tx;
    struct rows rows;
    struct bytes bytes = {value_text((struct str){0}), value_blob(STR("a\0b"))};
    assert_int_equal(store_write(place->store, &place->arena, 1, 0, NULL, add_bytes, &bytes, NULL),
                     OK);
    assert_int_equal(store_read(place->store, &place->arena, &tx), OK);
    assert_int_equal(tx_run(tx, &SQL_example_get, ARGS(value_int(1), value_int(1)), &rows), OK);
    assert_true(value_eq(rows_at(&rows, 0, 3), bytes.bytes));
    assert_int_equal(rows_at(&rows, 0, 1).kind, VALUE_TEXT);
    store_read_end(tx);
}

static void a_text_with_a_nul_and_a_value_of_the_wrong_kind_are_refused(void **state)
{
    struct place *place = *state;
    place_open(place);
    struct bytes nul = {value_text(STR("a\0b")), NULL_VALUE};
    struct bytes number = {value_int(3), NULL_VALUE};
    assert_int_equal(store_write(place->store, &place->arena, 1, 0, NULL, add_bytes, &nul, NULL),
                     INVALID);
    assert_int_equal(store_write(place->store, &place->arena, 1, 0, NULL, add_bytes, &number, NULL),
                     FAULT);
    assert_int_equal(example_count(place->store), 0);
}

static enum status rename_it(struct tx *tx, void *context, struct fault *fault)
{
    (void)fault;
    TRY(tx_run(tx, &SQL_example_rename, ARGS(value_int(1), value_text(STR("new")), value_int(7)),
               NULL));
    *(int64_t *)context = tx_changed(tx);
    return OK;
}

static void parameters_are_bound_by_number_not_by_first_use(void **state)
{
    struct place *place = *state;
    place_open(place);
    int64_t changed = 0;
    struct tx *tx;
    struct rows rows;
    assert_int_equal(example_add(place->store, &place->arena, 1, 7, "old"), OK);
    assert_int_equal(
        store_write(place->store, &place->arena, 1, 0, NULL, rename_it, &changed, NULL), OK);
    assert_int_equal(changed, 1);
    assert_int_equal(store_read(place->store, &place->arena, &tx), OK);
    assert_int_equal(tx_run(tx, &SQL_example_name, ARGS(value_int(1), value_int(7)), &rows), OK);
    assert_true(str_is(rows_at(&rows, 0, 0).s, "new"));
    store_read_end(tx);
}

static void a_wrong_number_of_rows_is_told(void **state)
{
    struct place *place = *state;
    place_open(place);
    struct tx *tx;
    struct rows rows;
    assert_int_equal(example_add(place->store, &place->arena, 1, 1, "a"), OK);
    assert_int_equal(example_add(place->store, &place->arena, 1, 2, "b"), OK);
    assert_int_equal(store_read(place->store, &place->arena, &tx), OK);
    assert_int_equal(tx_run(tx, &SQL_example_name, ARGS(value_int(1), value_int(9)), &rows),
                     NOT_FOUND);
    assert_int_equal(tx_run(tx, &SQL_example_any, ARGS(value_int(1)), &rows), FAULT);
    assert_int_equal(tx_run(tx, &SQL_example_get, ARGS(value_int(1), value_int(9)), &rows), OK);
    assert_int_equal(rows.n, 0);
    assert_int_equal(tx_run(tx, &SQL_example_name, ARGS(value_int(1)), &rows), FAULT);
    store_read_end(tx);
}

static void add_many(struct place *place, int n)
{
    for (int i = 1; i <= n; i++) {
        struct str name = str_fmt(&place->arena, "n%d", i);
        assert_int_equal(example_add(place->store, &place->arena, 1, i, name.ptr), OK);
    }
}

static int some(struct tx *tx, int first, int n)
{
    struct value args[1 + LIST_MAX + 1] = {value_int(1)};
    struct rows rows = {0};
    for (int i = 0; i < n; i++)
        args[1 + i] = value_int(first + i);
    enum status status = tx_run(tx, &SQL_example_some, args, 1 + n, &rows);
    return status == OK ? rows.n : -1;
}

static void a_list_of_ids_may_be_empty_or_long_but_not_too_long(void **state)
{
    struct place *place = *state;
    place_open(place);
    struct tx *tx;
    add_many(place, 20);
    assert_int_equal(store_read(place->store, &place->arena, &tx), OK);
    assert_int_equal(some(tx, 1, 0), 0);
    assert_int_equal(some(tx, 1, 1), 1);
    assert_int_equal(some(tx, 3, 2), 2);
    assert_int_equal(some(tx, 1, 9), 9);
    assert_int_equal(some(tx, 1, 65), 20);
    assert_int_equal(some(tx, 1, LIST_MAX), 20);
    assert_int_equal(some(tx, 1, LIST_MAX + 1), -1);
    store_read_end(tx);
}

static void a_snapshot_does_not_see_later_writes(void **state)
{
    struct place *place = *state;
    place_open(place);
    struct tx *tx;
    struct rows rows;
    int64_t version;
    assert_int_equal(example_add(place->store, &place->arena, 1, 1, "a"), OK);
    assert_int_equal(store_read(place->store, &place->arena, &tx), OK);
    assert_int_equal(tx_version(tx, 1, &version), OK);
    assert_int_equal(version, 1);
    assert_int_equal(example_add(place->store, &place->arena, 1, 2, "b"), OK);
    assert_int_equal(store_version(place->store, 1), 2);
    assert_int_equal(tx_version(tx, 1, &version), OK);
    assert_int_equal(version, 1);
    assert_int_equal(tx_run(tx, &SQL_example_count, NO_ARGS, &rows), OK);
    assert_int_equal(rows_at(&rows, 0, 0).i, 1);
    store_read_end(tx);
    assert_int_equal(example_count(place->store), 2);
}

static void each_body_has_its_own_version_and_nought_is_all_of_them(void **state)
{
    struct place *place = *state;
    place_open(place);
    assert_int_equal(store_version(place->store, 1), 0);
    assert_int_equal(example_add(place->store, &place->arena, 1, 1, "a"), OK);
    assert_int_equal(example_add(place->store, &place->arena, 1, 2, "b"), OK);
    assert_int_equal(example_add(place->store, &place->arena, 2, 1, "a"), OK);
    assert_int_equal(example_add(place->store, &place->arena, 2, 1, "a"), CONFLICT);
    assert_int_equal(store_version(place->store, 1), 2);
    assert_int_equal(store_version(place->store, 2), 1);
    assert_int_equal(store_version(place->store, 0), 3);
}

static void a_statement_there_was_no_room_for_is_refused(void **state)
{
    struct place *place = *state;
    place_open(place);
    struct tx *tx;
    assert_int_equal(store_read(place->store, &place->arena, &tx), OK);
    assert_int_equal(tx_run(tx, NULL, NO_ARGS, NULL), BUSY);
    store_read_end(tx);
}

static void a_write_of_the_instance_raises_the_version_of_every_body(void **state)
{
    struct place *place = *state;
    place_open(place);
    assert_int_equal(example_add(place->store, &place->arena, 1, 1, "a"), OK);
    assert_int_equal(example_add(place->store, &place->arena, 0, 1, "a"), OK);
    assert_int_equal(store_version(place->store, 1), 2);
    assert_int_equal(store_version(place->store, 2), 1);
    assert_int_equal(store_version(place->store, 0), 2);
}

static void a_version_is_seen_by_another_opener_of_the_file_and_lasts(void **state)
{
    struct place *place = *state;
    struct place other = *place;
    place_open(place);
    place_open(&other);
    assert_int_equal(store_version(other.store, 1), 0);
    assert_int_equal(example_add(place->store, &place->arena, 1, 1, "a"), OK);
    assert_int_equal(store_version(other.store, 1), 1);
    assert_int_equal(example_add(other.store, &place->arena, 1, 2, "b"), OK);
    assert_int_equal(store_version(place->store, 1), 2);
    place_close(&other);
    arena_close(&other.arena);
    place_close(place);
    place_open(place);
    assert_int_equal(store_version(place->store, 1), 2);
}

struct walk {
    int seen, stop_at;
};

static enum status see(void *context, const struct value *cells, int n)
{
    struct walk *walk = context;
    walk->seen++;
    assert_int_equal(n, 2);
    assert_int_equal(cells[0].i, walk->seen);
    return walk->seen == walk->stop_at ? NOT_FOUND : OK;
}

static void rows_come_one_by_one_until_stopped(void **state)
{
    struct place *place = *state;
    place_open(place);
    struct tx *tx;
    struct walk all = {0}, two = {.stop_at = 2};
    add_many(place, 5);
    assert_int_equal(store_read(place->store, &place->arena, &tx), OK);
    assert_int_equal(tx_each(tx, &SQL_example_of_body, ARGS(value_int(1)), see, &all), OK);
    assert_int_equal(all.seen, 5);
    assert_int_equal(tx_each(tx, &SQL_example_of_body, ARGS(value_int(1)), see, &two), NOT_FOUND);
    assert_int_equal(two.seen, 2);
    store_read_end(tx);
}

static enum status look_again(void *context, const struct value *cells, int n)
{
    (void)cells;
    (void)n;
    return tx_run(context, &SQL_example_count, NO_ARGS, NULL);
}

static void a_statement_within_one_that_passes_rows_on_is_refused(void **state)
{
    struct place *place = *state;
    struct tx *tx;
    struct rows rows;
    place_open(place);
    assert_int_equal(example_add(place->store, &place->arena, 1, 1, "a"), OK);
    assert_int_equal(store_read(place->store, &place->arena, &tx), OK);
    assert_int_equal(tx_each(tx, &SQL_example_of_body, ARGS(value_int(1)), look_again, tx), FAULT);
    assert_int_equal(tx_run(tx, &SQL_example_count, NO_ARGS, &rows), OK);
    store_read_end(tx);
}

static void a_read_cannot_write(void **state)
{
    struct place *place = *state;
    place_open(place);
    struct tx *tx;
    struct example_row row = {1, 1, "a"};
    assert_int_equal(store_read(place->store, &place->arena, &tx), OK);
    assert_int_equal(example_apply(tx, &row, NULL), FAULT);
    store_read_end(tx);
    assert_int_equal(example_count(place->store), 0);
}

static void the_same_text_is_one_statement_and_there_is_an_end_to_them(void **state)
{
    struct place *place = *state;
    place_open(place);
    struct store *store = place->store;
    const struct statement *first =
        store_intern(store, "a", STR("select id from example"), "", RESULT_MANY);
    assert_ptr_equal(first,
                     store_intern(store, "a", STR("select id from example"), "", RESULT_MANY));
    assert_ptr_not_equal(first,
                         store_intern(store, "a", STR("select id from example"), "", RESULT_MAYBE));
    const struct statement *last = first;
    for (int i = 0; i < INTERNED_MAX && last; i++) {
        struct str sql = str_fmt(&place->arena, "select %d from example", i);
        last = store_intern(store, "a", sql, "", RESULT_MANY);
    }
    assert_null(last);
}

/* More statements than a connection keeps prepared: old ones give way and come back. */
static void statements_beyond_the_kept_ones_still_run(void **state)
{
    struct place *place = *state;
    place_open(place);
    const struct statement *statements[LRU_SLOTS_AND_MORE];
    struct tx *tx;
    for (int i = 0; i < LRU_SLOTS_AND_MORE; i++) {
        struct str sql = str_fmt(&place->arena, "select %d as n", i);
        statements[i] = store_intern(place->store, "n", sql, "", RESULT_ONE);
    }
    assert_int_equal(store_read(place->store, &place->arena, &tx), OK);
    for (int round = 0; round < 3; round++)
        for (int i = 0; i < LRU_SLOTS_AND_MORE; i += 1 + round) {
            struct rows rows;
            assert_int_equal(tx_run(tx, statements[i], NO_ARGS, &rows), OK);
            assert_int_equal(rows_at(&rows, 0, 0).i, i);
        }
    store_read_end(tx);
}

static void columns_are_told_as_the_database_has_them(void **state)
{
    struct place *place = *state;
    place_open(place);
    static const char *const names[] = {"body_id", "id", "name", "parent", "bytes", "note"};
    struct str *columns;
    int n;
    assert_int_equal(store_columns(place->store, &place->arena, "example", &columns, &n), OK);
    assert_int_equal(n, 6);
    for (int i = 0; i < n; i++)
        assert_true(str_is(columns[i], names[i]));
    assert_int_equal(store_columns(place->store, &place->arena, "absent", &columns, &n), OK);
    assert_int_equal(n, 0);
}

static void every_statement_of_the_store_prepares(void **state)
{
    struct place *place = *state;
    place_open(place);
    struct fault fault = {0};
    enum status status = store_check(place->store, &place->arena, &fault);
    if (status != OK)
        print_error("%.*s\n", STR_ARG(fault.message));
    assert_int_equal(status, OK);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, place_setup, place_teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_row_written_is_read_back_with_every_kind_of_value),
        TEST(bytes_keep_their_zeros_and_empty_is_not_null),
        TEST(a_text_with_a_nul_and_a_value_of_the_wrong_kind_are_refused),
        TEST(parameters_are_bound_by_number_not_by_first_use),
        TEST(a_wrong_number_of_rows_is_told),
        TEST(a_list_of_ids_may_be_empty_or_long_but_not_too_long),
        TEST(a_snapshot_does_not_see_later_writes),
        TEST(each_body_has_its_own_version_and_nought_is_all_of_them),
        TEST(a_statement_there_was_no_room_for_is_refused),
        TEST(a_write_of_the_instance_raises_the_version_of_every_body),
        TEST(a_version_is_seen_by_another_opener_of_the_file_and_lasts),
        TEST(rows_come_one_by_one_until_stopped),
        TEST(a_statement_within_one_that_passes_rows_on_is_refused),
        TEST(a_read_cannot_write),
        TEST(the_same_text_is_one_statement_and_there_is_an_end_to_them),
        TEST(statements_beyond_the_kept_ones_still_run),
        TEST(columns_are_told_as_the_database_has_them),
        TEST(every_statement_of_the_store_prepares),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
