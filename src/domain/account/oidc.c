#include <jansson.h>
#include <sodium.h>

#include "account.sql.h"
#include "base/url.h"
#include "domain/account/priv.h"
#include "net/fetch.h"

/* The city's single sign-on: OpenID Connect, code flow with PKCE. What is remembered between the
 * two halves stands wrapped in a cookie, so that any node can take up the second. */

enum {
    KNOWN_HOURS = 1, /* how long what the provider says of itself is taken as true */
    AGAIN_SEC = 20,  /* before it is asked again, when it did not answer or lacked a key */
    STATE_MIN = 10,  /* between going there and coming back */
    ASKING_MAX = 4,  /* requests to it at once: the other workers go on */
    NEXT_MAX = 500,
    CHALLENGE_BYTES = 32,
};
#define SECOND_US INT64_C(1000000)

static enum status trouble(struct call *call, const char *what)
{
    const struct signon *signon = &accounts_of(call)->options.signon;
    call_refuse(call, CONFLICT, NULL, "%.*s%s，请稍后再试，或用其他方式登录。",
                STR_ARG(signon->label), what);
    call->fault.http = 502;
    return CONFLICT;
}

static enum status distrust(struct call *call, const char *why)
{
    const struct signon *signon = &accounts_of(call)->options.signon;
    return call_refuse(call, DENIED, NULL,
                       "%.*s的答复不能采信（%s），请重新登录，仍不行请与系统管理员联系。",
                       STR_ARG(signon->label), why);
}

/* --- asking the provider --- */

static bool take_turn(struct accounts *accounts)
{
    pthread_mutex_lock(&accounts->lock);
    bool free = accounts->asking < ASKING_MAX;
    accounts->asking += free;
    pthread_mutex_unlock(&accounts->lock);
    return free;
}

static enum status ask(struct call *call, const struct fetch *fetch, struct str *ret_body)
{
    struct accounts *accounts = accounts_of(call);
    int code = 0;
    if (!net_is_safe(fetch->url) || !take_turn(accounts))
        return BUSY;
    enum status status = net_fetch(call->arena, fetch, &code, ret_body);
    pthread_mutex_lock(&accounts->lock);
    accounts->asking--;
    pthread_mutex_unlock(&accounts->lock);
    return status == OK && code != 200 ? BUSY : status;
}

static struct str text_at(struct arena *arena, const json_t *object, const char *key)
{
    return str_copy(arena, str_from(json_string_value(json_object_get(object, key))));
}

static enum status read_provider(struct call *call, struct oidc_provider *ret_provider)
{
    const struct signon *signon = &accounts_of(call)->options.signon;
    struct str body, issuer = signon->issuer;
    while (str_ends(issuer, STR("/")))
        issuer.len--;
    struct fetch fetch = {
        .url = str_fmt(call->arena, "%.*s/.well-known/openid-configuration", STR_ARG(issuer))};
    TRY(ask(call, &fetch, &body));
    json_t *root = json_loadb(body.ptr, body.len, JSON_REJECT_DUPLICATES, NULL);
    struct str said = text_at(call->arena, root, "issuer");
    struct oidc_provider provider = {.authorize =
                                         text_at(call->arena, root, "authorization_endpoint"),
                                     .token = text_at(call->arena, root, "token_endpoint")};
    struct str keys = text_at(call->arena, root, "jwks_uri");
    json_decref(root);
    if (!str_eq(said, signon->issuer) || !net_is_safe(provider.authorize))
        return BUSY;
    TRY(ask(call, &(struct fetch){.url = keys}, &provider.keys));
    provider.found = true;
    *ret_provider = provider;
    return OK;
}

static bool recall(struct call *call, bool anew, struct oidc_provider *ret_provider)
{
    struct accounts *accounts = accounts_of(call);
    pthread_mutex_lock(&accounts->lock);
    const struct oidc_provider *known = &accounts->provider;
    int64_t age = call->now.us - known->at_us;
    bool under_way = !known->found && accounts->asking > 0;
    bool fresh = known->at_us && age >= 0 && !under_way &&
                 age < (anew || !known->found ? AGAIN_SEC * SECOND_US : KNOWN_HOURS * HOUR_US);
    if (fresh)
        *ret_provider = (struct oidc_provider){.authorize = str_copy(call->arena, known->authorize),
                                               .token = str_copy(call->arena, known->token),
                                               .keys = str_copy(call->arena, known->keys),
                                               .found = known->found};
    else
        accounts->provider.at_us = call->now.us; /* the others go on with what is known */
    pthread_mutex_unlock(&accounts->lock);
    return fresh;
}

static void remember(struct call *call, const struct oidc_provider *found)
{
    struct accounts *accounts = accounts_of(call);
    pthread_mutex_lock(&accounts->lock);
    struct arena arena = accounts->provider.arena;
    arena_reset(&arena);
    accounts->provider = (struct oidc_provider){.authorize = str_copy(&arena, found->authorize),
                                                .token = str_copy(&arena, found->token),
                                                .keys = str_copy(&arena, found->keys),
                                                .at_us = call->now.us,
                                                .found = true};
    accounts->provider.arena = arena;
    pthread_mutex_unlock(&accounts->lock);
}

/* `anew`: it lacked a key. */
static enum status find_provider(struct call *call, bool anew, struct oidc_provider *ret_provider)
{
    *ret_provider = (struct oidc_provider){0};
    if (recall(call, anew, ret_provider))
        return ret_provider->found ? OK : trouble(call, "没有应答");
    if (read_provider(call, ret_provider) != OK)
        return trouble(call, "没有应答或答复不全");
    remember(call, ret_provider);
    return OK;
}

/* --- going there --- */

struct state {
    struct str state, nonce, verifier, next;
    int64_t at_us;
};

static struct str cookie_name(const struct call *call)
{
    return call->request->secure ? STR("__Host-duikou-oidc") : STR("duikou-oidc");
}

static struct str back_url(struct call *call)
{
    return str_fmt(call->arena, "%.*s/sign-in/oidc/back",
                   STR_ARG(accounts_of(call)->options.signon.address));
}

static struct str challenge(struct arena *arena, struct str verifier)
{
    unsigned char hash[CHALLENGE_BYTES];
    crypto_hash_sha256(hash, (const unsigned char *)verifier.ptr, verifier.len);
    return secret_url_text(arena, (struct str){(const char *)hash, sizeof hash});
}

static enum status put_state(struct call *call, struct page *page, const struct state *state)
{
    struct str wrapped;
    struct str plain = str_fmt(call->arena, "%lld %.*s %.*s %.*s %.*s", (long long)state->at_us,
                               STR_ARG(state->state), STR_ARG(state->nonce),
                               STR_ARG(state->verifier), STR_ARG(state->next));
    TRY(secret_wrap(accounts_of(call), call->arena, plain, &wrapped, &call->fault));
    page->set_cookie =
        str_fmt(call->arena, "%.*s=%.*s; Path=/; HttpOnly; SameSite=Lax; Max-Age=%d%s",
                STR_ARG(cookie_name(call)), STR_ARG(secret_url_text(call->arena, wrapped)),
                STATE_MIN * 60, call->request->secure ? "; Secure" : "");
    page->secret = true;
    return OK;
}

static enum status need_provider(struct call *call)
{
    if (accounts_of(call)->options.signon.issuer.len)
        return need_encryption(call);
    return call_refuse(call, NOT_FOUND, NULL, "本系统没有接入统一身份认证，请用其他方式登录。");
}

static enum status leave(struct call *call, struct page *page)
{
    struct oidc_provider provider;
    const struct signon *signon = &accounts_of(call)->options.signon;
    TRY(need_provider(call));
    store_read_end(call->tx); /* asking takes long: no snapshot is held over it */
    call->tx = NULL;
    TRY(find_provider(call, false, &provider));
    /* A verifier has at least 43 characters (RFC 7636, section 4.1). */
    struct str halves[] = {secret_code(call->arena), secret_code(call->arena)};
    struct state state = {secret_code(call->arena), secret_code(call->arena),
                          str_fmt(call->arena, "%.*s%.*s", STR_ARG(halves[0]), STR_ARG(halves[1])),
                          safe_next(str_head(call_query(call, "next"), NEXT_MAX)), call->now.us};
    TRY(put_state(call, page, &state));
    page->redirect =
        str_fmt(call->arena,
                "%.*s%sresponse_type=code&scope=openid&client_id=%.*s&redirect_uri=%.*s&state=%.*s&"
                "nonce=%.*s&code_challenge=%.*s&code_challenge_method=S256",
                STR_ARG(provider.authorize), str_has(provider.authorize, STR("?")) ? "&" : "?",
                STR_ARG(url_encode(call->arena, signon->client)),
                STR_ARG(url_encode(call->arena, back_url(call))), STR_ARG(state.state),
                STR_ARG(state.nonce), STR_ARG(challenge(call->arena, state.verifier)));
    return OK;
}

/* --- coming back --- */

static bool read_state(struct call *call, struct state *ret_state)
{
    struct fault fault;
    struct str plain,
        wrapped = secret_url_bytes(call->arena, cookie_named(call->request, cookie_name(call)));
    if (wrapped.len == 0 ||
        secret_unwrap(accounts_of(call), call->arena, wrapped, &plain, &fault) != OK)
        return false;
    struct str space = STR(" ");
    if (!str_to_int(str_cut(&plain, space), &ret_state->at_us))
        return false;
    ret_state->state = str_cut(&plain, space);
    ret_state->nonce = str_cut(&plain, space);
    ret_state->verifier = str_cut(&plain, space);
    ret_state->next = safe_next(plain);
    int64_t age = call->now.us - ret_state->at_us;
    struct str told = call_query(call, "state");
    return age >= 0 && age < STATE_MIN * MINUTE_US && told.len == ret_state->state.len &&
           sodium_memcmp(told.ptr, ret_state->state.ptr, told.len) == 0;
}

/* The client's name and secret are encoded before they stand in the head (RFC 6749, 2.3.1). */
static enum status redeem(struct call *call, const struct oidc_provider *provider,
                          const struct state *state, struct str *ret_token)
{
    const struct signon *signon = &accounts_of(call)->options.signon;
    struct arena *arena = call->arena;
    struct str code = call_query(call, "code"), body;
    struct fetch fetch = {
        .url = provider->token,
        .post = true,
        .type = STR("application/x-www-form-urlencoded"),
        .name = url_encode(arena, signon->client),
        .password = url_encode(arena, signon->secret),
        .body = str_fmt(arena,
                        "grant_type=authorization_code&code=%.*s&redirect_uri=%.*s&"
                        "code_verifier=%.*s",
                        STR_ARG(url_encode(arena, code)),
                        STR_ARG(url_encode(arena, back_url(call))), STR_ARG(state->verifier))};
    if (ask(call, &fetch, &body) != OK)
        return trouble(call, "没有确认这次登录");
    json_t *root = json_loadb(body.ptr, body.len, JSON_REJECT_DUPLICATES, NULL);
    *ret_token = text_at(arena, root, "id_token");
    json_decref(root);
    return OK;
}

static enum status who_came(struct call *call, const struct state *state, struct str *ret_subject)
{
    const struct signon *signon = &accounts_of(call)->options.signon;
    struct oidc_provider provider;
    const char *why = "";
    TRY(find_provider(call, false, &provider));
    struct id_token token = {.keys = provider.keys,
                             .issuer = signon->issuer,
                             .client = signon->client,
                             .nonce = state->nonce,
                             .now = call->now};
    TRY(redeem(call, &provider, state, &token.token));
    enum status status = id_token_subject(call->arena, &token, ret_subject, &why);
    if (status == NOT_FOUND) { /* the provider may have changed its keys */
        TRY(find_provider(call, true, &provider));
        token.keys = provider.keys;
        status = id_token_subject(call->arena, &token, ret_subject, &why);
    }
    return status == OK ? OK : distrust(call, why);
}

static enum status enter(struct call *call, struct page *page)
{
    struct state state;
    struct str subject;
    struct account account;
    struct tx *tx;
    TRY(need_provider(call));
    store_read_end(call->tx);
    call->tx = NULL;
    if (!read_state(call, &state))
        return call_refuse(call, DENIED, NULL,
                           "这次登录已过期或不是从本浏览器发起的，请重新登录。");
    if (call_query(call, "code").len == 0)
        return call_refuse(call, DENIED, NULL, "登录没有完成，请重新登录，或用其他方式登录。");
    TRY(who_came(call, &state, &subject));
    TRY(store_read(accounts_of(call)->options.store, call->arena, &tx));
    enum status status = account_read(tx, &SQL_account_by_subject, value_text(subject), &account);
    store_read_end(tx);
    if (status == NOT_FOUND)
        return call_refuse(call, DENIED, NULL,
                           "您在统一身份认证中的用户标识“%.*s”还没有对应的帐号，请告知办公室登记。",
                           STR_ARG(str_head(subject, 80)));
    TRY(status);
    return enter_from_outside(call, page, &account, 0, state.next);
}

static enum status go_there(struct call *call, struct page *page)
{
    return sign_in_again(call, page, leave(call, page));
}

static enum status come_back(struct call *call, struct page *page)
{
    return sign_in_again(call, page, enter(call, page));
}

static const struct route routes[] = {
    {METHOD_GET, "/sign-in/oidc", go_there, RIGHT_PUBLIC, FORM_HTML, ROUTE_INSTANCE,
     "由统一身份认证登录", "account/sign_in", &shape_sign_in},
    {METHOD_GET, "/sign-in/oidc/back", come_back, RIGHT_PUBLIC, FORM_HTML, ROUTE_INSTANCE,
     "由统一身份认证返回", "account/sign_in", &shape_sign_in},
};

void oidc_routes(struct app *app)
{
    app_add_routes(app, routes, sizeof routes / sizeof *routes);
}
