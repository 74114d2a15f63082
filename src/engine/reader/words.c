#include <stdlib.h>

#include "engine/reader/lexicon.h"

enum { BUCKETS = 1024 };

/* Lexemes by their first character, the longest first. */
struct word_index {
    const struct lexeme **sorted;
    int from[BUCKETS + 1];
};

size_t char_len(struct str s)
{
    size_t n = 1;
    while (n < s.len && ((unsigned char)s.ptr[n] & 0xC0) == 0x80)
        n++;
    return n < s.len ? n : s.len;
}

struct str str_slice(struct str s, size_t from, size_t to)
{
    return str_head(str_from_byte(s, from), to > from ? to - from : 0);
}

struct str last_char(struct str s)
{
    size_t at = s.len;
    while (at > 0 && ((unsigned char)s.ptr[--at] & 0xC0) == 0x80)
        ;
    return str_from_byte(s, at);
}

size_t word_start(const word_list words, struct str key)
{
    size_t best = 0;
    for (const struct str *word = words; word->len > 0; word++)
        if (word->len > best && str_starts(key, *word))
            best = word->len;
    return best;
}

size_t word_end(const word_list words, struct str key)
{
    size_t best = 0;
    char last = key.len > 0 ? key.ptr[key.len - 1] : 0;
    for (const struct str *word = words; word->len > 0; word++)
        if (word->ptr[word->len - 1] == last && word->len > best && str_ends(key, *word))
            best = word->len;
    return best;
}

bool word_starts(const word_list words, struct str key)
{
    return word_start(words, key) > 0;
}

bool word_ends(const word_list words, struct str key)
{
    return word_end(words, key) > 0;
}

bool word_in(const word_list words, struct str key)
{
    for (const struct str *word = words; word->len > 0; word++)
        if (str_has(key, *word))
            return true;
    return false;
}

bool word_is(const word_list words, struct str key)
{
    for (const struct str *word = words; word->len > 0; word++)
        if (str_eq(key, *word))
            return true;
    return false;
}

bool ends_terminal(struct str key)
{
    static const word_list ends = {
        STR_INIT("。"),  STR_INIT("！"), STR_INIT("？"),   STR_INIT("；"),  STR_INIT("："),
        STR_INIT("。”"), STR_INIT("…"),  STR_INIT("。）"), STR_INIT("；”"), {NULL, 0}};
    return word_ends(ends, key);
}

static unsigned bucket_of(struct str key)
{
    unsigned hash = 0;
    for (size_t i = 0, n = char_len(key); i < n; i++)
        hash = hash * 31 + (unsigned char)key.ptr[i];
    return hash % BUCKETS;
}

static int compare_lexemes(const void *left, const void *right)
{
    const struct lexeme *a = *(const struct lexeme *const *)left;
    const struct lexeme *b = *(const struct lexeme *const *)right;
    unsigned bucket_a = bucket_of(a->word), bucket_b = bucket_of(b->word);
    if (bucket_a != bucket_b)
        return bucket_a < bucket_b ? -1 : 1;
    return (a->word.len < b->word.len) - (a->word.len > b->word.len);
}

const struct word_index *word_index_make(struct arena *arena)
{
    struct word_index *index = arena_new(arena, struct word_index, 1);
    index->sorted = arena_new(arena, const struct lexeme *, lexemes_n);
    for (int i = 0; i < lexemes_n; i++)
        index->sorted[i] = &lexemes[i];
    qsort(index->sorted, (size_t)lexemes_n, sizeof *index->sorted, compare_lexemes);
    for (int i = 0, bucket = 0; bucket <= BUCKETS; bucket++) {
        while (i < lexemes_n && bucket_of(index->sorted[i]->word) < (unsigned)bucket)
            i++;
        index->from[bucket] = i;
    }
    return index;
}

const struct lexeme *lexeme_at(const struct word_index *index, struct str key)
{
    unsigned bucket = bucket_of(key);
    for (int i = index->from[bucket]; i < index->from[bucket + 1]; i++)
        if (str_starts(key, index->sorted[i]->word))
            return index->sorted[i];
    return NULL;
}

/* 每年底: the last character of 每年 belongs to 年底 as well. */
static size_t year_end_at(struct str sentence, size_t from, const struct lexeme *lexeme)
{
    static const word_list ends = {
        STR_INIT("底"), STR_INIT("末"), STR_INIT("初"), STR_INIT("终"), {NULL, 0}};
    size_t to = from + lexeme->word.len;
    bool year = lexeme->value == PER_YEAR && str_ends(lexeme->word, STR("年"));
    return year && word_starts(ends, str_from_byte(sentence, to)) ? to - STR("年").len : to;
}

static bool lex_value(struct str sentence, size_t at, struct token *token)
{
    struct str rest = str_from_byte(sentence, at), before = str_head(sentence, at);
    size_t len;
    token->from = at;
    if ((len = time_read(rest, before, &token->when)) > 0)
        token->kind = LEX_TIME;
    else if (!is_numeral_start(rest))
        return false;
    else if ((len = limit_read(rest, before, &token->limit)) > 0)
        token->kind = LEX_LIMIT;
    else if ((len = quantity_read(rest, before, &token->quantity)) > 0)
        token->kind = LEX_QUANTITY;
    token->to = at + len;
    return len > 0;
}

void lex(struct arena *arena, const struct word_index *index, struct str sentence,
         struct tokens *ret_tokens)
{
    struct tokens tokens = {.items = ret_tokens->items,
                            .room = ret_tokens->room,
                            .starts = ret_tokens->starts,
                            .starts_room = ret_tokens->starts_room};
    int segment = 0;
    *arena_push(arena, tokens.starts, tokens.segments, tokens.starts_room) = 0;
    for (size_t at = 0; at < sentence.len;) {
        struct str rest = str_from_byte(sentence, at);
        struct token token = {.segment = segment};
        const struct lexeme *lexeme = lexeme_at(index, rest);
        bool found =
            !lexeme || lexeme->kind == LEX_PLAIN || lexeme->value < 0 || lexeme->kind != LEX_PERIOD
                ? lex_value(sentence, at, &token)
                : false;
        if (!found && lexeme) {
            token = (struct token){.kind = lexeme->kind,
                                   .from = at,
                                   .to = year_end_at(sentence, at, lexeme),
                                   .segment = segment,
                                   .value = lexeme->value,
                                   .deed = lexeme->deed};
            found = true;
        }
        if (!found) {
            at += char_len(rest);
            continue;
        }
        *arena_push(arena, tokens.items, tokens.n, tokens.room) = token;
        if (token.kind == LEX_COMMA) {
            segment++;
            *arena_push(arena, tokens.starts, tokens.segments, tokens.starts_room) = token.to;
        }
        at = token.to;
    }
    int n = tokens.segments;
    *arena_push(arena, tokens.starts, n, tokens.starts_room) = sentence.len + STR("，").len;
    *ret_tokens = tokens;
}
