/*
 * sm3 - the hash of the journal: SM3 (GB/T 32905-2016), 32 bytes, by OpenSSL.
 */
#ifndef PROOF_SM3_H
#define PROOF_SM3_H

#include "base/buf.h"
#include "base/str.h"

enum { SM3_BYTES = 32, SM3_HEX = 64 };

struct sm3 {
    unsigned char bytes[SM3_BYTES];
};

struct sm3 sm3_of(struct str bytes);

static inline struct str sm3_str(const struct sm3 *hash)
{
    return (struct str){(const char *)hash->bytes, SM3_BYTES};
}
static inline bool sm3_eq(const struct sm3 *a, const struct sm3 *b)
{
    return memcmp(a->bytes, b->bytes, SM3_BYTES) == 0;
}
/* All zero: what stands before the first entry, and for values that there are none of. */
bool sm3_is_zero(const struct sm3 *hash);
/* False when it is not 32 bytes; then all zero. */
bool sm3_take(struct str bytes, struct sm3 *ret_hash);

/* Lower-case hexadecimal. */
void hex_put(struct buf *to, struct str bytes);
/* Any even number of digits; false on anything else, or when `room` bytes are not enough. */
bool hex_read(struct str text, unsigned char *to, size_t room, size_t *ret_len);
bool sm3_read(struct str text, struct sm3 *ret_hash); /* exactly 64 digits */

#endif
