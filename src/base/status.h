/*
 * status - the seven ways an operation can end, and the sentence that goes with a refusal.
 *
 * Three kinds of trouble are kept apart: a refusal (the user can act: INVALID, CONFLICT, DENIED,
 * NOT_FOUND), a fault of the surroundings (BUSY, FAULT) and a bug (assert; it aborts).
 * The table gives, on one line, what HTTP answers and what the command line exits with.
 */
#ifndef BASE_STATUS_H
#define BASE_STATUS_H

#include "base/str.h"

#define STATUS_TABLE(X)                                                                            \
    X(OK, 200, 0, "完成")                                                                          \
    X(NOT_FOUND, 404, 1, "没有找到")                                                               \
    X(DENIED, 403, 1, "无权进行此操作")                                                            \
    X(INVALID, 422, 1, "填写有误")                                                                 \
    X(CONFLICT, 409, 1, "内容已被他人修改")                                                        \
    X(BUSY, 503, 1, "暂时繁忙，请稍后再试")                                                        \
    X(FAULT, 500, 1, "系统出现故障")

enum status {
#define X(name, http, exit, text) name,
    STATUS_TABLE(X)
#undef X
};

#define CHECKED __attribute__((warn_unused_result))

/* Return at once what is not OK; the only macro that may return. */
#define TRY(expr)                                                                                  \
    do {                                                                                           \
        enum status try_status_ = (expr);                                                          \
        if (try_status_ != OK)                                                                     \
            return try_status_;                                                                    \
    } while (0)

/*
 * What went wrong, told once to the user. `field` names the form field or parameter (empty: the
 * whole), `message` is one sentence: what, where, what to do. Both live in the arena that the
 * refusing function was given; `http` overrides the status's HTTP code when not 0 (405, 413 …).
 */
struct fault {
    enum status status;
    int http;
    struct str field;
    struct str message;
};

struct arena;

/* Fill *fault and return `status`, so that `return refuse(...)` reads as what it does. A NULL
 * fault is allowed: the status alone is returned. */
enum status refuse(struct arena *arena, struct fault *fault, enum status status, const char *field,
                   const char *format, ...) __attribute__((format(printf, 5, 6)));

int status_http(enum status status);
int status_exit(enum status status);
const char *status_text(enum status status);
/* What an errno says, for people: 没有权限. */
const char *errno_text(int number);

#endif
