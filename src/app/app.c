#include "app/priv.h"

#include <assert.h>

enum { CACHE_BYTES = 8 << 20, APP_BYTES_MAX = 64 << 20 };

struct app *app_new(const struct app_options *options)
{
    struct arena arena = arena_open(APP_BYTES_MAX);
    struct app *app = arena_new(&arena, struct app, 1);
    app->arena = arena;
    app->options = *options;
    app->ids = (struct id_maker){.clock = options->clock, .node = options->node};
    if (!app->options.home)
        app->options.home = "directory";
    if (!options->no_cache)
        app->cache = cache_new(options->cache_bytes ? options->cache_bytes : CACHE_BYTES);
    pthread_mutex_init(&app->lock, NULL);
    bodies_init(&app->bodies);
    versions_init(&app->versions);
    app_add_routes(app, home_routes, HOME_ROUTES_N);
    app_add_routes(app, meter_routes, METER_ROUTES_N);
    return app;
}

void app_free(struct app *app)
{
    if (!app)
        return;
    cache_free(app->cache);
    bodies_drop(&app->bodies);
    versions_drop(&app->versions);
    for (struct scratch *scratch = app->spare; scratch; scratch = scratch->next)
        arena_close(&scratch->arena);
    pthread_mutex_destroy(&app->lock);
    struct arena arena = app->arena;
    arena_close(&arena);
}

struct store *app_store(struct app *app)
{
    return app->options.store;
}

struct clock *app_clock(struct app *app)
{
    return app->options.clock;
}

struct id_maker *app_ids(struct app *app)
{
    return &app->ids;
}

void *app_accounts(struct app *app)
{
    return app->options.accounts;
}

void app_wrote(struct app *app)
{
    versions_written(app);
}

int64_t app_version(struct app *app, int64_t body_id)
{
    return version_now(app, body_id);
}

struct template_set *app_templates(struct app *app)
{
    return app->options.templates;
}

void app_add_routes(struct app *app, const struct route *routes, int n)
{
    for (int i = 0; i < n; i++)
        *arena_push(&app->arena, app->routes, app->routes_n, app->routes_room) = &routes[i];
}

const struct route *app_route_at(const struct app *app, int index, int *ret_n)
{
    if (ret_n)
        *ret_n = app->routes_n;
    return index >= 0 && index < app->routes_n ? app->routes[index] : NULL;
}

static int count_params(const char *path)
{
    int n = 0;
    for (; *path; path++)
        n += *path == '{';
    return n;
}

/* What a route leaves out or gets wrong; NULL when it is whole. */
static const char *route_slip(const struct route *route)
{
    if (!route->path || route->path[0] != '/')
        return "path does not begin with /";
    if (route->need == RIGHT_NONE)
        return "no permission is named";
    if (!route->run || !route->forms || !route->help)
        return "no action, representation or help";
    if (route->method != METHOD_GET && route->method != METHOD_POST)
        return "method is neither GET nor POST";
    if (count_params(route->path) > PATH_PARAMS_MAX)
        return "too many path parameters";
    bool below_body = str_starts(str_from(route->path), STR("/{body}"));
    if (below_body == (bool)(route->flags & ROUTE_INSTANCE))
        return "path and ROUTE_INSTANCE disagree";
    if ((route->flags & ROUTE_CACHED) && route->method != METHOD_GET)
        return "only a GET is cached";
    if (route->template && !route->shape)
        return "template without a shape";
    return NULL;
}

static enum status add_route(struct app *app, int index, struct arena *arena, struct fault *fault)
{
    const struct route *route = app->routes[index];
    const char *slip = route_slip(route);
    if (!slip && !router_add(&app->router, &app->arena, route, index))
        slip = "the same method and path is there already";
    if (slip)
        return refuse(arena, fault, FAULT, NULL,
                      "程序自检没有通过：路由 %s（%s），请改正程序后重新编译。",
                      route->path ? route->path : "?", slip);
    if (str_is(str_from(route->path), "/{body}/search") && route->method == METHOD_GET)
        app->has_search = true;
    if (str_is(str_from(route->path), "/{body}/notice/count"))
        app->has_notices = true;
    if (!route->template)
        return OK;
    return template_compile(app->options.templates, arena, route->template, route->shape,
                            &app->templates[index], fault);
}

enum status app_start(struct app *app, struct arena *arena, struct fault *fault)
{
    assert(!app->templates);
    app->templates = arena_new(&app->arena, const struct template *, app->routes_n);
    struct template_set *set = app->options.templates;
    TRY(template_compile(set, arena, "layout", &shape_frame, &app->layout, fault));
    TRY(template_compile(set, arena, "me", &shape_me, &app->me, fault));
    TRY(template_compile(set, arena, "error", &shape_refusal, &app->error, fault));
    for (int i = 0; i < app->routes_n; i++)
        TRY(add_route(app, i, arena, fault));
    return OK;
}

void app_forget(struct app *app)
{
    if (app->cache)
        cache_clear(app->cache);
}
