#include "store/search.h"

#include "base/buf.h"
#include "store/internal.h"

#include "search.sql.h"

enum {
    SEARCH_RUN = 512,          /* as search_next takes them */
    DAYS_BEFORE_1970 = 719162, /* since 0001-01-01 */
    QUERY_CAP = 32 << 10,
    CHUNKS_MAX = 32, /* of one call; a chunk is one row more than the page asked for */
};

/* --- tokens as each engine takes them --- */

/* A kind is a token too, with a sign that no token of a text has; an audience is of one body. */
static const struct form {
    const char *open, *close, *and, * or ; /* around a token, between all, between any */
} forms[] = {
    [SQL_SQLITE] = {"\"", "\"", " AND ", " OR "},
    [SQL_POSTGRES] = {"", "", " ", " "},
};

static bool is_token(struct str token)
{
    for (size_t i = 0; i < token.len; i++)
        if ((unsigned char)token.ptr[i] < 0x80 && token.ptr[i] != '_' &&
            !(token.ptr[i] >= '0' && token.ptr[i] <= '9') &&
            !(token.ptr[i] >= 'a' && token.ptr[i] <= 'z') &&
            !(token.ptr[i] >= 'A' && token.ptr[i] <= 'Z'))
            return false;
    return token.len > 0;
}

/* Appends tokens to what is in the buffer. What is no token is left out. */
static void put_tokens(struct buf *out, struct str tokens, const struct form *form,
                       const char *between, const char *prefix)
{
    while (tokens.len > 0) {
        struct str token = str_cut(&tokens, STR(" "));
        if (!is_token(token))
            continue;
        if (out->len > 0)
            buf_put(out, str_from(between));
        buf_fmt(out, "%s%s%.*s%s", form->open, prefix, STR_ARG(token), form->close);
    }
}

/* In a row: separated by spaces for both engines. */
static void put_row_tokens(struct buf *out, struct str tokens, const char *prefix)
{
    put_tokens(out, tokens, &forms[SQL_POSTGRES], " ", prefix);
}

static struct str audience_prefix(struct arena *arena, int64_t body_id)
{
    return str_fmt(arena, "%lld_", (long long)body_id);
}

/* --- putting --- */

static int64_t days_of(struct date date)
{
    return date_is_set(date) ? date_to_days(date) + DAYS_BEFORE_1970 : 0;
}

/* Taken by the run: SQLite executes `returning` in a savepoint, at which FTS5 writes out every row
 * that it holds. */
static enum status next_number(struct tx *tx, int64_t *ret_number)
{
    struct rows rows;
    if (tx->search_left == 0) {
        TRY(tx_run(tx, &SQL_search_next, NO_ARGS, &rows));
        tx->search_next = value_i64(rows_at(&rows, 0, 0));
        tx->search_left = SEARCH_RUN;
    }
    tx->search_left--;
    *ret_number = tx->search_next++;
    return OK;
}

/* The place a row has, kept while its date stays; otherwise a new one. */
static enum status find_position(struct tx *tx, const struct search_row *row, int64_t old,
                                 int64_t *ret_position)
{
    int64_t number = old & SEARCH_NUMBER_MASK;
    if (old == 0)
        TRY(next_number(tx, &number));
    *ret_position = days_of(row->date) << SEARCH_NUMBER_BITS | number;
    return OK;
}

static enum status find_old(struct tx *tx, const struct search_row *row, int64_t *ret_position)
{
    struct rows rows;
    TRY(tx_run(tx, &SQL_search_places,
               ARGS(value_int(row->body_id), value_int(row->id), value_int(row->part)), &rows));
    bool is_there = rows.n > 0 && value_i64(rows_at(&rows, 0, 0)) == row->part;
    *ret_position = is_there ? value_i64(rows_at(&rows, 0, 1)) : 0;
    return OK;
}

static enum status add_row(struct tx *tx, const struct search_row *row, int64_t position)
{
    struct str prefix = audience_prefix(tx->arena, row->body_id);
    AUTOBUF tokens = buf_open(MIB(1)), audience = buf_open(MIB(1));
    put_row_tokens(&tokens, row->tokens, "");
    put_row_tokens(&tokens, row->kind, "kind_");
    put_row_tokens(&audience, row->audience, prefix.ptr);
    if (tokens.full || audience.full)
        return INVALID;
    return tx_run(tx, &SQL_search_row_add,
                  ARGS(value_int(position), value_int(row->body_id), value_int(row->id),
                       value_int(row->part), value_text(row->kind),
                       value_text(date_format(tx->arena, row->date)), value_text(row->title),
                       value_text(row->text), value_text(buf_str(&tokens)),
                       value_text(buf_str(&audience))),
                  NULL);
}

enum status search_put(struct tx *tx, const struct search_row *row)
{
    int64_t old, position;
    TRY(find_old(tx, row, &old));
    if (old != 0)
        TRY(tx_run(tx, &SQL_search_row_drop, ARGS(value_int(old), value_int(row->body_id)), NULL));
    TRY(find_position(tx, row, old, &position));
    TRY(add_row(tx, row, position));
    /* Not one upsert, which would be a savepoint too. */
    return tx_run(tx, old == 0 ? &SQL_search_place_add : &SQL_search_place_move,
                  ARGS(value_int(row->body_id), value_int(row->id), value_int(row->part),
                       value_int(position)),
                  NULL);
}

enum status search_drop(struct tx *tx, int64_t body_id, int64_t id, int part)
{
    struct rows rows;
    TRY(tx_run(tx, &SQL_search_places, ARGS(value_int(body_id), value_int(id), value_int(part)),
               &rows));
    for (int i = 0; i < rows.n; i++)
        TRY(tx_run(tx, &SQL_search_row_drop, ARGS(rows_at(&rows, i, 1), value_int(body_id)), NULL));
    return tx_run(tx, &SQL_search_places_drop,
                  ARGS(value_int(body_id), value_int(id), value_int(part)), NULL);
}

/* --- finding --- */

struct finding {
    struct arena *arena;
    const struct search_query *query;
    struct search_hit *hits;
    int n, rows_n;
    int64_t last; /* position of the last row that belongs to this page */
    bool beyond;  /* there was another behind it */
};

static bool has_all_words(const struct search_query *query, struct str text)
{
    for (int i = 0; i < query->words_n; i++)
        if (!str_has(text, query->words[i]))
            return false;
    return true;
}

/* position, id, kind, date, title, text */
static enum status confirm(void *context, const struct value *cells, int n)
{
    (void)n;
    struct finding *finding = context;
    bool is_next_part = finding->n > 0 && finding->hits[finding->n - 1].id == value_i64(cells[1]);
    finding->rows_n++;
    finding->beyond |= finding->n == finding->query->limit && !is_next_part;
    if (finding->beyond)
        return OK;
    finding->last = value_i64(cells[0]);
    if (is_next_part || !has_all_words(finding->query, value_str(cells[5])))
        return OK;
    finding->hits[finding->n++] =
        (struct search_hit){.position = value_i64(cells[0]),
                            .id = value_i64(cells[1]),
                            .kind = str_copy(finding->arena, value_str(cells[2])),
                            .date = str_copy(finding->arena, value_str(cells[3])),
                            .title = str_copy(finding->arena, value_str(cells[4]))};
    return OK;
}

/* Reads on until the page is full, the rows are at an end, or enough was read for one call. */
static enum status read_chunks(struct tx *tx, struct finding *finding, struct str tokens,
                               struct str audience, int64_t *ret_next)
{
    const struct search_query *query = finding->query;
    finding->last = query->before > 0 ? query->before : INT64_MAX;
    *ret_next = 0;
    for (int i = 0; i < CHUNKS_MAX && !finding->beyond; i++) {
        finding->rows_n = 0;
        TRY(tx_each(tx, &SQL_search_candidates,
                    ARGS(value_text(tokens), value_text(audience), value_int(query->body_id),
                         value_int(finding->last), value_int(query->limit + 1)),
                    confirm, finding));
        if (finding->rows_n <= query->limit && !finding->beyond)
            return OK;
    }
    *ret_next = finding->last;
    return OK;
}

enum status search_find(struct tx *tx, const struct search_query *query,
                        struct search_result *ret_result)
{
    const struct form *form = &forms[tx->engine->dialect];
    struct str prefix = audience_prefix(tx->arena, query->body_id);
    AUTOBUF tokens = buf_open(QUERY_CAP), audience = buf_open(QUERY_CAP);
    put_tokens(&tokens, query->tokens, form, form->and, "");
    put_tokens(&tokens, query->kind, form, form->and, "kind_");
    put_tokens(&audience, query->audience, form, form->or, prefix.ptr);
    bool is_bounded =
        query->limit >= 1 && query->limit <= SEARCH_PAGE_MAX && query->words_n <= SEARCH_WORDS_MAX;
    if (tokens.len == 0 || tokens.full || audience.full || !is_bounded)
        return INVALID;
    *ret_result = (struct search_result){0};
    if (audience.len == 0)
        return OK;
    struct finding finding = {.arena = tx->arena,
                              .query = query,
                              .hits = arena_new(tx->arena, struct search_hit, query->limit)};
    TRY(read_chunks(tx, &finding, buf_str(&tokens), buf_str(&audience), &ret_result->next));
    ret_result->hits = finding.hits;
    ret_result->n = finding.n;
    return OK;
}
