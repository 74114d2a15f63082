#include "cli/options.h"

#include "base/buf.h"
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

/* Of a pipe nobody knows the length before its end. */
static enum status read_open(struct arena *arena, const char *path, FILE *file,
                             struct str *ret_bytes, struct fault *fault)
{
    struct stat info;
    if (fstat(fileno(file), &info) != 0 || S_ISDIR(info.st_mode))
        return refuse(arena, fault, INVALID, NULL, "%s: 打不开这个文件（这是文件夹），请检查路径。",
                      path);
    AUTOBUF piped = buf_open(FILE_MAX_BYTES + 1);
    char *bytes = NULL;
    size_t len = 0;
    if (S_ISREG(info.st_mode) && info.st_size <= FILE_MAX_BYTES) {
        bytes = arena_alloc(arena, (size_t)info.st_size + 1);
        len = fread(bytes, 1, (size_t)info.st_size, file);
    } else {
        char part[1 << 14];
        for (size_t n; !piped.full && (n = fread(part, 1, sizeof part, file)) > 0;)
            buf_put(&piped, (struct str){part, n});
    }
    if (ferror(file))
        return refuse(arena, fault, FAULT, NULL, "%s: 读取时出错，请检查磁盘。", path);
    if (piped.full || piped.len > FILE_MAX_BYTES)
        return refuse(arena, fault, INVALID, NULL, "%s: 文件超过 16 MB，请拆分后再试。", path);
    *ret_bytes = bytes ? (struct str){bytes, len} : str_copy(arena, buf_str(&piped));
    return OK;
}

enum status cli_take_file(struct arena *arena, struct str path, struct str *ret_bytes,
                          struct fault *fault)
{
    const char *name = str_c(arena, path);
    FILE *file = str_is(path, "-") ? stdin : fopen(name, "rb");
    if (!file)
        return refuse(arena, fault, INVALID, NULL, "%s: 打不开这个文件（%s），请检查路径和权限。",
                      name, errno_text(errno));
    enum status status = read_open(arena, name, file, ret_bytes, fault);
    if (file != stdin)
        fclose(file);
    return status;
}

bool cli_read_file(struct arena *arena, const char *path, struct str *ret_bytes)
{
    struct fault fault = {0};
    enum status status = cli_take_file(arena, str_from(path), ret_bytes, &fault);
    if (status != OK)
        cli_refuse(status, &fault);
    return status == OK;
}

int cli_refuse(enum status status, const struct fault *fault)
{
    if (fault && fault->message.len > 0)
        fprintf(stderr, "%.*s\n", STR_ARG(fault->message));
    else
        fprintf(stderr, "%s。\n", status_text(status));
    return status_exit(status);
}
