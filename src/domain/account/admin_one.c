#include "account.sql.h"
#include "domain/account/priv.h"

/* One account, as those see it who manage accounts and seats. */

static const struct column seat_columns[] = {
    {"id", NULL, COLUMN_ID},    {"label", "身份", COLUMN_TEXT}, {"start", "自", COLUMN_DATE},
    {"end", "至", COLUMN_DATE}, {"end_url", NULL, COLUMN_URL},
};
static const struct shape shape_seat = {"seat", seat_columns, 5};
static const struct column one_columns[] = {
    {"id", NULL, COLUMN_ID},
    {"name", NULL, COLUMN_TEXT},
    {"login", NULL, COLUMN_TEXT},
    {"created", NULL, COLUMN_INSTANT},
    {"locked", NULL, COLUMN_FLAG},
    {"must_change", NULL, COLUMN_FLAG},
    {"totp", NULL, COLUMN_FLAG},
    {"manages", NULL, COLUMN_FLAG},
    {"apart", NULL, COLUMN_FLAG},
    {"gives", NULL, COLUMN_FLAG},
    {"seats", NULL, COLUMN_LIST, .shape = &shape_seat},
    {"roles", NULL, COLUMN_LIST, .shape = &shape_seat_choice},
    {"bodies", NULL, COLUMN_LIST, .shape = &shape_seat_choice},
    {"organization", NULL, COLUMN_TEXT},
    {"problem", NULL, COLUMN_TEXT},
    {"slip", NULL, COLUMN_OBJECT, .shape = &shape_slip},
    {"url", NULL, COLUMN_URL},
    {"pick_url", NULL, COLUMN_URL},
    {"mobile", NULL, COLUMN_TEXT},
    {"subject", NULL, COLUMN_TEXT},
    {"by_sms", NULL, COLUMN_FLAG},
    {"by_oidc", NULL, COLUMN_FLAG},
};
static const struct shape shape_one = {"account", one_columns,
                                       sizeof one_columns / sizeof *one_columns};

struct subject {
    struct account account;
    struct seat *seats; /* that hold today */
    struct seat *all;   /* also those that ended */
    struct rows all_rows;
    int seats_n, all_n;
};

/* An account that is not the viewer's to see is not there. */
static enum status read_subject(struct call *call, struct subject *ret_subject)
{
    struct subject subject;
    struct rows rows;
    int64_t id;
    TRY(call_path_id(call, 0, &id));
    enum status status = account_read(call->tx, &SQL_account_get, value_int(id), &subject.account);
    if (status == OK)
        status = seats_read(call->tx, &SQL_seat_of, id, call->today, &rows, &subject.seats,
                            &subject.seats_n);
    if (status == OK)
        status = seats_read(call->tx, &SQL_seat_all_of, id, call->today, &subject.all_rows,
                            &subject.all, &subject.all_n);
    if (status == OK && !may_list(&call->viewer, subject.seats, subject.seats_n))
        status = NOT_FOUND;
    if (status == NOT_FOUND)
        return call_refuse(call, NOT_FOUND, NULL, "没有这个帐号，请从帐号列表中选择。");
    *ret_subject = subject;
    return status;
}

static struct str subject_url(struct call *call, const struct subject *subject)
{
    return str_fmt(call->arena, "/accounts/%.*s",
                   STR_ARG(id_format(call->arena, subject->account.id)));
}

static bool may_end(struct call *call, const struct subject *subject, const struct seat *seat)
{
    return rights_may_grant(&call->viewer, seat, subject->account.id);
}

static struct value seat_list(struct call *call, const struct subject *subject)
{
    struct list *list = list_new(call->arena, &shape_seat);
    struct str today = date_format(call->arena, call->today);
    for (int i = 0; i < subject->all_n; i++) {
        const struct seat *seat = &subject->all[i];
        struct value end = rows_at(&subject->all_rows, i, 8);
        struct value *row = list_add(call->arena, list);
        row[0] = value_int(seat->id);
        row[1] = value_text(seat_label(call->arena, seat, call->viewer.seat.body == 0));
        row[2] = rows_at(&subject->all_rows, i, 7);
        row[3] = end;
        if (str_cmp(value_str(end), today) > 0 && may_end(call, subject, seat))
            row[4] = value_text(str_fmt(call->arena, "%.*s/seats/%.*s/end",
                                        STR_ARG(subject_url(call, subject)),
                                        STR_ARG(id_format(call->arena, seat->id))));
    }
    return value_list(list);
}

static bool is_administrator(const struct subject *subject)
{
    for (int i = 0; i < subject->seats_n; i++)
        if (role_is_administrator(subject->seats[i].role))
            return true;
    return false;
}

/* Enough to be recognized by who knows it. */
static struct str hidden_mobile(struct arena *arena, struct str mobile)
{
    if (mobile.len == 0)
        return mobile;
    return str_fmt(arena, "%.*s****%.*s", STR_ARG(str_head(mobile, 3)),
                   STR_ARG(str_from_byte(mobile, mobile.len - 4)));
}

static enum status show(struct call *call, struct page *page, const struct subject *subject,
                        struct value slip)
{
    const struct account *account = &subject->account;
    struct object *model = object_new(call->arena, &shape_one);
    TRY(put_bodies(call, model));
    bool manages = may_manage(&call->viewer, account->id, subject->seats, subject->seats_n);
    bool gives =
        rights_may(&call->viewer, RIGHT_SEATS, NULL) && account->id != call->viewer.account;
    object_set(model, "id", value_int(account->id));
    object_set(model, "name", value_text(account->name));
    object_set(model, "login", value_text(account->login));
    object_set(model, "created", value_int(account->created_us));
    object_set(model, "locked", value_int(account->locked));
    object_set(model, "must_change", value_int(account->must_change));
    object_set(model, "totp", value_int(account->totp.len > 0));
    object_set(model, "manages", value_int(manages));
    object_set(model, "apart", value_int(is_administrator(subject)));
    object_set(model, "gives", value_int(gives));
    object_set(model, "seats", seat_list(call, subject));
    object_set(model, "roles", role_choices(call));
    object_set(model, "organization", value_text(str_head(call_form(call, "organization"), 300)));
    object_set(model, "problem", value_text_or_null(call->fault.message));
    object_set(model, "slip", slip);
    object_set(model, "url", value_text(subject_url(call, subject)));
    object_set(model, "mobile", value_text_or_null(hidden_mobile(call->arena, account->mobile)));
    object_set(model, "subject", value_text_or_null(account->subject));
    const struct signon *signon = &accounts_of(call)->options.signon;
    bool reached = manages && !is_administrator(subject);
    object_set(model, "by_sms", value_int(reached && signon->sms_url.len > 0));
    object_set(model, "by_oidc", value_int(reached && signon->issuer.len > 0));
    page->model = model;
    page->title = account->name;
    page->state = account->locked ? STR("此帐号已停用。") : (struct str){0};
    page->bare = page->secret = true;
    page_crumb(page, STR("帐号"), STR("/accounts"));
    return OK;
}

static enum status one_account(struct call *call, struct page *page)
{
    struct subject subject;
    TRY(read_subject(call, &subject));
    return show(call, page, &subject, NULL_VALUE);
}

static enum status need_managing(struct call *call, const struct subject *subject)
{
    if (may_manage(&call->viewer, subject->account.id, subject->seats, subject->seats_n))
        return OK;
    return call_refuse(call, DENIED, NULL,
                       "您不能管理这个帐号：它是您自己的，或者有您无权授予的身份。");
}

/* Whoever gives out an administrator's slip, or says where his codes go, could be that
 * administrator himself: the three stay apart only when that takes the machine. */
static enum status check_apart(struct call *call, const struct subject *subject,
                               const char *sentence)
{
    return is_administrator(subject) ? call_refuse(call, DENIED, NULL, "%s", sentence) : OK;
}

/* --- locked, opened, signed out, given a slip --- */

struct managing {
    int64_t account;
    bool lock;
    struct slip_new slip; /* id 0: none */
    bool only_out;
    struct date today;
    struct instant now;
};

static enum status apply_managing(struct tx *tx, void *context, struct fault *fault)
{
    const struct managing *work = context;
    if (work->lock) {
        struct rows rows;
        struct seat *seats;
        int n;
        TRY(seats_read(tx, &SQL_seat_of, work->account, work->today, &rows, &seats, &n));
        for (int i = 0; i < n; i++)
            if (seats[i].role == ROLE_SECURITY)
                TRY(keep_security(tx, seats[i].id, work->account, work->today, fault));
    }
    if (!work->only_out)
        TRY(tx_run(tx, &SQL_account_lock,
                   ARGS(value_int(work->account), value_int(work->lock), value_int(work->now.us)),
                   NULL));
    TRY(tx_run(tx, &SQL_session_end_others, ARGS(value_int(work->account), value_int(0)), NULL));
    if (work->lock || work->slip.id)
        TRY(tx_run(tx, &SQL_token_end_all, ARGS(value_int(work->account)), NULL));
    if (work->slip.id)
        return slip_issue(tx, &work->slip);
    const char *deed = work->only_out ? "sign-out" : work->lock ? "lock" : "unlock";
    return account_journal(tx, "account", work->account, deed, STR(""), STR(""));
}

static enum status manage(struct call *call, struct page *page, struct managing *work)
{
    struct subject subject;
    TRY(read_subject(call, &subject));
    TRY(need_managing(call, &subject));
    if (work->slip.id)
        TRY(check_apart(call, &subject,
                        "管理员的登录单不能在这里开具，请在运行本系统的机器上用 "
                        "duikou user reset 开具。"));
    work->account = subject.account.id;
    work->now = call->now;
    work->today = call->today;
    struct str code = secret_code(call->arena);
    if (work->slip.id) {
        work->slip.account = subject.account.id;
        work->slip.issued_by = call->viewer.account;
        work->slip.code = secret_hash(call->arena, code);
        work->slip.now = call->now;
    }
    TRY(account_write(call, apply_managing, work));
    if (work->slip.id == 0) {
        page->redirect = subject_url(call, &subject);
        return OK;
    }
    TRY(read_subject(call, &subject));
    page->status = 201;
    return show(call, page, &subject,
                slip_value(call, subject.account.name, subject.account.login, code));
}

static enum status lock_account(struct call *call, struct page *page)
{
    return manage(call, page, &(struct managing){.lock = true});
}

static enum status unlock_account(struct call *call, struct page *page)
{
    return manage(call, page, &(struct managing){0});
}

static enum status sign_out_account(struct call *call, struct page *page)
{
    return manage(call, page, &(struct managing){.only_out = true});
}

static enum status issue_slip(struct call *call, struct page *page)
{
    return manage(call, page, &(struct managing){.slip = {.id = call_new_id(call)}});
}

/* --- where codes go, who he is to the city's sign-on --- */

enum { SUBJECT_BYTES_MAX = 255 };

struct contact {
    int64_t account;
    struct str mobile, subject;
    bool other_mobile, other_subject; /* than before */
    struct instant now;
};

static enum status check_free(struct tx *tx, const struct statement *by, struct str value,
                              int64_t account, const char *field, struct fault *fault)
{
    struct account other;
    if (value.len == 0)
        return OK;
    enum status status = account_read(tx, by, value_text(value), &other);
    if (status == NOT_FOUND || (status == OK && other.id == account))
        return OK;
    TRY(status);
    return refuse(tx_arena(tx), fault, CONFLICT, field, "这个%s已登记在另一个帐号上，请核对。",
                  strcmp(field, "mobile") == 0 ? "手机号" : "用户标识");
}

/* The journal tells that they were changed, not what they are. */
static enum status apply_contact(struct tx *tx, void *context, struct fault *fault)
{
    const struct contact *contact = context;
    TRY(check_free(tx, &SQL_account_by_mobile, contact->mobile, contact->account, "mobile", fault));
    TRY(check_free(tx, &SQL_account_by_subject, contact->subject, contact->account, "subject",
                   fault));
    TRY(tx_run(tx, &SQL_account_contact,
               ARGS(value_int(contact->account), value_text_or_null(contact->mobile),
                    value_text_or_null(contact->subject), value_int(contact->now.us)),
               NULL));
    return account_journal(tx, "account", contact->account, "contact", STR(""),
                           str_fmt(tx_arena(tx), "{\"mobile\":%s,\"subject\":%s}",
                                   contact->other_mobile ? "true" : "false",
                                   contact->other_subject ? "true" : "false"));
}

/* A number is not shown in full, so an empty field leaves it; “无” takes it away. */
static enum status read_contact(struct call *call, const struct account *account,
                                struct contact *contact)
{
    struct str mobile = str_trim(call_form(call, "mobile"));
    *contact = (struct contact){.account = account->id,
                                .mobile = account->mobile,
                                .subject = account->subject,
                                .now = call->now};
    if (str_is(call_form(call, "of"), "subject"))
        contact->subject = str_trim(call_form(call, "subject"));
    if (str_is(mobile, "无"))
        contact->mobile = (struct str){0};
    else if (mobile.len)
        contact->mobile = mobile;
    if (contact->mobile.len && !mobile_is_good(contact->mobile))
        return call_refuse(call, INVALID, "mobile", "手机号应为 11 位数字，请核对。");
    if (contact->subject.len > SUBJECT_BYTES_MAX)
        return call_refuse(call, INVALID, "subject", "用户标识最多 255 个字节，请核对。");
    contact->other_mobile = !str_eq(contact->mobile, account->mobile);
    contact->other_subject = !str_eq(contact->subject, account->subject);
    return OK;
}

static enum status set_contact(struct call *call, struct page *page)
{
    struct subject subject;
    struct contact contact;
    TRY(read_subject(call, &subject));
    TRY(need_managing(call, &subject));
    TRY(check_apart(call, &subject,
                    "管理员只用密码和动态口令登录，不能为其登记手机号和用户标识。"));
    enum status status = read_contact(call, &subject.account, &contact);
    if (status == OK)
        status = account_write(call, apply_contact, &contact);
    if (status != INVALID && status != CONFLICT) {
        page->redirect = subject_url(call, &subject);
        return status;
    }
    page->status = status_http(status);
    return show(call, page, &subject, NULL_VALUE);
}

/* --- seats --- */

static enum status give(struct call *call, const struct subject *subject)
{
    struct seat_write write = {.id = call_new_id(call),
                               .account = subject->account.id,
                               .given_by = call->viewer.account,
                               .from = call->today,
                               .to = DATE_OPEN,
                               .now = call->now};
    TRY(seat_from_form(call, subject->account.id, &write.seat));
    return account_write(call, apply_seat, &write);
}

static enum status give_seat(struct call *call, struct page *page)
{
    struct subject subject;
    TRY(read_subject(call, &subject));
    enum status status = give(call, &subject);
    if (status == OK) {
        page->redirect = subject_url(call, &subject);
        return OK;
    }
    if (status != INVALID && status != CONFLICT && status != DENIED)
        return status;
    page->status = status_http(status);
    return show(call, page, &subject, NULL_VALUE);
}

struct ending {
    int64_t seat, account;
    bool security;
    struct date today;
    struct instant now;
};

static enum status apply_ending(struct tx *tx, void *context, struct fault *fault)
{
    const struct ending *work = context;
    if (work->security)
        TRY(keep_security(tx, work->seat, 0, work->today, fault));
    TRY(tx_run(tx, &SQL_seat_end,
               ARGS(value_int(work->seat), value_text(date_format(tx_arena(tx), work->today)),
                    value_int(work->now.us)),
               NULL));
    return account_journal(tx, "seat", work->seat, "end", STR(""), STR(""));
}

static enum status end_seat(struct call *call, struct page *page)
{
    struct subject subject;
    int64_t id;
    TRY(read_subject(call, &subject));
    TRY(call_path_id(call, 1, &id));
    const struct seat *seat = NULL;
    for (int i = 0; i < subject.seats_n; i++)
        if (subject.seats[i].id == id)
            seat = &subject.seats[i];
    if (!seat)
        return call_refuse(call, NOT_FOUND, NULL, "此帐号现在没有这个身份，请刷新页面。");
    if (!may_end(call, &subject, seat))
        return call_refuse(call, DENIED, NULL,
                           "您不能授予或收回这个身份：只能办理本人有权办理的身份，"
                           "也不能办理自己的。");
    struct ending work = {id, subject.account.id, seat->role == ROLE_SECURITY, call->today,
                          call->now};
    TRY(account_write(call, apply_ending, &work));
    page->redirect = subject_url(call, &subject);
    return OK;
}

#define ONE "/accounts/{id}"
static const struct route routes[] = {
    {METHOD_GET, ONE, one_account, RIGHT_ACCOUNT_LIST, FORM_HTML, ROUTE_INSTANCE, "一个帐号",
     "account/one", &shape_one},
    {METHOD_POST, ONE "/lock", lock_account, RIGHT_ACCOUNTS, FORM_HTML, ROUTE_INSTANCE, "停用帐号"},
    {METHOD_POST, ONE "/unlock", unlock_account, RIGHT_ACCOUNTS, FORM_HTML, ROUTE_INSTANCE,
     "恢复帐号"},
    {METHOD_POST, ONE "/sign-out", sign_out_account, RIGHT_ACCOUNTS, FORM_HTML, ROUTE_INSTANCE,
     "结束帐号的全部登录"},
    {METHOD_POST, ONE "/slip", issue_slip, RIGHT_ACCOUNTS, FORM_HTML, ROUTE_INSTANCE, "开具登录单",
     "account/one", &shape_one},
    {METHOD_POST, ONE "/contact", set_contact, RIGHT_ACCOUNTS, FORM_HTML, ROUTE_INSTANCE,
     "登记手机号和用户标识", "account/one", &shape_one},
    {METHOD_POST, ONE "/seats", give_seat, RIGHT_SEATS, FORM_HTML, ROUTE_INSTANCE, "授予身份",
     "account/one", &shape_one},
    {METHOD_POST, ONE "/seats/{seat}/end", end_seat, RIGHT_SEATS, FORM_HTML, ROUTE_INSTANCE,
     "结束身份"},
};

void admin_one_routes(struct app *app)
{
    app_add_routes(app, routes, sizeof routes / sizeof *routes);
}
