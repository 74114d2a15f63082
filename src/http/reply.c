/* struct response into a response of libmicrohttpd. */
#include <stdio.h>

#include "http/priv.h"

enum { ANSWER_MS = 60000, ANSWER_BYTES_PER_MS = 16 };

static void add_head(struct MHD_Response *to, const char *name, struct str value)
{
    if (value.len)
        MHD_add_response_header(to, name, value.ptr);
}

void add_security_heads(struct MHD_Response *to, bool tls)
{
    for (int i = 0; response_security_heads[i][0]; i++)
        MHD_add_response_header(to, response_security_heads[i][0], response_security_heads[i][1]);
    if (tls)
        MHD_add_response_header(to, "Strict-Transport-Security", "max-age=31536000");
}

/* Uploaded bytes may be no page of ours: even opened in a window of its own, nothing in them runs.
 */
static void lock_up(struct MHD_Response *to)
{
    static const char policy[] = "Content-Security-Policy";
    const char *ours = MHD_get_response_header(to, policy);
    if (ours)
        MHD_del_response_header(to, policy, ours);
    MHD_add_response_header(to, policy, "sandbox; default-src 'none'");
}

/* Nothing of ours may stand in a cache that several people share. */
static const char *cache_control(const struct response *response)
{
    return response->no_store ? "no-store" : "private, no-cache";
}

static void add_heads(struct MHD_Response *to, const struct response *response, bool tls)
{
    add_security_heads(to, tls);
    if (response->untrusted)
        lock_up(to);
    if (response->content_type && response->status != 304)
        MHD_add_response_header(to, "Content-Type", response->content_type);
    MHD_add_response_header(to, "Cache-Control", cache_control(response));
    MHD_add_response_header(to, "Vary", "Accept, Accept-Encoding, HX-Request, HX-Request-Type");
    if (response->gzip)
        MHD_add_response_header(to, "Content-Encoding", "gzip");
    if (response->status == 503)
        MHD_add_response_header(to, "Retry-After", "5");
    if (response->status == 401)
        MHD_add_response_header(to, "WWW-Authenticate", "Bearer");
    add_head(to, "Set-Cookie", response->set_cookie);
    if (response->clears)
        MHD_add_response_header(to, "Clear-Site-Data", "\"cache\"");
    add_head(to, "Retry-After", response->retry_after);
    add_head(to, "Location", response->location);
    add_head(to, "ETag", response->etag);
    add_head(to, "Content-Disposition", response->disposition);
    add_head(to, "Allow", response->allow);
}

/* The bytes stay the response's own, which the peer keeps until they are sent. */
static struct MHD_Response *make(struct response *response, bool tls)
{
    struct MHD_Response *made;
    if (response->spooled) {
        made = MHD_create_response_from_fd64((uint64_t)response->spool_bytes, response->spool_fd);
        response->spooled = !made; /* closes the file itself */
    } else {
        made = MHD_create_response_from_buffer(
            response->body.len, (void *)(uintptr_t)response->body.ptr, MHD_RESPMEM_PERSISTENT);
    }
    if (made)
        add_heads(made, response, tls);
    return made;
}

static void destroy(void *prepared)
{
    MHD_destroy_response(prepared);
}

/* One response serves everybody who is sent this entry. */
static enum MHD_Result send_cached(struct peer *peer)
{
    struct response *response = &peer->response;
    struct MHD_Response *ready = cached_prepared(response->cached);
    if (!ready) {
        struct MHD_Response *made = make(response, peer->http->tls);
        if (!made)
            return MHD_NO;
        ready = cached_prepare(response->cached, made, destroy);
    }
    return MHD_queue_response(peer->connection, (unsigned)response->status, ready);
}

enum MHD_Result reply_send(struct peer *peer)
{
    struct response *response = &peer->response;
    int64_t bytes = response->spooled ? response->spool_bytes : (int64_t)response->body.len;
    atomic_store(&peer->deadline_ms, now_ms() + ANSWER_MS + bytes / ANSWER_BYTES_PER_MS);
    meter_answered(peer, response->status, response->route, bytes);
    if (response->cached)
        return send_cached(peer);
    struct MHD_Response *made = make(response, peer->http->tls);
    if (!made)
        return MHD_NO;
    if (atomic_load(&peer->http->stopping))
        MHD_add_response_header(made, "Connection", "close");
    enum MHD_Result result = MHD_queue_response(peer->connection, (unsigned)response->status, made);
    MHD_destroy_response(made);
    return result;
}

enum MHD_Result reply_too_often(struct peer *peer, int seconds)
{
    char after[16];
    snprintf(after, sizeof after, "%d", seconds);
    bool json = str_starts(peer->request.accept, STR("application/")) ||
                str_ends(peer->request.path, STR(".json"));
    struct str text =
        str_fmt(&peer->arena,
                json ? "{\"type\":\"about:blank\",\"title\":\"请求过于频繁\",\"status\":429,"
                       "\"detail\":\"从您的地址来的请求过于频繁，请在 %s 秒后再试。\"}\n"
                     : "从您的地址来的请求过于频繁，请在 %s 秒后再试。\n",
                after);
    peer->phase = PHASE_ANSWER;
    peer->response = (struct response){
        .status = MHD_HTTP_TOO_MANY_REQUESTS,
        .content_type = json ? "application/problem+json" : "text/plain; charset=utf-8",
        .body = text,
        .no_store = true,
        .retry_after = str_copy(&peer->arena, str_from(after)),
    };
    return reply_send(peer);
}
