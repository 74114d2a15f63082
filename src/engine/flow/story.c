#include "engine/flow/priv.h"

#include "flow.sql.h"
#include "store/journal.h"

/* The steps taken: written, and shown on a record's page. */

const struct choice flow_means[] = {
    {"letter", "来函"}, {"phone", "电话"}, {"person", "当面"}, {NULL, NULL}};

static const struct field fields[] = {
    {.key = "title", .label = "办理对象", .kind = FIELD_TEXT, .max = 400, .required = true},
    {.key = "label", .label = "步骤", .kind = FIELD_TEXT, .required = true},
    {.key = "on_date", .label = "办理日期", .kind = FIELD_DATE, .required = true},
    {.key = "by_name", .label = "录入", .kind = FIELD_TEXT, .required = true},
    {.key = "behalf", .label = "代谁办理", .kind = FIELD_TEXT},
    {.key = "means", .label = "方式", .kind = FIELD_CHOICE, .choices = flow_means},
    {.key = "remark", .label = "说明", .kind = FIELD_TEXT, .wide = true},
    {.key = "said", .label = "内容", .kind = FIELD_LONG_TEXT},
    {.key = "of_kind", .label = "种类", .kind = FIELD_TEXT, .required = true, .wide = true},
    {.key = "record_id", .label = "编号", .kind = FIELD_TEXT, .required = true, .wide = true},
    {.key = "action", .label = "动作", .kind = FIELD_TEXT, .required = true, .wide = true},
    {.key = "from_state", .label = "原状态", .kind = FIELD_TEXT, .wide = true},
    {.key = "to_state", .label = "新状态", .kind = FIELD_TEXT, .wide = true},
    {0}};

const struct kind kind_step = {.name = "step",
                               .label = "办理记录",
                               .unit = "条",
                               .fields = fields,
                               .title = "title",
                               .by_program = true,
                               .empty = "还没有办理记录。每办理一步，这里就多一条。",
                               .help = "每一步由谁、何时、替谁办理，只增不改。"};

struct str field_words(struct arena *arena, const struct field *field, const struct record *said,
                       int index)
{
    struct value value = said->values[index];
    if (field->kind == FIELD_REFERENCE)
        return value.kind == VALUE_INT ? value_str(said->labels[index]) : (struct str){0};
    if (field->kind == FIELD_FLAG)
        return value_i64(value) ? STR("是") : (struct str){0};
    for (const struct choice *choice = field->choices; choice && choice->word; choice++)
        if (str_is(value_str(value), choice->word))
            return str_from(choice->label);
    if (value.kind == VALUE_INT)
        return str_fmt(arena, "%lld", (long long)value.i);
    return value_str(value);
}

/* A step that changes what the record says tells what is new. */
static bool stays(const struct record *old, const struct record *said, int index)
{
    const struct field *field = &said->kind->fields[index];
    int at = old ? kind_field(old->kind, field->key) : -1;
    if (at < 0 || old->kind->fields[at].kind != field->kind)
        return false;
    struct value left = old->values[at], right = said->values[index];
    return left.kind == VALUE_INT ? left.i == right.i : str_eq(value_str(left), value_str(right));
}

struct str story_said(struct arena *arena, const struct flow_step *step, const struct record *said,
                      const struct record *old, struct str also)
{
    struct str text = {0};
    for (int i = 0; said && step->fields && step->fields[i].key; i++) {
        const struct field *field = &step->fields[i];
        struct str one =
            field->kind == FIELD_ROWS ? (struct str){0} : field_words(arena, field, said, i);
        if (one.len == 0 || stays(old, said, i))
            continue;
        text = field->private ? str_fmt(arena, "%.*s%s%s：已填写", STR_ARG(text),
                                        text.len ? "；" : "", field->label)
                              : str_fmt(arena, "%.*s%s%s：%.*s", STR_ARG(text),
                                        text.len ? "；" : "", field->label, STR_ARG(one));
    }
    if (also.len > 0)
        text = str_fmt(arena, "%.*s%s%.*s", STR_ARG(text), text.len ? "；" : "", STR_ARG(also));
    return text;
}

/* 王五（政协办公室文书） */
static struct str who(struct tx *tx)
{
    const struct actor *actor = tx_actor(tx);
    if (!actor)
        return STR("系统");
    if (actor->role.len == 0)
        return actor->name;
    return str_fmt(tx_arena(tx), "%.*s（%.*s）", STR_ARG(actor->name), STR_ARG(actor->role));
}

enum status story_add(struct tx *tx, const struct told *told, struct fault *fault)
{
    struct arena *arena = tx_arena(tx);
    const struct flow_act *act = told->act;
    const struct flow *flow = act->kind->flow;
    struct record *row = record_new(arena, &kind_step);
    row->body_id = act->body_id;
    row->id = act->ids[0];
    record_set(row, "of_kind", value_text(str_from(act->kind->name)));
    record_set(row, "record_id", value_text(id_format(arena, act->id)));
    record_set(row, "title", value_text(told->title));
    record_set(row, "action", value_text(str_from(told->step->action)));
    record_set(row, "label", value_text(str_from(told->step->label)));
    record_set(row, "from_state", value_text_or_null(str_from(flow_label(flow, told->from))));
    record_set(row, "to_state", value_text_or_null(str_from(flow_label(flow, told->to))));
    record_set(row, "on_date", value_text(told->on));
    record_set(row, "by_name", value_text(who(tx)));
    record_set(row, "behalf", value_text_or_null(act->behalf.party));
    record_set(row, "means", value_text_or_null(act->behalf.means));
    record_set(row, "remark", value_text_or_null(act->behalf.remark));
    record_set(row, "said", value_text_or_null(told->said));
    return record_add(tx, row, act->now, fault);
}

static const char *means_label(struct str means)
{
    for (const struct choice *choice = flow_means; choice->word; choice++)
        if (str_is(means, choice->word))
            return choice->label;
    return "";
}

enum status flow_proxy(struct tx *tx, const struct kind *kind, int64_t body_id, int64_t id,
                       struct str *ret_words)
{
    struct rows rows;
    struct arena *arena = tx_arena(tx);
    *ret_words = (struct str){0};
    TRY(tx_run(tx, &SQL_flow_behalf,
               ARGS(value_int(body_id), value_text(str_from(kind->name)),
                    value_text(id_format(arena, id))),
               &rows));
    if (rows.n > 0)
        *ret_words = str_fmt(arena, "代录：%s", means_label(value_str(rows_at(&rows, 0, 0))));
    return OK;
}

/* 代市教育局录入（来函），说明 */
static struct str behalf_text(struct arena *arena, struct str party, struct str means,
                              struct str remark)
{
    const char *way = means_label(means);
    if (party.len == 0)
        return party;
    return str_fmt(arena, "代录：%.*s，%s%s%.*s", STR_ARG(party), way, remark.len ? "，" : "",
                   STR_ARG(remark));
}

enum status story_load(struct call *call, const struct record *record,
                       const struct list **ret_story)
{
    struct rows rows;
    TRY(tx_run(call->tx, &SQL_flow_story,
               ARGS(value_int(record->body_id), value_text(str_from(record->kind->name)),
                    value_text(id_format(call->arena, record->id))),
               &rows));
    struct list *story = list_new(call->arena, &shape_record_story);
    for (int r = 0; r < rows.n; r++) {
        struct value *line = list_add(call->arena, story);
        for (int i = 0; i < 5; i++)
            line[i] = rows_at(&rows, r, i);
        line[5] = value_text_or_null(behalf_text(call->arena, value_str(rows_at(&rows, r, 5)),
                                                 value_str(rows_at(&rows, r, 6)),
                                                 value_str(rows_at(&rows, r, 7))));
        line[6] = rows_at(&rows, r, 8);
    }
    *ret_story = story;
    return OK;
}
