/*
 * backup - duikou backup, restore, migrate: a database into a file, back, and into another engine.
 */
#include "store/backup.h"

#include <stdio.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/options.h"
#include "domain/domain.h"
#include "engine/audit/audit.h"

static const char backup_usage[] =
    "用法：duikou backup [--db 数据库] 备份文件\n"
    "  --db  sqlite:路径 或 postgresql://用户@主机/库名（默认 sqlite:duikou.db）；服务不必停\n"
    "  备份文件是一个可以直接打开的 SQLite 数据库，已有同名文件时不会覆盖\n"
    "  附件目录（--files）和密钥文件不在其中，请随后另行备份\n"
    "  备份里有操作日志和检索的全部内容；做过误传处置后，此前的备份应销毁\n";
static const char restore_usage[] =
    "用法：duikou restore [--db 数据库] 备份文件\n"
    "  --db  恢复到哪里（默认 sqlite:duikou.db）；那里必须还没有数据库，或是空的\n";
static const char migrate_usage[] =
    "用法：duikou migrate --from 数据库 --to 数据库\n"
    "  --from  从哪里，sqlite:路径 或 postgresql://用户@主机/库名；只读取\n"
    "  --to    到哪里；必须是空的。行数逐表相符、操作日志核对无误才算完成\n"
    "  附件目录（--files）和密钥文件不在数据库中，请一并带走\n";

/* --- progress --- */

struct shown {
    bool is_terminal, has_line;
};

/* On a terminal one line that is written over; else nothing until the end. */
static void tell(void *context, const char *table, int64_t rows)
{
    struct shown *shown = context;
    if (!shown->is_terminal)
        return;
    fprintf(stderr, "\r\033[K%s %lld", table, (long long)rows);
    shown->has_line = true;
}

static void end_line(const struct shown *shown)
{
    if (shown->has_line)
        fputs("\r\033[K", stderr);
}

/* --- the journal of what was made --- */

static enum status verify(struct store *store, struct arena *arena, struct fault *fault)
{
    struct tx *tx;
    struct audit_result result;
    enum status status = store_read(store, arena, &tx);
    if (status != OK)
        return refuse(arena, fault, status, NULL, "%s", status_text(status));
    status = audit_verify(tx, domain_kinds(), NULL, &result);
    if (status != OK)
        tx_fault(tx, status, fault);
    store_read_end(tx);
    if (status == OK && result.sentence.len > 0)
        return refuse(arena, fault, INVALID, NULL, "数据已复制，但操作日志核对不通过：%.*s",
                      STR_ARG(result.sentence));
    if (status == OK)
        printf("操作日志核对无误：%lld 条链，%lld 条日志\n", (long long)result.chains,
               (long long)result.entries);
    return status;
}

static enum status verify_at(struct arena *arena, struct str db, struct fault *fault)
{
    struct store *store;
    struct store_options options = {.url = db, .schema = domain_schemas(), .readers = 1};
    TRY(store_open(arena, &options, &store, fault));
    enum status status = verify(store, arena, fault);
    store_close(store);
    return status;
}

/* --- backup and restore --- */

static enum status backup(struct arena *arena, struct str db, const char *path,
                          const struct copy_watch *watch, struct fault *fault)
{
    struct store *store;
    struct store_options options = {
        .url = db, .schema = domain_schemas(), .read_only = true, .readers = 1};
    TRY(store_open(arena, &options, &store, fault));
    enum status status = store_backup(store, arena, path, watch, fault);
    store_close(store);
    if (status == OK)
        printf("已备份到 %s\n", path);
    return status;
}

static enum status restore(struct arena *arena, struct str db, const char *path,
                           const struct copy_watch *watch, struct fault *fault)
{
    struct store_options options = {.url = db, .schema = domain_schemas(), .readers = 1};
    TRY(store_restore(arena, &options, path, watch, fault));
    printf("已从 %s 恢复\n", path);
    return verify_at(arena, db, fault);
}

typedef enum status with_file(struct arena *arena, struct str db, const char *path,
                              const struct copy_watch *watch, struct fault *fault);

static int run_with_file(int argc, char **argv, const char *usage, with_file *run)
{
    struct str db = STR("sqlite:duikou.db");
    bool help = false;
    const struct cli_option options[] = {
        {"--db", &db, NULL}, {"--help", NULL, &help}, {NULL, NULL, NULL}};
    char *rest[1];
    int n = cli_options(argc, argv, options, rest, 1);
    if (n < 0)
        return CLI_USAGE;
    if (help || n == 0) {
        fputs(usage, help ? stdout : stderr);
        return help ? CLI_DONE : CLI_USAGE;
    }
    AUTOARENA arena = arena_open(MIB(512));
    struct fault fault = {0};
    struct shown shown = {.is_terminal = isatty(STDERR_FILENO)};
    enum status status = run(&arena, db, rest[0], &(struct copy_watch){tell, &shown}, &fault);
    end_line(&shown);
    return status == OK ? CLI_DONE : cli_refuse(status, &fault);
}

int cli_backup(int argc, char **argv)
{
    return run_with_file(argc, argv, backup_usage, backup);
}

int cli_restore(int argc, char **argv)
{
    return run_with_file(argc, argv, restore_usage, restore);
}

/* --- migrate --- */

static enum status copy_over(struct arena *arena, struct store *from, struct store *to,
                             struct fault *fault)
{
    struct copy_result result = {0};
    struct shown shown = {.is_terminal = isatty(STDERR_FILENO)};
    enum status status =
        store_copy(from, to, arena, &(struct copy_watch){tell, &shown}, &result, fault);
    end_line(&shown);
    TRY(status);
    printf("已复制 %d 个数据表，共 %lld 行，逐表核对相符\n", result.tables, (long long)result.rows);
    TRY(record_indexes(to, domain_kinds(), arena, fault));
    return verify(to, arena, fault);
}

static enum status migrate(struct arena *arena, struct str from_db, struct str to_db,
                           struct fault *fault)
{
    struct store *from, *to;
    struct store_options options = {
        .url = from_db, .schema = domain_schemas(), .read_only = true, .readers = 1};
    TRY(store_open(arena, &options, &from, fault));
    options = (struct store_options){
        .url = to_db, .schema = domain_schemas(), .create = true, .readers = 1};
    enum status status = store_open(arena, &options, &to, fault);
    if (status == OK) {
        status = copy_over(arena, from, to, fault);
        store_close(to);
    }
    store_close(from);
    return status;
}

int cli_migrate(int argc, char **argv)
{
    struct str from = {0}, to = {0};
    bool help = false;
    const struct cli_option options[] = {
        {"--from", &from, NULL}, {"--to", &to, NULL}, {"--help", NULL, &help}, {NULL, NULL, NULL}};
    char *rest[1];
    int n = cli_options(argc, argv, options, rest, 1);
    if (n < 0)
        return CLI_USAGE;
    if (help || n > 0 || from.len == 0 || to.len == 0) {
        fputs(migrate_usage, help ? stdout : stderr);
        return help ? CLI_DONE : CLI_USAGE;
    }
    AUTOARENA arena = arena_open(MIB(512));
    struct fault fault = {0};
    enum status status = migrate(&arena, from, to, &fault);
    return status == OK ? CLI_DONE : cli_refuse(status, &fault);
}
