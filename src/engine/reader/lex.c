/*
 * lex - a sentence to its tokens; see lexicon.h.
 */
#include "engine/reader/lexicon.h"

/* 每年底: the last character of 每年 belongs to 年底 as well. */
static size_t year_end_at(struct str sentence, size_t from, const struct lexeme *lexeme)
{
    static const word_list ends = {
        STR_INIT("底"), STR_INIT("末"), STR_INIT("初"), STR_INIT("终"), {NULL, 0}};
    size_t to = from + lexeme->word.len;
    bool year = lexeme->value == PER_YEAR && str_ends(lexeme->word, STR("年"));
    return year && word_starts(ends, str_from_byte(sentence, to)) ? to - STR("年").len : to;
}

/* Words of another kind win over a number, but for those that only protect their characters. */
static bool may_be_value(struct str rest, const struct lexeme *lexeme)
{
    if (!lexeme)
        return rest.ptr[0] >= '0' && rest.ptr[0] <= '9';
    return lexeme->kind == LEX_OPENING || lexeme->kind == LEX_PLAIN || lexeme->value < 0;
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
        bool found = may_be_value(rest, lexeme) && lex_value(sentence, at, &token);
        if (!found && lexeme && lexeme->kind != LEX_OPENING) {
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
