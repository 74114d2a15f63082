#include "text/scan.h"

#include "base/utf8.h"
#include "text/text.h"

int32_t scan_peek(struct str rest)
{
    return utf8_next(&rest);
}

int scan_digit(int32_t code)
{
    if (code >= '0' && code <= '9')
        return code - '0';
    return code >= 0xFF10 && code <= 0xFF19 ? code - 0xFF10 : -1;
}

void scan_spaces(struct str *rest)
{
    for (int32_t code; (code = scan_peek(*rest)) != '\n' && text_is_space(code);)
        utf8_next(rest);
}

bool scan_take(struct str *rest, const char *sign)
{
    return scan_take_any(rest, &sign, 1);
}

bool scan_take_any(struct str *rest, const char *const *signs, size_t n)
{
    struct str at = *rest;
    scan_spaces(&at);
    for (size_t i = 0; i < n; i++)
        if (str_starts(at, str_from(signs[i]))) {
            *rest = str_from_byte(at, strlen(signs[i]));
            return true;
        }
    return false;
}
