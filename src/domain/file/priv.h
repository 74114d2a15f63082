/*
 * priv - what the files of domain/file share.
 */
#ifndef DOMAIN_FILE_PRIV_H
#define DOMAIN_FILE_PRIV_H

#include "domain/file/file.h"

/* What the routes of one kind's attachments know. */
struct file_route {
    struct record_engine *engine;
    struct file_store *store;
    const struct kind *kind; /* whose attachments; NULL for an attachment's own routes */
};

/* --- types.c: words and names --- */
struct str file_accept(struct arena *arena); /* of <input type=file> */
struct str file_size_words(struct arena *arena, int64_t bytes);
struct str file_shown_name(struct arena *arena, struct str name);
/* Without its suffix. */
struct str file_bare_name(struct str name);

/* --- look_zip.c: in the child --- */
CHECKED enum status packed_type(struct arena *arena, struct str bytes, const char **ret_type,
                                struct fault *fault);
CHECKED enum status packed_text(struct arena *arena, struct str bytes, struct str *ret_text,
                                struct fault *fault);

/* --- upload.c --- */
struct file_limits {
    int64_t mb, count, gb;
};
CHECKED enum status file_limits(struct tx *tx, int64_t body_id, struct file_limits *ret_limits);
enum status file_upload(struct call *call, struct page *page);
enum status file_list_page(struct call *call, struct page *page);
extern const struct shape shape_file_result, shape_file_list;

/* --- page.c --- */
enum status file_show(struct call *call, struct page *page);
enum status file_content(struct call *call, struct page *page);
enum status file_act(struct call *call, struct page *page);
extern const struct shape shape_file_page;

/* The kind of the record that an attachment belongs to, and its id; false when it is none. */
bool file_owner(const struct record_engine *engine, const struct record *file,
                const struct kind **ret_kind, int64_t *ret_id);
/* Read the attachment of the path: NOT_FOUND also when its record is not for this viewer, or it is
 * frozen or purged and the viewer does not settle such matters. */
CHECKED enum status file_get(struct call *call, struct record **ret_file);

/* --- file.c --- */
CHECKED enum status file_attached(struct call *call, const struct record *owner,
                                  struct object *attached);
/* Whether the viewer attaches files to a record: who keeps the directory, and who takes part in the
 * record's life by some step. */
bool file_may_add(const struct call *call, const struct record *owner);
/* Whether he removes, restores, freezes one: who keeps the directory; of those his own organization
 * uploaded, who might attach it anew. `uploaded_by`: by_organization. */
bool file_may_settle(const struct call *call, const struct record *owner, struct value uploaded_by);
/* Who may find it: who may find its record. */
struct str file_audience(struct arena *arena, const struct record *owner);
/* The search rows of its name; its text's are made by a job. Inside an apply. */
CHECKED enum status file_index_name(struct tx *tx, const struct record *file,
                                    const struct record *owner);

#endif
