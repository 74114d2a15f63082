#include "domain/person/person.h"

#include "domain/organization/organization.h"
#include "domain/organization/seen.h"
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
    .empty = "还没有人员。文件里写明的领导在导入时登记。",
    .help = "文件中写明姓名的人员。"};

const struct choice membership_roles[] = {{"member", "委员"},
                                          {"director", "主任"},
                                          {"deputy-director", "副主任"},
                                          {"convener", "召集人"},
                                          {"first-convener", "第一召集人"},
                                          {"leader", "负责人"},
                                          {"staff", "工作人员"},
                                          {NULL, NULL}};

static const struct field membership_fields[] = {
    {.key = "person",
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
    {.key = "post", .label = "职务", .kind = FIELD_TEXT},
    {.key = "section",
     .label = "科室",
     .kind = FIELD_TEXT,
     .max = 60,
     .help = "承办对口联系工作的科室。",
     .clause = "ZY22-3.1a"},
    {.key = "office_phone",
     .label = "办公电话",
     .kind = FIELD_TEXT,
     .max = 40,
     .private = true,
     .clause = "NB17-5.2"},
    {.key = "mobile",
     .label = "手机",
     .kind = FIELD_TEXT,
     .max = 20,
     .private = true,
     .clause = "NB17-5.2"},
    {0}};
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
                                     .empty = "还没有任职记录。",
                                     .help = "一个人在一个单位或机构里的身份和起止。"};
