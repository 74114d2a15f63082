/*
 * with-postgres COMMAND …: run a command with a PostgreSQL server of its own, whose address is in
 * DUIKOU_TEST_POSTGRES; its exit code is the command's. ./dev test runs all tests of the engine
 * under one.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/postgres_server.h"

static int run(char **argv)
{
    int result = -1;
    pid_t child = fork();
    if (child == 0) {
        execvp(argv[0], argv);
        _exit(127);
    }
    if (child < 0 || waitpid(child, &result, 0) != child || !WIFEXITED(result))
        return 1;
    return WEXITSTATUS(result);
}

int main(int argc, char **argv)
{
    AUTOARENA arena = arena_open(MIB(1));
    struct postgres postgres;
    struct fault fault = {0};
    if (argc < 2) {
        fputs("usage: with-postgres COMMAND …\n", stderr);
        return 2;
    }
    if (postgres_start(&postgres, &arena, &fault) != OK) {
        fprintf(stderr, "with-postgres: %.*s\n", STR_ARG(fault.message));
        return 1;
    }
    setenv("DUIKOU_TEST_POSTGRES", postgres.url, 1);
    int result = run(argv + 1);
    postgres_stop(&postgres);
    return result;
}
