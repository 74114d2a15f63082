#include "account.sql.h"
#include "base/url.h"
#include "domain/account/priv.h"

/* Signing in: by name and password, by a slip; signing out; the password. */

static const struct column sign_in_columns[] = {
    {"problem", NULL, COLUMN_TEXT},  {"login", NULL, COLUMN_TEXT},
    {"next", NULL, COLUMN_TEXT},     {"code", NULL, COLUMN_TEXT},
    {"asks_old", NULL, COLUMN_FLAG}, {"oidc", NULL, COLUMN_TEXT},
    {"sms", NULL, COLUMN_FLAG},      {"next_encoded", NULL, COLUMN_TEXT},
};
const struct shape shape_sign_in = {"sign_in", sign_in_columns, 8};

enum { LOGIN_MAX = 40, FAMILIAR_DAYS = 90 };

/* Back to where one was led away from: a path of our own, and no other host's. */
struct str safe_next(struct str next)
{
    bool own = next.len > 0 && next.len < 2000 && next.ptr[0] == '/' &&
               (next.len == 1 || (next.ptr[1] != '/' && next.ptr[1] != '\\'));
    for (size_t i = 0; own && i < next.len; i++)
        own = (unsigned char)next.ptr[i] > 0x20 && next.ptr[i] != '\\' && next.ptr[i] != 0x7f;
    return own ? next : STR("/");
}

/* Signed in by other means alone. */
static bool has_no_password(struct call *call)
{
    struct account account;
    return call->viewer.account && call->tx &&
           account_read(call->tx, &SQL_account_get, value_int(call->viewer.account), &account) ==
               OK &&
           account.password.len == 0;
}

static enum status show(struct call *call, struct page *page, const char *title)
{
    struct object *model = object_new(call->arena, &shape_sign_in);
    bool post = call->request->method == METHOD_POST;
    struct str next = post ? call_form(call, "next") : call_query(call, "next");
    object_set(model, "problem", value_text_or_null(call->fault.message));
    object_set(model, "login", value_text(str_head(call_form(call, "login"), LOGIN_MAX)));
    object_set(model, "next", value_text(safe_next(next)));
    object_set(model, "code",
               value_text(post ? (struct str){0} : str_head(call_query(call, "code"), 60)));
    object_set(model, "asks_old", value_int(!call->viewer.must_change && !has_no_password(call)));
    const struct signon *signon = &accounts_of(call)->options.signon;
    object_set(model, "oidc", value_text_or_null(signon->issuer.len ? signon->label : STR("")));
    object_set(model, "sms", value_int(signon->sms_url.len > 0));
    object_set(model, "next_encoded", value_text(url_encode(call->arena, safe_next(next))));
    page->model = model;
    page->title = str_from(title);
    page->bare = true;
    page->secret = true;
    return OK;
}

static enum status again(struct call *call, struct page *page, const char *title,
                         enum status status)
{
    if (status != INVALID && status != DENIED && status != CONFLICT)
        return status;
    page->status = call->fault.http ? call->fault.http : 422;
    return show(call, page, title);
}

static enum status sign_in_page(struct call *call, struct page *page)
{
    if (call->viewer.account) {
        page->redirect = safe_next(call_query(call, "next"));
        return OK;
    }
    if (call->viewer.no_accounts) {
        page->redirect = call->viewer.local ? STR("/setup") : STR("/");
        return OK;
    }
    page->state = STR("对口联系工作系统");
    return show(call, page, "登录");
}

enum status need_encryption(struct call *call)
{
    if (call->request->secure || request_is_local(call->request))
        return OK;
    return call_refuse(call, DENIED, NULL, "此连接未加密，不能登录，请用 https 地址打开本系统。");
}

enum status too_often(struct call *call, int64_t wait_s)
{
    call_refuse(call, INVALID, NULL, "错误次数过多，请在 %lld 分钟后再试。",
                (long long)(wait_s + 59) / 60);
    call->fault.http = 429;
    return INVALID;
}

static int64_t longer(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

struct
try {
    struct str login, password, code;
    struct account account;
    bool known;
    bool familiar; /* from where he signed in before, while others make him wait */
};

/* An account at one place. */
static struct str at_place(struct call *call, const struct try *try)
{
    return str_fmt(call->arena, "%lld %.*s", (long long)try->account.id,
                   STR_ARG(call->request->address));
}

static enum status check_familiar(struct call *call, struct try *try)
{
    struct rows rows;
    TRY(tx_run(call->tx, &SQL_account_came_from,
               ARGS(value_int(ACCOUNT_AREA), value_int(try->account.id),
                    value_text(call->request->address),
                    value_int(call->now.us - FAMILIAR_DAYS * DAY_US)),
               &rows));
    try->familiar = rows.n > 0 && call->request->address.len > 0;
    return OK;
}

/* The tries before this one, of the account, the address and the name. Where the account signed in
 * before, strangers' tries elsewhere keep nobody out: only those made there count. */
static enum status check_wait(struct call *call, struct try *try)
{
    struct accounts *accounts = accounts_of(call);
    int64_t wait = attempts_wait(accounts, "address", call->request->address, call->now);
    int64_t others = try->known ? wait_seconds(try->account.failures, FREE_TRIES,
                                               try->account.failed_at_us, call->now)
                                : 0;
    if (others > 0)
        TRY(check_familiar(call, try));
    if (try->familiar)
        others = attempts_wait(accounts, "familiar", at_place(call, try), call->now);
    if (try->known)
        wait = longer(wait, others);
    else
        wait = longer(wait, attempts_wait(accounts, "login", try->login, call->now));
    return wait > 0 ? too_often(call, wait) : OK;
}

struct failed {
    int64_t account;
    struct instant now;
};

static enum status apply_failed(struct tx *tx, void *context, struct fault *fault)
{
    (void)fault;
    const struct failed *failed = context;
    TRY(tx_run(tx, &SQL_account_failed, ARGS(value_int(failed->account), value_int(failed->now.us)),
               NULL));
    if (failed->account == 0)
        return OK;
    return account_journal(tx, "account", failed->account, "sign-in-refused", STR(""), STR(""));
}

enum status account_failed(struct call *call, int64_t account)
{
    return account_write(call, apply_failed, &(struct failed){account, call->now});
}

static enum status count_failed(struct call *call, const struct try *try)
{
    struct accounts *accounts = accounts_of(call);
    attempts_failed(accounts, "address", call->request->address, call->now);
    if (!try->known)
        attempts_failed(accounts, "login", try->login, call->now);
    if (try->familiar)
        attempts_failed(accounts, "familiar", at_place(call, try), call->now);
    /* Written for an unknown name as well, or the time of a write would tell them apart. */
    return account_failed(call, try->account.id);
}

/* One sentence, whatever was wrong: a name that exists is not told from one that does not. */
static enum status failed(struct call *call, const struct try *try)
{
    TRY(count_failed(call, try));
    return call_refuse(call, INVALID, NULL, "登录名、密码或动态口令不对，请核对后重新填写。");
}

/* The second factor, where it is in use. NOT_FOUND: it does not fit. */
static enum status check_code(struct call *call, const struct try *try, struct entry_session *entry)
{
    const struct account *account = &try->account;
    if (account->totp.len == 0)
        return OK;
    struct str secret;
    TRY(secret_unwrap(accounts_of(call), call->arena, account->totp, &secret, &call->fault));
    int64_t step = totp_step_of(secret, str_trim(try->code), call->now, account->totp_step);
    if (step >= 0) {
        entry->totp_step = step;
        return OK;
    }
    struct rows rows;
    struct str hash = secret_hash(call->arena, secret_typed(call->arena, try->code));
    TRY(tx_run(call->tx, &SQL_recovery_has, ARGS(value_int(account->id), value_blob(hash)), &rows));
    if (rows.n == 0)
        return NOT_FOUND;
    entry->recovery = hash;
    return OK;
}

/* Others tried there at the same time: what fits was perhaps one guess of many. */
static bool was_guessed_at(struct call *call, const struct try *try)
{
    return try->familiar &&
           attempts_wait(accounts_of(call), "familiar", at_place(call, try), call->now) > 0;
}

enum status second_factor(struct call *call, const struct account *account, struct str typed,
                          struct entry_session *entry)
{
    struct try try = {.account = *account, .code = typed, .known = true};
    TRY(check_wait(call, &try));
    entry->guarded = !try.familiar;
    enum status status = check_code(call, &try, entry);
    if (status != NOT_FOUND && !(status == OK && was_guessed_at(call, &try)))
        return status;
    TRY(count_failed(call, &try));
    return call_refuse(call, INVALID, "code", "动态口令不对或已用过，请核对后重新填写。");
}

static enum status enter(struct call *call, struct page *page)
{
    struct try try = {.login = login_text(call->arena, call_form(call, "login")),
                      .password = call_form(call, "password"),
                      .code = call_form(call, "code")};
    TRY(need_encryption(call));
    enum status status =
        account_read(call->tx, &SQL_account_by_login, value_text(try.login), &try.account);
    if (status != OK && status != NOT_FOUND)
        return status;
    try.known = status == OK;
    TRY(check_wait(call, &try));
    struct entry_session entry = {
        .account = try.account.id, .password = try.account.password, .guarded = !try.familiar};
    status = try.known ? check_code(call, &try, &entry) : NOT_FOUND;
    if (status != OK && status != NOT_FOUND)
        return status;
    store_read_end(call->tx); /* hashing takes long: no snapshot is held over it */
    call->tx = NULL;
    bool fits = password_fits(accounts_of(call), try.account.password, try.password);
    if (!fits || status != OK || was_guessed_at(call, &try))
        return failed(call, &try);
    if (try.account.locked)
        return call_refuse(call, DENIED, NULL, "此帐号已停用，请与安全管理员或办公室联系。");
    status = session_begin(call, page, &entry);
    if (status == NOT_FOUND)
        return failed(call, &try);
    TRY(status);
    page->redirect =
        try.account.must_change ? STR("/me/password") : safe_next(call_form(call, "next"));
    return OK;
}

static enum status sign_in(struct call *call, struct page *page)
{
    enum status status = enter(call, page);
    return status == OK ? OK : again(call, page, "登录", status);
}

enum status sign_in_again(struct call *call, struct page *page, enum status status)
{
    return again(call, page, "登录", status);
}

enum status outside_begin(struct call *call, struct page *page, const struct account *account,
                          struct entry_session *entry, struct str next)
{
    enum status status = session_begin(call, page, entry);
    if (status == NOT_FOUND)
        return too_often(call, 60);
    TRY(status);
    page->redirect = account->must_change && account->password.len ? STR("/me/password") : next;
    return OK;
}

enum status enter_from_outside(struct call *call, struct page *page, const struct account *account,
                               int64_t sms, struct str next)
{
    if (account->locked)
        return call_refuse(call, DENIED, NULL, "此帐号已停用，请与安全管理员或办公室联系。");
    if (account->totp.len)
        return second_ask(call, page, account, sms, next);
    struct entry_session entry = {.account = account->id, .sms = sms, .outside = true};
    return outside_begin(call, page, account, &entry, next);
}

/* --- a slip --- */

static enum status slip_form(struct call *call, struct page *page)
{
    return show(call, page, "凭登录单登录");
}

static enum status enter_by_slip(struct call *call, struct page *page)
{
    struct accounts *accounts = accounts_of(call);
    struct rows rows;
    TRY(need_encryption(call));
    int64_t wait = attempts_wait(accounts, "address", call->request->address, call->now);
    if (wait > 0)
        return too_often(call, wait);
    struct str code = secret_typed(call->arena, call_form(call, "code"));
    TRY(tx_run(call->tx, &SQL_slip_by_code, ARGS(value_blob(secret_hash(call->arena, code))),
               &rows));
    bool good =
        rows.n > 0 && value_i64(rows.cells[2]) > call->now.us && value_i64(rows.cells[3]) == 0;
    struct account account = {0};
    if (good)
        TRY(account_read(call->tx, &SQL_account_get, rows.cells[1], &account));
    struct entry_session entry = {.account = account.id};
    if (good && account.totp.len)
        TRY(second_factor(call, &account, call_form(call, "totp"), &entry));
    if (!good || account.locked) {
        attempts_failed(accounts, "address", call->request->address, call->now);
        return call_refuse(call, INVALID, "code",
                           "登录码不对、已用过或已过期，请核对，或请办公室重新开具登录单。");
    }
    entry.slip = value_i64(rows.cells[0]);
    enum status status = session_begin(call, page, &entry);
    if (status == NOT_FOUND)
        return too_often(call, 60);
    TRY(status);
    page->redirect = STR("/me/password");
    return OK;
}

static enum status sign_in_by_slip(struct call *call, struct page *page)
{
    enum status status = enter_by_slip(call, page);
    return status == OK ? OK : again(call, page, "凭登录单登录", status);
}

/* --- out --- */

static enum status apply_out(struct tx *tx, void *context, struct fault *fault)
{
    (void)fault;
    const struct viewer *viewer = context;
    return tx_run(tx, &SQL_session_end,
                  ARGS(value_int(viewer->session), value_int(viewer->account)), NULL);
}

static enum status sign_out(struct call *call, struct page *page)
{
    if (call->viewer.account && !call->viewer.token)
        TRY(account_write(call, apply_out, &call->viewer));
    session_cookie_put(call, page, (struct str){0});
    page->clears = true;
    page->redirect = STR("/sign-in");
    return OK;
}

/* --- the password --- */

static enum status password_page(struct call *call, struct page *page)
{
    if (!call->viewer.account || call->viewer.token)
        return call_refuse(call, NOT_FOUND, NULL, "本机使用时没有密码，请先启用帐号。");
    TRY(show(call, page, call->viewer.must_change ? "设置新密码" : "修改密码"));
    return OK;
}

struct new_password {
    int64_t account, session;
    struct str hash;
    bool asked; /* the old one: too many may have been tried meanwhile */
    struct instant now;
};

static const char wrong_old[] = "原密码不对，请重新填写。";

/* Whoever else was signed in by the old one is out. */
static enum status apply_password(struct tx *tx, void *context, struct fault *fault)
{
    const struct new_password *new = context;
    struct account account;
    TRY(account_read(tx, &SQL_account_get, value_int(new->account), &account));
    if (new->asked && wait_seconds(account.failures, FREE_TRIES, account.failed_at_us, new->now))
        return refuse(tx_arena(tx), fault, INVALID, "old", "%s", wrong_old);
    TRY(tx_run(tx, &SQL_account_password,
               ARGS(value_int(new->account), value_text(new->hash), value_int(new->now.us)), NULL));
    TRY(tx_run(tx, &SQL_session_end_others, ARGS(value_int(new->account), value_int(new->session)),
               NULL));
    return account_journal(tx, "account", new->account, "password", STR(""), STR(""));
}

static enum status set_password(struct call *call, struct page *page)
{
    struct account account;
    struct str password = call_form(call, "password");
    TRY(account_read(call->tx, &SQL_account_get, value_int(call->viewer.account), &account));
    if (!str_eq(password, call_form(call, "again")))
        return call_refuse(call, INVALID, "again", "两次填写的新密码不同，请重新填写。");
    TRY(password_check(call->arena, "password", password, account.login, &call->fault));
    int64_t wait = wait_seconds(account.failures, FREE_TRIES, account.failed_at_us, call->now);
    if (wait > 0)
        return too_often(call, wait);
    store_read_end(call->tx);
    call->tx = NULL;
    struct accounts *accounts = accounts_of(call);
    if (!account.must_change && account.password.len &&
        !password_fits(accounts, account.password, call_form(call, "old"))) {
        TRY(account_failed(call, account.id));
        return call_refuse(call, INVALID, "old", "%s", wrong_old);
    }
    struct new_password new = {
        account.id, call->viewer.session, {0}, !account.must_change, call->now};
    TRY(password_hash(accounts, call->arena, password, &new.hash));
    TRY(account_write(call, apply_password, &new));
    page->redirect = STR("/");
    return OK;
}

static enum status change_password(struct call *call, struct page *page)
{
    if (!call->viewer.account || call->viewer.token)
        return call_refuse(call, DENIED, NULL, "修改密码须由本人登录后办理。");
    enum status status = set_password(call, page);
    return status == OK
               ? OK
               : again(call, page, call->viewer.must_change ? "设置新密码" : "修改密码", status);
}

static const struct route routes[] = {
    {METHOD_GET, "/sign-in", sign_in_page, RIGHT_PUBLIC, FORM_HTML, ROUTE_INSTANCE, "登录",
     "account/sign_in", &shape_sign_in},
    {METHOD_POST, "/sign-in", sign_in, RIGHT_PUBLIC, FORM_HTML, ROUTE_INSTANCE, "登录",
     "account/sign_in", &shape_sign_in},
    {METHOD_GET, "/sign-in/slip", slip_form, RIGHT_PUBLIC, FORM_HTML, ROUTE_INSTANCE,
     "凭登录单登录", "account/slip_in", &shape_sign_in},
    {METHOD_POST, "/sign-in/slip", sign_in_by_slip, RIGHT_PUBLIC, FORM_HTML, ROUTE_INSTANCE,
     "凭登录单登录", "account/slip_in", &shape_sign_in},
    {METHOD_POST, "/sign-out", sign_out, RIGHT_PUBLIC, FORM_HTML, ROUTE_INSTANCE, "退出登录"},
    {METHOD_GET, "/me/password", password_page, RIGHT_OWN, FORM_HTML, ROUTE_INSTANCE, "修改密码",
     "account/password", &shape_sign_in},
    {METHOD_POST, "/me/password", change_password, RIGHT_OWN, FORM_HTML, ROUTE_INSTANCE, "修改密码",
     "account/password", &shape_sign_in},
};

void sign_in_routes(struct app *app)
{
    app_add_routes(app, routes, sizeof routes / sizeof *routes);
}
