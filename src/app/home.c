/* The addresses that belong to no module: "/", "/{body}". */
#include "app/priv.h"

static const struct column home_item_columns[] = {
    {"name", "名称", COLUMN_TEXT},
    {"term", "届次", COLUMN_TEXT},
    {"url", NULL, COLUMN_URL},
};
static const struct shape shape_home_item = {"body", home_item_columns, 3};

static const struct column home_columns[] = {
    {"items", NULL, COLUMN_LIST, .shape = &shape_home_item},
    {"total", NULL, COLUMN_INT},
    {"may_begin", NULL, COLUMN_FLAG},
};
static const struct shape shape_home = {"bodies", home_columns, 3};

/* Below a body: what whoever wears this seat comes for. */
static struct str home_of(const struct call *call)
{
    const struct app_options *options = &call->app->options;
    if (!options->unit_home || !viewer_is_of_unit(&call->viewer))
        return str_from(options->home);
    return str_fmt(call->arena, "%s/%.*s", options->unit_home,
                   STR_ARG(id_format(call->arena, call->viewer.seat.organization)));
}

static enum status show_bodies(struct call *call, struct page *page)
{
    struct body_info *bodies = arena_new(call->arena, struct body_info, BODIES_MAX);
    int n = 0;
    TRY(call->app->options.list_bodies(call->tx, BODIES_MAX, bodies, &n));
    struct list *items = list_new(call->arena, &shape_home_item);
    for (int i = 0; i < n; i++) {
        if (!rights_may(&call->viewer, RIGHT_READ, &(struct target){.body = bodies[i].id}))
            continue;
        struct value *row = list_add(call->arena, items);
        row[0] = value_text(bodies[i].name);
        row[1] = value_text_or_null(bodies[i].term);
        row[2] = value_text(
            str_fmt(call->arena, "/%.*s/%.*s", STR_ARG(bodies[i].slug), STR_ARG(home_of(call))));
    }
    struct object *model = object_new(call->arena, &shape_home);
    n = items->n;
    object_set(model, "items", value_list(items));
    object_set(model, "total", value_int(n));
    page->model = model;
    page->title = STR("对口联系");
    page->state =
        n ? str_fmt(call->arena, "本系统中有 %d 个单位，请选择要进入的单位。", n) : STR("");
    page->bare = true;
    const struct app_options *options = &call->app->options;
    bool may =
        options->first_step.label && rights_may(&call->viewer, options->first_step.right, NULL);
    if (may)
        page_action(page, str_from(options->first_step.label), str_from(options->first_step.url),
                    n == 0);
    object_set(model, "may_begin", value_int(may));
    if (n == 1)
        page->redirect = value_str(items->values[2]);
    else if (n == 0 && call->viewer.account)
        page->redirect = rights_may(&call->viewer, RIGHT_ACCOUNT_LIST, NULL) ? STR("/accounts")
                         : rights_may(&call->viewer, RIGHT_JOURNAL, NULL)    ? STR("/journal")
                                                                             : STR("/me");
    return OK;
}

static enum status enter_body(struct call *call, struct page *page)
{
    page->redirect = call_url(call, "%.*s", STR_ARG(home_of(call)));
    return OK;
}

const struct route home_routes[HOME_ROUTES_N] = {
    {METHOD_GET, "/", show_bodies, RIGHT_OWN, FORM_HTML | FORM_JSON, ROUTE_INSTANCE | ROUTE_FAST,
     "全部单位", "bodies", &shape_home},
    {METHOD_GET, "/{body}", enter_body, RIGHT_READ, FORM_HTML | FORM_JSON, ROUTE_FAST,
     "一个单位的首页"},
};
