/*
 * sqltext - SQL as tokens, and the type words of our schema steps expanded for an engine.
 *
 * Used by tools/sqlgen while building and by migrations at run time, so that both read the same
 * language. Comments are skipped. Source: ground.md, "SQL that runs on both".
 */
#ifndef STORE_SQLTEXT_H
#define STORE_SQLTEXT_H

#include "base/buf.h"
#include "base/str.h"

enum sql_kind {
    SQL_END,
    SQL_WORD,      /* name or keyword, as written */
    SQL_NUMBER,    /* 12, 1.5 */
    SQL_STRING,    /* 'text', quotes included */
    SQL_QUOTED,    /* "name", quotes included */
    SQL_PARAMETER, /* $1 */
    SQL_LIST,      /* :ids */
    SQL_SIGN,      /* anything else; :: -> ->> || <> <= >= != are one token */
};

struct sql_token {
    enum sql_kind kind;
    struct str text;
    int line; /* 1 is the first line of the text */
};

struct sql_cursor {
    struct str sql;
    size_t at;
    int line;
};

static inline struct sql_cursor sql_cursor_open(struct str sql)
{
    return (struct sql_cursor){.sql = sql, .line = 1};
}

/* The next token; SQL_END for ever at the end. */
struct sql_token sql_next(struct sql_cursor *cursor);

/* Equal to a lower-case ASCII word, whatever the case of the token. */
bool sql_word_is(struct sql_token token, const char *word);

enum sql_engine { SQL_SQLITE, SQL_POSTGRES };

/*
 * The type words, their engine types, and the letter of a parameter of that type:
 * i integer, t text, b blob.
 */
struct sql_type {
    const char *word;
    const char *engine[2]; /* by enum sql_engine */
    char letter;
};
const struct sql_type *sql_type(struct str word); /* NULL when it is none */

/* Where a walk through a schema step stands: what the token just read is. */
enum sql_place {
    PLACE_ELSEWHERE,
    PLACE_TABLE,     /* name of the table being created or altered */
    PLACE_COLUMN,    /* name of a new column */
    PLACE_TYPE,      /* its type */
    PLACE_TABLE_END, /* the bracket that closes create table */
};

/* Reads schema steps token by token; zero is the beginning. */
struct sql_walk {
    enum { WALK_START, WALK_NAME, WALK_BODY, WALK_ALTER, WALK_OTHER } state;
    enum sql_place last;
    int words; /* since the statement began */
    int depth;
    bool altering, fresh; /* fresh: a column or table constraint begins here */
};
enum sql_place sql_walk(struct sql_walk *walk, struct sql_token token);

/* A schema step with its type words expanded. SQLite tables are made strict, so that a wrong type
 * is refused there as it is by PostgreSQL. */
void sql_expand(struct buf *out, struct str sql, enum sql_engine engine);

/* A statement with its list ":ids" written out as n parameters from $first on. */
void sql_expand_list(struct buf *out, struct str sql, int first, int n);

#endif
