/* The ways in besides the password, and what stays behind when one leaves: slips that lapse, the
 * second factor behind a code from the telephone, nothing kept by the browser. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "account_kit.h"

static const char number[] = NUMBER;

static int64_t one_id(struct place *place, const char *sql)
{
    struct statement statement = {"id_of_test", sql, "", RESULT_MAYBE, NULL};
    struct tx *tx;
    struct rows rows;
    assert_int_equal(store_read(place->sample->program.store, &place->sample->arena, &tx), OK);
    assert_int_equal(tx_run(tx, &statement, NO_ARGS, &rows), OK);
    assert_int_equal(rows.n, 1);
    int64_t id = value_i64(rows.cells[0]);
    store_read_end(tx);
    return id;
}

static void no_slip_is_offered_for_an_administrator(void **state)
{
    (void)state;
    struct place place = place_open();
    struct program_sample *sample = place.sample;
    make_in(sample, "system", ROLE_SYSTEM, NULL, 0);
    make_in(sample, "shenji", ROLE_AUDIT, NULL, 0);
    struct str system = sign_in(sample, "system");
    struct str page = get(sample, system, account_url(&place, system, "shenji").ptr).body;
    assert_true(str_has(page, STR("duikou user reset --login shenji")));
    assert_false(str_has(page, STR("/slip\"")));
    struct str told = get(sample, sign_in(sample, "shenji"), "/journal").body;
    assert_true(str_has(told, STR("审计管理员")) && !str_has(told, STR("0000000000000")));
    page = get(sample, system, account_url(&place, system, "clerk").ptr).body;
    assert_true(str_has(page, STR("/slip\"")));
    place_close(&place);
}

/* --- the second factor behind a code from the telephone --- */

/* Codes are sent by the outbox, which is not run: what they are follows from the row. */
static const char *sms_sent(struct place *place)
{
    struct program_sample *sample = place->sample;
    struct fault fault;
    struct str code;
    sample->program.clock.fixed_us += 61 * 1000000;
    is(post(sample, (struct str){0}, "/sign-in/sms", "mobile=13800000001"), 200);
    int64_t id = one_id(place, "select c.id from sms_code c order by c.created desc limit 1");
    assert_int_equal(secret_number(sample->program.accounts, &sample->arena, id, &code, &fault),
                     OK);
    return str_fmt(&sample->arena, "mobile=%s&code=%.*s&next=/linjiang/duty", number, STR_ARG(code))
        .ptr;
}

static void write_down(struct place *place, const char *by, const char *login)
{
    struct program_sample *sample = place->sample;
    struct arena *arena = &sample->arena;
    struct str cookie = sign_in(sample, by), url = account_url(place, cookie, login);
    is(post(sample, cookie, TO(url, "/contact"), "mobile=13800000001"), 303);
}

static struct str put_in_use(struct program_sample *sample, const char *login)
{
    struct str cookie = sign_in(sample, login);
    struct str base32 =
        between(sample, get(sample, cookie, "/me/totp").body, "name=\"secret\" value=\"", "\"");
    struct str secret = totp_secret_bytes(&sample->arena, base32);
    is(post(
           sample, cookie, "/me/totp",
           str_fmt(&sample->arena, "secret=%.*s&code=%s", STR_ARG(base32), totp_now(sample, secret))
               .ptr),
       200);
    return secret;
}

static struct got second(struct program_sample *sample, struct str pending, const char *code)
{
    return post(sample, pending, "/sign-in/second", str_fmt(&sample->arena, "code=%s", code).ptr);
}

static struct place place_with_gateway(void)
{
    struct place place = place_open();
    place.sample->program.accounts->options.signon.sms_url = STR("http://127.0.0.1:9/send");
    make_in(place.sample, "unit", ROLE_UNIT_LIAISON, "linjiang", place.unit);
    return place;
}

static void behind_a_code_from_the_telephone_the_second_factor_is_asked(void **state)
{
    (void)state;
    struct place place = place_with_gateway();
    struct program_sample *sample = place.sample;
    write_down(&place, "clerk", "unit");
    struct str secret = put_in_use(sample, "unit");
    const char *form = sms_sent(&place);
    struct got got = post(sample, (struct str){0}, "/sign-in/sms/code", form);
    is(got, 303);
    assert_true(str_is(got.location, "/sign-in/second"));
    struct str pending = got.cookie;
    assert_true(str_starts(pending, STR("__Host-duikou-second=")));
    is(get(sample, pending, "/linjiang/directory"), 303); /* it is no session */
    is(get(sample, pending, "/sign-in/second"), 200);
    is(post(sample, (struct str){0}, "/sign-in/sms/code", form), 422); /* it opened once */
    is(second(sample, pending, "000000x"), 422);
    is(second(sample, (struct str){0}, totp_now(sample, secret)), 403);
    got = second(sample, pending, totp_now(sample, secret));
    is(got, 303);
    assert_true(str_is(got.location, "/linjiang/duty"));
    is(get(sample, got.cookie, "/linjiang/duty"), 200);
    is(second(sample, pending, totp_now(sample, secret)), 422); /* the code was used */
    place_close(&place);
}

static void what_was_confirmed_holds_for_minutes_and_for_the_account_as_it_was(void **state)
{
    (void)state;
    struct place place = place_with_gateway();
    struct program_sample *sample = place.sample;
    write_down(&place, "clerk", "unit");
    struct str secret = put_in_use(sample, "unit");
    struct str pending =
        post(sample, (struct str){0}, "/sign-in/sms/code", sms_sent(&place)).cookie;
    sample->program.clock.fixed_us += 5 * MINUTE_US;
    is(second(sample, pending, totp_now(sample, secret)), 403);
    pending = post(sample, (struct str){0}, "/sign-in/sms/code", sms_sent(&place)).cookie;
    write_down(&place, "clerk", "unit"); /* somebody else's telephone, perhaps */
    is(second(sample, pending, totp_now(sample, secret)), 403);
    /* Guessing is held up as at every door, where he signed in before a little later. */
    pending = post(sample, (struct str){0}, "/sign-in/sms/code", sms_sent(&place)).cookie;
    int waits = 0;
    for (int i = 0; i < 12; i++)
        waits += second(sample, pending, "000000x").status == 429;
    assert_true(waits > 0);
    is(second(sample, pending, totp_now(sample, secret)), 429);
    place_close(&place);
}

/* --- what stays behind --- */

static void the_browser_keeps_no_page_of_a_session(void **state)
{
    (void)state;
    struct place place = place_open();
    struct program_sample *sample = place.sample;
    struct str cookie = sign_in(sample, "clerk");
    static const char *const pages[] = {"/linjiang/directory", "/linjiang/organization.json",
                                        "/linjiang/directory.csv", "/me", "/linjiang/nothing"};
    for (int round = 0; round < 2; round++) /* made, and kept by the server */
        for (size_t i = 0; i < sizeof pages / sizeof *pages; i++)
            assert_true(get(sample, cookie, pages[i]).no_store);
    assert_true(get(sample, cookie, "/").no_store);
    assert_true(get(sample, (struct str){0}, "/sign-in").no_store);
    /* A program compares what it has with what there is. */
    struct got made = post(sample, cookie, "/me/tokens", "name=a&days=30&scope=read");
    is(made, 201);
    struct str token = between(sample, made.body, "<p class=\"secret\">", "</p>");
    struct got told = ask(
        sample,
        &(struct ask){.target = "/linjiang/organization.json", .bearer = token, .remote = true});
    is(told, 200);
    assert_false(told.no_store);
    assert_true(told.etag.len > 0);
    place_close(&place);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_slip_is_offered_for_an_administrator),
        cmocka_unit_test(behind_a_code_from_the_telephone_the_second_factor_is_asked),
        cmocka_unit_test(what_was_confirmed_holds_for_minutes_and_for_the_account_as_it_was),
        cmocka_unit_test(the_browser_keeps_no_page_of_a_session),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
