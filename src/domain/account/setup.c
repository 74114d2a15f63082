#include <sodium.h>
#include <stdatomic.h>

#include "domain/account/priv.h"

/* The first account: on this machine alone, with the code printed at the start. */

static const struct column setup_columns[] = {
    {"problem", NULL, COLUMN_TEXT},
    {"login", NULL, COLUMN_TEXT},
    {"name", NULL, COLUMN_TEXT},
};
static const struct shape shape_setup = {"setup", setup_columns, 3};

enum { SETUP_TRIES = 10 };

struct str accounts_setup_code(struct accounts *accounts, struct arena *arena)
{
    return secret_grouped(arena, accounts->setup_code);
}

static enum status show(struct call *call, struct page *page)
{
    if (!call->viewer.no_accounts || !request_is_local(call->request))
        return call_refuse(call, NOT_FOUND, NULL,
                           "启用帐号只能在还没有帐号时，在运行本系统的机器上办理。");
    struct object *model = object_new(call->arena, &shape_setup);
    object_set(model, "problem", value_text_or_null(call->fault.message));
    object_set(model, "login", value_text(str_head(call_form(call, "login"), 60)));
    object_set(model, "name", value_text(str_head(call_form(call, "name"), 60)));
    page->model = model;
    page->title = STR("启用帐号");
    page->bare = page->secret = true;
    return OK;
}

static bool code_fits(struct call *call)
{
    struct accounts *accounts = accounts_of(call);
    struct str typed = secret_typed(call->arena, call_form(call, "code"));
    pthread_mutex_lock(&accounts->lock);
    bool fits = accounts->setup_tries < SETUP_TRIES && typed.len == CODE_LEN &&
                sodium_memcmp(typed.ptr, accounts->setup_code.ptr, CODE_LEN) == 0;
    accounts->setup_tries += !fits;
    pthread_mutex_unlock(&accounts->lock);
    return fits;
}

static enum status make_first(struct call *call, struct page *page)
{
    struct account_new wanted = {.login = login_text(call->arena, call_form(call, "login")),
                                 .name = str_trim(call_form(call, "name")),
                                 .password = call_form(call, "password"),
                                 .role = ROLE_OFFICE_CLERK};
    if (!code_fits(call))
        return call_refuse(call, INVALID, "code",
                           "启用码不对，请照本系统启动时显示的启用码填写；"
                           "错误超过 %d 次须重新启动本系统。",
                           SETUP_TRIES);
    TRY(login_check(call->arena, wanted.login, wanted.name, &call->fault));
    if (!str_eq(wanted.password, call_form(call, "again")))
        return call_refuse(call, INVALID, "again", "两次填写的密码不同，请重新填写。");
    TRY(password_check(call->arena, "password", wanted.password, wanted.login, &call->fault));
    struct account_write write = {.id = call_new_id(call),
                                  .seat_id = call_new_id(call),
                                  .wanted = &wanted,
                                  .first = true,
                                  .now = call->now};
    TRY(password_hash(accounts_of(call), call->arena, wanted.password, &write.hash));
    TRY(account_write(call, apply_account, &write));
    struct entry_session entry = {.account = write.id, .password = write.hash};
    TRY(session_begin(call, page, &entry));
    page->redirect = STR("/");
    return OK;
}

static enum status set_up(struct call *call, struct page *page)
{
    if (!call->viewer.no_accounts || !request_is_local(call->request))
        return show(call, page);
    enum status status = make_first(call, page);
    if (status != INVALID && status != CONFLICT)
        return status;
    page->status = 422;
    return show(call, page);
}

static const struct route routes[] = {
    {METHOD_GET, "/setup", show, RIGHT_PUBLIC, FORM_HTML, ROUTE_INSTANCE, "启用帐号",
     "account/setup", &shape_setup},
    {METHOD_POST, "/setup", set_up, RIGHT_PUBLIC, FORM_HTML, ROUTE_INSTANCE, "启用帐号",
     "account/setup", &shape_setup},
};

void setup_routes(struct app *app)
{
    app_add_routes(app, routes, sizeof routes / sizeof *routes);
}

void account_routes(struct app *app)
{
    setup_routes(app);
    sign_in_routes(app);
    oidc_routes(app);
    sms_routes(app);
    second_routes(app);
    own_routes(app);
    totp_routes(app);
    admin_routes(app);
    admin_one_routes(app);
}
