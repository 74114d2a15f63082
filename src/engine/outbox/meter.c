/* What waits in the outbox, for /metrics. */
#include "engine/outbox/outbox.h"

#include "outbox.sql.h"

enum { STATES_N = 4, CHANNELS_MAX = 16 };
static const char *const states[STATES_N] = {"waiting", "working", "failed", "given-up"};

struct figures {
    const char *channel;
    int64_t jobs[STATES_N], oldest_us; /* 0 = nothing is under way */
};

/* What a newer program put in stands under a name of its own, the last row. */
static struct figures *figures_of(struct figures *rows, int n, struct str channel)
{
    int at = 0;
    while (at < n - 1 && !str_is(channel, rows[at].channel))
        at++;
    return &rows[at];
}

static enum status count(struct tx *tx, struct figures *figures, int n)
{
    struct rows rows;
    TRY(tx_run(tx, &SQL_outbox_figures, NO_ARGS, &rows));
    for (int i = 0; i < rows.n; i++) {
        struct figures *row = figures_of(figures, n, value_str(rows_at(&rows, i, 0)));
        int64_t created = value_i64(rows_at(&rows, i, 3));
        int state = 0;
        while (state < STATES_N && !str_is(value_str(rows_at(&rows, i, 1)), states[state]))
            state++;
        if (state == STATES_N)
            continue;
        row->jobs[state] += value_i64(rows_at(&rows, i, 2));
        if (state < STATES_N - 1 && (row->oldest_us == 0 || created < row->oldest_us))
            row->oldest_us = created;
    }
    return OK;
}

static void write_figures(struct buf *to, const struct figures *figures, int n, int64_t now_us)
{
    BUF_LIT(to, "# HELP duikou_outbox_jobs Work that follows writes, not done yet.\n"
                "# TYPE duikou_outbox_jobs gauge\n");
    for (int i = 0; i < n; i++)
        for (int state = 0; state < STATES_N; state++)
            buf_fmt(to, "duikou_outbox_jobs{channel=\"%s\",state=\"%s\"} %lld\n",
                    figures[i].channel, states[state], (long long)figures[i].jobs[state]);
    BUF_LIT(to, "# HELP duikou_outbox_oldest_seconds Age of the oldest not given up.\n"
                "# TYPE duikou_outbox_oldest_seconds gauge\n");
    for (int i = 0; i < n; i++) {
        int64_t us = figures[i].oldest_us ? now_us - figures[i].oldest_us : 0;
        buf_fmt(to, "duikou_outbox_oldest_seconds{channel=\"%s\"} %lld\n", figures[i].channel,
                us > 0 ? (long long)(us / 1000000) : 0LL);
    }
}

void outbox_meter(void *context, struct tx *tx, struct buf *to)
{
    const struct outbox *outbox = context;
    struct figures figures[CHANNELS_MAX + 1] = {0};
    int n = 0;
    for (const struct outbox_channel *channel = outbox_channels(outbox); channel->name; channel++)
        if (n < CHANNELS_MAX)
            figures[n++].channel = channel->name;
    figures[n++].channel = "unknown";
    /* Figures that cannot be had are left out: a nought would say that all is done. */
    if (count(tx, figures, n) == OK)
        write_figures(to, figures, n, outbox_now(outbox).us);
}
