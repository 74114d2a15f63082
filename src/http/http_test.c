#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "http/client.h"
#include "view/web.h"

/* --- answers --- */

static void a_page_comes_with_its_heads_and_without_a_banner(void **state)
{
    struct server *server = *state;
    struct client client = client_open(server->http);
    client_send(&client, "GET /alpha/unit HTTP/1.1\r\n" HOST "\r\n");
    struct answer answer = client_answer(&client, false);
    assert_int_equal(answer.status, 200);
    assert_true(str_is(answer_head(&answer, "Content-Type"), "text/html; charset=utf-8"));
    assert_true(str_is(answer_head(&answer, "X-Content-Type-Options"), "nosniff"));
    assert_true(str_is(answer_head(&answer, "Referrer-Policy"), "same-origin"));
    assert_true(str_starts(answer_head(&answer, "Content-Security-Policy"),
                           STR("default-src 'self'; img-src 'self' data:;")));
    assert_true(answer_head(&answer, "ETag").len > 0);
    assert_int_equal(answer_heads_n(&answer, "Server"), 0);
    assert_true(str_has(answer.body, STR("</html>")));
    client_close(&client);
}

static void requests_on_one_connection_are_answered_in_order(void **state)
{
    struct server *server = *state;
    struct client client = client_open(server->http);
    client_send(&client, "GET /alpha/unit.json?limit=1 HTTP/1.1\r\n" HOST "\r\n"
                         "HEAD /alpha/plain HTTP/1.1\r\n" HOST "\r\n"
                         "GET /alpha/plain.json?limit=2 HTTP/1.1\r\n" HOST "\r\n"
                         "POST /alpha/unit HTTP/1.1\r\n" HOST
                         "Content-Type: application/x-www-form-urlencoded\r\n"
                         "Content-Length: 6\r\n\r\nname=x"
                         "GET /healthz HTTP/1.1\r\n" HOST "\r\n");
    struct answer answer = client_answer(&client, false);
    assert_true(str_has(answer.body, STR("\"total\":1")));
    answer = client_answer(&client, true);
    assert_int_equal(answer.status, 200);
    assert_true(answer_head(&answer, "Content-Length").len > 3);
    answer = client_answer(&client, false);
    assert_true(str_has(answer.body, STR("\"total\":2")));
    answer = client_answer(&client, false);
    assert_int_equal(answer.status, 303);
    assert_true(str_starts(answer_head(&answer, "Location"), STR("/alpha/unit/")));
    answer = client_answer(&client, false);
    assert_true(str_is(answer.body, "ok\n"));
    client_close(&client);
}

static void a_cached_page_is_sent_again_and_not_sent_when_known(void **state)
{
    struct server *server = *state;
    struct client client = client_open(server->http);
    char etag[64], request[256];
    for (int i = 0; i < 3; i++) {
        client_send(&client,
                    "GET /alpha/unit HTTP/1.1\r\n" HOST "Accept-Encoding: br, gzip\r\n\r\n");
        struct answer answer = client_answer(&client, false);
        assert_true(str_is(answer_head(&answer, "Content-Encoding"), "gzip"));
        assert_memory_equal(answer.body.ptr, "\x1f\x8b", 2);
        snprintf(etag, sizeof etag, "%.*s", STR_ARG(answer_head(&answer, "ETag")));
    }
    assert_int_equal(sample_actions(), 1);
    snprintf(request, sizeof request,
             "GET /alpha/unit HTTP/1.1\r\n" HOST
             "Accept-Encoding: gzip\r\nIf-None-Match: %s\r\n\r\n",
             etag);
    client_send(&client, request);
    struct answer answer = client_answer(&client, false);
    assert_int_equal(answer.status, 304);
    assert_true(str_is(answer_head(&answer, "ETag"), etag));
    client_send(&client, "GET /alpha/unit HTTP/1.1\r\n" HOST "Accept-Encoding: gzip;q=0\r\n\r\n");
    answer = client_answer(&client, false);
    assert_int_equal(answer.status, 200);
    assert_int_equal(answer_heads_n(&answer, "Content-Encoding"), 0);
    client_close(&client);
}

static void static_files_are_kept_for_ever_by_their_hash(void **state)
{
    struct server *server = *state;
    const struct static_file *file = web_file(STR("theme.css"));
    assert_non_null(file);
    struct client client = client_open(server->http);
    char request[256];
    snprintf(request, sizeof request, "GET %s HTTP/1.1\r\n" HOST "\r\n", file->path);
    client_send(&client, request);
    struct answer answer = client_answer(&client, false);
    assert_int_equal(answer.status, 200);
    assert_true(str_eq(answer.body, file->bytes));
    assert_true(str_has(answer_head(&answer, "Cache-Control"), STR("immutable")));
    client_send(&client, "GET /static/theme.css HTTP/1.1\r\n" HOST "\r\n");
    answer = client_answer(&client, false);
    assert_true(str_is(answer_head(&answer, "Cache-Control"), "no-cache"));
    snprintf(request, sizeof request,
             "GET /static/theme.css HTTP/1.1\r\n" HOST "If-None-Match: %s\r\n\r\n", file->etag);
    client_send(&client, request);
    answer = client_answer(&client, false);
    assert_int_equal(answer.status, 304);
    client_close(&client);
    assert_int_equal(client_get(server->http, "/static/none.css"), 404);
    assert_int_equal(client_get(server->http, "/static/../secret"), 400);
}

static void a_large_export_comes_whole_from_a_file(void **state)
{
    struct server *server = *state;
    struct client client = client_open(server->http);
    client_send(&client, "GET /alpha/export.csv?rows=50000 HTTP/1.1\r\n" HOST "\r\n");
    struct answer answer = client_answer(&client, false);
    assert_int_equal(answer.status, 200);
    int lines = 0;
    for (struct str rest = answer.body; rest.len; lines++)
        (void)str_line(&rest);
    assert_int_equal(lines, 50001);
    assert_true(str_has(answer_head(&answer, "Content-Disposition"), STR("attachment")));
    client_close(&client);
}

/* --- heads --- */

static void heads_that_contradict_each_other_are_refused(void **state)
{
    struct server *server = *state;
    static const char *const bad[] = {
        "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "POST /alpha/unit HTTP/1.1\r\n" HOST
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST /alpha/unit HTTP/1.1\r\n" HOST "Content-Length: 4\r\nContent-Length: 4\r\n\r\nabcd",
        "POST /alpha/unit HTTP/1.1\r\n" HOST "Content-Length: x\r\n\r\n",
        "POST /alpha/unit HTTP/1.1\r\n" HOST "Content-Length: -1\r\n\r\n",
        "POST /alpha/unit HTTP/1.1\r\n" HOST "Transfer-Encoding: gzip\r\n\r\n",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(client_ask(server->http, bad[i]), 400);
}

static void an_encoded_line_break_makes_no_head(void **state)
{
    struct server *server = *state;
    struct client client = client_open(server->http);
    client_send(&client, "GET /alpha%0d%0aSet-Cookie:%20a=b/ HTTP/1.1\r\n" HOST "\r\n");
    struct answer answer = client_answer(&client, false);
    assert_int_equal(answer.status, 400);
    assert_int_equal(answer_heads_n(&answer, "Set-Cookie"), 0);
    client_send(&client, "GET /alpha/unit/?a=%0d%0aSet-Cookie:%20a=b HTTP/1.1\r\n" HOST "\r\n");
    answer = client_answer(&client, false);
    assert_int_equal(answer.status, 301);
    assert_int_equal(answer_heads_n(&answer, "Set-Cookie"), 0);
    client_close(&client);
}

static void methods_and_forms_of_addresses_follow_the_protocol(void **state)
{
    struct server *server = *state;
    static const struct {
        const char *request;
        int status;
    } cases[] = {
        {"OPTIONS /alpha/unit HTTP/1.1\r\n" HOST "\r\n", 405},
        {"PUT /alpha/unit HTTP/1.1\r\n" HOST "Content-Length: 3\r\n\r\nabc", 405},
        {"TRACE /healthz HTTP/1.1\r\n" HOST "\r\n", 405},
        {"GET http://localhost/healthz HTTP/1.1\r\n" HOST "\r\n", 200},
        {"GET healthz HTTP/1.1\r\n" HOST "\r\n", 400},
        {"GET /healthz HTTP/1.0\r\n\r\n", 200},
        {"GET /healthz HTTP/1.1\r\n" HOST "Content-Length: 3\r\n\r\nabc", 413},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(client_ask(server->http, cases[i].request), cases[i].status);
}

/* A request of `n` times `part` between its start and its end: status and answer. */
static int status_of_many(struct http *http, const char *start, const char *part, int n,
                          const char *end, const char *sentence)
{
    struct client client = client_open(http);
    AUTOBUF request = buf_open(KIB(256));
    buf_put(&request, str_from(start));
    for (int i = 0; i < n; i++)
        buf_put(&request, str_from(part));
    buf_put(&request, str_from(end));
    (void)client_send_bytes(&client, request.ptr, request.len);
    struct answer answer = client_answer(&client, false);
    assert_true(!sentence || str_has(answer.body, str_from(sentence)));
    client_close(&client);
    return answer.status;
}

static void however_many_parameters_and_heads_there_are_a_sentence_comes_back(void **state)
{
    struct server *server = *state;
    static const char too_long[] = "请求头过长", end[] = " HTTP/1.1\r\n" HOST "\r\n";
    static const struct {
        const char *start, *part, *end, *sentence;
        int n, status;
    } cases[] = {
        {"GET /alpha/unit.json?limit=1", "&", end, NULL, 12000, 200},
        {"GET /alpha/unit.json?limit=1", "&a=1", end, "参数超过", 250, 400},
        {"GET /alpha/unit.json?limit=1", "&a=1", end, "参数超过", 1000, 400},
        {"GET /alpha/unit.json?limit=1", "&a", end, "参数超过", 6000, 400},
        {"GET /alpha/unit.json?limit=1", "&a", end, too_long, 8000, 414},
        {"GET /alpha/unit.json?limit=1", "&a", end, too_long, 8160, 414},
        {"GET /healthz HTTP/1.1\r\n" HOST, "a: b\r\n", "\r\n", too_long, 185, 431},
        {"GET /healthz HTTP/1.1\r\n" HOST "a: ", "b", "\r\n\r\n", too_long, 14000, 431},
        {"GET /healthz HTTP/1.1\r\n" HOST "a: ", "b", "\r\n\r\n", too_long, 16000, 431},
        {"GET /healthz HTTP/1.1\r\n" HOST "a: ", "b", "\r\n\r\n", NULL, 12000, 200},
        {"POST /alpha/unit HTTP/1.1\r\n" HOST "Content-Length: 6\r\na: ", "b", "\r\n\r\nname=x",
         too_long, 14000, 431},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(status_of_many(server->http, cases[i].start, cases[i].part, cases[i].n,
                                        cases[i].end, cases[i].sentence),
                         cases[i].status);
    assert_int_equal(client_get(server->http, "/healthz"), 200);
}

static void heads_beyond_16_kb_are_refused(void **state)
{
    struct server *server = *state;
    struct client client = client_open(server->http);
    char *line = malloc(40001);
    memset(line, 'a', 40000);
    line[40000] = 0;
    client_send(&client, "GET /healthz HTTP/1.1\r\n" HOST "X-Long: ");
    (void)client_send_bytes(&client, line, 40000);
    (void)client_send_bytes(&client, "\r\n\r\n", 4);
    int status = client_answer(&client, false).status;
    assert_true(status >= 400 && status < 500);
    client_close(&client);
    free(line);
    assert_int_equal(client_get(server->http, "/healthz"), 200);
}

static void a_proxy_is_believed_only_when_it_is_trusted(void **state)
{
    struct server *server = *state;
    static const char write[] = "POST /alpha/unit HTTP/1.1\r\nHost: inner:8080\r\n"
                                "X-Forwarded-For: 10.1.2.3\r\nX-Forwarded-Host: duikou.example\r\n"
                                "Origin: https://duikou.example\r\n"
                                "Content-Type: application/x-www-form-urlencoded\r\n"
                                "Content-Length: 6\r\n\r\nname=x";
    static const char local[] = "GET /alpha/unit/new HTTP/1.1\r\nHost: inner\r\n"
                                "Forwarded: for=127.0.0.1;host=localhost\r\n\r\n";
    assert_int_equal(client_ask(server->http, write), 403);
    struct http *six = server_start(
        server,
        (struct http_options){.listen = STR("[::1]:0"), .trusted = &STR("::1"), .trusted_n = 1});
    assert_true(str_starts(http_address(six), STR("http://[::1]:")));
    assert_int_equal(client_ask(six, write), 303);
    assert_int_equal(client_ask(six, local), 403);
    http_stop(six, 1000);
}

/* nginx with a bare proxy_pass speaks HTTP/1.0, names the inner host and adds no head. */
static void a_proxy_that_tells_nothing_is_not_this_machine(void **state)
{
    struct server *server = *state;
    static const struct {
        const char *request;
        int status;
    } cases[] = {
        {"GET /alpha/unit/new HTTP/1.1\r\n" HOST "\r\n", 200},
        {"GET /alpha/unit/new HTTP/1.0\r\n" HOST "Connection: close\r\n\r\n", 403},
        {"GET /alpha/unit HTTP/1.0\r\n" HOST "Connection: close\r\n\r\n", 200},
        {"POST /alpha/unit HTTP/1.0\r\n" HOST "Connection: close\r\n"
         "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 6\r\n\r\nname=x",
         403},
        {"POST /alpha/upload HTTP/1.0\r\n" HOST "Origin: http://localhost\r\n"
         "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 6\r\n\r\nfile=x",
         403},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(client_ask(server->http, cases[i].request), cases[i].status);
}

/* --- time and numbers --- */

static void slow_heads_and_slow_bodies_are_ended(void **state)
{
    struct server *server = *state;
    struct http *http = server_start(server, (struct http_options){.head_ms = 1, .body_ms = 1});
    struct client silent = client_open(http), slow = client_open(http);
    client_send(&slow, "GET /healthz HTTP/1.1\r\nX-Slow: ");
    assert_true(client_is_closed(&slow));
    assert_true(client_is_closed(&silent));
    client_close(&silent);
    client_close(&slow);
    http_stop(http, 1000);
    http = server_start(server, (struct http_options){.body_ms = 1});
    struct client body = client_open(http);
    client_send(&body, "POST /alpha/unit HTTP/1.1\r\n" HOST "Content-Length: 6\r\n\r\nname");
    assert_true(client_is_closed(&body));
    client_close(&body);
    http_stop(http, 1000);
}

struct crowd {
    struct http *http;
    int failed;
};

static void *one_of_the_crowd(void *context)
{
    struct crowd *crowd = context;
    static const struct {
        const char *request;
        int status;
    } turns[] = {
        {"GET /alpha/unit HTTP/1.1\r\n" HOST "\r\n", 200},
        {"GET /beta/plain.json?limit=3 HTTP/1.1\r\n" HOST "\r\n", 200},
        {"GET /alpha/unit/0000000000007 HTTP/1.1\r\n" HOST "\r\n", 200},
        {"GET /alpha/none HTTP/1.1\r\n" HOST "\r\n", 404},
        {"POST /beta/unit HTTP/1.1\r\n" HOST "Content-Type: application/x-www-form-urlencoded\r\n"
         "Content-Length: 6\r\n\r\nname=y",
         303},
    };
    struct client client = client_open(crowd->http);
    for (int i = 0; i < 20; i++) {
        client_send(&client, turns[i % 5].request);
        if (client_answer(&client, false).status != turns[i % 5].status)
            crowd->failed++;
    }
    client_close(&client);
    return NULL;
}

static void sixty_four_clients_at_once_are_all_answered(void **state)
{
    struct server *server = *state;
    struct crowd crowds[64];
    pthread_t threads[64];
    for (int i = 0; i < 64; i++) {
        crowds[i] = (struct crowd){.http = server->http};
        assert_int_equal(pthread_create(&threads[i], NULL, one_of_the_crowd, &crowds[i]), 0);
    }
    for (int i = 0; i < 64; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(crowds[i].failed, 0);
    }
}

/* --- start and stop --- */

static void *stop_server(void *context)
{
    struct server *server = context;
    http_stop(server->http, 10000);
    server->http = NULL;
    return NULL;
}

static void a_stop_answers_what_is_under_way_and_takes_nothing_new(void **state)
{
    struct server *server = *state;
    struct client waiting = client_open(server->http), idle = client_open(server->http);
    client_send(&idle, "GET /healthz HTTP/1.1\r\n" HOST "\r\n");
    assert_int_equal(client_answer(&idle, false).status, 200);
    sample_hold(true);
    client_send(&waiting, "GET /alpha/wait.json?limit=1 HTTP/1.1\r\n" HOST "\r\n");
    sample_wait_held();
    pthread_t stopper;
    assert_int_equal(pthread_create(&stopper, NULL, stop_server, server), 0);
    while (!client_is_refused(server->http))
        ;
    sample_hold(false);
    struct answer answer = client_answer(&waiting, false);
    assert_int_equal(answer.status, 200);
    assert_true(str_has(answer.body, STR("\"total\":1")));
    pthread_join(stopper, NULL);
    assert_true(client_is_closed(&idle));
    client_close(&waiting);
    client_close(&idle);
}

static void an_address_that_cannot_be_had_is_told_in_one_sentence(void **state)
{
    struct server *server = *state;
    struct str taken = str_from_byte(http_address(server->http), strlen("http://"));
    struct str missing = STR("192.0.2.1:8080");
    static const struct str unreadable[] = {STR_INIT("8080"),          STR_INIT("127.0.0.1:99999"),
                                            STR_INIT("nowhere:8080"),  STR_INIT("[::1:8080"),
                                            STR_INIT("127.0.0.1:80x"), STR_INIT(":8080")};
    struct http_options options = {.app = server->sample->app, .listen = taken};
    struct http *http;
    struct fault fault = {0};
    assert_int_equal(http_start(&server->sample->arena, &options, &http, &fault), FAULT);
    assert_true(str_has(fault.message, STR("已被另一个程序占用")));
    options.listen = missing;
    assert_int_equal(http_start(&server->sample->arena, &options, &http, &fault), FAULT);
    assert_true(str_has(fault.message, STR("不是本机的地址")));
    for (size_t i = 0; i < sizeof unreadable / sizeof *unreadable; i++) {
        options.listen = unreadable[i];
        assert_int_equal(http_start(&server->sample->arena, &options, &http, &fault), INVALID);
    }
    options = (struct http_options){.app = server->sample->app,
                                    .listen = STR("127.0.0.1:0"),
                                    .trusted = &STR("10.0.0.0/33"),
                                    .trusted_n = 1};
    assert_int_equal(http_start(&server->sample->arena, &options, &http, &fault), INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_page_comes_with_its_heads_and_without_a_banner),
        TEST(requests_on_one_connection_are_answered_in_order),
        TEST(a_cached_page_is_sent_again_and_not_sent_when_known),
        TEST(static_files_are_kept_for_ever_by_their_hash),
        TEST(a_large_export_comes_whole_from_a_file),
        TEST(heads_that_contradict_each_other_are_refused),
        TEST(an_encoded_line_break_makes_no_head),
        TEST(methods_and_forms_of_addresses_follow_the_protocol),
        TEST(heads_beyond_16_kb_are_refused),
        TEST(however_many_parameters_and_heads_there_are_a_sentence_comes_back),
        TEST(a_proxy_is_believed_only_when_it_is_trusted),
        TEST(a_proxy_that_tells_nothing_is_not_this_machine),
        TEST(slow_heads_and_slow_bodies_are_ended),
        TEST(sixty_four_clients_at_once_are_all_answered),
        TEST(a_stop_answers_what_is_under_way_and_takes_nothing_new),
        TEST(an_address_that_cannot_be_had_is_told_in_one_sentence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
