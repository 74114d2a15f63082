#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "domain/organization/organization.h"
#include "domain/person/person.h"
#include "domain/roster/roster.h"
#include "domain/roster/sample.h"
#include "roster.sql.h"
#include "store/trial.h"

/* A roster told row by row: unit | role | name | post | section | office phone | mobile. */
static struct roster roster_of(struct arena *arena, const char *const *rows)
{
    struct roster roster = {0};
    for (; *rows; rows++) {
        struct roster_entry entry = {.line = roster.n + 2, .role = -1};
        struct str rest = str_from(*rows);
        for (int cell = 0; cell < ROSTER_CELLS; cell++)
            entry.cells[cell] = str_trim(str_cut(&rest, STR("|")));
        *arena_push(arena, roster.entries, roster.n, roster.room) = entry;
    }
    return roster;
}

/* What a plan says, a line an entry. */
static struct str plan_text(struct arena *arena, const struct roster_plan *plan)
{
    struct str text = {0};
    for (int i = 0; i < plan->roster->n; i++) {
        const struct roster_entry *entry = &plan->roster->entries[i];
        text = str_fmt(arena, "%.*s%d %s %.*s", STR_ARG(text), entry->line,
                       roster_acts[entry->act].label, STR_ARG(entry->values[CELL_NAME]));
        for (int cell = 0; cell < ROSTER_CELLS; cell++)
            if (entry->changed[cell])
                text = str_fmt(arena, "%.*s %s:%.*s→%.*s", STR_ARG(text), roster_cells[cell].label,
                               STR_ARG(entry->old[cell]), STR_ARG(entry->values[cell]));
        text = str_fmt(arena, "%.*s%.*s\n", STR_ARG(text), STR_ARG(roster_reason(arena, entry)));
    }
    for (int i = 0; i < plan->ends_n; i++)
        text = str_fmt(arena, "%.*s结束 %s %.*s\n", STR_ARG(text),
                       designation_roles[plan->ends[i].role].label, STR_ARG(plan->ends[i].name));
    return text;
}

struct work {
    struct roster_sample *sample;
    struct roster *roster;
    struct roster_plan plan;
    const int64_t *ids;
    struct instant now;
};

static enum status apply(struct tx *tx, void *context, struct fault *fault)
{
    struct work *work = context;
    TRY(roster_plan_make(tx, &work->sample->body, instant_date(work->now, ZONE_CHINA_MIN),
                         work->roster, &work->plan));
    return roster_plan_apply(tx, &work->plan, work->sample->body.id, work->now, work->ids, fault);
}

/* Plan and write; the plan must be as told. */
static void import_rows(struct roster_sample *sample, const char *const *rows, const char *want)
{
    struct arena *arena = &sample->arena;
    struct fault fault = {0};
    struct roster roster = roster_of(arena, rows);
    struct work work = {.sample = sample,
                        .roster = &roster,
                        .ids = roster_ids(arena, &sample->ids, roster.n),
                        .now = clock_now(&sample->clock)};
    struct actor actor = actor_named("测试", work.now);
    if (store_write(sample->store, arena, sample->body.id, WRITE_LONG, &actor, apply, &work,
                    &fault) != OK)
        fail_msg("%.*s", STR_ARG(fault.message));
    assert_string_equal(str_c(arena, plan_text(arena, &work.plan)), want);
}
#define ROWS(...)                                                                                  \
    (const char *const[])                                                                          \
    {                                                                                              \
        __VA_ARGS__, NULL                                                                          \
    }

/* Everybody of a kind's list, past and present. */
static struct list_result all_of(struct roster_sample *sample, const struct kind *kind)
{
    static const struct viewer viewer = {.local = true, .seat = {.role = ROLE_OFFICE_CLERK}};
    struct list_query query = {.kind = kind,
                               .body_id = sample->body.id,
                               .viewer = &viewer,
                               .sort = -1,
                               .limit = RECORD_PAGE_MAX};
    struct list_result result;
    struct tx *tx;
    assert_int_equal(store_read(sample->store, &sample->arena, &tx), OK);
    assert_int_equal(record_list(tx, &query, &result, NULL), OK);
    store_read_end(tx);
    return result;
}

static void a_unit_names_one_leader_and_one_contact_YY22_5_2(void **state)
{
    (void)state;
    struct roster_sample *sample = roster_sample_open(false);
    import_rows(sample,
                ROWS("市教育局|责任领导|张三|副局长||0737-4222333|13800000001",
                     "市教育局|联系人|李四|科长|办公室||13800000002"),
                "2 新增 张三\n3 新增 李四\n");
    struct list_result people = all_of(sample, &kind_designation);
    assert_int_equal(people.n, 2);
    assert_true(str_is(value_str(record_value(people.records[0], "role")), "responsible-leader"));
    assert_true(str_is(value_str(record_value(people.records[0], "office_phone")), "0737-4222333"));
    assert_true(str_is(value_str(record_value(people.records[1], "section")), "办公室"));
    assert_true(str_is(value_str(record_value(people.records[1], "mobile")), "13800000002"));
    assert_true(str_is(people.records[0]->start_date, "2026-03-02"));
    roster_sample_close(sample);
}

static void the_same_file_twice_changes_nothing(void **state)
{
    (void)state;
    struct roster_sample *sample = roster_sample_open(false);
    const char *const *rows =
        ROWS("市教育局|责任领导|张三|副局长||0737-4222333|13800000001",
             "市教育局|联系人|张三|副局长|||13800000001", "市水利局|联系人|王五||||");
    import_rows(sample, rows, "2 新增 张三\n3 新增 张三\n4 新增 王五\n");
    import_rows(sample, rows, "2 不变 张三\n3 不变 张三\n4 不变 王五\n");
    assert_int_equal(all_of(sample, &kind_designation).n, 3);
    assert_int_equal(all_of(sample, &kind_person).n, 2);
    roster_sample_close(sample);
}

static void whoever_is_replaced_ends_today_and_stays_as_history(void **state)
{
    (void)state;
    struct roster_sample *sample = roster_sample_open(false);
    import_rows(sample, ROWS("市教育局|联系人|李四|科长|||13800000002"), "2 新增 李四\n");
    sample->clock.fixed_us += 30 * 86400LL * 1000000;
    import_rows(sample, ROWS("市教育局|联系人|王五|科长|||"),
                "2 变更 王五 姓名:李四→王五 手机:13800000002→\n");
    struct list_result people = all_of(sample, &kind_designation);
    assert_int_equal(people.n, 2);
    assert_true(str_is(people.records[0]->start_date, "2026-03-02"));
    assert_true(str_is(people.records[0]->end_date, "2026-04-01"));
    assert_true(str_is(people.records[1]->start_date, "2026-04-01"));
    assert_true(str_is(people.records[1]->end_date, "9999-12-31"));
    /* and back again: the same person, a new row */
    sample->clock.fixed_us += 30 * 86400LL * 1000000;
    import_rows(sample, ROWS("市教育局|联系人|李四||||"),
                "2 变更 李四 姓名:王五→李四 职务:科长→\n");
    assert_int_equal(all_of(sample, &kind_designation).n, 3);
    assert_int_equal(all_of(sample, &kind_person).n, 2);
    roster_sample_close(sample);
}

static void a_change_is_told_field_by_field_and_a_blank_cell_changes_nothing(void **state)
{
    (void)state;
    struct roster_sample *sample = roster_sample_open(false);
    import_rows(sample, ROWS("市教育局|联系人|李四|科长|办公室|0737-4222333|13800000002"),
                "2 新增 李四\n");
    import_rows(sample, ROWS("市教育局|联系人|李四|副主任||无|13800000003"),
                "2 变更 李四 职务:科长→副主任 手机:13800000002→13800000003\n");
    struct list_result people = all_of(sample, &kind_designation);
    assert_int_equal(people.n, 1);
    assert_int_equal(people.records[0]->version, 2);
    assert_true(str_is(value_str(record_value(people.records[0], "office_phone")), "0737-4222333"));
    assert_true(str_is(value_str(record_value(people.records[0], "section")), "办公室"));
    roster_sample_close(sample);
}

static void others_in_the_role_end_when_the_file_names_fewer(void **state)
{
    (void)state;
    struct roster_sample *sample = roster_sample_open(false);
    import_rows(
        sample,
        ROWS("市教育局|联系人|李四||||", "市教育局|联系人|王五||||", "市教育局|责任领导|张三||||"),
        "2 新增 李四\n3 新增 王五\n4 新增 张三\n");
    import_rows(sample, ROWS("市教育局|联系人|王五||||"), "2 不变 王五\n结束 联系人 李四\n");
    import_rows(sample, ROWS("市教育局|联系人|赵六||||", "市教育局|联系人|钱七||||"),
                "2 变更 赵六 姓名:王五→赵六\n3 新增 钱七\n");
    roster_sample_close(sample);
}

static void a_bad_row_neither_stops_a_good_one_nor_ends_anybody(void **state)
{
    (void)state;
    struct roster_sample *sample = roster_sample_open(false);
    import_rows(sample, ROWS("市教育局|联系人|李四||||", "市水利局|联系人|王五||||"),
                "2 新增 李四\n3 新增 王五\n");
    import_rows(sample,
                ROWS("市教育局|联系人|赵六||||", "市教育局|联系人|李四||||138",
                     "市水利局|联系人|钱七||||", "市水利局|联系人|||||13800000002"),
                "2 新增 赵六\n"
                "3 有误 李四“手机”填的“138”像固定电话，请移到“办公电话”一列。\n"
                "4 新增 钱七\n"
                "5 有误 没有写“姓名”，请填写姓名，或清空这一行。\n");
    roster_sample_close(sample);
}

static void units_are_known_by_name_alias_and_full_name(void **state)
{
    (void)state;
    struct roster_sample *sample = roster_sample_open(false);
    import_rows(
        sample,
        ROWS("市住房和城乡建设局|联系人|李四||||", "市住建局（人防办）|责任领导|张三||||",
             "临江市教育局|联系人|王五||||", "水利局|联系人|赵六||||",
             "各驻市保险公司|联系人|钱七||||", "市教育居|联系人|孙八||||",
             "市不存在的单位|联系人|周九||||"),
        "2 新增 李四\n3 新增 张三\n4 新增 王五\n"
        "5 有误 赵六“水利局”可以指几个单位：市水利局、县水利局，请写全名。\n"
        "6 有误 钱七“各驻市保险公司”不指明具体单位，请写其中哪一个单位，并先在名录里登记。\n"
        "7 有误 孙八名录里没有“市教育居”，是否应为：市教育局？\n"
        "8 有误 周九名录里没有“市不存在的单位”，请按名录中的名称填写，或先登记这个单位。\n");
    roster_sample_close(sample);
}

static void namesakes_in_two_units_are_two_persons_A9(void **state)
{
    (void)state;
    struct roster_sample *sample = roster_sample_open(false);
    import_rows(sample, ROWS("市教育局|联系人|李四||||13800000001", "市水利局|联系人|李四||||"),
                "2 新增 李四\n3 新增 李四\n");
    assert_int_equal(all_of(sample, &kind_person).n, 2);
    struct list_result people = all_of(sample, &kind_designation);
    assert_int_not_equal(value_i64(record_value(people.records[0], "person")),
                         value_i64(record_value(people.records[1], "person")));
    roster_sample_close(sample);
}

static void namesakes_in_one_unit_are_not_guessed_between(void **state)
{
    (void)state;
    struct roster_sample *sample = roster_sample_open(false);
    import_rows(
        sample,
        ROWS("市教育局|责任领导|李四||||13800000001", "市教育局|联系人|李四||||13800000002",
             "市教育局|责任领导|李四||||"),
        "2 新增 李四\n"
        "3 有误 李四“李四”的手机与第 2 行不同，请核对；如果是同名的两个人，请在名录中登记后一位。\n"
        "4 有误 李四与第 2 行重复（同一单位、同一身份、同一姓名），请删去一行。\n");
    roster_sample_close(sample);
}

/* Of what SQLite would do (tests/plans_test.c asks PostgreSQL) for a statement, whatever reads a
 * whole body or the whole table. */
static void assert_by_index(struct roster_sample *sample, struct tx *tx,
                            const struct statement *statement)
{
    struct arena *arena = &sample->arena;
    struct value args[16];
    int n = (int)strlen(statement->params);
    for (int i = 0; i < n; i++)
        args[i] = statement->params[i] == 't' ? value_text(STR("2026-03-02")) : value_int(1);
    const struct statement *explain = store_intern(
        sample->store, "explain", str_fmt(arena, "explain query plan %s", statement->sql),
        statement->params, RESULT_MANY);
    struct rows rows;
    assert_int_equal(tx_run(tx, explain, args, n, &rows), OK);
    for (int i = 0; i < rows.n; i++) {
        struct str step = value_str(rows_at(&rows, i, 3));
        bool by_table =
            str_starts(step, STR("SCAN")) && !str_is(step, "SCAN u") && !str_is(step, "SCAN d");
        if (by_table || str_ends(step, STR("PRIMARY KEY (body_id=?)")))
            fail_msg("%s: %.*s", statement->name, STR_ARG(step));
    }
}

static void no_statement_reads_a_whole_table(void **state)
{
    (void)state;
    if (trial_is_postgres())
        return;
    struct roster_sample *sample = roster_sample_open(false);
    struct tx *tx;
    assert_int_equal(store_read(sample->store, &sample->arena, &tx), OK);
    for (const struct statement *const *s = SCHEMA_roster.statements; *s; s++)
        if ((*s)->shape != RESULT_RUN)
            assert_by_index(sample, tx, *s);
    store_read_end(tx);
    roster_sample_close(sample);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_unit_names_one_leader_and_one_contact_YY22_5_2),
        cmocka_unit_test(the_same_file_twice_changes_nothing),
        cmocka_unit_test(whoever_is_replaced_ends_today_and_stays_as_history),
        cmocka_unit_test(a_change_is_told_field_by_field_and_a_blank_cell_changes_nothing),
        cmocka_unit_test(others_in_the_role_end_when_the_file_names_fewer),
        cmocka_unit_test(a_bad_row_neither_stops_a_good_one_nor_ends_anybody),
        cmocka_unit_test(units_are_known_by_name_alias_and_full_name),
        cmocka_unit_test(namesakes_in_two_units_are_two_persons_A9),
        cmocka_unit_test(namesakes_in_one_unit_are_not_guessed_between),
        cmocka_unit_test(no_statement_reads_a_whole_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
