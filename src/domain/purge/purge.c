#include "domain/import/import.h"
#include "domain/purge/priv.h"
#include "domain/roster/roster.h"
#include "engine/flow/flow.h"
#include "engine/record/replay.h"
#include "purge.sql.h"
#include "store/journal.h"

/* What a purge writes, and what follows it. */

static const struct field fields[] = {
    {.key = "what", .label = "处置对象", .kind = FIELD_TEXT, .required = true},
    {.key = "of_kind", .label = "种类", .kind = FIELD_TEXT, .required = true, .wide = true},
    {.key = "record_id", .label = "编号", .kind = FIELD_TEXT, .required = true},
    {.key = "fields", .label = "清除的内容", .kind = FIELD_TEXT, .max = 1000},
    {.key = "reason", .label = "原因", .kind = FIELD_TEXT, .required = true},
    {.key = "on_date", .label = "日期", .kind = FIELD_DATE, .required = true},
    {.key = "by_name", .label = "办理", .kind = FIELD_TEXT, .required = true},
    {0}};

const struct kind kind_disposal = {.name = "disposal",
                                   .label = "处置记录",
                                   .unit = "条",
                                   .fields = fields,
                                   .title = "what",
                                   .by_program = true,
                                   .empty = "还没有处置记录。",
                                   .help = "误传或应删除的内容何时、因何、由谁清除，不写内容。"};

#define PURGED_TEXT "（已清除）"

bool purge_can_blank(const struct field *field)
{
    return field->kind == FIELD_TEXT || field->kind == FIELD_LONG_TEXT || field->kind == FIELD_ROWS;
}

static void blank(struct record *change, const struct field *field)
{
    if (field->kind == FIELD_ROWS)
        record_set_rows(change, field->key, NULL, 0);
    else
        record_set(change, field->key, field->required ? value_text(STR(PURGED_TEXT)) : NULL_VALUE);
}

/* A kind that keeps what a change would lose has just kept it: its rows are set once more. */
static enum status unkeep(struct tx *tx, const struct purging *purging, const struct record *old,
                          struct fault *fault)
{
    struct record *change = record_new(tx_arena(tx), purging->kind);
    change->body_id = purging->body_id;
    change->id = purging->id;
    for (int i = 0; purging->kind->fields[i].key; i++) {
        const struct field *field = &purging->kind->fields[i];
        if (field->kind == FIELD_ROWS && purging->chosen[i])
            record_set_rows(change, field->key, NULL, 0);
        else if (field->kind == FIELD_ROWS)
            record_set_rows(change, field->key, old->rows[i].cells, old->rows[i].n);
    }
    return record_change(tx, change, purging->now, fault);
}

static enum status blank_record(struct tx *tx, const struct purging *purging,
                                const struct record *old, struct fault *fault)
{
    struct record *change = record_new(tx_arena(tx), purging->kind);
    change->body_id = purging->body_id;
    change->id = purging->id;
    for (int i = 0; purging->kind->fields[i].key; i++)
        if (purging->chosen[i])
            blank(change, &purging->kind->fields[i]);
    TRY(record_change(tx, change, purging->now, fault));
    return purging->kind->keep ? unkeep(tx, purging, old, fault) : OK;
}

/* What a step says in words goes; who took it, when and which it was stays. */
static enum status blank_step(struct tx *tx, const struct purging *purging, int64_t id,
                              struct str title, struct fault *fault)
{
    static const char *const texts[] = {"behalf", "remark", "said"};
    struct record *old, *change = record_new(tx_arena(tx), &kind_step);
    TRY(record_get(tx, &kind_step, purging->body_id, id, &old));
    change->body_id = purging->body_id;
    change->id = id;
    record_set(change, "title", value_text(title));
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (record_value(old, texts[i]).kind == VALUE_TEXT)
            record_set(change, texts[i], value_text(STR(PURGED_TEXT)));
    TRY(record_change(tx, change, purging->now, fault));
    return journal_purge(tx, purging->body_id, kind_step.name, id);
}

static enum status blank_steps(struct tx *tx, const struct purging *purging, struct fault *fault)
{
    struct rows rows;
    struct record *now;
    struct str title = STR(PURGED_TEXT);
    struct str id = id_format(tx_arena(tx), purging->id);
    if (record_get(tx, purging->kind, purging->body_id, purging->id, &now) == OK)
        title = record_title(tx_arena(tx), now);
    TRY(tx_run(tx, &SQL_purge_steps,
               ARGS(value_int(purging->body_id), value_text(str_from(purging->kind->name)),
                    value_text(id)),
               &rows));
    for (int i = 0; i < rows.n; i++)
        TRY(blank_step(tx, purging, value_i64(rows_at(&rows, i, 0)), title, fault));
    return OK;
}

static enum status note(struct tx *tx, const struct purging *purging, struct fault *fault)
{
    struct record *record = record_new(tx_arena(tx), &kind_disposal);
    record->body_id = purging->body_id;
    record->id = purging->disposal_id;
    record_set(record, "what", value_text(str_from(purging->kind->label)));
    record_set(record, "of_kind", value_text(str_from(purging->kind->name)));
    record_set(record, "record_id", value_text(id_format(tx_arena(tx), purging->id)));
    record_set(record, "fields", value_text_or_null(purging->fields));
    record_set(record, "reason", value_text(purging->reason));
    record_set(record, "on_date", value_text(purging->on_date));
    record_set(record, "by_name", value_text(purging->by_name));
    return record_add(tx, record, purging->now, fault);
}

enum status purge_apply(struct tx *tx, void *context, struct fault *fault)
{
    const struct purging *purging = context;
    struct record *old;
    enum status status = record_get(tx, purging->kind, purging->body_id, purging->id, &old);
    if (status == OK && purging->fields.len > 0)
        status = blank_record(tx, purging, old, fault);
    if (status != NOT_FOUND) /* of one that is gone the past alone is left */
        TRY(status);
    TRY(blank_steps(tx, purging, fault));
    TRY(journal_purge(tx, purging->body_id, purging->kind->name, purging->id));
    TRY(replay_forget(tx, purging->body_id, purging->id));
    TRY(import_forget(tx, purging->body_id));
    TRY(roster_forget(tx, purging->body_id));
    TRY(note(tx, purging, fault));
    struct outbox_entry entry = {purging->body_id, purging->job_id, "purge", {0}};
    return outbox_put(tx, &entry, purging->now);
}

/* The rows say so already; now pages in memory and the database's files. */
enum status purge_deliver(struct delivery *delivery, struct fault *fault)
{
    app_forget(record_engine_app(delivery->context));
    return store_scrub(delivery->store, delivery->arena, fault);
}
