#include <stdlib.h>

#include "engine/scheme/yaml_bind.h"

static int noted_cmp(const void *a, const void *b)
{
    const struct noted *left = a, *right = b;
    int order = str_cmp(left->text, right->text);
    if (order != 0)
        return order;
    if (left->node->line != right->node->line)
        return left->node->line < right->node->line ? -1 : 1;
    return left->node->column - right->node->column;
}

/* By text, then by place. */
static void noted_sort(struct noted_list *list)
{
    if (list->n > 0)
        qsort(list->items, (size_t)list->n, sizeof *list->items, noted_cmp);
}

enum { LETTERS_MAX = 40 };

static int least_of(int a, int b)
{
    return a < b ? a : b;
}

/* How many letters have to be added, taken away, replaced or swapped with the next to make one
 * word of the other (optimal string alignment). */
static int distance(struct str a, const char *b)
{
    int rows[3][LETTERS_MAX + 1], len = (int)strlen(b);
    if (a.len > LETTERS_MAX || len > LETTERS_MAX)
        return LETTERS_MAX;
    for (int i = 0; i <= len; i++)
        rows[0][i] = i;
    for (int at = 1; at <= (int)a.len; at++) {
        int *row = rows[at % 3], *above = rows[(at + 2) % 3], *before = rows[(at + 1) % 3];
        row[0] = at;
        for (int i = 1; i <= len; i++) {
            row[i] = least_of(above[i - 1] + (a.ptr[at - 1] != b[i - 1]),
                              least_of(above[i], row[i - 1]) + 1);
            if (at > 1 && i > 1 && a.ptr[at - 1] == b[i - 2] && a.ptr[at - 2] == b[i - 1])
                row[i] = least_of(row[i], before[i - 2] + 1);
        }
    }
    return rows[a.len % 3][len];
}

struct str nearest_word(struct arena *arena, struct str word, const char *const *words, int n)
{
    const char *nearest = NULL;
    int least = word.len < 8 ? 2 : (int)word.len / 4 + 1; /* one letter in four is mistyped */
    for (int i = 0; i < n; i++) {
        int apart = *words[i] ? distance(word, words[i]) : least;
        if (apart < least) {
            least = apart;
            nearest = words[i];
        }
    }
    return nearest ? str_fmt(arena, "，是否应为“%s”", nearest) : STR("");
}

void check_link_names(struct binding *binding, const struct scheme_party *parties, int n,
                      const struct node *list)
{
    struct noted_list names = {0};
    const struct node *entry = list->first;
    for (int i = 0; i < n; i++, entry = entry->next)
        if (parties[i].name.len > 0 && !parties[i].held)
            note(binding, &names, parties[i].name, entry);
    noted_sort(&names);
    for (int i = 1; i < names.n; i++)
        if (str_eq(names.items[i].text, names.items[i - 1].text))
            bind_error(binding, names.items[i].node,
                       "“%.*s”在这一条对口联系里已经列过（第%d行），请删去一处，"
                       "原文就是如此的请注明 held: true",
                       STR_ARG(names.items[i].text), names.items[i - 1].node->line);
}

static const struct node *place_of(const struct node *map, const char *key)
{
    const struct node *value = node_value(map, key);
    return value ? value : map;
}

static void check_duty(struct binding *binding, const struct node *node,
                       const struct scheme_duty *duty)
{
    if (duty->min >= 0 && duty->max >= 0 && duty->min > duty->max)
        bind_error(binding, place_of(node, "min"), "“min”（至少%d）大于“max”（至多%d），请核对",
                   duty->min, duty->max);
    if (duty->by.year_offset > 0 && duty->by.month == 0)
        bind_error(binding, place_of(node, "by_year_offset"),
                   "有“by_year_offset”而没有“by”（截止日），请补上截止日");
    if (duty->opens.year_offset > 0 && duty->opens.month == 0)
        bind_error(binding, place_of(node, "opens_year_offset"),
                   "有“opens_year_offset”而没有“opens”（开始日），请补上开始日");
    if (duty->by.month > 0 && date_is_set(duty->by_date))
        bind_error(binding, place_of(node, "by_date"),
                   "“by”（每年的截止日）与“by_date”（只在那一年）只能有一个，请删去一个");
}

static void check_document(struct binding *binding, const struct node *node,
                           const struct scheme_document *document)
{
    if (date_is_set(document->ends) && date_is_set(document->date) &&
        date_cmp(document->ends, document->date) < 0)
        bind_error(binding, place_of(node, "ends"),
                   "“ends”（试行截止日期）早于“date”（文件日期），请核对");
}

static void note_organization(struct binding *binding, const struct node *node,
                              struct scheme_organization *organization)
{
    if (organization->party.name.len == 0)
        return;
    note(binding, &binding->organizations, organization->party.name, node);
    note_party(binding, &organization->party, NULL, false, node);
}

void check_record(struct binding *binding, const struct scheme_record *shape,
                  const struct node *node, void *record)
{
    if (shape == &scheme_organization_record)
        note_organization(binding, node, record);
    else if (shape == &scheme_duty_record)
        check_duty(binding, node, record);
    else if (shape == &scheme_document_record)
        check_document(binding, node, record);
}

static int noted_party_cmp(const void *a, const void *b)
{
    const struct noted_party *left = a, *right = b;
    int order = str_cmp(left->party->name, right->party->name);
    if (order != 0)
        return order;
    if (left->node->line != right->node->line)
        return left->node->line < right->node->line ? -1 : 1;
    return left->node->column - right->node->column;
}

static void check_classes(struct binding *binding)
{
    struct noted_party *parties = binding->parties;
    if (binding->parties_n > 0)
        qsort(parties, (size_t)binding->parties_n, sizeof *parties, noted_party_cmp);
    for (int i = 1; i < binding->parties_n; i++) {
        const struct scheme_party *before = parties[i - 1].party, *party = parties[i].party;
        if (party->name.len > 0 && str_eq(before->name, party->name) &&
            before->class != party->class)
            bind_error(
                binding, parties[i].node, "“%.*s”在第%d行是%s，在这里是%s，同一单位只能有一个类别",
                STR_ARG(party->name), parties[i - 1].node->line,
                party_class_words[before->class].label, party_class_words[party->class].label);
    }
}

void settle_parties(struct binding *binding)
{
    struct party_classes classes = party_classes_of(binding->arena, binding->scheme);
    for (int i = 0; i < binding->parties_n; i++) {
        struct scheme_party *party = binding->parties[i].party;
        if (*(int *)&party->class == CLASS_NOT_SAID)
            party->class = party_class_default(classes, party->name, binding->parties[i].is_from);
        if (party->line == LINE_NOT_SAID)
            party->line = binding->parties[i].link->line;
    }
    check_classes(binding);
}

/* Index of a name in a sorted list, -1 when it is not there. */
static int find_noted(const struct noted_list *list, struct str text)
{
    int low = 0, high = list->n;
    while (low < high) {
        int middle = low + (high - low) / 2;
        int order = str_cmp(list->items[middle].text, text);
        if (order == 0)
            return middle;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return -1;
}

void check_twice(struct binding *binding, struct noted_list *list, const char *what)
{
    noted_sort(list);
    for (int i = 1; i < list->n; i++) {
        const struct noted *one = &list->items[i];
        if (str_eq(one->text, one[-1].text))
            bind_error(binding, one->node, "%s“%.*s”与第%d行重复，请删去或改正一处", what,
                       STR_ARG(one->text), one[-1].node->line);
    }
}

/* Going up from any organization has to come to an end. */
static void check_parents(struct binding *binding)
{
    const struct noted_list *list = &binding->organizations;
    enum { FRESH = 0 };
    int *parents = arena_new(binding->arena, int, list->n);
    int *walks = arena_new(binding->arena, int, list->n); /* the walk that came by, or FRESH */
    for (int i = 0; i < list->n; i++) {
        const struct node *parent = node_value(list->items[i].node, "parent");
        parents[i] = parent ? find_noted(list, parent->text) : -1;
    }
    for (int i = 0; i < list->n; i++) {
        int at = i;
        for (; at >= 0 && walks[at] == FRESH; at = parents[at])
            walks[at] = i + 1;
        if (at >= 0 && walks[at] == i + 1)
            bind_error(binding, node_value(list->items[at].node, "parent"),
                       "“%.*s”的上级单位绕回了它自己，请改正 parent",
                       STR_ARG(list->items[at].text));
    }
}

void check_whole(struct binding *binding)
{
    check_twice(binding, &binding->organizations, "单位");
    check_parents(binding);
    noted_sort(&binding->names);
    for (int i = 0; binding->whole && i < binding->references.n; i++) {
        const struct noted *reference = &binding->references.items[i];
        if (find_noted(&binding->names, reference->text) < 0)
            bind_error(binding, reference->node,
                       "文件里没有“%.*s”这个单位，请改正名称，或在 organizations 里补上",
                       STR_ARG(reference->text));
    }
}
