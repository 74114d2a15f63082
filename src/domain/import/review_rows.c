#include "domain/import/review.h"

#include "domain/scheme/scheme_kinds.h"

/* 核对, right: links, contents, forms, duties, each row with the form that corrects it. */

#define COLUMNS_N(columns) (int)(sizeof(columns) / sizeof *(columns))
/* What every row begins with, and what is told at one of its fields. */
#define ROW_COLUMNS                                                                                \
    {"digest", NULL, COLUMN_TEXT, .flags = COLUMN_PAGE_ONLY},                                      \
        {"rows", NULL, COLUMN_INT, .flags = COLUMN_PAGE_ONLY}, {"index", NULL, COLUMN_INT},        \
    {                                                                                              \
        "mark", NULL, COLUMN_TEXT                                                                  \
    }
#define NOTE_OF(key)                                                                               \
    {                                                                                              \
        key "_note", NULL, COLUMN_OBJECT, .shape = &shape_note, .flags = COLUMN_PAGE_ONLY          \
    }

static const struct column unit_columns[] = {
    {"name", NULL, COLUMN_TEXT},    {"parts", NULL, COLUMN_TEXT}, {"is_group", NULL, COLUMN_FLAG},
    {"held", NULL, COLUMN_FLAG},    {"hint", NULL, COLUMN_TEXT},  {"line", NULL, COLUMN_INT},
    {"line_url", NULL, COLUMN_URL},
};
static const struct shape shape_unit = {"unit", unit_columns, COLUMNS_N(unit_columns)};

static const struct column link_columns[] = {
    ROW_COLUMNS,
    {"from", NULL, COLUMN_TEXT},
    {"kind", NULL, COLUMN_TEXT},
    {"clause", NULL, COLUMN_TEXT},
    {"line", NULL, COLUMN_INT},
    {"line_url", NULL, COLUMN_URL},
    {"total", NULL, COLUMN_INT},
    {"declared", NULL, COLUMN_INT},
    {"declared_text", NULL, COLUMN_TEXT},
    {"agrees", NULL, COLUMN_FLAG},
    {"mismatch", NULL, COLUMN_FLAG},
    {"units_text", NULL, COLUMN_TEXT},
    {"units", NULL, COLUMN_LIST, .shape = &shape_unit},
    {"problem", NULL, COLUMN_TEXT},
    NOTE_OF("from"),
    NOTE_OF("clause"),
    NOTE_OF("declared"),
    NOTE_OF("units"),
};
const struct shape shape_link = {"link", link_columns, COLUMNS_N(link_columns)};

static const struct column item_columns[] = {
    ROW_COLUMNS,
    {"clause", NULL, COLUMN_TEXT},
    {"text", NULL, COLUMN_TEXT},
    {"line", NULL, COLUMN_INT},
    {"line_url", NULL, COLUMN_URL},
    {"op", NULL, COLUMN_TEXT},
    {"problem", NULL, COLUMN_TEXT},
    NOTE_OF("clause"),
    NOTE_OF("text"),
};
const struct shape shape_item = {"item", item_columns, COLUMNS_N(item_columns)};

static const struct column option_columns[] = {
    {"word", NULL, COLUMN_TEXT},
    {"label", NULL, COLUMN_TEXT},
    {"selected", NULL, COLUMN_FLAG},
};
const struct shape shape_option = {"option", option_columns, COLUMNS_N(option_columns)};

static const struct column duty_columns[] = {
    ROW_COLUMNS,
    {"clause", NULL, COLUMN_TEXT},
    {"text", NULL, COLUMN_TEXT},
    {"line", NULL, COLUMN_INT},
    {"line_url", NULL, COLUMN_URL},
    {"summary", NULL, COLUMN_TEXT},
    {"who", NULL, COLUMN_LIST, .shape = &shape_option},
    {"deed", NULL, COLUMN_LIST, .shape = &shape_option},
    {"shape", NULL, COLUMN_LIST, .shape = &shape_option},
    {"strength", NULL, COLUMN_LIST, .shape = &shape_option},
    {"per", NULL, COLUMN_LIST, .shape = &shape_option},
    {"day_kind", NULL, COLUMN_LIST, .shape = &shape_option},
    {"min", NULL, COLUMN_TEXT},
    {"max", NULL, COLUMN_TEXT},
    {"by", NULL, COLUMN_TEXT},
    {"opens", NULL, COLUMN_TEXT},
    {"days", NULL, COLUMN_TEXT},
    {"problem", NULL, COLUMN_TEXT},
    NOTE_OF("clause"),
    NOTE_OF("text"),
    NOTE_OF("who"),
    NOTE_OF("deed"),
    NOTE_OF("shape"),
    NOTE_OF("strength"),
    NOTE_OF("per"),
    NOTE_OF("day_kind"),
    NOTE_OF("min"),
    NOTE_OF("max"),
    NOTE_OF("by"),
    NOTE_OF("opens"),
    NOTE_OF("days"),
};
const struct shape shape_duty = {"duty", duty_columns, COLUMNS_N(duty_columns)};

struct str unit_line(struct arena *arena, const struct scheme_party *party)
{
    struct str name = party->name;
    if (party->parts.n > 0)
        name = str_fmt(arena, "%.*s（%.*s）", STR_ARG(name),
                       STR_ARG(joined(arena, &party->parts, "、")));
    return party->is_group ? str_fmt(arena, GROUP_MARK "%.*s", STR_ARG(name)) : name;
}

static const struct list *units_list(struct review *review, const struct scheme_link *link)
{
    struct arena *arena = review->call->arena;
    struct list *units = list_new(arena, &shape_unit);
    for (int i = 0; i < link->to_n; i++) {
        const struct scheme_party *party = &link->to[i];
        int line = party->line ? party->line : link->line;
        struct value *row = list_add(arena, units);
        row[0] = value_text(party->name);
        row[1] = value_text_or_null(joined(arena, &party->parts, "、"));
        row[2] = value_int(party->is_group);
        row[3] = value_int(party->held);
        row[4] = value_text_or_null(party->hint);
        row[5] = line_value(line);
        row[6] = line_url(review, line);
    }
    return units;
}

static struct str units_text(struct arena *arena, const struct scheme_link *link)
{
    struct str *lines = arena_new(arena, struct str, link->to_n);
    for (int i = 0; i < link->to_n; i++)
        lines[i] = unit_line(arena, &link->to[i]);
    return str_join(arena, STR("\n"), lines, link->to_n);
}

static struct str item_words(struct arena *arena, const struct scheme_item *item)
{
    return str_fmt(arena, "%d|%.*s|%.*s|%.*s", item->line, STR_ARG(item->clause),
                   STR_ARG(item->summary), STR_ARG(item->text));
}

static struct str link_words(struct arena *arena, const struct scheme_link *link)
{
    struct str units = units_text(arena, link);
    return str_fmt(arena, "%d|%.*s|%.*s|%d|%.*s", link->line, STR_ARG(link->from.name),
                   STR_ARG(link->clause), link->declared_count, STR_ARG(units));
}

static struct str month_day_text(struct arena *arena, struct month_day day)
{
    if (day.month == 0)
        return STR("");
    return str_fmt(arena, "%s%02d-%02d", day.year_offset ? "次年" : "", day.month, day.day);
}

static struct str duty_words(struct arena *arena, const struct scheme_duty *duty)
{
    return str_fmt(arena, "%d|%.*s|%.*s|%.*s|%.*s|%d %d %d %d %d %d %d %d|%.*s|%.*s", duty->line,
                   STR_ARG(duty->clause), STR_ARG(duty->summary), STR_ARG(duty->text),
                   STR_ARG(duty->deed), (int)duty->who, (int)duty->shape, (int)duty->strength,
                   (int)duty->per, duty->min, duty->max, duty->days, (int)duty->day_kind,
                   STR_ARG(month_day_text(arena, duty->by)),
                   STR_ARG(month_day_text(arena, duty->opens)));
}

struct str row_digest(struct arena *arena, const struct scheme *scheme, enum list_of list, int at)
{
    struct str words = {0};
    if (list == OF_LINKS)
        words = link_words(arena, &scheme->links[at]);
    else if (list == OF_CONTENTS)
        words = item_words(arena, &scheme->contents[at]);
    else if (list == OF_FORMS)
        words = item_words(arena, &scheme->forms[at]);
    else if (list == OF_DUTIES)
        words = duty_words(arena, &scheme->duties[at]);
    if (words.len == 0)
        return words;
    return str_fmt(arena, "%016llx", (unsigned long long)str_hash(words));
}

/* Which row it is, for the forms that change it. */
static void put_row(struct review *review, struct object *row, enum list_of list, int at, int n)
{
    struct str digest = row_digest(review->call->arena, &review->draft->scheme, list, at);
    object_set(row, "index", value_int(at));
    object_set(row, "rows", value_int(n));
    object_set(row, "digest", value_text(digest));
}

static void fill_link(struct review *review, struct object *row, const struct scheme_link *link,
                      struct str mark)
{
    struct arena *arena = review->call->arena;
    bool counted = link->declared_count >= 0;
    struct str declared = number_text(arena, link->declared_count);
    object_set(row, "mark", value_text(mark));
    put_field(review, row, mark, "from", "from", link->from.name);
    object_set(row, "kind", value_text(str_from(link_kind_words[link->kind].label)));
    put_field(review, row, mark, "clause", "clause", link->clause);
    object_set(row, "line", line_value(link->line));
    object_set(row, "line_url", line_url(review, link->line));
    object_set(row, "total", value_int(link->to_n));
    object_set(row, "declared", counted ? value_int(link->declared_count) : NULL_VALUE);
    put_field(review, row, mark, "declared", "declared_text", declared);
    object_set(row, "agrees", value_int(counted && link->declared_count == link->to_n));
    object_set(row, "mismatch", value_int(counted && link->declared_count != link->to_n));
    put_field(review, row, mark, "units", "units_text", units_text(arena, link));
    object_set(row, "units", value_list(units_list(review, link)));
    object_set(row, "problem", problem_value(review, mark));
}

void put_links(struct review *review)
{
    static const struct scheme_link none = {.declared_count = -1};
    struct arena *arena = review->call->arena;
    struct list *links = list_new(arena, &shape_link);
    for (int i = 0; i < review->draft->scheme.links_n; i++) {
        struct object row = {links->shape, list_add(arena, links)};
        fill_link(review, &row, &review->draft->scheme.links[i], str_fmt(arena, "link-%d", i));
        put_row(review, &row, OF_LINKS, i, review->draft->scheme.links_n);
    }
    struct object *blank = object_new(arena, &shape_link);
    fill_link(review, blank, &none, STR("link-add"));
    object_set(review->model, "links", value_list(links));
    object_set(review->model, "new_link", value_object(blank));
}

static void fill_item(struct review *review, struct object *row, const struct scheme_item *item,
                      struct str mark)
{
    struct str text = item->summary.len ? item->summary : item->text;
    object_set(row, "mark", value_text(mark));
    put_field(review, row, mark, "clause", "clause", item->clause);
    put_field(review, row, mark, "text", "text", text);
    object_set(row, "line", line_value(item->line));
    object_set(row, "line_url", line_url(review, item->line));
    object_set(row, "problem", problem_value(review, mark));
}

/* `op` is what the forms of the list call themselves: content, form. */
static void put_items(struct review *review, enum list_of of, const char *key, const char *op,
                      const struct scheme_item *items, int n)
{
    static const struct scheme_item none = {0};
    struct arena *arena = review->call->arena;
    struct list *list = list_new(arena, &shape_item);
    for (int i = 0; i < n; i++) {
        struct object row = {list->shape, list_add(arena, list)};
        fill_item(review, &row, &items[i], str_fmt(arena, "%s-%d", key, i));
        put_row(review, &row, of, i, n);
        object_set(&row, "op", value_text(str_from(op)));
    }
    struct object *blank = object_new(arena, &shape_item);
    fill_item(review, blank, &none, str_fmt(arena, "%s-add", key));
    object_set(blank, "op", value_text(str_from(op)));
    object_set(review->model, key, value_list(list));
    object_set(review->model, str_fmt(arena, "new_%s", op).ptr, value_object(blank));
}

static void put_choice(struct review *review, struct object *row, struct str mark, const char *key,
                       struct str word)
{
    const struct field *field = &kind_duty.fields[kind_field(&kind_duty, key)];
    put_options(review, row, mark, key, key, field->choices, word);
}

static void fill_duty(struct review *review, struct object *row, const struct scheme_duty *duty,
                      struct str mark)
{
    struct arena *arena = review->call->arena;
    struct str text = duty->summary.len ? duty->summary : duty->text;
    const struct {
        const char *key;
        struct str has;
    } texts[] = {{"clause", duty->clause},
                 {"text", text},
                 {"min", number_text(arena, duty->min)},
                 {"max", number_text(arena, duty->max)},
                 {"by", month_day_text(arena, duty->by)},
                 {"opens", month_day_text(arena, duty->opens)},
                 {"days", number_text(arena, duty->days)}};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        put_field(review, row, mark, texts[i].key, texts[i].key, texts[i].has);
    put_choice(review, row, mark, "who", str_from(duty_actor_words[duty->who].word));
    put_choice(review, row, mark, "deed", duty->deed);
    put_choice(review, row, mark, "shape", str_from(duty_shape_words[duty->shape].word));
    put_choice(review, row, mark, "strength", str_from(strength_words[duty->strength].word));
    put_choice(review, row, mark, "per", str_from(period_words[duty->per].word));
    put_choice(review, row, mark, "day_kind", str_from(day_kind_words[duty->day_kind].word));
    object_set(row, "mark", value_text(mark));
    object_set(row, "line", line_value(duty->line));
    object_set(row, "line_url", line_url(review, duty->line));
    object_set(row, "summary",
               value_text(str_fmt(arena, "%s · %s", strength_words[duty->strength].label,
                                  period_words[duty->per].label)));
    object_set(row, "problem", problem_value(review, mark));
}

void put_duties(struct review *review)
{
    static const struct scheme_duty none = {.min = -1, .max = -1, .days = -1};
    struct arena *arena = review->call->arena;
    struct list *duties = list_new(arena, &shape_duty);
    for (int i = 0; i < review->draft->scheme.duties_n; i++) {
        struct object row = {duties->shape, list_add(arena, duties)};
        fill_duty(review, &row, &review->draft->scheme.duties[i], str_fmt(arena, "duty-%d", i));
        put_row(review, &row, OF_DUTIES, i, review->draft->scheme.duties_n);
    }
    struct object *blank = object_new(arena, &shape_duty);
    fill_duty(review, blank, &none, STR("duty-add"));
    object_set(review->model, "duties", value_list(duties));
    object_set(review->model, "new_duty", value_object(blank));
}

void put_contents_and_forms(struct review *review)
{
    const struct scheme *scheme = &review->draft->scheme;
    put_items(review, OF_CONTENTS, "contents", "content", scheme->contents, scheme->contents_n);
    put_items(review, OF_FORMS, "forms", "form", scheme->forms, scheme->forms_n);
}
