#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>
#include <sqlite3.h>

#include "base/buf.h"
#include "base/scratch.h"
#include "cli/cli.h"
#include "cli/options.h"

enum { OUTPUT_MAX = 1 << 16 };

/* A directory of its own, and the program started in it. */
struct place {
    char directory[64];
};

struct child {
    pid_t pid;
    int out, error;
};

static int make_place(void **state)
{
    struct place *place = calloc(1, sizeof *place);
    *state = place;
    scratch_make(place->directory, sizeof place->directory, "serve");
    return 0;
}

static int remove_place(void **state)
{
    struct place *place = *state;
    scratch_remove(place->directory);
    free(place);
    return 0;
}

static struct child begin(const struct place *place, const char *listen_at, const char *more)
{
    int out[2], error[2];
    assert_int_equal(pipe2(out, O_CLOEXEC) | pipe2(error, O_CLOEXEC), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        const char *program = getenv("DUIKOU_BINARY");
        /* A database that is named must be there. */
        bool named = more && strncmp(more, "--db=", 5) == 0;
        if (chdir(place->directory) == 0 && dup2(out[1], 1) == 1 && dup2(error[1], 2) == 2)
            execl(program, program, "serve", named ? "--no-cache" : "--create", "--listen",
                  listen_at, more, (char *)NULL);
        _exit(127);
    }
    close(out[1]);
    close(error[1]);
    return (struct child){pid, out[0], error[0]};
}

/* Up to the end, or to the end of the first line. */
static void read_text(int fd, char *text, bool line)
{
    size_t n = 0;
    while (n + 1 < OUTPUT_MAX && read(fd, text + n, 1) == 1)
        if (text[n++] == '\n' && line)
            break;
    text[n] = 0;
}

static int end(struct child *child, char *error_text)
{
    int status;
    read_text(child->error, error_text, false);
    assert_int_equal(waitpid(child->pid, &status, 0), child->pid);
    close(child->out);
    close(child->error);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void the_server_tells_its_address_and_stops_when_told(void **state)
{
    static char line[OUTPUT_MAX], error[OUTPUT_MAX];
    struct child child = begin(*state, "127.0.0.1:0", NULL);
    read_text(child.out, line, true);
    assert_non_null(strstr(line, "http://127.0.0.1:"));
    kill(child.pid, SIGTERM);
    assert_int_equal(end(&child, error), CLI_DONE);
    assert_string_equal(error, "");
}

static int connect_to(const char *line)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    to.sin_port = htons((uint16_t)strtol(strrchr(line, ':') + 1, NULL, 10));
    int file = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(connect(file, (struct sockaddr *)&to, sizeof to), 0);
    return file;
}

static void a_body_that_never_comes_does_not_hold_the_stop_up(void **state)
{
    static const char half[] = "POST /import HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                               "Origin: http://127.0.0.1\r\nContent-Length: 100000\r\n"
                               "Content-Type: multipart/form-data; boundary=x\r\n\r\n--x\r\n";
    static const char whole[] = "GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
    static char line[OUTPUT_MAX], error[OUTPUT_MAX];
    struct child child = begin(*state, "127.0.0.1:0", "--stop-seconds=1");
    read_text(child.out, line, true);
    int stuck = connect_to(line), other = connect_to(line);
    assert_int_equal(write(stuck, half, sizeof half - 1), (ssize_t)sizeof half - 1);
    assert_int_equal(write(other, whole, sizeof whole - 1), (ssize_t)sizeof whole - 1);
    read_text(other, line, true);
    assert_non_null(strstr(line, "200"));
    kill(child.pid, SIGTERM);
    assert_int_equal(end(&child, error), CLI_DONE);
    close(stuck);
    close(other);
}

static void a_taken_port_is_one_sentence_and_exit_1(void **state)
{
    static char line[OUTPUT_MAX], error[OUTPUT_MAX];
    struct child first = begin(*state, "127.0.0.1:0", NULL);
    read_text(first.out, line, true);
    char *address = strstr(line, "127.0.0.1:");
    assert_non_null(address);
    address[strcspn(address, " \n")] = 0;
    struct child second = begin(*state, address, NULL);
    assert_int_equal(end(&second, error), CLI_AT_FAULT);
    assert_non_null(strstr(error, "已被另一个程序占用"));
    assert_ptr_equal(strchr(error, '\n'), error + strlen(error) - 1);
    kill(first.pid, SIGINT);
    assert_int_equal(end(&first, error), CLI_DONE);
}

static void options_that_cannot_be_are_refused_before_anything_starts(void **state)
{
    static const struct {
        const char *listen_at, *more;
        int code;
    } cases[] = {
        {"127.0.0.1:99999", NULL, CLI_USAGE},
        {"127.0.0.1:0", "--trusted-proxy=10.0.0.0/99", CLI_USAGE},
        {"127.0.0.1:0", "--now=2022-02-30", CLI_USAGE},
        {"127.0.0.1:0", "--nothing", CLI_USAGE},
        {"127.0.0.1:0", "file.yaml", CLI_USAGE},
        {"127.0.0.1:0", "--db=sqlite:/proc/none/duikou.db", CLI_AT_FAULT},
        {"127.0.0.1:0", "--db=sqlite:missing.db", CLI_AT_FAULT},
    };
    static char error[OUTPUT_MAX];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct child child = begin(*state, cases[i].listen_at, cases[i].more);
        assert_int_equal(end(&child, error), cases[i].code);
        assert_true(strlen(error) > 0);
    }
}

static void write_file(const struct place *place, const char *name, const char *text)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", place->directory, name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void change_database(const struct place *place, const char *name, const char *sql)
{
    char path[128];
    sqlite3 *db;
    snprintf(path, sizeof path, "%s/%s", place->directory, name);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

static void a_database_that_cannot_be_used_is_one_sentence_and_exit_1(void **state)
{
    const struct place *place = *state;
    static char line[OUTPUT_MAX], error[OUTPUT_MAX];
    struct child child = begin(place, "127.0.0.1:0", NULL);
    read_text(child.out, line, true);
    kill(child.pid, SIGTERM);
    assert_int_equal(end(&child, error), CLI_DONE);
    change_database(place, "duikou.db",
                    "insert into schema_step values "
                    "('person-99', '9.0')");
    write_file(place, "text.db", "这不是数据库，只是一段文字。");
    change_database(place, "other.db", "create table customer (id integer)");
    static const struct {
        const char *db, *sentence;
    } cases[] = {
        {"--db=sqlite:missing.db",
         "没有找到数据库 missing.db，请检查 --db 的路径，或先用 duikou load 建立。\n"},
        {"--db=sqlite:text.db", "text.db 不是 Duikou 的数据库，请检查 --db 的路径。\n"},
        {"--db=sqlite:other.db", "other.db 不是 Duikou 的数据库，请检查 --db 的路径。\n"},
        {"--db=sqlite:duikou.db", "数据库 duikou.db 由较新的程序（9.0 版，本程序为 " DUIKOU_VERSION
                                  " 版）建立，请升级 duikou 后再用。\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        child = begin(place, "127.0.0.1:0", cases[i].db);
        assert_int_equal(end(&child, error), CLI_AT_FAULT);
        assert_string_equal(error, cases[i].sentence);
    }
}

/* One request by hand. */
static void ask(const char *line, const char *request, char *answer)
{
    struct str digits = str_trim(str_from(strrchr(line, ':') + 1));
    int64_t port = 0;
    assert_true(str_to_int(digits, &port));
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in in = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    assert_int_equal(connect(fd, (struct sockaddr *)&in, sizeof in), 0);
    assert_int_equal(send(fd, request, strlen(request), MSG_NOSIGNAL), strlen(request));
    read_text(fd, answer, false);
    close(fd);
}

static void hear(int manager, const char *state)
{
    char heard[64] = {0};
    assert_true(recv(manager, heard, sizeof heard - 1, 0) > 0);
    assert_string_equal(heard, state);
}

/* The log names the route, and nothing of what was looked at or who looked. */
static void a_managed_server_tells_its_manager_and_logs_no_secrets(void **state)
{
    const struct place *place = *state;
    static char line[OUTPUT_MAX], error[OUTPUT_MAX], answer[OUTPUT_MAX];
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s/notify", place->directory);
    int manager = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(manager, (struct sockaddr *)&address, sizeof address), 0);
    setenv("NOTIFY_SOCKET", address.sun_path, 1);
    setenv("WATCHDOG_USEC", "20000", 1);
    write_file(place, "duikou.conf", "# test\nlog-level = info\nlisten = 192.0.2.1:1\n");
    struct child child = begin(place, "127.0.0.1:0", "--config=duikou.conf");
    unsetenv("NOTIFY_SOCKET");
    unsetenv("WATCHDOG_USEC");
    read_text(child.out, line, true);
    hear(manager, "READY=1");
    hear(manager, "WATCHDOG=1");
    ask(line,
        "GET /geheim/person.json?q=zhangsan HTTP/1.1\r\nHost: localhost\r\n"
        "User-Agent: lisi\r\nConnection: close\r\n\r\n",
        answer);
    assert_non_null(strstr(answer, "HTTP/1.1 404"));
    kill(child.pid, SIGHUP);
    kill(child.pid, SIGTERM);
    assert_int_equal(end(&child, error), CLI_DONE);
    assert_non_null(strstr(error, " level=info request="));
    assert_non_null(strstr(error, " event=request method=GET route=/{body}/person status=404 us="));
    static const char *const secrets[] = {"geheim", "zhangsan", "lisi", "127.0.0.1"};
    for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++)
        assert_null(strstr(error, secrets[i]));
    close(manager);
}

static void settings_that_cannot_be_stop_the_start(void **state)
{
    const struct place *place = *state;
    static char error[OUTPUT_MAX];
    write_file(place, "duikou.conf", "\nrate-pages = many\n");
    static const struct {
        const char *option, *sentence;
        int code;
    } cases[] = {
        {"--config=duikou.conf", "duikou.conf 第 2 行：rate-pages 应为", CLI_USAGE},
        {"--config=none.conf", "none.conf: 打不开这个文件", CLI_USAGE},
        {"--rate-writes=x", "--rate-writes 应为每分钟的次数", CLI_USAGE},
        {"--tls-cert=a.pem", "--tls-cert 和 --tls-key 要同时写", CLI_USAGE},
        {"--trusted-proxy=proxy", "--trusted-proxy 应为代理服务器的地址或网段", CLI_USAGE},
        {"--files=duikou.conf", "--files 的 duikou.conf 不能用（没有这个文件夹）", CLI_AT_FAULT},
        {"--files=duikou.conf/x", "--files 的 duikou.conf/x 不能用", CLI_AT_FAULT},
        {"--key-file=none/key", "--key-file 的 none/key 不能用（没有这个文件夹）", CLI_AT_FAULT},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct child child = begin(place, "127.0.0.1:0", cases[i].option);
        assert_int_equal(end(&child, error), cases[i].code);
        if (!strstr(error, cases[i].sentence))
            fail_msg("%s", error);
    }
}

/* What the shipped nginx.conf has the proxy send, for one visitor over https. */
static void put_proxy_heads(struct arena *arena, struct buf *to)
{
    static const struct {
        const char *variable, *value;
    } values[] = {
        {"$http_host", "duikou.example"}, {"$remote_addr", "192.0.2.7"}, {"$scheme", "https"}};
    struct str text, path = str_fmt(arena, "%s/packaging/nginx.conf", getenv("DUIKOU_SOURCE"));
    assert_true(cli_read_file(arena, path.ptr, &text));
    while (text.len) {
        struct str value = str_trim(str_line(&text));
        if (!str_starts(value, STR("proxy_set_header ")) || str_ends(value, STR("\"\";")))
            continue;
        value = str_from_byte(str_head(value, value.len - 1), strlen("proxy_set_header "));
        struct str name = str_cut(&value, STR(" "));
        for (size_t i = 0; i < sizeof values / sizeof *values; i++)
            value =
                str_replace(arena, value, str_from(values[i].variable), str_from(values[i].value));
        buf_fmt(to, "%.*s: %.*s\r\n", STR_ARG(name), STR_ARG(value));
    }
}

static void behind_the_shipped_proxy_one_signs_in_and_nobody_is_local(void **state)
{
    static char line[OUTPUT_MAX], error[OUTPUT_MAX], answer[OUTPUT_MAX];
    AUTOARENA arena = arena_open(MIB(1));
    AUTOBUF heads = buf_open(KIB(4)), post = buf_open(KIB(8)), page = buf_open(KIB(8));
    struct child child = begin(*state, "127.0.0.1:0", "--trusted-proxy=127.0.0.1");
    read_text(child.out, line, true);
    put_proxy_heads(&arena, &heads);
    buf_fmt(&post,
            "POST /sign-in HTTP/1.1\r\n%.*sOrigin: https://duikou.example\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 20\r\n"
            "Connection: close\r\n\r\nlogin=who&password=x",
            STR_ARG(buf_str(&heads)));
    ask(line, str_c(&arena, buf_str(&post)), answer);
    assert_non_null(strstr(answer, "登录名"));
    assert_null(strstr(answer, "未加密"));
    buf_fmt(&page, "GET / HTTP/1.1\r\n%.*sConnection: close\r\n\r\n", STR_ARG(buf_str(&heads)));
    ask(line, str_c(&arena, buf_str(&page)), answer);
    assert_non_null(strstr(answer, "HTTP/1.1 403"));
    kill(child.pid, SIGTERM);
    assert_int_equal(end(&child, error), CLI_DONE);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_place, remove_place)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_server_tells_its_address_and_stops_when_told),
        TEST(a_body_that_never_comes_does_not_hold_the_stop_up),
        TEST(a_database_that_cannot_be_used_is_one_sentence_and_exit_1),
        TEST(a_managed_server_tells_its_manager_and_logs_no_secrets),
        TEST(settings_that_cannot_be_stop_the_start),
        TEST(behind_the_shipped_proxy_one_signs_in_and_nobody_is_local),
        TEST(a_taken_port_is_one_sentence_and_exit_1),
        TEST(options_that_cannot_be_are_refused_before_anything_starts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
