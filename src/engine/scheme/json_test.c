#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <jansson.h>

#include "engine/scheme/scheme.h"

static json_t *written(const struct scheme *scheme)
{
    AUTOBUF buf = buf_open(MIB(1));
    scheme_put_json(&buf, scheme);
    json_error_t error;
    json_t *json = json_loadb(buf.ptr, buf.len, 0, &error);
    assert_non_null(json);
    return json;
}

static const char *text_at(json_t *json, const char *key)
{
    return json_string_value(json_object_get(json, key));
}

static void an_empty_draft_has_every_key_and_no_facts(void **state)
{
    (void)state;
    struct scheme scheme = {0};
    json_t *json = written(&scheme);
    json_t *document = json_object_get(json, "document");
    assert_true(json_is_null(json_object_get(document, "number")));
    assert_true(json_is_null(json_object_get(document, "effective")));
    assert_int_equal(json_array_size(json_object_get(document, "repeals")), 0);
    assert_true(json_is_null(json_object_get(json, "body")));
    static const char *const lists[] = {"links", "contents", "forms", "duties", "warnings"};
    for (int i = 0; i < 5; i++) {
        assert_true(json_is_array(json_object_get(json, lists[i])));
        assert_int_equal(json_array_size(json_object_get(json, lists[i])), 0);
    }
    json_decref(json);
}

static void a_link_names_its_parties_parts_and_lines(void **state)
{
    (void)state;
    struct str parts[] = {STR("人防办"), STR("金融办")};
    struct scheme_party to[] = {
        {.name = STR("县政府办"), .class = PARTY_DEPARTMENT, .parts = {parts, 2, 2}, .line = 61},
        {.name = STR("有关企业等单位"), .class = PARTY_ENTERPRISE, .is_group = true, .line = 61}};
    struct scheme_link link = {.from = {.name = STR("提案委员会")},
                               .to = to,
                               .to_n = 2,
                               .clause = STR("四（一）"),
                               .declared_count = -1,
                               .line = 60};
    struct scheme scheme = {.links = &link, .links_n = 1};
    json_t *json = written(&scheme), *first = json_array_get(json_object_get(json, "links"), 0);
    assert_string_equal(text_at(first, "from"), "提案委员会");
    assert_string_equal(text_at(first, "clause"), "四（一）");
    assert_string_equal(text_at(first, "kind"), "fixed");
    assert_true(json_is_null(json_object_get(first, "declared_count")));
    assert_int_equal(json_integer_value(json_object_get(first, "line")), 60);
    json_t *unit = json_array_get(json_object_get(first, "to"), 0);
    assert_string_equal(text_at(unit, "name"), "县政府办");
    assert_true(json_is_false(json_object_get(unit, "group")));
    assert_string_equal(json_string_value(json_array_get(json_object_get(unit, "parts"), 1)),
                        "金融办");
    assert_true(
        json_is_true(json_object_get(json_array_get(json_object_get(first, "to"), 1), "group")));
    json_decref(json);
}

static void a_duty_tells_its_numbers_and_days_or_null(void **state)
{
    (void)state;
    struct scheme_duty duties[] = {
        {.clause = STR("三（六）"),
         .text = STR("文"),
         .who = ACTOR_COMMITTEE,
         .deed = STR("liaison-meeting"),
         .min = 2,
         .max = -1,
         .days = -1,
         .line = 57},
        {.deed = STR("determine-topics"),
         .shape = SHAPE_DEADLINE,
         .min = -1,
         .max = -1,
         .days = -1,
         .by = {3, 31, 1},
         .opens = {9, 11, 0},
         .strength = STRENGTH_MAY},
        {.deed = STR("summary"), .by_date = {2017, 6, 30}, .min = 0, .max = 3, .days = 15}};
    struct scheme scheme = {.duties = duties, .duties_n = 3};
    json_t *json = written(&scheme), *list = json_object_get(json, "duties");
    json_t *duty = json_array_get(list, 0);
    assert_string_equal(text_at(duty, "who"), "committee");
    assert_string_equal(text_at(duty, "deed"), "liaison-meeting");
    assert_string_equal(text_at(duty, "shape"), "count");
    assert_string_equal(text_at(duty, "strength"), "must");
    assert_string_equal(text_at(duty, "per"), "year");
    assert_int_equal(json_integer_value(json_object_get(duty, "min")), 2);
    assert_true(json_is_null(json_object_get(duty, "max")));
    assert_true(json_is_null(json_object_get(duty, "by")));
    duty = json_array_get(list, 1);
    assert_string_equal(text_at(duty, "by"), "03-31");
    assert_int_equal(json_integer_value(json_object_get(duty, "by_year_offset")), 1);
    assert_string_equal(text_at(duty, "opens"), "09-11");
    assert_true(json_is_null(json_object_get(duty, "days")));
    duty = json_array_get(list, 2);
    assert_string_equal(text_at(duty, "by"), "2017-06-30");
    assert_int_equal(json_integer_value(json_object_get(duty, "min")), 0);
    assert_int_equal(json_integer_value(json_object_get(duty, "days")), 15);
    json_decref(json);
}

static void a_warning_is_one_sentence_with_its_line(void **state)
{
    (void)state;
    AUTOARENA arena = arena_open(MIB(1));
    struct scheme scheme = {0};
    scheme_warn(&arena, &scheme, 88, "count-mismatch", STR("经济委员会"),
                "第%d行写有%d个单位，列出%d个，请核对", 88, 28, 26);
    json_t *json = written(&scheme), *first = json_array_get(json_object_get(json, "warnings"), 0);
    assert_int_equal(json_integer_value(json_object_get(first, "line")), 88);
    assert_string_equal(text_at(first, "code"), "count-mismatch");
    assert_string_equal(text_at(first, "message"), "第88行写有28个单位，列出26个，请核对");
    json_decref(json);
}

static void every_word_of_a_vocabulary_is_found_again_and_only_once(void **state)
{
    (void)state;
    const struct {
        const struct word *words;
        int n;
    } tables[] = {{party_class_words, party_class_n}, {duty_shape_words, duty_shape_n},
                  {strength_words, strength_n},       {period_words, period_n},
                  {duty_actor_words, duty_actor_n},   {day_kind_words, day_kind_n},
                  {link_kind_words, link_kind_n},     {attendance_words, attendance_n},
                  {deed_words, deed_words_n},         {body_class_words, body_class_words_n}};
    for (size_t t = 0; t < sizeof tables / sizeof *tables; t++)
        for (int i = 0; i < tables[t].n; i++) {
            struct str word = str_from(tables[t].words[i].word);
            assert_int_equal(word_find(tables[t].words, tables[t].n, word), i);
            for (size_t c = 0; c < word.len; c++)
                assert_true((word.ptr[c] >= 'a' && word.ptr[c] <= 'z') || word.ptr[c] == '-' ||
                            word.ptr[c] == '_');
        }
    assert_int_equal(word_find(duty_actor_words, duty_actor_n, STR("committees")), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_draft_has_every_key_and_no_facts),
        cmocka_unit_test(a_link_names_its_parties_parts_and_lines),
        cmocka_unit_test(a_duty_tells_its_numbers_and_days_or_null),
        cmocka_unit_test(a_warning_is_one_sentence_with_its_line),
        cmocka_unit_test(every_word_of_a_vocabulary_is_found_again_and_only_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
