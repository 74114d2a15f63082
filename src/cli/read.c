/*
 * read - `duikou read [--json|--yaml] [-o OUT] FILE…`: documents to scheme drafts.
 *
 * Each file is read in a child process. Several files make a JSON array, or YAML documents one
 * after another. A file that cannot be read is told and left out; the others are still written,
 * the exit code is 1.
 */
#include <stdio.h>

#include "cli/cli.h"
#include "cli/options.h"
#include "cli/output.h"
#include "engine/reader/reader.h"

enum { FILES_MAX = 200, ARENA_MAX_MIB = 1024, OUTPUT_MAX_MIB = 256 };

static const char usage[] = "用法：duikou read [--json|--yaml] [-o 输出文件] 文件…\n"
                            "  --json  输出 JSON（默认）；多个文件为一个数组\n"
                            "  --yaml  输出方案文件，可修改后用 duikou load 导入\n"
                            "  -o      写入文件，不写到屏幕；已有的会被替换\n"
                            "可读取 .txt、.docx、.pdf（带文字）和 .html，写 - "
                            "为标准输入；提示写到标准错误，格式为 文件:行号: 提示。\n";

struct options {
    bool json, yaml, help;
    struct str out;
    char *files[FILES_MAX];
    int files_n;
};

static bool parse_options(int argc, char **argv, struct options *ret_options)
{
    const struct cli_option options[] = {{"--json", .ret_flag = &ret_options->json},
                                         {"--yaml", .ret_flag = &ret_options->yaml},
                                         {"--help", .ret_flag = &ret_options->help},
                                         {"-o", .ret_value = &ret_options->out},
                                         {NULL}};
    ret_options->files_n = cli_options(argc, argv, options, ret_options->files, FILES_MAX);
    if (ret_options->files_n < 0 || ret_options->help)
        return ret_options->files_n >= 0;
    if (ret_options->json && ret_options->yaml) {
        fputs("--json 和 --yaml 只能用一个。\n", stderr);
        return false;
    }
    if (ret_options->files_n == 0)
        fputs(usage, stderr);
    return ret_options->files_n > 0;
}

static void print_warnings(const char *path, const struct scheme *scheme)
{
    for (int i = 0; i < scheme->warnings_n; i++) {
        const struct scheme_warning *warning = &scheme->warnings[i];
        fprintf(stderr, "%s:%d: %.*s\n", path, warning->line > 0 ? warning->line : 1,
                STR_ARG(warning->message));
    }
}

static void put_scheme(struct buf *buf, const struct options *options, int read_n,
                       const struct scheme *scheme)
{
    if (options->yaml) {
        if (read_n > 0)
            BUF_LIT(buf, "---\n");
        scheme_put_yaml(buf, scheme);
        return;
    }
    if (read_n > 0)
        BUF_LIT(buf, ",\n");
    scheme_put_json(buf, scheme);
}

static bool read_file(struct arena *arena, const struct options *options, int i, int read_n,
                      struct buf *buf)
{
    struct scheme scheme = {0};
    struct fault fault = {0};
    struct str bytes;
    if (!cli_read_file(arena, options->files[i], &bytes))
        return false;
    enum status status = reader_child(arena, "/proc/self/exe", bytes, &scheme, NULL, &fault);
    if (status != OK) {
        fprintf(stderr, "%s: ", options->files[i]);
        cli_refuse(status, &fault);
        return false;
    }
    print_warnings(options->files[i], &scheme);
    put_scheme(buf, options, read_n, &scheme);
    return true;
}

static int put_output(struct arena *arena, const struct options *options, const struct buf *buf)
{
    if (buf->full) {
        fputs("读出的内容过多，没有写出，请减少一次读取的文件。\n", stderr);
        return CLI_AT_FAULT;
    }
    if (options->out.len > 0)
        return cli_write_file(arena, options->out, buf_str(buf)) ? CLI_DONE : CLI_AT_FAULT;
    (void)fwrite(buf->ptr, 1, buf->len, stdout); /* cli_finish tells */
    return CLI_DONE;
}

int cli_read(int argc, char **argv)
{
    struct options options = {0};
    if (!parse_options(argc, argv, &options))
        return CLI_USAGE;
    if (options.help) {
        fputs(usage, stdout);
        return CLI_DONE;
    }
    AUTOBUF buf = buf_open(MIB(OUTPUT_MAX_MIB));
    AUTOARENA arena = arena_open(MIB(ARENA_MAX_MIB));
    bool array = options.files_n > 1 && !options.yaml;
    int read_n = 0;
    if (array)
        BUF_LIT(&buf, "[");
    for (int i = 0; i < options.files_n; i++) {
        arena_reset(&arena);
        read_n += read_file(&arena, &options, i, read_n, &buf);
    }
    if (read_n == 0)
        return CLI_AT_FAULT;
    if (array)
        BUF_LIT(&buf, "]");
    if (!options.yaml)
        BUF_LIT(&buf, "\n");
    int code = put_output(&arena, &options, &buf);
    return read_n < options.files_n ? CLI_AT_FAULT : code;
}

int cli_read_child(int argc, char **argv)
{
    return reader_child_main(argc > 1 && strcmp(argv[1], "lines") == 0);
}
