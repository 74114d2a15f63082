#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "engine/scheme/fields.h"

/* A scheme with every field of every table filled, different each time, from a small generator. */
struct maker {
    struct arena *arena;
    uint64_t seed;
    int serial;
};

static unsigned roll(struct maker *maker, unsigned sides)
{
    maker->seed = maker->seed * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(maker->seed >> 33) % sides;
}

static struct str some_text(struct maker *maker)
{
    static const char *const texts[] = {
        "市教育局", "no",     "null",        "12",       "2022-01-24", "- 一",
        "a: b",     "#注",    "“引号”",      "'单'",     "\"双\"",     "第一行\n第二行",
        "\t制表",   " 前空",  "后空 ",       "\\反斜杠", "*星",        "&和",
        "!叹",      "{花",    "[方",         "甲，乙",   "甲,乙",      "益协发〔2022〕2号",
        "𠮷",       "\u2028", "\x01",        "~",        "-",          "?",
        "|",        ">",      "@x",          "`x`",      "%x",         "=",
        "1_000",    "0x1F",   "1e3",         "12:30",    ".5",         "true",
        "王 某",    "（二）", "\u00a0",      "\uFEFF",   "<<",         "---",
        "...",      "e",      "市（县）/区", "Yes",      "\xC2\x85"};
    return str_fmt(maker->arena, "%s", texts[roll(maker, sizeof texts / sizeof *texts)]);
}

/* Names and ids have to differ; classes of one name must not. */
static struct str own_text(struct maker *maker, const char *prefix)
{
    return str_fmt(maker->arena, "%s%d", prefix, ++maker->serial);
}

static void fill(struct maker *maker, const struct scheme_record *shape, void *record);

static void fill_list(struct maker *maker, const struct scheme_field *field, void *record)
{
    int n = 1 + (int)roll(maker, 3);
    char *items = arena_alloc_array(maker->arena, field->record->size, (size_t)n);
    for (int i = 0; i < n; i++) {
        record_clear(field->record, items + (size_t)i * field->record->size);
        fill(maker, field->record, items + (size_t)i * field->record->size);
    }
    memcpy(field_at(field, record), &items, sizeof items);
    *(int *)((char *)record + field->offset_n) = n;
}

static struct str fitting_text(struct maker *maker, const struct scheme_field *field)
{
    if (field->rules & (RULE_PARTY_NAME | RULE_UNIQUE))
        return own_text(maker, roll(maker, 2) ? "单位" : "- ");
    if (field->rules & RULE_REFERENCE)
        return STR("某办公室");
    if (field->rules & RULE_SLUG)
        return own_text(maker, "id-");
    return some_text(maker);
}

static void fill_texts(struct maker *maker, const struct scheme_field *field, void *record)
{
    struct str_list *list = field_at(field, record);
    list->n = 1 + (int)roll(maker, 6);
    list->items = arena_new(maker->arena, struct str, list->n);
    for (int i = 0; i < list->n; i++)
        list->items[i] = fitting_text(maker, field);
}

static void fill_field(struct maker *maker, const struct scheme_field *field, void *record)
{
    void *at = field_at(field, record);
    switch (field->kind) {
    case FIELD_TEXT:
        *(struct str *)at = fitting_text(maker, field);
        break;
    case FIELD_CODE:
        *(const char **)at = "count-mismatch";
        break;
    case FIELD_VOCABULARY:
        *(struct str *)at = str_from(field->words[roll(maker, (unsigned)*field->words_n)].word);
        break;
    case FIELD_WORD:
        *(int *)at = (int)roll(maker, (unsigned)*field->words_n);
        break;
    case FIELD_FLAG:
        *(bool *)at = true;
        break;
    case FIELD_NUMBER:
        *(int *)at = field->least + (int)roll(maker, (unsigned)(field->most - field->least + 1));
        break;
    case FIELD_DATE:
        *(struct date *)at = date_from_days(roll(maker, 40000));
        break;
    case FIELD_MONTH_DAY:
        *(struct month_day *)at =
            (struct month_day){.month = 1 + (int)roll(maker, 12), .day = 1 + (int)roll(maker, 28)};
        break;
    case FIELD_TEXTS:
        fill_texts(maker, field, record);
        break;
    case FIELD_RECORD:
    case FIELD_PARTY:
        fill(maker, field->record, at);
        break;
    case FIELD_RECORDS:
    case FIELD_PARTIES:
        fill_list(maker, field, record);
        break;
    }
}

/* Pairs of facts that contradict each other are not made. */
static void make_consistent(const struct scheme_record *shape, void *record)
{
    if (shape == &scheme_duty_record) {
        struct scheme_duty *duty = record;
        if (duty->max >= 0 && duty->min > duty->max)
            duty->max = duty->min;
        if (duty->by.month == 0)
            duty->by.year_offset = 0;
        else
            duty->by_date = (struct date){0};
        if (duty->opens.month == 0)
            duty->opens.year_offset = 0;
    } else if (shape == &scheme_document_record) {
        struct scheme_document *document = record;
        document->ends = (struct date){9999, 12, 31};
    }
}

static void fill(struct maker *maker, const struct scheme_record *shape, void *record)
{
    for (int i = 0; i < shape->fields_n; i++)
        if ((shape->fields[i].rules & RULE_REQUIRED) || roll(maker, 4) > 0)
            fill_field(maker, &shape->fields[i], record);
    make_consistent(shape, record);
}

static void make_scheme(struct maker *maker, struct scheme *ret_scheme)
{
    *ret_scheme = (struct scheme){0};
    record_clear(&scheme_file_record, ret_scheme);
    fill(maker, &scheme_file_record, ret_scheme);
    struct scheme_organization *office = arena_new(maker->arena, struct scheme_organization, 1);
    *office =
        (struct scheme_organization){.party = {.name = STR("某办公室"), .class = PARTY_OFFICE}};
    ret_scheme->organizations = office;
    ret_scheme->organizations_n = 1;
}

static void print_errors(const struct scheme_errors *errors)
{
    for (int i = 0; i < errors->n; i++)
        print_error("%d:%d %.*s\n", errors->items[i].line, errors->items[i].column,
                    STR_ARG(errors->items[i].message));
}

static void assert_reads_back(struct arena *arena, const struct scheme *scheme)
{
    AUTOBUF buf = buf_open(MIB(4)), again = buf_open(MIB(4));
    scheme_put_yaml(&buf, scheme);
    struct scheme back;
    struct scheme_errors errors = {0};
    enum status status = scheme_parse_yaml(arena, buf_str(&buf), &back, &errors);
    if (status != OK || !record_is_equal(&scheme_file_record, scheme, &back)) {
        print_errors(&errors);
        print_error("%.*s\n", STR_ARG(buf_str(&buf)));
        fail();
    }
    scheme_put_yaml(&again, &back);
    assert_true(str_eq(buf_str(&buf), buf_str(&again)));
}

static void what_is_written_is_read_back_field_for_field(void **state)
{
    (void)state;
    for (unsigned seed = 1; seed <= 300; seed++) {
        AUTOARENA arena = arena_open(MIB(16));
        struct maker maker = {.arena = &arena, .seed = seed};
        struct scheme scheme;
        make_scheme(&maker, &scheme);
        assert_reads_back(&arena, &scheme);
    }
}

static void an_empty_draft_is_read_back(void **state)
{
    (void)state;
    AUTOARENA arena = arena_open(MIB(16));
    struct scheme scheme = {0};
    assert_reads_back(&arena, &scheme);
}

/* A random scheme fills most fields; this makes sure that none is left out for good. */
static void every_field_is_filled_at_some_time(void **state)
{
    (void)state;
    const struct scheme_record *shapes[] = {&scheme_document_record, &scheme_duty_record,
                                            &scheme_party_record, &scheme_item_record};
    for (size_t s = 0; s < 4; s++)
        for (int i = 0; i < shapes[s]->fields_n; i++) {
            AUTOARENA arena = arena_open(MIB(16));
            struct maker maker = {.arena = &arena, .seed = 7};
            bool filled = false;
            for (int tries = 0; tries < 50 && !filled; tries++) {
                union scheme_any record = {0};
                record_clear(shapes[s], &record);
                fill(&maker, shapes[s], &record);
                filled = !field_is_empty(&shapes[s]->fields[i], &record);
            }
            assert_true(filled);
        }
}

static struct scheme parsed(struct arena *arena, const char *text)
{
    struct scheme scheme;
    struct scheme_errors errors = {0};
    if (scheme_parse_yaml(arena, str_from(text), &scheme, &errors) != OK) {
        print_errors(&errors);
        fail();
    }
    return scheme;
}

static void a_clerks_words_stay_text(void **state)
{
    (void)state;
    AUTOARENA arena = arena_open(MIB(16));
    struct scheme scheme = parsed(&arena, "document: {title: no, number: 12}\n"
                                          "links:\n"
                                          "  - from: yes\n"
                                          "    to: [null, 1.5, 2022-01-24]\n");
    assert_true(str_is(scheme.document.title, "no"));
    assert_true(str_is(scheme.document.number, "12"));
    assert_true(str_is(scheme.links[0].from.name, "yes"));
    assert_true(str_is(scheme.links[0].to[0].name, "null"));
    assert_true(str_is(scheme.links[0].to[1].name, "1.5"));
    assert_true(str_is(scheme.links[0].to[2].name, "2022-01-24"));
}

static void what_is_not_said_is_none_and_not_zero(void **state)
{
    (void)state;
    AUTOARENA arena = arena_open(MIB(16));
    struct scheme scheme = parsed(&arena, "document: {}\n"
                                          "links: [{from: 甲委, to: [乙局], line: 7}]\n"
                                          "duties: [{who: link, deed: material}]\n");
    assert_int_equal(scheme.duties[0].min, -1);
    assert_int_equal(scheme.duties[0].max, -1);
    assert_int_equal(scheme.duties[0].days, -1);
    assert_int_equal(scheme.links[0].declared_count, -1);
    assert_int_equal(scheme.links[0].to[0].line, 7);
    assert_false(date_is_set(scheme.document.date));
}

static void a_class_is_that_of_the_organization_of_the_name(void **state)
{
    (void)state;
    AUTOARENA arena = arena_open(MIB(16));
    struct scheme scheme = parsed(&arena, "document: {}\n"
                                          "links:\n"
                                          "  - from: 甲委\n"
                                          "    to: [乙局, 丙会, {name: 丁司, class: enterprise}]\n"
                                          "organizations:\n"
                                          "  - {name: 丙会, class: party}\n");
    const struct scheme_link *link = &scheme.links[0];
    assert_int_equal(link->from.class, PARTY_COMMITTEE);
    assert_int_equal(link->to[0].class, PARTY_DEPARTMENT);
    assert_int_equal(link->to[1].class, PARTY_PARTY);
    assert_int_equal(link->to[2].class, PARTY_ENTERPRISE);
}

static void a_byte_order_mark_and_windows_lines_are_read(void **state)
{
    (void)state;
    AUTOARENA arena = arena_open(MIB(16));
    struct scheme scheme = parsed(&arena, "\xEF\xBB\xBF"
                                          "document:\r\n  title: 某办法\r\n");
    assert_true(str_is(scheme.document.title, "某办法"));
}

#define ERRORS "tests/data/schemes/"
static const char *const error_files[] = {
    "a-list",
    "anchors",
    "brackets",
    "control",
    "cut-off",
    "dash",
    "dates",
    "deep",
    "duplicate-ids",
    "empty",
    "full-width-colon",
    "gb18030",
    "indentation",
    "link-names",
    "many",
    "missing",
    "not-a-map",
    "nothing-behind",
    "only-comments",
    "quotes",
    "ranges",
    "references",
    "several-documents",
    "slugs",
    "tab",
    "two-colons",
    "unknown-keys",
    "words",
    "wrong-types",
};

static struct str read_file(struct arena *arena, const char *folder, const char *name,
                            const char *suffix)
{
    const char *root = getenv("DUIKOU_SOURCE");
    char path[4096];
    snprintf(path, sizeof path, "%s/%s%s%s", root ? root : ".", folder, name, suffix);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    enum { FILE_MAX = 1 << 16 };
    char *text = arena_alloc(arena, FILE_MAX);
    size_t len = fread(text, 1, FILE_MAX, file);
    fclose(file);
    return (struct str){text, len};
}

/* Each file of tests/data/schemes beside the complaints it has to raise, all of them. */
static void every_mistake_is_named_with_its_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof error_files / sizeof *error_files; i++) {
        AUTOARENA arena = arena_open(MIB(16));
        AUTOBUF got = buf_open(MIB(1));
        struct scheme scheme;
        struct scheme_errors errors = {0};
        assert_int_equal(scheme_parse_yaml(&arena,
                                           read_file(&arena, ERRORS, error_files[i], ".yaml"),
                                           &scheme, &errors),
                         INVALID);
        for (int e = 0; e < errors.n; e++)
            buf_fmt(&got, "%d:%d %.*s\n", errors.items[e].line, errors.items[e].column,
                    STR_ARG(errors.items[e].message));
        struct str expected = read_file(&arena, ERRORS, error_files[i], ".expected");
        if (!str_eq(buf_str(&got), expected)) {
            print_error("%s: got\n%.*sexpected\n%.*s", error_files[i], STR_ARG(buf_str(&got)),
                        STR_ARG(expected));
            fail();
        }
    }
}

static void a_mistyped_deed_is_told_the_nearest_and_all_there_are(void **state)
{
    (void)state;
    AUTOARENA arena = arena_open(MIB(16));
    struct scheme scheme;
    struct scheme_errors errors = {0};
    struct str text = STR("document: {}\nduties: [{who: unit, deed: liason-meeting}]\n");
    assert_int_equal(scheme_parse_yaml(&arena, text, &scheme, &errors), INVALID);
    assert_int_equal(errors.n, 1);
    assert_true(str_has(errors.items[0].message, STR("是否应为“liaison-meeting”")));
    for (int i = 0; i < deed_words_n; i++)
        assert_true(str_has(errors.items[0].message, str_from(deed_words[i].label)));
}

static void the_published_schema_is_the_one_the_tables_make(void **state)
{
    (void)state;
    AUTOARENA arena = arena_open(MIB(16));
    AUTOBUF made = buf_open(MIB(1));
    scheme_put_schema(&made);
    /* When this fails: duikou schema > schemes/scheme.schema.json */
    assert_true(str_eq(buf_str(&made), read_file(&arena, "schemes/", "scheme.schema", ".json")));
}

static void assert_refused(struct str text, const char *piece)
{
    AUTOARENA arena = arena_open(MIB(64));
    struct scheme scheme;
    struct scheme_errors errors = {0};
    assert_int_equal(scheme_parse_yaml(&arena, text, &scheme, &errors), INVALID);
    assert_true(errors.n > 0);
    assert_true(str_has(errors.items[0].message, str_from(piece)));
}

static void files_beyond_all_measure_are_refused_at_once(void **state)
{
    (void)state;
    AUTOBUF buf = buf_open(MIB(16));
    char *room = buf_reserve(&buf, MIB(5));
    memset(room, 'x', MIB(5));
    assert_refused((struct str){room, MIB(5)}, "超过 4 MB");
    memset(room, '[', MIB(2));
    assert_refused((struct str){room, MIB(2)}, "嵌套过深");
    for (int i = 0; i < 60000; i++)
        BUF_LIT(&buf, "- x\n");
    assert_refused(buf_str(&buf), "条目过多");
}

/* Cut anywhere, a file is read as far as it goes, or told of; a cut text is never read wrongly. */
static void a_file_that_was_cut_off_does_no_harm(void **state)
{
    (void)state;
    AUTOARENA files = arena_open(MIB(4));
    struct str whole = read_file(&files, "schemes/", "ordos-2020-9", ".yaml");
    for (size_t len = 0; len < whole.len; len += 61) {
        AUTOARENA arena = arena_open(MIB(16));
        char *cut = arena_alloc(&arena, len + 1);
        memcpy(cut, whole.ptr, len);
        struct scheme scheme;
        struct scheme_errors errors = {0};
        enum status status = scheme_parse_yaml(&arena, (struct str){cut, len}, &scheme, &errors);
        assert_int_equal(status, errors.n > 0 ? INVALID : OK);
        if (status == OK)
            assert_reads_back(&arena, &scheme);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read_back_field_for_field),
        cmocka_unit_test(an_empty_draft_is_read_back),
        cmocka_unit_test(every_field_is_filled_at_some_time),
        cmocka_unit_test(a_clerks_words_stay_text),
        cmocka_unit_test(what_is_not_said_is_none_and_not_zero),
        cmocka_unit_test(a_class_is_that_of_the_organization_of_the_name),
        cmocka_unit_test(every_mistake_is_named_with_its_place),
        cmocka_unit_test(a_mistyped_deed_is_told_the_nearest_and_all_there_are),
        cmocka_unit_test(the_published_schema_is_the_one_the_tables_make),
        cmocka_unit_test(files_beyond_all_measure_are_refused_at_once),
        cmocka_unit_test(a_file_that_was_cut_off_does_no_harm),
        cmocka_unit_test(a_byte_order_mark_and_windows_lines_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
