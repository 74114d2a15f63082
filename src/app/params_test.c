#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "app/priv.h"

static struct params parse(struct arena *arena, struct str text)
{
    struct params params = {0};
    struct fault fault = {0};
    assert_int_equal(params_parse(arena, text, QUERY_PARAMS_MAX, QUERY_BYTES_MAX, &params, &fault),
                     OK);
    return params;
}

static void refused(struct arena *arena, struct str text)
{
    struct params params = {0};
    struct fault fault = {0};
    assert_int_equal(params_parse(arena, text, QUERY_PARAMS_MAX, QUERY_BYTES_MAX, &params, &fault),
                     INVALID);
    assert_int_equal(fault.http, 400);
    assert_true(fault.message.len > 0);
}

static void a_query_is_decoded_once_with_plus_as_a_space(void **state)
{
    (void)state;
    AUTOARENA arena = arena_open(MIB(4));
    struct params params = parse(&arena, STR("q=%E5%B8%82+a%2Bb&&x&y=%2541&z=100%&w=%4"));
    assert_int_equal(params.n, 5);
    assert_true(str_is(params.items[0].value, "市 a+b"));
    assert_true(str_is(params.items[1].name, "x"));
    assert_int_equal(params.items[1].value.len, 0);
    assert_true(str_is(params.items[2].value, "%41"));
    assert_true(str_is(params.items[3].value, "100%"));
    assert_true(str_is(params.items[4].value, "%4"));
    assert_ptr_equal(params_find(params.items, params.n, "x"), &params.items[1]);
    assert_null(params_find(params.items, params.n, "X"));
}

static void a_query_with_nul_or_bad_utf8_is_refused(void **state)
{
    (void)state;
    AUTOARENA arena = arena_open(MIB(4));
    refused(&arena, STR("a=%00"));
    refused(&arena, STR("a=%FF"));
    refused(&arena, STR("%C0%80=1"));
}

static void a_query_of_200_parameters_passes_and_of_201_is_refused(void **state)
{
    (void)state;
    AUTOARENA arena = arena_open(MIB(4));
    AUTOBUF query = buf_open(MIB(1));
    for (int i = 0; i < QUERY_PARAMS_MAX; i++)
        BUF_LIT(&query, "a=1&");
    assert_int_equal(parse(&arena, buf_str(&query)).n, QUERY_PARAMS_MAX);
    BUF_LIT(&query, "a=1");
    refused(&arena, buf_str(&query));
}

static void a_query_of_64_kb_passes_and_one_byte_more_is_refused(void **state)
{
    (void)state;
    AUTOARENA arena = arena_open(MIB(4));
    AUTOBUF query = buf_open(MIB(1));
    BUF_LIT(&query, "a=");
    for (int i = 0; i < QUERY_BYTES_MAX - 1; i++)
        buf_char(&query, 'x');
    assert_int_equal(parse(&arena, buf_str(&query)).n, 1);
    buf_char(&query, 'x');
    refused(&arena, buf_str(&query));
}

/* --- paths --- */

static enum status path_of(struct arena *arena, const char *raw, struct path *path, int *ret_http)
{
    struct fault fault = {0};
    enum status status = path_parse(arena, str_from(raw), path, &fault);
    *ret_http = fault.http;
    return status;
}

static void a_path_is_decoded_by_segment_and_its_suffix_found(void **state)
{
    (void)state;
    AUTOARENA arena = arena_open(MIB(1));
    struct path path;
    int http;
    assert_int_equal(path_of(&arena, "/alpha/%E5%8D%95%E4%BD%8D.json", &path, &http), OK);
    assert_int_equal(path.n, 2);
    assert_true(str_is(path.segments[1], "单位.json"));
    assert_true(str_is(path.last, "单位"));
    assert_int_equal(path.suffix_form, FORM_JSON);
    assert_int_equal(path_of(&arena, "/a/.json", &path, &http), OK);
    assert_int_equal(path.suffix_form, 0);
    assert_int_equal(path_of(&arena, "/", &path, &http), OK);
    assert_int_equal(path.n, 0);
    assert_int_equal(path_of(&arena, "/a/b/", &path, &http), OK);
    assert_true(path.slash);
    assert_int_equal(path_of(&arena, "/a/b%2541", &path, &http), OK);
    assert_true(str_is(path.segments[1], "b%41"));
}

static void a_path_that_could_climb_or_hide_is_refused_with_400(void **state)
{
    (void)state;
    AUTOARENA arena = arena_open(MIB(1));
    static const char *const bad[] = {"",     "a",        "/..",       "/a/../b", "/a/%2e%2E/b",
                                      "/.",   "/a/%2F",   "/a%00b",    "/%0d%0a", "/a/%7f",
                                      "/%ff", "/%c0%ae",  "/%",        "/%4",     "/%zz",
                                      "*",    "/a/\x01b", "/%ed%a0%80"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct path path;
        int http;
        assert_int_equal(path_of(&arena, bad[i], &path, &http), INVALID);
        assert_int_equal(http, 400);
    }
}

static void empty_segments_and_depth_13_are_not_found(void **state)
{
    (void)state;
    AUTOARENA arena = arena_open(MIB(1));
    struct path path;
    int http;
    assert_int_equal(path_of(&arena, "//a", &path, &http), NOT_FOUND);
    assert_int_equal(path_of(&arena, "/a//b", &path, &http), NOT_FOUND);
    assert_int_equal(path_of(&arena, "/1/2/3/4/5/6/7/8/9/10/11/12", &path, &http), OK);
    assert_int_equal(path_of(&arena, "/1/2/3/4/5/6/7/8/9/10/11/12/13", &path, &http), NOT_FOUND);
}

/* --- heads --- */

static void accept_chooses_by_quality_and_html_when_equal(void **state)
{
    (void)state;
    static const struct {
        const char *accept;
        int forms, picked;
    } cases[] = {
        {"", FORM_LIST, FORM_HTML},
        {"*/*", FORM_LIST, FORM_HTML},
        {"application/json", FORM_LIST, FORM_JSON},
        {"text/html,application/xhtml+xml,*/*;q=0.8", FORM_LIST, FORM_HTML},
        {"text/html;q=0.5, application/json", FORM_LIST, FORM_JSON},
        {"text/csv", FORM_LIST, FORM_CSV},
        {"text/*;q=0.2, application/json;q=0.1", FORM_LIST, FORM_HTML},
        {"application/json", FORM_HTML, 0},
        {"*/*;q=0", FORM_HTML, 0},
        {"APPLICATION/JSON", FORM_LIST, FORM_JSON},
        {"image/png", FORM_FILE, FORM_FILE},
        {"image/png", FORM_LIST, 0},
        {"application/json;q=0.001, text/html;q=0", FORM_LIST, FORM_JSON},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(accept_pick(str_from(cases[i].accept), cases[i].forms), cases[i].picked);
}

static void if_none_match_compares_weakly_and_in_lists(void **state)
{
    (void)state;
    assert_true(etag_matches(STR("\"a\", W/\"b\""), STR("\"b\"")));
    assert_true(etag_matches(STR("*"), STR("\"b\"")));
    assert_false(etag_matches(STR("\"bb\""), STR("\"b\"")));
    assert_false(etag_matches(STR("*"), STR("")));
    assert_false(etag_matches(STR(""), STR("\"b\"")));
}

static void only_names_of_this_machine_are_loopback(void **state)
{
    (void)state;
    static const char *const own[] = {"localhost",      "LOCALHOST:8080", "127.0.0.1",
                                      "127.3.2.1:8080", "[::1]",          "[::1]:80"};
    static const char *const foreign[] = {"",
                                          "localhost.evil.com",
                                          "127.0.0.1.evil.com",
                                          "evil.com:8080",
                                          "10.0.0.1",
                                          "[::2]",
                                          "[::1",
                                          "127.1",
                                          "0.0.0.0",
                                          "2130706433",
                                          "127.0.0.1:80@evil.com",
                                          "localhost:8080.evil.com",
                                          "[::1].evil.com"};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        assert_true(host_is_loopback(str_from(own[i])));
    for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++)
        assert_false(host_is_loopback(str_from(foreign[i])));
}

/* --- bodies --- */

static const char multipart_type[] = "multipart/form-data; boundary=\"X-1\"";
#define PART(heads, text) "--X-1\r\n" heads "\r\n\r\n" text "\r\n"
#define NAMED(name)       "Content-Disposition: form-data; name=\"" name "\""

static enum status parse_body(struct arena *arena, const char *type, struct str bytes,
                              struct request *request, int *ret_http)
{
    struct fault fault = {0};
    *request = (struct request){.content_type = str_from(type)};
    enum status status = app_parse_body(arena, bytes, request, &fault);
    *ret_http = fault.http;
    return status;
}

static void multipart_gives_fields_and_files_with_any_bytes(void **state)
{
    (void)state;
    AUTOARENA arena = arena_open(MIB(1));
    struct request request;
    int http;
    struct str body = STR(PART(NAMED("name"), "市教育局") PART(
        "content-disposition: form-data; name=\"f\"; filename=\"a\\\"b.txt\"\r\n"
        "Content-Type: text/plain",
        "\r\n--X-\0--\r\n") PART(NAMED("g") "; filename=\"\"", "") "--X-1--\r\n");
    assert_int_equal(parse_body(&arena, multipart_type, body, &request, &http), OK);
    assert_int_equal(request.form_n, 1);
    assert_true(str_is(request.form[0].value, "市教育局"));
    assert_int_equal(request.uploads_n, 1);
    assert_true(str_is(request.uploads[0].filename, "a\"b.txt"));
    assert_true(str_eq(request.uploads[0].bytes, STR("\r\n--X-\0--\r\n")));
}

static void multipart_that_is_cut_off_or_malformed_is_refused(void **state)
{
    (void)state;
    AUTOARENA arena = arena_open(MIB(4));
    static const struct str bad[] = {
        STR_INIT(""),
        STR_INIT("--X-1"),
        STR_INIT("--X-1\r\n"),
        STR_INIT("--X-2\r\n"),
        STR_INIT(PART(NAMED("a"), "1")),
        STR_INIT("--X-1\r\n" NAMED("a") "\r\n\r\nno end"),
        STR_INIT(PART("Content-Type: text/plain", "no name") "--X-1--"),
        STR_INIT(PART("Content-Disposition: attachment; name=\"a\"", "1") "--X-1--"),
        STR_INIT(PART(NAMED("a"), "\xff") "--X-1--"),
        STR_INIT(PART(NAMED("\xff"), "1") "--X-1--"),
    };
    struct request request;
    int http;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(parse_body(&arena, multipart_type, bad[i], &request, &http), INVALID);
        assert_int_equal(http, 400);
    }
    assert_int_equal(parse_body(&arena, "multipart/form-data", bad[0], &request, &http), INVALID);
}

static void multipart_of_64_parts_passes_and_of_65_is_refused_with_413(void **state)
{
    (void)state;
    AUTOARENA arena = arena_open(MIB(4));
    AUTOBUF body = buf_open(MIB(1));
    struct request request;
    int http;
    for (int i = 0; i < PARTS_MAX; i++)
        BUF_LIT(&body, PART(NAMED("a"), "1"));
    BUF_LIT(&body, "--X-1--");
    assert_int_equal(parse_body(&arena, multipart_type, buf_str(&body), &request, &http), OK);
    assert_int_equal(request.form_n, PARTS_MAX);
    body.len -= 7;
    BUF_LIT(&body, PART(NAMED("a"), "1") "--X-1--");
    assert_int_equal(parse_body(&arena, multipart_type, buf_str(&body), &request, &http), INVALID);
    assert_int_equal(http, 413);
}

static void a_json_object_is_read_as_a_form(void **state)
{
    (void)state;
    AUTOARENA arena = arena_open(MIB(1));
    struct request request;
    int http;
    struct str body = STR("{\"name\": \"甲\", \"n\": -3, \"yes\": true, \"none\": null,"
                          " \"tags\": [\"a\", \"b\"], \"deep\": {\"x\": 1}, \"real\": 1.5,"
                          " \"rows\": [{\"a\": \"b\"}, {\"a\": \"c\"}], \"no\": []}");
    assert_int_equal(parse_body(&arena, "application/json; charset=utf-8", body, &request, &http),
                     OK);
    assert_int_equal(request.form_n, 11);
    assert_true(str_is(params_find(request.form, request.form_n, "n")->value, "-3"));
    assert_true(str_is(params_find(request.form, request.form_n, "yes")->value, "1"));
    assert_true(str_is(params_find(request.form, request.form_n, "tags")->value, "a"));
    assert_true(str_is(params_find(request.form, request.form_n, "deep.x")->value, "1"));
    assert_true(str_is(params_find(request.form, request.form_n, "real")->value, "1.5"));
    assert_true(str_is(params_find(request.form, request.form_n, "rows.1.a")->value, "c"));
    assert_true(str_is(params_find(request.form, request.form_n, "no")->value, ""));
    assert_null(params_find(request.form, request.form_n, "deep"));
    assert_int_equal(parse_body(&arena, "application/json", STR("{\"a\":"), &request, &http),
                     INVALID);
    assert_int_equal(http, 400);
}

/* [[[… and {"a": {"a": … and names that a deep structure would repeat without end. */
static void a_json_body_too_deep_too_wide_or_too_long_in_its_names_is_refused(void **state)
{
    (void)state;
    AUTOARENA arena = arena_open(MIB(8));
    AUTOBUF deep = buf_open(KIB(64)), wide = buf_open(KIB(64)), named = buf_open(KIB(64));
    struct request request;
    int http;
    BUF_LIT(&deep, "{\"a\": ");
    for (int i = 0; i < 2000; i++)
        buf_char(&deep, '[');
    for (int i = 0; i < 2000; i++)
        buf_char(&deep, ']');
    buf_char(&deep, '}');
    assert_int_equal(parse_body(&arena, "application/json", buf_str(&deep), &request, &http),
                     INVALID);
    assert_int_equal(http, 400);
    BUF_LIT(&wide, "{\"a\": [{}");
    for (int i = 0; i < FORM_PARAMS_MAX; i++)
        BUF_LIT(&wide, ",{}");
    BUF_LIT(&wide, "]}");
    assert_int_equal(parse_body(&arena, "application/json", buf_str(&wide), &request, &http),
                     INVALID);
    assert_int_equal(http, 413);
    BUF_LIT(&named, "{\"");
    for (int i = 0; i < 201; i++)
        buf_char(&named, 'n');
    BUF_LIT(&named, "\": 1}");
    assert_int_equal(parse_body(&arena, "application/json", buf_str(&named), &request, &http),
                     INVALID);
    assert_int_equal(http, 400);
}

static void a_body_of_unknown_type_is_refused_with_415(void **state)
{
    (void)state;
    AUTOARENA arena = arena_open(MIB(1));
    struct request request;
    int http;
    assert_int_equal(parse_body(&arena, "text/plain", STR("a=1"), &request, &http), INVALID);
    assert_int_equal(http, 415);
    assert_int_equal(parse_body(&arena, "", STR(""), &request, &http), OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_query_is_decoded_once_with_plus_as_a_space),
        cmocka_unit_test(a_query_with_nul_or_bad_utf8_is_refused),
        cmocka_unit_test(a_query_of_200_parameters_passes_and_of_201_is_refused),
        cmocka_unit_test(a_query_of_64_kb_passes_and_one_byte_more_is_refused),
        cmocka_unit_test(a_path_is_decoded_by_segment_and_its_suffix_found),
        cmocka_unit_test(a_path_that_could_climb_or_hide_is_refused_with_400),
        cmocka_unit_test(empty_segments_and_depth_13_are_not_found),
        cmocka_unit_test(accept_chooses_by_quality_and_html_when_equal),
        cmocka_unit_test(if_none_match_compares_weakly_and_in_lists),
        cmocka_unit_test(only_names_of_this_machine_are_loopback),
        cmocka_unit_test(multipart_gives_fields_and_files_with_any_bytes),
        cmocka_unit_test(multipart_that_is_cut_off_or_malformed_is_refused),
        cmocka_unit_test(multipart_of_64_parts_passes_and_of_65_is_refused_with_413),
        cmocka_unit_test(a_json_object_is_read_as_a_form),
        cmocka_unit_test(a_json_body_too_deep_too_wide_or_too_long_in_its_names_is_refused),
        cmocka_unit_test(a_body_of_unknown_type_is_refused_with_415),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
