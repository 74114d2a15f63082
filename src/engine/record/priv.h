/*
 * priv - what the files of the record engine share: statements assembled from field tables, and
 * the layout of the rows they give.
 */
#ifndef ENGINE_RECORD_PRIV_H
#define ENGINE_RECORD_PRIV_H

#include "engine/record/record.h"

/* Rows of a select: id, version, then the stored fields in order, position, dates, labels. */
enum { ROW_ID, ROW_VERSION, ROW_FIELDS };

/* How far a list is counted. */
enum { TOTAL_EXACT_MAX = 1000 };

/* --- fields.c --- */

const char *field_column(const struct field *field);
bool field_is_stored(const struct field *field);
char field_letter(const struct field *field); /* of struct statement's params */
int row_table_fields_n(const struct row_table *rows);
/* NULL when several fields name it. */
const struct field *kind_title_field(const struct kind *kind);
/* What a reference calls a record: of several titles the `title`, or the name. */
const struct field *kind_name_field(const struct kind *kind);
const char *kind_title_label(const struct kind *kind);
/* The column that orders a list; sort -1 = position, else id. */
const char *sort_column(const struct kind *kind, int sort);

/* --- statements.c: SQL from the field table, interned in the store --- */

const struct statement *sql_get(struct tx *tx, const struct kind *kind);
const struct statement *sql_insert(struct tx *tx, const struct kind *kind);
/* Only the given fields (and position, dates) of a record. */
const struct statement *sql_update(struct tx *tx, const struct record *record);
const struct statement *sql_last_position(struct tx *tx, const struct kind *kind);
const struct statement *sql_by_title(struct tx *tx, const struct kind *kind);
const struct statement *sql_pick(struct tx *tx, const struct kind *kind);
/* Of a body, on a day, of ENDED_ASKED ids (0 = none): those of a dated kind that have ended. */
enum { ENDED_ASKED = 40 };
const struct statement *sql_ended(struct tx *tx, const struct kind *kind);
const struct statement *sql_rows(struct tx *tx, const struct row_table *rows);
const struct statement *sql_rows_insert(struct tx *tx, const struct row_table *rows);
const struct statement *sql_rows_clear(struct tx *tx, const struct row_table *rows);

/* A list's parts: which parameters follow is told by `binds`, in this order. */
struct list_sql {
    const struct statement *list, *count;
};
enum { CURSOR_MAX_BYTES = 4000 }; /* the longest sort key of the longest name */
struct list_sql sql_list(struct store *store, const struct list_query *query, bool with_cursor);

/* --- rows.c: rows of a select to records --- */

/* A row of sql_get or of a list, with the names of references behind the stored columns. */
struct record *record_from_row(struct arena *arena, const struct kind *kind, int64_t body_id,
                               const struct value *cells);
CHECKED enum status record_load_rows(struct tx *tx, struct record *record);

/* --- canonical.c: what the journal keeps --- */

/* A value as the database has it: what may not be NULL there is empty or 0. */
struct value stored_value(const struct field *field, struct value value);
/* One entry of the journal: what was added, or what a change made different. */
CHECKED enum status record_journal(struct tx *tx, const struct record *record,
                                   const struct record *old, struct fault *fault);

/* --- pages --- */

struct kind_pages; /* shapes and routes of one kind */
struct record_engine {
    struct app *app;
    const struct kind *const *kinds;
    int kinds_n;
    const struct record_hooks *hooks; /* NULL = none */
    struct arena arena;
    struct kind_pages *pages; /* by index of the kind */
};
struct kind_pages {
    const struct kind *kind;
    struct record_engine *engine;
    const struct shape *item, *list, *data, *detail; /* of a row, a list, a record, its page */
};
void shapes_make(struct record_engine *engine, struct kind_pages *pages);
extern const struct shape shape_form;

enum status record_list_page(struct call *call, struct page *page);
enum status record_show_page(struct call *call, struct page *page);
enum status record_new_page(struct call *call, struct page *page);
enum status record_edit_page(struct call *call, struct page *page);
enum status record_make(struct call *call, struct page *page);
enum status record_save(struct call *call, struct page *page);
enum status record_pick(struct call *call, struct page *page);
enum status record_search_page(struct call *call, struct page *page);
extern const struct shape shape_search;
/* The record's row in the search index, in the record's own transaction. */
CHECKED enum status record_search_put(struct tx *tx, const struct record *record);

enum status record_openapi(struct call *call, struct page *page);

/* Fill an item row of the kind's shape. */
void item_fill(struct call *call, const struct kind_pages *pages, const struct record *record,
               const struct shape *shape, struct value *values);

/* A record as data: an object of the kind's `data` shape. */
struct object *record_object(struct call *call, const struct kind_pages *pages,
                             const struct record *record);

/* --- form.c --- */

struct form {
    struct call *call;
    const struct kind_pages *pages;
    const struct record *record; /* NULL: empty */
    bool typed;                  /* show what was posted */
    bool moved;                  /* `record` changed since it was seen: show both */
    const struct field_faults *faults;
    const char *mark; /* of one form among several on a page */
};
/* The form as a page; `version` 0: of a record that is being made. */
void form_page(const struct form *form, struct page *page, int64_t id, int64_t version);
/* The record of the address; NOT_FOUND with its sentence. */
CHECKED enum status form_load(struct call *call, struct record **ret_record);
/* What the engine above adds to the making of a record; NULL = nothing. */
const struct record_hooks *hooks_of(const struct call *call);

enum { TEXT_MAX = 200, LONG_TEXT_MAX = 20000 };
/* The most code points of a text field. */
int field_max(const struct field *field);
/* What forms hold texts to holds for what loads, rosters and steps write as well: INVALID at the
 * field. `given_alone`: of a change. Kinds written by the program alone are not held to it. */
CHECKED enum status record_check_lengths(struct arena *arena, const struct record *record,
                                         bool given_alone, struct fault *fault);

bool choice_has(const struct choice *choices, struct str word);
/* What was posted for a field: of a tick the last value, else the first. */
struct str form_typed(const struct call *call, const struct field *field);

/* Whether a row of a ROWS field was posted cell by cell, and with anything in it. */
bool row_is_sent(const struct call *call, const struct field *field, int row, bool *ret_filled);

/* One field's value as a form shows it. */
struct str form_value(struct arena *arena, const struct field *field, struct value value,
                      struct value label);

struct str list_url(struct call *call, const struct kind *kind, const char *suffix);
const struct list *choices_list(struct arena *arena, const struct shape *shape,
                                const struct choice *choices, struct str selected);
/* The shape of a LIST or OBJECT column. */
const struct shape *child_shape(const struct shape *shape, const char *key);
const struct kind_pages *pages_of(const struct call *call);

/* --- visible.c --- */

enum { VISIBLE_ARGS_MAX = 48 };
/* Constant SQL for a list of this viewer, and its values in the order in which it asks for them. */
const char *visible_fragment(const struct kind *kind, const struct viewer *viewer, int64_t body_id);
int visible_bind(struct arena *arena, const char *fragment, const struct viewer *viewer,
                 int64_t body_id, struct value *args);
const struct statement *sql_visible(struct store *store, const struct kind *kind,
                                    const char *fragment);
struct str viewer_audience(struct arena *arena, const struct viewer *viewer, int64_t body_id);

#endif
