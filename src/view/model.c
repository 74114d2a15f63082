#include "view/view.h"

#include <assert.h>

static const struct column ref_columns[] = {
    {"id", NULL, COLUMN_ID},
    {"name", "名称", COLUMN_TEXT},
    {"url", NULL, COLUMN_URL},
};
const struct shape shape_ref = {"ref", ref_columns, 3};

int shape_index(const struct shape *shape, struct str key)
{
    for (int i = 0; i < shape->n; i++)
        if (str_is(key, shape->columns[i].key))
            return i;
    return -1;
}

struct object *object_new(struct arena *arena, const struct shape *shape)
{
    struct object *object = arena_new(arena, struct object, 1);
    object->shape = shape;
    object->values = arena_new(arena, struct value, shape->n);
    return object;
}

void object_set(struct object *object, const char *key, struct value value)
{
    int index = shape_index(object->shape, str_from(key));
    assert(index >= 0);
    object->values[index] = value;
}

struct value object_get(const struct object *object, const char *key)
{
    int index = shape_index(object->shape, str_from(key));
    assert(index >= 0);
    return object->values[index];
}

struct list *list_new(struct arena *arena, const struct shape *shape)
{
    struct list *list = arena_new(arena, struct list, 1);
    list->shape = shape;
    return list;
}

struct value *list_add(struct arena *arena, struct list *list)
{
    int width = list->shape->n;
    if (list->n == list->room) {
        int larger = list->room ? list->room * 2 : 8;
        struct value *copy = arena_new(arena, struct value, (size_t)larger * (size_t)width);
        if (list->n)
            memcpy(copy, list->values, (size_t)list->n * (size_t)width * sizeof *copy);
        list->values = copy;
        list->room = larger;
    }
    return list->values + (size_t)list->n++ * (size_t)width;
}

static bool is_taken(const struct shape *first, const struct column *column)
{
    return (column->flags & COLUMN_PAGE_ONLY) || shape_index(first, str_from(column->key)) >= 0;
}

const struct shape *shape_joined(struct arena *arena, const struct shape *first,
                                 const struct shape *then)
{
    struct column *columns = arena_new(arena, struct column, first->n + then->n);
    struct shape *shape = arena_new(arena, struct shape, 1);
    *shape = (struct shape){first->name, columns, first->n};
    memcpy(columns, first->columns, (size_t)first->n * sizeof *columns);
    for (int i = 0; i < then->n; i++)
        if (!is_taken(first, &then->columns[i]))
            columns[shape->n++] = then->columns[i];
    return shape;
}

const struct object *object_joined(struct arena *arena, const struct object *first,
                                   const struct object *then)
{
    struct object *object = object_new(arena, shape_joined(arena, first->shape, then->shape));
    int n = first->shape->n;
    memcpy(object->values, first->values, (size_t)n * sizeof *object->values);
    for (int i = 0; i < then->shape->n; i++)
        if (!is_taken(first->shape, &then->shape->columns[i]))
            object->values[n++] = then->values[i];
    return object;
}

struct value value_ref(struct arena *arena, int64_t id, struct str name, struct str url)
{
    struct object *ref = object_new(arena, &shape_ref);
    ref->values[0] = value_int(id);
    ref->values[1] = value_text(name);
    ref->values[2] = value_text(url);
    return value_object(ref);
}
