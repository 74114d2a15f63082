#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

#include "engine/record/sample.h"

/* Keyset paging over random data with many ties: in either direction, by any order, with pages of
 * any size, every row comes exactly once and in the one order that the whole has. */

enum { ROWS = 160, ROUNDS = 6 };

/* xorshift64*: the same numbers in every run. */
static uint64_t seed = 88172645463325252ULL;
static int below(int n)
{
    seed ^= seed >> 12;
    seed ^= seed << 25;
    seed ^= seed >> 27;
    return (int)((seed * 2685821657736338717ULL >> 33) % (uint64_t)n);
}

/* Names of every length up to the longest, made of few characters, so that many are alike. */
static struct str random_name(struct arena *arena, int chars_max)
{
    static const char *const characters[] = {"市", "a", "Z", "𠮷", "-", " ", "é", "银"};
    struct str name = STR("");
    for (int n = below(3) ? below(3) + 1 : below(chars_max) + 1; n > 0; n--)
        name = str_fmt(arena, "%.*s%s", STR_ARG(name), characters[below(8)]);
    return str_trim(name).len ? name : STR("市");
}

static void fill_sheds(struct sample *sample, int64_t *sheds, int sheds_n)
{
    struct record **records = arena_new(&sample->arena, struct record *, sheds_n);
    for (int i = 0; i < sheds_n; i++) {
        struct record *shed = records[i] = sample_shed(sample, "");
        record_set(shed, "name", value_text(random_name(&sample->arena, 200)));
        shed->position = below(4) + 1; /* ties, also in the printed order */
        shed->start_date = below(2) ? STR("2020-01-01") : STR("2026-11-21");
        shed->end_date = below(3) ? STR("") : STR("2026-11-21");
        if (i > 0 && below(2))
            record_set(shed, "above", value_int(sheds[below(i)]));
        sheds[i] = shed->id = id_next(&sample->ids);
    }
    sample_add_all(sample, records, sheds_n);
}

static void fill(struct sample *sample, int64_t *sheds, int sheds_n)
{
    struct record *tools[ROWS];
    fill_sheds(sample, sheds, sheds_n);
    for (int i = 0; i < ROWS; i++) {
        struct record *tool = tools[i] = sample_tool(sample, "");
        record_set(tool, "name", value_text(random_name(&sample->arena, 12)));
        record_set(tool, "amount", value_int(below(3) ? below(3) : -below(99)));
        record_set(tool, "loud", value_int(below(2)));
        record_set(tool, "class", value_text(below(2) ? STR("hand") : STR("power")));
        if (below(2))
            record_set(tool, "shed", value_int(sheds[below(sheds_n)]));
        tool->body_id = below(8) ? BODY_ALPHA : BODY_BETA;
        if (tool->body_id == BODY_BETA)
            record_set(tool, "shed", NULL_VALUE);
    }
    sample_add_all(sample, tools, ROWS);
}

static int list(struct sample *sample, const struct list_query *query, struct list_result *result)
{
    struct tx *tx;
    struct fault fault = {0};
    assert_int_equal(store_read(sample->store, &sample->arena, &tx), OK);
    enum status status = record_list(tx, query, result, &fault);
    store_read_end(tx);
    if (status != OK)
        fail_msg("%.*s", STR_ARG(fault.message));
    return result->n;
}

/* Walk from one end to the other; the ids in the order of the list. */
static int walk(struct sample *sample, struct list_query query, bool backwards, int64_t *ids)
{
    struct list_result result;
    int n = 0;
    query.backwards = false;
    query.limit = below(12) + 1;
    if (backwards) { /* to the end first, as a reader would */
        do {
            list(sample, &query, &result);
            query.cursor = result.next.len ? result.next : query.cursor;
        } while (result.next.len);
        for (int i = result.n - 1; i >= 0; i--)
            ids[n++] = result.records[i]->id;
        query.backwards = true;
        query.cursor = result.previous;
    }
    bool more = !backwards || query.cursor.len > 0;
    while (more) {
        query.limit = below(12) + 1;
        list(sample, &query, &result);
        assert_true(n + result.n <= ROWS);
        for (int i = 0; i < result.n; i++)
            ids[n++] = result.records[backwards ? result.n - 1 - i : i]->id;
        query.cursor = backwards ? result.previous : result.next;
        more = query.cursor.len > 0;
    }
    for (int i = 0; backwards && i < n / 2; i++) {
        int64_t id = ids[i];
        ids[i] = ids[n - 1 - i];
        ids[n - 1 - i] = id;
    }
    return n;
}

static void check(struct sample *sample, struct list_query query)
{
    struct list_result whole;
    int64_t ids[ROWS];
    query.limit = ROWS;
    int n = list(sample, &query, &whole);
    assert_int_equal(whole.total, n);
    assert_int_equal(whole.next.len + whole.previous.len, 0);
    for (int backwards = 0; backwards < 2; backwards++) {
        assert_int_equal(walk(sample, query, backwards, ids), n);
        for (int i = 0; i < n; i++)
            assert_true(ids[i] == whole.records[i]->id);
    }
    for (int i = 0; i < n; i++) /* once each */
        for (int k = 0; k < i; k++)
            assert_true(ids[i] != ids[k]);
}

static void set_filters(struct list_query *query, const int64_t *sheds, int sheds_n)
{
    static const char *const keys[] = {"loud", "class", "amount", "shed"};
    for (int i = 0; i < 4; i++) {
        if (below(3))
            continue;
        query->filters[query->filters_n] = kind_field(&kind_tool, keys[i]);
        query->filter_values[query->filters_n++] = i == 1   ? value_text(STR("hand"))
                                                   : i == 3 ? value_int(sheds[below(sheds_n)])
                                                            : value_int(below(2));
    }
}

static void every_row_comes_once_in_either_direction_whatever_the_ties(void **state)
{
    (void)state;
    static const struct viewer viewer = {.local = true, .seat = {.role = ROLE_OFFICE_CLERK}};
    static const char *const sorts[] = {NULL, "name", "code", "amount"};
    enum { SHEDS_N = 40 };
    struct sample *sample = sample_open();
    int64_t sheds[SHEDS_N];
    fill(sample, sheds, SHEDS_N);
    for (int round = 0; round < ROUNDS; round++)
        for (int sort = 0; sort < 4; sort++)
            for (int descending = 0; descending < 2; descending++) {
                struct list_query query = {.kind = &kind_tool,
                                           .body_id = BODY_ALPHA,
                                           .viewer = &viewer,
                                           .sort = sort ? kind_field(&kind_tool, sorts[sort]) : -1,
                                           .descending = descending};
                if (round > 0)
                    set_filters(&query, sheds, SHEDS_N);
                check(sample, query);
                query = (struct list_query){.kind = &kind_shed,
                                            .body_id = BODY_ALPHA,
                                            .viewer = &viewer,
                                            .sort = sort ? kind_field(&kind_shed, "name") : -1,
                                            .descending = descending,
                                            .on = round % 2 ? (struct date){2026, 11, 21}
                                                            : (struct date){0}};
                check(sample, query);
            }
    sample_close(sample);
}

/* As a browser does it, through the addresses of the pages. */
static int walk_addresses(struct sample *sample, struct str target, int limit)
{
    int n = 0, status;
    for (int pages = 0; target.len > 0; pages++) {
        assert_true(pages <= ROWS);
        struct str page = sample_get(sample, str_c(&sample->arena, target), &status);
        assert_int_equal(status, 200);
        int rows = 0;
        struct str rest = page;
        for (; str_has(rest, STR("<td data-label=\"编码\">")); rows++)
            str_cut(&rest, STR("<td data-label=\"编码\">"));
        assert_true(rows <= limit);
        n += rows;
        ptrdiff_t end = str_find(page, STR("\" rel=\"next\""));
        if (end < 0)
            return n;
        struct str head = str_head(page, (size_t)end);
        target = str_from_byte(head, (size_t)str_find_last(head, STR("href=\"")) + 6);
        target = str_replace(&sample->arena, target, STR("&amp;"), STR("&"));
    }
    return n;
}

static void the_addresses_of_pages_lead_to_every_row(void **state)
{
    (void)state;
    static const char *const queries[] = {"limit=7", "limit=11&sort=name", "limit=5&sort=-name",
                                          "limit=13&sort=amount", "limit=3&sort=-amount&loud=1"};
    struct sample *sample = sample_open();
    int64_t sheds[4];
    fill(sample, sheds, 4);
    for (size_t i = 0; i < sizeof queries / sizeof *queries; i++) {
        int status;
        /* The first of two equal parameters counts. */
        struct str all = str_fmt(&sample->arena, "/alpha/tool?limit=200&%s", queries[i]);
        struct str page = sample_get(sample, all.ptr, &status);
        int whole = 0;
        for (; str_has(page, STR("<td data-label=\"编码\">")); whole++)
            str_cut(&page, STR("<td data-label=\"编码\">"));
        assert_true(whole > 20);
        struct str first = str_fmt(&sample->arena, "/alpha/tool?%s", queries[i]);
        assert_int_equal(walk_addresses(sample, first, 13), whole);
    }
    sample_close(sample);
}

/* Every character with a weight on each level: the longest key that a name can have. */
static void the_longest_names_can_be_paged_through(void **state)
{
    (void)state;
    struct sample *sample = sample_open();
    struct record *sheds[3];
    for (int i = 0; i < 3; i++) {
        struct str name = str_fmt(&sample->arena, "%d", i);
        for (int n = 0; n < 199; n++)
            name = str_fmt(&sample->arena, "%.*s%s", STR_ARG(name),
                           n % 3 == 0   ? "\xF0\xA0\xAE\xB7"
                           : n % 3 == 1 ? "Z"
                                        : "é");
        sheds[i] = sample_shed(sample, "");
        record_set(sheds[i], "name", value_text(name));
    }
    sample_add_all(sample, sheds, 3);
    static const struct viewer viewer = {.local = true, .seat = {.role = ROLE_OFFICE_CLERK}};
    for (int descending = 0; descending < 2; descending++)
        check(sample, (struct list_query){.kind = &kind_shed,
                                          .body_id = BODY_ALPHA,
                                          .viewer = &viewer,
                                          .sort = kind_field(&kind_shed, "name"),
                                          .descending = descending});
    sample_close(sample);
}

static void a_total_is_exact_up_to_a_thousand(void **state)
{
    (void)state;
    static const struct viewer viewer = {.local = true, .seat = {.role = ROLE_OFFICE_CLERK}};
    struct sample *sample = sample_open();
    struct list_query query = {
        .kind = &kind_maker, .viewer = &viewer, .sort = -1, .limit = RECORD_PAGE};
    struct list_result result;
    struct record *makers[1001];
    for (int i = 0; i < 1001; i++) {
        makers[i] = record_new(&sample->arena, &kind_maker);
        record_set(makers[i], "name", value_text(STR("厂")));
    }
    sample_add_all(sample, makers, 1000);
    list(sample, &query, &result);
    assert_int_equal(result.total, 1000);
    assert_false(result.more);
    sample_add_all(sample, makers + 1000, 1);
    list(sample, &query, &result);
    assert_int_equal(result.total, 1000);
    assert_true(result.more);
    int status;
    assert_true(str_has(sample_get(sample, "/maker", &status), STR("共 1000 家以上。")));
    sample_close(sample);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_comes_once_in_either_direction_whatever_the_ties),
        cmocka_unit_test(the_addresses_of_pages_lead_to_every_row),
        cmocka_unit_test(the_longest_names_can_be_paged_through),
        cmocka_unit_test(a_total_is_exact_up_to_a_thousand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
