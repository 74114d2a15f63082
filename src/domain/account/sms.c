#include <sodium.h>

#include "account.sql.h"
#include "domain/account/priv.h"
#include "engine/outbox/outbox.h"
#include "net/fetch.h"

/* Signing in by a code sent to a telephone. The outbox sends it, so that nobody waits for the
 * gateway, and a number that has an account is not told from one that has none. */

enum {
    CODE_MIN = 5,   /* how long it opens */
    APART_SEC = 60, /* between two codes to one number */
    HOURLY_MAX = 5, /* codes to one number in an hour */
    DAILY_MAX = 20, /* and in a day: a code is guessed once in ten thousand days */
    TRIES_MAX = 5,  /* as in the statement sms_try */
    MOBILE_LEN = 11,
};
#define SECOND_US INT64_C(1000000)

static const struct column columns[] = {
    {"problem", NULL, COLUMN_TEXT},
    {"mobile", NULL, COLUMN_TEXT},
    {"sent", NULL, COLUMN_FLAG},
    {"next", NULL, COLUMN_TEXT},
};
static const struct shape shape_sms = {"sms_in", columns, 4};

bool mobile_is_good(struct str mobile)
{
    bool good = mobile.len == MOBILE_LEN && mobile.ptr[0] == '1';
    for (size_t i = 0; good && i < mobile.len; i++)
        good = mobile.ptr[i] >= '0' && mobile.ptr[i] <= '9';
    return good;
}

static enum status need_gateway(struct call *call)
{
    if (accounts_of(call)->options.signon.sms_url.len)
        return need_encryption(call);
    return call_refuse(call, NOT_FOUND, NULL, "本系统没有启用短信验证码登录，请用其他方式登录。");
}

static enum status show(struct call *call, struct page *page, bool sent)
{
    struct object *model = object_new(call->arena, &shape_sms);
    bool post = call->request->method == METHOD_POST;
    struct str next = post ? call_form(call, "next") : call_query(call, "next");
    object_set(model, "problem", value_text_or_null(call->fault.message));
    object_set(model, "mobile", value_text(str_head(str_trim(call_form(call, "mobile")), 20)));
    object_set(model, "sent", value_int(sent));
    object_set(model, "next", value_text(safe_next(next)));
    page->model = model;
    page->title = STR("短信验证码登录");
    page->bare = page->secret = true;
    return OK;
}

static enum status again(struct call *call, struct page *page, enum status status, bool sent)
{
    if (status != INVALID && status != DENIED && status != CONFLICT)
        return status;
    page->status = call->fault.http ? call->fault.http : 422;
    return show(call, page, sent);
}

static enum status number_page(struct call *call, struct page *page)
{
    TRY(need_gateway(call));
    return show(call, page, false);
}

/* --- a code is asked for --- */

struct asked {
    int64_t id, account;
    struct instant now;
};

static enum status apply_asked(struct tx *tx, void *context, struct fault *fault)
{
    (void)fault;
    const struct asked *asked = context;
    struct rows rows, daily;
    TRY(tx_run(tx, &SQL_sms_purge, ARGS(value_int(asked->now.us - DAY_US)), NULL));
    TRY(tx_run(tx, &SQL_sms_recent,
               ARGS(value_int(asked->account), value_int(asked->now.us - HOUR_US)), &rows));
    TRY(tx_run(tx, &SQL_sms_recent,
               ARGS(value_int(asked->account), value_int(asked->now.us - DAY_US)), &daily));
    if (asked->account == 0 || value_i64(rows.cells[0]) >= HOURLY_MAX ||
        value_i64(daily.cells[0]) >= DAILY_MAX ||
        value_i64(rows.cells[1]) > asked->now.us - APART_SEC * SECOND_US)
        return OK;
    TRY(tx_run(tx, &SQL_sms_add,
               ARGS(value_int(asked->id), value_int(asked->account), value_int(asked->now.us)),
               NULL));
    struct outbox_entry entry = {.body_id = ACCOUNT_AREA, .id = asked->id, .channel = "sms"};
    return outbox_put(tx, &entry, asked->now);
}

/* Nobody's number writes as well, so that the answer takes as long. */
static enum status send_code(struct call *call)
{
    struct accounts *accounts = accounts_of(call);
    struct str mobile = str_trim(call_form(call, "mobile"));
    struct account account = {0};
    int64_t wait = attempts_wait(accounts, "sms", call->request->address, call->now);
    if (wait > 0)
        return too_often(call, wait);
    if (!mobile_is_good(mobile))
        return call_refuse(call, INVALID, "mobile", "手机号应为 11 位数字，请核对。");
    attempts_failed(accounts, "sms", call->request->address, call->now);
    enum status status =
        account_read(call->tx, &SQL_account_by_mobile, value_text(mobile), &account);
    if (status != OK && status != NOT_FOUND)
        return status;
    struct asked asked = {call_new_id(call), account.locked ? 0 : account.id, call->now};
    return account_write(call, apply_asked, &asked);
}

static enum status ask_code(struct call *call, struct page *page)
{
    TRY(need_gateway(call));
    enum status status = send_code(call);
    return status == OK ? show(call, page, true) : again(call, page, status, false);
}

/* --- and typed in --- */

static enum status apply_try(struct tx *tx, void *context, struct fault *fault)
{
    const int64_t *id = context;
    TRY(tx_run(tx, &SQL_sms_try, ARGS(value_int(*id)), NULL));
    if (tx_changed(tx) > 0)
        return OK;
    return refuse(tx_arena(tx), fault, DENIED, NULL, "验证码已试过五次。");
}

/* One sentence, and one write, whether there is such a number or not. */
static enum status wrong(struct call *call)
{
    attempts_failed(accounts_of(call), "address", call->request->address, call->now);
    return call_refuse(call, INVALID, "code", "验证码不对或已过期，请核对，或重新获取。");
}

static enum status wrong_unwritten(struct call *call)
{
    TRY(account_failed(call, 0));
    return wrong(call);
}

/* A try is taken before the code is looked at: many at once have no more than five. */
static enum status check_code(struct call *call, int64_t id)
{
    struct str wanted, typed = str_trim(call_form(call, "code"));
    enum status status = account_write(call, apply_try, &id);
    if (status == DENIED)
        return wrong_unwritten(call);
    TRY(status);
    TRY(secret_number(accounts_of(call), call->arena, id, &wanted, &call->fault));
    if (typed.len != wanted.len || sodium_memcmp(typed.ptr, wanted.ptr, wanted.len) != 0)
        return wrong(call);
    return OK;
}

static enum status enter(struct call *call, struct page *page)
{
    struct accounts *accounts = accounts_of(call);
    struct rows rows;
    struct account account;
    struct str mobile = str_trim(call_form(call, "mobile"));
    int64_t wait = attempts_wait(accounts, "address", call->request->address, call->now);
    if (wait > 0)
        return too_often(call, wait);
    TRY(tx_run(call->tx, &SQL_sms_last, ARGS(value_text(mobile)), &rows));
    if (rows.n == 0 || value_i64(rows.cells[1]) <= call->now.us - CODE_MIN * MINUTE_US)
        return wrong_unwritten(call);
    int64_t id = value_i64(rows.cells[0]);
    TRY(account_read(call->tx, &SQL_account_get, rows.cells[3], &account));
    TRY(check_code(call, id));
    return enter_from_outside(call, page, &account, id, safe_next(call_form(call, "next")));
}

static enum status enter_code(struct call *call, struct page *page)
{
    TRY(need_gateway(call));
    enum status status = enter(call, page);
    return status == OK ? OK : again(call, page, status, true);
}

static const struct route routes[] = {
    {METHOD_GET, "/sign-in/sms", number_page, RIGHT_PUBLIC, FORM_HTML, ROUTE_INSTANCE,
     "短信验证码登录", "account/sms_in", &shape_sms},
    {METHOD_POST, "/sign-in/sms", ask_code, RIGHT_PUBLIC, FORM_HTML, ROUTE_INSTANCE,
     "获取短信验证码", "account/sms_in", &shape_sms},
    {METHOD_POST, "/sign-in/sms/code", enter_code, RIGHT_PUBLIC, FORM_HTML, ROUTE_INSTANCE,
     "凭短信验证码登录", "account/sms_in", &shape_sms},
};

void sms_routes(struct app *app)
{
    app_add_routes(app, routes, sizeof routes / sizeof *routes);
}

/* --- sent by the outbox --- */

static struct str filled(struct arena *arena, struct str body, struct str mobile, struct str code)
{
    return str_replace(arena, str_replace(arena, body, STR("{mobile}"), mobile), STR("{code}"),
                       code);
}

enum status sms_deliver(struct delivery *delivery, struct fault *fault)
{
    struct accounts *accounts = delivery->context;
    const struct signon *signon = &accounts->options.signon;
    struct arena *arena = delivery->arena;
    struct tx *tx;
    struct rows rows;
    TRY(store_read(delivery->store, arena, &tx));
    enum status status = tx_run(tx, &SQL_sms_out, ARGS(value_int(delivery->id)), &rows);
    store_read_end(tx);
    TRY(status);
    /* Too late, used, or the number taken away meanwhile: nothing to be sent. */
    if (rows.n == 0 || value_str(rows.cells[1]).len == 0 || value_i64(rows.cells[2]) ||
        value_i64(rows.cells[0]) <= delivery->now.us - CODE_MIN * MINUTE_US ||
        signon->sms_url.len == 0)
        return OK;
    struct str code, answer;
    int http;
    TRY(secret_number(accounts, arena, delivery->id, &code, fault));
    struct fetch fetch = {.url = signon->sms_url,
                          .post = true,
                          .head = signon->sms_head,
                          .type = str_starts(signon->sms_body, STR("{\""))
                                      ? STR("application/json")
                                      : STR("application/x-www-form-urlencoded"),
                          .body = filled(arena, signon->sms_body, value_str(rows.cells[1]), code)};
    if (net_fetch(arena, &fetch, &http, &answer) != OK)
        return refuse(arena, fault, BUSY, NULL, "短信网关没有应答，请检查网络和 sms-url 设置。");
    if (http < 200 || http > 299 || !str_has(answer, signon->sms_answer))
        return refuse(arena, fault, BUSY, NULL,
                      "短信网关没有接受（%d），请检查 sms-body、sms-head-file 和 sms-answer 设置。",
                      http);
    return OK;
}
