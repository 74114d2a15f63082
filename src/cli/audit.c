/*
 * audit - duikou audit: the journal verified, signed checkpoints, evidence packs, purges.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/program.h"
#include "domain/account/account.h"
#include "domain/domain.h"
#include "engine/audit/audit.h"
#include "store/journal.h"

enum { PACK_CAP = 512 << 20, BODIES_MAX = 256 };

static const char usage[] =
    "用法：duikou audit verify     [--db 数据库] [--checkpoint 存证点 [--key 指纹]]\n"
    "      duikou audit checkpoint [--db 数据库] --key-dir 密钥目录 -o 存证点\n"
    "      duikou audit export     [--db 数据库] --key-dir 密钥目录 --body 地址名 -o 证据包 "
    "种类/编号\n"
    "      duikou audit purge      [--db 数据库] --body 地址名 种类/编号\n"
    "  verify      核对操作日志是否完整，指出第一处不符；加存证点还能发现链尾被截去\n"
    "  checkpoint  记下各链现在到哪里并签名，另处保存（首次使用时生成签名密钥）\n"
    "  export      一条记录的全部操作，供 duikou-verify 脱机核对\n"
    "  purge       清除操作日志里一条记录的内容，日志本身仍可核对\n"
    "  --key       签发存证点的密钥指纹（64 位十六进制），不符即不采信\n"
    "  --db        sqlite:路径 或 postgresql://用户@主机/库名（默认 sqlite:duikou.db）\n"
    "  --body      本级组织的地址名，例如 yiyang\n"
    "  种类/编号   记录的地址中最后两段，例如 person/0ABCDEFGHJKMN\n";

struct audit_line {
    struct str db, body, output, key_dir, checkpoint, key;
    bool help;
    char *rest[1];
    int rest_n;
};

struct session {
    struct arena *arena;
    const struct audit_line *line;
    struct store *store;
    struct clock clock;
    struct body_info body;
    const struct kind *kind;
    int64_t id;
};

/* --- verify --- */

/* The name of a body; the instance's own chain has none. */
static struct str body_name(struct tx *tx, int64_t body_id)
{
    struct body_info *bodies = arena_new(tx_arena(tx), struct body_info, BODIES_MAX);
    int n = 0;
    if (body_id == 0)
        return STR("本系统");
    if (body_id == ACCOUNT_AREA)
        return STR("帐号和身份");
    if (domain_list_bodies(tx, BODIES_MAX, bodies, &n) == OK)
        for (int i = 0; i < n; i++)
            if (bodies[i].id == body_id)
                return bodies[i].name;
    return str_fmt(tx_arena(tx), "编号 %lld 的组织", (long long)body_id);
}

static int tell_result(struct tx *tx, const struct audit_result *result)
{
    if (result->sentence.len > 0) {
        struct str name = body_name(tx, result->body_id);
        if (result->number == 0)
            printf("核对不通过：%.*s\n", STR_ARG(result->sentence));
        else
            printf("核对不通过：%.*s，%.*s\n", STR_ARG(name), STR_ARG(result->sentence));
        return CLI_AT_FAULT;
    }
    printf("核对无误：%lld 条链，%lld 条日志，%lld 条记录与日志相符\n", (long long)result->chains,
           (long long)result->entries, (long long)result->records);
    if (result->purged > 0)
        printf("其中 %lld 条的内容已按规定清除，清除本身有记录\n", (long long)result->purged);
    if (result->unjournaled > 0)
        printf("另有 %lld 条记录没有操作日志，早于日志启用，无从核对\n",
               (long long)result->unjournaled);
    return CLI_DONE;
}

static void tell_key(struct str public_key)
{
    AUTOBUF digits = buf_open(SM3_HEX + 1);
    struct sm3 fingerprint = key_fingerprint(public_key);
    hex_put(&digits, sm3_str(&fingerprint));
    printf("密钥指纹 %.*s\n", STR_ARG(buf_str(&digits)));
}

/* Whoever writes the journal anew can sign it anew: whose key it is has to be known. */
static int read_checkpoint(struct session *session, struct checkpoint *ret_checkpoint)
{
    struct fault fault = {0};
    struct str text;
    struct sm3 wanted;
    const struct audit_line *line = session->line;
    if (!cli_read_file(session->arena, str_c(session->arena, line->checkpoint), &text))
        return CLI_AT_FAULT;
    if (checkpoint_read(session->arena, text, ret_checkpoint, &fault) != OK)
        return cli_refuse(INVALID, &fault);
    struct str made = instant_format(session->arena, ret_checkpoint->made, ZONE_CHINA_MIN);
    printf("存证点 %.*s\n", STR_ARG(made));
    tell_key(ret_checkpoint->public_key);
    struct sm3 is = key_fingerprint(ret_checkpoint->public_key);
    if (line->key.len > 0 && !sm3_read(line->key, &wanted)) {
        fputs("--key 应为密钥指纹（64 位十六进制），请核对。\n", stderr);
        return CLI_USAGE;
    }
    if (line->key.len == 0 || sm3_eq(&is, &wanted))
        return CLI_DONE;
    fputs("存证点的签名密钥不是所给指纹的那一把，不可采信，请改用原件。\n", stderr);
    return CLI_AT_FAULT;
}

static int verify(struct session *session)
{
    struct fault fault = {0};
    struct checkpoint checkpoint;
    bool held = session->line->checkpoint.len > 0;
    int code = held ? read_checkpoint(session, &checkpoint) : CLI_DONE;
    if (code != CLI_DONE)
        return code;
    struct tx *tx = NULL;
    struct audit_result result;
    enum status status = store_read(session->store, session->arena, &tx);
    if (status == OK)
        status = audit_verify(tx, domain_kinds(), held ? &checkpoint : NULL, &result);
    code = status == OK ? tell_result(tx, &result)
                        : cli_refuse(tx ? tx_fault(tx, status, &fault) : status, &fault);
    store_read_end(tx);
    return code;
}

/* --- checkpoints and packs --- */

static enum status make_checkpoint(struct session *session, struct tx *tx, const struct key *key,
                                   struct buf *to, struct fault *fault)
{
    (void)fault;
    return audit_checkpoint(tx, AUDIT_ALL, key, clock_now(&session->clock), to);
}

static enum status make_pack(struct session *session, struct tx *tx, const struct key *key,
                             struct buf *to, struct fault *fault)
{
    const struct audit_record record = {session->kind, session->body.id, session->id, true};
    return audit_export(tx, &record, key, clock_now(&session->clock), to, fault);
}

typedef enum status make(struct session *session, struct tx *tx, const struct key *key,
                         struct buf *to, struct fault *fault);

/* Make a file out of one snapshot. */
static int make_file(struct session *session, make *make_it)
{
    struct fault fault = {0};
    struct key *key = NULL;
    struct tx *tx = NULL;
    AUTOBUF bytes = buf_open(PACK_CAP);
    enum status status = key_open(session->arena, session->line->key_dir, &key, &fault);
    if (status == OK)
        status = store_read(session->store, session->arena, &tx);
    if (status == OK)
        status = make_it(session, tx, key, &bytes, &fault);
    if (status != OK && fault.message.len == 0 && tx)
        status = tx_fault(tx, status, &fault);
    store_read_end(tx);
    int code = CLI_AT_FAULT;
    if (status != OK)
        code = cli_refuse(status, &fault);
    else if (cli_write_file(session->arena, session->line->output, buf_str(&bytes)))
        code = CLI_DONE;
    if (code == CLI_DONE)
        tell_key(key_public(key));
    key_close(key);
    return code;
}

static int checkpoint(struct session *session)
{
    return make_file(session, make_checkpoint);
}

/* --- one record --- */

static enum status note_export(struct tx *tx, void *context, struct fault *fault)
{
    const struct session *session = context;
    (void)fault;
    struct journal_change change = {.body_id = session->body.id,
                                    .chain = CHAIN_READINGS,
                                    .kind = session->kind->name,
                                    .id = session->id,
                                    .deed = "export"};
    return tx_journal(tx, &change);
}

/* Who takes a pack out is told before it is made. */
static int export(struct session *session)
{
    struct fault fault = {0};
    struct actor actor = actor_named("命令行", clock_now(&session->clock));
    enum status status = store_write(session->store, session->arena, session->body.id,
                                     WRITE_READING, &actor, note_export, session, &fault);
    return status == OK ? make_file(session, make_pack) : cli_refuse(status, &fault);
}

static enum status apply_purge(struct tx *tx, void *context, struct fault *fault)
{
    const struct session *session = context;
    (void)fault;
    return journal_purge(tx, session->body.id, session->kind->name, session->id);
}

static int purge(struct session *session)
{
    struct fault fault = {0};
    struct actor actor = actor_named("命令行", clock_now(&session->clock));
    enum status status = store_write(session->store, session->arena, session->body.id, 0, &actor,
                                     apply_purge, session, &fault);
    if (status == OK)
        status = store_scrub(session->store, session->arena, &fault);
    if (status != OK)
        return cli_refuse(status, &fault);
    puts("已清除，日志仍可核对；记录本身如也要清除，请在清除之前先改好。");
    return CLI_DONE;
}

/* --- the command --- */

static const struct verb {
    const char *name;
    int (*run)(struct session *session);
    bool record, output, writes; /* what it needs: KIND/ID and a body; -o and a key; to write */
} verbs[] = {
    {"verify", verify, false, false, false},
    {"checkpoint", checkpoint, false, true, false},
    {"export", export, true, true, true},
    {"purge", purge, true, false, true},
};

static const struct kind *find_kind(struct str name)
{
    for (const struct kind *const *kind = domain_kinds(); *kind; kind++)
        if (str_is(name, (*kind)->name))
            return *kind;
    return NULL;
}

static bool find_record(struct session *session)
{
    struct str rest = str_from(session->line->rest[0]), kind = str_cut(&rest, STR("/"));
    session->kind = find_kind(kind);
    if (session->kind && id_parse(rest, &session->id))
        return true;
    fprintf(stderr, "“%s”应写作 种类/编号，如记录地址的最后两段，请改正。\n",
            session->line->rest[0]);
    return false;
}

/* False after one sentence. Kinds of the instance belong to body 0. */
static bool find_body(struct session *session)
{
    struct tx *tx = NULL;
    enum status status = store_read(session->store, session->arena, &tx);
    if (status == OK)
        status = domain_find_body(tx, session->line->body, &session->body);
    store_read_end(tx);
    if (status == OK && session->kind->instance)
        session->body.id = 0;
    if (status == NOT_FOUND)
        fprintf(stderr, "数据库里没有地址名为“%.*s”的组织，请检查 --body。\n",
                STR_ARG(session->line->body));
    else if (status != OK)
        (void)cli_refuse(status, &(struct fault){0});
    return status == OK;
}

static int run(const struct verb *verb, const struct audit_line *line)
{
    AUTOARENA arena = arena_open(MIB(512));
    struct session session = {.arena = &arena, .line = line};
    struct fault fault = {0};
    struct store_options options = {
        .url = line->db, .schema = domain_schemas(), .readers = 1, .read_only = !verb->writes};
    if (verb->record && !find_record(&session))
        return CLI_USAGE;
    enum status status = program_open_store(&arena, &options, &session.store, &fault);
    if (status != OK)
        return cli_refuse(status, &fault);
    bool found = !verb->record || find_body(&session);
    int code = found ? verb->run(&session) : CLI_AT_FAULT;
    store_close(session.store);
    return code;
}

static bool is_whole(const struct verb *verb, const struct audit_line *line)
{
    return line->rest_n == (int)verb->record && (line->body.len > 0) == verb->record &&
           (line->output.len > 0) == verb->output && (line->key_dir.len > 0 || !verb->output) &&
           (line->checkpoint.len == 0 || verb->run == verify) &&
           (line->key.len == 0 || line->checkpoint.len > 0);
}

int cli_audit(int argc, char **argv)
{
    struct audit_line line = {.db = STR("sqlite:duikou.db")};
    const struct cli_option options[] = {
        {"--db", &line.db, NULL},           {"--body", &line.body, NULL},
        {"-o", &line.output, NULL},         {"--checkpoint", &line.checkpoint, NULL},
        {"--key-dir", &line.key_dir, NULL}, {"--key", &line.key, NULL},
        {"--help", NULL, &line.help},       {NULL, NULL, NULL}};
    const struct verb *verb = NULL;
    for (size_t i = 0; argc > 1 && i < sizeof verbs / sizeof *verbs; i++)
        if (strcmp(argv[1], verbs[i].name) == 0)
            verb = &verbs[i];
    line.help = argc > 1 && strcmp(argv[1], "--help") == 0;
    if (verb)
        line.rest_n = cli_options(argc - 1, argv + 1, options, line.rest, 1);
    if (line.rest_n < 0)
        return CLI_USAGE;
    if (line.help || !verb || !is_whole(verb, &line)) {
        fputs(usage, line.help ? stdout : stderr);
        return line.help ? CLI_DONE : CLI_USAGE;
    }
    return run(verb, &line);
}
