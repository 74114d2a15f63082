/*
 * decode - bytes of no known encoding; what is made of them must be UTF-8 and stay what it is when
 * made again.
 */
#include <assert.h>

#include "base/utf8.h"
#include "text/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    AUTOARENA arena = arena_open(MIB(64));
    struct str text, again;
    struct fault fault = {0};
    enum status status = text_decode(&arena, (struct str){(const char *)bytes, len}, &text, &fault);
    if (status != OK) {
        assert(status == INVALID && fault.message.len > 0 && utf8_is_valid(fault.message));
        return 0;
    }
    assert(utf8_is_valid(text));
    assert(text_decode(&arena, text, &again, NULL) == OK);
    return 0;
}
