/* The program as a shell runs it: exit codes, which stream says what, what is left behind. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>
#include <sqlite3.h>

#include "base/arena.h"
#include "base/scratch.h"
#include "cli/cli.h"
#include "cli/output.h"

enum { SAID_MAX = 1 << 16 };

struct place {
    struct arena arena;
    char directory[64];
};

static int make_place(void **state)
{
    struct place *place = calloc(1, sizeof *place);
    place->arena = arena_open(MIB(4));
    snprintf(place->directory, sizeof place->directory, "/tmp/duikou-command-XXXXXX");
    *state = place;
    return mkdtemp(place->directory) ? 0 : -1;
}

static int remove_one(const char *path, const struct stat *info, int type, struct FTW *walk)
{
    (void)info;
    (void)type;
    (void)walk;
    return remove(path);
}

static int remove_place(void **state)
{
    struct place *place = *state;
    nftw(place->directory, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    arena_close(&place->arena);
    free(place);
    return 0;
}

static struct str path_in(struct place *place, const char *name)
{
    return str_fmt(&place->arena, "%s/%s", place->directory, name);
}

/* What a line of a shell in the place says on both streams, with "duikou" as a command. */
static int run(struct place *place, const char *line, char *said)
{
    int pipes[2], status;
    assert_int_equal(pipe2(pipes, O_CLOEXEC), 0);
    struct str script = str_fmt(&place->arena, "duikou() { \"$DUIKOU_BINARY\" \"$@\"; }\n%s", line);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        if (chdir(place->directory) == 0 && dup2(pipes[1], 1) == 1 && dup2(pipes[1], 2) == 2)
            execl("/bin/sh", "sh", "-c", script.ptr, (char *)NULL);
        _exit(127);
    }
    close(pipes[1]);
    size_t n = 0;
    for (ssize_t got; n + 1 < SAID_MAX && (got = read(pipes[0], said + n, SAID_MAX - 1 - n)) > 0;)
        n += (size_t)got;
    said[n] = '\0';
    close(pipes[0]);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

struct command_case {
    const char *line;
    int code;
    const char *said; /* among what is said; NULL: nothing is */
};

static void check(struct place *place, const struct command_case *cases, size_t n)
{
    static char said[SAID_MAX];
    for (size_t i = 0; i < n; i++) {
        int code = run(place, cases[i].line, said);
        if (code != cases[i].code || (cases[i].said ? !strstr(said, cases[i].said) : said[0]))
            fail_msg("%s: %d %s", cases[i].line, code, said);
    }
}
#define CHECK(place, cases) check(place, cases, sizeof cases / sizeof *cases)

static void help_is_of_all_commands_or_of_one(void **state)
{
    static const struct command_case cases[] = {
        {"duikou help 2>/dev/null", CLI_DONE, "退出码"},
        {"duikou --help 2>/dev/null", CLI_DONE, "duikou 命令"},
        {"duikou help load 2>/dev/null", CLI_DONE, "用法：duikou load"},
        {"duikou help audit 2>/dev/null", CLI_DONE, "用法：duikou audit"},
        {"duikou help user 2>/dev/null", CLI_DONE, "unit-liaison         单位联络员"},
        {"duikou help version 2>/dev/null", CLI_DONE, "duikou 命令"},
        {"duikou help nosuch 2>&1 >/dev/null", CLI_USAGE, "没有“nosuch”这个命令"},
        {"duikou nosuch 2>&1 >/dev/null", CLI_USAGE, "没有“nosuch”这个命令"},
        {"duikou load 2>&1 >/dev/null", CLI_USAGE, "用法：duikou load"},
    };
    CHECK(*state, cases);
}

static void what_could_not_be_written_is_told_and_the_exit_code_is_1(void **state)
{
    static const struct command_case cases[] = {
        {"duikou help >/dev/full", CLI_AT_FAULT, "结果没有全部写出（磁盘已满）"},
        {"duikou schema >/dev/full", CLI_AT_FAULT, "结果没有全部写出"},
        {"duikou read \"$DUIKOU_SOURCE/samples/yunhe-2023-7.txt\" 2>&1 >/dev/full", CLI_AT_FAULT,
         "结果没有全部写出"},
        {"duikou read -o none/a.json \"$DUIKOU_SOURCE/samples/yunhe-2023-7.txt\" 2>&1 | tail -n 1",
         CLI_DONE, "none/a.json: 无法写入（没有这个文件夹）"},
    };
    CHECK(*state, cases);
}

static void files_may_come_through_a_pipe(void **state)
{
    static const struct command_case cases[] = {
        {"cat \"$DUIKOU_SOURCE/samples/yunhe-2023-7.txt\" | duikou read - 2>/dev/null", CLI_DONE,
         "云协发〔2023〕7号"},
        {"duikou read - </dev/null", CLI_AT_FAULT, "-: 文件是空的"},
        {"head -c 20000000 /dev/zero | duikou read /dev/stdin", CLI_AT_FAULT,
         "/dev/stdin: 文件超过 16 MB"},
        {"truncate -s 200M a.txt; duikou load a.txt", CLI_AT_FAULT, "a.txt: 文件超过 16 MB"},
        {"duikou read .", CLI_AT_FAULT, ".: 打不开这个文件（这是文件夹）"},
    };
    CHECK(*state, cases);
}

static void an_upgrade_is_told_by_every_command_that_makes_it(void **state)
{
    struct place *place = *state;
    static const struct command_case load[] = {
        {"duikou load --db sqlite:a.db \"$DUIKOU_SOURCE/schemes/yiyang-2021-6.yaml\"", CLI_DONE,
         "新增"}};
    static const struct command_case cases[] = {
        {"duikou audit verify --db sqlite:a.db", CLI_AT_FAULT,
         "数据库 a.db 由较旧的程序建立，请先启动一次 duikou serve 升级它"},
        {"duikou load --db sqlite:a.db \"$DUIKOU_SOURCE/schemes/yiyang-2021-6.yaml\" "
         "2>&1 >/dev/null",
         CLI_DONE, "数据库已升级，升级前的备份：./a.db.before-"},
        {"duikou audit verify --db sqlite:a.db", CLI_DONE, "核对无误"},
    };
    CHECK(place, load);
    sqlite3 *db;
    assert_int_equal(sqlite3_open(path_in(place, "a.db").ptr, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db,
                                  "delete from schema_step where name = 'file-2';"
                                  "drop index file_standing",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    CHECK(place, cases);
}

/* In a mount of its own, where one may have such. */
static void a_disk_that_is_read_only_is_told(void **state)
{
    static char said[SAID_MAX];
    static const struct command_case cases[] = {
        {"duikou load --db sqlite:a.db \"$DUIKOU_SOURCE/schemes/yiyang-2021-6.yaml\" && "
         "duikou backup --db sqlite:a.db b.db && mkdir m",
         CLI_DONE, "已备份到 b.db"},
        {"unshare -rm sh -c 'mount -t tmpfs none m && cp a.db b.db m && mount -o remount,ro m && "
         "\"$DUIKOU_BINARY\" serve --db sqlite:m/a.db 2>&1 >/dev/null'",
         CLI_AT_FAULT, "数据库 m/a.db 所在的磁盘是只读的，请改为可写，或复制到别处再用。\n"},
        {"unshare -rm sh -c 'mount -t tmpfs none m && cp b.db m && mount -o remount,ro m && "
         "\"$DUIKOU_BINARY\" audit verify --db sqlite:m/b.db'",
         CLI_DONE, "核对无误"},
    };
    if (run(*state, "unshare -rm sh -c 'mkdir -p t && mount -t tmpfs none t'", said) != 0)
        LEAVE_TEST("no name spaces for this user");
    CHECK(*state, cases);
}

/* --- whole files --- */

static struct str read_back(struct place *place, const char *name)
{
    char *bytes = arena_alloc(&place->arena, SAID_MAX);
    FILE *file = fopen(path_in(place, name).ptr, "r");
    assert_non_null(file);
    size_t n = fread(bytes, 1, SAID_MAX, file);
    fclose(file);
    return (struct str){bytes, n};
}

static void a_link_leads_to_the_file_and_a_pipe_stays_one(void **state)
{
    struct place *place = *state;
    struct stat info;
    static char said[SAID_MAX];
    assert_true(cli_write_file(&place->arena, path_in(place, "a"), STR("old")));
    assert_int_equal(symlink("a", path_in(place, "link").ptr), 0);
    assert_true(cli_write_file(&place->arena, path_in(place, "link"), STR("new")));
    assert_true(str_is(read_back(place, "a"), "new"));
    assert_int_equal(lstat(path_in(place, "link").ptr, &info), 0);
    assert_true(S_ISLNK(info.st_mode));
    assert_int_equal(run(place,
                         "mkfifo p; cat p >got & "
                         "duikou read -o p \"$DUIKOU_SOURCE/samples/yunhe-2023-7.txt\"; wait",
                         said),
                     CLI_DONE);
    assert_int_equal(lstat(path_in(place, "p").ptr, &info), 0);
    assert_true(S_ISFIFO(info.st_mode));
    assert_true(str_has(read_back(place, "got"), STR("云协发〔2023〕7号")));
}

static void what_does_not_fit_leaves_nothing_behind(void **state)
{
    static const struct command_case cases[] = {
        {"echo old >a; trap '' XFSZ; ulimit -f 1; "
         "duikou read -o a \"$DUIKOU_SOURCE/samples/yunhe-2023-7.txt\" 2>&1 | tail -n 1",
         CLI_DONE, "a: 无法写入"},
        {"cat a; ls", CLI_DONE, "old\na\n"},
    };
    CHECK(*state, cases);
}

/* Else the point would seem to be taken. */
static void a_checkpoint_that_is_not_written_is_no_checkpoint(void **state)
{
    static const struct command_case cases[] = {
        {"duikou load --db sqlite:a.db \"$DUIKOU_SOURCE/schemes/yiyang-2022-2.yaml\"", CLI_DONE,
         "新增"},
        {"duikou audit checkpoint --db sqlite:a.db --key-dir keys -o none/point", CLI_AT_FAULT,
         "none/point: 无法写入（没有这个文件夹）"},
        {"duikou audit checkpoint --db sqlite:a.db --key-dir keys -o point", CLI_DONE, "密钥指纹"},
        {"duikou audit verify --db sqlite:a.db --checkpoint point --key abc 2>&1 >/dev/null",
         CLI_USAGE, "--key 应为密钥指纹（64 位十六进制），请核对。"},
        {"duikou roster slips --db sqlite:a.db --body yiyang -o none/slips.zip", CLI_AT_FAULT,
         "none/slips.zip: 无法写入（没有这个文件夹）"},
    };
    CHECK(*state, cases);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_place, remove_place)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(help_is_of_all_commands_or_of_one),
        TEST(what_could_not_be_written_is_told_and_the_exit_code_is_1),
        TEST(files_may_come_through_a_pipe),
        TEST(an_upgrade_is_told_by_every_command_that_makes_it),
        TEST(a_disk_that_is_read_only_is_told),
        TEST(a_link_leads_to_the_file_and_a_pipe_stays_one),
        TEST(what_does_not_fit_leaves_nothing_behind),
        TEST(a_checkpoint_that_is_not_written_is_no_checkpoint),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
