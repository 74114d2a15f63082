/*
 * log - one line an event on standard error: time, level, request id, message. Only main, the
 * router and jobs log; library code returns a status. No personal data, no record content.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO };

void log_line(enum log_level level, const char *request, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
