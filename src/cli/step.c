/*
 * step - duikou step: one step of a record's flow from the command line, as the clerk of the body.
 */
#include <stdio.h>

#include "cli/cli.h"
#include "cli/options.h"
#include "cli/program.h"
#include "engine/flow/flow.h"

enum { ARGUMENTS_MAX = 64, PLACES = 4, FIXED = 8 };

static const char usage[] =
    "用法：duikou step [选项] 组织 种类 编号 步骤 [字段=内容 …]\n"
    "  --db       sqlite:路径 或 postgresql://用户@主机/库名（默认 sqlite:duikou.db）\n"
    "  --on       办理的日子（默认今天）\n"
    "  --version  所见版本号；不写则按现在的版本\n"
    "  --for      代录：替谁办理；须同时写明 --means 和 --date\n"
    "  --means    letter（来函）、phone（电话）或 person（当面）\n"
    "  --date     代录：来函、来电或当面的日期\n"
    "  --remark   代录：说明，可不写\n"
    "例如：duikou step yiyang designation 0PA5XQ4G80001 register\n";

struct step_line {
    struct str db, on, version, party, means, date, remark;
    char *rest[ARGUMENTS_MAX];
    int n;
};

/* The POST route of the step; NULL when there is none of that name. */
static const struct route *find_route(const struct program *program, struct arena *arena,
                                      const char *kind, const char *name)
{
    struct str path = str_fmt(arena, "/{body}/%s/{id}/%s", kind, name);
    int n;
    app_route_at(program->app, 0, &n);
    for (int i = 0; i < n; i++) {
        const struct route *route = app_route_at(program->app, i, &n);
        if (route->method == METHOD_POST && str_is(path, route->path))
            return route;
    }
    return NULL;
}

static void put(struct param *form, int *n, const char *name, struct str value)
{
    if (value.len > 0)
        form[(*n)++] = (struct param){str_from(name), value};
}

/* What a form would have sent. */
static struct request request_of(struct arena *arena, const struct step_line *line)
{
    struct request request = {.method = METHOD_POST, .peer_loopback = true};
    request.form = arena_new(arena, struct param, ARGUMENTS_MAX + FIXED);
    put(request.form, &request.form_n, "version", line->version);
    put(request.form, &request.form_n, "behalf_for", line->party);
    put(request.form, &request.form_n, "behalf_means", line->means);
    put(request.form, &request.form_n, "behalf_date", line->date);
    put(request.form, &request.form_n, "behalf_remark", line->remark);
    for (int i = PLACES; i < line->n; i++) {
        struct str value = str_from(line->rest[i]), name = str_cut(&value, STR("="));
        request.form[request.form_n++] = (struct param){name, value};
    }
    return request;
}

static enum status see_version(struct call *call, const struct kind *kind, struct step_line *line)
{
    struct record *record;
    int64_t id;
    TRY(call_path_id(call, 1, &id));
    if (record_get(call->tx, kind, call->body.id, id, &record) != OK)
        return call_refuse(call, NOT_FOUND, NULL, "没有编号为“%s”的%s。", line->rest[2],
                           kind->label);
    if (line->version.len == 0)
        line->version = str_fmt(call->arena, "%lld", (long long)record->version);
    return OK;
}

static const struct kind *find_kind(const char *name)
{
    for (const struct kind *const *kind = domain_kinds(); *kind; kind++)
        if ((*kind)->flow && strcmp((*kind)->name, name) == 0)
            return *kind;
    return NULL;
}

static enum status take(struct call *call, const struct kind *kind, struct step_line *line)
{
    struct page page = {0};
    if (domain_find_body(call->tx, str_from(line->rest[0]), &call->body) != OK)
        return call_refuse(call, NOT_FOUND, NULL, "数据库里没有地址名为“%s”的组织。",
                           line->rest[0]);
    TRY(see_version(call, kind, line));
    struct request request = request_of(call->arena, line);
    call->request = &request;
    TRY(call->route->run(call, &page));
    call->request = NULL;
    if (page.status >= 400)
        return call->fault.status != OK ? call->fault.status : INVALID;
    printf("已办理。\n");
    return OK;
}

static int run(struct arena *arena, struct step_line *line, struct date on)
{
    struct fault fault = {0};
    struct program program;
    const struct kind *kind = find_kind(line->rest[1]);
    struct program_options options = {.db = line->db, .now = on, .no_cache = true, .readers = 1};
    enum status status = program_open(arena, &options, &program, &fault);
    if (status != OK)
        return cli_refuse(status, &fault);
    const struct route *route =
        kind ? find_route(&program, arena, line->rest[1], line->rest[3]) : NULL;
    struct instant now = clock_now(&program.clock);
    struct call call = {.app = program.app,
                        .arena = arena,
                        .route = route,
                        .viewer = viewer_clerk,
                        .now = now,
                        .today = instant_date(now, ZONE_CHINA_MIN)};
    call.path_params[0] = str_from(line->rest[0]);
    call.path_params[1] = str_from(line->rest[2]);
    call.viewer.local = true;
    if (!route)
        status = refuse(arena, &call.fault, INVALID, NULL,
                        "%s没有“%s”这一步，请用 duikou flow 查看各类记录的步骤。", line->rest[1],
                        line->rest[3]);
    else if ((status = store_read(program.store, arena, &call.tx)) == OK)
        status = take(&call, kind, line);
    store_read_end(call.tx);
    program_close(&program);
    return status == OK ? CLI_DONE : cli_refuse(status, &call.fault);
}

int cli_step(int argc, char **argv)
{
    struct step_line line = {.db = STR("sqlite:duikou.db")};
    bool help = false;
    const struct cli_option options[] = {{"--db", &line.db, NULL},
                                         {"--on", &line.on, NULL},
                                         {"--version", &line.version, NULL},
                                         {"--for", &line.party, NULL},
                                         {"--means", &line.means, NULL},
                                         {"--date", &line.date, NULL},
                                         {"--remark", &line.remark, NULL},
                                         {"--help", NULL, &help},
                                         {NULL, NULL, NULL}};
    line.n = cli_options(argc, argv, options, line.rest, ARGUMENTS_MAX);
    struct date on = {0};
    if (line.n < 0)
        return CLI_USAGE;
    if (help || line.n < PLACES) {
        fputs(usage, help ? stdout : stderr);
        return help ? CLI_DONE : CLI_USAGE;
    }
    if (line.on.len > 0 && !date_parse(line.on, &on)) {
        fprintf(stderr, "--on 应为实际存在的日期，例如 2022-01-24，现在是“%.*s”。\n",
                STR_ARG(line.on));
        return CLI_USAGE;
    }
    AUTOARENA arena = arena_open(MIB(256));
    return run(&arena, &line, on);
}
