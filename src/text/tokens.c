#include <unicode/uchar.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "text/text.h"

enum kind { KIND_END, KIND_HAN, KIND_WORD, KIND_SPACE, KIND_LINE, KIND_OTHER };

static enum kind kind_of(int32_t code)
{
    if (code < 0)
        return KIND_END;
    if (text_is_han(code))
        return KIND_HAN;
    if (code == '\n' || code == '\r' || code == 0x2028 || code == 0x2029)
        return KIND_LINE;
    if (text_is_space(code))
        return KIND_SPACE;
    if (code < 0x80)
        return (code >= '0' && code <= '9') || (code >= 'a' && code <= 'z') ||
                       (code >= 'A' && code <= 'Z')
                   ? KIND_WORD
                   : KIND_OTHER;
    return u_isalnum(code) ? KIND_WORD : KIND_OTHER;
}

struct tokens {
    struct arena *arena;
    struct str *items;
    int n, room;
};

static void add(struct tokens *tokens, struct str token)
{
    if (token.len > 0)
        *arena_push(tokens->arena, tokens->items, tokens->n, tokens->room) = token;
}

/* One run of Han characters: whether what stands before and behind it is known to be no part of
 * a longer run decides, for a query, if its ends may be asked for alone. */
struct run {
    struct str han; /* squeezed */
    bool closed_before, closed_behind;
};

static void add_run(struct tokens *tokens, const struct run *run, bool is_query)
{
    int n = utf8_count(run->han);
    struct str rest = run->han;
    for (int i = 0; i + 1 < n; i++, rest = str_from_byte(rest, utf8_head(rest, 1).len))
        add(tokens, utf8_head(rest, 2));
    bool ends_alone = !is_query || (n == 1 && (run->closed_before || run->closed_behind));
    if (ends_alone && n > 0) {
        add(tokens, utf8_head(run->han, 1));
        if (n > 1)
            add(tokens, rest);
    }
}

/* Takes the run at *rest: characters of one kind; Han characters may have white space between. */
static struct str take_run(struct str *rest, enum kind kind)
{
    const char *start = rest->ptr;
    struct str end = *rest;
    for (struct str at = *rest; at.len > 0;) {
        struct str next = at;
        enum kind found = kind_of(utf8_next(&next));
        if (found == kind)
            end = next;
        else if (kind != KIND_HAN || found != KIND_SPACE)
            break;
        at = next;
    }
    *rest = end;
    return (struct str){start, (size_t)(end.ptr - start)};
}

static struct str tokens_of(struct arena *arena, struct str s, bool is_query)
{
    struct tokens tokens = {.arena = arena};
    bool is_first = true, all_alone = true;
    struct str lone = {0};
    while (s.len > 0) {
        struct str next = s;
        enum kind kind = kind_of(utf8_next(&next));
        if (kind == KIND_HAN) {
            struct run run = {.closed_before = !is_first};
            run.han = text_squeeze(arena, text_fold(arena, take_run(&s, kind)));
            run.closed_behind =
                s.len > 0 && kind_of(utf8_next(&(struct str){s.ptr, s.len})) != KIND_SPACE;
            lone = run.han;
            add_run(&tokens, &run, is_query);
        } else if (kind == KIND_WORD) {
            add(&tokens, text_fold(arena, take_run(&s, kind)));
        } else {
            s = next;
        }
        is_first = is_first && kind == KIND_SPACE;
        all_alone = all_alone && kind != KIND_WORD;
    }
    if (is_query && all_alone && tokens.n == 0)
        add(&tokens, lone);
    return str_join(arena, STR(" "), tokens.items, tokens.n);
}

struct str text_bigrams(struct arena *arena, struct str s)
{
    return tokens_of(arena, s, false);
}

struct str text_query_bigrams(struct arena *arena, struct str s)
{
    return tokens_of(arena, s, true);
}
