/*
 * main - lists the commands and modules; the only file that knows everything.
 */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"

static int run_help(int argc, char **argv);
static int run_version(int argc, char **argv);

static const struct command commands[] = {
    {"read", cli_read, "读取对口联系文件，生成方案草稿"},
    {"read-child", cli_read_child, NULL},
    {"file-child", cli_file_child, NULL},
    {"files", cli_files, "核对附件的存放与登记，清除没有登记的文件"},
    {"help", run_help, "显示本说明"},
    {"flow", cli_flow, "列出各类记录的办理步骤，画出步骤图"},
    {"backup", cli_backup, "备份数据库，服务不必停"},
    {"load", cli_load, "校验方案文件，显示差异并导入数据库"},
    {"audit", cli_audit, "核对操作日志，生成存证点和证据包"},
    {"migrate", cli_migrate, "把数据库搬到另一处，SQLite 与 PostgreSQL 之间均可"},
    {"restore", cli_restore, "从备份恢复数据库"},
    {"roster", cli_roster, "导入名单和回执，生成空白回执"},
    {"roster-child", cli_roster_child, NULL},
    {"schema", cli_schema, NULL},
    {"serve", cli_serve, "打开数据库并提供网页服务"},
    {"simulate", cli_simulate, "建立一个任意大小的模拟组织，供测量和演示"},
    {"step", cli_step, "办理一步：登记备案、更换、终止等"},
    {"user", cli_user, "建立帐号、开具登录单"},
    {"version", run_version, "显示版本号"},
};
enum { COMMANDS_N = sizeof commands / sizeof *commands };

static const struct {
    const char *option, *command;
} options[] = {{"--help", "help"}, {"-h", "help"}, {"--version", "version"}};

static int run_help(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    puts("用法：duikou 命令 [选项] …\n");
    for (int i = 0; i < COMMANDS_N; i++)
        if (commands[i].help)
            printf("  %-12s %s\n", commands[i].name, commands[i].help);
    return CLI_DONE;
}

static int run_version(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    puts("duikou " DUIKOU_VERSION);
    return CLI_DONE;
}

int main(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "help";
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        if (strcmp(name, options[i].option) == 0)
            name = options[i].command;
    for (int i = 0; i < COMMANDS_N; i++)
        if (strcmp(name, commands[i].name) == 0)
            return commands[i].run(argc - 1, argv + 1);
    fprintf(stderr, "没有“%s”这个命令，请用 duikou help 查看全部命令。\n", name);
    return CLI_USAGE;
}
