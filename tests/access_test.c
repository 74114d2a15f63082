/* Who sees and does what, through the whole program: by role, by organization, by body, by target.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "account_kit.h"

static const char password[] = PASSWORD, number[] = NUMBER;

static void a_body_that_is_not_ones_own_is_not_there(void **state)
{
    (void)state;
    struct place place = place_open();
    struct str cookie = sign_in(place.sample, "clerk");
    struct got other = get(place.sample, cookie, "/qinghe/directory");
    struct got none = get(place.sample, cookie, "/nowhere/directory");
    is(other, 404);
    is(none, 404);
    is(get(place.sample, cookie, at(&place, "/qinghe/organization/", place.foreign)), 404);
    is(get(place.sample, cookie, at(&place, "/linjiang/organization/", place.foreign)), 404);
    is(get(place.sample, cookie, at(&place, "/linjiang/organization/", place.unit)), 200);
    is(post(place.sample, cookie, at(&place, "/qinghe/organization/", place.foreign), "name=改"),
       404);
    is(post(place.sample, cookie, "/qinghe/organization", "name=市试验局"), 404);
    is(get(place.sample, cookie, "/body"), 404);
    struct got home = get(place.sample, cookie, "/");
    is(home, 302);
    assert_true(str_is(home.location, "/linjiang/directory"));
    place_close(&place);
}

static void sees(struct place *place, struct str cookie, int64_t id, bool seen)
{
    is(get(place->sample, cookie, at(place, "/linjiang/organization/", id)), seen ? 200 : 404);
    struct got list = get(place->sample, cookie, "/linjiang/organization.json?limit=200");
    is(list, 200);
    struct str id_text = id_format(&place->sample->arena, id);
    if (str_has(list.body, id_text) != seen)
        fail_msg("list: %d %.*s", seen, STR_ARG(list.body));
}

static void a_unit_sees_its_own_a_committee_its_links_an_office_the_body(void **state)
{
    (void)state;
    struct place place = place_open();
    struct program_sample *sample = place.sample;
    make_in(sample, "unit", ROLE_UNIT_LIAISON, "linjiang", place.unit);
    make_in(sample, "staff", ROLE_COMMITTEE_STAFF, "linjiang", place.committee);
    make_in(sample, "study", ROLE_STUDY_COMMITTEE, "linjiang", 0);
    struct str unit = sign_in(sample, "unit"), staff = sign_in(sample, "staff"),
               study = sign_in(sample, "study");
    sees(&place, unit, place.unit, true);
    sees(&place, unit, place.committee, true); /* which it is linked with */
    sees(&place, unit, place.stranger, false);
    sees(&place, staff, place.committee, true);
    sees(&place, staff, place.unit, true);
    sees(&place, staff, place.stranger, false);
    sees(&place, study, place.unit, true);
    sees(&place, study, place.stranger, true);
    struct got page = get(sample, unit, "/linjiang/directory");
    is(page, 200);
    assert_true(str_has(page.body, STR("市教育局")) && !str_has(page.body, STR("市财政局")) &&
                !str_has(page.body, STR("市水利局")));
    page = get(sample, staff, "/linjiang/directory.csv");
    assert_true(str_has(page.body, STR("市财政局")) && !str_has(page.body, STR("市水利局")));
    page = get(sample, unit, "/linjiang/search.json?q=%E6%B0%B4%E5%88%A9");
    assert_false(str_has(page.body, STR("市水利局")));
    page = get(sample, unit, "/linjiang/search.json?q=%E6%95%99%E8%82%B2");
    assert_true(str_has(page.body, STR("市教育局")));
    page = get(sample, study, "/linjiang/search.json?q=%E6%B0%B4%E5%88%A9");
    assert_true(str_has(page.body, STR("市水利局")));
    page = get(sample, unit, "/linjiang/organization/pick?q=%E5%B8%82");
    assert_false(str_has(page.body, STR("市水利局")));
    is(get(sample, unit, "/linjiang/roster"), 403);
    is(get(sample, unit, "/linjiang/duty"), 200);
    is(post(sample, unit, at(&place, "/linjiang/organization/", place.unit), "name=改"), 403);
    is(get(sample, unit, "/linjiang/import"), 403);
    place_close(&place);
}

static void shows(struct place *place, const char *login, int64_t membership, int status,
                  bool shown)
{
    struct str cookie = sign_in(place->sample, login);
    struct got got = get(place->sample, cookie, at(place, "/linjiang/membership/", membership));
    is(got, status);
    if (str_has(got.body, str_from(number)) != shown)
        fail_msg("%s: %d", login, shown);
}

static void NB17_5_2_telephones_are_for_the_offices_and_the_linked_committee(void **state)
{
    (void)state;
    struct place place = place_open();
    struct program_sample *sample = place.sample;
    make_in(sample, "gov", ROLE_GOVERNMENT_OFFICE, "linjiang", 0);
    make_in(sample, "party", ROLE_PARTY_OFFICE, "linjiang", 0);
    make_in(sample, "staff", ROLE_COMMITTEE_STAFF, "linjiang", place.committee);
    make_in(sample, "unit", ROLE_UNIT_LIAISON, "linjiang", place.unit);
    make_in(sample, "other", ROLE_UNIT_LIAISON, "linjiang", place.stranger);
    make_in(sample, "study", ROLE_STUDY_COMMITTEE, "linjiang", 0);
    make_in(sample, "signer", ROLE_SIGNER, "linjiang", 0);
    shows(&place, "clerk", place.unit_phone, 200, true);
    shows(&place, "gov", place.unit_phone, 200, true);
    shows(&place, "party", place.unit_phone, 200, true);
    shows(&place, "staff", place.unit_phone, 200, true);
    shows(&place, "staff", place.stranger_phone, 404, false);
    shows(&place, "unit", place.unit_phone, 200, true);
    shows(&place, "other", place.unit_phone, 404, false);
    int told = count(&place, "select count(*) from journal where chain = 1");
    assert_int_equal(told, 5);
    shows(&place, "study", place.unit_phone, 200, false);
    shows(&place, "signer", place.unit_phone, 200, false);
    assert_int_equal(count(&place, "select count(*) from journal where chain = 1"), told);
    is(get(sample, sign_in(sample, "clerk"), "/linjiang/membership.csv"), 200);
    assert_int_equal(count(&place, "select count(*) from journal where chain = 1"), told + 1);
    place_close(&place);
}

static void administrators_see_no_business_content(void **state)
{
    (void)state;
    struct place place = place_open();
    static const char *const pages[] = {"/linjiang/directory",
                                        "/linjiang/organization.json",
                                        "/linjiang/search?q=a",
                                        "/linjiang/duty",
                                        "/import",
                                        "/linjiang/roster"};
    static const enum role roles[] = {ROLE_SYSTEM, ROLE_SECURITY, ROLE_AUDIT};
    for (int i = 0; i < 3; i++) {
        make_in(place.sample, role_word(roles[i]), roles[i], NULL, 0);
        struct str cookie = sign_in(place.sample, role_word(roles[i]));
        for (size_t p = 0; p < sizeof pages / sizeof *pages; p++) {
            struct got got = get(place.sample, cookie, pages[p]);
            assert_true(got.status == 404 || got.status == 403);
            assert_false(str_has(got.body, STR("市教育局")));
        }
        is(get(place.sample, cookie, "/accounts"), roles[i] == ROLE_AUDIT ? 403 : 200);
    }
    place_close(&place);
}

/* Without a session nothing but what is public; the clerk of a county holds every right of
 * business, so that one account is enough. */
static const char *path_in(struct place *place, const struct route *route, const char *body)
{
    struct arena *arena = &place->sample->arena;
    struct str path = str_replace(arena, str_from(route->path), STR("{body}"), str_from(body));
    while (str_has(path, STR("{"))) {
        ptrdiff_t from = str_find(path, STR("{")), to = str_find(path, STR("}"));
        path = str_fmt(arena, "%.*s0000000000001%.*s", STR_ARG(str_head(path, (size_t)from)),
                       STR_ARG(str_from_byte(path, (size_t)to + 1)));
    }
    return str_c(arena, path);
}

static void every_route_asks_for_its_right(void **state)
{
    (void)state;
    struct place place = place_open();
    make_in(place.sample, "all", ROLE_OFFICE_CLERK, NULL, 0);
    int n, public = 0;
    app_route_at(place.sample->program.app, 0, &n);
    for (int i = 0; i < n; i++) {
        const struct route *route = app_route_at(place.sample->program.app, i, NULL);
        if (route->need == RIGHT_PUBLIC) {
            public++;
            continue;
        }
        struct got got =
            ask(place.sample, &(struct ask){.method = route->method,
                                            .target = path_in(&place, route, "linjiang"),
                                            .origin = "https://duikou.example",
                                            .remote = true});
        if (got.status != 401 && got.status != 303 && got.status != 406)
            fail_msg("%s: %d", route->path, got.status);
        if (route->need < RIGHT_SETTINGS && !rights_may(&viewer_clerk, route->need, NULL))
            fail_msg("%s is not the clerk's", route->path);
    }
    assert_int_equal(public, 16);
    place_close(&place);
}

/* --- every role × every route × own, other body --- */

static void check_route(struct place *place, enum role role, struct str cookie,
                        const struct route *route, const char *body)
{
    struct program_sample *sample = place->sample;
    const char *path = path_in(place, route, body);
    struct got got = ask(sample, &(struct ask){.method = route->method,
                                               .target = path,
                                               .cookie = cookie,
                                               .origin = "https://duikou.example",
                                               .remote = true});
    bool own = strcmp(body, "linjiang") == 0;
    bool of_body = str_starts(str_from(route->path), STR("/{body}"));
    bool refused = got.status == 403 || got.status == 404 || got.status == 406;
    if (rights_scope(role, route->need) == SCOPE_NONE && !refused)
        fail_msg("%s may %s: %d", role_word(role), path, got.status);
    if (of_body && !own && rights_scope(role, route->need) < SCOPE_INSTANCE && !refused)
        fail_msg("%s may %s: %d", role_word(role), path, got.status);
    if (of_body && own && !role_is_administrator(role) && got.status == 403 &&
        rights_scope(role, route->need) >= SCOPE_BODY)
        fail_msg("%s may not %s: %.*s", role_word(role), path, STR_ARG(got.body));
    if (!own && rights_scope(role, route->need) < SCOPE_INSTANCE && str_has(got.body, STR("清河")))
        fail_msg("%s reads of another body: %s", role_word(role), path);
    if (of_body && role_is_administrator(role) && str_has(got.body, STR("市教育局")))
        fail_msg("%s reads business content: %s", role_word(role), path);
}

static void every_role_at_every_route_in_ones_own_and_in_another_body(void **state)
{
    (void)state;
    struct place place = place_open();
    int n;
    app_route_at(place.sample->program.app, 0, &n);
    for (enum role role = ROLE_NONE + 1; role < ROLES_N; role++) {
        const char *login = role_word(role);
        make_in(place.sample, login, role, role_is_administrator(role) ? NULL : "linjiang",
                role_has_organization(role) ? place.unit : 0);
        struct str cookie = sign_in(place.sample, login);
        struct arena_mark mark = arena_mark(&place.sample->arena);
        for (int i = 0; i < n; i++) {
            const struct route *route = app_route_at(place.sample->program.app, i, NULL);
            if (route->need <= RIGHT_OWN)
                continue;
            check_route(&place, role, cookie, route, "linjiang");
            check_route(&place, role, cookie, route, "qinghe");
            arena_rewind(&place.sample->arena, mark);
        }
    }
    place_close(&place);
}

/* --- steps: by whom, for which organization --- */

static int64_t designated(struct place *place, struct str cookie, const char *unit, int status)
{
    const char *form = str_fmt(&place->sample->arena,
                               "organization=%s&role=liaison&name=周某&start_date=2026-06-01", unit)
                           .ptr;
    struct got got = post(place->sample, cookie, "/linjiang/designation", form);
    is(got, status);
    int64_t id = 0;
    if (status == 303)
        assert_true(id_parse(str_from_byte(got.location, strlen("/linjiang/designation/")), &id));
    return id;
}

static void a_unit_names_its_own_and_a_committee_registers_its_links(void **state)
{
    (void)state;
    struct place place = place_open();
    struct program_sample *sample = place.sample;
    make_in(sample, "unit", ROLE_UNIT_LIAISON, "linjiang", place.unit);
    make_in(sample, "other", ROLE_UNIT_LIAISON, "linjiang", place.stranger);
    make_in(sample, "staff", ROLE_COMMITTEE_STAFF, "linjiang", place.committee);
    make_in(sample, "member", ROLE_MEMBER, "linjiang", place.unit);
    struct str unit = sign_in(sample, "unit"), other = sign_in(sample, "other"),
               staff = sign_in(sample, "staff"), member = sign_in(sample, "member");
    int64_t own = designated(&place, unit, "市教育局", 303);
    designated(&place, unit, "市水利局", 403);
    designated(&place, member, "市教育局", 403);
    int64_t strange = designated(&place, other, "市水利局", 303);
    struct arena *arena = &sample->arena;
    struct str of_own = str_from(at(&place, "/linjiang/designation/", own));
    struct str of_strange = str_from(at(&place, "/linjiang/designation/", strange));
    is(get(sample, member, of_own.ptr), 200); /* of the organization he belongs to */
    is(get(sample, other, of_own.ptr), 404);
    const char *seen = "version=1&date=2026-06-02";
    is(post(sample, unit, TO(of_own, "/register"), seen), 403);
    is(post(sample, other, TO(of_own, "/end"), seen), 404);
    is(post(sample, member, TO(of_own, "/end"), seen), 403);
    is(post(sample, staff, TO(of_strange, "/register"), seen), 404);
    is(post(sample, staff, TO(of_own, "/register"), seen), 303);
    place_close(&place);
}

static const char *seat_form(struct place *place, const char *role, const char *name)
{
    return str_fmt(&place->sample->arena, "role=%s&body=linjiang&organization=%s", role, name).ptr;
}

static void nobody_gives_himself_or_others_more_than_he_may(void **state)
{
    (void)state;
    struct place place = place_open();
    struct program_sample *sample = place.sample;
    struct arena *arena = &sample->arena;
    make_in(sample, "unit", ROLE_UNIT_LIAISON, "linjiang", place.unit);
    make_in(sample, "security", ROLE_SECURITY, NULL, 0);
    make_in(sample, "foreign", ROLE_OFFICE_CLERK, "qinghe", 0);
    struct str clerk = sign_in(sample, "clerk"), unit = sign_in(sample, "unit"),
               security = sign_in(sample, "security");
    struct str of_unit = account_url(&place, clerk, "unit"),
               of_security = account_url(&place, clerk, "security"),
               of_clerk = account_url(&place, clerk, "clerk"),
               of_foreign = account_url(&place, clerk, "foreign");
    is(get(sample, unit, "/accounts"), 403);
    is(post(sample, unit, TO(of_unit, "/seats"), seat_form(&place, "office-clerk", "")), 403);
    is(post(sample, clerk, TO(of_clerk, "/seats"), seat_form(&place, "signer", "")), 403);
    is(post(sample, clerk, TO(of_unit, "/seats"), "role=security"), 403);
    is(post(sample, clerk, TO(of_unit, "/seats"), "role=signer&body=qinghe"), 403);
    is(post(sample, clerk, TO(of_unit, "/seats"), seat_form(&place, "party-liaison", "民盟市委会")),
       303);
    is(get(sample, clerk, of_foreign.ptr), 404);
    is(post(sample, clerk, TO(of_foreign, "/lock"), ""), 404);
    is(post(sample, clerk, TO(of_security, "/slip"), ""), 404);
    is(post(sample, security, TO(of_security, "/seats"), seat_form(&place, "office-clerk", "")),
       403);
    is(post(sample, security, TO(of_unit, "/seats"), "role=audit"), 409);
    is(post(sample, security, TO(of_unit, "/lock"), ""), 403); /* that is the system's */
    is(post(sample, security, TO(of_foreign, "/seats"), seat_form(&place, "signer", "")), 303);
    place_close(&place);
}

static void the_last_security_administrator_stays(void **state)
{
    (void)state;
    struct place place = place_open();
    struct program_sample *sample = place.sample;
    struct arena *arena = &sample->arena;
    make_in(sample, "security", ROLE_SECURITY, NULL, 0);
    make_in(sample, "system", ROLE_SYSTEM, NULL, 0);
    struct str system = sign_in(sample, "system");
    struct str of_first = account_url(&place, system, "security");
    is(post(sample, system, TO(of_first, "/lock"), ""), 409);
    make_in(sample, "second", ROLE_SECURITY, NULL, 0);
    is(post(sample, system, TO(of_first, "/lock"), ""), 303);
    is(sign_in_with(sample, "security", password, ""), 422);
    struct str second = sign_in(sample, "second");
    struct str page = get(sample, second, account_url(&place, second, "system").ptr).body;
    assert_true(str_has(page, STR("系统管理员")));
    /* Locked, the first is none: the second cannot be locked, nor end the first's seat and be
     * alone for it. */
    is(post(sample, system, TO(account_url(&place, system, "second"), "/lock"), ""), 409);
    place_close(&place);
}

static void a_seat_is_switched_to_and_an_ended_one_is_gone(void **state)
{
    (void)state;
    struct place place = place_open();
    struct program_sample *sample = place.sample;
    struct arena *arena = &sample->arena;
    make_in(sample, "two", ROLE_UNIT_LIAISON, "linjiang", place.unit);
    struct str clerk = sign_in(sample, "clerk");
    struct str url = account_url(&place, clerk, "two");
    is(post(sample, clerk, TO(url, "/seats"), seat_form(&place, "unit-leader", "市水利局")), 303);
    struct str two = sign_in(sample, "two");
    sees(&place, two, place.unit, true);
    sees(&place, two, place.stranger, false);
    struct str page = get(sample, two, "/me").body;
    struct str seat = between(sample, page, "name=\"seat\" value=\"", "\"");
    is(post(sample, two, "/me/seat", "seat=0000000000001"), 404);
    is(post(sample, two, "/me/seat", str_fmt(arena, "seat=%.*s", STR_ARG(seat)).ptr), 303);
    sees(&place, two, place.unit, false);
    sees(&place, two, place.stranger, true);
    assert_true(
        str_has(get(sample, two, "/linjiang/directory").body, STR("市水利局 单位责任领导")));
    struct str end = str_fmt(arena, "%.*s/seats/%.*s/end", STR_ARG(url), STR_ARG(seat));
    is(post(sample, two, end.ptr, ""), 403);
    is(post(sample, clerk, end.ptr, ""), 303);
    sees(&place, two, place.unit, true);
    sees(&place, two, place.stranger, false);
    place_close(&place);
}

static void a_link_into_another_of_ones_bodies_says_which_seat_to_take(void **state)
{
    (void)state;
    struct place place = place_open();
    struct program_sample *sample = place.sample;
    struct arena *arena = &sample->arena;
    make_in(sample, "two", ROLE_UNIT_LIAISON, "linjiang", place.unit);
    make_in(sample, "everywhere", ROLE_OFFICE_CLERK, NULL, 0);
    struct str clerk = sign_in(sample, "everywhere");
    is(post(sample, clerk, TO(account_url(&place, clerk, "two"), "/seats"),
            "role=unit-leader&body=qinghe&organization=市教育局"),
       303);
    struct str two = sign_in(sample, "two");
    struct got there = get(sample, two, at(&place, "/qinghe/organization/", place.foreign));
    is(there, 403);
    assert_true(str_has(there.body, STR("市教育局 单位责任领导")) &&
                str_has(there.body, STR("换用")));
    assert_true(str_has(get(sample, two, "/me").body, STR("清河")));
    place_close(&place);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_body_that_is_not_ones_own_is_not_there),
        cmocka_unit_test(a_unit_sees_its_own_a_committee_its_links_an_office_the_body),
        cmocka_unit_test(NB17_5_2_telephones_are_for_the_offices_and_the_linked_committee),
        cmocka_unit_test(administrators_see_no_business_content),
        cmocka_unit_test(every_route_asks_for_its_right),
        cmocka_unit_test(every_role_at_every_route_in_ones_own_and_in_another_body),
        cmocka_unit_test(a_unit_names_its_own_and_a_committee_registers_its_links),
        cmocka_unit_test(nobody_gives_himself_or_others_more_than_he_may),
        cmocka_unit_test(the_last_security_administrator_stays),
        cmocka_unit_test(a_seat_is_switched_to_and_an_ended_one_is_gone),
        cmocka_unit_test(a_link_into_another_of_ones_bodies_says_which_seat_to_take),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
