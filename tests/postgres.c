#include "postgres.h"

#include <ftw.h>
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

#include "base/buf.h"
#include "store/sqltext.h"

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
    snprintf(postgres->directory, sizeof postgres->directory, "/tmp/duikou-postgres-XXXXXX");
    if (!mkdtemp(postgres->directory))
        return refuse(arena, fault, FAULT, NULL, "no directory can be made under /tmp");
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

static enum status make_database(const char *address, struct arena *arena, struct fault *fault)
{
    PGconn *connection = PQconnectdb(address);
    enum status status = postgres_script(connection, "create database duikou", arena, fault);
    PQfinish(connection);
    return status;
}

static enum status start_server(struct postgres *postgres, struct arena *arena, struct fault *fault)
{
    TRY(make_directory(postgres, arena, fault));
    TRY(initialise(postgres, arena, fault));
    const char *argv[ARGS_MAX] = {program(arena, "postgres"),
                                  "-D",
                                  "data",
                                  "-k",
                                  postgres->directory,
                                  "-h",
                                  "",
                                  "-F",
                                  "-c",
                                  "full_page_writes=off",
                                  "-c",
                                  "shared_buffers=32MB",
                                  "-c",
                                  "max_connections=40",
                                  "-c",
                                  "autovacuum=off",
                                  "-c",
                                  "log_min_messages=warning"};
    postgres->server = start(postgres, argv);
    snprintf(postgres->address, sizeof postgres->address, "host=%s user=duikou dbname=postgres",
             postgres->directory);
    TRY(wait_until_up(postgres, arena, fault));
    TRY(make_database(postgres->address, arena, fault));
    snprintf(postgres->address, sizeof postgres->address, "host=%s user=duikou dbname=duikou",
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

static int remove_one(const char *path, const struct stat *info, int type, struct FTW *walk)
{
    (void)info;
    (void)type;
    (void)walk;
    return remove(path);
}

void postgres_stop(struct postgres *postgres)
{
    if (postgres->server > 0) {
        kill(postgres->server, SIGQUIT);
        waitpid(postgres->server, NULL, 0);
    }
    if (postgres->directory[0])
        nftw(postgres->directory, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    *postgres = (struct postgres){0};
}

/* --- statements --- */

static enum status settle(PGresult *result, PGconn *connection, const char *what,
                          struct arena *arena, struct fault *fault)
{
    ExecStatusType code = PQresultStatus(result);
    PQclear(result);
    if (code == PGRES_COMMAND_OK || code == PGRES_TUPLES_OK)
        return OK;
    return refuse(arena, fault, FAULT, NULL, "%s: %s", what, PQerrorMessage(connection));
}

enum status postgres_script(PGconn *connection, const char *sql, struct arena *arena,
                            struct fault *fault)
{
    return settle(PQexec(connection, sql), connection, sql, arena, fault);
}

enum status postgres_migrate(PGconn *connection, const struct schema *const *schemas,
                             struct arena *arena, struct fault *fault)
{
    TRY(postgres_script(connection, "begin", arena, fault));
    for (; *schemas; schemas++)
        for (const struct schema_step *step = (*schemas)->steps; step->name; step++) {
            AUTOBUF sql = buf_open(MIB(1));
            if (step->postgres)
                buf_put(&sql, str_from(step->postgres));
            else
                sql_expand(&sql, str_from(step->sql), SQL_POSTGRES);
            buf_char(&sql, '\0');
            TRY(settle(PQexec(connection, sql.ptr), connection, step->name, arena, fault));
        }
    return postgres_script(connection, "commit", arena, fault);
}

enum { OID_FLAG = 16, OID_BYTES = 17, OID_INT8 = 20, OID_INT4 = 23, OID_TEXT = 25 };

static bool is_column_type(Oid type)
{
    return type == OID_FLAG || type == OID_BYTES || type == OID_INT8 || type == OID_INT4 ||
           type == OID_TEXT;
}

static enum status check_columns(const PGresult *description, const struct statement *statement,
                                 struct arena *arena, struct fault *fault)
{
    int n = PQnfields(description);
    if ((n == 0) != (statement->shape == RESULT_RUN))
        return refuse(arena, fault, INVALID, NULL, "%s gives %d columns, against its shape",
                      statement->name, n);
    for (int i = 0; i < n; i++)
        if (!is_column_type(PQftype(description, i)))
            return refuse(arena, fault, INVALID, NULL,
                          "%s: column %s has PostgreSQL's type %u, cast it to bigint or text",
                          statement->name, PQfname(description, i), PQftype(description, i));
    return OK;
}

/* Parameter types as PQprepare takes them; a list counts for 8. */
static int parameter_types(const struct statement *statement, Oid types[128])
{
    enum { LIST_N = 8 };
    int n = 0;
    for (const char *letter = statement->params; *letter && n < 120; letter++) {
        if (*letter == 'l')
            for (int i = 0; i < LIST_N; i++)
                types[n++] = OID_INT8;
        else
            types[n++] = *letter == 'i' ? OID_INT8 : *letter == 't' ? OID_TEXT : OID_BYTES;
    }
    return n;
}

enum status postgres_prepare(PGconn *connection, const char *name,
                             const struct statement *statement, struct arena *arena,
                             int *ret_columns, struct fault *fault)
{
    Oid types[128];
    AUTOBUF sql = buf_open(MIB(1));
    int n = parameter_types(statement, types), fixed = (int)strlen(statement->params);
    sql_expand_list(&sql, str_from(statement->postgres ? statement->postgres : statement->sql),
                    fixed, 8);
    buf_char(&sql, '\0');
    TRY(settle(PQprepare(connection, name, sql.ptr, n, types), connection, statement->name, arena,
               fault));
    PGresult *description = PQdescribePrepared(connection, name);
    enum status status = check_columns(description, statement, arena, fault);
    if (ret_columns)
        *ret_columns = PQnfields(description);
    PQclear(description);
    return status;
}

enum status postgres_run(PGconn *connection, const struct statement *statement,
                         const struct value *args, int args_n, struct arena *arena,
                         PGresult **ret_result, struct fault *fault)
{
    const char *values[128] = {0};
    for (int i = 0; i < args_n; i++)
        values[i] = args[i].kind == VALUE_INT    ? str_fmt(arena, "%lld", (long long)args[i].i).ptr
                    : args[i].kind == VALUE_TEXT ? str_c(arena, args[i].s)
                                                 : NULL;
    TRY(postgres_prepare(connection, "", statement, arena, NULL, fault));
    PGresult *result = PQexecPrepared(connection, "", args_n, values, NULL, NULL, 0);
    ExecStatusType code = PQresultStatus(result);
    if (code != PGRES_COMMAND_OK && code != PGRES_TUPLES_OK)
        return settle(result, connection, statement->name, arena, fault);
    *ret_result = result;
    return OK;
}
