#include "domain/designation/priv.h"

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
    PERSON_REACHED_AT,
    FLOW_STATE_FIELD(states),
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
    PERSON_REACHED_AT,
    {.key = "day",
     .label = "更换日期",
     .kind = FIELD_DATE,
     .today = true,
     .help = "从这一天起由接替的人负责。"},
    {.key = "reason", .label = "原因", .kind = FIELD_TEXT, .help = "可不填，例如工作调动。"},
    {0}};
const struct field designation_change_fields[] = {FIELD_NAME, PERSON_REACHED_AT, {0}};
static const struct field end_fields[] = {
    {.key = "day",
     .label = "终止日期",
     .kind = FIELD_DATE,
     .today = true,
     .help = "从这一天起不再担任。"},
    {.key = "reason", .label = "原因", .kind = FIELD_TEXT, .required = true},
    {0}};

/* Whoever follows may sit in the same section, at the same telephone; nothing else is theirs. */
static const char *const replace_keeps[] = {"section", "office_phone", NULL};

#define MAKES(name, text, state, right)                                                            \
    {                                                                                              \
        .action = name, .label = text, .to = state, .who = right,                                  \
        .guard = designation_one_at_a_time, .deed = designation_begin,                             \
        .notice = "单位：已登记备案"                                                       \
    }
#define REPLACES(state)                                                                            \
    {                                                                                              \
        .from = state, .action = "replace", .label = "更换", .to = "replaced",                     \
        .who = RIGHT_DESIGNATE, .fields = replace_fields, .keeps = replace_keeps,                  \
        .deed = designation_replace,                                                               \
        .confirm = "现任到更换日期为止，接替的人从这一天起，待办公室或专门委员会登记备案。",       \
        .notice = "政协办公室、对口专门委员会：人员更换，待登记备案"       \
    }
#define CHANGES(state)                                                                             \
    {                                                                                              \
        .from = state, .action = "change", .label = "变更信息", .who = RIGHT_DESIGNATE,            \
        .fields = designation_change_fields, .deed = designation_change                            \
    }
#define ENDS(state)                                                                                \
    {                                                                                              \
        .from = state, .action = "end", .label = "终止", .to = "ended", .who = RIGHT_DESIGNATE,    \
        .fields = end_fields, .deed = designation_end_on,                                          \
        .confirm = "终止后这一身份显示“待明确”，历史保留。",                                       \
        .notice = "政协办公室、对口专门委员会：人员终止，待明确"             \
    }

#define RESTORES(state, text, means)                                                               \
    {                                                                                              \
        .from = state, .action = "restore", .label = text, .to = "registered",                     \
        .who = RIGHT_REGISTER, .fields = flow_restore_fields, .deed = designation_restore,         \
        .confirm = means, .notice = "单位：已恢复登记备案"                               \
    }

/* What a roster or reply slip of the unit tells (domain/roster). */
#define IMPORTS(state)                                                                             \
    {.from = state,                                                                                \
     .action = "import",                                                                           \
     .label = "按名单变更",                                                                        \
     .who = RIGHT_IMPORT,                                                                          \
     .by_program = true,                                                                           \
     .fields = designation_change_fields,                                                          \
     .deed = designation_take_told},                                                               \
    {                                                                                              \
        .from = state, .action = "give-way", .label = "按名单更换", .to = "replaced",              \
        .who = RIGHT_IMPORT, .by_program = true, .deed = designation_end_on                        \
    }

#define LEAVES(state)                                                                              \
    {.from = state,                                                                                \
     .action = "leave",                                                                            \
     .label = "随机构调整结束",                                                                    \
     .to = "ended",                                                                                \
     .who = RIGHT_REORGANIZE,                                                                      \
     .by_program = true,                                                                           \
     .deed = designation_leave},                                                                   \
    {                                                                                              \
        .from = state, .action = "cancel", .label = "随调整撤销", .to = "ended",                   \
        .who = RIGHT_REORGANIZE, .by_program = true, .deed = designation_leave                     \
    }
#define RESUMES(name, state)                                                                       \
    {                                                                                              \
        .from = "ended", .action = name, .label = "随调整撤销恢复", .to = state,                   \
        .who = RIGHT_REORGANIZE, .by_program = true, .deed = deed_reopen                           \
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
     .guard = designation_one_at_a_time,
     .deed = designation_begin,
     .notice = "政协办公室、对口专门委员会：待登记备案"},
    {.action = "succeed",
     .label = "接替",
     .to = "named",
     .who = RIGHT_DESIGNATE,
     .by_program = true,
     .deed = designation_begin,
     .notice = "政协办公室、对口专门委员会：待登记备案"},
    {.action = "follow",
     .label = "随机构调整承接",
     .to = "registered",
     .who = RIGHT_REORGANIZE,
     .by_program = true,
     .deed = designation_begin},
    {.action = "import",
     .label = "按名单登记",
     .to = "registered",
     .who = RIGHT_IMPORT,
     .by_program = true,
     .deed = designation_begin},
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
     .deed = designation_withdraw},
    RESUMES("resume", "registered"),
    RESUMES("resume-named", "named"),
    {0},
};

static const struct flow flow = {
    .owner = "organization", .field = "state", .states = states, .steps = steps};

const struct kind kind_designation_told = {
    .name = "designation", .label = "联系人员", .fields = designation_change_fields};

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
    .empty = "还没有联系人员。",
    .offer = "可以在这里逐个登记，也可以从“名单与回执”整批导入。",
    .offer_to = RIGHT_IMPORT,
    .help = "单位确定的责任领导、分管领导、联系人、联络员，登记备案后更换、终止都留历史。"};
