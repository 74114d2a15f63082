/* Accounts, sessions, passwords, tokens and slips, through the whole program. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "account_kit.h"

static const struct date today = {2026, 7, 1};
static const char password[] = PASSWORD, number[] = NUMBER;

static void before_any_account_this_machine_is_the_clerk_and_others_see_nothing(void **state)
{
    (void)state;
    struct program_sample *sample = program_sample_open(today);
    sample_load(sample, sample_file(sample, "tests/data/load/linjiang-2026-3.yaml"),
                (struct date){0});
    assert_int_equal(sample_get(sample, "/linjiang/organization/new").status, 200);
    is(get(sample, (struct str){0}, "/linjiang/directory"), 403);
    is(get(sample, (struct str){0}, "/setup"), 404);
    is(get(sample, (struct str){0}, "/sign-in"), 302);
    is(get(sample, (struct str){0}, "/healthz"), 200);
    program_sample_close(sample);
}

static void the_first_account_needs_this_machine_and_the_code(void **state)
{
    (void)state;
    struct program_sample *sample = program_sample_open(today);
    struct arena *arena = &sample->arena;
    struct str code = accounts_setup_code(sample->program.accounts, arena);
    const char *good = str_fmt(arena, "code=%.*s&login=wen&name=%s&password=%s&again=%s",
                               STR_ARG(code), "文", password, password)
                           .ptr;
    is(post(sample, (struct str){0}, "/setup", good), 404);
    struct ask local = {.method = METHOD_POST,
                        .target = "/setup",
                        .form = "code=1&login=wen&name=a&password=aaaaaaaaaab&again=aaaaaaaaaab"};
    is(ask(sample, &local), 422);
    local.form = good;
    struct got got = ask(sample, &local);
    is(got, 303);
    assert_true(str_starts(got.cookie, STR("duikou=")));
    is(ask(sample, &local), 404);
    is(ask(sample, &(struct ask){.target = "/body"}), 303); /* this machine is nobody now */
    is(ask(sample, &(struct ask){.target = "/body", .cookie = got.cookie}), 200);
    program_sample_close(sample);
}

static void the_code_is_tried_ten_times_at_most(void **state)
{
    (void)state;
    struct program_sample *sample = program_sample_open(today);
    struct str code = accounts_setup_code(sample->program.accounts, &sample->arena);
    struct ask local = {.method = METHOD_POST, .target = "/setup", .form = "code=1"};
    for (int i = 0; i < 10; i++)
        is(ask(sample, &local), 422);
    local.form = str_fmt(&sample->arena, "code=%.*s&login=wen&name=a&password=%s&again=%s",
                         STR_ARG(code), password, password)
                     .ptr;
    is(ask(sample, &local), 422);
    program_sample_close(sample);
}

static void a_session_that_was_there_before_is_not_taken_over(void **state)
{
    (void)state;
    struct place place = place_open();
    struct str planted = STR("__Host-duikou=0123456789ABCDEFGHJKMNPQRS");
    struct got got =
        ask(place.sample, &(struct ask){.method = METHOD_POST,
                                        .target = "/sign-in",
                                        .form = "login=clerk&password=nan-ba-da-qiao-9",
                                        .cookie = planted,
                                        .origin = "https://duikou.example",
                                        .remote = true});
    is(got, 303);
    assert_false(str_has(got.cookie, STR("0123456789ABCDEFGHJKMNPQRS")));
    assert_true(str_has(got.cookie, STR("HttpOnly")) && str_has(got.cookie, STR("Secure")) &&
                str_has(got.cookie, STR("SameSite=Lax")) && str_has(got.cookie, STR("Path=/")));
    is(get(place.sample, planted, "/linjiang/directory"), 303);
    is(get(place.sample, got.cookie, "/linjiang/directory"), 200);
    /* Signing in again where one is signed in ends the session before. */
    struct got again =
        post(place.sample, got.cookie, "/sign-in", "login=clerk&password=nan-ba-da-qiao-9");
    is(again, 303);
    is(get(place.sample, got.cookie, "/linjiang/directory"), 303);
    is(get(place.sample, again.cookie, "/linjiang/directory"), 200);
    is(post(place.sample, again.cookie, "/sign-out", ""), 303);
    is(get(place.sample, again.cookie, "/linjiang/directory"), 303);
    assert_int_equal(count(&place, "select count(*) from session"), 0);
    place_close(&place);
}

static void the_plain_cookie_opens_nothing_over_an_encrypted_connection(void **state)
{
    (void)state;
    struct place place = place_open();
    struct str cookie = sign_in(place.sample, "clerk");
    struct str plain = str_fmt(&place.sample->arena, "duikou=%.*s",
                               STR_ARG(str_head(str_from_byte(cookie, 14), 26)));
    is(get(place.sample, plain, "/linjiang/directory"), 303);
    /* And nobody signs in over a connection that others can read. */
    is(ask(place.sample, &(struct ask){.method = METHOD_POST,
                                       .target = "/sign-in",
                                       .form = "login=clerk&password=nan-ba-da-qiao-9",
                                       .origin = "http://duikou.example",
                                       .remote = true,
                                       .insecure = true}),
       422);
    place_close(&place);
}

static void a_session_ends_when_idle_and_at_last(void **state)
{
    (void)state;
    struct place place = place_open();
    struct clock *clock = &place.sample->program.clock;
    struct str cookie = sign_in(place.sample, "clerk");
    int64_t start = clock->fixed_us;
    clock->fixed_us = start + 29 * MINUTE_US;
    is(get(place.sample, cookie, "/linjiang/directory"), 200); /* its use is written */
    clock->fixed_us = start + 58 * MINUTE_US;
    is(get(place.sample, cookie, "/linjiang/directory"), 200);
    clock->fixed_us = start + 89 * MINUTE_US;
    is(get(place.sample, cookie, "/linjiang/directory"), 303);
    cookie = sign_in(place.sample, "clerk");
    start = clock->fixed_us;
    for (int i = 1; i < 12 * 3; i++) {
        clock->fixed_us = start + i * 20 * MINUTE_US;
        is(get(place.sample, cookie, "/linjiang/directory"), 200);
    }
    clock->fixed_us = start + 12 * HOUR_US;
    is(get(place.sample, cookie, "/linjiang/directory"), 303);
    /* A clock that is set back gives no session its life again, and takes none. */
    cookie = sign_in(place.sample, "clerk");
    clock->fixed_us -= DAY_US;
    is(get(place.sample, cookie, "/linjiang/directory"), 200);
    place_close(&place);
}

static void a_foreign_page_can_do_nothing_with_the_cookie(void **state)
{
    (void)state;
    struct place place = place_open();
    struct str cookie = sign_in(place.sample, "clerk");
    static const char *const foreign[] = {"https://evil.example", "http://127.0.0.1:8080", "null",
                                          ""};
    for (int i = 0; i < 4; i++)
        is(ask(place.sample, &(struct ask){.method = METHOD_POST,
                                           .target = "/linjiang/organization",
                                           .form = "name=市试验局&classification=department",
                                           .cookie = cookie,
                                           .origin = foreign[i],
                                           .remote = true}),
           403);
    is(post(place.sample, cookie, "/linjiang/organization",
            "name=市试验局&classification=department"),
       303);
    place_close(&place);
}

static void guessing_waits_longer_and_longer_and_tells_no_names(void **state)
{
    (void)state;
    struct place place = place_open();
    struct clock *clock = &place.sample->program.clock;
    static const char *const logins[] = {"clerk", "nobody"};
    for (int who = 0; who < 2; who++) {
        struct str said = {0};
        for (int i = 0; i < 5; i++) {
            struct got got = sign_in_with(place.sample, logins[who], "wrong-password", "");
            is(got, 422);
            said = got.body;
        }
        assert_true(str_has(said, STR("登录名、密码或动态口令不对")));
        is(sign_in_with(place.sample, logins[who], password, ""), 429);
    }
    clock->fixed_us += 31 * 1000000;
    is(sign_in_with(place.sample, "clerk", "wrong-password", ""), 422);
    clock->fixed_us += 31 * 1000000;
    is(sign_in_with(place.sample, "clerk", password, ""), 429);
    clock->fixed_us += 31 * 1000000;
    is(sign_in_with(place.sample, "clerk", password, ""), 303);
    assert_int_equal(count(&place, "select failures from account where login = 'clerk'"), 0);
    place_close(&place);
}

static void an_address_that_tries_many_names_waits_as_well(void **state)
{
    (void)state;
    struct place place = place_open();
    for (int i = 0; i < 20; i++) {
        char login[20];
        snprintf(login, sizeof login, "name%d", i);
        is(sign_in_with(place.sample, login, "wrong-password", ""), 422);
    }
    is(sign_in_with(place.sample, "clerk", password, ""), 429);
    place_close(&place);
}

static struct got by_token(struct program_sample *sample, struct str token, enum method method,
                           const char *target, const char *form)
{
    return ask(sample, &(struct ask){.method = method,
                                     .target = target,
                                     .bearer = token,
                                     .form = form,
                                     .remote = true,
                                     .json = true});
}

static void a_token_does_what_its_scopes_say_until_it_is_revoked(void **state)
{
    (void)state;
    struct place place = place_open();
    struct program_sample *sample = place.sample;
    struct str cookie = sign_in(sample, "clerk");
    is(post(sample, cookie, "/me/tokens", "name=a&days=30&scope=settings"), 422);
    is(post(sample, cookie, "/me/tokens", "name=a&days=400&scope=read"), 422);
    struct got made = post(sample, cookie, "/me/tokens", "name=a&days=30&scope=read");
    is(made, 201);
    struct str token = between(sample, made.body, "<p class=\"secret\">", "</p>");
    assert_int_equal(token.len, CODE_LEN);
    is(by_token(sample, token, METHOD_GET, "/linjiang/organization", NULL), 200);
    is(by_token(sample, token, METHOD_POST, "/linjiang/organization", "name=市试验局"), 403);
    is(by_token(sample, token, METHOD_GET, "/qinghe/organization", NULL), 404);
    is(ask(sample, &(struct ask){.target = "/me", .bearer = token, .remote = true}), 403);
    struct got phone = by_token(sample, token, METHOD_GET,
                                at(&place, "/linjiang/membership/", place.unit_phone), NULL);
    is(phone, 200);
    assert_false(str_has(phone.body, str_from(number)));
    struct str page = get(sample, cookie, "/me").body;
    struct str end = between(sample, page, "action=\"/me/tokens/", "\"");
    place.sample->program.clock.fixed_us += 20 * MINUTE_US;
    is(by_token(sample, token, METHOD_GET, "/linjiang/organization", NULL), 200);
    is(post(sample, cookie, str_fmt(&sample->arena, "/me/tokens/%.*s", STR_ARG(end)).ptr, ""), 303);
    is(by_token(sample, token, METHOD_GET, "/linjiang/organization", NULL), 401);
    made = post(sample, cookie, "/me/tokens", "name=b&days=1&scope=edit&scope=read");
    token = between(sample, made.body, "<p class=\"secret\">", "</p>");
    is(by_token(sample, token, METHOD_POST, "/linjiang/organization",
                "name=市试验局&classification=department"),
       201);
    place.sample->program.clock.fixed_us += DAY_US;
    is(by_token(sample, token, METHOD_GET, "/linjiang/organization", NULL), 401);
    place_close(&place);
}

static void a_slip_opens_once_and_then_a_password_is_chosen(void **state)
{
    (void)state;
    struct place place = place_open();
    struct program_sample *sample = place.sample;
    struct arena *arena = &sample->arena;
    struct str clerk = sign_in(sample, "clerk");
    struct got made = post(sample, clerk, "/accounts",
                           "login=Jiaoyu&name=孙某&role=unit-liaison&body=linjiang&"
                           "organization=市教育局");
    is(made, 201);
    struct str code = between(sample, made.body, "<p class=\"secret\">", "</p>");
    const char *form = str_fmt(arena, "code=%.*s", STR_ARG(code)).ptr;
    struct got in = post(sample, (struct str){0}, "/sign-in/slip", form);
    is(in, 303);
    is(post(sample, (struct str){0}, "/sign-in/slip", form), 422);
    struct got led = get(sample, in.cookie, "/linjiang/directory");
    is(led, 303);
    assert_true(str_is(led.location, "/me/password"));
    is(post(sample, in.cookie, "/me/tokens", "name=a&days=30&scope=read"), 422);
    is(post(sample, in.cookie, "/me/password", "password=1234567890&again=1234567890"), 422);
    is(post(sample, in.cookie, "/me/password", "password=jiaoyu-2022&again=jiaoyu-2022"), 422);
    is(post(sample, in.cookie, "/me/password", "password=qing-shan-lv-shui&again=other"), 422);
    is(post(sample, in.cookie, "/me/password",
            "password=qing-shan-lv-shui&again=qing-shan-lv-shui"),
       303);
    is(get(sample, in.cookie, "/linjiang/directory"), 200);
    is(sign_in_with(sample, "JIAOYU", "qing-shan-lv-shui", ""), 303);
    /* One that was locked, and one whose slip ran out, do not get in. */
    struct str url = account_url(&place, clerk, "jiaoyu");
    made = post(sample, clerk, TO(url, "/slip"), "");
    is(made, 201);
    code = between(sample, made.body, "<p class=\"secret\">", "</p>");
    is(get(sample, in.cookie, "/linjiang/directory"), 303); /* signed out */
    sample->program.clock.fixed_us += 73 * HOUR_US;
    form = str_fmt(arena, "code=%.*s", STR_ARG(code)).ptr;
    is(post(sample, (struct str){0}, "/sign-in/slip", form), 422);
    clerk = sign_in(sample, "clerk");
    is(post(sample, clerk, TO(url, "/lock"), ""), 303);
    is(sign_in_with(sample, "jiaoyu", "qing-shan-lv-shui", ""), 422);
    place_close(&place);
}

static void the_second_factor_is_asked_and_no_code_opens_twice(void **state)
{
    (void)state;
    struct place place = place_open();
    struct program_sample *sample = place.sample;
    struct arena *arena = &sample->arena;
    struct str cookie = sign_in(sample, "clerk");
    struct str base32 =
        between(sample, get(sample, cookie, "/me/totp").body, "name=\"secret\" value=\"", "\"");
    struct str secret = totp_secret_bytes(arena, base32);
    assert_int_equal(secret.len, 20);
    is(post(sample, cookie, "/me/totp",
            str_fmt(arena, "secret=%.*s&code=000000x", STR_ARG(base32)).ptr),
       422);
    const char *code = totp_now(sample, secret);
    struct got on = post(sample, cookie, "/me/totp",
                         str_fmt(arena, "secret=%.*s&code=%s", STR_ARG(base32), code).ptr);
    is(on, 200);
    struct str recovery = between(sample, on.body, "<p class=\"secret\">", "</p>");
    is(sign_in_with(sample, "clerk", password, ""), 422);
    is(sign_in_with(sample, "clerk", password, code), 422); /* used when it was put in use */
    sample->program.clock.fixed_us += 60 * 1000000;
    code = totp_now(sample, secret);
    is(sign_in_with(sample, "clerk", password, code), 303);
    is(sign_in_with(sample, "clerk", password, code), 422);
    const char *spare = str_c(arena, recovery);
    is(sign_in_with(sample, "clerk", "wrong-password", spare), 422);
    is(sign_in_with(sample, "clerk", password, spare), 303);
    is(sign_in_with(sample, "clerk", password, spare), 422);
    assert_int_equal(count(&place, "select count(*) from recovery_code"), RECOVERY_CODES - 1);
    is(post(sample, cookie, "/me/totp/end", "password=wrong-password"), 422);
    is(post(sample, cookie, "/me/totp/end", "password=nan-ba-da-qiao-9"), 303);
    is(sign_in_with(sample, "clerk", password, ""), 303);
    place_close(&place);
}

static void nobody_is_led_to_another_site(void **state)
{
    (void)state;
    struct place place = place_open();
    static const char *const nexts[] = {"https://evil.example/", "//evil.example",
                                        "/%5Cevil.example", "/a%0d%0aSet-Cookie:x",
                                        "javascript:alert(1)"};
    for (int i = 0; i < 5; i++) {
        char form[200];
        snprintf(form, sizeof form, "login=clerk&password=%s&next=%s", password, nexts[i]);
        struct got got = post(place.sample, (struct str){0}, "/sign-in", form);
        is(got, 303);
        assert_true(str_is(got.location, "/"));
    }
    struct got got = post(place.sample, (struct str){0}, "/sign-in",
                          "login=clerk&password=nan-ba-da-qiao-9&next=/linjiang/duty");
    assert_true(str_is(got.location, "/linjiang/duty"));
    place_close(&place);
}

static bool file_has(struct program_sample *sample, const char *name, struct str needle)
{
    struct str path = str_fmt(&sample->arena, "%s/%s", sample->directory, name);
    FILE *file = fopen(path.ptr, "rb");
    if (!file)
        return false;
    char *bytes = arena_alloc(&sample->arena, MIB(64));
    size_t n = fread(bytes, 1, MIB(64), file);
    fclose(file);
    return memmem(bytes, n, needle.ptr, needle.len) != NULL;
}

static void secrets_are_not_in_the_database_in_clear(void **state)
{
    (void)state;
    struct place place = place_open();
    struct str cookie = sign_in(place.sample, "clerk");
    const struct str secrets[] = {str_head(str_from_byte(cookie, 14), CODE_LEN),
                                  str_from(password)};
    static const char *const files[] = {"a.db", "a.db-wal"};
    bool found = false;
    for (int i = 0; i < 2; i++) {
        found = found || file_has(place.sample, files[i], STR("$argon2id$"));
        for (int k = 0; k < 2; k++)
            assert_false(file_has(place.sample, files[i], secrets[k]));
    }
    assert_true(found || !str_starts(place.sample->url, STR("sqlite:")));
    place_close(&place);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(before_any_account_this_machine_is_the_clerk_and_others_see_nothing),
        cmocka_unit_test(the_first_account_needs_this_machine_and_the_code),
        cmocka_unit_test(the_code_is_tried_ten_times_at_most),
        cmocka_unit_test(a_session_that_was_there_before_is_not_taken_over),
        cmocka_unit_test(the_plain_cookie_opens_nothing_over_an_encrypted_connection),
        cmocka_unit_test(a_session_ends_when_idle_and_at_last),
        cmocka_unit_test(a_foreign_page_can_do_nothing_with_the_cookie),
        cmocka_unit_test(guessing_waits_longer_and_longer_and_tells_no_names),
        cmocka_unit_test(an_address_that_tries_many_names_waits_as_well),
        cmocka_unit_test(a_token_does_what_its_scopes_say_until_it_is_revoked),
        cmocka_unit_test(a_slip_opens_once_and_then_a_password_is_chosen),
        cmocka_unit_test(the_second_factor_is_asked_and_no_code_opens_twice),
        cmocka_unit_test(nobody_is_led_to_another_site),
        cmocka_unit_test(secrets_are_not_in_the_database_in_clear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
