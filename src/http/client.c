#include "http/client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>
#include <cmocka.h>

enum { ANSWER_BYTES_MAX = 64 << 20, PATIENCE_S = 20 };

static int try_connect(const struct http *http)
{
    struct str at = str_from_byte(http_address(http), strlen("http://"));
    if (str_starts(http_address(http), STR("https://")))
        at = str_from_byte(at, 1);
    ptrdiff_t colon = str_find_last(at, STR(":"));
    int64_t port = 0;
    assert_true(str_to_int(str_from_byte(at, (size_t)colon + 1), &port));
    bool six = at.ptr[0] == '[';
    struct sockaddr_in in = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6,
                               .sin6_port = htons((uint16_t)port),
                               .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    int fd = socket(six ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct timeval patience = {.tv_sec = PATIENCE_S};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    int code = six ? connect(fd, (struct sockaddr *)&in6, sizeof in6)
                   : connect(fd, (struct sockaddr *)&in, sizeof in);
    if (code == 0)
        return fd;
    close(fd);
    return -1;
}

struct client client_open(const struct http *http)
{
    struct client client = {.fd = try_connect(http), .got = buf_open(ANSWER_BYTES_MAX)};
    assert_true(client.fd >= 0);
    return client;
}

bool client_is_refused(const struct http *http)
{
    int fd = try_connect(http);
    if (fd >= 0)
        close(fd);
    return fd < 0;
}

void client_close(struct client *client)
{
    close(client->fd);
    buf_close(&client->got);
}

bool client_send_bytes(struct client *client, const char *bytes, size_t n)
{
    while (n > 0) {
        ssize_t sent = send(client->fd, bytes, n, MSG_NOSIGNAL);
        if (sent <= 0)
            return false;
        bytes += sent;
        n -= (size_t)sent;
    }
    return true;
}

void client_send(struct client *client, const char *text)
{
    assert_true(client_send_bytes(client, text, strlen(text)));
}

static bool read_more(struct client *client)
{
    char *to = buf_reserve(&client->got, 64 << 10);
    assert_non_null(to);
    ssize_t got = recv(client->fd, to, 64 << 10, 0);
    if (got > 0)
        client->got.len += (size_t)got;
    return got > 0;
}

struct str answer_head(const struct answer *answer, const char *name)
{
    struct str rest = answer->heads;
    size_t len = strlen(name);
    while (rest.len) {
        struct str value = str_line(&rest), key = str_cut(&value, STR(":"));
        if (key.len == len && strncasecmp(key.ptr, name, len) == 0)
            return str_trim(value);
    }
    return (struct str){0};
}

int answer_heads_n(const struct answer *answer, const char *name)
{
    struct answer rest = *answer;
    int n = 0;
    while (answer_head(&rest, name).ptr) {
        struct str value = answer_head(&rest, name);
        size_t behind = (size_t)(value.ptr - rest.heads.ptr) + value.len;
        rest.heads = str_from_byte(rest.heads, behind);
        n++;
    }
    return n;
}

static void drop_taken(struct client *client)
{
    client->got.len -= client->taken;
    if (client->got.len)
        memmove(client->got.ptr, client->got.ptr + client->taken, client->got.len);
    client->taken = 0;
}

struct answer client_answer(struct client *client, bool head)
{
    drop_taken(client);
    ptrdiff_t end;
    while ((end = str_find(buf_str(&client->got), STR("\r\n\r\n"))) < 0)
        if (!read_more(client))
            fail_msg("closed after %zu bytes", client->got.len);
    struct answer answer = {.heads = str_head(buf_str(&client->got), (size_t)end + 2)};
    int64_t length = 0, status = 0;
    struct str rest = answer.heads, line = str_from_byte(str_line(&rest), strlen("HTTP/1.1 "));
    assert_true(str_to_int(str_head(line, 3), &status));
    if (!head && status != 304 && answer_head(&answer, "Content-Length").len)
        assert_true(str_to_int(answer_head(&answer, "Content-Length"), &length));
    size_t whole = (size_t)end + 4 + (size_t)length;
    while (client->got.len < whole)
        if (!read_more(client))
            fail_msg("closed after %zu of %zu bytes", client->got.len, whole);
    struct str got = buf_str(&client->got);
    answer.status = (int)status;
    answer.heads = str_head(got, (size_t)end + 2);
    answer.body = str_head(str_from_byte(got, (size_t)end + 4), (size_t)length);
    client->taken = whole;
    return answer;
}

bool client_is_closed(struct client *client)
{
    char byte;
    return recv(client->fd, &byte, 1, 0) <= 0;
}

int client_ask(const struct http *http, const char *request)
{
    struct client client = client_open(http);
    client_send(&client, request);
    int status = client_answer(&client, false).status;
    client_close(&client);
    return status;
}

int client_get(const struct http *http, const char *target)
{
    char request[512];
    snprintf(request, sizeof request, "GET %s HTTP/1.1\r\n" HOST "\r\n", target);
    return client_ask(http, request);
}

/* --- the server --- */

int server_setup(void **state)
{
    struct sample *sample = sample_open(&(struct sample_options){.bodies = 2});
    struct server *server = arena_new(&sample->arena, struct server, 1);
    struct fault fault = {0};
    server->sample = sample;
    static const struct str proxies[] = {STR_INIT("127.0.0.2/32"), STR_INIT("::1")};
    struct http_options options = {
        .app = server->sample->app,
        .listen = STR("127.0.0.1:0"),
        .trusted = proxies,
        .trusted_n = 2,
        .head_ms = 20000,
    };
    if (http_start(&server->sample->arena, &options, &server->http, &fault) != OK)
        fail_msg("%.*s", STR_ARG(fault.message));
    *state = server;
    return 0;
}

int server_teardown(void **state)
{
    struct server *server = *state;
    if (server->http)
        http_stop(server->http, 5000);
    sample_close(server->sample);
    return 0;
}

struct http *server_start(struct server *server, struct http_options options)
{
    struct fault fault = {0};
    struct http *http;
    options.app = server->sample->app;
    if (!options.listen.len)
        options.listen = STR("127.0.0.1:0");
    if (http_start(&server->sample->arena, &options, &http, &fault) != OK)
        fail_msg("%.*s", STR_ARG(fault.message));
    return http;
}
