#include "cli/options.h"

#include "cli/config.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

enum { FILE_MAX_BYTES = 16 << 20, CONFIG_BYTES_MAX = 128 << 20 };

static const struct cli_option *find(const struct cli_option *options, struct str name)
{
    for (; options->name; options++)
        if (str_is(name, options->name))
            return options;
    return NULL;
}

/* One option at argv[*at]; false after a sentence. */
static bool take(int argc, char **argv, int *at, const struct cli_option *options)
{
    struct str value = str_from(argv[*at]);
    bool joined = str_has(value, STR("="));
    struct str name = str_cut(&value, STR("="));
    static struct str config; /* taken before all others */
    static const struct cli_option config_option = {"--config", &config, NULL};
    const struct cli_option *option = find(options, name);
    if (!option && str_is(name, config_option.name) && find(options, STR("--db")))
        option = &config_option;
    if (!option) {
        fprintf(stderr, "没有“%.*s”这个选项，请加 --help 查看用法。\n", STR_ARG(name));
        return false;
    }
    if (option->ret_flag) {
        *option->ret_flag = true;
        return true;
    }
    if (!joined && *at + 1 >= argc) {
        fprintf(stderr, "%s 后面缺少它的值。\n", option->name);
        return false;
    }
    *option->ret_value = joined ? value : str_from(argv[++*at]);
    return true;
}

/* What the file says lives as long as the program. */
static struct arena config_arena = {.cap_bytes = CONFIG_BYTES_MAX};

/* The file named by --config, before the rest: what stands on the command line goes first. */
static bool take_config(int argc, char **argv, const struct cli_option *options)
{
    for (int i = 1; find(options, STR("--db")) && i < argc && strcmp(argv[i], "--") != 0; i++) {
        struct str value = str_from(argv[i]);
        if (!str_is(str_cut(&value, STR("=")), "--config"))
            continue;
        const char *path = strchr(argv[i], '=') ? value.ptr : argv[i + 1];
        struct str text;
        struct fault fault = {0};
        if (!path || !cli_read_file(&config_arena, path, &text))
            return path == NULL; /* without a value: told when it is read in its place */
        if (config_read(&config_arena, path, text, options, &fault) == OK)
            return true;
        fprintf(stderr, "%.*s\n", STR_ARG(fault.message));
        return false;
    }
    return true;
}

int cli_options(int argc, char **argv, const struct cli_option *options, char **rest, int rest_max)
{
    int n = 0;
    bool ended = false;
    if (!take_config(argc, argv, options))
        return -1;
    for (int i = 1; i < argc; i++) {
        if (!ended && strcmp(argv[i], "--") == 0) {
            ended = true;
        } else if (!ended && argv[i][0] == '-' && argv[i][1] != '\0') {
            if (!take(argc, argv, &i, options))
                return -1;
        } else if (n == rest_max) {
            fprintf(stderr, "一次最多 %d 个文件，请分几次进行。\n", rest_max);
            return -1;
        } else {
            rest[n++] = argv[i];
        }
    }
    return n;
}

const char *cli_reason(int number)
{
    static const struct {
        int number;
        const char *text;
    } rows[] = {
        {ENOENT, "没有这个文件"},   {ENOTDIR, "没有这个文件夹"}, {EACCES, "没有权限"},
        {EPERM, "没有权限"},        {EISDIR, "这是文件夹"},      {ENOSPC, "磁盘已满"},
        {EDQUOT, "磁盘限额已用完"}, {EROFS, "磁盘只读"},         {EPIPE, "接收的一方已退出"},
        {ENAMETOOLONG, "路径过长"}, {EMFILE, "打开的文件过多"},  {EIO, "读写出错"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (rows[i].number == number)
            return rows[i].text;
    return "系统拒绝";
}

bool cli_read_file(struct arena *arena, const char *path, struct str *ret_bytes)
{
    FILE *file = fopen(path, "rb");
    struct stat info;
    if (!file || fstat(fileno(file), &info) != 0 || S_ISDIR(info.st_mode)) {
        fprintf(stderr, "%s: 打不开这个文件（%s），请检查路径和权限。\n", path,
                file ? "不是普通文件" : cli_reason(errno));
        if (file)
            fclose(file);
        return false;
    }
    if (info.st_size > FILE_MAX_BYTES) {
        fprintf(stderr, "%s: 文件超过 16 MB，请拆分后再试。\n", path);
        fclose(file);
        return false;
    }
    char *bytes = arena_alloc(arena, (size_t)info.st_size + 1);
    size_t len = fread(bytes, 1, (size_t)info.st_size, file);
    bool failed = ferror(file);
    fclose(file);
    if (failed) {
        fprintf(stderr, "%s: 读取时出错，请检查磁盘。\n", path);
        return false;
    }
    *ret_bytes = (struct str){bytes, len};
    return true;
}

int cli_refuse(enum status status, const struct fault *fault)
{
    if (fault && fault->message.len > 0)
        fprintf(stderr, "%.*s\n", STR_ARG(fault->message));
    else
        fprintf(stderr, "%s。\n", status_text(status));
    return status_exit(status);
}
