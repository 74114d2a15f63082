/*
 * path - four lines: a path, an Accept, a Host, an If-None-Match. A path that is taken has clean
 * segments only; it is matched against a few routes.
 */
#include <stdint.h>
#include <stdlib.h>

#include "app/priv.h"
#include "base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static const struct route routes[] = {
    {.path = "/"},
    {.path = "/{body}"},
    {.path = "/{body}/unit"},
    {.path = "/{body}/unit/new"},
    {.path = "/{body}/unit/{id}"},
    {.path = "/{body}/unit/{id}/{action}"},
    {.path = "/{body}/{kind}/{id}/edit"},
    {.path = "/openapi.json"},
};

static void check_path(const struct path *path)
{
    if (path->n > PATH_SEGMENTS_MAX)
        abort();
    for (int i = 0; i < path->n; i++) {
        struct str segment = path->segments[i];
        if (segment.len == 0 || !utf8_is_valid(segment) || str_is(segment, "..") ||
            str_is(segment, "."))
            abort();
        for (size_t k = 0; k < segment.len; k++)
            if ((unsigned char)segment.ptr[k] < 0x20 || segment.ptr[k] == '/')
                abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    AUTOARENA arena = arena_open(MIB(64));
    struct router router = {0};
    struct path path;
    struct str rest = {(const char *)bytes, len};
    struct str raw = str_cut(&rest, STR("\n")), accept = str_cut(&rest, STR("\n")),
               host = str_cut(&rest, STR("\n"));
    for (int i = 0; i < (int)(sizeof routes / sizeof *routes); i++)
        if (!router_add(&router, &arena, &routes[i], i))
            abort();
    int form = accept_pick(accept, FORM_LIST);
    if (form & ~FORM_LIST || (form & (form - 1)))
        abort();
    (void)host_is_loopback(host);
    (void)etag_matches(rest, STR("\"a\""));
    if (path_parse(&arena, raw, &path, NULL) != OK)
        return 0;
    check_path(&path);
    struct match match = router_match(&router, &path);
    if (match.params_n > PATH_PARAMS_MAX ||
        (match.found && router.nodes[match.node].route[METHOD_GET] == 0))
        abort();
    return 0;
}
