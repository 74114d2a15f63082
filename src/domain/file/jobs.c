#include "domain/file/priv.h"

#include "base/utf8.h"
#include "store/search.h"
#include "text/text.h"

/* What follows an upload or a purge, out of the outbox. */

enum { PARTS_A_WRITE = 4, FILE_BYTES_MAX = BODY_UPLOAD_MAX };

struct indexing {
    const struct record *file;
    const struct record *owner;
    struct str *parts;
    int first, n; /* of this write */
    bool ends;
};

static enum status put_parts(struct tx *tx, void *context, struct fault *fault)
{
    (void)fault;
    const struct indexing *indexing = context;
    struct arena *arena = tx_arena(tx);
    const struct record *file = indexing->file;
    struct record *now;
    TRY(record_get(tx, &kind_file, file->body_id, file->id, &now));
    if (!str_is(value_str(record_value(now, "standing")), "current"))
        return search_drop(tx, file->body_id, file->id, 0);
    for (int i = indexing->first; i < indexing->first + indexing->n; i++) {
        struct search_row row = {.body_id = file->body_id,
                                 .id = file->id,
                                 .part = i + 1,
                                 .kind = STR("file"),
                                 .title = value_str(record_value(now, "name")),
                                 .text = text_fold(arena, indexing->parts[i]),
                                 .tokens = text_bigrams(arena, indexing->parts[i]),
                                 .audience = file_audience(arena, indexing->owner)};
        (void)date_parse(value_str(record_value(now, "on_date")), &row.date);
        TRY(search_put(tx, &row));
    }
    return indexing->ends
               ? search_drop(tx, file->body_id, file->id, indexing->first + indexing->n + 1)
               : OK;
}

/* Rows of SEARCH_PART_CHARS characters; the last characters of one begin the next, so that a word
 * on the border is found. */
static void split(struct arena *arena, struct str text, struct indexing *indexing)
{
    enum { OVERLAP_CHARS = 40 };
    int room = 0;
    while (text.len > 0) {
        struct str part = utf8_head(text, SEARCH_PART_CHARS);
        *arena_push(arena, indexing->parts, indexing->n, room) = part;
        if (part.len == text.len)
            break;
        struct str step = utf8_head(text, SEARCH_PART_CHARS - OVERLAP_CHARS);
        text = str_from_byte(text, step.len);
    }
}

static enum status load(struct delivery *delivery, struct record **ret_file,
                        struct record **ret_owner)
{
    const struct file_route *jobs = delivery->context;
    const struct kind *kind;
    int64_t id, owner;
    struct tx *tx;
    *ret_owner = NULL;
    if (!id_parse(delivery->content, &id))
        return NOT_FOUND;
    TRY(store_read(delivery->store, delivery->arena, &tx));
    enum status status = record_get(tx, &kind_file, delivery->body_id, id, ret_file);
    if (status == OK && file_owner(jobs->engine, *ret_file, &kind, &owner))
        status = record_get(tx, kind, delivery->body_id, owner, ret_owner);
    store_read_end(tx);
    return status == OK && !*ret_owner ? NOT_FOUND : status;
}

enum status file_deliver_index(struct delivery *delivery, struct fault *fault)
{
    const struct file_route *jobs = delivery->context;
    struct record *file, *owner;
    struct file_look look;
    struct str bytes;
    enum status status = load(delivery, &file, &owner);
    if (status == NOT_FOUND)
        return OK;
    TRY(status);
    const struct file_type *type = file_type_by_word(value_str(record_value(file, "type")));
    if (!type || !type->has_text || !str_is(value_str(record_value(file, "standing")), "current"))
        return OK;
    TRY(file_store_read(jobs->store, delivery->arena, delivery->body_id,
                        value_str(record_value(file, "digest")), FILE_BYTES_MAX, &bytes, fault));
    TRY(file_look(delivery->arena, STR(""), bytes, true, &look, fault));
    struct indexing all = {.file = file, .owner = owner};
    split(delivery->arena, look.text, &all);
    for (int first = 0; first < all.n; first += PARTS_A_WRITE) {
        int left = all.n - first;
        struct indexing some = all;
        some.first = first;
        some.n = left < PARTS_A_WRITE ? left : PARTS_A_WRITE;
        some.ends = left <= PARTS_A_WRITE;
        TRY(store_write(delivery->store, delivery->arena, delivery->body_id, 0, NULL, put_parts,
                        &some, fault));
    }
    return OK;
}

/* The row says purged already: nobody is given the bytes. Now they go, from the store and from
 * what the database's files still have of names, texts and journal values. */
enum status file_deliver_purge(struct delivery *delivery, struct fault *fault)
{
    const struct file_route *jobs = delivery->context;
    TRY(file_store_drop(jobs->store, delivery->arena, delivery->body_id, delivery->content, fault));
    app_forget(record_engine_app(jobs->engine));
    return store_scrub(delivery->store, delivery->arena, fault);
}
