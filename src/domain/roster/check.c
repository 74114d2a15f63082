#include "domain/roster/priv.h"

#include "base/utf8.h"
#include "text/text.h"

enum { UNIT_MAX = 100 };

#define FAULT_AT(cell, ...) (entry->faults[(cell)] = str_fmt(arena, __VA_ARGS__))

/* One line: what stood on several is joined by a comma. */
static struct str one_line(struct arena *arena, struct str text)
{
    struct str to = {0};
    while (text.len > 0) {
        struct str line = text_trim(str_line(&text));
        if (line.len > 0)
            to = to.len ? str_fmt(arena, "%.*s，%.*s", STR_ARG(to), STR_ARG(line)) : line;
    }
    return to;
}

static void check_text(struct arena *arena, struct roster_entry *entry, enum roster_cell cell)
{
    const struct field *field =
        &kind_designation.fields[kind_field(&kind_designation, roster_cells[cell].word)];
    int max = field->max ? field->max : 200;
    if (roster_is_nothing(arena, entry->cells[cell]))
        return;
    struct str text = one_line(arena, entry->cells[cell]);
    int count = utf8_count(text);
    if (count > max)
        FAULT_AT(cell, "“%s”最多 %d 个字，现在有 %d 个，请删减。", field->label, max, count);
    else
        entry->values[cell] = text;
}

static void take(struct roster_entry *entry, enum roster_cell cell, struct read_cell read)
{
    entry->values[cell] = read.value;
    entry->faults[cell] = read.fault;
}

static void check_role(struct arena *arena, struct roster_entry *entry)
{
    struct str text = entry->cells[CELL_ROLE];
    entry->role = roster_heading_role(arena, text);
    if (entry->role >= 0)
        entry->values[CELL_ROLE] = str_from(designation_roles[entry->role].label);
    else if (text.len == 0)
        FAULT_AT(CELL_ROLE, "没有写“身份”，请加一列“身份”，填责任领导、分管领导、联系人或联络员。");
    else
        FAULT_AT(CELL_ROLE, "“身份”写作“%.*s”，请改为责任领导、分管领导、联系人或联络员。",
                 STR_ARG(str_head(text, 60)));
}

/* A unit taken from the merged cell above holds each role once: a row whose unit was forgotten
 * must not land under the unit before it. */
static void check_above(struct arena *arena, const struct roster *roster, int index)
{
    struct roster_entry *entry = &roster->entries[index];
    for (int i = index - 1; i >= 0 && entry->role >= 0; i--) {
        const struct roster_entry *before = &roster->entries[i];
        if (!str_eq(before->cells[CELL_UNIT], entry->cells[CELL_UNIT]))
            return;
        if (before->role != entry->role || before->line == entry->line)
            continue;
        FAULT_AT(CELL_UNIT, "没有写“单位”，而上面的“%.*s”已有%s“%.*s”，请填写单位名称。",
                 STR_ARG(entry->cells[CELL_UNIT]), designation_roles[entry->role].label,
                 STR_ARG(before->cells[CELL_NAME]));
        return;
    }
}

static void check_unit(struct arena *arena, const struct roster *roster, int index)
{
    struct roster_entry *entry = &roster->entries[index];
    struct str unit = text_trim(entry->cells[CELL_UNIT]);
    if (unit.len == 0)
        FAULT_AT(CELL_UNIT, "没有写“单位”，请填写单位名称。");
    else if (utf8_count(unit) > UNIT_MAX)
        FAULT_AT(CELL_UNIT, "“单位”超过 %d 个字，请只写单位名称。", UNIT_MAX);
    else
        entry->values[CELL_UNIT] = unit;
    if (entry->unit_from_above)
        check_above(arena, roster, index);
}

static void check_entry(struct arena *arena, const struct roster *roster, int index)
{
    struct roster_entry *entry = &roster->entries[index];
    memset(entry->values, 0, sizeof entry->values);
    memset(entry->faults, 0, sizeof entry->faults);
    check_role(arena, entry);
    check_unit(arena, roster, index);
    if (roster_is_nothing(arena, entry->cells[CELL_NAME]))
        FAULT_AT(CELL_NAME, "没有写“姓名”，请填写姓名，或清空这一行。");
    else
        take(entry, CELL_NAME, roster_name_read(arena, entry->cells[CELL_NAME]));
    check_text(arena, entry, CELL_POST);
    check_text(arena, entry, CELL_SECTION);
    if (!roster_is_nothing(arena, entry->cells[CELL_OFFICE_PHONE]))
        take(entry, CELL_OFFICE_PHONE,
             roster_office_phone_read(arena, entry->cells[CELL_OFFICE_PHONE]));
    if (!roster_is_nothing(arena, entry->cells[CELL_MOBILE]))
        take(entry, CELL_MOBILE, roster_mobile_read(arena, entry->cells[CELL_MOBILE]));
}

void roster_check(struct arena *arena, struct roster *roster)
{
    for (int i = 0; i < roster->n; i++)
        check_entry(arena, roster, i);
}

bool roster_entry_is_bad(const struct roster_entry *entry)
{
    for (int c = 0; c < ROSTER_CELLS; c++)
        if (entry->faults[c].len > 0)
            return true;
    return false;
}

struct str roster_reason(struct arena *arena, const struct roster_entry *entry)
{
    struct str reason = {0};
    for (int c = 0; c < ROSTER_CELLS; c++)
        if (entry->faults[c].len > 0)
            reason = str_fmt(arena, "%.*s%.*s", STR_ARG(reason), STR_ARG(entry->faults[c]));
    return reason;
}
