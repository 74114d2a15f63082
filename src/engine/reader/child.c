#include "engine/reader/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { CHUNK_BYTES = 256 << 10, CHILD_WORD_MAX = 64 };

/* A running child, seen from the parent: bytes go in, a result comes out. */
struct child {
    pid_t pid;
    int in, out;           /* -1 = closed */
    bool is_late, is_over; /* took too long; wrote too much */
};

static void close_once(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

/* A socket takes the input: writing to one whose reader died need not raise a signal. */
static bool open_ends(int in[2], int out[2])
{
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, in) != 0)
        return false;
    if (pipe2(out, O_CLOEXEC) == 0)
        return true;
    close(in[0]);
    close(in[1]);
    return false;
}

static bool spawn(const struct child_job *job, int in, int out, pid_t *ret_pid)
{
    /* Only what the libraries need: no name, path or secret of the parent's environment. */
    char path[] = "PATH=/usr/bin:/bin", locale[] = "LC_ALL=C.UTF-8", name[] = "duikou";
    char *const environment[] = {path, locale, NULL};
    char command[CHILD_WORD_MAX], argument[CHILD_WORD_MAX];
    char *const arguments[] = {name, command, job->argument ? argument : NULL, NULL};
    const char *program = job->program ? job->program : "/proc/self/exe";
    snprintf(command, sizeof command, "%s", job->command);
    snprintf(argument, sizeof argument, "%s", job->argument ? job->argument : "");
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    if (posix_spawn_file_actions_init(&files) != 0)
        return false;
    if (posix_spawnattr_init(&attributes) != 0) {
        posix_spawn_file_actions_destroy(&files);
        return false;
    }
    bool is_set =
        posix_spawn_file_actions_adddup2(&files, in, STDIN_FILENO) == 0 &&
        posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO) == 0 &&
        posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0) == 0 &&
        posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1) == 0 &&
        posix_spawnattr_setsigmask(&attributes, &none) == 0 &&
        posix_spawnattr_setsigdefault(&attributes, &all) == 0 &&
        posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF) ==
            0 &&
        posix_spawn(ret_pid, program, &files, &attributes, arguments, environment) == 0;
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&files);
    return is_set;
}

static bool child_start(const struct child_job *job, struct child *ret_child)
{
    int in[2], out[2];
    if (!open_ends(in, out))
        return false;
    struct child child = {.in = in[1], .out = out[0]};
    bool started = spawn(job, in[0], out[1], &child.pid);
    close(in[0]);
    close(out[1]);
    if (!started) {
        close_once(&child.in);
        close_once(&child.out);
        return false;
    }
    *ret_child = child;
    return true;
}

static void feed(struct child *child, struct str *bytes)
{
    ssize_t n = send(child->in, bytes->ptr, bytes->len, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n > 0)
        *bytes = str_from_byte(*bytes, (size_t)n);
    bool again = n < 0 && (errno == EAGAIN || errno == EINTR);
    if ((n < 0 && !again) || bytes->len == 0)
        close_once(&child->in);
}

static void collect(struct child *child, struct buf *output)
{
    char *to = buf_reserve(output, CHUNK_BYTES);
    if (!to) {
        child->is_over = true;
        close_once(&child->out);
        return;
    }
    ssize_t n = read(child->out, to, CHUNK_BYTES);
    if (n > 0)
        output->len += (size_t)n;
    else if (n == 0 || errno != EINTR)
        close_once(&child->out);
}

/* Both ways at once, so that neither side can wait for the other for ever. */
static void talk(struct child *child, struct str bytes, struct buf *output)
{
    int64_t deadline = now_ms() + CHILD_WALL_SEC * 1000;
    while (child->out >= 0) {
        int64_t left = deadline - now_ms();
        struct pollfd ends[] = {{child->out, POLLIN, 0}, {child->in, POLLOUT, 0}};
        int ready = left > 0 ? poll(ends, child->in >= 0 ? 2 : 1, (int)left) : 0;
        if (ready == 0) {
            child->is_late = true;
            break;
        }
        if (ready < 0 && errno != EINTR)
            break;
        if (ready < 0)
            continue;
        if (ends[0].revents)
            collect(child, output);
        if (child->in >= 0 && ends[1].revents)
            feed(child, &bytes);
    }
    close_once(&child->in);
    close_once(&child->out);
}

/* The child is not needed any more. Returns the signal that had ended it, 0 when none. */
static int child_end(struct child *child)
{
    int status = 0;
    kill(child->pid, SIGKILL);
    while (waitpid(child->pid, &status, 0) < 0 && errno == EINTR)
        ;
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

enum status child_refuse(struct arena *arena, const struct child_job *job, struct fault *fault)
{
    return refuse(arena, fault, INVALID, "file", "这个文件的内容异常，读取时出错，已停止，%s",
                  job->advice);
}

static enum status refuse_end(struct arena *arena, const struct child_job *job,
                              const struct child *child, struct fault *fault)
{
    if (child->is_late)
        return refuse(arena, fault, INVALID, "file", "读取这个文件用时过长，已停止，%s",
                      job->advice);
    if (child->is_over)
        return refuse(arena, fault, INVALID, "file", "这个文件的内容过多，不能读取，%s",
                      job->advice);
    return child_refuse(arena, job, fault);
}

enum status child_run(struct arena *arena, const struct child_job *job, struct str bytes,
                      struct str *ret_output, struct fault *fault)
{
    struct child child;
    if (!child_start(job, &child))
        return refuse(arena, fault, BUSY, NULL, "系统暂时无法读取文件，请稍后再试。");
    AUTOBUF output = buf_open(job->output_max);
    talk(&child, bytes, &output);
    int signal = child_end(&child);
    bool has_room = output.len < (arena->cap_bytes - arena->used_bytes) / 2;
    child.is_over = child.is_over || !has_room;
    child.is_late = child.is_late || signal == SIGXCPU || signal == SIGALRM;
    if (child.is_late || child.is_over || output.len == 0)
        return refuse_end(arena, job, &child, fault);
    *ret_output = str_copy(arena, buf_str(&output));
    return OK;
}

static bool read_input(struct buf *input)
{
    for (;;) {
        char *to = buf_reserve(input, CHUNK_BYTES);
        ssize_t n = to ? read(STDIN_FILENO, to, CHUNK_BYTES) : 0;
        if (n < 0)
            return false;
        if (n == 0)
            return true;
        input->len += (size_t)n;
    }
}

static bool write_output(struct str output)
{
    while (output.len > 0) {
        ssize_t n = write(STDOUT_FILENO, output.ptr, output.len);
        if (n <= 0)
            return false;
        output = str_from_byte(output, (size_t)n);
    }
    return true;
}

int child_main(child_work *work, const void *context, size_t input_max, size_t output_max)
{
    if (!child_confine())
        return 1;
    AUTOBUF input = buf_open(input_max + CHUNK_BYTES), output = buf_open(output_max);
    AUTOARENA arena = arena_open(CHILD_MEMORY_BYTES);
    if (!read_input(&input))
        return 1;
    work(&arena, buf_str(&input), context, &output);
    return !output.full && write_output(buf_str(&output)) ? 0 : 1;
}
