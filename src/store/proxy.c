#include "store/proxy.h"

#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static const char socket_name[] = ".s.PGSQL.5432";

static int open_socket(const char *path, struct sockaddr_un *ret_address)
{
    *ret_address = (struct sockaddr_un){.sun_family = AF_UNIX};
    snprintf(ret_address->sun_path, sizeof ret_address->sun_path, "%s", path);
    return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

static void close_pair(struct proxy_pair *pair)
{
    if (pair->client >= 0)
        close(pair->client);
    if (pair->server >= 0)
        close(pair->server);
    *pair = (struct proxy_pair){.client = -1, .server = -1};
}

static void take_client(struct proxy *proxy)
{
    struct sockaddr_un address;
    int client = accept4(proxy->listening, NULL, NULL, SOCK_CLOEXEC);
    int server = open_socket(proxy->target, &address);
    struct proxy_pair *pair = NULL;
    for (int i = 0; i < PROXY_PAIRS && !pair; i++)
        if (proxy->pairs[i].client < 0 && proxy->pairs[i].server < 0)
            pair = &proxy->pairs[i];
    if (client < 0 || !pair || connect(server, (struct sockaddr *)&address, sizeof address) != 0) {
        close(client);
        close(server);
        return;
    }
    *pair = (struct proxy_pair){.client = client, .server = server};
}

static void pass(int to, const char *bytes, size_t n)
{
    while (n > 0) {
        ssize_t sent = send(to, bytes, n, MSG_NOSIGNAL);
        if (sent <= 0)
            return;
        bytes += sent;
        n -= (size_t)sent;
    }
}

static bool has(const char *bytes, ssize_t n, const char *text)
{
    return memmem(bytes, (size_t)n, text, strlen(text)) != NULL;
}

/* A simple query is one message: it comes in one piece here. */
static bool is_commit(const char *bytes, ssize_t n)
{
    return n == 12 && bytes[0] == 'Q' && strcmp(bytes + 5, "commit") == 0;
}

/* Once asked what became of it, a late COMMIT goes on its way. */
static void send_late(struct proxy *proxy)
{
    for (int i = 0; i < PROXY_PAIRS; i++) {
        struct proxy_pair *pair = &proxy->pairs[i];
        if (pair->held_n > 0)
            pass(pair->server, pair->held, (size_t)pair->held_n);
        pair->held_n = 0;
    }
}

static void lose(struct proxy *proxy, struct proxy_pair *pair, const char *bytes, ssize_t n)
{
    int loss = atomic_exchange(&proxy->loss, PROXY_NOTHING);
    atomic_fetch_add(&proxy->lost, 1);
    if (loss == PROXY_ANSWER)
        pass(pair->server, bytes, (size_t)n);
    if (loss == PROXY_LATE) {
        memcpy(pair->held, bytes, (size_t)n);
        pair->held_n = (int)n;
    }
    close(pair->client);
    pair->client = -1;
    if (loss == PROXY_COMMIT)
        close_pair(pair);
}

static void from_client(struct proxy *proxy, struct proxy_pair *pair)
{
    char bytes[16 << 10];
    ssize_t n = read(pair->client, bytes, sizeof bytes);
    if (n <= 0) {
        close_pair(pair);
    } else if (is_commit(bytes, n) && atomic_load(&proxy->loss) != PROXY_NOTHING) {
        lose(proxy, pair, bytes, n);
    } else {
        pass(pair->server, bytes, (size_t)n);
        if (has(bytes, n, "returning mark"))
            send_late(proxy);
    }
}

/* A client that is gone gets nothing; its server goes on until it has answered. */
static void from_server(struct proxy_pair *pair)
{
    char bytes[16 << 10];
    ssize_t n = read(pair->server, bytes, sizeof bytes);
    if (n <= 0 || (pair->client < 0 && pair->held_n == 0))
        close_pair(pair);
    else
        pass(pair->client, bytes, (size_t)n);
}

static void *work(void *context)
{
    struct proxy *proxy = context;
    for (;;) {
        struct pollfd files[2 + 2 * PROXY_PAIRS] = {{.fd = proxy->stop[0], .events = POLLIN},
                                                    {.fd = proxy->listening, .events = POLLIN}};
        for (int i = 0; i < PROXY_PAIRS; i++) {
            files[2 + 2 * i] = (struct pollfd){.fd = proxy->pairs[i].client, .events = POLLIN};
            files[3 + 2 * i] = (struct pollfd){.fd = proxy->pairs[i].server, .events = POLLIN};
        }
        if (poll(files, 2 + 2 * PROXY_PAIRS, -1) < 0 || files[0].revents)
            return NULL;
        if (files[1].revents)
            take_client(proxy);
        for (int i = 0; i < PROXY_PAIRS; i++) {
            if (files[3 + 2 * i].revents && proxy->pairs[i].server == files[3 + 2 * i].fd)
                from_server(&proxy->pairs[i]);
            if (files[2 + 2 * i].revents && proxy->pairs[i].client == files[2 + 2 * i].fd)
                from_client(proxy, &proxy->pairs[i]);
        }
    }
}

int proxy_start(struct proxy *proxy, const char *server_directory)
{
    struct sockaddr_un address;
    char path[128];
    *proxy = (struct proxy){.directory = "/tmp/duikou-proxy-XXXXXX"};
    for (int i = 0; i < PROXY_PAIRS; i++)
        proxy->pairs[i] = (struct proxy_pair){.client = -1, .server = -1};
    if (!mkdtemp(proxy->directory) || pipe(proxy->stop) != 0)
        return -1;
    snprintf(proxy->target, sizeof proxy->target, "%s/%s", server_directory, socket_name);
    snprintf(path, sizeof path, "%s/%s", proxy->directory, socket_name);
    proxy->listening = open_socket(path, &address);
    if (bind(proxy->listening, (struct sockaddr *)&address, sizeof address) != 0 ||
        listen(proxy->listening, PROXY_PAIRS) != 0)
        return -1;
    return pthread_create(&proxy->thread, NULL, work, proxy);
}

void proxy_stop(struct proxy *proxy)
{
    char path[128];
    close(proxy->stop[1]);
    pthread_join(proxy->thread, NULL);
    close(proxy->stop[0]);
    close(proxy->listening);
    for (int i = 0; i < PROXY_PAIRS; i++)
        close_pair(&proxy->pairs[i]);
    snprintf(path, sizeof path, "%s/%s", proxy->directory, socket_name);
    unlink(path);
    rmdir(proxy->directory);
}
