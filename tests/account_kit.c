#include "account_kit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "domain/organization/organization.h"
#include "domain/person/person.h"

static const struct date today = {2026, 7, 1};
static const char password[] = PASSWORD, number[] = NUMBER;

/* --- asking --- */

struct got ask(struct program_sample *sample, const struct ask *ask)
{
    struct arena *arena = &sample->arena;
    struct str query = str_from(ask->target), path = str_cut(&query, STR("?"));
    struct request request = {.method = ask->method,
                              .path = path,
                              .query = query,
                              .host = ask->remote ? STR("duikou.example") : STR("127.0.0.1:8080"),
                              .peer_loopback = !ask->remote,
                              .secure = ask->remote && !ask->insecure,
                              .address = ask->remote ? STR("10.1.2.3") : STR("127.0.0.1"),
                              .cookie = ask->cookie,
                              .origin = str_from(ask->origin ? ask->origin : ""),
                              .idempotency_key = str_from(ask->key ? ask->key : ""),
                              .accept = ask->json ? STR("application/json") : STR("text/html"),
                              .gzip = ask->gzip,
                              .id = "0000000000000001"};
    if (ask->from)
        request.address = str_from(ask->from);
    if (ask->bearer.len)
        request.authorization = str_fmt(arena, "Bearer %.*s", STR_ARG(ask->bearer));
    if (ask->method == METHOD_POST)
        request.content_type = STR("application/x-www-form-urlencoded");
    struct upload upload = {STR("file"), str_from(ask->file ? ask->file : ""), ask->bytes};
    if (ask->file) {
        request.uploads = &upload;
        request.uploads_n = 1;
    }
    struct response response;
    struct fault fault;
    struct admission admission;
    if (app_admit(sample->program.app, &request, &admission, &response)) {
        if (ask->method == METHOD_POST && !ask->file)
            assert_int_equal(
                app_parse_body(arena, str_from(ask->form ? ask->form : ""), &request, &fault), OK);
        app_handle(sample->program.app, &request, &response);
    }
    struct got got = {response.status,
                      str_copy(arena, response.body),
                      str_copy(arena, response.location),
                      str_copy(arena, response.set_cookie),
                      str_copy(arena, response.etag),
                      response.gzip,
                      response.no_store};
    response_release(&response);
    return got;
}

struct got get(struct program_sample *sample, struct str cookie, const char *target)
{
    return ask(sample, &(struct ask){.target = target, .cookie = cookie, .remote = true});
}

struct got post(struct program_sample *sample, struct str cookie, const char *target,
                const char *form)
{
    return ask(sample, &(struct ask){.method = METHOD_POST,
                                     .target = target,
                                     .form = form,
                                     .cookie = cookie,
                                     .origin = "https://duikou.example",
                                     .remote = true});
}

struct got sign_in_with(struct program_sample *sample, const char *login, const char *with,
                        const char *code)
{
    char form[300];
    snprintf(form, sizeof form, "login=%s&password=%s&code=%s", login, with, code);
    return post(sample, (struct str){0}, "/sign-in", form);
}

struct str sign_in(struct program_sample *sample, const char *login)
{
    struct got got = sign_in_with(sample, login, password, "");
    if (got.status != 303)
        fail_msg("%s: %d %.*s", login, got.status, STR_ARG(got.body));
    assert_true(str_starts(got.cookie, STR("__Host-duikou=")));
    return got.cookie;
}

void is(struct got got, int status)
{
    if (got.status != status)
        fail_msg("%d, not %d: %.*s", got.status, status, STR_ARG(str_head(got.body, 3000)));
}

/* --- what there is --- */

int64_t body_id(struct program_sample *sample, const char *slug)
{
    struct tx *tx;
    struct body_info body;
    assert_int_equal(store_read(sample->program.store, &sample->arena, &tx), OK);
    assert_int_equal(domain_find_body(tx, str_from(slug), &body), OK);
    store_read_end(tx);
    return body.id;
}

void make_named(struct program_sample *sample, const char *login, const char *name, enum role role,
                const char *slug, int64_t organization)
{
    struct account_new wanted = {.login = str_from(login),
                                 .name = str_from(name),
                                 .password = str_from(password),
                                 .role = role,
                                 .body = slug ? body_id(sample, slug) : 0,
                                 .organization = organization};
    struct actor actor = actor_named("命令行", clock_now(&sample->program.clock));
    struct fault fault = {0};
    struct str slip;
    if (account_make(sample->program.accounts, &sample->arena, &actor, &wanted, &slip, &fault) !=
        OK)
        fail_msg("%.*s", STR_ARG(fault.message));
}

void make_in(struct program_sample *sample, const char *login, enum role role, const char *slug,
             int64_t organization)
{
    const char *name = str_fmt(&sample->arena, "%s某", role_label(role)).ptr;
    make_named(sample, login, name, role, slug, organization);
}

static int64_t organization(struct program_sample *sample, const char *slug, const char *name)
{
    struct tx *tx;
    struct fault fault = {0};
    int64_t id = 0;
    assert_int_equal(store_read(sample->program.store, &sample->arena, &tx), OK);
    if (domain_organization(tx, body_id(sample, slug), str_from(name), today, &id, &fault) != OK)
        fail_msg("%.*s", STR_ARG(fault.message));
    store_read_end(tx);
    return id;
}

struct adding {
    struct record *records[2];
    struct instant now;
};

static enum status apply_adding(struct tx *tx, void *context, struct fault *fault)
{
    struct adding *adding = context;
    for (int i = 0; i < 2; i++)
        TRY(record_add(tx, adding->records[i], adding->now, fault));
    return OK;
}

static int64_t add_phone(struct place *place, int64_t organization_id)
{
    struct program_sample *sample = place->sample;
    struct adding adding = {
        {record_new(&sample->arena, &kind_person), record_new(&sample->arena, &kind_membership)},
        clock_now(&sample->program.clock)};
    struct fault fault = {0};
    for (int i = 0; i < 2; i++) {
        adding.records[i]->body_id = body_id(sample, "linjiang");
        adding.records[i]->id = id_next(&sample->ids);
    }
    record_set(adding.records[0], "name", value_text(STR("钱某")));
    record_set(adding.records[0], "sort_key", value_text(STR("q")));
    record_set(adding.records[1], "person", value_int(adding.records[0]->id));
    record_set(adding.records[1], "organization", value_int(organization_id));
    record_set(adding.records[1], "role", value_text(STR("liaison")));
    record_set(adding.records[1], "mobile", value_text(str_from(number)));
    struct actor actor = actor_named("命令行", adding.now);
    if (store_write(sample->program.store, &sample->arena, adding.records[0]->body_id, 0, &actor,
                    apply_adding, &adding, &fault) != OK)
        fail_msg("%.*s", STR_ARG(fault.message));
    return adding.records[1]->id;
}

struct place place_open(void)
{
    struct program_sample *sample = program_sample_open(today);
    struct place place = {.sample = sample};
    sample_load(sample, sample_file(sample, "tests/data/load/linjiang-2026-3.yaml"),
                (struct date){0});
    sample_load(sample, sample_file(sample, "tests/data/load/qinghe-2025-5.yaml"),
                (struct date){0});
    place.committee = organization(sample, "linjiang", "提案委员会");
    place.unit = organization(sample, "linjiang", "市教育局");
    place.stranger = organization(sample, "linjiang", "市水利局");
    place.foreign = organization(sample, "qinghe", "市教育局");
    place.unit_phone = add_phone(&place, place.unit);
    place.stranger_phone = add_phone(&place, place.stranger);
    make_in(sample, "clerk", ROLE_OFFICE_CLERK, "linjiang", 0);
    return place;
}

void place_close(struct place *place)
{
    program_sample_close(place->sample);
}

const char *at(struct place *place, const char *path, int64_t id)
{
    struct str text = id_format(&place->sample->arena, id);
    return str_fmt(&place->sample->arena, "%s%.*s", path, STR_ARG(text)).ptr;
}

struct str account_url(struct place *place, struct str cookie, const char *login)
{
    struct tx *tx;
    struct account account;
    struct arena *arena = &place->sample->arena;
    (void)cookie;
    assert_int_equal(store_read(place->sample->program.store, arena, &tx), OK);
    struct rows rows;
    static const struct statement by = {"account_of_test",
                                        "select a.id from account a where a.login = $1", "t",
                                        RESULT_MAYBE, NULL};
    assert_int_equal(tx_run(tx, &by, ARGS(value_text(str_from(login))), &rows), OK);
    account.id = value_i64(rows.cells[0]);
    store_read_end(tx);
    return str_fmt(arena, "/accounts/%.*s", STR_ARG(id_format(arena, account.id)));
}

int count(struct place *place, const char *sql)
{
    struct tx *tx;
    struct rows rows;
    const struct statement *kept =
        store_intern(place->sample->program.store, "count_of_test", str_from(sql), "", RESULT_ONE);
    assert_int_equal(store_read(place->sample->program.store, &place->sample->arena, &tx), OK);
    assert_int_equal(tx_run(tx, kept, NO_ARGS, &rows), OK);
    int n = (int)value_i64(rows.cells[0]);
    store_read_end(tx);
    return n;
}

struct str between(struct program_sample *sample, struct str text, const char *first,
                   const char *last)
{
    ptrdiff_t start = str_find(text, str_from(first));
    if (start < 0)
        fail_msg("no %s in %.*s", first, STR_ARG(text));
    struct str rest = str_from_byte(text, (size_t)start + strlen(first));
    return str_copy(&sample->arena, str_cut(&rest, str_from(last)));
}

const char *totp_now(struct program_sample *sample, struct str secret)
{
    struct instant now = clock_now(&sample->program.clock);
    char *code = arena_alloc(&sample->arena, 7);
    for (int n = 0; n < 1000000; n++) {
        snprintf(code, 7, "%06d", n);
        if (totp_step_of(secret, str_from(code), now, now.us / 30000000 - 1) == now.us / 30000000)
            return code;
    }
    return "";
}
