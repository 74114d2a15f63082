/* Starting and stopping the server. */
#include <errno.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "http/priv.h"

enum {
    CONNECTIONS_MAX = 11000, /* ten thousand that idle, and those that ask */
    EVENT_THREADS_MAX = 8,
    WORKERS_LEAST = 4,
    DEADLINE_MS = 30000,
    STALL_SECONDS = 60,
    BACKLOG = 1024,
    HTTP_BYTES_MAX = 4 << 20,
};

static enum status refuse_socket(struct arena *arena, struct fault *fault, struct str listen_at)
{
    static const struct {
        int error;
        const char *what, *remedy;
    } known[] = {
        {EADDRINUSE, "已被另一个程序占用", "请先停掉该程序，或用 --listen 换一个端口"},
        {EADDRNOTAVAIL, "不是本机的地址", "请用 --listen 改用本机的地址"},
        {EACCES, "没有权限使用", "请用 --listen 改用 1024 以上的端口"},
        {0, "不能使用", "请检查地址和网络设置后再启动"},
    };
    int error = errno, i = 0;
    while (known[i].error && known[i].error != error)
        i++;
    return refuse(arena, fault, FAULT, "listen", "监听地址 %.*s %s，%s。", STR_ARG(listen_at),
                  known[i].what, known[i].remedy);
}

static enum status open_socket(struct http *http, struct arena *arena, int *ret_fd,
                               struct fault *fault)
{
    struct str listen_at = http->options.listen;
    struct sockaddr_storage address;
    socklen_t len;
    if (!address_parse(listen_at, &address, &len))
        return refuse(arena, fault, INVALID, "listen",
                      "监听地址“%.*s”不能识别，请写作 127.0.0.1:8080 或 [::1]:8080 的样子。",
                      STR_ARG(listen_at));
    int fd = socket(address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return refuse_socket(arena, fault, listen_at);
    int on = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, (struct sockaddr *)&address, len) != 0 || listen(fd, BACKLOG) != 0 ||
        getsockname(fd, (struct sockaddr *)&address, &len) != 0) {
        enum status status = refuse_socket(arena, fault, listen_at);
        close(fd);
        return status;
    }
    struct str bound = address_format(&http->arena, &address);
    http->address =
        str_fmt(&http->arena, "%s://%.*s", http->tls ? "https" : "http", STR_ARG(bound));
    *ret_fd = fd;
    return OK;
}

static enum status read_networks(struct http *http, struct arena *arena, struct fault *fault)
{
    const struct http_options *options = &http->options;
    http->trusted = arena_new(&http->arena, struct network, options->trusted_n + 1);
    for (int i = 0; i < options->trusted_n; i++)
        if (!network_parse(options->trusted[i], &http->trusted[i]))
            return refuse(arena, fault, INVALID, "trusted-proxy",
                          "代理服务器的网段“%.*s”不能识别，请写作 10.0.0.0/8 的样子。",
                          STR_ARG(options->trusted[i]));
    return OK;
}

/* Ten thousand connections need as many files; the soft limit is often 1,024. */
static void raise_file_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    rlim_t wanted = CONNECTIONS_MAX + 1000;
    if (limit.rlim_cur < wanted) {
        limit.rlim_cur = limit.rlim_max < wanted ? limit.rlim_max : wanted;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

static enum status start_daemon(struct http *http, int fd, struct arena *arena, struct fault *fault)
{
    int threads = http->options.event_threads;
    if (threads > EVENT_THREADS_MAX)
        threads = EVENT_THREADS_MAX;
    if (threads < 2)
        threads = 2; /* a pool of one is refused */
    raise_file_limit();
    static const char tls_versions[] =
        "SECURE128:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:-RSA:%SERVER_PRECEDENCE";
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_TURBO;
    http->daemon = MHD_start_daemon(
        flags | (http->tls ? MHD_USE_TLS : 0), 0, NULL, NULL, on_request, http,
        MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_THREAD_POOL_SIZE, (unsigned)threads,
        MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS_MAX, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)CONNECTION_BYTES, MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)STALL_SECONDS,
        MHD_OPTION_NOTIFY_COMPLETED, on_completed, http, MHD_OPTION_NOTIFY_CONNECTION,
        on_connection, http, MHD_OPTION_URI_LOG_CALLBACK, on_uri, http,
        MHD_OPTION_UNESCAPE_CALLBACK, keep_escapes, NULL, MHD_OPTION_HTTPS_CERT_CALLBACK,
        tls_choose, MHD_OPTION_HTTPS_PRIORITIES, tls_versions, MHD_OPTION_END);
    if (http->daemon)
        return OK;
    close(fd);
    return refuse(arena, fault, FAULT, NULL,
                  "服务没有启动成功（线程或文件数不足），请检查系统限额后再启动。");
}

static void fill_defaults(struct http_options *options)
{
    int cpus = (int)sysconf(_SC_NPROCESSORS_ONLN);
    if (!options->event_threads)
        options->event_threads = cpus;
    if (!options->workers)
        options->workers = cpus + 2 < WORKERS_LEAST ? WORKERS_LEAST : cpus + 2;
    if (!options->head_ms)
        options->head_ms = DEADLINE_MS;
    if (!options->body_ms)
        options->body_ms = DEADLINE_MS;
}

static struct http *http_new(const struct http_options *options)
{
    struct arena arena = arena_open(HTTP_BYTES_MAX);
    struct http *http = arena_new(&arena, struct http, 1);
    http->arena = arena;
    http->options = *options;
    http->app = options->app;
    http->tls = options->tls;
    http->limits = limits_new(&http->arena, options->rates);
    fill_defaults(&http->options);
    if (getrandom(&http->id_seed, sizeof http->id_seed, 0) != sizeof http->id_seed)
        http->id_seed = (uint64_t)now_ms();
    return http;
}

static void http_free(struct http *http)
{
    app_remove_meter(http->app, http);
    if (http->files)
        files_free(http->files);
    limits_free(http->limits);
    if (http->tls)
        tls_drop();
    struct arena arena = http->arena;
    arena_close(&arena);
}

enum status http_start(struct arena *arena, const struct http_options *options,
                       struct http **ret_http, struct fault *fault)
{
    struct http *http = http_new(options);
    int fd = -1;
    enum status status = read_networks(http, arena, fault);
    if (status == OK)
        status = open_socket(http, arena, &fd, fault);
    if (status != OK) {
        http_free(http);
        return status;
    }
    http->files = files_new(&http->arena, http->tls);
    pool_start(&http->readers, http->options.workers);
    pool_start(&http->writers, WORKERS_MAX);
    sweeper_start(http);
    status = start_daemon(http, fd, arena, fault);
    if (status != OK) {
        pool_stop(&http->readers);
        pool_stop(&http->writers);
        sweeper_stop(http);
        http_free(http);
        return status;
    }
    app_add_meter(http->app, meter_write, http);
    *ret_http = http;
    return OK;
}

struct str http_address(const struct http *http)
{
    return http->address;
}

/* Nothing is suspended when the daemon stops: it would abort. The queue is worked off first, and
 * whatever comes later finds `stopping` or the closed pool. */
void http_stop(struct http *http, int drain_ms)
{
    atomic_store(&http->stopping, true);
    MHD_socket fd = MHD_quiesce_daemon(http->daemon);
    if (fd != MHD_INVALID_SOCKET)
        close(fd);
    int64_t until = now_ms() + drain_ms;
    while (atomic_load(&http->active) > 0 && now_ms() < until)
        nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
    pool_stop(&http->readers);
    pool_stop(&http->writers);
    MHD_stop_daemon(http->daemon);
    sweeper_stop(http);
    http_free(http);
}
