/* What libmicrohttpd calls: a connection, a request line, heads, body, the end. */
#include <linux/tcp.h>
#include <sys/socket.h>

#include "http/priv.h"

enum {
    BODY_BYTES_PER_MS = 64,       /* what a slow line still has to carry */
    BODIES_BYTES_MAX = 256 << 20, /* of all requests together */
};

static enum status refuse_request(struct peer *peer, struct fault *fault, enum status status,
                                  int code, const char *sentence)
{
    refuse(&peer->arena, fault, status, NULL, "%s", sentence);
    fault->http = code;
    return status;
}

static enum MHD_Result answer_refused(struct peer *peer, const struct fault *fault)
{
    app_refuse(peer->http->app, &peer->request, fault, &peer->response);
    peer->phase = PHASE_ANSWER;
    return reply_send(peer);
}

static enum status too_long(struct peer *peer, struct fault *fault)
{
    bool upload = peer->body_limit == BODY_UPLOAD_MAX;
    return refuse_request(peer, fault, INVALID, 413,
                          upload ? "文件超过 16 MB，请压缩或拆分后再上传。"
                                 : "提交的内容超过 1 MB，请减少内容后再提交。");
}

/* Whether the body may come: its length is allowed and there is room for it. */
static enum status admit_body(struct peer *peer, int64_t length, struct fault *fault)
{
    struct http *http = peer->http;
    if (length > (int64_t)peer->body_limit)
        return too_long(peer, fault);
    if (length == 0)
        return OK;
    peer->body_held = length > 0 ? length : (int64_t)peer->body_limit;
    int64_t held = atomic_fetch_add(&http->body_bytes, peer->body_held);
    if (held + peer->body_held > BODIES_BYTES_MAX)
        return refuse_request(peer, fault, BUSY, 503, "同时上传的人过多，请稍候片刻再提交。");
    return OK;
}

/* There is no room left to make an answer in: this one is sent past libmicrohttpd, and the
 * connection closed. */
static void refuse_heads(struct peer *peer)
{
    static const char sentence[] = "请求的地址或请求头过长，请缩短地址、减少查询条件后再试。\n";
    bool uri = peer->uri.len > peer->heads_bytes;
    if (!peer->began_us)
        peer->began_us = now_us();
    struct str answer =
        str_fmt(&peer->arena,
                "HTTP/1.1 %s\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: %zu\r\n"
                "Content-Security-Policy: default-src 'none'\r\nX-Content-Type-Options: nosniff\r\n"
                "X-Frame-Options: DENY\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n%s",
                uri ? "414 URI Too Long" : "431 Request Header Fields Too Large",
                sizeof sentence - 1, sentence);
    const union MHD_ConnectionInfo *info =
        peer->http->tls
            ? MHD_get_connection_info(peer->connection, MHD_CONNECTION_INFO_GNUTLS_SESSION)
            : NULL;
    if (info)
        (void)!gnutls_record_send(info->tls_session, answer.ptr, answer.len);
    else
        (void)!send(peer->fd, answer.ptr, answer.len, MSG_NOSIGNAL | MSG_DONTWAIT);
    meter_answered(peer, uri ? 414 : 431, NULL, sizeof sentence - 1);
    shutdown(peer->fd, SHUT_WR);
    peer->unread = peer->heads_refused = true;
}

/* Seconds until this address may ask again; 0 = now. */
static int wait_of(struct peer *peer, enum limit limit)
{
    const struct request *request = &peer->request;
    bool own_machine = request->peer_loopback && !request->forwarded;
    bool is_file = limit == LIMIT_PAGES && str_starts(request->path, STR("/static/"));
    if (own_machine || is_file)
        return 0;
    return limits_take(peer->http->limits, limit, request->address, now_ms());
}

/* Whether a body may come, and how long; else the answer is under way. */
static bool admit(struct peer *peer, enum MHD_Result *ret_result)
{
    struct admission admission;
    if (!app_admit(peer->http->app, &peer->request, &admission, &peer->response)) {
        peer->phase = PHASE_ANSWER;
        *ret_result = reply_send(peer);
        return false;
    }
    peer->body_limit = admission.body_limit;
    int seconds = admission.is_open ? wait_of(peer, LIMIT_SIGN_IN) : 0;
    if (seconds)
        *ret_result = reply_too_often(peer, seconds);
    return seconds == 0;
}

/* The heads are there. Refusals that need no body are answered now: the server then reads none. */
static enum MHD_Result begin(struct peer *peer, const char *method, const char *version)
{
    struct http *http = peer->http;
    struct fault fault = {0};
    peer->active = true;
    peer->began_us = now_us();
    atomic_fetch_add(&http->active, 1);
    enum status status = request_read(peer, method, version, &fault);
    peer->phase = PHASE_BODY;
    if (!peer->heads_refused && peer->uri.len + peer->heads_bytes > HEADS_BYTES_MAX)
        refuse_heads(peer);
    if (peer->heads_refused)
        return MHD_NO;
    int64_t length = status == OK ? request_length(peer) : 0;
    peer->unread = length != 0;
    if (status == OK && atomic_load(&http->stopping))
        status = refuse_request(peer, &fault, BUSY, 503, "系统正在停止服务，请稍后再试。");
    if (status != OK)
        return answer_refused(peer, &fault);
    if (peer->request.method == METHOD_GET && length == 0)
        return MHD_YES;
    int seconds = wait_of(peer, LIMIT_WRITES);
    if (seconds)
        return reply_too_often(peer, seconds);
    enum MHD_Result result;
    if (!admit(peer, &result))
        return result;
    if (admit_body(peer, length, &fault) != OK)
        return answer_refused(peer, &fault);
    peer->unread = false;
    peer->body = buf_open(peer->body_limit);
    int64_t slow_ms = (length > 0 ? length : (int64_t)peer->body_limit) / BODY_BYTES_PER_MS;
    atomic_store(&peer->deadline_ms, now_ms() + http->options.body_ms + slow_ms);
    return MHD_YES;
}

/* A body without a length shows only here that it is too long; it is read on and dropped, up to
 * twice the limit, so that the refusal can still be answered. */
static enum MHD_Result take_body(struct peer *peer, const char *bytes, size_t *size)
{
    if (!peer->body_too_long) {
        buf_put(&peer->body, (struct str){bytes, *size});
        if (peer->body.full) {
            peer->body_too_long = true;
            buf_close(&peer->body);
        }
    }
    if (peer->body_too_long) {
        if (peer->body_held > 2 * (int64_t)peer->body_limit + 4096)
            return MHD_NO;
        peer->body_held += (int64_t)*size;
        atomic_fetch_add(&peer->http->body_bytes, (int64_t)*size);
    }
    *size = 0;
    return MHD_YES;
}

static enum MHD_Result dispatch(struct peer *peer)
{
    struct http *http = peer->http;
    struct fault fault = {0};
    enum MHD_Result result;
    if (peer->body_too_long) {
        too_long(peer, &fault);
        return answer_refused(peer, &fault);
    }
    bool get = peer->request.method == METHOD_GET;
    int seconds = get ? wait_of(peer, LIMIT_PAGES) : 0;
    if (seconds)
        return reply_too_often(peer, seconds);
    if (get && str_starts(peer->request.path, STR("/static/")) &&
        files_send(http->files, peer, &result)) {
        peer->phase = PHASE_ANSWER;
        return result;
    }
    if (get && app_handle_quick(http->app, &peer->request, &peer->response)) {
        peer->phase = PHASE_ANSWER;
        return reply_send(peer);
    }
    response_release(&peer->response);
    if (pool_push(get ? &http->readers : &http->writers, peer))
        return MHD_YES;
    refuse_request(peer, &fault, BUSY, 503, "办理的人过多，请稍候片刻再试。");
    return answer_refused(peer, &fault);
}

enum MHD_Result on_request(void *context, struct MHD_Connection *connection, const char *url,
                           const char *method, const char *version, const char *body,
                           size_t *body_size, void **request_context)
{
    (void)context;
    (void)connection;
    (void)url;
    struct peer *peer = *request_context;
    if (!peer)
        return MHD_NO;
    switch (peer->phase) {
    case PHASE_NEW:
        return begin(peer, method, version);
    case PHASE_BODY:
        return *body_size ? take_body(peer, body, body_size) : dispatch(peer);
    case PHASE_ANSWER:
        return reply_send(peer);
    case PHASE_WORKING:
        break;
    }
    return MHD_NO;
}

/* libmicrohttpd would keep each parameter in the connection's memory, and never answer when that is
 * full: what stands between them is taken out of its copy. The text is its own buffer. */
static void hide_params(const char *uri)
{
    char *at = (char *)(uintptr_t)uri;
    while ((at = strchr(at, '&')) != NULL)
        *at = '=';
}

/* The request line as it was sent; libmicrohttpd's own reading of it is not used. */
void *on_uri(void *context, const char *uri, struct MHD_Connection *connection)
{
    (void)context;
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    struct peer *peer = info ? info->socket_context : NULL;
    if (!peer)
        return NULL;
    struct str sent = str_from(uri);
    if (sent.len < URI_ROOM) {
        memcpy(peer->uri_room, sent.ptr, sent.len);
        peer->uri = (struct str){peer->uri_room, sent.len};
    } else {
        peer->uri = str_copy(&peer->arena, sent);
    }
    hide_params(uri);
    if (sent.len > HEADS_BYTES_MAX)
        refuse_heads(peer);
    return peer;
}

size_t keep_escapes(void *context, struct MHD_Connection *connection, char *text)
{
    (void)context;
    (void)connection;
    return strlen(text);
}

/* Nothing was sent on it and the client still listens. */
static bool is_unanswered(const struct peer *peer)
{
    struct tcp_info info = {0};
    socklen_t len = sizeof info;
    char byte;
    return getsockopt(peer->fd, IPPROTO_TCP, TCP_INFO, &info, &len) == 0 &&
           info.tcpi_data_segs_out == 0 && recv(peer->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) != 0;
}

/* libmicrohttpd gives up without a word on heads that leave it no room for its own refusal. */
static void refuse_unanswered(struct peer *peer)
{
    bool gave_up = peer->uri.len > 0 && peer->phase == PHASE_NEW && !peer->heads_refused;
    if (!gave_up || peer->http->tls || !is_unanswered(peer))
        return;
    peer->heads_bytes = HEADS_BYTES_MAX;
    refuse_heads(peer);
}

void on_completed(void *context, struct MHD_Connection *connection, void **request_context,
                  enum MHD_RequestTerminationCode code)
{
    (void)context;
    (void)connection;
    (void)code;
    struct peer *peer = *request_context;
    if (!peer)
        return;
    refuse_unanswered(peer);
    peer_reset(peer);
}

void on_connection(void *context, struct MHD_Connection *connection, void **socket_context,
                   enum MHD_ConnectionNotificationCode code)
{
    if (code == MHD_CONNECTION_NOTIFY_STARTED)
        *socket_context = peer_open(context, connection);
    else if (*socket_context)
        peer_close(*socket_context);
}
