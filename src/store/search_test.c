#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "store/place.h"
#include "store/search.h"

/* Rows put, or a record dropped, in one write. */
struct change {
    const struct search_row *rows;
    int n;
    int64_t drop_body, drop_id;
    int drop_part;
};

static enum status apply(struct tx *tx, void *context, struct fault *fault)
{
    (void)fault;
    const struct change *change = context;
    if (change->drop_id)
        return search_drop(tx, change->drop_body, change->drop_id, change->drop_part);
    for (int i = 0; i < change->n; i++)
        TRY(search_put(tx, &change->rows[i]));
    return OK;
}

static void put(struct place *place, const struct search_row *rows, int n)
{
    struct change change = {.rows = rows, .n = n};
    assert_int_equal(store_write(place->store, &place->arena, 1, 0, NULL, apply, &change, NULL),
                     OK);
}

static void drop(struct place *place, int64_t body_id, int64_t id, int part)
{
    struct change change = {.drop_body = body_id, .drop_id = id, .drop_part = part};
    assert_int_equal(store_write(place->store, &place->arena, 1, 0, NULL, apply, &change, NULL),
                     OK);
}

static struct search_row row(int64_t id, int year, const char *text, const char *tokens)
{
    return (struct search_row){.body_id = 1,
                               .id = id,
                               .kind = STR("organization"),
                               .date = {year, 1, 1},
                               .title = str_from(text),
                               .text = str_from(text),
                               .tokens = str_from(tokens),
                               .audience = STR("all")};
}

static struct search_query query(const char *tokens, const char *word)
{
    struct search_query query = {
        .body_id = 1, .tokens = str_from(tokens), .audience = STR("all"), .limit = 50};
    if (word)
        query.words[query.words_n++] = str_from(word);
    return query;
}

/* The ids found, in order, and the cursor. */
static int64_t finds(struct place *place, const struct search_query *wanted, const char *ids)
{
    AUTOARENA arena = arena_open(MIB(4));
    struct tx *tx;
    struct search_result result = {0};
    struct str found = STR("");
    assert_int_equal(store_read(place->store, &arena, &tx), OK);
    assert_int_equal(search_find(tx, wanted, &result), OK);
    store_read_end(tx);
    for (int i = 0; i < result.n; i++)
        found = str_fmt(&arena, "%.*s %lld", STR_ARG(found), (long long)result.hits[i].id);
    if (!str_is(found, ids))
        print_error("found%.*s, want%.*s\n", STR_ARG(found), STR_ARG(str_from(ids)));
    assert_true(str_is(found, ids));
    return result.next;
}

static void a_row_is_found_by_all_its_tokens_the_newest_first(void **state)
{
    struct place *place = *state;
    place_open(place);
    const struct search_row rows[] = {
        row(1, 2020, "市教育局", "市教 教育 育局"),
        row(2, 2022, "县教育局", "县教 教育 育局"),
        row(3, 2021, "市统计局", "市统 统计 计局"),
        row(4, 2022, "教育学会", "教育 育学 学会"),
    };
    put(place, rows, 4);
    struct search_query both = query("教育 育局", "教育局"), one = query("教育", "教育"),
                        none = query("教育 统计", NULL);
    finds(place, &both, " 2 1");
    finds(place, &one, " 4 2 1");
    finds(place, &none, "");
}

static void a_candidate_without_the_words_side_by_side_is_no_hit(void **state)
{
    struct place *place = *state;
    place_open(place);
    const struct search_row rows[] = {
        row(1, 2020, "教育 育局", "教育 育局"),
        row(2, 2020, "教育局", "教育 育局"),
    };
    put(place, rows, 2);
    struct search_query wanted = query("教育 育局", "教育局");
    finds(place, &wanted, " 2");
    wanted.words[wanted.words_n++] = STR("县");
    finds(place, &wanted, "");
}

static void only_its_audience_and_its_body_find_a_row(void **state)
{
    struct place *place = *state;
    place_open(place);
    struct search_row rows[] = {row(1, 2020, "教育", "教育"), row(2, 2020, "教育", "教育"),
                                row(3, 2020, "教育", "教育")};
    rows[0].audience = STR("office o12");
    rows[1].audience = STR("o7 p3");
    rows[2].body_id = 2;
    put(place, rows, 3);
    struct search_query wanted = query("教育", NULL);
    finds(place, &wanted, "");
    wanted.audience = STR("p9 o12");
    finds(place, &wanted, " 1");
    wanted.audience = STR("o12 p3");
    finds(place, &wanted, " 2 1");
    wanted.audience = STR("o1");
    finds(place, &wanted, "");
    wanted.audience = STR("");
    finds(place, &wanted, "");
    wanted.audience = STR("all");
    wanted.body_id = 2;
    finds(place, &wanted, " 3");
}

static void a_kind_narrows_and_alone_lists_all_of_it(void **state)
{
    struct place *place = *state;
    place_open(place);
    struct search_row rows[] = {row(1, 2020, "教育", "教育"), row(2, 2020, "教育", "教育")};
    rows[1].kind = STR("contact_record");
    put(place, rows, 2);
    struct search_query wanted = query("教育", NULL), all = query("", NULL);
    wanted.kind = STR("contact_record");
    finds(place, &wanted, " 2");
    all.kind = STR("organization");
    finds(place, &all, " 1");
    wanted.kind = STR("contact");
    finds(place, &wanted, "");
}

static void putting_again_replaces_and_dropping_removes(void **state)
{
    struct place *place = *state;
    place_open(place);
    struct search_row rows[] = {row(1, 2020, "教育", "教育"), row(2, 2020, "教育", "教育")};
    put(place, rows, 2);
    rows[0] = row(1, 2020, "统计", "统计");
    put(place, rows, 1);
    struct search_query education = query("教育", NULL), statistics = query("统计", NULL);
    finds(place, &education, " 2");
    finds(place, &statistics, " 1");
    drop(place, 1, 2, 0);
    drop(place, 2, 1, 0);
    finds(place, &education, "");
    finds(place, &statistics, " 1");
}

static void order_keeps_through_a_change_and_follows_a_new_date(void **state)
{
    struct place *place = *state;
    place_open(place);
    struct search_row rows[] = {row(1, 2020, "教育", "教育"), row(2, 2020, "教育", "教育"),
                                row(3, 2020, "教育", "教育")};
    struct search_query wanted = query("教育", NULL);
    put(place, rows, 3);
    put(place, &rows[1], 1);
    finds(place, &wanted, " 3 2 1");
    rows[0].date = (struct date){2021, 1, 1};
    put(place, rows, 1);
    finds(place, &wanted, " 1 3 2");
    rows[0].date = (struct date){0};
    put(place, rows, 1);
    finds(place, &wanted, " 3 2 1");
}

static void parts_of_a_long_text_are_one_hit(void **state)
{
    struct place *place = *state;
    place_open(place);
    struct search_row rows[] = {row(1, 2020, "教育", "教育"), row(2, 2020, "教育", "教育"),
                                row(2, 2020, "教育", "教育"), row(3, 2020, "教育", "教育")};
    struct search_query wanted = query("教育", NULL);
    rows[2].part = 1;
    put(place, rows, 4);
    finds(place, &wanted, " 3 2 1");
    wanted.limit = 2;
    wanted.before = finds(place, &wanted, " 3 2");
    assert_true(wanted.before > 0);
    assert_int_equal(finds(place, &wanted, " 1"), 0);
    drop(place, 1, 2, 1);
    wanted = query("教育", NULL);
    finds(place, &wanted, " 3 2 1");
    drop(place, 1, 2, 0);
    finds(place, &wanted, " 3 1");
}

static void pages_follow_each_other_without_gap_or_repeat(void **state)
{
    struct place *place = *state;
    place_open(place);
    enum { N = 150, PAGE = 10 };
    struct search_row rows[N];
    for (int i = 0; i < N; i++)
        rows[i] = row(i + 1, 2020, i % 2 ? "教育局" : "教育 育局", "教育 育局");
    put(place, rows, N);
    struct search_query wanted = query("教育 育局", "教育局");
    wanted.limit = PAGE;
    for (int id = N; id > 0; id -= 2 * PAGE) {
        struct str ids = STR("");
        for (int i = id; i > 0 && i > id - 2 * PAGE; i -= 2)
            ids = str_fmt(&place->arena, "%.*s %d", STR_ARG(ids), i);
        wanted.before = finds(place, &wanted, ids.ptr);
    }
    assert_int_equal(wanted.before, 0);
}

/* What is in a query can only narrow; quotes and operators of an engine's language mean nothing. */
static void a_query_cannot_speak_the_engines_language(void **state)
{
    static const char *const tries[] = {
        "\" OR tokens : \"教育", "NEAR(教育)", "教育*", "(", "^教育", "'",
        "教育\" OR \"x",         "-教育",      "{教育}"};
    struct place *place = *state;
    place_open(place);
    struct search_row secret = row(1, 2020, "教育", "教育");
    secret.audience = STR("office");
    put(place, &secret, 1);
    for (size_t i = 0; i < sizeof tries / sizeof *tries; i++) {
        struct search_query wanted = query("教育", NULL);
        wanted.tokens = str_fmt(&place->arena, "教育 %s", tries[i]);
        finds(place, &wanted, "");
        wanted.audience = str_fmt(&place->arena, "all %s office*", tries[i]);
        finds(place, &wanted, "");
    }
}

static void a_query_without_anything_to_look_for_is_refused(void **state)
{
    struct place *place = *state;
    place_open(place);
    struct tx *tx;
    struct search_result result;
    struct search_query empty = query("", "教育"), wide = query("教育", NULL),
                        none = query("教育", NULL);
    wide.limit = SEARCH_PAGE_MAX + 1;
    none.limit = 0;
    assert_int_equal(store_read(place->store, &place->arena, &tx), OK);
    assert_int_equal(search_find(tx, &empty, &result), INVALID);
    assert_int_equal(search_find(tx, &wide, &result), INVALID);
    assert_int_equal(search_find(tx, &none, &result), INVALID);
    store_read_end(tx);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, place_setup, place_teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_row_is_found_by_all_its_tokens_the_newest_first),
        TEST(a_candidate_without_the_words_side_by_side_is_no_hit),
        TEST(only_its_audience_and_its_body_find_a_row),
        TEST(a_kind_narrows_and_alone_lists_all_of_it),
        TEST(putting_again_replaces_and_dropping_removes),
        TEST(order_keeps_through_a_change_and_follows_a_new_date),
        TEST(parts_of_a_long_text_are_one_hit),
        TEST(pages_follow_each_other_without_gap_or_repeat),
        TEST(a_query_cannot_speak_the_engines_language),
        TEST(a_query_without_anything_to_look_for_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
