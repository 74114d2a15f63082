#include "engine/record/priv.h"
#include "engine/record/step.h"

/* The start of the engine: tables against the database, indexes, routes. */

static const struct column pick_columns[] = {
    {"items", NULL, COLUMN_LIST, NULL, &shape_ref, 0},
};
static const struct shape shape_pick = {"pick", pick_columns, 1};

struct record_engine *record_engine_new(struct app *app, const struct kind *const *kinds,
                                        const struct record_hooks *hooks)
{
    struct arena arena = arena_open(MIB(8));
    struct record_engine *engine = arena_new(&arena, struct record_engine, 1);
    *engine = (struct record_engine){.app = app, .kinds = kinds, .hooks = hooks, .arena = arena};
    while (kinds[engine->kinds_n])
        engine->kinds_n++;
    engine->pages = arena_new(&engine->arena, struct kind_pages, engine->kinds_n);
    for (int i = 0; i < engine->kinds_n; i++) {
        engine->pages[i] = (struct kind_pages){.kind = kinds[i], .engine = engine};
        shapes_make(engine, &engine->pages[i]);
    }
    return engine;
}

void record_engine_free(struct record_engine *engine)
{
    if (!engine)
        return;
    struct arena arena = engine->arena; /* the engine lies in it */
    arena_close(&arena);
}

const struct shape *record_shape(const struct record_engine *engine, const struct kind *kind)
{
    for (int i = 0; i < engine->kinds_n; i++)
        if (engine->pages[i].kind == kind)
            return engine->pages[i].item;
    return NULL;
}

struct app *record_engine_app(const struct record_engine *engine)
{
    return engine->app;
}

struct arena *record_engine_arena(struct record_engine *engine)
{
    return &engine->arena;
}

const struct kind *const *record_engine_kinds(const struct record_engine *engine)
{
    return engine->kinds;
}

void record_engine_add_routes(struct record_engine *engine, const struct route *routes, int n)
{
    struct route *copies = arena_new(&engine->arena, struct route, n);
    memcpy(copies, routes, (size_t)n * sizeof *copies);
    for (int i = 0; i < n; i++)
        copies[i].data = engine;
    app_add_routes(engine->app, copies, n);
}

/* --- the start-up check --- */

static bool has(const struct str *names, int n, const char *name)
{
    for (int i = 0; i < n; i++)
        if (str_is(names[i], name))
            return true;
    return false;
}

static enum status check_table(struct store *store, struct arena *arena, const char *table,
                               const struct field *fields, const char *const *extra,
                               struct fault *fault)
{
    struct str *names;
    int n;
    TRY(store_columns(store, arena, table, &names, &n));
    for (; *extra; extra++)
        if (!has(names, n, *extra))
            return refuse(arena, fault, FAULT, NULL, "数据表 %s 缺少 %s 列，程序与数据库不一致。",
                          table, *extra);
    for (; fields->key; fields++)
        if (field_is_stored(fields) && !has(names, n, field_column(fields)))
            return refuse(arena, fault, FAULT, NULL, "数据表 %s 缺少 %s 列，程序与数据库不一致。",
                          table, field_column(fields));
    return OK;
}

static bool names_record(const struct kind *kind, const struct field *field)
{
    for (int i = 0; kind->titles && kind->titles[i]; i++)
        if (strcmp(kind->titles[i], field->key) == 0)
            return true;
    return field == kind_title_field(kind);
}

/* What a list can be narrowed to, ordered by or named after is told by the list itself. */
static enum status check_private(struct arena *arena, const struct kind *kind, struct fault *fault)
{
    for (const struct field *field = kind->fields; field->key; field++) {
        bool told = field->filter || field->sort || field->searched || names_record(kind, field);
        if (field->private && (told || field->kind == FIELD_ROWS))
            return refuse(arena, fault, FAULT, NULL,
                          "%s 的字段 %s 只供经办人员查看，不能用于筛选、排序、检索、名称或明细表。",
                          kind->name, field->key);
        for (int i = 0; field->kind == FIELD_ROWS && field->rows->fields[i].key; i++)
            if (field->rows->fields[i].private)
                return refuse(arena, fault, FAULT, NULL,
                              "%s 的明细表 %s 里不能有只供经办人员查看的字段 %s。", kind->name,
                              field->key, field->rows->fields[i].key);
    }
    return OK;
}

static enum status check_kind(struct store *store, struct arena *arena, const struct kind *kind,
                              struct fault *fault)
{
    TRY(check_private(arena, kind, fault));
    if (kind_state(kind) >= 0 && !kind->flow)
        return refuse(arena, fault, FAULT, NULL, "%s 有状态字段却没有办理步骤。", kind->name);
    const char *extra[10] = {"body_id", "id", "version", "modified"};
    int n = 4;
    if (kind->ordered)
        extra[n++] = "position";
    if (kind->dated) {
        extra[n++] = "start_date";
        extra[n++] = "end_date";
    }
    for (const struct field *field = kind->fields; field->key; field++)
        if (field->sort_column && n < 9)
            extra[n++] = field->sort_column;
    TRY(check_table(store, arena, kind->name, kind->fields, extra, fault));
    static const char *const row_columns[] = {"body_id", "owner", "position", NULL};
    for (const struct field *field = kind->fields; field->key; field++)
        if (field->kind == FIELD_ROWS)
            TRY(check_table(store, arena, field->rows->table, field->rows->fields, row_columns,
                            fault));
    return OK;
}

/* --- routes --- */

struct route_row {
    enum method method;
    const char *path; /* behind /{body}/{kind} */
    action *run;
    enum right need;
    int forms;
    const char *help, *template;
};

static const struct route_row route_rows[] = {
    {METHOD_GET, "", record_list_page, RIGHT_READ, FORM_LIST, "列表，可筛选、排序、翻页",
     "record/list"},
    {METHOD_GET, "/new", record_new_page, RIGHT_EDIT, FORM_HTML, "登记表单", "record/form"},
    {METHOD_GET, "/pick", record_pick, RIGHT_READ, FORM_HTML | FORM_JSON, "按所输名称给出候选",
     "record/pick"},
    {METHOD_POST, "", record_make, RIGHT_EDIT, FORM_HTML | FORM_JSON, "登记一条", "record/form"},
    {METHOD_GET, "/{id}", record_show_page, RIGHT_READ, FORM_HTML | FORM_JSON, "一条记录",
     "record/show"},
    {METHOD_GET, "/{id}/edit", record_edit_page, RIGHT_EDIT, FORM_HTML, "修改表单", "record/form"},
    {METHOD_POST, "/{id}", record_save, RIGHT_EDIT, FORM_HTML | FORM_JSON, "修改一条",
     "record/form"},
};
enum { ROUTES_N = sizeof route_rows / sizeof route_rows[0] };

static const struct shape *route_shape(const struct kind_pages *pages, const char *template)
{
    if (strcmp(template, "record/list") == 0)
        return pages->list;
    if (strcmp(template, "record/show") == 0)
        return pages->detail;
    return strcmp(template, "record/pick") == 0 ? &shape_pick : &shape_form;
}

static enum right need_of(const struct kind *kind, const struct route_row *row)
{
    bool makes = row->run == record_new_page || row->run == record_make;
    if (kind->by_program)
        return RIGHT_EDIT;
    return makes && kind->made_by != RIGHT_NONE ? kind->made_by : row->need;
}

/* What a list reads: its filters, the day, order and place. */
static const struct query_name *asked_of_list(struct arena *arena, const struct kind *kind)
{
    static const struct query_name always[] = {{"sort", "排序字段，前加 - 为倒序"},
                                               {"limit", "每页条数，1 至 200"},
                                               {"after", "后一页的游标"},
                                               {"before", "前一页的游标"}};
    int n = 0;
    struct query_name *asked = arena_new(arena, struct query_name, kind_fields_n(kind) + 6);
    for (const struct field *field = kind->fields; field->key; field++)
        if (field->filter)
            asked[n++] = (struct query_name){field->key, field->label};
    /* What holds on every day may be asked on any, so that all kinds are read alike. */
    asked[n++] = (struct query_name){"on", kind->dated ? "截至日期；all 为不限，含已结束的" : NULL};
    memcpy(asked + n, always, sizeof always);
    return asked;
}

static const struct query_name asked_of_pick[] = {{"q", "所输文字"}, {0}};

static void add_routes(struct record_engine *engine, const struct kind_pages *pages)
{
    struct arena *arena = &engine->arena;
    struct route *routes = arena_new(arena, struct route, ROUTES_N);
    const struct kind *kind = pages->kind;
    int n = 0;
    for (int i = 0; i < ROUTES_N; i++) {
        const struct route_row *row = &route_rows[i];
        bool by_hand =
            row->run != record_list_page && row->run != record_show_page && row->run != record_pick;
        if ((row->run == record_show_page && kind->own_page) || (by_hand && kind->by_program))
            continue;
        struct str path =
            str_fmt(arena, "%s/%s%s", kind->instance ? "" : "/{body}", kind->name, row->path);
        struct str help = str_fmt(arena, "%s：%s", kind->label, row->help);
        routes[n++] = (struct route){.method = row->method,
                                     .path = path.ptr,
                                     .run = row->run,
                                     .need = need_of(kind, row),
                                     .forms = row->forms,
                                     .flags = kind->instance ? ROUTE_INSTANCE : 0,
                                     .help = help.ptr,
                                     .template = row->template,
                                     .shape = route_shape(pages, row->template),
                                     .data = pages};
        if (row->run == record_list_page)
            routes[n - 1].query = asked_of_list(arena, kind);
        if (row->run == record_pick)
            routes[n - 1].query = asked_of_pick;
        bool shows_private = kind_has_private(kind) && row->run != record_pick;
        if (row->method == METHOD_GET && routes[n - 1].need == RIGHT_READ && !kind->instance &&
            !shows_private)
            routes[n - 1].flags |= ROUTE_CACHED;
    }
    app_add_routes(engine->app, routes, n);
}

enum status record_engine_start(struct record_engine *engine, struct arena *arena,
                                struct fault *fault)
{
    struct store *store = app_store(engine->app);
    for (int i = 0; i < engine->kinds_n; i++)
        TRY(check_kind(store, arena, engine->kinds[i], fault));
    TRY(record_indexes(store, engine->kinds, arena, fault));
    for (int i = 0; i < engine->kinds_n; i++)
        add_routes(engine, &engine->pages[i]);
    if (engine->hooks)
        engine->hooks->routes(engine);
    static const struct query_name searched[] = {
        {"q", "名称、简称、拼音首字母，或者文号、要求里的几个字"}, {"before", "后一页的游标"}, {0}};
    struct route *common = arena_new(&engine->arena, struct route, 2);
    common[0] = (struct route){.method = METHOD_GET,
                               .path = "/openapi.json",
                               .run = record_openapi,
                               .need = RIGHT_OWN,
                               .forms = FORM_FILE,
                               .flags = ROUTE_INSTANCE,
                               .help = "接口说明（OpenAPI 3.1）",
                               .data = engine};
    common[1] = (struct route){.method = METHOD_GET,
                               .path = "/{body}/search",
                               .run = record_search_page,
                               .need = RIGHT_READ,
                               .forms = FORM_LIST,
                               .flags = ROUTE_CACHED,
                               .help = "搜索单位、文件、要求",
                               .template = "record/search",
                               .shape = &shape_search,
                               .data = engine,
                               .query = searched};
    app_add_routes(engine->app, common, 2);
    return OK;
}
