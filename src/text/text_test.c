#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "text/text.h"

#define LEN(table) (sizeof(table) / sizeof *(table))

static void assert_text(struct str got, const char *want)
{
    if (!str_is(got, want))
        fail_msg("got %.*s, want %s", STR_ARG(got), want);
}

static void trim_and_squeeze_know_every_white_space(void **state)
{
    (void)state;
    AUTOARENA arena = arena_open(MIB(1));
    assert_text(text_trim(STR(" \t　\xC2\xA0市 直\xE2\x80\x8B\r\n")), "市 直");
    assert_text(text_trim(STR("　 ")), "");
    assert_text(text_squeeze(&arena, STR("市　直 机\xC2\xA0关\xEF\xBB\xBF")), "市直机关");
    struct str same = STR("市直机关");
    assert_ptr_equal(text_squeeze(&arena, same).ptr, same.ptr);
}

static void fold_makes_spellings_of_one_name_alike(void **state)
{
    (void)state;
    AUTOARENA arena = arena_open(MIB(1));
    static const char *const alike[][2] = {
        {"市人社局（医保办）", "市 人社局(医保办)"},
        {"ＡＢＣ１２", "abc12"},
        {"教科卫〔体〕委", "教科卫[体]委"},
        {"艾力·买买提", "艾力•买买提"},
        {"一—二", "一－二"},
        {"“两新”", "\"两新\""},
        {"⼈大", "人大"},
        {"⻋站", "车站"},
    };
    for (size_t i = 0; i < LEN(alike); i++) {
        struct str left = text_fold(&arena, str_from(alike[i][0]));
        struct str right = text_fold(&arena, str_from(alike[i][1]));
        if (!str_eq(left, right))
            fail_msg("%.*s is not %.*s", STR_ARG(left), STR_ARG(right));
    }
    assert_text(text_fold(&arena, STR("《章程》")), "《章程》");
    assert_text(text_fold(&arena, STR("")), "");
}

static void unify_turns_radicals_into_characters_and_keeps_the_rest(void **state)
{
    (void)state;
    AUTOARENA arena = arena_open(MIB(1));
    assert_text(text_unify(&arena, STR("⼈⼤、⽂⼯委：Ａ㈠①")), "人大、文工委：Ａ㈠①");
    assert_text(text_unify(&arena, STR("⻄⻛⻓")), "西风长");
    struct str same = STR("人大“工委”");
    assert_ptr_equal(text_unify(&arena, same).ptr, same.ptr);
}

static void numeral_reads_arabic_and_chinese(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t value;
        const char *rest;
    } cases[] = {
        {"12个", 12, "个"},
        {"１２", 12, ""},
        {"3万元", 30000, "元"},
        {"一", 1, ""},
        {"十", 10, ""},
        {"十二次", 12, "次"},
        {"二十", 20, ""},
        {"廿三", 23, ""},
        {"卅", 30, ""},
        {"两次", 2, "次"},
        {"一百零五", 105, ""},
        {"一百二", 120, ""},
        {"一百二十三", 123, ""},
        {"三千零五十六万", 30560000, ""},
        {"一亿二千万", 120000000, ""},
        {"二〇二二年", 2022, "年"},
        {"二○一七", 2017, ""},
        {"两三次", 2, "三次"},
        {"三五名", 3, "五名"},
        {"贰拾", 20, ""},
        {"〇", 0, ""},
        {"一万二", 12000, ""},
        {"二0", 2, "0"},
        {"百货", -1, "百货"},
        {"万元", -1, "万元"},
        {"个", -1, "个"},
        {"", -1, ""},
        {"九九九九九九九九九九九九九九九九九", -1, "九九九九九九九九九九九九九九九九九"},
        {"99999999999999999999", -1, "99999999999999999999"},
        {"九社", 9, "社"},
        {"十一、", 11, "、"},
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        struct str rest = str_from(cases[i].text);
        int64_t value = text_numeral(&rest);
        if (value != cases[i].value)
            fail_msg("%s: got %lld", cases[i].text, (long long)value);
        assert_text(rest, cases[i].rest);
    }
}

static void date_is_read_however_it_is_written(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        struct date date;
        const char *rest;
    } cases[] = {
        {"2022年1月24日印发", {2022, 1, 24}, "印发"},
        {"２０２２年０１月２４日", {2022, 1, 24}, ""},
        {"二〇二二年一月二十四日", {2022, 1, 24}, ""},
        {"二○一七年十二月三十一日", {2017, 12, 31}, ""},
        {"二O二O年元月五日", {2020, 1, 5}, ""},
        {"二0二一年廿日", {0}, "二0二一年廿日"},
        {"2022 年 1 月 2 4 日", {2022, 1, 24}, ""},
        {"2022年1月24号", {2022, 1, 24}, ""},
        {"2022-01-24", {2022, 1, 24}, ""},
        {"2022.1.24，", {2022, 1, 24}, "，"},
        {"2022/1/24", {2022, 1, 24}, ""},
        {"2022．1．24", {2022, 1, 24}, ""},
        {"2022年2月30日", {0}, "2022年2月30日"},
        {"2022-02-30", {0}, "2022-02-30"},
        {"2022.1.24.3", {0}, "2022.1.24.3"},
        {"2022.1-24", {0}, "2022.1-24"},
        {"2022年1月", {0}, "2022年1月"},
        {"22年1月24日", {0}, "22年1月24日"},
        {"20222年1月24日", {0}, "20222年1月24日"},
        {"2022年13月1日", {0}, "2022年13月1日"},
        {"", {0}, ""},
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        struct str rest = str_from(cases[i].text);
        struct date date = {0};
        bool found = text_date(&rest, &date);
        if (found != date_is_set(cases[i].date) || date_cmp(date, cases[i].date) != 0)
            fail_msg("%s: got %d-%d-%d", cases[i].text, date.year, date.month, date.day);
        assert_text(rest, cases[i].rest);
    }
}

static void document_number_has_one_form_for_all_its_spellings(void **state)
{
    (void)state;
    AUTOARENA arena = arena_open(MIB(1));
    static const struct {
        const char *text, *number, *rest;
    } cases[] = {
        {"云协发〔2023〕7号", "云协发〔2023〕7号", ""},
        {"云协发[2023]7号文件", "云协发〔2023〕7号", "文件"},
        {"云协发（2023）第07 号", "云协发〔2023〕7号", ""},
        {"云协发【２０２３】７号", "云协发〔2023〕7号", ""},
        {"云协 发 〔 2023 〕 7 号", "云协发〔2023〕7号", ""},
        {"云协发〔2023]1 2号", "云协发〔2023〕12号", ""},
        {"云协发〔二〇二三〕七号", "云协发〔2023〕7号", ""},
        {"云协发〔2023年〕7号", "云协发〔2023〕7号", ""},
        {"〔2023〕7号", "", "〔2023〕7号"},
        {"云协发〔2023〕号", "", "云协发〔2023〕号"},
        {"云协发〔23〕7号", "", "云协发〔23〕7号"},
        {"云协发〔2023〕7次", "", "云协发〔2023〕7次"},
        {"清江县政府办公室（2023）", "", "清江县政府办公室（2023）"},
        {"", "", ""},
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        struct str rest = str_from(cases[i].text);
        assert_text(text_document_number(&arena, &rest), cases[i].number);
        assert_text(rest, cases[i].rest);
    }
}

static void bigrams_pair_han_characters_and_keep_words_whole(void **state)
{
    (void)state;
    AUTOARENA arena = arena_open(MIB(1));
    assert_text(text_bigrams(&arena, STR("市教育局")), "市教 教育 育局 市 局");
    assert_text(text_bigrams(&arena, STR("市教　育局")), "市教 教育 育局 市 局");
    assert_text(text_bigrams(&arena, STR("教育\n局")), "教育 教 育 局");
    assert_text(text_bigrams(&arena, STR("ＧＤＰ Growth 2022年")), "gdp growth 2022 年");
    assert_text(text_bigrams(&arena, STR("，。 ")), "");
}

static void query_bigrams_are_among_those_of_every_text_that_has_the_query(void **state)
{
    (void)state;
    AUTOARENA arena = arena_open(MIB(1));
    assert_text(text_query_bigrams(&arena, STR("教育局")), "教育 育局");
    assert_text(text_query_bigrams(&arena, STR("2022年")), "2022 年");
    assert_text(text_query_bigrams(&arena, STR("年")), "年");
    assert_text(text_query_bigrams(&arena, STR("（局）教育")), "局 教育");
    static const char *const pairs[][2] = {{"云河市2022年度计划", "2022年"},
                                           {"市人社局（医保办）：李某", "局（医保"},
                                           {"ABC局、市政府", "局、市"}};
    for (size_t i = 0; i < LEN(pairs); i++) {
        struct str all = text_bigrams(&arena, str_from(pairs[i][0]));
        struct str asked = text_query_bigrams(&arena, str_from(pairs[i][1]));
        all = str_fmt(&arena, " %.*s ", STR_ARG(all));
        while (asked.len > 0) {
            struct str token = str_cut(&asked, STR(" "));
            assert_true(str_has(all, str_fmt(&arena, " %.*s ", STR_ARG(token))));
        }
    }
}

static void initials_give_every_reading_and_words_settle_them(void **state)
{
    (void)state;
    AUTOARENA arena = arena_open(MIB(1));
    static const char *const cases[][2] = {
        {"市教育局", "sjyj"},
        {"市农业银行", "snyyh"},
        {"市商务行政执法队", "sswxzzfd"},
        {"重庆路", "cql"},
        {"会计学会", "kjxh"},
        {"市委编办", "swbb"},
        {"ＡＢ12（局）", "ab12j"},
        {"单伟", "dw sw"},
        {"长单", "zd zs cd cs"},
        {"和平", "hp"},
        {"阿克苏", "aks"},
        {"中和镇", "zhz"},
        {"万元", "wy"},
        {"音乐高校", "yygx"},
        {"东阿县西藏路", "dexxzl"},
        {"〇五", "lw"},
        {"", ""},
        {"，", ""},
    };
    for (size_t i = 0; i < LEN(cases); i++)
        assert_text(text_initials(&arena, str_from(cases[i][0])), cases[i][1]);
    struct str many = text_initials(&arena, STR("单曾朝石传弹"));
    int n = 0;
    for (; many.len > 0; n++)
        str_cut(&many, STR(" "));
    assert_int_equal(n, 8);
}

static void sort_key_orders_by_pinyin_and_number(void **state)
{
    (void)state;
    AUTOARENA arena = arena_open(MIB(1));
    static const char *const ordered[] = {"安监局", "编办",   "第2组", "第10组",
                                          "教育局", "民政局", "卫健委"};
    for (size_t i = 1; i < LEN(ordered); i++)
        assert_true(str_cmp(text_sort_key(&arena, str_from(ordered[i - 1])),
                            text_sort_key(&arena, str_from(ordered[i]))) < 0);
    assert_true(str_eq(text_sort_key(&arena, STR("教育局")), text_sort_key(&arena, STR("教育局"))));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(trim_and_squeeze_know_every_white_space),
        cmocka_unit_test(fold_makes_spellings_of_one_name_alike),
        cmocka_unit_test(unify_turns_radicals_into_characters_and_keeps_the_rest),
        cmocka_unit_test(numeral_reads_arabic_and_chinese),
        cmocka_unit_test(date_is_read_however_it_is_written),
        cmocka_unit_test(document_number_has_one_form_for_all_its_spellings),
        cmocka_unit_test(bigrams_pair_han_characters_and_keep_words_whole),
        cmocka_unit_test(query_bigrams_are_among_those_of_every_text_that_has_the_query),
        cmocka_unit_test(initials_give_every_reading_and_words_settle_them),
        cmocka_unit_test(sort_key_orders_by_pinyin_and_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
