/*
 * load_priv - what the files of the loader share.
 */
#ifndef DOMAIN_SCHEME_LOAD_PRIV_H
#define DOMAIN_SCHEME_LOAD_PRIV_H

#include "domain/scheme/load.h"

/* Room between neighbours, so that a row put between two keeps their places. */
enum { POSITION_STEP = 8, SCHEME_ROWS_MAX = 100000 };

/* One load: what it wants, row by row, held against what there is. */
struct load {
    struct tx *tx;
    struct arena *arena;
    const struct load_request *request;
    struct load_plan *plan;
    struct fault *fault;
    int64_t body_id, document_id, scheme_id;
    bool first;       /* the scheme is new to this database */
    struct str start; /* start_date of what this load adds */
    struct str end;   /* its end_date, where the document is repealed already; empty = open */
    const struct record *was_document; /* before this load; NULL when `first` */
    int64_t base;                      /* positions of this scheme's rows start behind it */
    int64_t last_organization, last_person;
    bool keep;             /* curated rows; off while a repealed scheme is ended */
    bool of_organizations; /* what the file says of organizations themselves is being read */
    struct seen *seen;     /* organizations and persons already met in this load */
    int seen_n, seen_room;
};

struct seen {
    const struct kind *kind;
    int64_t parent, id;
    struct str name;
};

/* --- load_compare.c --- */

/* Put one wanted record into the plan; `old_id` 0 = new. Returns its id. */
CHECKED enum status want(struct load *load, struct record *record, int64_t old_id, int64_t *ret_id);
bool same_value(const struct field *field, struct value a, struct value b);
void set_text(struct record *record, const char *key, struct str text);
void set_number(struct record *record, const char *key, int number, int none);
void set_names(struct load *load, struct record *record, const char *key,
               const struct str_list *names);
/* End what there is on the day this load takes effect. */
void want_end(struct load *load, const struct record *old);

/* Of what the record would be, leave out what it does not say. */
void keep_unsaid(struct record *record, const char *const *keys);

/* --- load_parties.c --- */

int64_t next_position(const struct load *load, int64_t *last);
/* First row, first column; 0 when there is none. */
CHECKED enum status find_id(struct load *load, const struct statement *statement,
                            const struct value *args, int n, int64_t *ret_id);
/* One side of a link: which of its two columns holds it. */
CHECKED enum status want_side(struct load *load, const struct scheme_party *party, struct str end,
                              struct record *link, const char *organization, const char *person);
/* What the file says of organizations themselves. */
CHECKED enum status want_organizations(struct load *load);

/* --- load_rows.c --- */

/* Contents, forms, statements, duties, links: matched, and what is gone ended. */
CHECKED enum status want_rows(struct load *load);
/* All open rows of a scheme that is being repealed. */
CHECKED enum status end_scheme(struct load *load, int64_t scheme_id);

#endif
