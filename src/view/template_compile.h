/*
 * template_compile - the compiler's own shapes: contexts, what a name means. Private to view/.
 */
#ifndef VIEW_TEMPLATE_COMPILE_H
#define VIEW_TEMPLATE_COMPILE_H

#include "view/template_priv.h"

enum { CONTEXTS_MAX = 64, OPEN_PARTS_MAX = 32 };

struct template_set {
    struct arena arena; /* everything of the set, the set too */
    bool strict;
    struct template_file *files;
    int files_n, files_room;
    const struct source **sources;
    int sources_n, sources_room;
    const struct template **templates;
    int templates_n, templates_room;
};

/* The tokens of a file for one indent; NOT_FOUND without a fault. */
CHECKED enum status template_source(struct template_set *set, struct str name, struct str indent,
                                    struct arena *arena, const struct source **ret_source,
                                    struct fault *fault);

/* Where a cell is: from a row of a frame through objects. */
struct cell {
    int frame, path_n;
    uint16_t path[TEMPLATE_PATH_MAX];
};

enum context_kind {
    CONTEXT_OBJECT, /* the model, or one object; cell.path_n is 0 */
    CONTEXT_ROW,    /* a row of a list */
    CONTEXT_VALUE,  /* one value: {{.}} */
    CONTEXT_COLUMN, /* a heading of @columns: label, value … */
};

struct context {
    enum context_kind kind;
    const struct shape *shape;
    const struct column *column; /* VALUE, COLUMN */
    bool has_row;                /* COLUMN: the cell is known, not only the heading */
    struct cell cell;
};

/* What a name means here: a text known when compiling (empty: falsy), or a cell. */
struct target {
    enum { TARGET_CONST, TARGET_CELL } kind;
    struct str text;
    struct cell cell;
    const struct column *column;
    enum format_style style;
    bool flat; /* a list, written as its names */
};

struct columns_target {
    const struct shape *shape;
    bool is_row; /* headings of a list: without the wide ones */
    bool has_row;
    struct cell cell;
};

struct open_part {
    const struct source *source;
    struct context context;
    struct html_state html;
    int part;
};

struct compiler {
    struct template_set *set;
    struct arena *arena; /* of the fault */
    struct fault *fault;
    const struct source *source;
    struct context contexts[CONTEXTS_MAX];
    int contexts_n, frames_n, steps;
    int parents[TEMPLATE_FRAMES_MAX]; /* of each frame: the one its section's name was found in */
    struct open_part open[OPEN_PARTS_MAX];
    int open_n;
    struct html_state html;
    struct buf literal;
    size_t text_bytes;
    struct code *codes;
    int n, room;
    struct part_range *parts;
    int parts_n, parts_room;
};

/* INVALID: no such name, said with file and line. */
CHECKED enum status resolve(struct compiler *c, const struct token *token,
                            struct target *ret_target);
static inline bool names_columns(struct str name)
{
    return str_is(name, "@columns") || str_ends(name, STR(".@columns"));
}
CHECKED enum status resolve_columns(struct compiler *c, const struct token *token,
                                    struct columns_target *ret_columns);

CHECKED enum status template_compile_source(struct compiler *c, const struct source *source,
                                            const struct shape *shape, struct template *template);

#endif
