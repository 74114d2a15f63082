#include "engine/audit/priv.h"

#include "audit.sql.h"
#include "proof/pack.h"

/* The evidence pack of one record. */

enum { CHECKPOINT_CAP = 1 << 20 };

struct packing {
    int64_t body_id, record;
    struct str kind;
    bool contents;
    struct buf *to;
};

static enum status pack_row(void *context, const struct value *cells, int n)
{
    struct packing *packing = context;
    (void)n;
    struct audit_row row = audit_row(packing->body_id, CHAIN_CHANGES, cells);
    if (row.entry.record == packing->record && str_eq(row.entry.kind, packing->kind)) {
        struct pack_values values = {row.salt, row.old, row.new, row.purged != 0,
                                     !packing->contents};
        pack_entry(packing->to, &row.entry, &values);
    } else {
        struct sm3 subject = proof_subject(row.entry.kind, row.entry.record);
        struct sm3 content = proof_content(&row.entry, &subject);
        pack_other(packing->to, &subject, &content);
    }
    return packing->to->full ? INVALID : OK;
}

enum status audit_export(struct tx *tx, const struct audit_record *record, const struct key *key,
                         struct instant now, struct buf *to, struct fault *fault)
{
    AUTOBUF checkpoint = buf_open(CHECKPOINT_CAP);
    int64_t body_id = record->body_id, id = record->id;
    struct pack_head head = {
        .body_id = body_id, .kind = str_from(record->kind->name), .record = id};
    struct rows rows;
    TRY(tx_run(tx, &SQL_audit_first, ARGS(value_int(body_id), value_int(id), value_text(head.kind)),
               &rows));
    if (rows.n == 0)
        return refuse(tx_arena(tx), fault, NOT_FOUND, NULL,
                      "操作日志里没有这条%s，可能编号有误，或它早于操作日志。",
                      record->kind->label);
    head.first = value_i64(rows.cells[0]);
    if (record->contents)
        TRY(audit_state(tx, record->kind, body_id, id, &head.state));
    TRY(audit_checkpoint(tx, body_id, key, now, &checkpoint));
    head.checkpoint = buf_str(&checkpoint);
    if (!sm3_take(value_str(rows.cells[1]), &head.previous))
        return FAULT;
    struct packing packing = {body_id, id, head.kind, record->contents, to};
    pack_begin(to, &head);
    enum status status =
        tx_each(tx, &SQL_audit_chain,
                ARGS(value_int(body_id), value_int(CHAIN_CHANGES), value_int(head.first)), pack_row,
                &packing);
    if (to->full)
        return refuse(tx_arena(tx), fault, INVALID, NULL,
                      "证据包过大，请在服务器上用 duikou audit export 生成。");
    return status;
}
