/*
 * domain - all modules of the program, and their start.
 *
 * One folder a module: its tables (.sql), its kinds, its special pages. Adding a module is a line
 * in domain.c.
 */
#ifndef DOMAIN_DOMAIN_H
#define DOMAIN_DOMAIN_H

#include "engine/audit/audit.h"
#include "engine/outbox/outbox.h"
#include "engine/record/record.h"

/* Schemas of all modules in the order of their foreign keys; NULL-terminated. */
const struct schema *const *domain_schemas(void);

/* All kinds of record; NULL-terminated. */
const struct kind *const *domain_kinds(void);

/* Side bar of a body; ends with label == NULL. */
extern const struct nav_item domain_nav[];

/* The body at an address, for struct app_options. */
CHECKED enum status domain_find_body(struct tx *tx, struct str slug, struct body_info *ret_body);

/* All bodies in printed order, for the page at "/". */
CHECKED enum status domain_list_bodies(struct tx *tx, int max, struct body_info *ret_bodies,
                                       int *ret_n);

/* The one organization of a name in a body. INVALID with the sentence: none, or several. */
CHECKED enum status domain_organization(struct tx *tx, int64_t body_id, struct str name,
                                        struct date on, int64_t *ret_id, struct fault *fault);
struct file_store;

/* What the modules work with besides the application. */
struct domain_options {
    struct file_store *files; /* of attachments; borrowed */
    struct audit_desk *desk;  /* where the journal is checked and signed; borrowed */
};

/* Register kinds and routes with an application; called before app_start. Engine and outbox are
 * freed by the caller: the outbox before the app, the engine after it. */
CHECKED enum status domain_start(struct app *app, struct arena *arena,
                                 const struct domain_options *options,
                                 struct record_engine **ret_engine, struct outbox **ret_outbox,
                                 struct fault *fault);

#endif
