#include "account.sql.h"
#include "base/url.h"
#include "domain/account/priv.h"
#include "domain/domain.h"

/* The list of accounts, and a new one. */

static const struct column account_columns[] = {
    {"id", NULL, COLUMN_ID},
    {"url", NULL, COLUMN_URL},
    {"name", "姓名", COLUMN_TEXT, .flags = COLUMN_LINK},
    {"login", "登录名", COLUMN_TEXT},
    {"seats", "身份", COLUMN_TEXT},
    {"locked", "已停用", COLUMN_FLAG},
    {"totp", "动态口令", COLUMN_FLAG},
};
static const struct shape shape_account = {"account", account_columns, 7};
static const struct column list_columns[] = {
    {"items", NULL, COLUMN_LIST, .shape = &shape_account},
    {"next_url", NULL, COLUMN_URL},
};
static const struct shape shape_accounts = {"accounts", list_columns, 2};

enum { PAGE_N = 100 };

static struct str labels(struct arena *arena, const struct seat *seats, int n, bool several)
{
    struct str text = {0};
    for (int i = 0; i < n; i++)
        text = str_fmt(arena, "%.*s%s%.*s", STR_ARG(text), i ? "；" : "",
                       STR_ARG(seat_label(arena, &seats[i], several)));
    return text;
}

static enum status read_page(struct call *call, struct rows *ret_rows)
{
    struct value after = value_text(call_query(call, "after"));
    if (call->viewer.seat.body == 0)
        return tx_run(call->tx, &SQL_account_all, ARGS(after), ret_rows);
    return tx_run(call->tx, &SQL_account_in_body,
                  ARGS(value_int(call->viewer.seat.body),
                       value_text(date_format(call->arena, call->today)), after),
                  ret_rows);
}

static enum status list_accounts(struct call *call, struct page *page)
{
    struct rows rows;
    TRY(read_page(call, &rows));
    struct list *items = list_new(call->arena, &shape_account);
    for (int i = 0; i < rows.n && i < PAGE_N; i++) {
        const struct value *from = &rows.cells[i * rows.columns_n];
        struct rows seat_rows;
        struct seat *seats;
        int n;
        TRY(seats_read(call->tx, &SQL_seat_of, value_i64(from[0]), call->today, &seat_rows, &seats,
                       &n));
        struct value *row = list_add(call->arena, items);
        row[0] = from[0];
        row[1] = value_text(str_fmt(call->arena, "/accounts/%.*s",
                                    STR_ARG(id_format(call->arena, value_i64(from[0])))));
        row[2] = from[1];
        row[3] = from[2];
        row[4] = value_text_or_null(labels(call->arena, seats, n, call->viewer.seat.body == 0));
        row[5] = from[3];
        row[6] = from[4];
    }
    struct object *model = object_new(call->arena, &shape_accounts);
    object_set(model, "items", value_list(items));
    if (rows.n > PAGE_N) {
        struct str last = value_str(rows_at(&rows, PAGE_N - 1, 2));
        object_set(model, "next_url",
                   value_text(str_fmt(call->arena, "/accounts?after=%.*s",
                                      STR_ARG(url_encode(call->arena, last)))));
    }
    page->model = model;
    page->table = "items";
    page->title = STR("帐号");
    page->bare = page->secret = true;
    if (rights_may(&call->viewer, RIGHT_ACCOUNTS, NULL) && call->viewer.account)
        page_action(page, STR("开立帐号"), STR("/accounts/new"), true);
    return OK;
}

/* --- a new account --- */

static const struct column choice_columns[] = {
    {"word", NULL, COLUMN_TEXT},
    {"label", NULL, COLUMN_TEXT},
    {"selected", NULL, COLUMN_FLAG},
};
const struct shape shape_seat_choice = {"choice", choice_columns, 3};
static const struct column new_columns[] = {
    {"problem", NULL, COLUMN_TEXT},
    {"login", NULL, COLUMN_TEXT},
    {"name", NULL, COLUMN_TEXT},
    {"organization", NULL, COLUMN_TEXT},
    {"roles", NULL, COLUMN_LIST, .shape = &shape_seat_choice},
    {"bodies", NULL, COLUMN_LIST, .shape = &shape_seat_choice},
    {"pick_url", NULL, COLUMN_URL},
    {"slip", NULL, COLUMN_OBJECT, .shape = &shape_slip},
    {"gives", NULL, COLUMN_FLAG},
};
static const struct shape shape_new = {"account_new", new_columns,
                                       sizeof new_columns / sizeof *new_columns};

/* Roles the viewer could give. */
struct value role_choices(struct call *call)
{
    struct list *list = list_new(call->arena, &shape_seat_choice);
    for (enum role role = ROLE_NONE + 1; role < ROLES_N; role++) {
        struct seat seat = {.role = role, .body = call->viewer.seat.body};
        if (!rights_may_grant(&call->viewer, &seat, 0))
            continue;
        struct value *row = list_add(call->arena, list);
        row[0] = value_text(str_from(role_word(role)));
        row[1] = value_text(str_from(role_label(role)));
        row[2] = value_int(str_is(call_form(call, "role"), role_word(role)));
    }
    return value_list(list);
}

enum status put_bodies(struct call *call, struct object *model)
{
    enum { BODIES_MAX = 200 };
    struct body_info *bodies = arena_new(call->arena, struct body_info, BODIES_MAX);
    struct list *list = list_new(call->arena, &shape_seat_choice);
    int n;
    TRY(domain_list_bodies(call->tx, BODIES_MAX, bodies, &n));
    for (int i = 0; i < n; i++) {
        if (!rights_may(&call->viewer, RIGHT_SEATS, &(struct target){.body = bodies[i].id}))
            continue;
        struct value *row = list_add(call->arena, list);
        row[0] = value_text(bodies[i].slug);
        row[1] = value_text(bodies[i].name);
        row[2] = value_int(str_eq(call_form(call, "body"), bodies[i].slug));
        if (call->viewer.seat.body == bodies[i].id &&
            rights_may(&call->viewer, RIGHT_READ, &(struct target){.body = bodies[i].id}))
            object_set(model, "pick_url",
                       value_text(str_fmt(call->arena, "/%.*s/organization/pick",
                                          STR_ARG(bodies[i].slug))));
    }
    if (call->viewer.seat.body == 0 && rights_may(&call->viewer, RIGHT_SEATS, NULL)) {
        struct value *row = list_add(call->arena, list);
        row[0] = value_text(STR(""));
        row[1] = value_text(STR("全部单位（管理员选此项）"));
        row[2] = value_int(0);
    }
    object_set(model, "bodies", value_list(list));
    return OK;
}

static enum status show_form(struct call *call, struct page *page, struct value slip)
{
    struct object *model = object_new(call->arena, &shape_new);
    TRY(put_bodies(call, model));
    object_set(model, "problem", value_text_or_null(call->fault.message));
    object_set(model, "login", value_text(str_head(call_form(call, "login"), 60)));
    object_set(model, "name", value_text(str_head(call_form(call, "name"), 60)));
    object_set(model, "organization", value_text(str_head(call_form(call, "organization"), 300)));
    object_set(model, "roles", role_choices(call));
    object_set(model, "slip", slip);
    object_set(model, "gives", value_int(rights_may(&call->viewer, RIGHT_SEATS, NULL)));
    page->model = model;
    page->title = slip.kind == VALUE_OBJECT ? STR("登录单") : STR("开立帐号");
    page->bare = page->secret = true;
    page_crumb(page, STR("帐号"), STR("/accounts"));
    return OK;
}

static enum status show_new(struct call *call, struct page *page)
{
    return show_form(call, page, NULL_VALUE);
}

/* The organization of a name, where the role is in one. */
static enum status read_organization(struct call *call, struct seat *seat)
{
    struct str name = str_trim(call_form(call, "organization"));
    if (name.len == 0 && role_has_organization(seat->role))
        return call_refuse(call, INVALID, "organization", "请填写“%s”所在的单位或机构。",
                           role_label(seat->role));
    if (name.len == 0)
        return OK;
    if (seat->body == 0)
        return call_refuse(call, INVALID, "body", "请先选择所在的政协组织或政府。");
    return domain_organization(call->tx, seat->body, name, call->today, &seat->organization,
                               &call->fault);
}

static enum status not_his(struct call *call)
{
    return call_refuse(call, DENIED, NULL,
                       "您不能授予或收回这个身份：只能办理本人有权办理的身份，也不能办理自己的。");
}

/* Of a body that is not his nothing is looked up, nor told whether there is one. */
static enum status read_body(struct call *call, struct str slug, struct seat *seat)
{
    struct body_info body = {0};
    bool found = slug.len == 0 || domain_find_body(call->tx, slug, &body) == OK;
    if (!found && call->viewer.seat.body == 0)
        return call_refuse(call, INVALID, "body", "没有这个政协组织或政府，请从列表中选择。");
    if (!found || !rights_may(&call->viewer, RIGHT_SEATS, &(struct target){.body = body.id}))
        return not_his(call);
    seat->body = body.id;
    return OK;
}

enum status seat_from_form(struct call *call, int64_t account, struct seat *ret_seat)
{
    struct seat seat = {.role = role_by_word(call_form(call, "role"))};
    struct str slug = call_form(call, "body");
    if (seat.role == ROLE_NONE)
        return call_refuse(call, INVALID, "role", "请从列出的身份中选择一个。");
    if (role_is_administrator(seat.role))
        slug = (struct str){0};
    TRY(read_body(call, slug, &seat));
    TRY(read_organization(call, &seat));
    if (!rights_may_grant(&call->viewer, &seat, account))
        return not_his(call);
    *ret_seat = seat;
    return OK;
}

static enum status make(struct call *call, struct value *ret_slip)
{
    struct account_new wanted = {.login = login_text(call->arena, call_form(call, "login")),
                                 .name = str_trim(call_form(call, "name"))};
    struct seat seat = {0};
    bool gives = rights_may(&call->viewer, RIGHT_SEATS, NULL);
    TRY(login_check(call->arena, wanted.login, wanted.name, &call->fault));
    if (gives)
        TRY(seat_from_form(call, 0, &seat));
    wanted.role = seat.role;
    wanted.body = seat.body;
    wanted.organization = seat.organization;
    struct str code = secret_code(call->arena);
    struct account_write write = {.id = call_new_id(call),
                                  .seat_id = call_new_id(call),
                                  .given_by = call->viewer.account,
                                  .wanted = &wanted,
                                  .now = call->now};
    write.slip = (struct slip_new){.id = call_new_id(call),
                                   .account = write.id,
                                   .issued_by = call->viewer.account,
                                   .code = secret_hash(call->arena, code),
                                   .now = call->now};
    TRY(account_write(call, apply_account, &write));
    *ret_slip = slip_value(call, wanted.name, wanted.login, code);
    return OK;
}

/* The slip is shown this once; a refusal shows the form again. */
static enum status add_account(struct call *call, struct page *page)
{
    if (!call->viewer.account)
        return call_refuse(call, DENIED, NULL, "请先启用帐号，再开立其他帐号。");
    struct value slip = NULL_VALUE;
    enum status status = make(call, &slip);
    if (status != OK && status != INVALID && status != CONFLICT && status != DENIED)
        return status;
    page->status = status == OK ? 201 : status_http(status);
    return show_form(call, page, slip);
}

static const struct query_name paging[] = {{"after", "后一页的游标"}, {0}};
static const struct route routes[] = {
    {METHOD_GET, "/accounts", list_accounts, RIGHT_ACCOUNT_LIST, FORM_LIST, ROUTE_INSTANCE,
     "全部帐号", "account/list", &shape_accounts, NULL, paging},
    {METHOD_GET, "/accounts/new", show_new, RIGHT_ACCOUNTS, FORM_HTML, ROUTE_INSTANCE, "开立帐号",
     "account/new", &shape_new},
    {METHOD_POST, "/accounts", add_account, RIGHT_ACCOUNTS, FORM_HTML, ROUTE_INSTANCE, "开立帐号",
     "account/new", &shape_new},
};

void admin_routes(struct app *app)
{
    app_add_routes(app, routes, sizeof routes / sizeof *routes);
}
