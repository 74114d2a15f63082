#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/scratch.h"
#include "files/files.h"

struct place {
    struct arena arena;
    char folder[64];
    struct file_store *store;
    pid_t server; /* of S3 */
    int server_in;
};

static struct place *open_at(struct place *place, struct str where, enum file_hash hash)
{
    struct fault fault = {0};
    struct file_store_options options = {
        .where = where, .key = STR("test-key"), .secret = STR("test-secret"), .hash = hash};
    if (file_store_open(&place->arena, &options, &place->store, &fault) != OK)
        fail_msg("%.*s", STR_ARG(fault.message));
    return place;
}

static struct place *new_place(void)
{
    struct arena arena = arena_open(MIB(64));
    struct place *place = arena_new(&arena, struct place, 1);
    place->arena = arena;
    scratch_make(place->folder, sizeof place->folder, "files");
    return place;
}

static struct place *open_directory(enum file_hash hash)
{
    struct place *place = new_place();
    return open_at(place, str_fmt(&place->arena, "%s/a/files/", place->folder), hash);
}

/* The small S3 server of tests/, on a port of its own choice. */
static struct place *open_bucket(void)
{
    struct place *place = new_place();
    int in[2], out[2];
    char port[16] = {0};
    char script[512], name[] = "node";
    snprintf(script, sizeof script, "%s/tests/s3_server.mjs", getenv("DUIKOU_SOURCE"));
    char *const arguments[] = {name, script, NULL};
    posix_spawn_file_actions_t files;
    assert_int_equal(pipe2(in, O_CLOEXEC) + pipe2(out, O_CLOEXEC), 0);
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_adddup2(&files, in[0], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&files, out[1], STDOUT_FILENO);
    assert_int_equal(posix_spawnp(&place->server, name, &files, NULL, arguments, environ), 0);
    posix_spawn_file_actions_destroy(&files);
    close(in[0]);
    close(out[1]);
    place->server_in = in[1];
    assert_true(read(out[0], port, sizeof port - 1) > 0);
    close(out[0]);
    return open_at(place,
                   str_fmt(&place->arena,
                           "s3://duikou/files/of/ours/?endpoint=http://127.0.0.1:%d&region=cn-1",
                           (int)strtol(port, NULL, 10)),
                   FILE_SHA256);
}

static void close_place(struct place *place)
{
    file_store_close(place->store);
    if (place->server) {
        close(place->server_in);
        kill(place->server, SIGTERM);
        waitpid(place->server, NULL, 0);
    }
    scratch_remove(place->folder);
    struct arena arena = place->arena;
    arena_close(&arena);
}

static struct str put(struct place *place, int64_t body, struct str bytes)
{
    struct str digest;
    struct fault fault = {0};
    if (file_store_put(place->store, &place->arena, body, bytes, &digest, &fault) != OK)
        fail_msg("%.*s", STR_ARG(fault.message));
    return digest;
}

static enum status get(struct place *place, int64_t body, struct str digest, struct str *ret_bytes)
{
    return file_store_read(place->store, &place->arena, body, digest, MIB(32), ret_bytes, NULL);
}

struct seen {
    int n, partial;
    int64_t bytes, oldest;
    struct arena *arena;
    struct str where;
};

static enum status count(void *context, const struct file_found *found)
{
    struct seen *seen = context;
    seen->n++;
    seen->partial += found->is_partial;
    seen->bytes += found->bytes;
    seen->oldest = found->age_sec > seen->oldest ? found->age_sec : seen->oldest;
    seen->where = str_copy(seen->arena, found->where);
    return OK;
}

static struct seen look(struct place *place)
{
    struct seen seen = {.arena = &place->arena};
    /* `where` is kept in an arena that the walk does not rewind. */
    AUTOARENA scratch = arena_open(MIB(8));
    assert_int_equal(file_store_each(place->store, &scratch, count, &seen, NULL), OK);
    return seen;
}

static void what_was_put_comes_back(struct place *place)
{
    struct str bytes, text = STR("第一份附件"), empty = STR("");
    struct str digest = put(place, 7, text);
    assert_true(file_is_digest(digest));
    assert_true(str_eq(put(place, 7, text), digest));
    assert_int_equal(get(place, 7, digest, &bytes), OK);
    assert_true(str_eq(bytes, text));
    assert_int_equal(get(place, 7, put(place, 7, empty), &bytes), OK);
    assert_int_equal(bytes.len, 0);
    /* Another body's file is not there, whatever its digest. */
    assert_int_equal(get(place, 8, digest, &bytes), NOT_FOUND);
    put(place, 8, text);
    put(place, 8, STR("third"));
    put(place, 8, STR("fourth"));
    struct seen seen = look(place);
    assert_int_equal(seen.n, 5);
    assert_int_equal(seen.partial, 0);
    assert_int_equal(seen.bytes, 2 * text.len + 11);
    assert_true(seen.oldest < 600);
    assert_int_equal(file_store_drop(place->store, &place->arena, 7, digest, NULL), OK);
    assert_int_equal(file_store_drop(place->store, &place->arena, 7, digest, NULL), OK);
    assert_int_equal(get(place, 7, digest, &bytes), NOT_FOUND);
    assert_int_equal(get(place, 8, digest, &bytes), OK);
    seen = look(place);
    struct file_found found = {.where = seen.where};
    assert_int_equal(file_store_remove(place->store, &place->arena, &found, NULL), OK);
    assert_int_equal(look(place).n, 3);
}

static void a_directory_gives_back_what_was_put(void **state)
{
    (void)state;
    struct place *place = open_directory(FILE_SHA256);
    assert_int_equal(look(place).n, 0);
    what_was_put_comes_back(place);
    close_place(place);
}

static void a_bucket_gives_back_what_was_put(void **state)
{
    (void)state;
    struct place *place = open_bucket();
    assert_int_equal(look(place).n, 0);
    what_was_put_comes_back(place);
    close_place(place);
}

static void a_bucket_with_another_key_is_told_so(void **state)
{
    (void)state;
    struct place *place = open_bucket();
    struct fault fault = {0};
    struct str digest;
    struct str where = str_fmt(&place->arena, "s3://duikou/?endpoint=http://127.0.0.1:1");
    struct file_store_options options = {
        .where = where, .key = STR("test-key"), .secret = STR("wrong")};
    struct file_store *other;
    assert_int_equal(file_store_open(&place->arena, &options, &other, &fault), OK);
    assert_int_equal(file_store_put(other, &place->arena, 1, STR("x"), &digest, &fault), BUSY);
    assert_true(str_has(fault.message, STR("没有应答")));
    file_store_close(other);
    options.secret = STR("");
    assert_int_equal(file_store_open(&place->arena, &options, &other, &fault), INVALID);
    options.secret = STR("s");
    options.where = STR("s3://duikou/x?endpoint=ftp://a");
    assert_int_equal(file_store_open(&place->arena, &options, &other, &fault), INVALID);
    close_place(place);
}

static void a_digest_may_be_sm3(void **state)
{
    (void)state;
    struct place *place = open_directory(FILE_SM3);
    struct str bytes, digest = put(place, 1, STR("abc"));
    /* GB/T 32905-2016, appendix A.1 */
    assert_true(
        str_is(digest, "sm3-66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"));
    assert_int_equal(get(place, 1, digest, &bytes), OK);
    close_place(place);
}

static void bytes_that_are_not_the_digests_are_refused(void **state)
{
    (void)state;
    struct place *place = open_directory(FILE_SHA256);
    struct str bytes, digest = put(place, 1, STR("whole"));
    struct seen seen = look(place);
    struct str path = str_fmt(&place->arena, "%s/a/files/%.*s", place->folder, STR_ARG(seen.where));
    FILE *file = fopen(path.ptr, "r+");
    assert_non_null(file);
    fputc('W', file);
    fclose(file);
    assert_int_equal(get(place, 1, digest, &bytes), FAULT);
    close_place(place);
}

static void what_is_half_written_is_told_apart_and_can_be_removed(void **state)
{
    (void)state;
    struct place *place = open_directory(FILE_SHA256);
    put(place, 1, STR("whole"));
    struct str path = str_fmt(&place->arena, "%s/a/files/.new/1-2-3", place->folder);
    FILE *file = fopen(path.ptr, "w");
    assert_non_null(file);
    fputs("half", file);
    fclose(file);
    struct str foreign = str_fmt(&place->arena, "%s/a/files/notes.txt", place->folder);
    file = fopen(foreign.ptr, "w");
    assert_non_null(file);
    fclose(file);
    struct seen seen = look(place);
    assert_int_equal(seen.n, 2);
    assert_int_equal(seen.partial, 1);
    struct file_found found = {.where = STR(".new/1-2-3")};
    assert_int_equal(file_store_remove(place->store, &place->arena, &found, NULL), OK);
    assert_int_equal(look(place).partial, 0);
    assert_int_equal(access(foreign.ptr, F_OK), 0);
    close_place(place);
}

static void names_that_are_no_digests_are_never_paths(void **state)
{
    (void)state;
    struct place *place = open_directory(FILE_SHA256);
    struct str bytes;
    static const struct str names[] = {
        STR_INIT(""), STR_INIT("../../etc/passwd"), STR_INIT("sha256-"),
        STR_INIT("sha256-../../../../../../../../../../../../../../../../../../../../etc/pass"),
        STR_INIT("sm3-66C7F0F462EEEDD9D1F2D46BDC10E4E24167C4875CF2F7A2297DA02B8F4BA8E0")};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        assert_false(file_is_digest(names[i]));
        assert_int_equal(get(place, 1, names[i], &bytes), NOT_FOUND);
    }
    close_place(place);
}

static void a_full_disk_is_told_in_a_sentence(void **state)
{
    (void)state;
    struct place *place = new_place();
    struct fault fault = {0};
    struct str digest;
    open_at(place, STR("/dev/full/files"), FILE_SHA256);
    assert_int_equal(file_store_put(place->store, &place->arena, 1, STR("x"), &digest, &fault),
                     FAULT);
    assert_true(fault.message.len > 0);
    close_place(place);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_directory_gives_back_what_was_put),
        cmocka_unit_test(a_bucket_gives_back_what_was_put),
        cmocka_unit_test(a_bucket_with_another_key_is_told_so),
        cmocka_unit_test(a_digest_may_be_sm3),
        cmocka_unit_test(bytes_that_are_not_the_digests_are_refused),
        cmocka_unit_test(what_is_half_written_is_told_apart_and_can_be_removed),
        cmocka_unit_test(names_that_are_no_digests_are_never_paths),
        cmocka_unit_test(a_full_disk_is_told_in_a_sentence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
