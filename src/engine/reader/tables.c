/*
 * tables - links told by rows: a column of committees and a column of units, either way round;
 * units down the side and marks under committees; or the whole turned on its side.
 *
 * The header says which column is what; without one only a column of committee names will do. A
 * row without its own committee goes on with the one above. A leader's column is 分管 or 联系 as
 * its header says; the two are never mixed.
 */
#include "engine/reader/tables.h"
#include "text/text.h"

enum { ODD_LABEL_BYTES = 18 };

struct table {
    struct reading *reading;
    struct column columns[LIMIT_CELLS];
    int columns_n;
    bool known;    /* the columns have their roles */
    bool entities; /* the header row names parties */
    bool tasks;    /* of tasks: who leads one is linked with whom takes part, for it alone */
    const struct para *header;
    struct name_list from; /* of the row above */
    struct para row;       /* being put together */
    struct para_cell cells[LIMIT_CELLS];
    bool pending;
    bool page_break; /* a repeated header or page stood between */
    int last_n;      /* names in the row's last column of units */
};

static int count_role(const struct table *table, enum role role)
{
    int n = 0;
    for (int i = 0; i < table->columns_n; i++)
        n += table->columns[i].role == role;
    return n;
}

/* Two columns of units: the first heads the rows. Leaders head them where nobody else does. */
static bool settle_roles(struct table *table)
{
    for (int i = 0; i < table->columns_n && table->tasks; i++) {
        table->columns[i].kind = LINK_WORKING;
        if (table->columns[i].role == ROLE_LEADER || table->columns[i].role == ROLE_NAME)
            table->columns[i].role = ROLE_SKIP;
    }
    bool headless = count_role(table, ROLE_FROM) == 0 && count_role(table, ROLE_LEADER) == 0 &&
                    count_role(table, ROLE_TO) > 0;
    for (int i = 0; i < table->columns_n && headless; i++)
        if (table->columns[i].role == ROLE_NAME)
            table->columns[i].role = ROLE_LEADER;
    if (count_role(table, ROLE_FROM) > 1)
        for (int i = 0, seen = 0; i < table->columns_n; i++)
            if (table->columns[i].role == ROLE_FROM && seen++ > 0)
                table->columns[i].role = ROLE_TO;
    if (count_role(table, ROLE_FROM) == 0 && count_role(table, ROLE_TO) > 1)
        for (int i = 0, done = 0; i < table->columns_n && !done; i++)
            if (table->columns[i].role == ROLE_TO) {
                table->columns[i].role = ROLE_FROM;
                done = 1;
            }
    if (count_role(table, ROLE_TO) == 0 && count_role(table, ROLE_SECTOR) == 0)
        return count_role(table, ROLE_FROM) == 1 && count_role(table, ROLE_LEADER) > 0;
    return count_role(table, ROLE_FROM) == 1 || count_role(table, ROLE_LEADER) == 1;
}

/* 任务 | 牵头单位 | 完成时限 */
static bool is_task_table(const struct para *row)
{
    bool task = false, time = false, owner = false, related = false;
    for (int i = 0; i < row->cells_n; i++) {
        struct str key = row->cells[i].at.key;
        time = time || is_time_label(key);
        owner = owner || is_owner_label(key);
        task = task || is_task_label(key);
        related = related || str_has(key, STR("对口")) || str_has(key, STR("联系单位"));
    }
    return task && (time || owner) && !related;
}

/* A row of labels. */
static bool read_header(struct table *table, const struct para *row)
{
    int roles = 0, unknown = 0;
    for (int i = 0; i < row->cells_n; i++) {
        struct str key = row->cells[i].at.key;
        bool label = key.len == 0 || is_label(key);
        /* one column may be called anything */
        if (!label && (key.len > ODD_LABEL_BYTES || is_unit_name(table->reading->words, key)))
            return false;
        unknown += !label;
        roles += label && role_of_label(key) > ROLE_SKIP;
    }
    bool tasks = is_task_table(row);
    if (unknown > (table->header ? 0 : 1) || (roles < 2 && !tasks))
        return false;
    table->tasks = tasks;
    /* 对口联系单位 over 名称 and 数量: what the second row leaves open, the first one says */
    bool second = table->header == row - 1 && table->columns_n == row->cells_n && !table->entities;
    for (int i = 0; i < row->cells_n; i++)
        if (!second || role_of_label(row->cells[i].at.key) != ROLE_NONE)
            table->columns[i] = column_of_label(row->cells[i].at);
    table->columns_n = row->cells_n;
    table->known = settle_roles(table);
    table->entities = false;
    table->header = row;
    table->from.n = 0;
    return true;
}

static bool entity_cell(struct table *table, const struct para *row, int i, struct name_list *ret)
{
    struct para_text at = row->cells[i].at;
    return is_head_party(table->reading->words, at.key) &&
           entities_read(table->reading, row, at, ret) && ret->n == 1;
}

/* A corner, then names of committees or parties: the columns stand for them. */
static bool read_entities(struct table *table, const struct para *row)
{
    int found = 0;
    struct column columns[LIMIT_CELLS];
    if (row->cells_n < 3 || !(row->cells[0].at.key.len == 0 || is_label(row->cells[0].at.key)))
        return false;
    memset(columns, 0, sizeof columns);
    for (int i = 1; i < row->cells_n; i++) {
        if (entity_cell(table, row, i, &columns[i].entity))
            found++;
        else if (row->cells[i].at.key.len > 0 && !is_skipped_label(row->cells[i].at.key))
            return false;
    }
    if (found < 2)
        return false;
    memcpy(table->columns, columns, sizeof columns);
    table->columns_n = row->cells_n;
    table->known = table->entities = true;
    table->header = row;
    return true;
}

static bool same_row(const struct para *a, const struct para *b)
{
    if (!a || a->cells_n != b->cells_n)
        return false;
    for (int i = 0; i < a->cells_n; i++)
        if (!str_eq(a->cells[i].at.key, b->cells[i].at.key))
            return false;
    return true;
}

/* ---- one whole row */

/* A committee's name may hold 、 or 和; it is one name unless each piece is. */
static bool from_cell(struct table *table, const struct para *row, int i, struct name_list *ret)
{
    struct para_text at = row->cells[i].at;
    ptrdiff_t first = str_find(at.key, STR("、"));
    if (first > 0 && is_committee_name(at.key) &&
        !is_unit_name(table->reading->words, str_head(at.key, (size_t)first))) {
        *ret = (struct name_list){.declared = -1};
        *arena_push(table->reading->arena, ret->items, ret->n, ret->room) =
            (struct scheme_party){.name = at.text, .class = PARTY_COMMITTEE, .line = row->line};
        return true;
    }
    if (!names_read(table->reading, row, at, row->cells[i].raw, TRUST_LIST, ret) ||
        ret->unread.len > 0)
        return false;
    for (int k = 0; k < ret->n; k++)
        if (is_committee_name(normal_key(table->reading, ret->items[k].name)))
            ret->items[k].class = PARTY_COMMITTEE;
    return true;
}

static int find_role(const struct table *table, enum role role)
{
    for (int i = 0; i < table->columns_n && i < table->row.cells_n; i++)
        if (table->columns[i].role == role)
            return i;
    return -1;
}

static void link_leader(struct table *table, int i, bool heads_rows)
{
    const struct para *row = &table->row;
    struct name_list leaders, to;
    int unit = find_role(table, ROLE_TO), post = find_role(table, ROLE_POST);
    /* 县委常委、副县长某某: one person of two posts */
    bool one = entities_read(table->reading, row, row->cells[i].at, &leaders) && leaders.n == 1 &&
               leaders.items[0].class == PARTY_PERSON;
    if (!one && !names_read(table->reading, row, row->cells[i].at, row->cells[i].raw, TRUST_PERSONS,
                            &leaders))
        return;
    for (int k = 0; k < leaders.n; k++)
        if (leaders.items[k].post.len == 0)
            leaders.items[k].post =
                post >= 0 && leaders.n == 1 ? row->cells[post].at.text : table->columns[i].post;
    if (!heads_rows) {
        link_names(table->reading, row, table->columns[i].kind, &leaders, &table->from);
    } else if (unit >= 0 && names_read(table->reading, row, row->cells[unit].at,
                                       row->cells[unit].raw, TRUST_LIST, &to)) {
        link_names(table->reading, row, LINK_FIXED, &leaders, &to);
        warn_list(table->reading, row, &to);
    }
}

static void link_cell(struct table *table, int i, enum link_kind kind)
{
    const struct para *row = &table->row;
    struct name_list to;
    if (row->cells[i].at.key.len == 0)
        return;
    if (!names_read(table->reading, row, row->cells[i].at, row->cells[i].raw,
                    kind == LINK_SECTOR ? TRUST_SECTORS : TRUST_LIST, &to))
        return;
    table->last_n = kind == LINK_SECTOR ? table->last_n : to.n;
    link_names(table->reading, row, kind, &table->from, &to);
    warn_list(table->reading, row, &to);
}

static void declare_count(struct table *table, int i)
{
    struct str rest = table->row.cells[i].at.key;
    int64_t count = text_numeral(&rest);
    struct scheme *out = table->reading->out;
    if (count < 0 || count > 9999 || rest.len > 3 || out->links_n == 0)
        return;
    /* Of parties in one column and units in the next it counts the latter. */
    if (count_role(table, ROLE_TO) > 1 && count == table->last_n)
        return;
    for (int k = out->links_n; k-- > 0 && out->links_n - k < 4;)
        if (out->links[k].kind == LINK_FIXED && table->from.n == 1 &&
            str_eq(out->links[k].from.name, table->from.items[0].name))
            out->links[k].declared_count = (int)count;
}

/* 单位 | 提案委员会 | 经济委员会 with √ below; or 联系单位 | 甲、乙 | 丙 under the same names. */
static void row_of_entities(struct table *table)
{
    static const word_list marks = {STR_INIT("√"), STR_INIT("✓"), STR_INIT("✔"), STR_INIT("●"),
                                    STR_INIT("○"), STR_INIT("★"), STR_INIT("▲"), STR_INIT("是"),
                                    STR_INIT("1"), STR_INIT("Y"), STR_INIT("◎"), STR_INIT("☑"),
                                    {NULL, 0}};
    const struct para *row = &table->row;
    struct name_list side = {0}, to;
    bool label = role_of_label(row->cells[0].at.key) == ROLE_TO && is_label(row->cells[0].at.key);
    bool named = !label && from_cell(table, row, 0, &side);
    for (int i = 1; i < row->cells_n && i < table->columns_n; i++) {
        struct para_text at = row->cells[i].at;
        struct name_list *entity = &table->columns[i].entity;
        if (at.key.len == 0 || entity->n == 0)
            continue;
        if (named && word_is(marks, at.key)) {
            link_names(table->reading, row, LINK_FIXED, entity, &side);
        } else if (label &&
                   names_read(table->reading, row, at, row->cells[i].raw, TRUST_LIST, &to)) {
            link_names(table->reading, row, LINK_FIXED, entity, &to);
            warn_list(table->reading, row, &to);
        }
    }
}

static void emit_row(struct table *table)
{
    const struct para *row = &table->row;
    if (!table->pending || !table->known)
        return;
    table->pending = false;
    if (table->entities) {
        row_of_entities(table);
        return;
    }
    int from = find_role(table, ROLE_FROM);
    bool own = from >= 0 && row->cells[from].at.key.len > 0;
    if (own && !from_cell(table, row, from, &table->from))
        table->from.n = 0;
    bool again = own && row->cells[from].repeated;
    for (int i = 0; i < row->cells_n && i < table->columns_n; i++) {
        if (table->columns[i].role == ROLE_LEADER && (from < 0 || (own && !again)))
            link_leader(table, i, from < 0);
        if (table->from.n == 0)
            continue;
        if (table->columns[i].role == ROLE_TO && !(again && row->cells[i].repeated))
            link_cell(table, i, table->columns[i].kind);
        if (table->columns[i].role == ROLE_SECTOR && own && !(again && row->cells[i].repeated))
            link_cell(table, i, LINK_SECTOR);
        if (table->columns[i].role == ROLE_COUNT && own)
            declare_count(table, i);
    }
}

/* ---- rows as they come */

/* Without a header: committees in one column, names in another. */
static void guess_roles(struct table *table, const struct para *row)
{
    int from = -1, to = -1;
    struct name_list list;
    for (int i = 0; i < row->cells_n; i++) {
        struct para_text at = row->cells[i].at;
        if (is_committee_name(at.key) && from < 0)
            from = i;
        else if (at.key.len > 0 && to < 0 &&
                 names_read(table->reading, row, at, row->cells[i].raw, TRUST_PROSE, &list) &&
                 list.unread.len == 0)
            to = i;
    }
    if (from < 0 || to < 0)
        return;
    table->columns_n = row->cells_n;
    memset(table->columns, 0, sizeof table->columns);
    table->columns[from].role = ROLE_FROM;
    table->columns[to].role = ROLE_TO;
    table->known = true;
}

static bool is_unfinished(struct str key)
{
    static const word_list ends = {STR_INIT("、"), STR_INIT("，"), STR_INIT("（"), {NULL, 0}};
    if (key.len == 0)
        return false;
    if (word_ends(ends, key))
        return true;
    ptrdiff_t open = str_find_last(key, STR("（"));
    return open >= 0 && str_find_last(key, STR("）")) < open;
}

/* The rest of a row that a page break cut in two: the cells go on where they stopped. */
static bool continues(const struct table *table, const struct para *row)
{
    int from = find_role(table, ROLE_FROM), to = find_role(table, ROLE_TO);
    if (!table->pending || table->entities || from < 0 || to < 0 || from >= row->cells_n ||
        to >= row->cells_n || row->cells[from].at.key.len > 0 || row->cells[to].at.key.len == 0)
        return false;
    struct str above = table->row.cells[to].at.key;
    if (is_unfinished(above))
        return true;
    bool whole = word_ends(unit_suffixes, above) || str_ends(above, STR("等"));
    return !str_ends(above, STR("）")) && (table->page_break || !whole);
}

static void append_row(struct table *table, const struct para *row)
{
    struct reading *reading = table->reading;
    for (int i = 0; i < row->cells_n && i < table->row.cells_n; i++) {
        struct para_cell *cell = &table->cells[i];
        struct str parts[] = {cell->at.text, row->cells[i].at.text};
        if (parts[1].len == 0 || cell->at.text.len > LIMIT_BRACKET)
            continue;
        cell->at.text = str_join(reading->arena, STR(""), parts, 2);
        cell->at.key = normal_key(reading, cell->at.text);
        cell->raw = STR("");
    }
}

static void take_row(struct table *table, const struct para *row)
{
    if (table->header && same_row(table->header, row)) {
        table->page_break = true;
        return;
    }
    if (table->known && continues(table, row)) {
        append_row(table, row);
        return;
    }
    emit_row(table);
    table->page_break = false;
    if (read_header(table, row) || read_entities(table, row))
        return;
    if (!table->known && !table->tasks)
        guess_roles(table, row);
    table->row = *row;
    table->row.cells = table->cells;
    memcpy(table->cells, row->cells, sizeof *row->cells * (size_t)row->cells_n);
    table->pending = true;
}

int table_take(struct reading *reading, int at)
{
    struct table table;
    /* The columns and cells are large and set when they get their roles. */
    table.reading = reading;
    table.columns_n = 0;
    table.known = table.entities = table.tasks = table.pending = table.page_break = false;
    table.header = NULL;
    table.from = (struct name_list){0};
    for (; at < reading->paras_n; at++) {
        const struct para *row = &reading->paras[at];
        if (row->zone == ZONE_DROPPED)
            continue;
        if (row->kind != PARA_ROW)
            break;
        take_row(&table, row);
    }
    emit_row(&table);
    return at;
}
