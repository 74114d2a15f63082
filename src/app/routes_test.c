#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "app/priv.h"
#include "app/sample.h"
#include "tests/transcript.h"

static void run_file(const char *name, const struct sample_options *options)
{
    struct sample *sample = sample_open(options);
    char path[512];
    snprintf(path, sizeof path, "%s/src/app/%s", getenv("DUIKOU_SOURCE"), name);
    int run;
    assert_int_equal(transcript_run(sample->app, path, &run), 0);
    assert_true(run > 0);
    sample_close(sample);
}

static void addresses_lead_where_they_should(void **state)
{
    (void)state;
    run_file("addresses.http", &(struct sample_options){.bodies = 2});
}

static void a_single_body_is_entered_at_once(void **state)
{
    (void)state;
    run_file("one_body.http", &(struct sample_options){.bodies = 1});
}

static void without_a_body_the_first_page_says_what_to_do(void **state)
{
    (void)state;
    run_file("no_body.http", &(struct sample_options){.bodies = 0});
}

static void every_representation_is_made_from_one_model(void **state)
{
    (void)state;
    run_file("representations.http", &(struct sample_options){.bodies = 2});
}

static void every_refusal_is_one_sentence_with_its_status(void **state)
{
    (void)state;
    run_file("refusals.http", &(struct sample_options){.bodies = 2});
}

static void writes_come_only_from_our_own_pages(void **state)
{
    (void)state;
    run_file("writes.http", &(struct sample_options){.bodies = 2});
}

static void caching_is_told_by_etags(void **state)
{
    (void)state;
    run_file("caching.http", &(struct sample_options){.bodies = 2});
}

static void a_transcript_notices_what_is_not_so(void **state)
{
    (void)state;
    struct sample *sample = sample_open(&(struct sample_options){.bodies = 1});
    int run;
    fputs("# complaints that follow are wanted\n", stderr);
    assert_int_equal(transcript_run_text(sample->app, "wrong",
                                         STR("GET /alpha/unit.json?limit=1\n404\nETag:\n"
                                             "Content-Type: text/html\n| nowhere\n! items\n"
                                             "= {}\n$ /total 2\n$ /items -\n@a /nothing\n"),
                                         &run),
                     9);
    assert_int_equal(run, 1);
    assert_int_equal(transcript_run_text(sample->app, "empty", STR("# x\n"), &run), -1);
    assert_int_equal(transcript_run_text(sample->app, "cut", STR("GET /\n"), &run), -1);
    sample_close(sample);
}

/* --- the cache --- */

static int get(struct app *app, const char *path, bool htmx)
{
    struct request request = {
        .path = str_from(path), .host = STR("localhost"), .peer_loopback = true, .htmx = htmx};
    request.query = request.path;
    request.path = str_cut(&request.query, STR("?"));
    struct response response;
    app_handle(app, &request, &response);
    int status = response.status;
    response_release(&response);
    return status;
}

static void a_cached_page_is_made_once_until_something_is_written(void **state)
{
    (void)state;
    struct sample *sample = sample_open(&(struct sample_options){.bodies = 2});
    get(sample->app, "/alpha/unit", false);
    get(sample->app, "/alpha/unit", false);
    assert_int_equal(sample_actions(), 1);
    get(sample->app, "/alpha/unit?x=1&a=2", false);
    get(sample->app, "/alpha/unit?a=2&x=1", false);
    assert_int_equal(sample_actions(), 2);
    get(sample->app, "/alpha/unit", true);
    get(sample->app, "/alpha/unit.json", false);
    get(sample->app, "/beta/unit", false);
    assert_int_equal(sample_actions(), 5);
    sample->clock.fixed_us += 86400LL * 1000000;
    get(sample->app, "/alpha/unit", false);
    assert_int_equal(sample_actions(), 6);
    struct request write = {.method = METHOD_POST,
                            .path = STR("/alpha/unit"),
                            .peer_loopback = true,
                            .form = &(struct param){STR("name"), STR("市气象局")},
                            .form_n = 1};
    struct response response;
    app_handle(sample->app, &write, &response);
    assert_int_equal(response.status, 303);
    response_release(&response);
    get(sample->app, "/alpha/unit", false);
    assert_int_equal(sample_actions(), 7);
    sample_close(sample);
}

static void a_quick_answer_is_given_only_from_the_cache_or_a_fast_route(void **state)
{
    (void)state;
    struct sample *sample = sample_open(&(struct sample_options){.bodies = 2});
    struct request request = {.path = STR("/alpha/unit"), .host = STR("localhost")};
    struct response response;
    assert_false(app_handle_quick(sample->app, &request, &response));
    response_release(&response);
    app_handle(sample->app, &request, &response);
    response_release(&response);
    assert_true(app_handle_quick(sample->app, &request, &response));
    assert_non_null(response.cached);
    response_release(&response);
    request.path = STR("/alpha/unit/0000000000001");
    assert_true(app_handle_quick(sample->app, &request, &response));
    assert_int_equal(response.status, 200);
    response_release(&response);
    request.path = STR("/alpha/nothing");
    assert_true(app_handle_quick(sample->app, &request, &response));
    assert_int_equal(response.status, 404);
    response_release(&response);
    sample_close(sample);
}

static void the_cache_stays_within_its_bytes_and_drops_the_oldest(void **state)
{
    (void)state;
    AUTOARENA arena = arena_open(MIB(4));
    struct cache *cache = cache_new(KIB(64));
    char *bytes = arena_alloc(&arena, 6000);
    struct cache_answer answer = {200, "text/plain", {bytes, 6000}, {0}};
    struct entry *first = NULL;
    for (int i = 0; i < 100; i++) {
        struct entry *entry = cache_put(cache, str_fmt(&arena, "key-%d", i), &answer);
        assert_non_null(entry);
        if (i == 0)
            first = entry;
        else
            cache_release(entry);
        assert_true(cache_figures(cache).bytes <= KIB(64));
    }
    assert_null(cache_get(cache, STR("key-0")));
    struct entry *last = cache_get(cache, STR("key-99"));
    assert_non_null(last);
    struct cached *packed = cache_variant(cache, first, true);
    assert_true(packed->gzip && packed->bytes.len < 600);
    assert_false(str_eq(packed->etag, cache_variant(cache, first, false)->etag));
    answer.bytes.len = 6001 + KIB(8);
    assert_null(cache_put(cache, STR("large"), &answer));
    cache_release(first);
    cache_release(last);
    cache_free(cache);
}

/* --- the start --- */

static enum status nothing(struct call *call, struct page *page)
{
    (void)call;
    (void)page;
    return OK;
}

static void a_route_without_permission_or_twice_stops_the_start(void **state)
{
    (void)state;
    static const struct route slips[][2] = {
        {{METHOD_GET, "/{body}/x", nothing, RIGHT_NONE, FORM_HTML, 0, "x"}},
        {{METHOD_GET, "/x", nothing, RIGHT_READ, FORM_HTML, 0, "x"}},
        {{METHOD_GET, "/{body}/x", nothing, RIGHT_READ, FORM_HTML, ROUTE_INSTANCE, "x"}},
        {{METHOD_GET, "/{body}/x", nothing, RIGHT_READ, 0, 0, "x"}},
        {{METHOD_POST, "/{body}/x", nothing, RIGHT_READ, FORM_HTML, ROUTE_CACHED, "x"}},
        {{METHOD_GET, "/{body}/x/{a}", nothing, RIGHT_READ, FORM_HTML, 0, "x"},
         {METHOD_GET, "/{body}/x/{b}", nothing, RIGHT_READ, FORM_HTML, 0, "x"}},
    };
    struct sample *sample = sample_open(&(struct sample_options){.bodies = 1});
    for (size_t i = 0; i < sizeof slips / sizeof *slips; i++) {
        struct app *app = app_new(&(struct app_options){
            .store = sample->store, .clock = &sample->clock, .templates = sample->templates});
        struct fault fault = {0};
        app_add_routes(app, slips[i], slips[i][1].path ? 2 : 1);
        assert_int_equal(app_start(app, &sample->arena, &fault), FAULT);
        assert_true(fault.message.len > 0);
        app_free(app);
    }
    sample_close(sample);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_lead_where_they_should),
        cmocka_unit_test(a_single_body_is_entered_at_once),
        cmocka_unit_test(without_a_body_the_first_page_says_what_to_do),
        cmocka_unit_test(every_representation_is_made_from_one_model),
        cmocka_unit_test(every_refusal_is_one_sentence_with_its_status),
        cmocka_unit_test(writes_come_only_from_our_own_pages),
        cmocka_unit_test(caching_is_told_by_etags),
        cmocka_unit_test(a_transcript_notices_what_is_not_so),
        cmocka_unit_test(a_cached_page_is_made_once_until_something_is_written),
        cmocka_unit_test(a_quick_answer_is_given_only_from_the_cache_or_a_fast_route),
        cmocka_unit_test(the_cache_stays_within_its_bytes_and_drops_the_oldest),
        cmocka_unit_test(a_route_without_permission_or_twice_stops_the_start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
