#include "view/template_priv.h"

enum { OPEN_MAX = 64 };

struct parser {
    struct arena *arena, *fault_arena;
    struct fault *fault;
    struct str name, text;
    size_t at;
    int line; /* of `at` */
    struct token *tokens;
    int n, room;
    int open[OPEN_MAX], open_n; /* sections waiting for their end */
};

/* One {{tag}}: where it stands and what it says. */
struct tag {
    size_t from, to; /* with its braces, and with the rest of its line when it stands alone */
    char sigil;      /* one of # ^ / > ! or 0 */
    struct str name, indent;
};

enum status template_refuse(struct arena *arena, struct fault *fault, struct str name, int line,
                            const char *format, ...)
{
    va_list args;
    va_start(args, format);
    struct str what = str_vfmt(arena, format, args);
    va_end(args);
    return refuse(arena, fault, INVALID, "", "%.*s.html:%d：%.*s", STR_ARG(name), line,
                  STR_ARG(what));
}

static int count_lines(struct str text)
{
    int n = 0;
    for (size_t i = 0; i < text.len; i++)
        n += text.ptr[i] == '\n';
    return n;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* When only white space stands beside the tag on its line, the whole line goes. */
static void widen_to_line(const struct parser *p, struct tag *tag)
{
    size_t from = tag->from, to = tag->to;
    while (from > p->at && is_blank(p->text.ptr[from - 1]))
        from--;
    if (from > 0 && p->text.ptr[from - 1] != '\n')
        return;
    while (to < p->text.len && is_blank(p->text.ptr[to]))
        to++;
    if (to + 1 < p->text.len && p->text.ptr[to] == '\r' && p->text.ptr[to + 1] == '\n')
        to++;
    if (to < p->text.len && p->text.ptr[to++] != '\n')
        return;
    tag->indent = (struct str){p->text.ptr + from, tag->from - from};
    tag->from = from;
    tag->to = to;
}

static bool is_name(struct str name)
{
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!letter && !memchr("_.@-/:", c, 6))
            return false;
    }
    return name.len > 0;
}

static enum status read_tag(struct parser *p, size_t from, int line, struct tag *ret_tag)
{
    struct str inside = str_from_byte(p->text, from + 2);
    ptrdiff_t close = str_find(inside, STR("}}"));
    if (close < 0)
        return template_refuse(p->fault_arena, p->fault, p->name, line, "“{{”没有对应的“}}”。");
    struct tag tag = {.from = from, .to = from + 2 + (size_t)close + 2};
    inside.len = (size_t)close;
    char first = inside.len ? inside.ptr[0] : 0;
    if (first == '{' || first == '&')
        return template_refuse(p->fault_arena, p->fault, p->name, line,
                               "不能写入未转义的内容，请改用 {{名称}}。");
    if (first == '=')
        return template_refuse(p->fault_arena, p->fault, p->name, line,
                               "不能更换分隔符，请用 {{ 和 }}。");
    if (first && memchr("#^/>!", first, 5)) {
        tag.sigil = first;
        widen_to_line(p, &tag);
        inside = str_from_byte(inside, 1);
    }
    tag.name = str_trim(inside);
    if (tag.sigil != '!' && !is_name(tag.name))
        return template_refuse(p->fault_arena, p->fault, p->name, line, "“%.*s”不是名称。",
                               STR_ARG(str_head(tag.name, 60)));
    *ret_tag = tag;
    return OK;
}

static struct token *push(struct parser *p, enum token_kind kind, int line, struct str text)
{
    struct token *token = arena_push(p->arena, p->tokens, p->n, p->room);
    *token = (struct token){.kind = kind, .line = line, .text = text};
    return token;
}

static enum status end_section(struct parser *p, const struct tag *tag, int line)
{
    if (p->open_n == 0)
        return template_refuse(p->fault_arena, p->fault, p->name, line,
                               "“{{/%.*s}}”没有对应的开始标记。", STR_ARG(tag->name));
    struct token *open = &p->tokens[p->open[--p->open_n]];
    if (!str_eq(open->text, tag->name))
        return template_refuse(p->fault_arena, p->fault, p->name, line,
                               "“{{/%.*s}}”与第 %d 行的“%.*s”不对应。", STR_ARG(tag->name),
                               open->line, STR_ARG(open->text));
    open->end = p->n;
    push(p, TOKEN_END, line, tag->name);
    return OK;
}

static enum status add_tag(struct parser *p, const struct tag *tag, int line)
{
    switch (tag->sigil) {
    case '!':
        return OK;
    case '#':
    case '^':
        if (p->open_n == OPEN_MAX)
            return template_refuse(p->fault_arena, p->fault, p->name, line, "嵌套过深。");
        p->open[p->open_n++] = p->n;
        push(p, tag->sigil == '#' ? TOKEN_SECTION : TOKEN_INVERTED, line, tag->name);
        return OK;
    case '/':
        return end_section(p, tag, line);
    case '>':
        push(p, TOKEN_PART, line, tag->name)->indent = tag->indent;
        return OK;
    default:
        push(p,
             str_is(tag->name, "@content") ? TOKEN_CONTENT
             : str_is(tag->name, "@inset") ? TOKEN_INSET
                                           : TOKEN_VALUE,
             line, tag->name);
        return OK;
    }
}

static void add_text(struct parser *p, size_t to)
{
    if (to > p->at)
        push(p, TOKEN_TEXT, p->line, (struct str){p->text.ptr + p->at, to - p->at});
}

static void move_to(struct parser *p, size_t to)
{
    p->line += count_lines((struct str){p->text.ptr + p->at, to - p->at});
    p->at = to;
}

enum status template_parse(struct arena *arena, struct str name, struct str text,
                           struct source *ret_source, struct arena *fault_arena,
                           struct fault *fault)
{
    struct parser p = {.arena = arena,
                       .fault_arena = fault_arena,
                       .fault = fault,
                       .name = name,
                       .text = text,
                       .line = 1};
    while (p.at < text.len) {
        ptrdiff_t open = str_find(str_from_byte(text, p.at), STR("{{"));
        if (open < 0)
            break;
        size_t from = p.at + (size_t)open;
        int line = p.line + count_lines((struct str){text.ptr + p.at, (size_t)open});
        struct tag tag = {0};
        TRY(read_tag(&p, from, line, &tag));
        add_text(&p, tag.from);
        TRY(add_tag(&p, &tag, line));
        move_to(&p, tag.to);
    }
    add_text(&p, text.len);
    if (p.open_n > 0) {
        const struct token *open = &p.tokens[p.open[p.open_n - 1]];
        return template_refuse(fault_arena, fault, name, open->line,
                               "“%.*s”没有对应的结束标记“{{/%.*s}}”。", STR_ARG(open->text),
                               STR_ARG(open->text));
    }
    *ret_source = (struct source){.name = name, .tokens = p.tokens, .n = p.n};
    return OK;
}
