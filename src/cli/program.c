#include "cli/program.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "files/files.h"
#include "view/web.h"

struct str program_key_path(struct arena *arena, struct str db)
{
    static const struct str sqlite = STR_INIT("sqlite:");
    if (!str_starts(db, sqlite))
        return STR("duikou.key");
    return str_fmt(arena, "%.*s.key", STR_ARG(str_from_byte(db, sqlite.len)));
}

/* /var/lib/duikou/a.db → /var/lib/duikou/a.files */
static struct str beside(struct arena *arena, struct str db)
{
    struct str path = str_from_byte(db, str_starts(db, STR("sqlite:")) ? sizeof "sqlite:" - 1 : 0);
    if (!str_starts(db, STR("sqlite:")))
        return STR("duikou.files");
    if (str_ends(path, STR(".db")))
        path.len -= sizeof ".db" - 1;
    return str_fmt(arena, "%.*s.files", STR_ARG(path));
}

static enum status open_files(struct arena *arena, const struct program_options *options,
                              struct file_store **ret_files, struct fault *fault)
{
    const struct file_store_options files = {
        .where = options->files.len ? options->files : beside(arena, options->db),
        .key = str_from(getenv("AWS_ACCESS_KEY_ID")),
        .secret = str_from(getenv("AWS_SECRET_ACCESS_KEY")),
        .hash = options->sm3 ? FILE_SM3 : FILE_SHA256};
    return file_store_open(arena, &files, ret_files, fault);
}

enum status program_files(struct arena *arena, struct str db, struct str where,
                          struct file_store **ret_files, struct fault *fault)
{
    return open_files(arena, &(struct program_options){.db = db, .files = where}, ret_files, fault);
}

enum status program_open_store(struct arena *arena, const struct store_options *options,
                               struct store **ret_store, struct fault *fault)
{
    TRY(store_open(arena, options, ret_store, fault));
    if (store_saved(*ret_store))
        fprintf(stderr, "数据库已升级，升级前的备份：%s\n", store_saved(*ret_store));
    return OK;
}

/* --- where files and the key lie --- */

/* What there is of a path: itself, else the folder that it would be made in. */
static const char *what_there_is(struct arena *arena, struct str path)
{
    while (path.len > 1 && path.ptr[path.len - 1] == '/')
        path.len--;
    while (access(str_c(arena, path), F_OK) != 0 && errno == ENOENT) {
        ptrdiff_t slash = str_find_last(path, STR("/"));
        if (slash <= 0)
            return slash < 0 ? "." : "/";
        path = str_head(path, (size_t)slash);
    }
    return str_c(arena, path);
}

static enum status refuse_place(struct arena *arena, const char *option, struct str path,
                                int reason, struct fault *fault)
{
    return refuse(arena, fault, FAULT, NULL, "%s 的 %.*s 不能用（%s），请检查路径和权限。", option,
                  STR_ARG(path), errno_text(reason));
}

static enum status check_folder(struct arena *arena, const char *option, struct str path,
                                struct str shown, struct fault *fault)
{
    struct stat info;
    const char *there = what_there_is(arena, path);
    if (stat(there, &info) != 0 || !S_ISDIR(info.st_mode))
        return refuse_place(arena, option, shown, ENOTDIR, fault);
    if (access(there, W_OK | X_OK) != 0)
        return refuse_place(arena, option, shown, errno, fault);
    return OK;
}

enum status program_check_places(struct arena *arena, const struct program_options *options,
                                 struct fault *fault)
{
    struct str files = options->files.len ? options->files : beside(arena, options->db);
    struct str key = options->key.len ? options->key : program_key_path(arena, options->db);
    /* What lies beside a database file stands or falls with it, and is told of that. */
    bool is_beside = str_starts(options->db, STR("sqlite:"));
    if (!str_starts(files, STR("s3://")) && (options->files.len || !is_beside))
        TRY(check_folder(arena, "--files", files, files, fault));
    if (options->key.len == 0 && is_beside)
        return OK;
    if (access(str_c(arena, key), F_OK) == 0)
        return access(str_c(arena, key), R_OK) == 0
                   ? OK
                   : refuse_place(arena, "--key-file", key, errno, fault);
    ptrdiff_t slash = str_find_last(key, STR("/"));
    struct str folder = slash < 0 ? STR(".") : str_head(key, slash ? (size_t)slash : 1);
    if (access(str_c(arena, folder), F_OK) != 0)
        return refuse_place(arena, "--key-file", key, ENOTDIR, fault);
    return check_folder(arena, "--key-file", folder, key, fault);
}

static enum status start(struct arena *arena, const struct program_options *options,
                         struct program *program, struct fault *fault)
{
    struct store_options store = {.url = options->db,
                                  .schema = domain_schemas(),
                                  .create = options->create,
                                  .readers = options->readers};
    TRY(program_open_store(arena, &store, &program->store, fault));
    TRY(open_files(arena, options, &program->files, fault));
    program->templates = template_set_new(true);
    web_add_templates(program->templates);
    program->accounts = accounts_new(&(struct accounts_options){
        .store = program->store,
        .clock = &program->clock,
        .key_path = options->key.len ? options->key : program_key_path(arena, options->db),
        .signon = options->signon,
        .weak = options->weak});
    struct app_options app = {.store = program->store,
                              .clock = &program->clock,
                              .node = options->node ? options->node : id_node(),
                              .templates = program->templates,
                              .cache_bytes = options->cache_bytes,
                              .no_cache = options->no_cache,
                              .metrics_token = options->metrics_token,
                              .find_body = domain_find_body,
                              .list_bodies = domain_list_bodies,
                              .nav = domain_nav,
                              .home = "directory",
                              .unit_home = "organization",
                              .first_step = {"导入文件", "/import", RIGHT_IMPORT},
                              .find_viewer = accounts_viewer,
                              .touch_viewer = accounts_touch,
                              .accounts = program->accounts,
                              .sign_in = "/sign-in"};
    program->app = app_new(&app);
    const struct audit_desk_options desk = {program->store, &program->clock, domain_kinds(),
                                            domain_list_bodies, options->key_dir};
    TRY(audit_desk_new(arena, &desk, &program->desk, fault));
    const struct domain_options domain = {.files = program->files, .desk = program->desk};
    TRY(domain_start(program->app, arena, &domain, &program->engine, &program->outbox, fault));
    return app_start(program->app, arena, fault);
}

enum status program_open(struct arena *arena, const struct program_options *options,
                         struct program *ret_program, struct fault *fault)
{
    *ret_program = (struct program){0};
    if (date_is_set(options->now))
        ret_program->clock = clock_at(options->now);
    enum status status = start(arena, options, ret_program, fault);
    if (status != OK)
        program_close(ret_program);
    return status;
}

void program_close(struct program *program)
{
    audit_desk_free(program->desk);
    outbox_free(program->outbox);
    if (program->app)
        app_free(program->app);
    accounts_free(program->accounts);
    record_engine_free(program->engine);
    if (program->templates)
        template_set_free(program->templates);
    file_store_close(program->files);
    if (program->store)
        store_close(program->store);
    *program = (struct program){0};
}
