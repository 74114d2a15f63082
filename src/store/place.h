/*
 * place - for the tests of store/: a store of its own, in a directory of its own, with the module
 * of example.sql.
 */
#ifndef STORE_PLACE_H
#define STORE_PLACE_H

#include "store/internal.h"

struct place {
    struct arena arena;
    char directory[64], path[96], url[256];
    int busy_ms;
    struct store *store; /* NULL: closed; the teardown closes it */
};

/* cmocka's setup and teardown; *state is a struct place. The directory is made, the store not. */
int place_setup(void **state);
int place_teardown(void **state);
void place_remove_directory(struct place *place);

struct store_options place_options(const struct place *place);
void place_open(struct place *place); /* made when missing; fails the test when refused */
void place_close(struct place *place);
/* Opening is refused so: the sentence has these words. */
void place_refuses(struct place *place, const struct store_options *options, enum status status,
                   const char *words);

/* One row of the example, through the queue. */
struct example_row {
    int64_t body_id, id;
    const char *name;
};
enum status example_apply(struct tx *tx, void *context, struct fault *fault); /* of a row */
CHECKED enum status example_add(struct store *store, struct arena *arena, int64_t body_id,
                                int64_t id, const char *name);
/* Entries of a body's chain of changes; fails the test when it is not whole. */
int64_t place_journal(struct store *store, int64_t body_id);
int64_t example_count(struct store *store);
bool example_has(struct store *store, int64_t body_id, int64_t id);

#endif
