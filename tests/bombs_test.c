/* What is small when it is sent and large when it is read; names of files that want to be paths. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include <zip.h>

#include "tests/form_of_kind.h"

static const struct date today = {2026, 1, 20};

static struct program_sample *open_loaded(void)
{
    struct program_sample *sample = program_sample_open(today);
    sample_load(sample, sample_file(sample, "tests/data/load/linjiang-2026-3.yaml"),
                (struct date){0});
    return sample;
}

static struct str times(struct program_sample *sample, const char *before, const char *part, int n,
                        const char *after)
{
    struct str piece = str_from(part), first = str_from(before), last = str_from(after);
    size_t len = first.len + piece.len * (size_t)n + last.len;
    char *to = arena_alloc(&sample->arena, len + 1), *at = to;
    memcpy(at, first.ptr, first.len);
    at += first.len;
    for (int i = 0; i < n; i++, at += piece.len)
        memcpy(at, piece.ptr, piece.len);
    memcpy(at, last.ptr, last.len);
    return (struct str){to, len};
}

static void a_body_of_many_or_deep_parts_is_refused_in_a_sentence(void **state)
{
    (void)state;
    struct program_sample *sample = open_loaded();
    static const char form[] = "application/x-www-form-urlencoded", json[] = "application/json",
                      parts[] = "multipart/form-data; boundary=B";
    static const struct {
        const char *type, *before, *part, *after;
        int n;
    } bombs[] = {
        {json, "{\"a\":", "[", "", 500000},
        {json, "{\"a\":", "{\"a\":", "1", 100000},
        {json, "{\"a\":[", "[],", "[]]}", 200000},
        {json, "{\"a\":[", "1,", "1]}", 200000},
        {json, "{\"a\":1", "0", "}", 500000},
        {form, "a=1", "&a=1", "", 200000},
        {form, "a=", "%41", "", 400000},
        {parts, "", "--B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb\r\n", "--B--\r\n",
         15000},
        {parts, "--B\r\nContent-Disposition: form-data; name=\"", "a\\\"",
         "\"\r\n\r\nb\r\n--B--\r\n", 300000},
        {parts, "--B\r\n", "X: y\r\n", "\r\n\r\nb\r\n--B--\r\n", 100000},
    };
    for (size_t i = 0; i < sizeof bombs / sizeof *bombs; i++) {
        struct request request = {.method = METHOD_POST,
                                  .path = STR("/linjiang/organization"),
                                  .content_type = str_from(bombs[i].type)};
        struct fault fault = {0};
        struct arena arena = arena_open(MIB(256));
        struct str body = times(sample, bombs[i].before, bombs[i].part, bombs[i].n, bombs[i].after);
        enum status status = app_parse_body(&arena, body, &request, &fault);
        /* One long value is no bomb: the field refuses it. */
        bool refused = status == INVALID && fault.http >= 400 && fault.message.len > 0;
        if (!refused && request.form_n != 1)
            fail_msg("%zu: %d, %d fields", i, status, request.form_n);
        arena_close(&arena);
    }
    program_sample_close(sample);
}

/* A package whose one member is `n` bytes of one letter. */
static struct str packed(struct program_sample *sample, const char *member, size_t n)
{
    zip_error_t error;
    zip_source_t *whole = zip_source_buffer_create(NULL, 0, 0, &error);
    zip_source_keep(whole);
    zip_t *zip = zip_open_from_source(whole, ZIP_TRUNCATE, &error);
    char *bytes = calloc(1, n);
    assert_non_null(bytes);
    memset(bytes, 'a', n);
    zip_source_t *types = zip_source_buffer(zip, "<Types/>", 8, 0);
    assert_true(zip_file_add(zip, "[Content_Types].xml", types, ZIP_FL_ENC_UTF_8) >= 0);
    assert_true(zip_file_add(zip, member, zip_source_buffer(zip, bytes, n, 0), ZIP_FL_ENC_UTF_8) >=
                0);
    assert_int_equal(zip_close(zip), 0);
    free(bytes);
    char *to = arena_alloc(&sample->arena, KIB(512));
    assert_int_equal(zip_source_open(whole), 0);
    zip_int64_t len = zip_source_read(whole, to, KIB(512));
    assert_true(len > 0 && len < (zip_int64_t)KIB(512));
    zip_source_close(whole);
    zip_source_free(whole);
    return (struct str){to, (size_t)len};
}

static struct str attachments(struct program_sample *sample)
{
    struct str id = sample_at(sample, "/linjiang/organization.json", "/items/0/id");
    return str_fmt(&sample->arena, "/linjiang/organization/%.*s/files", STR_ARG(id));
}

static void a_package_that_unpacks_without_end_is_refused_everywhere(void **state)
{
    (void)state;
    struct program_sample *sample = open_loaded();
    static const struct {
        const char *name, *member;
    } bombs[] = {{"a.docx", "word/document.xml"},
                 {"a.xlsx", "xl/sharedStrings.xml"},
                 {"a.pptx", "ppt/slides/slide1.xml"}};
    struct str files = attachments(sample);
    for (size_t i = 0; i < sizeof bombs / sizeof *bombs; i++) {
        struct str bomb = packed(sample, bombs[i].member, 64 << 20);
        const char *const addresses[] = {files.ptr, "/import", "/linjiang/roster"};
        for (int k = 0; k < 3; k++) {
            struct sample_answer answer = sample_upload(sample, addresses[k], bombs[i].name, bomb);
            if (answer.status != 422)
                fail_msg("%s at %s: %d", bombs[i].name, addresses[k], answer.status);
        }
    }
    assert_int_equal(sample_get(sample, "/linjiang/directory").status, 200);
    program_sample_close(sample);
}

static void a_name_of_a_file_is_no_path_and_no_head(void **state)
{
    (void)state;
    struct program_sample *sample = open_loaded();
    struct str files = attachments(sample);
    struct str list = str_fmt(&sample->arena, "%.*s.json", STR_ARG(files));
    static const char *const names[] = {"../../../etc/passwd.txt",
                                        "..\\..\\a.txt",
                                        "/etc/passwd",
                                        "a\r\nSet-Cookie: b=c.txt",
                                        "a\"; filename=\"b.html",
                                        "\"><script>.txt",
                                        "a.txt.html",
                                        ".htaccess",
                                        "CON",
                                        "\xe2\x80\xae"
                                        "txt.exe"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct str text = str_fmt(&sample->arena, "第 %zu 份说明。\n", i);
        struct sample_answer sent = sample_upload(sample, files.ptr, names[i], text);
        if (sent.status >= 500)
            fail_msg("%s: %d", names[i], sent.status);
    }
    int kept = 0;
    for (int i = 0;; i++) {
        char pointer[40];
        snprintf(pointer, sizeof pointer, "/items/%d/content_url", i);
        struct str url = sample_at(sample, list.ptr, pointer);
        if (url.len == 0)
            break;
        struct request request = {.method = METHOD_GET,
                                  .path = url,
                                  .host = STR("localhost"),
                                  .peer_loopback = true,
                                  .id = "0000000000000004"};
        struct response response;
        app_handle(sample->program.app, &request, &response);
        assert_int_equal(response.status, 200);
        assert_true(response.untrusted && response.no_store);
        struct str head = response.disposition;
        assert_true(str_starts(head, STR("attachment;")));
        assert_false(memchr(head.ptr, '\n', head.len) || memchr(head.ptr, '\r', head.len) ||
                     str_has(head, STR("b.html")) || str_has(head, STR("<")) ||
                     str_has(head, STR("../")));
        assert_true(str_starts(str_from(response.content_type), STR("text/plain")));
        response_release(&response);
        kept++;
    }
    assert_true(kept >= 5);
    program_sample_close(sample);
}

int main(int argc, char **argv)
{
    int code;
    if (is_child(argc, argv, &code))
        return code;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_body_of_many_or_deep_parts_is_refused_in_a_sentence),
        cmocka_unit_test(a_package_that_unpacks_without_end_is_refused_everywhere),
        cmocka_unit_test(a_name_of_a_file_is_no_path_and_no_head),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
