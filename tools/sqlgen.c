/*
 * sqlgen - turns the .sql file of a module into C: its schema steps and its named statements.
 *
 *     sqlgen organization.sql organization.sql.c organization.sql.h
 *
 * The file:
 *
 *     -- instance TABLE  …             the table has no body_id (accounts, nodes)
 *     -- derived TABLE   …             the table can be rebuilt; statements here may write it
 *     -- journalled TABLE …            written here by a module that tells the journal itself
 *     -- owned TABLE     …             rows of another record: key (body_id, owner, position)
 *     -- schema organization-1         a step of the schema, applied once, remembered by name
 *     create table organization (body_id id not null, id id not null, …
 *     -- part NAME                     text that several statements hold, each in a line "@NAME"
 *     -- :organization_by_parent  :many  ($1 id body_id, $2 id parent)  help text
 *     select …;
 *
 * Shapes are :run :one :maybe :many; parameter types are the type words, and the last parameter may
 * be a list of ids, written ":ids" in the header and "in (:ids)" in the text. The parameters may
 * go on over further comment lines. A block for one engine says so, ":sqlite" or ":postgres" after
 * its name, and in the comment line below the header why; it has a twin for the other engine.
 * What is refused: sqlcheck.c.
 */
#include "sqlgen.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "store/sqltext.h"

static const struct {
    const char *word, *constant;
} shapes[] = {
    [SHAPE_RUN] = {":run", "RESULT_RUN"},
    [SHAPE_ONE] = {":one", "RESULT_ONE"},
    [SHAPE_MAYBE] = {":maybe", "RESULT_MAYBE"},
    [SHAPE_MANY] = {":many", "RESULT_MANY"},
};
enum { SHAPES_N = sizeof shapes / sizeof *shapes, FILE_CAP = 4 << 20 };

void complain(struct source *source, int line, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fprintf(stderr, "%s:%d: ", source->path, line);
    vfprintf(stderr, format, args);
    fputs(".\n", stderr);
    va_end(args);
    source->errors++;
}

bool names_have(const struct names *names, struct str name)
{
    for (int i = 0; i < names->n; i++)
        if (str_eq(names->items[i], name))
            return true;
    return false;
}

static bool is_name(struct str name, bool dashes)
{
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        bool inner = (c >= '0' && c <= '9') || c == '_' || (dashes && c == '-');
        if (!(c >= 'a' && c <= 'z') && !(i > 0 && inner))
            return false;
    }
    return name.len > 0;
}

/* The next word of a header; blanks around it are dropped. */
static struct str take_word(struct str *rest)
{
    *rest = str_trim(*rest);
    struct str word = str_cut(rest, STR(" "));
    *rest = str_trim(*rest);
    return word;
}

static bool take_engine(struct str *rest, enum block_engine *engine)
{
    static const struct str words[] = {STR_INIT(":sqlite"), STR_INIT(":postgres")};
    for (int i = 0; i < 2; i++)
        if (str_starts(*rest, words[i])) {
            take_word(rest);
            *engine = i == 0 ? FOR_SQLITE : FOR_POSTGRES;
            return true;
        }
    return false;
}

/* "$2 id parent" or ":ids parents". */
static void add_param(struct source *source, struct block *block, struct str text, char *letters)
{
    struct str rest = text, number = take_word(&rest), type = take_word(&rest);
    size_t n = block->params.len;
    struct str wanted = str_fmt(source->arena, "$%zu", n + 1);
    char letter = 'l';
    if (str_starts(number, STR(":"))) {
        block->list = number;
    } else {
        const struct sql_type *known = sql_type(type);
        if (!str_eq(number, wanted))
            complain(source, block->line, "the parameter here is %.*s, write \"%.*s TYPE name\"",
                     STR_ARG(number), STR_ARG(wanted));
        if (!known)
            complain(source, block->line,
                     "%.*s has no type; one of id ref int flag instant text date json blob",
                     STR_ARG(wanted));
        letter = known ? known->letter : 'i';
    }
    if (n > 0 && letters[n - 1] == 'l')
        complain(source, block->line, "a list is the last parameter");
    letters[n] = letter;
    block->params.len++;
}

/* ($1 id body_id, $2 id parent) */
static void take_params(struct source *source, struct block *block, struct str *rest)
{
    enum { PARAMS_MAX = 64 };
    if (!str_starts(*rest, STR("(")))
        return;
    ptrdiff_t end = str_find(*rest, STR(")"));
    if (end < 0) {
        complain(source, block->line, "the bracket of the parameters is not closed");
        return;
    }
    char *letters = arena_new(source->arena, char, PARAMS_MAX + 1);
    block->params.ptr = letters;
    struct str inner = {rest->ptr + 1, (size_t)end - 1};
    *rest = str_trim(str_from_byte(*rest, (size_t)end + 1));
    while (str_trim(inner).len > 0) {
        if (block->params.len == PARAMS_MAX) {
            complain(source, block->line, "a statement has at most %d parameters", PARAMS_MAX);
            return;
        }
        add_param(source, block, str_trim(str_cut(&inner, STR(","))), letters);
    }
}

static void read_statement_header(struct source *source, struct block *block, struct str rest)
{
    block->kind = BLOCK_STATEMENT;
    block->name = str_from_byte(take_word(&rest), 1);
    struct str shape = take_word(&rest);
    take_engine(&rest, &block->engine);
    block->shape = -1;
    for (int i = 0; i < SHAPES_N; i++)
        if (str_is(shape, shapes[i].word))
            block->shape = i;
    if (!is_name(block->name, false))
        complain(source, block->line, "\"%.*s\" is not a name, use a-z 0-9 _",
                 STR_ARG(block->name));
    if (block->shape < 0)
        complain(source, block->line, "the shape is one of :run :one :maybe :many");
    take_params(source, block, &rest);
    if (rest.len == 0)
        complain(source, block->line, "the header ends with a help text, add one");
}

static void read_step_header(struct source *source, struct block *block, struct str rest)
{
    block->kind = BLOCK_STEP;
    block->name = take_word(&rest);
    take_engine(&rest, &block->engine);
    if (!is_name(block->name, true))
        complain(source, block->line, "\"%.*s\" is not the name of a step, use a-z 0-9 - _",
                 STR_ARG(block->name));
    if (rest.len > 0)
        complain(source, block->line, "\"%.*s\" does not belong after the name of a step",
                 STR_ARG(rest));
}

/* A header whose bracket stays open goes on over the next comment lines. */
static struct str whole_header(struct source *source, struct str line, struct str *rest,
                               int *number)
{
    while (str_has(line, STR("(")) && !str_has(line, STR(")")) && str_starts(*rest, STR("--"))) {
        struct str more = str_from_byte(str_line(rest), 2);
        line = str_fmt(source->arena, "%.*s %.*s", STR_ARG(line), STR_ARG(str_trim(more)));
        ++*number;
    }
    return line;
}

static void add_name(struct source *source, struct names *names, struct str rest, int line)
{
    struct str name = take_word(&rest);
    if (!is_name(name, false))
        complain(source, line, "\"%.*s\" is not the name of a table", STR_ARG(name));
    *arena_push(source->arena, names->items, names->n, names->room) = name;
}

static void read_part_header(struct source *source, struct block *block, struct str rest)
{
    block->kind = BLOCK_PART;
    block->name = take_word(&rest);
    if (!is_name(block->name, false) || rest.len > 0)
        complain(source, block->line, "a part has a name of a-z 0-9 _ and nothing behind it");
}

/* A comment that says something to us begins a block or marks a table; true when it did. */
static bool read_mark(struct source *source, struct str line, struct str *rest, int *number)
{
    static const struct str step = STR_INIT("-- schema "), statement = STR_INIT("-- :"),
                            part = STR_INIT("-- part "), derived = STR_INIT("-- derived "),
                            instance = STR_INIT("-- instance "), owned = STR_INIT("-- owned "),
                            journalled = STR_INIT("-- journalled ");
    if (str_starts(line, derived)) {
        add_name(source, &source->derived, str_from_byte(line, derived.len), *number);
    } else if (str_starts(line, instance)) {
        add_name(source, &source->instance, str_from_byte(line, instance.len), *number);
    } else if (str_starts(line, journalled)) {
        add_name(source, &source->journalled, str_from_byte(line, journalled.len), *number);
    } else if (str_starts(line, owned)) {
        add_name(source, &source->owned, str_from_byte(line, owned.len), *number);
    } else if (str_starts(line, step) || str_starts(line, statement) || str_starts(line, part)) {
        struct block *block = arena_push(source->arena, source->blocks, source->n, source->room);
        *block = (struct block){.line = *number};
        if (str_starts(line, step))
            read_step_header(source, block, str_from_byte(line, step.len));
        else if (str_starts(line, part))
            read_part_header(source, block, str_from_byte(line, part.len));
        else
            read_statement_header(source, block,
                                  str_from_byte(whole_header(source, line, rest, number), 3));
        block->sql = (struct str){rest->ptr, 0};
        block->sql_line = *number + 1;
        if (block->engine != FOR_BOTH && !str_starts(*rest, STR("--")))
            complain(source, block->line,
                     "a block for one engine says why in the comment line below its header");
    } else {
        return false;
    }
    return true;
}

static void read_source(struct source *source, struct str text)
{
    struct str rest = text;
    for (int number = 1; rest.len > 0; number++) {
        struct str line = str_line(&rest);
        if (read_mark(source, line, &rest, &number))
            continue;
        struct block *block = source->n ? &source->blocks[source->n - 1] : NULL;
        bool blank = str_trim(line).len == 0 || str_starts(line, STR("--"));
        if (block)
            block->sql.len = (size_t)(rest.ptr - block->sql.ptr);
        else if (!blank)
            complain(source, number, "SQL before the first \"-- schema\" or \"-- :name\" header");
    }
    for (int i = 0; i < source->n; i++)
        source->blocks[i].sql = str_trim(source->blocks[i].sql);
}

/* A part on one line, so that the lines of the statement keep their numbers. */
static struct str part_named(struct source *source, const struct block *block, struct str name)
{
    for (int i = 0; i < source->n; i++) {
        struct block *part = &source->blocks[i];
        if (part->kind != BLOCK_PART || !str_eq(part->name, name))
            continue;
        struct str text = {0}, rest = part->sql;
        while (rest.len > 0) {
            struct str line = str_trim(str_line(&rest));
            text = str_fmt(source->arena, "%.*s %.*s", STR_ARG(text), STR_ARG(line));
        }
        part->used = true;
        return text;
    }
    complain(source, block->line, "there is no part \"%.*s\"", STR_ARG(name));
    return (struct str){0};
}

static void fill_in(struct source *source, struct block *block)
{
    struct str text = {0}, rest = block->sql;
    if (block->kind != BLOCK_STATEMENT || !str_has(rest, STR("@")))
        return;
    while (rest.len > 0) {
        struct str line = str_line(&rest), bare = str_trim(line);
        if (str_starts(bare, STR("@")))
            line = part_named(source, block, str_from_byte(bare, 1));
        text = str_fmt(source->arena, "%.*s%.*s\n", STR_ARG(text), STR_ARG(line));
    }
    block->sql = str_trim(text);
}

static void fill_in_parts(struct source *source)
{
    for (int i = 0; i < source->n; i++)
        if (source->blocks[i].kind == BLOCK_PART && str_has(source->blocks[i].sql, STR("--")))
            complain(source, source->blocks[i].line, "a part has no comments, it becomes one line");
    for (int i = 0; i < source->n; i++)
        fill_in(source, &source->blocks[i]);
    for (int i = 0; i < source->n; i++)
        if (source->blocks[i].kind == BLOCK_PART && !source->blocks[i].used)
            complain(source, source->blocks[i].line,
                     "no statement has this part in a line \"@%.*s\"",
                     STR_ARG(source->blocks[i].name));
}

/* The twin of a block for one engine. */
static const struct block *twin(const struct source *source, const struct block *block)
{
    for (int i = 0; i < source->n; i++) {
        const struct block *other = &source->blocks[i];
        if (other != block && other->kind == block->kind && str_eq(other->name, block->name))
            return other;
    }
    return NULL;
}

static void check_names(struct source *source)
{
    for (int i = 0; i < source->n; i++) {
        const struct block *block = &source->blocks[i], *other = twin(source, block);
        int engines = (int)block->engine + (other ? (int)other->engine : 0);
        if (!other && block->engine != FOR_BOTH)
            complain(source, block->line, "%.*s is missing for the other engine",
                     STR_ARG(block->name));
        else if (other && (engines != FOR_SQLITE + FOR_POSTGRES || block->engine == FOR_BOTH))
            complain(source, block->line, "%.*s is there more than once", STR_ARG(block->name));
        else if (other && (block->shape != other->shape || !str_eq(block->params, other->params)))
            complain(source, block->line, "%.*s has another shape or parameters for each engine",
                     STR_ARG(block->name));
    }
}

/* One C string literal a line. The last semicolon is not part of a statement. */
static void put_literal(struct buf *out, struct str sql)
{
    while (sql.len > 0 && sql.ptr[sql.len - 1] == ';')
        sql = str_trim(str_head(sql, sql.len - 1));
    if (sql.len == 0)
        BUF_LIT(out, "\"\"");
    while (sql.len > 0) {
        struct str line = str_line(&sql);
        if (str_starts(str_trim(line), STR("--")))
            continue;
        BUF_LIT(out, "\n        \"");
        for (size_t i = 0; i < line.len; i++) {
            if (line.ptr[i] == '"' || line.ptr[i] == '\\')
                buf_char(out, '\\');
            buf_char(out, line.ptr[i]);
        }
        buf_put(out, sql.len > 0 ? STR("\\n\"") : STR("\""));
    }
}

/* The text for both engines, or SQLite's and PostgreSQL's. */
static void put_sql(const struct source *source, struct buf *out, const struct block *block)
{
    const struct block *other = twin(source, block);
    const struct block *postgres = block->engine == FOR_POSTGRES ? block : other;
    BUF_LIT(out, "    .sql =");
    put_literal(out, block->engine == FOR_POSTGRES ? other->sql : block->sql);
    if (postgres) {
        BUF_LIT(out, ",\n    .postgres =");
        put_literal(out, postgres->sql);
    }
    BUF_LIT(out, ",\n");
}

static bool is_first(const struct source *source, const struct block *block, enum block_kind kind)
{
    const struct block *other = twin(source, block);
    return block->kind == kind && (!other || block < other);
}

static void put_source(const struct source *source, struct buf *out)
{
    buf_fmt(out, "/* Made by sqlgen from %.*s.sql. */\n#include \"%.*s.sql.h\"\n\n",
            STR_ARG(source->module), STR_ARG(source->module));
    for (int i = 0; i < source->n; i++) {
        const struct block *block = &source->blocks[i];
        if (!is_first(source, block, BLOCK_STATEMENT))
            continue;
        buf_fmt(out, "const struct statement SQL_%.*s = {\n    .name = \"%.*s\",\n",
                STR_ARG(block->name), STR_ARG(block->name));
        put_sql(source, out, block);
        buf_fmt(out, "    .params = \"%.*s\",\n    .shape = %s,\n};\n\n", STR_ARG(block->params),
                shapes[block->shape].constant);
    }
    BUF_LIT(out, "static const struct schema_step steps[] = {\n");
    for (int i = 0; i < source->n; i++) {
        const struct block *block = &source->blocks[i];
        if (!is_first(source, block, BLOCK_STEP))
            continue;
        buf_fmt(out, "    {\n    .name = \"%.*s\",\n", STR_ARG(block->name));
        put_sql(source, out, block);
        BUF_LIT(out, "    },\n");
    }
    BUF_LIT(out, "    {0},\n};\n\nstatic const struct statement *const statements[] = {\n");
    for (int i = 0; i < source->n; i++)
        if (is_first(source, &source->blocks[i], BLOCK_STATEMENT))
            buf_fmt(out, "    &SQL_%.*s,\n", STR_ARG(source->blocks[i].name));
    buf_fmt(out,
            "    NULL,\n};\n\nconst struct schema SCHEMA_%.*s = {\"%.*s\", steps, statements};\n",
            STR_ARG(source->module), STR_ARG(source->module));
}

static void put_header(const struct source *source, struct buf *out)
{
    struct str module = source->module;
    buf_fmt(out, "/* Made by sqlgen from %.*s.sql. */\n#ifndef SQL_%.*s_H\n#define SQL_%.*s_H\n\n",
            STR_ARG(module), STR_ARG(module), STR_ARG(module));
    buf_fmt(out, "#include \"store/store.h\"\n\nextern const struct schema SCHEMA_%.*s;\n\n",
            STR_ARG(module));
    for (int i = 0; i < source->n; i++)
        if (is_first(source, &source->blocks[i], BLOCK_STATEMENT))
            buf_fmt(out, "extern const struct statement SQL_%.*s;\n",
                    STR_ARG(source->blocks[i].name));
    BUF_LIT(out, "\n#endif\n");
}

static bool write_file(const char *path, struct str text)
{
    FILE *file = fopen(path, "w");
    if (!file)
        return false;
    bool written = fwrite(text.ptr, 1, text.len, file) == text.len;
    return fclose(file) == 0 && written;
}

static bool read_file(struct arena *arena, const char *path, struct str *ret_text)
{
    FILE *file = fopen(path, "r");
    if (!file)
        return false;
    char *bytes = arena_new(arena, char, FILE_CAP);
    *ret_text = (struct str){bytes, fread(bytes, 1, FILE_CAP, file)};
    bool whole = feof(file) && !ferror(file);
    fclose(file);
    return whole;
}

static struct str module_name(const char *path)
{
    struct str name = str_from(path);
    name = str_from_byte(name, (size_t)(str_find_last(name, STR("/")) + 1));
    return str_ends(name, STR(".sql")) ? str_head(name, name.len - 4) : name;
}

int main(int argc, char **argv)
{
    AUTOARENA arena = arena_open(MIB(64));
    AUTOBUF out = buf_open(MIB(8));
    struct str text;
    if (argc != 4) {
        fputs("usage: sqlgen IN.sql OUT.sql.c OUT.sql.h\n", stderr);
        return 2;
    }
    if (!read_file(&arena, argv[1], &text)) {
        fprintf(stderr, "%s: cannot be read, or is over 4 MB.\n", argv[1]);
        return 1;
    }
    struct source source = {.arena = &arena, .path = argv[1], .module = module_name(argv[1])};
    if (!is_name(source.module, false))
        complain(&source, 1, "the file is named like its module with a-z 0-9 _, then .sql");
    read_source(&source, text);
    fill_in_parts(&source);
    check_names(&source);
    for (int i = 0; i < source.n; i++)
        if (source.blocks[i].kind != BLOCK_PART)
            check_block(&source, &source.blocks[i]);
    if (source.errors > 0)
        return 1;
    put_source(&source, &out);
    bool written = write_file(argv[2], buf_str(&out));
    buf_clear(&out);
    put_header(&source, &out);
    written = written && write_file(argv[3], buf_str(&out));
    if (!written)
        fprintf(stderr, "%s: cannot be written.\n", argv[2]);
    return written ? 0 : 1;
}
