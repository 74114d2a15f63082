/*
 * outbox - work that follows a write: made in the write's own transaction, done after it, at least
 * once.
 *
 *   waiting --claim--> working --done--> done
 *                         \--problem--> failed --after a while--> working … --too often--> given-up
 *
 * Holds:   a claim is a lease with a number of its own: when a node dies, another takes the work up
 *          after the lease; what comes late from the first is ignored. Several nodes may dispatch.
 *          A channel does its work so that doing it twice leaves what doing it once would.
 * Never:   a title or a name in the content: words and ids, which the channel looks up again.
 *
 * Sources: design.md section 4 (jobs); ground.md, "Several nodes".
 */
#ifndef ENGINE_OUTBOX_OUTBOX_H
#define ENGINE_OUTBOX_OUTBOX_H

#include "base/buf.h"
#include "store/store.h"

/* Within a write. `id` was made by the caller, its own or that of a record made in the same write;
 * the same id once more is the same work. */
struct outbox_entry {
    int64_t body_id, id;
    const char *channel;
    struct str content;
};
CHECKED enum status outbox_put(struct tx *tx, const struct outbox_entry *entry, struct instant now);

/* One piece of work, as its channel gets it. */
struct delivery {
    struct store *store;
    struct arena *arena;
    void *context; /* of the channel */
    int64_t body_id, id;
    struct str content;
    int tries; /* this one included */
    struct instant now;
};

struct outbox_channel {
    const char *name, *label; /* file-index; 附件检索 */
    /* OK: done. Else `fault` says in one sentence why it is to be tried again. */
    enum status (*deliver)(struct delivery *delivery, struct fault *fault);
    void *context;
    int lease_sec, tries_max; /* 0 = 60, 8 */
};

struct outbox;
/* `channels` ends with name == NULL; all are borrowed. */
struct outbox *outbox_new(struct store *store, struct clock *clock,
                          const struct outbox_channel *channels);
void outbox_free(struct outbox *outbox); /* stops the thread; NULL is allowed */
const struct outbox_channel *outbox_channel_named(const struct outbox *outbox, struct str name);
const struct outbox_channel *outbox_channels(const struct outbox *outbox);
struct instant outbox_now(const struct outbox *outbox);

/* Figures for /metrics (app_meter): by channel and state what is not done, and the age of the
 * oldest that is not given up. */
void outbox_meter(void *outbox, struct tx *tx, struct buf *to);

/* Do what is due now; how many were tried. For the thread, and for tests. */
CHECKED enum status outbox_run(struct outbox *outbox, int *ret_tried, struct fault *fault);
/* One thread of its own that looks every half second. False: no thread could be had. */
bool outbox_start(struct outbox *outbox);

enum { OUTBOX_FIRST_WAIT_SEC = 30, OUTBOX_WAIT_MAX_SEC = 3600, OUTBOX_KEPT_DAYS = 90 };
/* How long after the n-th failure the next try is: doubling. */
int64_t outbox_wait_sec(int tries);

/* By hand: due now, or never again. CONFLICT when it is done already or not there. */
CHECKED enum status outbox_turn(struct tx *tx, int64_t body_id, int64_t id, bool again,
                                struct instant now, struct fault *fault);

#endif
