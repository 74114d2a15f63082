/* 核对与存证 in the browser: evidence packs, checkpoints, whether the journal is whole. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include <sys/wait.h>
#include <unistd.h>

#include "domain/file/file.h"
#include "engine/audit/pages.h"
#include "proof/pack.h"
#include "tests/account_kit.h"
#include "tests/program_sample.h"

static const struct date today = {2026, 3, 2};
enum { ONE_PACK = 1 << 20 };

struct scene {
    struct program_sample *sample;
    int64_t body;
    struct str pack_path; /* of one designation with a telephone */
    int64_t record;
};

static struct scene open_scene(void)
{
    struct scene scene = {.sample = program_sample_open(today)};
    struct program_sample *sample = scene.sample;
    struct body_info body;
    struct tx *tx;
    sample_load(sample, sample_file(sample, "tests/data/load/linjiang-2026-3.yaml"),
                (struct date){0});
    sample_post(sample, "/linjiang/designation",
                STR("organization=市水利局&role=contact&name=张三&office_phone=0700-1234567&"
                    "behalf_for=市水利局&behalf_means=letter&behalf_date=2026-03-01"));
    assert_int_equal(store_read(sample->program.store, &sample->arena, &tx), OK);
    assert_int_equal(domain_find_body(tx, STR("linjiang"), &body), OK);
    store_read_end(tx);
    struct str id = sample_at(sample, "/linjiang/designation.json", "/items/0/id");
    assert_true(id_parse(id, &scene.record));
    scene.body = body.id;
    scene.pack_path =
        str_fmt(&sample->arena, "/linjiang/journal/designation/%.*s/pack", STR_ARG(id));
    return scene;
}

static const struct kind *kind_named(const char *name)
{
    const struct kind *const *kind = domain_kinds();
    while (strcmp((*kind)->name, name) != 0)
        kind++;
    return *kind;
}

/* What duikou audit export writes now; but for the moment of its checkpoint and its signature. */
static struct str exported(struct scene *scene, bool contents)
{
    struct program_sample *sample = scene->sample;
    struct key *key;
    struct tx *tx;
    AUTOBUF pack = buf_open(ONE_PACK);
    const struct audit_record record = {kind_named("designation"), scene->body, scene->record,
                                        contents};
    struct str folder = str_fmt(&sample->arena, "%s/keys", sample->directory);
    assert_int_equal(key_open(&sample->arena, folder, &key, NULL), OK);
    assert_int_equal(store_read(sample->program.store, &sample->arena, &tx), OK);
    assert_int_equal(audit_export(tx, &record, key, clock_now(&sample->program.clock), &pack, NULL),
                     OK);
    store_read_end(tx);
    key_close(key);
    return str_copy(&sample->arena, buf_str(&pack));
}

/* Behind the checkpoint, whose signature has chance in it. */
static struct str behind_checkpoint(struct str pack)
{
    const char *found = memmem(pack.ptr, pack.len, "\nsignature ", 11);
    assert_non_null(found);
    struct str rest = str_from_byte(pack, (size_t)(found - pack.ptr) + 1);
    (void)str_line(&rest);
    return rest;
}

/* The small program that needs no database; what it ended with. */
static int verified(struct scene *scene, struct str pack, const char *fingerprint)
{
    int status;
    char path[128];
    snprintf(path, sizeof path, "%s/pack", scene->sample->directory);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(pack.ptr, 1, pack.len, file), pack.len);
    assert_int_equal(fclose(file), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        const char *const all[] = {"duikou-verify", "--key", fingerprint, path, NULL};
        if (freopen("/dev/null", "w", stdout) && freopen("/dev/null", "w", stderr))
            execv(getenv("DUIKOU_VERIFY"), (char *const *)(uintptr_t)all);
        _exit(127);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void the_clerk_takes_out_what_the_command_line_exports_and_it_is_told(void **state)
{
    (void)state;
    struct scene scene = open_scene();
    struct program_sample *sample = scene.sample;
    struct pack pack;
    struct str story = str_head(scene.pack_path, scene.pack_path.len - 5);
    struct sample_answer page = sample_get(sample, story.ptr ? str_c(&sample->arena, story) : "");
    assert_true(str_has(page.body, scene.pack_path));
    struct sample_answer answer = sample_get(sample, scene.pack_path.ptr);
    assert_int_equal(answer.status, 200);
    assert_true(str_eq(behind_checkpoint(answer.body), behind_checkpoint(exported(&scene, true))));
    assert_int_equal(pack_check(&sample->arena, answer.body, &pack, NULL), OK);
    assert_true(str_has(pack.known, STR("0700-1234567")));
    /* Of its own body, nothing of others. */
    for (int i = 0; i < pack.checkpoint.n; i++)
        assert_int_equal(pack.checkpoint.heads[i].body_id, scene.body);
    struct str key = sample_at(sample, "/linjiang/journal/check.json", "/fingerprint");
    assert_int_equal(verified(&scene, answer.body, str_c(&sample->arena, key)), 0);
    ((char *)(uintptr_t)answer.body.ptr)[answer.body.len / 2] ^= 1;
    assert_int_equal(verified(&scene, answer.body, str_c(&sample->arena, key)), 1);
    assert_true(str_is(sample_at(sample, "/linjiang/journal.json?chain=readings", "/items/0/deed"),
                       "export"));
    assert_true(str_is(sample_at(sample, "/linjiang/journal.json?chain=readings", "/items/0/kind"),
                       "designation"));
    program_sample_close(sample);
}

/* By name, with what he may not read left out; the small program is content with it. */
static void the_auditor_takes_out_who_did_what_and_nothing_of_what_it_says(void **state)
{
    (void)state;
    struct scene scene = open_scene();
    struct program_sample *sample = scene.sample;
    make_named(sample, "wenshu", "陈文书", ROLE_OFFICE_CLERK, "linjiang", 0);
    make_named(sample, "shenji", "周审计", ROLE_AUDIT, NULL, 0);
    make_named(sample, "xitong", "吴系统", ROLE_SYSTEM, NULL, 0);
    make_named(sample, "weiyuan", "何研究", ROLE_RESEARCH_OFFICE, "linjiang", 0);
    sample_transcript(sample, "evidence.http");
    struct pack pack;
    struct str text = exported(&scene, false);
    assert_int_equal(pack_check(&sample->arena, text, &pack, NULL), OK);
    assert_int_equal(pack.withheld, pack.n);
    for (size_t i = 0; i < text.len; i += 13) {
        AUTOARENA arena = arena_open(MIB(8));
        struct str other = str_copy(&arena, text);
        ((char *)(uintptr_t)other.ptr)[i] ^= 1;
        assert_int_equal(pack_check(&arena, other, &pack, NULL), INVALID);
    }
    program_sample_close(sample);
}

static struct str shown(struct scene *scene)
{
    audit_desk_wait(scene->sample->program.desk);
    return sample_get(scene->sample, "/linjiang/journal/check").body;
}

static enum status change_by_hand(struct tx *tx, void *context, struct fault *fault)
{
    const int64_t *body = context;
    (void)fault;
    const struct statement *statement = store_intern(
        tx_store(tx), "by_hand",
        STR("update journal set name = '别人' where body_id = $1 and chain = 0 and number = 3"),
        "i", RESULT_RUN);
    return tx_run(tx, statement, ARGS(value_int(*body)), NULL);
}

static void a_check_tells_that_all_is_whole_or_names_the_first_bad_row(void **state)
{
    (void)state;
    struct scene scene = open_scene();
    struct program_sample *sample = scene.sample;
    assert_true(str_has(shown(&scene), STR("还没有核对过")));
    assert_int_equal(sample_post(sample, "/linjiang/journal/check", STR("")).status, 303);
    assert_true(str_has(shown(&scene), STR("✓ 链完整")));
    assert_int_equal(store_write(sample->program.store, &sample->arena, scene.body, 0, NULL,
                                 change_by_hand, &scene.body, NULL),
                     OK);
    assert_int_equal(sample_post(sample, "/linjiang/journal/check", STR("")).status, 303);
    struct str page = shown(&scene);
    assert_true(str_has(page, STR("▲ 核对不通过")));
    assert_true(str_has(page, STR("操作日志第 3 条与它的校验值不符")));
    program_sample_close(sample);
}

static enum status leave_by_hand(struct tx *tx, void *context, struct fault *fault)
{
    (void)context;
    (void)fault;
    const struct statement *statement = store_intern(
        tx_store(tx), "left", STR("update journal_check set state = 'running'"), "", RESULT_RUN);
    return tx_run(tx, statement, NO_ARGS, NULL);
}

/* The node that checked died; what it left is not "under way" for ever. */
static void a_check_whose_node_died_is_told_and_can_be_made_again(void **state)
{
    (void)state;
    struct scene scene = open_scene();
    struct program_sample *sample = scene.sample;
    assert_int_equal(sample_post(sample, "/linjiang/journal/check", STR("")).status, 303);
    audit_desk_wait(sample->program.desk);
    assert_int_equal(store_write(sample->program.store, &sample->arena, scene.body, 0, NULL,
                                 leave_by_hand, NULL, NULL),
                     OK);
    assert_true(str_has(shown(&scene), STR("● 正在核对")));
    sample->program.clock.fixed_us += (CHECK_SILENT_SEC + 1) * 1000000;
    assert_true(str_has(shown(&scene), STR("服务中途停止")));
    assert_int_equal(sample_post(sample, "/linjiang/journal/check", STR("")).status, 303);
    assert_true(str_has(shown(&scene), STR("✓ 链完整")));
    program_sample_close(sample);
}

static void without_a_key_one_sentence_says_how(void **state)
{
    (void)state;
    struct scene scene = open_scene();
    struct program_sample *keyless = program_sample_caching(scene.sample);
    struct sample_answer page = sample_get(keyless, "/linjiang/journal/check");
    assert_true(str_has(page.body, STR("请管理员在设置文件 duikou.conf 里写上 key-dir")));
    assert_false(str_has(page.body, STR("生成存证点</button>")));
    assert_int_equal(sample_post(keyless, "/linjiang/journal/checkpoint", STR("")).status, 409);
    assert_int_equal(sample_get(keyless, scene.pack_path.ptr).status, 409);
    assert_int_equal(sample_post(keyless, "/linjiang/journal/check", STR("")).status, 303);
    program_sample_leave(keyless);
    program_sample_close(scene.sample);
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "file-child") == 0) /* the program that looks is this one */
        return file_child_main(argc > 2 && strcmp(argv[2], "text") == 0);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_clerk_takes_out_what_the_command_line_exports_and_it_is_told),
        cmocka_unit_test(the_auditor_takes_out_who_did_what_and_nothing_of_what_it_says),
        cmocka_unit_test(a_check_tells_that_all_is_whole_or_names_the_first_bad_row),
        cmocka_unit_test(a_check_whose_node_died_is_told_and_can_be_made_again),
        cmocka_unit_test(without_a_key_one_sentence_says_how),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
