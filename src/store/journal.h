/*
 * journal - who changed what: one chain of entries a body, hashed and written by the commit queue.
 *
 * Every write is somebody's: store_write takes the actor, and what the write does to a record is
 * told by tx_journal inside apply. The entry gets its number, its time and its hash in the queue
 * and is on disk with the change itself, in the same COMMIT, or not at all.
 *
 * Sources: the rule that every change is proved (journal, salted digests, values beside the chain).
 */
#ifndef STORE_JOURNAL_H
#define STORE_JOURNAL_H

#include "store/store.h"

/*
 * Who writes, for whom and from where. Texts are borrowed for the length of store_write.
 */
struct actor {
    int64_t account_id, organization_id; /* 0 = none: the command line, jobs, the local machine */
    struct str name;       /* never empty: 命令行, 系统, 本机, or the person's */
    struct str role;       /* the office the act was done in; empty = none */
    struct str address;    /* of the machine it came from; empty = none */
    struct str request_id; /* empty = no request */
    struct instant now;    /* the instant of the write */
};

/* The command line (命令行) and jobs (系统). */
static inline struct actor actor_named(const char *name, struct instant now)
{
    return (struct actor){.name = str_from(name), .now = now};
}

enum chain {
    CHAIN_CHANGES = 0,  /* what was written */
    CHAIN_READINGS = 1, /* private fields shown, exports; raises no version */
};

/* What happened to one record. */
struct journal_change {
    int64_t body_id; /* of the record; 0 = the instance */
    enum chain chain;
    const char *kind;
    int64_t id;       /* of the record */
    const char *deed; /* "add", "change", "remove", or the action of a flow's step */
    /* Canonical JSON of what changed, before and after; an empty slice = there was none. It may
     * hold private values: it is kept where it can be purged, the chain has a salted digest. */
    struct str old, new;
};

/*
 * One entry, in the order of calls. Only in the apply of a write that has an actor; all texts are
 * taken before it returns.
 *
 * OK; FAULT in a read or in a write without an actor; else as tx_run.
 */
CHECKED enum status tx_journal(struct tx *tx, const struct journal_change *change);

/*
 * Blank the values (and salts) that the journal keeps of a record, in both chains; the entries
 * stay, and one that says "purge" is added. What is still in the database file is dealt with by
 * store_scrub, after the write.
 */
CHECKED enum status journal_purge(struct tx *tx, int64_t body_id, const char *kind, int64_t id);

/* Of the write; NULL in a read and where a write has none. */
const struct actor *tx_actor(const struct tx *tx);

#endif
