#include "domain/account/priv.h"

/* A sign-in slip as it is printed. */

static const struct column slip_columns[] = {
    {"name", NULL, COLUMN_TEXT},       {"login", NULL, COLUMN_TEXT}, {"code", NULL, COLUMN_TEXT},
    {"url", NULL, COLUMN_TEXT},        {"qr", NULL, COLUMN_TEXT},    {"box", NULL, COLUMN_TEXT},
    {"expires", NULL, COLUMN_INSTANT},
};
const struct shape shape_slip = {"slip", slip_columns, 7};

struct value slip_value(struct call *call, struct str name, struct str login, struct str code)
{
    struct arena *arena = call->arena;
    const struct request *request = call->request;
    struct object *slip = object_new(arena, &shape_slip);
    struct str url = str_fmt(arena, "%s://%.*s/sign-in/slip", request->secure ? "https" : "http",
                             STR_ARG(str_head(request->host, 200)));
    struct str with_code = str_fmt(arena, "%.*s?code=%.*s", STR_ARG(url), STR_ARG(code));
    object_set(slip, "name", value_text(name));
    object_set(slip, "login", value_text(login));
    object_set(slip, "code", value_text(secret_grouped(arena, code)));
    object_set(slip, "url", value_text(url));
    struct str box = {0};
    object_set(slip, "qr", value_text(qr_path(arena, with_code, &box)));
    object_set(slip, "box", value_text(box));
    object_set(slip, "expires", value_int(call->now.us + SLIP_HOURS * HOUR_US));
    return value_object(slip);
}
