/*
 * output - what commands write: whole files, and a standard output that took everything.
 */
#ifndef CLI_OUTPUT_H
#define CLI_OUTPUT_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/str.h"

/* A file of these bytes, written beside its place and renamed: whoever looks sees the old file or
 * the whole new one, and a full disk leaves nothing. A device or a pipe is written into; of a link,
 * what it leads to is replaced. False after one sentence on standard error. */
bool cli_write_file(struct arena *arena, struct str path, struct str bytes);

/* The exit code once standard output is flushed: what could not be written there is told in a
 * sentence, and a command that was done is at fault. */
int cli_finish(int code);

#endif
