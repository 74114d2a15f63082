#include "proof/sm3.h"

#include <assert.h>
#include <openssl/evp.h>

struct sm3 sm3_of(struct str bytes)
{
    struct sm3 hash;
    unsigned int len = 0;
    int done = EVP_Digest(bytes.len ? bytes.ptr : "", bytes.len, hash.bytes, &len, EVP_sm3(), NULL);
    assert(done == 1 && len == SM3_BYTES);
    return hash;
}

bool sm3_is_zero(const struct sm3 *hash)
{
    static const struct sm3 zero;
    return sm3_eq(hash, &zero);
}

bool sm3_take(struct str bytes, struct sm3 *ret_hash)
{
    *ret_hash = (struct sm3){0};
    if (bytes.len == SM3_BYTES)
        memcpy(ret_hash->bytes, bytes.ptr, SM3_BYTES);
    return bytes.len == SM3_BYTES;
}

void hex_put(struct buf *to, struct str bytes)
{
    for (size_t i = 0; i < bytes.len; i++)
        buf_fmt(to, "%02x", (unsigned char)bytes.ptr[i]);
}

static int digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool hex_read(struct str text, unsigned char *to, size_t room, size_t *ret_len)
{
    if (text.len % 2 != 0 || text.len / 2 > room)
        return false;
    for (size_t i = 0; i < text.len; i += 2) {
        int high = digit(text.ptr[i]), low = digit(text.ptr[i + 1]);
        if (high < 0 || low < 0)
            return false;
        to[i / 2] = (unsigned char)(high << 4 | low);
    }
    *ret_len = text.len / 2;
    return true;
}

bool sm3_read(struct str text, struct sm3 *ret_hash)
{
    size_t len;
    return text.len == SM3_HEX && hex_read(text, ret_hash->bytes, SM3_BYTES, &len);
}
