/*
 * http/priv - what the files of http/ share.
 */
#ifndef HTTP_PRIV_H
#define HTTP_PRIV_H

#include <gnutls/abstract.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>

#include "http/http.h"

/* --- address.c --- */

/* "127.0.0.1:8080", "[::1]:8080"; false when it cannot be read. */
bool address_parse(struct str text, struct sockaddr_storage *ret_address, socklen_t *ret_len);
struct str address_format(struct arena *arena, const struct sockaddr_storage *address);
/* The host alone: 192.0.2.7, also when it came in as ::ffff:192.0.2.7; empty when it is neither. */
void address_host(const struct sockaddr *address, char to[INET6_ADDRSTRLEN]);
bool address_is_loopback(const struct sockaddr *address);

/* A network; IPv4 is kept as ::ffff:a.b.c.d. */
struct network {
    unsigned char bytes[16];
    int bits;
};
bool network_parse(struct str text, struct network *ret_network);
bool network_has(const struct network *network, const struct sockaddr *address);
bool network_within(const struct network *inner, const struct network *outer);
/* Its first address, as address_host names one. */
void network_host(const struct network *network, char to[INET6_ADDRSTRLEN]);

/* --- peers: one connection each --- */

enum phase {
    PHASE_NEW,     /* heads are awaited */
    PHASE_BODY,    /* the body is awaited */
    PHASE_WORKING, /* suspended, a worker has it */
    PHASE_ANSWER,  /* the response is there */
};
enum {
    URI_ROOM = 512,
    CONNECTION_BYTES = 16 << 10, /* a connection's memory: heads of request and answer */
    HEADS_BYTES_MAX = CONNECTION_BYTES - (3 << 10),
};

struct peer {
    struct peer *newer, *older; /* of the open ones, guarded by peers.lock */
    struct peer *next_job;
    struct http *http;
    struct MHD_Connection *connection;
    int fd;
    bool loopback, trusted;
    bool unread;                 /* a body was refused: linger when closing */
    _Atomic int64_t deadline_ms; /* monotonic; 0 = none */
    enum phase phase;
    bool active; /* between heads and completion */
    struct str uri;
    size_t heads_bytes; /* of the connection's memory, without the URI */
    bool heads_refused; /* answered already */
    int64_t began_us;   /* when the heads were there */
    struct request request;
    struct response response;
    struct arena arena; /* of this request */
    struct buf body;
    size_t body_limit;
    bool body_too_long;
    int64_t body_held; /* counted in http->body_bytes */
    char uri_room[URI_ROOM];
    char address[INET6_ADDRSTRLEN];
};

/* A connection that was refused while it still sends: read and dropped for a moment, because
 * closing at once would take the answer back (RST). */
enum { LINGERS_MAX = 64 };
struct lingering {
    int fd;
    int64_t until_ms;
};

struct sweeper {
    pthread_t thread;
    pthread_mutex_t lock; /* of all below */
    pthread_cond_t wake;
    bool runs; /* the thread was made */
    bool stop;
    struct arena arena;
    struct peer *newest, *spare;
    struct lingering lingers[LINGERS_MAX];
    int lingers_n;
};

void sweeper_start(struct http *http);
void sweeper_stop(struct http *http);
int64_t now_ms(void);
struct peer *peer_open(struct http *http, struct MHD_Connection *connection);
void peer_close(struct peer *peer);
/* Make ready for the next request. */
void peer_reset(struct peer *peer);

/* --- pool.c --- */

enum { WORKERS_MAX = 64, QUEUE_MAX = 1024 };
struct pool {
    pthread_t threads[WORKERS_MAX];
    int threads_n;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    struct peer *first, *last;
    int queued;
    bool stop;
};
void pool_start(struct pool *pool, int workers);
/* Suspend the connection and queue it; false: full or stopping, nothing was done. */
bool pool_push(struct pool *pool, struct peer *peer);
void pool_stop(struct pool *pool); /* works the queue off first */

/* --- tls.c --- */

/* What GnuTLS asks for at each handshake. */
int tls_choose(gnutls_session_t session, const gnutls_datum_t *authorities, int authorities_n,
               const gnutls_pk_algorithm_t *algorithms, int algorithms_n,
               gnutls_pcert_st **ret_chain, unsigned *ret_chain_n, gnutls_privkey_t *ret_key);
void tls_drop(void); /* when no connection is left */

/* --- limits.c --- */

struct limits;
struct limits *limits_new(struct arena *arena, const int rates[LIMITS_N]);
void limits_free(struct limits *limits);
/* Take a token; 0, or after how many seconds there will be one. Thread-safe. */
int limits_take(struct limits *limits, enum limit limit, struct str address, int64_t now);

/* --- meter.c --- */

enum { LATENCIES_N = 11, STATUS_LEAST = 200, STATUSES_N = 400 };
struct meter {
    _Atomic uint64_t statuses[STATUSES_N], latencies[LATENCIES_N];
    _Atomic uint64_t us, bytes;
    _Atomic int connections;
};
int64_t now_us(void);
/* An answer is ready to be sent; `route` is the pattern of the route, NULL when there is none. */
void meter_answered(struct peer *peer, int status, const char *route, int64_t bytes);
/* An app_meter; context: struct http. */
void meter_write(void *context, struct tx *tx, struct buf *to);

/* --- request.c, reply.c --- */

/* Fill peer->request from the connection's heads. Whatever is not HTTP/1.1 counts as forwarded.
 * INVALID with the sentence. */
CHECKED enum status request_read(struct peer *peer, const char *method, const char *version,
                                 struct fault *fault);
/* The length the request announces; -1 = chunked. */
int64_t request_length(const struct peer *peer);

/* What every answer carries; over TLS also that it is to be asked for over TLS. */
void add_security_heads(struct MHD_Response *to, bool tls);
enum MHD_Result reply_send(struct peer *peer);
/* 429: one sentence, made without asking the application. */
enum MHD_Result reply_too_often(struct peer *peer, int seconds);

/* --- files.c --- */

struct files;
struct files *files_new(struct arena *arena, bool tls);
void files_free(struct files *files);
/* Queue the file of web/ that has this address; false when there is none. */
bool files_send(const struct files *files, struct peer *peer, enum MHD_Result *ret_result);

/* --- server.c: what libmicrohttpd calls --- */

enum MHD_Result on_request(void *context, struct MHD_Connection *connection, const char *url,
                           const char *method, const char *version, const char *body,
                           size_t *body_size, void **request_context);
void *on_uri(void *context, const char *uri, struct MHD_Connection *connection);
size_t keep_escapes(void *context, struct MHD_Connection *connection, char *text);
void on_completed(void *context, struct MHD_Connection *connection, void **request_context,
                  enum MHD_RequestTerminationCode code);
void on_connection(void *context, struct MHD_Connection *connection, void **socket_context,
                   enum MHD_ConnectionNotificationCode code);

/* --- the server --- */

struct http {
    struct arena arena;
    struct app *app;
    struct http_options options;
    struct MHD_Daemon *daemon;
    struct network *trusted;
    struct files *files;
    struct pool readers; /* as many as there are processors, and some */
    struct pool writers; /* wait for the disk: as many as one commit takes */
    struct sweeper sweeper;
    struct limits *limits;
    struct meter meter;
    bool tls;
    struct str address;
    uint64_t id_seed;
    _Atomic uint64_t requests;
    _Atomic int active;
    _Atomic int64_t body_bytes; /* held by all bodies together */
    _Atomic bool stopping;
};

#endif
