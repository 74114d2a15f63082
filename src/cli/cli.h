/*
 * cli - the commands of the program, one file each: `duikou NAME …`.
 *
 * A command gets its arguments with its own name first, as main does, and returns the exit code:
 * 0 done, 1 the input or the data is at fault, 2 usage. It prints its result on standard output
 * and each error on standard error as one sentence: what, where, what to do.
 *
 * To add one: a file here with `int cli_NAME(int argc, char **argv)`, its line below, its row in
 * src/main.c.
 */
#ifndef CLI_CLI_H
#define CLI_CLI_H

enum cli_exit { CLI_DONE = 0, CLI_AT_FAULT = 1, CLI_USAGE = 2 };

/* One row of the table in main.c. */
struct command {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *help; /* one line; NULL for a command that only the program itself calls */
};

int cli_flow(int argc, char **argv);
int cli_audit(int argc, char **argv);
int cli_backup(int argc, char **argv);
int cli_file_child(int argc, char **argv);
int cli_files(int argc, char **argv);
int cli_load(int argc, char **argv);
int cli_migrate(int argc, char **argv);
int cli_restore(int argc, char **argv);
int cli_roster(int argc, char **argv);
int cli_roster_child(int argc, char **argv);
int cli_schema(int argc, char **argv);
int cli_serve(int argc, char **argv);
int cli_read(int argc, char **argv);
int cli_read_child(int argc, char **argv);
int cli_simulate(int argc, char **argv);
int cli_step(int argc, char **argv);
int cli_user(int argc, char **argv);

#endif
