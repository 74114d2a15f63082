/*
 * form - a body behind one line that is its Content-Type. Texts that are taken are clean, files lie
 * within the bytes that came, numbers within their limits.
 */
#include <stdint.h>
#include <stdlib.h>

#include "app/priv.h"
#include "base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void check_text(struct str text)
{
    if (!utf8_is_valid(text))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    AUTOARENA arena = arena_open(MIB(256));
    struct fault fault = {0};
    struct str body = {(const char *)bytes, len};
    struct request request = {.content_type = str_cut(&body, STR("\n"))};
    if (app_parse_body(&arena, body, &request, &fault) != OK) {
        if (fault.http < 400 || fault.http > 415 || fault.message.len == 0)
            abort();
        return 0;
    }
    if (request.form_n > FORM_PARAMS_MAX || request.uploads_n > PARTS_MAX)
        abort();
    for (int i = 0; i < request.form_n; i++) {
        check_text(request.form[i].name);
        check_text(request.form[i].value);
    }
    for (int i = 0; i < request.uploads_n; i++) {
        const struct upload *upload = &request.uploads[i];
        check_text(upload->field);
        check_text(upload->filename);
        if (upload->bytes.ptr < body.ptr ||
            upload->bytes.ptr + upload->bytes.len > body.ptr + body.len)
            abort();
    }
    return 0;
}
