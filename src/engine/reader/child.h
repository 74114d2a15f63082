/*
 * child - work on a file from anybody in a process of its own, which gives up everything before it
 * touches its input: memory, time, files, network (ground.md, "Untrusted documents"). The process
 * is this program executed again; it reads the bytes on its standard input and writes what it made
 * of them on its standard output. Its death is one sentence.
 */
#ifndef ENGINE_READER_CHILD_H
#define ENGINE_READER_CHILD_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/status.h"

enum {
    CHILD_MEMORY_BYTES = 512 << 20,
    CHILD_CPU_SEC = 20,
    CHILD_WALL_SEC = 30,
    CHILD_FILES = 64, /* descriptors; fonts and their tables are opened while a PDF is drawn */
};

/*
 * For the rest of the process: bounded memory, time and files; no file can be written, created,
 * renamed or removed, only what the libraries need can be opened; no socket, no new process or
 * program, no look into another process. False when any of it could not be had, except Landlock,
 * which older kernels lack.
 */
bool child_confine(void);

struct child_job {
    const char *program;  /* the file to execute; NULL = this very program */
    const char *command;  /* of the program: read-child */
    const char *argument; /* may be NULL */
    size_t output_max;    /* more is refused */
    const char *advice;   /* how the sentence of a failure ends: 请…后再上传。 */
};

/*
 * Run a job on bytes. The output lives in the arena, which needs room for twice of it; the caller
 * trusts nothing in it.
 *
 * OK; INVALID the child took over CHILD_WALL_SEC, wrote too much, or died without a word: one
 * sentence; BUSY when no process could be started. Safe from several threads.
 */
CHECKED enum status child_run(struct arena *arena, const struct child_job *job, struct str bytes,
                              struct str *ret_output, struct fault *fault);
/* The sentence of a child that died over its input, for output that turned out to be worthless. */
enum status child_refuse(struct arena *arena, const struct child_job *job, struct fault *fault);

/*
 * The other side, the whole of a command: confine the process for good, read the input, work, write
 * the output. Returns the exit code, with which the caller has to leave at once.
 */
typedef void child_work(struct arena *arena, struct str input, const void *context,
                        struct buf *output);
int child_main(child_work *work, const void *context, size_t input_max, size_t output_max);

#endif
