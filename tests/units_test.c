/* What a unit's liaison does, who comes twice a month: his unit's page first, nothing offered that
 * he may not do, the papers that belong to what his unit says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "account_kit.h"
#include "domain/file/file.h"

static struct got upload(struct place *place, struct str cookie, const char *to, const char *name)
{
    struct arena *arena = &place->sample->arena;
    return ask(place->sample, &(struct ask){.method = METHOD_POST,
                                            .target = str_fmt(arena, "%s/files", to).ptr,
                                            .cookie = cookie,
                                            .origin = "https://duikou.example",
                                            .remote = true,
                                            .file = name,
                                            .bytes = str_fmt(arena, "关于%s的说明。\n", name)});
}

static const char *made(struct place *place, struct str cookie, const char *kind, const char *form)
{
    struct arena *arena = &place->sample->arena;
    struct got got = post(place->sample, cookie, str_fmt(arena, "/linjiang/%s", kind).ptr, form);
    is(got, 303);
    return str_c(arena, got.location);
}

/* Address of the attachment of a name, as the list of its record tells; empty: it is not there. */
static const char *attached(struct place *place, struct str cookie, const char *to,
                            const char *name)
{
    struct arena *arena = &place->sample->arena;
    struct got got = get(place->sample, cookie, str_fmt(arena, "%s/files.json", to).ptr);
    is(got, 200);
    ptrdiff_t at = str_find(got.body, str_from(name));
    if (at < 0)
        return "";
    struct str rest = str_from_byte(got.body, (size_t)at);
    return str_c(arena, between(place->sample, rest, "\"url\":\"", "\""));
}

struct people {
    struct place place;
    struct str clerk, unit, other, staff, member;
};

static struct people people_open(void)
{
    struct people people = {.place = place_open()};
    struct program_sample *sample = people.place.sample;
    make_in(sample, "unit", ROLE_UNIT_LIAISON, "linjiang", people.place.unit);
    make_in(sample, "other", ROLE_UNIT_LIAISON, "linjiang", people.place.stranger);
    make_in(sample, "staff", ROLE_COMMITTEE_STAFF, "linjiang", people.place.committee);
    make_in(sample, "member", ROLE_MEMBER, "linjiang", people.place.unit);
    people.clerk = sign_in(sample, "clerk");
    people.unit = sign_in(sample, "unit");
    people.other = sign_in(sample, "other");
    people.staff = sign_in(sample, "staff");
    people.member = sign_in(sample, "member");
    return people;
}

static void a_unit_attaches_papers_to_what_it_says_itself(void **state)
{
    (void)state;
    struct people all = people_open();
    struct place *place = &all.place;
    struct program_sample *sample = place->sample;
    static const struct {
        const char *kind, *form;
    } own[] = {
        {"designation", "organization=市教育局&role=liaison&name=周某&start_date=2026-06-01"},
        {"correction", "organization=市教育局&sort=alias&wanted=市教体局&reason=简称"},
    };
    for (int i = 0; i < 2; i++) {
        const char *to = made(place, all.unit, own[i].kind, own[i].form);
        assert_true(str_has(get(sample, all.unit, to).body, STR("data-upload")));
        is(upload(place, all.unit, to, "任职文件.txt"), 303);
        is(upload(place, all.other, to, "别的.txt"), 404);
        is(upload(place, all.member, to, "别的.txt"), 403);
        is(upload(place, all.staff, to, "委员会.txt"), 303);
        const char *file = attached(place, all.staff, to, "任职文件.txt");
        is(get(sample, all.unit, file), 200);
        is(get(sample, all.other, file), 404);
        is(get(sample, all.member, file), 200);
        assert_false(str_has(get(sample, all.member, to).body, STR("data-upload")));
    }
    /* What is the office's to keep stays the office's. */
    is(upload(place, all.unit, at(place, "/linjiang/organization/", place->unit), "x.txt"), 403);
    assert_false(
        str_has(get(sample, all.unit, at(place, "/linjiang/organization/", place->unit)).body,
                STR("data-upload")));
    place_close(place);
}

static void a_unit_takes_back_what_it_attached_and_nothing_else(void **state)
{
    (void)state;
    struct people all = people_open();
    struct place *place = &all.place;
    struct program_sample *sample = place->sample;
    struct arena *arena = &sample->arena;
    const char *to = made(place, all.unit, "designation",
                          "organization=市教育局&role=liaison&name=周某&start_date=2026-06-01");
    is(upload(place, all.unit, to, "选错了.txt"), 303);
    is(upload(place, all.staff, to, "备案件.txt"), 303);
    struct str own = str_from(attached(place, all.unit, to, "选错了.txt"));
    struct str theirs = str_from(attached(place, all.unit, to, "备案件.txt"));
    is(post(sample, all.unit, TO(theirs, "/remove"), ""), 403);
    is(post(sample, all.unit, TO(theirs, "/freeze"), "reason=试"), 403);
    is(post(sample, all.member, TO(own, "/remove"), ""), 403);
    is(post(sample, all.staff, TO(own, "/remove"), ""), 403);
    is(post(sample, all.unit, TO(own, "/remove"), ""), 303);
    is(get(sample, all.staff, own.ptr), 404);
    is(post(sample, all.unit, TO(own, "/restore"), ""), 303);
    is(get(sample, all.staff, own.ptr), 200);
    is(post(sample, all.unit, TO(own, "/freeze"), "reason=传错了"), 303);
    is(get(sample, all.unit, own.ptr), 404);
    is(get(sample, all.clerk, own.ptr), 200);
    is(post(sample, all.unit, TO(own, "/release"), ""), 404);
    place_close(place);
}

static void a_unit_comes_to_its_own_page(void **state)
{
    (void)state;
    struct people all = people_open();
    struct program_sample *sample = all.place.sample;
    const char *own = at(&all.place, "/linjiang/organization/", all.place.unit);
    assert_true(str_is(get(sample, all.unit, "/").location, own));
    assert_true(str_is(get(sample, all.unit, "/linjiang").location, own));
    assert_true(str_is(get(sample, all.staff, "/").location, "/linjiang/directory"));
    assert_true(str_is(get(sample, all.member, "/").location, "/linjiang/directory"));
    struct str page = get(sample, all.unit, "/linjiang/directory").body;
    assert_true(str_has(page, str_fmt(&sample->arena, "<a href=\"%s\">本单位</a>", own)));
    assert_false(str_has(get(sample, all.staff, "/linjiang/directory").body, STR("本单位")));
    place_close(&all.place);
}

static void nothing_is_offered_that_a_unit_may_not_do(void **state)
{
    (void)state;
    struct people all = people_open();
    struct place *place = &all.place;
    struct program_sample *sample = place->sample;
    struct str form = get(sample, all.unit, "/linjiang/designation/new").body;
    assert_true(str_has(form, STR("确定人选")) && !str_has(form, STR("behalf_for")));
    assert_true(
        str_has(get(sample, all.clerk, "/linjiang/designation/new").body, STR("behalf_for")));
    struct str list = get(sample, all.unit, "/linjiang/designation").body;
    assert_true(str_has(list, STR("还没有联系人员")) && !str_has(list, STR("名单与回执")));
    assert_true(str_has(get(sample, all.clerk, "/linjiang/designation").body, STR("整批导入")));
    /* Of the committee it is linked with nothing is its to ask for. */
    struct str of_committee =
        get(sample, all.unit, at(place, "/linjiang/organization/", place->committee)).body;
    assert_false(str_has(of_committee, STR("申请更正名称")));
    assert_false(str_has(of_committee, STR("designation/new")));
    assert_true(
        str_has(get(sample, all.unit, at(place, "/linjiang/organization/", place->unit)).body,
                STR("申请更正名称")));
    place_close(place);
}

static void ALL_proxy_what_was_entered_for_a_unit_is_shown_so_on_its_page(void **state)
{
    (void)state;
    struct people all = people_open();
    struct place *place = &all.place;
    const char *own = at(place, "/linjiang/organization/", place->unit);
    made(place, all.clerk, "designation",
         "organization=市教育局&role=liaison&name=吴某&start_date=2026-06-01&behalf_for=市教育局&"
         "behalf_means=letter&behalf_date=2026-06-01");
    assert_true(str_has(get(place->sample, all.unit, own).body, STR("代录：来函")));
    struct str data =
        get(place->sample, all.unit, str_fmt(&place->sample->arena, "%s.json", own).ptr).body;
    assert_true(str_has(data, STR("\"behalf\":\"代录：来函\"")));
    place_close(place);
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "file-child") == 0) /* the program that looks is this one */
        return file_child_main(argc > 2 && strcmp(argv[2], "text") == 0);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_unit_attaches_papers_to_what_it_says_itself),
        cmocka_unit_test(a_unit_takes_back_what_it_attached_and_nothing_else),
        cmocka_unit_test(a_unit_comes_to_its_own_page),
        cmocka_unit_test(nothing_is_offered_that_a_unit_may_not_do),
        cmocka_unit_test(ALL_proxy_what_was_entered_for_a_unit_is_shown_so_on_its_page),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
