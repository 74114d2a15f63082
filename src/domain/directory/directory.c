#include "domain/directory/priv.h"

#include "base/url.h"
#include "directory.sql.h"
#include "domain/document/document.h"
#include "domain/link/link.h"
#include "domain/organization/organization.h"

/* Pages of the directory: by committee, by unit, matrix. One query serves each. */

#define COLUMNS_N(columns) (int)(sizeof(columns) / sizeof *(columns))

/* A unit as a committee's list shows it; flat in data, so that CSV and XLSX print one table. */
static const struct column unit_columns[] = {
    {"from", "联系方", COLUMN_OBJECT, .shape = &shape_ref},
    {"unit", "对口单位", COLUMN_OBJECT, .shape = &shape_ref},
    {"parts", "含", COLUMN_TEXT},
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
    {"next_url", NULL, COLUMN_URL, .flags = COLUMN_PAGE_ONLY},
    {"q", NULL, COLUMN_TEXT, .flags = COLUMN_PAGE_ONLY},
    {"on_text", NULL, COLUMN_TEXT, .flags = COLUMN_PAGE_ONLY},
    {"on_other_day", NULL, COLUMN_FLAG, .flags = COLUMN_PAGE_ONLY},
    {"self_url", NULL, COLUMN_URL, .flags = COLUMN_PAGE_ONLY},
    {"csv_url", NULL, COLUMN_URL, .flags = COLUMN_PAGE_ONLY},
    {"xlsx_url", NULL, COLUMN_URL, .flags = COLUMN_PAGE_ONLY},
    {"import_url", NULL, COLUMN_URL, .flags = COLUMN_PAGE_ONLY},
    {"heading", NULL, COLUMN_TEXT, .flags = COLUMN_PAGE_ONLY},
    {"ended_on", NULL, COLUMN_DATE, .flags = COLUMN_PAGE_ONLY},
    {"ended_url", NULL, COLUMN_URL, .flags = COLUMN_PAGE_ONLY},
    {"basis", NULL, COLUMN_TEXT, .flags = COLUMN_PAGE_ONLY},
    {"local", NULL, COLUMN_FLAG, .flags = COLUMN_PAGE_ONLY},
};
static const struct shape shape_directory = {"directory", directory_columns,
                                             COLUMNS_N(directory_columns)};

struct directory {
    struct call *call;
    struct page *page;
    struct date on;
    struct str q;
    int64_t first; /* position the page starts at; 0 = the whole directory */
    struct entries entries;
    struct str basis;
    const char *path; /* below the body */
    /* The last references made: neighbours share side and document. */
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

static struct value memo_document(struct directory *directory, const struct entry *entry)
{
    struct call *call = directory->call;
    if (directory->document.id != entry->document)
        directory->document = (struct memo){
            entry->document, value_ref(call->arena, entry->document, entry->scheme,
                                       record_url(call, &kind_document, entry->document))};
    return directory->document.ref;
}

static void fill_unit(struct directory *directory, const struct entry *entry, struct value *row)
{
    struct call *call = directory->call;
    row[U_FROM] = memo_side(call, &directory->from, &entry->from);
    row[U_UNIT] = memo_side(call, &directory->to, &entry->to);
    row[U_PARTS] = value_text_or_null(entry->parts);
    row[U_CLASS] = value_text_or_null(entry->to.class);
    row[U_KIND] = value_text(str_from(link_kind_label(entry->kind)));
    row[U_CLAUSE] = value_text_or_null(entry->clause);
    row[U_DOCUMENT] = memo_document(directory, entry);
    row[U_GROUP] = value_int(entry->to.is_group);
    row[U_HELD] = value_int(entry->to.held);
    row[U_HINT] = value_text_or_null(entry->to.hint);
    row[U_REORG] = value_int(entry->to.maybe_reorganised);
    row[U_LINK] = value_text(record_url(call, &kind_link, entry->id));
    row[U_OTHER] = value_int(!str_is(entry->kind, "fixed"));
}

/* The units a side has, and the counts a committee reads first. `items` has
 * room for all: a side's units are a run of it. */
static void fill_side(struct directory *directory, const struct entry_group *group,
                      struct list *items, struct value *row)
{
    struct arena *arena = directory->call->arena;
    const struct value ref = side_ref(directory->call, group->side);
    struct list *units = list_new(arena, &shape_unit);
    units->values = items->values + items->n * shape_unit.n;
    units->n = units->room = group->n;
    for (int i = 0; i < group->n; i++)
        fill_unit(directory, group->entries[i], list_add(arena, items));
    struct str id = id_format(arena, group->side->id);
    int listed;
    int64_t declared = entry_group_declared(group, &listed);
    row[S_ID] = value_int(group->side->id);
    row[S_NAME] = value_text(group->side->name);
    row[S_URL] = object_get(ref.object, "url");
    row[S_ANCHOR] = value_text(str_fmt(arena, "#s-%.*s", STR_ARG(id)));
    row[S_MARK] = value_text(str_fmt(arena, "s-%.*s", STR_ARG(id)));
    row[S_POST] = value_text_or_null(group->entries[0]->post);
    row[S_TOTAL] = value_int(group->n);
    row[S_DECLARED] = declared >= 0 ? value_int(declared) : NULL_VALUE;
    /* A narrowed or cut list is not held against the printed count. */
    row[S_MISMATCH] = value_int(declared >= 0 && directory->q.len == 0 && !directory->first &&
                                !directory->entries.more && declared != listed);
    row[S_HELD] = value_int(group->side->held);
    row[S_HINT] = value_text_or_null(group->side->hint);
    row[S_UNITS] = value_list(units);
}

static int count_class(const struct entry_groups *groups, const char *class)
{
    int n = 0;
    for (int i = 0; i < groups->n; i++)
        n += str_is(groups->items[i].side->class, class);
    return n;
}

/* What the linking side is called in this body's documents; 委室: committees and offices. */
static const char *from_label(const struct entry_groups *groups)
{
    int committees = count_class(groups, "committee"), offices = count_class(groups, "office");
    if (committees > 0 && committees + offices == groups->n)
        return offices > 0 ? "委室" : "专门委员会";
    return count_class(groups, "department") > 0 ? "部门和领导" : "联系方";
}

/* 单位, or what the other side is when all of it is parties and the federation (ZY22-4a). */
static const char *to_label(const struct entries *entries)
{
    for (int i = 0; i < entries->n; i++) {
        struct str class = entries->items[i].to.class;
        if (!str_is(class, "party") && !str_is(class, "federation"))
            return "单位";
    }
    return "民主党派、工商联组织";
}

static struct str query_url(struct directory *directory, const char *path, const char *suffix)
{
    struct call *call = directory->call;
    struct str url = call_url(call, "%s%s", path, suffix);
    const char *separator = "?";
    if (directory->q.len > 0) {
        url = str_fmt(call->arena, "%.*s?q=%.*s", STR_ARG(url),
                      STR_ARG(url_encode(call->arena, directory->q)));
        separator = "&";
    }
    if (date_cmp(directory->on, call->today) != 0)
        url = str_fmt(call->arena, "%.*s%son=%.*s", STR_ARG(url), separator,
                      STR_ARG(date_format(call->arena, directory->on)));
    return url;
}

static struct str next_url(struct directory *directory)
{
    struct str url = query_url(directory, directory->path, "");
    return str_fmt(directory->call->arena, "%.*s%safter=%lld", STR_ARG(url),
                   str_find(url, STR("?")) < 0 ? "?" : "&", (long long)directory->entries.next);
}

static enum status read_directory(struct directory *directory)
{
    struct call *call = directory->call;
    TRY(call_query_date(call, "on", call->today, &directory->on));
    TRY(call_query_int(call, "after", 0, INT64_MAX, 0, &directory->first));
    directory->q = str_trim(call_query(call, "q"));
    TRY(entries_load(call, directory->on, directory->first, directory->q, &directory->entries));
    directory->basis = directory_basis(call->arena, &directory->entries);
    return OK;
}

static int count_units(const struct entries *entries, struct arena *arena, int *ret_groups)
{
    struct entry_groups groups = entries_by_to(arena, entries);
    *ret_groups = 0;
    for (int i = 0; i < groups.n; i++)
        *ret_groups += groups.items[i].side->is_group;
    return groups.n;
}

static void put_state(struct directory *directory, const struct entry_groups *groups)
{
    struct call *call = directory->call;
    struct page *page = directory->page;
    int group_entries, units = count_units(&directory->entries, call->arena, &group_entries);
    struct str basis = {0}, also = {0}, on = {0};
    page->title = STR("对口联系名录");
    if (directory->entries.n == 0)
        return;
    if (directory->basis.len > 0)
        basis = str_fmt(call->arena, "，依据 %.*s", STR_ARG(directory->basis));
    if (group_entries > 0)
        also = str_fmt(call->arena, "和 %d 个集合条目", group_entries);
    if (date_cmp(directory->on, call->today) != 0)
        on = str_fmt(call->arena, "截至 %.*s，",
                     STR_ARG(date_format_chinese(call->arena, directory->on)));
    page->state = str_fmt(call->arena, "%.*s%s%d 个%s联系 %d 个%s%.*s%.*s。", STR_ARG(on),
                          directory->q.len > 0 ? "找到 " : "", groups->n, from_label(groups),
                          units - group_entries, to_label(&directory->entries), STR_ARG(also),
                          STR_ARG(basis));
}

static void put_tabs(struct directory *directory, const struct entry_groups *groups)
{
    static const struct {
        const char *path, *label;
    } tabs[] = {{"directory", NULL}, {"directory/units", "按单位"}, {"directory/matrix", "矩阵"}};
    struct arena *arena = directory->call->arena;
    for (int i = 0; i < 3; i++) {
        struct str label =
            tabs[i].label ? str_from(tabs[i].label) : str_fmt(arena, "按%s", from_label(groups));
        page_tab(directory->page, label, query_url(directory, tabs[i].path, ""),
                 strcmp(tabs[i].path, directory->path) == 0);
    }
}

static enum status put_ended(struct directory *directory, struct object *model)
{
    struct call *call = directory->call;
    struct rows rows;
    TRY(tx_run(call->tx, &SQL_directory_ended,
               ARGS(value_int(call->body.id), value_text(date_format(call->arena, directory->on))),
               &rows));
    struct date ended;
    if (rows.n == 0 || !date_parse(value_str(rows.cells[0]), &ended))
        return OK;
    struct str last = date_format(call->arena, date_add_days(ended, -1));
    object_set(model, "ended_on", value_text(last));
    object_set(model, "ended_url",
               value_text(call_url(call, "%s?on=%.*s", directory->path, STR_ARG(last))));
    return OK;
}

static enum status put_common(struct directory *directory, struct object *model,
                              const struct entry_groups *groups)
{
    struct call *call = directory->call;
    struct page *page = directory->page;
    put_state(directory, groups);
    put_tabs(directory, groups);
    page_action(page, STR("导出 Excel"), query_url(directory, directory->path, ".xlsx"), false);
    if (call->viewer.local)
        page_action(page, STR("导入文件"), call_url(call, "import"), true);
    object_set(model, "on", value_text(date_format(call->arena, directory->on)));
    object_set(model, "on_text", value_text(date_format(call->arena, directory->on)));
    object_set(model, "on_other_day", value_int(date_cmp(directory->on, call->today) != 0));
    object_set(model, "q", value_text(directory->q));
    object_set(model, "basis", value_text(directory->basis));
    object_set(model, "more", value_int(directory->entries.more));
    object_set(model, "local", value_int(call->viewer.local));
    object_set(model, "heading", value_text(str_from(from_label(groups))));
    object_set(model, "self_url", value_text(call_url(call, "%s", directory->path)));
    object_set(model, "csv_url", value_text(query_url(directory, directory->path, ".csv")));
    object_set(model, "xlsx_url", value_text(query_url(directory, directory->path, ".xlsx")));
    object_set(model, "import_url", value_text(call_url(call, "import")));
    if (directory->entries.more)
        object_set(model, "next_url", value_text(next_url(directory)));
    return put_ended(directory, model);
}

/* Both groupings have one model: sides with their rows, and the rows flat for data. */
static enum status grouped_page(struct call *call, struct page *page, const char *path, bool by_to)
{
    struct directory directory = {.call = call, .page = page, .path = path};
    TRY(read_directory(&directory));
    struct entry_groups from = entries_by_from(call->arena, &directory.entries);
    struct entry_groups groups = by_to ? entries_by_to(call->arena, &directory.entries) : from;
    struct list *sides = list_new(call->arena, &shape_side);
    struct list *items = list_new(call->arena, &shape_unit);
    items->room = directory.entries.n;
    items->values = arena_new(call->arena, struct value, items->room * shape_unit.n);
    for (int i = 0; i < groups.n; i++)
        fill_side(&directory, &groups.items[i], items, list_add(call->arena, sides));
    struct object *model = object_new(call->arena, &shape_directory);
    object_set(model, "sides", value_list(sides));
    object_set(model, "items", value_list(items));
    page->model = model;
    page->table = "items";
    return put_common(&directory, model, &from);
}

static enum status by_committee(struct call *call, struct page *page)
{
    return grouped_page(call, page, "directory", false);
}

static enum status by_unit(struct call *call, struct page *page)
{
    return grouped_page(call, page, "directory/units", true);
}

/* --- the matrix: units down, linking sides across --- */

static const struct column cell_columns[] = {
    {"linked", NULL, COLUMN_FLAG},
    {"text", NULL, COLUMN_TEXT},
};
static const struct shape shape_cell = {"cell", cell_columns, 2};
static const struct column matrix_row_columns[] = {
    {"unit", "单位", COLUMN_OBJECT, .shape = &shape_ref}, /* of either side */
    {"held", "疑似误印", COLUMN_FLAG},
    {"hint", "可能应为", COLUMN_TEXT},
    {"cells", NULL, COLUMN_LIST, .shape = &shape_cell},
    {"linked_by", "与其对口的各方", COLUMN_TEXT},
};
static const struct shape shape_matrix_row = {"row", matrix_row_columns, 5};
static const struct column matrix_columns[] = {
    {"on", NULL, COLUMN_DATE},
    {"heads", NULL, COLUMN_LIST, .shape = &shape_ref},
    {"items", NULL, COLUMN_LIST, .shape = &shape_matrix_row},
    {"more", NULL, COLUMN_FLAG},
    {"next_url", NULL, COLUMN_URL, .flags = COLUMN_PAGE_ONLY},
    {"q", NULL, COLUMN_TEXT, .flags = COLUMN_PAGE_ONLY},
    {"on_text", NULL, COLUMN_TEXT, .flags = COLUMN_PAGE_ONLY},
    {"on_other_day", NULL, COLUMN_FLAG, .flags = COLUMN_PAGE_ONLY},
    {"self_url", NULL, COLUMN_URL, .flags = COLUMN_PAGE_ONLY},
    {"csv_url", NULL, COLUMN_URL, .flags = COLUMN_PAGE_ONLY},
    {"xlsx_url", NULL, COLUMN_URL, .flags = COLUMN_PAGE_ONLY},
    {"import_url", NULL, COLUMN_URL, .flags = COLUMN_PAGE_ONLY},
    {"heading", NULL, COLUMN_TEXT, .flags = COLUMN_PAGE_ONLY},
    {"ended_on", NULL, COLUMN_DATE, .flags = COLUMN_PAGE_ONLY},
    {"ended_url", NULL, COLUMN_URL, .flags = COLUMN_PAGE_ONLY},
    {"basis", NULL, COLUMN_TEXT, .flags = COLUMN_PAGE_ONLY},
    {"local", NULL, COLUMN_FLAG, .flags = COLUMN_PAGE_ONLY},
};
static const struct shape shape_matrix = {"matrix", matrix_columns, COLUMNS_N(matrix_columns)};

static const struct entry *entry_from(const struct entry_group *group, int64_t from)
{
    for (int i = 0; i < group->n; i++)
        if (group->entries[i]->from.id == from)
            return group->entries[i];
    return NULL;
}

static void fill_matrix_row(struct call *call, const struct entry_group *unit,
                            const struct entry_groups *heads, struct value *row)
{
    struct list *cells = list_new(call->arena, &shape_cell);
    struct str names = {0};
    for (int i = 0; i < heads->n; i++) {
        const struct entry *entry = entry_from(unit, heads->items[i].side->id);
        struct value *cell = list_add(call->arena, cells);
        cell[0] = value_int(entry != NULL);
        cell[1] = value_text(entry ? str_from(link_kind_label(entry->kind)) : STR(""));
        if (entry)
            names = str_fmt(call->arena, "%.*s%s%.*s", STR_ARG(names), names.len ? "、" : "",
                            STR_ARG(entry->from.name));
    }
    row[0] = side_ref(call, unit->side);
    row[1] = value_int(unit->side->held);
    row[2] = value_text_or_null(unit->side->hint);
    row[3] = value_list(cells);
    row[4] = value_text(names);
}

static void swap_sides(struct entries *entries)
{
    for (int i = 0; i < entries->n; i++) {
        struct side side = entries->items[i].from;
        entries->items[i].from = entries->items[i].to;
        entries->items[i].to = side;
    }
}

static enum status matrix(struct call *call, struct page *page)
{
    struct directory directory = {.call = call, .page = page, .path = "directory/matrix"};
    TRY(read_directory(&directory));
    struct object *model = object_new(call->arena, &shape_matrix);
    struct entry_groups heads = entries_by_from(call->arena, &directory.entries);
    struct entry_groups units = entries_by_to(call->arena, &directory.entries);
    TRY(put_common(&directory, model, &heads));
    /* The fewer stand across: departments ↔ parties has eight parties. */
    if (heads.n > units.n) {
        swap_sides(&directory.entries);
        heads = entries_by_from(call->arena, &directory.entries);
        units = entries_by_to(call->arena, &directory.entries);
    }
    struct list *head_list = list_new(call->arena, &shape_ref);
    struct list *rows = list_new(call->arena, &shape_matrix_row);
    for (int i = 0; i < heads.n; i++)
        memcpy(list_add(call->arena, head_list), side_ref(call, heads.items[i].side).object->values,
               (size_t)shape_ref.n * sizeof(struct value));
    for (int i = 0; i < units.n; i++)
        fill_matrix_row(call, &units.items[i], &heads, list_add(call->arena, rows));
    object_set(model, "heads", value_list(head_list));
    object_set(model, "items", value_list(rows));
    page->model = model;
    page->table = "items";
    return OK;
}

static const struct route routes[] = {
    {.method = METHOD_GET,
     .path = "/{body}/directory",
     .run = by_committee,
     .need = NEED_PUBLIC,
     .forms = FORM_LIST,
     .flags = ROUTE_CACHED,
     .help = "对口联系名录：按联系方",
     .template = "directory/committees",
     .shape = &shape_directory},
    {.method = METHOD_GET,
     .path = "/{body}/directory/units",
     .run = by_unit,
     .need = NEED_PUBLIC,
     .forms = FORM_LIST,
     .flags = ROUTE_CACHED,
     .help = "对口联系名录：按单位",
     .template = "directory/units",
     .shape = &shape_directory},
    {.method = METHOD_GET,
     .path = "/{body}/directory/matrix",
     .run = matrix,
     .need = NEED_PUBLIC,
     .forms = FORM_LIST,
     .flags = ROUTE_CACHED,
     .help = "对口联系名录：矩阵",
     .template = "directory/matrix",
     .shape = &shape_matrix},
};

void directory_routes(struct app *app)
{
    app_add_routes(app, routes, COLUMNS_N(routes));
    organization_routes(app);
    document_routes(app);
}
