/*
 * program - the parts of a running program put together: store, templates, application, domain.
 * What `duikou serve` and the route tests start from.
 */
#ifndef CLI_PROGRAM_H
#define CLI_PROGRAM_H

#include "domain/account/account.h"
#include "domain/domain.h"

struct program_options {
    struct str db;
    bool create;
    struct date now;    /* stops the clock at noon of that day; unset = the system's clock */
    size_t cache_bytes; /* 0 = 8 MiB */
    bool no_cache;
    int readers;              /* 0 = by the number of CPUs */
    struct str key;           /* file of the instance's key; empty = beside the database */
    bool weak;                /* tests: see accounts_options */
    struct str metrics_token; /* as in app_options */
};

struct program {
    struct clock clock;
    struct store *store;
    struct template_set *templates;
    struct app *app;
    struct accounts *accounts;
    struct record_engine *engine;
};

/* On failure nothing stays open and the fault has one sentence. */
CHECKED enum status program_open(struct arena *arena, const struct program_options *options,
                                 struct program *ret_program, struct fault *fault);
void program_close(struct program *program);
/* Where the instance's key lies: beside a database file, else in the working directory. */
struct str program_key_path(struct arena *arena, struct str db);

#endif
