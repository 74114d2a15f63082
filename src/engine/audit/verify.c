#include "engine/audit/priv.h"

#include "audit.sql.h"

/* Every chain in the order of its numbers, each entry held against the one before it. */

/* An entry that says that a record's values were purged, and a value row that says so too. */
struct purge {
    int64_t number, record;
    struct str kind;
};
struct blank {
    int64_t chain, number, purged, record;
    struct str kind;
};

/* 0 and 1 are the instance and its accounts, in every database. */
enum { FIRST_BODY = 2 };

enum { WATCH_ENTRIES = 1024 };

struct verifying {
    struct arena *arena;
    struct audit_result *result;
    const struct audit_watch *watch;    /* NULL = nobody */
    const struct checkpoint_head *held; /* of this chain in the checkpoint; NULL */
    int64_t body_id, chain, number;
    struct sm3 hash;
    struct purge *purges; /* of the body, by number */
    struct blank *blanks;
    int purges_n, purges_room, blanks_n, blanks_room;
};

static const char *const chain_names[] = {"操作", "阅看"};

static enum status found(struct verifying *verifying, int64_t number, const char *what)
{
    struct audit_result *result = verifying->result;
    if (result->sentence.len > 0)
        return OK;
    result->body_id = verifying->body_id;
    result->chain = verifying->chain;
    result->number = number;
    result->sentence = str_fmt(verifying->arena, "%s日志第 %lld 条%s。",
                               verifying->chain < 2 ? chain_names[verifying->chain] : "未知的",
                               (long long)number, what);
    return OK;
}

struct audit_row audit_row(int64_t body_id, int64_t chain, const struct value *cells)
{
    struct audit_row row = {.entry = {.body_id = body_id,
                                      .chain = chain,
                                      .number = value_i64(cells[0]),
                                      .instant_us = value_i64(cells[1]),
                                      .account_id = value_i64(cells[2]),
                                      .organization_id = value_i64(cells[3]),
                                      .name = value_str(cells[4]),
                                      .role = value_str(cells[5]),
                                      .address = value_str(cells[6]),
                                      .request = value_str(cells[7]),
                                      .kind = value_str(cells[8]),
                                      .record = value_i64(cells[9]),
                                      .deed = value_str(cells[10])}};
    bool values = sm3_take(value_str(cells[11]), &row.entry.values);
    bool previous = sm3_take(value_str(cells[12]), &row.previous);
    row.sound = sm3_take(value_str(cells[13]), &row.hash) && values && previous;
    row.kept = cells[17].kind != VALUE_NULL;
    row.salt = value_str(cells[14]);
    row.old = value_str(cells[15]);
    row.new = value_str(cells[16]);
    row.purged = value_i64(cells[17]);
    return row;
}

static void note_purge(struct verifying *verifying, const struct audit_row *row)
{
    if (row->entry.chain == CHAIN_CHANGES && str_is(row->entry.deed, "purge"))
        *arena_push(verifying->arena, verifying->purges, verifying->purges_n,
                    verifying->purges_room) = (struct purge){
            row->entry.number, row->entry.record, str_copy(verifying->arena, row->entry.kind)};
}

/* A blank is right when the journal says who made it; that is asked when both chains are read. */
static void note_blank(struct verifying *verifying, const struct audit_row *row)
{
    verifying->result->purged++;
    *arena_push(verifying->arena, verifying->blanks, verifying->blanks_n, verifying->blanks_room) =
        (struct blank){row->entry.chain, row->entry.number, row->purged, row->entry.record,
                       str_copy(verifying->arena, row->entry.kind)};
}

static enum status check_values(struct verifying *verifying, const struct audit_row *row)
{
    int64_t number = row->entry.number;
    bool none = sm3_is_zero(&row->entry.values);
    verifying->result->values += row->kept;
    if (none)
        return row->kept ? found(verifying, number, "没有内容，却被添上了内容") : OK;
    if (!row->kept)
        return found(verifying, number, "的内容被整行删去");
    if (row->purged != 0) {
        if (row->salt.len > 0 || row->old.len > 0 || row->new.len > 0)
            return found(verifying, number, "标为已清除，内容却还在");
        note_blank(verifying, row);
        return OK;
    }
    struct sm3 is = proof_values(row->salt, row->old, row->new);
    return sm3_eq(&is, &row->entry.values)
               ? OK
               : found(verifying, number, "的内容与当时留下的校验值不符，被改动过");
}

static enum status check_row(void *context, const struct value *cells, int n)
{
    struct verifying *verifying = context;
    (void)n;
    struct audit_row row = audit_row(verifying->body_id, verifying->chain, cells);
    if (++verifying->result->entries % WATCH_ENTRIES == 0 &&
        !audit_goes_on(verifying->watch, verifying->result))
        return BUSY;
    int64_t expected = ++verifying->number;
    if (row.entry.number != expected) {
        verifying->number = row.entry.number;
        return found(verifying, expected, "被抽去");
    }
    struct sm3 hash = proof_hash(&verifying->hash, &row.entry);
    if (!row.sound || !sm3_eq(&row.previous, &verifying->hash))
        return found(verifying, expected, "与前一条接不上，被改动、调换或插入过");
    if (!sm3_eq(&hash, &row.hash))
        return found(verifying, expected, "与它的校验值不符，被改动或调换过");
    verifying->hash = hash;
    const struct checkpoint_head *held = verifying->held;
    if (held && held->length == expected && !sm3_eq(&held->hash, &hash))
        return found(verifying, expected, "与存证点不符，整条链被重新写过");
    note_purge(verifying, &row);
    return check_values(verifying, &row);
}

static enum status check_chain(struct tx *tx, struct verifying *verifying, int64_t length,
                               const struct sm3 *head)
{
    verifying->number = 0;
    verifying->hash = (struct sm3){0};
    TRY(tx_each(tx, &SQL_audit_chain,
                ARGS(value_int(verifying->body_id), value_int(verifying->chain), value_int(1)),
                check_row, verifying));
    verifying->result->chains++;
    if (verifying->result->sentence.len > 0)
        return OK;
    if (verifying->number < length)
        return found(verifying, verifying->number + 1, "起的链尾被截去");
    if (verifying->number > length)
        return found(verifying, length + 1, "是在链尾之后添上的");
    if (!sm3_eq(&verifying->hash, head))
        return found(verifying, length, "与链头不符");
    if (verifying->held && verifying->held->length > length)
        return found(verifying, length + 1, "起被截去，存证点上还有");
    return OK;
}

static bool is_told(const struct verifying *verifying, const struct blank *blank)
{
    int low = 0, high = verifying->purges_n;
    while (low < high) {
        int middle = (low + high) / 2;
        if (verifying->purges[middle].number < blank->purged)
            low = middle + 1;
        else
            high = middle;
    }
    const struct purge *purge = &verifying->purges[low];
    return low < verifying->purges_n && purge->number == blank->purged &&
           purge->record == blank->record && str_eq(purge->kind, blank->kind) &&
           (blank->chain != CHAIN_CHANGES || blank->number < purge->number);
}

/* The end of a body: both of its chains have been read. */
static enum status check_blanks(struct verifying *verifying)
{
    for (int i = 0; i < verifying->blanks_n; i++) {
        const struct blank *blank = &verifying->blanks[i];
        verifying->chain = blank->chain;
        if (!is_told(verifying, blank))
            return found(verifying, blank->number, "的内容被清空，却没有清除的记录");
    }
    verifying->purges_n = verifying->blanks_n = 0;
    return OK;
}

/* A chain that the checkpoint has and the journal has not. */
static void check_missing(struct verifying *verifying, const struct checkpoint *checkpoint,
                          const struct rows *heads)
{
    for (int c = 0; checkpoint && c < checkpoint->n; c++) {
        const struct checkpoint_head *held = &checkpoint->heads[c];
        bool there = held->length == 0;
        for (int i = 0; i < heads->n; i++)
            there = there || (value_i64(rows_at(heads, i, 0)) == held->body_id &&
                              value_i64(rows_at(heads, i, 1)) == held->chain);
        verifying->body_id = held->body_id;
        verifying->chain = held->chain;
        if (!there)
            (void)found(verifying, 1, "起整条链不见了，存证点上还有");
    }
}

/* Bodies are numbered apart in every database: when both have some and share none, the checkpoint
 * is of another. */
static bool is_foreign(const struct checkpoint *checkpoint, const struct rows *heads)
{
    bool held = false, kept = false;
    for (int i = 0; checkpoint && i < heads->n; i++)
        kept = kept || value_i64(rows_at(heads, i, 0)) >= FIRST_BODY;
    for (int c = 0; kept && c < checkpoint->n; c++) {
        int64_t body_id = checkpoint->heads[c].body_id;
        held = held || body_id >= FIRST_BODY;
        for (int i = 0; body_id >= FIRST_BODY && i < heads->n; i++)
            if (value_i64(rows_at(heads, i, 0)) == body_id)
                return false;
    }
    return held;
}

static enum status check_body(struct tx *tx, const struct kind *const *kinds,
                              struct verifying *verifying)
{
    TRY(check_blanks(verifying));
    if (verifying->result->sentence.len > 0)
        return OK;
    return audit_records(tx, kinds, verifying->body_id, verifying->watch, verifying->result);
}

static enum status check_totals(struct tx *tx, struct verifying *verifying, int64_t body_id)
{
    struct rows rows;
    struct audit_result *result = verifying->result;
    TRY(tx_run(tx, &SQL_audit_totals, ARGS(value_int(body_id)), &rows));
    if (result->sentence.len == 0 &&
        (value_i64(rows.cells[0]) != result->entries || value_i64(rows.cells[1]) != result->values))
        result->sentence = STR("日志表里有不属于任何链的行，是另外添上的。");
    return OK;
}

/* One chain, and after the last of a body its records. */
static enum status check_head(struct tx *tx, const struct kind *const *kinds,
                              struct verifying *verifying, const struct rows *heads, int i)
{
    struct sm3 hash;
    verifying->body_id = value_i64(rows_at(heads, i, 0));
    verifying->chain = value_i64(rows_at(heads, i, 1));
    (void)sm3_take(value_str(rows_at(heads, i, 3)), &hash);
    TRY(check_chain(tx, verifying, value_i64(rows_at(heads, i, 2)), &hash));
    bool last = i + 1 == heads->n || value_i64(rows_at(heads, i + 1, 0)) != verifying->body_id;
    return last && verifying->result->sentence.len == 0 ? check_body(tx, kinds, verifying) : OK;
}

enum status audit_verify(struct tx *tx, const struct kind *const *kinds,
                         const struct checkpoint *checkpoint, struct audit_result *ret_result)
{
    struct rows heads;
    *ret_result = (struct audit_result){0};
    struct verifying verifying = {.arena = tx_arena(tx), .result = ret_result};
    TRY(tx_run(tx, &SQL_audit_heads, NO_ARGS, &heads));
    if (is_foreign(checkpoint, &heads)) {
        ret_result->sentence =
            STR("存证点里的组织，这个数据库一个也没有，请确认是这个数据库的存证点。");
        return OK;
    }
    for (int i = 0; i < heads.n && ret_result->sentence.len == 0; i++) {
        verifying.held = checkpoint ? checkpoint_find(checkpoint, value_i64(rows_at(&heads, i, 0)),
                                                      value_i64(rows_at(&heads, i, 1)))
                                    : NULL;
        TRY(check_head(tx, kinds, &verifying, &heads, i));
    }
    check_missing(&verifying, checkpoint, &heads);
    return check_totals(tx, &verifying, AUDIT_ALL);
}

enum status audit_verify_watched(struct tx *tx, const struct kind *const *kinds, int64_t body_id,
                                 const struct audit_watch *watch, struct audit_result *ret_result)
{
    struct rows heads;
    *ret_result = (struct audit_result){0};
    struct verifying verifying = {.arena = tx_arena(tx), .result = ret_result, .watch = watch};
    TRY(tx_run(tx, &SQL_audit_heads, NO_ARGS, &heads));
    for (int i = 0; i < heads.n && ret_result->sentence.len == 0; i++)
        if (body_id == AUDIT_ALL || value_i64(rows_at(&heads, i, 0)) == body_id)
            TRY(check_head(tx, kinds, &verifying, &heads, i));
    return check_totals(tx, &verifying, body_id);
}

enum status audit_checkpoint(struct tx *tx, int64_t body_id, const struct key *key,
                             struct instant now, struct buf *to)
{
    struct rows rows;
    struct checkpoint checkpoint = {.made = now};
    TRY(tx_run(tx, &SQL_audit_heads, NO_ARGS, &rows));
    checkpoint.heads = arena_new(tx_arena(tx), struct checkpoint_head, rows.n);
    for (int i = 0; i < rows.n; i++) {
        struct checkpoint_head *head = &checkpoint.heads[checkpoint.n];
        head->body_id = value_i64(rows_at(&rows, i, 0));
        head->chain = value_i64(rows_at(&rows, i, 1));
        head->length = value_i64(rows_at(&rows, i, 2));
        if (!sm3_take(value_str(rows_at(&rows, i, 3)), &head->hash))
            return FAULT;
        checkpoint.n += body_id == AUDIT_ALL || head->body_id == body_id;
    }
    return checkpoint_put(tx_arena(tx), &checkpoint, key, to);
}
