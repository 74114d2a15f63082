#include "domain/file/file.h"

#include "domain/file/priv.h"
#include "domain/organization/organization.h"
#include "engine/flow/flow.h"
#include "file.sql.h"
#include "store/search.h"
#include "text/text.h"

static const struct choice standings[] = {{"current", "在用"},
                                          {"removed", "已删除"},
                                          {"frozen", "已冻结"},
                                          {"purged", "已清除"},
                                          {NULL, NULL}};

static const struct field fields[] = {
    {.key = "name", .label = "文件名", .kind = FIELD_TEXT, .required = true},
    {.key = "type", .label = "类型", .kind = FIELD_TEXT, .required = true},
    {.key = "bytes", .label = "字节数", .kind = FIELD_INT, .high = INT64_MAX, .required = true},
    {.key = "standing",
     .label = "状态",
     .kind = FIELD_CHOICE,
     .choices = standings,
     .required = true},
    {.key = "on_date", .label = "上传日期", .kind = FIELD_DATE, .required = true},
    {.key = "by_name", .label = "上传人", .kind = FIELD_TEXT, .required = true},
    {.key = "reason", .label = "处置原因", .kind = FIELD_TEXT},
    {.key = "by_organization",
     .label = "上传单位",
     .kind = FIELD_REFERENCE,
     .to = &kind_organization,
     .hidden = true},
    {.key = "of_kind", .label = "所属种类", .kind = FIELD_TEXT, .required = true, .wide = true},
    {.key = "record_id", .label = "所属记录", .kind = FIELD_TEXT, .required = true, .wide = true},
    {.key = "digest", .label = "摘要", .kind = FIELD_TEXT, .required = true, .wide = true},
    {0}};

const struct kind kind_file = {.name = "file",
                               .label = "附件",
                               .unit = "个",
                               .fields = fields,
                               .by_program = true,
                               .owner_kind = "of_kind",
                               .owner_id = "record_id",
                               .own_page = true,
                               .empty = "还没有附件。附件在各条记录的页面上上传。",
                               .help = "附件属于一条记录，能看到那条记录的人才能看到它。"};

bool file_may_add(const struct call *call, const struct record *owner)
{
    return call_may(call, RIGHT_EDIT) || flow_takes_part(&call->viewer, owner);
}

bool file_may_settle(const struct call *call, const struct record *owner, struct value uploaded_by)
{
    const struct viewer *viewer = &call->viewer;
    bool own =
        viewer->seat.organization != 0 && viewer->seat.organization == value_i64(uploaded_by);
    return call_may(call, RIGHT_EDIT) || (own && file_may_add(call, owner));
}

bool file_owner(const struct record_engine *engine, const struct record *file,
                const struct kind **ret_kind, int64_t *ret_id)
{
    struct str name = value_str(record_value(file, "of_kind"));
    for (const struct kind *const *kind = record_engine_kinds(engine); *kind; kind++)
        if (str_is(name, (*kind)->name)) {
            *ret_kind = *kind;
            return id_parse(value_str(record_value(file, "record_id")), ret_id);
        }
    return false;
}

struct str file_audience(struct arena *arena, const struct record *owner)
{
    return record_audience(arena, owner);
}

enum status file_index_name(struct tx *tx, const struct record *file, const struct record *owner)
{
    struct arena *arena = tx_arena(tx);
    struct str name = value_str(record_value(file, "name"));
    struct search_row row = {.body_id = file->body_id,
                             .id = file->id,
                             .kind = STR("file"),
                             .title = name,
                             .text = text_fold(arena, name),
                             .tokens = text_bigrams(arena, name),
                             .audience = file_audience(arena, owner)};
    (void)date_parse(value_str(record_value(file, "on_date")), &row.date);
    return search_put(tx, &row);
}

/* --- on a record's page --- */

static void add_item(struct call *call, struct list *list, const struct rows *rows, int row,
                     bool may_settle)
{
    struct object item = {list->shape, list_add(call->arena, list)};
    int64_t id = value_i64(rows_at(rows, row, 0));
    const struct file_type *type = file_type_by_word(value_str(rows_at(rows, row, 3)));
    struct str url = record_url(call, &kind_file, id);
    object_set(&item, "id", value_int(id));
    object_set(&item, "version", rows_at(rows, row, 1));
    object_set(&item, "name", rows_at(rows, row, 2));
    object_set(&item, "type", value_text(str_from(type ? type->label : "")));
    object_set(&item, "bytes", rows_at(rows, row, 4));
    object_set(&item, "size",
               value_text(file_size_words(call->arena, value_i64(rows_at(rows, row, 4)))));
    object_set(&item, "at", value_int(id_instant(id).us));
    object_set(&item, "by", rows_at(rows, row, 6));
    object_set(&item, "url", value_text(url));
    object_set(&item, "content_url",
               value_text(str_fmt(call->arena, "%.*s/content", STR_ARG(url))));
    if (may_settle)
        object_set(&item, "remove_url",
                   value_text(str_fmt(call->arena, "%.*s/remove", STR_ARG(url))));
    object_set(&item, "restore_url",
               value_text(str_fmt(call->arena, "%.*s/restore", STR_ARG(url))));
}

enum status file_attached(struct call *call, const struct record *owner, struct object *attached)
{
    const struct kind *kind = owner->kind;
    struct rows rows;
    struct list *items = list_new(call->arena, &shape_record_file);
    struct list *removed = list_new(call->arena, &shape_record_file);
    struct str id_text = id_format(call->arena, owner->id);
    TRY(tx_run(
        call->tx, &SQL_file_list,
        ARGS(value_int(call->body.id), value_text(str_from(kind->name)), value_text(id_text)),
        &rows));
    for (int i = 0; i < rows.n; i++) {
        struct str standing = value_str(rows_at(&rows, i, 5));
        bool may_settle = file_may_settle(call, owner, rows_at(&rows, i, 7));
        if (str_is(standing, "current"))
            add_item(call, items, &rows, i, may_settle);
        else if (str_is(standing, "removed") && may_settle)
            add_item(call, removed, &rows, i, true);
    }
    object_set(attached, "items", value_list(items));
    object_set(attached, "removed", value_list(removed));
    object_set(attached, "removed_n", value_int(removed->n));
    struct file_limits limits;
    TRY(file_limits(call->tx, call->body.id, &limits));
    object_set(attached, "may_add", value_int(file_may_add(call, owner)));
    object_set(attached, "accept", value_text(file_accept(call->arena)));
    object_set(attached, "limit_mb", value_int(limits.mb));
    object_set(attached, "limit_count", value_int(limits.count));
    object_set(attached, "upload_url",
               value_text(call_url(call, "%s/%.*s/files", kind->name, STR_ARG(id_text))));
    return OK;
}

enum status file_attach(struct call *call, const struct kind *kind, int64_t id,
                        struct object *model)
{
    if (kind->by_program || kind->instance)
        return OK;
    struct object *attached = object_new(call->arena, &shape_record_attached);
    struct record *owner;
    TRY(record_get(call->tx, kind, call->body.id, id, &owner));
    TRY(file_attached(call, owner, attached));
    object_set(model, "attached", value_object(attached));
    return OK;
}

/* --- routes --- */

static const struct query_name asked_of_upload[] = {
    {"internal", "写有“内部资料”的，经确认可以上传，填 1"}, {0}};
static const struct query_name asked_of_action[] = {{"version", "所见的版本号"},
                                                    {"reason", "误传处置的原因，freeze 时必填"},
                                                    {"confirmed", "已核实的填 1，purge 时必填"},
                                                    {0}};
static const struct route list_routes[] = {
    {.method = METHOD_GET,
     .path = "files",
     .run = file_list_page,
     .need = RIGHT_READ,
     .forms = FORM_HTML | FORM_JSON,
     .help = "的附件",
     .template = "file/list",
     .shape = &shape_file_list},
    {.method = METHOD_POST,
     .query = asked_of_upload,
     .answer = &shape_file_result,
     .path = "files",
     .run = file_upload,
     .need = RIGHT_EDIT,
     .forms = FORM_HTML | FORM_JSON,
     .flags = ROUTE_UPLOAD,
     .help = "：上传附件，可以一次几个",
     .template = "file/uploaded",
     .shape = &shape_file_result},
};
static const struct route file_only_routes[] = {
    {.method = METHOD_GET,
     .path = "/{body}/file/{id}",
     .run = file_show,
     .need = RIGHT_READ,
     .forms = FORM_HTML | FORM_JSON,
     .help = "一个附件",
     .template = "file/show",
     .shape = &shape_file_page},
    {.method = METHOD_GET,
     .path = "/{body}/file/{id}/content",
     .run = file_content,
     .need = RIGHT_READ,
     .forms = FORM_FILE,
     .help = "附件的内容"},
    {.method = METHOD_POST,
     .query = asked_of_action,
     .path = "/{body}/file/{id}/{action}",
     .run = file_act,
     .need = RIGHT_READ, /* which right an action asks is in its table */
     .forms = FORM_HTML | FORM_JSON,
     .help = "附件：删除、恢复、误传处置"},
};
enum {
    LIST_ROUTES_N = sizeof list_routes / sizeof *list_routes,
    FILE_ROUTES_N = sizeof file_only_routes / sizeof *file_only_routes,
};

static struct file_route *route_data(struct record_engine *engine, struct file_store *store,
                                     const struct kind *kind)
{
    struct file_route *data = arena_new(record_engine_arena(engine), struct file_route, 1);
    *data = (struct file_route){engine, store, kind};
    return data;
}

void *file_jobs(struct record_engine *engine, struct file_store *store)
{
    return route_data(engine, store, NULL);
}

void file_routes(struct app *app, struct record_engine *engine, struct file_store *store)
{
    struct arena *arena = record_engine_arena(engine);
    for (const struct kind *const *kind = record_engine_kinds(engine); *kind; kind++) {
        if ((*kind)->by_program || (*kind)->instance)
            continue;
        struct route *routes = arena_new(arena, struct route, LIST_ROUTES_N);
        const struct file_route *data = route_data(engine, store, *kind);
        for (int i = 0; i < LIST_ROUTES_N; i++) {
            routes[i] = list_routes[i];
            if ((*kind)->flow)
                routes[i].need = RIGHT_READ; /* whoever takes part in it: asked of the record */
            routes[i].data = data;
            routes[i].path = str_fmt(arena, "/{body}/%s/{id}/files", (*kind)->name).ptr;
            routes[i].help = str_fmt(arena, "%s%s", (*kind)->label, list_routes[i].help).ptr;
        }
        app_add_routes(app, routes, LIST_ROUTES_N);
    }
    struct route *routes = arena_new(arena, struct route, FILE_ROUTES_N);
    const struct file_route *data = route_data(engine, store, NULL);
    for (int i = 0; i < FILE_ROUTES_N; i++) {
        routes[i] = file_only_routes[i];
        routes[i].data = data;
    }
    app_add_routes(app, routes, FILE_ROUTES_N);
}
