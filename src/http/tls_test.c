#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <unistd.h>
#include <cmocka.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include "http/client.h"
#include "http/priv.h"

enum { DAY_S = 86400 };

/* --- certificates of our own --- */

struct pair {
    struct str cert, key;
};

static struct str as_text(struct arena *arena, gnutls_datum_t datum)
{
    struct str text = str_copy(arena, (struct str){(char *)datum.data, datum.size});
    gnutls_free(datum.data);
    return text;
}

static struct pair make_pair(struct arena *arena, const char *name)
{
    gnutls_x509_privkey_t key;
    gnutls_x509_crt_t cert;
    gnutls_datum_t cert_text, key_text;
    unsigned char serial = 1;
    assert_int_equal(gnutls_x509_privkey_init(&key), 0);
    assert_int_equal(gnutls_x509_privkey_generate(
                         key, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0),
                     0);
    assert_int_equal(gnutls_x509_crt_init(&cert), 0);
    gnutls_x509_crt_set_version(cert, 3);
    gnutls_x509_crt_set_serial(cert, &serial, 1);
    gnutls_x509_crt_set_activation_time(cert, time(NULL) - DAY_S);
    gnutls_x509_crt_set_expiration_time(cert, time(NULL) + DAY_S);
    gnutls_x509_crt_set_dn_by_oid(cert, GNUTLS_OID_X520_COMMON_NAME, 0, name,
                                  (unsigned)strlen(name));
    gnutls_x509_crt_set_key(cert, key);
    assert_int_equal(gnutls_x509_crt_sign2(cert, cert, key, GNUTLS_DIG_SHA256, 0), 0);
    assert_int_equal(gnutls_x509_crt_export2(cert, GNUTLS_X509_FMT_PEM, &cert_text), 0);
    assert_int_equal(gnutls_x509_privkey_export2(key, GNUTLS_X509_FMT_PEM, &key_text), 0);
    gnutls_x509_crt_deinit(cert);
    gnutls_x509_privkey_deinit(key);
    return (struct pair){as_text(arena, cert_text), as_text(arena, key_text)};
}

static void take(struct server *server, struct pair pair)
{
    struct fault fault = {0};
    if (http_take_certificate(&server->sample->arena, pair.cert, pair.key, &fault) != OK)
        fail_msg("%.*s", STR_ARG(fault.message));
}

/* --- a client --- */

struct secret {
    struct client client;
    gnutls_session_t session;
    gnutls_certificate_credentials_t credentials;
};

/* Whether the two agree. */
static bool open_secret(struct secret *secret, const struct http *http, const char *versions)
{
    secret->client = client_open(http);
    gnutls_certificate_allocate_credentials(&secret->credentials);
    gnutls_init(&secret->session, GNUTLS_CLIENT);
    assert_int_equal(gnutls_priority_set_direct(secret->session, versions, NULL), 0);
    gnutls_credentials_set(secret->session, GNUTLS_CRD_CERTIFICATE, secret->credentials);
    gnutls_transport_set_int(secret->session, secret->client.fd);
    int code;
    do
        code = gnutls_handshake(secret->session);
    while (code < 0 && gnutls_error_is_fatal(code) == 0);
    return code == 0;
}

static void close_secret(struct secret *secret)
{
    gnutls_deinit(secret->session);
    gnutls_certificate_free_credentials(secret->credentials);
    client_close(&secret->client);
}

/* Everything up to the end of the connection. */
static struct str ask(struct secret *secret, const char *request, char *room, size_t room_n)
{
    assert_int_equal(gnutls_record_send(secret->session, request, strlen(request)),
                     strlen(request));
    size_t n = 0;
    ssize_t got;
    while (n < room_n && ((got = gnutls_record_recv(secret->session, room + n, room_n - n)) > 0 ||
                          got == GNUTLS_E_AGAIN || got == GNUTLS_E_INTERRUPTED))
        n += got > 0 ? (size_t)got : 0;
    return (struct str){room, n};
}

static void common_name(const struct secret *secret, char name[64])
{
    unsigned n;
    const gnutls_datum_t *shown = gnutls_certificate_get_peers(secret->session, &n);
    gnutls_x509_crt_t cert;
    size_t len = 64;
    assert_non_null(shown);
    gnutls_x509_crt_init(&cert);
    assert_int_equal(gnutls_x509_crt_import(cert, shown, GNUTLS_X509_FMT_DER), 0);
    assert_int_equal(
        gnutls_x509_crt_get_dn_by_oid(cert, GNUTLS_OID_X520_COMMON_NAME, 0, 0, name, &len), 0);
    gnutls_x509_crt_deinit(cert);
}

/* --- */

#define LAST "Connection: close\r\n\r\n"

static void pages_come_over_tls_and_ask_to_be_asked_for_over_tls(void **state)
{
    struct server *server = *state;
    static char room[1 << 18];
    take(server, make_pair(&server->sample->arena, "one"));
    struct http *http = server_start(server, (struct http_options){.tls = true});
    assert_true(str_starts(http_address(http), STR("https://127.0.0.1:")));
    static const char *const requests[] = {
        "GET /alpha/unit HTTP/1.1\r\n" HOST LAST, "GET /alpha/unit HTTP/1.1\r\n" HOST LAST,
        "GET /static/theme.css HTTP/1.1\r\n" HOST LAST, "GET /none HTTP/1.1\r\n" HOST LAST};
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
        struct secret secret;
        assert_true(open_secret(&secret, http, "NORMAL:-VERS-ALL:+VERS-TLS1.2:+VERS-TLS1.3"));
        struct str answer = ask(&secret, requests[i], room, sizeof room);
        assert_true(str_starts(answer, i == 3 ? STR("HTTP/1.1 404") : STR("HTTP/1.1 200")));
        assert_true(str_has(answer, STR("\r\nStrict-Transport-Security: max-age=31536000\r\n")));
        close_secret(&secret);
    }
    http_stop(http, 1000);
}

static void older_versions_and_plain_text_are_not_answered(void **state)
{
    struct server *server = *state;
    take(server, make_pair(&server->sample->arena, "one"));
    struct http *http = server_start(server, (struct http_options){.tls = true});
    static const struct {
        const char *versions;
        bool good;
    } cases[] = {
        {"NORMAL:-VERS-ALL:+VERS-TLS1.0:+VERS-TLS1.1:%COMPAT", false},
        {"NORMAL:-VERS-ALL:+VERS-TLS1.2", true},
        {"NORMAL:-VERS-ALL:+VERS-TLS1.3", true},
        {"NORMAL:-VERS-ALL:+VERS-TLS1.2:-KX-ALL:+RSA", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct secret secret;
        assert_int_equal(open_secret(&secret, http, cases[i].versions), cases[i].good);
        close_secret(&secret);
    }
    struct client plain = client_open(http);
    client_send(&plain, "GET /healthz HTTP/1.1\r\n" HOST "\r\n");
    char answer[16] = {0};
    ssize_t got = read(plain.fd, answer, sizeof answer);
    assert_false(got > 4 && memcmp(answer, "HTTP", 4) == 0);
    client_close(&plain);
    http_stop(http, 1000);
}

static void heads_too_long_get_their_sentence_over_tls(void **state)
{
    struct server *server = *state;
    static char room[1 << 16], request[15000];
    take(server, make_pair(&server->sample->arena, "one"));
    struct http *http = server_start(server, (struct http_options){.tls = true});
    memset(request, 'a', sizeof request);
    memcpy(request, "GET /?", 6);
    memcpy(request + 14500, " HTTP/1.1\r\n" HOST "\r\n", sizeof " HTTP/1.1\r\n" HOST "\r\n");
    struct secret secret;
    assert_true(open_secret(&secret, http, "NORMAL"));
    struct str answer = ask(&secret, request, room, sizeof room);
    assert_true(str_starts(answer, STR("HTTP/1.1 414")));
    assert_true(str_has(answer, STR("请求头过长")));
    close_secret(&secret);
    http_stop(http, 1000);
}

static void a_new_certificate_is_shown_without_a_restart(void **state)
{
    struct server *server = *state;
    struct arena *arena = &server->sample->arena;
    static char room[1 << 16];
    char name[64];
    take(server, make_pair(arena, "one"));
    struct http *http = server_start(server, (struct http_options){.tls = true});
    struct secret before, after;
    assert_true(open_secret(&before, http, "NORMAL"));
    take(server, make_pair(arena, "two"));
    assert_true(open_secret(&after, http, "NORMAL"));
    common_name(&before, name);
    assert_string_equal(name, "one");
    common_name(&after, name);
    assert_string_equal(name, "two");
    struct str answer = ask(&before, "GET /healthz HTTP/1.1\r\n" HOST LAST, room, sizeof room);
    assert_true(str_ends(answer, STR("ok\n")));
    close_secret(&before);
    close_secret(&after);
    http_stop(http, 1000);
}

static void what_is_no_pair_is_refused_and_the_old_one_stays(void **state)
{
    struct server *server = *state;
    struct arena *arena = &server->sample->arena;
    struct pair one = make_pair(arena, "one"), two = make_pair(arena, "two");
    struct fault fault = {0};
    take(server, one);
    struct http *http = server_start(server, (struct http_options){.tls = true});
    const struct {
        struct str cert, key;
        const char *sentence;
    } cases[] = {
        {STR("none"), one.key, "tls-cert 不是 PEM 格式的证书，请换用证书文件（fullchain.pem）。"},
        {one.cert, STR("none"),
         "tls-key 不是 PEM 格式、没有口令的私钥，请换用私钥文件（privkey.pem）。"},
        {one.cert, two.key, "tls-cert 和 tls-key 不是一对，请核对两个文件。"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(http_take_certificate(arena, cases[i].cert, cases[i].key, &fault),
                         INVALID);
        assert_string_equal(str_c(arena, fault.message), cases[i].sentence);
    }
    struct secret secret;
    assert_true(open_secret(&secret, http, "NORMAL"));
    close_secret(&secret);
    http_stop(http, 1000);
}

/* The pair is good from a day ago to a day from now. */
static void a_certificate_out_of_its_time_is_told(void **state)
{
    struct server *server = *state;
    static const struct {
        int days;
        const char *told;
    } cases[] = {{-20, "还没有到生效时间"},
                 {-14, "还没有到生效时间"},
                 {0, "不到 14 天就要过期"},
                 {2, "已过期"}};
    tls_drop();
    assert_null(http_certificate_warning(time(NULL)));
    take(server, make_pair(&server->sample->arena, "one"));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *warning = http_certificate_warning(time(NULL) + cases[i].days * DAY_S);
        assert_non_null(warning);
        assert_non_null(strstr(warning, cases[i].told));
    }
    tls_drop();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(pages_come_over_tls_and_ask_to_be_asked_for_over_tls),
        TEST(older_versions_and_plain_text_are_not_answered),
        TEST(heads_too_long_get_their_sentence_over_tls),
        TEST(a_new_certificate_is_shown_without_a_restart),
        TEST(what_is_no_pair_is_refused_and_the_old_one_stays),
        TEST(a_certificate_out_of_its_time_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
