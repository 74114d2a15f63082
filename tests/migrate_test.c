/*
 * duikou migrate, backup and restore over the sample data: from SQLite to PostgreSQL and back
 * nothing is lost or changed, whichever way it goes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>
#include <sqlite3.h>

#include "base/buf.h"
#include "base/scratch.h"
#include "store/trial.h"

enum { SAID_MAX = 1 << 16, ARGUMENTS_MAX = 12, TABLES_LEAST = 20 };

static struct moving {
    struct arena arena;
    char directory[64], said[SAID_MAX];
} moving;

static int set_up(void **state)
{
    (void)state;
    setenv("DUIKOU_TEST_ENGINE", "postgres", 1); /* trial_url is the server's */
    moving = (struct moving){.arena = arena_open(MIB(256))};
    scratch_make(moving.directory, sizeof moving.directory, "migrate");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    scratch_remove(moving.directory);
    arena_close(&moving.arena);
    return 0;
}

/* The program in the directory; its exit code, what it said in moving.said. */
static int run(const char *const *arguments)
{
    int out[2], status;
    assert_int_equal(pipe2(out, O_CLOEXEC), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        const char *all[ARGUMENTS_MAX + 2] = {"duikou"};
        for (int i = 0; i < ARGUMENTS_MAX && arguments[i]; i++)
            all[i + 1] = arguments[i];
        if (chdir(moving.directory) == 0 && dup2(out[1], 1) == 1 && dup2(out[1], 2) == 2)
            execv(getenv("DUIKOU_BINARY"), (char *const *)(uintptr_t)all);
        _exit(127);
    }
    close(out[1]);
    size_t n = 0;
    for (ssize_t got;
         n + 1 < SAID_MAX && (got = read(out[0], moving.said + n, SAID_MAX - 1 - n)) > 0;)
        n += (size_t)got;
    moving.said[n] = 0;
    close(out[0]);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}
#define RUN(...) run((const char *const[]){__VA_ARGS__, NULL})

static void does(int code, const char *said)
{
    if (code != 0)
        print_error("%s\n", moving.said);
    assert_int_equal(code, 0);
    if (!str_has(str_from(moving.said), str_from(said)))
        fail_msg("\"%s\" is not in: %s", said, moving.said);
}

static void refuses(int code, const char *said)
{
    assert_int_equal(code, 1);
    if (!str_has(str_from(moving.said), str_from(said)))
        fail_msg("\"%s\" is not in: %s", said, moving.said);
}

/* --- what a SQLite file holds --- */

static int put_cells(void *context, int n, char **values, char **names)
{
    struct buf *to = context;
    (void)names;
    for (int i = 0; i < n; i++)
        buf_fmt(to, "%s|", values[i] ? values[i] : "NULL");
    buf_char(to, '\n');
    return 0;
}

static int put_table(void *context, int n, char **values, char **names)
{
    struct buf *to = context;
    (void)n;
    (void)names;
    buf_fmt(to, "%s\n", values[0]);
    return 0;
}

static void put_rows(sqlite3 *db, const char *sql, struct buf *to)
{
    char *words = NULL;
    if (sqlite3_exec(db, sql, put_cells, to, &words) != SQLITE_OK)
        fail_msg("%s: %s", sql, words);
}

/* Every table's rows in an order of their own; blobs as digits. */
static void dump(const char *name, struct buf *to)
{
    sqlite3 *db;
    AUTOBUF tables = buf_open(KIB(64));
    struct str path = str_fmt(&moving.arena, "%s/%s", moving.directory, name);
    assert_int_equal(sqlite3_open_v2(path.ptr, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db,
                                  "select name from sqlite_schema where type = 'table' and name "
                                  "not like 'search_row_%' and name not in ('schema_step', "
                                  "'store_writer', 'search_counter') order by name",
                                  put_table, &tables, NULL),
                     SQLITE_OK);
    int n = 0;
    for (struct str rest = buf_str(&tables); rest.len > 0; n++) {
        struct str table = str_cut(&rest, STR("\n"));
        const char *columns = str_is(table, "body_version") ? "id" : "*"; /* counts go on */
        struct str sql =
            str_fmt(&moving.arena, "select %s from %.*s order by 1, 2, 3", columns, STR_ARG(table));
        if (str_is(table, "body_version"))
            sql = STR("select id from body_version where id <> 0 order by id");
        buf_fmt(to, "== %.*s\n", STR_ARG(table));
        put_rows(db, sql.ptr, to);
    }
    assert_true(n >= TABLES_LEAST);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void is_same(const char *one, const char *other)
{
    AUTOBUF first = buf_open(MIB(64)), second = buf_open(MIB(64));
    dump(one, &first);
    dump(other, &second);
    assert_true(first.len > 100000);
    assert_true(str_eq(buf_str(&first), buf_str(&second)));
}

static const char *scheme(const char *name)
{
    return str_fmt(&moving.arena, "%s/schemes/%s", getenv("DUIKOU_SOURCE"), name).ptr;
}

static void there_and_back_nothing_is_lost_or_changed(void **state)
{
    (void)state;
    const char *there = str_c(&moving.arena, trial_url(&moving.arena, moving.directory));
    does(RUN("load", "--db", "sqlite:a.db", scheme("yiyang-2022-2.yaml"),
             scheme("ziyang-2022-65.yaml")),
         "新增");
    does(RUN("migrate", "--from", "sqlite:a.db", "--to", there), "逐表核对相符");
    assert_true(str_has(str_from(moving.said), STR("操作日志核对无误")));
    does(RUN("load", "--db", there, "--dry-run", scheme("ziyang-2022-65.yaml")),
         "将新增 0，变更 0");
    does(RUN("migrate", "--from", there, "--to", "sqlite:b.db"), "逐表核对相符");
    is_same("a.db", "b.db");
    refuses(RUN("migrate", "--from", "sqlite:b.db", "--to", there), "已有内容");
    refuses(RUN("migrate", "--from", there, "--to", "sqlite:b.db"), "已有内容");
    does(RUN("backup", "--db", there, "pg.bak"), "已备份到 pg.bak");
    is_same("a.db", "pg.bak");
    does(RUN("backup", "--db", "sqlite:a.db", "lite.bak"), "已备份到 lite.bak");
    is_same("a.db", "lite.bak");
    does(RUN("restore", "--db", "sqlite:c.db", "pg.bak"), "已从 pg.bak 恢复");
    is_same("a.db", "c.db");
    trial_drop(str_from(there));
}

static void a_backup_goes_back_into_an_empty_server(void **state)
{
    (void)state;
    const char *there = str_c(&moving.arena, trial_url(&moving.arena, moving.directory));
    does(RUN("load", "--db", "sqlite:d.db", scheme("ziyang-2022-65.yaml")), "新增");
    does(RUN("backup", "--db", "sqlite:d.db", "d.bak"), "已备份");
    does(RUN("restore", "--db", there, "d.bak"), "操作日志核对无误");
    refuses(RUN("restore", "--db", there, "d.bak"), "已有内容");
    does(RUN("load", "--db", there, scheme("ziyang-2022-65.yaml")), "新增 0，变更 0");
    /* Written to after it: numbers and keys go on behind those that came. */
    does(RUN("load", "--db", there, scheme("nanbu-2017-1.yaml")), "新增");
    trial_drop(str_from(there));
}

static void what_cannot_be_is_one_sentence(void **state)
{
    (void)state;
    static const char *const server = "postgresql://duikou:geheim@/none?host=/nowhere";
    refuses(RUN("migrate", "--from", "sqlite:none.db", "--to", "sqlite:e.db"), "没有找到数据库");
    assert_int_not_equal(access(str_fmt(&moving.arena, "%s/e.db", moving.directory).ptr, F_OK), 0);
    refuses(RUN("backup", "--db", server, "e.bak"), "连不上数据库");
    assert_false(str_has(str_from(moving.said), STR("geheim")));
    refuses(RUN("restore", "--db", "sqlite:e.db", "none.bak"), "没有找到备份文件");
    assert_int_equal(RUN("migrate", "--from", "sqlite:a.db"), 2);
    assert_int_equal(RUN("backup"), 2);
    assert_int_equal(RUN("restore", "--help"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(there_and_back_nothing_is_lost_or_changed),
        cmocka_unit_test(a_backup_goes_back_into_an_empty_server),
        cmocka_unit_test(what_cannot_be_is_one_sentence),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
