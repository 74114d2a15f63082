#include <assert.h>

#include "view/template_priv.h"

struct frame {
    const struct value *row;
    const struct list *list; /* of a section over a list */
    int index;
};

struct machine {
    struct buf *buf;
    const struct template *template;
    const struct buf *content;
    struct str inset;
    size_t inset_at;
    struct frame frames[TEMPLATE_FRAMES_MAX];
    int calls;
};

static const struct value null_cell = {.kind = VALUE_NULL};

static const struct value *cell_of(const struct machine *m, const struct code *code)
{
    const struct value *cell = m->frames[code->frame].row + code->path[0];
    for (int i = 1; i < code->path_n; i++) {
        if (cell->kind != VALUE_OBJECT)
            return &null_cell;
        assert(code->path[i] < cell->object->shape->n);
        cell = cell->object->values + code->path[i];
    }
    return cell;
}

static bool is_truthy(const struct column *column, const struct value *cell)
{
    switch (cell->kind) {
    case VALUE_NULL:
        return false;
    case VALUE_INT:
        return cell->i != 0 || column->kind == COLUMN_ID || column->kind == COLUMN_INSTANT;
    case VALUE_LIST:
        return cell->list->n > 0;
    case VALUE_OBJECT:
        return true;
    default:
        return cell->s.len > 0 && !format_is_null(column, *cell);
    }
}

static void put_value(struct machine *m, const struct code *code)
{
    const struct value *cell = cell_of(m, code);
    if (code->dash && format_is_null(code->column, *cell)) {
        buf_put(m->buf, value_is_masked(*cell) ? STR("—（仅限经办人员查看）") : STR("—"));
        return;
    }
    char scratch[FORMAT_SCRATCH];
    AUTOBUF spare = buf_open(MIB(1));
    struct str text =
        format_flat(code->column, *cell, (enum format_style)code->style, scratch, &spare);
    escape_put(m->buf, (enum escape)code->escape, text);
}

static bool bind_object(struct machine *m, const struct code *code)
{
    const struct value *cell = cell_of(m, code);
    if (cell->kind != VALUE_OBJECT)
        return false;
    assert(cell->object->shape == code->column->shape);
    m->frames[code->to] = (struct frame){.row = cell->object->values};
    return true;
}

static bool bind_first_row(struct machine *m, const struct code *code)
{
    const struct value *cell = cell_of(m, code);
    if (cell->kind != VALUE_LIST || cell->list->n == 0)
        return false;
    assert(cell->list->shape == code->column->shape);
    m->frames[code->to] = (struct frame){.row = cell->list->values, .list = cell->list};
    return true;
}

static bool bind_next_row(struct machine *m, const struct code *code)
{
    struct frame *frame = &m->frames[code->to];
    if (++frame->index >= frame->list->n)
        return false;
    frame->row += frame->list->shape->n;
    return true;
}

static bool bind_value(struct machine *m, const struct code *code)
{
    const struct value *cell = cell_of(m, code);
    m->frames[code->to] = (struct frame){.row = cell};
    return is_truthy(code->column, cell);
}

static void run(struct machine *m, int from, int to);

static void call_part(struct machine *m, const struct code *code)
{
    if (m->calls == TEMPLATE_CALLS_MAX)
        return;
    struct frame kept[TEMPLATE_FRAMES_MAX];
    memcpy(kept, m->frames, sizeof kept);
    m->frames[code->to] = m->frames[code->frame];
    const struct part_range *part = &m->template->parts[code->jump];
    m->calls++;
    run(m, part->from, part->to);
    m->calls--;
    memcpy(m->frames, kept, sizeof kept);
}

static void run(struct machine *m, int from, int to)
{
    const struct code *codes = m->template->codes;
    for (int at = from; at < to;) {
        const struct code *code = &codes[at++];
        switch ((enum op)code->op) {
        case OP_TEXT:
            buf_put(m->buf, code->text);
            break;
        case OP_VALUE:
            put_value(m, code);
            break;
        case OP_CONTENT:
            if (m->content)
                buf_put(m->buf, buf_str(m->content));
            break;
        case OP_INSET:
            m->inset_at = m->buf->len;
            buf_put(m->buf, m->inset);
            break;
        case OP_IF:
            at = bind_value(m, code) ? at : code->jump;
            break;
        case OP_UNLESS:
            at = is_truthy(code->column, cell_of(m, code)) ? code->jump : at;
            break;
        case OP_WITH:
            at = bind_object(m, code) ? at : code->jump;
            break;
        case OP_EACH:
            at = bind_first_row(m, code) ? at : code->jump;
            break;
        case OP_NEXT:
            at = bind_next_row(m, code) ? code->jump : at;
            break;
        case OP_CALL:
            call_part(m, code);
            break;
        }
    }
}

void template_render_layout(struct buf *buf, const struct template *template,
                            const struct object *model, const struct buf *content, struct str inset,
                            size_t *ret_at)
{
    assert(model->shape == template->shape);
    struct machine m = {.buf = buf,
                        .template = template,
                        .content = content,
                        .inset = inset,
                        .inset_at = INSET_NONE};
    m.frames[0].row = model->values;
    run(&m, 0, template->n);
    *ret_at = m.inset_at;
}

void template_render(struct buf *buf, const struct template *template, const struct object *model,
                     const struct buf *content)
{
    size_t ignored;
    template_render_layout(buf, template, model, content, (struct str){0}, &ignored);
}
