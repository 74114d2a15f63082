#include "domain/directory/priv.h"
#include "domain/directory/requirements.h"

#include "directory.sql.h"
#include "domain/link/link.h"
#include "domain/file/file.h"
#include "domain/organization/organization.h"
#include "domain/scheme/scheme_kinds.h"
#include "organization.sql.h"

/* The page of one organization: what it is, whom it is linked with, what is asked of it. */

#define COLUMNS_N(columns) (int)(sizeof(columns) / sizeof *(columns))

static const struct column name_columns[] = {
    {"name", "名称", COLUMN_TEXT},
    {"kind", "种类", COLUMN_CHOICE, .choices = organization_name_kinds},
    {"until", "用到哪一天", COLUMN_DATE},
};
static const struct shape shape_name = {"name", name_columns, NAME_CELLS};

static const struct column counterpart_columns[] = {
    {"link", NULL, COLUMN_URL, .flags = COLUMN_PAGE_ONLY},
    {"other", "名称", COLUMN_OBJECT, .shape = &shape_ref},
    {"parts", "含", COLUMN_TEXT},
    {"kind", "种类", COLUMN_TEXT},
    {"clause", "条款", COLUMN_TEXT},
    {"document", "依据", COLUMN_OBJECT, .shape = &shape_ref},
    {"people", "联系人员", COLUMN_TEXT},
    {"is_group", "集合条目", COLUMN_FLAG},
    {"held", "疑似误印", COLUMN_FLAG},
    {"hint", "可能应为", COLUMN_TEXT},
    {"is_other_kind", NULL, COLUMN_FLAG, .flags = COLUMN_PAGE_ONLY},
};
static const struct shape shape_counterpart = {"counterpart", counterpart_columns,
                                               COLUMNS_N(counterpart_columns)};

static const struct column columns[] = {
    {"id", NULL, COLUMN_ID},
    {"name", "名称", COLUMN_TEXT},
    {"classification", "类别", COLUMN_CHOICE, .choices = organization_classes},
    {"parent", "所属", COLUMN_OBJECT, .shape = &shape_ref},
    {"is_group", "集合条目", COLUMN_FLAG},
    {"held", "疑似误印", COLUMN_FLAG},
    {"hint", "可能应为", COLUMN_TEXT},
    {"maybe_reorganised", "机构可能已调整", COLUMN_FLAG},
    {"note", "备注", COLUMN_TEXT},
    {"start_date", "开始日期", COLUMN_DATE},
    {"end_date", "结束日期", COLUMN_DATE},
    {"version", NULL, COLUMN_INT},
    {"names", "其他名称", COLUMN_LIST, .shape = &shape_name},
    {"parts", "括注的机构", COLUMN_LIST, .shape = &shape_ref},
    {"links_from", "对口单位", COLUMN_LIST, .shape = &shape_counterpart},
    {"links_to", "联系方", COLUMN_LIST, .shape = &shape_counterpart},
    {"requirements", "工作要求", COLUMN_LIST, .shape = &shape_requirement},
    {"on", NULL, COLUMN_DATE},
    {"people", "联系人员", COLUMN_LIST, .shape = &shape_named},
    {"history", "沿革", COLUMN_LIST, .shape = &shape_adjusted},
    {"on_text", NULL, COLUMN_TEXT, .flags = COLUMN_PAGE_ONLY},
    {"self_url", NULL, COLUMN_URL, .flags = COLUMN_PAGE_ONLY},
    {"is_asked", NULL, COLUMN_FLAG, .flags = COLUMN_PAGE_ONLY},
    {"has_history", NULL, COLUMN_FLAG, .flags = COLUMN_PAGE_ONLY},
    {"has_links", NULL, COLUMN_FLAG, .flags = COLUMN_PAGE_ONLY},
    {"attached", NULL, COLUMN_OBJECT, .shape = &shape_record_attached, .flags = COLUMN_PAGE_ONLY},
    {"json_url", NULL, COLUMN_URL, .flags = COLUMN_PAGE_ONLY},
    {"more_url", NULL, COLUMN_URL, .flags = COLUMN_PAGE_ONLY},
    {"memberships_url", NULL, COLUMN_URL, .flags = COLUMN_PAGE_ONLY},
    {"ended", NULL, COLUMN_FLAG, .flags = COLUMN_PAGE_ONLY},
    {"before_url", NULL, COLUMN_URL, .flags = COLUMN_PAGE_ONLY},
};
static const struct shape shape_organization = {"organization", columns, COLUMNS_N(columns)};

static void put_facts(struct call *call, struct object *model, const struct record *record)
{
    static const char *const plain[] = {"name", "classification",    "is_group", "held",
                                        "hint", "maybe_reorganised", "note"};
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++)
        object_set(model, plain[i], record_value(record, plain[i]));
    struct value parent = record_value(record, "parent");
    if (parent.kind == VALUE_INT)
        object_set(model, "parent",
                   value_ref(call->arena, parent.i,
                             value_str(record->labels[kind_field(&kind_organization, "parent")]),
                             record_url(call, &kind_organization, parent.i)));
    object_set(model, "id", value_int(record->id));
    object_set(model, "version", value_int(record->version));
    if (!str_is(record->start_date, "0001-01-01"))
        object_set(model, "start_date", value_text(record->start_date));
    object_set(model, "end_date", value_text(record->end_date));
    const struct record_rows *names = &record->rows[kind_field(&kind_organization, "names")];
    struct list *list = list_new(call->arena, &shape_name);
    list->values = names->cells;
    list->n = names->n;
    object_set(model, "names", value_list(list));
}

/* The way to the last day on which it was there. */
static void put_ending(struct call *call, struct object *model, const struct record *record,
                       struct str url, struct date on)
{
    struct date end;
    if (!date_parse(record->end_date, &end) || date_cmp(end, on) > 0)
        return;
    struct str before = date_format(call->arena, date_add_days(end, -1));
    object_set(model, "ended", value_int(1));
    object_set(model, "before_url",
               value_text(str_fmt(call->arena, "%.*s?on=%.*s", STR_ARG(url), STR_ARG(before))));
}

static enum status put_parts(struct call *call, struct object *model, int64_t id, struct date on)
{
    struct rows rows;
    TRY(tx_run(
        call->tx, &SQL_organization_parts,
        ARGS(value_int(call->body.id), value_int(id), value_text(date_format(call->arena, on))),
        &rows));
    struct list *parts = list_new(call->arena, &shape_ref);
    for (int i = 0; i < rows.n; i++) {
        int64_t part = value_i64(rows_at(&rows, i, 0));
        struct value *row = list_add(call->arena, parts);
        row[0] = value_int(part);
        row[1] = rows_at(&rows, i, 1);
        row[2] = value_text(record_url(call, &kind_organization, part));
    }
    object_set(model, "parts", value_list(parts));
    return OK;
}

static void add_counterpart(struct call *call, struct list *list, const struct entry *entry,
                            const struct side *other)
{
    struct str url =
        call_url(call, "document/%.*s", STR_ARG(id_format(call->arena, entry->document)));
    struct value *row = list_add(call->arena, list);
    row[0] = value_text(record_url(call, &kind_link, entry->id));
    row[1] = side_ref(call, other);
    row[2] = other == &entry->to ? value_text_or_null(entry->parts) : NULL_VALUE;
    row[3] = value_text(str_from(link_kind_label(entry->kind)));
    row[4] = value_text_or_null(entry->clause);
    row[5] = value_ref(call->arena, entry->document, entry->scheme, url);
    row[6] = other == &entry->to ? value_text_or_null(entry->people) : NULL_VALUE;
    row[7] = value_int(other->is_group);
    row[8] = value_int(other->held);
    row[9] = value_text_or_null(other->hint);
    row[10] = value_int(!str_is(entry->kind, "fixed"));
}

struct counterparts {
    struct list *from, *to;
    struct entries entries;
};

static enum status put_links(struct call *call, struct object *model, int64_t id, struct date on,
                             struct counterparts *ret)
{
    TRY(entries_of(call, id, on, &ret->entries));
    TRY(entries_people(call, on, &ret->entries));
    ret->from = list_new(call->arena, &shape_counterpart);
    ret->to = list_new(call->arena, &shape_counterpart);
    for (int i = 0; i < ret->entries.n; i++) {
        const struct entry *entry = &ret->entries.items[i];
        if (entry->from.id == id)
            add_counterpart(call, ret->from, entry, &entry->to);
        else
            add_counterpart(call, ret->to, entry, &entry->from);
    }
    object_set(model, "links_from", value_list(ret->from));
    object_set(model, "links_to", value_list(ret->to));
    object_set(model, "has_links", value_int(ret->entries.n > 0));
    if (ret->entries.more)
        object_set(model, "more_url",
                   value_text(call_url(call, "link?%s=%.*s",
                                       ret->from->n > 0 ? "from_organization" : "to_organization",
                                       STR_ARG(id_format(call->arena, id)))));
    return OK;
}

/* Whose duties a class carries, on the linking side and on the other. */
static const char *const *actors_of(struct str class)
{
    static const char *const committee[] = {"committee", "link", NULL};
    static const char *const office[] = {"office", "committee", "link", NULL};
    static const char *const unit[] = {"unit", "link", NULL};
    static const char *const party[] = {"party", "link", NULL};
    static const char *const sector[] = {"sector", NULL};
    static const struct {
        const char *class;
        const char *const *actors;
    } rows[] = {{"committee", committee}, {"office", office}, {"party", party},
                {"federation", party},    {"sector", sector}, {"sector-group", sector}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (str_is(class, rows[i].class))
            return rows[i].actors;
    return unit;
}

/* Schemes in force by which it is linked. */
static int schemes_of(const struct entries *entries, const struct rows *schemes, int64_t *ids)
{
    int n = 0;
    for (int r = 0; r < schemes->n && n < 50; r++) {
        bool linked = false;
        for (int i = 0; i < entries->n && !linked; i++)
            linked = entries->items[i].document == value_i64(rows_at(schemes, r, 2));
        if (linked)
            ids[n++] = value_i64(rows_at(schemes, r, 0));
    }
    return n;
}

/* Bracketed sub-units and group entries are never asked anything (NB17-4). */
static enum status put_requirements(struct call *call, struct object *model,
                                    const struct record *record, const struct entries *entries,
                                    struct date on)
{
    struct list *list = list_new(call->arena, &shape_requirement);
    bool never = value_i64(record_value(record, "is_group")) ||
                 record_value(record, "parent").kind == VALUE_INT;
    if (!never && entries->n > 0) {
        struct rows schemes;
        int64_t ids[50];
        TRY(tx_run(call->tx, &SQL_directory_schemes,
                   ARGS(value_int(call->body.id), value_text(date_format(call->arena, on))),
                   &schemes));
        struct requirement_filter filter = {
            .actors = actors_of(value_str(record_value(record, "classification"))),
            .name = value_str(record_value(record, "name"))};
        int n = schemes_of(entries, &schemes, ids);
        TRY(requirements_load(call, on, ids, n, &filter, &list));
    }
    object_set(model, "requirements", value_list(list));
    return OK;
}

/* Who is linked, and whom it still has to name. */
static struct str state_of(struct call *call, struct str as_of, const struct counterparts *links,
                           struct str missing)
{
    struct str text = as_of;
    if (links->from->n > 0)
        text = str_fmt(call->arena, "%.*s对口联系 %d 个单位", STR_ARG(as_of), links->from->n);
    else if (links->to->n > 0)
        text = str_fmt(call->arena, "%.*s由 %d 方对口联系", STR_ARG(as_of), links->to->n);
    else
        return as_of;
    return missing.len ? str_fmt(call->arena, "%.*s，%.*s待明确。", STR_ARG(text), STR_ARG(missing))
                       : str_fmt(call->arena, "%.*s。", STR_ARG(text));
}

static enum status show(struct call *call, struct page *page)
{
    int64_t id;
    struct record *record;
    struct counterparts links;
    struct date on;
    struct str missing;
    TRY(call_path_id(call, 1, &id));
    TRY(call_query_date(call, "on", "截至", call->today, &on));
    enum status status = record_get(call->tx, &kind_organization, call->body.id, id, &record);
    if (status == NOT_FOUND || (status == OK && !record_may_see(call, &kind_organization, id)))
        return call_refuse(call, NOT_FOUND, NULL, "没有这个单位，可能地址有误或已被移除。");
    TRY(status);
    struct object *model = object_new(call->arena, &shape_organization);
    put_facts(call, model, record);
    TRY(put_parts(call, model, id, on));
    TRY(put_links(call, model, id, on, &links));
    TRY(put_requirements(call, model, record, &links.entries, on));
    TRY(organization_put_people(call, model, record, on, &missing));
    TRY(organization_put_history(call, model, id));
    TRY(file_attach(call, &kind_organization, id, model));
    struct str url = record_url(call, &kind_organization, id);
    struct str id_text = id_format(call->arena, id);
    object_set(model, "json_url", value_text(str_fmt(call->arena, "%.*s.json", STR_ARG(url))));
    put_ending(call, model, record, url, on);
    object_set(model, "memberships_url",
               value_text(call_url(call, "membership?organization=%.*s", STR_ARG(id_text))));
    struct str as_of = {0};
    if (date_cmp(on, call->today) != 0)
        as_of = str_fmt(call->arena, "截至 %.*s，", STR_ARG(date_format_chinese(call->arena, on)));
    object_set(model, "on", value_text(date_format(call->arena, on)));
    object_set(model, "on_text", value_text(date_format(call->arena, on)));
    object_set(model, "self_url", value_text(url));
    page->model = model;
    page->record = record_data(call, call->route->data, record);
    page->title = organization_name_on(call->arena, record, on);
    page->state = state_of(call, as_of, &links, missing);
    page_crumb(page, STR("单位与机构"), call_url(call, "organization"));
    if (value_i64(object_get(model, "is_asked")))
        page_action(page, STR("空白回执"), call_url(call, "roster/slips/%.*s", STR_ARG(id_text)),
                    false);
    if (rights_may(&call->viewer, RIGHT_ASK_CORRECTION, &(struct target){call->body.id, id}))
        page_action(page, STR("申请更正名称"),
                    call_url(call, "correction/new?organization=%.*s", STR_ARG(id_text)), false);
    if (call_may(call, RIGHT_EDIT))
        page_action(page, STR("修改"), str_fmt(call->arena, "%.*s/edit", STR_ARG(url)), false);
    record_journal_action(call, page, &kind_organization, id);
    return OK;
}

static const struct query_name asked[] = {{"on", "截至日期，默认今天"}, {0}};
static const struct route routes[] = {
    {.method = METHOD_GET,
     .path = "/{body}/organization/{id}",
     .run = show,
     .need = RIGHT_READ,
     .forms = FORM_HTML | FORM_JSON,
     .flags = ROUTE_CACHED,
     .help = "单位页：名称、对口联系、工作要求",
     .template = "directory/organization",
     .shape = &shape_organization,
     .query = asked},
};

void organization_routes(struct record_engine *engine)
{
    record_engine_add_routes(engine, routes, COLUMNS_N(routes));
}
