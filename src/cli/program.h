/*
 * program - the parts of a running program put together: store, templates, application, domain.
 * What `duikou serve` and the route tests start from.
 */
#ifndef CLI_PROGRAM_H
#define CLI_PROGRAM_H

#include "domain/domain.h"

struct program_options {
    struct str db;
    bool create;
    struct date now;    /* stops the clock at noon of that day; unset = the system's clock */
    size_t cache_bytes; /* 0 = 8 MiB */
    bool no_cache;
    int readers; /* 0 = by the number of CPUs */
};

struct program {
    struct clock clock;
    struct store *store;
    struct template_set *templates;
    struct app *app;
    struct record_engine *engine;
};

/* On failure nothing stays open and the fault has one sentence. */
CHECKED enum status program_open(struct arena *arena, const struct program_options *options,
                                 struct program *ret_program, struct fault *fault);
void program_close(struct program *program);

#endif
