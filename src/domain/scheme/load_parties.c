#include "domain/scheme/load_priv.h"

#include "domain/organization/organization.h"
#include "domain/person/person.h"
#include "scheme.sql.h"

/* Organizations and persons of a scheme: found by name, or new. */

enum status find_id(struct load *load, const struct statement *statement, const struct value *args,
                    int n, int64_t *ret_id)
{
    struct rows rows;
    TRY(tx_run(load->tx, statement, args, n, &rows));
    *ret_id = rows.n > 0 ? value_i64(rows.cells[0]) : 0;
    return OK;
}

static struct seen *find_seen(struct load *load, const struct kind *kind, int64_t parent,
                              struct str name)
{
    for (int i = 0; i < load->seen_n; i++)
        if (load->seen[i].kind == kind && load->seen[i].parent == parent &&
            str_eq(load->seen[i].name, name))
            return &load->seen[i];
    return NULL;
}

static void add_seen(struct load *load, struct seen seen)
{
    *arena_push(load->arena, load->seen, load->seen_n, load->seen_room) = seen;
}

int64_t next_position(const struct load *load, int64_t *last)
{
    *last = load->first ? (*last / POSITION_STEP + 1) * POSITION_STEP : *last + 1;
    return *last;
}

/* --- other names: those of the file are added to what there is --- */

struct names {
    struct value *cells;
    int n, room;
};

static void add_name(struct load *load, struct names *names, struct str name, const char *kind)
{
    for (int i = 0; i < names->n; i += NAME_CELLS)
        if (str_eq(value_str(names->cells[i]), name))
            return;
    *arena_push(load->arena, names->cells, names->n, names->room) = value_text(name);
    *arena_push(load->arena, names->cells, names->n, names->room) = value_text(str_from(kind));
    *arena_push(load->arena, names->cells, names->n, names->room) = NULL_VALUE;
}

static void set_aliases(struct load *load, struct record *record, const struct scheme_party *party,
                        const struct record *was)
{
    struct names names = {0};
    const struct record_rows *old =
        was ? &was->rows[kind_field(&kind_organization, "names")] : NULL;
    for (int i = 0; old && i < old->n * NAME_CELLS; i++)
        *arena_push(load->arena, names.cells, names.n, names.room) = old->cells[i];
    for (int i = 0; party->parts_are_aliases && i < party->parts.n; i++)
        add_name(load, &names, party->parts.items[i], "second");
    for (int i = 0; i < party->aliases.n; i++)
        add_name(load, &names, party->aliases.items[i], "alias");
    if (names.n > 0)
        record_set_rows(record, "names", names.cells, names.n / NAME_CELLS);
}

static void add_seen_names(struct load *load, const struct scheme_party *party, int64_t parent,
                           int64_t id)
{
    add_seen(load, (struct seen){&kind_organization, parent, id, party->name});
    for (int i = 0; i < party->aliases.n; i++)
        add_seen(load, (struct seen){&kind_organization, parent, id, party->aliases.items[i]});
    for (int i = 0; party->parts_are_aliases && i < party->parts.n; i++)
        add_seen(load, (struct seen){&kind_organization, parent, id, party->parts.items[i]});
}

/* By its name, by another of its names, or, where somebody took the name for the misprint it was
 * held for, by the name that was hinted at. */
static enum status find_organization(struct load *load, const struct scheme_party *party,
                                     int64_t parent, int64_t *ret_id)
{
    struct value body = value_int(load->body_id), name = value_text(party->name),
                 start = value_text(load->start);
    TRY(find_id(load, parent ? &SQL_load_part : &SQL_load_organization,
                ARGS(body, name, start, value_int(parent)), ret_id));
    if (*ret_id == 0 && parent == 0)
        TRY(find_id(load, &SQL_load_alias, ARGS(body, name, start), ret_id));
    if (*ret_id == 0 && parent == 0 && party->held && party->hint.len > 0 && !load->first)
        TRY(find_id(load, &SQL_load_linked,
                    ARGS(body, value_text(party->hint), value_int(load->scheme_id)), ret_id));
    return OK;
}

/* Behind what the file named before it; what has a place in this scheme's range keeps it. */
static void place_organization(struct load *load, struct record *record, const struct record *was)
{
    int64_t range = (int64_t)SCHEME_ROWS_MAX * POSITION_STEP;
    bool own = was && was->position > load->base && was->position <= load->base + range;
    if (!was || (own && was->position == load->last_organization))
        record->position = next_position(load, &load->last_organization);
    else if (own)
        load->last_organization = was->position;
}

static void set_organization(struct load *load, struct record *record,
                             const struct scheme_party *party, int64_t parent,
                             const struct record *was)
{
    if (!was || load->of_organizations)
        record_set(record, "classification",
                   value_text(str_from(party_class_words[party->class].word)));
    if (parent != 0)
        record_set(record, "parent", value_int(parent));
    if (party->is_group || !was)
        record_set(record, "is_group", value_int(party->is_group));
    if (!was) { /* later, a person's decision stands */
        record_set(record, "name", value_text(party->name));
        record_set(record, "held", value_int(party->held));
        set_text(record, "hint", party->hint);
        record_set(record, "maybe_reorganised", value_int(party->maybe_reorganised));
        record->start_date = STR("0001-01-01"); /* it was there before the document */
    }
    set_aliases(load, record, party, was);
    place_organization(load, record, was);
}

/* What the file says of an organization itself goes with its first mention in a link: that one
 * gives it its place (ALL-order). */
static struct scheme_party with_facts(const struct load *load, const struct scheme_party *party,
                                      int64_t parent)
{
    const struct scheme *scheme = load->request->scheme;
    struct scheme_party whole = *party;
    for (int i = 0; i < scheme->organizations_n; i++) {
        const struct scheme_organization *organization = &scheme->organizations[i];
        const struct scheme_party *facts = &organization->party;
        if (!str_eq(facts->name, party->name) || (organization->parent.len > 0) != (parent != 0))
            continue;
        if (facts->aliases.n > 0)
            whole.aliases = facts->aliases;
        whole.class = facts->class;
        whole.is_group |= facts->is_group;
        whole.maybe_reorganised |= facts->maybe_reorganised;
    }
    return whole;
}

static enum status want_organization(struct load *load, const struct scheme_party *mentioned,
                                     int64_t parent, int64_t *ret_id)
{
    const struct scheme_party whole = with_facts(load, mentioned, parent), *party = &whole;
    struct seen *seen = find_seen(load, &kind_organization, parent, party->name);
    if (seen) {
        *ret_id = seen->id;
        return OK;
    }
    int64_t old;
    struct record *was = NULL;
    TRY(find_organization(load, party, parent, &old));
    if (old != 0)
        TRY(record_get(load->tx, &kind_organization, load->body_id, old, &was));
    struct record *record = record_new(load->arena, &kind_organization);
    set_organization(load, record, party, parent, was);
    TRY(want(load, record, old, ret_id));
    add_seen_names(load, party, parent, *ret_id);
    return OK;
}

static enum status want_parts(struct load *load, const struct scheme_party *party, int64_t owner)
{
    if (party->parts_are_aliases)
        return OK;
    for (int i = 0; i < party->parts.n; i++) {
        struct scheme_party part = {.name = party->parts.items[i], .class = party->class};
        int64_t id;
        TRY(want_organization(load, &part, owner, &id));
    }
    return OK;
}

static enum status want_person(struct load *load, const struct scheme_party *party, struct str end,
                               int64_t *ret_id)
{
    struct seen *seen = find_seen(load, &kind_person, 0, party->name);
    if (seen) {
        *ret_id = seen->id;
        return OK;
    }
    int64_t old;
    TRY(find_id(load, &SQL_load_person, ARGS(value_int(load->body_id), value_text(party->name)),
                &old));
    struct record *record = record_new(load->arena, &kind_person);
    record_set(record, "name", value_text(party->name));
    if (party->post.len > 0)
        set_text(record, "post", party->post);
    if (old == 0) {
        record->position = next_position(load, &load->last_person);
        record->start_date = STR("0001-01-01");
        record->end_date = end;
    }
    TRY(want(load, record, old, ret_id));
    add_seen(load, (struct seen){&kind_person, 0, *ret_id, party->name});
    return OK;
}

enum status want_side(struct load *load, const struct scheme_party *party, struct str end,
                      struct record *link, const char *organization, const char *person)
{
    int64_t id;
    bool is_person = party->class == PARTY_PERSON;
    if (is_person) {
        TRY(want_person(load, party, end, &id));
    } else {
        TRY(want_organization(load, party, 0, &id));
        TRY(want_parts(load, party, id));
    }
    const char *key = is_person ? person : organization;
    record_set(link, organization, NULL_VALUE);
    record_set(link, person, NULL_VALUE);
    record_set(link, key, value_int(id));
    link->labels[kind_field(link->kind, key)] = value_text(party->name);
    return OK;
}

enum status want_organizations(struct load *load)
{
    const struct scheme *scheme = load->request->scheme;
    for (int i = 0; i < scheme->organizations_n; i++) {
        const struct scheme_organization *organization = &scheme->organizations[i];
        int64_t parent = 0, id;
        if (organization->parent.len > 0) {
            struct scheme_party above = {.name = organization->parent,
                                         .class = organization->party.class};
            TRY(want_organization(load, &above, 0, &parent));
        }
        load->of_organizations = true;
        TRY(want_organization(load, &organization->party, parent, &id));
        load->of_organizations = false;
        TRY(want_parts(load, &organization->party, id));
    }
    return OK;
}
