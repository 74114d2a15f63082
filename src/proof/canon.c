#include "proof/canon.h"

#include "base/utf8.h"

enum { DEPTH_MAX = 8, MEMBERS_MAX = 1000 };

/* Length of the string that starts here, quotes included; 0 when it does not end. */
static size_t string_len(struct str s)
{
    for (size_t i = 1; s.len > 0 && s.ptr[0] == '"' && i < s.len; i++) {
        if (s.ptr[i] == '\\')
            i++;
        else if (s.ptr[i] == '"')
            return i + 1;
    }
    return 0;
}

/* Length of the value that starts here; 0 when there is none. Brackets are counted, not matched. */
static size_t value_len(struct str s)
{
    int depth = 0;
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        size_t string = c == '"' ? string_len(str_from_byte(s, i)) : 0;
        if (c == '"' && string == 0)
            return 0;
        if (string > 0)
            i += string - 1;
        else if (depth == 0 && (c == ',' || c == '}' || c == ']'))
            return i;
        else if (c == '{' || c == '[')
            depth++;
        else if (c == '}' || c == ']')
            depth--;
        if (depth > DEPTH_MAX || c == ' ' || c == '\n' || c == '\t' || c == '\r')
            return 0;
    }
    return depth == 0 ? s.len : 0;
}

static bool take_char(struct str *rest, char c)
{
    if (rest->len == 0 || rest->ptr[0] != c)
        return false;
    *rest = str_from_byte(*rest, 1);
    return true;
}

static bool take_member(struct str *rest, struct canon_member *ret_member)
{
    size_t key = string_len(*rest);
    if (key < 2)
        return false;
    ret_member->key = (struct str){rest->ptr + 1, key - 2};
    *rest = str_from_byte(*rest, key);
    if (!take_char(rest, ':'))
        return false;
    size_t value = value_len(*rest);
    ret_member->value = str_head(*rest, value);
    *rest = str_from_byte(*rest, value);
    return value > 0;
}

/* Byte order, as memcmp says it; str_cmp of base/ is the same order. */
bool canon_read(struct arena *arena, struct str text, struct canon *ret_canon)
{
    struct str rest = text;
    *ret_canon = (struct canon){0};
    if (!take_char(&rest, '{'))
        return false;
    if (take_char(&rest, '}'))
        return rest.len == 0;
    do {
        struct canon_member member;
        if (!take_member(&rest, &member))
            return false;
        if (ret_canon->n == MEMBERS_MAX)
            return false;
        if (ret_canon->n > 0 && str_cmp(ret_canon->items[ret_canon->n - 1].key, member.key) >= 0)
            return false;
        *arena_push(arena, ret_canon->items, ret_canon->n, ret_canon->room) = member;
    } while (take_char(&rest, ','));
    return take_char(&rest, '}') && rest.len == 0;
}

static int place_of(const struct canon *canon, struct str key)
{
    int at = 0, end = canon->n;
    while (at < end) {
        int middle = at + (end - at) / 2;
        if (str_cmp(canon->items[middle].key, key) < 0)
            at = middle + 1;
        else
            end = middle;
    }
    return at;
}

const struct canon_member *canon_find(const struct canon *canon, struct str key)
{
    int at = place_of(canon, key);
    return at < canon->n && str_eq(canon->items[at].key, key) ? &canon->items[at] : NULL;
}

void canon_apply(struct arena *arena, struct canon *state, const struct canon *change)
{
    for (int i = 0; i < change->n; i++) {
        const struct canon_member *member = &change->items[i];
        int at = place_of(state, member->key);
        bool there = at < state->n && str_eq(state->items[at].key, member->key);
        bool gone = str_is(member->value, "null");
        if (there && gone) {
            memmove(&state->items[at], &state->items[at + 1],
                    (size_t)(--state->n - at) * sizeof *state->items);
        } else if (there) {
            state->items[at] = *member;
        } else if (!gone) {
            (void)arena_push(arena, state->items, state->n, state->room);
            memmove(&state->items[at + 1], &state->items[at],
                    (size_t)(state->n - 1 - at) * sizeof *state->items);
            state->items[at] = *member;
        }
    }
}

void canon_put(struct buf *to, const struct canon *canon)
{
    buf_char(to, '{');
    for (int i = 0; i < canon->n; i++) {
        buf_fmt(to, "%s\"", i > 0 ? "," : "");
        buf_put(to, canon->items[i].key);
        BUF_LIT(to, "\":");
        buf_put(to, canon->items[i].value);
    }
    buf_char(to, '}');
}

static bool follows(const struct canon_story *story, const struct canon *old)
{
    for (int i = 0; i < old->n; i++) {
        const struct canon_member *was = canon_find(&story->state, old->items[i].key);
        bool nothing = str_is(old->items[i].value, "null");
        if (was ? nothing || !str_eq(was->value, old->items[i].value) : story->whole && !nothing)
            return false;
    }
    return true;
}

bool canon_tell(struct arena *arena, struct canon_story *story, struct str old, struct str new)
{
    struct canon before = {0}, after = {0};
    if ((old.len > 0 && !canon_read(arena, old, &before)) ||
        (new.len > 0 && !canon_read(arena, new, &after)) || !follows(story, &before))
        return false;
    if (!story->begun)
        story->whole = old.len == 0;
    story->begun = true;
    if (new.len == 0)
        story->state.n = 0; /* removed */
    canon_apply(arena, &story->state, &after);
    return true;
}

void canon_forget(struct canon_story *story)
{
    *story = (struct canon_story){.begun = true};
}

bool canon_agrees(const struct canon_story *story, const struct canon *state)
{
    for (int i = 0; i < story->state.n; i++) {
        const struct canon_member *is = canon_find(state, story->state.items[i].key);
        if (!is || !str_eq(is->value, story->state.items[i].value))
            return false;
    }
    return !story->whole || state->n == story->state.n;
}

static size_t unescape(struct str escape, char *to)
{
    static const char letters[] = "\"\\/bfnrt", means[] = "\"\\/\b\f\n\r\t";
    const char *found = escape.len > 0 ? strchr(letters, escape.ptr[0]) : NULL;
    if (!found || *found == '\0')
        return 0;
    *to = means[found - letters];
    return 1;
}

struct str canon_text(struct arena *arena, struct str value)
{
    if (value.len < 2 || value.ptr[0] != '"')
        return value;
    char *text = arena_alloc(arena, value.len), *to = text;
    for (size_t i = 1; i + 1 < value.len; i++) {
        if (value.ptr[i] != '\\') {
            *to++ = value.ptr[i];
            continue;
        }
        unsigned point = 0;
        struct str digits = str_head(str_from_byte(value, i + 2), 4);
        if (value.ptr[i + 1] == 'u' && digits.len == 4) {
            for (int d = 0; d < 4; d++)
                point =
                    point * 16 + (unsigned)(digits.ptr[d] <= '9' ? digits.ptr[d] - '0'
                                                                 : (digits.ptr[d] | 32) - 'a' + 10);
            to += utf8_put(to, (int32_t)(point & 0xFFFF));
            i += 5;
        } else {
            to += unescape(str_from_byte(value, i + 1), to);
            i++;
        }
    }
    return (struct str){text, (size_t)(to - text)};
}

bool canon_element(struct str *rest, struct str *ret_value)
{
    if (!take_char(rest, '[') && !take_char(rest, ','))
        return false;
    size_t len = value_len(*rest);
    *ret_value = str_head(*rest, len);
    *rest = str_from_byte(*rest, len);
    return len > 0;
}
