#include "store/sqltext.h"

#include <strings.h>

static const struct sql_type types[] = {
    {"id", {"integer", "bigint"}, 'i'},
    {"ref", {"integer", "bigint"}, 'i'},
    {"int", {"integer", "bigint"}, 'i'},
    {"flag", {"integer", "bigint"}, 'i'},
    {"instant", {"integer", "bigint"}, 'i'},
    {"text", {"text", "text collate \"C\""}, 't'},
    {"date", {"text", "text collate \"C\""}, 't'},
    {"json", {"text", "text collate \"C\""}, 't'},
    {"blob", {"blob", "bytea"}, 'b'},
};

const struct sql_type *sql_type(struct str word)
{
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (str_is(word, types[i].word))
            return &types[i];
    return NULL;
}

bool sql_word_is(struct sql_token token, const char *word)
{
    return token.kind == SQL_WORD && token.text.len == strlen(word) &&
           strncasecmp(token.text.ptr, word, token.text.len) == 0;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || is_digit(c) ||
           (unsigned char)c >= 0x80;
}

static char peek(const struct sql_cursor *cursor, size_t ahead)
{
    size_t at = cursor->at + ahead;
    return at < cursor->sql.len ? cursor->sql.ptr[at] : '\0';
}

static void skip(struct sql_cursor *cursor)
{
    if (peek(cursor, 0) == '\n')
        cursor->line++;
    cursor->at++;
}

static void skip_blanks(struct sql_cursor *cursor)
{
    for (;;) {
        char c = peek(cursor, 0);
        if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
            skip(cursor);
        } else if (c == '-' && peek(cursor, 1) == '-') {
            while (cursor->at < cursor->sql.len && peek(cursor, 0) != '\n')
                skip(cursor);
        } else if (c == '/' && peek(cursor, 1) == '*') {
            while (cursor->at < cursor->sql.len &&
                   !(peek(cursor, 0) == '*' && peek(cursor, 1) == '/'))
                skip(cursor);
            cursor->at += cursor->at + 2 <= cursor->sql.len ? 2 : 0;
        } else {
            return;
        }
    }
}

static void take_words(struct sql_cursor *cursor)
{
    while (is_word(peek(cursor, 0)))
        cursor->at++;
}

/* A quote inside is written twice. */
static void take_quoted(struct sql_cursor *cursor, char quote)
{
    skip(cursor);
    while (cursor->at < cursor->sql.len) {
        bool is_quote = peek(cursor, 0) == quote;
        skip(cursor);
        if (is_quote && peek(cursor, 0) != quote)
            return;
        if (is_quote)
            skip(cursor);
    }
}

static void take_sign(struct sql_cursor *cursor)
{
    static const char *const signs[] = {"->>", "::", "->", "||", "<>", "<=", ">=", "!="};
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (str_starts(str_from_byte(cursor->sql, cursor->at), str_from(signs[i]))) {
            cursor->at += strlen(signs[i]);
            return;
        }
    cursor->at++;
}

static enum sql_kind take(struct sql_cursor *cursor)
{
    char c = peek(cursor, 0);
    if (c == '\'' || c == '"') {
        take_quoted(cursor, c);
        return c == '"' ? SQL_QUOTED : SQL_STRING;
    }
    if ((c == '$' && is_digit(peek(cursor, 1))) ||
        (c == ':' && is_word(peek(cursor, 1)) && !is_digit(peek(cursor, 1)))) {
        cursor->at++;
        take_words(cursor);
        return c == '$' ? SQL_PARAMETER : SQL_LIST;
    }
    if (is_digit(c)) {
        take_words(cursor);
        if (peek(cursor, 0) == '.' && is_digit(peek(cursor, 1))) {
            cursor->at++;
            take_words(cursor);
        }
        return SQL_NUMBER;
    }
    if (is_word(c)) {
        take_words(cursor);
        return SQL_WORD;
    }
    take_sign(cursor);
    return SQL_SIGN;
}

struct sql_token sql_next(struct sql_cursor *cursor)
{
    skip_blanks(cursor);
    struct sql_token token = {.line = cursor->line};
    if (cursor->at >= cursor->sql.len)
        return token;
    size_t start = cursor->at;
    token.kind = take(cursor);
    token.text = (struct str){cursor->sql.ptr + start, cursor->at - start};
    return token;
}

static bool is_sign(struct sql_token token, const char *sign)
{
    return token.kind == SQL_SIGN && str_is(token.text, sign);
}

static bool begins_constraint(struct sql_token token)
{
    static const char *const words[] = {"primary", "unique", "check", "foreign", "constraint"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (sql_word_is(token, words[i]))
            return true;
    return false;
}

static enum sql_place walk_body(struct sql_walk *walk, struct sql_token token)
{
    bool fresh = walk->fresh;
    walk->fresh = false;
    if (is_sign(token, "(")) {
        walk->fresh = ++walk->depth == 1;
    } else if (is_sign(token, ")") && --walk->depth == 0) {
        walk->state = WALK_OTHER;
        return PLACE_TABLE_END;
    } else if (is_sign(token, ",") && walk->depth == 1) {
        walk->fresh = true;
    } else if (walk->last == PLACE_COLUMN) {
        return PLACE_TYPE;
    } else if (fresh && !begins_constraint(token)) {
        return PLACE_COLUMN;
    }
    return PLACE_ELSEWHERE;
}

/* alter table NAME add [column] COLUMN TYPE … */
static enum sql_place walk_alter(struct sql_walk *walk, struct sql_token token)
{
    bool fresh = walk->fresh;
    walk->fresh = false;
    if (walk->last == PLACE_COLUMN)
        return PLACE_TYPE;
    if (sql_word_is(token, "add") || (fresh && sql_word_is(token, "column")))
        walk->fresh = true;
    else if (fresh && !begins_constraint(token))
        return PLACE_COLUMN;
    return PLACE_ELSEWHERE;
}

static enum sql_place walk_start(struct sql_walk *walk, struct sql_token token)
{
    if (walk->words == 0) {
        walk->altering = sql_word_is(token, "alter");
        if (!walk->altering && !sql_word_is(token, "create"))
            walk->state = WALK_OTHER;
    } else if (walk->words == 1) {
        walk->state = sql_word_is(token, "table") ? WALK_NAME : WALK_OTHER;
    }
    walk->words++;
    return PLACE_ELSEWHERE;
}

static enum sql_place walk_name(struct sql_walk *walk, struct sql_token token)
{
    if (sql_word_is(token, "if") || sql_word_is(token, "not") || sql_word_is(token, "exists"))
        return PLACE_ELSEWHERE;
    walk->state = walk->altering ? WALK_ALTER : WALK_BODY;
    return PLACE_TABLE;
}

enum sql_place sql_walk(struct sql_walk *walk, struct sql_token token)
{
    enum sql_place place = PLACE_ELSEWHERE;
    if (is_sign(token, ";") && walk->depth == 0)
        *walk = (struct sql_walk){0};
    else if (walk->state == WALK_START)
        place = walk_start(walk, token);
    else if (walk->state == WALK_NAME)
        place = walk_name(walk, token);
    else if (walk->state == WALK_BODY)
        place = walk_body(walk, token);
    else if (walk->state == WALK_ALTER)
        place = walk_alter(walk, token);
    walk->last = place;
    return place;
}

void sql_expand(struct buf *out, struct str sql, enum sql_engine engine)
{
    struct sql_cursor cursor = sql_cursor_open(sql);
    struct sql_walk walk = {0};
    size_t copied = 0;
    bool has_key = false;
    for (;;) {
        struct sql_token token = sql_next(&cursor);
        if (token.kind == SQL_END)
            break;
        enum sql_place place = sql_walk(&walk, token);
        if (place == PLACE_TABLE)
            has_key = false;
        has_key = has_key || str_is(token.text, "primary");
        const struct sql_type *type = place == PLACE_TYPE ? sql_type(token.text) : NULL;
        size_t end = cursor.at - (type ? token.text.len : 0);
        buf_put(out, (struct str){sql.ptr + copied, end - copied});
        copied = cursor.at;
        if (type)
            buf_put(out, str_from(type->engine[engine]));
        else if (place == PLACE_TABLE_END && engine == SQL_SQLITE)
            /* A table that lies in the order of its key is read in one step, not two. */
            buf_put(out, has_key ? STR(" strict, without rowid") : STR(" strict"));
    }
    buf_put(out, str_from_byte(sql, copied));
}

void sql_expand_list(struct buf *out, struct str sql, int first, int n)
{
    struct sql_cursor cursor = sql_cursor_open(sql);
    size_t copied = 0;
    for (struct sql_token token; (token = sql_next(&cursor)).kind != SQL_END;) {
        if (token.kind != SQL_LIST)
            continue;
        size_t start = cursor.at - token.text.len;
        buf_put(out, (struct str){sql.ptr + copied, start - copied});
        copied = cursor.at;
        for (int i = 0; i < n; i++)
            buf_fmt(out, "%s$%d", i > 0 ? ", " : "", first + i);
    }
    buf_put(out, str_from_byte(sql, copied));
}
