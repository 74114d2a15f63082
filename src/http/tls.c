/* The certificate that is shown to whoever connects, and its exchange while serving. */
#include <gnutls/abstract.h>
#include <gnutls/x509.h>

#include "http/priv.h"

enum { CHAIN_MAX = 8, CERTIFICATES_BYTES_MAX = 4 << 20, SOON_SEC = 14 * 86400 };

/* One certificate with its chain and key. Handshakes that began with an older one end with it, so
 * all are kept until the server stops. */
struct certificate {
    struct certificate *older;
    gnutls_pcert_st chain[CHAIN_MAX];
    unsigned chain_n;
    gnutls_privkey_t key;
    time_t from, until; /* -1: not told */
};

/* The library's callback brings nothing along; a program has one certificate. */
static struct certificate *_Atomic current;
static struct arena certificates = {.cap_bytes = CERTIFICATES_BYTES_MAX};

static void certificate_drop(struct certificate *certificate)
{
    for (unsigned i = 0; i < certificate->chain_n; i++)
        gnutls_pcert_deinit(&certificate->chain[i]);
    if (certificate->key)
        gnutls_privkey_deinit(certificate->key);
}

static gnutls_datum_t datum(struct str s)
{
    return (gnutls_datum_t){(unsigned char *)(uintptr_t)s.ptr, (unsigned)s.len};
}

/* Whether the key is the certificate's: what one signs the other verifies. */
static bool belong_together(const struct certificate *certificate)
{
    static const struct str sample = STR_INIT("duikou");
    gnutls_datum_t data = datum(sample), signature = {0};
    gnutls_pubkey_t pubkey = certificate->chain[0].pubkey;
    gnutls_digest_algorithm_t hash;
    if (gnutls_pubkey_get_preferred_hash_algorithm(pubkey, &hash, NULL) < 0 ||
        gnutls_privkey_sign_data(certificate->key, hash, 0, &data, &signature) < 0)
        return false;
    int pk = gnutls_privkey_get_pk_algorithm(certificate->key, NULL);
    gnutls_sign_algorithm_t sign = gnutls_pk_to_sign((gnutls_pk_algorithm_t)pk, hash);
    bool good = gnutls_pubkey_verify_data2(pubkey, sign, 0, &data, &signature) >= 0;
    gnutls_free(signature.data);
    return good;
}

static void read_times(struct certificate *certificate, struct str cert)
{
    gnutls_datum_t data = datum(cert);
    gnutls_x509_crt_t first;
    certificate->from = certificate->until = -1;
    if (gnutls_x509_crt_init(&first) < 0)
        return;
    if (gnutls_x509_crt_import(first, &data, GNUTLS_X509_FMT_PEM) >= 0) {
        certificate->from = gnutls_x509_crt_get_activation_time(first);
        certificate->until = gnutls_x509_crt_get_expiration_time(first);
    }
    gnutls_x509_crt_deinit(first);
}

const char *http_certificate_warning(int64_t now_sec)
{
    const struct certificate *certificate = atomic_load(&current);
    if (!certificate)
        return NULL;
    if (certificate->from != -1 && now_sec < certificate->from)
        return "tls-cert 的证书还没有到生效时间，浏览器会拒绝，请核对证书和本机时间";
    if (certificate->until != -1 && now_sec > certificate->until)
        return "tls-cert 的证书已过期，浏览器会拒绝，请更换证书";
    if (certificate->until != -1 && now_sec > certificate->until - SOON_SEC)
        return "tls-cert 的证书不到 14 天就要过期，请及时更换";
    return NULL;
}

/* What is wrong with the two texts; NULL when all is well. */
static const char *read_texts(struct certificate *certificate, struct str cert, struct str key)
{
    gnutls_datum_t cert_data = datum(cert), key_data = datum(key);
    unsigned n = CHAIN_MAX;
    if (gnutls_pcert_list_import_x509_raw(certificate->chain, &n, &cert_data, GNUTLS_X509_FMT_PEM,
                                          0) < 0 ||
        n == 0)
        return "tls-cert 不是 PEM 格式的证书，请换用证书文件（fullchain.pem）";
    certificate->chain_n = n;
    if (gnutls_privkey_init(&certificate->key) < 0 ||
        gnutls_privkey_import_x509_raw(certificate->key, &key_data, GNUTLS_X509_FMT_PEM, NULL, 0) <
            0)
        return "tls-key 不是 PEM 格式、没有口令的私钥，请换用私钥文件（privkey.pem）";
    return belong_together(certificate) ? NULL : "tls-cert 和 tls-key 不是一对，请核对两个文件";
}

enum status http_take_certificate(struct arena *arena, struct str cert, struct str key,
                                  struct fault *fault)
{
    struct certificate *certificate = arena_new(&certificates, struct certificate, 1);
    const char *slip = read_texts(certificate, cert, key);
    if (slip) {
        certificate_drop(certificate);
        return refuse(arena, fault, INVALID, "tls-cert", "%s。", slip);
    }
    read_times(certificate, cert);
    certificate->older = atomic_load(&current);
    atomic_store(&current, certificate);
    return OK;
}

void tls_drop(void)
{
    struct certificate *certificate = atomic_exchange(&current, NULL);
    while (certificate) {
        struct certificate *older = certificate->older;
        certificate_drop(certificate);
        certificate = older;
    }
    arena_close(&certificates);
}

int tls_choose(gnutls_session_t session, const gnutls_datum_t *authorities, int authorities_n,
               const gnutls_pk_algorithm_t *algorithms, int algorithms_n,
               gnutls_pcert_st **ret_chain, unsigned *ret_chain_n, gnutls_privkey_t *ret_key)
{
    (void)session;
    (void)authorities;
    (void)authorities_n;
    (void)algorithms;
    (void)algorithms_n;
    struct certificate *certificate = atomic_load(&current);
    if (!certificate)
        return -1;
    *ret_chain = certificate->chain;
    *ret_chain_n = certificate->chain_n;
    *ret_key = certificate->key;
    return 0;
}
