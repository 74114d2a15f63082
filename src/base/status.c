#include "base/status.h"

#include <stdarg.h>

#include "base/arena.h"

static const struct {
    int http, exit;
    const char *text;
} rows[] = {
#define X(name, http, exit, text) [name] = {http, exit, text},
    STATUS_TABLE(X)
#undef X
};

enum status refuse(struct arena *arena, struct fault *fault, enum status status, const char *field,
                   const char *format, ...)
{
    if (!fault)
        return status;
    va_list args;
    va_start(args, format);
    *fault = (struct fault){.status = status,
                            .field = str_copy(arena, str_from(field ? field : "")),
                            .message = str_vfmt(arena, format, args)};
    va_end(args);
    return status;
}

int status_http(enum status status)
{
    return rows[status].http;
}

int status_exit(enum status status)
{
    return rows[status].exit;
}

const char *status_text(enum status status)
{
    return rows[status].text;
}
