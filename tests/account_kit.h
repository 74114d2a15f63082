/*
 * account_kit - people signing in and asking, through the whole program: two bodies, some accounts.
 */
#ifndef TESTS_ACCOUNT_KIT_H
#define TESTS_ACCOUNT_KIT_H

#include "domain/account/priv.h"
#include "tests/program_sample.h"

#define PASSWORD "nan-ba-da-qiao-9"
#define NUMBER   "13800000001" /* the telephone that is looked for */

struct ask {
    enum method method;
    const char *target;
    struct str cookie, bearer;
    const char *form, *origin, *key; /* Idempotency-Key */
    const char *from;                /* another address */
    const char *file;                /* uploaded under this name, */
    struct str bytes;                /* with this in it; NULL = nothing is */
    bool remote, insecure, json, gzip;
};

struct got {
    int status;
    struct str body, location, cookie, etag;
    bool gzip, no_store;
};

/* Linjiang and Qinghe with one account in each role that matters; telephones of two units. */
struct place {
    struct program_sample *sample;
    int64_t committee, unit, stranger, foreign;
    int64_t unit_phone, stranger_phone;
};

struct got ask(struct program_sample *sample, const struct ask *ask);
struct got get(struct program_sample *sample, struct str cookie, const char *target);
struct got post(struct program_sample *sample, struct str cookie, const char *target,
                const char *form);
struct got sign_in_with(struct program_sample *sample, const char *login, const char *with,
                        const char *code);
struct str sign_in(struct program_sample *sample, const char *login);
void is(struct got got, int status);
int64_t body_id(struct program_sample *sample, const char *slug);
void make_named(struct program_sample *sample, const char *login, const char *name, enum role role,
                const char *slug, int64_t organization);
void make_in(struct program_sample *sample, const char *login, enum role role, const char *slug,
             int64_t organization);
struct place place_open(void);
void place_close(struct place *place);
const char *at(struct place *place, const char *path, int64_t id);
struct str account_url(struct place *place, struct str cookie, const char *login);
int count(struct place *place, const char *sql);

/* A path below the address of an account; wants `arena`. */
#define TO(url, rest) str_fmt(arena, "%.*s" rest, STR_ARG(url)).ptr

/* The code that fits a TOTP secret now, six digits. */
const char *totp_now(struct program_sample *sample, struct str secret);

/* What stands between two texts; fails when the first is not there. */
struct str between(struct program_sample *sample, struct str text, const char *first,
                   const char *last);

#endif
