#include "engine/flow/priv.h"

#include "engine/outbox/outbox.h"
#include "engine/record/step.h"

/* Taking a step: the only place where a state is written. */

const struct choice flow_days[] = {
    {"coming", "尚未生效"}, {"current", "有效"}, {"ended", "已结束"}, {NULL, NULL}};

struct str flow_state(const struct record *record, struct str today)
{
    const struct flow *flow = record->kind->flow;
    if (flow->field)
        return value_str(record_value(record, flow->field));
    bool never = str_cmp(record->end_date, record->start_date) <= 0; /* ended before it began */
    if (record->end_date.len > 0 && (never || str_cmp(record->end_date, today) <= 0))
        return STR("ended");
    return str_cmp(record->start_date, today) > 0 ? STR("coming") : STR("current");
}

const char *flow_label(const struct flow *flow, struct str state)
{
    for (const struct choice *choice = flow->states; choice->word; choice++)
        if (str_is(state, choice->word))
            return choice->label;
    return "";
}

const struct flow_step *flow_find(const struct flow *flow, struct str state, const char *name)
{
    for (const struct flow_step *step = flow->steps; step->action; step++)
        if (str_is(state, step->from ? step->from : "") && strcmp(step->action, name) == 0)
            return step;
    return NULL;
}

/* What may be done instead, for the sentence of a refusal. */
static struct str possible(struct arena *arena, const struct flow *flow, struct str state)
{
    struct str text = {0};
    for (const struct flow_step *step = flow->steps; step->action; step++)
        if (step->from && !step->by_program && str_is(state, step->from))
            text = str_fmt(arena, "%.*s%s“%s”", STR_ARG(text), text.len ? "、" : "", step->label);
    return text;
}

static const char *label_of(const struct flow *flow, const char *name)
{
    for (const struct flow_step *step = flow->steps; step->action; step++)
        if (strcmp(step->action, name) == 0)
            return step->label;
    return name;
}

static enum status refuse_step(struct tx *tx, const struct flow_act *act,
                               const struct record *record, struct str state, struct fault *fault)
{
    struct arena *arena = tx_arena(tx);
    const struct flow *flow = act->kind->flow;
    struct str other = possible(arena, flow, state);
    return refuse(arena, fault, CONFLICT, NULL, "“%.*s”现在是“%s”，不能办理“%s”，%s%.*s。",
                  STR_ARG(record_title(arena, record)), flow_label(flow, state),
                  label_of(flow, act->action), other.len ? "可以办理：" : "已没有可办理的步骤",
                  STR_ARG(other));
}

static struct deed deed_open(struct tx *tx, const struct flow_act *act, const struct record *old,
                             struct record *record, struct fault *fault)
{
    struct str today = date_format(tx_arena(tx), instant_date(act->now, ZONE_CHINA_MIN));
    return (struct deed){.tx = tx,
                         .act = act,
                         .old = old,
                         .record = record,
                         .said = act->said,
                         .on = act->behalf.party.len ? act->behalf.date : today,
                         .today = today,
                         .fault = fault};
}

/* Who is told is found out when it is delivered; the content has no title and no name. */
static enum status notify(const struct deed *deed, const struct flow_step *step)
{
    struct arena *arena = tx_arena(deed->tx);
    const struct flow_act *act = deed->act;
    struct outbox_entry entry = {.body_id = act->body_id,
                                 .id = act->ids[0],
                                 .channel = "notice",
                                 .content =
                                     str_fmt(arena, "%s %.*s %s", act->kind->name,
                                             STR_ARG(id_format(arena, act->id)), step->notice)};
    return outbox_put(deed->tx, &entry, act->now);
}

static enum status tell(const struct deed *deed, const struct flow_step *step, struct str from)
{
    struct arena *arena = tx_arena(deed->tx);
    struct record *now;
    TRY(record_get(deed->tx, deed->act->kind, deed->act->body_id, deed->act->id, &now));
    struct told told = {
        .step = step,
        .act = deed->act,
        .title = record_title(arena, now),
        .from = from,
        .to = flow_state(now, deed->today),
        .said = story_said(arena, step, deed->said, step->to ? NULL : deed->old, deed->also),
        .on = deed->on};
    TRY(story_add(deed->tx, &told, deed->fault));
    return step->notice ? notify(deed, step) : OK;
}

static enum status run_rules(struct deed *deed, const struct flow_step *step)
{
    if (step->guard)
        TRY(step->guard(deed));
    return step->deed ? step->deed(deed) : OK;
}

enum status flow_step(struct tx *tx, const struct flow_act *act, struct fault *fault)
{
    struct arena *arena = tx_arena(tx);
    struct record *old;
    if (record_get(tx, act->kind, act->body_id, act->id, &old) == NOT_FOUND)
        return refuse(arena, fault, NOT_FOUND, NULL, "没有这条%s，可能地址有误或已被移除。",
                      act->kind->label);
    struct record *record = record_new(arena, act->kind);
    struct deed deed = deed_open(tx, act, old, record, fault);
    struct str from = flow_state(old, deed.today);
    const struct flow_step *step = flow_find(act->kind->flow, from, act->action);
    if (!step)
        return refuse_step(tx, act, old, from, fault);
    if (act->version != 0 && act->version != old->version)
        return refuse(arena, fault, CONFLICT, NULL,
                      "“%.*s”在您办理期间已被他人修改，请看过最新内容后再办理“%s”。",
                      STR_ARG(record_title(arena, old)), step->label);
    record->body_id = act->body_id;
    record->id = act->id;
    TRY(run_rules(&deed, step));
    bool stored = act->kind->flow->field && step->to;
    TRY(record_change_to(tx, record, stored ? str_from(step->to) : (struct str){0}, act->now,
                         fault));
    return tell(&deed, step, from);
}

enum status flow_make(struct tx *tx, const struct flow_act *act, struct record *record,
                      struct fault *fault)
{
    const struct flow *flow = act->kind->flow;
    const struct flow_step *step = flow_find(flow, (struct str){0}, act->action);
    if (!step)
        return refuse(tx_arena(tx), fault, INVALID, "action",
                      "%s不能以“%s”开始，请从登记表单登记。", act->kind->label, act->action);
    struct deed deed = deed_open(tx, act, NULL, record, fault);
    TRY(run_rules(&deed, step));
    TRY(record_add_in(tx, record, flow->field ? str_from(step->to) : (struct str){0}, act->now,
                      fault));
    return tell(&deed, step, (struct str){0});
}
