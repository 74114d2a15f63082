#include "account.sql.h"
#include "domain/account/priv.h"

/*
 * The second factor behind what others vouch for (single sign-on, a code sent to the telephone):
 * who was let through so far stands in a wrapped cookie, for a few minutes, and holds only as long
 * as the account stays as it was. The session begins with the code.
 */

enum { PENDING_MIN = 5, NEXT_BYTES_MAX = 1000 };
static const struct str mark = STR_INIT("second"); /* other things are wrapped by the same key */

struct pending {
    int64_t at_us, account, version;
    struct str next;
};

static struct str cookie_name(const struct call *call)
{
    return call->request->secure ? STR("__Host-duikou-second") : STR("duikou-second");
}

static enum status apply_sms(struct tx *tx, void *context, struct fault *fault)
{
    const int64_t *account = context;
    TRY(tx_run(tx, &SQL_sms_use, ARGS(value_int(*account)), NULL));
    if (tx_changed(tx) > 0)
        return OK;
    return refuse(tx_arena(tx), fault, DENIED, NULL, "这个码已经用过，请换一个。");
}

enum status second_ask(struct call *call, struct page *page, const struct account *account,
                       int64_t sms, struct str next)
{
    struct str wrapped;
    int64_t id = account->id;
    struct str plain =
        str_fmt(call->arena, "%.*s %lld %lld %lld %.*s", STR_ARG(mark), (long long)call->now.us,
                (long long)account->id, (long long)account->version,
                STR_ARG(next.len > NEXT_BYTES_MAX ? STR("/") : next));
    TRY(secret_wrap(accounts_of(call), call->arena, plain, &wrapped, &call->fault));
    if (sms) /* it opened this door and no other */
        TRY(account_write(call, apply_sms, &id));
    page->set_cookie =
        str_fmt(call->arena, "%.*s=%.*s; Path=/; HttpOnly; SameSite=Lax; Max-Age=%d%s",
                STR_ARG(cookie_name(call)), STR_ARG(secret_url_text(call->arena, wrapped)),
                PENDING_MIN * 60, call->request->secure ? "; Secure" : "");
    page->secret = true;
    page->redirect = STR("/sign-in/second");
    return OK;
}

static bool read_pending(struct call *call, struct pending *ret_pending)
{
    struct fault fault;
    struct str plain,
        space = STR(" "),
        wrapped = secret_url_bytes(call->arena, cookie_named(call->request, cookie_name(call)));
    if (wrapped.len == 0 ||
        secret_unwrap(accounts_of(call), call->arena, wrapped, &plain, &fault) != OK ||
        !str_eq(str_cut(&plain, space), mark))
        return false;
    if (!str_to_int(str_cut(&plain, space), &ret_pending->at_us) ||
        !str_to_int(str_cut(&plain, space), &ret_pending->account) ||
        !str_to_int(str_cut(&plain, space), &ret_pending->version))
        return false;
    ret_pending->next = safe_next(plain);
    int64_t age = call->now.us - ret_pending->at_us;
    return age >= 0 && age < PENDING_MIN * MINUTE_US;
}

static enum status show(struct call *call, struct page *page)
{
    struct object *model = object_new(call->arena, &shape_sign_in);
    object_set(model, "problem", value_text_or_null(call->fault.message));
    page->model = model;
    page->title = STR("动态口令");
    page->state = STR("身份已经确认，还差一步。");
    page->bare = page->secret = true;
    return OK;
}

static enum status second_page(struct call *call, struct page *page)
{
    struct pending pending;
    if (call->viewer.account || !read_pending(call, &pending)) {
        page->redirect = call->viewer.account ? STR("/") : STR("/sign-in");
        return OK;
    }
    return show(call, page);
}

static enum status enter(struct call *call, struct page *page)
{
    struct pending pending;
    struct account account;
    TRY(need_encryption(call));
    if (!read_pending(call, &pending))
        return call_refuse(call, DENIED, NULL, "这一步已过期，请从登录页重新登录。");
    TRY(account_read(call->tx, &SQL_account_get, value_int(pending.account), &account));
    if (account.version != pending.version)
        return call_refuse(call, DENIED, NULL, "帐号刚有变动，请从登录页重新登录。");
    struct entry_session entry = {.account = account.id, .outside = true};
    TRY(second_factor(call, &account, call_form(call, "code"), &entry));
    return outside_begin(call, page, &account, &entry, pending.next);
}

static enum status second_enter(struct call *call, struct page *page)
{
    enum status status = enter(call, page);
    if (status != INVALID && status != DENIED && status != CONFLICT)
        return status;
    page->status = call->fault.http ? call->fault.http : status_http(status);
    return show(call, page);
}

static const struct route routes[] = {
    {METHOD_GET, "/sign-in/second", second_page, RIGHT_PUBLIC, FORM_HTML, ROUTE_INSTANCE,
     "再填动态口令", "account/second", &shape_sign_in},
    {METHOD_POST, "/sign-in/second", second_enter, RIGHT_PUBLIC, FORM_HTML, ROUTE_INSTANCE,
     "再填动态口令", "account/second", &shape_sign_in},
};

void second_routes(struct app *app)
{
    app_add_routes(app, routes, sizeof routes / sizeof *routes);
}
