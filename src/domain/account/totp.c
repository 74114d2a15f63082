#include <liboath/oath.h>
#include <qrencode.h>
#include <sodium.h>

#include "domain/account/priv.h"

/* RFC 6238: 30 seconds, six digits, SHA-1, as every authenticator app has it. */
enum { STEP_S = 30, DIGITS = 6, SECRET_BYTES = 20 };

int64_t totp_step_of(struct str secret, struct str code, struct instant now, int64_t last_step)
{
    int64_t step_now = now.us / 1000000 / STEP_S;
    if (code.len != DIGITS)
        return -1;
    for (int64_t step = step_now - 1; step <= step_now + 1; step++) {
        char wanted[DIGITS + 1];
        if (step <= last_step ||
            oath_hotp_generate(secret.ptr, secret.len, (uint64_t)step, DIGITS, false,
                               OATH_HOTP_DYNAMIC_TRUNCATION, wanted) != OATH_OK)
            continue;
        if (sodium_memcmp(wanted, code.ptr, DIGITS) == 0)
            return step;
    }
    return -1;
}

static const char base32_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

struct str totp_secret(struct arena *arena)
{
    unsigned char bytes[SECRET_BYTES];
    randombytes_buf(bytes, sizeof bytes);
    char *text = arena_alloc(arena, SECRET_BYTES * 8 / 5 + 1);
    size_t n = 0;
    unsigned held = 0, bits = 0;
    for (int i = 0; i < SECRET_BYTES; i++) {
        held = held << 8 | bytes[i];
        for (bits += 8; bits >= 5; bits -= 5)
            text[n++] = base32_digits[held >> (bits - 5) & 31];
        held &= (1u << bits) - 1;
    }
    return (struct str){text, n};
}

struct str totp_secret_bytes(struct arena *arena, struct str base32)
{
    unsigned char *bytes = arena_alloc(arena, base32.len);
    size_t n = 0;
    unsigned held = 0, bits = 0;
    for (size_t i = 0; i < base32.len; i++) {
        const char *digit = base32.ptr[i] ? strchr(base32_digits, base32.ptr[i]) : NULL;
        if (!digit)
            return (struct str){0};
        held = held << 5 | (unsigned)(digit - base32_digits);
        bits += 5;
        if (bits >= 8) {
            bits -= 8;
            bytes[n++] = (unsigned char)(held >> bits);
            held &= (1u << bits) - 1;
        }
    }
    return n == SECRET_BYTES ? (struct str){(const char *)bytes, n} : (struct str){0};
}

struct str qr_path(struct arena *arena, struct str text, struct str *ret_box)
{
    QRcode *code = QRcode_encodeString(str_c(arena, text), 0, QR_ECLEVEL_M, QR_MODE_8, 1);
    if (!code)
        return (struct str){0};
    int width = code->width + 8;
    AUTOBUF path = buf_open(KIB(512));
    for (int y = 0; y < code->width; y++)
        for (int x = 0; x < code->width; x++)
            if (code->data[y * code->width + x] & 1)
                buf_fmt(&path, "M%d %dh1v1h-1z", x + 4, y + 4);
    QRcode_free(code);
    *ret_box = str_fmt(arena, "0 0 %d %d", width, width);
    return str_copy(arena, buf_str(&path));
}
