#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "domain/roster/roster.h"
#include "domain/roster/sample.h"
#include "engine/reader/reader.h"

static struct str shipped(struct arena *arena, const char *name)
{
    char path[512];
    snprintf(path, sizeof path, "%s/schemes/%s.yaml", getenv("DUIKOU_SOURCE"), name);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    char *bytes = arena_alloc(arena, 1 << 20);
    size_t len = fread(bytes, 1, 1 << 20, file);
    fclose(file);
    return (struct str){bytes, len};
}

/* What a shipped scheme asks on the day of its document, and the slip it makes, as lines. */
struct asked {
    struct roster_sample *sample;
    struct designation_asked asked;
    struct roster_unit *units;
    int units_n;
    struct str slip;
};

static struct asked ask(const char *scheme, const char *slug)
{
    struct asked a = {.sample = roster_sample_open(false)};
    struct arena *arena = &a.sample->arena;
    struct tx *tx;
    struct fault fault = {0};
    struct date today = clock_today(&a.sample->clock);
    roster_sample_load(a.sample, shipped(arena, scheme), slug);
    int64_t body = a.sample->body.id;
    assert_int_equal(store_read(a.sample->store, arena, &tx), OK);
    assert_int_equal(designation_asked_read(tx, body, today, &a.asked), OK);
    if (roster_units_all(tx, body, today, &a.asked, &a.units, &a.units_n, &fault) != OK)
        fail_msg("%.*s", STR_ARG(fault.message));
    store_read_end(tx);
    AUTOBUF buf = buf_open(MIB(1));
    struct source source = {0};
    assert_int_equal(roster_slip_put(&buf, &a.sample->body, &a.asked, STR("某单位")), OK);
    assert_int_equal(source_read(arena, str_copy(arena, buf_str(&buf)), &source, &fault), OK);
    for (int i = 0; i < source.lines_n; i++)
        a.slip = str_fmt(arena, "%.*s%.*s\n", STR_ARG(a.slip), STR_ARG(source.lines[i].text));
    return a;
}

static bool has_unit(const struct asked *a, const char *name)
{
    for (int i = 0; i < a->units_n; i++)
        if (str_is(a->units[i].name, name))
            return true;
    return false;
}

static void assert_slip(const struct asked *a, const char *text, bool there)
{
    if (str_has(a->slip, str_from(text)) != there)
        fail_msg("\"%s\" %s be in: %.*s", text, there ? "should" : "should not", STR_ARG(a->slip));
}

static void a_responsible_leader_and_a_contact_are_asked_YY22_5_2(void **state)
{
    (void)state;
    struct asked a = ask("yiyang-2022-2", "yiyang");
    assert_slip(&a, "对口联系人员回执\n单位名称（盖章）：某单位\n", true);
    assert_slip(&a, "身份\t姓名\t职务\t科室\t办公电话\t手机\n", true);
    assert_slip(&a, "责任领导", true);
    assert_slip(&a, "联系人\t", true);
    assert_slip(&a, "分管领导", false);
    assert_slip(&a, "联络员", false);
    assert_slip(&a, "益协发〔2022〕2号五（二）", true);
    assert_slip(&a, "填好后请交回：政协益阳市委员会办公室", true);
    assert_slip(&a, "本系统为非涉密系统；请勿填写涉密信息。", true);
    assert_true(has_unit(&a, "市教育局"));
    assert_false(has_unit(&a, "提案委员会"));
    roster_sample_close(a.sample);
}

static void a_leader_in_charge_with_numbers_apart_is_asked_NB17_5_2(void **state)
{
    (void)state;
    struct asked a = ask("nanbu-2017-1", "nanbu");
    assert_slip(&a, "分管领导\t", true);
    assert_slip(&a, "责任领导", false);
    assert_slip(&a, "办公电话\t手机", true);
    assert_false(has_unit(&a, "人防办"));
    roster_sample_close(a.sample);
}

static void leader_section_and_liaison_officer_are_asked_of_departments_ZY22_3_1a(void **state)
{
    (void)state;
    struct asked a = ask("ziyang-2022-65", "ziyang");
    assert_slip(&a, "分管领导\t", true);
    assert_slip(&a, "联络员\t", true);
    assert_true(a.asked.section);
    assert_true(has_unit(&a, "市经济和信息化局"));
    assert_false(has_unit(&a, "民盟资阳市委会"));
    assert_false(has_unit(&a, "市工商联"));
    roster_sample_close(a.sample);
}

static void liaison_officers_are_asked_on_both_sides_of_a_link_OR20_16b(void **state)
{
    (void)state;
    struct asked a = ask("ordos-2020-9", "ordos");
    assert_slip(&a, "联络员\t", true);
    assert_slip(&a, "联系人\t", false);
    assert_true(has_unit(&a, "提案委员会"));
    assert_true(has_unit(&a, "市委办"));
    roster_sample_close(a.sample);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_responsible_leader_and_a_contact_are_asked_YY22_5_2),
        cmocka_unit_test(a_leader_in_charge_with_numbers_apart_is_asked_NB17_5_2),
        cmocka_unit_test(leader_section_and_liaison_officer_are_asked_of_departments_ZY22_3_1a),
        cmocka_unit_test(liaison_officers_are_asked_on_both_sides_of_a_link_OR20_16b),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
