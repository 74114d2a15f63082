#include "domain/roster/priv.h"

#include "text/text.h"

static struct str cell_at(const struct roster_line *line, int column)
{
    return line && column < line->n ? line->cells[column] : STR("");
}

/* --- the headings of one or two rows --- */

/* A row of roles over a row of fields: 责任领导 | | | 联系人 over 姓名 | 职务 | 手机 | 姓名. */
static bool is_over(struct arena *arena, const struct roster_line *line,
                    const struct roster_line *below)
{
    bool role = false, name = false;
    for (int i = 0; i < line->n && i < COLUMNS_MAX; i++)
        role = role || roster_heading_read(arena, line->cells[i]).bare;
    for (int i = 0; role && below && i < below->n && i < COLUMNS_MAX; i++) {
        struct heading head = roster_heading_read(arena, below->cells[i]);
        name = name || (head.cell == CELL_NAME && !head.bare);
    }
    return role && name && below->table == line->table;
}

/* The heading of a column under its role, which may stand further left over merged cells. */
static struct heading head_below(struct arena *arena, struct str top, struct str bottom,
                                 struct heading *role)
{
    struct heading above = roster_heading_read(arena, top),
                   head = roster_heading_read(arena, bottom);
    if (top.len > 0)
        *role = above.bare ? above : (struct heading){HEAD_UNKNOWN, -1, 0, false};
    if (bottom.len == 0 || (head.cell == HEAD_UNKNOWN && !role->bare))
        return above;
    if (head.role < 0 && role->bare && head.cell != HEAD_UNKNOWN) {
        head.role = role->role;
        head.ordinal = role->ordinal;
    }
    return head;
}

static int read_heads(struct arena *arena, const struct roster_line *line,
                      const struct roster_line *below, struct heading *heads)
{
    int n = below && below->n > line->n ? below->n : line->n;
    struct heading role = {HEAD_UNKNOWN, -1, 0, false};
    n = n < COLUMNS_MAX ? n : COLUMNS_MAX;
    for (int i = 0; i < n; i++)
        heads[i] = below ? head_below(arena, cell_at(line, i), cell_at(below, i), &role)
                         : roster_heading_read(arena, cell_at(line, i));
    return n;
}

/* --- headings to groups --- */

static int group_add(struct layout *layout, int role, int ordinal)
{
    if (layout->groups_n == GROUPS_MAX)
        return -1;
    layout->groups[layout->groups_n] = (struct group){.role = role, .ordinal = ordinal};
    return layout->groups_n++;
}

/* The group of a heading that names its role: its own, or a new one when that has the field. */
static int group_of_role(struct layout *layout, const struct heading *head)
{
    for (int i = 0; i < layout->groups_n; i++) {
        const struct group *group = &layout->groups[i];
        if (group->role == head->role && group->ordinal == head->ordinal && !group->has[head->cell])
            return i;
    }
    return group_add(layout, head->role, head->ordinal);
}

/* The group of a heading without a role: the person further left, or the first to come. */
static int group_of_field(struct layout *layout, const struct heading *head, int current)
{
    if (current >= 0 && !layout->groups[current].has[head->cell])
        return current;
    int role = current >= 0 ? layout->groups[current].role : -1;
    int ordinal = current >= 0 ? layout->groups[current].ordinal : 0;
    return group_add(layout, role, ordinal);
}

static bool is_of_person(int cell)
{
    return cell >= CELL_NAME && cell <= HEAD_PHONE;
}

static void place(struct layout *layout, int column, const struct heading *head, int *current)
{
    layout->columns[column].cell = head->cell;
    layout->columns[column].group = -1;
    if (head->cell == CELL_UNIT && layout->has_unit)
        layout->columns[column].cell = HEAD_IGNORED;
    layout->has_unit = layout->has_unit || head->cell == CELL_UNIT;
    layout->has_role = layout->has_role || head->cell == CELL_ROLE;
    if (!is_of_person(head->cell))
        return;
    /* 科室 | 联系人 | 电话: what stands before the first role is that person's */
    bool pending = *current >= 0 && layout->groups[*current].role < 0 &&
                   !layout->groups[*current].has[CELL_NAME];
    if (head->role >= 0 && pending) {
        layout->groups[*current].role = head->role;
        layout->groups[*current].ordinal = head->ordinal;
    }
    int group =
        head->role >= 0 ? group_of_role(layout, head) : group_of_field(layout, head, *current);
    if (group < 0)
        return;
    layout->groups[group].has[head->cell] = true;
    layout->columns[column].group = group;
    *current = group;
}

static bool has_name(const struct layout *layout)
{
    for (int i = 0; i < layout->groups_n; i++)
        if (layout->groups[i].has[CELL_NAME])
            return true;
    return false;
}

bool roster_layout_read(struct arena *arena, const struct roster_line *line,
                        const struct roster_line *below, bool has_unit, struct layout *ret_layout,
                        struct roster *roster)
{
    struct heading heads[COLUMNS_MAX];
    struct layout layout = {.rows = 1};
    if (!is_over(arena, line, below))
        below = NULL;
    layout.columns_n = read_heads(arena, line, below, heads);
    layout.rows = below ? 2 : 1;
    int fields = 0, current = -1;
    for (int i = 0; i < layout.columns_n; i++) {
        place(&layout, i, &heads[i], &current);
        fields += heads[i].cell >= 0 && !heads[i].bare;
    }
    if (fields == 0 || !has_name(&layout) || (!layout.has_unit && !has_unit))
        return false;
    for (int i = 0; i < layout.columns_n; i++) {
        struct str text = cell_at(line, i).len ? cell_at(line, i) : cell_at(below, i);
        if (heads[i].cell == HEAD_UNKNOWN && text.len > 0)
            *arena_push(arena, roster->unread, roster->unread_n, roster->unread_room) = text;
    }
    *ret_layout = layout;
    return true;
}
