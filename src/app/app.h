/*
 * app - what a module is: routes, permissions, calls; the router, the cache of answers. Knows no
 * socket and no domain: http/ and cli/ bring requests, domain/ brings routes.
 *
 *   request -> route -> permission -> [cache] -> snapshot -> action -> page -> representation
 *
 * An action fills one struct page; it never asks which representation is wanted. GET actions
 * write nothing. POST actions prepare over the snapshot and then call call_write once.
 *
 * Paths:  /{body}/{kind}   /{body}/{kind}/{id}   .json .csv .xlsx after the last segment chooses
 * the representation, else the Accept header does (application/json), else HTML. API problems are
 * RFC 9457 objects; HTML problems are pages with a request id.
 */
#ifndef APP_APP_H
#define APP_APP_H

#include "app/rights.h"
#include "base/arena.h"
#include "base/date.h"
#include "base/id.h"
#include "base/status.h"
#include "store/journal.h"
#include "store/store.h"
#include "view/template.h"
#include "view/view.h"

struct app;
struct call;
struct page;

/* HEAD is a GET whose body the adapter leaves out; OTHER is answered 404 or 405, never run. */
enum method { METHOD_GET, METHOD_POST, METHOD_OTHER };

/* Representations a route offers. */
enum { FORM_HTML = 1, FORM_JSON = 2, FORM_CSV = 4, FORM_XLSX = 8, FORM_FILE = 16 };
#define FORM_LIST (FORM_HTML | FORM_JSON | FORM_CSV | FORM_XLSX)

enum {
    ROUTE_CACHED = 1,   /* reads one body, no private field; its action sees audience_of(viewer) */
    ROUTE_FAST = 2,     /* at most 1 ms on the simulated data: answered on the event thread */
    ROUTE_LONG = 4,     /* writes in a transaction of its own */
    ROUTE_INSTANCE = 8, /* no body in its path */
    ROUTE_UPLOAD = 16,  /* takes files: bodies up to BODY_UPLOAD_MAX instead of BODY_MAX */
};

typedef enum status action(struct call *call, struct page *page);

struct query_name {
    const char *name, *help;
};
struct route {
    enum method method;
    const char *path; /* "/{body}/organization/{id}"; literals win over {parameters} */
    action *run;
    enum right need;
    int forms;
    int flags;
    const char *help;     /* one line for the site map and OpenAPI */
    const char *template; /* HTML: compiled at start for `shape`; NULL for POST and files */
    const struct shape *shape;
    const void *data; /* what the action finds in call->route->data: a kind, a table */
    const struct query_name *query; /* what it reads behind "?", of a POST in its body; ends with
                                     * NULL. Of a GET, programs are refused any other name. */
    const struct shape *answer; /* of a POST: what programs get; NULL = the kind's, or shape_done */
};

/* One entry of the side bar; `path` lies below the body. Shown in this order within its group. */
struct nav_item {
    const char *label, *path, *group; /* group NULL: the first, unnamed */
    const char *phone; /* what the phone's bottom bar calls it; NULL: it is not there */
    enum right need;   /* RIGHT_NONE: to read */
    bool unit;         /* for who is of a unit: the page of that one, below `path` */
};

/* --- requests, as the adapters bring them --- */

struct param {
    struct str name, value;
};
struct upload {
    struct str field, filename, bytes; /* the name is only ever shown, never used as a path */
};
struct request {
    enum method method;
    struct str path;  /* decoded by the router, not by the adapter; begins with "/" */
    struct str query; /* behind "?" */
    struct param *form;
    int form_n;
    struct upload *uploads;
    int uploads_n;
    struct str body; /* application/json bodies */
    struct str accept, host, origin, fetch_site, if_none_match, content_type;
    struct str idempotency_key; /* of a write that must not be done twice; empty = none */
    struct str cookie, authorization, user_agent;
    bool secure; /* over TLS, also when a trusted proxy says so */
    bool htmx;   /* htmx wants a part: answer the content without the frame */
    bool gzip;   /* the client takes Content-Encoding: gzip */
    bool peer_loopback;
    bool forwarded;     /* by a proxy: its heads, or older than HTTP/1.1 */
    char id[17];        /* of the request: 16 hex digits, shown on error pages and in the log */
    struct str address; /* of the machine that asks, as a trusted proxy tells it; empty = unknown */
};

/* Limits on bodies, in bytes. An adapter refuses a longer one with 413 before it reads it. */
enum { BODY_MAX = 1 << 20, BODY_UPLOAD_MAX = 17 << 20 };

/* A finished answer. Bodies of cached answers are shared: response_release when sent. */
struct cached;
struct response {
    int status;
    const char *content_type; /* a constant, or in `heads` */
    struct str body;          /* unless spooled */
    struct str location;      /* redirects */
    struct str etag;          /* with quotes; empty = none */
    struct str disposition;   /* Content-Disposition, ASCII with filename*= */
    struct str allow;         /* 405 */
    struct str set_cookie;
    struct str retry_after; /* 429: seconds */
    const char *route;      /* pattern of the route that answered; NULL when there is none */
    struct cached *cached;  /* holds `body` and the heads when not NULL */
    struct buf owned;       /* else this does */
    struct arena heads;     /* and this the heads */
    bool spooled;           /* the body is spool_bytes in the unlinked file spool_fd */
    int spool_fd;
    int64_t spool_bytes;
    bool gzip;      /* Content-Encoding: gzip */
    bool untrusted; /* bytes that somebody uploaded: no page of ours, whatever they say */
    bool no_store;
    bool clears; /* the browser forgets the pages it was sent */
};

/* What every answer carries besides its own heads: name, value; ends with NULL. */
extern const char *const response_security_heads[][2];

/* --- a call --- */

struct body_info {
    int64_t id;
    struct str slug, name, term; /* term: 第七届; empty when unknown */
    bool has_sectors;
};

enum { PATH_PARAMS_MAX = 4 };

struct call {
    struct app *app;
    struct arena *arena;
    const struct request *request;
    const struct route *route;
    struct str path_params[PATH_PARAMS_MAX]; /* decoded, in order, {body} included */
    struct param *query;                     /* decoded */
    int query_n;
    struct viewer viewer;
    struct body_info body; /* id 0 on ROUTE_INSTANCE */
    struct tx *tx;         /* read snapshot */
    struct instant now;
    struct date today;
    struct fault fault;
    struct readings *readings;    /* what private things the answer shows; NULL = none */
    const struct object *current; /* 409: what the record is now, told with the refusal */
    struct list *errors;          /* what was refused, field by field; NULL = the sentence is all */
    bool shared;                  /* the answer may serve others: nothing of the viewer is in it */
    size_t inset_at;              /* where in it the frame tells of its viewer; INSET_NONE */
    bool expected;                /* the store knows that a write may come */
    bool kept;                    /* the last write of this call is on disk */
    bool html;                    /* only for app/ and view templates' frame; actions do not look */
};

/* Whether the viewer holds a right on the call's body. */
bool call_may(const struct call *call, enum right right);
/* Query parameter, or form field on POST; empty when absent. */
struct str call_query(const struct call *call, const char *name);
struct str call_form(const struct call *call, const char *name);
bool call_has_form(const struct call *call, const char *name);
const struct upload *call_upload(const struct call *call, const char *field);
/* INVALID with a sentence when absent or not an id, a whole number in [min, max], a date;
 * `label` is what people call the parameter. */
CHECKED enum status call_path_id(struct call *call, int index, int64_t *ret_id);
CHECKED enum status call_query_int(struct call *call, const char *name, const char *label,
                                   int64_t min, int64_t max, int64_t missing, int64_t *ret_value);
CHECKED enum status call_query_date(struct call *call, const char *name, const char *label,
                                    struct date missing, struct date *ret_date);
/* Refuse with a field and one sentence. */
#define call_refuse(call, status, field, ...)                                                      \
    refuse((call)->arena, &(call)->fault, (status), (field), __VA_ARGS__)

/* One of several refusals of what was sent, told to programs beside the sentence; `field` is its
 * name there, as a form names it: parts.0.name. */
void call_error(struct call *call, struct str field, struct str sentence);
/* A refusal as data (RFC 9457); `field`, `errors` and `current` are left out when there is none. */
extern const struct shape shape_refusal;
/* What a program gets of a write that has no record to show: where to look. */
extern const struct shape shape_done;
enum { PROBLEM_COLUMNS_ALWAYS = 6 };

/* End the snapshot and run one write on the call's body (instance routes: body 0); when it
 * returned OK a new snapshot that sees the write is open again. */
CHECKED enum status call_write(struct call *call, int flags, write_apply *apply, void *context);
/*
 * The answer shows a private value that was not sent with the request, or gives out a file with
 * data: one entry of the chain of readings tells who, when, from where, which records and fields,
 * before the answer leaves. When that cannot be written the answer is made again with private
 * fields masked, or refused when it is a file or the answer to a write. An answer that only leads
 * on shows nothing.
 *
 *   id     0 = no single record
 *   field  its key, a constant
 *   form   "csv", "xlsx", "zip" …
 */
void call_reads(struct call *call, const char *kind, int64_t id, const char *field);
void call_gives_out(struct call *call, const char *kind, int64_t id, const char *form);

/* Whose act a write of this call is: the viewer's, at call->now. Texts live as long as the call. */
struct actor call_actor(const struct call *call);
/* The same on another body, or another part of the instance. */
CHECKED enum status call_write_on(struct call *call, int64_t body_id, int flags, write_apply *apply,
                                  void *context);
int64_t call_new_id(struct call *call);
/* A path below the call's body: call_url(call, "organization/%s", …) → /yiyang/organization/… */
struct str call_url(struct call *call, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* --- a page --- */

struct page_link {
    struct str label, url;
    bool main;          /* the main action */
    bool on;            /* the tab one is on */
    bool post;          /* a button that writes */
    struct str confirm; /* POST: what is confirmed, spelled out; empty = none */
};
enum { PAGE_LINKS_MAX = 12 };
struct page {
    struct str title;
    struct str state; /* one sentence of state in words */
    struct page_link actions[PAGE_LINKS_MAX], tabs[PAGE_LINKS_MAX], crumbs[PAGE_LINKS_MAX];
    int actions_n, tabs_n, crumbs_n;
    const struct object *model; /* of the route's shape, or of `shape` below */
    /* Of a page of its own shape about one record: the record as data, which programs get in front
     * of the model, so that every kind's records read alike. NULL = none. */
    const struct object *record;
    const char *table;   /* key of the LIST that CSV and XLSX print */
    struct str filename; /* of downloads, without suffix; empty = the title */
    /* Set instead of a model: */
    struct str redirect;   /* after POST: 303; JSON clients get 200/201 and the model if any */
    struct str answer;     /* JSON clients get this instead of the model: what they got before */
    struct str file, mime; /* FORM_FILE: bytes */
    struct str set_cookie;
    bool secret; /* never kept by a browser: Cache-Control: no-store */
    bool clears; /* who was signed in is out: nor are the pages before */
    int status;  /* 0 = 200; 201 for made, 422 for a form shown again */
    bool has_fd; /* FORM_FILE: what somebody uploaded, in an open file: the answer's now */
    int fd;
    int64_t fd_bytes;
    /* A page other than the route's own (a form shown again after a refusal). */
    const struct template *template;
    bool bare; /* no side bar: print sheets, the list of bodies */
    /* Rows too many for one page: pulled by CSV writers row by row. */
    enum status (*each)(struct call *call, struct page *page, row_each *row, void *context);
};
void page_action(struct page *page, struct str label, struct str url, bool main);
void page_tab(struct page *page, struct str label, struct str url, bool on);
void page_crumb(struct page *page, struct str label, struct str url);

/* --- the application --- */

struct app_options {
    struct store *store;
    struct clock *clock;
    int node; /* of the ids made here: 0..1023 */
    struct template_set *templates;
    size_t cache_bytes; /* 0 = 8 MiB */
    bool no_cache;      /* every answer is made anew: measuring, tests */
    /* Bodies by address; NOT_FOUND when there is none. Answers are kept until body 0's version
     * changes. */
    enum status (*find_body)(struct tx *tx, struct str slug, struct body_info *ret_body);
    /* All bodies in order, at most `max` of them, for the page at "/". */
    enum status (*list_bodies)(struct tx *tx, int max, struct body_info *ret_bodies, int *ret_n);
    const struct nav_item *nav; /* ends with label == NULL */
    const char *home;           /* below a body: where "/{body}" leads; "directory" */
    const char *unit_home;      /* of who is of a unit: its own page, below this; NULL: `home` */
    /* How a body comes to be, offered at "/" to those who hold the right; label NULL = nothing. */
    struct {
        const char *label, *url;
        enum right right;
    } first_step;
    struct str metrics_token; /* who has it reads /metrics from anywhere; empty = nobody */
    enum role guest;          /* what others than this machine are without an account */
    /* Who asks, from the request's cookie or token: whatever he may wear goes into the viewer; not
     * signed in: nothing of it is set. NULL: this machine is the clerk, others are `guest`. */
    enum status (*find_viewer)(struct app *app, const struct request *request, struct arena *arena,
                               struct viewer *ret_viewer);
    /* On a worker, before the action of a viewer that find_viewer marked `.touch`. */
    void (*touch_viewer)(struct app *app, const struct viewer *viewer, struct arena *arena);
    void *accounts;      /* what the two need: app_accounts */
    const char *sign_in; /* where a browser that is not signed in is led; NULL: nowhere */
};

struct app *app_new(const struct app_options *options);
void app_free(struct app *app);
/* Drop every answer kept in memory: what was in them was purged. */
void app_forget(struct app *app);
struct store *app_store(struct app *app);
struct clock *app_clock(struct app *app);
struct id_maker *app_ids(struct app *app);
void *app_accounts(struct app *app);
/* The version of a body as of a moment ago, for what is kept in memory; 0 = of all. */
int64_t app_version(struct app *app, int64_t body_id);
/* A write was made that did not come from a call: what is kept in memory is asked for anew. */
void app_wrote(struct app *app);
/* The request comes from this machine and from nowhere behind it. */
bool request_is_local(const struct request *request);
struct template_set *app_templates(struct app *app);

/* Before app_start. Borrows the rows for the life of the app. */
void app_add_routes(struct app *app, const struct route *routes, int n);
/* All routes, for OpenAPI, the site map and tests. */
const struct route *app_route_at(const struct app *app, int index, int *ret_n);

/* Compile every route's template, check permissions and clashes. The one sentence of what is
 * wrong stops the program. */
CHECKED enum status app_start(struct app *app, struct arena *arena, struct fault *fault);

/* What a request may bring: the longest body (0: none), and whether everybody may send it. */
struct admission {
    size_t body_limit;
    bool is_open;
};
/* Before a body is read: true tells what may come; false answers a request that is refused whatever
 * its body holds (unknown, not permitted, not acceptable). */
bool app_admit(struct app *app, const struct request *request, struct admission *ret_admission,
               struct response *ret_response);

/* Read a body by request->content_type (urlencoded, multipart, a JSON object, whose deeper members
 * are named parts.0.name) into form, uploads and body. Results borrow `bytes` and live in the
 * arena. INVALID with http 400, 413 (too many parts) or 415. */
CHECKED enum status app_parse_body(struct arena *arena, struct str bytes, struct request *request,
                                   struct fault *fault);

/* Answer at once if it can be done on the event thread: a cached answer, a FAST route, a refusal
 * that needs no snapshot. False: nothing was done, give it to a worker with app_handle. */
bool app_handle_quick(struct app *app, const struct request *request,
                      struct response *ret_response);

/* Answer a request; always fills the response, also for refusals and faults. Thread-safe. */
void app_handle(struct app *app, const struct request *request, struct response *ret_response);
/* Answer with a refusal that the adapter met before there was a whole request (413, 400, 503). */
void app_refuse(struct app *app, const struct request *request, const struct fault *fault,
                struct response *ret_response);
void response_release(struct response *response);

/* What writes figures of its own into /metrics, as Prometheus' text format wants them; called from
 * any thread, in the call's snapshot, until it is removed. At most METERS_MAX. */
typedef void app_meter(void *context, struct tx *tx, struct buf *to);
enum { METERS_MAX = 8 };
void app_add_meter(struct app *app, app_meter *write, void *context);
void app_remove_meter(struct app *app, void *context);

/* A slot of a cached answer where an adapter keeps its own prepared form of it; freed with the
 * answer, which outlives every response that holds it. cached_prepare returns the one that was
 * kept: when two threads prepare at once, the later one's is freed. */
void *cached_prepared(struct cached *cached);
void *cached_prepare(struct cached *cached, void *prepared, void (*free_prepared)(void *));

#endif
