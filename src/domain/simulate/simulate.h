/*
 * simulate - an invented body of any size: a municipal committee with its document, committees,
 * parties, units with sub-units and other names, people and links. For figures and demonstrations.
 *
 * The same options give the same records, ids and instants. Every record is written by record_add
 * like any other, in long slices; a stop between two of them leaves a whole body of fewer units.
 * All names of places, units and people are made of lists of our own.
 */
#ifndef DOMAIN_SIMULATE_SIMULATE_H
#define DOMAIN_SIMULATE_SIMULATE_H

#include "engine/record/record.h"

enum { SIMULATE_LEAST = 100, SIMULATE_MOST = 2000000 };

struct simulate_options {
    struct str slug;       /* address of the body; must be new to the database */
    int64_t organizations; /* committees and parties with them; SIMULATE_LEAST … SIMULATE_MOST */
    int64_t seed;          /* what differs: who has which class, part, name, person */
    /* After every slice; false stops. */
    bool (*progress)(void *context, int64_t done, int64_t organizations);
    void *context;
};

struct simulate_result {
    int64_t organizations, people, links;
    bool stopped; /* by progress */
};

/* OK, also when stopped; CONFLICT the body exists; INVALID a number or address is out of range. */
CHECKED enum status simulate(struct store *store, struct arena *arena,
                             const struct simulate_options *options,
                             struct simulate_result *ret_result, struct fault *fault);

#endif
