/*
 * designation - whom a unit, committee or party names for liaison, and how: named by the unit,
 * registered (登记备案) by the office or committee, replaced or ended with history.
 *
 * The labels are the scheme's own (责任领导 and 联系人; 分管领导; 联络员; 分管领导, 责任科室 and
 * 联络人员). Where the scheme says exactly one, there is one at a time. Whoever is not named yet is
 * 待明确, never late. Telephones are private, office and mobile apart; a person is found by name
 * within the unit, never by name alone (features A9).
 *
 * Source: YY22-5.2, NB17-5.2, ZY22-3.1a, OR20-16b.
 */
#ifndef DOMAIN_DESIGNATION_DESIGNATION_H
#define DOMAIN_DESIGNATION_DESIGNATION_H

#include "engine/flow/flow.h"

/* kind_designation_told: what the step "import" is told of a person already named. */
extern const struct kind kind_designation, kind_designation_told;

enum designation_role {
    NAMED_LEADER,    /* 责任领导 */
    NAMED_IN_CHARGE, /* 分管领导 */
    NAMED_CONTACT,   /* 联系人 */
    NAMED_LIAISON,   /* 联络员 */
    NAMED_ROLES,
};
extern const struct choice designation_roles[]; /* by role: word, label; ends NULL */
int designation_role(struct str word);          /* -1: none */

/* --- asked.c: who is asked to name whom --- */

struct designation_asked {
    bool roles[NAMED_ROLES];
    struct str labels[NAMED_ROLES]; /* as the document calls them */
    bool single[NAMED_ROLES];       /* exactly one at a time */
    bool section;                   /* a section, too (ZY22-3.1a) */
    struct str section_label;
    bool committees, parties; /* they as well (OR20-16b: both sides of a link) */
    struct str basis;         /* 益协发〔2022〕2号五（二）; empty when no document asks */
};

/* What the body's schemes in force ask; 责任领导 and 联系人 when they say nothing. */
CHECKED enum status designation_asked_read(struct tx *tx, int64_t body_id, struct date day,
                                           struct designation_asked *ret_asked);

/* --- what pages show --- */

/* What a unit has named on a day, in words for one cell; what is missing reads 待明确. */
struct designation_words {
    int64_t organization;
    struct str by_role[NAMED_ROLES]; /* 张三、李四 */
    int named[NAMED_ROLES];
    bool has_section;
};
/* One statement for all `n` (at most 512) organizations; `ret_words` by their order. */
CHECKED enum status designation_words_read(struct tx *tx, int64_t body_id, struct date day,
                                           const int64_t *organizations, int n,
                                           struct designation_words *ret_words);
/* 责任领导：张三；联系人：待明确 — of a class that is asked. Empty: it is not asked. */
struct str designation_line(struct arena *arena, const struct designation_asked *asked,
                            const struct designation_words *words);
/* Whether an organization of this class is asked to name anybody. */
bool designation_is_asked(const struct designation_asked *asked, struct str class);

#endif
