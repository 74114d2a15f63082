/*
 * search - one row a record (long texts: one a part), found by the tokens of its text and by who
 * may see it.
 *
 * Tokens are made above (text_bigrams for a row, text_query_bigrams for a query); they give
 * candidates, and a substring test over the folded text confirms them, so that both engines find
 * the same. Results come by date, the newest first, then in the order in which rows were first put;
 * never by an engine's rank. Rows are derived: they can be dropped and put again at any time.
 * Source: ground.md, "Search".
 */
#ifndef STORE_SEARCH_H
#define STORE_SEARCH_H

#include "store/store.h"

enum { SEARCH_PART_CHARS = 4000, SEARCH_PAGE_MAX = 200, SEARCH_WORDS_MAX = 8 };

struct search_row {
    int64_t body_id, id;
    int part;          /* 0; files: one per SEARCH_PART_CHARS characters */
    struct str kind;   /* a-z and _ */
    struct date date;  /* results are ordered by it; unset = oldest */
    struct str title;  /* as shown */
    struct str text;   /* folded, the title with it: what the substring test reads */
    struct str tokens; /* of title and text, separated by spaces; may be empty */
    struct str
        audience; /* who may find it: words of a-z 0-9 _, separated by spaces; at least one */
};

/* Put the row of (body_id, id, part) in the place of what was there. Within a write. */
CHECKED enum status search_put(struct tx *tx, const struct search_row *row);

/* Drop the rows of a record from a part on; 0 = all. Within a write. */
CHECKED enum status search_drop(struct tx *tx, int64_t body_id, int64_t id, int part);

struct search_query {
    int64_t body_id;
    struct str kind;                    /* empty = every kind */
    struct str tokens;                  /* all must be in the row, separated by spaces */
    struct str words[SEARCH_WORDS_MAX]; /* folded; all must be in its text */
    int words_n;
    struct str audience; /* the viewer's: one must be the row's, separated by spaces */
    int64_t before;      /* `next` of the page before; 0 = from the newest */
    int limit;           /* 1 to SEARCH_PAGE_MAX */
};

struct search_hit {
    int64_t id, position;
    struct str kind, date, title;
};

struct search_result {
    struct search_hit *hits;
    int n;
    int64_t next; /* 0 = that was all */
};

/*
 * A page of hits, in the tx's arena. A record whose parts match next to each other is one hit. A
 * page may be shorter than its limit while `next` is set: candidates that the substring test
 * refused are counted against the work of one call.
 *
 * OK; INVALID when there is neither a token nor a kind, or the query is over 32 KB.
 */
CHECKED enum status search_find(struct tx *tx, const struct search_query *query,
                                struct search_result *ret_result);

#endif
