/*
 * priv - what the files of domain/purge share.
 */
#ifndef DOMAIN_PURGE_PRIV_H
#define DOMAIN_PURGE_PRIV_H

#include "domain/purge/purge.h"

struct purging {
    const struct kind *kind;
    int64_t body_id, id;
    bool chosen[KIND_FIELDS_MAX];
    struct str fields; /* labels of the chosen ones */
    struct str reason, by_name, on_date;
    int64_t disposal_id, job_id;
    struct instant now;
};

/* A field whose words may be the mistake. */
bool purge_can_blank(const struct field *field);

/* All of it, in one write. */
CHECKED enum status purge_apply(struct tx *tx, void *context, struct fault *fault);

#endif
