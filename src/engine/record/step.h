/*
 * step - the one way to write the state of a record: for engine/flow alone, which a check of
 * ./dev lint holds (tools/checks/steps.sh). Everybody else's record_add and record_change refuse
 * a state.
 */
#ifndef ENGINE_RECORD_STEP_H
#define ENGINE_RECORD_STEP_H

#include "engine/record/record.h"

/* The index of the kind's state field; -1 = none. */
int kind_state(const struct kind *kind);

/* As record_add and record_change, with the state that the record has from then on. `state` empty:
 * it stays (record_change), or the kind has none. */
CHECKED enum status record_add_in(struct tx *tx, struct record *record, struct str state,
                                  struct instant now, struct fault *fault);
CHECKED enum status record_change_to(struct tx *tx, struct record *record, struct str state,
                                     struct instant now, struct fault *fault);

#endif
