#include "engine/record/priv.h"
#include "engine/record/replay.h"

/* Forms sent: records made and changed, once. */

struct write {
    struct call *call;
    struct record *record;
    const void *told; /* for the engine above */
    const struct replay *replay;
    bool done; /* the same was written between reading and writing */
    struct instant now;
    bool making;
    int64_t step_id; /* of the line in the story of a record that is changed */
    bool carried;    /* the form brought the new record's id: found, it is a double submit */
};

static enum status apply(struct tx *tx, void *context, struct fault *fault)
{
    struct write *write = context;
    /* Run again after a lost transaction, it starts from the same: what rules and steps write into
     * a record stays in this run's. */
    struct record *record = record_copy(tx_arena(tx), write->record), *made;
    const struct record_hooks *hooks = hooks_of(write->call);
    TRY(replay_again(tx, write->replay, &write->done));
    if (write->done)
        return OK;
    if (write->carried && record_get(tx, record->kind, record->body_id, record->id, &made) == OK)
        return OK; /* the other of a double submit came between */
    if (!write->making && hooks)
        TRY(hooks->change(tx, record, write->step_id, write->now, fault));
    else if (!write->making)
        TRY(record_change(tx, record, write->now, fault));
    else if (hooks)
        TRY(hooks->make(tx, write->told, record, fault));
    else
        TRY(record_add(tx, record, write->now, fault));
    return replay_keep(tx, write->replay, write->making ? 201 : 200, record);
}

/* The form again, with what was typed and what is wrong; 422 or 409. A record that changed since
 * it was seen is shown beside what was typed, and the form takes its version, so that what is sent
 * next was seen. */
static enum status again(struct call *call, struct page *page, enum status status,
                         struct field_faults *faults, const struct record *record,
                         const struct record *old)
{
    struct record *now = NULL;
    if (status == CONFLICT && old)
        TRY(record_get(call->tx, old->kind, old->body_id, old->id, &now));
    bool moved = now && now->version != record->version;
    if (faults->n == 0 && call->fault.field.len > 0)
        *arena_push(call->arena, faults->items, faults->n, faults->room) =
            (struct field_fault){call->fault.field.ptr, call->fault.message};
    struct form form = {.call = call,
                        .pages = pages_of(call),
                        .record = moved ? now : old,
                        .typed = true,
                        .moved = moved,
                        .faults = faults};
    if (moved)
        call->current = record_object(call, pages_of(call), now);
    for (int i = 0; i < faults->n; i++)
        call_error(call, str_from(faults->items[i].key), faults->items[i].message);
    if (faults->n > 0 && call->fault.message.len == 0) {
        call->fault = (struct fault){.status = status,
                                     .field = str_from(faults->items[0].key),
                                     .message = faults->items[0].message};
    }
    form_page(&form, page, record->id, moved ? now->version : record->version);
    page->status = status_http(status);
    return OK;
}

static bool is_shown_again(enum status status)
{
    return status == INVALID || status == CONFLICT;
}

/* A record as a program reads it: of a page of the module's own with what stands on it. */
static const struct shape *read_shape(struct call *call, const struct kind_pages *pages)
{
    struct str path = str_fmt(call->arena, "/{body}/%s/{id}", pages->kind->name);
    int n = 0;
    app_route_at(call->app, 0, &n);
    for (int i = 0; pages->kind->own_page && i < n; i++) {
        const struct route *route = app_route_at(call->app, i, &n);
        if (route->method == METHOD_GET && str_is(path, route->path))
            return shape_joined(call->arena, pages->data, route->shape);
    }
    return pages->detail;
}

/* Names that neither the form nor the engine above asks for, nor the record has. */
static enum status check_names(struct call *call, const struct kind *kind,
                               struct field_faults *faults)
{
    const struct record_hooks *hooks = hooks_of(call);
    const struct kind *asked[] = {kind, hooks ? hooks->asked : NULL, NULL};
    return record_refuse_unknown(call, asked, read_shape(call, pages_of(call)), faults);
}

/* Where it is, for a browser; what it is now, for a program. Not for who took the id of a record
 * that he may not see. */
static enum status show_written(struct call *call, struct page *page, const struct record *written)
{
    const struct kind_pages *pages = pages_of(call);
    if (!record_may_see(call, pages->kind, written->id))
        return call_refuse(call, CONFLICT, NULL, "%s没有登记，请重新打开登记表单后再提交。",
                           pages->kind->label);
    return record_answer(call, pages->engine, pages->kind, written->id, page);
}

/* An id of our own that is taken (another process drew it, the clock was set back) is no double
 * submit: the record gets another. */
static enum status write_new(struct call *call, struct write *write)
{
    struct record *record = write->record, *made;
    enum status status = call_write(call, 0, apply, write);
    for (int tries = 0; tries < 3 && status == CONFLICT && !write->carried; tries++) {
        if (record_get(call->tx, record->kind, record->body_id, record->id, &made) != OK)
            break;
        record->id = call_new_id(call);
        call->fault = (struct fault){0};
        status = call_write(call, 0, apply, write);
    }
    return status;
}

static enum status write_record(struct call *call, struct page *page, struct write *write,
                                const struct record *old, struct field_faults *faults)
{
    struct record *record = write->record;
    struct replay replay;
    write->call = call;
    write->now = call->now;
    write->making = old == NULL;
    enum status status = old ? call_write(call, 0, apply, write) : write_new(call, write);
    if (is_shown_again(status))
        return again(call, page, status, faults, record, old);
    TRY(status);
    if (write->done)
        return replay_find(call, pages_of(call)->engine, page, &replay);
    page->status = old ? 200 : 201;
    return show_written(call, page, record);
}

/* Telephones are not guessed at here. */
static bool says_the_same(const struct call *call, const struct record *sent,
                          const struct record *made)
{
    for (int i = 0; sent->kind->fields[i].key; i++) {
        const struct field *field = &sent->kind->fields[i];
        bool told =
            field->kind == FIELD_ROWS ? sent->rows[i].n > 0 : call_has_form(call, field->key);
        if (told && sent->given[i] && !field->private && !record_field_same(sent, made, i))
            return false;
    }
    return true;
}

/* The way back led to a form that was sent, and it was filled in anew: nothing is lost, and it is
 * said that sending it again makes another record. */
static enum status sent_before(struct call *call, struct page *page, struct field_faults *faults,
                               struct record *record, const struct record *made)
{
    record->id = call_new_id(call);
    call_refuse(call, CONFLICT, NULL,
                "这张表单刚才已登记为“%.*s”；要改动它请打开它修改，确要再登记一条请再次提交。",
                STR_ARG(record_title(call->arena, made)));
    TRY(again(call, page, CONFLICT, faults, record, NULL));
    page_action(page, STR("查看已登记的这条"), record_url(call, made->kind, made->id), false);
    return OK;
}

enum status record_make(struct call *call, struct page *page)
{
    struct record *record, *made;
    const void *told = NULL;
    struct field_faults faults = {0};
    const struct record_hooks *hooks = hooks_of(call);
    struct replay replay;
    TRY(replay_find(call, pages_of(call)->engine, page, &replay));
    if (replay.found)
        return OK;
    enum status status = record_from_form(call, pages_of(call)->kind, NULL, &record, &faults);
    if (hooks && hooks->read(call, pages_of(call)->kind, &told, &faults) != OK)
        status = INVALID;
    if (check_names(call, pages_of(call)->kind, &faults) != OK)
        status = INVALID;
    /* The form carries the new record's id, so that a double submit is the same record. */
    bool carried = id_parse(call_form(call, "id"), &record->id);
    if (carried && record_get(call->tx, record->kind, record->body_id, record->id, &made) == OK) {
        if (record_may_see(call, record->kind, record->id))
            return status == OK && says_the_same(call, record, made)
                       ? show_written(call, page, record)
                       : sent_before(call, page, &faults, record, made);
        carried = false; /* somebody else's: his own gets another */
    }
    if (!carried)
        record->id = call_new_id(call);
    if (status != OK)
        return again(call, page, status, &faults, record, NULL);
    struct write write = {.record = record, .told = told, .replay = &replay, .carried = carried};
    return write_record(call, page, &write, NULL, &faults);
}

enum status record_save(struct call *call, struct page *page)
{
    struct record *old, *record;
    struct field_faults faults = {0};
    struct replay replay;
    TRY(replay_find(call, pages_of(call)->engine, page, &replay));
    if (replay.found)
        return OK;
    TRY(form_load(call, &old));
    enum status status = record_from_form(call, old->kind, old, &record, &faults);
    if (check_names(call, old->kind, &faults) != OK)
        status = INVALID;
    record->id = old->id;
    int64_t seen = 0;
    if (!str_to_int(call_form(call, "version"), &seen) || seen < 1)
        return call_refuse(call, INVALID, "version",
                           "缺少所见版本号，请重新打开修改页面后再提交。");
    record->version = seen;
    if (status != OK)
        return again(call, page, status, &faults, record, old);
    struct write write = {.record = record, .replay = &replay, .step_id = call_new_id(call)};
    return write_record(call, page, &write, old, &faults);
}
