#include "domain/roster/priv.h"

#include "roster.sql.h"

/* The units that the schemes in force ask to name people, and how many they have named. */

static enum status count_named(struct tx *tx, int64_t body_id, struct value day,
                               struct roster_unit *units, int n)
{
    struct value args[2 + ROSTER_UNITS_PAGE] = {value_int(body_id), day};
    struct rows rows;
    for (int i = 0; i < n; i++)
        args[2 + i] = value_int(units[i].id);
    TRY(tx_run(tx, &SQL_roster_named, args, 2 + n, &rows));
    for (int r = 0; r < rows.n; r++)
        for (int i = 0; i < n; i++) {
            int role = designation_role(value_str(rows_at(&rows, r, 1)));
            if (units[i].id == value_i64(rows_at(&rows, r, 0)) && role >= 0)
                units[i].named[role] = (int)value_i64(rows_at(&rows, r, 2));
        }
    return OK;
}

enum status roster_units_read(struct tx *tx, int64_t body_id, struct date day,
                              const struct designation_asked *asked,
                              const struct roster_units_after *after,
                              struct roster_unit **ret_units, int *ret_n)
{
    struct arena *arena = tx_arena(tx);
    struct value on = value_text(date_format(arena, day));
    struct rows rows;
    TRY(tx_run(tx, &SQL_roster_units,
               ARGS(value_int(body_id), on, value_int(asked->committees), value_int(asked->parties),
                    value_int(after->position), value_int(after->id), value_int(after->missing),
                    value_int(ROSTER_UNITS_PAGE)),
               &rows));
    struct roster_unit *units = arena_new(arena, struct roster_unit, rows.n);
    for (int i = 0; i < rows.n; i++)
        units[i] = (struct roster_unit){.id = value_i64(rows_at(&rows, i, 0)),
                                        .name = value_str(rows_at(&rows, i, 1)),
                                        .position = value_i64(rows_at(&rows, i, 2))};
    if (rows.n > 0)
        TRY(count_named(tx, body_id, on, units, rows.n));
    *ret_units = units;
    *ret_n = rows.n;
    return OK;
}

enum status roster_units_all(struct tx *tx, int64_t body_id, struct date day,
                             const struct designation_asked *asked, struct roster_unit **ret_units,
                             int *ret_n, struct fault *fault)
{
    struct arena *arena = tx_arena(tx);
    struct roster_units_after after = {.position = INT64_MIN};
    struct roster_unit *all = NULL, *page;
    int n = 0, room = 0, got;
    do {
        TRY(roster_units_read(tx, body_id, day, asked, &after, &page, &got));
        for (int i = 0; i < got; i++)
            *arena_push(arena, all, n, room) = page[i];
        if (got > 0)
            after = (struct roster_units_after){page[got - 1].position, page[got - 1].id, false};
    } while (got == ROSTER_UNITS_PAGE && n <= ROSTER_UNITS_MAX);
    if (n == 0)
        return refuse(arena, fault, NOT_FOUND, NULL,
                      "名录里还没有对口联系单位，请先导入一份制度文件。");
    if (n > ROSTER_UNITS_MAX)
        return refuse(arena, fault, INVALID, NULL,
                      "单位超过 %d 个，不能一次下载，请在“名单与回执”里逐个单位下载。",
                      ROSTER_UNITS_MAX);
    *ret_units = all;
    *ret_n = n;
    return OK;
}

enum status roster_totals_read(struct tx *tx, int64_t body_id, struct date day,
                               const struct designation_asked *asked, int *ret_units,
                               int *ret_named)
{
    struct rows rows;
    TRY(tx_run(tx, &SQL_roster_totals,
               ARGS(value_int(body_id), value_text(date_format(tx_arena(tx), day)),
                    value_int(asked->committees), value_int(asked->parties),
                    value_int(ROSTER_TOTAL_MAX + 1)),
               &rows));
    *ret_units = (int)value_i64(rows_at(&rows, 0, 0));
    *ret_named = (int)value_i64(rows_at(&rows, 0, 1));
    return OK;
}
