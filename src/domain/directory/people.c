#include "domain/directory/priv.h"

#include "directory.sql.h"
#include "domain/designation/designation.h"

/* Whom the units have named (YY22-5.2, NB17-5.2, ZY22-3.1a, OR20-16b), and the names that units
 * bore on an earlier day. */

enum { IDS_MAX = 500 };

/* Bracketed sub-units and group entries are never asked (NB17-4). */
static bool is_asked(const struct designation_asked *asked, const struct side *side)
{
    return !side->is_person && !side->is_group && !side->held &&
           designation_is_asked(asked, side->class);
}

static void put_line(struct arena *arena, const struct designation_asked *asked,
                     const struct designation_words *words, struct entries *entries)
{
    struct str line = designation_line(arena, asked, words);
    for (int i = 0; i < entries->n; i++)
        if (!entries->items[i].to.is_person && entries->items[i].to.id == words->organization)
            entries->items[i].people = line;
}

enum status entries_people(struct call *call, struct date on, struct entries *entries)
{
    struct designation_asked asked;
    struct designation_words *words = arena_new(call->arena, struct designation_words, IDS_MAX);
    int64_t *ids = arena_new(call->arena, int64_t, IDS_MAX);
    int n = 0;
    TRY(designation_asked_read(call->tx, call->body.id, on, &asked));
    for (int i = 0; i < entries->n && n < IDS_MAX; i++) {
        const struct side *side = &entries->items[i].to;
        bool known = !is_asked(&asked, side);
        for (int k = 0; k < n && !known; k++)
            known = ids[k] == side->id;
        if (!known)
            ids[n++] = side->id;
    }
    TRY(designation_words_read(call->tx, call->body.id, on, ids, n, words));
    for (int i = 0; i < n; i++)
        put_line(call->arena, &asked, &words[i], entries);
    return OK;
}

/* --- earlier names --- */

static void set_name(struct side *side, int64_t owner, struct str name)
{
    if (side->is_person || side->id != owner || side->had_other_name)
        return;
    side->name = name;
    side->had_other_name = true;
}

enum status entries_former_names(struct call *call, struct date on, struct entries *entries)
{
    struct rows rows;
    if (date_cmp(on, call->today) >= 0)
        return OK;
    TRY(tx_run(call->tx, &SQL_directory_former_names,
               ARGS(value_int(call->body.id), value_text(date_format(call->arena, on))), &rows));
    /* The first that was given up after the day is the one that it bore then. */
    for (int r = 0; r < rows.n; r++)
        for (int i = 0; i < entries->n; i++) {
            int64_t owner = value_i64(rows_at(&rows, r, 0));
            set_name(&entries->items[i].from, owner, value_str(rows_at(&rows, r, 1)));
            set_name(&entries->items[i].to, owner, value_str(rows_at(&rows, r, 1)));
        }
    return OK;
}
