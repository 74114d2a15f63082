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
    int node;                 /* of the ids made, 1..1023; 0 = drawn: tests give theirs */
    bool weak;                /* tests: see accounts_options */
    struct str metrics_token; /* as in app_options */
    struct str key_dir;       /* of the signing key; empty = no checkpoints, no packs */
    struct str files;         /* of attachments: a directory or s3://…; empty = by the database */
    struct signon signon;     /* as in accounts_options */
    bool sm3;                 /* names new attachments by SM3 instead of SHA-256 */
};

struct program {
    struct clock clock;
    struct store *store;
    struct file_store *files;
    struct template_set *templates;
    struct app *app;
    struct accounts *accounts;
    struct record_engine *engine;
    struct outbox *outbox; /* not started: serve does */
    struct audit_desk *desk;
};

/* store_open; an upgrade is told on standard error, with the backup that was made before it. */
CHECKED enum status program_open_store(struct arena *arena, const struct store_options *options,
                                       struct store **ret_store, struct fault *fault);
/* Whether attachments and the key can be kept where they should lie: before the first one comes. */
CHECKED enum status program_check_places(struct arena *arena, const struct program_options *options,
                                         struct fault *fault);
/* On failure nothing stays open and the fault has one sentence. */
CHECKED enum status program_open(struct arena *arena, const struct program_options *options,
                                 struct program *ret_program, struct fault *fault);
/* Where attachments lie, of a database and what --files says (empty: beside it). The keys of S3
 * come from the environment. */
CHECKED enum status program_files(struct arena *arena, struct str db, struct str where,
                                  struct file_store **ret_files, struct fault *fault);
void program_close(struct program *program);
/* Where the instance's key lies: beside a database file, else in the working directory. */
struct str program_key_path(struct arena *arena, struct str db);

#endif
