#include "engine/flow/priv.h"

#include "engine/record/replay.h"

/* Buttons, forms and the story of records with a flow; POST /{body}/{kind}/{id}/{action}. */

static const struct column page_columns[] = {
    {"problem", NULL, COLUMN_TEXT},
    {"back_url", NULL, COLUMN_URL},
    {"steps", NULL, COLUMN_LIST, .shape = &shape_record_step},
};
static const struct shape shape_page = {"step_page", page_columns, 3};

struct step_route {
    const struct record_engine *engine;
    const struct kind *kind;
    const char *action;
};

/* The fields of a step, as a kind that forms are made of and read by. */
static const struct kind *asked_kind(struct arena *arena, const struct kind *kind,
                                     const struct flow_step *step)
{
    static const struct field nothing[] = {{0}};
    struct kind *asked = arena_new(arena, struct kind, 1);
    asked->name = kind->name;
    asked->label = step->label;
    asked->fields = step->fields ? step->fields : nothing;
    return asked;
}

/* What the record already has under the same keys. */
static bool keeps(const struct flow_step *step, const char *key)
{
    for (const char *const *kept = step->keeps; kept && *kept; kept++)
        if (strcmp(*kept, key) == 0)
            return true;
    return !step->keeps;
}

static struct record *known(struct call *call, const struct kind *asked,
                            const struct flow_step *step, const struct record *record)
{
    struct arena *arena = call->arena;
    struct record *values = record_new(arena, asked);
    bool any = false;
    values->id = record->id;
    for (int i = 0; asked->fields[i].key; i++) {
        int index = kind_field(record->kind, asked->fields[i].key);
        if (index < 0 || !keeps(step, asked->fields[i].key) ||
            record->kind->fields[index].kind != asked->fields[i].kind ||
            field_is_masked(&record->kind->fields[index], &call->viewer, record))
            continue;
        values->values[i] = record->values[index];
        values->labels[i] = record->labels[index];
        any = true;
    }
    return any ? values : NULL;
}

static bool may(const struct viewer *viewer, enum right right, const struct record *record)
{
    const char *owner = record->kind->flow->owner;
    struct target target = {.body = record->body_id};
    if (owner)
        target.organization = value_i64(record_value(record, owner));
    return rights_may(viewer, right, &target);
}

bool flow_takes_part(const struct viewer *viewer, const struct record *record)
{
    const struct flow *flow = record->kind->flow;
    for (const struct flow_step *step = flow ? flow->steps : NULL; step && step->action; step++)
        if (!step->by_program && may(viewer, step->who, record))
            return true;
    return false;
}

/* Whose matter it is: most likely whoever wrote or called. */
static struct str owner_name(const struct record *record)
{
    const char *owner = record->kind->flow->owner;
    return owner ? value_str(record->labels[kind_field(record->kind, owner)]) : (struct str){0};
}

static void add_step(struct call *call, struct list *steps, const struct record *record,
                     const struct flow_step *step, const struct field_faults *faults)
{
    const struct kind *asked = asked_kind(call->arena, record->kind, step);
    struct str url = record_url(call, record->kind, record->id);
    struct object row = {steps->shape, list_add(call->arena, steps)};
    bool typed = faults != NULL;
    struct str mark = str_fmt(call->arena, "%s-for", step->action);
    object_set(&row, "action", value_text(str_from(step->action)));
    object_set(&row, "label", value_text(str_from(step->label)));
    object_set(&row, "url",
               value_text(str_fmt(call->arena, "%.*s/%s", STR_ARG(url), step->action)));
    object_set(&row, "version", value_int(record->version));
    object_set(&row, "confirm", value_text_or_null(str_from(step->confirm)));
    object_set(&row, "main", value_int(step->main));
    object_set(&row, "fields",
               value_list(record_inputs(call, asked, step->action, known(call, asked, step, record),
                                        typed, faults)));
    if (may(&call->viewer, RIGHT_ON_BEHALF, record))
        object_set(&row, "behalf",
                   value_object(record_behalf(call, &kind_behalf, mark.ptr, owner_name(record),
                                              typed, faults)));
}

static struct str day_text(struct call *call, struct str text)
{
    struct date day;
    return date_parse(text, &day) ? date_format_chinese(call->arena, day) : text;
}

/* Where it stands and since when: 已更换，2026年11月16日开始，2026年11月20日结束。 */
static struct str standing(struct call *call, const struct record *record, struct str state)
{
    bool begun = record->start_date.len > 0 && !str_is(record->start_date, "0001-01-01");
    bool ends = record->end_date.len > 0 && !str_is(record->end_date, "9999-12-31");
    struct str text = str_from(flow_label(record->kind->flow, state));
    if (begun)
        text = str_fmt(call->arena, "%.*s，%.*s开始", STR_ARG(text),
                       STR_ARG(day_text(call, record->start_date)));
    if (ends)
        text = str_fmt(call->arena, "%.*s，%.*s结束", STR_ARG(text),
                       STR_ARG(day_text(call, record->end_date)));
    return str_fmt(call->arena, "%.*s。", STR_ARG(text));
}

enum status flow_show(struct call *call, struct page *page, const struct record *record,
                      struct object *model)
{
    const struct flow *flow = record->kind->flow;
    struct str state = flow_state(record, date_format(call->arena, call->today));
    struct list *steps = list_new(call->arena, &shape_record_step);
    const struct list *story = NULL;
    for (const struct flow_step *step = flow->steps; step->action; step++)
        if (step->from && !step->by_program && str_is(state, step->from) &&
            may(&call->viewer, step->who, record))
            add_step(call, steps, record, step, NULL);
    if (!record->kind->own_page)
        page->state = standing(call, record, state);
    object_set(model, "steps", value_list(steps));
    if (may(&call->viewer, RIGHT_READ, record))
        TRY(story_load(call, record, &story));
    object_set(model, "story", value_list(story));
    object_set(model, "has_steps", value_int(steps->n > 0));
    object_set(model, "has_story", value_int(story && story->n > 0));
    return OK;
}

/* --- taking a step --- */

static enum status load(struct call *call, struct record **ret_record)
{
    const struct step_route *route = call->route->data;
    int64_t id;
    TRY(call_path_id(call, 1, &id));
    enum status status = record_get(call->tx, route->kind, call->body.id, id, ret_record);
    if (status == NOT_FOUND || (status == OK && !record_may_see(call, route->kind, id)))
        return call_refuse(call, NOT_FOUND, NULL, "没有这条%s，可能地址有误或已被移除。",
                           route->kind->label);
    return status;
}

/* Any row of the action: which one is taken is decided by the state at the write. */
static const struct flow_step *step_of(const struct call *call, const struct record *record)
{
    const struct step_route *route = call->route->data;
    struct str state = flow_state(record, date_format(call->arena, call->today));
    const struct flow_step *step = flow_find(route->kind->flow, state, route->action);
    for (const struct flow_step *any = route->kind->flow->steps; !step && any->action; any++)
        if (any->from && strcmp(any->action, route->action) == 0)
            step = any;
    return step;
}

static enum status step_page(struct call *call, struct page *page, const struct record *record,
                             const struct field_faults *faults)
{
    const struct kind *kind = record->kind;
    const struct flow_step *step = step_of(call, record);
    struct object *model = object_new(call->arena, &shape_page);
    struct list *steps = list_new(call->arena, &shape_record_step);
    struct str state = flow_state(record, date_format(call->arena, call->today));
    struct str url = record_url(call, kind, record->id);
    if (flow_find(kind->flow, state, step->action))
        add_step(call, steps, record, step, faults);
    if (call->fault.message.len > 0 && (!faults || faults->n == 0))
        object_set(model, "problem", value_text(call->fault.message));
    object_set(model, "steps", value_list(steps));
    object_set(model, "back_url", value_text(url));
    page->model = model;
    page->title =
        str_fmt(call->arena, "%s：%.*s", step->label, STR_ARG(record_title(call->arena, record)));
    page->state = str_fmt(call->arena, "现在是“%s”。", flow_label(kind->flow, state));
    page_crumb(page, str_from(kind->label), call_url(call, "%s", kind->name));
    page_crumb(page, record_title(call->arena, record), url);
    return OK;
}

static enum status ask(struct call *call, struct page *page)
{
    struct record *record;
    TRY(load(call, &record));
    return step_page(call, page, record, NULL);
}

/* Names of what was referred to, for the story. */
static void name_references(struct call *call, struct record *said)
{
    for (int i = 0; said->kind->fields[i].key; i++) {
        const struct field *field = &said->kind->fields[i];
        struct record *other;
        if (field->kind == FIELD_REFERENCE && said->values[i].kind == VALUE_INT &&
            record_get(call->tx, field->to, call->body.id, said->values[i].i, &other) == OK)
            said->labels[i] = value_text(record_title(call->arena, other));
    }
}

static void take_ids(struct call *call, struct flow_act *act, int n)
{
    int64_t *ids = arena_new(call->arena, int64_t, n + 1);
    for (int i = 0; i <= n; i++)
        ids[i] = call_new_id(call);
    act->ids = ids;
    act->ids_n = n + 1;
}

static enum status deny(struct call *call, const char *label)
{
    return call_refuse(call, DENIED, NULL, "您没有“%s”的权限，如确需办理，请与政协办公室联系。",
                       label);
}

static enum status read_act(struct call *call, const struct record *record,
                            const struct flow_step *step, struct flow_act *ret_act,
                            struct field_faults *faults)
{
    struct record *said, *behalf;
    struct flow_act act = {.kind = record->kind,
                           .body_id = record->body_id,
                           .id = record->id,
                           .action = step->action,
                           .now = call->now};
    if (!may(&call->viewer, step->who, record))
        return deny(call, step->label);
    const struct kind *asked = asked_kind(call->arena, record->kind, step);
    enum status status = record_from_form(call, asked, NULL, &said, faults);
    if (record_from_form(call, &kind_behalf, NULL, &behalf, faults) != OK ||
        behalf_read(call, behalf, &act.behalf, faults) != OK)
        status = INVALID;
    if (record_refuse_unknown(call, (const struct kind *[]){asked, &kind_behalf, NULL}, NULL,
                              faults) != OK)
        status = INVALID;
    if (act.behalf.party.len > 0 && !may(&call->viewer, RIGHT_ON_BEHALF, record))
        return deny(call, "代录");
    if (!str_to_int(call_form(call, "version"), &act.version) || act.version < 1)
        return call_refuse(call, INVALID, "version", "缺少所见版本号，请重新打开记录页后再办理。");
    name_references(call, said);
    act.said = said;
    take_ids(call, &act, step->ids ? step->ids : FLOW_IDS);
    *ret_act = act;
    return status;
}

struct taking {
    const struct flow_act *act;
    const struct record *record;
    struct replay replay;
    bool done; /* the same was taken between reading and writing */
};

static enum status apply(struct tx *tx, void *context, struct fault *fault)
{
    struct taking *taking = context;
    TRY(replay_again(tx, &taking->replay, &taking->done));
    if (taking->done)
        return OK;
    TRY(flow_step(tx, taking->act, fault));
    return replay_keep(tx, &taking->replay, 200, taking->record);
}

/* The form again with what was typed and what is wrong; 422 or 409, with the record as it is. */
static enum status again(struct call *call, struct page *page, enum status status,
                         const struct flow_act *act, struct field_faults *faults)
{
    const struct step_route *route = call->route->data;
    struct record *now;
    TRY(record_get(call->tx, act->kind, act->body_id, act->id, &now));
    if (faults->n == 0 && call->fault.field.len > 0)
        *arena_push(call->arena, faults->items, faults->n, faults->room) =
            (struct field_fault){call->fault.field.ptr, call->fault.message};
    for (int i = 0; i < faults->n; i++)
        call_error(call, str_from(faults->items[i].key), faults->items[i].message);
    if (faults->n > 0 && call->fault.message.len == 0)
        call->fault = (struct fault){.status = status,
                                     .field = str_from(faults->items[0].key),
                                     .message = faults->items[0].message};
    if (status == CONFLICT)
        call->current = record_data(call, route->engine, now);
    page->status = status_http(status);
    return step_page(call, page, now, faults);
}

static enum status take(struct call *call, struct page *page)
{
    const struct step_route *route = call->route->data;
    struct record *record;
    struct flow_act act = {0};
    struct field_faults faults = {0};
    struct taking taking = {.act = &act};
    TRY(replay_find(call, route->engine, page, &taking.replay));
    if (taking.replay.found)
        return OK;
    TRY(load(call, &record));
    taking.record = record;
    enum status status = read_act(call, record, step_of(call, record), &act, &faults);
    if (act.kind == NULL)
        return status;
    if (status == OK)
        status = call_write(call, 0, apply, &taking);
    if (status == INVALID || status == CONFLICT)
        return again(call, page, status, &act, &faults);
    TRY(status);
    if (taking.done)
        return replay_find(call, route->engine, page, &taking.replay);
    return record_answer(call, route->engine, route->kind, record->id, page);
}

/* --- making by hand --- */

/* The step by which a viewer makes a record of a kind; `wanted` empty: the first he may take. */
static const struct flow_step *maker(const struct call *call, const struct kind *kind,
                                     struct str wanted)
{
    for (const struct flow_step *any = kind->flow->steps; any->action; any++)
        if (!any->from && !any->by_program && call_may(call, any->who) &&
            (wanted.len == 0 || str_is(wanted, any->action)))
            return any;
    return NULL;
}

static const char *submit(const struct call *call, const struct kind *kind)
{
    const struct flow_step *step = maker(call, kind, (struct str){0});
    return step ? step->label : NULL;
}

struct making {
    struct flow_act act;
    const struct viewer *viewer;
    enum right who;
};

static enum status read_making(struct call *call, const struct kind *kind, const void **ret_told,
                               struct field_faults *faults)
{
    struct making *making = arena_new(call->arena, struct making, 1);
    struct flow_act *act = &making->act;
    struct record *behalf;
    struct str wanted = call_form(call, "action");
    const struct flow_step *step = maker(call, kind, wanted);
    *act = (struct flow_act){.kind = kind, .now = call->now};
    act->action = step ? step->action : "";
    take_ids(call, act, step && step->ids ? step->ids : FLOW_IDS);
    making->viewer = &call->viewer;
    making->who = step ? step->who : RIGHT_NONE;
    *ret_told = making;
    if (!step)
        *arena_push(call->arena, faults->items, faults->n, faults->room) = (struct field_fault){
            "action", str_fmt(call->arena, "%s不能这样开始，请从登记表单登记。", kind->label)};
    TRY(record_from_form(call, &kind_behalf, NULL, &behalf, faults));
    return behalf_read(call, behalf, &act->behalf, faults);
}

static enum status make(struct tx *tx, const void *told, struct record *record, struct fault *fault)
{
    const struct making *making = told;
    struct flow_act act = making->act;
    act.body_id = record->body_id;
    act.id = record->id;
    bool behalf = act.behalf.party.len > 0;
    if (!may(making->viewer, making->who, record) ||
        (behalf && !may(making->viewer, RIGHT_ON_BEHALF, record)))
        return refuse(tx_arena(tx), fault, DENIED, NULL,
                      "您没有为这个单位登记%s的权限，如确需办理，请与政协办公室联系。",
                      record->kind->label);
    return flow_make(tx, &act, record, fault);
}

/* --- routes --- */

static bool is_first(const struct flow_step *steps, int index)
{
    for (int i = 0; i < index; i++)
        if (steps[i].from && strcmp(steps[i].action, steps[index].action) == 0)
            return false;
    return steps[index].from && !steps[index].by_program;
}

static void add_kind(struct record_engine *engine, const struct kind *kind)
{
    struct arena *arena = record_engine_arena(engine);
    const struct flow_step *steps = kind->flow->steps;
    for (int i = 0; steps[i].action; i++) {
        if (!is_first(steps, i))
            continue;
        struct step_route *data = arena_new(arena, struct step_route, 1);
        *data = (struct step_route){engine, kind, steps[i].action};
        struct route *routes = arena_new(arena, struct route, 2);
        struct str path = str_fmt(arena, "/{body}/%s/{id}/%s", kind->name, steps[i].action);
        struct str help = str_fmt(arena, "%s：%s", kind->label, steps[i].label);
        routes[0] = (struct route){.method = METHOD_GET,
                                   .path = path.ptr,
                                   .run = ask,
                                   .need = steps[i].who,
                                   .forms = FORM_HTML,
                                   .help = help.ptr,
                                   .template = "record/step_page",
                                   .shape = &shape_page,
                                   .data = data};
        routes[1] = routes[0];
        routes[1].method = METHOD_POST;
        routes[1].run = take;
        routes[1].flags = steps[i].is_long ? ROUTE_LONG : 0;
        routes[1].forms = FORM_HTML | FORM_JSON;
        app_add_routes(record_engine_app(engine), routes, 2);
    }
}

static void add_routes(struct record_engine *engine)
{
    for (const struct kind *const *kind = record_engine_kinds(engine); *kind; kind++)
        if ((*kind)->flow)
            add_kind(engine, *kind);
}

/* Of the rows of one action, all ask the same. */
static const struct kind *asks(struct arena *arena, const struct route *route)
{
    const struct step_route *of = route->data;
    if (route->run != take)
        return NULL;
    const struct flow_step *step = of->kind->flow->steps;
    while (!step->from || strcmp(step->action, of->action) != 0)
        step++;
    return asked_kind(arena, of->kind, step);
}

static const struct choice *makers(struct arena *arena, const struct kind *kind)
{
    int n = 0, room = 0;
    struct choice *choices = NULL;
    for (const struct flow_step *step = kind->flow->steps; step->action; step++)
        if (!step->from && !step->by_program)
            *arena_push(arena, choices, n, room) = (struct choice){step->action, step->label};
    *arena_push(arena, choices, n, room) = (struct choice){0};
    return choices;
}

const struct record_hooks flow_hooks = {.show = flow_show,
                                        .asked = &kind_behalf,
                                        .submit = submit,
                                        .read = read_making,
                                        .make = make,
                                        .change = flow_edit,
                                        .routes = add_routes,
                                        .asks = asks,
                                        .makers = makers};
