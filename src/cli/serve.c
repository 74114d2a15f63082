/*
 * serve - duikou serve: open the database, answer on an address until told to stop.
 */
#include <malloc.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>

#include "base/log.h"
#include "cli/cli.h"
#include "cli/config.h"
#include "cli/program.h"
#include "cli/service.h"
#include "http/http.h"

enum { TRUSTED_MAX = 16, MALLOC_ARENAS = 2, TOKEN_LEAST = 16 };

static const char usage[] =
    "用法：duikou serve [--config 文件] [选项] …\n"
    "  --config          设置文件，各项名称与选项相同；命令行上写的优先\n"
    "  --db              sqlite:路径 或 postgresql://用户@主机/库名（默认 sqlite:duikou.db）\n"
    "  --create          数据库不存在时新建一个空的，从“导入文件”开始\n"
    "  --listen          监听的地址和端口（默认 127.0.0.1:8080）\n"
    "  --tls-cert        证书文件（PEM，含证书链）；与 --tls-key 同时写，即以 https 提供服务\n"
    "  --tls-key         私钥文件（PEM，不带口令）；换证书后发 SIGHUP 信号即生效\n"
    "  --trusted-proxy   只有来自这些地址的转发头才会采信，例如 10.0.0.0/8，多个用逗号分开\n"
    "  --rate-pages      同一地址每分钟最多打开多少页（默认 3000，0 为不限）\n"
    "  --rate-writes     同一地址每分钟最多提交多少次（默认 300，0 为不限）\n"
    "  --rate-sign-in    同一地址每分钟最多尝试登录多少次（默认 20，0 为不限）\n"
    "  --head-seconds    等待请求头的秒数（默认 30）\n"
    "  --body-seconds    等待提交内容的秒数（默认 30，内容长的按长度增加）\n"
    "  --stop-seconds    停止时等待正在办理的请求的秒数（默认 10）\n"
    "  --log-level       error、warn（默认）或 info；info 每次请求记一行，不含个人信息\n"
    "  --metrics-token-file  令牌文件，凭此令牌可从别的机器读取 /metrics\n"
    "  --key-file        本系统密钥文件的路径（默认放在数据库旁边）\n"
    "  --key-dir         签名密钥的目录，写了即可在网页上生成存证点和证据包\n"
    "  --files           存放附件的目录（默认在数据库旁边），或 "
    "s3://桶名/前缀?endpoint=https://主机\n"
    "  --guomi           附件用 SM3 摘要命名（默认 SHA-256）\n"
    "  --address         浏览器打开本系统的地址，例如 "
    "https://duikou.example；接入统一身份认证时要写\n"
    "  --oidc-issuer     统一身份认证（OpenID Connect）的签发者地址\n"
    "  --oidc-client     本系统在统一身份认证中的客户端标识\n"
    "  --oidc-secret-file  客户端密钥所在的文件\n"
    "  --oidc-label      登录页上的名称（默认 统一身份认证）\n"
    "  --sms-url         短信网关的地址，启用短信验证码登录\n"
    "  --sms-body        发给短信网关的内容，其中 {mobile} 是手机号，{code} 是验证码\n"
    "  --sms-head-file   附加的一行请求头所在的文件，例如 Authorization: Bearer …\n"
    "  --sms-answer      短信网关接受时答复中必有的文字（不写则以 2xx 为准）\n"
    "  --now             把系统日期固定在某一天，仅供演示和测试\n"
    "  --no-cache        每次都重新生成页面，仅供测量\n";

struct serve {
    struct program_options program;
    struct str listen, proxy, now, tls_cert, tls_key, log_level, token_file;
    struct str oidc_secret_file, sms_head_file;
    struct str rates[LIMITS_N], head_seconds, body_seconds, stop_seconds;
    struct str trusted[TRUSTED_MAX];
    int trusted_n;
    bool help;
};

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

static bool read_token(struct serve *serve, struct arena *arena)
{
    struct str text;
    if (serve->token_file.len == 0)
        return true;
    if (!cli_read_file(arena, str_c(arena, serve->token_file), &text))
        return false;
    serve->program.metrics_token = str_trim(text);
    if (serve->program.metrics_token.len >= TOKEN_LEAST)
        return true;
    fprintf(stderr, "%.*s: 令牌至少要有 %d 个字符，请换一个长的随机令牌。\n",
            STR_ARG(serve->token_file), TOKEN_LEAST);
    return false;
}

static bool read_secret(struct arena *arena, struct str path, struct str *ret_text)
{
    struct str text;
    if (path.len == 0)
        return true;
    if (!cli_read_file(arena, str_c(arena, path), &text))
        return false;
    *ret_text = str_trim(text);
    if (ret_text->len && !str_has(*ret_text, STR("\n")))
        return true;
    fprintf(stderr, "%.*s: 应只有一行，请核对。\n", STR_ARG(path));
    return false;
}

/* What belongs together is given together. */
static bool read_signon(struct serve *serve, struct arena *arena)
{
    struct signon *signon = &serve->program.signon;
    if (!read_secret(arena, serve->oidc_secret_file, &signon->secret) ||
        !read_secret(arena, serve->sms_head_file, &signon->sms_head))
        return false;
    while (str_ends(signon->address, STR("/")))
        signon->address.len--;
    if (signon->label.len == 0)
        signon->label = STR("统一身份认证");
    if (signon->issuer.len && !(signon->client.len && signon->secret.len && signon->address.len)) {
        fprintf(stderr, "写了 --oidc-issuer，还要写 --oidc-client、--oidc-secret-file 和 "
                        "--address。\n");
        return false;
    }
    if (signon->sms_url.len == 0 ||
        (str_has(signon->sms_body, STR("{mobile}")) && str_has(signon->sms_body, STR("{code}"))))
        return true;
    fprintf(stderr, "写了 --sms-url，还要写 --sms-body，其中要有 {mobile} 和 {code}。\n");
    return false;
}

/* Both files, read anew each time. */
static enum status take_certificate(const struct serve *serve, struct fault *fault,
                                    struct arena *arena)
{
    AUTOARENA files = arena_open(MIB(160));
    struct str cert, key;
    enum status status = cli_take_file(&files, serve->tls_cert, &cert, fault);
    if (status == OK)
        status = cli_take_file(&files, serve->tls_key, &key, fault);
    if (status != OK) {
        fault->message = str_copy(arena, fault->message); /* it outlives the files */
        return status;
    }
    TRY(http_take_certificate(arena, cert, key, fault));
    const char *warning = http_certificate_warning(time(NULL));
    struct stat info;
    if (warning)
        log_line(LOG_WARN, NULL, "%s", warning);
    if (stat(str_c(arena, serve->tls_key), &info) == 0 && (info.st_mode & S_IRWXO))
        log_line(LOG_WARN, NULL,
                 "tls-key 的文件能被其他用户读写，请改为仅服务账号可读（chmod 640）");
    return OK;
}

static void reload(const struct serve *serve)
{
    AUTOARENA arena = arena_open(MIB(1));
    struct fault fault = {0};
    if (serve->tls_cert.len == 0)
        return;
    if (take_certificate(serve, &fault, &arena) == OK)
        log_fields(LOG_INFO, NULL, "event=certificate");
    else
        log_line(LOG_ERROR, NULL, "仍用原来的证书：%.*s", STR_ARG(fault.message));
}

/* A second signal ends the draining. The sign of life asks the database a question: that it comes
 * back is enough, because a database that is away is no reason to start the program anew. */
static void wait_for_stop(const struct serve *serve, const struct program *program,
                          const sigset_t *signals)
{
    int tick_ms = service_watchdog_ms() / 2;
    for (;;) {
        enum service_wish wish = service_wait(signals, tick_ms);
        if (wish == SERVICE_STOP)
            break;
        if (wish == SERVICE_RELOAD)
            reload(serve);
        if (wish == SERVICE_TICK) {
            (void)store_version(program->store, 0);
            service_tell("WATCHDOG=1");
        }
    }
    service_tell("STOPPING=1");
    pthread_sigmask(SIG_UNBLOCK, signals, NULL);
}

static int seconds_ms(struct str text, int missing)
{
    int64_t seconds = missing;
    (void)str_to_int(text, &seconds);
    return (int)seconds * 1000;
}

static struct http_options http_options_of(const struct serve *serve, struct app *app)
{
    struct http_options options = {.app = app,
                                   .listen = serve->listen,
                                   .trusted = serve->trusted,
                                   .trusted_n = serve->trusted_n,
                                   .head_ms = seconds_ms(serve->head_seconds, 30),
                                   .body_ms = seconds_ms(serve->body_seconds, 30),
                                   .tls = serve->tls_cert.len > 0};
    static const int rates[LIMITS_N] = {
        [LIMIT_PAGES] = 3000, [LIMIT_WRITES] = 300, [LIMIT_SIGN_IN] = 20};
    for (int i = 0; i < LIMITS_N; i++) {
        int64_t rate = rates[i];
        (void)str_to_int(serve->rates[i], &rate);
        options.rates[i] = (int)rate;
    }
    return options;
}

static int serve_until_told(struct serve *serve, struct arena *arena)
{
    sigset_t signals;
    service_block_signals(&signals);
    /* A heap for every thread would keep what 64 clients once needed. */
    mallopt(M_ARENA_MAX, MALLOC_ARENAS);

    struct fault fault = {0};
    struct program program;
    enum status status = OK;
    if (serve->tls_cert.len)
        status = take_certificate(serve, &fault, arena);
    if (status == OK)
        status = program_check_places(arena, &serve->program, &fault);
    if (status == OK)
        status = program_open(arena, &serve->program, &program, &fault);
    if (status != OK)
        return cli_refuse(status, &fault);
    if (!outbox_start(program.outbox))
        fprintf(stderr, "系统不允许再开线程，通知和附件检索暂不办理，请关闭其他程序后重新启动。\n");
    struct http_options options = http_options_of(serve, program.app);
    struct http *http;
    status = http_start(arena, &options, &http, &fault);
    if (status == OK) {
        printf("对口已启动：%.*s\n", STR_ARG(http_address(http)));
        print_setup(&program, arena, http_address(http));
        fflush(stdout);
        service_tell("READY=1");
        wait_for_stop(serve, &program, &signals);
        http_stop(http, seconds_ms(serve->stop_seconds, 10));
    }
    program_close(&program);
    return status == OK ? CLI_DONE : cli_refuse(status, &fault);
}

/* What the two ends of a pair, the numbers and the names have to be. */
static bool check(struct serve *serve)
{
    const struct {
        const char *name;
        struct str value;
    } settings[] = {{"listen", serve->listen},
                    {"trusted-proxy", serve->proxy},
                    {"rate-pages", serve->rates[LIMIT_PAGES]},
                    {"rate-writes", serve->rates[LIMIT_WRITES]},
                    {"rate-sign-in", serve->rates[LIMIT_SIGN_IN]},
                    {"head-seconds", serve->head_seconds},
                    {"body-seconds", serve->body_seconds},
                    {"stop-seconds", serve->stop_seconds},
                    {"log-level", serve->log_level},
                    {"address", serve->program.signon.address},
                    {"oidc-issuer", serve->program.signon.issuer},
                    {"sms-url", serve->program.signon.sms_url},
                    {"now", serve->now}};
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        const char *expected;
        if (settings[i].value.len == 0 ||
            config_value_is_right(settings[i].name, settings[i].value, &expected))
            continue;
        fprintf(stderr, "--%s 应为%s%s，现在是“%.*s”。\n", settings[i].name, config_gap(expected),
                expected, STR_ARG(settings[i].value));
        return false;
    }
    if ((serve->tls_cert.len == 0) == (serve->tls_key.len == 0))
        return true;
    fprintf(stderr, "--tls-cert 和 --tls-key 要同时写，现在只有一个。\n");
    return false;
}

static void set_log_level(struct str level)
{
    if (level.len)
        log_set_level(str_is(level, "info")    ? LOG_INFO
                      : str_is(level, "error") ? LOG_ERROR
                                               : LOG_WARN);
}

int cli_serve(int argc, char **argv)
{
    struct serve serve = {.program = {.db = STR("sqlite:duikou.db")},
                          .listen = STR("127.0.0.1:8080")};
    const struct cli_option table[] = {{"--db", &serve.program.db, NULL},
                                       {"--listen", &serve.listen, NULL},
                                       {"--tls-cert", &serve.tls_cert, NULL},
                                       {"--tls-key", &serve.tls_key, NULL},
                                       {"--trusted-proxy", &serve.proxy, NULL},
                                       {"--rate-pages", &serve.rates[LIMIT_PAGES], NULL},
                                       {"--rate-writes", &serve.rates[LIMIT_WRITES], NULL},
                                       {"--rate-sign-in", &serve.rates[LIMIT_SIGN_IN], NULL},
                                       {"--head-seconds", &serve.head_seconds, NULL},
                                       {"--body-seconds", &serve.body_seconds, NULL},
                                       {"--stop-seconds", &serve.stop_seconds, NULL},
                                       {"--log-level", &serve.log_level, NULL},
                                       {"--metrics-token-file", &serve.token_file, NULL},
                                       {"--key-file", &serve.program.key, NULL},
                                       {"--key-dir", &serve.program.key_dir, NULL},
                                       {"--files", &serve.program.files, NULL},
                                       {"--guomi", NULL, &serve.program.sm3},
                                       {"--address", &serve.program.signon.address, NULL},
                                       {"--oidc-issuer", &serve.program.signon.issuer, NULL},
                                       {"--oidc-client", &serve.program.signon.client, NULL},
                                       {"--oidc-secret-file", &serve.oidc_secret_file, NULL},
                                       {"--oidc-label", &serve.program.signon.label, NULL},
                                       {"--sms-url", &serve.program.signon.sms_url, NULL},
                                       {"--sms-body", &serve.program.signon.sms_body, NULL},
                                       {"--sms-head-file", &serve.sms_head_file, NULL},
                                       {"--sms-answer", &serve.program.signon.sms_answer, NULL},
                                       {"--now", &serve.now, NULL},
                                       {"--create", NULL, &serve.program.create},
                                       {"--no-cache", NULL, &serve.program.no_cache},
                                       {"--help", NULL, &serve.help},
                                       {NULL, NULL, NULL}};
    char *rest[1];
    int n = cli_options(argc, argv, table, rest, 1);
    if (n < 0)
        return CLI_USAGE;
    if (serve.help || n > 0) {
        fputs(usage, serve.help ? stdout : stderr);
        return serve.help ? CLI_DONE : CLI_USAGE;
    }
    if (!check(&serve) || !read_proxies(&serve))
        return CLI_USAGE;
    if (serve.now.len)
        (void)date_parse(serve.now, &serve.program.now);
    set_log_level(serve.log_level);
    AUTOARENA arena = arena_open(MIB(192));
    return read_token(&serve, &arena) && read_signon(&serve, &arena)
               ? serve_until_told(&serve, &arena)
               : CLI_AT_FAULT;
}
