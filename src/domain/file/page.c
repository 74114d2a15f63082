#include "domain/file/priv.h"

#include "file.sql.h"
#include "store/journal.h"
#include "store/search.h"

/* One attachment: its page, its bytes, and what can be done with it. */

static const struct column action_columns[] = {
    {"label", NULL, COLUMN_TEXT},  {"url", NULL, COLUMN_URL},      {"main", NULL, COLUMN_FLAG},
    {"reason", NULL, COLUMN_FLAG}, {"confirm", NULL, COLUMN_TEXT}, {"tick", NULL, COLUMN_TEXT},
};
static const struct shape shape_action = {"action", action_columns, 6};
static const struct column columns[] = {
    {"id", NULL, COLUMN_ID},
    {"version", NULL, COLUMN_INT},
    {"name", "文件名", COLUMN_TEXT},
    {"type", "类型", COLUMN_TEXT},
    {"mime", NULL, COLUMN_TEXT},
    {"bytes", "字节数", COLUMN_INT},
    {"size", NULL, COLUMN_TEXT, .flags = COLUMN_PAGE_ONLY},
    {"digest", "摘要", COLUMN_TEXT},
    {"at", "上传时间", COLUMN_INSTANT},
    {"by", "上传人", COLUMN_TEXT},
    {"standing", "状态", COLUMN_TEXT},
    {"reason", "处置原因", COLUMN_TEXT},
    {"record", "所属记录", COLUMN_OBJECT, .shape = &shape_ref},
    {"content_url", NULL, COLUMN_URL},
    {"frozen", NULL, COLUMN_FLAG, .flags = COLUMN_PAGE_ONLY},
    {"actions", NULL, COLUMN_LIST, .shape = &shape_action, .flags = COLUMN_PAGE_ONLY},
};
const struct shape shape_file_page = {"file", columns, sizeof columns / sizeof *columns};

#define PURGED_NAME "（已清除的附件）"

/* What can be done with an attachment, from where it stands. */
static const struct file_action {
    const char *action, *label;
    const char *from[2];
    const char *to;
    enum right who, or ; /* either; RIGHT_EDIT: or who uploaded it (file_may_settle) */
    bool same;           /* with every attachment of the body that has the same bytes */
    bool asks_reason;
    const char *confirm;
    const char *tick; /* asked to be ticked */
} actions[] = {
    {"remove", "删除", {"current"}, "removed", RIGHT_EDIT, RIGHT_EDIT, false, false, NULL, NULL},
    {"restore", "恢复", {"removed"}, "current", RIGHT_EDIT, RIGHT_EDIT, false, false, NULL, NULL},
    {"freeze",
     "误传处置",
     {"current", "removed"},
     "frozen",
     RIGHT_EDIT,
     RIGHT_PURGE,
     true,
     true,
     "冻结后只有保密员和办公室看得到这个附件，由他们核实后清除，或者解除冻结。",
     NULL},
    {"release",
     "解除冻结",
     {"frozen"},
     "current",
     RIGHT_PURGE,
     RIGHT_PURGE,
     true,
     false,
     "核实后确认不是误传，恢复为在用。",
     NULL},
    {"purge",
     "清除",
     {"frozen"},
     "purged",
     RIGHT_PURGE,
     RIGHT_PURGE,
     true,
     false,
     "从存储、数据库、检索和操作日志的内容里彻底清除，不能恢复，只留下一条处置记录；"
     "备份里的副本请另行处理。",
     "已核实，确属误传"},
};
enum { ACTIONS_N = sizeof actions / sizeof *actions };

static bool is_from(const struct file_action *act, struct str standing)
{
    return str_is(standing, act->from[0]) || (act->from[1] && str_is(standing, act->from[1]));
}

static enum status no_file(struct call *call)
{
    return call_refuse(call, NOT_FOUND, NULL, "没有这个附件，可能地址有误或已被移除。");
}

static struct str standing_of(const struct record *file)
{
    return value_str(record_value(file, "standing"));
}

/* Keeping the directory, or having uploaded it. */
static bool may_settle(struct call *call, const struct record *file)
{
    const struct file_route *route = call->route->data;
    const struct kind *kind;
    struct record *owner;
    int64_t id;
    if (call_may(call, RIGHT_EDIT))
        return true;
    return file_owner(route->engine, file, &kind, &id) &&
           record_get(call->tx, kind, call->body.id, id, &owner) == OK &&
           file_may_settle(call, owner, record_value(file, "by_organization"));
}

enum status file_get(struct call *call, struct record **ret_file)
{
    const struct file_route *route = call->route->data;
    const struct kind *kind;
    int64_t id, owner;
    struct record *file;
    TRY(call_path_id(call, 1, &id));
    enum status status = record_get(call->tx, &kind_file, call->body.id, id, &file);
    if (status == NOT_FOUND)
        return no_file(call);
    TRY(status);
    struct str standing = standing_of(file);
    bool is_open = str_is(standing, "current");
    if (!file_owner(route->engine, file, &kind, &owner) || !record_may_see(call, kind, owner) ||
        (!is_open &&
         !(str_is(standing, "removed") ? may_settle(call, file) : call_may(call, RIGHT_PURGE))))
        return no_file(call);
    *ret_file = file;
    return OK;
}

/* --- the page --- */

static enum status put_owner(struct call *call, const struct record *file, struct object *model,
                             struct page *page)
{
    const struct file_route *route = call->route->data;
    const struct kind *kind;
    struct record *owner;
    int64_t id;
    if (!file_owner(route->engine, file, &kind, &id) ||
        record_get(call->tx, kind, call->body.id, id, &owner) != OK)
        return OK;
    struct str title = record_title(call->arena, owner), url = record_url(call, kind, id);
    object_set(model, "record", value_ref(call->arena, id, title, url));
    page_crumb(page, str_from(kind->label), call_url(call, "%s", kind->name));
    page_crumb(page, title, url);
    return OK;
}

static bool may_act(struct call *call, const struct file_action *act, const struct record *file)
{
    if (call_may(call, act->who) || call_may(call, act->or))
        return true;
    return act->who == RIGHT_EDIT && may_settle(call, file);
}

static const struct list *possible(struct call *call, const struct record *file, struct str url)
{
    struct list *list = list_new(call->arena, &shape_action);
    for (int i = 0; i < ACTIONS_N; i++) {
        if (!is_from(&actions[i], standing_of(file)) || !may_act(call, &actions[i], file))
            continue;
        struct value *row = list_add(call->arena, list);
        row[0] = value_text(str_from(actions[i].label));
        row[1] = value_text(str_fmt(call->arena, "%.*s/%s", STR_ARG(url), actions[i].action));
        row[2] = value_int(strcmp(actions[i].action, "purge") == 0);
        row[3] = value_int(actions[i].asks_reason);
        row[4] = value_text_or_null(str_from(actions[i].confirm));
        row[5] = value_text_or_null(str_from(actions[i].tick));
    }
    return list;
}

static struct str standing_label(struct str standing)
{
    const struct field *field = &kind_file.fields[kind_field(&kind_file, "standing")];
    for (const struct choice *choice = field->choices; choice->word; choice++)
        if (str_is(standing, choice->word))
            return str_from(choice->label);
    return standing;
}

static enum status put_page(struct call *call, struct page *page, const struct record *file)
{
    struct object *model = object_new(call->arena, &shape_file_page);
    struct str url = record_url(call, &kind_file, file->id), standing = standing_of(file);
    const struct file_type *type = file_type_by_word(value_str(record_value(file, "type")));
    int64_t bytes = value_i64(record_value(file, "bytes"));
    object_set(model, "id", value_int(file->id));
    object_set(model, "version", value_int(file->version));
    object_set(model, "name", record_value(file, "name"));
    object_set(model, "type", value_text(str_from(type ? type->label : "")));
    object_set(model, "mime", value_text(str_from(type ? type->mime : "")));
    object_set(model, "bytes", value_int(bytes));
    object_set(model, "size", value_text(file_size_words(call->arena, bytes)));
    object_set(model, "digest", record_value(file, "digest"));
    object_set(model, "at", value_int(id_instant(file->id).us));
    object_set(model, "by", record_value(file, "by_name"));
    object_set(model, "standing", value_text(standing_label(standing)));
    object_set(model, "reason", record_value(file, "reason"));
    object_set(model, "frozen", value_int(str_is(standing, "frozen")));
    if (!str_is(standing, "purged"))
        object_set(model, "content_url",
                   value_text(str_fmt(call->arena, "%.*s/content", STR_ARG(url))));
    TRY(put_owner(call, file, model, page));
    object_set(model, "actions", value_list(possible(call, file, url)));
    page->model = model;
    page->title = value_str(record_value(file, "name"));
    return OK;
}

enum status file_show(struct call *call, struct page *page)
{
    struct record *file;
    TRY(file_get(call, &file));
    return put_page(call, page, file);
}

enum status file_content(struct call *call, struct page *page)
{
    const struct file_route *route = call->route->data;
    struct record *file;
    TRY(file_get(call, &file));
    const struct file_type *type = file_type_by_word(value_str(record_value(file, "type")));
    if (!type || str_is(standing_of(file), "purged"))
        return no_file(call);
    TRY(file_store_fetch(route->store, call->arena, call->body.id,
                         value_str(record_value(file, "digest")), &page->fd, &page->fd_bytes,
                         &call->fault));
    call_gives_out(call, kind_file.name, file->id, "file");
    page->has_fd = true;
    page->mime = str_from(type->mime);
    page->filename = file_bare_name(value_str(record_value(file, "name")));
    return OK;
}

/* --- what is done --- */

enum { JOBS_MAX = 16 };

struct acting {
    const struct record_engine *engine;
    const struct file_action *action;
    const struct record *file; /* as it was seen */
    struct str reason;
    struct instant now;
    int64_t seen;           /* 0 = any */
    int64_t jobs[JOBS_MAX]; /* ids for what has to be done after it */
    int jobs_used;
};

/* What came back is found again. */
static enum status index_again(struct tx *tx, struct acting *acting, const struct record *file)
{
    const struct kind *kind;
    struct record *now, *owner;
    int64_t id;
    TRY(record_get(tx, &kind_file, file->body_id, file->id, &now));
    if (!file_owner(acting->engine, now, &kind, &id) ||
        record_get(tx, kind, file->body_id, id, &owner) != OK)
        return OK;
    TRY(file_index_name(tx, now, owner));
    if (acting->jobs_used == JOBS_MAX)
        return OK; /* more of the same bytes than that are found by name */
    struct outbox_entry entry = {file->body_id, acting->jobs[acting->jobs_used++], "file-index",
                                 id_format(tx_arena(tx), file->id)};
    return outbox_put(tx, &entry, acting->now);
}

static enum status change(struct tx *tx, struct acting *acting, int64_t id, struct fault *fault)
{
    bool purges = strcmp(acting->action->to, "purged") == 0;
    struct record *file = record_new(tx_arena(tx), &kind_file);
    file->body_id = acting->file->body_id;
    file->id = id;
    record_set(file, "standing", value_text(str_from(acting->action->to)));
    if (acting->action->asks_reason)
        record_set(file, "reason", value_text_or_null(acting->reason));
    if (purges)
        record_set(file, "name", value_text(STR(PURGED_NAME)));
    TRY(record_change(tx, file, acting->now, fault));
    TRY(search_drop(tx, file->body_id, id, 0));
    if (purges)
        TRY(journal_purge(tx, file->body_id, kind_file.name, id));
    if (strcmp(acting->action->to, "current") != 0)
        return OK;
    return index_again(tx, acting, file);
}

static enum status apply(struct tx *tx, void *context, struct fault *fault)
{
    struct acting *acting = context;
    struct record *file;
    struct rows rows;
    int64_t body = acting->file->body_id;
    acting->jobs_used = 0;
    if (record_get(tx, &kind_file, body, acting->file->id, &file) != OK)
        return refuse(tx_arena(tx), fault, NOT_FOUND, NULL, "没有这个附件，可能已被移除。");
    if (!is_from(acting->action, standing_of(file)) ||
        (acting->seen != 0 && acting->seen != file->version))
        return refuse(tx_arena(tx), fault, CONFLICT, NULL,
                      "这个附件现在是“%.*s”，在您查看期间已有改动，请刷新后再办理“%s”。",
                      STR_ARG(standing_label(standing_of(file))), acting->action->label);
    if (!acting->action->same)
        return change(tx, acting, file->id, fault);
    TRY(tx_run(tx, &SQL_file_same, ARGS(value_int(body), record_value(file, "digest")), &rows));
    for (int i = 0; i < rows.n; i++)
        if (is_from(acting->action, value_str(rows_at(&rows, i, 1))))
            TRY(change(tx, acting, value_i64(rows_at(&rows, i, 0)), fault));
    if (strcmp(acting->action->to, "purged") != 0)
        return OK;
    struct outbox_entry entry = {body, acting->jobs[0], "file-purge",
                                 value_str(record_value(file, "digest"))};
    return outbox_put(tx, &entry, acting->now);
}

static const struct file_action *find_action(struct str word)
{
    for (int i = 0; i < ACTIONS_N; i++)
        if (str_is(word, actions[i].action))
            return &actions[i];
    return NULL;
}

enum status file_act(struct call *call, struct page *page)
{
    const struct file_route *route = call->route->data;
    const struct file_action *act = find_action(call->path_params[2]);
    const struct kind *kind;
    struct record *file;
    int64_t owner, seen = 0;
    TRY(file_get(call, &file));
    if (!act)
        return no_file(call);
    if (!may_act(call, act, file))
        return call_refuse(call, DENIED, NULL, "“%s”由上传的单位、办公室或保密员办理，请联系他们。",
                           act->label);
    struct acting acting = {.engine = route->engine,
                            .action = act,
                            .file = file,
                            .reason = str_trim(call_form(call, "reason")),
                            .now = call->now};
    for (int i = 0; i < JOBS_MAX; i++)
        acting.jobs[i] = call_new_id(call);
    if (call_form(call, "version").len > 0 && !str_to_int(call_form(call, "version"), &seen))
        return call_refuse(call, INVALID, "version", "version 应为整数，请刷新页面后再办理。");
    acting.seen = seen;
    if (act->tick && !str_is(call_form(call, "confirmed"), "1"))
        return call_refuse(call, INVALID, "confirmed", "请先勾选“%s”，再办理“%s”。", act->tick,
                           act->label);
    if (act->asks_reason)
        TRY(field_check(call, &kind_file, "reason", "reason", acting.reason));
    TRY(call_write(call, 0, apply, &acting));
    bool to_record = strcmp(act->to, "removed") == 0 || strcmp(act->action, "restore") == 0;
    bool is_hidden = strcmp(act->to, "frozen") == 0 && !call_may(call, RIGHT_PURGE);
    page->redirect = record_url(call, &kind_file, file->id);
    if ((to_record || is_hidden) && file_owner(route->engine, file, &kind, &owner))
        page->redirect = str_fmt(call->arena, "%.*s#files", STR_ARG(record_url(call, kind, owner)));
    return OK;
}
