#include "engine/record/priv.h"

#include "base/url.h"

/* A list of any kind: filters, sorts and paging from the query, rows as items. */

#define DAY_LABEL "截至日期"

static bool shows_all_days(const struct call *call)
{
    return str_is(call_query(call, "on"), "all");
}

static bool key_is(const struct field *field, struct str key)
{
    return field->key && str_is(key, field->key);
}

static enum status read_sort(struct call *call, struct list_query *query)
{
    struct str sort = call_query(call, "sort");
    if (sort.len == 0)
        return OK;
    query->descending = sort.ptr[0] == '-';
    if (query->descending)
        sort = str_from_byte(sort, 1);
    for (int i = 0; query->kind->fields[i].key; i++)
        if (query->kind->fields[i].sort && key_is(&query->kind->fields[i], sort))
            query->sort = i;
    if (query->sort < 0)
        return call_refuse(call, INVALID, "sort", "不能按“%.*s”排序，请改用列表上给出的排序方式。",
                           STR_ARG(sort));
    return OK;
}

static enum status filter_value(struct call *call, const struct field *field, struct str text,
                                struct value *ret_value)
{
    int64_t number = 0;
    struct date date;
    switch (field->kind) {
    case FIELD_REFERENCE: {
        struct named *named;
        int n = 0;
        if (id_parse(text, &number)) {
            *ret_value = value_int(number);
            return OK;
        }
        TRY(record_by_title(call->tx, field->to, call->body.id, text, call->today, &named, &n));
        if (n != 1)
            return call_refuse(call, INVALID, field->key,
                               "筛选“%s”时找不到唯一的“%.*s”，请从提示的名称中选取。", field->label,
                               STR_ARG(text));
        *ret_value = value_int(named[0].id);
        return OK;
    }
    case FIELD_FLAG:
    case FIELD_INT:
        if (!str_to_int(text, &number))
            return call_refuse(call, INVALID, field->key, "筛选“%s”应填整数。", field->label);
        *ret_value = value_int(number);
        return OK;
    case FIELD_DATE:
        if (!date_parse(text, &date))
            return call_refuse(call, INVALID, field->key,
                               "“%s”应填实际存在的日期，例如 2022-01-24。", field->label);
        break;
    case FIELD_CHOICE:
        if (!choice_has(field->choices, text))
            return call_refuse(call, INVALID, field->key,
                               "“%s”没有“%.*s”这一项，请从列出的选项中选择。", field->label,
                               STR_ARG(text));
        break;
    default:
        break;
    }
    *ret_value = value_text(text);
    return OK;
}

static enum status read_filters(struct call *call, struct list_query *query)
{
    for (int i = 0; query->kind->fields[i].key; i++) {
        const struct field *field = &query->kind->fields[i];
        struct str text = field->filter ? str_trim(call_query(call, field->key)) : STR("");
        if (text.len == 0)
            continue;
        if (query->filters_n == 4)
            return call_refuse(call, INVALID, field->key,
                               "最多同时使用 4 个筛选条件，请减少后再试。");
        TRY(filter_value(call, field, text, &query->filter_values[query->filters_n]));
        query->filters[query->filters_n++] = i;
    }
    if (query->kind->dated && !shows_all_days(call))
        TRY(call_query_date(call, "on", DAY_LABEL, call->today, &query->on));
    return OK;
}

static enum status read_query(struct call *call, struct list_query *query)
{
    const struct kind *kind = pages_of(call)->kind;
    *query = (struct list_query){.kind = kind,
                                 .body_id = kind->instance ? 0 : call->body.id,
                                 .viewer = &call->viewer,
                                 .sort = -1};
    int64_t limit;
    TRY(read_sort(call, query));
    TRY(read_filters(call, query));
    TRY(call_query_int(call, "limit", "每页条数", 1, RECORD_PAGE_MAX, RECORD_PAGE, &limit));
    query->limit = (int)limit;
    struct str before = call_query(call, "before"), after = call_query(call, "after");
    query->backwards = before.len > 0;
    query->cursor = before.len > 0 ? before : after;
    return OK;
}

/* The list's address with its filters and sort, one parameter replaced (value empty: dropped). */
static struct str link_with(struct call *call, const char *suffix, const char *name,
                            struct str value)
{
    const struct kind *kind = pages_of(call)->kind;
    struct str url = list_url(call, kind, suffix);
    const char *separator = "?";
    for (int i = 0; i < call->query_n; i++) {
        struct param *param = &call->query[i];
        bool paging = str_is(param->name, "after") || str_is(param->name, "before");
        if (paging || param->value.len == 0 || (name && str_is(param->name, name)))
            continue;
        url = str_fmt(call->arena, "%.*s%s%.*s=%.*s", STR_ARG(url), separator,
                      STR_ARG(url_encode(call->arena, param->name)),
                      STR_ARG(url_encode(call->arena, param->value)));
        separator = "&";
    }
    if (name && value.len > 0)
        url = str_fmt(call->arena, "%.*s%s%s=%.*s", STR_ARG(url), separator, name,
                      STR_ARG(url_encode(call->arena, value)));
    return url;
}

static void add_filter(struct call *call, struct list *filters, const struct field *field)
{
    static const struct choice flag_choices[] = {{"1", "是"}, {"0", "否"}, {NULL, NULL}};
    const struct choice *choices = field->kind == FIELD_FLAG ? flag_choices : field->choices;
    struct str value = call_query(call, field->key);
    if (field->kind == FIELD_DATE && str_is(value, "all"))
        value = STR("");
    struct value *row = list_add(call->arena, filters);
    row[0] = value_text(str_from(field->key));
    row[1] = value_text(str_from(field->label));
    row[2] = value_text(value);
    row[3] = value_int(choices != NULL);
    row[4] = value_int(field->kind == FIELD_DATE);
    if (field->kind == FIELD_REFERENCE)
        row[5] = value_text(list_url(call, field->to, "/pick"));
    row[6] = value_list(
        choices_list(call->arena, child_shape(filters->shape, "choices"), choices, value));
}

/* What holds on a day, or all there ever was: both are ?on=, the first one counts. */
static void add_days(struct call *call, struct list *filters)
{
    static const struct field on = {.key = "on", .label = DAY_LABEL, .kind = FIELD_DATE};
    bool all = shows_all_days(call);
    struct value *row = list_add(call->arena, filters);
    row[0] = value_text(STR("on"));
    row[1] = value_text(STR("含已结束和尚未开始的"));
    row[2] = value_text(all ? STR("all") : STR(""));
    row[7] = value_int(1);
    add_filter(call, filters, &on);
}

static const struct list *filters_list(struct call *call, const struct kind_pages *pages)
{
    struct list *filters = list_new(call->arena, child_shape(pages->list, "filters"));
    for (const struct field *field = pages->kind->fields; field->key; field++)
        if (field->filter && !(field->hidden && field->kind == FIELD_TEXT))
            add_filter(call, filters, field);
    if (pages->kind->dated)
        add_days(call, filters);
    return filters;
}

static const struct list *sorts_list(struct call *call, const struct kind_pages *pages,
                                     const struct list_query *query)
{
    struct list *sorts = list_new(call->arena, child_shape(pages->list, "sorts"));
    for (int i = -1; i < kind_fields_n(pages->kind); i++) {
        if (i >= 0 && !pages->kind->fields[i].sort)
            continue;
        struct str key = i < 0 ? STR("") : str_from(pages->kind->fields[i].key);
        const char *label = i >= 0                 ? pages->kind->fields[i].label
                            : pages->kind->ordered ? "文件顺序"
                                                   : "最新登记";
        if (i == query->sort && i >= 0 && !query->descending)
            key = str_fmt(call->arena, "-%.*s", STR_ARG(key));
        struct value *row = list_add(call->arena, sorts);
        row[0] = value_text(str_from(label));
        row[1] = value_text(link_with(call, "", "sort", key));
        row[2] = value_int(i == query->sort);
    }
    return sorts;
}

static void list_state(struct call *call, struct page *page, const struct kind *kind,
                       const struct list_result *result)
{
    page->title = str_from(kind->label);
    if (result->total > 0)
        page->state = str_fmt(call->arena, "共 %lld %s%s。", (long long)result->total, kind->unit,
                              result->more ? "以上" : "");
    if (kind->by_program || !call_may(call, kind->made_by ? kind->made_by : RIGHT_EDIT))
        return;
    const struct record_hooks *hooks = hooks_of(call);
    const char *label = hooks && hooks->submit ? hooks->submit(call, kind) : NULL;
    page_action(page, str_from(label ? label : "登记"), list_url(call, kind, "/new"), true);
}

static struct str empty_text(struct call *call, const struct kind *kind)
{
    bool offered = kind->offer && call_may(call, kind->offer_to ? kind->offer_to : RIGHT_EDIT);
    return str_fmt(call->arena, "%s%s", kind->empty, offered ? kind->offer : "");
}

/* Downloads hold every row that the filters leave, read page by page. */
static enum status each_record(struct call *call, struct page *page, row_each *row, void *context)
{
    (void)page;
    const struct kind_pages *pages = pages_of(call);
    struct list_query query;
    char cursor[CURSOR_MAX_BYTES];
    TRY(read_query(call, &query));
    query.limit = RECORD_PAGE_MAX;
    do {
        struct arena_mark mark = arena_mark(call->arena);
        struct list_result result;
        TRY(record_list(call->tx, &query, &result, &call->fault));
        struct value *cells = arena_new(call->arena, struct value, pages->item->n);
        for (int i = 0; i < result.n; i++) {
            item_fill(call, pages, result.records[i], pages->item, cells);
            TRY(row(context, cells, pages->item->n));
        }
        query.cursor = str_head(result.next, sizeof cursor);
        if (query.cursor.len > 0)
            query.cursor.ptr = memcpy(cursor, query.cursor.ptr, query.cursor.len);
        arena_rewind(call->arena, mark);
    } while (query.cursor.len > 0);
    return OK;
}

static bool asks_for_one_page(const struct call *call)
{
    return call_query(call, "limit").len > 0 || call_query(call, "after").len > 0 ||
           call_query(call, "before").len > 0;
}

/* Nothing holds today: whether there was or will be something. */
static enum status offer_all_days(struct call *call, const struct list_query *query,
                                  const struct list_result *result, struct object *model)
{
    struct list_query all = *query;
    struct list_result found;
    if (result->total > 0 || !query->kind->dated || shows_all_days(call))
        return OK;
    all.on = (struct date){0};
    all.limit = 1;
    TRY(record_list(call->tx, &all, &found, &call->fault));
    if (found.n > 0)
        object_set(model, "all_url", value_text(link_with(call, "", "on", STR("all"))));
    return OK;
}

enum status record_list_page(struct call *call, struct page *page)
{
    const struct kind_pages *pages = pages_of(call);
    struct list_query query;
    struct list_result result;
    TRY(read_query(call, &query));
    TRY(record_list(call->tx, &query, &result, &call->fault));

    struct list *items = list_new(call->arena, pages->item);
    for (int i = 0; i < result.n; i++)
        item_fill(call, pages, result.records[i], pages->item, list_add(call->arena, items));

    struct object *model = object_new(call->arena, pages->list);
    object_set(model, "items", value_list(items));
    object_set(model, "total", value_int(result.total));
    object_set(model, "more", value_int(result.more));
    object_set(model, "next", value_text_or_null(result.next));
    object_set(model, "previous", value_text_or_null(result.previous));
    if (result.next.len)
        object_set(model, "next_url", value_text(link_with(call, "", "after", result.next)));
    if (result.previous.len)
        object_set(model, "previous_url",
                   value_text(link_with(call, "", "before", result.previous)));
    object_set(model, "list_url", value_text(list_url(call, pages->kind, "")));
    object_set(model, "csv_url", value_text(link_with(call, ".csv", NULL, STR(""))));
    object_set(model, "xlsx_url", value_text(link_with(call, ".xlsx", NULL, STR(""))));
    object_set(model, "json_url", value_text(link_with(call, ".json", NULL, STR(""))));
    object_set(model, "filters", value_list(filters_list(call, pages)));
    object_set(model, "sorts", value_list(sorts_list(call, pages, &query)));
    bool filtered = query.filters_n > 0 || query.cursor.len > 0 || call_query(call, "on").len > 0;
    object_set(model, "filtered", value_int(filtered));
    object_set(model, "has_filters", value_int(filtered || result.total > 0 || pages->kind->dated));
    object_set(model, "with_days", value_int(pages->kind->dated && shows_all_days(call)));
    object_set(model, "empty", value_text(empty_text(call, pages->kind)));
    TRY(offer_all_days(call, &query, &result, model));
    page->model = model;
    page->table = "items";
    if (!asks_for_one_page(call))
        page->each = each_record;
    list_state(call, page, pages->kind, &result);
    return OK;
}
