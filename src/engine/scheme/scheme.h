/*
 * scheme - the operable form of a counterpart-liaison document: who is linked with whom, what is
 * shared, in which forms, and what is asked of whom by when. One model for all that handle it: the
 * reader makes it, YAML and JSON write it, YAML is read back into it, the import wizard corrects
 * it, domain/scheme loads it into a database.
 *
 * Ownership: everything lives in the arena the scheme was made in. Lists keep the document's
 * printed order; that order is political and is never changed. Lines count from 1, 0 = none.
 * Empty text and unset dates mean "the document does not say"; nothing is ever guessed.
 *
 * Sources: design.md sections 3 and 7; clauses.md (strength, the four shapes of a duty).
 */
#ifndef ENGINE_SCHEME_SCHEME_H
#define ENGINE_SCHEME_SCHEME_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/date.h"
#include "base/status.h"

/* Closed vocabularies. Each word is the one used in YAML, JSON, SQL and URLs; the label is for
 * pages. scheme_word_* below turn them to and from text. */
#define PARTY_CLASS_TABLE(X)                                                                       \
    X(COMMITTEE, "committee", "专门委员会")                                                        \
    X(OFFICE, "office", "办公室")                                                                  \
    X(DEPARTMENT, "department", "党政部门")                                                        \
    X(UNIT, "unit", "单位")                                                                        \
    X(ENTERPRISE, "enterprise", "企业")                                                            \
    X(PARTY, "party", "民主党派")                                                                  \
    X(FEDERATION, "federation", "工商联")                                                          \
    X(PEOPLE_ORGANIZATION, "people-organization", "人民团体")                                      \
    X(SECTOR, "sector", "界别")                                                                    \
    X(SECTOR_GROUP, "sector-group", "委员活动小组")                                                \
    X(MILITARY, "military", "军事单位")                                                            \
    X(PERSON, "person", "人员")
#define DUTY_SHAPE_TABLE(X)                                                                        \
    X(COUNT, "count", "次数")                                                                      \
    X(DEADLINE, "deadline", "限期")                                                                \
    X(STANDING, "standing", "常态")                                                                \
    X(RESPONSE, "response", "答复")
#define STRENGTH_TABLE(X)                                                                          \
    X(MUST, "must", "应")                                                                          \
    X(SHOULD, "should", "一般应")                                                                  \
    X(MAY, "may", "可")                                                                            \
    X(TEXT, "text", "倡导")
#define PERIOD_TABLE(X)                                                                            \
    X(YEAR, "year", "每年")                                                                        \
    X(HALF_YEAR, "half_year", "每半年")                                                            \
    X(QUARTER, "quarter", "每季度")                                                                \
    X(MONTH, "month", "每月")                                                                      \
    X(TERM, "term", "每届")                                                                        \
    X(MEETING, "meeting", "每次会议")                                                              \
    X(STANDING, "standing", "长期")                                                                \
    X(ONCE, "once", "一次性")                                                                      \
    X(EVENT, "event", "每次")
#define ACTOR_TABLE(X)                                                                             \
    X(COMMITTEE, "committee", "专门委员会")                                                        \
    X(UNIT, "unit", "对口联系单位")                                                                \
    X(LINK, "link", "对口双方")                                                                    \
    X(MEMBER, "member", "委员")                                                                    \
    X(SECTOR, "sector", "界别")                                                                    \
    X(LEADER, "leader", "领导")                                                                    \
    X(OFFICE, "office", "办公室")                                                                  \
    X(BODY, "body", "本级组织")                                                                    \
    X(PARTY, "party", "民主党派、工商联")                                                          \
    X(UNSTATED, "unstated", "文件未写明")
#define DAY_KIND_TABLE(X)                                                                          \
    X(NONE, "", "")                                                                                \
    X(WORKING, "working", "工作日")                                                                \
    X(CALENDAR, "calendar", "自然日")
#define LINK_KIND_TABLE(X)                                                                         \
    X(FIXED, "fixed", "对口联系")                                                                  \
    X(WORKING, "working", "工作联系")                                                              \
    X(SECTOR, "sector", "联系界别")                                                                \
    X(CHARGE, "charge", "分管")                                                                    \
    X(GENERAL, "general", "负责听取意见")

/* Who of a unit has to be there for a deed to count. */
#define ATTENDANCE_TABLE(X)                                                                        \
    X(ANY, "", "")                                                                                 \
    X(PRINCIPAL, "principal", "主要负责人")                                                        \
    X(DEPUTY, "deputy", "分管负责人")                                                              \
    X(HEAD, "committee-head", "专门委员会负责人")

#define SCHEME_ENUM(prefix, table, name) enum name { table(prefix) name##_n }
#define X_PARTY_CLASS(name, word, label) PARTY_##name,
#define X_DUTY_SHAPE(name, word, label)  SHAPE_##name,
#define X_STRENGTH(name, word, label)    STRENGTH_##name,
#define X_PERIOD(name, word, label)      PER_##name,
#define X_ACTOR(name, word, label)       ACTOR_##name,
#define X_DAY_KIND(name, word, label)    DAYS_##name,
#define X_LINK_KIND(name, word, label)   LINK_##name,
#define X_ATTENDANCE(name, word, label)  ATTENDED_##name,
SCHEME_ENUM(X_PARTY_CLASS, PARTY_CLASS_TABLE, party_class);
SCHEME_ENUM(X_DUTY_SHAPE, DUTY_SHAPE_TABLE, duty_shape);
SCHEME_ENUM(X_STRENGTH, STRENGTH_TABLE, strength);
SCHEME_ENUM(X_PERIOD, PERIOD_TABLE, period);
SCHEME_ENUM(X_ACTOR, ACTOR_TABLE, duty_actor);
SCHEME_ENUM(X_DAY_KIND, DAY_KIND_TABLE, day_kind);
SCHEME_ENUM(X_LINK_KIND, LINK_KIND_TABLE, link_kind);
SCHEME_ENUM(X_ATTENDANCE, ATTENDANCE_TABLE, attendance);

/* One row of a vocabulary; a table ends at its `_n`. */
struct word {
    const char *word, *label;
};
extern const struct word party_class_words[party_class_n], duty_shape_words[duty_shape_n],
    strength_words[strength_n], period_words[period_n], duty_actor_words[duty_actor_n],
    day_kind_words[day_kind_n], link_kind_words[link_kind_n], attendance_words[attendance_n];
/* Index of a word among n, -1 when it is not one. */
int word_find(const struct word *words, int n, struct str text);

struct str_list {
    struct str *items;
    int n, room;
};

/* 经七届二次主席会议协商通过: what was decided where. */
struct scheme_decision {
    struct str meeting; /* 主席会议, 常务委员会会议, 市政府 … as printed */
    int term, session;  /* 届, 次; 0 = not said */
    struct date date;   /* unset = not said; never guessed from another date */
    int line;
};

struct scheme_document {
    struct str id;     /* of the scheme file: [a-z0-9-]{1,40}; empty in a draft */
    struct str number; /* canonical 益协发〔2022〕2号; its own, never a cited one */
    struct str title;
    struct str_list issuers;
    struct str_list addressees;
    struct date date;    /* of the document: signing, else printing; unset when unreadable */
    struct date signed_; /* 成文日期 */
    struct date printed; /* 印发日期 */
    struct date effective;
    bool effective_on_issue; /* 自印发之日起: effective = date when that is known */
    struct date ends;        /* end of a trial period where printed */
    bool trial;              /* 试行 */
    struct str_list repeals; /* numbers of what it repeals */
    struct str_list bases;   /* titles and numbers it rests on */
    struct scheme_decision decision;
    struct str interpreter; /* who interprets it */
    /* The layer inside: a notice (通知) that carries a measure (办法); empty title = one layer. */
    struct str inner_title;
    struct str notice_number; /* unused when inner_title is empty */
    int line;                 /* of the title */
};

/* One side of a link. A name as printed (a left-out 市 is not restored, a misprint not mended). */
struct scheme_party {
    struct str name;
    enum party_class class;
    bool is_group;          /* names no single unit: 各驻益保险公司, 有关企业等单位 */
    bool held;              /* 疑似误印: waits for a person's decision */
    struct str hint;        /* held: what it probably should be (九三学社市委) */
    struct str_list parts;  /* bracketed second names and sub-units */
    bool parts_are_aliases; /* a single bracketed second name of the same unit */
    struct str_list aliases;
    struct str post;        /* persons: printed post, never guessed */
    bool maybe_reorganised; /* 机构可能已调整: shown with the name until an office confirms it */
    int line;
};

struct scheme_link {
    enum link_kind kind;
    struct scheme_party from;
    struct scheme_party *to;
    int to_n, to_room;
    struct str clause;
    int declared_count; /* printed count, -1 = none */
    struct date as_of;  /* the row is a fact of this day only (leaders by name): loading ends it
                         * then until an office confirms it; unset = lasts as the document does */
    struct str note;    /* what a reader should know of this row, in our own words */
    int line;
};

/* A category of content, or a form of liaison. */
struct scheme_item {
    struct str id;         /* YY22-3.1 where the scheme file gives one */
    struct str clause;     /* 三（一） */
    struct str name;       /* short name for forms (意见听证会) and chips; may be empty */
    struct str text;       /* the document's sentence (reader), or … */
    struct str summary;    /* … the project's own words (shipped schemes) */
    struct str_list kinds; /* what it falls into: 意见听证会, 协商座谈会; fields of a form */
    int line;
};

/* A month and day without a year: deadlines of every year. {0} = none. */
struct month_day {
    int month, day;  /* 1..12, 1..31 */
    int year_offset; /* 1 = of the following year (次年3月底前) */
};

struct scheme_duty {
    struct str id, clause, text, summary;
    struct str who_text; /* as printed: 各专门委员会 */
    enum duty_actor who;
    struct str label; /* designations: what the person or section is called: 责任领导, 联络人员 */
    struct str deed; /* [a-z-]: liaison-meeting, survey, reply …; see deed_words */
    enum duty_shape shape;
    enum strength strength;
    int min, max;      /* -1 = none */
    bool min_implicit; /* the number is our reading; pages say 文件未写次数 */
    enum period per;
    struct month_day by, opens; /* by: the last day that is in time; opens: first day */
    struct date by_date;        /* a deadline in one printed year (2017年6月) */
    int days;                   /* -1 = none; a limit of a response, or a lead time before … */
    enum day_kind day_kind;
    bool days_before; /* the days lie before the event (提前3个工作日) */
    struct str where; /* condition as printed, e.g. who chairs; may be empty */
    /* The same condition where it can be judged; all empty = none. */
    struct str_list chair;       /* posts of whom one presides: 市长, 常务副市长 */
    enum attendance attended_by; /* who of the unit has to take part */
    struct str_list invited;     /* roles that are to be invited, in printed order */
    bool who_implicit;           /* the subject is our reading; pages say 文件未写明主体 */
    struct str_list subjects;    /* parties of this file it falls on, where not all of `who` */
    struct str_list recipients;  /* parties of this file that receive what is sent */
    struct str_list answers; /* response: what has to be answered: 调研报告, 社情民意信息 */
    int line;
};

/* What the reader could not settle, or dropped; code is a stable word: count-mismatch,
 * suspected-misprint, duplicate-name, dropped-matter, cut-off, no-date, … */
struct scheme_warning {
    int line;
    int last_line; /* dropped-matter: the last line of the run, whose text is kept nowhere */
    const char *code;
    struct str message; /* one Chinese sentence: what, where, what to do */
    struct str subject; /* the name it is about, where there is one */
};

struct scheme_body {
    struct str id; /* [a-z0-9-]{1,40}: the address of the body */
    struct str name, short_name;
    struct str classification; /* cppcc, government …: see body_class_words */
    struct str parent;         /* id of the body above, empty = none */
    int term;                  /* 届 at the time of the document, 0 = not said */
};

/* What a scheme file may add about an organization: its class, aliases, whose part it is. */
struct scheme_organization {
    struct scheme_party party;
    struct str parent; /* name of another party of the file */
    int line;          /* party.line is not used here */
};

struct scheme {
    struct scheme_body body; /* empty in a draft */
    struct scheme_document document;
    struct scheme_organization *organizations;
    int organizations_n, organizations_room;
    struct scheme_link *links;
    int links_n, links_room;
    struct scheme_item *contents;
    int contents_n, contents_room;
    struct scheme_item *forms;
    int forms_n, forms_room;
    struct scheme_duty *duties;
    int duties_n, duties_room;
    struct scheme_item *statements; /* aims and principles: shown, never judged */
    int statements_n, statements_room;
    struct scheme_item *annexes; /* tables and forms that hang on the document */
    int annexes_n, annexes_room;
    struct str_list stages; /* when consultation takes place: 决策之前, 决策实施之中 */
    struct scheme_warning *warnings;
    int warnings_n, warnings_room;
};

/* The deeds a duty may ask for. A table so that pages, YAML and (later) flows name them alike. */
extern const struct word deed_words[];
extern const int deed_words_n;

/* Words of scheme_body.classification. */
#define BODY_CLASS_TABLE(X)                                                                        \
    X("cppcc", "政协")                                                                             \
    X("government", "政府")                                                                        \
    X("party-committee", "党委")                                                                   \
    X("liaison-office", "政协联工委")
extern const struct word body_class_words[];
extern const int body_class_words_n;

/* The highest numbers, in scheme files, records and the wizard alike. */
enum {
    SCHEME_TERM_MAX = 100,
    SCHEME_SESSION_MAX = 1000,
    SCHEME_DECLARED_MAX = 10000,
    SCHEME_TIMES_MAX = 10000,
    SCHEME_DAYS_MAX = 3660,
    SCHEME_YEARS_MAX = 10,
};

/* [a-z0-9-]{1,40}, as scheme_body.id and scheme_document.id have to be. */
bool scheme_is_slug(struct str text);

void scheme_warn(struct arena *arena, struct scheme *scheme, int line, const char *code,
                 struct str subject, const char *format, ...) __attribute__((format(printf, 6, 7)));

/* `duikou read --json`: one object, keys as in design.md section 7, more may be added. */
void scheme_put_json(struct buf *buf, const struct scheme *scheme);

/* `duikou read --yaml`: the published form (schemes/scheme.schema.json), readable by a clerk. */
void scheme_put_yaml(struct buf *buf, const struct scheme *scheme);

/* The JSON Schema (2020-12) of that form, as schemes/scheme.schema.json has it. */
void scheme_put_schema(struct buf *buf);

/* One thing wrong in a scheme file, in the order of its lines. */
struct scheme_error {
    int line, column;
    struct str message; /* what was found, what was expected */
};
struct scheme_errors {
    struct scheme_error *items;
    int n, room;
    int dropped; /* how many more there were when the list was full (SCHEME_ERRORS_MAX) */
};
enum { SCHEME_ERRORS_MAX = 100 };

/*
 * Read a scheme file of at most 4 MB. All errors are gathered at once: syntax, unknown keys, types,
 * words, dates that do not exist, duplicate ids, dangling references; aliases, anchors, tags and
 * merge keys are refused. What scheme_put_yaml wrote is read back field for field. A party of a
 * link that does not say its class has that of the organization of its name, else committee
 * (from) or department (to); one that does not say its line has the link's.
 *
 * OK; INVALID with at least one error, ordered by place. The scheme and the messages live in the
 * arena, which needs up to 64 MiB for the largest file.
 */
CHECKED enum status scheme_parse_yaml(struct arena *arena, struct str text,
                                      struct scheme *ret_scheme, struct scheme_errors *errors);

#endif
