#include "engine/flow/priv.h"

/* What a form changes on a record with a flow, outside its steps: told in its story as well. */

/* 副部长；（空） */
static struct str side(struct arena *arena, const struct record *record, int index)
{
    const struct field *field = &record->kind->fields[index];
    struct str text = field_words(arena, field, record, index);
    if (field->kind == FIELD_FLAG && text.len == 0)
        return STR("否");
    return text.len > 0 ? text : STR("（空）");
}

/* Short values from and to; of what is long or private only that it changed. */
static struct str one_change(struct arena *arena, const struct record *old,
                             const struct record *now, int index)
{
    const struct field *field = &now->kind->fields[index];
    if (field->private || field->kind == FIELD_ROWS || field->kind == FIELD_LONG_TEXT)
        return str_fmt(arena, "%s：已修改", field->label);
    struct str from = side(arena, old, index), to = side(arena, now, index);
    return str_fmt(arena, "%s：%.*s → %.*s", field->label, STR_ARG(from), STR_ARG(to));
}

static void join(struct arena *arena, struct str *text, struct str one)
{
    *text = str_fmt(arena, "%.*s%s%.*s", STR_ARG(*text), text->len ? "；" : "", STR_ARG(one));
}

static struct str changes(struct arena *arena, const struct record *old, const struct record *now)
{
    struct str text = {0};
    for (int i = 0; now->kind->fields[i].key; i++) {
        const struct field *field = &now->kind->fields[i];
        if (field->kind != FIELD_KEY && !field->hidden && !record_field_same(old, now, i))
            join(arena, &text, one_change(arena, old, now, i));
    }
    if (old->position != now->position)
        join(arena, &text, STR("排列顺序：已调整"));
    if (!str_eq(old->start_date, now->start_date))
        join(arena, &text, str_fmt(arena, "开始日期：%.*s", STR_ARG(now->start_date)));
    if (!str_eq(old->end_date, now->end_date))
        join(arena, &text, str_fmt(arena, "结束日期：%.*s", STR_ARG(now->end_date)));
    return text;
}

enum status flow_edit(struct tx *tx, struct record *record, int64_t step_id, struct instant now,
                      struct fault *fault)
{
    static const struct flow_step edit = {.action = "edit", .label = "修改"};
    struct arena *arena = tx_arena(tx);
    const struct kind *kind = record->kind;
    struct record *old, *after;
    TRY(record_get(tx, kind, record->body_id, record->id, &old));
    TRY(record_change(tx, record, now, fault));
    TRY(record_get(tx, kind, record->body_id, record->id, &after));
    struct str today = date_format(arena, instant_date(now, ZONE_CHINA_MIN));
    struct flow_act act = {.kind = kind,
                           .body_id = record->body_id,
                           .id = record->id,
                           .action = edit.action,
                           .now = now,
                           .ids = &step_id,
                           .ids_n = 1};
    struct told told = {.step = &edit,
                        .act = &act,
                        .title = record_title(arena, after),
                        .from = flow_state(old, today),
                        .to = flow_state(after, today),
                        .said = changes(arena, old, after),
                        .on = today};
    return told.said.len > 0 ? story_add(tx, &told, fault) : OK;
}
