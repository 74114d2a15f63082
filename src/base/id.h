/*
 * id - 64-bit time-ordered ids and their outward form.
 *
 * 41 bits of milliseconds since 2020-01-01T00:00:00Z, 10 bits of node, 12 bits of sequence; always
 * positive. Outside SQL an id is 13 characters of Crockford base32 (JavaScript and spreadsheets
 * lose digits of 64-bit numbers). When the clock is set back, ids go on from the last
 * millisecond seen, so they never repeat and never decrease within a maker.
 */
#ifndef BASE_ID_H
#define BASE_ID_H

#include "base/date.h"

enum { ID_TEXT_LEN = 13, ID_NODES = 1024 };

struct id_maker {
    struct clock *clock;
    int node;     /* below ID_NODES */
    int64_t last; /* last id >> 22, then its sequence; see id_next */
};

/* A node drawn at random, for a maker of this process: several processes write to one database, and
 * in containers they often have the same process id. */
int id_node(void);

/* Safe from several threads. */
int64_t id_next(struct id_maker *maker);

/* When an id was made, to the millisecond. */
struct instant id_instant(int64_t id);

struct str id_format(struct arena *arena, int64_t id);
void id_format_to(int64_t id, char to[ID_TEXT_LEN]);
/* Upper or lower case; I, L read as 1 and O as 0; false for anything else, or a negative id. */
bool id_parse(struct str text, int64_t *ret_id);

#endif
