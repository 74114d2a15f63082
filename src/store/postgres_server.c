#include "store/postgres_server.h"

#include <fcntl.h>
#include <glob.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <libpq-fe.h>

#include "base/scratch.h"

enum { START_SEC = 30, PROBE_MS = 20, ARGS_MAX = 24 };

/* --- running its programs --- */

/* Debian keeps them out of PATH; the newest is taken. */
static const char *program(struct arena *arena, const char *name)
{
    glob_t found = {0};
    const char *path = NULL;
    struct str pattern = str_fmt(arena, "/usr/lib/postgresql/*/bin/%s", name);
    if (glob(pattern.ptr, 0, NULL, &found) == 0 && found.gl_pathc > 0)
        path = str_c(arena, str_from(found.gl_pathv[found.gl_pathc - 1]));
    globfree(&found);
    return path;
}

/* The server refuses to run as root. */
static bool leave_root(void)
{
    const struct passwd *user = geteuid() == 0 ? getpwnam("postgres") : NULL;
    if (geteuid() != 0)
        return true;
    return user && initgroups(user->pw_name, user->pw_gid) == 0 && setgid(user->pw_gid) == 0 &&
           setuid(user->pw_uid) == 0;
}

/* In the child: its words go to the log, and it dies with the test. */
static void become(const struct postgres *postgres, const char *const *argv)
{
    char log[96];
    snprintf(log, sizeof log, "%s/log", postgres->directory);
    if (!leave_root() || chdir(postgres->directory) != 0)
        _exit(126);
    int file = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (file < 0 || dup2(file, STDOUT_FILENO) < 0 || dup2(file, STDERR_FILENO) < 0)
        _exit(126);
    prctl(PR_SET_PDEATHSIG, SIGQUIT);
    execv(argv[0], (char *const *)argv);
    _exit(127);
}

static pid_t start(const struct postgres *postgres, const char *const *argv)
{
    pid_t child = fork();
    if (child == 0)
        become(postgres, argv);
    return child;
}

static struct str read_log(const struct postgres *postgres, struct arena *arena)
{
    enum { ROOM = 16 << 10 };
    struct str path = str_fmt(arena, "%s/log", postgres->directory);
    FILE *file = fopen(path.ptr, "r");
    char *bytes = arena_new(arena, char, ROOM);
    struct str text = {bytes, file ? fread(bytes, 1, ROOM, file) : 0};
    if (file)
        fclose(file);
    return text;
}

static enum status failed(const struct postgres *postgres, struct arena *arena, const char *what,
                          struct fault *fault)
{
    return refuse(arena, fault, FAULT, NULL, "%s: %.*s", what, STR_ARG(read_log(postgres, arena)));
}

/* --- starting and stopping --- */

static enum status make_directory(struct postgres *postgres, struct arena *arena,
                                  struct fault *fault)
{
    /* In memory, where there is such a place: a sync costs nothing there. */
    snprintf(postgres->directory, sizeof postgres->directory, "%s/duikou-postgres-XXXXXX",
             access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    if (!mkdtemp(postgres->directory))
        return refuse(arena, fault, FAULT, NULL, "no directory %s can be made",
                      postgres->directory);
    const struct passwd *user = geteuid() == 0 ? getpwnam("postgres") : NULL;
    if (user && chown(postgres->directory, user->pw_uid, user->pw_gid) != 0)
        return refuse(arena, fault, FAULT, NULL, "%s cannot be given to postgres",
                      postgres->directory);
    return OK;
}

static enum status initialise(struct postgres *postgres, struct arena *arena, struct fault *fault)
{
    const char *argv[ARGS_MAX] = {
        program(arena, "initdb"), "--pgdata=data", "--username=duikou", "--auth=trust",
        "--encoding=UTF8",        "--locale=C",    "--no-sync",         "--no-instructions"};
    int result = -1;
    if (!argv[0])
        return refuse(arena, fault, INVALID, NULL, "PostgreSQL is not installed, run ./dev setup");
    pid_t child = start(postgres, argv);
    if (child < 0 || waitpid(child, &result, 0) != child || result != 0)
        return failed(postgres, arena, "initdb", fault);
    return OK;
}

/* Starting has no signal to wait for but the answer to a ping. */
static enum status wait_until_up(struct postgres *postgres, struct arena *arena,
                                 struct fault *fault)
{
    for (int i = 0; i < START_SEC * 1000 / PROBE_MS; i++) {
        if (PQping(postgres->address) == PQPING_OK)
            return OK;
        if (waitpid(postgres->server, NULL, WNOHANG) != 0) {
            postgres->server = 0;
            return failed(postgres, arena, "postgres", fault);
        }
        nanosleep(&(struct timespec){.tv_nsec = PROBE_MS * 1000000L}, NULL);
    }
    return failed(postgres, arena, "postgres does not answer", fault);
}

/* A process that waits for the end of the test, however it comes, and leaves nothing behind. It
 * holds none of the test's files open but its own end of the pipe. */
static void tidy_up(const struct postgres *postgres, int end)
{
    char byte;
    signal(SIGINT, SIG_IGN);
    signal(SIGTERM, SIG_IGN);
    for (int file = 0; file < 64; file++)
        if (file != end)
            close(file);
    while (read(end, &byte, 1) > 0)
        continue;
    for (int i = 0; i < START_SEC * 1000 / PROBE_MS; i++) {
        scratch_remove(postgres->directory);
        if (access(postgres->directory, F_OK) != 0)
            break;
        nanosleep(&(struct timespec){.tv_nsec = PROBE_MS * 1000000L}, NULL);
    }
    _exit(0);
}

static enum status start_keeper(struct postgres *postgres, struct arena *arena, struct fault *fault)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0 || (postgres->keeper = fork()) < 0)
        return refuse(arena, fault, FAULT, NULL, "no process can be started");
    if (postgres->keeper == 0) {
        close(ends[1]);
        tidy_up(postgres, ends[0]);
    }
    close(ends[0]);
    postgres->alive = ends[1];
    return OK;
}

static enum status make_database(const char *address, struct arena *arena, struct fault *fault)
{
    PGconn *connection = PQconnectdb(address);
    PGresult *result =
        PQexec(connection, "create database duikou template template0 encoding 'UTF8' "
                           "locale 'C' locale_provider icu icu_locale 'zh'");
    enum status status = OK;
    if (PQresultStatus(result) != PGRES_COMMAND_OK)
        status = refuse(arena, fault, FAULT, NULL, "%s", PQerrorMessage(connection));
    PQclear(result);
    PQfinish(connection);
    return status;
}

enum status postgres_again(struct postgres *postgres, struct arena *arena, struct fault *fault)
{
    static const char *const settings[] = {"full_page_writes=off", "shared_buffers=32MB",
                                           "max_connections=100",  "autovacuum=off",
                                           "max_wal_size=256MB",   "log_min_messages=warning"};
    const char *argv[ARGS_MAX] = {program(arena, "postgres"), "-D", "data", "-k",
                                  postgres->directory,        "-h", ""};
    int n = 7;
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        argv[n++] = "-c";
        argv[n++] = settings[i];
    }
    postgres->server = start(postgres, argv);
    return wait_until_up(postgres, arena, fault);
}

static enum status start_server(struct postgres *postgres, struct arena *arena, struct fault *fault)
{
    TRY(make_directory(postgres, arena, fault));
    TRY(start_keeper(postgres, arena, fault));
    TRY(initialise(postgres, arena, fault));
    snprintf(postgres->address, sizeof postgres->address, "host=%s user=duikou dbname=postgres",
             postgres->directory);
    TRY(postgres_again(postgres, arena, fault));
    TRY(make_database(postgres->address, arena, fault));
    snprintf(postgres->address, sizeof postgres->address, "host=%s user=duikou dbname=duikou",
             postgres->directory);
    snprintf(postgres->url, sizeof postgres->url, "postgresql://duikou@/duikou?host=%s",
             postgres->directory);
    return OK;
}

enum status postgres_start(struct postgres *postgres, struct arena *arena, struct fault *fault)
{
    *postgres = (struct postgres){0};
    enum status status = start_server(postgres, arena, fault);
    if (status != OK)
        postgres_stop(postgres);
    return status;
}

void postgres_kill(struct postgres *postgres)
{
    if (postgres->server > 0) {
        kill(postgres->server, SIGQUIT);
        waitpid(postgres->server, NULL, 0);
    }
    postgres->server = 0;
}

void postgres_stop(struct postgres *postgres)
{
    postgres_kill(postgres);
    if (postgres->keeper > 0) {
        close(postgres->alive);
        waitpid(postgres->keeper, NULL, 0);
    }
    *postgres = (struct postgres){0};
}
