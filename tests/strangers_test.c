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

/* --- administrators, and what they could do with each other's accounts --- */

static int ways(struct place *place)
{
    return count(place, "select count(*) from account a where a.login = 'next' and "
                        "(a.mobile is not null or exists (select 1 from token t where "
                        "t.account = a.id) or exists (select 1 from session s where "
                        "s.account = a.id))");
}

static void nobody_keeps_a_way_into_an_administrators_account(void **state)
{
    (void)state;
    struct place place = place_open();
    struct program_sample *sample = place.sample;
    struct arena *arena = &sample->arena;
    make_in(sample, "system", ROLE_SYSTEM, NULL, 0);
    make_in(sample, "security", ROLE_SECURITY, NULL, 0);
    make_in(sample, "next", ROLE_NONE, NULL, 0);
    struct str system = sign_in(sample, "system"), security = sign_in(sample, "security");
    struct str next = account_url(&place, system, "next"),
               other = account_url(&place, system, "security");
    is(post(sample, system, TO(other, "/contact"), "mobile=13900000007"), 403);
    is(post(sample, system, TO(other, "/contact"), "of=subject&subject=me"), 403);
    is(post(sample, system, TO(next, "/contact"), "mobile=13900000007"), 303);
    is(post(sample, system, TO(next, "/slip"), ""), 201);
    is(post(sample, security, TO(next, "/seats"), "role=audit"), 409); /* the slip is known */
    struct got slip = post(sample, system, TO(next, "/slip"), "");
    struct str code = between(sample, slip.body, "<p class=\"secret\">", "</p>");
    is(post(sample, (struct str){0}, "/sign-in/slip",
            str_fmt(arena, "code=%.*s", STR_ARG(code)).ptr),
       303);
    assert_int_equal(ways(&place), 1);
    is(post(sample, security, TO(next, "/seats"), "role=audit"), 303);
    assert_int_equal(ways(&place), 0);
    place_close(&place);
}

static void a_slip_from_the_machine_ends_what_was_signed_in(void **state)
{
    (void)state;
    struct place place = place_open();
    struct program_sample *sample = place.sample;
    struct str clerk = sign_in(sample, "clerk"), slip;
    struct actor actor = actor_named("命令行", clock_now(&sample->program.clock));
    struct fault fault = {0};
    is(post(sample, clerk, "/me/tokens", "name=a&days=30&scope=read"), 201);
    assert_int_equal(account_reset(sample->program.accounts, &sample->arena, &actor, STR("clerk"),
                                   &slip, &fault),
                     OK);
    assert_int_equal(count(&place, "select count(*) from token"), 0);
    place_close(&place);
}

static void all_tokens_stand_on_the_page_where_they_are_ended(void **state)
{
    (void)state;
    struct place place = place_open();
    struct str clerk = sign_in(place.sample, "clerk");
    for (int i = 0; i < 20; i++)
        is(post(place.sample, clerk, "/me/tokens", "name=a&days=30&scope=read"), 201);
    is(post(place.sample, clerk, "/me/tokens", "name=a&days=30&scope=read"), 422);
    place_close(&place);
}

static void what_another_body_has_is_not_told_by_a_seat_refused(void **state)
{
    static const char *const forms[] = {
        "role=unit-liaison&body=qinghe&organization=%E5%B8%82%E6%95%99%E8%82%B2%E5%B1%80",
        "role=unit-liaison&body=qinghe&organization=nothing",
        "role=unit-liaison&body=nowhere&organization=nothing"};
    (void)state;
    struct place place = place_open();
    make_in(place.sample, "unit", ROLE_UNIT_LIAISON, "linjiang", place.unit);
    struct str clerk = sign_in(place.sample, "clerk");
    struct str url = account_url(&place, clerk, "unit");
    struct arena *arena = &place.sample->arena;
    for (int i = 0; i < 3; i++) {
        struct got got = post(place.sample, clerk, TO(url, "/seats"), forms[i]);
        is(got, 403);
        assert_true(str_has(got.body, STR("您不能授予或收回这个身份")));
    }
    place_close(&place);
}

static void a_name_moves_no_cursor_and_breaks_no_line(void **state)
{
    static const char *const names[] = {"a\x1b[2J", "a\nb",
                                        "a\xc2\x9b"
                                        "2J",
                                        "a\xff"};
    (void)state;
    struct place place = place_open();
    struct program_sample *sample = place.sample;
    struct actor actor = actor_named("命令行", clock_now(&sample->program.clock));
    for (int i = 0; i < 4; i++) {
        struct account_new wanted = {.login = STR("name"), .name = str_from(names[i])};
        struct fault fault = {0};
        struct str slip;
        assert_int_equal(
            account_make(sample->program.accounts, &sample->arena, &actor, &wanted, &slip, &fault),
            INVALID);
    }
    struct str clerk = sign_in(sample, "clerk");
    is(post(sample, clerk, "/me/tokens", "name=a%1B%5B2J&days=30&scope=read"), 422);
    place_close(&place);
}

static int enter_from(struct place *place, const char *from, const char *with)
{
    struct arena *arena = &place->sample->arena;
    return ask(place->sample,
               &(struct ask){.method = METHOD_POST,
                             .target = "/sign-in",
                             .form = str_fmt(arena, "login=clerk&password=%s", with).ptr,
                             .origin = "https://duikou.example",
                             .from = from,
                             .remote = true})
        .status;
}

static void strangers_keep_nobody_out_of_where_he_signed_in_before(void **state)
{
    (void)state;
    struct place place = place_open();
    assert_int_equal(enter_from(&place, "10.9.9.1", PASSWORD), 303);
    for (int i = 0; i < 6; i++)
        (void)enter_from(&place, "192.0.2.66", "wrong");
    assert_int_equal(enter_from(&place, "192.0.2.66", PASSWORD), 429);
    assert_int_equal(enter_from(&place, "10.9.9.2", PASSWORD), 429); /* a place that is new */
    assert_int_equal(enter_from(&place, "10.9.9.1", PASSWORD), 303);
    /* That place itself has no more tries than any. */
    for (int i = 0; i < 6; i++)
        (void)enter_from(&place, "192.0.2.66", "wrong");
    for (int i = 0; i < 5; i++)
        assert_int_equal(enter_from(&place, "10.9.9.1", "wrong"), 422);
    assert_int_equal(enter_from(&place, "10.9.9.1", PASSWORD), 429);
    place_close(&place);
}

/* A code has six digits and five tries: how many are sent is how many are guessed. */
static void codes_to_one_number_are_few_in_a_day(void **state)
{
    (void)state;
    struct place place = place_open();
    struct program_sample *sample = place.sample;
    struct arena *arena = &sample->arena;
    sample->program.accounts->options.signon.sms_url = STR("http://127.0.0.1:9/");
    make_in(sample, "unit", ROLE_UNIT_LIAISON, "linjiang", place.unit);
    struct str clerk = sign_in(sample, "clerk");
    is(post(sample, clerk, TO(account_url(&place, clerk, "unit"), "/contact"),
            "mobile=13900000007"),
       303);
    for (int i = 0; i < 60; i++) {
        is(post(sample, (struct str){0}, "/sign-in/sms", "mobile=13900000007"), 200);
        sample->program.clock.fixed_us += 20 * MINUTE_US;
    }
    assert_int_equal(count(&place, "select count(*) from outbox where channel = 'sms'"), 20);
    place_close(&place);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_id_of_a_record_of_others_is_no_way_to_it),
        cmocka_unit_test(a_private_field_that_a_write_shows_is_told_unless_it_was_sent),
        cmocka_unit_test(a_kept_answer_is_for_the_seat_that_it_was_given_to),
        cmocka_unit_test(nobody_keeps_a_way_into_an_administrators_account),
        cmocka_unit_test(a_slip_from_the_machine_ends_what_was_signed_in),
        cmocka_unit_test(all_tokens_stand_on_the_page_where_they_are_ended),
        cmocka_unit_test(what_another_body_has_is_not_told_by_a_seat_refused),
        cmocka_unit_test(a_name_moves_no_cursor_and_breaks_no_line),
        cmocka_unit_test(strangers_keep_nobody_out_of_where_he_signed_in_before),
        cmocka_unit_test(codes_to_one_number_are_few_in_a_day),
    };
    return cmocka_run_group_tests_name("program/strangers", tests, NULL, NULL);
}
