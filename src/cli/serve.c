/*
 * serve - duikou serve: open the database, answer on an address until told to stop.
 */
#include <malloc.h>
#include <signal.h>
#include <stdio.h>

#include "base/log.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "cli/program.h"
#include "http/http.h"

enum { DRAIN_MS = 10000, TRUSTED_MAX = 16, MALLOC_ARENAS = 2 };

static const char usage[] =
    "用法：duikou serve [--db 数据库] [--create] [--listen 地址] [--trusted-proxy 网段] [--now "
    "日期]\n"
    "  --db             sqlite:路径 或 postgresql://用户@主机/库名（默认 sqlite:duikou.db）\n"
    "  --create         数据库不存在时新建一个空的，从“导入文件”开始\n"
    "  --listen         监听的地址和端口（默认 127.0.0.1:8080）\n"
    "  --trusted-proxy  只有来自这些地址的转发头才会采信，例如 10.0.0.0/8，多个用逗号分开\n"
    "  --now            把系统日期固定在某一天，仅供演示和测试\n"
    "  --no-cache       每次都重新生成页面，仅供测量\n";

struct serve {
    struct program_options program;
    struct str listen, proxy;
    struct str trusted[TRUSTED_MAX];
    int trusted_n;
};

/* Signals are blocked in every thread, and waited for here; a second one ends the draining. */
static void wait_for_stop(const sigset_t *signals)
{
    int got;
    sigwait(signals, &got);
    pthread_sigmask(SIG_UNBLOCK, signals, NULL);
}

static bool read_proxies(struct serve *serve)
{
    struct str rest = serve->proxy;
    while (rest.len > 0 && serve->trusted_n < TRUSTED_MAX)
        serve->trusted[serve->trusted_n++] = str_trim(str_cut(&rest, STR(",")));
    if (rest.len > 0)
        fprintf(stderr, "--trusted-proxy 最多写 %d 个网段，请合并后再启动。\n", TRUSTED_MAX);
    return rest.len == 0;
}

/* Whoever reads what the program prints has the machine: the code proves it. */
static void print_setup(struct program *program, struct arena *arena, struct str address)
{
    struct request request = {.host = STR("127.0.0.1"), .peer_loopback = true};
    struct viewer viewer;
    if (accounts_viewer(program->app, &request, arena, &viewer) != OK || !viewer.no_accounts)
        return;
    printf("还没有帐号：本机可直接使用，其他计算机不能使用；启用帐号请在本机打开 %.*s/setup ，"
           "启用码 %.*s\n",
           STR_ARG(address), STR_ARG(accounts_setup_code(program->accounts, arena)));
}

static int serve(struct serve *serve)
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    signal(SIGPIPE, SIG_IGN);
    /* A heap for every thread would keep what 64 clients once needed. */
    mallopt(M_ARENA_MAX, MALLOC_ARENAS);

    AUTOARENA arena = arena_open(MIB(64));
    struct fault fault = {0};
    struct program program;
    enum status status = program_open(&arena, &serve->program, &program, &fault);
    if (status != OK)
        return cli_refuse(status, &fault);
    struct http_options options = {.app = program.app,
                                   .listen = serve->listen,
                                   .trusted = serve->trusted,
                                   .trusted_n = serve->trusted_n};
    struct http *http;
    status = http_start(&arena, &options, &http, &fault);
    if (status == OK) {
        printf("对口已启动：%.*s\n", STR_ARG(http_address(http)));
        print_setup(&program, &arena, http_address(http));
        fflush(stdout);
        wait_for_stop(&signals);
        http_stop(http, DRAIN_MS);
    }
    program_close(&program);
    return status == OK ? CLI_DONE : cli_refuse(status, &fault);
}

int cli_serve(int argc, char **argv)
{
    struct serve options = {.program = {.db = STR("sqlite:duikou.db")},
                            .listen = STR("127.0.0.1:8080")};
    struct str now = {0};
    bool help = false;
    const struct cli_option table[] = {{"--db", &options.program.db, NULL},
                                       {"--listen", &options.listen, NULL},
                                       {"--trusted-proxy", &options.proxy, NULL},
                                       {"--now", &now, NULL},
                                       {"--create", NULL, &options.program.create},
                                       {"--no-cache", NULL, &options.program.no_cache},
                                       {"--help", NULL, &help},
                                       {NULL, NULL, NULL}};
    char *rest[1];
    int n = cli_options(argc, argv, table, rest, 1);
    if (n < 0)
        return CLI_USAGE;
    if (help || n > 0) {
        fputs(usage, help ? stdout : stderr);
        return help ? CLI_DONE : CLI_USAGE;
    }
    if (now.len > 0 && !date_parse(now, &options.program.now)) {
        fprintf(stderr, "--now 应为实际存在的日期，例如 2022-06-15，现在是“%.*s”。\n",
                STR_ARG(now));
        return CLI_USAGE;
    }
    return read_proxies(&options) ? serve(&options) : CLI_USAGE;
}
