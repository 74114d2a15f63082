#include "app/priv.h"
#include "base/utf8.h"

static bool is_clean(struct str segment)
{
    for (size_t i = 0; i < segment.len; i++)
        if ((unsigned char)segment.ptr[i] < 0x20 || segment.ptr[i] == 0x7f || segment.ptr[i] == '/')
            return false;
    return utf8_is_valid(segment) && !str_is(segment, ".") && !str_is(segment, "..");
}

static void find_suffix(struct path *path)
{
    path->last = path->n ? path->segments[path->n - 1] : (struct str){0};
    for (int i = 0; i < FORM_KINDS_N; i++) {
        struct str suffix = str_from(form_kinds[i].suffix);
        if (suffix.len && path->last.len > suffix.len && str_ends(path->last, suffix)) {
            path->suffix_form = form_kinds[i].form;
            path->last.len -= suffix.len;
            return;
        }
    }
}

enum status path_parse(struct arena *arena, struct str raw, struct path *ret_path,
                       struct fault *fault)
{
    struct path path = {0};
    if (raw.len == 0 || raw.ptr[0] != '/')
        return refuse_http(arena, fault, INVALID, 400, "地址应以“/”开头，请检查地址。");
    struct str rest = str_from_byte(raw, 1);
    while (rest.len) {
        struct str segment, part = str_cut(&rest, STR("/"));
        if (!percent_decode(arena, part, false, true, &segment) || !is_clean(segment))
            return refuse_http(arena, fault, INVALID, 400,
                               "地址中有不能使用的字符，请检查地址或从首页进入。");
        if (segment.len == 0 || path.n == PATH_SEGMENTS_MAX)
            return refuse(arena, fault, NOT_FOUND, NULL, "没有这个页面，请检查地址或从首页进入。");
        path.segments[path.n++] = segment;
    }
    path.slash = path.n > 0 && raw.ptr[raw.len - 1] == '/';
    find_suffix(&path);
    *ret_path = path;
    return OK;
}

static int add_node(struct router *router, struct arena *arena, struct str literal)
{
    *arena_push(arena, router->nodes, router->n, router->room) =
        (struct router_node){.literal = literal};
    return router->n - 1;
}

static int literal_child(const struct router *router, int node, struct str segment)
{
    int child = router->nodes[node].child;
    while (child && !str_eq(router->nodes[child].literal, segment))
        child = router->nodes[child].sibling;
    return child;
}

static int child_for(struct router *router, struct arena *arena, int node, struct str segment)
{
    if (segment.ptr[0] == '{') {
        if (!router->nodes[node].param) {
            int made = add_node(router, arena, segment);
            router->nodes[node].param = made;
        }
        return router->nodes[node].param;
    }
    int child = literal_child(router, node, segment);
    if (!child) {
        child = add_node(router, arena, segment);
        router->nodes[child].sibling = router->nodes[node].child;
        router->nodes[node].child = child;
    }
    return child;
}

bool router_add(struct router *router, struct arena *arena, const struct route *route, int index)
{
    if (router->n == 0)
        add_node(router, arena, (struct str){0});
    int node = 0;
    struct str rest = str_from_byte(str_from(route->path), 1);
    while (rest.len)
        node = child_for(router, arena, node, str_cut(&rest, STR("/")));
    if (router->nodes[node].route[route->method])
        return false;
    router->nodes[node].route[route->method] = index + 1;
    return true;
}

static bool has_route(const struct router_node *node)
{
    return node->route[METHOD_GET] || node->route[METHOD_POST];
}

/* One way through the tree: `last` stands for the last segment, which must be a literal of the
 * tree when `exact`. Depth is bounded by PATH_SEGMENTS_MAX. */
struct walk {
    const struct router *router;
    const struct path *path;
    struct str last;
    bool exact;
    struct match match;
};

static bool walk_from(struct walk *walk, int node, int depth)
{
    const struct router_node *here = &walk->router->nodes[node];
    if (depth == walk->path->n) {
        walk->match.node = node;
        return has_route(here);
    }
    bool is_last = depth == walk->path->n - 1;
    struct str segment = is_last ? walk->last : walk->path->segments[depth];
    int child = literal_child(walk->router, node, segment);
    if (child && walk_from(walk, child, depth + 1))
        return true;
    if (!here->param || (is_last && walk->exact) || walk->match.params_n == PATH_PARAMS_MAX)
        return false;
    walk->match.params[walk->match.params_n++] = segment;
    if (walk_from(walk, here->param, depth + 1))
        return true;
    walk->match.params_n--;
    return false;
}

struct match router_match(const struct router *router, const struct path *path)
{
    if (router->n == 0)
        return (struct match){0};
    if (path->suffix_form) {
        struct walk whole = {router, path, path->segments[path->n - 1], .exact = true};
        if (walk_from(&whole, 0, 0)) {
            whole.match.found = whole.match.literal_suffix = true;
            return whole.match;
        }
    }
    struct walk walk = {router, path, path->last};
    walk.match.found = walk_from(&walk, 0, 0);
    return walk.match;
}
