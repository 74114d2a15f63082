#include "tests/files_scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static const struct date today = {2022, 6, 15};

struct scene scene_open(void)
{
    struct scene scene = {.sample = program_sample_open(today)};
    struct arena *arena = &scene.sample->arena;
    sample_load(scene.sample, sample_file(scene.sample, "schemes/nanbu-2017-1.yaml"),
                (struct date){0});
    scene.record =
        str_copy(arena, sample_at(scene.sample, "/nanbu/organization.json", "/items/3/url")).ptr;
    scene.uploads = str_fmt(arena, "%s/files", scene.record).ptr;
    return scene;
}

struct sample_answer scene_upload(const struct scene *scene, const char *name, struct str bytes)
{
    return sample_upload(scene->sample, scene->uploads, name, bytes);
}

static const char *json(const struct scene *scene)
{
    return str_fmt(&scene->sample->arena, "%s.json", scene->uploads).ptr;
}

struct str scene_nth(const struct scene *scene, int n, const char *key)
{
    struct arena *arena = &scene->sample->arena;
    return sample_at(scene->sample, json(scene), str_fmt(arena, "/items/%d/%s", n, key).ptr);
}

int scene_attached(const struct scene *scene)
{
    int n = 0;
    while (scene_nth(scene, n, "id").len > 0)
        n++;
    return n;
}

void scene_refused(const struct scene *scene, const char *name, struct str bytes, const char *words)
{
    int before = scene_attached(scene);
    struct sample_answer answer = scene_upload(scene, name, bytes);
    if (answer.status != 422 || !str_has(answer.body, str_from(words)))
        fail_msg("%s: %d %.*s", name, answer.status, STR_ARG(answer.body));
    assert_int_equal(scene_attached(scene), before);
}

void scene_kept(const struct scene *scene, const char *name, struct str bytes, const char *type)
{
    struct sample_answer answer = scene_upload(scene, name, bytes);
    if (answer.status != 303)
        fail_msg("%s: %d %.*s", name, answer.status, STR_ARG(answer.body));
    assert_true(str_is(scene_nth(scene, scene_attached(scene) - 1, "type"), type));
}

struct sample_answer scene_act(const struct scene *scene, struct str url, const char *what,
                               const char *form)
{
    struct arena *arena = &scene->sample->arena;
    return sample_post(scene->sample, str_fmt(arena, "%.*s/%s", STR_ARG(url), what).ptr,
                       str_from(form));
}

void scene_run_jobs(const struct scene *scene)
{
    int tried;
    struct fault fault = {0};
    do {
        if (outbox_run(scene->sample->program.outbox, &tried, &fault) != OK)
            fail_msg("%.*s", STR_ARG(fault.message));
    } while (tried > 0);
}

/* What search finds first; empty: nothing. */
struct str scene_found(const struct scene *scene, const char *q)
{
    struct arena *arena = &scene->sample->arena;
    return sample_at(scene->sample, str_fmt(arena, "/nanbu/search.json?q=%s", q).ptr,
                     "/items/0/title");
}
