/*
 * web - the templates and static files of web/, carried in the program (tools/embed.c).
 *
 * A static file has two addresses: `path` with the hash of its content, which may be kept for
 * ever, and "/static/" + name, which must be asked for again (ETag). Templates write the first:
 * {{@static/theme.css}}.
 */
#ifndef VIEW_WEB_H
#define VIEW_WEB_H

#include "view/template.h"

struct static_file {
    const char *name; /* "theme.css" */
    const char *path; /* "/static/theme.0123456789abcdef.css" */
    const char *mime;
    const char *etag; /* with its quotes; of the identity form */
    struct str bytes;
    struct str gzip; /* empty where it would not be smaller */
};

/* By name; the row behind the last is {0}. */
extern const struct template_file web_templates[];
extern const int web_templates_n;
extern const struct static_file web_static[];
extern const int web_static_n;

/* All templates, as template_set_add. */
void web_add_templates(struct template_set *set);

/* The file at an URL path of either form; NULL when there is none. `*ret_hashed`: by the form with
 * the hash. */
const struct static_file *web_find(struct str path, bool *ret_hashed);

/* The file of this name, or NULL. */
const struct static_file *web_file(struct str name);

#endif
