#include <stdatomic.h>
#include <time.h>

#include "app/priv.h"

/*
 * Versions as of a moment ago. Asking the database costs as much as sending a cached page, so what
 * it said of the whole is believed for MEMO_US, and no longer than the next write through
 * call_write: whoever wrote reads what was written. Another process's write shows MEMO_US later.
 * What it said of a body holds as long as the whole has not changed.
 */
enum { MEMO_US = 5000 };

static int64_t now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

void versions_init(struct version_table *table)
{
    pthread_mutex_init(&table->lock, NULL);
}

void versions_drop(struct version_table *table)
{
    pthread_mutex_destroy(&table->lock);
}

void versions_written(struct app *app)
{
    atomic_fetch_add(&app->versions.writes, 1);
}

static int64_t version_of_all(struct app *app)
{
    struct version_table *table = &app->versions;
    /* Both before the database is asked: the memo is never newer than they say. */
    uint64_t writes = atomic_load(&table->writes);
    int64_t now = now_us();
    pthread_mutex_lock(&table->lock);
    bool good =
        table->all_at_us > 0 && table->all_writes == writes && now - table->all_at_us < MEMO_US;
    int64_t version = table->all;
    pthread_mutex_unlock(&table->lock);
    if (good)
        return version;
    version = store_version(app->options.store, 0);
    pthread_mutex_lock(&table->lock);
    if (now > table->all_at_us) {
        table->all = version;
        table->all_at_us = now;
        table->all_writes = writes;
    }
    pthread_mutex_unlock(&table->lock);
    return version;
}

int64_t version_now(struct app *app, int64_t body_id)
{
    struct version_table *table = &app->versions;
    struct version_memo *memo = &table->memos[(uint64_t)body_id % VERSION_MEMOS];
    int64_t all = version_of_all(app);
    if (body_id == 0 || all < 0)
        return all;
    pthread_mutex_lock(&table->lock);
    bool good = memo->body_id == body_id && memo->all == all;
    int64_t version = memo->version;
    pthread_mutex_unlock(&table->lock);
    if (good)
        return version;
    version = store_version(app->options.store, body_id);
    pthread_mutex_lock(&table->lock);
    if (version >= 0 && memo->all <= all)
        *memo = (struct version_memo){body_id, version, all};
    pthread_mutex_unlock(&table->lock);
    return version;
}
