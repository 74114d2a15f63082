#include "tests/program_sample.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>
#include <jansson.h>

#include "base/scratch.h"
#include "store/trial.h"
#include "tests/transcript.h"

const char *const shipped_schemes[5] = {"schemes/yiyang-2022-2.yaml", "schemes/ordos-2020-9.yaml",
                                        "schemes/nanbu-2017-1.yaml", "schemes/ziyang-2022-65.yaml",
                                        "schemes/yiyang-2021-6.yaml"};

static struct program_sample *sample_new(void)
{
    struct arena arena = arena_open(MIB(1024));
    struct program_sample *sample = arena_new(&arena, struct program_sample, 1);
    sample->arena = arena;
    return sample;
}

/* A program that keeps its answers has no key to sign with. */
static struct str with_key_dir(struct program_sample *sample, bool has_key)
{
    return has_key ? sample->key_dir : (struct str){0};
}

static void open_program(struct program_sample *sample, struct date today, bool no_cache)
{
    struct arena *arena = &sample->arena;
    struct fault fault = {0};
    struct program_options options = {.db = sample->url,
                                      .files = str_fmt(arena, "%s/a.files", sample->directory),
                                      .key = str_fmt(arena, "%s/a.key", sample->directory),
                                      .key_dir = with_key_dir(sample, no_cache),
                                      .create = true,
                                      .now = today,
                                      .no_cache = no_cache,
                                      .node = 1,
                                      .weak = true,
                                      .readers = 2};
    must(program_open(arena, &options, &sample->program, &fault), &fault);
    sample->ids = (struct id_maker){.clock = &sample->program.clock, .node = 1023};
}

struct program_sample *program_sample_open(struct date today)
{
    return program_sample_signing(today, (struct str){0});
}

struct program_sample *program_sample_signing(struct date today, struct str key_dir)
{
    struct program_sample *sample = sample_new();
    scratch_make(sample->directory, sizeof sample->directory, "program");
    sample->key_dir = key_dir.len > 0 ? str_copy(&sample->arena, key_dir)
                                      : str_fmt(&sample->arena, "%s/keys", sample->directory);
    sample->url = trial_url(&sample->arena, sample->directory);
    open_program(sample, today, true);
    return sample;
}

struct program_sample *program_sample_caching(const struct program_sample *sample)
{
    struct program_sample *caching = sample_new();
    memcpy(caching->directory, sample->directory, sizeof caching->directory);
    caching->url = str_copy(&caching->arena, sample->url);
    open_program(caching, clock_today((struct clock *)&sample->program.clock), false);
    return caching;
}

void program_sample_leave(struct program_sample *caching)
{
    program_close(&caching->program);
    struct arena arena = caching->arena;
    arena_close(&arena);
}

void program_sample_close(struct program_sample *sample)
{
    program_close(&sample->program);
    trial_drop(sample->url);
    scratch_remove(sample->directory);
    struct arena arena = sample->arena;
    arena_close(&arena);
}

void program_sample_day(struct program_sample *sample, struct date today)
{
    sample->program.clock = clock_at(today);
}

/* --- schemes --- */

struct scheme sample_scheme(struct program_sample *sample, struct str yaml)
{
    struct scheme scheme;
    struct scheme_errors errors = {0};
    if (scheme_parse_yaml(&sample->arena, yaml, &scheme, &errors) != OK)
        fail_msg("%d: %.*s", errors.items[0].line, STR_ARG(errors.items[0].message));
    return scheme;
}

struct str sample_file(struct program_sample *sample, const char *path)
{
    struct str full = str_fmt(&sample->arena, "%s/%s", getenv("DUIKOU_SOURCE"), path);
    FILE *file = fopen(full.ptr, "rb");
    if (!file)
        fail_msg("%s", full.ptr);
    fseek(file, 0, SEEK_END);
    size_t len = (size_t)ftell(file);
    rewind(file);
    char *bytes = arena_alloc(&sample->arena, len + 1);
    assert_int_equal(fread(bytes, 1, len, file), len);
    fclose(file);
    return (struct str){bytes, len};
}

enum status sample_try_load(struct program_sample *sample, const struct scheme *scheme,
                            struct date on, struct load_plan *ret_plan, struct fault *fault)
{
    struct clock *clock = &sample->program.clock;
    struct load_request request = {
        .scheme = scheme, .on = date_is_set(on) ? on : clock_today(clock), .ids = &sample->ids};
    struct actor actor = actor_named("测试", clock_now(clock));
    return load_scheme(sample->program.store, &sample->arena, &request, &actor, ret_plan, fault);
}

struct load_plan sample_load(struct program_sample *sample, struct str yaml, struct date on)
{
    struct scheme scheme = sample_scheme(sample, yaml);
    struct load_plan plan;
    struct fault fault = {0};
    must(sample_try_load(sample, &scheme, on, &plan, &fault), &fault);
    return plan;
}

/* --- requests --- */

static struct str read_body(struct program_sample *sample, const struct response *response)
{
    if (!response->spooled)
        return str_copy(&sample->arena, response->body);
    char *to = arena_alloc(&sample->arena, (size_t)response->spool_bytes + 1);
    ssize_t got = pread(response->spool_fd, to, (size_t)response->spool_bytes, 0);
    return (struct str){to, got > 0 ? (size_t)got : 0};
}

static struct sample_answer ask(struct program_sample *sample, struct request *request)
{
    struct response response;
    request->host = STR("localhost");
    request->peer_loopback = true;
    app_handle(sample->program.app, request, &response);
    struct sample_answer answer = {.status = response.status,
                                   .body = read_body(sample, &response),
                                   .location = str_copy(&sample->arena, response.location),
                                   .content_type =
                                       str_copy(&sample->arena, str_from(response.content_type))};
    response_release(&response);
    return answer;
}

struct sample_answer sample_get(struct program_sample *sample, const char *target)
{
    struct request request = {.method = METHOD_GET, .query = str_from(target)};
    request.path = str_cut(&request.query, STR("?"));
    return ask(sample, &request);
}

struct sample_answer sample_post(struct program_sample *sample, const char *path, struct str form)
{
    struct request request = {.method = METHOD_POST,
                              .path = str_from(path),
                              .content_type = STR("application/x-www-form-urlencoded")};
    struct fault fault = {0};
    if (app_parse_body(&sample->arena, form, &request, &fault) != OK)
        return (struct sample_answer){.status = fault.http, .body = fault.message};
    return ask(sample, &request);
}

struct sample_answer sample_upload(struct program_sample *sample, const char *path,
                                   const char *filename, struct str bytes)
{
    struct upload upload = {STR("file"), str_from(filename), bytes};
    struct request request = {
        .method = METHOD_POST, .path = str_from(path), .uploads = &upload, .uploads_n = 1};
    return ask(sample, &request);
}

static json_t *at_pointer(json_t *at, struct str pointer)
{
    str_cut(&pointer, STR("/"));
    while (at && pointer.len > 0) {
        char key[128];
        int64_t index = 0;
        struct str step = str_cut(&pointer, STR("/"));
        snprintf(key, sizeof key, "%.*s", STR_ARG(step));
        if (json_is_array(at))
            at = str_to_int(step, &index) ? json_array_get(at, (size_t)index) : NULL;
        else
            at = json_object_get(at, key);
    }
    return at;
}

struct str sample_at(struct program_sample *sample, const char *target, const char *pointer)
{
    struct sample_answer answer = sample_get(sample, target);
    if (answer.status != 200)
        fail_msg("%s: %d %.*s", target, answer.status, STR_ARG(answer.body));
    json_t *root = json_loadb(answer.body.ptr, answer.body.len, 0, NULL);
    assert_non_null(root);
    json_t *at = at_pointer(root, str_from(pointer));
    struct str text = {0};
    if (json_is_string(at))
        text = str_copy(&sample->arena, str_from(json_string_value(at)));
    else if (json_is_integer(at))
        text = str_fmt(&sample->arena, "%" PRId64, (int64_t)json_integer_value(at));
    else if (json_is_boolean(at))
        text = json_is_true(at) ? STR("1") : STR("0");
    json_decref(root);
    return text;
}

void sample_expect(struct program_sample *sample, const char *text)
{
    int run;
    assert_int_equal(transcript_run_text(sample->program.app, "expected", str_from(text), &run), 0);
    assert_true(run > 0);
}

void sample_transcript(struct program_sample *sample, const char *name)
{
    char path[512];
    int run;
    snprintf(path, sizeof path, "%s/tests/%s", getenv("DUIKOU_SOURCE"), name);
    assert_int_equal(transcript_run(sample->program.app, path, &run), 0);
    assert_true(run > 0);
}
