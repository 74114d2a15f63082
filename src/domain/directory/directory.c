#include "domain/directory/priv.h"

#include "domain/document/document.h"
#include "domain/link/link.h"
#include "domain/organization/organization.h"

/* Pages of the directory by committee and by unit. One query serves each. */

#define COLUMNS_N(columns) (int)(sizeof(columns) / sizeof *(columns))

/* A unit as a committee's list shows it; flat in data, so that CSV and XLSX print one table. */
static const struct column unit_columns[] = {
    {"from", "联系方", COLUMN_OBJECT, .shape = &shape_ref},
    {"unit", "对口单位", COLUMN_OBJECT, .shape = &shape_ref},
    {"parts", "含", COLUMN_TEXT},
    {"people", "联系人员", COLUMN_TEXT},
    {"classification", "类别", COLUMN_CHOICE, .choices = organization_classes},
    {"kind", "种类", COLUMN_TEXT},
    {"clause", "条款", COLUMN_TEXT},
    {"document", "依据", COLUMN_OBJECT, .shape = &shape_ref},
    {"is_group", "集合条目", COLUMN_FLAG},
    {"held", "疑似误印", COLUMN_FLAG},
    {"hint", "可能应为", COLUMN_TEXT},
    {"maybe_reorganised", "机构可能已调整", COLUMN_FLAG},
    {"is_other_kind", NULL, COLUMN_FLAG, .flags = COLUMN_PAGE_ONLY},
    {"link_url", NULL, COLUMN_URL, .flags = COLUMN_PAGE_ONLY},
};
static const struct shape shape_unit = {"unit", unit_columns, COLUMNS_N(unit_columns)};
enum {
    U_FROM,
    U_UNIT,
    U_PARTS,
    U_PEOPLE,
    U_CLASS,
    U_KIND,
    U_CLAUSE,
    U_DOCUMENT,
    U_GROUP,
    U_HELD,
    U_HINT,
    U_REORG,
    U_OTHER,
    U_LINK
};

static const struct column side_columns[] = {
    {"id", NULL, COLUMN_ID},
    {"name", NULL, COLUMN_TEXT},
    {"url", NULL, COLUMN_URL},
    {"anchor", NULL, COLUMN_URL, .flags = COLUMN_PAGE_ONLY},
    {"mark", NULL, COLUMN_TEXT, .flags = COLUMN_PAGE_ONLY},
    {"post", NULL, COLUMN_TEXT},
    {"people", NULL, COLUMN_TEXT, .flags = COLUMN_PAGE_ONLY},
    {"total", NULL, COLUMN_INT},
    {"declared", NULL, COLUMN_INT},
    {"mismatch", NULL, COLUMN_FLAG},
    {"held", NULL, COLUMN_FLAG},
    {"hint", NULL, COLUMN_TEXT},
    {"units", NULL, COLUMN_LIST, .shape = &shape_unit, .flags = COLUMN_PAGE_ONLY},
};
static const struct shape shape_side = {"side", side_columns, COLUMNS_N(side_columns)};
enum {
    S_ID,
    S_NAME,
    S_URL,
    S_ANCHOR,
    S_MARK,
    S_POST,
    S_PEOPLE,
    S_TOTAL,
    S_DECLARED,
    S_MISMATCH,
    S_HELD,
    S_HINT,
    S_UNITS
};

static const struct column directory_columns[] = {
    {"on", NULL, COLUMN_DATE},
    {"sides", NULL, COLUMN_LIST, .shape = &shape_side},
    {"items", NULL, COLUMN_LIST, .shape = &shape_unit},
    {"more", NULL, COLUMN_FLAG},
    DIRECTORY_FRAME_COLUMNS,
};
static const struct shape shape_directory = {"directory", directory_columns,
                                             COLUMNS_N(directory_columns)};

/* A grouped page, and the last references made: neighbours share side and document. */
struct grouping {
    struct directory directory;
    struct memo {
        int64_t id;
        struct value ref;
    } from, to, document;
};

static struct value memo_side(struct call *call, struct memo *memo, const struct side *side)
{
    if (memo->id != side->id)
        *memo = (struct memo){side->id, side_ref(call, side)};
    return memo->ref;
}

static struct value memo_document(struct grouping *grouping, const struct entry *entry)
{
    struct call *call = grouping->directory.call;
    if (grouping->document.id != entry->document)
        grouping->document = (struct memo){
            entry->document, value_ref(call->arena, entry->document, entry->scheme,
                                       record_url(call, &kind_document, entry->document))};
    return grouping->document.ref;
}

static void fill_unit(struct grouping *grouping, const struct entry *entry, struct value *row)
{
    struct call *call = grouping->directory.call;
    row[U_FROM] = memo_side(call, &grouping->from, &entry->from);
    row[U_UNIT] = memo_side(call, &grouping->to, &entry->to);
    row[U_PARTS] = value_text_or_null(entry->parts);
    row[U_PEOPLE] = value_text_or_null(entry->people);
    row[U_CLASS] = value_text_or_null(entry->to.class);
    row[U_KIND] = value_text(str_from(link_kind_label(entry->kind)));
    row[U_CLAUSE] = value_text_or_null(entry->clause);
    row[U_DOCUMENT] = memo_document(grouping, entry);
    row[U_GROUP] = value_int(entry->to.is_group);
    row[U_HELD] = value_int(entry->to.held);
    row[U_HINT] = value_text_or_null(entry->to.hint);
    row[U_REORG] = value_int(entry->to.maybe_reorganised);
    row[U_LINK] = value_text(record_url(call, &kind_link, entry->id));
    row[U_OTHER] = value_int(!str_is(entry->kind, "fixed"));
}

/* The units a side has, and the counts a committee reads first. `items` has
 * room for all: a side's units are a run of it. */
static void fill_side(struct grouping *grouping, const struct entry_group *group,
                      struct list *items, struct value *row)
{
    const struct directory *directory = &grouping->directory;
    struct arena *arena = directory->call->arena;
    const struct value ref = side_ref(directory->call, group->side);
    struct list *units = list_new(arena, &shape_unit);
    units->values = items->values + items->n * shape_unit.n;
    units->n = units->room = group->n;
    for (int i = 0; i < group->n; i++)
        fill_unit(grouping, group->entries[i], list_add(arena, items));
    struct str id = id_format(arena, group->side->id);
    int listed;
    int64_t declared = entry_group_declared(group, &listed);
    row[S_ID] = value_int(group->side->id);
    row[S_NAME] = value_text(group->side->name);
    row[S_URL] = object_get(ref.object, "url");
    row[S_ANCHOR] = value_text(str_fmt(arena, "#s-%.*s", STR_ARG(id)));
    row[S_MARK] = value_text(str_fmt(arena, "s-%.*s", STR_ARG(id)));
    row[S_POST] = value_text_or_null(group->entries[0]->post);
    if (group->side == &group->entries[0]->to)
        row[S_PEOPLE] = value_text_or_null(group->entries[0]->people);
    row[S_TOTAL] = value_int(group->n);
    row[S_DECLARED] = declared >= 0 ? value_int(declared) : NULL_VALUE;
    /* A narrowed or cut list is not held against the printed count. */
    row[S_MISMATCH] = value_int(declared >= 0 && directory->q.len == 0 && !directory->first &&
                                !directory->entries.more && declared != listed);
    row[S_HELD] = value_int(group->side->held);
    row[S_HINT] = value_text_or_null(group->side->hint);
    row[S_UNITS] = value_list(units);
}

/* Both groupings have one model: sides with their rows, and the rows flat for data. */
static enum status grouped_page(struct call *call, struct page *page, const char *path, bool by_to)
{
    struct grouping grouping = {.directory = {.call = call, .page = page, .path = path}};
    struct directory *directory = &grouping.directory;
    TRY(directory_read(directory));
    TRY(entries_people(call, directory->on, &directory->entries));
    struct entry_groups from = entries_by_from(call->arena, &directory->entries);
    struct entry_groups groups = by_to ? entries_by_to(call->arena, &directory->entries) : from;
    struct list *sides = list_new(call->arena, &shape_side);
    struct list *items = list_new(call->arena, &shape_unit);
    items->room = directory->entries.n;
    items->values = arena_new(call->arena, struct value, items->room * shape_unit.n);
    for (int i = 0; i < groups.n; i++)
        fill_side(&grouping, &groups.items[i], items, list_add(call->arena, sides));
    struct object *model = object_new(call->arena, &shape_directory);
    object_set(model, "sides", value_list(sides));
    object_set(model, "items", value_list(items));
    page->model = model;
    page->table = "items";
    return directory_put_common(directory, model, &from);
}

static enum status by_committee(struct call *call, struct page *page)
{
    return grouped_page(call, page, "directory", false);
}

static enum status by_unit(struct call *call, struct page *page)
{
    return grouped_page(call, page, "directory/units", true);
}

static const struct query_name asked[] = {
    {"q", "名称、简称、拼音首字母"}, {"on", "截至日期，默认今天"}, {"after", "后一页的游标"}, {0}};
static const struct route routes[] = {
    {.method = METHOD_GET,
     .path = "/{body}/directory",
     .run = by_committee,
     .need = RIGHT_READ,
     .forms = FORM_LIST,
     .flags = ROUTE_CACHED,
     .help = "对口联系名录：按联系方",
     .template = "directory/committees",
     .shape = &shape_directory,
     .query = asked},
    {.method = METHOD_GET,
     .path = "/{body}/directory/units",
     .run = by_unit,
     .need = RIGHT_READ,
     .forms = FORM_LIST,
     .flags = ROUTE_CACHED,
     .help = "对口联系名录：按单位",
     .template = "directory/units",
     .shape = &shape_directory,
     .query = asked},
    {.method = METHOD_GET,
     .path = "/{body}/directory/matrix",
     .run = directory_matrix,
     .need = RIGHT_READ,
     .forms = FORM_LIST,
     .flags = ROUTE_CACHED,
     .help = "对口联系名录：矩阵",
     .template = "directory/matrix",
     .shape = &shape_matrix,
     .query = asked},
};

void directory_routes(struct record_engine *engine)
{
    app_add_routes(record_engine_app(engine), routes, COLUMNS_N(routes));
    organization_routes(engine);
    document_routes(engine);
}
