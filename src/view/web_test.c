#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <zlib.h>

#include "view/web.h"

static void assert_unpacks_to(struct str gzip, struct str want)
{
    AUTOBUF buf = buf_open(MIB(4));
    char *to = buf_reserve(&buf, want.len + 1);
    z_stream z = {.next_in = (Bytef *)(uintptr_t)gzip.ptr,
                  .avail_in = (uInt)gzip.len,
                  .next_out = (Bytef *)to,
                  .avail_out = (uInt)want.len + 1};
    assert_int_equal(inflateInit2(&z, 15 + 16), Z_OK);
    assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
    inflateEnd(&z);
    assert_true(str_eq((struct str){to, z.total_out}, want));
}

static void every_static_file_is_found_at_both_addresses(void **state)
{
    (void)state;
    AUTOARENA arena = arena_open(MIB(1));
    assert_true(web_static_n >= 3);
    for (int i = 0; i < web_static_n; i++) {
        const struct static_file *file = &web_static[i];
        bool hashed = false;
        assert_ptr_equal(web_find(str_from(file->path), &hashed), file);
        assert_true(hashed);
        assert_ptr_equal(web_find(str_fmt(&arena, "/static/%s", file->name), &hashed), file);
        assert_false(hashed);
        assert_true(file->bytes.len > 0);
        if (file->gzip.len)
            assert_unpacks_to(file->gzip, file->bytes);
    }
}

static void style_sheets_have_a_type_a_tag_and_a_packed_form(void **state)
{
    (void)state;
    const struct static_file *file = web_file(STR("tabler.min.css"));
    assert_non_null(file);
    assert_string_equal(file->mime, "text/css; charset=utf-8");
    assert_int_equal(strlen(file->etag), 18);
    assert_true(file->gzip.len > 0 && file->gzip.len < file->bytes.len / 5);
}

static void an_address_of_nothing_is_not_found(void **state)
{
    (void)state;
    bool hashed;
    assert_null(web_find(STR("/static/nothing.css"), &hashed));
    assert_null(web_find(STR("/static/"), &hashed));
    assert_null(web_find(STR(""), &hashed));
    assert_null(web_find(STR("theme.css"), &hashed));
}

/* The content policy allows nothing from elsewhere. */
static void style_sheets_fetch_nothing_from_elsewhere(void **state)
{
    (void)state;
    for (int i = 0; i < web_static_n; i++) {
        if (!str_ends(str_from(web_static[i].name), STR(".css")))
            continue;
        struct str rest = web_static[i].bytes;
        assert_false(str_has(rest, STR("@import")));
        for (ptrdiff_t at; (at = str_find(rest, STR("url("))) >= 0;) {
            rest = str_from_byte(rest, (size_t)at + 4);
            if (rest.len && (rest.ptr[0] == '"' || rest.ptr[0] == '\''))
                rest = str_from_byte(rest, 1);
            assert_true(str_starts(rest, STR("data:")));
        }
    }
}

static void a_template_writes_the_address_with_the_hash(void **state)
{
    (void)state;
    static const struct shape empty = {"empty", NULL, 0};
    AUTOARENA arena = arena_open(MIB(1));
    struct template_set *set = template_set_new(true);
    template_set_add(
        set, &(struct template_file){"main", STR_INIT("<link href=\"{{@static/theme.css}}\">")});
    template_set_add(
        set, &(struct template_file){"wrong", STR_INIT("<link href=\"{{@static/no.css}}\">")});
    const struct template *template;
    struct fault fault = {0};
    assert_int_equal(template_compile(set, &arena, "main", &empty, &template, &fault), OK);
    AUTOBUF buf = buf_open(KIB(1));
    template_render(&buf, template, object_new(&arena, &empty), NULL);
    const char *path = web_file(STR("theme.css"))->path;
    assert_string_equal(str_c(&arena, buf_str(&buf)),
                        str_fmt(&arena, "<link href=\"%s\">", path).ptr);
    assert_int_equal(template_compile(set, &arena, "wrong", &empty, &template, &fault), INVALID);
    template_set_free(set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_static_file_is_found_at_both_addresses),
        cmocka_unit_test(style_sheets_have_a_type_a_tag_and_a_packed_form),
        cmocka_unit_test(an_address_of_nothing_is_not_found),
        cmocka_unit_test(style_sheets_fetch_nothing_from_elsewhere),
        cmocka_unit_test(a_template_writes_the_address_with_the_hash),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
