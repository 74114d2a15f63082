/*
 * lines - source lines to paragraphs.
 *
 * A text file breaks its sentences where the page or the column ended, and puts page numbers in
 * between. A line is joined to the one before it only where that one cannot have been finished:
 * no sentence ends there, and it is as wide as the column, or stops behind a separator, inside
 * brackets, or in the middle of prose. Two finished names are never glued together.
 */
#include "base/utf8.h"
#include "engine/reader/priv.h"
#include "text/text.h"

enum {
    WIDTH_STEP = 4, /* columns of a bucket of the width histogram */
    WIDTH_BUCKETS = 32,
    WIDTH_LEAST = 36,       /* columns; a narrower text is not taken for wrapped */
    WIDTH_RAGGED = 6,       /* a full line may end so many columns early */
    WRAPPED_LEAST = 3,      /* lines of one width that make a column */
    OPEN_BRACKET_MAX = 400, /* bytes an unclosed bracket may reach back */
    PROSE_BYTES = 180,      /* an unfinished line of this length is prose */
};

/* The paragraph being put together. */
struct builder {
    struct reading *reading;
    struct para_text *pieces; /* lines of it */
    struct line_mark *marks;
    int n, room, marks_room;
    size_t len;
    struct para para; /* its first line's particulars */
    bool active;
    int blank_lines; /* since the last line */
    int last_number;
    int column;       /* width of the text column, 0 = not wrapped */
    bool page_number; /* one stood between */
    bool strict;      /* the format tells paragraphs itself */
};

static int columns(struct str s)
{
    int n = 0;
    while (s.len > 0)
        n += utf8_next(&s) < 0x80 ? 1 : 2;
    return n;
}

/* The width that most unfinished lines have. */
static int column_width(const struct source *source)
{
    int counts[WIDTH_BUCKETS] = {0}, best = 0;
    for (int i = 0; i < source->lines_n; i++) {
        const struct source_line *line = &source->lines[i];
        struct str text = text_trim(line->text);
        bool followed = i + 1 < source->lines_n && source->lines[i + 1].number == line->number + 1;
        if (line->cells_n > 0 || text.len == 0 || text.len > WIDTH_BUCKETS * WIDTH_STEP * 3 ||
            !followed || ends_terminal(text))
            continue;
        int bucket = columns(text) / WIDTH_STEP;
        if (bucket * WIDTH_STEP >= WIDTH_LEAST && bucket < WIDTH_BUCKETS)
            counts[bucket]++;
    }
    for (int i = 1; i < WIDTH_BUCKETS; i++)
        if (counts[i] > counts[best])
            best = i;
    return counts[best] >= WRAPPED_LEAST ? best * WIDTH_STEP : 0;
}

/* Digits, dashes, spaces; 第3页, 共8页, 3/8. */
static bool is_page_number(struct str key)
{
    static const char *const words[] = {"第", "页", "共", "—",    "-", "/",
                                        "~",  "·",  "，", "Page", " "};
    int digits = 0;
    if (key.len == 0 || key.len > 40)
        return false;
    while (key.len > 0) {
        size_t skip = 0;
        for (size_t i = 0; i < sizeof words / sizeof *words && skip == 0; i++)
            if (str_starts(key, str_from(words[i])))
                skip = strlen(words[i]);
        if (skip == 0 && (key.ptr[0] < '0' || key.ptr[0] > '9'))
            return false;
        digits += skip == 0;
        key = str_from_byte(key, skip > 0 ? skip : 1);
    }
    return digits > 0 && digits <= 6;
}

/* The text of an unclosed bracket reaches to the end of the line. */
static bool is_open(struct str key)
{
    struct str tail =
        str_from_byte(key, key.len > OPEN_BRACKET_MAX ? key.len - OPEN_BRACKET_MAX : 0);
    static const struct {
        const char *open, *close;
    } pairs[] = {{"《", "》"}, {"（", "）"}, {"“", "”"}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        ptrdiff_t open = str_find_last(tail, str_from(pairs[i].open));
        if (open >= 0 && str_find_last(tail, str_from(pairs[i].close)) < open)
            return true;
    }
    return false;
}

static bool ends_with_separator(struct str key)
{
    static const char *const ends[] = {"、", "，", "—"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (str_ends(key, str_from(ends[i])))
            return true;
    return false;
}

/* 某局(负责)联系…, 某某同志负责联系…: a statement of its own. */
static bool tells_link(const struct word_index *words, struct str subject)
{
    static const word_list verbs = {
        STR_INIT("负责对口"), STR_INIT("负责"), STR_INIT("对口"), STR_INIT("同志"), {NULL, 0}};
    bool person = str_has(subject, STR("同志"));
    subject.len -= word_end(verbs, subject);
    return person || is_unit_name(words, subject) || word_ends(posts, subject);
}

/* It opens something of its own: a numbered clause, an annex, an imprint, a list with its head. */
static bool starts_anew(const struct word_index *words, struct str key)
{
    if (head_read(key).level != HEAD_NONE || word_starts(line_openings, key))
        return true;
    struct str colon = STR("：");
    ptrdiff_t at = str_find(str_head(key, LIMIT_HEAD), colon);
    if (str_ends(key, colon) && key.len < LIMIT_HEAD)
        return true;
    ptrdiff_t relation = str_find(str_head(key, LIMIT_HEAD), STR("联系"));
    if (relation > 0 && tells_link(words, str_head(key, (size_t)relation)))
        return true;
    struct str head = str_head(key, at > 0 ? (size_t)at : 0);
    return at > 0 && (set_ends(words, SET_UNIT_SUFFIXES, head) || word_ends(label_suffixes, head));
}

static bool is_sentence_open(struct str key)
{
    return str_has(key, STR("。")) || str_has(key, STR("；")) || str_has(key, STR("，"));
}

/* 甲局、乙局、丙局: nothing but a list. */
static bool is_list_piece(struct str key)
{
    size_t n = 0;
    for (ptrdiff_t at; n < 3 && (at = str_find(key, STR("、"))) > 0; n++) {
        if (at > LIMIT_NAME || word_in(not_names, str_head(key, (size_t)at)))
            return false;
        key = str_from_byte(key, (size_t)at + 3);
    }
    return n == 3;
}

/* 各县区政协，市直各有关 | 单位：, the salutation of a letter over two lines. */
static bool is_addressee_tail(const struct builder *builder, struct str end, struct str key)
{
    struct str all = STR("各"), first = builder->pieces[0].key;
    bool list = str_has(end, STR("、")) || str_has(end, STR("，"));
    return list && str_has(first, all) && str_ends(key, STR("：")) && key.len < LIMIT_NAME &&
           !str_has(end, STR("：")) && !str_has(first, STR("。")) && !str_has(key, STR("联系")) &&
           head_read(key).level == HEAD_NONE && head_read(first).level == HEAD_NONE;
}

/* May the line follow what has been gathered? */
static bool may_join(const struct builder *builder, struct str key, bool indented)
{
    const struct para_text *last = &builder->pieces[builder->n - 1];
    struct str end = last->key;
    if (ends_terminal(end) || is_metadata_line(end) || is_metadata_line(key))
        return false;
    if (str_starts(builder->pieces[0].key, STR("附件")) && is_organ_name(key))
        return false;
    if (starts_anew(builder->reading->words, key))
        return builder->blank_lines == 0 && is_addressee_tail(builder, end, key);
    if (ends_with_separator(end) || is_open(end))
        return true;
    if (builder->strict || (indented && builder->blank_lines == 0))
        return false;
    int width = columns(last->text) - builder->column;
    bool full = builder->column > 0 && width >= -WIDTH_RAGGED && width <= WIDTH_RAGGED + WIDTH_STEP;
    bool prose = is_sentence_open(end) || builder->n > 1;
    bool unit = set_ends(builder->reading->words, SET_UNIT_SUFFIXES, end);
    if (unit && builder->n == 1 && !prose && !str_has(end, STR("、")))
        return false; /* one name a line */
    if (full)
        return true;
    bool list = is_list_piece(end) && is_list_piece(key);
    if (list && builder->blank_lines > 0)
        return true; /* a page ended inside a name: between two names a separator would stand */
    if (unit)
        return false;
    if (builder->blank_lines > 0)
        return (prose && str_has(builder->pieces[0].key, STR("。"))) || builder->len > PROSE_BYTES;
    return prose;
}

/* 提案委员会      市委办、市政府办、: two columns without a tab */
static bool has_gap(struct str raw)
{
    return str_find(raw, STR("   ")) > 0 || str_find(raw, STR("　　")) > 0;
}

/* The first line as printed, the others as mended. */
static struct str raw_of_pieces(const struct builder *builder)
{
    struct arena *arena = builder->reading->arena;
    struct str *parts = arena_new(arena, struct str, builder->n);
    parts[0] = builder->para.raw;
    for (int i = 1; i < builder->n; i++)
        parts[i] = builder->pieces[i].text;
    return str_join(arena, STR(""), parts, builder->n);
}

static void flush(struct builder *builder)
{
    struct reading *reading = builder->reading;
    if (!builder->active)
        return;
    struct para para = builder->para;
    if (builder->n == 1) {
        para.at = builder->pieces[0];
    } else if (builder->n > 1) {
        char *text = arena_alloc(reading->arena, builder->len + 1);
        size_t len = 0;
        for (int i = 0; i < builder->n; i++) {
            memcpy(text + len, builder->pieces[i].text.ptr, builder->pieces[i].text.len);
            len += builder->pieces[i].text.len;
        }
        para.at.text = (struct str){text, len};
        para.at.key = normal_key(reading, para.at.text);
        para.raw = has_gap(builder->para.raw) ? raw_of_pieces(builder) : STR("");
        struct line_mark *marks = arena_new(reading->arena, struct line_mark, builder->n);
        memcpy(marks, builder->marks, sizeof *marks * (size_t)builder->n);
        para.marks = marks;
        para.marks_n = builder->n;
    }
    *arena_push(reading->arena, reading->paras, reading->paras_n, reading->paras_room) = para;
    builder->active = false;
    builder->n = 0;
    builder->len = 0;
}

static void add_piece(struct builder *builder, struct para_text at, int line)
{
    struct arena *arena = builder->reading->arena;
    int n = builder->n;
    *arena_push(arena, builder->marks, n, builder->marks_room) =
        (struct line_mark){builder->len, line};
    *arena_push(arena, builder->pieces, builder->n, builder->room) = at;
    builder->len += at.text.len;
}

/* 加强对口— 3 —联系: a page number that the text flowed around. */
static struct para_text without_inline_page(const struct reading *reading, struct para_text at)
{
    static const char *const dashes[] = {"—", "-"};
    for (size_t d = 0; d < 2; d++) {
        struct str dash = str_from(dashes[d]);
        ptrdiff_t from = str_find(at.text, dash);
        if (from <= 0)
            continue;
        size_t digits = (size_t)from + dash.len, to = digits;
        while (to < at.text.len && at.text.ptr[to] >= '0' && at.text.ptr[to] <= '9')
            to++;
        bool number = to > digits && to - digits <= 3;
        struct str rest = str_from_byte(at.text, to);
        char before = at.text.ptr[from - 1], after = rest.len > dash.len ? rest.ptr[dash.len] : '0';
        if (!number || !str_starts(rest, dash) || (before & 0x80) == 0 || (after & 0x80) == 0)
            continue;
        struct str parts[] = {str_head(at.text, (size_t)from), str_from_byte(rest, dash.len)};
        at.text = str_join(reading->arena, STR(""), parts, 2);
        at.key = normal_key(reading, at.text);
    }
    return at;
}

static void add_row(struct builder *builder, const struct source_line *line)
{
    struct reading *reading = builder->reading;
    flush(builder);
    int n = line->cells_n > LIMIT_CELLS ? LIMIT_CELLS : line->cells_n;
    struct para para = {.kind = PARA_ROW, .line = line->number, .cells_n = n};
    para.blank_before = builder->blank_lines > 0 || builder->page_number;
    para.cells = arena_new(reading->arena, struct para_cell, n);
    for (int i = 0; i < n; i++)
        para.cells[i] = (struct para_cell){.at = normal_line(reading, line->cells[i].text),
                                           .raw = text_trim(line->cells[i].text),
                                           .repeated = line->cells[i].repeated,
                                           .header = line->cells[i].header};
    *arena_push(reading->arena, reading->paras, reading->paras_n, reading->paras_room) = para;
}

/* A cell that goes on in the next line of the text file. */
static bool extend_row(struct builder *builder, struct para_text at)
{
    struct reading *reading = builder->reading;
    struct para *row = reading->paras_n > 0 ? &reading->paras[reading->paras_n - 1] : NULL;
    if (builder->active || !row || row->kind != PARA_ROW || builder->blank_lines > 0)
        return false;
    struct para_cell *cell = &row->cells[row->cells_n - 1];
    if (cell->at.key.len > LIMIT_BRACKET || head_read(at.key).level != HEAD_NONE ||
        !(ends_with_separator(cell->at.key) || is_open(cell->at.key)))
        return false;
    struct str parts[] = {cell->at.text, at.text};
    cell->at.text = str_join(reading->arena, STR(""), parts, 2);
    cell->at.key = normal_key(reading, cell->at.text);
    cell->raw = STR("");
    return true;
}

static bool is_indented(struct str raw)
{
    return str_starts(raw, STR("　")) || str_starts(raw, STR("  ")) || str_starts(raw, STR("\t"));
}

static void add_line(struct builder *builder, const struct source_line *line)
{
    struct para_text at = normal_line(builder->reading, line->text);
    at = without_inline_page(builder->reading, at);
    if (at.text.len == 0)
        return;
    builder->blank_lines = line->number - builder->last_number - 1;
    builder->last_number = line->number;
    if (line->cells_n == 0 && is_page_number(at.key)) {
        builder->page_number = true;
        return;
    }
    if (line->cells_n > 0) {
        add_row(builder, line);
    } else if (builder->active && may_join(builder, at.key, is_indented(line->text))) {
        add_piece(builder, at, line->number);
    } else if (!extend_row(builder, at)) {
        flush(builder);
        builder->para = (struct para){.line = line->number,
                                      .raw = text_trim(line->text),
                                      .indented = is_indented(line->text),
                                      .blank_before = builder->blank_lines > 0};
        builder->active = true;
        add_piece(builder, at, line->number);
    }
    builder->page_number = false;
}

void paras_make(struct reading *reading)
{
    const struct source *source = reading->source;
    bool strict = str_is(STR("docx"), source->format) || str_is(STR("html"), source->format);
    struct builder builder = {.reading = reading, .strict = strict};
    if (!strict)
        builder.column = column_width(source);
    for (int i = 0; i < source->lines_n; i++)
        add_line(&builder, &source->lines[i]);
    flush(&builder);
}

int para_line(const struct para *para, size_t offset)
{
    int low = 0, high = para->marks_n;
    while (high - low > 1) {
        int middle = (low + high) / 2;
        if (para->marks[middle].offset <= offset)
            low = middle;
        else
            high = middle;
    }
    return para->marks_n > 0 ? para->marks[low].line : para->line;
}
