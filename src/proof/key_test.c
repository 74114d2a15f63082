#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/arena.h"
#include "proof/key.h"

/* As on a full disk: a key that was begun would be in the way of the next one. */
static void a_key_that_cannot_be_written_leaves_nothing_behind(void **state)
{
    (void)state;
    AUTOARENA arena = arena_open(MIB(1));
    char folder[] = "/tmp/duikou-key-XXXXXX";
    struct rlimit before, none;
    struct fault fault = {0};
    struct key *key;
    assert_non_null(mkdtemp(folder));
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    none = (struct rlimit){0, before.rlim_max};
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
    enum status status = key_open(&arena, str_from(folder), &key, &fault);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(status, FAULT);
    assert_true(str_has(fault.message, STR("instance-sm2.pem 无法读写（超过了文件大小的限额）")));
    assert_int_equal(rmdir(folder), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_that_cannot_be_written_leaves_nothing_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
