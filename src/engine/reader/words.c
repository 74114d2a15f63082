#include <stdlib.h>

#include "engine/reader/lexicon.h"

enum { BUCKETS = 1024, SHORT_BYTES = 240, MASK_WORDS = 16 };

/* A bit for each character, folded to 1,024, that words of a list begin (end) with. */
struct set_masks {
    uint64_t starts[MASK_WORDS], ends[MASK_WORDS];
};

/* Lexemes by their first character, the longest first. */
struct word_index {
    const struct lexeme **sorted;
    int from[BUCKETS + 1];
    struct set_masks masks[SET_N];
};

static const struct str *const set_words[SET_N] = {
    [SET_UNIT_SUFFIXES] = unit_suffixes,
    [SET_WEAK_SUFFIXES] = weak_suffixes,
    [SET_GROUP_OPENINGS] = group_openings,
    [SET_GROUP_MARKS] = group_marks,
    [SET_GROUP_WORDS] = group_words,
    [SET_NOT_NAMES] = not_names,
    [SET_PARTY_NAMES] = party_names,
    [SET_SECTOR_SUFFIXES] = sector_suffixes,
    [SET_FEDERATION_NAMES] = federation_names,
    [SET_PEOPLE_SUFFIXES] = people_suffixes,
    [SET_MILITARY_WORDS] = military_words,
    [SET_ENTERPRISE_SUFFIXES] = enterprise_suffixes,
    [SET_DEPARTMENT_SUFFIXES] = department_suffixes,
    [SET_NAME_JOINTS] = name_joints,
    [SET_LIST_MARKS] = list_marks,
    [SET_STRONG_MARKS] = strong_marks,
    [SET_LIST_EDGES] = list_edges,
    [SET_CLAUSE_STOPS] = clause_stops,
    [SET_CHROME_WORDS] = chrome_words,
    [SET_ORDER_WORDS] = order_words,
    [SET_POSTS] = posts,
};

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

/* Most words differ in the last byte of a character: it is looked at first. Words are too short
 * for a call of memcmp to pay. */
static bool begins(struct str key, struct str word)
{
    if (key.len < word.len)
        return false;
    for (size_t i = word.len; i-- > 0;)
        if (key.ptr[i] != word.ptr[i])
            return false;
    return true;
}

size_t word_start(const word_list words, struct str key)
{
    size_t best = 0;
    for (const struct str *word = words; word->len > 0; word++)
        if (word->len > best && begins(key, *word))
            best = word->len;
    return best;
}

size_t word_end(const word_list words, struct str key)
{
    size_t best = 0;
    for (const struct str *word = words; word->len > 0; word++)
        if (word->len > best && word->len <= key.len &&
            begins(str_from_byte(key, key.len - word->len), *word))
            best = word->len;
    return best;
}

bool word_starts(const word_list words, struct str key)
{
    for (const struct str *word = words; word->len > 0; word++)
        if (begins(key, *word))
            return true;
    return false;
}

bool word_ends(const word_list words, struct str key)
{
    for (const struct str *word = words; word->len > 0; word++)
        if (word->len <= key.len && begins(str_from_byte(key, key.len - word->len), *word))
            return true;
    return false;
}

static uint64_t byte_bit(char c)
{
    return 1ull << ((unsigned char)c & 63);
}

static bool is_in_short(struct str key, struct str word)
{
    const char *end = key.ptr + key.len - word.len;
    char last = word.ptr[word.len - 1];
    for (const char *at = key.ptr; at <= end; at++)
        if (at[word.len - 1] == last && memcmp(at, word.ptr, word.len) == 0)
            return true;
    return false;
}

bool word_in(const word_list words, struct str key)
{
    /* Which bytes the key has rules out most words without a search. */
    uint64_t bytes = 0;
    bool brief = key.len <= SHORT_BYTES;
    for (size_t i = 0; brief && i < key.len; i++)
        bytes |= byte_bit(key.ptr[i]);
    for (const struct str *word = words; word->len > 0; word++) {
        if (!brief ? str_has(key, *word)
                   : word->len <= key.len && (bytes & byte_bit(word->ptr[word->len - 1])) &&
                         (bytes & byte_bit(word->ptr[word->len < 3 ? 0 : 2])) &&
                         is_in_short(key, *word))
            return true;
    }
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

static unsigned fold_char(struct str s)
{
    unsigned char a = (unsigned char)s.ptr[0];
    if (a < 0x80 || s.len < 3)
        return a;
    return (a * 173u + (unsigned char)s.ptr[1] * 67u + (unsigned char)s.ptr[2] * 5u) %
           (MASK_WORDS * 64);
}

static bool has_bit(const uint64_t *bits, unsigned n)
{
    return bits[n / 64] >> (n % 64) & 1;
}

static struct set_masks make_masks(const struct str *words)
{
    struct set_masks masks = {0};
    for (; words->len > 0; words++) {
        unsigned first = fold_char(*words), last = fold_char(last_char(*words));
        masks.starts[first / 64] |= 1ull << (first % 64);
        masks.ends[last / 64] |= 1ull << (last % 64);
    }
    return masks;
}

bool set_starts(const struct word_index *index, enum word_set set, struct str key)
{
    return key.len > 0 && has_bit(index->masks[set].starts, fold_char(key)) &&
           word_starts(set_words[set], key);
}

size_t set_start(const struct word_index *index, enum word_set set, struct str key)
{
    return key.len > 0 && has_bit(index->masks[set].starts, fold_char(key))
               ? word_start(set_words[set], key)
               : 0;
}

bool set_ends(const struct word_index *index, enum word_set set, struct str key)
{
    return key.len > 0 && has_bit(index->masks[set].ends, fold_char(last_char(key))) &&
           word_ends(set_words[set], key);
}

size_t set_end(const struct word_index *index, enum word_set set, struct str key)
{
    return key.len > 0 && has_bit(index->masks[set].ends, fold_char(last_char(key)))
               ? word_end(set_words[set], key)
               : 0;
}

bool set_in(const struct word_index *index, enum word_set set, struct str key)
{
    for (; key.len > 0; key = str_from_byte(key, char_len(key)))
        if (set_starts(index, set, key))
            return true;
    return false;
}

const struct word_index *word_index_make(struct arena *arena)
{
    struct word_index *index = arena_new(arena, struct word_index, 1);
    int n = lexemes_n + act_lexemes_n;
    index->sorted = arena_new(arena, const struct lexeme *, n);
    for (int set = 0; set < SET_N; set++)
        index->masks[set] = make_masks(set_words[set]);
    for (int i = 0; i < n; i++)
        index->sorted[i] = i < lexemes_n ? &lexemes[i] : &act_lexemes[i - lexemes_n];
    qsort(index->sorted, (size_t)n, sizeof *index->sorted, compare_lexemes);
    for (int i = 0, bucket = 0; bucket <= BUCKETS; bucket++) {
        while (i < n && bucket_of(index->sorted[i]->word) < (unsigned)bucket)
            i++;
        index->from[bucket] = i;
    }
    return index;
}

const struct lexeme *lexeme_at(const struct word_index *index, struct str key)
{
    unsigned bucket = bucket_of(key);
    for (int i = index->from[bucket]; i < index->from[bucket + 1]; i++)
        if (begins(key, index->sorted[i]->word))
            return index->sorted[i];
    return NULL;
}
