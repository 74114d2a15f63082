/*
 * file - attachments of any record of any kind.
 *
 *   current --remove--> removed --restore--> current          kept until purged
 *   current, removed --freeze--> frozen --release--> current  误传处置: nobody sees it but those
 * who frozen --purge--> purged                                  settle it, then nobody at all
 *
 * Holds:   a row is written after its bytes are in the file store (files/files.h); the store names
 *          them by digest, the row keeps the name that is shown. The type is told by the content,
 *          read in a confined child, never by the name. An attachment is seen by whoever sees its
 *          record. Of a purged one the row stays, without its name.
 * Never:   a file with a secrecy mark; one of a type that is not in the table; bytes that were
 *          purged from this body, once more.
 *
 *   GET  /{body}/{kind}/{id}/files      attachments of a record
 *   POST /{body}/{kind}/{id}/files      upload, several at once
 *   GET  /{body}/file/{id}              one attachment          /content: its bytes
 *   POST /{body}/file/{id}/ACTION       remove, restore, freeze, release, purge
 *
 * Sources: design.md section 6; conventions.md 3.1 (File); ground.md, "Untrusted documents".
 */
#ifndef DOMAIN_FILE_FILE_H
#define DOMAIN_FILE_FILE_H

#include "engine/outbox/outbox.h"
#include "engine/record/record.h"
#include "files/files.h"

extern const struct kind kind_file;

/* Told by content; `suffix` ends the name under which it is downloaded. */
struct file_type {
    const char *word, *label, *mime, *suffix;
    bool has_text; /* source_read gives its lines: marks are looked for, search finds it */
};
extern const struct file_type file_types[]; /* ends with word == NULL */
const struct file_type *file_type_by_word(struct str word);

/* Limits where a body sets none; a whole request holds BODY_UPLOAD_MAX at the most. */
enum { FILE_MB = 16, FILE_COUNT = 50, FILE_GB = 10 };

/* Attachments and the upload form onto a record's page, whose shape has the column "attached" of
 * shape_record_attached. */
CHECKED enum status file_attach(struct call *call, const struct kind *kind, int64_t id,
                                struct object *model);

/* Channels of the outbox: the text of an upload into search rows; what was purged out of the file
 * store, the cache and the database's files. `context` is file_jobs. */
enum status file_deliver_index(struct delivery *delivery, struct fault *fault);
enum status file_deliver_purge(struct delivery *delivery, struct fault *fault);
void *file_jobs(struct record_engine *engine, struct file_store *store);

/* Routes of the attachments of all kinds but this one. Borrows the store. */
void file_routes(struct app *app, struct record_engine *engine, struct file_store *store);

/* --- the child that looks at a file: `duikou file-child [text]` --- */

struct file_look {
    const struct file_type *type;
    bool is_internal; /* it says 内部资料 or the like */
    struct str text;  /* when asked for: up to FILE_TEXT_MAX bytes */
};
enum { FILE_TEXT_MAX = 12 << 20 };

/* INVALID with a sentence: not an allowed type, a secrecy mark, protected, damaged; BUSY. `name` is
 * looked at for a mark, nothing else. */
CHECKED enum status file_look(struct arena *arena, struct str name, struct str bytes,
                              bool wants_text, struct file_look *ret_look, struct fault *fault);
int file_child_main(bool wants_text);

/* --- the check of store and rows against each other --- */

struct file_check {
    int64_t files, bytes;     /* wanted by rows and there */
    int64_t orphans, partial; /* there, wanted by no row; half written */
    int64_t young;            /* of these, too young to be judged */
    int64_t removed;          /* of these, removed now */
    int64_t missing, damaged; /* wanted by rows and not there, or not what they were */
    struct str first_missing; /* digest */
};
/*
 * `min_age_sec`: younger ones may belong to a write under way. Reads every byte when `whole`.
 */
CHECKED enum status file_check(struct store *store, struct file_store *files, struct arena *arena,
                               int64_t min_age_sec, bool remove_orphans, bool whole,
                               struct file_check *ret_check, struct fault *fault);

#endif
