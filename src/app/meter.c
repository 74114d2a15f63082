/* "/healthz" and "/metrics": what those who look after the system ask. */
#include "app/priv.h"

enum { METRICS_BYTES_MAX = 256 << 10, DISK_LEAST = 16 << 20 };

void app_add_meter(struct app *app, app_meter *write, void *context)
{
    pthread_mutex_lock(&app->lock);
    for (int i = 0; i < METERS_MAX; i++)
        if (!app->meters[i].write) {
            app->meters[i] = (struct meter_slot){write, context};
            break;
        }
    pthread_mutex_unlock(&app->lock);
}

void app_remove_meter(struct app *app, void *context)
{
    pthread_mutex_lock(&app->lock);
    for (int i = 0; i < METERS_MAX; i++)
        if (app->meters[i].context == context)
            app->meters[i] = (struct meter_slot){0};
    pthread_mutex_unlock(&app->lock);
}

/* The snapshot is open: the database answers. With so little room on its disk that the next write
 * may be refused, somebody has to look. */
static enum status show_health(struct call *call, struct page *page)
{
    int64_t free_bytes = store_free_bytes(call->app->options.store);
    if (free_bytes >= 0 && free_bytes < DISK_LEAST)
        return refuse_http(call->arena, &call->fault, BUSY, 507,
                           "数据库所在的磁盘只剩 %d KB，请腾出空间。", (int)(free_bytes >> 10));
    page->file = STR("ok\n");
    page->mime = STR("text/plain; charset=utf-8");
    return OK;
}

static void put_figure(struct buf *to, const char *name, const char *type, int64_t value,
                       const char *help)
{
    buf_fmt(to, "# HELP duikou_%s %s\n# TYPE duikou_%s %s\nduikou_%s %lld\n", name, help, name,
            type, name, (long long)value);
}

static void put_store(struct app *app, struct buf *to)
{
    struct store_stats stats = store_stats(app->options.store);
    const struct {
        const char *name, *type, *help;
        int64_t value;
    } figures[] = {
        {"store_writes_total", "counter", "Writes kept.", stats.writes},
        {"store_commits_total", "counter", "Commits that kept them.", stats.commits},
        {"store_failed_commits_total", "counter", "Commits that failed.", stats.failed_commits},
        {"store_reruns_total", "counter", "Writes run again alone.", stats.reruns},
        {"store_slowest_apply_microseconds", "gauge", "Longest write.", stats.slowest_us},
        {"store_statements_total", "counter", "Statements of reads.", stats.statements},
        {"store_free_bytes", "gauge", "Room on the database's disk; -1 unknown.",
         store_free_bytes(app->options.store)},
    };
    for (size_t i = 0; i < sizeof figures / sizeof *figures; i++)
        put_figure(to, figures[i].name, figures[i].type, figures[i].value, figures[i].help);
}

static void put_cache(struct app *app, struct buf *to)
{
    if (!app->cache)
        return;
    struct cache_figures figures = cache_figures(app->cache);
    put_figure(to, "cache_bytes", "gauge", (int64_t)figures.bytes, "Bytes of kept answers.");
    put_figure(to, "cache_hits_total", "counter", figures.hits, "Answers found.");
    put_figure(to, "cache_misses_total", "counter", figures.misses, "Answers not found.");
}

/* In a time that does not tell how much of it was right. */
static bool is_token(struct str token, struct str authorization)
{
    static const struct str scheme = STR_INIT("Bearer ");
    struct str given = str_from_byte(authorization, scheme.len);
    if (token.len == 0 || !str_starts(authorization, scheme) || given.len != token.len)
        return false;
    unsigned char differs = 0;
    for (size_t i = 0; i < token.len; i++)
        differs |= (unsigned char)(given.ptr[i] ^ token.ptr[i]);
    return differs == 0;
}

static enum status show_metrics(struct call *call, struct page *page)
{
    struct app *app = call->app;
    if (!request_is_local(call->request) &&
        !is_token(app->options.metrics_token, call->request->authorization))
        return call_refuse(call, NOT_FOUND, NULL, "没有这个页面，请检查地址或从首页进入。");
    AUTOBUF buf = buf_open(METRICS_BYTES_MAX);
    put_figure(&buf, "up", "gauge", 1, "Duikou " DUIKOU_VERSION ".");
    put_store(app, &buf);
    put_cache(app, &buf);
    pthread_mutex_lock(&app->lock);
    for (int i = 0; i < METERS_MAX; i++)
        if (app->meters[i].write)
            app->meters[i].write(app->meters[i].context, call->tx, &buf);
    pthread_mutex_unlock(&app->lock);
    page->file = str_copy(call->arena, buf_str(&buf));
    page->mime = STR("text/plain; version=0.0.4; charset=utf-8");
    return OK;
}

const struct route meter_routes[METER_ROUTES_N] = {
    {METHOD_GET, "/healthz", show_health, RIGHT_PUBLIC, FORM_FILE, ROUTE_INSTANCE | ROUTE_FAST,
     "本系统能否正常服务"},
    {METHOD_GET, "/metrics", show_metrics, RIGHT_PUBLIC, FORM_FILE, ROUTE_INSTANCE,
     "运行数据，仅供本机或持有令牌的监控程序读取"},
};
