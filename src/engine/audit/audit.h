/*
 * audit - reading the journal back: is it whole, what does it prove, and its pages.
 *
 *   audit_verify      every chain from its first entry to its head, every value against its digest,
 *                     every record against its story; names the first row that is not right
 *   audit_checkpoint  where the chains end now, signed
 *   audit_export      the evidence pack of one record
 *   audit_purge       the values of a record's entries are gone, the chain stays whole
 *
 * Pages: /{body}/{kind}/{id}/journal 操作日志, a record's story field by field; /{body}/journal the
 * whole body's, and its readings; /journal what belongs to no body: accounts, seats. Who holds
 * RIGHT_JOURNAL sees who did what with which record and when; what the records say, only who may
 * read them.
 */
#ifndef ENGINE_AUDIT_AUDIT_H
#define ENGINE_AUDIT_AUDIT_H

#include "engine/record/record.h"
#include "proof/checkpoint.h"

/* What was found; `sentence` empty: all is right. */
struct audit_result {
    struct str sentence; /* names the first bad row; without its body */
    int64_t body_id, chain, number;
    int64_t entries, chains, values, purged;
    int64_t records;     /* held against their stories */
    int64_t unjournaled; /* records from before there was a journal */
};

/*
 * Verify the whole journal in one snapshot. `checkpoint` NULL: none.
 *
 * OK, with the result, also when something is wrong; else as tx_run.
 */
CHECKED enum status audit_verify(struct tx *tx, const struct kind *const *kinds,
                                 const struct checkpoint *checkpoint,
                                 struct audit_result *ret_result);

/* Append a checkpoint of this snapshot. FAULT when it cannot be signed. */
CHECKED enum status audit_checkpoint(struct tx *tx, const struct key *key, struct instant now,
                                     struct buf *to);

/* Append the pack of a record (proof/pack.h), up to a checkpoint of this snapshot. NOT_FOUND when
 * neither the record nor an entry about it is there; INVALID when it grows over the buffer. */
CHECKED enum status audit_export(struct tx *tx, const struct kind *kind, int64_t body_id,
                                 int64_t id, const struct key *key, struct instant now,
                                 struct buf *to, struct fault *fault);

/* All bodies in order, at most `max` of them. */
typedef enum status audit_bodies(struct tx *tx, int max, struct body_info *ret_bodies, int *ret_n);

/* The pages; before app_start. */
struct record_engine;
void audit_routes(struct record_engine *engine, audit_bodies *bodies);

#endif
