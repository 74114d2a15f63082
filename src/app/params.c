#include "app/priv.h"
#include "base/utf8.h"

enum status refuse_with_code(struct arena *arena, struct fault *fault, int http, enum status status)
{
    (void)arena;
    if (fault)
        fault->http = http;
    return status;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool percent_decode(struct arena *arena, struct str text, bool plus, bool strict,
                    struct str *ret_text)
{
    bool plain = true;
    for (size_t i = 0; i < text.len && plain; i++)
        plain = text.ptr[i] != '%' && !(plus && text.ptr[i] == '+');
    if (plain) {
        *ret_text = text;
        return true;
    }
    char *to = arena_alloc(arena, text.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '+' && plus) {
            c = ' ';
        } else if (c == '%') {
            int high = i + 2 < text.len ? hex_digit(text.ptr[i + 1]) : -1;
            int low = high >= 0 ? hex_digit(text.ptr[i + 2]) : -1;
            if (low >= 0) {
                c = (char)(high << 4 | low);
                i += 2;
            } else if (strict) {
                return false;
            }
        }
        to[len++] = c;
    }
    *ret_text = (struct str){to, len};
    return true;
}

static enum status add_param(struct arena *arena, struct str pair, struct params *params,
                             size_t *left, struct fault *fault)
{
    struct str value = pair, name = str_cut(&value, STR("="));
    struct param param;
    percent_decode(arena, name, true, false, &param.name);
    percent_decode(arena, value, true, false, &param.value);
    size_t bytes = param.name.len + param.value.len;
    if (bytes > *left)
        return refuse_http(arena, fault, INVALID, 400, "参数总长超过限度，请减少参数后再试。");
    *left -= bytes;
    struct str both[] = {param.name, param.value};
    for (int i = 0; i < 2; i++)
        if ((both[i].len && memchr(both[i].ptr, 0, both[i].len)) || !utf8_is_valid(both[i]))
            return refuse_http(arena, fault, INVALID, 400,
                               "参数不是有效的 UTF-8 文字，请用 UTF-8 编码后再试。");
    *arena_push(arena, params->items, params->n, params->room) = param;
    return OK;
}

enum status params_parse(struct arena *arena, struct str text, int params_max, size_t bytes_max,
                         struct params *ret_params, struct fault *fault)
{
    struct params params = {0};
    while (text.len) {
        struct str pair = str_cut(&text, STR("&"));
        if (pair.len == 0)
            continue;
        if (params.n == params_max)
            return refuse_http(arena, fault, INVALID, 400, "参数超过 %d 个，请减少参数后再试。",
                               params_max);
        TRY(add_param(arena, pair, &params, &bytes_max, fault));
    }
    *ret_params = params;
    return OK;
}

const struct param *params_find(const struct param *items, int n, const char *name)
{
    struct str wanted = str_from(name);
    for (int i = 0; i < n; i++)
        if (str_eq(items[i].name, wanted))
            return &items[i];
    return NULL;
}
