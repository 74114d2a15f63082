#include "domain/import/review.h"

#include "domain/body/body.h"

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

static const struct column note_columns[] = {
    {"wrong", NULL, COLUMN_TEXT},
    {"now", NULL, COLUMN_TEXT},
};
const struct shape shape_note = {"note", note_columns, COLUMNS_N(note_columns)};

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
    {"body_id_note", NULL, COLUMN_OBJECT, .shape = &shape_note, .flags = COLUMN_PAGE_ONLY},
    {"body_name_note", NULL, COLUMN_OBJECT, .shape = &shape_note, .flags = COLUMN_PAGE_ONLY},
    {"term_note", NULL, COLUMN_OBJECT, .shape = &shape_note, .flags = COLUMN_PAGE_ONLY},
    {"id_note", NULL, COLUMN_OBJECT, .shape = &shape_note, .flags = COLUMN_PAGE_ONLY},
    {"number_note", NULL, COLUMN_OBJECT, .shape = &shape_note, .flags = COLUMN_PAGE_ONLY},
    {"title_note", NULL, COLUMN_OBJECT, .shape = &shape_note, .flags = COLUMN_PAGE_ONLY},
    {"issuers_note", NULL, COLUMN_OBJECT, .shape = &shape_note, .flags = COLUMN_PAGE_ONLY},
    {"addressees_note", NULL, COLUMN_OBJECT, .shape = &shape_note, .flags = COLUMN_PAGE_ONLY},
    {"date_note", NULL, COLUMN_OBJECT, .shape = &shape_note, .flags = COLUMN_PAGE_ONLY},
    {"effective_note", NULL, COLUMN_OBJECT, .shape = &shape_note, .flags = COLUMN_PAGE_ONLY},
    {"repeals_note", NULL, COLUMN_OBJECT, .shape = &shape_note, .flags = COLUMN_PAGE_ONLY},
    {"body_classes_note", NULL, COLUMN_OBJECT, .shape = &shape_note, .flags = COLUMN_PAGE_ONLY},
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

/* --- a form and its fields --- */

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

/* A browser sends line ends as CR LF. */
static bool is_same(const struct review *review, struct str typed, struct str has)
{
    return str_eq(str_trim(str_replace(review->call->arena, typed, STR("\r"), STR(""))), has);
}

/* What is wrong at a field, or after a conflict what the draft has there now. */
static struct value note_of(const struct review *review, struct str mark, const char *field,
                            struct str has)
{
    struct call *call = review->call;
    if (!is_refused(review, mark))
        return NULL_VALUE;
    struct object *note = object_new(call->arena, &shape_note);
    if (str_is(call->fault.field, field))
        object_set(note, "wrong", value_text(call->fault.message));
    else if (call->fault.status == CONFLICT && !is_same(review, call_form(call, field), has))
        object_set(note, "now", value_text(has.len ? has : STR("（空）")));
    else
        return NULL_VALUE;
    return value_object(note);
}

static struct value options(const struct review *review, const struct choice *choices,
                            struct str word)
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

void put_field(const struct review *review, struct object *row, struct str mark, const char *field,
               const char *key, struct str has)
{
    struct str note = str_fmt(review->call->arena, "%s_note", field);
    object_set(row, key, value_text(shown(review, mark, field, has)));
    object_set(row, note.ptr, note_of(review, mark, field, has));
}

void put_options(const struct review *review, struct object *row, struct str mark,
                 const char *field, const char *key, const struct choice *choices, struct str word)
{
    struct str note = str_fmt(review->call->arena, "%s_note", key);
    struct str typed = shown(review, mark, field, word), now = word;
    for (const struct choice *choice = choices; choice->word; choice++)
        if (str_is(word, choice->word))
            now = str_from(choice->label);
    object_set(row, key, options(review, choices, typed));
    object_set(row, note.ptr,
               str_eq(typed, word) && !str_is(review->call->fault.field, field)
                   ? NULL_VALUE
                   : note_of(review, mark, field, now));
}

struct value line_url(const struct review *review, int line)
{
    return line > 0 ? value_text(str_fmt(review->call->arena, "#l-%d", line)) : NULL_VALUE;
}

struct value line_value(int line)
{
    return line > 0 ? value_int(line) : NULL_VALUE;
}

/* What is said at a field is not said twice. */
struct value problem_value(const struct review *review, struct str mark)
{
    return is_refused(review, mark) && review->call->fault.field.len == 0
               ? value_text(review->call->fault.message)
               : NULL_VALUE;
}

struct str number_text(struct arena *arena, int number)
{
    return number < 0 ? STR("") : str_fmt(arena, "%d", number);
}

struct str joined(struct arena *arena, const struct str_list *list, const char *separator)
{
    return str_join(arena, str_from(separator), list->items, list->n);
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

static void put_fact(struct review *review, const char *key, struct str has)
{
    put_field(review, review->model, STR("facts"), key, key, has);
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
    put_options(review, review->model, STR("facts"), "body_class", "body_classes", body_classes,
                class.len ? class : STR("cppcc"));
    object_set(review->model, "facts_problem", problem_value(review, STR("facts")));
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
    put_contents_and_forms(&review);
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
