/*
 * requirements - duties as pages tell them: who, what, how often, by when, with strength and
 * clause. A number or date that the document does not write is never shown as if it did.
 * Source: head of clauses.md; YY22-5.1b, NB17-3.6.
 */
#ifndef DOMAIN_DIRECTORY_REQUIREMENTS_H
#define DOMAIN_DIRECTORY_REQUIREMENTS_H

#include "domain/directory/directory.h"

extern const struct shape shape_requirement;

struct requirement_filter {
    const char *const *actors; /* ends with NULL; NULL = all */
    struct str name;           /* the organization; duties that name others are left out */
};

/* Duties of schemes in force on a day, in printed order. ids: at most 50 schemes. */
CHECKED enum status requirements_load(struct call *call, struct date on, const int64_t *schemes,
                                      int n, const struct requirement_filter *filter,
                                      struct list **ret_list);

#endif
