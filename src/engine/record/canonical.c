#include "engine/record/priv.h"

#include "base/json_put.h"
#include "store/journal.h"

/*
 * A record as canonical JSON (proof/entry.h): one object, members in byte order of their keys, no
 * blanks. What is not said is left out; what a change took away stands as null. Fields that the
 * program makes from the others are left out: they can be made again.
 */

enum { CANONICAL_CAP = 16 << 20, MEMBERS_MAX = KIND_FIELDS_MAX + 3 };

enum { MEMBER_POSITION = -1, MEMBER_START = -2, MEMBER_END = -3 };
struct member {
    const char *key;
    int index; /* of the field, or one of the above */
};

static void add_member(struct member *members, int *n, const char *key, int index)
{
    int at = (*n)++;
    for (; at > 0 && strcmp(members[at - 1].key, key) > 0; at--)
        members[at] = members[at - 1];
    members[at] = (struct member){key, index};
}

static int find_members(const struct kind *kind, struct member *members)
{
    int n = 0;
    for (int i = 0; kind->fields[i].key; i++)
        if (kind->fields[i].kind != FIELD_KEY)
            add_member(members, &n, kind->fields[i].key, i);
    if (kind->ordered)
        add_member(members, &n, "position", MEMBER_POSITION);
    if (kind->dated) {
        add_member(members, &n, "start_date", MEMBER_START);
        add_member(members, &n, "end_date", MEMBER_END);
    }
    return n;
}

static void put_value(struct json *json, const struct field *field, struct value value)
{
    char id[ID_TEXT_LEN];
    if (value.kind == VALUE_NULL) {
        json_null(json);
    } else if (field->kind == FIELD_FLAG) {
        json_bool(json, value_i64(value) != 0);
    } else if (field->kind == FIELD_REFERENCE) {
        id_format_to(value_i64(value), id);
        json_str(json, (struct str){id, sizeof id});
    } else if (value.kind == VALUE_INT) {
        json_int(json, value_i64(value));
    } else {
        json_str(json, value_str(value));
    }
}

/* As the database will have it; null where there is nothing to tell. */
static struct value told_value(const struct field *field, struct value value)
{
    value = stored_value(field, value);
    bool empty = value.kind == VALUE_TEXT && value.s.len == 0;
    bool nobody = field->kind == FIELD_REFERENCE && value.kind == VALUE_INT && value.i == 0;
    return empty || nobody ? NULL_VALUE : value;
}

static void put_row(struct json *json, const struct field *fields, int columns,
                    const struct value *cells)
{
    struct member members[MEMBERS_MAX];
    int n = 0;
    for (int i = 0; i < columns; i++)
        add_member(members, &n, fields[i].key, i);
    json_begin(json, '{');
    for (int i = 0; i < n; i++) {
        int at = members[i].index;
        struct value value = told_value(&fields[at], cells[at]);
        if (value.kind == VALUE_NULL)
            continue;
        json_key(json, members[i].key);
        put_value(json, &fields[at], value);
    }
    json_end(json, '}');
}

static void put_rows(struct json *json, const struct row_table *table,
                     const struct record_rows *rows)
{
    int columns = row_table_fields_n(table);
    json_begin(json, '[');
    for (int r = 0; r < rows->n; r++)
        put_row(json, table->fields, columns, rows->cells + (size_t)r * columns);
    json_end(json, ']');
}

static struct value common_value(const struct record *record, int member)
{
    if (member == MEMBER_POSITION)
        return value_int(record->position);
    struct str date = member == MEMBER_START ? record->start_date : record->end_date;
    return value_text(date.len                 ? date
                      : member == MEMBER_START ? STR("0001-01-01")
                                               : STR("9999-12-31"));
}

static struct value member_value(const struct record *record, int member)
{
    if (member < 0)
        return common_value(record, member);
    return told_value(&record->kind->fields[member], record->values[member]);
}

static bool is_rows(const struct record *record, int member)
{
    return member >= 0 && record->kind->fields[member].kind == FIELD_ROWS;
}

static bool is_nothing(const struct record *record, int member)
{
    return is_rows(record, member) ? record->rows[member].n == 0
                                   : member_value(record, member).kind == VALUE_NULL;
}

static bool same_rows(const struct row_table *table, const struct record_rows *a,
                      const struct record_rows *b)
{
    int columns = row_table_fields_n(table);
    if (a->n != b->n)
        return false;
    for (int i = 0; i < a->n * columns; i++) {
        const struct field *field = &table->fields[i % columns];
        if (!value_eq(told_value(field, a->cells[i]), told_value(field, b->cells[i])))
            return false;
    }
    return true;
}

static bool is_same(const struct record *a, const struct record *b, int member)
{
    if (is_rows(a, member))
        return same_rows(a->kind->fields[member].rows, &a->rows[member], &b->rows[member]);
    return value_eq(member_value(a, member), member_value(b, member));
}

static void put_member(struct json *json, const struct record *record, const struct member *member)
{
    static const struct field plain = {.kind = FIELD_TEXT};
    int at = member->index;
    const struct field *field = at >= 0 ? &record->kind->fields[at] : &plain;
    json_key(json, member->key);
    if (is_nothing(record, at))
        json_null(json);
    else if (is_rows(record, at))
        put_rows(json, field->rows, &record->rows[at]);
    else
        put_value(json, field, member_value(record, at));
}

void record_canonical(struct buf *to, const struct record *record, const struct record *than)
{
    struct member members[MEMBERS_MAX];
    struct json json = json_open(to);
    int n = find_members(record->kind, members);
    json_begin(&json, '{');
    for (int i = 0; i < n; i++) {
        bool told =
            than ? !is_same(record, than, members[i].index) : !is_nothing(record, members[i].index);
        if (told)
            put_member(&json, record, &members[i]);
    }
    json_end(&json, '}');
}

enum status record_journal(struct tx *tx, const struct record *record, const struct record *old,
                           struct fault *fault)
{
    AUTOBUF before = buf_open(CANONICAL_CAP), after = buf_open(CANONICAL_CAP);
    if (old)
        record_canonical(&before, old, record);
    record_canonical(&after, record, old);
    if (before.full || after.full)
        return refuse(tx_arena(tx), fault, INVALID, NULL,
                      "“%.*s”的内容过长，无法保存，请分成几条。",
                      STR_ARG(record_title(tx_arena(tx), record)));
    struct journal_change change = {
        .body_id = record->body_id,
        .chain = CHAIN_CHANGES,
        .kind = record->kind->name,
        .id = record->id,
        .deed = old ? "change" : "add",
        .old = buf_str(&before),
        .new = buf_str(&after),
    };
    return tx_journal(tx, &change);
}
