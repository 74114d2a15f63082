/* The heads of a request, as libmicrohttpd parsed them, into struct request. */
#include <stdio.h>
#include <strings.h>

#include "http/priv.h"

enum head {
    HEAD_ACCEPT,
    HEAD_ACCEPT_ENCODING,
    HEAD_AUTHORIZATION,
    HEAD_CONTENT_LENGTH,
    HEAD_CONTENT_TYPE,
    HEAD_COOKIE,
    HEAD_FETCH_SITE,
    HEAD_FORWARDED,
    HEAD_HOST,
    HEAD_HTMX,
    HEAD_HTMX_RESTORE,
    HEAD_HTMX_TYPE,
    HEAD_IDEMPOTENCY_KEY,
    HEAD_IF_NONE_MATCH,
    HEAD_ORIGIN,
    HEAD_REAL_IP,
    HEAD_TRANSFER_ENCODING,
    HEAD_USER_AGENT,
    HEAD_VIA,
    HEAD_X_FORWARDED_FOR,
    HEAD_X_FORWARDED_HOST,
    HEAD_X_FORWARDED_PROTO,
    HEADS_N
};

static const struct str head_names[HEADS_N] = {
    [HEAD_ACCEPT] = STR_INIT("Accept"),
    [HEAD_ACCEPT_ENCODING] = STR_INIT("Accept-Encoding"),
    [HEAD_AUTHORIZATION] = STR_INIT("Authorization"),
    [HEAD_CONTENT_LENGTH] = STR_INIT("Content-Length"),
    [HEAD_CONTENT_TYPE] = STR_INIT("Content-Type"),
    [HEAD_COOKIE] = STR_INIT("Cookie"),
    [HEAD_FETCH_SITE] = STR_INIT("Sec-Fetch-Site"),
    [HEAD_FORWARDED] = STR_INIT("Forwarded"),
    [HEAD_HOST] = STR_INIT("Host"),
    [HEAD_HTMX] = STR_INIT("HX-Request"),
    [HEAD_HTMX_RESTORE] = STR_INIT("HX-History-Restore-Request"),
    [HEAD_HTMX_TYPE] = STR_INIT("HX-Request-Type"),
    [HEAD_IDEMPOTENCY_KEY] = STR_INIT("Idempotency-Key"),
    [HEAD_IF_NONE_MATCH] = STR_INIT("If-None-Match"),
    [HEAD_ORIGIN] = STR_INIT("Origin"),
    [HEAD_REAL_IP] = STR_INIT("X-Real-IP"),
    [HEAD_TRANSFER_ENCODING] = STR_INIT("Transfer-Encoding"),
    [HEAD_USER_AGENT] = STR_INIT("User-Agent"),
    [HEAD_VIA] = STR_INIT("Via"),
    [HEAD_X_FORWARDED_FOR] = STR_INIT("X-Forwarded-For"),
    [HEAD_X_FORWARDED_HOST] = STR_INIT("X-Forwarded-Host"),
    [HEAD_X_FORWARDED_PROTO] = STR_INIT("X-Forwarded-Proto"),
};

enum { HEAD_COST = 72 }; /* what libmicrohttpd keeps beside a head's text */

/* Cookies are kept once more, one by one. */
static size_t cookies_cost(struct str cookies)
{
    size_t bytes = cookies.len;
    while (cookies.len) {
        (void)str_cut(&cookies, STR(";"));
        bytes += HEAD_COST;
    }
    return bytes;
}

static bool has_control(struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c == 0x7f || (c < 0x20 && c != '\t'))
            return true;
    }
    return false;
}

/* RFC 9110, 5.6.2. */
static bool is_token(struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                     (c && strchr("!#$%&'*+-.^_`|~", c));
        if (!plain)
            return false;
    }
    return text.len > 0;
}

/* libmicrohttpd puts what a folded line goes on with (RFC 9112, 5.2) behind the name and not the
 * value, so that nobody would see how long the body is. */
static bool is_folded_length(struct str name)
{
    static const enum head lengths[] = {HEAD_CONTENT_LENGTH, HEAD_TRANSFER_ENCODING};
    for (int i = 0; i < 2; i++) {
        struct str head = head_names[lengths[i]];
        if (name.len > head.len && strncasecmp(name.ptr, head.ptr, head.len) == 0)
            return true;
    }
    return false;
}

enum { LINES_MAX = 16 }; /* of one head that proxies add to */

/* First values, of what proxies add to all, how often each came, and what all take of the
 * connection's memory. */
struct heads {
    struct arena *arena;
    struct str value[HEADS_N];
    int times[HEADS_N];
    size_t bytes;
    bool malformed; /* one holds what a proxy before us may read in another way */
};

/* Some proxies write into the line that came, some write one of their own behind it: one list. */
static bool is_list(int head)
{
    return head == HEAD_FORWARDED || head == HEAD_X_FORWARDED_FOR ||
           head == HEAD_X_FORWARDED_HOST || head == HEAD_X_FORWARDED_PROTO;
}

static void add_line(struct heads *heads, int head, struct str line)
{
    struct str *list = &heads->value[head];
    if (heads->times[head] > LINES_MAX)
        heads->malformed = true;
    else
        *list = str_fmt(heads->arena, "%.*s,%.*s", STR_ARG(*list), STR_ARG(line));
}

static enum MHD_Result take_head(void *context, enum MHD_ValueKind kind, const char *name,
                                 size_t len, const char *value, size_t value_len)
{
    (void)kind;
    struct heads *heads = context;
    heads->bytes += len + value_len + HEAD_COST;
    struct str named = {name, len};
    heads->malformed = heads->malformed || !is_token(named) || is_folded_length(named) ||
                       has_control((struct str){value, value ? value_len : 0});
    for (int i = 0; i < HEADS_N; i++) {
        if (head_names[i].len != len || strncasecmp(head_names[i].ptr, name, len) != 0)
            continue;
        if (i == HEAD_COOKIE)
            heads->bytes += cookies_cost(str_from(value));
        if (heads->times[i]++ == 0)
            heads->value[i] = str_trim(str_from(value));
        else if (is_list(i))
            add_line(heads, i, str_trim(str_from(value)));
        break;
    }
    return MHD_YES;
}

static bool takes_gzip(struct str accept_encoding)
{
    while (accept_encoding.len) {
        struct str params = str_cut(&accept_encoding, STR(","));
        struct str coding = str_trim(str_cut(&params, STR(";")));
        if (coding.len != 4 || strncasecmp(coding.ptr, "gzip", 4) != 0)
            continue;
        struct str q = str_trim(params);
        return !(str_starts(q, STR("q=0")) && str_find(q, STR(".")) < 0) && !str_is(q, "q=0.0") &&
               !str_is(q, "q=0.00") && !str_is(q, "q=0.000");
    }
    return false;
}

/* The last host=, proto= or for= of a Forwarded head (RFC 7239): what the nearest proxy saw. */
static struct str forwarded_member(struct str forwarded, struct str member)
{
    struct str host = {0};
    while (forwarded.len) {
        struct str hop = str_cut(&forwarded, STR(","));
        while (hop.len) {
            struct str value = str_trim(str_cut(&hop, STR(";"))), name = str_cut(&value, STR("="));
            if (name.len != member.len || strncasecmp(name.ptr, member.ptr, member.len) != 0)
                continue;
            host = str_trim(value);
            if (host.len > 1 && host.ptr[0] == '"' && host.ptr[host.len - 1] == '"')
                host = (struct str){host.ptr + 1, host.len - 2};
        }
    }
    return host;
}

static struct str proxied(const struct heads *heads, enum head head, struct str member)
{
    struct str list = heads->value[head], last = {0};
    while (list.len)
        last = str_trim(str_cut(&list, STR(",")));
    return last.len ? last : forwarded_member(heads->value[HEAD_FORWARDED], member);
}

/* What a trusted proxy tells of host and scheme. */
static void read_proxy(const struct heads *heads, struct request *request)
{
    struct str host = proxied(heads, HEAD_X_FORWARDED_HOST, STR("host"));
    if (host.len)
        request->host = host;
    request->secure |= str_is(proxied(heads, HEAD_X_FORWARDED_PROTO, STR("proto")), "https");
}

/* 192.0.2.1, 192.0.2.1:4711, 2001:db8::1, [2001:db8::1]:4711 */
static bool host_parse(struct str text, struct network *ret_network)
{
    struct str host = text;
    if (str_starts(text, STR("["))) {
        host = str_from_byte(text, 1);
        host = str_cut(&host, STR("]"));
    } else if (str_find(text, STR(":")) == str_find_last(text, STR(":"))) {
        host = str_cut(&text, STR(":"));
    }
    return network_parse(host, ret_network) && ret_network->bits == 128;
}

static bool is_trusted(const struct http *http, const struct network *host)
{
    for (int i = 0; i < http->options.trusted_n; i++)
        if (network_within(host, &http->trusted[i]))
            return true;
    return false;
}

/* Who asked our proxies: the last of X-Forwarded-For that is none of them. What stands before it
 * was sent by whoever asked. In one form, so that an address has one name. */
static struct str proxied_address(struct peer *peer, const struct heads *heads)
{
    struct str list = heads->value[HEAD_X_FORWARDED_FOR];
    struct network host, found;
    bool any = false, ours = true;
    if (list.len == 0)
        list = forwarded_member(heads->value[HEAD_FORWARDED], STR("for"));
    while (list.len && ours) {
        ptrdiff_t comma = str_find_last(list, STR(","));
        ours = host_parse(str_trim(str_from_byte(list, (size_t)(comma + 1))), &host);
        if (ours) {
            found = host;
            any = true;
            ours = is_trusted(peer->http, &host);
        }
        list = str_head(list, comma < 0 ? 0 : (size_t)comma);
    }
    char name[INET6_ADDRSTRLEN] = "";
    if (any)
        network_host(&found, name);
    return str_copy(&peer->arena, str_from(name));
}

/* The path and query of the request line; "http://host/path" is its path (RFC 9112 3.2.2). */
static void split_uri(struct str uri, struct request *request)
{
    if (str_starts(uri, STR("http://")) || str_starts(uri, STR("https://"))) {
        struct str rest = str_from_byte(uri, (size_t)str_find(uri, STR("//")) + 2);
        ptrdiff_t slash = str_find(rest, STR("/"));
        uri = slash < 0 ? STR("/") : str_from_byte(rest, (size_t)slash);
    }
    request->query = uri;
    request->path = str_cut(&request->query, STR("?"));
}

static void make_id(struct peer *peer)
{
    uint64_t n = atomic_fetch_add(&peer->http->requests, 1) + peer->http->id_seed;
    n = (n ^ n >> 30) * 0xBF58476D1CE4E5B9u;
    n = (n ^ n >> 27) * 0x94D049BB133111EBu;
    snprintf(peer->request.id, sizeof peer->request.id, "%016llx",
             (unsigned long long)(n ^ n >> 31));
}

/* A name or an address, perhaps with a port (RFC 3986 3.2); it is shown on slips. */
static bool is_host(struct str host)
{
    for (size_t i = 0; i < host.len; i++) {
        char c = host.ptr[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                     (c && strchr("-._~:[]%", c));
        if (!plain)
            return false;
    }
    return true;
}

static enum status check_framing(struct peer *peer, const struct heads *heads, bool is_http_11,
                                 struct fault *fault)
{
    const int *times = heads->times;
    const char *slip = NULL;
    int64_t length;
    if (heads->malformed)
        slip = "请求头中有不能识别的字符";
    else if (times[HEAD_HOST] > 1)
        slip = "请求头中有两个 Host";
    else if (times[HEAD_HOST] == 0 && is_http_11)
        slip = "请求头中没有 Host";
    else if (!is_host(peer->request.host))
        slip = "请求头中的 Host 不能识别";
    else if (times[HEAD_CONTENT_LENGTH] > 1 ||
             (times[HEAD_CONTENT_LENGTH] && times[HEAD_TRANSFER_ENCODING]))
        slip = "请求头中的长度有矛盾";
    else if (times[HEAD_TRANSFER_ENCODING] > 1 ||
             (times[HEAD_TRANSFER_ENCODING] &&
              !str_is(heads->value[HEAD_TRANSFER_ENCODING], "chunked")))
        slip = "请求头中的 Transfer-Encoding 不能识别";
    else if (times[HEAD_CONTENT_LENGTH] &&
             (!str_to_int(heads->value[HEAD_CONTENT_LENGTH], &length) || length < 0))
        slip = "请求头中的 Content-Length 不是数字";
    if (!slip)
        return OK;
    enum status status =
        refuse(&peer->arena, fault, INVALID, NULL, "%s，请换用正常的浏览器或客户端再试。", slip);
    fault->http = 400;
    return status;
}

/* htmx wants a part of the page; it wants all of it when it swaps the body or picks by itself. */
static bool wants_part(const struct heads *heads)
{
    return str_is(heads->value[HEAD_HTMX], "true") && heads->times[HEAD_HTMX_RESTORE] == 0 &&
           !str_is(heads->value[HEAD_HTMX_TYPE], "full");
}

enum status request_read(struct peer *peer, const char *method, const char *version,
                         struct fault *fault)
{
    struct heads heads = {.arena = &peer->arena};
    MHD_get_connection_values_n(peer->connection, MHD_HEADER_KIND, take_head, &heads);
    peer->heads_bytes = heads.bytes;
    struct request *request = &peer->request;
    bool is_http_11 = strcmp(version, MHD_HTTP_VERSION_1_1) == 0;
    *request = (struct request){
        .accept = heads.value[HEAD_ACCEPT],
        .host = heads.value[HEAD_HOST],
        .origin = heads.value[HEAD_ORIGIN],
        .fetch_site = heads.value[HEAD_FETCH_SITE],
        .if_none_match = heads.value[HEAD_IF_NONE_MATCH],
        .idempotency_key = heads.value[HEAD_IDEMPOTENCY_KEY],
        .content_type = heads.value[HEAD_CONTENT_TYPE],
        .cookie = heads.value[HEAD_COOKIE],
        .authorization = heads.value[HEAD_AUTHORIZATION],
        .user_agent = heads.value[HEAD_USER_AGENT],
        .htmx = wants_part(&heads),
        .gzip = takes_gzip(heads.value[HEAD_ACCEPT_ENCODING]),
        .peer_loopback = peer->loopback,
        .secure = peer->http->tls,
        .address = str_from(peer->address),
        /* Browsers speak HTTP/1.1; a proxy left as it came speaks HTTP/1.0 and tells nothing. */
        .forwarded = !is_http_11,
    };
    static const enum head proxy_heads[] = {
        HEAD_FORWARDED,       HEAD_REAL_IP,          HEAD_VIA,
        HEAD_X_FORWARDED_FOR, HEAD_X_FORWARDED_HOST, HEAD_X_FORWARDED_PROTO};
    for (size_t i = 0; i < sizeof proxy_heads / sizeof *proxy_heads; i++)
        request->forwarded |= heads.times[proxy_heads[i]] > 0;
    if (peer->trusted)
        read_proxy(&heads, request);
    struct str asker = peer->trusted ? proxied_address(peer, &heads) : (struct str){0};
    if (asker.len)
        request->address = asker;
    bool get = strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0;
    request->method = get ? METHOD_GET : strcmp(method, "POST") == 0 ? METHOD_POST : METHOD_OTHER;
    split_uri(peer->uri, request);
    make_id(peer);
    return check_framing(peer, &heads, is_http_11, fault);
}

int64_t request_length(const struct peer *peer)
{
    const char *length = MHD_lookup_connection_value(peer->connection, MHD_HEADER_KIND,
                                                     MHD_HTTP_HEADER_CONTENT_LENGTH);
    int64_t bytes = 0;
    if (length)
        return str_to_int(str_trim(str_from(length)), &bytes) && bytes >= 0 ? bytes : 0;
    return MHD_lookup_connection_value(peer->connection, MHD_HEADER_KIND,
                                       MHD_HTTP_HEADER_TRANSFER_ENCODING)
               ? -1
               : 0;
}
