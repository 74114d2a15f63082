/* Ids that are guessed: a record of another body is not there, whatever address it is asked at. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "account_kit.h"
#include "tests/form_of_kind.h"

static const char mark[] = "zqmark";
enum { KINDS_MAX = 64 };

/* One record of every kind in linjiang, made before there were accounts, with a mark in its texts;
 * a clerk of qinghe who is after them. */
struct scene {
    struct program_sample *sample;
    const char *kinds[KINDS_MAX]; /* words of addresses: organization, import, roster/draft … */
    struct str ids[KINDS_MAX];
    int n;
    struct str thief;
};

static void note(struct scene *scene, const char *kind, struct str location)
{
    assert_true(scene->n < KINDS_MAX && location.len > ID_TEXT_LEN);
    scene->kinds[scene->n] = kind;
    scene->ids[scene->n++] = str_from_byte(location, location.len - ID_TEXT_LEN);
}

static struct str marked(struct program_sample *sample, const struct kind *kind)
{
    struct str form = {0};
    for (const struct field *field = kind->fields; field->key; field++)
        if (field->kind == FIELD_LONG_TEXT || (field->kind == FIELD_TEXT && !field->max))
            form = str_fmt(&sample->arena, "%.*s&%s=%s", STR_ARG(form), field->key, mark);
    return form;
}

static void make_records(struct scene *scene)
{
    struct program_sample *sample = scene->sample;
    for (const struct kind *const *kind = domain_kinds(); *kind; kind++) {
        if ((*kind)->by_program || (*kind)->instance)
            continue;
        struct str list = str_fmt(&sample->arena, "/linjiang/%s", (*kind)->name);
        struct sample_answer made =
            sample_post(sample, list.ptr, form_of_kind(sample, *kind, marked(sample, *kind)));
        if (made.status != 303)
            made = sample_post(sample, list.ptr, form_of_kind(sample, *kind, (struct str){0}));
        if (made.status != 303)
            fail_msg("%s: %d", (*kind)->name, made.status);
        note(scene, (*kind)->name, made.location);
    }
    struct str text = sample_file(sample, "src/engine/reader/documents/pairs.txt");
    struct sample_answer draft = sample_upload(sample, "/import", "a.txt", text);
    assert_int_equal(draft.status, 303);
    note(scene, "import", draft.location);
    draft = sample_upload(sample, "/linjiang/roster", "a.csv",
                          STR("单位,身份,姓名\n市水利局,联系人,钱标记\n"));
    assert_int_equal(draft.status, 303);
    note(scene, "draft", draft.location);
    struct str record =
        str_fmt(&sample->arena, "/linjiang/%s/%.*s/files", scene->kinds[0], STR_ARG(scene->ids[0]));
    struct sample_answer file =
        sample_upload(sample, record.ptr, "zqmark.txt", STR("zqmark 是一份说明。\n"));
    assert_true(file.status == 303 || file.status == 201 || file.status == 200);
    record = str_fmt(&sample->arena, "%.*s.json", STR_ARG(record));
    struct str id = sample_at(sample, record.ptr, "/items/0/id");
    if (id.len == 0)
        id = sample_at(sample, record.ptr, "/attached/items/0/id");
    note(scene, "file", str_fmt(&sample->arena, "/%.*s", STR_ARG(id)));
}

static struct scene scene_open(void)
{
    struct scene scene = {.sample = program_sample_open((struct date){2026, 7, 1})};
    struct program_sample *sample = scene.sample;
    sample_load(sample, sample_file(sample, "tests/data/load/linjiang-2026-3.yaml"),
                (struct date){0});
    sample_load(sample, sample_file(sample, "tests/data/load/qinghe-2025-5.yaml"),
                (struct date){0});
    make_records(&scene);
    make_in(sample, "clerk", ROLE_OFFICE_CLERK, "linjiang", 0);
    make_in(sample, "thief", ROLE_OFFICE_CLERK, "qinghe", 0);
    scene.thief = sign_in(sample, "thief");
    return scene;
}

/* The address of a route for one body and an id in each place. */
static struct str address(struct scene *scene, const struct route *route, const char *body,
                          struct str id)
{
    struct arena *arena = &scene->sample->arena;
    struct str path = str_replace(arena, str_from(route->path), STR("{body}"), str_from(body));
    path = str_replace(arena, path, STR("{action}"), STR("remove"));
    while (str_has(path, STR("{"))) {
        ptrdiff_t from = str_find(path, STR("{")), to = str_find(path, STR("}"));
        path = str_fmt(arena, "%.*s%.*s%.*s", STR_ARG(str_head(path, (size_t)from)), STR_ARG(id),
                       STR_ARG(str_from_byte(path, (size_t)to + 1)));
    }
    return path;
}

static void is_not_there(struct scene *scene, const struct route *route, struct str path,
                         bool own_body)
{
    struct got got = ask(scene->sample, &(struct ask){.method = route->method,
                                                      .target = path.ptr,
                                                      .form = "version=1&name=b&reason=b",
                                                      .cookie = scene->thief,
                                                      .origin = "https://duikou.example",
                                                      .remote = true});
    bool hidden = got.status == 404 || (own_body && (got.status == 403 || got.status == 406));
    if (!hidden || str_has(got.body, str_from(mark)) || str_has(got.location, STR("linjiang")))
        fail_msg("%s: %d %.*s", path.ptr, got.status, STR_ARG(str_head(got.body, 500)));
}

static int changes(struct scene *scene)
{
    struct place place = {.sample = scene->sample};
    return count(&place, "select count(*) from journal where body_id <> 0");
}

static void no_address_of_any_route_shows_or_changes_another_bodys_record(void **state)
{
    (void)state;
    struct scene scene = scene_open();
    int routes_n, asked = 0, before = changes(&scene);
    app_route_at(scene.sample->program.app, 0, &routes_n);
    for (int i = 0; i < routes_n; i++) {
        const struct route *route = app_route_at(scene.sample->program.app, i, NULL);
        if (!strstr(route->path, "{body}"))
            continue;
        for (int k = 0; k < scene.n; k++) {
            bool of_kind = strstr(route->path, scene.kinds[k]) != NULL;
            if (!strstr(route->path, "{id}") || !of_kind)
                continue;
            is_not_there(&scene, route, address(&scene, route, "qinghe", scene.ids[k]), true);
            is_not_there(&scene, route, address(&scene, route, "linjiang", scene.ids[k]), false);
            asked += 2;
        }
        if (!strstr(route->path, "{id}"))
            is_not_there(&scene, route, address(&scene, route, "linjiang", scene.ids[0]), false);
    }
    assert_true(asked > 150);
    assert_int_equal(changes(&scene), before);
    program_sample_close(scene.sample);
}

/* Lists of every kind in every form, search, pickers, drafts of the instance. */
static void no_list_or_search_tells_of_another_body(void **state)
{
    (void)state;
    struct scene scene = scene_open();
    struct arena *arena = &scene.sample->arena;
    static const char *const forms[] = {"", ".json", ".csv"};
    for (const struct kind *const *kind = domain_kinds(); *kind; kind++)
        for (int i = 0; i < 3; i++) {
            struct str target = str_fmt(arena, "/qinghe/%s%s", (*kind)->name, forms[i]);
            struct got got = get(scene.sample, scene.thief, target.ptr);
            assert_false(str_has(got.body, str_from(mark)));
        }
    static const char *const asked[] = {"/qinghe/search?q=zqmark",
                                        "/qinghe/search.json?q=zqmark",
                                        "/qinghe/organization/pick?q=zq",
                                        "/qinghe/person/pick?q=zq",
                                        "/",
                                        "/openapi.json",
                                        "/qinghe/directory?q=zqmark",
                                        "/accounts"};
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
        struct got got = get(scene.sample, scene.thief, asked[i]);
        /* What was asked for is shown in its field; nothing is found. */
        assert_false(str_has(got.body, STR("zqmark</a>")) || str_has(got.body, STR("临江")));
    }
    for (int k = 0; k < scene.n; k++)
        if (strcmp(scene.kinds[k], "import") == 0) {
            is(get(scene.sample, scene.thief, "/import"), 404);
            is(get(scene.sample, scene.thief,
                   str_fmt(arena, "/import/%.*s", STR_ARG(scene.ids[k])).ptr),
               404);
        }
    program_sample_close(scene.sample);
}

/* What one may see is the same in the list, on the page and through the attachments. */
static void page_and_list_and_search_agree_on_what_a_unit_sees(void **state)
{
    (void)state;
    struct scene scene = scene_open();
    struct program_sample *sample = scene.sample;
    struct arena *arena = &sample->arena;
    struct place place = {.sample = sample};
    (void)place;
    int hidden = 0;
    struct tx *tx;
    struct fault fault = {0};
    int64_t unit;
    assert_int_equal(store_read(sample->program.store, arena, &tx), OK);
    assert_int_equal(domain_organization(tx, body_id(sample, "linjiang"), STR("市教育局"),
                                         (struct date){2026, 7, 1}, &unit, &fault),
                     OK);
    store_read_end(tx);
    make_in(sample, "unit", ROLE_UNIT_LIAISON, "linjiang", unit);
    struct str cookie = sign_in(sample, "unit");
    for (int k = 0; k < scene.n; k++) {
        const char *kind = scene.kinds[k];
        if (strcmp(kind, "import") == 0 || strcmp(kind, "draft") == 0 || strcmp(kind, "file") == 0)
            continue;
        struct str id = scene.ids[k];
        struct got page =
            get(sample, cookie, str_fmt(arena, "/linjiang/%s/%.*s", kind, STR_ARG(id)).ptr);
        struct got list =
            get(sample, cookie, str_fmt(arena, "/linjiang/%s.json?limit=200", kind).ptr);
        struct got files =
            get(sample, cookie, str_fmt(arena, "/linjiang/%s/%.*s/files", kind, STR_ARG(id)).ptr);
        struct got write =
            post(sample, cookie, str_fmt(arena, "/linjiang/%s/%.*s", kind, STR_ARG(id)).ptr,
                 "version=1&name=b");
        bool listed = list.status == 200 && str_has(list.body, id);
        if (page.status >= 500 || (page.status == 200) != listed ||
            (page.status == 404 && files.status != 404) ||
            (write.status != 403 && write.status != 404))
            fail_msg("%s: page %d, listed %d, files %d, write %d", kind, page.status, listed,
                     files.status, write.status);
        hidden += page.status == 404;
    }
    assert_true(hidden > 0);
    program_sample_close(sample);
}

int main(int argc, char **argv)
{
    int code;
    if (is_child(argc, argv, &code))
        return code;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_address_of_any_route_shows_or_changes_another_bodys_record),
        cmocka_unit_test(no_list_or_search_tells_of_another_body),
        cmocka_unit_test(page_and_list_and_search_agree_on_what_a_unit_sees),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
