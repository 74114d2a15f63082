#include "domain/import/priv.h"

#include "text/text.h"

/* A line end in what is one line elsewhere is where an area was broken, no part of it. */
struct str form_text(struct call *call, const char *name)
{
    struct str text = str_replace(call->arena, call_form(call, name), STR("\r"), STR(""));
    return str_trim(str_replace(call->arena, text, STR("\n"), STR("")));
}

struct str_list form_lines(struct call *call, const char *name)
{
    struct str_list list = {0};
    struct str rest = call_form(call, name);
    while (rest.len > 0) {
        struct str line = text_trim(str_line(&rest));
        if (line.len > 0)
            *arena_push(call->arena, list.items, list.n, list.room) = line;
    }
    return list;
}
