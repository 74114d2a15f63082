/*
 * lexicon - the words of which a sentence that asks for something is made, and their tokens.
 *
 * One pass over a sentence gives its tokens, longest word first; quantities, times and limits are
 * tokens with values. Everything else (who, which deed, how often) is found on tokens.
 */
#ifndef ENGINE_READER_LEXICON_H
#define ENGINE_READER_LEXICON_H

#include "engine/reader/priv.h"

enum lexeme_kind {
    LEX_PLAIN,     /* protects its characters: 要 in 重要 asks for nothing */
    LEX_PERIOD,    /* value: enum period, or -1 where the scheme has no such period */
    LEX_EACH_TIME, /* 每次 */
    LEX_AT_LEAST,
    LEX_AT_MOST,
    LEX_MODAL,     /* value: enum strength */
    LEX_DESIGNATE, /* 确定, 明确: with a number of posts */
    LEX_POST,      /* 责任领导, 联络员: deed */
    LEX_DEED,      /* value: rank, the lower the more telling */
    LEX_ASK,       /* an act that can be seen to be done: 抄送; deed */
    LEX_ACTOR,     /* value: enum duty_actor */
    LEX_HEAD,      /* 负责人 behind an actor: value: enum attendance */
    LEX_FACT,      /* 近年来: the sentence tells what was */
    LEX_EACH,      /* 各: one for each of the posts before it */
    LEX_COMMA,     /* ， and other ends of a segment */
    LEX_LIST,      /* 、和及 */
    LEX_REVIEW,    /* 评选, 测评: with 年度 a yearly act */
    LEX_YEARLY,    /* 年度 */
    LEX_OPENING,   /* 一, 年底: a number or a time may begin here */
    /* with values */
    LEX_QUANTITY,
    LEX_TIME,
    LEX_LIMIT,
};

struct lexeme {
    struct str word;
    enum lexeme_kind kind;
    int value;
    const char *deed;
};
extern const struct lexeme lexemes[];
extern const int lexemes_n;
extern const struct lexeme act_lexemes[]; /* deeds and actors */
extern const int act_lexemes_n;

enum measure {
    MEASURE_TIMES, /* 次, 场 */
    MEASURE_PAPER, /* 件, 条, 篇, 份 */
    MEASURE_THING, /* 个, 项 */
    MEASURE_PEOPLE /* 名, 位, 家, 户 */
};

struct quantity {
    int min, max; /* -1 = open; a bare number has both */
    bool range;   /* 1—2次 */
    bool above;   /* …以上 */
    bool below;   /* …以内 */
    bool about;   /* …左右 */
    enum measure measure;
};

struct when {
    struct month_day opens, by;
    struct date by_date; /* a printed year */
    bool bounded;        /* 前, 底前: what comes later is too late */
    bool once;           /* 今年6月底前 */
    bool told;           /* 2月14日上午: when something was held */
};

struct limit {
    int days;
    enum day_kind kind;
    bool before;
    bool bare;      /* 不少于5个工作日: a length of time, of what the sentence says */
    bool converted; /* 2个月, 48小时: the printed form stands in `where` */
};

struct token {
    enum lexeme_kind kind;
    size_t from, to; /* into the sentence */
    int segment;     /* counted by commas from 0 */
    int value;
    const char *deed;
    struct quantity quantity;
    struct when when;
    struct limit limit;
};
struct tokens {
    struct token *items;
    int n, room;
    size_t *starts; /* where each segment begins; one more for the end of the last */
    int segments, starts_room;
};

/* The index lives in the arena; made once a document. */
const struct word_index *word_index_make(struct arena *arena);
/* The longest lexeme at the start of the key, NULL if none. */
const struct lexeme *lexeme_at(const struct word_index *index, struct str key);

void lex(struct arena *arena, const struct word_index *index, struct str sentence,
         struct tokens *ret_tokens);

/* At the start of `rest`; `before` is what stands ahead of it in the sentence. Bytes, 0 = none. */
size_t quantity_read(struct str rest, struct str before, struct quantity *ret_quantity);
size_t time_read(struct str rest, struct str before, struct when *ret_when);
size_t limit_read(struct str rest, struct str before, struct limit *ret_limit);

#endif
