/*
 * view - the page model and its representations. An action fills one model; HTML (through a
 * template), JSON, CSV and XLSX are written from it, so a page and its API cannot disagree.
 *
 * A model is an object: a shape (constant table of columns) and as many values. Values stay typed
 * until a writer formats them; only writers escape. Null, empty and zero are kept apart:
 * JSON null, CSV and XLSX empty, HTML "—"; of a masked null (base/value.h) pages say who may see
 * it.
 */
#ifndef VIEW_VIEW_H
#define VIEW_VIEW_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/status.h"
#include "base/value.h"

enum column_kind {
    COLUMN_TEXT,
    COLUMN_INT,
    COLUMN_FLAG,    /* 0, 1: JSON false, true; pages 否, 是 */
    COLUMN_DATE,    /* ISO text; the open end 9999-12-31 is written as null, "—" */
    COLUMN_INSTANT, /* µs UTC: 2022-01-24T10:00:00+08:00 */
    COLUMN_ID,      /* 13 characters of base32 */
    COLUMN_CHOICE,  /* a word; pages and tables show its label */
    COLUMN_URL,     /* a path of our own; escaped as an attribute */
    COLUMN_OBJECT,  /* one object of `shape`; null allowed */
    COLUMN_LIST,    /* list of objects of `shape` */
};

struct choice {
    const char *word, *label;
};

enum {
    COLUMN_WIDE = 1,      /* not in HTML lists (@columns), only in data and on the record page */
    COLUMN_PAGE_ONLY = 2, /* not in data: addresses, marks, counts that only a page needs */
    COLUMN_LINK = 4,      /* @columns links this cell to the row's own `url` */
    COLUMN_PRIVATE = 8, /* null for viewers who may not see it, which the API's description says */
};

struct shape;

struct column {
    const char *key;   /* the API: frozen */
    const char *label; /* Chinese, for pages and table heads; NULL = never a heading */
    enum column_kind kind;
    const struct choice *choices; /* CHOICE: ends with word == NULL */
    const struct shape *shape;    /* OBJECT, LIST */
    int flags;
    const char *help; /* what it says, for the API's description; NULL = the label */
};

struct shape {
    const char *name;
    const struct column *columns;
    int n;
};

struct object {
    const struct shape *shape;
    struct value *values; /* shape->n of them */
};

struct list {
    const struct shape *shape;
    struct value *values; /* row r starts at values[r * shape->n] */
    int n, room;
};

/* The column of this key, -1 when there is none. */
int shape_index(const struct shape *shape, struct str key);

/* References to other records are objects of this shape: id, name, url. */
extern const struct shape shape_ref;

struct object *object_new(struct arena *arena, const struct shape *shape);
/* By key; assert when the shape has none (a slip of the program, found by the first test). */
void object_set(struct object *object, const char *key, struct value value);
struct value object_get(const struct object *object, const char *key);
struct list *list_new(struct arena *arena, const struct shape *shape);
/* A new row of nulls; valid until the next one is added. */
struct value *list_add(struct arena *arena, struct list *list);
static inline const struct value *list_row(const struct list *list, int row)
{
    return list->values + (size_t)row * (size_t)list->shape->n;
}
static inline struct value value_object(const struct object *object)
{
    return (struct value){.kind = object ? VALUE_OBJECT : VALUE_NULL, .object = object};
}
static inline struct value value_list(const struct list *list)
{
    return (struct value){.kind = list ? VALUE_LIST : VALUE_NULL, .list = list};
}
/* What `then` has is put behind what `first` has; of columns with the same key the first counts.
 * PAGE_ONLY columns are left out. */
const struct shape *shape_joined(struct arena *arena, const struct shape *first,
                                 const struct shape *then);
const struct object *object_joined(struct arena *arena, const struct object *first,
                                   const struct object *then);
struct value value_ref(struct arena *arena, int64_t id, struct str name, struct str url);

/* --- writers: they append to buf; its cap is the limit, buf->full is the caller's to ask --- */

void view_put_json(struct buf *buf, const struct object *model);

/* One list as a table: the labelled columns of its shape but the PAGE_ONLY ones; an OBJECT column
 * gives its `name`, a LIST its names joined with 、.
 * CSV: UTF-8 with BOM, CRLF, all quoted, cells that a spreadsheet would take for a formula
 * (= + - @, full-width too, TAB CR LF) are prefixed with an apostrophe (RFC 4180). */
void view_put_csv(struct buf *buf, const struct list *list);
/* XLSX by libxlsxwriter: frozen bold header, auto filter, real dates, ids and numbers with
 * leading zeros as text, whole numbers as numbers up to 15 digits. The same list gives the same
 * bytes. A text is cut after 32,767 characters, the format's limit. FAULT: it cannot be made. */
CHECKED enum status view_put_xlsx(struct buf *buf, const char *sheet, const struct list *list);

/* Streaming forms of the two for exports larger than a page: head, rows one by one, end. */
void view_put_csv_head(struct buf *buf, const struct shape *shape);
void view_put_csv_row(struct buf *buf, const struct shape *shape, const struct value *cells);

/* What was opened is closed once, whatever the rows gave; `buf` NULL: nothing is kept. INVALID:
 * more rows than a sheet holds (1,048,575). The arena holds the little that stays in memory. */
struct xlsx;
CHECKED enum status view_xlsx_open(struct arena *arena, const char *sheet,
                                   const struct shape *shape, struct xlsx **ret_xlsx);
CHECKED enum status view_xlsx_row(struct xlsx *xlsx, const struct value *cells);
CHECKED enum status view_xlsx_close(struct xlsx *xlsx, struct buf *buf);

#endif
