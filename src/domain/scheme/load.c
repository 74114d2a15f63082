#include "domain/scheme/load_priv.h"

#include "domain/body/body.h"
#include "domain/document/document.h"
#include "domain/scheme/scheme_kinds.h"
#include "scheme.sql.h"
#include "text/text.h"

static struct str day(struct load *load, struct date date)
{
    return date_format(load->arena, date);
}

static struct str term_name(struct load *load, int term)
{
    return str_fmt(load->arena, "第%.*s届", STR_ARG(text_numeral_format(load->arena, term)));
}

/* An older document does not set a body back to the term it was issued in. */
static enum status is_later_term(struct load *load, int term, bool *ret_later)
{
    *ret_later = term > 0;
    if (term <= 0 || load->body_id == 0)
        return OK;
    struct record *old;
    TRY(record_get(load->tx, &kind_body, 0, load->body_id, &old));
    struct str name = value_str(record_value(old, "term"));
    if (str_starts(name, STR("第")))
        name = str_from_byte(name, strlen("第"));
    *ret_later = text_numeral(&name) < term;
    return OK;
}

static enum status want_body(struct load *load)
{
    const struct scheme_body *body = &load->request->scheme->body;
    int64_t parent = 0;
    TRY(find_id(load, &SQL_load_body, ARGS(value_text(body->id)), &load->body_id));
    if (body->parent.len > 0)
        TRY(find_id(load, &SQL_load_body, ARGS(value_text(body->parent)), &parent));
    struct record *record = record_new(load->arena, &kind_body);
    record_set(record, "slug", value_text(body->id));
    record_set(record, "name", value_text(body->name));
    record_set(record, "classification",
               value_text(body->classification.len ? body->classification : STR("cppcc")));
    if (body->short_name.len > 0)
        set_text(record, "short_name", body->short_name);
    if (parent != 0)
        record_set(record, "parent", value_int(parent));
    bool later;
    TRY(is_later_term(load, body->term, &later));
    if (later)
        set_text(record, "term", term_name(load, body->term));
    return want(load, record, load->body_id, &load->body_id);
}

/* The 届 a document names; its days are known only when somebody enters them. */
static enum status want_term(struct load *load)
{
    int term = load->request->scheme->body.term;
    int64_t old = 0, id;
    if (term <= 0)
        return OK;
    TRY(find_id(load, &SQL_load_term, ARGS(value_int(load->body_id), value_int(term)), &old));
    struct record *record = record_new(load->arena, &kind_term);
    record_set(record, "name", value_text(term_name(load, term)));
    record_set(record, "number", value_int(term));
    record->start_date = STR("0001-01-01");
    return want(load, record, old, &id);
}

static void set_decision(struct load *load, struct record *record,
                         const struct scheme_decision *decision)
{
    struct value *cells = arena_new(load->arena, struct value, 4);
    cells[0] = value_text(decision->meeting);
    cells[1] = decision->term > 0 ? value_int(decision->term) : NULL_VALUE;
    cells[2] = decision->session > 0 ? value_int(decision->session) : NULL_VALUE;
    cells[3] = value_text_or_null(day(load, decision->date));
    record_set_rows(record, "decisions", cells, decision->meeting.len > 0);
}

/* A document that is repealed stays so, whichever of the two is loaded first or again. */
static enum status find_end(struct load *load)
{
    const struct scheme_document *document = &load->request->scheme->document;
    struct rows rows;
    if (load->was_document && !str_is(load->was_document->end_date, "9999-12-31"))
        load->end = load->was_document->end_date;
    if (load->first && document->number.len > 0) {
        TRY(tx_run(
            load->tx, &SQL_load_repealer,
            ARGS(value_int(load->body_id), value_text(document->number), value_text(document->id)),
            &rows));
        if (rows.n > 0)
            load->end = value_str(rows.cells[0]);
    }
    if (load->end.len > 0 && str_cmp(load->start, load->end) > 0)
        load->start = load->end;
    return OK;
}

static enum status find_document(struct load *load, int64_t *ret_old)
{
    const struct scheme_document *document = &load->request->scheme->document;
    struct record *was = NULL;
    TRY(find_id(load, &SQL_load_document, ARGS(value_int(load->body_id), value_text(document->id)),
                ret_old));
    load->first = *ret_old == 0;
    if (!load->first)
        TRY(record_get(load->tx, &kind_document, load->body_id, *ret_old, &was));
    load->was_document = was;
    struct date start = date_is_set(document->effective) ? document->effective : document->date;
    if (!date_is_set(start))
        start = load->request->on;
    load->start = day(load, load->first ? start : load->request->on);
    return find_end(load);
}

static enum status want_document(struct load *load)
{
    const struct scheme_document *document = &load->request->scheme->document;
    int64_t old;
    TRY(find_document(load, &old));
    struct record *record = record_new(load->arena, &kind_document);
    record_set(record, "slug", value_text(document->id));
    record_set(record, "title", value_text(document->title));
    set_text(record, "number", document->number);
    set_text(record, "inner_title", document->inner_title);
    set_text(record, "date", day(load, document->date));
    set_text(record, "signed_date", day(load, document->signed_));
    set_text(record, "printed_date", day(load, document->printed));
    bool on_issue = document->effective_on_issue && !date_is_set(document->effective);
    set_text(record, "effective_date", day(load, on_issue ? document->date : document->effective));
    record_set(record, "trial", value_int(document->trial));
    set_text(record, "trial_ends", day(load, document->ends));
    set_text(record, "interpreter", document->interpreter);
    set_names(load, record, "issuers", &document->issuers);
    set_names(load, record, "addressees", &document->addressees);
    set_names(load, record, "bases", &document->bases);
    set_names(load, record, "repeals", &document->repeals);
    set_decision(load, record, &document->decision);
    if (load->keep) { /* what the wizard does not ask for */
        static const char *const others[] = {"inner_title", "signed_date", "printed_date",
                                             "trial_ends",  "interpreter", "bases",
                                             "decisions",   NULL};
        keep_unsaid(record, others);
    }
    return want(load, record, old, &load->document_id);
}

/* Schemes are numbered as they come; their rows stand in a range of positions each, so that the
 * printed order of every document is kept side by side with the others'. */
static enum status scheme_position(struct load *load, int64_t old, struct record *record)
{
    struct rows rows;
    TRY(tx_run(load->tx, &SQL_load_scheme_position, ARGS(value_int(load->body_id), value_int(old)),
               &rows));
    int64_t position = value_i64(rows.cells[0]);
    if (old == 0)
        record->position = ++position;
    load->base = position * SCHEME_ROWS_MAX * POSITION_STEP;
    load->last_organization = load->last_person = load->base;
    return OK;
}

static enum status want_scheme(struct load *load)
{
    const struct scheme_document *document = &load->request->scheme->document;
    int64_t old;
    TRY(find_id(load, &SQL_load_scheme, ARGS(value_int(load->body_id), value_text(document->id)),
                &old));
    struct record *record = record_new(load->arena, &kind_scheme);
    TRY(scheme_position(load, old, record));
    record_set(record, "slug", value_text(document->id));
    record_set(record, "name",
               value_text(document->number.len ? document->number : document->title));
    record_set(record, "document", value_int(load->document_id));
    return want(load, record, old, &load->scheme_id);
}

/* Whether the document said so before: what was reopened by hand since then stays open. */
static bool did_repeal(const struct load *load, struct str number)
{
    if (!load->was_document)
        return false;
    const struct record_rows *rows =
        &load->was_document->rows[kind_field(&kind_document, "repeals")];
    for (int i = 0; i < rows->n; i++)
        if (str_eq(value_str(rows->cells[i]), number))
            return true;
    return false;
}

/* A repealed document, its scheme, links and requirements end on the day this one takes effect. */
static enum status end_repealed(struct load *load)
{
    const struct scheme_document *document = &load->request->scheme->document;
    for (int i = 0; i < document->repeals.n; i++) {
        struct rows rows;
        if (did_repeal(load, document->repeals.items[i]))
            continue;
        TRY(tx_run(load->tx, &SQL_load_repealed,
                   ARGS(value_int(load->body_id), value_text(document->repeals.items[i]),
                        value_text(load->start)),
                   &rows));
        for (int r = 0; r < rows.n; r++) {
            struct record *old;
            int64_t scheme_id = value_i64(rows_at(&rows, r, 1));
            TRY(record_get(load->tx, &kind_document, load->body_id, value_i64(rows_at(&rows, r, 0)),
                           &old));
            want_end(load, old);
            if (scheme_id == 0)
                continue;
            TRY(record_get(load->tx, &kind_scheme, load->body_id, scheme_id, &old));
            want_end(load, old);
            TRY(end_scheme(load, scheme_id));
        }
    }
    return OK;
}

enum status load_plan_make(struct tx *tx, const struct load_request *request,
                           struct load_plan *ret_plan, struct fault *fault)
{
    const struct scheme *scheme = request->scheme;
    if (scheme->body.id.len == 0 || scheme->body.name.len == 0)
        return refuse(tx_arena(tx), fault, INVALID, "body",
                      "方案没有写明属于哪个组织，请填写地址名和名称后再导入。");
    if (scheme->document.id.len == 0 || scheme->document.title.len == 0)
        return refuse(tx_arena(tx), fault, INVALID, "document",
                      "方案没有标识或文件标题，请补全后再导入。");
    *ret_plan = (struct load_plan){0};
    struct load load = {
        .tx = tx, .arena = tx_arena(tx), .request = request, .plan = ret_plan, .fault = fault};
    load.keep = request->keep_curated;
    TRY(want_body(&load));
    ret_plan->body_id = load.body_id;
    TRY(want_term(&load));
    TRY(want_document(&load));
    ret_plan->document_id = load.document_id;
    ret_plan->first = load.first;
    TRY(want_scheme(&load));
    TRY(end_repealed(&load));
    TRY(want_rows(&load));
    return want_organizations(&load);
}

enum status load_plan_apply(struct tx *tx, const struct load_plan *plan, struct instant now,
                            struct fault *fault)
{
    for (int i = 0; i < plan->n; i++) {
        const struct load_item *item = &plan->items[i];
        if (item->op == LOAD_SAME)
            continue;
        struct arena_mark mark = arena_mark(tx_arena(tx));
        /* What writing derives lives until the rewind, the plan longer. */
        struct record *record = record_copy(tx_arena(tx), item->record);
        if (item->op == LOAD_ADD)
            TRY(record_add(tx, record, now, fault));
        else
            TRY(record_change(tx, record, now, fault));
        arena_rewind(tx_arena(tx), mark);
    }
    return OK;
}

struct load_work {
    const struct load_request *request;
    struct instant now;
    struct load_plan *plan;
};

static enum status apply(struct tx *tx, void *context, struct fault *fault)
{
    struct load_work *work = context;
    TRY(load_plan_make(tx, work->request, work->plan, fault));
    return load_plan_apply(tx, work->plan, work->now, fault);
}

enum status load_scheme(struct store *store, struct arena *arena,
                        const struct load_request *request, const struct actor *actor,
                        struct load_plan *ret_plan, struct fault *fault)
{
    struct load_work work = {request, actor->now, ret_plan};
    return store_write(store, arena, 0, WRITE_LONG, actor, apply, &work, fault);
}
