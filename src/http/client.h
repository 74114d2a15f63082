/*
 * http/client - for the tests of http/: bytes to a socket and answers from it, with nothing in
 * between.
 */
#ifndef HTTP_CLIENT_H
#define HTTP_CLIENT_H

#include "app/sample.h"
#include "http/http.h"

#define HOST "Host: localhost\r\n"

/* cmocka's setup and teardown: *state is a struct server on a free port, with two bodies. */
struct server {
    struct sample *sample;
    struct http *http; /* NULL: stopped already */
};
int server_setup(void **state);
int server_teardown(void **state);
/* Another server of the same application; `listen` empty: 127.0.0.1:0. */
struct http *server_start(struct server *server, struct http_options options);

#define TEST(name) cmocka_unit_test_setup_teardown(name, server_setup, server_teardown)

struct client {
    int fd;
    struct buf got;
    size_t taken; /* bytes of `got` that the last answer has */
};

struct answer {
    int status;
    struct str heads, body; /* live until the client's next answer */
};

/* To the address of a running server; fails the test when it is not let in. */
struct client client_open(const struct http *http);
bool client_is_refused(const struct http *http); /* nobody listens there */
void client_close(struct client *client);

void client_send(struct client *client, const char *text);
/* False when the other side has closed. */
bool client_send_bytes(struct client *client, const char *bytes, size_t n);
/* The next answer; `head`: it has no body whatever its length says. Fails the test when none
 * comes whole. */
struct answer client_answer(struct client *client, bool head);
/* Whether the other side closes without a further byte. */
bool client_is_closed(struct client *client);

/* The value of a head; empty when absent. */
struct str answer_head(const struct answer *answer, const char *name);
int answer_heads_n(const struct answer *answer, const char *name);

/* One request on a connection of its own: its status. */
int client_ask(const struct http *http, const char *request);
int client_get(const struct http *http, const char *target);

#endif
