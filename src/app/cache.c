#include <stdatomic.h>
#include <stdio.h>
#include <zlib.h>

#include "app/priv.h"

enum { BUCKETS = 1024, GZIP_FROM_BYTES = 1024 };

/* An entry is one block of its own arena, so that giving it back is one step. */
struct entry {
    struct arena arena;
    struct entry *chain;         /* of the bucket */
    struct entry *newer, *older; /* by last use */
    uint64_t hash;
    struct str key;
    size_t cost; /* bytes counted against the cap, guarded by the cache's lock */
    _Atomic int refs;
    bool in_table;
    struct cache_answer answer;
    struct cached plain;
    struct packed *_Atomic packed;
};

/* The compressed form, made when first asked for. What stands before an inset and what behind it
 * are compressed apart, so that an inset is put between them as it is. */
struct packed {
    struct arena arena;
    struct cached cached;
    size_t cut;
    uint32_t crc_before, crc_behind;
};

struct cache {
    struct arena arena;
    pthread_mutex_t lock;
    struct entry *buckets[BUCKETS];
    struct entry *newest, *oldest;
    size_t bytes, cap;
    int64_t hits, misses;
};

static uint64_t mix(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * 0x9E3779B97F4A7C15u;
    return hash ^ hash >> 29;
}

static uint64_t hash_bytes(struct str s)
{
    uint64_t hash = mix(0x2545F4914F6CDD1Du, s.len), word;
    size_t i = 0;
    for (; i + 8 <= s.len; i += 8) {
        memcpy(&word, s.ptr + i, 8);
        hash = mix(hash, word);
    }
    word = 0;
    if (i < s.len)
        memcpy(&word, s.ptr + i, s.len - i);
    return mix(hash, word);
}

struct str etag_put(char to[ETAG_ROOM], struct str bytes, const char *suffix)
{
    int len =
        snprintf(to, ETAG_ROOM, "\"%016llx%s\"", (unsigned long long)hash_bytes(bytes), suffix);
    return (struct str){to, (size_t)len};
}

struct cache *cache_new(size_t cap_bytes)
{
    struct arena arena = arena_open(MIB(1));
    struct cache *cache = arena_new(&arena, struct cache, 1);
    cache->arena = arena;
    cache->cap = cap_bytes;
    pthread_mutex_init(&cache->lock, NULL);
    return cache;
}

static void drop_prepared(struct cached *cached)
{
    void (*free_prepared)(void *) = atomic_load(&cached->free_prepared);
    void *prepared = atomic_load(&cached->prepared);
    if (prepared && free_prepared)
        free_prepared(prepared);
}

void cache_release(struct entry *entry)
{
    if (!entry || atomic_fetch_sub(&entry->refs, 1) > 1)
        return;
    drop_prepared(&entry->plain);
    struct packed *packed = atomic_load(&entry->packed);
    if (packed) {
        drop_prepared(&packed->cached);
        struct arena arena = packed->arena;
        arena_close(&arena);
    }
    struct arena arena = entry->arena;
    arena_close(&arena);
}

static void unlink_use(struct cache *cache, struct entry *entry)
{
    *(entry->newer ? &entry->newer->older : &cache->newest) = entry->older;
    *(entry->older ? &entry->older->newer : &cache->oldest) = entry->newer;
    entry->newer = entry->older = NULL;
}

static void link_newest(struct cache *cache, struct entry *entry)
{
    entry->older = cache->newest;
    *(cache->newest ? &cache->newest->newer : &cache->oldest) = entry;
    cache->newest = entry;
}

/* Out of the table; what still holds it may go on reading. */
static void take_out(struct cache *cache, struct entry *entry)
{
    struct entry **at = &cache->buckets[entry->hash % BUCKETS];
    while (*at != entry)
        at = &(*at)->chain;
    *at = entry->chain;
    unlink_use(cache, entry);
    cache->bytes -= entry->cost;
    entry->in_table = false;
    cache_release(entry);
}

void cache_free(struct cache *cache)
{
    if (!cache)
        return;
    while (cache->newest)
        take_out(cache, cache->newest);
    pthread_mutex_destroy(&cache->lock);
    struct arena arena = cache->arena;
    arena_close(&arena);
}

void cache_clear(struct cache *cache)
{
    pthread_mutex_lock(&cache->lock);
    while (cache->newest)
        take_out(cache, cache->newest);
    pthread_mutex_unlock(&cache->lock);
}

static struct entry *find(struct cache *cache, uint64_t hash, struct str key)
{
    struct entry *entry = cache->buckets[hash % BUCKETS];
    while (entry && (entry->hash != hash || !str_eq(entry->key, key)))
        entry = entry->chain;
    if (!entry)
        return NULL;
    if (entry != cache->newest) {
        unlink_use(cache, entry);
        link_newest(cache, entry);
    }
    atomic_fetch_add(&entry->refs, 1);
    return entry;
}

struct entry *cache_get(struct cache *cache, struct str key)
{
    uint64_t hash = hash_bytes(key);
    pthread_mutex_lock(&cache->lock);
    struct entry *entry = find(cache, hash, key);
    *(entry ? &cache->hits : &cache->misses) += 1;
    pthread_mutex_unlock(&cache->lock);
    return entry;
}

/* With a NUL after it, as the peer's library wants its header values. */
static void copy_to(char **at, struct str s, struct str *ret)
{
    char *start = *at;
    if (s.len)
        memcpy(start, s.ptr, s.len);
    start[s.len] = '\0';
    *ret = (struct str){start, s.len};
    *at += s.len + 1;
}

/* `inset` goes into the bytes where the answer says. */
static struct entry *entry_new(struct str key, const struct cache_answer *answer, struct str inset)
{
    size_t bytes = key.len + answer->bytes.len + inset.len + answer->disposition.len + 3;
    struct arena arena = arena_open(sizeof(struct entry) + bytes + KIB(1));
    struct entry *entry = arena_alloc(&arena, sizeof *entry + bytes);
    char *at = (char *)(entry + 1);
    entry->hash = hash_bytes(key);
    entry->answer = *answer;
    copy_to(&at, key, &entry->key);
    copy_to(&at, answer->disposition, &entry->answer.disposition);
    size_t before = inset.len ? answer->inset_at : 0;
    entry->answer.bytes = (struct str){at, answer->bytes.len + inset.len};
    at = mempcpy(at, answer->bytes.ptr, before);
    at = mempcpy(at, inset.len ? inset.ptr : "", inset.len);
    at = mempcpy(at, answer->bytes.ptr + before, answer->bytes.len - before);
    *at = '\0';
    entry->plain = (struct cached){.entry = entry, .bytes = entry->answer.bytes};
    entry->plain.etag = etag_put(entry->plain.etag_text, entry->answer.bytes, "");
    atomic_init(&entry->refs, 1);
    entry->arena = arena;
    entry->cost = bytes + sizeof *entry + KIB(1);
    return entry;
}

/* The one that is there already counts. */
static struct entry *put(struct cache *cache, struct entry *made)
{
    pthread_mutex_lock(&cache->lock);
    struct entry *there = find(cache, made->hash, made->key);
    if (!there) {
        made->chain = cache->buckets[made->hash % BUCKETS];
        cache->buckets[made->hash % BUCKETS] = made;
        made->in_table = true;
        link_newest(cache, made);
        cache->bytes += made->cost;
        atomic_fetch_add(&made->refs, 1);
        while (cache->bytes > cache->cap && cache->oldest != made)
            take_out(cache, cache->oldest);
    }
    pthread_mutex_unlock(&cache->lock);
    if (there)
        cache_release(made);
    return there ? there : made;
}

struct entry *cache_put(struct cache *cache, struct str key, const struct cache_answer *answer)
{
    if (answer->bytes.len > cache->cap / 8)
        return NULL;
    return put(cache, entry_new(key, answer, (struct str){0}));
}

/* --- compressed --- */

enum { TRAILER = 8, STORED_HEAD = 5, STORED_MAX = 65535 };

/* zlib's gzip form of `plain`, what stands before `at` by itself; empty when it does not get
 * smaller. */
static struct str compress_gzip(struct arena *arena, struct str plain, size_t at, size_t *ret_cut)
{
    z_stream stream = {0};
    enum { GZIP_WINDOW = 15 + 16, LEVEL = 6, MEMORY = 8 };
    if (deflateInit2(&stream, LEVEL, Z_DEFLATED, GZIP_WINDOW, MEMORY, Z_DEFAULT_STRATEGY) != Z_OK)
        return (struct str){0};
    char *to = arena_alloc(arena, plain.len);
    stream.next_in = (Bytef *)(uintptr_t)plain.ptr;
    stream.avail_in = (uInt)at;
    stream.next_out = (Bytef *)to;
    stream.avail_out = (uInt)plain.len;
    if (at)
        deflate(&stream, Z_FULL_FLUSH);
    *ret_cut = stream.total_out;
    stream.avail_in += (uInt)(plain.len - at);
    int ended = deflate(&stream, Z_FINISH);
    size_t len = stream.total_out;
    deflateEnd(&stream);
    return ended == Z_STREAM_END ? (struct str){to, len} : (struct str){0};
}

static struct packed *packed_open(struct entry *entry, size_t bytes)
{
    struct arena arena = arena_open(sizeof(struct packed) + bytes + KIB(1));
    struct packed *packed = arena_alloc(&arena, sizeof *packed + bytes + 1);
    packed->cached = (struct cached){.entry = entry, .gzip = true};
    packed->cached.bytes = (struct str){(char *)(packed + 1), bytes};
    packed->cached.etag = etag_put(packed->cached.etag_text, entry->plain.bytes, "-gzip");
    packed->arena = arena;
    return packed;
}

static uint32_t crc_of(struct str s)
{
    return (uint32_t)crc32(0, (const Bytef *)s.ptr, (uInt)s.len);
}

static struct packed *packed_new(struct entry *entry)
{
    struct str plain = entry->plain.bytes;
    size_t at = entry->answer.inset_at, cut = 0;
    at = at < plain.len ? at : 0;
    struct arena scratch = arena_open(plain.len + KIB(64));
    struct str gzip = compress_gzip(&scratch, plain, at, &cut);
    struct packed *packed = packed_open(entry, gzip.len);
    if (gzip.len)
        memcpy((char *)(packed + 1), gzip.ptr, gzip.len);
    packed->cut = cut;
    packed->crc_before = crc_of(str_head(plain, at));
    packed->crc_behind = crc_of(str_from_byte(plain, at));
    arena_close(&scratch);
    return packed;
}

static char *put_little(char *to, uint32_t value, int bytes)
{
    for (int i = 0; i < bytes; i++)
        *to++ = (char)(value >> 8 * i & 0xFF);
    return to;
}

/* `base` with an inset, uncompressed, between its two halves (RFC 1951 3.2.4, RFC 1952 2.3.1). */
static struct packed *packed_with(struct entry *made, const struct entry *base, struct str inset)
{
    const struct packed *from = atomic_load(&base->packed);
    if (!from || from->cut == 0 || from->cached.bytes.len == 0 || inset.len > STORED_MAX)
        return NULL;
    struct str gzip = from->cached.bytes;
    struct packed *packed = packed_open(made, gzip.len + STORED_HEAD + inset.len);
    size_t behind = base->plain.bytes.len - base->answer.inset_at;
    unsigned long crc = crc32_combine(from->crc_before, crc_of(inset), (z_off_t)inset.len);
    crc = crc32_combine(crc, from->crc_behind, (z_off_t)behind);
    char *at = mempcpy((char *)(packed + 1), gzip.ptr, from->cut);
    *at++ = 0;
    at = put_little(at, (uint32_t)inset.len, 2);
    at = put_little(at, ~(uint32_t)inset.len, 2);
    at = mempcpy(at, inset.ptr, inset.len);
    at = mempcpy(at, gzip.ptr + from->cut, gzip.len - from->cut - TRAILER);
    at = put_little(at, (uint32_t)crc, 4);
    put_little(at, (uint32_t)made->plain.bytes.len, 4);
    return packed;
}

struct entry *cache_put_inset(struct cache *cache, struct str key, struct entry *base,
                              struct str inset, bool gzip)
{
    if (base->answer.inset_at == INSET_NONE || inset.len == 0) {
        atomic_fetch_add(&base->refs, 1);
        return base;
    }
    if (gzip)
        cache_variant(cache, base, true);
    struct entry *made = entry_new(key, &base->answer, inset);
    made->answer.inset_at = INSET_NONE;
    struct packed *packed = gzip ? packed_with(made, base, inset) : NULL;
    if (packed) {
        atomic_store(&made->packed, packed);
        made->cost += packed->cached.bytes.len;
    }
    return put(cache, made);
}

struct cached *cache_variant(struct cache *cache, struct entry *entry, bool gzip)
{
    if (!gzip || entry->plain.bytes.len < GZIP_FROM_BYTES)
        return &entry->plain;
    struct packed *packed = atomic_load(&entry->packed), *none = NULL;
    if (!packed) {
        packed = packed_new(entry);
        if (atomic_compare_exchange_strong(&entry->packed, &none, packed)) {
            pthread_mutex_lock(&cache->lock);
            entry->cost += packed->cached.bytes.len;
            cache->bytes += entry->in_table ? packed->cached.bytes.len : 0;
            pthread_mutex_unlock(&cache->lock);
        } else {
            struct arena arena = packed->arena;
            arena_close(&arena);
            packed = none;
        }
    }
    return packed->cached.bytes.len ? &packed->cached : &entry->plain;
}

const struct cache_answer *cache_answer_of(const struct entry *entry)
{
    return &entry->answer;
}

struct cache_figures cache_figures(struct cache *cache)
{
    pthread_mutex_lock(&cache->lock);
    struct cache_figures figures = {cache->bytes, cache->hits, cache->misses};
    pthread_mutex_unlock(&cache->lock);
    return figures;
}

void *cached_prepared(struct cached *cached)
{
    return atomic_load(&cached->prepared);
}

void *cached_prepare(struct cached *cached, void *prepared, void (*free_prepared)(void *))
{
    void *none = NULL;
    atomic_store(&cached->free_prepared, free_prepared);
    if (atomic_compare_exchange_strong(&cached->prepared, &none, prepared))
        return prepared;
    free_prepared(prepared);
    return none;
}
