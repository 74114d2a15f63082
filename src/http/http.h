/*
 * http - the application on a socket: libmicrohttpd with event threads for what is quick (cached
 * answers, FAST routes, static files) and a pool of workers for the rest.
 *
 * Limits: 10,000 connections; 13 KB of request line and heads (414, 431); bodies as app_admit says,
 * longer ones refused before they are read; one deadline for the heads, one for the body, one for
 * taking the answer, none of which starts again at every byte. A request with two Hosts, or with
 * both Content-Length and Transfer-Encoding, is refused.
 *
 * Sources: ground.md "HTTP"; RFC 9110, RFC 9112.
 */
#ifndef HTTP_HTTP_H
#define HTTP_HTTP_H

#include "app/app.h"

struct http;

struct http_options {
    struct app *app;
    struct str listen;         /* 127.0.0.1:8080, [::1]:8080, 0.0.0.0:80; port 0 = any free one */
    const struct str *trusted; /* proxies whose Forwarded headers are read: 10.0.0.0/8, ::1 */
    int trusted_n;
    int event_threads, workers; /* 0 = by the number of CPUs */
    int head_ms, body_ms;       /* deadlines; 0 = 30 s each, a long body gets more */
};

/*
 * Listen and answer from threads of its own.
 *
 * INVALID an address or network that cannot be read; FAULT the port is taken, not allowed, not of
 * this machine. One sentence each.
 */
CHECKED enum status http_start(struct arena *arena, const struct http_options *options,
                               struct http **ret_http, struct fault *fault);

/* Where it listens: http://127.0.0.1:8080 */
struct str http_address(const struct http *http);

/* Refuse new requests, answer those under way (at most drain_ms), close. */
void http_stop(struct http *http, int drain_ms);

#endif
