#include "store/lru.h"

#include <stddef.h>

void lru_init(struct lru *lru)
{
    *lru = (struct lru){.newest = -1, .oldest = -1};
    for (int i = 0; i < LRU_BUCKETS; i++)
        lru->buckets[i] = -1;
}

static int16_t *bucket_of(struct lru *lru, const void *key)
{
    uint64_t hash = (uint64_t)(uintptr_t)key * UINT64_C(0x9e3779b97f4a7c15);
    return &lru->buckets[hash >> 56];
}

static void unlink_slot(struct lru *lru, int slot)
{
    struct lru_slot *s = &lru->slots[slot];
    *(s->newer >= 0 ? &lru->slots[s->newer].older : &lru->newest) = s->older;
    *(s->older >= 0 ? &lru->slots[s->older].newer : &lru->oldest) = s->newer;
}

static void link_newest(struct lru *lru, int slot)
{
    struct lru_slot *s = &lru->slots[slot];
    s->newer = -1;
    s->older = lru->newest;
    *(lru->newest >= 0 ? &lru->slots[lru->newest].newer : &lru->oldest) = (int16_t)slot;
    lru->newest = (int16_t)slot;
}

int lru_find(struct lru *lru, const void *key)
{
    int slot = *bucket_of(lru, key);
    while (slot >= 0 && lru->slots[slot].key != key)
        slot = lru->slots[slot].next;
    if (slot >= 0 && slot != lru->newest) {
        unlink_slot(lru, slot);
        link_newest(lru, slot);
    }
    return slot;
}

static void leave_bucket(struct lru *lru, int slot)
{
    int16_t *at = bucket_of(lru, lru->slots[slot].key);
    while (*at != slot)
        at = &lru->slots[*at].next;
    *at = lru->slots[slot].next;
}

/* Dropped slots stay linked at the old end without a key, so they are taken first. */
void lru_drop(struct lru *lru, int slot)
{
    struct lru_slot *s = &lru->slots[slot];
    leave_bucket(lru, slot);
    s->key = NULL;
    unlink_slot(lru, slot);
    s->older = -1;
    s->newer = lru->oldest;
    *(lru->oldest >= 0 ? &lru->slots[lru->oldest].older : &lru->newest) = (int16_t)slot;
    lru->oldest = (int16_t)slot;
}

static int oldest_free(struct lru *lru)
{
    if (lru->n < LRU_SLOTS && !(lru->oldest >= 0 && !lru->slots[lru->oldest].key))
        return -1;
    int slot = lru->oldest;
    while (slot >= 0 && lru->slots[slot].used)
        slot = lru->slots[slot].newer;
    return slot;
}

int lru_take(struct lru *lru, const void *key)
{
    int slot = oldest_free(lru);
    if (slot < 0 && lru->n == LRU_SLOTS)
        return -1;
    if (slot < 0) {
        slot = lru->n++;
    } else {
        if (lru->slots[slot].key)
            leave_bucket(lru, slot);
        unlink_slot(lru, slot);
    }
    struct lru_slot *s = &lru->slots[slot];
    s->key = key;
    s->used = false;
    int16_t *bucket = bucket_of(lru, key);
    s->next = *bucket;
    *bucket = (int16_t)slot;
    link_newest(lru, slot);
    return slot;
}
