#include "domain/document/document.h"
#include "domain/link/link.h"
#include "domain/scheme/scheme_kinds.h"
#include "engine/scheme/scheme.h"
#include "scheme.sql.h"

/* A document that is repealed, or comes back, takes along what rests on it (ZY22-0). */

enum { ROWS_MAX = 100000 };

static const struct kind *const kinds[] = {&kind_statement, &kind_content, &kind_form, &kind_duty,
                                           &kind_link};
enum { KINDS_N = sizeof kinds / sizeof *kinds };

static enum status set_end(struct deed *deed, const struct record *row, struct str day)
{
    struct record *record = record_new(tx_arena(deed->tx), row->kind);
    record->body_id = row->body_id;
    record->id = row->id;
    record->start_date = str_cmp(row->start_date, day) > 0 ? day : row->start_date;
    record->end_date = day;
    record->dates_given = true;
    return record_change(deed->tx, record, deed->act->now, deed->fault);
}

/* Those that hold past `from` get the new end; with `exactly` those that end on it. */
static enum status end_rows(struct deed *deed, const struct kind *kind, int64_t scheme_id,
                            struct str from, bool exactly, struct str day, int *ret_n)
{
    struct list_query query = {.kind = kind,
                               .body_id = deed->act->body_id,
                               .viewer = &viewer_clerk,
                               .filters = {kind_field(kind, "scheme")},
                               .filter_values = {value_int(scheme_id)},
                               .filters_n = 1,
                               .sort = -1,
                               .limit = ROWS_MAX};
    struct list_result list;
    TRY(record_list(deed->tx, &query, &list, deed->fault));
    for (int i = 0; i < list.n; i++) {
        const struct record *row = list.records[i];
        int order = str_cmp(row->end_date, from);
        if (exactly ? order != 0 : order <= 0)
            continue;
        TRY(set_end(deed, row, day));
        ++*ret_n;
    }
    return OK;
}

static enum status end_all(struct deed *deed, struct str from, bool exactly, struct str day)
{
    struct rows schemes;
    int counts[KINDS_N] = {0};
    TRY(tx_run(deed->tx, &SQL_scheme_of_document,
               ARGS(value_int(deed->act->body_id), value_int(deed->act->id)), &schemes));
    for (int s = 0; s < schemes.n; s++) {
        struct record *scheme;
        int64_t id = value_i64(rows_at(&schemes, s, 0));
        TRY(record_get(deed->tx, &kind_scheme, deed->act->body_id, id, &scheme));
        TRY(set_end(deed, scheme, day));
        for (int i = 0; i < KINDS_N; i++)
            TRY(end_rows(deed, kinds[i], id, from, exactly, day, &counts[i]));
    }
    deed->also = str_fmt(tx_arena(deed->tx), "对口联系 %d 对、工作要求 %d 项随之%s",
                         counts[KINDS_N - 1], counts[KINDS_N - 2], exactly ? "恢复" : "结束");
    deed->record->start_date =
        str_cmp(deed->old->start_date, day) > 0 ? day : deed->old->start_date;
    deed->record->end_date = day;
    deed->record->dates_given = true;
    return OK;
}

enum status document_repeal(struct deed *deed)
{
    struct str day = deed_text(deed, "day");
    return end_all(deed, day, false, day);
}

enum status document_reinstate(struct deed *deed)
{
    return end_all(deed, deed->old->end_date, true, STR("9999-12-31"));
}
