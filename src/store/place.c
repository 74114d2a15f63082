#include "store/place.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/scratch.h"
#include "store/example.sql.h"
#include "store/trial.h"

static const struct schema *const schemas[] = {&SCHEMA_example, NULL};

int place_setup(void **state)
{
    struct place *place = calloc(1, sizeof *place);
    if (!place)
        return -1;
    place->arena = arena_open(MIB(256));
    scratch_make(place->directory, sizeof place->directory, "store");
    snprintf(place->path, sizeof place->path, "%s/a.db", place->directory);
    AUTOARENA arena = arena_open(KIB(64));
    struct str url = trial_url(&arena, place->directory);
    snprintf(place->url, sizeof place->url, "%.*s", STR_ARG(url));
    place->busy_ms = 100;
    *state = place;
    return 0;
}

void place_remove_directory(struct place *place)
{
    scratch_remove(place->directory);
}

int place_teardown(void **state)
{
    struct place *place = *state;
    store_close(place->store);
    trial_drop(str_from(place->url));
    place_remove_directory(place);
    arena_close(&place->arena);
    free(place);
    return 0;
}

struct store_options place_options(const struct place *place)
{
    return (struct store_options){.url = str_from(place->url),
                                  .schema = schemas,
                                  .create = true,
                                  .backup_directory = str_from(place->directory),
                                  .busy_ms = place->busy_ms};
}

void place_open(struct place *place)
{
    struct fault fault = {0};
    struct store_options options = place_options(place);
    enum status status = store_open(&place->arena, &options, &place->store, &fault);
    if (status != OK)
        print_error("%.*s\n", STR_ARG(fault.message));
    assert_int_equal(status, OK);
}

void place_close(struct place *place)
{
    store_close(place->store);
    place->store = NULL;
}

void place_refuses(struct place *place, const struct store_options *options, enum status status,
                   const char *words)
{
    struct fault fault = {0};
    struct store *store = NULL;
    assert_int_equal(store_open(&place->arena, options, &store, &fault), status);
    assert_null(store);
    if (!str_has(fault.message, str_from(words)))
        print_error("got \"%.*s\", want \"%s\"\n", STR_ARG(fault.message), words);
    assert_true(str_has(fault.message, str_from(words)));
    assert_true(str_ends(fault.message, STR("。")));
}

enum status example_apply(struct tx *tx, void *context, struct fault *fault)
{
    (void)fault;
    const struct example_row *row = context;
    return tx_run(tx, &SQL_example_add,
                  ARGS(value_int(row->body_id), value_int(row->id), value_text(str_from(row->name)),
                       NULL_VALUE, NULL_VALUE),
                  NULL);
}

enum status example_add(struct store *store, struct arena *arena, int64_t body_id, int64_t id,
                        const char *name)
{
    struct example_row row = {body_id, id, name};
    return store_write(store, arena, body_id, 0, NULL, example_apply, &row, NULL);
}

int64_t example_count(struct store *store)
{
    AUTOARENA arena = arena_open(MIB(1));
    struct tx *tx;
    struct rows rows;
    assert_int_equal(store_read(store, &arena, &tx), OK);
    assert_int_equal(tx_run(tx, &SQL_example_count, NO_ARGS, &rows), OK);
    int64_t count = value_i64(rows_at(&rows, 0, 0));
    store_read_end(tx);
    return count;
}

bool example_has(struct store *store, int64_t body_id, int64_t id)
{
    AUTOARENA arena = arena_open(MIB(1));
    struct tx *tx;
    struct rows rows;
    assert_int_equal(store_read(store, &arena, &tx), OK);
    assert_int_equal(tx_run(tx, &SQL_example_get, ARGS(value_int(body_id), value_int(id)), &rows),
                     OK);
    store_read_end(tx);
    return rows.n == 1;
}

static const struct statement journal_rows = {
    .name = "journal_rows",
    .sql = "select j.number, j.happened, j.name, j.kind, j.record, j.deed, j.digest, j.hash, "
           "v.salt, v.after, h.length, h.hash as head from journal j "
           "left join journal_value v on v.body_id = j.body_id and v.chain = j.chain "
           "and v.number = j.number join journal_head h on h.body_id = j.body_id and "
           "h.chain = j.chain where j.body_id = $1 and j.chain = 0 order by j.number",
    .params = "i",
    .shape = RESULT_MANY,
};

static struct sm3 check_entry(const struct value *cells, int64_t body_id, int number,
                              const struct sm3 *previous)
{
    struct proof_entry entry = {.body_id = body_id,
                                .number = number,
                                .instant_us = value_i64(cells[1]),
                                .name = value_str(cells[2]),
                                .kind = value_str(cells[3]),
                                .record = value_i64(cells[4]),
                                .deed = value_str(cells[5])};
    entry.values = proof_values(value_str(cells[8]), STR(""), value_str(cells[9]));
    struct sm3 hash = proof_hash(previous, &entry);
    assert_int_equal(value_i64(cells[0]), number);
    assert_true(str_eq(value_str(cells[6]), sm3_str(&entry.values)));
    assert_true(str_eq(value_str(cells[7]), sm3_str(&hash)));
    return hash;
}

int64_t place_journal(struct store *store, int64_t body_id)
{
    AUTOARENA arena = arena_open(MIB(64));
    struct tx *tx;
    struct rows rows;
    struct sm3 hash = {0};
    assert_int_equal(store_read(store, &arena, &tx), OK);
    assert_int_equal(tx_run(tx, &journal_rows, ARGS(value_int(body_id)), &rows), OK);
    for (int i = 0; i < rows.n; i++)
        hash = check_entry(&rows.cells[i * rows.columns_n], body_id, i + 1, &hash);
    if (rows.n > 0) {
        assert_int_equal(value_i64(rows_at(&rows, 0, 10)), rows.n);
        assert_true(str_eq(value_str(rows_at(&rows, 0, 11)), sm3_str(&hash)));
    }
    store_read_end(tx);
    return rows.n;
}
