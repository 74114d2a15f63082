/*
 * log - one line an event on standard error, name=value pairs (logfmt): time, level, request id,
 * then a message or fields. Only main, the router, the server and jobs log; library code returns a
 * status. No personal data, no record content, no values from paths or queries.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO };

/* Lines up to this level are written; LOG_WARN until it is set, which is done once, at the start.
 */
void log_set_level(enum log_level level);
bool log_wants(enum log_level level);

/* message="…", with quotes and controls in it replaced; `request` may be NULL. */
void log_line(enum log_level level, const char *request, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Fields as they are: event=request status=200 …; their values have no spaces. */
void log_fields(enum log_level level, const char *request, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
