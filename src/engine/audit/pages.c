#include "engine/audit/priv.h"

#include "audit.sql.h"
#include "proof/canon.h"

/* 操作日志: a record's story field by field, and everything done in a body, newest first. */

enum { PAGE_ROWS = 50, NAMES_MAX = 64 };

static const struct column change_columns[] = {
    {.key = "label", .kind = COLUMN_TEXT},
    {.key = "old", .kind = COLUMN_TEXT},
    {.key = "new", .kind = COLUMN_TEXT},
};
static const struct shape shape_change = {"changes", change_columns, 3};
static const struct column row_columns[] = {
    {.key = "number", .label = "序号", .kind = COLUMN_INT},
    {.key = "at", .label = "时间", .kind = COLUMN_INSTANT},
    {.key = "who", .label = "谁", .kind = COLUMN_TEXT},
    {.key = "role", .label = "身份", .kind = COLUMN_TEXT},
    {.key = "address", .label = "从哪里", .kind = COLUMN_TEXT},
    {.key = "deed", .label = "做了什么", .kind = COLUMN_TEXT},
    {.key = "kind", .label = "种类", .kind = COLUMN_TEXT},
    {.key = "record", .label = "编号", .kind = COLUMN_TEXT},
    {.key = "url", .kind = COLUMN_URL, .flags = COLUMN_PAGE_ONLY},
    {.key = "note", .kind = COLUMN_TEXT},
    {.key = "has_changes", .kind = COLUMN_FLAG, .flags = COLUMN_PAGE_ONLY},
    {.key = "changes", .kind = COLUMN_LIST, .shape = &shape_change},
};
enum {
    AT_NUMBER,
    AT_TIME,
    AT_WHO,
    AT_ROLE,
    AT_ADDRESS,
    AT_DEED,
    AT_KIND,
    AT_RECORD,
    AT_URL,
    AT_NOTE,
    AT_HAS_CHANGES,
    AT_CHANGES,
    ROW_COLUMNS
};
static const struct shape shape_row = {"items", row_columns, ROW_COLUMNS};
static const struct column page_columns[] = {
    {.key = "items", .kind = COLUMN_LIST, .shape = &shape_row},
    {.key = "one", .kind = COLUMN_FLAG, .flags = COLUMN_PAGE_ONLY}, /* of one record */
    {.key = "next_url", .kind = COLUMN_URL},
};
static const struct shape shape_page = {"journal", page_columns, 3};

static const struct choice deeds[] = {
    {"add", "登记"},           {"change", "修改"},     {"remove", "移除"},
    {"purge", "清除日志内容"}, {"read", "查看电话等"}, {"export", "导出"},
    {"sign-in", "登录"},       {"use", "使用"},        {NULL, NULL}};
static const struct choice other_kinds[] = {{"account", "帐号"},         {"seat", "身份"},
                                            {"token", "接口令牌"},       {"slip", "登录单"},
                                            {"recovery_code", "恢复码"}, {NULL, NULL}};

static struct str label_of(struct arena *arena, const struct choice *choices, struct str word)
{
    for (; choices && choices->word; choices++)
        if (str_is(word, choices->word))
            return str_from(choices->label);
    return str_copy(arena, word);
}

/* --- names of references --- */

struct name {
    const struct kind *kind;
    int64_t id;
    struct str text;
};
struct showing {
    struct call *call;
    const struct kind *const *kinds;
    bool contents; /* what the records say, not only what was done with them */
    struct name names[NAMES_MAX];
    int names_n;
};

/* Each asked once; a page shows few. Beyond NAMES_MAX, and where it is gone, the number stands. */
static struct str name_of(struct showing *showing, const struct kind *kind, struct str number)
{
    int64_t id;
    struct record *record;
    if (!id_parse(number, &id))
        return number;
    for (int i = 0; i < showing->names_n; i++)
        if (showing->names[i].kind == kind && showing->names[i].id == id)
            return showing->names[i].text;
    if (showing->names_n == NAMES_MAX)
        return number;
    int64_t body_id = kind->instance ? 0 : showing->call->body.id;
    struct str text = number;
    if (record_get(showing->call->tx, kind, body_id, id, &record) == OK)
        text = record_title(showing->call->arena, record);
    showing->names[showing->names_n++] = (struct name){kind, id, text};
    return text;
}

/* --- values as people read them --- */

static struct str value_text_of(struct showing *showing, const struct field *field,
                                struct str value);

/* 部件：木柄 2；铁钉 8 */
static struct str rows_text(struct showing *showing, const struct field *field, struct str value)
{
    struct arena *arena = showing->call->arena;
    struct str rest = value, element, all = {0};
    while (canon_element(&rest, &element)) {
        struct canon row;
        struct str one = {0};
        if (!canon_read(arena, element, &row))
            break;
        for (int i = 0; field->rows->fields[i].key; i++) {
            const struct field *column = &field->rows->fields[i];
            const struct canon_member *cell = canon_find(&row, str_from(column->key));
            if (cell)
                one = str_fmt(arena, "%.*s%s%.*s", STR_ARG(one), one.len ? " " : "",
                              STR_ARG(value_text_of(showing, column, cell->value)));
        }
        all = str_fmt(arena, "%.*s%s%.*s", STR_ARG(all), all.len ? "；" : "", STR_ARG(one));
    }
    return all;
}

static struct str value_text_of(struct showing *showing, const struct field *field,
                                struct str value)
{
    struct arena *arena = showing->call->arena;
    if (value.len == 0 || str_is(value, "null"))
        return (struct str){0};
    if (field && field->kind == FIELD_ROWS)
        return rows_text(showing, field, value);
    if (str_is(value, "true") || str_is(value, "false"))
        return str_is(value, "true") ? STR("是") : STR("否");
    struct str text = canon_text(arena, value);
    if (str_is(text, "9999-12-31") || str_is(text, "0001-01-01"))
        return STR("未定");
    if (field && field->kind == FIELD_REFERENCE)
        return name_of(showing, field->to, text);
    return field && field->kind == FIELD_CHOICE ? label_of(arena, field->choices, text) : text;
}

static const struct choice common_labels[] = {
    {"position", "排列次序"}, {"start_date", "开始日期"}, {"end_date", "结束日期"}, {NULL, NULL}};

static void add_change(struct showing *showing, struct list *changes, const struct kind *kind,
                       int64_t id, struct str key, struct str old, struct str new)
{
    struct call *call = showing->call;
    int index = kind ? kind_field(kind, str_c(call->arena, key)) : -1;
    const struct field *field = index >= 0 ? &kind->fields[index] : NULL;
    struct value *row = list_add(call->arena, changes);
    row[0] = value_text(field ? str_from(field->label) : label_of(call->arena, common_labels, key));
    bool masked = !showing->contents || !field ? !showing->contents
                                               : field_is_masked(field, &call->viewer, NULL);
    if (masked) {
        row[1] = row[2] = MASKED_VALUE;
        return;
    }
    if (field && field->private)
        call_reads(call, kind->name, id, field->key);
    row[1] = value_text_or_null(value_text_of(showing, field, old));
    row[2] = value_text_or_null(value_text_of(showing, field, new));
}

/* Members of both sides, in the order of the new one; what only the old one has comes last. */
static struct list *changes_of(struct showing *showing, const struct kind *kind, int64_t id,
                               struct str before, struct str after)
{
    struct arena *arena = showing->call->arena;
    struct list *changes = list_new(arena, &shape_change);
    struct canon old = {0}, new = {0};
    if ((before.len > 0 && !canon_read(arena, before, &old)) ||
        (after.len > 0 && !canon_read(arena, after, &new)))
        return changes;
    for (int i = 0; i < new.n; i++) {
        const struct canon_member *was = canon_find(&old, new.items[i].key);
        add_change(showing, changes, kind, id, new.items[i].key, was ? was->value : (struct str){0},
                   new.items[i].value);
    }
    for (int i = 0; i < old.n; i++)
        if (!canon_find(&new, old.items[i].key))
            add_change(showing, changes, kind, id, old.items[i].key, old.items[i].value,
                       (struct str){0});
    return changes;
}

/* --- rows --- */

static const struct kind *find_kind(const struct showing *showing, struct str name)
{
    for (const struct kind *const *kind = showing->kinds; *kind; kind++)
        if (str_is(name, (*kind)->name))
            return *kind;
    return NULL;
}

/* number, happened, name, role, address, deed, before, after, purged, kind, record */
static void fill_row(struct showing *showing, const struct value *cells, int64_t chain,
                     struct value *row)
{
    struct call *call = showing->call;
    const struct kind *kind = find_kind(showing, value_str(cells[9]));
    int64_t id = value_i64(cells[10]);
    char number[ID_TEXT_LEN];
    id_format_to(id, number);
    struct str text = str_copy(call->arena, (struct str){number, sizeof number});
    memcpy(row, cells, 5 * sizeof *row);
    row[AT_ROLE] = value_text_or_null(value_str(cells[3]));
    row[AT_ADDRESS] = value_text_or_null(value_str(cells[4]));
    row[AT_DEED] = value_text(label_of(call->arena, deeds, value_str(cells[5])));
    row[AT_KIND] = value_text(kind ? str_from(kind->label)
                                   : label_of(call->arena, other_kinds, value_str(cells[9])));
    row[AT_RECORD] = id ? value_text(text) : NULL_VALUE;
    if (id && kind && !kind->instance)
        row[AT_URL] = value_text(call_url(call, "journal/%s/%.*s", kind->name, STR_ARG(text)));
    if (value_i64(cells[8]) != 0)
        row[AT_NOTE] = value_text(STR("内容已按规定清除"));
    struct list *changes = list_new(call->arena, &shape_change);
    if (chain == CHAIN_CHANGES)
        changes = changes_of(showing, kind, id, value_str(cells[6]), value_str(cells[7]));
    row[AT_HAS_CHANGES] = value_int(changes->n > 0);
    row[AT_CHANGES] = value_list(changes);
}

static enum status fill_page(struct call *call, struct page *page, const struct rows *rows,
                             int64_t chain, struct str below, bool one)
{
    struct showing showing = {
        .call = call, .kinds = call->route->data, .contents = call_may(call, RIGHT_READ)};
    struct list *items = list_new(call->arena, &shape_row);
    int n = rows->n > PAGE_ROWS ? PAGE_ROWS : rows->n;
    for (int i = 0; i < n; i++) {
        struct value row[ROW_COLUMNS] = {NULL_VALUE};
        fill_row(&showing, &rows->cells[i * rows->columns_n], chain, row);
        memcpy(list_add(call->arena, items), row, sizeof row);
    }
    struct object *model = object_new(call->arena, &shape_page);
    object_set(model, "items", value_list(items));
    object_set(model, "one", value_int(one));
    if (rows->n > n)
        object_set(model, "next_url",
                   value_text(call_url(call, "%.*sbefore=%lld", STR_ARG(below),
                                       (long long)value_i64(rows_at(rows, n - 1, 0)))));
    page->model = model;
    return OK;
}

/* What this page itself reads goes into the other chain. */
static enum status show_body(struct call *call, struct page *page)
{
    int64_t before;
    struct rows rows;
    if (call->body.id == 0 && rights_scope(call->viewer.seat.role, RIGHT_JOURNAL) != SCOPE_INSTANCE)
        return call_refuse(call, DENIED, NULL, "本系统的操作日志只供审计管理员查看。");
    bool readings = str_is(call_query(call, "chain"), "readings");
    int64_t chain = readings ? CHAIN_READINGS : CHAIN_CHANGES;
    TRY(call_query_int(call, "before", 1, INT64_MAX, INT64_MAX, &before));
    TRY(tx_run(call->tx, &SQL_audit_list,
               ARGS(value_int(call->body.id), value_int(chain), value_int(before)), &rows));
    page->title = STR("操作日志");
    page->state = readings ? STR("谁看过电话等不公开的内容，谁导出过，最近的在前。")
                           : STR("每一次登记和修改，最近的在前；日志不能修改，可随时核对。");
    page_tab(page, STR("登记和修改"), call_url(call, "journal"), !readings);
    page_tab(page, STR("查看和导出"), call_url(call, "journal?chain=readings"), readings);
    return fill_page(call, page, &rows, chain,
                     readings ? STR("journal?chain=readings&") : STR("journal?"), false);
}

static enum status show_record(struct call *call, struct page *page)
{
    struct showing showing = {.call = call, .kinds = call->route->data};
    const struct kind *kind = find_kind(&showing, call->path_params[1]);
    int64_t id, before;
    struct rows rows;
    TRY(call_path_id(call, 2, &id));
    TRY(call_query_int(call, "before", 1, INT64_MAX, INT64_MAX, &before));
    bool reads = call_may(call, RIGHT_READ);
    if (!kind || kind->instance || (reads && !record_may_see(call, kind, id)))
        return call_refuse(call, NOT_FOUND, NULL, "没有这条记录，可能地址有误或已被移除。");
    TRY(tx_run(call->tx, &SQL_audit_of,
               ARGS(value_int(call->body.id), value_int(id), value_text(str_from(kind->name)),
                    value_int(before)),
               &rows));
    if (rows.n == 0 && before == INT64_MAX)
        return call_refuse(call, NOT_FOUND, NULL,
                           "这条记录没有操作日志，可能地址有误，或它早于日志启用。");
    struct record *record;
    struct str url = record_url(call, kind, id);
    enum status status = record_get(call->tx, kind, call->body.id, id, &record);
    struct str title = !reads         ? str_from(kind->label)
                       : status == OK ? record_title(call->arena, record)
                                      : STR("已移除的记录");
    page->title = str_fmt(call->arena, "%.*s 操作日志", STR_ARG(title));
    page->state = STR("谁在何时、从哪里改了什么，最近的在前。");
    page_crumb(page, str_from(kind->label), call_url(call, "%s", kind->name));
    page_crumb(page, title, url);
    struct str below =
        str_fmt(call->arena, "journal/%s/%.*s?", kind->name, STR_ARG(call->path_params[2]));
    return fill_page(call, page, &rows, CHAIN_CHANGES, below, true);
}

void audit_routes(struct record_engine *engine)
{
    struct route both = {.method = METHOD_GET,
                         .forms = FORM_HTML | FORM_JSON,
                         .template = "audit/journal",
                         .shape = &shape_page,
                         .data = record_engine_kinds(engine)};
    struct route *routes = arena_new(record_engine_arena(engine), struct route, 3);
    routes[0] = routes[1] = routes[2] = both;
    routes[0].path = "/{body}/journal";
    routes[0].run = show_body;
    routes[0].need = RIGHT_JOURNAL;
    routes[0].help = "本级组织的操作日志";
    routes[1].path = "/{body}/journal/{kind}/{id}";
    routes[1].run = show_record;
    routes[1].need = RIGHT_JOURNAL;
    routes[1].help = "一条记录的操作日志";
    routes[2].path = "/journal";
    routes[2].run = show_body;
    routes[2].need = RIGHT_JOURNAL;
    routes[2].flags = ROUTE_INSTANCE;
    routes[2].help = "帐号、身份等不属于哪一级组织的操作日志";
    app_add_routes(record_engine_app(engine), routes, 3);
}
