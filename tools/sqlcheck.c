/*
 * sqlcheck - the rules for SQL that runs alike on SQLite and PostgreSQL. Blocks for one engine are
 * held to the rules about keys, parameters and writes only.
 */
#include "sqlgen.h"

#include "store/sqltext.h"

struct text {
    struct source *source;
    const struct block *block;
    struct sql_token *tokens; /* one SQL_END behind the last */
    int n;
};

static int line_of(const struct text *text, int at)
{
    return text->block->sql_line + text->tokens[at].line - 1;
}

static bool is_sign(const struct text *text, int at, const char *sign)
{
    return at >= 0 && at < text->n && text->tokens[at].kind == SQL_SIGN &&
           str_is(text->tokens[at].text, sign);
}

static bool is_word(const struct text *text, int at, const char *word)
{
    return at >= 0 && at < text->n && sql_word_is(text->tokens[at], word);
}

static bool is_one_of(struct sql_token token, const char *const *words)
{
    for (; *words; words++)
        if (sql_word_is(token, *words))
            return true;
    return false;
}

/* Behind the bracket that closes the one at `at`. */
static int after_bracket(const struct text *text, int at)
{
    int depth = 0;
    for (; at < text->n; at++) {
        depth += is_sign(text, at, "(") - is_sign(text, at, ")");
        if (depth == 0)
            return at + 1;
    }
    return at;
}

static const struct {
    const char *word, *instead;
} refused_words[] = {
    {"like", "compare folded text or use search"},
    {"ilike", "compare folded text or use search"},
    {"glob", "compare folded text or use search"},
    {"regexp", "compare folded text or use search"},
    {"similar", "compare folded text or use search"},
    {"array", "pass a list as :ids"},
    {"any", "pass a list as :ids"},
    {"unnest", "pass a list as :ids"},
    {"now", "pass the time as a parameter"},
    {"random", "pass the value as a parameter"},
    {"current_date", "pass the date as a parameter"},
    {"current_time", "pass the time as a parameter"},
    {"current_timestamp", "pass the time as a parameter"},
    {"deferrable", "foreign keys are checked at once"},
    {"autoincrement", "ids are made by the program"},
    {"rowid", "use the table's key"},
    {"strict", "every table is made strict by itself"},
    {"replace", "use on conflict"},
    {"trigger", "say it in C"},
};

static void check_word(const struct text *text, int at)
{
    struct sql_token token = text->tokens[at];
    for (size_t i = 0; i < sizeof refused_words / sizeof *refused_words; i++)
        if (sql_word_is(token, refused_words[i].word) && !is_sign(text, at - 1, "."))
            complain(text->source, line_of(text, at), "%.*s is not for both engines, %s",
                     STR_ARG(token.text), refused_words[i].instead);
    bool is_json = token.text.len >= 5 &&
                   sql_word_is((struct sql_token){SQL_WORD, str_head(token.text, 4), 0}, "json") &&
                   is_sign(text, at + 1, "(");
    if (is_json)
        complain(text->source, line_of(text, at), "%.*s is not for both engines, read JSON in C",
                 STR_ARG(token.text));
}

static void check_sign(const struct text *text, int at)
{
    static const struct {
        const char *sign, *instead;
    } refused[] = {
        {"::", "write cast(… as bigint) or cast(… as text)"},
        {"?", "write $1"},
        {"->", "read JSON in C"},
        {"->>", "read JSON in C"},
        {"[", "arrays are not for both engines"},
        {"`", "names need no quotes"},
    };
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        if (is_sign(text, at, refused[i].sign))
            complain(text->source, line_of(text, at), "%s is refused, %s", refused[i].sign,
                     refused[i].instead);
}

/* min(a, b) is the least of two only in SQLite. */
static void check_min_max(const struct text *text, int at)
{
    if (!(is_word(text, at, "min") || is_word(text, at, "max")) || !is_sign(text, at + 1, "("))
        return;
    int depth = 0, end = after_bracket(text, at + 1);
    for (int i = at + 1; i < end; i++) {
        depth += is_sign(text, i, "(") - is_sign(text, i, ")");
        if (depth == 1 && is_sign(text, i, ",")) {
            complain(text->source, line_of(text, at),
                     "%.*s with two arguments is SQLite's alone, write case when",
                     STR_ARG(text->tokens[at].text));
            return;
        }
    }
}

static void check_cast(const struct text *text, int at)
{
    if (!is_word(text, at, "cast") || !is_sign(text, at + 1, "("))
        return;
    int end = after_bracket(text, at + 1) - 1;
    if (!is_word(text, end - 2, "as") ||
        !(is_word(text, end - 1, "text") || is_word(text, end - 1, "bigint")))
        complain(text->source, line_of(text, at), "a cast is to text or to bigint only");
}

/* What may stand in an expression without being a column. */
static const char *const expression_words[] = {
    "null", "case",  "when",  "then",     "else",   "end",     "and",    "or",
    "not",  "is",    "in",    "between",  "cast",   "as",      "text",   "bigint",
    "true", "false", "where", "distinct", "exists", "collate", "escape", NULL};

static bool is_bare_column(const struct text *text, int at)
{
    return text->tokens[at].kind == SQL_WORD && !is_one_of(text->tokens[at], expression_words) &&
           !is_sign(text, at + 1, "(") && !is_sign(text, at + 1, ".") &&
           !is_sign(text, at - 1, ".");
}

/* on conflict … do update set a = excluded.a: PostgreSQL finds a bare column ambiguous. */
static void check_do_update(const struct text *text, int at)
{
    if (!is_word(text, at, "do") || !is_word(text, at + 1, "update") ||
        !is_word(text, at + 2, "set"))
        return;
    bool target = true;
    int depth = 0;
    for (int i = at + 3; i < text->n && !is_word(text, i, "returning"); i++) {
        if (is_sign(text, i, "(") && is_word(text, i + 1, "select"))
            i = after_bracket(text, i) - 1;
        depth += is_sign(text, i, "(") - is_sign(text, i, ")");
        if (target && is_sign(text, i, "="))
            target = false;
        else if (!target && depth == 0 && is_sign(text, i, ","))
            target = true;
        else if (is_word(text, i, "where"))
            target = false;
        else if (!target && is_bare_column(text, i))
            complain(text->source, line_of(text, i),
                     "%.*s after \"do update set\" needs its table: excluded.%.*s or TABLE.%.*s",
                     STR_ARG(text->tokens[i].text), STR_ARG(text->tokens[i].text),
                     STR_ARG(text->tokens[i].text));
    }
}

static void check_dialect(const struct text *text)
{
    for (int i = 0; i < text->n; i++) {
        struct sql_token token = text->tokens[i];
        if (token.kind == SQL_WORD)
            check_word(text, i);
        else if (token.kind == SQL_SIGN)
            check_sign(text, i);
        else if (token.kind == SQL_QUOTED)
            complain(text->source, line_of(text, i),
                     "%.*s is in double quotes, write text in single quotes and names without",
                     STR_ARG(token.text));
        check_min_max(text, i);
        check_cast(text, i);
        check_do_update(text, i);
    }
}

static const char *const reserved_names[] = {
    "all",        "analyse",      "analyze",    "and",         "any",       "array",
    "as",         "asc",          "begin",      "between",     "both",      "by",
    "case",       "cast",         "check",      "collate",     "column",    "commit",
    "constraint", "create",       "cross",      "current",     "default",   "delete",
    "desc",       "distinct",     "do",         "drop",        "else",      "end",
    "except",     "exists",       "false",      "fetch",       "for",       "foreign",
    "from",       "full",         "grant",      "group",       "having",    "in",
    "index",      "inner",        "insert",     "intersect",   "into",      "is",
    "isnull",     "join",         "lateral",    "leading",     "left",      "like",
    "limit",      "natural",      "not",        "notnull",     "null",      "offset",
    "on",         "only",         "or",         "order",       "outer",     "over",
    "placing",    "primary",      "references", "returning",   "right",     "rowid",
    "select",     "session_user", "set",        "some",        "symmetric", "table",
    "then",       "to",           "trailing",   "transaction", "true",      "union",
    "unique",     "update",       "user",       "using",       "values",    "variadic",
    "when",       "where",        "window",     "with",        NULL};

struct table {
    struct str name;
    int at; /* token of the name */
    bool has_body, has_id, has_owner, has_key, has_own_key, has_owner_key;
};

static void end_table(const struct text *text, const struct table *table)
{
    struct source *source = text->source;
    if (names_have(&source->instance, table->name) || names_have(&source->derived, table->name))
        return;
    int line = line_of(text, table->at);
    if (names_have(&source->owned, table->name)) {
        if (!table->has_body || !table->has_owner || !table->has_owner_key)
            complain(source, line,
                     "owned table %.*s has not: primary key (body_id, owner, position)",
                     STR_ARG(table->name));
        return;
    }
    if (!table->has_body || !table->has_id)
        complain(source, line,
                 "table %.*s has no body_id id and id id; add them, or mark it instance or derived",
                 STR_ARG(table->name));
    else if (!table->has_key || table->has_own_key)
        complain(source, line, "the key of table %.*s is not: primary key (body_id, id)",
                 STR_ARG(table->name));
}

static void check_column(const struct text *text, int at, struct table *table)
{
    struct sql_token name = text->tokens[at];
    struct str type = at + 1 < text->n ? text->tokens[at + 1].text : STR("");
    if (is_one_of(name, reserved_names))
        complain(text->source, line_of(text, at),
                 "%.*s is a reserved word, choose another name for the column", STR_ARG(name.text));
    if (!sql_type(type) && text->block->engine == FOR_BOTH)
        complain(text->source, line_of(text, at),
                 "column %.*s has the type %.*s; use one of id ref int flag instant text date "
                 "json blob",
                 STR_ARG(name.text), STR_ARG(type));
    table->has_body |= str_is(name.text, "body_id");
    table->has_id |= str_is(name.text, "id");
    table->has_owner |= str_is(name.text, "owner");
}

/* primary key (body_id, id), or (body_id, owner, position) of owned rows */
static void check_key(const struct text *text, int at, struct table *table)
{
    if (!is_word(text, at, "primary") || !is_word(text, at + 1, "key"))
        return;
    bool right = is_sign(text, at + 2, "(") && is_word(text, at + 3, "body_id") &&
                 is_sign(text, at + 4, ",") && is_word(text, at + 5, "id") &&
                 is_sign(text, at + 6, ")");
    table->has_owner_key |= is_word(text, at + 3, "body_id") && is_word(text, at + 5, "owner") &&
                            is_word(text, at + 7, "position");
    table->has_key |= right;
    table->has_own_key |= !right;
}

static void check_step(const struct text *text)
{
    struct sql_walk walk = {0};
    struct table table = {0};
    for (int i = 0; i < text->n; i++) {
        enum sql_place place = sql_walk(&walk, text->tokens[i]);
        if (place == PLACE_TABLE)
            table = (struct table){.name = text->tokens[i].text, .at = i};
        else if (place == PLACE_COLUMN)
            check_column(text, i, &table);
        else if (place == PLACE_TABLE_END)
            end_table(text, &table);
        check_key(text, i, &table);
    }
}

/* insert into T, update T, delete from T; not "do update", "for update", "on delete". */
static struct str written_table(const struct text *text, int at)
{
    bool starts = at == 0 || is_sign(text, at - 1, "(") || is_sign(text, at - 1, ")");
    if (!starts)
        return STR("");
    if (is_word(text, at, "insert") && is_word(text, at + 1, "into"))
        return text->tokens[at + 2].text;
    if (is_word(text, at, "delete") && is_word(text, at + 1, "from"))
        return text->tokens[at + 2].text;
    return is_word(text, at, "update") ? text->tokens[at + 1].text : STR("");
}

static void check_writes(const struct text *text)
{
    bool writes = false, returns = false;
    for (int i = 0; i < text->n; i++) {
        struct str table = written_table(text, i);
        returns |= is_word(text, i, "returning");
        writes |= table.len > 0;
        if (table.len > 0 && !names_have(&text->source->derived, table) &&
            !names_have(&text->source->journalled, table))
            complain(text->source, line_of(text, i),
                     "%.*s is written by the record engine only; if it can be rebuilt, mark it: "
                     "-- derived %.*s",
                     STR_ARG(table), STR_ARG(table));
    }
    bool gives_rows = !writes || returns;
    if (gives_rows == (text->block->shape == SHAPE_RUN))
        complain(text->source, text->block->line, "%s",
                 gives_rows ? "a statement that gives rows is :one, :maybe or :many"
                            : "a write without returning is :run");
}

/* Every parameter is declared, every declared one used. */
static void check_params(const struct text *text)
{
    const struct block *block = text->block;
    int declared = (int)block->params.len - (block->list.len > 0);
    bool used[64] = {0}, list_used = false;
    for (int i = 0; i < text->n; i++) {
        struct sql_token token = text->tokens[i];
        int64_t number = 0;
        if (token.kind == SQL_LIST) {
            list_used |= str_eq(token.text, block->list);
            if (!str_eq(token.text, block->list))
                complain(text->source, line_of(text, i), "the list %.*s is not declared",
                         STR_ARG(token.text));
        }
        if (token.kind != SQL_PARAMETER)
            continue;
        if (!str_to_int(str_from_byte(token.text, 1), &number) || number < 1 || number > declared)
            complain(text->source, line_of(text, i), "%.*s has no type, declare it in the header",
                     STR_ARG(token.text));
        else
            used[number - 1] = true;
    }
    for (int i = 0; i < declared; i++)
        if (!used[i])
            complain(text->source, block->line, "$%d is declared and not used", i + 1);
    if (block->list.len > 0 && !list_used)
        complain(text->source, block->line, "%.*s is declared and not used", STR_ARG(block->list));
}

static void check_is_one_statement(const struct text *text)
{
    for (int i = 0; i < text->n - 1; i++)
        if (is_sign(text, i, ";"))
            complain(text->source, line_of(text, i),
                     "a second statement begins here, give it a header of its own");
    if (text->n == 0)
        complain(text->source, text->block->line, "%.*s has no SQL", STR_ARG(text->block->name));
}

void check_block(struct source *source, const struct block *block)
{
    struct text text = {.source = source, .block = block};
    struct sql_cursor cursor = sql_cursor_open(block->sql);
    struct sql_token token;
    int room = 0, n = 0;
    do {
        token = sql_next(&cursor);
        *arena_push(source->arena, text.tokens, n, room) = token;
    } while (token.kind != SQL_END);
    text.n = n - 1;
    if (block->engine == FOR_BOTH)
        check_dialect(&text);
    if (block->kind == BLOCK_STEP) {
        check_step(&text);
        return;
    }
    check_is_one_statement(&text);
    if (block->shape >= 0)
        check_writes(&text);
    check_params(&text);
}
