/*
 * value - one typed cell: what a statement takes and gives, what a row of a page holds.
 *
 * The meaning of a cell (date, instant, id, flag, choice) is told by its column or field, not by
 * the value: dates are ISO text, instants and ids integers, flags 0 or 1. Texts are borrowed.
 * OBJECT and LIST appear only in page models (view/). A value that the viewer may not see is a null
 * that says so: every writer treats it as null, pages add why.
 */
#ifndef BASE_VALUE_H
#define BASE_VALUE_H

#include "base/str.h"

struct object;
struct list;

enum value_kind { VALUE_NULL, VALUE_INT, VALUE_TEXT, VALUE_BLOB, VALUE_OBJECT, VALUE_LIST };

struct value {
    enum value_kind kind;
    union {
        int64_t i;
        struct str s;
        const struct object *object;
        const struct list *list;
    };
};

#define NULL_VALUE   ((struct value){.kind = VALUE_NULL})
#define MASKED_VALUE ((struct value){.kind = VALUE_NULL, .i = 1})
static inline bool value_is_masked(struct value v)
{
    return v.kind == VALUE_NULL && v.i == 1;
}
static inline struct value value_int(int64_t i)
{
    return (struct value){.kind = VALUE_INT, .i = i};
}
static inline struct value value_text(struct str s)
{
    return (struct value){.kind = VALUE_TEXT, .s = s};
}
/* NULL for the empty text: for columns where "not said" is NULL. */
static inline struct value value_text_or_null(struct str s)
{
    return s.len ? value_text(s) : NULL_VALUE;
}
static inline struct value value_blob(struct str s)
{
    return (struct value){.kind = VALUE_BLOB, .s = s};
}
static inline struct str value_str(struct value v)
{
    return v.kind == VALUE_TEXT || v.kind == VALUE_BLOB ? v.s : (struct str){0};
}
static inline int64_t value_i64(struct value v)
{
    return v.kind == VALUE_INT ? v.i : 0;
}
static inline bool value_eq(struct value a, struct value b)
{
    if (a.kind != b.kind)
        return false;
    return a.kind == VALUE_INT ? a.i == b.i : a.kind == VALUE_NULL || str_eq(a.s, b.s);
}

#endif
