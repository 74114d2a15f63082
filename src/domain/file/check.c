#include "domain/file/priv.h"

#include <stdlib.h>
#include <unistd.h>

#include "file.sql.h"

/* Store and rows against each other: the digests that rows want, sorted by body, are looked up for
 * each file that lies in the store. */

struct wanted {
    int64_t body_id;
    struct str digest;
    bool found;
};
struct checking {
    struct store *store;
    struct file_store *files;
    struct arena arena; /* of the wanted ones */
    struct arena *scratch;
    struct wanted *wanted;
    int n, room;
    int64_t min_age_sec;
    bool removes;
    struct file_check *check;
    struct fault *fault;
};

enum { PAGE = 1000, WANTED_CAP_MB = 1024 };

static enum status read_body(struct checking *checking, struct tx *tx, int64_t body_id)
{
    struct str after = {0};
    for (;;) {
        struct rows rows;
        TRY(tx_run(tx, &SQL_file_digests, ARGS(value_int(body_id), value_text(after)), &rows));
        for (int i = 0; i < rows.n; i++)
            *arena_push(&checking->arena, checking->wanted, checking->n, checking->room) =
                (struct wanted){body_id,
                                str_copy(&checking->arena, value_str(rows_at(&rows, i, 0))), false};
        if (rows.n < PAGE)
            return OK;
        after = value_str(rows_at(&rows, rows.n - 1, 0));
    }
}

static int compare(const void *a, const void *b)
{
    const struct wanted *left = a, *right = b;
    if (left->body_id != right->body_id)
        return left->body_id < right->body_id ? -1 : 1;
    return str_cmp(left->digest, right->digest);
}

static enum status read_wanted(struct checking *checking)
{
    struct tx *tx;
    struct rows bodies;
    TRY(store_read(checking->store, checking->scratch, &tx));
    enum status status = tx_run(tx, &SQL_file_bodies, NO_ARGS, &bodies);
    for (int i = 0; status == OK && i < bodies.n; i++)
        status = read_body(checking, tx, value_i64(rows_at(&bodies, i, 0)));
    if (status != OK)
        tx_fault(tx, status, checking->fault);
    store_read_end(tx);
    if (checking->n > 0)
        qsort(checking->wanted, (size_t)checking->n, sizeof *checking->wanted, compare);
    return status;
}

static enum status tell(void *context, const struct file_found *found)
{
    struct checking *checking = context;
    struct file_check *check = checking->check;
    struct wanted key = {.body_id = found->body_id, .digest = found->name};
    struct wanted *wanted =
        found->is_partial || checking->n == 0
            ? NULL
            : bsearch(&key, checking->wanted, (size_t)checking->n, sizeof key, compare);
    if (wanted) {
        wanted->found = true;
        check->files++;
        check->bytes += found->bytes;
        return OK;
    }
    check->orphans += !found->is_partial;
    check->partial += found->is_partial;
    if (found->age_sec < checking->min_age_sec) {
        check->young++;
        return OK;
    }
    if (!checking->removes)
        return OK;
    TRY(file_store_remove(checking->files, checking->scratch, found, checking->fault));
    check->removed++;
    return OK;
}

static enum status look_at(struct checking *checking, const struct wanted *wanted, bool whole)
{
    struct file_check *check = checking->check;
    int fd;
    int64_t bytes;
    enum status status = wanted->found ? OK : NOT_FOUND;
    if (whole && wanted->found)
        status = file_store_fetch(checking->files, checking->scratch, wanted->body_id,
                                  wanted->digest, &fd, &bytes, checking->fault);
    if (status == OK && whole && wanted->found)
        close(fd);
    if (status != OK && status != NOT_FOUND && status != FAULT)
        return status;
    check->missing += status == NOT_FOUND;
    check->damaged += status == FAULT;
    if (status != OK && check->first_missing.len == 0)
        check->first_missing = str_copy(checking->scratch, wanted->digest);
    return OK;
}

enum status file_check(struct store *store, struct file_store *files, struct arena *arena,
                       int64_t min_age_sec, bool remove_orphans, bool whole,
                       struct file_check *ret_check, struct fault *fault)
{
    struct checking checking = {.store = store,
                                .files = files,
                                .arena = arena_open(MIB(WANTED_CAP_MB)),
                                .scratch = arena,
                                .min_age_sec = min_age_sec,
                                .removes = remove_orphans,
                                .check = ret_check,
                                .fault = fault};
    *ret_check = (struct file_check){0};
    /* The store is walked after the rows were read: what was put since is young. */
    enum status status = read_wanted(&checking);
    if (status == OK)
        status = file_store_each(files, arena, tell, &checking, fault);
    for (int i = 0; status == OK && i < checking.n; i++)
        status = look_at(&checking, &checking.wanted[i], whole);
    arena_close(&checking.arena);
    return status;
}
