#include "base/status.h"

#include <errno.h>

#include <stdarg.h>

#include "base/arena.h"

static const struct {
    int http, exit;
    const char *text;
} rows[] = {
#define X(name, http, exit, text) [name] = {http, exit, text},
    STATUS_TABLE(X)
#undef X
};

enum status refuse(struct arena *arena, struct fault *fault, enum status status, const char *field,
                   const char *format, ...)
{
    if (!fault)
        return status;
    va_list args;
    va_start(args, format);
    *fault = (struct fault){.status = status,
                            .field = str_copy(arena, str_from(field ? field : "")),
                            .message = str_vfmt(arena, format, args)};
    va_end(args);
    return status;
}

int status_http(enum status status)
{
    return rows[status].http;
}

int status_exit(enum status status)
{
    return rows[status].exit;
}

const char *status_text(enum status status)
{
    return rows[status].text;
}

const char *errno_text(int number)
{
    static const struct {
        int number;
        const char *text;
    } reasons[] = {{ENOENT, "没有这个文件"},       {ENOTDIR, "没有这个文件夹"},
                   {EACCES, "没有权限"},           {EPERM, "没有权限"},
                   {EISDIR, "这是文件夹"},         {ENOSPC, "磁盘已满"},
                   {EDQUOT, "磁盘限额已用完"},     {EROFS, "磁盘只读"},
                   {EPIPE, "接收的一方已退出"},    {ENAMETOOLONG, "路径过长"},
                   {EMFILE, "打开的文件过多"},     {EIO, "读写出错"},
                   {EFBIG, "超过了文件大小的限额"}};
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++)
        if (reasons[i].number == number)
            return reasons[i].text;
    return "系统拒绝";
}
