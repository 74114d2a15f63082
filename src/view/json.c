#include "base/json_put.h"
#include "view/format.h"

static void put_row(struct json *json, const struct shape *shape, const struct value *values);

static void put_list(struct json *json, const struct list *list)
{
    json_begin(json, '[');
    for (int i = 0; i < list->n; i++)
        put_row(json, list->shape, list_row(list, i));
    json_end(json, ']');
}

static void put_cell(struct json *json, const struct column *column, struct value value)
{
    char scratch[FORMAT_SCRATCH];
    if (format_is_null(column, value))
        json_null(json);
    else if (value.kind == VALUE_OBJECT)
        put_row(json, value.object->shape, value.object->values);
    else if (value.kind == VALUE_LIST)
        put_list(json, value.list);
    else if (value.kind == VALUE_INT && column->kind == COLUMN_INT)
        json_int(json, value.i);
    else if (value.kind == VALUE_INT && column->kind == COLUMN_FLAG)
        json_bool(json, value.i != 0);
    else
        json_str(json, format_cell(column, value, FORMAT_WORD, scratch));
}

static void put_row(struct json *json, const struct shape *shape, const struct value *values)
{
    json_begin(json, '{');
    for (int i = 0; i < shape->n; i++) {
        if (!column_is_data(&shape->columns[i]))
            continue;
        json_key(json, shape->columns[i].key);
        put_cell(json, &shape->columns[i], values[i]);
    }
    json_end(json, '}');
}

void view_put_json(struct buf *buf, const struct object *model)
{
    struct json json = json_open(buf);
    put_row(&json, model->shape, model->values);
}
