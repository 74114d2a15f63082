/* Somebody who wants in, or higher: guesses, forged pages, other people's ids, clocks set back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "account_kit.h"

static const char password[] = PASSWORD;

/* Every address that writes, from a page that is not ours, in each way a browser tells of it. */
static void no_route_takes_a_write_from_a_foreign_page(void **state)
{
    (void)state;
    struct place place = place_open();
    struct program_sample *sample = place.sample;
    struct str cookie = sign_in(sample, "clerk");
    static const struct {
        const char *origin, *site;
    } foreign[] = {{"https://evil.example", ""},
                   {"https://evil.example", "cross-site"},
                   {"https://duikou.example", "cross-site"},
                   {"https://duikou.example", "same-site"},
                   {"https://duikou.example.evil.example", ""},
                   {"https://duikou.example:444", ""},
                   {"http://duikou.example", ""},
                   {"null", ""},
                   {"", "none"},
                   {"", ""}};
    int n, asked = 0, before = count(&place, "select count(*) from journal");
    app_route_at(sample->program.app, 0, &n);
    for (int i = 0; i < n; i++) {
        const struct route *route = app_route_at(sample->program.app, i, NULL);
        if (route->method != METHOD_POST)
            continue;
        struct str path =
            str_replace(&sample->arena, str_from(route->path), STR("{body}"), STR("linjiang"));
        path = str_replace(&sample->arena, path, STR("{id}"), STR("0000000000001"));
        for (size_t k = 0; k < sizeof foreign / sizeof *foreign; k++) {
            struct request request = {.method = METHOD_POST,
                                      .path = path,
                                      .host = STR("duikou.example"),
                                      .origin = str_from(foreign[k].origin),
                                      .fetch_site = str_from(foreign[k].site),
                                      .cookie = cookie,
                                      .secure = true,
                                      .address = STR("10.1.2.3"),
                                      .id = "0000000000000001"};
            struct response response;
            app_handle(sample->program.app, &request, &response);
            if (response.status != 403)
                fail_msg("%s from %s %s: %d", route->path, foreign[k].origin, foreign[k].site,
                         response.status);
            response_release(&response);
            asked++;
        }
    }
    assert_true(asked > 400);
    assert_int_equal(count(&place, "select count(*) from journal"), before);
    is(get(sample, cookie, "/linjiang/directory"), 200); /* nor was anybody signed out */
    place_close(&place);
}

struct guess {
    struct program_sample *sample;
    struct got got;
};

static void *guess_right(void *context)
{
    struct guess *guess = context;
    struct request request = {.method = METHOD_POST,
                              .path = STR("/sign-in"),
                              .host = STR("duikou.example"),
                              .origin = STR("https://duikou.example"),
                              .content_type = STR("application/x-www-form-urlencoded"),
                              .secure = true,
                              .address = STR("10.9.9.9"),
                              .id = "0000000000000002"};
    struct param form[] = {{STR("login"), STR("clerk")}, {STR("password"), str_from(password)}};
    request.form = form;
    request.form_n = 2;
    struct response response;
    app_handle(guess->sample->program.app, &request, &response);
    guess->got.status = response.status;
    response_release(&response);
    return NULL;
}

static enum status apply_failures(struct tx *tx, void *context, struct fault *fault)
{
    (void)fault;
    const struct instant *now = context;
    static const struct statement raise = {
        "failures_of_test", "update account set failures = 6, failed_at = $1 where login = 'clerk'",
        "i", RESULT_RUN, NULL};
    return tx_run(tx, &raise, ARGS(value_int(now->us)), NULL);
}

static void set_hashing(struct accounts *accounts, int n)
{
    pthread_mutex_lock(&accounts->lock);
    accounts->hashing = n;
    pthread_cond_broadcast(&accounts->hashed);
    pthread_mutex_unlock(&accounts->lock);
}

static void a_right_guess_among_many_at_once_is_as_good_as_wrong(void **state)
{
    (void)state;
    struct place place = place_open();
    struct accounts *accounts = place.sample->program.accounts;
    struct instant now = clock_now(&place.sample->program.clock);
    struct guess guess = {.sample = place.sample};
    struct fault fault = {0};
    pthread_t thread;
    set_hashing(accounts, HASHING_MAX); /* all places are taken: the right one waits */
    assert_int_equal(pthread_create(&thread, NULL, guess_right, &guess), 0);
    for (bool waits = false; !waits; sched_yield()) {
        pthread_mutex_lock(&accounts->lock);
        waits = accounts->waiting == 1;
        pthread_mutex_unlock(&accounts->lock);
    }
    assert_int_equal(store_write(place.sample->program.store, &place.sample->arena, ACCOUNT_AREA, 0,
                                 NULL, apply_failures, &now, &fault),
                     OK);
    set_hashing(accounts, 0);
    pthread_join(thread, NULL);
    assert_int_equal(guess.got.status, 422);
    assert_int_equal(count(&place, "select count(*) from session"), 0);
    place_close(&place);
}

static void an_unknown_name_is_answered_like_a_known_one(void **state)
{
    (void)state;
    struct place place = place_open();
    static const char *const logins[] = {"clerk", "nobody"};
    static const char sql[] = "select cast(sum(version) as bigint) from body_version";
    struct str said[2];
    int written[2];
    for (int i = 0; i < 2; i++) {
        int before = count(&place, sql);
        struct got got = sign_in_with(place.sample, logins[i], "wrong-password", "");
        is(got, 422);
        said[i] = str_replace(&place.sample->arena, got.body, str_from(logins[i]), STR("X"));
        written[i] = count(&place, sql) - before;
    }
    assert_true(str_eq(said[0], said[1]));
    assert_int_equal(written[0], written[1]); /* both wait for the disk */
    place_close(&place);
}

static void who_has_an_account_cannot_guess_at_others_for_ever(void **state)
{
    (void)state;
    struct place place = place_open();
    struct program_sample *sample = place.sample;
    int refused = 0;
    for (int i = 0; i < 40 && !refused; i++) {
        char login[20];
        snprintf(login, sizeof login, "other%d", i);
        refused = sign_in_with(sample, login, "spring-2026-x", "").status == 429;
        if (!refused && i % 4 == 3)
            refused = sign_in_with(sample, "clerk", password, "").status == 429;
    }
    assert_true(refused);
    sample->program.clock.fixed_us += HOUR_US; /* time forgives */
    is(sign_in_with(sample, "clerk", password, ""), 303);
    /* One line of IPv6 is one address, however many it uses. */
    struct accounts *accounts = sample->program.accounts;
    struct instant now = clock_now(&sample->program.clock);
    for (int i = 0; i < 21; i++)
        attempts_failed(accounts, "address", str_fmt(&sample->arena, "2001:db8:1:2::%x", i + 1),
                        now);
    assert_true(attempts_wait(accounts, "address", STR("2001:db8:1:2:ffff::1"), now) > 0);
    assert_int_equal(attempts_wait(accounts, "address", STR("2001:db8:1:3::1"), now), 0);
    place_close(&place);
}

static void a_clock_set_back_opens_nothing(void **state)
{
    (void)state;
    struct place place = place_open();
    struct clock *clock = &place.sample->program.clock;
    for (int i = 0; i < 5; i++)
        is(sign_in_with(place.sample, "clerk", "wrong-password", ""), 422);
    clock->fixed_us -= DAY_US;
    is(sign_in_with(place.sample, "clerk", password, ""), 429);
    clock->fixed_us += DAY_US + 31 * 1000000;
    struct str cookie = sign_in(place.sample, "clerk");
    clock->fixed_us += 13 * HOUR_US;
    is(get(place.sample, cookie, "/linjiang/directory"), 303);
    is(sign_in_with(place.sample, "clerk", password, ""), 303); /* purges what has ended */
    clock->fixed_us -= 13 * HOUR_US;
    is(get(place.sample, cookie, "/linjiang/directory"), 303);
    place_close(&place);
}

static struct str make_token(struct program_sample *sample, struct str cookie, const char *scope)
{
    struct str form = str_fmt(&sample->arena, "name=a&days=30&scope=%s", scope);
    struct got made = post(sample, cookie, "/me/tokens", form.ptr);
    is(made, 201);
    return between(sample, made.body, "<p class=\"secret\">", "</p>");
}

static int by_token(struct program_sample *sample, struct str token, enum method method,
                    const char *target)
{
    return ask(sample, &(struct ask){.method = method,
                                     .target = target,
                                     .bearer = token,
                                     .form = "name=a&days=1&scope=read&version=1",
                                     .remote = true,
                                     .json = true})
        .status;
}

static void a_token_does_nothing_of_its_holders_own_and_ends_with_its_seat(void **state)
{
    (void)state;
    struct place place = place_open();
    struct program_sample *sample = place.sample;
    struct arena *arena = &sample->arena;
    make_in(sample, "unit", ROLE_UNIT_LIAISON, "linjiang", place.unit);
    struct str unit = sign_in(sample, "unit"), clerk = sign_in(sample, "clerk");
    struct str token = make_token(sample, unit, "read");
    static const char *const own[] = {"/me/tokens", "/me/password", "/me/seat",
                                      "/me/totp",   "/me/totp/end", "/me/sessions/end-others",
                                      "/accounts"};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
        int status = by_token(sample, token, METHOD_POST, own[i]);
        if (status != 403 && status != 404 && status != 406)
            fail_msg("%s: %d", own[i], status);
    }
    is(post(sample, unit, "/me/tokens", "name=a&days=30&scope=edit"), 422);
    is(post(sample, unit, "/me/tokens", "name=a&days=30&scope=accounts"), 422);
    assert_int_equal(by_token(sample, token, METHOD_GET, "/linjiang/organization"), 200);
    /* Whoever gets the account by a slip has it alone: what the one before made is gone. */
    struct str url = account_url(&place, clerk, "unit");
    is(post(sample, clerk, TO(url, "/slip"), ""), 201);
    assert_int_equal(by_token(sample, token, METHOD_GET, "/linjiang/organization"), 401);
    is(get(sample, unit, "/linjiang/directory"), 303);
    unit = sign_in(sample, "unit");
    token = make_token(sample, unit, "read");
    struct str page = get(sample, clerk, url.ptr).body;
    struct str end = between(sample, page, "action=\"/accounts/", "/end\"");
    end = str_from_byte(end, (size_t)str_find(end, STR("/seats/")));
    is(post(sample, clerk, str_fmt(arena, "%.*s%.*s/end", STR_ARG(url), STR_ARG(end)).ptr, ""),
       303);
    assert_int_equal(by_token(sample, token, METHOD_GET, "/linjiang/organization"), 401);
    assert_true(get(sample, unit, "/linjiang/directory").status >= 400);
    place_close(&place);
}

static struct str id_of(struct place *place, const char *sql)
{
    struct tx *tx;
    struct rows rows;
    struct store *store = place->sample->program.store;
    const struct statement *kept = store_intern(store, "id_of_test", str_from(sql), "", RESULT_ONE);
    assert_int_equal(store_read(store, &place->sample->arena, &tx), OK);
    assert_int_equal(tx_run(tx, kept, NO_ARGS, &rows), OK);
    struct str id = id_format(&place->sample->arena, value_i64(rows.cells[0]));
    store_read_end(tx);
    return id;
}

static void nobody_ends_or_wears_what_is_anothers(void **state)
{
    (void)state;
    struct place place = place_open();
    struct program_sample *sample = place.sample;
    struct arena *arena = &sample->arena;
    make_in(sample, "unit", ROLE_UNIT_LIAISON, "linjiang", place.unit);
    make_in(sample, "foreign", ROLE_OFFICE_CLERK, "qinghe", 0);
    make_in(sample, "system", ROLE_SYSTEM, NULL, 0);
    make_in(sample, "security", ROLE_SECURITY, NULL, 0);
    struct str clerk = sign_in(sample, "clerk"), unit = sign_in(sample, "unit"),
               foreign = sign_in(sample, "foreign"), system = sign_in(sample, "system");
    make_token(sample, clerk, "read");
    struct str page = get(sample, clerk, "/me").body;
    struct str token_id = between(sample, page, "action=\"/me/tokens/", "/end\"");
    struct str seat = id_of(&place, "select s.id from seat s join account a on a.id = s.account "
                                    "where a.login = 'foreign'");
    (void)post(sample, unit, str_fmt(arena, "/me/tokens/%.*s/end", STR_ARG(token_id)).ptr, "");
    assert_int_equal(count(&place, "select count(*) from token"), 1);
    is(post(sample, unit, "/me/seat", str_fmt(arena, "seat=%.*s", STR_ARG(seat)).ptr), 404);
    struct str of_foreign = account_url(&place, clerk, "foreign"),
               of_unit = account_url(&place, clerk, "unit");
    is(post(sample, clerk,
            str_fmt(arena, "%.*s/seats/%.*s/end", STR_ARG(of_unit), STR_ARG(seat)).ptr, ""),
       404);
    static const char *const deeds[] = {"/lock", "/unlock", "/sign-out", "/slip", "/seats"};
    for (size_t i = 0; i < sizeof deeds / sizeof *deeds; i++) {
        struct str to = str_fmt(arena, "%.*s%s", STR_ARG(of_foreign), deeds[i]);
        is(post(sample, clerk, to.ptr, "role=signer&body=linjiang"), 404);
        int status = post(sample, unit, to.ptr, "role=signer&body=linjiang").status;
        assert_true(status == 403 || status == 404);
    }
    is(get(sample, foreign, "/qinghe/directory"), 200);
    /* The three administrators stay three: no slip of one comes from another. */
    is(post(sample, system, TO(account_url(&place, clerk, "security"), "/slip"), ""), 403);
    is(post(sample, system, TO(account_url(&place, clerk, "system"), "/slip"), ""), 403);
    assert_int_equal(count(&place, "select count(*) from slip"), 0);
    place_close(&place);
}

static void a_found_session_does_not_guess_the_password(void **state)
{
    (void)state;
    struct place place = place_open();
    struct str cookie = sign_in(place.sample, "clerk");
    for (int i = 0; i < 3; i++)
        is(post(place.sample, cookie, "/me/totp/end", "password=wrong-password"), 422);
    for (int i = 0; i < 2; i++)
        is(post(place.sample, cookie, "/me/password",
                "old=wrong-password&password=qing-shan-lv-shui&again=qing-shan-lv-shui"),
           422);
    assert_int_equal(count(&place, "select failures from account where login = 'clerk'"), 5);
    is(post(place.sample, cookie, "/me/password",
            "old=nan-ba-da-qiao-9&password=qing-shan-lv-shui&again=qing-shan-lv-shui"),
       429);
    place_close(&place);
}

static void what_a_browser_says_of_itself_is_not_believed(void **state)
{
    (void)state;
    struct place place = place_open();
    struct str cookie = sign_in(place.sample, "clerk");
    static const struct str agents[] = {STR_INIT("\xff\xfe"), STR_INIT("<script>zq()</script>"),
                                        STR_INIT("a\x01z"), STR_INIT("")};
    for (size_t i = 0; i < sizeof agents / sizeof *agents; i++) {
        struct param form[] = {{STR("login"), STR("clerk")}, {STR("password"), str_from(password)}};
        struct request request = {.method = METHOD_POST,
                                  .path = STR("/sign-in"),
                                  .host = STR("duikou.example"),
                                  .origin = STR("https://duikou.example"),
                                  .user_agent = agents[i],
                                  .secure = true,
                                  .address = STR("10.1.2.3"),
                                  .form = form,
                                  .form_n = 2,
                                  .id = "0000000000000003"};
        struct response response;
        app_handle(place.sample->program.app, &request, &response);
        if (response.status != 303)
            fail_msg("agent %zu: %d", i, response.status);
        response_release(&response);
    }
    struct got me = get(place.sample, cookie, "/me");
    is(me, 200);
    assert_false(str_has(me.body, STR("<script>zq")));
    struct str twice = str_fmt(&place.sample->arena,
                               "__Host-duikou=AAAAAAAAAAAAAAAAAAAAAAAAAA; %.*s", STR_ARG(cookie));
    is(get(place.sample, twice, "/linjiang/directory"), 303);
    place_close(&place);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_route_takes_a_write_from_a_foreign_page),
        cmocka_unit_test(a_right_guess_among_many_at_once_is_as_good_as_wrong),
        cmocka_unit_test(an_unknown_name_is_answered_like_a_known_one),
        cmocka_unit_test(who_has_an_account_cannot_guess_at_others_for_ever),
        cmocka_unit_test(a_clock_set_back_opens_nothing),
        cmocka_unit_test(a_token_does_nothing_of_its_holders_own_and_ends_with_its_seat),
        cmocka_unit_test(nobody_ends_or_wears_what_is_anothers),
        cmocka_unit_test(a_found_session_does_not_guess_the_password),
        cmocka_unit_test(what_a_browser_says_of_itself_is_not_believed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
