/*
 * http - the application on a socket: libmicrohttpd with event threads for what is quick (cached
 * answers, FAST routes, static files) and a pool of workers for the rest.
 *
 * Limits: 11,000 connections; 13 KB of request line and heads (414, 431); bodies as app_admit says,
 * longer ones refused before they are read; one deadline for the heads, one for the body, one for
 * taking the answer, none of which starts again at every byte. A request without a Host or with
 * two, with both Content-Length and Transfer-Encoding, or with a head that two readers could read
 * in two ways, is refused. Cookies count twice: they are kept whole and one by one. Who asks too
 * often gets 429 with Retry-After; this machine itself, without a proxy, may ask as often as it
 * likes.
 *
 * Sources: ground.md "HTTP"; RFC 9110, RFC 9112, RFC 6585 (429), RFC 6797 (HSTS).
 */
#ifndef HTTP_HTTP_H
#define HTTP_HTTP_H

#include "app/app.h"

struct http;

/* What is limited by address; static files are not. */
enum limit {
    LIMIT_PAGES,   /* reading */
    LIMIT_WRITES,  /* every POST */
    LIMIT_SIGN_IN, /* a POST that is open to everybody */
    LIMITS_N
};

struct http_options {
    struct app *app;
    struct str listen;         /* 127.0.0.1:8080, [::1]:8080, 0.0.0.0:80; port 0 = any free one */
    const struct str *trusted; /* proxies whose Forwarded headers are read: 10.0.0.0/8, ::1 */
    int trusted_n;
    int event_threads, workers; /* 0 = by the number of CPUs */
    int head_ms, body_ms;       /* deadlines; 0 = 30 s each, a long body gets more */
    int rates[LIMITS_N];        /* requests a minute of one address; 0 = as many as it likes */
    bool tls;                   /* http_take_certificate came before */
};

/*
 * Listen and answer from threads of its own.
 *
 * INVALID an address or network that cannot be read; FAULT the port is taken, not allowed, not of
 * this machine. One sentence each.
 */
CHECKED enum status http_start(struct arena *arena, const struct http_options *options,
                               struct http **ret_http, struct fault *fault);

/*
 * The certificate (with its chain) and key that are shown from now on, PEM texts; TLS 1.2 or 1.3.
 * Connections that are open stay as they are. One for the whole program, dropped by http_stop.
 * INVALID with the sentence; what was shown before stays.
 */
CHECKED enum status http_take_certificate(struct arena *arena, struct str cert, struct str key,
                                          struct fault *fault);

/* Whether an address to listen on, a network of proxies can be read. */
bool http_is_listen(struct str text);
bool http_is_network(struct str text);

/* What is to be said of the certificate that is shown, at a time (seconds since 1970): it is out of
 * date, not yet in force, or has less than 14 days to go. NULL when all is well. */
const char *http_certificate_warning(int64_t now_sec);

/* Where it listens: http://127.0.0.1:8080 */
struct str http_address(const struct http *http);

/* Refuse new requests, answer those under way (at most drain_ms), close. */
void http_stop(struct http *http, int drain_ms);

#endif
