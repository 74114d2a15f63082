#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "tests/form_of_kind.h"

/* What holds for every kind of record of the program. */

static struct program_sample *open_loaded(void)
{
    struct program_sample *sample = program_sample_open((struct date){2026, 1, 20});
    struct str yaml = sample_file(sample, "tests/data/load/linjiang-2026-3.yaml");
    sample_load(sample, yaml, (struct date){0});
    return sample;
}

static void assert_status(struct program_sample *sample, const char *target, int wanted)
{
    struct sample_answer answer = sample_get(sample, target);
    if (answer.status != wanted)
        fail_msg("%s: %d %.*s", target, answer.status, STR_ARG(answer.body));
}

static void every_kind_can_be_entered_listed_shown_and_changed_by_hand(void **state)
{
    (void)state;
    struct program_sample *sample = open_loaded();
    for (const struct kind *const *kind = domain_kinds(); *kind; kind++) {
        struct str list =
            str_fmt(&sample->arena, "%s/%s", (*kind)->instance ? "" : "/linjiang", (*kind)->name);
        if ((*kind)->by_program) {
            assert_status(sample, list.ptr, 200);
            assert_status(sample, str_fmt(&sample->arena, "%.*s/new", STR_ARG(list)).ptr, 404);
            continue;
        }
        assert_status(sample, str_fmt(&sample->arena, "%.*s/new", STR_ARG(list)).ptr, 200);
        struct sample_answer made =
            sample_post(sample, list.ptr, form_of_kind(sample, *kind, (struct str){0}));
        if (made.status != 303)
            fail_msg("%s: %d %.*s", (*kind)->name, made.status, STR_ARG(made.body));
        const char *url = made.location.ptr;
        assert_status(sample, url, 200);
        assert_status(sample, str_fmt(&sample->arena, "%s.json", url).ptr, 200);
        assert_status(sample, str_fmt(&sample->arena, "%s/edit", url).ptr, 200);
        assert_int_equal(sample_post(sample, url, STR("version=1")).status, 303);
        static const char *const suffixes[] = {"", ".json", ".csv", ".xlsx"};
        for (int i = 0; i < 4; i++)
            assert_status(sample, str_fmt(&sample->arena, "%.*s%s", STR_ARG(list), suffixes[i]).ptr,
                          200);
    }
    program_sample_close(sample);
}

/* Every filter and every order that a list offers can be asked for, in both directions. */
static void every_mark_of_every_kind_is_served(void **state)
{
    (void)state;
    struct program_sample *sample = open_loaded();
    for (const struct kind *const *kind = domain_kinds(); *kind; kind++)
        for (const struct field *field = (*kind)->fields; field->key; field++) {
            struct str list = str_fmt(&sample->arena, "%s/%s.json",
                                      (*kind)->instance ? "" : "/linjiang", (*kind)->name);
            if (field->sort) {
                assert_status(sample,
                              str_fmt(&sample->arena, "%s?sort=%s", list.ptr, field->key).ptr, 200);
                assert_status(
                    sample, str_fmt(&sample->arena, "%s?sort=-%s", list.ptr, field->key).ptr, 200);
            }
            if (field->filter && field->kind != FIELD_REFERENCE)
                assert_status(sample,
                              str_fmt(&sample->arena, "%s?%s=%.*s", list.ptr, field->key,
                                      STR_ARG(value_of_field(sample, field)))
                                  .ptr,
                              200);
        }
    program_sample_close(sample);
}

/* An address of the program cannot be a body's, or the body could not be reached. */
static void a_word_that_the_program_needs_is_no_address_of_a_body(void **state)
{
    (void)state;
    struct program_sample *sample = open_loaded();
    int n, words = 0;
    app_route_at(sample->program.app, 0, &n);
    for (int i = 0; i < n; i++) {
        const char *path = app_route_at(sample->program.app, i, &n)->path;
        struct str rest = str_from(path + 1), word = str_cut(&rest, STR("/"));
        if (word.len == 0 || word.ptr[0] == '{' || str_has(word, STR(".")))
            continue;
        struct str form =
            str_fmt(&sample->arena, "name=甲&classification=cppcc&slug=%.*s", STR_ARG(word));
        struct sample_answer answer = sample_post(sample, "/body", form);
        if (answer.status != 422)
            fail_msg("%.*s: %d", STR_ARG(word), answer.status);
        words++;
    }
    assert_true(words > 5);
    static const char *const wrong[] = {"static", "healthz", "metrics", "A",    "a b", "-a",
                                        "市",     "a/b",     "a.b",     "a%01", ""};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct str form = str_fmt(&sample->arena, "name=甲&classification=cppcc&slug=%s", wrong[i]);
        if (sample_post(sample, "/body", form).status != 422)
            fail_msg("%s", wrong[i]);
    }
    program_sample_close(sample);
}

static void two_bodies_cannot_have_one_address(void **state)
{
    (void)state;
    struct program_sample *sample = open_loaded();
    sample_expect(sample, "POST /body\n> name=甲&classification=cppcc&slug=linjiang\n409\n"
                          "| 已经存在\n\n"
                          "GET /body.json\n200\n$ /total 1\n");
    program_sample_close(sample);
}

static void organizations_do_not_lie_within_themselves(void **state)
{
    (void)state;
    struct program_sample *sample = open_loaded();
    sample_expect(sample, "POST /linjiang/organization\n"
                          "> id=0C0000000000A&name=一级&classification=unit\n303\n\n"
                          "POST /linjiang/organization\n"
                          "> id=0C0000000000B&name=二级&classification=unit&parent=一级\n303\n\n"
                          "POST /linjiang/organization/0C0000000000A\n"
                          "> version=1&parent=二级\n422\n| “所属”绕回了它自己\n\n"
                          "POST /linjiang/organization/0C0000000000A\n"
                          "> version=1&parent=一级\n422\n| “所属”绕回了它自己\n");
    program_sample_close(sample);
}

static void a_link_has_one_party_on_either_side(void **state)
{
    (void)state;
    struct program_sample *sample = open_loaded();
    sample_expect(sample,
                  "POST /linjiang/link\n"
                  "> kind=fixed&scheme=临协发〔2026〕3号&from_organization=提案委员会\n422\n"
                  "| “对口单位”一侧应填一个单位或一名人员，现在有 0 个。\n\n"
                  "POST /linjiang/link\n"
                  "> kind=fixed&scheme=临协发〔2026〕3号&from_organization=提案委员会&"
                  "from_person=赵一鸣&to_organization=市水利局\n422\n"
                  "| “联系方”一侧应填一个单位或一名人员，现在有 2 个。\n");
    program_sample_close(sample);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_can_be_entered_listed_shown_and_changed_by_hand),
        cmocka_unit_test(every_mark_of_every_kind_is_served),
        cmocka_unit_test(a_word_that_the_program_needs_is_no_address_of_a_body),
        cmocka_unit_test(two_bodies_cannot_have_one_address),
        cmocka_unit_test(organizations_do_not_lie_within_themselves),
        cmocka_unit_test(a_link_has_one_party_on_either_side),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
