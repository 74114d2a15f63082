#include "engine/outbox/outbox.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "outbox.sql.h"

enum { LEASE_SEC = 60, TRIES_MAX = 8, POLL_MS = 500, ARENA_MB = 256 };
static const int64_t NEVER_US = INT64_MAX;
static const int64_t SECOND_US = 1000000;

struct outbox {
    struct arena arena; /* it lies in it */
    struct store *store;
    struct clock *clock;
    const struct outbox_channel *channels;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool started, stopping;
    int64_t claims; /* makes holders differ; above it the process's own number */
};

enum status outbox_put(struct tx *tx, const struct outbox_entry *entry, struct instant now)
{
    return tx_run(tx, &SQL_outbox_put,
                  ARGS(value_int(entry->body_id), value_int(entry->id),
                       value_text(str_from(entry->channel)), value_text(entry->content),
                       value_int(now.us)),
                  NULL);
}

enum status outbox_turn(struct tx *tx, int64_t body_id, int64_t id, bool again, struct instant now,
                        struct fault *fault)
{
    TRY(tx_run(tx, &SQL_outbox_turn,
               ARGS(value_int(body_id), value_int(id),
                    value_text(again ? STR("waiting") : STR("given-up")),
                    value_int(again ? now.us : NEVER_US), value_int(now.us)),
               NULL));
    if (tx_changed(tx) == 0)
        return refuse(tx_arena(tx), fault, CONFLICT, NULL,
                      "这件工作已经办完，不用再办，请刷新页面。");
    return OK;
}

int64_t outbox_wait_sec(int tries)
{
    int64_t wait = OUTBOX_FIRST_WAIT_SEC;
    for (int i = 1; i < tries && wait < OUTBOX_WAIT_MAX_SEC; i++)
        wait *= 2;
    return wait < OUTBOX_WAIT_MAX_SEC ? wait : OUTBOX_WAIT_MAX_SEC;
}

struct outbox *outbox_new(struct store *store, struct clock *clock,
                          const struct outbox_channel *channels)
{
    struct arena arena = arena_open(KIB(16));
    struct outbox *outbox = arena_new(&arena, struct outbox, 1);
    *outbox = (struct outbox){.arena = arena, .store = store, .clock = clock, .channels = channels};
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    outbox->claims = ((int64_t)getpid() << 32 ^ now.tv_nsec) & (INT64_MAX >> 1);
    pthread_mutex_init(&outbox->lock, NULL);
    pthread_cond_init(&outbox->wake, NULL);
    return outbox;
}

void outbox_free(struct outbox *outbox)
{
    if (!outbox)
        return;
    if (outbox->started) {
        pthread_mutex_lock(&outbox->lock);
        outbox->stopping = true;
        pthread_cond_signal(&outbox->wake);
        pthread_mutex_unlock(&outbox->lock);
        pthread_join(outbox->thread, NULL);
    }
    pthread_cond_destroy(&outbox->wake);
    pthread_mutex_destroy(&outbox->lock);
    struct arena arena = outbox->arena;
    arena_close(&arena);
}

const struct outbox_channel *outbox_channel_named(const struct outbox *outbox, struct str name)
{
    for (const struct outbox_channel *channel = outbox->channels; channel->name; channel++)
        if (str_is(name, channel->name))
            return channel;
    return NULL;
}

const struct outbox_channel *outbox_channels(const struct outbox *outbox)
{
    return outbox->channels;
}

struct instant outbox_now(const struct outbox *outbox)
{
    return clock_now(outbox->clock);
}

/* --- one piece of work --- */

struct claim {
    int64_t body_id, id, holder;
    struct instant now;
    int64_t lease_us;
    bool is_ours;
    struct str channel, content;
    int tries;
    const char *state; /* how it went */
    int64_t due;
    struct str problem;
};

/* No lease and no wait is as long as this: what is due later was written before the clock was set
 * back, and must not wait until it has caught up. */
static int64_t far_us(struct instant now)
{
    return now.us + 2 * OUTBOX_WAIT_MAX_SEC * SECOND_US;
}

static enum status take(struct tx *tx, void *context, struct fault *fault)
{
    (void)fault;
    struct claim *claim = context;
    struct rows rows;
    TRY(tx_run(tx, &SQL_outbox_claim,
               ARGS(value_int(claim->body_id), value_int(claim->id), value_int(claim->now.us),
                    value_int(claim->now.us + claim->lease_us), value_int(claim->holder),
                    value_int(far_us(claim->now))),
               &rows));
    claim->is_ours = rows.n == 1;
    if (!claim->is_ours)
        return OK;
    claim->channel = value_str(rows_at(&rows, 0, 0));
    claim->content = value_str(rows_at(&rows, 0, 1));
    claim->tries = (int)value_i64(rows_at(&rows, 0, 2));
    return OK;
}

static enum status settle(struct tx *tx, void *context, struct fault *fault)
{
    (void)fault;
    struct claim *claim = context;
    TRY(tx_run(tx, &SQL_outbox_settle,
               ARGS(value_int(claim->body_id), value_int(claim->id), value_int(claim->holder),
                    value_text(str_from(claim->state)), value_int(claim->due),
                    value_int(claim->now.us), value_text_or_null(claim->problem)),
               NULL));
    /* Each that is done takes some old ones with it, so that the table does not grow for ever. */
    return tx_run(
        tx, &SQL_outbox_drop_old,
        ARGS(value_int(claim->body_id),
             value_int(claim->now.us - (int64_t)OUTBOX_KEPT_DAYS * 24 * 3600 * SECOND_US)),
        NULL);
}

static int tries_max(const struct outbox_channel *channel)
{
    return channel && channel->tries_max ? channel->tries_max : TRIES_MAX;
}

static void judge(struct claim *claim, const struct outbox_channel *channel, enum status status,
                  const struct fault *fault, struct instant now)
{
    claim->now = now;
    claim->due = NEVER_US;
    claim->state = "done";
    if (status == OK)
        return;
    bool again = channel && claim->tries < tries_max(channel);
    claim->state = again ? "failed" : "given-up";
    claim->problem = fault->message.len ? fault->message : str_from(status_text(status));
    if (again)
        claim->due = now.us + outbox_wait_sec(claim->tries) * SECOND_US;
}

static int64_t lease_us(const struct outbox *outbox, struct str name)
{
    const struct outbox_channel *channel = outbox_channel_named(outbox, name);
    return (channel && channel->lease_sec ? channel->lease_sec : LEASE_SEC) * SECOND_US;
}

static enum status deliver(const struct outbox_channel *channel, struct delivery *delivery,
                           const struct claim *claim, struct fault *fault)
{
    if (!channel)
        return refuse(delivery->arena, fault, FAULT, NULL,
                      "这一版程序没有“%.*s”这种渠道，请升级后重试。", STR_ARG(claim->channel));
    /* Nobody told how the last try went: it may be what ends the program each time. */
    if (claim->tries > tries_max(channel))
        return refuse(delivery->arena, fault, FAULT, NULL,
                      "%d 次都中途停止，没有办完，请查看服务日志后重试。", claim->tries - 1);
    return channel->deliver(delivery, fault);
}

/* `due` is a row of SQL_outbox_due. */
static enum status do_one(struct outbox *outbox, struct arena *arena, const struct value *due,
                          int *ret_tried, struct fault *fault)
{
    int64_t body_id = value_i64(due[0]), id = value_i64(due[1]);
    struct claim claim = {.body_id = body_id,
                          .id = id,
                          .holder = ++outbox->claims,
                          .now = clock_now(outbox->clock),
                          .lease_us = lease_us(outbox, value_str(due[2]))};
    TRY(store_write(outbox->store, arena, body_id, WRITE_READING, NULL, take, &claim, fault));
    if (!claim.is_ours)
        return OK;
    ++*ret_tried;
    claim.channel = str_copy(arena, claim.channel);
    const struct outbox_channel *channel = outbox_channel_named(outbox, claim.channel);
    struct fault trouble = {0};
    struct delivery delivery = {.store = outbox->store,
                                .arena = arena,
                                .context = channel ? channel->context : NULL,
                                .body_id = body_id,
                                .id = id,
                                .content = str_copy(arena, claim.content),
                                .tries = claim.tries,
                                .now = claim.now};
    enum status status = deliver(channel, &delivery, &claim, &trouble);
    judge(&claim, channel, status, &trouble, clock_now(outbox->clock));
    return store_write(outbox->store, arena, body_id, WRITE_READING, NULL, settle, &claim, fault);
}

enum status outbox_run(struct outbox *outbox, int *ret_tried, struct fault *fault)
{
    AUTOARENA arena = arena_open(MIB(ARENA_MB));
    struct tx *tx;
    struct rows rows;
    *ret_tried = 0;
    TRY(store_read(outbox->store, &arena, &tx));
    struct instant now = clock_now(outbox->clock);
    enum status status =
        tx_run(tx, &SQL_outbox_due, ARGS(value_int(now.us), value_int(far_us(now))), &rows);
    store_read_end(tx);
    TRY(status);
    for (int i = 0; i < rows.n; i++) {
        struct arena_mark mark = arena_mark(&arena);
        TRY(do_one(outbox, &arena, &rows.cells[i * rows.columns_n], ret_tried, fault));
        arena_rewind(&arena, mark);
    }
    return OK;
}

/* --- the thread --- */

static void wait_ms(struct outbox *outbox, int ms)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += (long)ms * 1000000;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    (void)pthread_cond_timedwait(&outbox->wake, &outbox->lock, &until);
}

static void *dispatch(void *context)
{
    struct outbox *outbox = context;
    pthread_mutex_lock(&outbox->lock);
    while (!outbox->stopping) {
        pthread_mutex_unlock(&outbox->lock);
        int tried = 0;
        /* What could not be read or written now is there the next time. */
        enum status status = outbox_run(outbox, &tried, NULL);
        pthread_mutex_lock(&outbox->lock);
        if (!outbox->stopping && (status != OK || tried == 0))
            wait_ms(outbox, POLL_MS);
    }
    pthread_mutex_unlock(&outbox->lock);
    return NULL;
}

bool outbox_start(struct outbox *outbox)
{
    outbox->started = pthread_create(&outbox->thread, NULL, dispatch, outbox) == 0;
    return outbox->started;
}
