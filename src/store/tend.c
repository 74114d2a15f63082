/*
 * Checkpoints on a thread of their own, so that no write waits while the log is moved into the
 * main file.
 */
#include "store/internal.h"

/* How much log gathers before it is moved: 4 MB, less when the disk has little room. */
enum { TEND_PAGES = 1000, TEND_PAGES_LOW = 250, FULL_BYTES = 4 << 20 };

/* On a full disk every write that is refused asks for it: moved, the log gives its room back. */
static int64_t pages_to_gather(const struct store *store)
{
    int64_t free_bytes = database_free_bytes(&store->database);
    if (free_bytes < 0 || free_bytes >= ROOM_LOW_BYTES)
        return TEND_PAGES;
    return free_bytes >= FULL_BYTES ? TEND_PAGES_LOW : 0;
}

static void *tend(void *context)
{
    struct tender *tender = context;
    pthread_mutex_lock(&tender->lock);
    for (;;) {
        while (tender->backlog == 0 && !tender->closing)
            pthread_cond_wait(&tender->work, &tender->lock);
        if (tender->backlog == 0)
            break;
        int64_t backlog = tender->backlog;
        pthread_mutex_unlock(&tender->lock);
        tender->store->engine->checkpoint(tender->connection, backlog);
        pthread_mutex_lock(&tender->lock);
        tender->backlog = 0;
    }
    pthread_mutex_unlock(&tender->lock);
    return NULL;
}

/* The log begins anew once it was moved whole and nobody reads it; until then it only grows, and
 * is tended again when so many more have gathered. */
void tender_notice(struct tender *tender, int64_t backlog)
{
    if (!tender->started)
        return;
    int64_t gathers = pages_to_gather(tender->store);
    pthread_mutex_lock(&tender->lock);
    if (backlog < tender->done)
        tender->done = 0;
    if (backlog > 0 && backlog >= tender->done + gathers) {
        tender->done = backlog;
        tender->backlog = backlog;
        pthread_cond_signal(&tender->work);
    }
    pthread_mutex_unlock(&tender->lock);
}

enum status tender_open(struct tender *tender, struct store *store, struct arena *arena,
                        struct fault *fault)
{
    *tender = (struct tender){.store = store};
    pthread_mutex_init(&tender->lock, NULL);
    pthread_cond_init(&tender->work, NULL);
    if (!store->engine->checkpoint)
        return OK;
    TRY(store->engine->connect(&store->database, ACCESS_TEND, arena, &tender->connection, fault));
    tender->started = pthread_create(&tender->thread, NULL, tend, tender) == 0;
    if (!tender->started)
        return refuse(arena, fault, FAULT, NULL, "系统不允许再开线程，请关闭其他程序后再试。");
    return OK;
}

void tender_close(struct tender *tender)
{
    if (tender->started) {
        pthread_mutex_lock(&tender->lock);
        tender->closing = true;
        pthread_cond_signal(&tender->work);
        pthread_mutex_unlock(&tender->lock);
        pthread_join(tender->thread, NULL);
    }
    tender->store->engine->disconnect(tender->connection);
    pthread_cond_destroy(&tender->work);
    pthread_mutex_destroy(&tender->lock);
}
