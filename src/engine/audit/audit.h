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

enum { AUDIT_ALL = -1 };

/* The same of one body (or AUDIT_ALL), without a checkpoint, told from time to time how far it is.
 * BUSY: `goes_on` said no; the result holds what was done until then. */
struct audit_watch {
    bool (*goes_on)(void *context, const struct audit_result *so_far);
    void *context;
};
CHECKED enum status audit_verify_watched(struct tx *tx, const struct kind *const *kinds,
                                         int64_t body_id, const struct audit_watch *watch,
                                         struct audit_result *ret_result);

/* Append a checkpoint of this snapshot: of one body's chains, or AUDIT_ALL. FAULT when it cannot be
 * signed. */
CHECKED enum status audit_checkpoint(struct tx *tx, int64_t body_id, const struct key *key,
                                     struct instant now, struct buf *to);

/* Append the pack of a record (proof/pack.h), up to a checkpoint of its body in this snapshot;
 * without `contents` it says who did what when, not what the record says. NOT_FOUND when neither
 * the record nor an entry about it is there; INVALID when it grows over the buffer. */
struct audit_record {
    const struct kind *kind;
    int64_t body_id, id;
    bool contents;
};
CHECKED enum status audit_export(struct tx *tx, const struct audit_record *record,
                                 const struct key *key, struct instant now, struct buf *to,
                                 struct fault *fault);

/* All bodies in order, at most `max` of them. */
typedef enum status audit_bodies(struct tx *tx, int max, struct body_info *ret_bodies, int *ret_n);

/* Where the journal is checked and signed while the program serves: the key, and one check at a
 * time on a thread of its own. */
struct audit_desk;
struct audit_desk_options {
    struct store *store;
    struct clock *clock;
    const struct kind *const *kinds;
    audit_bodies *bodies;
    struct str key_dir; /* as key_open; empty: nothing can be signed */
};
CHECKED enum status audit_desk_new(struct arena *arena, const struct audit_desk_options *options,
                                   struct audit_desk **ret_desk, struct fault *fault);
/* Until the check under way has ended: for tests. */
void audit_desk_wait(struct audit_desk *desk);
void audit_desk_free(struct audit_desk *desk); /* ends the check under way; NULL is allowed */

/* The pages; before app_start. */
struct record_engine;
void audit_routes(struct record_engine *engine, audit_bodies *bodies, struct audit_desk *desk);

#endif
