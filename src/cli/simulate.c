/*
 * simulate - duikou simulate: an invented body of any size, for figures and demonstrations.
 */
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/options.h"
#include "cli/program.h"
#include "domain/domain.h"
#include "domain/simulate/simulate.h"

static const char usage[] =
    "用法：duikou simulate [--db 数据库] [--organizations 个数] [--seed 种子] [--body 地址名]\n"
    "  --db             sqlite:路径 或 postgresql://用户@主机/库名（默认 "
    "sqlite:duikou.db，没有则新建）\n"
    "  --organizations  单位个数（默认 1000）\n"
    "  --seed           整数，同样的种子得到同样的内容（默认 1）\n"
    "  --body           模拟的组织在网址里的名称（默认 moni），不能与已有的相同\n";

static volatile sig_atomic_t stop;

static void on_interrupt(int signal)
{
    (void)signal;
    stop = 1;
}

static void catch_interrupt(void)
{
    struct sigaction caught = {.sa_handler = on_interrupt, .sa_flags = SA_RESETHAND};
    sigaction(SIGINT, &caught, NULL);
    sigaction(SIGTERM, &caught, NULL);
}

struct shown {
    bool is_terminal;
    int percent; /* shown last */
};

/* On a terminal one line that is written over, else a line for every tenth. */
static bool show_progress(void *context, int64_t done, int64_t organizations)
{
    struct shown *shown = context;
    int percent = (int)(done * 100 / organizations);
    int step = shown->is_terminal ? 1 : 10;
    if (percent >= shown->percent + step || (done == organizations && percent > shown->percent)) {
        shown->percent = percent;
        fprintf(stderr, shown->is_terminal ? "\r%3d%%  %lld 个单位" : "%3d%%  %lld 个单位\n",
                percent, (long long)done);
    }
    return !stop;
}

static int run(struct arena *arena, struct str db, struct simulate_options *options)
{
    struct fault fault = {0};
    struct store *store;
    struct store_options store_options = {
        .url = db, .schema = domain_schemas(), .create = true, .readers = 1};
    struct shown shown = {.is_terminal = isatty(STDERR_FILENO)};
    struct simulate_result result;
    options->progress = show_progress;
    options->context = &shown;
    catch_interrupt();
    enum status status = program_open_store(arena, &store_options, &store, &fault);
    if (status != OK)
        return cli_refuse(status, &fault);
    status = record_indexes(store, domain_kinds(), arena, &fault);
    if (status == OK)
        status = simulate(store, arena, options, &result, &fault);
    store_close(store);
    if (shown.is_terminal && shown.percent > 0)
        fputc('\n', stderr);
    if (status != OK)
        return cli_refuse(status, &fault);
    printf("/%.*s：%lld 个单位，%lld 人，%lld 对联系\n", STR_ARG(options->slug),
           (long long)result.organizations, (long long)result.people, (long long)result.links);
    if (!result.stopped)
        return CLI_DONE;
    fprintf(stderr, "已按要求停止，只写入了 %lld 个单位；内容完整可用，要全部请换一个 --body。\n",
            (long long)result.organizations);
    return CLI_AT_FAULT;
}

static bool take_number(const char *name, struct str text, int64_t *ret_number)
{
    if (text.len == 0 || str_to_int(text, ret_number))
        return true;
    fprintf(stderr, "%s 应为整数，现在是“%.*s”。\n", name, STR_ARG(text));
    return false;
}

int cli_simulate(int argc, char **argv)
{
    struct simulate_options options = {.slug = STR("moni"), .organizations = 1000, .seed = 1};
    struct str db = STR("sqlite:duikou.db"), organizations = {0}, seed = {0};
    bool help = false;
    const struct cli_option table[] = {
        {"--db", &db, NULL},     {"--organizations", &organizations, NULL},
        {"--seed", &seed, NULL}, {"--body", &options.slug, NULL},
        {"--help", NULL, &help}, {NULL, NULL, NULL}};
    char *rest[1];
    int n = cli_options(argc, argv, table, rest, 1);
    if (n < 0)
        return CLI_USAGE;
    if (help || n > 0) {
        fputs(usage, help ? stdout : stderr);
        return help ? CLI_DONE : CLI_USAGE;
    }
    if (!take_number("--organizations", organizations, &options.organizations) ||
        !take_number("--seed", seed, &options.seed))
        return CLI_USAGE;
    if (options.organizations < SIMULATE_LEAST || options.organizations > SIMULATE_MOST) {
        fprintf(stderr, "--organizations 应在 %d 到 %d 之间，现在是 %lld。\n", SIMULATE_LEAST,
                SIMULATE_MOST, (long long)options.organizations);
        return CLI_USAGE;
    }
    AUTOARENA arena = arena_open(MIB(64));
    return run(&arena, db, &options);
}
