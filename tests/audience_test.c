/* Answers that are kept are shared by those who may see the same, and by nobody else: whoever asks,
 * in whatever order, gets byte for byte what is made for him alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <zlib.h>

#include <cmocka.h>

#include "account_kit.h"

enum { CLERK, CLERK_2, STUDY, SIGNER, UNIT, UNIT_2, OTHER, STAFF, SYSTEM, PEOPLE };
enum { PAGES = 9, ROUNDS = 3 };

/* One place, asked through a program that keeps and through one that does not. */
struct scene {
    struct place place;
    struct program_sample *plain, *caching;
    struct str cookies[PEOPLE];
    const char *pages[PAGES];
};

static const char *const people[PEOPLE] = {"clerk", "clerk2", "study", "signer", "unit",
                                           "unit2", "other",  "staff", "system"};

static struct scene scene_open(void)
{
    struct scene scene = {.place = place_open()};
    struct place *place = &scene.place;
    struct program_sample *sample = scene.plain = place->sample;
    make_named(sample, "clerk2", "文书乙", ROLE_OFFICE_CLERK, "linjiang", 0);
    make_in(sample, "study", ROLE_STUDY_COMMITTEE, "linjiang", 0);
    make_in(sample, "signer", ROLE_SIGNER, "linjiang", 0);
    make_in(sample, "unit", ROLE_UNIT_LIAISON, "linjiang", place->unit);
    make_in(sample, "unit2", ROLE_UNIT_LEADER, "linjiang", place->unit);
    make_in(sample, "other", ROLE_UNIT_LIAISON, "linjiang", place->stranger);
    make_in(sample, "staff", ROLE_COMMITTEE_STAFF, "linjiang", place->committee);
    make_in(sample, "system", ROLE_SYSTEM, NULL, 0);
    scene.caching = program_sample_caching(sample);
    for (int i = 0; i < PEOPLE; i++)
        scene.cookies[i] = sign_in(scene.caching, people[i]);
    app_wrote(sample->program.app);
    const char *const pages[PAGES] = {"/linjiang/directory",
                                      "/linjiang/directory.json",
                                      "/linjiang/organization",
                                      "/linjiang/organization.json?limit=200",
                                      at(place, "/linjiang/organization/", place->unit),
                                      at(place, "/linjiang/organization/", place->stranger),
                                      "/linjiang/document",
                                      "/linjiang/search?q=%E6%95%99%E8%82%B2",
                                      "/linjiang/search.json?q=%E6%B0%B4%E5%88%A9"};
    memcpy(scene.pages, pages, sizeof pages);
    return scene;
}

static void scene_close(struct scene *scene)
{
    program_sample_leave(scene->caching);
    place_close(&scene->place);
}

static struct got ask_as(struct program_sample *sample, struct str cookie, const char *page,
                         bool gzip)
{
    return ask(sample,
               &(struct ask){.target = page, .cookie = cookie, .remote = true, .gzip = gzip});
}

static struct str inflated(struct arena *arena, struct str gzip)
{
    enum { ROOM = 1 << 20 };
    z_stream stream = {.next_in = (Bytef *)(uintptr_t)gzip.ptr, .avail_in = (uInt)gzip.len};
    char *to = arena_alloc(arena, ROOM);
    stream.next_out = (Bytef *)to;
    stream.avail_out = ROOM;
    assert_int_equal(inflateInit2(&stream, 15 + 16), Z_OK);
    assert_int_equal(inflate(&stream, Z_FINISH), Z_STREAM_END); /* its sum and length agree */
    assert_int_equal(stream.avail_in, 0);
    inflateEnd(&stream);
    return (struct str){to, stream.total_out};
}

static void is_his_own(struct scene *scene, int person, const char *page, bool gzip)
{
    struct got own = ask_as(scene->plain, scene->cookies[person], page, false);
    struct got got = ask_as(scene->caching, scene->cookies[person], page, gzip);
    struct str body = got.gzip ? inflated(&scene->caching->arena, got.body) : got.body;
    if (got.status != own.status || !str_eq(body, own.body))
        fail_msg("%s %s%s: %d, not %d: %.*s", people[person], page, gzip ? " gzip" : "", got.status,
                 own.status, STR_ARG(body));
}

/* Everybody asks for everything, in another order each round, compressed and not. */
static void all_get_their_own(struct scene *scene)
{
    for (int round = 0; round < ROUNDS; round++)
        for (int page = 0; page < PAGES; page++)
            for (int i = 0; i < PEOPLE; i++)
                is_his_own(scene, (i * 2 + round * 5 + page) % PEOPLE, scene->pages[page],
                           (i + round) % 2);
}

static void what_is_kept_for_one_is_never_given_to_another(void **state)
{
    (void)state;
    struct scene scene = scene_open();
    all_get_their_own(&scene);
    scene_close(&scene);
}

/* A link that is made shows what it leads to; who has signed out is nobody. */
static void a_change_of_rights_is_seen_in_what_is_kept(void **state)
{
    (void)state;
    struct scene scene = scene_open();
    struct program_sample *caching = scene.caching;
    all_get_their_own(&scene);
    const char *stranger = at(&scene.place, "/linjiang/organization/", scene.place.stranger);
    is(ask_as(caching, scene.cookies[STAFF], stranger, false), 404);
    is(post(caching, scene.cookies[CLERK], "/linjiang/link",
            "kind=working&scheme=临协发〔2026〕3号&from_organization=提案委员会&"
            "to_organization=市水利局&start_date=2026-01-20"),
       303);
    app_wrote(scene.plain->program.app);
    is(ask_as(caching, scene.cookies[STAFF], stranger, false), 200);
    all_get_their_own(&scene);
    is(post(caching, scene.cookies[UNIT], "/sign-out", ""), 303);
    is(ask_as(caching, scene.cookies[UNIT], "/linjiang/directory", false), 303);
    scene_close(&scene);
}

static int64_t statements(struct program_sample *sample)
{
    return store_stats(sample->program.store).statements;
}

static void two_clerks_share_one_page_with_a_name_each(void **state)
{
    (void)state;
    struct scene scene = scene_open();
    struct program_sample *caching = scene.caching;
    const char *page = "/linjiang/directory";
    struct got first = ask_as(caching, scene.cookies[CLERK], page, false);
    is(first, 200);
    is(ask_as(caching, scene.cookies[CLERK_2], "/linjiang/document", false), 200); /* known now */
    int64_t before = statements(caching);
    struct got second = ask_as(caching, scene.cookies[CLERK_2], page, false);
    is(second, 200);
    assert_int_equal(statements(caching), before);
    assert_false(str_eq(first.etag, second.etag));
    assert_true(str_has(first.body, STR("政协办公室文书某")));
    assert_true(str_has(second.body, STR("文书乙")));
    assert_false(str_has(second.body, STR("政协办公室文书某")));
    is(ask_as(caching, scene.cookies[STUDY], page, false), 200);
    assert_true(statements(caching) > before);
    scene_close(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_kept_for_one_is_never_given_to_another),
        cmocka_unit_test(a_change_of_rights_is_seen_in_what_is_kept),
        cmocka_unit_test(two_clerks_share_one_page_with_a_name_each),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
