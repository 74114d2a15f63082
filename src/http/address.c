#include <arpa/inet.h>
#include <stdio.h>

#include "http/priv.h"

bool address_parse(struct str text, struct sockaddr_storage *ret_address, socklen_t *ret_len)
{
    ptrdiff_t colon = str_find_last(text, STR(":"));
    int64_t port;
    if (colon < 0 || !str_to_int(str_from_byte(text, (size_t)colon + 1), &port) || port < 0 ||
        port > 65535)
        return false;
    struct str host = str_head(text, (size_t)colon);
    bool six = host.len > 2 && host.ptr[0] == '[' && host.ptr[host.len - 1] == ']';
    if (six)
        host = (struct str){host.ptr + 1, host.len - 2};
    char name[INET6_ADDRSTRLEN] = {0};
    if (host.len == 0 || host.len >= sizeof name)
        return false;
    memcpy(name, host.ptr, host.len);
    *ret_address = (struct sockaddr_storage){0};
    struct sockaddr_in *in = (struct sockaddr_in *)ret_address;
    struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)ret_address;
    if (six) {
        *ret_len = sizeof *in6;
        in6->sin6_family = AF_INET6;
        in6->sin6_port = htons((uint16_t)port);
        return inet_pton(AF_INET6, name, &in6->sin6_addr) == 1;
    }
    *ret_len = sizeof *in;
    in->sin_family = AF_INET;
    in->sin_port = htons((uint16_t)port);
    if (strcmp(name, "localhost") == 0)
        in->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    else if (inet_pton(AF_INET, name, &in->sin_addr) != 1)
        return false;
    return true;
}

bool http_is_listen(struct str text)
{
    struct sockaddr_storage address;
    socklen_t len;
    return address_parse(text, &address, &len);
}

bool http_is_network(struct str text)
{
    struct network network;
    return network_parse(text, &network);
}

struct str address_format(struct arena *arena, const struct sockaddr_storage *address)
{
    char name[INET6_ADDRSTRLEN];
    if (address->ss_family == AF_INET6) {
        const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)address;
        inet_ntop(AF_INET6, &in6->sin6_addr, name, sizeof name);
        return str_fmt(arena, "[%s]:%d", name, ntohs(in6->sin6_port));
    }
    const struct sockaddr_in *in = (const struct sockaddr_in *)address;
    inet_ntop(AF_INET, &in->sin_addr, name, sizeof name);
    return str_fmt(arena, "%s:%d", name, ntohs(in->sin_port));
}

/* As 16 bytes, IPv4 mapped. */
static bool as_bytes(const struct sockaddr *address, unsigned char bytes[16])
{
    static const unsigned char mapped[12] = {[10] = 0xff, [11] = 0xff};
    if (address->sa_family == AF_INET6) {
        memcpy(bytes, &((const struct sockaddr_in6 *)address)->sin6_addr, 16);
        return true;
    }
    if (address->sa_family != AF_INET)
        return false;
    memcpy(bytes, mapped, sizeof mapped);
    memcpy(bytes + 12, &((const struct sockaddr_in *)address)->sin_addr, 4);
    return true;
}

void address_host(const struct sockaddr *address, char to[INET6_ADDRSTRLEN])
{
    unsigned char bytes[16];
    to[0] = '\0';
    if (!as_bytes(address, bytes))
        return;
    bool four = IN6_IS_ADDR_V4MAPPED((const struct in6_addr *)bytes);
    inet_ntop(four ? AF_INET : AF_INET6, four ? bytes + 12 : bytes, to, INET6_ADDRSTRLEN);
}

bool address_is_loopback(const struct sockaddr *address)
{
    static const unsigned char four[13] = {[10] = 0xff, [11] = 0xff, [12] = 127};
    static const unsigned char six[16] = {[15] = 1};
    unsigned char bytes[16];
    return as_bytes(address, bytes) &&
           (memcmp(bytes, four, sizeof four) == 0 || memcmp(bytes, six, sizeof six) == 0);
}

bool network_parse(struct str text, struct network *ret_network)
{
    struct str host = text, bits_text = {0};
    ptrdiff_t slash = str_find(text, STR("/"));
    if (slash >= 0) {
        host = str_head(text, (size_t)slash);
        bits_text = str_from_byte(text, (size_t)slash + 1);
    }
    char name[INET6_ADDRSTRLEN] = {0};
    if (host.len == 0 || host.len >= sizeof name)
        return false;
    memcpy(name, host.ptr, host.len);
    struct sockaddr_storage address = {0};
    struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&address;
    struct sockaddr_in *in = (struct sockaddr_in *)&address;
    int room = 128;
    if (inet_pton(AF_INET6, name, &in6->sin6_addr) == 1) {
        address.ss_family = AF_INET6;
    } else if (inet_pton(AF_INET, name, &in->sin_addr) == 1) {
        address.ss_family = AF_INET;
        room = 32;
    } else {
        return false;
    }
    int64_t bits = room;
    if (slash >= 0 && (!str_to_int(bits_text, &bits) || bits < 0 || bits > room))
        return false;
    ret_network->bits = (int)bits + 128 - room;
    return as_bytes((const struct sockaddr *)&address, ret_network->bytes);
}

static bool covers(const struct network *network, const unsigned char bytes[16])
{
    int whole = network->bits / 8, rest = network->bits % 8;
    if (memcmp(bytes, network->bytes, (size_t)whole) != 0)
        return false;
    unsigned char mask = (unsigned char)(0xff00 >> rest);
    return rest == 0 || ((bytes[whole] ^ network->bytes[whole]) & mask) == 0;
}

bool network_has(const struct network *network, const struct sockaddr *address)
{
    unsigned char bytes[16];
    return as_bytes(address, bytes) && covers(network, bytes);
}

bool network_within(const struct network *inner, const struct network *outer)
{
    return inner->bits >= outer->bits && covers(outer, inner->bytes);
}

void network_host(const struct network *network, char to[INET6_ADDRSTRLEN])
{
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};
    memcpy(&in6.sin6_addr, network->bytes, sizeof network->bytes);
    address_host((const struct sockaddr *)&in6, to);
}
