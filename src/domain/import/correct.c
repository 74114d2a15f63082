#include "domain/import/priv.h"

#include "text/text.h"

/* Corrections: one form, one operation, one row of the table at the end. */

struct correction {
    struct call *call;
    struct draft *draft;
    int at; /* index the form is about */
};

static struct str field(struct correction *c, const char *name)
{
    return str_trim(call_form(c->call, name));
}

static struct str_list lines_of(struct call *call, const char *name)
{
    struct str_list list = {0};
    struct str rest = call_form(call, name);
    while (rest.len > 0) {
        struct str line = text_trim(str_line(&rest));
        if (line.len > 0)
            *arena_push(call->arena, list.items, list.n, list.room) = line;
    }
    return list;
}

static enum status date_field(struct correction *c, const char *name, struct date *ret_date)
{
    struct str text = field(c, name);
    *ret_date = (struct date){0};
    if (text.len > 0 && !date_parse(text, ret_date))
        return call_refuse(c->call, INVALID, name,
                           "“%.*s”不是实际存在的日期，请按 2022-01-24 的样子填写。", STR_ARG(text));
    return OK;
}

/* --- what the document is --- */

static bool is_slug(struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'))
            return false;
    }
    return text.len > 0 && text.len <= 40 && text.ptr[0] != '-';
}

static enum status correct_body(struct correction *c, struct scheme_body *body)
{
    struct str id = field(c, "body_id"), name = field(c, "body_name"), term = field(c, "term");
    int64_t number = 0;
    if (!is_slug(id))
        return call_refuse(c->call, INVALID, "body_id",
                           "地址名只能用小写字母、数字和短横，最多 40 个字符，例如 yiyang。");
    if (name.len == 0)
        return call_refuse(c->call, INVALID, "body_name", "请填写这份文件属于哪个组织。");
    if (term.len > 0 && (!str_to_int(term, &number) || number < 1 || number > 99))
        return call_refuse(c->call, INVALID, "term", "届数应填 1 至 99 的整数，文件没写的留空。");
    body->id = id;
    body->name = name;
    body->classification = field(c, "body_class");
    body->term = (int)number;
    return OK;
}

static enum status correct_facts(struct correction *c)
{
    struct scheme *scheme = &c->draft->scheme;
    struct scheme_document *document = &scheme->document;
    struct date date, effective;
    if (c->call->body.id == 0)
        TRY(correct_body(c, &scheme->body));
    if (!is_slug(field(c, "id")))
        return call_refuse(c->call, INVALID, "id",
                           "标识只能用小写字母、数字和短横，最多 40 个字符，例如 yiyang-2022-2。");
    if (field(c, "title").len == 0)
        return call_refuse(c->call, INVALID, "title", "请填写文件标题。");
    TRY(date_field(c, "date", &date));
    TRY(date_field(c, "effective", &effective));
    document->id = field(c, "id");
    document->number = field(c, "number");
    document->title = field(c, "title");
    document->date = date;
    document->effective = effective;
    document->issuers = lines_of(c->call, "issuers");
    document->addressees = lines_of(c->call, "addressees");
    document->repeals = lines_of(c->call, "repeals");
    return OK;
}

/* --- links --- */

static const struct scheme_party *party_named(const struct scheme_link *link, struct str name)
{
    for (int i = 0; i < link->to_n; i++)
        if (str_eq(link->to[i].name, name))
            return &link->to[i];
    return NULL;
}

/* 市住建局（人防办、消防办）; what the old party of that name knew is kept. */
static struct scheme_party party_of(struct correction *c, const struct scheme_link *link,
                                    struct str line)
{
    struct scheme_party party = {.class = PARTY_DEPARTMENT, .line = link->line};
    bool group = str_starts(line, STR(GROUP_MARK));
    if (group)
        line = text_trim(str_from_byte(line, strlen(GROUP_MARK)));
    line = str_replace(c->call->arena, line, STR("("), STR("（"));
    line = str_replace(c->call->arena, line, STR(")"), STR("）"));
    struct str rest = line;
    struct str name = text_trim(str_cut(&rest, STR("（")));
    const struct scheme_party *old = party_named(link, name);
    if (old)
        party = *old;
    party.name = name;
    party.is_group = group;
    party.parts = (struct str_list){0};
    struct str inside = str_cut(&rest, STR("）"));
    while (inside.len > 0) {
        struct str part = text_trim(str_cut(&inside, STR("、")));
        if (part.len > 0)
            *arena_push(c->call->arena, party.parts.items, party.parts.n, party.parts.room) = part;
    }
    return party;
}

static enum status correct_units(struct correction *c, struct scheme_link *link)
{
    struct str_list lines = lines_of(c->call, "units");
    struct scheme_party *to = arena_new(c->call->arena, struct scheme_party, lines.n);
    for (int i = 0; i < lines.n; i++) {
        to[i] = party_of(c, link, lines.items[i]);
        if (to[i].name.len == 0)
            return call_refuse(c->call, INVALID, "units",
                               "第 %d 行没有单位名称，请补上或删去这一行。", i + 1);
        for (int k = 0; k < i; k++)
            if (str_eq(to[k].name, to[i].name))
                return call_refuse(c->call, INVALID, "units",
                                   "“%.*s”在第 %d 行和第 %d 行重复，请保留一个。",
                                   STR_ARG(to[i].name), k + 1, i + 1);
    }
    if (lines.n == 0)
        return call_refuse(c->call, INVALID, "units",
                           "至少要有一个单位；不需要这一组的，请用“删去这一组”。");
    link->to = to;
    link->to_n = link->to_room = lines.n;
    return OK;
}

static enum status correct_link(struct correction *c)
{
    struct scheme_link *link = &c->draft->scheme.links[c->at];
    struct str from = field(c, "from"), declared = field(c, "declared");
    int64_t count = -1;
    if (from.len == 0)
        return call_refuse(c->call, INVALID, "from", "请填写联系方的名称。");
    if (declared.len > 0 && (!str_to_int(declared, &count) || count < 0 || count > 100000))
        return call_refuse(c->call, INVALID, "declared",
                           "文件注明的个数应填整数，文件没注明的留空。");
    TRY(correct_units(c, link));
    link->from.name = from;
    link->clause = field(c, "clause");
    link->declared_count = (int)count;
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

static enum status correct_item(struct correction *c, struct scheme_item *item)
{
    struct str text = field(c, "text");
    if (text.len == 0)
        return call_refuse(c->call, INVALID, "text", "请填写内容；不需要这一条的，请用“删去”。");
    if (item->summary.len > 0)
        item->summary = text;
    else
        item->text = text;
    item->clause = field(c, "clause");
    return OK;
}

static enum status correct_content(struct correction *c)
{
    return correct_item(c, &c->draft->scheme.contents[c->at]);
}

static enum status correct_form(struct correction *c)
{
    return correct_item(c, &c->draft->scheme.forms[c->at]);
}

static enum status add_content(struct correction *c)
{
    struct scheme *scheme = &c->draft->scheme;
    struct scheme_item *item =
        arena_push(c->call->arena, scheme->contents, scheme->contents_n, scheme->contents_room);
    *item = (struct scheme_item){0};
    return correct_item(c, item);
}

static enum status add_form(struct correction *c)
{
    struct scheme *scheme = &c->draft->scheme;
    struct scheme_item *item =
        arena_push(c->call->arena, scheme->forms, scheme->forms_n, scheme->forms_room);
    *item = (struct scheme_item){0};
    return correct_item(c, item);
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

enum list_of { OF_NONE, OF_LINKS, OF_CONTENTS, OF_FORMS, OF_DUTIES, OF_WARNINGS };
static const struct operation {
    const char *name;
    enum status (*run)(struct correction *);
    enum list_of list; /* where `at` counts */
    const char *mark;  /* of the form, with -at behind when it has a list */
} operations[] = {
    {"facts", correct_facts, OF_NONE, "facts"},
    {"link", correct_link, OF_LINKS, "link"},
    {"link-add", add_link, OF_NONE, "link-add"},
    {"link-drop", drop_link, OF_LINKS, "link"},
    {"count-accept", accept_count, OF_LINKS, "link"},
    {"name-hint", accept_hint, OF_LINKS, "link"},
    {"content", correct_content, OF_CONTENTS, "contents"},
    {"content-add", add_content, OF_NONE, "contents-add"},
    {"content-drop", drop_content, OF_CONTENTS, "contents"},
    {"form", correct_form, OF_FORMS, "forms"},
    {"form-add", add_form, OF_NONE, "forms-add"},
    {"form-drop", drop_form, OF_FORMS, "forms"},
    {"duty", change_duty, OF_DUTIES, "duty"},
    {"duty-add", add_duty, OF_NONE, "duty-add"},
    {"duty-drop", drop_duty, OF_DUTIES, "duty"},
    {"warning-drop", drop_warning, OF_WARNINGS, "warning"},
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

/* The content endpoint and form endpoint of wizard forms send list and op apart. */
static enum status find(struct correction *c, const struct operation **ret_operation)
{
    const struct operation *operation = find_operation(call_form(c->call, "op"));
    int64_t at = 0;
    if (!operation)
        return call_refuse(c->call, INVALID, "op", "不认识这项更正，请刷新页面后再改。");
    if (operation->list != OF_NONE && (!str_to_int(call_form(c->call, "at"), &at) || at < 0 ||
                                       at >= list_length(&c->draft->scheme, operation->list)))
        return call_refuse(c->call, CONFLICT, "at", "要更正的这一条已经不在了，请刷新页面后再改。");
    c->at = (int)at;
    *ret_operation = operation;
    return OK;
}

static enum status refused(struct call *call, struct page *page, struct draft *draft,
                           const char *mark)
{
    struct draft unchanged;
    page->status = status_http(call->fault.status);
    TRY(draft_get(call, &unchanged)); /* a refused correction leaves nothing behind */
    draft->scheme = unchanged.scheme;
    return review_page(call, page, draft, mark);
}

enum status import_correct(struct call *call, struct page *page)
{
    struct draft draft;
    TRY(draft_get(call, &draft));
    struct correction correction = {.call = call, .draft = &draft};
    const struct operation *operation = NULL;
    int64_t seen;
    if (!str_to_int(call_form(call, "version"), &seen))
        seen = 0;
    TRY(find(&correction, &operation));
    struct str mark = str_from(operation->mark);
    if (operation->list != OF_NONE)
        mark = str_fmt(call->arena, "%s-%d", operation->mark, correction.at);
    if (seen != draft.version) {
        (void)call_refuse(call, CONFLICT, NULL,
                          "这份草稿在您核对期间已有改动，请对照最新内容再改一次。");
        return refused(call, page, &draft, str_c(call->arena, mark));
    }
    if (operation->run(&correction) != OK)
        return refused(call, page, &draft, str_c(call->arena, mark));
    TRY(draft_save(call, &draft));
    page->redirect =
        str_fmt(call->arena, "%.*s#%.*s", STR_ARG(import_url(call, draft.id, "")), STR_ARG(mark));
    return OK;
}
