#include "domain/file/priv.h"

#include "file.sql.h"

/* 上传: files into the store, then their rows in one write. Each file is judged for itself: what is
 * good is kept, what is not is told with its sentence. */

enum { UPLOADS_MAX = 20 };

static const struct column result_columns[] = {
    {"id", NULL, COLUMN_ID},      {"name", "文件", COLUMN_TEXT},
    {"url", NULL, COLUMN_URL},    {"problem", "没有上传的原因", COLUMN_TEXT},
    {"asked", NULL, COLUMN_FLAG},
};
static const struct shape shape_result = {"result", result_columns, 5};
enum { RESULT_ID, RESULT_NAME, RESULT_URL, RESULT_PROBLEM, RESULT_ASKED };
static const struct column columns[] = {
    {"items", NULL, COLUMN_LIST, .shape = &shape_result},
    {"back_url", NULL, COLUMN_URL},
    {"upload_url", NULL, COLUMN_URL},
    {"kept", NULL, COLUMN_INT},
    {"asked", NULL, COLUMN_FLAG},
};
const struct shape shape_file_result = {"uploaded", columns, 5};

enum status file_limits(struct tx *tx, int64_t body_id, struct file_limits *ret_limits)
{
    struct rows rows;
    *ret_limits = (struct file_limits){FILE_MB, FILE_COUNT, FILE_GB};
    TRY(tx_run(tx, &SQL_file_limits, ARGS(value_int(body_id)), &rows));
    int64_t *const to[] = {&ret_limits->mb, &ret_limits->count, &ret_limits->gb};
    for (int i = 0; rows.n > 0 && i < 3; i++)
        if (rows_at(&rows, 0, i).kind == VALUE_INT)
            *to[i] = value_i64(rows_at(&rows, 0, i));
    return OK;
}

/* The record whose attachments are meant; NOT_FOUND as its own page would say. */
static enum status get_owner(struct call *call, struct record **ret_owner)
{
    const struct kind *kind = ((const struct file_route *)call->route->data)->kind;
    int64_t id;
    TRY(call_path_id(call, 1, &id));
    enum status status = record_get(call->tx, kind, call->body.id, id, ret_owner);
    if (status == NOT_FOUND || (status == OK && !record_may_see(call, kind, id)))
        return call_refuse(call, NOT_FOUND, NULL, "没有这条%s，可能地址有误或已被移除。",
                           kind->label);
    return status;
}

/* --- one file --- */

struct accepted {
    struct record *record;
    struct value *row; /* of the results */
};
struct uploading {
    const struct kind *kind;
    struct str record_id;
    struct file_limits limits;
    struct accepted items[UPLOADS_MAX];
    int n;
    struct instant now;
};

static enum status judge(struct call *call, const struct uploading *uploading,
                         const struct upload *upload, struct str name, struct value *row,
                         struct record **ret_record)
{
    const struct file_route *route = call->route->data;
    struct file_look look;
    struct str digest;
    if (upload->bytes.len > (size_t)uploading->limits.mb << 20)
        return call_refuse(call, INVALID, "file",
                           "文件有 %.*s，超过 %lld MB 的上限，请压缩后再上传。",
                           STR_ARG(file_size_words(call->arena, (int64_t)upload->bytes.len)),
                           (long long)uploading->limits.mb);
    TRY(file_look(call->arena, name, upload->bytes, false, &look, &call->fault));
    if (look.is_internal && !str_is(call_form(call, "internal"), "1")) {
        row[RESULT_ASKED] = value_int(1);
        return call_refuse(
            call, INVALID, "internal",
            "文件中标有“内部资料”一类字样，请确认可以存入本系统，勾选确认后再上传。");
    }
    TRY(file_store_put(route->store, call->arena, call->body.id, upload->bytes, &digest,
                       &call->fault));
    struct record *record = record_new(call->arena, &kind_file);
    record->body_id = call->body.id;
    record->id = call_new_id(call);
    record_set(record, "of_kind", value_text(str_from(uploading->kind->name)));
    record_set(record, "record_id", value_text(uploading->record_id));
    record_set(record, "name", value_text(name));
    record_set(record, "type", value_text(str_from(look.type->word)));
    record_set(record, "bytes", value_int((int64_t)upload->bytes.len));
    record_set(record, "digest", value_text(digest));
    record_set(record, "standing", value_text(STR("current")));
    record_set(record, "on_date", value_text(date_format(call->arena, call->today)));
    record_set(record, "by_name", value_text(call_actor(call).name));
    if (call->viewer.seat.organization)
        record_set(record, "by_organization", value_int(call->viewer.seat.organization));
    *ret_record = record;
    return OK;
}

static struct str keep_suffix(struct arena *arena, struct str name)
{
    /* Names are cut before their suffix, so that one sees what a file is. */
    enum { NAME_BYTES_MAX = 300 };
    if (name.len <= NAME_BYTES_MAX)
        return name;
    struct str bare = file_bare_name(name), suffix = str_from_byte(name, bare.len);
    size_t len = NAME_BYTES_MAX - suffix.len;
    while (len > 0 && ((unsigned char)bare.ptr[len] & 0xC0) == 0x80)
        len--;
    return str_fmt(arena, "%.*s%.*s", (int)len, bare.ptr, STR_ARG(suffix));
}

/* A fault of the surroundings ends the whole; what is wrong with one file is told at its row. */
static enum status take(struct call *call, struct uploading *uploading, const struct upload *upload,
                        struct list *results, struct fault *first)
{
    struct value *row = list_add(call->arena, results);
    struct str name = keep_suffix(call->arena, file_shown_name(call->arena, upload->filename));
    row[RESULT_NAME] = value_text(name);
    row[RESULT_ASKED] = value_int(0);
    struct record *record = NULL;
    enum status status = judge(call, uploading, upload, name, row, &record);
    if (status == OK) {
        uploading->items[uploading->n++] = (struct accepted){record, row};
        return OK;
    }
    if (status != INVALID)
        return status;
    row[RESULT_PROBLEM] = value_text(call->fault.message);
    if (first->status == OK)
        *first = call->fault;
    call->fault = (struct fault){0};
    return OK;
}

/* --- the write --- */

static enum status check_room(struct tx *tx, const struct uploading *uploading, int64_t body_id,
                              struct fault *fault)
{
    struct rows rows;
    TRY(tx_run(tx, &SQL_file_count,
               ARGS(value_int(body_id), value_text(str_from(uploading->kind->name)),
                    value_text(uploading->record_id)),
               &rows));
    if (value_i64(rows_at(&rows, 0, 0)) + uploading->n > uploading->limits.count)
        return refuse(tx_arena(tx), fault, INVALID, "file",
                      "这条记录的附件将超过 %lld 个的上限，没有上传，请先整理已有的附件。",
                      (long long)uploading->limits.count);
    return OK;
}

/* What was purged from this body stays out; its digest tells. */
static enum status check_purged(struct tx *tx, const struct record *record, struct fault *fault)
{
    struct rows rows;
    TRY(tx_run(tx, &SQL_file_same, ARGS(value_int(record->body_id), record_value(record, "digest")),
               &rows));
    for (int i = 0; i < rows.n; i++) {
        struct str standing = value_str(rows_at(&rows, i, 1));
        if (str_is(standing, "purged") || str_is(standing, "frozen"))
            return refuse(tx_arena(tx), fault, INVALID, "file",
                          "“%.*s”与一份按误传处置的文件内容相同，不能上传，请联系保密员。",
                          STR_ARG(value_str(record_value(record, "name"))));
    }
    return OK;
}

static enum status apply(struct tx *tx, void *context, struct fault *fault)
{
    struct uploading *uploading = context;
    struct record *owner;
    int64_t id;
    if (!id_parse(uploading->record_id, &id) ||
        record_get(tx, uploading->kind, uploading->items[0].record->body_id, id, &owner) != OK)
        return refuse(tx_arena(tx), fault, NOT_FOUND, NULL, "这条%s已被移除，附件没有保存。",
                      uploading->kind->label);
    TRY(check_room(tx, uploading, uploading->items[0].record->body_id, fault));
    for (int i = 0; i < uploading->n; i++) {
        struct record *record = uploading->items[i].record;
        TRY(check_purged(tx, record, fault));
        TRY(record_add(tx, record, uploading->now, fault));
        TRY(file_index_name(tx, record, owner));
        struct outbox_entry entry = {record->body_id, record->id, "file-index",
                                     id_format(tx_arena(tx), record->id)};
        TRY(outbox_put(tx, &entry, uploading->now));
    }
    return OK;
}

static enum status check_total(struct call *call, const struct uploading *uploading)
{
    struct rows rows;
    int64_t bytes = 0;
    TRY(tx_run(call->tx, &SQL_file_used, ARGS(value_int(call->body.id)), &rows));
    for (int i = 0; i < call->request->uploads_n; i++)
        bytes += (int64_t)call->request->uploads[i].bytes.len;
    if (value_i64(rows_at(&rows, 0, 0)) + bytes > uploading->limits.gb << 30)
        return call_refuse(call, INVALID, "file",
                           "附件总量将超过 %lld GB 的上限，没有上传，请联系管理员。",
                           (long long)uploading->limits.gb);
    return OK;
}

static void show_results(struct call *call, struct page *page, const struct uploading *uploading,
                         struct list *results, struct str back)
{
    struct object *model = object_new(call->arena, &shape_file_result);
    bool asked = false;
    for (int i = 0; i < results->n; i++)
        asked = asked || value_i64(list_row(results, i)[RESULT_ASKED]);
    object_set(model, "items", value_list(results));
    object_set(model, "back_url", value_text(back));
    object_set(model, "upload_url", value_text(call->request->path));
    object_set(model, "kept", value_int(uploading->n));
    object_set(model, "asked", value_int(asked));
    page->model = model;
    page->title = STR("上传附件");
    page->state = str_fmt(call->arena, "上传了 %d 个，%d 个没有上传。", uploading->n,
                          results->n - uploading->n);
}

enum status file_upload(struct call *call, struct page *page)
{
    const struct file_route *route = call->route->data;
    struct list *results = list_new(call->arena, &shape_result);
    struct uploading uploading = {.kind = route->kind, .now = call->now};
    struct fault first = {0};
    struct record *owner;
    TRY(get_owner(call, &owner));
    if (!file_may_add(call, owner))
        return call_refuse(call, DENIED, NULL,
                           "您没有为这条%s上传附件的权限，如确需上传，请与政协办公室联系。",
                           route->kind->label);
    uploading.record_id = id_format(call->arena, owner->id);
    if (call->request->uploads_n == 0)
        return call_refuse(call, INVALID, "file", "请先选择要上传的文件。");
    if (call->request->uploads_n > UPLOADS_MAX)
        return call_refuse(call, INVALID, "file", "一次最多上传 %d 个文件，请分几次上传。",
                           UPLOADS_MAX);
    TRY(file_limits(call->tx, call->body.id, &uploading.limits));
    TRY(check_total(call, &uploading));
    results->room = UPLOADS_MAX;
    results->values = arena_new(call->arena, struct value, UPLOADS_MAX * shape_result.n);
    for (int i = 0; i < call->request->uploads_n; i++)
        TRY(take(call, &uploading, &call->request->uploads[i], results, &first));
    if (uploading.n > 0)
        TRY(call_write(call, 0, apply, &uploading));
    for (int i = 0; i < uploading.n; i++) {
        struct record *record = uploading.items[i].record;
        uploading.items[i].row[RESULT_ID] = value_int(record->id);
        uploading.items[i].row[RESULT_URL] = value_text(record_url(call, &kind_file, record->id));
    }
    struct str back = record_url(call, route->kind, owner->id);
    show_results(call, page, &uploading, results, back);
    if (uploading.n == results->n) {
        page->redirect = str_fmt(call->arena, "%.*s#files", STR_ARG(back));
        return OK;
    }
    call->fault = first;
    call->current = page->model; /* those that were kept are told as well */
    page->status = status_http(INVALID);
    return OK;
}

/* --- the list, as data --- */

static const struct column list_columns[] = {
    {"items", NULL, COLUMN_LIST, .shape = &shape_record_file},
    {"back_url", NULL, COLUMN_URL, .flags = COLUMN_PAGE_ONLY},
};
const struct shape shape_file_list = {"files", list_columns, 2};

enum status file_list_page(struct call *call, struct page *page)
{
    const struct file_route *route = call->route->data;
    struct record *owner;
    TRY(get_owner(call, &owner));
    struct object *model = object_new(call->arena, &shape_file_list);
    struct object *attached = object_new(call->arena, &shape_record_attached);
    TRY(file_attached(call, owner, attached));
    object_set(model, "items", object_get(attached, "items"));
    object_set(model, "back_url", value_text(record_url(call, route->kind, owner->id)));
    page->model = model;
    page->table = "items";
    page->title = STR("附件");
    return OK;
}
