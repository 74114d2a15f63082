/*
 * priv - what a place for files gives the store. Private to files/.
 */
#ifndef FILES_PRIV_H
#define FILES_PRIV_H

#include "files/files.h"

struct file_store {
    const struct file_place *place;
    struct arena arena;
    enum file_hash hash;
};

/* `key` is BODY/DI/DIGEST, the path below the directory or the prefix. */
struct file_place {
    void (*close)(struct file_store *store);
    enum status (*put)(struct file_store *store, struct arena *arena, const char *key,
                       struct str bytes, struct fault *fault);
    enum status (*fetch)(struct file_store *store, struct arena *arena, const char *key,
                         int *ret_fd, int64_t *ret_bytes, struct fault *fault);
    enum status (*remove)(struct file_store *store, struct arena *arena, const char *key,
                          struct fault *fault);
    enum status (*each)(struct file_store *store, struct arena *arena, file_each *each,
                        void *context, struct fault *fault);
};

CHECKED enum status directory_open(struct arena *arena, const struct file_store_options *options,
                                   struct file_store **ret_store, struct fault *fault);
CHECKED enum status bucket_open(struct arena *arena, const struct file_store_options *options,
                                struct file_store **ret_store, struct fault *fault);

/* Read a key back; false when it is none of ours. */
bool file_key_read(struct str key, struct file_found *ret_found);
/* A file without a name, for what has to be held against its digest before it is given out. */
int file_unnamed(void);

#endif
