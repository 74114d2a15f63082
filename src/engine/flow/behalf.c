#include "engine/flow/priv.h"

/* 代录: entered for somebody who wrote, called or came by (ALL-proxy). */

static const struct field fields[] = {
    {.key = "behalf_for",
     .label = "替谁办理",
     .kind = FIELD_TEXT,
     .max = 100,
     .help = "单位或人员的名称；由本人在系统里办理的，以下各项都留空。"},
    {.key = "behalf_means", .label = "告知方式", .kind = FIELD_CHOICE, .choices = flow_means},
    {.key = "behalf_date",
     .label = "办理日期",
     .kind = FIELD_DATE,
     .help = "来函、来电或当面告知的那一天。"},
    {.key = "behalf_remark", .label = "说明", .kind = FIELD_TEXT, .help = "可不填，例如来函文号。"},
    {0}};

const struct kind kind_behalf = {
    .name = "behalf", .label = "代录", .fields = fields, .title = "behalf_for"};

static void fault_at(struct call *call, struct field_faults *faults, const char *key,
                     struct str message)
{
    *arena_push(call->arena, faults->items, faults->n, faults->room) =
        (struct field_fault){key, message};
}

enum status behalf_read(struct call *call, const struct record *asked,
                        struct flow_behalf *ret_behalf, struct field_faults *faults)
{
    struct flow_behalf behalf = {.party = value_str(record_value(asked, "behalf_for")),
                                 .means = value_str(record_value(asked, "behalf_means")),
                                 .date = value_str(record_value(asked, "behalf_date")),
                                 .remark = value_str(record_value(asked, "behalf_remark"))};
    int before = faults->n;
    *ret_behalf = behalf;
    if (behalf.party.len == 0 && behalf.means.len + behalf.date.len + behalf.remark.len > 0)
        fault_at(call, faults, "behalf_for", STR("请写明替谁办理；不是代录的，其他几项也应留空。"));
    if (behalf.party.len > 0 && behalf.means.len == 0)
        fault_at(call, faults, "behalf_means", STR("代录应选择告知方式：来函、电话或当面。"));
    if (behalf.party.len > 0 && behalf.date.len == 0)
        fault_at(call, faults, "behalf_date", STR("代录应填写办理日期，例如 2022-01-24。"));
    if (str_cmp(behalf.date, date_format(call->arena, call->today)) > 0)
        fault_at(call, faults, "behalf_date", STR("办理日期不能晚于今天，请改正。"));
    return faults->n > before ? INVALID : OK;
}
