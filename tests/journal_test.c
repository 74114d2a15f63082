/* 操作日志 through the public interface: who reads it, what it says, what it leaves out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "store/journal.h"
#include "tests/program_sample.h"

static const struct date today = {2026, 3, 2};

static struct program_sample *open_linjiang(void)
{
    struct program_sample *sample = program_sample_open(today);
    sample_load(sample, sample_file(sample, "tests/data/load/linjiang-2026-3.yaml"),
                (struct date){0});
    return sample;
}

static void add_account(struct program_sample *sample, const char *login, const char *name,
                        enum role role, const char *organization)
{
    struct program *program = &sample->program;
    struct fault fault = {0};
    struct body_info body;
    struct tx *tx;
    struct actor actor = actor_named("命令行", clock_now(&program->clock));
    struct account_new wanted = {.login = str_from(login),
                                 .name = str_from(name),
                                 .password = STR("Shiyong-2026-07"),
                                 .role = role};
    assert_int_equal(store_read(program->store, &sample->arena, &tx), OK);
    assert_int_equal(domain_find_body(tx, STR("linjiang"), &body), OK);
    if (organization)
        assert_int_equal(domain_organization(tx, body.id, str_from(organization), today,
                                             &wanted.organization, &fault),
                         OK);
    store_read_end(tx);
    wanted.body = role_is_administrator(role) ? 0 : body.id;
    struct str slip;
    if (account_make(program->accounts, &sample->arena, &actor, &wanted, &slip, &fault) != OK)
        fail_msg("%.*s", STR_ARG(fault.message));
}

static void a_story_tells_field_by_field_who_changed_what_for_whom(void **state)
{
    (void)state;
    struct program_sample *sample = open_linjiang();
    sample_transcript(sample, "journal_story.http");
    program_sample_close(sample);
}

static void the_clerk_reads_his_body_and_the_auditor_the_acts_without_their_content(void **state)
{
    (void)state;
    struct program_sample *sample = open_linjiang();
    sample_post(sample, "/linjiang/designation",
                STR("organization=市水利局&role=contact&name=张三&office_phone=0700-1234567&"
                    "behalf_for=市水利局&behalf_means=letter&behalf_date=2026-03-01"));
    add_account(sample, "wenshu", "陈文书", ROLE_OFFICE_CLERK, NULL);
    add_account(sample, "shenji", "周审计", ROLE_AUDIT, NULL);
    add_account(sample, "xitong", "吴系统", ROLE_SYSTEM, NULL);
    add_account(sample, "lianluo", "李联络", ROLE_UNIT_LIAISON, "市水利局");
    sample_transcript(sample, "journal_rights.http");
    program_sample_close(sample);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_story_tells_field_by_field_who_changed_what_for_whom),
        cmocka_unit_test(the_clerk_reads_his_body_and_the_auditor_the_acts_without_their_content),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
