#include "engine/record/priv.h"

/* The indexes that marks ask for: one for every (filter, order), one by the name of a record. */

struct indexes {
    struct arena *arena;
    struct kind_index *items;
    int n, room;
};

static void add(struct indexes *indexes, struct str name, const struct kind *kind,
                struct str columns)
{
    struct str sql =
        str_fmt(indexes->arena, "create index if not exists %.*s on %s (body_id, %.*s)",
                STR_ARG(name), kind->name, STR_ARG(columns));
    *arena_push(indexes->arena, indexes->items, indexes->n, indexes->room) =
        (struct kind_index){name, sql};
}

/* In the default order a dated kind's index holds the dates as well, so that counting on a day
 * reads nothing else. */
static void add_list(struct indexes *indexes, const struct kind *kind, int filter, int sort)
{
    struct arena *arena = indexes->arena;
    const char *order = sort_column(kind, sort);
    const char *by = filter >= 0 ? field_column(&kind->fields[filter]) : NULL;
    struct str name = str_fmt(arena, "%s_by", kind->name), columns = {0};
    if (by) {
        name = str_fmt(arena, "%.*s_%s", STR_ARG(name), by);
        columns = str_fmt(arena, "%s, ", by);
    }
    bool by_id = strcmp(order, "id") == 0;
    if (!by && by_id && !kind->dated)
        return; /* the primary key serves */
    if (!by_id || !by)
        name = str_fmt(arena, "%.*s_%s", STR_ARG(name), order);
    if (!by_id)
        columns = str_fmt(arena, "%.*s%s, ", STR_ARG(columns), order);
    columns = str_fmt(arena, "%.*sid%s", STR_ARG(columns),
                      kind->dated && sort < 0 ? ", start_date, end_date" : "");
    add(indexes, name, kind, columns);
}

static void add_kind(struct indexes *indexes, const struct kind *kind)
{
    int n = kind_fields_n(kind);
    const struct field *title = kind_title_field(kind);
    if (title)
        add(indexes, str_fmt(indexes->arena, "%s_title", kind->name), kind,
            str_from(field_column(title)));
    for (int filter = -1; filter < n; filter++)
        for (int sort = -1; sort < n; sort++)
            if ((filter < 0 || kind->fields[filter].filter) &&
                (sort < 0 || kind->fields[sort].sort))
                add_list(indexes, kind, filter, sort);
}

int record_index_list(struct arena *arena, const struct kind *const *kinds,
                      struct kind_index **ret_indexes)
{
    struct indexes indexes = {.arena = arena};
    for (; *kinds; kinds++)
        add_kind(&indexes, *kinds);
    *ret_indexes = indexes.items;
    return indexes.n;
}

/* --- making --- */

static bool has(const struct str *names, int n, struct str name)
{
    for (int i = 0; i < n; i++)
        if (str_eq(names[i], name))
            return true;
    return false;
}

static enum status make(struct tx *tx, void *context, struct fault *fault)
{
    (void)fault;
    const struct indexes *missing = context;
    for (int i = 0; i < missing->n; i++) {
        const struct statement *statement =
            store_intern(tx_store(tx), "index", missing->items[i].sql, "", RESULT_RUN);
        if (!statement)
            return FAULT;
        TRY(tx_run(tx, statement, NO_ARGS, NULL));
    }
    return OK;
}

enum status record_indexes(struct store *store, const struct kind *const *kinds,
                           struct arena *arena, struct fault *fault)
{
    struct kind_index *wanted;
    struct str *there;
    int there_n, wanted_n = record_index_list(arena, kinds, &wanted);
    struct indexes missing = {.arena = arena};
    TRY(store_indexes(store, arena, &there, &there_n));
    for (int i = 0; i < wanted_n; i++)
        if (!has(there, there_n, wanted[i].name))
            *arena_push(arena, missing.items, missing.n, missing.room) = wanted[i];
    if (missing.n == 0)
        return OK;
    return store_write(store, arena, 0, WRITE_LONG, NULL, make, &missing, fault);
}
