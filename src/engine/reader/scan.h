/*
 * scan - private to demands.c, spread.c and posts.c: a clause being looked through for what it
 * sets.
 */
#ifndef ENGINE_READER_SCAN_H
#define ENGINE_READER_SCAN_H

#include "engine/reader/duties.h"

struct scan {
    struct clause *clause;
    struct demands *out;
    int period, each, least, most; /* tokens; -1 = none */
    int by_day;                    /* 每月5日前: its demand is the last one; -1 = none */
    int when;                      /* a time that waits for its act */
    int done;                      /* the last token that was taken with those before it */
    bool period_used;
    int ahead;        /* 15日内 that waits for 确定1名…; -1 = none */
    size_t deed_from; /* behind the deed of the demand before */
};

struct demand *scan_add(struct scan *scan, struct demand demand); /* NULL: there are enough */
const struct token *token_at(const struct scan *scan, int i);
bool same_segment(const struct scan *scan, int a, int b); /* false when one is -1 */
struct str segment_key(const struct scan *scan, int i);
/* 至少 2次, 不超过2个, 1—2次, 3次以上; a bare number is both bounds. */
void scan_bounds(const struct scan *scan, const struct quantity *quantity, struct demand *demand);

/* The end of what belongs to the number at token i. */
size_t item_end(const struct scan *scan, int i);

/* ---- spread.c */
bool falls_once(const struct scan *scan, int i, bool yearly);
bool is_twice(const struct scan *scan, int i);
bool tells_halves(const struct scan *scan, int i);
/* True when the time at token i shares a number with the next: both were read. */
bool each_of_times(struct scan *scan, int i);

/* ---- posts.c */
/* 确定1名分管领导和1名联络员: true when the number at token i was one of posts. */
bool designation(struct scan *scan, int i);
/* 每名委员重点联系3-5名界别群众 */
bool contacts(struct scan *scan, int i);
/* 印发之日起15日内确定1名分管领导: the limit at token i is that of the posts behind it. */
bool names_posts_behind(const struct scan *scan, int i);

#endif
