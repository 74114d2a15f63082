#include "proof/canon.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static void canonical_objects_alone_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int members; /* -1: refused */
    } cases[] = {
        {"{}", 0},
        {"{\"a\":1}", 1},
        {"{\"a\":\"x\\\"}\",\"b\":[{\"c\":null}]}", 2},
        {"{\"b\":1,\"a\":2}", -1},
        {"{\"a\":1,\"a\":2}", -1},
        {"{\"a\": 1}", -1},
        {"{\"a\":1} ", -1},
        {"{\"a\":}", -1},
        {"{\"a\"", -1},
        {"{\"a\":\"", -1},
        {"{\"a\":[1}", -1},
        {"[]", -1},
        {"", -1},
    };
    AUTOARENA arena = arena_open(MIB(1));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct canon canon;
        bool read = canon_read(&arena, str_from(cases[i].text), &canon);
        assert_int_equal(read ? canon.n : -1, cases[i].members);
    }
    assert_true(str_is(canon_text(&arena, STR("\"a\\n\\u0041\\\"\"")), "a\nA\""));
}

static void a_story_is_known_from_its_making_and_again_after_a_purge(void **state)
{
    (void)state;
    AUTOARENA arena = arena_open(MIB(1));
    struct canon_story story = {0};
    struct canon now;
    assert_true(canon_tell(&arena, &story, STR(""), STR("{\"a\":1,\"b\":2}")));
    assert_true(canon_tell(&arena, &story, STR("{\"a\":1}"), STR("{\"a\":null}")));
    assert_false(canon_tell(&arena, &story, STR("{\"b\":9}"), STR("{\"b\":3}")));
    assert_true(canon_read(&arena, STR("{\"b\":2}"), &now) && canon_agrees(&story, &now));
    assert_true(canon_read(&arena, STR("{\"b\":2,\"c\":1}"), &now));
    assert_false(canon_agrees(&story, &now));
    canon_forget(&story);
    assert_true(canon_agrees(&story, &now));
    assert_true(canon_tell(&arena, &story, STR("{\"c\":1}"), STR("{\"c\":2}")));
    assert_false(canon_agrees(&story, &now));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(canonical_objects_alone_are_read),
        cmocka_unit_test(a_story_is_known_from_its_making_and_again_after_a_purge),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
