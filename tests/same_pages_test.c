/*
 * The sample data on both engines: every sort of page that links lead to, and what its lists,
 * filters, orders and searches give, byte for byte the same as HTML, JSON and CSV.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/buf.h"
#include "tests/program_sample.h"

/* Pages alike but for their ids are one sort; so many of each are looked at. */
enum { OF_A_SORT = 3, SORTS_MAX = 2000, ID_LEN = 13, PAGES_LEAST = 200 };

static const struct date today = {2026, 7, 1};

static struct same {
    struct program_sample *lite, *post;
    struct arena arena;
    struct str *targets;
    int n, room;
    struct {
        struct str sort;
        int n;
    } sorts[SORTS_MAX];
    int sorts_n, compared;
} same;

static struct program_sample *open_on(const char *engine, struct str key_dir)
{
    setenv("DUIKOU_TEST_ENGINE", engine, 1);
    struct program_sample *sample = program_sample_signing(today, key_dir);
    for (int i = 0; i < 5; i++)
        sample_load(sample, sample_file(sample, shipped_schemes[i]), (struct date){0});
    return sample;
}

static int set_up(void **state)
{
    (void)state;
    same.arena = arena_open(MIB(64));
    same.lite = open_on("sqlite", (struct str){0});
    same.post = open_on("postgres", same.lite->key_dir);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    program_sample_close(same.post);
    program_sample_close(same.lite);
    arena_close(&same.arena);
    return 0;
}

/* --- which pages --- */

static bool is_id(struct str word)
{
    bool has_digit = false;
    word = str_cut(&word, STR(".")); /* without what asks for JSON */
    for (size_t i = 0; i < word.len; i++) {
        char c = word.ptr[i];
        has_digit = has_digit || (c >= '0' && c <= '9');
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')))
            return false;
    }
    return has_digit && word.len == ID_LEN;
}

/* The target with "*" for ids and for the values of parameters. */
static struct str sort_of(struct str target)
{
    AUTOBUF sort = buf_open(KIB(8));
    struct str path = str_cut(&target, STR("?"));
    while (path.len > 0) {
        struct str word = str_cut(&path, STR("/"));
        buf_put(&sort, is_id(word) ? STR("*") : word);
        buf_char(&sort, '/');
    }
    while (target.len > 0) {
        struct str value = str_cut(&target, STR("&"));
        buf_put(&sort, str_cut(&value, STR("=")));
        buf_char(&sort, '&');
    }
    return str_copy(&same.arena, buf_str(&sort));
}

static bool is_wanted(struct str target)
{
    struct str sort = sort_of(target);
    for (int i = 0; i < same.n; i++)
        if (str_eq(same.targets[i], target))
            return false;
    int at = 0;
    while (at < same.sorts_n && !str_eq(same.sorts[at].sort, sort))
        at++;
    assert_true(at < SORTS_MAX);
    same.sorts[at].sort = sort;
    same.sorts_n += at == same.sorts_n;
    return same.sorts[at].n++ < OF_A_SORT;
}

/* A pack holds salts and a signature, which are by chance. */
static bool is_by_chance(struct str target)
{
    return str_ends(target, STR("/pack"));
}

static void add(struct str target)
{
    if (!is_by_chance(target) && is_wanted(target))
        *arena_push(&same.arena, same.targets, same.n, same.room) = str_copy(&same.arena, target);
}

static void follow(struct str html)
{
    for (struct str rest = html;;) {
        str_cut(&rest, STR(" href=\""));
        if (rest.len == 0)
            return;
        struct str target = str_cut(&rest, STR("\""));
        AUTOBUF plain = buf_open(KIB(8));
        while (target.len > 0) {
            buf_put(&plain, str_cut(&target, STR("&amp;")));
            if (target.len > 0)
                buf_char(&plain, '&');
        }
        struct str whole = buf_str(&plain), path = str_cut(&whole, STR("#"));
        if (str_starts(path, STR("/")) && !str_starts(path, STR("/static/")))
            add(path);
    }
}

/* --- the same --- */

static void show_difference(const char *target, struct str lite, struct str post)
{
    size_t at = 0;
    while (at < lite.len && at < post.len && lite.ptr[at] == post.ptr[at])
        at++;
    size_t from = at > 200 ? at - 200 : 0;
    print_error("%s differs at %zu:\n  sqlite:   %.*s\n  postgres: %.*s\n", target, at,
                (int)(lite.len - from < 400 ? lite.len - from : 400), lite.ptr + from,
                (int)(post.len - from < 400 ? post.len - from : 400), post.ptr + from);
}

static struct str compare(struct str target)
{
    const char *text = str_c(&same.arena, target);
    struct sample_answer lite = sample_get(same.lite, text), post = sample_get(same.post, text);
    assert_int_equal(lite.status, post.status);
    assert_true(str_eq(lite.content_type, post.content_type));
    /* Pages of errors show the number of the request. */
    bool is_same = lite.status >= 400 || str_eq(lite.body, post.body);
    if (!is_same)
        show_difference(text, lite.body, post.body);
    assert_true(is_same);
    same.compared++;
    return lite.status == 200 ? lite.body : STR("");
}

static void compare_forms(struct str target)
{
    static const char *const suffixes[] = {".json", ".csv"};
    struct str query = target, path = str_cut(&query, STR("?"));
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes && path.len > 1; i++)
        (void)compare(str_fmt(&same.arena, "%.*s%s%s%.*s", STR_ARG(path), suffixes[i],
                              query.len ? "?" : "", STR_ARG(query)));
}

static void every_sort_of_page_is_the_same_on_both(void **state)
{
    (void)state;
    static const char *const more[] = {
        "/",
        "/yiyang/search?q=%E6%95%99%E8%82%B2%E5%B1%80",
        "/yiyang/search?q=%E5%B7%A5%E4%BC%9A",
        "/nanbu/search?q=%E5%A7%94%E5%91%98%E4%BC%9A",
        "/ziyang/search?q=jyj",
        "/yiyang/directory?q=jyj",
        "/yiyang/directory?q=%E8%B4%A2",
        "/ordos/organization?sort=name",
        "/ordos/organization?sort=-name",
        "/yiyang/organization?on=2021-01-01",
        "/openapi.json",
    };
    for (size_t i = 0; i < sizeof more / sizeof *more; i++)
        add(str_from(more[i]));
    for (int i = 0; i < same.n; i++) {
        struct str target = same.targets[i];
        struct str html = compare(target);
        compare_forms(target);
        follow(html);
    }
    assert_true(same.compared >= PAGES_LEAST);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_sort_of_page_is_the_same_on_both),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
