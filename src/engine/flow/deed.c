#include "engine/flow/flow.h"

#include <assert.h>

/* What deeds of every kind work with. */

const struct field flow_undo_fields[] = {
    {.key = "reason", .label = "撤销原因", .kind = FIELD_TEXT, .required = true}, {0}};
const struct field flow_restore_fields[] = {{.key = "reason",
                                             .label = "原因",
                                             .kind = FIELD_TEXT,
                                             .required = true,
                                             .help = "例如：误办。"},
                                            {0}};

int64_t deed_id(struct deed *deed)
{
    assert(1 + deed->ids_used < deed->act->ids_n);
    return deed->act->ids[1 + deed->ids_used++];
}

struct value deed_said(const struct deed *deed, const char *key)
{
    return deed->said ? record_value(deed->said, key) : NULL_VALUE;
}

struct str deed_text(const struct deed *deed, const char *key)
{
    return value_str(deed_said(deed, key));
}

enum status deed_begin(struct deed *deed)
{
    if (deed->record->start_date.len == 0) {
        deed->record->start_date = deed->on;
        deed->record->dates_given = true;
    }
    return OK;
}

void deed_until(struct deed *deed, struct str day)
{
    deed->record->start_date = deed->old->start_date;
    deed->record->end_date = day;
    deed->record->dates_given = true;
}

enum status deed_reopen(struct deed *deed)
{
    deed_until(deed, (struct str){0});
    return OK;
}

enum status deed_end(struct deed *deed, const char *what)
{
    struct str day = deed_text(deed, "day");
    if (str_cmp(day, deed->old->start_date) < 0)
        return refuse(tx_arena(deed->tx), deed->fault, INVALID, "day",
                      "结束日期早于%s的开始日期 %.*s，请改正。", what,
                      STR_ARG(deed->old->start_date));
    deed_until(deed, day);
    return OK;
}
