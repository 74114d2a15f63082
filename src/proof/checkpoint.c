#include "proof/checkpoint.h"

#include "base/arena.h"
#include "proof/entry.h"

static const char title[] = "duikou-checkpoint 1";

enum status checkpoint_put(struct arena *arena, const struct checkpoint *checkpoint,
                           const struct key *key, struct buf *to)
{
    AUTOBUF signature = buf_open(SIGNATURE_BYTES_MAX);
    size_t start = to->len;
    struct str made = instant_format(arena, checkpoint->made, ZONE_CHINA_MIN);
    buf_fmt(to, "%s\nmade %lld %.*s\n", title, (long long)checkpoint->made.us, STR_ARG(made));
    for (int i = 0; i < checkpoint->n; i++) {
        const struct checkpoint_head *head = &checkpoint->heads[i];
        buf_fmt(to, "head %lld %lld %lld ", (long long)head->body_id, (long long)head->chain,
                (long long)head->length);
        hex_put(to, sm3_str(&head->hash));
        buf_char(to, '\n');
    }
    BUF_LIT(to, "key ");
    hex_put(to, key_public(key));
    buf_char(to, '\n');
    TRY(key_sign(key, str_from_byte(buf_str(to), start), &signature));
    BUF_LIT(to, "signature ");
    hex_put(to, buf_str(&signature));
    buf_char(to, '\n');
    return to->full ? FAULT : OK;
}

static bool read_head(struct str line, struct checkpoint_head *ret_head)
{
    struct str rest = line;
    return str_to_int(str_cut(&rest, STR(" ")), &ret_head->body_id) &&
           str_to_int(str_cut(&rest, STR(" ")), &ret_head->chain) &&
           str_to_int(str_cut(&rest, STR(" ")), &ret_head->length) && ret_head->length >= 0 &&
           sm3_read(rest, &ret_head->hash);
}

/* One line between the title and the signature. */
static bool read_line(struct arena *arena, struct checkpoint *checkpoint, struct str line)
{
    struct str rest = line, word = str_cut(&rest, STR(" "));
    if (str_is(word, "made"))
        return str_to_int(str_cut(&rest, STR(" ")), &checkpoint->made.us) &&
               checkpoint->made.us >= 0 && checkpoint->made.us < INSTANT_US_MAX;
    if (str_is(word, "head")) {
        struct checkpoint_head *head =
            arena_push(arena, checkpoint->heads, checkpoint->n, checkpoint->room);
        return read_head(rest, head);
    }
    unsigned char *point = arena_alloc(arena, KEY_PUBLIC_BYTES);
    size_t len = 0;
    if (!str_is(word, "key") || !hex_read(rest, point, KEY_PUBLIC_BYTES, &len))
        return false;
    checkpoint->public_key = (struct str){(const char *)point, len};
    return len == KEY_PUBLIC_BYTES;
}

static bool read_text(struct arena *arena, struct str text, struct checkpoint *checkpoint,
                      struct str *ret_signed, struct str *ret_signature)
{
    struct str rest = text;
    if (!str_is(str_line(&rest), title))
        return false;
    while (rest.len > 0 && !str_starts(rest, STR("signature ")))
        if (!read_line(arena, checkpoint, str_line(&rest)))
            return false;
    *ret_signed = str_head(text, (size_t)(rest.ptr - text.ptr));
    str_cut(&rest, STR(" "));
    unsigned char *bytes = arena_alloc(arena, SIGNATURE_BYTES_MAX);
    if (!hex_read(str_line(&rest), bytes, SIGNATURE_BYTES_MAX, &ret_signature->len))
        return false;
    ret_signature->ptr = (const char *)bytes;
    return rest.len == 0 && checkpoint->public_key.len > 0;
}

enum status checkpoint_read(struct arena *arena, struct str text, struct checkpoint *ret_checkpoint,
                            struct fault *fault)
{
    struct str covered, signature = {0};
    *ret_checkpoint = (struct checkpoint){0};
    if (!read_text(arena, text, ret_checkpoint, &covered, &signature))
        return refuse(arena, fault, INVALID, NULL,
                      "这不是完整的存证点文件，请改用 duikou audit checkpoint 生成的原件。");
    if (!key_verify(ret_checkpoint->public_key, covered, signature))
        return refuse(arena, fault, INVALID, NULL,
                      "存证点的签名与内容不符，文件被改动过，请改用原件。");
    return OK;
}

const struct checkpoint_head *checkpoint_find(const struct checkpoint *checkpoint, int64_t body_id,
                                              int64_t chain)
{
    for (int i = 0; i < checkpoint->n; i++)
        if (checkpoint->heads[i].body_id == body_id && checkpoint->heads[i].chain == chain)
            return &checkpoint->heads[i];
    return NULL;
}
