#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/date.h"
#include "base/id.h"
#include "base/utf8.h"

static void arena_gives_zeroed_memory_and_rewinds_to_a_mark(void **state)
{
    (void)state;
    AUTOARENA arena = arena_open(MIB(1));
    char *first = arena_new(&arena, char, 100);
    first[99] = 'x';
    struct arena_mark mark = arena_mark(&arena);
    for (int i = 0; i < 100; i++)
        arena_new(&arena, char, 5000);
    arena_rewind(&arena, mark);
    assert_int_equal(first[99], 'x');
    char *again = arena_new(&arena, char, 5000);
    for (int i = 0; i < 5000; i++)
        assert_int_equal(again[i], 0);
}

static void arena_push_keeps_what_was_pushed(void **state)
{
    (void)state;
    AUTOARENA arena = arena_open(MIB(1));
    int *items = NULL, n = 0, room = 0;
    for (int i = 0; i < 1000; i++)
        *arena_push(&arena, items, n, room) = i;
    assert_int_equal(n, 1000);
    for (int i = 0; i < n; i++)
        assert_int_equal(items[i], i);
}

static void str_cuts_replaces_and_joins(void **state)
{
    (void)state;
    AUTOARENA arena = arena_open(MIB(1));
    struct str rest = STR("一、二、三");
    assert_true(str_is(str_cut(&rest, STR("、")), "一"));
    assert_true(str_is(rest, "二、三"));
    assert_true(str_is(str_replace(&arena, STR("aXbXc"), STR("X"), STR("--")), "a--b--c"));
    struct str parts[] = {STR("a"), STR("b")};
    assert_true(str_is(str_join(&arena, STR(", "), parts, 2), "a, b"));
    assert_int_equal(str_find_last(STR("abcabc"), STR("bc")), 4);
    assert_int_equal(str_find(STR("abc"), STR("x")), -1);
}

static void str_to_int_refuses_what_is_not_a_whole_number(void **state)
{
    (void)state;
    int64_t value;
    assert_true(str_to_int(STR("-9223372036854775808"), &value));
    assert_int_equal(value, INT64_MIN);
    assert_false(str_to_int(STR("9223372036854775808"), &value));
    assert_false(str_to_int(STR(""), &value));
    assert_false(str_to_int(STR("-"), &value));
    assert_false(str_to_int(STR("1x"), &value));
}

static void buf_stops_at_its_cap_and_says_so(void **state)
{
    (void)state;
    AUTOBUF buf = buf_open(10);
    BUF_LIT(&buf, "12345678");
    assert_false(buf.full);
    BUF_LIT(&buf, "901");
    assert_true(buf.full);
    assert_int_equal(buf.len, 8);
}

static void dates_are_checked_and_counted(void **state)
{
    (void)state;
    struct date date;
    assert_true(date_parse(STR("2024-02-29"), &date));
    assert_false(date_parse(STR("2023-02-30"), &date));
    assert_false(date_parse(STR("2023-2-3"), &date));
    assert_int_equal(date_to_days((struct date){1970, 1, 1}), 0);
    for (int64_t day = -800000; day < 2900000; day += 997)
        assert_int_equal(date_to_days(date_from_days(day)), day);
    assert_int_equal(date_weekday((struct date){2026, 11, 21}), 6);
    date = date_add_months((struct date){2024, 1, 31}, 1);
    assert_int_equal(date.day, 29);
    AUTOARENA arena = arena_open(MIB(1));
    struct clock clock = clock_at((struct date){2022, 1, 24});
    assert_true(str_is(instant_format(&arena, clock_now(&clock), ZONE_CHINA_MIN),
                       "2022-01-24T12:00:00+08:00"));
    assert_int_equal(clock_today(&clock).day, 24);
}

static void ids_increase_even_when_the_clock_is_set_back(void **state)
{
    (void)state;
    AUTOARENA arena = arena_open(MIB(1));
    struct clock clock = clock_at((struct date){2026, 1, 1});
    struct id_maker maker = {.clock = &clock, .node = 5};
    int64_t last = 0;
    for (int i = 0; i < 10000; i++) {
        if (i == 5000)
            clock.fixed_us -= 3600LL * 1000000;
        int64_t id = id_next(&maker), back;
        assert_true(id > last);
        assert_true(id_parse(id_format(&arena, id), &back));
        assert_int_equal(back, id);
        last = id;
    }
    int64_t id;
    assert_false(id_parse(STR("ZZZZZZZZZZZZZ"), &id));
    assert_false(id_parse(STR("0000000000U00"), &id));
}

static void utf8_refuses_overlong_and_surrogates(void **state)
{
    (void)state;
    assert_true(utf8_is_valid(STR("对口𠮷")));
    assert_false(utf8_is_valid(STR("\xC0\x80")));
    assert_false(utf8_is_valid(STR("\xED\xA0\x80")));
    assert_false(utf8_is_valid(STR("\xE5\xAF")));
    assert_int_equal(utf8_count(STR("对口ab")), 4);
    assert_true(str_is(utf8_head(STR("对口ab"), 3), "对口a"));
    struct str rest = STR("𠮷");
    char back[4];
    assert_int_equal(utf8_put(back, utf8_next(&rest)), 4);
    assert_memory_equal(back, "𠮷", 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arena_gives_zeroed_memory_and_rewinds_to_a_mark),
        cmocka_unit_test(arena_push_keeps_what_was_pushed),
        cmocka_unit_test(str_cuts_replaces_and_joins),
        cmocka_unit_test(str_to_int_refuses_what_is_not_a_whole_number),
        cmocka_unit_test(buf_stops_at_its_cap_and_says_so),
        cmocka_unit_test(dates_are_checked_and_counted),
        cmocka_unit_test(ids_increase_even_when_the_clock_is_set_back),
        cmocka_unit_test(utf8_refuses_overlong_and_surrogates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
