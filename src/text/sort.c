#include <assert.h>
#include <pthread.h>
#include <unicode/ucol.h>
#include <unicode/ustring.h>

#include "text/text.h"

/*
 * Opening a collator takes ICU 5 ms, so the one that is ever needed is opened at first use and
 * kept; making keys does not change it, so all threads share it.
 */
static UCollator *pinyin_order;

static void open_pinyin_order(void)
{
    UErrorCode error = U_ZERO_ERROR;
    pinyin_order = ucol_open("zh-u-co-pinyin-kn-true", &error);
    assert(U_SUCCESS(error));
}

struct str text_sort_key(struct arena *arena, struct str s)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, open_pinyin_order);
    UErrorCode error = U_ZERO_ERROR;
    int32_t room = (int32_t)s.len + 1, len = 0;
    UChar *text = arena_new(arena, UChar, room);
    u_strFromUTF8WithSub(text, room, &len, s.ptr, (int32_t)s.len, 0xFFFD, NULL, &error);
    int32_t key_room = len * 8 + 64;
    uint8_t *key = arena_new(arena, uint8_t, key_room);
    int32_t key_len = ucol_getSortKey(pinyin_order, text, len, key, key_room);
    if (key_len > key_room) {
        key = arena_new(arena, uint8_t, key_len);
        key_len = ucol_getSortKey(pinyin_order, text, len, key, key_len);
    }
    if (key_len > 0)
        key_len--; /* its closing NUL */
    static const char hex[] = "0123456789abcdef";
    char *written = arena_new(arena, char, (size_t)key_len * 2 + 1);
    for (int32_t i = 0; i < key_len; i++) {
        written[i * 2] = hex[key[i] >> 4];
        written[i * 2 + 1] = hex[key[i] & 15];
    }
    return (struct str){written, (size_t)key_len * 2};
}
