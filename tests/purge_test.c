/* 误传处置: planted marks are looked for in every file of the instance. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include <ftw.h>

#include "engine/audit/audit.h"
#include "store/trial.h"
#include "tests/account_kit.h"
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

/* --- what a record says --- */

static const char *const person_marks[] = {"QINGLONG31",  "qinglong31", "BIFANG4402", "BIFANG-5503",
                                           "13900007731", "鸾鸟之山",   NULL};

static void expect_nowhere(const struct scene *scene, const char *const *marks)
{
    for (int i = 0; marks[i]; i++)
        assert_int_equal(files_with(scene, marks[i]), 0);
}

static void expect_verified(const struct scene *scene)
{
    struct audit_result result;
    struct tx *tx;
    assert_int_equal(store_read(scene->sample->program.store, &scene->sample->arena, &tx), OK);
    enum status status = audit_verify(tx, domain_kinds(), NULL, &result);
    store_read_end(tx);
    assert_int_equal(status, OK);
    if (result.sentence.len > 0)
        fail_msg("%.*s", STR_ARG(result.sentence));
    assert_true(result.purged > 0);
}

/* Somebody named, with a key that may be sent again, changed and registered: every place there is.
 */
static struct str name_somebody(const struct scene *scene)
{
    struct program_sample *sample = scene->sample;
    sample_expect(sample,
                  "POST /nanbu/designation\nAccept: application/json\nIdempotency-Key: k1\n"
                  "> action=name&organization=县水务局&role=contact&name=QINGLONG31&"
                  "post=BIFANG4402&mobile=13900007731&behalf_for=县水务局&"
                  "behalf_means=letter&behalf_date=2022-06-14&behalf_remark=BIFANG-5503\n201\n\n");
    struct str url = sample_at(sample, "/nanbu/designation.json", "/items/0/url");
    assert_int_equal(
        scene_act(scene, url, "replace", "version=1&name=后来者&reason=鸾鸟之山").status, 303);
    return url;
}

/* The path of its purge. */
static const char *purge_of(const struct scene *scene, struct str url)
{
    str_cut(&url, STR("/nanbu/"));
    return str_fmt(&scene->sample->arena, "/nanbu/purge/%.*s", STR_ARG(url)).ptr;
}

static enum status plant_by_hand(struct tx *tx, void *context, struct fault *fault)
{
    static const char *const places[] = {
        "insert into import_draft (body_id, id, filename, title, created, modified, version, "
        "content, previous) values ($1, 1, 'PHOENIX8801.docx', 'PHOENIX8802', 1, 1, 1, "
        "cast('PHOENIX8803' as blob), cast('PHOENIX8804' as blob))",
        "insert into roster_draft (body_id, id, created, expires, name, content, applied, added, "
        "changed, same, ended) values ($1, 1, 1, 9000000000000000000, 'PHOENIX8805.xlsx', "
        "'[\"PHOENIX8806\"]', 1, 1, 0, 0, 0)",
        "insert into idempotency (body_id, account, request_key, content, status, location, "
        "answer, made) values ($1, 0, 'k2', 7, 201, '/nanbu/organization/0000000000001', "
        "'{\"name\":\"PHOENIX8807\"}', 1655200000000000)"};
    const int64_t *body_id = context;
    (void)fault;
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        struct str sql = str_from(places[i]);
        if (trial_is_postgres())
            sql = str_replace(tx_arena(tx), sql, STR("as blob"), STR("as bytea"));
        TRY(tx_run(tx, store_intern(tx_store(tx), "plant", sql, "i", RESULT_RUN),
                   ARGS(value_int(*body_id)), NULL));
    }
    return OK;
}

/* Imports under way, a list read in, and what programs were answered about other records. */
static void what_drafts_and_kept_answers_hold_goes_with_a_purge(void **state)
{
    (void)state;
    static const char *const marks[] = {"PHOENIX8801", "PHOENIX8802", "PHOENIX8803", "PHOENIX8804",
                                        "PHOENIX8805", "PHOENIX8806", "PHOENIX8807", NULL};
    struct scene scene = scene_open();
    struct program_sample *sample = scene.sample;
    int64_t body = body_id(sample, "nanbu");
    struct str url = name_somebody(&scene);
    assert_int_equal(store_write(sample->program.store, &sample->arena, body, 0, NULL,
                                 plant_by_hand, &body, NULL),
                     OK);
    for (int i = 0; marks[i]; i++)
        if (files_with(&scene, marks[i]) == 0)
            fail_msg("%s was not planted", marks[i]);
    assert_int_equal(
        sample_post(sample, purge_of(&scene, url), STR("f.name=1&confirmed=1&reason=本人要求删除"))
            .status,
        303);
    scene_run_jobs(&scene);
    expect_nowhere(&scene, marks);
    /* The key is known as before: what it did is not done twice. */
    struct tx *tx;
    struct rows rows;
    assert_int_equal(store_read(sample->program.store, &sample->arena, &tx), OK);
    assert_int_equal(
        tx_run(tx,
               store_intern(sample->program.store, "kept",
                            STR("select count(*) from idempotency where request_key = 'k2'"), "",
                            RESULT_ONE),
               NO_ARGS, &rows),
        OK);
    assert_int_equal(value_i64(rows.cells[0]), 1);
    store_read_end(tx);
    program_sample_close(sample);
}

static void a_persons_data_goes_from_record_steps_search_and_journal(void **state)
{
    (void)state;
    struct scene scene = scene_open();
    struct program_sample *sample = scene.sample;
    struct str url = name_somebody(&scene);
    for (int i = 0; person_marks[i]; i++)
        assert_true(files_with(&scene, person_marks[i]) > 0);
    const char *path = purge_of(&scene, url);
    assert_true(str_has(sample_get(sample, path).body, STR("QINGLONG31")));
    assert_false(str_has(sample_get(sample, path).body, STR("13900007731")));
    assert_int_equal(sample_post(sample, path, STR("f.name=1&confirmed=1")).status, 422);
    assert_int_equal(sample_post(sample, path, STR("f.name=1&reason=本人要求")).status, 422);
    assert_int_equal(sample_post(sample, path,
                                 STR("f.name=1&f.post=1&f.mobile=1&f.reason=1&"
                                     "confirmed=1&reason=本人要求删除"))
                         .status,
                     303);
    /* The person that was made of the name is told of, and has a purge of its own. */
    struct str person =
        sample_at(sample, str_fmt(&sample->arena, "%s.json", path).ptr, "/near/0/url");
    assert_true(str_has(person, STR("/purge/person/")));
    assert_int_equal(
        sample_post(sample, person.ptr, STR("f.name=1&confirmed=1&reason=本人要求删除")).status,
        303);
    scene_run_jobs(&scene);
    expect_nowhere(&scene, person_marks);
    expect_verified(&scene);
    const char *json = str_fmt(&sample->arena, "%.*s.json", STR_ARG(url)).ptr;
    assert_true(str_is(sample_at(sample, json, "/name"), "（已清除）"));
    assert_true(
        str_is(sample_at(sample, "/nanbu/purge.json", "/records/1/fields"), "姓名、职务、手机"));
    assert_true(
        str_is(sample_at(sample, "/nanbu/purge.json", "/records/0/reason"), "本人要求删除"));
    program_sample_close(sample);
}

static void the_past_of_a_record_goes_and_what_it_says_now_stays(void **state)
{
    (void)state;
    struct scene scene = scene_open();
    struct program_sample *sample = scene.sample;
    assert_int_equal(
        sample_post(sample, scene.record, STR("version=1&name=YINGLONG6604&category=government"))
            .status,
        303);
    assert_int_equal(
        sample_post(sample, scene.record, STR("version=2&name=正确的单位名称&category=government"))
            .status,
        303);
    const char *path = purge_of(&scene, str_from(scene.record));
    assert_true(files_with(&scene, "YINGLONG6604") > 0);
    assert_int_equal(
        sample_post(sample, path, STR("f.names=1&confirmed=1&reason=误填了不该公开的名称")).status,
        303);
    scene_run_jobs(&scene);
    assert_int_equal(files_with(&scene, "YINGLONG6604") + files_with(&scene, "yinglong6604"), 0);
    expect_verified(&scene);
    assert_true(str_has(sample_get(sample, scene.record).body, STR("正确的单位名称")));
    assert_true(files_with(&scene, "正确的单位名称") > 0);
    program_sample_close(sample);
}

static void only_who_settles_such_matters_may_purge(void **state)
{
    (void)state;
    struct scene scene = scene_open();
    sample_expect(scene.sample, "GET /nanbu/purge\nPeer: remote\nHost: a.example\n403\n\n"
                                "== what has a way of its own, or is not there\n"
                                "GET /nanbu/purge/file/0000000000001\n404\n\n"
                                "GET /nanbu/purge/step/0000000000001\n404\n\n"
                                "GET /nanbu/purge/nothing/0000000000001\n404\n\n"
                                "GET /nanbu/purge\n200\n| 没有等待核实的附件\n| 此前的备份\n\n");
    program_sample_close(scene.sample);
}

static void the_secrecy_officer_purges_and_edits_nothing(void **state)
{
    (void)state;
    struct place place = place_open();
    struct program_sample *sample = place.sample;
    make_in(sample, "secret", ROLE_SECRECY_OFFICER, "linjiang", 0);
    make_in(sample, "unit", ROLE_UNIT_LIAISON, "linjiang", place.unit);
    struct str secret = sign_in(sample, "secret"), unit = sign_in(sample, "unit");
    const char *record = at(&place, "/linjiang/membership/", place.unit_phone);
    const char *purge = at(&place, "/linjiang/purge/membership/", place.unit_phone);
    is(post(sample, unit, purge, "f.mobile=1&confirmed=1&reason=本人要求"), 403);
    is(get(sample, unit, "/linjiang/purge"), 403);
    is(post(sample, secret, record, "version=1&post=科长"), 403);
    assert_true(str_has(get(sample, secret, record).body, STR("清除内容")));
    struct got page = get(sample, secret, purge);
    is(page, 200);
    assert_true(str_has(page.body, STR("已填写")));
    assert_false(str_has(page.body, STR(NUMBER)));
    is(post(sample, secret, purge, "f.mobile=1&confirmed=1&reason=本人要求"), 303);
    assert_int_equal(count(&place, "select count(*) as n from membership where mobile is not null"),
                     1);
    page = get(sample, secret, "/linjiang/purge");
    assert_true(str_has(page.body, STR("本人要求")) && str_has(page.body, STR("保密员某")));
    is(get(sample, secret, at(&place, "/linjiang/purge/membership/", place.foreign)), 404);
    place_close(&place);
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "file-child") == 0) /* the program that looks is this one */
        return file_child_main(argc > 2 && strcmp(argv[2], "text") == 0);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_purge_leaves_no_byte_of_a_mistaken_upload),
        cmocka_unit_test(every_copy_of_the_same_bytes_is_frozen_and_may_be_released),
        cmocka_unit_test(a_persons_data_goes_from_record_steps_search_and_journal),
        cmocka_unit_test(what_drafts_and_kept_answers_hold_goes_with_a_purge),
        cmocka_unit_test(the_past_of_a_record_goes_and_what_it_says_now_stays),
        cmocka_unit_test(the_secrecy_officer_purges_and_edits_nothing),
        cmocka_unit_test(only_who_settles_such_matters_may_purge),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
