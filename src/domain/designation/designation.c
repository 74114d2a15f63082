#include "domain/designation/designation.h"

#include "designation.sql.h"
#include "domain/organization/organization.h"
#include "domain/organization/seen.h"
#include "domain/person/person.h"

const struct choice designation_roles[] = {{"responsible-leader", "责任领导"},
                                           {"leader-in-charge", "分管领导"},
                                           {"contact", "联系人"},
                                           {"liaison", "联络员"},
                                           {NULL, NULL}};

static const struct choice states[] = {{"named", "已确定，待备案"},
                                       {"registered", "已登记备案"},
                                       {"replaced", "已更换"},
                                       {"ended", "已终止"},
                                       {NULL, NULL}};

/* What is known of a person, asked with several steps under the record's own keys. */
#define FIELD_NAME                                                                                 \
    {                                                                                              \
        .key = "name", .label = "姓名", .kind = FIELD_TEXT, .max = 40, .required = true            \
    }
#define FIELDS_REACHED_AT                                                                          \
    {.key = "post", .label = "职务", .kind = FIELD_TEXT},                                          \
        {.key = "section",                                                                         \
         .label = "科室",                                                                          \
         .kind = FIELD_TEXT,                                                                       \
         .max = 60,                                                                                \
         .help = "承办对口联系工作的科室。",                                                       \
         .clause = "ZY22-3.1a"},                                                                   \
        {.key = "office_phone",                                                                    \
         .label = "办公电话",                                                                      \
         .kind = FIELD_TEXT,                                                                       \
         .max = 40,                                                                                \
         .private = true,                                                                          \
         .clause = "NB17-5.2"},                                                                    \
    {                                                                                              \
        .key = "mobile", .label = "手机", .kind = FIELD_TEXT, .max = 20, .private = true,          \
        .clause = "NB17-5.2"                                                                       \
    }

static const struct field fields[] = {
    {.key = "organization",
     .label = "单位",
     .kind = FIELD_REFERENCE,
     .to = &kind_organization,
     .required = true,
     .fixed = true,
     .filter = true},
    {.key = "role",
     .label = "身份",
     .kind = FIELD_CHOICE,
     .choices = designation_roles,
     .required = true,
     .fixed = true,
     .filter = true,
     .wide = true,
     .clause = "YY22-5.2"},
    {.key = "label", .label = "称呼", .kind = FIELD_TEXT, .max = 40, .hidden = true},
    FIELD_NAME,
    {.key = "person",
     .label = "人员",
     .kind = FIELD_REFERENCE,
     .to = &kind_person,
     .hidden = true,
     .filter = true},
    FIELDS_REACHED_AT,
    {.key = "state",
     .label = "状态",
     .kind = FIELD_CHOICE,
     .choices = states,
     .required = true,
     .state = true,
     .filter = true},
    {.key = "predecessor",
     .label = "前任",
     .kind = FIELD_REFERENCE,
     .to = &kind_designation,
     .by_step = true,
     .wide = true},
    {.key = "successor",
     .label = "接替的人",
     .kind = FIELD_REFERENCE,
     .to = &kind_designation,
     .by_step = true,
     .wide = true},
    {0}};
static const char *const titles[] = {"organization", "label", "name", NULL};

static const struct field replace_fields[] = {
    {.key = "name", .label = "接替人姓名", .kind = FIELD_TEXT, .max = 40, .required = true},
    FIELDS_REACHED_AT,
    {.key = "day",
     .label = "更换日期",
     .kind = FIELD_DATE,
     .today = true,
     .help = "从这一天起由接替的人负责。"},
    {.key = "reason", .label = "原因", .kind = FIELD_TEXT, .help = "可不填，例如工作调动。"},
    {0}};
static const struct field change_fields[] = {FIELD_NAME, FIELDS_REACHED_AT, {0}};
static const struct field end_fields[] = {
    {.key = "day",
     .label = "终止日期",
     .kind = FIELD_DATE,
     .today = true,
     .help = "从这一天起不再担任。"},
    {.key = "reason", .label = "原因", .kind = FIELD_TEXT, .required = true},
    {0}};

static const struct field restore_fields[] = {{.key = "reason",
                                               .label = "原因",
                                               .kind = FIELD_TEXT,
                                               .required = true,
                                               .help = "例如：误办。"},
                                              {0}};

/* Whoever follows may sit in the same section, at the same telephone; nothing else is theirs. */
static const char *const replace_keeps[] = {"section", "office_phone", NULL};

/* --- rules --- */

static struct str text_of(const struct record *record, const char *key)
{
    return value_str(record_value(record, key));
}

/* The label that the schemes give the role. */
static enum status set_label(struct deed *deed)
{
    struct designation_asked asked;
    struct date day = instant_date(deed->act->now, ZONE_CHINA_MIN);
    TRY(designation_asked_read(deed->tx, deed->record->body_id, day, &asked));
    int role = designation_role(text_of(deed->record, "role"));
    if (role >= 0)
        record_set(deed->record, "label", value_text(asked.labels[role]));
    return OK;
}

/* Exactly one at a time, where the scheme says so (YY22-5.2, NB17-5.2). */
static enum status only_one(struct deed *deed, const struct record *record, struct str from)
{
    struct designation_asked asked;
    struct date day = instant_date(deed->act->now, ZONE_CHINA_MIN);
    int role = designation_role(text_of(record, "role"));
    struct rows rows;
    TRY(designation_asked_read(deed->tx, record->body_id, day, &asked));
    if (role < 0 || !asked.single[role])
        return OK;
    TRY(tx_run(deed->tx, &SQL_designation_holders,
               ARGS(value_int(record->body_id), record_value(record, "organization"),
                    record_value(record, "role"), value_text(from)),
               &rows));
    if (rows.n == 0)
        return OK;
    return refuse(tx_arena(deed->tx), deed->fault, CONFLICT, "role",
                  "这个单位的%.*s已是%.*s，文件规定只确定一名；请打开该记录办理“更换”。",
                  STR_ARG(asked.labels[role]), STR_ARG(value_str(rows_at(&rows, 0, 1))));
}

static enum status one_at_a_time(struct deed *deed)
{
    struct str from = deed->record->start_date;
    return only_one(deed, deed->record, from.len ? from : deed->on);
}

/* Who it is: by name within the unit; somebody new is entered as a person. */
static enum status find_person(struct deed *deed, struct record *record)
{
    static const struct statement *const sources[] = {&SQL_designation_named,
                                                      &SQL_designation_members};
    struct rows rows = {0};
    for (int i = 0; i < 2 && rows.n == 0; i++)
        TRY(tx_run(deed->tx, sources[i],
                   ARGS(value_int(record->body_id), record_value(record, "organization"),
                        record_value(record, "name")),
                   &rows));
    if (rows.n == 1) {
        record_set(record, "person", rows_at(&rows, 0, 0));
        return OK;
    }
    struct record *person = record_new(tx_arena(deed->tx), &kind_person);
    person->body_id = record->body_id;
    person->id = deed_id(deed);
    record_set(person, "name", record_value(record, "name"));
    record_set(record, "person", value_int(person->id));
    return record_add(deed->tx, person, deed->act->now, deed->fault);
}

static enum status begin(struct deed *deed)
{
    struct record *record = deed->record;
    if (record->start_date.len == 0) {
        record->start_date = deed->on;
        record->dates_given = true;
    }
    if (text_of(record, "label").len == 0)
        TRY(set_label(deed));
    deed->also = str_fmt(tx_arena(deed->tx), "%.*s：%.*s", STR_ARG(text_of(record, "label")),
                         STR_ARG(text_of(record, "name")));
    if (record_value(record, "person").kind == VALUE_INT)
        return OK;
    return find_person(deed, record);
}

/* On the day told, not before it began and not in the future. */
static enum status end_on(struct deed *deed)
{
    struct str day = deed_text(deed, "day");
    if (day.len == 0)
        day = deed->on;
    if (str_cmp(day, deed->old->start_date) < 0 || str_cmp(day, deed->today) > 0)
        return refuse(tx_arena(deed->tx), deed->fault, INVALID, "day",
                      "日期应在 %.*s 至今天之间，请改正。", STR_ARG(deed->old->start_date));
    deed->record->start_date = deed->old->start_date;
    deed->record->end_date = day;
    deed->record->dates_given = true;
    return OK;
}

static enum status replace(struct deed *deed)
{
    static const char *const told[] = {"name", "post", "section", "office_phone", "mobile"};
    TRY(end_on(deed));
    if (str_eq(deed_text(deed, "name"), text_of(deed->old, "name")))
        return refuse(tx_arena(deed->tx), deed->fault, INVALID, "name",
                      "接替的人与现任同名；只是信息有变的，请办理“变更信息”。");
    struct record *next = record_new(tx_arena(deed->tx), &kind_designation);
    next->body_id = deed->act->body_id;
    next->id = deed_id(deed);
    next->position = deed->old->position;
    next->start_date = deed->record->end_date;
    next->dates_given = true;
    record_set(next, "organization", record_value(deed->old, "organization"));
    record_set(next, "role", record_value(deed->old, "role"));
    record_set(next, "predecessor", value_int(deed->old->id));
    record_set(deed->record, "successor", value_int(next->id));
    for (size_t i = 0; i < sizeof told / sizeof *told; i++)
        record_set(next, told[i], value_text_or_null(deed_text(deed, told[i])));
    TRY(find_person(deed, next));
    int64_t *ids = arena_new(tx_arena(deed->tx), int64_t, 2);
    ids[0] = deed_id(deed);
    ids[1] = deed_id(deed);
    struct flow_act act = {.kind = &kind_designation,
                           .body_id = next->body_id,
                           .id = next->id,
                           .action = "succeed",
                           .behalf = deed->act->behalf,
                           .now = deed->act->now,
                           .ids = ids,
                           .ids_n = 2};
    return flow_make(deed->tx, &act, next, deed->fault);
}

/* Whoever followed has not been registered yet: taken back with the replacement. */
static enum status withdraw_successor(struct deed *deed, int64_t id)
{
    struct arena *arena = tx_arena(deed->tx);
    struct record *next;
    TRY(record_get(deed->tx, &kind_designation, deed->act->body_id, id, &next));
    if (!str_is(text_of(next, "state"), "named") || next->version != 1)
        return refuse(arena, deed->fault, CONFLICT, NULL,
                      "接替的%.*s已登记备案或另有变动，不能撤销更换；请在其记录上办理“更换”。",
                      STR_ARG(text_of(next, "name")));
    int64_t *ids = arena_new(arena, int64_t, 1);
    ids[0] = deed_id(deed);
    struct flow_act act = {.kind = &kind_designation,
                           .body_id = next->body_id,
                           .id = id,
                           .action = "withdraw",
                           .behalf = deed->act->behalf,
                           .now = deed->act->now,
                           .ids = ids,
                           .ids_n = 1};
    return flow_step(deed->tx, &act, deed->fault);
}

/* Ended or replaced by mistake: holds again from the day it always had, as if never ended. */
static enum status restore(struct deed *deed)
{
    struct value successor = record_value(deed->old, "successor");
    struct record *unit;
    TRY(record_get(deed->tx, &kind_organization, deed->act->body_id,
                   value_i64(record_value(deed->old, "organization")), &unit));
    if (str_cmp(unit->end_date, deed->today) <= 0)
        return refuse(tx_arena(deed->tx), deed->fault, CONFLICT, NULL,
                      "“%.*s”已于 %.*s 结束，请在承接它的单位登记人员。",
                      STR_ARG(text_of(unit, "name")), STR_ARG(unit->end_date));
    if (successor.kind == VALUE_INT)
        TRY(withdraw_successor(deed, successor.i));
    TRY(only_one(deed, deed->old, deed->old->end_date));
    record_set(deed->record, "successor", NULL_VALUE);
    deed->record->start_date = deed->old->start_date;
    deed->record->end_date = (struct str){0};
    deed->record->dates_given = true;
    return OK;
}

/* As if it had never been. */
static enum status withdraw(struct deed *deed)
{
    deed->record->start_date = deed->record->end_date = deed->old->start_date;
    deed->record->dates_given = true;
    return OK;
}

/* Only what the roster says. */
static enum status take_told(struct deed *deed)
{
    for (int i = 0; change_fields[i].key; i++)
        if (deed->said && deed->said->given[i])
            record_set(deed->record, change_fields[i].key, deed->said->values[i]);
    return OK;
}

static enum status change(struct deed *deed)
{
    for (const struct field *field = change_fields; field->key; field++) {
        struct value said = deed_said(deed, field->key);
        /* A telephone left blank stays: whoever may not see it could not fill it in again. */
        if (said.kind != VALUE_NULL || !field->private)
            record_set(deed->record, field->key, said);
    }
    return OK;
}

#define MAKES(name, text, state, right)                                                            \
    {                                                                                              \
        .action = name, .label = text, .to = state, .who = right, .guard = one_at_a_time,          \
        .deed = begin                                                                              \
    }
#define REPLACES(state)                                                                            \
    {                                                                                              \
        .from = state, .action = "replace", .label = "更换", .to = "replaced",                     \
        .who = RIGHT_DESIGNATE, .fields = replace_fields, .keeps = replace_keeps, .deed = replace, \
        .confirm = "现任到更换日期为止，接替的人从这一天起，待办公室或专门委员会登记备案。",       \
        .notice = "政协办公室、对口专门委员会：人员更换，待登记备案"       \
    }
#define CHANGES(state)                                                                             \
    {                                                                                              \
        .from = state, .action = "change", .label = "变更信息", .who = RIGHT_DESIGNATE,            \
        .fields = change_fields, .deed = change                                                    \
    }
#define ENDS(state)                                                                                \
    {                                                                                              \
        .from = state, .action = "end", .label = "终止", .to = "ended", .who = RIGHT_DESIGNATE,    \
        .fields = end_fields, .deed = end_on, .confirm = "终止后这一身份显示“待明确”，历史保留。", \
        .notice = "政协办公室、对口专门委员会：人员终止，待明确"             \
    }

#define RESTORES(state, text, means)                                                               \
    {                                                                                              \
        .from = state, .action = "restore", .label = text, .to = "registered",                     \
        .who = RIGHT_REGISTER, .fields = restore_fields, .deed = restore, .confirm = means,        \
        .notice = "单位：已恢复登记备案"                                                 \
    }

/* What a roster or reply slip of the unit tells (domain/roster). */
#define IMPORTS(state)                                                                             \
    {.from = state,                                                                                \
     .action = "import",                                                                           \
     .label = "按名单变更",                                                                        \
     .who = RIGHT_IMPORT,                                                                          \
     .by_program = true,                                                                           \
     .fields = change_fields,                                                                      \
     .deed = take_told},                                                                           \
    {                                                                                              \
        .from = state, .action = "give-way", .label = "按名单更换", .to = "replaced",              \
        .who = RIGHT_IMPORT, .by_program = true, .deed = end_on                                    \
    }

/* What an adjustment brings (domain/adjustment): the day is told, nothing is asked. */
static enum status leave(struct deed *deed)
{
    deed->record->start_date = deed->old->start_date;
    deed->record->end_date = deed_text(deed, "day");
    deed->record->dates_given = true;
    return OK;
}

static enum status resume(struct deed *deed)
{
    deed->record->start_date = deed->old->start_date;
    deed->record->end_date = (struct str){0};
    deed->record->dates_given = true;
    return OK;
}

#define LEAVES(state)                                                                              \
    {.from = state,                                                                                \
     .action = "leave",                                                                            \
     .label = "随机构调整结束",                                                                    \
     .to = "ended",                                                                                \
     .who = RIGHT_REORGANIZE,                                                                      \
     .by_program = true,                                                                           \
     .deed = leave},                                                                               \
    {                                                                                              \
        .from = state, .action = "cancel", .label = "随调整撤销", .to = "ended",                   \
        .who = RIGHT_REORGANIZE, .by_program = true, .deed = leave                                 \
    }
#define RESUMES(name, state)                                                                       \
    {                                                                                              \
        .from = "ended", .action = name, .label = "随调整撤销恢复", .to = state,                   \
        .who = RIGHT_REORGANIZE, .by_program = true, .deed = resume                                \
    }

/* The roles by the schemes' own labels; those no document asks for come last and say so. */
static const struct choice *offered(struct call *call, const struct field *field)
{
    struct designation_asked asked;
    if (strcmp(field->key, "role") != 0 ||
        designation_asked_read(call->tx, call->body.id, call->today, &asked) != OK)
        return NULL;
    struct choice *choices = arena_new(call->arena, struct choice, NAMED_ROLES + 1);
    int n = 0;
    for (int wanted = 1; wanted >= 0; wanted--)
        for (int role = 0; role < NAMED_ROLES; role++)
            if (asked.roles[role] == (bool)wanted)
                choices[n++] =
                    (struct choice){designation_roles[role].word,
                                    str_fmt(call->arena, "%.*s%s", STR_ARG(asked.labels[role]),
                                            wanted ? "" : "（文件未要求）")
                                        .ptr};
    return choices;
}

static const struct flow_step steps[] = {
    MAKES("enroll", "登记", "registered", RIGHT_REGISTER),
    {.action = "name",
     .label = "确定人选",
     .to = "named",
     .who = RIGHT_DESIGNATE,
     .guard = one_at_a_time,
     .deed = begin,
     .notice = "政协办公室、对口专门委员会：待登记备案"},
    {.action = "succeed",
     .label = "接替",
     .to = "named",
     .who = RIGHT_DESIGNATE,
     .by_program = true,
     .deed = begin,
     .notice = "政协办公室、对口专门委员会：待登记备案"},
    {.action = "follow",
     .label = "随机构调整承接",
     .to = "registered",
     .who = RIGHT_REORGANIZE,
     .by_program = true,
     .deed = begin},
    {.action = "import",
     .label = "按名单登记",
     .to = "registered",
     .who = RIGHT_IMPORT,
     .by_program = true,
     .deed = begin},
    {.from = "named",
     .action = "register",
     .label = "登记备案",
     .to = "registered",
     .who = RIGHT_REGISTER,
     .main = true,
     .notice = "单位：已登记备案"},
    REPLACES("named"),
    CHANGES("named"),
    ENDS("named"),
    IMPORTS("named"),
    LEAVES("named"),
    REPLACES("registered"),
    CHANGES("registered"),
    ENDS("registered"),
    IMPORTS("registered"),
    LEAVES("registered"),
    RESTORES("ended", "恢复", "误办终止的，恢复为已登记备案；终止的经过仍留在办理经过里。"),
    RESTORES("replaced", "撤销更换",
             "误办更换的，恢复为已登记备案；尚未登记备案的接替人一并撤下，经过都保留。"),
    {.from = "named",
     .action = "withdraw",
     .label = "随更换撤销",
     .to = "ended",
     .who = RIGHT_REGISTER,
     .by_program = true,
     .deed = withdraw},
    RESUMES("resume", "registered"),
    RESUMES("resume-named", "named"),
    {0},
};

static const struct flow flow = {
    .owner = "organization", .field = "state", .states = states, .steps = steps};

const struct kind kind_designation_told = {
    .name = "designation", .label = "联系人员", .fields = change_fields};

const struct kind kind_designation = {
    .seen = "t.organization in (" SEEN_ORGANIZATIONS ")",
    .found_by = "o organization",
    .name = "designation",
    .label = "联系人员",
    .unit = "人",
    .fields = fields,
    .title = "name",
    .titles = titles,
    .title_label = "联系人员",
    .dated = true,
    .starts_today = true,
    .steps_alone = true,
    .choices = offered,
    .ordered = true,
    .made_by = RIGHT_DESIGNATE,
    .dates_by_step = true,
    .flow = &flow,
    .empty = "还没有联系人员。可以在这里逐个登记，也可以从“名单与回执”整批导入。",
    .help = "单位确定的责任领导、分管领导、联系人、联络员，登记备案后更换、终止都留历史。"};
