/*
 * files - where the bytes of attachments lie: a store in which a file's name is its digest.
 *
 *   put      bytes → digest; on disk (or acknowledged by the object store) before it returns, and
 *            whole or not at all: written under a temporary name, flushed, renamed
 *   fetch    digest → an unlinked or read-only open file, its bytes held against the digest
 *   drop     gone; dropping what is not there is OK
 *   each     everything that lies there, for the check against the rows of the database
 *
 * Bytes are kept apart by body, so that one body's purge touches nobody else's files. There are two
 * places: a directory, and a bucket that speaks S3 (AWS Signature Version 4). A row that names a
 * digest is written only after put has returned: a death in between leaves an orphan, never a row
 * without its file. Safe from several threads.
 *
 * Sources: ground.md, "Writes" (bytes are stored in prepare, never in apply), "Several nodes".
 */
#ifndef FILES_FILES_H
#define FILES_FILES_H

#include "base/arena.h"
#include "base/status.h"

struct file_store;

enum file_hash { FILE_SHA256, FILE_SM3 };
enum { FILE_DIGEST_MAX = 71 }; /* sha256- or sm3- and 64 hexadecimal digits */

struct file_store_options {
    /* A directory, made when first written to; or
     * s3://BUCKET/PREFIX?endpoint=https://HOST[:PORT]&region=REGION (path style). */
    struct str where;
    struct str key, secret; /* of S3 */
    enum file_hash hash;    /* of what is put; what is there is read by its own */
};

/* INVALID: an address that cannot be read, or keys are missing. */
CHECKED enum status file_store_open(struct arena *arena, const struct file_store_options *options,
                                    struct file_store **ret_store, struct fault *fault);
void file_store_close(struct file_store *store); /* NULL is allowed */

/* The digest as a name, in the arena; whether a text is one. */
struct str file_digest(struct arena *arena, enum file_hash hash, struct str bytes);
bool file_is_digest(struct str text);

/*
 * Each: OK; BUSY the disk is full or the object store did not answer; FAULT no permission, damaged.
 */
CHECKED enum status file_store_put(struct file_store *store, struct arena *arena, int64_t body_id,
                                   struct str bytes, struct str *ret_digest, struct fault *fault);
/* NOT_FOUND when it is not there; FAULT when the bytes are not those of the digest. The caller
 * closes the file, which stands at its beginning. */
CHECKED enum status file_store_fetch(struct file_store *store, struct arena *arena, int64_t body_id,
                                     struct str digest, int *ret_fd, int64_t *ret_bytes,
                                     struct fault *fault);
/* The same, read into the arena; INVALID when over `max` bytes. */
CHECKED enum status file_store_read(struct file_store *store, struct arena *arena, int64_t body_id,
                                    struct str digest, size_t max, struct str *ret_bytes,
                                    struct fault *fault);
CHECKED enum status file_store_drop(struct file_store *store, struct arena *arena, int64_t body_id,
                                    struct str digest, struct fault *fault);

/* What lies there. */
struct file_found {
    int64_t body_id;
    struct str name;  /* a digest; of what a death left half written, its temporary name */
    struct str where; /* path or key, for people and for file_store_remove */
    int64_t bytes;
    int64_t age_sec; /* since it was last put */
    bool is_partial;
};
typedef enum status file_each(void *context, const struct file_found *found);
CHECKED enum status file_store_each(struct file_store *store, struct arena *arena, file_each *each,
                                    void *context, struct fault *fault);
/* Remove one that `each` told of. */
CHECKED enum status file_store_remove(struct file_store *store, struct arena *arena,
                                      const struct file_found *found, struct fault *fault);

#endif
