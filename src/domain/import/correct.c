#include "domain/import/priv.h"

#include "domain/body/body.h"
#include "domain/document/document.h"
#include "domain/link/link.h"
#include "domain/organization/organization.h"
#include "domain/scheme/scheme_kinds.h"

/* Corrections: one form, one operation, one row of the table at the end. */

struct correction {
    struct call *call;
    struct draft *draft;
    int at; /* index the form is about */
};

static struct str field(struct correction *c, const char *name)
{
    return form_text(c->call, name);
}

/* --- what the document is --- */

/* The facts have the limits that the records have which they become. */
static const struct fact {
    const char *name; /* in the form */
    const struct kind *kind;
    const char *field;
    bool of_body;
} facts[] = {
    {"body_name", &kind_body, "name", true},
    {"body_id", &kind_body, "slug", true},
    {"body_class", &kind_body, "classification", true},
    {"id", &kind_scheme, "slug", false},
    {"number", &kind_document, "number", false},
    {"title", &kind_document, "title", false},
    {"date", &kind_document, "date", false},
    {"effective", &kind_document, "effective_date", false},
    {"issuers", &kind_document, "issuers", false},
    {"addressees", &kind_document, "addressees", false},
    {"repeals", &kind_document, "repeals", false},
};

/* Lists come line by line; all else is one line. */
static struct str posted(struct correction *c, const struct fact *fact)
{
    bool list = fact->kind->fields[kind_field(fact->kind, fact->field)].kind == FIELD_ROWS;
    return list ? call_form(c->call, fact->name) : field(c, fact->name);
}

static enum status check_facts(struct correction *c)
{
    bool of_body = c->call->body.id == 0;
    for (size_t i = 0; i < sizeof facts / sizeof facts[0]; i++) {
        const struct fact *fact = &facts[i];
        if (!fact->of_body || of_body)
            TRY(field_check(c->call, fact->kind, fact->field, fact->name, posted(c, fact)));
    }
    /* A body need not have a term; a term has to have its number. */
    if (of_body && field(c, "term").len > 0)
        TRY(field_check(c->call, &kind_term, "number", "term", field(c, "term")));
    if (of_body && !body_slug_is_good(field(c, "body_id")))
        return call_refuse(c->call, INVALID, "body_id",
                           "地址名“%.*s”不能用，请换成小写字母、数字和短横组成的其他名称，"
                           "例如 yiyang。",
                           STR_ARG(field(c, "body_id")));
    if (!scheme_is_slug(field(c, "id")))
        return call_refuse(c->call, INVALID, "id",
                           "标识只能用小写字母、数字和短横，例如 yiyang-2022-2。");
    return OK;
}

/* Checked before: empty or a day there is. */
static struct date date_of(struct correction *c, const char *name)
{
    struct date date = {0};
    return date_parse(field(c, name), &date) ? date : (struct date){0};
}

static void correct_body(struct correction *c, struct scheme_body *body)
{
    int64_t number = 0;
    body->id = field(c, "body_id");
    body->name = field(c, "body_name");
    body->classification = field(c, "body_class");
    body->term = str_to_int(field(c, "term"), &number) ? (int)number : 0;
}

static enum status correct_facts(struct correction *c)
{
    struct scheme_document *document = &c->draft->scheme.document;
    TRY(check_facts(c));
    if (c->call->body.id == 0)
        correct_body(c, &c->draft->scheme.body);
    document->id = field(c, "id");
    document->number = field(c, "number");
    document->title = field(c, "title");
    document->date = date_of(c, "date");
    document->effective = date_of(c, "effective");
    document->issuers = form_lines(c->call, "issuers");
    document->addressees = form_lines(c->call, "addressees");
    document->repeals = form_lines(c->call, "repeals");
    return OK;
}

/* --- links --- */

static enum status correct_link(struct correction *c)
{
    struct scheme_link *link = &c->draft->scheme.links[c->at];
    struct str from = field(c, "from"), declared = field(c, "declared");
    int64_t count = -1;
    if (from.len == 0)
        return call_refuse(c->call, INVALID, "from", "请填写联系方的名称。");
    TRY(field_check(c->call, &kind_organization, "name", "from", from));
    TRY(field_check(c->call, &kind_link, "clause", "clause", field(c, "clause")));
    TRY(field_check(c->call, &kind_link, "declared_count", "declared", declared));
    TRY(correct_units(c->call, link));
    if (!str_eq(link->from.name, from)) { /* somebody has decided on the name */
        link->from.held = false;
        link->from.hint = (struct str){0};
    }
    link->from.name = from;
    link->clause = field(c, "clause");
    link->declared_count = str_to_int(declared, &count) ? (int)count : -1;
    return OK;
}

static enum status add_link(struct correction *c)
{
    struct scheme *scheme = &c->draft->scheme;
    struct scheme_link *link =
        arena_push(c->call->arena, scheme->links, scheme->links_n, scheme->links_room);
    *link = (struct scheme_link){.from = {.class = PARTY_COMMITTEE}, .declared_count = -1};
    c->at = scheme->links_n - 1;
    return correct_link(c);
}

#define DROP_AT(items, n, at)                                                                      \
    (memmove(&(items)[at], &(items)[(at) + 1], (size_t)((n) - (at)-1) * sizeof *(items)), (n)--)

static enum status drop_link(struct correction *c)
{
    struct scheme *scheme = &c->draft->scheme;
    DROP_AT(scheme->links, scheme->links_n, c->at);
    return OK;
}

/* The printed count gives way to what is listed; the warning has been answered. */
static void drop_warning_of(struct scheme *scheme, const char *code, const struct scheme_link *link)
{
    for (int i = 0; i < scheme->warnings_n; i++) {
        const struct scheme_warning *warning = &scheme->warnings[i];
        bool about = warning->line == link->line || str_eq(warning->subject, link->from.name);
        for (int k = 0; k < link->to_n && !about; k++)
            about = str_eq(warning->subject, link->to[k].name);
        if (about && strcmp(warning->code, code) == 0) {
            DROP_AT(scheme->warnings, scheme->warnings_n, i);
            return;
        }
    }
}

static enum status accept_count(struct correction *c)
{
    struct scheme_link *link = &c->draft->scheme.links[c->at];
    link->declared_count = link->to_n;
    drop_warning_of(&c->draft->scheme, "count-mismatch", link);
    return OK;
}

static void take_hint(struct scheme_party *party)
{
    if (party->held && party->hint.len > 0)
        party->name = party->hint;
    party->held = false;
    party->hint = (struct str){0};
}

static enum status accept_hint(struct correction *c)
{
    struct scheme_link *link = &c->draft->scheme.links[c->at];
    drop_warning_of(&c->draft->scheme, "suspected-misprint", link);
    take_hint(&link->from);
    for (int i = 0; i < link->to_n; i++)
        take_hint(&link->to[i]);
    return OK;
}

static enum status drop_warning(struct correction *c)
{
    struct scheme *scheme = &c->draft->scheme;
    DROP_AT(scheme->warnings, scheme->warnings_n, c->at);
    return OK;
}

/* --- contents and forms --- */

/* What a person wrote over the reader's text are words that somebody chose. */
static enum status correct_item(struct correction *c, struct scheme_item *item,
                                const struct kind *kind)
{
    struct str text = field(c, "text"), clause = field(c, "clause");
    if (text.len == 0)
        return call_refuse(c->call, INVALID, "text", "请填写内容；不需要这一条的，请用“删去”。");
    TRY(field_check(c->call, kind, "name", "text", text));
    TRY(field_check(c->call, kind, "clause", "clause", clause));
    if (item->summary.len > 0 || !str_eq(text, item->text))
        item->summary = text;
    item->clause = clause;
    return OK;
}

static enum status correct_content(struct correction *c)
{
    return correct_item(c, &c->draft->scheme.contents[c->at], &kind_content);
}

static enum status correct_form(struct correction *c)
{
    return correct_item(c, &c->draft->scheme.forms[c->at], &kind_form);
}

static enum status add_content(struct correction *c)
{
    struct scheme *scheme = &c->draft->scheme;
    struct scheme_item *item =
        arena_push(c->call->arena, scheme->contents, scheme->contents_n, scheme->contents_room);
    *item = (struct scheme_item){0};
    return correct_item(c, item, &kind_content);
}

static enum status add_form(struct correction *c)
{
    struct scheme *scheme = &c->draft->scheme;
    struct scheme_item *item =
        arena_push(c->call->arena, scheme->forms, scheme->forms_n, scheme->forms_room);
    *item = (struct scheme_item){0};
    return correct_item(c, item, &kind_form);
}

static enum status drop_content(struct correction *c)
{
    struct scheme *scheme = &c->draft->scheme;
    DROP_AT(scheme->contents, scheme->contents_n, c->at);
    return OK;
}

static enum status drop_form(struct correction *c)
{
    struct scheme *scheme = &c->draft->scheme;
    DROP_AT(scheme->forms, scheme->forms_n, c->at);
    return OK;
}

/* --- duties --- */

static enum status change_duty(struct correction *c)
{
    return correct_duty(c->call, &c->draft->scheme.duties[c->at]);
}

static enum status add_duty(struct correction *c)
{
    struct scheme *scheme = &c->draft->scheme;
    struct scheme_duty *duty =
        arena_push(c->call->arena, scheme->duties, scheme->duties_n, scheme->duties_room);
    *duty = (struct scheme_duty){.min = -1, .max = -1, .days = -1};
    return correct_duty(c->call, duty);
}

static enum status drop_duty(struct correction *c)
{
    struct scheme *scheme = &c->draft->scheme;
    DROP_AT(scheme->duties, scheme->duties_n, c->at);
    return OK;
}

/* --- the table --- */

static const struct operation {
    const char *name;
    enum status (*run)(struct correction *);
    enum list_of list; /* where `at` counts */
    const char *mark;  /* of the form, with -at behind when it has a list */
    bool typed;        /* the form has fields, whose contents must not be lost */
} operations[] = {
    {"facts", correct_facts, OF_NONE, "facts", true},
    {"link", correct_link, OF_LINKS, "link", true},
    {"link-add", add_link, OF_NONE, "link-add", true},
    {"link-drop", drop_link, OF_LINKS, "link", false},
    {"count-accept", accept_count, OF_LINKS, "link", false},
    {"name-hint", accept_hint, OF_LINKS, "link", false},
    {"content", correct_content, OF_CONTENTS, "contents", true},
    {"content-add", add_content, OF_NONE, "contents-add", true},
    {"content-drop", drop_content, OF_CONTENTS, "contents", false},
    {"form", correct_form, OF_FORMS, "forms", true},
    {"form-add", add_form, OF_NONE, "forms-add", true},
    {"form-drop", drop_form, OF_FORMS, "forms", false},
    {"duty", change_duty, OF_DUTIES, "duty", true},
    {"duty-add", add_duty, OF_NONE, "duty-add", true},
    {"duty-drop", drop_duty, OF_DUTIES, "duty", false},
    {"warning-drop", drop_warning, OF_WARNINGS, "warning", false},
};

static int list_length(const struct scheme *scheme, enum list_of list)
{
    const int lengths[] = {[OF_LINKS] = scheme->links_n,
                           [OF_CONTENTS] = scheme->contents_n,
                           [OF_FORMS] = scheme->forms_n,
                           [OF_DUTIES] = scheme->duties_n,
                           [OF_WARNINGS] = scheme->warnings_n};
    return lengths[list];
}

static const struct operation *find_operation(struct str name)
{
    for (size_t i = 0; i < sizeof operations / sizeof operations[0]; i++)
        if (str_is(name, operations[i].name))
            return &operations[i];
    return NULL;
}

/* Where the row is now that a form was made for; -1 when it is gone. */
static int find_row(const struct correction *c, const struct operation *operation, int64_t at)
{
    const struct scheme *scheme = &c->draft->scheme;
    struct str was = call_form(c->call, "was");
    int n = list_length(scheme, operation->list);
    for (int i = 0; i < n; i++)
        if (was.len > 0 && str_eq(row_digest(c->call->arena, scheme, operation->list, i), was))
            return i;
    /* Changed itself; or others were taken out before it, and then nobody can tell which it is. */
    int64_t rows;
    bool same = !str_to_int(call_form(c->call, "rows"), &rows) || rows == n;
    return same && at >= 0 && at < n ? (int)at : -1;
}

/* The draft as it is, with the refused form: at its row, or as a new one where the row is gone. */
static enum status refused(struct correction *c, struct page *page,
                           const struct operation *operation, int64_t at)
{
    struct call *call = c->call;
    page->status = status_http(call->fault.status);
    TRY(draft_get(call, c->draft)); /* a refused correction leaves nothing behind */
    struct str mark = str_from(operation->mark);
    int row = operation->list == OF_NONE ? 0 : find_row(c, operation, at);
    if (row < 0)
        mark = str_fmt(call->arena, "%s-add", operation->mark);
    else if (operation->list != OF_NONE)
        mark = str_fmt(call->arena, "%s-%d", operation->mark, row);
    if (row < 0)
        (void)call_refuse(call, CONFLICT, NULL,
                          "要更正的这一条已被删去或改动，您填写的内容留在“补充”一栏里，"
                          "请对照现有内容，确实需要的再补充。");
    if (!operation->typed)
        mark = STR("none"); /* nothing was typed: the sentence on top is all */
    return review_page(call, page, c->draft, str_c(call->arena, mark));
}

static enum status told_stale(struct call *call)
{
    return call_refuse(call, CONFLICT, NULL,
                       "这份草稿在您核对期间已有改动，请对照现在的内容再改一次。");
}

static enum status run(struct correction *c, const struct operation *operation, int64_t at)
{
    int64_t seen = 0;
    bool stale = !str_to_int(call_form(c->call, "version"), &seen) || seen != c->draft->version;
    if (stale)
        return told_stale(c->call);
    if (operation->list != OF_NONE &&
        (at < 0 || at >= list_length(&c->draft->scheme, operation->list)))
        return told_stale(c->call);
    c->at = (int)at;
    TRY(operation->run(c));
    return draft_save(c->call, c->draft);
}

enum status import_correct(struct call *call, struct page *page)
{
    struct draft draft;
    TRY(draft_get(call, &draft));
    struct correction correction = {.call = call, .draft = &draft};
    const struct operation *operation = find_operation(call_form(call, "op"));
    int64_t at = 0;
    if (!operation)
        return call_refuse(call, INVALID, "op", "不认识这项更正，请刷新页面后再改。");
    if (operation->list != OF_NONE && !str_to_int(call_form(call, "at"), &at))
        at = -1;
    enum status status = run(&correction, operation, at);
    if (status == INVALID || status == CONFLICT)
        return refused(&correction, page, operation, at);
    TRY(status);
    struct str mark = str_from(operation->mark);
    if (operation->list != OF_NONE)
        mark = str_fmt(call->arena, "%s-%d", operation->mark, correction.at);
    page->redirect =
        str_fmt(call->arena, "%.*s#%.*s", STR_ARG(import_url(call, draft.id, "")), STR_ARG(mark));
    return OK;
}
