#include "cli/config.h"

#include "base/date.h"
#include "base/utf8.h"
#include "http/http.h"
#include "net/fetch.h"

enum { LINES_MAX = 1000 };

/* --- values --- */

static bool is_text(struct str value)
{
    return value.len > 0;
}

static bool is_path(struct str value)
{
    return value.len > 0 && value.len < 4096;
}

static bool is_yes_or_no(struct str value)
{
    return str_is(value, "yes") || str_is(value, "no");
}

static bool is_day(struct str value)
{
    struct date date;
    return date_parse(value, &date);
}

static bool is_number(struct str value, int64_t least, int64_t most)
{
    int64_t number;
    return str_to_int(value, &number) && number >= least && number <= most;
}

static bool is_rate(struct str value)
{
    return is_number(value, 0, 1000000);
}

static bool is_seconds(struct str value)
{
    return is_number(value, 1, 3600);
}

static bool is_listen(struct str value)
{
    return http_is_listen(value);
}

static bool is_proxies(struct str value)
{
    bool right = value.len > 0;
    while (right && value.len > 0)
        right = http_is_network(str_trim(str_cut(&value, STR(","))));
    return right;
}

static bool is_database(struct str value)
{
    return (str_starts(value, STR("sqlite:")) && value.len > strlen("sqlite:")) ||
           str_starts(value, STR("postgresql://")) || str_starts(value, STR("postgres://"));
}

/* Secrets go there. */
static bool is_safe_address(struct str value)
{
    return net_is_safe(value) && !str_has(value, STR(" "));
}

static bool is_address(struct str value)
{
    return str_starts(value, STR("https://")) || str_starts(value, STR("http://"));
}

static bool is_level(struct str value)
{
    return str_is(value, "error") || str_is(value, "warn") || str_is(value, "info");
}

const struct setting config_settings[] = {
    {"db", "sqlite:路径 或 postgresql://地址，例如 sqlite:/var/lib/duikou/duikou.db", is_database},
    {"create", "yes 或 no", is_yes_or_no},
    {"listen", "地址和端口，例如 127.0.0.1:8080", is_listen},
    {"tls-cert", "证书文件的路径，例如 /etc/duikou/cert.pem", is_path},
    {"tls-key", "私钥文件的路径，例如 /etc/duikou/key.pem", is_path},
    {"trusted-proxy", "代理服务器的地址或网段，例如 10.0.0.0/8，多个用逗号分开", is_proxies},
    {"rate-pages", "每分钟的次数（0 到 1000000，0 为不限），例如 3000", is_rate},
    {"rate-writes", "每分钟的次数（0 到 1000000，0 为不限），例如 300", is_rate},
    {"rate-sign-in", "每分钟的次数（0 到 1000000，0 为不限），例如 20", is_rate},
    {"head-seconds", "秒数（1 到 3600），例如 30", is_seconds},
    {"body-seconds", "秒数（1 到 3600），例如 30", is_seconds},
    {"stop-seconds", "秒数（1 到 3600），例如 10", is_seconds},
    {"log-level", "error、warn 或 info", is_level},
    {"metrics-token-file", "令牌文件的路径，例如 /etc/duikou/metrics-token", is_path},
    {"key-file", "密钥文件的路径，例如 /var/lib/duikou/duikou.key", is_path},
    {"key-dir", "签名密钥目录的路径，例如 /var/lib/duikou/keys", is_path},
    {"files", "存放附件的目录，例如 /var/lib/duikou/files，或 s3:// 开头的地址", is_path},
    {"guomi", "yes 或 no", is_yes_or_no},
    {"address", "https:// 开头的地址，例如 https://duikou.example", is_safe_address},
    {"oidc-issuer", "https:// 开头的地址，例如 https://sso.example", is_safe_address},
    {"oidc-client", "客户端标识，例如 duikou", is_text},
    {"oidc-secret-file", "密钥文件的路径，例如 /etc/duikou/oidc-secret", is_path},
    {"oidc-label", "登录页上的名称，例如 市统一身份认证", is_text},
    {"sms-url", "http:// 或 https:// 开头的地址，例如 https://sms.example/send", is_address},
    {"sms-body", "发给短信网关的内容，例如 to={mobile}&text={code}", is_text},
    {"sms-head-file", "请求头文件的路径，例如 /etc/duikou/sms-head", is_path},
    {"sms-answer", "答复中必有的文字，例如 \"ok\"", is_text},
    {"now", "实际存在的日期，例如 2022-06-15", is_day},
    {NULL, NULL, NULL},
};

static const struct setting *find_setting(struct str name)
{
    const struct setting *setting = config_settings;
    while (setting->name && !str_is(name, setting->name))
        setting++;
    return setting->name ? setting : NULL;
}

bool config_value_is_right(const char *name, struct str value, const char **ret_expected)
{
    const struct setting *setting = find_setting(str_from(name));
    if (setting)
        *ret_expected = setting->expected;
    return setting && setting->is_right(value);
}

const char *config_gap(const char *expected)
{
    return (unsigned char)expected[0] < 0x80 ? " " : "";
}

/* --- lines --- */

struct reading {
    struct arena *arena;
    const char *path;
    int line;
    const struct cli_option *options;
    int *seen; /* by setting: the line that has it */
    struct fault *fault;
};

/* The option of a setting: without the "--". */
static const struct cli_option *option_of(const struct cli_option *options, struct str name)
{
    for (; options->name; options++)
        if (strncmp(options->name, "--", 2) == 0 && str_is(name, options->name + 2))
            return options;
    return NULL;
}

static enum status take_setting(struct reading *reading, struct str name, struct str value)
{
    const struct setting *setting = find_setting(name);
    if (!setting)
        return refuse(reading->arena, reading->fault, INVALID, NULL,
                      "%s 第 %d 行：没有“%.*s”这项设置，请对照随程序提供的 duikou.conf 改正。",
                      reading->path, reading->line, STR_ARG(str_head(name, 60)));
    int *seen = &reading->seen[setting - config_settings];
    if (*seen)
        return refuse(reading->arena, reading->fault, INVALID, NULL,
                      "%s 第 %d 行：%s 在第 %d 行已经写过，请只保留一处。", reading->path,
                      reading->line, setting->name, *seen);
    *seen = reading->line;
    if (!setting->is_right(value))
        return refuse(reading->arena, reading->fault, INVALID, NULL,
                      "%s 第 %d 行：%s 应为%s%s，现在是“%.*s”。", reading->path, reading->line,
                      setting->name, config_gap(setting->expected), setting->expected,
                      STR_ARG(str_head(value, 60)));
    const struct cli_option *option = option_of(reading->options, name);
    if (option && option->ret_flag)
        *option->ret_flag = str_is(value, "yes");
    else if (option)
        *option->ret_value = str_copy(reading->arena, value);
    return OK;
}

static enum status take_line(struct reading *reading, struct str line)
{
    line = str_trim(line);
    if (line.len == 0 || line.ptr[0] == '#')
        return OK;
    if (!str_has(line, STR("=")))
        return refuse(reading->arena, reading->fault, INVALID, NULL,
                      "%s 第 %d 行：应为“名称 = 值”或以 # 开头的说明，现在是“%.*s”。",
                      reading->path, reading->line, STR_ARG(str_head(line, 60)));
    struct str name = str_trim(str_cut(&line, STR("=")));
    return take_setting(reading, name, str_trim(line));
}

enum status config_read(struct arena *arena, const char *path, struct str text,
                        const struct cli_option *options, struct fault *fault)
{
    if (!utf8_is_valid(text) || (text.len && memchr(text.ptr, 0, text.len)))
        return refuse(arena, fault, INVALID, NULL, "%s 不是 UTF-8 文本，请另存为 UTF-8 后再启动。",
                      path);
    int settings_n = sizeof config_settings / sizeof *config_settings;
    struct reading reading = {arena, path, 0, options, arena_new(arena, int, settings_n), fault};
    if (str_starts(text, STR("\xef\xbb\xbf")))
        text = str_from_byte(text, 3);
    while (text.len) {
        if (++reading.line > LINES_MAX)
            return refuse(arena, fault, INVALID, NULL, "%s 超过 %d 行，请核对是否选错了文件。",
                          path, LINES_MAX);
        TRY(take_line(&reading, str_line(&text)));
    }
    return OK;
}
