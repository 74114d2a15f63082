#include "engine/record/sample.h"

#include "text/text.h"

static const struct choice classes[] = {{"hand", "手工工具"}, {"power", "电动工具"}, {NULL, NULL}};
static const struct choice grades[] = {{"a", "甲等"}, {"b", "乙等"}, {NULL, NULL}};

static const struct field part_fields[] = {
    {.key = "name", .label = "部件", .kind = FIELD_TEXT, .max = 6, .required = true},
    {.key = "many", .label = "件数", .kind = FIELD_INT, .low = 1, .high = 9},
    {.key = "grade", .label = "等级", .kind = FIELD_CHOICE, .choices = grades},
    {.key = "day", .label = "更换日期", .kind = FIELD_DATE},
    {0}};
static const struct row_table parts = {"tool_part", part_fields};
static const struct field mark_fields[] = {
    {.key = "name", .label = "标签", .kind = FIELD_TEXT, .max = 8, .required = true}, {0}};
static const struct row_table marks = {"tool_mark", mark_fields};

static const struct field tool_fields[] = {
    {.key = "name",
     .label = "名称",
     .kind = FIELD_TEXT,
     .max = 12,
     .required = true,
     .sort = true,
     .sort_column = "sort_key",
     .searched = true},
    {.key = "code", .label = "编码", .kind = FIELD_TEXT, .required = true, .sort = true},
    {.key = "amount",
     .label = "数量",
     .kind = FIELD_INT,
     .low = 0,
     .high = 99,
     .filter = true,
     .sort = true},
    {.key = "loud", .label = "噪声大", .kind = FIELD_FLAG, .filter = true},
    {.key = "class",
     .column = "class_of",
     .label = "种类",
     .kind = FIELD_CHOICE,
     .choices = classes,
     .required = true,
     .filter = true},
    {.key = "bought", .label = "购置日期", .kind = FIELD_DATE, .filter = true},
    {.key = "shed", .label = "库房", .kind = FIELD_REFERENCE, .to = &kind_shed, .filter = true},
    {.key = "maker", .label = "厂家", .kind = FIELD_REFERENCE, .to = &kind_maker, .filter = true},
    {.key = "stamp", .label = "铭牌", .kind = FIELD_TEXT, .fixed = true, .wide = true},
    {.key = "note", .label = "说明", .kind = FIELD_LONG_TEXT, .max = 30, .searched = true},
    {.key = "keeper_phone", .label = "保管人电话", .kind = FIELD_TEXT, .private = true},
    {.key = "line", .label = "行", .kind = FIELD_INT, .hidden = true},
    {.key = "parts", .label = "部件", .kind = FIELD_ROWS, .rows = &parts},
    {.key = "marks", .label = "标签", .kind = FIELD_ROWS, .rows = &marks},
    {.key = "sort_key", .label = "排序键", .kind = FIELD_KEY},
    {0}};

static void set_sort_key(struct arena *arena, const struct kind *kind, struct value *values)
{
    struct str name = value_str(values[kind_field(kind, "name")]);
    values[kind_field(kind, "sort_key")] = value_text(text_sort_key(arena, name));
}

static void derive_tool(struct arena *arena, struct value *values)
{
    set_sort_key(arena, &kind_tool, values);
}

static void derive_shed(struct arena *arena, struct value *values)
{
    set_sort_key(arena, &kind_shed, values);
}

const struct kind kind_tool = {.name = "tool",
                               .label = "工具",
                               .unit = "件",
                               .fields = tool_fields,
                               .derive = derive_tool,
                               .empty = "还没有工具，请先登记。",
                               .help = "库房里的一件工具。"};

static const struct field shed_fields[] = {
    {.key = "name",
     .label = "库名",
     .kind = FIELD_TEXT,
     .required = true,
     .sort = true,
     .sort_column = "sort_key",
     .searched = true},
    {.key = "above",
     .label = "上级库房",
     .kind = FIELD_REFERENCE,
     .to = &kind_shed,
     .filter = true},
    {.key = "sort_key", .label = "排序键", .kind = FIELD_KEY},
    {0}};

static enum status check_shed(struct tx *tx, int64_t body_id, int64_t id,
                              const struct value *values, struct fault *fault)
{
    (void)body_id;
    if (value_i64(values[kind_field(&kind_shed, "above")]) == id)
        return refuse(tx_arena(tx), fault, INVALID, "above", "上级库房不能是它自己，请另选。");
    return OK;
}

const struct kind kind_shed = {.name = "shed",
                               .label = "库房",
                               .unit = "间",
                               .fields = shed_fields,
                               .dated = true,
                               .ordered = true,
                               .derive = derive_shed,
                               .check = check_shed,
                               .empty = "还没有库房，请先登记。"};

static const struct field maker_fields[] = {{.key = "name",
                                             .label = "厂名",
                                             .kind = FIELD_TEXT,
                                             .required = true,
                                             .searched = true,
                                             .sort = true},
                                            {0}};
const struct kind kind_maker = {.name = "maker",
                                .label = "厂家",
                                .unit = "家",
                                .fields = maker_fields,
                                .instance = true,
                                .empty = "还没有厂家，请先登记。"};
