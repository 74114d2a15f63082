/*
 * rights - who may do what: one constant table of role × right, one function that reads it.
 *
 * A person's account holds seats: a role in an organization of a body, from a day to a day. A
 * request wears one of them; the others are there to be switched to. A right is held for a scope:
 *
 *   OWN       the seat's own organization and its parts
 *   LINKS     and the organizations that have a link with it today
 *   BODY      the whole body of the seat
 *   INSTANCE  every body, and what belongs to none: accounts, settings
 *
 * Routes and steps of flows name a right. Before there is any account, the local machine wears the
 * clerk's seat of every body. The three administrators hold nothing that shows business content.
 *
 * Sources: design.md section 6; NB17-5.2 (telephones), YY22-5.2 and OR20-16b (who sees the body).
 */
#ifndef APP_RIGHTS_H
#define APP_RIGHTS_H

#include "base/date.h"
#include "base/str.h"

/* Name, word in the database and on the command line, label. */
#define ROLE_TABLE(X)                                                                              \
    X(OFFICE_CLERK, "office-clerk", "政协办公室文书")                                              \
    X(COMMITTEE_STAFF, "committee-staff", "专门委员会工作人员")                                    \
    X(COMMITTEE_DIRECTOR, "committee-director", "专门委员会主任")                                  \
    X(UNIT_LEADER, "unit-leader", "单位责任领导")                                                  \
    X(UNIT_LIAISON, "unit-liaison", "单位联络员")                                                  \
    X(PARTY_LIAISON, "party-liaison", "党派团体联络员")                                            \
    X(UNITED_FRONT, "united-front", "党委统战部")                                                  \
    X(GOVERNMENT_OFFICE, "government-office", "政府办公室")                                        \
    X(PARTY_OFFICE, "party-office", "党委办公室")                                                  \
    X(MEMBER, "member", "委员")                                                                    \
    X(MEMBER_SECRETARY, "member-secretary", "委员秘书")                                            \
    X(CONVENER, "convener", "界别召集人")                                                          \
    X(SIGNER, "signer", "签发领导")                                                                \
    X(SIGNER_SECRETARY, "signer-secretary", "签发领导秘书")                                        \
    X(RESEARCH_OFFICE, "research-office", "研究室")                                                \
    X(STUDY_COMMITTEE, "study-committee", "学习联络委员会")                                        \
    X(SECRECY_OFFICER, "secrecy-officer", "保密员")                                                \
    X(PUBLIC, "public", "公众")                                                                    \
    X(SYSTEM, "system", "系统管理员")                                                              \
    X(SECURITY, "security", "安全管理员")                                                          \
    X(AUDIT, "audit", "审计管理员")

#define X(name, word, label) ROLE_##name,
enum role { ROLE_NONE, ROLE_TABLE(X) ROLES_N };
#undef X

/* Zero is not a right: the start refuses a route without one. */
enum right {
    RIGHT_NONE,
    RIGHT_PUBLIC,  /* anybody who reaches the server: sign-in, health */
    RIGHT_OWN,     /* one's own account, sessions, seats: whoever has one */
    RIGHT_READ,    /* the directory, documents, requirements of a body; which records: visibility */
    RIGHT_COMPARE, /* what concerns all units side by side: who has reported, who has not */
    RIGHT_PHONES,  /* private fields: telephones */
    RIGHT_EDIT,    /* keep the directory: organizations, people, links, memberships */
    RIGHT_IMPORT,  /* documents and rosters */
    RIGHT_DESIGNATE,      /* name the leader and contact of an organization */
    RIGHT_REGISTER,       /* 登记备案 of those named */
    RIGHT_ASK_CORRECTION, /* of a name, a link, a figure */
    RIGHT_SETTLE_CORRECTION,
    RIGHT_REORGANIZE, /* merge, split, rename with succession */
    RIGHT_TERM,       /* change of term, of leaders' portfolios */
    RIGHT_ON_BEHALF,  /* enter what another did: 代录 */
    RIGHT_PURGE,      /* freeze and purge a mistaken upload */
    RIGHT_ACCOUNT_LIST,
    RIGHT_ACCOUNTS, /* open, lock, reset accounts; issue sign-in slips */
    RIGHT_SEATS,    /* give and end seats; see rights_may_grant */
    RIGHT_SETTINGS,
    RIGHT_JOURNAL, /* read the journal of changes and readings */
    RIGHTS_N
};

enum scope { SCOPE_NONE, SCOPE_OWN, SCOPE_LINKS, SCOPE_BODY, SCOPE_INSTANCE };

struct seat {
    int64_t id;           /* 0: the local machine's, a guest's */
    int64_t body;         /* 0: every body, and those still to come */
    enum role role;       /* ROLE_NONE: no seat */
    int64_t organization; /* 0: none */
    int64_t person;       /* 0: not in the directory */
    struct str body_name, organization_name;
};

struct viewer {
    bool local;      /* the clerk's seat by being on this machine, as long as there is no account */
    int64_t account; /* 0: not signed in */
    struct str name; /* of the account's holder */
    struct seat seat;         /* the one worn */
    const struct seat *seats; /* all that hold today, the worn one among them */
    int seats_n;
    const int64_t *own; /* organization of the seat, first, and its parts of the day */
    int own_n;
    const int64_t *linked; /* and those it has a link with, with their parts */
    int linked_n;
    bool masked;      /* no private field is shown: the journal cannot be told of it */
    struct date day;  /* on which seats and links were read */
    bool must_change; /* only the password may be changed now */
    bool token;       /* by an API token */
    uint64_t only;    /* a token's scopes, 1 << right each; 0 = not narrowed */
    bool no_accounts; /* there is none yet */
    bool touch;       /* its use is to be written */
    int64_t session;  /* id of the session or token */
    int64_t as_of;    /* version of the seat's body that own and linked were read at */
};

/* What is acted upon. */
struct target {
    int64_t body; /* 0: the instance, or no body in particular */
    int64_t
        organization; /* whose matter it is; 0: enough to hold the right somewhere in the body */
};

/* What a viewer may see and do, without who he is: account, name, session, other seats. Two viewers
 * of one audience get the same pages; `audience_words` are all that it depends on. */
struct viewer audience_of(const struct viewer *viewer);
enum { AUDIENCE_WORDS = 7 };
void audience_words(const struct viewer *viewer, int64_t words[AUDIENCE_WORDS]);

/* Whether the seat worn holds a right for a target; NULL: for anything at all. */
bool rights_may(const struct viewer *viewer, enum right right, const struct target *target);

/* Whether the seat worn acts for one unit and reads no further: its page is what he comes for. */
bool viewer_is_of_unit(const struct viewer *viewer);

/* The scope of a right in the one table. */
enum scope rights_scope(enum role role, enum right right);

/*
 * Whether the seat worn may give or take a seat: it holds RIGHT_SEATS there, and
 *   a security administrator gives any role to others, never one to himself;
 *   anyone else gives only roles all of whose rights he holds himself, as far as they reach.
 * `account` is whose seat it is or will be.
 */
bool rights_may_grant(const struct viewer *viewer, const struct seat *seat, int64_t account);

/* The three administrators: separate people, none of whom has a seat with business content. */
bool role_is_administrator(enum role role);
/* Whether one account may hold both. */
bool roles_go_together(enum role a, enum role b);
/* Whether a seat of this role is in an organization, rather than of a body or of the instance. */
bool role_has_organization(enum role role);

const char *role_word(enum role role);
const char *role_label(enum role role);
enum role role_by_word(struct str word); /* ROLE_NONE: there is none */
const char *right_word(enum right right);
enum right right_by_word(struct str word); /* RIGHT_NONE */
const char *right_label(enum right right);

/* The clerk of every body on this machine: commands, jobs, tests. */
extern const struct viewer viewer_clerk;
/* A viewer in a role without an organization, of every body. */
struct viewer viewer_in_role(enum role role);

#endif
