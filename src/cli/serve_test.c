#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>
#include <sqlite3.h>

#include "base/buf.h"
#include "cli/cli.h"

enum { OUTPUT_MAX = 1 << 16 };

/* A directory of its own, and the program started in it. */
struct place {
    char directory[64];
};

struct child {
    pid_t pid;
    int out, error;
};

static int make_place(void **state)
{
    struct place *place = calloc(1, sizeof *place);
    snprintf(place->directory, sizeof place->directory, "/tmp/duikou-serve-XXXXXX");
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
    free(place);
    return 0;
}

static struct child begin(const struct place *place, const char *listen_at, const char *more)
{
    int out[2], error[2];
    assert_int_equal(pipe2(out, O_CLOEXEC) | pipe2(error, O_CLOEXEC), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        const char *program = getenv("DUIKOU_BINARY");
        /* A database that is named must be there. */
        bool named = more && strncmp(more, "--db=", 5) == 0;
        if (chdir(place->directory) == 0 && dup2(out[1], 1) == 1 && dup2(error[1], 2) == 2)
            execl(program, program, "serve", named ? "--no-cache" : "--create", "--listen",
                  listen_at, more, (char *)NULL);
        _exit(127);
    }
    close(out[1]);
    close(error[1]);
    return (struct child){pid, out[0], error[0]};
}

/* Up to the end, or to the end of the first line. */
static void read_text(int fd, char *text, bool line)
{
    size_t n = 0;
    while (n + 1 < OUTPUT_MAX && read(fd, text + n, 1) == 1)
        if (text[n++] == '\n' && line)
            break;
    text[n] = 0;
}

static int end(struct child *child, char *error_text)
{
    int status;
    read_text(child->error, error_text, false);
    assert_int_equal(waitpid(child->pid, &status, 0), child->pid);
    close(child->out);
    close(child->error);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void the_server_tells_its_address_and_stops_when_told(void **state)
{
    static char line[OUTPUT_MAX], error[OUTPUT_MAX];
    struct child child = begin(*state, "127.0.0.1:0", NULL);
    read_text(child.out, line, true);
    assert_non_null(strstr(line, "http://127.0.0.1:"));
    kill(child.pid, SIGTERM);
    assert_int_equal(end(&child, error), CLI_DONE);
    assert_string_equal(error, "");
}

static void a_taken_port_is_one_sentence_and_exit_1(void **state)
{
    static char line[OUTPUT_MAX], error[OUTPUT_MAX];
    struct child first = begin(*state, "127.0.0.1:0", NULL);
    read_text(first.out, line, true);
    char *address = strstr(line, "127.0.0.1:");
    assert_non_null(address);
    address[strcspn(address, " \n")] = 0;
    struct child second = begin(*state, address, NULL);
    assert_int_equal(end(&second, error), CLI_AT_FAULT);
    assert_non_null(strstr(error, "已被另一个程序占用"));
    assert_ptr_equal(strchr(error, '\n'), error + strlen(error) - 1);
    kill(first.pid, SIGINT);
    assert_int_equal(end(&first, error), CLI_DONE);
}

static void options_that_cannot_be_are_refused_before_anything_starts(void **state)
{
    static const struct {
        const char *listen_at, *more;
        int code;
    } cases[] = {
        {"127.0.0.1:99999", NULL, CLI_AT_FAULT},
        {"127.0.0.1:0", "--trusted-proxy=10.0.0.0/99", CLI_AT_FAULT},
        {"127.0.0.1:0", "--now=2022-02-30", CLI_USAGE},
        {"127.0.0.1:0", "--nothing", CLI_USAGE},
        {"127.0.0.1:0", "file.yaml", CLI_USAGE},
        {"127.0.0.1:0", "--db=sqlite:/proc/none/duikou.db", CLI_AT_FAULT},
        {"127.0.0.1:0", "--db=sqlite:missing.db", CLI_AT_FAULT},
    };
    static char error[OUTPUT_MAX];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct child child = begin(*state, cases[i].listen_at, cases[i].more);
        assert_int_equal(end(&child, error), cases[i].code);
        assert_true(strlen(error) > 0);
    }
}

static void write_file(const struct place *place, const char *name, const char *text)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", place->directory, name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void change_database(const struct place *place, const char *name, const char *sql)
{
    char path[128];
    sqlite3 *db;
    snprintf(path, sizeof path, "%s/%s", place->directory, name);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

static void a_database_that_cannot_be_used_is_one_sentence_and_exit_1(void **state)
{
    const struct place *place = *state;
    static char line[OUTPUT_MAX], error[OUTPUT_MAX];
    struct child child = begin(place, "127.0.0.1:0", NULL);
    read_text(child.out, line, true);
    kill(child.pid, SIGTERM);
    assert_int_equal(end(&child, error), CLI_DONE);
    change_database(place, "duikou.db",
                    "insert into schema_step values "
                    "('person-99', '9.0')");
    write_file(place, "text.db", "这不是数据库，只是一段文字。");
    change_database(place, "other.db", "create table customer (id integer)");
    static const struct {
        const char *db, *sentence;
    } cases[] = {
        {"--db=sqlite:missing.db",
         "没有找到数据库 missing.db，请检查 --db 的路径，或先用 duikou load 建立。\n"},
        {"--db=sqlite:text.db", "text.db 不是 Duikou 的数据库，请检查 --db 的路径。\n"},
        {"--db=sqlite:other.db", "other.db 不是 Duikou 的数据库，请检查 --db 的路径。\n"},
        {"--db=sqlite:duikou.db", "数据库 duikou.db 由较新的程序（9.0 版，本程序为 " DUIKOU_VERSION
                                  " 版）建立，请升级 duikou 后再用。\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        child = begin(place, "127.0.0.1:0", cases[i].db);
        assert_int_equal(end(&child, error), CLI_AT_FAULT);
        assert_string_equal(error, cases[i].sentence);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_place, remove_place)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_server_tells_its_address_and_stops_when_told),
        TEST(a_database_that_cannot_be_used_is_one_sentence_and_exit_1),
        TEST(a_taken_port_is_one_sentence_and_exit_1),
        TEST(options_that_cannot_be_are_refused_before_anything_starts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
