/*
 * proxy - for tests: stands between a store and its PostgreSQL server, and loses what it is told
 * to lose of the next COMMIT.
 */
#ifndef STORE_PROXY_H
#define STORE_PROXY_H

#include <pthread.h>
#include <stdatomic.h>

enum proxy_loss {
    PROXY_NOTHING,
    PROXY_ANSWER, /* the server commits, and its answer is lost with the connection */
    PROXY_COMMIT, /* the server never hears of it */
    PROXY_LATE,   /* the server hears of it only when it is already asked what became of it */
};

enum { PROXY_PAIRS = 32 };

struct proxy {
    char directory[64]; /* where it listens: the host of an address */
    char target[128];   /* the server's socket */
    int listening, stop[2];
    pthread_t thread;
    atomic_int loss; /* enum proxy_loss, for one COMMIT; then PROXY_NOTHING again */
    atomic_int lost;
    struct proxy_pair {
        int client, server; /* -1 = closed */
        char held[256];     /* a COMMIT that is late */
        int held_n;
    } pairs[PROXY_PAIRS];
};

/* 0 when it runs; `server_directory` is where the server's socket is. */
int proxy_start(struct proxy *proxy, const char *server_directory);
void proxy_stop(struct proxy *proxy);

#endif
