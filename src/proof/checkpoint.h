/*
 * checkpoint - how far every chain of the journal went at one moment, signed. Kept elsewhere, it
 * shows later that a tail was cut off or the whole written anew, which a chain alone cannot.
 *
 *   duikou-checkpoint 1
 *   made 1790000000000000 2026-11-21T10:00:00+08:00      microseconds since 1970 UTC, the same
 *   head BODY CHAIN LENGTH HASH                           one line a chain; H(LENGTH), hexadecimal
 *   key 04…                                               the public key, hexadecimal
 *   signature 30…                                         SM2 over every byte above this line
 */
#ifndef PROOF_CHECKPOINT_H
#define PROOF_CHECKPOINT_H

#include "base/date.h"
#include "proof/key.h"

struct checkpoint_head {
    int64_t body_id, chain, length;
    struct sm3 hash;
};

struct checkpoint {
    struct instant made;
    struct checkpoint_head *heads;
    int n, room;
    struct str public_key; /* 65 bytes */
};

/* Write and sign. FAULT when OpenSSL refuses. */
CHECKED enum status checkpoint_put(struct arena *arena, const struct checkpoint *checkpoint,
                                   const struct key *key, struct buf *to);
/* INVALID: no checkpoint, or the signature is not that of the key in it; one sentence. */
CHECKED enum status checkpoint_read(struct arena *arena, struct str text,
                                    struct checkpoint *ret_checkpoint, struct fault *fault);
/* The head of a chain; NULL when it had no entry then. */
const struct checkpoint_head *checkpoint_find(const struct checkpoint *checkpoint, int64_t body_id,
                                              int64_t chain);

#endif
