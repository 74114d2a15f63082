#include "engine/scheme/scheme_diff.h"

#include <stdlib.h>

#include "engine/scheme/fields.h"

struct differ {
    struct arena *arena;
    struct scheme_diff *diff;
    const struct scheme_field *section;
};

/* A record, or an edge of a link, under the words it is found by. */
struct keyed {
    struct str key;
    struct str other_key; /* by which it is found when an id is missing; empty = none */
    struct str title;
    struct str name;  /* its own, for a sentence about order */
    struct str group; /* of an edge: the side its link comes from */
    const void *record;
    int index, to; /* `to` is -1 but for edges */
    bool taken;
};
struct keyed_list {
    struct keyed *items;
    int n, room;
};

static struct str shown_texts(struct arena *arena, const struct str_list *list)
{
    return str_join(arena, STR("、"), list->items, list->n);
}

/* The value of a field as a page shows it. */
static struct str shown(struct arena *arena, const struct scheme_field *field, const void *record)
{
    char text[DATE_TEXT_MAX];
    const void *at = field_get(field, record);
    if (field->kind != FIELD_WORD && field->kind != FIELD_FLAG && field_is_empty(field, record))
        return STR("");
    switch (field->kind) {
    case FIELD_TEXT:
        return *(const struct str *)at;
    case FIELD_CODE:
        return str_from(*(const char *const *)at);
    case FIELD_VOCABULARY: {
        int index = word_find(field->words, *field->words_n, *(const struct str *)at);
        return index < 0 ? *(const struct str *)at : str_from(field->words[index].label);
    }
    case FIELD_WORD:
        return str_from(field->words[*(const int *)at].label);
    case FIELD_FLAG:
        return *(const bool *)at ? STR("是") : STR("否");
    case FIELD_NUMBER:
        return str_fmt(arena, "%d", *(const int *)at);
    case FIELD_DATE:
        return str_copy(arena, date_text(text, *(const struct date *)at));
    case FIELD_MONTH_DAY:
        return str_copy(arena, month_day_text(text, *(const struct month_day *)at));
    case FIELD_TEXTS:
        return shown_texts(arena, at);
    default: /* parties of a link are edges of their own, groups are gone into */
        return STR("");
    }
}

static void compare(struct differ *differ, struct scheme_change *change,
                    const struct scheme_record *shape, const struct scheme_field *group,
                    const void *before, const void *after)
{
    for (int i = 0; i < shape->fields_n; i++) {
        const struct scheme_field *field = &shape->fields[i];
        if (str_is(str_from(field->key), "line") || field->kind == FIELD_PARTIES ||
            field->kind == FIELD_RECORDS || field_is_equal(field, before, after))
            continue;
        if (field->kind == FIELD_RECORD || field->kind == FIELD_PARTY) {
            compare(differ, change, field->record, field, field_get(field, before),
                    field_get(field, after));
            continue;
        }
        *arena_push(differ->arena, change->fields, change->fields_n, change->fields_room) =
            (struct scheme_field_change){
                .key = str_fmt(differ->arena, "%s%s%s", group ? group->key : "", group ? "." : "",
                               field->key),
                .label = str_fmt(differ->arena, "%s%s%s", group ? group->label : "",
                                 group ? "·" : "", field->label),
                .before = shown(differ->arena, field, before),
                .after = shown(differ->arena, field, after)};
    }
}

static struct scheme_change new_change(const struct differ *differ, enum change_kind kind,
                                       struct str title)
{
    return (struct scheme_change){.kind = kind,
                                  .section = differ->section->key,
                                  .section_label = differ->section->label,
                                  .title = title,
                                  .before = -1,
                                  .after = -1,
                                  .before_to = -1,
                                  .after_to = -1};
}

static void add_change(struct differ *differ, struct scheme_change change)
{
    *arena_push(differ->arena, differ->diff->items, differ->diff->n, differ->diff->room) = change;
}

/* What of a record that is matched has changed; nothing is told when nothing has. */
static void add_changed(struct differ *differ, const struct scheme_record *shape,
                        const struct keyed *before, const struct keyed *after)
{
    struct scheme_change change = new_change(differ, CHANGE_CHANGED, after->title);
    change.before = before->index;
    change.before_to = before->to;
    change.after = after->index;
    change.after_to = after->to;
    compare(differ, &change, shape, NULL, before->record, after->record);
    if (change.fields_n > 0)
        add_change(differ, change);
}

static void add_added(struct differ *differ, const struct keyed *after)
{
    struct scheme_change change = new_change(differ, CHANGE_ADDED, after->title);
    change.after = after->index;
    change.after_to = after->to;
    add_change(differ, change);
}

static void add_ended(struct differ *differ, const struct keyed *before)
{
    struct scheme_change change = new_change(differ, CHANGE_ENDED, before->title);
    change.before = before->index;
    change.before_to = before->to;
    add_change(differ, change);
}

/* The old records in the order of one of their keys, each key's in the order of the file. */
struct key_index {
    struct keyed **items;
    int *next; /* at the first of a key: how many of it were passed */
    int n;
    bool other;
};

static struct str key_in(const struct key_index *index, const struct keyed *keyed)
{
    return index->other ? keyed->other_key : keyed->key;
}

static int by_key(const void *a, const void *b)
{
    const struct keyed *left = *(struct keyed *const *)a, *right = *(struct keyed *const *)b;
    int order = str_cmp(left->key, right->key);
    return order ? order : (left > right) - (left < right);
}

static int by_other_key(const void *a, const void *b)
{
    const struct keyed *left = *(struct keyed *const *)a, *right = *(struct keyed *const *)b;
    int order = str_cmp(left->other_key, right->other_key);
    return order ? order : (left > right) - (left < right);
}

static struct key_index index_of(struct arena *arena, struct keyed_list *list, bool other)
{
    struct key_index index = {.n = list->n, .other = other};
    index.items = arena_new(arena, struct keyed *, list->n);
    index.next = arena_new(arena, int, list->n);
    for (int i = 0; i < list->n; i++)
        index.items[i] = &list->items[i];
    if (list->n > 0)
        qsort(index.items, (size_t)list->n, sizeof(struct keyed *), other ? by_other_key : by_key);
    return index;
}

/* The first old record of a key that nothing was matched with; it is taken. */
static struct keyed *take(struct key_index *index, struct str key)
{
    int low = 0, high = index->n;
    while (low < high) {
        int middle = low + (high - low) / 2;
        if (str_cmp(key_in(index, index->items[middle]), key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    while (key.len > 0 && low < index->n && low + index->next[low] < index->n) {
        struct keyed *found = index->items[low + index->next[low]];
        if (!str_eq(key_in(index, found), key))
            return NULL;
        index->next[low]++;
        if (!found->taken) {
            found->taken = true;
            return found;
        }
    }
    return NULL;
}

/*
 * Two neighbours of the new list that stood the other way round in the old one; order is part of
 * what a document says. Told once a list, with these two.
 */
static void add_reordered(struct differ *differ, const struct keyed *first,
                          const struct keyed *second, const struct keyed *old_first)
{
    bool edge = first->to >= 0;
    struct str title = edge ? first->group : str_from(differ->section->label);
    struct scheme_change change = new_change(differ, CHANGE_CHANGED, title);
    if (edge) {
        change.before = old_first->index;
        change.after = first->index;
    }
    *arena_push(differ->arena, change.fields, change.fields_n,
                change.fields_room) = (struct scheme_field_change){
        .key = STR("order"),
        .label = STR("排列顺序"),
        .before = str_fmt(differ->arena, "%.*s、%.*s", STR_ARG(second->name), STR_ARG(first->name)),
        .after = str_fmt(differ->arena, "%.*s、%.*s", STR_ARG(first->name), STR_ARG(second->name))};
    add_change(differ, change);
}

static void compare_order(struct differ *differ, const struct keyed_list *after,
                          struct keyed *const *found)
{
    int last = -1, told = -1; /* the last one that was there before; the list that was told of */
    for (int i = 0; i < after->n; i++) {
        const struct keyed *now = &after->items[i], *then = found[i];
        if (!then)
            continue;
        int list = now->to < 0 ? 0 : now->index;
        bool neighbours = last >= 0 && (now->to < 0 || (after->items[last].index == now->index &&
                                                        found[last]->index == then->index));
        if (neighbours && found[last] > then && told != list) {
            add_reordered(differ, &after->items[last], now, found[last]);
            told = list;
        }
        last = i;
    }
}

/* Match the two lists and tell what is different, in the order of the new one. */
static void match(struct differ *differ, const struct scheme_record *shape,
                  struct keyed_list *before, const struct keyed_list *after, bool tell_new)
{
    struct keyed **found = arena_new(differ->arena, struct keyed *, after->n);
    struct key_index index = index_of(differ->arena, before, false);
    for (int i = 0; i < after->n; i++)
        found[i] = take(&index, after->items[i].key);
    index = index_of(differ->arena, before, true);
    for (int i = 0; i < after->n; i++)
        if (!found[i])
            found[i] = take(&index, after->items[i].other_key);
    compare_order(differ, after, found);
    for (int i = 0; i < after->n; i++)
        if (found[i])
            add_changed(differ, shape, found[i], &after->items[i]);
        else if (tell_new)
            add_added(differ, &after->items[i]);
    for (int i = 0; tell_new && i < before->n; i++)
        if (!before->items[i].taken)
            add_ended(differ, &before->items[i]);
}

static struct str text_of(const struct scheme_record *shape, const void *record, const char *key)
{
    const struct scheme_field *field = record_field(shape, str_from(key));
    return field ? *(const struct str *)field_get(field, record) : STR("");
}

/*
 * Found by id, without one by clause and name (of duties the deed). The other key lets a record
 * that has an id find one that has none, and the other way round, never two different ids: it
 * tells whether the record to be found has an id ("i") or not ("n").
 */
static struct keyed keyed_of(struct differ *differ, const struct scheme_record *shape,
                             const void *record, bool is_new)
{
    struct str id = text_of(shape, record, "id"), clause = text_of(shape, record, "clause");
    struct str name = text_of(shape, record, "name"), deed = text_of(shape, record, "deed");
    struct str rest =
        str_fmt(differ->arena, "%.*s\n%.*s%.*s", STR_ARG(clause), STR_ARG(name), STR_ARG(deed));
    struct keyed keyed = {.record = record, .to = -1};
    keyed.key = id.len > 0 ? str_fmt(differ->arena, "i%.*s", STR_ARG(id))
                           : str_fmt(differ->arena, "n%.*s", STR_ARG(rest));
    bool other_has_id = is_new ? id.len == 0 : id.len > 0;
    keyed.other_key = str_fmt(differ->arena, "%s%.*s", other_has_id ? "i" : "n", STR_ARG(rest));
    struct str words = shape == &scheme_duty_record ? text_of(shape, record, "summary") : name;
    if (words.len == 0)
        words = text_of(shape, record, "text");
    struct str mark = id.len > 0 ? id : clause;
    keyed.title = str_fmt(differ->arena, "%.*s%s%.*s", STR_ARG(mark),
                          mark.len > 0 && words.len > 0 ? " " : "", STR_ARG(words));
    keyed.name = mark.len > 0 ? mark : name;
    return keyed;
}

static struct keyed_list list_records(struct differ *differ, const struct scheme *scheme,
                                      bool is_new)
{
    struct keyed_list list = {0};
    const struct scheme_record *shape = differ->section->record;
    const char *items = field_items(differ->section, scheme);
    for (int i = 0, n = field_count(differ->section, scheme); i < n; i++) {
        struct keyed keyed = keyed_of(differ, shape, items + (size_t)i * shape->size, is_new);
        keyed.index = i;
        *arena_push(differ->arena, list.items, list.n, list.room) = keyed;
    }
    return list;
}

static void diff_records(struct differ *differ, const struct scheme *before,
                         const struct scheme *after)
{
    struct keyed_list old_list = list_records(differ, before, false);
    struct keyed_list new_list = list_records(differ, after, true);
    match(differ, differ->section->record, &old_list, &new_list, true);
}

/* The links themselves (clause, counts, notes), by kind and the side they come from. */
static struct keyed_list list_links(struct differ *differ, const struct scheme *scheme)
{
    struct keyed_list list = {0};
    for (int i = 0; i < scheme->links_n; i++) {
        const struct scheme_link *link = &scheme->links[i];
        *arena_push(differ->arena, list.items, list.n, list.room) = (struct keyed){
            .key = str_fmt(differ->arena, "%d%.*s", link->kind, STR_ARG(link->from.name)),
            .title = link->from.name,
            .name = link->from.name,
            .record = link,
            .index = i,
            .to = -1};
    }
    return list;
}

static struct keyed_list list_edges(struct differ *differ, const struct scheme *scheme)
{
    struct keyed_list list = {0};
    for (int i = 0; i < scheme->links_n; i++) {
        const struct scheme_link *link = &scheme->links[i];
        for (int t = 0; t < link->to_n; t++)
            *arena_push(differ->arena, list.items, list.n, list.room) = (struct keyed){
                .key = str_fmt(differ->arena, "%d%.*s\n%.*s", link->kind, STR_ARG(link->from.name),
                               STR_ARG(link->to[t].name)),
                .title = str_fmt(differ->arena, "%.*s—%.*s", STR_ARG(link->from.name),
                                 STR_ARG(link->to[t].name)),
                .name = link->to[t].name,
                .group = link->from.name,
                .record = &link->to[t],
                .index = i,
                .to = t};
    }
    return list;
}

static void diff_links(struct differ *differ, const struct scheme *before,
                       const struct scheme *after)
{
    struct keyed_list old_list = list_links(differ, before);
    struct keyed_list new_list = list_links(differ, after);
    match(differ, &scheme_link_record, &old_list, &new_list, false);
    old_list = list_edges(differ, before);
    new_list = list_edges(differ, after);
    match(differ, &scheme_party_record, &old_list, &new_list, true);
}

/* What the file has one of: the body, the document, the stages. */
static void diff_one(struct differ *differ, const struct scheme *before, const struct scheme *after)
{
    const struct scheme_field *field = differ->section;
    if (field_is_equal(field, before, after))
        return;
    struct scheme_change change = new_change(differ, CHANGE_CHANGED, str_from(field->label));
    if (field->kind == FIELD_RECORD)
        compare(differ, &change, field->record, NULL, field_get(field, before),
                field_get(field, after));
    else
        *arena_push(differ->arena, change.fields, change.fields_n, change.fields_room) =
            (struct scheme_field_change){.key = str_from(field->key),
                                         .label = str_from(field->label),
                                         .before = shown(differ->arena, field, before),
                                         .after = shown(differ->arena, field, after)};
    if (change.fields_n > 0)
        add_change(differ, change);
}

void scheme_diff(struct arena *arena, const struct scheme *before, const struct scheme *after,
                 struct scheme_diff *ret_diff)
{
    *ret_diff = (struct scheme_diff){0};
    struct differ differ = {.arena = arena, .diff = ret_diff};
    for (int i = 0; i < scheme_file_record.fields_n; i++) {
        differ.section = &scheme_file_record.fields[i];
        if (str_is(str_from(differ.section->key), "warnings"))
            continue;
        if (differ.section->kind != FIELD_RECORDS)
            diff_one(&differ, before, after);
        else if (differ.section->record == &scheme_link_record)
            diff_links(&differ, before, after);
        else
            diff_records(&differ, before, after);
    }
}

void scheme_diff_put_text(struct buf *buf, const struct scheme_diff *diff)
{
    static const char *const marks[] = {
        [CHANGE_ADDED] = "+ 新增", [CHANGE_CHANGED] = "~ 变更", [CHANGE_ENDED] = "- 终止"};
    for (int i = 0; i < diff->n; i++) {
        const struct scheme_change *change = &diff->items[i];
        buf_fmt(buf, "%s %s", marks[change->kind], change->section_label);
        if (!str_is(change->title, change->section_label))
            buf_fmt(buf, "：%.*s", STR_ARG(change->title));
        buf_char(buf, '\n');
        for (int f = 0; f < change->fields_n; f++) {
            const struct scheme_field_change *field = &change->fields[f];
            buf_fmt(buf, "    %.*s：%.*s → %.*s\n", STR_ARG(field->label),
                    STR_ARG(field->before.len > 0 ? field->before : STR("（无）")),
                    STR_ARG(field->after.len > 0 ? field->after : STR("（无）")));
        }
    }
}
