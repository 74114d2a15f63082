#include "engine/audit/audit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/record/sample.h"
#include "proof/pack.h"
#include "store/trial.h"

static const struct kind *const kinds[] = {&kind_tool, &kind_shed, &kind_maker, NULL};

/* Six entries of body 1: four tools made, the second changed twice. */
struct place {
    struct sample *sample;
    int64_t ids[4];
};

static void change(struct place *place, int which, const char *key, struct str value)
{
    struct fault fault = {0};
    struct record *record = record_new(&place->sample->arena, &kind_tool);
    record->id = place->ids[which];
    record_set(record, key, value_text(value));
    assert_int_equal(sample_write(place->sample, record, true, &fault), OK);
}

static int set_up(void **state)
{
    static const char *const names[] = {"锤", "锯", "凿", "刨"};
    struct place *place = calloc(1, sizeof *place);
    place->sample = sample_open_store();
    for (int i = 0; i < 4; i++) {
        struct record *tool = sample_tool(place->sample, names[i]);
        struct value *parts = arena_new(&place->sample->arena, struct value, 4);
        parts[0] = value_text(STR("木柄"));
        parts[1] = value_int(2);
        record_set_rows(tool, "parts", parts, 1);
        place->ids[i] = sample_add(place->sample, tool);
    }
    change(place, 1, "note", STR("齿已磨"));
    change(place, 1, "keeper_phone", STR("0737-555"));
    *state = place;
    return 0;
}

static int tear_down(void **state)
{
    struct place *place = *state;
    sample_close(place->sample);
    free(place);
    return 0;
}

static struct audit_result verify(struct place *place, const struct checkpoint *checkpoint)
{
    struct tx *tx;
    struct audit_result result;
    assert_int_equal(store_read(place->sample->store, &place->sample->arena, &tx), OK);
    assert_int_equal(audit_verify(tx, kinds, checkpoint, &result), OK);
    store_read_end(tx);
    return result;
}

static void is_told(const struct audit_result *result, const char *words)
{
    if (!str_has(result->sentence, str_from(words)))
        fail_msg("got \"%.*s\", want \"%s\"", STR_ARG(result->sentence), words);
    assert_true(words[0] != '\0' || result->sentence.len == 0);
}

/* --- by hand --- */

static enum status run_by_hand(struct tx *tx, void *context, struct fault *fault)
{
    (void)fault;
    for (const char *const *sql = context; *sql; sql++) {
        const struct statement *statement =
            store_intern(tx_store(tx), "by_hand", str_from(*sql), "", RESULT_RUN);
        TRY(tx_run(tx, statement, NO_ARGS, NULL));
    }
    return OK;
}

static void by_hand(struct place *place, const char *const *sql)
{
    struct fault fault = {0};
    if (store_write(place->sample->store, &place->sample->arena, 1, 0, NULL, run_by_hand,
                    (void *)(uintptr_t)sql, &fault) != OK)
        fail_msg("%.*s", STR_ARG(fault.message));
}

#define J "update journal set "
#define V "update journal_value set "
#define N " where body_id = 1 and chain = 0 and number = "
static const struct {
    const char *sql[7];
    const char *found;
} harms[] = {
    {{J "name = '别人'" N "3"}, "第 3 条与它的校验值不符"},
    {{J "happened = happened + 1" N "1"}, "第 1 条与它的校验值不符"},
    {{J "deed = 'add'" N "5"}, "第 5 条与它的校验值不符"},
    {{J "hash = previous" N "4"}, "第 4 条与它的校验值不符"},
    {{J "previous = hash" N "4"}, "第 4 条与前一条接不上"},
    {{"delete from journal" N "3", "delete from journal_value" N "3"}, "第 3 条被抽去"},
    {{"delete from journal" N "1", "delete from journal_value" N "1"}, "第 1 条被抽去"},
    {{J "number = 99" N "2", J "number = 2" N "3", J "number = 3" N "99"}, "第 2 条"},
    {{"delete from journal" N "6", "delete from journal_value" N "6"}, "第 6 条起的链尾被截去"},
    {{"insert into journal select body_id, chain, 7, happened, account, organization, name, role, "
      "address, request, kind, record, deed, digest, previous, hash from journal" N "6"},
     "第 7 条"},
    {{"insert into journal_value (body_id, chain, number, salt, before, after, purged) "
      "select body_id, chain, 7, salt, before, after, purged from journal_value" N "6"},
     "不属于任何链"},
    {{V "after = '{\"note\":\"假\"}'" N "5"}, "第 5 条的内容与当时留下的校验值不符"},
    {{V "before = null" N "5"}, "第 5 条的内容与当时留下的校验值不符"},
    {{"delete from journal_value" N "5"}, "第 5 条的内容被整行删去"},
    {{V "salt = substr(salt, 1, 0), before = null, after = null, purged = 6" N "5"},
     "却没有清除的记录"},
    {{V "purged = 6" N "5"}, "内容却还在"},
    {{"update journal_head set length = 5 where body_id = 1 and chain = 0"},
     "第 6 条是在链尾之后添上的"},
    {{"update tool set code = code || 'x' where body_id = 1"}, "现在的内容与操作日志不符"},
    {{"update tool_part set many = 3 where body_id = 1"}, "现在的内容与操作日志不符"},
    {{"delete from tool_part where body_id = 1", "delete from tool where body_id = 1"},
     "现在的内容与操作日志不符"},
};
enum { HARMS_N = sizeof harms / sizeof *harms };

static void what_was_done_by_hand_is_found_and_its_first_row_named(void **state)
{
    for (int i = 0; i < HARMS_N; i++) {
        struct place *place = *state;
        struct audit_result result = verify(place, NULL);
        is_told(&result, "");
        by_hand(place, harms[i].sql);
        result = verify(place, NULL);
        is_told(&result, harms[i].found);
        tear_down(state);
        set_up(state);
    }
}

static void a_whole_journal_verifies_and_counts(void **state)
{
    struct place *place = *state;
    struct audit_result result = verify(place, NULL);
    is_told(&result, "");
    assert_int_equal(result.entries, 6);
    assert_int_equal(result.values, 6);
    assert_int_equal(result.records, 4);
    assert_int_equal(result.unjournaled, 0);
}

static void a_refused_write_leaves_no_gap(void **state)
{
    struct place *place = *state;
    struct fault fault = {0};
    struct record *twin = sample_tool(place->sample, "斧");
    twin->id = place->ids[0];
    assert_int_equal(sample_write(place->sample, twin, false, &fault), CONFLICT);
    place->ids[3] = sample_add(place->sample, sample_tool(place->sample, "斧"));
    struct audit_result result = verify(place, NULL);
    is_told(&result, "");
    assert_int_equal(result.entries, 7);
}

/* --- checkpoints --- */

static struct key *open_key(struct place *place)
{
    struct key *key;
    struct fault fault = {0};
    struct str folder = str_fmt(&place->sample->arena, "%s/keys", place->sample->directory);
    if (key_open(&place->sample->arena, folder, &key, &fault) != OK)
        fail_msg("%.*s", STR_ARG(fault.message));
    return key;
}

static struct str checkpoint_text(struct place *place)
{
    struct tx *tx;
    struct key *key = open_key(place);
    AUTOBUF text = buf_open(MIB(1));
    assert_int_equal(store_read(place->sample->store, &place->sample->arena, &tx), OK);
    assert_int_equal(audit_checkpoint(tx, AUDIT_ALL, key, clock_now(&place->sample->clock), &text),
                     OK);
    store_read_end(tx);
    key_close(key);
    return str_copy(&place->sample->arena, buf_str(&text));
}

static struct checkpoint take_checkpoint(struct place *place)
{
    struct checkpoint checkpoint;
    struct fault fault = {0};
    if (checkpoint_read(&place->sample->arena, checkpoint_text(place), &checkpoint, &fault) != OK)
        fail_msg("%.*s", STR_ARG(fault.message));
    return checkpoint;
}

static void a_cut_tail_is_found_against_a_checkpoint(void **state)
{
    struct place *place = *state;
    struct checkpoint checkpoint = take_checkpoint(place);
    static const char *const cut[] = {
        "delete from journal where body_id = 1 and number = 6",
        "delete from journal_value where body_id = 1 and number = 6",
        ("update journal_head set length = 5, hash = (select j.hash from journal j where "
         "j.body_id = 1 and j.chain = 0 and j.number = 5) where body_id = 1 and chain = 0"),
        "update tool set keeper_phone = null", NULL};
    struct audit_result result = verify(place, &checkpoint);
    is_told(&result, "");
    by_hand(place, cut);
    result = verify(place, NULL);
    is_told(&result, "");
    result = verify(place, &checkpoint);
    is_told(&result, "第 6 条起被截去，存证点上还有");
    change(place, 0, "note", STR("另写的"));
    result = verify(place, NULL);
    is_told(&result, "");
    result = verify(place, &checkpoint);
    is_told(&result, "第 6 条与存证点不符");
}

static void a_chain_that_is_gone_is_found_against_a_checkpoint(void **state)
{
    struct place *place = *state;
    struct checkpoint checkpoint = take_checkpoint(place);
    static const char *const all[] = {"delete from journal", "delete from journal_value",
                                      "delete from journal_head", NULL};
    by_hand(place, all);
    struct audit_result result = verify(place, NULL);
    is_told(&result, "");
    result = verify(place, &checkpoint);
    is_told(&result, "整条链不见了");
}

static void a_checkpoint_that_was_changed_is_refused(void **state)
{
    struct place *place = *state;
    struct str text = checkpoint_text(place);
    struct checkpoint checkpoint;
    for (size_t i = 0; i < text.len; i += 3) {
        struct str other = str_copy(&place->sample->arena, text);
        ((char *)(uintptr_t)other.ptr)[i] ^= 1;
        assert_int_equal(checkpoint_read(&place->sample->arena, other, &checkpoint, NULL), INVALID);
    }
}

static void a_key_that_others_can_read_is_refused(void **state)
{
    struct place *place = *state;
    key_close(open_key(place));
    struct fault fault = {0};
    struct key *key;
    struct str folder = str_fmt(&place->sample->arena, "%s/keys", place->sample->directory);
    char path[128];
    snprintf(path, sizeof path, "%s/keys/instance-sm2.pem", place->sample->directory);
    assert_int_equal(chmod(path, 0644), 0);
    assert_int_equal(key_open(&place->sample->arena, folder, &key, &fault), FAULT);
    assert_true(str_has(fault.message, STR("chmod 600")));
}

/* --- packs --- */

static struct str make_pack(struct place *place, int which)
{
    struct tx *tx;
    struct fault fault = {0};
    struct key *key = open_key(place);
    AUTOBUF pack = buf_open(MIB(4));
    assert_int_equal(store_read(place->sample->store, &place->sample->arena, &tx), OK);
    const struct audit_record record = {&kind_tool, BODY_ALPHA, place->ids[which], true};
    if (audit_export(tx, &record, key, clock_now(&place->sample->clock), &pack, &fault) != OK)
        fail_msg("%.*s", STR_ARG(fault.message));
    store_read_end(tx);
    key_close(key);
    return str_copy(&place->sample->arena, buf_str(&pack));
}

static void a_pack_proves_every_entry_of_its_record(void **state)
{
    struct place *place = *state;
    struct pack pack;
    struct fault fault = {0};
    if (pack_check(&place->sample->arena, make_pack(place, 1), &pack, &fault) != OK)
        fail_msg("%.*s", STR_ARG(fault.message));
    assert_int_equal(pack.n, 3);
    assert_true(pack.whole);
    assert_true(str_has(pack.known, STR("\"keeper_phone\":\"0737-555\"")));
    assert_int_equal(pack.lines[2].entry.number, 6);
    /* Nothing of the others but that there were some. */
    assert_false(str_has(make_pack(place, 1), STR("锤")));
}

static void a_pack_changed_at_any_byte_is_refused(void **state)
{
    struct place *place = *state;
    struct str text = make_pack(place, 1);
    struct pack pack;
    for (size_t i = 0; i < text.len; i += 7) {
        AUTOARENA arena = arena_open(MIB(8));
        struct str other = str_copy(&arena, text);
        ((char *)(uintptr_t)other.ptr)[i] ^= 1;
        if (pack_check(&arena, other, &pack, NULL) == OK)
            fail_msg("byte %zu: %.*s", i, STR_ARG(str_head(str_from_byte(other, i), 30)));
    }
    for (size_t len = 0; len < text.len; len += 11) {
        AUTOARENA arena = arena_open(MIB(8));
        assert_int_equal(pack_check(&arena, str_head(text, len), &pack, NULL), INVALID);
    }
}

/* --- purges --- */

static enum status apply_purge(struct tx *tx, void *context, struct fault *fault)
{
    (void)fault;
    return journal_purge(tx, BODY_ALPHA, "tool", *(const int64_t *)context);
}

static void purge(struct place *place, int which)
{
    struct fault fault = {0};
    struct actor actor = actor_named("测试", clock_now(&place->sample->clock));
    assert_int_equal(store_write(place->sample->store, &place->sample->arena, BODY_ALPHA, 0, &actor,
                                 apply_purge, &place->ids[which], &fault),
                     OK);
    if (store_scrub(place->sample->store, &place->sample->arena, &fault) != OK)
        fail_msg("%.*s", STR_ARG(fault.message));
}

static bool file_has(struct place *place, const char *suffix, struct str text)
{
    char path[128];
    snprintf(path, sizeof path, "%s/a.db%s", place->sample->directory, suffix);
    FILE *file = fopen(path, "rb");
    AUTOBUF bytes = buf_open(MIB(64));
    size_t n = file ? 1 : 0;
    while (n > 0) {
        char block[4096];
        n = fread(block, 1, sizeof block, file);
        buf_put(&bytes, (struct str){block, n});
    }
    if (file)
        fclose(file);
    return str_has(buf_str(&bytes), text);
}

static void a_purge_leaves_the_journal_whole_and_no_byte_of_what_was_purged(void **state)
{
    struct place *place = *state;
    struct str mark = STR("PLANTED7MARK"), small = STR("planted7mark");
    struct checkpoint checkpoint = take_checkpoint(place);
    change(place, 2, "keeper_phone", mark);
    change(place, 2, "note", STR("PLANTED7MARK 在此"));
    for (int i = 0; i < 30; i++) {
        change(place, 2, "stamp", str_fmt(&place->sample->arena, "PLANTED7MARK %d", i));
        sample_add(place->sample, sample_tool(place->sample, "钳"));
    }
    change(place, 2, "keeper_phone", STR("1"));
    change(place, 2, "note", STR("平常"));
    change(place, 2, "stamp", STR("平常"));
    if (!trial_is_postgres())
        assert_true(file_has(place, "", mark) || file_has(place, "-wal", mark));
    purge(place, 2);
    struct audit_result result = verify(place, &checkpoint);
    is_told(&result, "");
    assert_int_equal(result.purged, 36);
    for (int i = 0; i < 2 && !trial_is_postgres(); i++) {
        assert_false(file_has(place, i ? "-wal" : "", mark));
        assert_false(file_has(place, i ? "-wal" : "", small));
    }
    struct pack pack;
    assert_int_equal(pack_check(&place->sample->arena, make_pack(place, 2), &pack, NULL), OK);
    assert_false(pack.whole);
}

/* What was said since the purge is held against the record again. */
static void a_record_is_known_again_after_a_purge(void **state)
{
    struct place *place = *state;
    purge(place, 1);
    change(place, 1, "note", STR("新的说明"));
    struct audit_result result = verify(place, NULL);
    is_told(&result, "");
    static const char *const sql[] = {"update tool set note = '改过' where note = '新的说明'",
                                      NULL};
    by_hand(place, sql);
    result = verify(place, NULL);
    is_told(&result, "现在的内容与操作日志不符");
}

/* --- readings --- */

static const struct statement last_reading = {
    .name = "last_reading",
    .sql = "select j.kind, j.record, j.deed, j.name, v.after from journal j join journal_value v "
           "on v.body_id = j.body_id and v.chain = j.chain and v.number = j.number "
           "where j.body_id = 1 and j.chain = 1 order by j.number desc",
    .params = "",
    .shape = RESULT_MANY,
};

/* How many readings there are, and the last. */
static int readings(struct place *place, struct rows *ret_rows)
{
    struct tx *tx;
    assert_int_equal(store_read(place->sample->store, &place->sample->arena, &tx), OK);
    assert_int_equal(tx_run(tx, &last_reading, NO_ARGS, ret_rows), OK);
    store_read_end(tx);
    return ret_rows->n;
}

static const char *path_of(struct place *place, int which, const char *rest)
{
    struct str id = id_format(&place->sample->arena, place->ids[which]);
    return str_fmt(&place->sample->arena, "/alpha/tool/%.*s%s", STR_ARG(id), rest).ptr;
}

static void what_is_private_is_told_when_it_is_shown(void **state)
{
    struct place *place = *state;
    struct rows rows;
    struct str text;
    int status;
    assert_int_equal(sample_start(place->sample, kinds, &text), OK);
    int64_t version = store_version(place->sample->store, BODY_ALPHA);
    sample_get(place->sample, path_of(place, 0, ""), &status); /* it has no telephone */
    assert_int_equal(readings(place, &rows), 0);
    sample_get_remote(place->sample, path_of(place, 1, ""), &status); /* masked */
    assert_int_equal(readings(place, &rows), 0);
    text = sample_get(place->sample, path_of(place, 1, ""), &status);
    assert_true(str_has(text, STR("0737-555")));
    assert_int_equal(readings(place, &rows), 1);
    assert_true(str_is(value_str(rows.cells[0]), "tool"));
    assert_int_equal(value_i64(rows.cells[1]), place->ids[1]);
    assert_true(str_is(value_str(rows.cells[2]), "read"));
    assert_true(str_is(value_str(rows.cells[3]), "本机"));
    assert_true(str_has(value_str(rows.cells[4]), STR("\"fields\":[\"keeper_phone\"]")));
    assert_false(str_has(value_str(rows.cells[4]), STR("0737")));
    sample_get(place->sample, path_of(place, 1, "/edit"), &status);
    assert_int_equal(readings(place, &rows), 2);
    sample_get(place->sample, "/alpha/tool.csv", &status);
    assert_int_equal(readings(place, &rows), 3);
    assert_true(str_is(value_str(rows.cells[2]), "export"));
    sample_get(place->sample, "/alpha/shed.csv", &status);
    assert_int_equal(readings(place, &rows), 4);
    assert_int_equal(store_version(place->sample->store, BODY_ALPHA), version);
    struct audit_result result = verify(place, NULL);
    is_told(&result, "");
}

static void what_cannot_be_told_is_not_shown(void **state)
{
    struct place *place = *state;
    struct str text;
    int status;
    static const char *const sql[] = {"alter table journal rename to journal_away", NULL};
    assert_int_equal(sample_start(place->sample, kinds, &text), OK);
    by_hand(place, sql);
    text = sample_get(place->sample, path_of(place, 1, ""), &status);
    assert_int_equal(status, 200);
    assert_false(str_has(text, STR("0737-555")));
    sample_get(place->sample, "/alpha/tool.csv", &status);
    assert_int_equal(status, 503);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_whole_journal_verifies_and_counts),
        TEST(what_was_done_by_hand_is_found_and_its_first_row_named),
        TEST(a_refused_write_leaves_no_gap),
        TEST(a_cut_tail_is_found_against_a_checkpoint),
        TEST(a_chain_that_is_gone_is_found_against_a_checkpoint),
        TEST(a_checkpoint_that_was_changed_is_refused),
        TEST(a_key_that_others_can_read_is_refused),
        TEST(a_pack_proves_every_entry_of_its_record),
        TEST(a_pack_changed_at_any_byte_is_refused),
        TEST(a_purge_leaves_the_journal_whole_and_no_byte_of_what_was_purged),
        TEST(a_record_is_known_again_after_a_purge),
        TEST(what_is_private_is_told_when_it_is_shown),
        TEST(what_cannot_be_told_is_not_shown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
