#include "engine/record/sample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/scratch.h"
#include "engine/record/sample.sql.h"
#include "store/trial.h"
#include "view/web.h"

static const struct schema *const schemas[] = {&SCHEMA_sample, NULL};
static const struct kind *const kinds[] = {&kind_tool, &kind_shed, &kind_maker, NULL};
static const struct nav_item nav[] = {{"工具", "tool", NULL, "工具"}, {0}};

static enum status find_body(struct tx *tx, struct str slug, struct body_info *ret_body)
{
    (void)tx;
    bool alpha = str_is(slug, "alpha");
    if (!alpha && !str_is(slug, "beta"))
        return NOT_FOUND;
    *ret_body = (struct body_info){.id = alpha ? BODY_ALPHA : BODY_BETA,
                                   .slug = slug,
                                   .name = alpha ? STR("甲市") : STR("乙县")};
    return OK;
}

static enum status list_bodies(struct tx *tx, int max, struct body_info *ret_bodies, int *ret_n)
{
    (void)max;
    TRY(find_body(tx, STR("alpha"), &ret_bodies[0]));
    TRY(find_body(tx, STR("beta"), &ret_bodies[1]));
    *ret_n = 2;
    return OK;
}

struct sample *sample_open_store(void)
{
    struct arena arena = arena_open(MIB(512));
    struct sample *sample = arena_new(&arena, struct sample, 1);
    struct fault fault = {0};
    sample->arena = arena;
    sample->clock = clock_at((struct date){2026, 11, 21});
    sample->ids = (struct id_maker){.clock = &sample->clock, .node = 1};
    scratch_make(sample->directory, sizeof sample->directory, "record");
    sample->url = trial_url(&sample->arena, sample->directory);
    struct store_options options = {
        .url = sample->url,
        .schema = schemas,
        .create = true,
    };
    must(store_open(&sample->arena, &options, &sample->store, &fault), &fault);
    return sample;
}

enum status sample_start(struct sample *sample, const struct kind *const *of, struct str *ret_text)
{
    struct fault fault = {0};
    sample->templates = template_set_new(true);
    web_add_templates(sample->templates);
    struct app_options options = {.store = sample->store,
                                  .clock = &sample->clock,
                                  .templates = sample->templates,
                                  .find_body = find_body,
                                  .list_bodies = list_bodies,
                                  .nav = nav,
                                  .home = "tool",
                                  .guest = ROLE_STUDY_COMMITTEE};
    sample->app = app_new(&options);
    sample->engine = record_engine_new(sample->app, of, NULL);
    enum status status = record_engine_start(sample->engine, &sample->arena, &fault);
    if (status == OK)
        status = app_start(sample->app, &sample->arena, &fault);
    *ret_text = fault.message;
    return status;
}

struct sample *sample_open(void)
{
    struct sample *sample = sample_open_store();
    struct str text;
    if (sample_start(sample, kinds, &text) != OK)
        fail_msg("%.*s", STR_ARG(text));
    return sample;
}

void sample_close(struct sample *sample)
{
    if (sample->app)
        app_free(sample->app);
    record_engine_free(sample->engine);
    if (sample->templates)
        template_set_free(sample->templates);
    store_close(sample->store);
    trial_drop(sample->url);
    scratch_remove(sample->directory);
    struct arena arena = sample->arena;
    arena_close(&arena);
}

/* --- records --- */

struct write {
    struct record **records;
    int n;
    struct instant now;
    bool change;
};

static enum status apply(struct tx *tx, void *context, struct fault *fault)
{
    const struct write *write = context;
    for (int i = 0; i < write->n; i++)
        TRY(write->change ? record_change(tx, write->records[i], write->now, fault)
                          : record_add(tx, write->records[i], write->now, fault));
    return OK;
}

static enum status write_all(struct sample *sample, struct record **records, int n, bool change,
                             struct fault *fault)
{
    struct write write = {records, n, clock_now(&sample->clock), change};
    for (int i = 0; i < n; i++) {
        if (records[i]->id == 0)
            records[i]->id = id_next(&sample->ids);
        if (records[i]->body_id == 0 && !records[i]->kind->instance)
            records[i]->body_id = BODY_ALPHA;
    }
    struct actor actor = actor_named("测试", write.now);
    return store_write(sample->store, &sample->arena, BODY_ALPHA, WRITE_LONG, &actor, apply, &write,
                       fault);
}

enum status sample_write(struct sample *sample, struct record *record, bool change,
                         struct fault *fault)
{
    return write_all(sample, &record, 1, change, fault);
}

void sample_add_all(struct sample *sample, struct record **records, int n)
{
    struct fault fault = {0};
    must(write_all(sample, records, n, false, &fault), &fault);
}

int64_t sample_add(struct sample *sample, struct record *record)
{
    struct fault fault = {0};
    must(sample_write(sample, record, false, &fault), &fault);
    return record->id;
}

struct record *sample_tool(struct sample *sample, const char *name)
{
    struct record *record = record_new(&sample->arena, &kind_tool);
    record->id = id_next(&sample->ids);
    record_set(record, "name", value_text(str_from(name)));
    record_set(record, "code", value_text(id_format(&sample->arena, record->id)));
    record_set(record, "class", value_text(STR("hand")));
    return record;
}

struct record *sample_shed(struct sample *sample, const char *name)
{
    struct record *record = record_new(&sample->arena, &kind_shed);
    record_set(record, "name", value_text(str_from(name)));
    return record;
}

/* --- requests --- */

static struct str read_spool(struct sample *sample, const struct response *response)
{
    char *to = arena_alloc(&sample->arena, (size_t)response->spool_bytes + 1);
    ssize_t got = pread(response->spool_fd, to, (size_t)response->spool_bytes, 0);
    return (struct str){to, got > 0 ? (size_t)got : 0};
}

static struct str get(struct sample *sample, const char *target, bool local, int *ret_status)
{
    struct request request = {
        .method = METHOD_GET, .host = STR("localhost"), .peer_loopback = local};
    request.query = str_from(target);
    request.path = str_cut(&request.query, STR("?"));
    struct response response;
    app_handle(sample->app, &request, &response);
    *ret_status = response.status;
    struct str body =
        response.spooled ? read_spool(sample, &response) : str_copy(&sample->arena, response.body);
    response_release(&response);
    return body;
}

struct str sample_get(struct sample *sample, const char *target, int *ret_status)
{
    return get(sample, target, true, ret_status);
}

struct str sample_get_remote(struct sample *sample, const char *target, int *ret_status)
{
    return get(sample, target, false, ret_status);
}
