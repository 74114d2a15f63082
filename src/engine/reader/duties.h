/*
 * duties - private to the reader: one sentence that asks for something, and what it asks.
 */
#ifndef ENGINE_READER_DUTIES_H
#define ENGINE_READER_DUTIES_H

#include "engine/reader/lexicon.h"

/* A clause of a sentence (between 。 and ；) with its tokens; offsets count from its start. */
struct clause {
    struct reading *reading;
    const struct para *para;
    struct para_text at;
    struct tokens tokens;
    const struct subject *before; /* who acted in the clause before; NULL = nobody */
};

struct subject {
    enum duty_actor actor;
    struct str text; /* as printed */
    enum attendance attended_by;
    size_t from, to; /* in its clause; both 0 when it comes from a clause before */
};

struct demand {
    enum duty_shape shape;
    int min, max; /* -1 = none */
    bool min_implicit;
    enum period per;
    struct when when;
    struct limit limit; /* days 0 = none */
    int main;           /* token that makes it a demand */
    const char *deed;   /* known already; else looked for between the two offsets */
    size_t deed_from, deed_to;
};
struct demands {
    struct demand *items;
    int n, room;
};

enum { DEMANDS_MAX = 24 };

/* demands.c: what the clause asks, numbers and dates first. */
void demands_read(struct clause *clause, struct demands *ret_demands);
/* asks.c: an act without number or date that 应 or 要 asks for; at most one. */
bool ask_read(struct clause *clause, struct demand *ret_demand);

/* duties.c: the demand of a clause becomes a duty of the scheme. */
void duty_put(const struct clause *clause, const struct demand *demand);

/* plans.c: an item of a plan, its heading and what the lines below it told so far. */
struct plan_item {
    const struct para *heading; /* 一、围绕…开展…协商; NULL = none */
    int duty;                   /* its duty, -1 = none yet */
    struct str owner;           /* who leads it, as printed */
    enum duty_actor actor;
};
/* 协商时间：5月 makes the item above a duty; true when the line was that. */
bool plan_line(struct reading *reading, const struct para *para, struct plan_item *item);
/* The rows from paragraph `at` on; the index behind the last. */
int tasks_read(struct reading *reading, int at);

/* subjects.c */
struct subject subject_of(const struct clause *clause, int main);
/* The subject that later clauses may leave out. */
bool subject_leading(const struct clause *clause, struct subject *ret_subject);
enum strength strength_of(const struct clause *clause, int main);

/* Token of a kind nearest before (behind) `at` within `segments` commas; -1 = none. */
int token_before(const struct tokens *tokens, int at, enum lexeme_kind kind, int segments);
int token_after(const struct tokens *tokens, int at, enum lexeme_kind kind, int segments);
size_t segment_start(const struct clause *clause, int segment);
size_t segment_end(const struct clause *clause, int segment);
/* The most telling deed word between two offsets; NULL = none. */
const struct token *deed_between(const struct tokens *tokens, size_t from, size_t to);

#endif
