#include "engine/record/priv.h"

#include <assert.h>

/* Shapes of a kind's pages, made once at the start from its field table. */

static enum column_kind column_kind_of(const struct field *field)
{
    switch (field->kind) {
    case FIELD_INT:
        return COLUMN_INT;
    case FIELD_FLAG:
        return COLUMN_FLAG;
    case FIELD_DATE:
        return COLUMN_DATE;
    case FIELD_CHOICE:
        return COLUMN_CHOICE;
    case FIELD_REFERENCE:
        return COLUMN_OBJECT;
    case FIELD_ROWS:
        return COLUMN_LIST;
    default:
        return COLUMN_TEXT;
    }
}

static const struct shape *shape_of_rows(struct arena *arena, const struct row_table *rows)
{
    int n = row_table_fields_n(rows);
    struct column *columns = arena_new(arena, struct column, n);
    for (int i = 0; i < n; i++)
        columns[i] = (struct column){.key = rows->fields[i].key,
                                     .label = rows->fields[i].label,
                                     .help = rows->fields[i].help,
                                     .kind = column_kind_of(&rows->fields[i]),
                                     .choices = rows->fields[i].choices};
    struct shape *shape = arena_new(arena, struct shape, 1);
    *shape = (struct shape){rows->table, columns, n};
    return shape;
}

static struct column column_of(struct arena *arena, const struct field *field, bool detail)
{
    struct column column = {.key = field->key,
                            .label = field->hidden ? NULL : field->label,
                            .kind = column_kind_of(field),
                            .choices = field->choices,
                            .flags =
                                field->wide || field->kind == FIELD_LONG_TEXT ? COLUMN_WIDE : 0};
    column.help = field->label;
    if (field->kind == FIELD_REFERENCE)
        column.shape = &shape_ref;
    if (field->kind == FIELD_ROWS) {
        column.shape = shape_of_rows(arena, field->rows);
        column.label = NULL; /* shown as tables of their own */
    }
    if (detail)
        column.flags = 0;
    if (field->private)
        column.flags |= COLUMN_PRIVATE;
    return column;
}

/* A record's name is made of it, so that a list that shows the name shows it as well. */
static bool names_record(const struct kind *kind, const struct field *field)
{
    for (const char *const *part = kind->titles; part && *part; part++)
        if (strcmp(*part, field->key) == 0)
            return true;
    return field == kind_title_field(kind);
}

/* id, url, self (a link in lists), fields, position, dates, version. */
static const struct shape *shape_of_item(struct arena *arena, const struct kind *kind, bool detail)
{
    int room = kind_fields_n(kind) + 14, n = 0;
    struct column *columns = arena_new(arena, struct column, room);
    columns[n++] = (struct column){"id", NULL, COLUMN_ID, NULL, NULL, 0};
    columns[n++] = (struct column){"url", NULL, COLUMN_URL, NULL, NULL, 0};
    /* A record's own page has its name above. */
    const char *self = detail ? NULL : kind_title_label(kind);
    columns[n++] = (struct column){"self", self, COLUMN_OBJECT, NULL, &shape_ref, COLUMN_PAGE_ONLY};
    for (const struct field *field = kind->fields; field->key; field++) {
        if (field->kind == FIELD_KEY || (field->kind == FIELD_ROWS && !detail))
            continue;
        columns[n] = column_of(arena, field, detail);
        if (names_record(kind, field))
            columns[n].flags |= COLUMN_WIDE; /* `self` stands for it in lists */
        n++;
    }
    if (kind->ordered)
        columns[n++] = (struct column){"position", NULL, COLUMN_INT, NULL, NULL, 0};
    if (kind->dated) {
        int flags = detail ? 0 : COLUMN_WIDE;
        columns[n++] = (struct column){"start_date", "开始日期", COLUMN_DATE, NULL, NULL, flags};
        columns[n++] = (struct column){"end_date", "结束日期", COLUMN_DATE, NULL, NULL, flags};
    }
    columns[n++] = (struct column){"version", NULL, COLUMN_INT, NULL, NULL, 0};
    columns[n++] = (struct column){"begins", NULL, COLUMN_DATE, NULL, NULL, COLUMN_PAGE_ONLY};
    columns[n++] = (struct column){"ends", NULL, COLUMN_DATE, NULL, NULL, COLUMN_PAGE_ONLY};
    assert(n <= room);
    struct shape *shape = arena_new(arena, struct shape, 1);
    *shape = (struct shape){kind->name, columns, n};
    return shape;
}

static const struct column choice_columns[] = {
    {"word", NULL, COLUMN_TEXT, NULL, NULL, 0},
    {"label", NULL, COLUMN_TEXT, NULL, NULL, 0},
    {"selected", NULL, COLUMN_FLAG, NULL, NULL, 0},
};
static const struct shape shape_choice = {"choice", choice_columns, 3};

static const struct column filter_columns[] = {
    {"key", NULL, COLUMN_TEXT, NULL, NULL, 0},
    {"label", NULL, COLUMN_TEXT, NULL, NULL, 0},
    {"value", NULL, COLUMN_TEXT, NULL, NULL, 0},
    {"is_choice", NULL, COLUMN_FLAG, NULL, NULL, 0},
    {"is_date", NULL, COLUMN_FLAG, NULL, NULL, 0},
    {"pick_url", NULL, COLUMN_URL, NULL, NULL, 0},
    {"choices", NULL, COLUMN_LIST, NULL, &shape_choice, 0},
    {"is_tick", NULL, COLUMN_FLAG, NULL, NULL, 0},
};
static const struct shape shape_filter = {"filter", filter_columns, 8};

static const struct column sort_columns[] = {
    {"label", NULL, COLUMN_TEXT, NULL, NULL, 0},
    {"url", NULL, COLUMN_URL, NULL, NULL, 0},
    {"on", NULL, COLUMN_FLAG, NULL, NULL, 0},
};
static const struct shape shape_sort = {"sort", sort_columns, 3};

static const struct shape *shape_of_list(struct arena *arena, const struct shape *item)
{
    const struct column columns[] = {
        {"items", NULL, COLUMN_LIST, NULL, item, 0},
        {"total", NULL, COLUMN_INT, NULL, NULL, 0},
        {"more", NULL, COLUMN_FLAG, NULL, NULL, 0},
        {"next", NULL, COLUMN_TEXT, NULL, NULL, 0},
        {"previous", NULL, COLUMN_TEXT, NULL, NULL, 0},
        {"next_url", NULL, COLUMN_URL, NULL, NULL, 0},
        {"previous_url", NULL, COLUMN_URL, NULL, NULL, 0},
        {"list_url", NULL, COLUMN_URL, NULL, NULL, COLUMN_PAGE_ONLY},
        {"csv_url", NULL, COLUMN_URL, NULL, NULL, COLUMN_PAGE_ONLY},
        {"xlsx_url", NULL, COLUMN_URL, NULL, NULL, COLUMN_PAGE_ONLY},
        {"json_url", NULL, COLUMN_URL, NULL, NULL, COLUMN_PAGE_ONLY},
        {"filters", NULL, COLUMN_LIST, NULL, &shape_filter, COLUMN_PAGE_ONLY},
        {"sorts", NULL, COLUMN_LIST, NULL, &shape_sort, COLUMN_PAGE_ONLY},
        {"filtered", NULL, COLUMN_FLAG, NULL, NULL, COLUMN_PAGE_ONLY},
        {"with_days", NULL, COLUMN_FLAG, NULL, NULL, COLUMN_PAGE_ONLY},
        {"has_filters", NULL, COLUMN_FLAG, NULL, NULL, COLUMN_PAGE_ONLY},
        {"empty", NULL, COLUMN_TEXT, NULL, NULL, COLUMN_PAGE_ONLY},
        {"all_url", NULL, COLUMN_URL, NULL, NULL, COLUMN_PAGE_ONLY},
    };
    int n = (int)(sizeof columns / sizeof columns[0]);
    struct column *copy = arena_new(arena, struct column, n);
    memcpy(copy, columns, sizeof columns);
    struct shape *shape = arena_new(arena, struct shape, 1);
    *shape = (struct shape){"list", copy, n};
    return shape;
}

static const struct column cell_columns[] = {{"text", NULL, COLUMN_TEXT, NULL, NULL, 0}};
static const struct shape shape_cell = {"cell", cell_columns, 1};
static const struct column row_columns[] = {{"cells", NULL, COLUMN_LIST, NULL, &shape_cell, 0}};
static const struct shape shape_row = {"row", row_columns, 1};
static const struct column row_table_columns[] = {
    {"label", NULL, COLUMN_TEXT, NULL, NULL, 0},
    {"heads", NULL, COLUMN_LIST, NULL, &shape_cell, 0},
    {"rows", NULL, COLUMN_LIST, NULL, &shape_row, 0},
};
static const struct shape shape_row_table = {"row_table", row_table_columns, 3};
static const struct column related_item_columns[] = {
    {"name", NULL, COLUMN_TEXT, NULL, NULL, 0},
    {"url", NULL, COLUMN_URL, NULL, NULL, 0},
    {"sort", NULL, COLUMN_TEXT, NULL, NULL, 0},
    {"ended", NULL, COLUMN_DATE, NULL, NULL, 0},
};
static const struct shape shape_related_item = {"related_item", related_item_columns, 4};
static const struct column related_columns[] = {
    {"label", NULL, COLUMN_TEXT, NULL, NULL, 0},
    {"url", NULL, COLUMN_URL, NULL, NULL, 0},
    {"total", NULL, COLUMN_INT, NULL, NULL, 0},
    {"more", NULL, COLUMN_FLAG, NULL, NULL, 0},
    {"items", NULL, COLUMN_LIST, NULL, &shape_related_item, 0},
};
static const struct shape shape_related = {"related", related_columns, 5};

/* --- inputs of forms, steps and the story --- */

static const struct column input_columns[] = {
    {"name", NULL, COLUMN_TEXT, NULL, NULL, 0},
    {"label", NULL, COLUMN_TEXT, NULL, NULL, 0},
    {"value", NULL, COLUMN_TEXT, NULL, NULL, 0},
    {"error", NULL, COLUMN_TEXT, NULL, NULL, 0},
    {"has_choices", NULL, COLUMN_FLAG, NULL, NULL, 0},
    {"choices", NULL, COLUMN_LIST, NULL, &shape_choice, 0},
    {"pick_url", NULL, COLUMN_URL, NULL, NULL, 0},
};
static const struct shape shape_input = {"input", input_columns, 7};
static const struct column input_row_columns[] = {
    {"inputs", NULL, COLUMN_LIST, NULL, &shape_input, 0},
};
static const struct shape shape_input_row = {"input_row", input_row_columns, 1};

static const struct column form_field_columns[] = {
    {"key", NULL, COLUMN_TEXT, NULL, NULL, 0},
    {"mark", NULL, COLUMN_TEXT, NULL, NULL, 0}, /* the key, or what tells it apart on a page */
    {"label", NULL, COLUMN_TEXT, NULL, NULL, 0},
    {"help", NULL, COLUMN_TEXT, NULL, NULL, 0},
    {"value", NULL, COLUMN_TEXT, NULL, NULL, 0},
    {"error", NULL, COLUMN_TEXT, NULL, NULL, 0},
    {"now", NULL, COLUMN_TEXT, NULL, NULL, 0},
    {"required", NULL, COLUMN_FLAG, NULL, NULL, 0},
    {"is_line", NULL, COLUMN_FLAG, NULL, NULL, 0},
    {"is_long", NULL, COLUMN_FLAG, NULL, NULL, 0},
    {"is_number", NULL, COLUMN_FLAG, NULL, NULL, 0},
    {"is_date", NULL, COLUMN_FLAG, NULL, NULL, 0},
    {"is_flag", NULL, COLUMN_FLAG, NULL, NULL, 0},
    {"is_choice", NULL, COLUMN_FLAG, NULL, NULL, 0},
    {"is_rows", NULL, COLUMN_FLAG, NULL, NULL, 0},
    {"pick_url", NULL, COLUMN_URL, NULL, NULL, 0},
    {"max", NULL, COLUMN_INT, NULL, NULL, 0},
    {"choices", NULL, COLUMN_LIST, NULL, &shape_choice, 0},
    {"heads", NULL, COLUMN_LIST, NULL, &shape_cell, 0},
    {"rows", NULL, COLUMN_LIST, NULL, &shape_input_row, 0},
};
const struct shape shape_form_field = {"field", form_field_columns,
                                       sizeof form_field_columns / sizeof form_field_columns[0]};

static const struct column behalf_columns[] = {
    {"open", NULL, COLUMN_FLAG, NULL, NULL, 0},
    {"party", NULL, COLUMN_TEXT, NULL, NULL, 0},
    {"today", NULL, COLUMN_TEXT, NULL, NULL, 0},
    {"fields", NULL, COLUMN_LIST, NULL, &shape_form_field, 0},
};
const struct shape shape_record_behalf = {"behalf", behalf_columns, 4};
static const struct column step_columns[] = {
    {"action", NULL, COLUMN_TEXT, NULL, NULL, 0},
    {"label", NULL, COLUMN_TEXT, NULL, NULL, 0},
    {"url", NULL, COLUMN_URL, NULL, NULL, 0},
    {"version", NULL, COLUMN_INT, NULL, NULL, COLUMN_PAGE_ONLY},
    {"confirm", NULL, COLUMN_TEXT, NULL, NULL, COLUMN_PAGE_ONLY},
    {"main", NULL, COLUMN_FLAG, NULL, NULL, COLUMN_PAGE_ONLY},
    {"fields", NULL, COLUMN_LIST, NULL, &shape_form_field, COLUMN_PAGE_ONLY},
    {"behalf", NULL, COLUMN_OBJECT, NULL, &shape_record_behalf, COLUMN_PAGE_ONLY},
};
const struct shape shape_record_step = {"step", step_columns,
                                        sizeof step_columns / sizeof step_columns[0]};
static const struct column story_columns[] = {
    {"label", NULL, COLUMN_TEXT, NULL, NULL, 0}, {"on", NULL, COLUMN_DATE, NULL, NULL, 0},
    {"at", NULL, COLUMN_INSTANT, NULL, NULL, 0}, {"by", NULL, COLUMN_TEXT, NULL, NULL, 0},
    {"said", NULL, COLUMN_TEXT, NULL, NULL, 0},  {"behalf", NULL, COLUMN_TEXT, NULL, NULL, 0},
    {"to", NULL, COLUMN_TEXT, NULL, NULL, 0},
};
const struct shape shape_record_story = {"story", story_columns,
                                         sizeof story_columns / sizeof story_columns[0]};

static const struct column file_columns[] = {
    {"id", NULL, COLUMN_ID, NULL, NULL, 0},
    {"version", NULL, COLUMN_INT, NULL, NULL, 0},
    {"name", "文件", COLUMN_TEXT, NULL, NULL, 0},
    {"type", "类型", COLUMN_TEXT, NULL, NULL, 0},
    {"bytes", "字节数", COLUMN_INT, NULL, NULL, 0},
    {"size", NULL, COLUMN_TEXT, NULL, NULL, COLUMN_PAGE_ONLY},
    {"at", "上传时间", COLUMN_INSTANT, NULL, NULL, 0},
    {"by", "上传人", COLUMN_TEXT, NULL, NULL, 0},
    {"url", NULL, COLUMN_URL, NULL, NULL, 0},
    {"content_url", NULL, COLUMN_URL, NULL, NULL, 0},
    {"remove_url", NULL, COLUMN_URL, NULL, NULL, COLUMN_PAGE_ONLY},
    {"restore_url", NULL, COLUMN_URL, NULL, NULL, COLUMN_PAGE_ONLY},
};
const struct shape shape_record_file = {"file", file_columns,
                                        sizeof file_columns / sizeof file_columns[0]};
static const struct column attached_columns[] = {
    {"items", NULL, COLUMN_LIST, NULL, &shape_record_file, 0},
    {"removed", NULL, COLUMN_LIST, NULL, &shape_record_file, 0},
    {"removed_n", NULL, COLUMN_INT, NULL, NULL, 0},
    {"may_add", NULL, COLUMN_FLAG, NULL, NULL, 0},
    {"upload_url", NULL, COLUMN_URL, NULL, NULL, 0},
    {"accept", NULL, COLUMN_TEXT, NULL, NULL, COLUMN_PAGE_ONLY},
    {"limit_mb", NULL, COLUMN_INT, NULL, NULL, 0},
    {"limit_count", NULL, COLUMN_INT, NULL, NULL, 0},
};
const struct shape shape_record_attached = {"attached", attached_columns,
                                            sizeof attached_columns / sizeof attached_columns[0]};

static const struct shape *shape_of_detail(struct arena *arena, const struct kind *kind,
                                           const struct shape *item)
{
    const struct column extra[] = {
        {"row_tables", NULL, COLUMN_LIST, NULL, &shape_row_table, COLUMN_PAGE_ONLY},
        {"related", NULL, COLUMN_LIST, NULL, &shape_related, COLUMN_PAGE_ONLY},
        {"json_url", NULL, COLUMN_URL, NULL, NULL, COLUMN_PAGE_ONLY},
        {"has_steps", NULL, COLUMN_FLAG, NULL, NULL, COLUMN_PAGE_ONLY},
        {"has_story", NULL, COLUMN_FLAG, NULL, NULL, COLUMN_PAGE_ONLY},
        {"steps", NULL, COLUMN_LIST, NULL, &shape_record_step, kind->flow ? 0 : COLUMN_PAGE_ONLY},
        {"story", NULL, COLUMN_LIST, NULL, &shape_record_story, kind->flow ? 0 : COLUMN_PAGE_ONLY},
        {"attached", NULL, COLUMN_OBJECT, NULL, &shape_record_attached, COLUMN_PAGE_ONLY},
    };
    int n = (int)(sizeof extra / sizeof *extra);
    struct column *columns = arena_new(arena, struct column, item->n + n);
    memcpy(columns, item->columns, (size_t)item->n * sizeof *columns);
    memcpy(columns + item->n, extra, sizeof extra);
    struct shape *shape = arena_new(arena, struct shape, 1);
    *shape = (struct shape){item->name, columns, item->n + n};
    return shape;
}

void shapes_make(struct record_engine *engine, struct kind_pages *pages)
{
    struct arena *arena = &engine->arena;
    pages->item = shape_of_item(arena, pages->kind, false);
    pages->list = shape_of_list(arena, pages->item);
    pages->data = shape_of_item(arena, pages->kind, true);
    pages->detail = shape_of_detail(arena, pages->kind, pages->data);
}

/* --- the form --- */

static const struct column form_columns[] = {
    {"action", NULL, COLUMN_URL, NULL, NULL, 0},
    {"cancel_url", NULL, COLUMN_URL, NULL, NULL, 0},
    {"id", NULL, COLUMN_ID, NULL, NULL, 0},
    {"version", NULL, COLUMN_INT, NULL, NULL, 0},
    {"problem", NULL, COLUMN_TEXT, NULL, NULL, 0},
    {"faults", NULL, COLUMN_INT, NULL, NULL, 0},
    {"submit", NULL, COLUMN_TEXT, NULL, NULL, 0},
    {"fields", NULL, COLUMN_LIST, NULL, &shape_form_field, 0},
    {"behalf", NULL, COLUMN_OBJECT, NULL, &shape_record_behalf, 0},
};
const struct shape shape_form = {"form", form_columns, 9};
