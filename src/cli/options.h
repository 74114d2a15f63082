/*
 * options - what every command reads alike: options with values, flags, files.
 */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include "base/arena.h"
#include "base/status.h"

struct cli_option {
    const char *name;      /* --db */
    struct str *ret_value; /* takes the next argument, or what stands behind "=" */
    bool *ret_flag;        /* takes none */
};

/* The remaining arguments go to `rest`; their number, or -1 after one sentence on standard error.
 * "--" ends the options. A command with "--db" also takes "--config" and the settings that
 * stand in that file (cli/config.h); the command line goes first. */
int cli_options(int argc, char **argv, const struct cli_option *options, char **rest, int rest_max);

/* A whole file, or what comes through a pipe ("-" is standard input), of at most 16 MB. The
 * sentence begins with the path. */
CHECKED enum status cli_take_file(struct arena *arena, struct str path, struct str *ret_bytes,
                                  struct fault *fault);
/* The same; false after the sentence on standard error. */
bool cli_read_file(struct arena *arena, const char *path, struct str *ret_bytes);

/* Print the fault's sentence (or the status's) and give the exit code. */
int cli_refuse(enum status status, const struct fault *fault);

#endif
