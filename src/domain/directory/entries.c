#include "domain/directory/priv.h"

#include "directory.sql.h"
#include "domain/link/link.h"
#include "domain/organization/organization.h"
#include "domain/person/person.h"
#include "text/text.h"

/* Columns of directory_links and directory_of, in order. */
enum {
    AT_ID,
    AT_KIND,
    AT_CLAUSE,
    AT_DECLARED,
    AT_POSITION,
    AT_FROM,
    AT_FROM_NAME,
    AT_FROM_PERSON,
    AT_FROM_POST,
    AT_FROM_CLASS,
    AT_FROM_HELD,
    AT_FROM_HINT,
    AT_TO,
    AT_TO_NAME,
    AT_TO_PERSON,
    AT_TO_CLASS,
    AT_IS_GROUP,
    AT_HELD,
    AT_HINT,
    AT_REORGANISED,
    AT_TO_POSITION,
    AT_DOCUMENT,
    AT_SCHEME
};

static struct entry entry_of(const struct value *row)
{
    return (struct entry){
        .id = value_i64(row[AT_ID]),
        .position = value_i64(row[AT_POSITION]),
        .to_position = value_i64(row[AT_TO_POSITION]),
        .kind = value_str(row[AT_KIND]),
        .clause = value_str(row[AT_CLAUSE]),
        .post = value_str(row[AT_FROM_POST]),
        .scheme = value_str(row[AT_SCHEME]),
        .declared_count = row[AT_DECLARED].kind == VALUE_INT ? row[AT_DECLARED].i : -1,
        .document = value_i64(row[AT_DOCUMENT]),
        .from = {.id = value_i64(row[AT_FROM]),
                 .name = value_str(row[AT_FROM_NAME]),
                 .hint = value_str(row[AT_FROM_HINT]),
                 .class = value_str(row[AT_FROM_CLASS]),
                 .is_person = row[AT_FROM_PERSON].kind == VALUE_INT,
                 .held = value_i64(row[AT_FROM_HELD])},
        .to = {.id = value_i64(row[AT_TO]),
               .name = value_str(row[AT_TO_NAME]),
               .hint = value_str(row[AT_HINT]),
               .class = value_str(row[AT_TO_CLASS]),
               .is_person = row[AT_TO_PERSON].kind == VALUE_INT,
               .is_group = value_i64(row[AT_IS_GROUP]),
               .held = value_i64(row[AT_HELD]),
               .maybe_reorganised = value_i64(row[AT_REORGANISED])},
    };
}

/* --- names in brackets: sub-units, and second names of the same unit (YY22-2b) --- */

/* A body with few of them gives them all in one go; else they are asked for by their owners, up to
 * IDS_MAX in one statement. */
enum { FEW_ROWS = 300, FEW_OWNERS = 8, IDS_MAX = 500 };

/* A run of entries: those whose ids went into one statement. */
struct run {
    struct entries *entries;
    int first, end;
};

static void add_part(struct call *call, const struct run *run, int64_t owner, struct str name)
{
    for (int i = run->first; i < run->end; i++) {
        struct entry *entry = &run->entries->items[i];
        if (entry->to.is_person || entry->to.id != owner)
            continue;
        entry->parts = entry->parts.len == 0 ? name
                                             : str_fmt(call->arena, "%.*s、%.*s",
                                                       STR_ARG(entry->parts), STR_ARG(name));
    }
}

/* Rows of owner, name and, for other names, their kind: aliases are found, not shown. */
static void add_rows(struct call *call, const struct run *run, const struct rows *rows)
{
    for (int i = 0; i < rows->n; i++)
        if (rows->columns_n < 3 || str_is(value_str(rows_at(rows, i, 2)), "second"))
            add_part(call, run, value_i64(rows_at(rows, i, 0)), value_str(rows_at(rows, i, 1)));
}

static enum status load_by_owner(struct call *call, const struct statement *statement, int fixed,
                                 struct value *args, const struct run *run)
{
    int at = fixed;
    for (int i = run->first; i < run->end; i++)
        if (!run->entries->items[i].to.is_person)
            args[at++] = value_int(run->entries->items[i].to.id);
    struct rows rows;
    TRY(tx_run(call->tx, statement, args, at, &rows));
    add_rows(call, run, &rows);
    return OK;
}

/* `all` gives at most FEW_ROWS + 1 rows: with more, the owners are asked for instead. */
static enum status load_names(struct call *call, const struct statement *all,
                              const struct statement *by_owner, struct value day,
                              struct entries *entries)
{
    struct value *args = arena_new(call->arena, struct value, IDS_MAX + 3);
    int fixed = 0;
    args[fixed++] = value_int(call->body.id);
    if (day.kind == VALUE_TEXT)
        args[fixed++] = day;
    if (entries->n > FEW_OWNERS) {
        struct run run = {entries, 0, entries->n};
        struct rows rows;
        args[fixed] = value_int(FEW_ROWS + 1);
        TRY(tx_run(call->tx, all, args, fixed + 1, &rows));
        if (rows.n <= FEW_ROWS) {
            add_rows(call, &run, &rows);
            return OK;
        }
    }
    for (int first = 0; first < entries->n; first += IDS_MAX) {
        int end = first + IDS_MAX < entries->n ? first + IDS_MAX : entries->n;
        struct run run = {entries, first, end};
        TRY(load_by_owner(call, by_owner, fixed, args, &run));
    }
    return OK;
}

static enum status load_parts(struct call *call, struct date on, struct entries *entries)
{
    TRY(load_names(call, &SQL_directory_all_names, &SQL_directory_second_names, NULL_VALUE,
                   entries));
    return load_names(call, &SQL_directory_all_parts, &SQL_directory_parts,
                      value_text(date_format(call->arena, on)), entries);
}

static enum status take(struct call *call, struct date on, const struct rows *rows,
                        struct entries *ret_entries)
{
    ret_entries->more = rows->n > DIRECTORY_MAX;
    ret_entries->n = ret_entries->more ? DIRECTORY_MAX : rows->n;
    ret_entries->items = arena_new(call->arena, struct entry, ret_entries->n);
    for (int i = 0; i < ret_entries->n; i++)
        ret_entries->items[i] = entry_of(rows->cells + i * rows->columns_n);
    if (ret_entries->more)
        ret_entries->next = ret_entries->items[ret_entries->n - 1].position + 1;
    TRY(entries_former_names(call, on, ret_entries));
    return load_parts(call, on, ret_entries);
}

static bool is_own(const struct viewer *viewer, const struct side *side)
{
    bool own = false;
    for (int i = 0; i < viewer->own_n; i++)
        own = own || side->id == viewer->own[i];
    return own && !side->is_person;
}

/* Of an organization that he sees, those links that are not his are not his to see. */
static void keep_own(struct call *call, struct entries *entries)
{
    int kept = 0;
    if (viewer_sees_body(&call->viewer, call->body.id))
        return;
    for (int i = 0; i < entries->n; i++)
        if (is_own(&call->viewer, &entries->items[i].from) ||
            is_own(&call->viewer, &entries->items[i].to))
            entries->items[kept++] = entries->items[i];
    entries->n = kept;
}

enum status entries_of(struct call *call, int64_t organization, struct date on,
                       struct entries *ret_entries)
{
    struct rows rows;
    TRY(tx_run(call->tx, &SQL_directory_of,
               ARGS(value_int(call->body.id), value_int(organization),
                    value_text(date_format(call->arena, on)), value_int(DIRECTORY_MAX + 1)),
               &rows));
    TRY(take(call, on, &rows, ret_entries));
    keep_own(call, ret_entries);
    return OK;
}

static enum status load_page(struct call *call, struct date on, int64_t first_position,
                             struct entries *ret_entries)
{
    struct rows rows;
    *ret_entries = (struct entries){0};
    if (!viewer_sees_body(&call->viewer, call->body.id)) /* his own links, and there they end */
        return entries_of(call, call->viewer.seat.organization, on, ret_entries);
    TRY(tx_run(call->tx, &SQL_directory_links,
               ARGS(value_int(call->body.id), value_text(date_format(call->arena, on)),
                    value_int(first_position), value_int(DIRECTORY_MAX + 1)),
               &rows));
    return take(call, on, &rows, ret_entries);
}

/* --- what was typed --- */

struct matcher {
    struct call *call;
    struct str folded;
    struct rows found; /* organization, parent */
};

static bool is_found(const struct matcher *matcher, int64_t id)
{
    for (int i = 0; i < matcher->found.n; i++)
        if (value_i64(rows_at(&matcher->found, i, 0)) == id ||
            value_i64(rows_at(&matcher->found, i, 1)) == id)
            return true;
    return false;
}

static bool side_matches(const struct matcher *matcher, const struct side *side)
{
    return str_has(text_fold(matcher->call->arena, side->name), matcher->folded) ||
           (!side->is_person && is_found(matcher, side->id));
}

static void keep_matching(const struct matcher *matcher, struct entries *entries)
{
    int kept = 0;
    for (int i = 0; i < entries->n; i++) {
        struct entry *entry = &entries->items[i];
        if (side_matches(matcher, &entry->from) || side_matches(matcher, &entry->to) ||
            str_has(text_fold(matcher->call->arena, entry->parts), matcher->folded))
            entries->items[kept++] = *entry;
    }
    entries->n = kept;
}

enum status entries_load(struct call *call, struct date on, int64_t first_position,
                         struct str typed, struct entries *ret_entries)
{
    struct matcher matcher = {.call = call, .folded = text_fold(call->arena, typed)};
    TRY(load_page(call, on, first_position, ret_entries));
    if (matcher.folded.len == 0)
        return OK;
    struct str last = str_fmt(call->arena, "%.*s\xF4\x8F\xBF\xBF", STR_ARG(matcher.folded));
    TRY(tx_run(call->tx, &SQL_directory_matches,
               ARGS(value_int(call->body.id), value_text(matcher.folded), value_text(last)),
               &matcher.found));
    keep_matching(&matcher, ret_entries);
    for (int page = 1; page < DIRECTORY_PAGES_SEARCHED && ret_entries->n == 0 && ret_entries->more;
         page++) {
        TRY(load_page(call, on, ret_entries->next, ret_entries));
        keep_matching(&matcher, ret_entries);
    }
    return OK;
}

/* --- groups --- */

static struct entry_group *group_of(struct arena *arena, struct entry_groups *groups,
                                    const struct side *side)
{
    for (int i = 0; i < groups->n; i++)
        if (groups->items[i].side->id == side->id)
            return &groups->items[i];
    struct entry_group *group = arena_push(arena, groups->items, groups->n, groups->room);
    *group = (struct entry_group){.side = side};
    return group;
}

static void group_add(struct arena *arena, struct entry_groups *groups, const struct side *side,
                      struct entry *entry)
{
    struct entry_group *group = group_of(arena, groups, side);
    *arena_push(arena, group->entries, group->n, group->room) = entry;
}

struct entry_groups entries_by_from(struct arena *arena, const struct entries *entries)
{
    struct entry_groups groups = {0};
    for (int i = 0; i < entries->n; i++)
        group_add(arena, &groups, &entries->items[i].from, &entries->items[i]);
    return groups;
}

struct entry_groups entries_by_to(struct arena *arena, const struct entries *entries)
{
    struct entry_groups groups = {0};
    for (int i = 0; i < entries->n; i++)
        group_add(arena, &groups, &entries->items[i].to, &entries->items[i]);
    return groups;
}

int64_t entry_group_declared(const struct entry_group *group, int *ret_listed)
{
    const struct entry *counted = NULL;
    *ret_listed = 0;
    for (int i = 0; i < group->n; i++) {
        const struct entry *entry = group->entries[i];
        if (entry->from.id != group->side->id || entry->declared_count < 0)
            continue;
        if (counted && (counted->document != entry->document ||
                        counted->declared_count != entry->declared_count))
            return -1;
        counted = entry;
    }
    for (int i = 0; counted && i < group->n; i++)
        *ret_listed += group->entries[i]->document == counted->document &&
                       str_is(group->entries[i]->kind, "fixed");
    return counted ? counted->declared_count : -1;
}

struct value side_ref(struct call *call, const struct side *side)
{
    const struct kind *kind = side->is_person ? &kind_person : &kind_organization;
    return value_ref(call->arena, side->id, side->name, record_url(call, kind, side->id));
}

const char *link_kind_label(struct str word)
{
    for (const struct choice *choice = link_kinds; choice->word; choice++)
        if (str_is(word, choice->word))
            return choice->label;
    return "";
}

struct str directory_basis(struct arena *arena, const struct entries *entries)
{
    struct str text = {0};
    for (int i = 0; i < entries->n; i++) {
        /* Links of one document stand together: positions are by scheme. */
        if (i == 0 || entries->items[i - 1].document != entries->items[i].document)
            text = str_fmt(arena, "%.*s%s%.*s", STR_ARG(text), text.len ? "、" : "",
                           STR_ARG(entries->items[i].scheme));
    }
    return text;
}
