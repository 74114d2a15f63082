#include "account.sql.h"
#include "base/url.h"
#include "domain/account/priv.h"

/* TOTP put in use and out of it, by its holder; recovery codes are shown once. */

static const struct column code_columns[] = {{"code", NULL, COLUMN_TEXT}};
static const struct shape shape_code = {"code", code_columns, 1};
static const struct column totp_columns[] = {
    {"on", NULL, COLUMN_FLAG},
    {"secret", NULL, COLUMN_TEXT},
    {"qr", NULL, COLUMN_TEXT},
    {"box", NULL, COLUMN_TEXT},
    {"codes", NULL, COLUMN_LIST, .shape = &shape_code},
    {"problem", NULL, COLUMN_TEXT},
    {"grouped", NULL, COLUMN_TEXT},
};
static const struct shape shape_totp = {"totp", totp_columns, 7};

static enum status need_own(struct call *call, struct account *ret_account)
{
    if (!call->viewer.account || call->viewer.token || call->viewer.must_change)
        return call_refuse(call, DENIED, NULL, "动态口令须由本人登录后办理。");
    return account_read(call->tx, &SQL_account_get, value_int(call->viewer.account), ret_account);
}

static enum status show(struct call *call, struct page *page, const struct account *account,
                        struct str secret, const struct list *codes)
{
    struct arena *arena = call->arena;
    struct object *model = object_new(arena, &shape_totp);
    struct str login = url_encode(arena, account->login);
    object_set(model, "on", value_int(account->totp.len > 0));
    object_set(model, "problem", value_text_or_null(call->fault.message));
    if (codes)
        object_set(model, "codes", value_list(codes));
    else if (account->totp.len == 0) {
        struct str url = str_fmt(arena, "otpauth://totp/Duikou:%.*s?secret=%.*s&issuer=Duikou",
                                 STR_ARG(login), STR_ARG(secret));
        object_set(model, "secret", value_text(secret));
        object_set(model, "grouped", value_text(secret_grouped(arena, secret)));
        struct str box = {0};
        object_set(model, "qr", value_text(qr_path(arena, url, &box)));
        object_set(model, "box", value_text(box));
    }
    page->model = model;
    page->title = STR("动态口令");
    page->bare = page->secret = true;
    page_crumb(page, STR("我的帐号"), STR("/me"));
    return OK;
}

static enum status totp_page(struct call *call, struct page *page)
{
    struct account account;
    TRY(need_own(call, &account));
    return show(call, page, &account, totp_secret(call->arena), NULL);
}

struct totp_write {
    int64_t account, step;
    struct str wrapped; /* empty: out of use */
    struct str codes[RECOVERY_CODES];
    struct instant now;
};

static enum status apply_totp(struct tx *tx, void *context, struct fault *fault)
{
    (void)fault;
    const struct totp_write *write = context;
    bool on = write->wrapped.len > 0;
    TRY(tx_run(tx, &SQL_account_totp,
               ARGS(value_int(write->account), on ? value_blob(write->wrapped) : NULL_VALUE,
                    value_int(write->step), value_int(write->now.us)),
               NULL));
    TRY(tx_run(tx, &SQL_recovery_clear, ARGS(value_int(write->account)), NULL));
    for (int i = 0; on && i < RECOVERY_CODES; i++)
        TRY(tx_run(tx, &SQL_recovery_add,
                   ARGS(value_int(write->account), value_int(i + 1), value_blob(write->codes[i])),
                   NULL));
    return account_journal(tx, "account", write->account, on ? "totp-on" : "totp-off", STR(""),
                           STR(""));
}

static enum status put_in_use(struct call *call, struct page *page)
{
    struct account account;
    TRY(need_own(call, &account));
    if (account.totp.len)
        return call_refuse(call, CONFLICT, NULL, "动态口令已在使用，更换前请先停用。");
    struct str text = call_form(call, "secret");
    struct str secret = totp_secret_bytes(call->arena, text);
    int64_t step = secret.len ? totp_step_of(secret, str_trim(call_form(call, "code")), call->now,
                                             account.totp_step)
                              : -1;
    if (step < 0) {
        call_refuse(call, INVALID, "code", "动态口令不对，请核对手机时间后，填写最新的六位数字。");
        page->status = 422;
        return show(call, page, &account, secret.len ? text : totp_secret(call->arena), NULL);
    }
    struct totp_write write = {.account = account.id, .step = step, .now = call->now};
    struct list *codes = list_new(call->arena, &shape_code);
    for (int i = 0; i < RECOVERY_CODES; i++) {
        struct str code = secret_code(call->arena);
        write.codes[i] = secret_hash(call->arena, code);
        list_add(call->arena, codes)[0] = value_text(secret_grouped(call->arena, code));
    }
    TRY(secret_wrap(accounts_of(call), call->arena, secret, &write.wrapped, &call->fault));
    TRY(account_write(call, apply_totp, &write));
    account.totp = write.wrapped;
    return show(call, page, &account, text, codes);
}

/* Whoever finds a session open does not turn the second factor off: the password is asked. */
static enum status put_out_of_use(struct call *call, struct page *page)
{
    struct account account;
    TRY(need_own(call, &account));
    int64_t wait = wait_seconds(account.failures, FREE_TRIES, account.failed_at_us, call->now);
    store_read_end(call->tx);
    call->tx = NULL;
    if (wait > 0 ||
        !password_fits(accounts_of(call), account.password, call_form(call, "password"))) {
        if (wait <= 0)
            TRY(account_failed(call, account.id));
        call_refuse(call, INVALID, "password", "密码不对，动态口令仍在使用。");
        page->status = 422;
        return show(call, page, &account, (struct str){0}, NULL);
    }
    struct totp_write write = {.account = account.id, .step = account.totp_step, .now = call->now};
    TRY(account_write(call, apply_totp, &write));
    page->redirect = STR("/me");
    return OK;
}

static const struct route routes[] = {
    {METHOD_GET, "/me/totp", totp_page, RIGHT_OWN, FORM_HTML, ROUTE_INSTANCE, "动态口令",
     "account/totp", &shape_totp},
    {METHOD_POST, "/me/totp", put_in_use, RIGHT_OWN, FORM_HTML, ROUTE_INSTANCE, "启用动态口令",
     "account/totp", &shape_totp},
    {METHOD_POST, "/me/totp/end", put_out_of_use, RIGHT_OWN, FORM_HTML, ROUTE_INSTANCE,
     "停用动态口令", "account/totp", &shape_totp},
};

void totp_routes(struct app *app)
{
    app_add_routes(app, routes, sizeof routes / sizeof *routes);
}
