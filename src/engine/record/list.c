#include "engine/record/priv.h"

/*
 * Keyset paging: a cursor is the sort value and id of a row, so that any depth costs what the
 * first page costs (ground.md, "SQL that runs on both"). Form: 13 characters of id, then the
 * value: "i" and digits, "t" and text, or nothing when the order is by id.
 */

static struct str cursor_format(struct arena *arena, int64_t id, struct value sort)
{
    struct str id_text = id_format(arena, id);
    if (sort.kind == VALUE_INT)
        return str_fmt(arena, "%.*si%lld", STR_ARG(id_text), (long long)sort.i);
    if (sort.kind == VALUE_TEXT)
        return str_fmt(arena, "%.*st%.*s", STR_ARG(id_text), STR_ARG(sort.s));
    return id_text;
}

static bool cursor_parse(struct str text, char letter, int64_t *ret_id, struct value *ret_sort)
{
    if (text.len > CURSOR_MAX_BYTES || !id_parse(str_head(text, ID_TEXT_LEN), ret_id))
        return false;
    struct str rest = str_from_byte(text, ID_TEXT_LEN);
    if (letter == '\0')
        return rest.len == 0;
    if (rest.len == 0 || rest.ptr[0] != letter)
        return false;
    rest = str_from_byte(rest, 1);
    if (letter == 't') {
        *ret_sort = value_text(rest);
        return true;
    }
    int64_t number;
    if (!str_to_int(rest, &number))
        return false;
    *ret_sort = value_int(number);
    return true;
}

/* Kind of the sort value in a cursor: i, t, or none when the order is by id. */
static char cursor_letter(const struct list_query *query)
{
    if (query->sort < 0)
        return query->kind->ordered ? 'i' : '\0';
    const struct field *field = &query->kind->fields[query->sort];
    return field->sort_column ? 't' : field_letter(field);
}

static int bind_conditions(struct arena *arena, const struct list_query *query, struct value *args)
{
    int n = 0;
    args[n++] = value_int(query->body_id);
    for (int i = 0; i < query->filters_n; i++)
        args[n++] = query->filter_values[i];
    if (query->kind->dated && date_is_set(query->on)) {
        struct value day = value_text(date_format(arena, query->on));
        args[n++] = day;
        args[n++] = day;
    }
    const char *fragment = visible_fragment(query->kind, query->viewer, query->body_id);
    return n + visible_bind(arena, fragment, query->viewer, query->body_id, args + n);
}

static enum status count_rows(struct tx *tx, const struct list_query *query,
                              const struct statement *statement, struct list_result *result)
{
    struct value args[12 + VISIBLE_ARGS_MAX];
    int n = bind_conditions(tx_arena(tx), query, args);
    struct rows rows;
    TRY(tx_run(tx, statement, args, n, &rows));
    result->total = value_i64(rows.cells[0]);
    result->more = result->total > TOTAL_EXACT_MAX;
    if (result->more)
        result->total = TOTAL_EXACT_MAX;
    return OK;
}

/* The value a row is sorted by: the last column, the position, or none. */
static struct value row_sort(const struct list_query *query, const struct rows *rows, int row)
{
    if (query->sort >= 0)
        return rows_at(rows, row, rows->columns_n - 1);
    if (!query->kind->ordered)
        return NULL_VALUE;
    int at = ROW_FIELDS;
    for (const struct field *field = query->kind->fields; field->key; field++)
        at += field_is_stored(field);
    return rows_at(rows, row, at);
}

static void take_rows(struct arena *arena, const struct list_query *query, const struct rows *rows,
                      struct list_result *to)
{
    bool further = rows->n > query->limit;
    to->n = further ? query->limit : rows->n;
    to->records = arena_new(arena, struct record *, to->n);
    for (int i = 0; i < to->n; i++) {
        int row = query->backwards ? to->n - 1 - i : i;
        to->records[i] = record_from_row(arena, query->kind, query->body_id,
                                         rows->cells + row * rows->columns_n);
    }
    if (to->n == 0)
        return;
    int first = query->backwards ? to->n - 1 : 0, last = query->backwards ? 0 : to->n - 1;
    bool has_next = query->backwards ? query->cursor.len > 0 : further;
    bool has_previous = query->backwards ? further : query->cursor.len > 0;
    if (has_next)
        to->next = cursor_format(arena, value_i64(rows_at(rows, last, ROW_ID)),
                                 row_sort(query, rows, last));
    if (has_previous)
        to->previous = cursor_format(arena, value_i64(rows_at(rows, first, ROW_ID)),
                                     row_sort(query, rows, first));
}

enum status record_list(struct tx *tx, const struct list_query *query,
                        struct list_result *ret_result, struct fault *fault)
{
    struct arena *arena = tx_arena(tx);
    struct list_result result = {0};
    bool with_cursor = query->cursor.len > 0;
    struct list_query actual = *query;
    if (query->sort < 0 && !query->kind->ordered)
        actual.descending = !query->descending; /* newest first */
    struct list_sql sql = sql_list(tx_store(tx), &actual, with_cursor);
    if (!sql.list || !sql.count)
        return refuse(arena, fault, BUSY, NULL, "筛选组合过多，请稍后再试。");

    struct value args[16 + VISIBLE_ARGS_MAX];
    int n = bind_conditions(arena, query, args);
    if (with_cursor) {
        int64_t id;
        struct value sort = NULL_VALUE;
        char letter = cursor_letter(query);
        if (!cursor_parse(query->cursor, letter, &id, &sort))
            return refuse(arena, fault, INVALID, query->backwards ? "before" : "after",
                          "翻页参数无法识别，请回到列表首页重新翻页。");
        if (letter != '\0')
            args[n++] = sort;
        args[n++] = value_int(id);
    }
    struct rows rows;
    TRY(tx_run(tx, sql.list, args, n, &rows));
    take_rows(arena, query, &rows, &result);
    TRY(count_rows(tx, query, sql.count, &result));
    *ret_result = result;
    return OK;
}

/* --- what the marks allow, for tests --- */

struct plans {
    struct store *store;
    struct arena *arena;
    struct list_plan *items;
    int n, room;
};

/* Both directions, the first page and those behind it, on a day and at all times. */
static void add_plans(struct plans *plans, const struct kind *kind, int filter, int sort)
{
    for (int way = 0; way < (kind->dated ? 8 : 4); way++) {
        struct list_query query = {.kind = kind,
                                   .viewer = &viewer_clerk,
                                   .filters = {filter},
                                   .filters_n = filter >= 0,
                                   .sort = sort,
                                   .descending = way & 1,
                                   .limit = RECORD_PAGE};
        if (kind->dated && !(way & 4))
            query.on = (struct date){2022, 1, 1};
        struct list_sql sql = sql_list(plans->store, &query, way & 2);
        struct list_plan plan = {.kind = kind,
                                 .statement = sql.list,
                                 .count = sql.count,
                                 .filter = filter,
                                 .sort = sort,
                                 .with_cursor = way & 2};
        *arena_push(plans->arena, plans->items, plans->n, plans->room) = plan;
    }
}

int record_list_plans(struct store *store, struct arena *arena, const struct kind *const *kinds,
                      struct list_plan **ret_plans)
{
    struct plans plans = {.store = store, .arena = arena};
    for (; *kinds; kinds++) {
        int fields = kind_fields_n(*kinds);
        for (int filter = -1; filter < fields; filter++)
            for (int sort = -1; sort < fields; sort++)
                if ((filter < 0 || (*kinds)->fields[filter].filter) &&
                    (sort < 0 || (*kinds)->fields[sort].sort))
                    add_plans(&plans, *kinds, filter, sort);
    }
    *ret_plans = plans.items;
    return plans.n;
}
