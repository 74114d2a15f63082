/*
 * fault_vfs - for tests: the system's files under SQLite, failing when told to.
 *
 * Installed, every database opened goes through it. The plan counts the operations that match and
 * fails from the n-th on, for so many times.
 */
#ifndef STORE_FAULT_VFS_H
#define STORE_FAULT_VFS_H

#include <stdbool.h>
#include <stdint.h>

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

/*
 * A power loss. After so many writes and syncs of any file all fail; what was written and not
 * synced by then is remembered. When every connection is closed, fault_vfs_lose makes the files
 * what the disk may have kept: each write that was not synced is there, dropped or torn at a
 * sector, by the seed.
 */
void fault_vfs_cut_after(int operations);
bool fault_vfs_is_out(void);
void fault_vfs_lose(uint64_t seed);

#endif
