#include "cli/program.h"

#include <unistd.h>

#include "view/web.h"

enum { ID_NODES = 1024 };

struct str program_key_path(struct arena *arena, struct str db)
{
    static const struct str sqlite = STR_INIT("sqlite:");
    if (!str_starts(db, sqlite))
        return STR("duikou.key");
    return str_fmt(arena, "%.*s.key", STR_ARG(str_from_byte(db, sqlite.len)));
}

static enum status start(struct arena *arena, const struct program_options *options,
                         struct program *program, struct fault *fault)
{
    struct store_options store = {.url = options->db,
                                  .schema = domain_schemas(),
                                  .create = options->create,
                                  .readers = options->readers};
    TRY(store_open(arena, &store, &program->store, fault));
    program->templates = template_set_new(true);
    web_add_templates(program->templates);
    program->accounts = accounts_new(&(struct accounts_options){
        .store = program->store,
        .clock = &program->clock,
        .key_path = options->key.len ? options->key : program_key_path(arena, options->db),
        .weak = options->weak});
    struct app_options app = {.store = program->store,
                              .clock = &program->clock,
                              .node = (int)getpid() & (ID_NODES - 1),
                              .templates = program->templates,
                              .cache_bytes = options->cache_bytes,
                              .no_cache = options->no_cache,
                              .metrics_token = options->metrics_token,
                              .find_body = domain_find_body,
                              .list_bodies = domain_list_bodies,
                              .nav = domain_nav,
                              .home = "directory",
                              .find_viewer = accounts_viewer,
                              .touch_viewer = accounts_touch,
                              .accounts = program->accounts,
                              .sign_in = "/sign-in"};
    program->app = app_new(&app);
    TRY(domain_start(program->app, arena, &program->engine, fault));
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
    if (program->app)
        app_free(program->app);
    accounts_free(program->accounts);
    record_engine_free(program->engine);
    if (program->templates)
        template_set_free(program->templates);
    if (program->store)
        store_close(program->store);
    *program = (struct program){0};
}
