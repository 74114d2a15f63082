#include "app/priv.h"

/* In the order of preference when the client has none. */
const struct form_kind form_kinds[FORM_KINDS_N] = {
    {FORM_HTML, "", "text/html", "text/html; charset=utf-8"},
    {FORM_JSON, ".json", "application/json", "application/json"},
    {FORM_CSV, ".csv", "text/csv", "text/csv; charset=utf-8; header=present"},
    {FORM_XLSX, ".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
     "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
    {FORM_FILE, "", "", ""}, /* its type is known only when it is made */
};

static bool equal_ignoring_case(struct str a, struct str b)
{
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++) {
        char x = a.ptr[i], y = b.ptr[i];
        x |= (x >= 'A' && x <= 'Z') ? 0x20 : 0;
        y |= (y >= 'A' && y <= 'Z') ? 0x20 : 0;
        if (x != y)
            return false;
    }
    return true;
}

/* q=0.125 in thousandths; 1000 when absent or malformed (RFC 9110 12.4.2). */
static int quality(struct str params)
{
    while (params.len) {
        struct str value = str_trim(str_cut(&params, STR(";")));
        struct str name = str_trim(str_cut(&value, STR("=")));
        if (!equal_ignoring_case(name, STR("q")))
            continue;
        value = str_trim(value);
        if (value.len == 0 || value.len > 5 || (value.ptr[0] != '0' && value.ptr[0] != '1'))
            return 1000;
        int q = (value.ptr[0] - '0') * 1000, unit = 100;
        for (size_t i = 2; i < value.len && value.ptr[i] >= '0' && value.ptr[i] <= '9'; i++) {
            q += (value.ptr[i] - '0') * unit;
            unit /= 10;
        }
        return q > 1000 ? 1000 : q;
    }
    return 1000;
}

/* How well a media range names a type: 0 not, 1 any, 2 its half, 3 exactly. */
static int range_fits(struct str range, struct str type)
{
    if (str_is(range, "*/*"))
        return 1;
    if (str_ends(range, STR("/*")))
        return equal_ignoring_case(str_head(range, range.len - 1), str_head(type, range.len - 1))
                   ? 2
                   : 0;
    return equal_ignoring_case(range, type) ? 3 : 0;
}

static int quality_of(struct str accept, const struct form_kind *kind)
{
    if (kind->form == FORM_FILE)
        return 1;
    int best_fit = 0, q = 0;
    while (accept.len) {
        struct str params = str_cut(&accept, STR(","));
        struct str range = str_trim(str_cut(&params, STR(";")));
        int fit = range_fits(range, str_from(kind->type));
        if (fit > best_fit) {
            best_fit = fit;
            q = quality(params);
        }
    }
    return q;
}

int accept_pick(struct str accept, int forms)
{
    accept = str_trim(str_head(accept, 4096));
    int best = 0, best_q = 0;
    for (int i = 0; i < FORM_KINDS_N; i++) {
        const struct form_kind *kind = &form_kinds[i];
        if (!(forms & kind->form))
            continue;
        int q = accept.len ? quality_of(accept, kind) : 1000;
        if (q > best_q) {
            best = kind->form;
            best_q = q;
        }
    }
    return best;
}

bool etag_matches(struct str if_none_match, struct str etag)
{
    if (etag.len == 0)
        return false;
    if (str_is(str_trim(if_none_match), "*"))
        return true;
    while (if_none_match.len) {
        struct str one = str_trim(str_cut(&if_none_match, STR(",")));
        if (str_starts(one, STR("W/")))
            one = str_from_byte(one, 2);
        if (str_eq(one, etag))
            return true;
    }
    return false;
}
