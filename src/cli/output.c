#include "cli/output.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/options.h"

static bool write_all(int file, struct str bytes)
{
    while (bytes.len > 0) {
        ssize_t n = write(file, bytes.ptr, bytes.len);
        if (n > 0)
            bytes = str_from_byte(bytes, (size_t)n);
        else if (n < 0 && errno != EINTR)
            return false;
    }
    return true;
}

/* The errno of what went wrong first; 0 when all is written. */
static int write_and_close(int file, struct str bytes, bool flush)
{
    if (file < 0)
        return errno;
    int reason = write_all(file, bytes) && (!flush || fsync(file) == 0) ? 0 : errno;
    if (close(file) != 0 && reason == 0)
        reason = errno;
    return reason;
}

/* What commands write may hold telephones: a new file is its owner's alone, one that was there
 * keeps who may read it. */
static int write_beside(struct arena *arena, const char *path, struct str bytes)
{
    char target[PATH_MAX];
    struct stat info;
    if (!realpath(path, target))
        snprintf(target, sizeof target, "%s", path);
    bool there = stat(target, &info) == 0;
    const char *temporary = str_fmt(arena, "%s.%ld.tmp", target, (long)getpid()).ptr;
    int file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (there && file >= 0)
        (void)!fchmod(file, info.st_mode & 0777);
    int reason = write_and_close(file, bytes, true);
    if (reason == 0 && rename(temporary, target) != 0)
        reason = errno;
    if (reason != 0 && file >= 0)
        unlink(temporary);
    return reason;
}

bool cli_write_file(struct arena *arena, struct str path, struct str bytes)
{
    const char *name = str_c(arena, path);
    struct stat info;
    bool is_special = stat(name, &info) == 0 && !S_ISREG(info.st_mode);
    int reason = is_special ? write_and_close(open(name, O_WRONLY | O_CLOEXEC), bytes, false)
                            : write_beside(arena, name, bytes);
    if (reason != 0)
        fprintf(stderr, "%s: 无法写入（%s），请检查路径、权限和磁盘空间。\n", name,
                reason == ENOENT ? "没有这个文件夹" : errno_text(reason));
    return reason == 0;
}

int cli_finish(int code)
{
    const char *reason = fflush(stdout) != 0 ? errno_text(errno)
                         : ferror(stdout)    ? "写出时出错"
                                             : NULL;
    if (!reason)
        return code;
    fprintf(stderr, "结果没有全部写出（%s），请检查输出的去向。\n", reason);
    return code == CLI_DONE ? CLI_AT_FAULT : code;
}
