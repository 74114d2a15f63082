/* One check of the journal at a time, on a thread of its own: pages go on being answered, and what
 * they show of it stands in the database, so that any node tells it. */
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "audit.sql.h"
#include "engine/audit/pages.h"

enum { CHECK_ARENA_MB = 512, DESK_ARENA_KB = 64, BODIES_MAX = 256 };

struct audit_desk {
    struct arena arena; /* it lies in it */
    struct audit_desk_options options;
    struct key *key;
    pthread_mutex_t lock;
    pthread_t thread;
    bool taken, joinable;
    atomic_bool ended, stopping;
    int64_t body_id, id; /* what is checked; 0 = everything */
};

enum status audit_desk_new(struct arena *arena, const struct audit_desk_options *options,
                           struct audit_desk **ret_desk, struct fault *fault)
{
    struct key *key = NULL;
    if (options->key_dir.len > 0)
        TRY(key_open(arena, options->key_dir, &key, fault));
    struct arena own = arena_open(KIB(DESK_ARENA_KB));
    struct audit_desk *desk = arena_new(&own, struct audit_desk, 1);
    *desk = (struct audit_desk){.arena = own, .options = *options, .key = key};
    pthread_mutex_init(&desk->lock, NULL);
    *ret_desk = desk;
    return OK;
}

/* With the lock held, or when nobody else is left. */
static void join(struct audit_desk *desk)
{
    if (!desk->joinable)
        return;
    pthread_join(desk->thread, NULL);
    desk->joinable = desk->taken = false;
}

void audit_desk_wait(struct audit_desk *desk)
{
    pthread_mutex_lock(&desk->lock);
    join(desk);
    pthread_mutex_unlock(&desk->lock);
}

void audit_desk_free(struct audit_desk *desk)
{
    if (!desk)
        return;
    desk->stopping = true;
    join(desk);
    pthread_mutex_destroy(&desk->lock);
    key_close(desk->key);
    struct arena arena = desk->arena;
    arena_close(&arena);
}

const struct key *audit_desk_key(const struct audit_desk *desk)
{
    return desk ? desk->key : NULL;
}

enum status audit_desk_take(struct audit_desk *desk)
{
    pthread_mutex_lock(&desk->lock);
    if (desk->ended)
        join(desk);
    enum status status = desk->taken ? BUSY : OK;
    desk->taken = true;
    pthread_mutex_unlock(&desk->lock);
    return status;
}

void audit_desk_leave(struct audit_desk *desk)
{
    pthread_mutex_lock(&desk->lock);
    desk->taken = false;
    pthread_mutex_unlock(&desk->lock);
}

/* --- the thread --- */

struct checking {
    struct audit_desk *desk;
    struct arena arena, scratch; /* the snapshot's; of one telling */
    int64_t began_s, told_s;
    const char *state;
    struct audit_result result;
    const char *stopped; /* why */
};

static int64_t seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec;
}

static enum status apply(struct tx *tx, void *context, struct fault *fault)
{
    const struct checking *checking = context;
    const struct audit_desk *desk = checking->desk;
    const struct audit_result *result = &checking->result;
    (void)fault;
    struct str problem = checking->stopped ? str_from(checking->stopped) : result->sentence;
    return tx_run(tx, &SQL_check_tell,
                  ARGS(value_int(desk->body_id), value_int(desk->id),
                       value_int(clock_now(desk->options.clock).us),
                       value_text(str_from(checking->state)), value_int(result->entries),
                       value_int(result->chains), value_int(result->records),
                       value_int(result->purged), value_int(result->unjournaled),
                       value_text_or_null(problem)),
                  NULL);
}

/* What cannot be written now is told the next time; a check that never tells its end is shown as
 * stopped. */
static void tell(struct checking *checking)
{
    arena_reset(&checking->scratch);
    (void)!store_write(checking->desk->options.store, &checking->scratch, checking->desk->body_id,
                       WRITE_READING, NULL, apply, checking, NULL);
}

static bool goes_on(void *context, const struct audit_result *so_far)
{
    struct checking *checking = context;
    int64_t now = seconds();
    if (checking->desk->stopping)
        checking->stopped = "服务停止，没有核对完，请重新核对。";
    else if (now - checking->began_s > CHECK_SECONDS_MAX)
        checking->stopped = "用时过长，没有核对完，请在服务器上用 duikou audit verify 核对。";
    if (checking->stopped)
        return false;
    if (now != checking->told_s) {
        checking->told_s = now;
        checking->result = *so_far;
        tell(checking);
    }
    return true;
}

/* Of everything, whose row it is has to be said. */
static struct str with_body(struct tx *tx, const struct checking *checking,
                            const struct audit_result *result)
{
    struct arena *arena = tx_arena(tx);
    struct body_info *bodies = arena_new(arena, struct body_info, BODIES_MAX);
    struct str name = result->body_id == 0 ? STR("本系统") : STR("帐号和身份");
    int n = 0;
    if (checking->desk->body_id != 0 || result->number == 0)
        return result->sentence;
    if (result->body_id > 1 && checking->desk->options.bodies(tx, BODIES_MAX, bodies, &n) == OK)
        name = str_fmt(arena, "编号 %lld 的组织", (long long)result->body_id);
    for (int i = 0; i < n; i++)
        if (bodies[i].id == result->body_id)
            name = bodies[i].name;
    return str_fmt(arena, "%.*s，%.*s", STR_ARG(name), STR_ARG(result->sentence));
}

static enum status verify(struct checking *checking)
{
    const struct audit_desk *desk = checking->desk;
    const struct audit_watch watch = {goes_on, checking};
    struct audit_result result;
    struct tx *tx = NULL;
    TRY(store_read(desk->options.store, &checking->arena, &tx));
    enum status status = audit_verify_watched(
        tx, desk->options.kinds, desk->body_id ? desk->body_id : AUDIT_ALL, &watch, &result);
    if (status == OK && result.sentence.len > 0)
        result.sentence = with_body(tx, checking, &result);
    store_read_end(tx);
    checking->result = result;
    return status;
}

static void *check(void *context)
{
    struct checking checking = {.desk = context,
                                .arena = arena_open(MIB(CHECK_ARENA_MB)),
                                .scratch = arena_open(MIB(1)),
                                .began_s = seconds(),
                                .state = "running"};
    enum status status = verify(&checking);
    if (status != OK && !checking.stopped)
        checking.stopped = "数据库暂时读不出来，没有核对完，请稍后重新核对。";
    checking.state = checking.stopped                   ? "stopped"
                     : checking.result.sentence.len > 0 ? "broken"
                                                        : "whole";
    tell(&checking);
    arena_close(&checking.scratch);
    arena_close(&checking.arena);
    checking.desk->ended = true;
    return NULL;
}

enum status audit_desk_begin(struct audit_desk *desk, int64_t body_id, int64_t id)
{
    pthread_mutex_lock(&desk->lock);
    desk->body_id = body_id;
    desk->id = id;
    desk->ended = false;
    desk->joinable = pthread_create(&desk->thread, NULL, check, desk) == 0;
    desk->taken = desk->joinable;
    enum status status = desk->joinable ? OK : FAULT;
    pthread_mutex_unlock(&desk->lock);
    return status;
}
