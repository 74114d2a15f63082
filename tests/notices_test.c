/* What steps tell whom: through the outbox into notices, and the pages of both. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "domain/notice/notice.h"
#include "engine/flow/flow.h"
#include "tests/account_kit.h"

static struct program_sample *open_linjiang(void)
{
    struct program_sample *sample = program_sample_open((struct date){2026, 1, 20});
    sample_load(sample, sample_file(sample, "tests/data/load/linjiang-2026-3.yaml"),
                (struct date){0});
    return sample;
}

static void run_jobs(struct program_sample *sample)
{
    int tried;
    struct fault fault = {0};
    do {
        if (outbox_run(sample->program.outbox, &tried, &fault) != OK)
            fail_msg("%.*s", STR_ARG(fault.message));
    } while (tried > 0);
}

static void whom_every_step_tells_is_known(void **state)
{
    (void)state;
    int n = 0;
    for (const struct kind *const *kind = domain_kinds(); *kind; kind++)
        for (const struct flow_step *step = (*kind)->flow ? (*kind)->flow->steps : NULL;
             step && step->action; step++) {
            n += step->notice != NULL;
            if (step->notice && !notice_is_known(str_from(step->notice)))
                fail_msg("%s %s: %s", (*kind)->name, step->action, step->notice);
        }
    assert_true(n > 0);
    assert_false(notice_is_known(STR("某处：有事")));
    assert_false(notice_is_known(STR("单位：")));
}

static void a_step_tells_the_office_and_the_unit(void **state)
{
    (void)state;
    struct program_sample *sample = open_linjiang();
    struct sample_answer made =
        sample_post(sample, "/linjiang/correction",
                    STR("organization=市水利局&sort=rename&wanted=市水务局&reason=挂牌更名"));
    assert_int_equal(made.status, 303);
    assert_true(str_is(sample_at(sample, "/linjiang/notice.json", "/unread"), "0"));
    assert_true(str_is(sample_at(sample, "/linjiang/outbox.json", "/items/0/state"), "waiting"));
    run_jobs(sample);
    assert_true(str_is(sample_at(sample, "/linjiang/outbox.json", "/items/0/state"), "done"));
    assert_true(
        str_is(sample_at(sample, "/linjiang/notice.json", "/items/0/text"), "有名称更正待核"));
    assert_true(str_is(sample_at(sample, "/linjiang/notice.json", "/items/0/to"), "办公室"));
    assert_true(str_eq(sample_at(sample, "/linjiang/notice.json", "/items/0/url"), made.location));
    assert_true(str_is(sample_at(sample, "/linjiang/notice/count.json", "/unread"), "1"));
    struct str agree = str_fmt(&sample->arena, "%.*s/agree", STR_ARG(made.location));
    assert_int_equal(sample_post(sample, agree.ptr, STR("version=1")).status, 303);
    run_jobs(sample);
    assert_true(str_is(sample_at(sample, "/linjiang/notice.json", "/items/0/to"), "市水务局"));
    assert_true(str_is(sample_at(sample, "/linjiang/notice/count.json", "/unread"), "2"));
    assert_int_equal(sample_post(sample, "/linjiang/notice/read", STR("")).status, 303);
    assert_true(str_is(sample_at(sample, "/linjiang/notice/count.json", "/unread"), "0"));
    assert_true(str_is(sample_at(sample, "/linjiang/notice.json", "/items/0/is_read"), "1"));
    program_sample_close(sample);
}

static void the_parties_of_a_link_are_told(void **state)
{
    (void)state;
    struct program_sample *sample = open_linjiang();
    struct sample_answer made =
        sample_post(sample, "/linjiang/link",
                    STR("kind=working&scheme=临协发〔2026〕3号&from_organization=提案委员会&"
                        "to_organization=市水利局&start_date=2026-01-01"));
    assert_int_equal(made.status, 303);
    run_jobs(sample);
    sample_expect(sample, "== three are told: the office and both sides\n"
                          "GET /linjiang/notice\n200\n| 联系建立\n| 发给办公室\n| 发给市水利局\n"
                          "| 发给提案委员会\n| 3 条未读\n\n"
                          "GET /linjiang/outbox\n200\n| 站内通知\n| ✓ 已办\n! >重试<\n\n");
    program_sample_close(sample);
}

static void what_leaves_names_nothing(void **state)
{
    (void)state;
    struct program_sample *sample = open_linjiang();
    struct sample_answer made = sample_post(sample, "/linjiang/correction",
                                            STR("organization=市水利局&sort=alias&wanted=水务局"));
    assert_int_equal(made.status, 303);
    struct sample_answer page = sample_get(sample, "/linjiang/outbox.json");
    assert_false(str_has(page.body, STR("水利")) || str_has(page.body, STR("水务")));
    run_jobs(sample);
    page = sample_get(sample, "/linjiang/notice.json");
    assert_false(str_has(page.body, STR("水利")) || str_has(page.body, STR("水务")));
    program_sample_close(sample);
}

static void work_is_given_up_and_tried_again_by_hand(void **state)
{
    (void)state;
    struct program_sample *sample = open_linjiang();
    struct sample_answer made = sample_post(sample, "/linjiang/correction",
                                            STR("organization=市水利局&sort=alias&wanted=水务局"));
    assert_int_equal(made.status, 303);
    struct str id = sample_at(sample, "/linjiang/outbox.json", "/items/0/id");
    struct str text =
        str_fmt(&sample->arena,
                "== given up\nPOST /linjiang/outbox/%.*s/give-up\n303\n\n"
                "GET /linjiang/outbox?state=given-up\n200\n| ◇ 已放弃\n| >重试<\n! >放弃<\n\n"
                "GET /linjiang/outbox?state=failed\n200\n! ◇ 已放弃\n\n"
                "GET /linjiang/outbox?state=lost\n422\n\n"
                "== others may not\nGET /linjiang/outbox\nPeer: remote\nHost: a.example\n403\n\n"
                "== there is none\nPOST /linjiang/outbox/0000000000001/again\n409\n\n",
                STR_ARG(id));
    sample_expect(sample, text.ptr);
    run_jobs(sample);
    assert_true(str_is(sample_at(sample, "/linjiang/notice/count.json", "/unread"), "0"));
    struct str again = str_fmt(&sample->arena, "/linjiang/outbox/%.*s/again", STR_ARG(id));
    assert_int_equal(sample_post(sample, again.ptr, STR("")).status, 303);
    run_jobs(sample);
    assert_true(str_is(sample_at(sample, "/linjiang/notice/count.json", "/unread"), "1"));
    assert_int_equal(sample_post(sample, again.ptr, STR("")).status, 409);
    program_sample_close(sample);
}

static int unread(struct place *place, struct str cookie)
{
    struct got got = get(place->sample, cookie, "/linjiang/notice/count.json");
    is(got, 200);
    int64_t n = -1;
    assert_true(str_to_int(between(place->sample, got.body, "\"unread\":", "}"), &n));
    return (int)n;
}

static void everybody_is_told_what_is_his_and_reads_it_for_himself(void **state)
{
    (void)state;
    struct place place = place_open();
    struct program_sample *sample = place.sample;
    make_in(sample, "unit", ROLE_UNIT_LIAISON, "linjiang", place.unit);
    make_in(sample, "unit2", ROLE_UNIT_LEADER, "linjiang", place.unit);
    make_in(sample, "stranger", ROLE_UNIT_LIAISON, "linjiang", place.stranger);
    struct str clerk = sign_in(sample, "clerk"), unit = sign_in(sample, "unit"),
               unit2 = sign_in(sample, "unit2"), stranger = sign_in(sample, "stranger");
    struct got made = post(sample, unit, "/linjiang/correction",
                           "organization=市教育局&sort=alias&wanted=教育部门");
    is(made, 303);
    run_jobs(sample);
    assert_int_equal(unread(&place, clerk), 1);
    assert_int_equal(unread(&place, unit), 0);
    const char *agree = str_fmt(&sample->arena, "%.*s/agree", STR_ARG(made.location)).ptr;
    is(post(sample, clerk, agree, "version=1"), 303);
    run_jobs(sample);
    assert_int_equal(unread(&place, clerk), 1);
    assert_int_equal(unread(&place, unit), 1);
    assert_int_equal(unread(&place, unit2), 1);
    assert_int_equal(unread(&place, stranger), 0);
    is(post(sample, unit, "/linjiang/notice/read", ""), 303);
    assert_int_equal(unread(&place, unit), 0);
    assert_int_equal(unread(&place, unit2), 1);
    is(get(sample, unit, "/linjiang/outbox"), 403);
    place_close(&place);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whom_every_step_tells_is_known),
        cmocka_unit_test(a_step_tells_the_office_and_the_unit),
        cmocka_unit_test(the_parties_of_a_link_are_told),
        cmocka_unit_test(what_leaves_names_nothing),
        cmocka_unit_test(everybody_is_told_what_is_his_and_reads_it_for_himself),
        cmocka_unit_test(work_is_given_up_and_tried_again_by_hand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
