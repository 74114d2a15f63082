/* An SMS gateway that hangs up, refuses, or answers rubbish: it is tried again, told in one
 * sentence that has nothing of the gateway's words, and the code is sent once it is well. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <pthread.h>
#include <unistd.h>

#include "account_kit.h"

/* One connection each time, in this order. */
static const char *const answers[] = {
    "",
    "HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 33\r\n\r\n<script>GARBAGE</script> {\"code\":9",
    "\1\2\3GARBAGE\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{\"code\":0}"};
enum { ANSWERS_N = sizeof answers / sizeof *answers };

static void *serve(void *context)
{
    int listening = *(const int *)context;
    for (int i = 0; i < ANSWERS_N; i++) {
        char heard[4096];
        int fd = accept(listening, NULL, NULL);
        (void)!read(fd, heard, sizeof heard);
        (void)!write(fd, answers[i], strlen(answers[i]));
        close(fd);
    }
    return NULL;
}

static int count_state(struct place *place, const char *state)
{
    return count(
        place, str_fmt(&place->sample->arena,
                       "select count(*) from outbox where channel = 'sms' and state = '%s'", state)
                   .ptr);
}

/* A code of before that could not be sent is too late by now, and not sent at all. */
static void ask_for_code(struct place *place, bool is_well)
{
    struct program_sample *sample = place->sample;
    int tried;
    is(post(sample, (struct str){0}, "/sign-in/sms", "mobile=13900000007"), 200);
    assert_int_equal(count_state(place, "waiting"), 1);
    assert_int_equal(outbox_run(sample->program.outbox, &tried, NULL), OK);
    assert_int_equal(count_state(place, "waiting"), 0);
    assert_int_equal(count_state(place, "failed"), is_well ? 0 : 1);
    assert_int_equal(count(place, "select count(*) from outbox where state = 'failed' and "
                                  "problem not like '短信网关没有%。'"),
                     0);
    assert_int_equal(count(place, "select count(*) from outbox where problem like '%GARBAGE%' or "
                                  "problem like '%13900000007%'"),
                     0);
    sample->program.clock.fixed_us += 20 * INT64_C(60000000);
}

static void a_gateway_that_fails_is_tried_again_and_its_words_are_kept_nowhere(void **state)
{
    (void)state;
    struct place place = place_open();
    struct program_sample *sample = place.sample;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof address;
    int listening = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    pthread_t thread;
    assert_int_equal(bind(listening, (struct sockaddr *)&address, size), 0);
    assert_int_equal(listen(listening, 8), 0);
    assert_int_equal(getsockname(listening, (struct sockaddr *)&address, &size), 0);
    struct signon *signon = &sample->program.accounts->options.signon;
    signon->sms_url = str_fmt(&sample->arena, "http://127.0.0.1:%d/", ntohs(address.sin_port));
    signon->sms_body = STR("to={mobile}&text={code}");
    signon->sms_answer = STR("\"code\":0");
    struct arena *arena = &sample->arena;
    make_in(sample, "unit", ROLE_UNIT_LIAISON, "linjiang", place.unit);
    struct str clerk = sign_in(sample, "clerk");
    is(post(sample, clerk, TO(account_url(&place, clerk, "unit"), "/contact"),
            "mobile=13900000007"),
       303);
    assert_int_equal(pthread_create(&thread, NULL, serve, &listening), 0);
    for (int i = 0; i < ANSWERS_N; i++)
        ask_for_code(&place, i + 1 == ANSWERS_N);
    pthread_join(thread, NULL);
    close(listening);
    place_close(&place);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_gateway_that_fails_is_tried_again_and_its_words_are_kept_nowhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
