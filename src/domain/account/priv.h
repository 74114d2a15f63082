/*
 * priv - what the files of account/ share.
 */
#ifndef DOMAIN_ACCOUNT_PRIV_H
#define DOMAIN_ACCOUNT_PRIV_H

#include <pthread.h>

#include "domain/account/account.h"
#include "store/journal.h"

enum {
    HASH_LEN = 32,
    CODE_LEN = 26, /* 128 bits in Crockford's base32 */
    SESSION_IDLE_MIN = 30,
    SESSION_HOURS = 12,
    TOUCH_MIN = 5,
    SLIP_HOURS = 72,
    TOKEN_DAYS_MAX = 366,
    RECOVERY_CODES = 10,
    PASSWORD_MIN = 10, /* characters */
    PASSWORD_BYTES_MAX = 200,
};
#define MINUTE_US INT64_C(60000000)
#define HOUR_US   (60 * MINUTE_US)
#define DAY_US    (24 * HOUR_US)

struct account {
    int64_t id, failures, failed_at_us, totp_step, version, created_us;
    struct str name, login, password, totp, mobile, subject;
    bool must_change, locked;
};

/* --- secret.c --- */

/* 128 random bits as text that can be typed. */
struct str secret_code(struct arena *arena);
/* As it was typed: spaces and dashes left out, capitals, O I L as 0 1 1. */
struct str secret_typed(struct arena *arena, struct str text);
struct str secret_hash(struct arena *arena, struct str text);
/* In groups of five, to be read out. */
struct str secret_grouped(struct arena *arena, struct str code);
/* Bytes as base64url without padding, and back; empty: it is none. */
struct str secret_url_text(struct arena *arena, struct str bytes);
struct str secret_url_bytes(struct arena *arena, struct str text);
/* Six digits that follow from an id and the instance's key: they need not be kept anywhere. */
CHECKED enum status secret_number(struct accounts *accounts, struct arena *arena, int64_t id,
                                  struct str *ret_number, struct fault *fault);
/* Argon2id; waits for one of two places. FAULT: no memory. */
CHECKED enum status password_hash(struct accounts *accounts, struct arena *arena,
                                  struct str password, struct str *ret_hash);
/* The same work whether the account has a password or not. */
bool password_fits(struct accounts *accounts, struct str hash, struct str password);
/* INVALID with the sentence at `field`. */
CHECKED enum status password_check(struct arena *arena, const char *field, struct str password,
                                   struct str login, struct fault *fault);
/* By the instance's key. FAULT with the sentence when it cannot be read or made. */
CHECKED enum status secret_wrap(struct accounts *accounts, struct arena *arena, struct str plain,
                                struct str *ret_wrapped, struct fault *fault);
CHECKED enum status secret_unwrap(struct accounts *accounts, struct arena *arena,
                                  struct str wrapped, struct str *ret_plain, struct fault *fault);

/* --- totp.c --- */

/* The step a code belongs to, one before and one after now are allowed; -1: none, or one not after
 * `last_step`. */
int64_t totp_step_of(struct str secret, struct str code, struct instant now, int64_t last_step);
struct str totp_secret(struct arena *arena); /* base32, as authenticator apps take it */
struct str totp_secret_bytes(struct arena *arena, struct str base32); /* empty: it is none */
/* A QR code as the path of an SVG and its viewBox; empty: too long. */
struct str qr_path(struct arena *arena, struct str text, struct str *ret_box);

/* --- attempts.c: wrong tries by address and by unknown name, in memory --- */

enum { HASHING_MAX = 2 }; /* passwords at a time: each takes 64 MB */
enum { ATTEMPT_TABLES = 4, ATTEMPTS_MAX = 4096, FREE_TRIES = 5 };
struct attempt {
    uint64_t key;
    int64_t failures, failed_at_us;
};
/* Seconds to wait before the next try after so many failures, the last at `failed_at_us`. */
int64_t wait_seconds(int64_t failures, int64_t free, int64_t failed_at_us, struct instant now);
int64_t attempts_wait(struct accounts *accounts, const char *what, struct str who,
                      struct instant now);
void attempts_failed(struct accounts *accounts, const char *what, struct str who,
                     struct instant now);

/* --- oidc.c, oidc_token.c, sms.c: by what others vouch for --- */

struct oidc_provider {
    struct arena arena; /* of the texts */
    struct str authorize, token, keys;
    int64_t at_us; /* when it was asked; 0: never */
    bool found;
};

/* Who a token is about: the signature by one of the provider's keys, its issuer, audience, times
 * and nonce checked. NOT_FOUND: by a key that is not there; INVALID: `ret_why` says what is wrong.
 */
struct id_token {
    struct str token, keys, issuer, client, nonce;
    struct instant now;
};
CHECKED enum status id_token_subject(struct arena *arena, const struct id_token *token,
                                     struct str *ret_subject, const char **ret_why);

/* --- sign_in.c: what every way in shares --- */

extern const struct shape shape_sign_in;
struct str safe_next(struct str next);
CHECKED enum status need_encryption(struct call *call);
enum status too_often(struct call *call, int64_t wait_s);
/* The page of signing in again, with the call's fault; any other status as it is. */
enum status sign_in_again(struct call *call, struct page *page, enum status status);
/* Let in an account that somebody outside vouches for. */
enum status enter_from_outside(struct call *call, struct page *page, const struct account *account,
                               int64_t sms, struct str next);

/* --- viewer.c --- */

struct accounts {
    struct arena arena;
    struct accounts_options options;
    pthread_mutex_t lock; /* of all below */
    pthread_cond_t hashed;
    int hashing, waiting; /* for a place to hash in */
    unsigned char attempts_key[16];
    struct attempt attempts[ATTEMPT_TABLES][ATTEMPTS_MAX];
    struct viewer_memo *memos;
    int64_t none_version; /* of the area when there was no account */
    _Atomic bool some;    /* there is an account */
    struct str setup_code;
    int64_t setup_tries;
    struct str key;
    struct oidc_provider provider; /* as it was last found */
    int asking;                    /* requests to it under way */
};

enum { SESSION_COOKIE_ROOM = 64 };
const char *session_cookie_name(const struct request *request);
struct str session_cookie(const struct request *request); /* its value; empty: none */
struct str cookie_named(const struct request *request, struct str name);

CHECKED enum status account_read(struct tx *tx, const struct statement *by, struct value key,
                                 struct account *ret_account);
CHECKED enum status seats_read(struct tx *tx, const struct statement *by, int64_t account,
                               struct date day, struct rows *ret_rows, struct seat **ret_seats,
                               int *ret_n);
/* 市教育局 · 单位联络员; `several`: among seats of several bodies, so that its body is named too.
 */
struct str seat_label(struct arena *arena, const struct seat *seat, bool several);

/* --- write.c --- */

struct accounts *accounts_of(const struct call *call);
struct str login_text(struct arena *arena, struct str typed); /* trimmed, lower case */
/* UTF-8 without control characters or line ends. */
bool is_one_line(struct str text);
/* INVALID with the sentence. */
CHECKED enum status login_check(struct arena *arena, struct str login, struct str name,
                                struct fault *fault);
enum status account_write(struct call *call, write_apply *apply, void *context);
/* One entry in the journal of the instance: what was done to an account. */
enum status account_journal(struct tx *tx, const char *kind, int64_t id, const char *deed,
                            struct str old, struct str new);

struct entry_session {
    int64_t account, session, seat;
    int64_t totp_step;           /* of the code used; 0: none */
    struct str token, old_token; /* hashes */
    struct str password;         /* hash that was checked; empty: signed in by other means */
    struct str recovery;         /* hash of the code used */
    int64_t slip;                /* that was used */
    int64_t sms;                 /* the code sent to the telephone that was used */
    bool outside;                /* by a means for which no password need be chosen */
    bool guarded;                /* by what can be guessed */
    struct instant now;
    struct str address, agent;
};
/* Sign in: a new session in the place of the one the browser had. NOT_FOUND: guarded, and too many
 * wrong tries came in between. */
enum status session_begin(struct call *call, struct page *page, struct entry_session *entry);
/* One wrong try more of an account (0: of none, and it takes as long). */
CHECKED enum status account_failed(struct call *call, int64_t account);
void session_cookie_put(struct call *call, struct page *page, struct str token);

/* --- rules.c: who may do what to whom --- */

/* Whether the viewer may manage an account by RIGHT_ACCOUNTS: not himself, and only when every
 * seat it holds is one he could give. */
bool may_manage(const struct viewer *viewer, int64_t account, const struct seat *seats, int n);
/* Whether he sees it in the list. */
bool may_list(const struct viewer *viewer, const struct seat *seats, int n);

/* Inside a write: CONFLICT when no security administrator would be left without this seat (0:
 * any) of this account (0: any). */
enum status keep_security(struct tx *tx, int64_t seat, int64_t account, struct date day,
                          struct fault *fault);

/* --- sign_in.c, second.c: the second factor --- */

/* Hold what was typed against the account's second factor: OK, and `entry` has the code used; else
 * INVALID, counted as a wrong try, or 429. The account has one. */
CHECKED enum status second_factor(struct call *call, const struct account *account,
                                  struct str typed, struct entry_session *entry);
/* A session for whom somebody outside vouched for, all being checked. */
CHECKED enum status outside_begin(struct call *call, struct page *page,
                                  const struct account *account, struct entry_session *entry,
                                  struct str next);
/* Lead him to the page that asks for it; `sms`: the code from the telephone is used up by this. */
CHECKED enum status second_ask(struct call *call, struct page *page, const struct account *account,
                               int64_t sms, struct str next);
void second_routes(struct app *app);

void sign_in_routes(struct app *app);
bool mobile_is_good(struct str mobile);

void oidc_routes(struct app *app);
void sms_routes(struct app *app);
void own_routes(struct app *app);
void totp_routes(struct app *app);
void admin_routes(struct app *app);
void admin_one_routes(struct app *app);
void setup_routes(struct app *app);

/* A slip that was just issued, to be printed: an object of shape_slip. */
extern const struct shape shape_slip;
struct value slip_value(struct call *call, struct str name, struct str login, struct str code);

/* The choices of the form that gives a seat, and what it asks for. */
extern const struct shape shape_seat_choice;
struct value role_choices(struct call *call);
/* "bodies", and "pick_url" where the names of one are told. */
enum status put_bodies(struct call *call, struct object *model);
enum status seat_from_form(struct call *call, int64_t account, struct seat *ret_seat);

/* Inside a write. */
struct slip_new {
    int64_t id, account, issued_by;
    struct str code; /* hash */
    struct instant now;
};
enum status slip_issue(struct tx *tx, const struct slip_new *slip);
/* An account with its first seat and, when it has no password, a slip. CONFLICT: the login is
 * taken. */
struct account_write {
    int64_t id, seat_id, given_by;
    const struct account_new *wanted;
    struct str hash;      /* of the password; empty: the slip's */
    struct slip_new slip; /* id 0: none */
    bool first;           /* only when there is no account yet */
    struct instant now;
};
enum status apply_account(struct tx *tx, void *context, struct fault *fault);
struct seat_write {
    int64_t id, account, given_by;
    struct seat seat;
    struct date from, to;
    struct instant now;
};
enum status apply_seat(struct tx *tx, void *context, struct fault *fault);

#endif
