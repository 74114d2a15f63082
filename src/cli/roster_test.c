#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/scratch.h"
#include "base/str.h"
#include "cli/cli.h"

enum { OUTPUT_MAX = 1 << 16 };

/* A directory with a database of one body, and what the last command said. */
struct place {
    char directory[64], said[OUTPUT_MAX];
};

static int remove_place(void **state)
{
    struct place *place = *state;
    scratch_remove(place->directory);
    free(place);
    return 0;
}

/* The program in that directory; its exit code, and all it said in `said`. */
static int run(struct place *place, const char *const *arguments)
{
    int out[2], status;
    assert_int_equal(pipe2(out, O_CLOEXEC), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        const char *all[16] = {"duikou"};
        for (int i = 0; arguments[i] && i < 14; i++)
            all[i + 1] = arguments[i];
        if (chdir(place->directory) == 0 && dup2(out[1], 1) == 1 && dup2(out[1], 2) == 2)
            execv(getenv("DUIKOU_BINARY"), (char *const *)(uintptr_t)all);
        _exit(127);
    }
    close(out[1]);
    size_t n = 0;
    for (ssize_t got;
         n + 1 < OUTPUT_MAX && (got = read(out[0], place->said + n, OUTPUT_MAX - 1 - n)) > 0;)
        n += (size_t)got;
    place->said[n] = 0;
    close(out[0]);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}
#define RUN(place, ...) run((place), (const char *const[]){"roster", __VA_ARGS__, NULL})

static bool is_there(const struct place *place, const char *name)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", place->directory, name);
    return access(path, F_OK) == 0;
}

static void write_file(const struct place *place, const char *name, const char *text)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", place->directory, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static const char scheme[] = "body:\n"
                             "  id: linjiang\n"
                             "  name: 政协临江市委员会\n"
                             "  classification: cppcc\n"
                             "document:\n"
                             "  id: linjiang-1\n"
                             "  number: 临协发〔2026〕1号\n"
                             "  title: 关于做好对口联系工作的意见\n"
                             "  issuers: [政协临江市委员会]\n"
                             "  date: 2026-01-20\n"
                             "links:\n"
                             "  - from: 提案委员会\n"
                             "    clause: 二\n"
                             "    to: [市教育局, 市水利局]\n";

static int make_place(void **state)
{
    struct place *place = calloc(1, sizeof *place);
    *state = place;
    scratch_make(place->directory, sizeof place->directory, "roster");
    write_file(place, "scheme.yaml", scheme);
    write_file(place, "roster.csv",
               "单位,身份,姓名,手机\n"
               "市教育局,联系人,张三,13800000001\n"
               "市没有的局,联系人,李四,\n");
    return run(place, (const char *const[]){"load", "scheme.yaml", NULL});
}

static void assert_said(const struct place *place, const char *text)
{
    if (!str_has(str_from(place->said), str_from(text)))
        fail_msg("\"%s\" is not in: %s", text, place->said);
}

static void nothing_is_written_without_apply(void **state)
{
    struct place *place = *state;
    for (int time = 0; time < 2; time++) {
        assert_int_equal(RUN(place, "import", "--body", "linjiang", "roster.csv"), CLI_AT_FAULT);
        assert_said(place, "将会：新增 1，变更 0，不变 0，有误 1");
        assert_said(place, "roster.csv:3 有误 市没有的局 联系人 李四  名录里没有“市没有的局”");
    }
}

static void good_rows_are_imported_once(void **state)
{
    struct place *place = *state;
    assert_int_equal(RUN(place, "import", "--body=linjiang", "--apply", "roster.csv"),
                     CLI_AT_FAULT);
    assert_said(place, "已导入：新增 1，变更 0，不变 0，有误 1");
    assert_int_equal(RUN(place, "import", "--body=linjiang", "--apply", "roster.csv"),
                     CLI_AT_FAULT);
    assert_said(place, "已导入：新增 0，变更 0，不变 1，有误 1");
    write_file(place, "good.csv", "单位,身份,姓名,手机\n市教育局,联系人,张三,13800000002\n");
    assert_int_equal(RUN(place, "import", "--body=linjiang", "--apply", "good.csv"), CLI_DONE);
    assert_said(place, "变更 市教育局 联系人 张三  手机：13800000001 → 13800000002");
}

static void slips_are_written_to_a_zip(void **state)
{
    struct place *place = *state;
    assert_int_equal(RUN(place, "slips", "--body", "linjiang", "-o", "slips.zip"), CLI_DONE);
    assert_said(place, "2 份空白回执：slips.zip");
    assert_int_equal(RUN(place, "slips", "--body", "linjiang", "-o", "no/where.zip"), CLI_AT_FAULT);
    assert_said(place, "no/where.zip: 无法写入");
}

static void a_slip_of_usage_is_told(void **state)
{
    struct place *place = *state;
    assert_int_equal(RUN(place, "import", "roster.csv"), CLI_USAGE);
    assert_int_equal(RUN(place, "slips", "--body", "linjiang"), CLI_USAGE);
    assert_int_equal(RUN(place, "nothing"), CLI_USAGE);
    assert_said(place, "用法：duikou roster import");
    assert_int_equal(RUN(place, "--help"), CLI_DONE);
    assert_int_equal(RUN(place, "import", "--body", "nobody", "roster.csv"), CLI_AT_FAULT);
    assert_said(place, "没有地址名为“nobody”的组织");
    assert_int_equal(RUN(place, "import", "--body", "linjiang", "scheme.yaml"), CLI_AT_FAULT);
    assert_said(place, "scheme.yaml：没有找到表头");
    assert_int_equal(RUN(place, "import", "--body", "linjiang", "none.csv"), CLI_AT_FAULT);
    assert_int_equal(RUN(place, "import", "--db=sqlite:none.db", "--body=x", "roster.csv"),
                     CLI_AT_FAULT);
}

/* What `read --yaml` wrote, before anybody named the body. */
static void a_draft_is_refused_with_every_place_that_is_missing(void **state)
{
    struct place *place = *state;
    write_file(place, "draft.yaml",
               "document:\n  number: 临协发〔2024〕3号\n  title: 对口联系办法\n");
    const char *const arguments[] = {"load", "--db", "sqlite:fresh.db", "draft.yaml", NULL};
    assert_int_equal(run(place, arguments), CLI_AT_FAULT);
    assert_said(place, "draft.yaml:1:1: 方案缺少“body”");
    assert_said(place, "draft.yaml:1:1: 制度文件缺少“id”");
    assert_false(is_there(place, "fresh.db"));
}

static void a_dry_run_leaves_no_new_database(void **state)
{
    struct place *place = *state;
    const char *const arguments[] = {"load",      "--db",        "sqlite:fresh.db",
                                     "--dry-run", "scheme.yaml", NULL};
    assert_int_equal(run(place, arguments), CLI_DONE);
    assert_said(place, "将新增");
    assert_false(is_there(place, "fresh.db"));
}

static void a_simulation_out_of_range_leaves_no_database(void **state)
{
    struct place *place = *state;
    const char *const arguments[] = {"simulate",        "--db", "sqlite:fresh.db",
                                     "--organizations", "-3",   NULL};
    assert_int_equal(run(place, arguments), CLI_USAGE);
    assert_said(place, "现在是 -3");
    assert_false(is_there(place, "fresh.db"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nothing_is_written_without_apply, make_place, remove_place),
        cmocka_unit_test_setup_teardown(good_rows_are_imported_once, make_place, remove_place),
        cmocka_unit_test_setup_teardown(slips_are_written_to_a_zip, make_place, remove_place),
        cmocka_unit_test_setup_teardown(a_slip_of_usage_is_told, make_place, remove_place),
        cmocka_unit_test_setup_teardown(a_draft_is_refused_with_every_place_that_is_missing,
                                        make_place, remove_place),
        cmocka_unit_test_setup_teardown(a_dry_run_leaves_no_new_database, make_place, remove_place),
        cmocka_unit_test_setup_teardown(a_simulation_out_of_range_leaves_no_database, make_place,
                                        remove_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
