/*
 * record - the engine that runs kinds of record told as constant tables of fields.
 *
 * From one `struct kind` follow: validation, storage, list, record and form pages with marked
 * filters and sorts and keyset paging, JSON, CSV, XLSX, search rows and the OpenAPI description.
 * Every write to a kind's table goes through record_add and record_change, which have old and new
 * values at hand.
 *
 * A kind's table has: body_id id, id id, version int, modified instant, one column a field; a
 * `.dated` kind also start_date, end_date (NOT NULL, open = 9999-12-31) and an `.ordered` kind
 * position int. The table itself stands in the module's .sql; the start refuses a mismatch and
 * makes the indexes that the marks ask for.
 *
 * Sources: ground.md, "Record engine", "SQL that runs on both"; design.md section 1; clauses.md
 * ALL-order (printed position is the default order everywhere).
 */
#ifndef ENGINE_RECORD_RECORD_H
#define ENGINE_RECORD_RECORD_H

#include "app/app.h"
#include "base/buf.h"

enum field_kind {
    FIELD_TEXT,      /* one line */
    FIELD_LONG_TEXT, /* paragraphs */
    FIELD_INT,
    FIELD_FLAG,
    FIELD_DATE,
    FIELD_CHOICE,
    FIELD_REFERENCE, /* another record of the same body */
    FIELD_ROWS,      /* owned rows, ordered, with a field table of their own */
    FIELD_KEY,       /* text made by the program (sort keys): stored, never shown or entered */
};

struct kind;
struct record;
struct flow;

/* A record as a picker or a sentence names it. */
struct named {
    int64_t id;
    struct str name;
};

/* Owned rows: table (body_id, id, owner, position, fields…). Only TEXT, INT, FLAG, DATE, CHOICE. */
struct row_table {
    const char *table;
    const struct field *fields; /* ends with key == NULL */
};

struct field {
    const char *key;    /* in JSON, forms and URLs */
    const char *column; /* in SQL, where the key is a reserved word; NULL = key */
    const char *label;
    enum field_kind kind;
    const struct choice *choices;
    const struct kind *to;        /* REFERENCE; TEXT of a row: whose names are offered */
    const struct row_table *rows; /* ROWS */
    int max;                      /* TEXT: code points, default 200; LONG_TEXT default 20,000 */
    int64_t low, high;            /* INT: range, when not both 0 */
    bool required;
    bool fixed;              /* given when made, not changed in forms */
    bool filter;             /* may be filtered by; makes the indexes */
    bool sort;               /* may be sorted by; NOT NULL in the table */
    const char *sort_column; /* NOT NULL column that orders it (a sort key); NULL = its own */
    bool searched;           /* goes into the search row */
    bool wide;               /* not in HTML lists */
    bool hidden;             /* not entered by hand and not shown on pages; in data only */
    bool by_step;            /* written by the program with a step: shown, never entered */
    bool today;   /* DATE: a form that is empty offers the day on which it is filled in */
    bool private; /* masked in every representation for viewers who may not see it;
                   * never filtered, sorted, searched or a title */
    bool state;   /* where a record of a kind with a flow stands: a required CHOICE that
                   * forms, loads and record_change cannot give; step.h alone writes it */
    const char *help;
    const char *clause; /* the provision that asks for it */
};

struct kind {
    const char *name;           /* in SQL, URLs and JSON: organization */
    const char *label;          /* 单位与机构 */
    const char *unit;           /* counter word for sentences: 个, 件, 人 */
    const struct field *fields; /* ends with key == NULL */
    const char *title;          /* key of the field that names a record; NULL = name */
    /* Else a record is named by several fields, joined by a dash; references by their names. */
    const char *const *titles; /* ends with NULL; NULL = `title` */
    const char *title_label;   /* head of the column that names it, with `titles` */
    bool dated;                /* holds on every day with start_date <= day < end_date */
    bool ordered;
    bool instance;     /* no body: paths are /{kind}, body_id 0 */
    const char *empty; /* what an empty list says */
    /* And what it offers to who holds a right; NULL: nothing; RIGHT_NONE: RIGHT_EDIT. */
    const char *offer;
    enum right offer_to;
    const char *help; /* one sentence: what such a record is */
    /* Fill program-made fields (sort keys) from the others before a write, indexed as fields. May
     * be NULL. */
    void (*derive)(struct arena *arena, struct value *values);
    /* Keep what a change would lose, seeing what there was. May be NULL. */
    void (*keep)(struct arena *arena, const struct record *old, struct record *record);
    /* A rule over several fields; refuses at a field. Runs with the write's tx. May be NULL. */
    enum status (*check)(struct tx *tx, int64_t body_id, int64_t id, const struct value *values,
                         struct fault *fault);
    /* Write rows of derived tables after the record, in the same transaction. May be NULL. */
    enum status (*index)(struct tx *tx, const struct record *record);
    /* Names for a picker that begin with or contain what was typed, at most 10. NULL: records
     * whose title begins with it. */
    enum status (*pick)(struct tx *tx, int64_t body_id, struct str typed, struct date on,
                        struct named **ret_found, int *ret_n);
    /*
     * Who may see a record without seeing the whole body: constant SQL over alias t, ANDed into
     * every list, count and search of such a viewer, with @b body, @o his organization, @d the day.
     * SEEN_BY_READERS: whoever reads in the body. NULL: nobody but those who see the whole body.
     */
    const char *seen;
    /* The same for the search index: a mark, "o" for organizations he sees, "l" for his own alone,
     * and the keys of references to them; "id" is the record itself: "o id parent". */
    const char *found_by;
    /* Keys of the fields that name another record's kind and id: found by whoever sees that one.
     * NULL: by the rule above. */
    const char *owner_kind, *owner_id;
    /* The words of a CHOICE as a form offers them here; ends with NULL. May be NULL, return NULL.
     */
    const struct choice *(*choices)(struct call *call, const struct field *field);
    bool own_page;   /* the module brings the route of GET /{body}/{kind}/{id} itself */
    bool by_program; /* never entered or changed by hand: lists and pages alone, and those LOCAL */
    enum right made_by;      /* who may make one by hand; RIGHT_NONE: RIGHT_EDIT */
    bool starts_today;       /* entered when it begins: the form offers today and asks for no end */
    bool steps_alone;        /* what it says changes by steps: no form of its own to change it */
    bool dates_by_step;      /* start_date and end_date change by a step alone, not in the form */
    const struct flow *flow; /* the steps by which it changes (engine/flow/flow.h); NULL = none */
};

#define SEEN_BY_READERS ""

enum { KIND_FIELDS_MAX = 40, RECORD_PAGE = 50, RECORD_PAGE_MAX = 200 };

/* Whether a viewer is shown a field's values in this record (NULL: in all): private ones by
 * RIGHT_PHONES for the record's `organization`. Kinds with a private field are not ROUTE_CACHED
 * where their values are shown. */
bool field_is_masked(const struct field *field, const struct viewer *viewer,
                     const struct record *record);
bool kind_has_private(const struct kind *kind);

int kind_fields_n(const struct kind *kind);
int kind_field(const struct kind *kind, const char *key); /* index; -1 */

/* --- records --- */

/* Owned rows of one ROWS field: n rows of the row table's fields. */
struct record_rows {
    struct value *cells;
    int n;
};

struct record {
    const struct kind *kind;
    int64_t body_id, id, version;
    int64_t position;                /* ordered kinds */
    struct str start_date, end_date; /* dated kinds; ISO; empty = from ever, open */
    struct value *values;            /* by field index; ROWS are null here */
    struct record_rows *rows;        /* by field index */
    struct value *labels;            /* by field index: names of references; else null */
    bool *given;                     /* by field index: written by record_change */
    bool position_given, dates_given;
};

struct record *record_new(struct arena *arena, const struct kind *kind);
/* With arrays of its own: writing the copy leaves the record as it was. Texts are shared. */
struct record *record_copy(struct arena *arena, const struct record *record);
void record_set(struct record *record, const char *key, struct value value);
void record_set_rows(struct record *record, const char *key, struct value *cells, int n);
struct value record_value(const struct record *record, const char *key);
struct str record_title(struct arena *arena, const struct record *record);
/* Whether a field says the same in two records of a kind. */
bool record_field_same(const struct record *left, const struct record *right, int index);

/* Read one record with its rows. NOT_FOUND when there is none in this body. */
CHECKED enum status record_get(struct tx *tx, const struct kind *kind, int64_t body_id, int64_t id,
                               struct record **ret_record);

/* A way to the record's 操作日志 (engine/audit), for who may read it. */
void record_journal_action(struct call *call, struct page *page, const struct kind *kind,
                           int64_t id);
/* A way to the purge of what it says (domain/purge), for who may: from its 操作日志, and from its
 * own page for who may not read that. */
void record_purge_action(struct call *call, struct page *page, const struct kind *kind, int64_t id);

/* The record as canonical JSON (proof/entry.h), as the journal has it; `than`: only what is not
 * the same in that one. */
void record_canonical(struct buf *to, const struct record *record, const struct record *than);

/*
 * Write, inside an apply. `record->id` was made by the caller (call_new_id), `now` likewise.
 * What was written is told to the journal: the write has an actor.
 * record_add: position 0 on an ordered kind = behind the last.
 * record_change: only given fields; `version` must be the one that was seen, 0 = any.
 *
 * OK; CONFLICT changed since it was seen, or a unique value is taken; NOT_FOUND; INVALID by the
 * kind's check; FAULT.
 */
CHECKED enum status record_add(struct tx *tx, struct record *record, struct instant now,
                               struct fault *fault);
CHECKED enum status record_change(struct tx *tx, struct record *record, struct instant now,
                                  struct fault *fault);

/* --- the one rule of visibility --- */

/* Whether a viewer sees the whole of a body, rather than what is his organization's matter. */
bool viewer_sees_body(const struct viewer *viewer, int64_t body_id);
/* Whether the call's viewer may see a record of its body; false as well when it cannot be read. */
bool record_may_see(struct call *call, const struct kind *kind, int64_t id);
/* The same as words of the search index: whom a record is put for. */
struct str record_audience(struct arena *arena, const struct record *record);

/* --- lists --- */

struct list_query {
    const struct kind *kind;
    int64_t body_id;
    const struct viewer *viewer;
    int filters[4]; /* field indexes */
    struct value filter_values[4];
    int filters_n;
    int sort; /* field index; -1 = the default: position, or the newest first */
    bool descending;
    struct date on;    /* dated kinds: as of; unset = all times */
    struct str cursor; /* of ?after= or ?before=; empty = from the start */
    bool backwards;
    int limit;
};

struct list_result {
    struct record **records;
    int n;
    int64_t total;             /* exact up to 1,000 */
    bool more;                 /* total is "1,000 and more" */
    struct str next, previous; /* cursors; empty = none */
};

/* INVALID when the cursor is not one of ours. Runs two statements. */
CHECKED enum status record_list(struct tx *tx, const struct list_query *query,
                                struct list_result *ret_result, struct fault *fault);

/* Ids and names of a kind whose title equals `name` in this body, current on `on`; at most 5. */
CHECKED enum status record_by_title(struct tx *tx, const struct kind *kind, int64_t body_id,
                                    struct str name, struct date on, struct named **ret_found,
                                    int *ret_n);

/* --- input --- */

/* What was refused at which field; shown beside it. */
struct field_fault {
    const char *key;
    struct str message;
};
struct field_faults {
    struct field_fault *items;
    int n, room;
};

/*
 * A posted form (or flattened JSON body) to a record: only enterable fields that were sent are
 * given. References are taken by id or by exact name, rows as key.0.column or, of one column, as
 * lines. `old` is what is being changed, NULL for a new record. Every fault is gathered.
 * OK, or INVALID with at least one fault.
 */
CHECKED enum status record_from_form(struct call *call, const struct kind *kind,
                                     const struct record *old, struct record **ret_record,
                                     struct field_faults *faults);

/*
 * A JSON body names only what is asked for, or what it was told (`told`, the shape of the record as
 * data; NULL = nothing), so that a record read can be changed and sent back.
 *
 *   asked  kinds whose fields may be sent, NULL-terminated
 *
 * OK, or INVALID with a fault for each other name. Forms of pages are not held to it.
 */
CHECKED enum status record_refuse_unknown(struct call *call, const struct kind *const *asked,
                                          const struct shape *told, struct field_faults *faults);

/*
 * Hold a text against a field as a form of the kind would: there when required, length, range, day,
 * choice; of ROWS of one column every line. What other forms ask for the same facts have the same
 * limits. OK, or INVALID refused at `key`, the other form's name of it. References: not here.
 */
CHECKED enum status field_check(struct call *call, const struct kind *kind, const char *field,
                                const char *key, struct str text);

/* The inputs of a form as a list of shape_form_field.
 *
 *   mark    what tells apart the inputs of several forms on one page; NULL = one form
 *   record  whose values are shown; NULL = those of the address
 *   typed   what was posted is shown instead
 */
const struct list *record_inputs(struct call *call, const struct kind *kind, const char *mark,
                                 const struct record *record, bool typed,
                                 const struct field_faults *faults);
/* What is asked over and above, folded away unless it was filled in; `party`: for whom it most
 * likely is, offered when it is opened. */
struct object *record_behalf(struct call *call, const struct kind *asked, const char *mark,
                             struct str party, bool typed, const struct field_faults *faults);
extern const struct shape shape_form_field, shape_record_behalf;

/* --- what lies above the engine: steps (engine/flow) --- */

/* A step that may be taken, with what is asked with it; a line of a record's story. Both stand on
 * every record's page; empty where the kind has no flow. */
extern const struct shape shape_record_step, shape_record_story;

/* What is attached to a record (domain/file): the column "attached" of its page's shape. */
extern const struct shape shape_record_file, shape_record_attached;

struct record_engine;
struct record_hooks {
    /* Kinds with a flow alone: steps and story onto a record's page, whose shape has columns
     * "steps" and "story". */
    enum status (*show)(struct call *call, struct page *page, const struct record *record,
                        struct object *model);
    /* All kinds: attachments onto a page whose shape has the column "attached". NULL: none. */
    enum status (*attach)(struct call *call, const struct kind *kind, int64_t id,
                          struct object *model);
    /* What is asked when a record is made over and above its fields (for whom, how). */
    const struct kind *asked;
    /* What the button says that makes a record of a kind with a flow; NULL: 保存. */
    const char *(*submit)(const struct call *call, const struct kind *kind);
    /* Read that before the write is queued, and make the record inside it, instead of record_add.
     */
    enum status (*read)(struct call *call, const struct kind *kind, const void **ret_told,
                        struct field_faults *faults);
    enum status (*make)(struct tx *tx, const void *told, struct record *record,
                        struct fault *fault);
    /* Change what a form says of one, instead of record_change; `step_id` for its story. */
    enum status (*change)(struct tx *tx, struct record *record, int64_t step_id, struct instant now,
                          struct fault *fault);
    /* Routes of all kinds. */
    void (*routes)(struct record_engine *engine);
    /* What the step of a route asks for, as a kind with those fields; NULL: it is none. May be
     * NULL. */
    const struct kind *(*asks)(struct arena *arena, const struct route *route);
    /* The steps by which a record may be made, as the words of "action"; ends with NULL. */
    const struct choice *(*makers)(struct arena *arena, const struct kind *kind);
};

/* --- the engine --- */

/* All kinds, in the order of their modules; NULL-terminated; lives as long as the program. */
struct record_engine *record_engine_new(struct app *app, const struct kind *const *kinds,
                                        const struct record_hooks *hooks); /* NULL = none */
struct app *record_engine_app(const struct record_engine *engine);
struct arena *record_engine_arena(struct record_engine *engine);
const struct kind *const *record_engine_kinds(const struct record_engine *engine);
void record_engine_free(struct record_engine *engine);

/*
 * Check every kind against the database, make missing indexes, add the routes of all kinds:
 *   GET  /{body}/{kind}            list      GET  /{body}/{kind}/new        form     (local)
 *   POST /{body}/{kind}            make      GET  /{body}/{kind}/{id}       record
 *   GET  /{body}/{kind}/{id}/edit  form      POST /{body}/{kind}/{id}       change   (local)
 *   GET  /{body}/{kind}/pick       names for pickers        GET /openapi.json
 */
CHECKED enum status record_engine_start(struct record_engine *engine, struct arena *arena,
                                        struct fault *fault);

/* The indexes that the marks ask for. */
struct kind_index {
    struct str name, sql;
};
int record_index_list(struct arena *arena, const struct kind *const *kinds,
                      struct kind_index **ret_indexes);

/* Make those that are missing; also done by the start. Nothing is written when there are none. */
CHECKED enum status record_indexes(struct store *store, const struct kind *const *kinds,
                                   struct arena *arena, struct fault *fault);

/* Every list statement that marks allow, to be prepared and EXPLAINed on both engines by tests. */
struct list_plan {
    const struct kind *kind;
    const struct statement *statement, *count;
    int filter, sort; /* field indexes; -1 = none, the default */
    bool with_cursor; /* a page behind the first */
};
int record_list_plans(struct store *store, struct arena *arena, const struct kind *const *kinds,
                      struct list_plan **ret_plans);

/* Routes of pages that a module brings itself; their actions find the engine in call->route->data.
 * Borrows the rows. */
void record_engine_add_routes(struct record_engine *engine, const struct route *routes, int n);

/* The item shape of a kind: id, url, fields, dates. */
const struct shape *record_shape(const struct record_engine *engine, const struct kind *kind);
struct str record_url(struct call *call, const struct kind *kind, int64_t id);
/* A record as data, and as the answer to a write: where it is for a browser, what it is now for a
 * program. */
const struct object *record_data(struct call *call, const struct record_engine *engine,
                                 const struct record *record);
CHECKED enum status record_answer(struct call *call, const struct record_engine *engine,
                                  const struct kind *kind, int64_t id, struct page *page);

#endif
