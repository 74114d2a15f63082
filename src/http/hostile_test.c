/* Requests as nobody means them: framing, paths, heads and methods of somebody who tries doors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "http/client.h"

#define POST_UNIT "POST /alpha/unit HTTP/1.1\r\n" HOST
#define AFTER     "GET /healthz HTTP/1.1\r\n" HOST "\r\n"

/* Status of the first answer; fails the test when a second request was read out of the first. */
static int status_alone(struct http *http, const char *request, size_t n)
{
    struct client client = client_open(http);
    (void)client_send_bytes(&client, request, n);
    struct answer answer = client_answer(&client, false);
    int status = answer.status;
    assert_int_equal(answer_heads_n(&answer, "Server"), 0);
    assert_true(client_is_closed(&client));
    client_close(&client);
    return status;
}

static void no_request_is_hidden_in_another(void **state)
{
    struct server *server = *state;
    static const struct {
        struct str request;
        int status;
    } cases[] = {
#define CASE(text, status) {STR_INIT(text), status}
        CASE(POST_UNIT "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" AFTER,
             400),
        CASE(POST_UNIT "Transfer-Encoding:\tchunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n" AFTER,
             400),
        CASE(POST_UNIT "Content-Length: 0\r\nContent-Length: 44\r\n\r\n" AFTER, 400),
        CASE(POST_UNIT "Content-Length : 44\r\n\r\n" AFTER, 400),
        CASE(POST_UNIT "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n" AFTER, 400),
        CASE(POST_UNIT "Transfer-Encoding:\r\n chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n" AFTER,
             400),
        CASE(POST_UNIT "Transfer-Encoding: x\r\n\tchunked\r\n\r\n0\r\n\r\n" AFTER, 400),
        CASE(POST_UNIT "Content-Length:\r\n 44\r\n\r\n" AFTER, 400),
        CASE(POST_UNIT "content-length: 4\r\n 4\r\n\r\n" AFTER, 400),
        CASE(POST_UNIT "X: a\r\n Content-Length: 44\r\n\r\n" AFTER, 400),
        CASE(POST_UNIT "Content-Length: 5, 5\r\n\r\nabcde" AFTER, 400),
        CASE(POST_UNIT "Content-Length: +5\r\n\r\nabcde" AFTER, 400),
        CASE(POST_UNIT "Content-Length: 0x5\r\n\r\nabcde" AFTER, 400),
        CASE(POST_UNIT "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" AFTER, 400),
        CASE(POST_UNIT "Transfer-Encoding: identity, chunked\r\n\r\n0\r\n\r\n" AFTER, 400),
        CASE(POST_UNIT "Transfer-Encoding: chunked\r\n\r\n-1\r\na\r\n0\r\n\r\n" AFTER, 400),
        CASE(POST_UNIT "Content-Length: 99999999999999999999\r\n\r\n" AFTER, 413),
        CASE(POST_UNIT "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\na\r\n" AFTER, 413),
#undef CASE
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int status = status_alone(server->http, cases[i].request.ptr, cases[i].request.len);
        if (status != cases[i].status)
            fail_msg("%s: %d", cases[i].request.ptr, status);
    }
    assert_int_equal(client_get(server->http, "/healthz"), 200);
}

static void heads_that_two_readers_read_in_two_ways_are_refused(void **state)
{
    struct server *server = *state;
    static const struct str bad[] = {
        STR_INIT("GET /healthz HTTP/1.1\r\n" HOST "X: a\x0b b\r\n\r\n"),
        STR_INIT("GET /healthz HTTP/1.1\r\n" HOST "X-A : b\r\n\r\n"),
        STR_INIT("GET /healthz HTTP/1.1\r\n\r\n"),
        STR_INIT("GET /healthz HTTP/1.1\r\nHost: a b\r\n\r\n"),
        STR_INIT("GET /healthz HTTP/1.1\r\nHost: \"><script>\r\n\r\n"),
        STR_INIT("GET /healthz HTTP/1.1\r\nHost: evil.example/?\r\n\r\n"),
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct client client = client_open(server->http);
        (void)client_send_bytes(&client, bad[i].ptr, bad[i].len);
        struct answer answer = client_answer(&client, false);
        if (answer.status != 400)
            fail_msg("%zu: %d", i, answer.status);
        assert_false(str_has(answer.body, STR("<script>")));
        client_close(&client);
    }
}

static void no_path_leads_out_of_what_is_served(void **state)
{
    struct server *server = *state;
    static const struct {
        const char *target;
        int status;
    } cases[] = {
        {"/static/../../../etc/passwd", 400},
        {"/static/%2e%2e/%2e%2e/etc/passwd", 400},
        {"/static/..%2f..%2fetc%2fpasswd", 400},
        {"/static/%252e%252e/%252e%252e/etc/passwd", 404},
        {"/static/..\\..\\etc\\passwd", 404},
        {"/static/..%5c..%5cetc%5cpasswd", 404},
        {"/static/%c0%ae%c0%ae/%c0%ae%c0%ae/etc/passwd", 400},
        {"/static/%e0%80%ae%e0%80%ae/etc/passwd", 400},
        {"/static/theme.css%00.html", 400},
        {"/static//etc/passwd", 404},
        {"/alpha/../beta/unit", 400},
        {"/alpha/%2e%2e/beta/unit", 400},
        {"/alpha%2funit", 400},
        {"/alpha/unit/0000000000007%00", 400},
        {"/alpha/unit/0000000000007%0d%0a", 400},
        {"/%2f%2fevil.example/", 400},
        {"file:///etc/passwd", 400},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int status = client_get(server->http, cases[i].target);
        if (status != cases[i].status)
            fail_msg("%s: %d", cases[i].target, status);
    }
}

static void no_address_leads_to_another_host(void **state)
{
    struct server *server = *state;
    static const char *const targets[] = {
        "//evil.example/",   "///evil.example/",         "/\\evil.example/",
        "/\\/evil.example/", "/%5cevil.example/",        "/alpha//",
        "/alpha/unit//",     "/.%0aevil.example/",       "/alpha/unit/?//evil",
        "/\tevil/",          "http://evil.example/alpha"};
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        char request[200];
        snprintf(request, sizeof request, "GET %s HTTP/1.1\r\n" HOST "\r\n", targets[i]);
        struct client client = client_open(server->http);
        client_send(&client, request);
        struct answer answer = client_answer(&client, false);
        struct str to = answer_head(&answer, "Location");
        if (to.len && (to.ptr[0] != '/' || (to.len > 1 && strchr("/\\", to.ptr[1])) ||
                       str_has(to, STR("//evil."))))
            fail_msg("%s leads to %.*s", targets[i], STR_ARG(to));
        client_close(&client);
    }
}

static void a_line_break_ends_no_head(void **state)
{
    struct server *server = *state;
    static const char *const requests[] = {
        "GET /alpha/unit/?a=b\rSet-Cookie:c=d HTTP/1.1\r\n" HOST "\r\n",
        "GET /alpha/unit/?a=%0d%0aSet-Cookie:c=d HTTP/1.1\r\n" HOST "\r\n",
        "GET /alpha/unit%0d%0aSet-Cookie:c=d/ HTTP/1.1\r\n" HOST "\r\n",
        "GET /alpha/unit/%E5%98%8A%E5%98%8DSet-Cookie:c=d/ HTTP/1.1\r\n" HOST "\r\n",
        "GET /alpha/unit HTTP/1.1\r\nHost: localhost\rSet-Cookie: c=d\r\n\r\n",
    };
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
        struct client client = client_open(server->http);
        client_send(&client, requests[i]);
        struct answer answer = client_answer(&client, false);
        assert_int_equal(answer_heads_n(&answer, "Set-Cookie"), 0);
        client_close(&client);
    }
}

static void methods_that_are_not_meant_do_nothing(void **state)
{
    struct server *server = *state;
    static const char *const methods[] = {"OPTIONS",  "TRACE", "PUT",   "DELETE", "PATCH",
                                          "PROPFIND", "TRACK", "DEBUG", "get",    "A"};
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
        char request[200];
        snprintf(request, sizeof request,
                 "%s /alpha/unit HTTP/1.1\r\n" HOST "X-Secret: planted\r\n\r\n", methods[i]);
        struct client client = client_open(server->http);
        client_send(&client, request);
        struct answer answer = client_answer(&client, false);
        assert_int_equal(answer.status, 405);
        assert_true(str_is(answer_head(&answer, "Allow"), "GET, HEAD, POST"));
        assert_false(str_has(answer.body, STR("planted")));
        assert_int_equal(answer_heads_n(&answer, "Access-Control-Allow-Origin"), 0);
        client_close(&client);
    }
    assert_int_equal(client_ask(server->http, "CONNECT evil.example:443 HTTP/1.1\r\n" HOST "\r\n"),
                     400);
    assert_int_equal(client_ask(server->http, "OPTIONS * HTTP/1.1\r\n" HOST "\r\n"), 400);
}

static int with_cookies(struct http *http, const char *part, int n)
{
    struct client client = client_open(http);
    AUTOBUF request = buf_open(KIB(64));
    buf_put(&request, STR("GET /healthz HTTP/1.1\r\n" HOST "Cookie: "));
    for (int i = 0; i < n; i++)
        buf_put(&request, str_from(part));
    buf_put(&request, STR("\r\n\r\n"));
    (void)client_send_bytes(&client, request.ptr, request.len);
    int status = client_answer(&client, false).status;
    client_close(&client);
    return status;
}

/* Cookies are kept twice by what reads them: there is no length at which it gives up silently. */
static void however_long_the_cookies_are_an_answer_comes_back(void **state)
{
    struct server *server = *state;
    assert_int_equal(with_cookies(server->http, "b", 6000), 200);
    for (int n = 6700; n < 17000; n += 32)
        assert_int_equal(with_cookies(server->http, "b", n), 431);
    for (int n = 10; n < 1500; n += 24) {
        int status = with_cookies(server->http, "a=b; ", n);
        assert_true(status == 200 || (n > 100 && status == 431));
    }
    assert_int_equal(client_get(server->http, "/healthz"), 200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(no_request_is_hidden_in_another),
        TEST(heads_that_two_readers_read_in_two_ways_are_refused),
        TEST(no_path_leads_out_of_what_is_served),
        TEST(no_address_leads_to_another_host),
        TEST(a_line_break_ends_no_head),
        TEST(methods_that_are_not_meant_do_nothing),
        TEST(however_long_the_cookies_are_an_answer_comes_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
