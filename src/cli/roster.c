/*
 * roster - duikou roster: rosters and reply slips from the command line, as the pages do it.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/program.h"
#include "domain/domain.h"
#include "domain/roster/roster.h"
#include "store/journal.h"

enum { FILES_MAX = 500, OUTPUT_BYTES_MAX = 64 << 20 };

static const char usage[] =
    "用法：duikou roster import [--db 数据库] --body 地址名 [--apply] 名单或回执 …\n"
    "      duikou roster slips  [--db 数据库] --body 地址名 -o 回执.zip\n"
    "  --db     sqlite:路径 或 postgresql://用户@主机/库名（默认 sqlite:duikou.db）\n"
    "  --body   本级组织的地址名，例如 yiyang\n"
    "  --apply  写入；不加只逐行显示将会怎样\n"
    "  -o       空白回执写到哪个文件\n";

struct command_line {
    struct str db, body, output;
    bool apply, help;
    char *files[FILES_MAX];
    int files_n;
};

struct session {
    struct arena *arena;
    struct store *store;
    struct clock clock;
    struct body_info body;
};

/* Read files one after the other; false when one of them is no roster: nothing is imported then. */
static bool read_files(struct arena *arena, const struct command_line *line, struct roster *roster)
{
    bool good = true;
    for (int f = 0; f < line->files_n; f++) {
        struct str bytes;
        struct roster one;
        struct fault fault = {0};
        if (!cli_read_file(arena, line->files[f], &bytes)) {
            good = false;
            continue;
        }
        if (roster_file_read(arena, NULL, bytes, &one, &fault) != OK) {
            fprintf(stderr, "%s：%.*s\n", line->files[f], STR_ARG(fault.message));
            good = false;
            continue;
        }
        for (int i = 0; i < one.n; i++) {
            one.entries[i].file = str_from(line->files[f]);
            *arena_push(arena, roster->entries, roster->n, roster->room) = one.entries[i];
        }
        roster->blank += one.blank;
        for (int i = 0; i < one.unread_n; i++)
            printf("%s：“%.*s”这一列没有导入\n", line->files[f], STR_ARG(one.unread[i]));
    }
    if (good && roster->n > ROSTER_ENTRIES_MAX) {
        fprintf(stderr, "这些文件里共有 %d 人，一次最多导入 %d 人，请分批。\n", roster->n,
                ROSTER_ENTRIES_MAX);
        return false;
    }
    return good;
}

static void print_changes(const struct roster_entry *entry)
{
    for (int cell = CELL_NAME; cell < ROSTER_CELLS; cell++)
        if (entry->changed[cell])
            printf("  %s：%.*s → %.*s", roster_cells[cell].label, STR_ARG(entry->old[cell]),
                   STR_ARG(entry->values[cell]));
}

static void print_plan(struct arena *arena, const struct roster_plan *plan, bool applied)
{
    for (int i = 0; i < plan->roster->n; i++) {
        const struct roster_entry *entry = &plan->roster->entries[i];
        struct str reason = roster_reason(arena, entry);
        if (entry->act == ROSTER_SAME)
            continue;
        printf("%.*s:%d %s %.*s %.*s %.*s", STR_ARG(entry->file), entry->line,
               roster_acts[entry->act].label, STR_ARG(entry->cells[CELL_UNIT]),
               STR_ARG(entry->cells[CELL_ROLE]), STR_ARG(entry->cells[CELL_NAME]));
        if (entry->act == ROSTER_CHANGE)
            print_changes(entry);
        printf("%s%.*s\n", reason.len ? "  " : "", STR_ARG(reason));
    }
    for (int i = 0; i < plan->ends_n; i++)
        printf("不再担任 %.*s %s %.*s\n", STR_ARG(plan->ends[i].unit),
               designation_roles[plan->ends[i].role].label, STR_ARG(plan->ends[i].name));
    printf("%s新增 %d，变更 %d，不变 %d，有误 %d，不再担任 %d，未填 %d\n",
           applied ? "已导入：" : "将会：", plan->counts[ROSTER_ADD], plan->counts[ROSTER_CHANGE],
           plan->counts[ROSTER_SAME], plan->counts[ROSTER_BAD], plan->ends_n, plan->roster->blank);
}

struct work {
    struct session *session;
    struct roster *roster;
    struct roster_plan plan;
    struct instant now;
    const int64_t *ids;
};

static enum status apply(struct tx *tx, void *context, struct fault *fault)
{
    struct work *work = context;
    const struct body_info *body = &work->session->body;
    TRY(roster_plan_make(tx, body, instant_date(work->now, ZONE_CHINA_MIN), work->roster,
                         &work->plan));
    return roster_plan_apply(tx, &work->plan, body->id, work->now, work->ids, fault);
}

static enum status write_plan(struct session *session, struct work *work, struct fault *fault)
{
    struct id_maker ids = {.clock = &session->clock, .node = id_node()};
    work->ids = roster_ids(session->arena, &ids, work->roster->n);
    struct actor actor = actor_named("命令行", work->now);
    return store_write(session->store, session->arena, session->body.id, WRITE_LONG, &actor, apply,
                       work, fault);
}

static int import(struct session *session, const struct command_line *line)
{
    struct fault fault = {0};
    struct roster roster = {0};
    if (!read_files(session->arena, line, &roster))
        return CLI_AT_FAULT;
    struct work work = {.session = session, .roster = &roster, .now = clock_now(&session->clock)};
    enum status status;
    struct tx *tx = NULL;
    if (line->apply) {
        status = write_plan(session, &work, &fault);
    } else {
        status = store_read(session->store, session->arena, &tx);
        if (status == OK)
            status = roster_plan_make(tx, &session->body, clock_today(&session->clock), &roster,
                                      &work.plan);
        store_read_end(tx);
    }
    if (status != OK)
        return cli_refuse(status, &fault);
    print_plan(session->arena, &work.plan, line->apply);
    return work.plan.counts[ROSTER_BAD] > 0 ? CLI_AT_FAULT : CLI_DONE;
}

static int slips(struct session *session, const struct command_line *line)
{
    struct designation_asked asked;
    struct roster_unit *units;
    struct tx *tx = NULL;
    struct fault fault = {0};
    int n = 0;
    struct date today = clock_today(&session->clock);
    AUTOBUF buf = buf_open(OUTPUT_BYTES_MAX);
    enum status status = store_read(session->store, session->arena, &tx);
    if (status == OK)
        status = designation_asked_read(tx, session->body.id, today, &asked);
    if (status == OK)
        status = roster_units_all(tx, session->body.id, today, &asked, &units, &n, &fault);
    if (status == OK)
        status = roster_slips_put(session->arena, &buf, &session->body, &asked, units, n);
    store_read_end(tx);
    if (status != OK)
        return cli_refuse(status, &fault);
    if (!cli_write_file(session->arena, line->output, buf_str(&buf)))
        return CLI_AT_FAULT;
    printf("%d 份空白回执：%.*s\n", n, STR_ARG(line->output));
    return CLI_DONE;
}

static int run(const struct command_line *line,
               int (*work)(struct session *, const struct command_line *))
{
    AUTOARENA arena = arena_open(MIB(512));
    struct session session = {.arena = &arena};
    struct fault fault = {0};
    struct store_options options = {.url = line->db, .schema = domain_schemas(), .readers = 1};
    enum status status = program_open_store(&arena, &options, &session.store, &fault);
    if (status != OK)
        return cli_refuse(status, &fault);
    struct tx *tx = NULL;
    status = store_read(session.store, &arena, &tx);
    if (status == OK)
        status = domain_find_body(tx, line->body, &session.body);
    store_read_end(tx);
    int code = CLI_AT_FAULT;
    if (status == NOT_FOUND)
        fprintf(stderr, "数据库里没有地址名为“%.*s”的组织，请检查 --body。\n", STR_ARG(line->body));
    else if (status != OK)
        code = cli_refuse(status, &fault);
    else
        code = work(&session, line);
    store_close(session.store);
    return code;
}

int cli_roster(int argc, char **argv)
{
    struct command_line line = {.db = STR("sqlite:duikou.db")};
    const struct cli_option options[] = {
        {"--db", &line.db, NULL},       {"--body", &line.body, NULL}, {"-o", &line.output, NULL},
        {"--apply", NULL, &line.apply}, {"--help", NULL, &line.help}, {NULL, NULL, NULL}};
    const char *verb = argc > 1 ? argv[1] : "";
    bool is_import = strcmp(verb, "import") == 0, is_slips = strcmp(verb, "slips") == 0;
    line.help = strcmp(verb, "--help") == 0;
    if (is_import || is_slips)
        line.files_n = cli_options(argc - 1, argv + 1, options, line.files, FILES_MAX);
    if (line.files_n < 0)
        return CLI_USAGE;
    bool whole = line.body.len > 0 &&
                 (is_import ? line.files_n > 0 && line.output.len == 0
                            : is_slips && line.files_n == 0 && line.output.len > 0 && !line.apply);
    if (line.help || !whole) {
        fputs(usage, line.help ? stdout : stderr);
        return line.help ? CLI_DONE : CLI_USAGE;
    }
    return run(&line, is_import ? import : slips);
}

int cli_roster_child(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    return roster_child_main();
}
