#include "view/web.h"

void web_add_templates(struct template_set *set)
{
    for (int i = 0; i < web_templates_n; i++)
        template_set_add(set, &web_templates[i]);
}

const struct static_file *web_file(struct str name)
{
    for (int i = 0; i < web_static_n; i++)
        if (str_is(name, web_static[i].name))
            return &web_static[i];
    return NULL;
}

const struct static_file *web_find(struct str path, bool *ret_hashed)
{
    for (int i = 0; i < web_static_n; i++)
        if (str_is(path, web_static[i].path)) {
            *ret_hashed = true;
            return &web_static[i];
        }
    if (!str_starts(path, STR("/static/")))
        return NULL;
    *ret_hashed = false;
    return web_file(str_from_byte(path, STR("/static/").len));
}
