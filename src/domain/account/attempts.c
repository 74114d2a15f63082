#include "domain/account/priv.h"

/*
 * Wrong tries. The delay doubles with each behind the free ones, to at most a quarter of an hour:
 * long enough against guessing, short enough that nobody is kept out for good by a stranger.
 */
enum { FIRST_WAIT_S = 30, LONGEST_WAIT_S = 900, ADDRESS_FREE = 20 };

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

static struct attempt *find(struct accounts *accounts, const char *what, struct str who)
{
    uint64_t key = (str_hash(who) ^ str_hash(str_from(what)) * 0x9E3779B97F4A7C15u) | 1;
    struct attempt *oldest = NULL;
    for (uint64_t i = 0; i < 8; i++) {
        struct attempt *attempt = &accounts->attempts[(key + i) % ATTEMPTS_MAX];
        if (attempt->key == key)
            return attempt;
        if (!oldest || attempt->failed_at_us < oldest->failed_at_us)
            oldest = attempt;
    }
    *oldest = (struct attempt){.key = key};
    return oldest;
}

static int64_t free_of(const char *what)
{
    return what[0] == 'a' ? ADDRESS_FREE : 5;
}

int64_t attempts_wait(struct accounts *accounts, const char *what, struct str who,
                      struct instant now)
{
    pthread_mutex_lock(&accounts->lock);
    const struct attempt *attempt = find(accounts, what, who);
    int64_t wait = wait_seconds(attempt->failures, free_of(what), attempt->failed_at_us, now);
    pthread_mutex_unlock(&accounts->lock);
    return wait;
}

void attempts_failed(struct accounts *accounts, const char *what, struct str who,
                     struct instant now)
{
    pthread_mutex_lock(&accounts->lock);
    struct attempt *attempt = find(accounts, what, who);
    if (now.us - attempt->failed_at_us > DAY_US)
        attempt->failures = 0;
    attempt->failures++;
    attempt->failed_at_us = now.us;
    pthread_mutex_unlock(&accounts->lock);
}

void attempts_forget(struct accounts *accounts, const char *what, struct str who)
{
    pthread_mutex_lock(&accounts->lock);
    *find(accounts, what, who) = (struct attempt){0};
    pthread_mutex_unlock(&accounts->lock);
}
