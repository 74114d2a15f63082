/*
 * plans - tasks that a plan sets behind labels or in columns.
 *
 *   一、围绕…开展协商   协商时间：5月   牵头单位：经济委员会
 *   任务 | 牵头单位 | 完成时限
 *
 * Each is a duty of whoever leads it, due once; where its time is a period (每季度), each time.
 */
#include "engine/reader/duties.h"
#include "engine/reader/tables.h"
#include "text/text.h"

enum { LABEL_MAX = 36 };

static int year_of_title(struct str title)
{
    for (size_t i = 0; i + 7 <= title.len; i++) {
        int64_t year;
        if (str_to_int(str_slice(title, i, i + 4), &year) && year > 1950 && year < 2100 &&
            str_starts(str_from_byte(title, i + 4), STR("年")))
            return (int)year;
    }
    return 0;
}

static enum duty_actor actor_of(const struct reading *reading, struct str key)
{
    if (key.len == 0)
        return ACTOR_UNSTATED;
    if (is_committee_name(key) || is_section_name(key))
        return ACTOR_COMMITTEE;
    if (is_political_party(reading->words, key) || word_ends(federation_names, key))
        return ACTOR_PARTY;
    return str_has(key, STR("办公")) ? ACTOR_OFFICE : ACTOR_UNIT;
}

/* What a time says: a day, a stretch, or how often. */
static bool when_read(struct reading *reading, struct str key, struct demand *demand)
{
    struct tokens tokens = {0};
    lex(reading->arena, reading->words, key, &tokens);
    for (int i = 0; i < tokens.n; i++) {
        const struct token *token = &tokens.items[i];
        bool period = token->kind == LEX_PERIOD && token->value >= 0 &&
                      str_starts(str_from_byte(key, token->from), STR("每"));
        if (period) {
            demand->per = (enum period)token->value;
            demand->shape = SHAPE_COUNT;
        } else if (token->kind == LEX_TIME) {
            demand->when = token->when;
        }
    }
    return demand->when.by.month > 0 || date_is_set(demand->when.by_date) ||
           demand->shape == SHAPE_COUNT;
}

/* A month of a plan falls in the plan's year, which its title tells. */
static void set_year(const struct reading *reading, struct demand *demand)
{
    const struct scheme_document *document = &reading->out->document;
    int year =
        year_of_title(document->inner_title.len > 0 ? document->inner_title : document->title);
    struct month_day by = demand->when.by;
    if (demand->shape == SHAPE_COUNT || year == 0 || by.month == 0)
        return;
    year += by.year_offset;
    int end = days_in_month(year, by.month);
    demand->when = (struct when){.by_date = {year, by.month, by.day < end ? by.day : end}};
}

/* 编印专报不少于4期: how much of it. */
static void set_number(const struct tokens *tokens, struct demand *demand)
{
    demand->min = 1;
    demand->max = -1;
    demand->min_implicit = true;
    for (int i = 0; i < tokens->n; i++) {
        const struct token *token = &tokens->items[i];
        if (token->kind != LEX_QUANTITY || token->quantity.measure > MEASURE_PAPER)
            continue;
        bool least = i > 0 && tokens->items[i - 1].kind == LEX_AT_LEAST;
        demand->min = token->quantity.min;
        demand->max = least || token->quantity.above ? -1 : token->quantity.max;
        demand->min_implicit = false;
        return;
    }
}

/* The task `name` of the paragraph, due at `time`; its duty, or -1 when it names no time. */
static int task_put(struct reading *reading, const struct para *para, struct para_text name,
                    struct str time, struct str owner)
{
    struct demand demand = {.shape = SHAPE_DEADLINE, .per = PER_ONCE};
    struct clause clause = {.reading = reading, .para = para, .at = name};
    if (name.key.len == 0 || name.key.len > LIMIT_SENTENCE || !when_read(reading, time, &demand))
        return -1;
    lex(reading->arena, reading->words, name.key, &clause.tokens);
    if (clause.tokens.n == 0)
        *arena_push(reading->arena, clause.tokens.items, clause.tokens.n, clause.tokens.room) =
            (struct token){.kind = LEX_PLAIN};
    const struct token *deed = deed_between(&clause.tokens, 0, name.key.len);
    demand.main = deed ? (int)(deed - clause.tokens.items) : 0;
    demand.deed = deed ? deed->deed : NULL;
    set_number(&clause.tokens, &demand);
    set_year(reading, &demand);
    int before = reading->out->duties_n;
    duty_put(&clause, &demand);
    if (reading->out->duties_n == before)
        return -1;
    struct scheme_duty *duty = &reading->out->duties[before];
    duty->text = name.text;
    duty->who_text = owner;
    duty->who = actor_of(reading, normal_key(reading, owner));
    return before;
}

/* ---- lines */

static bool is_plan_heading(const struct para *para)
{
    return para->level == HEAD_TOP || para->level == HEAD_CHAPTER ||
           (para->level != HEAD_NONE && !str_has(para->at.key, STR("：")));
}

/* 牵头单位：… anywhere in the paragraph. */
static void plan_owner(struct reading *reading, const struct para *para, struct plan_item *item)
{
    static const word_list stops = {STR_INIT("。"), STR_INIT("，"), STR_INIT("；"), {NULL, 0}};
    static const struct str colon = STR_INIT("：");
    struct str key = str_head(para->at.key, LIMIT_PARAGRAPH);
    for (size_t at = 0; at < key.len;) {
        ptrdiff_t found = str_find(str_from_byte(key, at), colon);
        if (found < 0)
            return;
        at += (size_t)found + colon.len;
        if (!word_ends(lead_labels, str_head(key, at)))
            continue;
        size_t end = at;
        while (end < key.len && !word_starts(stops, str_from_byte(key, end)))
            end += char_len(str_from_byte(key, end));
        item->owner = str_slice(para->at.text, at, end);
        item->actor = actor_of(reading, str_slice(key, at, end));
        break;
    }
    if (item->duty < 0 || item->owner.len == 0)
        return;
    struct scheme_duty *duty = &reading->out->duties[item->duty];
    duty->who_text = item->owner;
    duty->who = item->actor;
}

bool plan_line(struct reading *reading, const struct para *para, struct plan_item *item)
{
    if (is_plan_heading(para))
        *item = (struct plan_item){.heading = para, .duty = -1};
    if (!item->heading)
        return false;
    struct str rest = str_from_byte(para->at.key, para->body);
    ptrdiff_t colon = str_find(str_head(rest, LABEL_MAX), STR("："));
    bool timed = colon > 0 && is_time_label(str_head(rest, (size_t)colon)) && item->duty < 0 &&
                 para != item->heading;
    if (!timed) {
        plan_owner(reading, para, item);
        return false;
    }
    const struct para *heading = item->heading;
    struct para_text name = text_cut(heading->at, heading->body, heading->at.key.len);
    struct tokens tokens = {0};
    lex(reading->arena, reading->words, name.key, &tokens);
    if (!deed_between(&tokens, 0, name.key.len))
        return false;
    item->duty =
        task_put(reading, heading, name, str_from_byte(rest, (size_t)colon + 3), item->owner);
    return item->duty >= 0;
}

/* ---- tables */

struct task_columns {
    int task, time, owner, n; /* -1 = none */
};

static bool read_columns(const struct para *row, struct task_columns *ret)
{
    struct task_columns columns = {-1, -1, -1, row->cells_n};
    for (int i = row->cells_n; i-- > 0;) {
        struct str key = row->cells[i].at.key;
        columns.time = is_time_label(key) ? i : columns.time;
        columns.owner = is_owner_label(key) ? i : columns.owner;
        columns.task = is_task_label(key) ? i : columns.task;
    }
    if (columns.task < 0 || columns.time < 0)
        return false;
    *ret = columns;
    return true;
}

int tasks_read(struct reading *reading, int at)
{
    struct task_columns columns = {.n = -1};
    for (; at < reading->paras_n && reading->paras[at].kind == PARA_ROW; at++) {
        const struct para *row = &reading->paras[at];
        if (row->zone == ZONE_DROPPED || read_columns(row, &columns) || row->cells_n != columns.n)
            continue;
        const struct para_cell *task = &row->cells[columns.task];
        if (task->repeated && row->cells[columns.time].repeated)
            continue;
        struct para cell = {
            .kind = PARA_TEXT, .at = task->at, .line = row->line, .clause = row->clause};
        task_put(reading, &cell, task->at, row->cells[columns.time].at.key,
                 columns.owner >= 0 ? row->cells[columns.owner].at.text : STR(""));
    }
    return at;
}
