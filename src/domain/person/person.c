#include "domain/person/person.h"

#include "domain/organization/organization.h"
#include "domain/organization/seen.h"
#include "engine/flow/flow.h"
#include "text/text.h"

static const struct field person_fields[] = {
    {.key = "name",
     .label = "姓名",
     .kind = FIELD_TEXT,
     .max = 40,
     .required = true,
     .sort = true,
     .sort_column = "sort_key",
     .searched = true},
    {.key = "post",
     .label = "职务",
     .kind = FIELD_TEXT,
     .help = "按文件原文填写，文件没写的留空。"},
    {.key = "sort_key", .label = "排序键", .kind = FIELD_KEY},
    {0}};

static void derive(struct arena *arena, struct value *values)
{
    struct str name = value_str(values[kind_field(&kind_person, "name")]);
    values[kind_field(&kind_person, "sort_key")] = value_text(text_sort_key(arena, name));
}

const struct kind kind_person = {
    .seen = "t.id in (select m.person from membership m where m.body_id = @b and m.organization in "
            "(" SEEN_ORGANIZATIONS
            ") union all select m.from_person from link m where m.body_id = @b and m.from_person "
            "is not null and m.to_organization in (" SEEN_OWN "))",
    .name = "person",
    .label = "人员",
    .unit = "人",
    .fields = person_fields,
    .dated = true,
    .ordered = true,
    .derive = derive,
    .empty = "还没有人员。文件写明的领导在导入时登记，也可以点“登记”逐个录入。",
    .help = "文件写明的领导和登记在册的人员，任职与联系人员身份列在下面。"};

const struct choice membership_roles[] = {{"member", "委员"},
                                          {"director", "主任"},
                                          {"deputy-director", "副主任"},
                                          {"convener", "召集人"},
                                          {"first-convener", "第一召集人"},
                                          {"leader", "负责人"},
                                          {"staff", "工作人员"},
                                          {NULL, NULL}};

static const struct field membership_fields[] = {{.key = "person",
                                                  .label = "人员",
                                                  .kind = FIELD_REFERENCE,
                                                  .to = &kind_person,
                                                  .required = true,
                                                  .filter = true},
                                                 {.key = "organization",
                                                  .label = "单位与机构",
                                                  .kind = FIELD_REFERENCE,
                                                  .to = &kind_organization,
                                                  .required = true,
                                                  .filter = true},
                                                 {.key = "role",
                                                  .label = "身份",
                                                  .kind = FIELD_CHOICE,
                                                  .choices = membership_roles,
                                                  .required = true,
                                                  .filter = true},
                                                 PERSON_REACHED_AT,
                                                 {0}};
/* --- steps of a membership: it begins, ends on a day and may come back --- */

static const struct field end_fields[] = {{.key = "day",
                                           .label = "结束日期",
                                           .kind = FIELD_DATE,
                                           .required = true,
                                           .today = true,
                                           .help = "从这一天起不再任职。"},
                                          {.key = "basis",
                                           .label = "依据",
                                           .kind = FIELD_TEXT,
                                           .help = "可不填，例如任免文件的文号、会议的届次。",
                                           .clause = "ALL-term"},
                                          {0}};

static enum status end(struct deed *deed)
{
    return deed_end(deed, "任职");
}

#define ENDS(state)                                                                                \
    {                                                                                              \
        .from = state, .action = "end", .label = "结束任职", .to = "ended", .who = RIGHT_EDIT,     \
        .fields = end_fields, .deed = end, .confirm = "到这一天为止，历史保留。"       \
    }

static const struct flow_step membership_steps[] = {
    {.action = "begin",
     .label = "开始任职",
     .to = "current",
     .who = RIGHT_EDIT,
     .deed = deed_begin},
    ENDS("coming"),
    ENDS("current"),
    {.from = "ended",
     .action = "restore",
     .label = "恢复任职",
     .to = "current",
     .who = RIGHT_EDIT,
     .fields = flow_restore_fields,
     .deed = deed_reopen},
    {0},
};
static const struct flow membership_flow = {
    .owner = "organization", .states = flow_days, .steps = membership_steps};

static const char *const membership_titles[] = {"person", "organization", NULL};

const struct kind kind_membership = {.seen = "t.organization in (" SEEN_ORGANIZATIONS ")",
                                     .found_by = "o organization",
                                     .name = "membership",
                                     .label = "任职",
                                     .unit = "条",
                                     .fields = membership_fields,
                                     .titles = membership_titles,
                                     .title_label = "任职",
                                     .dated = true,
                                     .ordered = true,
                                     .starts_today = true,
                                     .dates_by_step = true,
                                     .flow = &membership_flow,
                                     .empty =
                                         "还没有任职记录。点“登记”，写明谁在哪个机构任什么身份。",
                                     .help = "一个人在一个单位或机构里的身份和起止。"};
