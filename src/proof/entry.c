#include "proof/entry.h"

enum { BYTES_MAX = 64 << 20 };

static void put_int(struct buf *to, int64_t n)
{
    char bytes[8];
    for (int i = 0; i < 8; i++)
        bytes[i] = (char)(unsigned char)((uint64_t)n >> (56 - 8 * i));
    buf_put(to, (struct str){bytes, sizeof bytes});
}

static void put_text(struct buf *to, struct str text)
{
    char bytes[4];
    for (int i = 0; i < 4; i++)
        bytes[i] = (char)(unsigned char)(text.len >> (24 - 8 * i));
    buf_put(to, (struct str){bytes, sizeof bytes});
    buf_put(to, text);
}

static void put_optional(struct buf *to, struct str text)
{
    buf_char(to, text.len > 0 ? '\1' : '\0');
    if (text.len > 0)
        put_text(to, text);
}

struct sm3 proof_values(struct str salt, struct str old, struct str new)
{
    if (old.len == 0 && new.len == 0)
        return (struct sm3){0};
    AUTOBUF bytes = buf_open(BYTES_MAX);
    BUF_LIT(&bytes, "DKV1");
    put_text(&bytes, salt);
    put_optional(&bytes, old);
    put_optional(&bytes, new);
    return sm3_of(buf_str(&bytes));
}

struct sm3 proof_subject(struct str kind, int64_t record)
{
    AUTOBUF bytes = buf_open(BYTES_MAX);
    BUF_LIT(&bytes, "DKS1");
    put_text(&bytes, kind);
    put_int(&bytes, record);
    return sm3_of(buf_str(&bytes));
}

struct sm3 proof_content(const struct proof_entry *entry, const struct sm3 *subject)
{
    const int64_t numbers[] = {entry->body_id,    entry->chain,      entry->number,
                               entry->instant_us, entry->account_id, entry->organization_id};
    const struct str texts[] = {entry->name, entry->role, entry->address, entry->request,
                                entry->deed};
    AUTOBUF bytes = buf_open(BYTES_MAX);
    BUF_LIT(&bytes, "DKC1");
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        put_int(&bytes, numbers[i]);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        put_text(&bytes, texts[i]);
    buf_put(&bytes, sm3_str(subject));
    buf_put(&bytes, sm3_str(&entry->values));
    return sm3_of(buf_str(&bytes));
}

struct sm3 proof_link(const struct sm3 *previous, const struct sm3 *subject,
                      const struct sm3 *content)
{
    char bytes[4 + 3 * SM3_BYTES] = "DKH1";
    memcpy(bytes + 4, previous->bytes, SM3_BYTES);
    memcpy(bytes + 4 + SM3_BYTES, subject->bytes, SM3_BYTES);
    memcpy(bytes + 4 + 2 * SM3_BYTES, content->bytes, SM3_BYTES);
    return sm3_of((struct str){bytes, sizeof bytes});
}

struct sm3 proof_hash(const struct sm3 *previous, const struct proof_entry *entry)
{
    struct sm3 subject = proof_subject(entry->kind, entry->record);
    struct sm3 content = proof_content(entry, &subject);
    return proof_link(previous, &subject, &content);
}
