/*
 * template - logic-less HTML templates: a Mustache subset compiled at start against shapes.
 *
 *   {{name}} {{a.b}}   the value, escaped for where it stands (text, attribute, URL attribute)
 *   {{.}}              the current value      {{! comment }}       {{>part}}  another template
 *   {{#x}}…{{/x}}      for each row of a list; once for an object, a true flag, a non-empty text,
 *                      a number that is not 0
 *   {{^x}}…{{/x}}      when a list is empty, a value null, empty, 0
 *   {{d.prose}}        a date as 2022年1月24日
 *   {{c.word}}         a choice's word instead of its label; true, false of a flag; an instant as
 *                      2022-01-24T10:00:00+08:00
 *   {{#@columns}}…     reflection, unrolled when compiling: for each heading column (one with a
 *                      label) of the current object, or {{#x.@columns}} of object or list x.
 *                      Wide columns are left out of lists. Inside stand
 *                        key, label, kind (text number flag date instant id choice url object list)
 *                        is_KIND   is_number, is_list … true for that kind
 *                        is_private   true for what some viewers see masked
 *                        value     formatted; an object by its name, a list by its names
 *                        url       of a reference, or the row's own `url` in a COLUMN_LINK cell
 *                        rows      the rows of a list
 *                      and of a list's heads ({{#items.@columns}}) only the first two lines.
 *   {{@content}}       in a layout: markup made by another template
 *   {{@inset}}         in a layout: a second one, whose place is told
 *   {{@static/a.css}}  the address of a static file of web/, with its hash
 *
 * Names are looked up in the innermost section first, then outward. A part is seen from where it
 * stands; it may contain itself below a section (trees, at most 64 deep). Null is "—" in text and
 * nothing in an attribute, a textarea or a title. Whitespace rules for standalone tags follow the
 * mustache spec.
 *
 * There is no raw form: markup made elsewhere enters only through these two. Refused when
 * compiling, with file and line: unknown names and parts; values anywhere but in text and
 * double-quoted attributes; tags in scripts; sections that end in another place of the HTML than
 * they began; what the content policy blocks (style, on…, inline scripts). A value that is the
 * whole of a URL attribute must start with / # ? https: http: mailto: or tel:, else # is written;
 * behind literal text it is percent-encoded, but for a COLUMN_URL's own slashes and query.
 */
#ifndef VIEW_TEMPLATE_H
#define VIEW_TEMPLATE_H

#include "view/view.h"

struct template;
struct template_set;

/* One embedded file (view/web.h). */
struct template_file {
    const char *name; /* "directory/by_committee" */
    struct str text;
};

/* A set shares parts; files are borrowed. `strict` = unknown names refuse (always at start;
 * off only in the spec tests). */
struct template_set *template_set_new(bool strict);
void template_set_free(struct template_set *set);
/* Of two files of one name the later counts. */
void template_set_add(struct template_set *set, const struct template_file *file);

/* Compile for one shape of model; compiled forms are kept by (name, shape). INVALID: fault says
 * file, line, what is unknown. NOT_FOUND: no such template. Not thread-safe: at start only. The
 * template lives as long as the set; the arena is for the fault and what compiling needs. */
CHECKED enum status template_compile(struct template_set *set, struct arena *arena,
                                     const char *name, const struct shape *shape,
                                     const struct template **ret_template, struct fault *fault);

/* Render: thread-safe. `content` (may be NULL) is what {{@content}} stands for. The model must be
 * of the shape compiled for. */
void template_render(struct buf *buf, const struct template *template, const struct object *model,
                     const struct buf *content);

/* A layout: `inset` stands for {{@inset}}, and *ret_at tells where in the buffer that is, also when
 * it is empty; INSET_NONE when the layout reached none. */
#define INSET_NONE SIZE_MAX
void template_render_layout(struct buf *buf, const struct template *template,
                            const struct object *model, const struct buf *content, struct str inset,
                            size_t *ret_at);

#endif
