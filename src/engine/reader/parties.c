/*
 * parties - what one name is: its class, whether it names a single unit, whether it is misprinted.
 */
#include "base/utf8.h"
#include "engine/reader/priv.h"

enum { PERSON_CHARS_MIN = 2, PERSON_CHARS_MAX = 4, MINORITY_CHARS_MAX = 16, TITLED_BYTES_MAX = 90 };

static enum party_class class_by_table(const struct word_index *words, struct str key)
{
    static const struct {
        enum word_set set;
        bool anywhere;
        enum party_class class;
    } classes[] = {
        {SET_SECTOR_SUFFIXES, false, PARTY_SECTOR_GROUP},
        {SET_FEDERATION_NAMES, false, PARTY_FEDERATION},
        {SET_MILITARY_WORDS, true, PARTY_MILITARY},
        {SET_PEOPLE_SUFFIXES, false, PARTY_PEOPLE_ORGANIZATION},
        {SET_ENTERPRISE_SUFFIXES, false, PARTY_ENTERPRISE},
        {SET_DEPARTMENT_SUFFIXES, false, PARTY_DEPARTMENT},
    };
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
        if (classes[i].anywhere ? set_in(words, classes[i].set, key)
                                : set_ends(words, classes[i].set, key))
            return classes[i].class;
    return PARTY_UNIT;
}

bool is_committee_name(struct str key)
{
    static const word_list places = {STR_INIT("市"), STR_INIT("县"), STR_INIT("区"), STR_INIT("州"),
                                     STR_INIT("省"), STR_INIT("盟"), STR_INIT("旗"), {NULL, 0}};
    if (!word_ends(committee_suffixes, key) || key.len > LIMIT_NAME)
        return false;
    /* 政协某某市委员会 is the body itself */
    if (str_ends(key, STR("委员会")) && word_ends(places, str_head(key, key.len - 9)))
        return false;
    if (str_has(key, STR("政协")))
        return true;
    /* 市民族宗教事务委员会 is the government's */
    return !word_starts(places, key) && word_in(committee_cores, key);
}

bool is_political_party(const struct word_index *words, struct str key)
{
    struct str bare = key;
    if (str_starts(bare, STR("各民主党派")))
        return false;
    for (int i = 0; i < 2; i++) {
        size_t len = set_start(words, SET_PARTY_NAMES, bare);
        struct str rest = str_from_byte(bare, len);
        if (len > 0 && (rest.len == 0 || word_ends(party_tails, rest)))
            return true;
        /* 市民革, 市农工党 */
        bare = str_from_byte(bare, char_len(bare));
    }
    return false;
}

enum party_class party_class_of(const struct word_index *words, struct str key)
{
    if (is_political_party(words, key))
        return PARTY_PARTY;
    if (str_ends(key, STR("界别")) || str_ends(key, STR("界")))
        return PARTY_SECTOR;
    if (str_has(key, STR("政协")) && (str_ends(key, STR("办公室")) || str_ends(key, STR("办公厅"))))
        return PARTY_OFFICE;
    if (str_has(key, STR("政协")) && word_ends(committee_suffixes, key))
        return PARTY_COMMITTEE;
    return class_by_table(words, key);
}

/* Nothing in it but words that name nobody in particular. */
bool is_generic(const struct word_index *words, struct str key)
{
    if (key.len > 0 && !set_ends(words, SET_GROUP_WORDS, key))
        return false;
    while (key.len > 0) {
        size_t len = set_start(words, SET_GROUP_WORDS, key);
        if (len == 0)
            return false;
        key = str_from_byte(key, len);
    }
    return true;
}

bool is_group_name(const struct word_index *words, struct str key)
{
    return set_starts(words, SET_GROUP_OPENINGS, key) ||
           (set_ends(words, SET_WEAK_SUFFIXES, key) && set_in(words, SET_GROUP_MARKS, key)) ||
           is_generic(words, key);
}

/* One or two characters off a name that everybody knows. */
static bool misprinted_party(struct arena *arena, struct str key, struct str *ret_hint)
{
    struct str society = STR("学社"), tail;
    ptrdiff_t at = str_find(key, society);
    if (at == 6 && !str_starts(key, STR("九三"))) {
        tail = str_from_byte(key, 6 + society.len);
        *ret_hint = str_fmt(arena, "九三学社%.*s", STR_ARG(tail));
        return tail.len == 0 || word_ends(party_tails, tail);
    }
    struct str worker = STR("工党");
    at = str_find(key, worker);
    if (at == 3 && !str_starts(key, STR("农"))) {
        tail = str_from_byte(key, 3 + worker.len);
        *ret_hint = str_fmt(arena, "农工党%.*s", STR_ARG(tail));
        return tail.len == 0 || word_ends(party_tails, tail);
    }
    return false;
}

/* 华良银行: no bank of that name, one of the same first character. */
static bool misprinted_bank(struct arena *arena, struct str key, struct str *ret_hint)
{
    ptrdiff_t at = str_find(key, STR("银行"));
    struct str core = str_head(key, at > 0 ? (size_t)at : 0);
    struct str branch = str_from_byte(key, core.len + STR("银行").len);
    if (core.len != 6 || !(str_ends(branch, STR("分行")) || str_ends(branch, STR("支行"))) ||
        word_is(bank_names, core))
        return false;
    for (const struct str *bank = bank_names; bank->len > 0; bank++)
        if (bank->len == 6 && memcmp(bank->ptr, core.ptr, 3) == 0) {
            *ret_hint = str_fmt(arena, "%.*s银行%.*s", STR_ARG(*bank), STR_ARG(branch));
            return true;
        }
    return false;
}

bool is_misprint(struct arena *arena, struct str key, struct str *ret_hint)
{
    return misprinted_party(arena, key, ret_hint) || misprinted_bank(arena, key, ret_hint);
}

static bool is_bare_person(struct str key)
{
    int n = utf8_count(key);
    if (str_has(key, STR("·")))
        return n >= PERSON_CHARS_MIN + 1 && n <= MINORITY_CHARS_MAX;
    struct str rest = key;
    for (int i = 0; i < n; i++) {
        int32_t code = utf8_next(&rest);
        if (code < 0x3400 || code > 0x323AF)
            return false;
    }
    return n >= PERSON_CHARS_MIN && n <= PERSON_CHARS_MAX && word_starts(surnames, key);
}

/* 李某某同志, 韩某副主任, 市政协副主席孙某某, 王某某（副市长）. */
bool person_read(const struct word_index *words, struct para_text at, bool bare,
                 struct person *ret_person)
{
    struct person person = {.name = at};
    if (at.key.len > TITLED_BYTES_MAX || !(bare || set_in(words, SET_POSTS, at.key)))
        return false;
    ptrdiff_t bracket = str_find(at.key, STR("（"));
    if (bracket > 0 && str_ends(at.key, STR("）"))) {
        struct para_text inner =
            text_cut(at, (size_t)bracket + 3, at.key.len > 3 ? at.key.len - 3 : 0);
        if (!word_ends(posts, inner.key))
            return false;
        person.post = inner.text;
        person.name = text_cut(at, 0, (size_t)bracket);
    }
    bool titled = person.post.len > 0;
    for (size_t len; (len = set_end(words, SET_POSTS, person.name.key)) > 0; titled = true) {
        size_t keep = person.name.key.len - len;
        if (!str_is(str_from_byte(person.name.key, keep), "同志"))
            person.post = str_from_byte(person.name.text, keep);
        person.name = text_cut(person.name, 0, keep);
    }
    /* 市政协副主席孙某某: the post stands before the name */
    struct para_text whole = person.name;
    size_t from = whole.key.len;
    for (int n = 1; n <= PERSON_CHARS_MAX && from > 0; n++) {
        from -= last_char(str_head(whole.key, from)).len;
        if (n < PERSON_CHARS_MIN || !set_ends(words, SET_POSTS, str_head(whole.key, from)) ||
            !is_bare_person(str_from_byte(whole.key, from)))
            continue;
        person.post = str_head(whole.text, from);
        person.name = text_cut(whole, from, whole.key.len);
        titled = true;
        break;
    }
    if (!(titled || bare) || !is_bare_person(person.name.key) ||
        word_ends(unit_suffixes, person.name.key))
        return false;
    *ret_person = person;
    return true;
}
