#include "app/priv.h"
#include "base/url.h"

static void put_segment(struct buf *buf, struct str segment)
{
    for (size_t i = 0; i < segment.len; i++) {
        unsigned char c = (unsigned char)segment.ptr[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                     (c && strchr("-._~", c));
        if (plain)
            buf_char(buf, (char)c);
        else
            buf_fmt(buf, "%%%02X", c);
    }
}

/* The address without the "/" too many. Built from the segments, never from what was sent: "/\x"
 * at the start of a Location leads a browser to another host. */
static struct str canonical(struct arena *arena, const struct path *path, struct str query)
{
    AUTOBUF buf = buf_open(KIB(64));
    for (int i = 0; i < path->n; i++) {
        buf_char(&buf, '/');
        put_segment(&buf, path->segments[i]);
    }
    if (query.len) {
        buf_char(&buf, '?');
        buf_put(&buf, query);
    }
    return buf.full ? (struct str){0} : str_copy(arena, buf_str(&buf));
}

static enum status pick_route(struct app *app, const struct request *request, struct arena *arena,
                              struct plan *plan, struct fault *fault)
{
    plan->match = router_match(&app->router, &plan->path);
    if (!plan->match.found)
        return refuse(arena, fault, NOT_FOUND, NULL, "没有“%.*s”这个页面，请检查地址或从首页进入。",
                      STR_ARG(str_head(request->path, 200)));
    const int *routes = app->router.nodes[plan->match.node].route;
    int index = request->method == METHOD_OTHER ? 0 : routes[request->method];
    if (index) {
        plan->route_index = index - 1;
        plan->route = app->routes[index - 1];
        return OK;
    }
    plan->allow = routes[METHOD_GET] && routes[METHOD_POST] ? STR("GET, HEAD, POST")
                  : routes[METHOD_GET]                      ? STR("GET, HEAD")
                                                            : STR("POST");
    return refuse_http(arena, fault, INVALID, 405, "此地址不接受这种请求方法，可用的方法：%.*s。",
                       STR_ARG(plan->allow));
}

/* Who shows a token or sends JSON is a program: what takes anything gets data, not a page. */
static bool is_program(const struct request *request)
{
    return !str_has(request->accept, STR("text/html")) &&
           (str_starts(request->authorization, STR("Bearer ")) ||
            str_starts(request->content_type, STR("application/json")));
}

static int forms_for(const struct request *request, int forms)
{
    return is_program(request) && (forms & ~FORM_HTML) ? forms & ~FORM_HTML : forms;
}

/* How a refusal is told when no representation was chosen yet, or the chosen one cannot. */
static bool wants_json(const struct request *request, int form)
{
    if (form == FORM_JSON || form == FORM_HTML)
        return form == FORM_JSON;
    if (form)
        return !str_has(request->accept, STR("text/html"));
    return accept_pick(request->accept, forms_for(request, FORM_HTML | FORM_JSON)) == FORM_JSON;
}

static enum status pick_form(const struct request *request, struct arena *arena, struct plan *plan,
                             struct fault *fault)
{
    int forms = forms_for(request, plan->route->forms), form = plan->path.suffix_form;
    if (form && (forms & form))
        plan->form = form;
    else if (!form || plan->match.literal_suffix)
        plan->form = accept_pick(request->accept, forms);
    if (plan->form)
        return OK;
    AUTOBUF offered = buf_open(256);
    for (int i = 0; i < FORM_KINDS_N; i++)
        if (forms & form_kinds[i].form)
            buf_fmt(&offered, "%s%s", offered.len ? "、" : "",
                    form_kinds[i].form == FORM_HTML   ? "网页"
                    : form_kinds[i].form == FORM_FILE ? "文件"
                                                      : form_kinds[i].suffix);
    return refuse_http(arena, fault, INVALID, 406, "此页没有所要的格式，可用的格式：%.*s。",
                       STR_ARG(buf_str(&offered)));
}

static enum status find_viewer(struct app *app, const struct request *request, struct arena *arena,
                               struct plan *plan, struct fault *fault)
{
    if (!app->options.find_viewer) {
        plan->viewer =
            request_is_local(request) ? viewer_clerk : viewer_in_role(app->options.guest);
        return OK;
    }
    enum status status = app->options.find_viewer(app, request, arena, &plan->viewer);
    if (status != OK)
        plan->viewer = (struct viewer){0};
    return status == OK ? OK : refuse(arena, fault, status, NULL, "%s。", status_text(status));
}

/* A browser that is not signed in, or has yet to choose its password, is led there. */
static void lead_away(struct app *app, const struct request *request, struct arena *arena,
                      struct plan *plan, const struct fault *fault)
{
    bool page = request->method == METHOD_GET && !plan->problem_json && !request->htmx;
    if (!page || !app->options.sign_in)
        return;
    if (plan->viewer.must_change)
        plan->redirect = STR("/me/password");
    else if (fault->http == 401)
        plan->redirect = str_fmt(arena, "%s?next=%.*s", app->options.sign_in,
                                 STR_ARG(url_encode(arena, request->path)));
    if (plan->redirect.len)
        plan->redirect_status = 303;
}

static enum status check_need(struct app *app, const struct request *request, struct arena *arena,
                              struct plan *plan, struct fault *fault)
{
    enum status status = need_check(plan->route, request, &plan->viewer, arena, fault);
    if (status == DENIED)
        lead_away(app, request, arena, plan, fault);
    return plan->redirect_status == 303 ? OK : status;
}

static bool is_asked(const struct route *route, struct str name)
{
    for (const struct query_name *asked = route->query; asked && asked->name; asked++)
        if (str_is(name, asked->name))
            return true;
    return false;
}

/* A misspelt filter is no filter: a program would take the whole for a part. Pages are lenient:
 * links to them are passed on with names that others add. */
enum status plan_check_query(const struct plan *plan, struct arena *arena, struct fault *fault)
{
    if (!(plan->form & (FORM_JSON | FORM_CSV | FORM_XLSX)) || plan->route->method != METHOD_GET)
        return OK;
    for (int i = 0; i < plan->query.n; i++) {
        struct str name = str_head(plan->query.items[i].name, 60);
        if (is_asked(plan->route, plan->query.items[i].name))
            continue;
        refuse(arena, fault, INVALID, str_c(arena, name),
               "没有“%.*s”这个参数，请对照接口说明改正地址。", STR_ARG(name));
        return refuse_with_code(arena, fault, 400, INVALID);
    }
    return OK;
}

enum status plan_make(struct app *app, const struct request *request, struct arena *arena,
                      struct plan *plan, struct fault *fault)
{
    plan->problem_json = wants_json(request, 0);
    TRY(find_viewer(app, request, arena, plan, fault));
    TRY(path_parse(arena, request->path, &plan->path, fault));
    plan->problem_json = wants_json(request, plan->path.suffix_form);
    TRY(pick_route(app, request, arena, plan, fault));
    TRY(pick_form(request, arena, plan, fault));
    plan->problem_json = wants_json(request, plan->form);
    TRY(params_parse(arena, request->query, QUERY_PARAMS_MAX, QUERY_BYTES_MAX, &plan->query,
                     fault));
    if (plan->path.slash && request->method == METHOD_GET) {
        plan->redirect = canonical(arena, &plan->path, request->query);
        plan->redirect_status = 301;
    }
    return check_need(app, request, arena, plan, fault);
}
