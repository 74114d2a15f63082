/* 误传处置: planted marks are looked for in every file of the instance. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include <ftw.h>

#include "store/trial.h"
#include "tests/files_scene.h"

static struct str hunted; /* a mark that may stand nowhere */
static int hunted_n;

static int hunt(const char *path, const struct stat *info, int type, struct FTW *walk)
{
    (void)walk;
    if (type != FTW_F || info->st_size == 0)
        return 0;
    AUTOBUF bytes = buf_open(MIB(512));
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    char *to = buf_reserve(&bytes, (size_t)info->st_size);
    bytes.len = fread(to, 1, (size_t)info->st_size, file);
    fclose(file);
    if (str_has(buf_str(&bytes), hunted)) {
        print_error("%.*s is in %s\n", STR_ARG(hunted), path);
        hunted_n++;
    }
    return 0;
}

/* In how many of the instance's files a mark stands; a PostgreSQL database is one, and asked for
 * its rows. */
static int files_with(const struct scene *scene, const char *mark)
{
    hunted = str_from(mark);
    hunted_n = 0;
    nftw(scene->sample->directory, hunt, 16, FTW_PHYS);
    return hunted_n + (trial_is_postgres() && trial_has(scene->sample->url, mark));
}

static void a_purge_leaves_no_byte_of_a_mistaken_upload(void **state)
{
    (void)state;
    struct scene scene = scene_open();
    static const char *const marks[] = {"ZHUQUE7731", "zhuque7731",   "XUANWU5519",
                                        "xuanwu5519", "鹓鶵夤夜之约", NULL};
    struct str text = STR("XUANWU5519 鹓鶵夤夜之约\n");
    scene_kept(&scene, "ZHUQUE7731 会谈.txt", text, "纯文本");
    scene_kept(&scene, "留下的.txt", STR("BAIZE2206\n"), "纯文本");
    scene_run_jobs(&scene);
    assert_true(str_starts(scene_found(&scene, "xuanwu5519"), STR("ZHUQUE7731")));
    assert_true(files_with(&scene, "XUANWU5519") > 0 && files_with(&scene, "zhuque7731") > 0);
    struct str url = scene_nth(&scene, 0, "url"), content = scene_nth(&scene, 0, "content_url");
    assert_int_equal(scene_act(&scene, url, "purge", "confirmed=1").status, 409);
    assert_int_equal(scene_act(&scene, url, "freeze", "reason=传错了文件").status, 303);
    assert_int_equal(scene_attached(&scene), 1);
    assert_int_equal(scene_found(&scene, "xuanwu5519").len, 0);
    /* The same bytes cannot come in again meanwhile, nor afterwards. */
    scene_refused(&scene, "别名.txt", text, "误传处置");
    assert_int_equal(scene_act(&scene, url, "purge", "").status, 422);
    assert_int_equal(scene_act(&scene, url, "purge", "confirmed=1").status, 303);
    assert_int_equal(sample_get(scene.sample, content.ptr).status, 404);
    scene_run_jobs(&scene);
    for (int i = 0; marks[i]; i++)
        assert_int_equal(files_with(&scene, marks[i]), 0);
    scene_refused(&scene, "别名.txt", text, "误传处置");
    /* What is left says that there was one, and why it went. */
    const char *page = str_fmt(&scene.sample->arena, "%.*s.json", STR_ARG(url)).ptr;
    assert_true(str_is(sample_at(scene.sample, page, "/standing"), "已清除"));
    assert_true(str_is(sample_at(scene.sample, page, "/reason"), "传错了文件"));
    assert_true(str_is(scene_found(&scene, "baize2206"), "留下的.txt"));
    assert_true(str_is(scene_nth(&scene, 0, "name"), "留下的.txt"));
    program_sample_close(scene.sample);
}

static void every_copy_of_the_same_bytes_is_frozen_and_may_be_released(void **state)
{
    (void)state;
    struct scene scene = scene_open();
    struct str text = STR("同一份\n");
    struct scene other = scene;
    other.uploads =
        str_fmt(&scene.sample->arena, "%.*s/files",
                STR_ARG(sample_at(scene.sample, "/nanbu/organization.json", "/items/5/url")))
            .ptr;
    scene_kept(&scene, "a.txt", text, "纯文本");
    scene_kept(&other, "b.txt", text, "纯文本");
    struct str url = scene_nth(&scene, 0, "url");
    assert_int_equal(scene_act(&scene, url, "freeze", "reason=核实").status, 303);
    assert_int_equal(scene_attached(&scene) + scene_attached(&other), 0);
    assert_int_equal(scene_act(&scene, url, "release", "").status, 303);
    assert_int_equal(scene_attached(&scene) + scene_attached(&other), 2);
    scene_run_jobs(&scene);
    program_sample_close(scene.sample);
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "file-child") == 0) /* the program that looks is this one */
        return file_child_main(argc > 2 && strcmp(argv[2], "text") == 0);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_purge_leaves_no_byte_of_a_mistaken_upload),
        cmocka_unit_test(every_copy_of_the_same_bytes_is_frozen_and_may_be_released),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
