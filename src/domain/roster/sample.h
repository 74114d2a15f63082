/*
 * sample - a small body for the tests of the roster: 临江市 with committees, units and what they
 * are asked, in a store and an application of its own.
 */
#ifndef DOMAIN_ROSTER_SAMPLE_H
#define DOMAIN_ROSTER_SAMPLE_H

#include "domain/domain.h"

struct roster_sample {
    struct arena arena;
    char directory[64];
    struct str url; /* of its database */
    struct store *store;
    struct clock clock;
    struct id_maker ids;
    struct template_set *templates;
    struct app *app;
    struct record_engine *engine;
    struct outbox *outbox;
    struct body_info body;
};

/* Fails the test when it cannot be opened. `with_app`: routes, too. */
struct roster_sample *roster_sample_open(bool with_app);
/* Load a scheme's YAML; its body is then the sample's. */
void roster_sample_load(struct roster_sample *sample, struct str yaml, const char *slug);
void roster_sample_close(struct roster_sample *sample);

#endif
