#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "engine/reader/wire.h"
#include "engine/scheme/fields.h"

static void fill_record(struct arena *arena, const struct scheme_record *shape, void *record,
                        int *count);

static struct str next_text(struct arena *arena, int *count)
{
    return str_fmt(arena, "第%d项", ++*count);
}

/* Every field gets a value that no other has, so that none can be taken for another. */
static void fill_field(struct arena *arena, const struct scheme_field *field, void *record,
                       int *count)
{
    void *at = field_at(field, record);
    struct str_list *list = at;
    switch (field->kind) {
    case FIELD_TEXT:
    case FIELD_VOCABULARY:
        *(struct str *)at = next_text(arena, count);
        break;
    case FIELD_CODE:
        *(const char **)at = next_text(arena, count).ptr;
        break;
    case FIELD_FLAG:
        *(bool *)at = true;
        break;
    case FIELD_WORD:
        *(int *)at = *field->words_n - 1;
        break;
    case FIELD_NUMBER:
        *(int *)at = ++*count % 2 ? *count : -*count;
        break;
    case FIELD_DATE:
        *(struct date *)at = date_from_days(++*count);
        break;
    case FIELD_MONTH_DAY:
        ((struct month_day *)at)->month = ++*count % 12 + 1;
        ((struct month_day *)at)->day = ++*count % 31 + 1;
        break;
    case FIELD_TEXTS:
        for (int i = 0; i < 2; i++)
            *arena_push(arena, list->items, list->n, list->room) = next_text(arena, count);
        break;
    case FIELD_RECORD:
    case FIELD_PARTY:
        fill_record(arena, field->record, at, count);
        break;
    case FIELD_RECORDS:
    case FIELD_PARTIES: {
        char *items = arena_alloc(arena, 2 * field->record->size);
        for (int i = 0; i < 2; i++)
            fill_record(arena, field->record, items + (size_t)i * field->record->size, count);
        memcpy(at, &items, sizeof items);
        *(int *)((char *)record + field->offset_n) = 2;
        *(int *)((char *)record + field->offset_room) = 2;
        break;
    }
    }
}

static void fill_record(struct arena *arena, const struct scheme_record *shape, void *record,
                        int *count)
{
    for (int i = 0; i < shape->fields_n; i++)
        fill_field(arena, &shape->fields[i], record, count);
}

static struct str written(struct arena *arena, const struct wire_result *result)
{
    AUTOBUF buf = buf_open(MIB(4));
    wire_put(&buf, result);
    assert_false(buf.full);
    return str_copy(arena, buf_str(&buf));
}

/* A full scheme and a source with rows whose cells share their text. */
static struct wire_result full_result(struct arena *arena)
{
    struct wire_result result = {.has_source = true};
    int count = 0;
    fill_record(arena, &scheme_file_record, &result.scheme, &count);
    struct str shared = STR("提案委"), other = STR("甲\n乙");
    struct source_cell *cells = arena_new(arena, struct source_cell, 6);
    cells[0] = (struct source_cell){shared, false, true};
    cells[1] = (struct source_cell){shared, true, true};
    cells[2] = (struct source_cell){other, false, false};
    cells[3] = (struct source_cell){shared, true, false};
    cells[4] = (struct source_cell){STR(""), false, false};
    cells[5] = (struct source_cell){other, true, false};
    struct source_line *lines = arena_new(arena, struct source_line, 3);
    lines[0] = (struct source_line){.number = 1, .text = STR("题"), .page_start = true};
    lines[1] = (struct source_line){2, STR("提案委\t\t甲 乙"), cells, 3, 1, false};
    lines[2] = (struct source_line){7, STR("\t\t"), cells + 3, 3, 1, true};
    result.source = (struct source){"docx", lines, 3, 3};
    return result;
}

static void every_field_and_line_goes_over(void **state)
{
    (void)state;
    AUTOARENA arena = arena_open(MIB(16));
    struct wire_result result = full_result(&arena), again;
    struct str bytes = written(&arena, &result);
    assert_true(wire_get(&arena, bytes, &again));
    assert_true(str_eq(written(&arena, &again), bytes));
    assert_true(str_eq(again.scheme.links[1].to[1].name, result.scheme.links[1].to[1].name));
    assert_int_equal(again.scheme.duties[1].by.day, result.scheme.duties[1].by.day);
    assert_string_equal(again.scheme.warnings[0].code, result.scheme.warnings[0].code);
    assert_int_equal(again.scheme.duties[0].min, result.scheme.duties[0].min);
    const struct source_line *line = &again.source.lines[2];
    assert_string_equal(again.source.format, "docx");
    assert_int_equal(line->number, 7);
    assert_true(line->page_start);
    assert_true(str_is(line->cells[0].text, "提案委"));
    assert_true(str_is(line->cells[2].text, "甲\n乙"));
    assert_true(line->cells[2].repeated && !line->cells[2].header);
    assert_true(again.source.lines[1].cells[1].header);
}

static void shared_cells_cost_nothing(void **state)
{
    (void)state;
    AUTOARENA arena = arena_open(MIB(16));
    char *long_text = arena_new(&arena, char, 100001);
    memset(long_text, 'x', 100000);
    struct source_cell cells[100];
    struct source_line lines[100];
    for (int i = 0; i < 100; i++) {
        cells[i] = (struct source_cell){{long_text, 100000}, i > 0, false};
        lines[i] = (struct source_line){i + 1, STR(""), cells, 100, 1, false};
    }
    struct wire_result result = {.has_source = true, .source = {"html", lines, 100, 100}}, again;
    struct str bytes = written(&arena, &result);
    assert_true(bytes.len < 130000);
    assert_true(wire_get(&arena, bytes, &again));
    assert_int_equal(again.source.lines[99].cells[99].text.len, 100000);
}

static void a_refusal_goes_over_with_its_sentence(void **state)
{
    (void)state;
    AUTOARENA arena = arena_open(MIB(1));
    struct wire_result result = {.status = INVALID}, again;
    refuse(&arena, &result.fault, INVALID, "file", "文件第%d行有损坏的文字。", 3);
    result.fault.http = 413;
    assert_true(wire_get(&arena, written(&arena, &result), &again));
    assert_int_equal(again.status, INVALID);
    assert_int_equal(again.fault.status, INVALID);
    assert_int_equal(again.fault.http, 413);
    assert_true(str_is(again.fault.field, "file"));
    assert_true(str_is(again.fault.message, "文件第3行有损坏的文字。"));
}

static void what_is_cut_off_or_altered_is_worthless_or_harmless(void **state)
{
    (void)state;
    AUTOARENA arena = arena_open(MIB(64));
    struct wire_result result = full_result(&arena), again;
    struct str bytes = written(&arena, &result);
    assert_false(wire_get(&arena, STR(""), &again));
    for (size_t len = 0; len < bytes.len; len += 13) {
        struct str cut = str_fmt(&arena, "%.*s1RKD", (int)len, bytes.ptr);
        assert_false(wire_get(&arena, str_head(bytes, len), &again));
        assert_false(wire_get(&arena, cut, &again));
    }
    unsigned short seed[3] = {1, 2, 3};
    for (int i = 0; i < 3000; i++) {
        struct arena_mark mark = arena_mark(&arena);
        char *copy = arena_new(&arena, char, bytes.len);
        memcpy(copy, bytes.ptr, bytes.len);
        for (int k = 0; k < 3; k++)
            copy[nrand48(seed) % (long)bytes.len] = (char)nrand48(seed);
        if (wire_get(&arena, (struct str){copy, bytes.len}, &again) && again.status == OK)
            assert_true(written(&arena, &again).len > 0);
        arena_rewind(&arena, mark);
    }
}

static void a_list_longer_than_the_bytes_left_takes_no_memory(void **state)
{
    (void)state;
    AUTOARENA arena = arena_open(MIB(1));
    struct wire_result result = {.has_source = true, .source = {"text", NULL, 0, 0}}, again;
    struct str bytes = written(&arena, &result);
    char *copy = arena_new(&arena, char, bytes.len + 4);
    memcpy(copy, bytes.ptr, bytes.len - 5);
    memcpy(copy + bytes.len - 5,
           "\xFF\xFF\xFF\xFF\x07"
           "1RKD",
           9);
    size_t used = arena.used_bytes;
    assert_false(wire_get(&arena, (struct str){copy, bytes.len + 4}, &again));
    assert_true(arena.used_bytes - used < KIB(4));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_field_and_line_goes_over),
        cmocka_unit_test(shared_cells_cost_nothing),
        cmocka_unit_test(a_refusal_goes_over_with_its_sentence),
        cmocka_unit_test(what_is_cut_off_or_altered_is_worthless_or_harmless),
        cmocka_unit_test(a_list_longer_than_the_bytes_left_takes_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
