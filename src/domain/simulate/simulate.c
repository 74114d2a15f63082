#include "domain/simulate/priv.h"

#include "base/id.h"
#include "body.sql.h"
#include "domain/designation/designation.h"
#include "domain/link/link.h"
#include "domain/organization/organization.h"
#include "domain/person/person.h"
#include "domain/scheme/load.h"
#include "domain/scheme/scheme_kinds.h"

enum {
    SLICE_UNITS = 1200,           /* with their people and links some 2,000 records */
    POSITION_FIRST = 2000000,     /* behind what the document brought */
    POSITION_COMMITTEE = 4 << 20, /* links stand committee by committee, as documents list them */
    HALF_DAY_MS = 43200000,
    SLUG_MAX = 40,
};
static const struct date day_made = {2022, 1, 4};

struct simulation {
    const struct simulate_options *options;
    struct clock clock;
    struct id_maker ids; /* as of the end of the last slice */
    int64_t body_id, scheme_id;
    int64_t committees[COMMITTEES_N];
    int64_t fixed_n; /* organizations of the document */
    struct simulate_result done;
};

/* --- one unit with what hangs on it --- */

/* What one slice writes; counted anew when it is run again. */
struct slice {
    struct simulation *simulation;
    int64_t first, end; /* units */
    struct tx *tx;
    struct id_maker ids;
    struct simulate_result done;
    int64_t owner; /* the last unit that may have sub-units */
    struct fault *fault;
};

static enum status add(struct slice *slice, struct record *record)
{
    record->body_id = slice->simulation->body_id;
    record->id = id_next(&slice->ids);
    return record_add(slice->tx, record, clock_now(&slice->simulation->clock), slice->fault);
}

/* By the step that a roster takes. */
static enum status import(struct slice *slice, struct record *named)
{
    int64_t id = id_next(&slice->ids);
    struct flow_act act = {.kind = named->kind,
                           .body_id = named->body_id,
                           .id = named->id,
                           .action = "import",
                           .now = clock_now(&slice->simulation->clock),
                           .ids = &id,
                           .ids_n = 1};
    return flow_make(slice->tx, &act, named, slice->fault);
}

struct unit {
    int64_t i, id;
    struct site site;
    struct unit_name name;
    bool is_part, is_group, is_held, is_reorganised, is_ended, has_alias, has_former;
};

/* Of 1,000 units so many … */
static struct unit unit_at(const struct slice *slice, struct arena *arena, int64_t i)
{
    const struct simulate_options *options = slice->simulation->options;
    struct unit unit = {.i = i,
                        .site = site_of(i, options->organizations - slice->simulation->fixed_n)};
    int64_t kind = draw(options->seed, i, DRAW_KIND, 1000);
    unit.name = unit_name(arena, options->seed, unit.site);
    unit.is_part = kind < 120 && slice->owner != 0;
    unit.is_group = kind >= 120 && kind < 130;
    unit.is_held = kind >= 130 && kind < 132;
    unit.is_reorganised = kind >= 132 && kind < 137;
    unit.is_ended = kind >= 137 && kind < 157;
    unit.has_alias = kind % 10 == 9 && unit.name.short_name.len > 0;
    unit.has_former = kind % 25 == 24;
    if (unit.is_part)
        unit.name.name = part_name(arena, options->seed, unit.site);
    else if (unit.is_group)
        unit.name.name = group_name(arena, options->seed, unit.site);
    return unit;
}

static void set_names(struct arena *arena, struct record *record, const struct unit *unit)
{
    struct value *cells = arena_new(arena, struct value, 2 * NAME_CELLS);
    int n = 0;
    if (unit->has_alias) {
        cells[n + NAME_TEXT] = value_text(unit->name.short_name);
        cells[n + NAME_KIND] = value_text(STR("alias"));
        n += NAME_CELLS;
    }
    if (unit->has_former) {
        cells[n + NAME_TEXT] = value_text(str_fmt(arena, "原%.*s", STR_ARG(unit->name.name)));
        cells[n + NAME_KIND] = value_text(STR("former"));
        n += NAME_CELLS;
    }
    if (n > 0)
        record_set_rows(record, "names", cells, n / NAME_CELLS);
}

static enum status add_organization(struct slice *slice, struct unit *unit)
{
    struct arena *arena = tx_arena(slice->tx);
    struct record *record = record_new(arena, &kind_organization);
    record_set(record, "name", value_text(unit->name.name));
    record_set(record, "classification", value_text(str_from(unit->name.class)));
    record_set(record, "is_group", value_int(unit->is_group));
    record_set(record, "held", value_int(unit->is_held));
    record_set(record, "maybe_reorganised", value_int(unit->is_reorganised));
    if (unit->is_part)
        record_set(record, "parent", value_int(slice->owner));
    if (unit->is_held)
        record_set(record, "hint",
                   value_text(str_fmt(arena, "%.*s（待核）", STR_ARG(unit->name.name))));
    if (!unit->is_part && !unit->is_group)
        set_names(arena, record, unit);
    record->position = POSITION_FIRST + unit->i;
    if (unit->is_ended)
        record->end_date = STR("2021-12-31");
    TRY(add(slice, record));
    unit->id = record->id;
    slice->done.organizations++;
    return OK;
}

static enum status add_person(struct slice *slice, const struct unit *unit)
{
    struct arena *arena = tx_arena(slice->tx);
    struct record *person = record_new(arena, &kind_person);
    record_set(person, "name",
               value_text(person_name(arena, slice->simulation->options->seed, unit->i)));
    record_set(person, "post", value_text(STR("办公室主任")));
    person->position = POSITION_FIRST + unit->i;
    TRY(add(slice, person));
    struct record *named = record_new(arena, &kind_designation);
    named->body_id = slice->simulation->body_id;
    named->id = id_next(&slice->ids);
    record_set(named, "person", value_int(person->id));
    record_set(named, "name", record_value(person, "name"));
    record_set(named, "organization", value_int(unit->id));
    record_set(named, "role", value_text(STR("liaison")));
    record_set(named, "label", value_text(STR("联络员")));
    record_set(named, "section", value_text(STR("办公室")));
    named->position = POSITION_FIRST + unit->i;
    named->start_date = STR("2022-01-04");
    slice->done.people++;
    return import(slice, named);
}

static enum status add_link(struct slice *slice, const struct unit *unit, int64_t committee,
                            const char *kind)
{
    struct record *link = record_new(tx_arena(slice->tx), &kind_link);
    record_set(link, "kind", value_text(str_from(kind)));
    record_set(link, "from_organization", value_int(slice->simulation->committees[committee]));
    record_set(link, "to_organization", value_int(unit->id));
    record_set(link, "scheme", value_int(slice->simulation->scheme_id));
    record_set(link, "clause", value_text(STR("二")));
    link->position = POSITION_FIRST + committee * POSITION_COMMITTEE + unit->i;
    link->start_date = STR("2022-01-04");
    slice->done.links++;
    return add(slice, link);
}

/* Two of three units are linked, one of twenty with a second committee. */
static enum status add_links(struct slice *slice, const struct unit *unit)
{
    int64_t seed = slice->simulation->options->seed;
    int64_t committee = draw(seed, unit->i, DRAW_LINK, COMMITTEES_N * 3);
    int64_t second = draw(seed, unit->i, DRAW_SECOND_LINK, COMMITTEES_N * 20);
    if (committee < COMMITTEES_N * 2)
        TRY(add_link(slice, unit, committee % COMMITTEES_N, "fixed"));
    if (second < COMMITTEES_N && second != committee % COMMITTEES_N)
        TRY(add_link(slice, unit, second, "working"));
    return OK;
}

static enum status add_unit(struct slice *slice, int64_t i)
{
    struct unit unit = unit_at(slice, tx_arena(slice->tx), i);
    TRY(add_organization(slice, &unit));
    if (unit.is_part || unit.is_ended)
        return OK;
    if (!unit.is_group) {
        slice->owner = unit.id;
        if (draw(slice->simulation->options->seed, i, DRAW_PERSON, 20) == 0)
            TRY(add_person(slice, &unit));
    }
    return add_links(slice, &unit);
}

static enum status write_slice(struct tx *tx, void *context, struct fault *fault)
{
    struct slice *slice = context;
    slice->tx = tx;
    slice->ids = slice->simulation->ids;
    slice->done = slice->simulation->done;
    slice->owner = 0;
    slice->fault = fault;
    for (int64_t i = slice->first; i < slice->end; i++) {
        struct arena_mark mark = arena_mark(tx_arena(tx));
        TRY(add_unit(slice, i));
        arena_rewind(tx_arena(tx), mark);
    }
    return OK;
}

/* --- the whole --- */

/* Ids of what the document brought. */
static void take_ids(struct simulation *simulation, const struct load_plan *plan)
{
    int committees = 0;
    simulation->body_id = plan->body_id;
    for (int i = 0; i < plan->n; i++) {
        const struct record *record = plan->items[i].record;
        if (record->kind == &kind_scheme)
            simulation->scheme_id = record->id;
        if (record->kind != &kind_organization)
            continue;
        simulation->fixed_n++;
        if (str_is(value_str(record_value(record, "classification")), "committee"))
            simulation->committees[committees++] = record->id;
    }
    simulation->done.organizations = simulation->fixed_n;
}

static enum status write_document(struct store *store, struct arena *arena,
                                  struct simulation *simulation, struct fault *fault)
{
    struct load_plan plan;
    struct load_request request = {.scheme = simulated_scheme(arena, simulation->options->slug),
                                   .on = day_made,
                                   .ids = &simulation->ids};
    struct actor actor = actor_named("模拟", clock_now(&simulation->clock));
    TRY(load_scheme(store, arena, &request, &actor, &plan, fault));
    take_ids(simulation, &plan);
    return OK;
}

static enum status refuse_known(struct store *store, struct arena *arena, struct str slug,
                                struct fault *fault)
{
    struct tx *tx;
    struct rows rows;
    TRY(store_read(store, arena, &tx));
    enum status status = tx_run(tx, &SQL_body_by_slug, ARGS(value_text(slug)), &rows);
    store_read_end(tx);
    TRY(status);
    if (rows.n > 0)
        return refuse(arena, fault, CONFLICT, "body",
                      "数据库里已有地址为“%.*s”的组织，请用 --body 换一个地址，或换一个数据库。",
                      STR_ARG(slug));
    return OK;
}

static enum status check_options(struct arena *arena, const struct simulate_options *options,
                                 struct fault *fault)
{
    if (options->organizations < SIMULATE_LEAST || options->organizations > SIMULATE_MOST)
        return refuse(arena, fault, INVALID, "organizations",
                      "模拟的单位数应在 %d 到 %d 之间，现在是 %lld。", SIMULATE_LEAST,
                      SIMULATE_MOST, (long long)options->organizations);
    if (options->slug.len > SLUG_MAX)
        return refuse(arena, fault, INVALID, "body", "地址名最多 %d 个字符，请缩短。", SLUG_MAX);
    return OK;
}

/* A slice a time, from where the last one ended. */
static enum status write_units(struct store *store, struct arena *arena,
                               struct simulation *simulation, struct fault *fault)
{
    const struct simulate_options *options = simulation->options;
    int64_t units = options->organizations - simulation->fixed_n;
    struct actor actor = actor_named("模拟", clock_now(&simulation->clock));
    for (int64_t first = 0; first < units && !simulation->done.stopped; first += SLICE_UNITS) {
        struct arena_mark mark = arena_mark(arena);
        struct slice slice = {.simulation = simulation,
                              .first = first,
                              .end = first + SLICE_UNITS < units ? first + SLICE_UNITS : units};
        TRY(store_write(store, arena, simulation->body_id, WRITE_LONG, &actor, write_slice, &slice,
                        fault));
        arena_rewind(arena, mark);
        simulation->ids = slice.ids;
        simulation->done = slice.done;
        simulation->done.stopped = !options->progress(
            options->context, simulation->done.organizations, options->organizations);
    }
    return OK;
}

enum status simulate(struct store *store, struct arena *arena,
                     const struct simulate_options *options, struct simulate_result *ret_result,
                     struct fault *fault)
{
    TRY(check_options(arena, options, fault));
    TRY(refuse_known(store, arena, options->slug, fault));
    /* Bodies of other addresses in the same database get other ids. */
    uint64_t hash = str_hash(options->slug);
    struct simulation simulation = {.options = options, .clock = clock_at(day_made)};
    simulation.clock.fixed_us += (int64_t)(hash % HALF_DAY_MS) * 1000;
    simulation.ids = (struct id_maker){.clock = &simulation.clock, .node = (int)(hash >> 54)};
    TRY(write_document(store, arena, &simulation, fault));
    TRY(write_units(store, arena, &simulation, fault));
    *ret_result = simulation.done;
    return OK;
}
