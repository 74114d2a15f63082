#include "engine/record/priv.h"

/* What the pages of any kind share: addresses, items, choices. */

const struct kind_pages *pages_of(const struct call *call)
{
    return call->route->data;
}

/* Pages have hundreds of these: put together without a format. */
struct str record_url(struct call *call, const struct kind *kind, int64_t id)
{
    struct str name = str_from(kind->name), slug = call->body.slug;
    bool below = !kind->instance;
    size_t len = 1 + (below ? slug.len + 1 : 0) + name.len + 1 + ID_TEXT_LEN;
    char *text = arena_alloc(call->arena, len + 1), *to = text;
    *to++ = '/';
    if (below) {
        to = mempcpy(to, slug.ptr, slug.len);
        *to++ = '/';
    }
    to = mempcpy(to, name.ptr, name.len);
    *to++ = '/';
    id_format_to(id, to);
    return (struct str){text, len};
}

struct str list_url(struct call *call, const struct kind *kind, const char *suffix)
{
    if (kind->instance)
        return str_fmt(call->arena, "/%s%s", kind->name, suffix);
    return call_url(call, "%s%s", kind->name, suffix);
}

static struct value date_value(struct str text)
{
    bool unset = text.len == 0 || str_is(text, "0001-01-01");
    return unset ? NULL_VALUE : value_text(text);
}

static const struct list *rows_list(struct arena *arena, const struct shape *shape,
                                    const struct record_rows *rows)
{
    struct list *list = list_new(arena, shape);
    list->values = rows->cells;
    list->n = rows->n;
    return list;
}

/* What one has just sent oneself is not read. */
static bool is_sent_back(const struct call *call, const struct field *field, struct value value)
{
    return call->request->method == METHOD_POST && value.kind == VALUE_TEXT &&
           str_eq(str_trim(call_form(call, field->key)), value_str(value));
}

void item_fill(struct call *call, const struct kind_pages *pages, const struct record *record,
               const struct shape *shape, struct value *values)
{
    const struct kind *kind = pages->kind;
    bool detail = shape != pages->item;
    struct str url = record_url(call, kind, record->id);
    int n = 0;
    values[n++] = value_int(record->id);
    values[n++] = value_text(url);
    values[n++] = value_ref(call->arena, record->id, record_title(call->arena, record), url);
    for (int i = 0; kind->fields[i].key; i++) {
        const struct field *field = &kind->fields[i];
        struct value value = record->values[i];
        if (field->kind == FIELD_KEY || (field->kind == FIELD_ROWS && !detail))
            continue;
        if (field_is_masked(field, &call->viewer, record)) {
            values[n++] = MASKED_VALUE;
            continue;
        }
        if (field->private && (value.kind == VALUE_INT || value_str(value).len > 0) &&
            !is_sent_back(call, field, value))
            call_reads(call, kind->name, record->id, field->key);
        if (field->kind == FIELD_ROWS)
            value = value_list(rows_list(call->arena, shape->columns[n].shape, &record->rows[i]));
        if (field->kind == FIELD_REFERENCE && value.kind == VALUE_INT)
            value = value_ref(call->arena, value.i, value_str(record->labels[i]),
                              record_url(call, field->to, value.i));
        values[n++] = value;
    }
    if (kind->ordered)
        values[n++] = value_int(record->position);
    if (kind->dated) {
        values[n++] = date_value(record->start_date);
        values[n++] = date_value(record->end_date);
    }
    values[n++] = value_int(record->version);
    if (kind->dated) {
        values[n++] = date_value(record->start_date);
        values[n++] = date_value(record->end_date);
    }
}

struct object *record_object(struct call *call, const struct kind_pages *pages,
                             const struct record *record)
{
    struct object *object = object_new(call->arena, pages->data);
    item_fill(call, pages, record, pages->data, object->values);
    return object;
}

const struct object *record_data(struct call *call, const struct record_engine *engine,
                                 const struct record *record)
{
    for (int i = 0; i < engine->kinds_n; i++)
        if (engine->pages[i].kind == record->kind)
            return record_object(call, &engine->pages[i], record);
    return NULL;
}

enum status record_answer(struct call *call, const struct record_engine *engine,
                          const struct kind *kind, int64_t id, struct page *page)
{
    struct record *record;
    TRY(record_get(call->tx, kind, kind->instance ? 0 : call->body.id, id, &record));
    page->model = record_data(call, engine, record);
    page->redirect = record_url(call, kind, id);
    return OK;
}

bool field_is_masked(const struct field *field, const struct viewer *viewer,
                     const struct record *record)
{
    /* Of nobody's organization: enough only for those who hold it for the body. */
    struct target target = {.body = record ? record->body_id : 0, .organization = -1};
    if (!field->private || viewer->masked)
        return field->private;
    if (record && kind_field(record->kind, "organization") >= 0)
        target.organization = value_i64(record_value(record, "organization"));
    return !rights_may(viewer, RIGHT_PHONES, &target);
}

bool kind_has_private(const struct kind *kind)
{
    for (const struct field *field = kind->fields; field->key; field++)
        if (field->private)
            return true;
    return false;
}

const struct list *choices_list(struct arena *arena, const struct shape *shape,
                                const struct choice *choices, struct str selected)
{
    struct list *list = list_new(arena, shape);
    for (; choices && choices->word; choices++) {
        struct value *row = list_add(arena, list);
        row[0] = value_text(str_from(choices->word));
        row[1] = value_text(str_from(choices->label));
        row[2] = value_int(str_is(selected, choices->word));
    }
    return list;
}

const struct shape *child_shape(const struct shape *shape, const char *key)
{
    for (int i = 0; i < shape->n; i++)
        if (strcmp(shape->columns[i].key, key) == 0)
            return shape->columns[i].shape;
    return NULL;
}
