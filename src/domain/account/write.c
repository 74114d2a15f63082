#include <stdatomic.h>

#include "account.sql.h"
#include "base/utf8.h"
#include "base/json_put.h"
#include "domain/account/priv.h"

struct accounts *accounts_of(const struct call *call)
{
    return app_accounts(call->app);
}

enum status account_write(struct call *call, write_apply *apply, void *context)
{
    return call_write_on(call, ACCOUNT_AREA, 0, apply, context);
}

static enum status tell(struct tx *tx, const char *kind, int64_t id, const char *deed,
                        struct str old, struct str new)
{
    struct journal_change change = {.body_id = ACCOUNT_AREA,
                                    .chain = CHAIN_CHANGES,
                                    .kind = kind,
                                    .id = id,
                                    .deed = deed,
                                    .old = old,
                                    .new = new};
    return tx_journal(tx, &change);
}

/* Whose account it is, of what is done with one: its number tells an auditor nothing. */
static enum status tell_account(struct tx *tx, int64_t id, const char *deed)
{
    AUTOBUF told = buf_open(KIB(4));
    struct json json = json_open(&told);
    struct account account;
    TRY(account_read(tx, &SQL_account_get, value_int(id), &account));
    json_begin(&json, '{');
    json_key(&json, "login"), json_str(&json, account.login);
    json_key(&json, "name"), json_str(&json, account.name);
    json_end(&json, '}');
    return tell(tx, "account", id, deed, STR(""), buf_str(&told));
}

enum status account_journal(struct tx *tx, const char *kind, int64_t id, const char *deed,
                            struct str old, struct str new)
{
    if (strcmp(kind, "account") == 0 && new.len == 0)
        return tell_account(tx, id, deed);
    return tell(tx, kind, id, deed, old, new);
}

void session_cookie_put(struct call *call, struct page *page, struct str token)
{
    page->set_cookie =
        str_fmt(call->arena, "%s=%.*s; Path=/; HttpOnly; SameSite=Lax%s%s",
                session_cookie_name(call->request), STR_ARG(token),
                call->request->secure ? "; Secure" : "", token.len ? "" : "; Max-Age=0");
    page->secret = true;
}

/* Between the check of the password and now the account may have been locked, its password changed,
 * its code used: then this is no sign-in. */
static enum status still_good(struct tx *tx, const struct entry_session *entry, struct fault *fault)
{
    struct account account;
    TRY(account_read(tx, &SQL_account_get, value_int(entry->account), &account));
    /* Others tried at the same time: what is right now is as good as wrong. */
    if (entry->guarded &&
        wait_seconds(account.failures, FREE_TRIES, account.failed_at_us, entry->now) > 0)
        return NOT_FOUND;
    bool other = entry->password.len && !str_eq(account.password, entry->password);
    bool used = entry->totp_step > 0 && account.totp_step >= entry->totp_step;
    if (account.locked || other || used)
        return refuse(tx_arena(tx), fault, DENIED, NULL, "帐号刚有变动，请重新登录。");
    return OK;
}

static enum status use_codes(struct tx *tx, const struct entry_session *entry, struct fault *fault)
{
    static const char gone[] = "这个码已经用过，请换一个。";
    if (entry->recovery.len) {
        TRY(tx_run(tx, &SQL_recovery_use,
                   ARGS(value_int(entry->account), value_blob(entry->recovery)), NULL));
        if (tx_changed(tx) == 0)
            return refuse(tx_arena(tx), fault, DENIED, NULL, "%s", gone);
    }
    if (entry->sms) {
        TRY(tx_run(tx, &SQL_sms_use, ARGS(value_int(entry->account)), NULL));
        if (tx_changed(tx) == 0)
            return refuse(tx_arena(tx), fault, DENIED, NULL, "%s", gone);
    }
    if (entry->outside)
        TRY(tx_run(tx, &SQL_account_no_change, ARGS(value_int(entry->account)), NULL));
    if (entry->slip == 0)
        return OK;
    TRY(tx_run(tx, &SQL_slip_use, ARGS(value_int(entry->slip)), NULL));
    if (tx_changed(tx) == 0)
        return refuse(tx_arena(tx), fault, DENIED, NULL, "%s", gone);
    TRY(tx_run(tx, &SQL_account_must_change,
               ARGS(value_int(entry->account), value_int(entry->now.us)), NULL));
    return account_journal(tx, "slip", entry->slip, "use", STR(""), STR(""));
}

static enum status apply_begin(struct tx *tx, void *context, struct fault *fault)
{
    const struct entry_session *entry = context;
    TRY(still_good(tx, entry, fault));
    TRY(use_codes(tx, entry, fault));
    TRY(tx_run(tx, &SQL_session_end_token, ARGS(value_blob(entry->old_token)), NULL));
    TRY(tx_run(tx, &SQL_session_purge,
               ARGS(value_int(entry->now.us - SESSION_IDLE_MIN * MINUTE_US),
                    value_int(entry->now.us - SESSION_HOURS * HOUR_US)),
               NULL));
    TRY(tx_run(tx, &SQL_session_add,
               ARGS(value_int(entry->session), value_int(entry->account), value_blob(entry->token),
                    value_int(entry->now.us), value_text(entry->address), value_text(entry->agent),
                    entry->seat ? value_int(entry->seat) : NULL_VALUE),
               NULL));
    TRY(tx_run(tx, &SQL_account_entered, ARGS(value_int(entry->account)), NULL));
    if (entry->totp_step > 0)
        TRY(tx_run(tx, &SQL_account_code_used,
                   ARGS(value_int(entry->account), value_int(entry->totp_step)), NULL));
    return account_journal(tx, "account", entry->account, "sign-in", STR(""), STR(""));
}

enum status session_begin(struct call *call, struct page *page, struct entry_session *entry)
{
    struct str token = secret_code(call->arena);
    entry->token = secret_hash(call->arena, token);
    entry->old_token = secret_hash(call->arena, session_cookie(call->request));
    entry->session = call_new_id(call);
    entry->now = call->now;
    entry->address = str_head(call->request->address, 60);
    struct str agent = call->request->user_agent;
    entry->agent = utf8_is_valid(agent) ? utf8_head(agent, 160) : (struct str){0};
    TRY(account_write(call, apply_begin, entry));
    session_cookie_put(call, page, token);
    return OK;
}
