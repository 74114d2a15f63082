#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "domain/domain.h"
#include "tests/program_sample.h"

/* However many rows there are, a page runs the same statements: 5 and 500 units, duties, contents.
 */

enum { FEW = 5, MANY = 500, WITH_PARTS = 3 };

static const char *const slugs[] = {"few", "many"};

static struct str scheme_of(struct program_sample *sample, const char *slug, int n, int parts)
{
    AUTOBUF yaml = buf_open(MIB(1));
    buf_fmt(&yaml,
            "body: {id: %s, name: 政协%s市委员会, classification: cppcc, term: 7}\n"
            "document: {id: %s-2026-3, number: 临协发〔2026〕3号, title: 关于做好联系的意见,\n"
            "  date: 2026-01-20}\n"
            "links:\n  - from: 提案委员会\n    clause: 二\n    to:\n",
            slug, slug, slug);
    for (int i = 0; i < n; i++)
        buf_fmt(&yaml,
                i < parts ? "      - {name: 市%d号局, parts: [%d号科]}\n" : "      - 市%d号局\n", i,
                i);
    BUF_LIT(&yaml, "contents:\n");
    for (int i = 0; i < n; i++)
        buf_fmt(&yaml, "  - {id: C-%d, clause: 三, summary: 第%d项情况}\n", i, i);
    BUF_LIT(&yaml, "duties:\n");
    for (int i = 0; i < n; i++)
        buf_fmt(&yaml,
                "  - {id: D-%d, clause: 四, summary: 办好第%d件事, who: unit, deed: activity,\n"
                "     shape: count, strength: must, per: year, min: 1}\n",
                i, i);
    return str_copy(&sample->arena, buf_str(&yaml));
}

static struct program_sample *open_both(void)
{
    struct program_sample *sample = program_sample_open((struct date){2026, 7, 1});
    sample_load(sample, scheme_of(sample, slugs[0], FEW, WITH_PARTS), (struct date){0});
    sample_load(sample, scheme_of(sample, slugs[1], MANY, WITH_PARTS), (struct date){0});
    return sample;
}

static int64_t statements_of(struct program_sample *sample, const char *target)
{
    int64_t before = store_stats(sample->program.store).statements;
    struct sample_answer answer = sample_get(sample, target);
    if (answer.status != 200)
        fail_msg("%s: %d %.*s", target, answer.status, STR_ARG(answer.body));
    return store_stats(sample->program.store).statements - before;
}

static void assert_same(struct program_sample *sample, const char *below)
{
    int64_t counts[2];
    for (int i = 0; i < 2; i++) {
        struct str target = str_fmt(&sample->arena, "/%s/%s", slugs[i], below);
        (void)statements_of(sample, target.ptr); /* what a process learns once is known */
        counts[i] = statements_of(sample, target.ptr);
    }
    if (counts[0] != counts[1] || counts[0] < 1 || counts[0] > 60)
        fail_msg("%s: %lld statements for %d rows, %lld for %d", below, (long long)counts[0], FEW,
                 (long long)counts[1], MANY);
}

static void lists_of_every_kind(void **state)
{
    (void)state;
    static const char *const ends[] = {"", ".json", "?on=all", ".json?limit=200"};
    struct program_sample *sample = open_both();
    for (const struct kind *const *kind = domain_kinds(); *kind; kind++)
        for (size_t e = 0; e < sizeof ends / sizeof *ends && !(*kind)->instance; e++)
            assert_same(sample, str_fmt(&sample->arena, "%s%s", (*kind)->name, ends[e]).ptr);
    program_sample_close(sample);
}

/* The first of each kind: the committee has all the units, the document and scheme all rows. */
static void pages_of_single_records(void **state)
{
    (void)state;
    struct program_sample *sample = open_both();
    int shown = 0;
    for (const struct kind *const *kind = domain_kinds(); *kind; kind++) {
        int64_t counts[2] = {0};
        for (int i = 0; i < 2 && !(*kind)->instance; i++) {
            struct str list = str_fmt(&sample->arena, "/%s/%s.json", slugs[i], (*kind)->name);
            struct str url = sample_at(sample, list.ptr, "/items/0/url");
            if (url.len == 0)
                continue;
            shown++;
            counts[i] = statements_of(sample, str_fmt(&sample->arena, "%.*s", STR_ARG(url)).ptr);
        }
        if (counts[0] != counts[1])
            fail_msg("%s: %lld statements and %lld", (*kind)->name, (long long)counts[0],
                     (long long)counts[1]);
    }
    assert_true(shown >= 2 * 6);
    program_sample_close(sample);
}

static void the_directory_in_its_three_orders_and_search(void **state)
{
    (void)state;
    static const char *const pages[] = {
        "directory",      "directory/units",    "directory/matrix",
        "directory.json", "directory.csv",      "directory/units.xlsx",
        "directory?q=市", "search.json?q=号局", "search?q=号科",
        "roster",
    };
    struct program_sample *sample = open_both();
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++)
        assert_same(sample, pages[i]);
    program_sample_close(sample);
}

/* Bracketed names are asked for in one go where there are few, else once more by their owners. */
static void a_body_with_many_bracketed_names_takes_one_statement_more(void **state)
{
    (void)state;
    struct program_sample *sample = open_both();
    sample_load(sample, scheme_of(sample, "parts", MANY, MANY), (struct date){0});
    (void)statements_of(sample, "/few/directory"); /* asks whether there is an account, once */
    (void)statements_of(sample, "/parts/directory");
    int64_t few = statements_of(sample, "/few/directory");
    assert_int_equal(statements_of(sample, "/parts/directory"), few + 1);
    program_sample_close(sample);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_of_every_kind),
        cmocka_unit_test(pages_of_single_records),
        cmocka_unit_test(a_body_with_many_bracketed_names_takes_one_statement_more),
        cmocka_unit_test(the_directory_in_its_three_orders_and_search),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
