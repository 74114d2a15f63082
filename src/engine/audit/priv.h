/*
 * priv - what the files of audit/ share.
 */
#ifndef ENGINE_AUDIT_PRIV_H
#define ENGINE_AUDIT_PRIV_H

#include "engine/audit/audit.h"
#include "proof/entry.h"

/* A row of audit_chain. */
struct audit_row {
    struct proof_entry entry; /* `values` as stored */
    struct sm3 previous, hash;
    bool sound; /* its hashes are 32 bytes */
    bool kept;  /* it has a row of values */
    struct str salt, old, new;
    int64_t purged;
};
struct audit_row audit_row(int64_t body_id, int64_t chain, const struct value *cells);

/* The record as canonical JSON in the arena; empty when there is none. */
CHECKED enum status audit_state(struct tx *tx, const struct kind *kind, int64_t body_id, int64_t id,
                                struct str *ret_state);

/* Every record against its story; the first that does not agree goes into the result. */
CHECKED enum status audit_records(struct tx *tx, const struct kind *const *kinds, int64_t body_id,
                                  const struct audit_watch *watch, struct audit_result *result);

static inline bool audit_goes_on(const struct audit_watch *watch, const struct audit_result *so_far)
{
    return !watch || watch->goes_on(watch->context, so_far);
}

#endif
