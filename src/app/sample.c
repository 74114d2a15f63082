#include "app/sample.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "app/sample.sql.h"
#include "base/scratch.h"
#include "store/trial.h"
#include "view/web.h"

static const struct schema *const schemas[] = {&SCHEMA_sample, NULL};
static _Atomic int actions;
static pthread_mutex_t held_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t held_wake = PTHREAD_COND_INITIALIZER;
static bool held;
static int waiting;

int sample_actions(void)
{
    return atomic_load(&actions);
}

void sample_hold(bool hold)
{
    pthread_mutex_lock(&held_lock);
    held = hold;
    pthread_cond_broadcast(&held_wake);
    pthread_mutex_unlock(&held_lock);
}

void sample_wait_held(void)
{
    pthread_mutex_lock(&held_lock);
    while (waiting == 0)
        pthread_cond_wait(&held_wake, &held_lock);
    pthread_mutex_unlock(&held_lock);
}

/* --- shapes --- */

enum { UNIT_ID, UNIT_NAME, UNIT_START, UNIT_COUNT, UNIT_URL, UNIT_COLUMNS_N };
static const struct column unit_columns[] = {
    {"id", "编号", COLUMN_ID, .flags = COLUMN_WIDE},
    {"name", "名称", COLUMN_TEXT},
    {"start_date", "起始日期", COLUMN_DATE},
    {"count", "往来", COLUMN_INT},
    {"url", NULL, COLUMN_URL},
};
static const struct shape shape_unit = {"unit", unit_columns, UNIT_COLUMNS_N};

static const struct column list_columns[] = {
    {"items", NULL, COLUMN_LIST, .shape = &shape_unit},
    {"total", NULL, COLUMN_INT},
    {"more", NULL, COLUMN_FLAG},
    {"next", NULL, COLUMN_TEXT},
};
static const struct shape shape_list = {"units", list_columns, 4};

static const struct column form_columns[] = {
    {"name", "名称", COLUMN_TEXT},
    {"error", NULL, COLUMN_TEXT},
};
static const struct shape shape_form = {"unit_form", form_columns, 2};

static const struct template_file templates[] = {
    {"sample/list", STR_INIT("<table><tbody>{{#items}}<tr><td><a href=\"{{url}}\">{{name}}</a></td>"
                             "<td>{{count}}</td></tr>{{/items}}</tbody></table>")},
    {"sample/unit", STR_INIT("<p>{{name}}：{{count}}</p>")},
    {"sample/form", STR_INIT("<form method=\"post\"><input name=\"name\" value=\"{{name}}\">"
                             "<p>{{error}}</p></form>")},
};

/* --- actions --- */

static void put_unit(struct call *call, struct value *row, const struct value *cells)
{
    memcpy(row, cells, 4 * sizeof *row);
    row[UNIT_URL] = value_text(
        call_url(call, "unit/%.*s", STR_ARG(id_format(call->arena, value_i64(cells[0])))));
}

static enum status list_units(struct call *call, struct page *page)
{
    atomic_fetch_add(&actions, 1);
    int64_t limit;
    TRY(call_query_int(call, "limit", "每页条数", 1, 1000, 100, &limit));
    struct rows rows;
    TRY(tx_run(call->tx, &SQL_sample_list, ARGS(value_int(call->body.id), value_int(limit)),
               &rows));
    struct list *items = list_new(call->arena, &shape_unit);
    for (int i = 0; i < rows.n; i++)
        put_unit(call, list_add(call->arena, items), &rows.cells[i * rows.columns_n]);
    struct object *model = object_new(call->arena, &shape_list);
    object_set(model, "items", value_list(items));
    object_set(model, "total", value_int(rows.n));
    object_set(model, "more", value_int(0));
    page->title = STR("单位");
    page->state = str_fmt(call->arena, "共有 %d 个单位。", rows.n);
    page->model = model;
    page->table = "items";
    page_action(page, STR("新增单位"), call_url(call, "unit/new"), true);
    page_tab(page, STR("按单位"), call_url(call, "unit"), true);
    return OK;
}

/* Far more rows than a page: /export?rows=100000 */
static enum status each_number(struct call *call, struct page *page, row_each *row, void *context)
{
    (void)page;
    int64_t n;
    TRY(call_query_int(call, "rows", "行数", 0, 1000000, 10, &n));
    for (int64_t i = 0; i < n; i++) {
        struct value cells[UNIT_COLUMNS_N] = {value_int(i),
                                              value_text(STR("=1+1 农业和农村委员会")), NULL_VALUE,
                                              value_int(i), NULL_VALUE};
        TRY(row(context, cells, UNIT_COLUMNS_N));
    }
    return OK;
}

static enum status export_numbers(struct call *call, struct page *page)
{
    TRY(list_units(call, page));
    page->filename = STR("往来 2026");
    page->each = each_number;
    return OK;
}

static enum status show_unit(struct call *call, struct page *page)
{
    atomic_fetch_add(&actions, 1);
    int64_t id;
    TRY(call_path_id(call, 1, &id));
    struct rows rows;
    TRY(tx_run(call->tx, &SQL_sample_get, ARGS(value_int(call->body.id), value_int(id)), &rows));
    if (rows.n == 0)
        return call_refuse(call, NOT_FOUND, NULL, "没有这个单位，请从名录中查找。");
    struct object *model = object_new(call->arena, &shape_unit);
    put_unit(call, model->values, rows.cells);
    page->title = value_str(model->values[UNIT_NAME]);
    page->model = model;
    page_crumb(page, STR("单位"), call_url(call, "unit"));
    page_crumb(page, page->title, (struct str){0});
    return OK;
}

static enum status show_form(struct call *call, struct page *page)
{
    struct object *model = object_new(call->arena, &shape_form);
    object_set(model, "name", value_text(call_form(call, "name")));
    object_set(model, "error", value_text_or_null(call->fault.message));
    page->title = STR("新增单位");
    page->model = model;
    return OK;
}

struct addition {
    int64_t body_id, id;
    struct str name;
};

static enum status apply_addition(struct tx *tx, void *context, struct fault *fault)
{
    (void)fault;
    const struct addition *addition = context;
    return tx_run(tx, &SQL_sample_add,
                  ARGS(value_int(addition->body_id), value_int(addition->id),
                       value_text(addition->name), NULL_VALUE, value_int(0)),
                  NULL);
}

static enum status add_unit(struct call *call, struct page *page)
{
    struct addition addition = {call->body.id, call_new_id(call), call_form(call, "name")};
    if (addition.name.len == 0) {
        call_refuse(call, INVALID, "name", "请填写单位名称。");
        TRY(show_form(call, page));
        page->template = *(const struct template *const *)call->route->data;
        page->status = 422;
        return OK;
    }
    TRY(call_write(call, 0, apply_addition, &addition));
    struct str id = id_format(call->arena, addition.id);
    page->redirect = call_url(call, "unit/%.*s", STR_ARG(id));
    page->status = 201;
    struct rows rows;
    TRY(tx_run(call->tx, &SQL_sample_get, ARGS(value_int(call->body.id), value_int(addition.id)),
               &rows));
    struct object *model = object_new(call->arena, &shape_unit);
    put_unit(call, model->values, rows.cells);
    page->model = model;
    return OK;
}

/* It is kept, and then the database goes away. */
static enum status add_and_lose(struct call *call, struct page *page)
{
    TRY(add_unit(call, page));
    return BUSY;
}

static enum status take_file(struct call *call, struct page *page)
{
    const struct upload *upload = call_upload(call, "file");
    if (!upload)
        return call_refuse(call, INVALID, "file", "请选择要上传的文件。");
    struct object *model = object_new(call->arena, &shape_unit);
    object_set(model, "name", value_text(upload->filename));
    object_set(model, "count", value_int((int64_t)upload->bytes.len));
    page->title = STR("已上传");
    page->model = model;
    return OK;
}

static enum status give_file(struct call *call, struct page *page)
{
    (void)call;
    page->title = STR("回执 “一”");
    page->file = STR("%PDF-1.4 sample");
    page->mime = STR("application/pdf");
    return OK;
}

static enum status break_down(struct call *call, struct page *page)
{
    (void)page;
    return call_refuse(call, FAULT, NULL, "读取数据时出错，请稍后再试。");
}

static enum status wait_long(struct call *call, struct page *page)
{
    pthread_mutex_lock(&held_lock);
    waiting++;
    pthread_cond_broadcast(&held_wake);
    while (held)
        pthread_cond_wait(&held_wake, &held_lock);
    waiting--;
    pthread_mutex_unlock(&held_lock);
    return list_units(call, page);
}

static const struct template *form_template;

static const struct query_name asked[] = {{"limit", "units at most"}, {"rows", "numbers"}, {0}};
static const struct route routes[] = {
    {METHOD_GET, "/{body}/unit", list_units, RIGHT_READ, FORM_LIST, ROUTE_CACHED, "units",
     "sample/list", &shape_list, .query = asked},
    {METHOD_GET, "/{body}/plain", list_units, RIGHT_READ, FORM_LIST, 0, "units, not cached",
     "sample/list", &shape_list, .query = asked},
    {METHOD_GET, "/{body}/wait", wait_long, RIGHT_READ, FORM_LIST, 0, "units, slowly",
     "sample/list", &shape_list, .query = asked},
    {METHOD_GET, "/{body}/export", export_numbers, RIGHT_READ, FORM_CSV | FORM_XLSX, 0, "numbers",
     .query = asked},
    {METHOD_POST, "/{body}/unit", add_unit, RIGHT_READ, FORM_HTML | FORM_JSON, 0, "add a unit",
     .data = &form_template},
    {METHOD_POST, "/{body}/lost", add_and_lose, RIGHT_READ, FORM_HTML | FORM_JSON, 0,
     "add a unit, unseen", .data = &form_template},
    {METHOD_GET, "/{body}/unit/new", show_form, RIGHT_EDIT, FORM_HTML, 0, "form", "sample/form",
     &shape_form},
    {METHOD_GET, "/{body}/unit/{id}", show_unit, RIGHT_READ, FORM_HTML | FORM_JSON, ROUTE_FAST,
     "a unit", "sample/unit", &shape_unit},
    {METHOD_POST, "/{body}/upload", take_file, RIGHT_EDIT, FORM_HTML | FORM_JSON, ROUTE_UPLOAD,
     "a file", "sample/unit", &shape_unit},
    {METHOD_GET, "/{body}/slip", give_file, RIGHT_READ, FORM_FILE, 0, "a file"},
    {METHOD_GET, "/{body}/data.json", list_units, RIGHT_READ, FORM_JSON, 0, "a literal suffix",
     .query = asked},
    {METHOD_GET, "/{body}/fail", break_down, RIGHT_READ, FORM_HTML | FORM_JSON, 0, "a fault"},
};

static const struct nav_item nav[] = {
    {"单位", "unit", NULL, "单位"}, {"导出", "export", "数据", NULL}, {0}};

/* --- bodies --- */

static enum status find_body(struct tx *tx, struct str slug, struct body_info *ret_body)
{
    struct rows rows;
    TRY(tx_run(tx, &SQL_sample_body_by_slug, ARGS(value_text(slug)), &rows));
    if (rows.n == 0)
        return NOT_FOUND;
    *ret_body = (struct body_info){.id = value_i64(rows_at(&rows, 0, 0)),
                                   .slug = slug,
                                   .name = value_str(rows_at(&rows, 0, 1)),
                                   .term = value_str(rows_at(&rows, 0, 2))};
    return OK;
}

static enum status list_bodies(struct tx *tx, int max, struct body_info *ret_bodies, int *ret_n)
{
    struct rows rows;
    TRY(tx_run(tx, &SQL_sample_bodies, ARGS(value_int(max)), &rows));
    for (int i = 0; i < rows.n; i++)
        ret_bodies[i] = (struct body_info){.id = value_i64(rows_at(&rows, i, 0)),
                                           .slug = value_str(rows_at(&rows, i, 1)),
                                           .name = value_str(rows_at(&rows, i, 2)),
                                           .term = value_str(rows_at(&rows, i, 3))};
    *ret_n = rows.n;
    return OK;
}

static enum status fill(struct tx *tx, void *context, struct fault *fault)
{
    (void)fault;
    static const char *const slugs[] = {"alpha", "beta"}, *const names[] = {"甲市", "乙县"};
    for (int body = 0; body < *(int *)context; body++) {
        TRY(tx_run(tx, &SQL_sample_body_add,
                   ARGS(value_int(body + 1), value_text(str_from(slugs[body])),
                        value_text(str_from(names[body])), value_text(STR("第七届"))),
                   NULL));
        for (int64_t i = 1; i <= 500; i++)
            TRY(tx_run(tx, &SQL_sample_add,
                       ARGS(value_int(body + 1), value_int(i),
                            value_text(i % 2 ? STR("市<水利>局") : STR("市教育局")),
                            value_text(STR("2022-01-24")), value_int(i % 7)),
                       NULL));
    }
    return OK;
}

/* --- opening --- */

void sample_close(struct sample *sample)
{
    if (!sample)
        return;
    app_free(sample->app);
    template_set_free(sample->templates);
    store_close(sample->store);
    trial_drop(sample->url);
    scratch_remove(sample->directory);
    struct arena arena = sample->arena;
    arena_close(&arena);
}

static void open_app(struct sample *sample, const struct sample_options *options)
{
    struct fault fault = {0};
    sample->templates = template_set_new(true);
    web_add_templates(sample->templates);
    for (size_t i = 0; i < sizeof templates / sizeof *templates; i++)
        template_set_add(sample->templates, &templates[i]);
    struct app_options app_options = {
        .store = sample->store,
        .clock = &sample->clock,
        .templates = sample->templates,
        .cache_bytes = options->cache_bytes,
        .no_cache = options->no_cache,
        .find_body = find_body,
        .list_bodies = list_bodies,
        .nav = nav,
        .home = "unit",
        .first_step = {"起步", "/start", RIGHT_IMPORT},
        .guest = ROLE_STUDY_COMMITTEE,
        .metrics_token = STR("a-token-of-the-monitor"),
    };
    sample->app = app_new(&app_options);
    app_add_routes(sample->app, routes, sizeof routes / sizeof *routes);
    must(template_compile(sample->templates, &sample->arena, "sample/form", &shape_form,
                          &form_template, &fault),
         &fault);
    must(app_start(sample->app, &sample->arena, &fault), &fault);
}

struct sample *sample_open(const struct sample_options *options)
{
    struct arena arena = arena_open(MIB(64));
    struct sample *sample = arena_new(&arena, struct sample, 1);
    struct fault fault = {0};
    sample->arena = arena;
    sample->clock = clock_at((struct date){2026, 11, 21});
    atomic_store(&actions, 0);
    scratch_make(sample->directory, sizeof sample->directory, "app");
    sample->url = trial_url(&sample->arena, sample->directory);
    struct store_options store_options = {
        .url = sample->url,
        .schema = schemas,
        .create = true,
    };
    must(store_open(&sample->arena, &store_options, &sample->store, &fault), &fault);
    int bodies = options->bodies;
    must(store_write(sample->store, &sample->arena, 0, 0, NULL, fill, &bodies, &fault), &fault);
    open_app(sample, options);
    return sample;
}
