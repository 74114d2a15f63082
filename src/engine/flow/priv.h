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
/* What was asked and answered, in words; of private fields only that they were filled in. `old`:
 * what stays as it was there is left out; NULL = nothing. */
struct str story_said(struct arena *arena, const struct flow_step *step, const struct record *said,
                      const struct record *old, struct str also);
/* One value in words; empty when it has none. */
struct str field_words(struct arena *arena, const struct field *field, const struct record *record,
                       int index);
/* record_hooks.change: a form changed it outside its steps. */
CHECKED enum status flow_edit(struct tx *tx, struct record *record, int64_t step_id,
                              struct instant now, struct fault *fault);
CHECKED enum status story_load(struct call *call, const struct record *record,
                               const struct list **ret_story);

#endif
