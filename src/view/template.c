#include "view/template.h"

#include "view/template_compile.h"

/* All templates of the program and their parts, many times over. */
#define SET_CAP_BYTES MIB(256)

struct template_set *template_set_new(bool strict)
{
    struct arena arena = arena_open(SET_CAP_BYTES);
    struct template_set *set = arena_new(&arena, struct template_set, 1);
    set->arena = arena;
    set->strict = strict;
    return set;
}

void template_set_free(struct template_set *set)
{
    if (!set)
        return;
    struct arena arena = set->arena; /* which holds the set itself */
    arena_close(&arena);
}

void template_set_add(struct template_set *set, const struct template_file *file)
{
    *arena_push(&set->arena, set->files, set->files_n, set->files_room) = *file;
}

/* The last added wins: files of a directory go before the embedded ones. */
static const struct template_file *find_file(const struct template_set *set, struct str name)
{
    for (int i = set->files_n - 1; i >= 0; i--)
        if (str_is(name, set->files[i].name))
            return &set->files[i];
    return NULL;
}

static struct str indented(struct arena *arena, struct str text, struct str indent)
{
    struct str rest = text;
    size_t lines = 1;
    for (size_t i = 0; i < text.len; i++)
        lines += text.ptr[i] == '\n';
    char *copy = arena_alloc(arena, text.len + lines * indent.len + 1), *to = copy;
    while (rest.len > 0) {
        ptrdiff_t line_end = str_find(rest, STR("\n"));
        size_t len = line_end < 0 ? rest.len : (size_t)line_end + 1;
        memcpy(to, indent.ptr, indent.len);
        memcpy(to + indent.len, rest.ptr, len);
        to += indent.len + len;
        rest = str_from_byte(rest, len);
    }
    return (struct str){copy, (size_t)(to - copy)};
}

enum status template_source(struct template_set *set, struct str name, struct str indent,
                            struct arena *arena, const struct source **ret_source,
                            struct fault *fault)
{
    for (int i = 0; i < set->sources_n; i++)
        if (str_eq(set->sources[i]->name, name) && str_eq(set->sources[i]->indent, indent)) {
            *ret_source = set->sources[i];
            return OK;
        }
    const struct template_file *file = find_file(set, name);
    if (!file)
        return NOT_FOUND;
    struct str text = indent.len ? indented(&set->arena, file->text, indent) : file->text;
    struct source *source = arena_new(&set->arena, struct source, 1);
    TRY(template_parse(&set->arena, str_from(file->name), text, source, arena, fault));
    source->indent = indent;
    *arena_push(&set->arena, set->sources, set->sources_n, set->sources_room) = source;
    *ret_source = source;
    return OK;
}

enum status template_compile(struct template_set *set, struct arena *arena, const char *name,
                             const struct shape *shape, const struct template **ret_template,
                             struct fault *fault)
{
    for (int i = 0; i < set->templates_n; i++)
        if (set->templates[i]->shape == shape && str_is(set->templates[i]->name, name)) {
            *ret_template = set->templates[i];
            return OK;
        }
    const struct source *source;
    enum status status = template_source(set, str_from(name), STR(""), arena, &source, fault);
    if (status == NOT_FOUND)
        return refuse(arena, fault, NOT_FOUND, "", "没有“%s”这个模板。", name);
    TRY(status);
    struct compiler *c = arena_new(arena, struct compiler, 1);
    *c = (struct compiler){
        .set = set, .arena = arena, .fault = fault, .literal = buf_open(SET_CAP_BYTES)};
    struct template *template = arena_new(&set->arena, struct template, 1);
    *template = (struct template){.name = source->name, .shape = shape};
    status = template_compile_source(c, source, shape, template);
    buf_close(&c->literal);
    TRY(status);
    *arena_push(&set->arena, set->templates, set->templates_n, set->templates_room) = template;
    *ret_template = template;
    return OK;
}
