#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/json_put.h"

static void assert_written(struct str value, const char *expected)
{
    AUTOBUF buf = buf_open(4096);
    json_put_str(&buf, value);
    buf_char(&buf, '\0');
    assert_string_equal(buf.ptr, expected);
}

static void text_is_escaped_only_where_the_grammar_demands_it(void **state)
{
    (void)state;
    assert_written(STR(""), "\"\"");
    assert_written((struct str){0}, "\"\"");
    assert_written(STR("对口〔2022〕2号 </script>"), "\"对口〔2022〕2号 </script>\"");
    assert_written(STR("a\"b\\c"), "\"a\\\"b\\\\c\"");
    assert_written(STR("\n\r\t\b\x01\x1f\x7f"), "\"\\n\\r\\t\\u0008\\u0001\\u001f\\u007f\"");
    assert_written((struct str){"\0", 1}, "\"\\u0000\"");
    assert_written(STR("\u2028\u2029𠮷"), "\"\\u2028\\u2029𠮷\"");
}

static void malformed_bytes_become_replacement_characters(void **state)
{
    (void)state;
    assert_written(STR("a\xFFz"), "\"a\xEF\xBF\xBDz\"");
    assert_written(STR("\xED\xA0\x80"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"");
    assert_written(STR("对\xE5\xAF"), "\"对\xEF\xBF\xBD\xEF\xBF\xBD\"");
    assert_written(STR("\xEF\xBF\xBD"), "\"\xEF\xBF\xBD\"");
}

static void commas_and_colons_fall_where_they_belong(void **state)
{
    (void)state;
    AUTOBUF buf = buf_open(4096);
    struct json json = json_open(&buf);
    json_begin(&json, '{');
    json_key(&json, "none"), json_begin(&json, '['), json_end(&json, ']');
    json_key(&json, "some"), json_begin(&json, '[');
    json_int(&json, -1), json_bool(&json, true), json_null(&json), json_str(&json, STR("x"));
    json_begin(&json, '{'), json_end(&json, '}');
    json_end(&json, ']');
    json_key(&json, "last"), json_bool(&json, false);
    json_end(&json, '}');
    buf_char(&buf, '\0');
    assert_string_equal(buf.ptr, "{\"none\":[],\"some\":[-1,true,null,\"x\",{}],\"last\":false}");
}

static void indented_text_has_one_value_a_line(void **state)
{
    (void)state;
    AUTOBUF buf = buf_open(4096);
    struct json json = json_open_indented(&buf, 2);
    json_begin(&json, '{');
    json_key(&json, "a"), json_int(&json, 1);
    json_key(&json, "b"), json_begin(&json, '[');
    json_str(&json, STR("x")), json_begin(&json, '{'), json_end(&json, '}');
    json_end(&json, ']');
    json_end(&json, '}');
    buf_char(&buf, '\0');
    assert_string_equal(buf.ptr, "{\n  \"a\": 1,\n  \"b\": [\n    \"x\",\n    {}\n  ]\n}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_escaped_only_where_the_grammar_demands_it),
        cmocka_unit_test(malformed_bytes_become_replacement_characters),
        cmocka_unit_test(commas_and_colons_fall_where_they_belong),
        cmocka_unit_test(indented_text_has_one_value_a_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
