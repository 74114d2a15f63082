#include "domain/document/document.h"

#include "engine/scheme/scheme.h"

static const struct field name_fields[] = {
    {.key = "name", .label = "名称", .kind = FIELD_TEXT, .required = true}, {0}};
static const struct field basis_fields[] = {
    {.key = "title", .label = "依据", .kind = FIELD_TEXT, .max = 300, .required = true}, {0}};
static const struct field repeal_fields[] = {
    {.key = "number", .label = "废止的文件", .kind = FIELD_TEXT, .required = true}, {0}};
static const struct field decision_fields[] = {
    {.key = "meeting", .label = "会议", .kind = FIELD_TEXT, .required = true},
    {.key = "term", .label = "届", .kind = FIELD_INT, .low = 1, .high = SCHEME_TERM_MAX},
    {.key = "session", .label = "次", .kind = FIELD_INT, .low = 1, .high = SCHEME_SESSION_MAX},
    {.key = "date", .label = "日期", .kind = FIELD_DATE},
    {0}};
static const struct row_table issuers = {"document_issuer", name_fields},
                              addressees = {"document_addressee", name_fields},
                              bases = {"document_basis", basis_fields},
                              repeals = {"document_repeal", repeal_fields},
                              decisions = {"document_decision", decision_fields};

static const struct field fields[] = {
    {.key = "title",
     .label = "标题",
     .kind = FIELD_TEXT,
     .max = 300,
     .required = true,
     .searched = true},
    {.key = "number",
     .label = "文号",
     .kind = FIELD_TEXT,
     .max = 60,
     .searched = true,
     .help = "例如 益协发〔2022〕2号。"},
    {.key = "inner_title",
     .label = "所印发的办法",
     .kind = FIELD_TEXT,
     .max = 300,
     .wide = true,
     .help = "通知里印发的办法、制度，没有的留空。",
     .clause = "YY21-0"},
    {.key = "date", .label = "成文日期", .kind = FIELD_DATE},
    {.key = "signed_date", .label = "落款日期", .kind = FIELD_DATE, .wide = true},
    {.key = "printed_date", .label = "印发日期", .kind = FIELD_DATE, .wide = true},
    {.key = "effective_date", .label = "施行日期", .kind = FIELD_DATE, .wide = true},
    {.key = "trial", .label = "试行", .kind = FIELD_FLAG, .clause = "OR20-0"},
    {.key = "trial_ends",
     .label = "试行截止",
     .kind = FIELD_DATE,
     .wide = true,
     .help = "文件没写的留空。"},
    {.key = "issuers",
     .label = "发文机关",
     .kind = FIELD_ROWS,
     .rows = &issuers,
     .clause = "NB17-1"},
    {.key = "addressees", .label = "主送", .kind = FIELD_ROWS, .rows = &addressees},
    {.key = "decisions",
     .label = "审议通过",
     .kind = FIELD_ROWS,
     .rows = &decisions,
     .clause = "ALL-term"},
    {.key = "bases", .label = "依据文件", .kind = FIELD_ROWS, .rows = &bases},
    {.key = "repeals",
     .label = "同时废止",
     .kind = FIELD_ROWS,
     .rows = &repeals,
     .clause = "ZY22-0"},
    {.key = "interpreter", .label = "负责解释", .kind = FIELD_TEXT, .wide = true},
    {.key = "note", .label = "备注", .kind = FIELD_LONG_TEXT, .max = 1000},
    {.key = "slug", .label = "标识", .kind = FIELD_TEXT, .max = 40, .hidden = true, .filter = true},
    {0}};

/* Documents that are entered by hand have no scheme file to be known by. */
static void derive(struct arena *arena, struct value *values)
{
    (void)arena;
    struct value *slug = &values[kind_field(&kind_document, "slug")];
    if (slug->kind == VALUE_NULL)
        *slug = value_text(STR(""));
}

static const struct field repeal_step_fields[] = {{.key = "day",
                                                   .label = "废止日期",
                                                   .kind = FIELD_DATE,
                                                   .today = true,
                                                   .required = true,
                                                   .help = "从这一天起不再执行。"},
                                                  {.key = "by",
                                                   .label = "依据",
                                                   .kind = FIELD_TEXT,
                                                   .required = true,
                                                   .help = "废止它的文件的文号或名称。"},
                                                  {0}};
static const struct field reinstate_fields[] = {
    {.key = "reason", .label = "原因", .kind = FIELD_TEXT, .required = true}, {0}};

static const struct flow_step steps[] = {
    {.action = "enter", .label = "登记", .to = "current", .who = RIGHT_EDIT},
    {.from = "coming",
     .action = "repeal",
     .label = "废止",
     .to = "ended",
     .who = RIGHT_EDIT,
     .is_long = true,
     .fields = repeal_step_fields,
     .deed = document_repeal},
    {.from = "current",
     .action = "repeal",
     .label = "废止",
     .to = "ended",
     .who = RIGHT_EDIT,
     .is_long = true,
     .fields = repeal_step_fields,
     .deed = document_repeal,
     .notice = "对口双方：依据的文件已废止",
     .confirm = "依据本文件的对口联系、工作要求、联系内容和形式都到这一天为止，历史保留。"},
    {.from = "ended",
     .action = "reinstate",
     .label = "恢复施行",
     .to = "current",
     .who = RIGHT_EDIT,
     .is_long = true,
     .fields = reinstate_fields,
     .deed = document_reinstate,
     .confirm = "与本文件同一天结束的对口联系、工作要求等一并恢复。"},
    {0},
};
static const struct flow flow = {.states = flow_days, .steps = steps};

const struct kind kind_document = {.seen = SEEN_BY_READERS,
                                   .name = "document",
                                   .label = "制度文件",
                                   .unit = "件",
                                   .fields = fields,
                                   .title = "title",
                                   .dated = true,
                                   .ordered = true,
                                   .derive = derive,
                                   .own_page = true,
                                   .dates_by_step = true,
                                   .flow = &flow,
                                   .empty = "还没有制度文件。",
                                   .offer =
                                       "请从“导入文件”开始：上传文件，核对读出的内容，再导入。",
                                   .offer_to = RIGHT_IMPORT,
                                   .help = "对口联系协商所依据的文件。"};
