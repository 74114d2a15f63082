/* 操作日志 through the public interface: who reads it, what it says, what it leaves out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "domain/file/file.h"
#include "engine/audit/audit.h"
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

/* How many readings there are. */
static int readings(struct program_sample *sample)
{
    struct str first =
        sample_at(sample, "/linjiang/journal.json?chain=readings", "/items/0/number");
    int64_t n = 0;
    (void)str_to_int(first, &n);
    return (int)n;
}

/* One entry an answer, however many records it shows, and none where nothing private is. */
static void what_leaves_is_told_once_an_answer(void **state)
{
    static const char *const told[] = {"/linjiang/designation",
                                       "/linjiang/designation.json",
                                       "/linjiang/designation.csv",
                                       "/linjiang/designation.xlsx",
                                       "/linjiang/designation.json?limit=5",
                                       "/linjiang/organization.csv",
                                       "/linjiang/directory.xlsx",
                                       "/linjiang/journal.csv?kind=nothing",
                                       "/linjiang/journal.xlsx?chain=readings"};
    static const char *const untold[] = {
        "/linjiang/organization", "/linjiang/organization.json", "/linjiang/directory",
        "/linjiang/journal.json?chain=readings", "/linjiang/journal?kind=document"};
    (void)state;
    struct program_sample *sample = open_linjiang();
    for (int i = 0; i < 20; i++) {
        struct str form =
            str_fmt(&sample->arena,
                    "organization=市水利局&role=liaison&name=联络%d&mobile=1380000%04d", i, i);
        assert_int_equal(sample_post(sample, "/linjiang/designation", form).status, 303);
    }
    for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
        int before = readings(sample);
        assert_int_equal(sample_get(sample, told[i]).status, 200);
        if (readings(sample) != before + 1)
            fail_msg("%s: %d", told[i], readings(sample) - before);
    }
    for (size_t i = 0; i < sizeof untold / sizeof *untold; i++) {
        int before = readings(sample);
        assert_int_equal(sample_get(sample, untold[i]).status, 200);
        if (readings(sample) != before)
            fail_msg("%s: %d", untold[i], readings(sample) - before);
    }
    program_sample_close(sample);
}

static void an_attachment_taken_out_is_told(void **state)
{
    (void)state;
    struct program_sample *sample = open_linjiang();
    struct str unit = sample_at(sample, "/linjiang/organization.json", "/items/0/url");
    struct str files = str_fmt(&sample->arena, "%.*s/files", STR_ARG(unit));
    struct sample_answer kept =
        sample_upload(sample, files.ptr, "说明.txt", STR("会议记录：研究春季视察安排。\n"));
    assert_int_equal(kept.status, 303);
    struct str url = sample_at(sample, str_fmt(&sample->arena, "%.*s.json", STR_ARG(files)).ptr,
                               "/items/0/content_url");
    int before = readings(sample);
    assert_int_equal(sample_get(sample, str_c(&sample->arena, url)).status, 200);
    assert_int_equal(readings(sample), before + 1);
    sample_expect(sample, "GET /linjiang/journal?chain=readings&kind=file\n200\n| 导出\n"
                          "| 说明.txt\n");
    program_sample_close(sample);
}

static void a_checkpoint_of_another_database_is_told_from_a_cut(void **state)
{
    (void)state;
    struct program_sample *sample = open_linjiang();
    struct checkpoint_head heads[] = {{.body_id = 777, .length = 3}};
    struct checkpoint other = {.heads = heads, .n = 1};
    struct audit_result result;
    struct tx *tx;
    assert_int_equal(store_read(sample->program.store, &sample->arena, &tx), OK);
    assert_int_equal(audit_verify(tx, domain_kinds(), &other, &result), OK);
    store_read_end(tx);
    assert_true(str_has(result.sentence, STR("请确认是这个数据库的存证点")));
    assert_int_equal(result.number, 0);
    program_sample_close(sample);
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "file-child") == 0) /* the program that looks is this one */
        return file_child_main(argc > 2 && strcmp(argv[2], "text") == 0);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_story_tells_field_by_field_who_changed_what_for_whom),
        cmocka_unit_test(the_clerk_reads_his_body_and_the_auditor_the_acts_without_their_content),
        cmocka_unit_test(what_leaves_is_told_once_an_answer),
        cmocka_unit_test(an_attachment_taken_out_is_told),
        cmocka_unit_test(a_checkpoint_of_another_database_is_told_from_a_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
