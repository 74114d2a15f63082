#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "http/client.h"

enum { MIB_BYTES = 1 << 20 };

/* A multipart upload of one file of n bytes; what was answered. */
static struct answer upload(struct client *client, size_t n, const char *more_heads)
{
    static const char begin[] = "--B\r\nContent-Disposition: form-data; name=\"file\"; "
                                "filename=\"\xe5\x88\xb6\xe5\xba\xa6.docx\"\r\n\r\n";
    static const char end[] = "\r\n--B--\r\n";
    char heads[512];
    snprintf(heads, sizeof heads,
             "POST /alpha/upload HTTP/1.1\r\n" HOST "Accept: application/json\r\n"
             "Content-Type: multipart/form-data; boundary=B\r\n%sContent-Length: %zu\r\n\r\n",
             more_heads, sizeof begin - 1 + n + sizeof end - 1);
    client_send(client, heads);
    bool sent = client_send_bytes(client, begin, sizeof begin - 1);
    char *block = calloc(1, MIB_BYTES);
    for (size_t left = n; sent && left > 0;) {
        size_t part = left < MIB_BYTES ? left : MIB_BYTES;
        sent = client_send_bytes(client, block, part);
        left -= part;
    }
    free(block);
    if (sent)
        (void)client_send_bytes(client, end, sizeof end - 1);
    return client_answer(client, false);
}

static void an_upload_of_16_mb_is_taken(void **state)
{
    struct server *server = *state;
    struct client client = client_open(server->http);
    struct answer answer = upload(&client, 16 * MIB_BYTES, "");
    assert_int_equal(answer.status, 200);
    assert_true(str_has(answer.body, STR("\"count\":16777216")));
    assert_true(str_has(answer.body, STR("制度.docx")));
    client_close(&client);
}

static void an_upload_of_200_mb_is_refused_while_it_is_still_sent(void **state)
{
    struct server *server = *state;
    struct client client = client_open(server->http);
    struct answer answer = upload(&client, 200 * (size_t)MIB_BYTES, "");
    assert_int_equal(answer.status, 413);
    assert_true(str_has(answer.body, STR("文件超过 16 MB")));
    assert_true(client_is_closed(&client));
    client_close(&client);
}

static void an_upload_of_1_gb_is_refused_unread(void **state)
{
    struct server *server = *state;
    struct client client = client_open(server->http);
    /* Not one byte of it is sent: the answer is there all the same. */
    client_send(&client, "POST /alpha/upload HTTP/1.1\r\n" HOST
                         "Content-Type: multipart/form-data; boundary=B\r\n"
                         "Content-Length: 1073741824\r\n\r\n");
    struct answer answer = client_answer(&client, false);
    assert_int_equal(answer.status, 413);
    assert_true(str_has(answer.body, STR("文件超过 16 MB")));
    assert_true(client_is_closed(&client));
    client_close(&client);
}

static void a_chunked_upload_without_end_is_hung_up_on(void **state)
{
    struct server *server = *state;
    struct client client = client_open(server->http);
    client_send(&client, "POST /alpha/upload HTTP/1.1\r\n" HOST
                         "Content-Type: multipart/form-data; boundary=B\r\n"
                         "Transfer-Encoding: chunked\r\n\r\n");
    enum { BLOCK = 1 << 20, BLOCKS = 1024 };
    char *block = calloc(1, BLOCK);
    int sent = 0;
    while (sent < BLOCKS && client_send_bytes(&client, "100000\r\n", 8) &&
           client_send_bytes(&client, block, BLOCK) && client_send_bytes(&client, "\r\n", 2))
        sent++;
    free(block);
    /* Twice the limit is read, for an answer to who ends there; the sockets' buffers hold some. */
    assert_in_range(sent, 17, 64);
    assert_true(client_is_closed(&client));
    client_close(&client);
}

static void a_body_too_long_is_refused_before_it_is_sent(void **state)
{
    struct server *server = *state;
    struct client client = client_open(server->http);
    client_send(&client, "POST /alpha/unit HTTP/1.1\r\n" HOST
                         "Expect: 100-continue\r\nContent-Length: 1073741824\r\n\r\n");
    struct answer answer = client_answer(&client, false);
    assert_int_equal(answer.status, 413);
    assert_true(str_has(answer.body, STR("提交的内容超过 1 MB")));
    client_close(&client);
}

static void a_chunked_body_too_long_is_refused(void **state)
{
    struct server *server = *state;
    struct client client = client_open(server->http);
    client_send(&client, "POST /alpha/unit HTTP/1.1\r\n" HOST
                         "Content-Type: application/x-www-form-urlencoded\r\n"
                         "Transfer-Encoding: chunked\r\n\r\n");
    char *block = calloc(1, 1 << 16);
    for (int i = 0; i < 17; i++) {
        client_send(&client, "10000\r\n");
        assert_true(client_send_bytes(&client, block, 1 << 16));
        client_send(&client, "\r\n");
    }
    free(block);
    client_send(&client, "0\r\n\r\n");
    assert_int_equal(client_answer(&client, false).status, 413);
    client_close(&client);
}

static void a_chunked_form_is_read(void **state)
{
    struct server *server = *state;
    struct client client = client_open(server->http);
    client_send(&client, "POST /alpha/unit HTTP/1.1\r\n" HOST
                         "Content-Type: application/x-www-form-urlencoded\r\n"
                         "Transfer-Encoding: chunked\r\n\r\n4\r\nname\r\n3\r\n=ab\r\n0\r\n\r\n");
    assert_int_equal(client_answer(&client, false).status, 303);
    client_close(&client);
}

static void a_refused_write_is_answered_before_its_body(void **state)
{
    struct server *server = *state;
    struct client client = client_open(server->http);
    client_send(&client, "POST /alpha/unit HTTP/1.1\r\n" HOST "Origin: http://evil.example\r\n"
                         "Content-Length: 900000\r\n\r\n");
    assert_int_equal(client_answer(&client, false).status, 403);
    client_close(&client);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_upload_of_16_mb_is_taken),
        TEST(an_upload_of_200_mb_is_refused_while_it_is_still_sent),
        TEST(an_upload_of_1_gb_is_refused_unread),
        TEST(a_chunked_upload_without_end_is_hung_up_on),
        TEST(a_body_too_long_is_refused_before_it_is_sent),
        TEST(a_chunked_body_too_long_is_refused),
        TEST(a_chunked_form_is_read),
        TEST(a_refused_write_is_answered_before_its_body),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
