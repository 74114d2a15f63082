#include "account.sql.h"
#include "domain/account/priv.h"

/* One's own account: seats to switch between, where one is signed in, tokens. */

static const struct column seat_columns[] = {
    {"id", NULL, COLUMN_ID},   {"label", "身份", COLUMN_TEXT}, {"role", NULL, COLUMN_TEXT},
    {"on", NULL, COLUMN_FLAG}, {"can", NULL, COLUMN_TEXT},
};
static const struct shape shape_seat = {"seat", seat_columns, 5};
static const struct column session_columns[] = {
    {"id", NULL, COLUMN_ID},
    {"created", "登录时间", COLUMN_INSTANT},
    {"used", "最近使用", COLUMN_INSTANT},
    {"address", "地址", COLUMN_TEXT},
    {"agent", "浏览器", COLUMN_TEXT},
    {"here", NULL, COLUMN_FLAG},
};
static const struct shape shape_session = {"session", session_columns, 6};
static const struct column token_columns[] = {
    {"id", NULL, COLUMN_ID},
    {"name", "用途", COLUMN_TEXT},
    {"scopes", "权限", COLUMN_TEXT},
    {"created", "建立时间", COLUMN_INSTANT},
    {"expires", "到期", COLUMN_INSTANT},
};
static const struct shape shape_token = {"token", token_columns, 5};
static const struct column scope_columns[] = {
    {"word", NULL, COLUMN_TEXT},
    {"label", NULL, COLUMN_TEXT},
};
static const struct shape shape_scope = {"scope", scope_columns, 2};
static const struct column me_columns[] = {
    {"name", NULL, COLUMN_TEXT},
    {"login", NULL, COLUMN_TEXT},
    {"seats", NULL, COLUMN_LIST, .shape = &shape_seat},
    {"sessions", NULL, COLUMN_LIST, .shape = &shape_session},
    {"tokens", NULL, COLUMN_LIST, .shape = &shape_token},
    {"scopes", NULL, COLUMN_LIST, .shape = &shape_scope},
    {"has_others", NULL, COLUMN_FLAG},
    {"totp", NULL, COLUMN_FLAG},
    {"recovery_left", NULL, COLUMN_INT},
    {"urged", NULL, COLUMN_FLAG},
    {"problem", NULL, COLUMN_TEXT},
    {"made", NULL, COLUMN_TEXT},
};
static const struct shape shape_me = {"me", me_columns, sizeof me_columns / sizeof *me_columns};

static enum status need_own(struct call *call)
{
    if (call->viewer.account && !call->viewer.token)
        return OK;
    if (!call->viewer.account)
        return call_refuse(call, NOT_FOUND, NULL,
                           "还没有启用帐号，请先在“启用帐号”页建立第一个帐号。");
    return call_refuse(call, DENIED, NULL, "此事须由本人登录后办理，不能用令牌。");
}

static struct str rights_text(struct arena *arena, enum role role)
{
    struct str text = {0};
    for (enum right right = RIGHT_READ; right < RIGHTS_N; right++)
        if (rights_scope(role, right) != SCOPE_NONE)
            text =
                str_fmt(arena, "%.*s%s%s", STR_ARG(text), text.len ? "、" : "", right_label(right));
    return text;
}

static bool of_several_bodies(const struct viewer *viewer)
{
    for (int i = 1; i < viewer->seats_n; i++)
        if (viewer->seats[i].body != viewer->seats[0].body)
            return true;
    return false;
}

static struct value own_seats(struct call *call)
{
    const struct viewer *viewer = &call->viewer;
    struct list *list = list_new(call->arena, &shape_seat);
    for (int i = 0; i < viewer->seats_n; i++) {
        const struct seat *seat = &viewer->seats[i];
        struct value *row = list_add(call->arena, list);
        row[0] = value_int(seat->id);
        row[1] = value_text(seat_label(call->arena, seat, of_several_bodies(viewer)));
        row[2] = value_text(str_from(role_word(seat->role)));
        row[3] = value_int(seat->id == viewer->seat.id);
        row[4] = value_text(rights_text(call->arena, seat->role));
    }
    return value_list(list);
}

/* Chrome · Windows: what one recognizes, of a long line. */
static struct str agent_words(struct arena *arena, struct str agent)
{
    static const char *const words[2][8][2] = {{{"MicroMessenger", "微信"},
                                                {"Edg", "Edge"},
                                                {"Firefox/", "Firefox"},
                                                {"Chrome/", "Chrome"},
                                                {"Safari/", "Safari"},
                                                {"curl/", "curl"}},
                                               {{"HarmonyOS", "鸿蒙"},
                                                {"Android", "安卓手机"},
                                                {"iPhone", "iPhone"},
                                                {"iPad", "iPad"},
                                                {"Windows", "Windows"},
                                                {"Mac OS", "macOS"},
                                                {"Linux", "Linux"}}};
    const char *found[2] = {NULL, NULL};
    for (int side = 0; side < 2; side++)
        for (int i = 0; words[side][i][0] && !found[side]; i++)
            if (str_has(agent, str_from(words[side][i][0])))
                found[side] = words[side][i][1];
    if (!found[0] && !found[1])
        return str_head(agent, 60);
    return str_fmt(arena, "%s%s%s", found[0] ? found[0] : "", found[0] && found[1] ? " · " : "",
                   found[1] ? found[1] : "");
}

static enum status own_sessions(struct call *call, struct object *model)
{
    struct rows rows;
    struct list *list = list_new(call->arena, &shape_session);
    TRY(tx_run(call->tx, &SQL_session_of, ARGS(value_int(call->viewer.account)), &rows));
    for (int i = 0; i < rows.n; i++) {
        struct value *row = list_add(call->arena, list);
        memcpy(row, &rows.cells[i * rows.columns_n], 5 * sizeof *row);
        row[4] = value_text(agent_words(call->arena, value_str(row[4])));
        row[5] = value_int(value_i64(row[0]) == call->viewer.session);
    }
    object_set(model, "sessions", value_list(list));
    object_set(model, "has_others", value_int(list->n > 1));
    return OK;
}

static struct str scopes_text(struct arena *arena, struct str words)
{
    struct str text = {0};
    while (words.len) {
        enum right right = right_by_word(str_cut(&words, STR(" ")));
        text = str_fmt(arena, "%.*s%s%s", STR_ARG(text), text.len ? "、" : "", right_label(right));
    }
    return text;
}

static enum status own_tokens(struct call *call, struct object *model)
{
    struct rows rows;
    struct list *tokens = list_new(call->arena, &shape_token);
    struct list *scopes = list_new(call->arena, &shape_scope);
    TRY(tx_run(call->tx, &SQL_token_of, ARGS(value_int(call->viewer.account)), &rows));
    for (int i = 0; i < rows.n; i++) {
        struct value *row = list_add(call->arena, tokens);
        memcpy(row, &rows.cells[i * rows.columns_n], 5 * sizeof *row);
        row[2] = value_text(scopes_text(call->arena, value_str(row[2])));
    }
    for (enum right right = RIGHT_READ; right < RIGHTS_N; right++) {
        if (!rights_may(&call->viewer, right, NULL))
            continue;
        struct value *row = list_add(call->arena, scopes);
        row[0] = value_text(str_from(right_word(right)));
        row[1] = value_text(str_from(right_label(right)));
    }
    object_set(model, "tokens", value_list(tokens));
    object_set(model, "scopes", value_list(scopes));
    return OK;
}

static enum status show(struct call *call, struct page *page, struct str made)
{
    struct account account;
    struct rows rows;
    TRY(need_own(call));
    TRY(account_read(call->tx, &SQL_account_get, value_int(call->viewer.account), &account));
    TRY(tx_run(call->tx, &SQL_recovery_left, ARGS(value_int(account.id)), &rows));
    struct object *model = object_new(call->arena, &shape_me);
    object_set(model, "name", value_text(account.name));
    object_set(model, "login", value_text(account.login));
    object_set(model, "seats", own_seats(call));
    object_set(model, "totp", value_int(account.totp.len > 0));
    object_set(model, "recovery_left", rows.cells[0]);
    object_set(model, "urged",
               value_int(account.totp.len == 0 && role_is_administrator(call->viewer.seat.role)));
    object_set(model, "problem", value_text_or_null(call->fault.message));
    object_set(model, "made", value_text_or_null(made));
    TRY(own_sessions(call, model));
    TRY(own_tokens(call, model));
    page->model = model;
    page->title = STR("我的帐号");
    page->state =
        call->viewer.seats_n > 1
            ? str_fmt(call->arena, "您有 %d 个身份，现在用的是“%.*s”。", call->viewer.seats_n,
                      STR_ARG(seat_label(call->arena, &call->viewer.seat,
                                         of_several_bodies(&call->viewer))))
            : (struct str){0};
    page->bare = page->secret = true;
    page_action(page, STR("修改密码"), STR("/me/password"), false);
    return OK;
}

static enum status me(struct call *call, struct page *page)
{
    return show(call, page, (struct str){0});
}

/* --- small writes: one statement with the account's id --- */

struct small_write {
    const struct statement *statement;
    struct value args[9];
    int args_n;
    const char *kind, *deed; /* NULL: nothing for the journal */
    int64_t id;
    struct str new;
};

static enum status apply_small(struct tx *tx, void *context, struct fault *fault)
{
    (void)fault;
    const struct small_write *write = context;
    TRY(tx_run(tx, write->statement, write->args, write->args_n, NULL));
    if (!write->deed)
        return OK;
    return account_journal(tx, write->kind, write->id, write->deed, STR(""), write->new);
}

static enum status wear_seat(struct call *call, struct page *page)
{
    int64_t id;
    TRY(need_own(call));
    bool own = false;
    if (id_parse(call_form(call, "seat"), &id))
        for (int i = 0; i < call->viewer.seats_n; i++)
            own = own || call->viewer.seats[i].id == id;
    if (!own)
        return call_refuse(call, NOT_FOUND, "seat", "您没有这个身份，请从列出的身份中选择。");
    struct small_write write = {
        &SQL_session_seat, {value_int(call->viewer.session), value_int(id)}, 2};
    TRY(account_write(call, apply_small, &write));
    page->redirect = STR("/");
    return OK;
}

static enum status end_session(struct call *call, struct page *page)
{
    int64_t id;
    TRY(need_own(call));
    TRY(call_path_id(call, 0, &id));
    struct small_write write = {
        &SQL_session_end, {value_int(id), value_int(call->viewer.account)}, 2};
    TRY(account_write(call, apply_small, &write));
    page->redirect = STR("/me");
    return OK;
}

static enum status end_others(struct call *call, struct page *page)
{
    TRY(need_own(call));
    struct small_write write = {&SQL_session_end_others,
                                {value_int(call->viewer.account), value_int(call->viewer.session)},
                                2};
    TRY(account_write(call, apply_small, &write));
    page->redirect = STR("/me");
    return OK;
}

/* --- tokens --- */

/* The scopes asked for, each of which one holds oneself; in the order of the table. */
static enum status asked_scopes(struct call *call, struct str *ret_words)
{
    struct str words = {0};
    for (int i = 0; i < call->request->form_n; i++) {
        const struct param *param = &call->request->form[i];
        if (!str_is(param->name, "scope"))
            continue;
        enum right right = right_by_word(param->value);
        if (right < RIGHT_READ || !rights_may(&call->viewer, right, NULL))
            return call_refuse(call, INVALID, "scope",
                               "令牌的权限不能超出您现在的身份，请从列出的权限中选择。");
        words = str_fmt(call->arena, "%.*s%s%s", STR_ARG(words), words.len ? " " : "",
                        right_word(right));
    }
    if (words.len == 0)
        return call_refuse(call, INVALID, "scope", "请至少选择一项权限。");
    *ret_words = words;
    return OK;
}

/* So few that all of them stand on the page where they are ended. */
enum { TOKENS_MAX = 20 };

static enum status apply_token(struct tx *tx, void *context, struct fault *fault)
{
    const struct small_write *write = context;
    struct value account = write->args[1], now = write->args[6];
    struct rows rows;
    TRY(tx_run(tx, &SQL_token_purge, ARGS(account, now), NULL));
    TRY(tx_run(tx, &SQL_token_of, ARGS(account), &rows));
    if (rows.n >= TOKENS_MAX)
        return refuse(tx_arena(tx), fault, INVALID, NULL,
                      "令牌最多 %d 个，请先停用不再使用的令牌。", TOKENS_MAX);
    return apply_small(tx, context, fault);
}

static enum status make_token(struct call *call, struct str *ret_token)
{
    struct str name = str_trim(call_form(call, "name")), scopes = {0};
    int64_t days;
    if (name.len == 0 || name.len > 120 || !is_one_line(name))
        return call_refuse(call, INVALID, "name", "请写明令牌的用途，最多 40 个字。");
    if (!str_to_int(call_form(call, "days"), &days) || days < 1 || days > TOKEN_DAYS_MAX)
        return call_refuse(call, INVALID, "days", "有效天数应为 1 至 %d。", TOKEN_DAYS_MAX);
    TRY(asked_scopes(call, &scopes));
    struct str token = secret_code(call->arena);
    int64_t id = call_new_id(call);
    struct small_write write = {&SQL_token_add,
                                {value_int(id), value_int(call->viewer.account),
                                 value_int(call->viewer.seat.id), value_text(name),
                                 value_blob(secret_hash(call->arena, token)), value_text(scopes),
                                 value_int(call->now.us), value_int(call->now.us + days * DAY_US)},
                                8,
                                "token",
                                "add",
                                id,
                                {0}};
    TRY(account_write(call, apply_token, &write));
    *ret_token = token;
    return OK;
}

/* The token is shown this once. */
static enum status add_token(struct call *call, struct page *page)
{
    struct str token = {0};
    TRY(need_own(call));
    enum status status = make_token(call, &token);
    if (status != OK && status != INVALID)
        return status;
    page->status = status == OK ? 201 : 422;
    return show(call, page, token);
}

static enum status end_token(struct call *call, struct page *page)
{
    int64_t id;
    TRY(need_own(call));
    TRY(call_path_id(call, 0, &id));
    struct small_write write = {&SQL_token_end,
                                {value_int(id), value_int(call->viewer.account)},
                                2,
                                "token",
                                "end",
                                id,
                                {0}};
    TRY(account_write(call, apply_small, &write));
    page->redirect = STR("/me");
    return OK;
}

static const struct route routes[] = {
    {METHOD_GET, "/me", me, RIGHT_OWN, FORM_HTML, ROUTE_INSTANCE, "我的帐号", "account/me",
     &shape_me},
    {METHOD_POST, "/me/seat", wear_seat, RIGHT_OWN, FORM_HTML, ROUTE_INSTANCE, "换用身份"},
    {METHOD_POST, "/me/sessions/{id}/end", end_session, RIGHT_OWN, FORM_HTML, ROUTE_INSTANCE,
     "结束一处登录"},
    {METHOD_POST, "/me/sessions/end-others", end_others, RIGHT_OWN, FORM_HTML, ROUTE_INSTANCE,
     "结束其他各处登录"},
    {METHOD_POST, "/me/tokens", add_token, RIGHT_OWN, FORM_HTML, ROUTE_INSTANCE, "建立令牌",
     "account/me", &shape_me},
    {METHOD_POST, "/me/tokens/{id}/end", end_token, RIGHT_OWN, FORM_HTML, ROUTE_INSTANCE,
     "停用令牌"},
};

void own_routes(struct app *app)
{
    app_add_routes(app, routes, sizeof routes / sizeof *routes);
}
