#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "engine/reader/reader.h"
#include "store/trial.h"
#include "tests/program_sample.h"
#include "tests/transcript.h"

/* The import wizard through its requests: uploaded, corrected, previewed, imported. */

static const struct date today = {2026, 7, 1};

static const char paper[] = "政协云河市委员会文件\n\n"
                            "云协发〔2026〕5号\n\n"
                            "政协云河市委员会关于做好对口联系工作的意见\n\n"
                            "各专门委员会，市直各有关单位：\n\n"
                            "为做好今年的工作，现提出以下意见。\n\n"
                            "一、联系安排\n\n"
                            "（一）提案委员会：市教育局、市住建局（人防办）、市水利局。\n\n"
                            "（二）经济委员会：市财政局、市统计局。\n\n"
                            "二、联系内容\n\n"
                            "（一）全市年度计划的编制与执行；\n\n"
                            "（二）提案的办理。\n\n"
                            "三、联系方式\n\n"
                            "（一）联席会议。专门委员会每年与对口单位召开联席会议2次以上。\n\n"
                            "（二）走访座谈。专门委员会每季度到对口单位走访1次。\n\n"
                            "政协云河市委员会办公室\n"
                            "2026年3月20日\n";

static struct str upload(struct program_sample *sample, struct str text)
{
    struct sample_answer answer = sample_upload(sample, "/import", "a.txt", text);
    if (answer.status != 303)
        fail_msg("%d %.*s", answer.status, STR_ARG(answer.body));
    return answer.location;
}

/* A transcript of tests/ with {draft} standing for the draft's address. */
static void transcript(struct program_sample *sample, const char *name, struct str draft)
{
    struct str path = str_fmt(&sample->arena, "tests/%s", name);
    struct str text = sample_file(sample, path.ptr);
    int run;
    text = str_replace(&sample->arena, text, STR("{draft}"), draft);
    assert_int_equal(transcript_run_text(sample->program.app, name, text, &run), 0);
    assert_true(run > 0);
}

static void run_on_the_paper(const char *name)
{
    struct program_sample *sample = program_sample_open(today);
    transcript(sample, name, upload(sample, str_from(paper)));
    program_sample_close(sample);
}

static void facts_are_held_to_the_limits_of_the_records_they_become(void **state)
{
    (void)state;
    run_on_the_paper("import_facts.http");
}

static void a_name_is_refused_at_one_character_more_than_its_record_takes(void **state)
{
    (void)state;
    struct program_sample *sample = program_sample_open(today);
    struct str draft = upload(sample, str_from(paper));
    static const struct {
        const char *op, *field, *others;
        int max;
    } fields[] = {
        {"facts", "body_name", "&body_id=yunhe&body_class=cppcc&id=a-1&title=x", 200},
        {"facts", "title", "&body_id=yunhe&body_name=x&body_class=cppcc&id=a-1", 300},
        {"facts", "number", "&body_id=yunhe&body_name=x&body_class=cppcc&id=a-1&title=x", 60},
        {"facts", "issuers", "&body_id=yunhe&body_name=x&body_class=cppcc&id=a-1&title=x", 200},
        {"link-add", "from", "&units=x", 200},
        {"link-add", "units", "&from=x", 200},
        {"link-add", "clause", "&from=x&units=x", 60},
        {"content-add", "text", "", 1000},
        {"form-add", "clause", "&text=x", 60},
        {"duty-add", "text", "&who=committee&deed=survey&shape=count&strength=must&per=year", 1000},
    };
    int version = 1;
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        for (int more = 1; more >= 0; more--) {
            struct str name = {0};
            AUTOBUF buf = buf_open(MIB(1));
            for (int k = 0; k < fields[i].max + more; k++)
                buf_put(&buf, STR("市"));
            name = buf_str(&buf);
            struct str form =
                str_fmt(&sample->arena, "version=%d&op=%s&%s=%.*s%s", version, fields[i].op,
                        fields[i].field, STR_ARG(name), fields[i].others);
            struct sample_answer answer = sample_post(sample, draft.ptr, form);
            if (answer.status != (more ? 422 : 303))
                fail_msg("%s %s: %d", fields[i].op, fields[i].field, answer.status);
            struct str said = str_fmt(&sample->arena, "最多 %d 个字", fields[i].max);
            assert_true(more == 0 || str_has(answer.body, said));
            assert_true(more == 0 ||
                        str_has(answer.body, STR("<span class=\"say\" role=\"alert\">")));
            version += more == 0;
        }
    program_sample_close(sample);
}

static void units_are_kept_as_typed_or_refused_at_the_field(void **state)
{
    (void)state;
    run_on_the_paper("import_units.http");
}

static void duties_are_corrected_within_their_words_and_limits(void **state)
{
    (void)state;
    run_on_the_paper("import_duties.http");
}

static void a_stale_form_is_shown_with_both_values_and_the_version_there_is(void **state)
{
    (void)state;
    run_on_the_paper("import_stale.http");
}

static void a_correction_is_taken_back_and_a_draft_given_up(void **state)
{
    (void)state;
    run_on_the_paper("import_undo.http");
}

static void a_draft_is_previewed_then_imported(void **state)
{
    (void)state;
    run_on_the_paper("import_apply.http");
}

static void OR20_X_only_this_machine_reaches_the_wizard(void **state)
{
    (void)state;
    struct program_sample *sample = program_sample_open(today);
    struct str draft = upload(sample, str_from(paper));
    int n, seen = 0;
    for (int i = 0, all = 1; i < all; i++) {
        const struct route *route = app_route_at(sample->program.app, i, &n);
        all = n;
        if (!strstr(route->path, "/import"))
            continue;
        assert_int_equal(route->need, RIGHT_IMPORT);
        seen++;
    }
    assert_int_equal(seen, 16);
    transcript(sample, "import_outside.http", draft);
    program_sample_close(sample);
}

static void ALL_secret_a_text_with_a_mark_of_secrecy_is_refused_and_kept_nowhere(void **state)
{
    (void)state;
    static const char *const marks[] = {"机密★5年\n\n", "秘密\n\n", "绝密★\n\n"};
    struct program_sample *sample = program_sample_open(today);
    for (int i = 0; i < 3; i++) {
        struct str text = str_fmt(&sample->arena, "%s%s", marks[i], paper);
        struct sample_answer answer = sample_upload(sample, "/import", "a.txt", text);
        assert_int_equal(answer.status, 422);
        assert_true(str_has(answer.body, STR("国家秘密标志")));
    }
    sample_expect(sample, "GET /import\n200\n| 没有正在核对的文件。\n");
    program_sample_close(sample);
}

/* --- what is not the document --- */

static const char order[] = "\n印刷要求：A4纸双面黑白，骑马钉，封面用米黄卡纸\n"
                            "数量：玖佰壹拾叁份\n"
                            "单价：7元6角  合计：6938.8元\n"
                            "联系人：仝某某 手机：13799990001\n";
static const char *const foreign[] = {"13799990001", "仝某某", "6938.8", "玖佰壹拾叁份",
                                      "米黄卡纸"};

/* Whether any file beside the database (itself, -wal, -shm) has the bytes; on PostgreSQL, whose
 * files are the server's, whether any row has. */
static bool is_on_disk(struct program_sample *sample, const char *text)
{
    if (trial_is_postgres())
        return trial_has(sample->url, text);
    DIR *directory = opendir(sample->directory);
    assert_non_null(directory);
    bool found = false;
    int files = 0;
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        if (entry->d_name[0] == '.')
            continue;
        AUTOBUF buf = buf_open(MIB(64));
        struct str path = str_fmt(&sample->arena, "%s/%s", sample->directory, entry->d_name);
        FILE *file = fopen(path.ptr, "rb");
        assert_non_null(file);
        for (size_t got = 1; got > 0; buf.len += got)
            got = fread(buf_reserve(&buf, 64 << 10), 1, 64 << 10, file);
        fclose(file);
        files++;
        found = found || str_has(buf_str(&buf), str_from(text));
    }
    closedir(directory);
    assert_true(files > 0);
    return found;
}

static void assert_nothing_foreign(struct program_sample *sample)
{
    for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++)
        if (is_on_disk(sample, foreign[i]))
            fail_msg("“%s” is in the database", foreign[i]);
    assert_true(is_on_disk(sample, "提案委员会")); /* what is kept is found by the same search */
}

static void OR20_X_a_print_shops_order_behind_the_document_reaches_no_file(void **state)
{
    (void)state;
    struct program_sample *sample = program_sample_open(today);
    struct str draft = upload(sample, str_fmt(&sample->arena, "%s%s", paper, order));
    assert_nothing_foreign(sample);
    struct sample_answer answer = sample_get(sample, draft.ptr);
    assert_true(str_has(answer.body, STR("已略去，请核对")));
    assert_false(str_has(answer.body, STR("13799990001")));
    struct str preview = str_fmt(&sample->arena, "%.*s/preview", STR_ARG(draft));
    assert_int_equal(sample_get(sample, preview.ptr).status, 200);
    assert_nothing_foreign(sample);
    struct str apply = str_fmt(&sample->arena, "%.*s/apply", STR_ARG(draft));
    answer = sample_post(sample, apply.ptr, STR("version=1&on=2026-07-01"));
    assert_int_equal(answer.status, 303);
    assert_int_equal(sample_get(sample, answer.location.ptr).status, 200);
    assert_nothing_foreign(sample);
    program_sample_close(sample);
}

/* --- again, after a curated scheme --- */

static const char curated[] =
    "body: {id: yunhe, name: 政协云河市委员会, classification: liaison-office}\n"
    "document:\n  id: yunhe-2026-5\n  number: 云协发〔2026〕5号\n  title: 意见\n"
    "  date: 2026-03-20\n"
    "links:\n  - {from: 提案委员会, to: [市教育局, 市水利局], note: 我们的说明}\n"
    "contents:\n"
    "  - {id: YH-2.1, clause: 二（一）, name: 计划, summary: 计划怎样定、怎样做}\n"
    "  - {id: YH-2.9, clause: 二（九）, summary: 读不出的一类}\n"
    "duties:\n"
    "  - {id: YH-3.1, clause: 三（一）, summary: 一年坐下来谈两次, who: committee,\n"
    "     deed: liaison-meeting, shape: count, strength: must, per: year, min: 2}\n"
    "  - {id: YH-3.9, clause: 三（九）, summary: 读不出的要求, who: unit, deed: reply,\n"
    "     shape: response, strength: must, per: event}\n";

static void a_curated_summary_is_kept_until_somebody_chooses_otherwise(void **state)
{
    (void)state;
    struct program_sample *sample = program_sample_open(today);
    sample_load(sample, str_from(curated), (struct date){0});
    transcript(sample, "import_curated.http", upload(sample, str_from(paper)));
    transcript(sample, "import_replaced.http", upload(sample, str_from(paper)));
    program_sample_close(sample);
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "read-child") == 0) /* the program that reads is this one */
        return reader_child_main(argc > 2 && strcmp(argv[2], "lines") == 0);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(facts_are_held_to_the_limits_of_the_records_they_become),
        cmocka_unit_test(a_name_is_refused_at_one_character_more_than_its_record_takes),
        cmocka_unit_test(units_are_kept_as_typed_or_refused_at_the_field),
        cmocka_unit_test(duties_are_corrected_within_their_words_and_limits),
        cmocka_unit_test(a_stale_form_is_shown_with_both_values_and_the_version_there_is),
        cmocka_unit_test(a_correction_is_taken_back_and_a_draft_given_up),
        cmocka_unit_test(a_draft_is_previewed_then_imported),
        cmocka_unit_test(OR20_X_only_this_machine_reaches_the_wizard),
        cmocka_unit_test(ALL_secret_a_text_with_a_mark_of_secrecy_is_refused_and_kept_nowhere),
        cmocka_unit_test(OR20_X_a_print_shops_order_behind_the_document_reaches_no_file),
        cmocka_unit_test(a_curated_summary_is_kept_until_somebody_chooses_otherwise),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
