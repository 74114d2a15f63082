/*
 * template - any text as a template, and behind a NUL byte as its part. What compiles is rendered
 * with harmless and with hostile texts: both pages must have the same markup.
 */
#include <stdint.h>
#include <stdlib.h>

#include "view/template.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static const struct choice words[] = {{"yes", "有"}, {NULL, NULL}};

static const struct shape shape_node;
static const struct column node_columns[] = {
    {"name", "名称", COLUMN_TEXT, .flags = COLUMN_LINK},
    {"url", "地址", COLUMN_URL},
    {"day", "日期", COLUMN_DATE},
    {"word", "有无", COLUMN_CHOICE, .choices = words},
    {"n", "个数", COLUMN_INT, .flags = COLUMN_WIDE},
    {"at", "时间", COLUMN_INSTANT},
    {"ref", "所属", COLUMN_OBJECT, .shape = &shape_ref},
    {"nodes", "下级", COLUMN_LIST, .shape = &shape_node},
    {"flag", "是否", COLUMN_FLAG},
};
static const struct shape shape_node = {"node", node_columns, 9};
static const struct column page_columns[] = {
    {"title", NULL, COLUMN_TEXT},
    {"items", NULL, COLUMN_LIST, .shape = &shape_node},
    {"none", NULL, COLUMN_LIST, .shape = &shape_node},
    {"top", NULL, COLUMN_OBJECT, .shape = &shape_node},
};
static const struct shape shape_page = {"page", page_columns, 4};

static void fill_node(struct arena *arena, struct value *values, struct str text, int depth)
{
    struct list *nodes = list_new(arena, &shape_node);
    for (int i = 0; i < depth; i++)
        fill_node(arena, list_add(arena, nodes), text, depth - 1);
    const struct value node[] = {
        value_text(text),
        value_text(text),
        value_text(text),
        value_text(text),
        value_int(depth),
        value_int(depth * 86400000000LL),
        depth ? value_ref(arena, depth, text, text) : NULL_VALUE,
        value_list(nodes),
        value_int(depth % 2),
    };
    memcpy(values, node, sizeof node);
}

static struct object *page_with(struct arena *arena, struct str text)
{
    struct list *items = list_new(arena, &shape_node);
    for (int i = 0; i < 2; i++)
        fill_node(arena, list_add(arena, items), text, 2);
    struct object *top = object_new(arena, &shape_node), *page = object_new(arena, &shape_page);
    fill_node(arena, top->values, text, 1);
    object_set(page, "title", value_text(text));
    object_set(page, "items", value_list(items));
    object_set(page, "none", value_list(list_new(arena, &shape_node)));
    object_set(page, "top", value_object(top));
    return page;
}

static void count_markup(struct str page, int counts[256])
{
    for (size_t i = 0; i < page.len; i++)
        counts[(unsigned char)page.ptr[i]]++;
}

static void render_both(struct arena *arena, const struct template *template)
{
    AUTOBUF tame = buf_open(MIB(4)), wild = buf_open(MIB(8));
    template_render(&tame, template, page_with(arena, STR("/x")), NULL);
    template_render(&wild, template,
                    page_with(arena, STR("javascript:\"><script x='y'>&lt;</script>\xFF")), NULL);
    if (tame.full || wild.full)
        return;
    int before[256] = {0}, after[256] = {0};
    count_markup(buf_str(&tame), before);
    count_markup(buf_str(&wild), after);
    for (const char *c = "<>\"'"; *c; c++)
        if (before[(unsigned char)*c] != after[(unsigned char)*c])
            abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct arena arena = arena_open(MIB(64));
    struct str part = {(const char *)bytes, len};
    struct str text = str_cut(&part, (struct str){"\0", 1});
    struct template_set *set = template_set_new(len % 2 == 0);
    template_set_add(set, &(struct template_file){"main", text});
    template_set_add(set, &(struct template_file){"part", part});
    const struct template *template;
    struct fault fault = {0};
    if (template_compile(set, &arena, "main", &shape_page, &template, &fault) == OK)
        render_both(&arena, template);
    template_set_free(set);
    arena_close(&arena);
    return 0;
}
