#include "engine/scheme/deeds.h"
#include "engine/scheme/scheme.h"

#define X_WORD(name, word, label) {word, label},
const struct word party_class_words[party_class_n] = {PARTY_CLASS_TABLE(X_WORD)};
const struct word duty_shape_words[duty_shape_n] = {DUTY_SHAPE_TABLE(X_WORD)};
const struct word strength_words[strength_n] = {STRENGTH_TABLE(X_WORD)};
const struct word period_words[period_n] = {PERIOD_TABLE(X_WORD)};
const struct word duty_actor_words[duty_actor_n] = {ACTOR_TABLE(X_WORD)};
const struct word day_kind_words[day_kind_n] = {DAY_KIND_TABLE(X_WORD)};
const struct word link_kind_words[link_kind_n] = {LINK_KIND_TABLE(X_WORD)};
const struct word attendance_words[attendance_n] = {ATTENDANCE_TABLE(X_WORD)};

#define X(word, label) {word, label},
const struct word body_class_words[] = {BODY_CLASS_TABLE(X)};
#undef X
const int body_class_words_n = sizeof body_class_words / sizeof *body_class_words;

#define X(word, label) {word, label},
const struct word deed_words[] = {DEED_TABLE(X)};
#undef X
const int deed_words_n = sizeof deed_words / sizeof *deed_words;

int word_find(const struct word *words, int n, struct str text)
{
    for (int i = 0; i < n; i++)
        if (str_is(text, words[i].word))
            return i;
    return -1;
}

bool scheme_is_slug(struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'))
            return false;
    }
    return text.len > 0 && text.len <= 40;
}
