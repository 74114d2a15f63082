#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/buf.h"
#include "cli/config.h"

struct taken {
    struct str db, listen, rate;
    bool create;
};

static enum status take(struct arena *arena, const char *text, struct taken *taken,
                        struct fault *fault)
{
    *taken = (struct taken){.listen = STR("127.0.0.1:8080")};
    const struct cli_option options[] = {{"--db", &taken->db, NULL},
                                         {"--listen", &taken->listen, NULL},
                                         {"--rate-pages", &taken->rate, NULL},
                                         {"--create", NULL, &taken->create},
                                         {NULL, NULL, NULL}};
    *fault = (struct fault){0};
    return config_read(arena, "duikou.conf", str_from(text), options, fault);
}

static void settings_reach_the_options_of_their_names(void **state)
{
    (void)state;
    AUTOARENA arena = arena_open(MIB(1));
    struct taken taken;
    struct fault fault;
    assert_int_equal(take(&arena,
                          "\xef\xbb\xbf# comment\r\n\r\n  db =  sqlite:/var/a=b.db \r\n"
                          "create=yes\nlog-level = info\nrate-pages = 0",
                          &taken, &fault),
                     OK);
    assert_true(str_is(taken.db, "sqlite:/var/a=b.db"));
    assert_true(str_is(taken.rate, "0"));
    assert_true(str_is(taken.listen, "127.0.0.1:8080"));
    assert_true(taken.create);
    assert_int_equal(take(&arena, "", &taken, &fault), OK);
    assert_false(taken.create);
}

static void what_is_wrong_is_told_with_file_line_and_what_was_expected(void **state)
{
    (void)state;
    static const struct {
        const char *text, *sentence;
    } cases[] = {
        {"\n\nlisten = 8080\n",
         "duikou.conf 第 3 行：listen 应为地址和端口，例如 127.0.0.1:8080，现在是“8080”。"},
        {"db sqlite:a.db", "duikou.conf 第 1 行：应为“名称 = 值”或以 # 开头的说明，现在是“db "
                           "sqlite:a.db”。"},
        {"colour = red",
         "duikou.conf 第 1 行：没有“colour”这项设置，请对照随程序提供的 duikou.conf "
         "改正。"},
        {"create = yes\n# x\ncreate = no",
         "duikou.conf 第 3 行：create 在第 1 行已经写过，请只保留一处。"},
        {"create = true", "duikou.conf 第 1 行：create 应为 yes 或 no，现在是“true”。"},
        {"db =", "duikou.conf 第 1 行：db 应为 sqlite:路径 或 postgresql://地址，例如 "
                 "sqlite:/var/lib/duikou/duikou.db，现在是“”。"},
        {"rate-pages = -1", "duikou.conf 第 1 行：rate-pages 应为每分钟的次数（0 到 1000000，0 "
                            "为不限），例如 3000，现在是“-1”。"},
        {"head-seconds = 0", "duikou.conf 第 1 行：head-seconds 应为秒数（1 到 3600），例如 "
                             "30，现在是“0”。"},
        {"now = 2022-02-30",
         "duikou.conf 第 1 行：now 应为实际存在的日期，例如 2022-06-15，现在是“2022-02-30”。"},
        {"log-level = loud",
         "duikou.conf 第 1 行：log-level 应为 error、warn 或 info，现在是“loud”。"},
        {"listen = host:80",
         "duikou.conf 第 1 行：listen 应为地址和端口，例如 127.0.0.1:8080，现在是“host:80”。"},
        {"\ntrusted-proxy = 10.0.0.0/8, proxy",
         "duikou.conf 第 2 行：trusted-proxy 应为代理服务器的地址或网段，例如 "
         "10.0.0.0/8，多个用逗号分开，现在是“10.0.0.0/8, proxy”。"},
        {"db = \xff", "duikou.conf 不是 UTF-8 文本，请另存为 UTF-8 后再启动。"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        AUTOARENA arena = arena_open(MIB(1));
        struct taken taken;
        struct fault fault;
        assert_int_equal(take(&arena, cases[i].text, &taken, &fault), INVALID);
        assert_string_equal(str_c(&arena, fault.message), cases[i].sentence);
    }
}

/* The setting that a line of the shipped file names, also where it is switched off. */
static struct str name_of(struct str line)
{
    if (str_starts(line, STR("# ")))
        line = str_from_byte(line, 2);
    struct str name = str_cut(&line, STR(" = "));
    bool plain = line.len > 0 && name.len > 0;
    for (size_t i = 0; i < name.len; i++)
        plain = plain && (name.ptr[i] == '-' || (name.ptr[i] >= 'a' && name.ptr[i] <= 'z'));
    return plain ? name : (struct str){0};
}

static void the_shipped_file_has_every_setting_and_each_of_its_values_is_right(void **state)
{
    (void)state;
    AUTOARENA arena = arena_open(MIB(4));
    struct str text, switched_on = {0};
    int seen[64] = {0}, settings_n = 0;
    struct str path = str_fmt(&arena, "%s/packaging/duikou.conf", getenv("DUIKOU_SOURCE"));
    assert_true(cli_read_file(&arena, path.ptr, &text));
    AUTOBUF all = buf_open(MIB(1));
    for (struct str rest = text; rest.len;) {
        struct str line = str_line(&rest), name = name_of(line);
        if (!name.len)
            continue;
        int i = 0;
        while (config_settings[i].name && !str_is(name, config_settings[i].name))
            i++;
        assert_non_null(config_settings[i].name);
        seen[i]++;
        bool off = str_starts(line, STR("# "));
        buf_fmt(&all, "%.*s\n", STR_ARG(str_from_byte(line, off ? 2 : 0)));
    }
    for (; config_settings[settings_n].name; settings_n++)
        assert_int_equal(seen[settings_n], 1);
    struct taken taken;
    struct fault fault;
    switched_on = buf_str(&all);
    assert_int_equal(take(&arena, str_c(&arena, text), &taken, &fault), OK);
    assert_int_equal(take(&arena, str_c(&arena, switched_on), &taken, &fault), OK);
    assert_true(str_is(taken.listen, "127.0.0.1:8080"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(settings_reach_the_options_of_their_names),
        cmocka_unit_test(what_is_wrong_is_told_with_file_line_and_what_was_expected),
        cmocka_unit_test(the_shipped_file_has_every_setting_and_each_of_its_values_is_right),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
