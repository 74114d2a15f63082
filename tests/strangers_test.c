/* Somebody who is signed in and asks for what is another's: by ids, by keys, by what answers show.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "account_kit.h"

static const char readings[] = "select count(*) from journal where chain = 1";

static struct got send(struct place *place, struct str cookie, const char *target, const char *form,
                       const char *key)
{
    return ask(place->sample, &(struct ask){.method = METHOD_POST,
                                            .target = target,
                                            .form = form,
                                            .cookie = cookie,
                                            .key = key,
                                            .origin = "https://duikou.example",
                                            .remote = true,
                                            .json = true});
}

/* What the liaison of a unit sends to name somebody; `more` as it stands in a form. */
static const char *naming(struct place *place, int64_t organization, const char *more)
{
    struct arena *arena = &place->sample->arena;
    return str_fmt(arena, "organization=%.*s&role=liaison&name=%%E8%%B5%%B5%s",
                   STR_ARG(id_format(arena, organization)), more)
        .ptr;
}

static void the_id_of_a_record_of_others_is_no_way_to_it(void **state)
{
    (void)state;
    struct place place = place_open();
    make_in(place.sample, "unit", ROLE_UNIT_LIAISON, "linjiang", place.unit);
    make_in(place.sample, "other", ROLE_UNIT_LIAISON, "linjiang", place.stranger);
    struct str other = sign_in(place.sample, "other"), unit = sign_in(place.sample, "unit");
    struct got made = send(&place, other, "/linjiang/designation",
                           naming(&place, place.stranger, "&post=SECRETPOST"), NULL);
    is(made, 201);
    struct str id = between(place.sample, made.body, "\"id\":\"", "\"");
    const char *more = str_fmt(&place.sample->arena, "&id=%.*s", STR_ARG(id)).ptr;
    struct got mine =
        send(&place, unit, "/linjiang/designation", naming(&place, place.unit, more), NULL);
    is(mine, 201); /* a record of his own, under another id */
    assert_false(str_has(mine.body, id) || str_has(mine.body, STR("SECRETPOST")));
    is(send(&place, other, "/linjiang/designation", naming(&place, place.stranger, more), NULL),
       200); /* a double submit is the same record */
    assert_int_equal(count(&place, "select count(*) from designation"), 2);
    place_close(&place);
}

static void a_private_field_that_a_write_shows_is_told_unless_it_was_sent(void **state)
{
    (void)state;
    struct place place = place_open();
    make_in(place.sample, "unit", ROLE_UNIT_LIAISON, "linjiang", place.unit);
    struct str unit = sign_in(place.sample, "unit");
    struct got made = send(&place, unit, "/linjiang/designation",
                           naming(&place, place.unit, "&mobile=" NUMBER), "key-1");
    is(made, 201);
    assert_true(str_has(made.body, STR(NUMBER)));
    assert_int_equal(count(&place, readings), 0); /* his own words */
    is(send(&place, unit, "/linjiang/designation", naming(&place, place.unit, "&mobile=" NUMBER),
            "key-1"),
       201);
    assert_int_equal(count(&place, readings), 1); /* the kept answer */
    struct str id = between(place.sample, made.body, "\"id\":\"", "\"");
    const char *change =
        str_fmt(&place.sample->arena, "/linjiang/designation/%.*s/change", STR_ARG(id)).ptr;
    struct got stale = send(&place, unit, change, "version=9&name=%E8%B5%B5", NULL);
    is(stale, 409);
    assert_true(str_has(stale.body, STR(NUMBER)));
    assert_int_equal(count(&place, readings), 2);
    is(post(place.sample, unit, change, "version=1&name=%E8%B5%B5&mobile=" NUMBER), 303);
    assert_int_equal(count(&place, readings), 2); /* only led on */
    place_close(&place);
}

static void a_kept_answer_is_for_the_seat_that_it_was_given_to(void **state)
{
    (void)state;
    struct place place = place_open();
    make_in(place.sample, "unit", ROLE_UNIT_LIAISON, "linjiang", place.unit);
    struct str clerk = sign_in(place.sample, "clerk"), unit = sign_in(place.sample, "unit");
    const char *form = naming(&place, place.unit, "&mobile=" NUMBER);
    struct str url = account_url(&place, clerk, "unit");
    is(send(&place, unit, "/linjiang/designation", form, "key-1"), 201);
    struct arena *arena = &place.sample->arena;
    is(post(place.sample, clerk, TO(url, "/seats"),
            "role=party-liaison&body=linjiang&organization=%E5%B8%82%E6%95%99%E8%82%B2%E5%B1%80"),
       303);
    struct str seat =
        between(place.sample, get(place.sample, unit, "/me").body, "name=\"seat\" value=\"", "\"");
    is(post(place.sample, unit, "/me/seat", str_fmt(arena, "seat=%.*s", STR_ARG(seat)).ptr), 303);
    struct got again = send(&place, unit, "/linjiang/designation", form, "key-1");
    is(again, 422);
    assert_false(str_has(again.body, STR(NUMBER)));
    place_close(&place);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_id_of_a_record_of_others_is_no_way_to_it),
        cmocka_unit_test(a_private_field_that_a_write_shows_is_told_unless_it_was_sent),
        cmocka_unit_test(a_kept_answer_is_for_the_seat_that_it_was_given_to),
    };
    return cmocka_run_group_tests_name("program/strangers", tests, NULL, NULL);
}
