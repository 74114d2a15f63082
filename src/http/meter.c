/* What was answered, counted: for /metrics, and a line each in the log when it is asked for. */
#include <time.h>

#include "base/log.h"
#include "http/priv.h"

/* Upper bounds in microseconds; a last one has no bound. */
static const int64_t bounds_us[LATENCIES_N - 1] = {500,   1000,  2500,   5000,   10000,
                                                   25000, 50000, 100000, 250000, 1000000};
static const char *const bounds_text[LATENCIES_N] = {
    "0.0005", "0.001", "0.0025", "0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "1", "+Inf"};

int64_t now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

void meter_answered(struct peer *peer, int status, const char *route, int64_t bytes)
{
    static const char *const methods[] = {
        [METHOD_GET] = "GET", [METHOD_POST] = "POST", [METHOD_OTHER] = "OTHER"};
    struct meter *meter = &peer->http->meter;
    int64_t us = now_us() - peer->began_us;
    int row = 0;
    while (row < LATENCIES_N - 1 && us > bounds_us[row])
        row++;
    atomic_fetch_add(&meter->latencies[row], 1);
    atomic_fetch_add(&meter->us, (uint64_t)us);
    if (status >= STATUS_LEAST && status < STATUS_LEAST + STATUSES_N)
        atomic_fetch_add(&meter->statuses[status - STATUS_LEAST], 1);
    atomic_fetch_add(&meter->bytes, (uint64_t)bytes);
    if (log_wants(LOG_INFO))
        log_fields(LOG_INFO, peer->request.id,
                   "event=request method=%s route=%s status=%d us=%lld bytes=%lld",
                   methods[peer->request.method], route ? route : "-", status, (long long)us,
                   (long long)bytes);
}

static void put_head(struct buf *to, const char *name, const char *type, const char *help)
{
    buf_fmt(to, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void put_latencies(struct meter *meter, struct buf *to)
{
    put_head(to, "duikou_http_request_seconds", "histogram", "From the heads to the answer.");
    uint64_t below = 0;
    for (int i = 0; i < LATENCIES_N; i++) {
        below += atomic_load(&meter->latencies[i]);
        buf_fmt(to, "duikou_http_request_seconds_bucket{le=\"%s\"} %llu\n", bounds_text[i],
                (unsigned long long)below);
    }
    uint64_t us = atomic_load(&meter->us);
    buf_fmt(to, "duikou_http_request_seconds_sum %llu.%06llu\n", (unsigned long long)(us / 1000000),
            (unsigned long long)(us % 1000000));
    buf_fmt(to, "duikou_http_request_seconds_count %llu\n", (unsigned long long)below);
}

void meter_write(void *context, struct tx *tx, struct buf *to)
{
    (void)tx;
    struct http *http = context;
    struct meter *meter = &http->meter;
    put_head(to, "duikou_http_requests_total", "counter", "Answers by status.");
    for (int i = 0; i < STATUSES_N; i++) {
        unsigned long long n = atomic_load(&meter->statuses[i]);
        if (n)
            buf_fmt(to, "duikou_http_requests_total{status=\"%d\"} %llu\n", STATUS_LEAST + i, n);
    }
    put_latencies(meter, to);
    put_head(to, "duikou_http_answer_bytes_total", "counter", "Bytes of answers without heads.");
    buf_fmt(to, "duikou_http_answer_bytes_total %llu\n",
            (unsigned long long)atomic_load(&meter->bytes));
    put_head(to, "duikou_http_connections", "gauge", "Open connections.");
    buf_fmt(to, "duikou_http_connections %d\n", atomic_load(&meter->connections));
    put_head(to, "duikou_http_requests_active", "gauge", "Requests being read or answered.");
    buf_fmt(to, "duikou_http_requests_active %d\n", atomic_load(&http->active));
}
