#include "engine/flow/priv.h"

/* A flow as a diagram: states stand beside each other, each step is an arrow on a line of its own,
 * so that no two ever cross or cover one another. */

enum { COLUMN_PX = 190, LINE_PX = 46, HEAD_PX = 56, MARGIN_PX = 24, BOX_W = 140, BOX_H = 32 };

static int states_n(const struct flow *flow)
{
    int n = 0;
    while (flow->states[n].word)
        n++;
    return n;
}

static int state_index(const struct flow *flow, const char *word)
{
    for (int i = 0; word && flow->states[i].word; i++)
        if (strcmp(flow->states[i].word, word) == 0)
            return i;
    return -1;
}

/* What an arrow says: 登记备案（须填：原因） */
static void put_label(struct buf *buf, const struct flow_step *step)
{
    bool any = false;
    buf_put(buf, str_from(step->label));
    for (const struct field *field = step->fields; field && field->key; field++) {
        if (!field->required)
            continue;
        buf_fmt(buf, "%s%s", any ? "、" : "（填", field->label);
        any = true;
    }
    if (any)
        BUF_LIT(buf, "）");
}

void flow_put_mermaid(struct buf *buf, const struct kind *kind)
{
    const struct flow *flow = kind->flow;
    buf_fmt(buf, "%%%% %s\nstateDiagram-v2\n", kind->label);
    for (int i = 0; flow->states[i].word; i++)
        buf_fmt(buf, "    s%d: %s\n", i, flow->states[i].label);
    for (const struct flow_step *step = flow->steps; step->action; step++) {
        int from = state_index(flow, step->from), to = state_index(flow, step->to);
        if (from < 0)
            BUF_LIT(buf, "    [*]");
        else
            buf_fmt(buf, "    s%d", from);
        buf_fmt(buf, " --> s%d: ", to < 0 ? from : to);
        put_label(buf, step);
        buf_char(buf, '\n');
    }
}

static int column_x(int state)
{
    return MARGIN_PX + COLUMN_PX / 2 + (state + 1) * COLUMN_PX;
}

static void put_text(struct buf *buf, int x, int y, const char *anchor, struct str text)
{
    buf_fmt(buf, "<text x=\"%d\" y=\"%d\" text-anchor=\"%s\">%.*s</text>\n", x, y, anchor,
            STR_ARG(text));
}

static void put_arrow(struct buf *buf, const struct flow *flow, const struct flow_step *step, int y)
{
    int from = state_index(flow, step->from), to = state_index(flow, step->to);
    int x1 = column_x(from), x2 = column_x(to < 0 ? from : to);
    AUTOBUF label = buf_open(KIB(4));
    put_label(&label, step);
    if (x1 == x2) {
        buf_fmt(buf, "<path class=\"a\" d=\"M%d %d h34 v14 h-30\" marker-end=\"url(#head)\"/>\n",
                x1, y - 8);
        put_text(buf, x1 + 42, y + 2, "start", buf_str(&label));
        return;
    }
    buf_fmt(buf, "<path class=\"a\" d=\"M%d %d H%d\" marker-end=\"url(#head)\"/>\n", x1, y,
            x2 > x1 ? x2 - 4 : x2 + 4);
    if (from < 0)
        buf_fmt(buf, "<circle cx=\"%d\" cy=\"%d\" r=\"5\"/>\n", x1, y);
    put_text(buf, (x1 < x2 ? x1 : x2) + 10, y - 6, "start", buf_str(&label));
}

static int steps_n(const struct flow *flow)
{
    int n = 0;
    while (flow->steps[n].action)
        n++;
    return n;
}

void flow_put_svg(struct buf *buf, const struct kind *kind)
{
    const struct flow *flow = kind->flow;
    int states = states_n(flow), lines = steps_n(flow);
    int width = column_x(states) + 60, height = HEAD_PX + lines * LINE_PX + 2 * MARGIN_PX;
    buf_fmt(buf,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" "
            "height=\"%d\" role=\"img\">\n<title>%s</title>\n",
            width, height, width, height, kind->label);
    BUF_LIT(buf, "<style>svg{background:#fff}text{font:14px sans-serif;fill:#1f2937}"
                 ".a{fill:none;stroke:#1d4f91;stroke-width:1.4}"
                 ".l{stroke:#c8ced6}.b{fill:#eef3f9;stroke:#1d4f91}</style>\n"
                 "<defs><marker id=\"head\" markerWidth=\"9\" markerHeight=\"8\" refX=\"8\" "
                 "refY=\"4\" orient=\"auto\"><path d=\"M0 0 L9 4 L0 8 z\" fill=\"#1d4f91\"/>"
                 "</marker></defs>\n");
    for (int i = 0; i < states; i++) {
        buf_fmt(buf, "<path class=\"l\" d=\"M%d %d V%d\"/>\n", column_x(i), MARGIN_PX + BOX_H,
                height - MARGIN_PX);
        buf_fmt(buf, "<rect class=\"b\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"6\"/>\n",
                column_x(i) - BOX_W / 2, MARGIN_PX, BOX_W, BOX_H);
        put_text(buf, column_x(i), MARGIN_PX + 21, "middle", str_from(flow->states[i].label));
    }
    for (int i = 0; i < lines; i++)
        put_arrow(buf, flow, &flow->steps[i], HEAD_PX + MARGIN_PX + (i + 1) * LINE_PX - 18);
    BUF_LIT(buf, "</svg>\n");
}
