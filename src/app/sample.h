/*
 * app/sample - a small application for the tests of app/ and http/: two bodies, "alpha" and
 * "beta", with units, in a store of its own in a directory of its own.
 */
#ifndef APP_SAMPLE_H
#define APP_SAMPLE_H

#include "app/app.h"

struct sample {
    struct arena arena;
    char directory[64];
    struct str url; /* of its database */
    struct store *store;
    struct clock clock;
    struct template_set *templates;
    struct app *app;
};

struct sample_options {
    int bodies;         /* 0..2 */
    size_t cache_bytes; /* as in app_options */
    bool no_cache;
};

/* Fails the test when it cannot be opened. */
struct sample *sample_open(const struct sample_options *options);
void sample_close(struct sample *sample); /* NULL is allowed */

/* Answers so far that an action made, not the cache. */
int sample_actions(void);

/* Block actions of /alpha/wait until released; for the tests of a server that stops. */
void sample_hold(bool hold);
/* Until an action is blocked so. */
void sample_wait_held(void);

#endif
