#include "domain/directory/priv.h"

#include "domain/organization/organization.h"

/* The matrix: units down, linking sides across. */

static const struct column cell_columns[] = {
    {"linked", NULL, COLUMN_FLAG},
    {"text", NULL, COLUMN_TEXT},
};
static const struct shape shape_cell = {"cell", cell_columns, 2};
static const struct column matrix_row_columns[] = {
    {"unit", "单位", COLUMN_OBJECT, .shape = &shape_ref}, /* of either side */
    {"held", "疑似误印", COLUMN_FLAG},
    {"hint", "可能应为", COLUMN_TEXT},
    {"cells", NULL, COLUMN_LIST, .shape = &shape_cell},
    {"linked_by", "与其对口的各方", COLUMN_TEXT},
};
static const struct shape shape_matrix_row = {"row", matrix_row_columns, 5};
static const struct column matrix_columns[] = {
    {"on", NULL, COLUMN_DATE},
    {"heads", NULL, COLUMN_LIST, .shape = &shape_ref},
    {"items", NULL, COLUMN_LIST, .shape = &shape_matrix_row},
    {"more", NULL, COLUMN_FLAG},
    DIRECTORY_FRAME_COLUMNS,
};
const struct shape shape_matrix = {"matrix", matrix_columns,
                                   sizeof matrix_columns / sizeof *matrix_columns};

static const struct entry *entry_from(const struct entry_group *group, int64_t from)
{
    for (int i = 0; i < group->n; i++)
        if (group->entries[i]->from.id == from)
            return group->entries[i];
    return NULL;
}

static void fill_matrix_row(struct call *call, const struct entry_group *unit,
                            const struct entry_groups *heads, struct value *row)
{
    struct list *cells = list_new(call->arena, &shape_cell);
    struct str names = {0};
    for (int i = 0; i < heads->n; i++) {
        const struct entry *entry = entry_from(unit, heads->items[i].side->id);
        struct value *cell = list_add(call->arena, cells);
        cell[0] = value_int(entry != NULL);
        cell[1] = value_text(entry ? str_from(link_kind_label(entry->kind)) : STR(""));
        if (entry)
            names = str_fmt(call->arena, "%.*s%s%.*s", STR_ARG(names), names.len ? "、" : "",
                            STR_ARG(entry->from.name));
    }
    row[0] = side_ref(call, unit->side);
    row[1] = value_int(unit->side->held);
    row[2] = value_text_or_null(unit->side->hint);
    row[3] = value_list(cells);
    row[4] = value_text(names);
}

static void swap_sides(struct entries *entries)
{
    for (int i = 0; i < entries->n; i++) {
        struct side side = entries->items[i].from;
        entries->items[i].from = entries->items[i].to;
        entries->items[i].to = side;
    }
}

enum status directory_matrix(struct call *call, struct page *page)
{
    struct directory directory = {.call = call, .page = page, .path = "directory/matrix"};
    TRY(directory_read(&directory));
    struct object *model = object_new(call->arena, &shape_matrix);
    struct entry_groups heads = entries_by_from(call->arena, &directory.entries);
    struct entry_groups units = entries_by_to(call->arena, &directory.entries);
    TRY(directory_put_common(&directory, model, &heads));
    /* The fewer stand across: departments ↔ parties has eight parties. */
    if (heads.n > units.n) {
        swap_sides(&directory.entries);
        heads = entries_by_from(call->arena, &directory.entries);
        units = entries_by_to(call->arena, &directory.entries);
    }
    struct list *head_list = list_new(call->arena, &shape_ref);
    struct list *rows = list_new(call->arena, &shape_matrix_row);
    for (int i = 0; i < heads.n; i++)
        memcpy(list_add(call->arena, head_list), side_ref(call, heads.items[i].side).object->values,
               (size_t)shape_ref.n * sizeof(struct value));
    for (int i = 0; i < units.n; i++)
        fill_matrix_row(call, &units.items[i], &heads, list_add(call->arena, rows));
    object_set(model, "heads", value_list(head_list));
    object_set(model, "items", value_list(rows));
    page->model = model;
    page->table = "items";
    return OK;
}
