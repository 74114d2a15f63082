/*
 * pack - the evidence pack of one record: what it is, every entry of the journal about it with its
 * values, and the way from the first of them to a signed checkpoint. It is checked without a
 * database and without a network (duikou-verify).
 *
 * The first line is "duikou-evidence 1"; then items, each "KEY LENGTH VALUE" and a line end, the
 * length in bytes, numbers in decimal, hashes in hexadecimal:
 *
 *   checkpoint  the whole file (proof/checkpoint.h)
 *   body kind record              `record` as addresses have it
 *   state       the record as canonical JSON when the pack was made
 *   first       the number N of its first entry in chain 0
 *   previous    H(N-1)
 *   then one item for each number from N to the checkpoint's length:
 *     other     S and C of an entry about another record (proof/entry.h), 128 digits
 *     entry     items of its own: instant account organization name role address request deed
 *               values, and salt old new where there are any; purged 1 where they were
 *               purged; withheld 1 where who took the pack out may not read them: then `state` is
 *               empty and nothing of what the record says is proved
 */
#ifndef PROOF_PACK_H
#define PROOF_PACK_H

#include "proof/checkpoint.h"
#include "proof/entry.h"

/* --- writing --- */

struct pack_head {
    struct str checkpoint;
    int64_t body_id;
    struct str kind, state;
    int64_t record, first;
    struct sm3 previous;
};
void pack_begin(struct buf *to, const struct pack_head *head);
void pack_other(struct buf *to, const struct sm3 *subject, const struct sm3 *content);
struct pack_values {
    struct str salt, old, new;
    bool purged, withheld;
};
void pack_entry(struct buf *to, const struct proof_entry *entry, const struct pack_values *values);

/* --- checking --- */

struct pack_line {
    struct proof_entry entry;
    struct pack_values values;
};
struct pack {
    struct checkpoint checkpoint;
    struct pack_head head;
    struct pack_line *lines; /* about the record */
    int n, room;
    bool whole;       /* from its making on, nothing purged */
    int withheld;     /* entries whose values are not given: what they say is not proved */
    struct str known; /* what its entries prove the record to be; canonical JSON in the arena */
};

/*
 * OK: every entry about the record is there, unchanged and in order, up to the checkpoint, and the
 * record is what they say. INVALID with one sentence that names the first thing that is not so.
 * Borrows the text.
 */
CHECKED enum status pack_check(struct arena *arena, struct str text, struct pack *ret_pack,
                               struct fault *fault);

#endif
