#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/scratch.h"
#include "domain/domain.h"
#include "domain/simulate/simulate.h"
#include "store/trial.h"

/* A database of its own for each simulated body. */
struct made {
    struct arena arena;
    char directory[64];
    struct str url;
    struct store *store;
};

static struct made open_database(void)
{
    struct made made = {.arena = arena_open(MIB(64))};
    scratch_make(made.directory, sizeof made.directory, "moni");
    made.url = trial_url(&made.arena, made.directory);
    struct store_options options = {
        .url = made.url, .schema = domain_schemas(), .create = true, .readers = 1};
    assert_int_equal(store_open(&made.arena, &options, &made.store, NULL), OK);
    return made;
}

static void close_database(struct made *made)
{
    store_close(made->store);
    trial_drop(made->url);
    scratch_remove(made->directory);
    arena_close(&made->arena);
}

static bool go_on(void *context, int64_t done, int64_t organizations)
{
    (void)context;
    (void)done;
    (void)organizations;
    return true;
}

static bool stop_at_once(void *context, int64_t done, int64_t organizations)
{
    (void)context;
    return done == organizations;
}

static const struct simulate_options small = {
    .slug = STR_INIT("moni"), .organizations = 400, .seed = 7, .progress = go_on};

static enum status fill(struct made *made, struct simulate_options options,
                        struct simulate_result *ret_result)
{
    struct fault fault = {0};
    enum status status = simulate(made->store, &made->arena, &options, ret_result, &fault);
    assert_true((status == OK) == (fault.message.len == 0));
    return status;
}

/* All values of a statement, one behind the other. */
static struct str dump(struct made *made, const char *sql)
{
    const struct statement *statement =
        store_intern(made->store, "dump", str_from(sql), "", RESULT_MANY);
    struct tx *tx;
    struct rows rows;
    assert_int_equal(store_read(made->store, &made->arena, &tx), OK);
    assert_int_equal(tx_run(tx, statement, NO_ARGS, &rows), OK);
    struct str *cells = arena_new(&made->arena, struct str, rows.n * rows.columns_n);
    for (int i = 0; i < rows.n * rows.columns_n; i++)
        cells[i] = rows.cells[i].kind == VALUE_INT
                       ? str_fmt(&made->arena, "%lld", (long long)rows.cells[i].i)
                       : value_str(rows.cells[i]);
    store_read_end(tx);
    return str_join(&made->arena, STR(" "), cells, rows.n * rows.columns_n);
}

static const char *const contents[] = {
    "select * from body",
    "select * from organization order by id",
    "select * from organization_name order by owner, position",
    "select * from name_key order by search_key, organization",
    "select * from designation order by id",
    "select * from link order by id",
    "select * from duty order by id",
};
enum { CONTENTS_N = sizeof contents / sizeof *contents };

static void the_same_seed_gives_the_same_records(void **state)
{
    (void)state;
    struct simulate_result result;
    struct made one = open_database(), two = open_database();
    assert_int_equal(fill(&one, small, &result), OK);
    assert_int_equal(fill(&two, small, &result), OK);
    for (int i = 0; i < CONTENTS_N; i++) {
        struct str first = dump(&one, contents[i]);
        assert_true(first.len > 0);
        assert_true(str_eq(first, dump(&two, contents[i])));
    }
    close_database(&one);
    close_database(&two);
}

static void another_seed_gives_other_records(void **state)
{
    (void)state;
    struct simulate_result result;
    struct simulate_options other = small;
    other.seed = 8;
    struct made one = open_database(), two = open_database();
    assert_int_equal(fill(&one, small, &result), OK);
    assert_int_equal(fill(&two, other, &result), OK);
    assert_false(str_eq(dump(&one, contents[1]), dump(&two, contents[1])));
    close_database(&one);
    close_database(&two);
}

static void there_are_as_many_units_as_were_asked_for_of_every_kind(void **state)
{
    (void)state;
    struct simulate_result result;
    struct made made = open_database();
    assert_int_equal(fill(&made, small, &result), OK);
    assert_int_equal(result.organizations, 400);
    assert_false(result.stopped);
    assert_true(str_is(dump(&made, "select count(*) from organization"), "400"));
    assert_true(str_is(dump(&made, "select count(*) from link"),
                       str_fmt(&made.arena, "%lld", (long long)result.links).ptr));
    /* Parts, group entries, units that ended, other names, people. */
    assert_true(str_is(dump(&made, "select count(*) > 20 and sum(is_group) = 0 "
                                   "from organization where parent is not null"),
                       "1"));
    assert_true(str_is(dump(&made, "select sum(is_group) > 0, "
                                   "count(case when end_date < '2022' then 1 end) > 0 "
                                   "from organization"),
                       "1 1"));
    assert_true(str_is(dump(&made, "select count(distinct kind) from organization_name"), "2"));
    assert_true(result.people > 0);
    close_database(&made);
}

static void no_two_units_have_the_same_name(void **state)
{
    (void)state;
    struct simulate_result result;
    struct made made = open_database();
    assert_int_equal(fill(&made, small, &result), OK);
    assert_true(str_is(dump(&made, "select count(*) - count(distinct name) from organization "
                                   "where parent is null and is_group = 0"),
                       "0"));
    close_database(&made);
}

static void a_stop_leaves_a_whole_body_of_fewer_units(void **state)
{
    (void)state;
    struct simulate_result result;
    struct simulate_options options = small;
    options.organizations = 3000;
    options.progress = stop_at_once;
    struct made made = open_database();
    assert_int_equal(fill(&made, options, &result), OK);
    assert_true(result.stopped);
    assert_true(result.organizations < 3000);
    assert_true(str_is(dump(&made, "select count(*) from organization"),
                       str_fmt(&made.arena, "%lld", (long long)result.organizations).ptr));
    close_database(&made);
}

static void two_bodies_live_in_one_database(void **state)
{
    (void)state;
    struct simulate_result result;
    struct simulate_options other = small;
    other.slug = STR("moni-2");
    struct made made = open_database();
    assert_int_equal(fill(&made, small, &result), OK);
    assert_int_equal(fill(&made, other, &result), OK);
    assert_true(str_is(dump(&made, "select count(*), count(distinct id) from body"), "2 2"));
    close_database(&made);
}

static void a_body_that_is_there_is_refused(void **state)
{
    (void)state;
    struct simulate_result result;
    struct made made = open_database();
    assert_int_equal(fill(&made, small, &result), OK);
    assert_int_equal(fill(&made, small, &result), CONFLICT);
    assert_true(str_is(dump(&made, "select count(*) from organization"), "400"));
    close_database(&made);
}

static void numbers_and_addresses_out_of_range_are_refused(void **state)
{
    (void)state;
    struct simulate_result result;
    struct simulate_options few = small, many = small, address = small;
    few.organizations = SIMULATE_LEAST - 1;
    many.organizations = SIMULATE_MOST + 1;
    address.slug = STR("Moni");
    struct made made = open_database();
    assert_int_equal(fill(&made, few, &result), INVALID);
    assert_int_equal(fill(&made, many, &result), INVALID);
    assert_int_equal(fill(&made, address, &result), INVALID);
    assert_true(str_is(dump(&made, "select count(*) from body"), "0"));
    close_database(&made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_seed_gives_the_same_records),
        cmocka_unit_test(another_seed_gives_other_records),
        cmocka_unit_test(there_are_as_many_units_as_were_asked_for_of_every_kind),
        cmocka_unit_test(no_two_units_have_the_same_name),
        cmocka_unit_test(a_stop_leaves_a_whole_body_of_fewer_units),
        cmocka_unit_test(two_bodies_live_in_one_database),
        cmocka_unit_test(a_body_that_is_there_is_refused),
        cmocka_unit_test(numbers_and_addresses_out_of_range_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
