#include "engine/scheme/yaml_tree.h"

#include <libfyaml.h>

#include "base/utf8.h"

enum { BRACKETS_MAX = 1000 };

/* A map or list that is still open, and the key that waits for its value. */
struct frame {
    struct node *node, *key;
};

struct builder {
    struct arena *arena;
    struct scheme_errors *errors;
    struct node *root;
    struct frame frames[YAML_MAX_DEPTH];
    int depth, nodes_n, documents_n;
    int line, column; /* of the last event that had a place */
    bool stop, broken;
};

void yaml_error(struct arena *arena, struct scheme_errors *errors, int line, int column,
                const char *format, ...)
{
    if (errors->n >= SCHEME_ERRORS_MAX) {
        errors->dropped++;
        return;
    }
    va_list args;
    va_start(args, format);
    struct str message = str_vfmt(arena, format, args);
    va_end(args);
    *arena_push(arena, errors->items, errors->n, errors->room) =
        (struct scheme_error){.line = line, .column = column, .message = message};
}

static void refuse_here(struct builder *builder, const char *what)
{
    yaml_error(builder->arena, builder->errors, builder->line, builder->column, "%s", what);
}

static struct node *new_node(struct builder *builder, enum node_kind kind)
{
    struct node *node = arena_new(builder->arena, struct node, 1);
    node->kind = kind;
    node->line = builder->line;
    node->column = builder->column;
    if (++builder->nodes_n > YAML_MAX_NODES) {
        refuse_here(builder, "文件的条目过多，一个方案最多五万项，请拆成几个文件");
        builder->stop = true;
    }
    return node;
}

static void append(struct node *parent, struct node *child)
{
    if (parent->last)
        parent->last->next = child;
    else
        parent->first = child;
    parent->last = child;
    parent->n++;
}

static void place(struct builder *builder, struct node *node)
{
    if (builder->depth == 0) {
        builder->root = builder->root ? builder->root : node;
        return;
    }
    struct frame *frame = &builder->frames[builder->depth - 1];
    if (frame->node->kind == NODE_LIST) {
        append(frame->node, node);
    } else if (frame->key) {
        frame->key->value = node;
        frame->key = NULL;
    } else {
        if (node->kind == NODE_LIST || node->kind == NODE_MAP) {
            refuse_here(builder, "键应是一个英文词，这里是列表或分组，请改写");
            /* Its entries still have to be taken in, but nobody will look at them. */
            struct node *key = arena_new(builder->arena, struct node, 1);
            *key = (struct node){.kind = NODE_REFUSED, .line = node->line, .column = node->column};
            node = key;
        }
        append(frame->node, node);
        frame->key = node;
    }
}

static void open_node(struct builder *builder, enum node_kind kind)
{
    struct node *node = new_node(builder, kind);
    place(builder, node);
    if (builder->depth == YAML_MAX_DEPTH) {
        refuse_here(builder, "嵌套过深，方案文件没有这样深的层次，请检查缩进和括号");
        builder->stop = true;
        return;
    }
    builder->frames[builder->depth++] = (struct frame){.node = node};
}

static void close_node(struct builder *builder)
{
    if (builder->depth > 0)
        builder->depth--;
}

static void refuse_extras(struct builder *builder, struct fy_token *anchor, struct fy_token *tag)
{
    if (anchor)
        refuse_here(builder, "方案文件不用锚点（&），请直接写出内容");
    if (tag)
        refuse_here(builder, "方案文件不用类型标记（!），请删去标记");
}

static void take_scalar(struct builder *builder, struct fy_event *event)
{
    refuse_extras(builder, event->scalar.anchor, event->scalar.tag);
    struct fy_token *token = event->scalar.value;
    bool nothing = !token || !fy_token_start_mark(token);
    struct node *node = new_node(builder, nothing ? NODE_NOTHING : NODE_TEXT);
    if (!nothing) {
        size_t len = 0;
        const char *text = fy_token_get_text(token, &len);
        node->text = str_copy(builder->arena, (struct str){text, text ? len : 0});
        node->plain = fy_scalar_token_get_style(token) == FYSS_PLAIN;
    }
    place(builder, node);
}

static void take_event(struct builder *builder, struct fy_event *event)
{
    const struct fy_mark *mark = fy_event_start_mark(event);
    if (mark) {
        builder->line = mark->line + 1;
        builder->column = mark->column + 1;
    }
    switch (event->type) {
    case FYET_DOCUMENT_START:
        if (builder->documents_n++ > 0) {
            refuse_here(builder, "一个文件只能有一个方案，请删去“---”以后的内容");
            builder->stop = true;
        }
        break;
    case FYET_MAPPING_START:
        refuse_extras(builder, event->mapping_start.anchor, event->mapping_start.tag);
        open_node(builder, NODE_MAP);
        break;
    case FYET_SEQUENCE_START:
        refuse_extras(builder, event->sequence_start.anchor, event->sequence_start.tag);
        open_node(builder, NODE_LIST);
        break;
    case FYET_MAPPING_END:
    case FYET_SEQUENCE_END:
        close_node(builder);
        break;
    case FYET_SCALAR:
        take_scalar(builder, event);
        break;
    case FYET_ALIAS:
        refuse_here(builder, "方案文件不用别名（*），请直接写出内容；文字以 * 开头的，请加引号");
        place(builder, new_node(builder, NODE_REFUSED));
        break;
    default:
        break;
    }
}

/* What libfyaml says, by a piece of its sentence, and how we say it. The first that fits. */
static const struct {
    const char *piece, *sentence;
} syntax_sentences[] = {
    {"tab", "缩进用了制表符，请改用空格"},
    {"double-quoted scalar without closing", "双引号没有配对，请补上右引号"},
    {"single-quoted scalar without closing", "单引号没有配对，请补上右引号"},
    {"wrongly indented double-quoted", "双引号没有配对，或引号里的文字换行后缩进不足"},
    {"wrongly indented single-quoted", "单引号没有配对，或引号里的文字换行后缩进不足"},
    {"invalid escape", "双引号里的反斜杠写法无法识别，请改用单引号或去掉反斜杠"},
    {"hex escape", "双引号里的反斜杠写法无法识别，请改用单引号或去掉反斜杠"},
    {"UTF8 escape", "双引号里的反斜杠写法无法识别，请改用单引号或去掉反斜杠"},
    {"trailing content", "引号后面还有文字，请把整段文字放进引号"},
    {"invalid multiline plain key", "这一行缺少半角冒号加空格，或缩进不对，应写作“键: 内容”"},
    {"nested block mapping on the same line", "一行里有两个“: ”，文字里有冒号的，请给文字加引号"},
    {"wrong indendation", "缩进与前面的条目不一致，同一列表的“-”应对齐"},
    {"invalid indentation", "缩进与前面的条目不一致，同一组的键应对齐"},
    {"wrongly indented", "缩进与前面的条目不一致，请对齐"},
    {"block sequence on the same line", "“-”不能写在键的同一行，请另起一行"},
    {"at the end of block sequence", "列表里混入了不以“- ”开头的行，“-”后面应有空格"},
    {"plain scalar cannot start", "文字不能以这个符号开头，请给文字加引号"},
    {"without a closing", "方括号或花括号没有配对，请补上"},
    {"missing comma", "方括号或花括号没有配对，或缺少半角逗号"},
    {"extra closing", "多了一个右括号，请删去"},
    {"extra comma", "多了一个逗号，请删去"},
    {"alias", "方案文件不用别名（*），文字以 * 开头的，请加引号"},
    {"anchor", "方案文件不用锚点（&），文字以 & 开头的，请加引号"},
    {"tag", "方案文件不用类型标记（!），文字以 ! 开头的，请加引号"},
    {"block scalar", "“|”或“>”的写法不对，其后应换行并缩进"},
    {"directive", "方案文件不用以 % 开头的指令行，请删去"},
    {"invalid value after mapping", "这一行不是“键: 内容”的写法，或缩进不对"},
    {"did not find expected key", "这一行不是“键: 内容”的写法，或缩进不对"},
    {"mapping key", "这一行不是“键: 内容”的写法，文字以 ? 开头的，请加引号"},
};

static const char *syntax_sentence(const char *said)
{
    for (size_t i = 0; i < sizeof syntax_sentences / sizeof *syntax_sentences; i++)
        if (said && strstr(said, syntax_sentences[i].piece))
            return syntax_sentences[i].sentence;
    return "此处不合 YAML 的写法，请对照相邻的条目检查缩进、冒号和引号";
}

static void take_syntax_error(struct builder *builder, struct fy_parser *parser,
                              struct fy_diag *diag)
{
    if (builder->stop || !fy_parser_get_stream_error(parser))
        return;
    void *place_in_list = NULL;
    struct fy_diag_error *error = fy_diag_errors_iterate(diag, &place_in_list);
    if (error && error->line > 0) {
        builder->line = error->line;
        builder->column = error->column > 0 ? error->column : 1;
    }
    refuse_here(builder, syntax_sentence(error ? error->msg : NULL));
    builder->broken = true;
}

static void run_parser(struct builder *builder, struct str text)
{
    struct fy_diag_cfg diag_config;
    fy_diag_cfg_default(&diag_config);
    diag_config.fp = NULL;
    struct fy_diag *diag = fy_diag_create(&diag_config);
    fy_diag_set_collect_errors(diag, true);
    struct fy_parse_cfg config = {.flags = FYPCF_QUIET | FYPCF_COLLECT_DIAG | FYPCF_JSON_NONE |
                                           FYPCF_DEFAULT_VERSION_1_2,
                                  .diag = diag};
    struct fy_parser *parser = fy_parser_create(&config);
    struct fy_event *event;
    if (parser && fy_parser_set_string(parser, text.ptr, text.len) == 0) {
        while (!builder->stop && (event = fy_parser_parse(parser))) {
            take_event(builder, event);
            fy_parser_event_free(parser, event);
        }
        take_syntax_error(builder, parser, diag);
    }
    fy_parser_destroy(parser);
    fy_diag_destroy(diag);
}

/* Text with a byte that a scheme cannot have, told where; false when all is well. */
static bool refuse_bad_bytes(struct builder *builder, struct str text)
{
    int open = 0; /* libfyaml takes its time over a million of them */
    builder->line = builder->column = 1;
    for (struct str rest = text; rest.len > 0;) {
        const char *at = rest.ptr;
        int32_t code = utf8_next(&rest);
        bool control = (code < 0x20 && code != '\t' && code != '\n' && code != '\r') ||
                       (code >= 0x7F && code < 0xA0) || code == 0xFFFE || code == 0xFFFF;
        if (code == 0xFFFD && rest.ptr - at == 1)
            refuse_here(builder, "此处不是 UTF-8 文字，请把文件另存为 UTF-8 编码");
        else if (control)
            refuse_here(builder, "此处有看不见的控制字符，请删去");
        open += (code == '[' || code == '{') - (code == ']' || code == '}');
        if (open > BRACKETS_MAX)
            refuse_here(builder, "括号嵌套过深，请检查方括号和花括号是否配对");
        if (builder->errors->n > 0)
            return true;
        builder->column++;
        if (code == '\n') {
            builder->line++;
            builder->column = 1;
        }
    }
    return false;
}

struct node *yaml_tree(struct arena *arena, struct str text, struct scheme_errors *errors,
                       bool *ret_whole)
{
    struct builder builder = {.arena = arena, .errors = errors, .line = 1, .column = 1};
    if (str_starts(text, STR("\xEF\xBB\xBF")))
        text = str_from_byte(text, 3);
    if (text.len > YAML_MAX_BYTES)
        refuse_here(&builder, "文件超过 4 MB，方案文件没有这样大，请检查是否选错了文件");
    else if (!refuse_bad_bytes(&builder, text))
        run_parser(&builder, text);
    if (!builder.root && errors->n == 0)
        yaml_error(arena, errors, 1, 1, "文件里没有内容，应至少写出 document（制度文件）");
    *ret_whole = !builder.stop && !builder.broken;
    return builder.nodes_n > YAML_MAX_NODES ? NULL : builder.root;
}
