#include "base/utf8.h"
#include "engine/scheme/yaml_bind.h"

/* One value of the file on its way into one field. */
struct slot {
    struct binding *binding;
    const struct scheme_field *field;
    void *record;
    const struct node *node;
};

static void bind_record(struct binding *binding, const struct scheme_record *shape,
                        const struct node *node, void *record);

/* What was found, short enough for a sentence. */
static struct str shown(struct slot slot)
{
    struct arena *arena = slot.binding->arena;
    if (slot.node->kind == NODE_NOTHING || (slot.node->kind == NODE_LIST && slot.node->n == 0))
        return STR("空");
    if (slot.node->kind == NODE_LIST)
        return STR("一个列表");
    if (slot.node->kind == NODE_MAP)
        return STR("一组键");
    struct str rest = slot.node->text;
    struct str head = utf8_head(str_line(&rest), 40);
    return str_fmt(arena, "“%.*s%s”", STR_ARG(head), head.len < slot.node->text.len ? "…" : "");
}

static void expected(struct slot slot, const char *what)
{
    struct str found = shown(slot);
    bind_error(slot.binding, slot.node, "“%s”（%s）应为%s，现为%.*s", slot.field->key,
               slot.field->label, what, STR_ARG(found));
}

/* Text of a scalar that is there, of a bearable length; false when refused. */
static bool take_text(struct slot slot, struct str *ret_text)
{
    if (slot.node->kind != NODE_TEXT) {
        expected(slot, "文字");
        return false;
    }
    struct str text = slot.node->text;
    int most = slot.field->rules & RULE_LONG ? FIELD_LONG_MAX : FIELD_SHORT_MAX;
    if (text.len == 0) {
        bind_error(slot.binding, slot.node, "“%s”（%s）是空的，不需要就删去这一行", slot.field->key,
                   slot.field->label);
        return false;
    }
    if (utf8_count(text) > most) {
        bind_error(slot.binding, slot.node, "“%s”（%s）最多%d字，现为%d字", slot.field->key,
                   slot.field->label, most, utf8_count(text));
        return false;
    }
    if (!utf8_is_valid(text) || memchr(text.ptr, '\0', text.len)) {
        bind_error(slot.binding, slot.node, "“%s”（%s）里有不能用的字符，请删去", slot.field->key,
                   slot.field->label);
        return false;
    }
    *ret_text = text;
    return true;
}

static bool take_checked_text(struct slot slot, struct str *ret_text)
{
    struct str text;
    if (!take_text(slot, &text))
        return false;
    if ((slot.field->rules & RULE_SLUG) && !scheme_is_slug(text)) {
        expected(slot, "小写字母、数字和短横（最多40个）");
        return false;
    }
    if (slot.field->rules & RULE_UNIQUE)
        note(slot.binding, &slot.binding->ids, text, slot.node);
    if (slot.field->rules & RULE_PARTY_NAME)
        note(slot.binding, &slot.binding->names, text, slot.node);
    if (slot.field->rules & RULE_REFERENCE)
        note(slot.binding, &slot.binding->references, text, slot.node);
    *ret_text = text;
    return true;
}

static void bind_text(struct slot slot)
{
    struct str text;
    if (take_checked_text(slot, &text))
        *(struct str *)field_at(slot.field, slot.record) = text;
}

static void bind_code(struct slot slot)
{
    struct str text;
    if (!take_text(slot, &text))
        return;
    if (scheme_is_slug(text))
        *(const char **)field_at(slot.field, slot.record) = str_c(slot.binding->arena, text);
    else
        expected(slot, "小写字母和短横写的代号");
}

/* The words that are allowed, each with its meaning: must（应）、may（可）. */
static void refuse_word(struct slot slot, struct str word)
{
    if (errors_are_full(slot.binding->errors))
        return;
    struct arena *arena = slot.binding->arena;
    int n = *slot.field->words_n;
    const char **words = arena_new(arena, const char *, n);
    struct str *parts = arena_new(arena, struct str, n);
    int parts_n = 0;
    for (int i = 0; i < n; i++) {
        const struct word *known = &slot.field->words[i];
        words[i] = known->word;
        if (*known->word)
            parts[parts_n++] = str_fmt(arena, "%s（%s）", known->word, known->label);
    }
    struct str near = nearest_word(arena, word, words, n);
    struct str list = str_join(arena, STR("、"), parts, parts_n), found = shown(slot);
    bind_error(slot.binding, slot.node, "“%s”（%s）不能是%.*s%.*s，可用的是：%.*s", slot.field->key,
               slot.field->label, STR_ARG(found), STR_ARG(near), STR_ARG(list));
}

static void bind_word(struct slot slot)
{
    struct str text;
    if (!take_text(slot, &text))
        return;
    int index = word_find(slot.field->words, *slot.field->words_n, text);
    if (index < 0)
        refuse_word(slot, text);
    else if (slot.field->kind == FIELD_WORD)
        *(int *)field_at(slot.field, slot.record) = index;
    else
        *(struct str *)field_at(slot.field, slot.record) = text;
}

static void bind_flag(struct slot slot)
{
    bool yes = str_is(slot.node->text, "true"), no = str_is(slot.node->text, "false");
    if (slot.node->kind == NODE_TEXT && slot.node->plain && (yes || no))
        *(bool *)field_at(slot.field, slot.record) = yes;
    else
        expected(slot, " true 或 false");
}

static void bind_number(struct slot slot)
{
    int64_t value;
    const struct scheme_field *field = slot.field;
    if (slot.node->kind == NODE_TEXT && slot.node->plain && str_to_int(slot.node->text, &value) &&
        value >= field->least && value <= field->most) {
        *(int *)field_at(field, slot.record) = (int)value;
        return;
    }
    struct str range = str_fmt(slot.binding->arena, "%d到%d的整数", field->least, field->most);
    expected(slot, str_c(slot.binding->arena, range));
}

static bool is_shaped(struct str text, const char *shape)
{
    if (text.len != strlen(shape))
        return false;
    for (size_t i = 0; i < text.len; i++)
        if (shape[i] == '-' ? text.ptr[i] != '-' : text.ptr[i] < '0' || text.ptr[i] > '9')
            return false;
    return true;
}

static void bind_date(struct slot slot)
{
    struct date date;
    if (slot.node->kind != NODE_TEXT || !is_shaped(slot.node->text, "0000-00-00"))
        expected(slot, "2022-01-24这样的日期");
    else if (!date_parse(slot.node->text, &date))
        bind_error(slot.binding, slot.node, "“%s”（%s）中的%.*s不是存在的日期", slot.field->key,
                   slot.field->label, STR_ARG(slot.node->text));
    else
        *(struct date *)field_at(slot.field, slot.record) = date;
}

static void bind_month_day(struct slot slot)
{
    struct str text = slot.node->text;
    if (slot.node->kind != NODE_TEXT || !is_shaped(text, "00-00")) {
        expected(slot, "03-31这样的月和日");
        return;
    }
    int month = (text.ptr[0] - '0') * 10 + text.ptr[1] - '0';
    int day = (text.ptr[3] - '0') * 10 + text.ptr[4] - '0';
    enum { A_LEAP_YEAR = 2000 };
    if (month < 1 || month > 12 || day < 1 || day > days_in_month(A_LEAP_YEAR, month)) {
        bind_error(slot.binding, slot.node, "“%s”（%s）中的%.*s不是存在的日子", slot.field->key,
                   slot.field->label, STR_ARG(text));
        return;
    }
    struct month_day *to = field_at(slot.field, slot.record);
    to->month = month;
    to->day = day;
}

static void bind_texts(struct slot slot)
{
    if (slot.node->kind != NODE_LIST) {
        expected(slot, "列表，如 [甲, 乙]");
        return;
    }
    struct str_list list = {.room = slot.node->n};
    list.items = arena_new(slot.binding->arena, struct str, list.room);
    for (const struct node *entry = slot.node->first; entry; entry = entry->next) {
        struct slot one = {slot.binding, slot.field, slot.record, entry};
        struct str text;
        if (entry->kind == NODE_REFUSED)
            continue;
        if (entry->kind == NODE_NOTHING)
            bind_error(slot.binding, entry, "“%s”（%s）的列表里有一项是空的，请删去",
                       slot.field->key, slot.field->label);
        else if (take_checked_text(one, &text))
            list.items[list.n++] = text;
    }
    *(struct str_list *)field_at(slot.field, slot.record) = list;
}

/* A party is its name, or a map. */
static void bind_party(struct slot slot, struct scheme_party *party, bool is_from)
{
    const struct scheme_field *name = &slot.field->record->fields[0];
    record_clear(slot.field->record, party);
    *(int *)&party->class = CLASS_NOT_SAID;
    party->line = LINE_NOT_SAID;
    note_party(slot.binding, party, slot.record, is_from, slot.node);
    if (slot.node->kind == NODE_TEXT)
        bind_text((struct slot){slot.binding, name, party, slot.node});
    else if (slot.node->kind == NODE_MAP)
        bind_record(slot.binding, slot.field->record, slot.node, party);
    else if (slot.node->kind != NODE_REFUSED)
        expected(slot, "单位名称，或一组键");
}

static void bind_parties(struct slot slot)
{
    struct scheme_link *link = slot.record;
    if (slot.node->kind != NODE_LIST || slot.node->n == 0) {
        expected(slot, "至少有一个单位的列表");
        return;
    }
    link->to_room = slot.node->n;
    link->to = arena_new(slot.binding->arena, struct scheme_party, link->to_room);
    for (const struct node *entry = slot.node->first; entry; entry = entry->next)
        bind_party((struct slot){slot.binding, slot.field, link, entry}, &link->to[link->to_n++],
                   false);
    check_link_names(slot.binding, link->to, link->to_n, slot.node);
}

static void bind_records(struct slot slot)
{
    const struct scheme_record *shape = slot.field->record;
    if (slot.node->kind != NODE_LIST) {
        expected(slot, "列表，每一项以“- ”开头");
        return;
    }
    int n = slot.node->n, at = 0;
    struct noted_list outer_ids = slot.binding->ids;
    slot.binding->ids = (struct noted_list){0};
    char *items = arena_alloc_array(slot.binding->arena, shape->size, (size_t)n);
    for (const struct node *entry = slot.node->first; entry; entry = entry->next, at++) {
        void *record = items + (size_t)at * shape->size;
        record_clear(shape, record);
        if (entry->kind == NODE_MAP)
            bind_record(slot.binding, shape, entry, record);
        else if (entry->kind != NODE_REFUSED)
            expected((struct slot){slot.binding, slot.field, slot.record, entry}, "一组键");
    }
    check_twice(slot.binding, &slot.binding->ids, "编号");
    slot.binding->ids = outer_ids;
    memcpy(field_at(slot.field, slot.record), &items, sizeof items);
    *(int *)((char *)slot.record + slot.field->offset_n) = n;
    *(int *)((char *)slot.record + slot.field->offset_room) = n;
}

static void bind_group(struct slot slot)
{
    if (slot.node->kind == NODE_MAP)
        bind_record(slot.binding, slot.field->record, slot.node, field_at(slot.field, slot.record));
    else
        expected(slot, "一组键");
}

static void bind_field(struct slot slot)
{
    if (slot.node->kind == NODE_REFUSED)
        return;
    if (slot.node->kind == NODE_NOTHING) {
        bind_error(slot.binding, slot.node, "“%s”（%s）后面没有内容，不需要就删去这一行",
                   slot.field->key, slot.field->label);
        return;
    }
    static void (*const binders[])(struct slot) = {
        [FIELD_TEXT] = bind_text,       [FIELD_CODE] = bind_code,
        [FIELD_VOCABULARY] = bind_word, [FIELD_WORD] = bind_word,
        [FIELD_FLAG] = bind_flag,       [FIELD_NUMBER] = bind_number,
        [FIELD_DATE] = bind_date,       [FIELD_MONTH_DAY] = bind_month_day,
        [FIELD_TEXTS] = bind_texts,     [FIELD_RECORD] = bind_group,
        [FIELD_RECORDS] = bind_records, [FIELD_PARTIES] = bind_parties,
    };
    if (slot.field->kind == FIELD_PARTY)
        bind_party(slot, field_at(slot.field, slot.record), true);
    else
        binders[slot.field->kind](slot);
}

/* Somebody wrote 标题 where title belongs. */
static const char *key_of_label(const struct scheme_record *shape, struct str label)
{
    for (int i = 0; i < shape->fields_n; i++)
        if (str_is(label, shape->fields[i].label))
            return shape->fields[i].key;
    return NULL;
}

static void refuse_key(struct binding *binding, const struct scheme_record *shape,
                       const struct node *key)
{
    if (key->kind == NODE_REFUSED || errors_are_full(binding->errors))
        return;
    const char *meant = key_of_label(shape, key->text);
    struct str head = utf8_head(key->text, 40);
    if (str_is(key->text, "<<")) {
        bind_error(binding, key, "方案文件不用合并键（<<），请直接写出内容");
    } else if (meant) {
        bind_error(binding, key, "%s的键“%.*s”应写作“%s”", shape->label, STR_ARG(head), meant);
    } else {
        const char **keys = arena_new(binding->arena, const char *, shape->fields_n);
        struct str *names = arena_new(binding->arena, struct str, shape->fields_n);
        for (int i = 0; i < shape->fields_n; i++)
            names[i] = str_from(keys[i] = shape->fields[i].key);
        struct str near = nearest_word(binding->arena, key->text, keys, shape->fields_n);
        struct str list = str_join(binding->arena, STR("、"), names, shape->fields_n);
        bind_error(binding, key, "%s没有“%.*s”这个键%.*s，可用的是：%.*s", shape->label,
                   STR_ARG(head), STR_ARG(near), STR_ARG(list));
    }
}

static void require_fields(struct binding *binding, const struct scheme_record *shape,
                           const struct node *node, const struct node *const *seen)
{
    for (int i = 0; binding->whole && i < shape->fields_n; i++)
        if ((shape->fields[i].rules & RULE_REQUIRED) && !seen[i])
            bind_error(binding, node, "%s缺少“%s”（%s）", shape->label, shape->fields[i].key,
                       shape->fields[i].label);
}

enum { RECORD_FIELDS_MAX = 48 };

static void bind_record(struct binding *binding, const struct scheme_record *shape,
                        const struct node *node, void *record)
{
    const struct node *seen[RECORD_FIELDS_MAX] = {0};
    for (const struct node *key = node->first; key; key = key->next) {
        const struct scheme_field *field = record_field(shape, key->text);
        if (!field || key->kind != NODE_TEXT) {
            refuse_key(binding, shape, key);
            continue;
        }
        const struct node **before = &seen[field - shape->fields];
        if (*before)
            bind_error(binding, key, "%s的“%s”写了两次，第%d行已经有了，请删去一处", shape->label,
                       field->key, (*before)->line);
        else if (key->value)
            bind_field((struct slot){binding, field, record, key->value});
        *before = key;
    }
    require_fields(binding, shape, node, seen);
    check_record(binding, shape, node, record);
}

/* Errors by line, then by column; those of one place as they were found. */
static void sort_errors(struct scheme_errors *errors)
{
    for (int i = 1; i < errors->n; i++) {
        struct scheme_error error = errors->items[i];
        int at = i;
        for (; at > 0; at--) {
            const struct scheme_error *before = &errors->items[at - 1];
            if (before->line < error.line ||
                (before->line == error.line && before->column <= error.column))
                break;
            errors->items[at] = *before;
        }
        errors->items[at] = error;
    }
}

enum status scheme_parse_yaml(struct arena *arena, struct str text, struct scheme *ret_scheme,
                              struct scheme_errors *errors)
{
    struct scheme scheme = {0};
    struct binding binding = {.arena = arena, .errors = errors, .scheme = &scheme};
    const struct node *root = yaml_tree(arena, text, errors, &binding.whole);
    record_clear(&scheme_file_record, &scheme);
    if (root && root->kind == NODE_MAP) {
        bind_record(&binding, &scheme_file_record, root, &scheme);
        settle_parties(&binding);
        check_whole(&binding);
    } else if (root && root->kind != NODE_REFUSED) {
        bind_error(&binding, root,
                   "文件应由“键: 内容”组成，冒号为半角，后面空一格，请对照样例改写");
    }
    sort_errors(errors);
    if (errors->dropped > 0) {
        int line = errors->items[errors->n - 1].line;
        *arena_push(arena, errors->items, errors->n, errors->room) =
            (struct scheme_error){line, 1, STR("错误太多，先列出前面的，请改正以后再试")};
    }
    if (errors->n > 0)
        return INVALID;
    *ret_scheme = scheme;
    return OK;
}
