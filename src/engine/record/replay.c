#include "engine/record/replay.h"

#include "replay.sql.h"

static const int64_t KEPT_US = 24LL * 3600 * 1000000;
enum { KEY_BYTES_MAX = 200, ANSWER_BYTES_MAX = 4 << 20 };

/* What was asked, the address and everything sent, and as whom: by another seat, or a token that
 * may less, it is something else, and the kept answer is not his. */
static int64_t content_of(const struct call *call)
{
    const struct request *request = call->request;
    const uint64_t asker[] = {(uint64_t)call->viewer.seat.id, call->viewer.only};
    uint64_t hash = str_hash(request->path);
    hash = (hash * 31 + asker[0]) * 31 + asker[1];
    for (int i = 0; i < request->form_n; i++)
        hash =
            (hash * 31 + str_hash(request->form[i].name)) * 31 + str_hash(request->form[i].value);
    return (int64_t)(hash >> 1);
}

/* The kept answer shows what it showed, of the record at whose address it ends:
 * /{body}/{kind}/{id}.
 */
static void note_shown(struct call *call, const struct record_engine *engine, struct str location)
{
    struct str name = {0}, last = {0};
    int64_t id;
    while (location.len > 0) {
        name = last;
        last = str_cut(&location, STR("/"));
    }
    if (!id_parse(last, &id))
        return;
    for (const struct kind *const *kind = record_engine_kinds(engine); *kind; kind++)
        for (const struct field *field = (*kind)->fields; field->key; field++)
            if (field->private && str_is(name, (*kind)->name))
                call_reads(call, (*kind)->name, id, field->key);
}

static enum status find(struct tx *tx, const struct replay *replay, struct rows *ret_rows)
{
    const struct call *call = replay->call;
    return tx_run(tx, &SQL_replay_find,
                  ARGS(value_int(call->body.id), value_int(call->viewer.account),
                       value_text(call->request->idempotency_key),
                       value_int(call->now.us - KEPT_US)),
                  ret_rows);
}

enum status replay_find(struct call *call, const struct record_engine *engine, struct page *page,
                        struct replay *ret_replay)
{
    struct str key = call->request->idempotency_key;
    *ret_replay = (struct replay){.call = call, .engine = engine};
    if (key.len == 0)
        return OK;
    if (key.len > KEY_BYTES_MAX)
        return call_refuse(call, INVALID, NULL,
                           "Idempotency-Key 最多 %d 个字节，请改短后重新提交。", KEY_BYTES_MAX);
    struct rows rows;
    ret_replay->asked = true;
    ret_replay->content = content_of(call);
    TRY(find(call->tx, ret_replay, &rows));
    if (rows.n == 0)
        return OK;
    if (value_i64(rows_at(&rows, 0, 0)) != ret_replay->content)
        return call_refuse(call, INVALID, NULL,
                           "这个 Idempotency-Key 已用于另一次提交，请换一个新的。");
    ret_replay->found = true;
    page->status = (int)value_i64(rows_at(&rows, 0, 1));
    page->redirect = value_str(rows_at(&rows, 0, 2));
    page->answer = value_str(rows_at(&rows, 0, 3));
    note_shown(call, engine, page->redirect);
    return OK;
}

enum status replay_again(struct tx *tx, const struct replay *replay, bool *ret_done)
{
    struct rows rows = {0};
    if (replay->asked)
        TRY(find(tx, replay, &rows));
    *ret_done = rows.n > 0;
    return OK;
}

enum status replay_keep(struct tx *tx, const struct replay *replay, int status,
                        const struct record *written)
{
    struct call *call = replay->call;
    struct record *record;
    if (!replay->asked)
        return OK;
    TRY(record_get(tx, written->kind, written->body_id, written->id, &record));
    AUTOBUF buf = buf_open(ANSWER_BYTES_MAX);
    view_put_json(&buf, record_data(call, replay->engine, record));
    TRY(tx_run(tx, &SQL_replay_drop,
               ARGS(value_int(call->body.id), value_int(call->now.us - KEPT_US)), NULL));
    return tx_run(tx, &SQL_replay_keep,
                  ARGS(value_int(call->body.id), value_int(call->viewer.account),
                       value_text(call->request->idempotency_key), value_int(replay->content),
                       value_int(status), value_text(record_url(call, written->kind, written->id)),
                       value_text(buf_str(&buf)), value_int(call->now.us)),
                  NULL);
}

enum status replay_forget(struct tx *tx, int64_t body_id, int64_t id)
{
    TRY(tx_run(tx, &SQL_replay_forget,
               ARGS(value_int(body_id), value_text(id_format(tx_arena(tx), id))), NULL));
    return tx_run(tx, &SQL_replay_blank, ARGS(value_int(body_id)), NULL);
}
