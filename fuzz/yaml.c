/*
 * Scheme files: whatever the bytes, reading ends in a scheme or in sentences; a scheme that was
 * read is written and read back the same.
 */
#include <assert.h>

#include "engine/scheme/fields.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_back(struct arena *arena, const struct scheme *scheme)
{
    AUTOBUF yaml = buf_open(MIB(16)), json = buf_open(MIB(16));
    struct scheme back;
    struct scheme_errors errors = {0};
    scheme_put_yaml(&yaml, scheme);
    scheme_put_json(&json, scheme);
    enum status status = scheme_parse_yaml(arena, buf_str(&yaml), &back, &errors);
    assert(status == OK);
    assert(record_is_equal(&scheme_file_record, scheme, &back));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTOARENA arena = arena_open(MIB(256));
    struct scheme scheme;
    struct scheme_errors errors = {0};
    struct str text = {(const char *)data, size};
    if (scheme_parse_yaml(&arena, text, &scheme, &errors) == OK)
        read_back(&arena, &scheme);
    else
        assert(errors.n > 0 && errors.items[0].line > 0 && errors.items[0].message.len > 0);
    return 0;
}
