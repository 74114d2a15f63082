#include "domain/adjustment/priv.h"

#include "domain/body/body.h"
#include "engine/scheme/scheme.h"
#include "text/text.h"

/* The terms of a body at a change of term: the one before ends, the new one begins. Of earlier
 * ones, which documents cite without their days, no day is made up. */

/* 第八届, 八届: 8; 0 = it cannot be told. */
static int term_number(struct str name)
{
    struct str rest = name;
    if (str_starts(rest, STR("第")))
        rest = str_from_byte(rest, strlen("第"));
    int64_t number = text_numeral(&rest);
    return str_is(rest, "届") && number >= 1 && number <= SCHEME_TERM_MAX ? (int)number : 0;
}

enum status terms_change(struct tx *tx, const struct record *adjustment, struct str day,
                         struct record **ret_new, struct list_result *ret_ended,
                         struct fault *fault)
{
    struct str name = value_str(record_value(adjustment, "term"));
    int number = term_number(name);
    int64_t before = 0;
    struct list_query query = {.kind = &kind_term,
                               .body_id = adjustment->body_id,
                               .viewer = &viewer_clerk,
                               .sort = -1,
                               .limit = SCHEME_TERM_MAX};
    *ret_new = NULL;
    if (number == 0)
        return refuse(tx_arena(tx), fault, INVALID, "term",
                      "换届应填写新一届，例如 第八届，现在填的是“%.*s”。", STR_ARG(name));
    TRY(record_list(tx, &query, ret_ended, fault));
    bool known = false;
    for (int i = 0; i < ret_ended->n; i++) {
        struct record *term = ret_ended->records[i];
        int64_t had = value_i64(record_value(term, "number"));
        if (str_cmp(term->start_date, day) > 0 || str_cmp(term->end_date, day) <= 0)
            continue;
        known = known || had == number;
        if (had < number && had > before) {
            before = had;
            ret_ended->records[0] = term;
        }
    }
    ret_ended->n = before > 0;
    if (known)
        return OK;
    struct record *made = record_new(tx_arena(tx), &kind_term);
    made->body_id = adjustment->body_id;
    made->start_date = day;
    made->dates_given = true;
    record_set(made, "name", value_text(name));
    record_set(made, "number", value_int(number));
    *ret_new = made;
    return OK;
}
