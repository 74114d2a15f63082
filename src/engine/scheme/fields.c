#include "engine/scheme/fields.h"

/* The offset of a member that has the type the kind of field expects; another type is refused by
 * the compiler (an array of negative size). */
#define AT(type, member, member_type)                                                              \
    (offsetof(type, member) +                                                                      \
     0 * sizeof(char[_Generic(&((type *)0)->member, member_type * : 1, default                     \
                              : -1)]))

#define TEXT(type, key_, member, rules_, label_)                                                   \
    {                                                                                              \
        .key = key_, .kind = FIELD_TEXT, .rules = (rules_), .label = label_,                       \
        .offset = AT(type, member, struct str)                                                     \
    }
#define FLAG(type, key_, member, label_)                                                           \
    {                                                                                              \
        .key = key_, .kind = FIELD_FLAG, .label = label_, .offset = AT(type, member, bool)         \
    }
#define NUMBER(type, key_, member, none_, least_, most_, label_)                                   \
    {                                                                                              \
        .key = key_, .kind = FIELD_NUMBER, .none = (none_), .least = (least_), .most = (most_),    \
        .label = label_, .offset = AT(type, member, int)                                           \
    }
#define DATE(type, key_, member, label_)                                                           \
    {                                                                                              \
        .key = key_, .kind = FIELD_DATE, .label = label_, .offset = AT(type, member, struct date)  \
    }
#define TEXTS(type, key_, member, rules_, label_)                                                  \
    {                                                                                              \
        .key = key_, .kind = FIELD_TEXTS, .rules = (rules_), .label = label_,                      \
        .offset = AT(type, member, struct str_list)                                                \
    }
#define WORD(type, key_, member, rules_, vocabulary, label_)                                       \
    {                                                                                              \
        .key = key_, .kind = FIELD_WORD, .rules = (rules_), .label = label_,                       \
        .offset = AT(type, member, enum vocabulary), .words = vocabulary##_words,                  \
        .words_n = &vocabulary##_n_                                                                \
    }
#define RECORDS(key_, member, record_, rules_, label_)                                             \
    {                                                                                              \
        .key = key_, .kind = FIELD_RECORDS, .rules = (rules_), .label = label_,                    \
        .record = &(record_), .offset = offsetof(struct scheme, member),                           \
        .offset_n = AT(struct scheme, member##_n, int),                                            \
        .offset_room = AT(struct scheme, member##_room, int)                                       \
    }
#define LINE(type) NUMBER(type, "line", line, 0, 1, 10000000, "原文行号")
#define RECORD(name_, label_, type, table)                                                         \
    {                                                                                              \
        .name = name_, .label = label_, .size = sizeof(type), .fields = (table),                   \
        .fields_n = sizeof(table) / sizeof *(table)                                                \
    }

static const int party_class_n_ = party_class_n, duty_shape_n_ = duty_shape_n,
                 strength_n_ = strength_n, period_n_ = period_n, duty_actor_n_ = duty_actor_n,
                 day_kind_n_ = day_kind_n, link_kind_n_ = link_kind_n, attendance_n_ = attendance_n;

#define T struct scheme_body
static const struct scheme_field body_fields[] = {
    TEXT(T, "id", id, RULE_REQUIRED | RULE_SLUG, "本级组织的代号，用作网址"),
    TEXT(T, "name", name, RULE_REQUIRED, "本级组织的全称"),
    TEXT(T, "short_name", short_name, 0, "简称"),
    {.key = "classification",
     .kind = FIELD_VOCABULARY,
     .label = "类别",
     .offset = AT(T, classification, struct str),
     .words = body_class_words,
     .words_n = &body_class_words_n},
    TEXT(T, "parent", parent, RULE_SLUG, "上一级组织的代号"),
    NUMBER(T, "term", term, 0, 1, SCHEME_TERM_MAX, "文件印发时的届次"),
};
#undef T
const struct scheme_record scheme_body_record =
    RECORD("body", "本级组织", struct scheme_body, body_fields);

#define T struct scheme_decision
static const struct scheme_field decision_fields[] = {
    TEXT(T, "meeting", meeting, 0, "审议通过的会议"),
    NUMBER(T, "term", term, 0, 1, SCHEME_TERM_MAX, "届"),
    NUMBER(T, "session", session, 0, 1, SCHEME_SESSION_MAX, "次"),
    DATE(T, "date", date, "会议日期，文件未写则不填"),
    LINE(T),
};
#undef T
static const struct scheme_record decision_record =
    RECORD("decision", "审议情况", struct scheme_decision, decision_fields);

#define T struct scheme_document
static const struct scheme_field document_fields[] = {
    TEXT(T, "id", id, RULE_SLUG, "制度文件的代号"),
    TEXT(T, "number", number, 0, "发文字号"),
    TEXT(T, "title", title, 0, "标题"),
    TEXTS(T, "issuers", issuers, 0, "发文机关"),
    TEXTS(T, "addressees", addressees, 0, "主送机关"),
    DATE(T, "date", date, "文件日期"),
    DATE(T, "signed", signed_, "成文日期"),
    DATE(T, "printed", printed, "印发日期"),
    DATE(T, "effective", effective, "施行日期"),
    FLAG(T, "effective_on_issue", effective_on_issue, "自印发之日起施行"),
    DATE(T, "ends", ends, "试行截止日期"),
    FLAG(T, "trial", trial, "试行"),
    TEXTS(T, "repeals", repeals, 0, "同时废止的文件"),
    TEXTS(T, "bases", bases, RULE_LONG, "依据"),
    {.key = "decision",
     .kind = FIELD_RECORD,
     .label = "审议情况",
     .record = &decision_record,
     .offset = AT(T, decision, struct scheme_decision)},
    TEXT(T, "interpreter", interpreter, 0, "负责解释的单位"),
    TEXT(T, "inner_title", inner_title, 0, "通知所印发的办法的标题"),
    TEXT(T, "notice_number", notice_number, 0, "通知的发文字号"),
    LINE(T),
};
#undef T
const struct scheme_record scheme_document_record =
    RECORD("document", "制度文件", struct scheme_document, document_fields);

/* The fields of a party, in a record of their own or as part of an organization (`at` says where
 * in it the party lies). */
#define IN_PARTY(member)        member
#define IN_ORGANIZATION(member) party.member
#define PARTY_FIELDS(T, at, class_rules)                                                           \
    TEXT(T, "name", at(name), RULE_REQUIRED | RULE_PARTY_NAME, "名称，与文件所印一致"),            \
        WORD(T, "class", at(class), class_rules, party_class, "类别"),                             \
        FLAG(T, "group", at(is_group), "泛指一类单位，不是一个单位"),                              \
        FLAG(T, "held", at(held), "疑似误印，待人确认"),                                           \
        TEXT(T, "hint", at(hint), 0, "疑似误印时，可能应为"),                                      \
        TEXTS(T, "parts", at(parts), RULE_PARTY_NAME, "括注的第二名称或内设、下属单位"),           \
        FLAG(T, "parts_are_aliases", at(parts_are_aliases), "括注的是同一单位的第二名称"),         \
        TEXTS(T, "aliases", at(aliases), RULE_PARTY_NAME, "别名"),                                 \
        TEXT(T, "post", at(post), 0, "所印职务"),                                                  \
        FLAG(T, "maybe_reorganised", at(maybe_reorganised), "机构可能已调整，待确认")

static const struct scheme_field party_fields[] = {
    PARTY_FIELDS(struct scheme_party, IN_PARTY, 0),
    NUMBER(struct scheme_party, "line", line, 0, 0, 10000000, "原文行号，与联系的行号相同则不写"),
};
const struct scheme_record scheme_party_record =
    RECORD("party", "单位", struct scheme_party, party_fields);

static const struct scheme_field organization_fields[] = {
    PARTY_FIELDS(struct scheme_organization, IN_ORGANIZATION, RULE_REQUIRED),
    TEXT(struct scheme_organization, "parent", parent, RULE_REFERENCE, "上级或所属单位"),
    LINE(struct scheme_organization),
};
const struct scheme_record scheme_organization_record =
    RECORD("organization", "单位", struct scheme_organization, organization_fields);

#define T struct scheme_link
static const struct scheme_field link_fields[] = {
    WORD(T, "kind", kind, 0, link_kind, "联系种类"),
    {.key = "from",
     .kind = FIELD_PARTY,
     .rules = RULE_REQUIRED,
     .record = &scheme_party_record,
     .label = "联系的一方",
     .offset = AT(T, from, struct scheme_party)},
    TEXT(T, "clause", clause, 0, "依据条款"),
    NUMBER(T, "declared_count", declared_count, -1, 0, SCHEME_DECLARED_MAX, "文件所写单位个数"),
    DATE(T, "as_of", as_of, "仅为当日事实，待办公室确认"),
    TEXT(T, "note", note, RULE_LONG, "说明"),
    LINE(T),
    {.key = "to",
     .kind = FIELD_PARTIES,
     .rules = RULE_REQUIRED,
     .record = &scheme_party_record,
     .label = "所联系的单位",
     .offset = AT(T, to, struct scheme_party *),
     .offset_n = AT(T, to_n, int),
     .offset_room = AT(T, to_room, int)},
};
#undef T
const struct scheme_record scheme_link_record =
    RECORD("link", "对口联系", struct scheme_link, link_fields);

#define T struct scheme_item
static const struct scheme_field item_fields[] = {
    TEXT(T, "id", id, RULE_UNIQUE, "编号"),
    TEXT(T, "clause", clause, 0, "条款"),
    TEXT(T, "name", name, 0, "简短名称"),
    TEXT(T, "text", text, RULE_LONG, "原文"),
    TEXT(T, "summary", summary, RULE_LONG, "概述"),
    TEXTS(T, "kinds", kinds, 0, "其中的种类或栏目"),
    LINE(T),
};
#undef T
const struct scheme_record scheme_item_record =
    RECORD("item", "条目", struct scheme_item, item_fields);

/* The condition of a duty is one group in the file and lies in the duty's own members. */
#define T struct scheme_duty
static const struct scheme_field where_fields[] = {
    TEXT(T, "text", where, RULE_LONG, "条件"),
    TEXTS(T, "chair", chair, 0, "由谁主持（其中之一）"),
    WORD(T, "attended_by", attended_by, 0, attendance, "须由谁参加"),
    TEXTS(T, "invited", invited, 0, "应邀请哪些人员"),
};
static const struct scheme_record where_record =
    RECORD("where", "条件", struct scheme_duty, where_fields);

static const struct scheme_field duty_fields[] = {
    TEXT(T, "id", id, RULE_UNIQUE, "编号"),
    TEXT(T, "clause", clause, 0, "依据条款"),
    TEXT(T, "summary", summary, RULE_LONG, "概述"),
    TEXT(T, "text", text, RULE_LONG, "原文"),
    WORD(T, "who", who, RULE_REQUIRED, duty_actor, "由谁承担"),
    TEXT(T, "who_text", who_text, 0, "所印的承担者"),
    FLAG(T, "who_implicit", who_implicit, "文件未写明主体，由我们认定"),
    TEXTS(T, "subjects", subjects, RULE_REFERENCE, "具体承担单位"),
    {.key = "deed",
     .kind = FIELD_VOCABULARY,
     .rules = RULE_REQUIRED,
     .label = "所要求的工作",
     .offset = AT(T, deed, struct str),
     .words = deed_words,
     .words_n = &deed_words_n},
    TEXT(T, "label", label, 0, "对所确定人员或科室的称呼，例如责任领导"),
    TEXTS(T, "recipients", recipients, RULE_REFERENCE, "报送或抄送给谁"),
    TEXTS(T, "answers", answers, 0, "须答复哪些事项"),
    WORD(T, "shape", shape, RULE_ALWAYS, duty_shape, "要求的种类"),
    WORD(T, "strength", strength, RULE_ALWAYS, strength, "约束力"),
    WORD(T, "per", per, RULE_ALWAYS, period, "周期"),
    NUMBER(T, "min", min, -1, 0, SCHEME_TIMES_MAX, "至少"),
    NUMBER(T, "max", max, -1, 0, SCHEME_TIMES_MAX, "至多"),
    FLAG(T, "min_implicit", min_implicit, "文件未写次数，由我们认定"),
    {.key = "by",
     .kind = FIELD_MONTH_DAY,
     .label = "每年的截止日",
     .offset = AT(T, by, struct month_day),
     .offset_date = AT(T, by_date, struct date)},
    NUMBER(T, "by_year_offset", by.year_offset, 0, 1, SCHEME_YEARS_MAX, "截止日在其后第几年"),
    DATE(T, "by_date", by_date, "截止日期（只在那一年）"),
    {.key = "opens",
     .kind = FIELD_MONTH_DAY,
     .label = "每年的开始日",
     .offset = AT(T, opens, struct month_day)},
    NUMBER(T, "opens_year_offset", opens.year_offset, 0, 1, SCHEME_YEARS_MAX, "开始日在其后第几年"),
    NUMBER(T, "days", days, -1, 0, SCHEME_DAYS_MAX, "期限天数"),
    WORD(T, "day_kind", day_kind, 0, day_kind, "天数按工作日或自然日"),
    FLAG(T, "days_before", days_before, "天数在事前"),
    {.key = "where", .kind = FIELD_RECORD, .label = "条件", .record = &where_record},
    LINE(T),
};
#undef T
const struct scheme_record scheme_duty_record =
    RECORD("duty", "工作要求", struct scheme_duty, duty_fields);

#define T struct scheme_warning
static const struct scheme_field warning_fields[] = {
    LINE(T),
    NUMBER(T, "last_line", last_line, 0, 1, 10000000, "略去部分的末行"),
    {.key = "code",
     .kind = FIELD_CODE,
     .rules = RULE_REQUIRED,
     .label = "提示的代号",
     .offset = AT(T, code, const char *)},
    TEXT(T, "subject", subject, 0, "所涉名称"),
    TEXT(T, "message", message, RULE_REQUIRED | RULE_LONG, "提示"),
};
#undef T
static const struct scheme_record warning_record =
    RECORD("warning", "提示", struct scheme_warning, warning_fields);

#define T struct scheme
static const struct scheme_field file_fields[] = {
    {.key = "body",
     .kind = FIELD_RECORD,
     .label = "本级组织",
     .record = &scheme_body_record,
     .offset = AT(T, body, struct scheme_body)},
    {.key = "document",
     .kind = FIELD_RECORD,
     .rules = RULE_REQUIRED,
     .label = "制度文件",
     .record = &scheme_document_record,
     .offset = AT(T, document, struct scheme_document)},
    RECORDS("statements", statements, scheme_item_record, 0, "总体要求与原则"),
    TEXTS(T, "stages", stages, 0, "协商阶段"),
    RECORDS("organizations", organizations, scheme_organization_record, 0, "单位情况"),
    RECORDS("links", links, scheme_link_record, RULE_SPACED, "对口联系"),
    RECORDS("contents", contents, scheme_item_record, 0, "联系内容"),
    RECORDS("forms", forms, scheme_item_record, 0, "联系形式"),
    RECORDS("duties", duties, scheme_duty_record, RULE_SPACED, "工作要求"),
    RECORDS("annexes", annexes, scheme_item_record, 0, "附件"),
    RECORDS("warnings", warnings, warning_record, 0, "读取时的提示"),
};
#undef T
const struct scheme_record scheme_file_record =
    RECORD("scheme", "方案", struct scheme, file_fields);
