/*
 * files - duikou files check: the attachments' bytes and the rows that name them, against each
 * other. `file-child` is the confined process that looks at an upload.
 */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/options.h"
#include "cli/program.h"
#include "domain/file/file.h"

static const char usage[] =
    "用法：duikou files check [--db 数据库] [--files 目录] [--remove-orphans] [--age 分钟] "
    "[--whole]\n"
    "  --db              sqlite:路径 或 postgresql://用户@主机/库名（默认 sqlite:duikou.db）\n"
    "  --files           存放附件的目录（默认在数据库旁边），或 s3://桶名/前缀?endpoint=…\n"
    "  --remove-orphans  清除没有记录指向的文件\n"
    "  --age             只判断这么久以前写入的（默认 60；系统停着的时候可以写 0）\n"
    "  --whole           逐个读出，核对内容与摘要\n";

enum { AGE_MAX_MIN = 525600 };

static void print(const struct file_check *check, bool removes)
{
    printf("附件 %lld 个，%lld 字节。\n", (long long)check->files, (long long)check->bytes);
    printf("没有记录指向的文件 %lld 个，写了一半的 %lld 个，其中刚写入未判断的 %lld 个",
           (long long)check->orphans, (long long)check->partial, (long long)check->young);
    if (removes)
        printf("，清除了 %lld 个", (long long)check->removed);
    puts("。");
    if (check->missing + check->damaged > 0)
        printf("缺失 %lld 个，损坏 %lld 个，第一个是 %.*s，请从备份中恢复。\n",
               (long long)check->missing, (long long)check->damaged, STR_ARG(check->first_missing));
}

static int run(struct str db, struct str where, int64_t age_min, bool removes, bool whole)
{
    AUTOARENA arena = arena_open(MIB(256));
    struct fault fault = {0};
    struct store *store = NULL;
    struct file_store *files = NULL;
    struct file_check check = {0};
    struct store_options options = {.url = db, .schema = domain_schemas(), .readers = 2};
    enum status status = program_open_store(&arena, &options, &store, &fault);
    if (status != OK)
        return cli_refuse(status, &fault);
    status = program_files(&arena, db, where, &files, &fault);
    if (status == OK)
        status = file_check(store, files, &arena, age_min * 60, removes, whole, &check, &fault);
    file_store_close(files);
    store_close(store);
    if (status != OK)
        return cli_refuse(status, &fault);
    print(&check, removes);
    return check.missing + check.damaged > 0 ? CLI_AT_FAULT : CLI_DONE;
}

int cli_files(int argc, char **argv)
{
    struct str db = STR("sqlite:duikou.db"), where = {0}, age = STR("60");
    bool removes = false, whole = false, help = false;
    const struct cli_option options[] = {
        {"--db", &db, NULL},       {"--files", &where, NULL},
        {"--age", &age, NULL},     {"--remove-orphans", NULL, &removes},
        {"--whole", NULL, &whole}, {"--help", NULL, &help},
        {NULL, NULL, NULL}};
    char *rest[1];
    int64_t age_min;
    int n = cli_options(argc, argv, options, rest, 1);
    if (n < 0)
        return CLI_USAGE;
    if (help || n != 1 || strcmp(rest[0], "check") != 0) {
        fputs(usage, help ? stdout : stderr);
        return help ? CLI_DONE : CLI_USAGE;
    }
    if (!str_to_int(age, &age_min) || age_min < 0 || age_min > AGE_MAX_MIN) {
        fprintf(stderr, "--age 应为 0 至 %d 的整数，单位是分钟，现在是“%.*s”。\n", AGE_MAX_MIN,
                STR_ARG(age));
        return CLI_USAGE;
    }
    return run(db, where, age_min, removes, whole);
}

int cli_file_child(int argc, char **argv)
{
    return file_child_main(argc > 1 && strcmp(argv[1], "text") == 0);
}
