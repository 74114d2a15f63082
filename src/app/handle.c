/* One request, from its plan to its answer. */
#include <unistd.h>

#include "app/priv.h"
#include "base/log.h"

enum { CALL_BYTES_MAX = 256 << 20 };

const char *const response_security_heads[][2] = {
    {"Content-Security-Policy", "default-src 'self'; img-src 'self' data:; object-src 'none'; "
                                "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"},
    {"X-Content-Type-Options", "nosniff"},
    {"X-Frame-Options", "DENY"},
    {"Referrer-Policy", "same-origin"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"},
    {NULL, NULL},
};

static struct scratch *scratch_take(struct app *app)
{
    pthread_mutex_lock(&app->lock);
    struct scratch *scratch = app->spare;
    if (scratch) {
        app->spare = scratch->next;
    } else {
        scratch = arena_new(&app->arena, struct scratch, 1);
        scratch->arena = arena_open(CALL_BYTES_MAX);
    }
    pthread_mutex_unlock(&app->lock);
    return scratch;
}

static void scratch_give(struct app *app, struct scratch *scratch)
{
    arena_reset(&scratch->arena);
    pthread_mutex_lock(&app->lock);
    scratch->next = app->spare;
    app->spare = scratch;
    pthread_mutex_unlock(&app->lock);
}

void response_release(struct response *response)
{
    if (response->cached)
        cache_release(response->cached->entry);
    if (response->spooled)
        close(response->spool_fd);
    buf_close(&response->owned);
    arena_close(&response->heads);
    *response = (struct response){0};
}

static enum status no_body(struct call *call)
{
    return call_refuse(call, NOT_FOUND, NULL,
                       "本系统中没有地址为“%.*s”的单位，请检查地址或从首页选择单位。",
                       STR_ARG(str_head(call->path_params[0], 60)));
}

/* Find the call's body in a snapshot of its own, so that its version is read before the snapshot
 * that renders: an answer is never older than the version it is kept under. */
static enum status find_body(struct call *call)
{
    struct app *app = call->app;
    int64_t version = version_now(app, 0);
    TRY(store_read(app->options.store, call->arena, &call->tx));
    enum status status = bodies_find(app, call->tx, version, call->path_params[0], &call->body);
    store_read_end(call->tx);
    call->tx = NULL;
    return status == NOT_FOUND ? no_body(call) : status;
}

/* He may do it there in another of his seats: a link led him here, from a notice or another page.
 */
static const struct seat *other_seat(const struct call *call)
{
    for (int i = 0; i < call->viewer.seats_n; i++)
        if (call->viewer.seats[i].body == call->body.id &&
            rights_scope(call->viewer.seats[i].role, call->route->need) != SCOPE_NONE)
            return &call->viewer.seats[i];
    return NULL;
}

/* A body one has no business in is answered like one that is not there. */
static enum status check_body(struct call *call)
{
    if (call_may(call, call->route->need))
        return OK;
    if (!call_may(call, RIGHT_READ)) {
        const struct seat *seat = other_seat(call);
        if (!seat || call->viewer.must_change || call->viewer.token)
            return no_body(call);
        struct str where = seat->organization_name.len ? seat->organization_name : seat->body_name;
        return call_refuse(call, DENIED, NULL,
                           "这里要用您的另一个身份“%.*s %s”打开，请点页面上方的姓名换用。",
                           STR_ARG(where), role_label(seat->role));
    }
    return call_refuse(call, DENIED, NULL,
                       "您现在的身份“%s”不能办理此事，请换用有权办理的身份，或请办公室办理。",
                       role_label(call->viewer.seat.role));
}

/* By its address: /{body}/{kind}… */
static const char *exported_kind(const struct call *call)
{
    struct str rest = str_from(call->route->path), word = {0};
    for (int i = call->route->flags & ROUTE_INSTANCE ? 2 : 3; i > 0; i--)
        word = str_cut(&rest, STR("/"));
    return str_c(call->arena, word);
}

static enum status make_answer(struct call *call, const struct plan *plan,
                               struct response *response)
{
    TRY(store_read(call->app->options.store, call->arena, &call->tx));
    struct page page = {0};
    const struct viewer asker = call->viewer;
    if (call->shared)
        call->viewer = audience_of(&asker);
    enum status status = plan->route->run(call, &page);
    if (status == OK && plan_is_export(call, plan))
        call_gives_out(call, exported_kind(call), 0, plan->form == FORM_CSV ? "csv" : "xlsx");
    if (status == OK)
        status = represent(call, plan->form, plan->route_index, &page, response);
    call->viewer = asker;
    return status;
}

/* Nothing private leaves untold: made once more without it, when it cannot be told. What was
 * written is not written once more. */
static enum status make_told(struct call *call, const struct plan *plan, struct response *response)
{
    TRY(make_answer(call, plan, response));
    if (response->location.len && response->body.len == 0)
        call->readings = NULL; /* only led on */
    bool is_private = call->readings != NULL;
    enum status status = readings_tell(call);
    response->no_store |= is_private;
    if (status == OK)
        return OK;
    bool is_file = plan->form == FORM_FILE || plan_is_export(call, plan);
    struct arena heads = response->heads;
    response->heads = (struct arena){0};
    response_release(response);
    *response = (struct response){.heads = heads};
    if (is_file)
        return call_refuse(call, BUSY, NULL, "暂时无法记下这次导出，未予导出，请稍后再试。");
    if (call->request->method == METHOD_POST)
        return call_refuse(call, BUSY, NULL, "暂时无法记下这次查看，未予显示，请稍后再试。");
    call->viewer.masked = true;
    call->readings = NULL;
    return make_answer(call, plan, response);
}

/* False: `quick`, and it is not. */
static bool run(struct call *call, const struct plan *plan, bool quick, struct response *response,
                enum status *ret_status)
{
    struct app *app = call->app;
    bool instance = plan->route->flags & ROUTE_INSTANCE;
    bool at_hand = instance || bodies_at_hand(app, call->path_params[0], call->arena, &call->body);
    if (!at_hand && quick && !(plan->route->flags & ROUTE_FAST))
        return false;
    *ret_status = at_hand ? OK : find_body(call);
    if (*ret_status == OK && !instance)
        *ret_status = check_body(call);
    if (*ret_status == OK)
        *ret_status = plan_check_query(plan, call->arena, &call->fault);
    if (*ret_status != OK)
        return true;
    if (quick && plan->viewer.touch)
        return false;
    call->shared = keep_is_shared(call, plan);
    struct keep keep = keep_open(call, plan);
    if (keep_find(call, &keep, response))
        return true;
    if (quick && (plan_is_export(call, plan) || !(plan->route->flags & ROUTE_FAST)))
        return false;
    *ret_status = make_told(call, plan, response);
    if (*ret_status == OK)
        keep_answer(call, &keep, response);
    return true;
}

static struct call call_open(struct app *app, const struct request *request, struct arena *arena)
{
    struct instant now = clock_now(app->options.clock);
    return (struct call){.app = app,
                         .inset_at = INSET_NONE,
                         .arena = arena,
                         .request = request,
                         .now = now,
                         .today = instant_date(now, ZONE_CHINA_MIN)};
}

static void take_plan(struct call *call, const struct plan *plan)
{
    call->route = plan->route;
    call->query = plan->query.items;
    call->query_n = plan->query.n;
    call->viewer = plan->viewer;
    memcpy(call->path_params, plan->match.params, sizeof call->path_params);
}

/* What was saved is not refused: the database went away before it could be shown. */
static void tell_kept(struct call *call)
{
    if (call->fault.message.len > 0)
        log_line(LOG_ERROR, call->request->id, "%s: %.*s", call->route->path,
                 STR_ARG(call->fault.message));
    call->fault = (struct fault){0};
    call_refuse(call, BUSY, NULL, "已保存，但暂时无法显示结果，请稍后打开查看，不必再次提交。");
}

/* A refusal is shown in the frame of the body it concerns, when that is at hand and the viewer has
 * business there: else not even its name. */
static void answer_problem(struct call *call, const struct plan *plan, enum status status,
                           struct response *response)
{
    if (call->body.id == 0 && plan->path.n > 0)
        (void)bodies_at_hand(call->app, plan->path.segments[0], call->arena, &call->body);
    if (plan->viewer.account &&
        !rights_may(&plan->viewer, RIGHT_READ, &(struct target){.body = call->body.id}))
        call->body = (struct body_info){0};
    if (call->kept && (status == BUSY || status == FAULT))
        tell_kept(call);
    if (call->fault.status == OK)
        call->fault.status = status;
    if (call->current && readings_tell(call) != OK)
        call->current = NULL;
    call->shared = false;
    response_release(response);
    *response = (struct response){.heads = arena_open(KIB(512)), .owned = buf_open(MIB(2))};
    problem(call, plan->problem_json, &call->fault, plan->allow, response);
}

static bool answer(struct app *app, const struct request *request, bool quick,
                   struct response *response)
{
    struct scratch *scratch = scratch_take(app);
    struct call call = call_open(app, request, &scratch->arena);
    struct plan plan = {0};
    *response = (struct response){.heads = arena_open(KIB(512))};
    enum status status = plan_make(app, request, call.arena, &plan, &call.fault);
    take_plan(&call, &plan);
    call_expect(&call, status == OK && request->method == METHOD_POST);
    bool done = true;
    if (status == OK && plan.viewer.touch && !quick)
        app->options.touch_viewer(app, &plan.viewer, call.arena);
    if (status == OK && plan.redirect.len) {
        response->status = plan.redirect_status;
        response->no_store = plan.redirect_status == 303;
        response->location = response_keep(response, plan.redirect);
    } else if (status == OK) {
        done = run(&call, &plan, quick, response, &status);
    }
    if (status != OK)
        answer_problem(&call, &plan, status, response);
    /* Nothing of a session is left in the browser that it was in: the way back is asked anew. What
     * programs are sent by their tokens may be kept and compared. */
    response->no_store |= plan.viewer.account != 0 && !plan.viewer.token;
    response->route = plan.route ? plan.route->path : NULL;
    call_expect(&call, false);
    store_read_end(call.tx);
    scratch_give(app, scratch);
    return done;
}

bool app_handle_quick(struct app *app, const struct request *request, struct response *ret_response)
{
    return answer(app, request, true, ret_response);
}

void app_handle(struct app *app, const struct request *request, struct response *ret_response)
{
    (void)answer(app, request, false, ret_response);
}

void app_refuse(struct app *app, const struct request *request, const struct fault *fault,
                struct response *ret_response)
{
    struct scratch *scratch = scratch_take(app);
    struct call call = call_open(app, request, &scratch->arena);
    struct plan plan = {0};
    struct fault ignored = {0};
    ignored.status = plan_make(app, request, call.arena, &plan, &ignored);
    call.fault = *fault;
    *ret_response = (struct response){0};
    answer_problem(&call, &plan, fault->status, ret_response);
    ret_response->route = plan.route ? plan.route->path : NULL;
    scratch_give(app, scratch);
}

bool app_admit(struct app *app, const struct request *request, struct admission *ret_admission,
               struct response *ret_response)
{
    struct scratch *scratch = scratch_take(app);
    struct call call = call_open(app, request, &scratch->arena);
    struct plan plan = {0};
    *ret_response = (struct response){0};
    enum status status = plan_make(app, request, call.arena, &plan, &call.fault);
    bool post = request->method == METHOD_POST;
    *ret_admission = (struct admission){0};
    if (status != OK)
        answer_problem(&call, &plan, status, ret_response);
    else if (post)
        *ret_admission = (struct admission){
            .body_limit = plan.route->flags & ROUTE_UPLOAD ? BODY_UPLOAD_MAX : BODY_MAX,
            .is_open = plan.route->need == RIGHT_PUBLIC,
        };
    ret_response->route = plan.route ? plan.route->path : NULL;
    scratch_give(app, scratch);
    return status == OK;
}
