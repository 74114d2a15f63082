#include "engine/record/priv.h"

/* Who may see which record: one rule, told by the kinds, for lists, counts, single records, search
 * and exports. */

bool viewer_sees_body(const struct viewer *viewer, int64_t body_id)
{
    return rights_scope(viewer->seat.role, RIGHT_READ) >= SCOPE_BODY &&
           rights_may(viewer, RIGHT_READ, &(struct target){.body = body_id});
}

const char *visible_fragment(const struct kind *kind, const struct viewer *viewer, int64_t body_id)
{
    if (viewer_sees_body(viewer, body_id))
        return "1 = 1";
    if (!kind->seen || !rights_may(viewer, RIGHT_READ, &(struct target){.body = body_id}))
        return "1 = 0";
    return kind->seen[0] ? kind->seen : "1 = 1";
}

int visible_bind(struct arena *arena, const char *fragment, const struct viewer *viewer,
                 int64_t body_id, struct value *args)
{
    int n = 0;
    for (const char *at = fragment; *at; at++) {
        if (*at != '@')
            continue;
        at++;
        args[n++] = *at == 'b'   ? value_int(body_id)
                    : *at == 'o' ? value_int(viewer->seat.organization)
                                 : value_text(date_format(arena, viewer->day));
    }
    return n;
}

static enum status see(struct call *call, const struct kind *kind, int64_t id, const char *fragment,
                       bool *ret_seen)
{
    const struct statement *statement = sql_visible(tx_store(call->tx), kind, fragment);
    struct value args[2 + VISIBLE_ARGS_MAX] = {value_int(call->body.id), value_int(id)};
    int n = 2 + visible_bind(call->arena, fragment, &call->viewer, call->body.id, args + 2);
    struct rows rows;
    TRY(tx_run(call->tx, statement, args, n, &rows));
    *ret_seen = rows.n > 0;
    return OK;
}

bool record_may_see(struct call *call, const struct kind *kind, int64_t id)
{
    const char *fragment = visible_fragment(kind, &call->viewer, call->body.id);
    bool seen = false;
    if (!strchr(fragment, '@'))
        return strcmp(fragment, "1 = 1") == 0;
    return see(call, kind, id, fragment, &seen) == OK && seen;
}

/* --- the same as words of the search index --- */

struct str record_audience(struct arena *arena, const struct record *record)
{
    const struct kind *kind = record->kind;
    struct str audience = kind->seen && !kind->seen[0] ? STR("all any") : STR("all");
    struct str keys = str_from(kind->found_by ? kind->found_by : "");
    struct str mark = str_cut(&keys, STR(" "));
    while (keys.len) {
        struct str key = str_cut(&keys, STR(" "));
        int64_t id =
            str_is(key, "id") ? record->id : value_i64(record_value(record, str_c(arena, key)));
        if (id)
            audience =
                str_fmt(arena, "%.*s %.*s%lld", STR_ARG(audience), STR_ARG(mark), (long long)id);
    }
    return audience;
}

static void put_marks(struct buf *buf, const char *mark, const int64_t *ids, int n)
{
    for (int i = 0; i < n; i++)
        buf_fmt(buf, " %s%lld", mark, (long long)ids[i]);
}

struct str viewer_audience(struct arena *arena, const struct viewer *viewer, int64_t body_id)
{
    if (viewer_sees_body(viewer, body_id))
        return STR("all");
    AUTOBUF buf = buf_open(MIB(1));
    BUF_LIT(&buf, "any");
    put_marks(&buf, "o", viewer->own, viewer->own_n);
    put_marks(&buf, "l", viewer->own, viewer->own_n);
    put_marks(&buf, "o", viewer->linked, viewer->linked_n);
    return str_copy(arena, buf_str(&buf));
}
