#include "domain/roster/priv.h"

#include <stdlib.h>

#include "designation.sql.h"
#include "roster.sql.h"
#include "text/text.h"

enum { UNIT_ENTRIES_MAX = 200 };

/* A designation of the unit at hand, past or present. */
struct holder {
    int64_t designation, version, person;
    int role; /* -1: none of ours */
    bool active, taken;
    struct str values[ROSTER_CELLS], start_date;
};

struct planner {
    struct tx *tx;
    struct arena *arena;
    const struct body_info *body;
    struct str today;
    struct roster_entry *entries;
    struct roster_plan *plan;
    /* of the unit at hand */
    const int *order; /* its entries, in the order of the file */
    int n;
    struct holder *holders;
    int holders_n;
};

#define FAULT_AT(entry, cell, ...) ((entry)->faults[(cell)] = str_fmt(p->arena, __VA_ARGS__))

static struct roster_entry *entry_at(const struct planner *p, int i)
{
    return &p->entries[p->order[i]];
}

/* --- who is or was there --- */

static struct holder holder_of_row(const struct planner *p, const struct rows *rows, int r)
{
    struct holder holder = {.designation = value_i64(rows_at(rows, r, 0)),
                            .version = value_i64(rows_at(rows, r, 1)),
                            .person = value_i64(rows_at(rows, r, 2)),
                            .role = designation_role(value_str(rows_at(rows, r, 4))),
                            .start_date = value_str(rows_at(rows, r, 9))};
    holder.values[CELL_NAME] = value_str(rows_at(rows, r, 3));
    for (int cell = CELL_POST; cell < ROSTER_CELLS; cell++)
        holder.values[cell] = value_str(rows_at(rows, r, 5 + cell - CELL_POST));
    holder.active = str_cmp(holder.start_date, p->today) <= 0 &&
                    str_cmp(value_str(rows_at(rows, r, 10)), p->today) > 0;
    return holder;
}

/* Others of the unit, by name: whoever is there under another title is the same person. */
static enum status person_elsewhere(const struct planner *p, const struct roster_entry *entry,
                                    int64_t *ret_person, int *ret_n)
{
    struct rows rows;
    TRY(tx_run(p->tx, &SQL_designation_members,
               ARGS(value_int(p->body->id), value_int(entry->unit_id),
                    value_text(entry->values[CELL_NAME])),
               &rows));
    *ret_n = rows.n;
    *ret_person = rows.n > 0 ? value_i64(rows_at(&rows, 0, 0)) : 0;
    return OK;
}

static enum status read_holders(struct planner *p, int64_t unit_id)
{
    struct rows rows;
    TRY(tx_run(p->tx, &SQL_roster_people, ARGS(value_int(p->body->id), value_int(unit_id)), &rows));
    p->holders = arena_new(p->arena, struct holder, rows.n);
    p->holders_n = rows.n;
    for (int r = 0; r < rows.n; r++)
        p->holders[r] = holder_of_row(p, &rows, r);
    return OK;
}

/* --- entries among themselves --- */

static void check_pair(struct planner *p, const struct roster_entry *first,
                       struct roster_entry *second)
{
    struct str name = second->values[CELL_NAME], mobile = first->values[CELL_MOBILE];
    if (name.len == 0 || !str_eq(first->values[CELL_NAME], name))
        return;
    if (first->role == second->role)
        FAULT_AT(second, CELL_NAME, "与第 %d 行重复（同一单位、同一身份、同一姓名），请删去一行。",
                 first->line);
    else if (mobile.len > 0 && second->values[CELL_MOBILE].len > 0 &&
             !str_eq(mobile, second->values[CELL_MOBILE]))
        FAULT_AT(second, CELL_MOBILE,
                 "“%.*s”的手机与第 %d 行不同，请核对；如果是同名的两个人，请在名录中登记后一位。",
                 STR_ARG(name), first->line);
}

static void check_unit_entries(struct planner *p)
{
    for (int i = 0; i < p->n; i++) {
        if (i >= UNIT_ENTRIES_MAX)
            FAULT_AT(entry_at(p, i), CELL_UNIT, "同一单位超过 %d 人，请核对“单位”一列。",
                     UNIT_ENTRIES_MAX);
        for (int k = 0; k < i && i < UNIT_ENTRIES_MAX; k++)
            if (!roster_entry_is_bad(entry_at(p, k)) && !roster_entry_is_bad(entry_at(p, i)))
                check_pair(p, entry_at(p, k), entry_at(p, i));
    }
}

/* --- who an entry is: by name within the unit (features A9) --- */

enum clue { CLUE_NAME, CLUE_ROLE, CLUE_MOBILE };

/* Of those of this name the only one the clue fits; *ret_n how many it fits. */
static int64_t person_by(const struct planner *p, const struct roster_entry *entry, enum clue clue,
                         int *ret_n)
{
    int64_t found = 0;
    *ret_n = 0;
    for (int i = 0; i < p->holders_n; i++) {
        const struct holder *holder = &p->holders[i];
        bool fits = str_eq(holder->values[CELL_NAME], entry->values[CELL_NAME]);
        if (clue == CLUE_ROLE)
            fits = fits && holder->active && holder->role == entry->role;
        if (clue == CLUE_MOBILE)
            fits = fits && entry->values[CELL_MOBILE].len > 0 &&
                   str_eq(holder->values[CELL_MOBILE], entry->values[CELL_MOBILE]);
        if (!fits || holder->person == found)
            continue;
        ++*ret_n;
        found = holder->person;
    }
    return found;
}

static enum status identify(struct planner *p, int index)
{
    struct roster_entry *entry = entry_at(p, index);
    int n, same;
    entry->person = person_by(p, entry, CLUE_NAME, &n);
    if (n == 0)
        TRY(person_elsewhere(p, entry, &entry->person, &n));
    for (int clue = CLUE_ROLE; n > 1 && clue <= CLUE_MOBILE; clue++) {
        int64_t person = person_by(p, entry, (enum clue)clue, &same);
        if (same == 1) {
            entry->person = person;
            n = 1;
        }
    }
    if (n > 1)
        FAULT_AT(entry, CELL_NAME, "这个单位登记过几位“%.*s”，分不清是哪一位，请在名录中直接修改。",
                 STR_ARG(entry->values[CELL_NAME]));
    for (int k = 0; n == 0 && k < index; k++)
        if (!roster_entry_is_bad(entry_at(p, k)) && entry_at(p, k)->same_as == 0 &&
            str_eq(entry_at(p, k)->values[CELL_NAME], entry->values[CELL_NAME])) {
            entry->same_as = 1 + p->order[k];
            break;
        }
    return OK;
}

/* --- what an entry does --- */

static void note_changes(struct roster_entry *entry, const struct holder *holder)
{
    for (int cell = CELL_NAME; cell < ROSTER_CELLS; cell++) {
        struct str old = holder->values[cell], now = entry->values[cell];
        bool kept = now.len == 0 && !entry->replaces; /* a blank cell changes nothing */
        entry->changed[cell] = !kept && !str_eq(now, old);
        if (entry->changed[cell])
            entry->old[cell] = old;
    }
}

static void hold(struct roster_entry *entry, struct holder *holder, bool replaces)
{
    holder->taken = true;
    entry->held = holder->designation;
    entry->held_version = holder->version;
    entry->held_start = holder->start_date;
    entry->replaces = replaces;
    note_changes(entry, holder);
    entry->act = ROSTER_SAME;
    for (int cell = 0; cell < ROSTER_CELLS; cell++)
        if (entry->changed[cell])
            entry->act = ROSTER_CHANGE;
}

static bool is_of_role(const struct roster_entry *entry, int role)
{
    return entry->role == role && !roster_entry_is_bad(entry);
}

static bool holds(const struct holder *holder, int role)
{
    return holder->active && !holder->taken && holder->role == role;
}

/* A bad row may be about this holder: then nobody takes that place until it is mended. */
static bool is_protected(const struct planner *p, const struct holder *holder)
{
    for (int i = 0; i < p->n; i++) {
        const struct roster_entry *entry = entry_at(p, i);
        struct str name = entry->values[CELL_NAME];
        bool concerns = entry->role < 0 || entry->role == holder->role;
        if (roster_entry_is_bad(entry) && concerns &&
            (name.len == 0 || str_eq(name, holder->values[CELL_NAME])))
            return true;
    }
    return false;
}

static void end_holder(struct planner *p, const struct roster_entry *entry,
                       const struct holder *holder)
{
    struct roster_plan *plan = p->plan;
    *arena_push(p->arena, plan->ends, plan->ends_n, plan->ends_room) =
        (struct roster_end){.designation = holder->designation,
                            .version = holder->version,
                            .unit_id = entry->unit_id,
                            .role = holder->role,
                            .start_date = holder->start_date,
                            .unit = entry->unit_name,
                            .name = holder->values[CELL_NAME]};
}

/* The people of one role: kept, changed, replaced, added, ended. */
static void match_role(struct planner *p, int role)
{
    struct roster_entry *last = NULL;
    for (int i = 0; i < p->n; i++) {
        struct roster_entry *entry = entry_at(p, i);
        if (!is_of_role(entry, role))
            continue;
        last = entry;
        for (int h = 0; h < p->holders_n && entry->held == 0; h++)
            if (holds(&p->holders[h], role) && p->holders[h].person == entry->person)
                hold(entry, &p->holders[h], false);
    }
    for (int i = 0; i < p->n; i++) {
        struct roster_entry *entry = entry_at(p, i);
        if (!is_of_role(entry, role) || entry->held != 0)
            continue;
        entry->act = ROSTER_ADD;
        for (int h = 0; h < p->holders_n && entry->held == 0; h++)
            if (holds(&p->holders[h], role) && !is_protected(p, &p->holders[h]))
                hold(entry, &p->holders[h], true);
    }
    for (int h = 0; last && h < p->holders_n; h++)
        if (holds(&p->holders[h], role) && !is_protected(p, &p->holders[h]))
            end_holder(p, last, &p->holders[h]);
}

static enum status plan_unit(struct planner *p)
{
    TRY(read_holders(p, entry_at(p, 0)->unit_id));
    check_unit_entries(p);
    for (int i = 0; i < p->n; i++)
        if (!roster_entry_is_bad(entry_at(p, i)))
            TRY(identify(p, i));
    for (int role = 0; role < NAMED_ROLES; role++)
        match_role(p, role);
    return OK;
}

/* --- the whole --- */

static enum status find_units(struct planner *p, int n, struct date today)
{
    struct units *units = roster_units_open(p->tx, p->body, today);
    for (int i = 0; i < n; i++) {
        struct roster_entry *entry = &p->entries[i];
        struct unit unit;
        if (entry->values[CELL_UNIT].len == 0)
            continue;
        TRY(roster_units_find(units, entry->values[CELL_UNIT], &unit));
        entry->unit_id = unit.id;
        entry->unit_name = unit.name;
        if (unit.fault.len > 0 && entry->faults[CELL_UNIT].len == 0)
            entry->faults[CELL_UNIT] = unit.fault;
    }
    return OK;
}

static int by_unit(const void *a, const void *b, void *context)
{
    const struct roster_entry *entries = context;
    int i = *(const int *)a, k = *(const int *)b;
    int64_t x = entries[i].unit_id, y = entries[k].unit_id;
    return x != y ? (x > y) - (x < y) : (i > k) - (i < k);
}

static void clear(struct roster *roster)
{
    for (int i = 0; i < roster->n; i++) {
        struct roster_entry *entry = &roster->entries[i], kept = *entry;
        *entry = (struct roster_entry){
            .file = kept.file, .line = kept.line, .unit_from_above = kept.unit_from_above};
        memcpy(entry->cells, kept.cells, sizeof entry->cells);
    }
}

static uint64_t mix(uint64_t hash, int64_t value)
{
    for (int shift = 0; shift < 64; shift += 8)
        hash = (hash ^ (uint8_t)((uint64_t)value >> shift)) * 1099511628211u;
    return hash;
}

static void sum_up(struct roster_plan *plan)
{
    const struct roster *roster = plan->roster;
    uint64_t hash = 14695981039346656037u;
    for (int i = 0; i < roster->n; i++) {
        const struct roster_entry *entry = &roster->entries[i];
        plan->counts[entry->act]++;
        const int64_t facts[] = {i,           entry->act,          entry->unit_id, entry->person,
                                 entry->held, entry->held_version, entry->replaces};
        for (size_t k = 0; k < sizeof facts / sizeof *facts; k++)
            hash = mix(hash, facts[k]);
    }
    for (int i = 0; i < plan->ends_n; i++)
        hash = mix(mix(hash, plan->ends[i].designation), plan->ends[i].version);
    plan->digest = hash;
}

enum status roster_plan_make(struct tx *tx, const struct body_info *body, struct date today,
                             struct roster *roster, struct roster_plan *ret_plan)
{
    struct arena *arena = tx_arena(tx);
    struct roster_plan plan = {.roster = roster};
    struct planner p = {.tx = tx,
                        .arena = arena,
                        .body = body,
                        .today = date_format(arena, today),
                        .entries = roster->entries,
                        .plan = &plan};
    int n = roster->n, from = 0;
    clear(roster);
    roster_check(arena, roster);
    TRY(find_units(&p, n, today));
    int *order = arena_new(arena, int, n);
    for (int i = 0; i < n; i++)
        order[i] = i;
    qsort_r(order, (size_t)n, sizeof *order, by_unit, roster->entries);
    while (from < n) {
        int to = from;
        int64_t unit_id = roster->entries[order[from]].unit_id;
        while (to < n && roster->entries[order[to]].unit_id == unit_id)
            to++;
        p.order = order + from;
        p.n = to - from;
        if (unit_id != 0)
            TRY(plan_unit(&p));
        from = to;
    }
    sum_up(&plan);
    *ret_plan = plan;
    return OK;
}
