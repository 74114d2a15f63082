#include "engine/record/priv.h"

#include "base/utf8.h"

enum { ROWS_MAX = 200 };

struct input {
    struct call *call;
    const struct record *old; /* NULL: a new one is being made */
    struct field_faults *faults;
};

/* What came under a name: a form sends a tick behind the 0 that stands for its absence, a flattened
 * JSON body sends members as name.member. */
struct sent {
    int values;
    struct str first, last;
    bool nested;
};

static struct sent sent_of(const struct call *call, const char *key)
{
    const struct request *request = call->request;
    size_t len = strlen(key);
    struct sent sent = {0};
    for (int i = 0; i < request->form_n; i++) {
        struct str name = request->form[i].name;
        if (name.len < len || memcmp(name.ptr, key, len) != 0)
            continue;
        sent.nested = sent.nested || (name.len > len && name.ptr[len] == '.');
        if (name.len != len)
            continue;
        if (sent.values++ == 0)
            sent.first = request->form[i].value;
        sent.last = request->form[i].value;
    }
    return sent;
}

struct str form_typed(const struct call *call, const struct field *field)
{
    struct sent sent = sent_of(call, field->key);
    return field->kind == FIELD_FLAG ? sent.last : sent.first;
}

static void fault_at(struct input *input, const char *key, struct str message)
{
    *arena_push(input->call->arena, input->faults->items, input->faults->n, input->faults->room) =
        (struct field_fault){key, message};
}

#define FAULT_AT(input, key, ...)                                                                  \
    fault_at((input), (key), str_fmt((input)->call->arena, __VA_ARGS__))

bool choice_has(const struct choice *choices, struct str word)
{
    for (; choices->word; choices++)
        if (str_is(word, choices->word))
            return true;
    return false;
}

static struct value read_text(struct input *input, const char *key, const struct field *field,
                              struct str text)
{
    int max = field_max(field);
    int count = utf8_count(text);
    if (count > max)
        FAULT_AT(input, key, "“%s”最多 %d 个字，现在有 %d 个，请删减。", field->label, max, count);
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c < 0x20 &&
            !(field->kind == FIELD_LONG_TEXT && (c == '\n' || c == '\r' || c == '\t'))) {
            FAULT_AT(input, key, "“%s”里有不可见的控制字符，请重新输入。", field->label);
            break;
        }
    }
    return value_text(text);
}

static struct value read_int(struct input *input, const char *key, const struct field *field,
                             struct str text)
{
    int64_t number = 0;
    if (!str_to_int(text, &number))
        FAULT_AT(input, key, "“%s”应填整数，例如 2。", field->label);
    else if ((field->low || field->high) && (number < field->low || number > field->high))
        FAULT_AT(input, key, "“%s”应在 %lld 至 %lld 之间。", field->label, (long long)field->low,
                 (long long)field->high);
    return value_int(number);
}

static struct value read_flag(struct input *input, const char *key, const struct field *field,
                              struct str text)
{
    bool on = str_is(text, "1") || str_is(text, "true") || str_is(text, "on");
    if (!on && !str_is(text, "0") && !str_is(text, "false") && !str_is(text, "off"))
        FAULT_AT(input, key, "“%s”只能填 1（是）或 0（否）。", field->label);
    return value_int(on);
}

static struct value read_date(struct input *input, const char *key, const char *label,
                              struct str text)
{
    struct date date;
    if (!date_parse(text, &date))
        FAULT_AT(input, key, "“%s”应填实际存在的日期，例如 2022-01-24。", label);
    return value_text(text);
}

/* A form shows a reference by its name: sent back unchanged it means what it meant, be the name
 * another's, too, or no longer in use. */
static bool is_unchanged(const struct input *input, const struct field *field, struct str text,
                         struct value *ret_value)
{
    int index = input->old ? kind_field(input->old->kind, field->key) : -1;
    if (index < 0 || !str_eq(text, value_str(input->old->labels[index])))
        return false;
    *ret_value = input->old->values[index];
    return true;
}

/* By id, or by exact name; what it could be is said when it is neither. */
static struct value read_reference(struct input *input, const char *key, const struct field *field,
                                   struct str text)
{
    struct call *call = input->call;
    int64_t id;
    struct record *found;
    struct value same;
    if (is_unchanged(input, field, text, &same))
        return same;
    int64_t body_id = field->to->instance ? 0 : call->body.id;
    if (id_parse(text, &id) && record_get(call->tx, field->to, body_id, id, &found) == OK)
        return value_int(id);
    struct named *named;
    int n;
    if (record_by_title(call->tx, field->to, body_id, text, call->today, &named, &n) != OK)
        n = 0;
    if (n == 1)
        return value_int(named[0].id);
    if (n == 0)
        FAULT_AT(input, key, "没有名为“%.*s”的%s，请从提示的名称中选取，或先登记。", STR_ARG(text),
                 field->to->label);
    else
        FAULT_AT(input, key,
                 "有 %d 个同名的“%.*s”，请打开要选的那一个，把页面地址末尾的编号填在这里。", n,
                 STR_ARG(text));
    return NULL_VALUE;
}

static struct value read_value(struct input *input, const char *key, const struct field *field,
                               struct str text)
{
    if (text.len == 0) {
        if (field->required)
            FAULT_AT(input, key, "请填写“%s”。", field->label);
        return NULL_VALUE;
    }
    switch (field->kind) {
    case FIELD_TEXT:
    case FIELD_LONG_TEXT:
        return read_text(input, key, field, text);
    case FIELD_INT:
        return read_int(input, key, field, text);
    case FIELD_FLAG:
        return read_flag(input, key, field, text);
    case FIELD_DATE:
        return read_date(input, key, field->label, text);
    case FIELD_CHOICE:
        if (!choice_has(field->choices, text))
            FAULT_AT(input, key, "“%s”没有“%.*s”这一项，请从列出的选项中选择。", field->label,
                     STR_ARG(text));
        return value_text(text);
    case FIELD_REFERENCE:
        return read_reference(input, key, field, text);
    default:
        return NULL_VALUE;
    }
}

static void fault_rows(struct input *input, const struct field *field)
{
    FAULT_AT(input, field->key, "“%s”最多 %d 行，请删减。", field->label, ROWS_MAX);
}

/* Rows of one column come as lines, of one text or of several, others as key.0.column … */
static struct record_rows read_lines(struct input *input, const struct field *field)
{
    const struct request *request = input->call->request;
    struct value *cells = NULL;
    int n = 0, room = 0;
    for (int i = 0; i < request->form_n; i++) {
        struct str text = request->form[i].value;
        while (str_is(request->form[i].name, field->key) && text.len > 0 && n <= ROWS_MAX) {
            struct str line = str_trim(str_line(&text));
            if (line.len > 0)
                *arena_push(input->call->arena, cells, n, room) =
                    read_value(input, field->key, &field->rows->fields[0], line);
        }
    }
    if (n > ROWS_MAX)
        fault_rows(input, field);
    return (struct record_rows){cells, n};
}

bool row_is_sent(const struct call *call, const struct field *field, int row, bool *ret_filled)
{
    bool sent = false;
    *ret_filled = false;
    for (const struct field *column = field->rows->fields; column->key; column++) {
        struct str name = str_fmt(call->arena, "%s.%d.%s", field->key, row, column->key);
        sent = sent || call_has_form(call, name.ptr);
        *ret_filled = *ret_filled || str_trim(call_form(call, name.ptr)).len > 0;
    }
    return sent;
}

static struct record_rows read_rows(struct input *input, const struct field *field)
{
    struct call *call = input->call;
    int columns = row_table_fields_n(field->rows), n = 0;
    struct value *cells = arena_new(call->arena, struct value, columns * ROWS_MAX);
    bool filled;
    for (int row = 0; row_is_sent(call, field, row, &filled); row++) {
        if (!filled)
            continue;
        if (n == ROWS_MAX) {
            fault_rows(input, field);
            break;
        }
        for (int c = 0; c < columns; c++) {
            const struct field *column = &field->rows->fields[c];
            struct str name = str_fmt(call->arena, "%s.%d.%s", field->key, row, column->key);
            cells[n * columns + c] =
                read_value(input, name.ptr, column, str_trim(call_form(call, name.ptr)));
        }
        n++;
    }
    return (struct record_rows){cells, n};
}

static void read_rows_field(struct input *input, struct record *record, int index)
{
    const struct field *field = &record->kind->fields[index];
    bool as_lines = call_has_form(input->call, field->key), filled;
    if (!as_lines && !row_is_sent(input->call, field, 0, &filled))
        return;
    record->rows[index] = as_lines ? read_lines(input, field) : read_rows(input, field);
    record->given[index] = true;
}

/* One value of a field, however it was sent; references also as objects with an id. */
static struct str one_value(struct input *input, const struct field *field, struct sent *sent)
{
    struct call *call = input->call;
    if (sent->nested && sent->values == 0 && field->kind == FIELD_REFERENCE) {
        struct str name = str_fmt(call->arena, "%s.id", field->key);
        if (call_has_form(call, name.ptr)) {
            sent->values = 1;
            return call_form(call, name.ptr);
        }
    }
    if (sent->nested || (sent->values > 1 && field->kind != FIELD_FLAG))
        FAULT_AT(input, field->key, "“%s”应是一个值，不能是对象或列表。", field->label);
    return field->kind == FIELD_FLAG ? sent->last : sent->first;
}

static void read_field(struct input *input, struct record *record, int index)
{
    const struct field *field = &record->kind->fields[index];
    if (field->kind == FIELD_KEY || field->hidden || field->by_step || (field->fixed && input->old))
        return;
    if (field->state) {
        bool same = input->old && str_eq(call_form(input->call, field->key),
                                         value_str(input->old->values[index]));
        if (call_has_form(input->call, field->key) && !same)
            FAULT_AT(input, field->key,
                     "“%s”只随办理步骤改变，不能直接填写，请在记录页选择相应的操作。",
                     field->label);
        return;
    }
    if (field->kind == FIELD_ROWS) {
        read_rows_field(input, record, index);
        return;
    }
    struct sent sent = sent_of(input->call, field->key);
    int faults = input->faults->n;
    struct str text = one_value(input, field, &sent);
    if (input->faults->n > faults || (input->old && sent.values == 0))
        return;
    record->values[index] = read_value(input, field->key, field, str_trim(text));
    record->given[index] = true;
}

static void refuse_dates(struct input *input, const char *key, struct str sent, struct str old)
{
    bool open = str_is(old, "9999-12-31") || str_is(old, "0001-01-01");
    if (call_has_form(input->call, key) && !str_eq(sent, open ? STR("") : old))
        FAULT_AT(input, key, "%s的起止日期只随办理步骤改变，请在记录页选择相应的操作。",
                 input->old->kind->label);
}

/* A day that was not sent stays. */
static void read_dates(struct input *input, struct record *record)
{
    struct call *call = input->call;
    const struct record *old = input->old;
    bool start_sent = call_has_form(call, "start_date"), end_sent = call_has_form(call, "end_date");
    if (!record->kind->dated || (!start_sent && !end_sent))
        return;
    struct str start = str_trim(call_form(call, "start_date"));
    struct str end = str_trim(call_form(call, "end_date"));
    if (record->kind->dates_by_step && old) {
        refuse_dates(input, "start_date", start, old->start_date);
        refuse_dates(input, "end_date", end, old->end_date);
        return;
    }
    if (start.len)
        read_date(input, "start_date", "开始日期", start);
    if (end.len)
        read_date(input, "end_date", "结束日期", end);
    if (!start_sent && old)
        start = old->start_date;
    if (!end_sent && old)
        end = old->end_date;
    if (start.len && end.len && str_cmp(start, end) > 0)
        FAULT_AT(input, end_sent ? "end_date" : "start_date",
                 "“结束日期”早于“开始日期”，请改正其中一个。");
    record->start_date = start;
    record->end_date = end;
    record->dates_given = true;
}

static void read_position(struct input *input, struct record *record)
{
    static const struct field position = {
        .key = "position", .label = "排列顺序", .kind = FIELD_INT, .low = 1, .high = 100000000};
    struct str text = str_trim(call_form(input->call, "position"));
    if (!record->kind->ordered || text.len == 0)
        return;
    record->position = value_i64(read_int(input, "position", &position, text));
    record->position_given = true;
}

enum status record_from_form(struct call *call, const struct kind *kind, const struct record *old,
                             struct record **ret_record, struct field_faults *faults)
{
    struct input input = {call, old, faults};
    struct record *record = record_new(call->arena, kind);
    record->body_id = kind->instance ? 0 : call->body.id;
    for (int i = 0; kind->fields[i].key; i++)
        read_field(&input, record, i);
    read_dates(&input, record);
    read_position(&input, record);
    *ret_record = record;
    return faults->n > 0 ? INVALID : OK;
}

static void check_lines(struct input *input, const struct field *field, struct str text)
{
    int n = 0;
    while (text.len > 0) {
        struct str line = str_trim(str_line(&text));
        if (line.len > 0 && n++ < ROWS_MAX)
            read_value(input, field->key, &field->rows->fields[0], line);
    }
    if (n > ROWS_MAX)
        fault_rows(input, field);
}

enum status field_check(struct call *call, const struct kind *kind, const char *field,
                        const char *key, struct str text)
{
    const struct field *of = &kind->fields[kind_field(kind, field)];
    struct field_faults faults = {0};
    struct input input = {call, NULL, &faults};
    if (of->kind == FIELD_ROWS)
        check_lines(&input, of, text);
    else
        read_value(&input, key, of, str_trim(text));
    if (faults.n == 0)
        return OK;
    return call_refuse(call, INVALID, key, "%.*s", STR_ARG(faults.items[0].message));
}
