#include "domain/roster/priv.h"

#include "base/utf8.h"
#include "text/text.h"

struct reader {
    struct arena *arena;
    struct fault *fault;
    const struct roster_line *lines;
    int n;
    struct roster *roster;
    struct layout layout;
    bool in_table;
    int table;           /* that the layout is of */
    int title_role;      /* that a title spoke of; -1 */
    struct str unit;     /* from a line above the table: 单位名称：… */
    struct str row_unit; /* of the last row with one */
    int heads;           /* heading rows met */
};

/* --- what may not enter (ALL-secret) --- */

/* 机密★10年: a mark of its own in a cell, not a word in a sentence. */
static bool is_secrecy_mark(struct arena *arena, struct str text)
{
    static const char *const marks[] = {"绝密", "机密", "秘密"};
    static const char *const ends[] = {"★", "☆", "▲", "*"};
    struct str squeezed = text_squeeze(arena, str_head(text, 60));
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        if (!str_starts(squeezed, str_from(marks[i])))
            continue;
        struct str rest = str_from_byte(squeezed, strlen(marks[i]));
        for (size_t k = 0; k < sizeof ends / sizeof *ends; k++)
            if (str_starts(rest, str_from(ends[k])))
                return true;
        if (rest.len == 0)
            return true;
    }
    return false;
}

static enum status check_secrecy(struct reader *r)
{
    for (int i = 0; i < r->n; i++)
        for (int c = 0; c < r->lines[i].n; c++)
            if (is_secrecy_mark(r->arena, r->lines[i].cells[c]))
                return refuse(r->arena, r->fault, INVALID, "file",
                              "第 %d 行标有密级，本系统为非涉密系统，请勿上传涉密文件。",
                              r->lines[i].number);
    return OK;
}

/* --- lines above a table --- */

/* 市教育局（盖章）: where the stamp goes is no part of the name. */
static struct str without_stamp(struct str name)
{
    static const struct str stamps[] = {STR_INIT("（盖章）"), STR_INIT("(盖章)"),
                                        STR_INIT("（公章）"), STR_INIT("(公章)"),
                                        STR_INIT("（章）"),   STR_INIT("(章)")};
    name = text_trim(name);
    for (size_t i = 0; i < sizeof stamps / sizeof *stamps; i++)
        if (str_ends(name, stamps[i]))
            return text_trim(str_head(name, name.len - stamps[i].len));
    return name;
}

/* 单位名称（盖章）：市教育局, in one cell or in two. */
static bool take_unit(struct reader *r, const struct roster_line *line)
{
    static const struct str colons[] = {STR_INIT("："), STR_INIT(":")};
    for (int c = 0; c < line->n; c++) {
        struct str label = line->cells[c], name = {0};
        for (size_t i = 0; i < 2 && name.len == 0; i++) {
            ptrdiff_t at = str_find(label, colons[i]);
            if (at < 0)
                continue;
            name = without_stamp(str_from_byte(label, (size_t)at + colons[i].len));
            label = str_head(label, (size_t)at);
        }
        if (roster_heading_read(r->arena, label).cell != CELL_UNIT)
            continue;
        for (int k = c + 1; k < line->n && name.len == 0; k++)
            name = without_stamp(line->cells[k]);
        if (name.len == 0 || roster_heading_read(r->arena, name).cell != HEAD_UNKNOWN)
            continue;
        r->unit = name;
        return true;
    }
    return false;
}

static void take_title(struct reader *r, const struct roster_line *line)
{
    for (int c = 0; c < line->n; c++) {
        int role = utf8_count(line->cells[c]) <= 80
                       ? roster_title_role_read(r->arena, line->cells[c])
                       : -1;
        if (role >= 0)
            r->title_role = role;
    }
}

/* --- rows to entries --- */

static void join(struct arena *arena, struct str *to, struct str text)
{
    *to = to->len ? str_fmt(arena, "%.*s、%.*s", STR_ARG(*to), STR_ARG(text)) : text;
}

/* 电话: each number by how it looks. */
static void put_phone(struct reader *r, struct roster_entry *entry, struct str text)
{
    static const struct str marks[] = {STR_INIT("、"), STR_INIT("/"),  STR_INIT("，"),
                                       STR_INIT(","),  STR_INIT("；"), STR_INIT(";"),
                                       STR_INIT("\n"), STR_INIT("　"), STR_INIT(" ")};
    bool single =
        roster_is_mobile(r->arena, text) || roster_office_phone_read(r->arena, text).value.len > 0;
    for (size_t i = 0; i < sizeof marks / sizeof *marks && !single; i++)
        text = str_replace(r->arena, text, marks[i], STR("\x1F"));
    while (text.len > 0) {
        struct str piece = text_trim(str_cut(&text, STR("\x1F")));
        if (piece.len > 0)
            join(r->arena,
                 &entry->cells[roster_is_mobile(r->arena, piece) ? CELL_MOBILE : CELL_OFFICE_PHONE],
                 piece);
    }
}

static bool says_something(struct reader *r, const struct roster_entry *entry)
{
    for (int c = CELL_NAME; c < ROSTER_CELLS; c++)
        if (!roster_is_nothing(r->arena, entry->cells[c]))
            return true;
    return false;
}

/* What the row says of one person; false when it says nothing. */
static bool read_group(struct reader *r, const struct roster_line *line, int group,
                       struct roster_entry *entry)
{
    const struct layout *layout = &r->layout;
    for (int c = 0; c < line->n && c < layout->columns_n; c++) {
        int cell = layout->columns[c].cell;
        if (cell < 0 || layout->columns[c].group != group || line->cells[c].len == 0)
            continue;
        if (cell == HEAD_PHONE)
            put_phone(r, entry, line->cells[c]);
        else
            entry->cells[cell] = line->cells[c];
    }
    return says_something(r, entry);
}

/* 注：…, 填表人：… below the people. */
static bool is_remark(struct reader *r, const struct roster_line *line)
{
    static const char *const starts[] = {"注:",  "备注", "说明",   "填表", "填报",
                                         "制表", "合计", "审核人", "总计", NULL};
    int filled = 0;
    struct str text = {0};
    for (int c = 0; c < line->n; c++)
        if (line->cells[c].len > 0) {
            text = filled++ ? text : text_fold(r->arena, str_head(line->cells[c], 60));
        }
    for (int i = 0; filled <= 2 && starts[i]; i++)
        if (str_starts(text, str_from(starts[i])))
            return true;
    return false;
}

static struct str row_cell(const struct reader *r, const struct roster_line *line, int cell)
{
    for (int c = 0; c < line->n && c < r->layout.columns_n; c++)
        if (r->layout.columns[c].cell == cell)
            return line->cells[c];
    return STR("");
}

/* The unit of a row: its own cell, the slip's, or the merged cell above. */
static struct str unit_of(struct reader *r, const struct roster_line *line, bool *ret_above)
{
    *ret_above = false;
    if (!r->layout.has_unit)
        return r->unit;
    struct str unit = without_stamp(row_cell(r, line, CELL_UNIT));
    if (unit.len > 0)
        return r->row_unit = unit;
    *ret_above = r->row_unit.len > 0;
    return r->row_unit;
}

static struct str role_of(const struct reader *r, const struct roster_line *line, int group)
{
    int role = r->layout.groups[group].role;
    if (role >= 0)
        return str_from(designation_roles[role].label);
    struct str written = row_cell(r, line, CELL_ROLE);
    if (written.len > 0 || r->layout.has_role)
        return written;
    return r->title_role >= 0 ? str_from(designation_roles[r->title_role].label) : STR("");
}

static enum status read_row(struct reader *r, const struct roster_line *line)
{
    struct roster *roster = r->roster;
    bool above, filled = false;
    struct str unit = unit_of(r, line, &above);
    for (int group = 0; group < r->layout.groups_n; group++) {
        struct roster_entry entry = {.line = line->number, .role = -1};
        if (!r->layout.groups[group].has[CELL_NAME] || !read_group(r, line, group, &entry))
            continue;
        if (roster->n == ROSTER_ENTRIES_MAX)
            return refuse(r->arena, r->fault, INVALID, "file",
                          "第 %d 行起超过 %d 人，请分成几个文件导入。", line->number,
                          ROSTER_ENTRIES_MAX);
        entry.cells[CELL_UNIT] = unit;
        entry.unit_from_above = above;
        entry.cells[CELL_ROLE] = role_of(r, line, group);
        *arena_push(r->arena, roster->entries, roster->n, roster->room) = entry;
        filled = true;
    }
    roster->blank += !filled && !above && unit.len > 0;
    return OK;
}

/* --- the whole --- */

static bool is_of_table(const struct reader *r, const struct roster_line *line)
{
    return r->in_table && line->table == r->table && line->table > 0;
}

enum status roster_read(struct arena *arena, const struct roster_line *lines, int n,
                        struct roster *ret_roster, struct fault *fault)
{
    struct roster roster = {0};
    struct reader r = {arena, fault, lines, n, &roster, .title_role = -1};
    TRY(check_secrecy(&r));
    for (int i = 0; i < n; i++) {
        const struct roster_line *line = &lines[i];
        const struct roster_line *below = i + 1 < n ? &lines[i + 1] : NULL;
        if (line->table > 0 &&
            roster_layout_read(arena, line, below, r.unit.len > 0, &r.layout, &roster)) {
            r.in_table = true;
            r.table = line->table;
            r.row_unit = (struct str){0};
            r.heads++;
            i += r.layout.rows - 1;
        } else if (!is_of_table(&r, line)) {
            r.in_table = false;
            if (!take_unit(&r, line))
                take_title(&r, line);
        } else if (!is_remark(&r, line)) {
            TRY(read_row(&r, line));
        }
    }
    if (r.heads == 0)
        return refuse(arena, fault, INVALID, "file",
                      "没有找到表头，请用一行写明“单位”“姓名”“职务”“手机”等列名，"
                      "或下载空白名单填写。");
    *ret_roster = roster;
    return OK;
}
