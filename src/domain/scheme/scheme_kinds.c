#include "domain/scheme/scheme_kinds.h"

#include "domain/document/document.h"
#include "engine/scheme/deeds.h"
#include "engine/scheme/scheme.h"

#define X(name, word, label) {word, label},
static const struct choice shapes[] = {DUTY_SHAPE_TABLE(X){NULL, NULL}};
static const struct choice strengths[] = {STRENGTH_TABLE(X){NULL, NULL}};
static const struct choice periods[] = {PERIOD_TABLE(X){NULL, NULL}};
static const struct choice actors[] = {ACTOR_TABLE(X){NULL, NULL}};
static const struct choice day_kinds[] = {
    {"working", "工作日"}, {"calendar", "自然日"}, {NULL, NULL}};
#undef X
#define X(word, label) {word, label},
static const struct choice deeds[] = {DEED_TABLE(X){NULL, NULL}};
#undef X

static const struct field scheme_fields[] = {
    {.key = "name", .label = "名称", .kind = FIELD_TEXT, .max = 300, .required = true},
    {.key = "document",
     .label = "制度文件",
     .kind = FIELD_REFERENCE,
     .to = &kind_document,
     .required = true,
     .filter = true},
    {.key = "slug",
     .label = "标识",
     .kind = FIELD_TEXT,
     .max = 40,
     .required = true,
     .fixed = true},
    {0}};
const struct kind kind_scheme = {.seen = SEEN_BY_READERS,
                                 .name = "scheme",
                                 .label = "方案",
                                 .unit = "个",
                                 .fields = scheme_fields,
                                 .dated = true,
                                 .ordered = true,
                                 .empty = "还没有方案。",
                                 .offer = "导入制度文件后自动建立。",
                                 .offer_to = RIGHT_IMPORT,
                                 .help = "制度文件可以执行的形式：谁联系谁，做什么，何时做。"};

#define SCHEME_FIELDS                                                                              \
    {.key = "scheme",                                                                              \
     .label = "方案",                                                                              \
     .kind = FIELD_REFERENCE,                                                                      \
     .to = &kind_scheme,                                                                           \
     .required = true,                                                                             \
     .filter = true},                                                                              \
        {.key = "code", .label = "编号", .kind = FIELD_TEXT, .max = 40, .wide = true},             \
        {.key = "clause", .label = "条款", .kind = FIELD_TEXT, .max = 60},                         \
    {                                                                                              \
        .key = "line", .label = "原文行", .kind = FIELD_INT, .hidden = true                        \
    }

static const struct field content_fields[] = {{.key = "name",
                                               .label = "联系内容",
                                               .kind = FIELD_TEXT,
                                               .max = 1000,
                                               .required = true,
                                               .searched = true,
                                               .clause = "YY22-3.1"},
                                              SCHEME_FIELDS,
                                              {0}};
const struct kind kind_content = {.seen = SEEN_BY_READERS,
                                  .name = "content",
                                  .label = "联系内容",
                                  .unit = "类",
                                  .fields = content_fields,
                                  .dated = true,
                                  .ordered = true,
                                  .empty = "还没有联系内容。",
                                  .offer = "导入制度文件后自动建立。",
                                  .offer_to = RIGHT_IMPORT,
                                  .help = "文件列明的联系协商内容，活动与材料按它归类。"};

const struct choice statement_kinds[] = {
    {"principle", "原则与目标"}, {"annex", "附件"}, {"stage", "协商阶段"}, {NULL, NULL}};
static const struct field statement_fields[] = {{.key = "name",
                                                 .label = "内容",
                                                 .kind = FIELD_TEXT,
                                                 .max = 1000,
                                                 .required = true,
                                                 .searched = true},
                                                {.key = "kind",
                                                 .label = "种类",
                                                 .kind = FIELD_CHOICE,
                                                 .choices = statement_kinds,
                                                 .required = true},
                                                SCHEME_FIELDS,
                                                {0}};
const struct kind kind_statement = {.seen = SEEN_BY_READERS,
                                    .name = "statement",
                                    .label = "原则与附件",
                                    .unit = "条",
                                    .fields = statement_fields,
                                    .dated = true,
                                    .ordered = true,
                                    .empty = "还没有内容。",
                                    .offer = "导入制度文件后自动建立。",
                                    .offer_to = RIGHT_IMPORT,
                                    .help = "文件的目标、原则和附件：只作展示，不作要求。"};

static const struct field form_kind_fields[] = {
    {.key = "name", .label = "活动名称", .kind = FIELD_TEXT, .required = true}, {0}};
static const struct row_table form_kinds = {"form_kind", form_kind_fields};

static const struct field form_fields[] = {
    {.key = "name",
     .label = "联系形式",
     .kind = FIELD_TEXT,
     .max = 1000,
     .required = true,
     .searched = true,
     .clause = "YY22-4.1a"},
    {.key = "kinds", .label = "包括", .kind = FIELD_ROWS, .rows = &form_kinds},
    SCHEME_FIELDS,
    {0}};
const struct kind kind_form = {.seen = SEEN_BY_READERS,
                               .name = "form",
                               .label = "联系形式",
                               .unit = "种",
                               .fields = form_fields,
                               .dated = true,
                               .ordered = true,
                               .empty = "还没有联系形式。",
                               .offer = "导入制度文件后自动建立。",
                               .offer_to = RIGHT_IMPORT,
                               .help = "文件列明的联系协商形式。"};

static const struct choice duty_party_roles[] = {{"subject", "办理方"},    {"recipient", "报送给"},
                                                 {"chair", "主持"},        {"invited", "邀请"},
                                                 {"answered", "答复对象"}, {NULL, NULL}};
static const struct field duty_party_fields[] = {
    {.key = "role",
     .label = "关系",
     .kind = FIELD_CHOICE,
     .choices = duty_party_roles,
     .required = true},
    {.key = "name", .label = "名称", .kind = FIELD_TEXT, .required = true},
    {0}};
static const struct row_table duty_parties = {"duty_party", duty_party_fields};
static const struct choice attendances[] = {{"principal", "主要负责人"},
                                            {"deputy", "分管负责人"},
                                            {"committee-head", "专门委员会负责人"},
                                            {NULL, NULL}};

static const struct field duty_fields[] = {
    {.key = "name",
     .label = "工作要求",
     .kind = FIELD_TEXT,
     .max = 1000,
     .required = true,
     .searched = true},
    SCHEME_FIELDS,
    {.key = "who",
     .label = "由谁办",
     .kind = FIELD_CHOICE,
     .choices = actors,
     .required = true,
     .filter = true},
    {.key = "who_text", .label = "文件写法", .kind = FIELD_TEXT, .wide = true},
    {.key = "deed", .label = "事项", .kind = FIELD_CHOICE, .choices = deeds, .required = true},
    {.key = "label",
     .label = "称呼",
     .kind = FIELD_TEXT,
     .max = 40,
     .wide = true,
     .help = "文件对所确定人员或科室的称呼，例如责任领导、联络员。"},
    {.key = "shape",
     .label = "形态",
     .kind = FIELD_CHOICE,
     .choices = shapes,
     .required = true,
     .wide = true},
    {.key = "strength",
     .label = "力度",
     .kind = FIELD_CHOICE,
     .choices = strengths,
     .required = true,
     .filter = true},
    {.key = "min",
     .column = "least",
     .label = "至少",
     .kind = FIELD_INT,
     .low = 0,
     .high = SCHEME_TIMES_MAX},
    {.key = "max",
     .column = "most",
     .label = "至多",
     .kind = FIELD_INT,
     .low = 0,
     .high = SCHEME_TIMES_MAX},
    {.key = "min_implicit",
     .label = "文件未写次数",
     .kind = FIELD_FLAG,
     .help = "次数是本系统的读法，文件里没有写。"},
    {.key = "per", .label = "周期", .kind = FIELD_CHOICE, .choices = periods, .required = true},
    {.key = "by",
     .column = "due_by",
     .label = "最迟",
     .kind = FIELD_TEXT,
     .max = 5,
     .help = "月-日，例如 03-31。"},
    {.key = "by_year",
     .column = "due_by_year",
     .label = "次年",
     .kind = FIELD_INT,
     .low = 0,
     .high = SCHEME_YEARS_MAX,
     .wide = true},
    {.key = "opens",
     .column = "opens_on",
     .label = "开始",
     .kind = FIELD_TEXT,
     .max = 5,
     .wide = true},
    {.key = "by_date", .label = "最迟日期", .kind = FIELD_DATE, .wide = true},
    {.key = "days",
     .label = "天数",
     .kind = FIELD_INT,
     .low = 0,
     .high = SCHEME_DAYS_MAX,
     .wide = true},
    {.key = "day_kind",
     .label = "天数按",
     .kind = FIELD_CHOICE,
     .choices = day_kinds,
     .wide = true},
    {.key = "days_before", .label = "天数为提前", .kind = FIELD_FLAG, .wide = true},
    {.key = "where",
     .column = "condition",
     .label = "条件",
     .kind = FIELD_TEXT,
     .max = 500,
     .wide = true},
    {.key = "attended_by",
     .label = "须到场",
     .kind = FIELD_CHOICE,
     .choices = attendances,
     .wide = true},
    {.key = "who_implicit",
     .label = "文件未写明主体",
     .kind = FIELD_FLAG,
     .wide = true,
     .help = "由谁办是本系统的读法，文件里没有写。",
     .clause = "NB17-3.6"},
    {.key = "parties", .label = "涉及各方", .kind = FIELD_ROWS, .rows = &duty_parties},
    {0}};
const struct kind kind_duty = {.seen = SEEN_BY_READERS,
                               .name = "duty",
                               .label = "工作要求",
                               .unit = "项",
                               .fields = duty_fields,
                               .dated = true,
                               .ordered = true,
                               .empty = "还没有工作要求。",
                               .offer = "导入制度文件后自动建立。",
                               .offer_to = RIGHT_IMPORT,
                               .help =
                                   "文件要求谁、做什么、多少次、何时之前；力度为“可”的不计逾期。"};
