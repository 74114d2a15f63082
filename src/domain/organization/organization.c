#include "domain/organization/organization.h"
#include "domain/organization/seen.h"

#include "engine/scheme/scheme.h"
#include "organization.sql.h"
#include "text/text.h"

#define X(name, word, label) {word, label},
const struct choice organization_classes[] = {PARTY_CLASS_TABLE(X){NULL, NULL}};
#undef X

const struct choice organization_name_kinds[] = {{"second", "加挂名称"},
                                                 {"alias", "简称或别名"},
                                                 {"former", "曾用名"},
                                                 {"renamed", "改名前的名称"},
                                                 {NULL, NULL}};

static const struct field name_fields[] = {
    {.key = "name", .label = "名称", .kind = FIELD_TEXT, .required = true},
    {.key = "kind",
     .label = "种类",
     .kind = FIELD_CHOICE,
     .choices = organization_name_kinds,
     .required = true},
    {.key = "until",
     .label = "用到哪一天",
     .kind = FIELD_DATE,
     .help = "改名前的名称：从这一天起不再使用。"},
    {0}};
static const struct row_table name_rows = {"organization_name", name_fields};

static const struct field fields[] = {
    {.key = "name",
     .label = "名称",
     .kind = FIELD_TEXT,
     .required = true,
     .sort = true,
     .sort_column = "sort_key",
     .searched = true,
     .clause = "YY22-2a"},
    {.key = "classification",
     .label = "类别",
     .kind = FIELD_CHOICE,
     .choices = organization_classes,
     .required = true,
     .filter = true},
    {.key = "parent",
     .label = "所属",
     .kind = FIELD_REFERENCE,
     .to = &kind_organization,
     .filter = true,
     .help = "括号里的内设、加挂机构填它所属的单位。",
     .clause = "YY22-2b"},
    {.key = "is_group",
     .label = "集合条目",
     .kind = FIELD_FLAG,
     .help = "不指明具体单位的条目，例如“各驻某地保险公司”。",
     .clause = "YY22-2c"},
    {.key = "held",
     .label = "疑似误印",
     .kind = FIELD_FLAG,
     .filter = true,
     .help = "名称与已知的党派、机关不符，等待办公室确认。",
     .clause = "OR20-A"},
    {.key = "hint", .label = "可能应为", .kind = FIELD_TEXT, .wide = true},
    {.key = "maybe_reorganised",
     .label = "机构可能已调整",
     .kind = FIELD_FLAG,
     .wide = true,
     .help = "文件印发后机构可能已改名或合并，待办公室确认。",
     .clause = "NB17-4"},
    {.key = "names", .label = "其他名称", .kind = FIELD_ROWS, .rows = &name_rows},
    {.key = "note", .label = "备注", .kind = FIELD_LONG_TEXT, .max = 1000},
    {.key = "sort_key", .label = "排序键", .kind = FIELD_KEY},
    {0}};

static void derive(struct arena *arena, struct value *values)
{
    struct str name = value_str(values[kind_field(&kind_organization, "name")]);
    values[kind_field(&kind_organization, "sort_key")] = value_text(text_sort_key(arena, name));
}

/* A name that is given up still finds the organization: in pickers, and when a document that prints
 * it is loaded again. */
static void keep_name(struct arena *arena, const struct record *old, struct record *record)
{
    int name = kind_field(&kind_organization, "name");
    int names = kind_field(&kind_organization, "names");
    struct value before = old->values[name], now = record->values[name];
    if (!record->given[name] || value_eq(before, now))
        return;
    const struct record_rows *rows = &record->rows[names];
    struct record_rows kept = {arena_new(arena, struct value, (rows->n + 1) * NAME_CELLS), 0};
    bool has_before = false;
    for (int i = 0; i < rows->n; i++) {
        const struct value *cells = rows->cells + i * NAME_CELLS;
        if (value_eq(cells[NAME_TEXT], now) && str_is(value_str(cells[NAME_KIND]), "renamed"))
            continue; /* it is the name again */
        has_before = has_before || value_eq(cells[NAME_TEXT], before);
        memcpy(kept.cells + kept.n++ * NAME_CELLS, cells, NAME_CELLS * sizeof *cells);
    }
    if (!has_before) {
        struct value *cells = kept.cells + kept.n++ * NAME_CELLS;
        cells[NAME_TEXT] = before;
        cells[NAME_KIND] = value_text(STR("renamed"));
    }
    record->rows[names] = kept;
    record->given[names] = true;
}

static enum status check(struct tx *tx, int64_t body_id, int64_t id, const struct value *values,
                         struct fault *fault)
{
    int64_t parent = value_i64(values[kind_field(&kind_organization, "parent")]);
    for (int depth = 0; parent != 0; depth++) {
        if (parent == id || depth > 20)
            return refuse(tx_arena(tx), fault, INVALID, "parent",
                          "“所属”绕回了它自己，请另选所属单位。");
        struct record *above;
        TRY(record_get(tx, &kind_organization, body_id, parent, &above));
        parent = value_i64(record_value(above, "parent"));
    }
    return OK;
}

/* --- the keys under which a name is found --- */

struct keys {
    struct tx *tx;
    int64_t body_id, id;
};

static enum status add_key(const struct keys *keys, struct str key)
{
    if (key.len == 0 || key.len > 300)
        return OK;
    return tx_run(keys->tx, &SQL_organization_key_add,
                  ARGS(value_int(keys->body_id), value_text(key), value_int(keys->id)), NULL);
}

/* 市教育局 is also looked for as 教育局. */
static struct str without_level(struct str name)
{
    static const char *const levels[] = {"市", "县", "区", "州", "省", "旗", "盟"};
    for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++)
        if (str_starts(name, str_from(levels[i])) && name.len > 9)
            return str_from_byte(name, strlen(levels[i]));
    return (struct str){0};
}

static enum status add_name(const struct keys *keys, struct str name)
{
    struct arena *arena = tx_arena(keys->tx);
    struct str forms[] = {text_fold(arena, name), text_fold(arena, without_level(name))};
    for (int i = 0; i < 2; i++) {
        TRY(add_key(keys, forms[i]));
        struct str readings = text_initials(arena, forms[i]);
        while (readings.len > 0)
            TRY(add_key(keys, str_cut(&readings, STR(" "))));
    }
    return OK;
}

static enum status index_names(struct tx *tx, const struct record *record)
{
    struct keys keys = {tx, record->body_id, record->id};
    TRY(tx_run(tx, &SQL_organization_keys_clear,
               ARGS(value_int(record->body_id), value_int(record->id)), NULL));
    TRY(add_name(&keys, value_str(record_value(record, "name"))));
    const struct record_rows *names = &record->rows[kind_field(&kind_organization, "names")];
    for (int i = 0; i < names->n; i++)
        TRY(add_name(&keys, value_str(names->cells[i * NAME_CELLS])));
    return OK;
}

enum status organization_pick(struct tx *tx, int64_t body_id, struct str typed, struct date on,
                              struct named **ret_found, int *ret_n)
{
    struct arena *arena = tx_arena(tx);
    struct str first = text_fold(arena, typed);
    struct str last = str_fmt(arena, "%.*s\xF4\x8F\xBF\xBF", STR_ARG(first));
    struct rows rows;
    TRY(tx_run(tx, &SQL_organization_by_key,
               ARGS(value_int(body_id), value_text(first), value_text(last),
                    value_text(date_format(arena, on))),
               &rows));
    *ret_found = arena_new(arena, struct named, rows.n);
    for (int i = 0; i < rows.n; i++)
        (*ret_found)[i] =
            (struct named){value_i64(rows_at(&rows, i, 0)), value_str(rows_at(&rows, i, 1))};
    *ret_n = rows.n;
    return OK;
}

const struct kind kind_organization = {
    .seen = "t.id in (" SEEN_ORGANIZATIONS ")",
    .found_by = "o id parent",
    .name = "organization",
    .label = "单位与机构",
    .unit = "个",
    .fields = fields,
    .dated = true,
    .ordered = true,
    .derive = derive,
    .keep = keep_name,
    .check = check,
    .index = index_names,
    .pick = organization_pick,
    .own_page = true,
    .empty = "还没有单位。",
    .offer = "导入一份制度文件，名录就会自动建立；也可以在这里逐个登记。",
    .help = "对口联系的双方：专门委员会、部门、单位、党派、界别。"};
