#include "domain/link/link.h"

#include "domain/organization/organization.h"
#include "domain/organization/seen.h"
#include "domain/person/person.h"
#include "domain/scheme/scheme_kinds.h"
#include "engine/scheme/scheme.h"

#define X(name, word, label) {word, label},
const struct choice link_kinds[] = {LINK_KIND_TABLE(X){NULL, NULL}};
#undef X

static const struct field fields[] = {
    {.key = "kind",
     .label = "种类",
     .fixed = true,
     .kind = FIELD_CHOICE,
     .choices = link_kinds,
     .required = true,
     .filter = true,
     .clause = "ZY22-2a"},
    {.key = "from_organization",
     .label = "联系方",
     .fixed = true,
     .kind = FIELD_REFERENCE,
     .to = &kind_organization,
     .filter = true},
    {.key = "from_person",
     .label = "联系领导",
     .fixed = true,
     .kind = FIELD_REFERENCE,
     .to = &kind_person,
     .filter = true,
     .clause = "ZY22-A1"},
    {.key = "to_organization",
     .label = "对口单位",
     .fixed = true,
     .kind = FIELD_REFERENCE,
     .to = &kind_organization,
     .filter = true},
    {.key = "to_person",
     .label = "对口人员",
     .fixed = true,
     .kind = FIELD_REFERENCE,
     .to = &kind_person,
     .filter = true,
     .wide = true},
    {.key = "scheme",
     .label = "依据",
     .fixed = true,
     .kind = FIELD_REFERENCE,
     .to = &kind_scheme,
     .required = true,
     .filter = true},
    {.key = "clause", .label = "条款", .kind = FIELD_TEXT, .max = 60},
    {.key = "declared_count",
     .label = "文件注明个数",
     .kind = FIELD_INT,
     .low = 0,
     .high = SCHEME_DECLARED_MAX,
     .wide = true,
     .clause = "OR20-A"},
    {.key = "note", .label = "说明", .kind = FIELD_LONG_TEXT, .max = 1000},
    {.key = "line", .label = "原文行", .kind = FIELD_INT, .hidden = true},
    {0}};
/* Links change only with a document: one that ends or comes back names its own (YY22-2a). */
static const struct field end_fields[] = {{.key = "day",
                                           .label = "结束日期",
                                           .kind = FIELD_DATE,
                                           .today = true,
                                           .required = true,
                                           .help = "从这一天起不再对口。"},
                                          {.key = "basis",
                                           .label = "依据",
                                           .kind = FIELD_TEXT,
                                           .required = true,
                                           .help = "文号或文件名称，例如 益协发〔2022〕2号。"},
                                          {0}};
static const struct field restore_fields[] = {{.key = "basis",
                                               .label = "依据",
                                               .kind = FIELD_TEXT,
                                               .required = true,
                                               .help = "文号或文件名称；误办结束的，写明误办。"},
                                              {0}};

static enum status end(struct deed *deed)
{
    return deed_end(deed, "这对联系");
}

#define ENDS(state)                                                                                    \
    {                                                                                                  \
        .from = state, .action = "end", .label = "终止", .to = "ended", .who = RIGHT_EDIT,             \
        .fields = end_fields, .deed = end, .notice = "对口双方：联系结束",                             \
        .confirm = "对口联系只随文件改变。结束后名录里不再列出，历史保留。" \
    }

static const struct flow_step steps[] = {
    {.action = "start",
     .label = "建立",
     .to = "current",
     .who = RIGHT_EDIT,
     .notice = "对口双方：联系建立"},
    ENDS("coming"),
    ENDS("current"),
    {.from = "ended",
     .action = "restore",
     .label = "恢复",
     .to = "current",
     .who = RIGHT_EDIT,
     .fields = restore_fields,
     .deed = deed_reopen,
     .notice = "对口双方：联系恢复"},
    {0},
};
static const struct flow flow = {.states = flow_days, .steps = steps};

static const char *const titles[] = {"from_organization", "from_person", "to_organization",
                                     "to_person", NULL};

static enum status check(struct tx *tx, int64_t body_id, int64_t id, const struct value *values,
                         struct fault *fault)
{
    (void)body_id;
    (void)id;
    const char *const sides[][2] = {{"from_organization", "from_person"},
                                    {"to_organization", "to_person"}};
    static const char *const labels[] = {"联系方", "对口单位"};
    for (int i = 0; i < 2; i++) {
        int n = 0;
        for (int j = 0; j < 2; j++)
            n += values[kind_field(&kind_link, sides[i][j])].kind == VALUE_INT;
        if (n != 1)
            return refuse(tx_arena(tx), fault, INVALID, sides[i][0],
                          "“%s”一侧应填一个单位或一名人员，现在有 %d 个。", labels[i], n);
    }
    return OK;
}

const struct kind kind_link = {.seen = "(t.from_organization in (" SEEN_OWN
                                       ") or t.to_organization in (" SEEN_OWN "))",
                               .found_by = "l from_organization to_organization",
                               .name = "link",
                               .label = "对口联系",
                               .unit = "对",
                               .fields = fields,
                               .titles = titles,
                               .title_label = "联系双方",
                               .dated = true,
                               .ordered = true,
                               .check = check,
                               .starts_today = true,
                               .dates_by_step = true,
                               .flow = &flow,
                               .empty = "还没有对口联系。",
                               .offer = "导入制度文件后自动建立。",
                               .offer_to = RIGHT_IMPORT,
                               .help = "谁与谁对口联系，依据哪份文件的哪一条。"};
