#include "domain/roster/priv.h"

#include "domain/person/person.h"

/* A plan written: every person enrolled, replaced or ended by a step, as told by the unit's letter
 * (代录). */

enum { ID_PERSON, ID_DESIGNATION, ID_STEP, ID_OTHER_STEP, IDS_EACH };

struct writer {
    struct tx *tx;
    const struct roster_plan *plan;
    int64_t body_id;
    struct instant now;
    struct str today;
    struct designation_asked asked;
    const int64_t *ids;
    struct fault *fault;
};

const int64_t *roster_ids(struct arena *arena, struct id_maker *maker, int n)
{
    int all = IDS_EACH * n + ROSTER_ENDS_MAX;
    int64_t *ids = arena_new(arena, int64_t, all);
    for (int i = 0; i < all; i++)
        ids[i] = id_next(maker);
    return ids;
}

static const int64_t *id_at(const struct writer *w, int index, int which)
{
    return &w->ids[IDS_EACH * index + which];
}

static int64_t person_id(const struct writer *w, int index)
{
    const struct roster_entry *entry = &w->plan->roster->entries[index];
    if (entry->person != 0)
        return entry->person;
    return *id_at(w, entry->same_as ? entry->same_as - 1 : index, ID_PERSON);
}

static enum status add_person(const struct writer *w, int index)
{
    const struct roster_entry *entry = &w->plan->roster->entries[index];
    struct record *person = record_new(tx_arena(w->tx), &kind_person);
    person->body_id = w->body_id;
    person->id = person_id(w, index);
    record_set(person, "name", value_text(entry->values[CELL_NAME]));
    return record_add(w->tx, person, w->now, w->fault);
}

static void set_values(struct record *to, const struct roster_entry *entry, bool all)
{
    for (int cell = CELL_NAME; cell < ROSTER_CELLS; cell++)
        if (all || entry->changed[cell])
            record_set(to, roster_cells[cell].word, value_text_or_null(entry->values[cell]));
}

/* A step on a designation, as the unit's letter of today tells it. */
static struct flow_act act_of(const struct writer *w, const char *name, int64_t id, struct str unit,
                              const int64_t *step_id)
{
    return (struct flow_act){.kind = &kind_designation,
                             .body_id = w->body_id,
                             .id = id,
                             .action = name,
                             .behalf = {unit, STR("letter"), w->today, STR("名单与回执")},
                             .now = w->now,
                             .ids = step_id,
                             .ids_n = 1};
}

static enum status add_designation(const struct writer *w, int index)
{
    const struct roster_entry *entry = &w->plan->roster->entries[index];
    struct record *record = record_new(tx_arena(w->tx), &kind_designation);
    record->body_id = w->body_id;
    record->id = *id_at(w, index, ID_DESIGNATION);
    record_set(record, "person", value_int(person_id(w, index)));
    record_set(record, "organization", value_int(entry->unit_id));
    record_set(record, "role", value_text(str_from(designation_roles[entry->role].word)));
    record_set(record, "label", value_text(w->asked.labels[entry->role]));
    set_values(record, entry, true);
    record->start_date = w->today;
    record->dates_given = true;
    struct flow_act act =
        act_of(w, "import", record->id, entry->unit_name, id_at(w, index, ID_STEP));
    return flow_make(w->tx, &act, record, w->fault);
}

static enum status end_designation(const struct writer *w, const char *name, int64_t id,
                                   int64_t version, struct str unit, const int64_t *step_id)
{
    struct flow_act act = act_of(w, name, id, unit, step_id);
    act.version = version;
    return flow_step(w->tx, &act, w->fault);
}

static enum status change_designation(const struct writer *w, int index)
{
    const struct roster_entry *entry = &w->plan->roster->entries[index];
    struct record *said = record_new(tx_arena(w->tx), &kind_designation_told);
    set_values(said, entry, false);
    struct flow_act act =
        act_of(w, "import", entry->held, entry->unit_name, id_at(w, index, ID_STEP));
    act.version = entry->held_version;
    act.said = said;
    return flow_step(w->tx, &act, w->fault);
}

static enum status write_entry(const struct writer *w, int index)
{
    const struct roster_entry *entry = &w->plan->roster->entries[index];
    if (entry->act == ROSTER_CHANGE && !entry->replaces)
        return change_designation(w, index);
    if (entry->act == ROSTER_BAD || entry->act == ROSTER_SAME)
        return OK;
    if (entry->replaces)
        TRY(end_designation(w, "give-way", entry->held, entry->held_version, entry->unit_name,
                            id_at(w, index, ID_OTHER_STEP)));
    if (entry->person == 0 && entry->same_as == 0)
        TRY(add_person(w, index));
    return add_designation(w, index);
}

enum status roster_plan_apply(struct tx *tx, const struct roster_plan *plan, int64_t body_id,
                              struct instant now, const int64_t *ids, struct fault *fault)
{
    struct date today = instant_date(now, ZONE_CHINA_MIN);
    struct writer w = {.tx = tx,
                       .plan = plan,
                       .body_id = body_id,
                       .now = now,
                       .today = date_format(tx_arena(tx), today),
                       .ids = ids,
                       .fault = fault};
    int n = plan->roster->n;
    if (plan->ends_n > ROSTER_ENDS_MAX)
        return refuse(tx_arena(tx), fault, INVALID, NULL,
                      "这份名单会终止 %d 人，超过一次可办的 %d 人，请分几份导入。", plan->ends_n,
                      ROSTER_ENDS_MAX);
    TRY(designation_asked_read(tx, body_id, today, &w.asked));
    for (int i = 0; i < n; i++)
        TRY(write_entry(&w, i));
    for (int i = 0; i < plan->ends_n; i++)
        TRY(end_designation(&w, "give-way", plan->ends[i].designation, plan->ends[i].version,
                            plan->ends[i].unit, id_at(&w, n, i)));
    return OK;
}
