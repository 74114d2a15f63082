/*
 * template - logic-less HTML templates: a Mustache subset compiled at start against shapes.
 *
 *   {{name}} {{a.b}}   the value, escaped for where it stands (text, attribute, URL attribute)
 *   {{.}}              the current value      {{! comment }}       {{>part}}  another template
 *   {{#x}}…{{/x}}      for each row of a list; once for an object, a true flag, a non-empty text
 *   {{^x}}…{{/x}}      when a list is empty, a value null, empty, 0
 *   {{#@columns}}…     reflection: for each heading column of the current object, or
 * {{#x.@columns}} of list x's rows: key, label, kind, value (formatted), url (of references),
 *                      is_number
 *   {{d.prose}}        a date as 2022年1月24日; {{c.word}} a choice's word instead of its label
 *
 * There is no raw form: markup made elsewhere enters only as a `struct html`, which only view/ can
 * make ({{@content}} in a layout). An unknown name or part stops the start: compile returns the
 * file, line and name. Whitespace rules for standalone tags follow the mustache spec.
 */
#ifndef VIEW_TEMPLATE_H
#define VIEW_TEMPLATE_H

#include "view/view.h"

struct template;
struct template_set;

/* One embedded file (tools/embed): templates of a folder are listed in generated tables. */
struct template_file {
    const char *name; /* "directory/by_committee" */
    struct str text;
};

/* A set shares parts; files are borrowed. `strict` = unknown names refuse (always at start;
 * off only in the spec tests). */
struct template_set *template_set_new(bool strict);
void template_set_free(struct template_set *set);
void template_set_add(struct template_set *set, const struct template_file *file);

/* Compile for one shape of model; compiled forms are kept by (name, shape). INVALID: fault says
 * file, line, what is unknown. NOT_FOUND: no such template. Not thread-safe: at start only. */
CHECKED enum status template_compile(struct template_set *set, struct arena *arena,
                                     const char *name, const struct shape *shape,
                                     const struct template **ret_template, struct fault *fault);

/* Render: thread-safe. `content` (may be NULL) is what {{@content}} stands for. */
void template_render(struct buf *buf, const struct template *template, const struct object *model,
                     const struct buf *content);

#endif
