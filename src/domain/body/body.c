#include "domain/body/body.h"

#include "engine/scheme/scheme.h"

#define X(word, label) {word, label},
const struct choice body_classes[] = {BODY_CLASS_TABLE(X){NULL, NULL}};
#undef X

static const struct field body_fields[] = {
    {.key = "name",
     .label = "名称",
     .kind = FIELD_TEXT,
     .required = true,
     .searched = true,
     .sort = true},
    {.key = "slug",
     .label = "地址名",
     .kind = FIELD_TEXT,
     .max = 40,
     .required = true,
     .fixed = true,
     .help = "出现在网址里，只用小写字母、数字和短横，例如 yiyang。"},
    {.key = "short_name", .label = "简称", .kind = FIELD_TEXT},
    {.key = "classification",
     .label = "类别",
     .kind = FIELD_CHOICE,
     .choices = body_classes,
     .required = true,
     .filter = true},
    {.key = "parent", .label = "上级", .kind = FIELD_REFERENCE, .to = &kind_body, .filter = true},
    {.key = "term", .label = "届", .kind = FIELD_TEXT, .max = 20, .help = "例如 第七届。"},
    {.key = "file_mb",
     .label = "每个附件上限（MB）",
     .kind = FIELD_INT,
     .low = 1,
     .high = 16,
     .wide = true,
     .help = "不填为 16 MB。"},
    {.key = "file_count",
     .label = "每条记录附件上限（个）",
     .kind = FIELD_INT,
     .low = 1,
     .high = 500,
     .wide = true,
     .help = "不填为 50 个。"},
    {.key = "file_gb",
     .label = "附件总量上限（GB）",
     .kind = FIELD_INT,
     .low = 1,
     .high = 10000,
     .wide = true,
     .help = "不填为 10 GB。"},
    {0}};

/* Words that stand where an address of a body could stand. */
static bool is_taken(struct str slug)
{
    static const char *const words[] = {"static",   "body",   "healthz", "metrics",  "openapi",
                                        "search",   "import", "sign-in", "sign-out", "me",
                                        "accounts", "setup",  "journal"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (str_is(slug, words[i]))
            return true;
    return false;
}

bool body_slug_is_good(struct str slug)
{
    return scheme_is_slug(slug) && slug.ptr[0] != '-' && !is_taken(slug);
}

static enum status check(struct tx *tx, int64_t body_id, int64_t id, const struct value *values,
                         struct fault *fault)
{
    (void)body_id;
    struct str slug = value_str(values[kind_field(&kind_body, "slug")]);
    if (!body_slug_is_good(slug))
        return refuse(tx_arena(tx), fault, INVALID, "slug",
                      "地址名“%.*s”不能用，请换成小写字母、数字和短横组成的其他名称。",
                      STR_ARG(slug));
    if (value_i64(values[kind_field(&kind_body, "parent")]) == id)
        return refuse(tx_arena(tx), fault, INVALID, "parent", "上级不能是它自己，请另选。");
    return OK;
}

const struct kind kind_body = {.seen = SEEN_BY_READERS,
                               .name = "body",
                               .label = "本级组织",
                               .unit = "个",
                               .fields = body_fields,
                               .ordered = true,
                               .instance = true,
                               .check = check,
                               .empty = "还没有任何组织。请先导入一份制度文件，或在这里登记。",
                               .help = "使用本系统的政协组织或政府，各有自己的地址。"};

static const struct field term_fields[] = {{.key = "name",
                                            .label = "届次",
                                            .kind = FIELD_TEXT,
                                            .max = 40,
                                            .required = true,
                                            .searched = true,
                                            .help = "例如 第七届。"},
                                           {.key = "number",
                                            .label = "届数",
                                            .kind = FIELD_INT,
                                            .low = 1,
                                            .high = SCHEME_TERM_MAX,
                                            .required = true,
                                            .sort = true},
                                           {0}};

const struct kind kind_term = {.seen = SEEN_BY_READERS,
                               .name = "term",
                               .label = "届次",
                               .unit = "届",
                               .fields = term_fields,
                               .dated = true,
                               .empty = "还没有登记届次。",
                               .offer = "登记后，各项决定可按届次引用。",
                               .help = "一届的起止，决定按届和次引用。"};
