/*
 * priv - what the files of adjustments share.
 */
#ifndef DOMAIN_ADJUSTMENT_PRIV_H
#define DOMAIN_ADJUSTMENT_PRIV_H

#include "domain/adjustment/adjustment.h"

enum { EFFECTS_MAX = 1200, EFFECT_IDS = 3 };

enum effect_op { EFFECT_ADD, EFFECT_END, EFFECT_CHANGE };
extern const struct choice effect_ops[]; /* by op: word, label */

/* Cells of a row of "effects". */
enum { E_OP, E_KIND, E_RECORD, E_TITLE, E_VERSION, E_OLD, E_CELLS };

/* One thing that follows. */
struct effect {
    enum effect_op op;
    const struct kind *kind;
    const struct record *old; /* END, CHANGE */
    struct record *record;    /* ADD: all of it; CHANGE: what is given */
    int successor; /* ADD: 1 + index of the effect that adds the organization; 0 = none */
    const char *successor_key; /* the field that refers to it */
    struct str title;
};
struct effects {
    struct effect *items;
    int n, room;
};

/* What an adjustment does, found without writing. INVALID, CONFLICT with a sentence. */
CHECKED enum status effects_plan(struct tx *tx, const struct record *adjustment,
                                 struct effects *ret_effects, struct fault *fault);

/*
 * Which term ends on the day (none, or one) and which begins; `ret_new` NULL when that is there.
 * INVALID at "term": it cannot be told which.                                 Source: ALL-term
 */
CHECKED enum status terms_change(struct tx *tx, const struct record *adjustment, struct str day,
                                 struct record **ret_new, struct list_result *ret_ended,
                                 struct fault *fault);

enum status adjustment_apply(struct deed *deed);
enum status adjustment_undo(struct deed *deed);

const struct kind *effect_kind(struct str name);

#endif
