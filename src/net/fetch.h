/*
 * fetch - ask a server of somebody else's: one request over HTTP, one answer in memory.
 *
 * For what other systems give or take: the city's sign-on, an SMS gateway. No redirect is followed,
 * no proxy of the environment is used, certificates are checked, an answer ends at 256 KB and after
 * 10 seconds. Called on a worker or the outbox's thread, never inside a write.
 *
 * Sources: RFC 9110.
 */
#ifndef NET_FETCH_H
#define NET_FETCH_H

#include "base/arena.h"
#include "base/status.h"

struct fetch {
    struct str url;
    bool post;
    struct str body, type;     /* of a POST */
    struct str head;           /* one more, "Name: value"; empty = none */
    struct str name, password; /* Authorization: Basic; empty = none */
};

/* OK whatever the code is; BUSY: there was no whole answer. No sentence: the caller knows whom it
 * asked and why. */
CHECKED enum status net_fetch(struct arena *arena, const struct fetch *fetch, int *ret_code,
                              struct str *ret_body);

/* https, or plain HTTP on this machine alone: what secrets may be sent to. */
bool net_is_safe(struct str url);

#endif
