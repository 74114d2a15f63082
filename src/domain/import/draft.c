#include "domain/import/priv.h"

#include "import.sql.h"
#include "engine/reader/wire.h"

static int id_index(const struct call *call)
{
    return call->route->flags & ROUTE_INSTANCE ? 0 : 1;
}

struct str import_home(struct call *call)
{
    return call->body.id ? call_url(call, "import") : STR("/import");
}

struct str import_url(struct call *call, int64_t id, const char *rest)
{
    struct str home = import_home(call);
    return str_fmt(call->arena, "%.*s/%.*s%s", STR_ARG(home), STR_ARG(id_format(call->arena, id)),
                   rest);
}

struct str draft_title(struct arena *arena, const struct draft *draft)
{
    const struct scheme_document *document = &draft->scheme.document;
    if (document->number.len > 0)
        return document->number;
    if (document->title.len > 0)
        return document->title;
    return draft->filename.len ? draft->filename : str_fmt(arena, "未命名文件");
}

enum status draft_get(struct call *call, struct draft *ret_draft)
{
    int64_t id;
    struct rows rows;
    TRY(call_path_id(call, id_index(call), &id));
    TRY(tx_run(call->tx, &SQL_import_get, ARGS(value_int(call->body.id), value_int(id)), &rows));
    if (rows.n == 0)
        return call_refuse(call, NOT_FOUND, NULL,
                           "没有这份待核对的文件，可能已经导入或放弃，请回到“导入文件”查看。");
    struct wire_result result;
    if (!wire_get(call->arena, value_str(rows_at(&rows, 0, 4)), &result))
        return call_refuse(call, CONFLICT, NULL,
                           "这份草稿由另一版本的程序保存，无法继续核对，请重新上传文件。");
    *ret_draft = (struct draft){.body_id = call->body.id,
                                .id = id,
                                .filename = value_str(rows_at(&rows, 0, 0)),
                                .version = value_i64(rows_at(&rows, 0, 3)),
                                .can_undo = value_i64(rows_at(&rows, 0, 5)),
                                .scheme = result.scheme,
                                .source = result.source};
    return OK;
}

/* --- writing --- */

struct draft_write {
    const struct statement *statement;
    struct value args[6];
    int args_n;
};

static enum status apply(struct tx *tx, void *context, struct fault *fault)
{
    const struct draft_write *write = context;
    TRY(tx_run(tx, write->statement, write->args, write->args_n, NULL));
    if (tx_changed(tx) == 0)
        return refuse(tx_arena(tx), fault, CONFLICT, NULL,
                      "这份草稿在您核对期间已有改动，请刷新页面后再改。");
    return OK;
}

static enum status wire_bytes(struct call *call, const struct draft *draft, struct str *ret_bytes)
{
    AUTOBUF buf = buf_open(WIRE_MAX_BYTES);
    struct wire_result result = {
        .status = OK, .scheme = draft->scheme, .source = draft->source, .has_source = true};
    wire_put(&buf, &result);
    if (buf.full)
        return call_refuse(call, INVALID, NULL, "文件内容过长，无法保存核对结果，请拆分后上传。");
    *ret_bytes = str_copy(call->arena, buf_str(&buf));
    return OK;
}

enum status draft_add(struct call *call, const struct draft *draft)
{
    struct str bytes;
    TRY(wire_bytes(call, draft, &bytes));
    struct draft_write write = {
        &SQL_import_add,
        {value_int(draft->body_id), value_int(draft->id), value_text(draft->filename),
         value_text(draft_title(call->arena, draft)), value_int(call->now.us), value_blob(bytes)},
        6};
    return call_write(call, 0, apply, &write);
}

enum status draft_save(struct call *call, const struct draft *draft)
{
    struct str bytes;
    TRY(wire_bytes(call, draft, &bytes));
    struct draft_write write = {&SQL_import_change,
                                {value_int(draft->body_id), value_int(draft->id),
                                 value_text(draft_title(call->arena, draft)),
                                 value_int(call->now.us), value_blob(bytes),
                                 value_int(draft->version)},
                                6};
    return call_write(call, 0, apply, &write);
}

enum status draft_undo(struct call *call, const struct draft *draft)
{
    struct draft_write write = {
        &SQL_import_undo,
        {value_int(draft->body_id), value_int(draft->id), value_int(call->now.us)},
        3};
    return call_write(call, 0, apply, &write);
}

enum status draft_drop(struct call *call, const struct draft *draft)
{
    struct draft_write write = {
        &SQL_import_drop, {value_int(draft->body_id), value_int(draft->id)}, 2};
    return call_write(call, 0, apply, &write);
}

enum status import_forget(struct tx *tx, int64_t body_id)
{
    return tx_run(tx, &SQL_import_forget, ARGS(value_int(body_id)), NULL);
}
