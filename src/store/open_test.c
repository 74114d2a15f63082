#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/fault_vfs.h"
#include "store/place.h"
#include "store/sqlite.h"

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

/* The database as another program would change it. */
static void change(const struct place *place, const char *sql)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open(place->path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void make_and_close(struct place *place)
{
    place_open(place);
    place_close(place);
}

static void a_missing_file_is_not_made_unless_asked(void **state)
{
    struct place *place = *state;
    struct store_options options = place_options(place);
    options.create = false;
    place_refuses(place, &options, NOT_FOUND, "没有找到数据库");
    assert_int_not_equal(access(place->path, F_OK), 0);
    place_open(place);
    assert_int_equal(access(place->path, F_OK), 0);
}

static void a_file_in_a_missing_directory_cannot_be_made(void **state)
{
    struct place *place = *state;
    struct store_options options = place_options(place);
    options.url = str_fmt(&place->arena, "sqlite:%s/absent/a.db", place->directory);
    place_refuses(place, &options, FAULT, "目录不存在");
}

static void a_directory_is_no_database(void **state)
{
    struct place *place = *state;
    struct store_options options = place_options(place);
    options.url = str_fmt(&place->arena, "sqlite:%s", place->directory);
    place_refuses(place, &options, INVALID, "是一个目录");
}

static void an_address_that_cannot_be_read_is_refused(void **state)
{
    static const char *const urls[] = {"", "sqlite:", "sqlite::memory:", "a.db", "mysql://host/a"};
    struct place *place = *state;
    struct store_options options = place_options(place);
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
        options.url = str_from(urls[i]);
        place_refuses(place, &options, INVALID, "无法识别数据库地址");
    }
}

static void a_file_that_is_no_database_is_refused_and_left_alone(void **state)
{
    struct place *place = *state;
    struct store_options options = place_options(place);
    struct stat info;
    write_file(place->path,
               "一份普通的文本文件，里面没有数据库，只有几行文字，足够长到不像一个空文件。");
    place_refuses(place, &options, INVALID, "不是 Duikou 的数据库");
    assert_int_equal(stat(place->path, &info), 0);
    assert_int_equal(info.st_size, 111);
}

static void the_database_of_another_program_is_refused_and_left_alone(void **state)
{
    struct place *place = *state;
    struct store_options options = place_options(place);
    struct stat before, after;
    change(place, "create table theirs (a)");
    assert_int_equal(stat(place->path, &before), 0);
    place_refuses(place, &options, INVALID, "不是 Duikou 的数据库");
    assert_int_equal(stat(place->path, &after), 0);
    assert_int_equal(before.st_size, after.st_size);
    assert_memory_equal(&before.st_mtim, &after.st_mtim, sizeof before.st_mtim);
}

static void an_empty_file_becomes_a_database_only_when_asked(void **state)
{
    struct place *place = *state;
    struct store_options options = place_options(place);
    options.create = false;
    write_file(place->path, "");
    place_refuses(place, &options, INVALID, "不是 Duikou 的数据库");
    make_and_close(place);
    place_open(place);
}

static void a_database_from_a_later_program_is_refused(void **state)
{
    struct place *place = *state;
    struct store_options options = place_options(place);
    make_and_close(place);
    change(place, "insert into schema_step values ('example-99', '9.0')");
    place_refuses(place, &options, INVALID, "较新的程序（9.0 版");
}

static void only_missing_steps_are_applied(void **state)
{
    struct place *place = *state;
    make_and_close(place);
    change(place, "delete from schema_step where name = 'example-2';"
                  "alter table example drop column note;"
                  "insert into example (body_id, id, name) values (1, 1, 'kept')");
    place_open(place);
    assert_true(example_has(place->store, 1, 1));
}

static void an_older_database_opened_read_only_is_refused(void **state)
{
    struct place *place = *state;
    struct store_options options = place_options(place);
    options.read_only = true;
    make_and_close(place);
    change(place, "delete from schema_step where name = 'example-2'");
    place_refuses(place, &options, INVALID, "较旧的程序");
}

static void read_only_reads_and_refuses_to_write(void **state)
{
    struct place *place = *state;
    struct store_options options = place_options(place);
    place_open(place);
    assert_int_equal(example_add(place->store, &place->arena, 1, 1, "a"), OK);
    place_close(place);
    options.read_only = true;
    assert_int_equal(store_open(&place->arena, &options, &place->store, NULL), OK);
    assert_true(example_has(place->store, 1, 1));
    assert_int_equal(example_add(place->store, &place->arena, 1, 2, "b"), DENIED);
}

/* Runs as nobody, because root may write everywhere. 0 when `status` came with `words`. */
static int open_as_nobody(struct place *place, enum status status, const char *words)
{
    pid_t child = fork();
    if (child == 0) {
        struct store_options options = place_options(place);
        struct fault fault = {0};
        struct store *store = NULL;
        if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0))
            _exit(3);
        if (store_open(&place->arena, &options, &store, &fault) != status)
            _exit(1);
        _exit(str_has(fault.message, str_from(words)) ? 0 : 2);
    }
    int result = -1;
    assert_int_equal(waitpid(child, &result, 0), child);
    return WIFEXITED(result) ? WEXITSTATUS(result) : -1;
}

static void a_file_without_write_permission_is_named_as_such(void **state)
{
    struct place *place = *state;
    make_and_close(place);
    assert_int_equal(chmod(place->path, 0444), 0);
    assert_int_equal(chmod(place->directory, 0755), 0);
    assert_int_equal(open_as_nobody(place, FAULT, "只读"), 0);
    assert_int_equal(chmod(place->path, 0000), 0);
    assert_int_equal(open_as_nobody(place, FAULT, "权限"), 0);
}

static void a_place_without_write_permission_is_named_as_such(void **state)
{
    struct place *place = *state;
    assert_int_equal(chmod(place->directory, 0555), 0);
    assert_int_equal(open_as_nobody(place, FAULT, "没有写入权限"), 0);
    assert_int_equal(chmod(place->directory, 0755), 0);
}

static void a_lock_held_by_another_program_is_named_as_such(void **state)
{
    struct place *place = *state;
    struct store_options options = place_options(place);
    sqlite3 *db;
    make_and_close(place);
    change(place, "delete from schema_step where name = 'example-2';"
                  "alter table example drop column note");
    assert_int_equal(sqlite3_open(place->path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "begin immediate", NULL, NULL, NULL), SQLITE_OK);
    place_refuses(place, &options, BUSY, "正被其他程序占用");
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    place_open(place);
}

static void a_damaged_file_is_named_as_such(void **state)
{
    struct place *place = *state;
    struct store_options options = place_options(place);
    make_and_close(place);
    int file = open(place->path, O_WRONLY);
    char noise[4096];
    memset(noise, 'x', sizeof noise);
    assert_int_equal(pwrite(file, noise, sizeof noise - 100, 100), sizeof noise - 100);
    assert_int_equal(close(file), 0);
    place_refuses(place, &options, FAULT, "已损坏");
}

/* At whatever write the disk fills up, the sentence says so and no half-made file stays. */
static void a_disk_that_fills_up_while_making_leaves_nothing(void **state)
{
    struct place *place = *state;
    struct store_options options = place_options(place);
    fault_vfs_install();
    int writes = 1;
    for (int after = 0; after < writes; after++) {
        fault_vfs_plan((struct fault_plan){FAULT_WRITE, "", after, 1000, SQLITE_FULL});
        struct store *store = NULL;
        struct fault fault = {0};
        enum status status = store_open(&place->arena, &options, &store, &fault);
        if (status == OK) {
            store_close(store);
            break;
        }
        writes = after + 2;
        assert_true(str_has(fault.message, STR("磁盘已满")));
        assert_int_not_equal(access(place->path, F_OK), 0);
    }
    fault_vfs_remove();
    assert_true(writes > 3);
}

static void a_disk_that_fills_up_while_upgrading_leaves_the_old_database(void **state)
{
    struct place *place = *state;
    struct store_options options = place_options(place);
    make_and_close(place);
    change(place, "delete from schema_step where name = 'example-2';"
                  "alter table example drop column note;"
                  "insert into example (body_id, id, name) values (1, 1, 'kept')");
    fault_vfs_install();
    fault_vfs_plan((struct fault_plan){FAULT_WRITE, "-wal", 2, 1000, SQLITE_FULL});
    place_refuses(place, &options, BUSY, "磁盘已满");
    fault_vfs_remove();
    place_open(place);
    assert_true(example_has(place->store, 1, 1));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, place_setup, place_teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_missing_file_is_not_made_unless_asked),
        TEST(a_file_in_a_missing_directory_cannot_be_made),
        TEST(a_directory_is_no_database),
        TEST(an_address_that_cannot_be_read_is_refused),
        TEST(a_file_that_is_no_database_is_refused_and_left_alone),
        TEST(the_database_of_another_program_is_refused_and_left_alone),
        TEST(an_empty_file_becomes_a_database_only_when_asked),
        TEST(a_database_from_a_later_program_is_refused),
        TEST(only_missing_steps_are_applied),
        TEST(an_older_database_opened_read_only_is_refused),
        TEST(read_only_reads_and_refuses_to_write),
        TEST(a_file_without_write_permission_is_named_as_such),
        TEST(a_place_without_write_permission_is_named_as_such),
        TEST(a_lock_held_by_another_program_is_named_as_such),
        TEST(a_damaged_file_is_named_as_such),
        TEST(a_disk_that_fills_up_while_making_leaves_nothing),
        TEST(a_disk_that_fills_up_while_upgrading_leaves_the_old_database),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
