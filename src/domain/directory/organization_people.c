#include "domain/directory/priv.h"

#include "adjustment.sql.h"
#include "designation.sql.h"
#include "domain/adjustment/adjustment.h"
#include "domain/designation/designation.h"
#include "domain/organization/organization.h"

/* On the page of one organization: whom it has named, what is 待明确, what it was called and what
 * became of it. */

#define COLUMNS_N(columns) (int)(sizeof(columns) / sizeof *(columns))

static const struct column named_columns[] = {
    {"label", "身份", COLUMN_TEXT},  {"name", "姓名", COLUMN_TEXT},
    {"post", "职务", COLUMN_TEXT},   {"section", "科室", COLUMN_TEXT},
    {"state", "状态", COLUMN_TEXT},  {"missing", NULL, COLUMN_FLAG},
    {"behalf", "代录", COLUMN_TEXT}, {"url", NULL, COLUMN_URL, .flags = COLUMN_PAGE_ONLY},
};
enum { NAMED_BEHALF = 6, NAMED_URL };
const struct shape shape_named = {"named", named_columns, COLUMNS_N(named_columns)};

static const struct column adjusted_columns[] = {
    {"day", "日期", COLUMN_DATE},
    {"what", "事项", COLUMN_TEXT},
    {"basis", "依据", COLUMN_TEXT},
    {"url", NULL, COLUMN_URL, .flags = COLUMN_PAGE_ONLY},
};
const struct shape shape_adjusted = {"adjusted", adjusted_columns, COLUMNS_N(adjusted_columns)};

/* A gap, with the way to fill it for those who may. */
static void add_missing(struct call *call, struct list *people, const struct record *record,
                        struct str label, const char *role)
{
    struct value *row = list_add(call->arena, people);
    struct str id = id_format(call->arena, record->id);
    row[0] = value_text(label);
    row[1] = value_text(STR("待明确"));
    row[5] = value_int(1);
    const struct target target = {call->body.id, record->id};
    if (role && rights_may(&call->viewer, RIGHT_DESIGNATE, &target))
        row[NAMED_URL] = value_text(
            call_url(call, "designation/new?organization=%.*s&role=%s", STR_ARG(id), role));
}

static enum status add_named(struct call *call, struct list *people, const struct rows *rows, int r)
{
    int64_t id = value_i64(rows_at(rows, r, 6));
    struct str behalf;
    TRY(flow_proxy(call->tx, &kind_designation, call->body.id, id, &behalf));
    struct value *row = list_add(call->arena, people);
    row[0] = rows_at(rows, r, 2);
    row[1] = rows_at(rows, r, 3);
    row[2] = rows_at(rows, r, 4);
    row[3] = rows_at(rows, r, 5);
    row[4] =
        value_text(str_from(flow_label(kind_designation.flow, value_str(rows_at(rows, r, 7)))));
    row[5] = value_int(0);
    row[NAMED_BEHALF] = value_text_or_null(behalf);
    row[NAMED_URL] = value_text(record_url(call, &kind_designation, id));
    return OK;
}

enum status organization_put_people(struct call *call, struct object *model,
                                    const struct record *record, struct date on,
                                    struct str *ret_missing)
{
    struct designation_asked asked;
    struct rows rows;
    struct list *people = list_new(call->arena, &shape_named);
    bool named[NAMED_ROLES] = {0}, section = false;
    struct str day = date_format(call->arena, on);
    bool never = value_i64(record_value(record, "is_group")) ||
                 record_value(record, "parent").kind == VALUE_INT ||
                 str_cmp(record->end_date, day) <= 0;
    TRY(designation_asked_read(call->tx, call->body.id, on, &asked));
    TRY(tx_run(call->tx, &SQL_designation_of,
               ARGS(value_int(call->body.id), value_text(day), value_int(record->id)), &rows));
    for (int r = 0; r < rows.n; r++) {
        int role = designation_role(value_str(rows_at(&rows, r, 1)));
        if (role >= 0)
            named[role] = true;
        section = section || value_str(rows_at(&rows, r, 5)).len > 0;
        TRY(add_named(call, people, &rows, r));
    }
    bool is_asked =
        !never && designation_is_asked(&asked, value_str(record_value(record, "classification")));
    *ret_missing = (struct str){0};
    for (int role = 0; is_asked && role < NAMED_ROLES; role++) {
        if (!asked.roles[role] || named[role])
            continue;
        add_missing(call, people, record, asked.labels[role], designation_roles[role].word);
        *ret_missing = str_fmt(call->arena, "%.*s%s%.*s", STR_ARG(*ret_missing),
                               ret_missing->len ? "、" : "", STR_ARG(asked.labels[role]));
    }
    if (is_asked && asked.section && !section)
        add_missing(call, people, record, asked.section_label, NULL);
    object_set(model, "people", value_list(people));
    object_set(model, "is_asked", value_int(people->n > 0));
    return OK;
}

/* What became of it and from what it came, with the names before and after. */
enum status organization_put_history(struct call *call, struct object *model, int64_t id)
{
    struct rows rows;
    struct list *history = list_new(call->arena, &shape_adjusted);
    TRY(tx_run(call->tx, &SQL_adjustment_of,
               ARGS(value_int(call->body.id), value_text(id_format(call->arena, id))), &rows));
    for (int r = 0; r < rows.n; r++) {
        struct value *row = list_add(call->arena, history);
        struct record *adjustment;
        int64_t by = value_i64(rows_at(&rows, r, 0));
        bool undone = str_is(value_str(rows_at(&rows, r, 4)), "undone");
        TRY(record_get(call->tx, &kind_adjustment, call->body.id, by, &adjustment));
        row[0] = rows_at(&rows, r, 2);
        row[1] = value_text(str_fmt(call->arena, "%.*s%s",
                                    STR_ARG(adjustment_title(call->arena, adjustment)),
                                    undone ? "（已撤销）" : ""));
        row[2] = rows_at(&rows, r, 3);
        row[3] = value_text(record_url(call, &kind_adjustment, by));
    }
    object_set(model, "history", value_list(history));
    object_set(model, "has_history", value_int(history->n > 0));
    return OK;
}

struct str organization_name_on(struct arena *arena, const struct record *record, struct date on)
{
    const struct record_rows *names = &record->rows[kind_field(&kind_organization, "names")];
    struct str day = date_format(arena, on), first = {0};
    struct str name = value_str(record_value(record, "name"));
    for (int i = 0; i < names->n; i++) {
        const struct value *cells = names->cells + i * NAME_CELLS;
        struct str until = value_str(cells[NAME_UNTIL]);
        if (until.len == 0 || str_cmp(until, day) <= 0 ||
            (first.len > 0 && str_cmp(until, first) > 0))
            continue;
        first = until;
        name = value_str(cells[NAME_TEXT]);
    }
    return name;
}
