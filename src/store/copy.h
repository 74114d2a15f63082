/*
 * copy - all rows of one database into another, empty one, of whatever engine: what `duikou
 * migrate`, backup and restore are made of.
 *
 * The source is one snapshot, the target one transaction: it has everything or nothing. Both are
 * open with the same schema. Search rows are written anew in the target's own form, in their old
 * places; what an engine keeps for itself (store_writer) stays behind.
 */
#ifndef STORE_COPY_H
#define STORE_COPY_H

#include "store/store.h"

/* Told when a table begins and now and then, with the rows copied so far. */
struct copy_watch {
    void (*tell)(void *context, const char *table, int64_t rows);
    void *context;
};

struct copy_result {
    int64_t rows; /* of all tables */
    int tables;   /* that had any */
};

/*
 * Copy and count: every table of the target has as many rows as were read.
 *
 *   watch  may be NULL
 *
 * OK; CONFLICT the target has rows, FAULT a count differs or a table is missing there; else as
 * tx_run. One sentence each. After anything but OK the target is as it was.
 */
CHECKED enum status store_copy(struct store *from, struct store *to, struct arena *arena,
                               const struct copy_watch *watch, struct copy_result *ret_result,
                               struct fault *fault);

#endif
