#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/scratch.h"
#include "cli/options.h"
#include "cli/service.h"

/* What a manager's socket of this address hears. */
static void hear(const char *name, const char *told)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t len = strlen(name);
    memcpy(address.sun_path, name, len);
    if (name[0] == '@')
        address.sun_path[0] = '\0';
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, size), 0);
    setenv("NOTIFY_SOCKET", name, 1);
    service_tell(told);
    unsetenv("NOTIFY_SOCKET");
    char heard[64] = {0};
    assert_int_equal(recv(fd, heard, sizeof heard, MSG_DONTWAIT), strlen(told));
    assert_string_equal(heard, told);
    close(fd);
    if (name[0] == '/')
        unlink(name);
}

static void the_manager_hears_on_a_path_and_on_a_name_outside_the_file_system(void **state)
{
    (void)state;
    char folder[] = "/tmp/duikou-service-XXXXXX", path[64], name[64];
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/notify", folder);
    snprintf(name, sizeof name, "@%s", folder);
    hear(path, "READY=1");
    hear(name, "STOPPING=1");
    rmdir(folder);
}

static void without_a_manager_nothing_is_told(void **state)
{
    (void)state;
    static const char *const nowhere[] = {"", "@", "relative", "/no/such/socket"};
    unsetenv("NOTIFY_SOCKET");
    service_tell("READY=1");
    for (size_t i = 0; i < sizeof nowhere / sizeof *nowhere; i++) {
        setenv("NOTIFY_SOCKET", nowhere[i], 1);
        service_tell("READY=1");
    }
    unsetenv("NOTIFY_SOCKET");
}

static void the_sign_of_life_is_due_for_this_process_alone(void **state)
{
    (void)state;
    char pid[24];
    snprintf(pid, sizeof pid, "%d", (int)getpid());
    assert_int_equal(service_watchdog_ms(), 0);
    setenv("WATCHDOG_USEC", "60000000", 1);
    assert_int_equal(service_watchdog_ms(), 60000);
    setenv("WATCHDOG_PID", pid, 1);
    assert_int_equal(service_watchdog_ms(), 60000);
    setenv("WATCHDOG_PID", "1", 1);
    assert_int_equal(service_watchdog_ms(), 0);
    unsetenv("WATCHDOG_PID");
    setenv("WATCHDOG_USEC", "soon", 1);
    assert_int_equal(service_watchdog_ms(), 0);
    unsetenv("WATCHDOG_USEC");
}

static void signals_are_wishes(void **state)
{
    (void)state;
    sigset_t signals;
    service_block_signals(&signals);
    raise(SIGHUP);
    assert_int_equal(service_wait(&signals, 0), SERVICE_RELOAD);
    raise(SIGTERM);
    assert_int_equal(service_wait(&signals, 0), SERVICE_STOP);
    assert_int_equal(service_wait(&signals, 1), SERVICE_TICK);
    pthread_sigmask(SIG_UNBLOCK, &signals, NULL);
}

/* Run and wait; what it printed goes into `said`. */
static int run(const char *const argv[], char *said, size_t room)
{
    int pipes[2];
    assert_int_equal(pipe2(pipes, O_CLOEXEC), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        if (dup2(pipes[1], 1) == 1 && dup2(pipes[1], 2) == 2)
            execvp(argv[0], (char *const *)(uintptr_t)argv);
        _exit(127);
    }
    close(pipes[1]);
    size_t n = 0;
    ssize_t got;
    while (n + 1 < room && (got = read(pipes[0], said + n, room - n - 1)) > 0)
        n += (size_t)got;
    said[n] = 0;
    close(pipes[0]);
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* The shipped unit with the program that was built just now, in a file of its own. */
static void write_unit(struct arena *arena, const char *folder, char **ret_path)
{
    struct str text,
        source = str_fmt(arena, "%s/packaging/duikou.service", getenv("DUIKOU_SOURCE"));
    assert_true(cli_read_file(arena, source.ptr, &text));
    text = str_replace(arena, text, STR("/usr/bin/duikou"), str_from(getenv("DUIKOU_BINARY")));
    *ret_path = (char *)(uintptr_t)str_fmt(arena, "%s/duikou.service", folder).ptr;
    FILE *file = fopen(*ret_path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(text.ptr, 1, text.len, file), text.len);
    assert_int_equal(fclose(file), 0);
}

static void the_unit_is_right_and_well_shut_in(void **state)
{
    (void)state;
    static char said[1 << 16];
    char folder[] = "/tmp/duikou-unit-XXXXXX";
    if (run((const char *[]){"systemd-analyze", "--version", NULL}, said, sizeof said) != 0)
        LEAVE_TEST("no systemd-analyze");
    AUTOARENA arena = arena_open(MIB(1));
    char *path;
    assert_non_null(mkdtemp(folder));
    write_unit(&arena, folder, &path);
    int verified =
        run((const char *[]){"systemd-analyze", "verify", path, NULL}, said, sizeof said);
    if (verified != 0 || strstr(said, "duikou.service"))
        fail_msg("%s", said);
    int shut_in = run((const char *[]){"systemd-analyze", "security", "--offline=true",
                                       "--threshold=20", path, NULL},
                      said, sizeof said);
    unlink(path);
    rmdir(folder);
    if (shut_in != 0)
        fail_msg("%s", said);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_manager_hears_on_a_path_and_on_a_name_outside_the_file_system),
        cmocka_unit_test(without_a_manager_nothing_is_told),
        cmocka_unit_test(the_sign_of_life_is_due_for_this_process_alone),
        cmocka_unit_test(signals_are_wishes),
        cmocka_unit_test(the_unit_is_right_and_well_shut_in),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
