#include "engine/record/priv.h"

#include <assert.h>

/* SQL text is made of constant names from field tables alone; values are always bound. */

enum { SQL_MAX_BYTES = 16 << 10, PARAMS_MAX = 80 };

struct draft {
    struct buf sql;
    char params[PARAMS_MAX];
    int n;
};

static struct draft draft_open(void)
{
    return (struct draft){.sql = buf_open(SQL_MAX_BYTES)};
}

/* Write the placeholder of one more parameter. */
static void draft_bind(struct draft *draft, char letter)
{
    assert(draft->n < PARAMS_MAX - 1);
    draft->params[draft->n++] = letter;
    buf_fmt(&draft->sql, "$%d", draft->n);
}

static const struct statement *draft_done(struct draft *draft, struct store *store,
                                          const char *name, enum result_shape shape)
{
    assert(!draft->sql.full);
    draft->params[draft->n] = '\0';
    const struct statement *statement =
        store_intern(store, name, buf_str(&draft->sql), draft->params, shape);
    buf_close(&draft->sql);
    return statement;
}

/* Statements that depend on nothing but a constant table are assembled once in a store. */
enum kept {
    KEPT_GET,
    KEPT_ADD,
    KEPT_LAST,
    KEPT_BY_TITLE,
    KEPT_PICK,
    KEPT_ENDS,
    KEPT_ROWS,
    KEPT_ROWS_ADD,
    KEPT_ROWS_CLEAR
};

static const struct statement *draft_keep(struct draft *draft, struct tx *tx, const void *owner,
                                          enum kept which, const char *name,
                                          enum result_shape shape)
{
    const struct statement *statement = draft_done(draft, tx_store(tx), name, shape);
    if (statement)
        store_remember(tx_store(tx), owner, which, statement);
    return statement;
}

static void put_columns(struct buf *sql, const struct kind *kind, const char *prefix)
{
    buf_fmt(sql, "%sid, %sversion", prefix, prefix);
    for (const struct field *field = kind->fields; field->key; field++)
        if (field_is_stored(field))
            buf_fmt(sql, ", %s%s", prefix, field_column(field));
    if (kind->ordered)
        buf_fmt(sql, ", %sposition", prefix);
    if (kind->dated)
        buf_fmt(sql, ", %sstart_date, %send_date", prefix, prefix);
}

/* The names of referenced records, joined: r0, r1 … by field index. */
static void put_labels(struct buf *sql, const struct kind *kind)
{
    for (int i = 0; kind->fields[i].key; i++)
        if (kind->fields[i].kind == FIELD_REFERENCE)
            buf_fmt(sql, ", r%d.%s as label_%d", i,
                    field_column(kind_name_field(kind->fields[i].to)), i);
}

static void put_joins(struct buf *sql, const struct kind *kind)
{
    for (int i = 0; kind->fields[i].key; i++) {
        const struct field *field = &kind->fields[i];
        if (field->kind == FIELD_REFERENCE)
            buf_fmt(sql, " left join %s r%d on r%d.body_id = %s and r%d.id = t.%s", field->to->name,
                    i, i, field->to->instance ? "0" : "t.body_id", i, field_column(field));
    }
}

const struct statement *sql_get(struct tx *tx, const struct kind *kind)
{
    const struct statement *known = store_recall(tx_store(tx), kind, KEPT_GET);
    if (known)
        return known;
    struct draft draft = draft_open();
    BUF_LIT(&draft.sql, "select ");
    put_columns(&draft.sql, kind, "t.");
    put_labels(&draft.sql, kind);
    buf_fmt(&draft.sql, " from %s t", kind->name);
    put_joins(&draft.sql, kind);
    BUF_LIT(&draft.sql, " where t.body_id = ");
    draft_bind(&draft, 'i');
    BUF_LIT(&draft.sql, " and t.id = ");
    draft_bind(&draft, 'i');
    return draft_keep(&draft, tx, kind, KEPT_GET, "record_get", RESULT_MAYBE);
}

const struct statement *sql_insert(struct tx *tx, const struct kind *kind)
{
    const struct statement *known = store_recall(tx_store(tx), kind, KEPT_ADD);
    if (known)
        return known;
    struct draft draft = draft_open();
    buf_fmt(&draft.sql, "insert into %s (body_id, modified, ", kind->name);
    put_columns(&draft.sql, kind, "");
    BUF_LIT(&draft.sql, ") values (");
    draft_bind(&draft, 'i');
    BUF_LIT(&draft.sql, ", ");
    draft_bind(&draft, 'i');
    char letters[PARAMS_MAX] = "ii"; /* id, version */
    int n = 2;
    for (const struct field *field = kind->fields; field->key; field++)
        if (field_is_stored(field))
            letters[n++] = field_letter(field);
    if (kind->ordered)
        letters[n++] = 'i';
    if (kind->dated)
        letters[n++] = 't', letters[n++] = 't';
    for (int i = 0; i < n; i++) {
        BUF_LIT(&draft.sql, ", ");
        draft_bind(&draft, letters[i]);
    }
    BUF_LIT(&draft.sql, ")");
    return draft_keep(&draft, tx, kind, KEPT_ADD, "record_add", RESULT_RUN);
}

const struct statement *sql_update(struct tx *tx, const struct record *record)
{
    const struct kind *kind = record->kind;
    struct draft draft = draft_open();
    buf_fmt(&draft.sql, "update %s set version = version + 1, modified = ", kind->name);
    draft_bind(&draft, 'i');
    for (int i = 0; kind->fields[i].key; i++) {
        const struct field *field = &kind->fields[i];
        if (!field_is_stored(field) || !record->given[i])
            continue;
        buf_fmt(&draft.sql, ", %s = ", field_column(field));
        draft_bind(&draft, field_letter(field));
    }
    if (record->position_given) {
        BUF_LIT(&draft.sql, ", position = ");
        draft_bind(&draft, 'i');
    }
    if (record->dates_given) {
        BUF_LIT(&draft.sql, ", start_date = ");
        draft_bind(&draft, 't');
        BUF_LIT(&draft.sql, ", end_date = ");
        draft_bind(&draft, 't');
    }
    BUF_LIT(&draft.sql, " where body_id = ");
    draft_bind(&draft, 'i');
    BUF_LIT(&draft.sql, " and id = ");
    draft_bind(&draft, 'i');
    return draft_done(&draft, tx_store(tx), "record_change", RESULT_RUN);
}

const struct statement *sql_last_position(struct tx *tx, const struct kind *kind)
{
    const struct statement *known = store_recall(tx_store(tx), kind, KEPT_LAST);
    if (known)
        return known;
    struct draft draft = draft_open();
    buf_fmt(&draft.sql, "select t.position from %s t where t.body_id = ", kind->name);
    draft_bind(&draft, 'i');
    BUF_LIT(&draft.sql, " order by t.position desc limit 1");
    return draft_keep(&draft, tx, kind, KEPT_LAST, "record_last_position", RESULT_MAYBE);
}

/* What holds on a day, which is bound twice; nothing where the kind is not dated. */
static void put_day(struct draft *draft, const struct kind *kind)
{
    if (!kind->dated)
        return;
    BUF_LIT(&draft->sql, " and t.start_date <= ");
    draft_bind(draft, 't');
    BUF_LIT(&draft->sql, " and t.end_date > ");
    draft_bind(draft, 't');
}

/* Records of a body by something about their titles. */
static struct draft draft_titles(const struct kind *kind)
{
    assert(!kind->titles);
    struct draft draft = draft_open();
    buf_fmt(&draft.sql, "select t.id, t.%s as title from %s t where t.body_id = ",
            field_column(kind_title_field(kind)), kind->name);
    draft_bind(&draft, 'i');
    return draft;
}

static void put_title(struct draft *draft, const struct kind *kind, const char *relation)
{
    buf_fmt(&draft->sql, " and t.%s %s ", field_column(kind_title_field(kind)), relation);
    draft_bind(draft, 't');
}

const struct statement *sql_by_title(struct tx *tx, const struct kind *kind)
{
    const struct statement *known = store_recall(tx_store(tx), kind, KEPT_BY_TITLE);
    if (known)
        return known;
    struct draft draft = draft_titles(kind);
    put_title(&draft, kind, "=");
    put_day(&draft, kind);
    BUF_LIT(&draft.sql, " order by t.id limit 5");
    return draft_keep(&draft, tx, kind, KEPT_BY_TITLE, "record_by_title", RESULT_MANY);
}

const struct statement *sql_pick(struct tx *tx, const struct kind *kind)
{
    const struct statement *known = store_recall(tx_store(tx), kind, KEPT_PICK);
    if (known)
        return known;
    struct draft draft = draft_titles(kind);
    put_title(&draft, kind, ">=");
    put_title(&draft, kind, "<");
    put_day(&draft, kind);
    buf_fmt(&draft.sql, " order by t.%s limit 10", field_column(kind_title_field(kind)));
    return draft_keep(&draft, tx, kind, KEPT_PICK, "record_pick", RESULT_MANY);
}

const struct statement *sql_ended(struct tx *tx, const struct kind *kind)
{
    const struct statement *known = store_recall(tx_store(tx), kind, KEPT_ENDS);
    if (known)
        return known;
    struct draft draft = draft_open();
    buf_fmt(&draft.sql, "select t.id, t.end_date from %s t where t.body_id = ", kind->name);
    draft_bind(&draft, 'i');
    BUF_LIT(&draft.sql, " and t.end_date <= ");
    draft_bind(&draft, 't');
    BUF_LIT(&draft.sql, " and t.id in (");
    for (int i = 0; i < ENDED_ASKED; i++) {
        if (i > 0)
            BUF_LIT(&draft.sql, ", ");
        draft_bind(&draft, 'i');
    }
    BUF_LIT(&draft.sql, ")");
    return draft_keep(&draft, tx, kind, KEPT_ENDS, "record_ended", RESULT_MANY);
}

const struct statement *sql_rows(struct tx *tx, const struct row_table *rows)
{
    const struct statement *known = store_recall(tx_store(tx), rows, KEPT_ROWS);
    if (known)
        return known;
    struct draft draft = draft_open();
    BUF_LIT(&draft.sql, "select ");
    for (const struct field *field = rows->fields; field->key; field++)
        buf_fmt(&draft.sql, "%st.%s", field == rows->fields ? "" : ", ", field_column(field));
    buf_fmt(&draft.sql, " from %s t where t.body_id = ", rows->table);
    draft_bind(&draft, 'i');
    BUF_LIT(&draft.sql, " and t.owner = ");
    draft_bind(&draft, 'i');
    BUF_LIT(&draft.sql, " order by t.position");
    return draft_keep(&draft, tx, rows, KEPT_ROWS, "record_rows", RESULT_MANY);
}

const struct statement *sql_rows_insert(struct tx *tx, const struct row_table *rows)
{
    const struct statement *known = store_recall(tx_store(tx), rows, KEPT_ROWS_ADD);
    if (known)
        return known;
    struct draft draft = draft_open();
    buf_fmt(&draft.sql, "insert into %s (body_id, owner, position", rows->table);
    for (const struct field *field = rows->fields; field->key; field++)
        buf_fmt(&draft.sql, ", %s", field_column(field));
    BUF_LIT(&draft.sql, ") values (");
    draft_bind(&draft, 'i');
    BUF_LIT(&draft.sql, ", ");
    draft_bind(&draft, 'i');
    BUF_LIT(&draft.sql, ", ");
    draft_bind(&draft, 'i');
    for (const struct field *field = rows->fields; field->key; field++) {
        BUF_LIT(&draft.sql, ", ");
        draft_bind(&draft, field_letter(field));
    }
    BUF_LIT(&draft.sql, ")");
    return draft_keep(&draft, tx, rows, KEPT_ROWS_ADD, "record_rows_insert", RESULT_RUN);
}

const struct statement *sql_rows_clear(struct tx *tx, const struct row_table *rows)
{
    const struct statement *known = store_recall(tx_store(tx), rows, KEPT_ROWS_CLEAR);
    if (known)
        return known;
    struct draft draft = draft_open();
    buf_fmt(&draft.sql, "delete from %s where body_id = ", rows->table);
    draft_bind(&draft, 'i');
    BUF_LIT(&draft.sql, " and owner = ");
    draft_bind(&draft, 'i');
    return draft_keep(&draft, tx, rows, KEPT_ROWS_CLEAR, "record_rows_clear", RESULT_RUN);
}

/* On a day. PostgreSQL guesses that a day leaves few rows, and would rather sort those that the
 * index of the default order gives than read in another order: there the index is hidden from it.
 */
static void put_list_day(struct draft *draft, bool default_order)
{
    buf_fmt(&draft->sql,
            " and %s <= ", default_order ? "t.start_date" : "coalesce(t.start_date, '')");
    draft_bind(draft, 't');
    buf_fmt(&draft->sql, " and %s > ", default_order ? "t.end_date" : "coalesce(t.end_date, '')");
    draft_bind(draft, 't');
}

/* A kind's own fragment, each mark a parameter of its own. */
static void put_visible(struct draft *draft, const char *fragment)
{
    for (const char *at = fragment; *at; at++)
        if (*at == '@')
            draft_bind(draft, *++at == 'd' ? 't' : 'i');
        else
            buf_char(&draft->sql, *at);
}

const struct statement *sql_visible(struct store *store, const struct kind *kind,
                                    const char *fragment)
{
    struct draft draft = draft_open();
    buf_fmt(&draft.sql, "select 1 as one from %s t where t.body_id = ", kind->name);
    draft_bind(&draft, 'i');
    BUF_LIT(&draft.sql, " and t.id = ");
    draft_bind(&draft, 'i');
    BUF_LIT(&draft.sql, " and ");
    put_visible(&draft, fragment);
    return draft_done(&draft, store, "record_visible", RESULT_MAYBE);
}

/* body, filters, as-of, visibility: the part that list and count share. */
static void put_conditions(struct draft *draft, const struct list_query *query, int sort)
{
    const struct kind *kind = query->kind;
    BUF_LIT(&draft->sql, " where t.body_id = ");
    draft_bind(draft, 'i');
    for (int i = 0; i < query->filters_n; i++) {
        const struct field *field = &kind->fields[query->filters[i]];
        buf_fmt(&draft->sql, " and t.%s = ", field_column(field));
        draft_bind(draft, field_letter(field));
    }
    if (kind->dated && date_is_set(query->on))
        put_list_day(draft, sort < 0);
    BUF_LIT(&draft->sql, " and ");
    put_visible(draft, visible_fragment(kind, query->viewer, query->body_id));
}

static char sort_letter(const struct kind *kind, int sort)
{
    if (sort < 0)
        return 'i';
    return kind->fields[sort].sort_column ? 't' : field_letter(&kind->fields[sort]);
}

static void put_order(struct buf *sql, const char *column, bool falling)
{
    const char *direction = falling ? " desc" : "";
    if (strcmp(column, "id") == 0)
        buf_fmt(sql, " order by t.id%s", direction);
    else
        buf_fmt(sql, " order by t.%s%s, t.id%s", column, direction, direction);
}

/* Only rows behind the cursor's. */
static void put_cursor(struct draft *draft, const struct list_query *query, const char *column,
                       bool falling)
{
    const char *relation = falling ? "<" : ">";
    if (strcmp(column, "id") == 0) {
        buf_fmt(&draft->sql, " and t.id %s ", relation);
        draft_bind(draft, 'i');
        return;
    }
    buf_fmt(&draft->sql, " and (t.%s, t.id) %s (", column, relation);
    draft_bind(draft, sort_letter(query->kind, query->sort));
    BUF_LIT(&draft->sql, ", ");
    draft_bind(draft, 'i');
    BUF_LIT(&draft->sql, ")");
}

/* In the default order, so that both engines read the index that has all it asks for. */
static const struct statement *sql_count(struct store *store, const struct list_query *query)
{
    struct draft draft = draft_open();
    buf_fmt(&draft.sql, "select count(*) as total from (select 1 as one from %s t",
            query->kind->name);
    put_conditions(&draft, query, -1);
    put_order(&draft.sql, sort_column(query->kind, -1), false);
    buf_fmt(&draft.sql, " limit %d) counted", TOTAL_EXACT_MAX + 1);
    return draft_done(&draft, store, "record_count", RESULT_ONE);
}

/* A page and one row more. The number is written out, because PostgreSQL plans an unknown limit as
 * a tenth of all rows; pages of few sizes share a statement. */
static int rows_read(int limit)
{
    return (limit <= RECORD_PAGE       ? RECORD_PAGE
            : limit <= RECORD_PAGE_MAX ? RECORD_PAGE_MAX
                                       : limit) +
           1;
}

struct list_sql sql_list(struct store *store, const struct list_query *query, bool with_cursor)
{
    const struct kind *kind = query->kind;
    const char *sort = sort_column(kind, query->sort);
    bool falling = query->descending != query->backwards;

    struct draft draft = draft_open();
    BUF_LIT(&draft.sql, "select ");
    put_columns(&draft.sql, kind, "t.");
    put_labels(&draft.sql, kind);
    if (query->sort >= 0)
        buf_fmt(&draft.sql, ", t.%s as sort_value", sort);
    buf_fmt(&draft.sql, " from %s t", kind->name);
    put_joins(&draft.sql, kind);
    put_conditions(&draft, query, query->sort);
    if (with_cursor)
        put_cursor(&draft, query, sort, falling);
    put_order(&draft.sql, sort, falling);
    buf_fmt(&draft.sql, " limit %d", rows_read(query->limit));
    return (struct list_sql){.list = draft_done(&draft, store, "record_list", RESULT_MANY),
                             .count = sql_count(store, query)};
}
