#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include <sqlite3.h>

#include "store/fault_vfs.h"
#include "tests/program_sample.h"

/* A disk that fills up under a running program: a sentence, and nothing half-written. */

static void fill_disk(int after)
{
    fault_vfs_plan((struct fault_plan){FAULT_WRITE, "-wal", after, 1000000, SQLITE_FULL});
}

static void empty_disk(void)
{
    fault_vfs_plan((struct fault_plan){0});
}

static struct program_sample *open_loaded(void)
{
    fault_vfs_install();
    struct program_sample *sample = program_sample_open((struct date){2026, 7, 1});
    struct str yaml = sample_file(sample, "tests/data/load/linjiang-2026-3.yaml");
    sample_load(sample, yaml, (struct date){0});
    return sample;
}

static void close_sample(struct program_sample *sample)
{
    empty_disk();
    program_sample_close(sample);
    fault_vfs_remove();
}

static void a_form_is_answered_507_and_nothing_of_it_is_kept(void **state)
{
    (void)state;
    struct program_sample *sample = open_loaded();
    const struct str form = STR("name=市审计局&classification=department");
    struct str total = sample_at(sample, "/linjiang/organization.json", "/total");
    for (int after = 0; after < 3; after++) {
        fill_disk(after);
        struct sample_answer answer = sample_post(sample, "/linjiang/organization", form);
        if (answer.status == 303)
            fail_msg("kept after %d writes", after);
        assert_int_equal(answer.status, 507);
        assert_true(str_has(answer.body, STR("磁盘已满，数据库 ")));
        assert_true(str_has(answer.body, STR("未作改动，请腾出空间后再试。")));
        assert_true(str_eq(sample_at(sample, "/linjiang/organization.json", "/total"), total));
        assert_true(sample_at(sample, "/linjiang/search.json?q=审计", "/items/0/id").len == 0);
    }
    empty_disk();
    assert_int_equal(sample_post(sample, "/linjiang/organization", form).status, 303);
    assert_true(sample_at(sample, "/linjiang/search.json?q=审计", "/items/0/id").len > 0);
    close_sample(sample);
}

static void a_load_is_refused_whole(void **state)
{
    (void)state;
    struct program_sample *sample = open_loaded();
    struct scheme scheme =
        sample_scheme(sample, sample_file(sample, "tests/data/load/qinghe-2025-5.yaml"));
    struct load_plan plan;
    struct fault fault = {0};
    for (int after = 0; after < 30; after += 10) {
        fill_disk(after);
        assert_int_equal(sample_try_load(sample, &scheme, (struct date){0}, &plan, &fault), BUSY);
        assert_int_equal(fault.http, 507);
        assert_true(str_starts(fault.message, STR("磁盘已满")));
        sample_expect(sample, "GET /body.json\n200\n$ /total 1\n");
    }
    empty_disk();
    assert_int_equal(sample_try_load(sample, &scheme, (struct date){0}, &plan, &fault), OK);
    sample_expect(sample, "GET /body.json\n200\n$ /total 2\n");
    close_sample(sample);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_form_is_answered_507_and_nothing_of_it_is_kept),
        cmocka_unit_test(a_load_is_refused_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
