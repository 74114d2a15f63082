/*
 * app/priv - what the files of app/ share. Nobody else includes this, but the fuzz drivers.
 */
#ifndef APP_PRIV_H
#define APP_PRIV_H

#include <pthread.h>

#include "app/app.h"

/* Refuse with an HTTP code of its own. */
#define refuse_http(arena, fault, status, code, ...)                                               \
    refuse_with_code((arena), (fault), (code),                                                     \
                     refuse((arena), (fault), (status), NULL, __VA_ARGS__))
enum status refuse_with_code(struct arena *arena, struct fault *fault, int http,
                             enum status status);

/* --- params.c: name=value&… --- */

enum {
    QUERY_PARAMS_MAX = 200,
    QUERY_BYTES_MAX = 64 << 10, /* names and values, decoded */
    FORM_PARAMS_MAX = 5000,     /* the import wizard shows every link of a document in one form */
    PART_HEADS_MAX = 4 << 10,   /* the heads of one multipart part, bytes */
    PARTS_MAX = 64,             /* multipart parts */
};

struct params {
    struct param *items;
    int n, room;
};

/*
 * application/x-www-form-urlencoded as WHATWG reads it: "+" is a space, a "%" without two hex
 * digits stands for itself. INVALID with http 400: too many, too long, NUL, not UTF-8.
 */
CHECKED enum status params_parse(struct arena *arena, struct str text, int params_max,
                                 size_t bytes_max, struct params *ret_params, struct fault *fault);
/* Decode %XX once into the arena; `plus` reads "+" as a space. False: `strict` and a "%" without
 * two hex digits. */
bool percent_decode(struct arena *arena, struct str text, bool plus, bool strict,
                    struct str *ret_text);
/* First of the name; NULL when there is none. */
const struct param *params_find(const struct param *items, int n, const char *name);

/* --- multipart.c: RFC 7578 --- */

CHECKED enum status multipart_parse(struct arena *arena, struct str bytes, struct str content_type,
                                    struct request *request, struct fault *fault);

/* --- router.c --- */

enum { PATH_SEGMENTS_MAX = 12 };

struct path {
    struct str segments[PATH_SEGMENTS_MAX]; /* decoded; none is empty */
    int n;
    int suffix_form; /* FORM_JSON for "….json"; 0 = no suffix of ours */
    struct str last; /* the last segment without that suffix */
    bool slash;      /* ended with a "/" too many */
};

/* INVALID with http 400: "..", NUL, control characters, an encoded "/", not UTF-8, bad percent.
 * NOT_FOUND: too deep, or empty segments. */
CHECKED enum status path_parse(struct arena *arena, struct str raw, struct path *ret_path,
                               struct fault *fault);

struct router_node {
    struct str literal;
    int child, sibling; /* literal children in a chain; 0 = none */
    int param;          /* the {parameter} child */
    int route[2];       /* by method, index + 1 */
};
struct router {
    struct router_node *nodes; /* 0 is the root */
    int n, room;
};

/* False: the same method and path is there already. */
bool router_add(struct router *router, struct arena *arena, const struct route *route, int index);

struct match {
    int node; /* 0 with no route = nothing here */
    bool found;
    bool literal_suffix; /* the route's own path ends like this */
    struct str params[PATH_PARAMS_MAX];
    int params_n;
};
struct match router_match(const struct router *router, const struct path *path);

/* --- call.c --- */

/* Tell the store once that this call may write, and once that it has or will not. */
void call_expect(struct call *call, bool expected);

/* --- negotiate.c --- */

extern const struct form_kind {
    int form;
    const char *suffix, *type, *content_type;
} form_kinds[];
enum { FORM_KINDS_N = 5 };

/* The offered form the Accept header likes best (HTML before JSON before the others); 0 = none. */
int accept_pick(struct str accept, int forms);
/* Whether an If-None-Match header names this ETag (weak comparison). */
bool etag_matches(struct str if_none_match, struct str etag);

/* --- need.c --- */

bool host_is_loopback(struct str host);
/* Origin and Sec-Fetch-Site are our own; `silent_ok`: also when neither is sent. */
bool origin_is_own(const struct request *request, bool silent_ok);
/* DENIED with the sentence. */
CHECKED enum status need_check(const struct route *route, const struct request *request,
                               const struct viewer *viewer, struct arena *arena,
                               struct fault *fault);

/* --- cache.c --- */

struct cache;
struct entry;

enum { ETAG_ROOM = 32 };

struct cached {
    struct entry *entry;
    struct str bytes, etag;
    char etag_text[ETAG_ROOM];
    bool gzip;
    void *_Atomic prepared;
    void (*_Atomic free_prepared)(void *);
};

/* What is kept of an answer; the cache copies it. */
struct cache_answer {
    int status;
    const char *content_type; /* constant */
    struct str bytes, disposition;
    size_t inset_at; /* where in the bytes a frame tells of its viewer; INSET_NONE */
};

struct cache *cache_new(size_t cap_bytes);
void cache_free(struct cache *cache);
void cache_clear(struct cache *cache);
/* The entry, held, or NULL. */
struct entry *cache_get(struct cache *cache, struct str key);
/* Keep an answer and hold it; NULL when it is too large to be kept. When the key is there already,
 * that one. */
struct entry *cache_put(struct cache *cache, struct str key, const struct cache_answer *answer);
/* The same answer with `inset` at its place, kept and held under a key of its own; the base itself
 * when it has no place. */
struct entry *cache_put_inset(struct cache *cache, struct str key, struct entry *base,
                              struct str inset, bool gzip);
void cache_release(struct entry *entry);
/* The entry's bytes in the encoding the client takes; compressed when first asked for. */
struct cached *cache_variant(struct cache *cache, struct entry *entry, bool gzip);
const struct cache_answer *cache_answer_of(const struct entry *entry);
struct cache_figures {
    size_t bytes;
    int64_t hits, misses;
};
struct cache_figures cache_figures(struct cache *cache);

/* The quoted hash of the bytes; `suffix` (at most 8 bytes) marks an encoding. */
struct str etag_put(char to[ETAG_ROOM], struct str bytes, const char *suffix);

/* --- the application --- */

/* Bodies by address, as of one version of the database. */
enum { BODIES_MAX = 256 };
struct body_table {
    pthread_mutex_t lock;
    int64_t version;
    struct arena arena;
    struct body_info bodies[BODIES_MAX];
    int n;
};

/* What the database said of its versions a moment ago; see versions.c. */
enum { VERSION_MEMOS = 256 };
struct version_memo {
    int64_t body_id, version;
    int64_t all; /* the version of all when this was asked */
};
struct version_table {
    pthread_mutex_t lock;
    _Atomic uint64_t writes;
    int64_t all, all_at_us;
    uint64_t all_writes;
    struct version_memo memos[VERSION_MEMOS];
};

/* An arena between two calls. */
struct scratch {
    struct scratch *next;
    struct arena arena;
};

struct meter_slot {
    app_meter *write; /* NULL: free */
    void *context;
};

struct app {
    struct arena arena;
    struct app_options options;
    struct id_maker ids;
    const struct route **routes;       /* all, in the order they were added */
    const struct template **templates; /* by route index; NULL = none */
    int routes_n, routes_room;
    struct router router;
    struct cache *cache;
    struct body_table bodies;
    struct version_table versions;
    pthread_mutex_t lock; /* of the two below */
    struct scratch *spare;
    struct meter_slot meters[METERS_MAX];
    const struct template *layout, *me, *error;
    bool has_search, has_notices;
};

/* How a request is to be answered, before anything is read from the database. */
struct plan {
    struct path path;
    struct match match;
    const struct route *route;
    int route_index;
    int form;
    bool problem_json; /* how a refusal is told */
    struct str allow;
    struct params query;
    struct viewer viewer;
    struct str redirect; /* the canonical address, or where to sign in, when it is another one */
    int redirect_status;
};
CHECKED enum status plan_make(struct app *app, const struct request *request, struct arena *arena,
                              struct plan *plan, struct fault *fault);
/* Names behind "?" that the route does not read: INVALID with http 400 where data is wanted. */
CHECKED enum status plan_check_query(const struct plan *plan, struct arena *arena,
                                     struct fault *fault);

/* bodies.c: a body by address, kept until anything is written; false = not at hand. */
bool bodies_at_hand(struct app *app, struct str slug, struct arena *arena,
                    struct body_info *ret_body);
CHECKED enum status bodies_find(struct app *app, struct tx *tx, int64_t version, struct str slug,
                                struct body_info *ret_body);
void bodies_init(struct body_table *table);
void bodies_drop(struct body_table *table);

/* versions.c: the version of a body, 0 = of all; for keys that are made before a snapshot. */
int64_t version_now(struct app *app, int64_t body_id);
void versions_written(struct app *app);
void versions_init(struct version_table *table);
void versions_drop(struct version_table *table);

/* home.c: "/", "/{body}"; meter.c: "/healthz", "/metrics". */
enum { HOME_ROUTES_N = 2, METER_ROUTES_N = 2 };
extern const struct route home_routes[HOME_ROUTES_N], meter_routes[METER_ROUTES_N];

/* readings.c: tell the journal what was noted; ends the snapshot. */
CHECKED enum status readings_tell(struct call *call);

/* frame.c: the frame around a page. */
extern const struct shape shape_frame, shape_me;
const struct object *frame_model(struct call *call, const struct page *page);
/* What a frame says of its viewer: {{@inset}}; empty for nobody. */
struct str frame_inset(struct call *call);

/*
 * keep.c: answers kept for whoever may see the same. The key of a shared one is the audience
 * (rights.h), never a session; the action that made it saw nothing of the viewer but that. What the
 * frame says of the viewer is put in between, and the whole is kept once more under the same key
 * and those very bytes.
 */
struct keep {
    struct str key;   /* empty: not looked for, not kept */
    struct str inset; /* of this viewer */
    struct str own;   /* key with the inset; empty when there is none */
};
/* A list taken out as a file. */
bool plan_is_export(const struct call *call, const struct plan *plan);
/* Whether answers of this plan are made for an audience. */
bool keep_is_shared(const struct call *call, const struct plan *plan);
struct keep keep_open(struct call *call, const struct plan *plan);
/* True: the response is the kept one. */
bool keep_find(struct call *call, const struct keep *keep, struct response *response);
/* An answer made anew: kept, if it may be, and made whole. */
void keep_answer(struct call *call, const struct keep *keep, struct response *response);

/* represent.c: a page as its representation. */
CHECKED enum status represent(struct call *call, int form, int route_index, struct page *page,
                              struct response *response);
/* Around content, with the frame or without. */
void put_framed(struct call *call, const struct page *page, const struct buf *content,
                struct buf *to);

/* problem.c: a refusal as an answer. */
void problem(struct call *call, bool json, const struct fault *fault, struct str allow,
             struct response *response);

struct str response_keep(struct response *response, struct str text);

#endif
