/*
 * priv - what the files of the simulator share: numbers that look random and never change, names,
 * the document.
 */
#ifndef DOMAIN_SIMULATE_PRIV_H
#define DOMAIN_SIMULATE_PRIV_H

#include "domain/simulate/simulate.h"
#include "engine/scheme/scheme.h"

enum { COMMITTEES_N = 8 };

/* What is drawn for: each has numbers of its own. */
enum draw { DRAW_KIND, DRAW_LINK, DRAW_SECOND_LINK, DRAW_PERSON, DRAW_NAME };

/* A number below n for the i-th unit. */
int64_t draw(int64_t seed, int64_t i, enum draw what, int64_t n);

/* Where a unit stands: one of the places, in printed order, and its number there. */
struct site {
    int64_t place; /* 0 = the city itself */
    int64_t number;
};
enum { SITE_UNITS_MAX = 1024 };

/* The i-th of n units stands at… */
struct site site_of(int64_t i, int64_t n);

struct unit_name {
    struct str name;
    struct str short_name; /* without 服务 and the like; empty where there is none */
    const char *class;
};
/* No two sites have a unit of the same name. */
struct unit_name unit_name(struct arena *arena, int64_t seed, struct site site);
struct str group_name(struct arena *arena, int64_t seed, struct site site);
struct str part_name(struct arena *arena, int64_t seed, struct site site);
struct str person_name(struct arena *arena, int64_t seed, int64_t i);

/* The document: body, committees, parties, contents, forms, duties; in the arena. */
const struct scheme *simulated_scheme(struct arena *arena, struct str slug);

#endif
