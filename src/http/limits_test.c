#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "http/client.h"
#include "http/priv.h"

static const int rates[LIMITS_N] = {[LIMIT_PAGES] = 60, [LIMIT_WRITES] = 6, [LIMIT_SIGN_IN] = 2};

/* How many of n requests at the same moment are let through. */
static int let_through(struct limits *limits, enum limit limit, const char *address, int64_t now,
                       int n)
{
    int through = 0;
    for (int i = 0; i < n; i++)
        through += limits_take(limits, limit, str_from(address), now) == 0;
    return through;
}

static void an_address_has_its_minute_at_once_and_then_as_time_goes_by(void **state)
{
    (void)state;
    AUTOARENA arena = arena_open(MIB(2));
    struct limits *limits = limits_new(&arena, rates);
    assert_int_equal(let_through(limits, LIMIT_PAGES, "192.0.2.1", 1000, 100), 60);
    assert_int_equal(let_through(limits, LIMIT_PAGES, "192.0.2.1", 1500, 9), 0);
    assert_int_equal(let_through(limits, LIMIT_PAGES, "192.0.2.1", 3000, 9), 2);
    assert_int_equal(let_through(limits, LIMIT_PAGES, "192.0.2.1", 600000, 100), 60);
    limits_free(limits);
}

static void writes_and_signing_in_have_buckets_of_their_own(void **state)
{
    (void)state;
    AUTOARENA arena = arena_open(MIB(2));
    struct limits *limits = limits_new(&arena, rates);
    assert_int_equal(let_through(limits, LIMIT_SIGN_IN, "192.0.2.1", 1000, 9), 2);
    assert_int_equal(let_through(limits, LIMIT_WRITES, "192.0.2.1", 1000, 9), 6);
    assert_int_equal(let_through(limits, LIMIT_PAGES, "192.0.2.1", 1000, 99), 60);
    assert_int_equal(limits_take(limits, LIMIT_SIGN_IN, STR("192.0.2.1"), 1000), 31);
    assert_int_equal(limits_take(limits, LIMIT_SIGN_IN, STR("192.0.2.1"), 30000), 1);
    assert_int_equal(limits_take(limits, LIMIT_SIGN_IN, STR("192.0.2.1"), 32000), 0);
    limits_free(limits);
}

static void a_neighbour_is_not_harmed_and_one_line_of_ipv6_is_one_address(void **state)
{
    (void)state;
    AUTOARENA arena = arena_open(MIB(2));
    struct limits *limits = limits_new(&arena, rates);
    assert_int_equal(let_through(limits, LIMIT_WRITES, "192.0.2.1", 1000, 9), 6);
    assert_int_equal(let_through(limits, LIMIT_WRITES, "192.0.2.2", 1000, 9), 6);
    assert_int_equal(let_through(limits, LIMIT_WRITES, "2001:db8::1", 1000, 4), 4);
    assert_int_equal(let_through(limits, LIMIT_WRITES, "2001:db8::2:2", 1000, 9), 2);
    assert_int_equal(let_through(limits, LIMIT_WRITES, "2001:db8:0:1::1", 1000, 9), 6);
    limits_free(limits);
}

static void a_limit_of_zero_is_none(void **state)
{
    (void)state;
    AUTOARENA arena = arena_open(MIB(2));
    struct limits *limits = limits_new(&arena, (const int[LIMITS_N]){0});
    assert_int_equal(let_through(limits, LIMIT_PAGES, "192.0.2.1", 1000, 5000), 5000);
    limits_free(limits);
}

/* A million addresses go through the same table, and who asks all the time is still held. */
static void many_addresses_take_no_more_room(void **state)
{
    (void)state;
    AUTOARENA arena = arena_open(MIB(2));
    struct limits *limits = limits_new(&arena, rates);
    char address[32];
    int held = 0;
    for (int i = 0; i < 100000; i++) {
        snprintf(address, sizeof address, "10.%d.%d.%d", i >> 16, i >> 8 & 255, i & 255);
        (void)limits_take(limits, LIMIT_PAGES, str_from(address), 1000 + i / 100);
        held += limits_take(limits, LIMIT_WRITES, STR("192.0.2.1"), 1000 + i / 100) > 0;
    }
    assert_true(held > 99000);
    limits_free(limits);
}

/* --- over the socket --- */

static struct http *strict_server(struct server *server)
{
    static const struct str proxies[] = {STR_INIT("::1")};
    return server_start(server, (struct http_options){.listen = STR("[::1]:0"),
                                                      .trusted = proxies,
                                                      .trusted_n = 1,
                                                      .rates = {3, 2, 1}});
}

static struct answer ask(struct client *client, const char *request_line, const char *from,
                         const char *more)
{
    char text[512];
    snprintf(text, sizeof text, "%s HTTP/1.1\r\n" HOST "X-Forwarded-For: %s\r\n%s\r\n",
             request_line, from, more);
    client_send(client, text);
    return client_answer(client, false);
}

static void who_asks_too_often_is_told_when_to_come_back(void **state)
{
    struct http *http = strict_server(*state);
    struct client client = client_open(http);
    for (int i = 0; i < 3; i++)
        assert_int_equal(ask(&client, "GET /alpha/unit", "192.0.2.7", "").status, 200);
    struct answer answer = ask(&client, "GET /alpha/unit", "192.0.2.7", "");
    int64_t seconds = 0;
    assert_int_equal(answer.status, 429);
    assert_true(str_to_int(answer_head(&answer, "Retry-After"), &seconds));
    assert_in_range(seconds, 1, 21);
    assert_true(str_has(answer.body, STR("请求过于频繁，请在")));
    assert_true(answer_head(&answer, "Content-Security-Policy").len > 0);
    answer = ask(&client, "GET /alpha/unit.json", "192.0.2.7", "");
    assert_int_equal(answer.status, 429);
    assert_true(str_is(answer_head(&answer, "Content-Type"), "application/problem+json"));
    assert_int_equal(ask(&client, "GET /static/theme.css", "192.0.2.7", "").status, 200);
    assert_int_equal(ask(&client, "GET /alpha/unit", "192.0.2.8", "").status, 200);
    client_close(&client);
    http_stop(http, 1000);
}

/* nginx writes into the line that came, HAProxy a line of its own behind it; whatever stands before
 * is what the other side would like us to believe. */
static void an_address_that_the_asker_invents_is_not_his(void **state)
{
    struct http *http = strict_server(*state);
    static const char *const heads[][2] = {
        {"192.0.2.1", "X-Forwarded-For: 198.51.100.7\r\n"},
        {"192.0.2.2, 198.51.100.7", ""},
        {"192.0.2.3, ::ffff:198.51.100.7", ""},
        {"192.0.2.4, 198.51.100.7:4711, ::1", ""},
        {"192.0.2.5", "X-Forwarded-For: 198.51.100.7\r\nX-Forwarded-For: [::1]:80\r\n"},
    };
    struct client client = client_open(http);
    for (int i = 0; i < 5; i++)
        assert_int_equal(ask(&client, "GET /alpha/unit", heads[i][0], heads[i][1]).status,
                         i < 3 ? 200 : 429);
    for (int i = 0; i < 4; i++) /* and IPv4 in IPv6 is not one line for all */
        assert_int_equal(
            ask(&client, "GET /alpha/unit", i % 2 ? "::ffff:203.0.113.9" : "::ffff:203.0.113.8", "")
                .status,
            200);
    client_close(&client);
    http_stop(http, 1000);
}

static void writes_are_held_before_their_body_is_read(void **state)
{
    struct http *http = strict_server(*state);
    static const char form[] = "Origin: http://evil.example\r\nContent-Length: 900000\r\n";
    int statuses[3];
    for (int i = 0; i < 3; i++) {
        struct client client = client_open(http);
        statuses[i] = ask(&client, "POST /alpha/unit", "192.0.2.7", form).status;
        client_close(&client);
    }
    assert_int_equal(statuses[0], 403);
    assert_int_equal(statuses[1], 403);
    assert_int_equal(statuses[2], 429);
    http_stop(http, 1000);
}

static void this_machine_itself_asks_as_often_as_it_likes(void **state)
{
    struct server *server = *state;
    struct http *http = server_start(server, (struct http_options){.rates = {1, 1, 1}});
    for (int i = 0; i < 5; i++)
        assert_int_equal(client_get(http, "/healthz"), 200);
    http_stop(http, 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_address_has_its_minute_at_once_and_then_as_time_goes_by),
        cmocka_unit_test(writes_and_signing_in_have_buckets_of_their_own),
        cmocka_unit_test(a_neighbour_is_not_harmed_and_one_line_of_ipv6_is_one_address),
        cmocka_unit_test(a_limit_of_zero_is_none),
        cmocka_unit_test(many_addresses_take_no_more_room),
        TEST(who_asks_too_often_is_told_when_to_come_back),
        TEST(an_address_that_the_asker_invents_is_not_his),
        TEST(writes_are_held_before_their_body_is_read),
        TEST(this_machine_itself_asks_as_often_as_it_likes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
