#include "app/priv.h"

static const struct column link_columns[] = {
    {"label", NULL, COLUMN_TEXT}, {"url", NULL, COLUMN_URL},   {"on", NULL, COLUMN_FLAG},
    {"main", NULL, COLUMN_FLAG},  {"post", NULL, COLUMN_FLAG}, {"confirm", NULL, COLUMN_TEXT},
};
enum { LINK_LABEL, LINK_URL, LINK_ON, LINK_MAIN, LINK_POST, LINK_CONFIRM };
static const struct shape shape_link = {"link", link_columns, 6};

static const struct column group_columns[] = {
    {"label", NULL, COLUMN_TEXT},
    {"items", NULL, COLUMN_LIST, .shape = &shape_link},
};
static const struct shape shape_group = {"group", group_columns, 2};

static const struct column frame_columns[] = {
    {"title", NULL, COLUMN_TEXT},
    {"state", NULL, COLUMN_TEXT},
    {"body", NULL, COLUMN_TEXT},
    {"term", NULL, COLUMN_TEXT},
    {"home", NULL, COLUMN_URL},
    {"search", NULL, COLUMN_URL},
    {"searched", NULL, COLUMN_TEXT},
    {"notices", NULL, COLUMN_URL},
    {"notices_count", NULL, COLUMN_URL},
    {"as_of", NULL, COLUMN_DATE},
    {"bare", NULL, COLUMN_FLAG},
    {"local", NULL, COLUMN_FLAG},
    {"setup", NULL, COLUMN_FLAG},
    {"me", NULL, COLUMN_TEXT},
    {"seat", NULL, COLUMN_TEXT},
    {"seats", NULL, COLUMN_FLAG},
    {"lists_accounts", NULL, COLUMN_FLAG},
    {"groups", NULL, COLUMN_LIST, .shape = &shape_group},
    {"phone", NULL, COLUMN_LIST, .shape = &shape_link},
    {"has_crumbs", NULL, COLUMN_FLAG},
    {"has_actions", NULL, COLUMN_FLAG},
    {"has_tabs", NULL, COLUMN_FLAG},
    {"crumbs", NULL, COLUMN_LIST, .shape = &shape_link},
    {"actions", NULL, COLUMN_LIST, .shape = &shape_link},
    {"tabs", NULL, COLUMN_LIST, .shape = &shape_link},
};
const struct shape shape_frame = {"frame", frame_columns,
                                  sizeof frame_columns / sizeof *frame_columns};

/* What a frame says of its viewer: kept apart, so that one page serves all who may see the same. */
static const struct column me_columns[] = {
    {"me", NULL, COLUMN_TEXT},
    {"seat", NULL, COLUMN_TEXT},
    {"seats", NULL, COLUMN_FLAG},
    {"lists_accounts", NULL, COLUMN_FLAG},
};
const struct shape shape_me = {"me", me_columns, sizeof me_columns / sizeof *me_columns};

static struct value links(struct arena *arena, const struct page_link *from, int n)
{
    struct list *list = list_new(arena, &shape_link);
    for (int i = 0; i < n; i++) {
        struct value *row = list_add(arena, list);
        row[LINK_LABEL] = value_text(from[i].label);
        row[LINK_URL] = value_text(from[i].url);
        row[LINK_ON] = value_int(from[i].on);
        row[LINK_MAIN] = value_int(from[i].main);
        row[LINK_POST] = value_int(from[i].post);
        row[LINK_CONFIRM] = value_text_or_null(from[i].confirm);
    }
    return value_list(list);
}

static struct str nav_url(struct call *call, const struct nav_item *item)
{
    struct str id = id_format(call->arena, call->viewer.seat.organization);
    return item->unit ? call_url(call, "%s/%.*s", item->path, STR_ARG(id))
                      : call_url(call, "%s", item->path);
}

static bool nav_shown(const struct call *call, const struct nav_item *item)
{
    if (item->unit && !viewer_is_of_unit(&call->viewer))
        return false;
    return call_may(call, item->need ? item->need : RIGHT_READ);
}

/* The entry one is on: the longest whose address the request's begins with. */
static const struct nav_item *nav_here(struct call *call)
{
    const struct nav_item *here = NULL;
    size_t best = 0;
    for (const struct nav_item *item = call->app->options.nav; item && item->label; item++) {
        struct str url = nav_url(call, item);
        bool below =
            nav_shown(call, item) && str_starts(call->request->path, url) &&
            (call->request->path.len == url.len || call->request->path.ptr[url.len] == '/');
        if (below && url.len > best) {
            best = url.len;
            here = item;
        }
    }
    return here;
}

static void add_nav_link(struct call *call, struct list *list, const struct nav_item *item,
                         const char *label, bool on)
{
    struct value *row = list_add(call->arena, list);
    row[LINK_LABEL] = value_text(str_from(label));
    row[LINK_URL] = value_text(nav_url(call, item));
    row[LINK_ON] = value_int(on);
}

/* Groups come in the order of their first entry; their entries keep theirs. */
static struct value nav_groups(struct call *call, const struct nav_item *here)
{
    struct list *groups = list_new(call->arena, &shape_group), *items = NULL;
    const char *group = NULL;
    for (const struct nav_item *item = call->app->options.nav; item && item->label; item++) {
        if (!nav_shown(call, item))
            continue;
        bool same = items && (group == item->group ||
                              (group && item->group && strcmp(group, item->group) == 0));
        if (!same) {
            struct value *row = list_add(call->arena, groups);
            items = list_new(call->arena, &shape_link);
            group = item->group;
            row[0] = group ? value_text(str_from(group)) : NULL_VALUE;
            row[1] = value_list(items);
        }
        add_nav_link(call, items, item, item->label, item == here);
    }
    return value_list(groups);
}

static struct value nav_phone(struct call *call, const struct nav_item *here)
{
    struct list *list = list_new(call->arena, &shape_link);
    for (const struct nav_item *item = call->app->options.nav; item && item->label; item++)
        if (item->phone && nav_shown(call, item))
            add_nav_link(call, list, item, item->phone, item == here);
    return value_list(list);
}

/* Who is signed in, and as what. */
static void put_viewer(struct arena *arena, const struct viewer *viewer, struct object *to)
{
    const struct seat *seat = &viewer->seat;
    if (viewer->account == 0)
        return;
    struct str where = seat->organization_name.len ? seat->organization_name : seat->body_name;
    struct str label = str_from(role_label(seat->role));
    if (where.len)
        label = str_fmt(arena, "%.*s %.*s", STR_ARG(where), STR_ARG(label));
    object_set(to, "me", value_text(viewer->name));
    object_set(to, "seat", value_text(label));
    object_set(to, "seats", value_int(viewer->seats_n > 1));
    object_set(to, "lists_accounts", value_int(rights_may(viewer, RIGHT_ACCOUNT_LIST, NULL)));
}

struct str frame_inset(struct call *call)
{
    if (call->viewer.account == 0)
        return (struct str){0};
    struct object *model = object_new(call->arena, &shape_me);
    put_viewer(call->arena, &call->viewer, model);
    AUTOBUF buf = buf_open(KIB(64));
    template_render(&buf, call->app->me, model, NULL);
    return str_copy(call->arena, buf_str(&buf));
}

const struct object *frame_model(struct call *call, const struct page *page)
{
    struct arena *arena = call->arena;
    struct object *frame = object_new(arena, &shape_frame);
    bool bare = page->bare || call->body.id == 0;
    object_set(frame, "title", value_text(page->title));
    object_set(frame, "state", value_text_or_null(page->state));
    object_set(frame, "body", value_text_or_null(call->body.name));
    object_set(frame, "term", value_text_or_null(call->body.term));
    object_set(frame, "home", value_text(call_url(call, "%s", "")));
    object_set(frame, "as_of", value_text(date_format(arena, call->today)));
    object_set(frame, "bare", value_int(bare));
    object_set(frame, "local", value_int(call->viewer.local));
    object_set(frame, "setup", value_int(call->viewer.local && call->viewer.no_accounts));
    if (bare)
        put_viewer(arena, &call->viewer, frame);
    object_set(frame, "has_crumbs", value_int(page->crumbs_n > 0));
    object_set(frame, "has_actions", value_int(page->actions_n > 0));
    object_set(frame, "has_tabs", value_int(page->tabs_n > 0));
    object_set(frame, "crumbs", links(arena, page->crumbs, page->crumbs_n));
    object_set(frame, "actions", links(arena, page->actions, page->actions_n));
    object_set(frame, "tabs", links(arena, page->tabs, page->tabs_n));
    if (bare)
        return frame;
    const struct nav_item *here = nav_here(call);
    object_set(frame, "groups", nav_groups(call, here));
    object_set(frame, "phone", nav_phone(call, here));
    if (call->app->has_notices && call_may(call, RIGHT_READ)) {
        object_set(frame, "notices", value_text(call_url(call, "notice")));
        object_set(frame, "notices_count", value_text(call_url(call, "notice/count")));
    }
    if (call->app->has_search && call_may(call, RIGHT_READ)) {
        object_set(frame, "search", value_text(call_url(call, "search")));
        object_set(frame, "searched", value_text_or_null(call_query(call, "q")));
    }
    return frame;
}
