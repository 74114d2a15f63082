#include "engine/audit/priv.h"

#include <stdio.h>

#include "audit.sql.h"
#include "proof/canon.h"

/* Every record of a body against what its entries say it is, a page of entries at a time. */

enum { STATE_CAP = 16 << 20 };

/* The record whose entries are being read. Its texts live in an arena of their own. */
struct telling {
    struct tx *tx;
    const struct kind *const *kinds;
    struct audit_result *result;
    const struct audit_watch *watch; /* NULL = nobody */
    int64_t body_id, record;
    char kind[64];
    struct arena arena;
    struct canon_story story;
    int64_t number;     /* of its last entry */
    int64_t *journaled; /* live records by kind */
};

enum status audit_state(struct tx *tx, const struct kind *kind, int64_t body_id, int64_t id,
                        struct str *ret_state)
{
    struct record *record;
    AUTOBUF bytes = buf_open(STATE_CAP);
    *ret_state = (struct str){0};
    enum status status = record_get(tx, kind, body_id, id, &record);
    if (status == NOT_FOUND)
        return OK;
    TRY(status);
    record_canonical(&bytes, record, NULL);
    *ret_state = str_copy(tx_arena(tx), buf_str(&bytes));
    return bytes.full ? INVALID : OK;
}

static int find_kind(const struct telling *telling)
{
    for (int i = 0; telling->kinds[i]; i++)
        if (strcmp(telling->kinds[i]->name, telling->kind) == 0)
            return i;
    return -1;
}

static void found(struct telling *telling, const char *what)
{
    char id[ID_TEXT_LEN];
    id_format_to(telling->record, id);
    telling->result->body_id = telling->body_id;
    telling->result->number = telling->number;
    telling->result->sentence =
        str_fmt(tx_arena(telling->tx), "记录 %s/%.*s %s。", telling->kind, ID_TEXT_LEN, id, what);
}

static enum status end_record(struct telling *telling)
{
    int kind = find_kind(telling);
    struct canon state = {0};
    struct str text;
    if (telling->record == 0 || kind < 0 || telling->result->sentence.len > 0)
        return OK;
    struct arena_mark mark = arena_mark(tx_arena(telling->tx));
    TRY(audit_state(telling->tx, telling->kinds[kind], telling->body_id, telling->record, &text));
    bool reads = text.len == 0 || canon_read(&telling->arena, text, &state);
    bool agrees = reads && canon_agrees(&telling->story, &state);
    arena_rewind(tx_arena(telling->tx), mark);
    telling->result->records++;
    telling->journaled[kind] += text.len > 0;
    if (!agrees)
        found(telling, "现在的内容与操作日志不符，未经本系统被改动过");
    return OK;
}

static enum status begin_record(struct telling *telling, int64_t record, struct str kind)
{
    TRY(end_record(telling));
    arena_reset(&telling->arena);
    telling->story = (struct canon_story){0};
    telling->record = record;
    snprintf(telling->kind, sizeof telling->kind, "%.*s", STR_ARG(kind));
    return OK;
}

/* number, kind, record, chain, before, after, purged */
static enum status tell(struct telling *telling, const struct value *cells)
{
    struct str old = value_str(cells[4]), new = value_str(cells[5]);
    if (value_i64(cells[2]) != telling->record || !str_is(value_str(cells[1]), telling->kind))
        TRY(begin_record(telling, value_i64(cells[2]), value_str(cells[1])));
    bool told = value_i64(cells[3]) == CHAIN_CHANGES && cells[6].kind != VALUE_NULL;
    if (!told || find_kind(telling) < 0)
        return OK;
    telling->number = value_i64(cells[0]);
    if (value_i64(cells[6]) != 0)
        canon_forget(&telling->story);
    else if (!canon_tell(&telling->arena, &telling->story, str_copy(&telling->arena, old),
                         str_copy(&telling->arena, new)))
        found(telling, "的操作日志前后接不上");
    return OK;
}

static enum status count_kind(struct telling *telling, int at)
{
    const struct kind *kind = telling->kinds[at];
    struct rows rows;
    if (kind->instance != (telling->body_id == 0))
        return OK;
    const struct statement *count = store_intern(
        tx_store(telling->tx), "audit_count",
        str_fmt(tx_arena(telling->tx), "select count(*) from %s where body_id = $1", kind->name),
        "i", RESULT_ONE);
    TRY(tx_run(telling->tx, count, ARGS(value_int(telling->body_id)), &rows));
    telling->result->unjournaled += value_i64(rows.cells[0]) - telling->journaled[at];
    return OK;
}

static enum status read_pages(struct telling *telling)
{
    struct rows rows = {0};
    int64_t after[3] = {0, 1 << 30, 0}; /* behind what is of no single record */
    do {
        if (!audit_goes_on(telling->watch, telling->result))
            return BUSY;
        struct arena_mark mark = arena_mark(tx_arena(telling->tx));
        TRY(tx_run(telling->tx, &SQL_audit_records,
                   ARGS(value_int(telling->body_id), value_int(after[0]), value_int(after[1]),
                        value_int(after[2])),
                   &rows));
        for (int i = 0; i < rows.n && telling->result->sentence.len == 0; i++)
            TRY(tell(telling, &rows.cells[i * rows.columns_n]));
        if (rows.n > 0) {
            after[0] = value_i64(rows_at(&rows, rows.n - 1, 2));
            after[1] = value_i64(rows_at(&rows, rows.n - 1, 3));
            after[2] = value_i64(rows_at(&rows, rows.n - 1, 0));
        }
        if (telling->result->sentence.len == 0)
            arena_rewind(tx_arena(telling->tx), mark);
    } while (rows.n > 0 && telling->result->sentence.len == 0);
    return end_record(telling);
}

enum status audit_records(struct tx *tx, const struct kind *const *kinds, int64_t body_id,
                          const struct audit_watch *watch, struct audit_result *result)
{
    int kinds_n = 0;
    while (kinds[kinds_n])
        kinds_n++;
    struct telling telling = {.tx = tx,
                              .kinds = kinds,
                              .result = result,
                              .watch = watch,
                              .body_id = body_id,
                              .arena = arena_open(MIB(256)),
                              .journaled = arena_new(tx_arena(tx), int64_t, kinds_n)};
    enum status status = read_pages(&telling);
    for (int i = 0; status == OK && i < kinds_n && result->sentence.len == 0; i++)
        status = count_kind(&telling, i);
    arena_close(&telling.arena);
    return status;
}
