#include <sodium.h>
#include <stdatomic.h>

#include "account.sql.h"
#include "domain/account/priv.h"

/*
 * Who asks. What the database said of a session is kept as long as nothing was written to the
 * accounts or to the body of the seat worn, and the day is the same; so a revocation counts at
 * once, in every process.
 */
enum { MEMOS = 512, MEMO_BYTES_MAX = 1 << 20 };

struct viewer_memo {
    unsigned char token[HASH_LEN];
    int64_t area_version, body_version, days;
    int64_t created_us, used_us, expires_us;
    struct arena arena;
    struct viewer viewer;
};

struct accounts *accounts_new(const struct accounts_options *options)
{
    if (sodium_init() < 0)
        return NULL;
    struct arena arena = arena_open(MIB(4));
    struct accounts *accounts = arena_new(&arena, struct accounts, 1);
    accounts->options = *options;
    accounts->options.key_path = str_copy(&arena, options->key_path);
    accounts->memos = arena_new(&arena, struct viewer_memo, MEMOS);
    for (int i = 0; i < MEMOS; i++)
        accounts->memos[i].arena = arena_open(MEMO_BYTES_MAX);
    accounts->none_version = -1;
    accounts->provider.arena = arena_open(MIB(1));
    randombytes_buf(accounts->attempts_key, sizeof accounts->attempts_key);
    pthread_mutex_init(&accounts->lock, NULL);
    pthread_cond_init(&accounts->hashed, NULL);
    accounts->setup_code = secret_code(&arena);
    accounts->arena = arena;
    return accounts;
}

void accounts_free(struct accounts *accounts)
{
    if (!accounts)
        return;
    for (int i = 0; i < MEMOS; i++)
        arena_close(&accounts->memos[i].arena);
    arena_close(&accounts->provider.arena);
    pthread_cond_destroy(&accounts->hashed);
    pthread_mutex_destroy(&accounts->lock);
    struct arena arena = accounts->arena;
    arena_close(&arena);
}

/* --- rows --- */

enum status account_read(struct tx *tx, const struct statement *by, struct value key,
                         struct account *ret_account)
{
    struct rows rows;
    TRY(tx_run(tx, by, ARGS(key), &rows));
    if (rows.n == 0)
        return NOT_FOUND;
    const struct value *row = rows.cells;
    *ret_account = (struct account){.id = value_i64(row[0]),
                                    .name = value_str(row[1]),
                                    .login = value_str(row[2]),
                                    .password = value_str(row[3]),
                                    .must_change = value_i64(row[4]),
                                    .locked = value_i64(row[5]),
                                    .failures = value_i64(row[6]),
                                    .failed_at_us = value_i64(row[7]),
                                    .totp = value_str(row[8]),
                                    .totp_step = value_i64(row[9]),
                                    .mobile = value_str(row[10]),
                                    .subject = value_str(row[11]),
                                    .version = value_i64(row[12]),
                                    .created_us = value_i64(row[13])};
    return OK;
}

enum status seats_read(struct tx *tx, const struct statement *by, int64_t account, struct date day,
                       struct rows *ret_rows, struct seat **ret_seats, int *ret_n)
{
    struct arena *arena = tx_arena(tx);
    const struct value args[] = {value_int(account), value_text(date_format(arena, day))};
    TRY(tx_run(tx, by, args, (int)strlen(by->params), ret_rows));
    *ret_seats = arena_new(arena, struct seat, ret_rows->n);
    *ret_n = 0;
    for (int i = 0; i < ret_rows->n; i++) {
        const struct value *row = &ret_rows->cells[i * ret_rows->columns_n];
        (*ret_seats)[(*ret_n)++] = (struct seat){.id = value_i64(row[0]),
                                                 .body = value_i64(row[1]),
                                                 .role = role_by_word(value_str(row[2])),
                                                 .organization = value_i64(row[3]),
                                                 .person = value_i64(row[4]),
                                                 .body_name = value_str(row[5]),
                                                 .organization_name = value_str(row[6])};
    }
    return OK;
}

struct str seat_label(struct arena *arena, const struct seat *seat, bool several)
{
    struct str where = seat->organization_name.len ? seat->organization_name : seat->body_name;
    if (several && seat->organization_name.len && seat->body_name.len)
        where =
            str_fmt(arena, "%.*s %.*s", STR_ARG(seat->body_name), STR_ARG(seat->organization_name));
    if (where.len == 0)
        return str_from(role_label(seat->role));
    return str_fmt(arena, "%.*s · %s", STR_ARG(where), role_label(seat->role));
}

static enum status read_ids(struct tx *tx, const struct statement *statement,
                            const struct seat *seat, struct date day, const int64_t **ret_ids,
                            int *ret_n)
{
    struct arena *arena = tx_arena(tx);
    struct rows rows;
    TRY(tx_run(tx, statement,
               ARGS(value_int(seat->body), value_int(seat->organization),
                    value_text(date_format(arena, day))),
               &rows));
    int64_t *ids = arena_new(arena, int64_t, rows.n);
    for (int i = 0; i < rows.n; i++)
        ids[i] = value_i64(rows.cells[i]);
    *ret_ids = ids;
    *ret_n = rows.n;
    return OK;
}

/* The seat worn and what it reaches. */
static enum status wear(struct tx *tx, int64_t seat, struct date day, struct viewer *viewer)
{
    struct rows rows;
    struct seat *seats;
    TRY(seats_read(tx, &SQL_seat_of, viewer->account, day, &rows, &seats, &viewer->seats_n));
    viewer->seats = seats;
    if (viewer->seats_n > 0)
        viewer->seat = seats[0];
    bool found = false;
    for (int i = 0; i < viewer->seats_n; i++)
        if (seats[i].id == seat) {
            viewer->seat = seats[i];
            found = true;
        }
    if (viewer->token && !found)
        return NOT_FOUND; /* made for a seat that has ended */
    if (viewer->seat.organization == 0)
        return OK;
    TRY(read_ids(tx, &SQL_seat_own, &viewer->seat, day, &viewer->own, &viewer->own_n));
    return read_ids(tx, &SQL_seat_linked, &viewer->seat, day, &viewer->linked, &viewer->linked_n);
}

static uint64_t read_scopes(struct str words)
{
    uint64_t only = UINT64_C(1) << RIGHT_NONE; /* narrowed, even to nothing */
    while (words.len)
        only |= UINT64_C(1) << right_by_word(str_cut(&words, STR(" ")));
    return only;
}

/* The session or token itself. NOT_FOUND: there is none. */
static enum status read_entry(struct tx *tx, struct str hash, struct viewer_memo *memo,
                              int64_t *ret_seat)
{
    struct viewer *viewer = &memo->viewer;
    struct rows rows;
    TRY(tx_run(tx, viewer->token ? &SQL_token_by_token : &SQL_session_by_token,
               ARGS(value_blob(hash)), &rows));
    if (rows.n == 0)
        return NOT_FOUND;
    viewer->session = value_i64(rows.cells[0]);
    viewer->account = value_i64(rows.cells[1]);
    *ret_seat = value_i64(rows.cells[2]);
    if (viewer->token) {
        viewer->only = read_scopes(value_str(rows.cells[3]));
        memo->expires_us = value_i64(rows.cells[4]);
        return OK;
    }
    memo->created_us = value_i64(rows.cells[3]);
    memo->used_us = value_i64(rows.cells[4]);
    memo->expires_us = memo->created_us + SESSION_HOURS * HOUR_US;
    return OK;
}

static enum status read_viewer(struct tx *tx, struct str hash, struct date day,
                               struct viewer_memo *memo)
{
    struct account account;
    int64_t seat;
    TRY(read_entry(tx, hash, memo, &seat));
    TRY(account_read(tx, &SQL_account_get, value_int(memo->viewer.account), &account));
    if (account.locked)
        return NOT_FOUND;
    memo->viewer.name = account.name;
    memo->viewer.must_change = account.must_change;
    return wear(tx, seat, day, &memo->viewer);
}

/* --- kept in memory --- */

static struct seat copy_seat(struct arena *arena, const struct seat *seat)
{
    struct seat copy = *seat;
    copy.body_name = str_copy(arena, seat->body_name);
    copy.organization_name = str_copy(arena, seat->organization_name);
    return copy;
}

static const int64_t *copy_ids(struct arena *arena, const int64_t *ids, int n)
{
    int64_t *copy = arena_new(arena, int64_t, n + 1);
    if (n > 0)
        memcpy(copy, ids, (size_t)n * sizeof *ids);
    return copy;
}

static struct viewer copy_viewer(struct arena *arena, const struct viewer *viewer)
{
    struct viewer copy = *viewer;
    struct seat *seats = arena_new(arena, struct seat, viewer->seats_n + 1);
    for (int i = 0; i < viewer->seats_n; i++)
        seats[i] = copy_seat(arena, &viewer->seats[i]);
    copy.seats = seats;
    copy.seat = copy_seat(arena, &viewer->seat);
    copy.name = str_copy(arena, viewer->name);
    copy.own = copy_ids(arena, viewer->own, viewer->own_n);
    copy.linked = copy_ids(arena, viewer->linked, viewer->linked_n);
    return copy;
}

static struct viewer_memo *memo_of(struct accounts *accounts, struct str hash)
{
    uint64_t first;
    memcpy(&first, hash.ptr, sizeof first);
    return &accounts->memos[first % MEMOS];
}

static bool recall(struct accounts *accounts, struct app *app, struct str hash, int64_t area,
                   int64_t days, struct arena *arena, struct viewer_memo *ret_memo)
{
    pthread_mutex_lock(&accounts->lock);
    const struct viewer_memo *memo = memo_of(accounts, hash);
    bool good = area >= 0 && memo->area_version == area && memo->days == days &&
                memcmp(memo->token, hash.ptr, HASH_LEN) == 0;
    if (good) {
        *ret_memo = *memo;
        ret_memo->viewer = copy_viewer(arena, &memo->viewer);
    }
    pthread_mutex_unlock(&accounts->lock);
    return good && (ret_memo->viewer.seat.organization == 0 ||
                    ret_memo->body_version == app_version(app, ret_memo->viewer.seat.body));
}

static void remember(struct accounts *accounts, struct str hash, const struct viewer_memo *found)
{
    pthread_mutex_lock(&accounts->lock);
    struct viewer_memo *memo = memo_of(accounts, hash);
    struct arena arena = memo->arena;
    arena_reset(&arena);
    *memo = *found;
    memcpy(memo->token, hash.ptr, HASH_LEN);
    memo->viewer = copy_viewer(&arena, &found->viewer);
    memo->arena = arena;
    pthread_mutex_unlock(&accounts->lock);
}

/* What is kept is never newer than the versions it is kept under: the area's is asked before the
 * snapshot, the body's is the snapshot's own. */
static enum status look_up(struct accounts *accounts, struct app *app, struct str hash, bool token,
                           struct date day, struct arena *arena, struct viewer_memo *ret_memo)
{
    struct tx *tx;
    *ret_memo = (struct viewer_memo){.days = date_to_days(day), .viewer.token = token};
    ret_memo->viewer.day = day;
    ret_memo->area_version = app_version(app, ACCOUNT_AREA);
    TRY(store_read(accounts->options.store, arena, &tx));
    enum status status = read_viewer(tx, hash, day, ret_memo);
    if (status == OK && ret_memo->viewer.seat.organization)
        status = tx_version(tx, ret_memo->viewer.seat.body, &ret_memo->body_version);
    ret_memo->viewer.as_of = ret_memo->body_version;
    store_read_end(tx);
    if (status == OK)
        remember(accounts, hash, ret_memo);
    return status;
}

/* --- the request --- */

const char *session_cookie_name(const struct request *request)
{
    return request->secure ? "__Host-duikou" : "duikou";
}

struct str cookie_named(const struct request *request, struct str name)
{
    struct str rest = request->cookie;
    while (rest.len) {
        struct str value = str_trim(str_cut(&rest, STR(";")));
        if (str_eq(str_cut(&value, STR("=")), name))
            return value;
    }
    return (struct str){0};
}

struct str session_cookie(const struct request *request)
{
    struct str value = cookie_named(request, str_from(session_cookie_name(request)));
    return value.len == CODE_LEN ? value : (struct str){0};
}

static struct str bearer(const struct request *request)
{
    static const struct str scheme = STR_INIT("Bearer ");
    if (!str_starts(request->authorization, scheme))
        return (struct str){0};
    return str_trim(str_from_byte(request->authorization, scheme.len));
}

static enum status any_account(struct accounts *accounts, struct app *app, struct arena *arena,
                               bool *ret_some)
{
    *ret_some = atomic_load(&accounts->some);
    if (*ret_some)
        return OK;
    int64_t version = app_version(app, ACCOUNT_AREA);
    pthread_mutex_lock(&accounts->lock);
    bool none = version >= 0 && accounts->none_version == version;
    pthread_mutex_unlock(&accounts->lock);
    if (none)
        return OK;
    struct tx *tx;
    struct rows rows;
    TRY(store_read(accounts->options.store, arena, &tx));
    enum status status = tx_run(tx, &SQL_account_any, NO_ARGS, &rows);
    store_read_end(tx);
    TRY(status);
    *ret_some = rows.n > 0;
    atomic_store(&accounts->some, *ret_some);
    pthread_mutex_lock(&accounts->lock);
    accounts->none_version = *ret_some ? -1 : version;
    pthread_mutex_unlock(&accounts->lock);
    return OK;
}

static bool has_ended(const struct viewer_memo *memo, struct instant now)
{
    if (now.us >= memo->expires_us)
        return true;
    return !memo->viewer.token && now.us - memo->used_us >= SESSION_IDLE_MIN * MINUTE_US;
}

enum status accounts_viewer(struct app *app, const struct request *request, struct arena *arena,
                            struct viewer *ret_viewer)
{
    struct accounts *accounts = app_accounts(app);
    struct instant now = clock_now(accounts->options.clock);
    struct date day = instant_date(now, ZONE_CHINA_MIN);
    bool some;
    *ret_viewer = (struct viewer){0};
    TRY(any_account(accounts, app, arena, &some));
    if (!some) {
        *ret_viewer = request_is_local(request) ? viewer_clerk : (struct viewer){0};
        ret_viewer->no_accounts = true;
        return OK;
    }
    bool token = request->authorization.len > 0;
    struct str secret = token ? bearer(request) : session_cookie(request);
    if (secret.len != CODE_LEN)
        return OK;
    struct str hash = secret_hash(arena, secret);
    struct viewer_memo memo;
    if (!recall(accounts, app, hash, app_version(app, ACCOUNT_AREA), date_to_days(day), arena,
                &memo) ||
        memo.viewer.token != token) {
        enum status status = look_up(accounts, app, hash, token, day, arena, &memo);
        if (status == NOT_FOUND)
            return OK;
        TRY(status);
    }
    if (has_ended(&memo, now))
        return OK;
    *ret_viewer = memo.viewer;
    ret_viewer->touch = !token && now.us - memo.used_us >= TOUCH_MIN * MINUTE_US;
    return OK;
}

struct touch {
    int64_t session;
    struct instant now;
};

static enum status apply_touch(struct tx *tx, void *context, struct fault *fault)
{
    (void)fault;
    const struct touch *touch = context;
    return tx_run(tx, &SQL_session_touch, ARGS(value_int(touch->session), value_int(touch->now.us)),
                  NULL);
}

/* A use that could not be written is written with the next. */
void accounts_touch(struct app *app, const struct viewer *viewer, struct arena *arena)
{
    struct accounts *accounts = app_accounts(app);
    struct touch touch = {viewer->session, clock_now(accounts->options.clock)};
    struct fault fault;
    (void)!store_write(accounts->options.store, arena, ACCOUNT_AREA, 0, NULL, apply_touch, &touch,
                       &fault);
    app_wrote(app);
}
