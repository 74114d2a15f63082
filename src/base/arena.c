#include "base/arena.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The first chunk is small because most calls are; later ones double up to 1 MiB. */
enum { FIRST_CHUNK = 16 << 10, LARGEST_CHUNK = 1 << 20, ALIGNMENT = 16 };

struct arena_chunk {
    struct arena_chunk *older;
    size_t room, used;
    _Alignas(ALIGNMENT) char bytes[];
};

struct arena arena_open(size_t cap_bytes)
{
    return (struct arena){.cap_bytes = cap_bytes};
}

static void drop_until(struct arena *arena, const struct arena_chunk *keep)
{
    while (arena->chunk != keep) {
        struct arena_chunk *older = arena->chunk->older;
        free(arena->chunk);
        arena->chunk = older;
    }
}

void arena_close(struct arena *arena)
{
    drop_until(arena, NULL);
    arena->used_bytes = 0;
}

void arena_reset(struct arena *arena)
{
    struct arena_chunk *first = arena->chunk;
    while (first && first->older)
        first = first->older;
    drop_until(arena, first);
    if (first)
        first->used = 0;
    arena->used_bytes = 0;
}

static void add_chunk(struct arena *arena, size_t bytes)
{
    size_t room = arena->chunk ? arena->chunk->room * 2 : FIRST_CHUNK;
    if (room > LARGEST_CHUNK)
        room = LARGEST_CHUNK;
    if (room < bytes)
        room = bytes;
    struct arena_chunk *chunk = malloc(sizeof *chunk + room);
    if (!chunk) {
        fputs("duikou: out of memory\n", stderr);
        abort();
    }
    chunk->older = arena->chunk;
    chunk->room = room;
    chunk->used = 0;
    arena->chunk = chunk;
}

void *arena_alloc(struct arena *arena, size_t bytes)
{
    if (bytes > SIZE_MAX - ALIGNMENT || arena->used_bytes + bytes > arena->cap_bytes) {
        fprintf(stderr, "duikou: an arena of %zu bytes is full\n", arena->cap_bytes);
        abort();
    }
    bytes = (bytes + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
    if (!arena->chunk || arena->chunk->room - arena->chunk->used < bytes)
        add_chunk(arena, bytes);
    char *start = arena->chunk->bytes + arena->chunk->used;
    arena->chunk->used += bytes;
    arena->used_bytes += bytes;
    memset(start, 0, bytes);
    return start;
}

void *arena_alloc_array(struct arena *arena, size_t size, size_t n)
{
    size_t bytes;
    if (__builtin_mul_overflow(size, n, &bytes))
        bytes = SIZE_MAX;
    return arena_alloc(arena, bytes);
}

struct arena_mark arena_mark(const struct arena *arena)
{
    return (struct arena_mark){.chunk = arena->chunk,
                               .chunk_used = arena->chunk ? arena->chunk->used : 0,
                               .used_bytes = arena->used_bytes};
}

void arena_rewind(struct arena *arena, struct arena_mark mark)
{
    drop_until(arena, mark.chunk);
    if (arena->chunk)
        arena->chunk->used = mark.chunk_used;
    arena->used_bytes = mark.used_bytes;
}

void *arena_grow(struct arena *arena, void *items, int n, int *room, size_t size)
{
    if (n < *room)
        return items;
    int larger = *room ? *room * 2 : 8;
    void *copy = arena_alloc_array(arena, size, (size_t)larger);
    if (n > 0)
        memcpy(copy, items, (size_t)n * size);
    *room = larger;
    return copy;
}
