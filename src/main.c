/*
 * main - lists the commands and modules; the only file that knows everything.
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/output.h"

static int run_help(int argc, char **argv);
static int run_version(int argc, char **argv);

static const struct command commands[] = {
    {"read", cli_read, "读取对口联系文件，生成方案草稿"},
    {"load", cli_load, "校验方案文件，显示差异并导入数据库"},
    {"roster", cli_roster, "导入名单和回执，生成空白回执"},
    {"serve", cli_serve, "打开数据库并提供网页服务"},
    {"user", cli_user, "建立帐号、开具登录单"},
    {"step", cli_step, "办理一步：登记备案、更换、终止等"},
    {"flow", cli_flow, "列出各类记录的办理步骤，画出步骤图"},
    {"backup", cli_backup, "备份数据库，服务不必停"},
    {"restore", cli_restore, "从备份恢复数据库"},
    {"migrate", cli_migrate, "把数据库搬到另一处，SQLite 与 PostgreSQL 之间均可"},
    {"audit", cli_audit, "核对操作日志，生成存证点和证据包"},
    {"files", cli_files, "核对附件的存放与登记，清除没有登记的文件"},
    {"simulate", cli_simulate, "建立一个任意大小的模拟组织，供测量和演示"},
    {"help", run_help, "显示本说明；help 命令 显示该命令的用法"},
    {"version", run_version, "显示版本号"},
    {"schema", cli_schema, NULL},
    {"read-child", cli_read_child, NULL},
    {"file-child", cli_file_child, NULL},
    {"roster-child", cli_roster_child, NULL},
};
enum { COMMANDS_N = sizeof commands / sizeof *commands };

static const struct {
    const char *option, *command;
} options[] = {{"--help", "help"}, {"-h", "help"}, {"--version", "version"}};

static const struct command *find(const char *name)
{
    for (int i = 0; i < COMMANDS_N; i++)
        if (strcmp(name, commands[i].name) == 0)
            return &commands[i];
    fprintf(stderr, "没有“%s”这个命令，请用 duikou help 查看全部命令。\n", name);
    return NULL;
}

/* Of one command what its own --help says. */
static int help_with(const char *name)
{
    char option[] = "--help", *of[] = {(char *)(uintptr_t)name, option, NULL};
    const struct command *command = find(name);
    if (!command)
        return CLI_USAGE;
    return command->help && command->run != run_help && command->run != run_version
               ? command->run(2, of)
               : run_help(1, of);
}

static int run_help(int argc, char **argv)
{
    if (argc > 1 && argv[1][0] != '-')
        return help_with(argv[1]);
    puts("用法：duikou 命令 [选项] …\n");
    for (int i = 0; i < COMMANDS_N; i++)
        if (commands[i].help)
            printf("  %-12s %s\n", commands[i].name, commands[i].help);
    puts("\n每个命令都可加 --help；需要数据库的命令都可加 --config 设置文件，用其中的 db 等设置。\n"
         "退出码：0 完成，1 输入或数据有误，2 用法不对。");
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
    const struct command *command = find(name);
    return command ? cli_finish(command->run(argc - 1, argv + 1)) : CLI_USAGE;
}
