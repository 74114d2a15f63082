#include "account.sql.h"
#include "domain/account/priv.h"

static bool holds_everywhere(const struct viewer *viewer, enum right right)
{
    return rights_scope(viewer->seat.role, right) == SCOPE_INSTANCE &&
           rights_may(viewer, right, NULL);
}

bool may_list(const struct viewer *viewer, const struct seat *seats, int n)
{
    if (holds_everywhere(viewer, RIGHT_ACCOUNT_LIST))
        return true;
    for (int i = 0; i < n; i++)
        if (seats[i].body &&
            rights_may(viewer, RIGHT_ACCOUNT_LIST, &(struct target){.body = seats[i].body}))
            return true;
    return viewer->seat.body == 0 && rights_may(viewer, RIGHT_ACCOUNT_LIST, NULL);
}

/* A system administrator opens and locks every account but his own; a clerk those that hold nothing
 * but what he could give: else he would reach through a slip what he may not do himself. */
bool may_manage(const struct viewer *viewer, int64_t account, const struct seat *seats, int n)
{
    if (account == viewer->account || !rights_may(viewer, RIGHT_ACCOUNTS, NULL))
        return false;
    if (holds_everywhere(viewer, RIGHT_ACCOUNTS))
        return true;
    for (int i = 0; i < n; i++)
        if (!rights_may_grant(viewer, &seats[i], account))
            return false;
    return n > 0 || viewer->seat.body == 0;
}

enum status keep_security(struct tx *tx, int64_t seat, int64_t account, struct date day,
                          struct fault *fault)
{
    struct rows rows;
    TRY(tx_run(
        tx, &SQL_seat_security_others,
        ARGS(value_int(seat), value_int(account), value_text(date_format(tx_arena(tx), day))),
        &rows));
    if (value_i64(rows.cells[0]) > 0)
        return OK;
    return refuse(tx_arena(tx), fault, CONFLICT, NULL,
                  "这是最后一位安全管理员，请先另设一位安全管理员再办理。");
}
