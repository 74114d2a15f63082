#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/scratch.h"
#include "engine/flow/flow.h"
#include "engine/record/step.h"
#include "store/journal.h"
#include "store/trial.h"
#include "tests/program_sample.h"

/* Every state of every flow with every action, and what the first kinds with steps promise. */

#define TODAY ((struct date){2026, 1, 20})

static struct program_sample *open_with(const char *file)
{
    struct program_sample *sample = program_sample_open(TODAY);
    sample_load(sample, sample_file(sample, file), (struct date){0});
    return sample;
}

static struct program_sample *open_linjiang(void)
{
    return open_with("tests/data/load/linjiang-2026-3.yaml");
}

/* --- every state × action --- */

/* How one of each kind is made. */
static const struct {
    const char *kind, *form;
} makers[] = {
    {"designation", "organization=市水利局&role=liaison&name=张三&start_date=2026-01-01"},
    {"correction", "organization=市水利局&sort=alias&wanted=水务局"},
    {"link", "kind=working&scheme=临协发〔2026〕3号&from_organization=提案委员会&"
             "to_organization=市水利局&start_date=2026-01-01"},
    {"document", "title=关于甲的办法&start_date=2026-01-01"},
    {"membership", "person=赵一鸣&organization=市水利局&role=member&start_date=2026-01-01"},
    {"adjustment", "matter=rename&day=2026-01-20&basis=临编发〔2026〕1号&"
                   "sources.0.name=市水利局&targets.0.name=市水务局"},
};

static struct str make(struct program_sample *sample, const struct kind *kind)
{
    for (size_t i = 0; i < sizeof makers / sizeof *makers; i++) {
        if (strcmp(makers[i].kind, kind->name) != 0)
            continue;
        struct str list = str_fmt(&sample->arena, "/linjiang/%s", kind->name);
        struct sample_answer made = sample_post(sample, list.ptr, str_from(makers[i].form));
        if (made.status != 303)
            fail_msg("%s: %d %.*s", kind->name, made.status, STR_ARG(made.body));
        return made.location;
    }
    fail_msg("tell flows_test.c how a %s is made", kind->name);
    return (struct str){0};
}

struct forced {
    const struct kind *kind;
    int64_t id;
    const char *state;
};

/* Put a record into a state as no step would. */
static enum status force(struct tx *tx, void *context, struct fault *fault)
{
    const struct forced *forced = context;
    struct record *old, *record = record_new(tx_arena(tx), forced->kind);
    struct rows rows;
    static const struct statement of = {"body", "select b.id from body b where b.slug = 'linjiang'",
                                        "", RESULT_ONE, NULL};
    TRY(tx_run(tx, &of, NO_ARGS, &rows));
    record->body_id = value_i64(rows.cells[0]);
    record->id = forced->id;
    TRY(record_get(tx, forced->kind, record->body_id, record->id, &old));
    if (forced->kind->flow->field)
        return record_change_to(tx, record, str_from(forced->state), (struct instant){1}, fault);
    record->dates_given = true;
    record->start_date =
        strcmp(forced->state, "coming") == 0 ? STR("2026-02-01") : STR("2026-01-01");
    record->end_date = strcmp(forced->state, "ended") == 0 ? STR("2026-01-20") : STR("9999-12-31");
    return record_change(tx, record, (struct instant){1}, fault);
}

static void force_state(struct program_sample *sample, struct forced forced)
{
    struct fault fault = {0};
    struct actor actor = actor_named("测试", (struct instant){1});
    if (store_write(sample->program.store, &sample->arena, 0, WRITE_LONG, &actor, force, &forced,
                    &fault) != OK)
        fail_msg("%s %s: %.*s", forced.kind->name, forced.state, STR_ARG(fault.message));
}

/* The required fields of a step, filled in. */
static struct str filled(struct program_sample *sample, const struct flow_step *step,
                         struct str version, const char *state)
{
    struct str form = str_fmt(&sample->arena, "version=%.*s", STR_ARG(version));
    for (const struct field *field = step->fields; field && field->key; field++) {
        const char *day = strcmp(state, "coming") == 0 ? "2026-02-01" : "2026-01-20";
        if (field->required)
            form = str_fmt(&sample->arena, "%.*s&%s=%s", STR_ARG(form), field->key,
                           field->kind == FIELD_DATE ? day : "李四");
    }
    return form;
}

static struct str state_now(struct program_sample *sample, const struct kind *kind, struct str url)
{
    struct str json = str_fmt(&sample->arena, "%.*s.json", STR_ARG(url));
    if (kind->flow->field)
        return sample_at(sample, json.ptr, str_fmt(&sample->arena, "/%s", kind->flow->field).ptr);
    struct str end = sample_at(sample, json.ptr, "/end_date");
    return end.len > 0 ? STR("ended") : STR("current");
}

/* One pair: it leads where the table says, or is refused with a sentence. */
static void try_pair(struct program_sample *sample, const struct kind *kind, const char *state,
                     const struct flow_step *any)
{
    struct str url = make(sample, kind);
    int64_t id;
    assert_true(id_parse(str_from_byte(url, url.len - ID_TEXT_LEN), &id));
    force_state(sample, (struct forced){kind, id, state});
    const struct flow_step *step = flow_find(kind->flow, str_from(state), any->action);
    struct str json = str_fmt(&sample->arena, "%.*s.json", STR_ARG(url));
    struct str path = str_fmt(&sample->arena, "%.*s/%s", STR_ARG(url), any->action);
    struct sample_answer answer = sample_post(
        sample, path.ptr,
        filled(sample, step ? step : any, sample_at(sample, json.ptr, "/version"), state));
    if (answer.status != (step ? 303 : 409))
        fail_msg("%s %s in %s: %d %.*s", kind->name, any->action, state, answer.status,
                 STR_ARG(answer.body));
    if (!step)
        assert_true(str_has(answer.body, STR("不能办理")));
    const char *wanted = step && step->to ? step->to : state;
    if (strcmp(wanted, "coming") != 0)
        assert_string_equal(str_c(&sample->arena, state_now(sample, kind, url)), wanted);
}

static bool is_first(const struct flow_step *steps, int index)
{
    for (int i = 0; i < index; i++)
        if (strcmp(steps[i].action, steps[index].action) == 0)
            return false;
    return !steps[index].by_program;
}

static void try_kind(const struct kind *kind)
{
    struct program_sample *sample = open_linjiang();
    const struct flow_step *steps = kind->flow->steps;
    for (int state = 0; kind->flow->states[state].word; state++)
        for (int i = 0; steps[i].action; i++)
            if (steps[i].from && is_first(steps, i)) {
                try_pair(sample, kind, kind->flow->states[state].word, &steps[i]);
                if (strcmp(kind->name, "adjustment") != 0)
                    continue;
                program_sample_close(sample); /* what it changed is needed again */
                sample = open_linjiang();
            }
    program_sample_close(sample);
}

static void every_state_takes_its_own_steps_and_refuses_the_others(void **state)
{
    (void)state;
    for (const struct kind *const *kind = domain_kinds(); *kind; kind++)
        if ((*kind)->flow)
            try_kind(*kind);
}

static bool is_state(const struct flow *flow, const char *word)
{
    for (const struct choice *choice = flow->states; choice->word; choice++)
        if (strcmp(choice->word, word) == 0)
            return true;
    return false;
}

static void every_table_names_states_that_there_are_and_a_right(void **state)
{
    (void)state;
    for (const struct kind *const *kind = domain_kinds(); *kind; kind++) {
        const struct flow *flow = (*kind)->flow;
        for (const struct flow_step *step = flow ? flow->steps : NULL; step && step->action;
             step++) {
            assert_true(!step->from || is_state(flow, step->from));
            assert_true(step->from ? !step->to || is_state(flow, step->to) : step->to != NULL);
            assert_true(step->who != RIGHT_NONE && step->label);
        }
    }
}

static void a_state_is_not_given_by_hand_nor_by_a_plain_change(void **state)
{
    (void)state;
    struct program_sample *sample = open_linjiang();
    sample_expect(sample, "POST /linjiang/designation\n"
                          "> id=0C0000000000A&organization=市水利局&role=liaison&name=张三&"
                          "state=registered\n422\n| 只随办理步骤改变\n\n"
                          "POST /linjiang/designation\n"
                          "> id=0C0000000000A&organization=市水利局&role=liaison&name=张三\n303\n\n"
                          "POST /linjiang/designation/0C0000000000A\n"
                          "> version=1&state=ended\n422\n| 只随办理步骤改变\n\n"
                          "POST /linjiang/designation/0C0000000000A\n"
                          "> version=1&end_date=2026-01-20\n422\n| 起止日期只随办理步骤改变\n");
    program_sample_close(sample);
}

/* 代录 with whom, how and when, on a record's page and in its data. */
static void ALL_proxy_every_kind_with_steps_is_entered_for_another_and_shown_so(void **state)
{
    (void)state;
    for (const struct kind *const *kind = domain_kinds(); *kind; kind++) {
        if (!(*kind)->flow)
            continue;
        struct program_sample *sample = open_linjiang();
        struct str list = str_fmt(&sample->arena, "/linjiang/%s", (*kind)->name);
        const char *form = NULL;
        for (size_t i = 0; i < sizeof makers / sizeof *makers; i++)
            if (strcmp(makers[i].kind, (*kind)->name) == 0)
                form = makers[i].form;
        assert_non_null(form);
        struct str told = str_fmt(&sample->arena,
                                  "%s&behalf_for=市水利局&behalf_means=letter&"
                                  "behalf_date=2026-01-19&behalf_remark=水函〔2026〕1号",
                                  form);
        struct sample_answer made = sample_post(sample, list.ptr, told);
        assert_int_equal(made.status, 303);
        sample_expect(sample, str_fmt(&sample->arena,
                                      "GET %.*s\n200\n| 代录：市水利局，来函，水函〔2026〕1号\n"
                                      "| 2026-01-19\n\nGET %.*s.json\n200\n"
                                      "$ /story/0/on \"2026-01-19\"\n",
                                      STR_ARG(made.location), STR_ARG(made.location))
                                  .ptr);
        program_sample_close(sample);
    }
}

/* --- the first kinds with steps --- */

static void run_transcript(const char *name)
{
    struct program_sample *sample = open_linjiang();
    sample_transcript(sample, name);
    program_sample_close(sample);
}

static void YY22_5_2_designations_are_named_registered_and_replaced(void **state)
{
    (void)state;
    run_transcript("designations.http");
}

static void YY22_2b_a_unit_asks_for_its_name_to_be_corrected(void **state)
{
    (void)state;
    run_transcript("corrections.http");
}

static void ZY22_0_links_change_with_a_document(void **state)
{
    (void)state;
    run_transcript("links.http");
}

static void ALL_term_memberships_begin_end_and_come_back(void **state)
{
    (void)state;
    run_transcript("memberships.http");
}

static void NB17_4_organizations_merge_split_and_are_renamed(void **state)
{
    (void)state;
    run_transcript("adjustments.http");
}

/* The leaders' links of the sample are facts of 20 January. */
static void ALL_term_and_ZY22_A1_terms_and_portfolios_change_in_one_step(void **state)
{
    (void)state;
    run_transcript("terms.http");
}

/* After a day the key is free again. */
static void a_write_sent_again_is_done_once(void **state)
{
    (void)state;
    struct program_sample *sample = open_linjiang();
    sample_transcript(sample, "replays.http");
    program_sample_day(sample, (struct date){2026, 1, 22});
    sample_expect(sample, "POST /linjiang/designation\nAccept: application/json\n"
                          "Idempotency-Key: key-1\n"
                          "> organization=市水利局&role=liaison&name=李四\n201\n");
    program_sample_close(sample);
}

/* The directory of an earlier day has the units, names and people of that day. */
static void ZY22_0_the_directory_is_shown_as_of_any_day(void **state)
{
    (void)state;
    struct program_sample *sample = open_linjiang();
    sample_post(sample, "/linjiang/designation",
                STR("organization=市教育局&role=contact&name=张三"));
    program_sample_day(sample, (struct date){2026, 3, 2});
    struct sample_answer made = sample_post(
        sample, "/linjiang/adjustment",
        STR("matter=rename&day=2026-03-01&basis=临编发〔2026〕4号&sources.0.name=市教育局&"
            "targets.0.name=市教育体育局"));
    struct str apply = str_fmt(&sample->arena, "%.*s/apply", STR_ARG(made.location));
    assert_int_equal(sample_post(sample, apply.ptr, STR("version=1")).status, 303);
    struct str unit = sample_at(sample, "/linjiang/directory.json", "/items/0/unit/url");
    sample_expect(sample,
                  str_c(&sample->arena,
                        str_fmt(&sample->arena,
                                "GET /linjiang/directory.json\n200\n"
                                "$ /items/0/unit/name \"市教育体育局\"\n"
                                "$ /items/0/people \"联系人：张三\"\n"
                                "$ /items/1/people \"联系人：待明确\"\n\n"
                                "GET /linjiang/directory?on=2026-02-01\n200\n"
                                "| 截至 2026年2月1日\n| 市教育局\n! 市教育体育局\n! 未报送\n\n"
                                "GET %.*s?on=2026-02-01\n200\n"
                                "| 截至 2026年2月1日\n| <h1>市教育局</h1>\n| 张三\n| "
                                "机构更名：市教育局 → 市教育体育局\n\n"
                                "GET %.*s\n200\n| <h1>市教育体育局</h1>\n\n"
                                "GET /linjiang/directory.csv?on=2026-02-01\n200\n"
                                "| 联系人：张三\n",
                                STR_ARG(unit), STR_ARG(unit))));
    program_sample_close(sample);
}

/* What each shipped scheme calls those whom it asks for. */
static void the_labels_are_those_of_the_scheme(void **state)
{
    (void)state;
    static const struct {
        const char *file, *slug, *unit, *role, *label;
    } rows[] = {
        {"schemes/yiyang-2022-2.yaml", "yiyang", "市委组织部", "responsible-leader", "责任领导"},
        {"schemes/ziyang-2022-65.yaml", "ziyang", "市发展改革委", "liaison", "联络人员"},
        {"schemes/ordos-2020-9.yaml", "ordos", "市发改委", "liaison", "联络员"},
        {"schemes/nanbu-2017-1.yaml", "nanbu", "县发展和改革局", "leader-in-charge", "分管领导"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct program_sample *sample = open_with(rows[i].file);
        struct str list = str_fmt(&sample->arena, "/%s/organization.json?limit=200", rows[i].slug);
        struct str unit = str_from(rows[i].unit);
        if (!str_has(sample_get(sample, list.ptr).body, unit))
            unit =
                sample_at(sample, str_fmt(&sample->arena, "/%s/directory.json", rows[i].slug).ptr,
                          "/items/0/unit/id");
        struct str form = str_fmt(&sample->arena, "organization=%.*s&role=%s&name=张三",
                                  STR_ARG(unit), rows[i].role);
        struct sample_answer made =
            sample_post(sample, str_fmt(&sample->arena, "/%s/designation", rows[i].slug).ptr, form);
        assert_int_equal(made.status, 303);
        struct str json = str_fmt(&sample->arena, "%.*s.json", STR_ARG(made.location));
        assert_string_equal(str_c(&sample->arena, sample_at(sample, json.ptr, "/label")),
                            rows[i].label);
        program_sample_close(sample);
    }
}

/* PostgreSQL loses the transaction once, behind the record and before its story. */
static enum status lose_once(struct tx *tx, void *context, struct fault *fault)
{
    static const char *const statements[] = {
        "create sequence runs",
        "create function lose_once() returns trigger language plpgsql as 'begin "
        "if nextval(''runs'') = 1 then raise exception ''again'' using errcode = ''40001''; "
        "end if; return new; end'",
        "create trigger lose_once before insert on step for each row "
        "execute function lose_once()"};
    (void)context;
    (void)fault;
    for (size_t i = 0; i < sizeof statements / sizeof *statements; i++)
        TRY(tx_run(tx, store_intern(tx_store(tx), "lose", str_from(statements[i]), "", RESULT_RUN),
                   NO_ARGS, NULL));
    return OK;
}

/* It starts from what was asked, not from what the first run made of it. */
static void a_step_whose_transaction_was_lost_is_taken_again_as_it_was_asked(void **state)
{
    (void)state;
    if (!trial_is_postgres())
        LEAVE_TEST("SQLite loses no transaction that could be run again");
    struct program_sample *sample = program_sample_open((struct date){2026, 3, 2});
    sample_load(sample, sample_file(sample, "tests/data/load/linjiang-2026-3.yaml"),
                (struct date){0});
    assert_int_equal(
        store_write(sample->program.store, &sample->arena, 0, 0, NULL, lose_once, NULL, NULL), OK);
    sample_expect(sample,
                  "POST /linjiang/correction\n"
                  "> organization=市水利局&sort=alias&wanted=市水务&reason=简称\n303\n\n"
                  "GET /linjiang/correction.json\n200\n$ /items/0/state \"asked\"\n$ /items/1 -\n");
    program_sample_close(sample);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_step_whose_transaction_was_lost_is_taken_again_as_it_was_asked),
        cmocka_unit_test(every_state_takes_its_own_steps_and_refuses_the_others),
        cmocka_unit_test(every_table_names_states_that_there_are_and_a_right),
        cmocka_unit_test(a_state_is_not_given_by_hand_nor_by_a_plain_change),
        cmocka_unit_test(ALL_proxy_every_kind_with_steps_is_entered_for_another_and_shown_so),
        cmocka_unit_test(YY22_5_2_designations_are_named_registered_and_replaced),
        cmocka_unit_test(YY22_2b_a_unit_asks_for_its_name_to_be_corrected),
        cmocka_unit_test(ZY22_0_links_change_with_a_document),
        cmocka_unit_test(ALL_term_memberships_begin_end_and_come_back),
        cmocka_unit_test(NB17_4_organizations_merge_split_and_are_renamed),
        cmocka_unit_test(ALL_term_and_ZY22_A1_terms_and_portfolios_change_in_one_step),
        cmocka_unit_test(a_write_sent_again_is_done_once),
        cmocka_unit_test(ZY22_0_the_directory_is_shown_as_of_any_day),
        cmocka_unit_test(the_labels_are_those_of_the_scheme),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
