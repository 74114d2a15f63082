/*
 * priv - what the files of the flow engine share.
 */
#ifndef ENGINE_FLOW_PRIV_H
#define ENGINE_FLOW_PRIV_H

#include "engine/flow/flow.h"

/* The fields of 代录, and what was filled in there; what is missing is said at its field. */
extern const struct kind kind_behalf;
CHECKED enum status behalf_read(struct call *call, const struct record *asked,
                                struct flow_behalf *ret_behalf, struct field_faults *faults);

/* Write the row of a step taken. */
struct told {
    const struct flow_step *step;
    const struct flow_act *act;
    struct str title, from, to, said, on;
};
CHECKED enum status story_add(struct tx *tx, const struct told *told, struct fault *fault);
/* What was asked and answered, in words; private fields are left out. */
struct str story_said(struct arena *arena, const struct flow_step *step, const struct record *said,
                      struct str also);
CHECKED enum status story_load(struct call *call, const struct record *record,
                               const struct list **ret_story);

#endif
