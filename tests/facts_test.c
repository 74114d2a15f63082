#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "tests/program_sample.h"

/* What a loaded scheme means, clause by clause, and what a person decided about it since. */

static const struct date no_date = {0}, today = {2026, 7, 1};

#define FILE_2026_3 "tests/data/load/linjiang-2026-3.yaml"
#define FILE_2026_8 "tests/data/load/linjiang-2026-8.yaml"
#define FILE_2020_1 "tests/data/load/linjiang-2020-1.yaml"
#define FILE_QINGHE "tests/data/load/qinghe-2025-5.yaml"

static struct load_plan load(struct program_sample *sample, const char *path)
{
    return sample_load(sample, sample_file(sample, path), no_date);
}

static void assert_nothing_changes(struct program_sample *sample, const char *path)
{
    struct load_plan plan = load(sample, path);
    for (int i = 0; i < plan.n; i++)
        if (plan.items[i].op != LOAD_SAME)
            fail_msg("%s: %d %s %.*s %s", path, plan.items[i].op, plan.items[i].record->kind->name,
                     STR_ARG(plan.items[i].title),
                     plan.items[i].changes_n ? plan.items[i].changes[0].label : "");
}

static struct program_sample *open_with(const char *path)
{
    struct program_sample *sample = program_sample_open(today);
    load(sample, path);
    return sample;
}

/* The address of an organization, by its exact name. */
static struct str page_of(struct program_sample *sample, const char *name)
{
    for (int i = 0;; i++) {
        struct str at = str_fmt(&sample->arena, "/items/%d/name", i);
        struct str found = sample_at(sample, "/linjiang/organization.json?limit=200", at.ptr);
        if (found.len == 0)
            fail_msg("no organization %s", name);
        if (!str_is(found, name))
            continue;
        at = str_fmt(&sample->arena, "/items/%d/url", i);
        return sample_at(sample, "/linjiang/organization.json?limit=200", at.ptr);
    }
}

static struct str of(struct program_sample *sample, const char *name, const char *pointer)
{
    struct str url = str_fmt(&sample->arena, "%.*s.json", STR_ARG(page_of(sample, name)));
    return sample_at(sample, url.ptr, pointer);
}

/* POST a change to an organization as its form would. */
static void change(struct program_sample *sample, const char *name, const char *form)
{
    struct str url = page_of(sample, name);
    struct str sent =
        str_fmt(&sample->arena, "version=%.*s&%s", STR_ARG(of(sample, name, "/version")), form);
    struct sample_answer answer = sample_post(sample, url.ptr, sent);
    if (answer.status != 303)
        fail_msg("%d %.*s", answer.status, STR_ARG(answer.body));
}

static struct str total(struct program_sample *sample, const char *target)
{
    return sample_at(sample, target, "/total");
}

/* --- ZY22-0 --- */

static void ZY22_0_a_repealing_document_ends_the_repealed_one_and_keeps_its_history(void **state)
{
    (void)state;
    struct program_sample *sample = open_with(FILE_2020_1);
    load(sample, FILE_2026_8);
    sample_transcript(sample, "repeal.http");
    assert_nothing_changes(sample, FILE_2026_8);
    assert_nothing_changes(sample, FILE_2020_1);
    sample_transcript(sample, "repeal.http");
    program_sample_close(sample);
}

static void ZY22_0_a_repealed_document_that_is_loaded_later_has_ended_all_the_same(void **state)
{
    (void)state;
    struct program_sample *sample = open_with(FILE_2026_8);
    load(sample, FILE_2020_1);
    sample_transcript(sample, "repeal.http");
    assert_nothing_changes(sample, FILE_2020_1);
    program_sample_close(sample);
}

static void ZY22_0_a_repeal_that_is_added_later_takes_effect_on_the_day_of_the_load(void **state)
{
    (void)state;
    struct program_sample *sample = open_with(FILE_2020_1);
    struct str yaml = sample_file(sample, FILE_2026_8);
    sample_load(sample,
                str_replace(&sample->arena, yaml, STR("  repeals: [临协发〔2020〕1号]\n"), STR("")),
                no_date);
    assert_true(str_is(total(sample, "/linjiang/document.json"), "2"));
    sample_load(sample, yaml, (struct date){2026, 6, 10});
    assert_true(str_is(total(sample, "/linjiang/document.json?on=2026-06-09"), "2"));
    assert_true(str_is(total(sample, "/linjiang/document.json?on=2026-06-10"), "1"));
    assert_nothing_changes(sample, FILE_2026_8);
    program_sample_close(sample);
}

static void ZY22_0_an_unrelated_document_stays(void **state)
{
    (void)state;
    struct program_sample *sample = open_with(FILE_2026_3);
    load(sample, FILE_2020_1);
    load(sample, FILE_2026_8);
    assert_true(str_is(sample_at(sample, "/linjiang/document.json", "/items/0/number"),
                       "临协发〔2026〕3号"));
    assert_true(str_is(total(sample, "/linjiang/document.json"), "2"));
    program_sample_close(sample);
}

/* --- ZY22-A1 --- */

static void ZY22_A1_leaders_by_name_end_after_the_day_they_are_a_fact_of(void **state)
{
    (void)state;
    struct program_sample *sample = open_with(FILE_2026_3);
    sample_expect(sample, "GET /linjiang/directory.json?on=2026-01-20\n200\n"
                          "$ /items/7/from/name \"赵一鸣\"\n"
                          "$ /items/7/unit/name \"民盟市委会\"\n"
                          "$ /sides/2/post \"副市长\"\n\n"
                          "GET /linjiang/directory.json?on=2026-01-21\n200\n"
                          "$ /items/6/unit/name \"市林业局\"\n$ /items/7 -\n\n"
                          "GET /linjiang/person.json?on=2026-01-20\n200\n$ /total 1\n\n"
                          "GET /linjiang/person.json\n200\n$ /total 0\n");
    assert_nothing_changes(sample, FILE_2026_3);
    program_sample_close(sample);
}

static void ZY22_A1_what_an_office_confirmed_a_reload_does_not_end_again(void **state)
{
    (void)state;
    struct program_sample *sample = open_with(FILE_2026_3);
    struct str link =
        sample_at(sample, "/linjiang/link.json?on=2026-01-20&limit=200", "/items/7/url");
    struct str restore = str_fmt(&sample->arena, "%.*s/restore", STR_ARG(link));
    struct sample_answer answer =
        sample_post(sample, restore.ptr, STR("version=1&basis=办公室确认仍由其联系"));
    assert_int_equal(answer.status, 303);
    assert_true(
        str_is(sample_at(sample, "/linjiang/directory.json", "/items/7/from/name"), "赵一鸣"));
    assert_nothing_changes(sample, FILE_2026_3);
    assert_true(
        str_is(sample_at(sample, "/linjiang/directory.json", "/items/7/from/name"), "赵一鸣"));
    program_sample_close(sample);
}

/* --- OR20-A, NB17-4: names that wait for a person --- */

static struct str qinghe_at(struct program_sample *sample, const char *pointer)
{
    return sample_at(sample, "/qinghe/directory.json", pointer);
}

static void OR20_A_a_held_name_is_marked_wherever_it_is_shown(void **state)
{
    (void)state;
    struct program_sample *sample = open_with(FILE_QINGHE);
    sample_expect(sample, "GET /qinghe/directory.json\n200\n"
                          "$ /items/1/unit/name \"九二学社\"\n$ /items/1/held true\n"
                          "$ /items/1/hint \"九三学社\"\n$ /items/0/held false\n"
                          "@unit /items/1/unit/url\n\n"
                          "GET /qinghe/directory\n200\n| 疑似误印\n| 九三学社\n\n"
                          "GET /qinghe/directory/units\n200\n| 疑似误印\n\n"
                          "GET /qinghe/directory/matrix\n200\n| 疑似误印\n\n"
                          "GET {unit}\n200\n| 疑似误印\n\n"
                          "GET /qinghe/organization.json?held=1\n200\n$ /total 1\n");
    program_sample_close(sample);
}

static void OR20_A_a_decision_about_a_held_name_survives_a_reload(void **state)
{
    (void)state;
    struct program_sample *sample = open_with(FILE_QINGHE);
    struct str unit = qinghe_at(sample, "/items/1/unit/url");
    /* The misprint is taken for what was hinted at. */
    struct sample_answer answer =
        sample_post(sample, unit.ptr, STR("version=1&name=九三学社&held=0&hint="));
    assert_int_equal(answer.status, 303);
    assert_nothing_changes(sample, FILE_QINGHE);
    assert_true(str_is(qinghe_at(sample, "/items/1/unit/name"), "九三学社"));
    assert_true(str_is(qinghe_at(sample, "/items/1/held"), "0"));
    assert_true(str_is(qinghe_at(sample, "/items/2/unit/name"), ""));
    program_sample_close(sample);
}

static void OR20_A_a_name_found_to_be_right_is_not_held_again(void **state)
{
    (void)state;
    struct program_sample *sample = open_with(FILE_QINGHE);
    struct str unit = qinghe_at(sample, "/items/1/unit/url");
    assert_int_equal(sample_post(sample, unit.ptr, STR("version=1&held=0&hint=")).status, 303);
    assert_nothing_changes(sample, FILE_QINGHE);
    assert_true(str_is(qinghe_at(sample, "/items/1/unit/name"), "九二学社"));
    assert_true(str_is(qinghe_at(sample, "/items/1/held"), "0"));
    program_sample_close(sample);
}

static void NB17_4_a_unit_renamed_by_the_office_is_the_same_unit_at_the_next_load(void **state)
{
    (void)state;
    struct program_sample *sample = open_with(FILE_2026_3);
    change(sample, "市林业局", "name=市林业和草原局");
    assert_nothing_changes(sample, FILE_2026_3);
    assert_true(str_is(of(sample, "市林业和草原局", "/names/0/name"), "市林业局"));
    sample_expect(sample, "GET /linjiang/organization/pick.json?q=市林业局\n200\n"
                          "$ /items/0/name \"市林业和草原局\"\n$ /items/1 -\n\n"
                          "GET /linjiang/directory.json?q=市林业局\n200\n"
                          "$ /items/0/unit/name \"市林业和草原局\"\n");
    /* and back again */
    change(sample, "市林业和草原局", "name=市林业局");
    assert_nothing_changes(sample, FILE_2026_3);
    assert_true(str_is(of(sample, "市林业局", "/names/0/name"), "市林业和草原局"));
    assert_true(str_is(of(sample, "市林业局", "/names/1/name"), ""));
    program_sample_close(sample);
}

static void NB17_4_other_corrections_by_hand_survive_a_reload(void **state)
{
    (void)state;
    struct program_sample *sample = open_with(FILE_2026_3);
    change(sample, "市水利局",
           "classification=unit&note=已并入&names.0.name=市水务局&names.0.kind=former");
    change(sample, "市住建局", "names.0.name=住建局&names.0.kind=alias");
    struct load_plan plan = load(sample, FILE_2026_3);
    /* The file's alias of 市住建局 comes back beside the one entered by hand. */
    assert_int_equal(plan.counts[LOAD_CHANGE], 1);
    assert_int_equal(plan.counts[LOAD_ADD] + plan.counts[LOAD_END], 0);
    assert_true(str_is(of(sample, "市住建局", "/names/0/name"), "住建局"));
    assert_true(str_is(of(sample, "市住建局", "/names/1/name"), "市住房和城乡建设局"));
    assert_true(str_is(of(sample, "市水利局", "/classification"), "unit"));
    assert_true(str_is(of(sample, "市水利局", "/note"), "已并入"));
    assert_nothing_changes(sample, FILE_2026_3);
    program_sample_close(sample);
}

/* --- YY22-2b, YY22-2c, NB17-4: names in brackets, group entries, sub-units --- */

static void YY22_2b_a_unit_is_found_by_either_name(void **state)
{
    (void)state;
    struct program_sample *sample = open_with(FILE_2026_3);
    static const char *const typed[] = {"市住建局",  "市住房和城乡", "住建局", "szjj",
                                        "szfhcxjsj", "人防办",       "rfb"};
    for (size_t i = 0; i < sizeof typed / sizeof *typed; i++) {
        struct str target = str_fmt(&sample->arena, "/linjiang/directory.json?q=%s", typed[i]);
        if (!str_is(sample_at(sample, target.ptr, "/items/0/unit/name"), "市住建局"))
            fail_msg("not found by %s", typed[i]);
        assert_true(str_is(sample_at(sample, target.ptr, "/items/0/parts"), "人防办、园林中心"));
        assert_true(str_is(sample_at(sample, target.ptr, "/items/1/unit/name"), ""));
    }
    sample_expect(sample, "GET /linjiang/search.json?q=市住房和城乡建设局\n200\n"
                          "$ /items/0/title \"市住建局\"\n\n"
                          "GET /linjiang/search.json?q=人防办\n200\n"
                          "$ /items/0/title \"人防办\"\n");
    program_sample_close(sample);
}

static void YY22_2b_another_document_may_print_another_of_its_names(void **state)
{
    (void)state;
    struct program_sample *sample = open_with(FILE_2026_3);
    load(sample, FILE_2026_8);
    sample_expect(sample, "GET /linjiang/organization.json?limit=200\n200\n"
                          "! \"name\":\"市住房和城乡建设局\"\n\n"
                          "GET /linjiang/directory/units.json?q=市住建局\n200\n"
                          "$ /sides/0/name \"市住建局\"\n$ /sides/0/total 2\n$ /sides/1 -\n");
    program_sample_close(sample);
}

static void YY22_2c_group_entries_are_told_apart_and_counted_apart(void **state)
{
    (void)state;
    struct program_sample *sample = open_with(FILE_2026_3);
    sample_expect(sample, "GET /linjiang/directory.json\n200\n"
                          "$ /items/3/unit/name \"各驻市保险公司\"\n$ /items/3/is_group true\n"
                          "$ /items/2/is_group false\n\n"
                          "GET /linjiang/directory\n200\n| 集合条目\n"
                          "| 联系 6 个单位和 1 个集合条目\n");
    program_sample_close(sample);
}

static void NB17_4_sub_units_and_group_entries_are_never_asked_anything(void **state)
{
    (void)state;
    struct program_sample *sample = open_with(FILE_2026_3);
    assert_true(str_is(of(sample, "市住建局", "/requirements/0/code"), "LJ-5.1"));
    assert_true(str_is(of(sample, "市住建局", "/requirements/0/times"), "1 名"));
    assert_true(str_is(of(sample, "提案委员会", "/requirements/0/code"), "LJ-5.2"));
    assert_true(str_is(of(sample, "人防办", "/parent/name"), "市住建局"));
    assert_true(str_is(of(sample, "人防办", "/requirements/0/code"), ""));
    assert_true(str_is(of(sample, "各驻市保险公司", "/requirements/0/code"), ""));
    program_sample_close(sample);
}

/* --- several schemes, several bodies --- */

static void two_schemes_of_one_body_share_their_organizations(void **state)
{
    (void)state;
    struct program_sample *sample = open_with(FILE_2026_3);
    struct load_plan plan = load(sample, FILE_2026_8);
    int organizations = 0;
    for (int i = 0; i < plan.n; i++)
        organizations += plan.items[i].op == LOAD_ADD &&
                         strcmp(plan.items[i].record->kind->name, "organization") == 0;
    assert_int_equal(organizations, 1); /* 市统计局 */
    sample_expect(sample, "GET /linjiang/directory/units.json?q=市教育局\n200\n"
                          "$ /sides/0/total 3\n$ /sides/1 -\n"
                          "$ /items/0/document/name \"临协发〔2026〕3号\"\n"
                          "$ /items/1/document/name \"临协发〔2026〕8号\"\n"
                          "$ /items/2/kind \"工作联系\"\n\n"
                          "GET /linjiang/directory\n200\n"
                          "| 依据 临协发〔2026〕3号、临协发〔2026〕8号\n");
    assert_nothing_changes(sample, FILE_2026_3);
    assert_nothing_changes(sample, FILE_2026_8);
    program_sample_close(sample);
}

static void assert_not_there(struct program_sample *sample, const struct kind *kind, struct str id)
{
    struct str own = str_fmt(&sample->arena, "/linjiang/%s/%.*s", kind->name, STR_ARG(id));
    struct str other = str_fmt(&sample->arena, "/qinghe/%s/%.*s", kind->name, STR_ARG(id));
    struct str json = str_fmt(&sample->arena, "%.*s.json", STR_ARG(other));
    struct str edit = str_fmt(&sample->arena, "%.*s/edit", STR_ARG(other));
    assert_int_equal(sample_get(sample, own.ptr).status, 200);
    assert_int_equal(sample_get(sample, other.ptr).status, 404);
    assert_int_equal(sample_get(sample, json.ptr).status, 404);
    assert_int_equal(sample_get(sample, edit.ptr).status, 404);
    assert_int_equal(sample_post(sample, other.ptr, STR("version=1&name=x")).status, 404);
}

/* Every record of one body, asked for at the other's address. */
static void bodies_do_not_see_each_others_records(void **state)
{
    (void)state;
    struct program_sample *sample = open_with(FILE_2026_3);
    load(sample, FILE_QINGHE);
    int asked = 0;
    for (const struct kind *const *kind = domain_kinds(); *kind; kind++) {
        struct str list =
            str_fmt(&sample->arena, "/linjiang/%s.json?on=all&limit=200", (*kind)->name);
        for (int i = 0; !(*kind)->instance; i++, asked++) {
            struct str at = str_fmt(&sample->arena, "/items/%d/id", i);
            struct str id = sample_at(sample, list.ptr, at.ptr);
            if (id.len == 0)
                break;
            assert_not_there(sample, *kind, id);
        }
    }
    assert_true(asked > 25);
    program_sample_close(sample);
}

static void bodies_find_only_their_own(void **state)
{
    (void)state;
    struct program_sample *sample = open_with(FILE_2026_3);
    load(sample, FILE_QINGHE);
    struct str id = sample_at(sample, "/linjiang/organization/pick.json?q=市住建局", "/items/0/id");
    struct str text = str_fmt(&sample->arena,
                              "GET /qinghe/search.json?q=市住建局\n200\n$ /items []\n\n"
                              "GET /qinghe/organization/pick.json?q=市住\n200\n$ /items []\n\n"
                              "GET /qinghe/directory.json?q=市住建局\n200\n$ /items []\n\n"
                              "GET /qinghe/link.json?to_organization=%.*s\n200\n$ /total 0\n\n"
                              "GET /qinghe/organization.json?parent=%.*s\n200\n$ /total 0\n\n"
                              "GET /qinghe/organization.json\n200\n$ /total 3\n\n"
                              "GET /qinghe/search.json?q=联系\n200\n! 临江\n! 临协发\n",
                              STR_ARG(id), STR_ARG(id));
    sample_expect(sample, text.ptr);
    program_sample_close(sample);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ZY22_0_a_repealing_document_ends_the_repealed_one_and_keeps_its_history),
        cmocka_unit_test(ZY22_0_a_repealed_document_that_is_loaded_later_has_ended_all_the_same),
        cmocka_unit_test(ZY22_0_a_repeal_that_is_added_later_takes_effect_on_the_day_of_the_load),
        cmocka_unit_test(ZY22_0_an_unrelated_document_stays),
        cmocka_unit_test(ZY22_A1_leaders_by_name_end_after_the_day_they_are_a_fact_of),
        cmocka_unit_test(ZY22_A1_what_an_office_confirmed_a_reload_does_not_end_again),
        cmocka_unit_test(OR20_A_a_held_name_is_marked_wherever_it_is_shown),
        cmocka_unit_test(OR20_A_a_decision_about_a_held_name_survives_a_reload),
        cmocka_unit_test(OR20_A_a_name_found_to_be_right_is_not_held_again),
        cmocka_unit_test(NB17_4_a_unit_renamed_by_the_office_is_the_same_unit_at_the_next_load),
        cmocka_unit_test(NB17_4_other_corrections_by_hand_survive_a_reload),
        cmocka_unit_test(YY22_2b_a_unit_is_found_by_either_name),
        cmocka_unit_test(YY22_2b_another_document_may_print_another_of_its_names),
        cmocka_unit_test(YY22_2c_group_entries_are_told_apart_and_counted_apart),
        cmocka_unit_test(NB17_4_sub_units_and_group_entries_are_never_asked_anything),
        cmocka_unit_test(two_schemes_of_one_body_share_their_organizations),
        cmocka_unit_test(bodies_do_not_see_each_others_records),
        cmocka_unit_test(bodies_find_only_their_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
