#include "engine/audit/pages.h"

#include "base/url.h"

/* 操作日志: a record's story field by field, and everything done in a body, newest first. */

enum { PAGE_ROWS = 50, CHUNK_ROWS = 500, BODIES_SHOWN = 256, ACCOUNTS = 1 };

static const struct column choice_columns[] = {
    {"word", NULL, COLUMN_TEXT},
    {"label", NULL, COLUMN_TEXT},
    {"selected", NULL, COLUMN_FLAG},
};
static const struct shape shape_choice = {"choices", choice_columns, 3};
static const struct column filter_columns[] = {
    {"key", NULL, COLUMN_TEXT},     {"label", NULL, COLUMN_TEXT},
    {"value", NULL, COLUMN_TEXT},   {"is_choice", NULL, COLUMN_FLAG},
    {"is_date", NULL, COLUMN_FLAG}, {"choices", NULL, COLUMN_LIST, .shape = &shape_choice},
};
static const struct shape shape_filter = {"filters", filter_columns, 6};
static const struct column body_columns[] = {
    {"name", NULL, COLUMN_TEXT},
    {"url", NULL, COLUMN_URL},
};
static const struct shape shape_body = {"bodies", body_columns, 2};
#define PAGE_ONLY .flags = COLUMN_PAGE_ONLY
static const struct column page_columns[] = {
    {.key = "items", .kind = COLUMN_LIST, .shape = &shape_journal_row},
    {.key = "next_url", .kind = COLUMN_URL},
    {.key = "first_url", .kind = COLUMN_URL, PAGE_ONLY},
    {.key = "one", .kind = COLUMN_FLAG, PAGE_ONLY}, /* of one record */
    {.key = "total", .kind = COLUMN_FLAG, PAGE_ONLY},
    {.key = "filtered", .kind = COLUMN_FLAG, PAGE_ONLY},
    {.key = "filters", .kind = COLUMN_LIST, .shape = &shape_filter, PAGE_ONLY},
    {.key = "chain", .kind = COLUMN_TEXT, PAGE_ONLY},
    {.key = "empty", .kind = COLUMN_TEXT, PAGE_ONLY},
    {.key = "list_url", .kind = COLUMN_URL, PAGE_ONLY},
    {.key = "clear_url", .kind = COLUMN_URL, PAGE_ONLY},
    {.key = "csv_url", .kind = COLUMN_URL, PAGE_ONLY},
    {.key = "xlsx_url", .kind = COLUMN_URL, PAGE_ONLY},
    {.key = "json_url", .kind = COLUMN_URL, PAGE_ONLY},
    {.key = "has_bodies", .kind = COLUMN_FLAG, PAGE_ONLY},
    {.key = "bodies", .kind = COLUMN_LIST, .shape = &shape_body, PAGE_ONLY},
};
static const struct shape shape_page = {"journal", page_columns,
                                        sizeof page_columns / sizeof *page_columns};

static const struct ledger body_ledgers[] = {
    {"", "登记和修改", "每一次登记、修改和办理，最近的在前；日志只增不改，可随时核对。",
     "还没有日志。每一次登记、修改和办理，这里都多一条。", LEDGER_HERE, CHAIN_CHANGES,
     DEEDS_CHANGES, DEEDS_READINGS - DEEDS_CHANGES},
    {"readings", "查看和导出", "谁看过电话等不公开的内容，谁导出过，最近的在前。",
     "还没有人看过电话等不公开的内容，也没有人导出过。", LEDGER_HERE, CHAIN_READINGS,
     DEEDS_READINGS, 2},
    {0}};
static const struct ledger instance_ledgers[] = {
    {"", "帐号和身份", "帐号、身份、登录的每一次变动，最近的在前；日志只增不改，可随时核对。",
     "还没有日志。开设帐号、授予身份和登录，这里都多一条。", ACCOUNTS, CHAIN_CHANGES,
     DEEDS_ACCOUNTS, DEEDS_CHANGES + 1},
    {"bodies", "本系统", "政协组织、届次等不属于哪一级组织的登记和修改，最近的在前。",
     "还没有日志。登记政协组织后，这里多一条。", 0, CHAIN_CHANGES, DEEDS_CHANGES,
     DEEDS_READINGS - DEEDS_CHANGES},
    {"readings", "查看和导出", "谁导出过帐号等本系统的名单，最近的在前。", "还没有人导出过。", 0,
     CHAIN_READINGS, DEEDS_READINGS, 2},
    {0}};
static const struct ledger record_ledger = {
    "", "", "谁在何时、从哪里改了什么，最近的在前。", "", LEDGER_HERE, CHAIN_CHANGES, 0, 0};

struct journal_pages {
    const struct kind *const *kinds;
    const struct ledger *ledgers; /* NULL: of one record */
    audit_bodies *list_bodies;
    bool packs; /* there is a key to sign them with */
};

static const struct journal_pages *pages_of(const struct call *call)
{
    return call->route->data;
}

/* --- what is asked --- */

/* The first instant of a day here. */
static int64_t day_begins(struct date date)
{
    return (date_to_days(date) * 24 * 60 - ZONE_CHINA_MIN) * 60 * 1000000;
}

static const struct ledger *find_ledger(struct call *call, const struct ledger *ledgers)
{
    struct str word = call_query(call, "chain");
    for (int i = 0; ledgers[i].word; i++)
        if (str_is(word, ledgers[i].word))
            return &ledgers[i];
    return &ledgers[0];
}

static enum status read_filters(struct call *call, struct asked *asked)
{
    struct date from, to;
    TRY(call_query_date(call, "from", "从", (struct date){0}, &from));
    TRY(call_query_date(call, "to", "到", (struct date){0}, &to));
    asked->who = str_trim(call_query(call, "who"));
    asked->what = call_query(call, "kind");
    asked->deed = call_query(call, "deed");
    asked->from = date_is_set(from) ? day_begins(from) : INT64_MIN;
    asked->until = date_is_set(to) ? day_begins(date_add_days(to, 1)) : INT64_MAX;
    return OK;
}

/* What is not there any more is told to who sees the whole body. */
static bool is_gone(struct call *call, const struct asked *asked)
{
    struct record *record;
    return viewer_sees_body(&call->viewer, call->body.id) &&
           record_get(call->tx, asked->kind, call->body.id, asked->id, &record) == NOT_FOUND;
}

enum status journal_read_record(struct call *call, const struct kind *const *kinds,
                                struct asked *asked)
{
    asked->kind = journal_kind(kinds, call->path_params[1]);
    TRY(call_path_id(call, 2, &asked->id));
    bool known = asked->kind && !asked->kind->instance;
    bool seen = known && (!call_may(call, RIGHT_READ) || is_gone(call, asked) ||
                          record_may_see(call, asked->kind, asked->id));
    return seen ? OK : call_refuse(call, NOT_FOUND, NULL, "没有这条记录，可能地址有误或已被移除。");
}

enum status journal_admit(struct call *call)
{
    if ((call->route->flags & ROUTE_INSTANCE) &&
        rights_scope(call->viewer.seat.role, RIGHT_JOURNAL) != SCOPE_INSTANCE)
        return call_refuse(call, DENIED, NULL, "本系统的操作日志只供审计管理员查看。");
    return OK;
}

static enum status read_asked(struct call *call, struct asked *asked)
{
    const struct ledger *ledgers = pages_of(call)->ledgers;
    TRY(journal_admit(call));
    const struct ledger *ledger = ledgers ? find_ledger(call, ledgers) : &record_ledger;
    *asked = (struct asked){.ledger = ledger,
                            .body_id = ledger->body == LEDGER_HERE ? call->body.id : ledger->body};
    TRY(call_query_int(call, "before", "翻页位置", 1, INT64_MAX, INT64_MAX, &asked->before));
    return ledgers ? read_filters(call, asked)
                   : journal_read_record(call, pages_of(call)->kinds, asked);
}

static bool is_filtered(const struct asked *asked)
{
    return !asked->kind && (asked->who.len || asked->what.len || asked->deed.len ||
                            asked->from != INT64_MIN || asked->until != INT64_MAX);
}

/* --- the form --- */

static struct value *add_filter(struct call *call, struct list *filters, const char *key,
                                const char *label)
{
    struct value *row = list_add(call->arena, filters);
    row[0] = value_text(str_from(key));
    row[1] = value_text(str_from(label));
    row[2] = value_text(call_query(call, key));
    return row;
}

static void add_choice(struct call *call, struct list *choices, const char *word, const char *label,
                       struct str selected)
{
    struct value *row = list_add(call->arena, choices);
    row[0] = value_text(str_from(word));
    row[1] = value_text(str_from(label));
    row[2] = value_int(str_is(selected, word));
}

static const struct list *kind_choices(struct call *call, const struct asked *asked)
{
    struct list *choices = list_new(call->arena, &shape_choice);
    bool accounts = asked->body_id == ACCOUNTS;
    for (const struct kind *const *kind = pages_of(call)->kinds; !accounts && *kind; kind++)
        if ((*kind)->instance == (asked->body_id == 0))
            add_choice(call, choices, (*kind)->name, (*kind)->label, asked->what);
    bool others = accounts || asked->ledger->chain == CHAIN_READINGS;
    const struct choice *other = journal_other_kinds + (accounts ? 0 : JOURNAL_ACCOUNT_KINDS);
    for (int i = 0; others && other[i].word && (!accounts || i < JOURNAL_ACCOUNT_KINDS); i++)
        add_choice(call, choices, other[i].word, other[i].label, asked->what);
    return choices;
}

static const struct list *filters_of(struct call *call, const struct asked *asked)
{
    struct list *filters = list_new(call->arena, &shape_filter);
    struct list *choices = list_new(call->arena, &shape_choice);
    const struct choice *deeds = journal_deeds + asked->ledger->deeds;
    for (int i = 0; i < asked->ledger->deeds_n; i++)
        add_choice(call, choices, deeds[i].word, deeds[i].label, asked->deed);
    add_filter(call, filters, "who", "操作人");
    struct value *kind = add_filter(call, filters, "kind", "种类");
    kind[3] = value_int(1);
    kind[5] = value_list(kind_choices(call, asked));
    struct value *deed = add_filter(call, filters, "deed", "操作");
    deed[3] = value_int(1);
    deed[5] = value_list(choices);
    add_filter(call, filters, "from", "从")[4] = value_int(1);
    add_filter(call, filters, "to", "到")[4] = value_int(1);
    return filters;
}

static struct str own_path(struct call *call, const struct asked *asked, const char *suffix)
{
    char number[ID_TEXT_LEN];
    id_format_to(asked->id, number);
    if (call->route->flags & ROUTE_INSTANCE)
        return str_fmt(call->arena, "/journal%s", suffix);
    if (!asked->kind)
        return call_url(call, "journal%s", suffix);
    return call_url(call, "journal/%s/%.*s%s", asked->kind->name, ID_TEXT_LEN, number, suffix);
}

/* The page's own address in a form, with what was asked; `before` 0: from the newest. */
static struct str address(struct call *call, const struct asked *asked, const char *suffix,
                          int64_t before)
{
    static const char *const names[] = {"chain", "who", "kind", "deed", "from", "to"};
    struct str url = own_path(call, asked, suffix);
    const char *separator = "?";
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct str value = call_query(call, names[i]);
        if (value.len == 0)
            continue;
        url = str_fmt(call->arena, "%.*s%s%s=%.*s", STR_ARG(url), separator, names[i],
                      STR_ARG(url_encode(call->arena, value)));
        separator = "&";
    }
    if (before == 0)
        return url;
    return str_fmt(call->arena, "%.*s%sbefore=%lld", STR_ARG(url), separator, (long long)before);
}

/* --- the page --- */

static struct showing showing_of(struct call *call, const struct asked *asked)
{
    bool own = asked->body_id == 0 || asked->body_id == ACCOUNTS;
    return (struct showing){.call = call,
                            .kinds = pages_of(call)->kinds,
                            .asked = asked,
                            .contents = own || call_may(call, RIGHT_READ)};
}

struct adding {
    struct call *call;
    struct list *items;
};

static enum status add_row(void *context, const struct value *cells, int n)
{
    struct adding *adding = context;
    memcpy(list_add(adding->call->arena, adding->items), cells, (size_t)n * sizeof *cells);
    return OK;
}

/* Downloads hold every entry that the filters leave, read page by page. */
static enum status each_entry(struct call *call, struct page *page, row_each *row, void *context)
{
    (void)page;
    struct asked asked;
    struct rows rows;
    TRY(read_asked(call, &asked));
    do {
        struct arena_mark mark = arena_mark(call->arena);
        struct showing showing = showing_of(call, &asked);
        TRY(journal_read(call, &asked, CHUNK_ROWS, &rows));
        TRY(journal_fill(&showing, &rows, rows.n, row, context));
        if (rows.n > 0)
            asked.before = value_i64(rows_at(&rows, rows.n - 1, 0));
        arena_rewind(call->arena, mark);
    } while (rows.n == CHUNK_ROWS);
    return OK;
}

static enum status fill_page(struct call *call, struct page *page, const struct asked *asked,
                             const struct rows *rows)
{
    struct showing showing = showing_of(call, asked);
    struct list *items = list_new(call->arena, &shape_journal_row);
    struct adding adding = {call, items};
    int n = rows->n > PAGE_ROWS ? PAGE_ROWS : rows->n;
    TRY(journal_fill(&showing, rows, n, add_row, &adding));
    struct object *model = object_new(call->arena, &shape_page);
    object_set(model, "items", value_list(items));
    object_set(model, "total", value_int(n > 0));
    object_set(model, "one", value_int(asked->kind != NULL));
    object_set(model, "filtered", value_int(is_filtered(asked)));
    object_set(model, "chain", value_text_or_null(str_from(asked->ledger->word)));
    object_set(model, "list_url", value_text(own_path(call, asked, "")));
    object_set(model, "clear_url",
               value_text(str_fmt(call->arena, "%.*s%s%s", STR_ARG(own_path(call, asked, "")),
                                  asked->ledger->word[0] ? "?chain=" : "", asked->ledger->word)));
    object_set(model, "empty", value_text(str_from(asked->ledger->empty)));
    if (!asked->kind)
        object_set(model, "filters", value_list(filters_of(call, asked)));
    if (rows->n > n)
        object_set(model, "next_url",
                   value_text(address(call, asked, "", value_i64(rows_at(rows, n - 1, 0)))));
    if (asked->before != INT64_MAX)
        object_set(model, "first_url", value_text(address(call, asked, "", 0)));
    object_set(model, "csv_url", value_text(address(call, asked, ".csv", 0)));
    object_set(model, "xlsx_url", value_text(address(call, asked, ".xlsx", 0)));
    object_set(model, "json_url", value_text(address(call, asked, ".json", 0)));
    page->model = model;
    page->table = "items";
    page->each = each_entry;
    return OK;
}

/* The auditor's way to the bodies, whose pages he cannot see. */
static enum status put_bodies(struct call *call, struct page *page)
{
    struct body_info *bodies = arena_new(call->arena, struct body_info, BODIES_SHOWN);
    struct list *list = list_new(call->arena, &shape_body);
    int n = 0;
    TRY(pages_of(call)->list_bodies(call->tx, BODIES_SHOWN, bodies, &n));
    for (int i = 0; i < n; i++) {
        struct value *row = list_add(call->arena, list);
        row[0] = value_text(bodies[i].name);
        row[1] = value_text(str_fmt(call->arena, "/%.*s/journal", STR_ARG(bodies[i].slug)));
    }
    struct object model = *page->model;
    object_set(&model, "bodies", value_list(list));
    object_set(&model, "has_bodies", value_int(n > 0));
    return OK;
}

void journal_tabs(struct call *call, struct page *page, const struct ledger *on)
{
    bool instance = call->route->flags & ROUTE_INSTANCE;
    const struct ledger *ledgers = instance ? instance_ledgers : body_ledgers;
    for (int i = 0; ledgers[i].word; i++) {
        struct str query = str_fmt(call->arena, "journal%s%s", ledgers[i].word[0] ? "?chain=" : "",
                                   ledgers[i].word);
        page_tab(page, str_from(ledgers[i].label), call_url(call, "%.*s", STR_ARG(query)),
                 on == &ledgers[i]);
    }
    page_tab(page, STR("核对与存证"), call_url(call, "journal/check"), !on);
}

static enum status show_chain(struct call *call, struct page *page)
{
    struct asked asked;
    struct rows rows;
    bool instance = call->route->flags & ROUTE_INSTANCE;
    TRY(read_asked(call, &asked));
    TRY(journal_read(call, &asked, PAGE_ROWS + 1, &rows));
    page->title = instance ? STR("本系统操作日志") : STR("操作日志");
    page->state = str_from(asked.ledger->state);
    journal_tabs(call, page, asked.ledger);
    if (!instance && rights_scope(call->viewer.seat.role, RIGHT_JOURNAL) == SCOPE_INSTANCE)
        page_crumb(page, STR("本系统操作日志"), STR("/journal"));
    TRY(fill_page(call, page, &asked, &rows));
    return instance ? put_bodies(call, page) : OK;
}

/* Its own page, for who may open it and as long as it is there. */
static enum status put_record(struct call *call, struct page *page, const struct asked *asked)
{
    struct record *record;
    enum status status = record_get(call->tx, asked->kind, call->body.id, asked->id, &record);
    if (status != OK && status != NOT_FOUND)
        return status;
    struct str title = id_format(call->arena, asked->id);
    if (call_may(call, RIGHT_READ)) {
        title = status == OK ? record_title(call->arena, record) : STR("已移除的记录");
        page_crumb(page, str_from(asked->kind->label), call_url(call, "%s", asked->kind->name));
        if (status == OK)
            page_crumb(page, title, record_url(call, asked->kind, asked->id));
        record_purge_action(call, page, asked->kind, asked->id);
    } else {
        page_crumb(page, STR("操作日志"), call_url(call, "journal"));
    }
    if (pages_of(call)->packs)
        page_action(page, STR("下载证据包"), own_path(call, asked, "/pack"), false);
    page->title = str_fmt(call->arena, "%s“%.*s”操作日志", asked->kind->label, STR_ARG(title));
    return OK;
}

static enum status show_record(struct call *call, struct page *page)
{
    struct asked asked;
    struct rows rows;
    TRY(read_asked(call, &asked));
    TRY(journal_read(call, &asked, PAGE_ROWS + 1, &rows));
    if (rows.n == 0 && asked.before == INT64_MAX)
        return call_refuse(call, NOT_FOUND, NULL,
                           "这条记录没有操作日志，可能地址有误，或它早于日志启用。");
    page->state = str_from(asked.ledger->state);
    TRY(put_record(call, page, &asked));
    return fill_page(call, page, &asked, &rows);
}

/* --- routes --- */

static const struct query_name paging[] = {{"before", "只要这个序号以前的"}, {NULL, NULL}};
static const struct query_name filtering[] = {{"chain", "readings：查看和导出；省略：登记和修改"},
                                              {"who", "操作人姓名"},
                                              {"kind", "种类"},
                                              {"deed", "操作"},
                                              {"from", "从哪一天"},
                                              {"to", "到哪一天，含当天"},
                                              {"before", "只要这个序号以前的"},
                                              {NULL, NULL}};

static const struct journal_pages *pages_new(struct record_engine *engine, audit_bodies *bodies,
                                             const struct ledger *ledgers, bool packs)
{
    struct journal_pages *pages = arena_new(record_engine_arena(engine), struct journal_pages, 1);
    *pages = (struct journal_pages){record_engine_kinds(engine), ledgers, bodies, packs};
    return pages;
}

void audit_routes(struct record_engine *engine, audit_bodies *bodies, struct audit_desk *desk)
{
    static const struct route all[] = {
        {.path = "/{body}/journal",
         .run = show_chain,
         .help = "本级组织的操作日志",
         .query = filtering},
        {.path = "/{body}/journal/{kind}/{id}",
         .run = show_record,
         .help = "一条记录的操作日志",
         .query = paging},
        {.path = "/journal",
         .run = show_chain,
         .flags = ROUTE_INSTANCE,
         .help = "帐号、身份等不属于哪一级组织的操作日志",
         .query = filtering},
    };
    static const struct ledger *const ledgers[] = {body_ledgers, NULL, instance_ledgers};
    enum { ROUTES_N = sizeof all / sizeof *all };
    struct route *routes = arena_new(record_engine_arena(engine), struct route, ROUTES_N);
    for (int i = 0; i < ROUTES_N; i++) {
        routes[i] = all[i];
        routes[i].method = METHOD_GET;
        routes[i].need = RIGHT_JOURNAL;
        routes[i].forms = FORM_LIST;
        routes[i].template = "audit/journal";
        routes[i].shape = &shape_page;
        routes[i].data = pages_new(engine, bodies, ledgers[i], audit_desk_key(desk) != NULL);
    }
    app_add_routes(record_engine_app(engine), routes, ROUTES_N);
    journal_check_routes(engine, desk);
}
