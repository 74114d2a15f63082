/*
 * The chains inside the commit queue: entries are numbered and hashed as they come, the heads are
 * read when a batch first adds to a chain and written once at its end. What an entry of the batch
 * added goes with it when it is refused.
 */
#include "store/internal.h"

#include <stdio.h>

#include "journal.sql.h"

void journal_begin(struct journal *journal)
{
    journal->heads_n = 0;
}

void journal_entry(struct journal *journal, const struct write *entry)
{
    journal->seed = entry->seed;
    journal->salts_n = 0;
    journal->heads_before = journal->heads_n;
    for (int i = 0; i < journal->heads_n; i++) {
        journal->heads[i].length_before = journal->heads[i].length;
        journal->heads[i].hash_before = journal->heads[i].hash;
    }
}

void journal_undo(struct journal *journal)
{
    /* Heads read by this entry are read again: a lock on them ended with its savepoint. */
    journal->heads_n = journal->heads_before;
    for (int i = 0; i < journal->heads_n; i++) {
        journal->heads[i].length = journal->heads[i].length_before;
        journal->heads[i].hash = journal->heads[i].hash_before;
    }
}

enum status journal_end(struct tx *tx, const struct journal *journal)
{
    for (int i = 0; i < journal->heads_n; i++) {
        const struct journal_head *head = &journal->heads[i];
        TRY(tx_run(tx, &SQL_journal_head_set,
                   ARGS(value_int(head->body_id), value_int(head->chain), value_int(head->length),
                        value_blob(sm3_str(&head->hash))),
                   NULL));
    }
    return OK;
}

static enum status trouble(struct tx *tx, const char *sentence)
{
    snprintf(tx->connection->trouble, sizeof tx->connection->trouble, "%s", sentence);
    tx->connection->http = 0;
    if (tx->writing)
        tx->broken = FAULT;
    return FAULT;
}

static enum status take_head(struct tx *tx, struct journal_head *head)
{
    static const struct sm3 zero;
    struct rows rows;
    struct arena_mark mark = arena_mark(tx->arena);
    struct value body = value_int(head->body_id), chain = value_int(head->chain);
    TRY(tx_run(tx, &SQL_journal_head_take, ARGS(body, chain), &rows));
    if (rows.n == 0) {
        TRY(tx_run(tx, &SQL_journal_head_add, ARGS(body, chain, value_blob(sm3_str(&zero))), NULL));
        TRY(tx_run(tx, &SQL_journal_head_take, ARGS(body, chain), &rows));
    }
    if (rows.n == 0 || !sm3_take(value_str(rows_at(&rows, 0, 1)), &head->hash))
        return trouble(tx, "操作日志的链头已损坏，请运行 duikou audit verify 查明。");
    head->length = head->length_before = value_i64(rows_at(&rows, 0, 0));
    head->hash_before = head->hash;
    arena_rewind(tx->arena, mark); /* an entry's arena holds what its own apply reads */
    return OK;
}

static enum status find_head(struct tx *tx, const struct journal_change *change,
                             struct journal_head **ret_head)
{
    struct journal *journal = tx->journal;
    for (int i = 0; i < journal->heads_n; i++)
        if (journal->heads[i].body_id == change->body_id &&
            journal->heads[i].chain == (int64_t)change->chain) {
            *ret_head = &journal->heads[i];
            return OK;
        }
    if (journal->heads_n == HEADS_MAX)
        return trouble(tx, "一次提交涉及的单位过多，请分几次进行。");
    struct journal_head *head = &journal->heads[journal->heads_n];
    *head = (struct journal_head){.body_id = change->body_id, .chain = (int64_t)change->chain};
    TRY(take_head(tx, head));
    journal->heads_n++;
    *ret_head = head;
    return OK;
}

/* The same whenever the write is run again. */
static struct str next_salt(struct journal *journal, struct sm3 *room)
{
    char bytes[SEED_BYTES + 4];
    uint32_t n = journal->salts_n++;
    memcpy(bytes, journal->seed, SEED_BYTES);
    for (int i = 0; i < 4; i++)
        bytes[SEED_BYTES + i] = (char)(unsigned char)(n >> (24 - 8 * i));
    *room = sm3_of((struct str){bytes, sizeof bytes});
    return str_head(sm3_str(room), SALT_BYTES);
}

static enum status put_values(struct tx *tx, const struct proof_entry *entry,
                              const struct journal_change *change, struct str salt)
{
    return tx_run(tx, &SQL_journal_value_add,
                  ARGS(value_int(entry->body_id), value_int(entry->chain), value_int(entry->number),
                       value_blob(salt), value_text_or_null(change->old),
                       value_text_or_null(change->new)),
                  NULL);
}

static enum status put_entry(struct tx *tx, const struct proof_entry *entry,
                             const struct sm3 *previous, const struct sm3 *hash)
{
    return tx_run(
        tx, &SQL_journal_add,
        ARGS(value_int(entry->body_id), value_int(entry->chain), value_int(entry->number),
             value_int(entry->instant_us), value_int(entry->account_id),
             value_int(entry->organization_id), value_text(entry->name), value_text(entry->role),
             value_text(entry->address), value_text(entry->request), value_text(entry->kind),
             value_int(entry->record), value_text(entry->deed), value_blob(sm3_str(&entry->values)),
             value_blob(sm3_str(previous)), value_blob(sm3_str(hash))),
        NULL);
}

enum status tx_journal(struct tx *tx, const struct journal_change *change)
{
    if (!tx->journal)
        return trouble(tx, "这次修改没有说明由谁进行，未保存，请联系管理员。");
    const struct actor *actor = tx->actor;
    struct journal_head *head;
    struct sm3 room;
    TRY(find_head(tx, change, &head));
    struct str salt = next_salt(tx->journal, &room);
    struct proof_entry entry = {
        .body_id = head->body_id,
        .chain = head->chain,
        .number = head->length + 1,
        .instant_us = actor->now.us,
        .account_id = actor->account_id,
        .organization_id = actor->organization_id,
        .name = actor->name,
        .role = actor->role,
        .address = actor->address,
        .request = actor->request_id,
        .kind = str_from(change->kind),
        .record = change->id,
        .deed = str_from(change->deed),
        .values = proof_values(salt, change->old, change->new),
    };
    struct sm3 hash = proof_hash(&head->hash, &entry);
    TRY(put_entry(tx, &entry, &head->hash, &hash));
    if (!sm3_is_zero(&entry.values))
        TRY(put_values(tx, &entry, change, salt));
    head->length = entry.number;
    head->hash = hash;
    return OK;
}

enum status journal_purge(struct tx *tx, int64_t body_id, const char *kind, int64_t id)
{
    struct journal_change change = {
        .body_id = body_id, .chain = CHAIN_CHANGES, .kind = kind, .id = id, .deed = "purge"};
    struct journal_head *head;
    TRY(tx_journal(tx, &change));
    TRY(find_head(tx, &change, &head));
    return tx_run(tx, &SQL_journal_value_purge,
                  ARGS(value_int(body_id), value_int(id), value_text(str_from(kind)),
                       value_blob((struct str){0}), value_int(head->length)),
                  NULL);
}
