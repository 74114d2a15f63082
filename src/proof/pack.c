#include "proof/pack.h"

#include "base/arena.h"
#include "base/id.h"
#include "proof/canon.h"

static const char title[] = "duikou-evidence 1";
enum { ENTRY_CAP = 64 << 20 };

/* --- writing --- */

static void put(struct buf *to, const char *key, struct str value)
{
    buf_fmt(to, "%s %zu ", key, value.len);
    buf_put(to, value);
    buf_char(to, '\n');
}

static void put_int(struct buf *to, const char *key, int64_t value)
{
    char text[24];
    AUTOBUF digits = buf_open(sizeof text);
    buf_int(&digits, value);
    put(to, key, buf_str(&digits));
}

static void put_hex(struct buf *to, const char *key, struct str bytes)
{
    AUTOBUF digits = buf_open(4 * SM3_HEX);
    hex_put(&digits, bytes);
    put(to, key, buf_str(&digits));
}

void pack_begin(struct buf *to, const struct pack_head *head)
{
    char record[ID_TEXT_LEN];
    id_format_to(head->record, record);
    buf_fmt(to, "%s\n", title);
    put(to, "checkpoint", head->checkpoint);
    put_int(to, "body", head->body_id);
    put(to, "kind", head->kind);
    put(to, "record", (struct str){record, sizeof record});
    put(to, "state", head->state);
    put_int(to, "first", head->first);
    put_hex(to, "previous", sm3_str(&head->previous));
}

void pack_other(struct buf *to, const struct sm3 *subject, const struct sm3 *content)
{
    char both[2 * SM3_BYTES];
    memcpy(both, subject->bytes, SM3_BYTES);
    memcpy(both + SM3_BYTES, content->bytes, SM3_BYTES);
    put_hex(to, "other", (struct str){both, sizeof both});
}

void pack_entry(struct buf *to, const struct proof_entry *entry, const struct pack_values *values)
{
    AUTOBUF inner = buf_open(ENTRY_CAP);
    put_int(&inner, "instant", entry->instant_us);
    put_int(&inner, "account", entry->account_id);
    put_int(&inner, "organization", entry->organization_id);
    put(&inner, "name", entry->name);
    put(&inner, "role", entry->role);
    put(&inner, "address", entry->address);
    put(&inner, "request", entry->request);
    put(&inner, "deed", entry->deed);
    put_hex(&inner, "values", sm3_str(&entry->values));
    if (values->purged) {
        put_int(&inner, "purged", 1);
    } else if (values->withheld && !sm3_is_zero(&entry->values)) {
        put_int(&inner, "withheld", 1);
    } else if (!sm3_is_zero(&entry->values)) {
        put_hex(&inner, "salt", values->salt);
        put(&inner, "old", values->old);
        put(&inner, "new", values->new);
    }
    put(to, "entry", buf_str(&inner));
}

/* --- reading --- */

static bool take(struct str *rest, struct str *ret_key, struct str *ret_value)
{
    int64_t len;
    *ret_key = str_cut(rest, STR(" "));
    struct str length = str_cut(rest, STR(" "));
    if (length.len > 12 || !str_to_int(length, &len) || len < 0 || (size_t)len >= rest->len ||
        rest->ptr[len] != '\n')
        return false;
    *ret_value = str_head(*rest, (size_t)len);
    *rest = str_from_byte(*rest, (size_t)len + 1);
    return true;
}

static bool take_named(struct str *rest, const char *name, struct str *ret_value)
{
    struct str key;
    return take(rest, &key, ret_value) && str_is(key, name);
}

static bool take_int(struct str *rest, const char *name, int64_t *ret_value)
{
    struct str text;
    return take_named(rest, name, &text) && str_to_int(text, ret_value);
}

static bool take_hash(struct str *rest, const char *name, struct sm3 *ret_hash)
{
    struct str text;
    return take_named(rest, name, &text) && sm3_read(text, ret_hash);
}

static bool read_head(struct str *rest, struct pack_head *head)
{
    struct str record;
    return str_is(str_line(rest), title) && take_named(rest, "checkpoint", &head->checkpoint) &&
           take_int(rest, "body", &head->body_id) && take_named(rest, "kind", &head->kind) &&
           take_named(rest, "record", &record) && id_parse(record, &head->record) &&
           take_named(rest, "state", &head->state) && take_int(rest, "first", &head->first) &&
           take_hash(rest, "previous", &head->previous) && head->first >= 1 &&
           head->first <= NUMBER_MAX;
}

static bool read_values(struct arena *arena, struct str *rest, struct pack_line *line)
{
    struct str key, text;
    unsigned char *salt = arena_alloc(arena, SALT_BYTES);
    if (sm3_is_zero(&line->entry.values))
        return rest->len == 0;
    if (!take(rest, &key, &text))
        return false;
    line->values.purged = str_is(key, "purged");
    line->values.withheld = str_is(key, "withheld");
    if (line->values.purged || line->values.withheld)
        return str_is(text, "1") && rest->len == 0;
    if (!str_is(key, "salt") || !hex_read(text, salt, SALT_BYTES, &line->values.salt.len))
        return false;
    line->values.salt.ptr = (const char *)salt;
    return take_named(rest, "old", &line->values.old) &&
           take_named(rest, "new", &line->values.new) && rest->len == 0;
}

static bool read_entry(struct arena *arena, struct str rest, struct pack_line *line)
{
    struct proof_entry *entry = &line->entry;
    return take_int(&rest, "instant", &entry->instant_us) && entry->instant_us >= 0 &&
           entry->instant_us < INSTANT_US_MAX && take_int(&rest, "account", &entry->account_id) &&
           take_int(&rest, "organization", &entry->organization_id) &&
           take_named(&rest, "name", &entry->name) && take_named(&rest, "role", &entry->role) &&
           take_named(&rest, "address", &entry->address) &&
           take_named(&rest, "request", &entry->request) &&
           take_named(&rest, "deed", &entry->deed) && take_hash(&rest, "values", &entry->values) &&
           read_values(arena, &rest, line);
}

/* --- checking --- */

struct checking {
    struct arena *arena;
    struct pack *pack;
    struct fault *fault;
    struct sm3 subject, hash;
    struct canon_story story;
    int64_t number;
    bool purged; /* values of an entry before are gone, and no purge was told yet */
};

static enum status broken(const struct checking *checking, const char *what)
{
    return refuse(checking->arena, checking->fault, INVALID, NULL, "第 %lld 条%s，证据包不可采信。",
                  (long long)checking->number, what);
}

static enum status other(struct checking *checking, struct str digits)
{
    struct sm3 subject, content;
    if (digits.len != 2 * SM3_HEX || !sm3_read(str_head(digits, SM3_HEX), &subject) ||
        !sm3_read(str_from_byte(digits, SM3_HEX), &content))
        return broken(checking, "写法有误");
    if (sm3_eq(&subject, &checking->subject))
        return broken(checking, "是本记录的操作却没有写出来");
    checking->hash = proof_link(&checking->hash, &subject, &content);
    return OK;
}

static enum status values(struct checking *checking, const struct pack_line *line)
{
    const struct pack_values *values = &line->values;
    if (str_is(line->entry.deed, "purge"))
        checking->purged = false;
    if (sm3_is_zero(&line->entry.values))
        return OK;
    checking->pack->withheld += values->withheld;
    if (values->purged || values->withheld) {
        checking->purged = checking->purged || values->purged;
        canon_forget(&checking->story);
        return OK;
    }
    struct sm3 is = proof_values(values->salt, values->old, values->new);
    if (!sm3_eq(&is, &line->entry.values))
        return broken(checking, "的内容与当时留下的校验值不符");
    if (!canon_tell(checking->arena, &checking->story, values->old, values->new))
        return broken(checking, "的内容与之前各条接不上");
    return OK;
}

static enum status own(struct checking *checking, struct str text)
{
    struct pack *pack = checking->pack;
    struct pack_line line = {.entry = {.body_id = pack->head.body_id,
                                       .number = checking->number,
                                       .kind = pack->head.kind,
                                       .record = pack->head.record}};
    if (!read_entry(checking->arena, text, &line))
        return broken(checking, "写法有误");
    struct sm3 content = proof_content(&line.entry, &checking->subject);
    checking->hash = proof_link(&checking->hash, &checking->subject, &content);
    *arena_push(checking->arena, pack->lines, pack->n, pack->room) = line;
    return values(checking, &line);
}

static enum status check_chain(struct checking *checking, struct str rest)
{
    struct pack *pack = checking->pack;
    const struct checkpoint_head *head = checkpoint_find(&pack->checkpoint, pack->head.body_id, 0);
    for (checking->number = pack->head.first; rest.len > 0; checking->number++) {
        struct str key, value;
        if (!take(&rest, &key, &value))
            return broken(checking, "写法有误");
        if (str_is(key, "entry"))
            TRY(own(checking, value));
        else if (str_is(key, "other"))
            TRY(other(checking, value));
        else
            return broken(checking, "写法有误");
    }
    checking->number--;
    if (!head || head->length != checking->number)
        return broken(checking, "之后与存证点的条数不符");
    if (!sm3_eq(&head->hash, &checking->hash))
        return refuse(checking->arena, checking->fault, INVALID, NULL,
                      "第 %lld 至 %lld 条连不到存证点，其中有内容被改动、调换或抽去，"
                      "证据包不可采信。",
                      (long long)pack->head.first, (long long)checking->number);
    return OK;
}

enum status pack_check(struct arena *arena, struct str text, struct pack *ret_pack,
                       struct fault *fault)
{
    struct str rest = text;
    *ret_pack = (struct pack){0};
    struct pack_head *head = &ret_pack->head;
    if (!read_head(&rest, head))
        return refuse(arena, fault, INVALID, NULL,
                      "这不是完整的证据包，请改用系统里下载或 duikou audit export 生成的原件。");
    TRY(checkpoint_read(arena, head->checkpoint, &ret_pack->checkpoint, fault));
    struct checking checking = {.arena = arena,
                                .pack = ret_pack,
                                .fault = fault,
                                .subject = proof_subject(head->kind, head->record),
                                .hash = head->previous};
    TRY(check_chain(&checking, rest));
    if (checking.purged)
        return refuse(arena, fault, INVALID, NULL, "有内容被抽去而没有清除记录，证据包不可采信。");
    struct canon state = {0};
    if (ret_pack->withheld > 0) /* nothing is said of what the record is */
        return head->state.len == 0
                   ? OK
                   : refuse(arena, fault, INVALID, NULL,
                            "有的内容没有给出，却写了记录现在的内容，证据包不可采信。");
    if ((head->state.len > 0 && !canon_read(arena, head->state, &state)) ||
        !canon_agrees(&checking.story, &state))
        return refuse(arena, fault, INVALID, NULL,
                      "记录现在的内容与各条操作的结果不符，证据包不可采信。");
    AUTOBUF known = buf_open(ENTRY_CAP);
    canon_put(&known, &checking.story.state);
    ret_pack->known = str_copy(arena, buf_str(&known));
    ret_pack->whole = checking.story.whole;
    return OK;
}
