/*
 * arena - memory with one lifetime: taken piece by piece, given back all at once.
 *
 * A call, a command or a document has one arena; what is allocated from it lives until the arena
 * is closed or rewound. Nothing is freed one by one. Memory is zeroed. An arena has a cap; going
 * over it aborts, so limits on input are checked at the edge, before they can reach the cap.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>
#include <stdint.h>

struct arena_chunk;

struct arena {
    struct arena_chunk *chunk; /* the newest; older ones hang behind it */
    size_t used_bytes;         /* of all chunks, what was handed out */
    size_t cap_bytes;
};

struct arena_mark {
    struct arena_chunk *chunk;
    size_t chunk_used, used_bytes;
};

/* Nothing is allocated until first use. */
struct arena arena_open(size_t cap_bytes);
void arena_close(struct arena *arena);

/* Give everything back but keep the first chunk for the next use. */
void arena_reset(struct arena *arena);

/* Zeroed, aligned for any type, never NULL; aborts over the cap. */
void *arena_alloc(struct arena *arena, size_t bytes);
#define arena_new(arena, type, n) ((type *)arena_alloc_array((arena), sizeof(type), (size_t)(n)))
void *arena_alloc_array(struct arena *arena, size_t size, size_t n);

/* What was allocated since the mark is given back by the rewind. */
struct arena_mark arena_mark(const struct arena *arena);
void arena_rewind(struct arena *arena, struct arena_mark mark);

/*
 * Room for one more element in an arena vector of `n` elements, doubling from 8. Use:
 *     struct list { struct item *items; int n, room; };
 *     *arena_push(arena, list.items, list.n, list.room) = (struct item){…};
 */
#define arena_push(arena, items, n, room)                                                          \
    ((items) = arena_grow((arena), (items), (n), &(room), sizeof *(items)), &(items)[(n)++])
void *arena_grow(struct arena *arena, void *items, int n, int *room, size_t size);

#define AUTOARENA __attribute__((cleanup(arena_close))) struct arena

#define KIB(n) ((size_t)(n) << 10)
#define MIB(n) ((size_t)(n) << 20)

#endif
