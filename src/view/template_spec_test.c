/*
 * The cases of the public mustache specification (comments, interpolation, sections, inverted
 * sections, partials), restated with data of our own. What this engine refuses on purpose (raw
 * forms, other delimiters) is tested in template_test.c. A null is shown as — here.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <jansson.h>

#include "view/template.h"

/* --- a model and its shape out of JSON; a list's rows have the columns of all of them --- */

struct shape_maker {
    struct column *columns;
    int n, room;
};

static struct shape *shape_of(struct arena *arena, json_t **objects, size_t n);

static struct shape *shape_of_items(struct arena *arena, json_t *array)
{
    size_t n = json_array_size(array);
    json_t **items = arena_new(arena, json_t *, n + 1);
    for (size_t i = 0; i < n; i++)
        items[i] = json_array_get(array, i);
    return shape_of(arena, items, n);
}

static struct column column_of(struct arena *arena, const char *key, json_t *value)
{
    struct column column = {str_c(arena, str_from(key)), "x", COLUMN_TEXT};
    if (json_is_integer(value))
        column.kind = COLUMN_INT;
    else if (json_is_boolean(value))
        column.kind = COLUMN_FLAG;
    else if (json_is_object(value))
        column.kind = COLUMN_OBJECT, column.shape = shape_of(arena, &value, 1);
    else if (json_is_array(value))
        column.kind = COLUMN_LIST, column.shape = shape_of_items(arena, value);
    return column;
}

static bool has_column(const struct shape_maker *maker, const char *key)
{
    for (int i = 0; i < maker->n; i++)
        if (strcmp(maker->columns[i].key, key) == 0)
            return true;
    return false;
}

static struct shape *shape_of(struct arena *arena, json_t **items, size_t n)
{
    struct shape_maker maker = {0};
    for (size_t i = 0; i < n; i++) {
        const char *key;
        json_t *value;
        json_object_foreach(items[i], key, value) if (!has_column(&maker, key)) *
            arena_push(arena, maker.columns, maker.n, maker.room) = column_of(arena, key, value);
        if (!json_is_object(items[i]) && !has_column(&maker, "."))
            *arena_push(arena, maker.columns, maker.n, maker.room) =
                column_of(arena, ".", items[i]);
    }
    struct shape *shape = arena_new(arena, struct shape, 1);
    *shape = (struct shape){"data", maker.columns, maker.n};
    return shape;
}

static void fill(struct arena *arena, const struct shape *shape, json_t *item,
                 struct value *values);

static struct value value_of(struct arena *arena, const struct column *column, json_t *value)
{
    char *real;
    switch (json_typeof(value)) {
    case JSON_OBJECT:;
        struct object *object = object_new(arena, column->shape);
        fill(arena, column->shape, value, object->values);
        return value_object(object);
    case JSON_ARRAY:;
        struct list *list = list_new(arena, column->shape);
        for (size_t i = 0; i < json_array_size(value); i++)
            fill(arena, column->shape, json_array_get(value, i), list_add(arena, list));
        return value_list(list);
    case JSON_STRING:
        return value_text(str_copy(arena, str_from(json_string_value(value))));
    case JSON_REAL:
        real = json_dumps(value, JSON_ENCODE_ANY | JSON_REAL_PRECISION(4));
        struct str text = str_copy(arena, str_from(real));
        free(real);
        return value_text(text);
    case JSON_NULL:
        return NULL_VALUE;
    default:
        return value_int(json_is_true(value) ? 1 : json_integer_value(value));
    }
}

static void fill(struct arena *arena, const struct shape *shape, json_t *item, struct value *values)
{
    for (int i = 0; i < shape->n; i++) {
        const struct column *column = &shape->columns[i];
        json_t *value = strcmp(column->key, ".") == 0 ? item : json_object_get(item, column->key);
        values[i] = value ? value_of(arena, column, value) : NULL_VALUE;
    }
}

/* --- the cases --- */

struct spec {
    const char *name, *data, *template, *want, *part;
};

static void assert_case(const struct spec *spec)
{
    AUTOARENA arena = arena_open(MIB(16));
    json_t *data = json_loads(spec->data, 0, NULL);
    assert_non_null(data);
    struct shape *shape = shape_of(&arena, &data, 1);
    struct object *model = object_new(&arena, shape);
    fill(&arena, shape, data, model->values);
    json_decref(data);

    struct template_set *set = template_set_new(false);
    struct template_file files[] = {{"main", str_from(spec->template)},
                                    {"part", str_from(spec->part ? spec->part : "")}};
    template_set_add(set, &files[0]);
    if (spec->part)
        template_set_add(set, &files[1]);
    const struct template *template;
    struct fault fault = {0};
    if (template_compile(set, &arena, "main", shape, &template, &fault) != OK)
        fail_msg("%s: %.*s", spec->name, STR_ARG(fault.message));
    AUTOBUF buf = buf_open(MIB(1));
    template_render(&buf, template, model, NULL);
    if (!str_is(buf_str(&buf), spec->want))
        fail_msg("%s: got \"%.*s\", want \"%s\"", spec->name, STR_ARG(buf_str(&buf)), spec->want);
    template_set_free(set);
}

#define ASSERT_CASES(cases)                                                                        \
    for (size_t i_ = 0; i_ < sizeof(cases) / sizeof *(cases); i_++)                                \
    assert_case(&(cases)[i_])

static void comments_are_left_out(void **state)
{
    (void)state;
    static const struct spec cases[] = {
        {"inline", "{}", "12{{! note }}34", "1234"},
        {"multiline", "{}", "12{{!\n a note\n of lines\n}}34", "1234"},
        {"standalone", "{}", "a\n{{! note }}\nb\n", "a\nb\n"},
        {"indented standalone", "{}", "a\n  {{! note }}\nb\n", "a\nb\n"},
        {"standalone line endings", "{}", "|\r\n{{! note }}\r\n|", "|\r\n|"},
        {"standalone without previous line", "{}", "  {{! note }}\n!", "!"},
        {"standalone without newline", "{}", "!\n  {{! note }}", "!\n"},
        {"multiline standalone", "{}", "a\n{{!\nnote\n}}\nb\n", "a\nb\n"},
        {"indented multiline standalone", "{}", "a\n  {{!\n    note\n  }}\nb\n", "a\nb\n"},
        {"indented inline", "{}", "  12 {{! 34 }}\n", "  12 \n"},
        {"surrounding white space", "{}", "12 {{! note }} 34", "12  34"},
        {"a comment is not a name", "{\"! note\":1,\"note\":2}", "[{{! note}}]", "[]"},
    };
    ASSERT_CASES(cases);
}

static void values_are_written_escaped(void **state)
{
    (void)state;
    static const struct spec cases[] = {
        {"nothing to do", "{}", "对口 {联系}\n", "对口 {联系}\n"},
        {"basic", "{\"city\":\"益阳\"}", "在{{city}}。", "在益阳。"},
        {"values are not templates", "{\"a\":\"{{b}}\",\"b\":\"x\"}", "{{a}}", "{{b}}"},
        {"escaping", "{\"a\":\"& \\\" < > '\"}", "{{a}}", "&amp; &quot; &lt; &gt; &#39;"},
        {"integer", "{\"n\":85}", "{{n}} 个", "85 个"},
        {"decimal", "{\"n\":1.21}", "{{n}}", "1.21"},
        {"null", "{\"n\":null}", "({{n}})", "(—)"},
        {"missing", "{}", "({{n}})", "()"},
        {"dotted", "{\"unit\":{\"name\":\"水利局\"}}", "{{unit.name}}", "水利局"},
        {"dotted, deep", "{\"a\":{\"b\":{\"c\":{\"d\":{\"e\":{\"f\":\"x\"}}}}}}", "{{a.b.c.d.e.f}}",
         "x"},
        {"dotted, broken chain", "{\"a\":{}}", "({{a.b.c}})", "()"},
        {"dotted, broken chain with a namesake", "{\"a\":{\"b\":{}},\"c\":{\"name\":\"x\"}}",
         "({{a.b.c.name}})", "()"},
        {"dotted, first name decides",
         "{\"a\":{\"b\":{\"name\":\"x\"}},\"b\":{\"name\":\"wrong\"}}", "{{#a}}{{b.name}}{{/a}}",
         "x"},
        {"dotted, context precedence", "{\"a\":{\"b\":{}},\"b\":{\"c\":\"wrong\"}}",
         "({{#a}}{{b.c}}{{/a}})", "()"},
        {"dotted names are not keys", "{\"a.b\":\"wrong\",\"a\":{\"b\":\"x\"}}", "{{a.b}}", "x"},
        {"surrounding white space", "{\"a\":\"x\"}", "| {{a}} |", "| x |"},
        {"standalone", "{\"a\":\"x\"}", "  {{a}}\n", "  x\n"},
        {"padding", "{\"a\":\"x\"}", "|{{ a }}|", "|x|"},
    };
    ASSERT_CASES(cases);
}

#define DEEP "{\"a\":{\"one\":1},\"b\":{\"two\":2},\"c\":{\"three\":3,\"d\":{\"four\":4}}}"

static void sections_open_lists_objects_and_truths(void **state)
{
    (void)state;
    static const struct spec cases[] = {
        {"truthy", "{\"a\":true}", "\"{{#a}}shown{{/a}}\"", "\"shown\""},
        {"falsy", "{\"a\":false}", "\"{{#a}}hidden{{/a}}\"", "\"\""},
        {"null", "{\"a\":null}", "\"{{#a}}hidden{{/a}}\"", "\"\""},
        {"context", "{\"a\":{\"name\":\"x\"}}", "{{#a}}Hi {{name}}.{{/a}}", "Hi x."},
        {"parent context", "{\"a\":\"1\",\"b\":\"wrong\",\"s\":{\"b\":\"2\"},\"c\":{\"d\":\"3\"}}",
         "{{#s}}{{a}}, {{b}}, {{c.d}}{{/s}}", "1, 2, 3"},
        {"value", "{\"a\":\"x\"}", "{{#a}}{{.}} is {{a}}{{/a}}", "x is x"},
        {"list context",
         "{\"t\":[{\"n\":\"T\",\"m\":[{\"k\":\"M\",\"b\":[{\"v\":\"B1\"},{\"v\":\"B2\"}]}]}]}",
         "{{#t}}{{#m}}{{#b}}{{n}}{{k}}{{v}}.{{/b}}{{/m}}{{/t}}", "TMB1.TMB2."},
        {"deep", DEEP,
         "{{#a}}\n{{one}}\n{{#b}}\n{{one}}{{two}}{{one}}\n{{#c}}\n{{one}}{{two}}{{three}}\n{{#d}}\n"
         "{{one}}{{two}}{{three}}{{four}}\n{{/d}}\n{{/c}}\n{{/b}}\n{{/a}}\n",
         "1\n121\n123\n1234\n"},
        {"list", "{\"l\":[{\"n\":1},{\"n\":2},{\"n\":3}]}", "{{#l}}{{n}}{{/l}}", "123"},
        {"empty list", "{\"l\":[]}", "\"{{#l}}wrong{{/l}}\"", "\"\""},
        {"doubled", "{\"a\":true,\"b\":\"2\"}",
         "{{#a}}\n* 1\n{{/a}}\n* {{b}}\n{{#a}}\n* 3\n{{/a}}\n", "* 1\n* 2\n* 3\n"},
        {"nested, truthy", "{\"a\":true}", "|A {{#a}}B {{#a}}C{{/a}} D{{/a}} E|", "|A B C D E|"},
        {"nested, falsy", "{\"a\":false}", "|A {{#a}}B {{#a}}C{{/a}} D{{/a}} E|", "|A  E|"},
        {"missing", "{}", "[{{#a}}wrong{{/a}}]", "[]"},
        {"strings", "{\"l\":[\"a\",\"b\",\"<\"]}", "{{#l}}({{.}}){{/l}}", "(a)(b)(&lt;)"},
        {"integers", "{\"l\":[1,2,3]}", "{{#l}}({{.}}){{/l}}", "(1)(2)(3)"},
        {"decimals", "{\"l\":[1.1,2.2]}", "{{#l}}({{.}}){{/l}}", "(1.1)(2.2)"},
        {"lists", "{\"l\":[[1,2],[\"3\",\"4\"]]}", "{{#l}}({{#.}}{{.}}{{/.}}){{/l}}", "(12)(34)"},
        {"dotted, truthy", "{\"a\":{\"b\":{\"c\":true}}}", "{{#a.b.c}}here{{/a.b.c}}", "here"},
        {"dotted, falsy", "{\"a\":{\"b\":{\"c\":false}}}", "[{{#a.b.c}}here{{/a.b.c}}]", "[]"},
        {"dotted, broken", "{\"a\":{}}", "[{{#a.b.c}}here{{/a.b.c}}]", "[]"},
        {"surrounding white space", "{\"a\":true}", " | {{#a}}\t|\t{{/a}} | \n", " | \t|\t | \n"},
        {"internal white space", "{\"a\":true}", " | {{#a}} {{! c }}\n {{/a}} | \n",
         " |  \n  | \n"},
        {"indented inline", "{\"a\":true}", " {{#a}}YES{{/a}}\n {{#a}}GOOD{{/a}}\n",
         " YES\n GOOD\n"},
        {"standalone lines", "{\"a\":true}", "| This\n{{#a}}\n|\n{{/a}}\n| line\n",
         "| This\n|\n| line\n"},
        {"indented standalone lines", "{\"a\":true}", "| This\n  {{#a}}\n|\n  {{/a}}\n| line\n",
         "| This\n|\n| line\n"},
        {"standalone line endings", "{\"a\":true}", "|\r\n{{#a}}\r\n{{/a}}\r\n|", "|\r\n|"},
        {"standalone without previous line", "{\"a\":true}", "  {{#a}}\n#{{/a}}\n/", "#\n/"},
        {"standalone without newline", "{\"a\":true}", "#{{#a}}\n/\n  {{/a}}", "#\n/\n"},
        {"padding", "{\"a\":true}", "|{{# a }}={{/ a }}|", "|=|"},
    };
    ASSERT_CASES(cases);
}

static void inverted_sections_stand_in_for_what_is_not_there(void **state)
{
    (void)state;
    static const struct spec cases[] = {
        {"falsy", "{\"a\":false}", "\"{{^a}}shown{{/a}}\"", "\"shown\""},
        {"truthy", "{\"a\":true}", "\"{{^a}}hidden{{/a}}\"", "\"\""},
        {"null", "{\"a\":null}", "\"{{^a}}shown{{/a}}\"", "\"shown\""},
        {"zero", "{\"a\":0}", "\"{{^a}}shown{{/a}}\"", "\"shown\""},
        {"empty text", "{\"a\":\"\"}", "\"{{^a}}shown{{/a}}\"", "\"shown\""},
        {"object", "{\"a\":{\"b\":1}}", "\"{{^a}}hidden{{/a}}\"", "\"\""},
        {"list", "{\"l\":[{\"n\":1}]}", "\"{{^l}}hidden{{/l}}\"", "\"\""},
        {"empty list", "{\"l\":[]}", "\"{{^l}}shown{{/l}}\"", "\"shown\""},
        {"doubled", "{\"a\":false,\"b\":\"2\"}",
         "{{^a}}\n* 1\n{{/a}}\n* {{b}}\n{{^a}}\n* 3\n{{/a}}\n", "* 1\n* 2\n* 3\n"},
        {"nested, falsy", "{\"a\":false}", "|A {{^a}}B {{^a}}C{{/a}} D{{/a}} E|", "|A B C D E|"},
        {"nested, truthy", "{\"a\":true}", "|A {{^a}}B {{^a}}C{{/a}} D{{/a}} E|", "|A  E|"},
        {"missing", "{}", "[{{^a}}no a{{/a}}]", "[no a]"},
        {"dotted, truthy", "{\"a\":{\"b\":{\"c\":true}}}", "[{{^a.b.c}}no{{/a.b.c}}]", "[]"},
        {"dotted, falsy", "{\"a\":{\"b\":{\"c\":false}}}", "[{{^a.b.c}}no{{/a.b.c}}]", "[no]"},
        {"dotted, broken", "{\"a\":{}}", "[{{^a.b.c}}no{{/a.b.c}}]", "[no]"},
        {"surrounding white space", "{\"a\":false}", " | {{^a}}\t|\t{{/a}} | \n", " | \t|\t | \n"},
        {"standalone lines", "{\"a\":false}", "| This\n{{^a}}\n|\n{{/a}}\n| line\n",
         "| This\n|\n| line\n"},
        {"standalone line endings", "{\"a\":false}", "|\r\n{{^a}}\r\n{{/a}}\r\n|", "|\r\n|"},
        {"standalone without previous line", "{\"a\":false}", "  {{^a}}\n^{{/a}}\n/", "^\n/"},
        {"standalone without newline", "{\"a\":false}", "^{{^a}}\n/\n  {{/a}}", "^\n/\n"},
        {"padding", "{\"a\":false}", "|{{^ a }}={{/ a }}|", "|=|"},
    };
    ASSERT_CASES(cases);
}

static void parts_are_other_templates_in_the_same_context(void **state)
{
    (void)state;
    static const struct spec cases[] = {
        {"basic", "{}", "\"{{>part}}\"", "\"from part\"", "from part"},
        {"missing", "{}", "\"{{>nowhere}}\"", "\"\""},
        {"context", "{\"text\":\"x\"}", "\"{{>part}}\"", "\"*x*\"", "*{{text}}*"},
        {"in a section", "{\"s\":{\"a\":1},\"b\":2}", "{{#s}}{{>part}}{{/s}}", "12", "{{a}}{{b}}"},
        {"surrounding white space", "{}", "| {{>part}} |", "| \t|\t |", "\t|\t"},
        {"inline indentation", "{\"d\":\"|\"}", "  {{d}}  {{> part}}\n", "  |  .\n.\n", ".\n."},
        {"standalone line endings", "{}", "|\r\n{{>part}}\r\n|", "|\r\n.|", "."},
        {"standalone without previous line", "{}", "  {{>part}}\n.", "  .\n  ..", ".\n."},
        {"standalone without newline", "{}", "!\n  {{>part}}", "!\n  .\n  .", ".\n."},
        {"standalone indentation", "{\"a\":\"[\\n-]\"}", "\\\n {{>part}}\n/\n",
         "\\\n |\n [\n-]\n |\n/\n", "|\n{{a}}\n|\n"},
        {"padding", "{\"a\":true}", "|{{> part }}|", "|[]|", "[]"},
    };
    ASSERT_CASES(cases);
}

static const struct shape tree;
static const struct column tree_columns[] = {{"content", "x", COLUMN_TEXT},
                                             {"nodes", "x", COLUMN_LIST, .shape = &tree}};
static const struct shape tree = {"tree", tree_columns, 2};

static void a_part_may_contain_itself(void **state)
{
    (void)state;
    AUTOARENA arena = arena_open(MIB(16));
    struct object *root = object_new(&arena, &tree);
    struct list *top = list_new(&arena, &tree), *inner = list_new(&arena, &tree);
    struct value *row = list_add(&arena, inner);
    row[0] = value_text(STR("Z"));
    for (int i = 0; i < 2; i++) {
        row = list_add(&arena, top);
        row[0] = value_text(i ? STR("W") : STR("Y"));
        row[1] = i ? NULL_VALUE : value_list(inner);
    }
    object_set(root, "content", value_text(STR("X")));
    object_set(root, "nodes", value_list(top));

    struct template_set *set = template_set_new(true);
    struct template_file files[] = {
        {"main", STR_INIT("{{>node}}")},
        {"node", STR_INIT("{{content}}({{#nodes}}{{>node}}{{/nodes}}){{content}}")}};
    template_set_add(set, &files[0]);
    template_set_add(set, &files[1]);
    const struct template *template;
    assert_int_equal(template_compile(set, &arena, "main", &tree, &template, NULL), OK);
    AUTOBUF buf = buf_open(KIB(1));
    template_render(&buf, template, root, NULL);
    assert_string_equal(str_c(&arena, buf_str(&buf)), "X(Y(Z()Z)YW()W)X");
    template_set_free(set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comments_are_left_out),
        cmocka_unit_test(values_are_written_escaped),
        cmocka_unit_test(sections_open_lists_objects_and_truths),
        cmocka_unit_test(inverted_sections_stand_in_for_what_is_not_there),
        cmocka_unit_test(parts_are_other_templates_in_the_same_context),
        cmocka_unit_test(a_part_may_contain_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
