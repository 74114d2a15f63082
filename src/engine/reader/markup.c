#include "engine/reader/markup.h"

#include "base/utf8.h"
#include "text/text.h"

enum { SPAN_MAX = 1000, TAG_BYTES_MAX = 4000, NAME_MAX = 16, ENTITY_MAX = 10 };

enum tag_kind {
    TAG_OTHER, /* left out, its text kept */
    TAG_BLOCK, /* a paragraph of its own */
    TAG_BREAK,
    TAG_TABLE,
    TAG_ROW,
    TAG_CELL,
    TAG_HEADER,
    TAG_HIDDEN /* left out with its text */
};

static const struct {
    const char *name;
    enum tag_kind kind;
} tags[] = {
    {"p", TAG_BLOCK},       {"div", TAG_BLOCK},      {"h1", TAG_BLOCK},    {"h2", TAG_BLOCK},
    {"h3", TAG_BLOCK},      {"h4", TAG_BLOCK},       {"li", TAG_BLOCK},    {"ul", TAG_BLOCK},
    {"ol", TAG_BLOCK},      {"body", TAG_BLOCK},     {"html", TAG_BLOCK},  {"section", TAG_BLOCK},
    {"article", TAG_BLOCK}, {"center", TAG_BLOCK},   {"br", TAG_BREAK},    {"table", TAG_TABLE},
    {"tr", TAG_ROW},        {"td", TAG_CELL},        {"th", TAG_HEADER},   {"script", TAG_HIDDEN},
    {"style", TAG_HIDDEN},  {"head", TAG_HIDDEN},    {"span", TAG_OTHER},  {"strong", TAG_OTHER},
    {"b", TAG_OTHER},       {"i", TAG_OTHER},        {"u", TAG_OTHER},     {"a", TAG_OTHER},
    {"font", TAG_OTHER},    {"em", TAG_OTHER},       {"tbody", TAG_OTHER}, {"thead", TAG_OTHER},
    {"img", TAG_OTHER},     {"o", TAG_OTHER},        {"sup", TAG_OTHER},   {"sub", TAG_OTHER},
    {"col", TAG_OTHER},     {"colgroup", TAG_OTHER}, {"meta", TAG_OTHER},  {"link", TAG_OTHER},
    {"hr", TAG_BREAK},      {"title", TAG_HIDDEN},   {"input", TAG_OTHER}, {"caption", TAG_BLOCK},
    {"dl", TAG_BLOCK},      {"dt", TAG_BLOCK},       {"dd", TAG_BLOCK},    {"tfoot", TAG_OTHER},
};

struct tag {
    enum tag_kind kind;
    bool closing;
    struct str attributes;
    size_t len;
};

struct span {
    int rows; /* rows to come that it reaches into */
    struct str text;
    bool header;
};

struct markup {
    struct arena *arena;
    struct source *source;
    struct buf text; /* of the paragraph or cell being read */
    int line, start; /* where we are; where that text began */
    bool in_row, in_cell, in_block;
    struct source_cell cells[LIMIT_CELLS];
    int cells_n;
    struct span spans[LIMIT_CELLS];
    int rowspan, colspan; /* of the open cell */
    bool header;
};

static bool is_name_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static bool name_is(struct str name, const char *lower)
{
    for (size_t i = 0; i < name.len; i++)
        if ((name.ptr[i] | 0x20) != lower[i])
            return false;
    return lower[name.len] == 0;
}

/* <name …> or </name> of a tag it knows, at the start of `rest`. */
static bool tag_read(struct str rest, struct tag *ret_tag)
{
    struct tag tag = {0};
    size_t at = 1;
    if (rest.len < 3 || rest.ptr[0] != '<')
        return false;
    tag.closing = rest.ptr[1] == '/';
    at += tag.closing;
    size_t from = at;
    while (at < rest.len && at - from < NAME_MAX && is_name_char(rest.ptr[at]))
        at++;
    struct str name = str_slice(rest, from, at);
    const char *end =
        memchr(rest.ptr + at, '>', rest.len - at < TAG_BYTES_MAX ? rest.len - at : TAG_BYTES_MAX);
    if (name.len == 0 || !end)
        return false;
    for (size_t i = 0; i < sizeof tags / sizeof *tags; i++)
        if (strlen(tags[i].name) == name.len && name_is(name, tags[i].name)) {
            tag.kind = tags[i].kind;
            tag.len = (size_t)(end - rest.ptr) + 1;
            tag.attributes = str_slice(rest, at, tag.len - 1);
            *ret_tag = tag;
            return true;
        }
    return false;
}

bool markup_is_in(struct str text)
{
    for (const char *at = text.ptr, *end = text.ptr + text.len; at && at < end; at++) {
        at = memchr(at, '<', (size_t)(end - at));
        struct tag tag;
        if (!at)
            return false;
        if (tag_read((struct str){at, (size_t)(end - at)}, &tag) && tag.kind != TAG_OTHER)
            return true;
    }
    return false;
}

/* rowspan="2": its number, 1 when there is none. */
static int attribute(struct str attributes, struct str name)
{
    ptrdiff_t at = str_find(attributes, name);
    if (at < 0)
        return 1;
    struct str rest = str_from_byte(attributes, (size_t)at + name.len);
    while (rest.len > 0 && strchr("=\"' ", rest.ptr[0]))
        rest = str_from_byte(rest, 1);
    int value = 0;
    for (size_t i = 0; i < rest.len && rest.ptr[i] >= '0' && rest.ptr[i] <= '9' && i < 4; i++)
        value = value * 10 + rest.ptr[i] - '0';
    return value < 1 ? 1 : value > SPAN_MAX ? SPAN_MAX : value;
}

static struct str taken(struct markup *markup)
{
    struct str text = str_copy(markup->arena, text_trim(buf_str(&markup->text)));
    buf_clear(&markup->text);
    return text;
}

static void put(struct markup *markup, struct str text)
{
    if (markup->text.len == 0)
        markup->start = markup->line;
    buf_put(&markup->text, text);
}

static void end_text(struct markup *markup)
{
    if (text_trim(buf_str(&markup->text)).len > 0)
        source_put_line(markup->arena, markup->source, taken(markup), markup->start);
    buf_clear(&markup->text);
}

/* Cells of rows above that reach down to where the next cell would stand. */
static void put_spanned(struct markup *markup)
{
    while (markup->cells_n < LIMIT_CELLS && markup->spans[markup->cells_n].rows > 0) {
        struct span *span = &markup->spans[markup->cells_n];
        markup->cells[markup->cells_n++] =
            (struct source_cell){.text = span->text, .repeated = true, .header = span->header};
        span->rows--;
    }
}

static void end_cell(struct markup *markup)
{
    if (!markup->in_cell)
        return;
    markup->in_cell = false;
    struct str text = taken(markup);
    put_spanned(markup);
    for (int i = 0; i < markup->colspan && markup->cells_n < LIMIT_CELLS; i++) {
        int column = markup->cells_n++;
        markup->cells[column] =
            (struct source_cell){.text = text, .repeated = i > 0, .header = markup->header};
        markup->spans[column] =
            (struct span){.rows = markup->rowspan - 1, .text = text, .header = markup->header};
    }
}

static void end_row(struct markup *markup)
{
    end_cell(markup);
    if (!markup->in_row)
        return;
    markup->in_row = false;
    put_spanned(markup);
    int n = markup->cells_n;
    markup->cells_n = 0;
    if (n == 0)
        return;
    struct source_cell *cells = arena_new(markup->arena, struct source_cell, n);
    struct str texts[LIMIT_CELLS];
    for (int i = 0; i < n; i++) {
        cells[i] = markup->cells[i];
        texts[i] = cells[i].text;
    }
    source_put_row(markup->arena, markup->source, str_join(markup->arena, STR("\t"), texts, n),
                   cells, n, markup->start);
}

static void begin_cell(struct markup *markup, const struct tag *tag)
{
    end_cell(markup);
    if (!markup->in_row)
        end_text(markup);
    markup->in_row = markup->in_cell = true;
    markup->header = tag->kind == TAG_HEADER;
    markup->rowspan = attribute(tag->attributes, STR("rowspan"));
    markup->colspan = attribute(tag->attributes, STR("colspan"));
    buf_clear(&markup->text);
    markup->start = markup->line;
}

static void put_table(struct markup *markup)
{
    end_row(markup);
    end_text(markup);
    memset(markup->spans, 0, sizeof markup->spans);
}

/* A paragraph ends at its tag, but for a row of paragraphs with tabs between. */
static void put_block(struct markup *markup, bool closing, struct str rest)
{
    bool tab_behind = closing && rest.len > 0 && rest.ptr[0] == '\t';
    struct str so_far = buf_str(&markup->text);
    bool tab_before = !closing && so_far.len > 0 && so_far.ptr[so_far.len - 1] == '\t';
    markup->in_block = !closing;
    if (!markup->in_cell && !tab_behind && !tab_before)
        end_text(markup);
}

static void put_tag(struct markup *markup, const struct tag *tag, struct str rest)
{
    switch (tag->kind) {
    case TAG_BLOCK:
        put_block(markup, tag->closing, rest);
        break;
    case TAG_BREAK:
        if (!markup->in_cell)
            end_text(markup);
        else if (buf_str(&markup->text).len > 0)
            put(markup, STR(" "));
        break;
    case TAG_TABLE:
        put_table(markup);
        break;
    case TAG_ROW:
        end_row(markup);
        if (!markup->in_row)
            end_text(markup);
        markup->in_row = !tag->closing;
        break;
    case TAG_CELL:
    case TAG_HEADER:
        if (tag->closing)
            end_cell(markup);
        else
            begin_cell(markup, tag);
        break;
    default:
        break;
    }
}

/* <script>…</script> and the like: bytes to skip behind its opening tag. */
static size_t hidden_len(struct str rest)
{
    for (size_t at = 0; at + 1 < rest.len; at++) {
        const char *next = memchr(rest.ptr + at, '<', rest.len - at);
        struct tag tag;
        if (!next)
            return rest.len;
        at = (size_t)(next - rest.ptr);
        if (tag_read(str_from_byte(rest, at), &tag) && tag.closing && tag.kind == TAG_HIDDEN)
            return at + tag.len;
    }
    return rest.len;
}

static const struct {
    const char *name;
    const char *text;
} entities[] = {{"nbsp", " "},   {"ensp", " "},  {"emsp", "　"}, {"lt", "<"},
                {"gt", ">"},     {"amp", "&"},   {"quot", "\""}, {"apos", "'"},
                {"ldquo", "“"},  {"rdquo", "”"}, {"lsquo", "‘"}, {"rsquo", "’"},
                {"middot", "·"}, {"mdash", "—"}, {"ndash", "–"}, {"hellip", "…"}};

static bool number_entity(struct markup *markup, struct str name)
{
    bool hex = name.len > 2 && (name.ptr[1] | 0x20) == 'x';
    int32_t code = 0;
    for (size_t i = hex ? 2 : 1; i < name.len; i++) {
        int digit = name.ptr[i] >= '0' && name.ptr[i] <= '9' ? name.ptr[i] - '0'
                    : hex && (name.ptr[i] | 0x20) >= 'a' && (name.ptr[i] | 0x20) <= 'f'
                        ? (name.ptr[i] | 0x20) - 'a' + 10
                        : -1;
        if (digit < 0 || code > 0x10FFFF / 16)
            return false;
        code = code * (hex ? 16 : 10) + digit;
    }
    char to[4];
    if (code < 0x20 || (code >= 0xD800 && code < 0xE000) || code > 0x10FFFF)
        return true;
    put(markup, (struct str){to, (size_t)utf8_put(to, code)});
    return true;
}

/* &nbsp; at the start of `rest`: bytes taken, 0 when it is none. */
static size_t put_entity(struct markup *markup, struct str rest)
{
    const char *end = memchr(rest.ptr, ';', rest.len < ENTITY_MAX ? rest.len : ENTITY_MAX);
    if (!end)
        return 0;
    struct str name = str_slice(rest, 1, (size_t)(end - rest.ptr));
    if (name.len > 1 && name.ptr[0] == '#')
        return number_entity(markup, name) ? name.len + 2 : 0;
    for (size_t i = 0; i < sizeof entities / sizeof *entities; i++)
        if (str_is(name, entities[i].name)) {
            put(markup, str_from(entities[i].text));
            return name.len + 2;
        }
    return 0;
}

static void put_newline(struct markup *markup)
{
    if (markup->in_cell || markup->in_block)
        put(markup, STR(" "));
    else if (!markup->in_row)
        end_text(markup);
    markup->line++;
}

static size_t read_one(struct markup *markup, struct str rest)
{
    struct tag tag;
    size_t len = 0;
    if (rest.ptr[0] == '\n') {
        put_newline(markup);
        return 1;
    }
    if (rest.ptr[0] == '&' && (len = put_entity(markup, rest)) > 0)
        return len;
    if (rest.ptr[0] == '<' && tag_read(rest, &tag)) {
        len = tag.len;
        put_tag(markup, &tag, str_from_byte(rest, len));
        if (tag.kind == TAG_HIDDEN && !tag.closing)
            len += hidden_len(str_from_byte(rest, len));
        for (size_t i = 0; i < len; i++)
            markup->line += rest.ptr[i] == '\n';
        return len;
    }
    for (len = 1; len < rest.len && !strchr("\n&<", rest.ptr[len]); len++)
        ;
    put(markup, str_head(rest, len));
    return len;
}

void markup_read(struct arena *arena, struct str text, struct source *source)
{
    AUTOBUF buf = buf_open(READER_INPUT_MAX_BYTES + KIB(1));
    struct markup *markup = arena_new(arena, struct markup, 1);
    *markup = (struct markup){.arena = arena, .source = source, .text = buf, .line = 1};
    for (struct str rest = text; rest.len > 0;)
        rest = str_from_byte(rest, read_one(markup, rest));
    end_row(markup);
    end_text(markup);
    buf = markup->text;
}
