#include "engine/audit/pages.h"

#include "engine/flow/flow.h"

/* What an entry's values say, in the words of the forms. */

enum { LINE_RECORDS = 20 };

static const struct column change_columns[] = {
    {.key = "label", .kind = COLUMN_TEXT},
    {.key = "old", .kind = COLUMN_TEXT},
    {.key = "new", .kind = COLUMN_TEXT},
};
const struct shape shape_journal_change = {"changes", change_columns, 3};

struct str journal_label(struct arena *arena, const struct choice *choices, struct str word)
{
    for (; choices && choices->word; choices++)
        if (str_is(word, choices->word))
            return str_from(choices->label);
    return str_copy(arena, word);
}

const struct kind *journal_kind(const struct kind *const *kinds, struct str name)
{
    for (const struct kind *const *kind = kinds; *kind; kind++)
        if (str_is(name, (*kind)->name))
            return *kind;
    return NULL;
}

struct str journal_title(struct showing *showing, const struct kind *kind, int64_t id)
{
    struct record *record;
    struct call *call = showing->call;
    for (int i = 0; i < showing->names_n; i++)
        if (showing->names[i].kind == kind && showing->names[i].id == id)
            return showing->names[i].text;
    struct str text = id_format(call->arena, id);
    if (showing->names_n == NAMES_MAX)
        return text;
    int64_t body_id = kind->instance ? 0 : call->body.id;
    if (record_get(call->tx, kind, body_id, id, &record) == OK)
        text = record_title(call->arena, record);
    if (!showing->names)
        showing->names = arena_new(call->arena, struct journal_name, NAMES_MAX);
    showing->names[showing->names_n++] = (struct journal_name){kind, id, text};
    return text;
}

/* --- values as people read them --- */

static struct str value_text_of(struct showing *showing, const struct field *field,
                                struct str value);

/* 部件：木柄 2；铁钉 8 */
static struct str rows_text(struct showing *showing, const struct field *field, struct str value)
{
    struct arena *arena = showing->call->arena;
    struct str rest = value, element, all = {0};
    while (canon_element(&rest, &element)) {
        struct canon row;
        struct str one = {0};
        if (!canon_read(arena, element, &row))
            break;
        for (int i = 0; field->rows->fields[i].key; i++) {
            const struct field *column = &field->rows->fields[i];
            const struct canon_member *cell = canon_find(&row, str_from(column->key));
            if (cell)
                one = str_fmt(arena, "%.*s%s%.*s", STR_ARG(one), one.len ? " " : "",
                              STR_ARG(value_text_of(showing, column, cell->value)));
        }
        all = str_fmt(arena, "%.*s%s%.*s", STR_ARG(all), all.len ? "；" : "", STR_ARG(one));
    }
    return all;
}

static struct str value_text_of(struct showing *showing, const struct field *field,
                                struct str value)
{
    int64_t id;
    struct arena *arena = showing->call->arena;
    if (value.len == 0 || str_is(value, "null"))
        return (struct str){0};
    if (field && field->kind == FIELD_ROWS)
        return rows_text(showing, field, value);
    if (str_is(value, "true") || str_is(value, "false"))
        return str_is(value, "true") ? STR("是") : STR("否");
    struct str text = canon_text(arena, value);
    if (str_is(text, "9999-12-31") || str_is(text, "0001-01-01"))
        return STR("未定");
    if (field && field->kind == FIELD_REFERENCE)
        return id_parse(text, &id) ? journal_title(showing, field->to, id) : text;
    return field && field->kind == FIELD_CHOICE ? journal_label(arena, field->choices, text) : text;
}

/* What is no field of a kind: of every record, of accounts. */
static const struct choice other_labels[] = {{"position", "排列次序"}, {"start_date", "开始日期"},
                                             {"end_date", "结束日期"}, {"account", "帐号编号"},
                                             {"body", "本级组织编号"}, {"login", "登录名"},
                                             {"name", "姓名"},         {"organization", "单位编号"},
                                             {"role", "身份"},         {NULL, NULL}};

static struct str other_text(struct showing *showing, struct str key, struct str value)
{
    struct str text = value_text_of(showing, NULL, value);
    enum role role = str_is(key, "role") ? role_by_word(text) : ROLE_NONE;
    return role == ROLE_NONE ? text : str_from(role_label(role));
}

static void add_change(struct showing *showing, struct list *changes, const struct kind *kind,
                       int64_t id, struct str key, struct str old, struct str new)
{
    struct call *call = showing->call;
    int index = kind ? kind_field(kind, str_c(call->arena, key)) : -1;
    const struct field *field = index >= 0 ? &kind->fields[index] : NULL;
    struct value *row = list_add(call->arena, changes);
    row[0] =
        value_text(field ? str_from(field->label) : journal_label(call->arena, other_labels, key));
    if (!showing->contents || (field && field_is_masked(field, &call->viewer, NULL))) {
        row[1] = row[2] = MASKED_VALUE;
        return;
    }
    if (field && field->private)
        call_reads(call, kind->name, id, field->key);
    row[1] = value_text_or_null(field ? value_text_of(showing, field, old)
                                      : other_text(showing, key, old));
    row[2] = value_text_or_null(field ? value_text_of(showing, field, new)
                                      : other_text(showing, key, new));
}

/* What nobody filled in when a record was made: its place, ticks not set, days left open. */
static bool is_unsaid(struct arena *arena, struct str key, struct str value)
{
    static const char *const unset[] = {"9999-12-31", "0001-01-01", ""};
    if (str_is(value, "null") || str_is(value, "false") || str_is(value, "[]") ||
        str_is(key, "position"))
        return true;
    struct str text = str_starts(value, STR("\"")) ? canon_text(arena, value) : value;
    for (size_t i = 0; i < sizeof unset / sizeof *unset; i++)
        if (str_is(text, unset[i]))
            return true;
    return false;
}

static void add_member(struct showing *showing, struct list *changes, const struct kind *kind,
                       int64_t id, struct str key, const struct canon sides[2])
{
    const struct canon_member *old = canon_find(&sides[0], key), *new = canon_find(&sides[1], key);
    bool made = sides[0].n == 0 && new &&is_unsaid(showing->call->arena, key, new->value);
    if ((old || new) && !made)
        add_change(showing, changes, kind, id, key, old ? old->value : (struct str){0},
                   new ? new->value : (struct str){0});
}

/* In the order of the form; what is no field comes last. */
struct list *journal_changes(struct showing *showing, const struct kind *kind, int64_t id,
                             struct str before, struct str after)
{
    struct arena *arena = showing->call->arena;
    struct list *changes = list_new(arena, &shape_journal_change);
    struct canon sides[2] = {{0}};
    if ((before.len > 0 && !canon_read(arena, before, &sides[0])) ||
        (after.len > 0 && !canon_read(arena, after, &sides[1])))
        return changes;
    for (int i = 0; kind && kind->fields[i].key; i++)
        add_member(showing, changes, kind, id, str_from(kind->fields[i].key), sides);
    for (int side = 1; side >= 0; side--)
        for (int i = 0; i < sides[side].n; i++) {
            struct str key = sides[side].items[i].key;
            bool told = (kind && kind_field(kind, str_c(arena, key)) >= 0) ||
                        (side == 0 && canon_find(&sides[1], key));
            if (!told)
                add_member(showing, changes, kind, id, key, sides);
        }
    return changes;
}

struct str journal_line(struct arena *arena, const struct list *changes)
{
    struct str line = {0};
    for (int i = 0; i < changes->n; i++) {
        const struct value *row = list_row(changes, i);
        struct str old = value_str(row[1]), new = value_str(row[2]);
        line =
            str_fmt(arena, "%.*s%s%.*s", STR_ARG(line), i ? "；" : "", STR_ARG(value_str(row[0])));
        if (value_is_masked(row[1]) && value_is_masked(row[2]))
            continue;
        line = str_fmt(arena, "%.*s：%.*s%s%.*s", STR_ARG(line), STR_ARG(old), old.len ? " → " : "",
                       STR_ARG(new.len || !old.len ? new : STR("（空）")));
    }
    return line;
}

/* --- readings --- */

static struct str field_labels(struct arena *arena, const struct kind *kind, struct str keys)
{
    struct str key, all = {0};
    while (canon_element(&keys, &key)) {
        struct str word = canon_text(arena, key);
        int index = kind ? kind_field(kind, str_c(arena, word)) : -1;
        const char *label = index >= 0 ? kind->fields[index].label : NULL;
        all = str_fmt(arena, "%.*s%s%.*s", STR_ARG(all), all.len ? "、" : "",
                      STR_ARG(label ? str_from(label) : word));
    }
    return all;
}

static struct str record_names(struct showing *showing, const struct kind *kind, struct str ids,
                               int64_t more)
{
    struct arena *arena = showing->call->arena;
    struct str element, all = {0};
    int64_t n = 0, id;
    for (; canon_element(&ids, &element); n++) {
        struct str number = canon_text(arena, element);
        if (!kind || !showing->contents || n >= LINE_RECORDS || !id_parse(number, &id))
            continue;
        all = str_fmt(arena, "%.*s%s%.*s", STR_ARG(all), all.len ? "、" : "：",
                      STR_ARG(journal_title(showing, kind, id)));
    }
    n += more;
    return n == 0 ? all
                  : str_fmt(arena, "%lld 条%.*s%s", (long long)n, STR_ARG(all),
                            all.len && n > LINE_RECORDS ? "等" : "");
}

static struct str member_of(const struct canon *told, const char *key)
{
    const struct canon_member *member = canon_find(told, str_from(key));
    return member ? member->value : (struct str){0};
}

struct str journal_reading(struct showing *showing, const struct kind *kind, int64_t id,
                           struct str told)
{
    struct arena *arena = showing->call->arena;
    struct canon values;
    int64_t more = 0;
    if (told.len == 0 || !canon_read(arena, told, &values))
        return (struct str){0};
    (void)str_to_int(member_of(&values, "more"), &more);
    struct str parts[] = {
        field_labels(arena, kind, member_of(&values, "fields")),
        id ? (struct str){0} : record_names(showing, kind, member_of(&values, "records"), more),
        canon_text(arena, member_of(&values, "path")),
    };
    struct str line = {0};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (parts[i].len > 0)
            line = str_fmt(arena, "%.*s%s%.*s", STR_ARG(line), line.len ? "；" : "",
                           STR_ARG(parts[i]));
    return line;
}

struct str journal_behalf(const struct showing *showing, struct str party, struct str means,
                          struct str remark)
{
    struct arena *arena = showing->call->arena;
    struct str way = means.len ? journal_label(arena, flow_means, means) : means;
    if (party.len == 0)
        return party;
    if (!showing->contents)
        return way;
    return str_fmt(arena, "%.*s%s%.*s%s%.*s", STR_ARG(party), way.len ? "，" : "", STR_ARG(way),
                   remark.len ? "，" : "", STR_ARG(remark));
}
