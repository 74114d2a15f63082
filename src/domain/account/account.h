/*
 * account - who may sign in and as what: accounts, seats, sessions, tokens, sign-in slips.
 *
 * An account holds seats (app/rights.h); a session wears one of them. Passwords are Argon2id,
 * computed outside the commit queue, at most two at once; tokens and codes are 128 random bits kept
 * as SHA-256; TOTP secrets are wrapped by the instance's key. Wrong passwords make the next try
 * wait longer and longer, kept with the account, and in memory with the address.
 *
 * There is no account to begin with, and no password: the first is made on the command line or on
 * the set-up page, which only this machine can open, with a code printed at the start.
 *
 * Who has a telephone number or a subject of the city's sign-on in his account may sign in by a
 * code sent there, or through there; whoever uses TOTP may not, since neither asks for it.
 *
 * Sources: design.md section 6; GB/T 22239-2019 8.1.4.1 (identity), RFC 6238 (TOTP), OpenID Connect
 * Core 1.0 section 3.1 (code flow), RFC 7636 (PKCE), RFC 7519 (JWT).
 */
#ifndef DOMAIN_ACCOUNT_ACCOUNT_H
#define DOMAIN_ACCOUNT_ACCOUNT_H

#include "app/app.h"

/* Where account writes are counted: they raise no body's version, so that signing in empties no
 * cache of pages. No body has this id. */
enum { ACCOUNT_AREA = 1 };

struct accounts;

/* Signing in by what others vouch for; what is empty is not offered. Texts are borrowed. */
struct signon {
    struct str address; /* of this program, as browsers reach it: https://duikou.example */
    /* OpenID Connect: the city's single sign-on. */
    struct str issuer, client, secret, label;
    /* A gateway that takes a POST: `sms_body` with {mobile} and {code}; `sms_head` one head of the
     * request, "Name: value"; `sms_answer` what an answer that took it has in it (empty: 2xx). */
    struct str sms_url, sms_body, sms_head, sms_answer;
};

struct accounts_options {
    struct store *store;
    struct clock *clock;
    struct str key_path; /* of the instance's key, made when first needed, mode 0600 */
    struct signon signon;
    bool weak; /* tests: passwords are hashed with the least of work */
};

struct accounts *accounts_new(const struct accounts_options *options);
void accounts_free(struct accounts *accounts); /* NULL is allowed */

/* For struct app_options. */
CHECKED enum status accounts_viewer(struct app *app, const struct request *request,
                                    struct arena *arena, struct viewer *ret_viewer);
void accounts_touch(struct app *app, const struct viewer *viewer, struct arena *arena);

void account_routes(struct app *app);

/* The outbox's channel "sms"; its context is the accounts. */
struct delivery;
enum status sms_deliver(struct delivery *delivery, struct fault *fault);

/* The code of the set-up page while there is no account; empty when there is one. */
struct str accounts_setup_code(struct accounts *accounts, struct arena *arena);

/* --- the command line --- */

struct account_new {
    struct str login, name;
    struct str password; /* empty: a slip is issued */
    enum role role;
    int64_t body, organization; /* of the seat */
};

/*
 * Make an account with its first seat, or give a seat to one that is there (`name` empty).
 * `ret_slip` is the sign-in code when no password was given. INVALID with the sentence.
 */
CHECKED enum status account_make(struct accounts *accounts, struct arena *arena,
                                 const struct actor *actor, const struct account_new *wanted,
                                 struct str *ret_slip, struct fault *fault);
/* A new slip for an account; locked ones are opened again. NOT_FOUND. */
CHECKED enum status account_reset(struct accounts *accounts, struct arena *arena,
                                  const struct actor *actor, struct str login, struct str *ret_slip,
                                  struct fault *fault);

#endif
