/*
 * backup - a database into one file, and back. The file is a SQLite database of ours whatever the
 * engine was: it can be opened, looked into and served as it is.
 */
#ifndef STORE_BACKUP_H
#define STORE_BACKUP_H

#include "store/copy.h"

/*
 * Write the database as it is now to `path`, while it is being written to. The file appears whole
 * and durable, or not at all.
 *
 * OK; CONFLICT there is such a file; BUSY disk full; FAULT no permission, or the copy does not
 * hold.
 */
CHECKED enum status store_backup(struct store *store, struct arena *arena, const char *path,
                                 const struct copy_watch *watch, struct fault *fault);

/*
 * Make the database of `options` out of a backup, brought up to date. It must not be there, or be
 * empty (PostgreSQL). The backup itself is only read.
 *
 * As store_open for either of them; CONFLICT the database has something.
 */
CHECKED enum status store_restore(struct arena *arena, const struct store_options *options,
                                  const char *path, const struct copy_watch *watch,
                                  struct fault *fault);

#endif
