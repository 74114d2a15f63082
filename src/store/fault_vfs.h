/*
 * fault_vfs - for tests: the system's files under SQLite, failing when told to.
 *
 * Installed, every database opened goes through it. The plan counts the operations that match and
 * fails from the n-th on, for so many times.
 */
#ifndef STORE_FAULT_VFS_H
#define STORE_FAULT_VFS_H

#include <stdbool.h>

enum fault_operation { FAULT_WRITE = 1, FAULT_SYNC = 2 };

struct fault_plan {
    int operations;     /* which: a set of fault_operation */
    const char *suffix; /* of the file's name: "-wal", "-journal"; "" = any */
    int after;          /* this many go well first */
    int times;          /* then so many fail; 0 = none */
    int code;           /* with this result: SQLITE_FULL, SQLITE_IOERR_WRITE … */
};

void fault_vfs_install(void);
void fault_vfs_remove(void);
void fault_vfs_plan(struct fault_plan plan);
/* Operations that matched the plan since it was set. */
int fault_vfs_seen(void);

#endif
