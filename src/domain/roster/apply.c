#include "domain/roster/priv.h"

#include "domain/person/person.h"

struct writer {
    struct tx *tx;
    const struct roster_plan *plan;
    int64_t body_id;
    struct instant now;
    struct str today;
    const int64_t *ids;
    struct fault *fault;
};

static int64_t person_id(const struct writer *w, int index)
{
    const struct roster_entry *entry = &w->plan->roster->entries[index];
    if (entry->person != 0)
        return entry->person;
    return w->ids[2 * (entry->same_as ? entry->same_as - 1 : index)];
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

static void set_values(struct record *membership, const struct roster_entry *entry, bool all)
{
    for (int cell = CELL_POST; cell < ROSTER_CELLS; cell++)
        if (all || entry->changed[cell])
            record_set(membership, roster_cells[cell].word,
                       value_text_or_null(entry->values[cell]));
}

static enum status add_membership(const struct writer *w, int index)
{
    const struct roster_entry *entry = &w->plan->roster->entries[index];
    struct record *membership = record_new(tx_arena(w->tx), &kind_membership);
    membership->body_id = w->body_id;
    membership->id = w->ids[2 * index + 1];
    record_set(membership, "person", value_int(person_id(w, index)));
    record_set(membership, "organization", value_int(entry->unit_id));
    record_set(membership, "role", value_text(str_from(roster_roles[entry->role].word)));
    set_values(membership, entry, true);
    membership->start_date = w->today;
    membership->dates_given = true;
    return record_add(w->tx, membership, w->now, w->fault);
}

static enum status end_membership(const struct writer *w, int64_t id, int64_t version,
                                  struct str start_date)
{
    struct record *membership = record_new(tx_arena(w->tx), &kind_membership);
    membership->body_id = w->body_id;
    membership->id = id;
    membership->version = version;
    membership->start_date = start_date;
    membership->end_date = w->today;
    membership->dates_given = true;
    return record_change(w->tx, membership, w->now, w->fault);
}

static enum status change_membership(const struct writer *w, const struct roster_entry *entry)
{
    struct record *membership = record_new(tx_arena(w->tx), &kind_membership);
    membership->body_id = w->body_id;
    membership->id = entry->held;
    membership->version = entry->held_version;
    set_values(membership, entry, false);
    return record_change(w->tx, membership, w->now, w->fault);
}

static enum status write_entry(const struct writer *w, int index)
{
    const struct roster_entry *entry = &w->plan->roster->entries[index];
    if (entry->act == ROSTER_CHANGE && !entry->replaces)
        return change_membership(w, entry);
    if (entry->act == ROSTER_BAD || entry->act == ROSTER_SAME)
        return OK;
    if (entry->replaces)
        TRY(end_membership(w, entry->held, entry->held_version, entry->held_start));
    if (entry->person == 0 && entry->same_as == 0)
        TRY(add_person(w, index));
    return add_membership(w, index);
}

enum status roster_plan_apply(struct tx *tx, const struct roster_plan *plan, int64_t body_id,
                              struct instant now, const int64_t *ids, struct fault *fault)
{
    struct str today = date_format(tx_arena(tx), instant_date(now, ZONE_CHINA_MIN));
    struct writer w = {tx, plan, body_id, now, today, ids, fault};
    for (int i = 0; i < plan->roster->n; i++)
        TRY(write_entry(&w, i));
    for (int i = 0; i < plan->ends_n; i++)
        TRY(end_membership(&w, plan->ends[i].membership, plan->ends[i].version,
                           plan->ends[i].start_date));
    return OK;
}
