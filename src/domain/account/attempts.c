#include <arpa/inet.h>
#include <sodium.h>

#include "domain/account/priv.h"

/*
 * Wrong tries. The delay doubles with each behind the free ones, to at most a quarter of an hour:
 * long enough against guessing, short enough that nobody is kept out for good by a stranger.
 *
 * What an address got wrong is not forgiven when it gets something right, or whoever has an account
 * of his own could guess at others' for ever; it is forgiven with time. Keys are hashed with a
 * secret: nobody can choose names that push another out of the table.
 */
enum { FIRST_WAIT_S = 30, LONGEST_WAIT_S = 900, WAYS = 8 };
static const int64_t FORGIVEN_US = 3 * MINUTE_US; /* one try of an address */

static const struct {
    const char *what;
    int64_t free;
    bool is_address;
} tables[ATTEMPT_TABLES] = {{"login", FREE_TRIES, false},
                            {"address", 20, true},
                            {"sms", 5, true},
                            {"familiar", FREE_TRIES, false}};

int64_t wait_seconds(int64_t failures, int64_t free, int64_t failed_at_us, struct instant now)
{
    if (failures < free)
        return 0;
    int64_t doublings = failures - free, wait = LONGEST_WAIT_S;
    if (doublings < 5)
        wait = (int64_t)FIRST_WAIT_S << doublings;
    int64_t left_us = failed_at_us + wait * 1000000 - now.us;
    /* A clock that was set back keeps nobody out for longer than the wait itself. */
    if (left_us > wait * 1000000)
        left_us = wait * 1000000;
    return left_us > 0 ? (left_us + 999999) / 1000000 : 0;
}

static int table_of(const char *what)
{
    int i = 0;
    while (strcmp(tables[i].what, what) != 0)
        i++;
    return i;
}

/* Of IPv6 the first 64 bits, which one line has for itself. */
static uint64_t key_of(const struct accounts *accounts, int table, struct str who)
{
    char name[INET6_ADDRSTRLEN] = {0};
    unsigned char bytes[16];
    uint64_t key;
    if (tables[table].is_address && who.len < sizeof name) {
        memcpy(name, who.ptr ? who.ptr : "", who.len);
        if (inet_pton(AF_INET6, name, bytes) == 1)
            who = (struct str){(const char *)bytes, 8};
    }
    crypto_shorthash((unsigned char *)&key, (const unsigned char *)(who.ptr ? who.ptr : ""),
                     who.len, accounts->attempts_key);
    return key | 1;
}

static struct attempt *row_of(struct accounts *accounts, int table, uint64_t key, uint64_t i)
{
    return &accounts->attempts[table][(key / 2 + i) % ATTEMPTS_MAX];
}

static struct attempt *find(struct accounts *accounts, int table, uint64_t key)
{
    for (uint64_t i = 0; i < WAYS; i++)
        if (row_of(accounts, table, key, i)->key == key)
            return row_of(accounts, table, key, i);
    return NULL;
}

static struct attempt *find_or_add(struct accounts *accounts, int table, uint64_t key)
{
    struct attempt *attempt = find(accounts, table, key);
    struct attempt *oldest = row_of(accounts, table, key, 0);
    if (attempt)
        return attempt;
    for (uint64_t i = 1; i < WAYS; i++)
        if (row_of(accounts, table, key, i)->failed_at_us < oldest->failed_at_us)
            oldest = row_of(accounts, table, key, i);
    *oldest = (struct attempt){.key = key};
    return oldest;
}

int64_t attempts_wait(struct accounts *accounts, const char *what, struct str who,
                      struct instant now)
{
    int table = table_of(what);
    int64_t wait = 0;
    pthread_mutex_lock(&accounts->lock);
    const struct attempt *attempt = find(accounts, table, key_of(accounts, table, who));
    if (attempt)
        wait = wait_seconds(attempt->failures, tables[table].free, attempt->failed_at_us, now);
    pthread_mutex_unlock(&accounts->lock);
    return wait;
}

void attempts_failed(struct accounts *accounts, const char *what, struct str who,
                     struct instant now)
{
    int table = table_of(what);
    pthread_mutex_lock(&accounts->lock);
    struct attempt *attempt = find_or_add(accounts, table, key_of(accounts, table, who));
    int64_t passed_us = now.us - attempt->failed_at_us, forgiven = 0;
    if (passed_us > DAY_US)
        forgiven = attempt->failures;
    else if (tables[table].is_address && passed_us > 0)
        forgiven = passed_us / FORGIVEN_US;
    attempt->failures -= forgiven < attempt->failures ? forgiven : attempt->failures;
    attempt->failures++;
    attempt->failed_at_us = now.us;
    pthread_mutex_unlock(&accounts->lock);
}
