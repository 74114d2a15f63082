#include "domain/import/priv.h"

#include "domain/organization/organization.h"
#include "text/text.h"

/* The units of a link, one a line: 市住建局（人防办、消防办）. What a line says is kept or refused.
 */

struct units {
    struct call *call;
    const struct scheme_link *link;
    struct str_list lines;
    int at; /* the line that is read, from 0 */
};

/* A refusal at the units, told with the number of the line. */
static enum status refuse_line(struct units *units, struct str message)
{
    return call_refuse(units->call, INVALID, "units", "第 %d 行%.*s", units->at + 1,
                       STR_ARG(message));
}

static enum status check_name(struct units *units, struct str name)
{
    if (field_check(units->call, &kind_organization, "name", "units", name) == OK)
        return OK;
    return refuse_line(units, units->call->fault.message);
}

static const struct scheme_party *party_named(const struct scheme_link *link, struct str name)
{
    for (int i = 0; i < link->to_n; i++)
        if (str_eq(link->to[i].name, name))
            return &link->to[i];
    return NULL;
}

static bool has_mark(struct str line)
{
    return str_starts(line, STR(GROUP_MARK));
}

static struct str without_mark(struct str line)
{
    return has_mark(line) ? text_trim(str_from_byte(line, strlen(GROUP_MARK))) : line;
}

/* The name that a line begins with. */
static struct str name_of(struct str line)
{
    struct str rest = without_mark(line);
    return text_trim(str_cut(&rest, STR("（")));
}

static bool is_listed(const struct units *units, struct str name)
{
    for (int i = 0; i < units->lines.n; i++)
        if (str_eq(name_of(units->lines.items[i]), name))
            return true;
    return false;
}

/* What was known of the party of that name; where only a name was corrected in place, of the one
 * that stood there, which is then no longer held. */
static struct scheme_party known(const struct units *units, struct str name)
{
    const struct scheme_link *link = units->link;
    const struct scheme_party *old = party_named(link, name);
    if (old)
        return *old;
    struct scheme_party party = {.class = PARTY_DEPARTMENT, .line = link->line};
    if (units->lines.n == link->to_n && !is_listed(units, link->to[units->at].name)) {
        party = link->to[units->at];
        party.held = false;
        party.hint = (struct str){0};
    }
    return party;
}

static enum status read_parts(struct units *units, struct str inside, struct str_list *ret_parts)
{
    struct str_list parts = {0};
    struct arena *arena = units->call->arena;
    inside = str_replace(arena, inside, STR("，"), STR("、"));
    inside = str_replace(arena, inside, STR(","), STR("、"));
    while (inside.len > 0) {
        struct str part = text_trim(str_cut(&inside, STR("、")));
        if (part.len == 0)
            continue;
        TRY(check_name(units, part));
        *arena_push(arena, parts.items, parts.n, parts.room) = part;
    }
    *ret_parts = parts;
    return OK;
}

/* The brackets of a line: one pair, at its end, nothing inside it but names. */
static enum status split(struct units *units, struct str line, struct str *ret_inside)
{
    struct str open = STR("（"), close = STR("）"), rest = line;
    *ret_inside = (struct str){0};
    if (!str_has(line, open) && !str_has(line, close))
        return OK;
    struct str before = str_cut(&rest, open);
    if (str_has(before, close) || !str_has(rest, close))
        return refuse_line(units, STR("的括号不成对，请补上或删去一个括号。"));
    struct str inside = str_cut(&rest, close);
    if (str_has(inside, open))
        return refuse_line(units,
                           STR("的括号里又有括号，请把里面的机构用顿号并列，只留一层括号。"));
    rest = text_trim(rest);
    if (rest.len > 0)
        return refuse_line(units, str_fmt(units->call->arena,
                                          "的括号后面还有“%.*s”，请移到括号前面或另起一行。",
                                          STR_ARG(rest)));
    *ret_inside = inside;
    return OK;
}

/* A line that nobody touched stays what it was, whatever it has in it. */
static const struct scheme_party *untouched(const struct units *units, struct str line)
{
    for (int i = 0; i < units->link->to_n; i++)
        if (str_eq(unit_line(units->call->arena, &units->link->to[i]), line))
            return &units->link->to[i];
    return NULL;
}

static bool same_parts(const struct str_list *a, const struct str_list *b)
{
    bool same = a->n == b->n;
    for (int i = 0; same && i < a->n; i++)
        same = str_eq(a->items[i], b->items[i]);
    return same;
}

static enum status read_line(struct units *units, struct scheme_party *ret_party)
{
    struct str inside, line = units->lines.items[units->at];
    const struct scheme_party *old = untouched(units, line);
    if (old) {
        *ret_party = *old;
        return OK;
    }
    struct str_list parts;
    struct str name = name_of(line);
    TRY(split(units, without_mark(line), &inside));
    if (name.len == 0)
        return refuse_line(units, STR("没有单位名称，请补上或删去这一行。"));
    TRY(check_name(units, name));
    TRY(read_parts(units, inside, &parts));
    *ret_party = known(units, name);
    ret_party->name = name;
    ret_party->is_group = has_mark(line);
    ret_party->parts_are_aliases =
        ret_party->parts_are_aliases && same_parts(&parts, &ret_party->parts);
    ret_party->parts = parts;
    return OK;
}

static struct str with_wide_brackets(struct arena *arena, struct str line)
{
    line = str_replace(arena, line, STR("("), STR("（"));
    return str_replace(arena, line, STR(")"), STR("）"));
}

/* The brackets of what is typed are made wide, unless the line is one that stood there. */
static struct units units_of(struct call *call, const struct scheme_link *link)
{
    struct units units = {.call = call, .link = link, .lines = form_lines(call, "units")};
    for (int i = 0; i < units.lines.n; i++)
        if (!untouched(&units, units.lines.items[i]))
            units.lines.items[i] = with_wide_brackets(call->arena, units.lines.items[i]);
    return units;
}

enum status correct_units(struct call *call, struct scheme_link *link)
{
    struct units units = units_of(call, link);
    struct scheme_party *to = arena_new(call->arena, struct scheme_party, units.lines.n);
    for (int i = 0; i < units.lines.n; i++) {
        units.at = i;
        TRY(read_line(&units, &to[i]));
        for (int k = 0; k < i; k++)
            if (str_eq(to[k].name, to[i].name))
                return call_refuse(call, INVALID, "units",
                                   "“%.*s”在第 %d 行和第 %d 行重复，请保留一个。",
                                   STR_ARG(to[i].name), k + 1, i + 1);
    }
    if (units.lines.n == 0)
        return call_refuse(call, INVALID, "units",
                           "至少要有一个单位；不需要这一组的，请用“删去这一组”。");
    link->to = to;
    link->to_n = link->to_room = units.lines.n;
    return OK;
}
