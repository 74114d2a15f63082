#include "domain/adjustment/priv.h"

#include "adjustment.sql.h"
#include "domain/designation/designation.h"
#include "domain/link/link.h"
#include "domain/organization/organization.h"
#include "domain/person/person.h"

/* The effects written, and taken back. */

static struct str text_of(const struct record *record, const char *key)
{
    return value_str(record_value(record, key));
}

/* What designations are told with the steps of an adjustment. */
static const struct field day_fields[] = {{.key = "day", .label = "日期", .kind = FIELD_DATE}, {0}};
static const struct kind kind_day = {
    .name = "designation", .label = "联系人员", .fields = day_fields, .title = "day"};

static struct flow_act designation_act(struct deed *deed, int64_t id, const char *name)
{
    int64_t *step_id = arena_new(tx_arena(deed->tx), int64_t, 1);
    *step_id = deed_id(deed);
    return (struct flow_act){.kind = &kind_designation,
                             .body_id = deed->act->body_id,
                             .id = id,
                             .action = name,
                             .behalf = deed->act->behalf,
                             .now = deed->act->now,
                             .ids = step_id,
                             .ids_n = 1};
}

static enum status step_on_day(struct deed *deed, int64_t id, const char *name, struct str day)
{
    struct record *said = record_new(tx_arena(deed->tx), &kind_day);
    record_set(said, "day", value_text(day));
    struct flow_act act = designation_act(deed, id, name);
    act.said = said;
    return flow_step(deed->tx, &act, deed->fault);
}

static enum status set_dates(struct deed *deed, const struct record *old, struct str start,
                             struct str end)
{
    struct record *record = record_new(tx_arena(deed->tx), old->kind);
    record->body_id = old->body_id;
    record->id = old->id;
    record->start_date = start;
    record->end_date = end;
    record->dates_given = true;
    return record_change(deed->tx, record, deed->act->now, deed->fault);
}

/* --- doing --- */

static enum status add_one(struct deed *deed, struct effect *effect, const int64_t *added)
{
    struct record *record = effect->record;
    if (effect->successor)
        record_set(record, effect->successor_key, value_int(added[effect->successor - 1]));
    record->id = deed_id(deed);
    if (effect->kind != &kind_designation)
        return record_add(deed->tx, record, deed->act->now, deed->fault);
    bool named = str_is(text_of(effect->old, "state"), "named");
    struct flow_act act = designation_act(deed, record->id, named ? "succeed" : "follow");
    return flow_make(deed->tx, &act, record, deed->fault);
}

static enum status change_one(struct deed *deed, const struct effect *effect, const int64_t *added)
{
    struct record *record = effect->record;
    if (effect->successor)
        record_set(record, effect->successor_key, value_int(added[effect->successor - 1]));
    record->body_id = effect->old->body_id;
    record->id = effect->old->id;
    return record_change(deed->tx, record, deed->act->now, deed->fault);
}

static enum status do_one(struct deed *deed, struct effect *effect, const int64_t *added)
{
    struct str day = text_of(deed->old, "day");
    if (effect->op == EFFECT_ADD)
        return add_one(deed, effect, added);
    if (effect->op == EFFECT_CHANGE)
        return change_one(deed, effect, added);
    if (effect->kind == &kind_designation)
        return step_on_day(deed, effect->old->id, "leave", day);
    return set_dates(deed, effect->old, effect->old->start_date, day);
}

/* What there was, for the way back: the end and the state, the parent, or the name. */
static struct str old_value(struct arena *arena, const struct effect *effect)
{
    if (effect->op == EFFECT_ADD)
        return (struct str){0};
    if (effect->op == EFFECT_END && effect->kind == &kind_designation)
        return text_of(effect->old, "state");
    if (effect->op == EFFECT_END)
        return effect->old->end_date;
    if (record_value(effect->record, "name").kind == VALUE_TEXT)
        return text_of(effect->old, "name");
    return id_format(arena, value_i64(record_value(effect->old, "parent")));
}

static void note_effect(struct arena *arena, const struct effect *effect, struct value *cells)
{
    bool added = effect->op == EFFECT_ADD;
    int64_t id = added ? effect->record->id : effect->old->id;
    cells[E_OP] = value_text(str_from(effect_ops[effect->op].word));
    cells[E_KIND] = value_text(str_from(effect->kind->name));
    cells[E_RECORD] = value_text(id_format(arena, id));
    cells[E_TITLE] = value_text(effect->title);
    cells[E_VERSION] = value_int(added ? 1 : effect->old->version + 1);
    cells[E_OLD] = value_text_or_null(old_value(arena, effect));
}

enum status adjustment_apply(struct deed *deed)
{
    struct arena *arena = tx_arena(deed->tx);
    struct effects effects;
    int counts[3] = {0};
    if (str_cmp(text_of(deed->old, "day"), deed->today) > 0)
        return refuse(arena, deed->fault, CONFLICT, NULL, "日期是 %.*s，请到那一天再办理。",
                      STR_ARG(text_of(deed->old, "day")));
    TRY(effects_plan(deed->tx, deed->old, &effects, deed->fault));
    struct value *cells = arena_new(arena, struct value, effects.n * E_CELLS);
    int64_t *added = arena_new(arena, int64_t, effects.n);
    for (int i = 0; i < effects.n; i++) {
        struct effect *effect = &effects.items[i];
        TRY(do_one(deed, effect, added));
        if (effect->op == EFFECT_ADD)
            added[i] = effect->record->id;
        note_effect(arena, effect, cells + i * E_CELLS);
        counts[effect->op]++;
    }
    record_set_rows(deed->record, "effects", cells, effects.n);
    deed->also = str_fmt(arena, "新增 %d 项，结束 %d 项，变更 %d 项", counts[EFFECT_ADD],
                         counts[EFFECT_END], counts[EFFECT_CHANGE]);
    return OK;
}

/* --- undoing --- */

struct done {
    enum effect_op op;
    const struct kind *kind;
    struct record *record; /* as it is now */
    int64_t version;
    struct str old, title;
};

static enum status read_done(struct deed *deed, const struct value *cells, struct done *ret_done)
{
    int64_t id;
    struct done done = {.kind = effect_kind(value_str(cells[E_KIND])),
                        .version = value_i64(cells[E_VERSION]),
                        .old = value_str(cells[E_OLD]),
                        .title = value_str(cells[E_TITLE])};
    for (int op = 0; effect_ops[op].word; op++)
        if (str_is(value_str(cells[E_OP]), effect_ops[op].word))
            done.op = (enum effect_op)op;
    if (!done.kind || !id_parse(value_str(cells[E_RECORD]), &id))
        return refuse(tx_arena(deed->tx), deed->fault, FAULT, NULL, "变动的记录不完整，不能撤销。");
    TRY(record_get(deed->tx, done.kind, deed->act->body_id, id, &done.record));
    *ret_done = done;
    return OK;
}

static int refers(const struct done *done, int64_t organization)
{
    static const char *const keys[] = {"from_organization", "to_organization", "organization",
                                       "parent"};
    int n = 0;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        n += kind_field(done->kind, keys[i]) >= 0 &&
             value_i64(record_value(done->record, keys[i])) == organization;
    return n;
}

/* Nothing was changed since, and nobody else refers to what was made. */
static enum status check_untouched(struct deed *deed, const struct done *all, int n)
{
    struct arena *arena = tx_arena(deed->tx);
    for (int i = 0; i < n; i++) {
        struct rows rows;
        int64_t own = 0;
        if (all[i].record->version != all[i].version)
            return refuse(arena, deed->fault, CONFLICT, NULL,
                          "办理后“%.*s”又有变动，不能撤销；请另外登记一件调整。",
                          STR_ARG(all[i].title));
        if (all[i].op != EFFECT_ADD || all[i].kind != &kind_organization)
            continue;
        for (int k = 0; k < n; k++)
            own += refers(&all[k], all[i].record->id);
        TRY(tx_run(deed->tx, &SQL_adjustment_built_on,
                   ARGS(value_int(deed->act->body_id), value_int(all[i].record->id)), &rows));
        if (value_i64(rows.cells[0]) != own)
            return refuse(
                arena, deed->fault, CONFLICT, NULL,
                "办理后已有新的联系、人员或更正用到“%.*s”，不能撤销；请另外登记一件调整。",
                STR_ARG(all[i].title));
    }
    return OK;
}

static enum status restore_change(struct deed *deed, const struct done *done)
{
    struct arena *arena = tx_arena(deed->tx);
    struct record *record = record_new(arena, &kind_organization);
    const struct record_rows *names = &done->record->rows[kind_field(&kind_organization, "names")];
    int64_t parent;
    record->body_id = done->record->body_id;
    record->id = done->record->id;
    if (id_parse(done->old, &parent)) {
        record_set(record, "parent", parent ? value_int(parent) : NULL_VALUE);
        return record_change(deed->tx, record, deed->act->now, deed->fault);
    }
    struct value *kept = arena_new(arena, struct value, names->n * NAME_CELLS);
    int n = 0;
    for (int i = 0; i < names->n; i++) {
        const struct value *cells = names->cells + i * NAME_CELLS;
        if (!str_eq(value_str(cells[NAME_TEXT]), done->old))
            memcpy(kept + n++ * NAME_CELLS, cells, NAME_CELLS * sizeof *cells);
    }
    record_set(record, "name", value_text(done->old));
    record_set_rows(record, "names", kept, n);
    return record_change(deed->tx, record, deed->act->now, deed->fault);
}

static enum status undo_one(struct deed *deed, const struct done *done)
{
    const struct record *record = done->record;
    bool designation = done->kind == &kind_designation;
    if (done->op == EFFECT_CHANGE)
        return restore_change(deed, done);
    if (done->op == EFFECT_ADD && designation)
        return step_on_day(deed, record->id, "cancel", record->start_date);
    if (done->op == EFFECT_ADD)
        return set_dates(deed, record, record->start_date, record->start_date);
    if (designation)
        return step_on_day(deed, record->id, str_is(done->old, "named") ? "resume-named" : "resume",
                           record->start_date);
    return set_dates(deed, record, record->start_date, done->old);
}

enum status adjustment_undo(struct deed *deed)
{
    struct arena *arena = tx_arena(deed->tx);
    const struct record_rows *rows = &deed->old->rows[kind_field(&kind_adjustment, "effects")];
    struct done *all = arena_new(arena, struct done, rows->n);
    for (int i = 0; i < rows->n; i++)
        TRY(read_done(deed, rows->cells + i * E_CELLS, &all[i]));
    TRY(check_untouched(deed, all, rows->n));
    for (int i = rows->n - 1; i >= 0; i--)
        TRY(undo_one(deed, &all[i]));
    return OK;
}
