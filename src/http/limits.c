/*
 * How often one address may ask: a bucket of tokens for each kind of request, filled as time goes
 * by. The table does not grow: when a set is full, the address that was quiet longest gives way.
 */
#include <arpa/inet.h>
#include <sys/random.h>

#include "http/priv.h"

enum { SETS = 4096, WAYS = 4, MINUTE_MS = 60000 };

struct bucket {
    uint64_t address; /* hashed with the seed; 0 = free */
    int64_t seen_ms;
    float spent[LIMITS_N]; /* tokens taken and not yet come back */
};

struct limits {
    pthread_mutex_t lock;
    uint64_t seed;
    int rates[LIMITS_N];
    struct bucket buckets[SETS][WAYS];
};

struct limits *limits_new(struct arena *arena, const int rates[LIMITS_N])
{
    struct limits *limits = arena_new(arena, struct limits, 1);
    pthread_mutex_init(&limits->lock, NULL);
    memcpy(limits->rates, rates, sizeof limits->rates);
    if (getrandom(&limits->seed, sizeof limits->seed, 0) != sizeof limits->seed)
        limits->seed = (uint64_t)now_ms();
    return limits;
}

void limits_free(struct limits *limits)
{
    pthread_mutex_destroy(&limits->lock);
}

/* An IPv4 address; of IPv6 the first 64 bits, which one line has for itself. */
static uint64_t hash_address(const struct limits *limits, struct str address)
{
    char name[INET6_ADDRSTRLEN] = {0};
    unsigned char bytes[16] = {0};
    memcpy(name, address.ptr, address.len < sizeof name ? address.len : sizeof name - 1);
    if (inet_pton(AF_INET, name, bytes) != 1 && inet_pton(AF_INET6, name, bytes) == 1)
        memset(bytes + 8, 0, 8);
    uint64_t hash = limits->seed;
    for (size_t i = 0; i < sizeof bytes; i++)
        hash = (hash ^ bytes[i]) * UINT64_C(0x100000001b3);
    hash = (hash ^ hash >> 32) * UINT64_C(0x9e3779b97f4a7c15);
    return hash | 1;
}

static struct bucket *find(struct limits *limits, uint64_t address)
{
    struct bucket *set = limits->buckets[(address >> 40) % SETS], *quiet = set;
    for (int i = 0; i < WAYS; i++) {
        if (set[i].address == address)
            return &set[i];
        if (set[i].seen_ms < quiet->seen_ms)
            quiet = &set[i];
    }
    *quiet = (struct bucket){.address = address};
    return quiet;
}

static void refill(const struct limits *limits, struct bucket *bucket, int64_t now)
{
    float passed = (float)(now - bucket->seen_ms);
    for (int i = 0; i < LIMITS_N; i++) {
        float back = passed * (float)limits->rates[i] / MINUTE_MS;
        bucket->spent[i] = bucket->spent[i] > back ? bucket->spent[i] - back : 0;
    }
    bucket->seen_ms = now;
}

int limits_take(struct limits *limits, enum limit limit, struct str address, int64_t now)
{
    int rate = limits->rates[limit];
    if (rate == 0 || address.len == 0)
        return 0;
    uint64_t hash = hash_address(limits, address);
    pthread_mutex_lock(&limits->lock);
    struct bucket *bucket = find(limits, hash);
    refill(limits, bucket, now);
    float *spent = &bucket->spent[limit];
    float over = *spent + 1 - (float)rate;
    if (over <= 0)
        *spent += 1;
    pthread_mutex_unlock(&limits->lock);
    return over <= 0 ? 0 : 1 + (int)(over * 60 / (float)rate);
}
