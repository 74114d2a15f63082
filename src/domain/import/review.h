/*
 * review - what the files of the page 核对 share: its forms, shown with what the draft has, or
 * again with what was typed, what is wrong and, after a conflict, what the draft has now.
 */
#ifndef DOMAIN_IMPORT_REVIEW_H
#define DOMAIN_IMPORT_REVIEW_H

#include "domain/import/priv.h"

extern const struct shape shape_note, shape_option, shape_link, shape_item, shape_duty;

struct review {
    struct call *call;
    const struct draft *draft;
    const char *problem; /* the form that was refused; NULL = none */
    struct object *model;
};

/* A field of the form named `mark` into the row: `key`, and `field`_note beside it. */
void put_field(const struct review *review, struct object *row, struct str mark, const char *field,
               const char *key, struct str has);
/* The same for a choice; the note is `key`_note. */
void put_options(const struct review *review, struct object *row, struct str mark,
                 const char *field, const char *key, const struct choice *choices, struct str word);
struct value problem_value(const struct review *review, struct str mark);

struct value line_url(const struct review *review, int line);
struct value line_value(int line);
struct str number_text(struct arena *arena, int number);
struct str joined(struct arena *arena, const struct str_list *list, const char *separator);

/* --- review_rows.c --- */

void put_links(struct review *review);
void put_contents_and_forms(struct review *review);
void put_duties(struct review *review);

#endif
