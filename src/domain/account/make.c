#include <stdatomic.h>

#include "account.sql.h"
#include "base/json_put.h"
#include "base/utf8.h"
#include "domain/account/priv.h"

/* Accounts and seats made: by pages, the set-up, the command line. */

enum { LOGIN_BYTES_MAX = 40, NAME_BYTES_MAX = 60 };

struct str login_text(struct arena *arena, struct str typed)
{
    struct str text = str_trim(typed);
    char *to = arena_alloc(arena, text.len + 1);
    for (size_t i = 0; i < text.len; i++)
        to[i] = (char)(text.ptr[i] >= 'A' && text.ptr[i] <= 'Z' ? text.ptr[i] + 32 : text.ptr[i]);
    return (struct str){to, text.len};
}

bool is_one_line(struct str text)
{
    for (struct str rest = text; rest.len > 0;) {
        int32_t code = utf8_next(&rest);
        if (code < 0x20 || (code >= 0x7F && code < 0xA0) || code == 0x2028 || code == 0x2029)
            return false;
    }
    return utf8_is_valid(text);
}

enum status login_check(struct arena *arena, struct str login, struct str name, struct fault *fault)
{
    bool good = login.len >= 2 && login.len <= LOGIN_BYTES_MAX;
    for (size_t i = 0; good && i < login.len; i++) {
        unsigned char c = (unsigned char)login.ptr[i];
        good = c >= 0x80 || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || strchr("-._@", c);
    }
    if (!good || !is_one_line(login))
        return refuse(arena, fault, INVALID, "login",
                      "登录名应为 2 至 %d 个字母、数字或 - . _ @，也可以用汉字。", LOGIN_BYTES_MAX);
    if (name.len == 0 || name.len > NAME_BYTES_MAX)
        return refuse(arena, fault, INVALID, "name", "请填写姓名，最多 20 个字。");
    if (!is_one_line(name))
        return refuse(arena, fault, INVALID, "name", "姓名里有不可见的控制字符，请重新输入。");
    return OK;
}

enum status slip_issue(struct tx *tx, const struct slip_new *slip)
{
    TRY(tx_run(tx, &SQL_slip_void, ARGS(value_int(slip->account)), NULL));
    TRY(tx_run(tx, &SQL_slip_add,
               ARGS(value_int(slip->id), value_int(slip->account), value_blob(slip->code),
                    slip->issued_by ? value_int(slip->issued_by) : NULL_VALUE,
                    value_int(slip->now.us), value_int(slip->now.us + SLIP_HOURS * HOUR_US)),
               NULL));
    return account_journal(tx, "slip", slip->id, "issue", STR(""), STR(""));
}

/* One account holds one administrator's office and nothing else, or none. */
static enum status check_company(struct tx *tx, const struct seat_write *write, struct fault *fault)
{
    struct rows rows;
    struct seat *seats;
    int n;
    TRY(seats_read(tx, &SQL_seat_of, write->account, write->from, &rows, &seats, &n));
    for (int i = 0; i < n; i++) {
        if (!roles_go_together(seats[i].role, write->seat.role))
            return refuse(tx_arena(tx), fault, CONFLICT, "role",
                          "“%s”与“%s”不能由同一人担任，请另选人员，或先结束原来的身份。",
                          role_label(seats[i].role), role_label(write->seat.role));
        if (seats[i].role == write->seat.role && seats[i].body == write->seat.body &&
            seats[i].organization == write->seat.organization)
            return refuse(tx_arena(tx), fault, CONFLICT, "role", "此帐号已有这个身份。");
    }
    return OK;
}

/* Whoever opened the account knows its slip, and where its codes go: with an administrator's seat
 * nothing of that opens it any more. */
static enum status close_ways(struct tx *tx, const struct seat_write *write, struct fault *fault)
{
    struct rows rows;
    struct value account = value_int(write->account), now = value_int(write->now.us);
    if (!role_is_administrator(write->seat.role))
        return OK;
    TRY(tx_run(tx, &SQL_slip_open, ARGS(account, now), &rows));
    if (rows.n > 0)
        return refuse(tx_arena(tx), fault, CONFLICT, "role",
                      "此帐号的登录单还没有用过，请本人先登录并设置密码，再授予管理员身份。");
    TRY(tx_run(tx, &SQL_session_end_others, ARGS(account, value_int(0)), NULL));
    TRY(tx_run(tx, &SQL_token_end_all, ARGS(account), NULL));
    return tx_run(tx, &SQL_account_contact, ARGS(account, NULL_VALUE, NULL_VALUE, now), NULL);
}

/* An administrator is of no body, a signer of no unit: then nothing is told of it. */
static void put_id(struct json *json, const char *key, int64_t id)
{
    char text[ID_TEXT_LEN];
    if (id == 0)
        return;
    id_format_to(id, text);
    json_key(json, key);
    json_str(json, (struct str){text, sizeof text});
}

/* To the journal: who got which seat. */
static enum status tell_seat(struct tx *tx, const struct seat_write *write)
{
    AUTOBUF told = buf_open(KIB(4));
    struct json json = json_open(&told);
    struct account holder;
    TRY(account_read(tx, &SQL_account_get, value_int(write->account), &holder));
    json_begin(&json, '{');
    put_id(&json, "account", write->account);
    put_id(&json, "body", write->seat.body);
    json_key(&json, "name"), json_str(&json, holder.name);
    put_id(&json, "organization", write->seat.organization);
    json_key(&json, "role"), json_str(&json, str_from(role_word(write->seat.role)));
    json_end(&json, '}');
    return account_journal(tx, "seat", write->id, "add", STR(""), buf_str(&told));
}

enum status apply_seat(struct tx *tx, void *context, struct fault *fault)
{
    const struct seat_write *write = context;
    const struct seat *seat = &write->seat;
    struct arena *arena = tx_arena(tx);
    TRY(check_company(tx, write, fault));
    TRY(close_ways(tx, write, fault));
    TRY(tx_run(tx, &SQL_seat_add,
               ARGS(value_int(write->id), value_int(write->account), value_int(seat->body),
                    value_text(str_from(role_word(seat->role))),
                    seat->organization ? value_int(seat->organization) : NULL_VALUE,
                    write->given_by ? value_int(write->given_by) : NULL_VALUE,
                    value_text(date_format(arena, write->from)),
                    value_text(date_format(arena, write->to)), value_int(write->now.us)),
               NULL));
    return tell_seat(tx, write);
}

static enum status add_first_seat(struct tx *tx, const struct account_write *write,
                                  struct fault *fault)
{
    const struct account_new *wanted = write->wanted;
    struct seat_write seat = {
        .id = write->seat_id,
        .account = write->id,
        .given_by = write->given_by,
        .seat = {.body = wanted->body, .role = wanted->role, .organization = wanted->organization},
        .from = instant_date(write->now, ZONE_CHINA_MIN),
        .to = DATE_OPEN,
        .now = write->now};
    return apply_seat(tx, &seat, fault);
}

enum status apply_account(struct tx *tx, void *context, struct fault *fault)
{
    const struct account_write *write = context;
    const struct account_new *wanted = write->wanted;
    struct arena *arena = tx_arena(tx);
    struct account other;
    struct rows rows;
    if (write->first) {
        TRY(tx_run(tx, &SQL_account_any, NO_ARGS, &rows));
        if (rows.n > 0)
            return refuse(arena, fault, CONFLICT, NULL, "已有帐号，请直接登录。");
    }
    enum status status = account_read(tx, &SQL_account_by_login, value_text(wanted->login), &other);
    if (status == OK)
        return refuse(arena, fault, CONFLICT, "login", "登录名“%.*s”已有人使用，请换一个。",
                      STR_ARG(wanted->login));
    if (status != NOT_FOUND)
        return status;
    TRY(tx_run(tx, &SQL_account_add,
               ARGS(value_int(write->id), value_text(wanted->login), value_text(wanted->name),
                    value_text_or_null(write->hash), value_int(write->hash.len == 0),
                    value_int(write->now.us), NULL_VALUE, NULL_VALUE),
               NULL));
    TRY(account_journal(tx, "account", write->id, "add", STR(""), STR("")));
    if (wanted->role != ROLE_NONE)
        TRY(add_first_seat(tx, write, fault));
    return write->slip.id ? slip_issue(tx, &write->slip) : OK;
}

/* --- the command line --- */

enum status account_make(struct accounts *accounts, struct arena *arena, const struct actor *actor,
                         const struct account_new *wanted, struct str *ret_slip,
                         struct fault *fault)
{
    struct id_maker ids = {.clock = accounts->options.clock, .node = id_node()};
    struct account_write write = {
        .id = id_next(&ids), .seat_id = id_next(&ids), .wanted = wanted, .now = actor->now};
    *ret_slip = (struct str){0};
    TRY(login_check(arena, wanted->login, wanted->name, fault));
    if (wanted->password.len) {
        TRY(password_check(arena, "password", wanted->password, wanted->login, fault));
        TRY(password_hash(accounts, arena, wanted->password, &write.hash));
    } else {
        *ret_slip = secret_code(arena);
        write.slip = (struct slip_new){.id = id_next(&ids),
                                       .account = write.id,
                                       .code = secret_hash(arena, *ret_slip),
                                       .now = actor->now};
    }
    return store_write(accounts->options.store, arena, ACCOUNT_AREA, 0, actor, apply_account,
                       &write, fault);
}

static enum status apply_reset(struct tx *tx, void *context, struct fault *fault)
{
    (void)fault;
    const struct slip_new *slip = context;
    TRY(tx_run(tx, &SQL_account_lock,
               ARGS(value_int(slip->account), value_int(0), value_int(slip->now.us)), NULL));
    TRY(tx_run(tx, &SQL_session_end_others, ARGS(value_int(slip->account), value_int(0)), NULL));
    TRY(tx_run(tx, &SQL_token_end_all, ARGS(value_int(slip->account)), NULL));
    return slip_issue(tx, slip);
}

enum status account_reset(struct accounts *accounts, struct arena *arena, const struct actor *actor,
                          struct str login, struct str *ret_slip, struct fault *fault)
{
    struct id_maker ids = {.clock = accounts->options.clock, .node = 1023};
    struct account account;
    struct tx *tx;
    TRY(store_read(accounts->options.store, arena, &tx));
    enum status status =
        account_read(tx, &SQL_account_by_login, value_text(login_text(arena, login)), &account);
    store_read_end(tx);
    if (status == NOT_FOUND)
        return refuse(arena, fault, NOT_FOUND, NULL, "没有登录名为“%.*s”的帐号，请核对。",
                      STR_ARG(login));
    TRY(status);
    *ret_slip = secret_code(arena);
    struct slip_new slip = {.id = id_next(&ids),
                            .account = account.id,
                            .code = secret_hash(arena, *ret_slip),
                            .now = actor->now};
    return store_write(accounts->options.store, arena, ACCOUNT_AREA, 0, actor, apply_reset, &slip,
                       fault);
}
