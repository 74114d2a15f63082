/* Every role × every right × own, linked, other organization × own, other body; and of seats that
 * are given, the target. What is expected stands here in words, apart from the table. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "app/rights.h"
#include "base/status.h"

enum { BODY = 7, OTHER_BODY = 8, UNIT = 100, PART = 101, LINKED = 200, STRANGER = 300 };

static const int64_t own[] = {UNIT, PART}, linked[] = {LINKED};

static struct viewer in_seat(enum role role)
{
    return (struct viewer){.account = 1,
                           .seat = {.id = 5, .body = BODY, .role = role, .organization = UNIT},
                           .own = own,
                           .own_n = 2,
                           .linked = linked,
                           .linked_n = 1};
}

/* Rights by how far they reach, besides public and own, which every account has. */
struct expectation {
    const char *role, *own, *links, *body, *instance;
};
#define UNIT_RIGHTS      "read phones designate ask-correction"
#define COMMITTEE_RIGHTS "read phones register ask-correction on-behalf"
static const struct expectation expected[] = {
    {"office-clerk", "", "",
     "read compare phones edit import designate register ask-correction settle-correction "
     "reorganize term on-behalf purge account-list accounts seats journal",
     ""},
    {"committee-staff", "designate", COMMITTEE_RIGHTS, "", ""},
    {"committee-director", "designate", COMMITTEE_RIGHTS, "", ""},
    {"unit-leader", UNIT_RIGHTS, "", "", ""},
    {"unit-liaison", UNIT_RIGHTS, "", "", ""},
    {"party-liaison", UNIT_RIGHTS, "", "", ""},
    {"united-front", "designate", "read phones register ask-correction", "", ""},
    {"government-office", "designate ask-correction", "", "read compare phones", ""},
    {"party-office", "designate ask-correction", "", "read compare phones", ""},
    {"member", "read", "", "", ""},
    {"member-secretary", "read", "", "", ""},
    {"convener", "read ask-correction", "", "", ""},
    {"signer", "", "", "read compare", ""},
    {"signer-secretary", "", "", "read compare", ""},
    {"research-office", "", "", "read compare", ""},
    {"study-committee", "", "", "read compare", ""},
    {"secrecy-officer", "", "", "read compare purge", ""},
    {"public", NULL, NULL, NULL, NULL},
    {"system", "", "", "", "account-list accounts settings"},
    {"security", "", "", "", "account-list seats"},
    {"audit", "", "", "", "journal"},
};
enum { EXPECTED_N = sizeof expected / sizeof *expected };

static bool names(const char *list, enum right right)
{
    struct str rest = str_from(list ? list : "");
    while (rest.len)
        if (str_is(str_cut(&rest, STR(" ")), right_word(right)))
            return true;
    return false;
}

static enum scope wanted(const struct expectation *line, enum right right)
{
    if (right == RIGHT_PUBLIC || (right == RIGHT_OWN && line->own) || names(line->instance, right))
        return SCOPE_INSTANCE;
    return names(line->body, right)    ? SCOPE_BODY
           : names(line->links, right) ? SCOPE_LINKS
           : names(line->own, right)   ? SCOPE_OWN
                                       : SCOPE_NONE;
}

static void check(const struct viewer *viewer, const struct expectation *line, enum right right,
                  struct target target, enum scope least)
{
    enum scope scope = wanted(line, right);
    bool may = rights_may(viewer, right, &target), should = scope >= least;
    if (may != should)
        fail_msg("%s, %s, body %d, organization %d: %d", line->role, right_word(right),
                 (int)target.body, (int)target.organization, may);
}

static void every_role_right_organization_and_body(void **state)
{
    (void)state;
    assert_int_equal(EXPECTED_N, ROLES_N - 1);
    for (int i = 0; i < EXPECTED_N; i++) {
        const struct expectation *line = &expected[i];
        enum role role = role_by_word(str_from(line->role));
        assert_int_not_equal(role, ROLE_NONE);
        struct viewer viewer = in_seat(role);
        for (enum right right = RIGHT_NONE + 1; right < RIGHTS_N; right++) {
            check(&viewer, line, right, (struct target){BODY, 0}, SCOPE_OWN);
            check(&viewer, line, right, (struct target){BODY, UNIT}, SCOPE_OWN);
            check(&viewer, line, right, (struct target){BODY, PART}, SCOPE_OWN);
            check(&viewer, line, right, (struct target){BODY, LINKED}, SCOPE_LINKS);
            check(&viewer, line, right, (struct target){BODY, STRANGER}, SCOPE_BODY);
            check(&viewer, line, right, (struct target){OTHER_BODY, 0}, SCOPE_INSTANCE);
            check(&viewer, line, right, (struct target){OTHER_BODY, UNIT}, SCOPE_INSTANCE);
            check(&viewer, line, right, (struct target){OTHER_BODY, LINKED}, SCOPE_INSTANCE);
            check(&viewer, line, right, (struct target){OTHER_BODY, STRANGER}, SCOPE_INSTANCE);
        }
    }
}

static void nobody_holds_nothing_but_what_is_public(void **state)
{
    (void)state;
    static const struct viewer nobody;
    for (enum right right = RIGHT_NONE; right < RIGHTS_N; right++)
        assert_int_equal(rights_may(&nobody, right, NULL), right == RIGHT_PUBLIC);
}

static void a_first_password_opens_nothing_but_its_change(void **state)
{
    (void)state;
    for (enum role role = ROLE_NONE + 1; role < ROLES_N; role++) {
        struct viewer viewer = in_seat(role);
        viewer.must_change = true;
        for (enum right right = RIGHT_OWN + 1; right < RIGHTS_N; right++)
            assert_false(rights_may(&viewer, right, NULL));
    }
}

static void the_administrators_see_no_business_content(void **state)
{
    (void)state;
    static const enum role administrators[] = {ROLE_SYSTEM, ROLE_SECURITY, ROLE_AUDIT};
    for (int i = 0; i < 3; i++) {
        struct viewer viewer = in_seat(administrators[i]);
        for (enum right right = RIGHT_READ; right <= RIGHT_PURGE; right++)
            assert_false(rights_may(&viewer, right, NULL));
        for (enum role role = ROLE_NONE + 1; role < ROLES_N; role++)
            assert_false(roles_go_together(administrators[i], role));
    }
}

static void a_clerk_of_every_body_may_in_every_body(void **state)
{
    (void)state;
    assert_true(rights_may(&viewer_clerk, RIGHT_EDIT, &(struct target){BODY, UNIT}));
    assert_true(rights_may(&viewer_clerk, RIGHT_EDIT, &(struct target){OTHER_BODY, STRANGER}));
    assert_false(rights_may(&viewer_clerk, RIGHT_SETTINGS, NULL));
}

/* --- seats given and taken --- */

/* The security administrator gives any; a clerk what he holds, in his body; others none. */
static void who_may_give_which_seat(void **state)
{
    (void)state;
    static const int64_t bodies[] = {BODY, OTHER_BODY, 0};
    for (enum role giver = ROLE_NONE + 1; giver < ROLES_N; giver++)
        for (enum role given = ROLE_NONE; given < ROLES_N; given++)
            for (int b = 0; b < 3; b++) {
                struct viewer viewer = in_seat(giver);
                struct seat seat = {.body = bodies[b], .role = given, .organization = UNIT};
                bool some = given != ROLE_NONE && given != ROLE_PUBLIC;
                bool security = giver == ROLE_SECURITY && some;
                bool clerk = giver == ROLE_OFFICE_CLERK && some && bodies[b] == BODY &&
                             !role_is_administrator(given);
                if (rights_may_grant(&viewer, &seat, 2) != (security || clerk))
                    fail_msg("%s gives %s in %d", role_word(giver), role_word(given),
                             (int)bodies[b]);
                assert_false(rights_may_grant(&viewer, &seat, viewer.account));
            }
}

/* Told from the rights alone, whatever the rule in rights.c looks at. */
static void nobody_gives_what_he_does_not_hold(void **state)
{
    (void)state;
    for (enum role giver = ROLE_NONE + 1; giver < ROLES_N; giver++)
        for (enum role given = ROLE_NONE + 1; giver != ROLE_SECURITY && given < ROLES_N; given++) {
            struct viewer giving = in_seat(giver), receiving = in_seat(given);
            struct seat seat = {.body = BODY, .role = given, .organization = UNIT};
            if (!rights_may_grant(&giving, &seat, 2))
                continue;
            static const struct target targets[] = {
                {BODY, UNIT}, {BODY, LINKED}, {BODY, STRANGER}, {OTHER_BODY, UNIT}};
            for (enum right right = RIGHT_NONE + 1; right < RIGHTS_N; right++)
                for (int t = 0; t < 4; t++)
                    if (rights_may(&receiving, right, &targets[t]))
                        assert_true(rights_may(&giving, right, &targets[t]));
        }
}

static void words_are_distinct_and_read_back(void **state)
{
    (void)state;
    for (enum role role = ROLE_NONE + 1; role < ROLES_N; role++)
        assert_int_equal(role_by_word(str_from(role_word(role))), role);
    for (enum right right = RIGHT_NONE + 1; right < RIGHTS_N; right++)
        assert_int_equal(right_by_word(str_from(right_word(right))), right);
    assert_int_equal(role_by_word(STR("none")), ROLE_NONE);
    assert_int_equal(role_by_word(STR("")), ROLE_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_role_right_organization_and_body),
        cmocka_unit_test(nobody_holds_nothing_but_what_is_public),
        cmocka_unit_test(a_first_password_opens_nothing_but_its_change),
        cmocka_unit_test(the_administrators_see_no_business_content),
        cmocka_unit_test(a_clerk_of_every_body_may_in_every_body),
        cmocka_unit_test(who_may_give_which_seat),
        cmocka_unit_test(nobody_gives_what_he_does_not_hold),
        cmocka_unit_test(words_are_distinct_and_read_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
