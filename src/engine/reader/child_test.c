#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "engine/reader/child.h"
#include "engine/reader/docx_testing.h"
#include "engine/reader/reader.h"

static int open_files(void)
{
    int n = 0;
    DIR *dir = opendir("/proc/self/fd");
    while (readdir(dir))
        n++;
    closedir(dir);
    return n;
}

static const char *program(void)
{
    const char *path = getenv("DUIKOU_BINARY");
    assert_non_null(path);
    return path;
}

/* Reads in a child and looks that neither a process nor a descriptor is left of it. */
static enum status read_by(const char *path, struct arena *arena, struct str bytes,
                           struct scheme *ret_scheme, struct source *ret_lines, struct fault *fault)
{
    int before = open_files();
    enum status status = reader_child(arena, path, bytes, ret_scheme, ret_lines, fault);
    assert_int_equal(open_files(), before);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
    return status;
}

static void assert_dies(const char *path, struct str bytes, const char *words)
{
    AUTOARENA arena = arena_open(MIB(64));
    struct scheme scheme;
    struct fault fault = {0};
    assert_int_equal(read_by(path, &arena, bytes, &scheme, NULL, &fault), INVALID);
    if (!str_has(fault.message, str_from(words)))
        fail_msg("%.*s does not say %s", STR_ARG(fault.message), words);
}

static void a_document_comes_back_with_its_lines(void **state)
{
    (void)state;
    AUTOARENA arena = arena_open(MIB(64));
    struct scheme scheme;
    struct source source;
    struct fault fault = {0};
    struct str text = STR("云河市政协办公室关于对口联系工作的通知\n"
                          "云协办发〔2023〕7号\n"
                          "一、对口联系安排\n"
                          "（一）提案委员会：市政府办公室、市信访局、市档案馆。\n");
    assert_int_equal(read_by(program(), &arena, text, &scheme, &source, &fault), OK);
    assert_string_equal(source.format, "text");
    assert_int_equal(source.lines_n, 4);
    assert_true(str_is(source.lines[1].text, "云协办发〔2023〕7号"));
    assert_true(str_is(scheme.document.number, "云协办发〔2023〕7号"));
    assert_int_equal(scheme.links_n, 1);
    assert_int_equal(scheme.links[0].to_n, 3);
    assert_int_equal(read_by(program(), &arena, text, &scheme, NULL, &fault), OK);
}

static void a_table_comes_back_with_its_cells(void **state)
{
    (void)state;
    AUTOARENA arena = arena_open(MIB(64));
    struct scheme scheme;
    struct source source;
#define TC(text) "<w:tc><w:p><w:r><w:t>" text "</w:t></w:r></w:p></w:tc>"
    struct str docx = docx_made(&arena,
                                "<w:tbl><w:tr>" TC("专门委员会")
                                    TC("对口联系单位") "</w:tr><w:tr>" TC("提案委员会")
                                        TC("市政府办公室、市信访局") "</w:tr></w:tbl>",
                                NULL, NULL);
    assert_int_equal(read_by(program(), &arena, docx, &scheme, &source, NULL), OK);
    assert_string_equal(source.format, "docx");
    assert_int_equal(source.lines_n, 2);
    assert_int_equal(source.lines[1].cells_n, 2);
    assert_true(str_is(source.lines[1].cells[1].text, "市政府办公室、市信访局"));
}

static void refusals_of_the_child_come_back_as_they_are(void **state)
{
    (void)state;
    assert_dies(program(), STR("{\\rtf1 x}"), ".rtf");
    assert_dies(program(), STR("PK\3\4 cut off"), "不完整");
    assert_dies(program(), STR(""), "空");
    AUTOARENA arena = arena_open(MIB(64));
    assert_dies(program(), (struct str){arena_new(&arena, char, MIB(17)), MIB(17)}, "17MB");
}

/* A file of this shell text in a directory of its own; it is executed as the child. */
struct script {
    char folder[32];
    char path[48];
};

static struct script script_made(const char *text)
{
    struct script script = {"/tmp/duikou-test-XXXXXX", ""};
    assert_non_null(mkdtemp(script.folder));
    snprintf(script.path, sizeof script.path, "%s/child", script.folder);
    FILE *file = fopen(script.path, "w");
    fprintf(file, "#!/bin/sh\n%s\n", text);
    fclose(file);
    chmod(script.path, 0700);
    return script;
}

static void script_dropped(const struct script *script)
{
    unlink(script->path);
    rmdir(script->folder);
}

static void a_death_of_the_child_is_one_sentence(void **state)
{
    (void)state;
    static const struct {
        const char *text, *words;
    } cases[] = {
        {"exit 1", "出错"},
        {"kill -SEGV $$", "出错"},
        {"kill -XCPU $$", "用时过长"},
        {"kill -KILL $$", "出错"},
        {"echo rubbish", "出错"},
        {"printf DKR1; exec cat", "出错"}, /* all of the input comes back */
        {"exec cat /dev/zero", "过多"},
        {"exec 0<&-; echo closed", "出错"},
    };
    AUTOARENA arena = arena_open(MIB(16));
    struct str large = {arena_new(&arena, char, MIB(8)), MIB(8)};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct script script = script_made(cases[i].text);
        assert_dies(script.path, STR("x"), cases[i].words);
        assert_dies(script.path, large, cases[i].words);
        script_dropped(&script);
    }
}

static void a_program_that_cannot_be_started_is_busy(void **state)
{
    (void)state;
    AUTOARENA arena = arena_open(MIB(1));
    struct scheme scheme;
    struct fault fault = {0};
    assert_int_equal(read_by("/nonexistent", &arena, STR("x"), &scheme, NULL, &fault), BUSY);
    assert_true(fault.message.len > 0);
}

static bool is_refused(long result)
{
    return result == -1 && (errno == EPERM || errno == EACCES);
}

/* Runs in a process of its own: the number of the first thing that was not refused, 0 for none. */
static int try_everything(const char *folder)
{
    char path[64];
    snprintf(path, sizeof path, "%s/new", folder);
    if (!child_confine())
        return 1;
    if (!is_refused(socket(AF_INET, SOCK_STREAM, 0)) || !is_refused(socket(AF_UNIX, SOCK_DGRAM, 0)))
        return 2;
    if (!is_refused(open(path, O_CREAT | O_WRONLY, 0600)) || !is_refused(open(folder, O_RDWR)))
        return 3;
    if (!is_refused(rmdir(folder)) || !is_refused(mkdir(path, 0700)))
        return 4;
    if (!is_refused(execl("/bin/true", "true", NULL)) || !is_refused(fork()))
        return 5;
    if (!is_refused(kill(getppid(), SIGTERM)))
        return 6;
    struct rlimit limit = {0};
    if (getrlimit(RLIMIT_CPU, &limit) != 0 || limit.rlim_max != CHILD_CPU_SEC + 1 ||
        !is_refused(setrlimit(RLIMIT_CPU, &limit)))
        return 7;
    int font = open("/usr/share", O_RDONLY | O_DIRECTORY);
    return font < 0 ? 8 : 0;
}

static void the_child_can_reach_neither_network_nor_files_nor_processes(void **state)
{
    (void)state;
    struct script script = script_made("");
    pid_t pid = fork();
    if (pid == 0)
        _exit(try_everything(script.folder));
    int status = -1;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    script_dropped(&script);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_document_comes_back_with_its_lines),
        cmocka_unit_test(a_table_comes_back_with_its_cells),
        cmocka_unit_test(refusals_of_the_child_come_back_as_they_are),
        cmocka_unit_test(a_death_of_the_child_is_one_sentence),
        cmocka_unit_test(a_program_that_cannot_be_started_is_busy),
        cmocka_unit_test(the_child_can_reach_neither_network_nor_files_nor_processes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
