#include "engine/record/priv.h"

#include "base/url.h"
#include "base/utf8.h"
#include "store/search.h"
#include "text/text.h"

/*
 * Search rows of any kind with .searched fields, written in the record's own transaction, and the
 * page that finds them. Names of units are also found by alias and pinyin initials, through the
 * kinds that have a picker of their own.
 */

enum { TEXT_PARTS_MAX = 64, SEARCH_PAGE = 30 };

static bool is_searched(const struct kind *kind)
{
    for (const struct field *field = kind->fields; field->key; field++)
        if (field->searched)
            return true;
    return false;
}

/* The first date field orders the results. */
static struct date date_of(const struct record *record)
{
    struct date date = {0};
    for (int i = 0; record->kind->fields[i].key; i++)
        if (record->kind->fields[i].kind == FIELD_DATE &&
            date_parse(value_str(record->values[i]), &date))
            break;
    return date;
}

/* Searched fields, and the texts of owned rows, a line each. */
static struct str searched_text(struct arena *arena, const struct record *record)
{
    struct str parts[TEXT_PARTS_MAX];
    int n = 0;
    for (int i = 0; record->kind->fields[i].key; i++) {
        const struct field *field = &record->kind->fields[i];
        if (field->searched && n < TEXT_PARTS_MAX)
            parts[n++] = value_str(record->values[i]);
        if (field->kind != FIELD_ROWS)
            continue;
        int columns = row_table_fields_n(field->rows);
        for (int c = 0; c < record->rows[i].n * columns && n < TEXT_PARTS_MAX; c++)
            if (field->rows->fields[c % columns].kind == FIELD_TEXT)
                parts[n++] = value_str(record->rows[i].cells[c]);
    }
    return str_join(arena, STR("\n"), parts, n);
}

enum status record_search_put(struct tx *tx, const struct record *record)
{
    struct arena *arena = tx_arena(tx);
    if (!is_searched(record->kind) || record->kind->instance)
        return OK;
    struct str text = searched_text(arena, record);
    struct search_row row = {.body_id = record->body_id,
                             .id = record->id,
                             .kind = str_from(record->kind->name),
                             .date = date_of(record),
                             .title = record_title(arena, record),
                             .text = text_fold(arena, text),
                             .tokens = text_bigrams(arena, text),
                             .audience = record_audience(arena, record)};
    return search_put(tx, &row);
}

/* --- the page --- */

static const struct column hit_columns[] = {
    {"id", NULL, COLUMN_ID},          {"kind", NULL, COLUMN_TEXT},   {"label", "种类", COLUMN_TEXT},
    {"title", "名称", COLUMN_TEXT},   {"date", "日期", COLUMN_DATE}, {"url", NULL, COLUMN_URL},
    {"ended", "已结束", COLUMN_DATE},
};
static const struct shape shape_hit = {"hit", hit_columns, 7};
enum { HIT_ID, HIT_KIND, HIT_LABEL, HIT_TITLE, HIT_DATE, HIT_URL, HIT_ENDED };
static const struct column columns[] = {
    {"q", NULL, COLUMN_TEXT},
    {"items", NULL, COLUMN_LIST, .shape = &shape_hit},
    {"more", NULL, COLUMN_FLAG},
    {"next", NULL, COLUMN_TEXT},
    {"next_url", NULL, COLUMN_URL, .flags = COLUMN_PAGE_ONLY},
    {"self_url", NULL, COLUMN_URL, .flags = COLUMN_PAGE_ONLY},
};
const struct shape shape_search = {"search", columns, 6};

struct finding {
    struct call *call;
    const struct record_engine *engine;
    struct list *items;
};

static const struct kind *kind_named(const struct record_engine *engine, struct str name)
{
    for (int i = 0; i < engine->kinds_n; i++)
        if (str_is(name, engine->kinds[i]->name))
            return engine->kinds[i];
    return NULL;
}

static bool is_listed(const struct list *items, int64_t id)
{
    for (int i = 0; i < items->n; i++)
        if (value_i64(items->values[i * items->shape->n]) == id)
            return true;
    return false;
}

/* A record of its own rule, or by the one it belongs to. */
static bool may_find(struct finding *finding, const struct kind *kind, int64_t id)
{
    struct call *call = finding->call;
    struct record *record;
    if (!kind->owner_kind || viewer_sees_body(&call->viewer, call->body.id))
        return record_may_see(call, kind, id);
    if (record_get(call->tx, kind, call->body.id, id, &record) != OK)
        return false;
    struct str name = value_str(record_value(record, kind->owner_kind));
    const struct kind *owner = kind_named(finding->engine, name);
    return owner && id_parse(value_str(record_value(record, kind->owner_id)), &id) &&
           record_may_see(call, owner, id);
}

static void add_hit(struct finding *finding, const struct kind *kind, int64_t id, struct str title,
                    struct str date)
{
    struct call *call = finding->call;
    if (is_listed(finding->items, id) || !may_find(finding, kind, id))
        return;
    struct value *row = list_add(call->arena, finding->items);
    row[HIT_ID] = value_int(id);
    row[HIT_KIND] = value_text(str_from(kind->name));
    row[HIT_LABEL] = value_text(str_from(kind->label));
    row[HIT_TITLE] = value_text(title);
    row[HIT_DATE] = value_text_or_null(date);
    row[HIT_URL] = value_text(record_url(call, kind, id));
    row[HIT_ENDED] = NULL_VALUE;
}

/* Names that begin with what was typed come first, on the first page. */
static enum status add_picked(struct finding *finding, struct str q)
{
    struct call *call = finding->call;
    for (int i = 0; i < finding->engine->kinds_n; i++) {
        const struct kind *kind = finding->engine->kinds[i];
        struct named *named;
        int n;
        if (!kind->pick)
            continue;
        TRY(kind->pick(call->tx, call->body.id, q, call->today, &named, &n));
        for (int k = 0; k < n; k++)
            add_hit(finding, kind, named[k].id, named[k].name, STR(""));
    }
    return OK;
}

/* Words apart are found apart, in any order. One character alone is only in few tokens: beside
 * longer words the substring test sees to it. */
static void split_words(struct arena *arena, struct str q, struct search_query *query)
{
    struct str rest = str_replace(arena, q, STR("　"), STR(" ")), tokens[SEARCH_WORDS_MAX];
    int n = 0;
    while (rest.len > 0 && query->words_n < SEARCH_WORDS_MAX) {
        struct str word = text_fold(arena, str_cut(&rest, STR(" ")));
        if (word.len == 0)
            continue;
        query->words[query->words_n++] = word;
        if (utf8_count(word) > 1)
            tokens[n++] = text_query_bigrams(arena, word);
    }
    query->tokens = n > 0 ? str_join(arena, STR(" "), tokens, n) : text_query_bigrams(arena, q);
}

static enum status add_found(struct finding *finding, struct str q, int64_t before,
                             struct object *model)
{
    struct call *call = finding->call;
    struct search_query query = {.body_id = call->body.id,
                                 .audience =
                                     viewer_audience(call->arena, &call->viewer, call->body.id),
                                 .before = before,
                                 .limit = SEARCH_PAGE};
    struct search_result result;
    split_words(call->arena, q, &query);
    if (query.tokens.len == 0)
        return OK;
    TRY(search_find(call->tx, &query, &result));
    for (int i = 0; i < result.n; i++) {
        const struct kind *kind = kind_named(finding->engine, result.hits[i].kind);
        if (kind)
            add_hit(finding, kind, result.hits[i].id, result.hits[i].title, result.hits[i].date);
    }
    object_set(model, "more", value_int(result.next != 0));
    if (result.next != 0) {
        struct str next = str_fmt(call->arena, "%lld", (long long)result.next);
        object_set(model, "next", value_text(next));
        object_set(model, "next_url",
                   value_text(call_url(call, "search?q=%.*s&before=%.*s",
                                       STR_ARG(url_encode(call->arena, q)), STR_ARG(next))));
    }
    return OK;
}

/* --- what has ended says so --- */

static void set_ended(const struct finding *finding, const struct rows *ended)
{
    struct list *items = finding->items;
    for (int r = 0; r < ended->n; r++)
        for (int i = 0; i < items->n; i++) {
            struct value *row = items->values + i * items->shape->n;
            if (value_eq(row[HIT_ID], rows_at(ended, r, 0)))
                row[HIT_ENDED] = rows_at(ended, r, 1);
        }
}

/* One statement for each dated kind that was found. */
static enum status mark_ended(const struct finding *finding, const struct kind *kind)
{
    struct call *call = finding->call;
    struct value args[2 + ENDED_ASKED] = {value_int(call->body.id),
                                          value_text(date_format(call->arena, call->today))};
    int n = 2;
    for (int i = 0; i < finding->items->n && n < 2 + ENDED_ASKED; i++) {
        const struct value *row = finding->items->values + i * finding->items->shape->n;
        if (str_is(value_str(row[HIT_KIND]), kind->name))
            args[n++] = row[HIT_ID];
    }
    if (n == 2)
        return OK;
    while (n < 2 + ENDED_ASKED)
        args[n++] = value_int(0);
    struct rows rows;
    TRY(tx_run(call->tx, sql_ended(call->tx, kind), args, n, &rows));
    set_ended(finding, &rows);
    return OK;
}

enum status record_search_page(struct call *call, struct page *page)
{
    struct str q = str_trim(call_query(call, "q"));
    struct object *model = object_new(call->arena, &shape_search);
    struct finding finding = {
        .call = call, .engine = call->route->data, .items = list_new(call->arena, &shape_hit)};
    int64_t before;
    TRY(call_query_int(call, "before", "翻页位置", 0, INT64_MAX, 0, &before));
    object_set(model, "more", value_int(0));
    if (q.len > 0 && before == 0)
        TRY(add_picked(&finding, q));
    if (q.len > 0)
        TRY(add_found(&finding, q, before, model));
    for (int i = 0; i < finding.engine->kinds_n; i++)
        if (finding.engine->kinds[i]->dated && !finding.engine->kinds[i]->instance)
            TRY(mark_ended(&finding, finding.engine->kinds[i]));
    object_set(model, "q", value_text(q));
    object_set(model, "items", value_list(finding.items));
    object_set(model, "self_url", value_text(call_url(call, "search")));
    page->model = model;
    page->table = "items";
    page->title = STR("搜索");
    if (q.len > 0 && finding.items->n > 0)
        page->state = str_fmt(call->arena, "“%.*s”找到 %d 条%s。", STR_ARG(q), finding.items->n,
                              object_get(model, "next").kind == VALUE_TEXT ? "以上" : "");
    return OK;
}
