#include "proof/key.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"

static const char identity[] = "1234567812345678";
enum { PEM_BYTES_MAX = 8 << 10 };

struct key {
    EVP_PKEY *pkey;
    unsigned char point[KEY_PUBLIC_BYTES];
};

/* --- files --- */

static enum status cannot(struct arena *arena, struct fault *fault, const char *path)
{
    return refuse(arena, fault, FAULT, "key-dir", "密钥文件 %s 无法读写（%s），请检查目录和权限。",
                  path, errno_text(errno));
}

static bool write_whole(const char *path, struct str bytes, mode_t mode)
{
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (file < 0)
        return false;
    bool written = write(file, bytes.ptr, bytes.len) == (ssize_t)bytes.len && fsync(file) == 0;
    int reason = errno;
    if (close(file) == 0 && written)
        return true;
    unlink(path);
    errno = reason;
    return false;
}

/* --- the key --- */

static bool take_point(struct key *key)
{
    size_t len = 0;
    return EVP_PKEY_is_a(key->pkey, "SM2") == 1 &&
           EVP_PKEY_get_octet_string_param(key->pkey, OSSL_PKEY_PARAM_PUB_KEY, key->point,
                                           sizeof key->point, &len) == 1 &&
           len == sizeof key->point && key->point[0] == 4;
}

static enum status read_key(struct arena *arena, const char *path, struct key *key,
                            struct fault *fault)
{
    struct stat info;
    FILE *file = fopen(path, "re");
    if (!file)
        return cannot(arena, fault, path);
    bool known = fstat(fileno(file), &info) == 0;
    bool secret = known && (info.st_mode & 077) == 0;
    if (secret)
        key->pkey = PEM_read_PrivateKey(file, NULL, NULL, NULL);
    fclose(file);
    if (!secret)
        return refuse(arena, fault, FAULT, "key-dir",
                      "密钥文件 %s 能被其他用户读到，请先改为仅本用户可读（chmod 600）。", path);
    if (!key->pkey || !take_point(key))
        return refuse(arena, fault, INVALID, "key-dir",
                      "%s 不是本系统的 SM2 密钥，请检查密钥目录。", path);
    return OK;
}

static bool pem_of(EVP_PKEY *pkey, struct buf *to)
{
    BIO *memory = BIO_new(BIO_s_mem());
    char *bytes = NULL;
    bool made = memory && PEM_write_bio_PKCS8PrivateKey(memory, pkey, NULL, NULL, 0, NULL, NULL);
    long len = made ? BIO_get_mem_data(memory, &bytes) : 0;
    if (len > 0)
        buf_put(to, (struct str){bytes, (size_t)len});
    BIO_free(memory);
    return len > 0;
}

/* Written under another name and linked into place: of two starts at once one key stays. */
static enum status make_key(struct arena *arena, const char *directory, const char *path,
                            struct fault *fault)
{
    AUTOBUF pem = buf_open(PEM_BYTES_MAX), public = buf_open(PEM_BYTES_MAX);
    struct key made = {.pkey = EVP_PKEY_Q_keygen(NULL, NULL, "SM2")};
    bool good = made.pkey && take_point(&made) && pem_of(made.pkey, &pem);
    EVP_PKEY_free(made.pkey);
    if (!good)
        return refuse(arena, fault, FAULT, NULL,
                      "系统的 OpenSSL 不能生成 SM2 密钥，请联系管理员。");
    hex_put(&public, (struct str){(const char *)made.point, sizeof made.point});
    buf_char(&public, '\n');
    const char *name = str_fmt(arena, "%s.%d", path, (int)getpid()).ptr;
    if ((mkdir(directory, 0700) != 0 && errno != EEXIST) || !write_whole(name, buf_str(&pem), 0600))
        return cannot(arena, fault, path);
    bool first = link(name, path) == 0;
    bool there = first || errno == EEXIST;
    unlink(name);
    if (!there)
        return cannot(arena, fault, path);
    const char *shown = str_fmt(arena, "%s/instance-sm2.pub", directory).ptr;
    if (first && !write_whole(shown, buf_str(&public), 0644) && errno != EEXIST)
        return cannot(arena, fault, shown);
    return OK;
}

enum status key_open(struct arena *arena, struct str directory, struct key **ret_key,
                     struct fault *fault)
{
    const char *folder = str_c(arena, directory);
    const char *path = str_fmt(arena, "%s/instance-sm2.pem", folder).ptr;
    struct key *key = arena_new(arena, struct key, 1);
    if (access(path, F_OK) != 0)
        TRY(make_key(arena, folder, path, fault));
    enum status status = read_key(arena, path, key, fault);
    if (status != OK) {
        key_close(key);
        return status;
    }
    *ret_key = key;
    return OK;
}

void key_close(struct key *key)
{
    if (key)
        EVP_PKEY_free(key->pkey);
}

struct str key_public(const struct key *key)
{
    return (struct str){(const char *)key->point, sizeof key->point};
}

/* --- signing --- */

/* A digest context for the key, with the identity that goes into SM2's hash. */
struct signing {
    EVP_MD_CTX *digest;
    EVP_PKEY_CTX *context;
};

static bool begin(struct signing *signing, EVP_PKEY *pkey)
{
    signing->digest = EVP_MD_CTX_new();
    signing->context = EVP_PKEY_CTX_new(pkey, NULL);
    if (!signing->digest || !signing->context ||
        EVP_PKEY_CTX_set1_id(signing->context, identity, sizeof identity - 1) != 1)
        return false;
    EVP_MD_CTX_set_pkey_ctx(signing->digest, signing->context);
    return true;
}

static void end(struct signing *signing)
{
    EVP_MD_CTX_free(signing->digest);
    EVP_PKEY_CTX_free(signing->context);
}

enum status key_sign(const struct key *key, struct str bytes, struct buf *to)
{
    struct signing signing = {0};
    unsigned char signature[SIGNATURE_BYTES_MAX];
    size_t len = sizeof signature;
    bool good = begin(&signing, key->pkey) &&
                EVP_DigestSignInit(signing.digest, NULL, EVP_sm3(), NULL, key->pkey) == 1 &&
                EVP_DigestSign(signing.digest, signature, &len, (const unsigned char *)bytes.ptr,
                               bytes.len) == 1;
    end(&signing);
    if (good)
        buf_put(to, (struct str){(const char *)signature, len});
    return good ? OK : FAULT;
}

static EVP_PKEY *public_pkey(struct str point)
{
    EVP_PKEY *pkey = NULL;
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, (char *)"SM2", 0),
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, (void *)point.ptr, point.len),
        OSSL_PARAM_construct_end()};
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "SM2", NULL);
    if (context && EVP_PKEY_fromdata_init(context) == 1 &&
        EVP_PKEY_fromdata(context, &pkey, EVP_PKEY_PUBLIC_KEY, params) != 1)
        pkey = NULL;
    EVP_PKEY_CTX_free(context);
    return pkey;
}

bool key_verify(struct str public_key, struct str bytes, struct str signature)
{
    struct signing signing = {0};
    EVP_PKEY *pkey = public_key.len == KEY_PUBLIC_BYTES ? public_pkey(public_key) : NULL;
    bool good = pkey && begin(&signing, pkey) &&
                EVP_DigestVerifyInit(signing.digest, NULL, EVP_sm3(), NULL, pkey) == 1 &&
                EVP_DigestVerify(signing.digest, (const unsigned char *)signature.ptr,
                                 signature.len, (const unsigned char *)bytes.ptr, bytes.len) == 1;
    end(&signing);
    EVP_PKEY_free(pkey);
    return good;
}

struct sm3 key_fingerprint(struct str public_key)
{
    return sm3_of(public_key);
}
