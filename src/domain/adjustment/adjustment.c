#include "domain/adjustment/priv.h"

#include "domain/body/body.h"
#include "domain/designation/designation.h"
#include "domain/link/link.h"
#include "domain/organization/organization.h"
#include "domain/person/person.h"

static const struct choice sorts[] = {{"merge", "机构合并"},     {"split", "机构分设"},
                                      {"rename", "机构更名"},    {"term", "换届"},
                                      {"portfolio", "分工调整"}, {NULL, NULL}};
static const struct choice states[] = {{"draft", "待办理"},
                                       {"done", "已办理"},
                                       {"undone", "已撤销"},
                                       {"dropped", "不办理"},
                                       {NULL, NULL}};
const struct choice effect_ops[] = {
    {"add", "新增"}, {"end", "结束"}, {"change", "变更"}, {NULL, NULL}};

static const struct field name_fields[] = {{.key = "name",
                                            .label = "名称",
                                            .kind = FIELD_TEXT,
                                            .to = &kind_organization,
                                            .required = true},
                                           {0}};
static const struct field move_fields[] = {
    {.key = "leader", .label = "领导", .kind = FIELD_TEXT, .to = &kind_person, .required = true},
    {.key = "name",
     .label = "联系的单位或党派",
     .kind = FIELD_TEXT,
     .to = &kind_organization,
     .required = true},
    {0}};
static const struct field effect_fields[] = {
    {.key = "op", .label = "变动", .kind = FIELD_CHOICE, .choices = effect_ops},
    {.key = "kind", .column = "of_kind", .label = "种类", .kind = FIELD_TEXT},
    {.key = "record", .column = "record_id", .label = "编号", .kind = FIELD_TEXT},
    {.key = "title", .label = "名称", .kind = FIELD_TEXT, .max = 400},
    {.key = "version", .label = "版本", .kind = FIELD_INT},
    {.key = "old", .column = "old_value", .label = "原值", .kind = FIELD_TEXT},
    {0}};
static const struct row_table sources = {"adjustment_source", name_fields},
                              targets = {"adjustment_target", name_fields},
                              moves = {"adjustment_move", move_fields},
                              effects = {"adjustment_effect", effect_fields};

static const struct field fields[] = {
    {.key = "matter",
     .label = "事项",
     .kind = FIELD_CHOICE,
     .choices = sorts,
     .required = true,
     .fixed = true,
     .filter = true},
    {.key = "day",
     .label = "日期",
     .kind = FIELD_DATE,
     .today = true,
     .required = true,
     .help = "从这一天起按新的机构、届次或分工。"},
    {.key = "basis",
     .label = "依据",
     .kind = FIELD_TEXT,
     .required = true,
     .help = "机构改革方案、会议决定或分工通知的文号和名称。",
     .clause = "ALL-term"},
    {.key = "sources",
     .label = "原单位",
     .kind = FIELD_ROWS,
     .rows = &sources,
     .help = "合并填两个以上，分设、更名填一个；换届、分工调整不填。"},
    {.key = "targets",
     .label = "新单位",
     .kind = FIELD_ROWS,
     .rows = &targets,
     .help = "合并、更名填一个，分设填两个以上，第一个承接人员。"},
    {.key = "moves",
     .label = "调整后的分工",
     .kind = FIELD_ROWS,
     .rows = &moves,
     .help = "分工调整：逐行写明领导和所联系的单位或党派，没有列出的不再联系。",
     .clause = "ZY22-A1"},
    {.key = "term",
     .label = "新一届",
     .kind = FIELD_TEXT,
     .max = 20,
     .help = "换届填，例如 第八届。"},
    {.key = "note", .label = "说明", .kind = FIELD_LONG_TEXT, .max = 1000},
    {.key = "effects", .label = "变动", .kind = FIELD_ROWS, .rows = &effects, .hidden = true},
    FLOW_STATE_FIELD(states),
    {0}};
static const char *const titles[] = {"day", "basis", NULL};

const struct kind *effect_kind(struct str name)
{
    static const struct kind *const kinds[] = {&kind_organization, &kind_link, &kind_designation,
                                               &kind_membership, &kind_term};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (str_is(name, kinds[i]->name))
            return kinds[i];
    return NULL;
}

/* What is wrong is said when it is prepared, not when it is done. */
static enum status prepare(struct deed *deed)
{
    struct effects planned;
    return effects_plan(deed->tx, deed->record, &planned, deed->fault);
}

static const struct flow_step steps[] = {
    {.action = "prepare", .label = "拟办", .to = "draft", .who = RIGHT_REORGANIZE, .deed = prepare},
    {.from = "draft",
     .action = "apply",
     .label = "办理",
     .to = "done",
     .who = RIGHT_REORGANIZE,
     .main = true,
     .is_long = true,
     .ids = EFFECTS_MAX * EFFECT_IDS,
     .deed = adjustment_apply,
     .notice = "所涉单位和专门委员会：名录已按文件调整",
     .confirm = "将按下列各项一次办完；以前各日的名录不变。办理后没有新的变动时，可以撤销。"},
    {.from = "draft",
     .action = "drop",
     .label = "不办理",
     .to = "dropped",
     .who = RIGHT_REORGANIZE},
    {.from = "done",
     .action = "undo",
     .label = "撤销",
     .to = "undone",
     .who = RIGHT_REORGANIZE,
     .is_long = true,
     .ids = EFFECTS_MAX * EFFECT_IDS,
     .fields = flow_undo_fields,
     .deed = adjustment_undo,
     .notice = "所涉单位和专门委员会：调整已撤销",
     .confirm = "恢复办理以前的单位、联系和人员。其后已有新变动的不能撤销。"},
    {0},
};
static const struct flow flow = {.field = "state", .states = states, .steps = steps};

const struct kind kind_adjustment = {
    .name = "adjustment",
    .label = "机构与人事调整",
    .unit = "件",
    .fields = fields,
    .titles = titles,
    .title_label = "调整",
    .ordered = true,
    .made_by = RIGHT_REORGANIZE,
    .own_page = true,
    .flow = &flow,
    .empty = "还没有调整。机构合并、分设、更名，换届，领导分工调整，都从这里登记，先看将有哪些变动"
             "再办理。",
    .help = "机构改革、换届、分工调整：登记后先列出将有的变动，核对无误再一次办完。"};
