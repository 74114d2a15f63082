#include <arpa/inet.h>

#include "app/priv.h"

/* Without the port: "[::1]:8080" → "[::1]"; empty when what follows is no port. */
static struct str host_name(struct str host)
{
    ptrdiff_t end = host.len && host.ptr[0] == '[' ? str_find(host, STR("]")) + 1 : 0;
    ptrdiff_t colon = str_find(str_from_byte(host, (size_t)end), STR(":"));
    struct str name = colon < 0 ? host : str_head(host, (size_t)(end + colon));
    struct str port = str_from_byte(host, name.len);
    int64_t number;
    bool good = port.len == 0 || (str_to_int(str_from_byte(port, 1), &number) && number >= 0);
    return good ? name : (struct str){0};
}

bool host_is_loopback(struct str host)
{
    char name[64] = {0};
    struct str bare = host_name(host);
    if (bare.len == 0 || bare.len >= sizeof name)
        return false;
    for (size_t i = 0; i < bare.len; i++)
        name[i] = (char)(bare.ptr[i] | ((bare.ptr[i] >= 'A' && bare.ptr[i] <= 'Z') ? 0x20 : 0));
    if (strcmp(name, "localhost") == 0 || strcmp(name, "[::1]") == 0)
        return true;
    struct in_addr address;
    return inet_pton(AF_INET, name, &address) == 1 && ntohl(address.s_addr) >> 24 == 127;
}

/* A page that came in the clear is nobody's own when the request came over TLS; behind a proxy that
 * does not say which it was, both are. */
static bool origin_is_host(const struct request *request)
{
    static const struct str schemes[] = {STR_INIT("https://"), STR_INIT("http://")};
    struct str origin = request->origin, host = request->host;
    for (int i = 0; i < (request->secure ? 1 : 2); i++)
        if (str_starts(origin, schemes[i]))
            return host.len && str_eq(str_from_byte(origin, schemes[i].len), host);
    return false;
}

bool origin_is_own(const struct request *request, bool silent_ok)
{
    if (request->fetch_site.len && !str_is(request->fetch_site, "same-origin"))
        return false;
    if (request->origin.len)
        return origin_is_host(request);
    return request->fetch_site.len || silent_ok;
}

bool request_is_local(const struct request *request)
{
    return request->peer_loopback && !request->forwarded && host_is_loopback(request->host) &&
           (request->origin.len == 0 || origin_is_host(request));
}

/* A token is not sent by a browser on its own, a cookie is. */
static bool silence_is_fine(const struct request *request, const struct viewer *viewer)
{
    bool own_machine = request->peer_loopback && !request->forwarded;
    return viewer->token || (own_machine && viewer->account == 0);
}

/* Business of the instance as a whole is not for a seat of one body. */
static bool is_of_one_body(const struct route *route, const struct viewer *viewer)
{
    return (route->flags & ROUTE_INSTANCE) && viewer->seat.body != 0 && route->need >= RIGHT_READ &&
           route->need <= RIGHT_PURGE;
}

enum status need_check(const struct route *route, const struct request *request,
                       const struct viewer *viewer, struct arena *arena, struct fault *fault)
{
    if (request->method == METHOD_POST && !origin_is_own(request, silence_is_fine(request, viewer)))
        return refuse(arena, fault, DENIED, NULL,
                      "这次提交不是从本系统的页面发出的，请回到本系统的页面重新提交。");
    if (is_of_one_body(route, viewer))
        return refuse(arena, fault, NOT_FOUND, NULL, "没有这个页面，请检查地址或从首页进入。");
    if (rights_may(viewer, route->need, NULL))
        return OK;
    if (viewer->must_change)
        return refuse(arena, fault, DENIED, NULL, "请先设置新密码，再办理其他事项。");
    if (viewer->account)
        return refuse(arena, fault, DENIED, NULL,
                      "您现在的身份“%s”不能办理此事，请换用有权办理的身份，或请办公室办理。",
                      role_label(viewer->seat.role));
    if (viewer->seat.role == ROLE_NONE && !viewer->no_accounts)
        return refuse_http(arena, fault, DENIED, 401, "请先登录。");
    return refuse(arena, fault, DENIED, NULL,
                  "此操作只能在运行本系统的机器上进行，请在该机器上用 http://127.0.0.1 打开。");
}
