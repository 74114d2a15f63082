#include "domain/designation/priv.h"

#include "designation.sql.h"
#include "domain/organization/organization.h"
#include "domain/person/person.h"

/* What the steps of a designation hold to and do. */

static struct str text_of(const struct record *record, const char *key)
{
    return value_str(record_value(record, key));
}

/* The label that the schemes give the role. */
static enum status set_label(struct deed *deed)
{
    struct designation_asked asked;
    struct date day = instant_date(deed->act->now, ZONE_CHINA_MIN);
    TRY(designation_asked_read(deed->tx, deed->record->body_id, day, &asked));
    int role = designation_role(text_of(deed->record, "role"));
    if (role >= 0)
        record_set(deed->record, "label", value_text(asked.labels[role]));
    return OK;
}

/* Exactly one at a time, where the scheme says so (YY22-5.2, NB17-5.2). */
static enum status only_one(struct deed *deed, const struct record *record, struct str from)
{
    struct designation_asked asked;
    struct date day = instant_date(deed->act->now, ZONE_CHINA_MIN);
    int role = designation_role(text_of(record, "role"));
    struct rows rows;
    TRY(designation_asked_read(deed->tx, record->body_id, day, &asked));
    if (role < 0 || !asked.single[role])
        return OK;
    TRY(tx_run(deed->tx, &SQL_designation_holders,
               ARGS(value_int(record->body_id), record_value(record, "organization"),
                    record_value(record, "role"), value_text(from)),
               &rows));
    if (rows.n == 0)
        return OK;
    return refuse(tx_arena(deed->tx), deed->fault, CONFLICT, "role",
                  "这个单位的%.*s已是%.*s，文件规定只确定一名；请打开该记录办理“更换”。",
                  STR_ARG(asked.labels[role]), STR_ARG(value_str(rows_at(&rows, 0, 1))));
}

enum status designation_one_at_a_time(struct deed *deed)
{
    struct str from = deed->record->start_date;
    return only_one(deed, deed->record, from.len ? from : deed->on);
}

/* Who it is: by name within the unit; somebody new is entered as a person. */
static enum status find_person(struct deed *deed, struct record *record)
{
    static const struct statement *const sources[] = {&SQL_designation_named,
                                                      &SQL_designation_members};
    struct rows rows = {0};
    for (int i = 0; i < 2 && rows.n == 0; i++)
        TRY(tx_run(deed->tx, sources[i],
                   ARGS(value_int(record->body_id), record_value(record, "organization"),
                        record_value(record, "name")),
                   &rows));
    if (rows.n == 1) {
        record_set(record, "person", rows_at(&rows, 0, 0));
        return OK;
    }
    struct record *person = record_new(tx_arena(deed->tx), &kind_person);
    person->body_id = record->body_id;
    person->id = deed_id(deed);
    record_set(person, "name", record_value(record, "name"));
    record_set(record, "person", value_int(person->id));
    return record_add(deed->tx, person, deed->act->now, deed->fault);
}

enum status designation_begin(struct deed *deed)
{
    struct record *record = deed->record;
    TRY(deed_begin(deed));
    if (text_of(record, "label").len == 0)
        TRY(set_label(deed));
    deed->also = str_fmt(tx_arena(deed->tx), "%.*s：%.*s", STR_ARG(text_of(record, "label")),
                         STR_ARG(text_of(record, "name")));
    if (record_value(record, "person").kind == VALUE_INT)
        return OK;
    return find_person(deed, record);
}

/* On the day told, not before it began and not in the future. */
enum status designation_end_on(struct deed *deed)
{
    struct str day = deed_text(deed, "day");
    if (day.len == 0)
        day = deed->on;
    if (str_cmp(day, deed->old->start_date) < 0 || str_cmp(day, deed->today) > 0)
        return refuse(tx_arena(deed->tx), deed->fault, INVALID, "day",
                      "日期应在 %.*s 至今天之间，请改正。", STR_ARG(deed->old->start_date));
    deed_until(deed, day);
    return OK;
}

enum status designation_replace(struct deed *deed)
{
    static const char *const told[] = {"name", "post", "section", "office_phone", "mobile"};
    TRY(designation_end_on(deed));
    if (str_eq(deed_text(deed, "name"), text_of(deed->old, "name")))
        return refuse(tx_arena(deed->tx), deed->fault, INVALID, "name",
                      "接替的人与现任同名；只是信息有变的，请办理“变更信息”。");
    struct record *next = record_new(tx_arena(deed->tx), &kind_designation);
    next->body_id = deed->act->body_id;
    next->id = deed_id(deed);
    next->position = deed->old->position;
    next->start_date = deed->record->end_date;
    next->dates_given = true;
    record_set(next, "organization", record_value(deed->old, "organization"));
    record_set(next, "role", record_value(deed->old, "role"));
    record_set(next, "predecessor", value_int(deed->old->id));
    record_set(deed->record, "successor", value_int(next->id));
    for (size_t i = 0; i < sizeof told / sizeof *told; i++)
        record_set(next, told[i], value_text_or_null(deed_text(deed, told[i])));
    TRY(find_person(deed, next));
    int64_t *ids = arena_new(tx_arena(deed->tx), int64_t, 2);
    ids[0] = deed_id(deed);
    ids[1] = deed_id(deed);
    struct flow_act act = {.kind = &kind_designation,
                           .body_id = next->body_id,
                           .id = next->id,
                           .action = "succeed",
                           .behalf = deed->act->behalf,
                           .now = deed->act->now,
                           .ids = ids,
                           .ids_n = 2};
    return flow_make(deed->tx, &act, next, deed->fault);
}

/* Whoever followed has not been registered yet: taken back with the replacement. */
static enum status withdraw_successor(struct deed *deed, int64_t id)
{
    struct arena *arena = tx_arena(deed->tx);
    struct record *next;
    TRY(record_get(deed->tx, &kind_designation, deed->act->body_id, id, &next));
    if (!str_is(text_of(next, "state"), "named") || next->version != 1)
        return refuse(arena, deed->fault, CONFLICT, NULL,
                      "接替的%.*s已登记备案或另有变动，不能撤销更换；请在其记录上办理“更换”。",
                      STR_ARG(text_of(next, "name")));
    int64_t *ids = arena_new(arena, int64_t, 1);
    ids[0] = deed_id(deed);
    struct flow_act act = {.kind = &kind_designation,
                           .body_id = next->body_id,
                           .id = id,
                           .action = "withdraw",
                           .behalf = deed->act->behalf,
                           .now = deed->act->now,
                           .ids = ids,
                           .ids_n = 1};
    return flow_step(deed->tx, &act, deed->fault);
}

/* Ended or replaced by mistake: holds again from the day it always had, as if never ended. */
enum status designation_restore(struct deed *deed)
{
    struct value successor = record_value(deed->old, "successor");
    struct record *unit;
    TRY(record_get(deed->tx, &kind_organization, deed->act->body_id,
                   value_i64(record_value(deed->old, "organization")), &unit));
    if (str_cmp(unit->end_date, deed->today) <= 0)
        return refuse(tx_arena(deed->tx), deed->fault, CONFLICT, NULL,
                      "“%.*s”已于 %.*s 结束，请在承接它的单位登记人员。",
                      STR_ARG(text_of(unit, "name")), STR_ARG(unit->end_date));
    if (successor.kind == VALUE_INT)
        TRY(withdraw_successor(deed, successor.i));
    TRY(only_one(deed, deed->old, deed->old->end_date));
    record_set(deed->record, "successor", NULL_VALUE);
    return deed_reopen(deed);
}

/* As if it had never been. */
enum status designation_withdraw(struct deed *deed)
{
    deed_until(deed, deed->old->start_date);
    return OK;
}

/* Only what the roster says. */
enum status designation_take_told(struct deed *deed)
{
    for (int i = 0; designation_change_fields[i].key; i++)
        if (deed->said && deed->said->given[i])
            record_set(deed->record, designation_change_fields[i].key, deed->said->values[i]);
    return OK;
}

enum status designation_change(struct deed *deed)
{
    for (const struct field *field = designation_change_fields; field->key; field++) {
        struct value said = deed_said(deed, field->key);
        /* A telephone left blank stays: whoever may not see it could not fill it in again. */
        if (said.kind != VALUE_NULL || !field->private)
            record_set(deed->record, field->key, said);
    }
    return OK;
}

/* What an adjustment brings (domain/adjustment): the day is told, nothing is asked. */
enum status designation_leave(struct deed *deed)
{
    deed_until(deed, deed_text(deed, "day"));
    return OK;
}
