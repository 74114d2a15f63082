#include "engine/record/openapi.h"

#include <stdio.h>

/* JSON Schema of what is told and asked, from shapes and field tables. */

void openapi_pair(struct json *json, const char *key, const char *value)
{
    json_key(json, key);
    json_str(json, str_from(value));
}

void openapi_object(struct json *json, const char *key)
{
    json_key(json, key);
    json_begin(json, '{');
}

void openapi_ref(struct json *json, const char *where, const char *name)
{
    char text[160];
    snprintf(text, sizeof text, "#/components/%s/%s", where, name);
    json_begin(json, '{');
    openapi_pair(json, "$ref", text);
    json_end(json, '}');
}

/* What keys say that mean the same wherever they stand. */
static const struct {
    const char *key, *words;
    bool always; /* never null */
} common[] = {
    {"id", "编号，13 位，不变", false},
    {"url", "地址", false},
    {"version", "版本号，每改一次加一；修改、办理时送回所见的", true},
    {"position", "排列次序，小的在前", true},
    {"start_date", "开始日期；null 为未定", false},
    {"end_date", "结束日期，从这一天起不再有效；null 为未定", false},
    {"items", "各条", true},
    {"total", "条数，超过 1000 时为 1000", true},
    {"more", "还有没列出的", true},
    {"next", "后一页的游标，写入 after；null 为没有", false},
    {"previous", "前一页的游标，写入 before；null 为没有", false},
    {"next_url", "后一页的地址；null 为没有", false},
    {"previous_url", "前一页的地址；null 为没有", false},
    {"on", "截至日期", false},
    {"at", "时间", false},
    {"by", "何人", false},
    {"name", "名称", false},
    {"title", "标题", false},
    {"label", "名称", false},
    {"text", "文字", false},
    {"action", "步骤", false},
    {"steps", "现在可以由您办理的步骤", true},
    {"story", "办理经过，后办的在前；null 为不可查看", false},
    {"said", "填写的内容", false},
    {"behalf", "代录的说明；null 为由本人办理", false},
    {"to", "办理后的状态", false},
    {"state", "状态", false},
    {"held", "疑似误印", false},
    {"hint", "可能应为", false},
    {"mismatch", "文件注明的数目与所列的不符", false},
    {"declared", "文件注明的数目", false},
    {"is_group", "集合条目", false},
    {"content_url", "文件内容的地址", false},
    {"back_url", "所属记录的地址", false},
    {"upload_url", "上传的地址", false},
    {"number", "序号", false},
    {"kind", "种类", false},
    {"post", "职务", false},
    {"clause", "条款", false},
    {"line", "所在行", false},
    {"content", "内容", false},
    {"issuers", "发文机关", false},
    {"addressees", "主送", false},
    {"repeals", "同时废止", false},
    {"checks", "各次核对，新的在前", false},
    {"checkpoints", "各个存证点，新的在前", false},
    {"is_running", "正在核对", false},
    {"may_begin", "可以由您开始使用", false},
    {"code", "代码", false},
    {"missing", "待明确", false},
    {"item", "条目", false},
    {"parties", "联系方", false},
    {"planned", "尚未办理，所列是将有的变动", false},
    {"problem", "不能办理的原因；null 为没有", false},
    {"q", "所输文字", false},
    {"changes", "逐项的变动", false},
    {"old", "原来的值", false},
    {"new", "现在的值", false},
    {"sides", "联系方，各带所联系单位的数目", false},
    {"heads", "表头：各联系方", false},
    {"cells", "各格", false},
    {"linked", "有对口联系", false},
    {"undo_url", "撤销的地址", false},
    {"can_undo", "可以撤销", false},
    {"filename", "文件名", false},
    {"facts_problem", "文件信息的问题；null 为没有", false},
    {"body_given", "单位已定", false},
    {"body_id", "单位的地址名", false},
    {"body_name", "单位名称", false},
    {"body_classes", "单位的类别", false},
    {"term", "届次", false},
    {"date", "日期", false},
    {"effective", "施行日期", false},
    {"warnings", "需要核对的地方", false},
    {"lines", "文件的各行", false},
    {"lines_cut", "其余行没有列出", false},
    {"links", "对口联系", false},
    {"contents", "联系内容", false},
    {"forms", "联系形式", false},
    {"duties", "工作要求", false},
    {"new_link", "空白的对口联系", false},
    {"new_content", "空白的联系内容", false},
    {"new_form", "空白的联系形式", false},
    {"new_duty", "空白的工作要求", false},
    {"word", "代码", false},
    {"selected", "已选", false},
    {"index", "第几个，从 0 起", false},
    {"line_url", "所在行的地址", false},
    {"message", "说明", false},
    {"remedy", "可以怎样改", false},
    {"remedy_op", "改的操作", false},
    {"remedy_at", "改的位置", false},
    {"mark", "标记", false},
    {"from", "联系方", false},
    {"declared_text", "文件注明的数目", false},
    {"agrees", "与文件注明的相符", false},
    {"units_text", "各单位，一行一个", false},
    {"units", "各单位", false},
    {"parts", "括注的机构", false},
    {"op", "变动", false},
    {"summary", "要求", false},
    {"who", "由谁", false},
    {"deed", "做什么", false},
    {"shape", "类型", false},
    {"strength", "约束程度", false},
    {"per", "周期", false},
    {"day_kind", "按工作日还是自然日", false},
    {"min", "至少", false},
    {"max", "至多", false},
    {"opens", "开始于", false},
    {"days", "天数", false},
    {"added", "新增", false},
    {"changed", "变更", false},
    {"ended", "结束", false},
    {"same", "不变", false},
    {"nothing", "没有变动", false},
    {"first", "第一次导入", false},
    {"cut", "其余没有列出", false},
    {"kept", "保留人工改过的", false},
    {"replace", "替换原来的", false},
    {"named", "已报送的单位数", false},
    {"done", "已导入", false},
    {"seen", "核对时的名单版本", false},
    {"ends", "将终止", false},
    {"problems", "有误的行数", false},
    {"value", "填写的值", false},
    {"written", "原来写的", false},
    {"fault", "有误之处", false},
    {"mime", "内容类型", false},
    {"unread", "未读条数", false},
    {"frozen", "已冻结的附件", false},
    {"files", "附件", false},
    {"records", "记录", false},
    {"fields", "可以清除的内容", false},
    {"near", "相邻的记录", false},
    {"asked", "需要确认是否可以上传", false},
};
enum { COMMON_N = sizeof common / sizeof *common };

static int common_of(const char *key)
{
    for (int i = 0; i < COMMON_N; i++)
        if (strcmp(common[i].key, key) == 0)
            return i;
    return -1;
}

static const char *words_of(const struct column *column)
{
    int at = common_of(column->key);
    return column->help    ? column->help
           : column->label ? column->label
           : at >= 0       ? common[at].words
                           : NULL;
}

static bool is_always(const struct column *column)
{
    int at = common_of(column->key);
    return at >= 0 && common[at].always;
}

static void put_null(struct json *json)
{
    json_begin(json, '{');
    openapi_pair(json, "type", "null");
    json_end(json, '}');
}

/* Each word with its label, as code generators show it. */
void openapi_choices(struct json *json, const struct choice *choices, bool or_null)
{
    json_key(json, "oneOf");
    json_begin(json, '[');
    for (; choices->word; choices++) {
        json_begin(json, '{');
        openapi_pair(json, "const", choices->word);
        openapi_pair(json, "title", choices->label);
        json_end(json, '}');
    }
    if (or_null)
        put_null(json);
    json_end(json, ']');
}

static void put_type(struct json *json, const struct column *column)
{
    static const struct {
        const char *type, *format;
    } types[] = {
        [COLUMN_TEXT] = {"string", NULL},           [COLUMN_INT] = {"integer", "int64"},
        [COLUMN_FLAG] = {"boolean", NULL},          [COLUMN_DATE] = {"string", "date"},
        [COLUMN_INSTANT] = {"string", "date-time"}, [COLUMN_ID] = {"string", NULL},
        [COLUMN_CHOICE] = {"string", NULL},         [COLUMN_URL] = {"string", "uri-reference"},
    };
    json_key(json, "type");
    if (is_always(column)) {
        json_str(json, str_from(types[column->kind].type));
    } else {
        json_begin(json, '[');
        json_str(json, str_from(types[column->kind].type));
        json_str(json, STR("null"));
        json_end(json, ']');
    }
    if (types[column->kind].format)
        openapi_pair(json, "format", types[column->kind].format);
    if (column->kind == COLUMN_ID)
        openapi_pair(json, "pattern", "^[0-9A-Z]{13}$");
}

/* One that has a name is referred to. */
static void put_shape(struct json *json, const struct record_engine *engine,
                      const struct shape *shape)
{
    char name[120];
    if (shape == &shape_ref) {
        openapi_ref(json, "schemas", "ref");
        return;
    }
    for (int i = 0; i < engine->kinds_n; i++) {
        if (engine->pages[i].item != shape)
            continue;
        snprintf(name, sizeof name, "%s_row", engine->pages[i].kind->name);
        openapi_ref(json, "schemas", name);
        return;
    }
    json_begin(json, '{');
    openapi_members(json, engine, shape, shape->n);
    json_end(json, '}');
}

static void put_nested(struct json *json, const struct record_engine *engine,
                       const struct column *column)
{
    bool list = column->kind == COLUMN_LIST;
    if (list && is_always(column)) {
        openapi_pair(json, "type", "array");
    } else if (list) {
        json_key(json, "type");
        json_begin(json, '[');
        json_str(json, STR("array"));
        json_str(json, STR("null"));
        json_end(json, ']');
    }
    if (!column->shape) {
        openapi_pair(json, "type", "object");
        return;
    }
    json_key(json, list ? "items" : "oneOf");
    if (!list)
        json_begin(json, '[');
    put_shape(json, engine, column->shape);
    if (!list) {
        put_null(json);
        json_end(json, ']');
    }
}

static void put_column(struct json *json, const struct record_engine *engine,
                       const struct column *column)
{
    json_begin(json, '{');
    if (words_of(column))
        openapi_pair(json, "description", words_of(column));
    if (column->flags & COLUMN_PRIVATE)
        openapi_pair(json, "$comment", "仅限经办人员查看，其他人得到 null");
    if (column->kind == COLUMN_LIST || column->kind == COLUMN_OBJECT)
        put_nested(json, engine, column);
    else if (column->kind == COLUMN_CHOICE && column->choices)
        openapi_choices(json, column->choices, true);
    else
        put_type(json, column);
    json_end(json, '}');
}

void openapi_members(struct json *json, const struct record_engine *engine,
                     const struct shape *shape, int required)
{
    openapi_pair(json, "type", "object");
    openapi_object(json, "properties");
    for (int i = 0; i < shape->n; i++) {
        if (shape->columns[i].flags & COLUMN_PAGE_ONLY)
            continue;
        json_key(json, shape->columns[i].key);
        put_column(json, engine, &shape->columns[i]);
    }
    json_end(json, '}');
    json_key(json, "required");
    json_begin(json, '[');
    for (int i = 0; i < required; i++)
        if (!(shape->columns[i].flags & COLUMN_PAGE_ONLY))
            json_str(json, str_from(shape->columns[i].key));
    json_end(json, ']');
}

/* --- what is asked --- */

bool openapi_is_asked(const struct field *field)
{
    return field->kind != FIELD_KEY && !field->hidden && !field->by_step && !field->state;
}

static void put_required(struct json *json, const struct field *fields)
{
    json_key(json, "required");
    json_begin(json, '[');
    for (const struct field *field = fields; field->key; field++)
        if (field->required && openapi_is_asked(field))
            json_str(json, str_from(field->key));
    json_end(json, ']');
}

/* Texts of forms do as well as JSON's own types; empty and null are no value. */
static void put_value(struct json *json, const struct field *field)
{
    static const struct {
        const char *type;
    } types[] = {
        [FIELD_TEXT] = {"string"},      [FIELD_LONG_TEXT] = {"string"}, [FIELD_INT] = {"integer"},
        [FIELD_FLAG] = {"boolean"},     [FIELD_DATE] = {"string"},      [FIELD_CHOICE] = {"string"},
        [FIELD_REFERENCE] = {"string"}, [FIELD_ROWS] = {"array"}};
    json_key(json, "type");
    json_begin(json, '[');
    json_str(json, str_from(types[field->kind].type));
    if (field->kind == FIELD_REFERENCE)
        json_str(json, STR("object"));
    if (!field->required)
        json_str(json, STR("null"));
    json_end(json, ']');
    if (field->kind == FIELD_DATE)
        openapi_pair(json, "format", "date");
    if (field->kind == FIELD_TEXT || field->kind == FIELD_LONG_TEXT) {
        json_key(json, "maxLength");
        json_int(json, field_max(field));
    }
    if (field->kind == FIELD_INT && (field->low || field->high)) {
        json_key(json, "minimum");
        json_int(json, field->low);
        json_key(json, "maximum");
        json_int(json, field->high);
    }
}

static void put_description(struct json *json, const struct field *field)
{
    static const char of_reference[] = "编号、名称或 {\"id\": 编号}";
    char text[1200];
    snprintf(text, sizeof text, "%s%s%s%s%s", field->label, field->help ? "：" : "",
             field->help ? field->help : "", field->kind == FIELD_REFERENCE ? "；" : "",
             field->kind == FIELD_REFERENCE ? of_reference : "");
    openapi_pair(json, "description", text);
    if (field->clause)
        openapi_pair(json, "$comment", field->clause);
}

static void put_field(struct json *json, const struct field *field)
{
    openapi_object(json, field->key);
    put_description(json, field);
    if (field->kind == FIELD_CHOICE)
        openapi_choices(json, field->choices, !field->required);
    else
        put_value(json, field);
    if (field->kind == FIELD_ROWS) {
        openapi_object(json, "items");
        json_key(json, "type");
        json_begin(json, '[');
        json_str(json, STR("object"));
        if (row_table_fields_n(field->rows) == 1)
            json_str(json, STR("string"));
        json_end(json, ']');
        openapi_object(json, "properties");
        openapi_fields(json, field->rows->fields);
        json_end(json, '}');
        put_required(json, field->rows->fields);
        json_end(json, '}');
    }
    json_end(json, '}');
}

void openapi_fields(struct json *json, const struct field *fields)
{
    for (const struct field *field = fields; field->key; field++)
        if (openapi_is_asked(field))
            put_field(json, field);
}

static void put_given(struct json *json, const char *key, const char *type, const char *words)
{
    openapi_object(json, key);
    openapi_pair(json, "type", type);
    openapi_pair(json, "description", words);
    json_end(json, '}');
}

static void put_day(struct json *json, const char *key, const char *words)
{
    openapi_object(json, key);
    json_key(json, "type");
    json_begin(json, '[');
    json_str(json, STR("string"));
    json_str(json, STR("null"));
    json_end(json, ']');
    openapi_pair(json, "format", "date");
    openapi_pair(json, "description", words);
    json_end(json, '}');
}

void openapi_asked(struct json *json, const struct kind *kind, const struct kind *beside,
                   const struct choice *makers, enum asking asking)
{
    bool making = asking == ASKING_NEW;
    json_begin(json, '{');
    openapi_pair(json, "type", "object");
    openapi_object(json, "properties");
    if (making)
        put_given(json, "id", "string", "新记录的编号，可不写；同一编号只登记一次");
    else
        put_given(json, "version", "integer", "所见的版本号；已被他人改过的答 409");
    if (makers && makers->word) {
        openapi_object(json, "action");
        openapi_pair(json, "description", "怎样开始；不写为您可以办理的第一种");
        openapi_choices(json, makers, false);
        json_end(json, '}');
    }
    openapi_fields(json, kind->fields);
    if (beside)
        openapi_fields(json, beside->fields);
    if (kind->ordered && asking != ASKING_STEP)
        put_given(json, "position", "integer", "排列次序；不写为排在最后");
    if (kind->dated && asking != ASKING_STEP && (making || !kind->dates_by_step)) {
        put_day(json, "start_date", "开始日期");
        put_day(json, "end_date", "结束日期，从这一天起不再有效");
    }
    json_end(json, '}');
    if (asking == ASKING_CHANGE) {
        json_key(json, "required");
        json_begin(json, '[');
        json_str(json, STR("version"));
        json_end(json, ']');
    } else if (making) {
        put_required(json, kind->fields);
    } else {
        json_key(json, "required");
        json_begin(json, '[');
        json_str(json, STR("version"));
        for (const struct field *field = kind->fields; field->key; field++)
            if (field->required && openapi_is_asked(field))
                json_str(json, str_from(field->key));
        json_end(json, ']');
    }
    json_end(json, '}');
}
