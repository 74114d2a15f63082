#include "engine/reader/child.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

/* AddressSanitizer reserves terabytes of address space, so its builds go without that limit. */
#ifdef __SANITIZE_ADDRESS__
enum { HAS_MEMORY_LIMIT = 0 };
#else
enum { HAS_MEMORY_LIMIT = 1 };
#endif

static bool limit(int resource, rlim_t soft, rlim_t hard)
{
    struct rlimit value = {soft, hard};
    return setrlimit(resource, &value) == 0;
}

static bool limit_all(void)
{
    return (!HAS_MEMORY_LIMIT || limit(RLIMIT_AS, CHILD_MEMORY_BYTES, CHILD_MEMORY_BYTES)) &&
           limit(RLIMIT_CPU, CHILD_CPU_SEC, CHILD_CPU_SEC + 1) && limit(RLIMIT_FSIZE, 0, 0) &&
           limit(RLIMIT_NOFILE, CHILD_FILES, CHILD_FILES) && limit(RLIMIT_CORE, 0, 0);
}

/* Calls that are answered "not permitted". */
static const int denied_calls[] = {
    /* network */
    SCMP_SYS(socket),
    SCMP_SYS(socketpair),
    SCMP_SYS(connect),
    SCMP_SYS(bind),
    SCMP_SYS(listen),
    SCMP_SYS(accept),
    SCMP_SYS(accept4),
    SCMP_SYS(sendto),
    SCMP_SYS(sendmsg),
    SCMP_SYS(sendmmsg),
    /* processes: programs, children, threads, looking into others */
    SCMP_SYS(execve),
    SCMP_SYS(execveat),
    SCMP_SYS(fork),
    SCMP_SYS(vfork),
    SCMP_SYS(clone),
    SCMP_SYS(clone3),
    SCMP_SYS(ptrace),
    SCMP_SYS(process_vm_readv),
    SCMP_SYS(process_vm_writev),
    SCMP_SYS(kill),
    SCMP_SYS(tkill),
    SCMP_SYS(pidfd_open),
    SCMP_SYS(pidfd_getfd),
    SCMP_SYS(pidfd_send_signal),

    SCMP_SYS(setrlimit),
    SCMP_SYS(unshare),
    SCMP_SYS(setns),
    SCMP_SYS(setuid),
    SCMP_SYS(setgid),
    SCMP_SYS(capset),
    /* files: creating, changing, removing */
    SCMP_SYS(creat),
    SCMP_SYS(openat2),
    SCMP_SYS(unlink),
    SCMP_SYS(unlinkat),
    SCMP_SYS(rename),
    SCMP_SYS(renameat),
    SCMP_SYS(renameat2),
    SCMP_SYS(mkdir),
    SCMP_SYS(mkdirat),
    SCMP_SYS(rmdir),
    SCMP_SYS(link),
    SCMP_SYS(linkat),
    SCMP_SYS(symlink),
    SCMP_SYS(symlinkat),
    SCMP_SYS(mknod),
    SCMP_SYS(mknodat),
    SCMP_SYS(truncate),
    SCMP_SYS(ftruncate),
    SCMP_SYS(chmod),
    SCMP_SYS(fchmod),
    SCMP_SYS(fchmodat),
    SCMP_SYS(chown),
    SCMP_SYS(fchown),
    SCMP_SYS(lchown),
    SCMP_SYS(fchownat),
    SCMP_SYS(setxattr),
    SCMP_SYS(lsetxattr),
    SCMP_SYS(fsetxattr),
    SCMP_SYS(utimensat),
    SCMP_SYS(mount),
    SCMP_SYS(umount2),
    SCMP_SYS(pivot_root),
    SCMP_SYS(chroot),
    SCMP_SYS(memfd_create),
    /* parts of the kernel no document needs */
    SCMP_SYS(bpf),
    SCMP_SYS(perf_event_open),
    SCMP_SYS(io_uring_setup),
    SCMP_SYS(io_uring_enter),
    SCMP_SYS(io_uring_register),
    SCMP_SYS(userfaultfd),
    SCMP_SYS(keyctl),
    SCMP_SYS(add_key),
    SCMP_SYS(request_key),
    SCMP_SYS(kexec_load),
    SCMP_SYS(init_module),
    SCMP_SYS(finit_module),
};

static bool deny_calls(void)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
    if (!filter)
        return false;
    bool is_set = true;
    for (size_t i = 0; i < sizeof denied_calls / sizeof *denied_calls; i++)
        is_set = is_set && seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), denied_calls[i], 0) == 0;
    /* A file may be opened for reading only. */
    static const int writing[] = {O_WRONLY, O_RDWR};
    for (size_t i = 0; i < 2; i++) {
        scmp_datum_t flag = (scmp_datum_t)writing[i];
        is_set = is_set &&
                 seccomp_rule_add(filter, SCMP_ACT_ERRNO(EACCES), SCMP_SYS(open), 1,
                                  SCMP_A1(SCMP_CMP_MASKED_EQ, O_ACCMODE, flag)) == 0 &&
                 seccomp_rule_add(filter, SCMP_ACT_ERRNO(EACCES), SCMP_SYS(openat), 1,
                                  SCMP_A2(SCMP_CMP_MASKED_EQ, O_ACCMODE, flag)) == 0;
    }
    /* Limits may be asked for, not set. */
    is_set = is_set && seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(prlimit64), 1,
                                        SCMP_A2(SCMP_CMP_NE, 0)) == 0;
    is_set = is_set && seccomp_load(filter) == 0;
    seccomp_release(filter);
    return is_set;
}

/* Fonts, character maps and shared libraries are all that may be read. */
static void hide_files(void)
{
    static const char *const readable[] = {
        "/usr", "/lib", "/lib64", "/etc/fonts", "/etc/ld.so.cache", "/var/cache/fontconfig"};
    struct landlock_ruleset_attr rights = {
        .handled_access_fs = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR |
                             LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE};
    int rules = (int)syscall(SYS_landlock_create_ruleset, &rights, sizeof rights, 0);
    if (rules < 0)
        return;
    for (size_t i = 0; i < sizeof readable / sizeof *readable; i++) {
        struct landlock_path_beneath_attr path = {
            .allowed_access = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR,
            .parent_fd = open(readable[i], O_PATH | O_CLOEXEC)};
        if (path.parent_fd < 0)
            continue;
        if (syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &path, 0) != 0) {
            /* READ_DIR is refused for a file. */
            path.allowed_access = LANDLOCK_ACCESS_FS_READ_FILE;
            (void)syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &path, 0);
        }
        close(path.parent_fd);
    }
    (void)syscall(SYS_landlock_restrict_self, rules, 0);
    close(rules);
}

bool child_confine(void)
{
    /* A hang that uses no CPU ends too, should the parent be gone. */
    alarm(CHILD_WALL_SEC + 5);
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
        return false;
    hide_files();
    return limit_all() && deny_calls();
}
