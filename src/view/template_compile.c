#include <assert.h>

#include "view/template_compile.h"

static void flush(struct compiler *c)
{
    if (c->literal.len == 0)
        return;
    struct str text = str_copy(&c->set->arena, buf_str(&c->literal));
    buf_clear(&c->literal);
    *arena_push(&c->set->arena, c->codes, c->n, c->room) =
        (struct code){.op = OP_TEXT, .text = text};
}

static int emit(struct compiler *c, struct code code)
{
    flush(c);
    *arena_push(&c->set->arena, c->codes, c->n, c->room) = code;
    return c->n - 1;
}

static struct code cell_code(enum op op, const struct target *target)
{
    struct code code = {.op = (uint8_t)op,
                        .frame = (uint8_t)target->cell.frame,
                        .path_n = (uint8_t)target->cell.path_n,
                        .column = target->column};
    memcpy(code.path, target->cell.path, sizeof code.path);
    return code;
}

static enum status refuse_at(struct compiler *c, int line, const char *what)
{
    return template_refuse(c->arena, c->fault, c->source->name, line, "%s。", what);
}

/* --- text and values --- */

static enum status compile_text(struct compiler *c, const struct token *token)
{
    size_t offset = 0;
    const char *refused = html_feed(&c->html, token->text, &offset);
    if (refused) {
        int line = token->line;
        for (size_t i = 0; i < offset; i++)
            line += token->text.ptr[i] == '\n';
        return refuse_at(c, line, refused);
    }
    buf_put(&c->literal, token->text);
    c->text_bytes += token->text.len;
    return OK;
}

static enum escape escape_here(const struct html_state *html, const struct column *column)
{
    if (html->place != HTML_VALUE_DOUBLE || html->attr != ATTR_URL)
        return ESCAPE_TEXT;
    if (html->url == URL_START)
        return ESCAPE_URL;
    if (html->url == URL_QUERY)
        return ESCAPE_URL_QUERY;
    return column && column->kind == COLUMN_URL ? ESCAPE_URL_REST : ESCAPE_URL_PATH;
}

static enum status compile_value(struct compiler *c, const struct token *token)
{
    struct target target;
    TRY(resolve(c, token, &target));
    enum escape escape = escape_here(&c->html, target.column);
    const char *refused = html_value(&c->html);
    if (refused)
        return refuse_at(c, token->line, refused);
    if (target.kind == TARGET_CONST) {
        escape_put(&c->literal, escape, target.text);
        return OK;
    }
    if (target.column->kind == COLUMN_OBJECT ||
        (target.column->kind == COLUMN_LIST && !target.flat))
        return template_refuse(c->arena, c->fault, c->source->name, token->line,
                               "“%.*s”不是一个值，请用 {{#%.*s}} 展开。", STR_ARG(token->text),
                               STR_ARG(token->text));
    struct code code = cell_code(OP_VALUE, &target);
    code.escape = (uint8_t)escape;
    code.style = (uint8_t)target.style;
    code.dash = c->html.place == HTML_TEXT;
    emit(c, code);
    return OK;
}

static enum status compile_content(struct compiler *c, const struct token *token)
{
    if (c->html.place != HTML_TEXT)
        return refuse_at(c, token->line,
                         token->kind == TOKEN_INSET ? "{{@inset}} 只能写在正文里"
                                                    : "{{@content}} 只能写在正文里");
    emit(c, (struct code){.op = token->kind == TOKEN_INSET ? OP_INSET : OP_CONTENT});
    return OK;
}

/* --- sections --- */

static enum status boundary(struct compiler *c, int line)
{
    const char *refused = html_boundary(&c->html);
    return refused ? refuse_at(c, line, refused) : OK;
}

static enum status compile_range(struct compiler *c, int from, int to);

/* The body between section and end, and its fit into the HTML around it. */
static enum status compile_body(struct compiler *c, int at, bool repeats)
{
    const struct token *section = &c->source->tokens[at];
    int line = c->source->tokens[section->end].line;
    struct html_state before = c->html;
    TRY(compile_range(c, at + 1, section->end));
    TRY(boundary(c, line));
    if (!html_join(&c->html, &before, repeats))
        return template_refuse(c->arena, c->fault, c->source->name, line,
                               "“%.*s”一节的开头和结尾不在同一层标签或属性里。",
                               STR_ARG(section->text));
    return OK;
}

static enum status push_context(struct compiler *c, int line, struct context context)
{
    if (c->contexts_n == CONTEXTS_MAX)
        return refuse_at(c, line, "嵌套过深");
    c->contexts[c->contexts_n++] = context;
    return OK;
}

static enum op section_op(enum column_kind kind)
{
    return kind == COLUMN_LIST ? OP_EACH : kind == COLUMN_OBJECT ? OP_WITH : OP_IF;
}

static enum status compile_cells(struct compiler *c, int at, const struct target *target)
{
    int line = c->source->tokens[at].line, frame = c->frames_n;
    if (frame == TEMPLATE_FRAMES_MAX)
        return refuse_at(c, line, "嵌套过深");
    bool repeats = target->column->kind == COLUMN_LIST;
    struct code code = cell_code(section_op(target->column->kind), target);
    code.to = (uint8_t)frame;
    int begin = emit(c, code);
    struct context context = {.kind = repeats ? CONTEXT_ROW : CONTEXT_OBJECT,
                              .shape = target->column->shape,
                              .cell = {.frame = frame}};
    if (code.op == OP_IF)
        context = (struct context){
            .kind = CONTEXT_VALUE, .column = target->column, .cell = {.frame = frame}};
    TRY(push_context(c, line, context));
    c->parents[frame] = target->cell.frame;
    c->frames_n++;
    TRY(compile_body(c, at, repeats));
    c->frames_n--;
    c->contexts_n--;
    if (repeats)
        emit(c, (struct code){.op = OP_NEXT, .to = (uint8_t)frame, .jump = begin + 1});
    flush(c);
    c->codes[begin].jump = c->n;
    return OK;
}

static bool is_heading(const struct columns_target *columns, const struct column *column)
{
    return column->label && !(columns->is_row && (column->flags & COLUMN_WIDE));
}

static enum status compile_columns(struct compiler *c, int at, const struct columns_target *columns)
{
    const struct shape *shape = columns->shape;
    for (int i = 0; i < shape->n; i++) {
        if (!is_heading(columns, &shape->columns[i]))
            continue;
        struct context context = {.kind = CONTEXT_COLUMN,
                                  .shape = shape,
                                  .column = &shape->columns[i],
                                  .has_row = columns->has_row,
                                  .cell = columns->cell};
        if (columns->has_row)
            context.cell.path[context.cell.path_n++] = (uint16_t)i;
        TRY(push_context(c, c->source->tokens[at].line, context));
        TRY(compile_body(c, at, true));
        c->contexts_n--;
    }
    return OK;
}

static enum status compile_section(struct compiler *c, int at)
{
    const struct token *token = &c->source->tokens[at];
    TRY(boundary(c, token->line));
    if (names_columns(token->text)) {
        struct columns_target columns;
        TRY(resolve_columns(c, token, &columns));
        return compile_columns(c, at, &columns);
    }
    struct target target;
    TRY(resolve(c, token, &target));
    if (target.kind == TARGET_CONST)
        return target.text.len ? compile_body(c, at, false) : OK;
    return compile_cells(c, at, &target);
}

static enum status compile_inverted(struct compiler *c, int at)
{
    const struct token *token = &c->source->tokens[at];
    TRY(boundary(c, token->line));
    struct target target;
    TRY(resolve(c, token, &target));
    if (target.kind == TARGET_CONST)
        return target.text.len ? OK : compile_body(c, at, false);
    int begin = emit(c, cell_code(OP_UNLESS, &target));
    TRY(compile_body(c, at, false));
    flush(c);
    c->codes[begin].jump = c->n;
    return OK;
}

/* --- parts --- */

static bool starts_alike(const struct compiler *c, const struct open_part *open)
{
    const struct context *here = &c->contexts[c->contexts_n - 1];
    struct html_state html = c->html;
    return here->kind <= CONTEXT_ROW && open->context.kind <= CONTEXT_ROW &&
           here->shape == open->context.shape && html_join(&html, &open->html, true);
}

/* A part that is open already and would start from a row of the same shape is called instead of
 * written out again: trees are rendered so. The call keeps the first indent. */
static const struct open_part *find_open_part(const struct compiler *c, struct str name)
{
    for (int i = c->open_n - 1; i >= 0; i--)
        if (str_eq(c->open[i].source->name, name) && starts_alike(c, &c->open[i]))
            return &c->open[i];
    return NULL;
}

static enum status call_part(struct compiler *c, const struct token *token,
                             const struct open_part *open)
{
    int row = c->contexts[c->contexts_n - 1].cell.frame, to = open->context.cell.frame;
    int above = row; /* a call must go deeper into the row that the part began with */
    while (above > to)
        above = c->parents[above];
    if (row == to || above != to)
        return template_refuse(c->arena, c->fault, c->source->name, token->line,
                               "“%.*s”把自己包含在同一处，没有尽头。", STR_ARG(token->text));
    emit(c, (struct code){
                .op = OP_CALL, .frame = (uint8_t)row, .to = (uint8_t)to, .jump = open->part});
    return OK;
}

static enum status compile_source(struct compiler *c, const struct source *source)
{
    int part = c->parts_n;
    flush(c);
    *arena_push(&c->set->arena, c->parts, c->parts_n, c->parts_room) = (struct part_range){c->n, 0};
    c->open[c->open_n++] =
        (struct open_part){source, c->contexts[c->contexts_n - 1], c->html, part};
    const struct source *outer = c->source;
    c->source = source;
    TRY(compile_range(c, 0, source->n));
    c->source = outer;
    c->open_n--;
    flush(c);
    c->parts[part].to = c->n;
    return OK;
}

static enum status compile_part(struct compiler *c, const struct token *token)
{
    TRY(boundary(c, token->line));
    const struct open_part *open = find_open_part(c, token->text);
    if (open)
        return call_part(c, token, open);
    const struct source *source;
    enum status status =
        template_source(c->set, token->text, token->indent, c->arena, &source, c->fault);
    if (status == NOT_FOUND && !c->set->strict)
        return OK;
    if (status == NOT_FOUND)
        return template_refuse(c->arena, c->fault, c->source->name, token->line,
                               "没有“%.*s”这个模板。", STR_ARG(token->text));
    TRY(status);
    if (c->open_n == OPEN_PARTS_MAX)
        return refuse_at(c, token->line, "模板相互包含过深");
    struct html_state before = c->html;
    TRY(compile_source(c, source));
    TRY(boundary(c, token->line));
    if (!html_join(&c->html, &before, true))
        return template_refuse(c->arena, c->fault, c->source->name, token->line,
                               "模板“%.*s”的开头和结尾不在同一层标签或属性里。",
                               STR_ARG(token->text));
    return OK;
}

static enum status compile_token(struct compiler *c, int at)
{
    const struct token *token = &c->source->tokens[at];
    switch (token->kind) {
    case TOKEN_TEXT:
        return compile_text(c, token);
    case TOKEN_VALUE:
        return compile_value(c, token);
    case TOKEN_CONTENT:
    case TOKEN_INSET:
        return compile_content(c, token);
    case TOKEN_SECTION:
        return compile_section(c, at);
    case TOKEN_INVERTED:
        return compile_inverted(c, at);
    case TOKEN_PART:
        return compile_part(c, token);
    case TOKEN_END:
        break;
    }
    return OK;
}

static enum status compile_range(struct compiler *c, int from, int to)
{
    for (int at = from; at < to; at++) {
        const struct token *token = &c->source->tokens[at];
        if (++c->steps > TEMPLATE_STEPS_MAX || c->text_bytes > TEMPLATE_TEXT_BYTES_MAX)
            return refuse_at(c, token->line, "模板展开后过大");
        TRY(compile_token(c, at));
        if (token->kind == TOKEN_SECTION || token->kind == TOKEN_INVERTED)
            at = token->end;
    }
    return OK;
}

enum status template_compile_source(struct compiler *c, const struct source *source,
                                    const struct shape *shape, struct template *template)
{
    c->source = source;
    c->contexts[c->contexts_n++] = (struct context){.kind = CONTEXT_OBJECT, .shape = shape};
    c->frames_n = 1;
    TRY(compile_source(c, source));
    if (c->html.place != HTML_TEXT)
        return template_refuse(c->arena, c->fault, source->name,
                               source->n ? source->tokens[source->n - 1].line : 1,
                               "模板结束时标签没有写完。");
    template->codes = c->codes;
    template->n = c->n;
    template->parts = c->parts;
    return OK;
}
