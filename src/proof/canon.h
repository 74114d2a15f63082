/*
 * canon - canonical JSON objects (proof/entry.h) taken apart by member and put together again:
 * what a record was after each of its entries.
 *
 * Values stay as they are written; two are equal when their bytes are.
 */
#ifndef PROOF_CANON_H
#define PROOF_CANON_H

#include "base/arena.h"
#include "base/buf.h"

struct canon_member {
    struct str key, value; /* as written; the key without its quotes */
};
struct canon {
    struct canon_member *items; /* in byte order of the keys */
    int n, room;
};

/* False when it is not one canonical object: blanks, keys out of order or twice, text behind it.
 * Borrows the text. */
bool canon_read(struct arena *arena, struct str text, struct canon *ret_canon);
/* NULL when there is no such member. */
const struct canon_member *canon_find(const struct canon *canon, struct str key);
/* Take over the members of a change; null takes one away. */
void canon_apply(struct arena *arena, struct canon *state, const struct canon *change);
void canon_put(struct buf *to, const struct canon *canon);

/*
 * A record's story: its entries in order, each taken over by what it says. `whole` while every
 * entry since its making is known; after a purge only what was said since then is.
 */
struct canon_story {
    struct canon state;
    bool begun, whole;
};
/* An entry with its values, of which one may be empty; false: they do not follow from what the
 * entries before say, or are no canonical objects. Borrows the texts. */
bool canon_tell(struct arena *arena, struct canon_story *story, struct str old, struct str new);
/* An entry whose values were purged. */
void canon_forget(struct canon_story *story);
/* Whether a record that reads `state` is what its story says. */
bool canon_agrees(const struct canon_story *story, const struct canon *state);

/* The text of a JSON string value, unescaped into the arena; other values as written. */
struct str canon_text(struct arena *arena, struct str value);
/* The next element of an array; *rest begins as the array and is moved on. False at its end. */
bool canon_element(struct str *rest, struct str *ret_value);

#endif
