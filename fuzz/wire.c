/*
 * wire - what a reading child that somebody has taken over might send to its parent.
 */
#include <assert.h>

#include "engine/reader/wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    AUTOARENA arena = arena_open(MIB(64));
    AUTOBUF buf = buf_open(MIB(64));
    struct wire_result result;
    if (!wire_get(&arena, (struct str){(const char *)bytes, len}, &result))
        return 0;
    /* Over a refused result nothing but its sentence is given on. */
    if (result.status == OK)
        scheme_put_json(&buf, &result.scheme);
    buf_clear(&buf);
    wire_put(&buf, &result);
    assert(wire_get(&arena, buf_str(&buf), &result));
    return 0;
}
