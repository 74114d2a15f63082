/* Connections, their deadlines, and memory given back when nothing is asked. */
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "http/priv.h"

enum {
    TICK_MS = 250,
    LINGER_TICK_MS = 20,
    LINGER_MS = 2000,
    IDLE_TICKS = 12,
    PEERS_BYTES_MAX = 64 << 20,
    REQUEST_BYTES_MAX = 512 << 20,
};

int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void set_head_deadline(struct peer *peer)
{
    atomic_store(&peer->deadline_ms, now_ms() + peer->http->options.head_ms);
}

static void know_address(struct peer *peer)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(peer->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    if (!info)
        return;
    peer->loopback = address_is_loopback(info->client_addr);
    address_host(info->client_addr, peer->address);
    for (int i = 0; i < peer->http->options.trusted_n && !peer->trusted; i++)
        peer->trusted = network_has(&peer->http->trusted[i], info->client_addr);
}

struct peer *peer_open(struct http *http, struct MHD_Connection *connection)
{
    struct sweeper *sweeper = &http->sweeper;
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    pthread_mutex_lock(&sweeper->lock);
    struct peer *peer = sweeper->spare;
    if (peer)
        sweeper->spare = peer->older;
    else
        peer = arena_new(&sweeper->arena, struct peer, 1);
    memset(peer, 0, offsetof(struct peer, uri_room));
    peer->http = http;
    peer->connection = connection;
    peer->fd = info ? info->connect_fd : -1;
    peer->arena = arena_open(REQUEST_BYTES_MAX);
    know_address(peer);
    peer_reset(peer);
    peer->older = sweeper->newest;
    if (peer->older)
        peer->older->newer = peer;
    sweeper->newest = peer;
    atomic_fetch_add(&http->meter.connections, 1);
    pthread_mutex_unlock(&sweeper->lock);
    return peer;
}

void peer_reset(struct peer *peer)
{
    if (peer->active)
        atomic_fetch_sub(&peer->http->active, 1);
    atomic_fetch_sub(&peer->http->body_bytes, peer->body_held);
    response_release(&peer->response);
    buf_close(&peer->body);
    arena_close(&peer->arena);
    peer->phase = PHASE_NEW;
    peer->active = peer->body_too_long = false;
    peer->body_held = peer->began_us = 0;
    peer->request = (struct request){.method = METHOD_OTHER, .id = "-"};
    peer->uri = (struct str){0};
    set_head_deadline(peer);
}

/* Keep a hold on the socket past the server's own close. */
static void start_linger(struct sweeper *sweeper, const struct peer *peer)
{
    if (sweeper->lingers_n == LINGERS_MAX)
        return;
    int fd = fcntl(peer->fd, F_DUPFD_CLOEXEC, 0);
    if (fd < 0)
        return;
    sweeper->lingers[sweeper->lingers_n++] = (struct lingering){fd, now_ms() + LINGER_MS};
    pthread_cond_signal(&sweeper->wake);
}

void peer_close(struct peer *peer)
{
    struct sweeper *sweeper = &peer->http->sweeper;
    peer_reset(peer);
    atomic_fetch_sub(&peer->http->meter.connections, 1);
    pthread_mutex_lock(&sweeper->lock);
    if (peer->unread)
        start_linger(sweeper, peer);
    *(peer->newer ? &peer->newer->older : &sweeper->newest) = peer->older;
    if (peer->older)
        peer->older->newer = peer->newer;
    peer->newer = NULL;
    peer->older = sweeper->spare;
    sweeper->spare = peer;
    pthread_mutex_unlock(&sweeper->lock);
}

/* A socket is closed by its event thread after peer_close, which waits for the lock held here: the
 * number is still this connection's. */
static void end_overdue(struct sweeper *sweeper)
{
    int64_t now = now_ms();
    for (struct peer *peer = sweeper->newest; peer; peer = peer->older) {
        int64_t deadline = atomic_load(&peer->deadline_ms);
        if (deadline && now > deadline) {
            atomic_store(&peer->deadline_ms, 0);
            shutdown(peer->fd, SHUT_RDWR);
        }
    }
}

/* True when the other side has closed, or time is up. */
static bool drop_input(const struct lingering *linger)
{
    for (int i = 0; i < 16; i++) {
        ssize_t got = recv(linger->fd, NULL, 1 << 20, MSG_DONTWAIT | MSG_TRUNC);
        if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR))
            return true;
        if (got < 0)
            break;
    }
    return now_ms() > linger->until_ms;
}

static void serve_lingers(struct sweeper *sweeper)
{
    for (int i = sweeper->lingers_n; i-- > 0;) {
        if (!drop_input(&sweeper->lingers[i]))
            continue;
        close(sweeper->lingers[i].fd);
        sweeper->lingers[i] = sweeper->lingers[--sweeper->lingers_n];
    }
}

/* Give freed memory back when nothing was asked for a while after something was. */
struct idle {
    uint64_t seen;
    int ticks;
};

static void watch_idle(struct http *http, struct idle *idle)
{
    uint64_t requests = atomic_load(&http->requests);
    if (requests != idle->seen) {
        *idle = (struct idle){.seen = requests};
        return;
    }
    if (++idle->ticks == IDLE_TICKS)
        malloc_trim(0);
}

static void wait_tick(struct sweeper *sweeper)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += (sweeper->lingers_n ? LINGER_TICK_MS : TICK_MS) * 1000000L;
    until.tv_sec += until.tv_nsec / 1000000000L;
    until.tv_nsec %= 1000000000L;
    pthread_cond_timedwait(&sweeper->wake, &sweeper->lock, &until);
}

static void *run_sweeper(void *context)
{
    struct http *http = context;
    struct sweeper *sweeper = &http->sweeper;
    struct idle idle = {0};
    pthread_mutex_lock(&sweeper->lock);
    while (!sweeper->stop) {
        end_overdue(sweeper);
        serve_lingers(sweeper);
        watch_idle(http, &idle);
        wait_tick(sweeper);
    }
    pthread_mutex_unlock(&sweeper->lock);
    return NULL;
}

void sweeper_start(struct http *http)
{
    struct sweeper *sweeper = &http->sweeper;
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_mutex_init(&sweeper->lock, NULL);
    pthread_cond_init(&sweeper->wake, &monotonic);
    pthread_condattr_destroy(&monotonic);
    sweeper->arena = arena_open(PEERS_BYTES_MAX);
    sweeper->runs = pthread_create(&sweeper->thread, NULL, run_sweeper, http) == 0;
}

void sweeper_stop(struct http *http)
{
    struct sweeper *sweeper = &http->sweeper;
    pthread_mutex_lock(&sweeper->lock);
    sweeper->stop = true;
    pthread_cond_signal(&sweeper->wake);
    pthread_mutex_unlock(&sweeper->lock);
    if (sweeper->runs)
        pthread_join(sweeper->thread, NULL);
    for (int i = 0; i < sweeper->lingers_n; i++)
        close(sweeper->lingers[i].fd);
    pthread_cond_destroy(&sweeper->wake);
    pthread_mutex_destroy(&sweeper->lock);
    arena_close(&sweeper->arena);
}
