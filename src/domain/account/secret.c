#include <fcntl.h>
#include <sodium.h>
#include <unistd.h>

#include "base/utf8.h"
#include "domain/account/priv.h"

static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

struct str secret_code(struct arena *arena)
{
    unsigned char bytes[16];
    randombytes_buf(bytes, sizeof bytes);
    char *text = arena_alloc(arena, CODE_LEN + 1);
    for (int i = 0; i < CODE_LEN; i++) {
        int bit = i * 5, byte = bit / 8, low = bit % 8;
        unsigned pair = bytes[byte] | (byte + 1 < 16 ? bytes[byte + 1] << 8 : 0);
        text[i] = digits[pair >> low & 31];
    }
    sodium_memzero(bytes, sizeof bytes);
    return (struct str){text, CODE_LEN};
}

struct str secret_typed(struct arena *arena, struct str text)
{
    char *to = arena_alloc(arena, text.len + 1);
    size_t n = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '-' || c == ' ')
            continue;
        if (c >= 'a' && c <= 'z')
            c = (char)(c - 'a' + 'A');
        to[n++] = c == 'O' ? '0' : c == 'I' || c == 'L' ? '1' : c;
    }
    return (struct str){to, n};
}

struct str secret_hash(struct arena *arena, struct str text)
{
    unsigned char *hash = arena_alloc(arena, HASH_LEN);
    crypto_hash_sha256(hash, (const unsigned char *)(text.ptr ? text.ptr : ""), text.len);
    return (struct str){(const char *)hash, HASH_LEN};
}

struct str secret_url_text(struct arena *arena, struct str bytes)
{
    size_t room = sodium_base64_encoded_len(bytes.len, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    char *text = arena_alloc(arena, room);
    sodium_bin2base64(text, room, (const unsigned char *)bytes.ptr, bytes.len,
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    return str_from(text);
}

struct str secret_url_bytes(struct arena *arena, struct str text)
{
    unsigned char *bytes = arena_alloc(arena, text.len + 1);
    size_t len;
    if (sodium_base642bin(bytes, text.len + 1, text.ptr ? text.ptr : "", text.len, NULL, &len, NULL,
                          sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0)
        return (struct str){0};
    return (struct str){(const char *)bytes, len};
}

struct str secret_grouped(struct arena *arena, struct str code)
{
    struct str grouped = {0};
    for (size_t i = 0; i < code.len; i += 5)
        grouped = str_fmt(arena, "%.*s%s%.*s", STR_ARG(grouped), i ? "-" : "",
                          STR_ARG(str_head(str_from_byte(code, i), 5)));
    return grouped;
}

/* --- passwords --- */

static void take_place(struct accounts *accounts)
{
    pthread_mutex_lock(&accounts->lock);
    accounts->waiting++;
    while (accounts->hashing == HASHING_MAX)
        pthread_cond_wait(&accounts->hashed, &accounts->lock);
    accounts->waiting--;
    accounts->hashing++;
    pthread_mutex_unlock(&accounts->lock);
}

static void leave_place(struct accounts *accounts)
{
    pthread_mutex_lock(&accounts->lock);
    accounts->hashing--;
    pthread_cond_signal(&accounts->hashed);
    pthread_mutex_unlock(&accounts->lock);
}

enum status password_hash(struct accounts *accounts, struct arena *arena, struct str password,
                          struct str *ret_hash)
{
    char *hash = arena_alloc(arena, crypto_pwhash_STRBYTES);
    bool weak = accounts->options.weak;
    take_place(accounts);
    int failed = crypto_pwhash_str_alg(
        hash, password.ptr ? password.ptr : "", password.len,
        weak ? crypto_pwhash_OPSLIMIT_MIN : crypto_pwhash_OPSLIMIT_INTERACTIVE,
        weak ? crypto_pwhash_MEMLIMIT_MIN : crypto_pwhash_MEMLIMIT_INTERACTIVE,
        crypto_pwhash_ALG_ARGON2ID13);
    leave_place(accounts);
    if (failed)
        return FAULT;
    *ret_hash = str_from(hash);
    return OK;
}

bool password_fits(struct accounts *accounts, struct str hash, struct str password)
{
    /* Of no password: what an unknown name is held against, so that it takes as long. */
    static const char nobody[] = "$argon2id$v=19$m=65536,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$"
                                 "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    static const char nobody_weak[] = "$argon2id$v=19$m=8,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$"
                                      "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    char text[crypto_pwhash_STRBYTES] = {0};
    struct str against = hash.len ? hash : str_from(accounts->options.weak ? nobody_weak : nobody);
    if (against.len >= sizeof text || password.len > PASSWORD_BYTES_MAX)
        return false;
    memcpy(text, against.ptr, against.len);
    take_place(accounts);
    int failed = crypto_pwhash_str_verify(text, password.ptr ? password.ptr : "", password.len);
    leave_place(accounts);
    return !failed && hash.len > 0;
}

static bool is_one_character(struct str password)
{
    for (size_t i = 1; i < password.len; i++)
        if (password.ptr[i] != password.ptr[0])
            return false;
    return true;
}

/* What is tried first by whoever guesses. */
static bool is_common(struct str password)
{
    static const char *const common[] = {"1234567890", "0123456789", "0987654321", "qwertyuiop",
                                         "password",   "1q2w3e4r5t", "abcdefghij", "admin12345",
                                         "woaini",     "zhengxie",   "duikou"};
    static const char tail[] = "0123456789!@#$.";
    for (size_t i = 0; i < sizeof common / sizeof *common; i++) {
        struct str word = str_from(common[i]);
        if (password.len < word.len || strncasecmp(password.ptr, word.ptr, word.len) != 0)
            continue;
        struct str rest = str_from_byte(password, word.len);
        size_t plain = 0;
        while (plain < rest.len && strchr(tail, rest.ptr[plain]))
            plain++;
        if (plain == rest.len)
            return true;
    }
    return false;
}

enum status password_check(struct arena *arena, const char *field, struct str password,
                           struct str login, struct fault *fault)
{
    size_t characters = 0;
    for (size_t i = 0; i < password.len; i++)
        characters += ((unsigned char)password.ptr[i] & 0xC0) != 0x80;
    if (characters < PASSWORD_MIN)
        return refuse(arena, fault, INVALID, field, "密码至少 %d 个字符，请改长一些。",
                      PASSWORD_MIN);
    if (password.len > PASSWORD_BYTES_MAX)
        return refuse(arena, fault, INVALID, field, "密码最多 %d 个字节，请改短一些。",
                      PASSWORD_BYTES_MAX);
    if (is_one_character(password) || is_common(password) ||
        (login.len && str_has(password, login)))
        return refuse(arena, fault, INVALID, field,
                      "这个密码容易被猜到，请换一个不含登录名、不是常见组合的密码。");
    return OK;
}

/* --- the instance's key --- */

static bool read_key(int fd, char key[crypto_secretbox_KEYBYTES])
{
    return read(fd, key, crypto_secretbox_KEYBYTES) == crypto_secretbox_KEYBYTES;
}

/* Two processes may make it at once: the second finds the first one's. */
static bool make_key(const char *path, char key[crypto_secretbox_KEYBYTES])
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return false;
    randombytes_buf(key, crypto_secretbox_KEYBYTES);
    bool done =
        write(fd, key, crypto_secretbox_KEYBYTES) == crypto_secretbox_KEYBYTES && fsync(fd) == 0;
    close(fd);
    if (!done)
        unlink(path);
    return done;
}

static bool key_at_hand(struct accounts *accounts)
{
    if (accounts->key.len)
        return true;
    const char *path = str_c(&accounts->arena, accounts->options.key_path);
    char *key = arena_alloc(&accounts->arena, crypto_secretbox_KEYBYTES);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool done = fd >= 0 ? read_key(fd, key) : make_key(path, key);
    if (fd >= 0)
        close(fd);
    if (done)
        accounts->key = (struct str){key, crypto_secretbox_KEYBYTES};
    return done;
}

static enum status need_key(struct accounts *accounts, struct arena *arena, struct fault *fault)
{
    pthread_mutex_lock(&accounts->lock);
    bool done = key_at_hand(accounts);
    pthread_mutex_unlock(&accounts->lock);
    if (done)
        return OK;
    return refuse(arena, fault, FAULT, NULL, "密钥文件 %.*s 不能读写，请检查它所在的文件夹的权限。",
                  STR_ARG(accounts->options.key_path));
}

enum status secret_number(struct accounts *accounts, struct arena *arena, int64_t id,
                          struct str *ret_number, struct fault *fault)
{
    TRY(need_key(accounts, arena, fault));
    uint64_t hash;
    struct str text = str_fmt(arena, "sms %lld", (long long)id);
    crypto_generichash((unsigned char *)&hash, sizeof hash, (const unsigned char *)text.ptr,
                       text.len, (const unsigned char *)accounts->key.ptr, accounts->key.len);
    *ret_number = str_fmt(arena, "%06d", (int)(hash % 1000000));
    return OK;
}

enum status secret_wrap(struct accounts *accounts, struct arena *arena, struct str plain,
                        struct str *ret_wrapped, struct fault *fault)
{
    TRY(need_key(accounts, arena, fault));
    size_t head = crypto_secretbox_NONCEBYTES, len = head + crypto_secretbox_MACBYTES + plain.len;
    unsigned char *wrapped = arena_alloc(arena, len);
    randombytes_buf(wrapped, head);
    crypto_secretbox_easy(wrapped + head, (const unsigned char *)plain.ptr, plain.len, wrapped,
                          (const unsigned char *)accounts->key.ptr);
    *ret_wrapped = (struct str){(const char *)wrapped, len};
    return OK;
}

enum status secret_unwrap(struct accounts *accounts, struct arena *arena, struct str wrapped,
                          struct str *ret_plain, struct fault *fault)
{
    TRY(need_key(accounts, arena, fault));
    size_t head = crypto_secretbox_NONCEBYTES, least = head + crypto_secretbox_MACBYTES;
    size_t len = wrapped.len > least ? wrapped.len - least : 0;
    unsigned char *plain = arena_alloc(arena, len + 1);
    const unsigned char *bytes = (const unsigned char *)wrapped.ptr;
    if (len == 0 || crypto_secretbox_open_easy(plain, bytes + head, wrapped.len - head, bytes,
                                               (const unsigned char *)accounts->key.ptr) != 0)
        return refuse(arena, fault, FAULT, NULL,
                      "动态口令的密钥与密钥文件 %.*s 不符，请恢复原来的密钥文件。",
                      STR_ARG(accounts->options.key_path));
    *ret_plain = (struct str){(const char *)plain, len};
    return OK;
}
