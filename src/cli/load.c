/*
 * load - duikou load: scheme files into a database. Every file is checked before anything is
 * written; each is shown with what it adds, changes and ends.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/arena.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "cli/program.h"
#include "domain/domain.h"
#include "domain/scheme/load.h"

enum { FILES_MAX = 200 };

struct load_file {
    const char *path;
    struct scheme scheme;
};

static const char usage[] =
    "用法：duikou load [--db 数据库] [--on 生效日期] [--dry-run] 方案.yaml …\n"
    "  --db       sqlite:路径 或 postgresql://用户@主机/库名（默认 sqlite:duikou.db）\n"
    "  --on       变更从哪一天起生效（默认今天）；首次导入从文件施行之日起\n"
    "  --dry-run  只显示将会增加、变更和结束的内容，不写入\n";

/* What a draft may still want, and loading needs. */
static bool is_complete(const char *path, const struct scheme *scheme)
{
    bool has_body = scheme->body.id.len > 0 && scheme->body.name.len > 0;
    bool has_id = scheme->document.id.len > 0, has_title = scheme->document.title.len > 0;
    if (!has_body)
        fprintf(stderr,
                "%s:1:1: 方案缺少“body”（所属组织），请加上 body: {id: 地址名, name: 全称}\n",
                path);
    if (!has_id)
        fprintf(stderr,
                "%s:1:1: 制度文件缺少“id”（标识），请在 document 下加上，例如 yunhe-2023-7\n",
                path);
    if (!has_title)
        fprintf(stderr, "%s:1:1: 制度文件缺少“title”（标题），请在 document 下加上\n", path);
    return has_body && has_id && has_title;
}

/* All files are read first: one that is wrong stops the whole. */
static bool read_files(struct arena *arena, char **paths, int n, struct load_file *files)
{
    bool good = true;
    for (int i = 0; i < n; i++) {
        files[i].path = paths[i];
        struct str text;
        struct scheme_errors errors = {0};
        if (!cli_read_file(arena, paths[i], &text)) {
            good = false;
            continue;
        }
        if (scheme_parse_yaml(arena, text, &files[i].scheme, &errors) == OK) {
            good = is_complete(paths[i], &files[i].scheme) && good;
            continue;
        }
        good = false;
        for (int e = 0; e < errors.n; e++)
            fprintf(stderr, "%s:%d:%d: %.*s\n", paths[i], errors.items[e].line,
                    errors.items[e].column, STR_ARG(errors.items[e].message));
        if (errors.dropped > 0)
            fprintf(stderr, "%s: 另有 %d 处错误未列出。\n", paths[i], errors.dropped);
    }
    return good;
}

static void print_item(const struct load_item *item)
{
    static const char *const marks[] = {[LOAD_ADD] = "+", [LOAD_CHANGE] = "~", [LOAD_END] = "-"};
    if (item->op == LOAD_SAME)
        return;
    printf("  %s %s %.*s\n", marks[item->op], item->record->kind->label, STR_ARG(item->title));
    for (int i = 0; i < item->changes_n; i++)
        printf("      %s：%.*s → %.*s\n", item->changes[i].label, STR_ARG(item->changes[i].old_),
               STR_ARG(item->changes[i].new_));
}

static void print_plan(const struct load_file *file, const struct load_plan *plan, bool dry)
{
    printf("%s（%.*s）：%s新增 %d，变更 %d，结束 %d，不变 %d\n", file->path,
           STR_ARG(file->scheme.body.name), dry ? "将" : "", plan->counts[LOAD_ADD],
           plan->counts[LOAD_CHANGE], plan->counts[LOAD_END], plan->counts[LOAD_SAME]);
    if (plan->first)
        return; /* all new: the counts say it */
    for (int i = 0; i < plan->n; i++)
        print_item(&plan->items[i]);
}

static enum status load_one(struct store *store, struct arena *arena, struct load_file *file,
                            struct load_request *request, struct clock *clock, bool dry,
                            struct fault *fault)
{
    struct load_plan plan;
    request->scheme = &file->scheme;
    if (dry) {
        struct tx *tx;
        TRY(store_read(store, arena, &tx));
        enum status status = load_plan_make(tx, request, &plan, fault);
        store_read_end(tx);
        TRY(status);
    } else {
        struct actor actor = actor_named("命令行", clock_now(clock));
        TRY(load_scheme(store, arena, request, &actor, &plan, fault));
    }
    print_plan(file, &plan, dry);
    return OK;
}

/* A dry run leaves no database behind where there was none. */
static bool is_new_file(struct arena *arena, struct str db, const char **ret_path)
{
    if (!str_starts(db, STR("sqlite:")))
        return false;
    *ret_path = str_c(arena, str_from_byte(db, strlen("sqlite:")));
    return access(*ret_path, F_OK) != 0;
}

static void remove_file(struct arena *arena, const char *path)
{
    unlink(path);
    unlink(str_fmt(arena, "%s-wal", path).ptr);
    unlink(str_fmt(arena, "%s-shm", path).ptr);
}

static int load_all(struct arena *arena, struct load_file *files, int n, struct str db,
                    struct date on, bool dry)
{
    struct fault fault = {0};
    struct store *store;
    struct store_options options = {
        .url = db, .schema = domain_schemas(), .create = true, .readers = 1};
    struct clock clock = {0};
    struct id_maker ids = {.clock = &clock, .node = id_node()};
    const char *path = NULL;
    bool passing = dry && is_new_file(arena, db, &path);
    enum status status = program_open_store(arena, &options, &store, &fault);
    if (status != OK)
        return cli_refuse(status, &fault);
    struct load_request request = {.on = date_is_set(on) ? on : clock_today(&clock), .ids = &ids};
    status = record_indexes(store, domain_kinds(), arena, &fault);
    for (int i = 0; status == OK && i < n; i++)
        status = load_one(store, arena, &files[i], &request, &clock, dry, &fault);
    store_close(store);
    if (passing)
        remove_file(arena, path);
    return status == OK ? CLI_DONE : cli_refuse(status, &fault);
}

int cli_load(int argc, char **argv)
{
    struct str db = STR("sqlite:duikou.db"), on_text = {0};
    bool dry = false, help = false;
    const struct cli_option options[] = {{"--db", &db, NULL},
                                         {"--on", &on_text, NULL},
                                         {"--dry-run", NULL, &dry},
                                         {"--help", NULL, &help},
                                         {NULL, NULL, NULL}};
    char *paths[FILES_MAX];
    int n = cli_options(argc, argv, options, paths, FILES_MAX);
    struct date on = {0};
    if (n < 0)
        return CLI_USAGE;
    if (help || n == 0) {
        fputs(usage, help ? stdout : stderr);
        return help ? CLI_DONE : CLI_USAGE;
    }
    if (on_text.len > 0 && !date_parse(on_text, &on)) {
        fprintf(stderr, "--on 应为实际存在的日期，例如 2022-01-24，现在是“%.*s”。\n",
                STR_ARG(on_text));
        return CLI_USAGE;
    }
    AUTOARENA arena = arena_open(MIB(512));
    struct load_file *files = arena_new(&arena, struct load_file, n);
    if (!read_files(&arena, paths, n, files))
        return CLI_AT_FAULT;
    return load_all(&arena, files, n, db, on, dry);
}
