#include "domain/roster/priv.h"

#include "base/utf8.h"
#include "roster.sql.h"
#include "text/text.h"

enum {
    SLOTS_N = 32768,       /* over twice ROSTER_ENTRIES_MAX */
    SUGGESTED_MAX = 3,     /* names offered for an unknown one */
    SUGGESTIONS_MAX = 200, /* unknown names for which that is done */
    NAME_CODES_MAX = 40,
};

struct known {
    struct str name;
    int32_t codes[NAME_CODES_MAX];
    int codes_n;
};

struct slot {
    struct str key;
    struct unit unit;
};

struct units {
    struct tx *tx;
    struct arena *arena;
    int64_t body_id;
    struct value day;
    struct str place; /* 益阳市, folded: what units put before their names */
    struct slot *slots;
    struct known *known; /* read with the first unknown name */
    int known_n, suggestions;
};

/* The place a body is of: 政协益阳市委员会, 益阳市政协 → 益阳市; 益阳市赫山区政协 → all before
 * 政协. */
static struct str place_of(struct str name)
{
    static const struct str fronts[] = {STR_INIT("中国人民政治协商会议"), STR_INIT("政协"),
                                        STR_INIT("中共")};
    static const struct str levels[] = {STR_INIT("省"), STR_INIT("市"), STR_INIT("县"),
                                        STR_INIT("区"), STR_INIT("州"), STR_INIT("旗"),
                                        STR_INIT("盟")};
    for (size_t i = 0; i < sizeof fronts / sizeof *fronts; i++)
        if (str_starts(name, fronts[i]))
            name = str_from_byte(name, fronts[i].len);
    struct str rest = name, place = {0};
    while (utf8_next(&rest) >= 0) {
        struct str head = str_head(name, name.len - rest.len);
        for (size_t i = 0; i < sizeof levels / sizeof *levels && utf8_count(head) > 1; i++)
            if (str_ends(head, levels[i]))
                place = head;
    }
    return place;
}

struct units *roster_units_open(struct tx *tx, const struct body_info *body, struct date today)
{
    struct arena *arena = tx_arena(tx);
    struct units *units = arena_new(arena, struct units, 1);
    *units = (struct units){.tx = tx,
                            .arena = arena,
                            .body_id = body->id,
                            .day = value_text(date_format(arena, today)),
                            .place = place_of(text_fold(arena, body->name)),
                            .slots = arena_new(arena, struct slot, SLOTS_N)};
    return units;
}

static struct slot *slot_of(struct units *units, struct str key)
{
    uint64_t at = str_hash(key);
    while (units->slots[at % SLOTS_N].key.len > 0 && !str_eq(units->slots[at % SLOTS_N].key, key))
        at++;
    return &units->slots[at % SLOTS_N];
}

/* --- what an unknown name could have meant --- */

static int codes_of(struct str name, int32_t *codes)
{
    int n = 0;
    for (int32_t code; n < NAME_CODES_MAX && (code = utf8_next(&name)) >= 0;)
        codes[n++] = code;
    return n;
}

static enum status read_known(struct units *units)
{
    struct rows rows;
    TRY(tx_run(units->tx, &SQL_roster_names, ARGS(value_int(units->body_id), units->day), &rows));
    units->known = arena_new(units->arena, struct known, rows.n + 1);
    for (int i = 0; i < rows.n; i++) {
        struct known *known = &units->known[i];
        known->name = value_str(rows_at(&rows, i, 1));
        known->codes_n = codes_of(text_fold(units->arena, known->name), known->codes);
    }
    units->known_n = rows.n;
    return OK;
}

static int least(int a, int b)
{
    return a < b ? a : b;
}

/* Characters to insert, drop or replace (Levenshtein). */
static int distance(const int32_t *a, int a_n, const int32_t *b, int b_n)
{
    int row[NAME_CODES_MAX + 1];
    for (int j = 0; j <= b_n; j++)
        row[j] = j;
    for (int i = 1; i <= a_n; i++) {
        int diagonal = row[0];
        row[0] = i;
        for (int j = 1; j <= b_n; j++) {
            int swap = diagonal + (a[i - 1] != b[j - 1]);
            diagonal = row[j];
            row[j] = least(swap, least(row[j], row[j - 1]) + 1);
        }
    }
    return row[b_n];
}

/* The nearest names, the best first, written 、 between. Those further than half are left out. */
static struct str suggest(struct units *units, struct str key)
{
    int32_t codes[NAME_CODES_MAX];
    int codes_n = codes_of(key, codes), n = 0;
    struct {
        int far, index;
    } best[SUGGESTED_MAX + 1];
    for (int i = 0; i < units->known_n; i++) {
        const struct known *known = &units->known[i];
        int far = distance(codes, codes_n, known->codes, known->codes_n);
        int at = n;
        if (far * 2 > (codes_n > known->codes_n ? codes_n : known->codes_n))
            continue;
        for (; at > 0 && best[at - 1].far > far; at--)
            best[at] = best[at - 1];
        best[at].far = far;
        best[at].index = i;
        n = least(n + 1, SUGGESTED_MAX);
    }
    struct str names[SUGGESTED_MAX];
    for (int i = 0; i < n; i++)
        names[i] = units->known[best[i].index].name;
    return str_join(units->arena, STR("、"), names, n);
}

static enum status explain_unknown(struct units *units, struct str key, struct str name,
                                   struct unit *unit)
{
    struct str near = {0};
    if (units->suggestions++ == 0)
        TRY(read_known(units));
    if (units->suggestions <= SUGGESTIONS_MAX)
        near = suggest(units, key);
    unit->fault = near.len ? str_fmt(units->arena, "名录里没有“%.*s”，是否应为：%.*s？",
                                     STR_ARG(name), STR_ARG(near))
                           : str_fmt(units->arena,
                                     "名录里没有“%.*s”，请按名录中的名称填写，或先登记这个单位。",
                                     STR_ARG(name));
    return OK;
}

/* --- by name, second name, alias --- */

static bool has_han(struct str s)
{
    for (int32_t code; (code = utf8_next(&s)) >= 0;)
        if (text_is_han(code))
            return true;
    return false;
}

/* The unit under a key; id 0 when there is none, a fault when there are several. */
static enum status find_key(struct units *units, struct str key, struct unit *unit)
{
    struct rows rows = {0};
    if (has_han(key)) /* else it would meet pinyin initials */
        TRY(tx_run(units->tx, &SQL_roster_unit_by_key,
                   ARGS(value_int(units->body_id), value_text(key), units->day), &rows));
    int found = rows.n == 1 ? 0 : -1, exact = 0;
    for (int i = 0; i < rows.n && rows.n > 1; i++)
        if (str_eq(text_fold(units->arena, value_str(rows_at(&rows, i, 1))), key)) {
            found = i;
            exact++;
        }
    if (rows.n == 0)
        return OK;
    if (found < 0 || exact > 1) {
        struct str names[4];
        for (int i = 0; i < rows.n; i++)
            names[i] = value_str(rows_at(&rows, i, 1));
        unit->fault = str_fmt(units->arena, "“%.*s”可以指几个单位：%.*s，请写全名。", STR_ARG(key),
                              STR_ARG(str_join(units->arena, STR("、"), names, rows.n)));
        return OK;
    }
    unit->name = value_str(rows_at(&rows, found, 1));
    if (value_i64(rows_at(&rows, found, 2)))
        unit->fault =
            str_fmt(units->arena, "“%.*s”不指明具体单位，请写其中哪一个单位，并先在名录里登记。",
                    STR_ARG(unit->name));
    else
        unit->id = value_i64(rows_at(&rows, found, 0));
    return OK;
}

/* 市住建局（市人防办） → 市住建局. */
static struct str without_bracket(struct str key)
{
    ptrdiff_t open = str_find(key, STR("("));
    return open > 0 && str_ends(key, STR(")")) ? str_head(key, (size_t)open) : STR("");
}

/* 益阳市教育局 → 市教育局. */
static struct str without_place(const struct units *units, struct str key)
{
    struct str place = units->place, level = place;
    if (place.len == 0 || !str_starts(key, place) || key.len == place.len)
        return STR("");
    while (utf8_count(level) > 1)
        (void)utf8_next(&level);
    return str_from_byte(key, place.len - level.len);
}

enum status roster_units_find(struct units *units, struct str name, struct unit *ret_unit)
{
    struct str key = text_fold(units->arena, name);
    struct slot *slot = slot_of(units, key);
    if (slot->key.len == 0 && key.len > 0) {
        struct str plain = without_bracket(key);
        const struct str forms[] = {key, without_place(units, key), plain,
                                    without_place(units, plain)};
        struct unit unit = {0};
        for (int i = 0; i < 4 && unit.id == 0 && unit.fault.len == 0; i++)
            if (forms[i].len > 0)
                TRY(find_key(units, forms[i], &unit));
        if (unit.id == 0 && unit.fault.len == 0)
            TRY(explain_unknown(units, key, name, &unit));
        *slot = (struct slot){key, unit};
    }
    *ret_unit = slot->unit;
    return OK;
}
