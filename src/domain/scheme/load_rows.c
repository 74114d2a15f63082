#include "domain/scheme/load_priv.h"

#include "base/utf8.h"
#include "domain/link/link.h"
#include "domain/scheme/scheme_kinds.h"

/* Rows that belong to the scheme: matched against what it has now. */

struct current {
    struct list_result list;
    bool *met;
    int64_t last; /* position of the row before */
};

static enum status load_current(struct load *load, const struct kind *kind,
                                struct current *ret_current)
{
    static const struct viewer everybody = {.local = true, .seat = {.role = ROLE_OFFICE_CLERK}};
    struct list_query query = {.kind = kind,
                               .body_id = load->body_id,
                               .viewer = &everybody,
                               .filters = {kind_field(kind, "scheme")},
                               .filter_values = {value_int(load->scheme_id)},
                               .filters_n = 1,
                               .sort = -1,
                               .limit = SCHEME_ROWS_MAX};
    *ret_current = (struct current){.last = load->base};
    if (!load->first)
        TRY(record_list(load->tx, &query, &ret_current->list, load->fault));
    ret_current->met = arena_new(load->arena, bool, ret_current->list.n);
    return OK;
}

/* Open, or ended as this very load would have it. */
static bool is_current(const struct load *load, const struct record *row,
                       const struct record *wanted)
{
    return str_is(row->end_date, "9999-12-31") || str_eq(row->end_date, wanted->end_date) ||
           (load->end.len > 0 && str_eq(row->end_date, load->end));
}

/* The first unmet row, still current, in which all `keys` have the wanted values. */
static struct record *meet(const struct load *load, struct current *current,
                           const struct record *wanted, const char *const *keys)
{
    for (int i = 0; i < current->list.n; i++) {
        struct record *row = current->list.records[i];
        bool same = !current->met[i] && is_current(load, row, wanted);
        for (int k = 0; same && keys[k]; k++) {
            int field = kind_field(row->kind, keys[k]);
            same = same_value(&row->kind->fields[field], row->values[field], wanted->values[field]);
        }
        if (!same)
            continue;
        current->met[i] = true;
        return row;
    }
    return NULL;
}

/* Rows keep their place unless the new order says otherwise. */
static void place(struct load *load, struct current *current, struct record *record,
                  const struct record *old)
{
    if (old && old->position > current->last)
        record->position = current->last = old->position;
    else
        record->position = next_position(load, &current->last);
}

/* A row that a curated file brought: only those have codes. */
static bool is_curated(const struct record *row)
{
    return kind_field(row->kind, "code") >= 0 && value_str(record_value(row, "code")).len > 0;
}

/* A curated row of the same clause tells what this one does, in chosen words. */
static bool is_told(const struct load *load, const struct current *current,
                    const struct record *wanted)
{
    struct str clause = value_str(record_value(wanted, "clause"));
    for (int i = 0; clause.len > 0 && i < current->list.n; i++) {
        const struct record *row = current->list.records[i];
        if (is_current(load, row, wanted) && is_curated(row) &&
            str_eq(value_str(record_value(row, "clause")), clause))
            return true;
    }
    return false;
}

/* The curated row stays what it is but for what the scheme tells of it; its summary gives way only
 * to words that somebody chose. */
static void keep_curated(struct load *load, struct record *record, const struct record *old,
                         bool chosen)
{
    static const char *const unsaid[] = {"code", "line", "kinds", NULL},
                             *const of_duty[] = {"code",        "line",    "who_text", "where",
                                                 "attended_by", "by_date", "parties",  NULL};
    int name = kind_field(record->kind, "name");
    if (!chosen) {
        record->given[name] = false;
        load->plan->kept += !value_eq(record->values[name], old->values[name]);
    }
    keep_unsaid(record, record->kind == &kind_duty   ? of_duty
                        : record->kind == &kind_form ? unsaid
                                                     : (const char *const[]){"code", "line", NULL});
}

/* `chosen`: its words are a summary that somebody wrote, not the reader's text. */
static enum status want_row(struct load *load, struct current *current, struct record *record,
                            const char *const *keys, const char *const *or_keys, bool chosen)
{
    record_set(record, "scheme", value_int(load->scheme_id));
    struct record *old = keys ? meet(load, current, record, keys) : NULL;
    if (!old && or_keys)
        old = meet(load, current, record, or_keys);
    if (load->keep && !old && !chosen && is_told(load, current, record)) {
        load->plan->kept++;
        return OK;
    }
    if (load->keep && old && is_curated(old))
        keep_curated(load, record, old, chosen);
    place(load, current, record, old);
    int64_t id;
    return want(load, record, old ? old->id : 0, &id);
}

/* What the scheme no longer has ends on the day of the load. */
static void end_unmet(struct load *load, const struct current *current)
{
    for (int i = 0; i < current->list.n; i++) {
        const struct record *row = current->list.records[i];
        if (current->met[i] || !str_is(row->end_date, "9999-12-31"))
            continue;
        if (load->keep && (is_curated(row) || row->kind == &kind_statement))
            load->plan->kept++;
        else
            want_end(load, row);
    }
}

static const char *const by_code[] = {"code", NULL}, *const by_name[] = {"clause", "name", NULL};

static void set_place(struct record *record, struct str id, struct str clause, int line)
{
    set_text(record, "code", id);
    set_text(record, "clause", clause);
    set_number(record, "line", line, 0);
}

static const char *const *code_keys(struct str id)
{
    return id.len > 0 ? by_code : NULL;
}

static struct str first_of(struct str a, struct str b)
{
    return a.len > 0 ? a : b;
}

/* Items told alike: contents, forms, statements, annexes. */
static enum status want_items(struct load *load, struct current *current, const struct kind *kind,
                              const struct scheme_item *items, int n, const char *sort)
{
    for (int i = 0; i < n; i++) {
        const struct scheme_item *item = &items[i];
        struct record *record = record_new(load->arena, kind);
        struct str text = first_of(item->summary, item->text);
        if (item->name.len > 0 && text.len > 0)
            text = str_fmt(load->arena, "%.*s：%.*s", STR_ARG(item->name), STR_ARG(text));
        record_set(record, "name", value_text(utf8_head(first_of(text, item->name), 1000)));
        set_place(record, item->id, item->clause, item->line);
        if (kind == &kind_form)
            set_names(load, record, "kinds", &item->kinds);
        if (sort)
            record_set(record, "kind", value_text(str_from(sort)));
        TRY(want_row(load, current, record, code_keys(item->id), by_name, item->summary.len > 0));
    }
    return OK;
}

static enum status want_statements(struct load *load)
{
    const struct scheme *scheme = load->request->scheme;
    struct current current;
    TRY(load_current(load, &kind_statement, &current));
    TRY(want_items(load, &current, &kind_statement, scheme->statements, scheme->statements_n,
                   "principle"));
    TRY(want_items(load, &current, &kind_statement, scheme->annexes, scheme->annexes_n, "annex"));
    for (int i = 0; i < scheme->stages.n; i++) {
        struct scheme_item stage = {.name = scheme->stages.items[i]};
        TRY(want_items(load, &current, &kind_statement, &stage, 1, "stage"));
    }
    end_unmet(load, &current);
    return OK;
}

static enum status want_list(struct load *load, const struct kind *kind,
                             const struct scheme_item *items, int n)
{
    struct current current;
    TRY(load_current(load, kind, &current));
    TRY(want_items(load, &current, kind, items, n, NULL));
    end_unmet(load, &current);
    return OK;
}

/* --- duties --- */

static struct value month_day(struct load *load, struct month_day day)
{
    if (day.month == 0)
        return NULL_VALUE;
    return value_text(str_fmt(load->arena, "%02d-%02d", day.month, day.day));
}

static void set_duty_parties(struct load *load, struct record *record,
                             const struct scheme_duty *duty)
{
    const struct {
        const char *role;
        const struct str_list *names;
    } lists[] = {{"subject", &duty->subjects},
                 {"recipient", &duty->recipients},
                 {"chair", &duty->chair},
                 {"invited", &duty->invited},
                 {"answered", &duty->answers}};
    int n = 0, at = 0;
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
        n += lists[i].names->n;
    struct value *cells = arena_new(load->arena, struct value, n * 2);
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
        for (int k = 0; k < lists[i].names->n; k++) {
            cells[at++] = value_text(str_from(lists[i].role));
            cells[at++] = value_text(lists[i].names->items[k]);
        }
    record_set_rows(record, "parties", cells, n);
}

static void set_word(struct record *record, const char *key, const struct word *words, int word)
{
    set_text(record, key, str_from(words[word].word));
}

static void set_limits(struct load *load, struct record *record, const struct scheme_duty *duty)
{
    set_number(record, "min", duty->min, -1);
    set_number(record, "max", duty->max, -1);
    record_set(record, "min_implicit", value_int(duty->min_implicit));
    record_set(record, "by", month_day(load, duty->by));
    set_number(record, "by_year", duty->by.year_offset, 0);
    record_set(record, "opens", month_day(load, duty->opens));
    set_text(record, "by_date", date_format(load->arena, duty->by_date));
    set_number(record, "days", duty->days, -1);
    set_word(record, "day_kind", day_kind_words, duty->day_kind);
    record_set(record, "days_before", value_int(duty->days_before));
}

static enum status want_duties(struct load *load)
{
    const struct scheme *scheme = load->request->scheme;
    static const char *const by_deed[] = {"clause", "deed", "who", NULL};
    struct current current;
    TRY(load_current(load, &kind_duty, &current));
    for (int i = 0; i < scheme->duties_n; i++) {
        const struct scheme_duty *duty = &scheme->duties[i];
        struct record *record = record_new(load->arena, &kind_duty);
        record_set(record, "name",
                   value_text(utf8_head(first_of(duty->summary, duty->text), 1000)));
        set_place(record, duty->id, duty->clause, duty->line);
        set_word(record, "who", duty_actor_words, duty->who);
        set_text(record, "who_text", duty->who_text);
        record_set(record, "who_implicit", value_int(duty->who_implicit));
        record_set(record, "deed", value_text(first_of(duty->deed, STR("other"))));
        set_text(record, "label", duty->label);
        set_word(record, "shape", duty_shape_words, duty->shape);
        set_word(record, "strength", strength_words, duty->strength);
        set_word(record, "per", period_words, duty->per);
        set_limits(load, record, duty);
        set_text(record, "where", duty->where);
        set_word(record, "attended_by", attendance_words, duty->attended_by);
        set_duty_parties(load, record, duty);
        TRY(want_row(load, &current, record, code_keys(duty->id), by_deed, duty->summary.len > 0));
    }
    end_unmet(load, &current);
    return OK;
}

/* --- links --- */

static enum status want_link(struct load *load, struct current *current,
                             const struct scheme_link *link, const struct scheme_party *to)
{
    static const char *const by_sides[] = {
        "kind", "from_organization", "from_person", "to_organization", "to_person", NULL};
    struct record *record = record_new(load->arena, &kind_link);
    struct str end = {0};
    if (date_is_set(link->as_of))
        end = date_format(load->arena, date_add_days(link->as_of, 1));
    set_word(record, "kind", link_kind_words, link->kind);
    TRY(want_side(load, &link->from, end, record, "from_organization", "from_person"));
    TRY(want_side(load, to, end, record, "to_organization", "to_person"));
    set_text(record, "clause", link->clause);
    set_number(record, "declared_count", link->declared_count, -1);
    set_number(record, "line", to->line ? to->line : link->line, 0);
    set_text(record, "note", link->note);
    record->end_date = end;
    if (load->keep)
        keep_unsaid(record, (const char *const[]){"note", NULL});
    return want_row(load, current, record, by_sides, NULL, true);
}

static enum status want_links(struct load *load)
{
    const struct scheme *scheme = load->request->scheme;
    struct current current;
    TRY(load_current(load, &kind_link, &current));
    for (int i = 0; i < scheme->links_n; i++)
        for (int k = 0; k < scheme->links[i].to_n; k++)
            TRY(want_link(load, &current, &scheme->links[i], &scheme->links[i].to[k]));
    end_unmet(load, &current);
    return OK;
}

enum status want_rows(struct load *load)
{
    const struct scheme *scheme = load->request->scheme;
    TRY(want_statements(load));
    TRY(want_list(load, &kind_content, scheme->contents, scheme->contents_n));
    TRY(want_list(load, &kind_form, scheme->forms, scheme->forms_n));
    TRY(want_duties(load));
    return want_links(load);
}

enum status end_scheme(struct load *load, int64_t scheme_id)
{
    static const struct kind *const kinds[] = {&kind_statement, &kind_content, &kind_form,
                                               &kind_duty, &kind_link};
    int64_t own = load->scheme_id;
    bool first = load->first, keep = load->keep;
    load->scheme_id = scheme_id;
    load->first = load->keep = false;
    enum status status = OK;
    for (size_t i = 0; status == OK && i < sizeof kinds / sizeof kinds[0]; i++) {
        struct current current;
        status = load_current(load, kinds[i], &current);
        if (status == OK)
            end_unmet(load, &current);
    }
    load->scheme_id = own;
    load->first = first;
    load->keep = keep;
    return status;
}
