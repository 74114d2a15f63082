/*
 * replay - writes that a program may send again (Idempotency-Key): the key and the answer are kept
 * in the write's own transaction, so that what was written once is answered again, never done
 * again, for 24 hours. A key belongs to the account that sent it.
 *
 * Source: draft-ietf-httpapi-idempotency-key-header.
 */
#ifndef ENGINE_RECORD_REPLAY_H
#define ENGINE_RECORD_REPLAY_H

#include "engine/record/record.h"

struct replay {
    struct call *call;
    const struct record_engine *engine;
    bool found; /* the page has the answer of the first time */
    bool asked; /* there is a key */
    int64_t content;
};

/* Before anything is read: OK, with `found` when it was answered before; INVALID a key that is too
 * long or came with something else. */
CHECKED enum status replay_find(struct call *call, const struct record_engine *engine,
                                struct page *page, struct replay *ret_replay);
/* First in the apply: `*ret_done` when the same key was written meanwhile. */
CHECKED enum status replay_again(struct tx *tx, const struct replay *replay, bool *ret_done);
/* Last in the apply: keep what the record is now as the answer. */
CHECKED enum status replay_keep(struct tx *tx, const struct replay *replay, int status,
                                const struct record *written);
/* Inside an apply: drop the kept answers that tell of a record, whose key may be sent again
 * then; of the body's others only the answer goes, so that what they did is not done twice. */
CHECKED enum status replay_forget(struct tx *tx, int64_t body_id, int64_t id);

#endif
