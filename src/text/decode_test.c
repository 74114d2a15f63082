#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "text/text.h"

static struct str decoded(struct arena *arena, struct str bytes)
{
    struct str text = {0};
    struct fault fault = {0};
    enum status status = text_decode(arena, bytes, &text, &fault);
    if (status != OK)
        fail_msg("%.*s", STR_ARG(fault.message));
    return text;
}

static void assert_refused(struct str bytes, const char *words)
{
    AUTOARENA arena = arena_open(MIB(4));
    struct str text = {0};
    struct fault fault = {0};
    assert_int_equal(text_decode(&arena, bytes, &text, &fault), INVALID);
    if (!str_has(fault.message, str_from(words)))
        fail_msg("%.*s does not say %s", STR_ARG(fault.message), words);
}

static void a_byte_order_mark_decides(void **state)
{
    (void)state;
    AUTOARENA arena = arena_open(MIB(1));
    assert_true(str_is(decoded(&arena, STR("\xEF\xBB\xBF云河")), "云河"));
    assert_true(str_is(decoded(&arena, STR("\xFF\xFE\x91\x4E\xB3\x6C\n\0")), "云河\n"));
    assert_true(str_is(decoded(&arena, STR("\xFE\xFF\x4E\x91\x6C\xB3\0\n")), "云河\n"));
}

static void utf16_without_a_mark_is_known_by_its_sense(void **state)
{
    (void)state;
    AUTOARENA arena = arena_open(MIB(1));
    assert_true(str_is(decoded(&arena, STR("\x91\x4E\xB3\x6C\r\0\n\0")), "云河\r\n"));
    assert_true(str_is(decoded(&arena, STR("\x4E\x91\x6C\xB3\0\n")), "云河\n"));
}

static void ascii_with_nuls_is_no_utf16(void **state)
{
    (void)state;
    AUTOARENA arena = arena_open(MIB(1));
    struct fault fault = {0};
    struct str text;
    assert_int_equal(text_decode(&arena, STR("abcdefgh\0ijklmno"), &text, &fault), INVALID);
    assert_int_equal(text_decode(&arena, STR("ab\0"), &text, &fault), INVALID);
}

static void gb18030_is_what_is_not_utf8_but_common_chinese(void **state)
{
    (void)state;
    AUTOARENA arena = arena_open(MIB(1));
    /* 云河市教育局，镕 (a character of GBK) */
    struct str gb = STR("\xD4\xC6\xBA\xD3\xCA\xD0\xBD\xCC\xD3\xFD\xBE\xD6\xA3\xAC\xE9\x46");
    assert_true(str_is(decoded(&arena, gb), "云河市教育局，镕"));
    assert_true(str_is(decoded(&arena, str_head(gb, gb.len - 1)), "云河市教育局，"));
}

static void plain_utf8_is_taken_as_it_is(void **state)
{
    (void)state;
    AUTOARENA arena = arena_open(MIB(1));
    struct str text = STR("云河市\r\n教育局\n");
    assert_ptr_equal(decoded(&arena, text).ptr, text.ptr);
    assert_int_equal(decoded(&arena, STR("")).len, 0);
}

static void a_character_cut_off_at_the_end_is_dropped(void **state)
{
    (void)state;
    AUTOARENA arena = arena_open(MIB(1));
    assert_true(str_is(decoded(&arena, str_head(STR("云河市"), 8)), "云河"));
}

static void controls_are_dropped_and_old_line_ends_become_lines(void **state)
{
    (void)state;
    AUTOARENA arena = arena_open(MIB(1));
    assert_true(str_is(decoded(&arena, STR("一\r二\r\n三\x0C\x1A")), "一\n二\r\n三"));
}

static void radicals_become_characters(void **state)
{
    (void)state;
    AUTOARENA arena = arena_open(MIB(1));
    assert_true(str_is(decoded(&arena, STR("⼈⼤")), "人大"));
}

static void what_is_no_text_is_refused_with_one_sentence(void **state)
{
    (void)state;
    assert_refused(STR("\x7F"
                       "ELF\2\1\1\0\0\0\0\0\x3E\0\x90\x91\x92\xFF\xFE"),
                   "二进制");
    assert_refused(STR("\1\2\3\4\5\6\7a\1\2\3\4"), "二进制");
    /* 雲河市教育局對口聯繫辦法 in Big5 */
    assert_refused(STR("\xB6\xB3\xAA\x65\xA5\xAB\xB1\xD0\xA8\x7C\xA7\xBD\xB9\xEF\xA4\x66"
                       "\xC1\x70\xC3\xB4\xBF\xEC\xAA\x6B"),
                   "编码");
    assert_refused(STR("R\xE9union g\xE9n\xE9rale des d\xE9l\xE9gu\xE9s"), "编码");
    assert_refused(STR("第一行好\n第二行\xFF坏了的一个字在这里，其余的字都好。\n"), "第2行");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_byte_order_mark_decides),
        cmocka_unit_test(utf16_without_a_mark_is_known_by_its_sense),
        cmocka_unit_test(ascii_with_nuls_is_no_utf16),
        cmocka_unit_test(gb18030_is_what_is_not_utf8_but_common_chinese),
        cmocka_unit_test(plain_utf8_is_taken_as_it_is),
        cmocka_unit_test(a_character_cut_off_at_the_end_is_dropped),
        cmocka_unit_test(controls_are_dropped_and_old_line_ends_become_lines),
        cmocka_unit_test(radicals_become_characters),
        cmocka_unit_test(what_is_no_text_is_refused_with_one_sentence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
