#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "tests/program_sample.h"

/* Schemes into a database, again and changed. */

static const struct date no_date = {0}, today = {2026, 7, 1}, june = {2026, 6, 1};

static struct str base_of(struct program_sample *sample)
{
    return sample_file(sample, "tests/data/load/linjiang-2026-3.yaml");
}

static struct str edited(struct program_sample *sample, struct str yaml, const char *from,
                         const char *to)
{
    if (!str_has(yaml, str_from(from)))
        fail_msg("no “%s” in the scheme", from);
    return str_replace(&sample->arena, yaml, str_from(from), str_from(to));
}

static void assert_counts(const struct load_plan *plan, int added, int changed, int ended)
{
    if (plan->counts[LOAD_ADD] != added || plan->counts[LOAD_CHANGE] != changed ||
        plan->counts[LOAD_END] != ended) {
        for (int i = 0; i < plan->n; i++)
            if (plan->items[i].op != LOAD_SAME)
                fprintf(stderr, "# %d %s %.*s %s\n", plan->items[i].op,
                        plan->items[i].record->kind->name, STR_ARG(plan->items[i].title),
                        plan->items[i].changes_n ? plan->items[i].changes[0].label : "");
        fail_msg("added %d, changed %d, ended %d", plan->counts[LOAD_ADD],
                 plan->counts[LOAD_CHANGE], plan->counts[LOAD_END]);
    }
}

static const struct load_change *change_of(const struct load_plan *plan, const char *label)
{
    for (int i = 0; i < plan->n; i++)
        for (int k = 0; k < plan->items[i].changes_n; k++)
            if (strcmp(plan->items[i].changes[k].label, label) == 0)
                return &plan->items[i].changes[k];
    fail_msg("no change of %s", label);
    return NULL;
}

/* Names of a list of the interface, joined. */
static struct str names_at(struct program_sample *sample, const char *target, const char *key)
{
    struct str names = {0};
    for (int i = 0;; i++) {
        struct str pointer = str_fmt(&sample->arena, "/items/%d/%s", i, key);
        struct str name = sample_at(sample, target, pointer.ptr);
        if (name.len == 0)
            return names;
        names = str_fmt(&sample->arena, "%.*s%s%.*s", STR_ARG(names), i ? " " : "", STR_ARG(name));
    }
}

static void assert_names(struct program_sample *sample, const char *target, const char *key,
                         const char *wanted)
{
    struct str names = names_at(sample, target, key);
    if (!str_is(names, wanted))
        fail_msg("%s: %.*s", target, STR_ARG(names));
}

#define UNITS "unit/name"

/* --- the same again --- */

static void a_scheme_loaded_twice_changes_nothing(void **state)
{
    (void)state;
    struct program_sample *sample = program_sample_open(today);
    struct load_plan plan = sample_load(sample, base_of(sample), no_date);
    assert_true(plan.first);
    assert_int_equal(plan.counts[LOAD_CHANGE] + plan.counts[LOAD_END], 0);
    int all = plan.counts[LOAD_ADD];
    plan = sample_load(sample, base_of(sample), no_date);
    assert_false(plan.first);
    assert_counts(&plan, 0, 0, 0);
    assert_int_equal(plan.counts[LOAD_SAME], all);
    program_sample_close(sample);
}

static void
the_five_shipped_schemes_load_in_any_order_and_a_second_time_change_nothing(void **state)
{
    (void)state;
    for (int backwards = 0; backwards < 2; backwards++) {
        struct program_sample *sample = program_sample_open(today);
        for (int round = 0; round < 3; round++)
            for (int i = 0; i < 5; i++) {
                const char *path = shipped_schemes[backwards ? 4 - i : i];
                struct load_plan plan = sample_load(sample, sample_file(sample, path), no_date);
                assert_int_equal(plan.first, round == 0);
                if (round > 0)
                    assert_counts(&plan, 0, 0, 0);
            }
        sample_expect(sample, "GET /\nAccept: application/json\n200\n$ /total 4\n");
        program_sample_close(sample);
    }
}

static void ALL_term_an_older_document_does_not_set_a_body_back(void **state)
{
    (void)state;
    struct program_sample *sample = program_sample_open(today);
    sample_load(sample, base_of(sample), no_date);
    sample_load(sample, sample_file(sample, "tests/data/load/linjiang-2020-1.yaml"), no_date);
    assert_names(sample, "/body.json", "term", "第七届");
    assert_names(sample, "/linjiang/term.json?on=all&sort=number", "name", "第六届 第七届");
    program_sample_close(sample);
}

/* --- changed --- */

static void what_is_gone_ends_what_is_new_begins_and_both_are_seen_on_their_days(void **state)
{
    (void)state;
    struct program_sample *sample = program_sample_open(today);
    sample_load(sample, base_of(sample), no_date);
    struct str changed = edited(sample, base_of(sample), "市气象局", "市水文局");
    changed = edited(sample, changed, "min: 2", "min: 3");
    struct load_plan plan = sample_load(sample, changed, june);
    assert_counts(&plan, 2, 1, 1); /* the unit and its link; the duty; the old link */
    assert_true(str_is(change_of(&plan, "至少")->old_, "2"));
    assert_true(str_is(change_of(&plan, "至少")->new_, "3"));
    sample_transcript(sample, "load_changed.http");
    sample_transcript(sample, "journal.http");
    plan = sample_load(sample, changed, no_date);
    assert_counts(&plan, 0, 0, 0);
    program_sample_close(sample);
}

static void what_comes_back_is_a_new_link_beside_the_ended_one(void **state)
{
    (void)state;
    struct program_sample *sample = program_sample_open(today);
    sample_load(sample, base_of(sample), no_date);
    struct str without = edited(sample, base_of(sample), ", 市气象局", "");
    struct load_plan plan = sample_load(sample, without, june);
    assert_counts(&plan, 0, 0, 1);
    plan = sample_load(sample, base_of(sample), (struct date){2026, 6, 20});
    assert_counts(&plan, 1, 0, 0); /* the unit is still known */
    struct str id = sample_at(sample, "/linjiang/organization/pick.json?q=市气象局", "/items/0/id");
    struct str all =
        str_fmt(&sample->arena, "/linjiang/link.json?on=all&to_organization=%.*s", STR_ARG(id));
    assert_true(str_is(sample_at(sample, all.ptr, "/total"), "2"));
    assert_true(str_is(sample_at(sample, all.ptr, "/items/1/end_date"), "2026-06-01"));
    assert_true(str_is(sample_at(sample, all.ptr, "/items/0/start_date"), "2026-06-20"));
    assert_names(sample, "/linjiang/directory.json?on=2026-06-10", UNITS,
                 "市教育局 市住建局 市财政局 各驻市保险公司 市水利局 市林业局");
    assert_names(sample, "/linjiang/directory.json?on=2026-06-20", UNITS,
                 "市教育局 市住建局 市财政局 各驻市保险公司 市水利局 市气象局 市林业局");
    program_sample_close(sample);
}

static void a_whole_section_taken_away_ends(void **state)
{
    (void)state;
    struct program_sample *sample = program_sample_open(today);
    sample_load(sample, base_of(sample), no_date);
    struct str yaml = base_of(sample);
    yaml = str_head(yaml, (size_t)str_find(yaml, STR("duties:")));
    struct load_plan plan = sample_load(sample, yaml, june);
    assert_counts(&plan, 0, 0, 2);
    assert_names(sample, "/linjiang/duty.json", "code", "");
    assert_names(sample, "/linjiang/duty.json?on=2026-05-31", "code", "LJ-5.1 LJ-5.2");
    program_sample_close(sample);
}

/* --- ALL-order --- */

static void ALL_order_rows_put_between_or_moved_stand_where_the_file_has_them(void **state)
{
    (void)state;
    static const char *const lists[] = {
        "[市水利局, 市气象局, 市林业局]",
        "[市水文局, 市水利局, 市气象局, 市粮食局, 市林业局, 市供销社]",
        "[市供销社, 市林业局, 市粮食局, 市水文局, 市水利局, 市气象局]", "[市粮食局, 市气象局]",
        "[甲局, 乙局, 丙局, 丁局, 戊局, 己局, 庚局, 辛局, 壬局, 癸局, 市粮食局, 子局, 市气象局]"};
    struct program_sample *sample = program_sample_open(today);
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        struct str yaml = edited(sample, base_of(sample), lists[0], lists[i]);
        sample_load(sample, yaml, (struct date){2026, 6, (int)i + 1});
        struct str wanted = str_replace(&sample->arena, str_from(lists[i]), STR(", "), STR(" "));
        wanted = str_from_byte(str_head(wanted, wanted.len - 1), 1);
        wanted = str_fmt(&sample->arena, "市教育局 市住建局 市财政局 各驻市保险公司 %.*s",
                         STR_ARG(wanted));
        assert_names(sample, "/linjiang/directory.json", UNITS, wanted.ptr);
        struct load_plan plan = sample_load(sample, yaml, (struct date){2026, 6, (int)i + 1});
        assert_counts(&plan, 0, 0, 0);
    }
    program_sample_close(sample);
}

static void ALL_order_units_that_come_later_are_listed_beside_their_neighbours(void **state)
{
    (void)state;
    struct program_sample *sample = program_sample_open(today);
    sample_load(sample, base_of(sample), no_date);
    assert_names(sample, "/linjiang/organization.json", "name",
                 "提案委员会 市教育局 市住建局 人防办 园林中心 市财政局 各驻市保险公司 "
                 "农业农村委员会 市水利局 市气象局 市林业局 民盟市委会");
    struct str yaml =
        edited(sample, base_of(sample), "市气象局, ", "市水文局, 市气象局, 市粮食局, ");
    sample_load(sample, yaml, june);
    assert_names(sample, "/linjiang/organization.json", "name",
                 "提案委员会 市教育局 市住建局 人防办 园林中心 市财政局 各驻市保险公司 "
                 "农业农村委员会 市水利局 市水文局 市气象局 市粮食局 市林业局 民盟市委会");
    program_sample_close(sample);
}

/* --- one transaction --- */

static void a_scheme_that_fails_in_the_middle_leaves_nothing(void **state)
{
    (void)state;
    struct program_sample *sample = program_sample_open(today);
    struct scheme scheme = sample_scheme(sample, base_of(sample));
    struct load_plan plan;
    struct fault fault = {0};
    scheme.duties[1].summary = STR("一半\0就断了");
    assert_int_equal(sample_try_load(sample, &scheme, no_date, &plan, &fault), INVALID);
    sample_expect(sample, "GET /\n200\n! 临江\n\n"
                          "GET /linjiang/directory\n404\n\n"
                          "GET /body.json\n200\n$ /total 0\n");
    sample_load(sample, base_of(sample), no_date);
    struct str before = names_at(sample, "/linjiang/link.json?on=all&limit=200", "id");
    scheme = sample_scheme(sample, edited(sample, base_of(sample), "市水利局", "市水文局"));
    scheme.duties[1].summary = STR("一半\0就断了");
    assert_int_equal(sample_try_load(sample, &scheme, no_date, &plan, &fault), INVALID);
    struct str after = names_at(sample, "/linjiang/link.json?on=all&limit=200", "id");
    assert_true(str_eq(before, after));
    sample_expect(sample, "GET /linjiang/search.json?q=市水文局\n200\n$ /items []\n");
    program_sample_close(sample);
}

/* What writing fills in (sort keys, fields that were not given) is gone when the plan is read. */
static void a_plan_that_was_applied_still_says_what_was_planned(void **state)
{
    (void)state;
    struct program_sample *sample = program_sample_open(today);
    struct load_plan plans[2];
    plans[0] = sample_load(sample, base_of(sample), no_date);
    plans[1] =
        sample_load(sample, sample_file(sample, "tests/data/load/linjiang-2026-8.yaml"), no_date);
    int written = 0;
    for (int p = 0; p < 2; p++)
        for (int i = 0; i < plans[p].n; i++) {
            const struct load_item *item = &plans[p].items[i];
            const struct record *record = item->record;
            for (int f = 0; item->op != LOAD_SAME && record->kind->fields[f].key; f++) {
                if (!record->given[f] || record->kind->fields[f].kind == FIELD_KEY)
                    assert_int_equal(record->values[f].kind, VALUE_NULL);
                written++;
            }
        }
    assert_true(written > 100);
    program_sample_close(sample);
}

/* What a form would not take, a load does not take either: nothing of it is written. */
static void a_name_longer_than_its_record_takes_is_refused_whole(void **state)
{
    (void)state;
    struct program_sample *sample = program_sample_open(today);
    struct str name = STR("甲");
    struct load_plan plan;
    struct fault fault = {0};
    for (int i = 0; i < 8; i++)
        name = str_fmt(&sample->arena, "%.*s%.*s", STR_ARG(name), STR_ARG(name));
    struct str yaml = edited(sample, base_of(sample), "市林业局", str_c(&sample->arena, name));
    struct scheme scheme = sample_scheme(sample, yaml);
    assert_int_equal(sample_try_load(sample, &scheme, no_date, &plan, &fault), INVALID);
    assert_true(str_has(fault.message, STR("最多 200 个字")));
    assert_true(str_has(fault.message, STR("有 256 个")));
    sample_expect(sample, "GET /linjiang/directory\n404\n");
    program_sample_close(sample);
}

static void a_scheme_without_body_or_id_is_refused(void **state)
{
    (void)state;
    struct program_sample *sample = program_sample_open(today);
    struct scheme scheme = sample_scheme(sample, base_of(sample));
    struct load_plan plan;
    struct fault fault = {0};
    scheme.body.id = STR("");
    assert_int_equal(sample_try_load(sample, &scheme, no_date, &plan, &fault), INVALID);
    assert_true(str_is(fault.field, "body"));
    scheme = sample_scheme(sample, base_of(sample));
    scheme.document.title = STR("");
    assert_int_equal(sample_try_load(sample, &scheme, no_date, &plan, &fault), INVALID);
    assert_true(str_is(fault.field, "document"));
    scheme = sample_scheme(sample, base_of(sample));
    scheme.body.id = STR("static");
    assert_int_equal(sample_try_load(sample, &scheme, no_date, &plan, &fault), INVALID);
    assert_true(str_is(fault.field, "slug"));
    scheme.body.id = STR("import");
    assert_int_equal(sample_try_load(sample, &scheme, no_date, &plan, &fault), INVALID);
    assert_true(str_is(fault.field, "slug"));
    program_sample_close(sample);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_scheme_loaded_twice_changes_nothing),
        cmocka_unit_test(
            the_five_shipped_schemes_load_in_any_order_and_a_second_time_change_nothing),
        cmocka_unit_test(ALL_term_an_older_document_does_not_set_a_body_back),
        cmocka_unit_test(what_is_gone_ends_what_is_new_begins_and_both_are_seen_on_their_days),
        cmocka_unit_test(what_comes_back_is_a_new_link_beside_the_ended_one),
        cmocka_unit_test(a_whole_section_taken_away_ends),
        cmocka_unit_test(ALL_order_rows_put_between_or_moved_stand_where_the_file_has_them),
        cmocka_unit_test(ALL_order_units_that_come_later_are_listed_beside_their_neighbours),
        cmocka_unit_test(a_scheme_that_fails_in_the_middle_leaves_nothing),
        cmocka_unit_test(a_plan_that_was_applied_still_says_what_was_planned),
        cmocka_unit_test(a_name_longer_than_its_record_takes_is_refused_whole),
        cmocka_unit_test(a_scheme_without_body_or_id_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
