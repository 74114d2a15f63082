#include "view/template_compile.h"
#include "view/web.h"

static const char *const kind_names[] = {
    [COLUMN_TEXT] = "text",     [COLUMN_INT] = "number",      [COLUMN_FLAG] = "flag",
    [COLUMN_DATE] = "date",     [COLUMN_INSTANT] = "instant", [COLUMN_ID] = "id",
    [COLUMN_CHOICE] = "choice", [COLUMN_URL] = "url",         [COLUMN_OBJECT] = "object",
    [COLUMN_LIST] = "list",
};

static enum status refuse_unknown(struct compiler *c, const struct token *token)
{
    const char *where = "当前内容";
    for (int i = c->contexts_n - 1; i >= 0; i--)
        if (c->contexts[i].kind <= CONTEXT_ROW) {
            where = c->contexts[i].shape->name;
            break;
        }
    return template_refuse(c->arena, c->fault, c->source->name, token->line,
                           "模型 %s 和外层都没有“%.*s”。", where, STR_ARG(token->text));
}

static void set_const(struct target *target, struct str text)
{
    *target = (struct target){.kind = TARGET_CONST, .text = text};
}

static void set_cell(struct target *target, const struct cell *cell, const struct column *column)
{
    *target = (struct target){.kind = TARGET_CELL, .cell = *cell, .column = column};
}

/* One name deeper into the object that the target is; false when it has no such column. */
static bool step_into(struct target *target, const struct shape *shape, int index)
{
    if (index < 0 || target->cell.path_n == TEMPLATE_PATH_MAX)
        return false;
    target->cell.path[target->cell.path_n++] = (uint16_t)index;
    target->column = &shape->columns[index];
    return true;
}

/* --- names of a heading --- */

static void heading_value(const struct context *context, struct target *target)
{
    set_cell(target, &context->cell, context->column);
    if (context->column->kind == COLUMN_OBJECT) {
        const struct shape *shape = context->column->shape;
        if (!step_into(target, shape, format_name_index(shape)))
            set_const(target, STR(""));
    }
    target->flat = context->column->kind == COLUMN_LIST;
}

static void heading_url(const struct context *context, struct target *target)
{
    const struct column *column = context->column;
    set_cell(target, &context->cell, column);
    if (column->kind == COLUMN_URL)
        return;
    if (column->kind == COLUMN_OBJECT) {
        const struct shape *shape = column->shape;
        if (step_into(target, shape, shape_index(shape, STR("url"))))
            return;
    }
    int index = shape_index(context->shape, STR("url"));
    if ((column->flags & COLUMN_LINK) && index >= 0) {
        target->cell.path[target->cell.path_n - 1] = (uint16_t)index;
        target->column = &context->shape->columns[index];
        return;
    }
    set_const(target, STR(""));
}

static bool heading_name(const struct context *context, struct str name, struct target *target)
{
    const struct column *column = context->column;
    if (str_is(name, "key"))
        set_const(target, str_from(column->key));
    else if (str_is(name, "label"))
        set_const(target, str_from(column->label));
    else if (str_is(name, "kind"))
        set_const(target, str_from(kind_names[column->kind]));
    else if (str_is(name, "is_private"))
        set_const(target, column->flags & COLUMN_PRIVATE ? STR("1") : STR(""));
    else if (str_starts(name, STR("is_")))
        set_const(target,
                  str_is(str_from_byte(name, 3), kind_names[column->kind]) ? STR("1") : STR(""));
    else if (!context->has_row)
        return false;
    else if (str_is(name, "value"))
        heading_value(context, target);
    else if (str_is(name, "url"))
        heading_url(context, target);
    else if (str_is(name, "rows") && column->kind == COLUMN_LIST)
        set_cell(target, &context->cell, column);
    else if (str_is(name, "rows"))
        set_const(target, STR(""));
    else
        return false;
    return true;
}

/* --- names in general --- */

static bool find_in(const struct context *context, struct str name, struct target *target)
{
    switch (context->kind) {
    case CONTEXT_OBJECT:
    case CONTEXT_ROW:
        set_cell(target, &context->cell, NULL);
        return step_into(target, context->shape, shape_index(context->shape, name));
    case CONTEXT_VALUE:
        if (!str_is(name, "."))
            return false;
        set_cell(target, &context->cell, context->column);
        target->cell.path[target->cell.path_n++] = 0;
        return true;
    case CONTEXT_COLUMN:
        return heading_name(context, name, target);
    }
    return false;
}

/* {{.}} is the innermost context's alone; other names go outward. */
static bool find_outward(const struct compiler *c, struct str name, struct target *target)
{
    bool is_current = str_is(name, ".");
    for (int i = c->contexts_n - 1; i >= 0; i--) {
        if (find_in(&c->contexts[i], name, target))
            return true;
        if (is_current && c->contexts[i].kind != CONTEXT_COLUMN)
            return false;
    }
    return false;
}

static bool take_style(struct str name, struct target *target)
{
    enum column_kind kind = target->column->kind;
    if (str_is(name, "prose") && (kind == COLUMN_DATE || kind == COLUMN_INSTANT))
        target->style = FORMAT_PROSE;
    else if (str_is(name, "word") && kind != COLUMN_LIST)
        target->style = FORMAT_WORD;
    else
        return false;
    return true;
}

/* {{@static/theme.css}}: the address with the hash. */
static bool find_static(struct str name, struct target *target)
{
    const struct static_file *file = web_file(str_from_byte(name, STR("@static/").len));
    if (!file)
        return false;
    set_const(target, str_from(file->path));
    return true;
}

static bool find_name(const struct compiler *c, struct str name, struct target *target)
{
    if (str_starts(name, STR("@static/")))
        return find_static(name, target);
    if (str_is(name, "."))
        return find_outward(c, name, target);
    if (!find_outward(c, str_cut(&name, STR(".")), target))
        return false;
    while (name.len > 0) {
        struct str next = str_cut(&name, STR("."));
        if (target->kind == TARGET_CONST)
            return str_is(next, "word") || str_is(next, "prose");
        const struct shape *shape =
            target->column->kind == COLUMN_OBJECT ? target->column->shape : NULL;
        if (shape ? !step_into(target, shape, shape_index(shape, next)) : !take_style(next, target))
            return false;
    }
    return true;
}

enum status resolve(struct compiler *c, const struct token *token, struct target *ret_target)
{
    if (find_name(c, token->text, ret_target))
        return OK;
    if (c->set->strict)
        return refuse_unknown(c, token);
    set_const(ret_target, STR(""));
    return OK;
}

static void columns_here(const struct compiler *c, struct columns_target *columns)
{
    const struct context *context = &c->contexts[c->contexts_n - 1];
    while (context->kind > CONTEXT_ROW)
        context--;
    *columns = (struct columns_target){.shape = context->shape,
                                       .is_row = context->kind == CONTEXT_ROW,
                                       .has_row = true,
                                       .cell = context->cell};
}

enum status resolve_columns(struct compiler *c, const struct token *token,
                            struct columns_target *ret_columns)
{
    struct str name = token->text;
    if (str_is(name, "@columns")) {
        columns_here(c, ret_columns);
        return OK;
    }
    name.len -= STR(".@columns").len;
    struct target target;
    if (!find_name(c, name, &target) || target.kind != TARGET_CELL || !target.column->shape ||
        target.cell.path_n > TEMPLATE_PATH_MAX - 2)
        return refuse_unknown(c, token);
    bool is_list = target.column->kind == COLUMN_LIST;
    *ret_columns = (struct columns_target){
        .shape = target.column->shape, .is_row = is_list, .has_row = !is_list, .cell = target.cell};
    return OK;
}
