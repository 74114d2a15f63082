/*
 * vocabulary - the words of counterpart-liaison documents, as constant tables.
 *
 * What the reader knows about the language stands here and nowhere else; the code knows how words
 * combine. All are general words of official documents, none a name out of a particular one.
 * Words are simplified; texts are looked up under their key (normal.c).
 */
#ifndef ENGINE_READER_VOCABULARY_H
#define ENGINE_READER_VOCABULARY_H

#include "base/str.h"

/* Pairs of three-byte characters: traditional, simplified; in the order of the first. */
extern const char fold_pairs[][7];
extern const int fold_pairs_n;

/* Lists of words end with an empty one. */
typedef struct str word_list[];

/* names */
extern const word_list unit_suffixes;       /* 局, 委, 分公司: a name may end so */
extern const word_list weak_suffixes;       /* 部门, 单位, 企业: groups rather than units */
extern const word_list group_openings;      /* 各, 有关, 其他 */
extern const word_list group_marks;         /* the same, inside a name */
extern const word_list group_words;         /* a name that is nothing but these is nobody */
extern const word_list name_joints;         /* 和, 及, 以及: separate only between two names */
extern const word_list not_names;           /* what no name contains: 应当, 进行, 情况 */
extern const word_list name_exceptions;     /* but these do: 自由, 活动中心 */
extern const word_list party_names;         /* 民革, 九三学社 */
extern const word_list party_tails;         /* 市委, 市委会, 总支 */
extern const word_list federation_names;    /* 工商联 */
extern const word_list sector_suffixes;     /* 界别, 界别小组 */
extern const word_list people_suffixes;     /* 妇联, 科协 */
extern const word_list military_words;      /* 军分区, 武警 */
extern const word_list enterprise_suffixes; /* 公司, 支行 */
extern const word_list department_suffixes; /* 局, 委, 办 */
extern const word_list committee_suffixes;  /* 委员会, 专委会 */
extern const word_list committee_cores;     /* 提案, 社会法制: what committees are about */
extern const word_list bank_names;          /* what may stand before 银行 */
extern const word_list surnames;
extern const word_list posts; /* 主席, 副主任, 同志 */

/* marks */
extern const word_list list_marks;   /* 、，；。 between names */
extern const word_list strong_marks; /* the same without 、 */
extern const word_list list_edges;   /* what is cut off both ends of a name */
extern const word_list clause_stops; /* 。；！？ */

/* lines */
extern const word_list line_openings;   /* 附件, 抄送: a line so begun is a new one */
extern const word_list label_suffixes;  /* 联系单位, 责任部门: what stands before a colon */
extern const word_list chrome_lines;    /* whole lines of web pages: 打印, 分享 */
extern const word_list chrome_openings; /* 发布时间, 上一篇 */
extern const word_list chrome_words;    /* ICP备: anywhere in the line */
extern const word_list order_words;     /* 不印刷: printing orders */
extern const word_list order_labels;    /* 份数, 联系人: lines of a printing order */
extern const word_list title_kinds;     /* 通知, 办法: what a title ends with */
extern const word_list title_tails;     /* （试行） */
extern const word_list organ_suffixes;  /* 委员会, 办公室: who issues */

/* The lists that every name is held against: which characters their words begin and end with is
 * gathered once a document (word_index_make), so that most lookups end after one bit. */
enum word_set {
    SET_UNIT_SUFFIXES,
    SET_WEAK_SUFFIXES,
    SET_GROUP_OPENINGS,
    SET_GROUP_MARKS,
    SET_GROUP_WORDS,
    SET_NOT_NAMES,
    SET_PARTY_NAMES,
    SET_SECTOR_SUFFIXES,
    SET_FEDERATION_NAMES,
    SET_PEOPLE_SUFFIXES,
    SET_MILITARY_WORDS,
    SET_ENTERPRISE_SUFFIXES,
    SET_DEPARTMENT_SUFFIXES,
    SET_NAME_JOINTS,
    SET_LIST_MARKS,
    SET_STRONG_MARKS,
    SET_LIST_EDGES,
    SET_CLAUSE_STOPS,
    SET_CHROME_WORDS,
    SET_ORDER_WORDS,
    SET_POSTS,
    SET_N
};
struct word_index;
bool set_starts(const struct word_index *index, enum word_set set, struct str key);
bool set_ends(const struct word_index *index, enum word_set set, struct str key);
bool set_in(const struct word_index *index, enum word_set set, struct str key);
size_t set_start(const struct word_index *index, enum word_set set, struct str key);
size_t set_end(const struct word_index *index, enum word_set set, struct str key);

bool word_starts(const word_list words, struct str key);
bool word_ends(const word_list words, struct str key);
bool word_in(const word_list words, struct str key);
bool word_is(const word_list words, struct str key);
/* Length of the longest word the key starts (ends) with, 0 = none. */
size_t word_start(const word_list words, struct str key);
size_t word_end(const word_list words, struct str key);

#endif
