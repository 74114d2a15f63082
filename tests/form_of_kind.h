/*
 * form_of_kind - a form by which a record of any kind can be made, told by its field table; wants
 * tests/data/load/linjiang-2026-3.yaml to be loaded.
 */
#ifndef TESTS_FORM_OF_KIND_H
#define TESTS_FORM_OF_KIND_H

#include "tests/program_sample.h"

/* A value that the field takes. */
struct str value_of_field(struct program_sample *sample, const struct field *field);
/* "x=…&name=value&…" with all that is required; `given` ("&name=value…") goes before it and stands
 * instead of what would be filled in. */
struct str form_of_kind(struct program_sample *sample, const struct kind *kind, struct str given);

/* Uploads are read by a child, which is the program itself: true when this is one, with what main
 * returns. */
bool is_child(int argc, char **argv, int *ret_code);

#endif
