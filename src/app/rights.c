#include "app/rights.h"

/* Columns of the table, so that a role is one line of reading. */
#define EVERYBODY     [RIGHT_PUBLIC] = SCOPE_INSTANCE, [RIGHT_OWN] = SCOPE_INSTANCE
#define READS(scope)  [RIGHT_READ] = SCOPE_##scope
#define READS_ALL     [RIGHT_READ] = SCOPE_BODY, [RIGHT_COMPARE] = SCOPE_BODY
#define PHONES(scope) [RIGHT_PHONES] = SCOPE_##scope
#define ENTERS(scope) [RIGHT_ON_BEHALF] = SCOPE_##scope
#define UNIT_SIDE     [RIGHT_DESIGNATE] = SCOPE_OWN, [RIGHT_ASK_CORRECTION] = SCOPE_OWN
#define COMMITTEE_SIDE                                                                             \
    [RIGHT_DESIGNATE] = SCOPE_OWN, [RIGHT_REGISTER] = SCOPE_LINKS,                                 \
    [RIGHT_ASK_CORRECTION] = SCOPE_LINKS

/* Role × right → scope; what is not written is not held. */
static const unsigned char table[ROLES_N][RIGHTS_N] = {
    [ROLE_NONE] = {[RIGHT_PUBLIC] = SCOPE_INSTANCE},
    [ROLE_PUBLIC] = {[RIGHT_PUBLIC] = SCOPE_INSTANCE},
    [ROLE_OFFICE_CLERK] =
        {EVERYBODY, READS_ALL, PHONES(BODY), ENTERS(BODY), [RIGHT_EDIT] = SCOPE_BODY,
         [RIGHT_IMPORT] = SCOPE_BODY, [RIGHT_DESIGNATE] = SCOPE_BODY, [RIGHT_REGISTER] = SCOPE_BODY,
         [RIGHT_ASK_CORRECTION] = SCOPE_BODY, [RIGHT_SETTLE_CORRECTION] = SCOPE_BODY,
         [RIGHT_REORGANIZE] = SCOPE_BODY, [RIGHT_TERM] = SCOPE_BODY, [RIGHT_PURGE] = SCOPE_BODY,
         [RIGHT_ACCOUNT_LIST] = SCOPE_BODY, [RIGHT_ACCOUNTS] = SCOPE_BODY,
         [RIGHT_SEATS] = SCOPE_BODY, [RIGHT_JOURNAL] = SCOPE_BODY},
    [ROLE_COMMITTEE_STAFF] = {EVERYBODY, READS(LINKS), PHONES(LINKS), ENTERS(LINKS),
                              COMMITTEE_SIDE},
    [ROLE_COMMITTEE_DIRECTOR] = {EVERYBODY, READS(LINKS), PHONES(LINKS), ENTERS(LINKS),
                                 COMMITTEE_SIDE},
    [ROLE_UNIT_LEADER] = {EVERYBODY, READS(OWN), PHONES(OWN), UNIT_SIDE},
    [ROLE_UNIT_LIAISON] = {EVERYBODY, READS(OWN), PHONES(OWN), UNIT_SIDE},
    [ROLE_PARTY_LIAISON] = {EVERYBODY, READS(OWN), PHONES(OWN), UNIT_SIDE},
    [ROLE_UNITED_FRONT] = {EVERYBODY, READS(LINKS), PHONES(LINKS), COMMITTEE_SIDE},
    [ROLE_GOVERNMENT_OFFICE] = {EVERYBODY, READS_ALL, PHONES(BODY), UNIT_SIDE},
    [ROLE_PARTY_OFFICE] = {EVERYBODY, READS_ALL, PHONES(BODY), UNIT_SIDE},
    [ROLE_MEMBER] = {EVERYBODY, READS(OWN)},
    [ROLE_MEMBER_SECRETARY] = {EVERYBODY, READS(OWN)},
    [ROLE_CONVENER] = {EVERYBODY, READS(OWN), [RIGHT_ASK_CORRECTION] = SCOPE_OWN},
    [ROLE_SIGNER] = {EVERYBODY, READS_ALL},
    [ROLE_SIGNER_SECRETARY] = {EVERYBODY, READS_ALL},
    [ROLE_RESEARCH_OFFICE] = {EVERYBODY, READS_ALL},
    [ROLE_STUDY_COMMITTEE] = {EVERYBODY, READS_ALL},
    [ROLE_SECRECY_OFFICER] = {EVERYBODY, READS_ALL, [RIGHT_PURGE] = SCOPE_BODY},
    [ROLE_SYSTEM] = {EVERYBODY, [RIGHT_ACCOUNT_LIST] = SCOPE_INSTANCE,
                     [RIGHT_ACCOUNTS] = SCOPE_INSTANCE, [RIGHT_SETTINGS] = SCOPE_INSTANCE},
    [ROLE_SECURITY] =
        {EVERYBODY, [RIGHT_ACCOUNT_LIST] = SCOPE_INSTANCE, [RIGHT_SEATS] = SCOPE_INSTANCE},
    [ROLE_AUDIT] = {EVERYBODY, [RIGHT_JOURNAL] = SCOPE_INSTANCE},
};

static const struct {
    const char *word, *label;
} roles[ROLES_N] = {[ROLE_NONE] = {"none", "无身份"},
#define X(name, text, text_label) [ROLE_##name] = {text, text_label},
                    ROLE_TABLE(X)
#undef X
};

static const struct {
    const char *word, *label;
} rights[RIGHTS_N] = {
    [RIGHT_NONE] = {"none", ""},
    [RIGHT_PUBLIC] = {"public", "任何人可用"},
    [RIGHT_OWN] = {"own", "本人帐号"},
    [RIGHT_READ] = {"read", "查看名录、文件和工作要求"},
    [RIGHT_COMPARE] = {"compare", "查看各单位办理情况"},
    [RIGHT_PHONES] = {"phones", "查看电话"},
    [RIGHT_EDIT] = {"edit", "登记和修改名录"},
    [RIGHT_IMPORT] = {"import", "导入文件和名单"},
    [RIGHT_DESIGNATE] = {"designate", "确定责任领导和联系人"},
    [RIGHT_REGISTER] = {"register", "登记备案"},
    [RIGHT_ASK_CORRECTION] = {"ask-correction", "申请更正"},
    [RIGHT_SETTLE_CORRECTION] = {"settle-correction", "办理更正"},
    [RIGHT_REORGANIZE] = {"reorganize", "办理机构调整"},
    [RIGHT_TERM] = {"term", "办理换届和分工调整"},
    [RIGHT_ON_BEHALF] = {"on-behalf", "代录"},
    [RIGHT_PURGE] = {"purge", "误传处置"},
    [RIGHT_ACCOUNT_LIST] = {"account-list", "查看帐号"},
    [RIGHT_ACCOUNTS] = {"accounts", "管理帐号"},
    [RIGHT_SEATS] = {"seats", "管理身份"},
    [RIGHT_SETTINGS] = {"settings", "管理设置"},
    [RIGHT_JOURNAL] = {"journal", "查看操作日志"},
};

const char *role_word(enum role role)
{
    return roles[role].word;
}

const char *role_label(enum role role)
{
    return roles[role].label;
}

enum role role_by_word(struct str word)
{
    for (enum role role = ROLE_NONE + 1; role < ROLES_N; role++)
        if (str_is(word, roles[role].word))
            return role;
    return ROLE_NONE;
}

const char *right_word(enum right right)
{
    return rights[right].word;
}

const char *right_label(enum right right)
{
    return rights[right].label;
}

enum right right_by_word(struct str word)
{
    for (enum right right = RIGHT_NONE + 1; right < RIGHTS_N; right++)
        if (str_is(word, rights[right].word))
            return right;
    return RIGHT_NONE;
}

enum scope rights_scope(enum role role, enum right right)
{
    return table[role][right];
}

static bool has(const int64_t *ids, int n, int64_t id)
{
    for (int i = 0; i < n; i++)
        if (ids[i] == id)
            return true;
    return false;
}

static bool is_within(const struct viewer *viewer, enum scope scope, const struct target *target)
{
    const struct seat *seat = &viewer->seat;
    if (scope == SCOPE_INSTANCE)
        return true;
    bool own_body = seat->body == 0 || target->body == 0 || seat->body == target->body;
    if (scope == SCOPE_NONE || !own_body)
        return false;
    if (scope == SCOPE_BODY || target->organization == 0)
        return true;
    if (has(viewer->own, viewer->own_n, target->organization))
        return true;
    return scope == SCOPE_LINKS && has(viewer->linked, viewer->linked_n, target->organization);
}

bool rights_may(const struct viewer *viewer, enum right right, const struct target *target)
{
    static const struct target anything;
    if (viewer->must_change && right != RIGHT_PUBLIC && right != RIGHT_OWN)
        return false;
    if (viewer->only && right != RIGHT_PUBLIC && right != RIGHT_OWN && !(viewer->only >> right & 1))
        return false;
    return is_within(viewer, table[viewer->seat.role][right], target ? target : &anything);
}

bool viewer_is_of_unit(const struct viewer *viewer)
{
    return viewer->seat.organization != 0 && table[viewer->seat.role][RIGHT_READ] == SCOPE_OWN &&
           table[viewer->seat.role][RIGHT_DESIGNATE] == SCOPE_OWN;
}

struct viewer audience_of(const struct viewer *viewer)
{
    const struct seat *seat = &viewer->seat;
    return (struct viewer){
        .local = viewer->local,
        .seat = {.body = seat->body, .role = seat->role, .organization = seat->organization},
        .own = viewer->own,
        .own_n = viewer->own_n,
        .linked = viewer->linked,
        .linked_n = viewer->linked_n,
        .masked = viewer->masked,
        .day = viewer->day,
        .must_change = viewer->must_change,
        .only = viewer->only,
        .no_accounts = viewer->no_accounts,
        .as_of = viewer->as_of,
    };
}

/* `own` and `linked` follow from organization, day and version of the body. */
void audience_words(const struct viewer *viewer, int64_t words[AUDIENCE_WORDS])
{
    const struct seat *seat = &viewer->seat;
    words[0] = seat->body;
    words[1] = seat->role;
    words[2] = seat->organization;
    words[3] = viewer->day.year * 10000 + viewer->day.month * 100 + viewer->day.day;
    words[4] = viewer->as_of;
    words[5] = (int64_t)viewer->only;
    words[6] =
        viewer->local | viewer->masked << 1 | viewer->must_change << 2 | viewer->no_accounts << 3;
}

bool role_is_administrator(enum role role)
{
    return role == ROLE_SYSTEM || role == ROLE_SECURITY || role == ROLE_AUDIT;
}

bool roles_go_together(enum role a, enum role b)
{
    return !role_is_administrator(a) && !role_is_administrator(b);
}

bool role_has_organization(enum role role)
{
    return table[role][RIGHT_READ] == SCOPE_OWN || table[role][RIGHT_READ] == SCOPE_LINKS;
}

/* Every right of the role is held by the giver, at least as far. A clerk's BODY covers the OWN and
 * LINKS of an organization of that body; his INSTANCE rights are those that everybody has. */
static bool covers(enum role giver, enum role given)
{
    for (enum right right = RIGHT_NONE + 1; right < RIGHTS_N; right++)
        if (table[given][right] > table[giver][right])
            return false;
    return true;
}

bool rights_may_grant(const struct viewer *viewer, const struct seat *seat, int64_t account)
{
    const struct target target = {seat->body, seat->organization};
    if (seat->role <= ROLE_NONE || seat->role >= ROLES_N || seat->role == ROLE_PUBLIC)
        return false;
    if (!rights_may(viewer, RIGHT_SEATS, &target))
        return false;
    bool himself = account != 0 && account == viewer->account;
    if (rights_scope(viewer->seat.role, RIGHT_SEATS) == SCOPE_INSTANCE)
        return !himself;
    if (seat->body == 0 && viewer->seat.body != 0)
        return false;
    return !himself && covers(viewer->seat.role, seat->role);
}

const struct viewer viewer_clerk = {.local = true, .seat = {.role = ROLE_OFFICE_CLERK}};

struct viewer viewer_in_role(enum role role)
{
    return (struct viewer){.seat = {.role = role}};
}
