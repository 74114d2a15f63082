#include "domain/adjustment/priv.h"

#include "domain/designation/designation.h"
#include "domain/link/link.h"
#include "domain/organization/organization.h"
#include "domain/person/person.h"

/* What an adjustment does, found by reading alone: the preview and the act are the same list. */

enum { PARTIES_MAX = 20, ROWS_READ_MAX = 100000 };

/* An organization that follows: one there is, or one that an effect adds. */
struct successor {
    int64_t id;
    int effect; /* 1 + index; 0 = it is there */
    struct str name;
};

struct plan {
    struct tx *tx;
    struct arena *arena;
    const struct record *adjustment;
    struct str day;
    struct effects *effects;
    struct fault *fault;
};

static struct str text_of(const struct record *record, const char *key)
{
    return value_str(record_value(record, key));
}

static const struct record_rows *rows_of(const struct plan *plan, const char *key)
{
    return &plan->adjustment->rows[kind_field(&kind_adjustment, key)];
}

static enum status push(struct plan *plan, struct effect effect)
{
    struct effects *effects = plan->effects;
    if (effects->n == EFFECTS_MAX)
        return refuse(plan->arena, plan->fault, INVALID, NULL,
                      "这次调整牵涉 %d 项以上，请分几次办理。", EFFECTS_MAX);
    *arena_push(plan->arena, effects->items, effects->n, effects->room) = effect;
    return OK;
}

static enum status push_end(struct plan *plan, const struct record *old)
{
    return push(plan, (struct effect){.op = EFFECT_END,
                                      .kind = old->kind,
                                      .old = old,
                                      .title = record_title(plan->arena, old)});
}

static bool holds_on(const struct record *record, struct str day)
{
    return str_cmp(record->start_date, day) <= 0 && str_cmp(record->end_date, day) > 0;
}

/* Everything of a kind with this reference that holds on the day; `id` 0 = all of the kind. */
static enum status current_of(struct plan *plan, const struct kind *kind, const char *key,
                              int64_t id, struct list_result *ret_list)
{
    struct list_query query = {.kind = kind,
                               .body_id = plan->adjustment->body_id,
                               .viewer = &viewer_clerk,
                               .sort = -1,
                               .limit = ROWS_READ_MAX};
    if (key) {
        query.filters[0] = kind_field(kind, key);
        query.filter_values[0] = value_int(id);
        query.filters_n = 1;
    }
    TRY(record_list(plan->tx, &query, ret_list, plan->fault));
    int n = 0;
    for (int i = 0; i < ret_list->n; i++)
        if (holds_on(ret_list->records[i], plan->day))
            ret_list->records[n++] = ret_list->records[i];
    ret_list->n = n;
    return OK;
}

static enum status find_one(struct plan *plan, const struct kind *kind, struct str name,
                            int64_t *ret_id)
{
    struct named *found;
    struct date day;
    int n;
    *ret_id = 0;
    if (!date_parse(plan->day, &day))
        return INVALID;
    TRY(record_by_title(plan->tx, kind, plan->adjustment->body_id, name, day, &found, &n));
    if (n > 1)
        return refuse(plan->arena, plan->fault, INVALID, NULL,
                      "有 %d 个同名的“%.*s”，分不清是哪一个，请先改正名录。", n, STR_ARG(name));
    if (n == 1)
        *ret_id = found[0].id;
    return OK;
}

static enum status find_source(struct plan *plan, struct str name, struct record **ret_record)
{
    int64_t id;
    TRY(find_one(plan, &kind_organization, name, &id));
    if (id == 0)
        return refuse(plan->arena, plan->fault, INVALID, "sources",
                      "名录里在 %.*s 没有“%.*s”，请按名录写全称。", STR_ARG(plan->day),
                      STR_ARG(name));
    return record_get(plan->tx, &kind_organization, plan->adjustment->body_id, id, ret_record);
}

/* A copy of a record, from the day on; owned rows stay behind. */
static struct record *copy_of(const struct plan *plan, const struct record *old)
{
    struct record *copy = record_new(plan->arena, old->kind);
    copy->body_id = old->body_id;
    for (int i = 0; old->kind->fields[i].key; i++)
        if (old->kind->fields[i].kind != FIELD_ROWS && old->kind->fields[i].kind != FIELD_KEY &&
            !old->kind->fields[i].state)
            record_set(copy, old->kind->fields[i].key, old->values[i]);
    copy->position = old->position;
    copy->start_date = plan->day;
    copy->dates_given = true;
    return copy;
}

static enum status push_copy(struct plan *plan, const struct record *old, const char *key,
                             struct successor to)
{
    struct record *copy = copy_of(plan, old);
    struct str was = value_str(old->labels[kind_field(old->kind, key)]);
    struct str title = record_title(plan->arena, old);
    if (was.len > 0)
        title = str_replace(plan->arena, title, was, to.name);
    record_set(copy, key, value_int(to.id));
    return push(plan, (struct effect){.op = EFFECT_ADD,
                                      .kind = old->kind,
                                      .old = old,
                                      .record = copy,
                                      .successor = to.effect,
                                      .successor_key = key,
                                      .title = title});
}

/* --- organizations --- */

static bool same_but(const struct record *a, const struct record *b, const char *key,
                     struct successor to)
{
    static const char *const told[] = {"kind",        "scheme",          "from_organization",
                                       "from_person", "to_organization", "to_person"};
    for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
        struct value wanted =
            strcmp(told[i], key) == 0 ? value_int(to.id) : record_value(b, told[i]);
        if (!value_eq(record_value(a, told[i]), wanted))
            return false;
    }
    return true;
}

/* Two that were linked with the same side leave one link to their successor. */
static bool is_planned(const struct plan *plan, const struct record *link, const char *key,
                       struct successor to)
{
    for (int i = 0; i < plan->effects->n; i++) {
        const struct effect *effect = &plan->effects->items[i];
        if (effect->op == EFFECT_ADD && effect->kind == &kind_link &&
            effect->successor == to.effect && same_but(effect->record, link, key, to))
            return true;
    }
    return false;
}

static enum status move_links(struct plan *plan, int64_t source, const char *key,
                              const struct successor *to, int n)
{
    struct list_result links, there;
    TRY(current_of(plan, &kind_link, key, source, &links));
    for (int i = 0; i < links.n; i++) {
        const struct record *link = links.records[i];
        TRY(push_end(plan, link));
        for (int k = 0; k < n; k++) {
            bool known = is_planned(plan, link, key, to[k]);
            if (to[k].effect == 0)
                TRY(current_of(plan, &kind_link, key, to[k].id, &there));
            for (int t = 0; to[k].effect == 0 && t < there.n; t++)
                known = known || same_but(there.records[t], link, key, to[k]);
            if (!known)
                TRY(push_copy(plan, link, key, to[k]));
        }
    }
    return OK;
}

/* Whether the successor has somebody of this designation's role already. */
static enum status is_taken(struct plan *plan, const struct record *one, struct successor to,
                            bool *ret_taken)
{
    struct list_result there = {0};
    struct value role = record_value(one, "role");
    *ret_taken = false;
    if (to.effect == 0)
        TRY(current_of(plan, one->kind, "organization", to.id, &there));
    for (int i = 0; i < there.n; i++)
        *ret_taken = *ret_taken || value_eq(record_value(there.records[i], "role"), role);
    for (int i = 0; i < plan->effects->n; i++) {
        const struct effect *effect = &plan->effects->items[i];
        *ret_taken = *ret_taken || (effect->op == EFFECT_ADD && effect->kind == one->kind &&
                                    effect->successor == to.effect &&
                                    value_eq(record_value(effect->record, "role"), role));
    }
    return OK;
}

/* People go to the first successor; a liaison role that is held there already stays as it is, and
 * the others end. */
static enum status move_people(struct plan *plan, const struct kind *kind, int64_t source,
                               struct successor to)
{
    struct list_result people;
    TRY(current_of(plan, kind, "organization", source, &people));
    for (int i = 0; i < people.n; i++) {
        bool taken = false;
        if (kind == &kind_designation)
            TRY(is_taken(plan, people.records[i], to, &taken));
        TRY(push_end(plan, people.records[i]));
        if (!taken)
            TRY(push_copy(plan, people.records[i], "organization", to));
    }
    return OK;
}

static enum status move_parts(struct plan *plan, int64_t source, struct successor to)
{
    struct list_result parts;
    TRY(current_of(plan, &kind_organization, "parent", source, &parts));
    for (int i = 0; i < parts.n; i++) {
        struct record *change = record_new(plan->arena, &kind_organization);
        record_set(change, "parent", value_int(to.id));
        TRY(push(plan, (struct effect){.op = EFFECT_CHANGE,
                                       .kind = &kind_organization,
                                       .old = parts.records[i],
                                       .record = change,
                                       .successor = to.effect,
                                       .successor_key = "parent",
                                       .title = record_title(plan->arena, parts.records[i])}));
    }
    return OK;
}

/* What a source had goes to its successors, in the order of the document. */
static enum status succeed(struct plan *plan, const struct record *source,
                           const struct successor *to, int n)
{
    for (int i = 0; i < n; i++)
        if (to[i].effect == 0 && to[i].id == source->id)
            return OK; /* it goes on under its own name */
    TRY(move_links(plan, source->id, "from_organization", to, n));
    TRY(move_links(plan, source->id, "to_organization", to, n));
    TRY(move_people(plan, &kind_designation, source->id, to[0]));
    TRY(move_people(plan, &kind_membership, source->id, to[0]));
    TRY(move_parts(plan, source->id, to[0]));
    return push_end(plan, source);
}

static enum status find_targets(struct plan *plan, const struct record *first, struct successor *to,
                                int n)
{
    const struct record_rows *names = rows_of(plan, "targets");
    for (int i = 0; i < n; i++) {
        to[i].name = value_str(names->cells[i]);
        TRY(find_one(plan, &kind_organization, to[i].name, &to[i].id));
        if (to[i].id != 0)
            continue;
        struct record *made = record_new(plan->arena, &kind_organization);
        made->body_id = first->body_id;
        made->position = first->position;
        made->start_date = plan->day;
        made->dates_given = true;
        record_set(made, "name", names->cells[i]);
        record_set(made, "classification", record_value(first, "classification"));
        record_set(made, "parent", record_value(first, "parent"));
        TRY(push(plan, (struct effect){.op = EFFECT_ADD,
                                       .kind = &kind_organization,
                                       .record = made,
                                       .title = value_str(names->cells[i])}));
        to[i].effect = plan->effects->n;
    }
    return OK;
}

static enum status want_counts(struct plan *plan, bool many_sources, bool many_targets)
{
    int from = rows_of(plan, "sources")->n, to = rows_of(plan, "targets")->n;
    if (many_sources ? from < 2 : from != 1)
        return refuse(plan->arena, plan->fault, INVALID, "sources",
                      many_sources ? "合并应填两个以上原单位。" : "分设、更名应填一个原单位。");
    if (many_targets ? to < 2 : to != 1)
        return refuse(plan->arena, plan->fault, INVALID, "targets",
                      many_targets ? "分设应填两个以上新单位。" : "合并、更名应填一个新单位。");
    if (from > PARTIES_MAX || to > PARTIES_MAX)
        return refuse(plan->arena, plan->fault, INVALID, "sources",
                      "一次最多调整 %d 个单位，请分几次办理。", PARTIES_MAX);
    return OK;
}

static enum status plan_merge(struct plan *plan)
{
    TRY(want_counts(plan, true, false));
    const struct record_rows *names = rows_of(plan, "sources");
    struct record *sources[PARTIES_MAX];
    struct successor to = {0};
    for (int i = 0; i < names->n; i++)
        TRY(find_source(plan, value_str(names->cells[i]), &sources[i]));
    TRY(find_targets(plan, sources[0], &to, 1));
    for (int i = 0; i < names->n; i++)
        TRY(succeed(plan, sources[i], &to, 1));
    return OK;
}

static enum status plan_split(struct plan *plan)
{
    TRY(want_counts(plan, false, true));
    struct record *source;
    struct successor to[PARTIES_MAX] = {0};
    int n = rows_of(plan, "targets")->n;
    TRY(find_source(plan, value_str(rows_of(plan, "sources")->cells[0]), &source));
    TRY(find_targets(plan, source, to, n));
    return succeed(plan, source, to, n);
}

/* The record stays, and with it everything that refers to it; earlier days show the old name. */
static enum status plan_rename(struct plan *plan)
{
    TRY(want_counts(plan, false, false));
    struct record *source;
    int64_t other;
    struct value name = rows_of(plan, "targets")->cells[0];
    TRY(find_source(plan, value_str(rows_of(plan, "sources")->cells[0]), &source));
    TRY(find_one(plan, &kind_organization, value_str(name), &other));
    if (other != 0)
        return refuse(plan->arena, plan->fault, INVALID, "targets",
                      "名录里已有“%.*s”；并入已有单位的，请按合并办理。", STR_ARG(value_str(name)));
    const struct record_rows *names = &source->rows[kind_field(&kind_organization, "names")];
    struct value *cells = arena_new(plan->arena, struct value, (names->n + 1) * NAME_CELLS);
    if (names->n > 0)
        memcpy(cells, names->cells, (size_t)names->n * NAME_CELLS * sizeof *cells);
    cells[names->n * NAME_CELLS + NAME_TEXT] = record_value(source, "name");
    cells[names->n * NAME_CELLS + NAME_KIND] = value_text(STR("renamed"));
    cells[names->n * NAME_CELLS + NAME_UNTIL] = value_text(plan->day);
    struct record *change = record_new(plan->arena, &kind_organization);
    record_set_rows(change, "names", cells, names->n + 1);
    record_set(change, "name", name);
    record_set(change, "maybe_reorganised", value_int(0));
    return push(plan, (struct effect){.op = EFFECT_CHANGE,
                                      .kind = &kind_organization,
                                      .old = source,
                                      .record = change,
                                      .title = str_fmt(plan->arena, "%.*s 更名为 %.*s",
                                                       STR_ARG(text_of(source, "name")),
                                                       STR_ARG(value_str(name)))});
}

/* --- people --- */

/* The new term begins; members, directors, conveners and leaders' links end with the old one; what
 * is not filled in reads 待明确. */
static enum status plan_term(struct plan *plan)
{
    struct list_result all;
    struct record *made;
    if (text_of(plan->adjustment, "term").len == 0)
        return refuse(plan->arena, plan->fault, INVALID, "term", "换届应填写新一届，例如 第八届。");
    TRY(terms_change(plan->tx, plan->adjustment, plan->day, &made, &all, plan->fault));
    if (made)
        TRY(push(plan, (struct effect){.op = EFFECT_ADD,
                                       .kind = made->kind,
                                       .record = made,
                                       .title = text_of(made, "name")}));
    for (int i = 0; i < all.n; i++)
        TRY(push_end(plan, all.records[i]));
    TRY(current_of(plan, &kind_membership, NULL, 0, &all));
    for (int i = 0; i < all.n; i++)
        TRY(push_end(plan, all.records[i]));
    TRY(current_of(plan, &kind_link, NULL, 0, &all));
    for (int i = 0; i < all.n; i++)
        if (record_value(all.records[i], "from_person").kind == VALUE_INT)
            TRY(push_end(plan, all.records[i]));
    return OK;
}

struct move {
    int64_t leader, organization;
    bool met;
};

static enum status find_move(struct plan *plan, const struct value *cells, struct move *ret_move)
{
    *ret_move = (struct move){0};
    TRY(find_one(plan, &kind_person, value_str(cells[0]), &ret_move->leader));
    TRY(find_one(plan, &kind_organization, value_str(cells[1]), &ret_move->organization));
    if (ret_move->leader == 0 || ret_move->organization == 0)
        return refuse(plan->arena, plan->fault, INVALID, "moves",
                      "名录里在 %.*s 没有“%.*s”，请先登记。", STR_ARG(plan->day),
                      STR_ARG(value_str(cells[ret_move->leader == 0 ? 0 : 1])));
    return OK;
}

/* None has one now: by the last there was, as of shipped schemes, whose people are facts of their
 * year. */
static enum status last_of_leaders(struct plan *plan, const struct record **ret_model)
{
    struct list_query query = {.kind = &kind_link,
                               .body_id = plan->adjustment->body_id,
                               .viewer = &viewer_clerk,
                               .sort = -1,
                               .limit = ROWS_READ_MAX};
    struct list_result links;
    TRY(record_list(plan->tx, &query, &links, plan->fault));
    for (int i = 0; i < links.n; i++)
        if (record_value(links.records[i], "from_person").kind == VALUE_INT &&
            record_value(links.records[i], "to_organization").kind == VALUE_INT)
            *ret_model = links.records[i];
    return OK;
}

/* The links that leaders have from the day on are those listed (ZY22-A1). */
static enum status plan_portfolio(struct plan *plan)
{
    const struct record_rows *rows = rows_of(plan, "moves");
    struct move *moves = arena_new(plan->arena, struct move, rows->n);
    const struct record *model = NULL;
    struct list_result links;
    if (rows->n == 0)
        return refuse(plan->arena, plan->fault, INVALID, "moves",
                      "请逐行写明调整后每位领导联系的单位或党派。");
    for (int i = 0; i < rows->n; i++)
        TRY(find_move(plan, rows->cells + i * 2, &moves[i]));
    TRY(current_of(plan, &kind_link, NULL, 0, &links));
    for (int i = 0; i < links.n; i++) {
        const struct record *link = links.records[i];
        bool kept = false;
        if (record_value(link, "from_person").kind != VALUE_INT ||
            record_value(link, "to_organization").kind != VALUE_INT)
            continue;
        model = link;
        for (int m = 0; m < rows->n; m++)
            if (value_i64(record_value(link, "from_person")) == moves[m].leader &&
                value_i64(record_value(link, "to_organization")) == moves[m].organization)
                kept = moves[m].met = true;
        if (!kept)
            TRY(push_end(plan, link));
    }
    if (!model)
        TRY(last_of_leaders(plan, &model));
    if (!model)
        return refuse(plan->arena, plan->fault, INVALID, "moves",
                      "名录里从未有过领导联系的记录，请先在“对口联系”里登记一条。");
    for (int m = 0; m < rows->n; m++) {
        if (moves[m].met)
            continue;
        struct record *made = copy_of(plan, model);
        made->position = 0;
        record_set(made, "from_person", value_int(moves[m].leader));
        record_set(made, "to_organization", value_int(moves[m].organization));
        record_set(made, "note", record_value(plan->adjustment, "basis"));
        TRY(push(plan,
                 (struct effect){.op = EFFECT_ADD,
                                 .kind = &kind_link,
                                 .record = made,
                                 .title = str_fmt(plan->arena, "%.*s—%.*s",
                                                  STR_ARG(value_str(rows->cells[m * 2])),
                                                  STR_ARG(value_str(rows->cells[m * 2 + 1])))}));
    }
    return OK;
}

enum status effects_plan(struct tx *tx, const struct record *adjustment,
                         struct effects *ret_effects, struct fault *fault)
{
    static const struct {
        const char *matter;
        enum status (*plan)(struct plan *plan);
    } planners[] = {{"merge", plan_merge},
                    {"split", plan_split},
                    {"rename", plan_rename},
                    {"term", plan_term},
                    {"portfolio", plan_portfolio}};
    *ret_effects = (struct effects){0};
    struct plan plan = {tx,          tx_arena(tx), adjustment, text_of(adjustment, "day"),
                        ret_effects, fault};
    for (size_t i = 0; i < sizeof planners / sizeof *planners; i++)
        if (str_is(text_of(adjustment, "matter"), planners[i].matter))
            return planners[i].plan(&plan);
    return refuse(tx_arena(tx), fault, INVALID, "matter", "请选择要办理的事项。");
}
