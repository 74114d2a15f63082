#include "engine/scheme/scheme.h"

void scheme_warn(struct arena *arena, struct scheme *scheme, int line, const char *code,
                 struct str subject, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    struct str message = str_vfmt(arena, format, args);
    va_end(args);
    *arena_push(arena, scheme->warnings, scheme->warnings_n, scheme->warnings_room) =
        (struct scheme_warning){.line = line, .code = code, .subject = subject, .message = message};
}
