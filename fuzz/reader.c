/*
 * reader - any text becomes a scheme draft or is refused; what comes out is well-formed.
 */
#include <assert.h>

#include "base/utf8.h"
#include "engine/reader/reader.h"

static void check_parties(const struct scheme_link *link)
{
    assert(link->from.name.len > 0 && utf8_is_valid(link->from.name));
    for (int i = 0; i < link->to_n; i++) {
        assert(link->to[i].name.len > 0 && utf8_is_valid(link->to[i].name));
        for (int k = 0; k < link->to[i].parts.n; k++)
            assert(utf8_is_valid(link->to[i].parts.items[k]));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    AUTOARENA arena = arena_open(MIB(512));
    struct str text = {(const char *)bytes, len};
    if (!utf8_is_valid(text)) /* other bytes never come here: text_decode stands before */
        return 0;
    struct source source = {0};
    struct scheme scheme;
    struct fault fault = {0};
    source_from_text(&arena, text, &source);
    if (reader_analyse(&arena, &source, &scheme, &fault) != OK) {
        assert(fault.message.len > 0);
        return 0;
    }
    for (int i = 0; i < scheme.links_n; i++)
        check_parties(&scheme.links[i]);
    for (int i = 0; i < scheme.duties_n; i++) {
        const struct scheme_duty *duty = &scheme.duties[i];
        assert(duty->min < 0 || duty->max < 0 || duty->min <= duty->max);
    }
    AUTOBUF out = buf_open(MIB(256));
    scheme_put_json(&out, &scheme);
    assert(out.full || utf8_is_valid(buf_str(&out)));
    return 0;
}
