/*
 * user - duikou user: the first account, the administrators, a new slip for who cannot get in.
 */
#include <stdio.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/options.h"
#include "cli/program.h"
#include "store/journal.h"

static const char usage[] =
    "用法：duikou user add --login 登录名 --name 姓名 [--role 身份] [--body 地址]\n"
    "                      [--organization 单位] [--password-stdin] [--db 数据库]\n"
    "      duikou user reset --login 登录名 [--db 数据库]\n"
    "  --role            默认 office-clerk（政协办公室文书）；管理员为 system、security、audit\n"
    "  --body            政协组织或政府的地址，例如 yiyang；不写为全部单位\n"
    "  --organization    名录中的单位名称，专门委员会、单位、党派、界别的身份须写\n"
    "  --password-stdin  从标准输入读取密码；不写则给出一次性登录码\n"
    "  --db              sqlite:路径 或 postgresql://用户@主机/库名（默认 sqlite:duikou.db）\n";

struct user {
    struct str db, login, name, role, body, organization;
    bool password_stdin;
};

static enum status read_password(struct arena *arena, struct str *ret_password, struct fault *fault)
{
    char *line = arena_alloc(arena, 512);
    if (!fgets(line, 512, stdin))
        return refuse(arena, fault, INVALID, NULL, "标准输入里没有密码，请把密码写在第一行。");
    struct str rest = str_from(line);
    *ret_password = str_line(&rest);
    return OK;
}

static enum status find_organization(struct program *program, struct arena *arena,
                                     const struct user *user, struct account_new *wanted,
                                     struct fault *fault)
{
    struct tx *tx;
    struct body_info body = {0};
    TRY(store_read(program->store, arena, &tx));
    enum status status = user->body.len ? domain_find_body(tx, user->body, &body) : OK;
    if (status == NOT_FOUND)
        refuse(arena, fault, INVALID, NULL, "没有地址为“%.*s”的单位，请核对 --body。",
               STR_ARG(user->body));
    wanted->body = body.id;
    if (status == OK && user->organization.len)
        status = domain_organization(tx, body.id, user->organization, clock_today(&program->clock),
                                     &wanted->organization, fault);
    store_read_end(tx);
    return status;
}

static enum status add(struct program *program, struct arena *arena, const struct user *user,
                       struct str *ret_slip, struct fault *fault)
{
    struct account_new wanted = {
        .login = user->login, .name = user->name, .role = role_by_word(user->role)};
    struct actor actor = actor_named("命令行", clock_now(&program->clock));
    if (wanted.role == ROLE_NONE || wanted.role == ROLE_PUBLIC)
        return refuse(arena, fault, INVALID, NULL,
                      "没有“%.*s”这种身份，请用 duikou user --help 查看全部身份。",
                      STR_ARG(user->role));
    TRY(find_organization(program, arena, user, &wanted, fault));
    if (role_has_organization(wanted.role) && !wanted.organization)
        return refuse(arena, fault, INVALID, NULL,
                      "“%s”须用 --body 和 --organization 写明所在的单位。",
                      role_label(wanted.role));
    if (user->password_stdin)
        TRY(read_password(arena, &wanted.password, fault));
    return account_make(program->accounts, arena, &actor, &wanted, ret_slip, fault);
}

static int run(const char *deed, const struct user *user)
{
    AUTOARENA arena = arena_open(MIB(64));
    struct fault fault = {0};
    struct program program;
    struct program_options options = {.db = user->db, .readers = 1};
    struct str slip = {0};
    enum status status = program_open(&arena, &options, &program, &fault);
    if (status != OK)
        return cli_refuse(status, &fault);
    struct actor actor = actor_named("命令行", clock_now(&program.clock));
    if (strcmp(deed, "add") == 0)
        status = add(&program, &arena, user, &slip, &fault);
    else
        status = account_reset(program.accounts, &arena, &actor, user->login, &slip, &fault);
    program_close(&program);
    if (status != OK)
        return cli_refuse(status, &fault);
    if (slip.len)
        printf("登录码 %.*s ，72 小时内在登录页“凭登录单登录”处使用一次，然后设置密码。\n",
               STR_ARG(slip));
    else
        puts("帐号已建立，可以登录。");
    return CLI_DONE;
}

static void put_usage(FILE *to)
{
    fputs(usage, to);
    fputs("身份：\n", to);
    for (enum role role = ROLE_NONE + 1; role < ROLES_N; role++)
        if (role != ROLE_PUBLIC)
            fprintf(to, "  %-20s %s\n", role_word(role), role_label(role));
}

int cli_user(int argc, char **argv)
{
    struct user user = {.db = STR("sqlite:duikou.db"), .role = STR("office-clerk")};
    bool help = false;
    const struct cli_option table[] = {{"--db", &user.db, NULL},
                                       {"--login", &user.login, NULL},
                                       {"--name", &user.name, NULL},
                                       {"--role", &user.role, NULL},
                                       {"--body", &user.body, NULL},
                                       {"--organization", &user.organization, NULL},
                                       {"--password-stdin", NULL, &user.password_stdin},
                                       {"--help", NULL, &help},
                                       {NULL, NULL, NULL}};
    char *rest[2];
    int n = cli_options(argc, argv, table, rest, 2);
    if (n < 0)
        return CLI_USAGE;
    bool known = n == 1 && (strcmp(rest[0], "add") == 0 || strcmp(rest[0], "reset") == 0);
    if (help || !known || user.login.len == 0) {
        put_usage(help ? stdout : stderr);
        return help ? CLI_DONE : CLI_USAGE;
    }
    return run(rest[0], &user);
}
