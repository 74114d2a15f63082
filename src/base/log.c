#include "base/log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>

static _Atomic int highest = LOG_WARN;

void log_set_level(enum log_level level)
{
    atomic_store(&highest, (int)level);
}

bool log_wants(enum log_level level)
{
    return (int)level <= atomic_load(&highest);
}

/* In one piece, so that lines of several threads do not mix. */
static void put(enum log_level level, const char *request, const char *before, const char *text,
                const char *after)
{
    static const char *const names[] = {"error", "warn", "info"};
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    struct tm utc;
    gmtime_r(&now.tv_sec, &utc);
    fprintf(stderr, "time=%04d-%02d-%02dT%02d:%02d:%02d.%03ldZ level=%s request=%s %s%s%s\n",
            utc.tm_year + 1900, utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec,
            now.tv_nsec / 1000000, names[level], request ? request : "-", before, text, after);
}

void log_line(enum log_level level, const char *request, const char *format, ...)
{
    if (!log_wants(level))
        return;
    char message[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    for (char *at = message; *at; at++)
        if ((unsigned char)*at < 0x20 || *at == '"' || *at == '\\')
            *at = '\'';
    put(level, request, "message=\"", message, "\"");
}

void log_fields(enum log_level level, const char *request, const char *format, ...)
{
    if (!log_wants(level))
        return;
    char fields[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(fields, sizeof fields, format, args);
    va_end(args);
    put(level, request, "", fields, "");
}
