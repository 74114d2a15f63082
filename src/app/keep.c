/* Answers that are kept: under which key, found, made whole for whoever asks. */
#include "app/priv.h"

bool plan_is_export(const struct call *call, const struct plan *plan)
{
    return call->request->method == METHOD_GET && (plan->form & (FORM_CSV | FORM_XLSX));
}

bool keep_is_shared(const struct call *call, const struct plan *plan)
{
    return (plan->route->flags & ROUTE_CACHED) && call->request->method == METHOD_GET &&
           plan->form != FORM_FILE && !plan_is_export(call, plan);
}

static int param_cmp(const struct param *a, const struct param *b)
{
    int order = str_cmp(a->name, b->name);
    return order ? order : str_cmp(a->value, b->value);
}

/* Names and values in one order, whatever order they were sent in. */
static struct param *sorted_query(struct arena *arena, const struct params *query)
{
    struct param *sorted = arena_new(arena, struct param, query->n + 1);
    for (int i = 0; i < query->n; i++) {
        int at = i;
        for (; at > 0 && param_cmp(&query->items[i], &sorted[at - 1]) < 0; at--)
            sorted[at] = sorted[at - 1];
        sorted[at] = query->items[i];
    }
    return sorted;
}

static void put_part(char **at, struct str s)
{
    uint32_t len = (uint32_t)s.len;
    memcpy(*at, &len, sizeof len);
    if (s.len)
        memcpy(*at + sizeof len, s.ptr, s.len);
    *at += sizeof len + s.len;
}

/* Everything the answer depends on. The build is not in it: the cache dies with the process. */
static struct str make_key(const struct call *call, const struct plan *plan, int64_t version)
{
    int64_t fixed[5 + AUDIENCE_WORDS] = {version, call->body.id, date_to_days(call->today),
                                         plan->route_index, plan->form * 2 + call->request->htmx};
    audience_words(&call->viewer, fixed + 5);
    struct param *query = sorted_query(call->arena, &plan->query);
    size_t len = sizeof fixed + call->request->path.len + 4;
    for (int i = 0; i < plan->query.n; i++)
        len += query[i].name.len + query[i].value.len + 8;
    char *start = arena_alloc(call->arena, len), *at = start + sizeof fixed;
    memcpy(start, fixed, sizeof fixed);
    put_part(&at, call->request->path);
    for (int i = 0; i < plan->query.n; i++) {
        put_part(&at, query[i].name);
        put_part(&at, query[i].value);
    }
    return (struct str){start, len};
}

/* One part more than any key without an inset has: parts of a query come in pairs. */
static struct str add_inset(struct arena *arena, struct str key, struct str inset)
{
    size_t len = key.len + inset.len + 4;
    char *start = arena_alloc(arena, len), *at = mempcpy(start, key.ptr, key.len);
    put_part(&at, inset);
    return (struct str){start, len};
}

struct keep keep_open(struct call *call, const struct plan *plan)
{
    struct app *app = call->app;
    struct keep keep = {0};
    if (!call->shared)
        return keep;
    if (plan->form == FORM_HTML && !call->request->htmx)
        keep.inset = frame_inset(call);
    int64_t version = app->cache ? version_now(app, call->body.id) : -1;
    if (version >= 0)
        keep.key = make_key(call, plan, version);
    if (keep.key.len && keep.inset.len)
        keep.own = add_inset(call->arena, keep.key, keep.inset);
    return keep;
}

static void not_modified(struct response *response, struct str etag)
{
    struct arena heads = response->heads;
    response->heads = (struct arena){0};
    struct str kept = str_copy(&heads, etag);
    response_release(response);
    *response = (struct response){.status = 304, .heads = heads, .etag = kept};
}

/* Takes the hold on the entry. */
static void answer_cached(struct app *app, const struct request *request, struct entry *entry,
                          struct response *response)
{
    const struct cache_answer *answer = cache_answer_of(entry);
    struct cached *cached = cache_variant(app->cache, entry, request->gzip);
    response->status = answer->status;
    response->content_type = answer->content_type;
    response->disposition = answer->disposition;
    response->body = cached->bytes;
    response->etag = cached->etag;
    response->gzip = cached->gzip;
    response->cached = cached;
    if (etag_matches(request->if_none_match, cached->etag))
        not_modified(response, cached->etag);
}

/* An answer of its own. */
static void finish_uncached(const struct request *request, struct response *response)
{
    if (response->status != 200 || request->method != METHOD_GET || response->spooled)
        return;
    char etag[ETAG_ROOM];
    response->etag = response_keep(response, etag_put(etag, response->body, ""));
    if (etag_matches(request->if_none_match, response->etag))
        not_modified(response, response->etag);
}

/* The hold on `base` is given back. */
static struct entry *make_own(struct call *call, const struct keep *keep, struct entry *base)
{
    struct entry *own =
        cache_put_inset(call->app->cache, keep->own, base, keep->inset, call->request->gzip);
    cache_release(base);
    return own;
}

bool keep_find(struct call *call, const struct keep *keep, struct response *response)
{
    struct cache *cache = call->app->cache;
    if (keep->key.len == 0)
        return false;
    struct entry *entry = cache_get(cache, keep->own.len ? keep->own : keep->key);
    if (!entry && keep->own.len) {
        struct entry *base = cache_get(cache, keep->key);
        entry = base ? make_own(call, keep, base) : NULL;
    }
    if (!entry)
        return false;
    answer_cached(call->app, call->request, entry, response);
    return true;
}

/* Nothing that was told, set or masked for this one viewer. */
static bool may_keep(const struct call *call, const struct keep *keep,
                     const struct response *response)
{
    return keep->key.len && response->status == 200 && !response->spooled && !response->no_store &&
           !call->readings && !call->viewer.masked;
}

static void put_inset(struct response *response, size_t at, struct str inset)
{
    struct str body = buf_str(&response->owned);
    struct buf whole = buf_open(body.len + inset.len + 1);
    buf_put(&whole, str_head(body, at));
    buf_put(&whole, inset);
    buf_put(&whole, str_from_byte(body, at));
    buf_close(&response->owned);
    response->owned = whole;
    response->body = buf_str(&response->owned);
}

void keep_answer(struct call *call, const struct keep *keep, struct response *response)
{
    struct entry *entry = NULL;
    if (may_keep(call, keep, response)) {
        struct cache_answer answer = {response->status, response->content_type, response->body,
                                      response->disposition, call->inset_at};
        entry = cache_put(call->app->cache, keep->key, &answer);
    }
    if (entry && keep->own.len)
        entry = make_own(call, keep, entry);
    if (entry) {
        buf_close(&response->owned);
        answer_cached(call->app, call->request, entry, response);
        return;
    }
    if (keep->inset.len && call->inset_at != INSET_NONE)
        put_inset(response, call->inset_at, keep->inset);
    finish_uncached(call->request, response);
}
