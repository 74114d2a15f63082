#include "base/id.h"

#include <sys/random.h>

#include "base/arena.h"

static const int64_t EPOCH_MS = 1577836800000; /* 2020-01-01T00:00:00Z */

int id_node(void)
{
    uint16_t node;
    if (getrandom(&node, sizeof node, 0) != sizeof node)
        node = (uint16_t)(clock_now(&(struct clock){0}).us >> 4);
    return node % ID_NODES;
}

/* `last` holds milliseconds << 12 | sequence: adding one to it is the next id even when the
 * sequence overflows, which borrows from the next millisecond. */
int64_t id_next(struct id_maker *maker)
{
    int64_t now = (clock_now(maker->clock).us / 1000 - EPOCH_MS) << 12;
    int64_t last = __atomic_load_n(&maker->last, __ATOMIC_RELAXED), next;
    do {
        next = now > last ? now : last + 1;
    } while (!__atomic_compare_exchange_n(&maker->last, &last, next, true, __ATOMIC_RELAXED,
                                          __ATOMIC_RELAXED));
    return (next >> 12) << 22 | (int64_t)maker->node << 12 | (next & 0xFFF);
}

static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

void id_format_to(int64_t id, char to[ID_TEXT_LEN])
{
    uint64_t bits = (uint64_t)id;
    for (int i = ID_TEXT_LEN - 1; i >= 0; i--, bits >>= 5)
        to[i] = alphabet[bits & 31];
}

struct str id_format(struct arena *arena, int64_t id)
{
    char *text = arena_alloc(arena, ID_TEXT_LEN + 1);
    id_format_to(id, text);
    return (struct str){text, ID_TEXT_LEN};
}

static int digit_of(char c)
{
    if (c >= 'a' && c <= 'z')
        c = (char)(c - 'a' + 'A');
    if (c == 'I' || c == 'L')
        return 1;
    if (c == 'O')
        return 0;
    const char *at = c ? strchr(alphabet, c) : NULL;
    return at ? (int)(at - alphabet) : -1;
}

bool id_parse(struct str text, int64_t *ret_id)
{
    if (text.len != ID_TEXT_LEN)
        return false;
    uint64_t bits = 0;
    for (size_t i = 0; i < text.len; i++) {
        int digit = digit_of(text.ptr[i]);
        if (digit < 0 || (i == 0 && digit > 7)) /* 13 * 5 = 65 bits; the top must stay clear */
            return false;
        bits = bits << 5 | (uint64_t)digit;
    }
    *ret_id = (int64_t)bits;
    return true;
}

struct instant id_instant(int64_t id)
{
    return (struct instant){((id >> 22) + EPOCH_MS) * 1000};
}
