#include "domain/roster/priv.h"

#include "base/json_put.h"
#include "roster.sql.h"

static const int64_t DAY_US = 86400LL * 1000000;

/* --- JSON --- */

static void put_entry(struct json *json, const struct roster_entry *entry, const struct str *reason)
{
    json_begin(json, '{');
    json_key(json, "file");
    json_str(json, entry->file);
    json_key(json, "line");
    json_int(json, entry->line);
    json_key(json, "above");
    json_bool(json, entry->unit_from_above);
    json_key(json, "cells");
    json_begin(json, '[');
    for (int cell = 0; cell < ROSTER_CELLS; cell++)
        json_str(json, entry->cells[cell]);
    json_end(json, ']');
    json_key(json, "reason");
    json_str(json, reason ? *reason : (struct str){0});
    json_end(json, '}');
}

enum status roster_draft_format(struct arena *arena, const struct roster_draft *draft,
                                struct str *ret_json)
{
    const struct roster *roster = &draft->roster;
    AUTOBUF buf = buf_open(DRAFT_BYTES_MAX);
    struct json json = json_open(&buf);
    json_begin(&json, '{');
    json_key(&json, "blank");
    json_int(&json, roster->blank);
    json_key(&json, "unread");
    json_begin(&json, '[');
    for (int i = 0; i < roster->unread_n; i++)
        json_str(&json, roster->unread[i]);
    json_end(&json, ']');
    json_key(&json, "problems");
    json_begin(&json, '[');
    for (int i = 0; i < draft->problems_n; i++) {
        json_begin(&json, '[');
        json_str(&json, draft->problems[i].file);
        json_str(&json, draft->problems[i].message);
        json_end(&json, ']');
    }
    json_end(&json, ']');
    json_key(&json, "entries");
    json_begin(&json, '[');
    for (int i = 0; i < roster->n; i++)
        put_entry(&json, &roster->entries[i], draft->reasons ? &draft->reasons[i] : NULL);
    json_end(&json, ']');
    json_end(&json, '}');
    if (buf.full)
        return INVALID;
    *ret_json = str_copy(arena, buf_str(&buf));
    return OK;
}

/* --- rows --- */

enum status roster_draft_get(struct call *call, int64_t id, struct roster_draft *ret_draft)
{
    struct rows rows;
    TRY(tx_run(call->tx, &SQL_roster_draft_get,
               ARGS(value_int(call->body.id), value_int(id), value_int(call->now.us)), &rows));
    if (rows.n == 0)
        return call_refuse(call, NOT_FOUND, NULL,
                           "没有这份待导入的名单，可能已放弃或超过 %d 天，请重新上传。",
                           DRAFT_DAYS);
    struct roster_draft draft = {.id = id,
                                 .name = value_str(rows_at(&rows, 0, 0)),
                                 .done = rows_at(&rows, 0, 2).kind == VALUE_INT,
                                 .added = (int)value_i64(rows_at(&rows, 0, 3)),
                                 .changed = (int)value_i64(rows_at(&rows, 0, 4)),
                                 .same = (int)value_i64(rows_at(&rows, 0, 5)),
                                 .ended = (int)value_i64(rows_at(&rows, 0, 6)),
                                 .created = {value_i64(rows_at(&rows, 0, 7))}};
    if (!roster_draft_parse(call->arena, value_str(rows_at(&rows, 0, 1)), &draft))
        return call_refuse(call, FAULT, NULL, "这份待导入的名单已损坏，请重新上传。");
    *ret_draft = draft;
    return OK;
}

struct addition {
    int64_t body_id;
    struct instant now;
    struct roster_draft *draft;
    struct str json;
};

static enum status drop_expired(struct tx *tx, struct instant now, int64_t body_id)
{
    struct rows rows;
    TRY(tx_run(tx, &SQL_roster_draft_expired, ARGS(value_int(now.us), value_int(body_id)), &rows));
    for (int i = 0; i < rows.n; i++)
        TRY(tx_run(tx, &SQL_roster_draft_drop, ARGS(rows_at(&rows, i, 0), rows_at(&rows, i, 1)),
                   NULL));
    return OK;
}

static enum status apply_addition(struct tx *tx, void *context, struct fault *fault)
{
    (void)fault;
    const struct addition *a = context;
    TRY(drop_expired(tx, a->now, a->body_id));
    return tx_run(tx, &SQL_roster_draft_add,
                  ARGS(value_int(a->body_id), value_int(a->draft->id), value_int(a->now.us),
                       value_int(a->now.us + DRAFT_DAYS * DAY_US), value_text(a->draft->name),
                       value_text(a->json)),
                  NULL);
}

enum status roster_draft_add(struct call *call, struct roster_draft *draft)
{
    draft->id = call_new_id(call);
    struct addition addition = {call->body.id, call->now, draft, {0}};
    if (roster_draft_format(call->arena, draft, &addition.json) != OK)
        return call_refuse(call, INVALID, "file", "名单内容过多，请分成几个文件导入。");
    return call_write(call, 0, apply_addition, &addition);
}

struct removal {
    int64_t body_id, id;
};

static enum status apply_removal(struct tx *tx, void *context, struct fault *fault)
{
    (void)fault;
    const struct removal *removal = context;
    return tx_run(tx, &SQL_roster_draft_drop,
                  ARGS(value_int(removal->body_id), value_int(removal->id)), NULL);
}

enum status roster_draft_drop(struct call *call, int64_t id)
{
    struct removal removal = {call->body.id, id};
    return call_write(call, 0, apply_removal, &removal);
}

enum status roster_forget(struct tx *tx, int64_t body_id)
{
    return tx_run(tx, &SQL_roster_draft_forget, ARGS(value_int(body_id)), NULL);
}

static enum status apply_purge(struct tx *tx, void *context, struct fault *fault)
{
    (void)fault;
    return drop_expired(tx, *(const struct instant *)context, 0);
}

enum status roster_purge(struct store *store, struct arena *arena, struct instant now,
                         struct fault *fault)
{
    struct tx *tx;
    struct rows rows;
    TRY(store_read(store, arena, &tx));
    enum status status =
        tx_run(tx, &SQL_roster_draft_expired, ARGS(value_int(now.us), value_int(0)), &rows);
    store_read_end(tx);
    if (status != OK || rows.n == 0)
        return status;
    return store_write(store, arena, 0, 0, NULL, apply_purge, &now, fault);
}

/* --- the import --- */

struct import {
    struct call *call;
    struct roster_draft *draft;
    uint64_t seen;
    const int64_t *ids;
    bool moved_on;
};

/* What was bad, with why; the rest is in the designations now. */
static struct roster_draft left_over(struct arena *arena, const struct roster_draft *draft)
{
    struct roster_draft left = *draft;
    left.roster.n = left.roster.room = 0;
    left.roster.entries = arena_new(arena, struct roster_entry, draft->roster.n);
    left.reasons = arena_new(arena, struct str, draft->roster.n);
    for (int i = 0; i < draft->roster.n; i++) {
        const struct roster_entry *entry = &draft->roster.entries[i];
        if (entry->act != ROSTER_BAD)
            continue;
        left.reasons[left.roster.n] = roster_reason(arena, entry);
        left.roster.entries[left.roster.n++] = *entry;
    }
    return left;
}

static enum status apply_import(struct tx *tx, void *context, struct fault *fault)
{
    struct import *import = context;
    struct call *call = import->call;
    struct roster_draft *draft = import->draft;
    struct roster_plan plan;
    TRY(roster_plan_make(tx, &call->body, call->today, &draft->roster, &plan));
    import->moved_on = plan.digest != import->seen;
    if (import->moved_on)
        return OK;
    TRY(roster_plan_apply(tx, &plan, call->body.id, call->now, import->ids, fault));
    struct roster_draft left = left_over(tx_arena(tx), draft);
    struct str json;
    TRY(roster_draft_format(tx_arena(tx), &left, &json));
    return tx_run(tx, &SQL_roster_draft_done,
                  ARGS(value_int(call->body.id), value_int(draft->id), value_int(call->now.us),
                       value_text(json), value_int(plan.counts[ROSTER_ADD]),
                       value_int(plan.counts[ROSTER_CHANGE]), value_int(plan.counts[ROSTER_SAME]),
                       value_int(plan.ends_n)),
                  NULL);
}

enum status roster_draft_apply(struct call *call, struct roster_draft *draft, uint64_t seen,
                               bool *ret_moved_on)
{
    const int64_t *ids = roster_ids(call->arena, app_ids(call->app), draft->roster.n);
    struct import import = {call, draft, seen, ids, false};
    TRY(call_write(call, WRITE_LONG, apply_import, &import));
    *ret_moved_on = import.moved_on;
    return OK;
}
