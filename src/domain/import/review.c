#include "domain/import/priv.h"

#include "domain/body/body.h"
#include "domain/scheme/scheme_kinds.h"

/* 核对: the document with line numbers on the left, what was read on the right, each pointing to
 * its line. Every form names itself ("link-3"), so that a refusal is shown where it was made. */

#define COLUMNS_N(columns) (int)(sizeof(columns) / sizeof *(columns))
enum { LINES_SHOWN = 5000 };

static const struct column line_columns[] = {
    {"number", NULL, COLUMN_INT},
    {"text", NULL, COLUMN_TEXT},
    {"mark", NULL, COLUMN_TEXT},
};
static const struct shape shape_line = {"line", line_columns, COLUMNS_N(line_columns)};

static const struct column warning_columns[] = {
    {"index", NULL, COLUMN_INT},      {"line", NULL, COLUMN_INT},
    {"line_url", NULL, COLUMN_URL},   {"code", NULL, COLUMN_TEXT},
    {"message", NULL, COLUMN_TEXT},   {"remedy", NULL, COLUMN_TEXT},
    {"remedy_op", NULL, COLUMN_TEXT}, {"remedy_at", NULL, COLUMN_INT},
};
static const struct shape shape_warning = {"warning", warning_columns, COLUMNS_N(warning_columns)};
enum { W_INDEX, W_LINE, W_URL, W_CODE, W_MESSAGE, W_REMEDY, W_OP, W_AT };

static const struct column unit_columns[] = {
    {"name", NULL, COLUMN_TEXT},    {"parts", NULL, COLUMN_TEXT}, {"is_group", NULL, COLUMN_FLAG},
    {"held", NULL, COLUMN_FLAG},    {"hint", NULL, COLUMN_TEXT},  {"line", NULL, COLUMN_INT},
    {"line_url", NULL, COLUMN_URL},
};
static const struct shape shape_unit = {"unit", unit_columns, COLUMNS_N(unit_columns)};

static const struct column link_columns[] = {
    {"index", NULL, COLUMN_INT},       {"mark", NULL, COLUMN_TEXT},
    {"from", NULL, COLUMN_TEXT},       {"kind", NULL, COLUMN_TEXT},
    {"clause", NULL, COLUMN_TEXT},     {"line", NULL, COLUMN_INT},
    {"line_url", NULL, COLUMN_URL},    {"total", NULL, COLUMN_INT},
    {"declared", NULL, COLUMN_INT},    {"declared_text", NULL, COLUMN_TEXT},
    {"agrees", NULL, COLUMN_FLAG},     {"mismatch", NULL, COLUMN_FLAG},
    {"units_text", NULL, COLUMN_TEXT}, {"units", NULL, COLUMN_LIST, .shape = &shape_unit},
    {"problem", NULL, COLUMN_TEXT},
};
static const struct shape shape_link = {"link", link_columns, COLUMNS_N(link_columns)};

static const struct column item_columns[] = {
    {"index", NULL, COLUMN_INT}, {"mark", NULL, COLUMN_TEXT},    {"clause", NULL, COLUMN_TEXT},
    {"text", NULL, COLUMN_TEXT}, {"line", NULL, COLUMN_INT},     {"line_url", NULL, COLUMN_URL},
    {"op", NULL, COLUMN_TEXT},   {"problem", NULL, COLUMN_TEXT},
};
static const struct shape shape_item = {"item", item_columns, COLUMNS_N(item_columns)};

static const struct column option_columns[] = {
    {"word", NULL, COLUMN_TEXT},
    {"label", NULL, COLUMN_TEXT},
    {"selected", NULL, COLUMN_FLAG},
};
static const struct shape shape_option = {"option", option_columns, COLUMNS_N(option_columns)};

static const struct column duty_columns[] = {
    {"index", NULL, COLUMN_INT},
    {"mark", NULL, COLUMN_TEXT},
    {"clause", NULL, COLUMN_TEXT},
    {"text", NULL, COLUMN_TEXT},
    {"line", NULL, COLUMN_INT},
    {"line_url", NULL, COLUMN_URL},
    {"summary", NULL, COLUMN_TEXT},
    {"who", NULL, COLUMN_LIST, .shape = &shape_option},
    {"deed", NULL, COLUMN_LIST, .shape = &shape_option},
    {"shape", NULL, COLUMN_LIST, .shape = &shape_option},
    {"strength", NULL, COLUMN_LIST, .shape = &shape_option},
    {"per", NULL, COLUMN_LIST, .shape = &shape_option},
    {"day_kind", NULL, COLUMN_LIST, .shape = &shape_option},
    {"min", NULL, COLUMN_TEXT},
    {"max", NULL, COLUMN_TEXT},
    {"by", NULL, COLUMN_TEXT},
    {"opens", NULL, COLUMN_TEXT},
    {"days", NULL, COLUMN_TEXT},
    {"problem", NULL, COLUMN_TEXT},
};
static const struct shape shape_duty = {"duty", duty_columns, COLUMNS_N(duty_columns)};

static const struct column columns[] = {
    {"action", NULL, COLUMN_URL},
    {"undo_url", NULL, COLUMN_URL},
    {"can_undo", NULL, COLUMN_FLAG},
    {"version", NULL, COLUMN_INT},
    {"filename", NULL, COLUMN_TEXT},
    {"problem", NULL, COLUMN_TEXT},
    {"facts_problem", NULL, COLUMN_TEXT},
    {"body_given", NULL, COLUMN_FLAG},
    {"body_id", NULL, COLUMN_TEXT},
    {"body_name", NULL, COLUMN_TEXT},
    {"body_classes", NULL, COLUMN_LIST, .shape = &shape_option},
    {"term", NULL, COLUMN_TEXT},
    {"id", NULL, COLUMN_TEXT},
    {"number", NULL, COLUMN_TEXT},
    {"title", NULL, COLUMN_TEXT},
    {"issuers", NULL, COLUMN_TEXT},
    {"addressees", NULL, COLUMN_TEXT},
    {"date", NULL, COLUMN_TEXT},
    {"effective", NULL, COLUMN_TEXT},
    {"repeals", NULL, COLUMN_TEXT},
    {"warnings", NULL, COLUMN_LIST, .shape = &shape_warning},
    {"lines", NULL, COLUMN_LIST, .shape = &shape_line},
    {"lines_cut", NULL, COLUMN_FLAG},
    {"links", NULL, COLUMN_LIST, .shape = &shape_link},
    {"contents", NULL, COLUMN_LIST, .shape = &shape_item},
    {"forms", NULL, COLUMN_LIST, .shape = &shape_item},
    {"duties", NULL, COLUMN_LIST, .shape = &shape_duty},
    {"new_link", NULL, COLUMN_OBJECT, .shape = &shape_link},
    {"new_content", NULL, COLUMN_OBJECT, .shape = &shape_item},
    {"new_form", NULL, COLUMN_OBJECT, .shape = &shape_item},
    {"new_duty", NULL, COLUMN_OBJECT, .shape = &shape_duty},
};
const struct shape shape_review = {"review", columns, COLUMNS_N(columns)};

struct review {
    struct call *call;
    const struct draft *draft;
    const char *problem; /* the form that was refused; NULL = none */
    struct object *model;
};

static bool is_refused(const struct review *review, struct str mark)
{
    return review->problem && str_is(mark, review->problem);
}

/* What was typed into the refused form, else what the draft has. */
static struct str shown(const struct review *review, struct str mark, const char *field,
                        struct str has)
{
    return is_refused(review, mark) ? call_form(review->call, field) : has;
}

static struct value line_url(const struct review *review, int line)
{
    return line > 0 ? value_text(str_fmt(review->call->arena, "#l-%d", line)) : NULL_VALUE;
}

static struct value line_value(int line)
{
    return line > 0 ? value_int(line) : NULL_VALUE;
}

static struct value problem_value(const struct review *review, struct str mark)
{
    return is_refused(review, mark) ? value_text(review->call->fault.message) : NULL_VALUE;
}

static struct str number_text(struct arena *arena, int number)
{
    return number < 0 ? STR("") : str_fmt(arena, "%d", number);
}

static struct str joined(struct arena *arena, const struct str_list *list, const char *separator)
{
    return str_join(arena, str_from(separator), list->items, list->n);
}

struct str unit_line(struct arena *arena, const struct scheme_party *party)
{
    struct str name = party->name;
    if (party->parts.n > 0)
        name = str_fmt(arena, "%.*s（%.*s）", STR_ARG(name),
                       STR_ARG(joined(arena, &party->parts, "、")));
    return party->is_group ? str_fmt(arena, GROUP_MARK "%.*s", STR_ARG(name)) : name;
}

/* --- left: the document --- */

static void put_lines(struct review *review)
{
    const struct source *source = &review->draft->source;
    struct arena *arena = review->call->arena;
    struct list *lines = list_new(arena, &shape_line);
    for (int i = 0; i < source->lines_n && lines->n < LINES_SHOWN; i++) {
        if (str_trim(source->lines[i].text).len == 0)
            continue;
        struct value *row = list_add(arena, lines);
        row[0] = value_int(source->lines[i].number);
        row[1] = value_text(source->lines[i].text);
        row[2] = value_text(str_fmt(arena, "l-%d", source->lines[i].number));
    }
    object_set(review->model, "lines", value_list(lines));
    object_set(review->model, "lines_cut", value_int(lines->n == LINES_SHOWN));
}

/* --- warnings with their remedies --- */

struct remedy {
    const char *code, *op, *label;
};
static const struct remedy remedies[] = {
    {"count-mismatch", "count-accept", "按列出的个数导入"},
    {"suspected-misprint", "name-hint", "改为建议的名称"},
};

/* The link a warning is about: the one that stands on its line. */
static int link_at_line(const struct scheme *scheme, const struct scheme_warning *warning)
{
    for (int i = 0; i < scheme->links_n; i++) {
        if (scheme->links[i].line == warning->line && warning->subject.len == 0)
            return i;
        if (str_eq(scheme->links[i].from.name, warning->subject))
            return i;
        for (int k = 0; k < scheme->links[i].to_n; k++)
            if (str_eq(scheme->links[i].to[k].name, warning->subject))
                return i;
    }
    for (int i = 0; i < scheme->links_n; i++)
        if (scheme->links[i].line == warning->line)
            return i;
    return -1;
}

static void put_warnings(struct review *review)
{
    const struct scheme *scheme = &review->draft->scheme;
    struct list *warnings = list_new(review->call->arena, &shape_warning);
    for (int i = 0; i < scheme->warnings_n; i++) {
        const struct scheme_warning *warning = &scheme->warnings[i];
        struct value *row = list_add(review->call->arena, warnings);
        row[W_INDEX] = value_int(i);
        row[W_LINE] = line_value(warning->line);
        row[W_URL] = line_url(review, warning->line);
        row[W_CODE] = value_text(str_from(warning->code));
        row[W_MESSAGE] = value_text(warning->message);
        int link = link_at_line(scheme, warning);
        for (size_t r = 0; r < sizeof remedies / sizeof remedies[0]; r++) {
            if (link < 0 || strcmp(remedies[r].code, warning->code) != 0)
                continue;
            row[W_REMEDY] = value_text(str_from(remedies[r].label));
            row[W_OP] = value_text(str_from(remedies[r].op));
            row[W_AT] = value_int(link);
        }
    }
    object_set(review->model, "warnings", value_list(warnings));
}

/* --- right: what was read --- */

static struct value options(struct review *review, const struct choice *choices, struct str word)
{
    struct list *list = list_new(review->call->arena, &shape_option);
    for (; choices->word; choices++) {
        struct value *row = list_add(review->call->arena, list);
        row[0] = value_text(str_from(choices->word));
        row[1] = value_text(str_from(choices->label));
        row[2] = value_int(str_is(word, choices->word));
    }
    return value_list(list);
}

static void put_fact(struct review *review, const char *key, struct str has)
{
    object_set(review->model, key, value_text(shown(review, STR("facts"), key, has)));
}

static void put_facts(struct review *review)
{
    const struct scheme *scheme = &review->draft->scheme;
    const struct scheme_document *document = &scheme->document;
    struct arena *arena = review->call->arena;
    struct str class = scheme->body.classification;
    put_fact(review, "body_id", scheme->body.id);
    put_fact(review, "body_name", scheme->body.name);
    put_fact(review, "term", scheme->body.term ? number_text(arena, scheme->body.term) : STR(""));
    put_fact(review, "id", document->id);
    put_fact(review, "number", document->number);
    put_fact(review, "title", document->title);
    put_fact(review, "issuers", joined(arena, &document->issuers, "\n"));
    put_fact(review, "addressees", joined(arena, &document->addressees, "\n"));
    put_fact(review, "date", date_format(arena, document->date));
    put_fact(review, "effective", date_format(arena, document->effective));
    put_fact(review, "repeals", joined(arena, &document->repeals, "\n"));
    object_set(review->model, "body_given", value_int(review->call->body.id != 0));
    object_set(review->model, "body_classes",
               options(review, body_classes, class.len ? class : STR("cppcc")));
    object_set(review->model, "facts_problem", problem_value(review, STR("facts")));
}

static const struct list *units_list(struct review *review, const struct scheme_link *link)
{
    struct arena *arena = review->call->arena;
    struct list *units = list_new(arena, &shape_unit);
    for (int i = 0; i < link->to_n; i++) {
        const struct scheme_party *party = &link->to[i];
        int line = party->line ? party->line : link->line;
        struct value *row = list_add(arena, units);
        row[0] = value_text(party->name);
        row[1] = value_text_or_null(joined(arena, &party->parts, "、"));
        row[2] = value_int(party->is_group);
        row[3] = value_int(party->held);
        row[4] = value_text_or_null(party->hint);
        row[5] = line_value(line);
        row[6] = line_url(review, line);
    }
    return units;
}

static struct str units_text(struct arena *arena, const struct scheme_link *link)
{
    struct str *lines = arena_new(arena, struct str, link->to_n);
    for (int i = 0; i < link->to_n; i++)
        lines[i] = unit_line(arena, &link->to[i]);
    return str_join(arena, STR("\n"), lines, link->to_n);
}

static void fill_link(struct review *review, struct object *row, const struct scheme_link *link,
                      struct str mark)
{
    struct arena *arena = review->call->arena;
    bool counted = link->declared_count >= 0;
    struct str declared = number_text(arena, link->declared_count);
    object_set(row, "mark", value_text(mark));
    object_set(row, "from", value_text(shown(review, mark, "from", link->from.name)));
    object_set(row, "kind", value_text(str_from(link_kind_words[link->kind].label)));
    object_set(row, "clause", value_text(shown(review, mark, "clause", link->clause)));
    object_set(row, "line", line_value(link->line));
    object_set(row, "line_url", line_url(review, link->line));
    object_set(row, "total", value_int(link->to_n));
    object_set(row, "declared", counted ? value_int(link->declared_count) : NULL_VALUE);
    object_set(row, "declared_text", value_text(shown(review, mark, "declared", declared)));
    object_set(row, "agrees", value_int(counted && link->declared_count == link->to_n));
    object_set(row, "mismatch", value_int(counted && link->declared_count != link->to_n));
    object_set(row, "units_text",
               value_text(shown(review, mark, "units", units_text(arena, link))));
    object_set(row, "units", value_list(units_list(review, link)));
    object_set(row, "problem", problem_value(review, mark));
}

static void put_links(struct review *review)
{
    static const struct scheme_link none = {.declared_count = -1};
    struct arena *arena = review->call->arena;
    struct list *links = list_new(arena, &shape_link);
    for (int i = 0; i < review->draft->scheme.links_n; i++) {
        struct object row = {links->shape, list_add(arena, links)};
        fill_link(review, &row, &review->draft->scheme.links[i], str_fmt(arena, "link-%d", i));
        object_set(&row, "index", value_int(i));
    }
    struct object *blank = object_new(arena, &shape_link);
    fill_link(review, blank, &none, STR("link-add"));
    object_set(review->model, "links", value_list(links));
    object_set(review->model, "new_link", value_object(blank));
}

static void fill_item(struct review *review, struct object *row, const struct scheme_item *item,
                      struct str mark)
{
    struct str text = item->summary.len ? item->summary : item->text;
    object_set(row, "mark", value_text(mark));
    object_set(row, "clause", value_text(shown(review, mark, "clause", item->clause)));
    object_set(row, "text", value_text(shown(review, mark, "text", text)));
    object_set(row, "line", line_value(item->line));
    object_set(row, "line_url", line_url(review, item->line));
    object_set(row, "problem", problem_value(review, mark));
}

/* `op` is what the forms of the list call themselves: content, form. */
static void put_items(struct review *review, const char *key, const char *op,
                      const struct scheme_item *items, int n)
{
    static const struct scheme_item none = {0};
    struct arena *arena = review->call->arena;
    struct list *list = list_new(arena, &shape_item);
    for (int i = 0; i < n; i++) {
        struct object row = {list->shape, list_add(arena, list)};
        fill_item(review, &row, &items[i], str_fmt(arena, "%s-%d", key, i));
        object_set(&row, "index", value_int(i));
        object_set(&row, "op", value_text(str_from(op)));
    }
    struct object *blank = object_new(arena, &shape_item);
    fill_item(review, blank, &none, str_fmt(arena, "%s-add", key));
    object_set(blank, "op", value_text(str_from(op)));
    object_set(review->model, key, value_list(list));
    object_set(review->model, str_fmt(arena, "new_%s", op).ptr, value_object(blank));
}

static struct str month_day_text(struct arena *arena, struct month_day day)
{
    if (day.month == 0)
        return STR("");
    return str_fmt(arena, "%s%02d-%02d", day.year_offset ? "次年" : "", day.month, day.day);
}

static void put_choice(struct review *review, struct object *row, struct str mark, const char *key,
                       struct str word)
{
    const struct field *field = &kind_duty.fields[kind_field(&kind_duty, key)];
    object_set(row, key, options(review, field->choices, shown(review, mark, key, word)));
}

static void fill_duty(struct review *review, struct object *row, const struct scheme_duty *duty,
                      struct str mark)
{
    struct arena *arena = review->call->arena;
    struct str text = duty->summary.len ? duty->summary : duty->text;
    const struct {
        const char *key;
        struct str has;
    } texts[] = {{"clause", duty->clause},
                 {"text", text},
                 {"min", number_text(arena, duty->min)},
                 {"max", number_text(arena, duty->max)},
                 {"by", month_day_text(arena, duty->by)},
                 {"opens", month_day_text(arena, duty->opens)},
                 {"days", number_text(arena, duty->days)}};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        object_set(row, texts[i].key, value_text(shown(review, mark, texts[i].key, texts[i].has)));
    put_choice(review, row, mark, "who", str_from(actor_words[duty->who].word));
    put_choice(review, row, mark, "deed", duty->deed);
    put_choice(review, row, mark, "shape", str_from(duty_shape_words[duty->shape].word));
    put_choice(review, row, mark, "strength", str_from(strength_words[duty->strength].word));
    put_choice(review, row, mark, "per", str_from(period_words[duty->per].word));
    put_choice(review, row, mark, "day_kind", str_from(day_kind_words[duty->day_kind].word));
    object_set(row, "mark", value_text(mark));
    object_set(row, "line", line_value(duty->line));
    object_set(row, "line_url", line_url(review, duty->line));
    object_set(row, "summary",
               value_text(str_fmt(arena, "%s · %s", strength_words[duty->strength].label,
                                  period_words[duty->per].label)));
    object_set(row, "problem", problem_value(review, mark));
}

static void put_duties(struct review *review)
{
    static const struct scheme_duty none = {.min = -1, .max = -1, .days = -1};
    struct arena *arena = review->call->arena;
    struct list *duties = list_new(arena, &shape_duty);
    for (int i = 0; i < review->draft->scheme.duties_n; i++) {
        struct object row = {duties->shape, list_add(arena, duties)};
        fill_duty(review, &row, &review->draft->scheme.duties[i], str_fmt(arena, "duty-%d", i));
        object_set(&row, "index", value_int(i));
    }
    struct object *blank = object_new(arena, &shape_duty);
    fill_duty(review, blank, &none, STR("duty-add"));
    object_set(review->model, "duties", value_list(duties));
    object_set(review->model, "new_duty", value_object(blank));
}

enum status review_page(struct call *call, struct page *page, const struct draft *draft,
                        const char *problem)
{
    struct review review = {.call = call, .draft = draft, .problem = problem};
    const struct scheme *scheme = &draft->scheme;
    review.model = object_new(call->arena, &shape_review);
    struct str url = import_url(call, draft->id, "");
    object_set(review.model, "action", value_text(url));
    object_set(review.model, "undo_url", value_text(import_url(call, draft->id, "/undo")));
    object_set(review.model, "can_undo", value_int(draft->can_undo));
    object_set(review.model, "version", value_int(draft->version));
    object_set(review.model, "filename", value_text(draft->filename));
    object_set(review.model, "problem",
               value_text_or_null(problem ? call->fault.message : STR("")));
    put_lines(&review);
    put_warnings(&review);
    put_facts(&review);
    put_links(&review);
    put_items(&review, "contents", "content", scheme->contents, scheme->contents_n);
    put_items(&review, "forms", "form", scheme->forms, scheme->forms_n);
    put_duties(&review);
    page->model = review.model;
    page->title = str_fmt(call->arena, "核对 %.*s", STR_ARG(draft_title(call->arena, draft)));
    page->state = str_fmt(
        call->arena,
        "读出联系方 %d 个、联系内容 %d 类、联系形式 %d 种、工作要求 %d 项；%d 处需要核对。",
        scheme->links_n, scheme->contents_n, scheme->forms_n, scheme->duties_n, scheme->warnings_n);
    page_crumb(page, STR("导入文件"), import_home(call));
    page_action(page, STR("下一步：导入"), import_url(call, draft->id, "/preview"), true);
    page->actions[page->actions_n++] =
        (struct page_link){.label = STR("放弃"),
                           .url = import_url(call, draft->id, "/discard"),
                           .post = true,
                           .confirm = STR("放弃后，这份文件的核对结果不再保留，可以重新上传。")};
    return OK;
}

enum status import_review(struct call *call, struct page *page)
{
    struct draft draft;
    TRY(draft_get(call, &draft));
    return review_page(call, page, &draft, NULL);
}
