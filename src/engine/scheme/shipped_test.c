/*
 * The five schemes that are shipped. Where the documents they were made from lie beside the
 * repository (../shared/documents), they are held against those and their hand-made truth.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include <jansson.h>

#include "base/scratch.h"
#include "base/utf8.h"
#include "engine/scheme/fields.h"
#include "text/text.h"

static const struct shipped {
    const char *name, *prefix, *body;
    int links_n, edges_n, duties_n;
} shipped[] = {
    {"yiyang-2022-2", "YY22-", "yiyang", 7, 112, 17},
    {"yiyang-2021-6", "YY21-", "yiyang", 0, 0, 45},
    {"ordos-2020-9", "OR20-", "ordos", 8, 139, 28},
    {"nanbu-2017-1", "NB17-", "nanbu", 7, 193, 17},
    {"ziyang-2022-65", "ZY22-", "ziyang", 23, 37, 27},
};
enum { SHIPPED_N = sizeof shipped / sizeof *shipped };

/* An empty text when the file is not there. */
static struct str read_file(struct arena *arena, const char *folder, const char *name,
                            const char *suffix)
{
    enum { FILE_MAX = 1 << 18 };
    const char *root = getenv("DUIKOU_SOURCE");
    char path[4096];
    snprintf(path, sizeof path, "%s/%s%s%s", root ? root : ".", folder, name, suffix);
    FILE *file = fopen(path, "rb");
    if (!file)
        return STR("");
    char *text = arena_alloc(arena, FILE_MAX);
    size_t len = fread(text, 1, FILE_MAX, file);
    fclose(file);
    return (struct str){text, len};
}

static struct scheme load(struct arena *arena, const char *name)
{
    struct scheme scheme;
    struct scheme_errors errors = {0};
    struct str text = read_file(arena, "schemes/", name, ".yaml");
    enum status status = scheme_parse_yaml(arena, text, &scheme, &errors);
    for (int i = 0; i < errors.n; i++)
        print_error("%s.yaml:%d:%d %.*s\n", name, errors.items[i].line, errors.items[i].column,
                    STR_ARG(errors.items[i].message));
    assert_int_equal(status, OK);
    return scheme;
}

static void shipped_schemes_are_read_and_stand_as_the_program_writes_them(void **state)
{
    (void)state;
    for (int i = 0; i < SHIPPED_N; i++) {
        AUTOARENA arena = arena_open(MIB(16));
        AUTOBUF buf = buf_open(MIB(1));
        struct scheme scheme = load(&arena, shipped[i].name);
        scheme_put_yaml(&buf, &scheme);
        assert_true(str_eq(buf_str(&buf), read_file(&arena, "schemes/", shipped[i].name, ".yaml")));
        assert_true(str_is(scheme.document.id, shipped[i].name));
        assert_true(str_is(scheme.body.id, shipped[i].body));
    }
}

static void shipped_schemes_have_all_their_rows(void **state)
{
    (void)state;
    for (int i = 0; i < SHIPPED_N; i++) {
        AUTOARENA arena = arena_open(MIB(16));
        struct scheme scheme = load(&arena, shipped[i].name);
        int edges = 0;
        for (int l = 0; l < scheme.links_n; l++)
            for (int t = 0; t < scheme.links[l].to_n; t++)
                edges += 1 + scheme.links[l].to[t].parts.n;
        assert_int_equal(scheme.links_n, shipped[i].links_n);
        assert_int_equal(edges, shipped[i].edges_n);
        assert_int_equal(scheme.duties_n, shipped[i].duties_n);
        assert_int_equal(scheme.warnings_n, 0);
    }
}

static void assert_own_words(const struct shipped *file, struct str id, struct str clause,
                             struct str summary, struct str text, struct str document)
{
    assert_true(str_starts(id, str_from(file->prefix)));
    assert_true(clause.len > 0 && summary.len > 0);
    assert_int_equal(text.len, 0);
    enum { RUN_MAX = 12 }; /* a run of the document that is longer is its sentence, not its word */
    for (int i = 0, n = utf8_count(summary); i + RUN_MAX <= n; i++) {
        struct str run = utf8_head(str_from_byte(summary, utf8_head(summary, i).len), RUN_MAX);
        if (str_has(document, run)) {
            print_error("%.*s: %.*s\n", STR_ARG(id), STR_ARG(run));
            fail();
        }
    }
}

static void every_provision_has_its_id_clause_and_our_own_words(void **state)
{
    (void)state;
    for (int i = 0; i < SHIPPED_N; i++) {
        AUTOARENA arena = arena_open(MIB(32));
        struct scheme scheme = load(&arena, shipped[i].name);
        struct str document = text_squeeze(
            &arena, read_file(&arena, "../shared/documents/", shipped[i].name, ".txt"));
        for (int d = 0; d < scheme.duties_n; d++)
            assert_own_words(&shipped[i], scheme.duties[d].id, scheme.duties[d].clause,
                             scheme.duties[d].summary, scheme.duties[d].text, document);
        const struct scheme_item *lists[] = {scheme.statements, scheme.contents, scheme.forms,
                                             scheme.annexes};
        int counts[] = {scheme.statements_n, scheme.contents_n, scheme.forms_n, scheme.annexes_n};
        for (int l = 0; l < 4; l++)
            for (int n = 0; n < counts[l]; n++)
                assert_own_words(&shipped[i], lists[l][n].id, lists[l][n].clause,
                                 lists[l][n].summary, lists[l][n].text, document);
    }
}

static bool link_has(const struct scheme_link *link, const char *name)
{
    for (int t = 0; t < link->to_n; t++) {
        if (str_is(link->to[t].name, name))
            return true;
        for (int p = 0; p < link->to[t].parts.n; p++)
            if (str_is(link->to[t].parts.items[p], name))
                return true;
    }
    return false;
}

static bool array_has(json_t *array, struct str name)
{
    for (size_t i = 0; i < json_array_size(array); i++)
        if (str_is(name, json_string_value(json_array_get(array, i))))
            return true;
    return false;
}

static void assert_pair(const struct scheme *scheme, json_t *pair)
{
    const char *from = json_string_value(json_object_get(pair, "from"));
    json_t *to = json_object_get(pair, "to"), *optional = json_object_get(pair, "optional");
    const struct scheme_link *link = NULL;
    for (int l = 0; l < scheme->links_n && !link; l++)
        if (str_is(scheme->links[l].from.name, from))
            link = &scheme->links[l];
    assert_non_null(link);
    for (size_t i = 0; i < json_array_size(to); i++)
        if (!link_has(link, json_string_value(json_array_get(to, i)))) {
            print_error("%s: %s\n", from, json_string_value(json_array_get(to, i)));
            fail();
        }
    for (int t = 0; t < link->to_n; t++) {
        assert_true(array_has(to, link->to[t].name) || array_has(optional, link->to[t].name));
        for (int p = 0; p < link->to[t].parts.n; p++)
            assert_true(array_has(to, link->to[t].parts.items[p]));
    }
    json_t *stated = json_object_get(pair, "stated_count");
    assert_int_equal(link->declared_count, stated ? (int)json_integer_value(stated) : -1);
}

static void links_are_those_of_the_documents(void **state)
{
    (void)state;
    for (int i = 0; i < SHIPPED_N; i++) {
        AUTOARENA arena = arena_open(MIB(32));
        struct str text = read_file(&arena, "../shared/documents/", shipped[i].name, ".truth.json");
        if (text.len == 0)
            LEAVE_TEST("the documents are not beside the project");
        json_t *truth = json_loadb(text.ptr, text.len, 0, NULL);
        assert_non_null(truth);
        struct scheme scheme = load(&arena, shipped[i].name);
        json_t *pairs = json_object_get(truth, "pairs");
        json_t *others = json_object_get(truth, "optional_pairs");
        for (size_t p = 0; p < json_array_size(pairs); p++)
            assert_pair(&scheme, json_array_get(pairs, p));
        for (size_t p = 0; p < json_array_size(others); p++)
            assert_pair(&scheme, json_array_get(others, p));
        assert_int_equal(scheme.links_n, json_array_size(pairs) + json_array_size(others));
        assert_true(str_is(scheme.document.number,
                           json_string_value(json_object_get(truth, "doc_number"))));
        assert_true(
            str_is(scheme.document.title, json_string_value(json_object_get(truth, "title"))));
        assert_true(str_is(date_format(&arena, scheme.document.date),
                           json_string_value(json_object_get(truth, "date"))));
        json_decref(truth);
    }
}

static const struct scheme_duty *duty_of(const struct scheme *scheme, const char *id)
{
    for (int i = 0; i < scheme->duties_n; i++)
        if (str_is(scheme->duties[i].id, id))
            return &scheme->duties[i];
    print_error("%s\n", id);
    fail();
    return NULL;
}

static void ZY22_2_1a_is_one_or_two_symposia_under_one_of_two_chairs(void **state)
{
    (void)state;
    AUTOARENA arena = arena_open(MIB(16));
    struct scheme scheme = load(&arena, "ziyang-2022-65");
    const struct scheme_duty *duty = duty_of(&scheme, "ZY22-2.1a");
    assert_int_equal(duty->min, 1);
    assert_int_equal(duty->max, 2);
    assert_int_equal(duty->per, PER_YEAR);
    assert_int_equal(duty->chair.n, 2);
    assert_true(str_is(duty->chair.items[1], "常务副市长"));
}

static void ZY22_A1_persons_are_facts_of_their_day_without_posts(void **state)
{
    (void)state;
    AUTOARENA arena = arena_open(MIB(16));
    struct scheme scheme = load(&arena, "ziyang-2022-65");
    int persons = 0;
    for (int i = 0; i < scheme.links_n; i++) {
        const struct scheme_link *link = &scheme.links[i];
        if (link->from.class != PARTY_PERSON)
            continue;
        persons++;
        assert_true(date_is_set(link->as_of));
        assert_int_equal(link->from.post.len, 0);
        assert_int_equal(link->kind, str_is(link->from.name, "王善平") ? LINK_GENERAL : LINK_FIXED);
    }
    assert_int_equal(persons, 8);
}

static void OR20_A_unlikely_names_are_held_with_what_they_may_be(void **state)
{
    (void)state;
    AUTOARENA arena = arena_open(MIB(16));
    struct scheme scheme = load(&arena, "ordos-2020-9");
    int held = 0;
    for (int l = 0; l < scheme.links_n; l++)
        for (int t = 0; t < scheme.links[l].to_n; t++) {
            const struct scheme_party *party = &scheme.links[l].to[t];
            held += party->held;
            if (str_is(party->name, "九二学社市委")) {
                assert_true(party->held);
                assert_true(str_is(party->hint, "九三学社市委"));
            }
        }
    assert_int_equal(held, 4); /* three misprints and a unit that is printed twice */
}

static void OR20_6_b_may_be_fixed_by_the_end_of_march(void **state)
{
    (void)state;
    AUTOARENA arena = arena_open(MIB(16));
    struct scheme scheme = load(&arena, "ordos-2020-9");
    const struct scheme_duty *duty = duty_of(&scheme, "OR20-6-2");
    assert_int_equal(duty->strength, STRENGTH_MAY);
    assert_int_equal(duty->by.month * 100 + duty->by.day, 331);
    duty = duty_of(&scheme, "OR20-5b");
    assert_int_equal(duty->opens.month * 100 + duty->opens.day, 911);
    assert_int_equal(duty->by.month * 100 + duty->by.day, 920);
}

static void numbers_that_are_our_reading_say_so(void **state)
{
    (void)state;
    static const struct {
        const char *file, *id;
        bool min_implicit, who_implicit;
    } readings[] = {
        {"yiyang-2022-2", "YY22-5.1b", true, false},
        {"yiyang-2022-2", "YY22-5.2-1", false, false},
        {"nanbu-2017-1", "NB17-3.6", false, true},
        {"nanbu-2017-1", "NB17-2z", true, true},
        {"yiyang-2021-6", "YY21-15b", false, false},
        {"yiyang-2021-6", "YY21-17d", true, true},
        {"ziyang-2022-65", "ZY22-3.1b", false, false},
        {"ziyang-2022-65", "ZY22-3.3b-1", true, false},
    };
    for (size_t i = 0; i < sizeof readings / sizeof *readings; i++) {
        AUTOARENA arena = arena_open(MIB(16));
        struct scheme scheme = load(&arena, readings[i].file);
        const struct scheme_duty *duty = duty_of(&scheme, readings[i].id);
        assert_int_equal(duty->min_implicit, readings[i].min_implicit);
        assert_int_equal(duty->who_implicit, readings[i].who_implicit);
        assert_true(duty->min >= 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shipped_schemes_are_read_and_stand_as_the_program_writes_them),
        cmocka_unit_test(shipped_schemes_have_all_their_rows),
        cmocka_unit_test(every_provision_has_its_id_clause_and_our_own_words),
        cmocka_unit_test(links_are_those_of_the_documents),
        cmocka_unit_test(ZY22_2_1a_is_one_or_two_symposia_under_one_of_two_chairs),
        cmocka_unit_test(ZY22_A1_persons_are_facts_of_their_day_without_posts),
        cmocka_unit_test(OR20_A_unlikely_names_are_held_with_what_they_may_be),
        cmocka_unit_test(OR20_6_b_may_be_fixed_by_the_end_of_march),
        cmocka_unit_test(numbers_that_are_our_reading_say_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
