/*
 * lru - which of a fixed number of slots holds a key; the one unused longest gives way. Private to
 * store/: the prepared statements of a connection, by the address of their struct statement.
 *
 *   newest <-> … <-> oldest     a slot in use (running) never gives way
 */
#ifndef STORE_LRU_H
#define STORE_LRU_H

#include <stdbool.h>
#include <stdint.h>

enum { LRU_SLOTS = 200, LRU_BUCKETS = 256 };

struct lru {
    struct lru_slot {
        const void *key; /* NULL: free */
        int16_t next;    /* in the bucket */
        int16_t newer, older;
        bool used; /* by a running statement; set by the owner */
    } slots[LRU_SLOTS];
    int16_t buckets[LRU_BUCKETS];
    int16_t newest, oldest;
    int n;
};

void lru_init(struct lru *lru);

/* The slot of a key, now the newest; -1 when there is none. */
int lru_find(struct lru *lru, const void *key);

/* A slot for a key that has none: a free one, else the oldest that is not in use, whose contents
 * the caller drops. -1 when all are in use. */
int lru_take(struct lru *lru, const void *key);

/* Forget the key of a slot. */
void lru_drop(struct lru *lru, int slot);

#endif
