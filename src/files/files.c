#include "files/priv.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/id.h"

enum { DIGEST_BYTES = 32, CHUNK_BYTES = 64 << 10, KEY_ROOM = 128 };

static const struct hash {
    struct str prefix;
    const EVP_MD *(*md)(void);
} hashes[] = {
    [FILE_SHA256] = {STR_INIT("sha256-"), EVP_sha256}, [FILE_SM3] = {STR_INIT("sm3-"), EVP_sm3}};
enum { HASHES_N = sizeof hashes / sizeof *hashes };

static struct str hex(struct arena *arena, const struct hash *hash,
                      const unsigned char bytes[DIGEST_BYTES])
{
    static const char digits[] = "0123456789abcdef";
    size_t len = hash->prefix.len + 2 * DIGEST_BYTES;
    char *text = arena_alloc(arena, len + 1),
         *to = mempcpy(text, hash->prefix.ptr, hash->prefix.len);
    for (int i = 0; i < DIGEST_BYTES; i++) {
        *to++ = digits[bytes[i] >> 4];
        *to++ = digits[bytes[i] & 15];
    }
    return (struct str){text, len};
}

struct str file_digest(struct arena *arena, enum file_hash hash, struct str bytes)
{
    unsigned char digest[EVP_MAX_MD_SIZE] = {0};
    if (EVP_Digest(bytes.ptr ? bytes.ptr : "", bytes.len, digest, NULL, hashes[hash].md(), NULL) !=
        1)
        abort();
    return hex(arena, &hashes[hash], digest);
}

static const struct hash *hash_of(struct str digest)
{
    for (int i = 0; i < HASHES_N; i++)
        if (str_starts(digest, hashes[i].prefix) &&
            digest.len == hashes[i].prefix.len + 2 * DIGEST_BYTES)
            return &hashes[i];
    return NULL;
}

bool file_is_digest(struct str text)
{
    const struct hash *hash = hash_of(text);
    for (size_t i = hash ? hash->prefix.len : 0; hash && i < text.len; i++)
        if (!memchr("0123456789abcdef", text.ptr[i], 16))
            return false;
    return hash;
}

/* --- keys: BODY/DI/DIGEST --- */

static const char *key_of(struct arena *arena, int64_t body_id, struct str digest)
{
    const struct hash *hash = hash_of(digest);
    if (!hash || !file_is_digest(digest))
        return NULL;
    return str_fmt(arena, "%.*s/%.2s/%.*s", STR_ARG(id_format(arena, body_id)),
                   digest.ptr + hash->prefix.len, STR_ARG(digest))
        .ptr;
}

bool file_key_read(struct str key, struct file_found *ret_found)
{
    struct str rest = key;
    struct str body = str_cut(&rest, STR("/")), fan = str_cut(&rest, STR("/"));
    if (!id_parse(body, &ret_found->body_id) || fan.len != 2 || !file_is_digest(rest))
        return false;
    ret_found->name = rest;
    return true;
}

/* --- the store --- */

enum status file_store_open(struct arena *arena, const struct file_store_options *options,
                            struct file_store **ret_store, struct fault *fault)
{
    TRY(str_starts(options->where, STR("s3://"))
            ? bucket_open(arena, options, ret_store, fault)
            : directory_open(arena, options, ret_store, fault));
    (*ret_store)->hash = options->hash;
    return OK;
}

void file_store_close(struct file_store *store)
{
    if (!store)
        return;
    store->place->close(store);
    struct arena arena = store->arena; /* the store lies in it */
    arena_close(&arena);
}

enum status file_store_put(struct file_store *store, struct arena *arena, int64_t body_id,
                           struct str bytes, struct str *ret_digest, struct fault *fault)
{
    struct str digest = file_digest(arena, store->hash, bytes);
    TRY(store->place->put(store, arena, key_of(arena, body_id, digest), bytes, fault));
    *ret_digest = digest;
    return OK;
}

/* The bytes of an open file are those of the digest. */
static bool is_whole(struct arena *arena, int fd, struct str digest)
{
    const struct hash *hash = hash_of(digest);
    unsigned char made[EVP_MAX_MD_SIZE] = {0}, chunk[CHUNK_BYTES];
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool good = context && EVP_DigestInit_ex(context, hash->md(), NULL) == 1;
    for (off_t at = 0; good;) {
        ssize_t n = pread(fd, chunk, sizeof chunk, at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            good = n == 0;
            break;
        }
        good = EVP_DigestUpdate(context, chunk, (size_t)n) == 1;
        at += n;
    }
    good = good && EVP_DigestFinal_ex(context, made, NULL) == 1;
    EVP_MD_CTX_free(context);
    return good && str_eq(hex(arena, hash, made), digest);
}

enum status file_store_fetch(struct file_store *store, struct arena *arena, int64_t body_id,
                             struct str digest, int *ret_fd, int64_t *ret_bytes,
                             struct fault *fault)
{
    const char *key = key_of(arena, body_id, digest);
    if (!key)
        return refuse(arena, fault, NOT_FOUND, NULL, "这个附件没有可以下载的内容。");
    int fd;
    int64_t bytes;
    TRY(store->place->fetch(store, arena, key, &fd, &bytes, fault));
    if (!is_whole(arena, fd, digest)) {
        close(fd);
        return refuse(arena, fault, FAULT, NULL,
                      "附件的内容与登记的摘要不符，可能已损坏，请管理员从备份中恢复。");
    }
    (void)lseek(fd, 0, SEEK_SET);
    *ret_fd = fd;
    *ret_bytes = bytes;
    return OK;
}

enum status file_store_read(struct file_store *store, struct arena *arena, int64_t body_id,
                            struct str digest, size_t max, struct str *ret_bytes,
                            struct fault *fault)
{
    int fd;
    int64_t bytes;
    TRY(file_store_fetch(store, arena, body_id, digest, &fd, &bytes, fault));
    if (bytes < 0 || (size_t)bytes > max) {
        close(fd);
        return refuse(arena, fault, INVALID, NULL, "附件过大，不能读取。");
    }
    char *to = arena_alloc(arena, (size_t)bytes + 1);
    size_t len = 0;
    while (len < (size_t)bytes) {
        ssize_t n = pread(fd, to + len, (size_t)bytes - len, (off_t)len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        len += (size_t)n;
    }
    close(fd);
    if (len < (size_t)bytes)
        return refuse(arena, fault, FAULT, NULL, "读取附件时出错，请管理员检查磁盘。");
    *ret_bytes = (struct str){to, len};
    return OK;
}

enum status file_store_drop(struct file_store *store, struct arena *arena, int64_t body_id,
                            struct str digest, struct fault *fault)
{
    const char *key = key_of(arena, body_id, digest);
    return key ? store->place->remove(store, arena, key, fault) : OK;
}

enum status file_store_each(struct file_store *store, struct arena *arena, file_each *each,
                            void *context, struct fault *fault)
{
    return store->place->each(store, arena, each, context, fault);
}

enum status file_store_remove(struct file_store *store, struct arena *arena,
                              const struct file_found *found, struct fault *fault)
{
    return store->place->remove(store, arena, str_c(arena, found->where), fault);
}

int file_unnamed(void)
{
    const char *folder = getenv("TMPDIR");
    int fd = open(folder ? folder : "/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd >= 0)
        return fd;
    char name[] = "/tmp/duikou-file-XXXXXX";
    fd = mkostemp(name, O_CLOEXEC);
    if (fd >= 0)
        unlink(name);
    return fd;
}
