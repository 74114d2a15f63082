#include "domain/correction/correction.h"

#include "domain/organization/organization.h"
#include "domain/organization/seen.h"

static const struct choice sorts[] = {
    {"rename", "单位已更名"}, {"alias", "增补简称或别名"}, {"misprint", "名称印错"}, {NULL, NULL}};
static const struct choice states[] = {{"asked", "待核"},        {"agreed", "已更正"},
                                       {"refused", "不予更正"},  {"withdrawn", "已撤回"},
                                       {"undone", "已撤销更正"}, {NULL, NULL}};

static const struct field fields[] = {
    {.key = "organization",
     .label = "单位",
     .kind = FIELD_REFERENCE,
     .to = &kind_organization,
     .required = true,
     .fixed = true,
     .filter = true},
    {.key = "sort",
     .label = "更正种类",
     .kind = FIELD_CHOICE,
     .choices = sorts,
     .required = true,
     .fixed = true},
    {.key = "was", .label = "原名称", .kind = FIELD_TEXT, .by_step = true},
    {.key = "wanted", .label = "应为", .kind = FIELD_TEXT, .required = true, .fixed = true},
    {.key = "reason",
     .label = "理由",
     .kind = FIELD_LONG_TEXT,
     .max = 500,
     .help = "例如机构改革后的挂牌名称和批准文件。"},
    {.key = "answer", .label = "答复", .kind = FIELD_TEXT, .by_step = true, .wide = true},
    FLOW_STATE_FIELD(states),
    {0}};
static const char *const titles[] = {"was", "wanted", NULL};

static const struct field agree_fields[] = {
    {.key = "answer", .label = "答复", .kind = FIELD_TEXT, .help = "可不填。"}, {0}};
static const struct field refuse_fields[] = {
    {.key = "answer", .label = "不予更正的理由", .kind = FIELD_TEXT, .required = true}, {0}};

/* The name it has while it is asked: later it may have another. */
static enum status ask(struct deed *deed)
{
    struct record *unit;
    TRY(record_get(deed->tx, &kind_organization, deed->record->body_id,
                   value_i64(record_value(deed->record, "organization")), &unit));
    record_set(deed->record, "was", record_value(unit, "name"));
    return OK;
}

static enum status answer(struct deed *deed)
{
    record_set(deed->record, "answer", deed_said(deed, "answer"));
    return OK;
}

/* The names there are, with one more. */
static void add_name(struct arena *arena, struct record *change, const struct record *old,
                     struct value name, const char *kind, struct str until)
{
    const struct record_rows *names = &old->rows[kind_field(&kind_organization, "names")];
    struct value *cells = arena_new(arena, struct value, (names->n + 1) * NAME_CELLS);
    if (names->n > 0)
        memcpy(cells, names->cells, (size_t)names->n * NAME_CELLS * sizeof *cells);
    struct value *last = cells + names->n * NAME_CELLS;
    last[NAME_TEXT] = name;
    last[NAME_KIND] = value_text(str_from(kind));
    last[NAME_UNTIL] = value_text_or_null(until);
    record_set_rows(change, "names", cells, names->n + 1);
}

/* Carried out as it is agreed to: a rename keeps the old name, which still finds the unit and is
 * shown for the days before. */
static enum status agree(struct deed *deed)
{
    struct arena *arena = tx_arena(deed->tx);
    int64_t id = value_i64(record_value(deed->old, "organization"));
    struct str sort = value_str(record_value(deed->old, "sort"));
    struct value wanted = record_value(deed->old, "wanted");
    struct record *old;
    TRY(record_get(deed->tx, &kind_organization, deed->act->body_id, id, &old));
    if (value_eq(record_value(old, "name"), wanted))
        return refuse(arena, deed->fault, CONFLICT, NULL,
                      "这个单位已经叫“%.*s”，请撤回或不予更正。", STR_ARG(value_str(wanted)));
    struct record *change = record_new(arena, &kind_organization);
    change->body_id = old->body_id;
    change->id = id;
    if (str_is(sort, "alias")) {
        add_name(arena, change, old, wanted, "alias", (struct str){0});
    } else {
        bool renamed = str_is(sort, "rename");
        add_name(arena, change, old, record_value(old, "name"), "renamed",
                 renamed ? deed->on : (struct str){0});
        record_set(change, "name", wanted);
        record_set(change, "held", value_int(0));
        record_set(change, "hint", NULL_VALUE);
        record_set(change, "maybe_reorganised", value_int(0));
    }
    TRY(answer(deed));
    deed->also = str_fmt(arena, "原名称：%.*s", STR_ARG(value_str(record_value(old, "name"))));
    return record_change(deed->tx, change, deed->act->now, deed->fault);
}

/* What was added is taken away again: the alias, or the new name. */
static enum status undo(struct deed *deed)
{
    struct arena *arena = tx_arena(deed->tx);
    struct value wanted = record_value(deed->old, "wanted"), was = record_value(deed->old, "was");
    bool alias = str_is(value_str(record_value(deed->old, "sort")), "alias");
    struct record *old, *change = record_new(arena, &kind_organization);
    TRY(record_get(deed->tx, &kind_organization, deed->act->body_id,
                   value_i64(record_value(deed->old, "organization")), &old));
    if (!alias && (was.kind == VALUE_NULL || !value_eq(record_value(old, "name"), wanted)))
        return refuse(arena, deed->fault, CONFLICT, NULL,
                      "这个单位更正后又改了名称，不能撤销；请另外申请更正。");
    const struct record_rows *names = &old->rows[kind_field(&kind_organization, "names")];
    struct value *kept = arena_new(arena, struct value, names->n * NAME_CELLS);
    struct value gone = alias ? wanted : was;
    int n = 0;
    for (int i = 0; i < names->n; i++) {
        const struct value *cells = names->cells + i * NAME_CELLS;
        if (!value_eq(cells[NAME_TEXT], gone))
            memcpy(kept + n++ * NAME_CELLS, cells, NAME_CELLS * sizeof *cells);
    }
    change->body_id = old->body_id;
    change->id = old->id;
    record_set_rows(change, "names", kept, n);
    if (!alias)
        record_set(change, "name", was);
    return record_change(deed->tx, change, deed->act->now, deed->fault);
}

static const struct flow_step steps[] = {
    {.action = "ask",
     .label = "申请更正",
     .to = "asked",
     .who = RIGHT_ASK_CORRECTION,
     .deed = ask,
     .notice = "政协办公室：有名称更正待核"},
    {.from = "asked",
     .action = "agree",
     .label = "同意更正",
     .to = "agreed",
     .who = RIGHT_SETTLE_CORRECTION,
     .main = true,
     .fields = agree_fields,
     .deed = agree,
     .notice = "申请单位：已更正",
     .confirm = "名录随即改用新名称；原名称仍可查到，更正日期以前的名录显示原名称。"},
    {.from = "asked",
     .action = "refuse",
     .label = "不予更正",
     .to = "refused",
     .who = RIGHT_SETTLE_CORRECTION,
     .fields = refuse_fields,
     .deed = answer,
     .notice = "申请单位：不予更正及理由"},
    {.from = "asked",
     .action = "withdraw",
     .label = "撤回",
     .to = "withdrawn",
     .who = RIGHT_ASK_CORRECTION},
    {.from = "agreed",
     .action = "undo",
     .label = "撤销更正",
     .to = "undone",
     .who = RIGHT_SETTLE_CORRECTION,
     .fields = flow_undo_fields,
     .deed = undo,
     .notice = "申请单位：更正已撤销",
     .confirm = "名录恢复更正以前的名称；更正和撤销都留在办理经过里。"},
    {0},
};
static const struct flow flow = {
    .owner = "organization", .field = "state", .states = states, .steps = steps};

const struct kind kind_correction = {
    .name = "correction",
    .seen = "t.organization in (" SEEN_ORGANIZATIONS ")",
    .found_by = "o organization",
    .label = "名称更正",
    .unit = "件",
    .fields = fields,
    .titles = titles,
    .title_label = "名称更正",
    .ordered = true,
    .made_by = RIGHT_ASK_CORRECTION,
    .flow = &flow,
    .empty = "没有名称更正。",
    .offer = "单位更名、名称印错的，可在单位页上“申请更正名称”。",
    .offer_to = RIGHT_ASK_CORRECTION,
    .help = "单位申请更正名录里的名称，办公室核实后同意或说明不予更正的理由。"};
